// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Checked} from "./Checked.sol";
import {
    BadConfig,
    BadSignature,
    BelowThreshold,
    MintIsHalted,
    MintIsPaused,
    NotFraud,
    NotGuardian,
    NotOperator,
    TooEarly,
    UnsortedSigners
} from "./Errors.sol";

/// @title Who attests lots, and what stops minting
/// @notice Operators attest; two guardians can stop minting, and nothing else, for a week; proven fraud stops it, and the
/// withdrawal of the operators' bond, for good. All of them are fixed at deployment.
contract Committee {
    using Checked for uint256;

    uint256 private constant PAUSE = 7 days;
    uint256 private constant PAUSE_EVERY = 30 days;
    uint256 private constant VOTE_LASTS = 1 days;
    uint256 private constant MAX_OPERATORS = 15;
    uint256 private constant SIGNATURE = 65;
    uint256 private constant HALF_N = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;

    /// @notice How many operators attest a lot.
    uint256 public immutable threshold;
    /// @notice How many operators there are.
    uint256 public immutable operators;
    /// @notice Who may report proven fraud.
    address public immutable fraud;

    /// @notice True for an operator.
    mapping(address operator => bool yes) public isOperator;
    /// @notice True once fraud was proven.
    bool public halted;
    /// @notice When minting was paused last, 0 if never.
    uint40 public pausedAt;
    uint40 private _votedAt;
    address private _voter;
    /// @notice Those who can stop minting.
    address[3] public guardians;

    /// @notice Minting is stopped until then.
    event MintPaused(uint256 until);
    /// @notice Fraud of the operators was proven: minting and the withdrawal of their bond are stopped for good.
    event Halted();

    /// @param operators_ The operators, strictly ascending, at most 15.
    /// @param threshold_ How many of them attest.
    /// @param guardians_ Three guardians, strictly ascending.
    /// @param fraud_ Who may report proven fraud; it may be deployed later.
    constructor(address[] memory operators_, uint256 threshold_, address[3] memory guardians_, address fraud_) {
        uint256 n = operators_.length;
        if (threshold_ == 0 || threshold_ > n || n > MAX_OPERATORS || fraud_ == address(0)) revert BadConfig();
        address last;
        for (uint256 i; i < n; ++i) {
            if (operators_[i] <= last) revert UnsortedSigners();
            last = operators_[i];
            isOperator[last] = true;
        }
        if (guardians_[0] == address(0) || guardians_[0] >= guardians_[1] || guardians_[1] >= guardians_[2]) {
            revert UnsortedSigners();
        }
        threshold = threshold_;
        operators = n;
        fraud = fraud_;
        guardians = guardians_;
    }

    /// @notice Reverts unless lots may be minted and enough operators signed.
    /// @param digest What they signed.
    /// @param sigs Their signatures, 65 bytes each (r, s, v; s low), by strictly ascending signer.
    function check(bytes32 digest, bytes calldata sigs) external view {
        if (halted) revert MintIsHalted();
        if (pausedAt != 0 && block.timestamp < pausedAt + PAUSE) revert MintIsPaused();
        uint256 n = sigs.length / SIGNATURE;
        if (n < threshold || n * SIGNATURE != sigs.length) revert BelowThreshold();
        address last;
        for (uint256 i; i < n; ++i) {
            bytes calldata sig = sigs[SIGNATURE * i:SIGNATURE * (i + 1)];
            bytes32 s = bytes32(sig[32:64]);
            uint8 v = uint8(sig[64]);
            if (uint256(s) > HALF_N || (v != 27 && v != 28)) revert BadSignature();
            address signer = ecrecover(digest, v, bytes32(sig[0:32]), s);
            if (!isOperator[signer]) revert NotOperator();
            if (signer <= last) revert UnsortedSigners();
            last = signer;
        }
    }

    /// @notice The vote of a guardian to stop minting. The second one within a day stops it for seven days, at most
    /// once in thirty. It ends by itself and stops nothing else.
    function pauseMint() external {
        if (msg.sender != guardians[0] && msg.sender != guardians[1] && msg.sender != guardians[2]) revert NotGuardian();
        if (pausedAt != 0 && block.timestamp < pausedAt + PAUSE_EVERY) revert TooEarly();
        if (_voter == address(0) || _voter == msg.sender || block.timestamp > _votedAt + VOTE_LASTS) {
            (_voter, _votedAt) = (msg.sender, block.timestamp.u40());
            return;
        }
        _voter = address(0);
        pausedAt = block.timestamp.u40();
        emit MintPaused(block.timestamp + PAUSE);
    }

    /// @notice Stops minting and the withdrawal of the operators' bond for good. Only the fraud contract may.
    function halt() external {
        if (msg.sender != fraud) revert NotFraud();
        halted = true;
        emit Halted();
    }
}

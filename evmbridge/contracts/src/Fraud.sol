// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BtcTx} from "./BtcTx.sol";
import {Committee} from "./Committee.sol";
import {Inclusion, Proof, Spv} from "./Spv.sol";
import {CetSet, Payment, Payoff, Redemption, SeriesKey, Terms} from "./Terms.sol";
import {
    BadBatch,
    BadConfig,
    BadScript,
    BadSeries,
    NoFraud,
    Size64,
    TooEarly,
    TooLate,
    UnknownAccusation,
    UnknownLot,
    WrongTransaction
} from "./Errors.sol";

/// @notice The bridge as the fraud proofs see it.
interface IJudged {
    /// @notice What batches of payments commit to, beside what they pay.
    /// @return The deployment's domain separator.
    function domainSeparator() external view returns (bytes32);
    /// @notice The slot of a redemption.
    /// @param rid Its id.
    /// @return Its state and record.
    function redemptions(bytes32 rid) external view returns (uint256);
    /// @notice Says whether a lot was ever minted.
    /// @param lotId The lot.
    /// @return True if it was.
    function isLot(bytes32 lotId) external view returns (bool);
}

/// @title Proofs that the operators cheated
/// @notice A wrong CET in the attested set, and a spend of the vault that is no batch of payments. Either stops minting
/// and the withdrawal of the operators' bond for good. What else can be proven is proven elsewhere: a funding
/// output spent outside the set by Bridge.proveSpend, an oracle's second value by OracleVerifier.
contract Fraud {
    uint256 private constant ANSWER = 24 hours;
    /// @notice Kinds of fraud.
    uint8 public constant BAD_LEAF = 1;
    uint8 public constant VAULT_SPENT = 2;

    /// @notice The bridge.
    IJudged public immutable bridge;
    /// @notice Proofs of inclusion.
    Spv public immutable spv;
    /// @notice The operators whose fraud it is.
    Committee public immutable committee;

    /// @notice Spends of the vault that await an answer: the time until which it is awaited; 1 once answered.
    mapping(bytes32 txid => uint256 until) public accused;
    /// @notice What a spend of the vault was answered with already: a redemption's record once it was proven paid, its id
    /// once it was compensated. A redemption accounts for one spend of the vault, and no more.
    mapping(bytes32 claim => bool) public claimed;

    /// @notice Fraud is proven: of a lot's set, or by a spend of the vault.
    event FraudProven(uint8 kind, bytes32 indexed id);
    /// @notice A transaction spends the vault; the operators have until then to show that it is a batch.
    event Accused(bytes32 indexed txid, bytes32 indexed lotId, uint256 until);
    /// @notice They have shown it.
    event Answered(bytes32 indexed txid);

    /// @param bridge_ The bridge, which may be deployed later.
    /// @param spv_ Its proofs of inclusion.
    /// @param committee_ The operators whose fraud it is.
    constructor(address bridge_, Spv spv_, Committee committee_) {
        if (bridge_ == address(0) || address(spv_) == address(0)) revert BadConfig();
        committee = committee_;
        bridge = IJudged(bridge_);
        spv = spv_;
    }

    /// @notice Opens an attested leaf whose CET does not spend the funding output, or does not pay the vault what the
    /// curve says for the whole run.
    /// @param k The lot's series.
    /// @param t The lot.
    /// @param first First outcome of the leaf.
    /// @param last Last outcome of the leaf.
    /// @param rawCet The CET without witness.
    /// @param leaf The leaf's place.
    /// @param branch Its branch.
    function proveBadLeaf(
        SeriesKey calldata k,
        Terms calldata t,
        uint64 first,
        uint64 last,
        bytes calldata rawCet,
        uint256 leaf,
        bytes32[] calldata branch
    ) external {
        bytes32 id = _lot(t);
        if (keccak256(abi.encode(k)) != t.seriesId) revert BadSeries();
        if (!CetSet.contains(t.cetRoot, first, last, BtcTx.hash256(rawCet), leaf, branch)) revert WrongTransaction();
        (bool spends, uint256 paid) = BtcTx.scan(rawCet, t.fundingTxid, t.fundingVout, keccak256(t.vaultScript));
        uint256 due = _due(k, t, first);
        if (spends && first <= last && paid == due && due == _due(k, t, last)) revert NoFraud();
        emit FraudProven(BAD_LEAF, id);
        committee.halt();
    }

    /// @notice Shows a transaction that spends an output of a lot's vault. The operators have 24 hours to answer.
    /// @param t The lot.
    /// @param rawParent The transaction with the vault output, without witness.
    /// @param vout The output's index.
    /// @param p Proof of the spending transaction.
    function accuse(Terms calldata t, bytes calldata rawParent, uint256 vout, Proof calldata p) external {
        bytes32 id = _lot(t);
        if (rawParent.length == 64) revert Size64();
        (uint256 value, bytes32 script) = BtcTx.output(rawParent, vout);
        if (script != keccak256(t.vaultScript)) revert BadScript();
        (Inclusion memory inc,) = spv.spend(p, BtcTx.hash256(rawParent), vout, 0, value, 0);
        if (accused[inc.txid] != 0) revert TooLate();
        accused[inc.txid] = block.timestamp + ANSWER;
        emit Accused(inc.txid, id, block.timestamp + ANSWER);
    }

    /// @notice Answers an accusation: the transaction is a batch whose every redemption is proven paid to the bridge, or
    /// was compensated; none gets more than is owed or accounts for another spend, and all else goes to a vault. The
    /// proof may be of another transaction: who pays himself out of coins of his own makes no cheats of operators who
    /// pay him too.
    /// @param p Proof of the transaction.
    /// @param r The redemptions that it pays.
    /// @param change A lot whose vault gets the change; of no meaning if there is none.
    function answer(Proof calldata p, Redemption[] calldata r, Terms calldata change) external {
        uint256 m = r.length;
        bytes32[] memory rids = new bytes32[](m);
        bytes32[] memory scripts = new bytes32[](m);
        for (uint256 i; i < m; ++i) {
            rids[i] = keccak256(abi.encode(r[i]));
            scripts[i] = keccak256(r[i].script);
        }
        (Inclusion memory inc, uint256[] memory values, bytes32[] memory rest) =
            spv.batch(p, scripts, bridge.domainSeparator(), rids, 0);
        uint256 until = accused[inc.txid];
        if (until <= 1) revert UnknownAccusation();
        if (block.timestamp > until) revert TooLate();
        if (m == 0 || rest.length > 1) revert BadBatch();
        for (uint256 i; i < m; ++i) {
            bytes32 claim = _claim(rids[i]);
            if (values[i] > r[i].sats || claimed[claim]) revert BadBatch();
            claimed[claim] = true;
        }
        if (rest.length == 1) {
            _lot(change);
            if (rest[0] != keccak256(change.vaultScript)) revert BadScript();
        }
        accused[inc.txid] = 1;
        emit Answered(inc.txid);
    }

    /// @notice Convicts the operators of a spend of the vault that they did not answer for.
    /// @param txid The transaction.
    function convict(bytes32 txid) external {
        uint256 until = accused[txid];
        if (until <= 1) revert UnknownAccusation();
        if (block.timestamp <= until) revert TooEarly();
        accused[txid] = 1;
        emit FraudProven(VAULT_SPENT, txid);
        committee.halt();
    }

    /// @dev What a redemption accounts for a spend with; reverts while it is neither proven paid nor compensated. A proof
    /// that a reorganisation undid and one that took its place are two.
    function _claim(bytes32 rid) private view returns (bytes32) {
        uint256 packed = bridge.redemptions(rid);
        uint256 state = packed & 0xff;
        if (state == Payment.SLASHED || state == Payment.OWED) return rid;
        if (state != Payment.PAID) revert BadBatch();
        return bytes32((packed >> 112) << 112);
    }

    function _lot(Terms calldata t) private view returns (bytes32 id) {
        id = keccak256(abi.encode(t));
        if (!bridge.isLot(id)) revert UnknownLot();
    }

    function _due(SeriesKey calldata k, Terms calldata t, uint64 outcome) private pure returns (uint256 due) {
        due = Payoff.amount(t.notional, Payoff.distance(k, outcome), t.collateral, k.long_);
        if (due < Payoff.DUST) due = 0;
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "solady/src/tokens/ERC20.sol";

/// @title A token for tests, honest until told otherwise
contract Asset is ERC20 {
    uint8 private immutable _decimals;
    uint256 public fee;
    address public target;
    bytes public call;
    bool public reentered;

    constructor(uint8 decimals_) {
        _decimals = decimals_;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @notice From now on every transfer loses `fee_` on the way.
    function setFee(uint256 fee_) external {
        fee = fee_;
    }

    /// @notice The next transfer makes a call first, and keeps silent about how it ended.
    function reenter(address target_, bytes calldata call_) external {
        (target, call) = (target_, call_);
        reentered = false;
    }

    function name() public pure override returns (string memory) {
        return "Test bitcoin";
    }

    function symbol() public pure override returns (string memory) {
        return "TBTC";
    }

    function decimals() public view override returns (uint8) {
        return _decimals;
    }

    function _givePermit2InfiniteAllowance() internal pure override returns (bool) {
        return false;
    }

    function _beforeTokenTransfer(address from, address, uint256) internal override {
        if (from == address(0) || target == address(0)) return;
        address t = target;
        target = address(0);
        (reentered,) = t.call(call);
    }

    function _afterTokenTransfer(address from, address to, uint256) internal override {
        if (fee != 0 && from != address(0) && to != address(0)) _burn(to, fee);
    }
}

/// @title A caller for tests that makes one call as itself
contract Caller {
    function run(address target, bytes calldata data) external returns (bytes memory answer) {
        bool ok;
        (ok, answer) = target.call(data);
        if (!ok) {
            assembly ("memory-safe") {
                revert(add(answer, 32), mload(answer))
            }
        }
    }
}

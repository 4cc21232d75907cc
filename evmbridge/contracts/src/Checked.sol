// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {OutOfRange} from "./Errors.sol";

/// @title Narrowing that cannot lose a bit
/// @notice Every conversion to a smaller unsigned type goes through here and reverts with
/// OutOfRange rather than cut a value.
library Checked {
    /// @notice Narrows to 64 bits.
    /// @param x Any value.
    /// @return The same value.
    function u64(uint256 x) internal pure returns (uint64) {
        if (x > type(uint64).max) revert OutOfRange();
        return uint64(x);
    }

    /// @notice Narrows to 40 bits: seconds until the year 36,812.
    /// @param x Any value.
    /// @return The same value.
    function u40(uint256 x) internal pure returns (uint40) {
        if (x > type(uint40).max) revert OutOfRange();
        return uint40(x);
    }

    /// @notice Narrows to 32 bits.
    /// @param x Any value.
    /// @return The same value.
    function u32(uint256 x) internal pure returns (uint32) {
        if (x > type(uint32).max) revert OutOfRange();
        return uint32(x);
    }

    /// @notice Narrows to 128 bits.
    /// @param x Any value.
    /// @return The same value.
    function u128(uint256 x) internal pure returns (uint128) {
        if (x > type(uint128).max) revert OutOfRange();
        return uint128(x);
    }
}

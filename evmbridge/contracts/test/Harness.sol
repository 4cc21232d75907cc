// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Bip340} from "../src/Bip340.sol";
import {BtcTx} from "../src/BtcTx.sol";
import {Checked} from "../src/Checked.sol";
import {CetSet, Payoff, Redemption, SeriesKey, Terms} from "../src/Terms.sol";

/// @title The libraries as a contract, for tests against the Go implementations
contract Harness {
    function verify(uint256 px, uint256 rx, uint256 s, bytes32 m) external view returns (bool) {
        return Bip340.verify(px, rx, s, m);
    }

    function verifyHinted(uint256 px, uint256 rx, uint256 ry, uint256 s, bytes32 m) external view returns (bool) {
        return Bip340.verifyHinted(px, rx, ry, s, m);
    }

    /// @notice Many signatures at once: px, rx, s, m each; bit i of the answer is set if signature i is valid.
    function verifyAll(bytes32[4][] calldata all) external view returns (bool[] memory ok) {
        ok = new bool[](all.length);
        for (uint256 i; i < all.length; ++i) {
            ok[i] = Bip340.verify(uint256(all[i][0]), uint256(all[i][1]), uint256(all[i][2]), all[i][3]);
        }
    }

    function scan(bytes calldata t, bytes32 txid, uint256 vout, bytes32 script)
        external
        pure
        returns (bool spends, uint256 paid)
    {
        return BtcTx.scan(t, txid, vout, script);
    }

    function output(bytes calldata t, uint256 vout) external pure returns (uint256 value, bytes32 script) {
        return BtcTx.output(t, vout);
    }

    function batch(bytes calldata t, bytes32[] calldata scripts)
        external
        pure
        returns (uint256[] memory values, bytes32 data, bytes32[] memory rest)
    {
        return BtcTx.batch(t, scripts);
    }

    function merkleRoot(bytes32 leaf, bytes32[] calldata siblings, uint256 index) external view returns (bytes32) {
        return BtcTx.merkleRoot(leaf, siblings, index);
    }

    function hash256(bytes calldata data) external view returns (bytes32) {
        return BtcTx.hash256(data);
    }

    /// @notice Payouts of the long or short side for many values.
    function payouts(SeriesKey calldata k, uint256 notional, uint256 total, uint64[] calldata values)
        external
        pure
        returns (uint256[] memory paid)
    {
        paid = new uint256[](values.length);
        for (uint256 i; i < values.length; ++i) {
            paid[i] = Payoff.amount(notional, Payoff.distance(k, values[i]), total, k.long_);
        }
    }

    function contains(bytes32 root, uint64 first, uint64 last, bytes32 txid, uint256 index, bytes32[] calldata branch)
        external
        pure
        returns (bool)
    {
        return CetSet.contains(root, first, last, txid, index, branch);
    }

    function seriesId(SeriesKey calldata k) external pure returns (bytes32) {
        return keccak256(abi.encode(k));
    }

    function lotId(Terms calldata t) external pure returns (bytes32) {
        return keccak256(abi.encode(t));
    }

    function redemptionId(Redemption calldata r) external pure returns (bytes32) {
        return keccak256(abi.encode(r));
    }

    function narrow(uint256 x) external pure returns (uint32, uint40, uint64, uint128) {
        return (Checked.u32(x), Checked.u40(x), Checked.u64(x), Checked.u128(x));
    }
}

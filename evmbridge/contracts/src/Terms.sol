// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BadSeries} from "./Errors.sol";

/// @notice What a series pays: the lots with equal keys are fungible once wrapped.
/// @param indexParams Parameter hash of the index.
/// @param firstDay First day of the window, Unix days.
/// @param lastDay Last day of the window.
/// @param events Keys of the oracle events (OracleVerifier), strictly ascending.
/// @param threshold How many oracles must attest the same value.
/// @param shape 0 call-like: the long side gains as the value rises; 1 put-like.
/// @param long_ True for the long side.
/// @param base Counter before the window.
/// @param lo Lower bound of the window's sum, counter units.
/// @param hi Upper bound of the window's sum, counter units.
/// @param quantBits Bucket exponent j.
/// @param refundLocktime Lock time of the refunds, Unix time.
/// @param minRefundPpm Least share of a lot's units that its refund pays, in millionths.
struct SeriesKey {
    bytes32 indexParams;
    uint32 firstDay;
    uint32 lastDay;
    bytes32[] events;
    uint8 threshold;
    uint8 shape;
    bool long_;
    uint64 base;
    uint64 lo;
    uint64 hi;
    uint8 quantBits;
    uint32 refundLocktime;
    uint32 minRefundPpm;
}

/// @notice One side of one contract. The lot's id is the keccak256 of its ABI encoding; txid and index of the
/// funding output bind its script.
/// @param seriesId Id of its series.
/// @param fundingTxid Txid of the funding transaction, internal byte order.
/// @param fundingVout Index of the funding output.
/// @param collateral What the contract locks, and the number of the lot's units: notional * (hi - lo) / 1000.
/// @param notional H, in thousandths of the index unit.
/// @param refundSats What the refund pays this side.
/// @param refundTxid Txid of the refund.
/// @param cetRoot Root of the tree of attested CETs; a leaf is keccak256(first, last, txid) of a run of outcomes.
/// @param vaultScript Script that CETs and refund pay on this side, P2TR.
/// @param vaultSalt Salt of the vault's internal key.
struct Terms {
    bytes32 seriesId;
    bytes32 fundingTxid;
    uint32 fundingVout;
    uint64 collateral;
    uint32 notional;
    uint64 refundSats;
    bytes32 refundTxid;
    bytes32 cetRoot;
    bytes vaultScript;
    bytes32 vaultSalt;
}

/// @notice A claim to bitcoin from the vault. Its id is the keccak256 of its ABI encoding.
/// @param id The series or lot whose units were burned.
/// @param lot True for a lot.
/// @param owner Who burned them, and is compensated if the payment does not come.
/// @param amount Units burned.
/// @param sats What is owed, in satoshi.
/// @param maxFee What the payment may fall short by, for miner fees.
/// @param deadline Until when the payment must be proven, Unix time.
/// @param nonce A number of its own.
/// @param script Where to pay.
struct Redemption {
    bytes32 id;
    bool lot;
    address owner;
    uint64 amount;
    uint64 sats;
    uint64 maxFee;
    uint64 deadline;
    uint64 nonce;
    bytes script;
}

/// @title What the sides of a contract are paid
/// @notice Byte for byte the payout of the contracts themselves, for payoffs that are one clamped difference.
library Payoff {
    uint8 internal constant CALL_LIKE = 0;
    uint8 internal constant PUT_LIKE = 1;
    uint8 internal constant MAX_QUANT_BITS = 16;
    /// @dev A vault output of less is not made: the dust limit of P2TR.
    uint256 internal constant DUST = 330;

    /// @notice How far the settled sum is from the bound at which the long side gets nothing.
    /// @param k The series.
    /// @param value The attested value.
    /// @return Counter units, 0 to hi - lo.
    function distance(SeriesKey calldata k, uint64 value) internal pure returns (uint64) {
        uint256 x = value;
        uint256 j = k.quantBits;
        if (j > MAX_QUANT_BITS || k.hi <= k.lo) revert BadSeries();
        if (j != 0) x = ((x >> j) << j) + (1 << (j - 1));
        uint256 sum = x > k.base ? x - k.base : 0;
        uint256 c = sum < k.lo ? k.lo : sum > k.hi ? k.hi : sum;
        // c is between lo and hi, so either difference fits.
        return k.shape == CALL_LIKE ? uint64(c - k.lo) : uint64(k.hi - c);
    }

    /// @notice What a side is paid.
    /// @param notional H, in thousandths of the index unit.
    /// @param d The distance.
    /// @param total What both sides are paid together.
    /// @param long_ True for the long side.
    /// @return Satoshi; less than DUST is not paid on the chain.
    function amount(uint256 notional, uint256 d, uint256 total, bool long_) internal pure returns (uint256) {
        uint256 long = notional * d / 1000;
        return long_ ? long : total - long;
    }
}

/// @title The tree of attested CETs
library CetSet {
    /// @notice Says whether a CET is in the tree. A leaf hashes 96 bytes and a node 64, so neither can pose as the other.
    /// @param root The root.
    /// @param first First outcome of the CET's run.
    /// @param last Last outcome of the run.
    /// @param txid The CET's txid, internal byte order.
    /// @param index The leaf's place.
    /// @param branch The siblings, from the leaf upwards.
    /// @return True if it is.
    function contains(bytes32 root, uint64 first, uint64 last, bytes32 txid, uint256 index, bytes32[] calldata branch)
        internal
        pure
        returns (bool)
    {
        if (branch.length > 32 || index >> branch.length != 0) return false;
        bytes32 node = keccak256(abi.encode(first, last, txid));
        for (uint256 i; i < branch.length; ++i) {
            node = (index >> i) & 1 == 0
                ? keccak256(abi.encodePacked(node, branch[i]))
                : keccak256(abi.encodePacked(branch[i], node));
        }
        return node == root;
    }
}

/// @title What is kept of a proven payment
library Payment {
    /// @dev States of a redemption. In OWED it is slashed, but the bonds held too little.
    uint256 internal constant REQUESTED = 1;
    uint256 internal constant PAID = 2;
    uint256 internal constant OWED = 3;
    uint256 internal constant SLASHED = 4;

    /// @notice The hash that binds a paid redemption to its block, in the upper 144 bits of its slot.
    /// @param rid The redemption.
    /// @param sats Its satoshi.
    /// @param blockHash The block.
    /// @param height Its height.
    /// @return The hash, its lower 112 bits clear.
    function record(bytes32 rid, uint256 sats, bytes32 blockHash, uint32 height) internal pure returns (uint256) {
        return (uint256(keccak256(abi.encode(rid, sats, blockHash, height))) >> 112) << 112;
    }
}

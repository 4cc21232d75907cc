// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {UnknownParent, BadLength, BadLink, BadBits, BadWork, BadTime, UnsupportedNetwork, NotBestChain} from "./Errors.sol";

/// @title Bitcoin headers: every one is verified, one of each batch is stored
/// @notice Anyone may add headers. The chain with the most work is the best one; among equals the
/// first seen. The rules of the network are fixed at deployment and are those of consensus, except that
/// block versions are not judged. Hashes are in internal byte order, as in a header's own fields.
contract CheckpointRelay {
    uint256 private constant HEADER = 80;
    uint256 private constant WINDOW = 11;
    uint256 private constant INTERVAL = 2016;
    uint256 private constant TIMESPAN = 14 days;
    uint256 private constant MAX_AHEAD = 2 hours;
    uint256 private constant MAINNET_LIMIT = (1 << 224) - 1;
    bytes32 private constant MAINNET = 0x6fe28c0ab6f1b372c1a6a246ae63f74f931e8365e15a089c68d6190000000000;
    bytes32 private constant TESTNET3 = 0x43497fd7f826957108f4a30fd9cec3aeba79972084e90ead01ea330900000000;
    bytes32 private constant TESTNET4 = 0x43f08bdab050e35b567c864b91f47f50ae725ae2de53bcfbbaf284da00000000;

    /// @notice What is known of a checkpoint, 0 if it is none: chainwork since the anchor (128 bits) |
    /// start of its difficulty epoch (32) | bits (32) | time (32) | height (32).
    mapping(bytes32 hash => uint256 packed) public checkpoint;
    /// @notice The checkpoint that a checkpoint was added on.
    mapping(bytes32 hash => bytes32 earlier) public parent;
    /// @notice The checkpoint with the most work.
    bytes32 public tip;

    /// @notice The header from which this relay starts.
    bytes32 public immutable anchor;
    /// @notice The hash of the network's genesis block.
    bytes32 public immutable network;
    /// @notice The largest target that the network allows.
    uint256 public immutable powLimit;
    /// @notice True if the network never changes its difficulty (regtest).
    bool public immutable noRetarget;

    /// @notice The best chain has a new tip.
    /// @param tip The hash of the checkpoint that is the tip now.
    /// @param height Its height.
    /// @param work Its work since the anchor.
    event NewTip(bytes32 indexed tip, uint256 height, uint256 work);

    /// @notice Starts a relay at a header whose place in the chain the deployer states. Whoever uses the relay
    /// checks the anchor against his own node.
    /// @param anchorHeader The 80 bytes of the header.
    /// @param height Its height.
    /// @param epochStart The time of the first block of its difficulty epoch.
    /// @param limit The network's largest target.
    /// @param fixedDifficulty True if the network does not retarget.
    /// @param genesis The hash of the network's genesis block. The testnets with the rule of
    /// 20 minutes are refused, and mainnet's rules are mainnet's.
    constructor(bytes memory anchorHeader, uint32 height, uint32 epochStart, uint256 limit, bool fixedDifficulty, bytes32 genesis) {
        if (anchorHeader.length != HEADER) revert BadLength();
        if (genesis == 0 || genesis == TESTNET3 || genesis == TESTNET4 || limit == 0 || limit >= 1 << 255) {
            revert UnsupportedNetwork();
        }
        if (genesis == MAINNET && (limit != MAINNET_LIMIT || fixedDifficulty)) revert UnsupportedNetwork();
        uint256 tail;
        assembly ("memory-safe") {
            tail := mload(add(anchorHeader, 100)) // bytes 68 to 99: time, bits, nonce
        }
        bytes32 hash = sha256(abi.encodePacked(sha256(anchorHeader)));
        uint256 bits = _reverse32(tail >> 192);
        uint256 target = toTarget(bits);
        if (target > limit) revert BadBits();
        if (_reverse256(uint256(hash)) > target) revert BadWork();
        anchor = hash;
        network = genesis;
        powLimit = limit;
        noRetarget = fixedDifficulty;
        tip = hash;
        checkpoint[hash] =
            (1 << 128) | (uint256(epochStart) << 96) | (bits << 64) | (_reverse32(tail >> 224) << 32) | uint256(height);
        emit NewTip(hash, height, 1);
    }

    /// @notice Verifies a run of headers on top of a checkpoint and makes the last one a checkpoint. A last header
    /// that is one already changes nothing, so two relayers do not disturb each other.
    /// @param context The headers that end with the parent checkpoint: 11, or all of them below height 10. They
    /// give the times for the median and are bound by the parent's hash.
    /// @param headers The new headers, oldest first.
    function addHeaders(bytes calldata context, bytes calldata headers) external {
        uint256 n = headers.length / HEADER;
        if (n == 0 || headers.length != n * HEADER) revert BadLength();
        if (checkpoint[_hash(headers, (n - 1) * HEADER)] != 0) return;
        bytes32 first;
        assembly ("memory-safe") {
            first := calldataload(add(headers.offset, 4))
        }
        uint256 p = checkpoint[first];
        if (p == 0) revert UnknownParent();
        (bytes32 last, uint256 q) = _verify(headers, first, p, _times(context, first, p & 0xffffffff, n), _contextCount(p & 0xffffffff));
        checkpoint[last] = q;
        parent[last] = first;
        if (q >> 128 > checkpoint[tip] >> 128) {
            tip = last;
            emit NewTip(last, q & 0xffffffff, q >> 128);
        }
    }

    /// @notice Finds a block on the best chain.
    /// @param chain The headers from the block of interest up to a checkpoint, both included, oldest first. Their
    /// work was judged when they were added; here their links are.
    /// @param hops How many checkpoints behind the tip that checkpoint may be.
    /// @return blockHash The hash of the block of interest.
    /// @return root Its Merkle root.
    /// @return height Its height.
    /// @return conf Its confirmations: 1 for the tip.
    function confirmations(bytes calldata chain, uint256 hops)
        external
        view
        returns (bytes32 blockHash, bytes32 root, uint32 height, uint32 conf)
    {
        uint256 n = chain.length / HEADER;
        if (n == 0 || chain.length != n * HEADER) revert BadLength();
        bytes32 hash = blockHash = _hash(chain, 0);
        for (uint256 pos = HEADER; pos < chain.length; pos += HEADER) {
            bytes32 previous;
            assembly ("memory-safe") {
                previous := calldataload(add(add(chain.offset, pos), 4))
            }
            if (previous != hash) revert BadLink();
            hash = _hash(chain, pos);
        }
        bytes32 c = tip;
        uint256 tipHeight = checkpoint[c] & 0xffffffff;
        for (uint256 i; c != hash; ++i) {
            if (i >= hops || c == 0) revert NotBestChain();
            c = parent[c];
        }
        uint256 end = checkpoint[hash] & 0xffffffff;
        if (n > end + 1) revert BadLength();
        root = bytes32(chain[36:68]);
        // Both fit: end is 32 bits wide and n is at most end + 1.
        unchecked {
            height = uint32(end + 1 - n);
            conf = uint32(tipHeight + n - end);
        }
    }

    /// @notice Expands the compact form of a target; reverts with BadBits if it is negative, zero or above 256 bits.
    /// @param bits The compact form.
    /// @return target The target.
    function toTarget(uint256 bits) public pure returns (uint256 target) {
        uint256 size = bits >> 24;
        uint256 mantissa = bits & 0x7fffff;
        if (bits & 0x800000 != 0 || size > 32) revert BadBits();
        target = size <= 3 ? mantissa >> (8 * (3 - size)) : mantissa << (8 * (size - 3));
        if (target == 0 || (size > 3 && target >> (8 * (size - 3)) != mantissa)) revert BadBits();
    }

    /// @notice Gives the compact form of a target, cutting it to 23 bits as consensus does.
    /// @param target The target.
    /// @return bits The compact form.
    function toBits(uint256 target) public pure returns (uint256 bits) {
        uint256 size;
        for (uint256 rest = target; rest != 0; rest >>= 8) ++size;
        uint256 mantissa = size <= 3 ? target << (8 * (3 - size)) : target >> (8 * (size - 3));
        if (mantissa & 0x800000 != 0) {
            mantissa >>= 8;
            ++size;
        }
        bits = (size << 24) | mantissa;
    }

    /// @notice Gives the bits of the first block of an epoch.
    /// @param bits The bits of the epoch before.
    /// @param span Seconds from its first block to its last one: 2015 intervals.
    /// @return The bits that consensus demands.
    function retarget(uint256 bits, uint256 span) public view returns (uint256) {
        if (span < TIMESPAN / 4) span = TIMESPAN / 4;
        else if (span > TIMESPAN * 4) span = TIMESPAN * 4;
        uint256 target = toTarget(bits);
        // The product needs up to 279 bits: the upper and the lower half are divided one after the other.
        uint256 upper = (target >> 128) * span;
        uint256 high = upper / TIMESPAN;
        if (high >> 128 != 0) return toBits(powLimit);
        target = (high << 128) + (((upper % TIMESPAN) << 128) + (target & type(uint128).max) * span) / TIMESPAN;
        return toBits(target > powLimit ? powLimit : target);
    }

    /// @dev Verifies all headers, the first of which must follow the checkpoint `link` with the packed state p.
    /// times is a raw memory pointer to the times of the `have` headers before, oldest first, with room for the new.
    function _verify(bytes calldata headers, bytes32 link, uint256 p, uint256 times, uint256 have)
        private
        view
        returns (bytes32, uint256)
    {
        uint256 target;
        uint256 work;
        uint256 known; // the bits that target and work belong to
        uint256 latest = block.timestamp + MAX_AHEAD;
        uint256 newest = _newest(times, have);
        for (uint256 pos; pos < headers.length; pos += HEADER) {
            uint256 tail;
            {
                bytes32 previous;
                assembly ("memory-safe") {
                    let o := add(headers.offset, pos)
                    previous := calldataload(add(o, 4))
                    tail := calldataload(add(o, 68))
                }
                if (previous != link) revert BadLink();
            }
            uint256 time = _reverse32(tail >> 224);
            uint256 bits = _reverse32(tail >> 192);
            uint256 height = (p & 0xffffffff) + 1;
            uint256 epoch = (p >> 96) & 0xffffffff;
            uint256 want = (p >> 64) & 0xffffffff;
            if (height % INTERVAL == 0) {
                if (!noRetarget) {
                    uint256 before = (p >> 32) & 0xffffffff;
                    want = retarget(want, before > epoch ? before - epoch : 0);
                }
                epoch = time;
            }
            if (bits != want) revert BadBits();
            if (bits != known) {
                target = toTarget(bits);
                if (target > powLimit) revert BadBits();
                work = ~target / (target + 1) + 1;
                known = bits;
            }
            if (time > latest) revert BadTime();
            // Later than all before is later than their median; most headers are.
            if (time > newest) newest = time;
            else if (!_afterMedian(times, have, time)) revert BadTime();
            assembly ("memory-safe") {
                mstore(add(times, shl(5, have)), time)
            }
            ++have;
            link = _hash(headers, pos);
            if (_reverse256(uint256(link)) > target) revert BadWork();
            uint256 total = (p >> 128) + work;
            if (total >> 128 != 0 || height >> 32 != 0) revert BadWork();
            p = (total << 128) | (epoch << 96) | (bits << 64) | (time << 32) | height;
        }
        return (link, p);
    }

    /// @dev Says whether time is later than the median of the last (at most 11) of `have` times: consensus takes the
    /// element count/2 of the sorted times, so more than half of them must be earlier.
    function _afterMedian(uint256 times, uint256 have, uint256 time) private pure returns (bool ok) {
        uint256 count = have < WINDOW ? have : WINDOW;
        uint256 need = count / 2 + 1;
        assembly ("memory-safe") {
            let pos := add(times, shl(5, have))
            let end := sub(pos, shl(5, count))
            for {} gt(pos, end) {} {
                pos := sub(pos, 32)
                need := sub(need, lt(mload(pos), time))
                if iszero(need) {
                    ok := 1
                    break
                }
            }
        }
    }

    /// @dev The latest of `have` times.
    function _newest(uint256 times, uint256 have) private pure returns (uint256 newest) {
        assembly ("memory-safe") {
            let end := add(times, shl(5, have))
            for { let at := times } lt(at, end) { at := add(at, 32) } {
                let time := mload(at)
                if gt(time, newest) { newest := time }
            }
        }
    }

    /// @dev Checks that context ends with the header `link` of the given height, and returns a pointer to the times
    /// of its headers with room for n more.
    function _times(bytes calldata context, bytes32 link, uint256 height, uint256 n) private view returns (uint256 times) {
        uint256 count = _contextCount(height);
        if (context.length != count * HEADER) revert BadLength();
        assembly ("memory-safe") {
            times := mload(0x40)
            mstore(0x40, add(times, shl(5, add(count, n))))
        }
        bytes32 hash;
        for (uint256 i; i < count; ++i) {
            uint256 pos = i * HEADER;
            bytes32 previous;
            uint256 tail;
            assembly ("memory-safe") {
                let o := add(context.offset, pos)
                previous := calldataload(add(o, 4))
                tail := calldataload(add(o, 68))
            }
            if (i != 0 && previous != hash) revert BadLink();
            hash = _hash(context, pos);
            uint256 time = _reverse32(tail >> 224);
            assembly ("memory-safe") {
                mstore(add(times, shl(5, i)), time)
            }
        }
        if (hash != link) revert BadLink();
    }

    function _contextCount(uint256 height) private pure returns (uint256) {
        return height + 1 < WINDOW ? height + 1 : WINDOW;
    }

    /// @dev The double SHA256 of the 80 bytes at an offset that the caller has checked. The two scratch words
    /// and the memory after the free pointer are used and not kept.
    function _hash(bytes calldata data, uint256 pos) private view returns (bytes32 hash) {
        assembly ("memory-safe") {
            let f := mload(0x40)
            calldatacopy(f, add(data.offset, pos), 80)
            if iszero(staticcall(gas(), 2, f, 80, 0, 32)) { revert(0, 0) }
            if iszero(staticcall(gas(), 2, 0, 32, 0, 32)) { revert(0, 0) }
            hash := mload(0)
        }
    }

    /// @dev Reverses the lowest four bytes; what is above them is ignored.
    function _reverse32(uint256 v) private pure returns (uint256) {
        return ((v >> 24) & 0xff) | ((v >> 8) & 0xff00) | ((v << 8) & 0xff0000) | ((v << 24) & 0xff000000);
    }

    function _reverse256(uint256 v) private pure returns (uint256) {
        uint256 m = 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff;
        v = ((v >> 8) & m) | ((v & m) << 8);
        m = 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;
        v = ((v >> 16) & m) | ((v & m) << 16);
        m = 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;
        v = ((v >> 32) & m) | ((v & m) << 32);
        m = 0x0000000000000000ffffffffffffffff0000000000000000ffffffffffffffff;
        v = ((v >> 64) & m) | ((v & m) << 64);
        return (v >> 128) | (v << 128);
    }
}

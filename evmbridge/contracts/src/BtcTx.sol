// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BadBatch, BadLength, BadMerkle, NonMinimal, Trailing, WitnessForm} from "./Errors.sol";

/// @title Bitcoin transactions and Merkle trees
/// @notice Strict reading of the serialisation that the txid hashes: no witness, minimal CompactSizes, counts
/// that fit, every byte consumed. Hashes are in internal byte order, amounts in satoshi.
library BtcTx {
    uint256 private constant INPUT_MIN = 41;
    uint256 private constant OUTPUT_MIN = 9;

    /// @notice The double SHA256 of bytes.
    /// @param data The bytes.
    /// @return hash The hash; of a transaction without witness it is the txid.
    function hash256(bytes calldata data) internal view returns (bytes32 hash) {
        assembly ("memory-safe") {
            let f := mload(0x40)
            calldatacopy(f, data.offset, data.length)
            if iszero(staticcall(gas(), 2, f, data.length, 0, 32)) { revert(0, 0) }
            if iszero(staticcall(gas(), 2, 0, 32, 0, 32)) { revert(0, 0) }
            hash := mload(0)
        }
    }

    /// @notice The root of the tree in which a leaf has a branch. Reverts with BadMerkle if the index does not fit.
    /// @param leaf The leaf's hash.
    /// @param siblings The branch, from the leaf's level upwards.
    /// @param index The leaf's place, from 0.
    /// @return root The root.
    function merkleRoot(bytes32 leaf, bytes32[] calldata siblings, uint256 index) internal view returns (bytes32 root) {
        if (siblings.length > 32 || index >> siblings.length != 0) revert BadMerkle();
        assembly ("memory-safe") {
            root := leaf
            let pos := siblings.offset
            let end := add(pos, shl(5, siblings.length))
            for {} lt(pos, end) { pos := add(pos, 32) } {
                let right := and(index, 1)
                mstore(shl(5, right), root)
                mstore(shl(5, xor(right, 1)), calldataload(pos))
                if iszero(staticcall(gas(), 2, 0, 64, 0, 32)) { revert(0, 0) }
                if iszero(staticcall(gas(), 2, 0, 32, 0, 32)) { revert(0, 0) }
                root := mload(0)
                index := shr(1, index)
            }
        }
    }

    /// @notice Reads a whole transaction, says whether it spends an outpoint, and adds up what it pays to a script.
    /// @param t The transaction without witness.
    /// @param txid The outpoint's txid.
    /// @param vout The outpoint's index.
    /// @param script The script's keccak256.
    /// @return spends True if an input spends the outpoint.
    /// @return paid The sum of the outputs with that script.
    function scan(bytes calldata t, bytes32 txid, uint256 vout, bytes32 script)
        internal
        pure
        returns (bool spends, uint256 paid)
    {
        (uint256 n, uint256 pos) = _count(t, 4, INPUT_MIN);
        if (n == 0) revert WitnessForm();
        for (; n != 0; --n) {
            (bytes32 id, uint256 index, uint256 next) = _input(t, pos);
            spends = spends || (id == txid && index == vout);
            pos = next;
        }
        (n, pos) = _count(t, pos, OUTPUT_MIN);
        for (; n != 0; --n) {
            (uint256 value, uint256 start, uint256 end) = _output(t, pos);
            if (keccak256(t[start:end]) == script) paid += value;
            pos = end;
        }
        _end(t, pos);
    }

    /// @notice Reads a whole transaction and returns one of its outputs.
    /// @param t The transaction without witness.
    /// @param vout The output's index.
    /// @return value Its amount.
    /// @return script The keccak256 of its script.
    function output(bytes calldata t, uint256 vout) internal pure returns (uint256 value, bytes32 script) {
        (uint256 n, uint256 pos) = _outputs(t);
        if (vout >= n) revert BadLength();
        for (uint256 i; i < n; ++i) {
            (uint256 v, uint256 start, uint256 end) = _output(t, pos);
            if (i == vout) (value, script) = (v, keccak256(t[start:end]));
            pos = end;
        }
        _end(t, pos);
    }

    /// @notice Reads a whole transaction whose first outputs pay to given scripts and whose next one carries data.
    /// @param t The transaction without witness.
    /// @param scripts The keccak256 of each payment's script, in order.
    /// @return values The payments' amounts.
    /// @return data The 32 bytes that follow OP_RETURN.
    /// @return rest The keccak256 of the script of each output after them.
    function batch(bytes calldata t, bytes32[] calldata scripts)
        internal
        pure
        returns (uint256[] memory values, bytes32 data, bytes32[] memory rest)
    {
        (uint256 n, uint256 pos) = _outputs(t);
        uint256 m = scripts.length;
        if (n <= m) revert BadBatch();
        values = new uint256[](m);
        rest = new bytes32[](n - m - 1);
        for (uint256 i; i < n; ++i) {
            (uint256 value, uint256 start, uint256 end) = _output(t, pos);
            if (i < m) {
                values[i] = value;
                if (keccak256(t[start:end]) != scripts[i]) revert BadBatch();
            } else if (i == m) {
                if (end - start != 34 || bytes2(t[start:start + 2]) != 0x6a20) revert BadBatch();
                data = bytes32(t[start + 2:end]);
            } else {
                rest[i - m - 1] = keccak256(t[start:end]);
            }
            pos = end;
        }
        _end(t, pos);
    }

    /// @dev Reads the inputs; returns the number of the outputs and where the first one begins.
    function _outputs(bytes calldata t) private pure returns (uint256 n, uint256 pos) {
        (n, pos) = _count(t, 4, INPUT_MIN);
        if (n == 0) revert WitnessForm();
        for (; n != 0; --n) {
            (,, pos) = _input(t, pos);
        }
        (n, pos) = _count(t, pos, OUTPUT_MIN);
    }

    /// @dev Reads an output: its amount, where its script begins, and where the next output does.
    function _output(bytes calldata t, uint256 pos) private pure returns (uint256 value, uint256 start, uint256 end) {
        _need(t, pos, OUTPUT_MIN);
        value = _little(t, pos, 8);
        (end, start) = _compact(t, pos + 8);
        end += start;
        if (end > t.length) revert BadLength();
    }

    function _input(bytes calldata t, uint256 pos) private pure returns (bytes32 id, uint256 vout, uint256 next) {
        _need(t, pos, INPUT_MIN);
        assembly ("memory-safe") {
            id := calldataload(add(t.offset, pos))
        }
        vout = _little(t, pos + 32, 4);
        (uint256 length, uint256 start) = _compact(t, pos + 36);
        next = start + length + 4;
        if (next > t.length) revert BadLength();
    }

    /// @dev A count of items of at least `least` bytes each, of which there cannot be more than bytes are left.
    function _count(bytes calldata t, uint256 pos, uint256 least) private pure returns (uint256 n, uint256 next) {
        (n, next) = _compact(t, pos);
        if (n * least > t.length) revert BadLength();
    }

    function _compact(bytes calldata t, uint256 pos) private pure returns (uint256 v, uint256 next) {
        _need(t, pos, 1);
        v = _little(t, pos, 1);
        if (v < 0xfd) return (v, pos + 1);
        if (v == 0xff) revert BadLength(); // 2^32 or more of anything does not fit into a block
        uint256 size = v == 0xfd ? 2 : 4;
        _need(t, pos + 1, size);
        v = _little(t, pos + 1, size);
        if (v < (size == 2 ? 0xfd : 0x10000)) revert NonMinimal();
        next = pos + 1 + size;
    }

    /// @dev Reads 1, 2, 4 or 8 bytes, lowest first, that the caller knows to be there.
    function _little(bytes calldata t, uint256 pos, uint256 size) private pure returns (uint256 v) {
        assembly ("memory-safe") {
            v := shr(192, calldataload(add(t.offset, pos)))
        }
        v = ((v >> 8) & 0x00ff00ff00ff00ff) | ((v & 0x00ff00ff00ff00ff) << 8);
        v = ((v >> 16) & 0x0000ffff0000ffff) | ((v & 0x0000ffff0000ffff) << 16);
        v = (v >> 32) | ((v & 0xffffffff) << 32);
        v &= (1 << (8 * size)) - 1;
    }

    function _need(bytes calldata t, uint256 pos, uint256 size) private pure {
        if (pos + size > t.length) revert BadLength();
    }

    function _end(bytes calldata t, uint256 pos) private pure {
        if (pos + 4 > t.length) revert BadLength();
        if (pos + 4 < t.length) revert Trailing();
    }
}

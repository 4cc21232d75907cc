// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title BIP340 signatures by one call of ecrecover
/// @notice R = sG - eP. ecrecover(h, v, r, t) is the address of (tX - hG)/r, X being the point with x coordinate
/// r and the parity of v. With r = px, v = 27 (the even lift that BIP340 takes), t = -e*px and
/// h = -s*px that is the address of sG - eP. Fails closed for px of at least n and for e = 0, which no
/// honest signature meets except with a probability of 2^-128.
library Bip340 {
    uint256 internal constant P = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F;
    uint256 internal constant N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
    /// @dev SHA256 of "BIP0340/challenge".
    bytes32 private constant CHALLENGE = 0x7bb52d7a9fef58323eb1bf7a407db382d2f3f2d81bb1224f49fe518f6d48d37c;

    /// @notice The challenge of a signature.
    /// @param rx x coordinate of the nonce.
    /// @param px x coordinate of the key.
    /// @param m The message, 32 bytes.
    /// @return e H(rx, px, m) mod n.
    function challenge(uint256 rx, uint256 px, bytes32 m) internal view returns (uint256 e) {
        assembly ("memory-safe") {
            let f := mload(0x40)
            mstore(f, CHALLENGE)
            mstore(add(f, 32), CHALLENGE)
            mstore(add(f, 64), rx)
            mstore(add(f, 96), px)
            mstore(add(f, 128), m)
            if iszero(staticcall(gas(), 2, f, 160, 0, 32)) { revert(0, 0) }
            e := mod(mload(0), N)
        }
    }

    /// @notice The address of sG - eP.
    /// @param px x coordinate of P, whose y is even.
    /// @param s The scalar of G.
    /// @param e The scalar of P, below n.
    /// @return The address, or 0 if px is no key, s is not below n, or the point is infinity.
    function commitment(uint256 px, uint256 s, uint256 e) internal pure returns (address) {
        if (px == 0 || px >= N || s >= N) return address(0);
        unchecked {
            return ecrecover(bytes32(mulmod(N - s, px, N)), 27, bytes32(px), bytes32(mulmod(N - e, px, N)));
        }
    }

    /// @notice The address that Ethereum gives to a point.
    /// @param x Its x coordinate.
    /// @param y Its y coordinate.
    /// @return a The address.
    function addressOf(uint256 x, uint256 y) internal pure returns (address a) {
        assembly ("memory-safe") {
            mstore(0, x)
            mstore(32, y)
            a := and(keccak256(0, 64), 0xffffffffffffffffffffffffffffffffffffffff)
        }
    }

    /// @notice Says whether (x, y) is on the curve and y is even. Without the curve equation a y that somebody
    /// supplies is a free variable that the challenge does not bind: a forgery would cost 2^80 work instead of 2^160.
    /// @param x The x coordinate.
    /// @param y The y coordinate.
    /// @return True if both hold and both are below p.
    function isEvenPoint(uint256 x, uint256 y) internal pure returns (bool) {
        if (x >= P || y >= P || y & 1 == 1) return false;
        return mulmod(y, y, P) == addmod(mulmod(mulmod(x, x, P), x, P), 7, P);
    }

    /// @notice Verifies a signature with a hint at the nonce's y coordinate.
    /// @param px x coordinate of the key.
    /// @param rx x coordinate of the nonce.
    /// @param ry y coordinate of the nonce, even.
    /// @param s The signature's scalar.
    /// @param m The message.
    /// @return True if it is valid.
    function verifyHinted(uint256 px, uint256 rx, uint256 ry, uint256 s, bytes32 m) internal view returns (bool) {
        if (!isEvenPoint(rx, ry)) return false;
        address a = commitment(px, s, challenge(rx, px, m));
        return a != address(0) && a == addressOf(rx, ry);
    }

    /// @notice Verifies a signature.
    /// @param px x coordinate of the key.
    /// @param rx x coordinate of the nonce.
    /// @param s The signature's scalar.
    /// @param m The message.
    /// @return True if it is valid.
    function verify(uint256 px, uint256 rx, uint256 s, bytes32 m) internal view returns (bool) {
        if (rx >= P) return false;
        uint256 y = power(addmod(mulmod(mulmod(rx, rx, P), rx, P), 7, P), (P + 1) / 4);
        if (y & 1 == 1) y = P - y;
        return verifyHinted(px, rx, y, s, m);
    }

    /// @notice x^k mod p by the modexp precompile.
    /// @param x The base.
    /// @param k The exponent.
    /// @return y The power.
    function power(uint256 x, uint256 k) internal view returns (uint256 y) {
        assembly ("memory-safe") {
            let f := mload(0x40)
            mstore(f, 32)
            mstore(add(f, 32), 32)
            mstore(add(f, 64), 32)
            mstore(add(f, 96), x)
            mstore(add(f, 128), k)
            mstore(add(f, 160), P)
            if iszero(staticcall(gas(), 5, f, 192, 0, 32)) { revert(0, 0) }
            y := mload(0)
        }
    }
}

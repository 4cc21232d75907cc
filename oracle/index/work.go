package index

import (
	"errors"
	"fmt"
	"math/big"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
)

// ErrBits says that a compact target is negative, zero or above 2^256-1.
var ErrBits = errors.New("compact target out of range")

var (
	one     = big.NewInt(1)
	maxHash = new(big.Int).Sub(new(big.Int).Lsh(one, 256), one)
)

// Target returns the target that nBits stands for. It fails with ErrBits as
// consensus would call the value negative, zero or too large.
func Target(bits uint32) (*big.Int, error) {
	size, word := bits>>24, bits&0x007fffff
	if bits&0x00800000 != 0 && word != 0 {
		return nil, fmt.Errorf("%w: %08x is negative", ErrBits, bits)
	}
	target := big.NewInt(int64(word))
	if size <= 3 {
		target.Rsh(target, uint(8*(3-size)))
	} else {
		target.Lsh(target, uint(8*(size-3)))
	}
	if target.Sign() == 0 {
		return nil, fmt.Errorf("%w: %08x is zero", ErrBits, bits)
	}
	if target.BitLen() > 256 {
		return nil, fmt.Errorf("%w: %08x overflows", ErrBits, bits)
	}
	return target, nil
}

// Compact returns the compact form of a target below 2^256, rounding down as
// consensus does.
func Compact(target *big.Int) uint32 {
	size := uint((target.BitLen() + 7) / 8)
	var word uint32
	if size <= 3 {
		word = uint32(target.Uint64() << (8 * (3 - size))) //nolint:gosec // G115: three bytes
	} else {
		word = uint32(new(big.Int).Rsh(target, 8*(size-3)).Uint64()) //nolint:gosec // G115: three bytes
	}
	if word&0x00800000 != 0 {
		word >>= 8
		size++
	}
	return uint32(size)<<24 | word //nolint:gosec // G115: size is at most 34
}

// Work returns floor(2^256/(T+1)), the hashes that a block of a target takes on
// average. It fails with ErrBits.
func Work(bits uint32) (*big.Int, error) {
	target, err := Target(bits)
	if err != nil {
		return nil, err
	}
	num := new(big.Int).Sub(maxHash, target)
	den := new(big.Int).Add(target, one)
	return num.Div(num, den).Add(num, one), nil
}

// hashNumber returns a block hash as the number that is compared with the target.
func hashNumber(hash chainhash.Hash) *big.Int {
	for i, j := 0, len(hash)-1; i < j; i, j = i+1, j-1 {
		hash[i], hash[j] = hash[j], hash[i]
	}
	return new(big.Int).SetBytes(hash[:])
}

// Difficulty returns floor(65535*2^208/T), the difficulty that people quote.
func Difficulty(bits uint32) (*big.Int, error) {
	target, err := Target(bits)
	if err != nil {
		return nil, err
	}
	top := new(big.Int).Lsh(big.NewInt(65_535), 208)
	return top.Div(top, target), nil
}

// EpochDifficulty returns floor(65535*2^208/(T*10^9)), difficulty in billions.
func EpochDifficulty(bits uint32) (*big.Int, error) {
	target, err := Target(bits)
	if err != nil {
		return nil, err
	}
	top := new(big.Int).Lsh(big.NewInt(65_535), 208)
	return top.Div(top, target.Mul(target, big.NewInt(1_000_000_000))), nil
}

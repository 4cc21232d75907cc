package index

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
)

// ErrCoinbase says that bytes are not a coinbase transaction in its form without
// witness.
var ErrCoinbase = errors.New("not a coinbase transaction")

// MaxCoinbase is the longest coinbase transaction read, in bytes without witness.
const MaxCoinbase = 1_000_000

// Coinbase is what the index needs of a coinbase transaction.
type Coinbase struct {
	// Txid is its double SHA256, in internal byte order.
	Txid chainhash.Hash
	// Out is the sum of its outputs in satoshi.
	Out uint64
}

// ParseCoinbase reads a coinbase transaction from its serialisation without
// witness, strictly: one input that spends nothing, minimal sizes, values within
// all satoshi there are, nothing behind it. It allocates nothing that the bytes do
// not fill, and fails with ErrCoinbase naming the field.
//
// A transaction of 64 bytes, which an inner node of a Merkle tree has too, is read
// like any other: 28 bytes in a row of a coinbase are fixed, so that nobody finds
// an inner node that reads as one, nor a coinbase that reads as an inner node above
// a forged one (docs/decisions/0010). Refusing it would let a miner stop the index
// with one block.
func ParseCoinbase(raw []byte) (Coinbase, error) {
	if len(raw) > MaxCoinbase {
		return Coinbase{}, fmt.Errorf("%w: %d bytes", ErrCoinbase, len(raw))
	}
	r := &txReader{rest: raw}
	r.take("version", 4)
	if n := r.size("inputs"); n != 1 {
		return Coinbase{}, r.fail(fmt.Sprintf("%d inputs", n))
	}
	prev := r.take("outpoint", 36)
	if r.err == nil && !isNull(prev) {
		return Coinbase{}, r.fail("its input spends an output")
	}
	r.take("signature script", r.size("signature script length"))
	r.take("sequence", 4)
	outputs := r.size("outputs")
	if r.err == nil && outputs == 0 {
		return Coinbase{}, r.fail("no outputs")
	}
	var sum uint64
	for i := uint64(0); i < outputs && r.err == nil; i++ {
		value := r.take("value", 8)
		if r.err != nil {
			break
		}
		v := binary.LittleEndian.Uint64(value)
		if v > maxMoney || sum+v > maxMoney {
			return Coinbase{}, r.fail("outputs are more than all satoshi there are")
		}
		sum += v
		r.take("script", r.size("script length"))
	}
	r.take("locktime", 4)
	if r.err == nil && len(r.rest) > 0 {
		return Coinbase{}, r.fail(fmt.Sprintf("%d bytes after it", len(r.rest)))
	}
	if r.err != nil {
		return Coinbase{}, r.err
	}
	return Coinbase{Txid: chainhash.DoubleHashH(raw), Out: sum}, nil
}

// isNull says whether an outpoint is that of a coinbase: 32 zero bytes, ffffffff.
func isNull(outpoint []byte) bool {
	for _, b := range outpoint[:32] {
		if b != 0 {
			return false
		}
	}
	return binary.LittleEndian.Uint32(outpoint[32:]) == wire.MaxPrevOutIndex
}

// txReader reads little-endian fields and keeps the first error.
type txReader struct {
	rest []byte
	err  error
}

func (r *txReader) fail(what string) error {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s", ErrCoinbase, what)
	}
	return r.err
}

func (r *txReader) take(field string, n uint64) []byte {
	if r.err == nil && n > uint64(len(r.rest)) {
		r.err = fmt.Errorf("%w: it ends inside %s", ErrCoinbase, field)
	}
	if r.err != nil {
		return nil
	}
	out := r.rest[:n]
	r.rest = r.rest[n:]
	return out
}

// size reads a CompactSize and refuses forms longer than needed.
func (r *txReader) size(field string) uint64 {
	first := r.take(field, 1)
	if r.err != nil {
		return 0
	}
	var n, least uint64
	switch first[0] {
	case 0xfd:
		if b := r.take(field, 2); r.err == nil {
			n, least = uint64(binary.LittleEndian.Uint16(b)), 0xfd
		}
	case 0xfe:
		if b := r.take(field, 4); r.err == nil {
			n, least = uint64(binary.LittleEndian.Uint32(b)), 1<<16
		}
	case 0xff:
		if b := r.take(field, 8); r.err == nil {
			n, least = binary.LittleEndian.Uint64(b), 1<<32
		}
	default:
		return uint64(first[0])
	}
	if r.err == nil && n < least {
		r.err = fmt.Errorf("%w: %s is not written in the shortest form", ErrCoinbase, field)
	}
	if r.err != nil {
		return 0
	}
	return n
}

package spv

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
)

// ErrABI means that bytes are not the ABI encoding of what they are read as.
var ErrABI = errors.New("not the ABI encoding expected")

// maxScript bounds the fields of variable length that are read from events.
const maxScript = 10_000

// DecodeSeriesKey reads what SeriesKey.Encode writes, and nothing else. It fails
// with ErrABI.
func DecodeSeriesKey(b []byte) (SeriesKey, error) {
	r := abiReader{b: b, at: wordLen}
	k := SeriesKey{IndexParams: r.word(), FirstDay: r.u32(), LastDay: r.u32()}
	k.Events = r.array()
	k.Threshold, k.Shape, k.Long = r.u8(), Shape(r.u8()), r.bool()
	k.Base, k.Lo, k.Hi = r.u64(), r.u64(), r.u64()
	k.QuantBits, k.RefundLocktime, k.MinRefundPpm = r.u8(), r.u32(), r.u32()
	return k, r.done("series key", k.Encode)
}

// DecodeTerms reads what Terms.Encode writes, and nothing else. It fails with
// ErrABI.
func DecodeTerms(b []byte) (Terms, error) {
	r := abiReader{b: b, at: wordLen}
	t := Terms{
		SeriesID: r.word(), FundingTxid: chainhash.Hash(r.word()), FundingVout: r.u32(), Collateral: r.u64(),
		Notional: r.u32(), RefundSats: r.u64(), RefundTxid: chainhash.Hash(r.word()), CETRoot: r.word(),
		VaultScript: r.bytes(), VaultSalt: r.word(),
	}
	return t, r.done("terms", t.Encode)
}

// DecodeRedemption reads what Redemption.Encode writes, and nothing else. It fails
// with ErrABI.
func DecodeRedemption(b []byte) (Redemption, error) {
	r := abiReader{b: b, at: wordLen}
	red := Redemption{ID: r.word(), Lot: r.bool()}
	owner := r.word()
	red.Owner = Address(owner[wordLen-len(red.Owner):])
	red.Amount, red.Sats, red.MaxFee = r.u64(), r.u64(), r.u64()
	red.Deadline, red.Nonce, red.Script = r.u64(), r.u64(), r.bytes()
	return red, r.done("redemption", red.Encode)
}

// abiReader reads the words of a struct that begins at the second word. What it
// reads is compared with its own encoding in the end, so it need not be strict
// itself; it only keeps within the bytes.
type abiReader struct {
	b      []byte
	at     int
	failed bool
}

func (r *abiReader) word() [wordLen]byte {
	if r.failed || len(r.b)-r.at < wordLen {
		r.failed = true
		return [wordLen]byte{}
	}
	r.at += wordLen
	return [wordLen]byte(r.b[r.at-wordLen : r.at])
}

func (r *abiReader) u64() uint64 {
	w := r.word()
	return binary.BigEndian.Uint64(w[wordLen-8:])
}

func (r *abiReader) u32() uint32 {
	w := r.word()
	return binary.BigEndian.Uint32(w[wordLen-4:])
}

func (r *abiReader) u8() uint8 {
	w := r.word()
	return w[wordLen-1]
}

func (r *abiReader) bool() bool { return r.u8() == 1 }

// tail returns the length of a field of variable length and what follows it.
func (r *abiReader) tail() (int, []byte) {
	offset := r.u64()
	if r.failed || offset > uint64(len(r.b)) {
		r.failed = true
		return 0, nil
	}
	at := abiReader{b: r.b, at: wordLen + int(offset)} //nolint:gosec // G115: within the bytes
	n := at.u64()
	if at.failed || n > maxScript {
		r.failed = true
		return 0, nil
	}
	return int(n), r.b[at.at:]
}

func (r *abiReader) bytes() []byte {
	n, rest := r.tail()
	if n > len(rest) {
		r.failed = true
		return nil
	}
	return bytes.Clone(rest[:n])
}

func (r *abiReader) array() [][wordLen]byte {
	n, rest := r.tail()
	if n*wordLen > len(rest) {
		r.failed = true
		return nil
	}
	var items [][wordLen]byte
	for i := range n {
		items = append(items, [wordLen]byte(rest[i*wordLen:]))
	}
	return items
}

func (r *abiReader) done(what string, encode func() []byte) error {
	if r.failed || !bytes.Equal(encode(), r.b) {
		return fmt.Errorf("%s of %d bytes: %w", what, len(r.b), ErrABI)
	}
	return nil
}

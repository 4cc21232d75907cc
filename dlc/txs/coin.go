package txs

import (
	"encoding/binary"
	"fmt"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
)

// Witness weights of the two forms of funding input, in weight units, with the
// count and length bytes: the largest low-S ECDSA signature and a compressed key,
// and a single 64-byte signature.
const (
	witnessWeightP2WPKH = 108
	witnessWeightP2TR   = 66
)

// Coin is a funding input whose previous transaction has been read.
type Coin struct {
	// Serial orders the inputs of the funding transaction.
	Serial uint64
	// OutPoint names the coin; its txid is the hash of the previous transaction.
	OutPoint wire.OutPoint
	// Value is what the coin holds.
	Value btcutil.Amount
	// Script is the coin's output script.
	Script []byte
	// Form is P2WPKH or P2TR.
	Form Form
}

// WitnessWeight returns the weight units that fees count for the coin's witness.
func (c Coin) WitnessWeight() int64 {
	if c.Form == P2TR {
		return witnessWeightP2TR
	}
	return witnessWeightP2WPKH
}

// output returns the coin as an output, as signature hashes need it.
func (c Coin) output() *wire.TxOut {
	return wire.NewTxOut(int64(c.Value), c.Script)
}

// ParseInput reads a funding input. The previous transaction must be at most
// MaxPrevTx bytes, in its canonical serialisation without witness and nothing
// behind it, and the coin must be P2WPKH or P2TR; else it is ErrInput. The script
// is a copy. Whether the coin exists and is unspent is for the chain to say.
func ParseInput(in Input) (Coin, error) {
	script, value, err := prevOutput(in.PrevTx, in.Vout)
	if err != nil {
		return Coin{}, fmt.Errorf("%w: serial %d: %w", ErrInput, in.Serial, err)
	}
	form, err := ParseScript(script)
	if err != nil || (form != P2WPKH && form != P2TR) {
		return Coin{}, fmt.Errorf("%w: serial %d spends neither P2WPKH nor P2TR", ErrInput, in.Serial)
	}
	return Coin{
		Serial:   in.Serial,
		OutPoint: wire.OutPoint{Hash: chainhash.DoubleHashH(in.PrevTx), Index: in.Vout},
		Value:    value,
		Script:   append([]byte(nil), script...),
		Form:     form,
	}, nil
}

// prevTxError says what is wrong with a previous transaction; ErrInput wraps it.
type prevTxError string

func (e prevTxError) Error() string { return "previous transaction " + string(e) }

// The faults of a previous transaction.
const (
	errPrevTxSize      = prevTxError("is longer than the limit")
	errPrevTxTruncated = prevTxError("is cut off")
	errPrevTxTrailing  = prevTxError("has trailing bytes")
	errPrevTxMinimal   = prevTxError("has a count that is not minimal")
	errPrevTxEmpty     = prevTxError("has no inputs or outputs, or carries a witness")
	errPrevTxAmount    = prevTxError("creates more than there can be")
	errPrevTxVout      = prevTxError("has no such output")
)

// prevOutput reads a transaction without witness and returns the script, which
// points into raw, and the amount of output vout. It allocates nothing.
func prevOutput(raw []byte, vout uint32) ([]byte, btcutil.Amount, error) {
	if len(raw) > MaxPrevTx {
		return nil, 0, errPrevTxSize
	}
	r := txReader{rest: raw}
	r.take(4) // version
	inputs := r.count()
	for i := uint64(0); i < inputs && r.err == nil; i++ {
		r.take(36) // outpoint
		r.take(r.count())
		r.take(4) // sequence
	}
	outputs := r.count()
	if r.err == nil && (inputs == 0 || outputs == 0) {
		// No input is also what the marker of a witness looks like here.
		return nil, 0, errPrevTxEmpty
	}
	var script []byte
	var value, total btcutil.Amount
	for i := uint64(0); i < outputs && r.err == nil; i++ {
		amount := r.amount()
		s := r.take(r.count())
		// Both are at most MaxMoney, so the sum fits.
		if total += amount; r.err == nil && total > MaxMoney {
			return nil, 0, errPrevTxAmount
		}
		if i == uint64(vout) {
			script, value = s, amount
		}
	}
	r.take(4) // locktime
	switch {
	case r.err != nil:
		return nil, 0, r.err
	case len(r.rest) > 0:
		return nil, 0, errPrevTxTrailing
	case uint64(vout) >= outputs:
		return nil, 0, errPrevTxVout
	}
	return script, value, nil
}

// txReader reads a transaction from a byte string. After the first fault it keeps
// the error and returns nothing more.
type txReader struct {
	rest []byte
	err  error
}

// take returns the next n bytes.
func (r *txReader) take(n uint64) []byte {
	if r.err == nil && n > uint64(len(r.rest)) {
		r.err = errPrevTxTruncated
	}
	if r.err != nil {
		return nil
	}
	head := r.rest[:n]
	r.rest = r.rest[n:]
	return head
}

// little returns the next n bytes, at most 8, as a little-endian number.
func (r *txReader) little(n uint64) uint64 {
	var b [8]byte
	copy(b[:], r.take(n))
	return binary.LittleEndian.Uint64(b[:])
}

// count returns the next compact size, which must be minimal.
func (r *txReader) count() uint64 {
	first := r.little(1)
	var width, least uint64
	switch first {
	case 0xfd:
		width, least = 2, 0xfd
	case 0xfe:
		width, least = 4, 1<<16
	case 0xff:
		width, least = 8, 1<<32
	default:
		return first
	}
	n := r.little(width)
	if r.err == nil && n < least {
		r.err = errPrevTxMinimal
	}
	return n
}

// amount returns the next amount, which is at most MaxMoney.
func (r *txReader) amount() btcutil.Amount {
	n := r.little(8)
	if n > uint64(MaxMoney) {
		r.err = errPrevTxAmount
		return 0
	}
	return btcutil.Amount(n)
}

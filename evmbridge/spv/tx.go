package spv

import (
	"encoding/binary"
	"fmt"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
)

const (
	inputMin  = 41
	outputMin = 9
)

// Outpoint names an output.
type Outpoint struct {
	Txid chainhash.Hash
	Vout uint32
}

// Output is an output of a transaction. Script aliases the transaction's bytes.
type Output struct {
	Value  uint64
	Script []byte
}

// Tx is a transaction as the contracts read it.
type Tx struct {
	Inputs  []Outpoint
	Outputs []Output
}

// ParseTx reads a transaction in the form that its txid hashes, as strictly as
// the contracts do: no witness, minimal CompactSizes, counts that fit, every byte
// consumed. It fails with ErrBadLength, ErrWitnessForm, ErrNonMinimal or
// ErrTrailing. It does not refuse 64 bytes; Proof.Verify does.
func ParseTx(raw []byte) (Tx, error) {
	var tx Tx
	r := txReader{b: raw, at: 4}
	n, err := r.count(inputMin)
	if err != nil {
		return tx, fmt.Errorf("inputs: %w", err)
	}
	if n == 0 {
		return tx, ErrWitnessForm
	}
	for i := range n {
		in, err := r.input()
		if err != nil {
			return tx, fmt.Errorf("input %d: %w", i, err)
		}
		tx.Inputs = append(tx.Inputs, in)
	}
	if n, err = r.count(outputMin); err != nil {
		return tx, fmt.Errorf("outputs: %w", err)
	}
	for i := range n {
		out, err := r.output()
		if err != nil {
			return tx, fmt.Errorf("output %d: %w", i, err)
		}
		tx.Outputs = append(tx.Outputs, out)
	}
	if _, err := r.bytes(4); err != nil {
		return tx, fmt.Errorf("lock time: %w", err)
	}
	if r.at != len(raw) {
		return tx, fmt.Errorf("%d bytes: %w", len(raw)-r.at, ErrTrailing)
	}
	return tx, nil
}

// Spends says whether an input spends the outpoint.
func (t Tx) Spends(o Outpoint) bool {
	for _, in := range t.Inputs {
		if in == o {
			return true
		}
	}
	return false
}

// Paid returns the sum of the outputs with this script. In a transaction that is
// in a block it cannot overflow.
func (t Tx) Paid(script []byte) (sum uint64) {
	for _, out := range t.Outputs {
		if string(out.Script) == string(script) {
			sum += out.Value
		}
	}
	return sum
}

// txReader reads Bitcoin's serialisation.
type txReader struct {
	b  []byte
	at int
}

func (r *txReader) bytes(n int) ([]byte, error) {
	if n < 0 || n > len(r.b)-r.at {
		return nil, fmt.Errorf("%d bytes at %d of %d: %w", n, r.at, len(r.b), ErrBadLength)
	}
	r.at += n
	return r.b[r.at-n : r.at], nil
}

// compact reads a CompactSize below 2^32.
func (r *txReader) compact() (int, error) {
	first, err := r.bytes(1)
	if err != nil {
		return 0, err
	}
	switch first[0] {
	case 0xff:
		return 0, fmt.Errorf("a count of 2^32 or more: %w", ErrBadLength)
	case 0xfe:
		b, err := r.bytes(4)
		if err != nil {
			return 0, err
		}
		return minimal(int(binary.LittleEndian.Uint32(b)), 1<<16)
	case 0xfd:
		b, err := r.bytes(2)
		if err != nil {
			return 0, err
		}
		return minimal(int(binary.LittleEndian.Uint16(b)), 0xfd)
	default:
		return int(first[0]), nil
	}
}

func minimal(n, least int) (int, error) {
	if n < least {
		return 0, fmt.Errorf("count %d: %w", n, ErrNonMinimal)
	}
	return n, nil
}

// count reads a count of items of at least size bytes each.
func (r *txReader) count(size int) (int, error) {
	n, err := r.compact()
	if err != nil {
		return 0, err
	}
	if n*size > len(r.b) {
		return 0, fmt.Errorf("count %d: %w", n, ErrBadLength)
	}
	return n, nil
}

func (r *txReader) input() (Outpoint, error) {
	if len(r.b)-r.at < inputMin {
		return Outpoint{}, fmt.Errorf("at %d of %d: %w", r.at, len(r.b), ErrBadLength)
	}
	b, err := r.bytes(chainhash.HashSize + 4)
	if err != nil {
		return Outpoint{}, err
	}
	n, err := r.compact()
	if err != nil {
		return Outpoint{}, err
	}
	if _, err := r.bytes(n + 4); err != nil {
		return Outpoint{}, err
	}
	return Outpoint{Txid: chainhash.Hash(b), Vout: binary.LittleEndian.Uint32(b[chainhash.HashSize:])}, nil
}

func (r *txReader) output() (Output, error) {
	if len(r.b)-r.at < outputMin {
		return Output{}, fmt.Errorf("at %d of %d: %w", r.at, len(r.b), ErrBadLength)
	}
	b, err := r.bytes(8)
	if err != nil {
		return Output{}, err
	}
	n, err := r.compact()
	if err != nil {
		return Output{}, err
	}
	script, err := r.bytes(n)
	if err != nil {
		return Output{}, err
	}
	return Output{Value: binary.LittleEndian.Uint64(b), Script: script}, nil
}

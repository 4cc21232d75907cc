package txs

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/internal/secp"
)

// Payout is where a settlement pays a party.
type Payout struct {
	// Script is one of the five forms.
	Script []byte
	// Serial orders the two payouts.
	Serial uint64
}

func (p Party) payout() Payout {
	return Payout{Script: slices.Clone(p.PayoutScript), Serial: p.PayoutSerial}
}

// Settlement makes the transactions that spend a funding output: CETs, refund,
// cooperative close. They differ in amounts, locktime and sequence alone.
type Settlement struct {
	spendTerms
	// order is the roles by ascending payout serial; dust their limits by role.
	order [2]Role
	dust  [2]btcutil.Amount
	// cetMessage and refundMessage are all that is hashed for a signature on the
	// leaf, but for the hash of the outputs; cetPrefix is SHA-256 after sharedSize
	// bytes of cetMessage.
	cetMessage, refundMessage leafMessage
	cetPrefix                 secp.Tag
}

// spendTerms is what a Settlement follows from.
type spendTerms struct {
	outpoint    wire.OutPoint
	value       btcutil.Amount
	output      Output
	payouts     [2]Payout
	collateral  [2]btcutil.Amount
	long        Role
	cet, refund uint32
}

func newSettlement(terms spendTerms) *Settlement {
	s := &Settlement{spendTerms: terms, order: [2]Role{Offerer, Accepter}}
	if terms.payouts[Offerer].Serial > terms.payouts[Accepter].Serial {
		s.order = [2]Role{Accepter, Offerer}
	}
	for role, p := range terms.payouts {
		s.dust[role] = dustOf(p.Script)
	}
	s.cetMessage = newLeafMessage(terms, terms.cet)
	s.refundMessage = newLeafMessage(terms, terms.refund)
	s.cetPrefix = secp.NewPrefix(s.cetMessage[:sharedSize])
	return s
}

// Collateral returns M, what CETs and refund divide.
func (s *Settlement) Collateral() btcutil.Amount {
	return s.collateral[Offerer] + s.collateral[Accepter]
}

// Output returns the funding output's keys and scripts.
func (s *Settlement) Output() Output { return s.output }

// PrevOutput returns the funding output as a transaction that spends it needs it.
func (s *Settlement) PrevOutput() *wire.TxOut {
	return wire.NewTxOut(int64(s.value), slices.Clone(s.output.Script[:]))
}

// CETLocktime returns the CETs' locktime, a Unix time in seconds.
func (s *Settlement) CETLocktime() uint32 { return s.cet }

// RefundLocktime returns the refund's locktime, a Unix time in seconds.
func (s *Settlement) RefundLocktime() uint32 { return s.refund }

// split turns a long payout into the payouts by role. A payout outside 0 to M is
// ErrCollateral.
func (s *Settlement) split(long btcutil.Amount) ([2]btcutil.Amount, error) {
	m := s.Collateral()
	if long < 0 || long > m {
		return [2]btcutil.Amount{}, fmt.Errorf("%w: payout %d of %d sat", ErrCollateral, int64(long), int64(m))
	}
	var v [2]btcutil.Amount
	v[s.long], v[s.long.Other()] = long, m-long
	return v, nil
}

// Payouts returns what a CET with the given long payout gives to offerer and
// accepter, before dust is left out. A payout outside 0 to M is ErrCollateral.
func (s *Settlement) Payouts(long btcutil.Amount) (offerer, accepter btcutil.Amount, err error) {
	v, err := s.split(long)
	return v[Offerer], v[Accepter], err
}

// CET returns the contract execution transaction, without witness, that pays the
// given amount to the long side and the rest of M to the short side. A payout
// outside 0 to M is ErrCollateral.
func (s *Settlement) CET(long btcutil.Amount) (*wire.MsgTx, error) {
	v, err := s.split(long)
	if err != nil {
		return nil, err
	}
	return s.spend(s.cet, sequenceFinal, v), nil
}

// Refund returns the refund, without witness: both collaterals go back.
func (s *Settlement) Refund() *wire.MsgTx {
	return s.spend(s.refund, sequenceFinal, s.collateral)
}

// spend builds a transaction with the funding output as its input.
func (s *Settlement) spend(locktime, sequence uint32, v [2]btcutil.Amount) *wire.MsgTx {
	outpoint := s.outpoint
	tx := &wire.MsgTx{
		Version:  txVersion,
		TxIn:     []*wire.TxIn{{PreviousOutPoint: outpoint, Sequence: sequence}},
		TxOut:    make([]*wire.TxOut, 0, 3), // two payouts, and the change of a cancel input
		LockTime: locktime,
	}
	for _, role := range s.order {
		if v[role] >= s.dust[role] {
			tx.TxOut = append(tx.TxOut, wire.NewTxOut(int64(v[role]), slices.Clone(s.payouts[role].Script)))
		}
	}
	return tx
}

// CETSighash returns the hash that both contract keys sign for the CET with the
// given long payout. It builds no transaction and does not allocate, since a
// contract has thousands. A payout outside 0 to M is ErrCollateral.
func (s *Settlement) CETSighash(long btcutil.Amount) ([32]byte, error) {
	v, err := s.split(long)
	if err != nil {
		return [32]byte{}, err
	}
	return s.cetMessage.hash(s.outputsHash(v)), nil
}

// CETSighashes returns CETSighash of each payout, in order, in less time: what the
// CETs of a contract share is hashed once.
func (s *Settlement) CETSighashes(long []btcutil.Amount) ([][32]byte, error) {
	hashes := make([][32]byte, len(long))
	h := secp.NewHasher()
	rest := [leafMessageSize - sharedSize]byte(s.cetMessage[sharedSize:])
	for i, y := range long {
		v, err := s.split(y)
		if err != nil {
			return nil, fmt.Errorf("cet %d: %w", i, err)
		}
		outputs := s.outputsHash(v)
		copy(rest[outputsAt-sharedSize:], outputs[:])
		hashes[i] = h.Sum(&s.cetPrefix, rest[:])
	}
	return hashes, nil
}

// RefundSighash returns the hash that both contract keys sign for the refund.
func (s *Settlement) RefundSighash() [32]byte {
	return s.refundMessage.hash(s.outputsHash(s.collateral))
}

// VerifyRefund returns ErrRefundSig unless signature is the role's on the refund.
func (s *Settlement) VerifyRefund(role Role, signature [64]byte) error {
	if !s.output.VerifyLeaf(role, s.RefundSighash(), signature) {
		return fmt.Errorf("%w of the %s", ErrRefundSig, role)
	}
	return nil
}

// CompleteRefund returns the refund with both signatures, verified by the script
// interpreter; else ErrRefundSig.
func (s *Settlement) CompleteRefund(offerer, accepter [64]byte) (*wire.MsgTx, error) {
	tx := s.Refund()
	tx.TxIn[0].Witness = s.output.LeafWitness(offerer, accepter)
	if err := VerifyTx(tx, []*wire.TxOut{s.PrevOutput()}); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefundSig, err)
	}
	return tx, nil
}

// CompleteCET returns the CET for a long payout with both completed signatures,
// verified by the script interpreter; else ErrCETSig. A payout outside 0 to M is
// ErrCollateral.
func (s *Settlement) CompleteCET(long btcutil.Amount, offerer, accepter [64]byte) (*wire.MsgTx, error) {
	tx, err := s.CET(long)
	if err != nil {
		return nil, err
	}
	tx.TxIn[0].Witness = s.output.LeafWitness(offerer, accepter)
	if err := VerifyTx(tx, []*wire.TxOut{s.PrevOutput()}); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCETSig, err)
	}
	return tx, nil
}

// Sizes, in bytes, of the BIP341 message with the BIP342 extension.
const (
	leafMessageSize = 2*sha256.Size + 212         // after the tag, twice
	outputsAt       = 2*sha256.Size + 10 + 4*32   // where sha_outputs stands
	sharedSize      = outputsAt / 64 * 64         // whole blocks before it
	maxOutputsSize  = 2 * (8 + 1 + maxScriptSize) // two payouts
	maxScriptSize   = 34
)

// leafMessage is the whole input of the hash for a signature on the leaf, with a
// gap at outputsAt.
type leafMessage [leafMessageSize]byte

// newLeafMessage lays out BIP341's "common signature message" for a transaction
// with one input, and behind it the extension of BIP342.
func newLeafMessage(terms spendTerms, locktime uint32) leafMessage {
	// hash_TapSighash: the tag's hash comes twice.
	tag := sha256.Sum256(chainhash.TagTapSighash)
	m := append(append(make([]byte, 0, leafMessageSize), tag[:]...), tag[:]...)
	m = append(m, 0, 0) // epoch, SIGHASH_DEFAULT
	m = binary.LittleEndian.AppendUint32(m, txVersion)
	m = binary.LittleEndian.AppendUint32(m, locktime)

	outpoint := binary.LittleEndian.AppendUint32(terms.outpoint.Hash[:], terms.outpoint.Index)
	amount := binary.LittleEndian.AppendUint64(nil, uint64(terms.value)) //nolint:gosec // G115: not negative
	script := append([]byte{byte(len(terms.output.Script))}, terms.output.Script[:]...)
	sequence := binary.LittleEndian.AppendUint32(nil, sequenceFinal)
	for _, part := range [][]byte{outpoint, amount, script, sequence} {
		h := sha256.Sum256(part)
		m = append(m, h[:]...)
	}
	m = append(m, make([]byte, sha256.Size)...) // sha_outputs: the gap
	m = append(m, 1<<1)                         // spend_type: ext_flag 1, no annex
	m = binary.LittleEndian.AppendUint32(m, 0)  // input_index

	m = append(m, terms.output.Root[:]...) // tapleaf_hash
	m = append(m, 0)                       // key_version
	m = binary.LittleEndian.AppendUint32(m, 0xffffffff)
	return leafMessage(m)
}

// hash fills the gap and hashes. The receiver is a copy.
func (m leafMessage) hash(outputs [32]byte) [32]byte {
	copy(m[outputsAt:], outputs[:])
	return sha256.Sum256(m[:])
}

// outputsHash returns sha_outputs of a CET or refund.
func (s *Settlement) outputsHash(v [2]btcutil.Amount) [32]byte {
	var buffer [maxOutputsSize]byte
	b := buffer[:0]
	for _, role := range s.order {
		if v[role] < s.dust[role] {
			continue
		}
		script := s.payouts[role].Script
		b = binary.LittleEndian.AppendUint64(b, uint64(v[role])) //nolint:gosec // G115: not negative
		b = append(b, byte(len(script)))                         //nolint:gosec // G115: at most 34
		b = append(b, script...)
	}
	return sha256.Sum256(b)
}

package vault

import (
	"errors"
	"fmt"
	"slices"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/internal/secp"
)

var (
	// ErrSignature means that an operator's signature does not verify.
	ErrSignature = errors.New("signature does not verify")
	// ErrTooFew means that there are fewer signatures than the vault needs.
	ErrTooFew = errors.New("too few signatures")
)

// sighashes returns what is signed for each input: BIP341 with the leaf,
// SIGHASH_DEFAULT.
func (b *Batch) sighashes() ([][]byte, error) {
	previous := txscript.NewMultiPrevOutFetcher(nil)
	for _, coin := range b.Coins {
		previous.AddPrevOut(coin.Outpoint, wire.NewTxOut(int64(coin.Value), coin.Vault.script))
	}
	hashes := txscript.NewTxSigHashes(b.Tx, previous)
	var out [][]byte
	for i, coin := range b.Coins {
		hash, err := txscript.CalcTapscriptSignaturehash(
			hashes, txscript.SigHashDefault, b.Tx, i, previous, txscript.NewBaseTapLeaf(coin.Vault.leaf))
		if err != nil {
			return nil, fmt.Errorf("hash of input %d: %w", i, err)
		}
		out = append(out, hash)
	}
	return out, nil
}

// sign returns a signature for each input. Only an Operator calls it, after its
// policy.
func (b *Batch) sign(key *btcec.PrivateKey) ([][64]byte, error) {
	hashes, err := b.sighashes()
	if err != nil {
		return nil, err
	}
	secret := key.Key.Bytes()
	defer clear(secret[:])
	var sigs [][64]byte
	for i, hash := range hashes {
		// Without randomness, so that the same batch has the same signatures.
		sig, err := secp.Sign(&secret, (*[32]byte)(hash), &[32]byte{})
		if err != nil {
			return nil, fmt.Errorf("sign input %d: %w", i, err)
		}
		sigs = append(sigs, sig)
	}
	return sigs, nil
}

// Session collects operators' signatures of one batch. It holds no secret; make one
// with NewSession. It is not safe for concurrent use.
type Session struct {
	batch  *Batch
	hashes [][]byte
	sigs   map[[32]byte][][64]byte
}

// NewSession begins to collect signatures of a batch that was checked.
func NewSession(b *Batch) (*Session, error) {
	hashes, err := b.sighashes()
	if err != nil {
		return nil, err
	}
	return &Session{batch: b, hashes: hashes, sigs: map[[32]byte][][64]byte{}}, nil
}

// Add takes an operator's signatures, one for each input. It fails with ErrOperators
// if he is none of an input's, and with ErrSignature if one does not verify; then
// none of them counts.
func (s *Session) Add(operator [32]byte, sigs [][64]byte) error {
	if len(sigs) != len(s.hashes) {
		return fmt.Errorf("%d signatures for %d inputs: %w", len(sigs), len(s.hashes), ErrSignature)
	}
	key, err := schnorr.ParsePubKey(operator[:])
	if err != nil {
		return fmt.Errorf("operator %x: %w", operator, ErrOperators)
	}
	for i, coin := range s.batch.Coins {
		if !slices.Contains(coin.Vault.committee.Operators, operator) {
			return fmt.Errorf("operator %x of input %d: %w", operator, i, ErrOperators)
		}
		sig, err := schnorr.ParseSignature(sigs[i][:])
		if err != nil || !sig.Verify(s.hashes[i], key) {
			return fmt.Errorf("operator %x, input %d: %w", operator, i, ErrSignature)
		}
	}
	s.sigs[operator] = slices.Clone(sigs)
	return nil
}

// Finish returns the signed transaction. It fails with ErrTooFew if an input has
// fewer signatures than its vault needs; more than that are left out.
func (s *Session) Finish() (*wire.MsgTx, error) {
	tx := s.batch.Tx.Copy()
	for i, coin := range s.batch.Coins {
		committee := coin.Vault.committee
		var witness wire.TxWitness
		signed := 0
		// The script takes the first operator's signature from the top of the stack.
		for _, operator := range slices.Backward(committee.Operators) {
			sigs, ok := s.sigs[operator]
			if !ok || signed == committee.Threshold {
				witness = append(witness, []byte{})
				continue
			}
			witness = append(witness, slices.Clone(sigs[i][:]))
			signed++
		}
		if signed < committee.Threshold {
			return nil, fmt.Errorf("input %d has %d of %d: %w", i, signed, committee.Threshold, ErrTooFew)
		}
		tx.TxIn[i].Witness = append(witness, coin.Vault.leaf, coin.Vault.control)
	}
	return tx, nil
}

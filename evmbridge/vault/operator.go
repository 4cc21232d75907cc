package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/ecdsa"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

// Errors that say why an operator does not sign.
var (
	// ErrNotBurned: the burn is not in a finalized block of the operator's own node.
	ErrNotBurned = errors.New("burn is not finalized")
	// ErrNotVault: an input is no unspent output of a vault, by the operator's node.
	ErrNotVault = errors.New("input is not a vault output")
	// ErrAnchor: a payment of the redemption that was signed before spends another
	// anchor, so both could confirm.
	ErrAnchor = errors.New("redemption is bound to another anchor")
	// ErrRate: the batch pays a higher fee rate than the operator allows.
	ErrRate = errors.New("fee rate above the operator's limit")
	// ErrLimit: the batch pays more than the operator signs at once.
	ErrLimit = errors.New("batch above the operator's limit")
	// ErrNotAttested: the lot verifier found no reason to attest the lot.
	ErrNotAttested = errors.New("lot is not attested")
)

// Burns is the operator's own EVM node.
type Burns interface {
	// Finalized reports whether a redemption waits to be paid in the finalized
	// block.
	Finalized(ctx context.Context, rid [32]byte) (bool, error)
}

// Coins is the operator's own Bitcoin node.
type Coins interface {
	// Output returns the script and value of an output that is in a block and
	// unspent there, or ErrNotVault.
	Output(ctx context.Context, o wire.OutPoint) (script []byte, value btcutil.Amount, err error)
}

// LotVerifier judges a lot before it is attested: that both sides' adaptor
// signatures and refund signatures of every CET are there and verify, that each CET
// pays the vault what the curve says, that the terms are the series', and that the
// owner of the side asked for it.
type LotVerifier interface {
	VerifyLot(ctx context.Context, key spv.SeriesKey, terms spv.Terms, to spv.Address) error
}

// Anchors remembers what each redemption's payments must spend.
type Anchors interface {
	// Bind stores, synced, that payments of the redemptions spend an anchor. It
	// fails with ErrAnchor, and stores nothing, if one is bound to another one that
	// is not among the inputs.
	Bind(rids [][32]byte, anchor wire.OutPoint, inputs []wire.OutPoint) error
}

// Limits are an operator's own.
type Limits struct {
	// Rate is the highest fee rate he signs.
	Rate FeeRate
	// Batch is the most that one batch may pay.
	Batch btcutil.Amount
}

// Operator signs for one operator of the bridge. Its methods are safe for concurrent
// use if what it was made from is.
type Operator struct {
	config OperatorConfig
	x      [32]byte
}

// OperatorConfig is what an operator is made of.
type OperatorConfig struct {
	// Key signs payments on Bitcoin, Attestation attests lots on the EVM chain. They
	// must be different keys.
	Key, Attestation *btcec.PrivateKey
	Domain           spv.Domain
	Limits           Limits
	Burns            Burns
	Coins            Coins
	Anchors          Anchors
	Lots             LotVerifier
	// VaultOf returns the vault of a minted lot that a script pays to, or nil: inputs and
	// change may be nothing else.
	VaultOf func(script []byte) *Vault
	// NewVault returns the vault of a salt, whether or not a lot has it yet.
	NewVault func(salt [32]byte) (*Vault, error)
}

// NewOperator returns an operator. It fails with ErrOperators if one key would be
// used for both purposes.
func NewOperator(c OperatorConfig) (*Operator, error) {
	if c.Key.Key.Equals(&c.Attestation.Key) {
		return nil, fmt.Errorf("one key for payments and attestations: %w", ErrOperators)
	}
	return &Operator{config: c, x: [32]byte(schnorr.SerializePubKey(c.Key.PubKey()))}, nil
}

// Key returns the x-only key under which the operator signs payments.
func (o *Operator) Key() [32]byte { return o.x }

// Sign checks a batch against the operator's policy, binds its redemptions to its
// first input, and returns a signature for each input. It fails with the first rule
// that the batch breaks; then nothing was signed. Signing the same batch again
// gives valid signatures again and is harmless.
func (o *Operator) Sign(ctx context.Context, b *Batch) ([][64]byte, error) {
	if err := o.Judge(ctx, b); err != nil {
		return nil, err
	}
	if err := o.Bind(b); err != nil {
		return nil, err
	}
	return o.SignBound(b)
}

// Judge checks a batch against the operator's policy, and does nothing else. It fails with the
// first rule that the batch breaks.
func (o *Operator) Judge(ctx context.Context, b *Batch) error {
	if err := b.Check(o.config.Domain, o.config.VaultOf); err != nil {
		return err
	}
	if err := o.checkInputs(ctx, b); err != nil {
		return err
	}
	if err := o.checkLimits(b); err != nil {
		return err
	}
	seen := map[[32]byte]bool{}
	for _, r := range b.Redemptions {
		rid := r.RID()
		if seen[rid] {
			return fmt.Errorf("redemption %d twice: %w", r.Nonce, ErrBatch)
		}
		seen[rid] = true
		burned, err := o.config.Burns.Finalized(ctx, rid)
		if err != nil {
			return fmt.Errorf("ask for redemption %d: %w", r.Nonce, err)
		}
		if !burned {
			return fmt.Errorf("redemption %d: %w", r.Nonce, ErrNotBurned)
		}
	}
	return nil
}

// Bind binds the redemptions of a batch that Judge found good to its first input, unless they
// are bound to another one of it. It fails with ErrAnchor.
func (o *Operator) Bind(b *Batch) error {
	var rids [][32]byte
	for _, r := range b.Redemptions {
		rids = append(rids, r.RID())
	}
	var inputs []wire.OutPoint
	for _, coin := range b.Coins {
		inputs = append(inputs, coin.Outpoint)
	}
	if err := o.config.Anchors.Bind(rids, inputs[0], inputs); err != nil {
		return fmt.Errorf("bind redemptions to %v: %w", inputs[0], err)
	}
	return nil
}

// SignBound signs a batch that Judge found good just now and whose redemptions Bind bound.
func (o *Operator) SignBound(b *Batch) ([][64]byte, error) { return b.sign(o.config.Key) }

// checkInputs compares the inputs with the operator's own node.
func (o *Operator) checkInputs(ctx context.Context, b *Batch) error {
	for i, coin := range b.Coins {
		script, value, err := o.config.Coins.Output(ctx, coin.Outpoint)
		if err != nil {
			return fmt.Errorf("input %d, %v: %w", i, coin.Outpoint, err)
		}
		own := o.config.VaultOf(script)
		if own == nil || string(own.script) != string(coin.Vault.script) || value != coin.Value {
			return fmt.Errorf("input %d, %v: %w", i, coin.Outpoint, ErrNotVault)
		}
	}
	return nil
}

func (o *Operator) checkLimits(b *Batch) error {
	if claims := b.claims(); claims > o.config.Limits.Batch {
		return fmt.Errorf("claims of %v: %w", claims, ErrLimit)
	}
	var in, out btcutil.Amount
	for _, coin := range b.Coins {
		in += coin.Value
	}
	for _, txOut := range b.Tx.TxOut {
		out += btcutil.Amount(txOut.Value)
	}
	most := uint64(b.weight()+3) / 4 * uint64(o.config.Limits.Rate) //nolint:gosec // G115: positive
	if uint64(in-out) > most+uint64(len(b.Redemptions))+spv.VaultDust {
		return fmt.Errorf("a fee of %v: %w", in-out, ErrRate)
	}
	return nil
}

// Attest signs that a lot's units may be minted to an address until expiry, Unix
// time, if the verifier says so. The signature is r, s, v, 65 bytes, as the bridge
// wants it. It fails with ErrNotAttested and the verifier's reason.
func (o *Operator) Attest(ctx context.Context, k spv.SeriesKey, t spv.Terms, to spv.Address, expiry uint64) ([65]byte, error) {
	var sig [65]byte
	if t.SeriesID != k.ID() {
		return sig, fmt.Errorf("%w: the terms are of another series", ErrNotAttested)
	}
	own, err := o.config.NewVault(t.VaultSalt)
	if err != nil {
		return sig, fmt.Errorf("%w: %w", ErrNotAttested, err)
	}
	if !bytes.Equal(own.script, t.VaultScript) {
		return sig, fmt.Errorf("%w: the payout script is no vault of ours: %w", ErrNotAttested, ErrNotVault)
	}
	if err := o.config.Lots.VerifyLot(ctx, k, t, to); err != nil {
		return sig, fmt.Errorf("%w: %w", ErrNotAttested, err)
	}
	digest := o.config.Domain.AttestDigest(t.ID(), to, expiry)
	compact := ecdsa.SignCompact(o.config.Attestation, digest[:], false)
	copy(sig[:], compact[1:])
	sig[64] = compact[0]
	return sig, nil
}

package relayer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/alkimiya/alkimiya/evmbridge/bindings"
	"github.com/alkimiya/alkimiya/evmbridge/calls"
	"github.com/alkimiya/alkimiya/evmbridge/ledger"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

var (
	// ErrAttestation means that a signature is not of an operator's over the lot.
	ErrAttestation = errors.New("attestation does not verify")
	// ErrAwaits means that something else must happen first. It comes with time.
	ErrAwaits = errors.New("something else comes first")
)

const (
	// attested is for how long attestations are asked, and renewed how long before
	// their end they are asked for again, in seconds of EVM time.
	attested = 12 * 3600
	renewed  = 3600
	// mintMargin is how long before expiry the contracts mint no more.
	mintMargin = 24 * 3600
)

var (
	bondContract   = bindings.NewBond()
	assetContract  = bindings.NewSeriesToken() // an ERC-20, as the asset
	bridgeContract = bindings.NewBridge()
	lotContract    = bindings.NewLotToken()
)

// Needed returns the bond that a lot of so many units needs: 110 %.
func Needed(units uint64) uint64 {
	need := new(big.Int).SetUint64(units)
	need.Add(need.Mul(need, big.NewInt(11)), big.NewInt(9))
	return need.Div(need, big.NewInt(10)).Uint64()
}

// mint brings every lot that shall be minted a step on.
func (d *Desk) mint(ctx context.Context, view *ledger.View, jobs []Job) error {
	var problems []error
	lots, series := map[[32]byte]bool{}, map[[32]byte]bool{}
	for i := range jobs {
		id := jobs[i].Terms.ID()
		lots[id], series[jobs[i].Key.ID()] = view.LotOf(id) == nil, view.SeriesOf(jobs[i].Key.ID()) == nil
		err := d.mintOne(ctx, view, &jobs[i])
		text := ""
		if err != nil {
			text = err.Error()
		}
		d.note(func() { d.problems[id] = text })
		if err != nil && !errors.Is(err, ErrShallow) && !errors.Is(err, ErrAwaits) {
			problems = append(problems, fmt.Errorf("mint lot %x: %w", id, err))
		}
	}
	for kind, wanted := range map[string]map[[32]byte]bool{"mint": lots, "bond": lots, "series": series} {
		problems = append(problems, d.retractAll(kind, func(id [32]byte) bool { return wanted[id] }))
	}
	return errors.Join(problems...)
}

func (d *Desk) mintOne(ctx context.Context, view *ledger.View, j *Job) error {
	id := j.Terms.ID()
	if l := view.LotOf(id); l != nil {
		if l.MintBlock > view.Final.Number.Uint64() {
			return nil // a reorganisation may still undo it
		}
		left, err := d.spare(ctx, view, j)
		if err != nil {
			return err
		}
		wraps, err := d.wrap(ctx, view, j, l)
		if err != nil || left || wraps {
			return err
		}
		return d.c.Outbox.DropJob(id)
	}
	s := view.SeriesOf(j.Key.ID())
	if s == nil {
		if err := d.ensure("series", j.Key.ID(), d.c.At.Book, calls.CreateSeries(j.Key)); err != nil {
			return err
		}
		return fmt.Errorf("the series is not created: %w", ErrAwaits)
	}
	if view.Now()+mintMargin >= s.Expiry || s.PricedAt != 0 {
		_, err := d.spare(ctx, view, j)
		if err := errors.Join(err, d.retract("mint", id)); err != nil {
			return err
		}
		return fmt.Errorf("series %x mints no more: %w", s.ID, spv.ErrTooLate)
	}
	funding := d.c.Scanner.Tx(j.Terms.FundingTxid)
	if funding == nil {
		return fmt.Errorf("the funding transaction is in no block: %w", ErrAwaits)
	}
	if err := d.attest(ctx, view, j); err != nil {
		return err
	}
	if err := d.bond(ctx, j); err != nil {
		return err
	}
	proof, err := d.c.Prover.Prove(ctx, funding, FundingProof, j.Terms.Collateral)
	if err != nil {
		return err
	}
	return d.ensure("mint", id, d.c.At.Bridge, calls.Mint(calls.Minting{
		Terms: j.Terms, Proof: proof, FundingScript: j.FundingScript, To: j.To, Wrap: j.Wrap && j.To == d.c.Account,
		Payer: j.Payer, Expiry: j.Expiry, Signatures: j.signatures(d.c.Threshold),
	}))
}

// wrap wraps the units of a lot that somebody else minted to this account, who could not do it
// in the mint, and returns whether the finalized block still has them all as units of the lot.
func (d *Desk) wrap(ctx context.Context, view *ledger.View, j *Job, l *ledger.Lot) (bool, error) {
	const name = "wrap-lot"
	if !j.Wrap || j.To != d.c.Account || l.State != ledger.LotLive {
		return false, d.retract(name, l.ID)
	}
	held, err := ledger.Ask(ctx, d.c.Chain, d.c.At.LotToken, view.Final.Number,
		lotContract.PackBalanceOf(d.c.Account, new(big.Int).SetBytes(l.ID[:])), lotContract.UnpackBalanceOf)
	if err != nil {
		return false, err
	}
	if !held.IsUint64() || held.Uint64() != l.Units {
		return false, d.retract(name, l.ID)
	}
	return true, d.ensure(name, l.ID, d.c.At.Bridge, bridgeContract.PackWrap(l.ID, l.Units))
}

// signatures returns as many as are needed, by ascending signer.
func (j *Job) signatures(threshold int) []byte {
	all := slices.Clone(j.Attestations)
	slices.SortFunc(all, func(a, b Attestation) int { return bytes.Compare(a.Signer[:], b.Signer[:]) })
	var out []byte
	for _, a := range all[:min(threshold, len(all))] {
		out = append(out, a.Signature[:]...)
	}
	return out
}

// attest asks the operators for what is missing.
func (d *Desk) attest(ctx context.Context, view *ledger.View, j *Job) error {
	if j.Expiry < view.Now()+renewed {
		j.Expiry, j.Attestations = view.Now()+attested, nil
	}
	if len(j.Attestations) >= d.c.Threshold {
		return nil
	}
	got, refused := d.c.Attestors.Attest(ctx, j.Package, j.Expiry)
	digest := d.c.Domain.AttestDigest(j.Terms.ID(), j.To, j.Expiry)
	for _, a := range got {
		signer, err := SignerOf(digest, a.Signature)
		if err != nil || signer != a.Signer {
			return fmt.Errorf("operator %x: %w", a.Signer, errors.Join(ErrAttestation, err))
		}
		same := func(b Attestation) bool { return b.Signer == a.Signer }
		if !slices.ContainsFunc(j.Attestations, same) {
			j.Attestations = append(j.Attestations, a)
		}
	}
	if err := d.c.Outbox.PutJob(*j); err != nil {
		return err
	}
	if n := len(j.Attestations); n < d.c.Threshold {
		return fmt.Errorf("%d of %d operators attested: %w", n, d.c.Threshold, errors.Join(ErrAwaits, refused))
	}
	return nil
}

// SignerOf returns the address whose key made a signature r, s, v of a digest.
func SignerOf(digest [32]byte, sig [65]byte) (spv.Address, error) {
	const offset = 27
	if sig[64] < offset || sig[64] > offset+1 {
		return spv.Address{}, fmt.Errorf("v is %d: %w", sig[64], ErrAttestation)
	}
	sig[64] -= offset
	key, err := crypto.SigToPub(digest[:], sig[:])
	if err != nil {
		return spv.Address{}, fmt.Errorf("%w: %w", ErrAttestation, err)
	}
	return spv.Address(crypto.PubkeyToAddress(*key)), nil
}

// bond sees that the lot's bond is posted.
func (d *Desk) bond(ctx context.Context, j *Job) error {
	id, need := j.Terms.ID(), Needed(j.Terms.Collateral)
	posted, err := ledger.Ask(ctx, d.c.Chain, d.c.At.Bond, nil, bondContract.PackPosted(id, j.Payer), bondContract.UnpackPosted)
	if err != nil {
		return err
	}
	if posted >= need {
		return nil
	}
	if j.Payer != d.c.Account {
		return fmt.Errorf("%v posted a bond of %d, %d are needed: %w", j.Payer, posted, need, ErrAwaits)
	}
	missing := need - posted
	if allowed, err := d.Allow(ctx, missing); err != nil {
		return err
	} else if !allowed {
		return fmt.Errorf("the bond may not take the asset yet: %w", ErrAwaits)
	}
	if err := d.ensure("bond", id, d.c.At.Bond, bondContract.PackPostLot(id, missing)); err != nil {
		return err
	}
	return fmt.Errorf("the lot's bond is not posted: %w", ErrAwaits)
}

// spare takes back what this account posted for a lot that was minted with another one's bond, or
// that can be minted no more, and returns whether the finalized block still has any of it.
func (d *Desk) spare(ctx context.Context, view *ledger.View, j *Job) (bool, error) {
	id := j.Terms.ID()
	posted, err := ledger.Ask(ctx, d.c.Chain, d.c.At.Bond, view.Final.Number,
		bondContract.PackPosted(id, d.c.Account), bondContract.UnpackPosted)
	if err != nil {
		return false, err
	}
	if posted == 0 {
		return false, d.retract("spare", id)
	}
	return true, d.ensure("spare", id, d.c.At.Bond, bondContract.PackWithdrawLot(id))
}

// Allow sees that the bond may take so much of the asset from the account, and returns
// whether it may already. It is safe for concurrent use.
func (d *Desk) Allow(ctx context.Context, amount uint64) (bool, error) {
	allowed, err := ledger.Ask(ctx, d.c.Chain, d.c.Asset, nil,
		assetContract.PackAllowance(d.c.Account, d.c.At.Bond), assetContract.UnpackAllowance)
	if err != nil || allowed.Cmp(new(big.Int).SetUint64(amount)) >= 0 {
		return err == nil, err
	}
	all := new(big.Int).Sub(new(big.Int).Lsh(common.Big1, 256), common.Big1)
	// Only this account's own calls of the bond use it.
	return false, d.ensure("approve", [32]byte{}, d.c.Asset, assetContract.PackApprove(d.c.At.Bond, all))
}

package relayer

import (
	"context"
	"errors"
	"fmt"
	"math/big"

	"github.com/alkimiya/alkimiya/evmbridge/bindings"
	"github.com/alkimiya/alkimiya/evmbridge/calls"
	"github.com/alkimiya/alkimiya/evmbridge/ledger"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

var oracleContract = bindings.NewOracleVerifier()

// patience is how long after expiry a price is waited for before a CET is proven without
// one, in seconds.
const patience = 3 * 24 * 3600

// price shows what oracles attested of the series that wait for it.
func (d *Desk) price(ctx context.Context, view *ledger.View) error {
	var problems []error
	wanted := map[string]bool{}
	for _, s := range view.Series {
		if s.PricedAt != 0 || s.Open || s.Minted == 0 || view.Now() < s.Expiry {
			continue
		}
		made, err := d.priceOne(ctx, s)
		for _, id := range made {
			wanted[id] = true
		}
		if err != nil && !errors.Is(err, ErrAwaits) {
			problems = append(problems, fmt.Errorf("price series %x: %w", s.ID, err))
		}
	}
	// What others have done meanwhile is not wanted any more.
	for _, kind := range []string{"register", "attest", "equivocation", "price"} {
		waiting, err := d.c.Outbox.Calls(kind+"/", false)
		problems = append(problems, err)
		for _, c := range waiting {
			if !wanted[c.ID] {
				_, err := d.c.Outbox.Withdraw(c.ID)
				problems = append(problems, err)
			}
		}
	}
	return errors.Join(problems...)
}

// Price registers the events of a series, shows their attestations and prices it, as
// far as that is possible now. It returns the last call that it enqueued, and fails with
// ErrAwaits if oracles are missing.
func (d *Desk) Price(ctx context.Context, s *ledger.Series) (call string, err error) {
	made, err := d.priceOne(ctx, s)
	if len(made) > 0 {
		call = made[len(made)-1]
	}
	return call, err
}

// priceOne is Price, with all calls that it enqueued or that wait already.
func (d *Desk) priceOne(ctx context.Context, s *ledger.Series) (made []string, err error) {
	announcements, err := d.c.Oracles.Announcements(ctx, s.Key)
	if err != nil {
		return nil, err
	}
	var problems []error // with some oracles; enough others may agree
	for _, a := range announcements {
		id, err := d.show(ctx, a)
		if err != nil {
			problems = append(problems, err)
		}
		if id != "" {
			made = append(made, id)
		}
	}
	_, err = ledger.Ask(ctx, d.c.Chain, d.c.At.Oracle, nil,
		oracleContract.PackAgreed(s.Key.Events, big.NewInt(int64(s.Key.Threshold))), oracleContract.UnpackAgreed)
	switch {
	case isContractError(Refusal(err)) && len(problems) == 0:
		return made, fmt.Errorf("%d oracles must agree: %w", s.Key.Threshold, ErrAwaits)
	case isContractError(Refusal(err)):
		return made, errors.Join(problems...)
	case err != nil:
		return made, errors.Join(append(problems, err)...)
	}
	id, err := d.c.Outbox.Ensure(fmt.Sprintf("price/%x", s.ID[:]), d.c.At.Book, calls.Price(s.Key))
	return append(made, id), errors.Join(append(problems, err)...)
}

// isContractError says whether the contract finds too few oracles.
func isContractError(err error) bool {
	for _, known := range []error{spv.ErrBelowThreshold, spv.ErrUnknownEvent, spv.ErrValuesDiffer} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

// The states of an event.
const (
	eventUnknown    = 0
	eventRegistered = 1
	eventAttested   = 2
)

// show registers an event, or shows its attestation, whichever comes next.
func (d *Desk) show(ctx context.Context, a attest.Announcement) (call string, err error) {
	key := spv.EventKey(a.Key, a.Event.Encode())
	known, err := ledger.Ask(ctx, d.c.Chain, d.c.At.Oracle, nil, oracleContract.PackGet(key), oracleContract.UnpackGet)
	if err != nil {
		return "", err
	}
	if known.State == eventUnknown {
		r, err := spv.Register(a)
		if err != nil {
			return "", fmt.Errorf("announcement of oracle %x: %w", a.Key, err)
		}
		return d.c.Outbox.Ensure(fmt.Sprintf("register/%x", key[:]), d.c.At.Oracle, calls.RegisterEvent(r))
	}
	attestation, ok, err := d.c.Oracles.Attestation(ctx, a)
	if err != nil || !ok {
		return "", err
	}
	shown, err := spv.Show(attestation)
	if err != nil {
		return "", fmt.Errorf("attestation of oracle %x: %w", a.Key, err)
	}
	switch {
	case known.State == eventRegistered:
		return d.c.Outbox.Ensure(fmt.Sprintf("attest/%x", key[:]), d.c.At.Oracle, calls.Attest(key, shown))
	case known.State == eventAttested && known.Value != shown.Value:
		return d.c.Outbox.Ensure(fmt.Sprintf("equivocation/%x", key[:]), d.c.At.Oracle, calls.Equivocation(key, shown))
	}
	return "", nil
}

// settle proves how contracts ended, settles what bonds owe, and opens series.
func (d *Desk) settle(ctx context.Context, view *ledger.View) error {
	var problems []error
	for _, l := range view.Lots {
		if err := errors.Join(d.settleLot(ctx, view, l), d.withdraw(ctx, view, l)); err != nil {
			problems = append(problems, fmt.Errorf("lot %x: %w", l.ID, err))
		}
	}
	for _, s := range view.Series {
		known := s.PricedAt != 0 || view.Now() >= uint64(s.Key.RefundLocktime)
		if s.Open || s.Unsettled > 0 || s.Minted == 0 || !known || view.Now() < s.LastFinal+ledger.Contest {
			if err := d.retract("open", s.ID); err != nil {
				problems = append(problems, err)
			}
			continue
		}
		if err := d.ensure("open", s.ID, d.c.At.Bridge, bridgeContract.PackOpen(s.ID)); err != nil {
			problems = append(problems, err)
		}
	}
	return errors.Join(problems...)
}

func (d *Desk) settleLot(ctx context.Context, view *ledger.View, l *ledger.Lot) error {
	s := view.SeriesOf(l.Terms.SeriesID)
	if s == nil {
		return fmt.Errorf("series %x: %w", l.Terms.SeriesID, spv.ErrBadSeries)
	}
	switch l.State {
	case ledger.LotLive, ledger.LotFrozen, ledger.LotSpent:
	case ledger.LotNone, ledger.LotFinal, ledger.LotReleased:
		return errors.Join(d.retract("spend", l.ID), d.retract("settle", l.ID), d.retract("funding", l.ID))
	}
	spent, err := d.proveSpend(ctx, view, s, l)
	if err != nil || spent {
		return quiet(err)
	}
	if l.State == ledger.LotFrozen {
		if err := d.proveFunding(ctx, l); err != nil {
			return quiet(err)
		}
	}
	if !isDue(view.Now(), s, l) {
		return d.retract("settle", l.ID)
	}
	return d.ensure("settle", l.ID, d.c.At.Bridge, calls.Settle(l.Terms))
}

// withdraw takes back a lot's bond that this account posted, once the lot is settled beyond
// contest and the other bonds suffice without it.
func (d *Desk) withdraw(ctx context.Context, view *ledger.View, l *ledger.Lot) error {
	settled := l.State == ledger.LotReleased || (l.State == ledger.LotFinal && view.Now() >= l.Since+ledger.Contest)
	if !settled || d.returned[l.ID] {
		return nil
	}
	held, err := ledger.Ask(ctx, d.c.Chain, d.c.At.Bond, nil, bondContract.PackLotBonds(l.ID), bondContract.UnpackLotBonds)
	if err != nil {
		return err
	}
	if held.Payer != d.c.Account || held.Amount == 0 {
		d.returned[l.ID] = view.Final.Time >= l.Since+ledger.Contest
		return d.retract("withdraw", l.ID)
	}
	surplus, err := ledger.Ask(ctx, d.c.Chain, d.c.At.Bond, nil, bondContract.PackSurplus(), bondContract.UnpackSurplus)
	if err != nil {
		return err
	}
	if surplus.Cmp(new(big.Int).SetUint64(held.Amount)) < 0 {
		return d.retract("withdraw", l.ID)
	}
	return d.ensure("withdraw", l.ID, d.c.At.Bond, bondContract.PackWithdrawLot(l.ID))
}

// isDue says whether a lot's bond can be settled.
func isDue(now uint64, s *ledger.Series, l *ledger.Lot) bool {
	from := uint64(s.Key.RefundLocktime)
	if s.PricedAt != 0 {
		from = s.PricedAt
	}
	waited := now >= from+ledger.Wait
	if s.PricedAt == 0 && !waited {
		return false
	}
	switch l.State {
	case ledger.LotSpent:
		return now >= l.Since+ledger.Contest
	case ledger.LotFrozen:
		return now >= l.Since+ledger.Freeze
	case ledger.LotNone, ledger.LotLive, ledger.LotFinal, ledger.LotReleased:
	}
	return waited
}

// proveSpend proves the transaction that spent a lot's funding output, and reports
// whether there is one that is still to be proven.
func (d *Desk) proveSpend(ctx context.Context, view *ledger.View, s *ledger.Series, l *ledger.Lot) (bool, error) {
	f := d.c.Scanner.SpendOf(fundingOf(l.Terms))
	if f == nil {
		return false, d.retract("spend", l.ID)
	}
	leaf, member, err := d.c.Sets.Leaf(l.ID, f.Txid)
	if err != nil {
		return false, err
	}
	isRefund := f.Txid == l.Terms.RefundTxid
	switch {
	case l.State == ledger.LotSpent && (member != InSet || l.Kind == ledger.KindCET):
		return false, nil // it is proven as well as can be
	case member == NoSet && !isRefund:
		return true, nil // those who hold the set prove it
	case member == InSet && s.PricedAt == 0 && view.Now() < s.Expiry+patience && l.State != ledger.LotSpent:
		return true, nil // once priced it is final at once
	}
	proof, err := d.c.Prover.Prove(ctx, f, SpendProof, l.Terms.Collateral)
	if err != nil {
		return true, err
	}
	return true, d.ensure("spend", l.ID, d.c.At.Bridge, calls.ProveSpend(l.Terms, proof, leaf))
}

// proveFunding proves the funding of a frozen lot anew.
func (d *Desk) proveFunding(ctx context.Context, l *ledger.Lot) error {
	f := d.c.Scanner.Tx(l.Terms.FundingTxid)
	if f == nil || int(l.Terms.FundingVout) >= len(f.Tx.TxOut) {
		return d.retract("funding", l.ID)
	}
	proof, err := d.c.Prover.Prove(ctx, f, FundingProof, l.Terms.Collateral)
	if err != nil {
		return err
	}
	script := f.Tx.TxOut[l.Terms.FundingVout].PkScript
	return d.ensure("funding", l.ID, d.c.At.Bridge, calls.ProveFunding(l.Terms, proof, script))
}

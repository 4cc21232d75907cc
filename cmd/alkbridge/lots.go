package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"

	"github.com/btcsuite/btcd/btcutil"
	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/evmbridge/operator"
	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/evmbridge/vault"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// errPackage: a pre-signed contract is not what it should be.
var errPackage = errors.New("pre-signed contract not acceptable")

// ppm is a whole, in millionths; whole percents make series of equal contracts equal.
const (
	ppm     = 1_000_000
	percent = ppm / 100
)

// lot is a pre-signed contract and the lot that one of its sides makes.
type lot struct {
	pkg   *bridgev1.LotPackage
	tower *wire.TowerPackage
	state contract.State
	deal  *contract.Deal
	role  txs.Role
	anns  []attest.Announcement

	key   spv.SeriesKey
	terms spv.Terms
	to    spv.Address
	runs  []spv.CET
	set   spv.CETSet
}

// readLot reads a package: what it says, and the transactions that follow from it. The
// refund signatures are verified, the lists are not.
func readLot(pkg *bridgev1.LotPackage) (*lot, error) {
	l := &lot{pkg: pkg}
	var err error
	if l.tower, err = wire.DecodeTowerPackage(pkg.GetTowerPackage()); err != nil {
		return nil, fmt.Errorf("%w: %w", errPackage, err)
	}
	if l.state, _, err = contract.Restore(contract.Recovery{
		Role: contract.Offerer, Params: contract.DefaultParams(), Tower: pkg.GetTowerPackage(),
	}); err != nil {
		return nil, fmt.Errorf("%w: %w", errPackage, err)
	}
	if l.deal, err = contract.DealOf(l.state); err != nil {
		return nil, fmt.Errorf("%w: %w", errPackage, err)
	}
	for i, raw := range l.deal.Offer.Announcements {
		a, err := attest.DecodeAnnouncement(raw)
		if err != nil {
			return nil, fmt.Errorf("%w: announcement %d: %w", errPackage, i, err)
		}
		l.anns = append(l.anns, a)
	}
	if err := l.readSide(); err != nil {
		return nil, err
	}
	return l, l.derive()
}

// readSide reads what the package says beside the contract.
func (l *lot) readSide() error {
	long := l.pkg.GetSide() == "long"
	if !long && l.pkg.GetSide() != "short" {
		return fmt.Errorf("%w: side %q is neither long nor short", errPackage, l.pkg.GetSide())
	}
	l.role = txs.Offerer
	if long != (l.deal.Terms.Offerer == payout.Long) {
		l.role = txs.Accepter
	}
	l.key.Long = long
	for _, field := range []struct {
		name string
		raw  []byte
		into *[32]byte
	}{{"vault_salt", l.pkg.GetVaultSalt(), &l.terms.VaultSalt}, {"index_params", l.pkg.GetIndexParams(), &l.key.IndexParams}} {
		if copy(field.into[:], field.raw) != len(field.into) || len(field.raw) != len(field.into) {
			return fmt.Errorf("%w: %s has %d bytes", errPackage, field.name, len(field.raw))
		}
	}
	to, err := parseAddress(l.pkg.GetTo())
	if err != nil {
		return fmt.Errorf("%w: to: %w", errPackage, err)
	}
	l.to = to
	return nil
}

// derive computes the series' key and the lot's terms.
func (l *lot) derive() error {
	t, offer := l.deal.Terms, l.deal.Offer
	switch t.Instrument {
	case payout.SwapM, payout.SwapP, payout.Call:
		l.key.Shape = spv.CallLike
	case payout.Put:
		l.key.Shape = spv.PutLike
	case payout.Collar, payout.Conv:
		return fmt.Errorf("%w: %v is not bridged", errPackage, t.Instrument)
	default:
		return fmt.Errorf("%w: %v is not bridged", errPackage, t.Instrument)
	}
	low, high := t.Strikes()
	k := &l.key
	k.FirstDay, k.LastDay, k.Base, k.QuantBits = t.StartDay, t.EndDay, t.Base, t.Bucket
	k.Lo, k.Hi, k.RefundLocktime = low*t.Days(), high*t.Days(), offer.RefundLocktime
	k.Threshold = uint8(t.Threshold) //nolint:gosec // G115: at most seven oracles
	for _, a := range l.anns {
		k.Events = append(k.Events, spv.EventKey(a.Key, a.Event.Encode()))
	}
	slices.SortFunc(k.Events, func(a, b [32]byte) int { return bytes.Compare(a[:], b[:]) })
	side := payout.Short
	if k.Long {
		side = payout.Long
	}
	refund := t.Lock(side)
	units, err := k.Units(t.Notional)
	if err != nil || units != t.M() {
		return fmt.Errorf("%w: %d units of %d sat: %w", errPackage, units, t.M(), errors.Join(err, spv.ErrBadUnits))
	}
	k.MinRefundPpm = uint32(refund * ppm / units / percent * percent) //nolint:gosec // G115: refund is a part of units
	if own := l.pkg.GetMinRefundPpm(); own != 0 {
		k.MinRefundPpm = own
	}
	point := l.deal.Contract.Funding.OutPoint()
	l.terms.SeriesID, l.terms.FundingTxid, l.terms.FundingVout = k.ID(), point.Hash, point.Index
	l.terms.Collateral, l.terms.Notional, l.terms.RefundSats = units, t.Notional, refund
	l.terms.RefundTxid = l.deal.Contract.Settlement.Refund().TxHash()
	l.terms.VaultScript = l.payoutScript()
	return l.deriveSet()
}

func (l *lot) payoutScript() []byte {
	if l.role == txs.Offerer {
		return l.deal.Offer.Party.Payout
	}
	return l.deal.Accept.Party.Payout
}

// deriveSet computes the CETs and sees that each pays what the series says for its whole
// run.
func (l *lot) deriveSet() error {
	runs, err := l.deal.Terms.Runs()
	if err != nil {
		return fmt.Errorf("%w: %w", errPackage, err)
	}
	for _, run := range runs {
		tx, err := l.deal.Contract.Settlement.CET(btcutil.Amount(run.Y)) //nolint:gosec // G115: a payout is at most M
		if err != nil {
			return fmt.Errorf("%w: cet of %d: %w", errPackage, run.First, err)
		}
		var paid uint64
		for _, out := range tx.TxOut {
			if bytes.Equal(out.PkScript, l.terms.VaultScript) {
				paid += uint64(out.Value) //nolint:gosec // G115: built here
			}
		}
		for _, outcome := range []uint64{run.First, run.Last} {
			due, err := l.key.Due(l.terms.Notional, outcome)
			if err != nil || due != paid {
				return fmt.Errorf("%w: cet of %d pays %d, the series %d: %w", errPackage, outcome, paid, due, errors.Join(err, spv.ErrBadSeries))
			}
		}
		l.runs = append(l.runs, spv.CET{First: run.First, Last: run.Last, Txid: tx.TxHash()})
	}
	if l.set, err = spv.NewCETSet(l.runs); err != nil {
		return fmt.Errorf("%w: %w", errPackage, err)
	}
	l.terms.CETRoot = l.set.Root()
	return nil
}

// verify checks every signature of the set. It is heavy.
func (l *lot) verify() error {
	for _, message := range [][]byte{l.tower.Accept, l.tower.Sign} {
		if code, err := contract.Verify(l.state, message, rand.Reader); err != nil || code != 0 {
			return fmt.Errorf("%w: code %v: %w", errPackage, code, errors.Join(err, txs.ErrCETSig))
		}
	}
	return nil
}

// verifyOwner checks that the owner of the side asked for the mint.
func (l *lot) verifyOwner(domain spv.Domain) error {
	var sig [64]byte
	if copy(sig[:], l.pkg.GetOwnerSignature()) != len(sig) || len(l.pkg.GetOwnerSignature()) != len(sig) {
		return fmt.Errorf("owner_signature has %d bytes: %w", len(l.pkg.GetOwnerSignature()), vault.ErrRequest)
	}
	return vault.VerifyRequest(
		l.deal.Contract.Settlement.Output().Contract[l.role], domain.Separator(), l.terms.ID(), l.to, sig)
}

// fundingScript returns the funding output's script.
func (l *lot) fundingScript() []byte { return l.deal.Contract.Settlement.PrevOutput().PkScript }

// lotJudge judges lots for an operator: vault.LotVerifier and operator.Contracts.
type lotJudge struct {
	domain  spv.Domain
	bitcoin *bitcoin
	held    *held
}

// Read implements operator.Contracts. The owner's signature comes first: nothing heavy
// is done for anybody else.
func (j lotJudge) Read(pkg *bridgev1.LotPackage) (spv.SeriesKey, spv.Terms, spv.Address, error) {
	l, err := readLot(pkg)
	if err != nil {
		return spv.SeriesKey{}, spv.Terms{}, spv.Address{}, err
	}
	return l.key, l.terms, l.to, l.verifyOwner(j.domain)
}

// VerifyLot implements vault.LotVerifier, for the package in hand.
func (j lotJudge) VerifyLot(ctx context.Context, key spv.SeriesKey, terms spv.Terms, to spv.Address) error {
	pkg, err := operator.PackageOf(ctx)
	if err != nil {
		return err
	}
	l, err := readLot(pkg)
	if err != nil {
		return err
	}
	if l.key.ID() != key.ID() || l.terms.ID() != terms.ID() || l.to != to {
		return fmt.Errorf("%w: the terms are of another contract", errPackage)
	}
	if err := l.verifyOwner(j.domain); err != nil {
		return err
	}
	if err := j.held.knows(l); err != nil {
		return err
	}
	script, value, err := j.bitcoin.Output(ctx, btcwire.OutPoint{Hash: terms.FundingTxid, Index: terms.FundingVout})
	if err != nil {
		return fmt.Errorf("funding output is not in the chain, or spent: %w", err)
	}
	if !bytes.Equal(script, l.fundingScript()) || value < btcutil.Amount(terms.Collateral) { //nolint:gosec // G115: at most the money there is
		return fmt.Errorf("%w: funding output of %d", errPackage, value)
	}
	return l.verify()
}

var (
	_ vault.LotVerifier  = lotJudge{}
	_ operator.Contracts = lotJudge{}
)

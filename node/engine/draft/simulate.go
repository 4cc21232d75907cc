package draft

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/btcsuite/btcd/btcutil"

	"github.com/alkimiya/alkimiya/dlc/adaptor"
	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/node/engine/fund"
	"github.com/alkimiya/alkimiya/node/engine/view"
)

// samples is how many points of the payoff a simulation shows.
const samples = 64

// Simulate says what a contract would be, without making one. The peer need not
// be named nor connected, and a take need not be signed for it. Errors are those
// of Draft that concern terms, index and oracles.
func (d *Drafter) Simulate(ctx context.Context, r Request) (Simulation, error) {
	terms, err := d.simulatedTerms(ctx, r)
	if err != nil {
		return Simulation{}, err
	}
	index, _, _ := strings.Cut(terms.Index, "/")
	maturity, err := d.cfg.Oracles.Maturity(index, terms.EndDay)
	if err != nil {
		return Simulation{}, fmt.Errorf("%w: %w", ErrOracle, err)
	}
	fundRate, cetRate, err := d.feeRates(ctx, r)
	if err != nil {
		return Simulation{}, err
	}
	sim, err := Estimate(terms, fundRate, cetRate, int(d.MaxList(r.Peer)))
	if err != nil {
		return Simulation{}, err
	}
	sim.CETLocktime = maturity
	rules := d.cfg.Policy()
	_, _, delay := rules.RefundBounds()
	if r.RefundDelay != 0 {
		delay = r.RefundDelay
	}
	sim.RefundLocktime = maturity + delay
	if rules.WarnsOf(sim.Fees.Total(), sim.Collateral) {
		sim.Warnings = append(sim.Warnings, fmt.Sprintf("miner fees of %d sat are more than usual for a collateral of %d sat",
			int64(sim.Fees.Total()), int64(sim.Collateral)))
	}
	return sim, nil
}

// Estimate is the part of a simulation that follows from complete terms and fee
// rates alone, seen by the offerer; it needs no node. limit is how many adaptor
// signatures there may be. It fails as payout's terms do.
func Estimate(terms payout.Terms, fundRate, cetRate uint32, limit int) (Simulation, error) {
	if err := terms.Validate(); err != nil {
		return Simulation{}, err
	}
	each := fund.Fees(1, fundRate, cetRate)
	sim := Simulation{
		Terms: terms, Side: terms.Offerer, Collateral: btcutil.Amount(terms.M()), //nolint:gosec // at most 21e14
		OwnLock:     btcutil.Amount(terms.Lock(terms.Offerer)),         //nolint:gosec // at most M
		PeerLock:    btcutil.Amount(terms.Lock(terms.Offerer.Other())), //nolint:gosec // at most M
		FundFeeRate: fundRate, CETFeeRate: cetRate, Breakevens: terms.Breakevens(),
		Fees: view.Fees{OwnFunding: each.Funding, OwnCET: each.CET, PeerFunding: each.Funding, PeerCET: each.CET},
	}
	sim.MaxProfit, sim.MaxLoss = terms.Extremes(terms.Offerer)
	return sim, sim.payoff(limit)
}

// payoff counts signatures and samples the payoff.
func (s *Simulation) payoff(limit int) error {
	if err := s.Terms.CheckBound(limit); err != nil {
		return err
	}
	runs, err := s.Terms.Runs()
	if err != nil {
		return err
	}
	slots, err := s.Terms.Slots(limit)
	if err != nil {
		return err
	}
	s.Runs, s.Slots, s.ListBytes = len(runs), len(slots), adaptor.ListSize(len(slots))
	s.Table, err = s.Terms.Samples(samples)
	return err
}

// simulatedTerms are those of a request, or of its order and take.
func (d *Drafter) simulatedTerms(ctx context.Context, r Request) (payout.Terms, error) {
	if (r.Terms == nil) == (len(r.Order) == 0) {
		return payout.Terms{}, fmt.Errorf("%w: a simulation has terms, or an order and a take", ErrRequest)
	}
	if r.Terms != nil {
		return d.complete(ctx, r.Peer, *r.Terms, r.Bucket)
	}
	o, err := order.DecodeOrder(r.Order)
	t, err2 := order.DecodeTake(r.Take)
	if err := errors.Join(err, err2); err != nil {
		return payout.Terms{}, err
	}
	return d.taken(ctx, o, t)
}

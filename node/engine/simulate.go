package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/alkimiya/alkimiya/dlc/adaptor"
	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/node/engine/fund"
)

// samples is how many points of the payoff a simulation shows.
const samples = 64

// Simulate says what a contract would be, without making one. The peer need not
// be named nor connected, and a take need not be signed for it. Errors are those
// of Offer that concern terms, index and oracles.
func (e *Engine) Simulate(ctx context.Context, r OfferRequest) (Simulation, error) {
	if err := e.await(ctx); err != nil {
		return Simulation{}, err
	}
	terms, err := e.simulatedTerms(ctx, r)
	if err != nil {
		return Simulation{}, err
	}
	index, _, _ := strings.Cut(terms.Index, "/")
	maturity, err := e.cfg.Oracles.Maturity(index, terms.EndDay)
	if err != nil {
		return Simulation{}, fmt.Errorf("%w: %w", ErrOracle, err)
	}
	fundRate, cetRate, err := e.feeRates(ctx, r)
	if err != nil {
		return Simulation{}, err
	}
	sim, err := Estimate(terms, fundRate, cetRate, int(e.maxList(r.Peer)))
	if err != nil {
		return Simulation{}, err
	}
	sim.CETLocktime = maturity
	_, _, delay := e.policy().RefundBounds()
	if r.RefundDelay != 0 {
		delay = r.RefundDelay
	}
	sim.RefundLocktime = maturity + delay
	if e.policy().WarnsOf(sim.Fees.Total(), sim.Collateral) {
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
		Terms: terms, Side: terms.Offerer, Collateral: amountOf(int64(terms.M())), //nolint:gosec // at most 21e14
		OwnLock:     amountOf(int64(terms.Lock(terms.Offerer))),         //nolint:gosec // at most M
		PeerLock:    amountOf(int64(terms.Lock(terms.Offerer.Other()))), //nolint:gosec // at most M
		FundFeeRate: fundRate, CETFeeRate: cetRate, Breakevens: terms.Breakevens(),
		Fees: Fees{OwnFunding: each.Funding, OwnCET: each.CET, PeerFunding: each.Funding, PeerCET: each.CET},
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
func (e *Engine) simulatedTerms(ctx context.Context, r OfferRequest) (payout.Terms, error) {
	if (r.Terms == nil) == (len(r.Order) == 0) {
		return payout.Terms{}, fmt.Errorf("%w: a simulation has terms, or an order and a take", ErrRequest)
	}
	if r.Terms != nil {
		return e.complete(ctx, r.Peer, *r.Terms, r.Bucket)
	}
	o, err := order.DecodeOrder(r.Order)
	t, err2 := order.DecodeTake(r.Take)
	if err := errors.Join(err, err2); err != nil {
		return payout.Terms{}, err
	}
	index, leg, _ := strings.Cut(o.Index, "/")
	event, _, _, err := e.cfg.Oracles.Event(ctx, index, leg, o.StartDay, o.EndDay(), o.Oracles, int(o.Threshold))
	if err != nil {
		return payout.Terms{}, fmt.Errorf("%w: %w", ErrOracle, err)
	}
	return order.TermsFrom(o, t, event)
}

package rpc

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/btcsuite/btcd/btcutil"

	"github.com/alkimiya/alkimiya/node/portfolio"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1/alkv1connect"
)

type portfolioService struct{ s *Server }

var _ alkv1connect.PortfolioServiceHandler = portfolioService{}

func (h portfolioService) GetPortfolio(ctx context.Context, req *alkv1.GetPortfolioRequest) (*alkv1.GetPortfolioResponse, error) {
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	p, err := t.Portfolio.Portfolio(ctx, portfolio.Request{Hashrate: req.GetHashrateThs(), Horizon: req.GetHorizonDays()})
	if err != nil {
		return nil, err
	}
	out := &alkv1.GetPortfolioResponse{
		LockedSat: unsigned(p.Locked), ReservedSat: unsigned(p.Reserved), MarkSat: int64(p.Mark), ProfitSat: int64(p.Profit),
		Unpriced:  uint32(p.Unpriced), //nolint:gosec // a count
		HedgedThs: p.Hedged, HedgeRatio: p.Ratio, HorizonDays: p.Horizon,
	}
	for _, position := range p.Positions {
		out.Positions = append(out.Positions, encodePosition(position))
	}
	for _, e := range p.Expiries {
		out.Expiries = append(out.Expiries, &alkv1.Expiry{
			Day: e.Day, Positions: uint32(e.Positions), //nolint:gosec // a count
			OwnLockSat: unsigned(e.OwnLock), MarkSat: int64(e.Mark),
		})
	}
	return out, nil
}

func encodePosition(p portfolio.Position) *alkv1.Position {
	v := p.View
	out := &alkv1.Position{
		Key: keyText(v.Key), Peer: hex.EncodeToString(v.Peer[:]), Phase: v.Phase.String(), Product: v.Terms.Instrument.String(),
		Index: v.Terms.Index, Side: v.Side.String(), NotionalThs: v.Terms.Notional, StartDay: v.Terms.StartDay, EndDay: v.Terms.EndDay,
		Price: p.Price, OwnLockSat: unsigned(v.OwnLock), CollateralSat: unsigned(v.Collateral), Funded: p.Funded,
		MarkSat: satOf(p.Mark), ProfitSat: satOf(p.Profit()), Attested: p.Attested, HedgeThs: p.Hedge,
		MaturityUnix: v.CETLocktime, RefundUnix: v.RefundLocktime,
	}
	if p.Unpriced != nil {
		out.Unpriced = p.Unpriced.Error()
	}
	return out
}

func satOf(a *btcutil.Amount) *int64 {
	if a == nil {
		return nil
	}
	sat := int64(*a)
	return &sat
}

func (h portfolioService) GetReport(ctx context.Context, req *alkv1.GetReportRequest) (*alkv1.GetReportResponse, error) {
	from, err := decodeTime(req.GetFromUnix())
	if err != nil {
		return nil, err
	}
	until, err := decodeTime(req.GetUntilUnix())
	if err != nil {
		return nil, err
	}
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	r, err := t.Portfolio.Report(ctx, from, until)
	if err != nil {
		return nil, err
	}
	out := &alkv1.GetReportResponse{
		NetSat: int64(r.Net), WalletNetSat: int64(r.WalletNet), LockedSat: unsigned(r.Locked), BalanceSat: int64(r.Balance),
	}
	for _, l := range r.Lines {
		out.Lines = append(out.Lines, &alkv1.ReportLine{
			Source: string(l.Source), AmountSat: int64(l.Amount), Transactions: uint32(l.Transactions), //nolint:gosec // a count
		})
	}
	for _, d := range r.Deals {
		out.Contracts = append(out.Contracts, &alkv1.ReportContract{
			Key: keyText(d.View.Key), Phase: d.View.Phase.String(), Product: d.View.Terms.Instrument.String(),
			LockSat: int64(d.Lock), ReturnedSat: int64(d.Returned), GainedSat: int64(d.Gained), LostSat: int64(d.Lost),
			FeesSat: int64(d.Fees), NetSat: int64(d.Net()),
		})
	}
	return out, nil
}

// maxUnix is in the year 5138; what is later is a mistake.
const maxUnix = 100_000_000_000

// decodeTime reads a Unix time; 0 is the zero time.
func decodeTime(unix int64) (time.Time, error) {
	switch {
	case unix == 0:
		return time.Time{}, nil
	case unix < 0 || unix > maxUnix:
		return time.Time{}, invalid("time %d", unix)
	}
	return time.Unix(unix, 0), nil
}

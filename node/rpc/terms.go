package rpc

import (
	"encoding/hex"
	"math"

	"github.com/btcsuite/btcd/btcutil"

	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/node/book"
	"github.com/alkimiya/alkimiya/node/engine"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
)

// decodeDraft reads what is to be traded; the side is the caller's to set.
func decodeDraft(t *alkv1.TermsDraft) (d book.Draft, err error) {
	if t == nil {
		return d, invalid("no terms")
	}
	if d.Product, err = decodeProduct(t.GetProduct()); err != nil {
		return d, err
	}
	if t.Bucket != nil {
		if t.GetBucket() > payout.MaxBucket {
			return d, invalid("bucket exponent %d, %d is possible", t.GetBucket(), payout.MaxBucket)
		}
		j := uint8(t.GetBucket()) //nolint:gosec // bounded above
		d.Bucket = &j
	}
	if t.GetThreshold() > math.MaxUint16 || len(t.GetOracles()) > order.MaxOracles {
		return d, invalid("%d of %d oracles", t.GetThreshold(), len(t.GetOracles()))
	}
	for _, text := range t.GetOracles() {
		key, err := decodeHash("oracle key", text)
		if err != nil {
			return d, err
		}
		d.Oracles = append(d.Oracles, key)
	}
	d.Index, d.StartDay, d.Days, d.HMax = t.GetIndex(), t.GetStartDay(), t.GetDays(), t.GetNotionalThs()
	d.K, d.KC, d.Floor, d.Cap = t.GetK(), t.GetKc(), t.Floor, t.Cap
	d.FV, d.Premium, d.Threshold = t.GetFaceValue(), t.GetPremium(), uint16(t.GetThreshold()) //nolint:gosec // bounded above
	return d, nil
}

func decodeProduct(name string) (payout.Instrument, error) {
	i, err := payout.ParseInstrument(name)
	if err != nil {
		return 0, invalid("product %.40q; SWAP_M, SWAP_P, CALL, PUT, COLLAR and CONV are possible", name)
	}
	return i, nil
}

// decodeOrderSide reads "buy", "sell" and, where both is true, "both".
func decodeOrderSide(s string, both bool) (order.Side, error) {
	switch {
	case s == "buy":
		return order.Buy, nil
	case s == "sell":
		return order.Sell, nil
	case s == "both" && both:
		return order.Both, nil
	}
	return 0, invalid("side %.40q; buy and sell are possible", s)
}

func encodeTerms(t payout.Terms) *alkv1.Terms {
	return &alkv1.Terms{
		Product: t.Instrument.String(), Index: t.Index, Event: t.Event, StartDay: t.StartDay, EndDay: t.EndDay, Base: t.Base,
		Digits: uint32(t.Digits), Bucket: uint32(t.Bucket), NotionalThs: t.Notional, K: t.K, Kc: t.K2, Floor: t.F, Cap: t.C,
		FaceValue: t.FaceValue, Premium: t.Premium, OffererSide: t.Offerer.String(), Threshold: uint32(t.Threshold),
		Oracles: encodeKeys(t.Oracles),
	}
}

func encodeKeys(keys [][32]byte) []string {
	var out []string
	for _, k := range keys {
		out = append(out, hex.EncodeToString(k[:]))
	}
	return out
}

func encodeFees(f engine.Fees) *alkv1.ContractFees {
	return &alkv1.ContractFees{
		OwnFundingSat: unsigned(f.OwnFunding), OwnCetSat: unsigned(f.OwnCET),
		PeerFundingSat: unsigned(f.PeerFunding), PeerCetSat: unsigned(f.PeerCET),
	}
}

// EncodeSimulation returns the message for a simulation and, if it is not nil,
// what the pricer makes of it.
func EncodeSimulation(s engine.Simulation, worth *book.Worth) *alkv1.Simulation {
	out := &alkv1.Simulation{
		Terms: encodeTerms(s.Terms), Side: s.Side.String(), CollateralSat: unsigned(s.Collateral), OwnLockSat: unsigned(s.OwnLock),
		PeerLockSat: unsigned(s.PeerLock), Fees: encodeFees(s.Fees), FundSatPerVbyte: s.FundFeeRate, CetSatPerVbyte: s.CETFeeRate,
		CetLocktime: s.CETLocktime, RefundLocktime: s.RefundLocktime,
		Payouts: uint32(s.Runs), Signatures: uint32(s.Slots), ListBytes: uint32(s.ListBytes), //nolint:gosec // at most 20,000 of 64 bytes
		Breakevens:   encodeBreakevens(s.Terms, s.Side, s.Breakevens),
		MaxProfitSat: s.MaxProfit, MaxLossSat: s.MaxLoss, Warnings: s.Warnings,
	}
	for _, p := range s.Table {
		out.Table = append(out.Table, encodePoint(s.Terms, s.Side, p))
	}
	if worth != nil {
		out.Valuation = encodeWorth(s.Terms, *worth)
	}
	return out
}

func encodePoint(t payout.Terms, side payout.Side, p payout.Sample) *alkv1.PayoffPoint {
	return &alkv1.PayoffPoint{
		Outcome: p.Outcome, Sum: p.Sum, PerDay: float64(p.Sum) / float64(t.Days()), LongSat: p.Payout, LongSettledSat: p.Settled,
		OwnProfitSat: t.ProfitAndLoss(side, p.Outcome),
	}
}

// encodeBreakevens shows an interval by its two ends, a point by one.
func encodeBreakevens(t payout.Terms, side payout.Side, at []payout.Breakeven) []*alkv1.PayoffPoint {
	var out []*alkv1.PayoffPoint
	for _, b := range at {
		outcomes := []uint64{b.First, b.Last}
		if b.First == b.Last {
			outcomes = outcomes[:1]
		}
		for _, x := range outcomes {
			out = append(out, encodePoint(t, side, payout.Sample{
				Outcome: x, Sum: t.Sum(x), Payout: t.Payout(x), Settled: t.Settled(x),
			}))
		}
	}
	return out
}

// encodeWorth scales a valuation from one unit of hashrate to the notional.
func encodeWorth(t payout.Terms, w book.Worth) *alkv1.Valuation {
	h := float64(t.Notional) / 1000
	f := w.Forecast
	return &alkv1.Valuation{
		LongValueSat: w.Value * h, FairPrice: w.Fair, Price: w.Price, ImpliedGrowth: w.Growth,
		ForecastPerDay: f.PerDay(t.Days()), AttestedDays: uint32(t.Days()) - uint32(f.Days), //nolint:gosec // at most 3,660
		Certain: f.Certain, LogSd: f.LogSD,
		PerGrowthPointSat: w.Greeks.Growth * h, PerFeeSat: w.Greeks.Fee * h, PerVolPointSat: w.Greeks.Vol * h,
		DeltaSat: w.Greeks.Delta * h, ThetaSat: w.Greeks.Theta * h,
	}
}

// decodeAmount reads satoshi that may be 0.
func decodeAmount(what string, sat uint64) (btcutil.Amount, error) {
	if sat > btcutil.MaxSatoshi {
		return 0, invalid("%s of %d sat, more than there will ever be", what, sat)
	}
	return btcutil.Amount(sat), nil
}

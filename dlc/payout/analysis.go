package payout

import (
	"fmt"
	"slices"
)

// ProfitAndLoss returns what the side gains (or, if negative, loses) when the
// outcome is attested, in satoshi: its settled payout less what it locked,
// before miner fees.
func (t Terms) ProfitAndLoss(side Side, outcome uint64) int64 {
	gain := int64(t.Settled(outcome)) - int64(t.LongLock()) //nolint:gosec // G115: both at most 21e14
	if side == Short {
		return -gain
	}
	return gain
}

// Extremes returns the most that the side can gain and the most that it can
// lose, in satoshi, over all outcomes and with outcomes settled in buckets. Each
// is negative if the side loses (gains) whatever happens.
func (t Terms) Extremes(side Side) (profit, loss int64) {
	low, high := t.ProfitAndLoss(side, 0), t.ProfitAndLoss(side, t.largest())
	return max(low, high), -min(low, high)
}

// Interval is a closed interval of outcomes.
type Interval struct{ First, Last uint64 }

// Breakeven is where neither side gains.
type Breakeven struct {
	Interval
	// Exact says that the unquantised payout equals the long's lock all over the
	// interval. Otherwise the profit changes its sign between its two ends, which
	// are neighbours.
	Exact bool
}

// Breakevens returns where the long's unquantised payout meets its lock: nothing
// if one side gains whatever happens, else one interval, since payoffs are
// monotone.
func (t Terms) Breakevens() []Breakeven {
	lock, position := t.LongLock(), t.Position()
	domain := t.largest() + 1
	at := func(outcome uint64) uint64 { return position.Value(t.Sum(outcome)) }
	// Before reach the payout has not come to the lock; from pass on it is beyond.
	reach := firstWhere(0, domain, func(x uint64) bool { return at(x) == lock || t.beyond(at(x), lock) })
	pass := firstWhere(0, domain, func(x uint64) bool { return t.beyond(at(x), lock) })
	switch {
	case reach < pass:
		return []Breakeven{{Interval{reach, pass - 1}, true}}
	case pass == 0 || pass == domain:
		return nil
	default:
		return []Breakeven{{Interval{pass - 1, pass}, false}}
	}
}

// beyond says whether a payout lies past the lock in the direction in which the
// payoff goes.
func (t Terms) beyond(y, lock uint64) bool {
	if t.Instrument.Rises() {
		return y > lock
	}
	return y < lock
}

// Sample is one point of a payoff, for plots.
type Sample struct {
	// Outcome is the attested value, Sum what the window adds up to.
	Outcome, Sum uint64
	// Payout is the long's exact payout in satoshi, Settled the one in buckets.
	Payout, Settled uint64
}

// maxSamples bounds how many samples Samples takes.
const maxSamples = 100_000

// Samples returns at least n points of the payoff (2 to 100,000), ascending:
// spread evenly from a tenth of the strikes' distance below the lowest to as much
// above the highest, and the outcomes at which the payoff bends. It fails with
// ErrOutcome if n is out of range.
func (t Terms) Samples(n int) ([]Sample, error) {
	if n < 2 || n > maxSamples {
		return nil, fmt.Errorf("%d samples: %w", n, ErrOutcome)
	}
	lo, hi := t.Strikes()
	low, high := t.Base+lo*t.Days(), t.Base+hi*t.Days()
	margin := (high - low) / 10
	from, to := low-min(low, margin), min(high+margin, t.largest())
	outcomes := make([]uint64, 0, n+8)
	for i := range uint64(n) {
		// At most 2^32 * 100,000.
		outcomes = append(outcomes, from+(to-from)*i/uint64(n-1))
	}
	position := t.Position()
	for _, leg := range position.legs {
		if leg.Kind != LegConstant {
			outcomes = append(outcomes, t.Base+leg.Strike, t.Base+leg.Bound)
		}
	}
	slices.Sort(outcomes)
	samples := make([]Sample, 0, len(outcomes))
	for _, x := range slices.Compact(outcomes) {
		samples = append(samples, Sample{
			Outcome: x, Sum: t.Sum(x),
			Payout: position.Value(t.Sum(x)), Settled: position.Value(t.Sum(t.Quantised(x))),
		})
	}
	return samples, nil
}

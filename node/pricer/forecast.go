package pricer

import (
	"fmt"
	"math"
	"slices"

	"github.com/alkimiya/alkimiya/dlc/payout"
)

// Window is the days that a contract counts.
type Window struct {
	Leg Leg
	// Start and End are the first and the last day (Unix days).
	Start, End uint32
	// KnownDays is how many days from Start on are attested, and Known what they
	// add up to, satoshi per unit of hashrate.
	KnownDays uint32
	Known     uint64
}

// maxDays is the longest window, as in terms.
const maxDays = payout.MaxDays

func (w Window) check() error {
	if w.End < w.Start || w.End-w.Start >= maxDays {
		return fmt.Errorf("%w: days %d to %d", ErrWindow, w.Start, w.End)
	}
	if w.KnownDays > w.End-w.Start {
		return fmt.Errorf("%w: %d of %d days are attested", ErrWindow, w.KnownDays, w.End-w.Start+1)
	}
	return nil
}

// Forecast is what a window is expected to add up to, and how sure that is.
type Forecast struct {
	// Known is the sum of the attested days.
	Known float64
	// Mean is m, the sum of the other days; Days is how many they are.
	Mean float64
	Days int
	// Sub and Fee are the two legs of each of those days, of which the window's
	// leg has one or both.
	Sub, Fee []float64
	// FeeShare is f, the part of Mean that is fees.
	FeeShare float64
	// Shares are w_1, w_2, ...: the parts of Mean after each retarget to come.
	Shares []float64
	// LogSD is s, the standard deviation of the logarithm of the sum.
	LogSD float64
	// Certain is the part of Mean that is subsidy before the next retarget.
	Certain float64
}

// Total is the whole window: Known and Mean.
func (f Forecast) Total() float64 { return f.Known + f.Mean }

// PerDay is the mean of all days of a window of n days.
func (f Forecast) PerDay(n uint64) float64 { return f.Total() / float64(n) }

// Forecast returns what the window is expected to add up to. It fails with
// ErrMarket or ErrWindow.
func (m Market) Forecast(w Window) (Forecast, error) {
	if err := m.check(); err != nil {
		return Forecast{}, err
	}
	if err := w.check(); err != nil {
		return Forecast{}, err
	}
	if int64(w.Start) > m.Now/secondsPerDay+maxDays {
		return Forecast{}, fmt.Errorf("%w: day %d is too far away", ErrWindow, w.Start)
	}
	return m.forecast(w, 0), nil
}

// forecast is Forecast as it will be seen so many seconds from Now, if until
// then all goes as expected: retargets before are no risk any more.
func (m Market) forecast(w Window, asOf float64) Forecast {
	f := Forecast{Known: float64(w.Known), Days: int(w.End - w.Start + 1 - w.KnownDays)}
	passed := 0
	for m.retarget(passed+1) <= asOf {
		passed++
	}
	var after []float64 // after[e]: value of epoch e, counted from the present one
	var certain, fees float64
	for day := w.Start + w.KnownDays; day <= w.End; day++ {
		from := float64(int64(day)*secondsPerDay - m.Now)
		var sub, fee float64
		m.epochs(from, from+secondsPerDay, func(e int, share, perSat float64, subsidy float64) {
			partSub, partFee := share*perSat*subsidy, share*perSat*m.MeanFee
			sub, fee = sub+partSub, fee+partFee
			value := w.Leg.of(partSub, partFee)
			for e -= passed; len(after) <= e; {
				after = append(after, 0)
			}
			if e <= 0 {
				certain += w.Leg.of(partSub, 0)
				return
			}
			after[e] += value
		})
		f.Sub, f.Fee = append(f.Sub, sub), append(f.Fee, fee)
		f.Mean += w.Leg.of(sub, fee)
		fees += w.Leg.of(0, fee)
	}
	if f.Mean <= 0 {
		return f
	}
	f.FeeShare, f.Certain = fees/f.Mean, certain/f.Mean
	f.Shares = shares(after, f.Mean)
	f.LogSD = m.logSD(f)
	return f
}

// shares turns the values of epochs 0, 1, ... into the parts of the mean that
// come after retargets 1, 2, ...
func shares(values []float64, mean float64) []float64 {
	if len(values) < 2 {
		return nil
	}
	out := make([]float64, len(values)-1)
	var sum float64
	for e := len(values) - 1; e >= 1; e-- {
		sum += values[e]
		out[e-1] = sum / mean
	}
	return out
}

func (m Market) logSD(f Forecast) float64 {
	var squares float64
	for _, w := range f.Shares {
		squares += w * w
	}
	feeRisk := f.FeeShare * m.FeeVol
	return math.Sqrt(m.Vol*m.Vol*squares + feeRisk*feeRisk)
}

// of picks what the leg counts.
func (l Leg) of(sub, fee float64) float64 {
	switch l {
	case Sub:
		return sub
	case Fee:
		return fee
	case Tot:
	}
	return sub + fee
}

// epochs calls f for each piece of the time from..to (seconds from Now) in
// which work and subsidy are constant: its epoch, its share of the time, what
// one satoshi in each block pays per unit of hashrate, and the subsidy. Time
// before Now is counted as the present epoch.
func (m Market) epochs(from, to float64, f func(e int, share, perSat, subsidy float64)) {
	work, e := m.Work, 0
	for _, piece := range m.pieces(from, to) {
		// The middle, because ends are only almost where heights say they are.
		middle := (piece.min + piece.max) / 2
		for m.retarget(e+1) <= middle {
			e++
			work *= 1 + m.growth(e)
		}
		subsidy := m.Subsidy / math.Exp2(float64(m.halvings(m.height(middle))))
		f(e, (piece.max-piece.min)/(to-from), m.Unit/work, subsidy)
	}
}

// interval is a piece of time, in seconds from Now.
type interval struct{ min, max float64 }

// pieces cuts from..to at retargets and halvings.
func (m Market) pieces(from, to float64) []interval {
	cuts := []float64{from, to}
	inside := func(t float64) bool { return t > from && t < to }
	if !m.Fixed {
		for e := max(1, int((from-m.retarget(1))/EpochSeconds)); m.retarget(e) < to; e++ {
			if inside(m.retarget(e)) {
				cuts = append(cuts, m.retarget(e))
			}
		}
	}
	if m.Halving > 0 {
		for n := m.halvings(m.height(from)) + 1; n <= maxHalvings; n++ {
			at := m.reached(float64(n) * float64(m.Halving))
			if at >= to {
				break
			}
			if inside(at) {
				cuts = append(cuts, at)
			}
		}
	}
	slices.Sort(cuts)
	var out []interval
	for i := 1; i < len(cuts); i++ {
		if cuts[i] > cuts[i-1] {
			out = append(out, interval{cuts[i-1], cuts[i]})
		}
	}
	return out
}

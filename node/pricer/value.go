package pricer

import (
	"fmt"
	"math"
	"strings"

	"github.com/alkimiya/alkimiya/dlc/payout"
)

// Call is Black's undiscounted call: what the expected excess of the window's
// whole sum above k is, satoshi per unit of hashrate.
func (f Forecast) Call(k float64) float64 {
	k -= f.Known
	switch {
	case k <= 0:
		return f.Mean - k
	case f.Mean <= 0:
		return 0
	case f.LogSD == 0:
		return max(0, f.Mean-k)
	}
	d1 := math.Log(f.Mean/k)/f.LogSD + f.LogSD/2
	return f.Mean*normal(d1) - k*normal(d1-f.LogSD)
}

// Put is the expected shortfall below k, by parity.
func (f Forecast) Put(k float64) float64 { return max(0, f.Call(k)-(f.Known+f.Mean)+k) }

// normal is the cumulative standard normal distribution.
func normal(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

// Value is what a payoff is expected to pay its long, satoshi per unit of
// hashrate.
func (f Forecast) Value(legs []payout.Leg) float64 {
	var sum float64
	for _, l := range legs {
		strike, bound := float64(l.Strike), float64(l.Bound)
		var v float64
		switch l.Kind {
		case payout.LegConstant:
			v = strike
		case payout.LegForward, payout.LegCall:
			v = f.Call(strike) - f.Call(bound)
		case payout.LegPut:
			v = f.Put(strike) - f.Put(bound)
		}
		if l.Sold {
			v = -v
		}
		sum += v
	}
	return sum
}

// Greeks are changes of the long's value, satoshi per unit of hashrate.
type Greeks struct {
	// Growth: one point more on all g.
	Growth float64
	// Fee: 0.01 bitcoin more on the mean fee.
	Fee float64
	// Vol: one point more on s_D.
	Vol float64
	// Delta: one satoshi more on each day to come.
	Delta float64
	// Theta: one day passing as forecast.
	Theta float64
}

// The bumps.
const (
	bumpGrowth = 0.01
	bumpFee    = 1_000_000
	bumpVol    = 0.01
)

// Valuation is what a contract is worth.
type Valuation struct {
	Forecast Forecast
	// Value is what the long side's payoff is worth, satoshi per unit of
	// hashrate and for the whole window.
	Value float64
	// Fair is the price at which neither side gains: the rate per day of a swap,
	// else the premium for the whole window.
	Fair float64
	// Greeks are those of Value.
	Greeks Greeks
}

// Priced is a payoff as far as the pricer needs it.
type Priced struct {
	Window Window
	Legs   []payout.Leg
	// Swap says that the price is a rate per day above Floor, and not a premium.
	Swap  bool
	Floor uint64
	// Pledge is what the long locks beside the premium and gets back unless the
	// sold call takes it, satoshi per unit of hashrate; collars only.
	Pledge float64
}

// FromTerms returns what of a contract is priced. known is how many of its
// days are attested and what they add up to; the last day must not be. It fails
// with ErrTerms or ErrWindow.
func FromTerms(t payout.Terms, knownDays uint32, known uint64) (Priced, error) {
	if t.EndDay < t.StartDay || t.EndDay-t.StartDay >= maxDays {
		return Priced{}, fmt.Errorf("%w: days %d to %d", ErrWindow, t.StartDay, t.EndDay)
	}
	_, name, _ := strings.Cut(t.Index, "/")
	leg, err := ParseLeg(name)
	if err != nil {
		return Priced{}, err
	}
	n := t.Days()
	if hi := max(t.K, t.K2, t.F, t.C); hi > math.MaxUint64/n || t.FaceValue > math.MaxInt64 {
		return Priced{}, fmt.Errorf("%w: strike of %d a day", ErrTerms, hi)
	}
	p := Priced{
		Window: Window{Leg: leg, Start: t.StartDay, End: t.EndDay, KnownDays: knownDays, Known: known},
		Legs:   t.Position().Legs(), Floor: t.F,
		Swap: t.Instrument == payout.SwapM || t.Instrument == payout.SwapP,
	}
	if t.Instrument == payout.Collar {
		p.Pledge = float64(t.C-t.K2) * float64(n)
	}
	return p, nil
}

func (p Priced) fair(value float64) float64 {
	if p.Swap {
		return float64(p.Floor) + value/float64(p.Window.End-p.Window.Start+1)
	}
	return value - p.Pledge
}

// Price values a payoff. It fails with ErrMarket or ErrWindow.
func (m Market) Price(p Priced) (Valuation, error) {
	f, err := m.Forecast(p.Window)
	if err != nil {
		return Valuation{}, err
	}
	v := Valuation{Forecast: f, Value: f.Value(p.Legs)}
	v.Fair = p.fair(v.Value)
	bumped := func(change func(*Market)) float64 {
		other := m
		other.Growth = append([]float64(nil), m.Growth...)
		change(&other)
		return other.forecast(p.Window, 0).Value(p.Legs) - v.Value
	}
	v.Greeks = Greeks{
		Growth: bumped(func(o *Market) { o.shiftGrowth(bumpGrowth) }),
		Fee:    bumped(func(o *Market) { o.MeanFee += bumpFee }),
		Vol:    bumped(func(o *Market) { o.Vol += bumpVol }),
	}
	moved := f
	moved.Mean += float64(f.Days)
	v.Greeks.Delta = moved.Value(p.Legs) - v.Value
	v.Greeks.Theta = m.tomorrow(p, f) - v.Value
	return v, nil
}

// shiftGrowth moves all g, within the limits of a retarget.
func (m *Market) shiftGrowth(by float64) {
	if len(m.Growth) == 0 {
		m.Growth = []float64{0}
	}
	for i, g := range m.Growth {
		m.Growth[i] = max(minGrowth, min(maxGrowth, g+by))
	}
}

// tomorrow is the value a day later, if what can be attested by then is as
// forecast.
func (m Market) tomorrow(p Priced, f Forecast) float64 {
	later := m.forecast(p.Window, secondsPerDay)
	first := int64(p.Window.Start+p.Window.KnownDays) * secondsPerDay
	if first+secondsPerDay > m.Now+secondsPerDay {
		return later.Value(p.Legs) // the window has not begun
	}
	day := p.Window.Leg.of(f.Sub[0], f.Fee[0])
	if f.Days == 1 {
		return Forecast{Known: f.Known + day}.Value(p.Legs)
	}
	w := p.Window
	w.KnownDays++
	later = m.forecast(w, secondsPerDay)
	later.Known = f.Known + day
	return later.Value(p.Legs)
}

// ImpliedGrowth returns the constant growth of difficulty at each retarget, as
// a part of 1, at which the quoted price (as Valuation.Fair) would be fair. It
// fails with ErrNoGrowth if there is none, ErrMarket or ErrWindow.
func (m Market) ImpliedGrowth(p Priced, price float64) (float64, error) {
	if _, err := m.Forecast(p.Window); err != nil {
		return 0, err
	}
	if math.IsNaN(price) || math.IsInf(price, 0) {
		return 0, fmt.Errorf("%w: price %g", ErrMarket, price)
	}
	excess := func(g float64) float64 {
		other := m
		other.Growth = []float64{g}
		return p.fair(other.forecast(p.Window, 0).Value(p.Legs)) - price
	}
	g, err := bisect(excess, minGrowth, maxGrowth)
	if err != nil {
		return 0, fmt.Errorf("%w: %g", err, price)
	}
	return g, nil
}

// bisect finds a zero of a monotone function.
func bisect(f func(float64) float64, low, high float64) (float64, error) {
	atLow, atHigh := f(low), f(high)
	if atLow == atHigh || (atLow > 0) == (atHigh > 0) {
		return 0, ErrNoGrowth
	}
	const rounds = 100
	for range rounds {
		middle := (low + high) / 2
		if (f(middle) > 0) == (atLow > 0) {
			low = middle
		} else {
			high = middle
		}
	}
	g := (low + high) / 2
	if math.Abs(f(g)) > math.Max(math.Abs(atLow), math.Abs(atHigh))/1e6 {
		return 0, ErrNoGrowth
	}
	return g, nil
}

package payout

import (
	"fmt"
	"math/big"
	"slices"
)

// polynomial is a polynomial in u = outcome - start with rational coefficients
// over one positive denominator. Its values are satoshi.
type polynomial struct {
	start  uint64
	coeffs []*big.Int // of u^0, u^1, ..
	denom  *big.Int
}

// interpolate returns the polynomial of least degree through the points, which
// ascend.
func interpolate(points []Point) (*polynomial, error) {
	for i := 1; i < len(points); i++ {
		if points[i].Outcome <= points[i-1].Outcome {
			return nil, fmt.Errorf("point at %d after %d: %w", points[i].Outcome, points[i-1].Outcome, ErrCurve)
		}
	}
	start := points[0].Outcome
	at := make([]*big.Rat, len(points))
	diffs := make([]*big.Rat, len(points))
	for i, p := range points {
		at[i] = new(big.Rat).SetInt(new(big.Int).SetUint64(p.Outcome - start))
		diffs[i] = new(big.Rat).SetFrac(p.scaled(), big.NewInt(precision))
	}
	// Newton's divided differences, then the nested form is multiplied out.
	for order := 1; order < len(points); order++ {
		for i := len(points) - 1; i >= order; i-- {
			rise := new(big.Rat).Sub(diffs[i], diffs[i-1])
			diffs[i] = rise.Quo(rise, new(big.Rat).Sub(at[i], at[i-order]))
		}
	}
	coeffs := make([]*big.Rat, len(points))
	for i := range coeffs {
		coeffs[i] = new(big.Rat)
	}
	for i := len(points) - 1; i >= 0; i-- {
		for k := len(coeffs) - 1; k >= 0; k-- {
			next := new(big.Rat).Mul(coeffs[k], at[i])
			next.Neg(next)
			if k > 0 {
				next.Add(next, coeffs[k-1])
			}
			coeffs[k] = next
		}
		coeffs[0].Add(coeffs[0], diffs[i])
	}
	return overOneDenominator(start, coeffs), nil
}

func overOneDenominator(start uint64, coeffs []*big.Rat) *polynomial {
	denom := big.NewInt(1)
	for _, c := range coeffs {
		gcd := new(big.Int).GCD(nil, nil, denom, c.Denom())
		denom.Mul(denom, new(big.Int).Quo(c.Denom(), gcd))
	}
	p := &polynomial{start: start, denom: denom}
	for _, c := range coeffs {
		n := new(big.Int).Quo(denom, c.Denom())
		p.coeffs = append(p.coeffs, n.Mul(n, c.Num()))
	}
	for len(p.coeffs) > 1 && p.coeffs[len(p.coeffs)-1].Sign() == 0 {
		p.coeffs = p.coeffs[:len(p.coeffs)-1]
	}
	return p
}

// horner returns the polynomial with these coefficients at u.
func horner(coeffs []*big.Int, u *big.Int) *big.Int {
	sum := new(big.Int)
	for i := len(coeffs) - 1; i >= 0; i-- {
		sum.Add(sum.Mul(sum, u), coeffs[i])
	}
	return sum
}

// steps implements curve.
func (p *polynomial) steps(outcome uint64, mod *big.Int) (*big.Int, error) {
	value := horner(p.coeffs, new(big.Int).SetUint64(outcome-p.start))
	return nearest(value, p.denom, mod), nil
}

// turns implements curve.
func (p *polynomial) turns(last uint64) []uint64 {
	out := turnsOf(p.coeffs, last-p.start)
	for i := range out {
		out[i] += p.start
	}
	return out
}

// turnsOf returns u in 0 .. last such that, between any two neighbours of
// 0, the result and last, the polynomial is monotone on the integers. It looks for
// changes of sign of the derivative, which is itself monotone between its turns,
// so that bisection finds them.
func turnsOf(coeffs []*big.Int, last uint64) []uint64 {
	if len(coeffs) <= 2 {
		return nil
	}
	derivative := make([]*big.Int, len(coeffs)-1)
	for i := range derivative {
		derivative[i] = new(big.Int).Mul(coeffs[i+1], big.NewInt(int64(i)+1))
	}
	sign := func(u uint64) int { return horner(derivative, new(big.Int).SetUint64(u)).Sign() }
	stops := append([]uint64{0}, turnsOf(derivative, last)...)
	stops = append(stops, last)
	var out []uint64
	for i := 1; i < len(stops); i++ {
		from, to := stops[i-1], stops[i]
		first := sign(from)
		if from >= to || first == sign(to) {
			out = append(out, from, to)
			continue
		}
		// The sign is first at from and another at to; find where it changes.
		changed := firstWhere(from+1, to, func(u uint64) bool { return sign(u) != first })
		out = append(out, from, changed-1, changed, to)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// firstWhere returns the least x in from .. to - 1 where the condition holds, or
// to if it holds nowhere. The condition does not cease to hold as x rises.
func firstWhere(from, to uint64, condition func(uint64) bool) uint64 {
	for from < to {
		if middle := from + (to-from)/2; condition(middle) {
			to = middle
		} else {
			from = middle + 1
		}
	}
	return from
}

// nearest returns q such that q*mod is the multiple of mod nearest to
// value/denom, the upper one of two equally near. denom and mod are positive.
func nearest(value, denom, mod *big.Int) *big.Int {
	step := new(big.Int).Mul(denom, mod)
	twice := new(big.Int).Lsh(value, 1)
	twice.Add(twice, step)
	// Div rounds towards minus infinity for a positive divisor.
	return twice.Div(twice, step.Lsh(step, 1))
}

package payout

import (
	"fmt"
	"math/big"
)

// hyperbola evaluates a branch exactly. All parameters are integers, in units of
// 1/s with s = 65536. With U = s*u, and 4ab different from 0,
//
//	1/(u + r) = (u - r)/(4ab)
//	payout = (linear*U + offset + root*sqrt(U^2 - gap)) / denom
//
// so that it is a number p + q*sqrt(n) with integers p, q and n, whose floor is
// found with integer square roots. If ab = 0, r = |u|: the branch is
// (C*U^2 + A^2*D + F2*A*U) / (s*A*U) where u and r have one sign, and is not
// defined where they have not.
type hyperbola struct {
	positive       bool
	f1, f2         *big.Int
	a, b, c, d     *big.Int
	degenerate     bool
	linear, offset *big.Int
	root, gap      *big.Int
	denom          *big.Int
}

func newHyperbola(h Hyperbola) (*hyperbola, error) {
	c := &hyperbola{
		positive: h.Positive, f1: h.TranslateOutcome.scaled(), f2: h.TranslatePayout.scaled(),
		a: h.A.scaled(), b: h.B.scaled(), c: h.C.scaled(), d: h.D.scaled(),
	}
	ad, bc := product(c.a, c.d), product(c.b, c.c)
	if c.a.Sign() == 0 || ad.Cmp(bc) == 0 {
		return nil, fmt.Errorf("hyperbola with a = 0 or ad = bc: %w", ErrCurve)
	}
	c.degenerate = c.b.Sign() == 0
	if c.degenerate {
		return c, nil
	}
	twiceAB := product(c.a, c.b, big.NewInt(2))
	c.gap = product(twiceAB, big.NewInt(2))
	c.linear = new(big.Int).Add(bc, ad)
	c.offset = product(twiceAB, c.f2)
	c.root = new(big.Int).Sub(bc, ad)
	if !c.positive {
		c.root.Neg(c.root)
	}
	c.denom = product(twiceAB, big.NewInt(precision))
	if c.denom.Sign() < 0 {
		for _, n := range []*big.Int{c.linear, c.offset, c.root, c.denom} {
			n.Neg(n)
		}
	}
	return c, nil
}

func product(factors ...*big.Int) *big.Int {
	p := big.NewInt(1)
	for _, f := range factors {
		p.Mul(p, f)
	}
	return p
}

// at returns U at an outcome.
func (h *hyperbola) at(outcome uint64) *big.Int {
	u := new(big.Int).SetUint64(outcome)
	return u.Sub(u.Mul(u, big.NewInt(precision)), h.f1)
}

// steps implements curve.
func (h *hyperbola) steps(outcome uint64, mod *big.Int) (*big.Int, error) {
	u := h.at(outcome)
	square := product(u, u)
	if h.degenerate {
		if u.Sign() == 0 || u.Sign() > 0 != h.positive {
			return nil, fmt.Errorf("hyperbola at %d: %w", outcome, ErrCurve)
		}
		value := product(h.c, square)
		value.Add(value, product(h.a, h.a, h.d))
		value.Add(value, product(h.f2, h.a, u))
		denom := product(big.NewInt(precision), h.a, u)
		if denom.Sign() < 0 {
			value.Neg(value)
			denom.Neg(denom)
		}
		return nearest(value, denom, mod), nil
	}
	under := square.Sub(square, h.gap)
	if under.Sign() < 0 {
		return nil, fmt.Errorf("hyperbola at %d: %w", outcome, ErrCurve)
	}
	// floor(v/mod + 1/2) = floor(floor(2p + mod*denom + 2q*sqrt(n)) / (2*mod*denom))
	step := product(h.denom, mod)
	value := new(big.Int).Add(product(h.linear, u), h.offset)
	value.Add(value.Lsh(value, 1), step)
	value.Add(value, floorRoot(new(big.Int).Lsh(h.root, 1), under))
	return value.Div(value, step.Lsh(step, 1)), nil
}

// floorRoot returns floor(q*sqrt(n)), n not negative.
func floorRoot(q, n *big.Int) *big.Int {
	square := product(q, q, n)
	root := new(big.Int).Sqrt(square)
	if q.Sign() >= 0 {
		return root
	}
	if product(root, root).Cmp(square) != 0 {
		root.Add(root, big.NewInt(1))
	}
	return root.Neg(root)
}

// turns implements curve. The branch is monotone between u = 0, where r may jump,
// and the zeros of its derivative, u^2 = (bc + ad)^2 / (cd).
func (h *hyperbola) turns(last uint64) []uint64 {
	centres := []*big.Int{new(big.Int).Set(h.f1)}
	if cd := product(h.c, h.d); cd.Sign() > 0 {
		sum := new(big.Int).Add(product(h.b, h.c), product(h.a, h.d))
		root := sum.Quo(sum.Mul(sum, sum), cd)
		root.Sqrt(root)
		low := new(big.Int).Sub(h.f1, root)
		// The root is floored; above it and below its negative lies one more unit.
		centres = append(centres, new(big.Int).Add(h.f1, root), low, new(big.Int).Sub(low, big.NewInt(1)))
	}
	var out []uint64
	for _, centre := range centres {
		below := centre.Div(centre, big.NewInt(precision))
		for _, x := range []*big.Int{below, new(big.Int).Add(below, big.NewInt(1))} {
			if x.IsUint64() && x.Uint64() <= last {
				out = append(out, x.Uint64())
			}
		}
	}
	return out
}

package payout

import "fmt"

// notionalScale divides H times a price: H is in TH/s, prices are per PH/s.
const notionalScale = 1000

// LegKind is the shape of a leg.
type LegKind uint8

// The legs that instruments are composed of.
const (
	// LegConstant pays Strike, whatever the outcome.
	LegConstant LegKind = 1
	// LegForward pays clamp(S, Strike, Bound) - Strike: a forward that a floor
	// and a cap bound.
	LegForward LegKind = 2
	// LegCall pays clamp(S, Strike, Bound) - Strike: a call capped at Bound.
	LegCall LegKind = 3
	// LegPut pays Strike - clamp(S, Bound, Strike): a put floored at Bound.
	LegPut LegKind = 4
)

// String returns "constant", "forward", "call" or "put".
func (k LegKind) String() string {
	switch k {
	case LegConstant:
		return "constant"
	case LegForward:
		return "forward"
	case LegCall:
		return "call"
	case LegPut:
		return "put"
	default:
		return fmt.Sprintf("LegKind(%d)", uint8(k))
	}
}

// Leg is one term of an instrument's payoff: an amount of sat per PH/s that
// depends on the window's sum S. All amounts are sums over the whole window.
// Forward and call have Strike <= Bound, a put Bound <= Strike.
type Leg struct {
	Kind LegKind
	// Sold says that the long side pays the leg instead of getting it.
	Sold   bool
	Strike uint64
	Bound  uint64
}

// amount returns what the leg pays at S, in sat per PH/s, without its sign.
func (l Leg) amount(s uint64) uint64 {
	switch l.Kind {
	case LegConstant:
		return l.Strike
	case LegForward, LegCall:
		return clamp(s, l.Strike, l.Bound) - l.Strike
	case LegPut:
		return l.Strike - clamp(s, l.Bound, l.Strike)
	default:
		panic(fmt.Sprintf("payout: leg of kind %d", l.Kind))
	}
}

func clamp(x, low, high uint64) uint64 { return max(low, min(x, high)) }

// val is floor(H*v/1000), in satoshi. H*v must be below 2^62.
func val(notional uint32, v uint64) uint64 { return uint64(notional) * v / notionalScale }

// Position is a sum of legs held for a notional and bounded by collateral: the
// payoff of the long side. Positions are made by Terms.Position.
type Position struct {
	notional   uint32
	collateral uint64
	legs       []Leg
}

// Value returns the long side's payout in satoshi at a window's sum of S: each
// leg is floored on its own, and the sum is held within 0 and the collateral.
// The short side gets the rest of the collateral.
func (p Position) Value(s uint64) uint64 {
	var bought, sold uint64
	for _, leg := range p.legs {
		if v := val(p.notional, leg.amount(s)); leg.Sold {
			sold += v
		} else {
			bought += v
		}
	}
	if sold >= bought {
		return 0
	}
	return min(bought-sold, p.collateral)
}

// Legs returns the legs, in a slice of their own.
func (p Position) Legs() []Leg { return append([]Leg(nil), p.legs...) }

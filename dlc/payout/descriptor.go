package payout

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/alkimiya/alkimiya/dlc/digits"
)

// Limits of what Compile accepts.
const (
	// MaxPieces is the most pieces of a descriptor, and MaxIntervals the most
	// rounding intervals.
	MaxPieces    = 2*MaxSlots + 2
	MaxIntervals = 1_024
	// MaxInner is the most inner points of one polynomial piece.
	MaxInner = 14
)

// precision is what the extra precision of points and parameters counts in.
const precision = 1 << 16

// Point is a point of a payout curve: at Outcome it is Payout + Extra/65536
// satoshi high.
type Point struct {
	Outcome uint64
	Payout  uint64
	Extra   uint16
}

// scaled returns the payout in units of 1/65536 satoshi.
func (p Point) scaled() *big.Int { return scale(p.Payout, p.Extra) }

func scale(value uint64, extra uint16) *big.Int {
	n := new(big.Int).SetUint64(value)
	n.Mul(n, big.NewInt(precision))
	return n.Add(n, big.NewInt(int64(extra)))
}

// Number is a signed parameter of a hyperbola, Value + Extra/65536.
type Number struct {
	Negative bool
	Value    uint64
	Extra    uint16
}

func (n Number) scaled() *big.Int {
	v := scale(n.Value, n.Extra)
	if n.Negative {
		v.Neg(v)
	}
	return v
}

// Shape is the curve of one piece: Polynomial or Hyperbola.
//
//sumtype:decl
type Shape interface{ shape() }

// Polynomial is the polynomial of least degree through the piece's end points
// and the inner points, which lie between them, ascending. Without inner points
// it is a line.
type Polynomial struct{ Inner []Point }

// Hyperbola is one branch of a hyperbola in the form of dlcspecs. With
// u = outcome - TranslateOutcome and r = +sqrt(u^2 - 4ab) (or -, unless Positive):
//
//	payout = c*(u + r)/(2a) + 2ad/(u + r) + TranslatePayout
type Hyperbola struct {
	Positive                          bool
	TranslateOutcome, TranslatePayout Number
	A, B, C, D                        Number
}

func (Polynomial) shape() {}
func (Hyperbola) shape()  {}

// Piece is a part of a payout curve, from Start to the next piece's start, or to
// the last point.
type Piece struct {
	Start Point
	Shape Shape
}

// Rounding makes payouts of outcomes from Begin on multiples of Mod satoshi.
type Rounding struct{ Begin, Mod uint64 }

// Descriptor is a numeric payout function as dlcspecs describes it: what the
// offering side gets, which is the long side here. Compile checks it.
type Descriptor struct {
	// Base and Digits are those of the event.
	Base, Digits int
	// Total is the collateral in satoshi; payouts are held within 0 and Total.
	Total uint64
	// Pieces follow on each other from outcome 0, and Last ends the last one at
	// the largest outcome.
	Pieces []Piece
	Last   Point
	// Rounding is in ascending order of Begin. Before the first one, and without
	// any, payouts are rounded to whole satoshi.
	Rounding []Rounding
}

// Stepwise returns a descriptor of runs in base 2, so that a contract with these
// runs can be described to others. It has no meaning unless the runs partition
// 0 to 2^digits - 1.
func Stepwise(runs []Run, width int, total uint64) Descriptor {
	d := Descriptor{Base: 2, Digits: width, Total: total}
	for i, r := range runs {
		// The step between two runs is a line of its own, without inner outcomes.
		d.Pieces = append(d.Pieces, Piece{Start: Point{Outcome: r.First, Payout: r.Y}, Shape: Polynomial{}})
		d.Last = Point{Outcome: r.Last, Payout: r.Y}
		if i+1 < len(runs) && r.First < r.Last {
			d.Pieces = append(d.Pieces, Piece{Start: d.Last, Shape: Polynomial{}})
		}
	}
	if n := len(runs); n > 0 && runs[n-1].First == runs[n-1].Last {
		d.Pieces = d.Pieces[:len(d.Pieces)-1]
	}
	return d
}

// check looks at everything but the curves themselves.
func (d Descriptor) check() error {
	largest, err := digits.Domain(d.Base, d.Digits)
	if err != nil {
		return err
	}
	switch {
	case d.Total < 1 || d.Total > MaxCollateral:
		return fmt.Errorf("collateral %d: %w", d.Total, ErrCollateral)
	case len(d.Pieces) == 0:
		return fmt.Errorf("no pieces: %w", ErrCurve)
	case len(d.Pieces) > MaxPieces || len(d.Rounding) > MaxIntervals:
		return fmt.Errorf("%d pieces, %d rounding intervals: %w", len(d.Pieces), len(d.Rounding), ErrTooMany)
	case d.Pieces[0].Start.Outcome != 0 || d.Last.Outcome != largest:
		return fmt.Errorf("curve from %d to %d, not 0 to %d: %w", d.Pieces[0].Start.Outcome, d.Last.Outcome, largest, ErrCurve)
	}
	for i, r := range d.Rounding {
		if r.Mod == 0 || r.Begin > largest || (i > 0 && r.Begin <= d.Rounding[i-1].Begin) {
			return fmt.Errorf("rounding interval %d, from %d by %d: %w", i, r.Begin, r.Mod, ErrCurve)
		}
	}
	return nil
}

// end returns the point at which piece i ends.
func (d Descriptor) end(i int) Point {
	if i+1 < len(d.Pieces) {
		return d.Pieces[i+1].Start
	}
	return d.Last
}

// mod returns the rounding modulus in force at an outcome.
func (d Descriptor) mod(outcome uint64) uint64 {
	i, found := slices.BinarySearchFunc(d.Rounding, outcome, func(r Rounding, x uint64) int {
		switch {
		case r.Begin < x:
			return -1
		case r.Begin > x:
			return 1
		default:
			return 0
		}
	})
	if !found {
		i--
	}
	if i < 0 {
		return 1
	}
	return d.Rounding[i].Mod
}

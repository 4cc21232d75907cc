package payout

import (
	"fmt"
	"math/big"
	"slices"
	"sort"

	"github.com/alkimiya/alkimiya/dlc/digits"
)

// curve is the exact curve of one piece.
type curve interface {
	// steps returns the multiple of mod nearest to the curve at an outcome of the
	// piece, the upper one of two, as the number of mods. It fails with ErrCurve
	// where the curve is not defined.
	steps(outcome uint64, mod *big.Int) (*big.Int, error)
	// turns returns outcomes between which the curve is monotone on the integers,
	// none above last, in any order; some may lie before the piece.
	turns(last uint64) []uint64
}

// Function is a payout function ready for evaluation. Compile makes it. It is
// immutable and safe for concurrent use.
type Function struct {
	about  Descriptor
	curves []curve
	// cuts are the first outcomes of segments, ascending: within a segment the
	// payout is monotone.
	cuts []uint64
}

// PrefixPayout is what outcomes that begin with a prefix pay.
type PrefixPayout struct {
	Prefix digits.Prefix
	Y      uint64
}

// Compile checks a descriptor and prepares it. It fails with ErrCurve for curves
// that are out of order or not defined on all of their piece, ErrTooMany,
// ErrCollateral, or as digits.Domain does.
//
// A curve is evaluated at the first outcome of its piece and up to, not
// including, that of the next; the last piece also at the last outcome. For
// polynomials this is the end point's own payout. For hyperbolas dlcspecs' text
// prescribes the end point's payout, and all implementations, whose contracts
// are to be evaluated, take the curve's.
func Compile(d Descriptor) (*Function, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	d.Pieces, d.Rounding = slices.Clone(d.Pieces), slices.Clone(d.Rounding)
	f := &Function{about: d, curves: make([]curve, 0, len(d.Pieces))}
	for i, piece := range d.Pieces {
		c, err := compilePiece(piece, d.end(i))
		if err != nil {
			return nil, fmt.Errorf("piece %d: %w", i, err)
		}
		f.curves = append(f.curves, c)
		f.cuts = append(f.cuts, piece.Start.Outcome)
		for _, x := range c.turns(d.end(i).Outcome) {
			if x > piece.Start.Outcome {
				f.cuts = append(f.cuts, x)
			}
		}
	}
	for _, r := range d.Rounding {
		f.cuts = append(f.cuts, r.Begin)
	}
	slices.Sort(f.cuts)
	f.cuts = slices.Compact(f.cuts)
	if err := f.defined(); err != nil {
		return nil, err
	}
	return f, nil
}

func compilePiece(piece Piece, end Point) (curve, error) {
	if end.Outcome <= piece.Start.Outcome {
		return nil, fmt.Errorf("from %d to %d: %w", piece.Start.Outcome, end.Outcome, ErrCurve)
	}
	switch shape := piece.Shape.(type) {
	case Polynomial:
		if len(shape.Inner) > MaxInner {
			return nil, fmt.Errorf("%d inner points: %w", len(shape.Inner), ErrTooMany)
		}
		points := append([]Point{piece.Start}, shape.Inner...)
		return interpolate(append(points, end))
	case Hyperbola:
		return newHyperbola(shape)
	default:
		return nil, fmt.Errorf("no shape: %w", ErrCurve)
	}
}

// defined evaluates both ends of every segment: a hyperbola that is defined
// there is defined in between.
func (f *Function) defined() error {
	for i := range f.cuts {
		for _, x := range []uint64{f.cuts[i], f.segmentEnd(i)} {
			if _, err := f.Payout(x); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *Function) segmentEnd(i int) uint64 {
	if i+1 < len(f.cuts) {
		return f.cuts[i+1] - 1
	}
	return f.about.Last.Outcome
}

// Payout returns what the outcome pays, in satoshi: the curve, rounded to the
// nearest multiple in force, ties up, and held within 0 and the collateral. It
// fails with ErrOutcome.
func (f *Function) Payout(outcome uint64) (uint64, error) {
	if outcome > f.about.Last.Outcome {
		return 0, fmt.Errorf("outcome %d of %d: %w", outcome, f.about.Last.Outcome, ErrOutcome)
	}
	// The piece is the last one that starts at or before the outcome.
	i := sort.Search(len(f.about.Pieces), func(i int) bool { return f.about.Pieces[i].Start.Outcome > outcome }) - 1
	mod := new(big.Int).SetUint64(f.about.mod(outcome))
	y, err := f.curves[i].steps(outcome, mod)
	if err != nil {
		return 0, err
	}
	y.Mul(y, mod)
	switch {
	case y.Sign() < 0:
		return 0, nil
	case !y.IsUint64() || y.Uint64() > f.about.Total:
		return f.about.Total, nil
	default:
		return y.Uint64(), nil
	}
}

// Runs returns the payouts of all outcomes as maximal runs, across pieces too,
// in ascending order. It fails with ErrTooMany as soon as there are more than
// limit.
func (f *Function) Runs(limit int) ([]Run, error) {
	var runs []Run
	step := uint64(1)
	for i, first := range f.cuts {
		last := f.segmentEnd(i)
		for {
			y, err := f.Payout(first)
			if err != nil {
				return nil, err
			}
			end, err := f.runEnd(first, last, y, step)
			if err != nil {
				return nil, err
			}
			step = end - first + 1
			if n := len(runs); n > 0 && runs[n-1].Y == y {
				runs[n-1].Last = end
			} else if n >= limit {
				return nil, fmt.Errorf("more than %d runs: %w", limit, ErrTooMany)
			} else {
				runs = append(runs, Run{First: first, Last: end, Y: y})
			}
			if end == last {
				break
			}
			first = end + 1
		}
	}
	return runs, nil
}

// runEnd returns the last outcome from first on, up to last, that pays y as
// first does. Payouts are monotone from first to last. It tries step outcomes
// ahead, then twice that, and so on, and bisects what it finds.
func (f *Function) runEnd(first, last, y, step uint64) (uint64, error) {
	same, other := first, last
	for step = max(step, 1); same < last; {
		try := last
		if last-same > step {
			try = same + step
		}
		got, err := f.Payout(try)
		if err != nil {
			return 0, err
		}
		if got != y {
			other = try
			break
		}
		if same = try; step < 1<<62 {
			step *= 2
		}
	}
	if same == last {
		return last, nil
	}
	for other-same > 1 {
		middle := same + (other-same)/2
		got, err := f.Payout(middle)
		if err != nil {
			return 0, err
		}
		if got == y {
			same = middle
		} else {
			other = middle
		}
	}
	return same, nil
}

// Prefixes returns the runs' prefix covers, in ascending order of outcome. It
// fails with ErrTooMany if there are more than limit, before it allocates them.
func (f *Function) Prefixes(limit int) ([]PrefixPayout, error) {
	runs, err := f.Runs(limit)
	if err != nil {
		return nil, err
	}
	n := 0
	for _, r := range runs {
		covers, err := digits.CoverLen(r.First, r.Last, f.about.Base, f.about.Digits)
		if err != nil {
			return nil, err
		}
		if n += covers; n > limit {
			return nil, fmt.Errorf("more than %d prefixes: %w", limit, ErrTooMany)
		}
	}
	out := make([]PrefixPayout, 0, n)
	for _, r := range runs {
		prefixes, err := digits.Cover(r.First, r.Last, f.about.Base, f.about.Digits)
		if err != nil {
			return nil, err
		}
		for _, p := range prefixes {
			out = append(out, PrefixPayout{Prefix: p, Y: r.Y})
		}
	}
	return out, nil
}

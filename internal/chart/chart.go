// Package chart draws small charts of numbers over numbers: lines, steps and
// areas with a title, axes, labelled points and reference lines, as SVG, PNG or
// text for a terminal.
//
// It is for people to look at. It is no plotting library (that is gonum/plot,
// which draws what is not text), knows no units, and nothing is ever computed
// from a chart. The same chart and size give the same bytes every time.
//
// Its invariant: what cannot be drawn is refused before anything is written;
// no label, however strange, becomes markup or a control character.
//
// A Chart is plain data: it may be drawn by several goroutines at once as long
// as nobody changes it.
package chart

import (
	"errors"
	"fmt"
	"math"
)

// Limits of a chart.
const (
	// MaxPoints is the most points of all series together.
	MaxPoints = 200_000
	// MaxSide is the longest side of an SVG or PNG, in pixels, and MinSide the
	// shortest.
	MaxSide = 8_192
	MinSide = 100
	// MaxColumns and MaxRows bound a chart of text; MinColumns and MinRows are
	// the least that hold anything.
	MaxColumns = 1_000
	MaxRows    = 500
	MinColumns = 40
	MinRows    = 8
)

// Errors of this package, wrapped with the datum at fault.
var (
	// ErrEmpty: the chart has no point.
	ErrEmpty = errors.New("chart without points")
	// ErrValue: a coordinate is infinite or not a number, too large to be drawn,
	// or there are too many.
	ErrValue = errors.New("value cannot be drawn")
	// ErrSize: the size asked for is out of range.
	ErrSize = errors.New("chart size out of range")
)

// Style is how the points of a series are joined.
type Style uint8

// The styles.
const (
	// Line joins points by straight lines.
	Line Style = iota
	// Step keeps the value of a point until the next one.
	Step
	// Area is Line with the space down or up to zero filled.
	Area
)

// Point is a point of the chart.
type Point struct{ X, Y float64 }

// Series is a run of points, in the order in which they are joined.
type Series struct {
	// Name is shown in a legend if there are several series; may be empty.
	Name  string
	Style Style
	// Points must have finite coordinates.
	Points []Point
}

// Mark is one labelled point.
type Mark struct {
	Point
	Label string
}

// Rule is a reference line across the whole chart.
type Rule struct {
	// At is on the x axis for a vertical rule, else on the y axis.
	At       float64
	Vertical bool
	Label    string
}

// Axis describes one axis.
type Axis struct {
	// Label is the quantity and its unit.
	Label string
	// Format writes a value; nil writes decimals with thousands separators.
	Format func(v float64) string
	// Whole allows ticks at whole numbers only, as for days.
	Whole bool
	// Zero widens the range of the axis so that it holds 0.
	Zero bool
}

// Chart is what is drawn.
type Chart struct {
	Title  string
	X, Y   Axis
	Series []Series
	Rules  []Rule
	Marks  []Mark
}

// span is the range of an axis.
type span struct{ min, max float64 }

func (s span) width() float64 { return s.max - s.min }

// grow widens the span to hold v.
func (s *span) grow(v float64) { s.min, s.max = min(s.min, v), max(s.max, v) }

// largest keeps sums and differences of coordinates far from overflow.
const largest = 1e15

func finite(v float64) bool { return !math.IsNaN(v) && math.Abs(v) <= largest }

// check returns the ranges of both axes, with a margin on y.
func (c Chart) check() (x, y span, err error) {
	x, y = span{math.Inf(1), math.Inf(-1)}, span{math.Inf(1), math.Inf(-1)}
	n := 0
	for _, s := range c.Series {
		n += len(s.Points)
		for i, p := range s.Points {
			if !finite(p.X) || !finite(p.Y) {
				return x, y, fmt.Errorf("%w: point %d of series %q: (%g, %g)", ErrValue, i, s.Name, p.X, p.Y)
			}
			x.grow(p.X)
			y.grow(p.Y)
		}
		if s.Style == Area && len(s.Points) > 0 {
			y.grow(0)
		}
	}
	switch {
	case n == 0:
		return x, y, ErrEmpty
	case n > MaxPoints:
		return x, y, fmt.Errorf("%w: %d points, %d are possible", ErrValue, n, MaxPoints)
	}
	for _, m := range c.Marks {
		if !finite(m.X) || !finite(m.Y) {
			return x, y, fmt.Errorf("%w: mark %q at (%g, %g)", ErrValue, m.Label, m.X, m.Y)
		}
		x.grow(m.X)
		y.grow(m.Y)
	}
	for _, r := range c.Rules {
		if !finite(r.At) {
			return x, y, fmt.Errorf("%w: rule %q at %g", ErrValue, r.Label, r.At)
		}
		if r.Vertical {
			x.grow(r.At)
		} else {
			y.grow(r.At)
		}
	}
	return c.X.widen(x, 0), c.Y.widen(y, yMargin), nil
}

// yMargin is the empty part above and below a line.
const yMargin = 0.06

// widen gives a span a width, its margin, and 0 if the axis wants it.
func (a Axis) widen(s span, margin float64) span {
	if a.Zero {
		s.grow(0)
	}
	if s.width() == 0 {
		half := max(math.Abs(s.min)*0.05, 0.5)
		return span{s.min - half, s.max + half}
	}
	s.min -= s.width() * margin
	s.max += s.width() * margin
	return s
}

package chart

import (
	"math"
	"strconv"
	"strings"
)

// ticks returns ascending positions within s at multiples of 1, 2 or 5 times a
// power of ten, at most n of them and at least one.
func (a Axis) ticks(s span, n int) []float64 {
	n = max(n, 2)
	step := math.Pow(10, math.Floor(math.Log10(s.width()/float64(n))))
	if a.Whole {
		step = max(step, 1)
	}
	for _, factor := range []float64{1, 2, 5, 10, 20, 50} {
		if out := multiples(s, step*factor, n); len(out) > 0 && len(out) <= n {
			return out
		}
	}
	return []float64{s.min + s.width()/2}
}

// multiples returns the multiples of step in s, or nil if there are more than
// n.
func multiples(s span, step float64, n int) []float64 {
	first, last := math.Ceil(s.min/step), math.Floor(s.max/step)
	if last-first >= float64(n) {
		return nil
	}
	var out []float64
	for k := first; k <= last; k++ {
		out = append(out, k*step+0) // + 0 turns -0 into 0
	}
	return out
}

// text writes a value of the axis.
func (a Axis) text(v float64) string {
	if a.Format != nil {
		return printable(a.Format(v))
	}
	return Number(v)
}

// Number writes a value with thousands separators and at most four decimals
// that matter: 42,105 or 0.0341.
func Number(v float64) string {
	decimals := 0
	if size := math.Abs(v); size > 0 && size < 1000 {
		decimals = min(max(0, 3-int(math.Floor(math.Log10(size)))), 4)
	}
	text := strconv.FormatFloat(v, 'f', decimals, 64)
	whole, fraction, _ := strings.Cut(text, ".")
	fraction = strings.TrimRight(fraction, "0")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if fraction != "" {
		return sign + whole + "." + fraction
	}
	if whole == "0" {
		return whole
	}
	return sign + whole
}

// printable replaces control characters.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || (r >= 0x7f && r < 0xa0) || r == '\u2028' || r == '\u2029' || r == '\ufffd' {
			return '?'
		}
		return r
	}, s)
}

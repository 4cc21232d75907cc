package payout_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/dlc/digits"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/internal/testkit"
)

type pointJSON struct {
	Outcome, Payout testkit.Decimal
	Extra           uint16 `json:"extra_precision"`
}

func (p pointJSON) point() payout.Point {
	return payout.Point{Outcome: uint64(p.Outcome), Payout: uint64(p.Payout), Extra: p.Extra}
}

type numberJSON struct {
	Positive bool
	Value    testkit.Decimal
	Extra    uint16 `json:"extra_precision"`
}

func (n numberJSON) number() payout.Number {
	return payout.Number{Negative: !n.Positive, Value: uint64(n.Value), Extra: n.Extra}
}

type functionCase struct {
	Name         string
	Base, Digits int
	Total        testkit.Decimal `json:"total_collateral"`
	Pieces       []struct {
		End        pointJSON `json:"end_point"`
		Polynomial *struct{ Points []pointJSON }
		Hyperbola  *struct {
			Positive         bool       `json:"use_positive_piece"`
			TranslateOutcome numberJSON `json:"translate_outcome"`
			TranslatePayout  numberJSON `json:"translate_payout"`
			A, B, C, D       numberJSON
		}
	}
	Last     pointJSON                              `json:"last_end_point"`
	Rounding []struct{ Begin, Mod testkit.Decimal } `json:"rounding_intervals"`
	Runs     int
	Samples  [][2]testkit.Decimal
	Prefixes [][2]string
}

func (c functionCase) descriptor(t *testing.T) payout.Descriptor {
	d := payout.Descriptor{Base: c.Base, Digits: c.Digits, Total: uint64(c.Total), Last: c.Last.point()}
	for _, r := range c.Rounding {
		d.Rounding = append(d.Rounding, payout.Rounding{Begin: uint64(r.Begin), Mod: uint64(r.Mod)})
	}
	for _, p := range c.Pieces {
		piece := payout.Piece{Start: p.End.point()}
		switch {
		case p.Polynomial != nil:
			var inner []payout.Point
			for _, q := range p.Polynomial.Points {
				inner = append(inner, q.point())
			}
			piece.Shape = payout.Polynomial{Inner: inner}
		case p.Hyperbola != nil:
			h := p.Hyperbola
			piece.Shape = payout.Hyperbola{
				Positive: h.Positive, TranslateOutcome: h.TranslateOutcome.number(), TranslatePayout: h.TranslatePayout.number(),
				A: h.A.number(), B: h.B.number(), C: h.C.number(), D: h.D.number(),
			}
		default:
			t.Fatalf("%s: piece without a shape", c.Name)
		}
		d.Pieces = append(d.Pieces, piece)
	}
	return d
}

func TestPayoutFunctionsAreThoseOfTheVectors(t *testing.T) {
	testkit.Vectors(t, "payout-functions.json", func(raw []byte) int {
		cases := testkit.Cases[functionCase](t, raw)
		for _, c := range cases {
			t.Run(c.Name, func(t *testing.T) {
				f, err := payout.Compile(c.descriptor(t))
				require.NoError(t, err)
				runs, err := f.Runs(1 << 20)
				require.NoError(t, err)
				require.Len(t, runs, c.Runs)
				for _, s := range c.Samples {
					y, err := f.Payout(uint64(s[0]))
					require.NoError(t, err)
					require.Equal(t, uint64(s[1]), y, "outcome %d", s[0])
					run, ok := digits.Find(runs, uint64(s[0]))
					require.True(t, ok)
					require.Equal(t, y, run.Y)
				}
				prefixes, err := f.Prefixes(1 << 20)
				require.NoError(t, err)
				got := make([][2]string, len(prefixes))
				for i, p := range prefixes {
					got[i] = [2]string{p.Prefix.Text(c.Base), new(big.Int).SetUint64(p.Y).String()}
				}
				require.Equal(t, c.Prefixes, got)
			})
		}
		return len(cases)
	})
}

// slowCurve is the second implementation: Lagrange's formula in rationals, the
// hyperbola in 600-bit floats, as dlcspecs writes them.
func slowCurve(t require.TestingT, piece payout.Piece, end payout.Point, x uint64) *big.Rat {
	rat := func(value uint64, extra uint16) *big.Rat {
		r := new(big.Rat).SetFrac64(int64(extra), 65536)
		return r.Add(r, new(big.Rat).SetInt(new(big.Int).SetUint64(value)))
	}
	switch shape := piece.Shape.(type) {
	case payout.Polynomial:
		points := append(append([]payout.Point{piece.Start}, shape.Inner...), end)
		sum := new(big.Rat)
		for i, p := range points {
			term := rat(p.Payout, p.Extra)
			for j, q := range points {
				if i != j {
					term.Mul(term, new(big.Rat).Sub(rat(x, 0), rat(q.Outcome, 0)))
					term.Quo(term, new(big.Rat).Sub(rat(p.Outcome, 0), rat(q.Outcome, 0)))
				}
			}
			sum.Add(sum, term)
		}
		return sum
	case payout.Hyperbola:
		float := func(r *big.Rat) *big.Float { return new(big.Float).SetPrec(600).SetRat(r) }
		number := func(n payout.Number) *big.Float {
			r := rat(n.Value, n.Extra)
			if n.Negative {
				r.Neg(r)
			}
			return float(r)
		}
		mul := func(a, b *big.Float) *big.Float { return new(big.Float).SetPrec(600).Mul(a, b) }
		u := float(rat(x, 0))
		u.Sub(u, number(shape.TranslateOutcome))
		under := mul(u, u)
		under.Sub(under, mul(float(big.NewRat(4, 1)), mul(number(shape.A), number(shape.B))))
		root := new(big.Float).SetPrec(600).Sqrt(under)
		if !shape.Positive {
			root.Neg(root)
		}
		y1 := new(big.Float).SetPrec(600).Add(u, root)
		twice := mul(float(big.NewRat(2, 1)), number(shape.A))
		value := mul(number(shape.C), y1)
		value.Quo(value, twice)
		second := mul(twice, number(shape.D))
		value.Add(value, second.Quo(second, y1))
		value.Add(value, number(shape.TranslatePayout))
		out, _ := value.Rat(nil)
		return out
	default:
		t.Errorf("no shape")
		t.FailNow()
		return nil
	}
}

// slowPayout also says whether the value is so close to a tie that floats may
// err.
func slowPayout(t require.TestingT, d payout.Descriptor, x uint64) (y uint64, close bool) {
	i := len(d.Pieces) - 1
	for d.Pieces[i].Start.Outcome > x {
		i--
	}
	end := d.Last
	if i+1 < len(d.Pieces) {
		end = d.Pieces[i+1].Start
	}
	mod := uint64(1)
	for _, r := range d.Rounding {
		if r.Begin <= x {
			mod = r.Mod
		}
	}
	v := slowCurve(t, d.Pieces[i], end, x)
	v.Quo(v, new(big.Rat).SetInt(new(big.Int).SetUint64(mod)))
	v.Add(v, big.NewRat(1, 2))
	floor := func(r *big.Rat) *big.Int { return new(big.Int).Div(r.Num(), r.Denom()) }
	n := floor(v)
	if _, isHyperbola := d.Pieces[i].Shape.(payout.Hyperbola); isHyperbola {
		tiny := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Lsh(big.NewInt(1), 300))
		close = floor(new(big.Rat).Add(v, tiny)).Cmp(n) != 0 || floor(new(big.Rat).Sub(v, tiny)).Cmp(n) != 0
	}
	n.Mul(n, new(big.Int).SetUint64(mod))
	if n.Sign() < 0 {
		return 0, close
	}
	if n.Cmp(new(big.Int).SetUint64(d.Total)) > 0 {
		return d.Total, close
	}
	return n.Uint64(), close
}

func drawPoint(t *rapid.T, outcome uint64) payout.Point {
	return payout.Point{Outcome: outcome, Payout: rapid.Uint64Range(0, 5000).Draw(t, "payout"), Extra: rapid.Uint16().Draw(t, "extra")}
}

func drawNumber(t *rapid.T, most uint64) payout.Number {
	return payout.Number{
		Negative: rapid.Bool().Draw(t, "negative"), Value: rapid.Uint64Range(0, most).Draw(t, "value"),
		Extra: rapid.SampledFrom([]uint16{0, 0, 16384, 12345}).Draw(t, "extra"),
	}
}

func drawDescriptor(t *rapid.T) payout.Descriptor {
	d := payout.Descriptor{Base: 2, Digits: rapid.IntRange(2, 7).Draw(t, "digits"), Total: rapid.Uint64Range(1, 4000).Draw(t, "total")}
	last := uint64(1)<<d.Digits - 1
	for x := uint64(0); x < last; {
		piece := payout.Piece{Start: drawPoint(t, x)}
		end := rapid.Uint64Range(x+1, last).Draw(t, "end")
		if rapid.IntRange(0, 3).Draw(t, "shape") == 0 {
			piece.Shape = payout.Hyperbola{
				Positive: rapid.Bool().Draw(t, "positive"), TranslateOutcome: drawNumber(t, last), TranslatePayout: drawNumber(t, 3000),
				A: drawNumber(t, 3), B: drawNumber(t, 9), C: drawNumber(t, 9), D: drawNumber(t, 100_000),
			}
		} else {
			var inner []payout.Point
			for at := x + 1; at < end && len(inner) < 4; at++ {
				if at = rapid.Uint64Range(at, end).Draw(t, "inner"); at < end {
					inner = append(inner, drawPoint(t, at))
				}
			}
			piece.Shape = payout.Polynomial{Inner: inner}
		}
		d.Pieces = append(d.Pieces, piece)
		x = end
	}
	d.Last = drawPoint(t, last)
	for x := rapid.Uint64Range(0, 8).Draw(t, "begin"); x <= last && len(d.Rounding) < 3; x += rapid.Uint64Range(1, last).Draw(t, "next") {
		d.Rounding = append(d.Rounding, payout.Rounding{Begin: x, Mod: rapid.Uint64Range(1, 300).Draw(t, "mod")})
	}
	return d
}

func TestFunctionsPayTheRoundedCurve(t *testing.T) {
	hyperbolas := 0
	rapid.Check(t, func(t *rapid.T) {
		d := drawDescriptor(t)
		f, err := payout.Compile(d)
		if err != nil {
			require.ErrorIs(t, err, payout.ErrCurve)
			return
		}
		var want []payout.Run
		for x := range uint64(1) << d.Digits {
			got, err := f.Payout(x)
			require.NoError(t, err)
			if y, close := slowPayout(t, d, x); !close {
				require.Equal(t, y, got, "outcome %d", x)
			}
			want = append(want, payout.Run{First: x, Last: x, Y: got})
		}
		got, err := f.Runs(1 << d.Digits)
		require.NoError(t, err)
		require.Equal(t, digits.Merge(want), got)
		for _, p := range d.Pieces {
			if _, ok := p.Shape.(payout.Hyperbola); ok {
				hyperbolas++
			}
		}
	})
	require.Positive(t, hyperbolas, "hyperbolas were drawn")
}

func TestStepwiseDescribesRuns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawTerms(t, 9)
		runs, err := c.Runs()
		require.NoError(t, err)
		f, err := payout.Compile(payout.Stepwise(runs, int(c.Digits), c.M()))
		require.NoError(t, err)
		got, err := f.Runs(len(runs))
		require.NoError(t, err)
		require.Equal(t, runs, got)
	})
}

func line(last uint64, width int, y0, y1 uint64) payout.Descriptor {
	return payout.Descriptor{
		Base: 2, Digits: width, Total: 1000,
		Pieces: []payout.Piece{{Start: payout.Point{Payout: y0}, Shape: payout.Polynomial{}}},
		Last:   payout.Point{Outcome: last, Payout: y1},
	}
}

func TestMalformedFunctionsAreRefused(t *testing.T) {
	type change = func(*payout.Descriptor)
	hyperbola := func(h payout.Hyperbola) change {
		return func(d *payout.Descriptor) { d.Pieces[0].Shape = h }
	}
	one := payout.Number{Value: 1}
	for name, c := range map[string]struct {
		change change
		err    error
	}{
		"base":            {func(d *payout.Descriptor) { d.Base = 17 }, digits.ErrBase},
		"digits":          {func(d *payout.Descriptor) { d.Digits = 65 }, digits.ErrDigits},
		"collateral 0":    {func(d *payout.Descriptor) { d.Total = 0 }, payout.ErrCollateral},
		"collateral":      {func(d *payout.Descriptor) { d.Total = math.MaxUint64 }, payout.ErrCollateral},
		"no pieces":       {func(d *payout.Descriptor) { d.Pieces = nil }, payout.ErrCurve},
		"no shape":        {func(d *payout.Descriptor) { d.Pieces[0].Shape = nil }, payout.ErrCurve},
		"late start":      {func(d *payout.Descriptor) { d.Pieces[0].Start.Outcome = 1 }, payout.ErrCurve},
		"early end":       {func(d *payout.Descriptor) { d.Last.Outcome-- }, payout.ErrCurve},
		"pieces reversed": {func(d *payout.Descriptor) { d.Pieces = append(d.Pieces, d.Pieces[0]) }, payout.ErrCurve},
		"many pieces":     {func(d *payout.Descriptor) { d.Pieces = make([]payout.Piece, payout.MaxPieces+1) }, payout.ErrTooMany},
		"many points": {func(d *payout.Descriptor) {
			d.Pieces[0].Shape = payout.Polynomial{Inner: make([]payout.Point, payout.MaxInner+1)}
		}, payout.ErrTooMany},
		"point at start":     {func(d *payout.Descriptor) { d.Pieces[0].Shape = payout.Polynomial{Inner: []payout.Point{{}}} }, payout.ErrCurve},
		"mod 0":              {func(d *payout.Descriptor) { d.Rounding = []payout.Rounding{{}} }, payout.ErrCurve},
		"rounding reversed":  {func(d *payout.Descriptor) { d.Rounding = []payout.Rounding{{5, 1}, {5, 2}} }, payout.ErrCurve},
		"rounding too late":  {func(d *payout.Descriptor) { d.Rounding = []payout.Rounding{{256, 1}} }, payout.ErrCurve},
		"many intervals":     {func(d *payout.Descriptor) { d.Rounding = make([]payout.Rounding, payout.MaxIntervals+1) }, payout.ErrTooMany},
		"hyperbola a = 0":    {hyperbola(payout.Hyperbola{B: one, C: one, D: one}), payout.ErrCurve},
		"hyperbola ad = bc":  {hyperbola(payout.Hyperbola{A: one, B: one, C: one, D: one}), payout.ErrCurve},
		"hyperbola at pole":  {hyperbola(payout.Hyperbola{Positive: true, A: one, D: one}), payout.ErrCurve},
		"hyperbola other":    {hyperbola(payout.Hyperbola{A: one, D: one, TranslateOutcome: payout.Number{Negative: true, Value: 1}}), payout.ErrCurve},
		"hyperbola with gap": {hyperbola(payout.Hyperbola{Positive: true, A: one, B: one, D: one, TranslateOutcome: payout.Number{Value: 100}}), payout.ErrCurve},
	} {
		d := line(255, 8, 0, 1000)
		c.change(&d)
		_, err := payout.Compile(d)
		require.ErrorIs(t, err, c.err, name)
	}
}

func TestFunctionsStopAtTheirLimits(t *testing.T) {
	f, err := payout.Compile(line(255, 8, 0, 1000))
	require.NoError(t, err)
	_, err = f.Payout(256)
	require.ErrorIs(t, err, payout.ErrOutcome)
	_, err = f.Runs(255)
	require.ErrorIs(t, err, payout.ErrTooMany)
	_, err = f.Prefixes(255)
	require.ErrorIs(t, err, payout.ErrTooMany)
	runs, err := f.Runs(256)
	require.NoError(t, err)
	require.Len(t, runs, 256)

	wide, err := payout.Compile(line(math.MaxUint64, 64, 0, 2))
	require.NoError(t, err)
	runs, err = wide.Runs(10)
	require.NoError(t, err)
	require.Len(t, runs, 3)
	wide, err = payout.Compile(line(math.MaxUint64, 64, 0, 3))
	require.NoError(t, err)
	_, err = wide.Prefixes(10)
	require.ErrorIs(t, err, payout.ErrTooMany)

	peak := line(math.MaxUint64, 64, 0, 0)
	peak.Pieces[0].Shape = payout.Polynomial{Inner: []payout.Point{{Outcome: 3 << 62, Payout: 2}}}
	high, err := payout.Compile(peak)
	require.NoError(t, err)
	runs, err = high.Runs(10)
	require.NoError(t, err)
	require.Len(t, runs, 7) // it rises to 8/3 and falls again
}

// FuzzFunction: a function of one piece from anywhere is refused, or its runs
// partition the domain and pay what single outcomes do.
func FuzzFunction(f *testing.F) {
	f.Add(uint64(10), uint64(2000), uint64(500), uint64(77), uint16(5), uint64(100), false, true, int64(-7), int64(3), int64(0), int64(99))
	f.Add(uint64(0), uint64(1000), uint64(1), uint64(255), uint16(0), uint64(1), true, true, int64(152), int64(3), int64(-7), int64(2098658))
	f.Fuzz(func(t *testing.T, y0, y1, inner, at uint64, extra uint16, mod uint64, hyperbolic, positive bool, a, b, c, d int64) {
		number := func(v int64) payout.Number {
			if v < 0 {
				return payout.Number{Negative: true, Value: uint64(-(v + 1)), Extra: extra} //nolint:gosec // G115: not negative
			}
			return payout.Number{Value: uint64(v)}
		}
		about := line(255, 8, y0, y1)
		about.Pieces[0].Start.Extra = extra
		about.Rounding = []payout.Rounding{{Begin: at, Mod: mod}}
		about.Pieces[0].Shape = payout.Polynomial{Inner: []payout.Point{{Outcome: at, Payout: inner, Extra: extra}}}
		if hyperbolic {
			about.Pieces[0].Shape = payout.Hyperbola{Positive: positive, TranslateOutcome: number(a), A: number(b), B: number(c), D: number(d), C: number(a)}
		}
		fn, err := payout.Compile(about)
		if err != nil {
			return
		}
		runs, err := fn.Runs(256)
		if err != nil {
			t.Fatal(err)
		}
		next := uint64(0)
		for _, r := range runs {
			if r.First != next || r.Last < r.First || r.Y > about.Total {
				t.Fatalf("run %v after %d", r, next)
			}
			for x := r.First; x <= r.Last; x++ {
				if y, err := fn.Payout(x); err != nil || y != r.Y {
					t.Fatalf("outcome %d pays %d (%v), its run %d", x, y, err, r.Y)
				}
			}
			next = r.Last + 1
		}
		if next != 256 {
			t.Fatalf("runs end before %d", next)
		}
	})
}

package secp_test

import (
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"

	"github.com/alkimiya/alkimiya/internal/secp"
)

// small are infinity and few multiples of G, so that equal and opposite points meet.
func small() []secp.Point {
	list := make([]secp.Point, 0, 9)
	for n := -4; n <= 4; n++ {
		list = append(list, point(n))
	}
	return list
}

func TestAdditionHasNoExceptions(t *testing.T) {
	points := small()
	var a, b, want []secp.Point
	for i, p := range points {
		for j, q := range points {
			a, b, want = append(a, p), append(b, q), append(want, point(i-4+j-4))
		}
	}
	out := make([]secp.Point, len(a))
	secp.AddAll(out, a, b)
	for i := range out {
		projective := secp.AddJacobian(a[i], b[i], secp.Field{7, 8, 9, 1 << 63})
		if !out[i].Equal(&want[i]) || !projective.Equal(&want[i]) {
			t.Errorf("%d*G + %d*G: in a batch %x, projective %x", i/9-4, i%9-4, out[i].XOnly(), projective.XOnly())
		}
	}
	for i, p := range points {
		double, twice := secp.DoubleJacobian(p, secp.Field{5}), point(2*(i-4))
		if !double.Equal(&twice) {
			t.Errorf("2 * %d*G is %x", i-4, double.XOnly())
		}
	}
}

// A coordinate below 2^32+977 has another form, with p added, that is recognised.
func TestAdditionSeesThroughForms(t *testing.T) {
	seen := 0
	for n := range byte(64) {
		q, ok := secp.LiftX(&[32]byte{31: n})
		if !ok {
			continue
		}
		seen++
		other, minus := q, q
		other.X = secp.Field(words(prime))
		other.X[0] += uint64(n)
		minus.Negate(&other)
		out := make([]secp.Point, 2)
		secp.AddAll(out, []secp.Point{q, q}, []secp.Point{other, minus})
		twice := secp.DoubleJacobian(q, secp.Field{1})
		if !q.Equal(&other) || !out[0].Equal(&twice) || !out[1].IsInfinity() {
			t.Errorf("x = %d in two forms: double %v, opposite infinity %v", n, out[0].Equal(&twice), out[1].IsInfinity())
		}
	}
	if seen < 16 {
		t.Errorf("only %d points with a small x", seen)
	}
}

// Long batches of arbitrary sums, with exceptions strewn in, against btcec's.
func TestAdditionAgreesWithBtcec(t *testing.T) {
	r := source(t)
	special := small()
	const size = 5_000
	a, b, out := make([]secp.Point, size), make([]secp.Point, size), make([]secp.Point, size)
	k := make([]secp.Scalar, size)
	for i := range k {
		k[i] = drawScalar(r)
	}
	secp.BaseMultBatch(a, k)
	for range max(1, cases(size)/size) {
		for i := range b {
			switch r.IntN(8) {
			case 0:
				b[i] = a[i]
			case 1:
				b[i].Negate(&a[i])
			case 2:
				b[i] = special[r.IntN(len(special))]
			default:
				b[i] = a[r.IntN(size)]
			}
		}
		secp.AddAll(out, a, b)
		for i := range out {
			p, q := jacobian(a[i]), jacobian(b[i])
			var want btcec.JacobianPoint
			btcec.AddNonConst(&p, &q, &want)
			if !same(out[i], &want) {
				t.Fatalf("%x + %x is %x", a[i].XOnly(), b[i].XOnly(), out[i].XOnly())
			}
		}
		a, out = out, a
	}
}

func TestSumsOfGroupsAreExact(t *testing.T) {
	r := source(t)
	special := small()
	for _, longest := range []int{1, 2, 3, 40, 700} {
		var list []secp.Point
		var ends []int32
		var want []btcec.JacobianPoint
		for range 60 {
			var sum btcec.JacobianPoint
			for range r.IntN(longest + 1) {
				p := special[r.IntN(len(special))]
				j := jacobian(p)
				btcec.AddNonConst(&sum, &j, &sum)
				list = append(list, p)
			}
			want, ends = append(want, sum), append(ends, int32(len(list))) //nolint:gosec // G115: below 60*700
		}
		for i, sum := range secp.SumGroups(list, ends) {
			if !same(sum, &want[i]) {
				t.Errorf("groups up to %d: sum %d differs", longest, i)
			}
		}
	}
}

func TestPointsAreLiftedAsBtcecDoes(t *testing.T) {
	r := source(t)
	list := make([][32]byte, 0, 2_000+len(edges))
	for _, e := range edges {
		var b [32]byte
		number(e).FillBytes(b[:])
		list = append(list, b)
	}
	for range cases(2_000) / 10 {
		var b [32]byte
		number(draw(r)).FillBytes(b[:])
		list = append(list, b)
	}
	lifted := 0
	for _, x := range list {
		for _, first := range []byte{2, 3} {
			want, err := btcec.ParsePubKey(append([]byte{first}, x[:]...))
			got, ok := secp.ParseCompressed((*[33]byte)(append([]byte{first}, x[:]...)))
			if ok != (err == nil) || ok && string(want.SerializeCompressed()) != string(compressed(got)) {
				t.Fatalf("%x%x: %x, %v; btcec says %v", first, x, got, ok, err)
			}
			if ok {
				lifted++
				if !got.OnCurve() || got.IsOdd() != (first == 3) || got.XOnly() != x {
					t.Fatalf("%x%x gives %x", first, x, got)
				}
			}
		}
	}
	if lifted < len(list)/2 {
		t.Errorf("only %d of %d are points", lifted, 2*len(list))
	}
	for _, first := range []byte{0, 1, 4, 5, 255} {
		p := point(1)
		g := p.Compressed()
		g[0] = first
		if _, ok := secp.ParseCompressed(&g); ok {
			t.Errorf("a point that begins with %d is read", first)
		}
	}
}

func compressed(p secp.Point) []byte {
	b := p.Compressed()
	return b[:]
}

func TestTheFirstPointThatCannotBeLiftedIsNamed(t *testing.T) {
	p := point(1)
	good := p.XOnly()
	bad := [32]byte{31: 5}
	for n := range 70 {
		for _, faults := range [][]int{nil, {0}, {n - 1}, {n / 2, n - 1}} {
			x := make([][32]byte, n)
			want := n
			for i := range x {
				x[i] = good
			}
			for _, f := range faults {
				if f >= 0 && f < n {
					x[f] = bad
					want = min(want, f)
				}
			}
			out := make([]secp.Point, n)
			if got := secp.LiftAll(out, x); got != want {
				t.Fatalf("of %d, faults at %v: %d", n, faults, got)
			}
			for i := range want {
				if out[i].XOnly() != good || out[i].IsOdd() {
					t.Fatalf("of %d, number %d is wrong", n, i)
				}
			}
		}
	}
}

func TestPointsOffTheCurveAreSeen(t *testing.T) {
	p := point(3)
	if !p.OnCurve() || !(&secp.Point{}).OnCurve() {
		t.Error("a point or infinity is not on the curve")
	}
	p.Y[0] ^= 1
	if p.OnCurve() {
		t.Error("another y is on the curve")
	}
	if (&secp.Point{Y: secp.Field{1}}).OnCurve() {
		t.Error("(0, 1) is on the curve")
	}
}

func TestInfinityIsItsOwnNegative(t *testing.T) {
	var p, q secp.Point
	q.Negate(&p)
	if !q.IsInfinity() || !q.Equal(&p) || q != (secp.Point{}) {
		t.Errorf("-infinity is %v", q)
	}
}

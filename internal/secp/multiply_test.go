package secp_test

import (
	mathrand "math/rand/v2"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"

	"github.com/alkimiya/alkimiya/internal/secp"
)

// drawPoints returns n points, among them equal, opposite and infinite ones.
func drawPoints(r *mathrand.Rand, n int) []secp.Point {
	special := small()
	k := make([]secp.Scalar, n)
	for i := range k {
		k[i] = drawScalar(r)
	}
	list := make([]secp.Point, n)
	secp.BaseMultBatch(list, k)
	for i := range list {
		switch r.IntN(4) {
		case 0:
			list[i] = special[r.IntN(len(special))]
		case 1:
			list[i] = list[r.IntN(n)]
		default:
		}
	}
	return list
}

// product adds k*p to sum by btcec.
func product(sum *btcec.JacobianPoint, k secp.Scalar, p secp.Point) {
	var term btcec.JacobianPoint
	s, j := theirs(k), jacobian(p)
	btcec.ScalarMultNonConst(&s, &j, &term)
	btcec.AddNonConst(sum, &term, sum)
}

func TestSingleMultiplicationsAgreeWithBtcec(t *testing.T) {
	r := source(t)
	points := append(small(), drawPoints(r, 8)...)
	scalars := baseEdges()
	for i := range max(len(scalars), cases(0)/100) {
		k, s := drawScalar(r), drawScalar(r)
		if i < len(scalars) {
			k, s = scalars[i], scalars[len(scalars)-1-i]
		}
		p := points[i%len(points)]
		var want btcec.JacobianPoint
		product(&want, k, p)
		if got := secp.MultVar(&k, &p); !same(got, &want) {
			t.Fatalf("%x*%x differs", k, p.XOnly())
		}
		product(&want, s, point(1))
		if got := secp.DoubleMultVar(&s, &k, &p); !same(got, &want) {
			t.Fatalf("%x*G + %x*%x differs", s, k, p.XOnly())
		}
	}
}

func TestFixedPointsAreMultipliedExactly(t *testing.T) {
	r := source(t)
	scalars := append(baseEdges()[:60], drawScalar(r), drawScalar(r))
	for _, p := range append(small(), drawPoints(r, 2)...) {
		for i, got := range secp.MultiplesVar(p, scalars) {
			var want btcec.JacobianPoint
			product(&want, scalars[i], p)
			if !same(got, &want) {
				t.Fatalf("%x*%x differs", scalars[i], p.XOnly())
			}
		}
	}
	if len(secp.MultiplesVar(point(1), nil)) != 0 {
		t.Error("no scalars have multiples")
	}
}

func TestSumsOfMultiplesAreExact(t *testing.T) {
	r := source(t)
	for _, n := range []int{0, 1, 2, 3, 23, 64} {
		points := drawPoints(r, n)
		scalars := make([]secp.Scalar, n)
		var want btcec.JacobianPoint
		for i := range scalars {
			scalars[i] = drawScalar(r)
			product(&want, scalars[i], points[i])
		}
		var sum secp.Sum
		sum.AddMultiplesVar(points, scalars)
		if got := sum.Point(); !same(got, &want) {
			t.Errorf("sum of %d differs", n)
		}
		// A sum less itself, in two ways.
		difference := sum
		var other secp.Sum
		p := sum.Point()
		other.AddPoint(&p)
		difference.Subtract(&other)
		if !difference.IsInfinity() || sum.IsInfinity() != p.IsInfinity() {
			t.Errorf("sum of %d less itself is not infinity", n)
		}
		other.Add(&sum)
		double := secp.DoubleJacobian(p, secp.Field{1})
		if got := other.Point(); !got.Equal(&double) {
			t.Errorf("sum of %d and itself is not its double", n)
		}
	}
}

// The verifier's sum over random coefficients, of points that a hostile signer
// would choose, and in parts as workers compute it.
func TestWeightedSumsAreExact(t *testing.T) {
	r := source(t)
	for _, n := range []int{1, 2, 3, 7, 100, 255, 256, 257, 3000} {
		points := drawPoints(r, n)
		if n == 256 {
			for i := range points { // one point, and its opposite
				points[i] = point(1 - 2*(i%2))
			}
		}
		w, err := secp.DrawWeights(&[32]byte{7}, n)
		if err != nil {
			t.Fatal(err)
		}
		var want btcec.JacobianPoint
		for i := range points {
			product(&want, w.Scalar(i), points[i])
		}
		var whole, parts secp.Sum
		whole.AddWeighted(w, 0, points)
		parts.AddWeighted(w, 0, points[:n/3])
		parts.AddWeighted(w, n/3, points[n/3:])
		if got := whole.Point(); !same(got, &want) {
			t.Errorf("weighted sum of %d differs", n)
		}
		if got := parts.Point(); !same(got, &want) {
			t.Errorf("weighted sum of %d in two parts differs", n)
		}
	}
}

// Large shapes, which tests of few points never choose, on few points.
func TestWeightedSumsOfEveryShape(t *testing.T) {
	r := source(t)
	for _, n := range []int{1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 20_000, 100_000} {
		windows, buckets, _, _ := secp.Shape(n)
		draws := make([][]uint16, 40)
		for i := range draws {
			draws[i] = make([]uint16, windows)
			for w := range draws[i] {
				draws[i][w] = uint16(r.IntN(6 * buckets)) //nolint:gosec // G115: at most 6*8192
				if i < 2 {
					draws[i][w] = uint16(i * (6*buckets - 1)) //nolint:gosec // G115: as above
				}
			}
		}
		w := secp.WeightsOf(windows, buckets, draws)
		points := drawPoints(r, len(draws))
		var want btcec.JacobianPoint
		for i := range points {
			product(&want, w.Scalar(i), points[i])
		}
		var sum secp.Sum
		sum.AddWeighted(w, 0, points)
		if got := sum.Point(); !same(got, &want) {
			t.Errorf("shape for %d: the sum differs", n)
		}
	}
}

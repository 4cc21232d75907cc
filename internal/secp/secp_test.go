package secp_test

import (
	"crypto/rand"
	"math/big"
	mathrand "math/rand/v2"
	"os"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"

	"github.com/alkimiya/alkimiya/internal/secp"
)

// prime is p.
var prime = func() *big.Int {
	p := new(big.Int).Lsh(big.NewInt(1), 256)
	return p.Sub(p, big.NewInt(1<<32+977))
}()

// cases returns how many random cases a law is checked on: 10^6 with ALK_BENCH=1.
func cases(usual int) int {
	if os.Getenv("ALK_BENCH") == "1" {
		return 1_000_000
	}
	return usual
}

// source returns randomness whose seed the log of a failed test shows.
func source(t testing.TB) *mathrand.Rand {
	t.Helper()
	var seed [32]byte
	if _, err := rand.Read(seed[:]); err != nil {
		t.Fatal(err)
	}
	t.Logf("seed %x", seed)
	return mathrand.New(mathrand.NewChaCha8(seed)) //nolint:gosec // G404: tests that can be repeated
}

// edges are words at the limits of the field, of the group and of carries.
var edges = func() [][4]uint64 {
	const all = ^uint64(0)
	p, n := words(prime), words(secp.Order())
	list := [][4]uint64{
		{}, {1}, {2}, {all}, {0, 1}, {all, all}, {0, 0, 1}, {all, all, all}, {0, 0, 0, 1}, {0, 0, 0, 1 << 63},
		{all, all, all, all}, {all - 1, all, all, all}, {0, all, all, all}, {0x1000003d1}, {0x1000003d0},
		{all, 0, all, 0}, {0, all, 0, all},
	}
	for _, x := range [][4]uint64{p, n} {
		for d := -3; d <= 3; d++ {
			y := x
			y[0] += uint64(d)
			list = append(list, y)
		}
	}
	half := words(new(big.Int).Rsh(secp.Order(), 1))
	lambda, beta := secp.Lambda(), secp.Beta()
	return append(list, half, lambda, beta)
}()

func words(x *big.Int) (w [4]uint64) {
	mask := new(big.Int).SetUint64(^uint64(0))
	for i := range w {
		part := new(big.Int).Rsh(x, uint(64*i))
		w[i] = part.And(part, mask).Uint64()
	}
	return w
}

func number(w [4]uint64) *big.Int {
	x := new(big.Int)
	for i := 3; i >= 0; i-- {
		x.Lsh(x, 64).Or(x, new(big.Int).SetUint64(w[i]))
	}
	return x
}

// draw returns random words, now and then those of an edge.
func draw(r *mathrand.Rand) [4]uint64 {
	if r.IntN(16) == 0 {
		return edges[r.IntN(len(edges))]
	}
	return [4]uint64{r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64()}
}

func drawScalar(r *mathrand.Rand) (k secp.Scalar) { return scalarOf(draw(r)) }

// scalarOf returns the words as a scalar, modulo n.
func scalarOf(w [4]uint64) (k secp.Scalar) {
	var b [32]byte
	number(w).FillBytes(b[:])
	k.SetBytes(&b)
	return k
}

func theirs(k secp.Scalar) (s btcec.ModNScalar) {
	b := k.Bytes()
	s.SetBytes(&b)
	return s
}

// jacobian returns p as btcec has it.
func jacobian(p secp.Point) (j btcec.JacobianPoint) {
	if p.IsInfinity() {
		return j
	}
	x, y := p.X.Bytes(), p.Y.Bytes()
	j.X.SetBytes(&x)
	j.Y.SetBytes(&y)
	j.Z.SetInt(1)
	return j
}

// same says whether p is btcec's point j.
func same(p secp.Point, j *btcec.JacobianPoint) bool {
	q := jacobian(p)
	if !p.OnCurve() {
		return false
	}
	return q.EquivalentNonConst(j)
}

// point returns the n-th multiple of G by btcec, n from -2^31 on.
func point(n int) secp.Point {
	var k btcec.ModNScalar
	if n < 0 {
		k.SetInt(uint32(-n)) //nolint:gosec // G115: a test's small number
		k.Negate()
	} else {
		k.SetInt(uint32(n)) //nolint:gosec // G115: as above
	}
	var j btcec.JacobianPoint
	btcec.ScalarBaseMultNonConst(&k, &j)
	return ours(&j)
}

// ours returns btcec's point.
func ours(j *btcec.JacobianPoint) (p secp.Point) {
	if j.Z.IsZero() || j.X.IsZero() && j.Y.IsZero() {
		return p
	}
	q := *j
	q.ToAffine()
	p.X.SetBytes(q.X.Bytes())
	p.Y.SetBytes(q.Y.Bytes())
	return p
}

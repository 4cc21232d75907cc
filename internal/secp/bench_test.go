package secp_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"

	"github.com/alkimiya/alkimiya/internal/secp"
)

// Every benchmark compares ours, impl=own, with decred's, as btcec uses it. Where an
// operation works on a batch of n, cpu-ns/each is for one of it.

// perEach measures work on n, in processor time of its thread for each.
func perEach(b *testing.B, n int, work func()) {
	b.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	b.ReportAllocs()
	began := threadTime(b)
	for b.Loop() {
		work()
	}
	b.ReportMetric(float64(threadTime(b)-began)/float64(b.N)/float64(n), "cpu-ns/each")
}

func benchField(b *testing.B, own func(z, x, y *secp.Field), theirs func(z, x, y *btcec.FieldVal)) {
	b.Helper()
	b.Run("impl=own", func(b *testing.B) {
		x, y := secp.Field{1, 2, 3, 4}, secp.Field{5, 6, 7, 1 << 63}
		perEach(b, 1, func() { own(&x, &x, &y) })
	})
	b.Run("impl=decred", func(b *testing.B) {
		var x, y btcec.FieldVal
		x.SetBytes(&[32]byte{1, 2, 3, 31: 4})
		y.SetBytes(&[32]byte{5, 6, 7, 31: 8})
		perEach(b, 1, func() { theirs(&x, &x, &y) })
	})
}

func BenchmarkFieldMul(b *testing.B) {
	benchField(b, (*secp.Field).Mul, func(z, x, y *btcec.FieldVal) { z.Mul2(x, y) })
}

func BenchmarkFieldSqr(b *testing.B) {
	benchField(b, func(z, x, _ *secp.Field) { z.Square(x) }, func(z, x, _ *btcec.FieldVal) { z.SquareVal(x) })
}

func BenchmarkFieldSqrt(b *testing.B) {
	benchField(b, func(z, x, _ *secp.Field) { z.Sqrt(x) }, func(z, x, _ *btcec.FieldVal) { z.SquareRootVal(x) })
	benchLift(b)
}

// benchLift takes roots in bulk, as the verifier does.
func benchLift(b *testing.B) {
	b.Helper()
	const n = 512
	x := make([][32]byte, n)
	for i := range x {
		p := point(i + 1)
		x[i] = p.XOnly()
	}
	out := make([]secp.Point, n)
	b.Run("impl="+secp.Implementation()+"/n=512", func(b *testing.B) {
		perEach(b, n, func() {
			if secp.LiftAll(out, x) != n {
				b.Fatal("a point cannot be lifted")
			}
		})
	})
}

func BenchmarkFieldInv(b *testing.B) {
	benchField(b, func(z, x, _ *secp.Field) { z.Invert(x) }, func(z, x, _ *btcec.FieldVal) { z.Set(x).Inverse() })
}

// batchOf returns n multiples of G, ours and theirs.
func batchOf(b *testing.B, n int) ([]secp.Scalar, []secp.Point, []btcec.JacobianPoint) {
	b.Helper()
	r := source(b)
	k := make([]secp.Scalar, n)
	for i := range k {
		k[i] = drawScalar(r)
	}
	points := make([]secp.Point, n)
	secp.BaseMultBatch(points, k)
	theirs := make([]btcec.JacobianPoint, n)
	for i := range theirs {
		theirs[i] = jacobian(points[i])
	}
	return k, points, theirs
}

func BenchmarkPointAdd(b *testing.B) {
	const n = 2048
	_, points, theirs := batchOf(b, 2*n)
	out := make([]secp.Point, n)
	b.Run("impl=own", func(b *testing.B) {
		perEach(b, n, func() { secp.AddAll(out, points[:n], points[n:]) })
	})
	b.Run("impl=decred", func(b *testing.B) {
		var sum btcec.JacobianPoint
		perEach(b, n, func() {
			for i := range n {
				btcec.AddNonConst(&theirs[i], &theirs[n+i], &sum)
			}
		})
	})
}

func BenchmarkBaseMult(b *testing.B) {
	for _, n := range []int{1, 512} {
		k, points, _ := batchOf(b, n)
		b.Run(fmt.Sprintf("impl=own/n=%d", n), func(b *testing.B) {
			perEach(b, n, func() { secp.BaseMultBatch(points, k) })
		})
		b.Run(fmt.Sprintf("impl=decred/n=%d", n), func(b *testing.B) {
			perEach(b, 1, func() {
				var p btcec.JacobianPoint
				s := theirs(k[0])
				btcec.ScalarBaseMultNonConst(&s, &p)
				p.ToAffine()
			})
		})
	}
}

// BenchmarkMSM multiplies n points by the coefficients of a batch verification, and
// adds up.
func BenchmarkMSM(b *testing.B) {
	for _, n := range []int{100, 1_000, 10_000} {
		k, points, theirPoints := batchOf(b, n)
		w, err := secp.DrawWeights(&[32]byte{1}, n)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("impl=own/n=%d", n), func(b *testing.B) {
			perEach(b, n, func() {
				var sum secp.Sum
				sum.AddWeighted(w, 0, points)
				if sum.IsInfinity() {
					b.Fatal("the sum is infinity")
				}
			})
		})
		b.Run(fmt.Sprintf("impl=decred/n=%d", n), func(b *testing.B) {
			var sum, term btcec.JacobianPoint
			perEach(b, 10, func() {
				for i := range 10 {
					s := theirs(k[i])
					btcec.ScalarMultNonConst(&s, &theirPoints[i], &term)
					btcec.AddNonConst(&sum, &term, &sum)
				}
			})
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	for _, n := range []int{1, 20, 1_000} {
		list := claims(b, n)
		b.Run(fmt.Sprintf("impl=own/n=%d", n), func(b *testing.B) {
			perEach(b, n, func() {
				if !secp.VerifyAll(list) {
					b.Fatal("refused")
				}
			})
		})
		b.Run(fmt.Sprintf("impl=decred/n=%d", n), func(b *testing.B) {
			perEach(b, 1, func() {
				if c := &list[0]; !byBtcec(c.Pub, c.Message, c.Signature) {
					b.Fatal("refused")
				}
			})
		})
	}
}

func BenchmarkSign(b *testing.B) {
	secret, m, aux := [32]byte{1}, [32]byte{2}, [32]byte{3}
	b.Run("impl=own", func(b *testing.B) {
		perEach(b, 1, func() {
			if _, err := secp.Sign(&secret, &m, &aux); err != nil {
				b.Fatal(err)
			}
		})
	})
	b.Run("impl=decred", func(b *testing.B) { benchTheirSign(b, secret, m, aux) })
}

func benchTheirSign(b *testing.B, secret, m, aux [32]byte) {
	b.Helper()
	key, _ := btcec.PrivKeyFromBytes(secret[:])
	perEach(b, 1, func() {
		if _, err := schnorr.Sign(key, m[:], schnorr.CustomNonce(aux), schnorr.FastSign()); err != nil {
			b.Fatal(err)
		}
	})
}

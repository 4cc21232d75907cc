package secp_test

import (
	"math/big"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/internal/secp"
)

func baseByBtcec(k secp.Scalar) (j btcec.JacobianPoint) {
	s := theirs(k)
	btcec.ScalarBaseMultNonConst(&s, &j)
	return j
}

// baseEdges are scalars at the limits of recoding: small, near n, powers of 2, and
// those that would meet themselves in sums without the blind point.
func baseEdges() []secp.Scalar {
	var list []secp.Scalar
	for _, e := range edges {
		list = append(list, scalarOf(e))
	}
	for i := range uint(256) {
		x := new(big.Int).Lsh(big.NewInt(1), i)
		for d := int64(-1); d <= 1; d++ {
			y := new(big.Int).Add(x, big.NewInt(d))
			list = append(list, scalarOf(words(y)), scalarOf(words(new(big.Int).Sub(secp.Order(), y))))
		}
	}
	two256 := new(big.Int).Lsh(big.NewInt(1), 256)
	gap := new(big.Int).Sub(two256, secp.Order())
	return append(list, scalarOf(words(gap)), scalarOf(words(new(big.Int).Sub(secp.Order(), gap))))
}

func TestBaseMultiplicationOfEdges(t *testing.T) {
	list := baseEdges()
	batch := make([]secp.Point, len(list))
	secp.BaseMultBatch(batch, list)
	for i, k := range list {
		want := baseByBtcec(k)
		variable := secp.BaseMultVar(&k)
		if !same(batch[i], &want) || !same(variable, &want) {
			t.Errorf("%x*G differs", k)
		}
		if i%16 == 0 {
			if single := secp.BaseMult(&k); !same(single, &want) {
				t.Errorf("%x*G alone differs", k)
			}
		}
	}
}

func TestBaseMultiplicationInBatches(t *testing.T) {
	r := source(t)
	sizes := []int{0, 1, 2, secp.LockStepFrom - 1, secp.LockStepFrom, secp.BatchSize - 1, secp.BatchSize, secp.BatchSize + 1, 2*secp.BatchSize + 50}
	for range max(1, cases(1)/100_000) {
		for _, n := range sizes {
			k := make([]secp.Scalar, n)
			for i := range k {
				if i%5 != 3 { // a zero now and then
					k[i] = drawScalar(r)
				}
			}
			out := make([]secp.Point, n)
			secp.BaseMultBatch(out, k)
			for i := range out {
				if want := baseByBtcec(k[i]); !same(out[i], &want) {
					t.Fatalf("%d of %d: %x*G differs", i, n, k[i])
				}
			}
		}
	}
}

func TestTablesHoldOddMultiples(t *testing.T) {
	unit := big.NewInt(1)
	for w := range secp.Windows {
		for i := range secp.Rows {
			k := scalarOf(words(new(big.Int).Mod(new(big.Int).Mul(unit, big.NewInt(int64(2*i+1))), secp.Order())))
			row := secp.Row(w, i)
			if want := baseByBtcec(k); !same(row, &want) {
				t.Fatalf("row %d of window %d differs", i, w)
			}
		}
		unit.Lsh(unit, 5)
	}
}

func TestRowsAreSelectedByMask(t *testing.T) {
	for row := range uint64(secp.Rows) {
		want := secp.Row(7, int(row))
		if got := secp.Pick(7, row, 0); !got.Equal(&want) {
			t.Errorf("row %d: another one", row)
		}
		want.Negate(&want)
		if got := secp.Pick(7, row, 1); !got.Equal(&want) {
			t.Errorf("row %d negated: another one", row)
		}
	}
}

// Nobody knows the logarithm of the point at which sums begin: it follows from a
// text.
func TestBlindPointFollowsFromAText(t *testing.T) {
	p := secp.BlindPoint()
	tag := secp.NewTag("alkimiya/secp/blind")
	for i := byte(0); ; i++ {
		x := secp.NewHasher().Sum(&tag, []byte{i})
		if q, ok := secp.LiftX(&x); ok {
			if !p.Equal(&q) || !p.OnCurve() || p.IsInfinity() {
				t.Errorf("it is %x", p.XOnly())
			}
			return
		}
	}
}

func TestLockStepLeavesNothingBehind(t *testing.T) {
	r := source(t)
	k := make([]secp.Scalar, 100)
	for i := range k {
		k[i] = drawScalar(r)
	}
	if secp.LockStepLeft(k) {
		t.Error("something of the scalars is left")
	}
}

// Laws of the group: (a + b)*G = a*G + b*G, a*(b*G) = (a*b)*G.
func TestMultiplicationIsLinear(t *testing.T) {
	scalar := rapid.Custom(func(rt *rapid.T) secp.Scalar {
		var k secp.Scalar
		k.SetBytes((*[32]byte)(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(rt, "scalar")))
		return k
	})
	rapid.Check(t, func(rt *rapid.T) {
		a, b := scalar.Draw(rt, "a"), scalar.Draw(rt, "b")
		var sum, product secp.Scalar
		sum.Add(&a, &b)
		product.Mul(&a, &b)
		p, q := secp.BaseMult(&a), secp.BaseMultVar(&b)
		out := make([]secp.Point, 1)
		secp.AddAll(out, []secp.Point{p}, []secp.Point{q})
		if want := secp.BaseMult(&sum); !out[0].Equal(&want) {
			rt.Errorf("%x*G + %x*G differs from (a+b)*G", a, b)
		}
		if got, want := secp.MultVar(&a, &q), secp.BaseMult(&product); !got.Equal(&want) {
			rt.Errorf("%x*(%x*G) differs from (a*b)*G", a, b)
		}
	})
}

package secp_test

import (
	"math/big"
	"testing"

	"github.com/alkimiya/alkimiya/internal/secp"
)

func scalarValue(k secp.Scalar) *big.Int { return number(k) }

func checkScalar(t *testing.T, a, b [4]uint64) {
	t.Helper()
	n := secp.Order()
	x, y := new(big.Int).Mod(number(a), n), new(big.Int).Mod(number(b), n)
	var ka, kb secp.Scalar
	if below := ka.SetBytes((*[32]byte)(number(a).FillBytes(make([]byte, 32)))); below != (number(a).Cmp(n) < 0) || scalarValue(ka).Cmp(x) != 0 {
		t.Fatalf("%x is read as %x, below n: %v", number(a), ka, below)
	}
	kb = scalarOf(b)
	for _, op := range []struct {
		name string
		own  func(z, x, y *secp.Scalar)
		want *big.Int
	}{
		{"Add", (*secp.Scalar).Add, new(big.Int).Add(x, y)},
		{"Mul", (*secp.Scalar).Mul, new(big.Int).Mul(x, y)},
		{"Negate", func(z, x, _ *secp.Scalar) { z.Negate(x) }, new(big.Int).Neg(x)},
		{"Dot", func(z, x, y *secp.Scalar) {
			var d, e secp.Dot
			d.Add(x, y)
			e.Add(x, x)
			d.Merge(&e)
			d.Merge(&e)
			*z = d.Scalar()
		}, new(big.Int).Mul(x, new(big.Int).Add(y, new(big.Int).Lsh(x, 1)))},
	} {
		var z secp.Scalar
		op.own(&z, &ka, &kb)
		if scalarValue(z).Cmp(op.want.Mod(op.want, n)) != 0 {
			t.Fatalf("%s of %x and %x is %x", op.name, x, y, scalarValue(z))
		}
		aliased := ka
		op.own(&aliased, &aliased, &kb)
		if aliased != z {
			t.Fatalf("%s of %x and %x in place differs", op.name, x, y)
		}
	}
	if ka.IsZero() != (x.Sign() == 0) || ka.IsOdd() != (x.Bit(0) == 1) {
		t.Fatalf("%x is zero, odd: %v, %v", x, ka.IsZero(), ka.IsOdd())
	}
	if bytes := ka.Bytes(); new(big.Int).SetBytes(bytes[:]).Cmp(x) != 0 {
		t.Fatalf("%x is written as %x", x, bytes)
	}
	checkSplit(t, ka)
}

// checkSplit checks that k = a + b*lambda, and that the halves are short.
func checkSplit(t *testing.T, k secp.Scalar) {
	t.Helper()
	a, b := secp.Split(k)
	sum := new(big.Int).Mul(b, number(secp.Lambda()))
	sum.Add(sum, a)
	if sum.Mod(sum, secp.Order()).Cmp(scalarValue(k)) != 0 || a.BitLen() > 128 || b.BitLen() > 128 {
		t.Fatalf("%x splits into %x and %x", k, a, b)
	}
}

func TestScalarsAgreeWithBigIntegersOnEdges(t *testing.T) {
	for _, a := range edges {
		for _, b := range edges {
			checkScalar(t, a, b)
		}
	}
}

func TestScalarsAgreeWithBigIntegers(t *testing.T) {
	r := source(t)
	for range cases(20_000) {
		checkScalar(t, draw(r), draw(r))
	}
}

// The largest sum of products that the ninth word of a Dot ever sees in a test.
func TestSumsOfProductsAreReducedOnce(t *testing.T) {
	n := secp.Order()
	minus := scalarOf(words(new(big.Int).Sub(n, big.NewInt(1))))
	var d secp.Dot
	const terms = 1 << 16
	for range terms {
		d.Add(&minus, &minus)
	}
	if got := d.Scalar(); scalarValue(got).Cmp(big.NewInt(terms)) != 0 {
		t.Errorf("%d times (-1)^2 is %x", terms, got)
	}
}

func TestLambdaIsACubeRootOfOne(t *testing.T) {
	lambda := secp.Lambda()
	var cube secp.Scalar
	cube.Mul(&lambda, &lambda)
	cube.Mul(&cube, &lambda)
	if scalarValue(cube).Cmp(big.NewInt(1)) != 0 || scalarValue(lambda).Cmp(big.NewInt(1)) == 0 {
		t.Errorf("lambda^3 is %x", cube)
	}
}

func TestDigitsStandForTheHalf(t *testing.T) {
	r := source(t)
	for i := range cases(20_000) / 4 {
		w := draw(r)
		lo, hi, negative := w[0], w[1], w[2]&1 == 1
		want := number([4]uint64{lo, hi})
		if negative {
			want.Neg(want)
		}
		width := uint(2 + i%7)
		digits, naf, bad := secp.Digits(lo, hi, negative, width)
		if digits.Cmp(want) != 0 || naf.Cmp(want) != 0 || bad {
			t.Fatalf("%x in digits is %x, in width %d %x, in bad form: %v", want, digits, width, naf, bad)
		}
	}
}

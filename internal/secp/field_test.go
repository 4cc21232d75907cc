package secp_test

import (
	"math/big"
	"testing"

	"github.com/alkimiya/alkimiya/internal/secp"
)

// fieldOperation is an operation of the field, and what it means.
type fieldOperation struct {
	name string
	own  func(z, x, y *secp.Field)
	want func(z, x, y *big.Int) *big.Int
}

var fieldOperations = []fieldOperation{
	{"Add", (*secp.Field).Add, (*big.Int).Add},
	{"Sub", (*secp.Field).Sub, (*big.Int).Sub},
	{"Mul", (*secp.Field).Mul, (*big.Int).Mul},
	{"Square", func(z, x, _ *secp.Field) { z.Square(x) }, func(z, x, _ *big.Int) *big.Int { return z.Mul(x, x) }},
	{"Negate", func(z, x, _ *secp.Field) { z.Negate(x) }, func(z, x, _ *big.Int) *big.Int { return z.Neg(x) }},
	{
		"mulDifference", func(z, x, y *secp.Field) { *z = secp.MulDifference(*x, *y) },
		func(z, x, y *big.Int) *big.Int { return z.Sub(x, y).Mul(z, y) },
	},
	{
		"squareLess", func(z, x, y *secp.Field) { *z = secp.SquareLess(*x, *y) },
		func(z, x, y *big.Int) *big.Int { return z.Mul(x, x).Sub(z, x).Sub(z, y) },
	},
	{
		"squareN", func(z, x, _ *secp.Field) { *z = secp.SquareN(*x, 3) },
		func(z, x, _ *big.Int) *big.Int { return z.Exp(x, big.NewInt(8), nil) },
	},
}

func value(x *secp.Field) *big.Int {
	b := x.Bytes()
	return new(big.Int).SetBytes(b[:])
}

func checkField(t *testing.T, a, b [4]uint64) {
	t.Helper()
	x, y := number(a), number(b)
	for _, op := range fieldOperations {
		fa, fb := secp.Field(a), secp.Field(b)
		var z secp.Field
		op.own(&z, &fa, &fb)
		want := op.want(new(big.Int), x, y)
		if value(&z).Cmp(want.Mod(want, prime)) != 0 {
			t.Fatalf("%s of %x and %x is %x", op.name, x, y, value(&z))
		}
		aliased := fa
		op.own(&aliased, &aliased, &fb)
		if aliased != z {
			t.Fatalf("%s of %x and %x in place differs", op.name, x, y)
		}
	}
	fa, fb := secp.Field(a), secp.Field(b)
	reduced := new(big.Int).Mod(x, prime)
	other := new(big.Int).Mod(y, prime)
	if fa.IsZero() != (reduced.Sign() == 0) || fa.IsOdd() != (reduced.Bit(0) == 1) || fa.Equal(&fb) != (reduced.Cmp(other) == 0) {
		t.Fatalf("%x is zero, odd, equal to %x: %v, %v, %v", x, y, fa.IsZero(), fa.IsOdd(), fa.Equal(&fb))
	}
	var read secp.Field
	if canonical := read.SetBytes((*[32]byte)(x.FillBytes(make([]byte, 32)))); canonical != (x.Cmp(prime) < 0) || !read.Equal(&fa) {
		t.Fatalf("%x is read as %x, canonical: %v", x, value(&read), canonical)
	}
}

func TestFieldAgreesWithBigIntegersOnEdges(t *testing.T) {
	for _, a := range edges {
		for _, b := range edges {
			checkField(t, a, b)
		}
	}
}

func TestFieldAgreesWithBigIntegers(t *testing.T) {
	r := source(t)
	for range cases(20_000) {
		checkField(t, draw(r), draw(r))
	}
}

func checkInverseAndRoot(t *testing.T, a [4]uint64) {
	t.Helper()
	x := secp.Field(a)
	var inverse, product secp.Field
	inverse.Invert(&x)
	product.Mul(&inverse, &x)
	if x.IsZero() != inverse.IsZero() || !x.IsZero() && value(&product).Cmp(big.NewInt(1)) != 0 {
		t.Fatalf("1/%x is %x", number(a), value(&inverse))
	}
	var root, square secp.Field
	exists := root.Sqrt(&x)
	if residue := big.Jacobi(number(a), prime) >= 0; exists != residue {
		t.Fatalf("%x has a root: %v", number(a), exists)
	}
	if square.Square(&root); exists && !square.Equal(&x) {
		t.Fatalf("the root of %x is %x", number(a), value(&root))
	}
	raised := secp.Root(x)
	exponent := new(big.Int).Rsh(new(big.Int).Add(prime, big.NewInt(1)), 2)
	if want := new(big.Int).Exp(number(a), exponent, prime); value(&raised).Cmp(want) != 0 {
		t.Fatalf("%x to the (p+1)/4 is %x", number(a), value(&raised))
	}
}

func TestFieldInversesAndRoots(t *testing.T) {
	for _, a := range edges {
		checkInverseAndRoot(t, a)
	}
	r := source(t)
	for range cases(1_000) / 10 {
		checkInverseAndRoot(t, draw(r))
	}
}

func TestBetaIsACubeRootOfOne(t *testing.T) {
	beta := secp.Beta()
	var cube secp.Field
	cube.Square(&beta)
	cube.Mul(&cube, &beta)
	if value(&cube).Cmp(big.NewInt(1)) != 0 || value(&beta).Cmp(big.NewInt(1)) == 0 {
		t.Errorf("beta^3 is %x", value(&cube))
	}
}

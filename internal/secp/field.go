package secp

import (
	"encoding/binary"
	"math/bits"
)

// A Field is an element modulo p = 2^256 - 2^32 - 977, in four words, least
// significant first. Any value below 2^256 stands for its residue, so an element
// may have two forms; Equal, IsZero, IsOdd and Bytes see through that, == does
// not. The zero value is 0. All methods take constant time except Sqrt, and
// arguments may be the same variable.
type Field [4]uint64

const (
	// fold is 2^256 - p.
	fold = 0x1000003d1
	// p0 is the lowest word of p; the others are ones.
	p0   = 0xfffffffefffffc2f
	ones = 0xffffffffffffffff
)

// beta is the cube root of 1 with (beta*x, y) = lambda*(x, y).
var beta = Field{0xc1396c28719501ee, 0x9cf0497512f58995, 0x6e64479eac3434e9, 0x7ae96a2b657c0710}

// SetBytes sets z to b, big-endian, and says whether b is below p. If it is not,
// z stands for b modulo p.
func (z *Field) SetBytes(b *[32]byte) bool {
	z[3] = binary.BigEndian.Uint64(b[0:])
	z[2] = binary.BigEndian.Uint64(b[8:])
	z[1] = binary.BigEndian.Uint64(b[16:])
	z[0] = binary.BigEndian.Uint64(b[24:])
	_, c := bits.Add64(z[0], fold, 0)
	_, c = bits.Add64(z[1], 0, c)
	_, c = bits.Add64(z[2], 0, c)
	_, c = bits.Add64(z[3], 0, c)
	return c == 0
}

// Bytes returns the element below p, big-endian.
func (z *Field) Bytes() (b [32]byte) {
	z.put(&b)
	return b
}

// put writes the element below p, big-endian, to b.
func (z *Field) put(b *[32]byte) {
	r := *z
	r.reduce()
	binary.BigEndian.PutUint64(b[0:], r[3])
	binary.BigEndian.PutUint64(b[8:], r[2])
	binary.BigEndian.PutUint64(b[16:], r[1])
	binary.BigEndian.PutUint64(b[24:], r[0])
}

// SetUint64 sets z to x.
func (z *Field) SetUint64(x uint64) { *z = Field{x} }

// reduce brings z to the form below p.
func (z *Field) reduce() {
	r0, c := bits.Add64(z[0], fold, 0)
	r1, c := bits.Add64(z[1], 0, c)
	r2, c := bits.Add64(z[2], 0, c)
	r3, c := bits.Add64(z[3], 0, c)
	m := -c // all ones if z was not below p
	z[0] ^= (z[0] ^ r0) & m
	z[1] ^= (z[1] ^ r1) & m
	z[2] ^= (z[2] ^ r2) & m
	z[3] ^= (z[3] ^ r3) & m
}

// IsZero says whether z is 0.
func (z *Field) IsZero() bool {
	r := *z
	r.reduce()
	return r[0]|r[1]|r[2]|r[3] == 0
}

// IsOdd says whether the form of z below p is odd.
func (z *Field) IsOdd() bool { return z.parity() == 1 }

// parity returns the lowest bit of the form of z below p.
func (z *Field) parity() uint64 {
	r := *z
	r.reduce()
	return r[0] & 1
}

// Equal says whether z and x are the same element.
func (z *Field) Equal(x *Field) bool {
	var d Field
	d.Sub(z, x)
	return d.IsZero()
}

// Add sets z to x + y.
func (z *Field) Add(x, y *Field) {
	r0, c := bits.Add64(x[0], y[0], 0)
	r1, c := bits.Add64(x[1], y[1], c)
	r2, c := bits.Add64(x[2], y[2], c)
	r3, c := bits.Add64(x[3], y[3], c)
	r0, c = bits.Add64(r0, fold&-c, 0)
	r1, c = bits.Add64(r1, 0, c)
	r2, c = bits.Add64(r2, 0, c)
	r3, c = bits.Add64(r3, 0, c)
	// A second carry leaves a value below fold, so that this one has none.
	z[0], z[1], z[2], z[3] = r0+fold&-c, r1, r2, r3
}

// Sub sets z to x - y.
func (z *Field) Sub(x, y *Field) {
	r0, c := bits.Sub64(x[0], y[0], 0)
	r1, c := bits.Sub64(x[1], y[1], c)
	r2, c := bits.Sub64(x[2], y[2], c)
	r3, c := bits.Sub64(x[3], y[3], c)
	r0, c = bits.Sub64(r0, fold&-c, 0)
	r1, c = bits.Sub64(r1, 0, c)
	r2, c = bits.Sub64(r2, 0, c)
	r3, c = bits.Sub64(r3, 0, c)
	z[0], z[1], z[2], z[3] = r0-fold&-c, r1, r2, r3
}

// Negate sets z to -x.
func (z *Field) Negate(x *Field) {
	var zero Field
	z.Sub(&zero, x)
}

// negateIf sets z to -z if flag is 1, and leaves it if flag is 0.
func (z *Field) negateIf(flag uint64) {
	var n Field
	n.Negate(z)
	z.pick(&n, -flag)
}

// pick sets z to x if mask is all ones, and leaves it if mask is 0.
func (z *Field) pick(x *Field, mask uint64) {
	z[0] ^= (z[0] ^ x[0]) & mask
	z[1] ^= (z[1] ^ x[1]) & mask
	z[2] ^= (z[2] ^ x[2]) & mask
	z[3] ^= (z[3] ^ x[3]) & mask
}

// powers returns x^(2^k - 1) for k = 2, 22 and 223, which the exponents of inversion
// and square root begin with.
func powers(x *Field) (x2, x22, x223 Field) {
	var x3, x6, x9, x11, x44, x88, x176, x220, t Field
	t.squareN(x, 1)
	x2.Mul(&t, x)
	t.squareN(&x2, 1)
	x3.Mul(&t, x)
	t.squareN(&x3, 3)
	x6.Mul(&t, &x3)
	t.squareN(&x6, 3)
	x9.Mul(&t, &x3)
	t.squareN(&x9, 2)
	x11.Mul(&t, &x2)
	t.squareN(&x11, 11)
	x22.Mul(&t, &x11)
	t.squareN(&x22, 22)
	x44.Mul(&t, &x22)
	t.squareN(&x44, 44)
	x88.Mul(&t, &x44)
	t.squareN(&x88, 88)
	x176.Mul(&t, &x88)
	t.squareN(&x176, 44)
	x220.Mul(&t, &x44)
	t.squareN(&x220, 3)
	x223.Mul(&t, &x3)
	return x2, x22, x223
}

// Invert sets z to 1/x, and to 0 if x is 0.
func (z *Field) Invert(x *Field) {
	base := *x
	x2, x22, t := powers(&base)
	t.squareN(&t, 23)
	t.Mul(&t, &x22)
	t.squareN(&t, 5)
	t.Mul(&t, &base)
	t.squareN(&t, 3)
	t.Mul(&t, &x2)
	t.squareN(&t, 2)
	z.Mul(&t, &base)
}

// root sets z to x^((p+1)/4), which is a square root of x if x has one.
func (z *Field) root(x *Field) {
	x2, x22, t := powers(x)
	t.squareN(&t, 23)
	t.Mul(&t, &x22)
	t.squareN(&t, 6)
	t.Mul(&t, &x2)
	z.squareN(&t, 2)
}

// Sqrt sets z to a square root of x, either one, and says whether there is one.
// z is undefined if there is none.
func (z *Field) Sqrt(x *Field) bool {
	a := *x
	z.root(&a)
	var square Field
	square.Square(z)
	return square.Equal(&a)
}

package secp

import (
	"encoding/binary"
	"math/bits"
)

// A Scalar is an integer modulo n, the order of the group, always in the form
// below n, in four words, least significant first. The zero value is 0. All
// methods take constant time, and arguments may be the same variable.
type Scalar [4]uint64

// order is n.
var order = Scalar{0xbfd25e8cd0364141, 0xbaaedce6af48a03b, 0xfffffffffffffffe, 0xffffffffffffffff}

// lambda is the cube root of 1 that multiplies points as beta does.
var lambda = Scalar{0xdf02967c1b23bd72, 0x122e22ea20816678, 0xa5261c028812645a, 0x5363ad4cc05c30e0}

// The two lower words of 2^256 - n; the third is 1.
const (
	gap0 = 0x402da1732fc9bebf
	gap1 = 0x4551231950b75fc4
)

// SetBytes sets z to b, big-endian, modulo n, and says whether b was below n.
func (z *Scalar) SetBytes(b *[32]byte) bool {
	z[3] = binary.BigEndian.Uint64(b[0:])
	z[2] = binary.BigEndian.Uint64(b[8:])
	z[1] = binary.BigEndian.Uint64(b[16:])
	z[0] = binary.BigEndian.Uint64(b[24:])
	return z.reduce(0) == 0
}

// SetUint64 sets z to x.
func (z *Scalar) SetUint64(x uint64) { *z = Scalar{x} }

// Bytes returns z, big-endian.
func (z *Scalar) Bytes() (b [32]byte) {
	z.put(&b)
	return b
}

// put writes z, big-endian, to b.
func (z *Scalar) put(b *[32]byte) {
	binary.BigEndian.PutUint64(b[0:], z[3])
	binary.BigEndian.PutUint64(b[8:], z[2])
	binary.BigEndian.PutUint64(b[16:], z[1])
	binary.BigEndian.PutUint64(b[24:], z[0])
}

// IsZero says whether z is 0.
func (z *Scalar) IsZero() bool { return z[0]|z[1]|z[2]|z[3] == 0 }

// IsOdd says whether z is odd.
func (z *Scalar) IsOdd() bool { return z[0]&1 == 1 }

// reduce subtracts n from high*2^256 + z, below 2n, if that is not below n. It
// returns 1 if it did, else 0.
func (z *Scalar) reduce(high uint64) uint64 {
	r0, c := bits.Add64(z[0], gap0, 0)
	r1, c := bits.Add64(z[1], gap1, c)
	r2, c := bits.Add64(z[2], 1, c)
	r3, c := bits.Add64(z[3], 0, c)
	c |= high
	m := -c
	z[0] ^= (z[0] ^ r0) & m
	z[1] ^= (z[1] ^ r1) & m
	z[2] ^= (z[2] ^ r2) & m
	z[3] ^= (z[3] ^ r3) & m
	return c
}

// Add sets z to x + y.
func (z *Scalar) Add(x, y *Scalar) {
	r0, c := bits.Add64(x[0], y[0], 0)
	r1, c := bits.Add64(x[1], y[1], c)
	r2, c := bits.Add64(x[2], y[2], c)
	r3, c := bits.Add64(x[3], y[3], c)
	*z = Scalar{r0, r1, r2, r3}
	z.reduce(c)
}

// Negate sets z to -x.
func (z *Scalar) Negate(x *Scalar) {
	r0, c := bits.Sub64(order[0], x[0], 0)
	r1, c := bits.Sub64(order[1], x[1], c)
	r2, c := bits.Sub64(order[2], x[2], c)
	r3, _ := bits.Sub64(order[3], x[3], c)
	// n - 0 = n is not below n.
	set := x[0] | x[1] | x[2] | x[3]
	m := -((set | -set) >> 63)
	*z = Scalar{r0 & m, r1 & m, r2 & m, r3 & m}
}

// negateIf sets z to -z if flag is 1, and leaves it if flag is 0.
func (z *Scalar) negateIf(flag uint64) {
	var n Scalar
	n.Negate(z)
	m := -flag
	for i := range z {
		z[i] ^= (z[i] ^ n[i]) & m
	}
}

// Mul sets z to x*y.
func (z *Scalar) Mul(x, y *Scalar) {
	var w [8]uint64
	multiply(&w, (*[4]uint64)(x), (*[4]uint64)(y))
	z.fold(&w)
}

// multiply sets w to x*y, without reduction.
func multiply(w *[8]uint64, x, y *[4]uint64) {
	x0, x1, x2, x3 := x[0], x[1], x[2], x[3]
	var c uint64
	y0 := y[0]
	h0, r0 := bits.Mul64(x0, y0)
	h1, l1 := bits.Mul64(x1, y0)
	h2, l2 := bits.Mul64(x2, y0)
	h3, l3 := bits.Mul64(x3, y0)
	r1, c := bits.Add64(h0, l1, 0)
	r2, c := bits.Add64(h1, l2, c)
	r3, c := bits.Add64(h2, l3, c)
	r4, _ := bits.Add64(h3, 0, c)

	y1 := y[1]
	h0, l0 := bits.Mul64(x0, y1)
	h1, l1 = bits.Mul64(x1, y1)
	h2, l2 = bits.Mul64(x2, y1)
	h3, l3 = bits.Mul64(x3, y1)
	l1, c = bits.Add64(l1, h0, 0)
	l2, c = bits.Add64(l2, h1, c)
	l3, c = bits.Add64(l3, h2, c)
	h3, _ = bits.Add64(h3, 0, c)
	r1, c = bits.Add64(r1, l0, 0)
	r2, c = bits.Add64(r2, l1, c)
	r3, c = bits.Add64(r3, l2, c)
	r4, c = bits.Add64(r4, l3, c)
	r5, _ := bits.Add64(h3, 0, c)

	y2 := y[2]
	h0, l0 = bits.Mul64(x0, y2)
	h1, l1 = bits.Mul64(x1, y2)
	h2, l2 = bits.Mul64(x2, y2)
	h3, l3 = bits.Mul64(x3, y2)
	l1, c = bits.Add64(l1, h0, 0)
	l2, c = bits.Add64(l2, h1, c)
	l3, c = bits.Add64(l3, h2, c)
	h3, _ = bits.Add64(h3, 0, c)
	r2, c = bits.Add64(r2, l0, 0)
	r3, c = bits.Add64(r3, l1, c)
	r4, c = bits.Add64(r4, l2, c)
	r5, c = bits.Add64(r5, l3, c)
	r6, _ := bits.Add64(h3, 0, c)

	y3 := y[3]
	h0, l0 = bits.Mul64(x0, y3)
	h1, l1 = bits.Mul64(x1, y3)
	h2, l2 = bits.Mul64(x2, y3)
	h3, l3 = bits.Mul64(x3, y3)
	l1, c = bits.Add64(l1, h0, 0)
	l2, c = bits.Add64(l2, h1, c)
	l3, c = bits.Add64(l3, h2, c)
	h3, _ = bits.Add64(h3, 0, c)
	r3, c = bits.Add64(r3, l0, 0)
	r4, c = bits.Add64(r4, l1, c)
	r5, c = bits.Add64(r5, l2, c)
	r6, c = bits.Add64(r6, l3, c)
	r7, _ := bits.Add64(h3, 0, c)
	*w = [8]uint64{r0, r1, r2, r3, r4, r5, r6, r7}
}

// addRow returns the five words of r + a*y, where r has four.
func addRow(r0, r1, r2, r3, a uint64, y *[4]uint64) (s0, s1, s2, s3, s4 uint64) {
	h0, l0 := bits.Mul64(a, y[0])
	h1, l1 := bits.Mul64(a, y[1])
	h2, l2 := bits.Mul64(a, y[2])
	h3, l3 := bits.Mul64(a, y[3])
	l1, c := bits.Add64(l1, h0, 0)
	l2, c = bits.Add64(l2, h1, c)
	l3, c = bits.Add64(l3, h2, c)
	h3, _ = bits.Add64(h3, 0, c)
	s0, c = bits.Add64(r0, l0, 0)
	s1, c = bits.Add64(r1, l1, c)
	s2, c = bits.Add64(r2, l2, c)
	s3, c = bits.Add64(r3, l3, c)
	s4, _ = bits.Add64(h3, 0, c)
	return s0, s1, s2, s3, s4
}

// fold sets z to w modulo n, using 2^256 = 2^128 + gap1*2^64 + gap0 three times.
func (z *Scalar) fold(w *[8]uint64) {
	// 512 bits to 385: u = low half + high half * gap.
	high := [4]uint64(w[4:])
	u0, u1, u2, u3, u4 := addRow(w[0], w[1], w[2], w[3], gap0, &high)
	u1, u2, u3, u4, u5 := addRow(u1, u2, u3, u4, gap1, &high)
	u2, c := bits.Add64(u2, high[0], 0)
	u3, c = bits.Add64(u3, high[1], c)
	u4, c = bits.Add64(u4, high[2], c)
	u5, c = bits.Add64(u5, high[3], c)
	u6 := c
	// 385 bits to 258.
	high = [4]uint64{u4, u5, u6}
	v0, v1, v2, v3, v4 := addRow(u0, u1, u2, u3, gap0, &high)
	v1, v2, v3, v4, _ = addRow(v1, v2, v3, v4, gap1, &high)
	v2, c = bits.Add64(v2, u4, 0)
	v3, c = bits.Add64(v3, u5, c)
	v4, _ = bits.Add64(v4, u6, c)
	// 258 bits to less than 2n: v4 is below 4.
	h0, l0 := bits.Mul64(v4, gap0)
	h1, l1 := bits.Mul64(v4, gap1)
	l1, c = bits.Add64(l1, h0, 0)
	h1, _ = bits.Add64(h1, v4, c)
	z[0], c = bits.Add64(v0, l0, 0)
	z[1], c = bits.Add64(v1, l1, c)
	z[2], c = bits.Add64(v2, h1, c)
	z[3], c = bits.Add64(v3, 0, c)
	z.reduce(c)
}

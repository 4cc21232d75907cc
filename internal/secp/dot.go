package secp

import "math/bits"

// A Dot is a sum of products of scalars, reduced once at the end. The zero value is
// 0. It takes constant time.
type Dot [9]uint64

// Add adds x*y to d. There is room for 2^64 products.
func (d *Dot) Add(x, y *Scalar) {
	var w [8]uint64
	multiply(&w, (*[4]uint64)(x), (*[4]uint64)(y))
	var c uint64
	d[0], c = bits.Add64(d[0], w[0], 0)
	d[1], c = bits.Add64(d[1], w[1], c)
	d[2], c = bits.Add64(d[2], w[2], c)
	d[3], c = bits.Add64(d[3], w[3], c)
	d[4], c = bits.Add64(d[4], w[4], c)
	d[5], c = bits.Add64(d[5], w[5], c)
	d[6], c = bits.Add64(d[6], w[6], c)
	d[7], c = bits.Add64(d[7], w[7], c)
	d[8] += c
}

// Merge adds e to d.
func (d *Dot) Merge(e *Dot) {
	var c uint64
	for i := range d {
		d[i], c = bits.Add64(d[i], e[i], c)
	}
}

// Scalar returns d modulo n.
func (d *Dot) Scalar() Scalar {
	// The ninth word counts 2^512 = gap^2.
	w := [8]uint64(d[:8])
	var low, high Scalar
	low.fold(&w)
	gap := Scalar{gap0, gap1, 1}
	high = Scalar{d[8]}
	high.Mul(&high, &gap)
	high.Mul(&high, &gap)
	low.Add(&low, &high)
	return low
}

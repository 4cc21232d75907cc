package attest

import (
	"encoding/binary"
	"sync"

	"github.com/btcsuite/btcd/btcec/v2"
)

// A projective point stands for (x/z, y/z), infinity if z is zero.
type projective struct {
	x, y, z btcec.FieldVal
}

// add sets p to p + q by the complete formulas of Renes, Costello and Batina
// (2015, algorithm 7, a = 0, 3b = 21), which take the same steps for equal,
// opposite and infinite points. q has magnitudes of at most 1; each comment is
// the magnitude reached, where Mul2 takes at most 8 and MulInt stays below 64.
func (p *projective) add(q *projective) {
	var t0, t1, t2, t3, t4, t5, x3, y3, z3 btcec.FieldVal
	t0.Mul2(&p.x, &q.x)
	t1.Mul2(&p.y, &q.y)
	t2.Mul2(&p.z, &q.z)
	t5.Add2(&q.x, &q.y)
	t3.Add2(&p.x, &p.y).Mul(&t5) // 5 by 2
	t5.Add2(&t0, &t1)
	t3.Add(t5.Negate(2)) // 4
	t5.Add2(&q.y, &q.z)
	t4.Add2(&p.y, &p.z).Mul(&t5) // 4 by 2
	t5.Add2(&t1, &t2)
	t4.Add(t5.Negate(2)) // 4
	t5.Add2(&q.x, &q.z)
	y3.Add2(&p.x, &p.z).Mul(&t5) // 5 by 2
	t5.Add2(&t0, &t2)
	y3.Add(t5.Negate(2)) // 4
	t0.MulInt(3)
	t2.MulInt(21).Normalize()
	z3.Add2(&t1, &t2)    // 2
	t1.Add(t2.Negate(1)) // 3
	y3.Normalize().MulInt(21).Normalize()
	x3.Mul2(&t4, &y3)
	t2.Mul2(&t3, &t1)
	p.x.NegateVal(&x3, 1).Add(&t2) // 3
	y3.Mul(&t0)
	t1.Mul(&z3)
	p.y.Add2(&t1, &y3) // 2
	t0.Mul(&t3)
	z3.Mul(&t4)
	p.z.Add2(&z3, &t0) // 2
}

const (
	windowBits = 4
	windows    = 256 / windowBits
	windowRows = 1 << windowBits
)

// A row is an affine point as eight words: x, then y, most significant first.
type row [8]uint64

// baseTable returns the multiples d * 16^w * G, d < 16, for each window w. Row 0
// stands for infinity, (0 : 1 : 0).
var baseTable = sync.OnceValue(func() *[windows][windowRows]row {
	var base btcec.JacobianPoint
	btcec.GeneratorJacobian(&base)
	table := new([windows][windowRows]row)
	for w := range table {
		table[w][0][7] = 1
		sum := base
		for d := 1; d < windowRows; d++ {
			affine := sum
			affine.ToAffine()
			x, y := affine.X.Bytes(), affine.Y.Bytes()
			for i := range 4 {
				table[w][d][i] = binary.BigEndian.Uint64(x[8*i:])
				table[w][d][4+i] = binary.BigEndian.Uint64(y[8*i:])
			}
			btcec.AddNonConst(&sum, &base, &sum)
		}
		base = sum
	}
	return table
})

// pick sets p to row d of the table, reading every row. All magnitudes are 1.
func (p *projective) pick(table *[windowRows]row, d uint64) {
	var r row
	for k := range uint64(windowRows) {
		mask := -(((k ^ d) - 1) >> 63) // all ones if and only if k = d
		for i := range r {
			r[i] |= table[k][i] & mask
		}
	}
	var b [32]byte
	for i := range 4 {
		binary.BigEndian.PutUint64(b[8*i:], r[i])
	}
	p.x.SetBytes(&b)
	for i := range 4 {
		binary.BigEndian.PutUint64(b[8*i:], r[4+i])
	}
	p.y.SetBytes(&b)
	p.z.SetInt(uint16(1 - (d-1)>>63)) // 0 if and only if d = 0
}

// baseMult returns x(k*G) and whether y(k*G) is odd, both public, for k not 0.
// No branch and no index depends on k.
func baseMult(k *btcec.ModNScalar) (x [32]byte, odd bool) {
	table := baseTable()
	digits := k.Bytes()
	var p, q projective
	p.y.SetInt(1)
	for w := range table {
		d := uint64(digits[31-w/2]>>(windowBits*(w&1))) & (windowRows - 1)
		q.pick(&table[w], d)
		p.add(&q)
	}
	clear(digits[:])
	p.z.Inverse()
	p.x.Mul(&p.z).Normalize()
	p.y.Mul(&p.z).Normalize()
	p.z, q = btcec.FieldVal{}, projective{}
	return *p.x.Bytes(), p.y.IsOdd()
}

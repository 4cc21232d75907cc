package secp

import (
	"math/bits"
	"sync"
)

// Multiplication of G by secrets. A scalar k that is not zero is made odd, k or
// n-k, and written in signed odd digits:
//
//	k = 2^255 + sum over i < baseWindows of d_i * 32^i,  d_i in {-31, -29 ... 31}
//
// No digit is zero, so no row of a table is infinity. Sums begin at blind, a point
// of which nobody knows the logarithm, plus 2^255*G. Who could name a scalar for
// which some addition has equal or opposite arguments would know the logarithm, so
// no scalar has one, and additions need no cases.
const (
	baseWindows = 51
	baseRows    = 16
)

// A baseTable holds, for each window i, the multiples 1, 3 ... 31 of 32^i*G.
type baseTable struct {
	rows  [baseWindows][baseRows]Point
	start Point // blind + 2^255*G
	end   Point // -blind
}

// base returns the table, which it makes when first asked.
var base = sync.OnceValue(func() *baseTable {
	t := new(baseTable)
	var at jacobian
	step := generator
	list := make([]jacobian, 0, baseWindows*baseRows)
	for range baseWindows {
		var twice jacobian
		at = step.jacobian()
		twice.double(&at)
		two := twice.affine()
		for range baseRows {
			list = append(list, at)
			at.addAffine(&at, &two)
		}
		// 33 - 1 = 32 of the step.
		minus := step
		minus.Negate(&minus)
		at.addAffine(&at, &minus)
		step = at.affine()
	}
	rows := make([]Point, len(list))
	normalize(rows, list)
	for i := range t.rows {
		copy(t.rows[i][:], rows[i*baseRows:])
	}
	for i := range rows {
		t.rows[i/baseRows][i%baseRows].X.reduce()
		t.rows[i/baseRows][i%baseRows].Y.reduce()
	}
	blind := blindPoint()
	at = blind.jacobian()
	at.addAffine(&at, &step)
	t.start = at.affine()
	t.end.Negate(&blind)
	return t
})

// blindPoint returns the point with the first x, of the hashes of a text and a
// counter, that is on the curve.
func blindPoint() Point {
	tag := NewTag("alkimiya/secp/blind")
	h := NewHasher()
	for i := byte(0); ; i++ {
		x := h.Sum(&tag, []byte{i})
		if p, ok := LiftX(&x); ok {
			return p
		}
	}
}

// A recoded scalar is the signed odd digits of a scalar, and what undoes the
// changes that were made to it.
type recoded struct {
	odd  Scalar
	flip uint64 // 1 if odd is n - k
	zero uint64 // 1 if k is zero, and odd is 1
}

// recode returns k ready for windows.
func recode(k *Scalar) (r recoded) {
	r.odd = *k
	set := k[0] | k[1] | k[2] | k[3]
	r.zero = 1 ^ (set|-set)>>63
	r.odd[0] |= r.zero
	r.flip = 1 ^ r.odd[0]&1
	r.odd.negateIf(r.flip)
	return r
}

// window returns digit i as the row to take and 1 if its negative is meant.
func (r *recoded) window(i int) (row, negative uint64) {
	at := uint(windowBits*i + 1)
	digit := r.odd[at/64] >> (at % 64)
	if at%64 > 64-windowBits { // depends on i alone
		digit |= r.odd[at/64+1] << (64 - at%64)
	}
	digit &= 2*baseRows - 1
	negative = 1 ^ digit>>4
	return (digit ^ -negative) & (baseRows - 1), negative
}

// pick sets p to the row of the table that is asked for, negated if negative is 1.
// It reads every row.
func (p *Point) pick(rows *[baseRows]Point, row, negative uint64) {
	var x0, x1, x2, x3, y0, y1, y2, y3 uint64
	for i := range rows {
		m := uint64(int64((uint64(i)^row)-1) >> 63) //nolint:gosec // G115: all ones if i is the row, else 0
		q := &rows[i]
		x0 |= q.X[0] & m
		x1 |= q.X[1] & m
		x2 |= q.X[2] & m
		x3 |= q.X[3] & m
		y0 |= q.Y[0] & m
		y1 |= q.Y[1] & m
		y2 |= q.Y[2] & m
		y3 |= q.Y[3] & m
	}
	p.X = Field{x0, x1, x2, x3}
	// -y = p - y does not borrow, as y is below p.
	n0, c := bits.Sub64(p0, y0, 0)
	n1, c := bits.Sub64(ones, y1, c)
	n2, c := bits.Sub64(ones, y2, c)
	n3, _ := bits.Sub64(ones, y3, c)
	m := -negative
	p.Y = Field{y0 ^ (y0^n0)&m, y1 ^ (y1^n1)&m, y2 ^ (y2^n2)&m, y3 ^ (y3^n3)&m}
}

// BaseMult returns k*G. No branch and no index depends on k.
func BaseMult(k *Scalar) Point {
	var out [1]Point
	baseMultFew(out[:], []Scalar{*k})
	return out[0]
}

// lockStepFrom is how many multiplications are worth an inversion for each window.
const lockStepFrom = 48

// BaseMultBatch sets out[i] to k[i]*G, which costs less the more there are, up to
// BatchSize. No branch and no index depends on k.
func BaseMultBatch(out []Point, k []Scalar) {
	var s *lockStep
	for len(k) > 0 {
		n := min(len(k), BatchSize)
		if n < lockStepFrom {
			baseMultFew(out[:n], k[:n])
		} else {
			if s == nil {
				s = new(lockStep)
			}
			s.run(out[:n], k[:n])
		}
		out, k = out[n:], k[n:]
	}
}

// baseMultFew is BaseMultBatch by projective additions.
func baseMultFew(out []Point, k []Scalar) {
	t := base()
	sums := make([]jacobian, len(k))
	var r recoded
	var q Point
	for i := range k {
		r = recode(&k[i])
		sums[i] = jacobian{t.start.X, t.start.Y, Field{1}}
		for w := range t.rows {
			row, negative := r.window(w)
			q.pick(&t.rows[w], row, negative)
			sums[i].addBlind(&sums[i], &q)
		}
		sums[i].addBlind(&sums[i], &t.end)
	}
	normalize(out, sums)
	for i := range k {
		r = recode(&k[i])
		out[i].undo(&r)
	}
	wipe(&r)
	wipe(&q)
}

// undo turns the multiple by r.odd into that by the scalar r was made of.
func (p *Point) undo(r *recoded) {
	p.Y.negateIf(r.flip)
	m := r.zero - 1
	for i := range p.X {
		p.X[i] &= m
		p.Y[i] &= m
	}
}

// A lockStep multiplies G by up to BatchSize scalars at once, with affine additions
// that share one inversion for each window.
type lockStep struct {
	digits [BatchSize]recoded
	rows   [BatchSize]Point
	slopes [BatchSize]Field
	after  [BatchSize]Field
}

// run sets out[i] to k[i]*G, and wipes s.
func (s *lockStep) run(out []Point, k []Scalar) {
	t := base()
	for i := range k {
		s.digits[i] = recode(&k[i])
		out[i] = t.start
	}
	for w := range t.rows {
		product := Field{1}
		for i := len(out) - 1; i >= 0; i-- {
			row, negative := s.digits[i].window(w)
			s.rows[i].pick(&t.rows[w], row, negative)
			s.divide(i, &product, &out[i])
		}
		s.add(out, &product)
	}
	product := Field{1}
	for i := len(out) - 1; i >= 0; i-- {
		s.rows[i] = t.end
		s.divide(i, &product, &out[i])
	}
	s.add(out, &product)
	for i := range out {
		out[i].undo(&s.digits[i])
	}
	wipe(s)
}

// divide enters what the slope between p and row i is divided by.
func (s *lockStep) divide(i int, product *Field, p *Point) {
	s.slopes[i].Sub(&s.rows[i].X, &p.X)
	s.after[i] = *product
	product.Mul(product, &s.slopes[i])
}

// add adds row i to out[i] for all i.
func (s *lockStep) add(out []Point, product *Field) {
	product.Invert(product)
	for i := range out {
		var slope Field
		slope.Mul(product, &s.after[i])
		product.Mul(product, &s.slopes[i])
		p := pair{&out[i], &out[i], &s.rows[i]}
		slope.mulDifference(&p.b.Y, &p.a.Y, &slope)
		p.finish(&slope)
	}
}

// wipe overwrites a secret. It is not inlined, so that the compiler cannot see that
// nobody reads the value again.
//
//go:noinline
func wipe[T any](secret *T) {
	var zero T
	*secret = zero
}

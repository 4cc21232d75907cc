package secp

import (
	"encoding"
	"errors"
	"math/big"
)

// Order returns n.
func Order() *big.Int { return toBig(order) }

// Lambda and Beta are the endomorphism's.
func Lambda() Scalar { return lambda }

// Beta returns the factor of the x coordinate.
func Beta() Field { return beta }

func toBig(words [4]uint64) *big.Int {
	x := new(big.Int)
	for i := 3; i >= 0; i-- {
		x.Lsh(x, 64).Or(x, new(big.Int).SetUint64(words[i]))
	}
	return x
}

// Root returns x^((p+1)/4).
func Root(x Field) (z Field) {
	z.root(&x)
	return z
}

// SquareN returns x^(2^n).
func SquareN(x Field, n int) (z Field) {
	z.squareN(&x, n)
	return z
}

// MulDifference returns (a - b)*b, and SquareLess a*a - a - b, by the fused forms.
func MulDifference(a, b Field) (z Field) {
	z.mulDifference(&a, &b, &b)
	return z
}

// SquareLess is described with MulDifference.
func SquareLess(a, b Field) (z Field) {
	z.squareLess(&a, &a, &b)
	return z
}

func (h half) big() *big.Int {
	x := toBig([4]uint64{h.lo, h.hi})
	if h.negative {
		x.Neg(x)
	}
	return x
}

// Split returns the halves of k.
func Split(k Scalar) (a, b *big.Int) {
	u, v := k.splitVar()
	return u.big(), v.big()
}

// Digits returns the numbers that the signed digits, and the non-adjacent form of a
// width, of a half stand for, and whether the form is one.
func Digits(lo, hi uint64, negative bool, width uint) (byDigits, byNAF *big.Int, adjacent bool) {
	h := half{lo, hi, negative}
	byDigits, byNAF = new(big.Int), new(big.Int)
	digits := h.digits()
	for i := windows - 1; i >= 0; i-- {
		byDigits.Lsh(byDigits, windowBits).Add(byDigits, big.NewInt(int64(digits[i])))
		if digits[i] > multiples || digits[i] < -multiples {
			adjacent = true
		}
	}
	var f naf
	length := f.setVar(h, width)
	last := -int(width)
	for i := nafLength - 1; i >= 0; i-- {
		byNAF.Lsh(byNAF, 1).Add(byNAF, big.NewInt(int64(f[i])))
	}
	for i, d := range f {
		if d == 0 {
			continue
		}
		if i-last < int(width) || i >= length || d%2 == 0 {
			adjacent = true
		}
		last = i
	}
	return byDigits, byNAF, adjacent
}

// AddJacobian returns p + q by projective addition, with p scaled to z.
func AddJacobian(p, q Point, z Field) Point {
	j := scaled(p, z)
	j.addAffine(&j, &q)
	return j.affine()
}

// DoubleJacobian returns 2p, with p scaled to z.
func DoubleJacobian(p Point, z Field) Point {
	j := scaled(p, z)
	j.double(&j)
	return j.affine()
}

func scaled(p Point, z Field) jacobian {
	j := p.jacobian()
	if p.IsInfinity() {
		return j
	}
	var t Field
	t.Square(&z)
	j.x.Mul(&j.x, &t)
	t.Mul(&t, &z)
	j.y.Mul(&j.y, &t)
	j.z = z
	return j
}

// SumGroups adds up groups of points.
func SumGroups(points []Point, ends []int32) []Point {
	sums := make([]Point, len(ends))
	var a Adder
	a.sumGroups(sums, points, ends)
	return sums
}

// LockStepLeft says whether a lock-step multiplication leaves anything behind.
func LockStepLeft(k []Scalar) bool {
	s := new(lockStep)
	s.run(make([]Point, len(k)), k)
	return *s != lockStep{}
}

// BlindPoint returns the point at which sums begin.
func BlindPoint() Point { return blindPoint() }

// Rows returns the number of rows of a window of the fixed-base table, and how many
// windows it has.
const (
	Rows    = baseRows
	Windows = baseWindows
)

// Row returns a row of the table.
func Row(window, row int) Point { return base().rows[window][row] }

// Pick returns a row of a window of the table as a multiplication reads it.
func Pick(window int, row, negative uint64) (p Point) {
	p.pick(&base().rows[window], row, negative)
	return p
}

// LockStepFrom is where another way of multiplying begins.
const LockStepFrom = lockStepFrom

// Shape describes how the coefficients for n points are composed.
func Shape(n int) (windows, buckets, shift, row int) {
	s := shapeFor(n)
	return s.windows, s.buckets, s.shift, s.row
}

// SumBits is how many bits a Sum knows.
const SumBits = sumBits

// WeightsOf makes coefficients of given draws, for each coefficient one in each
// window.
func WeightsOf(windows, buckets int, draws [][]uint16) *Weights {
	s := shape{windows: windows, buckets: buckets}
	s.lay()
	w := &Weights{shape: s, n: len(draws), draws: make([]uint16, windows*len(draws))}
	for i := range draws {
		for window, d := range draws[i] {
			w.draws[window*w.n+i] = d
		}
	}
	return w
}

// Draws returns how many different draws there are and those of all coefficients.
func (w *Weights) Draws() (int, []uint16) { return units * w.shape.buckets, w.draws }

// Left returns what a Hasher keeps of what it has hashed.
func (h *Hasher) Left() ([]byte, error) {
	saver, ok := h.digest.(encoding.BinaryMarshaler)
	if !ok {
		return nil, errors.New("no state")
	}
	state, err := saver.MarshalBinary()
	return append(append(h.text[:], h.out[:]...), state...), err
}

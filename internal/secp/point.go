package secp

// A Point is a point of the curve y^2 = x^3 + 7, or infinity. The zero value is
// infinity: no point of this curve has a zero coordinate. Its coordinates may be in
// either form of Field, so points are compared by Equal. A Point made by hand that
// is not on the curve gives undefined results.
type Point struct{ X, Y Field }

// generator is G.
var generator = Point{
	X: Field{0x59f2815b16f81798, 0x029bfcdb2dce28d9, 0x55a06295ce870b07, 0x79be667ef9dcbbac},
	Y: Field{0x9c47d08ffb10d4b8, 0xfd17b448a6855419, 0x5da4fbfc0e1108a8, 0x483ada7726a3c465},
}

// Generator returns G.
func Generator() Point { return generator }

// IsInfinity says whether p is infinity.
func (p *Point) IsInfinity() bool { return p.X[0] == 0 && p.X == Field{} }

// Equal says whether p and q are the same point.
func (p *Point) Equal(q *Point) bool { return p.X.Equal(&q.X) && p.Y.Equal(&q.Y) }

// IsOdd says whether p has odd y, which it must have: infinity has none.
func (p *Point) IsOdd() bool { return p.Y.IsOdd() }

// Negate sets p to -q.
func (p *Point) Negate(q *Point) {
	p.X = q.X
	if q.IsInfinity() {
		p.Y = Field{}
		return
	}
	p.Y.Negate(&q.Y)
}

// XOnly returns the x coordinate, big-endian: zeros for infinity.
func (p *Point) XOnly() [32]byte { return p.X.Bytes() }

// Compressed returns the 33-byte form, 02 or 03 and x. p must not be infinity.
func (p *Point) Compressed() (b [33]byte) {
	b[0] = 2 + byte(p.Y.parity()&1)
	p.X.put((*[32]byte)(b[1:]))
	return b
}

// ParseCompressed reads the 33-byte form, and says whether it is that of a point.
func ParseCompressed(b *[33]byte) (p Point, ok bool) {
	if b[0] != 2 && b[0] != 3 {
		return Point{}, false
	}
	p, ok = LiftX((*[32]byte)(b[1:]))
	if ok && b[0] == 3 {
		p.Y.Negate(&p.Y)
	}
	return p, ok
}

// LiftX returns the point with x coordinate x, big-endian, and even y, and false
// if there is none: x is not below the field's size, or not on the curve.
func LiftX(x *[32]byte) (p Point, ok bool) {
	if !p.X.SetBytes(x) {
		return Point{}, false
	}
	var square Field
	square.ySquared(&p.X)
	if !p.Y.Sqrt(&square) {
		return Point{}, false
	}
	p.Y.reduce()
	p.Y.negateIf(p.Y[0] & 1)
	return p, true
}

// LiftAll sets out[i] to LiftX of x[i] for every i, in less time, and returns the
// lowest i for which there is none, or len(x).
func LiftAll(out []Point, x [][32]byte) int {
	bad := len(x)
	for i := range x {
		var ok bool
		if out[i], ok = LiftX(&x[i]); !ok {
			bad = min(bad, i)
		}
	}
	return bad
}

// OnCurve says whether p is on the curve; infinity is.
func (p *Point) OnCurve() bool {
	if p.IsInfinity() {
		return p.Y.IsZero()
	}
	var left, right Field
	left.Square(&p.Y)
	right.ySquared(&p.X)
	return left.Equal(&right)
}

// ySquared sets z to x^3 + 7.
func (z *Field) ySquared(x *Field) {
	var t Field
	t.Square(x)
	t.Mul(&t, x)
	z.Add(&t, &Field{7})
}

// turn sets p to (beta*x, y), which is lambda*q.
func (p *Point) turn(q *Point) {
	p.X.Mul(&q.X, &beta)
	p.Y = q.Y
}

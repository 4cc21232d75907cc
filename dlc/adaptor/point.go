package adaptor

import (
	"fmt"

	"github.com/btcsuite/btcd/btcec/v2"
)

// A Point is an adaptor point T: a point of the curve, never infinity. Points are
// values and can be compared with Equal. The zero value is not a valid Point;
// every function that takes one fails on it with ErrPoint.
type Point struct {
	x, y btcec.FieldVal
}

// ParsePoint reads a point in compressed form, 33 bytes. It fails with ErrPoint.
func ParsePoint(b []byte) (Point, error) {
	if len(b) != btcec.PubKeyBytesLenCompressed {
		return Point{}, fmt.Errorf("%w: %d bytes", ErrPoint, len(b))
	}
	key, err := btcec.ParsePubKey(b)
	if err != nil {
		return Point{}, fmt.Errorf("%w: %w", ErrPoint, err)
	}
	return PointOf(key), nil
}

// PointOf returns the point of a public key.
func PointOf(key *btcec.PublicKey) Point {
	var j btcec.JacobianPoint
	key.AsJacobian(&j)
	return affine(&j)
}

// PointOfSecret returns tau*G, in variable time, and ErrPoint if tau is zero.
func PointOfSecret(tau *btcec.ModNScalar) (Point, error) {
	var j btcec.JacobianPoint
	btcec.ScalarBaseMultNonConst(tau, &j)
	if isInfinity(&j) {
		return Point{}, fmt.Errorf("%w: infinity", ErrPoint)
	}
	return affine(&j), nil
}

// affine returns j, which must not be infinity.
func affine(j *btcec.JacobianPoint) Point {
	q := *j
	q.ToAffine()
	return Point{x: q.X, y: q.Y}
}

// Bytes returns the compressed form cbytes(T).
func (p Point) Bytes() (b [33]byte) {
	b[0] = 2
	if p.y.IsOdd() {
		b[0] = 3
	}
	p.x.PutBytesUnchecked(b[1:])
	return b
}

// XOnly returns x(T).
func (p Point) XOnly() [32]byte { return *p.x.Bytes() }

// Equal says whether two points are the same.
func (p Point) Equal(q Point) bool { return p.x.Equals(&q.x) && p.y.Equals(&q.y) }

// valid says that p was made by this package; (0, 0) is not on the curve.
func (p *Point) valid() bool { return !p.x.IsZero() || !p.y.IsZero() }

// jacobian returns the point with Z = 1.
func (p *Point) jacobian() (j btcec.JacobianPoint) {
	j.X, j.Y = p.x, p.y
	j.Z.SetInt(1)
	return j
}

// isInfinity says whether j is infinity, in any of the forms that btcec uses.
func isInfinity(j *btcec.JacobianPoint) bool {
	return j.Z.IsZero() || j.X.IsZero() && j.Y.IsZero()
}

// invert replaces every value, none of which may be zero, by its inverse, with
// one inversion in all. Its operations do not depend on the values.
func invert(values []btcec.FieldVal) {
	if len(values) == 0 {
		return
	}
	before := make([]btcec.FieldVal, len(values))
	var product btcec.FieldVal
	product.SetInt(1)
	for i := range values {
		before[i] = product
		product.Mul(&values[i])
	}
	product.Inverse()
	for i := len(values) - 1; i >= 0; i-- {
		var inverse btcec.FieldVal
		inverse.Mul2(&product, &before[i])
		product.Mul(&values[i])
		values[i] = inverse
	}
	clear(before)
}

// batchSize is how many points share one inversion.
const batchSize = 256

// normalise writes the points of list, none of which may be infinity, to out.
func normalise(out []Point, list []btcec.JacobianPoint) {
	z := make([]btcec.FieldVal, len(list))
	for i := range list {
		z[i] = list[i].Z
	}
	invert(z)
	for i := range list {
		var z2, z3 btcec.FieldVal
		z2.SquareVal(&z[i])
		z3.Mul2(&z2, &z[i])
		out[i].x.Mul2(&list[i].X, &z2).Normalize()
		out[i].y.Mul2(&list[i].Y, &z3).Normalize()
	}
}

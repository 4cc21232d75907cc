package adaptor

import (
	"fmt"

	"github.com/btcsuite/btcd/btcec/v2"

	"github.com/alkimiya/alkimiya/internal/secp"
)

// A Point is an adaptor point T: a point of the curve, never infinity. Points are
// values and can be compared with Equal. The zero value is not a valid Point;
// every function that takes one fails on it with ErrPoint.
type Point struct{ p secp.Point }

// ParsePoint reads a point in compressed form, 33 bytes. It fails with ErrPoint.
func ParsePoint(b []byte) (Point, error) {
	if len(b) != btcec.PubKeyBytesLenCompressed {
		return Point{}, fmt.Errorf("%w: %d bytes", ErrPoint, len(b))
	}
	p, ok := secp.ParseCompressed((*[33]byte)(b))
	if !ok {
		return Point{}, fmt.Errorf("%w: %x", ErrPoint, b)
	}
	return Point{p}, nil
}

// PointOf returns the point of a public key.
func PointOf(key *btcec.PublicKey) Point {
	var j btcec.JacobianPoint
	key.AsJacobian(&j)
	return Point{toPoint(&j)}
}

// PointOfSecret returns tau*G, in variable time, and ErrPoint if tau is zero.
func PointOfSecret(tau *btcec.ModNScalar) (Point, error) {
	k := toScalar(tau)
	p := secp.BaseMultVar(&k)
	if p.IsInfinity() {
		return Point{}, fmt.Errorf("%w: infinity", ErrPoint)
	}
	return Point{p}, nil
}

// Bytes returns the compressed form cbytes(T).
func (p Point) Bytes() [33]byte { return p.p.Compressed() }

// XOnly returns x(T).
func (p Point) XOnly() [32]byte { return p.p.XOnly() }

// Equal says whether two points are the same.
func (p Point) Equal(q Point) bool { return p.p.Equal(&q.p) }

// valid says that p was made by this package.
func (p *Point) valid() bool { return !p.p.IsInfinity() }

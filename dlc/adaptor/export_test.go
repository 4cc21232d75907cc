package adaptor

import (
	"github.com/btcsuite/btcd/btcec/v2"

	"github.com/alkimiya/alkimiya/dlc/digits"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// Adapt completes a signature without judging it.
var Adapt = adapt

// Draw draws coefficients as scalars.
func Draw(random reader, n int) ([]btcec.ModNScalar, error) {
	list, err := drawCoefficients(random, n)
	scalars := make([]btcec.ModNScalar, len(list))
	for i := range list {
		scalars[i] = list[i].scalar()
	}
	return scalars, err
}

type reader interface{ Read([]byte) (int, error) }

// BaseMult returns k*G as the signer computes it, and false for infinity.
func BaseMult(k btcec.ModNScalar) (Point, bool) {
	list := make([]projective, 1)
	list[0].baseMult(&k)
	if list[0].z.Normalize().IsZero() {
		return Point{}, false
	}
	out := make([]Point, 1)
	affineAll(out, list)
	return out[0], true
}

// AddComplete returns a + b by the complete formulas; nil is infinity.
func AddComplete(a, b *Point) *Point {
	p, q := project(a), project(b)
	p.add(&q)
	if p.z.Normalize().IsZero() {
		return nil
	}
	out := make([]Point, 1)
	affineAll(out, []projective{p})
	return &out[0]
}

func project(p *Point) (q projective) {
	if p == nil {
		q.y.SetInt(1)
		return q
	}
	q = projective{x: p.x, y: p.y}
	q.z.SetInt(1)
	return q
}

// Multiply returns the sum of (us[i] + vs[i]*lambda)*points[i] as the verifier
// computes it.
func Multiply(points []btcec.JacobianPoint, us, vs []uint64) btcec.JacobianPoint {
	coefs := make([]coefficient, len(us))
	for i := range coefs {
		coefs[i] = coefficient{us[i], vs[i]}
	}
	return multiply(points, coefs)
}

// CoefficientScalar returns u + v*lambda.
func CoefficientScalar(u, v uint64) btcec.ModNScalar { return coefficient{u, v}.scalar() }

// SignerLeft says whether any secret is left in a signer after it was wiped.
func SignerLeft(priv *btcec.PrivateKey, aux [32]byte) (bool, error) {
	s, err := newSigner(priv, &aux)
	if err != nil {
		return false, err
	}
	s.wipe()
	return *s != signer{}, nil
}

// PointsOfOpposites is Points where the second digit's points are the opposites of
// the first digit's, which no oracle can bring about.
func PointsOfOpposites(set *attest.Set, slots []digits.Slot) ([]Point, error) {
	combs, err := combinations(set, slots)
	if err != nil {
		return nil, err
	}
	weighted := weightedPoints(set, optionsOf(nil))
	for o := range weighted {
		for v := range 2 {
			weighted[o][1][v] = weighted[o][0][v]
			negate(&weighted[o][1][v])
		}
	}
	return sumPoints(set, weighted, combs, slots, optionsOf(nil))
}

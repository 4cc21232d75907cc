package adaptor

import (
	"github.com/btcsuite/btcd/btcec/v2"

	"github.com/alkimiya/alkimiya/internal/secp"
)

// This package's interface speaks of btcec's types, its work is done in secp's.

// toScalar returns k, in constant time.
func toScalar(k *btcec.ModNScalar) (s secp.Scalar) {
	b := k.Bytes()
	s.SetBytes(&b)
	clear(b[:])
	return s
}

// fromScalar returns s, in constant time.
func fromScalar(s *secp.Scalar) (k btcec.ModNScalar) {
	b := s.Bytes()
	k.SetBytes(&b)
	clear(b[:])
	return k
}

// toPoint returns the point of j, which may be infinity.
func toPoint(j *btcec.JacobianPoint) (p secp.Point) {
	if j.Z.IsZero() || j.X.IsZero() && j.Y.IsZero() {
		return p
	}
	q := *j
	if !q.Z.IsOne() {
		q.ToAffine()
	}
	p.X.SetBytes(q.X.Normalize().Bytes())
	p.Y.SetBytes(q.Y.Normalize().Bytes())
	return p
}

package adaptor

import (
	"github.com/btcsuite/btcd/btcec/v2"

	"github.com/alkimiya/alkimiya/dlc/digits"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// Adapt completes a signature without judging it.
var Adapt = adapt

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
			weighted[o][1][v].Negate(&weighted[o][0][v])
		}
	}
	return sumPoints(set, weighted, combs, slots, optionsOf(nil))
}

package attest

import (
	"github.com/btcsuite/btcd/btcec/v2"

	"github.com/alkimiya/alkimiya/internal/secp"
)

// DialectOf lets tests reach the ambiguous case, which no signature does.
var DialectOf = dialectOf

// VerifyBIP340 is what judges every signature of this package.
var VerifyBIP340 = verifyBIP340

// Sign signs any message, as announcements and marks are signed.
func (s *Signer) Sign(m, aux [32]byte) [64]byte {
	sig, err := s.sign(m, aux)
	if err != nil {
		panic(err)
	}
	return sig
}

// SignWith signs a message with a given nonce, as outcomes are signed.
func (s *Signer) SignWith(k btcec.ModNScalar, m [32]byte) [64]byte {
	b := k.Bytes()
	var secret secp.Scalar
	secret.SetBytes(&b)
	r := secp.BaseMult(&secret)
	return s.signWith(&secret, &r, m)
}

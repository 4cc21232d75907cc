package attest

import "github.com/btcsuite/btcd/btcec/v2"

// DialectOf lets tests reach the ambiguous case, which no signature does.
var DialectOf = dialectOf

// VerifyBIP340 is what judges every signature of this package.
var VerifyBIP340 = verifyBIP340

// BaseMult is the multiplication that signing uses.
var BaseMult = baseMult

// Sign signs any message, as announcements and marks are signed.
func (s *Signer) Sign(m, aux [32]byte) [64]byte { return s.sign(m, aux) }

// SignWith signs a message with a given nonce, as outcomes are signed.
func (s *Signer) SignWith(k btcec.ModNScalar, m [32]byte) [64]byte { return s.signWith(&k, m) }

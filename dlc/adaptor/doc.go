// Package adaptor makes and checks Schnorr adaptor signatures: signatures on a
// CET that become valid when oracles attest an outcome. It implements PROTOCOL.md
// section 7, and the adaptor points of section 6.
//
// It signs 32-byte hashes and knows no transaction. It is the only package that
// signs CETs, so that the rule for nonces is kept in one place. It draws no
// randomness: aux and the verifier's coefficients come in as arguments.
//
// Its invariant: a nonce is bound to key, adaptor point, message and aux, so no
// nonce ever meets two challenges; and no list is accepted of which a single
// signature would not complete.
//
// # Secrets and time
//
// Go promises nothing about timing; what is done is to keep secrets out of
// branches and indices. The secret key and the nonces pass only through SHA-256,
// ModNScalar's Add, Mul, Negate and SetBytes, which run in constant time, and
// baseMult, which reads every row of its tables and selects by mask. What is
// branched on is public: the parities of P and R, which the peer is told, and that
// a nonce is not zero. Nonces and intermediate values are overwritten after use.
//
// Verification, adaptor points, completion and extraction run in variable time:
// all they use is public, or, for an oracle's s, published by the time it is used.
//
// All functions are safe for concurrent use.
package adaptor

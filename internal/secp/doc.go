// Package secp is arithmetic on the curve secp256k1 for signatures in bulk: the
// field, scalars, points, multiplication by fixed and by many points, and BIP340.
// dlc/adaptor stands on it, and whoever signs or verifies with BIP340 may. It
// implements sections 6 and 7 of docs/protocol.md as far as they are arithmetic;
// docs/performance.md says what it costs.
//
// It is not a general library: it knows this curve alone, no ECDSA, no key
// exchange and no encodings but BIP340's and the compressed one. It draws no
// randomness; who needs it hands it in.
//
// Its invariant: every function gives the exact result of the group or the field
// for every input of its stated domain. Sums of points have no exceptional cases,
// so equal, opposite and infinite points that a peer chooses are added rightly and
// never spoil what shares an inversion with them.
//
// # Secrets and time
//
// Go promises nothing about timing; what is done is to keep secrets out of
// branches and indices. Safe for secrets in this sense are
//
//   - Field: all but Sqrt, whose answer is public in every use;
//   - Scalar: Add, Negate, Mul, SetBytes, SetReduced, Bytes, IsZero, IsOdd;
//   - BaseMult and BaseMultBatch, which read every row of their tables;
//   - Sign, and Hasher.
//
// Everything else runs in variable time and says so by the suffix Var, except for
// what takes only points: those are public.
//
// Values are not safe for concurrent writing; functions are safe for concurrent
// use.
package secp

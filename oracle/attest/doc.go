// Package attest is what an oracle says: announcements of events, attestations
// of their outcomes, and the points and secrets that follow from them. It
// implements PROTOCOL.md section 6 and the evidence of section 15.
//
// It decodes, encodes and judges. It does not decide when to announce or attest,
// fetches nothing, and knows nothing of contracts; what a node has seen before
// (History) and whom it trusts come in as arguments.
//
// Its invariant: bytes it accepts it writes back bit for bit, and nothing is
// derived from an announcement (no point, no weight, no outcome) before its
// signature has been verified under exactly one dialect.
//
// Everything here is computed from public data in variable time. Nothing is safe
// for concurrent writing; a Set is immutable and safe for concurrent use.
package attest

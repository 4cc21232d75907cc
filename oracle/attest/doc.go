// Package attest is what an oracle says: announcements of events, attestations
// of their outcomes, and the points and secrets that follow from them. It
// implements PROTOCOL.md section 6 and the evidence of section 15.
//
// It decodes, encodes, judges and signs. It does not decide when to announce or
// attest, keeps no record of what it signed (oracle/store does), fetches nothing,
// and knows nothing of contracts; what a node has seen before (History) and whom
// it trusts come in as arguments.
//
// Its invariant: bytes it accepts it writes back bit for bit, and nothing is
// derived from an announcement (no point, no weight, no outcome) before its
// signature has been verified under exactly one dialect. What a Signer signs is a
// function of its secrets and the message alone, in dialect D2.
//
// All but a Signer computes from public data in variable time; a Signer keeps
// secrets out of branches and indices. Nothing is safe for concurrent writing; a
// Set and a Signer are immutable and safe for concurrent use.
package attest

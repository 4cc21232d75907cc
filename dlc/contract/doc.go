// Package contract is the contract machine: one pure function that carries a
// contract of two peers from its offer to its last confirmation, for both
// roles, through timeouts, reorgs, duplicate and reordered messages
// (PROTOCOL.md 8 and 10 to 15).
//
// It is not a node: it has no clock, no randomness, no store, no network and
// no secret. Time, heights, messages and signatures arrive inside events; what
// has to be done leaves as effects; the heavy work (Verify, MakeAccept,
// MakeSign, MakeCET) is a set of pure functions that a worker calls when an
// effect asks for it and whose result comes back as an event. The shell
// commits the new state together with its effects in one synced transaction
// and only then runs them.
//
// Invariant: no state is left for one in which funds can be lost that were
// safe before. The offerer's funding witnesses leave only after every
// signature of the accepter is verified and the cancel transaction is stored;
// nothing spends a funding output that is not confirmed; a refund is never
// broadcast before its locktime; whatever the chain takes back, the machine
// takes back too.
package contract

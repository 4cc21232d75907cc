// Package draft makes what a contract is to be, and gathers by what a peer's is
// judged: terms, event, announcements, fee rates, times and coins.
//
// It reserves nothing, stores nothing and sends nothing; whoever calls it does.
//
// Invariant: an own offer is checked with the facts by which its peer will check
// it; a peer's coins are looked up only when all that costs less has passed.
//
// It implements the duties of offerer and accepter in PROTOCOL.md 5 and 8.
package draft

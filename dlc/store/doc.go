// Package store keeps contracts, their messages, outbox and history, the order
// book's own records and the oracles' nonces on disk (PROTOCOL.md 13). It is
// the one package below dlc that does input and output.
//
// It is not the judge of anything: dlc/contract says what follows from an
// event, and Commit writes down exactly that, state and effects in one
// transaction.
//
// Invariant: what Commit returned nil for survives a power cut, whole; what it
// returned an error for left no trace. Messages, nonces and history are
// written once and never changed. An order is never filled beyond its size,
// and what a contract took of it comes back at most once. Every write is
// synced, the store is encrypted, and one process opens it.
//
// All methods are safe for concurrent use; one contract is written by one
// goroutine (ErrStale tells when that is broken).
package store

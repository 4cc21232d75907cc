// Package backup keeps a recovery file of every contract that may be funded,
// in a folder of the owner's choice, and gets contracts back: from such files,
// and from the peers of a node that lost its store (`recover`, `record`).
//
// It is not the contract store and nothing is decided by it: what a recovery
// record holds, and what a contract made of one may do, is for dlc/contract
// and dlc/store. A restored contract settles, refunds and broadcasts what it
// holds and signs nothing again.
//
// Invariant: a file under its final name is whole and on stable storage, sealed
// under a key that follows from the mnemonic alone. The folder follows the
// store within moments, on its own; Secured waits until it has. A file is replaced
// only by one that has all that it had, and deleted only when the store, which
// holds as much of the contract, says that it is final; one that holds more, or
// something else, or cannot be opened, is put aside with an alarm. What the store
// does not know is never touched. Own files come before peers, who are asked once
// these are taken over or are of no use; from a peer nothing is taken but contracts
// with our own keys and our own signature in them, and only after we asked.
//
// It implements the backup and the recovery of PROTOCOL.md 15.
package backup

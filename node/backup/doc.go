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
// store within moments, on its own, and is ahead of it never; Secured waits
// until it has. A file is deleted only when the store, which holds the contract,
// says that the contract is final; what the store does not know is never
// touched. From a peer nothing is taken but contracts with our own keys and our
// own signature in them, and only after we asked.
//
// It implements the backup and the recovery of PROTOCOL.md 15.
package backup

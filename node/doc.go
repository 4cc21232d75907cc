// Package node is the daemon: it holds the wallet, speaks to the chain and
// serves the RPC.
//
// It wires; what decides about money is in the packages below it. The daemon
// starts locked: no key is in memory and no database is open until Unlock,
// Create or Restore.
//
// Invariants: one daemon per data directory; nothing of the wallet runs before
// the chain backend is known to be on the right network; shutdown goes in
// order, requests first, then the wallet, then the backend, then the lock.
package node

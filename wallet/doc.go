// Package wallet holds a user's bitcoin: addresses, coins, leases, payments.
//
// It stands on lnd's btcwallet, which owns keys, coins and transactions; this
// package adds what a contract node needs around it: one lock over coin
// selection, leases with an owner that survive restarts, transactions that are
// on disk before the network sees them, and errors a person can act on. It
// knows nothing of contracts.
//
// Invariants: a coin has at most one lease; a lease is released once; a signed
// transaction is in the wallet store before it is sent and is sent again until
// the network has it or has refused it for good.
package wallet

// Package fund brings a node's own coins into contracts: it chooses and
// reserves them, draws keys, scripts and serials of our side, signs funding
// inputs, and makes the transactions by which a coin is taken back.
//
// It is not a wallet and not a judge: coins, addresses and signatures are the
// wallet's, and whether a contract may be signed says dlc/contract. It signs
// funding inputs only in transactions that dlc/txs built.
//
// Invariant: a coin is reserved for one contract before any message names it,
// under a lease whose owner is the contract, and freed only with it; keys and
// scripts are drawn afresh for each contract (PROTOCOL.md 2, SECURITY.md P7).
package fund

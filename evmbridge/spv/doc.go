// Package spv is what a proof to the bridge's contracts is made of and how the
// contracts judge it: header chains, retarget and work, Merkle branches, strict
// transactions, oracle events, ids, digests and payoffs. docs/bridge.md is its
// specification.
//
// It only computes: it fetches nothing, sends nothing, and knows no EVM client.
// It is not a validator of Bitcoin; like the contracts it judges headers by the
// rules that the relay has.
//
// Its invariant: for the same bytes it says what the contracts in
// evmbridge/contracts say, the error included. Hashes are in internal byte order,
// as on the wire; amounts are satoshi. Functions are safe for concurrent use.
package spv

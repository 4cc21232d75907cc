// Package vault is the bridge's vault on Bitcoin: its script, the transactions that
// pay redemptions out of it, and what an operator checks and remembers before he
// signs one. docs/bridge.md is its specification.
//
// It speaks to no chain and no peer: what is in blocks, on either chain, comes
// through the interfaces declared here. It does not decide whom to pay; the
// redemptions do. Whether a lot may be attested is the judgement of a LotVerifier.
//
// Its invariant: an operator signs a payment of a redemption only if every earlier
// payment of it that he signed cannot confirm beside this one: they all spend one
// anchor, which is on disk, synced, before the first signature.
package vault

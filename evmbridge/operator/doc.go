// Package operator is what an operator of the bridge does: it attests lots, completes
// the contracts that it attested, pays redemptions out of the vault together with the
// other operators, and answers them. docs/bridge.md is its specification.
//
// What may be signed is the policy of evmbridge/vault; whether a lot is sound, and how its
// contract is completed, is a matter of the Contracts that its user brings. It
// is not a relayer: what must be proven on the EVM chain, evmbridge/relayer proves.
//
// Its invariant: a pre-signed contract is on disk, synced, before its attestation leaves,
// and so is a payment before it is broadcast. Two payments of one redemption spend a
// common input.
package operator

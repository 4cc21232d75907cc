// Package feed is what a node knows of indices and oracles: the oracles that its
// owner trusts, their announcements and attestations, and the node's own
// computation of the index to hold them against (PROTOCOL.md sections 6 and 15,
// docs/product.md section 2.4).
//
// It decides nothing about contracts. On a full node it computes each chain-derived
// index from blocks; a light client takes counters from t equal attestations and
// recomputes the days of its own contracts from the oracles' evidence and its own
// headers.
//
// Its invariant: nothing an oracle says is passed on unless its signature verifies
// under the key that was asked for; nonces are in the store's nonce index before an
// announcement is relied on; and while the own index contradicts t equal
// attestations no new contract gets a base from it.
package feed

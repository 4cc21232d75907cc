// Package relayer carries facts to the bridge's contracts: Bitcoin headers, and
// calls that others prepare (proofs, prices, settlements). It submits, retries,
// pays more where it must, and does not stop before a call is final.
//
// It does not decide what is true: the contracts do. It holds the key of an account
// that pays gas, and nothing else of worth.
//
// Its invariant: a call is on disk, synced, before anything of it is sent, and so is
// every transaction that carries it; one nonce never carries two calls. So a
// restart, a reorganisation of either chain, or a call enqueued twice does no harm.
package relayer

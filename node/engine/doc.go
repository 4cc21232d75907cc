// Package engine carries events to contracts and effects to the world: the
// shell around dlc/contract.Step and dlc/store.
//
// One goroutine owns one contract; users, peers, workers, clock and chain send
// it events. A step's state and effects are committed in one synced
// transaction, and only then are the effects done: messages sent, lists signed
// and verified, coins set aside, transactions published and watched, closes
// signed with nonces that live in memory alone. What a crash left undone is
// done again at the next start.
//
// It decides nothing about money by itself: what follows from an event says
// dlc/contract, what a user would agree to says node/policy, and what oracles
// said says the Oracles it is given. It keeps no order book and no connection.
//
// Invariant: nothing leaves this package that is not on disk, and nothing on
// disk that was to leave is forgotten. Inputs and keys belong to one contract
// for ever; a secret nonce signs once and is never written.
//
// It implements the shell of PROTOCOL.md 8 and 10 to 15.
package engine

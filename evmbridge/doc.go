// Package evmbridge holds the tests of the bridge's contracts as a whole: they run
// the contracts on an EVM in this process, against the Go implementations in
// evmbridge/spv, real Bitcoin data and the attacks that other bridges met.
// docs/bridge.md says what the bridge is and whom its users trust.
//
// The only code here is the play asset that demonstrations post bonds in; see contracts,
// bindings, deploy, spv, vault and relayer.
package evmbridge

// Package bindings is what Go needs to speak to the bridge's contracts: packing of
// calls, unpacking of answers, events and errors, and the bytecode to deploy.
//
// It is generated from evmbridge/contracts/artifacts.json and decides nothing.
// Its invariant: it belongs to those artifacts, byte for byte; `make
// generate-check` writes it anew and compares. It links go-ethereum, so only
// alkbridge, alkdemo and tests may import it.
package bindings

//go:generate go tool abigen --v2 --combined-json ../contracts/artifacts.json --pkg bindings --out bindings.go

// Package itest holds the integration tests: whole programs on a real Bitcoin
// node. They run the binaries as users do, over TCP, and wait on conditions,
// never on time. There is no code here but tests; package harness carries them.
//
// `make itest` runs all of them, `go test -short ./itest/...` those that every
// change must pass; the skipped ones are counted aloud.
package itest

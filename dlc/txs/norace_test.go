//go:build !race

package txs_test

// raced: see race_test.go.
const raced = false

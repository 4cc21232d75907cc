//go:build !race

package contract_test

// raced: see race_test.go.
const raced = false

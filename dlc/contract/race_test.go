//go:build race

package contract_test

// raced says that the race detector runs, which slows field arithmetic down
// some thirty times; one goroutine owns a contract, so fewer lives will do.
const raced = true

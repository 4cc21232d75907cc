//go:build race

package txs_test

// raced says that the race detector runs, which slows field arithmetic down
// some thirty times; nothing here starts a goroutine, so fewer draws will do.
const raced = true

//go:build purego

package adaptor_test

// implementation names what was built, for benchmarks.
const implementation = "purego"

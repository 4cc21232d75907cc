// Package contracts carries the compiled contracts of the bridge: their ABI, their
// code, and the hash of what the compiler was given. The Solidity sources are in
// src, the tools that compile, lint and test them in tools and test.
//
// It runs nothing and links no EVM. Its invariant: the artifacts belong to the
// sources; `make contracts` compiles them anew and compares.
package contracts

import _ "embed"

// Artifacts is artifacts.json, in the form of solc's combined JSON. Do not change it.
//
//go:embed artifacts.json
var Artifacts []byte

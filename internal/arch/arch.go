// Package arch is the project's import rules as code: which layer may import
// which, what core packages must not touch, what no program may link, and how
// large a file may grow. docs/architecture.md says the same in words, and
// .golangci.yml repeats the layer rules so that editors show them early.
//
// It judges source text and the go tool's list of dependencies, and runs no
// code of the project. Its invariant: every rule speaks of paths, so a package
// that does not exist yet is bound by it from its first commit.
package arch

import (
	"fmt"
	"slices"
	"strings"
)

// Module is the path of the module that the rules are for.
const Module = "github.com/alkimiya/alkimiya"

// Package is a package of the module as the rules see it.
type Package struct {
	// Path is relative to the module, with slashes; "." is the root.
	Path string
	// Name is the name in the package clause, without "_test".
	Name string
	// Documented says that a hand-written file has a package comment.
	Documented bool
	// Generated says that every file is generated.
	Generated bool
	// Imports are the import paths of the files that are not tests.
	Imports []string
	// TestImports are the import paths of the _test files.
	TestImports []string
	// ClockCalls are the places where files that are not tests read the
	// clock or wait for it, as "file:line: time.Now".
	ClockCalls []string
}

// Violation is one breach of one rule.
type Violation struct {
	// Rule is the rule's name, for example "layers".
	Rule string
	// Importer is the package, file or program at fault, relative to the
	// module.
	Importer string
	// Imported is what it must not import or contain; it may be empty.
	Imported string
	// Why says what the rule is for, or what is allowed instead.
	Why string
}

// String returns one line: rule, importer, imported and the reason.
func (v Violation) String() string {
	if v.Imported == "" {
		return fmt.Sprintf("%s: %s: %s", v.Rule, v.Importer, v.Why)
	}
	return fmt.Sprintf("%s: %s must not import %s: %s", v.Rule, v.Importer, v.Imported, v.Why)
}

// layers says, for each top-level folder, which parts of the module its
// packages may import. A folder that is not listed may import nothing of the
// module.
var layers = map[string][]string{
	"cmd":       {"cmd", "node", "oracle", "wallet", "evmbridge", "dlc", "internal"},
	"itest":     {"itest", "cmd", "node", "oracle", "wallet", "evmbridge", "dlc", "internal"},
	"node":      {"node", "oracle", "wallet", "dlc", "evmbridge/vault", "internal"},
	"oracle":    {"oracle", "internal"},
	"wallet":    {"wallet", "internal"},
	"evmbridge": {"evmbridge", "oracle/attest", "internal"},
	"dlc":       {"dlc", "oracle/attest", "oracle/federation", "internal"},
	"internal":  {"internal"},
}

// testLayers is what _test files may import in addition: differential tests
// compare dlc, wallet and evmbridge with each other; programs are tested with
// the harness.
var testLayers = map[string][]string{
	"cmd":       {"itest/harness"},
	"wallet":    {"dlc", "evmbridge", "oracle/attest", "oracle/federation"},
	"evmbridge": {"dlc", "wallet", "oracle/federation"},
	"dlc":       {"wallet", "evmbridge"},
}

// benchPath holds only tests and may import whatever it measures.
const benchPath = "internal/bench"

// coreTrees are the folders whose packages, subfolders included, only compute;
// corePackages are single ones.
var (
	coreTrees    = []string{"dlc", "oracle/attest", "oracle/index", "oracle/federation", "evmbridge/spv"}
	notCore      = []string{"dlc/store"}
	corePackages = []string{"wallet/watch"}
)

// coreForbidden is what core packages do not import, subpackages included.
var coreForbidden = []string{
	"net", "os", "syscall", "crypto/rand", "math/rand", "log", "context",
	"github.com/dgraph-io/badger", "go.etcd.io/bbolt", "github.com/btcsuite/btcwallet/walletdb",
	"github.com/lightningnetwork/lnd/kvdb", "github.com/lightningnetwork/lnd/channeldb", "database/sql",
}

// testOnly is what only tests and the packages that serve them may import.
var (
	testOnly = []string{
		"testing", "github.com/stretchr/testify", "pgregory.net/rapid",
		"github.com/btcsuite/btcd/integration/rpctest", "github.com/rogpeppe/go-internal/testscript",
		Module + "/internal/testkit",
	}
	testTrees = []string{"internal/testkit", "itest"}
)

// forbidden is what nothing imports, with the reason.
var forbidden = map[string]string{
	"github.com/btcsuite/btcutil":              "the old module; use github.com/btcsuite/btcd/btcutil",
	"github.com/lightningnetwork/lnd/rpcperms": "it needs a replace line for protobuf; node/rpc has its own interceptor",
	"github.com/lightningnetwork/lnd/lnrpc":    "it needs a replace line for protobuf",
	"github.com/btcsuite/btcd/btcec":           "the old curve; use github.com/btcsuite/btcd/btcec/v2",
}

// emptyNames say nothing about what a package provides.
var emptyNames = []string{"util", "utils", "common", "helper", "helpers", "type", "types", "manager", "base"}

// Check returns every breach of the rules about single packages, in the order
// of packages.
func Check(packages []Package) []Violation {
	byPath := make(map[string]Package, len(packages))
	for _, p := range packages {
		byPath[p.Path] = p
	}
	var out []Violation
	for _, p := range packages {
		out = append(out, checkLayers(p)...)
		out = append(out, checkCore(p, byPath)...)
		out = append(out, checkTestOnly(p)...)
		out = append(out, checkForbidden(p)...)
		out = append(out, checkNames(p)...)
		out = append(out, checkDocs(p)...)
	}
	return out
}

func checkLayers(p Package) []Violation {
	area, _, _ := strings.Cut(p.Path, "/")
	allowed := layers[area]
	inTests := slices.Concat(allowed, testLayers[area])
	if within(p.Path, benchPath) {
		inTests = []string{"cmd", "node", "oracle", "wallet", "evmbridge", "dlc", "internal"}
	}
	return append(
		layerBreaches(p, "layers", p.Imports, allowed),
		layerBreaches(p, "layers (in tests)", p.TestImports, inTests)...)
}

func layerBreaches(p Package, rule string, imports, allowed []string) []Violation {
	var out []Violation
	for _, path := range imports {
		local, ok := localPath(path)
		if !ok || local == p.Path || withinAny(local, allowed) {
			continue
		}
		why := "it may import " + strings.Join(allowed, ", ")
		if len(allowed) == 0 {
			why = "the folder belongs to no layer"
		}
		out = append(out, Violation{Rule: rule, Importer: p.Path, Imported: local, Why: why})
	}
	return out
}

// checkCore follows the imports of a core package inside the module, so that
// nothing it forbids itself comes back by way of another package.
func checkCore(p Package, byPath map[string]Package) []Violation {
	if !isCore(p.Path) {
		return nil
	}
	var out []Violation
	seen := map[string]bool{p.Path: true}
	var visit func(at Package, via string)
	visit = func(at Package, via string) {
		for _, call := range at.ClockCalls {
			out = append(out, Violation{
				Rule: "core", Importer: p.Path,
				Why: "core code is told the time, it does not look: " + via + call,
			})
		}
		for _, path := range at.Imports {
			local, inModule := localPath(path)
			if withinAny(path, coreForbidden) || (inModule && isStore(local)) {
				out = append(out, Violation{
					Rule: "core", Importer: p.Path, Imported: via + path,
					Why: "core packages only compute",
				})
				continue
			}
			if inModule && !seen[local] {
				seen[local] = true
				visit(byPath[local], via+local+" -> ")
			}
		}
	}
	visit(p, "")
	return out
}

func checkTestOnly(p Package) []Violation {
	if withinAny(p.Path, testTrees) {
		return nil
	}
	var out []Violation
	for _, path := range p.Imports {
		if withinAny(path, testOnly) {
			out = append(out, Violation{
				Rule: "test only", Importer: p.Path, Imported: path,
				Why: "only _test files, internal/testkit and itest may",
			})
		}
	}
	if within(p.Path, benchPath) && len(p.Imports) > 0 {
		out = append(out, Violation{Rule: "test only", Importer: p.Path, Why: benchPath + " holds only _test files"})
	}
	return out
}

func checkForbidden(p Package) []Violation {
	var out []Violation
	for _, path := range merge(slices.Clone(p.Imports), p.TestImports) {
		for banned, why := range forbidden {
			if withinModule(path, banned) {
				out = append(out, Violation{Rule: "forbidden", Importer: p.Path, Imported: path, Why: why})
			}
		}
	}
	return out
}

func checkNames(p Package) []Violation {
	var out []Violation
	for _, name := range append(strings.Split(p.Path, "/"), p.Name) {
		if slices.Contains(emptyNames, name) {
			out = append(out, Violation{
				Rule: "names", Importer: p.Path,
				Why: fmt.Sprintf("%q says nothing; name a package by what it provides", name),
			})
			break
		}
	}
	return out
}

func checkDocs(p Package) []Violation {
	if p.Documented || p.Generated {
		return nil
	}
	return []Violation{{
		Rule: "package comment", Importer: p.Path,
		Why: "say what the package is for, what it is not, and the invariant it keeps",
	}}
}

// isCore reports whether the package at a module-relative path only computes.
func isCore(path string) bool {
	if withinAny(path, notCore) {
		return false
	}
	return withinAny(path, coreTrees) || slices.Contains(corePackages, path)
}

func isStore(local string) bool {
	return slices.Contains(strings.Split(local, "/"), "store")
}

// localPath strips the module's path from an import path.
func localPath(path string) (string, bool) {
	if path == Module {
		return ".", true
	}
	return strings.CutPrefix(path, Module+"/")
}

func within(path, tree string) bool {
	return path == tree || strings.HasPrefix(path, tree+"/")
}

func withinAny(path string, trees []string) bool {
	return slices.ContainsFunc(trees, func(tree string) bool { return within(path, tree) })
}

// withinModule is within, except that a major-version folder below tree is
// another module.
func withinModule(path, tree string) bool {
	rest, ok := strings.CutPrefix(path, tree+"/")
	if !ok {
		return path == tree
	}
	return len(rest) < 2 || rest[0] != 'v' || rest[1] < '2' || rest[1] > '9'
}

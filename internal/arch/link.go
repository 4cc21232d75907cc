package arch

import (
	"maps"
	"slices"
	"strings"
)

// Graph is what a program links: each package's import path, with the import
// paths that it imports in turn.
type Graph map[string][]string

// linkRule says what no program but the named ones may link.
type linkRule struct {
	tree   string
	except []string
	why    string
}

var linkRules = []linkRule{
	{
		tree: "github.com/ethereum/go-ethereum", except: []string{"alkbridge", "alkdemo"},
		why: "its licence (LGPL) and weight stay out of every program but alkbridge and alkdemo",
	},
	{tree: "github.com/lightningnetwork/lnd/lnrpc", why: "it needs a replace line for protobuf"},
	{tree: "github.com/lightningnetwork/lnd/rpcperms", why: "it needs a replace line for protobuf"},
	{tree: "github.com/btcsuite/btcd/integration/rpctest", why: "it is for tests"},
}

// CheckLinks returns what the program at an import path links although it must
// not, with the shortest chain of imports that brings it in.
func CheckLinks(program string, imports Graph) []Violation {
	local, _ := localPath(program)
	name := program[strings.LastIndex(program, "/")+1:]
	var out []Violation
	for _, rule := range linkRules {
		if slices.Contains(rule.except, name) {
			continue
		}
		if chain := shortestChain(program, imports, rule.tree); chain != nil {
			out = append(out, Violation{
				Rule: "linked", Importer: local, Imported: chain[len(chain)-1],
				Why: rule.why + " (by " + strings.Join(chain, " -> ") + ")",
			})
		}
	}
	return out
}

// shortestChain searches breadth first from program for a package of tree. It
// returns the path to it, both ends included, or nil.
func shortestChain(program string, imports Graph, tree string) []string {
	from := map[string]string{program: ""}
	queue := []string{program}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		if within(at, tree) {
			var chain []string
			for ; at != ""; at = from[at] {
				chain = append(chain, at)
			}
			slices.Reverse(chain)
			return chain
		}
		for _, next := range imports[at] {
			if _, seen := from[next]; !seen {
				from[next] = at
				queue = append(queue, next)
			}
		}
	}
	return nil
}

// Programs returns the import paths of the main packages below cmd, sorted.
func Programs(packages []Package) []string {
	found := map[string]bool{}
	for _, p := range packages {
		if p.Name == "main" && within(p.Path, "cmd") {
			found[Module+"/"+p.Path] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

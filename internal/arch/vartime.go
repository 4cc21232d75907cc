package arch

import (
	"go/ast"
	"slices"
	"strings"
)

// SideChannels is the document, relative to the module, that lists every call whose
// time may depend on what it works on.
const SideChannels = "docs/side-channels.md"

// curvePath is the package of the curve.
const curvePath = "internal/secp"

// Call is a place where code may take a time that depends on its arguments.
type Call struct {
	// File is relative to the module; Callee is "package.Name", or ".Name" for a
	// method.
	File, Callee string
}

// String says who calls what.
func (c Call) String() string { return c.File + ": call of " + c.Callee }

// variableTime names methods and functions, whatever they belong to, that multiply or
// invert in variable time: those of btcec, of btcutil's HD keys, of txscript and
// musig2 that are given secret keys or derive public ones from them, and of
// internal/secp by their suffix.
var variableTime = []string{
	"PubKey", "ECPubKey", "ECPrivKey", "Derive", "DeriveNonStandard", "Neuter", "PrivKeyFromBytes", "NewPrivateKey",
	"GenerateSharedSecret", "ECDH", "NewBrontideMachine", "ComputeInputScript", "SignatureScript", "WitnessSignature",
	"RawTxInTaprootSignature", "RawTxInTapscriptSignature", "RawTxInWitnessSignature",
}

// variableTimePackages are packages all of whose signing is in variable time.
var variableTimePackages = map[string][]string{
	"schnorr": {"Sign"}, "ecdsa": {"Sign", "SignCompact"}, "musig2": {"Sign", "GenNonces"},
}

// harmlessTrees handle no secret that is worth anything: tests, what serves them, and
// internal/secp itself, whose own rule is CheckConstantTime.
var harmlessTrees = []string{
	"itest", "internal/testkit", "internal/regtest", "internal/secp", "oracle/attest/attesttest", "node/rpc/fake",
}

// isVariableTime judges a call by names alone: x is what stands before the dot.
func isVariableTime(x, name string) bool {
	switch {
	case strings.HasSuffix(name, "NonConst"):
		return true
	case x == "secp" || strings.HasSuffix(name, "MultiplesVar"):
		return strings.HasSuffix(name, "Var")
	default:
		return slices.Contains(variableTimePackages[x], name) || slices.Contains(variableTime, name)
	}
}

// callsIn returns the variable-time calls of a file.
func callsIn(file string, parsed *ast.File) (calls []Call) {
	imported := importNames(parsed)
	ast.Inspect(parsed, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		selector, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x := ""
		if id, ok := selector.X.(*ast.Ident); ok && imported[id.Name] {
			x = id.Name
		}
		if c := (Call{File: file, Callee: x + "." + selector.Sel.Name}); isVariableTime(x, selector.Sel.Name) && !slices.Contains(calls, c) {
			calls = append(calls, c)
		}
		return true
	})
	return calls
}

// importNames returns the names by which a file speaks of packages, as far as the
// last elements of their paths say them.
func importNames(parsed *ast.File) map[string]bool {
	names := make(map[string]bool)
	for _, spec := range parsed.Imports {
		path := strings.Trim(spec.Path.Value, `"`)
		name := path[strings.LastIndex(path, "/")+1:]
		if len(name) > 1 && name[0] == 'v' && name[1] >= '0' && name[1] <= '9' {
			path = strings.TrimSuffix(path, "/"+name)
			name = path[strings.LastIndex(path, "/")+1:]
		}
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = true
	}
	return names
}

// CheckSideChannels compares the variable-time calls of the tree with the tables of
// SideChannels, whose rows begin with a file and a callee, both in backquotes, and end
// with a reason. It returns a violation for each call without a row, row without a
// call, and row without a reason.
func CheckSideChannels(calls []Call, document string) []Violation {
	listed := make(map[Call]bool)
	var out []Violation
	for line := range strings.Lines(document) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) < 4 || !strings.HasPrefix(strings.TrimSpace(cells[1]), "`") {
			continue
		}
		c := Call{File: strings.Trim(cells[1], " `"), Callee: strings.Trim(cells[2], " `")}
		listed[c] = false
		if len(strings.TrimSpace(cells[3])) < 10 {
			out = append(out, Violation{Rule: "side channels", Importer: c.String(), Why: SideChannels + " gives no reason"})
		}
	}
	for _, c := range calls {
		if withinAny(c.File, harmlessTrees) {
			continue
		}
		if _, ok := listed[c]; !ok {
			out = append(out, Violation{
				Rule: "side channels", Importer: c.String(),
				Why: "it takes variable time; use internal/secp, or say in " + SideChannels + " why no secret depends on it",
			})
		}
		listed[c] = true
	}
	for c, found := range listed {
		if !found {
			out = append(out, Violation{Rule: "side channels", Importer: c.String(), Why: SideChannels + " lists a call that is not there"})
		}
	}
	return out
}

// constantTime are the functions of internal/secp that take secrets.
var constantTime = []string{"BaseMult", "BaseMultBatch", "Sign", "PublicKey", "recode", "pick", "normalize"}

// CheckConstantTime returns a violation for each function of internal/secp that takes
// secrets and may come to call one whose name ends with Var. calls holds, for each
// function's name, the names that it calls; methods of one name are taken for one.
func CheckConstantTime(calls map[string][]string) []Violation {
	var out []Violation
	for _, root := range constantTime {
		if calls[root] == nil {
			out = append(out, Violation{Rule: "constant time", Importer: curvePath + "." + root, Why: "there is no such function"})
		}
		seen := map[string]bool{root: true}
		queue := []string{root}
		for len(queue) > 0 {
			at := queue[0]
			queue = queue[1:]
			if strings.HasSuffix(at, "Var") {
				out = append(out, Violation{Rule: "constant time", Importer: curvePath + "." + root, Why: "it takes secrets, and may come to call " + at})
			}
			for _, next := range calls[at] {
				if !seen[next] {
					seen[next] = true
					queue = append(queue, next)
				}
			}
		}
	}
	return out
}

// namesCalled adds, for each function of a file, the names that it calls.
func namesCalled(parsed *ast.File, calls map[string][]string) {
	for _, decl := range parsed.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Body == nil {
			continue
		}
		list := calls[f.Name.Name]
		if list == nil {
			list = []string{}
		}
		ast.Inspect(f.Body, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				switch fun := call.Fun.(type) {
				case *ast.Ident:
					list = append(list, fun.Name)
				case *ast.SelectorExpr:
					list = append(list, fun.Sel.Name)
				default:
				}
			}
			return true
		})
		calls[f.Name.Name] = list
	}
}

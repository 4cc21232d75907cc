package arch

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
)

// startNames are the methods and functions that begin a goroutine for their caller: those
// of wait and error groups, of timers, of tests that run beside others or wait, of servers.
var startNames = []string{"Go", "TryGo", "AfterFunc", "Parallel", "Eventually", "EventuallyWithT", "Never", "NewServer", "NewTLSServer"}

// goroutines finds each place where a file begins a goroutine.
func goroutines(files *token.FileSet, file *ast.File) []string {
	var out []string
	note := func(at token.Pos, what string) {
		place := files.Position(at)
		out = append(out, fmt.Sprintf("%s:%d: %s", place.Filename, place.Line, what))
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			note(n.Pos(), "go")
		case *ast.SelectorExpr:
			if slices.Contains(startNames, n.Sel.Name) {
				note(n.Sel.Pos(), n.Sel.Name)
			}
		}
		return true
	})
	return out
}

// CheckSequential returns every place where one of the named packages, which are tested
// without the race detector, begins a goroutine: in itself, in its tests, or in what
// either imports of the module.
func CheckSequential(packages []Package, sequential []string) []Violation {
	byPath := make(map[string]Package, len(packages))
	for _, p := range packages {
		byPath[p.Path] = p
	}
	var out []Violation
	for _, name := range sequential {
		p, known := byPath[name]
		if !known {
			out = append(out, Violation{Rule: "sequential", Importer: name, Why: "there is no such package"})
			continue
		}
		places := slices.Concat(p.Goroutines, p.TestGoroutines)
		seen := map[string]bool{name: true}
		for left := slices.Concat(p.Imports, p.TestImports); len(left) > 0; left = left[1:] {
			local, inModule := localPath(left[0])
			if !inModule || seen[local] {
				continue
			}
			seen[local] = true
			places = append(places, byPath[local].Goroutines...)
			left = append(left, byPath[local].Imports...)
		}
		for _, place := range places {
			out = append(out, Violation{
				Rule: "sequential", Importer: name,
				Why: "its tests run without the race detector, so nothing may begin a goroutine: " + place,
			})
		}
	}
	return out
}

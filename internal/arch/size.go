package arch

import (
	"fmt"
	"go/ast"
	"go/token"
)

// The largest sizes that need no reason, in lines.
const (
	MaxFileLines     = 600
	MaxFunctionLines = 70
)

// CheckSizes returns the files and functions that are too long. Exceptions maps
// "path/file.go" or "path/file.go:Function" to the reason why it may be; one
// without a reason, or for something that is not too long, is a violation too.
func CheckSizes(files []File, exceptions map[string]string) []Violation {
	var out []Violation
	used := map[string]bool{}
	tooLong := func(what string, lines, limit int) {
		if exceptions[what] != "" {
			used[what] = true
			return
		}
		out = append(out, Violation{Rule: "size", Importer: what, Why: fmt.Sprintf("%d lines, at most %d", lines, limit)})
	}
	for _, file := range files {
		if file.Lines > MaxFileLines {
			tooLong(file.Path, file.Lines, MaxFileLines)
		}
		for _, f := range file.Functions {
			if f.Lines > MaxFunctionLines {
				tooLong(file.Path+":"+f.Name, f.Lines, MaxFunctionLines)
			}
		}
	}
	for what := range exceptions {
		if !used[what] {
			out = append(out, Violation{Rule: "size", Importer: what, Why: "an exception that nothing needs, or without a reason"})
		}
	}
	return out
}

func measure(files *token.FileSet, file *ast.File, path string) File {
	out := File{Path: path, Lines: files.Position(file.FileEnd).Line}
	for _, declaration := range file.Decls {
		f, ok := declaration.(*ast.FuncDecl)
		if !ok {
			continue
		}
		first, last := files.Position(f.Type.Func).Line, files.Position(f.End()).Line
		out.Functions = append(out.Functions, Function{Name: functionName(f), Lines: last - first + 1})
	}
	return out
}

func functionName(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return f.Name.Name
	}
	receiver := f.Recv.List[0].Type
	if star, ok := receiver.(*ast.StarExpr); ok {
		receiver = star.X
	}
	switch generic := receiver.(type) {
	case *ast.IndexExpr:
		receiver = generic.X
	case *ast.IndexListExpr:
		receiver = generic.X
	}
	if name, ok := receiver.(*ast.Ident); ok {
		return name.Name + "." + f.Name.Name
	}
	return f.Name.Name
}

package arch

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// ErrForeignModule says that the folder given to Load is not the root of Module.
var ErrForeignModule = errors.New("not the module the rules are for")

// Tree is the source of the module.
type Tree struct {
	// Packages are sorted by path.
	Packages []Package
	// Files are the hand-written files that are not tests.
	Files []File
	// VariableTime are the calls, outside tests, that CheckSideChannels judges.
	VariableTime []Call
	// Curve holds, for CheckConstantTime, what functions of internal/secp call.
	Curve map[string][]string
}

// File is the size of one source file.
type File struct {
	// Path is relative to the module, with slashes.
	Path      string
	Lines     int
	Functions []Function
}

// Function is the size of one function or method.
type Function struct {
	// Name is "F" or, for a method, "T.F".
	Name string
	// Lines counts from the word func to the closing brace.
	Lines int
}

// clockNames are the functions of package time that read the clock or wait.
var clockNames = []string{
	"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker",
}

// Load reads all Go files below root, whatever their build constraints, except
// those that no build takes ("ignore", "_" and "." names, testdata). It returns
// ErrForeignModule if root is not the root of the module, or the error of the
// first file that cannot be read or parsed.
func Load(root string) (Tree, error) {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod")) //nolint:gosec // G304: the caller names his own tree
	if err != nil {
		return Tree{}, fmt.Errorf("read go.mod: %w", err)
	}
	if !strings.HasPrefix(string(mod), "module "+Module+"\n") {
		return Tree{}, fmt.Errorf("%w: %s", ErrForeignModule, root)
	}
	l := loader{root: root, packages: map[string]*Package{}, curve: map[string][]string{}}
	if err := filepath.WalkDir(root, l.visit); err != nil {
		return Tree{}, fmt.Errorf("read source: %w", err)
	}
	tree := Tree{Files: l.files, VariableTime: l.variableTime, Curve: l.curve}
	for _, p := range l.packages {
		tree.Packages = append(tree.Packages, *p)
	}
	slices.SortFunc(tree.Packages, func(a, b Package) int { return strings.Compare(a.Path, b.Path) })
	return tree, nil
}

type loader struct {
	root     string
	packages map[string]*Package
	files    []File

	variableTime []Call
	curve        map[string][]string
}

func (l *loader) visit(file string, entry fs.DirEntry, err error) error {
	if err != nil {
		return err
	}
	name := entry.Name()
	hidden := strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")
	if entry.IsDir() {
		if file != l.root && (hidden || name == "testdata" || name == "node_modules") {
			return filepath.SkipDir
		}
		return nil
	}
	if hidden || !strings.HasSuffix(name, ".go") {
		return nil
	}
	return l.add(file)
}

func (l *loader) add(file string) error {
	source, err := os.ReadFile(file) //nolint:gosec // G304: the caller names his own tree
	if err != nil {
		return err
	}
	relative, err := filepath.Rel(l.root, file)
	if err != nil {
		return err
	}
	relative = filepath.ToSlash(relative)
	parsed, err := parseFile(relative, source)
	if err != nil || parsed.ignored {
		return err
	}
	p := l.packages[path.Dir(relative)]
	if p == nil {
		p = &Package{Path: path.Dir(relative), Name: parsed.name, Generated: true}
		l.packages[p.Path] = p
	}
	p.Generated = p.Generated && parsed.generated
	p.Documented = p.Documented || (parsed.documented && !parsed.generated)
	if strings.HasSuffix(relative, "_test.go") {
		p.TestImports = merge(p.TestImports, parsed.imports)
		return nil
	}
	p.Name = parsed.name
	p.Imports = merge(p.Imports, parsed.imports)
	p.ClockCalls = append(p.ClockCalls, parsed.clockCalls...)
	l.variableTime = append(l.variableTime, callsIn(relative, parsed.syntax)...)
	if p.Path == curvePath {
		namesCalled(parsed.syntax, l.curve)
	}
	if !parsed.generated {
		l.files = append(l.files, parsed.size)
	}
	return nil
}

// sourceFile is what the rules need of one file.
type sourceFile struct {
	name                           string
	ignored, generated, documented bool
	imports                        []string
	clockCalls                     []string
	size                           File
	syntax                         *ast.File
}

func parseFile(name string, source []byte) (sourceFile, error) {
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return sourceFile{}, err
	}
	out := sourceFile{
		name:       strings.TrimSuffix(parsed.Name.Name, "_test"),
		ignored:    ignored(parsed),
		generated:  ast.IsGenerated(parsed),
		documented: parsed.Doc != nil && strings.TrimSpace(parsed.Doc.Text()) != "",
	}
	timeName := ""
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return sourceFile{}, fmt.Errorf("%s: import %s: %w", name, spec.Path.Value, err)
		}
		out.imports = merge(out.imports, []string{imported})
		if imported == "time" {
			timeName = "time"
			if spec.Name != nil {
				timeName = spec.Name.Name
			}
		}
	}
	out.clockCalls = clockCalls(files, parsed, timeName)
	out.size = measure(files, parsed, name)
	out.syntax = parsed
	return out, nil
}

// ignored reports whether the file says that no build takes it.
func ignored(file *ast.File) bool {
	for _, group := range file.Comments {
		if group.Pos() > file.Package {
			return false
		}
		for _, comment := range group.List {
			if !constraint.IsGoBuild(comment.Text) {
				continue
			}
			expr, err := constraint.Parse(comment.Text)
			return err == nil && !expr.Eval(func(tag string) bool { return tag != "ignore" })
		}
	}
	return false
}

// clockCalls finds each mention of a clock function, called or passed on, of
// the package imported under timeName.
func clockCalls(files *token.FileSet, file *ast.File, timeName string) []string {
	if timeName == "" {
		return nil
	}
	var out []string
	ast.Inspect(file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := selector.X.(*ast.Ident); ok && x.Name == timeName && slices.Contains(clockNames, selector.Sel.Name) {
			at := files.Position(selector.Pos())
			out = append(out, fmt.Sprintf("%s:%d: time.%s", at.Filename, at.Line, selector.Sel.Name))
		}
		return true
	})
	return out
}

func merge(into, add []string) []string {
	for _, s := range add {
		if !slices.Contains(into, s) {
			into = append(into, s)
		}
	}
	return into
}

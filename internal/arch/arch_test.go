package arch_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/alkimiya/alkimiya/internal/arch"
	"github.com/alkimiya/alkimiya/internal/testkit"
)

// sizeExceptions names the files ("path.go") and functions ("path.go:Type.Name")
// that may be longer than the limits, each with the reason.
var sizeExceptions = map[string]string{
	"internal/secp/fieldmul.go:Field.Mul":           "sixteen products and their carries in a row; a loop would take half as long again",
	"internal/secp/fieldmul.go:Field.mulDifference": "Field.Mul with a subtraction that stays in registers",
	"internal/secp/fieldmul.go:Field.squareLess":    "a square with two subtractions that stay in registers",
}

func TestPackagesKeepTheImportRules(t *testing.T) {
	report(t, arch.Check(load(t).Packages))
}

func TestFilesAndFunctionsKeepTheSizeLimits(t *testing.T) {
	report(t, arch.CheckSizes(load(t).Files, sizeExceptions))
}

// Every call whose time may depend on a secret is listed, with the reason why it may.
func TestVariableTimeCallsAreListed(t *testing.T) {
	document, err := os.ReadFile(filepath.Join(testkit.ModuleRoot(t), arch.SideChannels))
	if err != nil {
		t.Fatal(err)
	}
	report(t, arch.CheckSideChannels(load(t).VariableTime, string(document)))
}

func TestSecretsOfTheCurveMeetNoVariableTime(t *testing.T) {
	report(t, arch.CheckConstantTime(load(t).Curve))
}

func TestTopLevelFoldersAreTheAgreedOnes(t *testing.T) {
	root := testkit.ModuleRoot(t)
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	var inside []string
	for _, entry := range entries {
		if entry.IsDir() && entry.Name() != ".git" && !ignoredByGit(root, entry.Name()) {
			inside = append(inside, entry.Name()+"/*")
		}
	}
	report(t, arch.CheckFolders(inside))
}

func TestProgramsLinkNothingForbidden(t *testing.T) {
	programs := arch.Programs(load(t).Packages)
	if len(programs) == 0 {
		t.Skip("there is no program below cmd yet")
	}
	graph := dependencies(t, programs)
	for _, program := range programs {
		if graph[program] == nil {
			t.Errorf("go list does not know %s", program)
		}
		report(t, arch.CheckLinks(program, graph))
	}
}

// read reads the tree once for all tests.
var read = sync.OnceValues(func() (arch.Tree, error) { return arch.Load(filepath.Join("..", "..")) })

func load(t *testing.T) arch.Tree {
	t.Helper()
	tree, err := read()
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func report(t *testing.T, violations []arch.Violation) {
	t.Helper()
	for _, v := range violations {
		t.Error(v)
	}
}

// ignoredByGit is false where there is no git or no repository, but for the
// Makefile's own output folder.
func ignoredByGit(root, name string) bool {
	git := exec.Command("git", "check-ignore", "--quiet", name+"/") //nolint:gosec // G204: the name comes from our own tree
	git.Dir = root
	return name == "bin" || git.Run() == nil
}

func dependencies(t *testing.T, programs []string) arch.Graph {
	t.Helper()
	args := append([]string{"list", "-deps", "-json=ImportPath,Imports", "--"}, programs...)
	list := exec.Command("go", args...) //nolint:gosec // G204: the names come from our own tree
	list.Dir = testkit.ModuleRoot(t)
	var complaints strings.Builder
	list.Stderr = &complaints
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, complaints.String())
	}
	graph := arch.Graph{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return graph
		}
		if err != nil {
			t.Fatalf("output of go list: %v", err)
		}
		graph[p.ImportPath] = append([]string{}, p.Imports...)
	}
}

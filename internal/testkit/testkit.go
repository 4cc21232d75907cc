// Package testkit is what tests of several packages share: the module's root,
// published test vectors and recorded data, golden files, fixed keys.
//
// It is for tests only (internal/arch sees to that), and knows nothing of the
// packages under test, so that any of them may use it. Its invariant: a test
// that cannot find its input says so aloud and is counted, and never passes as
// if it had run. Keys are those of the protocol's test-vector section.
package testkit

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// SkipLoud is how the log line of a skip begins that is due to a missing
// program or missing data. `make test` counts and prints these lines.
const SkipLoud = "SKIP-LOUD: "

// updateFlag makes Golden write files instead of comparing with them.
const updateFlag = "update"

var update = flag.Bool(updateFlag, false, "write golden files instead of comparing with them")

// ModuleRoot returns the absolute path of the folder that holds the go.mod of
// the package under test. The test fails if there is none.
func ModuleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatalf("working directory: %v", err)
	}
	root, err := moduleRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func moduleRoot(dir string) (string, error) {
	for at := dir; ; at = filepath.Dir(at) {
		_, err := os.Stat(filepath.Join(at, "go.mod"))
		if err == nil {
			return at, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("look for go.mod: %w", err)
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("no go.mod in %s or above", dir)
		}
	}
}

// Golden compares got with testdata/<name> of the package under test and fails
// the test where they differ. `go test -update` writes got to the file instead;
// the change is then reviewed like any other.
func Golden(t testing.TB, name string, got []byte) {
	t.Helper()
	golden(t, name, got, *update)
}

func golden(t testing.TB, name string, got []byte, write bool) {
	t.Helper()
	file := filepath.Join("testdata", filepath.FromSlash(name))
	if write {
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatalf("golden file: %v", err)
		}
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatalf("golden file: %v", err)
		}
		return
	}
	want, err := os.ReadFile(file) //nolint:gosec // G304: the name is a constant of the test that calls
	if err != nil {
		t.Fatalf("golden file (go test -%s writes it): %v", updateFlag, err)
		return
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s differs at %s (go test -%s accepts the change)", file, firstDifference(want, got), updateFlag)
	}
}

// firstDifference describes the first line in which two texts differ.
func firstDifference(want, got []byte) string {
	w, g := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
	for i := range max(len(w), len(g)) {
		wantLine, gotLine := "<end of file>", "<end of file>"
		if i < len(w) {
			wantLine = fmt.Sprintf("%q", w[i])
		}
		if i < len(g) {
			gotLine = fmt.Sprintf("%q", g[i])
		}
		if wantLine != gotLine {
			return fmt.Sprintf("line %d:\nwant %s\n got %s", i+1, wantLine, gotLine)
		}
	}
	return "no line"
}

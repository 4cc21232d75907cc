package testkit

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// Vectors runs a file of test vectors, for example "contract-id.json" or
// "bips/bip340-test-vectors.csv". The folder is $ALK_VECTORS, where a relative
// path counts from the module's root; without the variable, a folder beside the
// repository. run gets the file's content, reports mismatches to t, and returns
// how many cases it ran: none at all fails the test.
//
// The folder may hold any subset of the files, so one that is not there is
// noted in the log and nothing is run. A folder that is not there skips the test
// aloud, or fails it if the variable names it. Names of tests that call Vectors
// contain that word, so that -run Vectors finds them all.
func Vectors(t testing.TB, file string, run func(raw []byte) int) {
	t.Helper()
	vectors.run(t, ModuleRoot(t), file, run)
}

func (l library) run(t testing.TB, root, file string, run func(raw []byte) int) {
	t.Helper()
	path := filepath.Join(l.folder(t, root, file), filepath.FromSlash(file))
	raw, err := os.ReadFile(path) //nolint:gosec // G304: tests read the folder that their user names
	if errors.Is(err, fs.ErrNotExist) {
		t.Logf("%s: %s: not in the folder", l.kind, file)
		return
	}
	if err != nil {
		t.Fatal(err)
		return
	}
	n := run(raw)
	if n <= 0 {
		t.Fatalf("%s: %s: no cases", l.kind, file)
		return
	}
	NoteVectors(file, strconv.Itoa(n)+" cases")
}

// NoteVectors prints what became of a file of vectors, as a line of its own
// that `go test -v` shows: "vectors: FILE: NOTE".
func NoteVectors(file, note string) {
	fmt.Printf("%s: %s: %s\n", vectors.kind, file, note)
}

// VectorFiles returns the names of all files in the folder of test vectors, with
// slashes, in lexical order. It skips or fails as Vectors does.
func VectorFiles(t testing.TB) []string {
	t.Helper()
	names, err := filesIn(vectors.folder(t, ModuleRoot(t), "any"))
	if err != nil {
		t.Fatalf("vectors: %v", err)
	}
	return names
}

func filesIn(folder string) ([]string, error) {
	var names []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		names = append(names, filepath.ToSlash(name))
		return err
	})
	return names, err
}

// Cases decodes the generated sets, {"seed": .., "cases": [..]}, and fails the
// test if raw is not one.
func Cases[T any](t testing.TB, raw []byte) []T {
	t.Helper()
	var set struct {
		Cases []T `json:"cases"`
	}
	if err := json.Unmarshal(raw, &set); err != nil {
		t.Fatalf("vectors: %v", err)
	}
	return set.Cases
}

// Hex is a byte string that JSON files hold as hexadecimal text. A value that is
// absent stays nil.
type Hex []byte

// UnmarshalText implements encoding.TextUnmarshaler.
func (h *Hex) UnmarshalText(text []byte) error {
	b, err := hex.DecodeString(string(text))
	if err != nil {
		return fmt.Errorf("vector field: %w", err)
	}
	*h = b
	return nil
}

// Decimal is a number below 2^64 that JSON files hold as decimal text.
type Decimal uint64

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Decimal) UnmarshalText(text []byte) error {
	n, err := strconv.ParseUint(string(text), 10, 64)
	if err != nil {
		return fmt.Errorf("vector field: %w", err)
	}
	*d = Decimal(n)
	return nil
}

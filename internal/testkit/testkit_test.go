package testkit

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2/schnorr"
)

// recorder stands in for a test whose end is itself under test.
type recorder struct {
	testing.TB
	failed, skipped string
}

func (r *recorder) Helper()        {}
func (r *recorder) Fatal(a ...any) { r.failed = fmt.Sprint(a...); runtime.Goexit() }
func (r *recorder) Errorf(format string, a ...any) {
	r.failed = fmt.Sprintf(format, a...)
}
func (r *recorder) Fatalf(format string, a ...any) {
	r.failed = fmt.Sprintf(format, a...)
	runtime.Goexit()
}
func (r *recorder) Skipf(format string, a ...any) {
	r.skipped = fmt.Sprintf(format, a...)
	runtime.Goexit()
}

// record runs f as a test and returns how it ended.
func record(t *testing.T, f func(testing.TB)) *recorder {
	t.Helper()
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(r)
	}()
	<-done
	return r
}

func TestModuleRootHoldsGoMod(t *testing.T) {
	root := ModuleRoot(t)
	if _, err := os.Stat(filepath.Join(root, "internal", "testkit", "testkit.go")); err != nil {
		t.Fatal(err)
	}
	if _, err := moduleRoot(t.TempDir()); err == nil {
		t.Error("a folder outside every module has a root")
	}
}

func TestLibraryFindsFilesUnderItsVariable(t *testing.T) {
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "inside", "bips"), 0o750); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(root, "inside", "bips", "v.csv")
	if err := os.WriteFile(file, []byte("1"), 0o600); err != nil {
		t.Fatal(err)
	}
	l := library{kind: "vectors", env: "ALK_TESTKIT_TEST", fallback: "none", sources: map[string]string{"": "nowhere"}}
	for _, folder := range []string{"inside", filepath.Join(root, "inside")} {
		t.Setenv(l.env, folder)
		if got := l.path(t, root, "bips/v.csv"); got != file {
			t.Errorf("%s=%s: path %q, want %q", l.env, folder, got, file)
		}
	}
}

func TestMissingFolderSkipsAloudUnlessNamed(t *testing.T) {
	root := t.TempDir()
	l := library{
		kind: "vectors", env: "ALK_TESTKIT_TEST", fallback: "none",
		sources: map[string]string{"": "the wide world", "bips/": "the bips", "bips/bip3": "bip three"},
	}
	t.Setenv(l.env, "")
	r := record(t, func(tb testing.TB) { l.path(tb, root, "bips/bip340.csv") })
	want := "SKIP-LOUD: vectors: bips/bip340.csv: set ALK_TESTKIT_TEST; public source: bip three"
	if r.skipped != want || r.failed != "" {
		t.Errorf("skipped %q, failed %q; want a skip %q", r.skipped, r.failed, want)
	}
	t.Setenv(l.env, "gone")
	r = record(t, func(tb testing.TB) { l.path(tb, root, "bips/bip340.csv") })
	if r.failed == "" || r.skipped != "" {
		t.Errorf("a named folder that is missing: skipped %q, failed %q; want a failure", r.skipped, r.failed)
	}
}

func TestFolderWithoutTheFileFails(t *testing.T) {
	root := t.TempDir()
	l := library{kind: "data", env: "ALK_TESTKIT_TEST", fallback: ".", sources: map[string]string{"": "any node"}}
	t.Setenv(l.env, "")
	r := record(t, func(tb testing.TB) { l.path(tb, root, "none.bin") })
	if !strings.Contains(r.failed, "any node") {
		t.Errorf("failed %q; want a failure that names the source", r.failed)
	}
}

func TestGoldenComparesAndUpdates(t *testing.T) {
	t.Chdir(t.TempDir())
	if r := record(t, func(tb testing.TB) { golden(tb, "a/b.txt", []byte("x\ny\n"), false) }); r.failed == "" {
		t.Error("a missing golden file passes")
	}
	golden(t, "a/b.txt", []byte("x\ny\n"), true)
	golden(t, "a/b.txt", []byte("x\ny\n"), false)
	r := record(t, func(tb testing.TB) { golden(tb, "a/b.txt", []byte("x\nz\n"), false) })
	if !strings.Contains(r.failed, "line 2") || !strings.Contains(r.failed, `got "z"`) {
		t.Errorf("failed %q; want it to name line 2 and z", r.failed)
	}
}

// The public keys are those of the oracles in the protocol's test vectors.
func TestKeysAreThoseOfTheVectors(t *testing.T) {
	for name, want := range map[string]string{
		"red":   "61ef48f9cf22103cbb253cb15b62acfa256cad6d79a90671e89db354f808767e",
		"green": "831e6182e1e1f26e79e32ccfb2922f2f0cec75ecb4c8ea2ba37896218f5a561f",
		"blue":  "8dc966357490fb14f6fe2f17aaae63911fccfdef3f784756248a4ffd846093b4",
	} {
		if got := hex.EncodeToString(schnorr.SerializePubKey(Key(name).PubKey())); got != want {
			t.Errorf("key %s is %s, want %s", name, got, want)
		}
	}
}

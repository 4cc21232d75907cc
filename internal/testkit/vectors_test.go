package testkit

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func vectorFolder(t *testing.T) (library, string) {
	t.Helper()
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "v", "sub"), 0o750); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"v/b.json", "v/sub/a.json"} {
		if err := os.WriteFile(filepath.Join(root, filepath.FromSlash(name)), []byte(`{"cases":[1,2]}`), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return library{kind: "vectors", env: "ALK_TESTKIT_TEST", fallback: "v", sources: map[string]string{"": "nowhere"}}, root
}

func TestVectorsRunTheFilesThatAreThere(t *testing.T) {
	l, root := vectorFolder(t)
	ran := 0
	count := func(raw []byte) int { ran++; return len(Cases[int](t, raw)) }
	for _, file := range []string{"b.json", "sub/a.json", "absent.json"} {
		if r := record(t, func(tb testing.TB) { l.run(quiet{tb}, root, file, count) }); r.failed != "" || r.skipped != "" {
			t.Errorf("%s: failed %q, skipped %q", file, r.failed, r.skipped)
		}
	}
	if ran != 2 {
		t.Errorf("%d files ran, want 2", ran)
	}
}

// quiet keeps the log of a stand-in out of the real test's.
type quiet struct{ testing.TB }

func (quiet) Logf(string, ...any) {}

func TestVectorsWithoutCasesFail(t *testing.T) {
	l, root := vectorFolder(t)
	r := record(t, func(tb testing.TB) { l.run(tb, root, "b.json", func([]byte) int { return 0 }) })
	if r.failed == "" {
		t.Error("a file without cases passes")
	}
	r = record(t, func(tb testing.TB) { l.run(tb, root, "sub", func([]byte) int { return 1 }) })
	if r.failed == "" {
		t.Error("a folder passes as a file")
	}
	r = record(t, func(tb testing.TB) { Cases[int](tb, []byte("[")) })
	if r.failed == "" {
		t.Error("a broken file passes")
	}
}

func TestVectorFilesAreNamedFromTheirFolder(t *testing.T) {
	_, root := vectorFolder(t)
	t.Setenv(VectorsEnv, filepath.Join(root, "v"))
	if got, want := VectorFiles(t), []string{"b.json", "sub/a.json"}; !slices.Equal(got, want) {
		t.Errorf("files %v, want %v", got, want)
	}
	Vectors(t, "sub/a.json", func(raw []byte) int { return len(Cases[int](t, raw)) })
	if _, err := filesIn(filepath.Join(root, "none")); err == nil {
		t.Error("a missing folder has files")
	}
}

func TestVectorFieldsDecodeStrictly(t *testing.T) {
	var got struct {
		A, B Hex
		N    Decimal
	}
	if err := json.Unmarshal([]byte(`{"a":"00ff","n":"18446744073709551615"}`), &got); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.A, []byte{0, 255}) || got.B != nil || got.N != 1<<64-1 {
		t.Errorf("decoded %v", got)
	}
	for _, bad := range []string{`{"a":"0"}`, `{"n":"-1"}`, `{"n":"18446744073709551616"}`} {
		if json.Unmarshal([]byte(bad), &got) == nil {
			t.Errorf("%s decodes", bad)
		}
	}
}

func TestLedgerFailsWhenANonceMeetsTwoChallenges(t *testing.T) {
	key, other, nonce := [32]byte{1}, [32]byte{2}, [32]byte{3}
	r := record(t, func(tb testing.TB) {
		l := NewNonceLedger(tb)
		l.Record(key, nonce, [32]byte{4})
		l.Record(key, nonce, [32]byte{4})
		l.Record(other, nonce, [32]byte{5})
		l.Record(key, [32]byte{6}, [32]byte{5})
		if l.Len() != 3 {
			tb.Errorf("%d nonces", l.Len())
		}
	})
	if r.failed != "" {
		t.Errorf("honest signers fail: %s", r.failed)
	}
	r = record(t, func(tb testing.TB) {
		l := NewNonceLedger(tb)
		l.Record(key, nonce, [32]byte{4})
		l.Record(key, nonce, [32]byte{5})
	})
	if r.failed == "" {
		t.Error("a nonce with two challenges passes")
	}
}

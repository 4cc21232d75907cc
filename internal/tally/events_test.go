package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// stream is what go test says of a package that passes with two skips, one that
// fails, one that dies, and one that does not build.
const stream = `{"Action":"start","Package":"m/a"}
{"Action":"output","Package":"m/a","Test":"TestQuiet","Output":"chatter\n"}
{"Action":"pass","Package":"m/a","Test":"TestQuiet","Elapsed":0.1}
{"Action":"output","Package":"m/a","Test":"TestLong","Output":"    a_test.go:3: SKIP-LONG: all reorgs\n"}
{"Action":"skip","Package":"m/a","Test":"TestLong"}
{"Action":"output","Package":"github.com/alkimiya/alkimiya/a","Test":"TestData","Output":"    a_test.go:9: SKIP-LOUD: vectors: x: set ALK_VECTORS\n"}
{"Action":"skip","Package":"github.com/alkimiya/alkimiya/a","Test":"TestData"}
{"Action":"pass","Package":"m/a","Elapsed":1.25}
{"Action":"output","Package":"m/b","Test":"TestBad","Output":"b_test.go:1: wrong\n"}
{"Action":"fail","Package":"m/b","Test":"TestBad","Elapsed":0}
{"Action":"fail","Package":"m/b","Elapsed":2}
{"Action":"output","Package":"m/c","Test":"TestDies","Output":"panic: boom\n"}
{"Action":"fail","Package":"m/c","Elapsed":0}
{"ImportPath":"m/d","Action":"build-output","Output":"d.go:1:1: syntax\n"}
{"Action":"fail","Package":"m/d","Elapsed":0,"FailedBuild":"m/d"}
not JSON
`

func TestOnlyFailuresAndVerdictsArePrinted(t *testing.T) {
	var out strings.Builder
	skips, err := follow(strings.NewReader(stream), &out)
	if err != nil {
		t.Fatal(err)
	}
	want := `ok      m/a 1.2s
b_test.go:1: wrong
FAIL    m/b 2.0s
panic: boom
FAIL    m/c 0.0s
d.go:1:1: syntax
FAIL    m/d (does not build)
not JSON
`
	if out.String() != want {
		t.Errorf("printed\n%swant\n%s", out.String(), want)
	}
	wantSkips := []string{"SKIP-LONG: all reorgs [m/a TestLong]", "SKIP-LOUD: vectors: x: set ALK_VECTORS [a TestData]"}
	if !slices.Equal(skips, wantSkips) {
		t.Errorf("skips %q, want %q", skips, wantSkips)
	}
}

func TestReportCountsEachSkipOnce(t *testing.T) {
	notes := filepath.Join(t.TempDir(), "notes")
	lines := "SKIP-LOUD: b\nSKIP-LONG: a\nSKIP-LOUD: b\nSKIP-LOUD: c\n"
	if err := os.WriteFile(notes, []byte(lines), notesMode); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := run([]string{"report", notes}, &out); err != nil {
		t.Fatal(err)
	}
	want := "SKIP-LONG: a\nSKIP-LOUD: b\nSKIP-LOUD: c\nskipped: 1 long (make itest runs them), 2 for want of a program or data\n"
	if out.String() != want {
		t.Errorf("printed\n%swant\n%s", out.String(), want)
	}
}

func TestReportWithoutNotesCountsNothing(t *testing.T) {
	var out strings.Builder
	if err := run([]string{"report", filepath.Join(t.TempDir(), "none")}, &out); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out.String(), "skipped: 0 long") {
		t.Errorf("printed %q", out.String())
	}
}

func TestFailureOfGoTestIsReturned(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for name, content := range map[string]string{
		"go.mod":    "module example.com/m\n\ngo 1.26\n",
		"m_test.go": "package m\n\nimport \"testing\"\n\nfunc TestSkip(t *testing.T) { t.Skip(\"SKIP-LONG: s\") }\n\nfunc TestBad(t *testing.T) { t.Fatal(\"bad\") }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out strings.Builder
	err := run([]string{"test", "notes", "./..."}, &out)
	var failed *exec.ExitError
	if !errors.As(err, &failed) || !strings.Contains(out.String(), "bad") {
		t.Errorf("error %v, printed %q; want the failure", err, out.String())
	}
	notes, err := os.ReadFile("notes")
	if err != nil || string(notes) != "SKIP-LONG: s [example.com/m TestSkip]\n" {
		t.Errorf("notes %q, %v", notes, err)
	}
}

func TestBadArgumentsAreRefused(t *testing.T) {
	for _, args := range [][]string{nil, {"test"}, {"count", "notes"}} {
		if err := run(args, &strings.Builder{}); !errors.Is(err, errUsage) {
			t.Errorf("%q: error %v, want errUsage", args, err)
		}
	}
}

package testkit

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// regression is a line of testdata/regressions.txt.
type regression struct{ id, what, reason string }

func regressions(t *testing.T) []regression {
	t.Helper()
	raw, err := os.ReadFile("testdata/regressions.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []regression
	seen := map[string]bool{}
	for _, line := range strings.Split(string(raw), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		head, reason, _ := strings.Cut(line, "|")
		id, what, ok := strings.Cut(strings.TrimSpace(head), " ")
		r := regression{id, what, strings.TrimSpace(reason)}
		if !ok || seen[id] {
			t.Errorf("line %q", line)
		}
		seen[id] = true
		all = append(all, r)
	}
	return all
}

var testName = regexp.MustCompile(`\bTest[A-Z]\w*`)

// testNames are the names of all tests of the module.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	declared := regexp.MustCompile(`(?m)^func (Test\w+)\(\w+ \*testing\.T\)`)
	names := map[string]bool{}
	err := filepath.WalkDir(ModuleRoot(t), func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "bin" || d.Name() == "node_modules"):
			return fs.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		raw, err := os.ReadFile(path) //nolint:gosec // a file of the module
		for _, m := range declared.FindAllSubmatch(raw, -1) {
			names[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// proved reports whether a test has the name of a regression, alone or with more
// words behind it.
func proved(id string, names map[string]bool) bool {
	for name := range names {
		rest, ok := strings.CutPrefix(name, "TestRegress"+id)
		if ok && (rest == "" || rest[0] < '0' || rest[0] > '9') {
			return true
		}
	}
	return false
}

// unproved says what is wrong with a line: neither test nor reason, or a reason
// that names a test that does not exist.
func unproved(r regression, names map[string]bool) error {
	if proved(r.id, names) {
		return nil
	}
	if r.reason == "" {
		return fmt.Errorf("%s (%s) has neither a test nor a reason", r.id, r.what)
	}
	for _, name := range testName.FindAllString(r.reason, -1) {
		if !names[name] {
			return fmt.Errorf("%s: there is no %s", r.id, name)
		}
	}
	return nil
}

// TestEveryRegressionHasATestOrAReason reads the list of SECURITY's regressions.
func TestEveryRegressionHasATestOrAReason(t *testing.T) {
	all, names := regressions(t), testNames(t)
	reasons := 0
	for _, r := range all {
		if err := unproved(r, names); err != nil {
			t.Error(err)
		}
		if !proved(r.id, names) {
			reasons++
		}
	}
	t.Logf("%d regressions, %d of them with a reason instead of a test", len(all), reasons)
}

func TestARegressionWithoutProofIsSeen(t *testing.T) {
	names := map[string]bool{"TestRegressA1": true, "TestRegressB2WithWords": true, "TestThis": true}
	for _, c := range []struct {
		r  regression
		ok bool
	}{
		{regression{id: "A1"}, true},
		{regression{id: "A2"}, false},
		{regression{id: "B2"}, true},
		{regression{id: "B"}, false},
		{regression{id: "A2", reason: "shown by TestThis"}, true},
		{regression{id: "A2", reason: "shown by TestThat"}, false},
	} {
		if err := unproved(c.r, names); (err == nil) != c.ok {
			t.Errorf("%+v: %v", c.r, err)
		}
	}
}

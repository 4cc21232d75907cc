package crashpoint_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/alkimiya/alkimiya/internal/crashpoint"
)

// TestOnlyTaggedBuildsDie runs this test again as a child that passes a point
// twice: it is killed at the second pass if the build has crash points, and
// ends well if it has none.
func TestOnlyTaggedBuildsDie(t *testing.T) {
	if os.Getenv(crashpoint.Variable) != "" {
		crashpoint.Here("another")
		crashpoint.Here("here")
		crashpoint.Here("here")
		return
	}
	child := exec.Command(os.Args[0], "-test.run=^TestOnlyTaggedBuildsDie$") //nolint:gosec // G204: the test runs itself
	passed := filepath.Join(t.TempDir(), "passed")
	child.Env = append(os.Environ(), crashpoint.Variable+"=here:2", crashpoint.ListVariable+"="+passed)
	err := child.Run()
	var exit *exec.ExitError
	if died := errors.As(err, &exit); died != crashpoint.Enabled {
		t.Fatalf("the child died: %v, crash points are compiled in: %v (%v)", died, crashpoint.Enabled, err)
	}
	list, err := os.ReadFile(passed) //nolint:gosec // G304: the test's own file
	if crashpoint.Enabled && string(list) != "another\nhere\n" || !crashpoint.Enabled && err == nil {
		t.Fatalf("the list of places is %q (%v)", list, err)
	}
}

package harness

import "testing"

// Long keeps a test out of the short set: with -short it is skipped, and the
// Makefile counts it aloud. It is for repetitions of what the short set shows
// already at other depths or on another backend.
func Long(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skipf("SKIP-LONG: %s", t.Name())
	}
}

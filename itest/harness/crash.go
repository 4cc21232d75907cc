package harness

import (
	"strings"

	"github.com/alkimiya/alkimiya/internal/crashpoint"
)

// WithCrashPoints runs the build of a program that has crash points.
func WithCrashPoints() Option {
	return func(d *Daemon) {
		if !strings.HasSuffix(d.program, crash) {
			d.program += crash
		}
	}
}

// Crash lets the next start be killed at a crash point, when it comes by for the n-th
// time as "name:n"; "" takes that back.
func (d *Daemon) Crash(point string) {
	d.env = nil
	if point != "" {
		d.env = []string{crashpoint.Variable + "=" + point}
	}
}

// StartUntilCrash runs a program that is to be killed at a crash point, and returns
// when it was, perhaps before it was ready.
func (d *Daemon) StartUntilCrash() {
	d.t.Helper()
	err := d.TryStart()
	if err == nil {
		err = d.AwaitExit()
	}
	if err == nil || !strings.Contains(err.Error(), "killed") {
		d.t.Fatalf("%s was to be killed: %v", d.program, err)
	}
}

// Fallen tells whether the daemon was killed at its crash point, and if so forgets
// it: it can be started again. A daemon that ended otherwise fails the test.
func (d *Daemon) Fallen() bool {
	d.t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.proc == nil {
		return false
	}
	select {
	case <-d.proc.Done():
	default:
		return false
	}
	if err := d.proc.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		d.t.Fatalf("%s ended by itself: %v\n%s", d.program, err, d.LogTail())
	}
	d.proc = nil
	return true
}

package harness

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

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
func (d *Daemon) Crash(point string) { d.setenv(crashpoint.Variable, point) }

// ListCrashPoints lets the next start write to a file by which places it comes; ""
// takes that back.
func (d *Daemon) ListCrashPoints(path string) { d.setenv(crashpoint.ListVariable, path) }

// setenv sets a variable of the next start, or with "" takes it back.
func (d *Daemon) setenv(name, value string) {
	d.env = slices.DeleteFunc(d.env, func(set string) bool { return strings.HasPrefix(set, name+"=") })
	if value != "" {
		d.env = append(d.env, name+"="+value)
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

// StartUntilCrashBy is StartUntilCrash for a program that comes by its crash point
// again only when something happens: happen is called about every second until then.
func (d *Daemon) StartUntilCrashBy(happen func()) {
	d.t.Helper()
	const polls = int(time.Second / pollInterval)
	if err := d.TryStart(); err != nil {
		if !strings.Contains(err.Error(), "killed") {
			d.t.Fatalf("%s was to be killed: %v", d.program, err)
		}
		return
	}
	asked := 0
	Eventually(d.t, "the crash of "+d.program, func(context.Context) error {
		if d.Fallen() {
			return nil
		}
		if asked++; asked%polls == 0 {
			happen()
		}
		return errors.New("it runs")
	})
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

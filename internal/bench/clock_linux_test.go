package bench_test

import (
	"testing"

	"golang.org/x/sys/unix"
)

// threadTime returns the processor time of the calling thread in nanoseconds.
func threadTime(t testing.TB) float64 {
	t.Helper()
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &now); err != nil {
		t.Fatal(err)
	}
	return float64(now.Nano())
}

// threadID tells threads apart.
func threadID() int { return unix.Gettid() }

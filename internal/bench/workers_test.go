package bench_test

import (
	"runtime"
	"sync"
	"testing"
)

// workers records what two workers take. Each part of the work ends before the next
// begins, so that the times come in pairs.
type workers struct {
	mutex sync.Mutex
	times []float64
}

// through is an adaptor.Through: it measures what does not run on the thread of the
// caller.
func (w *workers) through(t *testing.T) func(work func()) {
	t.Helper()
	caller := threadID()
	return func(work func()) {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if threadID() == caller {
			work()
			return
		}
		began := threadTime(t)
		work()
		took := threadTime(t) - began
		w.mutex.Lock()
		defer w.mutex.Unlock()
		w.times = append(w.times, took)
	}
}

// critical returns the sum of the slower one's times.
func (w *workers) critical(t *testing.T) (sum float64) {
	t.Helper()
	if len(w.times)%2 != 0 {
		t.Fatalf("%d times of two workers", len(w.times))
	}
	for i := 0; i < len(w.times); i += 2 {
		sum += max(w.times[i], w.times[i+1])
	}
	return sum
}

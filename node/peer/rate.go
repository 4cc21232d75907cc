package peer

import (
	"sync"
	"time"
)

// Rate bounds how often each peer may do something: as many times as it holds
// at once, and refilled evenly over a period. It remembers a peer until its
// allowance is full again. Safe for concurrent use; make it with NewRate.
type Rate struct {
	burst int
	every time.Duration

	mu sync.Mutex
	// full is when a peer's allowance is whole again.
	full  map[Key]time.Time
	sweep time.Time
}

// NewRate returns a Rate of burst times in each period, both above 0.
func NewRate(burst int, period time.Duration) *Rate {
	return &Rate{burst: burst, every: period / time.Duration(burst), full: make(map[Key]time.Time)}
}

// Allow reports whether the peer may do it once more now, and counts it if so.
// now comes from a clock that does not run back.
func (r *Rate) Allow(k Key, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forget(now)
	full := r.full[k]
	if full.Before(now) {
		full = now
	}
	full = full.Add(r.every)
	if full.Sub(now) > time.Duration(r.burst)*r.every {
		return false
	}
	r.full[k] = full
	return true
}

// forget drops the peers whose allowance is whole, once in a period.
func (r *Rate) forget(now time.Time) {
	if now.Before(r.sweep) {
		return
	}
	r.sweep = now.Add(time.Duration(r.burst) * r.every)
	for k, full := range r.full {
		if !full.After(now) {
			delete(r.full, k)
		}
	}
}

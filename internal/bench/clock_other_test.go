//go:build !linux

package bench_test

import (
	"testing"
	"time"
)

var started = time.Now()

// threadTime returns elapsed time where a thread's processor time cannot be had.
func threadTime(testing.TB) float64 { return float64(time.Since(started)) }

// threadID cannot tell threads apart; the row that needs it says nothing then.
func threadID() int { return 0 }

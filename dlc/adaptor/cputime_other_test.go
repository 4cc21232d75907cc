//go:build !linux

package adaptor_test

import (
	"testing"
	"time"
)

var started = time.Now()

// cpuTime returns elapsed time where processor time cannot be had.
func cpuTime(testing.TB) time.Duration { return time.Since(started) }

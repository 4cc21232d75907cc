//go:build !linux

package secp_test

import (
	"testing"
	"time"
)

var started = time.Now()

// threadTime returns elapsed time where a thread's processor time cannot be had.
func threadTime(testing.TB) time.Duration { return time.Since(started) }

// Package harness runs whole programs for the integration tests: alkd, alkoracle and
// alk as real processes, btcd and (where CORE_BITCOIND names one) Bitcoin Core on
// regtest, and TCP proxies that cut them off from each other.
//
// It knows processes, files and ports, and no RPC: what a test says to alkd is
// the business of the client that the test brings along. Nothing here sleeps:
// waiting is for a condition, with an end and a description. Its invariant:
// when a test ends, no process and no port of it is left, and if it failed, the
// ends of the logs have been printed. STYLE.md 7, issue 1 item 5.
package harness

import (
	"context"
	"testing"
	"time"
)

const (
	// Patience is how long Eventually waits at most.
	Patience = 90 * time.Second
	// pollInterval is how often a condition is checked.
	pollInterval = 30 * time.Millisecond
	// stopGrace is how long a daemon may take to end by itself.
	stopGrace = 75 * time.Second
	// logTail is how much of a log is printed for a failed test, in bytes.
	logTail = 16 << 10
)

// Eventually checks condition until it returns nil. After Patience it ends the
// test with what was waited for and the last error. The condition's context
// ends with the waiting.
func Eventually(t testing.TB, what string, condition func(ctx context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	if err := wait(ctx, condition); err != nil {
		t.Fatalf("waited %v for %s: %v", Patience, what, err)
	}
}

// wait checks condition until it returns nil, or returns its last error when
// ctx ends.
func wait(ctx context.Context, condition func(ctx context.Context) error) error {
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	var last error
	for {
		err := condition(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil && last != nil {
			return last // it says more than that the time was over
		}
		last = err
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return err
		}
	}
}

//go:build !linux

package txs_test

import "time"

// threadTime stands in for the processor time of a thread where there is no such
// clock.
func threadTime(t tester) time.Duration {
	t.Helper()
	return time.Duration(time.Now().UnixNano())
}

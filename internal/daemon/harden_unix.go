//go:build unix

package daemon

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Harden keeps the process's secrets to its owner: files are made without rights
// for others, and a crash leaves no core dump.
func Harden() error {
	unix.Umask(0o077)
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return fmt.Errorf("switch off core dumps: %w", err)
	}
	return nil
}

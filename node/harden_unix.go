//go:build unix

package node

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// hardenProcess keeps the process's secrets to its owner: files are made
// without rights for others, and a crash leaves no core dump.
func hardenProcess() error {
	unix.Umask(0o077)
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return fmt.Errorf("switch off core dumps: %w", err)
	}
	return nil
}

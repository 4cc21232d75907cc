//go:build unix

package records

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// available is the space, in bytes, that this user may still fill below dir.
func available(dir string) (uint64, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		return 0, fmt.Errorf("ask for free space of %s: %w", dir, err)
	}
	return fs.Bavail * uint64(fs.Bsize), nil //nolint:gosec // a block size is positive
}

//go:build unix

package store

import (
	"io/fs"
	"syscall"
)

// fileNumber is the file's number in its file system: a copy has another one.
func fileNumber(info fs.FileInfo) uint64 {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return stat.Ino
	}
	return 0
}

//go:build !unix

package store

import "io/fs"

// fileNumber is 0 where files have no numbers.
func fileNumber(fs.FileInfo) uint64 { return 0 }

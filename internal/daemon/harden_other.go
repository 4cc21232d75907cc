//go:build !unix

package daemon

// Harden does nothing where there are neither file modes nor core dumps.
func Harden() error { return nil }

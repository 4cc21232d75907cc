//go:build !unix

package node

// hardenProcess does nothing where there are neither file modes nor core dumps.
func hardenProcess() error { return nil }

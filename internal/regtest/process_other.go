//go:build !linux

package regtest

import "os/exec"

// tieToParent does nothing: only Linux has a signal for a parent's death.
func tieToParent(*exec.Cmd) {}

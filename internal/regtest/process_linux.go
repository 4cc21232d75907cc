package regtest

import (
	"os/exec"
	"syscall"
)

// tieToParent makes the kernel kill the child when its parent dies, in
// whatever way.
func tieToParent(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
}

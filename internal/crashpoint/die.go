//go:build crashpoints

package crashpoint

import (
	"fmt"
	"os"
)

// die ends the process with SIGKILL and does not return.
func die() {
	process, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = process.Kill()
	}
	if err != nil {
		panic(fmt.Sprintf("crash point cannot kill its own process: %v", err))
	}
	select {}
}

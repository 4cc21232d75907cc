package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// names are the programs that the demonstration runs; bridgeNames those that it
// runs with --evm beside them.
var (
	names       = []string{"alkd", "alk", "alkoracle"}
	bridgeNames = []string{"alkbridge"}
)

// errNoModule: the working directory is in no module.
var errNoModule = errors.New("the working directory is not in the module")

// moduleRoot returns the folder of the module that the working directory is in.
func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	root := filepath.Dir(strings.TrimSpace(string(out)))
	if err != nil || root == "." || root == "/dev" {
		return "", errors.Join(errNoModule, err)
	}
	return root, nil
}

// findPrograms returns the folder with the named programs: that of alkdemo
// itself if they are there, else one into which they are built from the module
// in the working directory.
func findPrograms(ctx context.Context, names []string) (string, error) {
	if self, err := os.Executable(); err == nil {
		if dir := filepath.Dir(self); haveAll(dir, names) {
			return dir, nil
		}
	}
	root, err := moduleRoot(ctx)
	if err != nil {
		return "", fmt.Errorf("%s are neither beside alkdemo nor can they be built here: run it in the module, or `make build` first: %w",
			strings.Join(names, ", "), err)
	}
	// The folder stays, so that there is nothing to link next time.
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("alkimiya-demo-%d", os.Getuid()))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	args := []string{"build", "-buildvcs=false", "-o", dir + string(filepath.Separator)}
	for _, name := range names {
		args = append(args, "./cmd/"+name)
	}
	cmd := exec.CommandContext(ctx, "go", args...) //nolint:gosec // G204: our own sources
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the programs: %w\n%s", err, out)
	}
	return dir, nil
}

func haveAll(dir string, names []string) bool {
	for _, name := range names {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.IsDir() {
			return false
		}
	}
	return true
}

package regtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// FindBtcd returns the path of a btcd executable: $BTCD_EXE, else btcd beside
// the running program, else btcd on PATH, else the one that `go tool` builds
// from the module's pinned version (about 20 s the first time). It returns
// ErrNoBtcd if there is none.
func FindBtcd(ctx context.Context) (string, error) {
	if path := os.Getenv("BTCD_EXE"); path != "" {
		if err := executable(path); err != nil {
			return "", fmt.Errorf("%w: BTCD_EXE: %w", ErrNoBtcd, err)
		}
		return path, nil
	}
	name := "btcd"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	if self, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(self), name)
		if executable(beside) == nil {
			return beside, nil
		}
	}
	if path, err := exec.LookPath(name); err == nil {
		return filepath.Abs(path)
	}
	path, err := goTool(ctx)
	if err != nil {
		return "", fmt.Errorf("%w: BTCD_EXE is not set, it is neither beside this program nor on PATH, and: %w", ErrNoBtcd, err)
	}
	return path, nil
}

func executable(path string) error {
	info, err := os.Stat(path) //nolint:gosec // the path is the user's own choice
	if err != nil {
		return err
	}
	if info.IsDir() || (runtime.GOOS != "windows" && info.Mode()&0o111 == 0) {
		return fmt.Errorf("%s is not executable", path)
	}
	return nil
}

// goTool lets the go command build btcd as the module pins it, if needed, and
// returns where it is.
func goTool(ctx context.Context) (string, error) {
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	var stderr strings.Builder
	cmd := exec.CommandContext(ctx, "go", "tool", "-n", "btcd")
	cmd.Dir = root
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go tool -n btcd in %s: %w: %s", root, err, strings.TrimSpace(stderr.String()))
	}
	path := strings.TrimSpace(string(out))
	return path, executable(path)
}

// moduleRoot is the nearest folder with a go.mod, from the working directory up.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod in the working directory or above it")
		}
		dir = parent
	}
}

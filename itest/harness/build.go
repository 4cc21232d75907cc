package harness

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gofrs/flock"
)

// BinEnv names the environment variable that holds a folder of ready programs
// (alkd, alk, alkoracle; alkoracle-crash is built with crash points); without it they are built once for each test process.
const BinEnv = "ALK_BIN_DIR"

// builds makes each program at most once.
var builds = map[string]func() (string, error){
	"alkd": sync.OnceValues(func() (string, error) { return build("alkd") }),
	"alk":  sync.OnceValues(func() (string, error) { return build("alk") }),

	"alkdemo":   sync.OnceValues(func() (string, error) { return build("alkdemo") }),
	"alkbridge": sync.OnceValues(func() (string, error) { return build("alkbridge") }),

	"alkd" + crash: sync.OnceValues(func() (string, error) { return build("alkd" + crash) }),

	"alkoracle":         sync.OnceValues(func() (string, error) { return build("alkoracle") }),
	"alkoracle" + crash: sync.OnceValues(func() (string, error) { return build("alkoracle" + crash) }),
}

// crash ends the names of programs that are built with crash points.
const crash = "-crash"

// build returns the path of a program, which it builds unless BinEnv is set.
func build(name string) (string, error) {
	if dir := os.Getenv(BinEnv); dir != "" {
		return filepath.Abs(filepath.Join(dir, name))
	}
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	// The folder stays, so that the next build has nothing to link if nothing
	// has changed; the lock is for test processes that run side by side.
	sum := sha256.Sum256([]byte(root))
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("alkimiya-bin-%d", os.Getuid()), hex.EncodeToString(sum[:8]))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("folder of programs: %w", err)
	}
	lock := flock.New(filepath.Join(dir, "lock"))
	if err := lock.Lock(); err != nil {
		return "", fmt.Errorf("lock the folder of programs: %w", err)
	}
	defer lock.Close() //nolint:errcheck // the lock ends with the process at the latest
	path := filepath.Join(dir, name)
	args := []string{"build", "-buildvcs=false", "-o", path}
	source, crashes := strings.CutSuffix(name, crash)
	if crashes {
		args = append(args, "-tags", "crashpoints")
	}
	cmd := exec.CommandContext(context.Background(), "go", append(args, "./cmd/"+source)...) //nolint:gosec // our own sources
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build ./cmd/%s: %w\n%s", name, err, out)
	}
	return path, nil
}

func moduleRoot() (string, error) {
	out, err := exec.CommandContext(context.Background(), "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOMOD: %w", err)
	}
	return filepath.Dir(strings.TrimSpace(string(out))), nil
}

// Binary is the path of one of our programs, such as "alkd" or "alk".
func Binary(t testing.TB, name string) string {
	t.Helper()
	get, ok := builds[name]
	if !ok {
		t.Fatalf("no program is called %q", name)
	}
	path, err := get()
	if err != nil {
		t.Fatalf("build the programs: %v", err)
	}
	return path
}

// Result is how a program that ran to its end ended.
type Result struct {
	Stdout, Stderr string
	// ExitCode is 0 for success.
	ExitCode int
}

// Run runs one of our programs to its end with stdin as its input. The end of
// the test interrupts it.
func Run(t testing.TB, name, stdin string, args ...string) Result {
	t.Helper()
	var stdout, stderr strings.Builder
	cmd := exec.CommandContext(t.Context(), Binary(t, name), args...) //nolint:gosec // our own program
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &stdout, &stderr
	err := cmd.Run()
	if cmd.ProcessState == nil {
		t.Fatalf("run %s: %v", name, err)
	}
	return Result{Stdout: stdout.String(), Stderr: stderr.String(), ExitCode: cmd.ProcessState.ExitCode()}
}

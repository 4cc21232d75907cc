package itest_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/internal/regtest"
	"github.com/alkimiya/alkimiya/itest/harness"
)

const (
	tutorialFile = "../docs/tutorial.md"
	// tutorialEnv, set to "write", writes what the programs print into the file.
	tutorialEnv = "ALK_TUTORIAL"
	// elided stands for any number of lines of output.
	elided = "[...]"
)

// TestTutorial runs docs/tutorial.md from its first command to its last, in one
// shell, and compares what is printed with what the file says. Keys, ids and
// addresses differ from run to run, and durations.
func TestTutorial(t *testing.T) {
	harness.Long(t)
	raw, err := os.ReadFile(tutorialFile)
	require.NoError(t, err)
	sh := newShell(t)
	write := os.Getenv(tutorialEnv) == "write"
	var out []string
	lines := strings.Split(string(raw), "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		out = append(out, line)
		if hidden, ok := strings.CutPrefix(line, "<!-- "); ok {
			sh.hidden(strings.TrimSuffix(hidden, " -->"))
		}
		if line != "```console" {
			continue
		}
		for i++; lines[i] != "```"; {
			command, found := strings.CutPrefix(lines[i], "$ ")
			require.True(t, found, "line %d: output without a command", i+1)
			at := i + 1
			var want []string
			for i++; lines[i] != "```" && !strings.HasPrefix(lines[i], "$ "); i++ {
				want = append(want, lines[i])
			}
			got := sh.run(command)
			out = append(append(out, "$ "+command), shown(got, want)...)
			if !write {
				require.NoError(t, matches(want, got), "line %d: %s printed\n%s", at, command, strings.Join(got, "\n"))
			}
		}
		out = append(out, "```")
	}
	if write {
		require.NoError(t, os.WriteFile(tutorialFile, []byte(strings.Join(out, "\n")), 0o644)) //nolint:gosec // G306: a document
	}
}

// varying is what differs from run to run: hexadecimal, addresses, durations.
var varying = regexp.MustCompile(`\b[0-9a-f]{8,}\b|\bbcrt1[a-z0-9]+\b|\b[0-9.]+ ?(?:ns|µs|ms|s)\b`)

// normal is a line without what differs, and without the widths that follow from
// it.
func normal(line string) string {
	return strings.Join(strings.Fields(varying.ReplaceAllString(line, "~")), " ")
}

// matches compares output with what is wanted.
func matches(want, got []string) error {
	for len(want) > 0 {
		if want[0] == elided {
			if len(want) == 1 {
				return nil
			}
			for len(got) > 0 && normal(got[0]) != normal(want[1]) {
				got = got[1:]
			}
			want = want[1:]
			continue
		}
		if len(got) == 0 {
			return fmt.Errorf("missing: %s", want[0])
		}
		if normal(got[0]) != normal(want[0]) {
			return fmt.Errorf("got  %s\nwant %s", got[0], want[0])
		}
		want, got = want[1:], got[1:]
	}
	if len(got) > 0 {
		return fmt.Errorf("more than wanted: %s", got[0])
	}
	return nil
}

// shown is output as the file shows it: in full, or elided in the same place.
func shown(got, want []string) []string {
	for i, line := range want {
		if line == elided {
			after := len(want) - i - 1
			if len(got) < i+after {
				return got
			}
			return append(append(append([]string(nil), got[:i]...), elided), got[len(got)-after:]...)
		}
	}
	return got
}

// shell is one bash that runs a tutorial.
type shell struct {
	t     *testing.T
	in    io.WriteCloser
	lines chan string
}

// mark ends the output of each command.
const mark = "--8430--"

func newShell(t *testing.T) *shell {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skipf("SKIPPED: no bash: %v", err)
	}
	bin := t.TempDir()
	for _, name := range []string{"alkd", "alk", "alkoracle", "alkdemo"} {
		require.NoError(t, os.Symlink(harness.Binary(t, name), filepath.Join(bin, name)))
	}
	btcd, err := regtest.FindBtcd(t.Context())
	require.NoError(t, err)
	cmd := exec.Command(bash, "--noprofile", "--norc") //nolint:gosec // G204: the shell that was looked up above
	cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "BTCD_EXE="+btcd, "TMPDIR="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	r, w := io.Pipe()
	cmd.Stdout, cmd.Stderr = w, w
	require.NoError(t, cmd.Start())
	s := &shell{t: t, in: in, lines: make(chan string)}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		defer close(s.lines)
		scan := bufio.NewScanner(r)
		for scan.Scan() {
			select {
			case s.lines <- scan.Text():
			case <-ctx.Done():
			}
		}
	}()
	t.Cleanup(func() {
		cancel()
		// What is left of the group, the programs in the background too.
		if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			t.Errorf("end the shell: %v", err)
		}
		_ = cmd.Wait() // it was killed
		_ = w.Close()
		for range s.lines {
		}
	})
	return s
}

// run runs a command and returns what it prints.
func (s *shell) run(command string) []string {
	s.t.Helper()
	lines, _ := s.status(command)
	return lines
}

// status runs a command and returns what it prints, and whether it succeeded.
func (s *shell) status(command string) ([]string, bool) {
	s.t.Helper()
	_, err := fmt.Fprintf(s.in, "%s\nprintf '%%s%%d\\n' '%s' $?\n", command, mark)
	require.NoError(s.t, err)
	timeout := time.After(2 * harness.Patience)
	var lines []string
	for {
		select {
		case line, open := <-s.lines:
			require.True(s.t, open, "the shell has ended")
			if before, code, found := strings.Cut(line, mark); found {
				if before != "" {
					lines = append(lines, before)
				}
				return lines, code == "0"
			}
			lines = append(lines, line)
		case <-timeout:
			s.t.Fatalf("%s takes too long; it has printed\n%s", command, strings.Join(lines, "\n"))
		}
	}
}

// hidden does what a comment of the tutorial asks for: "wait: command" repeats a
// command until it succeeds, "let: NAME = command" keeps what it prints in a
// variable, as a reader does with the mouse.
func (s *shell) hidden(text string) {
	s.t.Helper()
	if command, ok := strings.CutPrefix(text, "wait: "); ok {
		harness.Eventually(s.t, command, func(context.Context) error {
			if out, ok := s.status("( " + command + " )"); !ok {
				return errors.New(strings.Join(out, "\n"))
			}
			return nil
		})
	}
	if rest, ok := strings.CutPrefix(text, "let: "); ok {
		name, command, found := strings.Cut(rest, " = ")
		require.True(s.t, found, text)
		out, ok := s.status(name + "=$(" + command + "); test -n \"$" + name + "\"")
		require.True(s.t, ok, "%s: %v", text, out)
	}
}

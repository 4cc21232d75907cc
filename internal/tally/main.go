// Tally runs `go test` and counts aloud what was skipped, so that no one
// mistakes a skip for a pass.
//
//	go run ./internal/tally test <notes> <argument of go test>...
//	go run ./internal/tally report <notes>
//
// The first form prints one line for each package, and the whole output of what
// failed; it collects the lines that begin with SKIP-LONG: or SKIP-LOUD: in the
// file <notes>, and exits as go test does. The second form prints these lines
// with their totals. Tally is not a test framework: it judges nothing itself.
// Its invariant: a failure of go test is a failure of tally.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
)

// notesMode lets only the user read the collected lines.
const notesMode = 0o600

// errUsage says that the arguments make no sense.
var errUsage = errors.New("usage: tally test <notes> <argument of go test>... | tally report <notes>")

func main() {
	err := run(os.Args[1:], os.Stdout)
	var failed *exec.ExitError
	switch {
	case err == nil:
	case errors.As(err, &failed):
		os.Exit(failed.ExitCode())
	default:
		fmt.Fprintln(os.Stderr, "tally:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	if len(args) < 2 {
		return errUsage
	}
	switch args[0] {
	case "test":
		return test(args[1], args[2:], out)
	case "report":
		return reportFile(args[1], out)
	default:
		return errUsage
	}
}

// test runs go test with args and appends the skips it sees to the file notes.
func test(notes string, args []string, out io.Writer) (err error) {
	file, err := os.OpenFile(notes, os.O_APPEND|os.O_CREATE|os.O_WRONLY, notesMode) //nolint:gosec // G304: a file of the user's choice
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()

	command := exec.Command("go", append([]string{"test", "-json"}, args...)...) //nolint:gosec // G204: the program is fixed
	command.Stderr = os.Stderr
	stream, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return err
	}
	skips, copyErr := follow(stream, out)
	waitErr := command.Wait()
	for _, line := range skips {
		if _, err := fmt.Fprintln(file, line); err != nil {
			return err
		}
	}
	if waitErr != nil {
		return waitErr
	}
	return copyErr
}

func reportFile(notes string, out io.Writer) (err error) {
	file, err := os.Open(notes) //nolint:gosec // G304: a file of the user's choice
	if errors.Is(err, os.ErrNotExist) {
		return summarise(nil, out)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	var lines []string
	for scanner := bufio.NewScanner(file); ; {
		if !scanner.Scan() {
			return errors.Join(scanner.Err(), summarise(lines, out))
		}
		lines = append(lines, scanner.Text())
	}
}

// Package terminal asks the person at the terminal, for every program of this module
// that has to.
//
// It is not for output. Its invariant: what is typed as a secret is never echoed, and
// the terminal echoes again afterwards, also when the program is interrupted.
package terminal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// Console is the terminal of the process. It is safe for concurrent use only as far
// as the person at it is.
type Console struct{}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// Interactive reports whether there is somebody: standard input is a terminal.
func (Console) Interactive() bool { return isTerminal(os.Stdin) }

// Draws reports whether progress bars make sense: standard error is a terminal.
func (Console) Draws() bool { return isTerminal(os.Stderr) }

// Secret asks without echo. It returns when ctx ends.
func (Console) Secret(ctx context.Context, prompt string) ([]byte, error) {
	in := int(os.Stdin.Fd())
	before, err := term.GetState(in)
	if err != nil {
		return nil, err
	}
	fmt.Fprint(os.Stderr, prompt)
	secret, err := interruptible(ctx, func() ([]byte, error) { return term.ReadPassword(in) })
	fmt.Fprintln(os.Stderr)
	if ctx.Err() != nil {
		return nil, errors.Join(ctx.Err(), term.Restore(in, before)) // echo again
	}
	return secret, err
}

// Line asks with echo. It returns when ctx ends.
func (Console) Line(ctx context.Context, prompt string) (string, error) {
	fmt.Fprint(os.Stderr, prompt)
	return interruptible(ctx, func() (string, error) {
		line, err := bufio.NewReader(os.Stdin).ReadString('\n')
		if errors.Is(err, io.EOF) && line != "" {
			err = nil
		}
		return line, err
	})
}

// interruptible returns when ctx ends although the terminal cannot be told to
// stop reading: the goroutine is left behind, and the program ends.
func interruptible[T any](ctx context.Context, read func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	answers := make(chan answer, 1)
	go func() {
		value, err := read()
		answers <- answer{value, err}
	}()
	select {
	case got := <-answers:
		return got.value, got.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

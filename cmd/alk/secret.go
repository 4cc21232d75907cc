package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// maxSecret is the size above which a file is not a passphrase or mnemonic.
const maxSecret = 64 << 10

// console is the person at the terminal.
type console interface {
	// Interactive reports whether there is one: standard input is a terminal.
	Interactive() bool
	// Draws reports whether progress bars make sense: standard error is one.
	Draws() bool
	// Secret asks without echo.
	Secret(ctx context.Context, prompt string) ([]byte, error)
	// Line asks with echo.
	Line(ctx context.Context, prompt string) (string, error)
}

// secret reads a secret from a file ("-" is standard input) or asks for it; a
// new one is asked for twice. The caller wipes it. Flag is for messages.
func (a *app) secret(ctx context.Context, path, flag, prompt string, isNew bool) ([]byte, error) {
	if path != "" {
		return a.secretFile(path, flag)
	}
	if !a.console.Interactive() {
		return nil, errUsage("name a file with --"+flag+", or - for standard input", "no terminal to ask for the %s", prompt)
	}
	first, err := a.console.Secret(ctx, capital(prompt)+": ")
	if err != nil || !isNew {
		return first, err
	}
	again, err := a.console.Secret(ctx, capital(prompt)+" again: ")
	defer clear(again)
	if err != nil {
		clear(first)
		return nil, err
	}
	if !bytes.Equal(first, again) {
		clear(first)
		return nil, &problem{err: errors.New("the two are not the same"), exit: exitFailed, hint: "try again; nothing was changed"}
	}
	return first, nil
}

func capital(s string) string { return string(bytes.ToUpper([]byte(s[:1]))) + s[1:] }

// secretFile reads a file without the line break at its end.
func (a *app) secretFile(path, flag string) ([]byte, error) {
	in := a.in
	if path != "-" {
		f, err := os.Open(path) //nolint:gosec // the user's own choice of file
		if err != nil {
			return nil, fmt.Errorf("--%s: %w", flag, err)
		}
		defer f.Close() //nolint:errcheck // read only
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, maxSecret+1))
	if err != nil {
		return nil, fmt.Errorf("--%s: %w", flag, err)
	}
	if len(raw) > maxSecret {
		return nil, fmt.Errorf("--%s: %s is too long for a secret", flag, path)
	}
	return bytes.TrimSuffix(bytes.TrimSuffix(raw, []byte("\n")), []byte("\r")), nil
}

// onlyOneStdin refuses two secrets from standard input.
func onlyOneStdin(paths ...string) error {
	n := 0
	for _, p := range paths {
		if p == "-" {
			n++
		}
	}
	if n > 1 {
		return errUsage("put one of them in a file", "standard input can give one secret only")
	}
	return nil
}

// confirm asks a yes-no question.
func (a *app) confirm(ctx context.Context, question string) (bool, error) {
	answer, err := a.console.Line(ctx, question+" [y/N] ")
	if err != nil {
		return false, err
	}
	switch string(bytes.ToLower(bytes.TrimSpace([]byte(answer)))) {
	case "y", "yes":
		return true, nil
	}
	return false, nil
}

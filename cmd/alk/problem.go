package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"connectrpc.com/connect"

	"github.com/alkimiya/alkimiya/node/rpc/client"
	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/wallet/keys"
)

// Exit codes.
const (
	exitOK = iota
	exitFailed
	exitUsage
	exitUnreachable
	exitAuth
	exitClosed
)

// problem is an error that knows its exit code and what to do next.
type problem struct {
	err    error
	exit   int
	reason string
	hint   string
	fields map[string]string
}

func (p *problem) Error() string { return p.err.Error() }
func (p *problem) Unwrap() error { return p.err }

// errUsage is for arguments that only the command itself can judge.
func errUsage(hint, format string, args ...any) error {
	return &problem{err: fmt.Errorf(format, args...), exit: exitUsage, hint: hint}
}

// report prints an error and returns its exit code.
func (a *app) report(err error) int {
	p := explain(err)
	if a.json {
		raw, jsonErr := json.Marshal(map[string]any{
			"error": p.Error(), "reason": p.reason, "hint": p.hint, "fields": p.fields, "exit_code": p.exit,
		})
		if jsonErr == nil {
			a.tell("%s\n", raw)
			return p.exit
		}
	}
	a.tell("alk: %s\n", p.Error())
	if p.hint != "" {
		a.tell("hint: %s\n", p.hint)
	}
	return p.exit
}

// tell writes to standard error. If that fails nobody can be told.
func (a *app) tell(format string, args ...any) { _, _ = fmt.Fprintf(a.err, format, args...) }

// explain finds out what an error means for the user.
func explain(err error) *problem {
	var p *problem
	var words *keys.MnemonicError
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &words):
		return &problem{err: err, exit: exitFailed, reason: "bad_mnemonic", hint: words.Hint()}
	case errors.Is(err, client.ErrCertificate):
		return &problem{err: err, exit: exitUnreachable, reason: "no_certificate",
			hint: "start alkd first, or check --datadir, --network and --tls-cert"}
	case errors.Is(err, client.ErrMacaroon):
		return &problem{err: err, exit: exitAuth, reason: "no_macaroon", hint: "check --macaroon, --datadir and --network"}
	case errors.Is(err, client.ErrAddress):
		return &problem{err: err, exit: exitUsage, hint: "use --rpc-server host:port"}
	case client.Unreachable(err):
		return &problem{err: fmt.Errorf("cannot reach alkd: %s", message(err)), exit: exitUnreachable, reason: "unreachable",
			hint: "start alkd, or check --rpc-server and --tls-cert"}
	case errors.Is(err, api.ErrUnreachable):
		return &problem{err: err, exit: exitUnreachable, reason: "oracle_unreachable", hint: "check the address of the oracle, or ask another one with --oracle"}
	case errors.Is(err, api.ErrNotFound):
		return &problem{err: err, exit: exitFailed, reason: "not_found",
			hint: "`alk oracle events` lists what there is; a day is attested when it is closed and mature"}
	case errors.Is(err, api.ErrInvalid), errors.Is(err, errUntrue):
		return &problem{err: err, exit: exitFailed, reason: "oracle_untrue", hint: "do not rely on this oracle before its operator has explained it"}
	case errors.Is(err, context.Canceled):
		return &problem{err: errors.New("interrupted"), exit: exitFailed, reason: "interrupted"}
	}
	return answered(err)
}

// answered explains an error that the daemon sent.
func answered(err error) *problem {
	p := &problem{err: errors.New(message(err)), exit: exitFailed}
	if r := client.Reason(err); r != nil {
		p.reason, p.hint, p.fields = r.GetCode(), r.GetHelp(), r.GetFields()
	}
	code := connect.CodeOf(err)
	switch {
	case p.reason == "wallet_closed":
		p.exit = exitClosed
	case code == connect.CodeUnauthenticated || code == connect.CodePermissionDenied:
		p.exit = exitAuth
	case code == connect.CodeDeadlineExceeded && p.hint == "":
		p.err, p.reason = errors.New("no answer in time"), "timeout"
		p.hint = "allow more time with --timeout; the daemon may still do what was asked"
	}
	return p
}

// message is the text of an error without connect's code before it.
func message(err error) string {
	var e *connect.Error
	if errors.As(err, &e) {
		return e.Message()
	}
	return err.Error()
}

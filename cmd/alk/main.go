// Command alk talks to the daemon alkd: it makes, opens and spends the wallet, trades,
// shows the daemon's state and bakes macaroons.
//
// It is not a wallet: it holds no key and decides nothing but what to ask and
// how to show the answer. Its invariant: a secret is typed at the terminal or
// read from a file or standard input, never an argument or a variable of the
// environment, and is printed only by the command that was asked for it.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/alkimiya/alkimiya/internal/terminal"
)

func main() { os.Exit(realMain()) }

func realMain() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	a := &app{in: os.Stdin, out: os.Stdout, err: os.Stderr, console: terminal.Console{}}
	return a.run(ctx, os.Args[1:])
}

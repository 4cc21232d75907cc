package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/node/rpc"
	"github.com/alkimiya/alkimiya/node/rpc/fake"
	"github.com/alkimiya/alkimiya/wallet"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"alk": main})
}

// serve runs a fake daemon with the files of its network in dir/regtest, and
// returns it with its address and what stops it.
func serve(dir string) (*fake.Node, string, func() error, error) {
	dir = filepath.Join(dir, "regtest")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, "", nil, err
	}
	authority := rpc.NewAuthority(dir)
	node := fake.New(authority)
	s, err := rpc.NewServer(rpc.Config{
		Listen: []string{"127.0.0.1:0"}, Dir: dir, Node: node, Wallets: node, Wallet: node.Wallet, Trading: node.Trading,
		Authority: authority, Logger: slog.New(slog.DiscardHandler), SyncInterval: time.Millisecond,
	})
	if err != nil {
		return nil, "", nil, err
	}
	if err := s.Listen(); err != nil {
		return nil, "", nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	stop := func() error {
		cancel()
		err := <-done
		if err != nil {
			return err
		}
		return authority.Close()
	}
	return node, s.Addrs()[0].String(), stop, nil
}

// cmdDaemon starts a fake daemon for the script; "fail" makes its wallet fail.
func cmdDaemon() func(ts *testscript.TestScript, neg bool, args []string) {
	nodes := make(map[*testscript.TestScript]*fake.Node)
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) > 1 {
			ts.Fatalf("usage: daemon [fail|mend]")
		}
		if len(args) == 1 {
			switch args[0] {
			case "fail":
				nodes[ts].Fail(wallet.ErrNotSynced)
			case "mend":
				nodes[ts].Fail(nil)
			default:
				ts.Fatalf("unknown argument %q", args[0])
			}
			return
		}
		dir := ts.MkAbs("data")
		node, address, stop, err := serve(dir)
		ts.Check(err)
		ts.Defer(func() { ts.Check(stop()) })
		nodes[ts] = node
		ts.Setenv("ALK_DATADIR", dir)
		ts.Setenv("ALK_NETWORK", "regtest")
		ts.Setenv("ALK_RPC_SERVER", address)
	}
}

// cmdExit checks an exit code: "exits N program arguments".
func cmdExit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARGS]")
	}
	code, err := exitCode(ts.Exec(args[1], args[2:]...))
	ts.Check(err)
	if code != args[0] {
		ts.Fatalf("exit code %s, want %s", code, args[0])
	}
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			// The coin of the fake.
			env.Setenv("TXID", chainhash.Hash{1}.String())
			env.Setenv("COIN", chainhash.Hash{1}.String()+":1")
			env.Setenv("ADDRESS", fake.Address)
			// Under the race detector every alk would sleep a second before it ends.
			env.Setenv("GORACE", "atexit_sleep_ms=0")
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"daemon": cmdDaemon(), "exits": cmdExit,
		},
	})
}

func TestManualPagesAreWritten(t *testing.T) {
	dir := t.TempDir()
	a := &app{in: os.Stdin, out: os.Stdout, err: os.Stderr, console: &scripted{}}
	require.Equal(t, exitOK, a.run(t.Context(), []string{"man", dir}))
	page, err := os.ReadFile(filepath.Join(dir, "alk-wallet-send.1")) //nolint:gosec // a file of this test
	require.NoError(t, err)
	require.Contains(t, string(page), "sat-per-vbyte")
}

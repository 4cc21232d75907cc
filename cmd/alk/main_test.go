package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/node/engine"
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
	authority, err := fake.NewAuthority(dir)
	if err != nil {
		return nil, "", nil, err
	}
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

// sample puts three contracts of two units each into a fake: 0a00.. waits for the
// user, 0b00.. is active, 0c00.. was settled, and 0d00.. has an exit proposed.
func sample(node *fake.Node) error {
	d, err := node.Desk()
	if err != nil {
		return err
	}
	offered := d.Swap(0x0a, payout.Long, contract.Offered)
	offered.Role, offered.Decision = contract.Accepter, &engine.Decision{Kind: engine.DecideOffer, Until: d.Now().Unix() + 300}
	settled := d.Swap(0x0c, payout.Short, contract.Closed)
	outcome, own, peer := uint64(900_000), btcutil.Amount(650_000), btcutil.Amount(550_000)
	settled.Outcome, settled.OwnPayout, settled.PeerPayout = &outcome, &own, &peer
	settled.Spend = &engine.SpendView{Kind: contract.SpentByCET, Txid: chainhash.Hash{0x0c, 2}, Height: 500, Depth: 6}
	exit := d.Swap(0x0d, payout.Short, contract.Active)
	exit.Decision = &engine.Decision{Kind: engine.DecideClose, Attempt: 3, OwnValue: 610_000, PeerValue: 590_000, FeeRate: 2}
	for _, v := range []engine.View{offered, d.Swap(0x0b, payout.Short, contract.Active), settled, exit} {
		d.Put(v)
	}
	d.Tell(engine.Event{Kind: engine.EventAlarm, Key: exit.Key, Peer: exit.Peer, Reason: "look at this"})
	return nil
}

// cmdDaemon starts a fake daemon for the script; "fail" makes its wallet fail,
// "contracts" gives it some, "bridged" one
// whose payout goes to a vault.
func cmdDaemon() func(ts *testscript.TestScript, neg bool, args []string) {
	var nodes sync.Map // scripts run at once: *testscript.TestScript -> *fake.Node
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) > 1 {
			ts.Fatalf("usage: daemon [fail|mend|contracts]")
		}
		if len(args) == 1 {
			kept, _ := nodes.Load(ts)
			node, ok := kept.(*fake.Node)
			if !ok {
				ts.Fatalf("no daemon runs")
			}
			switch args[0] {
			case "fail":
				node.Fail(wallet.ErrNotSynced)
			case "mend":
				node.Fail(nil)
			case "contracts":
				ts.Check(sample(node))
			case "bridged":
				ts.Check(bridged(node))
			default:
				ts.Fatalf("unknown argument %q", args[0])
			}
			return
		}
		dir := ts.MkAbs("data")
		node, address, stop, err := serve(dir)
		ts.Check(err)
		ts.Defer(func() { ts.Check(stop()) })
		nodes.Store(ts, node)
		ts.Setenv("ALK_DATADIR", dir)
		ts.Setenv("ALK_NETWORK", "regtest")
		ts.Setenv("ALK_RPC_SERVER", address)
		desk, err := node.Desk()
		ts.Check(err)
		ts.Setenv("SELF", desk.SelfKey.String())
		ts.Setenv("MAKER", desk.MakerKey.String())
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
			"daemon": cmdDaemon(), "alkbridge": cmdAlkbridge(), "exits": cmdExit,
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

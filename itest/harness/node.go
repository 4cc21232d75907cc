package harness

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/internal/regtest"
)

// Kind says which program a node is.
type Kind string

// The kinds of nodes.
const (
	Btcd     Kind = "btcd"
	Bitcoind Kind = "bitcoind"
)

// Node is a regtest node of a test, the same for every kind. The embedded
// methods return errors; those beginning with Must end the test.
type Node struct {
	*regtest.Node
	// Kind is the node's program.
	Kind Kind
	t    testing.TB
}

// StartBtcd starts a btcd whose chain is empty; it stops with the test.
func StartBtcd(t testing.TB, extraArgs ...string) *Node {
	t.Helper()
	n, err := regtest.Start(t.Context(), regtest.Options{ExtraArgs: extraArgs})
	if err != nil {
		t.Fatalf("start btcd: %v", err)
	}
	return adopt(t, n, Btcd)
}

// StartBitcoind starts Bitcoin Core, or skips the test if CORE_BITCOIND names
// none.
func StartBitcoind(t testing.TB, extraArgs ...string) *Node {
	t.Helper()
	if os.Getenv(regtest.CoreEnv) == "" {
		t.Skipf("SKIPPED: no Bitcoin Core: set %s to a bitcoind executable", regtest.CoreEnv)
	}
	n, err := regtest.StartBitcoind(t.Context(), regtest.Options{ExtraArgs: extraArgs})
	if err != nil {
		t.Fatalf("start bitcoind: %v", err)
	}
	return adopt(t, n, Bitcoind)
}

// StartAt starts the node of a chain with times of its own: now is the time of the
// blocks for which none is chosen. It is Bitcoin Core where CORE_BITCOIND names one,
// and btcd elsewhere.
func StartAt(t testing.TB, now func() time.Time) *Node {
	t.Helper()
	opts, kind, start := regtest.Options{Now: now}, Btcd, regtest.Start
	if os.Getenv(regtest.CoreEnv) != "" {
		kind, start = Bitcoind, regtest.StartBitcoind
	}
	n, err := start(t.Context(), opts)
	if err != nil {
		t.Fatalf("start %s: %v", kind, err)
	}
	return adopt(t, n, kind)
}

// OnEachNode runs test as a subtest on btcd and, where there is one, on Bitcoin
// Core, each with a fresh node whose chain is active up to now.
func OnEachNode(t *testing.T, test func(t *testing.T, node *Node)) {
	t.Helper()
	for kind, start := range map[Kind]func(testing.TB, ...string) *Node{Btcd: StartBtcd, Bitcoind: StartBitcoind} {
		t.Run(string(kind), func(t *testing.T) {
			node := start(t)
			node.MustActivate(time.Time{})
			test(t, node)
		})
	}
}

func adopt(t testing.TB, n *regtest.Node, kind Kind) *Node {
	node := &Node{Node: n, Kind: kind, t: t}
	t.Cleanup(func() {
		judge(t, node)
		if t.Failed() {
			t.Logf("end of the log of %s:\n%s", kind, n.LogTail())
		}
		if err := n.Stop(); err != nil {
			t.Errorf("stop %s: %v", kind, err)
		}
	})
	return node
}

// MustActivate is Activate.
func (n *Node) MustActivate(end time.Time) {
	n.t.Helper()
	n.must(n.Activate(end))
}

// MustMine is Mine.
func (n *Node) MustMine(count int) []chainhash.Hash {
	n.t.Helper()
	hashes, err := n.Mine(count)
	n.must(err)
	return hashes
}

// MustMineEmpty is MineEmpty.
func (n *Node) MustMineEmpty(count int) []chainhash.Hash {
	n.t.Helper()
	hashes, err := n.MineEmpty(count)
	n.must(err)
	return hashes
}

// MustReorg is Reorg; it returns the blocks that joined the chain.
func (n *Node) MustReorg(depth int) []chainhash.Hash {
	n.t.Helper()
	_, joined, err := n.Reorg(depth)
	n.must(err)
	return joined
}

// MustPay is Pay.
func (n *Node) MustPay(script []byte, amount btcutil.Amount) *wire.MsgTx {
	n.t.Helper()
	tx, err := n.Pay(script, amount)
	n.must(err)
	return tx
}

// MustSee waits until the node's mempool holds a transaction.
func (n *Node) MustSee(txid chainhash.Hash) {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.t.Context(), Patience)
	defer cancel()
	n.must(n.WaitMempool(ctx, txid))
}

// MustKill is Kill.
func (n *Node) MustKill() {
	n.t.Helper()
	n.must(n.Kill())
}

// MustRestart is Restart.
func (n *Node) MustRestart() {
	n.t.Helper()
	n.must(n.Restart(n.t.Context()))
}

func (n *Node) must(err error) {
	n.t.Helper()
	if err != nil {
		n.t.Fatalf("%s: %v", n.Kind, err)
	}
}

// secretFile writes a secret for a daemon to read, mode 0600.
func secretFile(t testing.TB, name, secret string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(secret), 0o600); err != nil {
		t.Fatalf("write %s: %v", name, err)
	}
	return path
}

// Proxy is a TCP proxy of a test, to cut a program off from another.
type Proxy struct {
	*regtest.Proxy
	t testing.TB
}

// StartProxy passes connections on to target (host and port) until told
// otherwise; it ends with the test.
func StartProxy(t testing.TB, target string) *Proxy {
	t.Helper()
	p, err := regtest.NewProxy(target)
	if err != nil {
		t.Fatalf("proxy to %s: %v", target, err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Errorf("close proxy: %v", err)
		}
	})
	proxy := &Proxy{Proxy: p, t: t}
	proxy.MustRestore()
	return proxy
}

// MustCut is Cut: connections are closed, new ones refused.
func (p *Proxy) MustCut() {
	p.t.Helper()
	if err := p.Cut(); err != nil {
		p.t.Fatalf("cut: %v", err)
	}
}

// MustRestore is Restore.
func (p *Proxy) MustRestore() {
	p.t.Helper()
	if err := p.Restore(); err != nil {
		p.t.Fatalf("restore: %v", err)
	}
}

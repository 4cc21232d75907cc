package engine_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/chaincfg"
	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/internal/testkit"
	"github.com/alkimiya/alkimiya/node/engine"
	"github.com/alkimiya/alkimiya/node/engine/fund"
	"github.com/alkimiya/alkimiya/node/engine/track"
	"github.com/alkimiya/alkimiya/node/policy"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
	"github.com/alkimiya/alkimiya/wallet/keys"
	"github.com/alkimiya/alkimiya/wallet/watch/follow"
)

type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func must(t tester, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// The contract of PROTOCOL.md 17, and the refund 14 days later.
const (
	maturity = attesttest.ContractMaturity
	opening  = maturity - 86_400
	refundIn = 14 * 86_400
	// patience bounds every wait of these tests.
	patience = 30 * time.Second
)

// oracles are the three of PROTOCOL.md 17 as a node sees them.
type oracles struct {
	mu        sync.Mutex
	attested  [][]byte
	listeners map[int]func([]byte)
	next      int
	// only, if not 0, is how many listeners are told.
	only int
}

func (o *oracles) Announcements(context.Context, string, [][32]byte) ([][]byte, error) {
	var all [][]byte
	for _, a := range attesttest.Announcements(attesttest.Contract(), attesttest.ContractEvent, attesttest.ContractUnit, attesttest.ContractDigits, maturity) {
		all = append(all, a.Encode())
	}
	return all, nil
}

func (o *oracles) Event(_ context.Context, index, leg string, _, _ uint32, _ [][32]byte, _ int) (order.Event, string, bool, error) {
	if index != "hp1" || leg != "tot" {
		return order.Event{}, "", false, errors.New("unknown index")
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return order.Event{Base: 1, Digits: 4}, attesttest.ContractUnit, len(o.attested) > 0, nil
}

func (o *oracles) Subscribe(_ string, _ [][32]byte, deliver func([]byte)) func() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, raw := range o.attested {
		deliver(raw)
	}
	o.next++
	id := o.next
	o.listeners[id] = deliver
	return func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.listeners, id)
	}
}

func (o *oracles) Maturity(string, uint32) (uint32, error) { return maturity, nil }

func (o *oracles) Allowed() [][32]byte {
	var keys [][32]byte
	for _, oracle := range attesttest.Contract() {
		keys = append(keys, oracle.Key())
	}
	return keys
}

// attest lets the given oracles attest an outcome.
func (o *oracles) attest(outcome uint64, who ...int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, i := range who {
		oracle := attesttest.Contract()[i]
		event := oracle.Event(attesttest.ContractEvent, attesttest.ContractUnit, attesttest.ContractDigits, maturity)
		raw := oracle.Attest(event, outcome).Encode()
		o.attested = append(o.attested, raw)
		told := 0
		for _, id := range slices.Sorted(maps.Keys(o.listeners)) {
			if told++; o.only == 0 || told <= o.only {
				o.listeners[id](raw)
			}
		}
	}
}

// ring derives contract keys from a name's seed.
type ring struct{ seed []byte }

func (r ring) ContractKeys(id keys.KeyID) (internal, contract *btcec.PrivateKey, err error) {
	return keys.DeriveContractKeys(r.seed, 1, id)
}

// world is two nodes on one chain with three oracles.
type world struct {
	t       *testing.T
	chain   *chain
	oracles *oracles
	params  contract.Params
	nodes   [2]*node
	net     *network
	// fallen are nodes that have died and are to be started again.
	fallen chan *node
}

// node is one party: what survives a crash, and the running engine.
type node struct {
	w      *world
	name   string
	key    [33]byte
	signer *btcec.PrivateKey
	dir    string
	purse  *purse
	rules  policy.Policy

	store *store.Store
	stop  context.CancelFunc
	ended chan error
	// watch is told of every place of a crash of the running engine.
	watch func(n *node, name string)
	// full is set while the disk takes no writes.
	full atomic.Bool

	// unread is set while recovery files are not taken over.
	unread atomic.Bool
	// damaged is set while no CET can be made.
	damaged atomic.Bool

	// use is held by who reads from the store through an engine.
	use sync.RWMutex

	mu      sync.Mutex // of all below
	running *engine.Engine
	dead    bool
}

// contract shows a contract.
func (n *node) contract(key engine.Key) (engine.View, error) {
	n.use.RLock()
	defer n.use.RUnlock()
	return n.engine().Contract(n.w.t.Context(), key)
}

func (n *node) phase(key engine.Key) (contract.Phase, error) {
	n.use.RLock()
	defer n.use.RUnlock()
	return n.engine().Phase(n.w.t.Context(), key)
}

// engine returns the running engine, or the last one that ran.
func (n *node) engine() *engine.Engine {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.running
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, chain: newChain(), oracles: &oracles{listeners: make(map[int]func([]byte))}, params: contract.DefaultParams(), fallen: make(chan *node, 16)}
	w.params.TSettle, w.params.TAnswer, w.params.TClose = 2, 1, 2
	w.net = &network{w: w}
	for i, name := range []string{"miner", "buyer"} {
		signer := testkit.Key(name + "-node")
		n := &node{
			w: w, name: name, signer: signer, key: [33]byte(signer.PubKey().SerializeCompressed()), dir: t.TempDir(),
			purse: newPurse(name, w.chain), rules: policy.Default(),
		}
		n.rules.Refund.DefaultDays = 14
		n.rules.Accept.Offers = true
		w.nodes[i] = n
	}
	w.chain.mine(11)
	for _, n := range w.nodes {
		n.coin(1_000_000)
		n.coin(2_000_000)
	}
	w.chain.mine(1)
	t.Cleanup(w.end)
	return w
}

// coin gives a node a coin, from nowhere.
func (n *node) coin(value int64) {
	tx := btcwire.NewMsgTx(2)
	tx.AddTxIn(btcwire.NewTxIn(&btcwire.OutPoint{Hash: sha256.Sum256(fmt.Appendf(nil, "%s %d", n.name, value))}, nil, nil))
	tx.AddTxOut(btcwire.NewTxOut(value, n.purse.script(n.w.t)))
	must(n.w.t, n.w.chain.Send(tx))
}

// start starts both nodes and connects them.
func (w *world) start() {
	w.t.Helper()
	for _, n := range w.nodes {
		n.start()
	}
	w.net.connect()
}

// raise starts nodes again that have died, until the test ends, and counts them.
func (w *world) raise(died *atomic.Int32) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-done:
				return
			case n := <-w.fallen:
				n.halt()
				n.start()
				w.net.connect()
				died.Add(1)
			}
		}
	}()
	w.t.Cleanup(func() { close(done); <-ended })
}

// end stops what runs.
func (w *world) end() {
	w.net.cut()
	for _, n := range w.nodes {
		n.halt()
	}
}

// start opens the store and runs an engine on it.
func (n *node) start() {
	t := n.w.t
	t.Helper()
	n.mu.Lock()
	n.dead = false
	n.mu.Unlock()
	s, err := store.Open(n.dir, [32]byte{7})
	must(t, err)
	n.store = s
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug})).With("node", n.name)
	watcher := follow.New(n.w.chain, log, follow.Options{Poll: 20 * time.Millisecond, RetryMin: 5 * time.Millisecond})
	e, err := engine.New(engine.Config{
		Genesis: *chaincfg.RegressionNetParams.GenesisHash,
		Store:   s, NodeKey: n.key, Keys: ring{seedOf(n.name)}, Fund: fund.New(n.purse, n.purse, ring{seedOf(n.name)}, rand.Reader),
		Wallet: n.purse, Peers: peerOf{n}, Oracles: n.w.oracles, Track: track.New(n.w.chain, watcher, log), Mempool: n.w.chain,
		Clock: engine.NewChainClock(time.Unix(opening, 0)), Policy: n.rules, Params: n.w.params, Random: rand.Reader, Log: log,
		PoolPoll: 20 * time.Millisecond, Workers: 2,
		Unready: func() error {
			if n.unread.Load() {
				return store.ErrNotFound
			}
			return nil
		},
	})
	must(t, err)
	n.mu.Lock()
	n.running = e
	n.mu.Unlock()
	if n.watch != nil {
		watch := n.watch
		e.Watch(func(name string) { watch(n, name) })
	}
	e.Break(func() error {
		if n.full.Load() {
			return syscall.ENOSPC
		}
		return nil
	})
	e.Damage(func() error {
		if n.damaged.Load() {
			return store.ErrCorrupt
		}
		return nil
	})
	ctx, cancel := context.WithCancel(context.Background())
	n.stop, n.ended = cancel, make(chan error, 2)
	go func() { n.ended <- watcher.Run(ctx) }()
	go func() { n.ended <- e.Run(ctx) }()
}

// halt stops a node in order, if it runs.
func (n *node) halt() {
	if n.stop == nil {
		return
	}
	n.stop()
	for range 2 {
		if err := <-n.ended; err != nil && !n.isDead() && !errors.Is(err, context.Canceled) && !errors.Is(err, follow.ErrStopped) {
			n.w.t.Errorf("%s ended: %v", n.name, err)
		}
	}
	n.stop = nil
	n.use.Lock()
	defer n.use.Unlock()
	if err := n.store.Close(); err != nil {
		n.w.t.Errorf("close the store of %s: %v", n.name, err)
	}
}

// die ends the goroutine that calls it, for good, and then the node: as if the
// process had been killed after everybody else had done what he was at.
func (n *node) die() {
	n.mu.Lock()
	first := !n.dead
	n.dead = true
	n.mu.Unlock()
	if first {
		n.stop()
		go n.w.net.cut()
		n.w.fallen <- n
	}
	runtime.Goexit()
}

func (n *node) isDead() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.dead
}

// network carries messages between the two nodes, in order, each in a goroutine
// of its receiver.
type network struct {
	w *world
	// changing is held while a connection begins or ends, so that nobody hears
	// of a new one before the end of the old one.
	changing sync.Mutex

	mu sync.Mutex
	// up is the present connection, nil while there is none.
	up *connection
	// drop, if not nil, is asked of every message whether the connection ends
	// before it arrives.
	drop func(from *node, message []byte) bool
}

type connection struct {
	lines [2]chan []byte // to each node
	done  chan struct{}
	once  sync.Once
	wait  sync.WaitGroup
}

func (n *network) hello() *wire.Hello {
	return &wire.Hello{Schemes: []uint8{1}, MaxList: wire.MaxList, Indexes: []wire.IndexParameters{{ID: "hp1", Parameters: [32]byte{1}}}}
}

// connect connects the nodes, which must both run.
func (n *network) connect() {
	n.changing.Lock()
	defer n.changing.Unlock()
	n.end()
	c := &connection{lines: [2]chan []byte{make(chan []byte, 64), make(chan []byte, 64)}, done: make(chan struct{})}
	n.mu.Lock()
	n.up = c
	n.mu.Unlock()
	for i, receiver := range n.w.nodes {
		sender := n.w.nodes[1-i]
		receiver.engine().Connected(sender.key, n.hello(), n.hello())
		c.wait.Go(func() {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			stop := context.AfterFunc(ctx, func() {})
			defer stop()
			go func() { <-c.done; cancel() }()
			for {
				select {
				case <-c.done:
					return
				case message := <-c.lines[i]:
					receiver.engine().Message(ctx, sender.key, message)
				}
			}
		})
	}
}

// cut ends the connection.
func (n *network) cut() {
	n.changing.Lock()
	defer n.changing.Unlock()
	n.end()
}

// end wants changing held.
func (n *network) end() {
	n.mu.Lock()
	c := n.up
	n.up = nil
	n.mu.Unlock()
	if c == nil {
		return
	}
	c.once.Do(func() { close(c.done) })
	c.wait.Wait()
	for i, receiver := range n.w.nodes {
		receiver.engine().Disconnected(n.w.nodes[1-i].key)
	}
}

// peerOf is the network as a node's engine sees it.
type peerOf struct{ n *node }

func (p peerOf) Send(ctx context.Context, _ [33]byte, message []byte) error {
	net := p.n.w.net
	if p.n.isDead() {
		return errDead
	}
	net.mu.Lock()
	c, drop := net.up, net.drop
	net.mu.Unlock()
	if c == nil {
		return errors.New("not connected")
	}
	if drop != nil && drop(p.n, message) {
		go net.cut()
		return nil
	}
	to := 0
	if net.w.nodes[0] == p.n {
		to = 1
	}
	select {
	case c.lines[to] <- slices.Clone(message):
		return nil
	case <-c.done:
		return errors.New("connection is gone")
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p peerOf) Disconnect([33]byte) error {
	go p.n.w.net.cut()
	return nil
}

// terms are those of the contract of PROTOCOL.md 17.
func testTerms(side payout.Side) *payout.Terms {
	return &payout.Terms{
		Instrument: payout.SwapM, Index: "hp1/tot", StartDay: 20600, EndDay: 20600,
		Notional: 50_000_000, K: 6, F: 2, C: 12, Offerer: side, Threshold: 2,
	}
}

// offer has the first node offer the contract to the second.
func (w *world) offer() engine.View {
	w.t.Helper()
	bucket := uint8(1)
	view, err := w.nodes[0].engine().Offer(w.t.Context(), engine.OfferRequest{
		Peer: w.nodes[1].key, Terms: testTerms(payout.Long), Bucket: &bucket, FundFeeRate: 3, CETFeeRate: 2,
	})
	must(w.t, err)
	return view
}

// keyOf returns the key of a contract of the first node in a node.
func (w *world) keyOf(n *node, v engine.View) engine.Key {
	if n == w.nodes[0] {
		return v.Key
	}
	return contract.Key(contract.Accepter, w.nodes[0].key, v.TempID)
}

// eventually waits for a condition.
func (w *world) eventually(what string, ok func() bool) {
	w.t.Helper()
	deadline := time.Now().Add(patience)
	for !ok() {
		if time.Now().After(deadline) {
			w.t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// phase waits until both nodes have the contract in one of the phases.
func (w *world) phase(v engine.View, phases ...contract.Phase) {
	w.t.Helper()
	for _, n := range w.nodes {
		w.phaseOf(n, v, phases...)
	}
}

func (w *world) phaseOf(n *node, v engine.View, phases ...contract.Phase) {
	w.t.Helper()
	var last contract.Phase
	deadline := time.Now().Add(patience)
	for {
		phase, err := n.phase(w.keyOf(n, v))
		if err == nil {
			last = phase
		}
		if err == nil && slices.Contains(phases, phase) {
			return
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("%s: contract is %s (%v), waited for %v", n.name, last, err, phases)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func (n *network) isUp() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.up != nil
}

func mustParse(t tester, raw []byte) *btcwire.MsgTx {
	t.Helper()
	tx := &btcwire.MsgTx{}
	must(t, tx.Deserialize(bytes.NewReader(raw)))
	return tx
}

package book_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/internal/testkit"
	"github.com/alkimiya/alkimiya/node/book"
	"github.com/alkimiya/alkimiya/node/policy"
	"github.com/alkimiya/alkimiya/node/pricer"
)

const (
	firstDay = 20_454
	// lastDay is the last closed one: 30 days of 50,000 have been counted.
	lastDay          = firstDay + 29
	daily            = 50_000
	eventually, tick = 20 * time.Second, time.Millisecond
)

// index is an index of which every closed day was alike.
type index struct{}

func (index) Closed(context.Context, string) (first, last uint32, err error) {
	return firstDay, lastDay, nil
}

func (index) Counter(_ context.Context, _, leg string, day uint32) (uint64, error) {
	if day > lastDay {
		return 0, fmt.Errorf("day %d is not closed", day)
	}
	if leg == "fee" {
		return 100 * uint64(day+1-firstDay), nil
	}
	return daily * uint64(day+1-firstDay), nil
}

func (index) Maturity(id string, day uint32) (uint32, error) {
	if id != "hp1" {
		return 0, errors.New("unknown index")
	}
	return (day+1)*86_400 + 43_200, nil
}

func (index) Market(context.Context, string) (pricer.Market, error) {
	return pricer.Market{
		Now: (lastDay + 1) * 86_400, Work: pricer.WorkOf(125_725_000_000_000), Unit: 86.4e18, Height: 935_000, Subsidy: 5_000_000_000,
		Halving: 210_000, ToRetarget: 1_000, Spacing: 600, Growth: []float64{0}, MeanFee: 1_000_000,
	}, nil
}

func (index) Digits(string) (uint8, error) { return 30, nil }

// clock stands still unless it is moved.
type clock struct{ at atomic.Int64 }

func (c *clock) Now() time.Time       { return time.Unix(c.at.Load(), 0) }
func (c *clock) unix() uint64         { return uint64(c.at.Load()) } //nolint:gosec // after 1970
func (c *clock) pass(d time.Duration) { c.at.Add(int64(d / time.Second)) }

type oracles [][32]byte

func (o oracles) Allowed() [][32]byte { return o }

// net carries messages between books in memory, in the goroutine that sends.
type net struct {
	mu    sync.Mutex
	nodes map[[33]byte]*node
	// tap sees what is sent, and may swallow it.
	tap func(from, to [33]byte, message []byte) bool
}

// link is one node's way into the net.
type link struct {
	n    *net
	from [33]byte
}

func (l link) Send(ctx context.Context, to [33]byte, message []byte) error {
	l.n.mu.Lock()
	target, tap := l.n.nodes[to], l.n.tap
	l.n.mu.Unlock()
	if target == nil {
		return errors.New("not connected")
	}
	if tap != nil && !tap(l.from, to, message) {
		return nil
	}
	target.wires.Go(func() { target.book.Message(context.WithoutCancel(ctx), l.from, slices.Clone(message)) })
	return nil
}

type node struct {
	key    [33]byte
	secret *btcec.PrivateKey
	store  *store.Store
	book   *book.Book
	wires  sync.WaitGroup
}

type world struct {
	t     *testing.T
	net   *net
	clock *clock
	keys  oracles
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, net: &net{nodes: make(map[[33]byte]*node)}, clock: &clock{}}
	w.clock.at.Store((lastDay + 1) * 86_400)
	for _, name := range []string{"red", "green", "blue"} {
		w.keys = append(w.keys, [32]byte(testkit.Key(name).PubKey().SerializeCompressed()[1:]))
	}
	slices.SortFunc(w.keys, func(a, b [32]byte) int { return slices.Compare(a[:], b[:]) })
	return w
}

func (w *world) open(dir string) *store.Store {
	w.t.Helper()
	s, err := store.Open(dir, sha256.Sum256([]byte("key of the test")))
	require.NoError(w.t, err)
	return s
}

func (w *world) config(secret *btcec.PrivateKey, s book.Orders) book.Config {
	return book.Config{
		Orders: s, NodeKey: secret, Peers: link{w.net, [33]byte(secret.PubKey().SerializeCompressed())}, Index: index{}, Oracles: w.keys,
		Clock: w.clock, Policy: policy.Default(), Random: rand.Reader, Log: slog.New(slog.DiscardHandler), DefaultIndex: "hp1/tot",
		Timing: book.Timing{Answer: 5 * time.Second},
	}
}

// node adds a node with a store of its own.
func (w *world) node(name string, change ...func(*book.Config)) *node {
	w.t.Helper()
	n := &node{secret: testkit.Key("node " + name), store: w.open(w.t.TempDir())}
	n.key = [33]byte(n.secret.PubKey().SerializeCompressed())
	cfg := w.config(n.secret, n.store)
	for _, f := range change {
		f(&cfg)
	}
	var err error
	n.book, err = book.New(cfg)
	require.NoError(w.t, err)
	w.net.mu.Lock()
	w.net.nodes[n.key] = n
	w.net.mu.Unlock()
	w.t.Cleanup(func() {
		n.wires.Wait()
		require.NoError(w.t, n.store.Close())
	})
	return n
}

func (w *world) connect(a, b *node) {
	a.book.Connected(b.key)
	b.book.Connected(a.key)
}

// swap is a draft of a margin swap with all defaults.
func swap(side order.Side, k uint64, h uint32) book.Draft {
	return book.Draft{Side: side, Product: payout.SwapM, Days: 30, HMax: h, K: k}
}

func (n *node) publish(t *testing.T, d book.Draft) book.Entry {
	t.Helper()
	e, err := n.book.Publish(t.Context(), d)
	require.NoError(t, err)
	return e
}

func (n *node) refresh(t *testing.T, peer *node) int {
	t.Helper()
	count, err := n.book.Refresh(t.Context(), peer.key)
	require.NoError(t, err)
	return count
}

// others lists what peers offer.
func (n *node) others(t *testing.T, f book.Filter) []book.Entry {
	t.Helper()
	f.Others = true
	page, _, err := n.book.List(f)
	require.NoError(t, err)
	return page
}

// accept commits a contract that takes h of an order, as the engine does when it
// stores an accept.
func (n *node) accept(number int, orderID, takeID [32]byte, h uint32) error {
	id := sha256.Sum256(fmt.Appendf(nil, "contract %d", number))
	state := contract.State{
		Role: contract.Accepter, Phase: contract.Accepted, Base: contract.Accepted, Params: contract.DefaultParams(), Peer: [33]byte{2, 7},
		TempID: id, ContractID: sha256.Sum256(id[:]), OfferHash: id, Offer: []byte("offer"), Seq: 1,
	}
	take := contract.TakeOrder{OrderID: orderID, TakeID: takeID, Size: h}
	return n.store.Commit(contract.State{}, state, contract.KindOwnSignaturesReady, []contract.Effect{take})
}

// say sends any message from one node to another and waits until it is handled.
func (n *node) say(t *testing.T, to *node, m wire.Message) {
	t.Helper()
	to.book.Message(t.Context(), n.key, m.Encode())
	n.wires.Wait()
}

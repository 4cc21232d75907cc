package fake

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/node/backup"
	"github.com/alkimiya/alkimiya/node/book"
	"github.com/alkimiya/alkimiya/node/engine"
	"github.com/alkimiya/alkimiya/node/feed"
	"github.com/alkimiya/alkimiya/node/peer"
	"github.com/alkimiya/alkimiya/node/policy"
	"github.com/alkimiya/alkimiya/node/portfolio"
	"github.com/alkimiya/alkimiya/node/rpc"
	"github.com/alkimiya/alkimiya/oracle/index"
	"github.com/alkimiya/alkimiya/wallet"
)

// Desk is the trading side of a fake node: a real order book that is connected
// with another one, the maker's, and contracts that are what its fields say.
type Desk struct {
	node *Node
	// Book is this node's, Maker the peer's, whose orders Book shows.
	Book, Maker *book.Book
	SelfKey     peer.Key
	MakerKey    peer.Key

	mu        sync.Mutex
	views     map[engine.Key]engine.View
	events    []engine.Event
	told      chan struct{}
	oracles   []feed.Oracle
	added     []peer.Address
	connected map[peer.Key]bool
	rules     policy.Policy
	reloadErr error
}

func secret(name string) *btcec.PrivateKey {
	raw := sha256.Sum256([]byte("fake " + name))
	key, _ := btcec.PrivKeyFromBytes(raw[:])
	return key
}

// OracleKey is the one oracle on the fake's allow-list.
var OracleKey = [32]byte(secret("oracle").PubKey().SerializeCompressed()[1:])

// wire delivers messages between the two books.
type desklink struct {
	d    *Desk
	from peer.Key
}

func (l desklink) Send(ctx context.Context, to [33]byte, message []byte) error {
	target := l.d.Book
	if to == l.d.MakerKey {
		target = l.d.Maker
	}
	ctx = context.WithoutCancel(ctx)
	go target.Message(ctx, l.from, slices.Clone(message))
	return nil
}

func newDesk(n *Node) (*Desk, error) {
	d := &Desk{
		node: n, views: make(map[engine.Key]engine.View), told: make(chan struct{}), rules: policy.Default(),
		oracles:   []feed.Oracle{{Key: OracleKey, Name: "red", URL: "http://127.0.0.1:8480"}},
		connected: make(map[peer.Key]bool),
	}
	ours, theirs := secret("node"), secret("maker")
	d.SelfKey = peer.Key(ours.PubKey().SerializeCompressed())
	d.MakerKey = peer.Key(theirs.PubKey().SerializeCompressed())
	for _, side := range []struct {
		into   **book.Book
		key    *btcec.PrivateKey
		self   peer.Key
		quotes policy.Quotes
	}{
		{&d.Book, ours, d.SelfKey, policy.Quotes{Ask: true}},
		{&d.Maker, theirs, d.MakerKey, policy.Quotes{Rules: []policy.QuoteRule{{Side: "both", SpreadPermille: 10, Seconds: 60}}}},
	} {
		rules := policy.Default()
		rules.Quotes = side.quotes
		b, err := book.New(book.Config{
			Orders: &memory{orders: make(map[[32]byte]store.Order)}, NodeKey: side.key, Peers: desklink{d, side.self}, Index: deskIndex{},
			Oracles: d, Clock: d, Policy: rules, Random: rand.Reader, Log: slog.New(slog.DiscardHandler), DefaultIndex: "hp1-regtest/tot",
		})
		if err != nil {
			return nil, err
		}
		*side.into = b
	}
	d.connect()
	for _, quote := range []struct {
		side order.Side
		k    uint64
	}{{order.Sell, 10_200}, {order.Buy, 9_900}} {
		draft := book.Draft{Side: quote.side, Product: payout.SwapM, Days: 30, HMax: 20_000, K: quote.k}
		if _, err := d.Maker.Publish(context.Background(), draft); err != nil {
			return nil, err
		}
	}
	_, err := d.Book.Refresh(context.Background(), d.MakerKey)
	return d, err
}

func (d *Desk) connect() {
	d.Book.Connected(d.MakerKey)
	d.Maker.Connected(d.SelfKey)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.connected[d.MakerKey] = true
}

// Now implements book.Clock: noon of the day after the last closed one.
func (d *Desk) Now() time.Time { return time.Unix((LastDay+1)*86_400+43_200, 0) }

// Allowed implements book.Oracles.
func (d *Desk) Allowed() [][32]byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	var keys [][32]byte
	for _, o := range d.oracles {
		keys = append(keys, o.Key)
	}
	return keys
}

// The days that the fake's index has closed, of Daily each.
const (
	FirstDay = 20_454
	LastDay  = FirstDay + 59
	Daily    = 10_000
)

// deskIndex is an index of which every closed day was alike.
type deskIndex struct{}

func (deskIndex) Closed(context.Context, string) (first, last uint32, err error) {
	return FirstDay, LastDay, nil
}

func (deskIndex) Counter(_ context.Context, _, leg string, day uint32) (uint64, error) {
	if day > LastDay {
		return 0, fmt.Errorf("%w: day %d", feed.ErrNotClosed, day)
	}
	daily := map[string]uint64{"tot": Daily, "sub": Daily - 500, "fee": 500}[leg]
	return daily * uint64(day+1-FirstDay), nil
}

func (deskIndex) Maturity(id string, day uint32) (uint32, error) {
	if id != "hp1-regtest" {
		return 0, fmt.Errorf("%w: %q", feed.ErrIndex, id)
	}
	return (day + 1) * 86_400, nil
}

func (deskIndex) Digits(string) (uint8, error) { return 30, nil }

// memory is a store of orders that forgets.
type memory struct {
	mu     sync.Mutex
	orders map[[32]byte]store.Order
}

func (m *memory) PutOrder(id [32]byte, record []byte, nonce uint64, size uint32) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.orders[id] = store.Order{ID: id, Record: record, Nonce: nonce, Size: size, Remaining: size}
	return nil
}

func (m *memory) Order(id [32]byte) (store.Order, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	o, ok := m.orders[id]
	if !ok {
		return o, store.ErrNotFound
	}
	return o, nil
}

func (m *memory) Orders(f func(store.Order) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, o := range m.orders {
		if err := f(o); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) CancelOrders(ids [][32]byte, below uint64) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for id, o := range m.orders {
		if !o.Cancelled && (o.Nonce < below || slices.Contains(ids, id)) {
			o.Cancelled = true
			m.orders[id] = o
			n++
		}
	}
	return n, nil
}

func (m *memory) DropOrder(id [32]byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.orders, id)
	return nil
}

// Trading is Config.Trading of the server.
func (n *Node) Trading(ctx context.Context) (context.Context, *rpc.Trading, func(), error) {
	if n.WalletState() != rpc.WalletOpened {
		return ctx, nil, nil, rpc.ErrWalletClosed
	}
	if err := n.called("Trading"); err != nil {
		return ctx, nil, nil, err
	}
	d, err := n.Desk()
	if err != nil {
		return ctx, nil, nil, err
	}
	return ctx, &rpc.Trading{
		Peers: deskPeers{d}, Orders: d.Book, Taker: d.Book, Quotes: d.Book, Contracts: deskContracts{d}, Closes: deskContracts{d}, Bridge: deskContracts{d},
		Views: deskContracts{d}, Portfolio: portfolio.New(deskContracts{d}, d.Book, deskWallet{n}, d), Oracles: deskOracles{d},
		Indices: deskOracles{d}, Policy: deskPolicy{d}, Backup: deskBackup{d},
	}, func() {}, nil
}

// Desk returns the trading side, made at the first call.
func (n *Node) Desk() (*Desk, error) {
	n.deskOnce.Do(func() { n.desk, n.deskErr = newDesk(n) })
	return n.desk, n.deskErr
}

// Put adds or replaces a contract and tells of its phase.
func (d *Desk) Put(v engine.View) {
	d.mu.Lock()
	from := d.views[v.Key].Phase
	d.views[v.Key] = v
	d.mu.Unlock()
	d.Tell(engine.Event{Kind: engine.EventPhase, Key: v.Key, Peer: v.Peer, From: from.String(), Phase: v.Phase.String()})
}

// Tell appends an event.
func (d *Desk) Tell(e engine.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if e.Kind != engine.EventProgress {
		e.Cursor = uint64(len(d.events)) + 1
	}
	e.Time = d.Now()
	d.events = append(d.events, e)
	close(d.told)
	d.told = make(chan struct{})
}

// FailReload makes the next reloads of the policy fail; nil ends that.
func (d *Desk) FailReload(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.reloadErr = err
}

// Swap returns a contract with the maker on 30 days from the next one: a margin
// swap at the rate of 10,000 for 5 units, of which this node has the given side.
func (d *Desk) Swap(n byte, side payout.Side, phase contract.Phase) engine.View {
	start := uint32(LastDay + 1)
	event, _ := payout.EventID("hp1-regtest/tot", start+29) // cannot fail for this index
	t := payout.Terms{
		Instrument: payout.SwapM, Index: "hp1-regtest/tot", Event: event, StartDay: start, EndDay: start + 29,
		Base: Daily * (LastDay + 1 - FirstDay), Digits: 30, Bucket: 8, Notional: 5_000, K: 10_000, F: 6_000, C: 14_000,
		Offerer: side, Threshold: 1, Oracles: [][32]byte{OracleKey},
	}
	v := viewOf(engine.Key{n}, t, side, d.MakerKey)
	v.Phase = phase
	if phase.Funded() {
		v.Funding = &engine.TxView{Txid: chainhash.Hash{n, 1}, Raw: []byte{2, n}, Complete: true, Height: 430, Depth: 3}
		v.FundingOutput = wire.OutPoint{Hash: v.Funding.Txid}
	}
	return v
}

func viewOf(key engine.Key, t payout.Terms, side payout.Side, with peer.Key) engine.View {
	maturity := (t.EndDay + 1) * 86_400
	return engine.View{
		Key: key, TempID: key, ContractID: sha256.Sum256(key[:]), Peer: with, Role: contract.Offerer, Side: side,
		Phase: contract.Offered, Terms: t, Unit: "sat/RU",
		Collateral: sats(t.M()), OwnLock: sats(t.Lock(side)), PeerLock: sats(t.Lock(side.Other())),
		FundFeeRate: 2, CETFeeRate: 2, Fees: engine.Fees{OwnFunding: 300, OwnCET: 214, PeerFunding: 300, PeerCET: 214},
		CETLocktime: maturity, RefundLocktime: maturity + 2_419_200, Expiry: maturity - 86_400,
	}
}

func sats(v uint64) btcutil.Amount { return btcutil.Amount(min(v, 21e14)) }

// deskWallet is the wallet as portfolio sees it.
type deskWallet struct{ n *Node }

func (w deskWallet) Balance(context.Context) (wallet.Balance, error) { return w.n.balance, nil }

func (w deskWallet) Transactions(context.Context, int) ([]wallet.TxSummary, error) {
	return w.n.txs, nil
}

type deskPeers struct{ d *Desk }

func (p deskPeers) Add(_ context.Context, a peer.Address) error {
	if a.Key == p.d.SelfKey {
		return peer.ErrSelf
	}
	p.d.mu.Lock()
	defer p.d.mu.Unlock()
	p.d.added = append(p.d.added, a)
	return nil
}

func (p deskPeers) Remove(_ context.Context, k peer.Key) (bool, error) {
	p.d.mu.Lock()
	defer p.d.mu.Unlock()
	before := len(p.d.added)
	p.d.added = slices.DeleteFunc(p.d.added, func(a peer.Address) bool { return a.Key == k })
	return len(p.d.added) < before, nil
}

func (p deskPeers) Connect(_ context.Context, a peer.Address) error {
	switch a.Key {
	case p.d.SelfKey:
		return peer.ErrSelf
	case p.d.MakerKey:
		p.d.connect()
		return nil
	}
	return fmt.Errorf("%w: %s", peer.ErrHandshake, a)
}

func (p deskPeers) Disconnect(k peer.Key) error {
	p.d.mu.Lock()
	defer p.d.mu.Unlock()
	if !p.d.connected[k] {
		return fmt.Errorf("%w: %s", peer.ErrNotConnected, k)
	}
	delete(p.d.connected, k)
	p.d.Book.Disconnected(k)
	return nil
}

func (p deskPeers) Peers() rpc.PeerList {
	p.d.mu.Lock()
	defer p.d.mu.Unlock()
	list := rpc.PeerList{Self: p.d.SelfKey, Listening: []string{"127.0.0.1:9735"}}
	if p.d.connected[p.d.MakerKey] {
		list.Peers = append(list.Peers, peer.Info{
			Key: p.d.MakerKey, Connected: true, Remote: "127.0.0.1:41000", Inbound: true, Since: p.d.Now(), Heard: p.d.Now(),
			BytesRead: 1_000, BytesWritten: 2_000, Latency: 1500 * time.Microsecond,
		})
	}
	for _, a := range p.d.added {
		list.Peers = append(list.Peers, peer.Info{
			Key: a.Key, Persistent: true, Address: a, NextCall: p.d.Now().Add(time.Minute), Failure: errors.New("connection refused"),
		})
	}
	return list
}

type deskPolicy struct{ d *Desk }

func (p deskPolicy) Policy() policy.Policy { return p.d.rules }

func (deskPolicy) Path() string { return "/etc/alkd/policy.toml" }

func (p deskPolicy) Reload(context.Context) error {
	p.d.mu.Lock()
	defer p.d.mu.Unlock()
	return p.d.reloadErr
}

type deskBackup struct{ d *Desk }

func (deskBackup) State() (rpc.BackupState, error) {
	return rpc.BackupState{
		Dir: "/backup/recovery", Failing: errors.New("no space left on device"), Unread: backup.ErrUnread, Kept: []string{"0a.01020304.kept"},
	}, nil
}

func (b deskBackup) Export(_ context.Context, k engine.Key) ([]byte, error) {
	return []byte("sealed " + k.String()[:8]), nil
}

func (b deskBackup) Restore(context.Context) ([]backup.Restored, error) {
	return []backup.Restored{{Path: "/backup/recovery/a.alkr"}, {Path: "/backup/recovery/b.alkr", Err: backup.ErrForeign}}, nil
}

func (b deskBackup) Import(_ context.Context, file []byte) error {
	if !strings.HasPrefix(string(file), "sealed ") {
		return backup.ErrFormat
	}
	return nil
}

func (b deskBackup) Recover(_ context.Context, k peer.Key) error {
	if k != b.d.MakerKey {
		return fmt.Errorf("%w: %s", peer.ErrNotConnected, k)
	}
	return nil
}

type deskOracles struct{ d *Desk }

func (o deskOracles) Oracles() []feed.Oracle {
	o.d.mu.Lock()
	defer o.d.mu.Unlock()
	return slices.Clone(o.d.oracles)
}

func (o deskOracles) AddOracle(_ context.Context, added feed.Oracle) (feed.Oracle, error) {
	if added.Key == ([32]byte{}) {
		added.Key = [32]byte(secret("asked").PubKey().SerializeCompressed()[1:])
	}
	o.d.mu.Lock()
	defer o.d.mu.Unlock()
	o.d.oracles = append(o.d.oracles, added)
	return added, nil
}

func (o deskOracles) RemoveOracle(key [32]byte) error {
	o.d.mu.Lock()
	defer o.d.mu.Unlock()
	before := len(o.d.oracles)
	o.d.oracles = slices.DeleteFunc(o.d.oracles, func(have feed.Oracle) bool { return have.Key == key })
	if len(o.d.oracles) == before {
		return fmt.Errorf("%w %x is not on the list", feed.ErrOracle, key)
	}
	return nil
}

func (o deskOracles) Feed(context.Context, []byte) error { return nil }

func (o deskOracles) Alarms() []feed.Alarm {
	return []feed.Alarm{{Index: "hp1-regtest", Day: LastDay, Text: "own counter 600000, oracles 600001"}}
}

func (o deskOracles) Entries() []index.Entry { return []index.Entry{index.HP1Regtest().Entry()} }

func (o deskOracles) Closed(ctx context.Context, id string) (first, last uint32, err error) {
	return deskIndex{}.Closed(ctx, id)
}

func (o deskOracles) Counter(ctx context.Context, id, leg string, day uint32) (uint64, error) {
	return deskIndex{}.Counter(ctx, id, leg, day)
}

// Days implements rpc.Indices.
func (o deskOracles) Days(_ context.Context, _ string, first, last uint32) ([]index.Day, bool, error) {
	var out []index.Day
	for day := first; day <= min(last, LastDay); day++ {
		n := uint64(day + 1 - FirstDay)
		out = append(out, index.Day{
			Index: "hp1-regtest", Day: day, Blocks: 3, Value: index.Values{Sub: Daily - 500, Fee: 500}, Raw: 700, Clipped: 1,
			Counter: index.Values{Sub: (Daily - 500) * n, Fee: 500 * n},
		})
	}
	return out, true, nil
}

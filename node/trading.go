package node

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node/backup"
	"github.com/alkimiya/alkimiya/node/book"
	"github.com/alkimiya/alkimiya/node/engine"
	"github.com/alkimiya/alkimiya/node/engine/fund"
	"github.com/alkimiya/alkimiya/node/engine/track"
	"github.com/alkimiya/alkimiya/node/feed"
	"github.com/alkimiya/alkimiya/node/peer"
	"github.com/alkimiya/alkimiya/node/policy"
	"github.com/alkimiya/alkimiya/node/rpc"
	"github.com/alkimiya/alkimiya/oracle/index"
	"github.com/alkimiya/alkimiya/oracle/series"
	"github.com/alkimiya/alkimiya/wallet/chain"
	"github.com/alkimiya/alkimiya/wallet/keys"
)

// Trading says how the daemon meets other nodes and judges contracts. Check
// completes and validates it.
type Trading struct {
	// Listen are addresses host:port for peers; there may be none.
	Listen []string
	// Peers are nodes to stay connected with, pubkey@host:port.
	Peers []string
	// TorSocks is host:port of Tor's SOCKS proxy, or empty; TorDirect reaches
	// peers that are not onion services without it.
	TorSocks  string
	TorDirect bool
	// Inbound is how many strangers may be connected at a time; 0 means 1,000.
	Inbound int
	// PolicyFile is the policy, empty for the default.
	PolicyFile string
	// Backup is the folder of recovery files, best on another disk; empty for one
	// in the data directory.
	Backup string
	// ChainClock takes the time in the tip's header as now; regtest and simnet
	// alone.
	ChainClock bool
	// Params are the times and depths of new contracts; zero fields take the
	// defaults of PROTOCOL.md 1, FUND_CONF on regtest 1.
	Params contract.Params
	// Workers is how many processors sign and verify; 0 means all.
	Workers int
	// PoolPoll is how often the mempool is looked at; 0 means 5 s.
	PoolPoll time.Duration
	// Oracles are on the allow-list: KEY@URL or NAME=KEY@URL.
	Oracles []string
	// OraclePoll is how often oracles are asked; 0 means 20 s.
	OraclePoll time.Duration
	// IndexFiles define reported indices that the owner approves.
	IndexFiles []string
	// IndexFromOracles makes a full node work as a light client does, for one that has
	// thrown old blocks away: counters are what oracles agree on, and days of own
	// contracts are recomputed from their evidence.
	IndexFromOracles bool
	// CheckAllDays makes a light client recompute every day of the index from the
	// oracles' evidence, not only those of its own contracts.
	CheckAllDays bool
}

// complete fills in what is not set.
func (t *Trading) complete(network string) {
	usual := contract.DefaultParams()
	if network == "regtest" || network == "simnet" {
		usual.FundConf = 1
	}
	for _, field := range []struct{ value, usual *uint32 }{
		{&t.Params.Lead, &usual.Lead}, {&t.Params.TSign, &usual.TSign}, {&t.Params.TFund, &usual.TFund},
		{&t.Params.TClose, &usual.TClose}, {&t.Params.TSettle, &usual.TSettle}, {&t.Params.TAnswer, &usual.TAnswer},
		{&t.Params.FundConf, &usual.FundConf}, {&t.Params.FinalConf, &usual.FinalConf},
	} {
		if *field.value == 0 {
			*field.value = *field.usual
		}
	}
	if t.Workers <= 0 {
		t.Workers = runtime.NumCPU()
	}
}

// maxDepth is the greatest depth that a contract may wait for, maxWait the longest
// wait for a peer, seconds, and maxInbound the most strangers at a time: each takes
// a descriptor.
const (
	maxDepth   = 144
	maxWait    = 7 * 86_400
	maxInbound = 100_000
)

// check returns ErrConfig unless trading can be done as it says.
func (t *Trading) check(network string) error {
	if t.ChainClock && network != "regtest" && network != "simnet" {
		return fmt.Errorf("%w: clock=chain is for regtest and simnet, not for %s", ErrConfig, network)
	}
	for _, text := range t.Peers {
		if _, err := peer.ParseAddress(text); err != nil {
			return fmt.Errorf("%w: peer: %w", ErrConfig, err)
		}
	}
	p := t.Params
	if p.FundConf > maxDepth || p.FinalConf > maxDepth || p.FinalConf < 1 {
		return fmt.Errorf("%w: fund-conf %d and final-conf %d, limit %d", ErrConfig, p.FundConf, p.FinalConf, maxDepth)
	}
	for _, wait := range []uint32{p.Lead, p.TSign, p.TFund, p.TClose, p.TSettle, p.TAnswer} {
		if wait > maxWait {
			return fmt.Errorf("%w: a wait of %d s, limit %d", ErrConfig, wait, maxWait)
		}
	}
	if t.Inbound < 0 || t.Inbound > maxInbound {
		return fmt.Errorf("%w: max-inbound %d, limit %d", ErrConfig, t.Inbound, maxInbound)
	}
	if _, err := t.policy(); err != nil {
		return fmt.Errorf("%w: %w", ErrConfig, err)
	}
	return t.checkFeed()
}

// policy reads the policy in force.
func (t *Trading) policy() (policy.Policy, error) {
	if t.PolicyFile == "" {
		return policy.Default(), nil
	}
	return policy.Load(t.PolicyFile)
}

// Feed is what oracles and the own index say, to contracts and to the book.
type Feed interface {
	engine.Oracles
	book.Index
	// Parameters are the indices that this node trades, for hello.
	Parameters() []wire.IndexParameters
	// Run follows chain and oracles until ctx ends.
	Run(ctx context.Context) error
	// Close is called after Run has returned.
	Close() error

	rpc.Oracles
	// Entries are the indices traded, the default first; Series is the own
	// computation of one, nil if there is none.
	Entries() []index.Entry
	Series(id string) *series.Series
}

// trading is everything that is open while contracts are.
type trading struct {
	store  *store.Store
	feed   Feed
	clock  engine.Clock
	engine *engine.Engine
	book   *book.Book
	host   *peer.Host
	peers  *peerList

	recovery *recovery
	// rules is the policy in force; desk shows all of this to the RPC server.
	rules atomic.Pointer[policy.Policy]
	desk  *rpc.Trading
}

// openTrading opens the contract store and begins to trade, in the tasks of the
// session.
func (d *Daemon) openTrading(s *session) (_ *trading, err error) {
	cfg := d.cfg.Trading
	rules, err := cfg.policy()
	if err != nil {
		return nil, err
	}
	t := &trading{clock: engine.Clock(engine.WallClock{})}
	if cfg.ChainClock {
		t.clock = engine.NewChainClock(d.params.GenesisBlock.Header.Timestamp)
	}
	key, err := s.ring.StoreKey(keys.LabelContractStore)
	if err != nil {
		return nil, err
	}
	if t.store, err = store.Open(d.cfg.path("contracts"), key); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, t.close())
		}
	}()
	if t.feed, err = d.openFeed(s, t); err != nil {
		return nil, err
	}
	if t.peers, err = openPeerList(d.cfg.path("peers.json"), cfg.Peers); err != nil {
		return nil, err
	}
	if t.recovery, err = d.openRecovery(s, t); err != nil {
		return nil, err
	}
	if err := d.assemble(s, t, rules); err != nil {
		return nil, err
	}
	lost, err := backup.Empty(t.store)
	if err != nil {
		return nil, err
	}
	t.rules.Store(&rules)
	t.desk = d.newDesk(s, t)
	t.run(s, lost)
	return t, nil
}

// assemble makes engine, book and host and introduces them to each other.
func (d *Daemon) assemble(s *session, t *trading, rules policy.Policy) error {
	cfg := d.cfg.Trading
	nodeKey, err := s.ring.NodeKey()
	if err != nil {
		return err
	}
	dial, err := peer.NewDialer(peer.DialerConfig{Socks: cfg.TorSocks, Direct: cfg.TorDirect, Isolate: true})
	if err != nil {
		return err
	}
	route := &router{log: d.cfg.Logs.Logger("peer"), recovery: t.recovery, peers: hostPeers{t}}
	t.host, err = peer.New(peer.Config{
		NodeKey: nodeKey, Listen: cfg.Listen, Handler: route, Logger: d.cfg.Logs.Logger("peer"), Dial: dial, Known: t.peers.known,
		Admit: newAdmission().admit, Limits: peer.Limits{Inbound: cfg.Inbound},
		Hello: &wire.Hello{
			Chain: *d.params.GenesisHash, Schemes: []uint8{wire.SchemeTaprootV1}, MaxList: rules.Limits.MaxList, Indexes: t.feed.Parameters(),
		},
	})
	if err != nil {
		return err
	}
	full, _ := d.backend.(chain.FullNode) // a light client is none
	t.engine, err = engine.New(engine.Config{
		Store: t.store, NodeKey: t.host.Self(), Genesis: *d.params.GenesisHash, Keys: s.ring, Fund: fund.New(s.wallet, s.wallet, s.ring, rand.Reader),
		Wallet: s.wallet, Peers: hostPeers{t}, Oracles: t.feed, Passing: []error{feed.ErrBehind, feed.ErrNotClosed},
		Track: track.New(d.backend, s.watcher, d.cfg.Logs.Logger("watch")), Mempool: full, Clock: t.clock,
		Policy: rules, Params: cfg.Params, Random: rand.Reader, Log: d.cfg.Logs.Logger("contract"),
		Workers: cfg.Workers, PoolPoll: cfg.PoolPoll, Changed: func(k engine.Key) { t.recovery.folder.Changed(k) },
		Unready: func() error { return t.recovery.folder.Unread() },
	})
	if err != nil {
		return err
	}
	t.book, err = book.New(book.Config{
		Orders: t.store, NodeKey: nodeKey, Peers: hostPeers{t}, Index: t.feed, Oracles: t.feed, Clock: t.clock, Policy: rules,
		Random: rand.Reader, Log: d.cfg.Logs.Logger("book"), DefaultIndex: d.cfg.IndexID() + "/tot",
	})
	if err != nil {
		return err
	}
	route.engine, route.book, route.ctx = t.engine, t.book, s.ctx
	for _, address := range t.peers.all() {
		if err := t.host.Add(address); err != nil {
			d.log.Warn("peer is not called", "peer", address.String(), "err", err)
		}
	}
	return nil
}

// run starts everything under the session's tasks: contracts, those in recovery files
// too, before peers can speak to them. lost says that the store holds none.
func (t *trading) run(s *session, lost bool) {
	s.tasks.Go(func() error { return t.feed.Run(s.ctx) })
	s.tasks.Go(func() error { return t.engine.Run(s.ctx) })
	s.tasks.Go(func() error { return t.book.Run(s.ctx) })
	s.tasks.Go(func() error { return t.keepRecovery(s.ctx, lost) })
}

// close closes feed and store, after all tasks have ended.
func (t *trading) close() error {
	var errs []error
	if t.feed != nil {
		errs = append(errs, t.feed.Close())
	}
	return errors.Join(append(errs, t.store.Close())...)
}

// reloadPolicy reads the policy file again and puts it in force everywhere.
func (d *Daemon) reloadPolicy(t *trading) error {
	rules, err := d.cfg.Trading.policy()
	if err != nil {
		return err
	}
	if err := t.engine.ReloadPolicy(rules); err != nil {
		return err
	}
	t.book.ReloadPolicy(rules)
	t.rules.Store(&rules)
	return nil
}

// ReloadPolicy reads the policy file again. What is wrong with it changes
// nothing. It does nothing while the wallet is closed: opening reads the file.
func (d *Daemon) ReloadPolicy() error {
	s := d.current()
	if s == nil || s.trading == nil {
		return nil
	}
	return d.reloadPolicy(s.trading)
}

// obeySignals reloads the policy whenever it is asked to.
func (d *Daemon) obeySignals(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case _, open := <-d.cfg.Reload:
			if !open {
				return nil
			}
			if err := d.ReloadPolicy(); err != nil {
				d.log.Error("policy not reloaded, the old one stays in force", "err", err)
			}
		}
	}
}

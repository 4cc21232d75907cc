// Package neutrino is the chain backend that needs no node: an embedded light
// client (BIP157, BIP158) that syncs headers and filter headers from peers and
// fetches the blocks that it needs.
//
// It validates proof of work and filters, not transactions, and sees no
// mempool. Peers answer on their own time: a query that has to ask them waits
// until its context ends. Its invariant: the headers in its folder extend the
// genesis block of the configured network, so a peer of another network is
// never followed. All of btcd's networks work, testnet4 included; regtest and
// simnet need named peers. Issue 1, "Chain backends behind one small
// interface".
package neutrino

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/btcsuite/btcd/btcutil/gcs/builder"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
	walletchain "github.com/btcsuite/btcwallet/chain"
	"github.com/btcsuite/btcwallet/walletdb"
	_ "github.com/btcsuite/btcwallet/walletdb/bdb" // the driver of the database
	"github.com/lightninglabs/neutrino"
	"github.com/lightningnetwork/lnd/chainntnfs"
	"github.com/lightningnetwork/lnd/lnwallet/chainfee"

	"github.com/alkimiya/alkimiya/wallet/chain"
	"github.com/alkimiya/alkimiya/wallet/chain/internal/fees"
	"github.com/alkimiya/alkimiya/wallet/chain/internal/hints"
)

const (
	// defaultBroadcastTimeout is how long publishing waits for peers.
	defaultBroadcastTimeout = 5 * time.Second
	// queryTimeout bounds a query whose context has no end of its own.
	queryTimeout = 60 * time.Second
	// maxQueries is how many queries to peers are under way at once.
	maxQueries = 8
	// blockCacheSize is of the notifier and of the client, each, in bytes.
	blockCacheSize = 20 << 20
	// lockTimeout is how long another process may keep the database.
	lockTimeout = 5 * time.Second
	dbFile      = "neutrino.db"
)

// Config says which network to join, and how.
type Config struct {
	// Params are of the network.
	Params *chaincfg.Params
	// Dir is a folder of this backend and this network alone: headers,
	// filters and addresses of peers are kept there.
	Dir string
	// ConnectPeers, if any, are the only peers (host or host:port).
	ConnectPeers []string
	// AddPeers are peers to keep a connection to, beside those found.
	AddPeers []string
	// BroadcastTimeout is how long publishing a transaction waits for what
	// peers say to it; 0 means 5 s.
	BroadcastTimeout time.Duration
	// Logger is told of what happens in the background; nil discards.
	Logger *slog.Logger
	// FeeURL is of a web service for fee rates (lnd's fee.url), or empty.
	FeeURL string
	// FallbackFee is used without an estimate; 0 means chain.ErrFeeUnknown
	// then, except on regtest and simnet.
	FallbackFee chainfee.SatPerKVByte
	// FloorFee is the lowest rate ever given; at least 1 sat/vB.
	FloorFee chainfee.SatPerKVByte
}

// Backend implements chain.Backend by an embedded light client. Its methods
// are safe for concurrent use.
type Backend struct {
	cfg   Config
	fees  fees.Policy
	web   *fees.Web // nil without FeeURL
	log   *slog.Logger
	turns chan struct{} // one for each query to peers under way

	mu  sync.RWMutex
	run *service // nil unless started
}

// service is what lives between Start and Stop.
type service struct {
	cs       *neutrino.ChainService
	db       walletdb.DB
	hints    *hints.Cache
	notifier *notifier
	queries  sync.WaitGroup
}

var _ chain.Backend = (*Backend)(nil)

// New returns a backend; nothing is opened before Start.
func New(cfg Config) *Backend {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.BroadcastTimeout == 0 {
		cfg.BroadcastTimeout = defaultBroadcastTimeout
	}
	b := &Backend{
		cfg:   cfg,
		fees:  fees.NewPolicy(cfg.Params, cfg.FloorFee, cfg.FallbackFee),
		log:   cfg.Logger,
		turns: make(chan struct{}, maxQueries),
	}
	if cfg.FeeURL != "" {
		b.web = fees.NewWeb(cfg.FeeURL)
	}
	return b
}

// Name implements chain.Backend.
func (b *Backend) Name() string { return "neutrino" }

// Start implements chain.Backend. It returns when the client runs, which says
// nothing about peers or how far it has synced. Named peers whose names cannot
// be resolved are chain.ErrUnavailable; headers of another network in the
// folder are chain.ErrWrongNetwork.
func (b *Backend) Start(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.run != nil {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("start neutrino: %w", err)
	}
	run := &service{}
	if err := b.open(run); err != nil {
		return errors.Join(fmt.Errorf("start neutrino: %w", err), run.close())
	}
	// The service outlives the context of its start.
	if err := run.cs.Start(context.WithoutCancel(ctx)); err != nil {
		return errors.Join(fmt.Errorf("start neutrino: %w", err), run.close())
	}
	b.run = run
	return nil
}

// open opens the files and makes the service.
func (b *Backend) open(run *service) error {
	if err := os.MkdirAll(b.cfg.Dir, 0o700); err != nil {
		return fmt.Errorf("folder of headers: %w", err)
	}
	db, err := openDB(filepath.Join(b.cfg.Dir, dbFile))
	if err != nil {
		return err
	}
	run.db = db
	if run.hints, err = hints.Open(b.cfg.Dir); err != nil {
		return err
	}
	params := *b.cfg.Params
	if fees.IsPlay(b.cfg.Params) {
		params.DNSSeeds = nil
	}
	cs, err := neutrino.NewChainService(neutrino.Config{
		DataDir: b.cfg.Dir, Database: db, ChainParams: params,
		ConnectPeers: b.cfg.ConnectPeers, AddPeers: b.cfg.AddPeers,
		BlockCacheSize: blockCacheSize, BroadcastTimeout: b.cfg.BroadcastTimeout,
	})
	if err != nil {
		return fmt.Errorf("%w: %w", chain.ErrUnavailable, err)
	}
	genesis, err := cs.GetBlockHash(0)
	if err != nil {
		return fmt.Errorf("genesis header: %w", err)
	}
	if *genesis != *params.GenesisHash {
		return fmt.Errorf("%w: headers in %s begin with %v", chain.ErrWrongNetwork, b.cfg.Dir, genesis)
	}
	run.cs = cs
	run.notifier = newNotifier(cs, run.hints)
	return nil
}

func openDB(path string) (walletdb.DB, error) {
	open := walletdb.Open
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		open = walletdb.Create
	}
	db, err := open("bdb", path, true, lockTimeout, false)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return db, nil
}

// close closes the files, as far as they are open.
func (s *service) close() error {
	var errs []error
	if s.hints != nil {
		errs = append(errs, s.hints.Close())
	}
	if s.db != nil {
		errs = append(errs, s.db.Close())
	}
	return errors.Join(errs...)
}

// Stop implements chain.Backend.
func (b *Backend) Stop() error {
	b.mu.Lock()
	run := b.run
	b.run = nil
	b.mu.Unlock()
	if run == nil {
		return nil
	}
	err := errors.Join(run.notifier.Stop(), run.cs.Stop())
	// Abandoned queries end with the service; they read the database.
	run.queries.Wait()
	if err = errors.Join(err, run.close()); err != nil {
		return fmt.Errorf("stop neutrino: %w", err)
	}
	return nil
}

// running returns the service or chain.ErrUnavailable.
func (b *Backend) running() (*service, error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.run == nil {
		return nil, fmt.Errorf("%w: neutrino is not started", chain.ErrUnavailable)
	}
	return b.run, nil
}

// Source implements chain.Backend; the backend must be started.
func (b *Backend) Source() (walletchain.Interface, error) {
	run, err := b.running()
	if err != nil {
		return nil, err
	}
	return walletchain.NewNeutrinoClient(b.cfg.Params, run.cs), nil
}

// Notifier implements chain.Backend; it is nil before Start and after Stop.
// Epochs come from headers at once; registering for confirmations and spends
// is chain.ErrUnavailable until the client has synced.
func (b *Backend) Notifier() chainntnfs.ChainNotifier {
	run, err := b.running()
	if err != nil {
		return nil
	}
	return run.notifier
}

// Peers is the number of connected peers; 0 if not started.
func (b *Backend) Peers() int {
	run, err := b.running()
	if err != nil {
		return 0
	}
	return int(run.cs.ConnectedCount())
}

// Tip implements chain.Backend: the last header, whose filter header and
// filter may be still under way.
func (b *Backend) Tip(context.Context) (chain.Tip, error) {
	run, err := b.running()
	if err != nil {
		return chain.Tip{}, err
	}
	header, height, err := run.cs.BlockHeaders.ChainTip()
	if err != nil {
		return chain.Tip{}, fmt.Errorf("last header: %w", err)
	}
	if height > math.MaxInt32 {
		return chain.Tip{}, fmt.Errorf("last header: height %d", height)
	}
	return chain.Tip{Hash: header.BlockHash(), Height: int32(height), Time: header.Timestamp}, nil
}

// Header implements chain.Backend; only the best chain is known.
func (b *Backend) Header(_ context.Context, hash chainhash.Hash) (*wire.BlockHeader, error) {
	run, err := b.running()
	if err != nil {
		return nil, err
	}
	header, err := run.cs.GetBlockHeader(&hash)
	if err != nil {
		return nil, fmt.Errorf("header %v: %w", hash, err)
	}
	return header, nil
}

// HashAt implements chain.Backend.
func (b *Backend) HashAt(_ context.Context, height int32) (chainhash.Hash, error) {
	run, err := b.running()
	if err != nil {
		return chainhash.Hash{}, err
	}
	if height < 0 {
		return chainhash.Hash{}, fmt.Errorf("height %d is negative", height)
	}
	hash, err := run.cs.GetBlockHash(int64(height))
	if err != nil {
		return chainhash.Hash{}, fmt.Errorf("height %d: %w", height, err)
	}
	return *hash, nil
}

// Block implements chain.Backend: it asks peers, one after the other.
func (b *Backend) Block(ctx context.Context, hash chainhash.Hash) (*wire.MsgBlock, error) {
	block, err := ask(ctx, b, func(cs *neutrino.ChainService) (*wire.MsgBlock, error) {
		block, err := cs.GetBlock(hash)
		if err != nil {
			return nil, err
		}
		return block.MsgBlock(), nil
	})
	if err != nil {
		return nil, fmt.Errorf("block %v: %w", hash, err)
	}
	return block, nil
}

// MayContain implements chain.Backend by the block's committed filter, checked
// against its filter header. A filter that peers do not give is an error.
func (b *Backend) MayContain(ctx context.Context, hash chainhash.Hash, scripts [][]byte) (bool, error) {
	if len(scripts) == 0 {
		return false, nil
	}
	found, err := ask(ctx, b, func(cs *neutrino.ChainService) (bool, error) {
		filter, err := cs.GetCFilter(hash, wire.GCSFilterRegular)
		if err != nil || filter.N() == 0 {
			return false, err
		}
		return filter.MatchAny(builder.DeriveKey(&hash), scripts)
	})
	if err != nil {
		return false, fmt.Errorf("filter of %v: %w", hash, err)
	}
	return found, nil
}

// ask runs a query to peers, which cannot be interrupted, and leaves it behind
// when ctx ends; Stop waits for what was left.
func ask[T any](ctx context.Context, b *Backend, query func(*neutrino.ChainService) (T, error)) (T, error) {
	var none T
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	select {
	case b.turns <- struct{}{}:
	case <-ctx.Done():
		return none, gaveUp(ctx)
	}
	b.mu.RLock()
	run := b.run
	if run != nil {
		run.queries.Add(1) // under the lock: Stop takes run away before it waits
	}
	b.mu.RUnlock()
	if run == nil {
		<-b.turns
		return none, fmt.Errorf("%w: neutrino is not started", chain.ErrUnavailable)
	}
	type outcome struct {
		value T
		err   error
	}
	done := make(chan outcome, 1)
	go func() {
		defer run.queries.Done()
		defer func() { <-b.turns }()
		value, err := query(run.cs)
		done <- outcome{value, err}
	}()
	select {
	case o := <-done:
		if o.err != nil {
			return none, fmt.Errorf("%w: %w", chain.ErrUnavailable, o.err)
		}
		return o.value, nil
	case <-ctx.Done():
		return none, gaveUp(ctx)
	}
}

func gaveUp(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	return fmt.Errorf("%w: no peer answered: %w", chain.ErrUnavailable, ctx.Err())
}

// EstimateFee implements chain.Backend. A light client knows no fees: they
// come from Config.FeeURL, else from the fallback.
func (b *Backend) EstimateFee(ctx context.Context, target uint32) (chainfee.SatPerKWeight, error) {
	if err := fees.CheckTarget(target); err != nil {
		return 0, err
	}
	if b.web == nil {
		return b.fees.Unknown(0, nil)
	}
	rate, relay, err := b.web.Rate(ctx, target)
	if err != nil {
		b.log.Warn("fee service gave no rate", "error", err)
		return b.fees.Unknown(relay, err)
	}
	return b.fees.Known(rate, relay), nil
}

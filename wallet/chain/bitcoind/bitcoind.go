// Package bitcoind is the chain backend over a Bitcoin Core node: JSON-RPC for
// queries, and either ZMQ or polling for notifications.
//
// It holds no copy of the chain and does not use Core's wallet. Queries are
// single HTTP calls (chain/internal/noderpc): they end within their context or
// about five seconds, and work again as soon as the node does. Core speaks
// plain HTTP: put the node on the same machine or behind a tunnel.
//
// Notifications (btcwallet's BitcoindConn, lnd's bitcoindnotify) go on after
// the node restarts; blocks missed meanwhile are delivered with the first one
// that is seen again.
//
// Its invariant: after Start has returned nil the node was on the configured
// network. Simnet is unknown to Core. Issue 1, "Chain backends behind one
// small interface".
package bitcoind

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/btcsuite/btcd/btcjson"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	walletchain "github.com/btcsuite/btcwallet/chain"
	"github.com/lightningnetwork/lnd/blockcache"
	"github.com/lightningnetwork/lnd/chainntnfs"
	"github.com/lightningnetwork/lnd/chainntnfs/bitcoindnotify"
	"github.com/lightningnetwork/lnd/lnwallet/chainfee"

	"github.com/alkimiya/alkimiya/wallet/chain"
	"github.com/alkimiya/alkimiya/wallet/chain/internal/fees"
	"github.com/alkimiya/alkimiya/wallet/chain/internal/hints"
	"github.com/alkimiya/alkimiya/wallet/chain/internal/noderpc"
)

const (
	// startTimeout bounds Start, whatever its context says.
	startTimeout = 10 * time.Second
	// stopTimeout is how long Stop waits for calls that hang.
	stopTimeout = 5 * time.Second
	// blockCacheSize is of the notifier, in bytes.
	blockCacheSize = 20 << 20
	// Without ZMQ: how often new blocks and transactions are looked for.
	blockPoll = time.Second
	txPoll    = 10 * time.Second
	txJitter  = 0.3
	// zmqDeadline is how long a ZMQ read may stand still before it is
	// repeated.
	zmqDeadline = 5 * time.Second
	// prunedPeers is how many peers a pruned node's old blocks are asked of.
	prunedPeers = 4
)

// ErrConfig means that a Config cannot work; the text says why.
var ErrConfig = errors.New("bitcoind configuration")

// Config says which node to use.
type Config struct {
	// Host is the RPC server's host and port.
	Host string
	// User and Pass are the RPC server's; they travel in the clear.
	User, Pass string
	// ZMQBlock and ZMQTx are the node's publishers of rawblock and rawtx, as
	// tcp://host:port. Both or none; with none the node is polled.
	ZMQBlock, ZMQTx string
	// Params are of the network that the node must be on.
	Params *chaincfg.Params
	// Dir is a folder of this backend alone, for the notifier's hints.
	Dir string
	// Logger is told of what happens in the background; nil discards.
	Logger *slog.Logger
	// FallbackFee is used when the node has no estimate; 0 means
	// chain.ErrFeeUnknown then, except on regtest and simnet.
	FallbackFee chainfee.SatPerKVByte
	// FloorFee is the lowest rate ever given; at least 1 sat/vB.
	FloorFee chainfee.SatPerKVByte
}

// Backend implements chain.Backend over a Bitcoin Core node. Its methods are
// safe for concurrent use.
type Backend struct {
	noderpc.Chain

	cfg    Config
	client *noderpc.Client
	fees   fees.Policy
	log    *slog.Logger

	mu    sync.Mutex // of all below
	hints *hints.Cache
	run   *feed // nil unless started
}

// feed is the source of notifications.
type feed struct {
	conn     *walletchain.BitcoindConn
	notifier *bitcoindnotify.BitcoindNotifier
}

var (
	_ chain.Backend  = (*Backend)(nil)
	_ chain.FullNode = (*Backend)(nil)
)

// New returns a backend; nothing is opened before Start.
func New(cfg Config) *Backend {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	client := noderpc.New(noderpc.Config{Host: cfg.Host, User: cfg.User, Pass: cfg.Pass, DisableTLS: true})
	return &Backend{
		Chain:  noderpc.NewChain(client),
		cfg:    cfg,
		client: client,
		fees:   fees.NewPolicy(cfg.Params, cfg.FloorFee, cfg.FallbackFee),
		log:    cfg.Logger,
	}
}

// Name implements chain.Backend.
func (b *Backend) Name() string { return "bitcoind" }

// Start implements chain.Backend. It takes a few seconds at most; a node that
// is still loading is chain.ErrUnavailable. A started backend returns nil at
// once.
func (b *Backend) Start(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.run != nil {
		return nil
	}
	if (b.cfg.ZMQBlock == "") != (b.cfg.ZMQTx == "") {
		return fmt.Errorf("start bitcoind backend: %w: ZMQ needs both publishers or none", ErrConfig)
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	// First a call that fails fast and with a reason: btcsuite's client
	// retries for half a minute.
	if err := b.CheckNetwork(ctx, b.cfg.Params); err != nil {
		return fmt.Errorf("start bitcoind backend: %w", err)
	}
	if b.hints == nil {
		cache, err := hints.Open(b.cfg.Dir)
		if err != nil {
			return fmt.Errorf("start bitcoind backend: %w", err)
		}
		b.hints = cache
	}
	run, err := b.startFeed(ctx)
	if err != nil {
		return fmt.Errorf("start bitcoind backend: %w", err)
	}
	b.run = run
	return nil
}

// connConfig is for btcwallet.
func (b *Backend) connConfig() *walletchain.BitcoindConfig {
	cfg := &walletchain.BitcoindConfig{
		ChainParams: b.cfg.Params, Host: b.cfg.Host, User: b.cfg.User, Pass: b.cfg.Pass,
		PrunedModeMaxPeers: prunedPeers,
	}
	if b.cfg.ZMQBlock == "" {
		cfg.PollingConfig = &walletchain.PollingConfig{
			BlockPollingInterval: blockPoll, TxPollingInterval: txPoll, TxPollingIntervalJitter: txJitter,
		}
	} else {
		cfg.ZMQConfig = &walletchain.ZMQConfig{
			ZMQBlockHost: b.cfg.ZMQBlock, ZMQTxHost: b.cfg.ZMQTx, ZMQReadDeadline: zmqDeadline,
			MempoolPollingInterval: txPoll, PollingIntervalJitter: txJitter,
		}
	}
	return cfg
}

// startFeed opens the notifications or gives up when ctx ends.
func (b *Backend) startFeed(ctx context.Context) (*feed, error) {
	type outcome struct {
		run *feed
		err error
	}
	cache := b.hints
	done := make(chan outcome, 1)
	go func() {
		run, err := openFeed(b.connConfig(), cache)
		done <- outcome{run, err}
	}()
	select {
	case o := <-done:
		if o.err != nil {
			return nil, fmt.Errorf("notifications: %w: %w", chain.ErrUnavailable, o.err)
		}
		return o.run, nil
	case <-ctx.Done():
	}
	// It cannot be interrupted: close it when it is there.
	go func() {
		if o := <-done; o.err == nil {
			b.logStop(o.run.close())
		}
	}()
	return nil, fmt.Errorf("notifications: %w: %w", chain.ErrUnavailable, ctx.Err())
}

func openFeed(cfg *walletchain.BitcoindConfig, cache *hints.Cache) (*feed, error) {
	conn, err := walletchain.NewBitcoindConn(cfg)
	if err != nil {
		return nil, err
	}
	if err := conn.Start(); err != nil {
		conn.Stop()
		return nil, err
	}
	notifier := bitcoindnotify.New(conn, cfg.ChainParams, cache, cache, blockcache.NewBlockCache(blockCacheSize))
	if err := notifier.Start(); err != nil {
		conn.Stop()
		return nil, err
	}
	return &feed{conn: conn, notifier: notifier}, nil
}

func (f *feed) close() error {
	err := f.notifier.Stop()
	f.conn.Stop()
	return err
}

func (b *Backend) logStop(err error) {
	if err != nil {
		b.log.Warn("notifier did not stop cleanly", "error", err)
	}
}

// Stop implements chain.Backend. While the node hangs it may leave a call
// behind, which ends within a minute.
func (b *Backend) Stop() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if run := b.run; run != nil {
		b.run = nil
		stopped := make(chan error, 1)
		go func() { stopped <- run.close() }()
		timer := time.NewTimer(stopTimeout)
		defer timer.Stop()
		select {
		case err := <-stopped:
			b.logStop(err)
		case <-timer.C:
			b.log.Info("notifier is still ending in the background")
		}
	}
	b.client.Close()
	if b.hints == nil {
		return nil
	}
	err := b.hints.Close()
	b.hints = nil
	if err != nil {
		return fmt.Errorf("stop bitcoind backend: %w", err)
	}
	return nil
}

// Source implements chain.Backend; the backend must be started.
func (b *Backend) Source() (walletchain.Interface, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.run == nil {
		return nil, fmt.Errorf("%w: bitcoind backend is not started", chain.ErrUnavailable)
	}
	return b.run.conn.NewBitcoindClient(), nil
}

// Notifier implements chain.Backend; it is nil before Start and after Stop.
func (b *Backend) Notifier() chainntnfs.ChainNotifier {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.run == nil {
		return nil
	}
	return b.run.notifier
}

// MayContain implements chain.Backend by the node's index of filters (BIP158,
// -blockfilterindex). A node without the index makes every answer true.
func (b *Backend) MayContain(ctx context.Context, hash chainhash.Hash, scripts [][]byte) (bool, error) {
	if len(scripts) == 0 {
		return false, nil
	}
	var answer struct {
		Filter string `json:"filter"`
	}
	err := b.client.Call(ctx, &answer, "getblockfilter", hash.String(), "basic")
	var refused *btcjson.RPCError
	if errors.As(err, &refused) && !errors.Is(err, chain.ErrUnavailable) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("filter of %v: %w", hash, err)
	}
	return noderpc.MatchFilter(hash, answer.Filter, scripts)
}

// EstimateFee implements chain.Backend by estimatesmartfee, raised to what the
// node's mempool demands now. It does not use lnd's BitcoindEstimator, which
// answers an outage with its fallback.
func (b *Backend) EstimateFee(ctx context.Context, target uint32) (chainfee.SatPerKWeight, error) {
	if err := fees.CheckTarget(target); err != nil {
		return 0, err
	}
	var pool struct {
		MempoolMin float64 `json:"mempoolminfee"`
		RelayMin   float64 `json:"minrelaytxfee"`
	}
	if err := b.client.Call(ctx, &pool, "getmempoolinfo"); err != nil {
		return 0, err
	}
	relay, err := noderpc.PerKWeight(max(pool.MempoolMin, pool.RelayMin))
	if err != nil {
		return 0, fmt.Errorf("mempool minimum: %w", err)
	}
	var estimate struct {
		FeeRate *float64 `json:"feerate"`
	}
	err = b.client.Call(ctx, &estimate, "estimatesmartfee", target, "CONSERVATIVE")
	var refused *btcjson.RPCError
	switch {
	case errors.As(err, &refused) && !errors.Is(err, chain.ErrUnavailable):
		return b.fees.Unknown(relay, err)
	case err != nil:
		return 0, err
	case estimate.FeeRate == nil || *estimate.FeeRate <= 0:
		return b.fees.Unknown(relay, nil)
	}
	rate, err := noderpc.PerKWeight(*estimate.FeeRate)
	if err != nil {
		return 0, fmt.Errorf("fee estimate: %w", err)
	}
	return b.fees.Known(rate, relay), nil
}

// Package btcd is the chain backend over a btcd node's RPC server.
//
// It holds no copy of the chain and has no wallet. Queries are single HTTP
// calls (chain/internal/noderpc): they end within their context or about five
// seconds, and work again as soon as the node does. Notifications come over
// websockets of their own, which btcsuite's client opens again after an
// outage, at first after 5 s, then at growing intervals of up to a minute.
//
// The notifier (lnd's btcdnotify) survives restarts of the node: with the
// first block that arrives after it has reconnected, it rewinds what was
// reorganised away and delivers what it missed. Until then it is silent, and
// registering with it may block, without a context, while the node is away.
//
// Its invariant: after Start has returned nil the node was on the configured
// network. Issue 1, "Chain backends behind one small interface".
package btcd

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
	"github.com/btcsuite/btcd/rpcclient"
	"github.com/btcsuite/btcd/wire"
	walletchain "github.com/btcsuite/btcwallet/chain"
	"github.com/lightningnetwork/lnd/blockcache"
	"github.com/lightningnetwork/lnd/chainntnfs"
	"github.com/lightningnetwork/lnd/chainntnfs/btcdnotify"
	"github.com/lightningnetwork/lnd/lnwallet/chainfee"

	"github.com/alkimiya/alkimiya/wallet/chain"
	"github.com/alkimiya/alkimiya/wallet/chain/internal/fees"
	"github.com/alkimiya/alkimiya/wallet/chain/internal/hints"
	"github.com/alkimiya/alkimiya/wallet/chain/internal/noderpc"
)

const (
	// startTimeout bounds Start, whatever its context says.
	startTimeout = 8 * time.Second
	// stopTimeout is how long Stop waits for the notifier: the websocket
	// client sleeps up to a minute between dials and cannot be woken.
	stopTimeout = 3 * time.Second
	// blockCacheSize is of the notifier, in bytes.
	blockCacheSize = 20 << 20
	// maxEstimate is the farthest target that btcd estimates, in blocks.
	maxEstimate = 25
)

// Config says which node to use.
type Config struct {
	// Host is the RPC server's host and port.
	Host string
	// User and Pass are the RPC server's.
	User, Pass string
	// Cert is the RPC server's certificate in PEM; if empty, the system's
	// roots decide. DisableTLS sends all, the password too, in the clear.
	Cert       []byte
	DisableTLS bool
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

// Backend implements chain.Backend over a btcd node. Its methods are safe for
// concurrent use.
type Backend struct {
	noderpc.Chain

	cfg    Config
	client *noderpc.Client
	fees   fees.Policy
	log    *slog.Logger

	mu       sync.Mutex // of all below
	hints    *hints.Cache
	notifier *btcdnotify.BtcdNotifier
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
	if cfg.Cert == nil {
		cfg.Cert = []byte{} // btcwallet wants it not nil; empty means the system's roots
	}
	client := noderpc.New(noderpc.Config{
		Host: cfg.Host, User: cfg.User, Pass: cfg.Pass, Cert: cfg.Cert, DisableTLS: cfg.DisableTLS,
	})
	return &Backend{
		Chain:  noderpc.NewChain(client),
		cfg:    cfg,
		client: client,
		fees:   fees.NewPolicy(cfg.Params, cfg.FloorFee, cfg.FallbackFee),
		log:    cfg.Logger,
	}
}

// Name implements chain.Backend.
func (b *Backend) Name() string { return "btcd" }

// connConfig is for the websocket clients; each changes its own.
func (b *Backend) connConfig() *rpcclient.ConnConfig {
	return &rpcclient.ConnConfig{
		Host: b.cfg.Host, Endpoint: "ws", User: b.cfg.User, Pass: b.cfg.Pass,
		Certificates: b.cfg.Cert, DisableTLS: b.cfg.DisableTLS, Params: b.cfg.Params.Name,
	}
}

// Start implements chain.Backend. It takes a few seconds at most; a started
// backend returns nil at once.
func (b *Backend) Start(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.notifier != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	// First a call that fails fast and with a reason; the websocket client
	// would retry for minutes, and takes a wrong password for an outage.
	if err := b.CheckNetwork(ctx, b.cfg.Params); err != nil {
		return fmt.Errorf("start btcd backend: %w", err)
	}
	if b.hints == nil {
		cache, err := hints.Open(b.cfg.Dir)
		if err != nil {
			return fmt.Errorf("start btcd backend: %w", err)
		}
		b.hints = cache
	}
	notifier, err := b.startNotifier(ctx)
	if err != nil {
		return fmt.Errorf("start btcd backend: %w", err)
	}
	b.notifier = notifier
	return nil
}

// startNotifier starts a notifier or gives up when ctx ends.
func (b *Backend) startNotifier(ctx context.Context) (*btcdnotify.BtcdNotifier, error) {
	notifier, err := btcdnotify.New(
		b.connConfig(), b.cfg.Params, b.hints, b.hints, blockcache.NewBlockCache(blockCacheSize),
	)
	if err != nil {
		return nil, fmt.Errorf("notifier: %w", err)
	}
	started := make(chan error, 1)
	go func() { started <- notifier.Start() }()
	select {
	case err := <-started:
		if err != nil {
			return nil, fmt.Errorf("notifier: %w: %w", chain.ErrUnavailable, err)
		}
		return notifier, nil
	case <-ctx.Done():
	}
	// It cannot be interrupted, and must not be stopped before it has
	// started: leave it to end by itself.
	go func() {
		if err := <-started; err == nil {
			b.logStop(notifier.Stop())
		}
	}()
	return nil, fmt.Errorf("notifier: %w: %w", chain.ErrUnavailable, ctx.Err())
}

func (b *Backend) logStop(err error) {
	if err != nil {
		b.log.Warn("notifier did not stop cleanly", "error", err)
	}
}

// Stop implements chain.Backend. While the node is away it may leave a sleeping
// goroutine behind, which ends within a minute.
func (b *Backend) Stop() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if notifier := b.notifier; notifier != nil {
		b.notifier = nil
		stopped := make(chan error, 1)
		go func() { stopped <- notifier.Stop() }()
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
		return fmt.Errorf("stop btcd backend: %w", err)
	}
	return nil
}

// Source implements chain.Backend. The source's own Start takes at least five
// seconds to fail if the node is away, its Stop up to a minute.
func (b *Backend) Source() (walletchain.Interface, error) {
	source, err := walletchain.NewRPCClientWithConfig(&walletchain.RPCClientConfig{
		Conn: b.connConfig(), Chain: b.cfg.Params, ReconnectAttempts: 1,
	})
	if err != nil {
		return nil, fmt.Errorf("btcd wallet source: %w", err)
	}
	return source, nil
}

// Notifier implements chain.Backend; it is nil before Start and after Stop.
func (b *Backend) Notifier() chainntnfs.ChainNotifier {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.notifier == nil {
		return nil
	}
	return b.notifier
}

// MayContain implements chain.Backend by the node's index of committed filters
// (BIP158). A node without the index makes every answer true.
func (b *Backend) MayContain(ctx context.Context, hash chainhash.Hash, scripts [][]byte) (bool, error) {
	if len(scripts) == 0 {
		return false, nil
	}
	var text string
	err := b.client.Call(ctx, &text, "getcfilter", hash.String(), uint8(wire.GCSFilterRegular))
	var refused *btcjson.RPCError
	if errors.As(err, &refused) && !errors.Is(err, chain.ErrUnavailable) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("filter of %v: %w", hash, err)
	}
	return noderpc.MatchFilter(hash, text, scripts)
}

// EstimateFee implements chain.Backend by btcd's estimatefee, which reaches 25
// blocks: farther targets get the rate for 25. It does not use lnd's
// BtcdEstimator, which answers an outage with its fallback.
func (b *Backend) EstimateFee(ctx context.Context, target uint32) (chainfee.SatPerKWeight, error) {
	if err := fees.CheckTarget(target); err != nil {
		return 0, err
	}
	var info struct {
		RelayFee float64 `json:"relayfee"`
	}
	if err := b.client.Call(ctx, &info, "getinfo"); err != nil {
		return 0, err
	}
	relay, err := noderpc.PerKWeight(info.RelayFee)
	if err != nil {
		return 0, fmt.Errorf("relay fee: %w", err)
	}
	var perKB float64
	err = b.client.Call(ctx, &perKB, "estimatefee", min(target, maxEstimate))
	var refused *btcjson.RPCError
	switch {
	case errors.As(err, &refused) && !errors.Is(err, chain.ErrUnavailable):
		return b.fees.Unknown(relay, err)
	case err != nil:
		return 0, err
	}
	rate, err := noderpc.PerKWeight(perKB)
	if err != nil {
		return 0, fmt.Errorf("fee estimate: %w", err)
	}
	if rate <= 0 {
		return b.fees.Unknown(relay, nil)
	}
	return b.fees.Known(rate, relay), nil
}

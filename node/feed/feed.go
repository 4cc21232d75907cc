package feed

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"golang.org/x/sync/errgroup"

	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/index"
	"github.com/alkimiya/alkimiya/oracle/series"
	"github.com/alkimiya/alkimiya/wallet/chain"
)

// Errors of a Feed, wrapped with the index, day or oracle.
var (
	// ErrIndex: the index is not one that this node trades, or has no such leg.
	ErrIndex = errors.New("index is not traded here")
	// ErrNotClosed: the day is not closed, or not attested by enough oracles.
	ErrNotClosed = errors.New("day is not closed yet")
	// ErrDiffers: the own index contradicts t equal attestations.
	ErrDiffers = errors.New("own index differs from what the oracles attested")
	// ErrBehind: the own index has not caught up with the chain.
	ErrBehind = errors.New("own index is still following the chain")
	// ErrOracle: an oracle's key, name or address cannot be used.
	ErrOracle = errors.New("oracle")
)

// Ledger is where a feed records what oracles commit themselves to.
type Ledger interface {
	RecordAnnouncement(raw []byte) error
	PutEvidence(e attest.Evidence) error
}

// Clock says what time it is, for the maturity of events.
type Clock interface{ Now() time.Time }

// Config is what New needs.
type Config struct {
	// Dir keeps the list of oracles, caches and the own index.
	Dir string
	// Key seals the own index.
	Key [32]byte
	// Entries are the indices that this node trades.
	Entries []index.Entry
	// Oracles are those of the configuration; more are added at run time.
	Oracles []Oracle
	Backend chain.Backend
	// Light says that the backend cannot give every block, so that the own index
	// is not computed.
	Light bool
	// CheckAll makes a light node recompute every day since the first, not only
	// those of its own contracts.
	CheckAll bool
	Ledger   Ledger
	Clock    Clock
	// Transport makes requests to oracles; nil for the default.
	Transport http.RoundTripper
	// Poll is how often oracles and chain are asked; 20 s if 0.
	Poll time.Duration
	Log  *slog.Logger
}

const defaultPoll = 20 * time.Second

// Feed is the node's view of indices and oracles. All methods are safe for
// concurrent use.
type Feed struct {
	cfg      Config
	log      *slog.Logger
	registry *index.Registry
	source   *source
	// own are the indices computed from the chain, by id; none on a light node.
	own map[string]*series.Series

	mu      sync.RWMutex
	client  *api.Client
	oracles []Oracle
	fixed   int

	agreements agreements

	watches *watches
	alarms  *alarms
	proofs  *proofs
	tip     tipState
	// check wakes followDays.
	check chan struct{}
}

// New opens a feed. It fails with ErrOracle, the errors of oracle/index and
// oracle/series, or of the file system. Close releases it.
func New(cfg Config) (_ *Feed, err error) {
	if cfg.Poll <= 0 {
		cfg.Poll = defaultPoll
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder of the feed: %w", err)
	}
	f := &Feed{
		cfg: cfg, log: cfg.Log, source: &source{cfg.Backend}, own: map[string]*series.Series{},
		watches: newWatches(), check: make(chan struct{}, 1),
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close())
		}
	}()
	if f.registry, err = index.NewRegistry(cfg.Entries...); err != nil {
		return nil, err
	}
	if f.alarms, err = openAlarms(filepath.Join(cfg.Dir, "alarms.json"), cfg.Log); err != nil {
		return nil, err
	}
	if f.proofs, err = openProofs(filepath.Join(cfg.Dir, "checked.json")); err != nil {
		return nil, err
	}
	if err := f.loadOracles(); err != nil {
		return nil, err
	}
	for _, e := range f.registry.Entries() {
		if e.Chain == nil || cfg.Light {
			continue
		}
		s, err := series.Open(series.Config{
			Dir: filepath.Join(cfg.Dir, "index-"+e.ID), Key: cfg.Key, Params: *e.Chain, Logger: cfg.Log, Progress: f.progress(e.ID),
		})
		if err != nil {
			return nil, fmt.Errorf("open index %s: %w", e.ID, err)
		}
		f.own[e.ID] = s
	}
	return f, nil
}

// progress tells now and then how far a backfill is.
func (f *Feed) progress(id string) func(done, total uint32) {
	return func(done, total uint32) {
		if total > 1000 && done%1000 == 0 {
			f.log.Info("index is being computed", "index", id, "blocks", done, "of", total)
		}
	}
}

// Close closes the own index, after Run has returned.
func (f *Feed) Close() error {
	var errs []error
	for _, s := range f.own {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// Parameters are the indices with their parameter hashes, for hello.
func (f *Feed) Parameters() []wire.IndexParameters {
	entries := f.registry.Entries()
	out := make([]wire.IndexParameters, 0, len(entries))
	for _, e := range entries {
		out = append(out, wire.IndexParameters{ID: e.ID, Parameters: e.Hash()})
	}
	return out
}

// Run follows the chain and the oracles until ctx ends, and then returns nil.
func (f *Feed) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return f.followChain(ctx) })
	group.Go(func() error { return f.followOracles(ctx) })
	if f.cfg.Light {
		group.Go(func() error { return f.followDays(ctx) })
	}
	return group.Wait()
}

// wake lets a follower look at once; a pending wake is enough.
func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// followChain keeps the own indices at the backend's tip.
func (f *Feed) followChain(ctx context.Context) error {
	blocks := make(chan struct{}, 1)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return f.listen(ctx, blocks) })
	group.Go(func() error {
		for {
			if err := f.syncChain(ctx); err != nil && ctx.Err() == nil {
				f.log.Warn("index is not followed at the moment", "err", err)
			}
			if !pause(ctx, f.cfg.Poll, blocks) {
				return nil
			}
		}
	})
	return group.Wait()
}

// pause waits for d, or for a wake; false when ctx has ended.
func pause(ctx context.Context, d time.Duration, early <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-early:
	case <-timer.C:
	}
	return ctx.Err() == nil
}

// listen turns the backend's notice of a block into a wake. If the backend gives
// none the polling of followChain is enough.
func (f *Feed) listen(ctx context.Context, blocks chan struct{}) error {
	epochs, err := f.cfg.Backend.Notifier().RegisterBlockEpochNtfn(nil)
	if err != nil {
		f.log.Debug("blocks are polled", "err", err)
		return nil
	}
	defer epochs.Cancel()
	for {
		select {
		case <-ctx.Done():
			return nil
		case _, open := <-epochs.Epochs:
			if !open {
				return nil
			}
			wake(blocks)
		}
	}
}

func (f *Feed) syncChain(ctx context.Context) error {
	if err := f.noteTip(ctx); err != nil {
		return err
	}
	for id, s := range f.own {
		if err := s.Sync(ctx, f.source); err != nil {
			return fmt.Errorf("follow index %s: %w", id, err)
		}
	}
	wake(f.watches.wake)
	return nil
}

// entry returns the entry of an index id, after checking that it has the leg; leg
// "" is not checked.
func (f *Feed) entry(id, leg string) (index.Entry, error) {
	e, err := f.registry.Lookup(id)
	if err != nil || leg != "" && !e.HasLeg(leg) {
		return e, fmt.Errorf("%w: %s/%s", ErrIndex, id, leg)
	}
	return e, nil
}

// Maturity returns the Unix second at which the end of a day of an index is
// attested; ErrIndex.
func (f *Feed) Maturity(id string, day uint32) (uint32, error) {
	e, err := f.entry(id, "")
	return e.Maturity(day), err
}

// Digits returns how many binary digits the counter events of an index have.
func (f *Feed) Digits(id string) (uint8, error) {
	e, err := f.entry(id, "")
	return e.CumDigits, err
}

// Entries returns the indices that this node trades.
func (f *Feed) Entries() []index.Entry { return f.registry.Entries() }

// Series returns the own computation of an index, nil if there is none here.
func (f *Feed) Series(id string) *series.Series { return f.own[id] }

// source is the backend as oracle/series reads it.
type source struct{ backend chain.Backend }

// Tip implements series.Source.
func (s *source) Tip(ctx context.Context) (uint32, chainhash.Hash, error) {
	tip, err := s.backend.Tip(ctx)
	return uint32(tip.Height), tip.Hash, err //nolint:gosec // G115: heights are not negative
}

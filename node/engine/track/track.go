// Package track follows the chain for many contracts at once: it watches their
// transactions and outputs, and tells with each new tip what has happened to
// them, with the height and the median time by which contracts are judged.
//
// It does not know contracts: they are 32-byte keys. It does not look at the
// mempool. What it tells depends on the best chain alone (package watch).
//
// It also remembers the way back: a Place is the last blocks up to which all
// contracts know the chain, so that a restart finds where the chains part and
// looks at the blocks since then only (PROTOCOL.md 14, SECURITY.md C1, C8).
package track

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/wallet/chain"
	"github.com/alkimiya/alkimiya/wallet/watch"
	"github.com/alkimiya/alkimiya/wallet/watch/follow"
)

// ErrClosed means that the watcher below has stopped.
var ErrClosed = errors.New("chain is no longer followed")

// Chain answers questions about blocks; every chain.Backend does.
type Chain interface {
	Tip(ctx context.Context) (chain.Tip, error)
	Header(ctx context.Context, hash chainhash.Hash) (*btcwire.BlockHeader, error)
	HashAt(ctx context.Context, height int32) (chainhash.Hash, error)
}

// Feeder begins a feed; *follow.Watcher does.
type Feeder interface {
	Feed(ctx context.Context) (*follow.Feed, error)
}

// Block is a place in the chain with what contracts judge by.
type Block struct {
	Height uint32
	Hash   chainhash.Hash
	// Time is that of the header, MTP the median time past (BIP113) with this
	// block as the tip. Unix seconds.
	Time, MTP int64
}

// Fact is what the chain says about something watched.
type Fact struct {
	// Tx is the transaction watched, or the one that spends OutPoint. It must
	// not be changed.
	Tx   *btcwire.MsgTx
	Txid chainhash.Hash
	// OutPoint is the output watched, zero for a watched transaction.
	OutPoint btcwire.OutPoint
	// Height is that of the block, 0 if the block that held it is gone.
	Height uint32
}

// News is what a new tip brings.
type News struct {
	Tip Block
	// Reorg says that blocks were disconnected, down to Fell.
	Reorg bool
	Fell  Block
	// Facts are about the contracts of these keys alone, in order.
	Facts map[[32]byte][]Fact
	// Watches counts those that there had ever been; Whole says that all of them have
	// told what there is to tell up to Tip, in this News or before.
	Watches uint64
	Whole   bool
}

// target is what a label stands for.
type target struct {
	key [32]byte
	tx  chainhash.Hash
	out btcwire.OutPoint
}

// Tracker follows the chain. Make it with New; Run once. Its methods are safe
// for concurrent use.
type Tracker struct {
	chain  Chain
	feeder Feeder
	log    *slog.Logger

	ready chan struct{} // closed when feed is set
	feed  *follow.Feed

	mu      sync.Mutex
	next    follow.Label
	targets map[follow.Label]target
	labels  map[target]follow.Label
	medians map[chainhash.Hash]Block
	headers map[chainhash.Hash]*btcwire.BlockHeader
}

// New returns a Tracker over a backend and the watcher that follows it.
func New(backend Chain, feeder Feeder, log *slog.Logger) *Tracker {
	return &Tracker{
		chain: backend, feeder: feeder, log: log, ready: make(chan struct{}),
		targets: make(map[follow.Label]target), labels: make(map[target]follow.Label), medians: make(map[chainhash.Hash]Block),
		headers: make(map[chainhash.Hash]*btcwire.BlockHeader),
	}
}

// TxWatch asks where a transaction is. Script is one it pays to, Hint the lowest
// height at which it can be.
type TxWatch struct {
	Txid   chainhash.Hash
	Script []byte
	Hint   uint32
}

// WatchTx watches a transaction for a contract; twice is once.
func (t *Tracker) WatchTx(ctx context.Context, key [32]byte, w TxWatch) error {
	return t.watch(ctx, target{key: key, tx: w.Txid}, func(label follow.Label) error {
		return t.feed.WatchTx(ctx, label, watch.TxWatch{TxID: w.Txid, Script: w.Script, Hint: height(w.Hint), Depth: 1})
	})
}

// OutWatch asks what spends an output. Script is the output's, Hint the lowest
// height at which it can be spent.
type OutWatch struct {
	OutPoint btcwire.OutPoint
	Script   []byte
	Hint     uint32
}

// WatchOut watches an output for a contract; twice is once.
func (t *Tracker) WatchOut(ctx context.Context, key [32]byte, w OutWatch) error {
	return t.watch(ctx, target{key: key, out: w.OutPoint}, func(label follow.Label) error {
		return t.feed.WatchOutPoint(ctx, label, watch.SpendWatch{OutPoint: w.OutPoint, Script: w.Script, Hint: height(w.Hint), Depth: 1})
	})
}

func height(h uint32) watch.Height { return watch.Height(min(h, 1<<30)) }

// watch registers a target under a label of its own.
func (t *Tracker) watch(ctx context.Context, what target, add func(follow.Label) error) error {
	select {
	case <-t.ready:
	case <-ctx.Done():
		return ctx.Err()
	}
	t.mu.Lock()
	if _, known := t.labels[what]; known {
		t.mu.Unlock()
		return nil
	}
	t.next++
	label := t.next
	t.labels[what], t.targets[label] = label, what
	t.mu.Unlock()
	err := add(label)
	if err != nil {
		t.mu.Lock()
		delete(t.labels, what)
		delete(t.targets, label)
		t.mu.Unlock()
		return fmt.Errorf("watch for contract %x: %w", what.key[:4], err)
	}
	return nil
}

// Watches counts those that there have ever been; it is for who was told News.
func (t *Tracker) Watches() uint64 { return t.feed.Watches() }

// Drop ends all watches of a contract.
func (t *Tracker) Drop(ctx context.Context, key [32]byte) error {
	select {
	case <-t.ready:
	case <-ctx.Done():
		return ctx.Err()
	}
	var labels []follow.Label
	t.mu.Lock()
	for label, what := range t.targets {
		if what.key == key {
			labels = append(labels, label)
			delete(t.targets, label)
			delete(t.labels, what)
		}
	}
	t.mu.Unlock()
	if len(labels) == 0 {
		return nil
	}
	return t.feed.Drop(ctx, labels...)
}

// Run follows the chain until ctx ends or deliver fails, and calls deliver for
// each News, one after the other. While the backend is away it waits.
func (t *Tracker) Run(ctx context.Context, deliver func(News) error) error {
	feed, err := t.feeder.Feed(ctx)
	if err != nil {
		return err
	}
	defer feed.Cancel()
	t.feed = feed
	close(t.ready)
	for {
		select {
		case <-ctx.Done():
			return nil
		case raw, open := <-feed.News:
			if !open {
				return closed(ctx)
			}
			news, err := t.describe(ctx, raw)
			if err != nil {
				return nil
			}
			if err := deliver(news); err != nil {
				return err
			}
		}
	}
}

// closed is why a feed ended. Who stops the watcher and the Tracker at once may stop the
// watcher first.
func closed(ctx context.Context) error {
	const grace = time.Second
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return nil
	case <-timer.C:
		return ErrClosed
	}
}

// describe completes news with times, for which it asks the backend until it
// answers.
func (t *Tracker) describe(ctx context.Context, raw follow.News) (News, error) {
	news := News{Reorg: raw.Reorg, Facts: t.facts(raw.Events), Watches: raw.Watches, Whole: !raw.Behind}
	err := t.insist(ctx, "tip", func(ctx context.Context) (err error) {
		news.Tip, err = t.BlockOf(ctx, raw.Tip.Hash, uint32(raw.Tip.Height)) //nolint:gosec // heights are not negative
		return err
	})
	if err != nil || !raw.Reorg {
		return news, err
	}
	if raw.Fell == raw.Tip.Height {
		news.Fell = news.Tip
		return news, nil
	}
	err = t.insist(ctx, "fork", func(ctx context.Context) error {
		hash, err := t.chain.HashAt(ctx, int32(raw.Fell))
		if err != nil {
			return err
		}
		news.Fell, err = t.BlockOf(ctx, hash, uint32(raw.Fell)) //nolint:gosec // heights are not negative
		return err
	})
	return news, err
}

// insist asks until there is an answer; it fails only with ctx's error.
func (t *Tracker) insist(ctx context.Context, what string, ask func(context.Context) error) error {
	const first, most = 250 * time.Millisecond, 30 * time.Second
	for pause := first; ; pause = min(2*pause, most) {
		err := ask(ctx)
		if err == nil || ctx.Err() != nil {
			return ctx.Err()
		}
		t.log.Warn("chain backend does not answer, trying again", "question", what, "retry_in", pause.String(), "err", err)
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}

// facts sorts events by contract.
func (t *Tracker) facts(events []follow.Labelled) map[[32]byte][]Fact {
	t.mu.Lock()
	defer t.mu.Unlock()
	facts := make(map[[32]byte][]Fact)
	for _, e := range events {
		what, known := t.targets[e.Label]
		if !known {
			continue // dropped meanwhile
		}
		fact := Fact{OutPoint: what.out}
		switch event := e.Event.(type) {
		case watch.Confirmed:
			fact.Tx, fact.Txid, fact.Height = event.Site.Tx, event.Site.TxID, uint32(event.Site.Block.Height) //nolint:gosec // not negative
		case watch.Spent:
			fact.Tx, fact.Txid, fact.Height = event.Site.Tx, event.Site.TxID, uint32(event.Site.Block.Height) //nolint:gosec // not negative
		case watch.Unconfirmed:
			fact.Tx, fact.Txid = event.Site.Tx, event.Site.TxID
		case watch.SpendReorged:
			fact.Tx, fact.Txid = event.Site.Tx, event.Site.TxID
		case watch.Progress, watch.DepthReached:
			continue // depths follow from heights
		}
		facts[what.key] = append(facts[what.key], fact)
	}
	return facts
}

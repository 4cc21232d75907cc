// Package pool looks at a full node's mempool for transactions that contracts
// wait for.
//
// It does not say whether a transaction is in the chain; that is the business of
// wallet/watch.
//
// Invariant: a transaction counts as gone only when it was missing twice in a
// row; in between it may have been mined.
package pool

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
)

// singleLooks is up to how many transactions are looked up one by one; for more
// the whole mempool is listed.
const singleLooks = 32

// Node has the mempool; chain.FullNode is one. Safe for concurrent use.
type Node interface {
	// Pooled returns a transaction that is in the mempool, and false if it is
	// not there.
	Pooled(ctx context.Context, txid chainhash.Hash) (*wire.MsgTx, bool, error)
	// Pool returns the ids of all transactions in the mempool.
	Pool(ctx context.Context) ([]chainhash.Hash, error)
}

// Wanted is a transaction that somebody waits for.
type Wanted struct {
	Txid chainhash.Hash
	// Seen says that it is taken to be in the mempool.
	Seen bool
	// Tell is called with the transaction when it has come, and with nil when it
	// has left. It must not block.
	Tell func(raw []byte)
}

// Poller looks again and again. Its methods are for one goroutine.
type Poller struct {
	node    Node
	wanted  func() []Wanted
	log     *slog.Logger
	missing map[chainhash.Hash]int
}

// New returns a Poller for what wanted lists.
func New(node Node, wanted func() []Wanted, log *slog.Logger) *Poller {
	return &Poller{node: node, wanted: wanted, log: log, missing: make(map[chainhash.Hash]int)}
}

// Run looks at each interval until ctx ends; if nothing is wanted the node is not
// asked.
func (p *Poller) Run(ctx context.Context, each time.Duration) {
	ticker := time.NewTicker(each)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := p.Look(ctx); err != nil && ctx.Err() == nil {
			p.log.Debug("mempool not looked at", "err", err)
		}
	}
}

// Look looks once, and tells what has come and what has left. It fails as the
// node does.
func (p *Poller) Look(ctx context.Context) error {
	all := p.wanted()
	if len(all) == 0 {
		clear(p.missing)
		return nil
	}
	pooled, err := p.holds(ctx, all)
	if err != nil {
		return err
	}
	counted := make(map[chainhash.Hash]bool)
	for _, w := range all {
		switch {
		case pooled[w.Txid] && !w.Seen:
			if err := p.come(ctx, w); err != nil {
				return err
			}
		case !pooled[w.Txid] && w.Seen:
			if !counted[w.Txid] {
				p.missing[w.Txid]++
			}
			counted[w.Txid] = true
			if p.missing[w.Txid] == 2 {
				w.Tell(nil)
			}
		}
	}
	for txid := range p.missing {
		if !counted[txid] {
			delete(p.missing, txid)
		}
	}
	return nil
}

// come hands over a transaction that has come, if it is still there.
func (p *Poller) come(ctx context.Context, w Wanted) error {
	tx, ok, err := p.node.Pooled(ctx, w.Txid)
	if err != nil || !ok {
		return err
	}
	var raw bytes.Buffer
	if err := tx.Serialize(&raw); err != nil {
		return fmt.Errorf("transaction %s: %w", w.Txid, err)
	}
	w.Tell(raw.Bytes())
	return nil
}

// holds says which of the transactions are in the mempool.
func (p *Poller) holds(ctx context.Context, all []Wanted) (map[chainhash.Hash]bool, error) {
	pooled := make(map[chainhash.Hash]bool)
	if len(all) <= singleLooks {
		for _, w := range all {
			_, ok, err := p.node.Pooled(ctx, w.Txid)
			if err != nil {
				return nil, err
			}
			pooled[w.Txid] = ok
		}
		return pooled, nil
	}
	ids, err := p.node.Pool(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the mempool: %w", err)
	}
	for _, id := range ids {
		pooled[id] = true
	}
	return pooled, nil
}

package follow

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/btcsuite/btcd/chaincfg/chainhash"

	"github.com/alkimiya/alkimiya/wallet/chain"
	"github.com/alkimiya/alkimiya/wallet/watch"
)

// startPoints is how many blocks below the tip are remembered from the start.
const startPoints = 36

// listenJob registers for new blocks.
func (o *owner) listenJob() job {
	backend := o.w.backend
	t := o.listen
	return job{of: t, ask: func(context.Context) (func(*owner) error, error) {
		event, err := backend.Notifier().RegisterBlockEpochNtfn(nil)
		if err != nil {
			return nil, fmt.Errorf("register for new blocks: %w", err)
		}
		t.undo = event.Cancel
		return func(o *owner) error {
			o.epochs, o.unlisten = event.Epochs, event.Cancel
			t.undo = nil
			o.news++
			return nil
		}, nil
	}}
}

// startJob finds the points a core starts from, by the links of the headers.
func (o *owner) startJob() job {
	backend, most := o.w.backend, min(startPoints, o.w.opts.Window)+1
	return job{of: o.sync, ask: func(ctx context.Context) (func(*owner) error, error) {
		best, err := backend.Tip(ctx)
		if err != nil {
			return nil, fmt.Errorf("ask for the tip: %w", err)
		}
		p := watch.Point{Height: watch.Height(best.Height), Hash: best.Hash}
		points := []watch.Point{p}
		for len(points) < most && p.Height > 0 {
			prev, err := prevOf(ctx, backend, p.Hash)
			if err != nil {
				return nil, err
			}
			p = watch.Point{Height: p.Height - 1, Hash: prev}
			points = append(points, p)
		}
		slices.Reverse(points)
		return func(o *owner) error { return o.begin(points) }, nil
	}}
}

// syncJob finds the next step from our tip to the backend's: nothing, a block to
// disconnect or a block to connect, which nextBlockJob then fetches: the scripts
// of all watches are gathered for a block alone, not for every question.
func (o *owner) syncJob() job {
	backend, tip, lowest, news := o.w.backend, o.core.Tip(), o.core.Lowest(), o.news
	return job{of: o.sync, ask: func(ctx context.Context) (func(*owner) error, error) {
		best, err := backend.Tip(ctx)
		if err != nil {
			return nil, fmt.Errorf("ask for the tip: %w", err)
		}
		if best.Hash == tip.Hash {
			return func(o *owner) error { o.seen = news; return nil }, nil
		}
		disconnect := func(o *owner) error { return o.disconnect(tip) }
		switch height := watch.Height(best.Height); {
		case height < lowest:
			return nil, fmt.Errorf("backend is at %d, we are at %d: %w", height, tip.Height, ErrBehind)
		case height <= tip.Height:
			return disconnect, nil
		}
		ours, err := backend.HashAt(ctx, int32(tip.Height))
		if err != nil {
			return nil, fmt.Errorf("ask for the block at %d: %w", tip.Height, err)
		}
		if ours != tip.Hash {
			return disconnect, nil
		}
		next, err := backend.HashAt(ctx, int32(tip.Height)+1)
		if err != nil {
			return nil, fmt.Errorf("ask for the block at %d: %w", tip.Height+1, err)
		}
		return func(o *owner) error {
			o.next = &watch.Point{Height: tip.Height + 1, Hash: next}
			return nil
		}, nil
	}}
}

// nextBlockJob fetches the block that syncJob has found.
func (o *owner) nextBlockJob() job {
	point := *o.next
	o.next = nil
	get := fetch{backend: o.w.backend, generation: o.core.Generation()}
	get.scripts, get.complete = o.core.Filter()
	return job{of: o.sync, ask: func(ctx context.Context) (func(*owner) error, error) {
		return get.then(ctx, point, (*owner).connect)
	}}
}

// backfillJob fetches a block of the past for the watches that wait for it.
func (o *owner) backfillJob(h watch.Height) job {
	backend := o.w.backend
	get := fetch{backend: backend, generation: o.core.Generation()}
	get.scripts, get.complete = o.core.BackfillFilter(h)
	return job{of: o.backfill, ask: func(ctx context.Context) (func(*owner) error, error) {
		hash, err := backend.HashAt(ctx, int32(h))
		if err != nil {
			return nil, fmt.Errorf("ask for the block at %d: %w", h, err)
		}
		return get.then(ctx, watch.Point{Height: h, Hash: hash}, (*owner).showPast)
	}}
}

func (o *owner) showPast(b watch.Block) error {
	events, err := o.core.Backfill(b)
	o.deliver(events)
	if errors.Is(err, watch.ErrNotOnChain) {
		o.news++ // the tip has moved, or is about to
	}
	return err
}

// fetch gets blocks for a set of watches as it was at a moment.
type fetch struct {
	backend    chain.Backend
	scripts    [][]byte
	complete   bool
	generation uint64
}

// then fetches the block at p and hands it to use, without transactions if none
// can match. A block that was skipped before a watch came is dropped; the owner
// asks again.
func (f fetch) then(ctx context.Context, p watch.Point, use func(*owner, watch.Block) error) (func(*owner) error, error) {
	skip, err := f.skips(ctx, p.Hash)
	if err != nil {
		return nil, err
	}
	b := watch.Block{Point: p}
	if skip {
		if b.Prev, err = prevOf(ctx, f.backend, p.Hash); err != nil {
			return nil, err
		}
		return func(o *owner) error {
			if o.core.Generation() != f.generation {
				return nil
			}
			return use(o, b)
		}, nil
	}
	block, err := f.backend.Block(ctx, p.Hash)
	if err != nil {
		return nil, fmt.Errorf("fetch block %s at %d: %w", p.Hash, p.Height, err)
	}
	if block.BlockHash() != p.Hash {
		return nil, fmt.Errorf("fetch block %s at %d: %w", p.Hash, p.Height, ErrBadBlock)
	}
	b.Prev, b.Txs = block.Header.PrevBlock, block.Transactions
	return func(o *owner) error { return use(o, b) }, nil
}

func (f fetch) skips(ctx context.Context, hash chainhash.Hash) (bool, error) {
	if !f.complete {
		return false, nil
	}
	if len(f.scripts) == 0 {
		return true, nil
	}
	may, err := f.backend.MayContain(ctx, hash, f.scripts)
	if err != nil {
		return false, fmt.Errorf("filter block %s: %w", hash, err)
	}
	return !may, nil
}

// prevOf returns the block below a block.
func prevOf(ctx context.Context, backend chain.Backend, hash chainhash.Hash) (chainhash.Hash, error) {
	h, err := backend.Header(ctx, hash)
	if err != nil {
		return chainhash.Hash{}, fmt.Errorf("fetch header %s: %w", hash, err)
	}
	if h.BlockHash() != hash {
		return chainhash.Hash{}, fmt.Errorf("fetch header %s: %w", hash, ErrBadBlock)
	}
	return h.PrevBlock, nil
}

package watch

import (
	"cmp"
	"slices"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
)

// entry is a watch and what it knows.
type entry struct {
	id       ID
	spend    bool
	outpoint wire.OutPoint  // of a spend watch
	txid     chainhash.Hash // of a transaction watch, or zero
	script   []byte
	target   uint32

	// from is the lowest height a backfill looks at; new blocks are looked at
	// whatever their height.
	from Height
	// Blocks from next to end of the past are still to be seen; prev is the
	// hash of the block at next-1 if that is not below from.
	next Height
	prev chainhash.Hash
	end  Point

	// at is where the best chain has it; past is the same found by a backfill,
	// which counts only once that has led up to end.
	at, past *found
	// told is the last site reported and not taken back, at toldDepth, which
	// is at most the target.
	told      *found
	toldDepth uint32
}

// found is a site, and of a spend the input.
type found struct {
	Site
	input uint32
}

func (e *entry) isPending() bool { return e.next <= e.end.Height }

// exact says that at most one transaction of a chain can match, so that one
// found in a new block needs no look at the past.
func (e *entry) exact() bool { return e.spend || e.txid != chainhash.Hash{} }

// match calls hit for each watch that a transaction of b satisfies, in the
// order of the block. An entry may be hit more than once.
func (c *Core) match(b Block, hit func(*entry, *found)) {
	for i, tx := range b.Txs {
		var txid *chainhash.Hash
		site := func(input int) *found {
			if txid == nil {
				h := tx.TxHash()
				txid = &h
			}
			return &found{
				Site:  Site{Block: b.Point, Index: uint32(i), TxID: *txid, Tx: tx}, //nolint:gosec // a block's transactions are few
				input: uint32(input),                                               //nolint:gosec // so are a transaction's inputs
			}
		}
		if len(c.byOut) > 0 {
			for n, in := range tx.TxIn {
				for _, e := range c.byOut[in.PreviousOutPoint] {
					hit(e, site(n))
				}
			}
		}
		if len(c.byPay) > 0 {
			for _, out := range tx.TxOut {
				for _, e := range c.byPay[string(out.PkScript)] {
					hit(e, site(0))
				}
			}
		}
		if len(c.byTx) > 0 {
			s := site(0)
			for _, e := range c.byTx[s.TxID] {
				hit(e, s)
			}
		}
	}
}

// report returns the events that lead from what was told of each entry to what
// is known, ordered by id.
func (c *Core) report(entries []*entry) []Event {
	slices.SortFunc(entries, func(a, b *entry) int { return cmp.Compare(a.id, b.id) })
	var events []Event
	for _, e := range slices.Compact(entries) {
		events = c.reportOne(events, e)
		if e.told != nil && e.toldDepth < e.target {
			c.growing[e.id] = e
		} else {
			delete(c.growing, e.id)
		}
	}
	return events
}

func (c *Core) reportOne(events []Event, e *entry) []Event {
	if e.isPending() && (e.at == nil || !e.exact()) {
		return events
	}
	if e.told != nil && (e.at == nil || e.at.Block != e.told.Block || e.at.TxID != e.told.TxID) {
		events = append(events, e.takeBack())
	}
	if e.at == nil {
		return events
	}
	depth := c.depth(e)
	reached := min(depth, e.target)
	if e.told == nil {
		e.told = e.at
		events = append(events, e.arrival(depth))
	} else if reached == e.toldDepth {
		return events
	} else if reached < e.target {
		events = append(events, Progress{Watch: e.id, Depth: reached, Target: e.target})
	}
	e.toldDepth = reached
	if reached == e.target {
		events = append(events, DepthReached{Watch: e.id, Target: e.target})
	}
	return events
}

func (e *entry) arrival(depth uint32) Event {
	if e.spend {
		return Spent{Watch: e.id, OutPoint: e.outpoint, Site: e.told.Site, Input: e.told.input, Depth: depth}
	}
	return Confirmed{Watch: e.id, Site: e.told.Site, Depth: depth}
}

// takeBack returns the event that ends what was told.
func (e *entry) takeBack() Event {
	site := e.told.Site
	e.told, e.toldDepth = nil, 0
	if e.spend {
		return SpendReorged{Watch: e.id, OutPoint: e.outpoint, Site: site}
	}
	return Unconfirmed{Watch: e.id, Site: site}
}

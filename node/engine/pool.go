package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/alkimiya/alkimiya/node/engine/view"

	"github.com/btcsuite/btcd/chaincfg/chainhash"

	"github.com/alkimiya/alkimiya/dlc/contract"
)

// singleLooks is up to how many transactions are looked up one by one; for more
// the whole mempool is listed.
const singleLooks = 32

// poolFact is what the mempool says about a transaction of a contract.
type poolFact struct {
	txid chainhash.Hash
	// raw is the transaction, nil if it has left the mempool.
	raw []byte
}

// wanted is a transaction that a contract waits for.
type wanted struct {
	a    *actor
	txid chainhash.Hash
	// seen says that the contract takes it to be in the mempool.
	seen bool
}

// pollPool looks at the mempool for transactions that contracts wait for, as
// long as there are any.
func (e *Engine) pollPool(ctx context.Context) error {
	ticker := time.NewTicker(e.cfg.PoolPoll)
	defer ticker.Stop()
	missing := make(map[chainhash.Hash]int)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if err := e.lookAtPool(ctx, missing); err != nil && ctx.Err() == nil {
			e.log.Debug("mempool not looked at", "err", err)
		}
	}
}

// lookAtPool tells contracts what has come into the mempool and what has left
// it. A transaction counts as gone when it was missing twice in a row: in
// between it may have been mined.
func (e *Engine) lookAtPool(ctx context.Context, missing map[chainhash.Hash]int) error {
	var all []wanted
	for _, a := range e.all() {
		all = append(all, a.wants()...)
	}
	if len(all) == 0 {
		clear(missing)
		return nil
	}
	pooled, err := e.poolHolds(ctx, all)
	if err != nil {
		return err
	}
	counted := make(map[chainhash.Hash]bool)
	for _, w := range all {
		switch {
		case pooled[w.txid] && !w.seen:
			tx, ok, err := e.cfg.Mempool.Pooled(ctx, w.txid)
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
			raw, err := view.Serialise(tx)
			if err != nil {
				return err
			}
			w.a.post(func(m *mail) { m.pool = append(m.pool, poolFact{txid: w.txid, raw: raw}) })
		case !pooled[w.txid] && w.seen:
			counted[w.txid] = true
			missing[w.txid]++
			if missing[w.txid] == 2 {
				w.a.post(func(m *mail) { m.pool = append(m.pool, poolFact{txid: w.txid}) })
			}
		}
	}
	for txid := range missing {
		if !counted[txid] {
			delete(missing, txid)
		}
	}
	return nil
}

// poolHolds says which of the transactions are in the mempool.
func (e *Engine) poolHolds(ctx context.Context, all []wanted) (map[chainhash.Hash]bool, error) {
	pooled := make(map[chainhash.Hash]bool)
	if len(all) <= singleLooks {
		for _, w := range all {
			_, ok, err := e.cfg.Mempool.Pooled(ctx, w.txid)
			if err != nil {
				return nil, err
			}
			pooled[w.txid] = ok
		}
		return pooled, nil
	}
	ids, err := e.cfg.Mempool.Pool(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the mempool: %w", err)
	}
	for _, id := range ids {
		pooled[id] = true
	}
	return pooled, nil
}

// awaitsPool reports whether a contract waits for a transaction that the mempool
// may hold.
func awaitsPool(s contract.State) bool {
	switch s.Phase { //nolint:exhaustive // in all others the mempool says nothing new
	case contract.Signed, contract.Broadcast, contract.Cancelling:
		return s.FundingAt.Height == 0
	case contract.Confirmed, contract.Active:
		return len(s.Claims) > 0 && s.Spend.Height == 0
	case contract.Attested, contract.Settling, contract.Closing, contract.Refunding:
		return s.Spend.Height == 0
	}
	return false
}

// wants lists the transactions that a contract waits for in the mempool.
func (a *actor) wants() []wanted {
	if b := a.brief.Load(); b == nil || !b.pooled {
		return nil
	}
	s := a.snapshot()
	var all []wanted
	want := func(txid chainhash.Hash, seen bool) {
		if txid != (chainhash.Hash{}) {
			all = append(all, wanted{a: a, txid: txid, seen: seen})
		}
	}
	switch {
	case !s.Phase.Funded():
		want(a.points().funding.Hash, s.FundingAt.Seen)
	case s.Spend.Kind != contract.NotSpent:
		want(s.Spend.Txid, true)
	default:
		for _, c := range s.Claims {
			want(c.Txid, false)
		}
		want(a.cetOf(s), false)
		want(a.points().refund, false)
	}
	return all
}

// cetOf returns the id of the CET that the attested outcome leads to, zero if
// there is none yet.
func (a *actor) cetOf(s contract.State) chainhash.Hash {
	outcome, ok := s.Outcome()
	if !ok {
		return chainhash.Hash{}
	}
	a.mu.Lock()
	known := a.cet
	a.mu.Unlock()
	if known != (chainhash.Hash{}) {
		return known
	}
	deal, err := contract.DealOf(s)
	if err != nil || deal.Contract == nil {
		return chainhash.Hash{}
	}
	tx, err := deal.Contract.Settlement.CET(amountOf(int64(deal.Terms.Settled(outcome)))) //nolint:gosec // at most M
	if err != nil {
		return chainhash.Hash{}
	}
	a.mu.Lock()
	a.cet = tx.TxHash()
	a.mu.Unlock()
	return tx.TxHash()
}

// pooled applies what the mempool says, unless the chain has said more
// meanwhile.
func (a *actor) pooled(f poolFact) {
	clock, s := a.e.clock(), a.state
	funding := a.points().funding.Hash
	switch {
	case f.txid == funding && s.FundingAt.Height != 0, f.txid != funding && s.Spend.Height != 0:
	case f.raw == nil:
		a.chain(contract.Unconfirmed{Clock: clock, Txid: f.txid})
	case f.txid == funding:
		a.chain(contract.FundingSeen{Clock: clock, Tx: f.raw})
	default:
		a.chain(contract.FundingSpent{Clock: clock, Tx: f.raw})
	}
}

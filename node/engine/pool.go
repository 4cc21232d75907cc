package engine

import (
	"github.com/btcsuite/btcd/chaincfg/chainhash"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/node/engine/pool"
)

// poolFact is what the mempool says about a transaction of a contract.
type poolFact struct {
	txid chainhash.Hash
	// raw is the transaction, nil if it has left the mempool.
	raw []byte
}

// wanted lists what all contracts wait for in the mempool.
func (e *Engine) wanted() []pool.Wanted {
	var all []pool.Wanted
	for _, a := range e.all() {
		all = append(all, a.wants()...)
	}
	return all
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
func (a *actor) wants() []pool.Wanted {
	if b := a.brief.Load(); b == nil || !b.pooled {
		return nil
	}
	s := a.snapshot()
	var all []pool.Wanted
	want := func(txid chainhash.Hash, seen bool) {
		if txid != (chainhash.Hash{}) {
			all = append(all, pool.Wanted{Txid: txid, Seen: seen, Tell: func(raw []byte) {
				a.post(func(m *mail) { m.pool = append(m.pool, poolFact{txid: txid, raw: raw}) })
			}})
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

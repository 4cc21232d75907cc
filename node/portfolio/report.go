package portfolio

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"

	"github.com/alkimiya/alkimiya/node/engine"
	"github.com/alkimiya/alkimiya/wallet"
)

// Source is where satoshi came from or went to.
type Source string

// The sources.
const (
	// Mining: coinbases, and what the user labelled as mining.
	Mining Source = "mining"
	// Received: other payments to the wallet.
	Received Source = "received"
	// Sent: payments from the wallet, without their fees.
	Sent Source = "sent"
	// OwnLock: own locks, out when contracts are funded and in as they return.
	OwnLock Source = "own_lock"
	// PeerLock: what came from peers' locks.
	PeerLock Source = "peer_lock"
	// FeePayment: miner fees of payments and of raising fees.
	FeePayment Source = "fee_payment"
	// FeeFunding: own miner fees paid when contracts were funded, those of their
	// CETs included, or withdrawn.
	FeeFunding Source = "fee_funding"
	// FeeSettlement: own miner fees of closes, and outputs too small to be paid.
	FeeSettlement Source = "fee_settlement"
)

// Sources lists all sources in the order of a report.
func Sources() []Source {
	return []Source{Mining, Received, Sent, OwnLock, PeerLock, FeePayment, FeeFunding, FeeSettlement}
}

// miningLabel begins the label of a transaction that pays a miner, such as the
// payout of a pool.
const miningLabel = "mining"

// Line is a sum from one source: positive into the wallet.
type Line struct {
	Source       Source
	Amount       btcutil.Amount
	Transactions int
}

// Deal accounts for one contract: amounts are positive into the wallet.
type Deal struct {
	View engine.View
	// Lock is our own, paid in: negative. Returned is what came back of it,
	// Gained what came from the peer's.
	Lock, Returned, Gained btcutil.Amount
	// Lost is the part of our lock that went to the peer, negative. It is
	// contained in Lock and Returned.
	Lost btcutil.Amount
	// Fees are own miner fees, negative.
	Fees btcutil.Amount
}

// Net is what the contract brought the wallet.
func (d Deal) Net() btcutil.Amount { return d.Lock + d.Returned + d.Gained + d.Fees }

// Report accounts for every satoshi of a time.
type Report struct {
	// Lines are one for each source, in the order of Sources.
	Lines []Line
	// Deals are the contracts with a transaction in the time, in the order of
	// their first one.
	Deals []Deal
	// Net is the sum of the lines; WalletNet is the same as the wallet's history
	// says.
	Net, WalletNet btcutil.Amount
	// Locked are own locks in contracts funded and not settled, now; Balance is
	// the wallet's, now.
	Locked, Balance btcutil.Amount
}

// part says what a transaction is to a contract.
type part struct {
	view *engine.View
	// funding, else settlement, else withdrawal.
	funding, settlement bool
}

// Report accounts for the transactions from a time on and before another; zero
// times set no bound. It fails with ErrRequest, or as contracts and wallet do.
func (b *Book) Report(ctx context.Context, from, until time.Time) (Report, error) {
	var r Report
	if !from.IsZero() && !until.IsZero() && !from.Before(until) {
		return r, fmt.Errorf("%w: from %s until %s", ErrRequest, from, until)
	}
	parts := make(map[chainhash.Hash]part)
	err := b.each(ctx, engine.Filter{}, func(v engine.View) error {
		if v.Phase.Funded() && v.Spend == nil {
			r.Locked += v.OwnLock
		}
		partsOf(&v, parts)
		return ctx.Err()
	})
	if err != nil {
		return r, err
	}
	balance, err := b.wallet.Balance(ctx)
	if err != nil {
		return r, err
	}
	r.Balance = balance.Total()
	txs, err := b.wallet.Transactions(ctx, 0)
	if err != nil {
		return r, err
	}
	a := account{lines: make(map[Source]*Line), deals: make(map[engine.Key]*Deal)}
	// The history is newest first; deals are in the order of time.
	for i := len(txs) - 1; i >= 0; i-- {
		t := txs[i]
		if (!from.IsZero() && t.Time.Before(from)) || (!until.IsZero() && !t.Time.Before(until)) {
			continue
		}
		r.WalletNet += t.Net
		a.enter(t, parts[t.TxID])
	}
	for _, s := range Sources() {
		line := Line{Source: s}
		if a.lines[s] != nil {
			line = *a.lines[s]
		}
		r.Lines = append(r.Lines, line)
		r.Net += line.Amount
	}
	for _, key := range a.order {
		r.Deals = append(r.Deals, *a.deals[key])
	}
	return r, nil
}

// partsOf enters a contract's transactions.
func partsOf(v *engine.View, parts map[chainhash.Hash]part) {
	if v.Cancel != nil {
		parts[v.Cancel.Txid] = part{view: v}
	}
	for _, t := range []*engine.TxView{v.CET, v.Refund} {
		if t != nil {
			parts[t.Txid] = part{view: v, settlement: true}
		}
	}
	for _, c := range v.Closes {
		parts[c.Tx.Txid] = part{view: v, settlement: true}
	}
	if v.Spend != nil {
		parts[v.Spend.Txid] = part{view: v, settlement: true}
	}
	if v.Funding != nil {
		parts[v.Funding.Txid] = part{view: v, funding: true}
	}
}

// account collects lines and deals.
type account struct {
	lines map[Source]*Line
	deals map[engine.Key]*Deal
	order []engine.Key
}

// put adds to a line; zero amounts leave no trace.
func (a *account) put(s Source, amount btcutil.Amount) {
	if amount == 0 {
		return
	}
	if a.lines[s] == nil {
		a.lines[s] = &Line{Source: s}
	}
	a.lines[s].Amount += amount
	a.lines[s].Transactions++
}

func (a *account) deal(v *engine.View) *Deal {
	d := a.deals[v.Key]
	if d == nil {
		d = &Deal{View: *v}
		a.deals[v.Key] = d
		a.order = append(a.order, v.Key)
	}
	return d
}

// enter books one transaction: the amounts it puts on lines add up to t.Net.
func (a *account) enter(t wallet.TxSummary, p part) {
	switch {
	case p.view == nil:
		a.payment(t)
	case p.funding:
		d := a.deal(p.view)
		fees := t.Net + p.view.OwnLock
		d.Lock, d.Fees = d.Lock-p.view.OwnLock, d.Fees+fees
		a.put(OwnLock, -p.view.OwnLock)
		a.put(FeeFunding, fees)
	case p.settlement:
		a.settle(t, a.deal(p.view))
	default:
		d := a.deal(p.view)
		d.Fees += t.Net
		a.put(FeeFunding, t.Net)
	}
}

// settle books what the spend of a funding output paid us.
func (a *account) settle(t wallet.TxSummary, d *Deal) {
	gross := t.Net
	if d.View.OwnPayout != nil && d.View.Spend != nil && d.View.Spend.Txid == t.TxID {
		gross = *d.View.OwnPayout
	}
	returned := min(gross, d.View.OwnLock)
	gained, fees := gross-returned, t.Net-gross
	d.Returned, d.Gained, d.Fees = d.Returned+returned, d.Gained+gained, d.Fees+fees
	d.Lost -= d.View.OwnLock - returned
	a.put(OwnLock, returned)
	a.put(PeerLock, gained)
	a.put(FeeSettlement, fees)
}

// payment books what has nothing to do with a contract.
func (a *account) payment(t wallet.TxSummary) {
	switch {
	case t.Coinbase, t.Net > 0 && strings.HasPrefix(strings.ToLower(t.Label), miningLabel):
		a.put(Mining, t.Net)
	case t.Net > 0:
		a.put(Received, t.Net)
	default:
		a.put(FeePayment, -t.Fee)
		a.put(Sent, t.Net+t.Fee)
	}
}

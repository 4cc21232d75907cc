// Package portfolio adds up what a node holds: open positions with what the
// reference pricer makes of them and how much hashrate they hedge, and an
// account of every satoshi of the wallet by its source (docs/product.md R23).
//
// It decides and keeps nothing: contracts, prices and transactions come from the
// interfaces declared here. Marks are opinions in floating point; the account is
// exact integers. Its invariant: the lines of a report add up to what the
// wallet's own history says, to the satoshi.
package portfolio

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/btcsuite/btcd/btcutil"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/node/engine"
	"github.com/alkimiya/alkimiya/node/pricer"
	"github.com/alkimiya/alkimiya/wallet"
)

// ErrRequest means that a field of a request is out of range.
var ErrRequest = errors.New("bad request for a portfolio")

// Limits and defaults of a request.
const (
	// DefaultHorizon is over how many days a hedge is measured, MaxHorizon the
	// most.
	DefaultHorizon = 30
	MaxHorizon     = 365

	secondsPerDay = 86_400
	// page is how many contracts are asked for at a time.
	page = 500
)

// Contracts lists contracts; *engine.Engine does. Safe for concurrent use.
type Contracts interface {
	Contracts(ctx context.Context, f engine.Filter) ([]engine.View, error)
}

// Pricer values terms; *book.Book does. Safe for concurrent use.
type Pricer interface {
	Value(ctx context.Context, t payout.Terms) (pricer.Valuation, pricer.Priced, error)
}

// Wallet tells balance and history; an open wallet does. Safe for concurrent
// use.
type Wallet interface {
	Balance(ctx context.Context) (wallet.Balance, error)
	// Transactions is the whole history, or its newest limit transactions.
	Transactions(ctx context.Context, limit int) ([]wallet.TxSummary, error)
}

// Clock is the time of the node.
type Clock interface{ Now() time.Time }

// Book adds up. Make it with New; it is safe for concurrent use.
type Book struct {
	contracts Contracts
	pricer    Pricer
	wallet    Wallet
	clock     Clock
}

// New returns a Book over its sources.
func New(contracts Contracts, prices Pricer, w Wallet, clock Clock) *Book {
	return &Book{contracts: contracts, pricer: prices, wallet: w, clock: clock}
}

// Position is a contract that is not final.
type Position struct {
	View engine.View
	// Price is the rate of a swap, else the premium.
	Price int64
	// Funded says that the funding transaction is in the chain.
	Funded bool
	// Mark is what our side is worth, satoshi: the attested payout if Attested,
	// else an opinion; nil if there is none, which Unpriced explains.
	Mark     *btcutil.Amount
	Attested bool
	Unpriced error
	// Hedge is the hashrate that the position hedges now, in thousandths of the
	// unit: positive if it gains when the index falls. nil without a mark, and
	// 0 once it is attested.
	Hedge *float64
	// next is the first day whose value is not known yet.
	next uint32
}

// Profit is Mark less our lock, before miner fees; nil without a mark.
func (p Position) Profit() *btcutil.Amount {
	if p.Mark == nil {
		return nil
	}
	profit := *p.Mark - p.View.OwnLock
	return &profit
}

// Expiry adds up the positions that end on one day.
type Expiry struct {
	Day       uint32
	Positions int
	OwnLock   btcutil.Amount
	Mark      btcutil.Amount
}

// Portfolio is all open positions.
type Portfolio struct {
	// Positions are ordered by their last day.
	Positions []Position
	Expiries  []Expiry
	// Locked are own locks in funded contracts, Reserved those in contracts not
	// funded yet.
	Locked, Reserved btcutil.Amount
	// Mark and Profit are those of funded positions, as far as they are known;
	// Unpriced counts the others.
	Mark, Profit btcutil.Amount
	Unpriced     int
	// Hedged is the mean hashrate that funded positions hedge over the horizon,
	// in thousandths of the unit; Ratio is that as a part of the stated hashrate,
	// nil if none was stated.
	Hedged  float64
	Ratio   *float64
	Horizon uint32
}

// Request states what is to be hedged.
type Request struct {
	// Hashrate in thousandths of the unit; 0 states none.
	Hashrate uint64
	// Horizon in days from today; 0 is the default.
	Horizon uint32
}

// Portfolio values all contracts that are not final. It fails with ErrRequest,
// or as the contracts do.
func (b *Book) Portfolio(ctx context.Context, r Request) (Portfolio, error) {
	out := Portfolio{Horizon: r.Horizon}
	if out.Horizon == 0 {
		out.Horizon = DefaultHorizon
	}
	if out.Horizon > MaxHorizon {
		return out, fmt.Errorf("%w: horizon of %d days, at most %d", ErrRequest, out.Horizon, MaxHorizon)
	}
	var open []contract.Phase
	for _, p := range contract.Phases() {
		if !p.Final() && p != contract.New {
			open = append(open, p)
		}
	}
	today := uint32(b.clock.Now().Unix() / secondsPerDay) //nolint:gosec // until the year 11 million
	err := b.each(ctx, engine.Filter{Phases: open}, func(v engine.View) error {
		p := b.position(ctx, v)
		out.add(p, today)
		return ctx.Err()
	})
	if err != nil {
		return out, err
	}
	if r.Hashrate > 0 {
		ratio := out.Hedged / float64(r.Hashrate)
		out.Ratio = &ratio
	}
	slices.SortFunc(out.Positions, func(a, b Position) int {
		return cmp.Or(cmp.Compare(a.View.Terms.EndDay, b.View.Terms.EndDay), slices.Compare(a.View.Key[:], b.View.Key[:]))
	})
	slices.SortFunc(out.Expiries, func(a, b Expiry) int { return cmp.Compare(a.Day, b.Day) })
	return out, nil
}

// each calls f for all contracts that a filter selects.
func (b *Book) each(ctx context.Context, f engine.Filter, use func(engine.View) error) error {
	f.Limit = page
	for {
		views, err := b.contracts.Contracts(ctx, f)
		if err != nil {
			return err
		}
		for _, v := range views {
			if err := use(v); err != nil {
				return err
			}
			f.After = v.Key
		}
		if len(views) < page {
			return nil
		}
	}
}

// position marks a contract.
func (b *Book) position(ctx context.Context, v engine.View) Position {
	p := Position{View: v, Price: v.Terms.Premium, Funded: v.Phase.Funded()}
	if !v.Terms.Instrument.HasPremium() {
		p.Price = int64(v.Terms.K) //nolint:gosec // valid terms: below 2^62
	}
	if v.OwnPayout != nil {
		p.Mark, p.Attested, p.Hedge = v.OwnPayout, true, new(float64)
		return p
	}
	valuation, priced, err := b.pricer.Value(ctx, v.Terms)
	if err != nil {
		p.Unpriced = err
		return p
	}
	h := float64(v.Terms.Notional) / 1000
	own, delta := valuation.Value*h, valuation.Greeks.Delta
	if v.Side == payout.Short {
		own, delta = float64(v.Collateral)-own, -delta
	}
	mark := btcutil.Amount(math.Round(max(0, min(own, float64(v.Collateral)))))
	hedge := -delta / float64(valuation.Forecast.Days) * float64(v.Terms.Notional)
	p.Mark, p.Hedge, p.next = &mark, &hedge, priced.Window.Start+priced.Window.KnownDays
	return p
}

// add counts a position in.
func (o *Portfolio) add(p Position, today uint32) {
	o.Positions = append(o.Positions, p)
	if !p.Funded {
		o.Reserved += p.View.OwnLock
		return
	}
	o.Locked += p.View.OwnLock
	end := p.View.Terms.EndDay
	at := slices.IndexFunc(o.Expiries, func(e Expiry) bool { return e.Day == end })
	if at < 0 {
		at = len(o.Expiries)
		o.Expiries = append(o.Expiries, Expiry{Day: end})
	}
	e := &o.Expiries[at]
	e.Positions++
	e.OwnLock += p.View.OwnLock
	if p.Mark == nil {
		o.Unpriced++
		return
	}
	e.Mark += *p.Mark
	o.Mark += *p.Mark
	o.Profit += *p.Profit()
	first, after := max(p.next, today), min(end+1, today+o.Horizon)
	if !p.Attested && after > first {
		o.Hedged += *p.Hedge * float64(after-first) / float64(o.Horizon)
	}
}

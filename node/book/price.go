package book

import (
	"context"
	"errors"
	"fmt"

	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/node/pricer"
)

// Market returns what the pricer knows of an index: the chain, and what the
// policy believes of growth and fees. It fails with ErrNoReference.
func (b *Book) Market(ctx context.Context, index string) (pricer.Market, error) {
	m, err := b.cfg.Index.Market(ctx, index)
	if err != nil {
		return m, fmt.Errorf("%w: %w", ErrNoReference, err)
	}
	beliefs := b.rules().Pricer
	for _, g := range beliefs.GrowthPermille {
		m.Growth = append(m.Growth, float64(g)/1000)
	}
	if m.Fixed {
		m.Growth = nil
	}
	m.Vol, m.FeeVol = float64(beliefs.VolPermille)/1000, float64(beliefs.FeeVolPermille)/1000
	return m, nil
}

// Value is what the reference pricer makes of terms now: days that are closed
// are counted at what they were. It fails with ErrNoReference, for terms that
// ended or an index that the pricer knows nothing of.
func (b *Book) Value(ctx context.Context, t payout.Terms) (pricer.Valuation, pricer.Priced, error) {
	index, leg, err := splitIndex(t.Index)
	if err != nil {
		return pricer.Valuation{}, pricer.Priced{}, err
	}
	m, err := b.Market(ctx, index)
	if err != nil {
		return pricer.Valuation{}, pricer.Priced{}, err
	}
	_, last, err := b.cfg.Index.Closed(ctx, index)
	if err != nil {
		return pricer.Valuation{}, pricer.Priced{}, fmt.Errorf("%w: %w", ErrNoReference, err)
	}
	var days uint32
	var known uint64
	if last >= t.StartDay {
		counter, err := b.cfg.Index.Counter(ctx, index, leg, min(last, t.EndDay))
		if err != nil {
			return pricer.Valuation{}, pricer.Priced{}, fmt.Errorf("%w: %w", ErrNoReference, err)
		}
		days, known = min(last, t.EndDay)-t.StartDay+1, counter-min(counter, t.Base)
	}
	priced, err := pricer.FromTerms(t, days, known)
	if err != nil {
		return pricer.Valuation{}, priced, fmt.Errorf("%w: %w", ErrNoReference, err)
	}
	v, err := m.Price(priced)
	if err != nil {
		return v, priced, fmt.Errorf("%w: %w", ErrNoReference, err)
	}
	return v, priced, nil
}

// Worth is a valuation beside the price of the terms themselves.
type Worth struct {
	pricer.Valuation
	// Price is the rate of a swap, else the premium.
	Price float64
	// Growth is the constant growth of difficulty at each retarget at which Price
	// would be fair, as a part of 1; nil if there is none.
	Growth *float64
}

// Worth is Value, and what the price of the terms implies. It fails as Value
// does.
func (b *Book) Worth(ctx context.Context, t payout.Terms) (Worth, error) {
	v, priced, err := b.Value(ctx, t)
	if err != nil {
		return Worth{}, err
	}
	w := Worth{Valuation: v, Price: float64(t.Premium)}
	if isSwap(t.Instrument) {
		w.Price = float64(t.K)
	}
	if w.Growth, err = b.implied(ctx, t.Index, priced, w.Price); err != nil {
		return Worth{}, err
	}
	return w, nil
}

// implied is nil if no growth gives the price.
func (b *Book) implied(ctx context.Context, index string, p pricer.Priced, price float64) (*float64, error) {
	id, _, err := splitIndex(index)
	if err != nil {
		return nil, err
	}
	m, err := b.Market(ctx, id)
	if err != nil {
		return nil, err
	}
	g, err := m.ImpliedGrowth(p, price)
	if errors.Is(err, pricer.ErrNoGrowth) {
		return nil, nil //nolint:nilnil // that there is none is an answer
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoReference, err)
	}
	return &g, nil
}

// reference prices a quote whose own price does not matter.
func (b *Book) reference(ctx context.Context, q order.Quote) (pricer.Valuation, error) {
	v, _, err := b.valued(ctx, q)
	return v, err
}

func (b *Book) valued(ctx context.Context, q order.Quote) (pricer.Valuation, pricer.Priced, error) {
	if isSwap(q.Product) {
		q.K = 0
	} else {
		q.Premium = 0
	}
	if q.Side == order.Both {
		q.Side = order.Buy
	}
	t, err := b.terms(ctx, middle(q), q.HMax)
	if err != nil {
		return pricer.Valuation{}, pricer.Priced{}, err
	}
	return b.Value(ctx, t)
}

// Fair is the reference price of an order, for comparison with its own. It
// fails with ErrNoReference.
func (b *Book) Fair(ctx context.Context, e Entry) (float64, error) {
	v, err := b.reference(ctx, e.Order.Quote)
	return v.Fair, err
}

// growth is what the order's price implies, nil if that is nothing.
func (b *Book) growth(ctx context.Context, e Entry) *float64 {
	_, priced, err := b.valued(ctx, e.Order.Quote)
	if err != nil {
		return nil
	}
	g, err := b.implied(ctx, e.Order.Index, priced, float64(e.Price()))
	if err != nil {
		return nil
	}
	return g
}

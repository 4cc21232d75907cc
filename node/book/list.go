package book

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
)

// Filter selects orders; the zero value selects all.
type Filter struct {
	// Own wants own orders alone, Others those of peers alone.
	Own, Others bool
	// Peer, if not zero, is the only author wanted.
	Peer    [33]byte
	Product payout.Instrument
	// Index is index and leg.
	Index string
	Side  order.Side
	// MinDays and MaxDays bound the window; 0 does not.
	MinDays, MaxDays uint32
	// Size, if not 0, wants orders of which that much can be taken, TH/s.
	Size uint32
	// Offset and Limit choose a page; Limit 0 takes all.
	Offset, Limit int
}

func (f Filter) wants(e Entry) bool {
	q := &e.Order.Quote
	switch {
	case f.Own && !e.Own, f.Others && e.Own, f.Peer != [33]byte{} && f.Peer != e.Maker:
		return false
	case f.Product != 0 && f.Product != q.Product, f.Index != "" && f.Index != q.Index:
		return false
	case f.Side != order.AnySide && f.Side != q.Side, q.Days < f.MinDays, f.MaxDays != 0 && q.Days > f.MaxDays:
		return false
	}
	return f.Size == 0 || fits(e, f.Size)
}

// fits says whether h can be taken of an order.
func fits(e Entry, h uint32) bool {
	return order.CheckFill(e.Order, &order.Take{H: h, Expiry: e.Order.Expiry}, e.Remaining, 0) == nil
}

// List returns live orders, own ones and those of connected peers: by index,
// product and window, sells before buys, the best price first. total is how
// many there are on all pages.
func (b *Book) List(f Filter) (page []Entry, total int, err error) {
	all, err := b.entries(f)
	if err != nil {
		return nil, 0, err
	}
	slices.SortFunc(all, compareEntries)
	first := min(max(0, f.Offset), len(all))
	last := len(all)
	if f.Limit > 0 {
		last = min(last, first+f.Limit)
	}
	return all[first:last], len(all), nil
}

func compareEntries(a, b Entry) int {
	p, q := &a.Order.Quote, &b.Order.Quote
	better := cmp.Compare(a.Price(), b.Price())
	if p.Side == order.Buy {
		better = -better
	}
	return cmp.Or(
		cmp.Compare(p.Index, q.Index), cmp.Compare(p.Product, q.Product), cmp.Compare(p.StartDay, q.StartDay),
		cmp.Compare(p.Days, q.Days), -cmp.Compare(p.Side, q.Side), better, compareIDs(a.ID, b.ID),
	)
}

// entries returns the orders that a filter wants, in no order.
func (b *Book) entries(f Filter) ([]Entry, error) {
	now := b.now()
	var out []Entry
	own := make(map[[32]byte]*ownOrder)
	b.mu.Lock()
	for _, p := range b.peers {
		for _, e := range p.orders {
			if e.Order.Live(now) == nil && f.wants(e) {
				out = append(out, e)
			}
		}
	}
	if !f.Others {
		for id, o := range b.own {
			own[id] = o
		}
	}
	b.mu.Unlock()
	for id, o := range own {
		e, live, err := b.entry(id, o)
		if err != nil {
			return nil, err
		}
		if live && f.wants(e) {
			out = append(out, e)
		}
	}
	return out, nil
}

// Find returns the order whose id begins with the given bytes of hexadecimal,
// an own one or a connected peer's. It fails with ErrUnknown, or ErrRequest if
// several begin like this.
func (b *Book) Find(text string) (Entry, error) {
	const least = 4
	if len(text) < least || len(text) > 64 {
		return Entry{}, fmt.Errorf("%w: order id of %d digits, %d to 64 are needed", ErrRequest, len(text), least)
	}
	all, err := b.entries(Filter{})
	if err != nil {
		return Entry{}, err
	}
	var found []Entry
	for _, e := range all {
		if fmt.Sprintf("%x", e.ID)[:len(text)] == text {
			found = append(found, e)
		}
	}
	switch len(found) {
	case 0:
		return Entry{}, fmt.Errorf("%w: %s", ErrUnknown, text)
	case 1:
		return found[0], nil
	}
	return Entry{}, fmt.Errorf("%w: %d orders begin with %s", ErrRequest, len(found), text)
}

// TakeRequest takes a peer's order.
type TakeRequest struct {
	// Order is its id.
	Order [32]byte
	// H is the size in TH/s; 0 takes all that is left.
	H uint32
}

// Taken is a signed take, to be offered to the maker.
type Taken struct {
	Maker [33]byte
	// Order and Take are the records, byte for byte; ID is the take's.
	Order, Take []byte
	ID          [32]byte
	H           uint32
}

// takeExpiry is how long a take holds: as long as an offer may.
const takeExpiry = 10 * time.Minute

// Take signs a take of a connected peer's order. The maker decides whether
// there is enough left. It fails with ErrUnknown, ErrRequest, or as
// order.CheckFill does.
func (b *Book) Take(ctx context.Context, r TakeRequest) (Taken, error) {
	e, err := b.lookup(r.Order)
	if err != nil {
		return Taken{}, err
	}
	h := r.H
	if h == 0 {
		h = e.Remaining
	}
	now := b.now()
	t := order.Take{OrderID: e.ID, TakerPK: b.pubkey, H: h, Nonce: b.nextNonce(), Expiry: now + uint64(takeExpiry/time.Second)}
	err = errors.Join(order.CheckFill(e.Order, &t, e.Remaining, now), ctx.Err())
	if err != nil {
		return Taken{}, err
	}
	aux, err := b.random()
	if err != nil {
		return Taken{}, err
	}
	signed, err := t.Sign(b.cfg.NodeKey, aux)
	if err != nil {
		return Taken{}, err
	}
	return Taken{Maker: e.Maker, Order: e.Record, Take: signed.Encode(), ID: signed.ID(), H: h}, nil
}

// lookup returns a peer's order.
func (b *Book) lookup(id [32]byte) (Entry, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.own[id] != nil {
		return Entry{}, fmt.Errorf("%w: order %x is our own", ErrRequest, id)
	}
	for _, p := range b.peers {
		if e, ok := p.orders[id]; ok {
			return e, nil
		}
	}
	return Entry{}, fmt.Errorf("%w: %x", ErrUnknown, id)
}

package book

import (
	"context"
	"errors"
	"fmt"

	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/dlc/wire"
)

// Publish signs an order, puts it on disk and shows it to peers from now on. It
// fails as Draft.complete says, and with ErrLimit. An order that it replaces is
// cancelled first: at no moment may more be taken than the user wants.
func (b *Book) Publish(ctx context.Context, d Draft) (Entry, error) {
	q, err := b.complete(ctx, d)
	if err != nil {
		return Entry{}, err
	}
	if d.Replaces != [32]byte{} {
		if n, err := b.Cancel(ctx, [][32]byte{d.Replaces}, 0); err != nil {
			return Entry{}, err
		} else if n == 0 {
			return Entry{}, fmt.Errorf("%w: %x, which the new order was to replace", ErrUnknown, d.Replaces)
		}
	}
	return b.publish(order.Order{Quote: q})
}

// publish signs an order with the next nonce and stores it.
func (b *Book) publish(o order.Order) (Entry, error) {
	b.mu.Lock()
	full := len(b.own) >= MaxOwn
	b.mu.Unlock()
	if full {
		return Entry{}, fmt.Errorf("%w: %d own orders", ErrLimit, MaxOwn)
	}
	aux, err := b.random()
	if err != nil {
		return Entry{}, err
	}
	o.Nonce = b.nextNonce()
	signed, err := o.Sign(b.cfg.NodeKey, aux)
	if err != nil {
		return Entry{}, err
	}
	id, record := signed.ID(), signed.Encode()
	if err := b.cfg.Orders.PutOrder(id, record, signed.Nonce, signed.HMax); err != nil {
		return Entry{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.own[id], b.ids = &ownOrder{order: signed, record: record}, nil
	return Entry{ID: id, Maker: b.self, Own: true, Order: signed, Record: record, Remaining: signed.HMax}, nil
}

// cancelsPerRecord is how many ids one cancel holds within order.MaxRecord.
const cancelsPerRecord = 50

// Cancel withdraws own orders: those with the given ids, and all with a nonce
// below belowNonce (CancelAll takes them all). It returns how many that were.
// They are never filled from the moment it returns; peers are told, as far as
// they are connected.
func (b *Book) Cancel(ctx context.Context, ids [][32]byte, belowNonce uint64) (int, error) {
	n, err := b.cfg.Orders.CancelOrders(ids, belowNonce)
	if err != nil {
		return 0, err
	}
	b.mu.Lock()
	for id, o := range b.own {
		if o.order.Nonce < belowNonce {
			delete(b.own, id)
		}
	}
	for _, id := range ids {
		delete(b.own, id)
	}
	b.ids = nil
	b.mu.Unlock()
	if n == 0 {
		return 0, nil
	}
	return n, b.tellCancelled(ctx, ids, belowNonce)
}

// CancelAll withdraws all own orders.
func (b *Book) CancelAll(ctx context.Context) (int, error) { return b.Cancel(ctx, nil, b.nextNonce()) }

// tellCancelled sends order_cancel to all connected peers.
func (b *Book) tellCancelled(ctx context.Context, ids [][32]byte, belowNonce uint64) error {
	for first := true; first || len(ids) > 0; first = false {
		some := ids[:min(len(ids), cancelsPerRecord)]
		ids = ids[len(some):]
		aux, err := b.random()
		if err != nil {
			return err
		}
		c, err := order.Cancel{OrderIDs: some, BelowNonce: belowNonce, Nonce: b.nextNonce()}.Sign(b.cfg.NodeKey, aux)
		if err != nil {
			return err
		}
		message := (&wire.OrderCancel{Cancel: c.Encode()}).Encode()
		b.each(b.Connections(), func(peer [33]byte) {
			if err := b.send(ctx, peer, message); err != nil {
				b.cfg.Log.DebugContext(ctx, "cancel not sent", "peer", fmt.Sprintf("%x", peer), "err", err)
			}
		})
	}
	return nil
}

// entry returns an own live order, with what is left of it.
func (b *Book) entry(id [32]byte, o *ownOrder) (Entry, bool, error) {
	kept, err := b.cfg.Orders.Order(id)
	if errors.Is(err, store.ErrNotFound) {
		return Entry{}, false, nil
	}
	if err != nil {
		return Entry{}, false, err
	}
	live := !kept.Cancelled && kept.Remaining > 0 && o.order.Live(b.now()) == nil
	return Entry{ID: id, Maker: b.self, Own: true, Order: o.order, Record: o.record, Remaining: kept.Remaining}, live, nil
}

package book

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/dlc/wire"
)

func isTaken(err error) bool { return errors.Is(err, store.ErrImmutable) }

// Handles says whether messages of a type are for the book. A reject is, if
// what it refuses is one of these.
func Handles(t wire.Type) bool {
	switch t { //nolint:exhaustive // all others are not
	case wire.TypeOrdersRequest, wire.TypeOrders, wire.TypeOrderCancel, wire.TypeRFQ:
		return true
	}
	return false
}

// Message takes a peer's message of a type that the book Handles, or a reject of
// one, and answers it. It may wait for the peer's queue, and for the disk.
func (b *Book) Message(ctx context.Context, peer [33]byte, raw []byte) {
	if err := b.message(ctx, peer, raw); err != nil {
		log := b.cfg.Log.With("peer", fmt.Sprintf("%x", peer))
		log.DebugContext(ctx, "message about orders refused", "err", err)
		refusal, may := wire.Refusal(raw, err)
		if !may {
			return
		}
		nameRFQ(refusal, raw)
		if err := b.send(ctx, peer, refusal.Encode()); err != nil {
			log.DebugContext(ctx, "refusal not sent", "err", err)
		}
	}
}

// nameRFQ names the record that a reject refuses: unlike other ids it is not in
// the message as such. What came too often is not worth reading.
func nameRFQ(refusal *wire.Reject, raw []byte) {
	if refusal.Refused != wire.TypeRFQ || refusal.Code == wire.RejectRateLimited {
		return
	}
	m, err := wire.Decode(raw)
	if err != nil {
		return // it has no name
	}
	if ask, ok := m.(*wire.RFQ); ok {
		if r, err := order.DecodeRFQ(ask.Request); err == nil {
			refusal.ID = r.ID()
		}
	}
}

func (b *Book) message(ctx context.Context, peer [33]byte, raw []byte) error {
	decoded, err := wire.Decode(raw)
	if err != nil {
		return err
	}
	switch m := decoded.(type) {
	case *wire.OrdersRequest:
		return b.serveOrders(ctx, peer, m)
	case *wire.RFQ:
		return b.serveRFQ(ctx, peer, m)
	case *wire.Orders:
		b.resolve(peer, m.RequestID, answer{orders: m})
		return nil
	case *wire.Reject:
		b.refused(peer, m)
		return nil
	case *wire.OrderCancel:
		b.cancelled(ctx, peer, m)
		return nil
	case *wire.Accept, *wire.CloseAccept, *wire.CloseComplete, *wire.CloseOffer, *wire.Evidence, *wire.Funded, *wire.Hello,
		*wire.Offer, *wire.Ping, *wire.Pong, *wire.Record, *wire.Recover, *wire.Resume, *wire.SegmentChunk, *wire.SegmentStart,
		*wire.Sign, *wire.Unknown:
	}
	return reject(wire.RejectUnsupported, "type", "not a message about orders")
}

func reject(code wire.RejectCode, field, format string, args ...any) error {
	return &wire.RejectError{Code: code, Field: field, Err: fmt.Errorf(format, args...)}
}

// refusedBy is the error of whoever waited for an answer. The detail is foreign
// text.
func refusedBy(m *wire.Reject) error {
	if len(m.Detail) == 0 {
		return fmt.Errorf("%w: %s", ErrDeclined, m.Code)
	}
	return fmt.Errorf("%w: %s: %q", ErrDeclined, m.Code, m.Detail)
}

// allow counts a request of the peer.
func (b *Book) allow(peer [33]byte) error {
	if !b.rate.Allow(peer, time.Now()) {
		return reject(wire.RejectRateLimited, "rate", "more than %d requests a minute", RatePerMinute)
	}
	return nil
}

// serveOrders answers with the own live orders that the peer may take.
func (b *Book) serveOrders(ctx context.Context, peer [33]byte, m *wire.OrdersRequest) error {
	if err := b.allow(peer); err != nil {
		return err
	}
	out, err := b.page(peer, m)
	if err != nil {
		return err
	}
	return b.send(ctx, peer, out.Encode())
}

// Sizes of an orders message: type, request id, the longest count; and for each
// order the longest length before it and its remaining size after it.
const (
	ordersHead = 2 + 32 + 3 + 1 + 3 + 3
	orderExtra = 3 + 4
)

// page collects the orders of one answer: ids ascending above After, at most
// Limit and one frame.
func (b *Book) page(peer [33]byte, m *wire.OrdersRequest) (*wire.Orders, error) {
	out := &wire.Orders{RequestID: m.RequestID, Remaining: []uint32{}}
	room, limit := wire.MaxFrame-ordersHead, min(int(m.Limit), wire.MaxOrders)
	for _, o := range b.openTo(peer, m) {
		if len(out.Orders) >= limit || len(o.record)+orderExtra > room {
			break
		}
		kept, err := b.cfg.Orders.Order(o.order.ID())
		switch {
		case errors.Is(err, store.ErrNotFound):
			continue
		case err != nil:
			return nil, err
		case kept.Cancelled || kept.Remaining == 0:
			continue
		}
		room -= len(o.record) + orderExtra
		out.Orders = append(out.Orders, o.record)
		out.Remaining = append(out.Remaining, kept.Remaining)
	}
	return out, nil
}

// openTo returns the own orders in memory that fit a request, by id.
func (b *Book) openTo(peer [33]byte, m *wire.OrdersRequest) []*ownOrder {
	now := b.now()
	b.mu.Lock()
	defer b.mu.Unlock()
	ids := b.sortedIDs()
	first, _ := slices.BinarySearchFunc(ids, m.After, compareIDs)
	var out []*ownOrder
	for _, id := range ids[first:] {
		o := b.own[id]
		q := &o.order.Quote
		switch {
		case id == m.After && m.After != [32]byte{}, q.Live(now) != nil:
		case q.TakerPK != [32]byte{} && q.TakerPK != xOf(peer):
		case m.Product != 0 && m.Product != q.Product, m.Side != order.AnySide && m.Side != q.Side:
		case m.Index != "" && m.Index != q.Index:
		default:
			out = append(out, o)
		}
	}
	return out
}

// cancelled withdraws a peer's orders. It is never answered, and ignored unless
// the peer signed it.
func (b *Book) cancelled(ctx context.Context, peer [33]byte, m *wire.OrderCancel) {
	c, err := order.DecodeCancel(m.Cancel)
	if err == nil && c.MakerPK != xOf(peer) {
		err = fmt.Errorf("%w: cancel of another node's orders", order.ErrMalformed)
	}
	if err == nil {
		err = c.Verify()
	}
	if err != nil {
		b.cfg.Log.DebugContext(ctx, "cancel ignored", "peer", fmt.Sprintf("%x", peer), "err", err)
		return
	}
	b.forget(peer, func(e Entry) bool { return c.Kills(e.Order) })
}

// verify reads a peer's order and fails unless it could be taken by this node
// now.
func (b *Book) verify(peer [33]byte, record []byte, now uint64) (Entry, error) {
	o, err := order.DecodeOrder(record)
	if err != nil {
		return Entry{}, err
	}
	switch {
	case o.MakerPK != xOf(peer):
		return Entry{}, fmt.Errorf("%w: order of another node", order.ErrMalformed)
	case o.TakerPK != [32]byte{} && o.TakerPK != b.pubkey:
		return Entry{}, fmt.Errorf("%w: order for another node", order.ErrMalformed)
	}
	if err := o.Live(now); err != nil {
		return Entry{}, err
	}
	if err := b.checkExpiry(&o.Quote); err != nil {
		return Entry{}, err
	}
	if err := o.Verify(); err != nil {
		return Entry{}, err
	}
	return Entry{ID: o.ID(), Maker: peer, Order: o, Record: bytes.Clone(record), Remaining: o.HMax}, nil
}

// checkExpiry holds a record against the maturity of its first day.
func (b *Book) checkExpiry(q *order.Quote) error {
	index, _, err := splitIndex(q.Index)
	if err != nil {
		return err
	}
	maturity, err := b.cfg.Index.Maturity(index, q.StartDay)
	if err != nil {
		return reject(wire.RejectUnsupported, "index", "index %q: %w", index, err)
	}
	return q.CheckExpiry(uint64(maturity))
}

// priceOf is the rate of a swap, else the premium.
func priceOf(q *order.Quote) int64 {
	if isSwap(q.Product) {
		return int64(q.K) //nolint:gosec // below 2^32, as every price of a day
	}
	return q.Premium
}

func isSwap(i payout.Instrument) bool { return i == payout.SwapM || i == payout.SwapP }

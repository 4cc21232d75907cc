package book

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/wire"
)

// pending is a question to a peer that waits for its answer.
type pending struct {
	peer [33]byte
	kind wire.Type
	ch   chan answer
}

type answer struct {
	orders *wire.Orders
	err    error
}

// answer hands over the first answer and ignores others.
func (p *pending) answer(a answer) {
	select {
	case p.ch <- a:
	default:
	}
}

// resolve hands an answer to whoever asked this peer; what nobody asked for is
// ignored.
func (b *Book) resolve(peer [33]byte, id [32]byte, a answer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p := b.pending[id]; p != nil && p.peer == peer {
		p.answer(a)
	}
}

// refused ends the question that a reject names. One that names none is of a
// peer that did not read so far: it refuses what it was asked of that type.
func (b *Book) refused(peer [33]byte, m *wire.Reject) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for id, p := range b.pending {
		if p.peer == peer && p.kind == m.Refused && (id == m.ID || m.ID == [32]byte{}) {
			p.answer(answer{err: refusedBy(m)})
		}
	}
}

// question sends a message and waits for the answer that names id. It fails
// with ErrNotConnected, ErrDeclined or ErrNoAnswer, or as ctx does.
func (b *Book) question(ctx context.Context, peer [33]byte, id [32]byte, m wire.Message, wait time.Duration) (*wire.Orders, error) {
	p := &pending{peer: peer, kind: m.Type(), ch: make(chan answer, 1)}
	b.mu.Lock()
	_, twice := b.pending[id]
	connected := b.peers[peer] != nil
	if connected && !twice {
		b.pending[id] = p
	}
	b.mu.Unlock()
	switch {
	case !connected:
		return nil, ErrNotConnected
	case twice:
		return nil, fmt.Errorf("%w: the same question is under way", ErrRequest)
	}
	defer func() {
		b.mu.Lock()
		delete(b.pending, id)
		b.mu.Unlock()
	}()
	if err := b.send(ctx, peer, m.Encode()); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotConnected, err)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case a := <-p.ch:
		return a.orders, a.err
	case <-timer.C:
		return nil, fmt.Errorf("%w within %s", ErrNoAnswer, wait)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// maxPages is how many times a peer is asked in one refresh; so many orders of
// usual length are more than are kept.
const maxPages = 16

// Refresh asks a peer for all its orders, keeps those that could be taken now,
// and forgets what it does not offer any more. It returns how many are kept.
func (b *Book) Refresh(ctx context.Context, peer [33]byte) (int, error) {
	offered, before := make(map[[32]byte]bool), b.offeredBy(peer)
	var after [32]byte
	for range maxPages {
		page, last, err := b.refreshPage(ctx, peer, after)
		if err != nil {
			return 0, err
		}
		for id := range page {
			offered[id] = true
		}
		if last == after {
			break
		}
		after = last
	}
	n := 0
	b.forget(peer, func(e Entry) bool {
		gone := before[e.ID] && !offered[e.ID] // what came meanwhile stays
		if !gone {
			n++
		}
		return gone
	})
	return n, nil
}

// offeredBy returns the ids that are kept of a peer.
func (b *Book) offeredBy(peer [33]byte) map[[32]byte]bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	ids := make(map[[32]byte]bool)
	if p := b.peers[peer]; p != nil {
		for id := range p.orders {
			ids[id] = true
		}
	}
	return ids
}

// refreshPage asks for the orders above an id. It returns what was offered, and
// the last id, or after if there are no more.
func (b *Book) refreshPage(ctx context.Context, peer [33]byte, after [32]byte) (offered map[[32]byte]bool, last [32]byte, err error) {
	id, err := b.random()
	if err != nil {
		return nil, after, err
	}
	request := &wire.OrdersRequest{RequestID: id, Limit: wire.MaxOrders, After: after}
	got, err := b.question(ctx, peer, id, request, b.cfg.Timing.Answer)
	if err != nil {
		return nil, after, err
	}
	now := b.now()
	offered, last = make(map[[32]byte]bool, len(got.Orders)), after
	for i, record := range got.Orders {
		e, err := b.verify(peer, record, now)
		// A peer may have orders for indices that this node does not know, and
		// some that expire on their way; one that lies is left with the rest.
		if errors.Is(err, order.ErrMalformed) || errors.Is(err, order.ErrTooLong) {
			return nil, after, err
		}
		at := e.ID
		if err != nil {
			if o, err := order.DecodeOrder(record); err == nil {
				at = o.ID()
			}
		}
		if compareIDs(at, last) <= 0 {
			return nil, after, fmt.Errorf("%w: orders do not ascend", order.ErrMalformed)
		}
		last = at
		if err != nil {
			continue
		}
		if got.Remaining != nil {
			e.Remaining = min(got.Remaining[i], e.Order.HMax)
		}
		if e.Remaining == 0 {
			continue
		}
		b.mu.Lock()
		if b.keep(e) {
			offered[e.ID] = true
		}
		b.mu.Unlock()
	}
	return offered, last, nil
}

// RefreshAll asks all connected peers at once. Errors are by peer; those that
// answered are not among them.
func (b *Book) RefreshAll(ctx context.Context) map[[33]byte]error {
	var mu sync.Mutex
	failed := make(map[[33]byte]error)
	b.each(b.Connections(), func(peer [33]byte) {
		if _, err := b.Refresh(ctx, peer); err != nil {
			mu.Lock()
			defer mu.Unlock()
			failed[peer] = err
		}
	})
	return failed
}

// each calls f for every peer, a few at a time, and returns when all have
// ended.
func (b *Book) each(peers [][33]byte, f func(peer [33]byte)) {
	var group sync.WaitGroup
	slots := make(chan struct{}, askers)
	for _, peer := range peers {
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			f(peer)
		})
	}
	group.Wait()
}

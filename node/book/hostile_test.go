package book_test

import (
	"encoding/hex"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node/book"
)

func idOf(t require.TestingT, record []byte) [32]byte {
	o, err := order.DecodeOrder(record)
	require.NoError(t, err)
	return o.ID()
}

func hexOf(id [32]byte) string { return hex.EncodeToString(id[:]) }

// heard collects the codes of the rejects that reach a node.
func heard(w *world, at *node) *[]wire.RejectCode {
	var codes []wire.RejectCode
	w.net.tap = func(_, to [33]byte, message []byte) bool {
		if m, err := wire.Decode(message); err == nil && to == at.key {
			if r, ok := m.(*wire.Reject); ok {
				w.net.mu.Lock()
				codes = append(codes, r.Code)
				w.net.mu.Unlock()
			}
		}
		return true
	}
	return &codes
}

func TestThirtyRequestsAMinuteAndNoMore(t *testing.T) {
	w := newWorld(t)
	maker, taker, honest := w.node("maker"), w.node("taker"), w.node("honest")
	w.connect(maker, taker)
	w.connect(maker, honest)
	maker.publish(t, swap(order.Sell, 51_000, 500))
	codes := heard(w, taker)
	for i := range book.RatePerMinute + 5 {
		if i%2 == 0 {
			taker.say(t, maker, &wire.OrdersRequest{RequestID: [32]byte{byte(i)}, Limit: 10})
		} else {
			taker.say(t, maker, &wire.RFQ{Request: []byte("{}")})
		}
	}
	limited := 0
	for _, c := range *codes {
		if c == wire.RejectRateLimited {
			limited++
		}
	}
	require.Equal(t, 5, limited)
	require.Equal(t, 1, honest.refresh(t, maker), "others are not limited by it")
}

// liar answers every orders_request of a node with what it is told.
func liar(w *world, at, victim *node, answer func(m *wire.OrdersRequest) *wire.Orders) {
	w.net.tap = func(_, to [33]byte, message []byte) bool {
		m, err := wire.Decode(message)
		if err != nil || to != at.key {
			return true
		}
		if request, ok := m.(*wire.OrdersRequest); ok {
			victim.book.Message(w.t.Context(), at.key, answer(request).Encode())
			return false
		}
		return true
	}
}

func TestOrdersThatAPeerDidNotSignOrMayNotShowAreNotKept(t *testing.T) {
	w := newWorld(t)
	victim, evil, maker := w.node("victim"), w.node("evil"), w.node("maker")
	w.connect(victim, evil)
	good := evil.publish(t, swap(order.Sell, 51_000, 500))
	foreign := maker.publish(t, swap(order.Sell, 51_000, 500))
	d := swap(order.Sell, 51_000, 500)
	d.Taker = [32]byte(maker.key[1:])
	private := evil.publish(t, d)
	forged := append([]byte(nil), good.Record...)
	forged[len(forged)-60] ^= 1 // a hexadecimal digit of the signature
	if forged[len(forged)-60] == 'g' || forged[len(forged)-60] == '`' {
		forged[len(forged)-60] = 'b'
	}
	for name, records := range map[string][][]byte{
		"of another maker": {foreign.Record}, "for another taker": {private.Record}, "forged": {forged},
		"no order": {[]byte("{}")}, "the same twice": {good.Record, good.Record},
	} {
		liar(w, evil, victim, func(m *wire.OrdersRequest) *wire.Orders {
			return &wire.Orders{RequestID: m.RequestID, Orders: records}
		})
		_, err := victim.book.Refresh(t.Context(), evil.key)
		require.ErrorIs(t, err, order.ErrMalformed, name)
	}
	// More than there is, and what nobody asked for.
	liar(w, evil, victim, func(m *wire.OrdersRequest) *wire.Orders {
		if m.After != [32]byte{} {
			return &wire.Orders{RequestID: m.RequestID}
		}
		return &wire.Orders{RequestID: m.RequestID, Orders: [][]byte{good.Record}, Remaining: []uint32{1 << 31}}
	})
	require.Equal(t, 1, victim.refresh(t, evil))
	require.EqualValues(t, 500, victim.others(t, book.Filter{})[0].Remaining)
	victim.book.Message(t.Context(), evil.key, (&wire.Orders{RequestID: [32]byte{7}, Orders: [][]byte{private.Record}}).Encode())
	require.Len(t, victim.others(t, book.Filter{}), 1)

	// A cancel by someone else changes nothing.
	c, err := order.Cancel{OrderIDs: [][32]byte{good.ID}, Nonce: 1}.Sign(maker.secret, [32]byte{})
	require.NoError(t, err)
	for _, from := range []*node{maker, evil} {
		victim.book.Message(t.Context(), from.key, (&wire.OrderCancel{Cancel: c.Encode()}).Encode())
	}
	victim.book.Message(t.Context(), evil.key, (&wire.OrderCancel{Cancel: []byte("{}")}).Encode())
	require.Len(t, victim.others(t, book.Filter{}), 1)
}

func TestAPeerThatNeverEndsIsCutOff(t *testing.T) {
	w := newWorld(t)
	victim, evil := w.node("victim"), w.node("evil")
	w.connect(victim, evil)
	// Endless pages of ever new orders, each signed for the occasion.
	base := evil.publish(t, swap(order.Sell, 51_000, 500)).Order
	asked := atomic.Int32{}
	liar(w, evil, victim, func(m *wire.OrdersRequest) *wire.Orders {
		n := uint64(asked.Add(1)) //nolint:gosec // a count
		out := &wire.Orders{RequestID: m.RequestID}
		for i := uint64(0); len(out.Orders) == 0; i++ {
			o := *base
			o.Nonce = n<<32 + i
			signed, err := o.Sign(evil.secret, [32]byte{})
			require.NoError(t, err)
			// Half of what is left above After, so that there is always more.
			if id := signed.ID(); id[0] > m.After[0] || (id[0] == m.After[0] && id[1] > m.After[1]) {
				if uint32(id[0])-uint32(m.After[0]) < 24 {
					out.Orders = append(out.Orders, signed.Encode())
				}
			}
		}
		return out
	})
	_, err := victim.book.Refresh(t.Context(), evil.key)
	require.NoError(t, err)
	require.LessOrEqual(t, asked.Load(), int32(16))
	require.LessOrEqual(t, len(victim.others(t, book.Filter{})), book.MaxPerPeer)
}

func TestSilenceAndRejectsEndARequest(t *testing.T) {
	w := newWorld(t)
	quick := func(c *book.Config) { c.Timing.Answer = 20 * time.Millisecond }
	taker, maker := w.node("taker", quick), w.node("maker")
	w.connect(taker, maker)
	w.net.tap = func(_, to [33]byte, _ []byte) bool { return to != maker.key }
	_, err := taker.book.Refresh(t.Context(), maker.key)
	require.ErrorIs(t, err, book.ErrNoAnswer)
	w.net.tap = func(_, to [33]byte, message []byte) bool {
		m, err := wire.Decode(message)
		if request, ok := m.(*wire.OrdersRequest); err == nil && ok && to == maker.key {
			reject := &wire.Reject{ID: request.RequestID, Refused: wire.TypeOrdersRequest, Code: wire.RejectRateLimited, Detail: []byte("\x1b[2J")}
			taker.book.Message(t.Context(), maker.key, reject.Encode())
			return false
		}
		return true
	}
	_, err = taker.book.Refresh(t.Context(), maker.key)
	require.ErrorIs(t, err, book.ErrDeclined)
	require.NotContains(t, err.Error(), "\x1b")
	require.Len(t, taker.book.RefreshAll(t.Context()), 1)
	_, err = taker.book.Refresh(t.Context(), [33]byte{2})
	require.ErrorIs(t, err, book.ErrNotConnected)

	// A disconnect ends the waiting at once.
	slow := w.node("slow", func(c *book.Config) { c.Timing.Answer = time.Hour })
	w.connect(slow, maker)
	w.net.tap = func(_, to [33]byte, _ []byte) bool {
		if to == maker.key {
			slow.book.Disconnected(maker.key)
			return false
		}
		return true
	}
	_, err = slow.book.Refresh(t.Context(), maker.key)
	require.ErrorIs(t, err, book.ErrNotConnected)
}

func FuzzMessagesNeverPanic(f *testing.F) {
	maker := [33]byte{2}
	for _, m := range []wire.Message{
		&wire.OrdersRequest{Limit: 3}, &wire.Orders{Orders: [][]byte{[]byte("{}")}}, &wire.RFQ{Request: []byte("{}")},
		&wire.OrderCancel{Cancel: []byte("{}")}, &wire.Reject{Refused: wire.TypeRFQ, Code: 11},
	} {
		f.Add(m.Encode())
	}
	var n *node
	f.Fuzz(func(t *testing.T, raw []byte) {
		if n == nil {
			w := newWorld(t)
			n = &node{}
			cfg := w.config(testNodeKey(), noOrders{})
			cfg.Peers = nowhere{}
			var err error
			n.book, err = book.New(cfg)
			require.NoError(t, err)
			n.book.Connected(maker)
		}
		n.book.Message(t.Context(), maker, raw)
		page, _, err := n.book.List(book.Filter{})
		require.NoError(t, err)
		require.Empty(t, page, "nobody can sign for this peer")
	})
}

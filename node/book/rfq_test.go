package book_test

import (
	"bytes"
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/internal/testkit"
	"github.com/alkimiya/alkimiya/node/book"
	"github.com/alkimiya/alkimiya/node/policy"
)

func testNodeKey() *btcec.PrivateKey { return testkit.Key("node fuzz") }

// noOrders is an empty store; nowhere swallows messages.
type noOrders struct{}

func (noOrders) PutOrder([32]byte, []byte, uint64, uint32) error { return errors.New("full") }
func (noOrders) Order([32]byte) (store.Order, error)             { return store.Order{}, store.ErrNotFound }
func (noOrders) Orders(func(store.Order) error) error            { return nil }
func (noOrders) CancelOrders([][32]byte, uint64) (int, error)    { return 0, nil }
func (noOrders) DropOrder([32]byte) error                        { return nil }

type nowhere struct{}

func (nowhere) Send(context.Context, [33]byte, []byte) error { return nil }

// both asks for two prices of a margin swap.
func both() book.Question {
	d := swap(order.Both, 0, 500)
	return book.Question{Draft: d}
}

func marketMaker(c *book.Config) {
	c.Policy.Quotes = policy.Quotes{Rules: []policy.QuoteRule{{Side: "both", SpreadPermille: 10, Seconds: 30, MaxSize: 5_000}}}
}

func TestARuleAnswersAroundTheReference(t *testing.T) {
	w := newWorld(t)
	taker, maker, silent := w.node("taker"), w.node("maker", marketMaker), w.node("silent", func(c *book.Config) {
		c.Policy.Quotes = policy.Quotes{}
	})
	w.connect(taker, maker)
	w.connect(taker, silent)
	got, err := taker.book.AskQuotes(t.Context(), both())
	require.NoError(t, err)
	require.Len(t, got, 2)
	for _, q := range got {
		if q.Peer == silent.key {
			require.ErrorIs(t, q.Err, book.ErrDeclined)
			continue
		}
		require.NoError(t, q.Err)
		require.Len(t, q.Entries, 2)
		bid, ask := q.Entries[0], q.Entries[1]
		require.Equal(t, order.Buy, bid.Order.Side)
		require.InDelta(t, 50_160*0.99, float64(bid.Price()), 12)
		require.InDelta(t, 50_160*1.01, float64(ask.Price()), 12)
		require.True(t, ask.Private())
		require.Equal(t, w.clock.unix()+30, ask.Order.Expiry)
		taken, err := taker.book.Take(t.Context(), book.TakeRequest{Order: ask.ID})
		require.NoError(t, err)
		require.NoError(t, maker.accept(1, ask.ID, taken.ID, 500), "it was on disk before it was shown")
	}
	taker.refresh(t, maker)
	require.Len(t, taker.others(t, book.Filter{}), 1, "a refresh keeps the answer that is still open")

	for _, c := range []struct {
		product payout.Instrument
		change  func(*book.Draft)
	}{
		{payout.Call, func(d *book.Draft) { d.K = 52_000 }}, {payout.Put, func(d *book.Draft) { d.K = 52_000 }},
		{payout.Conv, func(d *book.Draft) { d.K, d.FV = 52_000, 2_000_000 }},
		{payout.Collar, func(d *book.Draft) { d.K, d.KC = 48_000, 52_000 }}, {payout.SwapP, func(*book.Draft) {}},
	} {
		q := both()
		q.Peers, q.Draft.Product, q.Draft.Side = [][33]byte{maker.key}, c.product, order.Buy
		c.change(&q.Draft)
		got, err := taker.book.AskQuotes(t.Context(), q)
		require.NoError(t, err, c.product)
		require.NoError(t, got[0].Err, c.product)
		require.Equal(t, order.Sell, got[0].Entries[0].Order.Side)
		require.NotZero(t, got[0].Entries[0].Price(), c.product)
	}
	q := both()
	q.Draft.HMax = 5_100
	got, err = taker.book.AskQuotes(t.Context(), q)
	require.NoError(t, err)
	require.ErrorIs(t, got[0].Err, book.ErrDeclined)
	require.ErrorIs(t, got[1].Err, book.ErrDeclined)
}

func TestTheSameRequestGetsTheSameAnswer(t *testing.T) {
	w := newWorld(t)
	taker, maker := w.node("taker"), w.node("maker", marketMaker)
	w.connect(taker, maker)
	var request []byte
	var answers [][]byte
	w.net.tap = func(_, _ [33]byte, message []byte) bool {
		w.net.mu.Lock()
		defer w.net.mu.Unlock()
		m, err := wire.Decode(message)
		if err != nil {
			return true
		}
		if m.Type() == wire.TypeRFQ {
			request = bytes.Clone(message)
		}
		if m.Type() == wire.TypeOrders {
			answers = append(answers, bytes.Clone(message))
		}
		return true
	}
	_, err := taker.book.AskQuotes(t.Context(), both())
	require.NoError(t, err)
	maker.book.Message(t.Context(), taker.key, request)
	require.Len(t, answers, 2)
	require.Equal(t, answers[0], answers[1])
	count := 0
	require.NoError(t, maker.store.Orders(func(store.Order) error { count++; return nil }))
	require.Equal(t, 2, count)
}

func TestAStrangerCannotFillTheBookWithRequests(t *testing.T) {
	w := newWorld(t)
	taker, maker := w.node("taker"), w.node("maker", marketMaker)
	w.connect(taker, maker)
	limited := 0
	for range 20 {
		got, err := taker.book.AskQuotes(t.Context(), both())
		require.NoError(t, err)
		if got[0].Err != nil {
			require.ErrorIs(t, got[0].Err, book.ErrDeclined)
			limited++
		}
	}
	require.Equal(t, 4, limited, "16 requests for two prices are all that may be open")
	w.clock.pass(31 * time.Second)
	got, err := taker.book.AskQuotes(t.Context(), both())
	require.NoError(t, err)
	require.NoError(t, got[0].Err, "the first ones have expired")
}

func TestTheUserAnswersWhileTheAskerWaits(t *testing.T) {
	w := newWorld(t)
	taker, maker := w.node("taker"), w.node("maker") // the default policy asks the user
	w.connect(taker, maker)
	ask := func(side order.Side) <-chan book.Quoted {
		out := make(chan book.Quoted, 1)
		q := both()
		q.Draft.Side, q.Wait = side, time.Minute
		go func() {
			got, err := taker.book.AskQuotes(t.Context(), q)
			if err != nil {
				got = []book.Quoted{{Err: err}}
			}
			out <- got[0]
		}()
		return out
	}
	waiting := func() book.Waiting {
		require.Eventually(t, func() bool { return len(maker.book.Requests()) == 1 }, eventually, tick)
		return maker.book.Requests()[0]
	}
	price := func(p int64) *int64 { return &p }

	answer := ask(order.Buy)
	request := waiting()
	require.Equal(t, taker.key, request.Peer)
	for _, bad := range []book.Answer{
		{Seconds: 30}, {Bid: price(50_000), Seconds: 30}, {Bid: price(50_000), Ask: price(50_000), Seconds: 30},
		{Ask: price(50_000), Seconds: 4}, {Ask: price(99_000), Seconds: 30},
	} {
		require.ErrorIs(t, maker.book.AnswerRequest(t.Context(), request.ID, bad), book.ErrRequest)
	}
	require.NoError(t, maker.book.AnswerRequest(t.Context(), request.ID, book.Answer{Ask: price(50_777), Seconds: 60}))
	got := <-answer
	require.NoError(t, got.Err)
	require.EqualValues(t, 50_777, got.Entries[0].Price())
	require.ErrorIs(t, maker.book.AnswerRequest(t.Context(), request.ID, book.Answer{Ask: price(1), Seconds: 60}), book.ErrUnknown)

	answer = ask(order.Both)
	request = waiting()
	require.NoError(t, maker.book.DeclineRequest(t.Context(), request.ID))
	require.ErrorIs(t, (<-answer).Err, book.ErrDeclined)
	require.ErrorIs(t, maker.book.DeclineRequest(t.Context(), request.ID), book.ErrUnknown)

	answer = ask(order.Sell)
	waiting()
	maker.book.Disconnected(taker.key)
	require.Empty(t, maker.book.Requests())
	taker.book.Disconnected(maker.key)
	require.ErrorIs(t, (<-answer).Err, book.ErrNotConnected)
}

func TestOnlySoManyRequestsWaitForTheUser(t *testing.T) {
	w := newWorld(t)
	taker, maker := w.node("taker"), w.node("maker")
	w.connect(taker, maker)
	e := maker.publish(t, swap(order.Sell, 51_000, 500))
	codes := heard(w, taker)
	for i := range book.MaxWaiting + 2 {
		r := order.RFQ{Quote: e.Order.Quote}
		r.HMin, r.K, r.Nonce = r.HMax, 0, uint64(i)
		signed, err := r.Sign(taker.secret, [32]byte{})
		require.NoError(t, err)
		taker.say(t, maker, &wire.RFQ{Request: signed.Encode()})
		taker.say(t, maker, &wire.RFQ{Request: signed.Encode()})
	}
	require.Len(t, maker.book.Requests(), book.MaxWaiting)
	for _, c := range *codes {
		require.Equal(t, wire.RejectLimit, c)
	}
	require.Len(t, *codes, 4)
	w.clock.pass(6 * time.Minute)
	require.Empty(t, maker.book.Requests(), "they lapse")
}

func TestRequestsThatCannotBeAnsweredAreRefusedWithTheirReason(t *testing.T) {
	w := newWorld(t)
	taker, maker, other := w.node("taker"), w.node("maker"), w.node("other")
	w.connect(taker, maker)
	base := maker.publish(t, swap(order.Sell, 51_000, 500)).Order.Quote
	base.HMin, base.K = base.HMax, 0
	for name, c := range map[string]struct {
		change func(*order.RFQ)
		signer *node
		want   wire.RejectCode
	}{
		"expired":        {func(r *order.RFQ) { r.Expiry = 1 }, taker, wire.RejectExpired},
		"too long":       {func(r *order.RFQ) { r.Expiry += 86_400 * 3 }, taker, wire.RejectMalformed},
		"unknown index":  {func(r *order.RFQ) { r.Index = "hp9/tot" }, taker, wire.RejectUnsupported},
		"strange oracle": {func(r *order.RFQ) { r.Oracles, r.Threshold = [][32]byte{base.MakerPK}, 1 }, taker, wire.RejectOracleDeclined},
		"to another":     {func(r *order.RFQ) { r.TakerPK = [32]byte(other.key[1:]) }, taker, wire.RejectMalformed},
		"of another":     {func(*order.RFQ) {}, other, wire.RejectMalformed},
		"bad signature":  {nil, taker, wire.RejectMalformed},
	} {
		r := order.RFQ{Quote: base}
		if c.change != nil {
			c.change(&r)
		}
		signed, err := r.Sign(c.signer.secret, [32]byte{})
		require.NoError(t, err, name)
		if c.change == nil {
			signed.Sig[40] ^= 1
		}
		codes := heard(w, taker)
		taker.say(t, maker, &wire.RFQ{Request: signed.Encode()})
		require.Equal(t, []wire.RejectCode{c.want}, *codes, name)
	}
}

func TestAnswersWithOtherTermsAreNotTaken(t *testing.T) {
	w := newWorld(t)
	taker, evil := w.node("taker"), w.node("evil")
	w.connect(taker, evil)
	mode := atomic.Int32{}
	w.net.tap = func(_, to [33]byte, message []byte) bool {
		m, err := wire.Decode(message)
		ask, ok := m.(*wire.RFQ)
		if err != nil || !ok || to != evil.key {
			return true
		}
		r, err := order.DecodeRFQ(ask.Request)
		require.NoError(t, err)
		o := r.Answer(order.Sell, 50_000)
		o.Expiry, o.Nonce = r.Expiry, 1
		switch mode.Load() {
		case 0:
			o.Cap += 1_000
		case 1:
			o.HMax += 100
		case 2:
			o.Side = order.Buy
		}
		signed, err := o.Sign(evil.secret, [32]byte{})
		require.NoError(t, err)
		out := &wire.Orders{RequestID: r.ID(), Orders: [][]byte{signed.Encode()}}
		if mode.Load() == 3 {
			out.Orders = append(out.Orders, out.Orders[0])
		}
		taker.book.Message(t.Context(), evil.key, out.Encode())
		return false
	}
	q := both()
	q.Draft.Side = order.Buy
	for i := range int32(4) {
		mode.Store(i)
		got, err := taker.book.AskQuotes(t.Context(), q)
		require.NoError(t, err)
		require.ErrorIs(t, got[0].Err, order.ErrQuoteMismatch)
		require.Empty(t, got[0].Entries)
	}
	require.Empty(t, taker.others(t, book.Filter{}))
	_, err := taker.book.AskQuotes(t.Context(), book.Question{Draft: q.Draft, Wait: time.Hour})
	require.ErrorIs(t, err, book.ErrRequest)
	taker.book.Disconnected(evil.key)
	_, err = taker.book.AskQuotes(t.Context(), q)
	require.ErrorIs(t, err, book.ErrNotConnected)
}

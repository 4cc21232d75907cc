package book_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node/book"
	"github.com/alkimiya/alkimiya/node/policy"
)

func TestADraftIsCompletedFromIndexPolicyAndStandardSeries(t *testing.T) {
	w := newWorld(t)
	maker := w.node("maker")
	e := maker.publish(t, swap(order.Sell, 51_000, 5_000))
	q := e.Order.Quote
	require.Equal(t, "hp1/tot", q.Index)
	require.EqualValues(t, lastDay+1, q.StartDay)
	require.EqualValues(t, order.Lot, q.HMin)
	// 35 % around the mean of 50,000, in thousands outwards.
	require.EqualValues(t, 32_000, q.Floor)
	require.EqualValues(t, 68_000, q.Cap)
	require.Equal(t, [][32]byte(w.keys), q.Oracles)
	require.EqualValues(t, 2, q.Threshold)
	require.EqualValues(t, 10, q.QuantJ, "36,000 x 30 in at most 1,400 buckets")
	require.Equal(t, w.clock.unix()+86_400, q.Expiry)
	require.NoError(t, e.Order.Verify())

	d := swap(order.Buy, 49_000, 200)
	d.Expiry = w.clock.unix() + 40*86_400
	require.EqualValues(t, (lastDay+2)*86_400+43_200, maker.publish(t, d).Order.Expiry, "not beyond the first day's maturity")

	d.Expiry, d.Holds = 0, time.Hour
	require.Equal(t, w.clock.unix()+3_600, maker.publish(t, d).Order.Expiry)

	fee := book.Draft{Side: order.Buy, Product: payout.SwapM, Index: "hp1/fee", Days: 30, HMax: 50_000, K: 250}
	e = maker.publish(t, fee)
	require.Equal(t, []uint64{200, 400}, []uint64{e.Order.Floor, e.Order.Cap}, "the band of the fee leg that holds the strike")
	put := book.Draft{Side: order.Sell, Product: payout.Put, Days: 30, HMax: 5_000, K: 52_000, Premium: 80_000}
	e = maker.publish(t, put)
	require.Equal(t, []uint64{32_000, 0}, []uint64{e.Order.Floor, e.Order.Cap})
}

func TestADraftMakesTermsOfAnOfferOnTheOwnSide(t *testing.T) {
	w := newWorld(t)
	n := w.node("maker")
	for side, want := range map[order.Side]payout.Side{order.Buy: payout.Long, order.Sell: payout.Short} {
		terms, err := n.book.Terms(t.Context(), swap(side, 51_000, 5_001))
		require.NoError(t, err)
		require.Equal(t, want, terms.Offerer)
		require.EqualValues(t, 5_001, terms.Notional, "any size")
		require.EqualValues(t, daily*30, terms.Base)
		require.NoError(t, terms.Validate())
		worth, err := n.book.Worth(t.Context(), terms)
		require.NoError(t, err)
		require.InDelta(t, 50_160, worth.Fair, 20)
		require.InDelta(t, 51_000, worth.Price, 0)
		require.Less(t, *worth.Growth, 0.0)
	}
	_, err := n.book.Terms(t.Context(), swap(order.Both, 51_000, 5_001))
	require.ErrorIs(t, err, book.ErrRequest)
	late := swap(order.Buy, 51_000, 500)
	late.StartDay = lastDay - 3
	_, err = n.book.Terms(t.Context(), late)
	require.ErrorIs(t, err, book.ErrRequest)
}

func TestDraftsThatNobodyCouldTakeAreRefused(t *testing.T) {
	w := newWorld(t)
	maker := w.node("maker", func(c *book.Config) { c.Policy.Limits.LockPerContract = 50_000_000 })
	floor := func(v uint64) *uint64 { return &v }
	for name, c := range map[string]struct {
		change func(*book.Draft)
		want   error
	}{
		"no side":          {func(d *book.Draft) { d.Side = order.Both }, book.ErrRequest},
		"no product":       {func(d *book.Draft) { d.Product = 0 }, nil},
		"no size":          {func(d *book.Draft) { d.HMax = 0 }, book.ErrRequest},
		"no lot":           {func(d *book.Draft) { d.HMax = 150 }, order.ErrMalformed},
		"no days":          {func(d *book.Draft) { d.Days = 0 }, book.ErrRequest},
		"bad index":        {func(d *book.Draft) { d.Index = "hp1" }, book.ErrRequest},
		"before the index": {func(d *book.Draft) { d.StartDay = firstDay - 1 }, book.ErrRequest},
		"day is over":      {func(d *book.Draft) { d.StartDay = lastDay - 1 }, book.ErrRequest},
		"outside the band": {func(d *book.Draft) { d.K = 90_000 }, book.ErrRequest},
		"floor above rate": {func(d *book.Draft) { d.Floor, d.Cap = floor(60_000), floor(70_000) }, order.ErrBadTerms},
		"huge":             {func(d *book.Draft) { d.Floor, d.Cap = floor(1), floor(1<<40) }, book.ErrRequest},
		"unknown oracle":   {func(d *book.Draft) { d.Oracles = [][32]byte{{1}} }, nil},
		"expired":          {func(d *book.Draft) { d.Expiry = 1 }, book.ErrRequest},
		"policy":           {func(d *book.Draft) { d.HMax = 1_000_000 }, book.ErrRequest},
	} {
		d := swap(order.Sell, 51_000, 5_000)
		c.change(&d)
		_, err := maker.book.Publish(t.Context(), d)
		require.Error(t, err, name)
		if c.want != nil {
			require.ErrorIs(t, err, c.want, name)
		}
	}
	page, total, err := maker.book.List(book.Filter{})
	require.NoError(t, err)
	require.Empty(t, page)
	require.Zero(t, total)
}

func TestPeersSeeWhatTheyMayTakeAndPageThroughIt(t *testing.T) {
	w := newWorld(t)
	maker, taker, other := w.node("maker"), w.node("taker"), w.node("other")
	w.connect(maker, taker)
	w.connect(maker, other)
	const n = 150 // more than two frames
	for i := range n {
		maker.publish(t, swap(order.Sell, uint64(50_000+i), 5_000))
	}
	private := swap(order.Buy, 49_000, 300)
	private.Taker = [32]byte(taker.key[1:])
	e := maker.publish(t, private)
	pages := atomic.Int32{}
	w.net.tap = func(_, _ [33]byte, message []byte) bool {
		if m, err := wire.Decode(message); err == nil {
			if orders, ok := m.(*wire.Orders); ok {
				pages.Add(1)
				require.LessOrEqual(t, len(message), wire.MaxFrame)
				require.Len(t, orders.Remaining, len(orders.Orders))
				require.True(t, slices.IsSortedFunc(orders.Orders, func(a, b []byte) int {
					x, y := idOf(t, a), idOf(t, b)
					return slices.Compare(x[:], y[:])
				}))
			}
		}
		return true
	}
	require.Equal(t, n+1, taker.refresh(t, maker))
	require.Greater(t, pages.Load(), int32(2))
	require.Equal(t, n, other.refresh(t, maker), "an order for one node is shown to that one")

	got := taker.others(t, book.Filter{Side: order.Buy})
	require.Len(t, got, 1)
	require.Equal(t, e.Record, got[0].Record)
	got = taker.others(t, book.Filter{Side: order.Sell, Product: payout.SwapM, Index: "hp1/tot", MinDays: 30, MaxDays: 30, Size: 5_000, Limit: 3})
	require.Len(t, got, 3)
	require.EqualValues(t, 50_000, got[0].Price(), "the best price comes first")
	require.Empty(t, taker.others(t, book.Filter{Size: 5_100}))
	require.Empty(t, taker.others(t, book.Filter{MinDays: 31}))
	require.Empty(t, taker.others(t, book.Filter{Index: "hp1/sub"}))
	require.Len(t, taker.others(t, book.Filter{Peer: maker.key}), n+1)
	found, err := taker.book.Find(hexOf(e.ID)[:16])
	require.NoError(t, err)
	require.Equal(t, e.ID, found.ID)
	_, err = taker.book.Find("0123456789abcdef")
	require.ErrorIs(t, err, book.ErrUnknown)
}

func TestWhatIsLeftOfAnOrderTravelsWithIt(t *testing.T) {
	w := newWorld(t)
	maker, taker := w.node("maker"), w.node("taker")
	w.connect(maker, taker)
	a, b := maker.publish(t, swap(order.Sell, 51_000, 1_000)), maker.publish(t, swap(order.Sell, 52_000, 500))
	require.NoError(t, maker.accept(1, a.ID, [32]byte{1}, 300))
	require.NoError(t, maker.accept(2, b.ID, [32]byte{2}, 500))
	require.Equal(t, 1, taker.refresh(t, maker), "what is used up is not shown")
	got := taker.others(t, book.Filter{})
	require.Equal(t, a.ID, got[0].ID)
	require.EqualValues(t, 700, got[0].Remaining)
	own, _, err := maker.book.List(book.Filter{Own: true})
	require.NoError(t, err)
	require.Len(t, own, 1)
	require.EqualValues(t, 700, own[0].Remaining)
}

func TestCancelledReplacedAndExpiredOrdersAreGoneEverywhere(t *testing.T) {
	w := newWorld(t)
	maker, taker := w.node("maker"), w.node("taker")
	w.connect(maker, taker)
	var all []book.Entry
	for i := range 60 {
		all = append(all, maker.publish(t, swap(order.Sell, uint64(51_000+i), 500)))
	}
	require.Equal(t, 60, taker.refresh(t, maker))

	n, err := maker.book.Cancel(t.Context(), [][32]byte{all[0].ID, {9}}, 0)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	taker.wires.Wait()
	require.Len(t, taker.others(t, book.Filter{}), 59, "a cancel arrives")
	kept, err := maker.store.Order(all[0].ID)
	require.NoError(t, err)
	require.True(t, kept.Cancelled)
	require.ErrorIs(t, maker.accept(1, all[0].ID, [32]byte{1}, 100), store.ErrUnavailable)

	d := swap(order.Sell, 50_500, 800)
	d.Replaces = all[1].ID
	better := maker.publish(t, d)
	taker.wires.Wait()
	require.Len(t, taker.others(t, book.Filter{}), 58)
	_, err = maker.book.Publish(t.Context(), d)
	require.ErrorIs(t, err, book.ErrUnknown, "it was replaced already")
	require.Equal(t, 59, taker.refresh(t, maker))
	require.Equal(t, better.ID, taker.others(t, book.Filter{})[0].ID)

	// More ids than one record holds.
	var ids [][32]byte
	for _, e := range all[2:] {
		ids = append(ids, e.ID)
	}
	n, err = maker.book.Cancel(t.Context(), ids, 0)
	require.NoError(t, err)
	require.Equal(t, 58, n)
	taker.wires.Wait()
	require.Len(t, taker.others(t, book.Filter{}), 1)

	w.clock.pass(25 * time.Hour)
	require.Empty(t, taker.others(t, book.Filter{}))
	require.Equal(t, 0, taker.refresh(t, maker))
	_, err = taker.book.Take(t.Context(), book.TakeRequest{Order: better.ID})
	require.Error(t, err)

	maker.publish(t, swap(order.Sell, 51_000, 500))
	maker.publish(t, swap(order.Buy, 49_000, 500))
	require.Equal(t, 2, taker.refresh(t, maker))
	n, err = maker.book.CancelAll(t.Context())
	require.NoError(t, err)
	require.Equal(t, 3, n, "the expired one too")
	taker.wires.Wait()
	require.Empty(t, taker.others(t, book.Filter{}))
}

func TestTakesAreSignedForTheMakerAndOnlyOfWhatFits(t *testing.T) {
	w := newWorld(t)
	maker, taker := w.node("maker"), w.node("taker")
	w.connect(maker, taker)
	d := swap(order.Sell, 51_000, 1_000)
	d.HMin = 300
	e := maker.publish(t, d)
	taker.refresh(t, maker)
	for _, h := range []uint32{100, 1_100, 350, 50} {
		_, err := taker.book.Take(t.Context(), book.TakeRequest{Order: e.ID, H: h})
		require.Error(t, err, h)
	}
	_, err := taker.book.Take(t.Context(), book.TakeRequest{Order: [32]byte{1}})
	require.ErrorIs(t, err, book.ErrUnknown)
	_, err = maker.book.Take(t.Context(), book.TakeRequest{Order: e.ID})
	require.ErrorIs(t, err, book.ErrRequest)

	got, err := taker.book.Take(t.Context(), book.TakeRequest{Order: e.ID, H: 400})
	require.NoError(t, err)
	require.Equal(t, maker.key, got.Maker)
	o, take, err := order.OpenTake(got.Order, got.Take, [32]byte(maker.key[1:]), [32]byte(taker.key[1:]), e.ID)
	require.NoError(t, err)
	require.NoError(t, order.CheckFill(o, take, 1_000, w.clock.unix()))
	require.Equal(t, take.ID(), got.ID)
	all, err := taker.book.Take(t.Context(), book.TakeRequest{Order: e.ID})
	require.NoError(t, err)
	require.EqualValues(t, 1_000, all.H)
	require.NotEqual(t, got.ID, all.ID)

	taker.book.Disconnected(maker.key)
	_, err = taker.book.Take(t.Context(), book.TakeRequest{Order: e.ID, H: 400})
	require.ErrorIs(t, err, book.ErrUnknown, "a maker who is away cannot be taken")
}

// A hundred takers take what is shown to all of them at once; a crash and a
// restart in between change nothing.
func TestHundredConcurrentTakersNeverOverfill(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	secret := w.node("maker").secret
	s := w.open(dir)
	maker := &node{secret: secret, key: [33]byte(secret.PubKey().SerializeCompressed()), store: s}
	var err error
	maker.book, err = book.New(w.config(secret, s))
	require.NoError(t, err)
	w.net.nodes[maker.key] = maker
	taker := w.node("taker")
	w.connect(maker, taker)
	e := maker.publish(t, swap(order.Sell, 51_000, 3_000))
	require.Equal(t, 1, taker.refresh(t, maker))

	var filled, refused atomic.Int32
	round := func(first int) {
		var group sync.WaitGroup
		for i := range 50 {
			group.Go(func() {
				got, err := taker.book.Take(t.Context(), book.TakeRequest{Order: e.ID, H: 100})
				if err != nil {
					t.Error(err)
					return
				}
				switch err := maker.accept(first+i, e.ID, got.ID, 100); {
				case err == nil:
					filled.Add(100)
				case errors.Is(err, store.ErrUnavailable):
					refused.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		group.Wait()
	}
	round(0)
	maker.wires.Wait()
	require.NoError(t, s.Close())
	maker.store = w.open(dir)
	maker.book, err = book.New(w.config(secret, maker.store))
	require.NoError(t, err)
	round(50)
	require.EqualValues(t, 3_000, filled.Load())
	require.EqualValues(t, 70, refused.Load())
	o, err := maker.store.Order(e.ID)
	require.NoError(t, err)
	require.Zero(t, o.Remaining)
	maker.book.Connected(taker.key)
	require.Zero(t, taker.refresh(t, maker))
	maker.wires.Wait()
	require.NoError(t, maker.store.Close())
}

func TestOrdersSurviveARestartAndNoncesRise(t *testing.T) {
	w := newWorld(t)
	maker := w.node("maker")
	a := maker.publish(t, swap(order.Sell, 51_000, 500))
	b := maker.publish(t, swap(order.Sell, 51_000, 500))
	require.Greater(t, b.Order.Nonce, a.Order.Nonce, "in the same millisecond")
	_, err := maker.book.Cancel(t.Context(), [][32]byte{a.ID}, 0)
	require.NoError(t, err)
	w.clock.pass(-time.Hour)
	again, err := book.New(w.config(maker.secret, maker.store))
	require.NoError(t, err)
	page, _, err := again.List(book.Filter{})
	require.NoError(t, err)
	require.Len(t, page, 1)
	require.Equal(t, b.ID, page[0].ID)
	c, err := again.Publish(t.Context(), swap(order.Sell, 51_000, 500))
	require.NoError(t, err)
	require.Greater(t, c.Order.Nonce, b.Order.Nonce, "though the clock ran back")
}

func TestRunRefreshesPeersAndForgetsOldQuotes(t *testing.T) {
	w := newWorld(t)
	maker := w.node("maker")
	old, taken := maker.publish(t, swap(order.Sell, 51_000, 500)), maker.publish(t, swap(order.Sell, 51_000, 500))
	require.NoError(t, maker.accept(1, taken.ID, [32]byte{1}, 100))
	w.clock.pass(49 * time.Hour)
	d := swap(order.Sell, 51_000, 500)
	d.StartDay = lastDay + 3
	maker.publish(t, d)
	taker := w.node("taker", func(c *book.Config) {
		c.Timing.Refresh, c.Timing.Sweep = 5*time.Millisecond, time.Millisecond
	})
	keeper, err := book.New(func() book.Config {
		c := w.config(maker.secret, maker.store)
		c.Timing.Sweep = time.Millisecond
		return c
	}())
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for _, b := range []*book.Book{taker.book, keeper} {
		group.Go(func() {
			if err := b.Run(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	w.connect(maker, taker)
	require.Eventually(t, func() bool { return len(taker.others(t, book.Filter{})) == 1 }, eventually, tick)
	require.Eventually(t, func() bool {
		_, err := maker.store.Order(old.ID)
		return errors.Is(err, store.ErrNotFound)
	}, eventually, tick)
	cancel()
	group.Wait()
	_, err = maker.store.Order(taken.ID)
	require.NoError(t, err, "of which something was taken")
}

func TestForwardCurveHasBestPricesAndTheReference(t *testing.T) {
	w := newWorld(t)
	maker, second, viewer := w.node("maker"), w.node("second"), w.node("viewer")
	w.connect(maker, viewer)
	w.connect(second, viewer)
	maker.publish(t, swap(order.Sell, 51_000, 500))
	maker.publish(t, swap(order.Buy, 49_000, 500))
	second.publish(t, swap(order.Sell, 51_500, 500))
	second.publish(t, swap(order.Buy, 49_000, 700))
	week := swap(order.Buy, 48_800, 900)
	week.Days = 7
	second.publish(t, week)
	odd := swap(order.Buy, 60_000, 900)
	odd.Days = 31
	second.publish(t, odd)
	require.Empty(t, viewer.book.RefreshAll(t.Context()))
	c, err := viewer.book.Curve(t.Context(), "")
	require.NoError(t, err)
	require.NoError(t, c.Unpriced)
	require.EqualValues(t, lastDay+1, c.StartDay)
	require.Len(t, c.Points, len(book.Tenors()))
	for _, p := range c.Points {
		require.NotNil(t, p.Reference)
		require.InDelta(t, 50_160, *p.Reference, 10)
		switch p.Days {
		case 30:
			require.EqualValues(t, 49_000, p.Bid.Price)
			require.EqualValues(t, 1_200, p.Bid.Size)
			require.Equal(t, 2, p.Bid.Orders)
			require.EqualValues(t, 51_000, p.Ask.Price)
			require.Greater(t, *p.Bid.Growth, 0.0)
			require.Less(t, *p.Ask.Growth, 0.0)
			require.Less(t, p.Certain, 0.3)
		case 7:
			require.EqualValues(t, 48_800, p.Bid.Price)
			require.Nil(t, p.Bid.Growth, "no retarget within the week")
			require.Nil(t, p.Ask)
		default:
			require.Nil(t, p.Bid)
		}
	}
	rules := policy.Default()
	rules.Pricer.GrowthPermille = []int32{50}
	viewer.book.ReloadPolicy(rules)
	c, err = viewer.book.Curve(t.Context(), "hp1/sub")
	require.NoError(t, err)
	require.Less(t, *c.Points[5].Reference, 48_000.0, "who believes in growth expects less")
	e := viewer.others(t, book.Filter{Side: order.Sell, MinDays: 30, MaxDays: 30})[0]
	fair, err := viewer.book.Fair(t.Context(), e)
	require.NoError(t, err)
	require.InDelta(t, 49_400, fair, 700)
	_, err = viewer.book.Curve(t.Context(), "hp1")
	require.ErrorIs(t, err, book.ErrRequest)
}

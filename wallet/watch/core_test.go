package watch_test

import (
	"fmt"
	"testing"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/wallet/watch"
)

// hashOf makes a hash from a number or anything else that prints.
func hashOf(n any) chainhash.Hash { return chainhash.HashH(fmt.Append(nil, n)) }

// tx spends the outpoints and pays to the scripts; salt makes it unlike others.
func tx(salt uint32, ins []wire.OutPoint, scripts ...string) *wire.MsgTx {
	m := wire.NewMsgTx(2)
	m.LockTime = salt
	for _, op := range ins {
		m.AddTxIn(wire.NewTxIn(&op, nil, nil))
	}
	for _, s := range scripts {
		m.AddTxOut(wire.NewTxOut(1000, []byte(s)))
	}
	return m
}

func out(n uint64) wire.OutPoint { return wire.OutPoint{Hash: hashOf(n), Index: uint32(n % 3)} }

// chain feeds a Core, from height 100 on, and remembers the blocks, so as to disconnect them.
type chain struct {
	t      testing.TB
	core   *watch.Core
	blocks []watch.Block
	salt   uint64
}

func newChain(t testing.TB, window int) *chain {
	t.Helper()
	c := &chain{t: t, salt: 1}
	c.blocks = []watch.Block{{Point: watch.Point{Height: 100, Hash: hashOf(1 << 40)}}}
	core, err := watch.New(window, []watch.Point{c.blocks[0].Point})
	require.NoError(t, err)
	c.core = core
	return c
}

// build makes the next block.
func (c *chain) build(txs ...*wire.MsgTx) watch.Block {
	tip := c.blocks[len(c.blocks)-1]
	c.salt++
	b := watch.Block{
		Point: watch.Point{Height: tip.Height + 1, Hash: hashOf(c.salt << 20)},
		Prev:  tip.Hash, Txs: txs,
	}
	c.blocks = append(c.blocks, b)
	return b
}

func (c *chain) connect(txs ...*wire.MsgTx) []watch.Event {
	c.t.Helper()
	events, err := c.core.Connect(c.build(txs...))
	require.NoError(c.t, err)
	return events
}

func (c *chain) disconnect() []watch.Event {
	c.t.Helper()
	n := len(c.blocks) - 1
	events, err := c.core.Disconnect(c.blocks[n].Hash)
	require.NoError(c.t, err)
	c.blocks = c.blocks[:n]
	return events
}

func (c *chain) at(h watch.Height) watch.Block { return c.blocks[h-c.blocks[0].Height] }

// backfill shows blocks until none is missing.
func (c *chain) backfill() []watch.Event {
	c.t.Helper()
	var all []watch.Event
	for {
		h, ok := c.core.BackfillHeight()
		if !ok {
			return all
		}
		events, err := c.core.Backfill(c.at(h))
		require.NoError(c.t, err)
		all = append(all, events...)
	}
}

func (c *chain) watchTx(w watch.TxWatch) watch.ID {
	c.t.Helper()
	id, err := c.core.WatchTx(w)
	require.NoError(c.t, err)
	return id
}

func (c *chain) watchSpend(w watch.SpendWatch) watch.ID {
	c.t.Helper()
	id, err := c.core.WatchSpend(w)
	require.NoError(c.t, err)
	return id
}

func confirmed(t *testing.T, e watch.Event) watch.Confirmed {
	t.Helper()
	c, ok := e.(watch.Confirmed)
	require.True(t, ok, "%T", e)
	return c
}

func TestConfirmationGrowsToItsTarget(t *testing.T) {
	c := newChain(t, 10)
	m := tx(1, nil, "a")
	id := c.watchTx(watch.TxWatch{TxID: m.TxHash(), Hint: 101, Depth: 3})

	require.Empty(t, c.connect(tx(9, nil, "a")))
	events := c.connect(tx(8, nil), m)
	site := watch.Site{Block: c.at(102).Point, Index: 1, TxID: m.TxHash(), Tx: m}
	require.Equal(t, []watch.Event{watch.Confirmed{Watch: id, Site: site, Depth: 1}}, events)
	require.Equal(t, []watch.Event{watch.Progress{Watch: id, Depth: 2, Target: 3}}, c.connect())
	require.Equal(t, []watch.Event{watch.DepthReached{Watch: id, Target: 3}}, c.connect())
	require.Empty(t, c.connect())
	s, ok := c.core.Status(id)
	require.True(t, ok)
	require.Equal(t, watch.Status{Site: &site, Depth: 4}, s)
}

func TestSpendIsReportedOnceWithItsInput(t *testing.T) {
	c := newChain(t, 10)
	id := c.watchSpend(watch.SpendWatch{OutPoint: out(7), Hint: 101, Depth: 1})
	twin := c.watchSpend(watch.SpendWatch{OutPoint: out(7), Hint: 101, Depth: 1})
	m := tx(1, []wire.OutPoint{out(5), out(7)}, "x")
	site := watch.Site{Block: watch.Point{Height: 101, Hash: hashOf(2 << 20)}, TxID: m.TxHash(), Tx: m}
	require.Equal(t, []watch.Event{
		watch.Spent{Watch: id, OutPoint: out(7), Site: site, Input: 1, Depth: 1},
		watch.DepthReached{Watch: id, Target: 1},
		watch.Spent{Watch: twin, OutPoint: out(7), Site: site, Input: 1, Depth: 1},
		watch.DepthReached{Watch: twin, Target: 1},
	}, c.connect(m))
	require.Equal(t, []watch.Event{
		watch.SpendReorged{Watch: id, OutPoint: out(7), Site: site},
		watch.SpendReorged{Watch: twin, OutPoint: out(7), Site: site},
	}, c.disconnect())
}

func TestReorgTakesBackAndConfirmsAgain(t *testing.T) {
	for _, depth := range []uint32{1, 2, 3, 6} {
		c := newChain(t, 10)
		m := tx(1, nil, "a")
		id := c.watchTx(watch.TxWatch{TxID: m.TxHash(), Hint: 101, Depth: 6})
		var events []watch.Event
		events = append(events, c.connect(m)...)
		for range depth - 1 {
			events = append(events, c.connect()...)
		}
		require.Len(t, events, int(depth))
		events = nil
		for range depth {
			events = append(events, c.disconnect()...)
		}
		last := events[len(events)-1]
		require.IsType(t, watch.Unconfirmed{}, last)
		require.Len(t, events, int(depth), "every lost confirmation is told")
		s, _ := c.core.Status(id)
		require.Nil(t, s.Site)

		require.Empty(t, c.connect())
		events = c.connect(m)
		require.Equal(t, watch.Height(102), confirmed(t, events[0]).Site.Block.Height)
	}
}

func TestTransactionBelowItsHintAfterReorgIsSeen(t *testing.T) {
	c := newChain(t, 10)
	for range 3 {
		c.connect()
	}
	m := tx(1, nil, "a")
	id := c.watchTx(watch.TxWatch{TxID: m.TxHash(), Hint: 104, Depth: 1})
	for range 3 {
		c.disconnect()
	}
	require.Len(t, c.connect(m), 2)
	s, _ := c.core.Status(id)
	require.Equal(t, watch.Height(101), s.Site.Block.Height)
}

func TestScriptWatchTakesTheFirstPayment(t *testing.T) {
	c := newChain(t, 10)
	first, second := tx(1, nil, "b", "a"), tx(2, nil, "a")
	c.connect()
	c.connect(first, second)
	id := c.watchTx(watch.TxWatch{Script: []byte("a"), Hint: 101, Depth: 2})
	// A later payment must not be taken for the first while the past is unseen.
	require.Empty(t, c.connect(tx(3, nil, "a")))
	events := c.backfill()
	require.Len(t, events, 2)
	require.Equal(t, first.TxHash(), confirmed(t, events[0]).Site.TxID)
	require.Equal(t, uint32(2), confirmed(t, events[0]).Depth)
	require.Equal(t, watch.DepthReached{Watch: id, Target: 2}, events[1])
}

func TestExactWatchReportsNewBlocksDuringBackfill(t *testing.T) {
	c := newChain(t, 10)
	c.connect()
	id := c.watchSpend(watch.SpendWatch{OutPoint: out(1), Hint: 101, Depth: 1})
	events := c.connect(tx(1, []wire.OutPoint{out(1)}))
	require.Len(t, events, 2)
	s, _ := c.core.Status(id)
	require.True(t, s.Pending)
	require.Empty(t, c.backfill())
}

func TestBackfillRefusesForeignBlocks(t *testing.T) {
	c := newChain(t, 3)
	m := tx(1, nil, "a")
	c.connect(m)
	for range 8 {
		c.connect()
	}
	id := c.watchTx(watch.TxWatch{TxID: m.TxHash(), Hint: 101, Depth: 1})

	// Below the remembered blocks nothing is known of 101 by itself, but the
	// forgery does not lead up to them.
	forged := c.at(101)
	forged.Hash = hashOf(999)
	events, err := c.core.Backfill(forged)
	require.NoError(t, err)
	require.Empty(t, events, "found, but not before it is linked")
	_, err = c.core.Backfill(c.at(102))
	require.ErrorIs(t, err, watch.ErrNotOnChain)
	h, ok := c.core.BackfillHeight()
	require.True(t, ok)
	require.Equal(t, watch.Height(101), h, "seen again from the start")

	// Within the remembered blocks a foreign block is refused at once.
	for h := watch.Height(101); h < 107; h++ {
		_, err = c.core.Backfill(c.at(h))
		require.NoError(t, err)
	}
	forged = c.at(107)
	forged.Hash = hashOf(998)
	_, err = c.core.Backfill(forged)
	require.ErrorIs(t, err, watch.ErrNotOnChain)
	_, err = c.core.Backfill(watch.Block{Point: watch.Point{Height: 110}})
	require.ErrorIs(t, err, watch.ErrNotOnChain)
	require.Len(t, c.backfill(), 2)
	s, _ := c.core.Status(id)
	require.Equal(t, uint32(9), s.Depth)
}

func TestBackfillThatOutlivesTheWindowIsStillLinked(t *testing.T) {
	c := newChain(t, 2)
	for range 4 {
		c.connect()
	}
	m := tx(1, nil, "a")
	c.watchTx(watch.TxWatch{TxID: m.TxHash(), Hint: 103, Depth: 1})
	for range 5 {
		c.connect() // the blocks of the backfill are forgotten meanwhile
	}
	a := watch.Block{Point: watch.Point{Height: 103, Hash: hashOf(1001)}, Txs: []*wire.MsgTx{m}}
	b := watch.Block{Point: watch.Point{Height: 104, Hash: hashOf(1002)}, Prev: a.Hash}
	_, err := c.core.Backfill(a)
	require.NoError(t, err)
	events, err := c.core.Backfill(b)
	require.ErrorIs(t, err, watch.ErrNotOnChain)
	require.Empty(t, events)
	require.Empty(t, c.backfill())
}

func TestRefusalsLeaveTheCoreUnchanged(t *testing.T) {
	c := newChain(t, 2)
	m := tx(1, nil, "a")
	id := c.watchTx(watch.TxWatch{TxID: m.TxHash(), Hint: 101, Depth: 2})
	for range 4 {
		c.connect()
	}
	tip := c.core.Tip()
	wrongPrev := c.at(104)
	wrongPrev.Height, wrongPrev.Hash = 105, hashOf(77)
	wrongPrev.Txs = []*wire.MsgTx{m}
	_, err := c.core.Connect(wrongPrev)
	require.ErrorIs(t, err, watch.ErrNotNext)
	wrongPrev.Prev, wrongPrev.Height = tip.Hash, 106
	_, err = c.core.Connect(wrongPrev)
	require.ErrorIs(t, err, watch.ErrNotNext)
	_, err = c.core.Disconnect(hashOf(77))
	require.ErrorIs(t, err, watch.ErrNotTip)
	require.Equal(t, tip, c.core.Tip())
	s, _ := c.core.Status(id)
	require.Equal(t, watch.Status{}, s)

	c.disconnect()
	c.disconnect()
	_, err = c.core.Disconnect(c.core.Tip().Hash)
	require.ErrorIs(t, err, watch.ErrTooDeep)
	require.Equal(t, watch.Height(102), c.core.Tip().Height)
	c.connect(m)
	s, _ = c.core.Status(id)
	require.Equal(t, uint32(1), s.Depth)
}

func TestBadWatchesAndStartsAreRefused(t *testing.T) {
	c := newChain(t, 5)
	for _, w := range []watch.TxWatch{
		{Hint: 1, Depth: 1},
		{TxID: hashOf(1), Hint: -1, Depth: 1},
		{TxID: hashOf(1), Hint: 1, Depth: 0},
		{TxID: hashOf(1), Hint: 1, Depth: 6},
	} {
		_, err := c.core.WatchTx(w)
		require.ErrorIs(t, err, watch.ErrBadWatch)
	}
	_, err := c.core.WatchSpend(watch.SpendWatch{OutPoint: out(1), Depth: 6})
	require.ErrorIs(t, err, watch.ErrBadWatch)
	_, ok := c.core.BackfillHeight()
	require.False(t, ok)

	for _, points := range [][]watch.Point{nil, {{Height: -1}}, {{Height: 1}, {Height: 3}}} {
		_, err := watch.New(5, points)
		require.ErrorIs(t, err, watch.ErrBadStart)
		_, err = c.core.Restart(points)
		require.ErrorIs(t, err, watch.ErrBadStart)
	}
	require.Equal(t, watch.Height(100), c.core.Tip().Height)
}

func TestRestartReportsOnlyWhatDiffers(t *testing.T) {
	c := newChain(t, 5)
	stays, moves, goes := tx(1, nil, "a"), tx(2, nil, "b"), tx(3, nil, "c")
	var ids []watch.ID
	for _, m := range []*wire.MsgTx{stays, moves, goes} {
		ids = append(ids, c.watchTx(watch.TxWatch{TxID: m.TxHash(), Hint: 101, Depth: 5}))
	}
	c.connect(stays)
	c.connect(moves)
	c.connect(goes)
	from := c.at(102)

	// The chain is another one from 102 on.
	c.blocks = c.blocks[:2]
	c.build()
	c.build(moves)
	for range 10 {
		c.build()
	}
	events, err := c.core.Restart([]watch.Point{c.at(113).Point})
	require.NoError(t, err)
	require.Empty(t, events, "nothing is known yet")
	require.Equal(t, []watch.Event{
		watch.DepthReached{Watch: ids[0], Target: 5},
		watch.Unconfirmed{Watch: ids[1], Site: watch.Site{Block: from.Point, TxID: moves.TxHash(), Tx: moves}},
		watch.Confirmed{Watch: ids[1], Site: watch.Site{Block: c.at(103).Point, TxID: moves.TxHash(), Tx: moves}, Depth: 11},
		watch.DepthReached{Watch: ids[1], Target: 5},
		watch.Unconfirmed{Watch: ids[2], Site: watch.Site{Block: watch.Point{Height: 103, Hash: hashOf(4 << 20)}, TxID: goes.TxHash(), Tx: goes}},
	}, c.backfillFrom(95))
}

func TestRestartLooksWhereAReorgWentBelowTheHint(t *testing.T) {
	c := newChain(t, 1)
	c.connect()
	m := tx(1, nil, "a")
	id := c.watchTx(watch.TxWatch{TxID: m.TxHash(), Hint: 102, Depth: 1})
	c.disconnect()
	c.connect(m)
	for range 5 {
		c.connect()
	}
	events, err := c.core.Restart([]watch.Point{c.core.Tip()})
	require.NoError(t, err)
	require.Empty(t, events)
	require.Empty(t, c.backfill(), "it is where it was")
	s, _ := c.core.Status(id)
	require.Equal(t, watch.Height(101), s.Site.Block.Height)
}

// backfillFrom is backfill with empty blocks below those remembered.
func (c *chain) backfillFrom(lowest watch.Height) []watch.Event {
	c.t.Helper()
	prev := hashOf("below")
	for h := lowest; h < 100; h++ {
		b := watch.Block{Point: watch.Point{Height: h, Hash: hashOf([]any{"old", h})}, Prev: prev}
		if h == 99 {
			b.Hash = c.blocks[0].Prev
		}
		prev = b.Hash
		got, ok := c.core.BackfillHeight()
		require.True(c.t, ok)
		require.Equal(c.t, h, got)
		_, err := c.core.Backfill(b)
		require.NoError(c.t, err)
	}
	return c.backfill()
}

func TestRemovedWatchIsSilent(t *testing.T) {
	c := newChain(t, 5)
	m := tx(1, []wire.OutPoint{out(1)}, "a")
	ids := []watch.ID{
		c.watchTx(watch.TxWatch{TxID: m.TxHash(), Hint: 101, Depth: 5}),
		c.watchTx(watch.TxWatch{Script: []byte("a"), Hint: 101, Depth: 5}),
		c.watchSpend(watch.SpendWatch{OutPoint: out(1), Hint: 101, Depth: 5}),
		c.watchSpend(watch.SpendWatch{OutPoint: out(1), Hint: 99, Depth: 5}),
	}
	for _, id := range ids {
		c.core.Remove(id)
		c.core.Remove(id)
		_, ok := c.core.Status(id)
		require.False(t, ok)
	}
	_, ok := c.core.BackfillHeight()
	require.False(t, ok)
	require.Empty(t, c.connect(m))
	require.Empty(t, c.disconnect())
	scripts, complete := c.core.Filter()
	require.Empty(t, scripts)
	require.True(t, complete)
}

func TestFilterHasEveryScriptOnceOrSaysSo(t *testing.T) {
	c := newChain(t, 5)
	c.watchTx(watch.TxWatch{Script: []byte("b"), Hint: 101, Depth: 1})
	c.watchTx(watch.TxWatch{TxID: hashOf(1), Script: []byte("a"), Hint: 100, Depth: 1})
	c.watchSpend(watch.SpendWatch{OutPoint: out(1), Script: []byte("b"), Hint: 99, Depth: 1})
	gen := c.core.Generation()
	scripts, complete := c.core.Filter()
	require.True(t, complete)
	require.Equal(t, [][]byte{[]byte("a"), []byte("b")}, scripts)
	scripts, complete = c.core.BackfillFilter(99)
	require.True(t, complete)
	require.Equal(t, [][]byte{[]byte("b")}, scripts)
	c.watchSpend(watch.SpendWatch{OutPoint: out(2), Hint: 200, Depth: 1})
	_, complete = c.core.Filter()
	require.False(t, complete)
	require.Greater(t, c.core.Generation(), gen)
	_, complete = c.core.BackfillFilter(100)
	require.True(t, complete)
}

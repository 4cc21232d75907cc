package watch_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/wallet/watch"
)

// want is a watch as the slow model holds it.
type want struct {
	id    watch.ID
	tx    *watch.TxWatch
	spend *watch.SpendWatch
	from  watch.Height
	view  view
	late  late
}

// scan looks through a whole chain, block by block, for the first match.
func (w *want) scan(blocks []watch.Block) *watch.Site {
	for _, b := range blocks {
		if b.Height < w.from {
			continue
		}
		for i, m := range b.Txs {
			if w.matches(m) {
				return &watch.Site{Block: b.Point, Index: uint32(i), TxID: m.TxHash(), Tx: m}
			}
		}
	}
	return nil
}

func (w *want) matches(m *wire.MsgTx) bool {
	switch {
	case w.spend != nil:
		for _, in := range m.TxIn {
			if in.PreviousOutPoint == w.spend.OutPoint {
				return true
			}
		}
	case w.tx.TxID != chainhash.Hash{}:
		return m.TxHash() == w.tx.TxID
	default:
		for _, o := range m.TxOut {
			if bytes.Equal(o.PkScript, w.tx.Script) {
				return true
			}
		}
	}
	return false
}

func (w *want) exact() bool { return w.spend != nil || w.tx.TxID != chainhash.Hash{} }

func (w *want) target() uint32 {
	if w.spend != nil {
		return w.spend.Depth
	}
	return w.tx.Depth
}

// view is what a reader of all events knows.
type view struct {
	site  *watch.Site
	depth uint32
}

// apply follows one event and fails if it cannot follow the one before. A
// reader of coalesced events may be told a depth twice.
func (v *view) apply(t require.TestingT, e watch.Event, target uint32, coalesced bool) {
	arrive := func(s watch.Site, depth uint32) {
		require.Nil(t, v.site, "arrives twice")
		v.site, v.depth = &s, min(depth, target-1)
	}
	leave := func(s watch.Site) {
		require.NotNil(t, v.site, "leaves before it arrived")
		require.Equal(t, *v.site, s)
		v.site, v.depth = nil, 0
	}
	grow := func(depth uint32) {
		require.NotNil(t, v.site)
		if !coalesced {
			require.NotEqual(t, v.depth, depth)
		}
		v.depth = depth
	}
	switch e := e.(type) {
	case watch.Confirmed:
		arrive(e.Site, e.Depth)
	case watch.Spent:
		require.Equal(t, e.OutPoint, e.Site.Tx.TxIn[e.Input].PreviousOutPoint)
		arrive(e.Site, e.Depth)
	case watch.Unconfirmed:
		leave(e.Site)
	case watch.SpendReorged:
		leave(e.Site)
	case watch.Progress:
		require.Less(t, e.Depth, target)
		require.Equal(t, target, e.Target)
		grow(e.Depth)
	case watch.DepthReached:
		require.Equal(t, target, e.Target)
		grow(target)
	}
}

// late is a reader that takes events now and then from a coalesced queue.
type late struct {
	queue []watch.Event
	view  view
}

// world drives a Core and the model side by side.
type world struct {
	t       *rapid.T
	window  watch.Height
	core    *watch.Core
	blocks  []watch.Block
	bottom  watch.Height // lowest block the Core remembers
	watches []*want
	txs     []*wire.MsgTx
	salt    uint64
}

const worldBase = 50

func newWorld(t *rapid.T) *world {
	w := &world{t: t, window: watch.Height(rapid.Int32Range(1, 6).Draw(t, "window")), bottom: worldBase}
	for i := range uint32(12) {
		ins := []wire.OutPoint{out(uint64(i % 5)), out(uint64(100 + i))}
		w.txs = append(w.txs, tx(i, ins, fmt.Sprintf("s%d", i%4), fmt.Sprintf("u%d", i)))
	}
	w.blocks = []watch.Block{w.block(watch.Point{Height: worldBase - 1, Hash: hashOf(1 << 60)})}
	core, err := watch.New(int(w.window), []watch.Point{w.blocks[0].Point})
	require.NoError(t, err)
	w.core = core
	return w
}

func (w *world) tip() watch.Block { return w.blocks[len(w.blocks)-1] }

// block makes a block on top of below, of transactions not in the chain yet
// that spend no output twice.
func (w *world) block(below watch.Point) watch.Block {
	w.salt++
	b := watch.Block{Point: watch.Point{Height: below.Height + 1, Hash: hashOf(w.salt)}, Prev: below.Hash}
	spent := map[wire.OutPoint]bool{}
	for _, old := range w.blocks {
		for _, m := range old.Txs {
			for _, in := range m.TxIn {
				spent[in.PreviousOutPoint] = true
			}
		}
	}
	for range rapid.IntRange(0, 3).Draw(w.t, "txs") {
		m := rapid.SampledFrom(w.txs).Draw(w.t, "tx")
		if spent[m.TxIn[0].PreviousOutPoint] || spent[m.TxIn[1].PreviousOutPoint] {
			continue
		}
		spent[m.TxIn[0].PreviousOutPoint], spent[m.TxIn[1].PreviousOutPoint] = true, true
		b.Txs = append(b.Txs, m)
	}
	return b
}

func (w *world) find(id watch.ID) *want {
	for _, x := range w.watches {
		if x.id == id {
			return x
		}
	}
	require.Fail(w.t, "event of an unknown watch")
	return nil
}

func (w *world) take(events []watch.Event) {
	var last watch.ID
	for _, e := range events {
		require.GreaterOrEqual(w.t, e.Of(), last, "events come in the order of ids")
		last = e.Of()
		x := w.find(e.Of())
		x.view.apply(w.t, e, x.target(), false)
		x.late.queue = watch.Coalesce(x.late.queue, e)
		require.LessOrEqual(w.t, len(x.late.queue), watch.MaxQueued)
	}
}

func (w *world) connect() {
	b := w.block(w.tip().Point)
	events, err := w.core.Connect(b)
	require.NoError(w.t, err)
	w.blocks = append(w.blocks, b)
	w.bottom = max(w.bottom, b.Height-w.window)
	w.take(events)
}

func (w *world) disconnect() {
	b := w.tip()
	events, err := w.core.Disconnect(b.Hash)
	if b.Height == w.bottom {
		require.ErrorIs(w.t, err, watch.ErrTooDeep)
		return
	}
	require.NoError(w.t, err)
	w.blocks = w.blocks[:len(w.blocks)-1]
	for _, x := range w.watches {
		x.from = min(x.from, b.Height)
	}
	w.take(events)
}

// restart replaces some blocks at the end, perhaps more than are remembered.
func (w *world) restart() {
	w.blocks = w.blocks[:rapid.IntRange(1, len(w.blocks)).Draw(w.t, "keep")]
	for range rapid.IntRange(0, 3).Draw(w.t, "new") {
		w.blocks = append(w.blocks, w.block(w.tip().Point))
	}
	var points []watch.Point
	known := rapid.IntRange(1, len(w.blocks)).Draw(w.t, "known")
	for _, b := range w.blocks[len(w.blocks)-known:] {
		points = append(points, b.Point)
	}
	lowest := w.bottom - w.window
	for _, x := range w.watches {
		x.from = min(x.from, lowest, w.tip().Height+1)
	}
	w.bottom = max(points[0].Height, w.tip().Height-w.window)
	events, err := w.core.Restart(points)
	require.NoError(w.t, err)
	w.take(events)
}

func (w *world) backfill() {
	h, ok := w.core.BackfillHeight()
	if !ok {
		return
	}
	b := watch.Block{Point: watch.Point{Height: h, Hash: hashOf([]any{"old", h})}, Prev: hashOf([]any{"old", h - 1})}
	if h >= worldBase {
		b = w.blocks[h-worldBase]
	}
	if h == worldBase-1 {
		b.Hash = w.blocks[0].Prev
	}
	events, err := w.core.Backfill(b)
	require.NoError(w.t, err)
	w.take(events)
}

func (w *world) add() {
	x := &want{from: w.tip().Height + rapid.Custom(func(t *rapid.T) watch.Height {
		return watch.Height(rapid.Int32Range(-4, 2).Draw(t, "hint"))
	}).Draw(w.t, "from")}
	depth := rapid.Uint32Range(1, uint32(w.window)).Draw(w.t, "depth") //nolint:gosec // 1 to 6
	m := rapid.SampledFrom(w.txs).Draw(w.t, "of")
	var err error
	switch rapid.IntRange(0, 2).Draw(w.t, "kind") {
	case 0:
		x.tx = &watch.TxWatch{TxID: m.TxHash(), Hint: x.from, Depth: depth}
		x.id, err = w.core.WatchTx(*x.tx)
	case 1:
		x.tx = &watch.TxWatch{Script: m.TxOut[0].PkScript, Hint: x.from, Depth: depth}
		x.id, err = w.core.WatchTx(*x.tx)
	default:
		x.spend = &watch.SpendWatch{OutPoint: m.TxIn[0].PreviousOutPoint, Hint: x.from, Depth: depth}
		x.id, err = w.core.WatchSpend(*x.spend)
	}
	require.NoError(w.t, err)
	x.from = min(x.from, w.tip().Height+1)
	w.watches = append(w.watches, x)
}

func (w *world) remove() {
	if len(w.watches) == 0 {
		return
	}
	i := rapid.IntRange(0, len(w.watches)-1).Draw(w.t, "which")
	w.core.Remove(w.watches[i].id)
	w.watches = append(w.watches[:i:i], w.watches[i+1:]...)
}

func (w *world) read() {
	for _, x := range w.watches {
		n := rapid.IntRange(0, len(x.late.queue)).Draw(w.t, "read")
		for _, e := range x.late.queue[:n] {
			x.late.view.apply(w.t, e, x.target(), true)
		}
		x.late.queue = x.late.queue[n:]
	}
}

// check compares the Core with a scan of the whole chain.
func (w *world) check() {
	require.Equal(w.t, w.tip().Point, w.core.Tip())
	for h := w.bottom; h <= w.tip().Height; h++ {
		hash, ok := w.core.HashAt(h)
		require.True(w.t, ok)
		require.Equal(w.t, w.blocks[h-worldBase].Hash, hash)
	}
	require.Equal(w.t, w.bottom, w.core.Lowest())
	_, ok := w.core.HashAt(w.bottom - 1)
	require.False(w.t, ok)
	for _, x := range w.watches {
		s, ok := w.core.Status(x.id)
		require.True(w.t, ok)
		if s.Pending {
			if s.Site != nil {
				require.True(w.t, x.exact())
				require.Equal(w.t, x.scan(w.blocks), s.Site)
				require.Equal(w.t, s.Site, x.view.site)
			}
			continue
		}
		site := x.scan(w.blocks)
		require.Equal(w.t, site, s.Site)
		require.Equal(w.t, site, x.view.site, "events lead to the state")
		if site != nil {
			require.EqualValues(w.t, w.tip().Height-site.Block.Height+1, s.Depth)
			require.Equal(w.t, min(s.Depth, x.target()), max(x.view.depth, 1))
		}
	}
}

func TestAnyHistoryEqualsAFreshReplay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		steps := map[string]func(){
			"connect": w.connect, "connect2": w.connect, "disconnect": w.disconnect, "backfill": w.backfill,
			"backfill2": w.backfill, "add": w.add, "remove": w.remove, "restart": w.restart, "read": w.read,
		}
		names := []string{"connect", "connect2", "connect", "disconnect", "disconnect", "backfill", "backfill2", "backfill", "add", "add", "read", "remove", "restart"}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			steps[rapid.SampledFrom(names).Draw(t, "step")]()
			w.check()
		}
		for _, ok := w.core.BackfillHeight(); ok; _, ok = w.core.BackfillHeight() {
			w.backfill()
		}
		w.check()
		w.compareWithReplay()
		for _, x := range w.watches {
			for _, e := range x.late.queue {
				x.late.view.apply(t, e, x.target(), true)
			}
			require.Equal(t, x.view, x.late.view, "a late reader ends with the same view")
		}
	})
}

// compareWithReplay shows the final chain once to a fresh Core for each watch,
// which is added before the first block it is to look at.
func (w *world) compareWithReplay() {
	for _, x := range w.watches {
		fresh, err := watch.New(int(w.window), []watch.Point{{Height: worldBase - 1, Hash: w.blocks[0].Prev}})
		require.NoError(w.t, err)
		var id watch.ID
		var seen view
		for _, b := range w.blocks {
			if b.Height == max(x.from, worldBase) {
				id = x.addTo(w.t, fresh)
			}
			events, err := fresh.Connect(b)
			require.NoError(w.t, err)
			for _, e := range events {
				seen.apply(w.t, e, x.target(), false)
			}
		}
		if id == 0 {
			id = x.addTo(w.t, fresh)
		}
		want, _ := fresh.Status(id)
		got, _ := w.core.Status(x.id)
		require.Equal(w.t, want, got)
		require.Equal(w.t, seen, x.view)
	}
}

func (w *want) addTo(t require.TestingT, c *watch.Core) watch.ID {
	var id watch.ID
	var err error
	if w.spend != nil {
		id, err = c.WatchSpend(watch.SpendWatch{OutPoint: w.spend.OutPoint, Hint: max(w.from, worldBase), Depth: w.target()})
	} else {
		id, err = c.WatchTx(watch.TxWatch{TxID: w.tx.TxID, Script: w.tx.Script, Hint: max(w.from, worldBase), Depth: w.target()})
	}
	require.NoError(t, err)
	return id
}

func TestSameInputGivesSameEvents(t *testing.T) {
	run := func() []watch.Event {
		c := newChain(t, 10)
		for i := range 50 {
			c.watchTx(watch.TxWatch{Script: []byte{byte('a' + i%3)}, Hint: 101, Depth: uint32(1 + i%4)})
			c.watchSpend(watch.SpendWatch{OutPoint: out(uint64(i % 7)), Hint: 101, Depth: 2})
		}
		var all []watch.Event
		for i := range uint32(7) {
			all = append(all, c.connect(tx(i, []wire.OutPoint{out(uint64(i))}, "a", "b", "c"))...)
		}
		for range 7 {
			all = append(all, c.disconnect()...)
		}
		return all
	}
	require.Equal(t, run(), run())
}

package watch

import (
	"errors"
	"fmt"
	"slices"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
)

// Window is the usual number of recent blocks a Core remembers, about two days.
const Window = 288

// Errors of a Core. After any of them but ErrNotOnChain the Core is unchanged.
var (
	// ErrNotNext means that a block does not build on the tip.
	ErrNotNext = errors.New("block does not build on the tip")
	// ErrNotTip means that a block to disconnect is not the tip.
	ErrNotTip = errors.New("block is not the tip")
	// ErrTooDeep means that a reorganisation goes below the oldest block
	// remembered; Restart looks at everything again.
	ErrTooDeep = errors.New("reorganisation is deeper than the blocks remembered")
	// ErrNotOnChain means that a block of the past is not of the chain that
	// ends at the tip. Some watches may have to be shown it from the start.
	ErrNotOnChain = errors.New("block is not on the chain")
	// ErrBadWatch means that a watch names nothing to look for, or that its
	// hint or depth is out of range.
	ErrBadWatch = errors.New("invalid watch")
	// ErrBadStart means that the points to start from do not follow each
	// other, or that there are none.
	ErrBadStart = errors.New("invalid starting points")
)

// Block is a block as a Core needs it.
type Block struct {
	Point
	Prev chainhash.Hash
	// Txs are all transactions, or none if no watch can match any of them. They
	// must not be changed afterwards.
	Txs []*wire.MsgTx
}

// TxWatch asks for the confirmation of a transaction.
type TxWatch struct {
	// TxID is the transaction looked for; if zero, it is the first in the chain
	// that pays to Script.
	TxID chainhash.Hash
	// Script is one the transaction pays to. With a TxID it only helps to skip
	// blocks, so it may be empty, but must not be wrong.
	Script []byte
	// Hint is the lowest height at which the transaction can be.
	Hint Height
	// Depth is the target, 1 to the Core's window.
	Depth uint32
}

// SpendWatch asks for the transaction that spends an output.
type SpendWatch struct {
	OutPoint wire.OutPoint
	// Script is the output's. It only helps to skip blocks, so it may be empty,
	// but must not be wrong.
	Script []byte
	// Hint is the lowest height at which the output can be spent.
	Hint Height
	// Depth is the target, 1 to the Core's window.
	Depth uint32
}

// Check returns ErrBadWatch unless a Core of that window takes the watch.
func (w TxWatch) Check(window int) error {
	if w.TxID == (chainhash.Hash{}) && len(w.Script) == 0 {
		return fmt.Errorf("neither txid nor script: %w", ErrBadWatch)
	}
	return checkRange(window, w.Hint, w.Depth)
}

// Check returns ErrBadWatch unless a Core of that window takes the watch.
func (w SpendWatch) Check(window int) error { return checkRange(window, w.Hint, w.Depth) }

func checkRange(window int, hint Height, depth uint32) error {
	if depth < 1 || uint64(depth) > uint64(max(window, 1)) {
		return fmt.Errorf("depth %d of 1 to %d: %w", depth, window, ErrBadWatch)
	}
	if hint < 0 {
		return fmt.Errorf("hint %d: %w", hint, ErrBadWatch)
	}
	return nil
}

// Core holds watches and the recent chain. Make one with New. It is not safe for
// concurrent use.
type Core struct {
	window int
	// recent are the last blocks, lowest first, at most window+1, never none.
	recent []Point
	last   ID
	gen    uint64

	watches map[ID]*entry
	byOut   map[wire.OutPoint][]*entry
	byTx    map[chainhash.Hash][]*entry
	byPay   map[string][]*entry
	// growing are reported and below their target; pending have past to see.
	growing, pending map[ID]*entry
}

// New returns a Core that stands on the last of the points, which are
// consecutive blocks of the best chain, lowest first. It remembers as many
// blocks below the tip as window says, at least 1.
func New(window int, points []Point) (*Core, error) {
	c := &Core{
		window:  max(window, 1),
		watches: make(map[ID]*entry),
		byOut:   make(map[wire.OutPoint][]*entry),
		byTx:    make(map[chainhash.Hash][]*entry),
		byPay:   make(map[string][]*entry),
		growing: make(map[ID]*entry),
		pending: make(map[ID]*entry),
	}
	return c, c.setRecent(points)
}

func (c *Core) setRecent(points []Point) error {
	if len(points) == 0 || points[0].Height < 0 {
		return fmt.Errorf("%d points: %w", len(points), ErrBadStart)
	}
	for i := range points[1:] {
		if points[i].Height+1 != points[i+1].Height {
			return fmt.Errorf("height %d after %d: %w", points[i+1].Height, points[i].Height, ErrBadStart)
		}
	}
	c.recent = slices.Clone(points)
	c.trim()
	return nil
}

func (c *Core) trim() {
	if extra := len(c.recent) - c.window - 1; extra > 0 {
		c.recent = slices.Delete(c.recent, 0, extra)
	}
}

// Tip is the block the Core stands on.
func (c *Core) Tip() Point { return c.recent[len(c.recent)-1] }

// Lowest is the height of the oldest block remembered: how deep a
// reorganisation can go without a Restart.
func (c *Core) Lowest() Height { return c.recent[0].Height }

// HashAt returns the hash of a remembered block.
func (c *Core) HashAt(h Height) (chainhash.Hash, bool) {
	i := int(h) - int(c.recent[0].Height)
	if i < 0 || i >= len(c.recent) {
		return chainhash.Hash{}, false
	}
	return c.recent[i].Hash, true
}

// Generation grows with each watch that is added: who decided that a block
// matches nothing decides again if it has changed.
func (c *Core) Generation() uint64 { return c.gen }

// WatchTx adds a watch. It returns ErrBadWatch. If the hint is not above the
// tip, the blocks from there on must be shown by Backfill. It looks at the
// blocks connected from now on in any case, below the hint too.
func (c *Core) WatchTx(w TxWatch) (ID, error) {
	if err := w.Check(c.window); err != nil {
		return 0, err
	}
	e := &entry{txid: w.TxID, script: slices.Clone(w.Script), target: w.Depth}
	c.add(e, w.Hint)
	if e.exact() {
		c.byTx[e.txid] = append(c.byTx[e.txid], e)
	} else {
		c.byPay[string(e.script)] = append(c.byPay[string(e.script)], e)
	}
	return e.id, nil
}

// WatchSpend adds a watch for an output. See WatchTx.
func (c *Core) WatchSpend(w SpendWatch) (ID, error) {
	if err := w.Check(c.window); err != nil {
		return 0, err
	}
	e := &entry{spend: true, outpoint: w.OutPoint, script: slices.Clone(w.Script), target: w.Depth}
	c.add(e, w.Hint)
	c.byOut[e.outpoint] = append(c.byOut[e.outpoint], e)
	return e.id, nil
}

func (c *Core) add(e *entry, hint Height) {
	c.last++
	c.gen++
	e.id = c.last
	e.from = min(hint, c.Tip().Height+1)
	c.watches[e.id] = e
	c.expectPast(e)
}

// expectPast lets e see all blocks from e.from to the tip.
func (c *Core) expectPast(e *entry) {
	e.next, e.end = e.from, c.Tip()
	if e.isPending() {
		c.pending[e.id] = e
	}
}

// Remove ends a watch. Unknown ids are ignored.
func (c *Core) Remove(id ID) {
	e, ok := c.watches[id]
	if !ok {
		return
	}
	delete(c.watches, id)
	delete(c.growing, id)
	delete(c.pending, id)
	switch {
	case e.spend:
		unlist(c.byOut, e.outpoint, e)
	case e.exact():
		unlist(c.byTx, e.txid, e)
	default:
		unlist(c.byPay, string(e.script), e)
	}
}

func unlist[K comparable](m map[K][]*entry, k K, e *entry) {
	rest := slices.DeleteFunc(m[k], func(x *entry) bool { return x == e })
	if len(rest) == 0 {
		delete(m, k)
		return
	}
	m[k] = rest
}

// Connect puts b on top of the tip (ErrNotNext) and returns the events of all
// watches it concerns, by id. Its cost grows with the inputs and outputs of b
// and with the watches below their target, not with the number of watches.
func (c *Core) Connect(b Block) ([]Event, error) {
	tip := c.Tip()
	if b.Prev != tip.Hash || b.Height != tip.Height+1 {
		return nil, fmt.Errorf("connect %s at %d: %w", b.Hash, b.Height, ErrNotNext)
	}
	c.recent = append(c.recent, b.Point)
	c.trim()
	touched := values(c.growing)
	c.match(b, func(e *entry, s *found) {
		if e.at == nil {
			e.at = s
			touched = append(touched, e)
		}
	})
	return c.report(touched), nil
}

// Disconnect takes the tip away. It returns ErrNotTip, or ErrTooDeep if the
// block below is not remembered.
func (c *Core) Disconnect(hash chainhash.Hash) ([]Event, error) {
	gone := c.Tip()
	if gone.Hash != hash {
		return nil, fmt.Errorf("disconnect %s: %w", hash, ErrNotTip)
	}
	if len(c.recent) == 1 {
		return nil, fmt.Errorf("disconnect %s at %d: %w", hash, gone.Height, ErrTooDeep)
	}
	c.recent = c.recent[:len(c.recent)-1]
	tip := c.Tip()
	for _, e := range c.watches {
		if e.at != nil && e.at.Block == gone {
			e.at = nil
		}
		// What replaces the block is going to be connected, so that the past
		// ends below it; a later Restart must look there too. What a backfill has found lies below e.next, which is
		// not above the old tip: it stays.
		e.from = min(e.from, gone.Height)
		if e.isPending() && e.end == gone {
			e.end = tip
			c.finish(e)
		}
	}
	return c.report(values(c.watches)), nil
}

// Restart gives up what is known of the chain and stands on the last of the
// points, as in New (ErrBadStart). All watches must be shown their past again,
// from their hint or from one window below the oldest block remembered so far,
// whichever is lower: a transaction may stand lower in the new chain. They
// report only what differs then.
func (c *Core) Restart(points []Point) ([]Event, error) {
	lowest := max(0, c.recent[0].Height-Height(c.window)) //nolint:gosec // windows are small
	if err := c.setRecent(points); err != nil {
		return nil, err
	}
	c.gen++
	for _, e := range c.watches {
		e.at, e.past = nil, nil
		e.from = min(e.from, lowest, c.Tip().Height+1)
		delete(c.pending, e.id)
		delete(c.growing, e.id)
		c.expectPast(e)
	}
	return c.report(values(c.watches)), nil
}

// BackfillHeight is the lowest height some watch has still to see; false if
// there is none.
func (c *Core) BackfillHeight() (Height, bool) {
	var lowest Height
	ok := false
	for _, e := range c.pending {
		if !ok || e.next < lowest {
			lowest, ok = e.next, true
		}
	}
	return lowest, ok
}

// Backfill shows a block of the past, at BackfillHeight, to the watches that
// wait for it. It returns ErrNotOnChain if the block does not fit the chain: if
// the Core or the sender is behind, the block of that height must be shown
// later. What was seen below the remembered blocks and does not lead up to them
// is forgotten and must be shown again; the events returned hold all the same.
func (c *Core) Backfill(b Block) ([]Event, error) {
	if hash, ok := c.HashAt(b.Height); b.Height > c.Tip().Height || ok && hash != b.Hash {
		return nil, fmt.Errorf("backfill %s at %d: %w", b.Hash, b.Height, ErrNotOnChain)
	}
	var shown []*entry
	fits := true
	for _, e := range c.pending {
		if e.next != b.Height {
			continue
		}
		if e.next > e.from && e.prev != b.Prev || b.Height == e.end.Height && b.Hash != e.end.Hash {
			e.next, e.past = e.from, nil
			fits = false
			continue
		}
		shown = append(shown, e)
	}
	if len(shown) > 0 {
		c.match(b, func(e *entry, s *found) {
			if e.past == nil && e.isPending() && e.next == b.Height {
				e.past = s
			}
		})
	}
	for _, e := range shown {
		e.next, e.prev = b.Height+1, b.Hash
		c.finish(e)
	}
	events := c.report(shown)
	if !fits {
		return events, fmt.Errorf("backfill %s at %d: %w", b.Hash, b.Height, ErrNotOnChain)
	}
	return events, nil
}

// finish ends the backfill of e if it has seen everything.
func (c *Core) finish(e *entry) {
	if e.isPending() {
		return
	}
	delete(c.pending, e.id)
	if e.past != nil {
		e.at, e.past = e.past, nil
	}
}

// Filter returns the scripts of all watches. If it returns false, some watch
// has none, and no block may be skipped.
func (c *Core) Filter() ([][]byte, bool) {
	return scriptsOf(c.watches, func(*entry) bool { return true })
}

// BackfillFilter is Filter for the watches that wait for the block at h.
func (c *Core) BackfillFilter(h Height) ([][]byte, bool) {
	return scriptsOf(c.pending, func(e *entry) bool { return e.next == h })
}

func scriptsOf(entries map[ID]*entry, which func(*entry) bool) ([][]byte, bool) {
	seen := make(map[string]bool, len(entries))
	var scripts [][]byte
	for _, e := range entries {
		switch {
		case !which(e) || seen[string(e.script)]:
		case len(e.script) == 0:
			return nil, false
		default:
			seen[string(e.script)] = true
			scripts = append(scripts, e.script)
		}
	}
	slices.SortFunc(scripts, slices.Compare[[]byte])
	return scripts, true
}

// Status is what a watch knows now.
type Status struct {
	// Site is nil unless the transaction, or the spending one, is in the best
	// chain.
	Site *Site
	// Depth is 0 without a Site.
	Depth uint32
	// Pending: the past has not been seen in full.
	Pending bool
}

// Status returns the state of a watch, false if there is none of that id.
func (c *Core) Status(id ID) (Status, bool) {
	e, ok := c.watches[id]
	if !ok {
		return Status{}, false
	}
	s := Status{Pending: e.isPending()}
	if e.at != nil && (!s.Pending || e.exact()) {
		site := e.at.Site
		s.Site, s.Depth = &site, c.depth(e)
	}
	return s, true
}

// depth counts from the block of e.at.
func (c *Core) depth(e *entry) uint32 {
	return uint32(c.Tip().Height - e.at.Block.Height + 1) //nolint:gosec // no site is above the tip
}

func values(m map[ID]*entry) []*entry {
	s := make([]*entry, 0, len(m))
	for _, e := range m {
		s = append(s, e)
	}
	return s
}

package index

import (
	"errors"
	"fmt"
	"math/big"
)

// Errors of an Engine, wrapped with the height or the day.
var (
	// ErrLink: a block does not follow the one before it.
	ErrLink = errors.New("block does not follow the one before")
	// ErrTime: the median time of a chain went back, which consensus forbids.
	ErrTime = errors.New("median time went back")
	// ErrContext: a day's blocks or fee window begin before what the engine knows.
	ErrContext = errors.New("blocks before this day are not known")
	// ErrReplay: blocks connected again give another record than they gave before.
	ErrReplay = errors.New("recomputed day differs from the one kept")
)

// Engine computes the days of a chain, block by block. It holds the blocks from the
// first one that an unclosed day needs to the tip, and no more. A reorganisation
// is followed by making a new Engine and connecting the other branch: package
// series does so.
//
// It is not safe for concurrent use.
type Engine struct {
	p    Params
	calc calculator
	// from is the height of the first block ever connected; rows is contiguous.
	from uint32
	rows []Row
	// open is the first height of the tip's day; whole says that it is known to be
	// the day's first block.
	open    uint32
	whole   bool
	pending []span
	// base is the last closed day, valid if has; earlier closed days are skipped.
	base Day
	has  bool
	// legs is the last day with blocks whose value is known.
	legs    Day
	hasLegs bool
}

// span is a day with blocks that has ended, and the empty days after it.
type span struct {
	day         uint32
	first, last uint32
	// until is the last empty day after it, day itself if there is none.
	until uint32
	whole bool
}

// NewEngine returns an engine whose first block will be at height from. A day is
// computed when all of its blocks, its fee window and the median times are within
// what is connected; from 0 that is every day. base is the last closed day that is
// known already, nil for none: days up to it are recomputed where their blocks are
// connected, compared, and not returned again. p must have passed Check.
func NewEngine(p Params, from uint32, base *Day) *Engine {
	e := &Engine{p: p, calc: calculator{p: p}, from: from}
	if base != nil {
		e.base, e.has = *base, true
	}
	return e
}

// Need returns the height from which blocks must be connected for days after and
// including the one whose first block is at height first.
func (p Params) Need(first uint32) uint32 {
	back := max(p.ClipHalf, 11) + 11
	if first < back {
		return 0
	}
	return first - back
}

// Tip returns the last block connected, false before the first.
func (e *Engine) Tip() (Row, bool) {
	if len(e.rows) == 0 {
		return Row{}, false
	}
	return e.rows[len(e.rows)-1], true
}

// Last returns the last closed day, false if none is.
func (e *Engine) Last() (Day, bool) { return e.base, e.has }

// Connect adds the next block of the chain and returns the days that it closes for
// good, as far as `confirmations` blocks make them so, in ascending order. It fails
// with ErrLink, ErrTime, ErrBits, ErrContext or ErrReplay; the engine must then not
// be used any more.
func (e *Engine) Connect(b Block) ([]Day, error) {
	if err := e.checkLink(b); err != nil {
		return nil, err
	}
	if _, err := Target(b.Bits); err != nil {
		return nil, fmt.Errorf("block %d: %w", b.Height, err)
	}
	row := e.calc.raw(b)
	row.Known = e.from == 0 || b.Height-e.from >= 10
	if row.Known {
		row.MTP = e.medianTime(b.Time)
	}
	if err := e.turn(&row); err != nil {
		return nil, err
	}
	e.rows = append(e.rows, row)
	var out []Day
	for len(e.pending) > 0 && e.final(e.pending[0], b.Height) {
		days, err := e.closeSpan(e.pending[0])
		if err != nil {
			return nil, err
		}
		out = append(out, days...)
		e.pending = e.pending[1:]
		e.trim()
	}
	return out, nil
}

func (e *Engine) checkLink(b Block) error {
	tip, ok := e.Tip()
	switch {
	case !ok && b.Height != e.from:
		return fmt.Errorf("%w: height %d, the first is to be %d", ErrLink, b.Height, e.from)
	case !ok && b.Height == 0 && b.Hash != e.p.Genesis:
		return fmt.Errorf("%w: genesis %s, the index is of %s", ErrLink, b.Hash, e.p.Genesis)
	case ok && (b.Height != tip.Height+1 || b.Prev != tip.Hash):
		return fmt.Errorf("%w: %d %s on %d %s", ErrLink, b.Height, b.Prev, tip.Height, tip.Hash)
	}
	return nil
}

func (e *Engine) medianTime(next uint32) uint32 {
	times := make([]uint32, 0, 11)
	for _, r := range e.rows[max(0, len(e.rows)-10):] {
		times = append(times, r.Time)
	}
	return medianTime(append(times, next))
}

// turn notes the end of a day when row, the next one, belongs to a later day.
func (e *Engine) turn(row *Row) error {
	if !row.Known {
		return nil
	}
	tip, ok := e.Tip()
	if !ok || !tip.Known {
		// The first block of known day; it begins a day only if it begins the chain.
		e.open, e.whole = row.Height, row.Height == 0
		return nil
	}
	switch {
	case row.Day() < tip.Day():
		return fmt.Errorf("%w: block %d", ErrTime, row.Height)
	case row.Day() > tip.Day():
		e.pending = append(e.pending, span{
			day: tip.Day(), first: e.open, last: tip.Height, until: row.Day() - 1, whole: e.whole,
		})
		e.open, e.whole = row.Height, true
	}
	return nil
}

// final says whether the block that closed a span has enough confirmations.
func (e *Engine) final(s span, tip uint32) bool {
	return uint64(tip)+1 >= uint64(s.last)+1+uint64(e.p.Confirmations)
}

// row returns the row at a height that is held.
func (e *Engine) row(height uint32) *Row { return &e.rows[height-e.rows[0].Height] }

// complete says whether a span's values can be computed from what was connected.
func (e *Engine) complete(s span) bool {
	held := e.rows[0].Height
	return s.whole && (s.first >= held+e.p.ClipHalf || held == 0)
}

// closeSpan computes the day of a span and of the empty days after it, and returns
// those that were not closed before.
func (e *Engine) closeSpan(s span) ([]Day, error) {
	if !e.complete(s) {
		// Nothing is known of this day: good only if nobody asks for it.
		if e.has && s.until <= e.base.Day || !e.has && s.until < e.p.FirstDay {
			return nil, nil
		}
		if !e.has || s.day > e.base.Day {
			return nil, fmt.Errorf("%w: day %d", ErrContext, s.day)
		}
		// The day itself is the base or before it; what follows repeats it.
		e.legs, e.hasLegs = e.base, true
	} else if err := e.compute(s); err != nil {
		return nil, err
	} else if err := e.checkReplay(s); err != nil {
		return nil, err
	}
	return e.emit(s), nil
}

// compute sums up the blocks of a span.
func (e *Engine) compute(s span) error {
	held := e.rows[0].Height
	rows := e.rows[s.first-held : s.last-held+1]
	for i := range rows {
		h := rows[i].Height
		from := held
		if h >= e.p.ClipHalf {
			from = max(held, h-e.p.ClipHalf)
		}
		to := h + e.p.ClipHalf
		if err := e.calc.complete(&rows[i], e.rows[from-held:to-held+1]); err != nil {
			return err
		}
	}
	d := DayOf(e.p, rows)
	closing := e.row(s.last + 1)
	d.CloseHeight, d.CloseHash = closing.Height, closing.Hash
	d.sourceFirst, d.sourceTo = s.first, s.last
	e.legs, e.hasLegs = d, true
	return nil
}

// emit returns the days of a span that count and were not closed before.
func (e *Engine) emit(s span) []Day {
	var out []Day
	for day := max(s.day, e.firstOpen()); day <= s.until; day++ {
		d := e.legs
		if day != s.day {
			d = e.empty(day)
		}
		closing := e.row(s.last + 1)
		d.CloseHeight, d.CloseHash = closing.Height, closing.Hash
		if e.has {
			d.Counter = e.base.Counter
		}
		d.Counter = d.Counter.add(d.Value)
		e.base, e.has = d, true
		out = append(out, d)
	}
	return out
}

// firstOpen is the first day that counts and is not closed yet.
func (e *Engine) firstOpen() uint32 {
	if e.has {
		return e.base.Day + 1
	}
	return e.p.FirstDay
}

// empty returns a day without blocks, which repeats the values before it.
func (e *Engine) empty(day uint32) Day {
	d := Day{Index: e.p.ID, Day: day, SumSub: new(big.Int), SumFee: new(big.Int), SumRaw: new(big.Int)}
	if e.hasLegs {
		d.Value, d.sourceFirst, d.sourceTo = e.legs.Value, e.legs.sourceFirst, e.legs.sourceTo
		d.Raw = e.legs.Raw
	}
	return d
}

// checkReplay compares the base with its recomputation, when its blocks were
// connected again.
func (e *Engine) checkReplay(s span) error {
	if !e.has || s.day != e.base.Day || e.base.Blocks == 0 {
		return nil
	}
	again, kept := e.legs, e.base
	if again.FirstHash != kept.FirstHash || again.LastHash != kept.LastHash || again.Value != kept.Value ||
		again.SumSub.Cmp(kept.SumSub) != 0 || again.SumFee.Cmp(kept.SumFee) != 0 || again.SumRaw.Cmp(kept.SumRaw) != 0 {
		return fmt.Errorf("%w: day %d", ErrReplay, kept.Day)
	}
	return nil
}

// trim forgets the blocks that no open day needs.
func (e *Engine) trim() {
	first := e.open
	if len(e.pending) > 0 {
		first = e.pending[0].first
	}
	need := e.p.Need(first)
	if need > e.rows[0].Height {
		e.rows = append([]Row(nil), e.rows[need-e.rows[0].Height:]...)
	}
}

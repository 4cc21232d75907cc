package series

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"

	"github.com/btcsuite/btcd/chaincfg/chainhash"

	"github.com/alkimiya/alkimiya/internal/crashpoint"
	"github.com/alkimiya/alkimiya/internal/records"
	"github.com/alkimiya/alkimiya/oracle/index"
)

// maxForks is how often one Sync starts over because the source's chain moved
// under it.
const maxForks = 10

// errMoved says that the source's chain changed while it was read.
var errMoved = errors.New("the source's chain moved")

// Sync brings the store up to the source's best chain: it takes back what a
// reorganisation removed, fetches what is new, and closes days. It goes on where an
// earlier call was cut off, and returns when the tip that it found is reached. Before
// the index's first day has begun on the chain it does nothing. Headers must link,
// have the work and target that the rules of the network demand, and blocks must hold
// the transactions that their headers commit to; else it fails with the errors of
// oracle/index, naming the height, and keeps what was good.
func (s *Series) Sync(ctx context.Context, src Source) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range maxForks {
		err := s.sync(ctx, src)
		if err != nil {
			// What the engine holds may be ahead of the store.
			s.engine = nil
		}
		if !errors.Is(err, errMoved) {
			return err
		}
		s.log.Debug("chain moved while it was read", "index", s.p.ID)
	}
	return fmt.Errorf("%w: its chain does not hold still", ErrSource)
}

func (s *Series) sync(ctx context.Context, src Source) error {
	tip, _, err := src.Tip(ctx)
	if err != nil {
		return fmt.Errorf("ask for the tip: %w", err)
	}
	b := s.now()
	if b.started && !b.empty {
		if err := s.follow(ctx, src, tip); err != nil {
			return err
		}
	}
	if b = s.now(); !b.started || b.empty {
		found, err := s.findStart(ctx, src, tip)
		if err != nil || !found {
			return err
		}
	}
	if err := s.load(); err != nil {
		return err
	}
	return s.fetch(ctx, src, tip)
}

// follow takes back the blocks that are not on the source's best chain any more.
func (s *Series) follow(ctx context.Context, src Source, tip uint32) error {
	b := s.now()
	at := b.tip
	for {
		if at <= tip {
			own, err := s.block(at)
			if err != nil {
				return err
			}
			hash, err := src.HashAt(ctx, at)
			if err != nil {
				return fmt.Errorf("ask for block %d: %w", at, err)
			}
			if hash == own.block.Hash {
				break
			}
		}
		if at == b.start {
			return s.truncate(b, 0, true)
		}
		at--
	}
	if at == b.tip {
		return nil
	}
	return s.truncate(b, at, false)
}

// truncate takes back everything above height, or everything: days first, then
// blocks from the top.
func (s *Series) truncate(b bounds, height uint32, all bool) error {
	s.engine = nil
	lost, err := s.daysNotFinal(height, all)
	if err != nil {
		return err
	}
	s.log.Info("blocks taken back", "index", s.p.ID, "from", height, "tip", b.tip, "days", len(lost))
	b.dropDays(lost)
	for chunk := range slices.Chunk(lost, batch) {
		err := s.write(b, func(t *records.Txn) error {
			for _, day := range chunk {
				if err := t.Delete(heightKey(prefixDay, day)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for floor := height; ; {
		next := b
		low := max(floor+1, b.tip-min(b.tip, batch))
		if all {
			low = max(b.start, b.tip-min(b.tip, batch))
		}
		next.tip = low - min(low, 1)
		next.empty = all && low == b.start
		err := s.write(next, func(t *records.Txn) error {
			for h := low; h <= b.tip; h++ {
				if err := errors.Join(t.Delete(heightKey(prefixBlock, h)), t.Delete(heightKey(prefixProof, h))); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		b = next
		if b.empty || !all && b.tip <= height {
			return nil
		}
	}
}

// daysNotFinal returns the days on disk whose closing block has not enough
// confirmations with the tip at height.
func (s *Series) daysNotFinal(height uint32, all bool) ([]uint32, error) {
	var lost []uint32
	b := s.now()
	if !b.hasDay {
		return nil, nil
	}
	for day := b.day; day >= b.first; day-- {
		d, err := s.Day(day)
		if err != nil {
			return nil, err
		}
		if !all && uint64(d.CloseHeight)+uint64(s.p.Confirmations) <= uint64(height)+1 {
			break
		}
		lost = append(lost, day)
		if day == 0 {
			break
		}
	}
	return lost, nil
}

func (b *bounds) dropDays(lost []uint32) {
	if len(lost) == 0 {
		return
	}
	lowest := lost[len(lost)-1]
	if lowest == b.first {
		b.hasDay, b.first, b.day = false, 0, 0
		return
	}
	b.day = lowest - 1
}

// write commits records together with the bounds that they lead to.
func (s *Series) write(b bounds, f func(*records.Txn) error) error {
	b.started = true
	crashpoint.Here("series/before-commit")
	err := s.db.Update(func(t *records.Txn) error {
		if err := f(t); err != nil {
			return err
		}
		return b.put(t)
	})
	if err != nil {
		return fmt.Errorf("write index: %w", err)
	}
	crashpoint.Here("series/after-commit")
	s.state.Lock()
	s.limits = b
	s.state.Unlock()
	return nil
}

// findStart chooses the first block to keep: so far before the index's first day
// that this day, and the day before whose values an empty one repeats, can be
// computed. It reports false while the chain has not reached the first day.
func (s *Series) findStart(ctx context.Context, src Source, tip uint32) (bool, error) {
	first, ok, err := search(ctx, src, tip, s.p.FirstDay*index.DaySeconds)
	if err != nil || !ok {
		return false, err
	}
	start := uint32(0)
	if first > 0 {
		before, err := medianTime(ctx, src, first-1)
		if err != nil {
			return false, err
		}
		day, _, err := search(ctx, src, first, before/index.DaySeconds*index.DaySeconds)
		if err != nil {
			return false, err
		}
		start = s.p.Need(day)
	}
	s.log.Info("index begins", "index", s.p.ID, "height", start, "first_day_height", first)
	return true, s.write(bounds{start: start, empty: true}, func(*records.Txn) error { return nil })
}

// search returns the lowest height whose median time is at least at, false if
// there is none up to tip.
func search(ctx context.Context, src Source, tip, at uint32) (uint32, bool, error) {
	var failed error
	n := sort.Search(int(tip)+1, func(h int) bool {
		if failed != nil {
			return true
		}
		mtp, err := medianTime(ctx, src, uint32(h)) //nolint:gosec // G115: below a 32-bit tip
		failed = err
		return mtp >= at
	})
	return uint32(n), n <= int(tip), failed //nolint:gosec // G115: at most the tip plus one
}

// medianTime returns the median of the times of a block and the ten before it.
func medianTime(ctx context.Context, src Source, height uint32) (uint32, error) {
	hash, err := src.HashAt(ctx, height)
	if err != nil {
		return 0, fmt.Errorf("ask for block %d: %w", height, err)
	}
	times := make([]uint32, 0, 11)
	for range min(height, 10) + 1 {
		header, err := src.Header(ctx, hash)
		if err != nil {
			return 0, fmt.Errorf("ask for header %s: %w", hash, err)
		}
		times = append(times, uint32(header.Timestamp.Unix())) //nolint:gosec // G115: a header's time has 32 bits
		hash = header.PrevBlock
	}
	slices.Sort(times)
	return times[len(times)/2], nil
}

// load replays the blocks on disk that open days need into a new engine.
func (s *Series) load() error {
	if s.engine != nil {
		return nil
	}
	b := s.now()
	from := b.start
	var base *index.Day
	if b.hasDay {
		d, err := s.Day(b.day)
		if err != nil {
			return err
		}
		first, _ := d.Source()
		base, from = &d, max(b.start, s.p.Need(first))
	}
	engine, headers := index.NewEngine(s.p, from, base), index.NewVerifier(s.rules, from)
	if !b.empty {
		var closed []index.Day
		err := s.blocks(from, b.tip, func(st stored) error {
			if _, err := headers.Add(&st.header); err != nil {
				return err
			}
			days, err := engine.Connect(st.block)
			closed = append(closed, days...)
			return err
		})
		if err != nil {
			return fmt.Errorf("replay index: %w", err)
		}
		// A crash came between the blocks and the many empty days that one of them closed.
		if err := s.keepDays(closed); err != nil {
			return err
		}
	}
	s.engine, s.headers = engine, headers
	return nil
}

// fetch connects the source's blocks up to tip.
func (s *Series) fetch(ctx context.Context, src Source, tip uint32) error {
	b := s.now()
	next := b.tip + 1
	if b.empty {
		next = b.start
	}
	total := tip + 1 - min(next, tip+1)
	prev := chainhash.Hash{}
	if row, ok := s.engine.Tip(); ok {
		prev = row.Hash
	}
	var pending []stored
	var closed []index.Day
	for h := next; h <= tip; h++ {
		st, err := get(ctx, src, h)
		if err != nil {
			return errors.Join(err, s.keep(pending, closed))
		}
		if h > next && st.block.Prev != prev || h == next && prev != (chainhash.Hash{}) && st.block.Prev != prev {
			return errors.Join(s.keep(pending, closed), errMoved)
		}
		prev = st.block.Hash
		days, err := s.connect(st)
		if err != nil {
			return errors.Join(fmt.Errorf("index %s: %w", s.p.ID, err), s.keep(pending, closed))
		}
		pending, closed = append(pending, st), append(closed, days...)
		if len(pending) == batch || h == tip {
			if err := s.keep(pending, closed); err != nil {
				return err
			}
			pending, closed = nil, nil
		}
		if s.progress != nil {
			s.progress(h-next+1, total)
		}
	}
	return nil
}

// connect verifies a block's header by the rules of the network, and gives the block
// to the engine.
func (s *Series) connect(st stored) ([]index.Day, error) {
	if _, err := s.headers.Add(&st.header); err != nil {
		return nil, err
	}
	return s.engine.Connect(st.block)
}

func get(ctx context.Context, src Source, height uint32) (stored, error) {
	hash, err := src.HashAt(ctx, height)
	if err != nil {
		return stored{}, fmt.Errorf("ask for block %d: %w", height, err)
	}
	block, err := src.Block(ctx, hash)
	if err != nil {
		return stored{}, fmt.Errorf("fetch block %d: %w", height, err)
	}
	facts, proof, err := index.FromBlock(block, height)
	if err != nil {
		return stored{}, err
	}
	if facts.Hash != hash {
		return stored{}, fmt.Errorf("%w: asked for block %s, got %s", ErrSource, hash, facts.Hash)
	}
	return stored{header: block.Header, block: facts, proof: proof}, nil
}

// keep writes connected blocks and the days that they closed, in one transaction
// unless it is very many empty days: a crash then leaves days missing that load
// computes again.
func (s *Series) keep(blocks []stored, days []index.Day) error {
	if len(blocks) == 0 {
		return nil
	}
	b := s.now()
	b.empty, b.tip = false, blocks[len(blocks)-1].block.Height
	now := days[:min(len(days), maxDays)]
	b.addDays(now)
	err := s.write(b, func(t *records.Txn) error {
		for i := range blocks {
			if err := blocks[i].put(t); err != nil {
				return err
			}
		}
		return putDays(t, now)
	})
	if err != nil {
		return err
	}
	return s.keepDays(days[len(now):])
}

// maxDays is how many days are written in one transaction.
const maxDays = 1000

func (s *Series) keepDays(days []index.Day) error {
	for chunk := range slices.Chunk(days, maxDays) {
		b := s.now()
		b.addDays(chunk)
		if err := s.write(b, func(t *records.Txn) error { return putDays(t, chunk) }); err != nil {
			return err
		}
	}
	return nil
}

func putDays(t *records.Txn, days []index.Day) error {
	for _, d := range days {
		if err := putDay(t, d); err != nil {
			return err
		}
	}
	return nil
}

func (b *bounds) addDays(days []index.Day) {
	if len(days) == 0 {
		return
	}
	if !b.hasDay {
		b.hasDay, b.first = true, days[0].Day
	}
	b.day = days[len(days)-1].Day
}

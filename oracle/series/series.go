package series

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/internal/records"
	"github.com/alkimiya/alkimiya/oracle/index"
)

// Errors of a Series, wrapped with the height or day. Those of internal/records
// come as they are.
var (
	// ErrUnknown: the day is not closed, or the block is not known.
	ErrUnknown = errors.New("not known to this index")
	// ErrSource: the block source contradicts itself.
	ErrSource = errors.New("block source contradicts itself")
)

// Source is where blocks come from: a node, or files.
type Source interface {
	// Tip returns the end of the best chain.
	Tip(ctx context.Context) (height uint32, hash chainhash.Hash, err error)
	// HashAt returns the hash of the best chain's block at a height.
	HashAt(ctx context.Context, height uint32) (chainhash.Hash, error)
	// Header returns the header of a block of the best chain.
	Header(ctx context.Context, hash chainhash.Hash) (*wire.BlockHeader, error)
	// Block returns a whole block.
	Block(ctx context.Context, hash chainhash.Hash) (*wire.MsgBlock, error)
}

// Config is what Open needs.
type Config struct {
	// Dir is the store's folder; Key seals its files.
	Dir string
	Key [32]byte
	// Params are of the index; a store is bound to them.
	Params index.Params
	Logger *slog.Logger
	// Progress, if not nil, is called while blocks are fetched, with how many are
	// done of how many.
	Progress func(done, total uint32)
}

// batch is how many blocks are written in one transaction.
const batch = 100

// Series is an index on disk. All methods are safe for concurrent use.
type Series struct {
	p        index.Params
	db       *records.DB
	log      *slog.Logger
	progress func(done, total uint32)

	// mu is held by Sync; engine and headers are nil until blocks were replayed into
	// them.
	mu      sync.Mutex
	engine  *index.Engine
	headers *index.Verifier
	rules   index.Rules

	state  sync.RWMutex
	limits bounds
}

// Open opens or creates the store of an index. It fails with the errors of
// internal/records, with index.ErrParams, or with index.ErrMutable if the store is
// of another index.
func Open(cfg Config) (*Series, error) {
	if err := cfg.Params.Check(); err != nil {
		return nil, err
	}
	rules, err := cfg.Params.HeaderRules()
	if err != nil {
		return nil, err
	}
	db, err := records.Open(records.Options{Dir: cfg.Dir, Key: cfg.Key})
	if err != nil {
		return nil, err
	}
	s := &Series{p: cfg.Params, db: db, log: cfg.Logger, progress: cfg.Progress, rules: rules}
	if err := s.bind(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if s.limits, err = s.bounds(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// Close closes the store.
func (s *Series) Close() error { return s.db.Close() }

// Params returns the index's parameters.
func (s *Series) Params() index.Params { return s.p }

func (s *Series) now() bounds {
	s.state.RLock()
	defer s.state.RUnlock()
	return s.limits
}

// Tip returns the last block known, false before the first.
func (s *Series) Tip() (height uint32, hash chainhash.Hash, ok bool, err error) {
	b := s.now()
	if !b.started || b.empty {
		return 0, chainhash.Hash{}, false, nil
	}
	at, err := s.block(b.tip)
	return b.tip, at.block.Hash, err == nil, err
}

// Heights returns the first and the last block known, false before the first.
func (s *Series) Heights() (first, last uint32, ok bool) {
	b := s.now()
	return b.start, b.tip, b.started && !b.empty
}

// Last returns the last closed day, false if none is.
func (s *Series) Last() (index.Day, bool, error) {
	b := s.now()
	if !b.hasDay {
		return index.Day{}, false, nil
	}
	d, err := s.Day(b.day)
	return d, err == nil, err
}

// Day returns a closed day; ErrUnknown.
func (s *Series) Day(day uint32) (d index.Day, err error) {
	err = s.db.View(func(t *records.Txn) error {
		raw, err := t.Get(heightKey(prefixDay, day))
		if errors.Is(err, records.ErrNotFound) {
			return fmt.Errorf("%w: day %d is not closed", ErrUnknown, day)
		}
		if err == nil {
			d, err = readDay(raw)
		}
		return err
	})
	return d, err
}

// Days returns the closed days from first to last, as far as there are any.
func (s *Series) Days(first, last uint32) ([]index.Day, error) {
	var out []index.Day
	err := s.db.View(func(t *records.Txn) error {
		return t.Scan(records.Key(prefixDay), records.Number(uint64(first)), func(key, value []byte) error {
			if number(key) > last {
				return records.ErrStop
			}
			d, err := readDay(value)
			out = append(out, d)
			return err
		})
	})
	return out, err
}

// Counter returns the counters after a day: zero before the index's first day,
// ErrUnknown for a day that is not closed.
func (s *Series) Counter(day uint32) (index.Values, error) {
	if day < s.p.FirstDay {
		return index.Values{}, nil
	}
	d, err := s.Day(day)
	return d.Counter, err
}

func (s *Series) block(height uint32) (out stored, err error) {
	err = s.db.View(func(t *records.Txn) error {
		raw, err := t.Get(heightKey(prefixBlock, height))
		if errors.Is(err, records.ErrNotFound) {
			return fmt.Errorf("%w: block %d", ErrUnknown, height)
		}
		if err == nil {
			out, err = readBlock(height, raw)
		}
		return err
	})
	return out, err
}

// blocks calls f for the blocks from first to last; ErrUnknown if one is missing.
func (s *Series) blocks(first, last uint32, f func(stored) error) error {
	next := first
	err := s.db.View(func(t *records.Txn) error {
		return t.Scan(records.Key(prefixBlock), records.Number(uint64(first)), func(key, value []byte) error {
			if number(key) > last {
				return records.ErrStop
			}
			if number(key) != next {
				return fmt.Errorf("%w: block %d", ErrUnknown, next)
			}
			next++
			b, err := readBlock(number(key), value)
			if err != nil {
				return err
			}
			return f(b)
		})
	})
	if err == nil && next != last+1 {
		err = fmt.Errorf("%w: block %d", ErrUnknown, next)
	}
	return err
}

// MaxRows is how many blocks Rows returns at most.
const MaxRows = 10_000

// Rows returns the blocks from first to last with what the index says of them. Near
// the tip and near the first block known they are provisional. ErrUnknown if one of
// them is not known, or if there are more than MaxRows; also if a reorganisation
// takes blocks back meanwhile.
func (s *Series) Rows(first, last uint32) ([]index.Row, error) {
	b := s.now()
	if first > last || last-first >= MaxRows || !b.started || b.empty || first < b.start || last > b.tip {
		return nil, fmt.Errorf("%w: blocks %d to %d", ErrUnknown, first, last)
	}
	from := max(b.start, first-min(first, max(s.p.ClipHalf, 11)))
	to := min(b.tip, last+s.p.ClipHalf)
	blocks := make([]index.Block, 0, to-from+1)
	err := s.blocks(from, to, func(st stored) error {
		blocks = append(blocks, st.block)
		return nil
	})
	if err != nil {
		return nil, err
	}
	rows, err := index.Series(s.p, blocks)
	if err != nil {
		return nil, err
	}
	return rows[first-from : last-from+1], nil
}

// Evidence returns what a closed day's value follows from. It needs no node.
func (s *Series) Evidence(day uint32) (index.Evidence, error) {
	d, err := s.Day(day)
	if err != nil {
		return index.Evidence{}, err
	}
	from, proofs, last := d.Range(s.p)
	if last-from >= index.MaxEvidenceBlocks {
		return index.Evidence{}, fmt.Errorf("%w: day %d has too many blocks for evidence", ErrUnknown, day)
	}
	e := index.Evidence{Parameters: s.p.Hash(), Day: day, First: from, ProofsFrom: proofs}
	err = s.blocks(from, last, func(st stored) error {
		e.Headers = append(e.Headers, st.header)
		return nil
	})
	if err != nil {
		return index.Evidence{}, err
	}
	err = s.db.View(func(t *records.Txn) error {
		for h := proofs; h <= last; h++ {
			raw, err := t.Get(heightKey(prefixProof, h))
			if err != nil {
				return fmt.Errorf("coinbase of block %d: %w", h, err)
			}
			p, err := readProof(h, raw)
			if err != nil {
				return err
			}
			e.Proofs = append(e.Proofs, p)
		}
		return nil
	})
	return e, err
}

// Provisional returns the blocks of the days that are not closed yet, as they look
// now, the newest MaxRows at most; nothing before the first Sync. It does not wait
// for a Sync that runs.
func (s *Series) Provisional() ([]index.Row, error) {
	b := s.now()
	if !b.started || b.empty {
		return nil, nil
	}
	first := b.start
	if b.hasDay {
		d, err := s.Day(b.day)
		if err != nil {
			return nil, err
		}
		_, last := d.Source()
		first = last + 1
	}
	rows, err := s.Rows(max(first, b.tip-min(b.tip, MaxRows-1)), b.tip)
	if err != nil {
		return nil, err
	}
	for len(rows) > 0 && !rows[0].Known {
		rows = rows[1:]
	}
	return rows, nil
}

package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/alkimiya/alkimiya/internal/records"
)

// Prefixes of the user's log and of the place in the chain.
const (
	prefixLog = "log/" // cursor -> contract ‖ line
	keyPlace  = "place"
)

// lines hands out the cursors of the log.
type lines struct {
	mu   sync.Mutex
	next uint64 // 0 before it was read
	// open are the cursors given out whose line is not written yet.
	open map[uint64]bool
}

// Tell appends a line to the user's log, about a contract or, with a zero key,
// about none, and returns its cursor. Cursors count from 1 and rise; a failed
// write leaves a gap. If the line comes from an effect its id is given, and the
// effect is marked done in the same transaction, so that it is told once; a
// second time is ErrNotFound.
func (s *Store) Tell(key [32]byte, effect *uint64, line []byte) (uint64, error) {
	cursor, err := s.openLine()
	if err != nil {
		return 0, fmt.Errorf("log: %w", err)
	}
	defer s.closeLine(cursor)
	err = s.db.Finish(func(txn *records.Txn) error {
		if effect != nil {
			at := join(prefixOutbox, key[:], number(*effect))
			if _, err := txn.Get(at); err != nil {
				return err
			}
			if err := txn.Delete(at); err != nil {
				return err
			}
		}
		return txn.Put(join(prefixLog, number(cursor)), slices.Concat(key[:], line))
	})
	if err != nil {
		return 0, fmt.Errorf("log: %w", err)
	}
	return cursor, nil
}

// openLine gives out the next cursor.
func (s *Store) openLine() (uint64, error) {
	s.lines.mu.Lock()
	defer s.lines.mu.Unlock()
	if err := s.readLines(); err != nil {
		return 0, err
	}
	cursor := s.lines.next
	s.lines.next++
	s.lines.open[cursor] = true
	return cursor, nil
}

// readLines finds the next cursor once; it wants the lock held.
func (s *Store) readLines() error {
	if s.lines.next != 0 {
		return nil
	}
	last, err := s.lastLine()
	if err != nil {
		return err
	}
	s.lines.next, s.lines.open = last+1, make(map[uint64]bool)
	return nil
}

func (s *Store) closeLine(cursor uint64) {
	s.lines.mu.Lock()
	defer s.lines.mu.Unlock()
	delete(s.lines.open, cursor)
}

// complete returns the cursor below which no line is on its way.
func (s *Store) complete() (uint64, error) {
	s.lines.mu.Lock()
	defer s.lines.mu.Unlock()
	if err := s.readLines(); err != nil {
		return 0, err
	}
	first := s.lines.next
	for cursor := range s.lines.open {
		first = min(first, cursor)
	}
	return first, nil
}

func (s *Store) lastLine() (uint64, error) {
	var last uint64
	err := s.db.View(func(txn *records.Txn) error {
		key, err := txn.Last([]byte(prefixLog))
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		last, err = cursorOf(key)
		return err
	})
	return last, err
}

// cursorOf reads the cursor in which a key of the log ends.
func cursorOf(key []byte) (uint64, error) {
	if len(key) < 8 {
		return 0, fmt.Errorf("%w: log", ErrCorrupt)
	}
	return binary.BigEndian.Uint64(key[len(key)-8:]), nil
}

// Lines calls f for the lines of the log after a cursor, in order, at most
// limit of them; f must not write to the store. No line with a lower cursor
// than one that f has seen comes later. It stops at f's first error.
func (s *Store) Lines(after uint64, limit int, f func(cursor uint64, key [32]byte, line []byte) error) error {
	end, err := s.complete()
	if err != nil {
		return fmt.Errorf("log: %w", err)
	}
	return s.db.View(func(txn *records.Txn) error {
		return txn.Scan([]byte(prefixLog), number(after+1), func(at, value []byte) error {
			cursor, err := cursorOf(at)
			if err != nil {
				return err
			}
			if cursor >= end || limit <= 0 {
				return records.ErrStop
			}
			limit--
			if len(value) < 32 {
				return fmt.Errorf("%w: log", ErrCorrupt)
			}
			return f(cursor, [32]byte(value), slices.Clone(value[32:]))
		})
	})
}

// TrimLog deletes lines from the oldest on, at most limit, as long as they are
// below cursor, and returns how many went.
func (s *Store) TrimLog(cursor uint64, limit int) (int, error) {
	var due [][]byte
	err := s.db.View(func(txn *records.Txn) error {
		return txn.Scan([]byte(prefixLog), nil, func(at, _ []byte) error {
			line, err := cursorOf(at)
			if err != nil {
				return err
			}
			if line >= cursor || len(due) >= limit {
				return records.ErrStop
			}
			due = append(due, join(prefixLog, number(line)))
			return nil
		})
	})
	if err != nil || len(due) == 0 {
		return 0, err
	}
	err = s.db.Finish(func(txn *records.Txn) error {
		for _, key := range due {
			if err := txn.Delete(key); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("trim log: %w", err)
	}
	return len(due), nil
}

// SetPlace keeps where in the chain all contracts stand; the bytes are the
// caller's.
func (s *Store) SetPlace(place []byte) error {
	err := s.db.Finish(func(txn *records.Txn) error { return txn.Put([]byte(keyPlace), place) })
	if err != nil {
		return fmt.Errorf("place in the chain: %w", err)
	}
	return nil
}

// Place returns what SetPlace kept, nil if nothing.
func (s *Store) Place() ([]byte, error) {
	var place []byte
	err := s.db.View(func(txn *records.Txn) (err error) {
		place, err = txn.Get([]byte(keyPlace))
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("place in the chain: %w", err)
	}
	return place, nil
}

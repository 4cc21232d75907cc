package store

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/alkimiya/alkimiya/internal/records"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// An Event is an announced event and, if it was attested, its attestation.
type Event struct {
	// ID names the event.
	ID string
	// Announcement is the TLV that was published.
	Announcement []byte
	// Attestation is the TLV, nil if there is none yet.
	Attestation []byte
	// Place is the attestation's in the log, from 0; it means nothing without one.
	Place uint64
}

// Event returns an announced event of a key. It fails with ErrNotFound.
func (s *Store) Event(key [32]byte, id string) (e Event, err error) {
	err = s.db.View(func(t *records.Txn) error {
		raw, err := t.Get(records.Key(prefixEvent, key[:], []byte(id)))
		if err != nil {
			return err
		}
		e, err = completeEvent(t, key, id, raw)
		return err
	})
	if err != nil {
		return e, fmt.Errorf("event %q of %x: %w", id, key[:4], err)
	}
	return e, nil
}

func completeEvent(t *records.Txn, key [32]byte, id string, announcement []byte) (Event, error) {
	e := Event{ID: id, Announcement: announcement}
	raw, err := t.Get(records.Key(prefixAttested, key[:], []byte(id)))
	switch {
	case errors.Is(err, ErrNotFound):
		return e, nil
	case err != nil:
		return e, err
	case len(raw) < 8:
		return e, fmt.Errorf("%w: attestation of %q", records.ErrCorrupt, id)
	}
	e.Place, e.Attestation = binary.BigEndian.Uint64(raw), raw[8:]
	return e, nil
}

// Events calls f for the announced events of a key whose ids begin with prefix and
// come after the id after, in the order of ids, until f fails; records.ErrStop ends
// it without an error.
func (s *Store) Events(key [32]byte, prefix, after string, f func(Event) error) error {
	return s.db.View(func(t *records.Txn) error {
		from := []byte(nil)
		if len(after) >= len(prefix) && after[:len(prefix)] == prefix {
			from = append([]byte(after[len(prefix):]), 0)
		} else if after > prefix {
			return nil
		}
		return t.Scan(records.Key(prefixEvent, key[:], []byte(prefix)), from, func(rest, raw []byte) error {
			e, err := completeEvent(t, key, prefix+string(rest), append([]byte(nil), raw...))
			if err != nil {
				return err
			}
			return f(e)
		})
	})
}

// Missing says which of ids the key has not announced, in their order.
func (s *Store) Missing(key [32]byte, ids []string) (missing []string, err error) {
	err = s.db.View(func(t *records.Txn) error {
		missing = nil
		for _, id := range ids {
			_, err := t.Get(records.Key(prefixEvent, key[:], []byte(id)))
			switch {
			case errors.Is(err, ErrNotFound):
				missing = append(missing, id)
			case err != nil:
				return err
			}
		}
		return nil
	})
	return missing, err
}

// Mark returns the high-water mark of a key. It fails with ErrNotFound before the
// first attestation.
func (s *Store) Mark(key [32]byte) (m attest.Mark, err error) {
	err = s.db.View(func(t *records.Txn) error {
		m, err = getMark(t, prefixMark, key)
		return err
	})
	return m, err
}

// HeadAt returns the head of a key's log when it held count attestations. It fails
// with ErrNotFound if it never held so many.
func (s *Store) HeadAt(key [32]byte, count uint64) (head [32]byte, err error) {
	if count == 0 {
		return head, nil
	}
	err = s.db.View(func(t *records.Txn) error {
		raw, err := t.Get(records.Key(prefixLog, key[:], records.Number(count-1)))
		if err == nil && len(raw) < len(head) {
			err = fmt.Errorf("%w: log of %x", records.ErrCorrupt, key[:4])
		}
		copy(head[:], raw)
		return err
	})
	return head, err
}

// Day returns what was published about a day. It fails with ErrNotFound.
func (s *Store) Day(index string, day uint32) (d Day, err error) {
	err = s.db.View(func(t *records.Txn) error {
		d, err = getDay(t, index, day)
		return err
	})
	return d, err
}

func getDay(t *records.Txn, index string, day uint32) (Day, error) {
	d := Day{Index: index, Day: day}
	var err error
	if d.Record, err = t.Get(dayKey(prefixDay, index, day)); err != nil {
		return d, err
	}
	proof, err := t.Get(dayKey(prefixProof, index, day))
	switch {
	case errors.Is(err, ErrNotFound):
	case err != nil:
		return d, err
	case len(proof) < 32:
		return d, fmt.Errorf("%w: proof of day %d of %s", records.ErrCorrupt, day, index)
	default:
		d.Proof = proof[32:]
	}
	return d, nil
}

// Days returns the published records of up to limit days of an index from first on,
// without their proofs.
func (s *Store) Days(index string, first uint32, limit int) (list []Day, err error) {
	prefix := records.Key(prefixDay, []byte(index), []byte{0})
	err = s.db.View(func(t *records.Txn) error {
		list = nil
		return t.Scan(prefix, records.Number(uint64(first)), func(key, raw []byte) error {
			if len(list) >= limit {
				return records.ErrStop
			}
			if len(key) != 8 {
				return fmt.Errorf("%w: day of %s", records.ErrCorrupt, index)
			}
			day := uint32(binary.BigEndian.Uint64(key)) //nolint:gosec // G115: as written
			list = append(list, Day{Index: index, Day: day, Record: append([]byte(nil), raw...)})
			return nil
		})
	})
	return list, err
}

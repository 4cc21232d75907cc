package store

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/alkimiya/alkimiya/internal/records"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// An Entry is one attestation of a log, with the announcement it belongs to.
type Entry struct {
	// Announcement and Attestation are the TLVs.
	Announcement, Attestation []byte
}

// Log returns entries of the log of one of our own keys, or of another oracle as far
// as it was followed, from a place on, and a mark that commits to all up to the last
// of them. There are about limit entries, a few more if no mark is nearer, and none
// beyond the place end. Without entries the mark is the newest up to end. It fails
// with ErrNotFound if there is no mark of the key up to end.
func (s *Store) Log(key [32]byte, from uint64, limit int, end uint64) (list []Entry, mark attest.Mark, err error) {
	err = s.db.View(func(t *records.Txn) error {
		list = nil
		read, marks := readOwn, prefixMarks
		if _, err := getMark(t, prefixMark, key); errors.Is(err, ErrNotFound) {
			read, marks = readPeer, prefixPeerMarks
		}
		if mark, err = markAfter(t, marks, key, from, limit, end); err != nil {
			return err
		}
		if mark.Count <= from {
			return nil
		}
		list, err = read(t, key, from, mark.Count)
		return err
	})
	return list, mark, err
}

// markAfter returns the mark to end a page with: the last within limit entries from
// from on, else the next one, else the newest up to end.
func markAfter(t *records.Txn, prefix string, key [32]byte, from uint64, limit int, end uint64) (attest.Mark, error) {
	far := from + uint64(limit) //nolint:gosec // G115: limits are positive
	mark, err := lastMark(t, prefix, key, from+1, func(m, kept attest.Mark) bool {
		return m.Count > end || kept.Count > from && m.Count > far
	})
	if errors.Is(err, ErrNotFound) {
		mark, err = lastMark(t, prefix, key, 0, func(m, _ attest.Mark) bool { return m.Count > end })
	}
	return mark, err
}

// lastMark returns the last of the marks from a count on before the one at which stop
// says so, which is told the one before as well.
func lastMark(t *records.Txn, prefix string, key [32]byte, from uint64, stop func(m, kept attest.Mark) bool) (mark attest.Mark, err error) {
	err = t.Scan(records.Key(prefix, key[:]), records.Number(from), func(_, raw []byte) error {
		m, err := attest.DecodeMark(raw)
		if err != nil {
			return fmt.Errorf("%w: mark of %x", records.ErrCorrupt, key[:4])
		}
		if stop(m, mark) {
			return records.ErrStop
		}
		mark = m
		return nil
	})
	if err == nil && mark.Count == 0 {
		err = fmt.Errorf("log of %x: %w", key[:4], ErrNotFound)
	}
	return mark, err
}

func readOwn(t *records.Txn, key [32]byte, from, end uint64) (list []Entry, err error) {
	err = t.Scan(records.Key(prefixLog, key[:]), records.Number(from), func(place, raw []byte) error {
		if binary.BigEndian.Uint64(place) >= end {
			return records.ErrStop
		}
		if len(raw) < 32 {
			return fmt.Errorf("%w: log of %x", records.ErrCorrupt, key[:4])
		}
		id := string(raw[32:])
		announcement, err := t.Get(records.Key(prefixEvent, key[:], []byte(id)))
		if err != nil {
			return fmt.Errorf("%w: log of %x: %q: %w", records.ErrCorrupt, key[:4], id, err)
		}
		e, err := completeEvent(t, key, id, announcement)
		if err != nil {
			return err
		}
		list = append(list, Entry{Announcement: e.Announcement, Attestation: e.Attestation})
		return nil
	})
	return list, err
}

func readPeer(t *records.Txn, key [32]byte, from, end uint64) (list []Entry, err error) {
	err = t.Scan(records.Key(prefixPeerLog, key[:]), records.Number(from), func(place, raw []byte) error {
		if binary.BigEndian.Uint64(place) >= end {
			return records.ErrStop
		}
		e, err := readPeerEntry(raw)
		list = append(list, e)
		return err
	})
	return list, err
}

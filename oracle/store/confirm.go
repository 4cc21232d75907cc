package store

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/alkimiya/alkimiya/internal/records"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// Doubt makes the store take no attestation until it is confirmed, and keeps the
// reason for people to read. A first reason is not replaced by a later one.
func (s *Store) Doubt(reason string) error {
	return s.db.Update(func(t *records.Txn) error {
		_, err := t.Get([]byte(keyUnconfirmed))
		if !errors.Is(err, ErrNotFound) {
			return err
		}
		return t.Put([]byte(keyUnconfirmed), []byte(reason))
	})
}

// Doubts returns why the store is not confirmed, "" if it is.
func (s *Store) Doubts() (reason string, err error) {
	err = s.db.View(func(t *records.Txn) error {
		raw, err := t.Get([]byte(keyUnconfirmed))
		reason = string(raw)
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	return reason, err
}

// Confirm ends the doubt, given marks of each key that were kept elsewhere: every
// one must verify and lie on this store's log, none beyond its end, and at least one
// must be at the end of each log that is not empty. It fails with attest.ErrMark or
// ErrUnconfirmed, and changes nothing then.
func (s *Store) Confirm(keys [][32]byte, kept []attest.Mark) error {
	for _, key := range keys {
		if err := s.checkKept(key, kept); err != nil {
			return fmt.Errorf("confirm oracle %x: %w", key[:4], err)
		}
	}
	return s.db.Update(func(t *records.Txn) error { return t.Delete([]byte(keyUnconfirmed)) })
}

func (s *Store) checkKept(key [32]byte, kept []attest.Mark) error {
	own, err := s.Mark(key)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	atEnd := own.Count == 0
	for _, m := range kept {
		if m.Key != key {
			continue
		}
		if err := s.CheckMark(m); err != nil {
			return err
		}
		atEnd = atEnd || m.Count == own.Count
	}
	if !atEnd {
		return fmt.Errorf("%w: nobody has kept its mark %d", ErrUnconfirmed, own.Count)
	}
	return nil
}

// CheckMark compares a mark that was kept elsewhere with the log: it fails with
// attest.ErrSignature if the mark is forged, with attest.ErrMark if it is not on the
// log, and with ErrUnconfirmed if the log does not reach it, so that the store is
// older than the mark.
func (s *Store) CheckMark(m attest.Mark) error {
	if err := m.Verify(); err != nil {
		return err
	}
	head, err := s.HeadAt(m.Key, m.Count)
	switch {
	case errors.Is(err, ErrNotFound):
		return fmt.Errorf("%w: a mark of %d attestations was kept elsewhere", ErrUnconfirmed, m.Count)
	case err != nil:
		return err
	case head != m.Head:
		return fmt.Errorf("%w: mark %d of oracle %x is not on the log", attest.ErrMark, m.Count, m.Key[:4])
	}
	return nil
}

// Import takes attestations of ours, in the order of the log and beginning at its
// end, that somebody kept, up to a mark of ours. All is verified: announcements,
// attestations, and that they lead to the mark. It may be called while the store is
// in doubt, and does not end the doubt. It fails with ErrAnnounced, ErrAttested,
// attest.ErrMark, or with what is wrong with a message; then nothing was taken.
func (s *Store) Import(entries []Entry, upTo attest.Mark) error {
	if err := upTo.Verify(); err != nil {
		return err
	}
	err := s.db.Update(func(t *records.Txn) error {
		l, err := openLog(t, upTo.Key)
		if err != nil {
			return err
		}
		for i, e := range entries {
			if err := l.take(e); err != nil {
				return fmt.Errorf("entry %d: %w", i, err)
			}
		}
		_, err = l.close(func(uint64, [32]byte) attest.Mark { return upTo })
		return err
	})
	if err != nil {
		return fmt.Errorf("import %d attestations: %w", len(entries), err)
	}
	return nil
}

// take verifies and appends an attestation of ours that somebody kept.
func (l *logWriter) take(e Entry) error {
	a, b, err := decodeEntry(e)
	if err != nil {
		return err
	}
	if a.Key != l.key {
		return fmt.Errorf("%q: %w differs", b.EventID, attest.ErrKey)
	}
	d, err := a.Verify()
	if err == nil && d != attest.D2 {
		err = attest.ErrDialect
	}
	if err == nil {
		err = a.Accept(attest.D2, b)
	}
	if err == nil {
		err = putAnnouncement(l.t, a)
	}
	if err != nil {
		return fmt.Errorf("%q: %w", b.EventID, err)
	}
	return l.append(b)
}

func decodeEntry(e Entry) (attest.Announcement, attest.Attestation, error) {
	a, err := attest.DecodeAnnouncement(e.Announcement)
	if err != nil {
		return a, attest.Attestation{}, err
	}
	b, err := attest.DecodeAttestation(e.Attestation)
	if err != nil {
		return a, b, err
	}
	if a.Event.ID != b.EventID || a.Key != b.Key {
		return a, b, fmt.Errorf("%w: attestation of another event or key", attest.ErrEventID)
	}
	return a, b, nil
}

// Fence ends the doubt without any mark: no event of these keys whose maturity is
// not after through (Unix seconds) is ever attested by this store, unless it is
// already. Whoever calls it knows that a lost state of the oracle attested nothing
// of a later maturity, because time had not come that far. A fence only rises.
func (s *Store) Fence(keys [][32]byte, through uint32) error {
	return s.db.Update(func(t *records.Txn) error {
		for _, key := range keys {
			l, err := openLog(t, key)
			if err != nil {
				return err
			}
			fence := binary.BigEndian.AppendUint32(nil, max(l.fence, through))
			if err := t.Put(records.Key(prefixFence, key[:]), fence); err != nil {
				return err
			}
		}
		return t.Delete([]byte(keyUnconfirmed))
	})
}

// Fenced returns the greatest maturity that is fenced off for a key, 0 for none.
func (s *Store) Fenced(key [32]byte) (through uint32, err error) {
	err = s.db.View(func(t *records.Txn) error {
		l, err := openLog(t, key)
		if err == nil {
			through = l.fence
		}
		return err
	})
	return through, err
}

// Meta reads a named value of the service; ErrNotFound if there is none.
func (s *Store) Meta(name string) (value []byte, err error) {
	err = s.db.View(func(t *records.Txn) error {
		value, err = t.Get(records.Key(prefixMeta, []byte(name)))
		return err
	})
	return value, err
}

// PutMeta writes a named value.
func (s *Store) PutMeta(name string, value []byte) error {
	return s.db.Update(func(t *records.Txn) error { return t.Put(records.Key(prefixMeta, []byte(name)), value) })
}

// PutMetaOnce writes a named value that must never change; records.ErrImmutable if
// another is there.
func (s *Store) PutMetaOnce(name string, value []byte) error {
	return s.db.Update(func(t *records.Txn) error { return t.PutOnce(records.Key(prefixMeta, []byte(name)), value) })
}

package store

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/alkimiya/alkimiya/internal/records"
	"github.com/alkimiya/alkimiya/internal/tlv"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// PeerMark returns the highest mark that was seen of another oracle. It fails with
// ErrNotFound.
func (s *Store) PeerMark(key [32]byte) (m attest.Mark, err error) {
	err = s.db.View(func(t *records.Txn) error {
		m, err = getMark(t, prefixPeerMark, key)
		return err
	})
	return m, err
}

// PutPeer appends what another oracle has attested since the last time, up to its
// mark: the entries begin at the stored mark's count and lead to the new mark, whose
// signature stands for all of them. The signatures of the digits are not checked
// here; whoever relies on a value does. It fails with attest.ErrMark if the oracle
// contradicts what it said before, or with what is wrong with a message.
func (s *Store) PutPeer(entries []Entry, mark attest.Mark) error {
	if err := mark.Verify(); err != nil {
		return err
	}
	err := s.db.Update(func(t *records.Txn) error {
		old, err := getMark(t, prefixPeerMark, mark.Key)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		count, head := old.Count, old.Head
		for _, e := range entries {
			if head, err = putPeerEntry(t, mark.Key, count, head, e); err != nil {
				return fmt.Errorf("entry %d: %w", count, err)
			}
			count++
		}
		if count != mark.Count || head != mark.Head {
			return fmt.Errorf("%w: mark %d, log of %d", attest.ErrMark, mark.Count, count)
		}
		if len(entries) == 0 {
			return nil
		}
		return putMark(t, prefixPeerMark, prefixPeerMarks, mark)
	})
	if err != nil {
		return fmt.Errorf("store log of oracle %x: %w", mark.Key[:4], err)
	}
	return nil
}

func putPeerEntry(t *records.Txn, key [32]byte, place uint64, head [32]byte, e Entry) ([32]byte, error) {
	a, b, err := decodeEntry(e)
	if err != nil {
		return head, err
	}
	if a.Key != key {
		return head, fmt.Errorf("%w differs", attest.ErrKey)
	}
	head = attest.NextHead(head, e.Attestation)
	w := tlv.NewWriter(48 + len(e.Announcement) + len(e.Attestation))
	w.Raw(head[:])
	w.VarBytes(e.Announcement)
	w.VarBytes(e.Attestation)
	number := records.Number(place)
	err = t.PutOnce(records.Key(prefixPeerEvent, key[:], []byte(b.EventID)), number)
	if errors.Is(err, records.ErrImmutable) {
		return head, fmt.Errorf("%w: %q twice", attest.ErrMark, b.EventID)
	}
	if err != nil {
		return head, err
	}
	return head, t.Put(records.Key(prefixPeerLog, key[:], number), w.Bytes())
}

func readPeerEntry(raw []byte) (e Entry, err error) {
	r := tlv.NewReader(raw)
	var head [32]byte
	err = r.Fill(head[:])
	if err == nil {
		e.Announcement, err = r.VarBytes(attest.MaxAnnouncement)
	}
	if err == nil {
		e.Attestation, err = r.VarBytes(attest.MaxAttestation)
	}
	if err == nil {
		err = r.Done()
	}
	if err != nil {
		return e, fmt.Errorf("%w: log of another oracle: %w", records.ErrCorrupt, err)
	}
	return e, nil
}

// PeerEvent returns what another oracle said of an event. It fails with ErrNotFound.
func (s *Store) PeerEvent(key [32]byte, id string) (e Entry, err error) {
	err = s.db.View(func(t *records.Txn) error {
		number, err := t.Get(records.Key(prefixPeerEvent, key[:], []byte(id)))
		if err != nil {
			return err
		}
		if len(number) != 8 {
			return fmt.Errorf("%w: event of another oracle", records.ErrCorrupt)
		}
		raw, err := t.Get(records.Key(prefixPeerLog, key[:], records.Number(binary.BigEndian.Uint64(number))))
		if err != nil {
			return err
		}
		e, err = readPeerEntry(raw)
		return err
	})
	return e, err
}

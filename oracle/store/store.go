// Package store keeps what an oracle has announced and attested, and what the other
// members of its federation have, on disk. It is where "one nonce, one signature,
// for ever" is decided (SECURITY.md P-8, R3, R4): oracle/attest signs, this package
// says whether it may be seen.
//
// It is not the judge of values and knows no index, and it makes no signature.
//
// Invariant: what Attest returned nil for is the only attestation of its event by
// its key that this store ever gives away, whatever stops the program in between;
// nothing is attested that was not announced; and a store that may be older than
// what its oracle has published (a restored backup, a copy) takes no attestation
// until it is confirmed. Every write is synced, the store is encrypted, and one
// process opens it.
//
// All methods are safe for concurrent use.
package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/alkimiya/alkimiya/internal/records"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// Errors, wrapped with the event or key concerned; those of internal/records come
// through as well.
var (
	// ErrAnnounced: the event was announced with other bytes, or a nonce of it for
	// another event.
	ErrAnnounced = errors.New("event or nonce was announced otherwise")
	// ErrNotAnnounced: the event was not announced by this key.
	ErrNotAnnounced = errors.New("event was not announced")
	// ErrAttested: the event was attested with another outcome. Whatever asks for
	// another one is at fault.
	ErrAttested = errors.New("event was attested otherwise")
	// ErrUnconfirmed: the store may be older than what the oracle has published;
	// nothing may be signed before Confirm, Import or Fence.
	ErrUnconfirmed = errors.New("store is not confirmed to be the oracle's latest")
	// ErrFenced: the event may have been attested by a later state of the oracle
	// that was lost, so it never is by this one.
	ErrFenced = errors.New("event may have been attested before the store was restored")
	// ErrNotFound: there is no such record.
	ErrNotFound = records.ErrNotFound
)

// Prefixes of the keys. An oracle's records begin with its 32-byte key.
const (
	prefixEvent     = "event/"     // key ‖ event id -> announcement
	prefixNonce     = "nonce/"     // key ‖ nonce -> hash of the event
	prefixAttested  = "attested/"  // key ‖ event id -> u64 place ‖ attestation
	prefixLog       = "log/"       // key ‖ u64 place -> head after it ‖ event id
	prefixMark      = "mark/"      // key -> newest mark
	prefixMarks     = "marks/"     // key ‖ u64 count -> mark
	prefixDay       = "day/"       // index ‖ 0 ‖ u64 day -> record
	prefixProof     = "proof/"     // index ‖ 0 ‖ u64 day -> proof
	prefixPeerMark  = "peermark/"  // key -> newest mark
	prefixPeerMarks = "peermarks/" // key ‖ u64 count -> mark
	prefixPeerLog   = "peerlog/"   // key ‖ u64 place -> head after it ‖ announcement ‖ attestation
	prefixPeerEvent = "peerevent/" // key ‖ event id -> u64 place
	prefixFence     = "fence/"     // key -> u32 maturity
	prefixMeta      = "meta/"      // name -> value
	keyUnconfirmed  = "unconfirmed"
)

// Store is an open oracle store.
type Store struct{ db *records.DB }

// Open opens or creates the store in dir, sealed with key. It fails with
// records.ErrNewer, ErrCorrupt or ErrInUse.
func Open(dir string, key [32]byte) (*Store, error) {
	db, err := records.Open(records.Options{Dir: dir, Key: key})
	if err != nil {
		return nil, fmt.Errorf("oracle %w", err)
	}
	return &Store{db: db}, nil
}

// Close syncs and closes the store.
func (s *Store) Close() error { return s.db.Close() }

// Compact frees disk space that is no longer used. It may run beside all else.
func (s *Store) Compact() error { return s.db.Compact() }

// Announce enters announcements, all in one synced write or none. The same again
// does no harm; other bytes under an id, or a nonce of another event, are
// ErrAnnounced. The signatures are the caller's to have checked.
func (s *Store) Announce(list []attest.Announcement) error {
	err := s.db.Update(func(t *records.Txn) error {
		for _, a := range list {
			if err := putAnnouncement(t, a); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store %d announcements: %w", len(list), err)
	}
	return nil
}

func putAnnouncement(t *records.Txn, a attest.Announcement) error {
	raw, hash := a.Encode(), a.EventHash()
	err := t.PutOnce(records.Key(prefixEvent, a.Key[:], []byte(a.Event.ID)), raw)
	for _, nonce := range a.Event.Nonces {
		if err != nil {
			break
		}
		err = t.PutOnce(records.Key(prefixNonce, a.Key[:], nonce[:]), hash[:8])
	}
	if errors.Is(err, records.ErrImmutable) {
		return fmt.Errorf("%w: %q of %x", ErrAnnounced, a.Event.ID, a.Key[:4])
	}
	return err
}

// A Day is what an oracle publishes about one closed day of an index, beside the
// attestations.
type Day struct {
	// Index is the index's id.
	Index string
	// Day is the Unix day.
	Day uint32
	// Record is the published record of the day, canonical JSON.
	Record []byte
	// Proof is what the record can be recomputed from; it may be empty.
	Proof []byte
}

// Attest enters attestations, with the days they are about, in one synced write or
// not at all, and returns the new high-water mark, which sign signs. sign may be
// called several times, with the same arguments. An attestation that is there
// already, bit for bit, is not entered again. The signatures are the caller's to
// have verified (attest.Signer does). It fails with ErrNotAnnounced, ErrAttested,
// ErrUnconfirmed, ErrFenced, or as Announcement.Fits does.
func (s *Store) Attest(key [32]byte, list []attest.Attestation, days []Day, sign func(count uint64, head [32]byte) attest.Mark) (mark attest.Mark, err error) {
	err = s.db.Update(func(t *records.Txn) error {
		if err := mayAttest(t); err != nil {
			return err
		}
		l, err := openLog(t, key)
		if err != nil {
			return err
		}
		for _, b := range list {
			if err := l.attest(b); err != nil {
				return err
			}
		}
		for _, d := range days {
			if err := putDay(t, d); err != nil {
				return err
			}
		}
		mark, err = l.close(sign)
		return err
	})
	if err != nil {
		return attest.Mark{}, fmt.Errorf("store %d attestations: %w", len(list), err)
	}
	return mark, nil
}

func mayAttest(t *records.Txn) error {
	reason, err := t.Get([]byte(keyUnconfirmed))
	switch {
	case errors.Is(err, ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	return fmt.Errorf("%w: %s", ErrUnconfirmed, reason)
}

// A logWriter appends to the log of one key within a transaction.
type logWriter struct {
	t     *records.Txn
	key   [32]byte
	mark  attest.Mark // as stored; the zero mark if there is none
	count uint64
	head  [32]byte
	fence uint32
}

func openLog(t *records.Txn, key [32]byte) (*logWriter, error) {
	l := &logWriter{t: t, key: key}
	mark, err := getMark(t, prefixMark, key)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	l.mark, l.count, l.head = mark, mark.Count, mark.Head
	raw, err := t.Get(records.Key(prefixFence, key[:]))
	switch {
	case errors.Is(err, ErrNotFound):
	case err != nil:
		return nil, err
	case len(raw) != 4:
		return nil, fmt.Errorf("%w: fence", records.ErrCorrupt)
	default:
		l.fence = binary.BigEndian.Uint32(raw)
	}
	return l, nil
}

// attest checks and appends one attestation of ours.
func (l *logWriter) attest(b attest.Attestation) error {
	if b.Key != l.key {
		return fmt.Errorf("attestation of %q: %w differs", b.EventID, attest.ErrKey)
	}
	a, err := l.announced(b.EventID)
	if err != nil {
		return err
	}
	if l.fence != 0 && a.Event.Maturity <= l.fence {
		there, err := l.same(b)
		if err != nil || there {
			return err
		}
		return fmt.Errorf("%w: %q", ErrFenced, b.EventID)
	}
	if err := a.Fits(b); err != nil {
		return fmt.Errorf("attestation of %q: %w", b.EventID, err)
	}
	return l.append(b)
}

func (l *logWriter) announced(id string) (attest.Announcement, error) {
	raw, err := l.t.Get(records.Key(prefixEvent, l.key[:], []byte(id)))
	if errors.Is(err, ErrNotFound) {
		return attest.Announcement{}, fmt.Errorf("%w: %q by %x", ErrNotAnnounced, id, l.key[:4])
	}
	if err != nil {
		return attest.Announcement{}, err
	}
	a, err := attest.DecodeAnnouncement(raw)
	if err != nil {
		return a, fmt.Errorf("%w: announcement of %q: %w", records.ErrCorrupt, id, err)
	}
	return a, nil
}

// same says whether this very attestation is there; another one is ErrAttested.
func (l *logWriter) same(b attest.Attestation) (bool, error) {
	old, err := l.t.Get(records.Key(prefixAttested, l.key[:], []byte(b.EventID)))
	switch {
	case errors.Is(err, ErrNotFound):
		return false, nil
	case err != nil:
		return false, err
	case len(old) < 8:
		return false, fmt.Errorf("%w: attestation of %q", records.ErrCorrupt, b.EventID)
	case !bytes.Equal(old[8:], b.Encode()):
		return false, fmt.Errorf("%w: %q", ErrAttested, b.EventID)
	}
	return true, nil
}

// append enters a verified attestation at the end of the log.
func (l *logWriter) append(b attest.Attestation) error {
	there, err := l.same(b)
	if err != nil || there {
		return err
	}
	raw := b.Encode()
	place := records.Number(l.count)
	l.head = attest.NextHead(l.head, raw)
	l.count++
	if err := l.t.Put(records.Key(prefixAttested, l.key[:], []byte(b.EventID)), append(bytes.Clone(place), raw...)); err != nil {
		return err
	}
	return l.t.Put(records.Key(prefixLog, l.key[:], place), append(bytes.Clone(l.head[:]), b.EventID...))
}

// close writes the mark if the log has grown or there is none.
func (l *logWriter) close(sign func(uint64, [32]byte) attest.Mark) (attest.Mark, error) {
	if l.mark.Key == l.key && l.mark.Count == l.count {
		return l.mark, nil
	}
	mark := sign(l.count, l.head)
	if mark.Key != l.key || mark.Count != l.count || mark.Head != l.head {
		return mark, fmt.Errorf("sign mark %d: %w", l.count, attest.ErrMark)
	}
	return mark, putMark(l.t, prefixMark, prefixMarks, mark)
}

// putMark writes a mark as the newest, and by its count.
func putMark(t *records.Txn, newest, all string, m attest.Mark) error {
	if err := t.Put(records.Key(all, m.Key[:], records.Number(m.Count)), m.Encode()); err != nil {
		return err
	}
	return t.Put(records.Key(newest, m.Key[:]), m.Encode())
}

func getMark(t *records.Txn, prefix string, key [32]byte) (attest.Mark, error) {
	raw, err := t.Get(records.Key(prefix, key[:]))
	if err != nil {
		return attest.Mark{}, err
	}
	m, err := attest.DecodeMark(raw)
	if err != nil || m.Key != key {
		return m, fmt.Errorf("%w: mark of %x", records.ErrCorrupt, key[:4])
	}
	return m, nil
}

func dayKey(prefix, index string, day uint32) []byte {
	return records.Key(prefix, []byte(index), []byte{0}, records.Number(uint64(day)))
}

// putDay writes what is published about a day. A day may be written again, for
// another key, only with the same record.
func putDay(t *records.Txn, d Day) error {
	if err := t.PutOnce(dayKey(prefixDay, d.Index, d.Day), d.Record); err != nil {
		return fmt.Errorf("day %d of %s: %w", d.Day, d.Index, err)
	}
	if len(d.Proof) == 0 {
		return nil
	}
	sum := sha256.Sum256(d.Record)
	return t.Put(dayKey(prefixProof, d.Index, d.Day), append(sum[:], d.Proof...))
}

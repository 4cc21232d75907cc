package store

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/alkimiya/alkimiya/internal/records"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

var _ attest.History = (*Store)(nil)

// RecordAnnouncement enters a validly signed announcement of an allow-listed
// oracle in the nonce index, before any of its nonces is relied on. It is
// ErrNonceReuse if the oracle used a nonce, or the event id, for another
// event; the same event again is no repeat.
func (s *Store) RecordAnnouncement(raw []byte) error {
	err := s.db.Update(func(txn *records.Txn) error { return recordNonces(txn, raw) })
	if err != nil {
		return fmt.Errorf("record announcement: %w", err)
	}
	return nil
}

func recordNonces(txn *records.Txn, raw []byte) error {
	a, err := attest.DecodeAnnouncement(raw)
	if err != nil {
		return err
	}
	hash := a.EventHash()
	err = txn.PutOnce(join(prefixEvent, a.Key[:], []byte(a.Event.ID)), hash[:])
	for _, nonce := range a.Event.Nonces {
		if err != nil {
			break
		}
		err = txn.PutOnce(join(prefixNonce, a.Key[:], nonce[:]), append(hash[:], a.Event.ID...))
	}
	if errors.Is(err, ErrImmutable) {
		return fmt.Errorf("%w: oracle %x, event %q", ErrNonceReuse, a.Key[:4], a.Event.ID)
	}
	return err
}

// EventHash implements attest.History.
func (s *Store) EventHash(key [32]byte, id string) ([32]byte, bool, error) {
	return s.eventHash(join(prefixEvent, key[:], []byte(id)))
}

// NonceHash implements attest.History.
func (s *Store) NonceHash(key, nonce [32]byte) ([32]byte, bool, error) {
	return s.eventHash(join(prefixNonce, key[:], nonce[:]))
}

func (s *Store) eventHash(key []byte) (hash [32]byte, known bool, err error) {
	err = s.db.View(func(txn *records.Txn) error {
		raw, err := txn.Get(key)
		if err == nil && len(raw) < len(hash) {
			return fmt.Errorf("%w: nonce index", ErrCorrupt)
		}
		copy(hash[:], raw)
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return hash, false, nil
	}
	return hash, err == nil, err
}

// PutEvidence keeps evidence that verifies; the same again does no harm. It
// fails as attest.Evidence.Verify does.
func (s *Store) PutEvidence(e attest.Evidence) error {
	if _, err := e.Verify(); err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	return s.db.Update(func(txn *records.Txn) error { return putEvidence(txn, e) })
}

func putEvidence(txn *records.Txn, e attest.Evidence) error {
	raw := e.Encode()
	hash := sha256.Sum256(raw)
	return txn.PutOnce(join(prefixEvidence, hash[:]), raw)
}

// Evidence returns all evidence against oracles.
func (s *Store) Evidence() ([]attest.Evidence, error) {
	var all []attest.Evidence
	err := s.db.View(func(txn *records.Txn) error {
		return txn.Scan(join(prefixEvidence), nil, func(_, raw []byte) error {
			e, err := attest.DecodeEvidence(raw)
			if err != nil {
				return fmt.Errorf("%w: evidence: %w", ErrCorrupt, err)
			}
			all = append(all, e)
			return nil
		})
	})
	return all, err
}

package vault

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/internal/records"
)

const (
	prefixAnchor   = "anchor/"   // rid -> outpoint
	prefixReleased = "released/" // rid ‖ outpoint -> nothing
)

// Store is the operator's memory of what it bound redemptions to, on disk. Its
// methods are safe for concurrent use; Open makes one. It implements Anchors.
type Store struct{ db *records.DB }

// Open opens or creates the store in dir, sealed with key. It fails as records.Open
// does.
func Open(dir string, key [32]byte) (*Store, error) {
	db, err := records.Open(records.Options{Dir: dir, Key: key})
	if err != nil {
		return nil, fmt.Errorf("vault %w", err)
	}
	return &Store{db: db}, nil
}

// Close syncs and closes the store.
func (s *Store) Close() error { return s.db.Close() }

// Bind implements Anchors: all redemptions or none.
func (s *Store) Bind(rids [][32]byte, anchor wire.OutPoint, inputs []wire.OutPoint) error {
	return s.db.Update(func(txn *records.Txn) error {
		for _, rid := range rids {
			bound, err := get(txn, rid)
			if errors.Is(err, records.ErrNotFound) {
				if err := txn.PutOnce(records.Key(prefixAnchor, rid[:]), encodeOutpoint(anchor)); err != nil {
					return err
				}
				continue
			}
			if err != nil {
				return err
			}
			if !slices.Contains(inputs, bound) {
				return fmt.Errorf("redemption %x is bound to %v: %w", rid, bound, ErrAnchor)
			}
		}
		return nil
	})
}

// Anchor returns what payments of a redemption must spend, or records.ErrNotFound if
// none was signed.
func (s *Store) Anchor(rid [32]byte) (o wire.OutPoint, err error) {
	err = s.db.View(func(txn *records.Txn) error {
		o, err = get(txn, rid)
		return err
	})
	return o, err
}

// Release forgets a redemption's anchor, so that payments of it may spend another one.
// The caller has seen the anchor spent by a transaction that does not pay the
// redemption, and that so deep that no earlier payment of it can confirm any more. It
// fails with ErrAnchor if the redemption is bound to another one.
func (s *Store) Release(rid [32]byte, anchor wire.OutPoint) error {
	return s.db.Update(func(txn *records.Txn) error {
		if err := boundTo(txn, rid, anchor); err != nil {
			return err
		}
		if err := txn.PutOnce(records.Key(prefixReleased, rid[:], encodeOutpoint(anchor)), nil); err != nil {
			return err
		}
		return txn.Delete(records.Key(prefixAnchor, rid[:]))
	})
}

// Unbind forgets what a redemption was bound to by a batch that no signature of this operator
// left for. The caller has made sure that no other one relies on it. It fails with ErrAnchor if
// the redemption is bound to another outpoint.
func (s *Store) Unbind(rid [32]byte, anchor wire.OutPoint) error {
	return s.db.Update(func(txn *records.Txn) error {
		if err := boundTo(txn, rid, anchor); err != nil {
			return err
		}
		return txn.Delete(records.Key(prefixAnchor, rid[:]))
	})
}

// boundTo fails with ErrAnchor unless a redemption is bound to an outpoint.
func boundTo(txn *records.Txn, rid [32]byte, anchor wire.OutPoint) error {
	bound, err := get(txn, rid)
	if err == nil && bound != anchor {
		err = fmt.Errorf("redemption %x is bound to %v: %w", rid, bound, ErrAnchor)
	}
	return err
}

func get(txn *records.Txn, rid [32]byte) (wire.OutPoint, error) {
	raw, err := txn.Get(records.Key(prefixAnchor, rid[:]))
	if err != nil {
		return wire.OutPoint{}, err
	}
	const size = chainhash.HashSize + 4
	if len(raw) != size {
		return wire.OutPoint{}, fmt.Errorf("anchor of %x has %d bytes: %w", rid, len(raw), records.ErrCorrupt)
	}
	return wire.OutPoint{Hash: chainhash.Hash(raw[:chainhash.HashSize]), Index: binary.BigEndian.Uint32(raw[chainhash.HashSize:])}, nil
}

func encodeOutpoint(o wire.OutPoint) []byte {
	return binary.BigEndian.AppendUint32(slices.Clone(o.Hash[:]), o.Index)
}

// Package store keeps what the wallet knows beyond its coins: who leases them,
// what the user calls them, and which transactions still have to reach the
// network. The coins themselves are btcwallet's.
//
// Invariant: a Put or Delete that returned nil survives a power cut; every
// write is synced, the whole store is encrypted, and damage is an error, never
// another record. One process opens a store. All methods are safe for concurrent
// use.
package store

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/internal/records"
)

// SchemaVersion is the layout this program reads and writes. Version 1 had no
// checksums; it is brought up to date when it is opened.
const SchemaVersion = 2

// Errors, wrapped with the folder or the key concerned.
var (
	// ErrNewer: the store was written by a newer program.
	ErrNewer = records.ErrNewer
	// ErrCorrupt: the store or a record cannot be read; it is damaged or sealed
	// with another key.
	ErrCorrupt = records.ErrCorrupt
	// ErrInUse: another process has the store open.
	ErrInUse = records.ErrInUse
	// ErrDiskFull: there is less than MinFree of space left, so nothing was
	// written.
	ErrDiskFull = records.ErrDiskFull
	// ErrNotFound: there is no such record.
	ErrNotFound = records.ErrNotFound
)

// LeaseState is how far the taking of a lease has come.
type LeaseState string

const (
	// LeaseTaking says that the coins are being locked; nobody was told yet, so a
	// restart undoes it.
	LeaseTaking LeaseState = "taking"
	// LeaseHeld says that all coins are locked and the owner may rely on it.
	LeaseHeld LeaseState = "held"
	// LeaseReleasing says that the lease is ending; a restart completes it.
	LeaseReleasing LeaseState = "releasing"
)

// Lease is the record of coins set aside; the lock itself is btcwallet's.
type Lease struct {
	ID        [32]byte
	Owner     string
	State     LeaseState
	OutPoints []wire.OutPoint
	Created   time.Time
	Expiry    time.Time
}

// Broadcast is a transaction on its way to the network.
type Broadcast struct {
	Tx      *wire.MsgTx
	Label   string
	Created time.Time
	// Leases on its coins, which end when the transaction is mined or refused.
	Leases [][32]byte
	// Replaces is forgotten once the network has the transaction; nil if it
	// replaces nothing.
	Replaces *chainhash.Hash
	// Sent: a mempool has had it.
	Sent bool
}

// MinFree is the space, in bytes, below which the store writes nothing but what
// ends something and so makes room.
const MinFree = records.MinFree

// Store is an open wallet store.
type Store struct{ db *records.DB }

const (
	keyRecovery  = "recovery"
	prefixLease  = "lease/"
	prefixLabel  = "label/"
	prefixOutbox = "outbox/"
)

// Open opens or creates the store in dir, sealed with key. It returns
// ErrNewer, ErrCorrupt, ErrInUse or ErrDiskFull, wrapped.
func Open(dir string, key [32]byte) (*Store, error) {
	db, err := records.Open(records.Options{
		Dir: dir, Key: key, MemTable: 8 << 20, ValueLog: 16 << 20,
		// Version 1 wrote the number as text, and no checksums.
		Unsealed:   func(version []byte) bool { return string(version) == "1" },
		Migrations: []records.Migration{func(*records.Txn) error { return nil }},
	})
	if err != nil {
		return nil, fmt.Errorf("wallet %w", err)
	}
	return &Store{db: db}, nil
}

// Close syncs and closes the store.
func (s *Store) Close() error { return s.db.Close() }

func (s *Store) put(key string, value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode %s: %w", key, err)
	}
	if err := s.db.Update(func(txn *records.Txn) error { return txn.Put([]byte(key), raw) }); err != nil {
		return fmt.Errorf("write %s: %w", key, err)
	}
	return nil
}

func (s *Store) get(key string, value any) error {
	err := s.db.View(func(txn *records.Txn) error {
		raw, err := txn.Get([]byte(key))
		if err != nil {
			return err
		}
		return decode(raw, value)
	})
	if err != nil {
		return fmt.Errorf("read %s: %w", key, err)
	}
	return nil
}

// decode reads a record; ErrCorrupt if it is none.
func decode(raw []byte, value any) error {
	if err := json.Unmarshal(raw, value); err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return nil
}

// remove deletes key; ErrNotFound if it is not there.
func (s *Store) remove(key string) error {
	err := s.db.Finish(func(txn *records.Txn) error {
		if _, err := txn.Get([]byte(key)); err != nil {
			return err
		}
		return txn.Delete([]byte(key))
	})
	if err != nil {
		return fmt.Errorf("delete %s: %w", key, err)
	}
	return nil
}

// scan calls f for every value below prefix, in key order.
func (s *Store) scan(prefix string, f func(key string, raw []byte) error) error {
	err := s.db.View(func(txn *records.Txn) error {
		return txn.Scan([]byte(prefix), nil, func(key, raw []byte) error { return f(string(key), raw) })
	})
	if err != nil {
		return fmt.Errorf("read %s: %w", prefix, err)
	}
	return nil
}

// PutLease writes a lease record.
func (s *Store) PutLease(l Lease) error {
	return s.put(prefixLease+hex.EncodeToString(l.ID[:]), l)
}

// Lease reads one lease record; ErrNotFound if there is none.
func (s *Store) Lease(id [32]byte) (Lease, error) {
	var l Lease
	err := s.get(prefixLease+hex.EncodeToString(id[:]), &l)
	return l, err
}

// DeleteLease removes a lease record; ErrNotFound if there is none, so that
// only one of two releases succeeds.
func (s *Store) DeleteLease(id [32]byte) error {
	return s.remove(prefixLease + hex.EncodeToString(id[:]))
}

// Leases returns all records, in the order of their ids.
func (s *Store) Leases() ([]Lease, error) {
	var all []Lease
	err := s.scan(prefixLease, func(_ string, raw []byte) error {
		var l Lease
		if err := decode(raw, &l); err != nil {
			return err
		}
		all = append(all, l)
		return nil
	})
	return all, err
}

// PutLabel names a coin; an empty label removes the name.
func (s *Store) PutLabel(op wire.OutPoint, label string) error {
	if label == "" {
		if err := s.remove(prefixLabel + op.String()); err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		return nil
	}
	return s.put(prefixLabel+op.String(), label)
}

// Labels returns the names of all coins that have one.
func (s *Store) Labels() (map[wire.OutPoint]string, error) {
	labels := make(map[wire.OutPoint]string)
	err := s.scan(prefixLabel, func(key string, raw []byte) error {
		op, err := wire.NewOutPointFromString(key)
		if err != nil {
			return err
		}
		var label string
		if err := decode(raw, &label); err != nil {
			return err
		}
		labels[*op] = label
		return nil
	})
	return labels, err
}

// broadcastJSON is the stored form of a Broadcast.
type broadcastJSON struct {
	TxHex    string
	Label    string
	Created  time.Time
	Leases   [][32]byte
	Replaces *chainhash.Hash
	Sent     bool
}

// PutBroadcast remembers a transaction until the network has it.
func (s *Store) PutBroadcast(b Broadcast) error {
	var raw strings.Builder
	if err := b.Tx.Serialize(hex.NewEncoder(&raw)); err != nil {
		return fmt.Errorf("encode transaction %s: %w", b.Tx.TxHash(), err)
	}
	return s.put(prefixOutbox+b.Tx.TxHash().String(), broadcastJSON{
		TxHex: raw.String(), Label: b.Label, Created: b.Created, Leases: b.Leases, Replaces: b.Replaces, Sent: b.Sent,
	})
}

// DeleteBroadcast forgets a transaction; ErrNotFound if it was not there.
func (s *Store) DeleteBroadcast(txid chainhash.Hash) error {
	return s.remove(prefixOutbox + txid.String())
}

// Broadcasts returns every stored transaction, in the order of their ids.
func (s *Store) Broadcasts() ([]Broadcast, error) {
	var all []Broadcast
	err := s.scan(prefixOutbox, func(_ string, raw []byte) error {
		var j broadcastJSON
		if err := decode(raw, &j); err != nil {
			return err
		}
		b, err := j.decode()
		all = append(all, b)
		return err
	})
	return all, err
}

func (j *broadcastJSON) decode() (Broadcast, error) {
	tx := wire.NewMsgTx(2)
	err := tx.Deserialize(hex.NewDecoder(strings.NewReader(j.TxHex)))
	return Broadcast{
		Tx: tx, Label: j.Label, Created: j.Created, Leases: j.Leases, Replaces: j.Replaces, Sent: j.Sent,
	}, err
}

// Broadcast reads one stored transaction; ErrNotFound if there is none.
func (s *Store) Broadcast(txid chainhash.Hash) (Broadcast, error) {
	var j broadcastJSON
	if err := s.get(prefixOutbox+txid.String(), &j); err != nil {
		return Broadcast{}, err
	}
	return j.decode()
}

// SetRecovery remembers that the wallet must look for its coins with the given
// address window; zero ends it.
func (s *Store) SetRecovery(window uint32) error { return s.put(keyRecovery, window) }

// Recovery returns the window of an unfinished recovery, or zero.
func (s *Store) Recovery() (uint32, error) {
	var window uint32
	err := s.get(keyRecovery, &window)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	return window, err
}

// Package records is a badger store of small records as money needs it: every
// write synced, the files encrypted, every value checksummed together with its
// key, a schema version, and records that are written once.
//
// It knows nothing of what the records mean; a store package of its own, with the
// names of its records, stands between it and the rest.
//
// Its invariant: what Update returned nil for survives a power cut, whole; what it
// returned an error for left no trace; and a value that is read is the one that was
// written under that key, or ErrCorrupt.
package records

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"
)

// Errors, wrapped with the folder or the record concerned.
var (
	// ErrNewer: the store was written by a newer program.
	ErrNewer = errors.New("store is of a newer version")
	// ErrCorrupt: the store or a record is damaged or sealed with another key.
	ErrCorrupt = errors.New("store is damaged or sealed with another key")
	// ErrInUse: another process has the store open.
	ErrInUse = errors.New("store is in use by another process")
	// ErrNotFound: there is no such record.
	ErrNotFound = errors.New("no such record")
	// ErrImmutable: a record that is written once exists with other bytes.
	ErrImmutable = errors.New("record exists with other bytes")
	// ErrTooMuch: more was written in one transaction than fits; nothing was.
	ErrTooMuch = errors.New("too much for one transaction")
)

const (
	keyVersion = "version"
	memTable   = 32 << 20
	valueLog   = 128 << 20
	// valueThreshold keeps large values out of the tree.
	valueThreshold = 32 << 10
	indexCache     = 8 << 20
	// retries bounds how often a transaction is tried again after a conflict;
	// each time another one has committed.
	retries = 1000
	// sumSize is the length of the checksum before every value: badger's cipher
	// lets flipped bits through, and its own checksums do not cover all reads.
	sumSize = 8
)

// A Migration changes the layout by one version, within one transaction.
type Migration func(*Txn) error

// Options of a store.
type Options struct {
	// Dir is the store's folder.
	Dir string
	// Key encrypts the files.
	Key [32]byte
	// Migrations lead from version i+1 to version i+2; version 1 needs none, so
	// the program's version is their number plus one.
	Migrations []Migration
}

// DB is an open store; its methods are safe for concurrent use.
type DB struct{ db *badger.DB }

// Open opens or creates a store and brings its layout up to date. It fails with
// ErrNewer, ErrCorrupt or ErrInUse, or with an error of the file system.
func Open(o Options) (*DB, error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("create store: %w", err)
	}
	db, err := badger.Open(badger.DefaultOptions(o.Dir).
		WithLogger(nil).
		WithSyncWrites(true).
		WithVerifyValueChecksum(true).
		WithChecksumVerificationMode(options.OnTableAndBlockRead).
		WithEncryptionKey(o.Key[:]).
		WithIndexCacheSize(indexCache).
		WithMemTableSize(memTable).
		WithValueLogFileSize(valueLog).
		WithValueThreshold(valueThreshold).
		WithNumVersionsToKeep(1))
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", o.Dir, classify(err))
	}
	d := &DB{db: db}
	if err := d.migrate(o.Migrations); err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", o.Dir, err), db.Close())
	}
	return d, nil
}

// classify turns badger's opening errors into ours, keeping the cause.
func classify(err error) error {
	switch {
	case errors.Is(err, badger.ErrEncryptionKeyMismatch), errors.Is(err, badger.ErrTruncateNeeded):
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	// badger has no sentinel for its directory lock.
	case strings.Contains(err.Error(), "Cannot acquire directory lock"):
		return fmt.Errorf("%w: %w", ErrInUse, err)
	case errors.Is(err, os.ErrPermission):
		return err
	}
	if _, ok := errors.AsType[*os.PathError](err); ok {
		return err
	}
	return fmt.Errorf("%w: %w", ErrCorrupt, err)
}

// Close syncs and closes the store.
func (d *DB) Close() error { return d.db.Close() }

// migrate runs what is missing, each step with its version in one transaction, so
// that a crash leaves the old version or the new one.
func (d *DB) migrate(steps []Migration) error {
	current := uint32(len(steps)) + 1 //nolint:gosec // G115: a handful
	var version uint32
	err := d.View(func(t *Txn) error {
		raw, err := t.Get([]byte(keyVersion))
		if err == nil && len(raw) != 4 {
			return fmt.Errorf("%w: version", ErrCorrupt)
		}
		if err == nil {
			version = binary.BigEndian.Uint32(raw)
		}
		return err
	})
	switch {
	case errors.Is(err, ErrNotFound):
		return d.Update(func(t *Txn) error { return t.putVersion(current) })
	case err != nil:
		return fmt.Errorf("read schema version: %w", err)
	case version > current:
		return fmt.Errorf("%w: version %d, this program knows %d", ErrNewer, version, current)
	case version == 0:
		return fmt.Errorf("%w: version 0", ErrCorrupt)
	}
	for ; version < current; version++ {
		err := d.Update(func(t *Txn) error {
			if err := steps[version-1](t); err != nil {
				return err
			}
			return t.putVersion(version + 1)
		})
		if err != nil {
			return fmt.Errorf("migrate to version %d: %w", version+1, err)
		}
	}
	return nil
}

// View reads in one consistent state of the store.
func (d *DB) View(f func(*Txn) error) error {
	return d.db.View(func(t *badger.Txn) error { return f(&Txn{t}) })
}

// Update writes in one synced transaction; f is called again after a conflict and
// must be repeatable. It fails with what f fails with, or ErrTooMuch.
func (d *DB) Update(f func(*Txn) error) error {
	var err error
	for range retries {
		err = d.db.Update(func(t *badger.Txn) error { return f(&Txn{t}) })
		if !errors.Is(err, badger.ErrConflict) {
			break
		}
	}
	if errors.Is(err, badger.ErrTxnTooBig) {
		return fmt.Errorf("%w: %w", ErrTooMuch, err)
	}
	return err
}

// Compact frees the disk space of replaced values, as far as it is worth it.
func (d *DB) Compact() error {
	const worth = 0.5
	if err := d.db.RunValueLogGC(worth); !errors.Is(err, badger.ErrNoRewrite) {
		return err
	}
	return nil
}

// Txn is a transaction, for one goroutine.
type Txn struct{ t *badger.Txn }

func (t *Txn) putVersion(version uint32) error {
	return t.Put([]byte(keyVersion), binary.BigEndian.AppendUint32(nil, version))
}

func sum(key, value []byte) []byte {
	h := sha256.New()
	h.Write(key)
	h.Write(value)
	return h.Sum(nil)[:sumSize]
}

// unseal checks a value's checksum and takes it off.
func unseal(key, sealed []byte) ([]byte, error) {
	if len(sealed) < sumSize || !bytes.Equal(sum(key, sealed[sumSize:]), sealed[:sumSize]) {
		return nil, fmt.Errorf("%w: checksum", ErrCorrupt)
	}
	return sealed[sumSize:], nil
}

// Put writes a value.
func (t *Txn) Put(key, value []byte) error {
	return t.t.Set(key, append(sum(key, value), value...))
}

// PutOnce writes a value that must never change. The same again does nothing; it
// is ErrImmutable if the record is there with other bytes.
func (t *Txn) PutOnce(key, value []byte) error {
	old, err := t.Get(key)
	switch {
	case errors.Is(err, ErrNotFound):
		return t.Put(key, value)
	case err != nil:
		return err
	case !bytes.Equal(old, value):
		return ErrImmutable
	}
	return nil
}

// Delete removes a record, if it is there.
func (t *Txn) Delete(key []byte) error { return t.t.Delete(key) }

// Get reads a value; ErrNotFound, or ErrCorrupt if its checksum is wrong.
func (t *Txn) Get(key []byte) ([]byte, error) {
	item, err := t.t.Get(key)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	sealed, err := item.ValueCopy(nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return unseal(key, sealed)
}

// ErrStop ends a Scan early, without an error.
var ErrStop = errors.New("stop scanning")

// Scan calls f for every record below prefix whose key, without the prefix, is not
// below from, in key order. The value is valid within f only.
func (t *Txn) Scan(prefix, from []byte, f func(key, value []byte) error) error {
	opts := badger.DefaultIteratorOptions
	opts.Prefix = prefix
	it := t.t.NewIterator(opts)
	defer it.Close()
	for it.Seek(Key(string(prefix), from)); it.Valid(); it.Next() {
		item := it.Item()
		key := item.KeyCopy(nil)
		err := item.Value(func(sealed []byte) error {
			value, err := unseal(key, sealed)
			if err != nil {
				return err
			}
			return f(key[len(prefix):], value)
		})
		if errors.Is(err, ErrStop) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Key joins a prefix and the parts of a key.
func Key(prefix string, parts ...[]byte) []byte {
	key := []byte(prefix)
	for _, p := range parts {
		key = append(key, p...)
	}
	return key
}

// Number is a part of a key that sorts as the number does.
func Number(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

package store

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

// SchemaVersion is the layout that this program reads and writes.
const SchemaVersion = 1

// Errors, wrapped with the folder or the record concerned.
var (
	// ErrNewer: the store, or a record, was written by a newer program.
	ErrNewer = errors.New("contract store is of a newer version")
	// ErrCorrupt: the store or a record cannot be read; it is damaged or
	// sealed with another key.
	ErrCorrupt = errors.New("contract store is damaged or sealed with another key")
	// ErrInUse: another process has the store open.
	ErrInUse = errors.New("contract store is in use by another process")
	// ErrNotFound: there is no such record.
	ErrNotFound = errors.New("no such record")
	// ErrStale: the contract was changed by someone else meanwhile.
	ErrStale = errors.New("contract was changed meanwhile")
	// ErrUnavailable: an order has not enough left, is cancelled, or the take
	// was used.
	ErrUnavailable = errors.New("order is not available")
	// ErrNonceReuse: an oracle announced a nonce or an event id twice.
	ErrNonceReuse = errors.New("oracle nonce or event id used twice")
	// ErrImmutable: a record that is written once exists with other bytes.
	ErrImmutable = errors.New("record exists with other bytes")
)

// Prefixes of the keys. A contract's records begin with its 32-byte key.
const (
	keyVersion     = "version"
	prefixState    = "state/"    // contract -> state record
	prefixPhase    = "phase/"    // phase ‖ contract -> nothing
	prefixID       = "id/"       // peer ‖ contract id -> contract
	prefixMessage  = "message/"  // contract ‖ hash -> message
	prefixOutbox   = "outbox/"   // contract ‖ effect id -> effect
	prefixHistory  = "history/"  // contract ‖ number -> entry
	prefixArchive  = "archive/"  // contract -> height
	prefixOrder    = "order/"    // order id -> order
	prefixTake     = "take/"     // order id ‖ take id -> take
	prefixNonce    = "nonce/"    // oracle key ‖ nonce -> event hash ‖ event id
	prefixEvent    = "event/"    // oracle key ‖ event id -> event hash
	prefixEvidence = "evidence/" // hash -> evidence
)

// Sizes of badger's buffers. A message of 4 MiB has to fit in one transaction,
// and lists live outside the tree, so that compaction does not copy them.
const (
	memTable       = 64 << 20
	valueLog       = 256 << 20
	valueThreshold = 32 << 10
	indexCache     = 16 << 20
	// retries bounds how often a transaction is tried again after a conflict;
	// each time another one has committed.
	retries = 1000
)

// Store is an open contract store.
type Store struct {
	db    *badger.DB
	lines lines
}

// Open opens or creates the store in dir, sealed with key, and brings its
// layout up to SchemaVersion. It returns ErrNewer, ErrCorrupt or ErrInUse,
// wrapped.
func Open(dir string, key [32]byte) (*Store, error) { return open(dir, key, true) }

func open(dir string, key [32]byte, sync bool) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("create contract store: %w", err)
	}
	db, err := badger.Open(badger.DefaultOptions(dir).
		WithLogger(nil).
		WithSyncWrites(sync).
		WithVerifyValueChecksum(true).
		WithChecksumVerificationMode(options.OnTableAndBlockRead).
		WithEncryptionKey(key[:]).
		WithIndexCacheSize(indexCache).
		WithMemTableSize(memTable).
		WithValueLogFileSize(valueLog).
		WithValueThreshold(valueThreshold).
		WithNumVersionsToKeep(1))
	if err != nil {
		return nil, fmt.Errorf("open contract store %s: %w", dir, classify(err))
	}
	s := &Store{db: db}
	if err := s.migrate(migrations); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
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
func (s *Store) Close() error { return s.db.Close() }

// Compact frees the disk space of deleted messages, as far as it is worth it.
// It may run beside all else, now and then.
func (s *Store) Compact() error {
	const worth = 0.5
	err := s.db.RunValueLogGC(worth)
	if errors.Is(err, badger.ErrNoRewrite) {
		return nil
	}
	return err
}

// migration changes the layout by one version, within one transaction.
type migration func(*badger.Txn) error

// migrations lead from version i+1 to version i+2; version 1 needs none.
var migrations []migration

// migrate runs what is missing, each step with its version in one transaction,
// so that a crash leaves the old version or the new one.
func (s *Store) migrate(steps []migration) error {
	current := uint32(len(steps)) + 1 //nolint:gosec // a handful
	var version uint32
	err := s.db.View(func(txn *badger.Txn) error {
		raw, err := get(txn, []byte(keyVersion))
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
		return s.update(func(txn *badger.Txn) error { return putVersion(txn, current) })
	case err != nil:
		return fmt.Errorf("read schema version: %w", err)
	case version > current:
		return fmt.Errorf("%w: version %d, this program knows %d", ErrNewer, version, current)
	case version == 0:
		return fmt.Errorf("%w: version 0", ErrCorrupt)
	}
	for ; version < current; version++ {
		err := s.update(func(txn *badger.Txn) error {
			if err := steps[version-1](txn); err != nil {
				return err
			}
			return putVersion(txn, version+1)
		})
		if err != nil {
			return fmt.Errorf("migrate to version %d: %w", version+1, err)
		}
	}
	return nil
}

func putVersion(txn *badger.Txn, version uint32) error {
	return put(txn, []byte(keyVersion), binary.BigEndian.AppendUint32(nil, version))
}

// update runs f in a transaction, again after a conflict; f must be
// repeatable.
func (s *Store) update(f func(*badger.Txn) error) error {
	var err error
	for range retries {
		if err = s.db.Update(f); !errors.Is(err, badger.ErrConflict) {
			return err
		}
	}
	return err
}

// sumSize is the length of the checksum before every value. badger's own
// checksums do not cover everything that is read, and its cipher alone lets a
// flipped bit through; with ours a value is what was written or ErrCorrupt.
const sumSize = 8

func sum(key, value []byte) []byte {
	h := sha256.New()
	h.Write(key)
	h.Write(value)
	return h.Sum(nil)[:sumSize]
}

// put writes one value with its checksum.
func put(txn *badger.Txn, key, value []byte) error {
	return txn.Set(key, append(sum(key, value), value...))
}

// unseal checks a value's checksum and takes it off.
func unseal(key, sealed []byte) ([]byte, error) {
	if len(sealed) < sumSize || !bytes.Equal(sum(key, sealed[sumSize:]), sealed[:sumSize]) {
		return nil, fmt.Errorf("%w: checksum", ErrCorrupt)
	}
	return sealed[sumSize:], nil
}

// get reads one value; ErrNotFound, or ErrCorrupt if its checksum is wrong.
func get(txn *badger.Txn, key []byte) ([]byte, error) {
	item, err := txn.Get(key)
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

// putOnce writes a value that must never change; it is ErrImmutable if it is
// there with other bytes.
func putOnce(txn *badger.Txn, key, value []byte) error {
	old, err := get(txn, key)
	switch {
	case errors.Is(err, ErrNotFound):
		return put(txn, key, value)
	case err != nil:
		return err
	case string(old) != string(value):
		return ErrImmutable
	}
	return nil
}

// scan calls f for every key below prefix, without the prefix, in key order.
// The value is valid within f only.
func scan(txn *badger.Txn, prefix []byte, f func(key, value []byte) error) error {
	opts := badger.DefaultIteratorOptions
	opts.Prefix = prefix
	it := txn.NewIterator(opts)
	defer it.Close()
	for it.Rewind(); it.Valid(); it.Next() {
		item := it.Item()
		key := item.KeyCopy(nil)
		err := item.Value(func(sealed []byte) error {
			value, err := unseal(key, sealed)
			if err != nil {
				return err
			}
			return f(key[len(prefix):], value)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// join builds a key.
func join(prefix string, parts ...[]byte) []byte {
	key := []byte(prefix)
	for _, p := range parts {
		key = append(key, p...)
	}
	return key
}

func number(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

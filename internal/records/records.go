// Package records is a badger store of small records as money needs it: every
// write synced, the files encrypted, every value checksummed together with its
// key, a schema version, records that are written once, and a mark beside the
// files that tells if commits are missing.
//
// It knows nothing of what the records mean; a store package of its own, with the
// names of its records, stands between it and the rest.
//
// Its invariant: what Update returned nil for survives a power cut, whole; what it
// returned an error for left no trace; and a value that is read is the one that was
// written under that key, or ErrCorrupt. Damage to the files is an error, never an
// older or a smaller store.
package records

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/cespare/xxhash/v2"
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
	// ErrDiskFull: there is less than MinFree of space left; nothing was written.
	ErrDiskFull = errors.New("disk is full")
	// ErrTooMuch: more was written in one transaction than fits; nothing was.
	ErrTooMuch = errors.New("too much for one transaction")
)

const (
	keyVersion = "version"
	// keyMark is written by every commit, for its number.
	keyMark  = "\x00mark"
	memTable = 32 << 20
	valueLog = 128 << 20
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

// MinFree is the space, in bytes, below which Update writes nothing. Badger writes
// through mapped memory: on a disk that is really full the process would end on
// the spot instead of returning an error.
const MinFree = 32 << 20

// minFreeEnd is the same for Finish.
const minFreeEnd = MinFree / 4

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
	// Unsealed recognises the version record of a store from before values were
	// checksummed. Such a store is of version 1 and is sealed, value by value,
	// before the migrations run; a crash on the way does no harm. Nil if there never
	// was one.
	Unsealed func(version []byte) bool
	// MemTable, ValueLog and IndexCache are badger's sizes in bytes, 0 for 32, 128
	// and 8 MiB. A transaction has to fit in about a seventh of MemTable, values
	// above 32 KiB apart.
	MemTable, ValueLog, IndexCache int64
	// Unsynced gives up the invariant, to measure what it costs.
	Unsynced bool
}

// badger returns badger's own options.
func (o Options) badger() badger.Options {
	size := func(given, usual int64) int64 {
		if given == 0 {
			return usual
		}
		return given
	}
	return badger.DefaultOptions(o.Dir).
		WithLogger(nil).
		WithSyncWrites(!o.Unsynced).
		WithVerifyValueChecksum(true).
		WithChecksumVerificationMode(options.OnBlockRead).
		WithEncryptionKey(o.Key[:]).
		WithIndexCacheSize(size(o.IndexCache, indexCache)).
		WithMemTableSize(size(o.MemTable, memTable)).
		WithValueLogFileSize(size(o.ValueLog, valueLog)).
		WithValueThreshold(valueThreshold).
		WithNumVersionsToKeep(1)
}

// DB is an open store; its methods are safe for concurrent use.
type DB struct {
	db   *badger.DB
	dir  string
	mark *mark
}

// Open opens or creates a store and brings its layout up to date. It fails with
// ErrNewer, ErrCorrupt, ErrInUse or ErrDiskFull, or with an error of the file
// system.
func Open(o Options) (*DB, error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("create store: %w", err)
	}
	if err := requireSpace(o.Dir, MinFree); err != nil {
		return nil, err
	}
	if err := inspect(o); err != nil {
		return nil, fmt.Errorf("open store %s: %w", o.Dir, err)
	}
	db, err := badger.Open(o.badger())
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", o.Dir, classify(err))
	}
	d := &DB{db: db, dir: o.Dir}
	if d.mark, err = openMark(o.Dir); err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", o.Dir, err), db.Close())
	}
	if err := d.start(o); err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", o.Dir, err), d.Close())
	}
	return d, nil
}

// start makes an opened store fit for use.
func (d *DB) start(o Options) error {
	last, err := d.commits()
	if err != nil {
		return err
	}
	if last < d.mark.last {
		return fmt.Errorf("%w: it ends with commit %d, commit %d was written", ErrCorrupt, last, d.mark.last)
	}
	if o.Unsealed != nil {
		if err := d.seal(o.Unsealed); err != nil {
			return err
		}
	}
	return d.migrate(o.Migrations)
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
func (d *DB) Close() error { return errors.Join(d.db.Close(), d.mark.close()) }

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
	return d.db.View(func(t *badger.Txn) error { return f(&Txn{t: t}) })
}

// Update writes in one synced transaction; f is called again after a conflict and
// must be repeatable. It fails with what f fails with, ErrTooMuch or ErrDiskFull.
func (d *DB) Update(f func(*Txn) error) error { return d.update(f, MinFree) }

// Finish is Update for what brings something to its end, or makes room: it may use
// most of the space that Update keeps free.
func (d *DB) Finish(f func(*Txn) error) error { return d.update(f, minFreeEnd) }

func (d *DB) update(f func(*Txn) error, least uint64) error {
	if err := requireSpace(d.dir, least); err != nil {
		return err
	}
	if err := d.mark.broken(); err != nil {
		return err
	}
	var err error
	wrote := false
	for range retries {
		err = d.db.Update(func(t *badger.Txn) error {
			txn := &Txn{t: t}
			if err := f(txn); err != nil {
				return err
			}
			if wrote = txn.wrote; !wrote {
				return nil
			}
			return txn.Put([]byte(keyMark), nil)
		})
		if !errors.Is(err, badger.ErrConflict) {
			break
		}
	}
	if errors.Is(err, badger.ErrTxnTooBig) {
		return fmt.Errorf("%w: %w", ErrTooMuch, err)
	}
	if err != nil || !wrote {
		return err
	}
	// The commit is on disk whatever becomes of the mark; without it the next one
	// is refused.
	last, err := d.commits()
	d.mark.raise(last, err)
	return nil
}

// Sync waits until everything written is on disk, for an unsynced store.
func (d *DB) Sync() error { return d.db.Sync() }

// Compact frees the disk space of replaced values, as far as it is worth it.
func (d *DB) Compact() error {
	const worth = 0.5
	if err := d.db.RunValueLogGC(worth); !errors.Is(err, badger.ErrNoRewrite) {
		return err
	}
	return nil
}

// Txn is a transaction, for one goroutine.
type Txn struct {
	t     *badger.Txn
	wrote bool
}

func (t *Txn) putVersion(version uint32) error {
	return t.Put([]byte(keyVersion), binary.BigEndian.AppendUint32(nil, version))
}

// sum is what notices damage. It is no defence against a hand that changes the files:
// that hand could put an old copy of them in place as well.
func sum(key, value []byte) []byte {
	h := xxhash.New()
	// A Digest never returns an error; it says so in its documentation.
	_, _ = h.Write(key)
	_, _ = h.Write(value)
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
	t.wrote = true
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
func (t *Txn) Delete(key []byte) error {
	t.wrote = true
	return t.t.Delete(key)
}

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
		if string(key) == keyMark {
			continue
		}
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

// Last returns the key, without the prefix, of the last record below prefix;
// ErrNotFound if there is none.
func (t *Txn) Last(prefix []byte) ([]byte, error) {
	opts := badger.DefaultIteratorOptions
	opts.Prefix, opts.Reverse, opts.PrefetchValues = prefix, true, false
	it := t.t.NewIterator(opts)
	defer it.Close()
	it.Seek(append(bytes.Clone(prefix), 0xff))
	if !it.Valid() {
		return nil, ErrNotFound
	}
	return it.Item().KeyCopy(nil)[len(prefix):], nil
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

package store

import (
	"encoding/binary"

	"github.com/dgraph-io/badger/v4"
)

// OpenUnsynced opens a store that does not sync its writes, to measure what
// syncing costs.
func OpenUnsynced(dir string, key [32]byte) (*Store, error) { return open(dir, key, false) }

// SetVersion makes the store claim a layout.
func (s *Store) SetVersion(version uint32) error {
	return s.update(func(txn *badger.Txn) error { return putVersion(txn, version) })
}

// Migrate runs migrations that write key i for step i, and returns the version
// afterwards; step fail, if not negative, fails after its write.
func (s *Store) Migrate(steps, fail int, cause error) (uint32, []bool, error) {
	var all []migration
	for i := range steps {
		all = append(all, func(txn *badger.Txn) error {
			if err := put(txn, []byte{'m', byte(i)}, []byte{1}); err != nil { //nolint:gosec // a handful
				return err
			}
			if i == fail {
				return cause
			}
			return nil
		})
	}
	failed := s.migrate(all)
	var version uint32
	ran := make([]bool, steps)
	err := s.db.View(func(txn *badger.Txn) error {
		raw, err := get(txn, []byte(keyVersion))
		if err != nil {
			return err
		}
		version = binary.BigEndian.Uint32(raw)
		for i := range ran {
			_, err := get(txn, []byte{'m', byte(i)})
			ran[i] = err == nil
		}
		return nil
	})
	if failed == nil {
		failed = err
	}
	return version, ran, failed
}

// PutRaw writes any record, as damage or another layout would have it.
func (s *Store) PutRaw(key, value []byte) error {
	return s.update(func(txn *badger.Txn) error { return put(txn, key, value) })
}

// GetRaw reads any record.
func (s *Store) GetRaw(key []byte) ([]byte, error) {
	var raw []byte
	err := s.db.View(func(txn *badger.Txn) (err error) {
		raw, err = get(txn, key)
		return err
	})
	return raw, err
}

// Flush waits until everything written is on disk, for stores that do not
// sync.
func (s *Store) Flush() error { return s.db.Sync() }

// StateKey is the key of a contract's record.
func StateKey(key [32]byte) []byte { return join(prefixState, key[:]) }

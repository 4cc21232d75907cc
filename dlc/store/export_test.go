package store

import (
	"encoding/binary"

	"github.com/alkimiya/alkimiya/internal/records"
)

// OpenUnsynced opens a store that does not sync its writes, to measure what
// syncing costs.
func OpenUnsynced(dir string, key [32]byte) (*Store, error) {
	return open(records.Options{Dir: dir, Key: key, Unsynced: true})
}

// SetVersion makes the store claim a layout.
func (s *Store) SetVersion(version uint32) error {
	return s.PutRaw([]byte("version"), binary.BigEndian.AppendUint32(nil, version))
}

// PutRaw writes any record, as damage or another layout would have it.
func (s *Store) PutRaw(key, value []byte) error {
	return s.db.Update(func(txn *records.Txn) error { return txn.Put(key, value) })
}

// GetRaw reads any record.
func (s *Store) GetRaw(key []byte) ([]byte, error) {
	var raw []byte
	err := s.db.View(func(txn *records.Txn) (err error) {
		raw, err = txn.Get(key)
		return err
	})
	return raw, err
}

// Flush waits until everything written is on disk, for stores that do not
// sync.
func (s *Store) Flush() error { return s.db.Sync() }

// StateKey is the key of a contract's record.
func StateKey(key [32]byte) []byte { return join(prefixState, key[:]) }

package records

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"
)

// sealBatch is how many values are sealed in one transaction.
const sealBatch = 256

// seal puts a checksum before every value of a store that old recognises. Its
// version record changes last: until then a restart begins again, and leaves
// alone what has its checksum.
func (d *DB) seal(old func(version []byte) bool) error {
	var keys [][]byte
	due := false
	err := d.db.View(func(t *badger.Txn) error {
		version, err := value(t, []byte(keyVersion))
		if errors.Is(err, badger.ErrKeyNotFound) {
			return nil
		}
		if due = err == nil && old(version); !due {
			return err
		}
		keys, err = unsealed(t)
		return err
	})
	if err != nil || !due {
		return err
	}
	for len(keys) > 0 {
		n := min(sealBatch, len(keys))
		if err := d.sealKeys(keys[:n]); err != nil {
			return fmt.Errorf("seal values: %w", err)
		}
		keys = keys[n:]
	}
	return d.Update(func(t *Txn) error { return t.putVersion(1) })
}

func (d *DB) sealKeys(keys [][]byte) error {
	return d.Update(func(t *Txn) error {
		for _, key := range keys {
			raw, err := value(t.t, key)
			if err != nil {
				return err
			}
			if err := t.Put(key, raw); err != nil {
				return err
			}
		}
		return nil
	})
}

// unsealed returns the keys of all values without a checksum, that of the
// version apart.
func unsealed(t *badger.Txn) ([][]byte, error) {
	var keys [][]byte
	it := t.NewIterator(badger.DefaultIteratorOptions)
	defer it.Close()
	for it.Rewind(); it.Valid(); it.Next() {
		key := it.Item().KeyCopy(nil)
		raw, err := it.Item().ValueCopy(nil)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
		}
		if _, err := unseal(key, raw); err != nil && !bytes.Equal(key, []byte(keyVersion)) {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// value reads a value as it is on disk.
func value(t *badger.Txn, key []byte) ([]byte, error) {
	item, err := t.Get(key)
	if err != nil {
		return nil, err
	}
	raw, err := item.ValueCopy(nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return raw, nil
}

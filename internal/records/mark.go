package records

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/dgraph-io/badger/v4"
)

// A mark is the number of the last commit, kept in a small file beside badger's.
// Badger takes a damaged end of its log for one that a crash has torn and drops
// it in silence; a store that ends before its mark has lost commits.
//
// The file holds two numbers with a checksum each, written in turn, so that a
// torn write leaves the one before. It is not synced: the commit is on disk before
// its number is written, so that after a power cut the mark may be behind the
// store, which only makes it see less, and never before it.
type mark struct {
	mu   sync.Mutex
	file *os.File
	last uint64
	slot int64
	err  error
}

const (
	markName = "COMMITTED"
	// slotSize keeps the two numbers in different pages.
	slotSize   = 4096
	recordSize = 8 + sumSize
)

func openMark(dir string) (*mark, error) {
	file, err := os.OpenFile(filepath.Join(dir, markName), os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // G304: in the store's folder
	if err != nil {
		return nil, fmt.Errorf("open mark: %w", err)
	}
	m := &mark{file: file}
	if err := m.read(); err != nil {
		return nil, errors.Join(fmt.Errorf("read mark: %w", err), file.Close())
	}
	return m, nil
}

// read takes the higher of the two numbers that are whole.
func (m *mark) read() error {
	info, err := m.file.Stat()
	if err != nil {
		return err
	}
	if info.Size() < 2*slotSize {
		if err := m.file.Truncate(2 * slotSize); err != nil {
			return err
		}
	}
	for slot := range int64(2) {
		var record [recordSize]byte
		if _, err := m.file.ReadAt(record[:], slot*slotSize); err != nil {
			return err
		}
		n := binary.BigEndian.Uint64(record[:8])
		if n > m.last && bytes.Equal(sum([]byte(markName), record[:8]), record[8:]) {
			m.last, m.slot = n, slot
		}
	}
	return nil
}

// raise writes the number of a commit. A failure is kept for broken, since the
// commit itself is done.
func (m *mark) raise(n uint64, failed error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err = errors.Join(m.err, failed); m.err != nil || n <= m.last {
		return
	}
	record := binary.BigEndian.AppendUint64(nil, n)
	record = append(record, sum([]byte(markName), record)...)
	slot := 1 - m.slot
	if _, err := m.file.WriteAt(record, slot*slotSize); err != nil {
		m.err = fmt.Errorf("write mark: %w", err)
		return
	}
	m.last, m.slot = n, slot
}

// broken returns why the mark could not be written.
func (m *mark) broken() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.err
}

func (m *mark) close() error { return errors.Join(m.file.Sync(), m.file.Close()) }

// commits returns the number of the last commit that badger holds, 0 for none.
func (d *DB) commits() (uint64, error) {
	var last uint64
	err := d.db.View(func(t *badger.Txn) error {
		item, err := t.Get([]byte(keyMark))
		if errors.Is(err, badger.ErrKeyNotFound) {
			return nil
		}
		if err == nil {
			last = item.Version()
		}
		return err
	})
	return last, err
}

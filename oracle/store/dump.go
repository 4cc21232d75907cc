package store

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/alkimiya/alkimiya/internal/records"
)

// ErrExists says that there is a store already; it is never overwritten.
var ErrExists = errors.New("oracle store exists already")

// Dump writes the whole store, of one consistent state and not encrypted, to w.
func (s *Store) Dump(w io.Writer) error { return s.db.Dump(w) }

// Restore makes a store in dir, which must not exist, from what Dump wrote. It is in
// doubt from the beginning: between the dump and now the oracle may have signed. It
// is complete when Restore returns nil; else nothing is left in dir. It fails with
// ErrExists or records.ErrCorrupt.
func Restore(dir string, key [32]byte, r io.Reader, doubt string) error {
	if _, err := os.Lstat(dir); err == nil {
		return fmt.Errorf("restore %s: %w", dir, ErrExists)
	}
	part := dir + ".part"
	if err := os.RemoveAll(part); err != nil {
		return fmt.Errorf("restore %s: %w", dir, err)
	}
	err := load(part, key, r, doubt)
	if err == nil {
		err = os.Rename(part, dir)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("restore %s: %w", dir, err), os.RemoveAll(part))
	}
	return nil
}

func load(dir string, key [32]byte, r io.Reader, doubt string) error {
	db, err := records.Open(records.Options{Dir: dir, Key: key})
	if err != nil {
		return err
	}
	s := &Store{db: db}
	err = db.Load(r)
	if err == nil {
		err = s.Doubt(doubt)
	}
	return errors.Join(err, db.Close())
}

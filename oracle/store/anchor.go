package store

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/alkimiya/alkimiya/internal/records"
)

const (
	metaAnchor = "anchor"
	anchorSize = 16
)

// CheckAnchor looks at the anchor, a small file beside the store, and doubts the
// store if the anchor is not the file that the store was tied to: then the folder
// was copied, or restored from a copy, and a newer state of the oracle, or another
// oracle with the same key, may exist. A store that is tied to nothing is tied to the
// file at path, which is made of bytes from rand if it does not exist. Where the
// system numbers files, a copy is another file even with the same content.
func (s *Store) CheckAnchor(path string, rand io.Reader) error {
	tied, err := s.Meta(metaAnchor)
	if errors.Is(err, ErrNotFound) {
		return s.TieAnchor(path, rand)
	}
	if err != nil {
		return fmt.Errorf("anchor of the store: %w", err)
	}
	found, err := fingerprint(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("anchor of the store: %w", err)
	}
	if err != nil || !bytes.Equal(found, tied) {
		return s.Doubt("the data directory was copied or restored: " + path + " is not the file it was made with")
	}
	return nil
}

// TieAnchor ties the store to the file at path, as CheckAnchor does the first time.
func (s *Store) TieAnchor(path string, rand io.Reader) error {
	found, err := fingerprint(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeAnchor(path, rand); err != nil {
			return fmt.Errorf("anchor of the store: %w", err)
		}
		found, err = fingerprint(path)
	}
	if err != nil {
		return fmt.Errorf("anchor of the store: %w", err)
	}
	return s.db.Update(func(t *records.Txn) error {
		return t.Put(records.Key(prefixMeta, []byte(metaAnchor)), found)
	})
}

func makeAnchor(path string, rand io.Reader) error {
	b := make([]byte, anchorSize)
	if _, err := io.ReadFull(rand, b); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Clean(path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// fingerprint is of the anchor's content and its number in the file system.
func fingerprint(path string) ([]byte, error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, err
	}
	b := make([]byte, anchorSize)
	_, err = io.ReadFull(f, b)
	info, statErr := f.Stat()
	if err = errors.Join(err, statErr, f.Close()); err != nil {
		return nil, err
	}
	h := sha256.New()
	h.Write(b)
	h.Write(records.Number(fileNumber(info)))
	return h.Sum(nil), nil
}

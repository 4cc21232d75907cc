package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/alkimiya/alkimiya/oracle/attest"
)

// A cache keeps verified messages in files, by key and event id. It is read again
// with suspicion: the client verifies what comes out. The zero cache keeps nothing.
type cache struct{ dir string }

// Kinds of cached messages, which are the endings of their files.
const (
	kindAnnouncement = ".announcement"
	kindAttestation  = ".attestation"
	kindEvidence     = ".evidence"
)

func (c cache) path(key [32]byte, id, kind string) string {
	sum := sha256.Sum256([]byte(id))
	return filepath.Join(c.dir, hex.EncodeToString(key[:]), hex.EncodeToString(sum[:])+kind)
}

// get returns what is kept, nil if nothing is.
func (c cache) get(key [32]byte, id, kind string) (raw []byte, err error) {
	if c.dir == "" {
		return nil, nil
	}
	f, err := os.Open(c.path(key, id, kind))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("oracle cache: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	raw, err = io.ReadAll(io.LimitReader(f, attest.MaxEvidence+1))
	if err != nil {
		return nil, fmt.Errorf("oracle cache: %w", err)
	}
	return raw, nil
}

// put keeps a message. A file is there whole or not at all.
func (c cache) put(key [32]byte, id, kind string, raw []byte) error {
	if c.dir == "" {
		return nil
	}
	path := c.path(key, id, kind)
	if old, err := c.get(key, id, kind); err == nil && bytes.Equal(old, raw) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("oracle cache: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "part-*")
	if err != nil {
		return fmt.Errorf("oracle cache: %w", err)
	}
	_, err = f.Write(raw)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("oracle cache: %w", err), os.Remove(f.Name()))
	}
	return nil
}

// drop removes a message that does not verify.
func (c cache) drop(key [32]byte, id, kind string) error {
	if err := os.Remove(c.path(key, id, kind)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("oracle cache: %w", err)
	}
	return nil
}

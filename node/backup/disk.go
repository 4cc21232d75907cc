package backup

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

const (
	// suffix ends the name of a recovery file, temporary that of one that is
	// being written.
	suffix    = ".alkb"
	temporary = ".alkb.tmp"
	fileMode  = 0o600
	dirMode   = 0o700
)

// FileName is the name of a contract's recovery file; the key is the
// contract's in this node (contract.Key).
func FileName(key [32]byte) string { return hex.EncodeToString(key[:]) + suffix }

// keyOf is the inverse of FileName.
func keyOf(name string) ([32]byte, bool) {
	raw, err := hex.DecodeString(strings.TrimSuffix(name, suffix))
	if err != nil || len(raw) != 32 || !strings.HasSuffix(name, suffix) {
		return [32]byte{}, false
	}
	return [32]byte(raw), true
}

// prepare makes the folder, whose parent must exist: a medium that is not
// mounted is not replaced by a folder of its mount point. What an interrupted
// write left is removed.
func prepare(dir string) error {
	if err := os.Mkdir(dir, dirMode); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("create folder of recovery files: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("read folder of recovery files: %w", err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), temporary) {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				return fmt.Errorf("remove interrupted recovery file: %w", err)
			}
		}
	}
	return nil
}

// write puts a whole file in the folder: beside its place, synced, moved, and
// the folder synced.
func write(dir string, key [32]byte, data []byte) (err error) {
	path := filepath.Join(dir, FileName(key))
	temp := strings.TrimSuffix(path, suffix) + temporary
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, fileMode) //nolint:gosec // G304: the owner's folder
	if err != nil {
		return fmt.Errorf("write recovery file: %w", err)
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write recovery file: %w", err), ignoreMissing(os.Remove(temp)))
	}
	return syncDir(dir)
}

// remove deletes a contract's file; it need not be there.
func remove(dir string, key [32]byte) error {
	if err := ignoreMissing(os.Remove(filepath.Join(dir, FileName(key)))); err != nil {
		return fmt.Errorf("remove recovery file: %w", err)
	}
	return syncDir(dir)
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// syncDir makes changes of a folder survive a power cut, on file systems that
// can.
func syncDir(dir string) error {
	d, err := os.Open(dir) //nolint:gosec // G304: the owner's folder
	if err != nil {
		return fmt.Errorf("sync folder of recovery files: %w", err)
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	if err = errors.Join(err, d.Close()); err != nil {
		return fmt.Errorf("sync folder of recovery files: %w", err)
	}
	return nil
}

// read returns a file of at most limit bytes.
func read(path string, limit int) (data []byte, err error) {
	f, err := os.Open(path) //nolint:gosec // G304: the owner's file
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	data, err = io.ReadAll(io.LimitReader(f, int64(limit)+1))
	if err == nil && len(data) > limit {
		err = fmt.Errorf("%w: longer than %d bytes", ErrFormat, limit)
	}
	return data, err
}

// storedMark returns the mark of a contract's file, and whether there is a file
// with one.
func storedMark(dir string, key [32]byte) ([markSize]byte, bool, error) {
	f, err := os.Open(filepath.Join(dir, FileName(key))) //nolint:gosec // G304: the owner's folder
	if errors.Is(err, fs.ErrNotExist) {
		return [markSize]byte{}, false, nil
	}
	if err != nil {
		return [markSize]byte{}, false, fmt.Errorf("read recovery file: %w", err)
	}
	header := make([]byte, headerSize)
	_, readErr := io.ReadFull(f, header)
	if err := f.Close(); err != nil {
		return [markSize]byte{}, false, fmt.Errorf("read recovery file: %w", err)
	}
	mark, err := markOf(header)
	return mark, readErr == nil && err == nil, nil
}

// names returns the keys of all recovery files in a folder, none if there is no
// folder.
func names(dir string) ([][32]byte, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read folder of recovery files: %w", err)
	}
	var keys [][32]byte
	for _, e := range entries {
		if key, ok := keyOf(e.Name()); ok {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

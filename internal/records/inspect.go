package records

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/pb"
	"github.com/dgraph-io/badger/v4/y"
	"google.golang.org/protobuf/proto"
)

// inspect looks at every byte of the tables of a store before it is used. Badger
// itself treats a block that it cannot read as the end of its table, so that a
// record of it is "not found", and a compaction would drop it for good; and for
// some faults of a table's footer, or of a block while it is opened, it ends the
// process.
func inspect(o Options) error {
	tables, err := filepath.Glob(filepath.Join(o.Dir, "*.sst"))
	if err != nil {
		return err
	}
	if err := checkKeys(o, tables); err != nil || len(tables) == 0 {
		return err
	}
	for _, name := range tables {
		if err := checkFooter(name); err != nil {
			return fmt.Errorf("table %s: %w", filepath.Base(name), err)
		}
	}
	// Without compactors nothing is rewritten before all of it has been read.
	db, err := badger.Open(o.badger().WithNumCompactors(0))
	if err != nil {
		return classify(err)
	}
	return errors.Join(checkBlocks(db), db.Close())
}

// checkKeys looks for every key that a file is encrypted with. Badger makes a new
// key of the same number where the file of keys is gone, and a new, empty list of
// tables, after which it deletes them, where the list is gone.
func checkKeys(o Options, tables []string) error {
	manifest, err := os.Open(filepath.Join(o.Dir, badger.ManifestFilename))
	if errors.Is(err, os.ErrNotExist) {
		if len(tables) > 0 {
			return fmt.Errorf("%w: the list of tables is gone", ErrCorrupt)
		}
		return nil
	}
	if err != nil {
		return err
	}
	list, _, err := badger.ReplayManifestFile(manifest, 0, o.badger())
	if err := errors.Join(err, manifest.Close()); err != nil {
		return fmt.Errorf("%w: list of tables: %w", ErrCorrupt, err)
	}
	registry, err := badger.OpenKeyRegistry(badger.KeyRegistryOptions{
		Dir: o.Dir, ReadOnly: true, EncryptionKey: o.Key[:], EncryptionKeyRotationDuration: o.badger().EncryptionKeyRotationDuration,
	})
	if err != nil {
		return classify(err)
	}
	ids, err := keyIDs(o.Dir)
	if err != nil {
		return errors.Join(err, registry.Close())
	}
	for _, table := range list.Tables {
		ids = append(ids, table.KeyID)
	}
	for _, id := range ids {
		if _, err := registry.DataKey(id); err != nil {
			return errors.Join(fmt.Errorf("%w: %w", ErrCorrupt, err), registry.Close())
		}
	}
	return registry.Close()
}

// keyIDs returns the numbers of the keys of all logs, from their first bytes.
func keyIDs(dir string) ([]uint64, error) {
	var ids []uint64
	for _, pattern := range []string{"*.mem", "*.vlog"} {
		logs, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return nil, err
		}
		for _, name := range logs {
			file, err := os.Open(name) //nolint:gosec // G304: in the store's folder
			if err != nil {
				return nil, err
			}
			var head [8]byte
			_, err = io.ReadFull(file, head[:])
			if short := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF); err != nil && !short {
				return nil, errors.Join(err, file.Close())
			}
			if err := file.Close(); err != nil {
				return nil, err
			}
			ids = append(ids, binary.BigEndian.Uint64(head[:]))
		}
	}
	return ids, nil
}

// checkBlocks reads every block of every table.
func checkBlocks(db *badger.DB) (err error) {
	defer func() {
		// Badger stumbles over a block that it has just found to be damaged.
		if fault := recover(); fault != nil {
			err = fmt.Errorf("%w: block of a table: %v", ErrCorrupt, fault)
		}
	}()
	if err := db.VerifyChecksum(); err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return nil
}

// checkFooter checks what stands behind a table's blocks: index, its length, its
// checksum, the length of that.
func checkFooter(name string) error {
	raw, err := os.ReadFile(name) //nolint:gosec // G304: in the store's folder
	if err != nil {
		return err
	}
	take := func(n uint32) ([]byte, bool) {
		if uint64(n) > uint64(len(raw)) {
			return nil, false
		}
		at := len(raw) - int(n)
		tail := raw[at:]
		raw = raw[:at]
		return tail, true
	}
	var part []byte
	ok := true
	for range 2 { // the checksum, the index, each before its length
		var length []byte
		if length, ok = take(4); !ok {
			break
		}
		above := part
		if part, ok = take(binary.BigEndian.Uint32(length)); !ok {
			break
		}
		if above == nil {
			continue
		}
		var sum pb.Checksum
		if err := proto.Unmarshal(above, &sum); err != nil {
			return fmt.Errorf("%w: checksum of the index: %w", ErrCorrupt, err)
		}
		if err := y.VerifyChecksum(part, &sum); err != nil {
			return fmt.Errorf("%w: index: %w", ErrCorrupt, err)
		}
	}
	if !ok {
		return fmt.Errorf("%w: it is cut off", ErrCorrupt)
	}
	return nil
}

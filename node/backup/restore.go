package backup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/alkimiya/alkimiya/dlc/store"
)

// Restored is what became of one recovery file.
type Restored struct {
	// Path is the file.
	Path string
	// Known says that the contract was in the store already.
	Known bool
	// Err is why the file was of no use, nil if the contract is in the store
	// now.
	Err error
}

// Restore takes over the contracts of recovery files: path is one file or a
// folder. It goes on after a file that is of no use. The error says that the
// path cannot be read at all, or that ctx ended.
func Restore(ctx context.Context, path string, seal *Seal, take Importer) ([]Restored, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read recovery files: %w", err)
	}
	files := []string{path}
	if info.IsDir() {
		keys, err := names(path)
		if err != nil {
			return nil, err
		}
		files = files[:0]
		for _, key := range keys {
			files = append(files, filepath.Join(path, FileName(key)))
		}
	}
	results := make([]Restored, 0, len(files))
	for _, file := range files {
		if err := ctx.Err(); err != nil {
			return results, err
		}
		result := Restored{Path: file}
		result.Known, result.Err = restore(ctx, file, seal, take)
		results = append(results, result)
	}
	return results, nil
}

func restore(ctx context.Context, path string, seal *Seal, take Importer) (known bool, err error) {
	data, err := read(path, maxFile)
	if err != nil {
		return false, fmt.Errorf("read %s: %w", filepath.Base(path), err)
	}
	record, err := seal.Open(data)
	if err != nil {
		return false, fmt.Errorf("open %s: %w", filepath.Base(path), err)
	}
	err = take(ctx, record)
	if errors.Is(err, store.ErrStale) {
		return true, nil
	}
	return false, err
}

// Restore takes over the contracts of files in the folder that the store does
// not hold.
func (f *Folder) Restore(ctx context.Context, take Importer) ([]Restored, error) {
	keys, err := names(f.dir)
	if err != nil {
		return nil, err
	}
	var results []Restored
	for _, key := range keys {
		switch _, err := f.contracts.Contract(key); {
		case err == nil:
			continue
		case !errors.Is(err, store.ErrNotFound):
			return results, err
		case ctx.Err() != nil:
			return results, ctx.Err()
		}
		result := Restored{Path: filepath.Join(f.dir, FileName(key))}
		result.Known, result.Err = restore(ctx, result.Path, f.seal, take)
		results = append(results, result)
	}
	return results, nil
}

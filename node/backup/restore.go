package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/store"
)

// Errors of taking over the files of a folder.
var (
	// ErrUnread means that the own recovery files were not taken over yet, so that
	// peers are not asked for what may be in them.
	ErrUnread = errors.New("own recovery files are not taken over yet")
	// ErrUseless means that a file can never be taken over by this program.
	ErrUseless = errors.New("recovery file is of no use")
	// ErrAway means that the parent of the folder is not there.
	ErrAway = errors.New("place of the recovery files is not there, the medium may be away")
)

// Restored is what became of one recovery file.
type Restored struct {
	// Path is the file.
	Path string
	// Known says that the contract was in the store already.
	Known bool
	// Err is why the file was not taken over, nil if the contract is in the store
	// now: ErrUseless, or what may pass by itself.
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
	if errors.Is(err, ErrFormat) {
		return false, fmt.Errorf("%w: read %s: %w", ErrUseless, filepath.Base(path), err)
	}
	if err != nil {
		return false, fmt.Errorf("read %s: %w", filepath.Base(path), err)
	}
	record, err := seal.Open(data)
	if err != nil {
		return false, fmt.Errorf("%w: open %s: %w", ErrUseless, filepath.Base(path), err)
	}
	switch err = take(ctx, record); {
	case err == nil:
		return false, nil
	case errors.Is(err, store.ErrStale):
		return true, nil
	}
	if bad := check(record); bad != nil {
		return false, fmt.Errorf("%w: %s: %w", ErrUseless, filepath.Base(path), bad)
	}
	return false, fmt.Errorf("take over %s: %w", filepath.Base(path), err)
}

// check says why a record is no contract, whoever takes it.
func check(record []byte) error {
	recovery, err := contract.DecodeRecovery(record)
	if err != nil {
		return err
	}
	_, _, err = contract.Restore(recovery)
	return err
}

// Restore takes over the contracts of files in the folder that the store does
// not hold; ErrAway.
func (f *Folder) Restore(ctx context.Context, take Importer) ([]Restored, error) {
	if _, err := os.Stat(filepath.Dir(f.dir)); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", ErrAway, filepath.Dir(f.dir))
	}
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

// Unread returns why files of the folder were not taken over yet, ErrUnread, or nil
// once they were: then peers may be asked for what is missing still.
func (f *Folder) Unread() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.unread
}

// TakeOver is Restore at the start of a node, and tells the user what comes of it. It
// returns what Unread does from then on.
func (f *Folder) TakeOver(ctx context.Context, take Importer) error {
	results, err := f.Restore(ctx, take)
	useless, first := 0, error(nil)
	for _, r := range results {
		switch {
		case errors.Is(r.Err, ErrUseless):
			if useless++; first == nil {
				first = r.Err
			}
		case r.Err != nil:
			if err == nil {
				err = r.Err
			}
		case !r.Known:
			f.log.Warn("contract restored from its recovery file", "path", r.Path)
		}
	}
	if err == nil && useless > 0 {
		// Peers may hold these contracts; the files stay.
		err = f.alarm([32]byte{}, fmt.Sprintf("%d recovery files in %s are of no use, `alk backup recover` asks peers for their contracts: %v", useless, f.dir, first))
		f.log.Error("recovery files are of no use", "files", useless, "path", f.dir, "err", first)
	}
	return f.took(ctx, err)
}

// took keeps why files were not taken over, and tells the user the first time.
func (f *Folder) took(ctx context.Context, err error) error {
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrUnread, err)
	}
	f.mu.Lock()
	f.unread = err
	told := f.told
	f.mu.Unlock()
	switch {
	case err == nil && told:
		f.log.Info("recovery files are taken over", "path", f.dir)
	case err != nil && !told && ctx.Err() == nil:
		f.log.Error("recovery files cannot be taken over, trying again", "path", f.dir, "err", err)
		failed := f.alarm([32]byte{}, fmt.Sprintf("recovery files in %s: %v; peers are not asked for contracts before", f.dir, err))
		if failed != nil {
			f.log.Error("user not told of recovery files", "err", failed)
		}
		f.mu.Lock()
		f.told = failed == nil
		f.mu.Unlock()
	}
	return err
}

// Recover repeats TakeOver until it returns nil, or ctx ends.
func (f *Folder) Recover(ctx context.Context, take Importer) error {
	for pause := retryFirst; ; pause = min(2*pause, retryLast) {
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
		if f.TakeOver(ctx, take) == nil {
			return nil
		}
	}
}

package records_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/internal/records"
)

// small is a store whose files are small enough to damage every page of.
func small(dir string) records.Options {
	return records.Options{Dir: dir, Key: [32]byte{1}, MemTable: 1 << 20, ValueLog: 4 << 20}
}

// fill writes what damaged reads again: small values, a large one outside the
// tree, and one written twice.
func fill(t *testing.T, db *records.DB) map[string][]byte {
	t.Helper()
	want := map[string][]byte{}
	for n := range uint64(40) {
		key := string(records.Key("n/", records.Number(n)))
		want[key] = bytes.Repeat([]byte{byte(n)}, 200)
		if n == 7 {
			want[key] = bytes.Repeat([]byte{7}, 100_000)
		}
		require.NoError(t, db.Update(func(tx *records.Txn) error { return tx.Put([]byte(key), want[key]) }))
	}
	first := string(records.Key("n/", records.Number(0)))
	want[first] = []byte("again")
	require.NoError(t, db.Update(func(tx *records.Txn) error { return tx.Put([]byte(first), want[first]) }))
	return want
}

// difference opens the store and says in what it silently differs; an error is
// no difference, if it is a typed one.
func difference(t *testing.T, o records.Options, want map[string][]byte) string {
	t.Helper()
	db, err := records.Open(o)
	if err != nil {
		var path *os.PathError
		if !errors.Is(err, records.ErrCorrupt) && !errors.As(err, &path) {
			return "untyped error: " + err.Error()
		}
		return ""
	}
	defer func() { require.NoError(t, db.Close()) }()
	found := ""
	err = db.View(func(tx *records.Txn) error {
		for key, value := range want {
			got, err := tx.Get([]byte(key))
			switch {
			case errors.Is(err, records.ErrNotFound):
				found = "a record is gone"
			case errors.Is(err, records.ErrCorrupt):
			case err != nil:
				return err
			case !bytes.Equal(got, value):
				found = "a record is another"
			}
		}
		return nil
	})
	if err != nil {
		return "untyped error: " + err.Error()
	}
	return found
}

// flips returns, for every page of every file that holds anything, the place of
// one byte in it.
func flips(t *testing.T, dir string) map[string][]int {
	t.Helper()
	const page = 4096
	places := map[string][]int{}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		raw, err := os.ReadFile(filepath.Join(dir, e.Name())) //nolint:gosec // the test's own folder
		require.NoError(t, err)
		for at := 0; at < len(raw); at += page {
			end := min(at+page, len(raw))
			used := len(bytes.TrimRight(raw[at:end], "\x00"))
			if used > 0 {
				places[e.Name()] = append(places[e.Name()], at+(at/page*977+13)%used)
			}
		}
	}
	return places
}

// damaged flips each bit in turn in a copy of the store.
func damaged(t *testing.T, dir string, want map[string][]byte) {
	t.Helper()
	count := 0
	for name, places := range flips(t, dir) {
		for i, at := range places {
			o := small(filepath.Join(t.TempDir(), "copy"))
			require.NoError(t, os.CopyFS(o.Dir, os.DirFS(dir)))
			file := filepath.Join(o.Dir, name)
			raw, err := os.ReadFile(file) //nolint:gosec // the test's own folder
			require.NoError(t, err)
			raw[at] ^= 1 << (i % 8)
			require.NoError(t, os.WriteFile(file, raw, 0o600)) //nolint:gosec // the same
			if found := difference(t, o, want); found != "" {
				t.Errorf("bit %d of byte %d of %s: %s", i%8, at, name, found)
			}
			require.NoError(t, os.RemoveAll(o.Dir))
			count++
		}
	}
	t.Logf("%d bits flipped", count)
}

// P4: of a store that was closed, and of one whose process died, no flipped bit
// makes another store in silence.
func TestFlippedBitsAreNoticed(t *testing.T) {
	dir := t.TempDir()
	db := open(t, small(dir))
	want := fill(t, db)
	died := filepath.Join(t.TempDir(), "died")
	require.NoError(t, os.CopyFS(died, os.DirFS(dir)))
	require.NoError(t, db.Close())
	require.Empty(t, difference(t, small(filepath.Clean(dir)), want))
	t.Run("closed", func(t *testing.T) { damaged(t, dir, want) })
	t.Run("died", func(t *testing.T) { damaged(t, died, want) })
}

// A file that is cut off or gone is noticed too.
func TestMissingFilesAreNoticed(t *testing.T) {
	dir := t.TempDir()
	db := open(t, small(dir))
	want := fill(t, db)
	died := filepath.Join(t.TempDir(), "died")
	require.NoError(t, os.CopyFS(died, os.DirFS(dir)))
	require.NoError(t, db.Close())
	for _, from := range []string{dir, died} {
		for name := range flips(t, from) {
			for _, half := range []bool{false, true} {
				o := small(filepath.Join(t.TempDir(), "copy"))
				require.NoError(t, os.CopyFS(o.Dir, os.DirFS(from)))
				file := filepath.Join(o.Dir, name)
				if half {
					info, err := os.Stat(file)
					require.NoError(t, err)
					require.NoError(t, os.Truncate(file, info.Size()/2))
				} else {
					require.NoError(t, os.Remove(file))
				}
				if found := difference(t, o, want); found != "" {
					t.Errorf("%s, cut in half %t: %s", name, half, found)
				}
			}
		}
	}
}

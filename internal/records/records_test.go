package records_test

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/internal/records"
)

func open(t *testing.T, o records.Options) *records.DB {
	t.Helper()
	db, err := records.Open(o)
	require.NoError(t, err)
	return db
}

func TestRecordsSurviveAndAreWrittenOnce(t *testing.T) {
	o := records.Options{Dir: filepath.Join(t.TempDir(), "s"), Key: [32]byte{1}}
	db := open(t, o)
	require.NoError(t, db.Update(func(tx *records.Txn) error {
		for n := range uint64(5) {
			if err := tx.Put(records.Key("n/", records.Number(n)), []byte{byte(n)}); err != nil {
				return err
			}
		}
		return tx.PutOnce([]byte("once"), []byte("a"))
	}))
	_, err := records.Open(o)
	require.ErrorIs(t, err, records.ErrInUse)
	failed := errors.New("changed my mind")
	require.ErrorIs(t, db.Update(func(tx *records.Txn) error {
		require.NoError(t, tx.Put([]byte("other"), nil))
		require.NoError(t, tx.PutOnce([]byte("once"), []byte("a")))
		require.ErrorIs(t, tx.PutOnce([]byte("once"), []byte("b")), records.ErrImmutable)
		return failed
	}), failed)
	require.NoError(t, db.Close())

	db = open(t, o)
	defer func() { require.NoError(t, db.Close()) }()
	require.NoError(t, db.View(func(tx *records.Txn) error {
		_, err := tx.Get([]byte("other"))
		require.ErrorIs(t, err, records.ErrNotFound)
		var got []byte
		require.NoError(t, tx.Scan([]byte("n/"), records.Number(2), func(key, value []byte) error {
			require.Len(t, key, 8)
			if got = append(got, value...); len(got) == 2 {
				return records.ErrStop
			}
			return nil
		}))
		require.Equal(t, []byte{2, 3}, got)
		return nil
	}))
	require.NoError(t, db.Update(func(tx *records.Txn) error { return tx.Delete([]byte("once")) }))
	require.NoError(t, db.Compact())
}

func TestAnotherKeyOpensNothing(t *testing.T) {
	o := records.Options{Dir: t.TempDir(), Key: [32]byte{1}}
	require.NoError(t, open(t, o).Close())
	o.Key = [32]byte{2}
	_, err := records.Open(o)
	require.ErrorIs(t, err, records.ErrCorrupt)
}

func TestNothingReadableIsOnTheDisk(t *testing.T) {
	o := records.Options{Dir: t.TempDir(), Key: [32]byte{1}}
	db := open(t, o)
	secret := []byte("a text that must not be seen on the disk")
	require.NoError(t, db.Update(func(tx *records.Txn) error { return tx.Put([]byte("k"), secret) }))
	require.NoError(t, db.Close())
	files, err := filepath.Glob(filepath.Join(o.Dir, "*"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, f := range files {
		raw, err := os.ReadFile(f) //nolint:gosec // G304: the test's own folder
		require.NoError(t, err)
		require.False(t, bytes.Contains(raw, secret[:12]), f)
	}
}

func TestMigrationsRunOnceAndNewerStoresAreRefused(t *testing.T) {
	o := records.Options{Dir: t.TempDir(), Key: [32]byte{1}}
	require.NoError(t, open(t, o).Close())
	runs := 0
	o.Migrations = []records.Migration{func(tx *records.Txn) error {
		runs++
		return tx.Put([]byte("new"), []byte("layout"))
	}}
	require.NoError(t, open(t, o).Close())
	require.NoError(t, open(t, o).Close())
	require.Equal(t, 1, runs)
	o.Migrations = nil
	_, err := records.Open(o)
	require.ErrorIs(t, err, records.ErrNewer)
}

func TestAFailedMigrationLeavesTheOldLayout(t *testing.T) {
	o := records.Options{Dir: t.TempDir(), Key: [32]byte{1}}
	require.NoError(t, open(t, o).Close())
	first := func(tx *records.Txn) error { return tx.Put([]byte("first"), nil) }
	cause := errors.New("cause")
	o.Migrations = []records.Migration{first, func(tx *records.Txn) error {
		return errors.Join(tx.Put([]byte("second"), nil), cause)
	}}
	_, err := records.Open(o)
	require.ErrorIs(t, err, cause)
	o.Migrations = o.Migrations[:1]
	db := open(t, o)
	defer func() { require.NoError(t, db.Close()) }()
	require.NoError(t, db.View(func(tx *records.Txn) error {
		_, err := tx.Get([]byte("second"))
		require.ErrorIs(t, err, records.ErrNotFound)
		_, err = tx.Get([]byte("first"))
		return err
	}))
}

func TestTheLastRecordBelowAPrefix(t *testing.T) {
	db := open(t, records.Options{Dir: t.TempDir(), Key: [32]byte{1}})
	defer func() { require.NoError(t, db.Close()) }()
	require.NoError(t, db.Update(func(tx *records.Txn) error {
		_, err := tx.Last([]byte("n/"))
		require.ErrorIs(t, err, records.ErrNotFound)
		require.NoError(t, tx.Put([]byte("o/"), nil))
		for _, n := range []uint64{3, 1 << 40, 200} {
			require.NoError(t, tx.Put(records.Key("n/", records.Number(n)), nil))
		}
		return nil
	}))
	require.NoError(t, db.View(func(tx *records.Txn) error {
		last, err := tx.Last([]byte("n/"))
		require.Equal(t, records.Number(1<<40), last)
		return err
	}))
}

func TestAFullDiskIsATypedError(t *testing.T) {
	require.ErrorIs(t, records.RequireSpace(t.TempDir(), math.MaxUint64), records.ErrDiskFull)
	require.NoError(t, records.RequireSpace(t.TempDir(), 1))
	require.Error(t, records.RequireSpace(filepath.Join(t.TempDir(), "none"), 1))
}

// A mark that cannot be written stops the next commit, not the one that is done.
func TestAStoreWithoutItsMarkTakesNoMoreCommits(t *testing.T) {
	o := records.Options{Dir: t.TempDir(), Key: [32]byte{1}}
	db := open(t, o)
	put := func(key string) error {
		return db.Update(func(tx *records.Txn) error { return tx.Put([]byte(key), nil) })
	}
	require.NoError(t, put("before"))
	db.BreakMark()
	require.NoError(t, put("done"))
	require.Error(t, put("refused"))
	_ = db.Close() // its mark is closed already
	db = open(t, o)
	defer func() { require.NoError(t, db.Close()) }()
	require.NoError(t, db.View(func(tx *records.Txn) error {
		_, err := tx.Get([]byte("refused"))
		require.ErrorIs(t, err, records.ErrNotFound)
		_, err = tx.Get([]byte("done"))
		return err
	}))
	require.NoError(t, put("after"))
}

func TestADumpLoadsToTheSame(t *testing.T) {
	from := open(t, records.Options{Dir: t.TempDir(), Key: [32]byte{1}})
	defer func() { require.NoError(t, from.Close()) }()
	to := open(t, records.Options{Dir: t.TempDir(), Key: [32]byte{2}})
	defer func() { require.NoError(t, to.Close()) }()
	require.NoError(t, from.Update(func(tx *records.Txn) error { return tx.Put([]byte("k"), []byte("v")) }))
	var dump bytes.Buffer
	require.NoError(t, from.Dump(&dump))
	require.NoError(t, to.Load(&dump))
	require.NoError(t, to.View(func(tx *records.Txn) error {
		v, err := tx.Get([]byte("k"))
		require.Equal(t, "v", string(v))
		return err
	}))
}

func TestDamagedDumpsAreRefused(t *testing.T) {
	from := open(t, records.Options{Dir: t.TempDir(), Key: [32]byte{1}})
	defer func() { require.NoError(t, from.Close()) }()
	require.NoError(t, from.Update(func(tx *records.Txn) error { return tx.Put([]byte("k"), []byte("v")) }))
	var dump bytes.Buffer
	require.NoError(t, from.Dump(&dump))
	good := dump.Bytes()
	bad := [][]byte{nil, []byte("no dump at all"), append(bytes.Clone(good), 0)}
	for i := range good {
		flipped := bytes.Clone(good)
		flipped[i] ^= 0x10
		bad = append(bad, good[:i], flipped)
	}
	to := open(t, records.Options{Dir: t.TempDir(), Key: [32]byte{2}})
	defer func() { require.NoError(t, to.Close()) }()
	for i, b := range bad {
		require.ErrorIs(t, to.Load(bytes.NewReader(b)), records.ErrCorrupt, "%d: %x", i, b)
	}
}

func TestATransactionThatIsTooLargeLeavesNoTrace(t *testing.T) {
	db := open(t, records.Options{Dir: t.TempDir(), Key: [32]byte{1}})
	defer func() { require.NoError(t, db.Close()) }()
	err := db.Update(func(tx *records.Txn) error {
		for n := range uint64(10_000_000) {
			if err := tx.Put(records.Key("n/", records.Number(n)), make([]byte, 1000)); err != nil {
				return err
			}
		}
		return nil
	})
	require.ErrorIs(t, err, records.ErrTooMuch)
	require.NoError(t, db.View(func(tx *records.Txn) error {
		_, err := tx.Get(records.Key("n/", records.Number(0)))
		require.ErrorIs(t, err, records.ErrNotFound)
		return nil
	}))
}

func FuzzLoad(f *testing.F) {
	from, err := records.Open(records.Options{Dir: f.TempDir(), Key: [32]byte{1}})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() {
		if err := from.Close(); err != nil {
			f.Error(err)
		}
	})
	var dump bytes.Buffer
	if err := from.Dump(&dump); err != nil {
		f.Fatal(err)
	}
	f.Add(dump.Bytes())
	f.Add([]byte{0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, raw []byte) {
		if err := from.Load(bytes.NewReader(raw)); err != nil && !errors.Is(err, records.ErrCorrupt) && !errors.Is(err, records.ErrTooMuch) {
			t.Errorf("%v", err)
		}
	})
}

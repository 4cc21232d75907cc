package store_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/btcsuite/btcd/wire"
	"github.com/cespare/xxhash/v2"
	"github.com/dgraph-io/badger/v4"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/internal/records"
	"github.com/alkimiya/alkimiya/wallet/store"
)

func open(t *testing.T, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(dir, [32]byte{1})
	require.NoError(t, err)
	return s
}

func TestRecordsSurviveReopening(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	op := wire.OutPoint{Hash: [32]byte{7}, Index: 3}
	lease := store.Lease{ID: [32]byte{9}, Owner: "contract:1", State: store.LeaseHeld,
		OutPoints: []wire.OutPoint{op}, Created: time.Unix(10, 0).UTC(), Expiry: time.Unix(20, 0).UTC()}
	require.NoError(t, s.PutLease(lease))
	require.NoError(t, s.PutLabel(op, "rig 7"))
	tx := wire.NewMsgTx(2)
	tx.AddTxIn(wire.NewTxIn(&op, nil, [][]byte{{1, 2}}))
	tx.AddTxOut(wire.NewTxOut(5, []byte{0x51}))
	require.NoError(t, s.PutBroadcast(store.Broadcast{Tx: tx, Label: "rent", Created: time.Unix(5, 0).UTC(), Leases: [][32]byte{lease.ID}, Sent: true}))
	require.NoError(t, s.SetRecovery(250))
	require.NoError(t, s.Close())

	s = open(t, dir)
	defer func() { require.NoError(t, s.Close()) }()
	leases, err := s.Leases()
	require.NoError(t, err)
	require.Equal(t, []store.Lease{lease}, leases)
	labels, err := s.Labels()
	require.NoError(t, err)
	require.Equal(t, map[wire.OutPoint]string{op: "rig 7"}, labels)
	out, err := s.Broadcasts()
	require.NoError(t, err)
	require.Len(t, out, 1)
	require.Equal(t, tx.WitnessHash(), out[0].Tx.WitnessHash(), "the witness is kept")
	require.Equal(t, [][32]byte{lease.ID}, out[0].Leases)
	require.True(t, out[0].Sent)
	window, err := s.Recovery()
	require.NoError(t, err)
	require.EqualValues(t, 250, window)
}

func TestALeaseIsDeletedOnce(t *testing.T) {
	s := open(t, t.TempDir())
	defer func() { require.NoError(t, s.Close()) }()
	require.NoError(t, s.PutLease(store.Lease{ID: [32]byte{1}}))
	require.NoError(t, s.DeleteLease([32]byte{1}))
	require.ErrorIs(t, s.DeleteLease([32]byte{1}), store.ErrNotFound)
	_, err := s.Lease([32]byte{1})
	require.ErrorIs(t, err, store.ErrNotFound)
}

func TestAnotherKeyOrASecondProcessIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	_, err := store.Open(dir, [32]byte{1})
	require.ErrorIs(t, err, store.ErrInUse)
	require.NoError(t, s.Close())
	_, err = store.Open(dir, [32]byte{2})
	require.ErrorIs(t, err, store.ErrCorrupt)
	_ = open(t, dir).Close()
}

func TestNothingReadableIsOnDisk(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	require.NoError(t, s.PutLease(store.Lease{ID: [32]byte{1}, Owner: "canary-owner-name"}))
	require.NoError(t, s.Close())
	files := os.DirFS(dir)
	require.NoError(t, fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(files, path)
		require.NoError(t, err)
		require.False(t, bytes.Contains(raw, []byte("canary-owner-name")), path)
		return nil
	}))
}

func TestDamagedStoreIsATypedError(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	require.NoError(t, s.PutLease(store.Lease{ID: [32]byte{1}}))
	require.NoError(t, s.Close())
	require.NoError(t, os.WriteFile(filepath.Join(dir, "MANIFEST"), []byte("garbage garbage garbage"), 0o600))
	_, err := store.Open(dir, [32]byte{1})
	require.ErrorIs(t, err, store.ErrCorrupt)
}

func TestAStoreOfANewerProgramIsRefused(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, open(t, dir).Close())
	db, err := records.Open(records.Options{
		Dir: dir, Key: [32]byte{1},
		Migrations: slices.Repeat([]records.Migration{func(*records.Txn) error { return nil }}, store.SchemaVersion),
	})
	require.NoError(t, err)
	require.NoError(t, db.Close())
	_, err = store.Open(dir, [32]byte{1})
	require.ErrorIs(t, err, store.ErrNewer)
	require.ErrorContains(t, err, "version 3")
}

// versionOne writes a store as the first version did: the number as text and
// values without checksums; of those from key number sealed on the checksum is
// there, as after a crash on the way.
func versionOne(t *testing.T, dir string, lease store.Lease, labels, sealed int) {
	t.Helper()
	key := [32]byte{1}
	db, err := badger.Open(badger.DefaultOptions(dir).WithLogger(nil).WithEncryptionKey(key[:]).WithIndexCacheSize(8 << 20))
	require.NoError(t, err)
	raw, err := json.Marshal(lease)
	require.NoError(t, err)
	require.NoError(t, db.Update(func(txn *badger.Txn) error {
		for n := range labels {
			key := []byte("label/" + wire.OutPoint{Index: uint32(n)}.String())
			value := []byte(strconv.Quote(strconv.Itoa(n)))
			if n >= sealed {
				sum := xxhash.Sum64(append(bytes.Clone(key), value...))
				value = append(binary.BigEndian.AppendUint64(nil, sum), value...)
			}
			require.NoError(t, txn.Set(key, value))
		}
		require.NoError(t, txn.Set([]byte("lease/"+hex.EncodeToString(lease.ID[:])), raw))
		return txn.Set([]byte("version"), []byte("1"))
	}))
	require.NoError(t, db.Close())
}

func TestAStoreOfTheFirstVersionIsSealed(t *testing.T) {
	for _, sealed := range []int{600, 0, 250} {
		dir := t.TempDir()
		lease := store.Lease{ID: [32]byte{3}, Owner: "rig", State: store.LeaseHeld, OutPoints: []wire.OutPoint{{Index: 1}}}
		versionOne(t, dir, lease, 600, sealed)
		for range 2 {
			s := open(t, dir)
			got, err := s.Lease(lease.ID)
			require.NoError(t, err)
			require.Equal(t, lease, got)
			names, err := s.Labels()
			require.NoError(t, err)
			require.Len(t, names, 600)
			for op, name := range names {
				require.Equal(t, strconv.Itoa(int(op.Index)), name)
			}
			require.NoError(t, s.Close())
		}
	}
}

// P4: one flipped bit in every 4 KiB is an error or makes no difference.
func TestFlippedBitsMakeNoDifferenceInSilence(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	lease := store.Lease{ID: [32]byte{9}, Owner: "contract:1", State: store.LeaseHeld, OutPoints: []wire.OutPoint{{Index: 3}}}
	require.NoError(t, s.PutLease(lease))
	for n := range uint32(200) {
		require.NoError(t, s.PutLabel(wire.OutPoint{Index: n}, "rig"))
	}
	died := filepath.Join(t.TempDir(), "died")
	require.NoError(t, os.CopyFS(died, os.DirFS(dir)))
	require.NoError(t, s.Close())
	flips := 0
	for _, from := range []string{dir, died} {
		entries, err := os.ReadDir(from)
		require.NoError(t, err)
		for _, e := range entries {
			raw, err := os.ReadFile(filepath.Join(from, e.Name())) //nolint:gosec // G304: the test's own folder
			require.NoError(t, err)
			for at := 0; at < len(bytes.TrimRight(raw, "\x00")); at += 4096 {
				twisted := filepath.Join(t.TempDir(), "copy")
				require.NoError(t, os.CopyFS(twisted, os.DirFS(from)))
				damaged := bytes.Clone(raw)
				damaged[at+at/4096%64] ^= 4
				require.NoError(t, os.WriteFile(filepath.Join(twisted, e.Name()), damaged, 0o600)) //nolint:gosec // G703: the test's own folder
				sameOrRefused(t, twisted, lease)
				require.NoError(t, os.RemoveAll(twisted))
				flips++
			}
		}
	}
	require.Greater(t, flips, 10)
}

func sameOrRefused(t *testing.T, dir string, lease store.Lease) {
	t.Helper()
	s, err := store.Open(dir, [32]byte{1})
	if err != nil {
		require.ErrorIs(t, err, store.ErrCorrupt)
		return
	}
	defer func() { require.NoError(t, s.Close()) }()
	got, err := s.Lease(lease.ID)
	if err == nil {
		require.Equal(t, lease, got)
	} else {
		require.ErrorIs(t, err, store.ErrCorrupt)
	}
	labels, err := s.Labels()
	if err == nil {
		require.Len(t, labels, 200)
	} else {
		require.ErrorIs(t, err, store.ErrCorrupt)
	}
}

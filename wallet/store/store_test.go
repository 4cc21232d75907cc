package store_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/btcsuite/btcd/wire"
	"github.com/dgraph-io/badger/v4"
	"github.com/stretchr/testify/require"

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
	key := [32]byte{1}
	db, err := badger.Open(badger.DefaultOptions(dir).WithLogger(nil).WithEncryptionKey(key[:]).WithIndexCacheSize(8 << 20))
	require.NoError(t, err)
	require.NoError(t, db.Update(func(txn *badger.Txn) error { return txn.Set([]byte("version"), []byte("2")) }))
	require.NoError(t, db.Close())
	_, err = store.Open(dir, key)
	require.ErrorIs(t, err, store.ErrNewer)
	require.ErrorContains(t, err, "version 2")
}

package wallet_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/btcsuite/btcd/txscript"
	walletchain "github.com/btcsuite/btcwallet/chain"
	"github.com/btcsuite/btcwallet/walletdb"
	"github.com/lightningnetwork/lnd/lnwallet/chainfee"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/internal/regtest"
	"github.com/alkimiya/alkimiya/wallet"
	"github.com/alkimiya/alkimiya/wallet/chain"
	"github.com/alkimiya/alkimiya/wallet/chain/btcd"
	"github.com/alkimiya/alkimiya/wallet/keys"
	"github.com/alkimiya/alkimiya/wallet/store"
)

const (
	phrase     = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"
	passphrase = "correct horse"
	// window is small: 250 addresses of each kind take half a minute under the race detector.
	window = 10
)

// rig is a real btcd, a backend on it, and the files of one wallet.
type rig struct {
	t       *testing.T
	node    *regtest.Node
	backend *btcd.Backend
	dir     string
	ring    *keys.Ring
	seed    keys.Seed
	// behind, if not nil, stands between the wallet and the backend.
	behind chain.Backend
}

func newRig(t *testing.T) *rig {
	t.Helper()
	// btcd wants a new TLS connection for every call; wallet/chain/btcd tests those.
	node, err := regtest.Start(t.Context(), regtest.Options{NoTLS: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, node.Stop()) })
	require.NoError(t, node.Activate(time.Time{}))
	r := &rig{t: t, node: node, dir: filepath.Join(t.TempDir(), "wallet")}
	r.backend = btcd.New(btcd.Config{
		Host: node.RPCHost(), User: node.RPCUser(), Pass: node.RPCPass(), DisableTLS: true,
		Params: regtest.Params(), Dir: t.TempDir(), Logger: logger(t),
	})
	require.NoError(t, r.backend.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, r.backend.Stop()) })

	r.ring, r.seed = newRing(t)
	return r
}

func newRing(t *testing.T) (*keys.Ring, keys.Seed) {
	t.Helper()
	m, err := keys.ParseMnemonic(phrase)
	require.NoError(t, err)
	seed, err := m.Seed("")
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "keys.alk")
	require.NoError(t, keys.Create(file, keys.Contents{
		Network: "regtest", Seed: seed, Birthday: time.Now().Add(-48 * time.Hour),
	}, []byte(passphrase), keys.WithCost(keys.Cost{Time: 1, MemoryKiB: 64, Threads: 1})))
	ring, err := keys.Open(file, "regtest", []byte(passphrase))
	require.NoError(t, err)
	return ring, seed
}

func logger(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func (r *rig) open(fresh bool) *wallet.Wallet {
	r.t.Helper()
	var backend chain.Backend = r.backend
	if r.behind != nil {
		backend = r.behind
	}
	w, err := wallet.Open(r.t.Context(), wallet.Config{
		Dir: r.dir, Params: regtest.Params(), Backend: backend, Keys: r.ring, Fresh: fresh,
		RecoveryWindow: window, Logger: logger(r.t),
	})
	require.NoError(r.t, err)
	r.synced(w)
	return w
}

// wait polls a condition of another process; it fails after two minutes.
func wait(t *testing.T, what string, ok func() bool) {
	t.Helper()
	require.Eventually(t, ok, 2*time.Minute, 20*time.Millisecond, what)
}

func (r *rig) synced(w *wallet.Wallet) {
	r.t.Helper()
	wait(r.t, "wallet synced", func() bool {
		s := w.Sync(r.t.Context())
		return s.BackendError == nil && s.Synced && !s.Recovering
	})
}

func (r *rig) mine(w *wallet.Wallet, blocks int) {
	r.t.Helper()
	_, err := r.node.Mine(blocks)
	require.NoError(r.t, err)
	r.synced(w)
}

// fund sends count coins of amount to the wallet and confirms them.
func (r *rig) fund(w *wallet.Wallet, count int, amount btcutil.Amount, kind wallet.AddressType) {
	r.t.Helper()
	before, err := w.Balance(r.t.Context())
	require.NoError(r.t, err)
	for range count {
		address, err := w.NewAddress(r.t.Context(), kind, false)
		require.NoError(r.t, err)
		script, err := txscript.PayToAddrScript(address)
		require.NoError(r.t, err)
		_, err = r.node.Pay(script, amount)
		require.NoError(r.t, err)
	}
	r.mine(w, 1)
	wait(r.t, "coins in the wallet", func() bool {
		b, err := w.Balance(r.t.Context())
		return err == nil && b.Confirmed == before.Confirmed+amount*btcutil.Amount(count)
	})
}

func (r *rig) address(w *wallet.Wallet) string {
	r.t.Helper()
	a, err := w.NewAddress(r.t.Context(), wallet.P2TR, false)
	require.NoError(r.t, err)
	return a.EncodeAddress()
}

func rate(n chainfee.SatPerVByte) wallet.FeeSpec { return wallet.FeeSpec{Rate: n} }

func TestAddressesAreThoseOfBIP86(t *testing.T) {
	r := newRig(t)
	w := r.open(true)
	defer func() { require.NoError(t, w.Close()) }()
	for index := range uint32(3) {
		for _, change := range []bool{false, true} {
			branch := uint32(0)
			if change {
				branch = 1
			}
			got, err := w.NewAddress(t.Context(), wallet.P2TR, change)
			require.NoError(t, err)
			// The wallet's scopes carry coin type 0 on every network.
			want, err := keys.BIP86Address(r.seed.Bytes(), &chaincfg.MainNetParams, branch, index)
			require.NoError(t, err)
			require.Equal(t, want.Output[:], got.ScriptAddress(), "branch %d index %d", branch, index)
		}
	}
}

func TestSentCoinsArriveAndEverySatoshiIsAccountedFor(t *testing.T) {
	r := newRig(t)
	w := r.open(true)
	defer func() { require.NoError(t, w.Close()) }()
	r.fund(w, 1, 1_000_000, wallet.P2TR)
	r.fund(w, 1, 500_000, wallet.P2WPKH)
	outside := "bcrt1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqc8gma6"
	sent, err := w.Send(t.Context(), wallet.SendRequest{
		Outputs: []wallet.Payment{{Address: outside, Amount: 1_200_000}}, Fee: rate(7), Label: "rent",
	})
	require.NoError(t, err)
	require.Len(t, sent.Tx.TxIn, 2, "both kinds of coins are spent")
	require.GreaterOrEqual(t, sent.Fee, btcutil.Amount(7*sent.VSize))
	require.Less(t, sent.Fee, btcutil.Amount(8*sent.VSize))
	for _, in := range sent.Tx.TxIn {
		require.EqualValues(t, 0xfffffffd, in.Sequence, "payments can be replaced")
	}
	b, err := w.Balance(t.Context())
	require.NoError(t, err)
	require.Equal(t, wallet.Balance{Unconfirmed: 300_000 - sent.Fee}, b)
	leases, err := w.Leases(t.Context())
	require.NoError(t, err)
	require.Empty(t, leases, "the payment's lease has ended")
	r.mine(w, 1)
	b, err = w.Balance(t.Context())
	require.NoError(t, err)
	require.Equal(t, wallet.Balance{Confirmed: 300_000 - sent.Fee}, b)
	txs, err := w.Transactions(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, sent.TxID, txs[0].TxID)
	require.Equal(t, "rent", txs[0].Label)
	require.Equal(t, -1_200_000-sent.Fee, txs[0].Net)
	require.Equal(t, sent.Fee, txs[0].Fee)
	require.EqualValues(t, 1, txs[0].Confirmations)

	all, err := w.Send(t.Context(), wallet.SendRequest{Outputs: []wallet.Payment{{Address: outside}}, All: true, Fee: rate(2)})
	require.NoError(t, err)
	require.Len(t, all.Tx.TxOut, 1)
	require.Equal(t, 300_000-sent.Fee-all.Fee, btcutil.Amount(all.Tx.TxOut[0].Value))
	r.mine(w, 1)
	b, err = w.Balance(t.Context())
	require.NoError(t, err)
	require.Zero(t, b)
}

func TestDatabaseIsRebuiltFromTheSeedWithItsLeases(t *testing.T) {
	r := newRig(t)
	w := r.open(true)
	r.fund(w, 3, 100_000, wallet.P2TR)
	coins, err := w.Coins(t.Context(), 1)
	require.NoError(t, err)
	lease, err := w.Lease(t.Context(), "contract:7", coins2ops(coins[:1]), time.Hour)
	require.NoError(t, err)
	for range window - 1 {
		r.address(w)
	}
	r.fund(w, 1, 50_000, wallet.P2TR)
	require.NoError(t, w.Close())
	require.NoError(t, os.RemoveAll(filepath.Join(r.dir, "db")))

	w = r.open(false)
	defer func() { require.NoError(t, w.Close()) }()
	b, err := w.Balance(t.Context())
	require.NoError(t, err)
	require.Equal(t, wallet.Balance{Confirmed: 250_000, Leased: 100_000}, b, "a coin behind unused addresses is found")
	require.NoError(t, w.Release(t.Context(), lease.ID))
}

// deaf is a backend without notifications.
type deaf struct{ chain.Backend }

func (deaf) Source() (walletchain.Interface, error) { return nil, chain.ErrUnavailable }

func TestAnInterruptedRecoveryRemembersTheDefaultWindow(t *testing.T) {
	dir := t.TempDir()
	ring, _ := newRing(t)
	_, err := wallet.Open(t.Context(), wallet.Config{
		Dir: dir, Params: regtest.Params(), Backend: deaf{}, Keys: ring, Logger: logger(t),
	})
	require.ErrorIs(t, err, chain.ErrUnavailable)
	key, err := ring.StoreKey(keys.LabelWalletStore)
	require.NoError(t, err)
	st, err := store.Open(filepath.Join(dir, "store"), key)
	require.NoError(t, err)
	found, err := st.Recovery()
	require.NoError(t, err)
	require.EqualValues(t, wallet.DefaultRecoveryWindow, found)
	require.NoError(t, st.Close())
}

func TestDamagedDatabaseIsATypedErrorAndNothingIsLost(t *testing.T) {
	r := newRig(t)
	w := r.open(true)
	r.fund(w, 1, 100_000, wallet.P2TR)
	require.NoError(t, w.Close())
	root, err := os.OpenRoot(filepath.Join(r.dir, "db"))
	require.NoError(t, err)
	raw, err := root.ReadFile("wallet.db")
	require.NoError(t, err)
	for i := range 8192 {
		raw[i] = 0xa5
	}
	require.NoError(t, root.WriteFile("wallet.db", raw, 0o600))
	require.NoError(t, root.Close())
	_, err = wallet.Open(t.Context(), wallet.Config{
		Dir: r.dir, Params: regtest.Params(), Backend: r.backend, Keys: r.ring, Logger: logger(t),
	})
	require.ErrorIs(t, err, wallet.ErrCorrupt)
	require.NoError(t, os.Rename(filepath.Join(r.dir, "db"), filepath.Join(r.dir, "db.damaged")))
	w = r.open(false)
	defer func() { require.NoError(t, w.Close()) }()
	b, err := w.Balance(t.Context())
	require.NoError(t, err)
	require.Equal(t, wallet.Balance{Confirmed: 100_000}, b)
}

func TestASecondWalletOnTheSameFolderIsRefused(t *testing.T) {
	r := newRig(t)
	w := r.open(true)
	defer func() { require.NoError(t, w.Close()) }()
	_, err := wallet.Open(context.Background(), wallet.Config{
		Dir: r.dir, Params: regtest.Params(), Backend: r.backend, Keys: r.ring, Logger: logger(t),
	})
	require.ErrorIs(t, err, wallet.ErrInUse)
}

// btcwallet on its own forgets every second block of a reorganisation.
func TestEveryDepthOfAReorganisationIsFollowed(t *testing.T) {
	r := newRig(t)
	w := r.open(true)
	defer func() { require.NoError(t, w.Close()) }()
	for _, depth := range []int{1, 2, 3, 6, 7} {
		address, err := w.NewAddress(t.Context(), wallet.P2TR, false)
		require.NoError(t, err)
		script, err := txscript.PayToAddrScript(address)
		require.NoError(t, err)
		before, err := w.Balance(t.Context())
		require.NoError(t, err)
		tx, err := r.node.Pay(script, 100_000)
		require.NoError(t, err)
		holds := func(confirmed btcutil.Amount) {
			t.Helper()
			wait(t, "balance", func() bool {
				b, err := w.Balance(t.Context())
				return err == nil && b == wallet.Balance{
					Confirmed: before.Confirmed + confirmed, Unconfirmed: 100_000 - confirmed,
				}
			})
		}
		holds(0)
		r.mine(w, depth)
		holds(100_000)
		_, _, err = r.node.Reorg(depth)
		require.NoError(t, err)
		r.synced(w)
		holds(0)
		require.NoError(t, r.node.WaitMempool(t.Context(), tx.TxHash()))
		r.mine(w, 1)
		holds(100_000)
	}
}

func TestADatabaseOfANewerProgramIsRefused(t *testing.T) {
	r := newRig(t)
	require.NoError(t, r.open(true).Close())
	db, err := walletdb.Open("bdb", filepath.Join(r.dir, "db", "wallet.db"), false, time.Second, false)
	require.NoError(t, err)
	require.NoError(t, walletdb.Update(db, func(tx walletdb.ReadWriteTx) error {
		return tx.ReadWriteBucket([]byte("wtxmgr")).Put([]byte("vers"), []byte{0, 0, 0, 99})
	}))
	require.NoError(t, db.Close())
	_, err = wallet.Open(t.Context(), wallet.Config{
		Dir: r.dir, Params: regtest.Params(), Backend: r.backend, Keys: r.ring, Logger: logger(t),
	})
	require.ErrorIs(t, err, wallet.ErrNewer)
}

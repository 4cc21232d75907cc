package fake_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/btcsuite/btcd/chaincfg"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"
	"github.com/btcsuite/btcwallet/snacl"
	"github.com/btcsuite/btcwallet/waddrmgr"
	base "github.com/btcsuite/btcwallet/wallet"
	"github.com/lightningnetwork/lnd/blockcache"
	"github.com/lightningnetwork/lnd/chainntnfs"
	"github.com/lightningnetwork/lnd/lnwallet"
	"github.com/lightningnetwork/lnd/lnwallet/btcwallet"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/wallet/chain"
	"github.com/alkimiya/alkimiya/wallet/chain/fake"
)

const waitTime = 30 * time.Second

// pay spends an output that nobody has to a script.
func pay(from byte, script []byte, sats int64) *wire.MsgTx {
	tx := wire.NewMsgTx(2)
	tx.AddTxIn(&wire.TxIn{PreviousOutPoint: wire.OutPoint{Hash: chainhash.Hash{from}}})
	tx.AddTxOut(wire.NewTxOut(sats, script))
	return tx
}

func TestQueriesFollowReorganisations(t *testing.T) {
	t.Parallel()
	b := fake.New(&chaincfg.RegressionNetParams)
	tx := pay(1, []byte{0x52}, 1000)
	first := b.Mine()
	second := b.Mine(tx)
	tip, err := b.Tip(t.Context())
	require.NoError(t, err)
	require.Equal(t, chain.Tip{Hash: second.BlockHash(), Height: 2, Time: second.Header.Timestamp}, tip)

	b.Reorg(1, nil, nil)
	require.Equal(t, []*wire.MsgTx{tx}, b.Mempool())
	tip, err = b.Tip(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 3, tip.Height)
	hash, err := b.HashAt(t.Context(), 2)
	require.NoError(t, err)
	require.NotEqual(t, second.BlockHash(), hash)
	header, err := b.Header(t.Context(), hash)
	require.NoError(t, err)
	require.Equal(t, first.BlockHash(), header.PrevBlock)
	_, err = b.Block(t.Context(), second.BlockHash())
	require.NoError(t, err, "replaced blocks stay readable")
	_, err = b.HashAt(t.Context(), 4)
	require.Error(t, err)

	mined := b.MineMempool()
	require.Equal(t, tx.TxHash(), mined.Transactions[1].TxHash())
	require.Empty(t, b.Mempool())
	may, err := b.MayContain(t.Context(), mined.BlockHash(), [][]byte{{0x52}})
	require.NoError(t, err)
	require.True(t, may)
	may, err = b.MayContain(t.Context(), first.BlockHash(), [][]byte{{0x52}})
	require.NoError(t, err)
	require.False(t, may)
}

func TestOutagesAndFeesAreAsSet(t *testing.T) {
	t.Parallel()
	b := fake.New(&chaincfg.RegressionNetParams)
	rate, err := b.EstimateFee(t.Context(), 6)
	require.NoError(t, err)
	require.Equal(t, fake.DefaultFee, rate)
	b.SetFee(0)
	_, err = b.EstimateFee(t.Context(), 6)
	require.ErrorIs(t, err, chain.ErrFeeUnknown)
	b.SetDown(true)
	require.ErrorIs(t, b.Start(t.Context()), chain.ErrUnavailable)
	_, err = b.Tip(t.Context())
	require.ErrorIs(t, err, chain.ErrUnavailable)
	b.SetDown(false)
	require.NoError(t, b.Start(t.Context()))
}

func TestNotifierTellsEveryBlockInOrder(t *testing.T) {
	t.Parallel()
	b := fake.New(&chaincfg.RegressionNetParams)
	b.Mine()
	events, err := b.Notifier().RegisterBlockEpochNtfn(nil)
	require.NoError(t, err)
	late, err := b.Notifier().RegisterBlockEpochNtfn(&chainntnfs.BlockEpoch{Height: 0})
	require.NoError(t, err)
	for range 100 {
		b.Mine()
	}
	b.Reorg(1, nil, nil)
	want := []int32{1}
	for height := int32(2); height <= 101; height++ {
		want = append(want, height)
	}
	want = append(want, 101, 102)
	for _, client := range []*chainntnfs.BlockEpochEvent{events, late} {
		var got []int32
		for range want {
			select {
			case epoch := <-client.Epochs:
				got = append(got, epoch.Height)
			case <-time.After(waitTime):
				require.FailNow(t, "an epoch is missing", got)
			}
		}
		require.Equal(t, want, got)
		client.Cancel()
		client.Cancel()
	}
	_, err = b.Notifier().RegisterSpendNtfn(nil, nil, 0)
	require.ErrorIs(t, err, chain.ErrUnsupported)
}

func TestAWalletRunsOnIt(t *testing.T) {
	t.Parallel()
	// btcwallet's own cost is four derivations of seconds each.
	before := waddrmgr.SetSecretKeyGen(func(pass *[]byte, _ *waddrmgr.ScryptOptions) (*snacl.SecretKey, error) {
		fast := waddrmgr.FastScryptOptions
		return snacl.NewSecretKey(pass, fast.N, fast.R, fast.P)
	})
	t.Cleanup(func() { waddrmgr.SetSecretKeyGen(before) })
	b := fake.New(&chaincfg.RegressionNetParams)
	b.MineAt(time.Now().Add(-time.Hour))
	src, err := b.Source()
	require.NoError(t, err)
	w, err := btcwallet.New(btcwallet.Config{
		PrivatePass: []byte("x"), HdSeed: bytes.Repeat([]byte{7}, 32), Birthday: time.Now().Add(-48 * time.Hour),
		ChainSource: src, NetParams: &chaincfg.RegressionNetParams, CoinType: 1,
		CoinSelectionStrategy: base.CoinSelectionLargest,
		LoaderOptions:         []btcwallet.LoaderOption{btcwallet.LoaderWithLocalWalletDB(t.TempDir(), true, waitTime)},
	}, blockcache.NewBlockCache(1<<20))
	require.NoError(t, err)
	require.NoError(t, w.Start())
	t.Cleanup(func() { require.NoError(t, w.Stop()) })
	addr, err := w.NewAddress(lnwallet.TaprootPubkey, false, lnwallet.DefaultAccountName)
	require.NoError(t, err)
	script, err := txscript.PayToAddrScript(addr)
	require.NoError(t, err)
	confirmed := func(want int64) {
		t.Helper()
		require.Eventually(t, func() bool {
			sats, err := w.ConfirmedBalance(1, lnwallet.DefaultAccountName)
			return err == nil && int64(sats) == want
		}, waitTime, 20*time.Millisecond)
	}

	require.NoError(t, b.Send(pay(1, script, 50_000)))
	require.Eventually(t, func() bool {
		sats, err := w.ConfirmedBalance(0, lnwallet.DefaultAccountName)
		return err == nil && sats == 50_000
	}, waitTime, 20*time.Millisecond, "unconfirmed")
	confirmed(0)
	b.MineMempool()
	confirmed(50_000)
	b.Reorg(1, nil, nil)
	confirmed(0)
	b.MineMempool()
	confirmed(50_000)
}

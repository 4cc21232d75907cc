package neutrino_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/lightningnetwork/lnd/chainntnfs"
	"github.com/lightningnetwork/lnd/lnwallet/chainfee"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/internal/regtest"
	"github.com/alkimiya/alkimiya/wallet/chain"
	"github.com/alkimiya/alkimiya/wallet/chain/neutrino"
)

const (
	waitTime = 90 * time.Second
	tick     = 50 * time.Millisecond
)

func startNode(t *testing.T) *regtest.Node {
	t.Helper()
	n, err := regtest.Start(t.Context(), regtest.Options{})
	require.NoError(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(n.LogTail())
		}
		require.NoError(t, n.Stop())
	})
	// Near the wall clock, or btcd serves no headers.
	require.NoError(t, n.Activate(time.Time{}))
	return n
}

func startBackend(t *testing.T, cfg neutrino.Config) *neutrino.Backend {
	t.Helper()
	b := neutrino.New(cfg)
	require.NoError(t, b.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, b.Stop()) })
	return b
}

func config(t *testing.T, n *regtest.Node) neutrino.Config {
	t.Helper()
	return neutrino.Config{Params: regtest.Params(), Dir: t.TempDir(), ConnectPeers: []string{n.P2PAddr()}}
}

func taproot(b byte) []byte {
	script := make([]byte, 34)
	script[0], script[1], script[33] = 0x51, 0x20, b
	return script
}

// awaitTip returns when the backend's last header is hash.
func awaitTip(t *testing.T, b *neutrino.Backend, hash chainhash.Hash) chain.Tip {
	t.Helper()
	var tip chain.Tip
	require.Eventually(t, func() bool {
		var err error
		tip, err = b.Tip(t.Context())
		return err == nil && tip.Hash == hash
	}, waitTime, tick, "the header did not arrive")
	return tip
}

func best(t *testing.T, n *regtest.Node) chainhash.Hash {
	t.Helper()
	hash, err := n.RPC().GetBestBlockHash()
	require.NoError(t, err)
	return *hash
}

func TestSyncsFiltersAndFetchesBlocks(t *testing.T) {
	t.Parallel()
	n := startNode(t)
	cfg := config(t, n)
	b := startBackend(t, cfg)
	awaitTip(t, b, best(t, n))
	require.Equal(t, 1, b.Peers())

	tx, err := n.Pay(taproot(1), btcutil.SatoshiPerBitcoin)
	require.NoError(t, err)
	mined, err := n.Mine(1)
	require.NoError(t, err)
	tip := awaitTip(t, b, mined[0])
	require.EqualValues(t, regtest.ActivationHeight+1, tip.Height)
	hash, err := b.HashAt(t.Context(), tip.Height)
	require.NoError(t, err)
	require.Equal(t, mined[0], hash)
	header, err := b.Header(t.Context(), hash)
	require.NoError(t, err)
	require.True(t, tip.Time.Equal(header.Timestamp))
	block, err := b.Block(t.Context(), hash)
	require.NoError(t, err)
	require.Equal(t, tx.TxHash(), block.Transactions[1].TxHash())

	// The filter header comes a moment after the header.
	require.Eventually(t, func() bool {
		found, err := b.MayContain(t.Context(), hash, [][]byte{taproot(9), taproot(1)})
		return err == nil && found
	}, waitTime, tick)
	found, err := b.MayContain(t.Context(), hash, [][]byte{taproot(9)})
	require.NoError(t, err)
	require.False(t, found)

	require.NoError(t, b.Stop())
	_, err = b.Tip(t.Context())
	require.ErrorIs(t, err, chain.ErrUnavailable)
	require.NoError(t, b.Start(t.Context()), "a stopped backend starts again")
	again, err := b.Tip(t.Context())
	require.NoError(t, err)
	require.Equal(t, tip.Hash, again.Hash, "headers are on disk")
}

func TestNotifierFollowsAReorganisationAndARestartOfThePeer(t *testing.T) {
	t.Parallel()
	n := startNode(t)
	b := startBackend(t, config(t, n))
	awaitTip(t, b, best(t, n))
	tx, err := n.Pay(taproot(1), btcutil.SatoshiPerBitcoin)
	require.NoError(t, err)
	txid := tx.TxHash()
	var conf *chainntnfs.ConfirmationEvent
	require.Eventually(t, func() bool {
		conf, err = b.Notifier().RegisterConfirmationsNtfn(&txid, tx.TxOut[0].PkScript, 1, regtest.ActivationHeight)
		return err == nil
	}, waitTime, tick, "the notifier never got ready")
	t.Cleanup(conf.Cancel)
	events, err := b.Notifier().RegisterBlockEpochNtfn(nil)
	require.NoError(t, err)
	t.Cleanup(events.Cancel)
	awaitEpoch(t, events, best(t, n))
	mined, err := n.Mine(1)
	require.NoError(t, err)
	require.Equal(t, mined[0], *awaitConf(t, conf).BlockHash)

	_, joined, err := n.Reorg(1)
	require.NoError(t, err)
	awaitTip(t, b, joined[1])
	awaitEpoch(t, events, joined[1])
	select {
	case <-conf.NegativeConf:
	case <-time.After(waitTime):
		require.FailNow(t, "the reorganisation was not told")
	}

	require.NoError(t, n.WaitMempool(t.Context(), txid))
	again, err := n.Mine(1)
	require.NoError(t, err)
	require.Equal(t, again[0], *awaitConf(t, conf).BlockHash)

	require.NoError(t, n.Kill())
	require.NoError(t, n.Restart(t.Context()))
	after, err := n.Mine(1)
	require.NoError(t, err)
	awaitTip(t, b, after[0])
}

func awaitEpoch(t *testing.T, events *chainntnfs.BlockEpochEvent, hash chainhash.Hash) {
	t.Helper()
	timeout := time.After(waitTime)
	for {
		select {
		case epoch, ok := <-events.Epochs:
			require.True(t, ok, "the notifier ended")
			if *epoch.Hash == hash {
				return
			}
		case <-timeout:
			require.FailNow(t, "no notification of the block", hash.String())
		}
	}
}

func awaitConf(t *testing.T, event *chainntnfs.ConfirmationEvent) *chainntnfs.TxConfirmation {
	t.Helper()
	timeout := time.After(waitTime)
	for {
		select {
		case <-event.Updates:
		case conf := <-event.Confirmed:
			return conf
		case <-timeout:
			require.FailNow(t, "no confirmation")
		}
	}
}

func TestWithoutPeersItStartsAndQueriesEnd(t *testing.T) {
	t.Parallel()
	port, err := regtest.ReservePort()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, port.Release()) })
	b := startBackend(t, neutrino.Config{
		Params: regtest.Params(), Dir: t.TempDir(), ConnectPeers: []string{port.Addr()},
	})
	tip, err := b.Tip(t.Context())
	require.NoError(t, err)
	require.Equal(t, *regtest.Params().GenesisHash, tip.Hash)

	tipOnly, err := b.Notifier().RegisterBlockEpochNtfn(nil)
	require.NoError(t, err, "epochs need no peers")
	awaitEpoch(t, tipOnly, tip.Hash)
	tipOnly.Cancel()
	txid := chainhash.Hash{1}
	_, err = b.Notifier().RegisterConfirmationsNtfn(&txid, taproot(1), 1, 1)
	require.ErrorIs(t, err, chain.ErrUnavailable)

	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err = b.Block(ctx, tip.Hash)
	require.ErrorIs(t, err, chain.ErrUnavailable)
}

func TestFolderOfAnotherNetworkIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := neutrino.New(neutrino.Config{Params: regtest.Params(), Dir: dir, ConnectPeers: []string{"127.0.0.1:1"}})
	require.NoError(t, b.Start(t.Context()))
	require.NoError(t, b.Stop())
	other := neutrino.New(neutrino.Config{Params: &chaincfg.SimNetParams, Dir: dir, ConnectPeers: []string{"127.0.0.1:1"}})
	require.ErrorIs(t, other.Start(t.Context()), chain.ErrWrongNetwork)
	require.NoError(t, b.Start(t.Context()), "a refused start leaves nothing locked")
	require.NoError(t, b.Stop())
}

func TestFeesComeFromTheServiceOrTheFallback(t *testing.T) {
	t.Parallel()
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, err := w.Write([]byte(`{"fee_by_block_target":{"2":20000,"144":400},"min_relay_feerate":1000}`))
		if err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(service.Close)
	b := neutrino.New(neutrino.Config{Params: &chaincfg.MainNetParams, FeeURL: service.URL})
	for target, want := range map[uint32]chainfee.SatPerKWeight{
		2: 5000, 6: 5000, 1008: chainfee.FeePerKwFloor,
	} {
		rate, err := b.EstimateFee(t.Context(), target)
		require.NoError(t, err)
		require.Equal(t, want, rate, "target %d", target)
	}
	_, err := b.EstimateFee(t.Context(), 1)
	require.ErrorIs(t, err, chain.ErrFeeUnknown, "no rate is that fast")
	service.Close()
	rate, err := b.EstimateFee(t.Context(), 2)
	require.NoError(t, err, "the last answer serves a while")
	require.Equal(t, chainfee.SatPerKWeight(5000), rate)

	_, err = neutrino.New(neutrino.Config{Params: &chaincfg.MainNetParams, FeeURL: service.URL}).EstimateFee(t.Context(), 6)
	require.ErrorIs(t, err, chain.ErrFeeUnknown)
	require.ErrorIs(t, err, chain.ErrUnavailable)
	_, err = neutrino.New(neutrino.Config{Params: &chaincfg.MainNetParams}).EstimateFee(t.Context(), 6)
	require.ErrorIs(t, err, chain.ErrFeeUnknown)
	rate, err = neutrino.New(neutrino.Config{Params: regtest.Params()}).EstimateFee(t.Context(), 6)
	require.NoError(t, err)
	require.Equal(t, chainfee.SatPerKWeight(500), rate)
}

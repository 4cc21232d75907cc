package btcd_test

import (
	"context"
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
	"github.com/alkimiya/alkimiya/wallet/chain/btcd"
)

// waitTime bounds every wait of these tests.
const waitTime = 60 * time.Second

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
	return n
}

func config(t *testing.T, n *regtest.Node) btcd.Config {
	t.Helper()
	return btcd.Config{
		Host: n.RPCHost(), User: n.RPCUser(), Pass: n.RPCPass(), Cert: n.CertPEM(),
		Params: regtest.Params(), Dir: t.TempDir(),
	}
}

func startBackend(t *testing.T, cfg btcd.Config) *btcd.Backend {
	t.Helper()
	b := btcd.New(cfg)
	require.NoError(t, b.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, b.Stop()) })
	return b
}

func taproot(b byte) []byte {
	script := make([]byte, 34)
	script[0], script[1], script[33] = 0x51, 0x20, b
	return script
}

func epochs(t *testing.T, b *btcd.Backend) *chainntnfs.BlockEpochEvent {
	t.Helper()
	events, err := b.Notifier().RegisterBlockEpochNtfn(nil)
	require.NoError(t, err)
	t.Cleanup(events.Cancel)
	return events
}

// awaitBlock returns when the notifier has told of hash.
func awaitBlock(t *testing.T, events *chainntnfs.BlockEpochEvent, hash chainhash.Hash) {
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

func TestQueriesDescribeTheNodesChain(t *testing.T) {
	t.Parallel()
	n := startNode(t)
	require.NoError(t, n.Activate(time.Time{}))
	b := startBackend(t, config(t, n))
	require.NoError(t, b.Start(t.Context()), "a second start is harmless")

	tx, err := n.Pay(taproot(1), btcutil.SatoshiPerBitcoin)
	require.NoError(t, err)
	mined, err := n.Mine(1)
	require.NoError(t, err)

	tip, err := b.Tip(t.Context())
	require.NoError(t, err)
	require.Equal(t, mined[0], tip.Hash)
	require.EqualValues(t, regtest.ActivationHeight+1, tip.Height)
	header, err := b.Header(t.Context(), tip.Hash)
	require.NoError(t, err)
	require.True(t, header.Timestamp.Equal(tip.Time))
	hash, err := b.HashAt(t.Context(), tip.Height)
	require.NoError(t, err)
	require.Equal(t, tip.Hash, hash)
	block, err := b.Block(t.Context(), tip.Hash)
	require.NoError(t, err)
	require.Equal(t, tx.TxHash(), block.Transactions[1].TxHash())

	_, err = b.HashAt(t.Context(), tip.Height+1)
	require.Error(t, err)
	require.NotErrorIs(t, err, chain.ErrUnavailable)

	found, err := b.MayContain(t.Context(), tip.Hash, [][]byte{taproot(9), taproot(1)})
	require.NoError(t, err)
	require.True(t, found)
	found, err = b.MayContain(t.Context(), tip.Hash, [][]byte{taproot(9)})
	require.NoError(t, err)
	require.False(t, found)
}

func TestReplacedBlocksStayReadable(t *testing.T) {
	t.Parallel()
	n := startNode(t)
	_, err := n.Mine(3)
	require.NoError(t, err)
	b := startBackend(t, config(t, n))
	left, joined, err := n.Reorg(2)
	require.NoError(t, err)
	for _, hash := range append(left, joined...) {
		header, err := b.Header(t.Context(), hash)
		require.NoError(t, err)
		require.Equal(t, hash, header.BlockHash())
		_, err = b.Block(t.Context(), hash)
		require.NoError(t, err)
	}
}

func TestNotifierFollowsAReorganisation(t *testing.T) {
	t.Parallel()
	n := startNode(t)
	require.NoError(t, n.Activate(time.Time{}))
	b := startBackend(t, config(t, n))
	tx, err := n.Pay(taproot(1), btcutil.SatoshiPerBitcoin)
	require.NoError(t, err)
	txid := tx.TxHash()
	conf, err := b.Notifier().RegisterConfirmationsNtfn(&txid, tx.TxOut[0].PkScript, 1, regtest.ActivationHeight)
	require.NoError(t, err)
	t.Cleanup(conf.Cancel)

	mined, err := n.Mine(1)
	require.NoError(t, err)
	require.Equal(t, mined[0], *awaitConf(t, conf).BlockHash)

	_, joined, err := n.Reorg(1)
	require.NoError(t, err)
	select {
	case <-conf.NegativeConf:
	case <-time.After(waitTime):
		require.FailNow(t, "the reorganisation was not told")
	}
	awaitBlock(t, epochs(t, b), joined[1])
	mined, err = n.Mine(1)
	require.NoError(t, err)
	require.Equal(t, mined[0], *awaitConf(t, conf).BlockHash)
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

func TestStartFailsFastAndMayBeRepeated(t *testing.T) {
	t.Parallel()
	n := startNode(t)
	require.NoError(t, n.Shutdown())
	b := btcd.New(config(t, n))
	began := time.Now()
	require.ErrorIs(t, b.Start(t.Context()), chain.ErrUnavailable)
	require.Less(t, time.Since(began), 10*time.Second)
	require.Nil(t, b.Notifier())

	require.NoError(t, n.Restart(t.Context()))
	require.NoError(t, b.Start(t.Context()))
	_, err := b.Tip(t.Context())
	require.NoError(t, err)
	require.NoError(t, b.Stop())
	require.NoError(t, b.Stop(), "a second stop is harmless")
	require.NoError(t, b.Start(t.Context()), "a stopped backend starts again")
	require.NoError(t, b.Stop())
}

func TestWrongPasswordAndNetworkAreTold(t *testing.T) {
	t.Parallel()
	n := startNode(t)
	cfg := config(t, n)
	cfg.Pass = "wrong"
	err := btcd.New(cfg).Start(t.Context())
	require.ErrorIs(t, err, chain.ErrAuth)

	cfg = config(t, n)
	cfg.Params = &chaincfg.SimNetParams
	err = btcd.New(cfg).Start(t.Context())
	require.ErrorIs(t, err, chain.ErrWrongNetwork)

	cfg = config(t, n)
	cfg.Cert = nil
	err = btcd.New(cfg).Start(t.Context())
	require.ErrorIs(t, err, chain.ErrUnavailable, "no root of the system vouches for the node")
	require.ErrorContains(t, err, "certificate")
	require.NotContains(t, err.Error(), n.RPCPass())
}

func TestNotifierAndQueriesSurviveARestartOfTheNode(t *testing.T) {
	t.Parallel()
	n := startNode(t)
	require.NoError(t, n.Activate(time.Time{}))
	b := startBackend(t, config(t, n))
	tip, err := b.Tip(t.Context())
	require.NoError(t, err)
	events := epochs(t, b)
	awaitBlock(t, events, tip.Hash)

	require.NoError(t, n.Kill())
	_, err = b.Tip(t.Context())
	require.ErrorIs(t, err, chain.ErrUnavailable)

	require.NoError(t, n.Restart(t.Context()))
	again, err := b.Tip(t.Context())
	require.NoError(t, err, "queries need no time to recover")
	require.Equal(t, tip, again)

	// What is mined before the notifier is back is delivered with the first
	// block after.
	_, missed, err := n.Reorg(1)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), waitTime)
	defer cancel()
	var seen []chainhash.Hash
	for len(seen) == 0 {
		mined, err := n.Mine(1)
		require.NoError(t, err)
		missed = append(missed, mined...)
		seen = take(ctx, events)
		require.NoError(t, ctx.Err(), "the notifier stayed silent")
	}
	for len(seen) < len(missed) {
		more := take(ctx, events)
		require.NoError(t, ctx.Err(), "blocks are missing: %v of %v", seen, missed)
		seen = append(seen, more...)
	}
	require.Equal(t, missed, seen)
}

// take returns the blocks told of within a moment.
func take(ctx context.Context, events *chainntnfs.BlockEpochEvent) []chainhash.Hash {
	var out []chainhash.Hash
	for {
		select {
		case epoch := <-events.Epochs:
			out = append(out, *epoch.Hash)
		case <-time.After(500 * time.Millisecond):
			return out
		case <-ctx.Done():
			return out
		}
	}
}

func TestStopDoesNotWaitForANodeThatIsAway(t *testing.T) {
	t.Parallel()
	n := startNode(t)
	b := btcd.New(config(t, n))
	require.NoError(t, b.Start(t.Context()))
	require.NoError(t, n.Kill())
	_, err := b.Tip(t.Context())
	require.ErrorIs(t, err, chain.ErrUnavailable)
	began := time.Now()
	require.NoError(t, b.Stop())
	require.Less(t, time.Since(began), 10*time.Second)
}

func TestAHangingNodeIsUnavailable(t *testing.T) {
	t.Parallel()
	n := startNode(t)
	proxy, err := regtest.NewProxy(n.RPCHost())
	require.NoError(t, err)
	require.NoError(t, proxy.Restore())
	t.Cleanup(func() { require.NoError(t, proxy.Close()) })
	cfg := config(t, n)
	cfg.Host = proxy.Addr()
	b := startBackend(t, cfg)

	proxy.Stall()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err = b.Tip(ctx)
	require.ErrorIs(t, err, chain.ErrUnavailable)
	require.ErrorIs(t, err, context.DeadlineExceeded)

	began := time.Now()
	_, err = b.Tip(t.Context())
	require.ErrorIs(t, err, chain.ErrUnavailable)
	require.Less(t, time.Since(began), 10*time.Second)

	canceled, stop := context.WithCancel(t.Context())
	stop()
	_, err = b.Tip(canceled)
	require.ErrorIs(t, err, context.Canceled)

	require.NoError(t, proxy.Restore())
	_, err = b.Tip(t.Context())
	require.NoError(t, err)
}

func TestFeesHaveAFloorAndAFallbackWhereItIsHarmless(t *testing.T) {
	t.Parallel()
	n := startNode(t)
	cfg := config(t, n)
	cfg.FallbackFee = chainfee.SatPerKVByte(5000)
	b := startBackend(t, cfg)
	rate, err := b.EstimateFee(t.Context(), 6)
	require.NoError(t, err)
	require.Equal(t, chainfee.SatPerKWeight(1250), rate)

	cfg = config(t, n)
	cfg.FloorFee = chainfee.SatPerKVByte(20_000)
	b = startBackend(t, cfg)
	rate, err = b.EstimateFee(t.Context(), 1008)
	require.NoError(t, err)
	require.Equal(t, chainfee.SatPerKWeight(5000), rate)

	for _, target := range []uint32{0, 1009} {
		_, err = b.EstimateFee(t.Context(), target)
		require.ErrorIs(t, err, chain.ErrFeeUnknown)
	}
}

func TestWithoutFallbackAnUnknownFeeIsAnError(t *testing.T) {
	t.Parallel()
	n := startNode(t)
	cfg := config(t, n)
	params := *regtest.Params()
	params.Net = chaincfg.MainNetParams.Net
	cfg.Params = &params
	// Only the queries run: the notifier would notice the wrong magic.
	_, err := btcd.New(cfg).EstimateFee(t.Context(), 6)
	require.ErrorIs(t, err, chain.ErrFeeUnknown)

	require.NoError(t, n.Shutdown())
	_, err = btcd.New(cfg).EstimateFee(t.Context(), 6)
	require.ErrorIs(t, err, chain.ErrUnavailable, "an outage is not a missing estimate")
}

func TestSourceConnectsToTheSameChain(t *testing.T) {
	t.Parallel()
	n := startNode(t)
	mined, err := n.Mine(2)
	require.NoError(t, err)
	b := startBackend(t, config(t, n))
	source, err := b.Source()
	require.NoError(t, err)
	require.NoError(t, source.Start(t.Context()))
	hash, height, err := source.GetBestBlock()
	require.NoError(t, err)
	require.EqualValues(t, 2, height)
	require.Equal(t, mined[1], *hash)
	source.Stop()
	source.WaitForShutdown()
}

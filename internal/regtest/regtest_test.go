package regtest_test

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/btcsuite/btcd/blockchain"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/internal/regtest"
)

func start(t *testing.T) *regtest.Node {
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

// taproot is a script that nobody here can spend.
func taproot(b byte) []byte {
	script := make([]byte, 34)
	script[0], script[1], script[33] = 0x51, 0x20, b
	return script
}

func block(t *testing.T, n *regtest.Node, hash chainhash.Hash) *wire.MsgBlock {
	t.Helper()
	b, err := n.RPC().GetBlock(&hash)
	require.NoError(t, err)
	return b
}

func contains(b *wire.MsgBlock, txid chainhash.Hash) bool {
	for _, tx := range b.Transactions {
		if tx.TxHash() == txid {
			return true
		}
	}
	return false
}

func TestActivateReachesTaprootAtTheChosenTime(t *testing.T) {
	t.Parallel()
	n := start(t)
	end := time.Now().Add(-120 * 24 * time.Hour).Truncate(time.Second)
	require.NoError(t, n.Activate(end))

	info, err := n.RPC().GetBlockChainInfo()
	require.NoError(t, err)
	require.EqualValues(t, regtest.ActivationHeight, info.Blocks)
	require.Equal(t, "active", info.SoftForks.Bip9SoftForks["taproot"].Status)
	hash, err := chainhash.NewHashFromStr(info.BestBlockHash)
	require.NoError(t, err)
	require.Equal(t, end.Unix(), block(t, n, *hash).Header.Timestamp.Unix())

	require.NoError(t, n.Activate(end), "an active chain stays as it is")
	count, err := n.RPC().GetBlockCount()
	require.NoError(t, err)
	require.EqualValues(t, regtest.ActivationHeight, count)

	times := []time.Time{end.Add(6 * time.Hour), end.Add(12 * time.Hour)}
	hashes, err := n.MineAt(times...)
	require.NoError(t, err)
	for i, h := range hashes {
		require.Equal(t, times[i].Unix(), block(t, n, h).Header.Timestamp.Unix())
	}
	_, err = n.MineAt(end.Add(-24 * time.Hour))
	require.ErrorIs(t, err, regtest.ErrBlockRefused)
}

func TestPaymentsAreMinedAndTheirFeesClaimed(t *testing.T) {
	t.Parallel()
	n := start(t)
	require.NoError(t, n.Activate(time.Time{}))
	// More than any one coinbase, and a second one that spends no coin twice.
	first, err := n.Pay(taproot(1), 130*btcutil.SatoshiPerBitcoin)
	require.NoError(t, err)
	second, err := n.Pay(taproot(2), btcutil.SatoshiPerBitcoin)
	require.NoError(t, err)
	require.NoError(t, n.WaitMempool(t.Context(), second.TxHash()))

	hashes, err := n.Mine(2)
	require.NoError(t, err)
	b := block(t, n, hashes[0])
	require.True(t, contains(b, first.TxHash()))
	require.True(t, contains(b, second.TxHash()))
	require.Len(t, block(t, n, hashes[1]).Transactions, 1)
	require.EqualValues(t, 0x20000007, b.Header.Version)

	fees := int64(1000 * (len(first.TxIn) + len(second.TxIn)))
	subsidy := blockchain.CalcBlockSubsidy(regtest.ActivationHeight+1, regtest.Params())
	require.Equal(t, subsidy+fees, b.Transactions[0].TxOut[0].Value)

	_, err = n.Pay(taproot(3), 21_000_000*btcutil.SatoshiPerBitcoin)
	require.ErrorIs(t, err, regtest.ErrFunds)
}

func TestReorgReturnsPaymentsToTheMempool(t *testing.T) {
	t.Parallel()
	n := start(t)
	require.NoError(t, n.Activate(time.Time{}))
	for _, depth := range []int{1, 6} {
		tx, err := n.Pay(taproot(1), btcutil.SatoshiPerBitcoin)
		require.NoError(t, err)
		mined, err := n.Mine(depth)
		require.NoError(t, err)
		require.True(t, contains(block(t, n, mined[0]), tx.TxHash()))

		left, joined, err := n.Reorg(depth)
		require.NoError(t, err)
		require.Equal(t, mined, left)
		require.Len(t, joined, depth+1)
		require.NoError(t, n.WaitMempool(t.Context(), tx.TxHash()))

		again, err := n.Mine(1)
		require.NoError(t, err)
		require.True(t, contains(block(t, n, again[0]), tx.TxHash()))
	}
}

func TestInvalidatedBlockComesBackWhenReconsidered(t *testing.T) {
	t.Parallel()
	n := start(t)
	hashes, err := n.Mine(3)
	require.NoError(t, err)
	require.NoError(t, n.Invalidate(hashes[1]))
	best, err := n.RPC().GetBestBlockHash()
	require.NoError(t, err)
	require.Equal(t, hashes[0], *best)
	_, err = n.Mine(1)
	require.NoError(t, err)
	require.NoError(t, n.Reconsider(hashes[1]))
	best, err = n.RPC().GetBestBlockHash()
	require.NoError(t, err)
	require.Equal(t, hashes[2], *best)
}

func TestKilledNodeRestartsOnItsDataAndPorts(t *testing.T) {
	t.Parallel()
	n := start(t)
	require.NoError(t, n.Activate(time.Time{}))
	best, err := n.RPC().GetBestBlockHash()
	require.NoError(t, err)
	host, p2p := n.RPCHost(), n.P2PAddr()

	require.NoError(t, n.Shutdown())
	require.Nil(t, n.RPC())
	_, err = n.Mine(1)
	require.ErrorIs(t, err, regtest.ErrNotRunning)
	require.NoError(t, n.Restart(t.Context()))
	require.Equal(t, host, n.RPCHost())
	require.Equal(t, p2p, n.P2PAddr())
	again, err := n.RPC().GetBestBlockHash()
	require.NoError(t, err)
	require.Equal(t, best, again)

	require.NoError(t, n.Kill())
	require.NoError(t, n.Restart(t.Context()))
	_, err = n.Pay(taproot(1), btcutil.SatoshiPerBitcoin)
	require.NoError(t, err)
	_, err = n.Mine(1)
	require.NoError(t, err)
}

func TestStopLeavesNoFolder(t *testing.T) {
	t.Parallel()
	n, err := regtest.Start(t.Context(), regtest.Options{})
	require.NoError(t, err)
	require.NoError(t, n.Stop())
	require.NoError(t, n.Stop())
	require.NoDirExists(t, n.Dir())
}

func TestPasswordIsNotOnTheCommandLine(t *testing.T) {
	t.Parallel()
	n := start(t)
	for _, entry := range must(filepath.Glob("/proc/[0-9]*/cmdline")) {
		if line, err := os.ReadFile(entry); err == nil { //nolint:gosec // of /proc
			require.NotContains(t, string(line), n.RPCPass())
		}
	}
}

func must(paths []string, err error) []string {
	if err != nil {
		panic(err)
	}
	return paths
}

func TestFindBtcdPrefersTheEnvironment(t *testing.T) {
	exe := filepath.Join(t.TempDir(), "btcd")
	require.NoError(t, os.WriteFile(exe, nil, 0o600))
	t.Setenv("BTCD_EXE", exe)
	_, err := regtest.FindBtcd(t.Context())
	require.ErrorIs(t, err, regtest.ErrNoBtcd, "not executable")

	require.NoError(t, os.Chmod(exe, 0o700)) //nolint:gosec // an executable
	found, err := regtest.FindBtcd(t.Context())
	require.NoError(t, err)
	require.Equal(t, exe, found)
}

func TestNodeThatCannotStartSaysWhy(t *testing.T) {
	t.Parallel()
	_, err := regtest.Start(t.Context(), regtest.Options{ExtraArgs: []string{"--no-such-flag"}})
	require.ErrorIs(t, err, regtest.ErrExited)
	require.ErrorContains(t, err, "no-such-flag")
}

func TestInvalidationSurvivesARestart(t *testing.T) {
	t.Parallel()
	n := start(t)
	hashes, err := n.Mine(3)
	require.NoError(t, err)
	require.NoError(t, n.Invalidate(hashes[2]))
	require.NoError(t, n.Restart(t.Context()))
	best, err := n.RPC().GetBestBlockHash()
	require.NoError(t, err)
	require.Equal(t, hashes[1], *best)
}

func TestBitcoinCoreMinesTheSameWay(t *testing.T) {
	t.Parallel()
	if os.Getenv(regtest.CoreEnv) == "" {
		t.Skipf("SKIPPED: no Bitcoin Core: set %s to a bitcoind executable", regtest.CoreEnv)
	}
	n, err := regtest.StartBitcoind(t.Context(), regtest.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, n.Stop()) })
	require.NoError(t, n.Activate(time.Time{}))
	tx, err := n.Pay(taproot(1), btcutil.SatoshiPerBitcoin)
	require.NoError(t, err)
	mined, err := n.Mine(2)
	require.NoError(t, err)
	require.True(t, contains(block(t, n, mined[0]), tx.TxHash()))
	_, _, err = n.Reorg(2)
	require.NoError(t, err)
	require.NoError(t, n.WaitMempool(t.Context(), tx.TxHash()))
	require.NoError(t, n.Kill())
	require.NoError(t, n.Restart(t.Context()))
	_, err = n.Mine(1)
	require.NoError(t, err)
}

// anyone pays to everybody, by a script that relays.
func anyone() (script, redeem []byte) {
	redeem = []byte{txscript.OP_TRUE}
	hash := sha256.Sum256(redeem)
	return append([]byte{txscript.OP_0, txscript.OP_DATA_32}, hash[:]...), redeem
}

// What spends what a block spends is not mined, even if the mempool holds it, and neither is
// what spends that; after a reorganisation it may be.
func TestWhatConflictsWithABlockIsNotMined(t *testing.T) {
	t.Parallel()
	n := start(t)
	require.NoError(t, n.Activate(time.Time{}))
	script, redeem := anyone()
	parent, err := n.Pay(script, btcutil.SatoshiPerBitcoin)
	require.NoError(t, err)
	coin := wire.OutPoint{Hash: parent.TxHash()}
	for string(parent.TxOut[coin.Index].PkScript) != string(script) {
		coin.Index++
	}
	child := wire.NewMsgTx(2)
	child.AddTxIn(&wire.TxIn{PreviousOutPoint: coin, Witness: wire.TxWitness{redeem}})
	child.AddTxOut(wire.NewTxOut(btcutil.SatoshiPerBitcoin-1_000, script))
	_, err = n.RPC().SendRawTransaction(child, true)
	require.NoError(t, err)
	hashes, err := n.MineEmpty(1)
	require.NoError(t, err)
	n.Spent(parent.TxIn[0].PreviousOutPoint, chainhash.Hash{1}, hashes[0])
	hashes, err = n.Mine(1)
	require.NoError(t, err)
	require.Len(t, block(t, n, hashes[0]).Transactions, 1)
	_, _, err = n.Reorg(2)
	require.NoError(t, err)
	hashes, err = n.Mine(1)
	require.NoError(t, err)
	require.Len(t, block(t, n, hashes[0]).Transactions, 3)
}

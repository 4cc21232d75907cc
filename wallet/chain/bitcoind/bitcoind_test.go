package bitcoind_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
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
	"github.com/alkimiya/alkimiya/wallet/chain/bitcoind"
)

const waitTime = 60 * time.Second

// core is a stand-in for a node: it answers calls by method.
func core(t *testing.T, answers map[string]string) bitcoind.Config {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, pass, _ := r.BasicAuth(); user != "u" || pass != "p" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		var call struct {
			Method string `json:"method"`
		}
		if err := json.NewDecoder(r.Body).Decode(&call); err != nil {
			t.Error(err)
		}
		answer, ok := answers[call.Method]
		if !ok {
			w.WriteHeader(http.StatusInternalServerError)
			answer = `{"result":null,"error":{"code":-32601,"message":"Method not found"}}`
		}
		if _, err := w.Write([]byte(answer)); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	return bitcoind.Config{
		Host: strings.TrimPrefix(server.URL, "http://"), User: "u", Pass: "p",
		Params: &chaincfg.MainNetParams, Dir: t.TempDir(),
	}
}

func TestFeesAreRaisedToTheMempoolsMinimum(t *testing.T) {
	t.Parallel()
	const pool = `{"result":{"mempoolminfee":0.00005000,"minrelaytxfee":0.00001000},"error":null}`
	cfg := core(t, map[string]string{
		"getmempoolinfo": pool, "estimatesmartfee": `{"result":{"feerate":0.00020000,"blocks":6},"error":null}`,
	})
	rate, err := bitcoind.New(cfg).EstimateFee(t.Context(), 6)
	require.NoError(t, err)
	require.Equal(t, chainfee.SatPerKWeight(5000), rate)

	low := core(t, map[string]string{
		"getmempoolinfo": pool, "estimatesmartfee": `{"result":{"feerate":0.00002000,"blocks":6},"error":null}`,
	})
	rate, err = bitcoind.New(low).EstimateFee(t.Context(), 6)
	require.NoError(t, err)
	require.Equal(t, chainfee.SatPerKWeight(1250), rate)

	none := core(t, map[string]string{
		"getmempoolinfo": pool, "estimatesmartfee": `{"result":{"errors":["Insufficient data"],"blocks":6},"error":null}`,
	})
	_, err = bitcoind.New(none).EstimateFee(t.Context(), 6)
	require.ErrorIs(t, err, chain.ErrFeeUnknown)
	none.FallbackFee = 3000
	rate, err = bitcoind.New(none).EstimateFee(t.Context(), 6)
	require.NoError(t, err)
	require.Equal(t, chainfee.SatPerKWeight(1250), rate, "the fallback is raised too")
}

func TestStartTellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	cfg := core(t, map[string]string{"getblockhash": `{"result":null,"error":{"code":-28,"message":"Loading block index"}}`})
	require.ErrorIs(t, bitcoind.New(cfg).Start(t.Context()), chain.ErrUnavailable, "still loading")

	cfg = core(t, map[string]string{"getblockhash": `{"result":"` + chaincfg.TestNet3Params.GenesisHash.String() + `","error":null}`})
	require.ErrorIs(t, bitcoind.New(cfg).Start(t.Context()), chain.ErrWrongNetwork)

	cfg.Pass = "wrong"
	require.ErrorIs(t, bitcoind.New(cfg).Start(t.Context()), chain.ErrAuth)

	cfg.ZMQBlock = "tcp://127.0.0.1:1"
	require.ErrorIs(t, bitcoind.New(cfg).Start(t.Context()), bitcoind.ErrConfig)

	cfg.ZMQBlock, cfg.Host = "", "127.0.0.1:1"
	err := bitcoind.New(cfg).Start(t.Context())
	require.ErrorIs(t, err, chain.ErrUnavailable)
	require.NotContains(t, err.Error(), cfg.Pass)
}

func TestAWrongBlockIsNotPassedOn(t *testing.T) {
	t.Parallel()
	cfg := core(t, map[string]string{"getblockheader": `{"result":"` + strings.Repeat("00", 80) + `","error":null}`})
	_, err := bitcoind.New(cfg).Header(t.Context(), *chaincfg.MainNetParams.GenesisHash)
	require.ErrorContains(t, err, "another block")
}

func TestWithoutFilterIndexEveryBlockMayContain(t *testing.T) {
	t.Parallel()
	cfg := core(t, nil)
	may, err := bitcoind.New(cfg).MayContain(t.Context(), chainhash.Hash{}, [][]byte{{0x51}})
	require.NoError(t, err)
	require.True(t, may)
	cfg.Host = "127.0.0.1:1"
	_, err = bitcoind.New(cfg).MayContain(t.Context(), chainhash.Hash{}, [][]byte{{0x51}})
	require.ErrorIs(t, err, chain.ErrUnavailable)
}

func taproot(b byte) []byte {
	script := make([]byte, 34)
	script[0], script[1], script[33] = 0x51, 0x20, b
	return script
}

// TestPollingAgainstBtcd runs the backend on btcd without TLS, which answers
// what the backend asks like Core does, except for one call.
func TestPollingAgainstBtcd(t *testing.T) {
	t.Parallel()
	n, err := regtest.Start(t.Context(), regtest.Options{NoTLS: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, n.Stop()) })
	follows(t, n, bitcoind.Config{Host: likeCore(t, n.RPCHost())})
}

// likeCore serves what the node at host answers, and answers itself the one
// call that btcd lacks, as an old Core.
func likeCore(t *testing.T, host string) string {
	t.Helper()
	node := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: host})
	node.ErrorLog = log.New(io.Discard, "", 0) // the node is killed on purpose
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if bytes.Contains(body, []byte(`"getnetworkinfo"`)) {
			if _, err := w.Write([]byte(`{"result":{"version":230000},"error":null,"id":1}`)); err != nil {
				t.Error(err)
			}
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		node.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

func TestPollingAndZMQAgainstCore(t *testing.T) {
	t.Parallel()
	if os.Getenv(regtest.CoreEnv) == "" {
		t.Skipf("SKIPPED: no Bitcoin Core: set %s to a bitcoind executable", regtest.CoreEnv)
	}
	t.Run("polling", func(t *testing.T) {
		t.Parallel()
		n, err := regtest.StartBitcoind(t.Context(), regtest.Options{})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, n.Stop()) })
		follows(t, n, bitcoind.Config{})
	})
	t.Run("zmq", func(t *testing.T) {
		t.Parallel()
		blocks, err := regtest.ReservePort()
		require.NoError(t, err)
		txs, err := regtest.ReservePort()
		require.NoError(t, err)
		t.Cleanup(func() {
			require.NoError(t, blocks.Release())
			require.NoError(t, txs.Release())
		})
		cfg := bitcoind.Config{ZMQBlock: "tcp://" + blocks.Addr(), ZMQTx: "tcp://" + txs.Addr()}
		n, err := regtest.StartBitcoind(t.Context(), regtest.Options{ExtraArgs: []string{
			"-zmqpubrawblock=" + cfg.ZMQBlock, "-zmqpubrawtx=" + cfg.ZMQTx,
		}})
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, n.Stop()) })
		follows(t, n, cfg)
	})
}

// follows checks queries and notifications through a reorganisation and a
// restart of the node.
func follows(t *testing.T, n *regtest.Node, cfg bitcoind.Config) {
	t.Helper()
	if cfg.Host == "" {
		cfg.Host = n.RPCHost()
	}
	cfg.User, cfg.Pass = n.RPCUser(), n.RPCPass()
	cfg.Params, cfg.Dir = regtest.Params(), t.TempDir()
	require.NoError(t, n.Activate(time.Time{}))
	b := bitcoind.New(cfg)
	require.NoError(t, b.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, b.Stop()) })
	events, err := b.Notifier().RegisterBlockEpochNtfn(nil)
	require.NoError(t, err)

	tx, err := n.Pay(taproot(1), btcutil.SatoshiPerBitcoin)
	require.NoError(t, err)
	mined, err := n.Mine(1)
	require.NoError(t, err)
	awaitEpoch(t, events, mined[0])
	tip, err := b.Tip(t.Context())
	require.NoError(t, err)
	require.Equal(t, mined[0], tip.Hash)
	block, err := b.Block(t.Context(), tip.Hash)
	require.NoError(t, err)
	require.Equal(t, tx.TxHash(), block.Transactions[1].TxHash())

	_, joined, err := n.Reorg(1)
	require.NoError(t, err)
	awaitEpoch(t, events, joined[1])

	require.NoError(t, n.Kill())
	_, err = b.Tip(t.Context())
	require.ErrorIs(t, err, chain.ErrUnavailable)
	require.NoError(t, n.Restart(t.Context()))
	mined, err = n.Mine(1)
	require.NoError(t, err)
	awaitEpoch(t, events, mined[0])
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

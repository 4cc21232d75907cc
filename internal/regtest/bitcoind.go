package regtest

import (
	"context"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/btcsuite/btcd/rpcclient"
)

// CoreEnv names the environment variable that holds the path of a Bitcoin Core
// executable (bitcoind). Tests that need Core are skipped without it.
const CoreEnv = "CORE_BITCOIND"

// StartBitcoind is Start with Bitcoin Core, whose executable is Options.Exe or
// named by CoreEnv. Core enforces segwit and taproot from the first block and
// keeps its chain between runs. It has no TLS and polls or ZMQ in place of
// websockets; ZMQ is on when Options.ExtraArgs turn it on.
func StartBitcoind(ctx context.Context, opts Options) (*Node, error) {
	if opts.Exe == "" {
		opts.Exe = os.Getenv(CoreEnv)
	}
	if err := executable(opts.Exe); err != nil {
		return nil, fmt.Errorf("bitcoind (%s): %w", CoreEnv, err)
	}
	return start(ctx, coreProgram{}, opts)
}

// coreProgram runs Bitcoin Core.
type coreProgram struct{}

func (coreProgram) name() string { return "bitcoind" }

func (coreProgram) forgets() bool { return false }

func (coreProgram) config(pass string) string {
	return fmt.Sprintf("regtest=1\n[regtest]\nrpcuser=%s\nrpcpassword=%s\n", rpcUser, pass)
}

func (coreProgram) prepare(*Node) error { return nil }

func (coreProgram) args(n *Node) []string {
	args := []string{
		"-datadir=" + n.opts.Dir, "-conf=" + n.path(configFile), "-server", "-txindex", "-disablewallet",
		"-blockfilterindex=basic", "-peerblockfilters", "-listenonion=0", "-discover=0", "-dnsseed=0",
		"-bind=" + n.innerP2P.Addr(), "-rpcbind=127.0.0.1", "-rpcallowip=127.0.0.1",
		fmt.Sprintf("-rpcport=%d", n.innerRPC.Number), "-rpcthreads=16", "-rpcworkqueue=200",
	}
	for _, peer := range n.opts.Connect {
		args = append(args, "-addnode="+peer)
	}
	return append(args, n.opts.ExtraArgs...)
}

func (coreProgram) dial(n *Node) (*rpcclient.Client, error) {
	// btcsuite's client would repeat a refused connection for half a minute.
	conn, err := net.DialTimeout("tcp", n.innerRPC.Addr(), time.Second)
	if err != nil {
		return nil, err
	}
	if err := conn.Close(); err != nil {
		return nil, err
	}
	client, err := rpcclient.New(&rpcclient.ConnConfig{
		Host: n.innerRPC.Addr(), User: rpcUser, Pass: n.pass,
		HTTPPostMode: true, DisableTLS: true, Params: Params().Name,
	}, nil)
	if err != nil {
		return nil, err
	}
	if _, err := client.GetBlockCount(); err != nil {
		client.Shutdown()
		return nil, err
	}
	return client, nil
}

package regtest

import (
	"fmt"
	"os"

	"github.com/btcsuite/btcd/rpcclient"
)

// btcdProgram runs btcd.
type btcdProgram struct{}

func (btcdProgram) name() string { return "btcd" }

// forgets: btcd removes a regtest database when it starts.
func (btcdProgram) forgets() bool { return true }

func (btcdProgram) config(pass string) string {
	return fmt.Sprintf("[Application Options]\nrpcuser=%s\nrpcpass=%s\n", rpcUser, pass)
}

func (btcdProgram) args(n *Node) []string {
	args := []string{
		"--regtest", "--txindex", "--nobanning", "--nostalldetect", "--nodnsseed", "--trickleinterval=50ms",
		"--rpcmaxclients=200", "--rpcmaxwebsockets=200", "--rpcmaxconcurrentreqs=200", "--debuglevel=info",
		"--configfile=" + n.path(configFile), "--datadir=" + n.path("data"), "--logdir=" + n.path("logs"),
		"--rpccert=" + n.path("rpc.cert"), "--rpckey=" + n.path("rpc.key"),
		"--listen=" + n.innerP2P.Addr(), "--rpclisten=" + n.innerRPC.Addr(),
	}
	if n.opts.NoTLS {
		args = append(args, "--notls")
	}
	for _, peer := range n.opts.Connect {
		args = append(args, "--addpeer="+peer)
	}
	return append(args, n.opts.ExtraArgs...)
}

func (btcdProgram) dial(n *Node) (*rpcclient.Client, error) {
	var cert []byte
	if !n.opts.NoTLS {
		var err error
		if cert, err = os.ReadFile(n.path("rpc.cert")); err != nil {
			return nil, err
		}
	}
	client, err := rpcclient.New(&rpcclient.ConnConfig{
		Host: n.innerRPC.Addr(), Endpoint: "ws", User: rpcUser, Pass: n.pass, Certificates: cert,
		DisableTLS: n.opts.NoTLS,
		// Calls on a dead node end with an error instead of waiting for it.
		DisableAutoReconnect: true,
		Params:               Params().Name,
	}, nil)
	if err != nil {
		return nil, err
	}
	if _, err := client.GetBlockCount(); err != nil {
		client.Shutdown()
		return nil, err
	}
	n.cert = cert
	return client, nil
}

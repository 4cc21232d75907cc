package regtest

import (
	"fmt"
	"os"
	"time"

	"github.com/btcsuite/btcd/rpcclient"
	"github.com/lightningnetwork/lnd/cert"
)

// The files of btcd's certificate for its RPC server.
const (
	rpcCert = "rpc.cert"
	rpcKey  = "rpc.key"
)

// btcdProgram runs btcd.
type btcdProgram struct{}

func (btcdProgram) name() string { return "btcd" }

// forgets: btcd removes a regtest database when it starts.
func (btcdProgram) forgets() bool { return true }

func (btcdProgram) config(pass string) string {
	return fmt.Sprintf("[Application Options]\nrpcuser=%s\nrpcpass=%s\n", rpcUser, pass)
}

// prepare writes a certificate on the curve P-256. The one that btcd would make
// itself is on P-521, whose signatures take milliseconds; and btcd ends the
// connection after every call over HTTP, so that each call has one to check.
func (btcdProgram) prepare(n *Node) error {
	if _, err := os.Stat(n.path(rpcCert)); err == nil || n.opts.NoTLS {
		return nil
	}
	const year = 365 * 24 * time.Hour
	certificate, key, err := cert.GenCertPair("regtest", nil, nil, true, year)
	if err != nil {
		return fmt.Errorf("certificate of the node: %w", err)
	}
	if err := cert.WriteCertPair(n.path(rpcCert), n.path(rpcKey), certificate, key); err != nil {
		return fmt.Errorf("certificate of the node: %w", err)
	}
	return nil
}

func (btcdProgram) args(n *Node) []string {
	args := []string{
		"--regtest", "--txindex", "--nobanning", "--nostalldetect", "--nodnsseed", "--trickleinterval=50ms",
		"--rpcmaxclients=200", "--rpcmaxwebsockets=200", "--rpcmaxconcurrentreqs=200", "--debuglevel=info",
		"--configfile=" + n.path(configFile), "--datadir=" + n.path("data"), "--logdir=" + n.path("logs"),
		"--rpccert=" + n.path(rpcCert), "--rpckey=" + n.path(rpcKey),
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
	var certificate []byte
	if !n.opts.NoTLS {
		var err error
		if certificate, err = os.ReadFile(n.path(rpcCert)); err != nil {
			return nil, err
		}
	}
	client, err := rpcclient.New(&rpcclient.ConnConfig{
		Host: n.innerRPC.Addr(), Endpoint: "ws", User: rpcUser, Pass: n.pass, Certificates: certificate,
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
	n.cert = certificate
	return client, nil
}

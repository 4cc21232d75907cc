package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/lightningnetwork/lnd/lnwallet/chainfee"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"github.com/alkimiya/alkimiya/internal/logs"
	"github.com/alkimiya/alkimiya/internal/settings"
	"github.com/alkimiya/alkimiya/node"
	"github.com/alkimiya/alkimiya/wallet/chain"
)

// names of the program's settings.
var names = settings.Names{Env: "ALKD", File: "alkd.toml"}

func addFlags(f *pflag.FlagSet) {
	f.String("datadir", settings.DefaultDir(), "folder of all data")
	f.String("config", "", "configuration file (default alkd.toml in the data directory, if it exists)")
	f.Bool("dumpconfig", false, "print the configuration in force and exit")
	f.String("network", "mainnet", "mainnet, testnet3, testnet4, signet, regtest or simnet")
	f.Bool("mainnet-i-understand", false, "run on mainnet although this is not release 1.0")
	f.String("backend", "neutrino", "chain backend: btcd, bitcoind or neutrino")

	f.String("btcd-host", "127.0.0.1:8334", "btcd's RPC address, host:port")
	f.String("btcd-user", "", "btcd's RPC user")
	f.String("btcd-pass-file", "", "file with btcd's RPC password, mode 0600")
	f.String("btcd-cert", "", "btcd's rpc.cert")

	f.String("bitcoind-host", "127.0.0.1:8332", "bitcoind's RPC address, host:port")
	f.String("bitcoind-user", "", "bitcoind's RPC user; empty if the password file is its cookie")
	f.String("bitcoind-pass-file", "", "file with bitcoind's RPC password, or its cookie, mode 0600")
	f.String("bitcoind-zmq-block", "", "bitcoind's zmqpubrawblock address; empty: poll")
	f.String("bitcoind-zmq-tx", "", "bitcoind's zmqpubrawtx address; empty: poll")

	f.StringSlice("neutrino-connect", nil, "connect to these peers only, host:port (repeat)")
	f.StringSlice("neutrino-add", nil, "connect to these peers as well, host:port (repeat)")

	f.String("fee-url", "", "fee estimator for neutrino: URL of a JSON document in lnd's format")
	f.Uint32("fee-fallback", 0, "fee rate where there is no estimate, sat/vB; 0: none")

	f.StringSlice("rpc-listen", []string{"127.0.0.1:8430"}, "addresses of the RPC server, host:port (repeat)")
	f.StringSlice("tls-extra-ip", nil, "further IP address of the RPC server's certificate (repeat)")
	f.StringSlice("tls-extra-domain", nil, "further name of the RPC server's certificate (repeat)")
	f.String("metrics-listen", "127.0.0.1:8431", "loopback address of /metrics, /healthz and /readyz; empty: none")

	f.String("wallet-passphrase-file", "", "open the wallet at start with the passphrase in this file, mode 0600")
	f.String("log-level", "info,btcwallet=warn,neutrino=warn", "trace, debug, info, warn or error, and subsystem=level ("+strings.Join(node.Subsystems, ", ")+")")
	f.String("log-format", string(logs.Text), "text or json")
}

// nodeConfig builds the daemon's configuration, its logs going to out.
func nodeConfig(v *viper.Viper, out io.Writer) (node.Config, error) {
	loggers, err := logs.New(out, logs.Format(v.GetString("log-format")), node.Subsystems...)
	if err != nil {
		return node.Config{}, err
	}
	if err := loggers.Apply(v.GetString("log-level")); err != nil {
		return node.Config{}, fmt.Errorf("log-level: %w", err)
	}
	return node.Config{
		DataDir: v.GetString("datadir"), Network: v.GetString("network"),
		MainnetUnderstood: v.GetBool("mainnet-i-understand"),
		Backend:           node.BackendKind(v.GetString("backend")),
		Btcd: node.FullNode{
			Host: v.GetString("btcd-host"), User: v.GetString("btcd-user"),
			PassFile: v.GetString("btcd-pass-file"), CertFile: v.GetString("btcd-cert"),
		},
		Bitcoind: node.FullNode{
			Host: v.GetString("bitcoind-host"), User: v.GetString("bitcoind-user"),
			PassFile: v.GetString("bitcoind-pass-file"),
			ZMQBlock: v.GetString("bitcoind-zmq-block"), ZMQTx: v.GetString("bitcoind-zmq-tx"),
		},
		NeutrinoConnect: settings.List(v, "neutrino-connect"), NeutrinoAdd: settings.List(v, "neutrino-add"),
		FeeURL: v.GetString("fee-url"), FeeFallback: chainfee.SatPerVByte(v.GetUint32("fee-fallback")),
		RPCListen: settings.List(v, "rpc-listen"), MetricsListen: v.GetString("metrics-listen"),
		TLSExtraIPs: settings.List(v, "tls-extra-ip"), TLSExtraDomains: settings.List(v, "tls-extra-domain"),
		PassphraseFile: v.GetString("wallet-passphrase-file"), Logs: loggers,
	}, nil
}

// chainHint says what a person does about an error of the chain backend.
func chainHint(err error) string {
	switch {
	case errors.Is(err, chain.ErrAuth):
		return "check the user and the password file of the Bitcoin node"
	case errors.Is(err, chain.ErrWrongNetwork):
		return "the Bitcoin node runs another network than --network"
	case errors.Is(err, node.ErrConfig), errors.Is(err, settings.ErrFile):
		return "alkd --help lists the settings, alkd --dumpconfig shows those in force"
	}
	return ""
}

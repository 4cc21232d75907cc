package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/lightningnetwork/lnd/lnwallet/chainfee"
	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"github.com/alkimiya/alkimiya/internal/logs"
	"github.com/alkimiya/alkimiya/node"
	"github.com/alkimiya/alkimiya/wallet/chain"
)

const envPrefix = "ALKD"

// errSettings: the configuration file cannot be used.
var errSettings = errors.New("configuration file")

// notInFile are flags that make no sense in a file.
var notInFile = map[string]bool{"config": true, "dumpconfig": true, "help": true, "version": true}

func addFlags(f *pflag.FlagSet) {
	f.String("datadir", defaultDataDir(), "folder of all data")
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

func defaultDataDir() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return ".alkimiya"
	}
	return filepath.Join(home, ".alkimiya")
}

// loadSettings merges flags, environment and file; a flag beats the
// environment, that beats the file, and that beats the default.
func loadSettings(flags *pflag.FlagSet) (*viper.Viper, error) {
	v := viper.New()
	v.SetEnvPrefix(envPrefix)
	v.SetEnvKeyReplacer(strings.NewReplacer("-", "_"))
	v.AutomaticEnv()
	if err := v.BindPFlags(flags); err != nil {
		return nil, err
	}
	path, named := v.GetString("config"), true
	if path == "" {
		path, named = filepath.Join(v.GetString("datadir"), "alkd.toml"), false
	}
	v.SetConfigFile(path)
	v.SetConfigType("toml")
	switch err := v.ReadInConfig(); {
	case err == nil:
	case !named && errors.Is(err, os.ErrNotExist):
		return v, nil
	default:
		return nil, fmt.Errorf("%w %s: %w", errSettings, path, err)
	}
	return v, checkFileKeys(path, flags)
}

// checkFileKeys refuses keys of the file that no flag has: a misspelt setting
// must not be silently without effect.
func checkFileKeys(path string, flags *pflag.FlagSet) error {
	raw, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return fmt.Errorf("%w %s: %w", errSettings, path, err)
	}
	var keys map[string]any
	if err := toml.Unmarshal(raw, &keys); err != nil {
		return fmt.Errorf("%w %s: %w", errSettings, path, err)
	}
	names := make([]string, 0, len(keys))
	for key := range keys {
		names = append(names, key)
	}
	sort.Strings(names)
	for _, key := range names {
		if flags.Lookup(key) == nil || notInFile[key] {
			return fmt.Errorf("%w %s: unknown key %q", errSettings, path, key)
		}
	}
	return nil
}

// dumpConfig prints the settings in force as a configuration file.
func dumpConfig(out io.Writer, v *viper.Viper) error {
	values := make(map[string]any)
	for key, value := range v.AllSettings() {
		if !notInFile[key] {
			values[key] = value
		}
	}
	return toml.NewEncoder(out).Encode(values)
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
		NeutrinoConnect: list(v, "neutrino-connect"), NeutrinoAdd: list(v, "neutrino-add"),
		FeeURL: v.GetString("fee-url"), FeeFallback: chainfee.SatPerVByte(v.GetUint32("fee-fallback")),
		RPCListen: list(v, "rpc-listen"), MetricsListen: v.GetString("metrics-listen"),
		TLSExtraIPs: list(v, "tls-extra-ip"), TLSExtraDomains: list(v, "tls-extra-domain"),
		PassphraseFile: v.GetString("wallet-passphrase-file"), Logs: loggers,
	}, nil
}

// list reads a list, nil if it is empty.
func list(v *viper.Viper, key string) []string {
	items := v.GetStringSlice(key)
	if len(items) == 0 {
		return nil
	}
	return items
}

// chainHint says what a person does about an error of the chain backend.
func chainHint(err error) string {
	switch {
	case errors.Is(err, chain.ErrAuth):
		return "check the user and the password file of the Bitcoin node"
	case errors.Is(err, chain.ErrWrongNetwork):
		return "the Bitcoin node runs another network than --network"
	case errors.Is(err, node.ErrConfig), errors.Is(err, errSettings):
		return "alkd --help lists the settings, alkd --dumpconfig shows those in force"
	}
	return ""
}

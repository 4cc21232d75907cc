package main

import (
	"errors"
	"fmt"
	"math/big"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"github.com/alkimiya/alkimiya/evmbridge/relayer"
	"github.com/alkimiya/alkimiya/evmbridge/vault"
	"github.com/alkimiya/alkimiya/internal/daemon"
	"github.com/alkimiya/alkimiya/internal/logs"
	"github.com/alkimiya/alkimiya/internal/settings"
	"github.com/alkimiya/alkimiya/node"
)

// names of the program's settings.
var names = settings.Names{
	Env: "ALKBRIDGE", File: "alkbridge.toml",
	NotInFile: []string{"json", "lightkdf", "account-file", "anchor-depth"},
}

// Roles of the program.
const (
	roleRelay    = "relay"
	roleOperator = "operator"
	roleWatch    = "watch"
)

var subsystems = []string{"bridge", "relayer", "operator", "chain", "rpc"}

// Errors of the configuration.
var (
	errConfig  = errors.New("configuration")
	errMainnet = errors.New("this is not release 1.0; mainnet needs --mainnet-i-understand")
)

func addFlags(f *pflag.FlagSet) {
	f.String("datadir", settings.DefaultDir(), "folder of all data; the bridge's are in bridge/NETWORK")
	f.String("config", "", "configuration file (default alkbridge.toml in the data directory, if it exists)")
	f.Bool("dumpconfig", false, "print the configuration in force and exit")
	f.String("network", "mainnet", "Bitcoin's network: mainnet, signet, regtest or simnet")
	f.Bool("mainnet-i-understand", false, "run on mainnet although this is not release 1.0")
	f.String("passphrase-file", "", "open the keys with the passphrase in this file, mode 0600; empty: ask")
	f.String("deployment", "", "file that names the contracts and the operators (default deployment.json among the bridge's data)")
	f.StringSlice("role", []string{roleRelay}, "what to do: relay, operator, watch (repeat)")

	f.String("evm-rpc", "http://127.0.0.1:8545", "the Ethereum node's RPC: http, https, ws or wss, or a socket's path")
	f.String("evm-rpc-second", "", "another Ethereum node that must agree with it on finalized blocks")
	f.String("gas-budget", "20000000000000000", "the most that one call may cost, in wei")
	f.Duration("gas-patience", 3*time.Minute, "how long a transaction waits before it is replaced by one that pays more")
	f.Uint64("evm-span", 2000, "how many blocks are asked for events at once")
	f.Uint32("headers-every", 144, "how many new Bitcoin headers make a batch due")
	f.Uint32("headers-most", 288, "how many headers one transaction carries")

	f.String("backend", "btcd", "the Bitcoin node: btcd or bitcoind")
	f.String("btcd-host", "127.0.0.1:8334", "btcd's RPC address, host:port")
	f.String("btcd-user", "", "btcd's RPC user")
	f.String("btcd-pass-file", "", "file with btcd's RPC password, mode 0600")
	f.String("btcd-cert", "", "btcd's rpc.cert")
	f.String("bitcoind-host", "127.0.0.1:8332", "bitcoind's RPC address, host:port")
	f.String("bitcoind-user", "", "bitcoind's RPC user; empty if the password file is its cookie")
	f.String("bitcoind-pass-file", "", "file with bitcoind's RPC password, or its cookie, mode 0600")
	f.Uint32("fee-fallback", 0, "fee rate where there is no estimate, sat/vB; 0: none")

	f.StringSlice("oracle", nil, "an oracle, KEY@URL or NAME=KEY@URL (repeat)")
	f.StringSlice("index-file", nil, "definition of an index whose values are reported (repeat)")

	f.String("operator-listen", "127.0.0.1:8452", "address for relays and other operators, host:port")
	f.Uint64("max-batch", 10_0000_0000, "the most that one batch of payments may pay, in satoshi")
	f.Duration("batch-every", time.Hour, "how long redemptions are gathered for one batch of payments")
	f.Uint32("max-fee-rate", 200, "the highest fee rate of a payment, in sat/vB")

	f.StringSlice("rpc-listen", []string{"127.0.0.1:8450"}, "addresses of the RPC server, host:port (repeat)")
	f.StringSlice("tls-extra-ip", nil, "further IP address of the RPC server's certificate (repeat)")
	f.StringSlice("tls-extra-domain", nil, "further name of the RPC server's certificate (repeat)")
	f.String("metrics-listen", "127.0.0.1:8451", "loopback address of /metrics, /healthz and /readyz; empty: none")
	f.Duration("poll", 0, "how often to look at both chains; 0: 10 s, on regtest and simnet 300 ms")
	f.String("log-level", "info", "trace, debug, info, warn or error, and subsystem=level ("+strings.Join(subsystems, ", ")+")")
	f.String("log-format", string(logs.Text), "text or json")
}

// config is what the program runs by.
type config struct {
	Dir            string
	Network        string
	Params         *chaincfg.Params
	Mainnet        bool
	PassphraseFile string
	Deployment     string
	Roles          []string

	EVM, EVMSecond string
	GasBudget      *big.Int
	GasPatience    time.Duration
	Span           uint64
	Cadence        relayer.Cadence

	Backend        string
	Btcd, Bitcoind node.FullNode
	FeeFallback    uint32

	Oracles, IndexFiles []string

	OperatorListen string
	Limits         vault.Limits
	BatchEvery     time.Duration

	RPCListen, TLSExtraIPs, TLSExtraDomains []string
	MetricsListen                           string
	Poll                                    time.Duration
	LogLevel, LogFormat                     string
}

// path returns the path of a file among the bridge's data.
func (c *config) path(name string) string { return filepath.Join(c.Dir, name) }

func (c *config) has(role string) bool { return slices.Contains(c.Roles, role) }

// networks that the bridge knows: the relay's rules are theirs.
var networks = []*chaincfg.Params{
	&chaincfg.MainNetParams, &chaincfg.SigNetParams, &chaincfg.RegressionNetParams, &chaincfg.SimNetParams,
}

func newConfig(v *viper.Viper) (*config, error) {
	c := &config{
		Network: v.GetString("network"), Mainnet: v.GetBool("mainnet-i-understand"),
		PassphraseFile: v.GetString("passphrase-file"), Deployment: v.GetString("deployment"), Roles: settings.List(v, "role"),
		EVM: v.GetString("evm-rpc"), EVMSecond: v.GetString("evm-rpc-second"), GasPatience: v.GetDuration("gas-patience"),
		Span:    v.GetUint64("evm-span"),
		Cadence: relayer.Cadence{Every: v.GetUint32("headers-every"), Most: v.GetUint32("headers-most")},
		Backend: v.GetString("backend"),
		Btcd: node.FullNode{
			Host: v.GetString("btcd-host"), User: v.GetString("btcd-user"),
			PassFile: v.GetString("btcd-pass-file"), CertFile: v.GetString("btcd-cert"),
		},
		Bitcoind: node.FullNode{
			Host: v.GetString("bitcoind-host"), User: v.GetString("bitcoind-user"), PassFile: v.GetString("bitcoind-pass-file"),
		},
		FeeFallback: v.GetUint32("fee-fallback"), Oracles: settings.List(v, "oracle"), IndexFiles: settings.List(v, "index-file"),
		OperatorListen: v.GetString("operator-listen"),
		Limits: vault.Limits{
			Rate: vault.FeeRate(v.GetUint32("max-fee-rate")), Batch: btcutil.Amount(v.GetInt64("max-batch")),
		},
		BatchEvery: v.GetDuration("batch-every"),
		RPCListen:  settings.List(v, "rpc-listen"), TLSExtraIPs: settings.List(v, "tls-extra-ip"),
		TLSExtraDomains: settings.List(v, "tls-extra-domain"), MetricsListen: v.GetString("metrics-listen"),
		Poll: v.GetDuration("poll"), LogLevel: v.GetString("log-level"), LogFormat: v.GetString("log-format"),
	}
	c.Dir = filepath.Join(v.GetString("datadir"), "bridge", c.Network)
	return c, c.check(v.GetString("gas-budget"))
}

func (c *config) check(budget string) error {
	at := slices.IndexFunc(networks, func(p *chaincfg.Params) bool { return networkName(p) == c.Network })
	if at < 0 {
		return fmt.Errorf("%w: network %q", errConfig, c.Network)
	}
	c.Params = networks[at]
	if c.Params == &chaincfg.MainNetParams && !c.Mainnet {
		return errMainnet
	}
	var ok bool
	if c.GasBudget, ok = new(big.Int).SetString(budget, 10); !ok || c.GasBudget.Sign() <= 0 {
		return fmt.Errorf("%w: gas-budget %q", errConfig, budget)
	}
	for _, role := range c.Roles {
		if role != roleRelay && role != roleOperator && role != roleWatch {
			return fmt.Errorf("%w: role %q is none of relay, operator, watch", errConfig, role)
		}
	}
	if len(c.Roles) == 0 || len(c.RPCListen) == 0 || c.Span == 0 || c.Cadence.Every == 0 || c.Cadence.Most == 0 {
		return fmt.Errorf("%w: role, rpc-listen, evm-span, headers-every and headers-most must be given", errConfig)
	}
	if c.Limits.Rate < 1 || c.Limits.Batch < 1 || c.GasPatience <= 0 || c.Poll < 0 || c.BatchEvery < 0 {
		return fmt.Errorf("%w: max-fee-rate, max-batch, gas-patience and batch-every must be positive", errConfig)
	}
	if c.MetricsListen != "" {
		if err := daemon.CheckLoopback(c.MetricsListen); err != nil {
			return fmt.Errorf("%w: metrics-listen: %w", errConfig, err)
		}
	}
	if c.Poll == 0 {
		c.Poll = 10 * time.Second
		if c.Params == &chaincfg.RegressionNetParams || c.Params == &chaincfg.SimNetParams {
			c.Poll = 300 * time.Millisecond
		}
	}
	if c.Deployment == "" {
		c.Deployment = c.path("deployment.json")
	}
	return nil
}

// networkName is a network's name in settings.
func networkName(p *chaincfg.Params) string {
	switch p {
	case &chaincfg.SigNetParams:
		return "signet"
	default:
		return p.Name
	}
}

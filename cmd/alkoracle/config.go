package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/btcsuite/btcd/chaincfg"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"github.com/alkimiya/alkimiya/internal/daemon"
	"github.com/alkimiya/alkimiya/internal/logs"
	"github.com/alkimiya/alkimiya/internal/settings"
	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/wallet/keys"
)

// names of the program's settings.
var names = settings.Names{Env: "ALKORACLE", File: "alkoracle.toml", NotInFile: []string{"json"}}

// Errors of the configuration, wrapped with the setting.
var (
	errConfig  = errors.New("configuration")
	errMainnet = errors.New("mainnet needs --mainnet-i-understand until release 1.0")
)

// subsystems are the names under which the program logs.
var subsystems = []string{"oracle", "index", "api", "admin", "daemon"}

// Where the parts of the data lie, below the network's folder.
const (
	lockFile   = "alkoracle.lock"
	storeDir   = "store"
	anchorFile = "store.anchor"
	markFile   = "oracle.mark"
	socketFile = "admin.sock"
	seriesDir  = "series"
)

// Networks by the names the program takes.
var networks = map[string]*chaincfg.Params{
	"mainnet": &chaincfg.MainNetParams, "signet": &chaincfg.SigNetParams, "testnet3": &chaincfg.TestNet3Params,
	"testnet4": &chaincfg.TestNet4Params, "regtest": &chaincfg.RegressionNetParams, "simnet": &chaincfg.SimNetParams,
}

// Default announce horizons in days.
const (
	horizonMainnet = 400
	horizonTests   = 60
)

// fullNode says how to reach a full node.
type fullNode struct {
	host, user, passFile, certFile string
}

// config is what the program runs by.
type config struct {
	datadir, network  string
	mainnetUnderstood bool

	backend        string
	btcd, bitcoind fullNode
	blockDir       string

	listen           []string
	tlsCert, tlsKey  string
	metricsListen    string
	limits           api.Limits
	trusted          []string
	passphraseFile   string
	horizon          uint32
	starts           []string
	members          []string
	threshold        int
	markFiles        []string
	indexFiles       []string
	clock            string
	poll             time.Duration
	batch            int
	logLevel, format string
}

func addFlags(f *pflag.FlagSet) {
	f.String("datadir", filepath.Join(settings.DefaultDir(), "oracle"), "folder of all data")
	f.String("config", "", "configuration file (default alkoracle.toml in the data directory, if it exists)")
	f.Bool("dumpconfig", false, "print the configuration in force and exit")
	f.String("network", "mainnet", "mainnet, signet, testnet3, testnet4, regtest or simnet")
	f.Bool("mainnet-i-understand", false, "run on mainnet although this is not release 1.0")

	f.String("backend", "bitcoind", "chain source: bitcoind, btcd, or files")
	f.String("btcd-host", "127.0.0.1:8334", "btcd's RPC address, host:port")
	f.String("btcd-user", "", "btcd's RPC user")
	f.String("btcd-pass-file", "", "file with btcd's RPC password, mode 0600")
	f.String("btcd-cert", "", "btcd's rpc.cert")
	f.String("bitcoind-host", "127.0.0.1:8332", "bitcoind's RPC address, host:port")
	f.String("bitcoind-user", "", "bitcoind's RPC user; empty if the password file is its cookie")
	f.String("bitcoind-pass-file", "", "file with bitcoind's RPC password, or its cookie, mode 0600")
	f.String("block-dir", "", "folder with a node's block files (blk*.dat), for --backend=files")

	f.StringSlice("listen", []string{"127.0.0.1:8432"}, "addresses of the public API, host:port (repeat)")
	f.String("tls-cert", "", "certificate of the public API, PEM; empty: plain HTTP")
	f.String("tls-key", "", "key of the certificate, PEM, mode 0600")
	f.String("metrics-listen", "127.0.0.1:8433", "loopback address of /metrics, /healthz and /readyz; empty: none")
	f.Float64("rate-limit", 20, "requests a second of one address; negative: no limit")
	f.Int("rate-burst", 100, "requests at once of one address")
	f.Int("max-connections", 1024, "connections at once")
	f.Int("max-connections-per-address", 64, "connections at once of one address")
	f.StringSlice("trusted-proxy", nil, "network of proxies whose X-Forwarded-For is believed, such as 127.0.0.0/8 (repeat)")

	f.String("passphrase-file", "", "open the key with the passphrase in this file, mode 0600; empty: ask")
	f.Uint32("horizon", 0, "days announced beyond the last closed one; 0: 400 on mainnet, else 60")
	f.StringSlice("start", nil, "first day to announce of an index, INDEX=DAY (repeat)")
	f.StringSlice("index-file", nil, "definition of an index whose values a file or program reports (repeat)")
	f.StringSlice("member", nil, "another oracle of the federation, KEY@URL (repeat)")
	f.Int("threshold", 0, "how many oracles of the federation must agree; 0: more than half")
	f.StringSlice("mark-file", nil, "further file for the high-water marks, best on another disk (repeat)")
	f.String("clock", "wall", "wall, or chain: the tip's time, on regtest and simnet")
	f.Duration("poll", 0, "how often to look for work; 0: 5 s on mainnet, else 500 ms")
	f.Int("batch", 0, "events signed and written at once; 0: 120")
	f.String("log-level", "info", "trace, debug, info, warn or error, and subsystem=level ("+strings.Join(subsystems, ", ")+")")
	f.String("log-format", string(logs.Text), "text or json")
}

func readConfig(v *viper.Viper) config {
	return config{
		datadir: v.GetString("datadir"), network: v.GetString("network"), mainnetUnderstood: v.GetBool("mainnet-i-understand"),
		backend: v.GetString("backend"), blockDir: v.GetString("block-dir"),
		btcd:     fullNode{v.GetString("btcd-host"), v.GetString("btcd-user"), v.GetString("btcd-pass-file"), v.GetString("btcd-cert")},
		bitcoind: fullNode{v.GetString("bitcoind-host"), v.GetString("bitcoind-user"), v.GetString("bitcoind-pass-file"), ""},
		listen:   settings.List(v, "listen"), tlsCert: v.GetString("tls-cert"), tlsKey: v.GetString("tls-key"),
		metricsListen: v.GetString("metrics-listen"), passphraseFile: v.GetString("passphrase-file"),
		limits: api.Limits{
			Rate: v.GetFloat64("rate-limit"), Burst: v.GetInt("rate-burst"),
			Connections: v.GetInt("max-connections"), PerAddress: v.GetInt("max-connections-per-address"),
		},
		trusted: settings.List(v, "trusted-proxy"), horizon: v.GetUint32("horizon"), starts: settings.List(v, "start"),
		members: settings.List(v, "member"), threshold: v.GetInt("threshold"), markFiles: settings.List(v, "mark-file"),
		indexFiles: settings.List(v, "index-file"), clock: v.GetString("clock"), poll: v.GetDuration("poll"), batch: v.GetInt("batch"),
		logLevel: v.GetString("log-level"), format: v.GetString("log-format"),
	}
}

func (c *config) params() *chaincfg.Params { return networks[c.network] }

// dir is where everything of the network lies.
func (c *config) dir() string { return filepath.Join(c.datadir, c.network) }

func (c *config) path(parts ...string) string {
	return filepath.Join(append([]string{c.dir()}, parts...)...)
}

func (c *config) keyFile() string { return c.path(keys.FileName) }

// private says that the network is one of tests.
func (c *config) private() bool { return c.network == "regtest" || c.network == "simnet" }

func bad(format string, args ...any) error {
	return fmt.Errorf("%w: %w", errConfig, fmt.Errorf(format, args...))
}

// check validates what every command needs, and completes defaults.
func (c *config) check() error {
	if c.params() == nil {
		return bad("network %q, want mainnet, signet, testnet3, testnet4, regtest or simnet", c.network)
	}
	if c.network == "mainnet" && !c.mainnetUnderstood {
		return errMainnet
	}
	if c.datadir == "" {
		return bad("datadir is empty")
	}
	if c.horizon == 0 {
		c.horizon = horizonTests
		if c.network == "mainnet" {
			c.horizon = horizonMainnet
		}
	}
	if c.poll == 0 {
		c.poll = 500 * time.Millisecond
		if c.network == "mainnet" {
			c.poll = 5 * time.Second
		}
	}
	if c.clock != "wall" && (c.clock != "chain" || !c.private()) {
		return bad("clock %q, want wall, or chain on regtest and simnet", c.clock)
	}
	return nil
}

// checkRun validates what run needs besides. It touches only files it names.
func (c *config) checkRun() error {
	if c.horizon > 10_000 {
		return bad("horizon of %d days, at most 10,000", c.horizon)
	}
	if len(c.listen) == 0 {
		return bad("listen is empty")
	}
	if (c.tlsCert == "") != (c.tlsKey == "") {
		return bad("set both of tls-cert and tls-key, or neither")
	}
	for _, file := range []string{c.tlsKey, c.passphraseFile} {
		if file == "" {
			continue
		}
		if err := daemon.CheckPrivate(file); err != nil {
			return bad("%w", err)
		}
	}
	if c.metricsListen != "" {
		if err := daemon.CheckLoopback(c.metricsListen); err != nil {
			return bad("metrics-listen: %w", err)
		}
	}
	for _, text := range c.trusted {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return bad("trusted-proxy: %w", err)
		}
		c.limits.Trusted = append(c.limits.Trusted, prefix)
	}
	return c.checkBackend()
}

func (c *config) checkBackend() error {
	switch c.backend {
	case "btcd":
		host, _, err := net.SplitHostPort(c.btcd.host)
		if err != nil {
			return bad("btcd-host: %w", err)
		}
		if c.btcd.certFile == "" && !daemon.IsLoopback(host) {
			return bad("btcd-cert is not set, and %s is not this machine", host)
		}
		return c.btcd.checkPass("btcd")
	case "bitcoind":
		if _, _, err := net.SplitHostPort(c.bitcoind.host); err != nil {
			return bad("bitcoind-host: %w", err)
		}
		return c.bitcoind.checkPass("bitcoind")
	case "files":
		if c.blockDir == "" {
			return bad("block-dir is not set")
		}
		return nil
	}
	return bad("backend %q, want btcd, bitcoind or files", c.backend)
}

func (n *fullNode) checkPass(name string) error {
	if n.passFile == "" {
		return bad("%s-pass-file is not set", name)
	}
	if err := daemon.CheckPrivate(n.passFile); err != nil {
		return bad("%w", err)
	}
	return nil
}

// credentials reads the password file: one line, the password, or in the form of a
// cookie "user:password" where no user is named.
func (n *fullNode) credentials() (user, pass string, err error) {
	raw, err := daemon.ReadSecret(n.passFile)
	if err != nil {
		return "", "", err
	}
	defer clear(raw)
	user, pass = n.user, string(raw)
	if user == "" {
		var cookie bool
		if user, pass, cookie = strings.Cut(pass, ":"); !cookie {
			return "", "", bad("%s: no user is set and the file is no cookie", n.passFile)
		}
	}
	return user, pass, nil
}

// memberList reads the other oracles of the federation.
func (c *config) memberList() ([]api.Member, error) {
	list := make([]api.Member, len(c.members))
	for i, text := range c.members {
		key, address, found := strings.Cut(text, "@")
		raw, err := hex.DecodeString(key)
		if err != nil || len(raw) != 32 || !found {
			return nil, bad("member %q, want KEY@URL with a key of 64 hexadecimal digits", text)
		}
		url, err := api.ParseAddress(address)
		if err != nil {
			return nil, bad("member %q: %w", text, err)
		}
		list[i] = api.Member{Key: [32]byte(raw), URL: url}
	}
	return list, nil
}

// startDays reads the first days to announce.
func (c *config) startDays() (map[string]uint32, error) {
	days := make(map[string]uint32, len(c.starts))
	for _, text := range c.starts {
		index, day, found := strings.Cut(text, "=")
		n, err := strconv.ParseUint(day, 10, 32)
		if !found || err != nil {
			return nil, bad("start %q, want INDEX=DAY", text)
		}
		days[index] = uint32(n)
	}
	return days, nil
}

// logger makes the loggers.
func (a *app) logger(c config) (*logs.Logs, error) {
	l, err := logs.New(a.err, logs.Format(c.format), subsystems...)
	if err != nil {
		return nil, bad("log-format: %w", err)
	}
	if err := l.Apply(c.logLevel); err != nil {
		return nil, bad("log-level: %w", err)
	}
	return l, nil
}

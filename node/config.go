package node

import (
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"time"

	"github.com/btcsuite/btcd/chaincfg"
	"github.com/lightningnetwork/lnd/lnwallet/chainfee"

	"github.com/alkimiya/alkimiya/internal/daemon"
	"github.com/alkimiya/alkimiya/internal/logs"
)

// Subsystems are the names under which the daemon logs.
var Subsystems = []string{"daemon", "rpc", "wallet", "chain", "watch", "btcwallet", "neutrino", "contract", "peer", "book", "backup", "oracle"}

// Errors of the configuration and of starting, wrapped with the value at fault.
var (
	// ErrConfig: a value of the configuration cannot be used.
	ErrConfig = errors.New("configuration")
	// ErrMainnet: mainnet was not asked for explicitly.
	ErrMainnet = errors.New("mainnet needs --mainnet-i-understand until release 1.0")
	// ErrInUse: another daemon runs on the data directory.
	ErrInUse = errors.New("data directory is in use by another alkd")
	// ErrPermissions: others can read what only the owner may.
	ErrPermissions = daemon.ErrPermissions
)

// BackendKind is one of the chain backends.
type BackendKind string

// The chain backends.
const (
	BackendBtcd     BackendKind = "btcd"
	BackendBitcoind BackendKind = "bitcoind"
	BackendNeutrino BackendKind = "neutrino"
)

// FullNode says how to reach a full node.
type FullNode struct {
	// Host is host:port.
	Host, User string
	// PassFile holds the password, mode 0600; a cookie file "user:password"
	// works as well.
	PassFile string
	// CertFile is btcd's TLS certificate; empty means plain HTTP, which is
	// refused except to loopback.
	CertFile string
	// ZMQBlock and ZMQTx are bitcoind's publishers (tcp://host:port); both
	// empty: the node is polled.
	ZMQBlock, ZMQTx string
}

// Config is what the daemon runs by. Check completes and validates it.
type Config struct {
	// DataDir holds a folder for each network.
	DataDir string
	// Network is mainnet, testnet3, testnet4, signet, regtest or simnet.
	Network string
	// MainnetUnderstood is the owner's consent to mainnet.
	MainnetUnderstood bool

	Backend  BackendKind
	Btcd     FullNode
	Bitcoind FullNode
	// NeutrinoConnect are the only peers; NeutrinoAdd are further ones.
	NeutrinoConnect, NeutrinoAdd []string

	// FeeURL is a fee estimator's address, for neutrino (lnd's format).
	FeeURL string
	// FeeFallback is used where there is no estimate; 0 means none (on regtest
	// and simnet: the floor).
	FeeFallback chainfee.SatPerVByte

	// RPCListen are addresses of the RPC server; MetricsListen, if not empty,
	// is one of loopback.
	RPCListen     []string
	MetricsListen string
	// TLSExtraIPs and TLSExtraDomains are further names of the RPC server.
	TLSExtraIPs, TLSExtraDomains []string

	// PassphraseFile, if set, opens the wallet without asking; mode 0600.
	PassphraseFile string

	// Trading says how contracts are made; a network without an index is a
	// wallet only and ignores it.
	Trading Trading
	// Reload, if not nil, asks for the policy file to be read again.
	Reload <-chan struct{} `json:"-"`

	// Logs makes the loggers; it is not part of the settings.
	Logs *logs.Logs `json:"-"`
}

// Networks by the names the daemon takes.
var networks = map[string]*chaincfg.Params{
	"mainnet":  &chaincfg.MainNetParams,
	"testnet3": &chaincfg.TestNet3Params,
	"testnet4": &chaincfg.TestNet4Params,
	"signet":   &chaincfg.SigNetParams,
	"regtest":  &chaincfg.RegressionNetParams,
	"simnet":   &chaincfg.SimNetParams,
}

// Params returns the chain parameters of Network.
func (c *Config) Params() (*chaincfg.Params, error) {
	p, ok := networks[c.Network]
	if !ok {
		return nil, fmt.Errorf("%w: network %q, want mainnet, testnet3, testnet4, signet, regtest or simnet", ErrConfig, c.Network)
	}
	return p, nil
}

// IndexID is the mining-reward index that contracts on the network settle by,
// or "" where there is none and the daemon is a wallet only.
func (c *Config) IndexID() string {
	switch c.Network {
	case "mainnet":
		return "hp1"
	case "regtest":
		return "hp1-regtest"
	}
	return ""
}

// NetworkDir is where everything of the network lies.
func (c *Config) NetworkDir() string { return filepath.Join(c.DataDir, c.Network) }

func (c *Config) path(parts ...string) string {
	return filepath.Join(append([]string{c.NetworkDir()}, parts...)...)
}

// Check validates the configuration. It touches only files it names.
func (c *Config) Check() error {
	if _, err := c.Params(); err != nil {
		return err
	}
	if c.Network == "mainnet" && !c.MainnetUnderstood {
		return ErrMainnet
	}
	if c.DataDir == "" {
		return fmt.Errorf("%w: datadir is empty", ErrConfig)
	}
	if c.Logs == nil {
		return fmt.Errorf("%w: no logger", ErrConfig)
	}
	if err := c.checkBackend(); err != nil {
		return err
	}
	if c.FeeFallback > 1000 {
		return fmt.Errorf("%w: fee-fallback of %d sat/vB, limit 1000", ErrConfig, c.FeeFallback)
	}
	if c.MetricsListen != "" {
		if err := checkLoopback("metrics-listen", c.MetricsListen); err != nil {
			return err
		}
	}
	if c.PassphraseFile != "" {
		if err := checkPrivateFile(c.PassphraseFile); err != nil {
			return err
		}
	}
	c.Trading.complete(c.Network)
	return c.Trading.check(c.Network)
}

func (c *Config) checkBackend() error {
	switch c.Backend {
	case BackendBtcd:
		return c.Btcd.check("btcd")
	case BackendBitcoind:
		return c.Bitcoind.check("bitcoind")
	case BackendNeutrino:
		if c.Network == "mainnet" && c.FeeURL == "" && c.FeeFallback == 0 {
			return fmt.Errorf("%w: neutrino has no fee estimates: set fee-url or fee-fallback", ErrConfig)
		}
		return nil
	}
	return fmt.Errorf("%w: backend %q, want btcd, bitcoind or neutrino", ErrConfig, c.Backend)
}

func (n *FullNode) check(name string) error {
	host, _, err := net.SplitHostPort(n.Host)
	if err != nil {
		return fmt.Errorf("%w: %s-host %q: %w", ErrConfig, name, n.Host, err)
	}
	if n.PassFile == "" {
		return fmt.Errorf("%w: %s-pass-file is not set", ErrConfig, name)
	}
	if name == "btcd" && n.CertFile == "" && !daemon.IsLoopback(host) {
		return fmt.Errorf("%w: %s-cert is not set, and %s is not this machine", ErrConfig, name, host)
	}
	if (n.ZMQBlock == "") != (n.ZMQTx == "") {
		return fmt.Errorf("%w: set both of %s-zmq-block and %s-zmq-tx, or neither", ErrConfig, name, name)
	}
	return checkPrivateFile(n.PassFile)
}

// checkLoopback and checkPrivateFile name the setting that is at fault.
func checkLoopback(flag, address string) error {
	if err := daemon.CheckLoopback(address); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrConfig, flag, err)
	}
	return nil
}

func checkPrivateFile(path string) error {
	if err := daemon.CheckPrivate(path); err != nil {
		return fmt.Errorf("%w: %w", ErrConfig, err)
	}
	return nil
}

// birthday is the earliest time at which a restored wallet of unknown age may
// have received coins: segwit's activation on mainnet, else the first block.
func birthday(p *chaincfg.Params) time.Time {
	if p.Net == chaincfg.MainNetParams.Net {
		return time.Date(2017, time.August, 24, 0, 0, 0, 0, time.UTC)
	}
	return p.GenesisBlock.Header.Timestamp
}

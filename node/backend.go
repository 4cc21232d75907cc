package node

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/btcsuite/btcd/chaincfg"
	"github.com/lightningnetwork/lnd/lnwallet/chainfee"

	"github.com/alkimiya/alkimiya/internal/daemon"
	"github.com/alkimiya/alkimiya/wallet/chain"
	"github.com/alkimiya/alkimiya/wallet/chain/bitcoind"
	"github.com/alkimiya/alkimiya/wallet/chain/btcd"
	"github.com/alkimiya/alkimiya/wallet/chain/neutrino"
)

// newBackend builds the configured backend; it does not connect yet.
func newBackend(cfg *Config, params *chaincfg.Params) (chain.Backend, error) {
	dir := cfg.path("chain")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder of the chain backend: %w", err)
	}
	log := cfg.Logs.Logger("chain")
	fallback := chainfee.SatPerKVByte(cfg.FeeFallback * 1000)
	switch cfg.Backend {
	case BackendBtcd:
		user, pass, err := cfg.Btcd.Credentials()
		if err != nil {
			return nil, err
		}
		var cert []byte
		if cfg.Btcd.CertFile != "" {
			if cert, err = os.ReadFile(filepath.Clean(cfg.Btcd.CertFile)); err != nil {
				return nil, fmt.Errorf("%w: btcd-cert: %w", ErrConfig, err)
			}
		}
		return btcd.New(btcd.Config{
			Host: cfg.Btcd.Host, User: user, Pass: pass, Cert: cert, DisableTLS: cert == nil,
			Params: params, Dir: dir, Logger: log, FallbackFee: fallback,
		}), nil
	case BackendBitcoind:
		user, pass, err := cfg.Bitcoind.Credentials()
		if err != nil {
			return nil, err
		}
		return bitcoind.New(bitcoind.Config{
			Host: cfg.Bitcoind.Host, User: user, Pass: pass,
			ZMQBlock: cfg.Bitcoind.ZMQBlock, ZMQTx: cfg.Bitcoind.ZMQTx,
			Params: params, Dir: dir, Logger: log, FallbackFee: fallback,
		}), nil
	case BackendNeutrino:
		return neutrino.New(neutrino.Config{
			Params: params, Dir: dir, Logger: log, FallbackFee: fallback, FeeURL: cfg.FeeURL,
			ConnectPeers: cfg.NeutrinoConnect, AddPeers: cfg.NeutrinoAdd,
		}), nil
	}
	return nil, fmt.Errorf("%w: backend %q", ErrConfig, cfg.Backend)
}

// Credentials reads the password file: one line, the password, or in the form
// of a cookie "user:password" when no user is configured.
func (n *FullNode) Credentials() (user, pass string, err error) {
	raw, err := daemon.ReadSecret(n.PassFile)
	if err != nil {
		return "", "", err
	}
	defer clear(raw)
	if n.User != "" {
		return n.User, string(raw), nil
	}
	name, secret, found := bytes.Cut(raw, []byte{':'})
	if !found {
		return "", "", fmt.Errorf("%w: %s is no cookie, and no user is set", ErrConfig, n.PassFile)
	}
	return strings.TrimSpace(string(name)), string(secret), nil
}

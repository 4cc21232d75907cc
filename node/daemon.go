package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/btcsuite/btcd/chaincfg"
	"github.com/gofrs/flock"
	"golang.org/x/sync/errgroup"

	"github.com/alkimiya/alkimiya/internal/daemon"
	"github.com/alkimiya/alkimiya/internal/records"
	"github.com/alkimiya/alkimiya/internal/version"
	"github.com/alkimiya/alkimiya/node/rpc"
	"github.com/alkimiya/alkimiya/wallet"
	"github.com/alkimiya/alkimiya/wallet/chain"
	"github.com/alkimiya/alkimiya/wallet/keys"
)

const (
	retryFirst = time.Second
	retryMax   = 30 * time.Second
	// askChain bounds a question to the backend on behalf of a person.
	askChain = 5 * time.Second
	// openingPoll is how often shutdown looks whether an opening has ended.
	openingPoll = 20 * time.Millisecond
)

// Daemon is a running node. It implements rpc.NodeControl and rpc.Wallets; all
// methods are safe for concurrent use.
type Daemon struct {
	cfg     Config
	params  *chaincfg.Params
	log     *slog.Logger
	started time.Time
	quit    context.CancelFunc

	backend   chain.Backend
	authority *rpc.Authority

	mu         sync.RWMutex
	backendUp  bool
	backendErr error
	session    *session
	opening    bool
}

// Run starts the daemon and returns when ctx has ended and everything is
// closed, or with the error that stopped it. ready, if not nil, is called with
// the address of the RPC server once it answers.
func Run(ctx context.Context, cfg Config, ready func(address string)) error {
	if err := cfg.Check(); err != nil {
		return err
	}
	if err := daemon.Harden(); err != nil {
		return err
	}
	lock, err := lockDataDir(&cfg)
	if err != nil {
		return err
	}
	log := cfg.Logs.Logger("daemon")
	useLibraryLoggers(cfg.Logs)
	params, err := cfg.Params()
	if err != nil {
		return errors.Join(err, lock.Unlock())
	}
	ctx, quit := context.WithCancel(ctx)
	defer quit()
	d := &Daemon{cfg: cfg, params: params, log: log, started: time.Now(), quit: quit, authority: rpc.NewAuthority(cfg.NetworkDir())}
	log.Info("starting", "version", version.Version, "commit", version.Commit, "network", cfg.Network, "backend", string(cfg.Backend))
	err = d.run(ctx, ready)
	log.Info("stopped")
	return errors.Join(err, lock.Unlock())
}

func (d *Daemon) run(ctx context.Context, ready func(string)) error {
	backend, err := newBackend(&d.cfg, d.params)
	if err != nil {
		return err
	}
	d.backend = backend
	server, err := rpc.NewServer(rpc.Config{
		Listen: d.cfg.RPCListen, Dir: d.cfg.NetworkDir(),
		ExtraIPs: d.cfg.TLSExtraIPs, ExtraDomains: d.cfg.TLSExtraDomains,
		Node: d, Wallets: d, Wallet: d.openWallet, Trading: d.openDesk, Authority: d.authority,
		Logger: d.cfg.Logs.Logger("rpc"),
	})
	if err != nil {
		return err
	}
	if err := server.Listen(); err != nil {
		return err
	}
	group, gctx := errgroup.WithContext(ctx)
	group.Go(func() error { return server.Run(gctx) })
	group.Go(func() error { return d.startBackend(gctx) })
	if d.cfg.Reload != nil {
		group.Go(func() error { return d.obeySignals(gctx) })
	}
	if d.cfg.MetricsListen != "" {
		group.Go(func() error { return d.serveMetrics(gctx) })
	}
	if ready != nil {
		ready(server.Addrs()[0].String())
	}
	err = group.Wait()
	// The server has let every request go: now the wallet, then the backend. An
	// opening that was cut off still ends by itself.
	for d.WalletState() == rpc.WalletOpening {
		time.Sleep(openingPoll)
	}
	err = errors.Join(err, d.closeSession())
	if d.isBackendUp() {
		err = errors.Join(err, d.backend.Stop())
	}
	return err
}

// lockDataDir makes the network's folder and takes its lock.
func lockDataDir(cfg *Config) (*flock.Flock, error) {
	lock, err := daemon.Lock(cfg.NetworkDir(), "alkd.lock")
	if errors.Is(err, daemon.ErrInUse) {
		return nil, fmt.Errorf("%w: %s", ErrInUse, cfg.NetworkDir())
	}
	return lock, err
}

// startBackend connects to the chain, as often as it takes, and then opens the
// wallet if that was asked for. Only what the owner must correct ends it.
func (d *Daemon) startBackend(ctx context.Context) error {
	for wait := retryFirst; ; wait = min(2*wait, retryMax) {
		err := d.backend.Start(ctx)
		if ctx.Err() != nil {
			if err == nil {
				d.setBackend(true, nil)
			}
			return nil
		}
		if err == nil {
			break
		}
		if errors.Is(err, chain.ErrWrongNetwork) || errors.Is(err, chain.ErrAuth) {
			return err
		}
		d.setBackend(false, err)
		d.log.Warn("chain backend not reached", "backend", d.backend.Name(), "retry_in", wait.String(), "err", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
	d.setBackend(true, nil)
	d.log.Info("chain backend connected", "backend", d.backend.Name())
	if d.cfg.PassphraseFile != "" {
		d.unlockFromFile(ctx)
	}
	return nil
}

func (d *Daemon) setBackend(up bool, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.backendUp, d.backendErr = up, err
}

func (d *Daemon) isBackendUp() bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.backendUp
}

// requireBackend returns why the chain cannot be asked, or nil.
func (d *Daemon) requireBackend(ctx context.Context) (chain.Tip, error) {
	d.mu.RLock()
	up, cause := d.backendUp, d.backendErr
	d.mu.RUnlock()
	if !up {
		if cause == nil {
			cause = chain.ErrUnavailable
		}
		return chain.Tip{}, fmt.Errorf("not connected to %s yet: %w", d.backend.Name(), cause)
	}
	ctx, cancel := context.WithTimeout(ctx, askChain)
	defer cancel()
	return d.backend.Tip(ctx)
}

// unlockFromFile opens the wallet for unattended starts. What a person must correct is
// told in the log, and the daemon stays up, locked; anything else, such as a chain
// backend that went away meanwhile, is tried again until ctx ends.
func (d *Daemon) unlockFromFile(ctx context.Context) {
	for wait := retryFirst; ; wait = min(2*wait, retryMax) {
		err := d.tryFile(ctx)
		switch {
		case err == nil, errors.Is(err, rpc.ErrWalletOpen), ctx.Err() != nil:
			return
		case errors.Is(err, errNoWallet):
			d.log.Warn("no wallet to open yet: create or restore one")
			return
		case slices.ContainsFunc(forPersons, func(known error) bool { return errors.Is(err, known) }):
			d.log.Error("wallet not opened", "err", err)
			return
		}
		d.log.Warn("wallet not opened yet", "retry_in", wait.String(), "err", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

var (
	// errNoWallet means that there is nothing to open at an unattended start.
	errNoWallet = errors.New("no wallet")
	// errPassphraseFile means that the file of an unattended start cannot be used. A file that
	// the chain backend misses, its cookie for instance, is another matter: it comes back.
	errPassphraseFile = errors.New("wallet-passphrase-file")
)

// forPersons are the errors of opening a wallet that do not go away by themselves.
var forPersons = []error{
	errPassphraseFile, keys.ErrWrongPassphrase, keys.ErrCorrupt, keys.ErrNewer, keys.ErrNetwork, keys.ErrNotFound, keys.ErrCost,
	wallet.ErrCorrupt, wallet.ErrNewer, records.ErrCorrupt, records.ErrNewer,
}

// tryFile opens the wallet with the passphrase in the file, once.
func (d *Daemon) tryFile(ctx context.Context) error {
	if d.WalletState() == rpc.WalletNone {
		return errNoWallet
	}
	passphrase, err := daemon.ReadSecret(d.cfg.PassphraseFile)
	if err != nil {
		return fmt.Errorf("%w: %w", errPassphraseFile, err)
	}
	defer clear(passphrase)
	return d.Unlock(ctx, passphrase)
}

// Stop begins an orderly shutdown.
func (d *Daemon) Stop() {
	d.log.Info("stop requested")
	d.quit()
}

// SetLogLevel changes how much a subsystem logs.
func (d *Daemon) SetLogLevel(subsystem, level string) (map[string]string, error) {
	if err := d.cfg.Logs.Set(subsystem, level); err != nil {
		return nil, fmt.Errorf("%w: %w", rpc.ErrInvalidRequest, err)
	}
	return d.cfg.Logs.Levels(), nil
}

// State is what anyone may know.
func (d *Daemon) State(ctx context.Context) rpc.State {
	state := rpc.State{
		Version: version.Version, Commit: version.Commit,
		Network: d.cfg.Network, Backend: d.backend.Name(), Wallet: d.WalletState(),
	}
	if s := d.current(); s != nil {
		ctx, cancel := context.WithTimeout(ctx, askChain)
		defer cancel()
		status := s.wallet.Sync(ctx)
		state.Sync = &status
	}
	return state
}

// Info describes the daemon and asks the backend; that it does not answer is an
// error, which State tells as well.
func (d *Daemon) Info(ctx context.Context) (rpc.Info, error) {
	tip, err := d.requireBackend(ctx)
	if err != nil {
		return rpc.Info{}, err
	}
	return rpc.Info{
		State:       d.State(ctx),
		ChainHeight: tip.Height, ChainHash: tip.Hash, ChainTime: tip.Time,
		Uptime: time.Since(d.started), LogLevels: d.cfg.Logs.Levels(),
	}, nil
}

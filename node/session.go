package node

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/alkimiya/alkimiya/node/rpc"
	"github.com/alkimiya/alkimiya/wallet"
	"github.com/alkimiya/alkimiya/wallet/keys"
	"github.com/alkimiya/alkimiya/wallet/watch/follow"
)

// session is everything that is open while the wallet is.
type session struct {
	ring    *keys.Ring
	wallet  *wallet.Wallet
	watcher *follow.Watcher
	// trading is nil on a network without an index.
	trading *trading

	// ctx ends when the session begins to close; tasks are what runs under it.
	ctx   context.Context
	end   context.CancelFunc
	tasks *errgroup.Group

	// use is held for reading by every request in the session.
	use    sync.RWMutex
	closed bool
}

// requestGrace is how long requests may finish when the wallet closes.
const requestGrace = 5 * time.Second

func (d *Daemon) keyFile() string { return d.cfg.path("keys.alk") }

// WalletState tells where the wallet stands.
func (d *Daemon) WalletState() rpc.WalletState {
	d.mu.RLock()
	defer d.mu.RUnlock()
	switch {
	case d.session != nil:
		return rpc.WalletOpened
	case d.opening:
		return rpc.WalletOpening
	}
	if _, err := os.Stat(d.keyFile()); errors.Is(err, os.ErrNotExist) {
		return rpc.WalletNone
	}
	return rpc.WalletLocked
}

func (d *Daemon) current() *session {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.session
}

// beginOpening claims the right to open the wallet.
func (d *Daemon) beginOpening() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.session != nil || d.opening {
		return rpc.ErrWalletOpen
	}
	d.opening = true
	return nil
}

func (d *Daemon) endOpening(s *session) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.opening, d.session = false, s
}

// Create makes a new wallet and opens it. If that fails nothing of it is left,
// since nobody has seen its mnemonic.
func (d *Daemon) Create(ctx context.Context, passphrase, bip39 []byte) (keys.Mnemonic, error) {
	tip, err := d.requireBackend(ctx)
	if err != nil {
		return keys.Mnemonic{}, err
	}
	mnemonic, err := keys.NewMnemonic(rand.Reader)
	if err != nil {
		return keys.Mnemonic{}, err
	}
	// A private chain with chosen block times may be behind the clock: a birthday
	// after its tip would make the wallet wait for blocks that do not come.
	born := time.Now()
	if d.privateChain() && tip.Time.Before(born) {
		born = tip.Time
	}
	err = d.make(ctx, mnemonic, bip39, passphrase, born, openOptions{fresh: true})
	return mnemonic, err
}

func (d *Daemon) privateChain() bool {
	return d.cfg.Network == "regtest" || d.cfg.Network == "simnet"
}

// Discard deletes the open wallet, for when the answer with its words could not
// be delivered: nobody can have seen them, and nothing can have been paid to it.
func (d *Daemon) Discard(context.Context) error {
	if err := d.closeSession(); err != nil {
		return err
	}
	return errors.Join(os.Remove(d.keyFile()), d.removeRemains())
}

// Restore makes a wallet from its mnemonic, opens it and looks for its coins.
func (d *Daemon) Restore(ctx context.Context, r rpc.RestoreRequest) error {
	if _, err := d.requireBackend(ctx); err != nil {
		return err
	}
	born := r.Birthday
	if born.IsZero() {
		born = birthday(d.params)
	}
	return d.make(ctx, r.Mnemonic, r.BIP39Passphrase, r.Passphrase, born, openOptions{window: r.RecoveryWindow})
}

func (d *Daemon) make(ctx context.Context, m keys.Mnemonic, bip39, passphrase []byte, born time.Time, o openOptions) error {
	if err := d.beginOpening(); err != nil {
		return err
	}
	var opened *session
	defer func() { d.endOpening(opened) }()
	seed, err := m.Seed(string(bip39))
	if err != nil {
		return err
	}
	defer seed.Wipe()
	// Remains of an attempt that a crash cut short hold nothing of this seed.
	if _, err := os.Stat(d.keyFile()); errors.Is(err, os.ErrNotExist) {
		if err := d.removeRemains(); err != nil {
			return err
		}
	}
	err = keys.Create(d.keyFile(), keys.Contents{Network: d.params.Name, Seed: seed, Birthday: born}, passphrase)
	if err != nil {
		return err
	}
	opened, err = d.open(ctx, passphrase, o)
	if err != nil {
		return errors.Join(err, os.Remove(d.keyFile()), d.removeRemains())
	}
	return nil
}

// removeRemains deletes what belongs to a wallet whose key file is gone. The
// old files are kept aside if there is anything in them.
func (d *Daemon) removeRemains() error {
	for _, name := range []string{"wallet", rpc.MacaroonDBFile} {
		path := d.cfg.path(name)
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			continue
		}
		aside := fmt.Sprintf("%s.old-%d", path, time.Now().UnixNano())
		if err := os.Rename(path, aside); err != nil {
			return fmt.Errorf("move remains of an earlier wallet aside: %w", err)
		}
		d.log.Warn("files of an earlier wallet moved aside", "path", aside)
	}
	return nil
}

// Unlock opens the wallet; it does not wait until it has caught up.
func (d *Daemon) Unlock(ctx context.Context, passphrase []byte) error {
	if _, err := d.requireBackend(ctx); err != nil {
		return err
	}
	if err := d.beginOpening(); err != nil {
		return err
	}
	var opened *session
	defer func() { d.endOpening(opened) }()
	var err error
	opened, err = d.open(ctx, passphrase, openOptions{})
	return err
}

type openOptions struct {
	fresh  bool
	window uint32
}

// open opens the key file, the wallet, the chain watcher and the macaroons.
func (d *Daemon) open(ctx context.Context, passphrase []byte, o openOptions) (_ *session, err error) {
	ring, err := keys.Open(d.keyFile(), d.params.Name, passphrase)
	if err != nil {
		return nil, err
	}
	s := &session{ring: ring}
	// The session outlives the request that opened it.
	s.ctx, s.end = context.WithCancel(context.WithoutCancel(ctx))
	s.tasks, s.ctx = errgroup.WithContext(s.ctx)
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close(d.authority))
		}
	}()
	s.wallet, err = wallet.Open(s.ctx, wallet.Config{
		Dir: d.cfg.path("wallet"), Params: d.params, Backend: d.backend, Keys: ring,
		Fresh: o.fresh, RecoveryWindow: o.window, Logger: d.cfg.Logs.Logger("wallet"),
	})
	if err != nil {
		return nil, err
	}
	password, err := ring.MacaroonPassword()
	if err != nil {
		return nil, err
	}
	defer clear(password)
	if err := d.authority.Open(password); err != nil {
		return nil, err
	}
	s.watcher = follow.New(d.backend, d.cfg.Logs.Logger("watch"), follow.Options{})
	s.tasks.Go(func() error { return s.watcher.Run(s.ctx) })
	if d.cfg.IndexID() != "" {
		if s.trading, err = d.openTrading(s); err != nil {
			return nil, err
		}
	}
	s.tasks.Go(func() error { return d.superviseSession(s) })
	d.log.Info("wallet open")
	return s, nil
}

// superviseSession stops the daemon if a task of the session dies: a wallet
// that no longer watches the chain must not look alive.
func (d *Daemon) superviseSession(s *session) error {
	<-s.ctx.Done()
	if cause := context.Cause(s.ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		d.log.Error("a part of the wallet stopped, shutting down", "err", cause)
		d.quit()
	}
	return nil
}

// Lock closes the wallet and forgets its keys.
func (d *Daemon) Lock(context.Context) error {
	if d.current() == nil {
		return rpc.ErrWalletClosed
	}
	return d.closeSession()
}

func (d *Daemon) closeSession() error {
	d.mu.Lock()
	s := d.session
	d.session = nil
	d.opening = s != nil
	d.mu.Unlock()
	if s == nil {
		return nil
	}
	defer d.endOpening(nil)
	err := s.close(d.authority)
	d.log.Info("wallet closed")
	return err
}

// close ends streams and tasks, waits for requests, and closes in order.
func (s *session) close(authority *rpc.Authority) error {
	s.end()
	var errs []error
	if !s.drained(requestGrace) && s.wallet != nil {
		// Requests may wait for a backend that is away; this lets them fail.
		errs = append(errs, s.wallet.Interrupt())
	}
	s.use.Lock()
	s.closed = true
	s.use.Unlock()
	if err := s.tasks.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		errs = append(errs, err)
	}
	if s.trading != nil {
		errs = append(errs, s.trading.close())
	}
	if s.wallet != nil {
		errs = append(errs, s.wallet.Close())
	}
	errs = append(errs, authority.Close())
	s.ring.Close()
	return errors.Join(errs...)
}

// drained waits up to d until no request is in the session.
func (s *session) drained(d time.Duration) bool {
	timeout := time.After(d)
	tick := time.NewTicker(d / 100)
	defer tick.Stop()
	for !s.use.TryLock() {
		select {
		case <-timeout:
			return false
		case <-tick.C:
		}
	}
	s.closed = true
	s.use.Unlock()
	return true
}

// ChangePassphrase seals the key file anew. It works on the file alone, so that
// the wallet may stay open.
func (d *Daemon) ChangePassphrase(_ context.Context, old, next []byte) error {
	return keys.ChangePassphrase(d.keyFile(), d.params.Name, old, next)
}

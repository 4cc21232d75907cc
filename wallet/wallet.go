package wallet

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/btcsuite/btcd/chaincfg"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcwallet/snacl"
	"github.com/btcsuite/btcwallet/waddrmgr"
	base "github.com/btcsuite/btcwallet/wallet"
	"github.com/btcsuite/btcwallet/walletdb"
	_ "github.com/btcsuite/btcwallet/walletdb/bdb" // the database driver "bdb"
	"github.com/btcsuite/btcwallet/walletdb/migration"
	"github.com/lightningnetwork/lnd/blockcache"
	"github.com/lightningnetwork/lnd/lnwallet/btcwallet"
	bolterrors "go.etcd.io/bbolt/errors"
	"golang.org/x/sync/singleflight"

	"github.com/alkimiya/alkimiya/wallet/chain"
	"github.com/alkimiya/alkimiya/wallet/keys"
	"github.com/alkimiya/alkimiya/wallet/store"
)

const (
	// DefaultRecoveryWindow is how many unused addresses in a row a restored
	// wallet looks past.
	DefaultRecoveryWindow = 250

	blockCacheBytes = 20 << 20
	// askChain bounds the question whether the backend is there.
	askChain  = 10 * time.Second
	dbTimeout = 5 * time.Second
)

// Config is what Open needs.
type Config struct {
	// Dir is the wallet's folder; it is made if missing, mode 0700.
	Dir     string
	Params  *chaincfg.Params
	Backend chain.Backend
	// Keys is the open key file. The wallet reads from it while opening only.
	Keys *keys.Ring
	// Fresh says that the seed was made just now, so that a missing database
	// needs no search for coins.
	Fresh bool
	// RecoveryWindow is used when the database is made anew for an older seed;
	// zero means DefaultRecoveryWindow.
	RecoveryWindow uint32
	Logger         *slog.Logger
}

// Wallet is an open wallet. All methods are safe for concurrent use.
type Wallet struct {
	cfg    Config
	log    *slog.Logger
	lnd    *btcwallet.BtcWallet
	base   *base.Wallet
	loader *base.Loader
	source *reorgSource
	store  *store.Store

	// coins is held while coins are selected and leased; whoever holds it sees
	// no coin change hands.
	coins sync.Mutex

	// sending is held while a transaction is offered to the network.
	sending   sync.Mutex
	lastOffer map[chainhash.Hash]time.Time // guarded by sending
	// childScripts are those of package children, by parent.
	childScripts sync.Map

	asking singleflight.Group

	startHeight int32
	recovery    bool
	recoveryMu  sync.Mutex

	stop    context.CancelFunc
	stopLnd sync.Once
	done    sync.WaitGroup
}

// passphrases of btcwallet come from the key file's random secret, so that
// stretching them would cost time and add nothing.
var cheapKDF = sync.OnceFunc(func() {
	waddrmgr.SetSecretKeyGen(func(pass *[]byte, _ *waddrmgr.ScryptOptions) (*snacl.SecretKey, error) {
		fast := waddrmgr.FastScryptOptions
		return snacl.NewSecretKey(pass, fast.N, fast.R, fast.P)
	})
})

// Open opens the wallet of the key file, creating its databases if they are
// missing, and begins to follow the chain. The backend must have started.
// Errors: ErrCorrupt, ErrNewer, ErrInUse, chain.ErrUnavailable, or one of the
// file system, wrapped; then nothing stays open.
func Open(ctx context.Context, cfg Config) (*Wallet, error) {
	cheapKDF()
	if cfg.RecoveryWindow == 0 {
		cfg.RecoveryWindow = DefaultRecoveryWindow
	}
	key, err := cfg.Keys.StoreKey(keys.LabelWalletStore)
	if err != nil {
		return nil, err
	}
	st, err := store.Open(filepath.Join(cfg.Dir, "store"), key)
	if err != nil {
		return nil, mapStoreError(err)
	}
	w := &Wallet{cfg: cfg, log: cfg.Logger, store: st, lastOffer: make(map[chainhash.Hash]time.Time)}
	if err := w.open(ctx); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// mapStoreError gives the store's errors the wallet's names.
func mapStoreError(err error) error {
	for from, to := range map[error]error{
		store.ErrNewer: ErrNewer, store.ErrCorrupt: ErrCorrupt, store.ErrInUse: ErrInUse,
	} {
		if errors.Is(err, from) {
			return fmt.Errorf("%w: %w", to, err)
		}
	}
	return err
}

func (w *Wallet) open(ctx context.Context) error {
	pass, err := w.cfg.Keys.WalletPassphrase()
	if err != nil {
		return err
	}
	defer clear(pass)
	dbDir := filepath.Join(w.cfg.Dir, "db")
	if err := w.ensureDatabase(dbDir, pass); err != nil {
		return err
	}
	window, err := w.store.Recovery()
	if err != nil {
		return err
	}
	w.recovery = window > 0
	if err := w.loadDatabase(dbDir, window, pass); err != nil {
		return err
	}
	w.startHeight = w.base.SyncedTo().Height
	inner, err := w.cfg.Backend.Source()
	if err != nil {
		return fmt.Errorf("open wallet: %w", err)
	}
	w.source = newReorgSource(inner, w.base)
	private := append([]byte(nil), pass...)
	w.lnd, err = btcwallet.New(btcwallet.Config{
		PrivatePass: private, PublicPass: pass, Wallet: w.base, ChainSource: w.source,
		NetParams: w.cfg.Params, CoinType: coinType(w.cfg.Params), RecoveryWindow: window,
		CoinSelectionStrategy: base.CoinSelectionLargest,
	}, blockcache.NewBlockCache(blockCacheBytes))
	if err != nil {
		return fmt.Errorf("open wallet: %w", err)
	}
	if err := w.lnd.Start(); err != nil {
		w.lnd = nil
		return fmt.Errorf("start wallet: %w: %w", chain.ErrUnavailable, err)
	}
	if err := w.reconcileLeases(); err != nil {
		return err
	}
	runCtx, stop := context.WithCancel(context.WithoutCancel(ctx))
	w.stop = stop
	w.done.Add(1)
	go func() {
		defer w.done.Done()
		w.run(runCtx)
	}()
	return nil
}

// coinType is BIP44's: 0 on mainnet, 1 elsewhere.
func coinType(p *chaincfg.Params) uint32 {
	if p.Net == chaincfg.MainNetParams.Net {
		return 0
	}
	return 1
}

// ensureDatabase makes the coin database if it is missing. It is made beside
// its place and moved there whole, so that a crash leaves none, not half of
// one.
func (w *Wallet) ensureDatabase(dir string, pass []byte) error {
	switch _, err := os.Stat(dir); {
	case err == nil:
		return nil
	case !errors.Is(err, os.ErrNotExist):
		return err
	}
	if !w.cfg.Fresh {
		w.log.Info("coin database missing, making it from the seed", "recovery_window", w.cfg.RecoveryWindow)
		if err := w.store.SetRecovery(w.cfg.RecoveryWindow); err != nil {
			return err
		}
	}
	temp := dir + ".new"
	if err := os.RemoveAll(temp); err != nil {
		return err
	}
	loader, err := btcwallet.NewWalletLoader(w.cfg.Params, 0, btcwallet.LoaderWithLocalWalletDB(temp, false, dbTimeout))
	if err != nil {
		return fmt.Errorf("make coin database: %w", err)
	}
	err = w.cfg.Keys.WithSeed(func(seed []byte) error {
		_, err := loader.CreateNewWallet(pass, pass, seed, w.cfg.Keys.Birthday())
		return err
	})
	if err != nil {
		return errors.Join(fmt.Errorf("make coin database: %w", err), os.RemoveAll(temp))
	}
	if err := loader.UnloadWallet(); err != nil {
		return fmt.Errorf("make coin database: %w", err)
	}
	if err := os.Rename(temp, dir); err != nil {
		return err
	}
	return syncDir(filepath.Dir(dir))
}

func syncDir(dir string) error {
	d, err := os.Open(filepath.Clean(dir))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (w *Wallet) loadDatabase(dir string, window uint32, pass []byte) error {
	loader, err := btcwallet.NewWalletLoader(w.cfg.Params, window, btcwallet.LoaderWithLocalWalletDB(dir, false, dbTimeout))
	if err != nil {
		return fmt.Errorf("open coin database: %w", err)
	}
	loaded, err := openExisting(loader, pass)
	if err != nil {
		return fmt.Errorf("open coin database %s: %w", dir, classifyOpen(err))
	}
	w.loader, w.base = loader, loaded
	return nil
}

// openExisting guards against a database so damaged that its reader panics.
func openExisting(loader *base.Loader, pass []byte) (_ *base.Wallet, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: reading it stopped with %v", ErrCorrupt, r)
		}
	}()
	return loader.OpenExistingWallet(pass, false)
}

func classifyOpen(err error) error {
	switch {
	case errors.Is(err, ErrCorrupt):
		return err
	case errors.Is(err, bolterrors.ErrTimeout):
		return fmt.Errorf("%w: %w", ErrInUse, err)
	case errors.Is(err, migration.ErrReversion), waddrmgr.IsError(err, waddrmgr.ErrUpgrade):
		return fmt.Errorf("%w: %w", ErrNewer, err)
	case errors.Is(err, os.ErrPermission):
		return err
	}
	return fmt.Errorf("%w: %w; move its folder away and unlock again to rebuild it from the seed", ErrCorrupt, err)
}

// Interrupt stops following the chain and lets calls that wait for a backend
// which is away fail. After it only Close may be called.
func (w *Wallet) Interrupt() error {
	if w.stop != nil {
		w.stop()
	}
	var err error
	w.stopLnd.Do(func() {
		if w.lnd != nil {
			err = w.lnd.Stop()
		}
	})
	w.done.Wait()
	return err
}

// Close stops following the chain and closes the databases. It may be called
// once; after it no method may be used.
func (w *Wallet) Close() error {
	errs := []error{w.Interrupt()}
	if w.loader != nil {
		errs = append(errs, w.loader.UnloadWallet())
	}
	errs = append(errs, w.store.Close())
	return errors.Join(errs...)
}

// recovering tells whether a restored wallet still looks for its coins.
func (w *Wallet) recovering() bool {
	w.recoveryMu.Lock()
	defer w.recoveryMu.Unlock()
	return w.recovery
}

// usable is online for what needs all coins and addresses to be known:
// ErrNotSynced while a restored wallet still looks for them.
func (w *Wallet) usable(ctx context.Context) error {
	if w.recovering() {
		return fmt.Errorf("%w: a restored wallet looks for its coins", ErrNotSynced)
	}
	return w.online(ctx)
}

// online returns why the backend cannot be asked, or nil. While it is away
// btcwallet's calls to it block, some of them under a lock, and rpcclient can
// lock itself up for good if it is first asked for the node's version then:
// whatever needs the backend asks here first.
func (w *Wallet) online(ctx context.Context) error {
	// Callers that ask at the same time share one question.
	answer := w.asking.DoChan("tip", func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askChain)
		defer cancel()
		_, err := w.cfg.Backend.Tip(ctx)
		return nil, err
	})
	select {
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", chain.ErrUnavailable, ctx.Err())
	case result := <-answer:
		if result.Err != nil {
			return result.Err
		}
	}
	if w.source.Disconnected() {
		return fmt.Errorf("%w: %s's notifications are not connected yet", chain.ErrUnavailable, w.cfg.Backend.Name())
	}
	if light, ok := w.cfg.Backend.(interface{ Peers() int }); ok && light.Peers() == 0 {
		return fmt.Errorf("%w: %s has no peers", chain.ErrUnavailable, w.cfg.Backend.Name())
	}
	return nil
}

// Params is the network the wallet is on.
func (w *Wallet) Params() *chaincfg.Params { return w.cfg.Params }

// view runs f in one read of the coin database, given the bucket of
// transactions.
func (w *Wallet) view(f func(ns walletdb.ReadBucket) error) error {
	return walletdb.View(w.base.Database(), func(tx walletdb.ReadTx) error {
		ns := tx.ReadBucket([]byte("wtxmgr"))
		if ns == nil {
			return fmt.Errorf("%w: no transactions bucket", ErrCorrupt)
		}
		return f(ns)
	})
}

package fund

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/btcutil/psbt"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/wallet"
	"github.com/alkimiya/alkimiya/wallet/keys"
)

// Errors, beside those of the wallet and of dlc/txs.
var (
	// ErrRandom: the source of randomness failed.
	ErrRandom = errors.New("no randomness")
	// ErrCoins: the coins that were asked for cannot fund a contract.
	ErrCoins = errors.New("coins cannot fund a contract")
	// ErrNoSpare: no coin is free by which a close could be voided.
	ErrNoSpare = errors.New("no free coin to take the exit back with")
	// ErrSign: the wallet did not sign what is ours.
	ErrSign = errors.New("wallet did not sign")
)

// ownerPrefix begins the names of all leases of contracts.
const ownerPrefix = "contract "

// leaseTime is how long coins stay set aside if nobody frees them. Contracts
// free theirs by themselves; what a crash leaves is found by Reconcile.
const leaseTime = wallet.MaxLease

// Coins shows and signs for coins. *wallet.Wallet implements it.
type Coins interface {
	Coins(ctx context.Context, minConfs int32) ([]wallet.Coin, error)
	Transaction(ctx context.Context, txid chainhash.Hash) (*btcwire.MsgTx, []*btcwire.TxOut, error)
	NewAddress(ctx context.Context, kind wallet.AddressType, change bool) (btcutil.Address, error)
	SignPSBT(ctx context.Context, packet *psbt.Packet) ([]uint32, error)
	Forget(tx *btcwire.MsgTx) error
}

// Leases sets coins aside. *wallet.Wallet implements it.
type Leases interface {
	Lease(ctx context.Context, owner string, coins []btcwire.OutPoint, d time.Duration) (wallet.Lease, error)
	Leases(ctx context.Context) ([]wallet.Lease, error)
	Release(ctx context.Context, id wallet.LeaseID) error
}

// Keys derives a contract's keys. *keys.Ring implements it.
type Keys interface {
	ContractKeys(id keys.KeyID) (internal, contract *btcec.PrivateKey, err error)
}

// Fund funds contracts. It is safe for concurrent use.
type Fund struct {
	coins  Coins
	leases Leases
	keys   Keys
	random io.Reader

	// choosing is held from looking at coins until those chosen are leased.
	choosing sync.Mutex

	sparing sync.Mutex
	spares  map[[33]byte][]spare
}

// New returns a Fund over a wallet; random is a CSPRNG.
func New(coins Coins, leases Leases, ring Keys, random io.Reader) *Fund {
	return &Fund{coins: coins, leases: leases, keys: ring, random: random, spares: make(map[[33]byte][]spare)}
}

// Owner is the name under which a contract's coins are leased.
func Owner(key [32]byte) string { return fmt.Sprintf("%s%x", ownerPrefix, key) }

// Reserve sets coins aside for a contract; those that are its own already stay
// so. It fails as wallet.Lease does.
func (f *Fund) Reserve(ctx context.Context, key [32]byte, points []btcwire.OutPoint) error {
	f.choosing.Lock()
	defer f.choosing.Unlock()
	held, err := f.held(ctx, key)
	if err != nil {
		return err
	}
	own := make(map[btcwire.OutPoint]bool)
	for _, lease := range held {
		for _, p := range lease.OutPoints {
			own[p] = true
		}
	}
	var missing []btcwire.OutPoint
	for _, p := range points {
		if !own[p] {
			missing = append(missing, p)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	_, err = f.leases.Lease(ctx, Owner(key), missing, leaseTime)
	return err
}

// Release frees all coins of a contract; none is no error.
func (f *Fund) Release(ctx context.Context, key [32]byte) error {
	f.choosing.Lock()
	defer f.choosing.Unlock()
	held, err := f.held(ctx, key)
	if err != nil {
		return err
	}
	for _, lease := range held {
		if err := f.leases.Release(ctx, lease.ID); err != nil && !errors.Is(err, wallet.ErrLeaseNotFound) {
			return fmt.Errorf("release coins of contract %x: %w", key[:4], err)
		}
	}
	return nil
}

// Forget tells the wallet that a funding transaction cannot confirm any more.
func (f *Fund) Forget(tx *btcwire.MsgTx) error { return f.coins.Forget(tx) }

// held returns the leases of a contract.
func (f *Fund) held(ctx context.Context, key [32]byte) ([]wallet.Lease, error) {
	all, err := f.leases.Leases(ctx)
	if err != nil {
		return nil, fmt.Errorf("leases of contract %x: %w", key[:4], err)
	}
	var own []wallet.Lease
	for _, lease := range all {
		if lease.Owner == Owner(key) {
			own = append(own, lease)
		}
	}
	return own, nil
}

// Reconcile frees the coins of contracts that do not need them, which a crash
// may have left: keep says which contracts do. Leases of others are not
// touched. It returns how many leases it ended.
func (f *Fund) Reconcile(ctx context.Context, keep func(key [32]byte) bool) (int, error) {
	f.choosing.Lock()
	defer f.choosing.Unlock()
	all, err := f.leases.Leases(ctx)
	if err != nil {
		return 0, fmt.Errorf("leases of contracts: %w", err)
	}
	ended := 0
	for _, lease := range all {
		key, ok := keyOf(lease.Owner)
		if !ok || keep(key) {
			continue
		}
		if err := f.leases.Release(ctx, lease.ID); err != nil && !errors.Is(err, wallet.ErrLeaseNotFound) {
			return ended, fmt.Errorf("release coins of contract %x: %w", key[:4], err)
		}
		ended++
	}
	return ended, nil
}

// keyOf reads what Owner wrote.
func keyOf(owner string) (key [32]byte, ok bool) {
	text, found := strings.CutPrefix(owner, ownerPrefix)
	raw, err := hex.DecodeString(text)
	if !found || err != nil || len(raw) != len(key) {
		return key, false
	}
	return [32]byte(raw), true
}

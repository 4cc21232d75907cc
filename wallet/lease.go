package wallet

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"sort"
	"time"

	"github.com/btcsuite/btcd/wire"
	"github.com/btcsuite/btcwallet/wtxmgr"

	"github.com/alkimiya/alkimiya/wallet/store"
)

const (
	// MinLease is the shortest time for which coins may be set aside.
	MinLease = time.Second
	// MaxLease is the longest; Extend prolongs a lease.
	MaxLease = 366 * 24 * time.Hour
	maxOwner = 255
)

// Lease sets coins aside for owner (1 to 255 bytes) until d has passed
// (MinLease to MaxLease) or Release. All coins are leased or none. It returns
// ErrUnknownCoin, ErrCoinLeased or ErrBadRequest. When it returns nil the lease
// is on disk. The owner's name that payments of the wallet use is refused.
func (w *Wallet) Lease(_ context.Context, owner string, coins []wire.OutPoint, d time.Duration) (Lease, error) {
	if err := checkOwner(owner); err != nil {
		return Lease{}, err
	}
	w.coins.Lock()
	defer w.coins.Unlock()
	return w.lease(owner, coins, d)
}

// checkOwner refuses the name under which the wallet's own payments lease.
func checkOwner(owner string) error {
	if owner == ownerSend {
		return fmt.Errorf("%w: owner %q is the wallet's own", ErrBadRequest, owner)
	}
	return nil
}

// lease wants w.coins held.
func (w *Wallet) lease(owner string, coins []wire.OutPoint, d time.Duration) (Lease, error) {
	if err := checkLease(owner, coins, d); err != nil {
		return Lease{}, err
	}
	if err := w.checkFree(coins); err != nil {
		return Lease{}, err
	}
	now := time.Now().UTC().Truncate(time.Second)
	record := store.Lease{Owner: owner, State: store.LeaseTaking, OutPoints: coins, Created: now, Expiry: now.Add(d)}
	if _, err := io.ReadFull(rand.Reader, record.ID[:]); err != nil {
		return Lease{}, fmt.Errorf("draw a lease id: %w", err)
	}
	if err := w.store.PutLease(record); err != nil {
		return Lease{}, err
	}
	for _, op := range coins {
		if _, err := w.base.LeaseOutput(record.ID, op, d); err != nil {
			return Lease{}, errors.Join(fmt.Errorf("lease %s: %w", op, mapLeaseError(err)), w.undoLease(record))
		}
	}
	record.State = store.LeaseHeld
	if err := w.store.PutLease(record); err != nil {
		return Lease{}, errors.Join(err, w.undoLease(record))
	}
	return leaseOf(record), nil
}

// checkLease wants names and times in range.
func checkLease(owner string, coins []wire.OutPoint, d time.Duration) error {
	switch {
	case owner == "" || len(owner) > maxOwner:
		return fmt.Errorf("%w: owner of %d bytes, want 1 to %d", ErrBadRequest, len(owner), maxOwner)
	case len(coins) == 0:
		return fmt.Errorf("%w: no coins to lease", ErrBadRequest)
	case d < MinLease || d > MaxLease:
		return fmt.Errorf("%w: lease of %s, want %s to %s", ErrBadRequest, d, MinLease, MaxLease)
	}
	seen := make(map[wire.OutPoint]bool, len(coins))
	for _, op := range coins {
		if seen[op] {
			return fmt.Errorf("%w: coin %s named twice", ErrBadRequest, op)
		}
		seen[op] = true
	}
	return nil
}

// checkFree returns an error unless every coin is unspent and unleased.
// btcwallet's own lock would accept a coin that an unmined transaction spends.
func (w *Wallet) checkFree(coins []wire.OutPoint) error {
	snap, err := w.takeSnapshot()
	if err != nil {
		return err
	}
	free := make(map[wire.OutPoint]bool, len(snap.free))
	for _, c := range snap.free {
		free[c.OutPoint] = !w.immature(c, snap.tip)
	}
	owners := make(map[wire.OutPoint]string, len(snap.leased))
	for _, c := range snap.leased {
		owners[c.OutPoint] = c.Lease.Owner
	}
	for _, op := range coins {
		if owner, ok := owners[op]; ok {
			return fmt.Errorf("%w: %s by %q", ErrCoinLeased, op, owner)
		}
		spendable, known := free[op]
		if !known {
			return fmt.Errorf("%w: %s", ErrUnknownCoin, op)
		}
		if !spendable {
			return fmt.Errorf("%w: %s is a mining reward that is not mature yet", ErrBadRequest, op)
		}
	}
	return nil
}

func mapLeaseError(err error) error {
	switch {
	case errors.Is(err, wtxmgr.ErrUnknownOutput):
		return fmt.Errorf("%w: %w", ErrUnknownCoin, err)
	case errors.Is(err, wtxmgr.ErrOutputAlreadyLocked):
		return fmt.Errorf("%w: %w", ErrCoinLeased, err)
	}
	return err
}

func leaseOf(r store.Lease) Lease {
	return Lease{ID: r.ID, Owner: r.Owner, OutPoints: r.OutPoints, Created: r.Created, Expiry: r.Expiry}
}

// unlock frees btcwallet's locks of a lease; coins spent meanwhile have none.
func (w *Wallet) unlock(r store.Lease) error {
	for _, op := range r.OutPoints {
		err := w.base.ReleaseOutput(r.ID, op)
		if err != nil && !errors.Is(err, wtxmgr.ErrUnknownOutput) && !errors.Is(err, wtxmgr.ErrOutputUnlockNotAllowed) {
			return fmt.Errorf("release %s: %w", op, err)
		}
	}
	return nil
}

// undoLease ends a lease for good. The record says so first: from then on a
// restart completes it, and nobody takes the lease for one in force.
func (w *Wallet) undoLease(r store.Lease) error {
	if r.State == store.LeaseHeld {
		r.State = store.LeaseReleasing
		if err := w.store.PutLease(r); err != nil {
			return err
		}
	}
	if err := w.unlock(r); err != nil {
		return err
	}
	return w.store.DeleteLease(r.ID)
}

// Release ends a lease. Of two calls one succeeds, the other returns
// ErrLeaseNotFound, as does one that comes after the expiry. Leases of payments
// on their way end with the payment only: ErrCoinLeased.
func (w *Wallet) Release(_ context.Context, id LeaseID) error {
	w.coins.Lock()
	defer w.coins.Unlock()
	if record, err := w.store.Lease(id); err == nil && record.Owner == ownerSend {
		return fmt.Errorf("%w: %x belongs to a payment on its way", ErrCoinLeased, id)
	}
	return w.release(id)
}

// release wants w.coins held.
func (w *Wallet) release(id LeaseID) error {
	record, err := w.store.Lease(id)
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("%w: %x", ErrLeaseNotFound, id)
	}
	if err != nil {
		return err
	}
	expired := !time.Now().Before(record.Expiry)
	if err := w.undoLease(record); err != nil {
		return err
	}
	if expired {
		return fmt.Errorf("%w: %x expired at %s", ErrLeaseNotFound, id, record.Expiry.Format(time.RFC3339))
	}
	return nil
}

// Extend moves the expiry of a lease to d from now. It returns
// ErrLeaseNotFound once the lease has ended.
func (w *Wallet) Extend(_ context.Context, id LeaseID, d time.Duration) (Lease, error) {
	w.coins.Lock()
	defer w.coins.Unlock()
	return w.extend(id, d)
}

// extend wants w.coins held.
func (w *Wallet) extend(id LeaseID, d time.Duration) (Lease, error) {
	record, err := w.store.Lease(id)
	if errors.Is(err, store.ErrNotFound) || err == nil && !time.Now().Before(record.Expiry) {
		return Lease{}, fmt.Errorf("%w: %x", ErrLeaseNotFound, id)
	}
	if err != nil {
		return Lease{}, err
	}
	if err := checkLease(record.Owner, record.OutPoints, d); err != nil {
		return Lease{}, err
	}
	for _, op := range record.OutPoints {
		_, err := w.base.LeaseOutput(record.ID, op, d)
		if err != nil && !errors.Is(err, wtxmgr.ErrUnknownOutput) {
			return Lease{}, fmt.Errorf("extend %s: %w", op, mapLeaseError(err))
		}
	}
	record.Expiry = time.Now().UTC().Truncate(time.Second).Add(d)
	if err := w.store.PutLease(record); err != nil {
		return Lease{}, err
	}
	return leaseOf(record), nil
}

// Leases lists the leases in force, oldest first. Those of payments are in it
// only while they hold back coins that are not spent yet.
func (w *Wallet) Leases(context.Context) ([]Lease, error) {
	snap, err := w.takeSnapshot()
	if err != nil {
		return nil, err
	}
	holding := make(map[LeaseID]bool)
	for _, c := range snap.leased {
		holding[c.Lease.ID] = true
	}
	records, err := w.store.Leases()
	if err != nil {
		return nil, err
	}
	var leases []Lease
	now := time.Now()
	for _, r := range records {
		if r.State == store.LeaseHeld && now.Before(r.Expiry) && (r.Owner != ownerSend || holding[r.ID]) {
			leases = append(leases, leaseOf(r))
		}
	}
	sort.SliceStable(leases, func(i, j int) bool { return leases[i].Created.Before(leases[j].Created) })
	return leases, nil
}

// ownerSend leases the inputs of payments on their way out.
const ownerSend = "alkd payment"

// reconcileLeases undoes what a crash left between our record and btcwallet's
// locks: leases being taken, payments that were never signed, and records long
// expired. The others are locked anew.
func (w *Wallet) reconcileLeases() error {
	w.coins.Lock()
	defer w.coins.Unlock()
	records, err := w.store.Leases()
	if err != nil {
		return err
	}
	outbox, err := w.store.Broadcasts()
	if err != nil {
		return err
	}
	sending := make(map[[32]byte]bool, len(outbox))
	for _, b := range outbox {
		for _, id := range b.Leases {
			sending[id] = true
		}
	}
	now := time.Now()
	for _, r := range records {
		lost := r.Owner == ownerSend && !sending[r.ID]
		if lost || r.State != store.LeaseHeld || !now.Before(r.Expiry) {
			if err := w.undoLease(r); err != nil {
				return fmt.Errorf("undo lease %x: %w", r.ID, err)
			}
			continue
		}
		if err := w.relock(r, r.Expiry.Sub(now)); err != nil {
			return err
		}
	}
	return nil
}

// relock renews btcwallet's locks of a lease; they are gone if the coin
// database was rebuilt from the seed.
func (w *Wallet) relock(r store.Lease, left time.Duration) error {
	for _, op := range r.OutPoints {
		_, err := w.base.LeaseOutput(r.ID, op, left)
		switch {
		case err == nil, errors.Is(err, wtxmgr.ErrUnknownOutput):
		case errors.Is(err, wtxmgr.ErrOutputAlreadyLocked):
			// Cannot be, unless files were put back from a backup: the lock that
			// is there stands, and the wallet stays usable.
			w.log.Error("coin of a lease is locked by another", "outpoint", op.String(), "owner", r.Owner)
		default:
			return fmt.Errorf("renew lease of %s: %w", op, err)
		}
	}
	return nil
}

// renewLeases locks the coins of every lease in force once more.
func (w *Wallet) renewLeases() error {
	w.coins.Lock()
	defer w.coins.Unlock()
	records, err := w.store.Leases()
	if err != nil {
		return err
	}
	now := time.Now()
	for _, r := range records {
		if r.State == store.LeaseHeld && now.Before(r.Expiry) {
			if err := w.relock(r, r.Expiry.Sub(now)); err != nil {
				return err
			}
		}
	}
	return nil
}

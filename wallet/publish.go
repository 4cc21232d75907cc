package wallet

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"time"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/rpcclient"
	"github.com/btcsuite/btcd/wire"
	walletchain "github.com/btcsuite/btcwallet/chain"
	base "github.com/btcsuite/btcwallet/wallet"

	"github.com/alkimiya/alkimiya/wallet/store"
)

// A transaction is stored, with a lease on its coins, before it is sent, and
// stays stored until it is mined or the network has positively refused it:
// acceptance by one mempool is not the end, since mempools forget and btcwallet
// frees the coins of what it could not resend.

// ErrQueued means that the transaction is signed and stored, the network could
// not be reached or gave no verdict, and it will be sent when it can. Its coins
// stay set aside.
var ErrQueued = errors.New("transaction is stored and will be sent when the chain backend is back")

// resendAfter is how often a transaction that a mempool had is offered again.
const resendAfter = 10 * time.Minute

// Publish sends a complete transaction to the network. It is stored first and
// sent again, through restarts, until it is mined or refused for good; its
// coins, as far as they are ours and free, are set aside. label is optional, at
// most MaxLabel bytes. Errors: ErrRejected with the network's reason; ErrQueued
// if the backend is away.
func (w *Wallet) Publish(ctx context.Context, tx *wire.MsgTx, label string) error {
	if tx == nil || len(tx.TxIn) == 0 || len(tx.TxOut) == 0 {
		return fmt.Errorf("%w: transaction without inputs or outputs", ErrBadRequest)
	}
	if len(label) > MaxLabel {
		return fmt.Errorf("%w: label of %d bytes, limit %d", ErrBadRequest, len(label), MaxLabel)
	}
	b := store.Broadcast{Tx: tx, Label: label, Created: time.Now().UTC()}
	lease, err := w.leaseOwnInputs(tx)
	if err != nil {
		return err
	}
	if lease != nil {
		b.Leases = [][32]byte{lease.ID}
	}
	return w.publish(ctx, b)
}

// leaseOwnInputs sets aside the inputs of a foreign-made transaction that are
// free coins of ours; those its maker has leased are kept longer instead.
func (w *Wallet) leaseOwnInputs(tx *wire.MsgTx) (*Lease, error) {
	w.coins.Lock()
	defer w.coins.Unlock()
	snap, err := w.takeSnapshot()
	if err != nil {
		return nil, err
	}
	spends := make(map[wire.OutPoint]bool, len(tx.TxIn))
	for _, in := range tx.TxIn {
		spends[in.PreviousOutPoint] = true
	}
	for _, c := range snap.leased {
		if spends[c.OutPoint] {
			if _, err := w.extend(c.Lease.ID, MaxLease); err != nil {
				return nil, err
			}
		}
	}
	var free []wire.OutPoint
	for _, c := range snap.free {
		if spends[c.OutPoint] {
			free = append(free, c.OutPoint)
		}
	}
	if len(free) == 0 {
		return nil, nil
	}
	lease, err := w.lease(ownerSend, free, MaxLease)
	return &lease, err
}

// publish stores b and offers it to the network. If it cannot be stored, its
// leases end.
func (w *Wallet) publish(ctx context.Context, b store.Broadcast) error {
	if err := w.store.PutBroadcast(b); err != nil {
		errs := []error{err, ignore(w.store.DeleteBroadcast(b.Tx.TxHash()), store.ErrNotFound)}
		return errors.Join(append(errs, w.releaseAll(b.Leases))...)
	}
	// From here on it may reach the network whatever happens to the caller.
	return w.push(context.WithoutCancel(ctx), b.Tx.TxHash())
}

// ignore drops an error of one kind.
func ignore(err, kind error) error {
	if errors.Is(err, kind) {
		return nil
	}
	return err
}

func (w *Wallet) releaseAll(leases [][32]byte) error {
	w.coins.Lock()
	defer w.coins.Unlock()
	var errs []error
	for _, id := range leases {
		errs = append(errs, ignore(w.release(id), ErrLeaseNotFound))
	}
	return errors.Join(errs...)
}

// push offers a stored transaction to the network, one at a time and as it
// stands in the store now.
func (w *Wallet) push(ctx context.Context, txid chainhash.Hash) error {
	w.sending.Lock()
	defer w.sending.Unlock()
	b, err := w.store.Broadcast(txid)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if w.settled(txid) {
		return w.endBroadcast(b)
	}
	if err := w.online(ctx); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrQueued, txid, err)
	}
	err = w.offer(b.Tx, b.Label)
	var refused *refusal
	switch {
	case err == nil:
		w.accepted(b)
		return nil
	case !errors.As(err, &refused):
		return fmt.Errorf("%w: %s: %w", ErrQueued, txid, err)
	case w.mayComeTrue(b, refused):
		return fmt.Errorf("%w: %w", ErrQueued, rejection(txid, refused))
	}
	if err := w.endBroadcast(b); err != nil {
		return fmt.Errorf("%w: %s was refused (%w), which could not be noted: %w", ErrQueued, txid, refused, err)
	}
	return rejection(txid, refused)
}

// refusal is a positive no of the network, with the reason it gave.
type refusal struct{ cause error }

func (r *refusal) Error() string { return r.cause.Error() }
func (r *refusal) Unwrap() error { return r.cause }

// offer returns nil if the network has the transaction, a *refusal if it
// positively will not take it, and any other error if there was no verdict: the
// libraries flatten lost connections to text, so that only what is known to be
// an answer counts as one.
func (w *Wallet) offer(tx *wire.MsgTx, label string) error {
	verdicts, err := w.source.TestMempoolAccept([]*wire.MsgTx{tx}, 0)
	switch {
	case errors.Is(err, walletchain.ErrUnimplemented), errors.Is(err, rpcclient.ErrBackendVersion):
		// A light client cannot ask.
	case err != nil:
		return err
	case len(verdicts) != 1:
		return fmt.Errorf("%d verdicts on one transaction", len(verdicts))
	case !verdicts[0].Allowed:
		mapped := w.source.MapRPCErr(errors.New(verdicts[0].RejectReason))
		if !isKnownAlready(mapped) {
			return &refusal{cause: mapped}
		}
	}
	err = w.base.PublishTransaction(tx, label)
	var code walletchain.RPCErr
	switch {
	case err == nil, isKnownAlready(err):
		return nil
	case errors.As(err, &code) && !errors.Is(err, walletchain.ErrUndefined):
		return &refusal{cause: err}
	}
	return err
}

func isKnownAlready(err error) bool {
	return errors.Is(err, walletchain.ErrTxAlreadyInMempool) || errors.Is(err, walletchain.ErrTxAlreadyKnown) ||
		errors.Is(err, walletchain.ErrTxAlreadyConfirmed)
}

// mayComeTrue tells whether a refused transaction must be kept all the same:
// some mempool had it before, or it waits for a parent of ours; and nothing
// else spends its coins.
func (w *Wallet) mayComeTrue(b store.Broadcast, _ *refusal) bool {
	pendingParent := false
	for _, in := range b.Tx.TxIn {
		if _, err := w.store.Broadcast(in.PreviousOutPoint.Hash); err == nil {
			pendingParent = true
		}
		details, err := base.UnstableAPI(w.base).TxDetails(&in.PreviousOutPoint.Hash)
		if err != nil || details == nil {
			continue
		}
		for _, credit := range details.Credits {
			// btcwallet has just let go of the refused transaction itself.
			if credit.Index == in.PreviousOutPoint.Index && credit.Spent && !w.spends(b.Tx.TxHash()) {
				return false
			}
		}
	}
	return b.Sent || pendingParent
}

// spends tells whether the coin database holds the transaction.
func (w *Wallet) spends(txid chainhash.Hash) bool {
	details, err := base.UnstableAPI(w.base).TxDetails(&txid)
	return err == nil && details != nil
}

// settled tells whether the wallet knows the transaction as mined.
func (w *Wallet) settled(txid chainhash.Hash) bool {
	details, err := base.UnstableAPI(w.base).TxDetails(&txid)
	return err == nil && details != nil && details.Block.Height >= 0
}

// accepted notes that a mempool has the transaction. That this cannot be noted
// does not make the payment fail: it is tried again with the next offer.
func (w *Wallet) accepted(b store.Broadcast) {
	txid := b.Tx.TxHash()
	w.lastOffer[txid] = time.Now()
	if b.Sent {
		return
	}
	var err error
	if b.Replaces != nil {
		b, err = w.inherit(b)
	}
	b.Sent = true
	if err == nil {
		err = w.store.PutBroadcast(b)
	}
	if err == nil && b.Replaces != nil {
		// The old record goes after the new one has its leases.
		err = ignore(w.store.DeleteBroadcast(*b.Replaces), store.ErrNotFound)
		err = errors.Join(err, w.forget(*b.Replaces))
	}
	if err != nil {
		w.log.Warn("transaction was taken by the network, which could not be noted yet", "txid", txid.String(), "err", err)
	}
}

// inherit gives a replacement the leases of what it replaces.
func (w *Wallet) inherit(b store.Broadcast) (store.Broadcast, error) {
	old, err := w.store.Broadcast(*b.Replaces)
	if errors.Is(err, store.ErrNotFound) {
		return b, nil
	}
	b.Leases = append(b.Leases, old.Leases...)
	return b, err
}

// forget removes an unmined transaction and its descendants from the coin
// database, after the network has taken one in its place.
func (w *Wallet) forget(txid chainhash.Hash) error {
	details, err := base.UnstableAPI(w.base).TxDetails(&txid)
	if err != nil {
		return fmt.Errorf("look up %s: %w", txid, err)
	}
	if details == nil || details.Block.Height >= 0 {
		return nil
	}
	if err := w.base.RemoveDescendants(&details.MsgTx); err != nil {
		return fmt.Errorf("forget replaced transaction %s: %w", txid, err)
	}
	return nil
}

// endBroadcast lets the coins go and deletes the record, in this order: a crash
// in between repeats it.
func (w *Wallet) endBroadcast(b store.Broadcast) error {
	if err := w.releaseAll(b.Leases); err != nil {
		return err
	}
	delete(w.lastOffer, b.Tx.TxHash())
	return ignore(w.store.DeleteBroadcast(b.Tx.TxHash()), store.ErrNotFound)
}

// rebroadcast looks at everything stored: what is mined is let go, what no
// mempool has had, or btcwallet has forgotten, is offered at once, the rest now
// and then. Older ones go first, so that parents come before children.
func (w *Wallet) rebroadcast(ctx context.Context) {
	pending, err := w.store.Broadcasts()
	if err != nil {
		w.log.Error("pending transactions not read", "err", err)
		return
	}
	sort.SliceStable(pending, func(i, j int) bool { return pending[i].Created.Before(pending[j].Created) })
	for _, b := range pending {
		txid := b.Tx.TxHash()
		if ctx.Err() != nil {
			return
		}
		if b.Sent && !w.settled(txid) && w.spends(txid) && !w.isDue(txid) {
			continue
		}
		switch err := w.push(ctx, txid); {
		case err == nil:
			w.log.Debug("stored transaction offered", "txid", txid.String())
		case errors.Is(err, ErrQueued):
			w.log.Debug("stored transaction waits", "txid", txid.String(), "err", err)
		default:
			w.log.Warn("stored transaction given up", "txid", txid.String(), "err", err)
		}
	}
}

// isDue tells whether a transaction was not offered for a while.
func (w *Wallet) isDue(txid chainhash.Hash) bool {
	w.sending.Lock()
	defer w.sending.Unlock()
	return time.Since(w.lastOffer[txid]) > resendAfter
}

// rejection gives the network's refusal our name.
func rejection(txid chainhash.Hash, refused *refusal) error {
	switch {
	case errors.Is(refused, walletchain.ErrMempoolMinFeeNotMet), errors.Is(refused, walletchain.ErrMinRelayFeeNotMet):
		return fmt.Errorf("%w: %w: %s: %w", ErrFeeTooLow, ErrBelowMempool, txid, refused)
	case errors.Is(refused, walletchain.ErrInsufficientFee):
		return fmt.Errorf("%w: %s: %w", ErrFeeTooLow, txid, refused)
	}
	return fmt.Errorf("%w: %s: %w", ErrRejected, txid, refused)
}

package wallet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/rpcclient"
	"github.com/btcsuite/btcd/wire"
	walletchain "github.com/btcsuite/btcwallet/chain"
	base "github.com/btcsuite/btcwallet/wallet"
	"github.com/lightninglabs/neutrino/pushtx"
	"github.com/lightningnetwork/lnd/lnwallet"

	"github.com/alkimiya/alkimiya/wallet/chain"
	"github.com/alkimiya/alkimiya/wallet/store"
)

// ErrQueued means that the transaction is signed and stored, the network could not be
// reached, and it will be sent when it can. Its coins stay set aside.
var ErrQueued = errors.New("transaction is stored and will be sent when the chain backend is back")

// isConnectionError tells an answer that never came from a refusal.
func isConnectionError(err error) bool {
	var netErr net.Error
	for _, target := range []error{
		rpcclient.ErrClientDisconnect, rpcclient.ErrClientShutdown, rpcclient.ErrClientNotConnected,
		io.EOF, io.ErrUnexpectedEOF, syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.EPIPE,
		context.DeadlineExceeded, context.Canceled, chain.ErrUnavailable, pushtx.ErrBroadcasterStopped,
	} {
		if errors.Is(err, target) {
			return true
		}
	}
	return errors.As(err, &netErr)
}

// Publish sends a complete transaction to the network. It is stored first and
// sent again, through restarts, until the network has it or refuses it for
// good. label is optional, at most MaxLabel bytes. Errors: ErrRejected with the
// network's reason; ErrQueued if the backend is away.
func (w *Wallet) Publish(ctx context.Context, tx *wire.MsgTx, label string) error {
	if tx == nil || len(tx.TxIn) == 0 || len(tx.TxOut) == 0 {
		return fmt.Errorf("%w: transaction without inputs or outputs", ErrBadRequest)
	}
	if len(label) > MaxLabel {
		return fmt.Errorf("%w: label of %d bytes, limit %d", ErrBadRequest, len(label), MaxLabel)
	}
	return w.publish(ctx, store.Broadcast{Tx: tx, Label: label, Created: time.Now().UTC()})
}

func (w *Wallet) publish(ctx context.Context, b store.Broadcast) error {
	if err := w.store.PutBroadcast(b); err != nil {
		return err
	}
	return w.push(ctx, b)
}

// push offers a stored transaction to the network once.
func (w *Wallet) push(ctx context.Context, b store.Broadcast) error {
	txid := b.Tx.TxHash()
	if err := w.online(ctx); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrQueued, txid, err)
	}
	err := w.lnd.PublishTransaction(b.Tx, b.Label)
	switch {
	case err == nil, w.settled(txid):
		return w.settleBroadcast(b)
	case isConnectionError(err):
		// btcwallet forgets a transaction whose sending failed for whatever
		// reason; ours is stored, and the lease keeps its coins.
		return fmt.Errorf("%w: %s: %w", ErrQueued, txid, err)
	}
	reason := fmt.Errorf("%w: %s: %w", ErrRejected, txid, err)
	return errors.Join(reason, w.dropBroadcast(b))
}

// settled tells whether the wallet knows the transaction as mined.
func (w *Wallet) settled(txid chainhash.Hash) bool {
	details, err := base.UnstableAPI(w.base).TxDetails(&txid)
	return err == nil && details != nil && details.Block.Height >= 0
}

// settleBroadcast ends a broadcast that the network has taken.
func (w *Wallet) settleBroadcast(b store.Broadcast) error {
	if b.Replaces != nil {
		if err := w.forget(*b.Replaces); err != nil {
			return err
		}
	}
	return w.dropBroadcast(b)
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

func (w *Wallet) dropBroadcast(b store.Broadcast) error {
	if b.Lease != ([32]byte{}) {
		if err := w.Release(context.Background(), b.Lease); err != nil && !errors.Is(err, ErrLeaseNotFound) {
			return err
		}
	}
	if err := w.store.DeleteBroadcast(b.Tx.TxHash()); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return nil
}

// rebroadcast offers everything that is still stored to the network again.
func (w *Wallet) rebroadcast(ctx context.Context) {
	pending, err := w.store.Broadcasts()
	if err != nil {
		w.log.Error("pending transactions not read", "err", err)
		return
	}
	for _, b := range pending {
		if ctx.Err() != nil {
			return
		}
		switch err := w.push(ctx, b); {
		case err == nil:
			w.log.Info("stored transaction sent", "txid", b.Tx.TxHash().String())
		case errors.Is(err, ErrQueued):
			w.log.Debug("transaction still waits for the backend", "txid", b.Tx.TxHash().String(), "err", err)
		default:
			w.log.Warn("stored transaction given up", "txid", b.Tx.TxHash().String(), "err", err)
		}
	}
}

// rejectionHint names the common reasons for which the network refuses.
func rejectionHint(err error) error {
	switch {
	case errors.Is(err, lnwallet.ErrMempoolFee), errors.Is(err, walletchain.ErrInsufficientFee):
		return fmt.Errorf("%w: %w", ErrFeeTooLow, err)
	}
	return err
}

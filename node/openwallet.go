package node

import (
	"context"
	"fmt"
	"time"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/btcutil/psbt"
	"github.com/btcsuite/btcd/wire"
	"github.com/lightningnetwork/lnd/lnwallet/chainfee"

	"github.com/alkimiya/alkimiya/node/rpc"
	"github.com/alkimiya/alkimiya/wallet"
)

// openWallet returns the wallet of the present session, for one request.
func (d *Daemon) openWallet() (rpc.Wallet, error) {
	s := d.current()
	if s == nil {
		return nil, rpc.ErrWalletClosed
	}
	return openWallet{s}, nil
}

// openWallet shows a session's wallet to the RPC server. Every call holds the
// session open; after it has closed, calls return rpc.ErrWalletClosed.
type openWallet struct{ s *session }

// with runs f while the session is held open, under a context that ends with
// the session.
func (o openWallet) with(ctx context.Context, f func(ctx context.Context, w *wallet.Wallet) error) error {
	o.s.use.RLock()
	defer o.s.use.RUnlock()
	if o.s.closed {
		return rpc.ErrWalletClosed
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := context.AfterFunc(o.s.ctx, func() { cancel(rpc.ErrWalletClosed) })
	defer stop()
	err := f(ctx, o.s.wallet)
	if err != nil && o.s.ctx.Err() != nil {
		return fmt.Errorf("%w: %w", rpc.ErrWalletClosed, err)
	}
	return err
}

// call is with for functions that return a value.
func call[T any](ctx context.Context, o openWallet, f func(ctx context.Context, w *wallet.Wallet) (T, error)) (T, error) {
	var value T
	err := o.with(ctx, func(ctx context.Context, w *wallet.Wallet) error {
		var err error
		value, err = f(ctx, w)
		return err
	})
	return value, err
}

func (o openWallet) Balance(ctx context.Context) (wallet.Balance, error) {
	return call(ctx, o, func(ctx context.Context, w *wallet.Wallet) (wallet.Balance, error) { return w.Balance(ctx) })
}

func (o openWallet) NewAddress(ctx context.Context, t wallet.AddressType, change bool) (btcutil.Address, error) {
	return call(ctx, o, func(ctx context.Context, w *wallet.Wallet) (btcutil.Address, error) {
		return w.NewAddress(ctx, t, change)
	})
}

func (o openWallet) Coins(ctx context.Context, minConfs int32) ([]wallet.Coin, error) {
	return call(ctx, o, func(ctx context.Context, w *wallet.Wallet) ([]wallet.Coin, error) { return w.Coins(ctx, minConfs) })
}

func (o openWallet) LabelCoin(ctx context.Context, op wire.OutPoint, label string) error {
	return o.with(ctx, func(ctx context.Context, w *wallet.Wallet) error { return w.LabelCoin(ctx, op, label) })
}

func (o openWallet) Transactions(ctx context.Context) ([]wallet.TxSummary, error) {
	return call(ctx, o, func(ctx context.Context, w *wallet.Wallet) ([]wallet.TxSummary, error) { return w.Transactions(ctx, 0) })
}

func (o openWallet) Lease(ctx context.Context, owner string, coins []wire.OutPoint, d time.Duration) (wallet.Lease, error) {
	return call(ctx, o, func(ctx context.Context, w *wallet.Wallet) (wallet.Lease, error) {
		return w.Lease(ctx, owner, coins, d)
	})
}

func (o openWallet) Release(ctx context.Context, id wallet.LeaseID) error {
	return o.with(ctx, func(ctx context.Context, w *wallet.Wallet) error { return w.Release(ctx, id) })
}

func (o openWallet) Leases(ctx context.Context) ([]wallet.Lease, error) {
	return call(ctx, o, func(ctx context.Context, w *wallet.Wallet) ([]wallet.Lease, error) { return w.Leases(ctx) })
}

func (o openWallet) Plan(ctx context.Context, r wallet.SendRequest) (*wallet.Sent, error) {
	return call(ctx, o, func(ctx context.Context, w *wallet.Wallet) (*wallet.Sent, error) {
		sent, err := w.Preview(ctx, r)
		return &sent, err
	})
}

func (o openWallet) Send(ctx context.Context, r wallet.SendRequest) (*wallet.Sent, error) {
	return call(ctx, o, func(ctx context.Context, w *wallet.Wallet) (*wallet.Sent, error) {
		sent, err := w.Send(ctx, r)
		return &sent, err
	})
}

func (o openWallet) Bump(ctx context.Context, r wallet.BumpRequest) (*wallet.Sent, error) {
	return call(ctx, o, func(ctx context.Context, w *wallet.Wallet) (*wallet.Sent, error) {
		sent, err := w.Bump(ctx, r)
		return &sent, err
	})
}

func (o openWallet) Publish(ctx context.Context, tx *wire.MsgTx, label string) error {
	return o.with(ctx, func(ctx context.Context, w *wallet.Wallet) error { return w.Publish(ctx, tx, label) })
}

func (o openWallet) EstimateFee(ctx context.Context, target uint32) (chainfee.SatPerKWeight, error) {
	return call(ctx, o, func(ctx context.Context, w *wallet.Wallet) (chainfee.SatPerKWeight, error) {
		rate, err := w.EstimateFee(ctx, target)
		return rate.FeePerKWeight(), err
	})
}

func (o openWallet) FundPsbt(ctx context.Context, r rpc.FundRequest) (rpc.Funded, error) {
	return call(ctx, o, func(ctx context.Context, w *wallet.Wallet) (rpc.Funded, error) {
		packet := r.Template
		if packet == nil {
			var err error
			if packet, err = w.NewPSBT(r.Outputs, r.Coins); err != nil {
				return rpc.Funded{}, err
			}
		}
		funded, err := w.FundPSBT(ctx, wallet.FundRequest{
			Packet: packet, Fee: r.Fee, MinConfs: r.MinConfs, Owner: r.Owner, LeaseFor: r.Duration,
		})
		return rpc.Funded{Packet: funded.Packet, ChangeIndex: funded.ChangeIndex, Lease: funded.Lease, Fee: funded.Fee}, err
	})
}

func (o openWallet) SignPsbt(ctx context.Context, p *psbt.Packet) ([]uint32, error) {
	return call(ctx, o, func(ctx context.Context, w *wallet.Wallet) ([]uint32, error) { return w.SignPSBT(ctx, p) })
}

func (o openWallet) FinalizePsbt(ctx context.Context, p *psbt.Packet) (*wire.MsgTx, error) {
	return call(ctx, o, func(ctx context.Context, w *wallet.Wallet) (*wire.MsgTx, error) { return w.FinalizePSBT(ctx, p) })
}

func (o openWallet) Sync(ctx context.Context) wallet.SyncStatus {
	status, err := call(ctx, o, func(ctx context.Context, w *wallet.Wallet) (wallet.SyncStatus, error) {
		ctx, cancel := context.WithTimeout(ctx, askChain)
		defer cancel()
		return w.Sync(ctx), nil
	})
	if err != nil {
		status.BackendError = err
	}
	return status
}

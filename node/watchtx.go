package node

import (
	"context"
	"fmt"

	"github.com/btcsuite/btcd/chaincfg/chainhash"

	"github.com/alkimiya/alkimiya/node/rpc"
	"github.com/alkimiya/alkimiya/wallet"
	"github.com/alkimiya/alkimiya/wallet/watch"
)

// watchBack is how many blocks before the wallet's tip a watch begins at least,
// so that a transaction mined recently is found; an own one is looked up.
const watchBack = 144

// WatchTransaction calls emit for what happens to a transaction of the wallet.
func (o openWallet) WatchTransaction(ctx context.Context, txid chainhash.Hash, depth uint32, emit func(rpc.TxEvent) error) error {
	return o.with(ctx, func(ctx context.Context, w *wallet.Wallet) error {
		script, height, err := w.Anchor(ctx, txid)
		if err != nil {
			return err
		}
		hint := max(0, w.Sync(ctx).WalletHeight-watchBack)
		if height >= 0 {
			hint = min(hint, height)
		}
		return o.follow(ctx, watch.TxWatch{TxID: txid, Script: script, Hint: watch.Height(hint), Depth: depth}, emit)
	})
}

// follow turns the watcher's events into what the RPC tells: the depth reached,
// and that a reorganisation took it away again.
func (o openWallet) follow(ctx context.Context, req watch.TxWatch, emit func(rpc.TxEvent) error) error {
	sub, err := o.s.watcher.WatchTx(ctx, req)
	if err != nil {
		return fmt.Errorf("watch %s: %w", req.TxID, err)
	}
	defer sub.Cancel()
	var site watch.Site
	reached := false
	for {
		var events []watch.Event
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case batch, open := <-sub.Events:
			if !open {
				return rpc.ErrWalletClosed
			}
			events = batch
		}
		for _, event := range events {
			told := rpc.TxEvent{}
			switch e := event.(type) {
			case watch.Confirmed:
				site = e.Site
				continue
			case watch.DepthReached:
				reached = true
				told = rpc.TxEvent{Confirmed: true, Depth: e.Target}
			case watch.Progress, watch.Unconfirmed:
				if !reached {
					continue
				}
				reached = false
			case watch.Spent, watch.SpendReorged:
				continue // not of a transaction's watch
			}
			told.Height, told.Block = int32(site.Block.Height), site.Block.Hash
			if err := emit(told); err != nil {
				return err
			}
		}
	}
}

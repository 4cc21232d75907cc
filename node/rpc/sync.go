package rpc

import (
	"context"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
)

func (h walletService) syncNow(ctx context.Context) (*alkv1.SyncStatus, error) {
	w, err := h.s.cfg.Wallet()
	if err != nil {
		return nil, err
	}
	return encodeSync(w.Sync(ctx)), nil
}

func (h walletService) GetSync(ctx context.Context, _ *alkv1.GetSyncRequest) (*alkv1.GetSyncResponse, error) {
	st, err := h.syncNow(ctx)
	if err != nil {
		return nil, err
	}
	return &alkv1.GetSyncResponse{Sync: st}, nil
}

func (h walletService) WatchSync(ctx context.Context, _ *alkv1.WatchSyncRequest, out *connect.ServerStream[alkv1.WatchSyncResponse]) error {
	tick := time.NewTicker(h.s.cfg.SyncInterval)
	defer tick.Stop()
	var last *alkv1.SyncStatus
	for {
		st, err := h.syncNow(ctx)
		if err != nil {
			return err
		}
		if last == nil || !proto.Equal(st, last) {
			if err := out.Send(&alkv1.WatchSyncResponse{Sync: st}); err != nil {
				return err
			}
			last = st
		}
		if st.GetSynced() {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (h walletService) WatchTransaction(ctx context.Context, req *alkv1.WatchTransactionRequest, out *connect.ServerStream[alkv1.WatchTransactionResponse]) error {
	txid, err := decodeTxID(req.GetTxid())
	if err != nil {
		return err
	}
	depth := max(1, req.GetDepth())
	if depth > maxDepth {
		return invalid("depth of %d, %d is possible", depth, maxDepth)
	}
	w, err := h.s.cfg.Wallet()
	if err != nil {
		return err
	}
	// Headers now, so that the client knows that the watch has begun.
	if err := out.Send(nil); err != nil {
		return err
	}
	return w.WatchTransaction(ctx, txid, depth, func(e TxEvent) error {
		kind := alkv1.TxEvent_TX_EVENT_UNCONFIRMED
		if e.Confirmed {
			kind = alkv1.TxEvent_TX_EVENT_CONFIRMED
		}
		return out.Send(&alkv1.WatchTransactionResponse{
			Event: kind, Txid: req.GetTxid(), Depth: e.Depth, Height: e.Height, BlockHash: e.Block.String(),
		})
	})
}

package fake

import (
	"context"
	"fmt"
	"slices"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/wallet/chain"
)

// Coin implements chain.FullNode. A spend in the mempool does not count.
func (b *Backend) Coin(_ context.Context, op wire.OutPoint) (uint32, bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.down {
		return 0, false, chain.ErrUnavailable
	}
	has := func(tx *wire.MsgTx) bool { return tx.TxHash() == op.Hash && int(op.Index) < len(tx.TxOut) }
	spends := func(tx *wire.MsgTx) bool {
		return slices.ContainsFunc(tx.TxIn, func(in *wire.TxIn) bool { return in.PreviousOutPoint == op })
	}
	var depth uint32
	for _, block := range slices.Backward(b.best) {
		depth++
		switch {
		case slices.ContainsFunc(block.Transactions, spends):
			return 0, false, nil
		case slices.ContainsFunc(block.Transactions, has):
			return depth, true, nil
		}
	}
	return 0, slices.ContainsFunc(b.mempool, has), nil
}

// Mined implements chain.FullNode.
func (b *Backend) Mined(ctx context.Context, op wire.OutPoint) (uint32, bool, error) {
	depth, unspent, err := b.Coin(ctx, op)
	return depth, unspent && depth > 0, err
}

// Pooled implements chain.FullNode.
func (b *Backend) Pooled(_ context.Context, txid chainhash.Hash) (*wire.MsgTx, bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.down {
		return nil, false, chain.ErrUnavailable
	}
	for _, tx := range b.mempool {
		if tx.TxHash() == txid {
			return tx.Copy(), true, nil
		}
	}
	return nil, false, nil
}

// Pool implements chain.FullNode.
func (b *Backend) Pool(context.Context) ([]chainhash.Hash, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.down {
		return nil, chain.ErrUnavailable
	}
	ids := make([]chainhash.Hash, 0, len(b.mempool))
	for _, tx := range b.mempool {
		ids = append(ids, tx.TxHash())
	}
	return ids, nil
}

// Submit implements chain.FullNode: it is Send, unless the backend is down.
func (b *Backend) Submit(_ context.Context, tx *wire.MsgTx) error {
	b.mu.Lock()
	down := b.down
	b.mu.Unlock()
	if down {
		return fmt.Errorf("submit %v: %w", tx.TxHash(), chain.ErrUnavailable)
	}
	return b.Send(tx)
}

// Forget empties the mempool, as nodes do with what pays too little.
func (b *Backend) Forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.mempool = nil
}

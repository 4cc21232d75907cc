package wallet

import (
	"context"
	"fmt"
	"sort"

	"github.com/btcsuite/btcd/blockchain"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
	base "github.com/btcsuite/btcwallet/wallet"
	"github.com/btcsuite/btcwallet/wtxmgr"
)

// Transactions lists up to limit transactions of the wallet, unconfirmed and
// newest first; limit 0 lists all.
func (w *Wallet) Transactions(_ context.Context, limit int) ([]TxSummary, error) {
	tip := w.base.SyncedTo().Height
	var all []TxSummary
	collect := func(batch []wtxmgr.TxDetails) (bool, error) {
		for i := range batch {
			all = append(all, summarise(&batch[i], tip))
		}
		return limit > 0 && len(all) >= limit, nil
	}
	// From the mempool (-1) down to genesis.
	if err := base.UnstableAPI(w.base).RangeTransactions(-1, 0, collect); err != nil {
		return nil, fmt.Errorf("list transactions: %w", err)
	}
	sort.SliceStable(all, func(i, j int) bool {
		a, b := all[i], all[j]
		if (a.Height < 0) != (b.Height < 0) {
			return a.Height < 0
		}
		return a.Height > b.Height
	})
	if limit > 0 && len(all) > limit {
		all = all[:limit]
	}
	return all, nil
}

func summarise(d *wtxmgr.TxDetails, tip int32) TxSummary {
	s := TxSummary{
		TxID: d.Hash, Height: d.Block.Height, Time: d.Received, Label: d.Label, Coinbase: blockchain.IsCoinBaseTx(&d.MsgTx),
		Confirmations: int32(confirmations(d.Block.Height, tip)), //nolint:gosec // a difference of int32 heights
	}
	if d.Block.Height >= 0 {
		s.Time = d.Block.Time
	}
	for _, credit := range d.Credits {
		s.Net += credit.Amount
	}
	for _, debit := range d.Debits {
		s.Net -= debit.Amount
	}
	if fee, ours := feeOf(d); ours {
		s.Fee = fee
	}
	return s
}

// Transaction returns a transaction of the wallet and, where they are known,
// the outputs it spends (nil for others). It returns ErrTxNotFound.
func (w *Wallet) Transaction(_ context.Context, txid chainhash.Hash) (*wire.MsgTx, []*wire.TxOut, error) {
	details, err := base.UnstableAPI(w.base).TxDetails(&txid)
	if err != nil {
		return nil, nil, fmt.Errorf("look up %s: %w", txid, err)
	}
	if details == nil {
		return nil, nil, fmt.Errorf("%w: %s", ErrTxNotFound, txid)
	}
	prevouts := make([]*wire.TxOut, len(details.MsgTx.TxIn))
	for i, in := range details.MsgTx.TxIn {
		parent, err := base.UnstableAPI(w.base).TxDetails(&in.PreviousOutPoint.Hash)
		if err != nil {
			return nil, nil, fmt.Errorf("look up input %d of %s: %w", i, txid, err)
		}
		if parent != nil && int(in.PreviousOutPoint.Index) < len(parent.MsgTx.TxOut) {
			prevouts[i] = parent.MsgTx.TxOut[in.PreviousOutPoint.Index]
		}
	}
	return &details.MsgTx, prevouts, nil
}

// Anchor returns what a chain watcher needs to find a transaction of the wallet:
// a script it pays to, and the height of its block, -1 if it is in none.
func (w *Wallet) Anchor(_ context.Context, txid chainhash.Hash) (script []byte, height int32, err error) {
	details, err := base.UnstableAPI(w.base).TxDetails(&txid)
	if err != nil {
		return nil, 0, fmt.Errorf("look up %s: %w", txid, err)
	}
	if details == nil {
		return nil, 0, fmt.Errorf("%w: %s", ErrTxNotFound, txid)
	}
	return details.MsgTx.TxOut[0].PkScript, details.Block.Height, nil
}

package operator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/evmbridge/ledger"
	"github.com/alkimiya/alkimiya/evmbridge/relayer"
)

// ErrNotYet means that the transaction cannot be made yet: attestations are missing, or its lock
// time is not over.
var ErrNotYet = errors.New("not yet")

// Completer completes contracts that were attested.
type Completer interface {
	// Ending returns the transaction that ends a lot's contract now, complete: the CET of
	// what the oracles attested, or the refund after its lock time. time is the median
	// time of Bitcoin's tip. It fails with ErrNotYet.
	Ending(ctx context.Context, lot [32]byte, time uint64) (*wire.MsgTx, error)
}

// Completion broadcasts what ends the contracts of attested lots. One goroutine calls
// Step.
type Completion struct {
	Store     *Store
	Completer Completer
	Network   Network
	Scanner   *relayer.Scanner
	Log       *slog.Logger

	// made are the transactions that were completed and are in no block yet, by lot.
	made map[[32]byte]*wire.MsgTx
}

// Step broadcasts what can be. A released lot's contract is none of the operators'
// business any more.
func (c *Completion) Step(ctx context.Context, view *ledger.View, time uint64) error {
	lots, err := c.Store.Lots()
	if err != nil {
		return err
	}
	var problems []error
	for _, id := range lots {
		if err := c.one(ctx, view, id, time); err != nil && !errors.Is(err, ErrNotYet) {
			problems = append(problems, fmt.Errorf("complete lot %x: %w", id, err))
		}
	}
	return errors.Join(problems...)
}

func (c *Completion) one(ctx context.Context, view *ledger.View, id [32]byte, time uint64) error {
	minted := view.LotOf(id)
	if minted == nil || (minted.State != ledger.LotLive && minted.State != ledger.LotFrozen) {
		return nil
	}
	if c.Scanner.SpendOf(wire.OutPoint{Hash: minted.Terms.FundingTxid, Index: minted.Terms.FundingVout}) != nil {
		return nil
	}
	if tx := c.made[id]; tx != nil {
		return c.Network.Submit(ctx, tx) // until it is in a block
	}
	tx, err := c.Completer.Ending(ctx, id, time)
	if err != nil {
		return err
	}
	if err := c.Network.Submit(ctx, tx); err != nil {
		return fmt.Errorf("broadcast %v: %w", tx.TxHash(), err)
	}
	if c.made == nil {
		c.made = map[[32]byte]*wire.MsgTx{}
	}
	c.made[id] = tx
	c.Log.InfoContext(ctx, "contract completed", "lot_id", fmt.Sprintf("%x", id), "txid", tx.TxHash())
	return nil
}

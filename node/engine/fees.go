package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	btcwire "github.com/btcsuite/btcd/wire"
	"github.com/lightningnetwork/lnd/lnwallet/chainfee"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/node/engine/view"
	"github.com/alkimiya/alkimiya/wallet"
	"github.com/alkimiya/alkimiya/wallet/chain"
)

// slowBlocks is after how many blocks a transaction counts as slow, and after how
// many more its fee is raised again.
const slowBlocks = 6

// slow is the transaction that a contract waits for, and since when.
type slow struct {
	txid  chainhash.Hash
	since uint32
}

// hasten raises the fee of a transaction that does not confirm although its rate
// was right when it was agreed on: funding by our change, CET, refund and close by
// our payout. Within 72 hours of the refund the contract itself asks for it, more
// urgently.
func (a *actor) hasten(tip uint32) {
	txid, rate := a.outstanding()
	if txid == (chainhash.Hash{}) {
		a.slow = slow{}
		return
	}
	if a.slow.txid != txid {
		a.slow = slow{txid: txid, since: tip}
		return
	}
	if tip < a.slow.since+slowBlocks {
		return
	}
	a.slow.since = tip
	a.mu.Lock()
	a.jobs++
	a.mu.Unlock()
	if !a.e.spawn(func(ctx context.Context) { a.raiseSlow(ctx, txid, rate) }) {
		a.drop()
	}
}

// outstanding returns the transaction that should confirm next and the fee rate
// it pays by agreement; zero if there is none.
func (a *actor) outstanding() (chainhash.Hash, uint32) {
	s := a.state
	var raw []byte
	switch s.Phase { //nolint:exhaustive // in the others nothing of ours is on its way
	case contract.Broadcast:
		if s.FundingComplete && s.FundingAt.Height == 0 {
			raw = s.Funding
		}
	case contract.Settling:
		if s.Spend.Height == 0 {
			raw = s.CET
		}
	case contract.Cancelling:
		if !slices.ContainsFunc(s.Conflicts, func(c contract.Conflict) bool { return c.Height > 0 }) {
			raw = s.Cancel
		}
	case contract.Refunding:
		// Once there is a CET, a refund that is cheap to replace is all the better.
		if s.Spend.Height == 0 && len(s.CET) == 0 {
			raw = s.Refund
		}
	case contract.Closing:
		for _, c := range s.Claims {
			if s.Spend.Height == 0 && c.Txid == s.Spend.Txid {
				return c.Txid, c.FeeRate
			}
		}
	}
	if len(raw) == 0 {
		return chainhash.Hash{}, 0
	}
	tx, err := view.Parse(raw)
	if err != nil {
		return chainhash.Hash{}, 0
	}
	deal, err := contract.DealOf(s)
	if err != nil {
		return chainhash.Hash{}, 0
	}
	if s.Phase == contract.Broadcast || s.Phase == contract.Cancelling {
		return tx.TxHash(), deal.Offer.FundFeeRate
	}
	return tx.TxHash(), deal.Offer.CETFeeRate
}

// raiseSlow raises a fee if the estimate is above what is paid.
func (a *actor) raiseSlow(ctx context.Context, txid chainhash.Hash, rate uint32) {
	defer a.drop()
	target := a.e.policy().Fees.CETTarget
	estimate, err := a.e.drafts.Rate(ctx, target)
	if err != nil || estimate <= rate {
		return
	}
	a.bump(ctx, txid, wallet.FeeSpec{Rate: chainfee.SatPerVByte(estimate)})
}

// raiseFee does what the contract asks for.
func (a *actor) raiseFee(ctx context.Context, e contract.RaiseFee) {
	target := a.e.policy().Fees.CETTarget
	if e.Urgent {
		target = 1
	}
	// What the drafts answer is within the protocol's limits, whatever the backend
	// says.
	rate, err := a.e.drafts.Rate(ctx, target)
	if err != nil {
		a.log.Warn("fee not raised", "txid", e.Txid.String(), "err", err)
		return
	}
	a.bump(ctx, e.Txid, wallet.FeeSpec{Rate: chainfee.SatPerVByte(rate), AllowHigh: e.Urgent})
}

// bump lets a child of our own output pay for a transaction.
func (a *actor) bump(ctx context.Context, txid chainhash.Hash, spec wallet.FeeSpec) {
	sent, err := a.e.cfg.Wallet.Bump(ctx, wallet.BumpRequest{TxID: txid, Method: wallet.BumpCPFP, Fee: spec})
	switch {
	case err == nil:
		a.log.Info("fee raised", "txid", txid.String(), "child", sent.TxID.String(), "fee", int64(sent.Fee))
	case errors.Is(err, chain.ErrUnavailable), errors.Is(err, wallet.ErrNotBumpable), errors.Is(err, wallet.ErrTxNotFound):
		a.log.Info("fee not raised", "txid", txid.String(), "err", err)
	default:
		a.log.Warn("fee not raised", "txid", txid.String(), "err", err)
	}
}

// rescue has a child of our own output pay for a transaction that mempools refuse,
// in one package. Where that cannot be done the user is told, once; the contract
// asks again with the next block.
func (e *Engine) rescue(ctx context.Context, log *slog.Logger, key Key, tx *btcwire.MsgTx, urgent bool) {
	txid := tx.TxHash()
	rate, err := e.drafts.Rate(ctx, e.policy().Fees.CETTarget)
	var sent wallet.Sent
	if err == nil {
		sent, err = e.cfg.Wallet.PublishPackage(ctx, tx, labelOf(key), wallet.FeeSpec{Rate: chainfee.SatPerVByte(rate), AllowHigh: urgent})
	}
	switch {
	case err == nil:
		e.unpaid.Delete(txid)
		log.Info("transaction published with a child that pays", "txid", txid.String(), "child", sent.TxID.String(), "fee", int64(sent.Fee))
		return
	case ctx.Err() != nil:
		return
	}
	log.Warn("transaction pays less than mempools take", "txid", txid.String(), "err", err)
	if _, told := e.unpaid.LoadOrStore(txid, true); told {
		return
	}
	alarm := Event{Kind: EventAlarm, Key: key, Reason: fmt.Sprintf("transaction %s pays less than mempools take: %v", txid, err)}
	if err := e.journal.Write(alarm, nil); err != nil {
		e.unpaid.Delete(txid)
		log.Error("user not told", "reason", alarm.Reason, "err", err)
	}
}

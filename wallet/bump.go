package wallet

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/btcutil/psbt"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/mempool"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"
	base "github.com/btcsuite/btcwallet/wallet"
	"github.com/btcsuite/btcwallet/walletdb"
	"github.com/btcsuite/btcwallet/wtxmgr"
	"github.com/lightningnetwork/lnd/lnwallet"
	"github.com/lightningnetwork/lnd/lnwallet/chainfee"
)

// Bump raises the fee of an unconfirmed transaction, by replacing it (BIP125)
// or by spending one of its outputs (CPFP); a child that does so already is
// replaced by one that pays more. Errors: ErrTxNotFound,
// ErrNotBumpable with the reason, *InsufficientFundsError, *FeeTooHighError,
// ErrFeeTooLow, and those of Publish.
func (w *Wallet) Bump(ctx context.Context, req BumpRequest) (Sent, error) {
	details, err := w.unmined(req.TxID)
	if err != nil {
		return Sent{}, err
	}
	rate, err := w.feeRate(ctx, req.Fee)
	if err != nil {
		return Sent{}, err
	}
	if err := w.usable(ctx); err != nil {
		return Sent{}, fmt.Errorf("raise fee of %s: %w", req.TxID, err)
	}
	switch req.Method {
	case BumpRBF:
		return w.replace(ctx, details, rate, req.Fee)
	case BumpCPFP:
		return w.spendChild(ctx, details, rate, req.Fee)
	case BumpAuto:
		sent, err := w.replace(ctx, details, rate, req.Fee)
		if errors.Is(err, ErrNotBumpable) {
			return w.spendChild(ctx, details, rate, req.Fee)
		}
		return sent, err
	}
	return Sent{}, fmt.Errorf("%w: bump method %d", ErrBadRequest, req.Method)
}

// unmined looks up a transaction that is in no block.
func (w *Wallet) unmined(txid chainhash.Hash) (*wtxmgr.TxDetails, error) {
	details, err := base.UnstableAPI(w.base).TxDetails(&txid)
	switch {
	case err != nil:
		return nil, fmt.Errorf("look up %s: %w", txid, err)
	case details == nil:
		return nil, fmt.Errorf("%w: %s", ErrTxNotFound, txid)
	case details.Block.Height >= 0:
		return nil, fmt.Errorf("%w: %s is in block %d already", ErrNotBumpable, txid, details.Block.Height)
	}
	return details, nil
}

// feeOf is the fee of a transaction all of whose inputs are ours.
func feeOf(d *wtxmgr.TxDetails) (btcutil.Amount, bool) {
	if len(d.Debits) != len(d.MsgTx.TxIn) {
		return 0, false
	}
	var in btcutil.Amount
	for _, debit := range d.Debits {
		in += debit.Amount
	}
	return in - sumOutputs(d.MsgTx.TxOut), true
}

func vsize(tx *wire.MsgTx) btcutil.Amount {
	return btcutil.Amount(mempool.GetTxVirtualSize(btcutil.NewTx(tx)))
}

// replace builds a transaction with the same inputs and payments that pays more
// out of its change, and if that is not enough, out of one more coin.
func (w *Wallet) replace(ctx context.Context, old *wtxmgr.TxDetails, rate chainfee.SatPerVByte, spec FeeSpec) (Sent, error) {
	oldFee, err := w.replaceable(old)
	if err != nil {
		return Sent{}, err
	}
	w.coins.Lock()
	funded, err := w.fundReplacement(old, oldFee, rate)
	w.coins.Unlock()
	if err != nil {
		return Sent{}, err
	}
	if err := checkFee(funded.Fee, sumOutputs(old.MsgTx.TxOut), spec); err != nil {
		return Sent{}, errors.Join(err, w.releaseAll(leaseIDs(funded)))
	}
	return w.signAndPublish(ctx, funded, old.Label, &old.Hash)
}

// replaceable returns the fee that a replacement must exceed.
func (w *Wallet) replaceable(old *wtxmgr.TxDetails) (btcutil.Amount, error) {
	oldFee, ours := feeOf(old)
	if !ours {
		return 0, fmt.Errorf("%w: %s spends coins of others; spend its output instead (cpfp)", ErrNotBumpable, old.Hash)
	}
	for _, in := range old.MsgTx.TxIn {
		if in.Sequence > rbfSequence {
			return 0, fmt.Errorf("%w: %s does not signal replaceability; spend its output instead (cpfp)", ErrNotBumpable, old.Hash)
		}
	}
	for _, credit := range old.Credits {
		if credit.Spent {
			return 0, fmt.Errorf("%w: output %d of %s is spent already; raise the fee of the spending transaction",
				ErrNotBumpable, credit.Index, old.Hash)
		}
	}
	return oldFee, nil
}

// fundReplacement wants w.coins held.
func (w *Wallet) fundReplacement(old *wtxmgr.TxDetails, oldFee btcutil.Amount, rate chainfee.SatPerVByte) (_ Funded, err error) {
	payments, change := w.splitChange(old)
	inputs := spentBy(&old.MsgTx)
	var lease Lease
	defer func() {
		if err != nil && lease.ID != (LeaseID{}) {
			err = errors.Join(err, w.release(lease.ID))
		}
	}()
	for attempt := 0; ; attempt++ {
		packet, err := newPacket(inputs, copyOutputs(payments))
		if err != nil {
			return Funded{}, err
		}
		if err := w.base.DecorateInputs(packet, true); err != nil {
			return Funded{}, fmt.Errorf("look up inputs: %w", w.mapChainError(err))
		}
		funded, need, err := w.balanceReplacement(packet, change, oldFee, rate)
		if err != nil {
			return Funded{}, err
		}
		if need == 0 {
			funded.Lease = lease
			return funded, nil
		}
		if attempt > 0 {
			return Funded{}, w.insufficient(payments, 1, rate)
		}
		var coin wire.OutPoint
		if coin, err = w.coinWorth(need, rate); err != nil {
			return Funded{}, err
		}
		if lease, err = w.lease(ownerSend, []wire.OutPoint{coin}, MaxLease); err != nil {
			return Funded{}, err
		}
		inputs = append(inputs, coin)
	}
}

// balanceReplacement sets the change of a replacement. need is how much is
// missing, zero if nothing is.
func (w *Wallet) balanceReplacement(packet *psbt.Packet, change *wire.TxOut, oldFee btcutil.Amount, rate chainfee.SatPerVByte) (Funded, btcutil.Amount, error) {
	if change == nil {
		script, err := w.changeScript()
		if err != nil {
			return Funded{}, 0, err
		}
		change = wire.NewTxOut(0, script)
	}
	prevouts := prevoutsOf(packet)
	outs := packet.UnsignedTx.TxOut
	in, paid := sumOutputs(prevouts), sumOutputs(outs)
	full, err := estimateVSize(prevouts, append(copyOutputs(outs), change))
	if err != nil {
		return Funded{}, 0, err
	}
	bare, err := estimateVSize(prevouts, outs)
	if err != nil {
		return Funded{}, 0, err
	}
	if left := in - paid - replacementFee(full, oldFee, rate); left >= dustLimit(change.PkScript) {
		packet.UnsignedTx.AddTxOut(wire.NewTxOut(int64(left), change.PkScript))
		packet.Outputs = append(packet.Outputs, psbt.POutput{})
		return Funded{Packet: packet, ChangeIndex: int32(len(outs)), Fee: replacementFee(full, oldFee, rate)}, 0, nil //nolint:gosec // at most maxOutputs
	}
	if len(outs) > 0 && in-paid >= replacementFee(bare, oldFee, rate) {
		return Funded{Packet: packet, ChangeIndex: -1, Fee: in - paid}, 0, nil
	}
	return Funded{}, replacementFee(full, oldFee, rate) + dustLimit(change.PkScript) - (in - paid), nil
}

// replacementFee is what the rate asks for, and at least what BIP125 rules 3
// and 4 do: the old fee and the relay rate for the new size on top.
func replacementFee(size, oldFee btcutil.Amount, rate chainfee.SatPerVByte) btcutil.Amount {
	return max(size*btcutil.Amount(rate), oldFee+size*btcutil.Amount(MinFeeRate))
}

// splitChange separates payments from the change output, if there is one.
func (w *Wallet) splitChange(d *wtxmgr.TxDetails) (payments []*wire.TxOut, change *wire.TxOut) {
	own := make(map[uint32]bool)
	for _, credit := range d.Credits {
		own[credit.Index] = credit.Change
	}
	for i, out := range d.MsgTx.TxOut {
		if change == nil && own[uint32(i)] {
			change = out
			continue
		}
		payments = append(payments, out)
	}
	return payments, change
}

func copyOutputs(outs []*wire.TxOut) []*wire.TxOut {
	copied := make([]*wire.TxOut, len(outs))
	for i, out := range outs {
		copied[i] = wire.NewTxOut(out.Value, out.PkScript)
	}
	return copied
}

// coinWorth picks the smallest free confirmed coin that adds need at the rate.
func (w *Wallet) coinWorth(need btcutil.Amount, rate chainfee.SatPerVByte) (wire.OutPoint, error) {
	snap, err := w.takeSnapshot()
	if err != nil {
		return wire.OutPoint{}, err
	}
	const inputVSize = 68 // P2WPKH, the larger of the wallet's kinds
	need += inputVSize * btcutil.Amount(rate)
	var best *wtxmgr.Credit
	for i, c := range snap.free {
		if confirmations(c.Height, snap.tip) < 1 || w.immature(c, snap.tip) || c.Amount < need {
			continue
		}
		if best == nil || c.Amount < best.Amount {
			best = &snap.free[i]
		}
	}
	if best == nil {
		return wire.OutPoint{}, w.insufficient([]*wire.TxOut{wire.NewTxOut(int64(need), nil)}, 1, rate)
	}
	return best.OutPoint, nil
}

// spendChild spends the largest own output of a transaction back to the wallet,
// with a fee that lifts both to the rate.
func (w *Wallet) spendChild(ctx context.Context, parent *wtxmgr.TxDetails, rate chainfee.SatPerVByte, spec FeeSpec) (Sent, error) {
	child, err := w.childOf(parent)
	if err != nil {
		return Sent{}, err
	}
	if child != nil {
		return w.raiseChild(ctx, parent, child, rate, spec)
	}
	w.coins.Lock()
	funded, err := w.fundChild(parent, rate, spec)
	w.coins.Unlock()
	if err != nil {
		return Sent{}, err
	}
	return w.signAndPublish(ctx, funded, childLabel(parent.Hash), nil)
}

// childOf finds an unmined transaction of ours, with inputs of ours alone, that
// spends an output of the parent; nil if there is none.
func (w *Wallet) childOf(parent *wtxmgr.TxDetails) (*wtxmgr.TxDetails, error) {
	var spenders []chainhash.Hash
	err := w.view(func(ns walletdb.ReadBucket) error {
		unmined, err := w.base.TxStore.UnminedTxs(ns)
		for _, tx := range unmined {
			if slices.ContainsFunc(tx.TxIn, func(in *wire.TxIn) bool { return in.PreviousOutPoint.Hash == parent.Hash }) {
				spenders = append(spenders, tx.TxHash())
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var found *wtxmgr.TxDetails
	for _, txid := range spenders {
		child, err := w.unmined(txid)
		if err != nil {
			return nil, err
		}
		// Another party spends outputs of its own, perhaps with one to us.
		if _, ours := feeOf(child); ours && (found == nil || child.Label == childLabel(parent.Hash)) {
			found = child
		}
	}
	return found, nil
}

// raiseChild replaces a child by one whose fee lifts both to the rate.
func (w *Wallet) raiseChild(ctx context.Context, parent, child *wtxmgr.TxDetails, rate chainfee.SatPerVByte, spec FeeSpec) (Sent, error) {
	paid, _ := feeOf(child)
	size, parentSize := vsize(&child.MsgTx), vsize(&parent.MsgTx)
	wanted := (size+parentSize)*btcutil.Amount(rate) - parentFee(parent, parentSize)
	if paid >= wanted {
		return Sent{}, fmt.Errorf("%w: %s pays %d sat/vB for it already", ErrNotBumpable, child.Hash, rate)
	}
	// A replacement may take a further coin: what it is for bounds what it costs.
	spec.limit = worthOf(parent, child)
	// The most that the child can pay out of what it spends, signatures being as long
	// as they may.
	const slack = 2
	most := (spec.limit - dustLimit(child.MsgTx.TxOut[0].PkScript)) / (size + slack)
	perVB := min((wanted+size-1)/size, most)
	if perVB*size < paid+size*btcutil.Amount(MinFeeRate) {
		return Sent{}, fmt.Errorf("%w: %s pays %d sat for an output of %d sat already", ErrNotBumpable, child.Hash, paid, spec.limit)
	}
	return w.replace(ctx, child, chainfee.SatPerVByte(perVB), spec)
}

// worthOf is the value of the outputs of the parent that the child spends.
func worthOf(parent, child *wtxmgr.TxDetails) (sum btcutil.Amount) {
	for _, debit := range child.Debits {
		if child.MsgTx.TxIn[debit.Index].PreviousOutPoint.Hash == parent.Hash {
			sum += debit.Amount
		}
	}
	return sum
}

// parentFee is what a transaction pays; of one with inputs of others it is not
// known, and taken to be what nodes relay.
func parentFee(parent *wtxmgr.TxDetails, size btcutil.Amount) btcutil.Amount {
	if paid, ours := feeOf(parent); ours {
		return paid
	}
	return size * btcutil.Amount(unknownParent)
}

// changeScript is of a fresh change address.
func (w *Wallet) changeScript() ([]byte, error) {
	addr, err := w.lnd.NewAddress(lnwallet.TaprootPubkey, true, lnwallet.DefaultAccountName)
	if err != nil {
		return nil, fmt.Errorf("new change address: %w", w.mapChainError(err))
	}
	return txscript.PayToAddrScript(addr)
}

// fundChild wants w.coins held.
func (w *Wallet) fundChild(parent *wtxmgr.TxDetails, rate chainfee.SatPerVByte, spec FeeSpec) (Funded, error) {
	var best *wtxmgr.CreditRecord
	for i, credit := range parent.Credits {
		if !credit.Spent && (best == nil || credit.Amount > best.Amount) {
			best = &parent.Credits[i]
		}
	}
	if best == nil {
		return Funded{}, fmt.Errorf("%w: %s has no unspent output of this wallet", ErrNotBumpable, parent.Hash)
	}
	coins := []wire.OutPoint{{Hash: parent.Hash, Index: best.Index}}
	script := append([]byte{txscript.OP_1, txscript.OP_DATA_32}, make([]byte, 32)...) // of the right size
	packet, err := newPacket(coins, []*wire.TxOut{wire.NewTxOut(0, script)})
	if err != nil {
		return Funded{}, err
	}
	if err := w.base.DecorateInputs(packet, true); err != nil {
		return Funded{}, fmt.Errorf("look up inputs: %w", w.mapChainError(err))
	}
	size, err := estimateVSize(prevoutsOf(packet), packet.UnsignedTx.TxOut)
	if err != nil {
		return Funded{}, err
	}
	parentSize := vsize(&parent.MsgTx)
	fee := max((size+parentSize)*btcutil.Amount(rate)-parentFee(parent, parentSize), size*btcutil.Amount(rate))
	if limit := dustLimit(script); best.Amount < fee+limit {
		return Funded{}, fmt.Errorf("%w: output %d of %s holds %d sat, the fee would take %d",
			ErrNotBumpable, best.Index, parent.Hash, best.Amount, fee)
	}
	if err := checkFee(fee, best.Amount, spec); err != nil {
		return Funded{}, err
	}
	if packet.UnsignedTx.TxOut[0].PkScript, err = w.changeScript(); err != nil {
		return Funded{}, err
	}
	packet.UnsignedTx.TxOut[0].Value = int64(best.Amount - fee)
	lease, err := w.lease(ownerSend, coins, MaxLease)
	if err != nil {
		return Funded{}, err
	}
	return Funded{Packet: packet, ChangeIndex: 0, Lease: lease, Fee: fee}, nil
}

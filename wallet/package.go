package wallet

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/btcutil/psbt"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/rpcclient"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"
	walletchain "github.com/btcsuite/btcwallet/chain"
	base "github.com/btcsuite/btcwallet/wallet"
	"github.com/lightningnetwork/lnd/lnwallet/chainfee"

	"github.com/alkimiya/alkimiya/wallet/store"
)

// packageTaken is what Bitcoin Core answers to a package that it takes whole.
const packageTaken = "success"

// PublishPackage sends a complete transaction of which Publish said
// ErrBelowMempool, together with a child that spends the largest output of it
// that is ours and lifts both to the rate, as one package. The child costs at
// most 20,000 sat or a quarter of that output, with spec.AllowHigh what it is worth
// above dust, and pays to one address however often it is tried: packages that are
// refused, which may be many, must not use up the addresses that a restored wallet
// looks at. An earlier child is given up: while the transaction
// itself is in no mempool, its children are not either. Both are stored first, and
// kept as Publish keeps them. Errors: ErrNoPackages, ErrNotBumpable with the reason,
// and those of Publish.
func (w *Wallet) PublishPackage(ctx context.Context, tx *wire.MsgTx, label string, spec FeeSpec) (Sent, error) {
	if tx == nil || len(label) > MaxLabel {
		return Sent{}, fmt.Errorf("%w: package of a transaction with a label of %d bytes, limit %d", ErrBadRequest, len(label), MaxLabel)
	}
	if err := w.usable(ctx); err != nil {
		return Sent{}, fmt.Errorf("send %s as a package: %w", tx.TxHash(), err)
	}
	// Nothing is refused by who takes packages but that this one is empty.
	if _, err := w.source.SubmitPackage(nil, nil); takesNone(err) {
		return Sent{}, fmt.Errorf("%w: %s", ErrNoPackages, tx.TxHash())
	}
	if err := w.dropChildren(tx.TxHash()); err != nil {
		return Sent{}, err
	}
	rate, err := w.feeRate(ctx, spec)
	if err != nil {
		return Sent{}, err
	}
	packet, fee, err := w.packageChild(tx, min(rate, MaxFeeRate), spec)
	if err != nil {
		return Sent{}, err
	}
	prevouts := prevoutsOf(packet)
	child, err := w.sign(ctx, packet)
	if err != nil {
		return Sent{}, err
	}
	sent := Sent{TxID: child.TxHash(), Tx: child, Prevouts: prevouts, Fee: fee, VSize: int64(vsize(child))}
	return sent, w.pushPackage(context.WithoutCancel(ctx), tx, child, label)
}

// childLabel is the label of a child that only pays for its parent.
func childLabel(parent chainhash.Hash) string { return "raises the fee of " + parent.String() }

// dropChildren forgets our children of a transaction that no mempool holds, as
// far as they pay nobody else: a payment is not to be lost.
func (w *Wallet) dropChildren(parent chainhash.Hash) error {
	w.sending.Lock()
	defer w.sending.Unlock()
	pending, err := w.store.Broadcasts()
	if err != nil {
		return err
	}
	for _, b := range pending {
		for _, in := range b.Tx.TxIn {
			if in.PreviousOutPoint.Hash != parent {
				continue
			}
			if b.Label != childLabel(parent) {
				return fmt.Errorf("%w: %s spends an output of %s already", ErrNotBumpable, b.Tx.TxHash(), parent)
			}
			if err := errors.Join(w.forget(b.Tx.TxHash()), w.endBroadcast(b)); err != nil {
				return fmt.Errorf("give up %s: %w", b.Tx.TxHash(), err)
			}
			break
		}
	}
	return nil
}

// packageChild makes the child of a transaction that the coin database need not
// know, ready to be signed. What the transaction pays itself is not known here,
// and taken to be what nodes relay.
func (w *Wallet) packageChild(parent *wire.MsgTx, rate chainfee.SatPerVByte, spec FeeSpec) (*psbt.Packet, btcutil.Amount, error) {
	txid := parent.TxHash()
	at, derivation := -1, (*psbt.Bip32Derivation)(nil)
	for i, out := range parent.TxOut {
		if at >= 0 && out.Value <= parent.TxOut[at].Value {
			continue
		}
		switch found, err := w.base.FetchDerivationInfo(out.PkScript); {
		case err == nil:
			at, derivation = i, found
		case !errors.Is(err, base.ErrNotMine):
			return nil, 0, fmt.Errorf("look up output %d of %s: %w", i, txid, err)
		}
	}
	if at < 0 {
		return nil, 0, fmt.Errorf("%w: %s has no output of this wallet", ErrNotBumpable, txid)
	}
	out := parent.TxOut[at]
	value := btcutil.Amount(out.Value)
	script, err := w.packageScript(txid)
	if err != nil {
		return nil, 0, err
	}
	packet, err := newPacket([]wire.OutPoint{{Hash: txid, Index: uint32(at)}}, []*wire.TxOut{wire.NewTxOut(0, script)})
	if err != nil {
		return nil, 0, err
	}
	size, err := estimateVSize([]*wire.TxOut{out}, packet.UnsignedTx.TxOut)
	if err != nil {
		return nil, 0, err
	}
	both := size + vsize(parent)
	most := value - dustLimit(script)
	if !spec.AllowHigh {
		most = min(most, max(modestFee, value/maxFeeShare))
	}
	fee := min(both*btcutil.Amount(rate), most)
	if fee < both*btcutil.Amount(MinFeeRate) {
		return nil, 0, fmt.Errorf("%w: output %d of %s holds %d sat, not enough for a child", ErrNotBumpable, at, txid, out.Value)
	}
	packet.UnsignedTx.TxOut[0].Value = int64(value - fee)
	decorate(&packet.Inputs[0], parent, out, derivation)
	return packet, fee, nil
}

// packageScript is the change script of all children of a transaction that are tried.
func (w *Wallet) packageScript(parent chainhash.Hash) ([]byte, error) {
	if known, ok := w.childScripts.Load(parent); ok {
		if script, ok := known.([]byte); ok {
			return script, nil
		}
	}
	script, err := w.changeScript()
	if err == nil {
		w.childScripts.Store(parent, script)
	}
	return script, err
}

// decorate says what an input spends and by which key.
func decorate(in *psbt.PInput, parent *wire.MsgTx, out *wire.TxOut, derivation *psbt.Bip32Derivation) {
	in.WitnessUtxo = wire.NewTxOut(out.Value, out.PkScript)
	in.Bip32Derivation = []*psbt.Bip32Derivation{derivation}
	if !txscript.IsPayToTaproot(out.PkScript) {
		in.NonWitnessUtxo, in.SighashType = parent, txscript.SigHashAll
		return
	}
	in.SighashType = txscript.SigHashDefault
	in.TaprootBip32Derivation = []*psbt.TaprootBip32Derivation{{
		XOnlyPubKey: derivation.PubKey[1:], MasterKeyFingerprint: derivation.MasterKeyFingerprint, Bip32Path: derivation.Bip32Path,
	}}
}

// pushPackage stores both transactions, offers them as one, and then has each of
// them go the way of any other, which finds it in the mempool.
func (w *Wallet) pushPackage(ctx context.Context, parent, child *wire.MsgTx, label string) error {
	w.sending.Lock()
	fresh, err := w.storePackage(parent, child, label)
	if err == nil {
		err = w.submit([]*wire.MsgTx{parent, child})
	}
	if err != nil && !errors.Is(err, ErrQueued) {
		for _, b := range fresh {
			err = errors.Join(err, w.endBroadcast(b))
		}
	}
	w.sending.Unlock()
	if err != nil {
		return err
	}
	for _, tx := range []*wire.MsgTx{parent, child} {
		if err := w.push(ctx, tx.TxHash()); err != nil {
			return err
		}
	}
	return nil
}

// storePackage returns what was not stored before. It wants w.sending held.
func (w *Wallet) storePackage(parent, child *wire.MsgTx, label string) (fresh []store.Broadcast, err error) {
	now := time.Now().UTC()
	for i, b := range []store.Broadcast{
		{Tx: parent, Label: label}, {Tx: child, Label: childLabel(parent.TxHash())},
	} {
		b.Created = now.Add(time.Duration(i)) // parents go first
		switch _, err := w.store.Broadcast(b.Tx.TxHash()); {
		case err == nil:
			continue // with the leases it has
		case !errors.Is(err, store.ErrNotFound):
			return fresh, err
		}
		if err := w.store.PutBroadcast(b); err != nil {
			return fresh, err
		}
		fresh = append(fresh, b)
	}
	return fresh, nil
}

// takesNone tells whether a backend's answer is that it knows no packages.
func takesNone(err error) bool {
	return errors.Is(err, walletchain.ErrUnimplemented) || errors.Is(err, rpcclient.ErrBackendVersion)
}

// submit offers a package, and says what the backend says.
func (w *Wallet) submit(txs []*wire.MsgTx) error {
	noLimit := 0.0 // the child's own rate is far above that of both
	result, err := w.source.SubmitPackage(txs, &noLimit)
	txid := txs[0].TxHash()
	switch {
	case takesNone(err):
		return fmt.Errorf("%w: %s", ErrNoPackages, txid)
	case err != nil:
		return fmt.Errorf("%w: package of %s: %w", ErrQueued, txid, w.mapChainError(err))
	case result.PackageMsg == packageTaken:
		return nil
	}
	reason := result.PackageMsg
	for _, one := range result.TxResults {
		if one.Error != nil {
			reason += "; " + one.TxID.String() + ": " + *one.Error
		}
	}
	return fmt.Errorf("%w: package of %s: %s", ErrRejected, txid, reason)
}

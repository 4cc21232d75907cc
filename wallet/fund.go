package wallet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/btcutil/psbt"
	"github.com/btcsuite/btcd/rpcclient"
	"github.com/btcsuite/btcd/wire"
	"github.com/btcsuite/btcwallet/waddrmgr"
	base "github.com/btcsuite/btcwallet/wallet"
	"github.com/btcsuite/btcwallet/wallet/txauthor"
	"github.com/btcsuite/btcwallet/wallet/txrules"
	"github.com/lightningnetwork/lnd/lnwallet"
	"github.com/lightningnetwork/lnd/lnwallet/chainfee"

	"github.com/alkimiya/alkimiya/wallet/chain"
)

const (
	maxOutputs = 1000
	maxInputs  = 1000
)

// FundRequest asks to complete a transaction with coins of the wallet.
type FundRequest struct {
	// Packet holds the outputs, and inputs if the caller has chosen the coins
	// himself: they must be free coins of the wallet. It is changed.
	Packet *psbt.Packet
	Fee    FeeSpec
	// MinConfs of the coins chosen; negative means 1.
	MinConfs int32
	// Owner and LeaseFor are of the lease under which the coins are put.
	Owner    string
	LeaseFor time.Duration
}

// Funded is a complete unsigned transaction with its coins leased.
type Funded struct {
	Packet *psbt.Packet
	// ChangeIndex is the output that returns to the wallet, or -1.
	ChangeIndex int32
	Lease       Lease
	Fee         btcutil.Amount
}

// FundPSBT adds inputs, a fee and BIP86 change to a PSBT and leases the inputs.
// Inputs signal replaceability (BIP125). Errors: *InsufficientFundsError,
// ErrDust, *FeeTooHighError, ErrCoinLeased, ErrUnknownCoin, ErrBadRequest,
// chain.ErrUnavailable.
func (w *Wallet) FundPSBT(ctx context.Context, req FundRequest) (Funded, error) {
	if err := w.usable(ctx); err != nil {
		return Funded{}, fmt.Errorf("fund a transaction: %w", err)
	}
	rate, err := w.feeRate(ctx, req.Fee)
	if err != nil {
		return Funded{}, err
	}
	if err := checkPacket(req.Packet); err != nil {
		return Funded{}, err
	}
	if err := checkOwner(req.Owner); err != nil {
		return Funded{}, err
	}
	return w.fundAndLease(req, rate)
}

// fundAndLease is FundPSBT for whoever has checked the request.
func (w *Wallet) fundAndLease(req FundRequest, rate chainfee.SatPerVByte) (Funded, error) {
	if req.MinConfs < 0 {
		req.MinConfs = 1
	}
	w.coins.Lock()
	defer w.coins.Unlock()
	given := spentBy(req.Packet.UnsignedTx)
	if len(given) > 0 {
		if err := w.checkFree(given); err != nil {
			return Funded{}, err
		}
	}
	// First without consequences: a refused payment must not use up a change
	// address, since a restored wallet looks past so many unused ones only.
	if _, err := w.plan(req, rate); err != nil {
		return Funded{}, err
	}
	funded, err := w.fund(req, rate)
	if err != nil {
		return Funded{}, err
	}
	funded.Lease, err = w.lease(req.Owner, spentBy(funded.Packet.UnsignedTx), req.LeaseFor)
	if err != nil {
		return Funded{}, err
	}
	return funded, nil
}

func checkPacket(p *psbt.Packet) error {
	if p == nil || p.UnsignedTx == nil {
		return fmt.Errorf("%w: no transaction", ErrBadRequest)
	}
	outs, ins := p.UnsignedTx.TxOut, p.UnsignedTx.TxIn
	if len(outs) == 0 || len(outs) > maxOutputs || len(ins) > maxInputs {
		return fmt.Errorf("%w: %d inputs and %d outputs, want at most %d and 1 to %d",
			ErrBadRequest, len(ins), len(outs), maxInputs, maxOutputs)
	}
	for i, out := range outs {
		if err := checkOutput(out); err != nil {
			return fmt.Errorf("output %d: %w", i, err)
		}
	}
	if sumOutputs(outs) > btcutil.MaxSatoshi {
		return fmt.Errorf("%w: outputs add up to more than exists", ErrBadRequest)
	}
	return nil
}

func spentBy(tx *wire.MsgTx) []wire.OutPoint {
	ops := make([]wire.OutPoint, len(tx.TxIn))
	for i, in := range tx.TxIn {
		ops[i] = in.PreviousOutPoint
	}
	return ops
}

// plan chooses coins and fee as fund would and changes nothing. It wants w.coins
// held.
func (w *Wallet) plan(req FundRequest, rate chainfee.SatPerVByte) (Sent, error) {
	outs := copyOutputs(req.Packet.UnsignedTx.TxOut)
	scope := waddrmgr.KeyScopeBIP0086
	options := []base.TxCreateOption{base.WithCustomChangeScope(&scope)}
	if given := spentBy(req.Packet.UnsignedTx); len(given) > 0 {
		options = append(options, base.WithCustomSelectUtxos(given))
	}
	perKVB := btcutil.Amount(rate.FeePerKWeight().FeePerKVByte())
	authored, err := w.base.CreateSimpleTx(
		nil, waddrmgr.DefaultAccountNum, outs, req.MinConfs, perKVB, base.CoinSelectionLargest, true, options...,
	)
	if err != nil {
		return Sent{}, w.mapFundError(err, outs, req, rate)
	}
	planned := Sent{Tx: authored.Tx, Fee: authored.TotalInput - sumOutputs(authored.Tx.TxOut)}
	for i, script := range authored.PrevScripts {
		planned.Prevouts = append(planned.Prevouts, wire.NewTxOut(int64(authored.PrevInputValues[i]), script))
	}
	size, err := estimateVSize(planned.Prevouts, authored.Tx.TxOut)
	if err != nil {
		return Sent{}, err
	}
	planned.VSize = int64(size)
	return planned, checkFee(planned.Fee, sumOutputs(outs), req.Fee)
}

// fund wants w.coins held.
func (w *Wallet) fund(req FundRequest, rate chainfee.SatPerVByte) (Funded, error) {
	outs := append([]*wire.TxOut(nil), req.Packet.UnsignedTx.TxOut...)
	scope := waddrmgr.KeyScopeBIP0086
	change, err := w.lnd.FundPsbt(
		req.Packet, req.MinConfs, rate.FeePerKWeight(), lnwallet.DefaultAccountName,
		&scope, base.CoinSelectionLargest, nil,
	)
	if err != nil {
		return Funded{}, w.mapFundError(err, outs, req, rate)
	}
	var in btcutil.Amount
	for i := range req.Packet.Inputs {
		req.Packet.UnsignedTx.TxIn[i].Sequence = rbfSequence
		in += btcutil.Amount(req.Packet.Inputs[i].WitnessUtxo.Value)
	}
	return Funded{Packet: req.Packet, ChangeIndex: change, Fee: in - sumOutputs(req.Packet.UnsignedTx.TxOut)}, nil
}

func (w *Wallet) mapFundError(err error, outs []*wire.TxOut, req FundRequest, rate chainfee.SatPerVByte) error {
	var short txauthor.InputSourceError
	switch {
	case errors.As(err, &short):
		return w.insufficient(outs, req.MinConfs, rate)
	case errors.Is(err, txrules.ErrOutputIsDust):
		return fmt.Errorf("%w: %w", ErrDust, err)
	}
	return w.mapChainError(err)
}

// insufficient tells what a payment would need when every free coin went in.
func (w *Wallet) insufficient(outs []*wire.TxOut, minConfs int32, rate chainfee.SatPerVByte) error {
	snap, err := w.takeSnapshot()
	if err != nil {
		return err
	}
	short := &InsufficientFundsError{Leased: make(map[string]btcutil.Amount)}
	var prevouts []*wire.TxOut
	for _, c := range snap.free {
		switch {
		case w.immature(c, snap.tip):
		case confirmations(c.Height, snap.tip) < int64(minConfs):
			short.Unconfirmed += c.Amount
		default:
			short.Available += c.Amount
			prevouts = append(prevouts, wire.NewTxOut(int64(c.Amount), c.PkScript))
		}
	}
	for _, c := range snap.leased {
		short.Leased[c.Lease.Owner] += c.Value
	}
	if len(prevouts) == 0 {
		// The least a payment needs: one Taproot input.
		prevouts = []*wire.TxOut{wire.NewTxOut(0, append([]byte{0x51, 0x20}, make([]byte, 32)...))}
	}
	size, err := estimateVSize(prevouts, outs)
	if err != nil {
		return err
	}
	short.Need = max(sumOutputs(outs)+size*btcutil.Amount(rate), short.Available+1)
	return short
}

// mapChainError marks errors of a lost connection, as far as they can be told,
// as chain.ErrUnavailable. It is for messages to people only.
func (w *Wallet) mapChainError(err error) error {
	var netErr net.Error
	for _, lost := range []error{
		rpcclient.ErrClientDisconnect, rpcclient.ErrClientShutdown, rpcclient.ErrClientNotConnected, io.EOF,
	} {
		if errors.Is(err, lost) {
			return fmt.Errorf("%w: %w", chain.ErrUnavailable, err)
		}
	}
	if errors.As(err, &netErr) {
		return fmt.Errorf("%w: %w", chain.ErrUnavailable, err)
	}
	return err
}

// SignPSBT signs every input that is the wallet's, by P2WPKH or by Taproot key
// path, and returns their indices. It signs what it is given: whoever calls it
// has looked at the outputs. Unknown inputs are left alone.
func (w *Wallet) SignPSBT(ctx context.Context, packet *psbt.Packet) ([]uint32, error) {
	if err := checkPacket(packet); err != nil {
		return nil, err
	}
	// What FundPSBT has made is complete; for the rest the backend is asked.
	if !isDecorated(packet) {
		if err := w.online(ctx); err != nil {
			return nil, fmt.Errorf("sign: %w", err)
		}
		if err := w.base.DecorateInputs(packet, false); err != nil {
			return nil, fmt.Errorf("look up inputs: %w", w.mapChainError(err))
		}
	}
	signed, err := w.lnd.SignPsbt(packet)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return signed, nil
}

// Forget drops a transaction that cannot confirm any more, because the chain spends
// an input of it that is not ours otherwise, together with what spends its outputs:
// the wallet's own coins in it are coins again. btcwallet sees such a conflict only
// when it is about a coin of its own. The transaction must not be in a block.
func (w *Wallet) Forget(tx *wire.MsgTx) error {
	w.coins.Lock()
	defer w.coins.Unlock()
	if err := w.base.RemoveDescendants(tx); err != nil {
		return fmt.Errorf("forget transaction %s: %w", tx.TxHash(), err)
	}
	return nil
}

// isDecorated tells whether every input says what it spends and by which key.
func isDecorated(packet *psbt.Packet) bool {
	for _, in := range packet.Inputs {
		if in.WitnessUtxo == nil || len(in.Bip32Derivation) == 0 {
			return false
		}
	}
	return true
}

// FinalizePSBT turns a fully signed PSBT into a transaction; ErrNotSigned names
// the first input without a signature.
func (w *Wallet) FinalizePSBT(_ context.Context, packet *psbt.Packet) (*wire.MsgTx, error) {
	return finalize(packet)
}

func finalize(packet *psbt.Packet) (*wire.MsgTx, error) {
	for i := range packet.Inputs {
		ok, err := psbt.MaybeFinalize(packet, i)
		if err != nil {
			return nil, fmt.Errorf("%w: input %d: %w", ErrNotSigned, i, err)
		}
		if !ok {
			return nil, fmt.Errorf("%w: input %d", ErrNotSigned, i)
		}
	}
	tx, err := psbt.Extract(packet)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotSigned, err)
	}
	return tx, nil
}

// NewPSBT makes an unsigned transaction of payments that spends coins, if any
// are named. Errors: ErrBadAddress, ErrWrongNetworkAddress, ErrBadRequest.
func (w *Wallet) NewPSBT(payments []Payment, coins []wire.OutPoint) (*psbt.Packet, error) {
	outs, err := w.outputs(payments)
	if err != nil {
		return nil, err
	}
	return newPacket(coins, outs)
}

// outputs turns payments into outputs, their amounts unchecked.
func (w *Wallet) outputs(payments []Payment) ([]*wire.TxOut, error) {
	if len(payments) == 0 || len(payments) > maxOutputs {
		return nil, fmt.Errorf("%w: %d outputs, want 1 to %d", ErrBadRequest, len(payments), maxOutputs)
	}
	outs := make([]*wire.TxOut, len(payments))
	for i, p := range payments {
		script, err := w.script(p.Address)
		if err != nil {
			return nil, fmt.Errorf("output %d: %w", i, err)
		}
		outs[i] = wire.NewTxOut(int64(p.Amount), script)
	}
	return outs, nil
}

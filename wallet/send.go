package wallet

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/btcsuite/btcd/blockchain"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/btcutil/psbt"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/mempool"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"
	"github.com/lightningnetwork/lnd/lnwallet/chainfee"

	"github.com/alkimiya/alkimiya/wallet/store"
)

// script returns the output script of an address of the wallet's network. It
// returns ErrWrongNetworkAddress if the text is an address elsewhere, else
// ErrBadAddress.
func (w *Wallet) script(address string) ([]byte, error) {
	addr, err := btcutil.DecodeAddress(address, w.cfg.Params)
	if err == nil && addr.IsForNet(w.cfg.Params) {
		return txscript.PayToAddrScript(addr)
	}
	for _, other := range []*chaincfg.Params{
		&chaincfg.MainNetParams, &chaincfg.TestNet3Params, &chaincfg.SigNetParams,
		&chaincfg.RegressionNetParams, &chaincfg.SimNetParams,
	} {
		if foreign, err := btcutil.DecodeAddress(address, other); err == nil && foreign.IsForNet(other) {
			return nil, fmt.Errorf("%w: %q belongs to %s, this wallet is on %s",
				ErrWrongNetworkAddress, address, other.Name, w.cfg.Params.Name)
		}
	}
	if err == nil {
		err = errors.New("unknown prefix")
	}
	return nil, fmt.Errorf("%w: %q: %w", ErrBadAddress, address, err)
}

// Preview chooses coins and fee as Send would, and changes nothing: no lease, no
// change address used up.
func (w *Wallet) Preview(ctx context.Context, req SendRequest) (Sent, error) {
	if req.All {
		funded, err := w.prepare(ctx, req)
		if err != nil {
			return Sent{}, err
		}
		prevouts := prevoutsOf(funded.Packet)
		size, err := estimateVSize(prevouts, funded.Packet.UnsignedTx.TxOut)
		err = errors.Join(err, w.releaseAll([][32]byte{funded.Lease.ID}))
		return Sent{Tx: funded.Packet.UnsignedTx, Prevouts: prevouts, Fee: funded.Fee, VSize: int64(size)}, err
	}
	fund, rate, err := w.fundRequest(ctx, req)
	if err != nil {
		return Sent{}, err
	}
	w.coins.Lock()
	defer w.coins.Unlock()
	if err := w.checkFree(req.Coins); err != nil {
		return Sent{}, err
	}
	return w.plan(fund, rate)
}

// Send pays. The signed transaction is stored before it leaves. With ErrQueued
// the result is valid and the payment will follow; with any other error nothing
// was sent, and the coins are free again, at the latest after a restart. Errors are those of FundPSBT and
// Publish, and ErrBadAddress, ErrWrongNetworkAddress.
func (w *Wallet) Send(ctx context.Context, req SendRequest) (Sent, error) {
	if len(req.Label) > MaxLabel {
		return Sent{}, fmt.Errorf("%w: label of %d bytes, limit %d", ErrBadRequest, len(req.Label), MaxLabel)
	}
	funded, err := w.prepare(ctx, req)
	if err != nil {
		return Sent{}, err
	}
	return w.signAndPublish(ctx, funded, req.Label, nil)
}

// signAndPublish completes a funded transaction. On an error before the
// broadcast is stored the coins are let go.
func (w *Wallet) signAndPublish(ctx context.Context, f Funded, label string, replaces *chainhash.Hash) (Sent, error) {
	prevouts := prevoutsOf(f.Packet)
	tx, err := w.sign(ctx, f.Packet)
	if err != nil {
		return Sent{}, errors.Join(err, w.releaseAll(leaseIDs(f)))
	}
	sent := Sent{
		TxID: tx.TxHash(), Tx: tx, Prevouts: prevouts, Fee: f.Fee,
		VSize: mempool.GetTxVirtualSize(btcutil.NewTx(tx)), Replaces: replaces,
	}
	err = w.publish(ctx, store.Broadcast{
		Tx: tx, Label: label, Created: time.Now().UTC(), Leases: leaseIDs(f), Replaces: replaces,
	})
	return sent, err
}

// leaseIDs lists the lease of a funded transaction, if it has one.
func leaseIDs(f Funded) [][32]byte {
	if f.Lease.ID == (LeaseID{}) {
		return nil
	}
	return [][32]byte{f.Lease.ID}
}

func (w *Wallet) sign(ctx context.Context, packet *psbt.Packet) (*wire.MsgTx, error) {
	signed, err := w.SignPSBT(ctx, packet)
	if err != nil {
		return nil, err
	}
	if len(signed) != len(packet.Inputs) {
		return nil, fmt.Errorf("%w: %d of %d inputs signed", ErrNotSigned, len(signed), len(packet.Inputs))
	}
	tx, err := finalize(packet)
	if err != nil {
		return nil, err
	}
	if err := blockchain.CheckTransactionSanity(btcutil.NewTx(tx)); err != nil {
		return nil, fmt.Errorf("built an invalid transaction: %w", err)
	}
	return tx, nil
}

func prevoutsOf(packet *psbt.Packet) []*wire.TxOut {
	outs := make([]*wire.TxOut, len(packet.Inputs))
	for i := range packet.Inputs {
		outs[i] = packet.Inputs[i].WitnessUtxo
	}
	return outs
}

// prepare turns a payment into a funded transaction whose coins are leased
// until it is out.
func (w *Wallet) prepare(ctx context.Context, req SendRequest) (Funded, error) {
	if req.All {
		outs, err := w.outputs(req.Outputs)
		if err != nil {
			return Funded{}, err
		}
		return w.prepareAll(ctx, req, outs)
	}
	fund, rate, err := w.fundRequest(ctx, req)
	if err != nil {
		return Funded{}, err
	}
	return w.fundAndLease(fund, rate)
}

// fundRequest checks a payment and says how it is to be funded.
func (w *Wallet) fundRequest(ctx context.Context, req SendRequest) (FundRequest, chainfee.SatPerVByte, error) {
	packet, err := w.NewPSBT(req.Outputs, req.Coins)
	if err != nil {
		return FundRequest{}, 0, err
	}
	if err := checkPacket(packet); err != nil {
		return FundRequest{}, 0, err
	}
	if err := w.usable(ctx); err != nil {
		return FundRequest{}, 0, fmt.Errorf("fund a transaction: %w", err)
	}
	rate, err := w.feeRate(ctx, req.Fee)
	if req.MinConfs < 0 {
		req.MinConfs = 1
	}
	return FundRequest{
		Packet: packet, Fee: req.Fee, MinConfs: req.MinConfs, Owner: ownerSend, LeaseFor: MaxLease,
	}, rate, err
}

func newPacket(coins []wire.OutPoint, outs []*wire.TxOut) (*psbt.Packet, error) {
	ins := make([]*wire.OutPoint, len(coins))
	sequences := make([]uint32, len(coins))
	for i := range coins {
		ins[i], sequences[i] = &coins[i], rbfSequence
	}
	packet, err := psbt.New(ins, outs, 2, 0, sequences)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBadRequest, err)
	}
	return packet, nil
}

// prepareAll sends every free coin, or all of req.Coins, to one output.
func (w *Wallet) prepareAll(ctx context.Context, req SendRequest, outs []*wire.TxOut) (Funded, error) {
	if len(outs) != 1 {
		return Funded{}, fmt.Errorf("%w: sending all needs one output, got %d", ErrBadRequest, len(outs))
	}
	rate, err := w.feeRate(ctx, req.Fee)
	if err != nil {
		return Funded{}, err
	}
	if err := w.usable(ctx); err != nil {
		return Funded{}, fmt.Errorf("fund a transaction: %w", err)
	}
	w.coins.Lock()
	defer w.coins.Unlock()
	coins, err := w.spendable(req)
	if err != nil {
		return Funded{}, err
	}
	packet, err := newPacket(coins, outs)
	if err != nil {
		return Funded{}, err
	}
	if err := w.base.DecorateInputs(packet, true); err != nil {
		return Funded{}, fmt.Errorf("look up inputs: %w", w.mapChainError(err))
	}
	prevouts := prevoutsOf(packet)
	size, err := estimateVSize(prevouts, outs)
	if err != nil {
		return Funded{}, err
	}
	fee, in := size*btcutil.Amount(rate), sumOutputs(prevouts)
	limit := dustLimit(outs[0].PkScript)
	if in < fee+limit {
		short := &InsufficientFundsError{Need: fee + limit, Available: in}
		return Funded{}, short
	}
	packet.UnsignedTx.TxOut[0].Value = int64(in - fee)
	if err := checkFee(fee, in-fee, req.Fee); err != nil {
		return Funded{}, err
	}
	lease, err := w.lease(ownerSend, coins, MaxLease)
	if err != nil {
		return Funded{}, err
	}
	return Funded{Packet: packet, ChangeIndex: -1, Lease: lease, Fee: fee}, nil
}

// spendable lists the coins that sending all takes. It wants w.coins held.
func (w *Wallet) spendable(req SendRequest) ([]wire.OutPoint, error) {
	if len(req.Coins) > 0 {
		return req.Coins, w.checkFree(req.Coins)
	}
	minConfs := int64(req.MinConfs)
	if req.MinConfs < 0 {
		minConfs = 1
	}
	snap, err := w.takeSnapshot()
	if err != nil {
		return nil, err
	}
	var coins []wire.OutPoint
	for _, c := range snap.free {
		if confirmations(c.Height, snap.tip) >= minConfs && !w.immature(c, snap.tip) {
			coins = append(coins, c.OutPoint)
		}
	}
	if len(coins) > maxInputs {
		return nil, fmt.Errorf("%w: %d coins do not fit into one transaction, limit %d; name some of them", ErrBadRequest, len(coins), maxInputs)
	}
	if len(coins) == 0 {
		return nil, w.insufficient(nil, int32(minConfs), MinFeeRate)
	}
	return coins, nil
}

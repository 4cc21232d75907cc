package fund

import (
	"context"
	"errors"
	"fmt"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/btcutil/psbt"
	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/wallet"
)

// Witnesses signs the inputs of a role in a funding transaction and returns
// their witnesses in the order of the role's message. It fails with ErrSign, or
// as the wallet does.
func (f *Fund) Witnesses(ctx context.Context, funding *txs.Funding, role txs.Role) ([][][]byte, error) {
	witnesses, err := f.sign(ctx, funding.Tx(), funding.PrevOutputs(), funding.Inputs(role))
	if err != nil {
		return nil, fmt.Errorf("sign funding inputs: %w", err)
	}
	all := make([][][]byte, 0, len(witnesses))
	for _, w := range witnesses {
		all = append(all, w)
	}
	return all, nil
}

// Cancel makes the complete transaction that takes a role's coins back from a
// funding transaction, to the role's own change script (one of the two confirms
// at most), at twice the funding's rate or, if the coins do not reach so far,
// just above it. It fails with txs.ErrUneconomic, ErrSign, or as the wallet
// does.
func (f *Fund) Cancel(ctx context.Context, funding *txs.Funding, role txs.Role, script []byte, fundRate uint32) (*btcwire.MsgTx, error) {
	rate := 2 * fundRate
	rate = min(max(rate, fundRate+1), uint32(txs.MaxFeeRate))
	cancel, err := funding.Cancel(role, script, txs.FeeRate(rate))
	if errors.Is(err, txs.ErrUneconomic) && rate > fundRate+1 {
		cancel, err = funding.Cancel(role, script, txs.FeeRate(fundRate+1))
	}
	if err != nil {
		return nil, fmt.Errorf("cancel transaction: %w", err)
	}
	tx := cancel.Tx()
	inputs := make([]int, len(tx.TxIn))
	for i := range inputs {
		inputs[i] = i
	}
	witnesses, err := f.sign(ctx, tx, cancel.PrevOutputs(), inputs)
	if err != nil {
		return nil, fmt.Errorf("cancel transaction: %w", err)
	}
	return cancel.Complete(witnesses)
}

// Builder builds a close with a cancel input, or without one for nil; only the
// witness of the cancel input may be missing in it.
type Builder func(cancel *wire.CancelInput) (*txs.Close, error)

// CancelInput is a coin by which we can void a close, and how.
type CancelInput struct {
	// Input goes into close_accept, signed over the whole close.
	Input *wire.CancelInput
	// Void spends the coin elsewhere; it is complete.
	Void *btcwire.MsgTx
}

// CancelInput reserves a coin for a contract, adds it to the close that build
// makes, signs it there, and makes the transaction that spends it elsewhere at
// rate. It returns nil without an error if the wallet has no coin that is
// worth it: then the close goes without.
func (f *Fund) CancelInput(ctx context.Context, key [32]byte, rate uint32, build Builder) (*CancelInput, error) {
	chosen, err := f.spare(ctx, key, rate)
	if err != nil || chosen == nil {
		return nil, err
	}
	change, err := f.script(ctx, true)
	if err != nil {
		return nil, err
	}
	input := &wire.CancelInput{PrevTx: chosen.input.PrevTx, Vout: chosen.input.Vout, Change: change}
	built, err := build(input)
	if err != nil {
		return nil, fmt.Errorf("close with cancel input: %w", err)
	}
	const at = 1 // PROTOCOL.md 8: input 1 of the close
	witness, err := f.sign(ctx, built.Tx(), built.PrevOutputs(), []int{at})
	if err != nil {
		return nil, fmt.Errorf("sign cancel input: %w", err)
	}
	input.Witness = witness[0]
	void, err := f.void(ctx, chosen.coin, change, rate)
	if err != nil {
		return nil, err
	}
	return &CancelInput{Input: input, Void: void}, nil
}

// spare leases the smallest free coin that pays a few times for its own way.
func (f *Fund) spare(ctx context.Context, key [32]byte, rate uint32) (*candidate, error) {
	f.choosing.Lock()
	defer f.choosing.Unlock()
	coins, err := f.usable(ctx, nil)
	if err != nil {
		return nil, err
	}
	least := 4 * voidSize * btcutil.Amount(rate)
	for i := len(coins) - 1; i >= 0; i-- {
		if coins[i].Value < least+txs.P2TR.Dust() {
			continue
		}
		loaded, ok, err := f.load(ctx, coins[i])
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		if _, err := f.leases.Lease(ctx, Owner(key), []btcwire.OutPoint{coins[i].OutPoint}, leaseTime); err != nil {
			return nil, err
		}
		return &loaded, nil
	}
	return nil, nil
}

// voidSize bounds the size of a transaction of one input and one output, vB.
const voidSize = 125

// void spends a coin back to a script of the wallet, at twice the rate of the
// close, so that it wins against it.
func (f *Fund) void(ctx context.Context, coin wallet.Coin, script []byte, rate uint32) (*btcwire.MsgTx, error) {
	fee := 2 * voidSize * btcutil.Amount(rate)
	tx := btcwire.NewMsgTx(2)
	tx.AddTxIn(&btcwire.TxIn{PreviousOutPoint: coin.OutPoint, Sequence: btcwire.MaxTxInSequenceNum - 2})
	tx.AddTxOut(btcwire.NewTxOut(int64(coin.Value-fee), script))
	witness, err := f.sign(ctx, tx, []*btcwire.TxOut{btcwire.NewTxOut(int64(coin.Value), coin.PkScript)}, []int{0})
	if err != nil {
		return nil, fmt.Errorf("void a close: %w", err)
	}
	tx.TxIn[0].Witness = witness[0]
	return tx, nil
}

// sign has the wallet sign the inputs at the given places of a transaction and
// returns their witnesses in that order.
func (f *Fund) sign(ctx context.Context, tx *btcwire.MsgTx, prevouts []*btcwire.TxOut, at []int) ([]btcwire.TxWitness, error) {
	packet, err := psbt.NewFromUnsignedTx(tx)
	if err != nil {
		return nil, err
	}
	for i, prevout := range prevouts {
		packet.Inputs[i].WitnessUtxo = prevout
	}
	if _, err := f.coins.SignPSBT(ctx, packet); err != nil {
		return nil, err
	}
	witnesses := make([]btcwire.TxWitness, 0, len(at))
	for _, i := range at {
		in := packet.Inputs[i]
		switch {
		case len(in.TaprootKeySpendSig) > 0:
			witnesses = append(witnesses, btcwire.TxWitness{in.TaprootKeySpendSig})
		case len(in.PartialSigs) == 1:
			witnesses = append(witnesses, btcwire.TxWitness{in.PartialSigs[0].Signature, in.PartialSigs[0].PubKey})
		default:
			return nil, fmt.Errorf("%w: input %d, %s", ErrSign, i, tx.TxIn[i].PreviousOutPoint)
		}
	}
	return witnesses, nil
}

package fund

import (
	"context"
	"errors"
	"fmt"
	"slices"

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

	lease wallet.LeaseID
}

// CancelRequest asks for a coin by which a close can be voided.
type CancelRequest struct {
	// Key is the contract's, for the lease.
	Key [32]byte
	// Rate is the close's fee rate, sat/vB.
	Rate uint32
	// Busy are the contract's coins that fund it, or are in earlier closes.
	Busy []btcwire.OutPoint
	// Build makes the close.
	Build Builder
}

// CancelInput reserves a coin for a contract, adds it to the close that is to be
// built, signs it there, and makes the transaction that spends it elsewhere at
// twice the rate. On error nothing stays leased. It fails with ErrNoSpare if the
// wallet has no coin that is worth it, with ErrSign, or as the wallet does.
func (f *Fund) CancelInput(ctx context.Context, r CancelRequest) (*CancelInput, error) {
	chosen, lease, err := f.spare(ctx, r)
	if err != nil {
		return nil, err
	}
	cancel, err := f.cancelInput(ctx, r, chosen)
	if err != nil {
		return nil, errors.Join(err, f.free(ctx, lease))
	}
	cancel.lease = lease
	return cancel, nil
}

// Free gives back the coin of a close that came to nothing before it was agreed to.
func (f *Fund) Free(ctx context.Context, c *CancelInput) error { return f.free(ctx, c.lease) }

// free ends a lease, for a caller who may be gone, too.
func (f *Fund) free(ctx context.Context, id wallet.LeaseID) error {
	err := f.leases.Release(context.WithoutCancel(ctx), id)
	if err != nil && !errors.Is(err, wallet.ErrLeaseNotFound) {
		return fmt.Errorf("cancel input stays leased: %w", err)
	}
	return nil
}

// cancelInput makes the input and its other spend of a coin that is leased.
func (f *Fund) cancelInput(ctx context.Context, r CancelRequest, chosen candidate) (*CancelInput, error) {
	change, err := f.script(ctx, true)
	if err != nil {
		return nil, err
	}
	input := &wire.CancelInput{PrevTx: chosen.input.PrevTx, Vout: chosen.input.Vout, Change: change}
	built, err := r.Build(input)
	if err != nil {
		return nil, fmt.Errorf("close with cancel input: %w", err)
	}
	const at = 1 // PROTOCOL.md 8: input 1 of the close
	witness, err := f.sign(ctx, built.Tx(), built.PrevOutputs(), []int{at})
	if err != nil {
		return nil, fmt.Errorf("sign cancel input: %w", err)
	}
	input.Witness = witness[0]
	void, err := f.void(ctx, chosen.coin, change, r.Rate)
	if err != nil {
		return nil, err
	}
	return &CancelInput{Input: input, Void: void}, nil
}

// spare leases the smallest free coin that pays a few times for its own way. One
// that an approval leased which a crash ended counts as free.
func (f *Fund) spare(ctx context.Context, r CancelRequest) (candidate, wallet.LeaseID, error) {
	f.choosing.Lock()
	defer f.choosing.Unlock()
	coins, err := f.coins.Coins(ctx, minConfs)
	if err != nil {
		return candidate{}, wallet.LeaseID{}, err
	}
	least := 4*voidSize*btcutil.Amount(r.Rate) + txs.P2TR.Dust()
	for _, coin := range slices.Backward(coins) {
		left := coin.Lease != nil && coin.Lease.Owner == Owner(r.Key) && !slices.Contains(r.Busy, coin.OutPoint)
		if coin.Value < least || !fits(coin) || coin.Lease != nil && !left {
			continue
		}
		loaded, ok, err := f.load(ctx, coin)
		if err != nil {
			return candidate{}, wallet.LeaseID{}, err
		}
		if !ok {
			continue
		}
		if left {
			return loaded, coin.Lease.ID, nil
		}
		lease, err := f.leases.Lease(ctx, Owner(r.Key), []btcwire.OutPoint{coin.OutPoint}, leaseTime)
		return loaded, lease.ID, err
	}
	return candidate{}, wallet.LeaseID{}, fmt.Errorf("%w: none of %s or more is confirmed and free", ErrNoSpare, least)
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

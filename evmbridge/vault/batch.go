package vault

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

// Errors about batches.
var (
	// ErrBatch: a batch is not well formed.
	ErrBatch = errors.New("batch not well formed")
	// ErrFunds: the inputs do not pay for the batch.
	ErrFunds = errors.New("inputs do not pay for the batch")
	// ErrFeeRate: the fee rate is out of range, or takes more than a redemption
	// allows.
	ErrFeeRate = errors.New("fee rate out of range")
)

// FeeRate is a fee rate in satoshi per virtual byte.
type FeeRate uint64

// sequence lets a batch be replaced by one that pays more (BIP125).
const sequence = wire.MaxTxInSequenceNum - 2

// Coin is an output of a vault.
type Coin struct {
	Outpoint wire.OutPoint
	Value    btcutil.Amount
	Vault    *Vault
}

// Batch is a transaction that pays redemptions: outputs 0 to m-1 pay them in order,
// the next one commits to them, and what is left goes back to a vault.
type Batch struct {
	Coins       []Coin
	Redemptions []spv.Redemption
	Tx          *wire.MsgTx
	// Change is the vault of the change output, nil if there is none.
	Change *Vault
	// Fee is what the transaction pays to miners.
	Fee btcutil.Amount
}

// Build returns the batch that spends coins, in this order, for redemptions at a fee
// rate. Each redemption bears an equal part of the fee, which must not exceed what it
// allows. Change below its dust limit is left out and goes to the miners. It fails
// with ErrBatch, ErrFunds or ErrFeeRate.
func Build(domain spv.Domain, coins []Coin, redemptions []spv.Redemption, change *Vault, rate FeeRate) (*Batch, error) {
	if len(coins) == 0 || len(redemptions) == 0 || len(redemptions) > spv.MaxBatch || change == nil {
		return nil, fmt.Errorf("%d coins for %d redemptions: %w", len(coins), len(redemptions), ErrBatch)
	}
	if rate < 1 || rate > MaxFeeRate {
		return nil, fmt.Errorf("%d sat/vB: %w", rate, ErrFeeRate)
	}
	b := &Batch{Coins: coins, Redemptions: redemptions, Tx: wire.NewMsgTx(2), Change: change}
	var in btcutil.Amount
	for _, coin := range coins {
		txIn := wire.NewTxIn(&coin.Outpoint, nil, nil)
		txIn.Sequence = sequence
		b.Tx.AddTxIn(txIn)
		in += coin.Value
	}
	var rids [][32]byte
	for _, r := range redemptions {
		b.Tx.AddTxOut(wire.NewTxOut(0, r.Script))
		rids = append(rids, r.RID())
	}
	b.Tx.AddTxOut(wire.NewTxOut(0, spv.CommitmentScript(domain.BatchCommitment(rids))))
	b.Tx.AddTxOut(wire.NewTxOut(0, change.script))
	paid, err := b.share(rate)
	if err != nil {
		return nil, err
	}
	if paid > in {
		return nil, fmt.Errorf("%v for payments of %v: %w", in, paid, ErrFunds)
	}
	// The fee is what the redemptions leave of their claims; the rest is change.
	rest := in - b.claims()
	if rest < 0 {
		return nil, fmt.Errorf("%v for claims of %v: %w", in, b.claims(), ErrFunds)
	}
	last := len(b.Tx.TxOut) - 1
	if rest < spv.VaultDust {
		b.Tx.TxOut, b.Change = b.Tx.TxOut[:last], nil
	} else {
		b.Tx.TxOut[last].Value = int64(rest)
	}
	b.Fee = in - paid
	if b.Change != nil {
		b.Fee -= rest
	}
	return b, nil
}

// MaxFeeRate bounds the fee rate of a batch, in sat/vB.
const MaxFeeRate FeeRate = 500

// claims is what the redemptions claim together.
func (b *Batch) claims() (sum btcutil.Amount) {
	for _, r := range b.Redemptions {
		sum += btcutil.Amount(r.Sats) //nolint:gosec // G115: at most the money there is
	}
	return sum
}

// share sets the payments to the claims less equal parts of the fee, and returns
// their sum.
func (b *Batch) share(rate FeeRate) (paid btcutil.Amount, err error) {
	fee := uint64(b.weight()+3) / 4 * uint64(rate) //nolint:gosec // G115: positive
	m := uint64(len(b.Redemptions))
	part := (fee + m - 1) / m
	for i, r := range b.Redemptions {
		if part > r.MaxFee || part >= r.Sats {
			return 0, fmt.Errorf("redemption %d allows a fee of %d sat, not %d: %w", r.Nonce, r.MaxFee, part, ErrFeeRate)
		}
		b.Tx.TxOut[i].Value = int64(r.Sats - part) //nolint:gosec // G115: at most the money there is
		paid += btcutil.Amount(r.Sats - part)      //nolint:gosec // G115: at most the money there is
	}
	return paid, nil
}

// Rate returns the fee rate that a batch offers, rounded down.
func (b *Batch) Rate() FeeRate {
	var fee int64
	for _, coin := range b.Coins {
		fee += int64(coin.Value)
	}
	for _, out := range b.Tx.TxOut {
		fee -= out.Value
	}
	return FeeRate(max(fee, 0) / int64((b.weight()+3)/4)) //nolint:gosec // G115: positive
}

// Bearable returns the highest fee rate that one of its redemptions could bear in a batch by
// itself that spends the same, rounded down.
func (b *Batch) Bearable() (rate FeeRate) {
	const output = 8 + 1
	paid := 0
	for _, r := range b.Redemptions {
		paid += output + len(r.Script)
	}
	for _, r := range b.Redemptions {
		size := (b.weight()+3)/4 - paid + output + len(r.Script)
		rate = max(rate, FeeRate(min(r.MaxFee, r.Sats)/uint64(size))) //nolint:gosec // G115: positive
	}
	return rate
}

// weight is the transaction's once it is signed.
func (b *Batch) weight() int {
	weight := 4*b.Tx.SerializeSizeStripped() + 2
	for _, coin := range b.Coins {
		weight += coin.Vault.WitnessWeight()
	}
	return weight
}

// Check reads a batch that somebody else built and checks that it is one: the
// payments, the commitment, the change, and that nothing but the fee is missing.
// vaultOf returns the vault that a script pays to, or nil. It fails with ErrBatch,
// ErrFunds or ErrFeeRate.
func (b *Batch) Check(domain spv.Domain, vaultOf func(script []byte) *Vault) error {
	m := len(b.Redemptions)
	if m == 0 || m > spv.MaxBatch || len(b.Tx.TxIn) != len(b.Coins) || b.Tx.Version != 2 || b.Tx.LockTime != 0 {
		return fmt.Errorf("form of the transaction: %w", ErrBatch)
	}
	var in, out btcutil.Amount
	for i, coin := range b.Coins {
		if b.Tx.TxIn[i].PreviousOutPoint != coin.Outpoint || b.Tx.TxIn[i].Sequence != sequence || coin.Value <= 0 {
			return fmt.Errorf("input %d: %w", i, ErrBatch)
		}
		in += coin.Value
	}
	outs := b.Tx.TxOut
	if len(outs) != m+1 && len(outs) != m+2 {
		return fmt.Errorf("%d outputs for %d redemptions: %w", len(outs), m, ErrBatch)
	}
	var rids [][32]byte
	for i, r := range b.Redemptions {
		value := outs[i].Value
		if !bytes.Equal(outs[i].PkScript, r.Script) || value < 0 || uint64(value) > r.Sats || uint64(value)+r.MaxFee < r.Sats {
			return fmt.Errorf("payment of redemption %d: %w", r.Nonce, ErrBatch)
		}
		rids = append(rids, r.RID())
	}
	if !bytes.Equal(outs[m].PkScript, spv.CommitmentScript(domain.BatchCommitment(rids))) || outs[m].Value != 0 {
		return fmt.Errorf("commitment: %w", ErrBatch)
	}
	for _, o := range outs {
		out += btcutil.Amount(o.Value)
	}
	if len(outs) == m+2 && (vaultOf(outs[m+1].PkScript) == nil || outs[m+1].Value < spv.VaultDust) {
		return fmt.Errorf("change: %w", ErrBatch)
	}
	if out > in {
		return fmt.Errorf("%v in, %v out: %w", in, out, ErrFunds)
	}
	if fee := in - out; fee > btcutil.Amount(uint64(b.weight()+3)/4*uint64(MaxFeeRate)) { //nolint:gosec // G115: positive
		return fmt.Errorf("a fee of %v: %w", fee, ErrFeeRate)
	}
	return nil
}

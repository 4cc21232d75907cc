package regtest

import (
	"fmt"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"
)

const (
	// payFee is the fee of each input's share of a payment: 5 sat/vB or more
	// for a transaction of one input and two outputs.
	payFee = btcutil.Amount(1000)
	// dust is the change below which it is left to the fee.
	dust = btcutil.Amount(1000)
)

// coin is an output that pays the node's key, on whatever branch.
type coin struct {
	op    wire.OutPoint
	value btcutil.Amount
	// minConfs is how deep it must be to be spent.
	minConfs int64
}

// Pay sends amount to script from the node's own mature coins, oldest first,
// and leaves the transaction in the mempool. Taproot must be active. It
// returns the transaction, whose output 0 is the payment, or ErrFunds.
func (n *Node) Pay(script []byte, amount btcutil.Amount) (*wire.MsgTx, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.rpc == nil {
		return nil, ErrNotRunning
	}
	picked, err := n.pick(amount)
	if err != nil {
		return nil, err
	}
	tx, err := n.mine.payment(picked, wire.NewTxOut(int64(amount), script), payFee*btcutil.Amount(len(picked)))
	if err != nil {
		return nil, err
	}
	txid, err := n.rpc.SendRawTransaction(tx, true)
	if err != nil {
		return nil, fmt.Errorf("pay %v: %w", amount, err)
	}
	n.spend(picked, tx, *txid)
	return tx, nil
}

// PayFee leaves a transaction in the mempool whose only use is the fee it gives to the
// miner of the next block: one that spends the node's own coins to itself. Taproot must
// be active. It fails with ErrFunds.
func (n *Node) PayFee(fee btcutil.Amount) (*wire.MsgTx, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.rpc == nil {
		return nil, ErrNotRunning
	}
	picked, err := n.pick(fee + dust)
	if err != nil {
		return nil, err
	}
	var sum btcutil.Amount
	for _, c := range picked {
		sum += c.value
	}
	back := sum - fee
	tx, err := n.mine.payment(picked, wire.NewTxOut(int64(back), n.mine.script), fee)
	if err != nil {
		return nil, err
	}
	txid, err := n.rpc.SendRawTransaction(tx, true)
	if err != nil {
		return nil, fmt.Errorf("pay a fee of %v: %w", fee, err)
	}
	n.spend(picked, tx, *txid)
	n.mine.coins = append(n.mine.coins, coin{op: wire.OutPoint{Hash: *txid, Index: 0}, value: back, minConfs: 1})
	return tx, nil
}

// pick returns the oldest spendable coins that pay amount and the fee.
func (n *Node) pick(amount btcutil.Amount) ([]coin, error) {
	var picked []coin
	var sum btcutil.Amount
	for _, c := range n.mine.coins {
		out, err := n.rpc.GetTxOut(&c.op.Hash, c.op.Index, false)
		if err != nil {
			return nil, fmt.Errorf("coin %v: %w", c.op, err)
		}
		// nil is a coin of a branch that is not the best one now.
		if out == nil || out.Confirmations < c.minConfs {
			continue
		}
		picked = append(picked, c)
		sum += c.value
		if sum >= amount+payFee*btcutil.Amount(len(picked)) {
			return picked, nil
		}
	}
	return nil, fmt.Errorf("%w: have %v, need %v and fees", ErrFunds, sum, amount)
}

// payment builds and signs (BIP86 key path) a transaction with out first and
// change second, if there is any beside the fee.
func (m *miner) payment(coins []coin, out *wire.TxOut, fee btcutil.Amount) (*wire.MsgTx, error) {
	tx := wire.NewMsgTx(2)
	tx.AddTxOut(out)
	prevouts := make(map[wire.OutPoint]*wire.TxOut, len(coins))
	change := -btcutil.Amount(out.Value) - fee
	for _, c := range coins {
		tx.AddTxIn(&wire.TxIn{PreviousOutPoint: c.op, Sequence: wire.MaxTxInSequenceNum - 2})
		prevouts[c.op] = wire.NewTxOut(int64(c.value), m.script)
		change += c.value
	}
	if change >= dust {
		tx.AddTxOut(wire.NewTxOut(int64(change), m.script))
	}
	hashes := txscript.NewTxSigHashes(tx, txscript.NewMultiPrevOutFetcher(prevouts))
	for i, c := range coins {
		witness, err := txscript.TaprootWitnessSignature(tx, hashes, i, int64(c.value), m.script, txscript.SigHashDefault, m.key)
		if err != nil {
			return nil, fmt.Errorf("sign input %d: %w", i, err)
		}
		tx.TxIn[i].Witness = witness
	}
	return tx, nil
}

// spend replaces the coins spent by the change of tx.
func (n *Node) spend(spent []coin, tx *wire.MsgTx, txid chainhash.Hash) {
	gone := make(map[wire.OutPoint]bool, len(spent))
	for _, c := range spent {
		gone[c.op] = true
	}
	var left []coin
	for _, c := range n.mine.coins {
		if !gone[c.op] {
			left = append(left, c)
		}
	}
	if len(tx.TxOut) > 1 {
		left = append(left, coin{
			op: wire.OutPoint{Hash: txid, Index: 1}, value: btcutil.Amount(tx.TxOut[1].Value), minConfs: 1,
		})
	}
	n.mine.coins = left
}

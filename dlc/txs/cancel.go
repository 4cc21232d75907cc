package txs

import (
	"fmt"
	"slices"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/wire"
)

// Cancellation is the transaction by which a party takes its coins back from a
// funding transaction that is not confirmed: once it confirms, the contract can
// never be funded.
type Cancellation struct {
	tx       *wire.MsgTx
	prevouts []*wire.TxOut
	forms    []Form
	fee      btcutil.Amount
	replaces bool
}

// Cancel builds a party's cancellation: all its inputs, in the order of its
// message, to one script of its own. The fee is that of the given rate, which must
// be above the funding transaction's, and as much more as it takes to replace the
// funding transaction in a mempool that holds it (its whole fee, the other party's
// part included, and 1 sat/vB). If the coins do not reach that far, the fee is what
// they can pay, as long as the rate stays above the funding transaction's; below
// that it is ErrUneconomic. A rate that is not above the funding rate is ErrFeeRate,
// a script of none of the five forms ErrScript.
func (f *Funding) Cancel(role Role, script []byte, rate FeeRate) (*Cancellation, error) {
	if rate <= f.rate {
		return nil, fmt.Errorf("%w: %d sat/vB does not exceed the %d of the funding transaction", ErrFeeRate, rate, f.rate)
	}
	form, err := ParseScript(script)
	if err != nil {
		return nil, err
	}
	c := &Cancellation{tx: wire.NewMsgTx(txVersion)}
	weight := int64(cancelWeight + outputWeight + 4*len(script))
	for _, coin := range f.funds[role].Coins {
		in := wire.NewTxIn(&coin.OutPoint, nil, nil)
		in.Sequence = sequenceReplaceable
		c.tx.AddTxIn(in)
		c.prevouts = append(c.prevouts, coin.output())
		c.forms = append(c.forms, coin.Form)
		weight += inputWeight + coin.WitnessWeight()
	}
	replacing := f.Fee() + MinFeeRate.forWeight(weight)
	available := f.funds[role].Total - form.Dust()
	c.fee = min(max(rate.forWeight(weight), replacing), available)
	c.replaces = c.fee >= replacing
	if c.fee < (f.rate + 1).forWeight(weight) {
		return nil, fmt.Errorf("%w: %d sat for %d weight units", ErrUneconomic, int64(max(available, 0)), weight)
	}
	c.tx.AddTxOut(wire.NewTxOut(int64(f.funds[role].Total-c.fee), slices.Clone(script)))
	return c, nil
}

// Tx returns a copy of the cancellation without witnesses.
func (c *Cancellation) Tx() *wire.MsgTx { return c.tx.Copy() }

// PrevOutputs returns the outputs that the cancellation spends, in its order.
func (c *Cancellation) PrevOutputs() []*wire.TxOut { return slices.Clone(c.prevouts) }

// Fee returns what the cancellation pays.
func (c *Cancellation) Fee() btcutil.Amount { return c.fee }

// Replaces reports whether the fee suffices to replace the funding transaction in
// a mempool. If not, the cancellation is relayed only where that is not known.
func (c *Cancellation) Replaces() bool { return c.replaces }

// Complete returns the cancellation with its witnesses, in the order of its inputs,
// each verified by the script interpreter; else ErrWitness.
func (c *Cancellation) Complete(witnesses []wire.TxWitness) (*wire.MsgTx, error) {
	if len(witnesses) != len(c.forms) {
		return nil, fmt.Errorf("%w: %d for %d inputs", ErrWitness, len(witnesses), len(c.forms))
	}
	tx := c.tx.Copy()
	for i, w := range witnesses {
		if err := CheckWitness(c.forms[i], w); err != nil {
			return nil, fmt.Errorf("input %d: %w", i, err)
		}
		tx.TxIn[i].Witness = cloneWitness(w)
	}
	if err := VerifyTx(tx, c.prevouts); err != nil {
		return nil, err
	}
	return tx, nil
}

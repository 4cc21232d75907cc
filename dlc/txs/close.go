package txs

import (
	"fmt"
	"slices"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"
)

// CancelInput is a coin that the side which answers a close may add to it, so that
// it can void a close that the proposer does not publish, by spending the coin
// elsewhere.
type CancelInput struct {
	// PrevTx and Vout name the coin, as in Input.
	PrevTx []byte
	Vout   uint32
	// ChangeScript receives the coin's value less its fee.
	ChangeScript []byte
}

// CloseTerms is what the parties agree on for a cooperative close.
type CloseTerms struct {
	// Values are the payouts v_o and v_a, by Role, which sum up to M.
	Values [2]btcutil.Amount
	// Rate is the fee rate.
	Rate FeeRate
	// Cancel is the answering side's extra input, or nil. Its witness, over the
	// whole close, is for VerifyCancelWitness and Complete.
	Cancel *CancelInput
}

// Close is a cooperative close, not yet signed.
type Close struct {
	tx       *wire.MsgTx
	prevouts []*wire.TxOut
	// extra is the coin of the cancel input, if there is one.
	extra *Coin
}

// Close builds the transaction by which both parties together spend the funding
// output by its key. Payouts that do not sum up to M, a fee that they cannot pay
// and a cancel input that is of no use are ErrClose; a fee rate outside the limits
// is ErrFeeRate.
func (s *Settlement) Close(terms CloseTerms) (*Close, error) {
	if err := terms.Rate.Check(); err != nil {
		return nil, err
	}
	m := s.Collateral()
	for _, v := range terms.Values {
		if v < 0 || v > m {
			return nil, fmt.Errorf("%w: payout %d of %d sat", ErrClose, int64(v), int64(m))
		}
	}
	if sum := terms.Values[Offerer] + terms.Values[Accepter]; sum != m {
		return nil, fmt.Errorf("%w: payouts sum up to %d, not %d sat", ErrClose, int64(sum), int64(m))
	}
	values, err := shareSurplus(terms.Values, s.value-m-closeFee(s.payouts, terms.Rate))
	if err != nil {
		return nil, err
	}
	c := &Close{tx: s.spend(0, sequenceReplaceable, values), prevouts: []*wire.TxOut{s.PrevOutput()}}
	if len(c.tx.TxOut) == 0 {
		return nil, fmt.Errorf("%w: both payouts are dust", ErrClose)
	}
	if terms.Cancel != nil {
		if err := c.add(*terms.Cancel, s.outpoint, terms.Rate); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// shareSurplus divides what the funding output holds beyond M and the fee, which
// may be negative: half each, rounded down for the offerer, and what one party
// cannot pay falls on the other.
func shareSurplus(v [2]btcutil.Amount, surplus btcutil.Amount) ([2]btcutil.Amount, error) {
	half := surplus >> 1 // floor, for negative numbers too
	shares := [2]btcutil.Amount{Offerer: half, Accepter: surplus - half}
	for _, x := range []Role{Offerer, Accepter} {
		if v[x]+shares[x] < 0 {
			shares[x] = -v[x]
			shares[x.Other()] = surplus - shares[x]
		}
	}
	out := [2]btcutil.Amount{v[Offerer] + shares[Offerer], v[Accepter] + shares[Accepter]}
	if out[Offerer] < 0 || out[Accepter] < 0 {
		return out, fmt.Errorf("%w: the fee is more than there is", ErrClose)
	}
	return out, nil
}

// add appends a cancel input and its change.
func (c *Close) add(in CancelInput, funding wire.OutPoint, rate FeeRate) error {
	coin, err := ParseInput(Input{PrevTx: in.PrevTx, Vout: in.Vout})
	if err != nil {
		return fmt.Errorf("%w: cancel input: %w", ErrClose, err)
	}
	if coin.OutPoint == funding {
		return fmt.Errorf("%w: the cancel input is the funding output", ErrClose)
	}
	form, err := ParseScript(in.ChangeScript)
	if err != nil {
		return fmt.Errorf("%w: cancel input: %w", ErrClose, err)
	}
	change := coin.Value - rate.forWeight(inputWeight+outputWeight+coin.WitnessWeight()+4*int64(len(in.ChangeScript)))
	if change < form.Dust() {
		return fmt.Errorf("%w: the cancel input leaves %d sat, which is dust", ErrClose, int64(change))
	}
	c.tx.TxIn = append(c.tx.TxIn, &wire.TxIn{PreviousOutPoint: coin.OutPoint, Sequence: sequenceReplaceable})
	c.tx.TxOut = append(c.tx.TxOut, wire.NewTxOut(int64(change), slices.Clone(in.ChangeScript)))
	c.prevouts = append(c.prevouts, coin.output())
	c.extra = &coin
	return nil
}

// Tx returns a copy of the close without witnesses.
func (c *Close) Tx() *wire.MsgTx { return c.tx.Copy() }

// PrevOutputs returns the outputs that the close spends: the funding output and,
// if there is one, the coin of the cancel input.
func (c *Close) PrevOutputs() []*wire.TxOut { return slices.Clone(c.prevouts) }

// Sighash returns the message of the MuSig2 session: the key path hash of the
// funding input.
func (c *Close) Sighash() [32]byte {
	fetcher, hashes := signatureHashes(c.tx, c.prevouts)
	hash, err := txscript.CalcTaprootSignatureHash(hashes, txscript.SigHashDefault, c.tx, 0, fetcher)
	if err != nil {
		panic("txs: no signature hash of a close that was just built: " + err.Error())
	}
	return [32]byte(hash)
}

// VerifyCancelWitness checks the witness of the cancel input, which the proposer
// does before it signs. It is ErrWitness if it is not valid, or not empty where
// there is no cancel input.
func (c *Close) VerifyCancelWitness(witness wire.TxWitness) error {
	tx := c.tx.Copy()
	if err := c.place(tx, witness); err != nil {
		return err
	}
	if c.extra == nil {
		return nil
	}
	return verifyInputs(tx, c.prevouts, []int{1})
}

func (c *Close) place(tx *wire.MsgTx, witness wire.TxWitness) error {
	if c.extra == nil {
		if len(witness) > 0 {
			return fmt.Errorf("%w: there is no cancel input", ErrWitness)
		}
		return nil
	}
	if err := CheckWitness(c.extra.Form, witness); err != nil {
		return fmt.Errorf("cancel input: %w", err)
	}
	tx.TxIn[1].Witness = cloneWitness(witness)
	return nil
}

// Complete returns the close with the signature of both parties, and the witness
// of the cancel input or nil, verified by the script interpreter; else ErrWitness.
func (c *Close) Complete(signature [64]byte, cancel wire.TxWitness) (*wire.MsgTx, error) {
	tx := c.tx.Copy()
	tx.TxIn[0].Witness = KeyPathWitness(signature)
	if err := c.place(tx, cancel); err != nil {
		return nil, err
	}
	if err := VerifyTx(tx, c.prevouts); err != nil {
		return nil, err
	}
	return tx, nil
}

package txs_test

import (
	"errors"
	"math"
	"testing"

	"github.com/btcsuite/btcd/blockchain"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/txs"
)

func TestCloseRefusesWhatCannotBePaid(t *testing.T) {
	s := specDeal(t).build(t).Settlement
	d := newDice(2)
	coin := func(value btcutil.Amount, script []byte) *txs.CancelInput {
		return &txs.CancelInput{PrevTx: d.prevTx(taproot(d.key()), value, 0), ChangeScript: script}
	}
	cases := map[string]struct {
		terms txs.CloseTerms
		want  error
	}{
		"no rate":         {txs.CloseTerms{Values: [2]btcutil.Amount{300_000, 200_000}}, txs.ErrFeeRate},
		"less than M":     {txs.CloseTerms{Values: [2]btcutil.Amount{300_000, 199_999}, Rate: 4}, txs.ErrClose},
		"more than M":     {txs.CloseTerms{Values: [2]btcutil.Amount{300_000, 200_001}, Rate: 4}, txs.ErrClose},
		"negative":        {txs.CloseTerms{Values: [2]btcutil.Amount{-1, 500_001}, Rate: 4}, txs.ErrClose},
		"wrapping":        {txs.CloseTerms{Values: [2]btcutil.Amount{math.MaxInt64, math.MinInt64 + 500_001}, Rate: 4}, txs.ErrClose},
		"no transaction":  {txs.CloseTerms{Values: [2]btcutil.Amount{500_000, 0}, Rate: 4, Cancel: &txs.CancelInput{}}, txs.ErrClose},
		"dust change":     {txs.CloseTerms{Values: [2]btcutil.Amount{500_000, 0}, Rate: 4, Cancel: coin(600, d.script())}, txs.ErrClose},
		"change script":   {txs.CloseTerms{Values: [2]btcutil.Amount{500_000, 0}, Rate: 4, Cancel: coin(1e6, nil)}, txs.ErrClose},
		"a coin of P2WSH": {txs.CloseTerms{Values: [2]btcutil.Amount{500_000, 0}, Rate: 4, Cancel: &txs.CancelInput{PrevTx: d.prevTx(concat([]byte{0, 32}, make([]byte, 32)), 1e6, 0), ChangeScript: d.script()}}, txs.ErrClose},
	}
	for name, c := range cases {
		if _, err := s.Close(c.terms); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// The funding output itself, as a coin to cancel with, would spend it twice.
func TestCancelInputIsNotTheFundingOutput(t *testing.T) {
	c := specDeal(t).build(t)
	raw := unhex(t, serialize(t, c.Funding.Tx()))
	_, err := c.Settlement.Close(txs.CloseTerms{
		Values: [2]btcutil.Amount{500_000, 0}, Rate: 4,
		Cancel: &txs.CancelInput{PrevTx: raw, Vout: c.Funding.OutPoint().Index, ChangeScript: c.Settlement.PrevOutput().PkScript},
	})
	if !errors.Is(err, txs.ErrClose) {
		t.Error(err)
	}
}

func TestCloseThatCostsMoreThanThereIsIsRefused(t *testing.T) {
	d := specDeal(t)
	d.Parties[0].Collateral, d.Parties[1].Collateral = 50_000, 50_000
	d.CETRate = 1
	s := d.build(t).Settlement
	for y, want := range map[btcutil.Amount]error{0: txs.ErrClose, 50_000: txs.ErrClose} {
		if _, err := s.Close(txs.CloseTerms{Values: [2]btcutil.Amount{y, 100_000 - y}, Rate: 1000}); !errors.Is(err, want) {
			t.Errorf("v_o = %d: %v", y, err)
		}
	}
	// 100,184 sat, 142 vB: both sides are left with dust.
	if _, err := s.Close(txs.CloseTerms{Values: [2]btcutil.Amount{50_000, 50_000}, Rate: 704}); !errors.Is(err, txs.ErrClose) {
		t.Errorf("two payouts of dust: %v", err)
	}
}

func TestDustOfACloseBecomesFee(t *testing.T) {
	s := specDeal(t).build(t).Settlement
	unsigned, err := s.Close(txs.CloseTerms{Values: [2]btcutil.Amount{300, 499_700}, Rate: 4})
	if err != nil {
		t.Fatal(err)
	}
	if outs := unsigned.Tx().TxOut; len(outs) != 1 || outs[0].Value != 499_692 {
		t.Errorf("outputs %+v", outs)
	}
}

// The cancel input pays for itself, and its change is the last output.
func TestCancelInputPaysForItself(t *testing.T) {
	d := newDice(9)
	s := specDeal(t).build(t).Settlement
	plain, err := s.Close(txs.CloseTerms{Values: [2]btcutil.Amount{300_000, 200_000}, Rate: 4})
	if err != nil {
		t.Fatal(err)
	}
	for form, weight := range map[txs.Form]int64{txs.P2TR: 66, txs.P2WPKH: 108} {
		p := &player{}
		p.add(d, 100_000, form)
		in, script := p.party.Inputs[0], d.script()
		unsigned, err := s.Close(txs.CloseTerms{Values: [2]btcutil.Amount{300_000, 200_000}, Rate: 4, Cancel: &txs.CancelInput{
			PrevTx: in.PrevTx, Vout: in.Vout, ChangeScript: script,
		}})
		if err != nil {
			t.Fatal(err)
		}
		outs := unsigned.Tx().TxOut
		fee := (200 + weight + 4*int64(len(script)) + 3) / 4 * 4
		if len(outs) != 3 || outs[2].Value != 100_000-fee || outs[0].Value != plain.Tx().TxOut[0].Value {
			t.Errorf("outputs %+v, want %d last", outs, 100_000-fee)
		}
		if unsigned.Sighash() == plain.Sighash() {
			t.Error("the cancel input does not change what is signed")
		}
		witness := signInput(t, unsigned.Tx(), unsigned.PrevOutputs(), 1, p.wallet[0])
		if err := unsigned.VerifyCancelWitness(witness); err != nil {
			t.Error(err)
		}
		if err := unsigned.VerifyCancelWitness(wire.TxWitness{make([]byte, 64)}); !errors.Is(err, txs.ErrWitness) {
			t.Errorf("a witness of zeros: %v", err)
		}
		if err := unsigned.VerifyCancelWitness(nil); !errors.Is(err, txs.ErrWitness) {
			t.Errorf("no witness: %v", err)
		}
		if _, err := unsigned.Complete([64]byte{}, nil); !errors.Is(err, txs.ErrWitness) {
			t.Errorf("no witness to complete with: %v", err)
		}
	}
	if err := plain.VerifyCancelWitness(nil); err != nil {
		t.Error(err)
	}
	if err := plain.VerifyCancelWitness(wire.TxWitness{{1}}); !errors.Is(err, txs.ErrWitness) {
		t.Errorf("a witness for no input: %v", err)
	}
	if _, err := plain.Complete([64]byte{}, nil); !errors.Is(err, txs.ErrWitness) {
		t.Errorf("a signature of zeros: %v", err)
	}
}

func TestCancellationOutbidsTheFundingTransaction(t *testing.T) {
	for seed := range uint64(12) {
		d := newDice(1000 + seed)
		deal := newDeal(t, d)
		f := deal.build(t).Funding
		for role, p := range deal.players {
			c, err := f.Cancel(txs.Role(role), d.script(), deal.FundRate+5)
			if err != nil {
				t.Fatal(err)
			}
			var witnesses []wire.TxWitness
			for i := range p.wallet {
				witnesses = append(witnesses, signInput(t, c.Tx(), c.PrevOutputs(), i, p.wallet[i]))
			}
			tx, err := c.Complete(witnesses)
			if err != nil {
				t.Fatal(err)
			}
			checkTx(t, tx, c.PrevOutputs(), 0, txs.SequenceReplaceable)
			vsize := (blockchain.GetTransactionWeight(btcutil.NewTx(tx)) + 3) / 4
			if fee := sumOf(c.PrevOutputs()) - sumOf(tx.TxOut); fee != c.Fee() ||
				fee < btcutil.Amount(deal.FundRate+5)*btcutil.Amount(vsize) || fee < f.Fee()+btcutil.Amount(vsize) || !c.Replaces() {
				t.Errorf("fee %d for %d vB, replaces %v; the funding transaction pays %d", fee, vsize, c.Replaces(), f.Fee())
			}
			if tx.TxIn[0].PreviousOutPoint != f.Funds(txs.Role(role)).Coins[0].OutPoint {
				t.Error("the cancellation spends another coin")
			}
			if _, err := c.Complete(witnesses[1:]); !errors.Is(err, txs.ErrWitness) {
				t.Errorf("a witness is missing: %v", err)
			}
			spoilt := append([]wire.TxWitness(nil), witnesses...)
			spoilt[0] = wire.TxWitness{make([]byte, 64)}
			if _, err := c.Complete(spoilt); !errors.Is(err, txs.ErrWitness) {
				t.Errorf("a witness of zeros: %v", err)
			}
		}
	}
}

func TestCancellationNeedsAHigherRateAndTheMoneyForIt(t *testing.T) {
	d := specDeal(t)
	f := d.build(t).Funding
	script := d.Parties[0].ChangeScript
	if _, err := f.Cancel(txs.Offerer, script, 5); !errors.Is(err, txs.ErrFeeRate) {
		t.Errorf("the same rate: %v", err)
	}
	if _, err := f.Cancel(txs.Offerer, nil, 6); !errors.Is(err, txs.ErrScript) {
		t.Errorf("no script: %v", err)
	}
	// A party that locks little against one with many coins cannot pay the whole
	// fee of the funding transaction, but still more than its own share.
	dice := newDice(4)
	poor := d.players[0]
	poor.party.Collateral, d.Parties[1].Collateral = 1_000, 400_000
	poor.party.Inputs, poor.wallet = nil, nil
	d.FundRate = 20
	poor.party.Inputs = append(poor.party.Inputs, txs.Input{Serial: 2, PrevTx: dice.prevTx(taproot(dice.key()), 5_000, 0)})
	for i := range uint64(30) {
		d.Parties[1].Inputs = append(d.Parties[1].Inputs, txs.Input{Serial: 50 + i, PrevTx: dice.prevTx(taproot(dice.key()), 100_000, 0)})
	}
	d.Parties[0] = poor.party
	f = d.build(t).Funding
	c, err := f.Cancel(txs.Offerer, script, 21)
	if err != nil {
		t.Fatal(err)
	}
	if c.Replaces() || c.Fee() <= f.Funds(txs.Offerer).FundFee || c.Tx().TxOut[0].Value < 330 {
		t.Errorf("fee %d, replaces %v, output %d", c.Fee(), c.Replaces(), c.Tx().TxOut[0].Value)
	}
}

// Thirty-two coins that hold just what the contract takes: to spend them at a
// higher rate costs more than the collateral that would be saved.
func TestCancellationThatCannotBePaidIsNotBuilt(t *testing.T) {
	d := specDeal(t)
	dice := newDice(6)
	d.FundRate, d.CETRate = 1, 1
	p := &d.Parties[txs.Offerer]
	p.Collateral = 1_000
	p.Inputs = nil
	for i := range uint64(txs.MaxInputs) {
		p.Inputs = append(p.Inputs, txs.Input{Serial: 100 + i, PrevTx: dice.prevTx(keyHash(dice.key()), 112, 0)})
	}
	f := d.build(t).Funding
	if funds := f.Funds(txs.Offerer); funds.Change > 330 {
		t.Fatalf("change %d", funds.Change)
	}
	if _, err := f.Cancel(txs.Offerer, p.ChangeScript, 2); !errors.Is(err, txs.ErrUneconomic) {
		t.Error(err)
	}
}

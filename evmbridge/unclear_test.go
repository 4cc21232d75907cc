package evmbridge_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/evmbridge/calls"
	"github.com/alkimiya/alkimiya/evmbridge/ledger"
	"github.com/alkimiya/alkimiya/evmbridge/relayer"
	"github.com/alkimiya/alkimiya/evmbridge/simchain"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

// remembered is a relayer.Signed.
type remembered map[chainhash.Hash][][32]byte

func (m remembered) Batch(txid chainhash.Hash) ([][32]byte, bool, error) {
	rids, ok := m[txid]
	return rids, ok, nil
}

// accuse has eve accuse the spend of a lot's vault that is six blocks deep; the relay
// knows all blocks.
func (o *office) accuse(l *lot, cet *wire.MsgTx) {
	o.t.Helper()
	from, _ := l.vaultOf(cet)
	height := o.btc.height() - 5
	proof, err := spv.Prove(o.btc.blocks[height], 2)
	if err != nil {
		o.t.Fatal(err)
	}
	proof.Chain = o.btc.section(height, o.btc.height())
	var raw bytes.Buffer
	if err := cet.SerializeNoWitness(&raw); err != nil {
		o.t.Fatal(err)
	}
	o.send(o.eve, o.at.Fraud, calls.Accuse(l.terms, raw.Bytes(), from.Index, proof))
}

// flooded brings a lot home and makes twelve equal redemptions of it.
func (o *office) flooded() (*lot, *wire.MsgTx, []spv.Redemption) {
	o.t.Helper()
	s := o.seriesOf(payout.SwapM, true)
	l := o.brought(s, true)
	cet, _ := l.cet(usual)
	o.blocks(6, cet)
	o.until("proof of the spend", o.lotIs(l, ledger.LotFinal))
	o.wait(day + 1)
	o.until("opening", func(v *ledger.View) bool { return v.SeriesOf(s.id).Open })
	var all []spv.Redemption
	for range 12 {
		all = append(all, o.redeem(o.bob, s.id, false, units/12, p2tr(77)))
	}
	return l, cet, all
}

func (o *office) alert(name string) bool {
	return slices.ContainsFunc(o.desk.Alerts(), func(a relayer.Alert) bool { return a.Name == name })
}

func (o *office) halted() bool {
	return ask(o.evm, o.at.Committee, committeeC.PackHalted(), committeeC.UnpackHalted)
}

// A flood of equal redemptions hides which of them a batch pays. The watcher accuses
// nobody of it and convicts nobody whom somebody else accused; he says that he cannot
// tell. What an operator remembers makes it clear.
func TestAFloodOfEqualRedemptionsAccusesNobody(t *testing.T) {
	o := newOffice(t, simchain.Osaka, true)
	l, cet, all := o.flooded()
	paid := slices.Clone(all[:9])
	slices.Reverse(paid) // an order that is not looked for first
	paid[0], paid[4] = paid[4], paid[0]
	from, _ := l.vaultOf(cet)
	batch := o.batch(from, nil, paid...)
	o.checkpoints = append(o.checkpoints, o.btc.height()) // by the proof of the spend
	o.blocks(6, batch)
	for range 3 {
		o.turn()
	}
	if n := len(o.desk.View().Accusations); n != 0 || !o.alert("batch_unclear") {
		t.Fatalf("%d accusations, alerts %v", n, o.desk.Alerts())
	}
	o.relay()
	o.accuse(l, cet)
	for i := range 8 {
		err := o.desk.Step(t.Context())
		if answers := i < 4; errors.Is(err, relayer.ErrUnclear) != answers || (err != nil && !answers) {
			t.Fatalf("turn %d: %v", i, err) // as long as there is time to answer, the lack of one is an error
		}
		if err := errors.Join(o.sender.Step(t.Context()), o.commit(t.Context())); err != nil {
			t.Fatal(err)
		}
		o.chain.Finalize()
		if i == 3 {
			o.wait(day + 1)
		}
	}
	if len(o.desk.View().Accusations) != 1 || o.halted() {
		t.Fatal("the operators of a batch are convicted")
	}
	rids := make([][32]byte, 0, len(paid))
	for _, r := range paid {
		rids = append(rids, r.RID())
	}
	o.signed = remembered{batch.TxHash(): rids}
	o.restart()
	o.until("proof of the payments", o.redemptionIs(paid[8], ledger.Paid))
	o.turn()
	if o.alert("batch_unclear") || o.halted() {
		t.Errorf("it is clear now; halted %v, alerts %v", o.halted(), o.desk.Alerts())
	}
}

// What an operator remembers is not believed: only what the transaction commits to is.
func TestAWrongMemoryOfABatchIsNotBelieved(t *testing.T) {
	o := newOffice(t, simchain.Osaka, true)
	l, cet, all := o.flooded()
	from, value := l.vaultOf(cet)
	theft := pay(from, wire.NewTxOut(value-1000, p2tr(66)))
	wrong := o.batch(from, nil, all[0])
	wrong.TxOut[1].PkScript = spv.CommitmentScript([32]byte{1})
	rid := all[0].RID()
	o.signed = remembered{theft.TxHash(): {rid}, wrong.TxHash(): {rid}}
	o.restart()
	o.blocks(6, wrong)
	o.until("accusation", func(v *ledger.View) bool { return len(v.Accusations) == 1 })
	if o.alert("batch_unclear") {
		t.Error("it is clear that it is no batch")
	}
}

// A flood hides no theft: what sends more than change to a vault is no batch, whatever
// its payments are, and it is accused also if they are good.
func TestAFloodHidesNoTheft(t *testing.T) {
	o := newOffice(t, simchain.Osaka, true)
	l, cet, all := o.flooded()
	from, value := l.vaultOf(cet)
	theft := o.batch(from, nil, all[:1]...)
	theft.AddTxOut(wire.NewTxOut(value-theft.TxOut[0].Value-1000, p2tr(66)))
	o.blocks(6, theft)
	o.until("accusation", func(v *ledger.View) bool { return len(v.Accusations) == 1 })
	o.wait(day + 1)
	o.until("conviction", func(*ledger.View) bool { return o.halted() })
}

// A batch that cannot be told becomes clear once another one is known to pay the others.
func TestABatchBecomesClearByWhatOthersPay(t *testing.T) {
	o := newOffice(t, simchain.Osaka, true)
	l, cet, all := o.flooded()
	early, late := slices.Clone(all[:6]), all[6:]
	slices.Reverse(early)
	from, value := l.vaultOf(cet)
	first := o.batch(from, nil, early...)
	for _, out := range first.TxOut {
		value -= out.Value
	}
	first.AddTxOut(wire.NewTxOut(value-1000, l.terms.VaultScript))
	second := o.batch(wire.OutPoint{Hash: first.TxHash(), Index: 7}, nil, late...)
	o.blocks(3, first)
	o.turn()
	if !o.alert("batch_unclear") {
		t.Fatalf("six of twelve, backwards, are clear; alerts %v", o.desk.Alerts())
	}
	o.blocks(6, second)
	for _, r := range all {
		o.until("proof of every payment", o.redemptionIs(r, ledger.Paid))
	}
	if len(o.desk.View().Accusations) != 0 || o.alert("batch_unclear") {
		t.Errorf("accusations %v, alerts %v", o.desk.View().Accusations, o.desk.Alerts())
	}
}

// A holder who pays himself under a batch's commitment, out of coins of his own, and has that
// proven first, gets nobody accused who pays him too.
func TestAHolderWhoPaysHimselfAccusesNobody(t *testing.T) {
	o := newOffice(t, simchain.Osaka, true)
	l, cet, all := o.flooded()
	from, value := l.vaultOf(cet)
	own := o.batch(outpoint(7, 7), nil, all[0])
	o.blocks(8, own)
	o.relay()
	o.send(o.eve, o.at.Bridge, o.paidCall(own, all[0]))
	o.until("proof of the holder's own payment", o.redemptionIs(all[0], ledger.Paid))
	o.wait(2 * day)
	honest := o.batch(from, nil, all[0])
	honest.AddTxOut(wire.NewTxOut(value-honest.TxOut[0].Value-1000, l.terms.VaultScript))
	o.blocks(8, honest)
	for range 6 {
		o.turn()
	}
	if n := len(o.desk.View().Accusations); n != 0 {
		t.Errorf("%d accusations of who pays a second time", n)
	}
}

// Operators who pay one redemption twice are convicted, whichever payment is accused or answered for
// first: it accounts for one.
func TestAPaymentThatIsMadeTwiceConvicts(t *testing.T) {
	o := newOffice(t, simchain.Osaka, true)
	l, cet, all := o.flooded()
	from, value := l.vaultOf(cet)
	first := o.batch(from, nil, all[0])
	value -= first.TxOut[0].Value + 1000
	first.AddTxOut(wire.NewTxOut(value, l.terms.VaultScript))
	o.blocks(6, first)
	o.until("proof of the payment", o.redemptionIs(all[0], ledger.Paid))
	second := o.batch(wire.OutPoint{Hash: first.TxHash(), Index: 2}, nil, all[0])
	second.AddTxOut(wire.NewTxOut(value-second.TxOut[0].Value-1000, l.terms.VaultScript))
	o.blocks(6, second)
	o.until("accusation of both", func(v *ledger.View) bool { return len(v.Accusations) == 2 })
	o.until("an answer", func(v *ledger.View) bool {
		return slices.ContainsFunc(v.Accusations, func(a *ledger.Accusation) bool { return a.Answered })
	})
	o.wait(day + 1)
	o.until("conviction", func(*ledger.View) bool { return o.halted() })
}

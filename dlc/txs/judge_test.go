package txs_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/btcsuite/btcd/blockchain"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/internal/testkit"
)

// core is the judge, nil without one.
var core *testkit.ScriptJudge

func TestMain(m *testing.M) {
	if raced {
		// -rapid.checks asks for more.
		if err := flag.Set("rapid.checks", "25"); err != nil {
			panic(err)
		}
	}
	var err error
	if core, err = testkit.StartJudge(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if err := core.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// checkTx is how every transaction made in these tests is judged: by btcd's
// interpreter, by Bitcoin Core's if there is one, and by the rules that no script
// sees.
func checkTx(t tester, tx *wire.MsgTx, prevouts []*wire.TxOut, locktime, sequence uint32) {
	t.Helper()
	if err := txs.VerifyTx(tx, prevouts); err != nil {
		t.Error(err)
	}
	if tx.Version != 2 || tx.LockTime != locktime {
		t.Errorf("version %d, locktime %d; want 2, %d", tx.Version, tx.LockTime, locktime)
	}
	for i, in := range tx.TxIn {
		if in.Sequence != sequence || len(in.SignatureScript) != 0 {
			t.Errorf("input %d: sequence %x, scriptSig %x; want %x and none", i, in.Sequence, in.SignatureScript, sequence)
		}
	}
	var fee int64
	for _, out := range prevouts {
		fee += out.Value
	}
	if len(tx.TxOut) == 0 {
		t.Error("no outputs")
	}
	for i, out := range tx.TxOut {
		fee -= out.Value
		form, err := txs.ParseScript(out.PkScript)
		if err != nil || btcutil.Amount(out.Value) < form.Dust() {
			t.Errorf("output %d holds %d sat at a %s, %v", i, out.Value, form, err)
		}
	}
	weight := blockchain.GetTransactionWeight(btcutil.NewTx(tx))
	if fee < (weight+3)/4 || weight > 400_000 {
		t.Errorf("fee %d sat for %d weight units", fee, weight)
	}
	core.Check(t, tx, prevouts)
}

// judgeDeal builds and checks every transaction of a deal.
func judgeDeal(t tester, d *dice) {
	t.Helper()
	deal := newDeal(t, d)
	c := deal.build(t)

	offerer := deal.players[txs.Offerer].fundingWitnesses(t, c.Funding, txs.Offerer)
	accepter := deal.players[txs.Accepter].fundingWitnesses(t, c.Funding, txs.Accepter)
	funding, err := c.Funding.Complete(offerer, accepter)
	if err != nil {
		t.Fatal(err)
	}
	checkTx(t, funding, c.Funding.PrevOutputs(), 0, txs.SequenceReplaceable)
	if rate := c.Funding.Fee() * 4; rate < btcutil.Amount(deal.FundRate)*btcutil.Amount(blockchain.GetTransactionWeight(btcutil.NewTx(funding))) {
		t.Errorf("funding pays %d sat, less than %d sat/vB", c.Funding.Fee(), deal.FundRate)
	}

	s := c.Settlement
	m := s.Collateral()
	prevouts := []*wire.TxOut{s.PrevOutput()}
	for _, y := range []btcutil.Amount{0, m, d.amount(0, m), d.amount(0, 700), m - d.amount(0, 700)} {
		hash, err := s.CETSighash(y)
		if err != nil {
			t.Fatal(err)
		}
		o, a := deal.signLeaf(t, s.Output(), hash)
		cet, err := s.CompleteCET(y, o, a)
		if err != nil {
			t.Fatal(err)
		}
		checkTx(t, cet, prevouts, deal.CETLocktime, txs.SequenceFinal)
	}

	o, a := deal.signLeaf(t, s.Output(), s.RefundSighash())
	refund, err := s.CompleteRefund(o, a)
	if err != nil {
		t.Fatal(err)
	}
	checkTx(t, refund, prevouts, deal.RefundLocktime, txs.SequenceFinal)
	judgeClose(t, d, deal, s)
}

// judgeClose checks a close, every other time with a cancel input.
func judgeClose(t tester, d *dice, deal *deal, s *txs.Settlement) {
	t.Helper()
	y := d.amount(0, s.Collateral())
	terms := txs.CloseTerms{
		Values: [2]btcutil.Amount{y, s.Collateral() - y},
		Rate:   1 + below(d, txs.FeeRate(200)),
	}
	extra := &player{}
	if below(d, 2) == 0 {
		extra.add(d, 1e6, d.form())
		in := extra.party.Inputs[0]
		terms.Cancel = &txs.CancelInput{PrevTx: in.PrevTx, Vout: in.Vout, ChangeScript: d.script()}
	}
	unsigned, err := s.Close(terms)
	if err != nil {
		t.Fatal(err)
	}
	var cancel wire.TxWitness
	if terms.Cancel != nil {
		cancel = signInput(t, unsigned.Tx(), unsigned.PrevOutputs(), 1, extra.wallet[0])
		if err := unsigned.VerifyCancelWitness(cancel); err != nil {
			t.Fatal(err)
		}
	}
	tx, err := unsigned.Complete(deal.signClose(t, d, s.Output(), unsigned.Sighash()), cancel)
	if err != nil {
		t.Fatal(err)
	}
	checkTx(t, tx, unsigned.PrevOutputs(), 0, txs.SequenceReplaceable)
}

// TestJudge builds contracts at random and has every transaction judged. With
// ALK_JUDGE=1 (`make judge`) there are a thousand of them.
func TestJudge(t *testing.T) {
	contracts := uint64(6)
	if os.Getenv("ALK_JUDGE") == "1" {
		contracts = 1_000
	}
	for seed := range contracts {
		judgeDeal(t, newDice(seed))
		if t.Failed() {
			t.Fatalf("contract %d", seed)
		}
	}
	if core == nil {
		t.Log(testkit.SkipLoud + testkit.JudgeEnv + " is not set: btcd's interpreter alone judged the transactions")
		return
	}
	t.Logf("%d contracts; Bitcoin Core judged %d transactions", contracts, core.Count())
}

package txs_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/txs"
)

// FuzzPrevTx compares our reader of previous transactions with the library's: what
// ours takes, the library reads alike and writes back as the same bytes.
func FuzzPrevTx(f *testing.F) {
	f.Add(unhex(f, specPrevO), uint32(0))
	f.Add(unhex(f, specPrevA), uint32(0))
	f.Add(unhex(f, specFunding), uint32(1))
	f.Add(newDice(1).prevTx(taproot(newDice(2).key()), 5000, 2), uint32(2))
	f.Add(concat(unhex(f, specPrevO)[:4], []byte{0, 1}, unhex(f, specPrevO)[4:]), uint32(0))
	f.Fuzz(func(t *testing.T, raw []byte, vout uint32) {
		coin, err := txs.ParseInput(txs.Input{PrevTx: raw, Vout: vout})
		if err != nil {
			if !errors.Is(err, txs.ErrInput) {
				t.Fatal(err)
			}
			return
		}
		var tx wire.MsgTx
		if err := tx.DeserializeNoWitness(bytes.NewReader(raw)); err != nil {
			t.Fatalf("the library refuses %x: %v", raw, err)
		}
		var again bytes.Buffer
		if err := tx.SerializeNoWitness(&again); err != nil || !bytes.Equal(again.Bytes(), raw) {
			t.Fatalf("not canonical: %x, %v", raw, err)
		}
		out := tx.TxOut[vout]
		if out.Value != int64(coin.Value) || !bytes.Equal(out.PkScript, coin.Script) ||
			coin.OutPoint != (wire.OutPoint{Hash: tx.TxHash(), Index: vout}) {
			t.Fatalf("read %+v, the library %+v", coin, out)
		}
	})
}

// FuzzScript checks that a script has a form only if it is that form's bytes.
func FuzzScript(f *testing.F) {
	for d := newDice(7); d.next < 40; {
		f.Add(d.script())
	}
	f.Add([]byte(nil))
	f.Add(make([]byte, 34))
	f.Fuzz(func(t *testing.T, script []byte) {
		form, err := txs.ParseScript(script)
		if err != nil {
			if !errors.Is(err, txs.ErrScript) || form != 0 {
				t.Fatal(form, err)
			}
			return
		}
		lengths := map[txs.Form]int{txs.P2PKH: 25, txs.P2SH: 23, txs.P2WPKH: 22, txs.P2WSH: 34, txs.P2TR: 34}
		if len(script) != lengths[form] || form.Dust() < 294 || form.Dust() > 546 {
			t.Fatalf("%x is %s", script, form)
		}
	})
}

// FuzzWitness checks that no witness is taken that weighs more than its input
// paid for.
func FuzzWitness(f *testing.F) {
	d := specDeal(f)
	c := d.build(f)
	w := d.players[1].fundingWitnesses(f, c.Funding, txs.Accepter)[0]
	f.Add(uint8(txs.P2WPKH), w[0], w[1])
	f.Add(uint8(txs.P2TR), make([]byte, 64), []byte(nil))
	f.Add(uint8(txs.P2WPKH), negateS(f, w[0]), w[1])
	f.Add(uint8(0), []byte{1}, []byte{1})
	f.Fuzz(func(t *testing.T, form uint8, first, second []byte) {
		witness := wire.TxWitness{first}
		if len(second) > 0 {
			witness = append(witness, second)
		}
		if err := txs.CheckWitness(txs.Form(form), witness); err != nil {
			if !errors.Is(err, txs.ErrWitness) {
				t.Fatal(err)
			}
			return
		}
		coin := txs.Coin{Form: txs.Form(form)}
		if weight := int64(witness.SerializeSize()); weight > coin.WitnessWeight() {
			t.Fatalf("a witness of %d weight units for %s", weight, coin.Form)
		}
		tx := c.Funding.Tx()
		tx.TxIn[0].Witness = witness
		if err := txs.VerifyTx(tx, c.Funding.PrevOutputs()); err == nil {
			t.Fatal("half a funding transaction is valid")
		}
	})
}

// FuzzAgreement spoils numbers of an agreement: either it is refused, or the laws
// hold for what is built.
func FuzzAgreement(f *testing.F) {
	f.Add(int64(200_000), int64(300_000), uint32(5), uint32(3), uint32(1779969600), uint32(1782388800), uint64(7), uint64(30), uint8(0))
	f.Add(int64(-1), int64(1)<<62, uint32(0), uint32(1001), uint32(0), uint32(0), uint64(5), uint64(20), uint8(1))
	f.Add(int64(996_000), int64(100_000), uint32(1), uint32(1), uint32(500_000_000), uint32(501_209_600), uint64(0), uint64(0), uint8(1))
	f.Fuzz(func(t *testing.T, o, a int64, fund, cet, locktime, refund uint32, payout, changeSerial uint64, long uint8) {
		d := specDeal(t)
		d.Parties[0].Collateral, d.Parties[1].Collateral = btcutil.Amount(o), btcutil.Amount(a)
		d.FundRate, d.CETRate, d.CETLocktime, d.RefundLocktime = txs.FeeRate(fund), txs.FeeRate(cet), locktime, refund
		d.Parties[0].PayoutSerial, d.Parties[0].ChangeSerial, d.Long = payout, changeSerial, txs.Role(long)
		c, err := txs.Build(d.Agreement)
		if err != nil {
			for _, known := range []error{txs.ErrCollateral, txs.ErrFeeRate, txs.ErrLocktime, txs.ErrSerial, txs.ErrInput, txs.ErrRole} {
				if errors.Is(err, known) {
					return
				}
			}
			t.Fatal(err)
		}
		fee := c.Funding.Fee()
		if sumOf(c.Funding.PrevOutputs()) != sumOf(c.Funding.Tx().TxOut)+fee || fee < 0 {
			t.Fatalf("fee %d", fee)
		}
		cetFee := c.Funding.Value() - btcutil.Amount(o) - btcutil.Amount(a)
		for _, y := range []btcutil.Amount{0, c.Settlement.Collateral()} {
			tx, err := c.Settlement.CET(y)
			if err != nil || c.Funding.Value()-sumOf(tx.TxOut) < cetFee {
				t.Fatalf("cet %+v, %v", tx, err)
			}
		}
	})
}

// FuzzClose checks that a close is refused, or pays exactly its fee and what it
// drops as dust.
func FuzzClose(f *testing.F) {
	f.Add(int64(300_000), int64(200_000), uint32(4), int64(0), []byte(nil))
	f.Add(int64(0), int64(500_000), uint32(1000), int64(50_000), unhex(f, specScript))
	f.Add(int64(-5), int64(500_005), uint32(1), int64(1), []byte{1})
	s := specDeal(f).build(f).Settlement
	script := taproot(newDice(1).key())
	f.Fuzz(func(t *testing.T, o, a int64, rate uint32, cancel int64, change []byte) {
		terms := txs.CloseTerms{Values: [2]btcutil.Amount{btcutil.Amount(o), btcutil.Amount(a)}, Rate: txs.FeeRate(rate)}
		if cancel != 0 {
			terms.Cancel = &txs.CancelInput{PrevTx: newDice(2).prevTx(script, btcutil.Amount(cancel), 0), ChangeScript: change}
		}
		c, err := s.Close(terms)
		if err != nil {
			if !errors.Is(err, txs.ErrClose) && !errors.Is(err, txs.ErrFeeRate) {
				t.Fatal(err)
			}
			return
		}
		tx := c.Tx()
		fee := sumOf(c.PrevOutputs()) - sumOf(tx.TxOut)
		least := btcutil.Amount(142 * int64(rate))
		if fee < least || o+a != 500_000 || tx.LockTime != 0 || tx.Version != 2 {
			t.Fatalf("fee %d, at least %d: %+v", fee, least, tx)
		}
		for _, out := range tx.TxOut {
			if form, err := txs.ParseScript(out.PkScript); err != nil || btcutil.Amount(out.Value) < form.Dust() {
				t.Fatalf("output %+v", out)
			}
		}
	})
}

// FuzzKeyPath feeds a session what a peer may send: it must be refused, since
// nobody without the secret makes a valid partial.
func FuzzKeyPath(f *testing.F) {
	d, dice := specDeal(f), newDice(31)
	message := [32]byte(unhex(f, specClHash))
	_, out, nonces := session(f, d, dice, message)
	mine := nonces[0].Public()
	theirs := nonces[1].Public()
	f.Add(theirs[:], make([]byte, 32))
	f.Add(mine[:], bytes.Repeat([]byte{0xff}, 32))
	f.Add(make([]byte, 66), []byte{1})
	f.Fuzz(func(t *testing.T, nonce, partial []byte) {
		var n [66]byte
		var p [32]byte
		copy(n[:], nonce)
		copy(p[:], partial)
		k, err := txs.NewKeyPath(out, message, mine, n)
		if err != nil {
			if !errors.Is(err, txs.ErrPartial) {
				t.Fatal(err)
			}
			return
		}
		if err := k.Verify(txs.Accepter, p); !errors.Is(err, txs.ErrPartial) {
			t.Fatalf("a partial made of nothing: %v", err)
		}
		if _, err := k.Aggregate(p, p); !errors.Is(err, txs.ErrPartial) {
			t.Fatalf("a signature made of nothing: %v", err)
		}
	})
}

// FuzzContractID checks that the id gives back what it was made of.
func FuzzContractID(f *testing.F) {
	f.Add(unhex(f, specTxid), uint16(1), unhex(f, specTempID))
	f.Fuzz(func(t *testing.T, txid []byte, index uint16, temp []byte) {
		var h chainhash.Hash
		var id [32]byte
		copy(h[:], txid)
		copy(id[:], temp)
		if txs.ContractID(h, index, txs.ContractID(h, index, id)) != id {
			t.Fatal("not its own inverse")
		}
	})
}

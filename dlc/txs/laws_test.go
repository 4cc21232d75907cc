package txs_test

import (
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"
	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/dlc/txs"
)

func dealOf(t *rapid.T) (*dice, *deal) {
	d := newDice(rapid.Uint64().Draw(t, "seed"))
	return d, newDeal(t, d)
}

func sumOf(outs []*wire.TxOut) (sum btcutil.Amount) {
	for _, out := range outs {
		sum += btcutil.Amount(out.Value)
	}
	return sum
}

// fundFee is the formula of PROTOCOL.md 4, written once more.
func fundFee(p txs.Party, coins []txs.Coin, rate txs.FeeRate) btcutil.Amount {
	weight := 107 + 36 + 4*len(p.ChangeScript)
	for _, c := range coins {
		weight += 164 + map[txs.Form]int{txs.P2WPKH: 108, txs.P2TR: 66}[c.Form]
	}
	vsize := weight / 4
	if weight%4 != 0 {
		vsize++
	}
	return btcutil.Amount(vsize * int(rate))
}

func TestFundingValuesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, deal := dealOf(t)
		c := deal.build(t)
		f := c.Funding
		tx := f.Tx()
		var m, cetFees, inputs btcutil.Amount
		for role, p := range deal.Parties {
			funds := f.Funds(txs.Role(role))
			if want := fundFee(p, funds.Coins, deal.FundRate); funds.FundFee != want {
				t.Errorf("fund fee %d, want %d", funds.FundFee, want)
			}
			if want := btcutil.Amount(64+len(p.PayoutScript)) * btcutil.Amount(deal.CETRate); funds.CETFee != want {
				t.Errorf("cet fee %d, want %d", funds.CETFee, want)
			}
			if funds.Total != p.Collateral+funds.FundFee+funds.CETFee+funds.Change {
				t.Errorf("funds do not add up: %+v", funds)
			}
			inputs += funds.Total
			m, cetFees = m+p.Collateral, cetFees+funds.CETFee
			checkChange(t, f, txs.Role(role), p)
		}
		if inputs != sumOf(f.PrevOutputs()) || inputs != sumOf(tx.TxOut)+f.Fee() {
			t.Errorf("inputs %d, outputs %d, fee %d", inputs, sumOf(tx.TxOut), f.Fee())
		}
		out := tx.TxOut[f.OutPoint().Index]
		script := f.Output().Script
		if f.Value() != m+cetFees || btcutil.Amount(out.Value) != f.Value() || !slices.Equal(out.PkScript, script[:]) {
			t.Errorf("funding output %+v, want %d", out, m+cetFees)
		}
		if m != c.Settlement.Collateral() {
			t.Errorf("M is %d, want %d", c.Settlement.Collateral(), m)
		}
	})
}

// checkChange checks that change is there unless it is dust.
func checkChange(t *rapid.T, f *txs.Funding, role txs.Role, p txs.Party) {
	change := f.Funds(role).Change
	form, err := txs.ParseScript(p.ChangeScript)
	if err != nil {
		t.Fatal(err)
	}
	index, there := f.Change(role)
	if there != (change >= form.Dust()) {
		t.Errorf("change of %d to a %s: output %v", change, form, there)
	}
	if !there {
		return
	}
	out := f.Tx().TxOut[index]
	if btcutil.Amount(out.Value) != change || !slices.Equal(out.PkScript, p.ChangeScript) {
		t.Errorf("change output %+v", out)
	}
}

func TestSerialsOrderInputsAndOutputs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, deal := dealOf(t)
		c := deal.build(t)
		f := c.Funding
		tx := f.Tx()
		serials := map[wire.OutPoint]uint64{}
		outputs := map[int]uint64{int(f.OutPoint().Index): deal.FundSerial}
		for _, role := range []txs.Role{txs.Offerer, txs.Accepter} {
			funds := f.Funds(role)
			for i, at := range f.Inputs(role) {
				if tx.TxIn[at].PreviousOutPoint != funds.Coins[i].OutPoint {
					t.Errorf("input %d is not coin %d of the %s", at, i, role)
				}
				serials[funds.Coins[i].OutPoint] = funds.Coins[i].Serial
			}
			if index, there := f.Change(role); there {
				outputs[int(index)] = deal.Parties[role].ChangeSerial
			}
		}
		ascending := slices.IsSortedFunc(tx.TxIn, func(a, b *wire.TxIn) int {
			if serials[a.PreviousOutPoint] < serials[b.PreviousOutPoint] {
				return -1
			}
			return 1
		})
		if !ascending || len(outputs) != len(tx.TxOut) {
			t.Error("inputs are not in order, or outputs are unknown")
		}
		for i := 1; i < len(outputs); i++ {
			if outputs[i-1] >= outputs[i] {
				t.Errorf("outputs %d and %d are not in order", i-1, i)
			}
		}
		cet, err := c.Settlement.CET(c.Settlement.Collateral() / 2)
		if err != nil {
			t.Fatal(err)
		}
		first := deal.Parties[txs.Offerer]
		if deal.Parties[txs.Accepter].PayoutSerial < first.PayoutSerial {
			first = deal.Parties[txs.Accepter]
		}
		if !slices.Equal(cet.TxOut[0].PkScript, first.PayoutScript) {
			t.Error("payouts are not in order")
		}
	})
}

// Each party builds from its own copy of the messages; neither sees the other's
// memory, and the order in which a message lists its inputs does not matter.
func TestBothRolesBuildTheSameTransactions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, deal := dealOf(t)
		mine := deal.build(t)
		copied := deal.Agreement
		for role := range copied.Parties {
			p := &copied.Parties[role]
			p.PayoutScript, p.ChangeScript = slices.Clone(p.PayoutScript), slices.Clone(p.ChangeScript)
			p.Inputs = slices.Clone(p.Inputs)
			slices.Reverse(p.Inputs)
		}
		theirs, err := txs.Build(copied)
		if err != nil {
			t.Fatal(err)
		}
		y := d.amount(0, mine.Settlement.Collateral())
		terms := txs.CloseTerms{Values: [2]btcutil.Amount{y, mine.Settlement.Collateral() - y}, Rate: 7}
		var bytes [2][]string
		var hashes [2][][32]byte
		for i, c := range []*txs.Contract{mine, theirs} {
			cet, err := c.Settlement.CET(y)
			if err != nil {
				t.Fatal(err)
			}
			unsigned, err := c.Settlement.Close(terms)
			if err != nil {
				t.Fatal(err)
			}
			bytes[i] = []string{serialize(t, c.Funding.Tx()), serialize(t, cet), serialize(t, c.Settlement.Refund()), serialize(t, unsigned.Tx())}
			hash, err := c.Settlement.CETSighash(y)
			if err != nil {
				t.Fatal(err)
			}
			hashes[i] = [][32]byte{hash, c.Settlement.RefundSighash(), unsigned.Sighash(), c.ID([32]byte{1})}
		}
		if !slices.Equal(bytes[0], bytes[1]) || !slices.Equal(hashes[0], hashes[1]) {
			t.Errorf("transactions differ:\n%v\n%v", bytes[0], bytes[1])
		}
	})
}

// What a caller does to its slices afterwards changes nothing.
func TestContractsShareNoMemoryWithTheirAgreement(t *testing.T) {
	d := newDeal(t, newDice(5))
	c := d.build(t)
	before := []string{serialize(t, c.Funding.Tx()), serialize(t, c.Settlement.Refund())}
	hash := c.Settlement.RefundSighash()
	for _, p := range d.Parties {
		clear(p.PayoutScript)
		clear(p.ChangeScript)
		for _, in := range p.Inputs {
			clear(in.PrevTx)
		}
	}
	clear(c.Funding.Tx().TxOut[0].PkScript)
	clear(c.Settlement.Refund().TxOut[0].PkScript)
	clear(c.Funding.PrevOutputs()[0].PkScript)
	c.Funding.Funds(txs.Offerer).Coins[0] = txs.Coin{}
	c.Funding.Inputs(txs.Offerer)[0] = 99
	after := []string{serialize(t, c.Funding.Tx()), serialize(t, c.Settlement.Refund())}
	if !slices.Equal(before, after) || hash != c.Settlement.RefundSighash() {
		t.Error("a contract changed with its agreement's memory")
	}
}

// The prepared message gives the hash that a general implementation gives, and a
// CET pays M and the CET fees, dust apart.
func TestSighashesAreThoseOfTheTransactions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, deal := dealOf(t)
		s := deal.build(t).Settlement
		m := s.Collateral()
		y := rapid.SampledFrom([]btcutil.Amount{0, 1, 329, 330, m - 329, m, d.amount(0, m)}).Draw(t, "payout")
		cet, err := s.CET(y)
		if err != nil {
			t.Fatal(err)
		}
		hash, err := s.CETSighash(y)
		if err != nil {
			t.Fatal(err)
		}
		if hash != leafHash(t, s, cet) || s.RefundSighash() != leafHash(t, s, s.Refund()) {
			t.Error("hash of a CET or refund is not that of the library")
		}
		o, a, err := s.Payouts(y)
		if err != nil || o+a != m {
			t.Errorf("payouts %d and %d of %d, %v", o, a, m, err)
		}
		if long := []btcutil.Amount{o, a}[deal.Long]; long != y {
			t.Errorf("the long side gets %d, want %d", long, y)
		}
		var paid btcutil.Amount
		for role, v := range []btcutil.Amount{o, a} {
			form, err := txs.ParseScript(deal.Parties[role].PayoutScript)
			if err != nil {
				t.Fatal(err)
			}
			if v >= form.Dust() {
				paid += v
			}
		}
		if sum := sumOf(cet.TxOut); sum != paid {
			t.Errorf("outputs sum up to %d, want %d", sum, paid)
		}
	})
}

func leafHash(t *rapid.T, s *txs.Settlement, tx *wire.MsgTx) [32]byte {
	out := s.PrevOutput()
	fetcher := txscript.NewCannedPrevOutputFetcher(out.PkScript, out.Value)
	leaf := s.Output().Leaf
	hash, err := txscript.CalcTapscriptSignaturehash(txscript.NewTxSigHashes(tx, fetcher), txscript.SigHashDefault, tx, 0,
		fetcher, txscript.NewBaseTapLeaf(leaf[:]))
	if err != nil {
		t.Fatal(err)
	}
	return [32]byte(hash)
}

func TestPayoutsOutsideTheCollateralAreRefused(t *testing.T) {
	s := specDeal(t).build(t).Settlement
	for _, y := range []btcutil.Amount{-1, 500_001, 1 << 62, -1 << 63} {
		_, errs1 := s.CET(y)
		_, errs2 := s.CETSighash(y)
		_, errs3 := s.CETSighashes([]btcutil.Amount{0, y})
		_, errs4 := s.CompleteCET(y, [64]byte{}, [64]byte{})
		_, _, errs5 := s.Payouts(y)
		for _, err := range []error{errs1, errs2, errs3, errs4, errs5} {
			if !errors.Is(err, txs.ErrCollateral) {
				t.Errorf("payout %d: %v", y, err)
			}
		}
	}
	hashes, err := s.CETSighashes([]btcutil.Amount{0, 300_000})
	if err != nil {
		t.Fatal(err)
	}
	one, err := s.CETSighash(300_000)
	if err != nil || hashes[1] != one || hashes[0] == one {
		t.Errorf("hashes %x", hashes)
	}
	if s.CETLocktime() != 1779969600 || s.RefundLocktime() != 1782388800 {
		t.Error("locktimes")
	}
}

func TestContractIDIsItsOwnInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := newDice(rapid.Uint64().Draw(t, "seed"))
		txid, temp := chainhash.Hash(d.bytes()), d.bytes()
		index := rapid.Uint16().Draw(t, "index")
		id := txs.ContractID(txid, index, temp)
		if txs.ContractID(txid, index, id) != temp {
			t.Error("applied twice, the id is not the temporary id")
		}
		last := binary.BigEndian.AppendUint16(nil, index)
		if id[0] != txid[31]^temp[0] || id[30] != txid[1]^temp[30]^last[0] || id[31] != txid[0]^temp[31]^last[1] {
			t.Errorf("id %x of txid %s, index %d", id, txid, index)
		}
	})
}

// Half of the surplus each; nobody gets less than nothing; nothing is lost.
func TestSurplusIsShared(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := btcutil.Amount(rapid.Int64Range(0, 5000).Draw(t, "offerer"))
		a := btcutil.Amount(rapid.Int64Range(0, 5000).Draw(t, "accepter"))
		surplus := btcutil.Amount(rapid.Int64Range(-12_000, 1000).Draw(t, "surplus"))
		v, err := txs.ShareSurplus([2]btcutil.Amount{o, a}, surplus)
		if o+a+surplus < 0 {
			if !errors.Is(err, txs.ErrClose) {
				t.Errorf("%v, %v", v, err)
			}
			return
		}
		if err != nil || v[0]+v[1] != o+a+surplus || v[0] < 0 || v[1] < 0 {
			t.Fatalf("%d and %d with %d become %v, %v", o, a, surplus, v, err)
		}
		gets := [2]btcutil.Amount{v[0] - o, v[1] - a}
		if v[0] > 0 && v[1] > 0 && (gets[1]-gets[0] > 1 || gets[1] < gets[0]) {
			t.Errorf("shares %v of %d", gets, surplus)
		}
	})
}

func TestSurplusExamples(t *testing.T) {
	for _, c := range []struct {
		v       [2]btcutil.Amount
		surplus btcutil.Amount
		want    [2]btcutil.Amount
	}{
		{[2]btcutil.Amount{300_000, 200_000}, -16, [2]btcutil.Amount{299_992, 199_992}},
		{[2]btcutil.Amount{300, 200}, -15, [2]btcutil.Amount{292, 193}},
		{[2]btcutil.Amount{300, 200}, 15, [2]btcutil.Amount{307, 208}},
		{[2]btcutil.Amount{3, 200}, -16, [2]btcutil.Amount{0, 187}},
		{[2]btcutil.Amount{300, 3}, -16, [2]btcutil.Amount{287, 0}},
		{[2]btcutil.Amount{0, 0}, 0, [2]btcutil.Amount{0, 0}},
	} {
		if got, err := txs.ShareSurplus(c.v, c.surplus); err != nil || got != c.want {
			t.Errorf("%v with %d: %v, %v; want %v", c.v, c.surplus, got, err, c.want)
		}
	}
}

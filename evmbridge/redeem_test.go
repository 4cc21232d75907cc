package evmbridge_test

import (
	"testing"

	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/evmbridge/bindings"
	"github.com/alkimiya/alkimiya/evmbridge/simchain"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

// openWorld is a world with a series that is open, all of whose units bob has, and
// the lot behind it.
func openWorld(t *testing.T) (*world, *series, *lot) {
	t.Helper()
	w := newWorld(t, simchain.Osaka)
	s := w.seriesOf(payout.SwapM, true)
	l := w.minted(s, w.bob, true)
	w.price(s, usual)
	w.settled(l, usual)
	w.opened(s)
	return w, s, l
}

func (l *lot) vaultAt(outcome uint64) wire.OutPoint {
	cet, _ := l.cet(outcome)
	from, _ := l.vaultOf(cet)
	return from
}

// scriptForms are the scripts that can be paid.
func scriptForms() map[string][]byte {
	form := func(head []byte, n int, tail ...byte) []byte {
		return append(append(head, make([]byte, n)...), tail...)
	}
	return map[string][]byte{
		"P2PKH":  form([]byte{0x76, 0xa9, 0x14}, 20, 0x88, 0xac),
		"P2SH":   form([]byte{0xa9, 0x14}, 20, 0x87),
		"P2WPKH": form([]byte{0x00, 0x14}, 20),
		"P2WSH":  form([]byte{0x00, 0x20}, 32),
		"P2TR":   p2tr(1),
	}
}

// Whatever could not be paid or proven later is refused when it is asked for: one
// request must not stall a batch (keep-core 4244), and P2SH is payable (tBTC v1).
func TestRedemptionsAreRefusedAtOnceOrNever(t *testing.T) {
	w, s, _ := openWorld(t)
	owed := uint64(s.owed(usual)) //nolint:gosec // G115: positive
	call := func(amount uint64, script []byte, fee uint64) []byte {
		return bridgeC.PackRedeem(s.id, false, amount, script, fee)
	}
	for name, script := range scriptForms() {
		w.accepted(w.bob, w.at.Bridge, call(units, script, minFee))
		if !spv.PayableScript(script) || t.Failed() {
			t.Fatal(name)
		}
	}
	r := seeded(t)
	malformed := 0
	for malformed < 1000 {
		var script []byte
		for _, form := range scriptForms() {
			script = append([]byte{}, form...)
			break
		}
		switch malformed % 4 {
		case 0:
			script = script[:r.IntN(len(script))]
		case 1:
			script = append(script, randomBytes(r, 1+r.IntN(30))...)
		case 2:
			script[r.IntN(3)] ^= 1 << r.IntN(8)
		case 3:
			script = randomBytes(r, r.IntN(60))
		}
		if len(script) == 0 || spv.PayableScript(script) { // none is to leave the bitcoin
			continue
		}
		malformed++
		if malformed%10 == 0 { // the EVM is slow; Go judges the same (below)
			w.refused(spv.ErrBadScript, w.bob, w.at.Bridge, call(units, script, minFee))
		}
	}
	least := (leastClaim*units + owed - 1) / owed // units that claim so much
	w.accepted(w.bob, w.at.Bridge, call(least, p2tr(1), minFee))
	w.refused(spv.ErrBelowMinimum, w.bob, w.at.Bridge, call(least-1, p2tr(1), minFee))
	w.refused(spv.ErrFeeOutOfRange, w.bob, w.at.Bridge, call(units, p2tr(1), minFee-1))
	w.accepted(w.bob, w.at.Bridge, call(units, p2tr(1), minFee))
	w.accepted(w.bob, w.at.Bridge, call(units, p2tr(1), owed/2))
	w.refused(spv.ErrFeeOutOfRange, w.bob, w.at.Bridge, call(units, p2tr(1), owed/2+1))
	w.refused(spv.ErrBadUnits, w.bob, w.at.Bridge, call(0, p2tr(1), minFee))
	w.refused(spv.ErrBadUnits, w.bob, w.at.Bridge, call(units+1, p2tr(1), minFee))
	w.refused(spv.ErrRevert, w.eve, w.at.Bridge, call(units, p2tr(1), minFee)) // she has none
	w.refused(spv.ErrNotOpen, w.bob, w.at.Bridge, bridgeC.PackRedeem([32]byte{7}, false, 1, p2tr(1), minFee))
	w.refused(spv.ErrNotFinal, w.bob, w.at.Bridge, bridgeC.PackRedeem([32]byte{7}, true, 1, p2tr(1), minFee))
}

func TestBatchesAreProvenAsTheyAre(t *testing.T) {
	w, s, l := openWorld(t)
	var all []spv.Redemption
	for i := range 3 {
		all = append(all, w.redeem(w.bob, s.id, false, 900_000, p2tr(byte(20+i))))
	}
	from := l.vaultAt(usual)
	value := func(r spv.Redemption, less int64) *wire.TxOut {
		return wire.NewTxOut(int64(r.Sats-r.MaxFee)-less, r.Script) //nolint:gosec // G115: at most the money there is
	}
	good := w.batch(from, wire.NewTxOut(900, l.vault), all...)
	commitment := good.TxOut[3]
	foreign := wire.NewTxOut(0, spv.CommitmentScript([32]byte{1, 2, 3}))
	txs := map[string]*wire.MsgTx{
		"good":                good,
		"a satoshi short":     pay(from, value(all[0], 0), value(all[1], 1), value(all[2], 0), commitment),
		"another order":       pay(from, value(all[1], 0), value(all[0], 0), value(all[2], 0), commitment),
		"no commitment":       pay(from, value(all[0], 0), value(all[1], 0), value(all[2], 0)),
		"change in its place": pay(from, value(all[0], 0), value(all[1], 0), value(all[2], 0), wire.NewTxOut(1, l.vault)),
		"another commitment":  pay(from, value(all[0], 0), value(all[1], 0), value(all[2], 0), foreign),
		"an unrelated one":    pay(from, value(all[0], 0)),
	}
	for _, tx := range txs {
		w.btc.mine(tx)
	}
	w.bury(5)
	for name, want := range map[string]error{
		"good": nil, "a satoshi short": spv.ErrShortPayment, "another order": spv.ErrBadBatch, "no commitment": spv.ErrBadBatch,
		"change in its place": spv.ErrBadBatch, "another commitment": spv.ErrBadBatch, "an unrelated one": spv.ErrBadBatch,
	} {
		if want == nil {
			w.accepted(w.eve, w.at.Bridge, w.paidCall(txs[name], all...))
		} else {
			w.refused(want, w.eve, w.at.Bridge, w.paidCall(txs[name], all...))
		}
		if t.Failed() {
			t.Fatal(name)
		}
	}
	bad := all[1]
	bad.Sats--
	w.refused(spv.ErrUnknownRedemption, w.eve, w.at.Bridge, w.paidCall(good, all[0], bad, all[2]))
	w.refused(spv.ErrBadBatch, w.eve, w.at.Bridge, w.paidCall(good, all[0], all[1]))
	w.refused(spv.ErrBadBatch, w.eve, w.at.Bridge, w.paidCall(good))
	before := w.totals().Vault
	w.send(w.eve, w.at.Bridge, w.paidCall(good, all...))
	if got := before - w.totals().Vault; got != all[0].Sats+all[1].Sats+all[2].Sats {
		t.Errorf("the vault owes %d less", got)
	}
	w.refused(spv.ErrUnknownRedemption, w.eve, w.at.Bridge, w.paidCall(good, all...)) // replayed
	w.wait(4 * day)
	w.refused(spv.ErrUnknownRedemption, w.eve, w.at.Bridge, bridgeC.PackSlash(redemption(all[0])))
}

// One redemption listed twice is paid for once.
func TestARedemptionListedTwiceCountsOnce(t *testing.T) {
	w, s, l := openWorld(t)
	r := w.redeem(w.bob, s.id, false, units, p2tr(3))
	tx := w.batch(l.vaultAt(usual), nil, r, r)
	w.paid(tx, r, r)
	if got := w.totals().Vault; got != 0 {
		t.Errorf("the vault owes %d", got)
	}
}

// A payment that has nothing to do with redemptions, made before they were asked for,
// proves none of them.
func TestAHistoricPaymentProvesNothing(t *testing.T) {
	w, s, _ := openWorld(t)
	old := pay(outpoint(5, 5), wire.NewTxOut(5_000_000, p2tr(3)), wire.NewTxOut(0, spv.CommitmentScript([32]byte{})))
	w.btc.mine(old)
	w.bury(5)
	r := w.redeem(w.bob, s.id, false, units, p2tr(3))
	w.refused(spv.ErrBadBatch, w.eve, w.at.Bridge, w.paidCall(old, r))
}

func TestAMissedDeadlineIsPaidFromTheBonds(t *testing.T) {
	w, s, l := openWorld(t)
	r := w.redeem(w.bob, s.id, false, units/2, p2tr(3))
	slash := bridgeC.PackSlash(redemption(r))
	w.wait(3*day - 1)
	w.refused(spv.ErrTooEarly, w.eve, w.at.Bridge, slash)
	w.wait(2)
	before := w.assetOf(w.bob.at)
	vault := w.totals().Vault
	w.send(w.eve, w.at.Bridge, slash)
	if got := w.assetOf(w.bob.at) - before; got != r.Sats*11/10 {
		t.Errorf("bob got %d, want 110 %% of %d", got, r.Sats)
	}
	if got := vault - w.totals().Vault; got != r.Sats {
		t.Errorf("the vault owes %d less, want %d", got, r.Sats)
	}
	w.refused(spv.ErrUnknownRedemption, w.eve, w.at.Bridge, slash)
	// The same batch may pay it too late; the others in it are proven all the same.
	other := w.redeem(w.bob, s.id, false, units/2, p2tr(4))
	w.paid(w.batch(l.vaultAt(usual), nil, r, other), r, other)
	if w.redemptionState(r) != 4 || w.redemptionState(other) != 2 {
		t.Errorf("states %d and %d", w.redemptionState(r), w.redemptionState(other))
	}
}

// A slash pays what there is, never fails for lack of it, and the rest stays owed.
func TestAnEmptyBondOwesTheRest(t *testing.T) {
	w, s, l := openWorld(t)
	r := w.redeem(w.bob, s.id, false, units, p2tr(3))
	owed := r.Sats * 11 / 10
	w.drainOperators(1000)
	w.wait(3*day + 1)
	before := w.assetOf(w.bob.at)
	w.send(w.eve, w.at.Bridge, bridgeC.PackSlash(redemption(r)))
	if got := w.assetOf(w.bob.at) - before; got != 1000 {
		t.Errorf("bob got %d, want the 1,000 there are", got)
	}
	if w.redemptionState(r) != 3 {
		t.Errorf("state %d, want owed", w.redemptionState(r))
	}
	w.send(w.eve, w.at.Bridge, bridgeC.PackSlash(redemption(r)))
	w.send(w.alice, w.at.Bond, bondC.PackPostOperator(5000))
	w.send(w.eve, w.at.Bridge, bridgeC.PackSlash(redemption(r)))
	w.refused(spv.ErrUnknownLot, w.eve, w.at.Bridge, bridgeC.PackSlashLot(redemption(r), [32]byte{3}))
	w.send(w.eve, w.at.Bridge, bridgeC.PackSlashLot(redemption(r), l.id))
	if got := w.assetOf(w.bob.at) - before; got != owed || w.redemptionState(r) != 4 {
		t.Errorf("bob got %d in the end, want %d", got, owed)
	}
	if got := w.totals().Vault; got != 0 {
		t.Errorf("the vault owes %d", got)
	}
}

// drainOperators lets the operators withdraw all but a rest; possible only while lot
// bonds cover what there is.
func (w *world) drainOperators(rest uint64) {
	w.t.Helper()
	w.send(w.alice, w.at.Bond, bondC.PackGiveNotice(numberOf(1_1000_0000-rest)))
	w.refused(spv.ErrTooEarly, w.alice, w.at.Bond, bondC.PackWithdraw())
	w.wait(14 * day)
	w.send(w.alice, w.at.Bond, bondC.PackWithdraw())
}

// A reorganisation of Bitcoin after the proof of a payment: it waits to be proven
// again, and the operators are given time for it.
func TestReorgAfterAPaymentReopensIt(t *testing.T) {
	w, s, l := openWorld(t)
	r := w.redeem(w.bob, s.id, false, units, p2tr(3))
	tx := w.batch(l.vaultAt(usual), nil, r)
	fork := w.btc.height()
	w.wait(2 * day)
	height := w.btc.mine(tx)
	w.bury(5)
	w.send(w.alice, w.at.Bridge, w.paidCall(tx, r))
	hash := spv.DoubleSHA256(w.btc.header(height))
	contest := func(sats uint64) []byte {
		chain, hops := w.chainFrom(height)
		return bridgeC.PackContest(1, spv.PaymentRecord(r.RID(), sats, hash, height), chain, numberOf(hops))
	}
	w.refused(spv.ErrBadRecord, w.eve, w.at.Bridge, contest(r.Sats))
	w.rewind(fork)
	w.bury(8)
	w.refused(spv.ErrBadRecord, w.eve, w.at.Bridge, contest(r.Sats+1))
	w.send(w.eve, w.at.Bridge, contest(r.Sats))
	if w.redemptionState(r) != 1 || w.totals().Vault != r.Sats {
		t.Errorf("state %d, vault %d", w.redemptionState(r), w.totals().Vault)
	}
	w.waitUntil(r.Deadline + 2)
	w.refused(spv.ErrTooEarly, w.eve, w.at.Bridge, bridgeC.PackSlash(redemption(r)))
	w.paid(tx, r)
	w.wait(day + 1)
	w.rewind(fork)
	w.bury(20)
	w.refused(spv.ErrBadRecord, w.eve, w.at.Bridge, contest(r.Sats)) // it is another proof's record
	if w.redemptionState(r) != 2 {
		t.Errorf("state %d", w.redemptionState(r))
	}
}

// The vector of the product specification: claims are floored, the last one gets the
// rest, whatever the order.
func TestClaimsAddUpInAnyOrder(t *testing.T) {
	for _, order := range [][]uint64{{900_000, 1_499_400, 2_100_600}, {2_100_600, 900_000, 1_499_400}} {
		w, s, _ := openWorld(t)
		owed := uint64(s.owed(usual)) //nolint:gosec // G115: positive
		var sum uint64
		for i, amount := range order {
			got := w.redeem(w.bob, s.id, false, amount, p2tr(9)).Sats
			want := owed * amount / units
			if i == len(order)-1 {
				want = owed - sum
			}
			if got != want {
				t.Errorf("%d units claim %d, want %d", amount, got, want)
			}
			sum += got
		}
	}
}

// Operators who spend the vault without paying anybody are found out.
func TestSpendsOfTheVaultMustBeBatches(t *testing.T) {
	w, s, l := openWorld(t)
	cet, _ := l.cet(usual)
	rawCET, err := spv.Stripped(cet)
	if err != nil {
		t.Fatal(err)
	}
	from := l.vaultAt(usual)
	r := w.redeem(w.bob, s.id, false, units/2, p2tr(3))
	honest := w.batch(from, wire.NewTxOut(5000, l.vault), r)
	theft := pay(from, wire.NewTxOut(1_000_000, p2tr(66)))
	greedy := w.batch(from, wire.NewTxOut(5000, p2tr(66)), r)
	w.btc.mine(honest, theft, greedy)
	w.bury(5)
	accuse := func(tx *wire.MsgTx) []byte {
		return fraudC.PackAccuse(terms(l.terms), rawCET, numberOf(uint64(from.Index)), bound(w.proof(tx)))
	}
	answer := func(tx *wire.MsgTx, rs ...spv.Redemption) []byte {
		var list []bindings.Redemption
		for _, each := range rs {
			list = append(list, redemption(each))
		}
		return fraudC.PackAnswer(bound(w.proof(tx)), list, terms(l.terms))
	}
	w.refused(spv.ErrUnknownAccusation, w.alice, w.at.Fraud, answer(honest, r))
	for _, tx := range []*wire.MsgTx{honest, theft, greedy} {
		w.send(w.eve, w.at.Fraud, accuse(tx))
	}
	w.refused(spv.ErrTooLate, w.eve, w.at.Fraud, accuse(honest))
	w.refused(spv.ErrBadScript, w.eve, w.at.Fraud,
		fraudC.PackAccuse(terms(l.terms), rawCET, numberOf(1), bound(w.proof(honest))))
	w.refused(spv.ErrBadBatch, w.alice, w.at.Fraud, answer(honest, r)) // not proven to the bridge yet
	w.send(w.alice, w.at.Bridge, w.paidCall(honest, r))
	w.refused(spv.ErrBadBatch, w.alice, w.at.Fraud, answer(theft, r))
	w.refused(spv.ErrBadScript, w.alice, w.at.Fraud, answer(greedy, r))
	w.send(w.alice, w.at.Fraud, answer(honest, r))
	w.refused(spv.ErrTooEarly, w.eve, w.at.Fraud, fraudC.PackConvict(theft.TxHash()))
	w.wait(day + 1)
	w.refused(spv.ErrUnknownAccusation, w.eve, w.at.Fraud, fraudC.PackConvict(honest.TxHash()))
	w.refused(spv.ErrTooLate, w.alice, w.at.Fraud, answer(greedy, r))
	w.send(w.eve, w.at.Fraud, fraudC.PackConvict(theft.TxHash()))
	w.haltedForGood(s)
}

// A redemption accounts for one spend of the vault, however it was proven paid: the holder may
// have paid himself first, out of coins of his own. It does not account for a second one, nor
// twice for one.
func TestARedemptionAccountsForOneSpend(t *testing.T) {
	w, s, l := openWorld(t)
	cet, _ := l.cet(usual)
	rawCET, err := spv.Stripped(cet)
	if err != nil {
		t.Fatal(err)
	}
	from := l.vaultAt(usual)
	r, other := w.redeem(w.bob, s.id, false, units/3, p2tr(3)), w.redeem(w.bob, s.id, false, units/3, p2tr(4))
	own := w.batch(outpoint(7, 7), nil, r)
	honest := w.batch(from, wire.NewTxOut(5000, l.vault), r)
	again := w.batch(from, wire.NewTxOut(6000, l.vault), r)
	twice := w.batch(from, wire.NewTxOut(5000, l.vault), other, other)
	w.btc.mine(own, honest, again, twice)
	w.bury(5)
	paid := func() uint64 {
		height := numberOf(uint64(w.btc.height()))
		return ask(w.evm, w.at.Spv, spvC.PackProven(w.at.Bridge, height), spvC.UnpackProven).Arg2
	}
	w.send(w.eve, w.at.Bridge, w.paidCall(own, r))
	before, vault := paid(), w.totals().Vault
	w.send(w.eve, w.at.Bridge, w.paidCall(twice, other, other))
	if paid() != before+other.Sats || w.totals().Vault != vault-other.Sats {
		t.Errorf("one redemption listed twice counts %d satoshi, of %d", paid()-before, other.Sats)
	}
	answer := func(tx *wire.MsgTx, rs ...spv.Redemption) []byte {
		var list []bindings.Redemption
		for _, each := range rs {
			list = append(list, redemption(each))
		}
		return fraudC.PackAnswer(bound(w.proof(tx)), list, terms(l.terms))
	}
	for _, tx := range []*wire.MsgTx{honest, again, twice} {
		w.send(w.eve, w.at.Fraud, fraudC.PackAccuse(terms(l.terms), rawCET, numberOf(uint64(from.Index)), bound(w.proof(tx))))
	}
	w.refused(spv.ErrBadBatch, w.alice, w.at.Fraud, answer(twice, other, other))
	w.send(w.alice, w.at.Fraud, answer(honest, r))
	w.refused(spv.ErrBadBatch, w.alice, w.at.Fraud, answer(again, r))
	w.wait(day + 1)
	w.send(w.eve, w.at.Fraud, fraudC.PackConvict(again.TxHash()))
	w.haltedForGood(s)
}

// haltedForGood checks that proven fraud stops minting and the withdrawal of the
// operators' bond, and nothing else.
func (w *world) haltedForGood(open *series) {
	w.t.Helper()
	if !ask(w.evm, w.at.Committee, committeeC.PackHalted(), committeeC.UnpackHalted) {
		w.t.Fatal("nothing is halted")
	}
	s := w.seriesOf(payout.SwapM, true)
	next := w.lotOf(s)
	w.fund(next)
	w.refused(spv.ErrMintIsHalted, w.eve, w.at.Bridge, w.mintCall(next, w.bob.at, false))
	w.refused(spv.ErrMintIsHalted, w.alice, w.at.Bond, bondC.PackWithdraw())
	w.send(w.carol, w.at.Bond, bondC.PackWithdrawLot(next.id)) // never minted
	if open != nil {
		w.redeem(w.bob, open.id, false, w.seriesBalance(open, w.bob), p2tr(4))
	}
}

// An attested CET that does not pay what the curve says convicts the operators.
func TestAWrongCETInTheSetIsFraud(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	s := w.seriesOf(payout.Put, true)
	l := w.lotOf(s)
	_, place := l.cet(usual)
	wrong := s.settlement(l.from(), l.vault, usual)
	wrong.TxOut[0].Value -= 2000
	l.cets[place], l.runs[place].Txid = wrong, wrong.TxHash()
	var err error
	if l.set, err = spv.NewCETSet(l.runs); err != nil {
		t.Fatal(err)
	}
	l.terms.CETRoot = l.set.Root()
	l.id = l.terms.ID()
	w.fund(l)
	w.send(w.bob, w.at.Bridge, w.mintCall(l, w.bob.at, true))
	prove := func(place int) []byte {
		raw, err := spv.Stripped(l.cets[place])
		if err != nil {
			t.Fatal(err)
		}
		branch, err := l.set.Branch(place)
		if err != nil {
			t.Fatal(err)
		}
		run := l.runs[place]
		return fraudC.PackProveBadLeaf(key(s.key), terms(l.terms), run.First, run.Last, raw, numberOf(uint64(place)), branch) //nolint:gosec // G115: positive
	}
	for i := range l.runs {
		if i != place {
			w.refused(spv.ErrNoFraud, w.eve, w.at.Fraud, prove(i))
		}
	}
	w.send(w.eve, w.at.Fraud, prove(place))
	w.haltedForGood(nil)
}

package evmbridge_test

import (
	"testing"

	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/evmbridge/simchain"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

// Kinds in which a lot ends, and its states, as the contracts number them.
const (
	kindCET = iota + 1
	kindRefund
	kindCoop
	kindViolated
	kindMissing
)

const (
	lotLive = iota + 1
	lotFrozen
	lotSpent
	lotFinal
	lotReleased
)

func (w *world) wantLot(l *lot, state, kind uint8, sats, pot uint64) {
	w.t.Helper()
	got := w.lotState(l)
	if got.State != state || got.Kind != kind || got.Sats != sats || got.Pot != pot {
		w.t.Errorf("the lot is in state %d, kind %d, %d sat, pot %d; want %d, %d, %d, %d",
			got.State, got.Kind, got.Sats, got.Pot, state, kind, sats, pot)
	}
}

// from is the lot's funding output.
func (l *lot) from() wire.OutPoint { return wire.OutPoint{Hash: l.funding.TxHash(), Index: 1} }

// spent mines a spend of the funding output and proves it as no CET.
func (w *world) spent(l *lot, tx *wire.MsgTx) {
	w.t.Helper()
	w.btc.mine(tx)
	w.bury(5)
	w.send(w.eve, w.at.Bridge, w.spendCall(l, tx, -1))
}

func TestSpendsAreWhatTheyAre(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	s := w.seriesOf(payout.SwapM, true)
	var lots []*lot
	for range 7 {
		lots = append(lots, w.minted(s, w.bob, false))
	}
	foreign := pay(outpoint(1, 999), wire.NewTxOut(9000, lots[0].vault))
	w.btc.mine(foreign)
	w.bury(5)
	w.refused(spv.ErrNotASpend, w.eve, w.at.Bridge, w.spendCall(lots[0], foreign, -1))
	unknown := *lots[0]
	unknown.terms.VaultSalt[5]++
	w.refused(spv.ErrUnknownLot, w.eve, w.at.Bridge, w.spendCall(&unknown, foreign, -1))

	owed := s.owed(usual)
	w.price(s, usual)
	w.settled(lots[0], usual)
	first, _ := lots[0].cet(usual)
	w.wantLot(lots[0], lotFinal, kindCET, uint64(owed), 0) //nolint:gosec // G115: positive
	w.refused(spv.ErrNotOpen, w.eve, w.at.Bridge, w.spendCall(lots[0], first, 0))
	// The CET of another lot is a foreign spend.
	other, place := lots[1].cet(usual)
	w.btc.mine(other)
	w.bury(5)
	w.refused(spv.ErrNotASpend, w.eve, w.at.Bridge, w.spendCall(lots[2], other, place))
	w.send(w.eve, w.at.Bridge, w.spendCall(lots[1], other, place))
	// A cooperative spend that pays the price, in two outputs.
	w.spent(lots[2], pay(lots[2].from(), wire.NewTxOut(owed-1000, lots[2].vault), wire.NewTxOut(1000, lots[2].vault)))
	w.wantLot(lots[2], lotFinal, kindCoop, uint64(owed), 0) //nolint:gosec // G115: positive
	// One that pays a satoshi less, and one that pays nothing.
	w.spent(lots[3], pay(lots[3].from(), wire.NewTxOut(owed-1, lots[3].vault)))
	w.wantLot(lots[3], lotSpent, kindViolated, uint64(owed-1), 0) //nolint:gosec // G115: positive
	w.spent(lots[4], pay(lots[4].from(), wire.NewTxOut(owed, p2tr(5))))
	w.wantLot(lots[4], lotSpent, kindViolated, 0, 0)
	// A CET of another outcome: what is proven is paid, the rest comes from the bond.
	cet, place := lots[5].cet(counter + lowSum)
	w.btc.mine(cet)
	w.bury(5)
	w.send(w.eve, w.at.Bridge, w.spendCall(lots[5], cet, place))
	paid := s.owed(counter + lowSum)
	w.wantLot(lots[5], lotSpent, kindCET, uint64(paid), 0) //nolint:gosec // G115: positive
	// The refund after pricing.
	w.spent(lots[6], lots[6].refund)
	w.wantLot(lots[6], lotSpent, kindRefund, units/3, 0)

	w.refused(spv.ErrNotFinal, w.eve, w.at.Bridge, bridgeC.PackOpen(s.id))
	w.refused(spv.ErrTooEarly, w.eve, w.at.Bridge, bridgeC.PackSettle(terms(lots[6].terms)))
	w.wait(day)
	for _, l := range lots[3:] {
		w.send(w.eve, w.at.Bridge, bridgeC.PackSettle(terms(l.terms)))
		got := w.lotState(l)
		short := uint64(owed) - got.Sats //nolint:gosec // G115: positive
		w.wantLot(l, lotFinal, got.Kind, got.Sats, short*11/10)
		w.refused(spv.ErrNotOpen, w.eve, w.at.Bridge, bridgeC.PackSettle(terms(l.terms)))
	}
	w.send(w.eve, w.at.Bridge, bridgeC.PackOpen(s.id))
	w.refused(spv.ErrNotOpen, w.eve, w.at.Bridge, bridgeC.PackOpen(s.id))
	// A holder of the robbed lot gets the bond instead of bitcoin: 110 %.
	before := w.assetOf(w.bob.at)
	w.send(w.bob, w.at.Bridge, bridgeC.PackRedeem(lots[4].id, true, units, nil, 0))
	if got := w.assetOf(w.bob.at) - before; got != uint64(owed)*11/10 { //nolint:gosec // G115: positive
		t.Errorf("bob got %d of the bond, want 110 %% of %d", got, owed)
	}
}

// Nothing else than the refund amount is due where the oracles stay silent.
func TestRefundsWithoutAPrice(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	s := w.seriesOf(payout.SwapM, false)
	refunded, robbed, silent := w.minted(s, w.bob, true), w.minted(s, w.bob, true), w.minted(s, w.bob, true)
	w.waitUntil(uint64(s.key.RefundLocktime))
	w.spent(refunded, refunded.refund)
	w.wantLot(refunded, lotFinal, kindRefund, units/3, 0)
	w.spent(robbed, pay(robbed.from(), wire.NewTxOut(units/3-500, robbed.vault)))
	w.wantLot(robbed, lotSpent, kindViolated, units/3-500, 0)
	w.wait(day)
	w.refused(spv.ErrNotPriced, w.eve, w.at.Bridge, bridgeC.PackSettle(terms(robbed.terms)))
	w.refused(spv.ErrTooEarly, w.eve, w.at.Bridge, bridgeC.PackSettle(terms(silent.terms)))
	w.waitUntil(uint64(s.key.RefundLocktime) + 14*day)
	w.send(w.eve, w.at.Bridge, bridgeC.PackSettle(terms(robbed.terms)))
	w.send(w.eve, w.at.Bridge, bridgeC.PackSettle(terms(silent.terms)))
	w.wantLot(robbed, lotFinal, kindViolated, units/3-500, 550)
	w.wantLot(silent, lotFinal, kindMissing, 0, units/3*11/10)
	w.send(w.eve, w.at.Bridge, bridgeC.PackOpen(s.id))
	// What is proven of the missing lot afterwards is its bond's payer's.
	w.spent(silent, silent.refund)
	w.wantLot(silent, lotFinal, kindMissing, units/3, units/3*11/10)
	claim := bridgeC.PackReclaim(silent.id, p2tr(8), minFee)
	w.refused(spv.ErrTooEarly, w.carol, w.at.Bridge, claim)
	w.wait(day)
	w.refused(spv.ErrNotPayer, w.eve, w.at.Bridge, claim)
	late := w.requested(w.send(w.carol, w.at.Bridge, claim))
	if late.Sats != units/3 || late.Amount != 0 {
		t.Errorf("reclaimed %d", late.Sats)
	}
	w.refused(spv.ErrBelowMinimum, w.carol, w.at.Bridge, claim)
	all := w.redeem(w.bob, s.id, false, 3*units, p2tr(9))
	if all.Sats != units/3+units/3-500 {
		t.Errorf("bob claims %d", all.Sats)
	}
	from, _ := silent.vaultOf(silent.refund)
	w.paid(w.batch(from, nil, late, all), late, all)
	if got := w.totals(); got.Vault != 0 || got.Live != 0 {
		t.Errorf("left: %+v", got)
	}
}

// A CET that pays this side nothing, or dust, has no vault output and owes nothing.
func TestCETsWithoutAVaultOutput(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	s := w.seriesOf(payout.SwapM, true)
	l := w.minted(s, w.bob, true)
	w.price(s, counter)
	if s.owed(counter) != 0 {
		t.Fatal("the outcome pays something")
	}
	w.settled(l, counter)
	w.wantLot(l, lotFinal, kindCET, 0, 0)
	w.opened(s)
	w.refused(spv.ErrBadUnits, w.bob, w.at.Bridge, bridgeC.PackRedeem(s.id, false, units+1, nil, 0))
	w.send(w.bob, w.at.Bridge, bridgeC.PackRedeem(s.id, false, units, nil, 0))
	if got := w.seriesSupply(s); got != 0 {
		t.Errorf("%d units are left", got)
	}
}

// A proof of a CET without its branch looks like a violation; it can be given again
// with it, and then not the other way round.
func TestAViolationThatIsACETIsPutRight(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	s := w.seriesOf(payout.SwapM, false)
	l := w.minted(s, w.bob, true)
	w.waitUntil(uint64(s.events[0].Maturity))
	cet, place := l.cet(usual)
	w.spent(l, cet)
	paid := uint64(s.owed(usual)) //nolint:gosec // G115: positive
	w.wantLot(l, lotSpent, kindViolated, paid, 0)
	w.refused(spv.ErrNotOpen, w.eve, w.at.Bridge, w.spendCall(l, cet, -1))
	w.send(w.bob, w.at.Bridge, w.spendCall(l, cet, place))
	w.wantLot(l, lotSpent, kindCET, paid, 0)
	if got := w.totals(); got.Vault != paid || got.Live != units-paid {
		t.Errorf("totals %+v", got)
	}
	w.refused(spv.ErrNotOpen, w.eve, w.at.Bridge, w.spendCall(l, cet, -1))
	w.waitUntil(uint64(s.key.RefundLocktime) + 14*day)
	w.send(w.eve, w.at.Bridge, bridgeC.PackSettle(terms(l.terms)))
	w.wantLot(l, lotFinal, kindCET, paid, 0)
}

func TestReleaseFreesAWholeLot(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	s := w.seriesOf(payout.SwapM, true)
	l := w.minted(s, w.bob, false)
	call := bridgeC.PackRelease(terms(l.terms))
	w.refused(spv.ErrRevert, w.eve, w.at.Bridge, call) // he has no units
	w.refused(spv.ErrNotFinal, w.carol, w.at.Bond, bondC.PackWithdrawLot(l.id))
	w.send(w.bob, w.at.LotToken, lotC.PackTransfer(w.eve.at, number(l.id), numberOf(1)))
	w.refused(spv.ErrRevert, w.bob, w.at.Bridge, call)
	w.send(w.eve, w.at.LotToken, lotC.PackTransfer(w.bob.at, number(l.id), numberOf(1)))
	w.send(w.bob, w.at.Bridge, call)
	w.wantLot(l, lotReleased, 0, 0, 0)
	w.refused(spv.ErrNotOpen, w.bob, w.at.Bridge, call)
	w.refused(spv.ErrNotOpen, w.bob, w.at.Bridge, bridgeC.PackWrap(l.id, 1))
	w.send(w.carol, w.at.Bond, bondC.PackWithdrawLot(l.id))
	wrapped := w.minted(s, w.bob, true)
	w.refused(spv.ErrBadUnits, w.bob, w.at.Bridge, bridgeC.PackRelease(terms(wrapped.terms)))
	if got := w.totals(); got.Live != units {
		t.Errorf("live %d", got.Live)
	}
}

// A Bitcoin reorganisation undoes a mint's funding: the lot freezes until it is
// proven again, or is missing.
func TestReorgAfterMintFreezesTheLot(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	s := w.seriesOf(payout.SwapM, true)
	l, gone := w.lotOf(s), w.lotOf(s)
	fork := w.btc.height()
	height := w.btc.mine(l.funding, gone.funding)
	w.bury(5)
	for _, each := range []*lot{l, gone} {
		w.send(w.carol, w.at.Bond, bondC.PackPostLot(each.id, 4_950_000))
		w.send(w.alice, w.at.Bridge, w.mintCall(each, w.bob.at, false))
	}
	hash := spv.DoubleSHA256(w.btc.header(height))
	contest := func(l *lot) []byte {
		chain, hops := w.chainFrom(height)
		return bridgeC.PackContest(0, spv.LotRecord(l.id, l.terms.OutpointSide(true), hash, height), chain, numberOf(hops))
	}
	w.refused(spv.ErrBadRecord, w.eve, w.at.Bridge, contest(l))
	w.rewind(fork)
	for range 8 {
		w.btc.mine()
	}
	w.relay()
	w.refused(spv.ErrBadRecord, w.eve, w.at.Bridge, bridgeC.PackContest(2, spv.LotRecord(l.id, l.terms.OutpointSide(true), hash, height),
		w.btc.section(height, w.btc.height()), numberOf(0)))
	w.send(w.eve, w.at.Bridge, contest(l))
	w.send(w.eve, w.at.Bridge, contest(gone))
	w.wantLot(l, lotFrozen, 0, 0, 0)
	w.refused(spv.ErrNotOpen, w.eve, w.at.Bridge, contest(l))
	w.refused(spv.ErrNotOpen, w.bob, w.at.Bridge, bridgeC.PackWrap(l.id, 1))
	w.refused(spv.ErrNotFinal, w.carol, w.at.Bond, bondC.PackWithdrawLot(l.id))
	// The funding is mined again, and proven.
	w.btc.mine(l.funding)
	w.bury(5)
	w.send(w.eve, w.at.Bridge, bridgeC.PackProveFunding(terms(l.terms), bound(w.proof(l.funding)), l.script))
	w.wantLot(l, lotLive, 0, 0, 0)
	w.send(w.bob, w.at.Bridge, bridgeC.PackWrap(l.id, 1))
	w.refused(spv.ErrNotOpen, w.eve, w.at.Bridge, bridgeC.PackProveFunding(terms(l.terms), bound(w.proof(l.funding)), l.script))
	w.refused(spv.ErrTooEarly, w.eve, w.at.Bridge, bridgeC.PackSettle(terms(gone.terms)))
	w.wait(2 * day)
	w.refused(spv.ErrNotPriced, w.eve, w.at.Bridge, bridgeC.PackSettle(terms(gone.terms)))
	w.price(s, usual)
	w.send(w.eve, w.at.Bridge, bridgeC.PackSettle(terms(gone.terms)))
	owed := uint64(s.owed(usual)) //nolint:gosec // G115: positive
	w.wantLot(gone, lotFinal, kindMissing, 0, owed*11/10)
	before := w.assetOf(w.bob.at)
	w.send(w.bob, w.at.Bridge, bridgeC.PackRedeem(gone.id, true, units, nil, 0))
	if got := w.assetOf(w.bob.at) - before; got != owed*11/10 {
		t.Errorf("bob got %d", got)
	}
}

func TestReorgAfterASpendTakesItBack(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	s := w.seriesOf(payout.SwapM, true)
	l := w.minted(s, w.bob, true)
	w.price(s, usual)
	fork := w.btc.height()
	cet, place := l.cet(usual)
	height := w.btc.mine(cet)
	w.bury(5)
	w.send(w.bob, w.at.Bridge, w.spendCall(l, cet, place))
	hash := spv.DoubleSHA256(w.btc.header(height))
	w.rewind(fork)
	for range 3 {
		w.btc.mine()
	}
	w.btc.mine(cet)
	w.bury(5)
	chain, hops := w.chainFrom(height)
	contest := bridgeC.PackContest(0, spv.LotRecord(l.id, l.terms.OutpointSide(true), hash, height), chain, numberOf(hops))
	w.send(w.eve, w.at.Bridge, contest)
	w.wantLot(l, lotFrozen, 0, 0, 0)
	if got := w.totals(); got.Vault != 0 || got.Live != units {
		t.Errorf("totals %+v", got)
	}
	w.refused(spv.ErrNotFinal, w.eve, w.at.Bridge, bridgeC.PackOpen(s.id))
	w.send(w.bob, w.at.Bridge, w.spendCall(l, cet, place))
	owed := uint64(s.owed(usual)) //nolint:gosec // G115: positive
	w.wantLot(l, lotFinal, kindCET, owed, 0)
	w.refused(spv.ErrTooEarly, w.eve, w.at.Bridge, bridgeC.PackOpen(s.id))
	w.opened(s)
	w.refused(spv.ErrBadRecord, w.eve, w.at.Bridge, contest)
	if got := w.redeem(w.bob, s.id, false, units, p2tr(4)).Sats; got != owed {
		t.Errorf("bob claims %d, want %d", got, owed)
	}
}

// Nobody puts off the end of the time for contests by proving the same spend again and
// again, not of a lot that waits, nor of one that is missing.
func TestASpendIsProvenOnce(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	s := w.seriesOf(payout.SwapM, true)
	short, missing := w.minted(s, w.bob, false), w.minted(s, w.bob, false)
	w.price(s, usual)
	// A CET of another outcome, first given without its branch.
	cet, place := short.cet(counter + lowSum)
	w.spent(short, cet)
	w.wait(day / 2)
	w.send(w.eve, w.at.Bridge, w.spendCall(short, cet, place))
	w.wait(day / 2)
	w.refused(spv.ErrNotOpen, w.eve, w.at.Bridge, w.spendCall(short, cet, place))
	w.refused(spv.ErrNotOpen, w.eve, w.at.Bridge, w.spendCall(short, cet, -1))
	w.refused(spv.ErrTooEarly, w.eve, w.at.Bridge, bridgeC.PackSettle(terms(short.terms)))
	w.wait(day / 2)
	w.send(w.eve, w.at.Bridge, bridgeC.PackSettle(terms(short.terms)))

	w.wait(14 * day)
	w.send(w.eve, w.at.Bridge, bridgeC.PackSettle(terms(missing.terms)))
	w.wantLot(missing, lotFinal, kindMissing, 0, uint64(s.owed(usual))*11/10) //nolint:gosec // G115: positive
	late := pay(missing.from(), wire.NewTxOut(units, p2tr(5)))
	w.btc.mine(late)
	w.bury(5)
	w.send(w.eve, w.at.Bridge, w.spendCall(missing, late, -1)) // pays nothing
	w.refused(spv.ErrNotOpen, w.eve, w.at.Bridge, w.spendCall(missing, late, -1))
}

// One output pays one lot, even if two of them name one vault script and one
// transaction spends the funding of both.
func TestAnOutputPaysOneLot(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	s := w.seriesOf(payout.SwapM, true)
	a, b := w.lotOf(s), w.lotOf(s)
	b.vault, b.terms.VaultScript = a.vault, a.vault
	b.id = b.terms.ID()
	for _, l := range []*lot{a, b} {
		w.fund(l)
		w.send(w.alice, w.at.Bridge, w.mintCall(l, w.bob.at, false))
	}
	w.price(s, usual)
	owed := uint64(s.owed(usual)) //nolint:gosec // G115: positive
	both := pay(a.from(), wire.NewTxOut(s.owed(usual), a.vault))
	from := b.from()
	both.AddTxIn(wire.NewTxIn(&from, nil, nil))
	w.spent(a, both)
	w.wantLot(a, lotFinal, kindCoop, owed, 0)
	w.send(w.eve, w.at.Bridge, w.spendCall(b, both, -1))
	w.wantLot(b, lotSpent, kindViolated, 0, 0)
	w.wait(day)
	w.send(w.eve, w.at.Bridge, bridgeC.PackSettle(terms(b.terms)))
	w.wantLot(b, lotFinal, kindViolated, 0, owed*11/10)
	if got := w.totals().Vault; got != owed {
		t.Errorf("%d sat are proven, bitcoin has %d", got, owed)
	}
}

package evmbridge_test

import (
	"math/big"
	"slices"
	"testing"

	"github.com/btcsuite/btcd/wire"
	"github.com/ethereum/go-ethereum/common"

	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/evmbridge/bindings"
	"github.com/alkimiya/alkimiya/evmbridge/simchain"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

// minting is the arguments of a mint, for tests to bend.
type minting struct {
	terms  bindings.Terms
	proof  bindings.Proof
	script []byte
	to     common.Address
	payer  common.Address
	expiry uint64
	sigs   []byte
}

func (m minting) call() []byte {
	return bridgeC.PackMint(m.terms, m.proof, m.script, m.to, false, m.payer, m.expiry, m.sigs)
}

func (w *world) minting(l *lot, to actor) minting {
	w.t.Helper()
	expiry := w.now + day
	return minting{
		terms: terms(l.terms), proof: bound(w.proof(l.funding)), script: l.script, to: to.at, payer: w.carol.at, expiry: expiry,
		sigs: w.sign(l, to.at, expiry, w.operators[0], w.operators[1]),
	}
}

// resigned attests what the terms say after a change.
func (w *world) resigned(m minting, l *lot, change func(t *spv.Terms)) minting {
	other := *l
	change(&other.terms)
	other.id = other.terms.ID()
	m.terms, m.sigs = terms(other.terms), w.sign(&other, m.to, m.expiry, w.operators[0], w.operators[1])
	return m
}

func TestMintWantsEveryCondition(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	s := w.seriesOf(payout.SwapM, true)
	l := w.lotOf(s)
	w.fund(l)
	good := w.minting(l, w.bob)
	w.accepted(w.eve, w.at.Bridge, good.call())
	signed := func(signers ...actor) func(*minting) {
		return func(m *minting) { m.sigs = w.sign(l, m.to, m.expiry, signers...) }
	}
	edit := func(change func(t *spv.Terms)) func(*minting) {
		return func(m *minting) { *m = w.resigned(*m, l, change) }
	}
	foreign := w.domain()
	for name, c := range map[string]struct {
		bend func(m *minting)
		want error
	}{
		"one signature":             {signed(w.operators[0]), spv.ErrBelowThreshold},
		"no signature":              {signed(), spv.ErrBelowThreshold},
		"half a signature more":     {func(m *minting) { m.sigs = append(slices.Clone(m.sigs), 1, 2) }, spv.ErrBelowThreshold},
		"the same signer twice":     {signed(w.operators[0], w.operators[0]), spv.ErrUnsortedSigners},
		"signers in another order":  {signed(w.operators[1], w.operators[0]), spv.ErrUnsortedSigners},
		"somebody else":             {signed(w.operators[0], w.eve), spv.ErrNotOperator},
		"a high s":                  {func(m *minting) { m.sigs = highS(m.sigs) }, spv.ErrBadSignature},
		"v of 0":                    {func(m *minting) { m.sigs = slices.Clone(m.sigs); m.sigs[64] -= 27 }, spv.ErrBadSignature},
		"garbage":                   {func(m *minting) { m.sigs = slices.Clone(m.sigs); m.sigs[3] ^= 1 }, spv.ErrNotOperator},
		"somebody else's address":   {func(m *minting) { m.to = w.eve.at }, spv.ErrNotOperator},
		"another expiry":            {func(m *minting) { m.expiry++ }, spv.ErrNotOperator},
		"expired":                   {func(m *minting) { m.expiry = w.now - 1 }, spv.ErrExpired},
		"no address":                {func(m *minting) { m.to = common.Address{} }, spv.ErrBadScript},
		"another vout":              {edit(func(t *spv.Terms) { t.FundingVout = 0 }), spv.ErrBadScript},
		"a vout that is not there":  {edit(func(t *spv.Terms) { t.FundingVout = 2 }), spv.ErrBadLength},
		"another transaction":       {edit(func(t *spv.Terms) { t.FundingTxid[0]++ }), spv.ErrWrongTransaction},
		"another funding script":    {func(m *minting) { m.script = p2tr(99) }, spv.ErrBadScript},
		"a unit more":               {edit(func(t *spv.Terms) { t.Collateral++ }), spv.ErrBadUnits},
		"another notional":          {edit(func(t *spv.Terms) { t.Notional++ }), spv.ErrBadUnits},
		"no notional":               {edit(func(t *spv.Terms) { t.Notional, t.Collateral = 0, 0 }), spv.ErrBadUnits},
		"a refund of too little":    {edit(func(t *spv.Terms) { t.RefundSats = units/10 - 1 }), spv.ErrBadUnits},
		"a refund of too much":      {edit(func(t *spv.Terms) { t.RefundSats = units + 1 }), spv.ErrBadUnits},
		"no vault (tBTC v2 1010)":   {edit(func(t *spv.Terms) { t.VaultScript = nil }), spv.ErrBadScript},
		"a vault that is not P2TR":  {edit(func(t *spv.Terms) { t.VaultScript = append([]byte{0, 32}, make([]byte, 32)...) }), spv.ErrBadScript},
		"an unknown series":         {edit(func(t *spv.Terms) { t.SeriesID[0]++ }), spv.ErrBadSeries},
		"other terms, unsigned":     {func(m *minting) { m.terms.CetRoot[0]++ }, spv.ErrNotOperator},
		"another payer":             {func(m *minting) { m.payer = w.bob.at }, spv.ErrBondTooLow},
		"no payer":                  {func(m *minting) { m.payer = common.Address{} }, spv.ErrBondTooLow},
		"a bond of another lot":     {edit(func(t *spv.Terms) { t.VaultSalt[9]++ }), spv.ErrBondTooLow},
		"signed for another bridge": {func(m *minting) { m.sigs = w.signFor(foreign, l, *m, func(d *spv.Domain) { d.Bridge[0]++ }) }, spv.ErrNotOperator},
		"signed for another chain": {func(m *minting) {
			m.sigs = w.signFor(foreign, l, *m, func(d *spv.Domain) { d.ChainID = big.NewInt(1) })
		}, spv.ErrNotOperator},
		"signed for another anchor": {func(m *minting) { m.sigs = w.signFor(foreign, l, *m, func(d *spv.Domain) { d.Anchor[0]++ }) }, spv.ErrNotOperator},
	} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			m := good
			c.bend(&m)
			w.refused(c.want, w.eve, w.at.Bridge, m.call())
		})
	}
	w.t = t
	// Whoever sends it, it goes to whom it was attested for; and it goes once.
	w.send(w.eve, w.at.Bridge, good.call())
	if got := w.lotBalance(l, w.bob); got != units {
		t.Errorf("bob has %d units", got)
	}
	w.refused(spv.ErrOutpointUsed, w.eve, w.at.Bridge, good.call())
	again := w.resigned(good, l, func(t *spv.Terms) { t.VaultSalt[0]++ })
	w.refused(spv.ErrOutpointUsed, w.eve, w.at.Bridge, again.call())
}

// Units that are wrapped share the risk of other lots and never come back: only who gets
// them may have them wrapped, whoever else may mint.
func TestOnlyTheOwnerHasALotMintedWrapped(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	s := w.seriesOf(payout.SwapM, true)
	l, own := w.lotOf(s), w.lotOf(s)
	w.fund(l)
	w.fund(own)
	w.refused(spv.ErrNotOwner, w.eve, w.at.Bridge, w.mintCall(l, w.bob.at, true))
	w.refused(spv.ErrNotOwner, w.operators[0], w.at.Bridge, w.mintCall(l, w.bob.at, true))
	w.send(w.eve, w.at.Bridge, w.mintCall(l, w.bob.at, false))
	w.refused(spv.ErrRevert, w.eve, w.at.Bridge, bridgeC.PackWrap(l.id, units))
	w.send(w.bob, w.at.Bridge, w.mintCall(own, w.bob.at, true))
	if lots, wrapped := w.lotBalance(l, w.bob), w.seriesBalance(s, w.bob); lots != units || wrapped != units {
		t.Errorf("bob has %d units of the lot and %d of the series", lots, wrapped)
	}
}

func (w *world) signFor(d spv.Domain, l *lot, m minting, change func(*spv.Domain)) []byte {
	d.ChainID = new(big.Int).Set(d.ChainID)
	change(&d)
	digest := d.AttestDigest(l.id, m.to, m.expiry)
	return append(signDigest(w.t, w.operators[0], digest), signDigest(w.t, w.operators[1], digest)...)
}

// highS turns the first signature into its twin with the other s.
func highS(sigs []byte) []byte {
	b := slices.Clone(sigs)
	s := new(big.Int).SetBytes(b[32:64])
	s.Sub(order(), s).FillBytes(b[32:64])
	b[64] ^= 27 ^ 28
	return b
}

func TestMintWantsSixConfirmationsAndTheRightOutput(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	s := w.seriesOf(payout.SwapM, true)
	l, poor := w.lotOf(s), w.lotOf(s)
	poor.funding.TxOut[1].Value = units - 1
	poor.terms.FundingTxid = poor.funding.TxHash()
	poor.id = poor.terms.ID()
	for _, each := range []*lot{l, poor} {
		w.send(w.carol, w.at.Bond, bondC.PackPostLot(each.id, 4_950_000))
	}
	w.btc.mine(l.funding, poor.funding)
	w.bury(4)
	w.refused(spv.ErrTooShallow, w.eve, w.at.Bridge, w.mintCall(l, w.bob.at, false))
	w.bury(1)
	w.accepted(w.eve, w.at.Bridge, w.mintCall(l, w.bob.at, false))
	w.refused(spv.ErrValueTooLow, w.eve, w.at.Bridge, w.mintCall(poor, w.bob.at, false))
	// Dust that spoils a transaction's form is not a funding either.
	m := w.minting(l, w.bob)
	m.proof.RawTx = append(slices.Clone(m.proof.RawTx), 0)
	w.refused(spv.ErrBadMerkle, w.eve, w.at.Bridge, m.call())
}

func TestMintWantsBonds(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	s := w.seriesOf(payout.SwapM, true)
	l := w.lotOf(s)
	w.btc.mine(l.funding)
	w.bury(5)
	w.send(w.carol, w.at.Bond, bondC.PackPostLot(l.id, 4_950_000-1))
	w.refused(spv.ErrBondTooLow, w.eve, w.at.Bridge, w.mintCall(l, w.bob.at, false))
	w.send(w.eve, w.at.Bond, bondC.PackPostLot(l.id, 1)) // bonds of two payers do not add up
	w.refused(spv.ErrBondTooLow, w.eve, w.at.Bridge, w.mintCall(l, w.bob.at, false))
	w.send(w.carol, w.at.Bond, bondC.PackPostLot(l.id, 1))
	w.accepted(w.eve, w.at.Bridge, w.mintCall(l, w.bob.at, false))
	// The operators' bond is 110 % of 1 BTC: 22 lots of 4,500,000 that mature
	// together are 0.99 BTC, and one more is too much.
	for range 21 {
		w.minted(s, w.bob, false)
	}
	w.send(w.eve, w.at.Bridge, w.mintCall(l, w.bob.at, false))
	last := w.lotOf(s)
	w.fund(last)
	w.refused(spv.ErrBondTooLow, w.eve, w.at.Bridge, w.mintCall(last, w.bob.at, false))
	// A lot that matures long after them needs bond for itself only.
	late := *s
	late.key.LastDay += 60
	late.key.RefundLocktime += 60 * day
	other := w.lotOf(w.create(&late))
	w.fund(other)
	w.accepted(w.eve, w.at.Bridge, w.mintCall(other, w.bob.at, false))
	w.send(w.alice, w.at.Bond, bondC.PackPostOperator(4_950_000))
	w.accepted(w.eve, w.at.Bridge, w.mintCall(last, w.bob.at, false))
}

// Whoever posts first for a lot keeps nobody from posting, and loses nothing by it: the mint
// names the payer whose bond it takes.
func TestNobodySquatsALotsBond(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	s := w.seriesOf(payout.SwapM, true)
	l := w.lotOf(s)
	post := func(who actor, amount uint64) { w.send(who, w.at.Bond, bondC.PackPostLot(l.id, amount)) }
	held := func() bindings.LotBondsOutput {
		return ask(w.evm, w.at.Bond, bondC.PackLotBonds(l.id), bondC.UnpackLotBonds)
	}
	before := w.assetOf(w.eve.at)
	post(w.eve, 1)
	w.fund(l)
	w.refused(spv.ErrBondTooLow, w.eve, w.at.Bridge, w.mintCallOf(l, w.bob.at, false, w.eve))
	if held().Amount != 0 || held().Payer != (common.Address{}) {
		t.Errorf("before the mint the lot's bond is %+v", held())
	}
	w.send(w.carol, w.at.Bond, bondC.PackWithdrawLot(l.id)) // before the mint at any time
	w.refused(spv.ErrNotPayer, w.carol, w.at.Bond, bondC.PackWithdrawLot(l.id))
	w.refused(spv.ErrBondTooLow, w.eve, w.at.Bridge, w.mintCall(l, w.bob.at, false))
	post(w.carol, 4_950_001)
	post(w.alice, 4_950_000)
	w.send(w.eve, w.at.Bridge, w.mintCall(l, w.bob.at, false))
	if held().Amount != 4_950_001 || held().Payer != w.carol.at {
		t.Errorf("the lot's bond is %+v", held())
	}
	for _, who := range []actor{w.eve, w.alice, w.bob} {
		w.refused(spv.ErrNotPayer, who, w.at.Bond, bondC.PackPostLot(l.id, 1))
	}
	post(w.carol, 5)
	w.refused(spv.ErrNotFinal, w.carol, w.at.Bond, bondC.PackWithdrawLot(l.id))
	for _, who := range []actor{w.eve, w.alice} { // also after another one's was pledged, once
		w.send(who, w.at.Bond, bondC.PackWithdrawLot(l.id))
		w.refused(spv.ErrNotPayer, who, w.at.Bond, bondC.PackWithdrawLot(l.id))
	}
	if got := w.assetOf(w.eve.at); got != before || held().Amount != 4_950_006 {
		t.Errorf("eve has %d of %d, the lot's bond is %+v", got, before, held())
	}
}

func TestMintEndsADayBeforeTheWindowDoes(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	s := w.seriesOf(payout.SwapM, true)
	l := w.lotOf(s)
	w.fund(l)
	w.waitUntil(uint64(s.key.LastDay)*day - 2)
	w.accepted(w.eve, w.at.Bridge, w.mintCall(l, w.bob.at, false))
	w.wait(2)
	w.refused(spv.ErrTooLate, w.eve, w.at.Bridge, w.mintCall(l, w.bob.at, false))
}

func TestSeriesCapHolds(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	s := w.seriesOf(payout.SwapM, true)
	l := w.lotOf(s)
	l.terms.Notional, l.terms.Collateral = 5_555_600, 50_0004_0000
	l.funding.TxOut[1].Value = 50_0004_0000
	l.terms.FundingTxid, l.terms.RefundSats = l.funding.TxHash(), 20_0000_0000
	l.id = l.terms.ID()
	w.btc.mine(l.funding)
	w.bury(40)
	w.send(w.carol, w.at.Bond, bondC.PackPostLot(l.id, 60_0000_0000))
	w.send(w.alice, w.at.Bond, bondC.PackPostOperator(60_0000_0000))
	w.refused(spv.ErrCapExceeded, w.eve, w.at.Bridge, w.mintCall(l, w.bob.at, false))
}

func TestGuardiansStopMintOnlyAndForAWeek(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	s := w.seriesOf(payout.SwapM, true)
	l := w.minted(s, w.bob, false)
	next := w.lotOf(s)
	w.fund(next)
	pause := committeeC.PackPauseMint()
	w.refused(spv.ErrNotGuardian, w.alice, w.at.Committee, pause)
	for _, g := range w.guardians {
		w.fundGas(g)
	}
	w.send(w.guardians[0], w.at.Committee, pause)
	w.send(w.guardians[0], w.at.Committee, pause) // his second vote is no second guardian
	w.accepted(w.eve, w.at.Bridge, w.mintCall(next, w.bob.at, false))
	w.wait(day + 2)
	w.send(w.guardians[1], w.at.Committee, pause) // the first vote has lapsed
	w.accepted(w.eve, w.at.Bridge, w.mintCall(next, w.bob.at, false))
	w.send(w.guardians[2], w.at.Committee, pause)
	w.refused(spv.ErrMintIsPaused, w.eve, w.at.Bridge, w.mintCall(next, w.bob.at, false))
	// Everything else goes on.
	w.send(w.bob, w.at.Bridge, bridgeC.PackWrap(l.id, 100))
	w.send(w.bob, w.at.LotToken, lotC.PackTransfer(w.carol.at, number(l.id), big.NewInt(5)))
	w.btc.mine(l.refund)
	w.bury(5)
	w.accepted(w.bob, w.at.Bridge, w.spendCall(l, l.refund, -1))
	w.wait(7 * day)
	w.accepted(w.eve, w.at.Bridge, w.mintCall(next, w.bob.at, false))
	w.refused(spv.ErrTooEarly, w.guardians[0], w.at.Committee, pause)
	w.wait(23 * day)
	w.accepted(w.guardians[0], w.at.Committee, pause)
}

// fundGas gives somebody what gas costs.
func (w *world) fundGas(who actor) {
	w.t.Helper()
	w.sendValue(w.alice, who.at, big.NewInt(1e18))
}

func TestSeriesKeysAreChecked(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	s := w.seriesOf(payout.SwapM, true)
	for name, change := range map[string]func(k *spv.SeriesKey){
		"no events":                   func(k *spv.SeriesKey) { k.Events = nil },
		"eight events":                func(k *spv.SeriesKey) { k.Events = make([][32]byte, 8) },
		"an event twice":              func(k *spv.SeriesKey) { k.Events = [][32]byte{k.Events[0], k.Events[0]} },
		"unsorted events":             func(k *spv.SeriesKey) { k.Events = [][32]byte{k.Events[1], k.Events[0]} },
		"threshold 0":                 func(k *spv.SeriesKey) { k.Threshold = 0 },
		"threshold above the oracles": func(k *spv.SeriesKey) { k.Threshold = 4 },
		"a third shape":               func(k *spv.SeriesKey) { k.Shape = 2 },
		"an empty band":               func(k *spv.SeriesKey) { k.Hi = k.Lo },
		"buckets of 2^17":             func(k *spv.SeriesKey) { k.QuantBits = 17 },
		"values above 32 digits":      func(k *spv.SeriesKey) { k.Base = 1<<32 - k.Hi },
		"a window that ends before":   func(k *spv.SeriesKey) { k.FirstDay = k.LastDay + 1 },
		"more than all as the refund": func(k *spv.SeriesKey) { k.MinRefundPpm = 1_000_001 },
		"a refund too early":          func(k *spv.SeriesKey) { k.RefundLocktime = (k.LastDay+1)*day + 14*day - 1 },
	} {
		k := s.key
		change(&k)
		w.refused(spv.ErrBadSeries, w.eve, w.at.Book, bookC.PackCreateSeries(key(k)))
		if t.Failed() {
			t.Fatal(name)
		}
	}
	// Created again, it stays what it is.
	w.send(w.eve, w.at.Book, bookC.PackCreateSeries(key(s.key)))
	if got := ask(w.evm, w.at.Book, bookC.PackGet(s.id), bookC.UnpackGet).Token; got != s.token {
		t.Error("the token changed")
	}
}

// The coinbase is no funding transaction, whatever it pays.
func TestCoinbaseIsNoFunding(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	l := w.lotOf(w.seriesOf(payout.SwapM, true))
	coinbase := pay(wire.OutPoint{Index: 0xffffffff}, l.funding.TxOut...)
	coinbase.TxIn[0].SignatureScript = []byte{1, 2, 3}
	l.terms.FundingTxid = coinbase.TxHash()
	l.id = l.terms.ID()
	height := w.btc.mine()
	block := w.btc.blocks[height]
	w.btc.rewind(height - 1)
	block.Transactions[0] = coinbase
	w.btc.add(block)
	w.bury(8)
	w.send(w.carol, w.at.Bond, bondC.PackPostLot(l.id, 4_950_000))
	p := w.proof(block.Transactions[1])
	raw, err := spv.Stripped(coinbase)
	if err != nil {
		t.Fatal(err)
	}
	p.RawTx, p.Siblings, p.Index = raw, p.CoinbaseSiblings, 0
	expiry := w.now + day
	call := bridgeC.PackMint(terms(l.terms), bound(p), l.script, w.bob.at, false, w.carol.at, expiry,
		w.sign(l, w.bob.at, expiry, w.operators[0], w.operators[1]))
	w.refused(spv.ErrBadMerkle, w.eve, w.at.Bridge, call)
}

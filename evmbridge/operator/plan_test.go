package operator_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/evmbridge/ledger"
	"github.com/alkimiya/alkimiya/evmbridge/operator"
	"github.com/alkimiya/alkimiya/evmbridge/relayer"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/evmbridge/vault"
)

// spendable says whether a coin is one that is looked for.
func (w *town) spendable(m *member, o wire.OutPoint) bool {
	return o != w.passedOver && slices.ContainsFunc(w.coins, func(c relayer.Output) bool { return c.Outpoint == o && m.vaults.Of(c.Script) != nil })
}

// payer returns the transaction in the pool that pays a redemption, or nil.
func (w *town) payer(r *ledger.Redemption) *wire.MsgTx {
	at := slices.IndexFunc(w.pool, func(tx *wire.MsgTx) bool { return slices.Contains(w.match(tx), r) })
	if at < 0 {
		return nil
	}
	return w.pool[at]
}

// A late payment at a low rate takes the least coin that suffices, and keeps nobody else from the
// others. Once it is compensated it is offered no more, and its coin is spent first.
func TestALatePaymentAtALowRateHoldsLittle(t *testing.T) {
	w := newTown(t)
	w.fund(900_000)
	least := w.fund(90_000)
	w.fund(300_000)
	w.rate = 40
	stingy := w.burn(50_000, 1500)
	w.pass(49 * hour)
	w.must(w.all())
	low := w.payer(stingy)
	if low == nil || len(low.TxIn) != 1 || low.TxIn[0].PreviousOutPoint != least {
		t.Fatal("it is not paid with the least coin")
	}
	w.height += 6
	other := w.burn(600_000, 20_000)
	w.pass(3 * hour)
	w.must(w.all())
	if tx := w.payer(other); tx == nil || len(w.pool) != 2 {
		t.Fatalf("%d payments beside one that is stale", len(w.pool))
	}
	w.mine2(w.payer(other))
	w.pass(21 * hour)
	stingy.State = ledger.Slashed
	w.pool = nil // forgotten by the network, and not to be brought back
	w.height += 7
	w.must(w.all())
	if len(w.pool) != 0 {
		t.Fatalf("what was compensated is offered on: %v", w.match(w.pool[0])[0])
	}
	after := w.burn(200_000, 20_000)
	w.pass(3 * hour)
	w.must(w.ops[0].step())
	tx := w.payer(after)
	if tx == nil || !slices.ContainsFunc(tx.TxIn, func(in *wire.TxIn) bool { return in.PreviousOutPoint == least }) {
		t.Error("the coin of the payment of what was compensated is not spent")
	}
}

// mine2 puts one transaction of the pool into a block and its payments to the proof.
func (w *town) mine2(tx *wire.MsgTx) {
	rest := slices.DeleteFunc(slices.Clone(w.pool), func(o *wire.MsgTx) bool { return o == tx })
	w.pool = []*wire.MsgTx{tx}
	w.mine()
	w.pool = rest
	w.proven()
}

// What was paid at all that it allows keeps no other late one from being paid for more.
func TestALateOneThatCannotBeRaisedHoldsBackNoOther(t *testing.T) {
	w := newTown(t)
	w.fund(90_000)
	w.fund(95_000)
	w.rate = 40
	stingy := w.burn(50_000, 1500)
	w.pass(49 * hour)
	w.must(w.all())
	if w.payer(stingy) == nil {
		t.Fatal("it is not paid")
	}
	w.height += 6
	other := w.burn(40_000, 2500)
	other.Deadline = w.now + 20*hour
	other.RID = other.Redemption.RID()
	w.must(w.all())
	if w.payer(other) == nil || w.payer(stingy) == nil {
		t.Errorf("%d payments of two late ones", len(w.pool))
	}
}

// The rate of a late payment is that of the batch that is made: one that has to spend what
// another operator bound it to is greater, and pays less per byte.
func TestALatePaymentTakesAnchorsOfOthersIn(t *testing.T) {
	w := newTown(t)
	first, second := w.fund(90_000), w.fund(80_000)
	w.rate = 40
	r := w.burn(50_000, 3000)
	w.must(w.ops[0].anchors.Bind([][32]byte{r.RID}, first, []wire.OutPoint{first}))
	w.must(w.ops[1].anchors.Bind([][32]byte{r.RID}, second, []wire.OutPoint{second}))
	w.ops[2].dead = true
	w.pass(49 * hour)
	w.must(w.ops[0].step())
	if len(w.pool) != 1 || len(w.pool[0].TxIn) != 2 {
		t.Fatal("no batch that spends both")
	}
}

// asked returns a batch that the first operator may ask others to sign.
func (w *town) asked(rate vault.FeeRate, coins []wire.OutPoint, all ...*ledger.Redemption) *vault.Batch {
	w.t.Helper()
	v, err := w.ops[0].vaults.New(salt)
	w.must(err)
	var spent []vault.Coin
	for _, o := range coins {
		spent = append(spent, vault.Coin{Outpoint: o, Value: btcutil.Amount(w.coin(o).Value), Vault: v})
	}
	var paid []spv.Redemption
	for _, r := range all {
		paid = append(paid, r.Redemption)
	}
	b, err := vault.Build(w.domain, spent, paid, v, rate)
	w.must(err)
	return b
}

// An operator who has batches signed and never completes them holds coins and redemptions
// for some blocks, once, however often he comes back.
func TestWhoCompletesNothingHoldsNothingForLong(t *testing.T) {
	w := newTown(t)
	coin := w.fund(200_000)
	r := w.burn(50_000, 20_000)
	w.pass(3 * hour)
	bad := w.ops[0]
	bad.dead = true
	for i := range 6 {
		for _, o := range w.ops[1:] {
			if _, _, err := bad.peer(o).Sign(t.Context(), w.asked(vault.FeeRate(2+i), []wire.OutPoint{coin}, r)); err != nil {
				t.Fatal(err)
			}
		}
		w.must(w.all())
		if len(w.pool) != 0 {
			t.Fatal("what may be in flight is paid again")
		}
		w.height++
	}
	w.must(w.all())
	if w.payer(r) == nil {
		t.Error("it is not paid six blocks after it was signed for first")
	}
}

// One who broadcasts is left in peace as long as the pool has what he made and it is not stale.
func TestWhatIsInThePoolIsInFlight(t *testing.T) {
	w := newTown(t)
	coin := w.fund(200_000)
	r := w.burn(50_000, 20_000)
	w.pass(3 * hour)
	bad := w.ops[0]
	bad.dead = true
	sign := func(rate vault.FeeRate) *wire.MsgTx {
		b := w.asked(rate, []wire.OutPoint{coin}, r)
		for _, o := range w.ops[1:] {
			if _, _, err := bad.peer(o).Sign(t.Context(), b); err != nil {
				t.Fatal(err)
			}
		}
		return b.Tx
	}
	sign(2)
	w.height += 5
	w.pool = []*wire.MsgTx{sign(5)}
	w.height += 5
	w.must(w.all())
	if len(w.pool) != 1 || w.fee(w.pool[0]) != w.fee(w.asked(5, []wire.OutPoint{coin}, r).Tx) {
		t.Fatal("a payment in the pool is replaced before it is stale")
	}
	w.height++
	w.must(w.all())
	if len(w.pool) != 1 || w.fee(w.pool[0]) <= w.fee(w.asked(5, []wire.OutPoint{coin}, r).Tx) {
		t.Error("a stale payment of another one is not replaced")
	}
}

// Nobody gets signatures for more coins than he needs, or for a payment that would be long in the
// pool, unless it is late and allows no more.
func TestBatchesThatHoldTheVaultAreRefused(t *testing.T) {
	w := newTown(t)
	coins := []wire.OutPoint{w.fund(90_000), w.fund(80_000), w.fund(70_000), w.fund(60_000)}
	early := w.fund(100_000)
	w.passedOver = early
	r := w.burn(40_000, 18_000)
	w.pass(hour)
	w.rate = 20
	sign := func(b *vault.Batch) error {
		_, _, err := w.ops[0].peer(w.ops[1]).Sign(t.Context(), b)
		return err
	}
	if err := sign(w.asked(20, coins, r)); err == nil {
		t.Error("four coins are signed for where one is enough")
	}
	if err := sign(w.asked(5, coins[:1], r)); err == nil {
		t.Error("a quarter of what a payment should offer is signed for")
	}
	w.pass(50 * hour)
	if err := sign(w.asked(4, coins[:1], r)); err == nil {
		t.Error("a late one is signed for at less than it allows")
	}
	if err := sign(w.asked(81, coins[:1], w.burn(80_000, 40_000))); err == nil {
		t.Error("what nothing could replace is signed for")
	}
	if err := sign(w.asked(20, []wire.OutPoint{early}, r)); err == nil {
		t.Error("a coin that nobody looks for is signed for")
	}
	if _, err := w.ops[1].anchors.Anchor(r.RID); err == nil {
		t.Error("what is refused binds")
	}
	poor := w.burn(20_000, 1000)
	if err := sign(w.asked(4, coins[:1], poor)); err == nil {
		t.Error("one that has time is signed for at a low rate")
	}
	w.pass(50 * hour)
	if err := sign(w.asked(4, coins[:1], poor)); err != nil {
		t.Errorf("a late one that allows no more: %v", err)
	}
}

// A late one that allows little does not have others, late too, paid at its rate; and what must
// be paid with a late one, since one payment that went stale binds both, is raised with it.
func TestLateOnesAreNotPaidAtAPoorOnesRate(t *testing.T) {
	w := newTown(t)
	w.fund(200_000)
	w.fund(300_000)
	w.rate = 40
	poor, rich := w.burn(50_000, 1500), w.burn(60_000, 20_000)
	for _, m := range w.ops {
		m.dead = true // nobody pays before the last day
	}
	w.pass(49 * hour)
	for _, m := range w.ops {
		m.dead = false
	}
	w.must(w.all())
	a, b := w.payer(poor), w.payer(rich)
	if a == nil || b == nil || a == b {
		t.Fatalf("%d payments", len(w.pool))
	}
	if rate := w.fee(b) / 250; rate < 30 {
		t.Errorf("the one that allows more is paid at about %d sat/vB", rate)
	}
}

func TestAStalePaymentIsRaisedTogetherInTheLastDay(t *testing.T) {
	w := newTown(t)
	w.fund(200_000)
	w.rate = 40
	one := w.burn(40_000, 2500)
	w.pass(20 * hour)
	other := w.burn(50_000, 30_000)
	w.rate = 4
	w.pass(3 * hour)
	w.must(w.all())
	before := w.payer(one)
	if before == nil || before != w.payer(other) {
		t.Fatal("they are not paid together")
	}
	w.rate = 48
	w.height += 6
	w.pass(26 * hour)
	if err := w.all(); err != nil && !errors.Is(err, vault.ErrTooFew) { // who did not sign does not know what is bound together
		t.Fatal(err)
	}
	after := w.payer(one)
	if after == nil || after == before || after != w.payer(other) || w.fee(after) <= w.fee(before) {
		t.Error("a stale payment of a late one and another one is not raised")
	}
}

// A claim that is greater than the coins that are free waits for others; it keeps nobody waiting
// whom they suffice for, late or not.
func TestAClaimThatIsTooGreatHoldsBackNobody(t *testing.T) {
	w := newTown(t)
	w.fund(200_000)
	w.burn(600_000, 30_000)
	small := w.burn(50_000, 10_000)
	w.pass(3 * hour)
	w.must(w.all())
	if w.payer(small) == nil {
		t.Fatal("what there is a coin for is not paid")
	}
	w = newTown(t)
	w.burn(600_000, 30_000)
	small = w.burn(50_000, 10_000)
	w.pass(49 * hour)
	w.fund(200_000)
	w.must(w.all())
	if w.payer(small) == nil {
		t.Error("what there is a coin for is not paid in its last day")
	}
}

// What a peer calls a batch and is none is refused, whatever is missing of it.
func TestWhatIsNoBatchIsRefused(t *testing.T) {
	w := newTown(t)
	coin := w.fund(90_000)
	r := w.burn(40_000, 9000)
	for name, spoil := range map[string]func(b *vault.Batch){
		"no redemption":     func(b *vault.Batch) { b.Redemptions = nil },
		"many redemptions":  func(b *vault.Batch) { b.Redemptions = slices.Repeat(b.Redemptions, 100) },
		"no output":         func(b *vault.Batch) { b.Tx.TxOut = nil },
		"a coin of nothing": func(b *vault.Batch) { b.Coins[0].Value = 0 },
	} {
		b := w.asked(2, []wire.OutPoint{coin}, r)
		spoil(b)
		if _, _, err := w.ops[0].peer(w.ops[1]).Sign(t.Context(), b); err == nil {
			t.Errorf("%s: signed", name)
		}
	}
}

// What nobody broadcasts need not be outbid: signed for at a rate that nothing could replace, it
// holds coins and redemptions no longer than anything else.
func TestWhatWasNeverBroadcastNeedNotBeOutbid(t *testing.T) {
	w := newTown(t)
	coin := w.fund(200_000)
	r := w.burn(50_000, 20_000)
	w.pass(3 * hour)
	w.rate = 15
	for _, o := range w.ops[1:] {
		if _, _, err := w.ops[0].peer(o).Sign(t.Context(), w.asked(48, []wire.OutPoint{coin}, r)); err != nil {
			t.Fatal(err)
		}
	}
	w.ops[0].dead = true
	w.height += 6
	other := w.burn(60_000, 20_000)
	w.pass(3 * hour)
	w.must(w.all())
	if tx := w.payer(r); tx == nil || tx != w.payer(other) {
		t.Error("they are not paid at the usual rate")
	}
}

// A late one that has no coin is paid with one that holds the only coin, if both can bear more than
// that one's payment offers.
func TestALateOneSharesTheCoinOfAStalePayment(t *testing.T) {
	w := newTown(t)
	w.fund(200_000)
	w.rate = 50
	first := w.burn(50_000, 7000)
	w.pass(49 * hour)
	w.must(w.all())
	before := w.payer(first)
	if before == nil {
		t.Fatal("it is not paid")
	}
	second := w.burn(60_000, 8000)
	second.Deadline = w.now + 20*hour
	second.RID = second.Redemption.RID()
	w.height += 6
	if err := w.all(); err != nil && !errors.Is(err, vault.ErrTooFew) {
		t.Fatal(err)
	}
	if tx := w.payer(second); tx == nil || tx != w.payer(first) || tx == before {
		t.Error("the late one without a coin is not paid with the other one")
	}
}

// What fails of what is late keeps the rest from nothing.
func TestALateOneWithoutACoinHoldsBackNoOther(t *testing.T) {
	w := newTown(t)
	w.fund(90_000)
	w.rate = 4
	bound := w.burn(50_000, 9000)
	w.pass(3 * hour)
	w.must(w.all())
	before := w.payer(bound)
	w.rate = 30
	w.pass(46 * hour)
	w.height += 6
	late := w.burn(80_000, 30_000) // no coin is left for it
	late.Deadline = w.now + 20*hour
	late.RID = late.Redemption.RID()
	if err := w.all(); err != nil && !errors.Is(err, vault.ErrTooFew) && !errors.Is(err, vault.ErrBatch) {
		t.Fatal(err)
	}
	if tx := w.payer(bound); tx == nil || tx == before {
		t.Error("the one that holds the coin is not raised")
	}
}

// Batches of redemptions that nobody made hold nothing, not even while they are judged.
func TestWhatIsNotSignedHoldsNothing(t *testing.T) {
	w := newTown(t)
	coin := w.fund(200_000)
	fake := &ledger.Redemption{Redemption: spv.Redemption{Sats: 150_000, MaxFee: 20_000, Nonce: 9, Script: append([]byte{0, 20}, make([]byte, 20)...)}}
	if _, _, err := w.ops[0].peer(w.ops[1]).Sign(t.Context(), w.asked(2, []wire.OutPoint{coin}, fake)); err == nil {
		t.Fatal("what nobody burned is signed for")
	}
	kept, err := w.ops[1].store.Payments()
	w.must(err)
	if len(kept) != 0 {
		t.Errorf("%d payments are kept", len(kept))
	}
}

// A liar asks two operators for signatures of one redemption with two coins, by which both payments
// could be completed: the second one asked hears of the first and does not sign. Only when those
// two cannot reach each other, he does.
func TestALiarGetsSignaturesOfOneOperatorOnly(t *testing.T) {
	w := newTown(t)
	a, b := w.fund(200_000), w.fund(210_000)
	w.must(w.all()) // all know the coins
	r := w.burn(50_000, 20_000)
	w.pass(3 * hour)
	liar := w.ops[0]
	liar.dead = true // he answers nobody
	sigs, _, err := liar.peer(w.ops[1]).Sign(t.Context(), w.asked(2, []wire.OutPoint{a}, r))
	if err != nil || len(sigs) != 1 {
		t.Fatalf("%d signatures, %v", len(sigs), err)
	}
	sigs, bound, err := liar.peer(w.ops[2]).Sign(t.Context(), w.asked(2, []wire.OutPoint{b}, r))
	if err != nil || len(sigs) != 0 || len(bound) != 1 || bound[0].Anchor != a {
		t.Fatalf("%d signatures of the second one, bound %v, %v", len(sigs), bound, err)
	}
	if _, err := w.ops[2].anchors.Anchor(r.RID); err == nil {
		t.Error("what was not signed for is bound")
	}
	// He chooses when his question ends, and not when that of the second one does.
	for wait := time.Millisecond; wait < 40*time.Millisecond; wait += time.Millisecond {
		ctx, cancel := context.WithTimeout(t.Context(), wait)
		sigs, _, _ := liar.peer(w.ops[2]).Sign(ctx, w.asked(2, []wire.OutPoint{b}, r))
		cancel()
		if len(sigs) != 0 {
			t.Fatalf("signatures of both for who waits %v", wait)
		}
	}
	// Nor does he stop payments by telling what is not so.
	w.must(liar.anchors.Bind([][32]byte{r.RID}, wire.OutPoint{Index: 9}, []wire.OutPoint{{Index: 9}}))
	liar.dead = false
	w.height += 6
	w.must(w.ops[1].step())
	if tx := w.payer(r); tx == nil || !slices.ContainsFunc(tx.TxIn, func(in *wire.TxIn) bool { return in.PreviousOutPoint == a }) {
		t.Fatal("it is not paid by what spends the coin of the first signature")
	}
	if _, err := w.ops[1].peer(w.ops[2]).Bindings(t.Context(), []spv.Redemption{r.Redemption}); err != nil {
		t.Errorf("an operator is told nothing: %v", err)
	}
	stranger := &member{town: w, vaults: w.ops[0].vaults}
	if stranger.identity, err = operator.NewIdentity([32]byte{0xee}); err != nil {
		t.Fatal(err)
	}
	if _, err := stranger.peer(w.ops[2]).Bindings(t.Context(), []spv.Redemption{r.Redemption}); err == nil {
		t.Error("a stranger is told bindings")
	}
}

// However many late ones cannot be paid, one that can is.
func TestAFloodOfLateOnesHidesNone(t *testing.T) {
	w := newTown(t)
	w.fund(200_000)
	w.rate = 30
	for range 450 {
		w.burn(40_000, 150) // less than 1 sat/vB
	}
	r := w.burn(50_000, 4000)
	w.pass(49 * hour)
	w.must(w.ops[0].step())
	if w.payer(r) == nil {
		t.Error("it is not paid")
	}
}

// A whole batch of redemptions that are bound to what is spent keeps nobody behind them waiting.
func TestWhatIsBoundToASpentCoinHidesNobody(t *testing.T) {
	w := newTown(t)
	spent := w.fund(90_000)
	w.fund(200_000)
	var rids [][32]byte
	for range spv.MaxBatch {
		rids = append(rids, w.burn(40_000, 20_000).RID)
	}
	for _, m := range w.ops {
		w.must(m.anchors.Bind(rids, spent, []wire.OutPoint{spent}))
	}
	theft := wire.NewMsgTx(2)
	theft.AddTxIn(wire.NewTxIn(&spent, nil, nil))
	w.pool = []*wire.MsgTx{theft}
	w.mine()
	r := w.burn(50_000, 20_000)
	w.pass(3 * hour)
	w.must(w.ops[0].step())
	if w.payer(r) == nil {
		t.Error("it is not paid")
	}
}

package engine_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcutil"
	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node/engine"
)

// viewOf is a contract of a world.
type viewOf struct {
	w *world
	engine.View
}

// of returns the contract as a node sees it.
func (v viewOf) of(n *node) engine.View {
	v.w.t.Helper()
	var view engine.View
	v.w.eventually("an answer of "+n.name, func() bool { // it may just be starting again
		var err error
		view, err = n.contract(v.w.keyOf(n, v.View))
		return err == nil
	})
	return view
}

// open brings a contract to Active.
func (w *world) open() viewOf {
	w.t.Helper()
	offered := w.offer()
	w.phase(offered, contract.Broadcast)
	w.eventually("the funding transaction", func() bool { return len(w.chain.Mempool()) == 1 })
	w.chain.mine(3)
	w.phase(offered, contract.Active)
	return viewOf{w, offered}
}

// free waits until no coin of a node is leased.
func (w *world) free() {
	w.t.Helper()
	for _, n := range w.nodes {
		w.eventually(n.name+"'s coins to be free", func() bool {
			leases, err := n.purse.Leases(w.t.Context())
			return err == nil && len(leases) == 0
		})
	}
}

// gain is what a node has won, or lost, since the world began.
func (n *node) gain() btcutil.Amount { return n.purse.balance() - 3_000_000 }

// paid waits until the nodes have won what a long payout gives them, less their
// fees; the miner is the long.
func (w *world) paid(v viewOf, long btcutil.Amount) {
	w.t.Helper()
	for i, n := range w.nodes {
		view := v.of(n)
		payout := long
		if i == 1 {
			payout = view.Collateral - long
		}
		want := payout - view.OwnLock - view.Fees.Own()
		if got := n.gain(); got != want {
			w.t.Errorf("%s has won %d, want %d", n.name, got, want)
		}
	}
}

func TestAContractIsOpenedAndSettledByAgreement(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.params.TSettle = 60 // a slow machine must not turn to the CET
	w.start()
	v := w.open()
	w.chain.until(maturity)
	w.oracles.attest(9, 0, 2)
	w.phase(v.View, contract.Closing)
	w.chain.mine(6)
	w.phase(v.View, contract.Closed)
	w.free()
	for _, n := range w.nodes {
		view := v.of(n)
		if view.Spend == nil || view.Spend.Kind != contract.SpentBySettle || view.Outcome == nil || *view.Outcome != 9 || len(view.Closes) == 0 {
			t.Errorf("%s: spend %+v, outcome %v, closes %v", n.name, view.Spend, view.Outcome, view.Closes)
		}
		if own, lock := *view.OwnPayout, view.OwnLock; n.gain() != own-lock-view.Fees.Own() {
			t.Errorf("%s has won %d with a payout of %d", n.name, n.gain(), own)
		}
	}
}

func TestTheCETSettlesWithoutThePeer(t *testing.T) {
	t.Parallel()
	for lone := range 2 {
		w := newWorld(t)
		w.start()
		v := w.open()
		w.net.cut()
		w.nodes[1-lone].halt()
		w.chain.until(maturity)
		w.oracles.attest(9, 0, 2)
		w.phaseOf(w.nodes[lone], v.View, contract.Settling)
		w.eventually("the CET", func() bool { return len(w.chain.Mempool()) == 1 })
		w.chain.mine(6)
		w.phaseOf(w.nodes[lone], v.View, contract.Closed)
		// The other finds it when it comes back.
		w.nodes[1-lone].start()
		w.phaseOf(w.nodes[1-lone], v.View, contract.Closed)
		w.paid(v, 300_000)
		w.free()
	}
}

func TestARefundComesBackWhenOraclesAreSilent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.start()
	v := w.open()
	w.oracles.attest(9, 1) // one is not enough
	w.chain.until(maturity + refundIn)
	w.phase(v.View, contract.Refunding)
	w.eventually("the refund", func() bool { return len(w.chain.Mempool()) == 1 })
	w.chain.mine(6)
	w.phase(v.View, contract.Refunded)
	w.paid(v, 200_000)
	w.free()
}

func TestAnExitIsProposedApprovedAndPaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.params.TClose = 60 // a slow machine must not void the exit
	w.start()
	v := w.open()
	miner, buyer := w.nodes[0], w.nodes[1]
	_, err := miner.engine().Close(t.Context(), v.Key, engine.CloseRequest{OwnValue: 250_000, FeeRate: 2})
	must(t, err)
	w.eventually("the proposal", func() bool { return v.of(buyer).Decision != nil })
	d := v.of(buyer).Decision
	if d.Kind != engine.DecideClose || d.OwnValue != 250_000 || d.PeerValue != 250_000 || d.FeeRate != 2 {
		t.Fatalf("the buyer is asked %+v", d)
	}
	_, err = buyer.engine().ApproveClose(t.Context(), w.keyOf(buyer, v.View), engine.ApproveCloseRequest{Attempt: d.Attempt})
	must(t, err)
	w.phase(v.View, contract.Closing)
	if tx := w.chain.Mempool()[0]; len(tx.TxIn) != 2 {
		t.Errorf("the close has %d inputs, want the funding output and the buyer's cancel input", len(tx.TxIn))
	}
	w.chain.mine(6)
	w.phase(v.View, contract.CoopClosed)
	w.free()
	for _, n := range w.nodes {
		if view := v.of(n); len(view.Closes) != 1 || !view.Closes[0].Exit || view.Closes[0].OwnValue != 250_000 {
			t.Errorf("%s: closes %+v", n.name, view.Closes)
		}
	}
}

// TestAnExitThatIsNotPublishedIsVoided: the proposer gets the buyer's signature
// and keeps silent; the buyer's cancel input makes it worthless.
func TestAnExitThatIsNotPublishedIsVoided(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.start()
	v := w.open()
	miner, buyer := w.nodes[0], w.nodes[1]
	w.net.drop = func(from *node, message []byte) bool {
		head, err := wire.HeadOf(message)
		return err == nil && head.Type == wire.TypeCloseAccept && from == buyer
	}
	_, err := miner.engine().Close(t.Context(), v.Key, engine.CloseRequest{OwnValue: 250_000, FeeRate: 2})
	must(t, err)
	w.eventually("the proposal", func() bool { return v.of(buyer).Decision != nil })
	_, err = buyer.engine().ApproveClose(t.Context(), w.keyOf(buyer, v.View), engine.ApproveCloseRequest{Attempt: v.of(buyer).Decision.Attempt})
	must(t, err)
	w.eventually("the coin to be spent elsewhere", func() bool {
		pool := w.chain.Mempool()
		return len(pool) == 1 && len(pool[0].TxIn) == 1 && len(pool[0].TxOut) == 1
	})
	w.chain.mine(1)
	w.phase(v.View, contract.Active)
	if closes := v.of(buyer).Closes; len(closes) != 1 || closes[0].Tx.Complete {
		t.Errorf("the buyer remembers %+v", closes)
	}
}

func TestADeclinedExitLeavesTheContractAsItWas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.start()
	v := w.open()
	miner, buyer := w.nodes[0], w.nodes[1]
	_, err := buyer.engine().Close(t.Context(), w.keyOf(buyer, v.View), engine.CloseRequest{OwnValue: 490_000})
	must(t, err)
	w.eventually("the proposal", func() bool { return v.of(miner).Decision != nil })
	_, err = miner.engine().DeclineClose(t.Context(), v.Key, v.of(miner).Decision.Attempt)
	must(t, err)
	w.eventually("the refusal", func() bool {
		_, err := miner.engine().Close(t.Context(), v.Key, engine.CloseRequest{OwnValue: 240_000})
		return err == nil
	})
	w.eventually("the counter-proposal", func() bool { return v.of(buyer).Decision != nil })
	w.phase(v.View, contract.Active)
}

func TestAnOfferWaitsForTheUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.nodes[1].rules.Accept.Offers = false
	w.start()
	offered := w.offer()
	v := viewOf{w, offered}
	buyer := w.nodes[1]
	w.phaseOf(buyer, offered, contract.New)
	if d := v.of(buyer).Decision; d == nil || d.Kind != engine.DecideOffer {
		t.Fatalf("the buyer is asked %+v", d)
	}
	waiting, err := buyer.engine().Contracts(t.Context(), engine.Filter{Undecided: true})
	must(t, err)
	if len(waiting) != 1 || waiting[0].Side.String() != "short" || waiting[0].OwnLock != 300_000 {
		t.Fatalf("undecided: %+v", waiting)
	}
	_, err = buyer.engine().Approve(t.Context(), w.keyOf(buyer, offered), engine.ApproveRequest{})
	must(t, err)
	w.phase(offered, contract.Broadcast)

	second := w.offer()
	w.phaseOf(buyer, second, contract.New)
	_, err = buyer.engine().Withdraw(t.Context(), w.keyOf(buyer, second))
	must(t, err)
	w.phase(second, contract.Aborted)
	third := w.offerAgain() // as soon as the coins are free
	w.phaseOf(buyer, third, contract.New)
	_, err = w.nodes[0].engine().Withdraw(t.Context(), third.Key)
	must(t, err)
	w.phaseOf(w.nodes[0], third, contract.Aborted)
	fourth := w.offerAgain()
	w.phaseOf(buyer, fourth, contract.New)
	w.chain.mine(1) // ten minutes are longer than an offer lives
	w.phase(fourth, contract.Aborted)
}

// TestAStalledFundingIsCancelled: the accepter has everything and publishes
// nothing; the offerer takes its coins back.
func TestAStalledFundingIsCancelled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.params.TFund = 2
	w.net.drop = func(_ *node, message []byte) bool {
		head, err := wire.HeadOf(message)
		return err == nil && head.Type == wire.TypeFunded
	}
	w.chain.held = true
	w.start()
	v := viewOf{w, w.offer()}
	w.phaseOf(w.nodes[0], v.View, contract.Cancelling)
	w.chain.mu.Lock()
	w.chain.held = false
	w.chain.mu.Unlock()
	w.chain.mine(1) // the refused transactions are tried again: whichever is first wins
	w.eventually("the way back", func() bool { return len(w.chain.Mempool()) == 1 })
	w.chain.mine(6)
	w.phase(v.View, contract.Aborted, contract.Active)
	if view := v.of(w.nodes[0]); view.Phase == contract.Aborted {
		w.free()
		if w.nodes[0].gain() >= 0 || w.nodes[1].gain() != 0 {
			t.Errorf("gains %d and %d", w.nodes[0].gain(), w.nodes[1].gain())
		}
	}
}

func TestADoubleSpentInputEndsTheContract(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.start()
	w.chain.held = true
	v := viewOf{w, w.offer()}
	w.phase(v.View, contract.Broadcast)
	buyer := w.nodes[1]
	funding := v.of(buyer).Funding
	tx := mustParse(t, funding.Raw)
	// The buyer's other program spends the coin.
	double := btcwire.NewMsgTx(2)
	for i, in := range tx.TxIn {
		if buyer.purse.owns(funding.Prevouts[i].PkScript) {
			double.AddTxIn(&btcwire.TxIn{PreviousOutPoint: in.PreviousOutPoint})
			double.AddTxOut(btcwire.NewTxOut(funding.Prevouts[i].Value-1000, buyer.purse.script(t)))
		}
	}
	w.chain.MineAt(w.chain.at.Add(time.Minute), double)
	w.chain.mine(5)
	w.phase(v.View, contract.Aborted)
	w.free()
	if got := v.of(w.nodes[0]); len(got.Alarms) > 0 {
		t.Errorf("alarms %v", got.Alarms)
	}
}

// TestReorganisationsAreFollowed takes away the block of the funding, and that of
// the settlement, at several depths; the transactions confirm again.
func TestReorganisationsAreFollowed(t *testing.T) {
	t.Parallel()
	for _, depth := range []int{1, 2, 3, 6} {
		w := newWorld(t)
		w.params.TSettle = 60 // a slow machine must not turn to the CET
		w.start()
		v := viewOf{w, w.offer()}
		w.phase(v.View, contract.Broadcast)
		w.eventually("the funding transaction", func() bool { return len(w.chain.Mempool()) == 1 })
		w.chain.mine(depth)
		w.phase(v.View, contract.Confirmed, contract.Active)
		w.reorg(depth)
		w.phase(v.View, contract.Broadcast)
		w.chain.mine(3)
		w.phase(v.View, contract.Active)

		w.chain.until(maturity)
		w.oracles.attest(9, 0, 2)
		w.phase(v.View, contract.Closing)
		w.chain.mine(depth)
		if depth >= 6 {
			w.phase(v.View, contract.Closed)
		}
		w.reorg(depth)
		w.chain.mine(6)
		w.phase(v.View, contract.Closed)
		for _, n := range w.nodes {
			alarmed := func() bool { return slices.Contains(v.of(n).Alarms, contract.DeepReorg.String()) }
			if depth >= 6 {
				w.eventually("the alarm of a deep reorganisation", alarmed)
			} else if alarmed() {
				t.Errorf("depth %d: %s has the alarms %v", depth, n.name, v.of(n).Alarms)
			}
		}
		w.phase(v.View, contract.Closed)
	}
}

// reorg replaces the last blocks by as many empty ones and one more.
func (w *world) reorg(depth int) {
	w.chain.mu.Lock()
	defer w.chain.mu.Unlock()
	w.chain.Reorg(depth, make([][]*btcwire.MsgTx, depth+1)...)
	if tip, err := w.chain.Tip(w.t.Context()); err == nil && tip.Time.After(w.chain.at) {
		w.chain.at = tip.Time
	}
}

// TestDisconnectionsAtEveryMessageAreRepaired cuts the connection instead of
// delivering the n-th message, for every n, and connects again.
func TestDisconnectionsAtEveryMessageAreRepaired(t *testing.T) {
	t.Parallel()
	// Two resumes, offer, accept, sign, funded, and the three of a close.
	const messages = 9
	for n := range messages {
		t.Run(fmt.Sprint(n+1), func(t *testing.T) {
			t.Parallel()
			if !cutAt(t, n) {
				t.Errorf("a life has fewer than %d messages", n+1)
			}
		})
	}
}

// cutAt plays a life in which the connection breaks in place of message n; false
// if there are not so many.
func cutAt(t *testing.T, n int) bool {
	w := newWorld(t)
	sent := 0
	w.net.drop = func(*node, []byte) bool {
		w.net.mu.Lock()
		defer w.net.mu.Unlock()
		sent++
		return sent == n+1
	}
	w.start()
	w.reconnect()
	v := viewOf{w, w.offerAgain()}
	w.phaseOf(w.nodes[0], v.View, contract.Broadcast, contract.Aborted)
	if v.of(w.nodes[0]).Phase == contract.Aborted {
		// The offer itself was lost, which its resume has brought to light.
		w.free()
		v = viewOf{w, w.offerAgain()}
	}
	w.phase(v.View, contract.Broadcast)
	w.eventually("the funding transaction", func() bool { return len(w.chain.Mempool()) == 1 })
	w.chain.mine(3)
	w.phase(v.View, contract.Active)
	w.chain.until(maturity)
	w.oracles.attest(9, 0, 2)
	w.phase(v.View, contract.Closing, contract.Settling)
	w.eventually("a settlement", func() bool { return len(w.chain.Mempool()) == 1 })
	w.chain.mine(6)
	w.phase(v.View, contract.Closed)
	w.net.mu.Lock()
	defer w.net.mu.Unlock()
	return sent > n
}

// reconnect connects the nodes whenever they are not, until the test ends.
func (w *world) reconnect() {
	stop, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-stop:
				return
			case <-time.After(10 * time.Millisecond):
			}
			if !w.net.isUp() {
				w.net.connect()
			}
		}
	}()
	w.t.Cleanup(func() { close(stop); <-ended })
	w.eventually("a connection", w.net.isUp)
}

// offerAgain offers until a connection holds for it.
func (w *world) offerAgain() (v engine.View) {
	w.t.Helper()
	bucket := uint8(1)
	w.eventually("an offer", func() bool {
		var err error
		v, err = w.nodes[0].engine().Offer(w.t.Context(), engine.OfferRequest{
			Peer: w.nodes[1].key, Terms: testTerms(0), Bucket: &bucket, FundFeeRate: 3, CETFeeRate: 2,
		})
		if err != nil && !errors.Is(err, engine.ErrNotConnected) && !strings.Contains(err.Error(), errDead.Error()) && !errors.Is(err, engine.ErrStopped) {
			w.t.Logf("offer: %v", err)
		}
		return err == nil
	})
	return v
}

// TestAlarmsOfOtherPartsAreShown: as of recovery files.
func TestAlarmsOfOtherPartsAreShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.start()
	v := w.open()
	buyer := w.nodes[1]
	key := w.keyOf(buyer, v.View)
	must(t, buyer.engine().Alarm(t.Context(), key, "a file differs"))
	must(t, buyer.engine().Alarm(t.Context(), engine.Key{}, "a folder is away"))
	buyer.halt()
	buyer.start()
	if got := v.of(buyer).Alarms; !slices.Equal(got, []string{"a file differs"}) {
		t.Errorf("the contract shows %q", got)
	}
	var reasons []string
	must(t, buyer.engine().Follow(t.Context(), engine.EventFilter{StoredOnly: true}, func(e engine.Event) error {
		if e.Kind == engine.EventAlarm {
			reasons = append(reasons, e.Reason)
		}
		return nil
	}))
	if !slices.Equal(reasons, []string{"a file differs", "a folder is away"}) {
		t.Errorf("the log has %q", reasons)
	}
}

package contract_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/wire"
)

// broadcasts returns the transactions that the party broadcast since its
// effect number from.
func (p *party) broadcasts(from int) []*btcwire.MsgTx {
	var all []*btcwire.MsgTx
	for _, e := range p.seen[from:] {
		if b, ok := e.(contract.BroadcastTx); ok {
			all = append(all, parse(p.w.t, b.Tx))
		}
	}
	return all
}

// has reports whether one of the transactions has the id of tx.
func has(all []*btcwire.MsgTx, tx *btcwire.MsgTx) bool {
	for _, other := range all {
		if other.TxHash() == tx.TxHash() {
			return true
		}
	}
	return false
}

// cetOf completes the CET of an outcome that two oracles attested to somebody.
func (p *party) cetOf(outcome uint64, oracles ...uint8) *btcwire.MsgTx {
	p.w.t.Helper()
	s := p.mem.state
	var words [][]byte
	for _, o := range oracles {
		words = append(words, attestation(int(o), outcome))
	}
	raw, err := contract.MakeCET(s, outcome, oracles, p.disk.messages[s.AcceptHash], p.disk.messages[s.SignHash], words)
	return parse(p.w.t, must(p.w.t, raw, err))
}

// block tells the party of one more block in which nothing of its contract is.
func (w *world) emptyBlock() {
	w.now += 600
	w.chain.blocks = append(w.chain.blocks, block{time: w.now})
	w.each(func(p *party) contract.Event { return contract.BlockConnected{Clock: p.clock()} })
	for _, p := range w.parties {
		p.drain()
	}
}

// A CET of another payout than the attested one, which t colluding or
// equivocating oracles make possible, must not take the place of ours: we go
// on with what we know to be true.
func TestForeignCETDoesNotReplaceOurs(t *testing.T) {
	for _, early := range []bool{false, true} {
		w := attested(t, 9)
		w.offline()
		w.attest(9, 1)
		o := w.parties[0]
		if !early {
			w.tick(121)
			w.want(contract.Settling)
		}
		ours, theirs := o.cetOf(9, 0, 1), o.cetOf(4, 0, 2)
		w.chain.mempool = nil
		from := len(o.seen)
		if err := o.send(contract.FundingSpent{Clock: o.clock(), Tx: serialize(t, theirs, false)}); err != nil {
			t.Fatal(err)
		}
		o.drain()
		w.emptyBlock()
		if all := o.broadcasts(from); has(all, theirs) || !has(all, ours) {
			t.Errorf("early %t: their CET broadcast %t, ours %t", early, has(all, theirs), has(all, ours))
		}
		if err := o.send(contract.Unconfirmed{Clock: o.clock(), Txid: theirs.TxHash()}); err != nil {
			t.Fatal(err)
		}
		from = len(o.seen)
		w.emptyBlock()
		if all := o.broadcasts(from); has(all, theirs) || !has(all, ours) {
			t.Errorf("early %t: after its eviction their CET is broadcast %t, ours %t", early, has(all, theirs), has(all, ours))
		}
	}
}

// What the back end shows without its witness is no CET that could be
// broadcast again.
func TestSeenCETWithoutWitnessIsNotKept(t *testing.T) {
	w := attested(t, 9)
	w.offline()
	w.attest(9, 1)
	o := w.parties[0]
	bare := o.cetOf(9, 0, 1)
	bare.TxIn[0].Witness = nil
	from := len(o.seen)
	if err := o.send(contract.FundingSpent{Clock: o.clock(), Tx: serialize(t, bare, false)}); err != nil {
		t.Fatal(err)
	}
	o.drain()
	w.emptyBlock()
	for _, tx := range o.broadcasts(from) {
		if len(tx.TxIn[0].Witness) == 0 {
			t.Fatal("a transaction without witness is broadcast")
		}
	}
	if all := o.broadcasts(from); !has(all, bare) {
		t.Error("our own CET is not broadcast")
	}
}

// A CET that comes back from the worker while a close is in the mempool is kept
// for the case that the close vanishes.
func TestCETMadeDuringACloseIsKept(t *testing.T) {
	w := attested(t, 9)
	w.parties[0].noCET, w.parties[1].noCET = true, true
	w.attest(9, 1)
	w.want(contract.Closing)
	o := w.parties[0]
	ours := o.cetOf(9, 0, 1)
	from := len(o.seen)
	if err := o.send(contract.CETReady{Clock: o.clock(), Tx: serialize(t, ours, false)}); err != nil {
		t.Fatal(err)
	}
	if has(o.broadcasts(from), ours) {
		t.Error("the CET fights with the close")
	}
	closing := w.chain.mempool[0]
	w.chain.mempool = nil
	if err := o.send(contract.Unconfirmed{Clock: o.clock(), Txid: closing.TxHash()}); err != nil {
		t.Fatal(err)
	}
	if !has(o.broadcasts(from), ours) || o.mem.state.Phase != contract.Settling {
		t.Errorf("in %s, the CET is not used after the close is gone", o.mem.state.Phase)
	}
}

// Who holds the attestations never helps a refund along: it would lose the race
// of refund and CET in its own mempool.
func TestAttestedPartyDoesNotBroadcastTheRefund(t *testing.T) {
	w := attested(t, 9)
	w.offline()
	w.attest(9, 1)
	w.tick(121)
	w.want(contract.Settling)
	o := w.parties[0]
	deal := dealOf(t, o.mem.state)
	refund, err := deal.Contract.Settlement.CompleteRefund(o.mem.state.SignRefund, deal.Accept.Refund)
	must(t, refund, err)
	ours := o.cetOf(9, 0, 1)
	w.chain.mempool = nil // fees are high: the CET is evicted
	w.now = refundAt + 1
	w.emptyBlock()
	from := len(o.seen)
	if err := o.send(contract.FundingSpent{Clock: o.clock(), Tx: serialize(t, refund, false)}); err != nil {
		t.Fatal(err)
	}
	if p := o.mem.state.Phase; p != contract.Refunding {
		t.Fatalf("in %s", p)
	}
	o.drain()
	w.emptyBlock()
	if all := o.broadcasts(from); has(all, refund) || !has(all, ours) {
		t.Errorf("refund broadcast %t, CET %t", has(all, refund), has(all, ours))
	}
	if err := o.send(contract.Unconfirmed{Clock: o.clock(), Txid: refund.TxHash()}); err != nil {
		t.Fatal(err)
	}
	if p := o.mem.state.Phase; p != contract.Settling {
		t.Errorf("in %s after the refund was evicted", p)
	}
}

// voided returns a world in which the accepter answered an exit with a cancel
// input, has not seen the close within T_CLOSE and has spent that input
// elsewhere, with the complete close that the offerer kept back.
func voided(t *testing.T) (w *world, complete []byte, closing *btcwire.MsgTx) {
	t.Helper()
	w = active(t)
	o, a := w.parties[0], w.parties[1]
	a.auto = false
	o.note2(o.send(contract.UserClose{Clock: o.clock(), VO: 200_000, VA: 300_000, FeeRate: 3}))
	w.settle()
	a.withCancelInput(t)
	if err := a.send(contract.UserApproveClose{Clock: a.clock(), Attempt: a.mem.state.Session.Attempt, Cancel: a.cancelIn, Void: a.void}); err != nil {
		t.Fatal(err)
	}
	answer := w.wires[0][0]
	w.wires[0] = nil
	o.receive(answer) // the offerer completes the close
	closing = parse(t, o.mem.state.Claims[0].Tx)
	complete = lastSent(t, o)
	w.chain.mempool = nil // and shows it to nobody
	w.wires = [2][][]byte{}
	o.disk.outbox = nil
	o.online = false
	w.now += 61
	a.note2(a.send(contract.Tick{Clock: a.clock()}))
	return w, complete, closing
}

// lastSent is the last message that the party was told to send.
func lastSent(t tester, p *party) []byte {
	t.Helper()
	for i := len(p.seen) - 1; i >= 0; i-- {
		if e, ok := p.seen[i].(contract.Send); ok && len(e.Data) > 0 {
			return e.Data
		}
	}
	t.Fatalf("%s sent nothing", p.name)
	return nil
}

// A close that we have voided we do not publish ourselves, whoever completes
// it, and the transaction that voids it is sent until a block has it.
func TestVoidedCloseIsNotPublishedByUs(t *testing.T) {
	w, complete, closing := voided(t)
	a := w.parties[1]
	void := parse(t, a.void)
	if all := a.broadcasts(0); !has(all, void) {
		t.Fatal("not voided")
	}
	a.drain()
	a.receive(complete)
	if !a.mem.state.Claims[0].Signed {
		t.Fatal("the completed claim is not kept")
	}
	for range 2 {
		w.chain.mempool = nil
		from := len(a.seen)
		w.emptyBlock()
		if all := a.broadcasts(from); !has(all, void) {
			t.Error("the voiding transaction is not sent again")
		}
	}
	a.crash()
	if has(a.broadcasts(0), closing) {
		t.Error("the voided close is published")
	}
}

// The timer of a claim outlives the process.
func TestTimerThatVoidsACloseIsRenewedAtStart(t *testing.T) {
	w := active(t)
	o, a := w.parties[0], w.parties[1]
	a.auto = false
	o.note2(o.send(contract.UserClose{Clock: o.clock(), VO: 200_000, VA: 300_000, FeeRate: 3}))
	w.settle()
	a.withCancelInput(t)
	if err := a.send(contract.UserApproveClose{Clock: a.clock(), Attempt: a.mem.state.Session.Attempt, Cancel: a.cancelIn, Void: a.void}); err != nil {
		t.Fatal(err)
	}
	a.drain()
	from := len(a.seen)
	a.crash()
	for _, e := range a.seen[from:] {
		if timer, ok := e.(contract.StartTimer); ok && timer.At == w.now+60 {
			return
		}
	}
	t.Error("nobody will wake us to void the close")
}

// A close whose signature is ready when a reorg has the funding is kept, not
// broadcast: nothing spends a funding output that no block holds.
func TestCloseSignedDuringAReorgWaits(t *testing.T) {
	w := active(t)
	o := w.parties[0]
	o.note2(o.send(contract.UserClose{Clock: o.clock(), VO: 250_000, VA: 250_000, FeeRate: 3}))
	w.settle()
	i := slices.IndexFunc(o.events, func(e contract.Event) bool { return contract.KindOf(e) == contract.KindCloseSigned })
	s := o.states[i]
	for s.Phase != contract.Broadcast {
		clock := s.Clock
		clock.Height--
		s = check(t, s, contract.BlockDisconnected{Clock: clock})
	}
	next := check(t, s, o.events[i]) // fails on a spend of an unconfirmed funding output
	if len(next.Claims) != 1 || !next.Claims[0].Signed {
		t.Fatalf("claims %+v", next.Claims)
	}
	clock := next.Clock
	clock.Height += 3
	seen, _, err := contract.Step(next, contract.FundingSeen{Clock: clock, Tx: next.Funding, Height: clock.Height - 2})
	must(t, seen, err)
	_, effects, err := contract.Step(seen, contract.BlockConnected{Clock: clock})
	must(t, effects, err)
	for _, e := range effects {
		if b, ok := e.(contract.BroadcastTx); ok && bytes.Equal(b.Tx, next.Claims[0].Tx) {
			return
		}
	}
	t.Error("the close is not broadcast when the funding is back")
}

// Facts of one block may come before or after the news of the block, and the
// spend before the funding: the contract ends the same.
func TestOrderOfFactsOfABlockDoesNotMatter(t *testing.T) {
	w := attested(t, 9)
	w.offline()
	w.attest(9, 1)
	w.tick(121)
	w.want(contract.Settling)
	w.mine(2)
	s := w.parties[0].mem.state
	funding, cet := s.Funding, s.CET
	for s.FundingDepth() > 0 { // a reorg takes both out
		clock := s.Clock
		clock.Height--
		s = check(t, s, contract.BlockDisconnected{Clock: clock})
	}
	clock := s.Clock
	clock.Height++ // and one block takes both in again
	facts := []contract.Event{
		contract.FundingSeen{Clock: clock, Tx: funding, Height: clock.Height},
		contract.FundingSpent{Clock: clock, Tx: cet, Height: clock.Height},
		contract.BlockConnected{Clock: clock},
	}
	for _, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		next := s
		for _, i := range order {
			after, _, err := contract.Step(next, facts[i])
			if err != nil {
				t.Fatalf("%v: %s is refused: %v", order, contract.KindOf(facts[i]), err)
			}
			next = after
		}
		for range 5 {
			clock := next.Clock
			clock.Height++
			next = check(t, next, contract.BlockConnected{Clock: clock})
		}
		if next.Phase != contract.Closed {
			t.Errorf("%v: ends in %s with the spend %d deep", order, next.Phase, next.CloseDepth())
		}
	}
}

// A contract from a backup has no cancel transaction, so it cannot be
// withdrawn from.
func TestRestoredContractCannotBeWithdrawn(t *testing.T) {
	s, _, err := contract.Restore(contract.Recovery(recovery(t)))
	must(t, s, err)
	next, effects, err := contract.Step(s, contract.UserWithdraw{})
	if !errors.Is(err, contract.ErrIllegal) {
		t.Errorf("in %s with %v: %v", next.Phase, effects, err)
	}
}

// The event is judged again when accept arrives, by what the node knows then.
func TestAcceptAfterTheEventWasAttestedIsRefused(t *testing.T) {
	w := newWorld(t)
	raw := upTo(t, w, contract.Offerer, wire.TypeAccept)
	o := w.parties[0]
	o.facts.Attested = true
	o.receive(raw)
	o.drain()
	if got := lastReject(t, o); o.mem.state.Phase != contract.Aborted || got != wire.RejectEventPast {
		t.Errorf("%s with %s", o.mem.state.Phase, got)
	}
}

// A node whose clock is behind is told by the chain that the event is past.
func TestChainTimeTellsThatTheEventIsPast(t *testing.T) {
	w := newWorld(t)
	late := w.parties[1].clock()
	late.MTP = maturity - 3599
	if _, err := contract.CheckOffer(w.offer, late, testParams(), w.parties[1].facts); contract.CodeOf(err) != wire.RejectEventPast {
		t.Errorf("an offer: %v", err)
	}
	raw := upTo(t, w, contract.Accepter, wire.TypeSign)
	a := w.parties[1]
	clock := a.clock()
	clock.MTP, clock.Height = maturity-3599, clock.Height+1
	a.note2(a.send(contract.BlockConnected{Clock: clock}))
	a.receive(raw)
	a.drain()
	if got := lastReject(t, a); a.mem.state.Phase != contract.Aborted || got != wire.RejectEventPast {
		t.Errorf("a sign: %s with %s", a.mem.state.Phase, got)
	}
}

// After a reconnect a signed offerer learns at once that the accepter has
// dropped the contract, and cancels without waiting for T_FUND.
func TestResumeTellsASignedOffererToCancel(t *testing.T) {
	w := newWorld(t)
	upTo(t, w, contract.Accepter, wire.TypeSign)
	w.offline()
	o, a := w.parties[0], w.parties[1]
	w.now += 301
	a.note2(a.send(contract.Tick{Clock: a.clock()}))
	a.drain()
	if got := w.phases(); got != [2]contract.Phase{contract.Signed, contract.Aborted} {
		t.Fatalf("phases %v", got)
	}
	o.online, a.online = true, true
	a.note2(a.send(contract.PeerResume{Clock: a.clock(), Peer: o.node, Have: have(o.mem.state)}))
	w.settle()
	if p := o.mem.state.Phase; p != contract.Cancelling {
		t.Errorf("offerer in %s", p)
	}
}

// LEAD before maturity is an hour at which somebody has to wake.
func TestTimerForLeadIsSet(t *testing.T) {
	w := newWorld(t)
	w.open()
	for _, p := range w.parties {
		opened := len(p.seen)
		p.crash()
		for name, effects := range map[string][]contract.Effect{"at first": p.seen[:opened], "after a restart": p.seen[opened:]} {
			if !slices.ContainsFunc(effects, func(e contract.Effect) bool {
				timer, ok := e.(contract.StartTimer)
				return ok && timer.At == maturity-3600+1
			}) {
				t.Errorf("%s: no timer for LEAD %s", p.name, name)
			}
		}
	}
}

// A close that is stuck in the mempool when the refund comes near gets a child,
// as a CET does: the loser could replace it by the refund.
func TestUrgentCloseRaisesItsFee(t *testing.T) {
	w := attested(t, 9)
	w.attest(9, 1)
	w.want(contract.Closing)
	closing := w.chain.mempool[0]
	w.chain.mempool = nil
	w.now = refundAt - 72*3600
	for range 7 {
		w.emptyBlock()
	}
	for _, p := range w.parties {
		raised := 0
		for _, e := range p.seen {
			if r, ok := e.(contract.RaiseFee); ok {
				raised++
				if out := closing.TxOut[r.Vout]; r.Txid != closing.TxHash() || !bytes.Equal(out.PkScript, p.own.Payout) {
					t.Errorf("%s raises output %d of %s", p.name, r.Vout, r.Txid)
				}
			}
		}
		if raised != 2 {
			t.Errorf("%s raised %d times in 7 blocks", p.name, raised)
		}
	}
}

// A deep reorg that undoes the end of a contract sets its coins aside again.
func TestRevivedContractReservesItsInputsAgain(t *testing.T) {
	w := newWorld(t)
	w.open()
	o := w.parties[0]
	o.note2(o.send(contract.UserWithdraw{Clock: o.clock()}))
	w.settle()
	w.mine(6)
	w.want(contract.Aborted)
	w.reorg(1, false)
	for _, p := range w.parties {
		if p.mem.state.Phase.Final() || len(p.disk.reserved) != 1 {
			t.Errorf("%s in %s with %d inputs set aside", p.name, p.mem.state.Phase, len(p.disk.reserved))
		}
	}
	w.mine(1)
	w.want(contract.Aborted)
	for _, p := range w.parties {
		if len(p.disk.reserved) != 0 {
			t.Errorf("%s keeps its inputs", p.name)
		}
	}
}

// What only a mempool held may be gone after a restart, and nobody will say so:
// a contract must not wait for ever for a close that no one can publish again.
func TestWhatAMempoolHeldIsForgottenAtStart(t *testing.T) {
	w := attested(t, 9)
	o, a := w.parties[0], w.parties[1]
	w.attest(9, 1)
	w.want(contract.Closing)
	// The offerer published the close and kept close_complete back.
	s := a.mem.state
	s.Claims = slices.Clone(s.Claims)
	s.Claims[0].Signed, s.Claims[0].Tx = false, serialize(t, parse(t, s.Claims[0].Tx), true)
	raw, err := s.Encode()
	a.disk.state = must(t, raw, err)
	a.disk.outbox, o.disk.outbox = nil, nil
	o.online = false
	w.chain.mempool = nil // the close is evicted while the accepter is down
	a.crash()
	w.now += 121
	from := len(a.seen)
	a.note2(a.send(contract.Tick{Clock: a.clock()}))
	a.drain()
	if all := a.broadcasts(from); !has(all, a.cetOf(9, 0, 1)) {
		t.Errorf("accepter in %s waits for a close that is gone", a.mem.state.Phase)
	}
}

// An offer that nobody approved binds nobody: it is forgotten with the next
// block, or a peer could fill the disk with offers that it takes back.
func TestOfferThatWasNeverApprovedIsForgottenSoon(t *testing.T) {
	w := newWorld(t)
	a := w.parties[1]
	a.auto = false
	w.open()
	height := w.chain.height()
	a.note2(a.send(contract.UserWithdraw{Clock: a.clock()}))
	w.settle()
	if !slices.ContainsFunc(a.seen, func(e contract.Effect) bool {
		archive, ok := e.(contract.Archive)
		return ok && archive.Until == height+1
	}) {
		t.Errorf("kept: %v", a.seen[len(a.seen)-3:])
	}
}

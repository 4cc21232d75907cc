package contract_test

import (
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/wire"
)

// Money of the test contract: each party begins with 1,000,000 sat in one
// P2TR coin; the funding takes collateral and fees.
const start = 1_000_000

// paid returns what each party has lost or won against its start.
func (w *world) paid() [2]int64 {
	money := w.wealth()
	return [2]int64{money[0] - start, money[1] - start}
}

// fees of the funding and CET of the test contract, by role.
func (w *world) fees() [2]int64 {
	c := dealOf(w.t, w.parties[0].mem.state).Contract
	var f [2]int64
	for role := range f {
		funds := c.Funding.Funds(contract.Role(role))
		f[role] = int64(funds.FundFee + funds.CETFee)
	}
	return f
}

// expect fails unless the payouts, less the fees, are what the parties have.
func (w *world) expect(long, short int64) {
	w.t.Helper()
	f, got := w.fees(), w.paid()
	want := [2]int64{long - 200_000 - f[0], short - 300_000 - f[1]}
	if got != want {
		w.t.Fatalf("parties have %+d and %+d, want %+d and %+d", got[0], got[1], want[0], want[1])
	}
}

// active returns a world with a contract in Active. All of them are alike, so
// it is opened once and copied.
func active(t tester) *world {
	t.Helper()
	once.Do(func() {
		w := newWorld(t)
		w.open()
		w.want(contract.Broadcast)
		w.mine(1)
		w.want(contract.Confirmed)
		w.mine(2)
		w.want(contract.Active)
		opened = w
	})
	return opened.clone(t)
}

var (
	once   sync.Once
	opened *world
)

// clone returns a copy of a world at rest.
func (w *world) clone(t tester) *world {
	c := &world{t: t, now: w.now, offer: w.offer, trace: w.trace, ledger: w.ledger.Fork(t)}
	c.chain = &chain{t: t, coins: maps.Clone(w.chain.coins), blocks: slices.Clone(w.chain.blocks), mempool: slices.Clone(w.chain.mempool)}
	for i, p := range w.parties {
		q, random := *p, *p.random
		q.w, q.random = c, &random
		q.facts.Unavailable = slices.Clone(p.facts.Unavailable)
		q.disk.outbox, q.disk.messages, q.disk.reserved = slices.Clone(p.disk.outbox), maps.Clone(p.disk.messages), maps.Clone(p.disk.reserved)
		q.mem.nonces, q.mem.watch, q.mem.told = maps.Clone(p.mem.nonces), maps.Clone(p.mem.watch), maps.Clone(p.mem.told)
		q.seen, q.states, q.events = slices.Clone(p.seen), slices.Clone(p.states), slices.Clone(p.events)
		c.parties[i] = &q
		c.wires[i], c.past[i] = slices.Clone(w.wires[i]), slices.Clone(w.past[i])
	}
	return c
}

func attested(t tester, outcome uint64) *world {
	w := active(t)
	w.mineAt(maturity + 10)
	w.attest(outcome, 0)
	w.want(contract.Active)
	return w
}

func TestSettlesByCloseWhenBothAreOnline(t *testing.T) {
	w := attested(t, 9)
	w.attest(9, 2)
	w.want(contract.Closing)
	w.mine(6)
	w.want(contract.Closed)
	f, got := w.fees(), w.paid()
	if got[0]+f[0] < 100_000 || got[1]+f[1] < -100_000 {
		t.Fatalf("a close at 300,000 left %+d and %+d", got[0], got[1])
	}
}

func TestSettlesByCETWhenThePeerIsSilent(t *testing.T) {
	for _, role := range []contract.Role{contract.Offerer, contract.Accepter} {
		w := attested(t, 9)
		w.offline()
		lone := w.parties[role]
		for _, o := range []int{0, 2} {
			lone.note2(lone.send(contract.AttestationReceived{Clock: lone.clock(), Message: attestation(o, 9)}))
		}
		w.settle()
		w.tick(121)
		if p := lone.mem.state.Phase; p != contract.Settling {
			t.Fatalf("%s is in %s", lone.name, p)
		}
		w.mine(6)
		w.want(contract.Closed)
		w.expect(300_000, 200_000)
	}
}

func TestEveryOutcomeIsPaidByItsCET(t *testing.T) {
	payouts := []int64{0, 0, 0, 0, 100, 100, 200, 200, 300, 300, 400, 400, 500, 500, 500, 500}
	for outcome, long := range payouts {
		if raced && outcome%5 != 0 {
			continue
		}
		w := attested(t, uint64(outcome))
		w.offline()
		w.attest(uint64(outcome), 1)
		w.tick(121)
		w.mine(6)
		w.want(contract.Closed)
		w.expect(long*1000, 500_000-long*1000)
	}
}

func TestRefundsOnceTheMedianTimeIsPastTheLocktime(t *testing.T) {
	w := attested(t, 3)
	w.mineAt(refundAt)
	w.want(contract.Active)
	if n := len(w.chain.mempool); n != 0 {
		t.Fatalf("%d transactions before the refund's time", n)
	}
	w.mineAt(refundAt + 1)
	w.want(contract.Refunding)
	w.mine(6)
	w.want(contract.Refunded)
	w.expect(200_000, 300_000)
}

func TestRefundAndCETMayRaceWhenAttestationsComeLate(t *testing.T) {
	w := attested(t, 9)
	w.mineAt(refundAt + 1)
	w.want(contract.Refunding)
	w.attest(9, 1)
	w.want(contract.Refunding)
	w.tick(121)
	cets := 0
	for _, e := range w.parties[0].seen {
		if b, ok := e.(contract.BroadcastTx); ok && parse(t, b.Tx).LockTime == maturity {
			cets++
		}
	}
	if cets == 0 {
		t.Fatal("the CET was not broadcast beside the refund")
	}
	w.mine(6)
	w.want(contract.Refunded)
}

func TestExitAtANegotiatedPrice(t *testing.T) {
	w := active(t)
	o := w.parties[0]
	o.note2(o.send(contract.UserClose{Clock: o.clock(), VO: 250_000, VA: 250_000, FeeRate: 4}))
	w.settle()
	w.want(contract.Closing)
	w.mine(6)
	w.want(contract.CoopClosed)
	f, got := w.fees(), w.paid()
	deal, err := contract.DealOf(o.mem.state)
	surplus := int64(must(t, deal, err).Contract.Funding.Value()) - 500_000
	fee := int64(4 * (344 + 4*68) / 4)
	half := (surplus - fee) >> 1
	want := [2]int64{50_000 + half - f[0], -50_000 + (surplus - fee - half) - f[1]}
	if got != want {
		t.Fatalf("an exit at 250,000 left %+d and %+d, want %+d and %+d", got[0], got[1], want[0], want[1])
	}
}

func TestBothProposeAnExitTheOfferersStands(t *testing.T) {
	w := active(t)
	for _, p := range w.parties {
		p.note2(p.send(contract.UserClose{Clock: p.clock(), VO: 200_000 + uint64(p.role), VA: 300_000 - uint64(p.role), FeeRate: 3}))
	}
	w.settle()
	w.want(contract.Closing)
	if c := w.parties[1].mem.state.Claims; len(c) != 1 || c[0].VO != 200_000 {
		t.Fatalf("claims %+v", c)
	}
}

func TestWithdrawalBeforeAnySignatureCostsNothing(t *testing.T) {
	for _, role := range []contract.Role{contract.Offerer, contract.Accepter} {
		w := newWorld(t)
		w.parties[1].auto = false
		w.begin()
		w.settle()
		p := w.parties[role]
		p.note2(p.send(contract.UserWithdraw{Clock: p.clock()}))
		w.settle()
		w.want(contract.Aborted)
		if got := w.paid(); got != [2]int64{} {
			t.Fatalf("withdrawal cost %v", got)
		}
		for _, p := range w.parties {
			if len(p.disk.reserved) != 0 {
				t.Fatalf("%s keeps inputs reserved", p.name)
			}
		}
	}
}

func TestOffererTakesTheFreeOptionAwayByCancelling(t *testing.T) {
	w := newWorld(t)
	w.begin()
	// The accepter falls silent just before it would get sign.
	for range 50 {
		for role, p := range w.parties {
			p.drain()
			if len(w.wires[role]) > 0 && p.mem.state.Phase != contract.Accepted {
				raw := w.wires[role][0]
				w.wires[role] = w.wires[role][1:]
				p.receive(raw)
			}
		}
	}
	sign := w.past[1][len(w.past[1])-1]
	w.offline()
	w.settle()
	w.tick(601)
	if p := w.phases()[0]; p != contract.Cancelling {
		t.Fatalf("offerer in %s after T_FUND", p)
	}
	if p := w.phases()[1]; p != contract.Aborted {
		t.Fatalf("accepter in %s after T_SIGN", p)
	}
	w.mine(6)
	w.want(contract.Aborted)
	w.parties[1].receive(sign)
	w.settle()
	w.want(contract.Aborted)
	if got := w.paid(); got[0] > 0 || got[0] < -5000 || got[1] != 0 {
		t.Fatalf("cancelling cost %v", got)
	}
}

func TestFundingConfirmsAlthoughTheOffererCancels(t *testing.T) {
	w := newWorld(t)
	w.open()
	o := w.parties[0]
	funding := w.chain.mempool[0]
	o.note2(o.send(contract.UserWithdraw{Clock: o.clock()}))
	w.settle()
	if o.mem.state.Phase != contract.Cancelling {
		t.Fatalf("offerer in %s", o.mem.state.Phase)
	}
	w.chain.mine(w.now+600, funding)
	w.each(func(p *party) contract.Event { return contract.BlockConnected{Clock: p.clock()} })
	w.settle()
	w.want(contract.Confirmed)
}

func TestUnconfirmedFundingIsCancelledLeadBeforeMaturity(t *testing.T) {
	w := newWorld(t)
	w.open()
	w.chain.mempool = nil // nobody mines it, nobody has it
	w.now = maturity - 3600
	for _, p := range w.parties {
		p.note2(p.send(contract.Tick{Clock: p.clock()}))
		if p.mem.state.Phase != contract.Broadcast {
			t.Fatalf("%s in %s at LEAD", p.name, p.mem.state.Phase)
		}
	}
	w.tick(1)
	w.want(contract.Cancelling)
	w.mine(6)
	w.want(contract.Aborted)
}

func TestReorgsReturnToWhatTheChainSupports(t *testing.T) {
	for _, depth := range []int{1, 2, 3, 6} {
		w := active(t)
		w.mine(3)
		w.reorg(depth, false)
		switch depth {
		case 1, 2, 3:
			w.want(contract.Active)
		case 6:
			w.want(contract.Broadcast)
		}
		w.mine(7)
		w.want(contract.Active)
		w.mineAt(maturity + 10)
		w.attest(9, 0, 1)
		w.want(contract.Closing)
		w.mine(3)
		w.reorg(min(depth, 4), false)
		if p := w.phases()[0]; p != contract.Closing && p != contract.Attested {
			t.Fatalf("in %s after a reorg of %d", p, depth)
		}
		w.mine(6)
		w.want(contract.Closed)
		w.reorg(depth, false)
		w.mine(7)
		w.want(contract.Closed)
	}
}

func TestReorgOfAFinalTransactionAlarms(t *testing.T) {
	w := attested(t, 9)
	w.offline()
	w.attest(9, 1)
	w.tick(121)
	w.mine(6)
	w.want(contract.Closed)
	w.reorg(1, false)
	w.want(contract.Settling)
	found := false
	for _, e := range w.parties[0].seen {
		if a, ok := e.(contract.Alarm); ok && a.Reason == contract.DeepReorg {
			found = true
		}
	}
	if !found || w.parties[0].disk.archived {
		t.Fatal("no alarm, or still archived")
	}
	w.mine(1)
	w.want(contract.Closed)
}

func TestReorgForgetsTransactionsAndTheyAreSentAgain(t *testing.T) {
	w := attested(t, 9)
	w.offline()
	w.attest(9, 1)
	w.tick(121)
	w.want(contract.Settling)
	w.mine(2)
	w.reorg(7, true) // funding and CET vanish from chain and mempool
	w.want(contract.Broadcast)
	if len(w.chain.mempool) == 0 {
		t.Fatal("funding is not sent again")
	}
	w.mine(7)
	w.want(contract.Closed)
	w.expect(300_000, 200_000)
}

func TestMessagesLostBeforeAReconnectAreSentAgain(t *testing.T) {
	for cut := range 4 {
		w := newWorld(t)
		w.begin()
		for range cut {
			for role, p := range w.parties {
				p.drain()
				p.look()
				p.drain()
				if len(w.wires[role]) > 0 {
					raw := w.wires[role][0]
					w.wires[role] = w.wires[role][1:]
					p.receive(raw)
				}
			}
		}
		for _, p := range w.parties {
			p.drain()
		}
		w.offline()
		w.reconnect()
		w.settle()
		w.want(contract.Broadcast)
	}
}

func TestExpiryAndTimersReleaseTheInputs(t *testing.T) {
	w := newWorld(t)
	w.parties[1].online = false
	w.begin()
	w.settle()
	w.tick(499)
	if p := w.phases()[0]; p != contract.Offered {
		t.Fatalf("offerer in %s before expiry", p)
	}
	w.tick(1)
	if p := w.phases()[0]; p != contract.Aborted {
		t.Fatalf("offerer in %s at expiry", p)
	}
	if len(w.parties[0].disk.reserved) != 0 {
		t.Fatal("inputs stay reserved")
	}
}

func TestCompleterThatWaitsIsVoided(t *testing.T) {
	w := active(t)
	o, a := w.parties[0], w.parties[1]
	a.auto = false
	o.note2(o.send(contract.UserClose{Clock: o.clock(), VO: 200_000, VA: 300_000, FeeRate: 3}))
	w.settle()
	a.withCancelInput(t)
	// The proposer's worker dies with the answer in hand.
	session := a.mem.state.Session
	w.offline()
	err := a.send(contract.UserApproveClose{Clock: a.clock(), Attempt: session.Attempt, Cancel: a.cancelIn, Void: a.void})
	if err == nil {
		t.Fatal("a close ended by the disconnect was approved")
	}
	for _, p := range w.parties {
		p.online = true
	}
	o.note2(o.send(contract.UserClose{Clock: o.clock(), VO: 200_000, VA: 300_000, FeeRate: 3}))
	w.settle()
	session = a.mem.state.Session
	a.withCancelInput(t)
	o.online = false
	if err := a.send(contract.UserApproveClose{Clock: a.clock(), Attempt: session.Attempt, Cancel: a.cancelIn, Void: a.void}); err != nil {
		t.Fatal(err)
	}
	w.settle()
	w.tick(59)
	if len(w.chain.mempool) != 0 {
		t.Fatal("voided before T_CLOSE")
	}
	w.tick(2)
	if len(w.chain.mempool) != 1 {
		t.Fatal("not voided after T_CLOSE")
	}
	w.mine(1)
	// The proposer publishes too late: the claim is void.
	o.online = true
	o.receive(w.past[0][len(w.past[0])-1])
	w.settle()
	w.mine(2)
	w.want(contract.Active)
}

func TestCompletedCloseWithACancelInput(t *testing.T) {
	w := active(t)
	o, a := w.parties[0], w.parties[1]
	a.auto = false
	o.note2(o.send(contract.UserClose{Clock: o.clock(), VO: 200_000, VA: 300_000, FeeRate: 3}))
	w.settle()
	a.withCancelInput(t)
	if err := a.send(contract.UserApproveClose{Clock: a.clock(), Attempt: a.mem.state.Session.Attempt, Cancel: a.cancelIn, Void: a.void}); err != nil {
		t.Fatal(err)
	}
	w.settle()
	w.want(contract.Closing)
	if c := a.mem.state.Claims[0]; !c.Signed {
		t.Fatal("close_complete did not complete the claim")
	}
	w.mine(6)
	w.want(contract.CoopClosed)
}

func TestPeerRejectsDropOrCancel(t *testing.T) {
	reject := func(p *party, refused wire.Type, code wire.RejectCode) {
		m := wire.Reject{ID: p.mem.state.TempID, Refused: refused, Code: code}
		p.receive(m.Encode())
	}
	w := newWorld(t)
	w.begin()
	reject(w.parties[0], wire.TypeSign+100, wire.RejectDeclined)
	if p := w.phases()[0]; p != contract.Offered {
		t.Fatalf("in %s after a reject of something else", p)
	}
	reject(w.parties[0], wire.TypeOffer, wire.RejectDeclined)
	if p := w.phases()[0]; p != contract.Aborted {
		t.Fatalf("in %s", p)
	}
	w = active(t)
	reject(w.parties[0], wire.TypeSign, wire.RejectUnknownContract)
	reject(w.parties[1], wire.TypeAccept, wire.RejectUnknownContract)
	w.want(contract.Active)
}

func TestUnknownSpendAlarmsAndKeepsEverything(t *testing.T) {
	w := active(t)
	o := w.parties[0]
	deal, err := contract.DealOf(o.mem.state)
	output := must(t, deal, err).Contract
	tx := output.Settlement.Refund()
	tx.LockTime = 0
	hash := tx.TxHash()
	raw := serialize(t, tx, false)
	if err := o.send(contract.FundingSpent{Clock: o.clock(), Tx: raw}); err != nil {
		t.Fatal(err)
	}
	if o.mem.state.Phase != contract.Alarmed || o.disk.archived {
		t.Fatalf("in %s", o.mem.state.Phase)
	}
	if err := o.send(contract.Unconfirmed{Clock: o.clock(), Txid: hash}); err != nil {
		t.Fatal(err)
	}
	if o.mem.state.Phase != contract.Active {
		t.Fatalf("in %s after the spend is gone", o.mem.state.Phase)
	}
}

func TestUrgentCETRaisesItsFee(t *testing.T) {
	w := attested(t, 9)
	w.offline()
	w.attest(9, 1)
	w.tick(121)
	w.want(contract.Settling)
	keep := w.chain.mempool
	w.chain.mempool = nil // fees are high: nobody mines it
	w.now = refundAt - 72*3600
	for range 13 {
		w.now += 600
		w.chain.blocks = append(w.chain.blocks, block{time: w.now})
		w.each(func(p *party) contract.Event { return contract.BlockConnected{Clock: p.clock()} })
	}
	raised := 0
	for _, e := range w.parties[1].seen {
		if _, ok := e.(contract.RaiseFee); ok {
			raised++
		}
	}
	if raised != 3 || len(keep) == 0 {
		t.Fatalf("raised %d times in 13 blocks", raised)
	}
}

// withCancelInput gives the party a coin for close_accept, signed over the
// close of its session, and the transaction that voids it.
func (p *party) withCancelInput(t *testing.T) {
	t.Helper()
	raw, at, out := prevTx(t, p.name+"-cancel", p.wallet, 50_000)
	p.w.chain.coins[at] = out
	p.cancelIn = &wire.CancelInput{PrevTx: raw, Change: p.own.Change}
	built, err := contract.CloseOf(p.mem.state, p.mem.state.Session, p.cancelIn)
	tx := must(t, built, err).Tx()
	p.cancelIn.Witness = signInput(t, tx, built.PrevOutputs(), 1, p.wallet)
	void := tx.Copy()
	void.TxIn, void.TxOut = void.TxIn[1:], void.TxOut[len(void.TxOut)-1:]
	void.TxIn[0].Witness = nil
	void.TxOut[0].Value = 45_000
	void.TxIn[0].Witness = signInput(t, void, built.PrevOutputs()[1:], 0, p.wallet)
	p.void = serialize(t, void, false)
}

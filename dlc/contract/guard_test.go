package contract_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/internal/tlv"
)

// Each test here shows what a guard is for that other guards stand beside; all
// were found by taking guards out.

// meeting returns the state in which a party met its first event of a kind, and
// that event.
func meeting(t tester, p *party, kind contract.Kind) (contract.State, contract.Event) {
	t.Helper()
	i := slices.IndexFunc(p.events, func(e contract.Event) bool { return contract.KindOf(e) == kind })
	if i < 0 {
		t.Fatalf("%s never met %s", p.name, kind)
	}
	return p.states[i], p.events[i]
}

// count counts effects whose name begins with one of the words.
func count(effects []contract.Effect, words ...string) int {
	n := 0
	for _, e := range effects {
		for _, w := range words {
			if bytes.HasPrefix([]byte(e.String()), []byte(w)) {
				n++
			}
		}
	}
	return n
}

// What comes late costs nothing: it is neither stored nor verified.
func TestLateMessagesAreNotVerified(t *testing.T) {
	w := newWorld(t)
	w.open()
	for role, kind := range []contract.Kind{contract.KindPeerAccept, contract.KindPeerSign} {
		s, e := meeting(t, w.parties[role], kind)
		late := contract.Clock{Now: s.Deadline, MTP: s.Clock.MTP, Height: s.Clock.Height}
		switch m := e.(type) { //nolint:gochecksumtype // the two kinds
		case contract.PeerAccept:
			m.Clock = late
			e = m
		case contract.PeerSign:
			m.Clock = late
			e = m
		}
		next, effects, err := contract.Step(s, e)
		if err != nil || next.Phase != contract.Aborted || count(effects, "StoreMessage", "VerifyPeer") != 0 {
			t.Errorf("%s: %s, %v, %v", kind, next.Phase, effects, err)
		}
	}
}

// A list that takes too long to verify comes too late as well.
func TestVerdictAfterTheDeadlineIsLate(t *testing.T) {
	w := newWorld(t)
	w.open()
	for _, p := range w.parties {
		s, e := meeting(t, p, contract.KindPeerVerified)
		verdict, ok := e.(contract.PeerVerified)
		if !ok || verdict.Code != 0 {
			t.Fatalf("%+v", e)
		}
		verdict.Now = s.Deadline
		next, effects, err := contract.Step(s, verdict)
		if err != nil || next.Phase != contract.Aborted || count(effects, "SignContract", "BroadcastTx") != 0 {
			t.Errorf("%s: %s, %v, %v", p.name, next.Phase, effects, err)
		}
	}
}

// While one sign is being verified another one is a conflict.
func TestSecondSignWhileTheFirstIsVerified(t *testing.T) {
	w := newWorld(t)
	w.open()
	a := w.parties[1]
	s, e := meeting(t, a, contract.KindPeerVerified)
	sign := a.disk.messages[s.Pending]
	m := as[*wire.Sign](t, sign)
	m.Extra = append(m.Extra, tlv.Record{Type: 1, Value: []byte{7}})
	next, effects, err := contract.Step(s, contract.PeerSign{Clock: s.Clock, Peer: s.Peer, Message: m.Encode()})
	if err != nil || next.Pending != s.Pending || len(effects) != 1 || effects[0].String() != "Send reject sign conflict" {
		t.Errorf("%v, %v", effects, err)
	}
	if next = check(t, next, e); next.Phase != contract.Broadcast {
		t.Errorf("in %s: the first does not stand", next.Phase)
	}
}

// A CET is sent when the median time past is past its locktime, not when it is
// that time.
func TestCETWaitsForTheMedianTime(t *testing.T) {
	w := active(t)
	w.offline()
	w.mineAt(maturity)
	w.attest(9, 0, 1)
	w.tick(121)
	w.want(contract.Attested)
	if n := len(w.chain.mempool); n != 0 {
		t.Fatalf("%d transactions at the locktime", n)
	}
	w.mineAt(w.now)
	w.want(contract.Settling)
}

// What a disconnected block held is not confirmed again by other blocks of its
// height.
func TestOtherBlocksDoNotConfirmWhatAReorgTook(t *testing.T) {
	w := attested(t, 9)
	w.offline()
	w.attest(9, 1)
	w.tick(121)
	w.mine(6)
	w.want(contract.Closed)
	s := w.parties[0].mem.state
	top := s.Clock
	down := func(s contract.State, to uint32) contract.State {
		for s.Clock.Height > to {
			clock := s.Clock
			clock.Height--
			s = check(t, s, contract.BlockDisconnected{Clock: clock})
		}
		return s
	}
	up := func(s contract.State) contract.State {
		for s.Clock.Height < top.Height+20 {
			clock := top
			clock.Height = s.Clock.Height + 1
			s = check(t, s, contract.BlockConnected{Clock: clock})
		}
		return s
	}
	if p := up(down(s, s.Spend.Height-1)).Phase; p != contract.Settling {
		t.Errorf("the spend was taken back, in %s", p)
	}
	if p := up(down(s, s.FundingAt.Height-1)).Phase; p != contract.Broadcast {
		t.Errorf("the funding was taken back, in %s", p)
	}
	w = newWorld(t)
	w.open()
	o := w.parties[0]
	o.note2(o.send(contract.UserWithdraw{Clock: o.clock()}))
	w.settle()
	w.mine(6)
	s = o.mem.state
	top = s.Clock
	if p := up(down(s, s.Conflicts[0].Height-1)).Phase; p != contract.Cancelling {
		t.Errorf("the cancel transaction was taken back, in %s", p)
	}
}

// The secret nonce dies with the process, and the attempt with it.
func TestRestartEndsACloseInProgress(t *testing.T) {
	w := active(t)
	o, a := w.parties[0], w.parties[1]
	o.note2(o.send(contract.UserClose{Clock: o.clock(), VO: 250_000, VA: 250_000, FeeRate: 3}))
	a.receive(w.wires[1][0])
	answer := w.wires[0][0]
	w.wires = [2][][]byte{}
	s := check(t, o.mem.state, contract.Restarted{Clock: o.clock()})
	if s.Session.Open() {
		t.Fatal("the attempt outlives its nonce")
	}
	next, effects, err := contract.Step(s, contract.PeerCloseAccept{Clock: o.clock(), Peer: a.node, Message: answer})
	if err != nil || count(effects, "AggregateClose") != 0 || next.Session.Open() {
		t.Errorf("%v, %v", effects, err)
	}
	if next.NextAttempt != 2 {
		t.Errorf("the next attempt is %d", next.NextAttempt)
	}
}

// What became due while the process was down is done at start.
func TestRestartDoesWhatIsDue(t *testing.T) {
	w := newWorld(t)
	upTo(t, w, contract.Accepter, wire.TypeSign)
	w.offline()
	w.now += 601
	for role, want := range []contract.Phase{contract.Cancelling, contract.Aborted} {
		p := w.parties[role]
		p.crash()
		if got := p.mem.state.Phase; got != want {
			t.Errorf("%s starts in %s", p.name, got)
		}
	}
	w = active(t)
	o := w.parties[0]
	clock := o.clock()
	clock.MTP, clock.Height = refundAt+1, clock.Height+100
	if p := check(t, o.mem.state, contract.Restarted{Clock: clock}).Phase; p != contract.Refunding {
		t.Errorf("starts in %s past the refund's time", p)
	}
}

// A number of an attempt is used once, whatever became of it.
func TestAttemptIsUsedOnce(t *testing.T) {
	w := active(t)
	a := w.parties[1]
	a.auto = false
	offer := wire.CloseOffer{
		ContractID: a.mem.state.ContractID, OffererValue: 200_000, AccepterValue: 300_000, FeeRate: 3,
		PubNonce: [66]byte(append(append([]byte{}, a.own.Internal[:]...), a.own.Contract[:]...)),
	}
	a.receive(offer.Encode())
	if !a.mem.state.Session.Open() {
		t.Fatal("no attempt")
	}
	offer.OffererValue, offer.AccepterValue = 100_000, 400_000
	a.receive(offer.Encode())
	if got := lastReject(t, a); got != wire.RejectConflict || a.mem.state.Session.Open() {
		t.Errorf("%s, open %t", got, a.mem.state.Session.Open())
	}
	offer.OffererValue, offer.AccepterValue = 150_000, 350_000
	a.receive(offer.Encode())
	if a.mem.state.Session.Open() {
		t.Error("the number is taken again")
	}
}

// Neither our worker nor the peer completes a close with another signature.
func TestClosesWithABadSignatureAreRefused(t *testing.T) {
	w := active(t)
	o, a := w.parties[0], w.parties[1]
	o.note2(o.send(contract.UserClose{Clock: o.clock(), VO: 250_000, VA: 250_000, FeeRate: 3}))
	w.settle()
	s, e := meeting(t, o, contract.KindCloseSigned)
	ready, ok := e.(contract.CloseSigned)
	if !ok {
		t.Fatalf("%+v", e)
	}
	tx := parse(t, ready.Tx)
	tx.TxIn[0].Witness[0] = bytes.Clone(tx.TxIn[0].Witness[0])
	tx.TxIn[0].Witness[0][40] ^= 1
	ready.Tx = serialize(t, tx, false)
	if _, effects, err := contract.Step(s, ready); !errors.Is(err, contract.ErrOwn) || len(effects) != 0 {
		t.Errorf("the worker's: %v, %v", effects, err)
	}
	s, e = meeting(t, a, contract.KindPeerCloseComplete)
	complete, ok := e.(contract.PeerCloseComplete)
	if !ok {
		t.Fatalf("%+v", e)
	}
	m := as[*wire.CloseComplete](t, complete.Message)
	m.Signature[40] ^= 1
	complete.Message = m.Encode()
	next, effects, err := contract.Step(s, complete)
	if err != nil || next.Claims[0].Signed || count(effects, "BroadcastTx") != 0 || count(effects, "Send reject close_complete bad_partial") != 1 {
		t.Errorf("the peer's: %v, %v", effects, err)
	}
}

// Witnesses of the accepter that are not valid are ignored: what we would
// broadcast with them nobody takes.
func TestFundedWithABadWitnessIsIgnored(t *testing.T) {
	w := newWorld(t)
	raw := upTo(t, w, contract.Offerer, wire.TypeFunded)
	o := w.parties[0]
	w.chain.mempool = nil
	m := as[*wire.Funded](t, raw)
	for _, change := range []func(*wire.Funded){
		func(m *wire.Funded) { m.Witnesses = nil },
		func(m *wire.Funded) { m.Witnesses[0][0] = bytes.Repeat([]byte{7}, 64) },
		func(m *wire.Funded) { m.SignHash[0] ^= 1 },
	} {
		bad := as[*wire.Funded](t, m.Encode())
		change(bad)
		from := len(o.seen)
		o.receive(bad.Encode())
		if len(o.broadcasts(from)) != 0 || o.mem.state.FundingComplete || o.mem.state.Phase != contract.Signed {
			t.Errorf("in %s, complete %t", o.mem.state.Phase, o.mem.state.FundingComplete)
		}
	}
	o.receive(raw)
	if o.mem.state.Phase != contract.Broadcast {
		t.Errorf("in %s after the good one", o.mem.state.Phase)
	}
}

// An accept that the worker made for another party than the approved one does
// not leave.
func TestOwnAcceptIsThatOfTheApprovedParty(t *testing.T) {
	w := newWorld(t)
	w.open()
	s, e := meeting(t, w.parties[1], contract.KindOwnSignaturesReady)
	ready := readyOf(t, e)
	for name, change := range map[string]func(*wire.Accept){
		"change": func(m *wire.Accept) { m.Party.Change = m.Party.Payout },
		"serial": func(m *wire.Accept) { m.Party.ChangeSerial++ },
		"offer":  func(m *wire.Accept) { m.OfferHash[0] ^= 1 },
	} {
		m := as[*wire.Accept](t, ready.Message)
		change(m)
		bad := ready
		bad.Message = m.Encode()
		if _, effects, err := contract.Step(s, bad); !errors.Is(err, contract.ErrOwn) || len(effects) != 0 {
			t.Errorf("another %s: %v, %v", name, effects, err)
		}
	}
}

// A CET of another payout than the attested one does not leave, though its
// signatures are good.
func TestOwnCETPaysWhatWasAttested(t *testing.T) {
	w := attested(t, 9)
	w.offline()
	w.parties[0].noCET = true
	w.attest(9, 1)
	w.tick(121)
	o := w.parties[0]
	for name, raw := range map[string][]byte{
		"another payout": serialize(t, o.cetOf(4, 0, 2), false),
		"no signatures":  serialize(t, o.cetOf(9, 0, 1), true),
		"a refund":       serialize(t, dealOf(t, o.mem.state).Contract.Settlement.Refund(), false),
	} {
		if err := o.send(contract.CETReady{Clock: o.clock(), Tx: raw}); !errors.Is(err, contract.ErrOwn) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(o.mem.state.CET) != 0 {
		t.Error("it is kept")
	}
}

// Nobody talks about a close of an output that is being spent, or of a contract
// of which a side pays a vault.
func TestNoCloseOfWhatIsSpentOrBridged(t *testing.T) {
	w := attested(t, 9)
	w.offline()
	w.attest(9, 1)
	w.tick(121)
	w.want(contract.Settling)
	o := w.parties[0]
	spent := o.mem.state
	spent.Session = contract.Session{} // its own proposal apart
	if spent.Spend.Kind == contract.NotSpent {
		t.Fatal("the CET is not seen")
	}
	bridged := active(t).parties[0].mem.state
	bridged.Bridged = true
	vo, va := uint64(300_000), uint64(200_000)
	settle := wire.CloseOffer{
		ContractID: spent.ContractID, Attempt: 1, Kind: wire.CloseSettle, OffererValue: amount(vo), AccepterValue: amount(va), FeeRate: 3,
		PubNonce: [66]byte(append(append([]byte{}, o.own.Internal[:]...), o.own.Contract[:]...)),
	}
	for name, s := range map[string]contract.State{"spent": spent, "bridged": bridged} {
		next, effects, err := contract.Step(s, contract.PeerCloseOffer{Clock: s.Clock, Peer: s.Peer, Estimate: 3, Message: settle.Encode()})
		if err != nil || len(next.Claims) != 0 || next.Session.Open() != s.Session.Open() || count(effects, "AnswerClose") != 0 {
			t.Errorf("%s: %v, %v", name, effects, err)
		}
		if _, _, err := contract.Step(s, contract.UserClose{Clock: s.Clock, VO: vo, VA: va, FeeRate: 3}); !errors.Is(err, contract.ErrIllegal) {
			t.Errorf("%s: proposed: %v", name, err)
		}
	}
	for o := range 2 {
		bridged, _, _ = contract.Step(bridged, contract.AttestationReceived{Clock: bridged.Clock, Message: attestation(o, 9)})
	}
	if bridged.Phase != contract.Attested || bridged.Session.Open() {
		t.Errorf("a bridged contract proposes its settlement in %s", bridged.Phase)
	}
}

// A cancel input that is not signed, or a voiding transaction that does not
// spend it, would leave the proposer its free option.
func TestCancelInputAndVoidAreChecked(t *testing.T) {
	w := active(t)
	o, a := w.parties[0], w.parties[1]
	a.auto = false
	o.note2(o.send(contract.UserClose{Clock: o.clock(), VO: 200_000, VA: 300_000, FeeRate: 3}))
	w.settle()
	a.withCancelInput(t)
	attempt := a.mem.state.Session.Attempt
	good := *a.cancelIn
	twistedInput := good
	twistedInput.Witness = [][]byte{bytes.Repeat([]byte{9}, 64)}
	unsigned := parse(t, a.void)
	unsigned.TxIn[0].Witness = [][]byte{bytes.Repeat([]byte{9}, 64)}
	elsewhere := parse(t, a.void)
	elsewhere.TxIn[0].PreviousOutPoint = o.coin
	for name, e := range map[string]contract.UserApproveClose{
		"input not signed": {Cancel: &twistedInput, Void: a.void},
		"no void":          {Cancel: &good},
		"void not signed":  {Cancel: &good, Void: serialize(t, unsigned, false)},
		"void of another":  {Cancel: &good, Void: serialize(t, elsewhere, false)},
	} {
		e.Clock, e.Attempt = a.clock(), attempt
		next, effects, err := contract.Step(a.mem.state, e)
		if !errors.Is(err, contract.ErrOwn) || len(next.Claims) != 0 || len(effects) != 0 {
			t.Errorf("%s: %v, %v", name, effects, err)
		}
	}
	if err := a.send(contract.UserApproveClose{Clock: a.clock(), Attempt: attempt, Cancel: &good, Void: a.void}); err != nil {
		t.Errorf("the good one: %v", err)
	}
}

// Once there is a CET the refund that was sent before is not sent again.
func TestRefundIsNotRepeatedBesideTheCET(t *testing.T) {
	w := attested(t, 9)
	w.offline()
	w.mineAt(refundAt + 1)
	w.want(contract.Refunding)
	o := w.parties[0]
	refund := parse(t, o.mem.state.Refund)
	w.chain.mempool = nil
	o.look()
	from := len(o.seen)
	w.emptyBlock()
	if !has(o.broadcasts(from), refund) {
		t.Fatal("the refund is not sent again while nothing is attested")
	}
	w.chain.mempool = nil
	o.look()
	w.attest(9, 1)
	w.chain.mempool = nil
	o.look()
	from = len(o.seen)
	w.emptyBlock()
	if all := o.broadcasts(from); has(all, refund) || !has(all, o.cetOf(9, 0, 1)) {
		t.Errorf("refund sent %t, CET %t", has(all, refund), has(all, o.cetOf(9, 0, 1)))
	}
}

// Terms that do not follow from order and take are refused, whatever they are.
func TestTermsHaveToBeThoseOfTheOrder(t *testing.T) {
	for name, change := range map[string]func(*payout.Terms){
		"rate":     func(p *payout.Terms) { p.K = 7 },
		"floor":    func(p *payout.Terms) { p.F = 3 },
		"cap":      func(p *payout.Terms) { p.C = 11 },
		"notional": func(p *payout.Terms) { p.Notional += 100 },
		"bucket":   func(p *payout.Terms) { p.Bucket = 0 },
	} {
		w := newWorld(t)
		answerOrder(t, w, func(*order.Quote) {})
		o := offerOf(t, w)
		terms := testTerms(payout.Long)
		change(&terms)
		o.Terms, o.InfoHash, o.Party.Collateral = terms.Encode(), infoHash(t, terms), amount(terms.LongLock())
		if _, err := contract.CheckOffer(o.Encode(), w.parties[1].clock(), testParams(), w.parties[1].facts); contract.CodeOf(err) != wire.RejectQuoteMismatch {
			t.Errorf("another %s: %v", name, err)
		}
	}
}

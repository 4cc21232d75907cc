package contract_test

import (
	"errors"
	"math"
	"testing"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/wire"
)

func TestClosesAreJudged(t *testing.T) {
	base := wire.CloseOffer{Attempt: 1, OffererValue: 200_000, AccepterValue: 300_000, FeeRate: 3, PubNonce: [66]byte{2}}
	w := active(t)
	o := w.parties[0]
	base.ContractID = o.mem.state.ContractID
	judge := func(s contract.State, change func(*wire.CloseOffer)) wire.RejectCode {
		m := base
		change(&m)
		_, effects, err := contract.Step(s, contract.PeerCloseOffer{Clock: o.clock(), Peer: o.peer().node, Estimate: 4, Message: m.Encode()})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range effects {
			if send, ok := e.(contract.Send); ok {
				return as[*wire.Reject](t, send.Data).Code
			}
		}
		return 0
	}
	same := func(*wire.CloseOffer) {}
	s := o.mem.state
	if code := judge(s, same); code != 0 {
		t.Fatalf("a good close: %s", code)
	}
	for name, c := range map[string]struct {
		code   wire.RejectCode
		change func(*wire.CloseOffer)
	}{
		"contract":     {wire.RejectUnknownContract, func(m *wire.CloseOffer) { m.ContractID[0] ^= 1 }},
		"sum":          {wire.RejectBadClose, func(m *wire.CloseOffer) { m.OffererValue++ }},
		"overflow":     {wire.RejectBadClose, func(m *wire.CloseOffer) { m.OffererValue = 21e14 }},
		"parity":       {wire.RejectBadClose, func(m *wire.CloseOffer) { m.Attempt = 2 }},
		"last attempt": {wire.RejectBadClose, func(m *wire.CloseOffer) { m.Attempt = math.MaxUint32 }},
		"low fee":      {wire.RejectBadFee, func(m *wire.CloseOffer) { m.FeeRate = 1 }},
		"high fee":     {wire.RejectBadFee, func(m *wire.CloseOffer) { m.FeeRate = 9 }},
		"settle early": {wire.RejectOutOfOrder, func(m *wire.CloseOffer) { m.Kind = wire.CloseSettle }},
	} {
		if code := judge(s, c.change); code != c.code {
			t.Errorf("%s: %s, want %s", name, code, c.code)
		}
	}
	bridged := s
	bridged.Bridged = true
	if code := judge(bridged, same); code != wire.RejectBadClose {
		t.Errorf("bridged: %s", code)
	}
	used := s
	used.PeerAttempt = 3
	if code := judge(used, same); code != wire.RejectConflict {
		t.Errorf("attempt used: %s", code)
	}
	busy := s
	busy.CloseTimes = []int64{w.now, w.now, w.now, w.now, w.now - 59}
	if code := judge(busy, same); code != wire.RejectRateLimited {
		t.Errorf("rate: %s", code)
	}
	full := s
	full.Claims = make([]contract.Claim, 16)
	if code := judge(full, same); code != wire.RejectLimit {
		t.Errorf("claims: %s", code)
	}
	attested := s
	attested.Attestations = []contract.Attestation{{Outcome: 9}}
	if code := judge(attested, same); code != wire.RejectBadClose {
		t.Errorf("exit after an attestation: %s", code)
	}
	attested.Phase = contract.Attested
	attested.Attestations = append(attested.Attestations, contract.Attestation{Oracle: 1, Outcome: 9})
	if code := judge(attested, func(m *wire.CloseOffer) { m.Kind = wire.CloseSettle }); code != wire.RejectBadClose {
		t.Errorf("settle at another payout: %s", code)
	}
	if code := judge(newWorld(t).parties[0].mem.state, same); code != wire.RejectUnknownContract {
		t.Errorf("no contract: %s", code)
	}
}

// A user who has thought better of a price, or whose proposal was lost, proposes
// again; one whom the peer asks answers first; and what was agreed and is not
// completed does not stand in the way of another price.
func TestProposalsReplaceEachOther(t *testing.T) {
	w := active(t)
	o, a := w.parties[0], w.parties[1]
	a.auto = false
	propose := func(p *party, vo uint64) error {
		return p.send(contract.UserClose{Clock: p.clock(), VO: vo, VA: 500_000 - vo, FeeRate: 3})
	}
	o.note2(propose(o, 200_000))
	w.settle()
	first := a.mem.state.Session
	o.note2(propose(o, 210_000))
	w.settle()
	second := a.mem.state.Session
	if second.Attempt <= first.Attempt || second.VO != 210_000 || o.mem.state.Session.Attempt != second.Attempt {
		t.Errorf("the second proposal is %+v after %+v", second, first)
	}
	if err := propose(a, 1_000); !errors.Is(err, contract.ErrIllegal) {
		t.Errorf("proposed while the peer waits for an answer: %v", err)
	}
	if err := a.send(contract.UserApproveClose{Clock: a.clock(), Attempt: first.Attempt}); !errors.Is(err, contract.ErrIllegal) {
		t.Errorf("approved what was replaced: %v", err)
	}
	o.online = false
	if err := a.send(contract.UserApproveClose{Clock: a.clock(), Attempt: second.Attempt}); err != nil {
		t.Fatal(err)
	}
	if err := propose(a, 1_000); err != nil {
		t.Errorf("what the peer does not complete stands in the way: %v", err)
	}
	if len(a.mem.state.Claims) != 1 || !a.mem.state.Session.Own {
		t.Errorf("claims %v, session %+v", a.mem.state.Claims, a.mem.state.Session)
	}
}

func TestCloseSessionsEnd(t *testing.T) {
	w := active(t)
	o, a := w.parties[0], w.parties[1]
	a.auto = false
	propose := func() {
		if err := o.send(contract.UserClose{Clock: o.clock(), VO: 200_000, VA: 300_000, FeeRate: 3}); err != nil {
			t.Fatal(err)
		}
		w.settle()
	}
	propose()
	attempt := a.mem.state.Session.Attempt
	for _, err := range []error{
		a.send(contract.UserDeclineClose{Clock: a.clock(), Attempt: attempt + 2}),
		a.send(contract.UserApproveClose{Clock: a.clock(), Attempt: attempt + 2}),
		o.send(contract.UserClose{Clock: o.clock(), VO: 1, VA: 2, FeeRate: 3}),
		a.send(contract.UserApproveClose{Clock: a.clock(), Attempt: attempt, Cancel: &wire.CancelInput{}}),
	} {
		if !errors.Is(err, contract.ErrIllegal) && !errors.Is(err, contract.ErrOwn) {
			t.Errorf("got %v", err)
		}
	}
	if err := a.send(contract.UserDeclineClose{Clock: a.clock(), Attempt: attempt}); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if a.mem.state.Session.Open() || lastReject(t, a) != wire.RejectDeclined {
		t.Error("declined close stays open")
	}
	if o.mem.state.Session.Open() {
		t.Error("declined close stays open for who proposed it")
	}
	// A late answer is out of order.
	late := wire.CloseAccept{ContractID: o.mem.state.ContractID, Attempt: 98}
	late.PubNonce = [66]byte(append(append([]byte{}, o.own.Internal[:]...), o.own.Contract[:]...))
	o.receive(late.Encode())
	if got := lastReject(t, o); got != wire.RejectOutOfOrder {
		t.Errorf("late close_accept: %s", got)
	}
	complete := wire.CloseComplete{ContractID: o.mem.state.ContractID, Attempt: 98}
	o.receive(complete.Encode())
	if got := lastReject(t, o); got != wire.RejectOutOfOrder {
		t.Errorf("unknown close_complete: %s", got)
	}
	// A partial signature that is wrong ends the attempt.
	propose()
	session := a.mem.state.Session
	bad := late
	bad.Attempt = session.Attempt
	o.receive(bad.Encode())
	if got := lastReject(t, o); got != wire.RejectBadPartial || o.mem.state.Session.Open() {
		t.Errorf("bad partial: %s", got)
	}
	// Of two answers to one attempt neither is used.
	s := o.mem.state
	s.Session = contract.Session{Attempt: session.Attempt, Own: true, Answered: true, FeeRate: 3, Message: late.Encode()}
	next, effects, err := contract.Step(s, contract.PeerCloseAccept{Clock: o.clock(), Peer: a.node, Message: bad.Encode()})
	if err != nil || next.Session.Open() || len(effects) != 2 {
		t.Errorf("second answer: %v, %v", effects, err)
	}
	// An attestation ends an exit.
	w.tick(61)
	propose()
	w.attest(9, 0)
	if o.mem.state.Session.Open() || a.mem.state.Session.Open() {
		t.Error("an exit outlives an attestation")
	}
	if err := o.send(contract.UserClose{Clock: o.clock(), VO: 200_000, VA: 300_000, FeeRate: 3}); !errors.Is(err, contract.ErrIllegal) {
		t.Errorf("an exit after an attestation: %v", err)
	}
}

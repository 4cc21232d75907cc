package contract_test

import (
	"bytes"
	"fmt"
	"testing"

	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/wire"
)

func TestBadAcceptDropsTheContract(t *testing.T) {
	for name, c := range map[string]struct {
		code   wire.RejectCode
		change func(*world, *wire.Accept)
	}{
		"offer hash":       {wire.RejectConflict, func(_ *world, m *wire.Accept) { m.OfferHash[0] ^= 1 }},
		"temp id":          {wire.RejectUnknownContract, func(_ *world, m *wire.Accept) { m.TempID[0] ^= 1 }},
		"collateral":       {wire.RejectBadCollateral, func(_ *world, m *wire.Accept) { m.Party.Collateral++ }},
		"keys":             {wire.RejectBadKeys, func(w *world, m *wire.Accept) { m.Party.Internal = w.parties[0].own.Contract }},
		"script":           {wire.RejectBadScript, func(w *world, m *wire.Accept) { m.Party.Payout = w.parties[0].own.Payout }},
		"serial":           {wire.RejectBadSerial, func(w *world, m *wire.Accept) { m.Party.PayoutSerial = w.parties[0].own.PayoutSerial }},
		"input":            {wire.RejectBadInput, func(w *world, m *wire.Accept) { m.Party.Inputs[0].PrevTx = w.parties[0].own.Inputs[0].PrevTx }},
		"input spent":      {wire.RejectBadInput, func(w *world, _ *wire.Accept) { w.parties[0].facts.Unavailable = []btcwire.OutPoint{w.parties[1].coin} }},
		"refund signature": {wire.RejectBadRefundSig, func(_ *world, m *wire.Accept) { m.Refund[9] ^= 1 }},
		"list short":       {wire.RejectBadCETSig, func(_ *world, m *wire.Accept) { m.List = make([]byte, 4) }},
		"one signature":    {wire.RejectBadCETSig, func(_ *world, m *wire.Accept) { m.List = bytes.Clone(m.List); m.List[4+64*7+40] ^= 1 }},
		"late":             {wire.RejectExpired, func(w *world, _ *wire.Accept) { w.now = opening + 500 }},
		"event past": {wire.RejectEventPast, func(w *world, _ *wire.Accept) {
			o := w.parties[0]
			o.note2(o.send(contract.AttestationReceived{Clock: o.clock(), Message: attestation(2, 1)}))
		}},
	} {
		w := newWorld(t)
		raw := upTo(t, w, contract.Offerer, wire.TypeAccept)
		m := as[*wire.Accept](t, raw)
		c.change(w, m)
		o := w.parties[0]
		o.receive(m.Encode())
		o.drain()
		if got := lastReject(t, o); o.mem.state.Phase != contract.Aborted || got != c.code {
			t.Errorf("%s: %s with %s, want %s", name, o.mem.state.Phase, got, c.code)
		}
		if len(o.disk.reserved) != 0 {
			t.Errorf("%s: inputs stay reserved", name)
		}
	}
}

func TestBadSignDropsTheContract(t *testing.T) {
	for name, c := range map[string]struct {
		code   wire.RejectCode
		change func(*world, *wire.Sign)
	}{
		"accept hash":      {wire.RejectConflict, func(_ *world, m *wire.Sign) { m.AcceptHash[0] ^= 1 }},
		"contract id":      {wire.RejectUnknownContract, func(_ *world, m *wire.Sign) { m.ContractID[0] ^= 1 }},
		"refund signature": {wire.RejectBadRefundSig, func(_ *world, m *wire.Sign) { m.Refund[40] ^= 1 }},
		"no witness":       {wire.RejectBadWitness, func(_ *world, m *wire.Sign) { m.Witnesses = nil }},
		"witness":          {wire.RejectBadWitness, func(_ *world, m *wire.Sign) { m.Witnesses[0][0][3] ^= 1 }},
		"long signature":   {wire.RejectBadWitness, func(_ *world, m *wire.Sign) { m.Witnesses[0][0] = append(m.Witnesses[0][0], 1) }},
		"one signature":    {wire.RejectBadCETSig, func(_ *world, m *wire.Sign) { m.List = bytes.Clone(m.List); m.List[4+64*17] ^= 1 }},
		"late":             {wire.RejectExpired, func(w *world, _ *wire.Sign) { w.now += 300 }},
		"event past": {wire.RejectEventPast, func(w *world, _ *wire.Sign) {
			a := w.parties[1]
			a.note2(a.send(contract.AttestationReceived{Clock: a.clock(), Message: attestation(2, 1)}))
		}},
	} {
		w := newWorld(t)
		raw := upTo(t, w, contract.Accepter, wire.TypeSign)
		m := as[*wire.Sign](t, raw)
		c.change(w, m)
		a := w.parties[1]
		a.receive(m.Encode())
		a.drain()
		if got := lastReject(t, a); a.mem.state.Phase != contract.Aborted || got != c.code {
			t.Errorf("%s: %s with %s, want %s", name, a.mem.state.Phase, got, c.code)
		}
		if len(w.chain.mempool) != 0 || len(a.disk.reserved) != 0 {
			t.Errorf("%s: something of ours is out", name)
		}
	}
}

func TestDuplicatesConflictsAndWrongStates(t *testing.T) {
	w := newWorld(t)
	upTo(t, w, contract.Accepter, wire.TypeSign)
	o, a := w.parties[0], w.parties[1]
	offer, accept, sign := w.past[1][0], w.past[0][0], w.past[1][1]
	// The same bytes again.
	count := func(role contract.Role) int { return len(w.past[role]) }
	before := count(0)
	a.receive(offer)
	a.drain()
	if count(0) != before+1 || !bytes.Equal(w.past[0][before], accept) {
		t.Error("offer again: accept is not sent again")
	}
	before = count(1)
	o.receive(accept)
	o.drain()
	if count(1) != before+1 || !bytes.Equal(w.past[1][before], sign) {
		t.Error("accept again: sign is not sent again")
	}
	// Other bytes of the same identity.
	other := func(raw []byte) []byte {
		m, err := wire.Decode(raw)
		switch m := must(t, m, err).(type) { //nolint:gochecksumtype // only these are sent here
		case *wire.Offer:
			m.FundFeeRate++
			return m.Encode()
		case *wire.Accept:
			m.Refund[0] ^= 1
			return m.Encode()
		case *wire.Sign:
			m.Refund[0] ^= 1
			return m.Encode()
		case *wire.Funded:
			m.Witnesses[0][0][0] ^= 1
			return m.Encode()
		}
		return nil
	}
	for _, c := range []struct {
		to  *party
		raw []byte
	}{{a, offer}, {o, accept}} {
		c.to.receive(other(c.raw))
		if got := lastReject(t, c.to); got != wire.RejectConflict {
			t.Errorf("other bytes: %s", got)
		}
	}
	w.settle()
	w.want(contract.Broadcast)
	funded := w.past[0][len(w.past[0])-1]
	before = count(0)
	a.receive(sign)
	a.drain()
	if count(0) != before+1 || !bytes.Equal(w.past[0][before], funded) {
		t.Error("sign again: funded is not sent again")
	}
	a.receive(other(sign))
	if got := lastReject(t, a); got != wire.RejectConflict {
		t.Errorf("other sign: %s", got)
	}
	seen := len(o.seen)
	o.receive(other(funded))
	o.receive(funded)
	if len(o.seen) != seen {
		t.Error("funded again does something")
	}
	// Messages of the other role, and for a contract that does not exist.
	for _, e := range []contract.Event{
		contract.PeerAccept{Clock: a.clock(), Peer: o.node, Message: accept[:len(accept)-1]},
		contract.PeerSign{Clock: a.clock(), Peer: a.node, Message: sign},
	} {
		_, effects, err := contract.Step(contract.State{}, e)
		if err != nil || len(effects) != 1 || effects[0].String() != fmt.Sprintf("Send reject %s unknown_contract", map[contract.Kind]string{
			contract.KindPeerAccept: "accept", contract.KindPeerSign: "sign",
		}[contract.KindOf(e)]) {
			t.Errorf("%s: %v, %v", contract.KindOf(e), effects, err)
		}
	}
	// A foreign peer's message never touches the contract.
	next, effects, err := contract.Step(o.mem.state, contract.PeerFunded{Clock: o.clock(), Peer: [33]byte{9}, Message: funded})
	if err != nil || len(effects) != 1 || next.Phase != o.mem.state.Phase || fmt.Sprint(effects[0]) != "Send reject funded unknown_contract" {
		t.Errorf("foreign peer: %v, %v", effects, err)
	}
}

func TestAbortedContractAnswersExpired(t *testing.T) {
	w := newWorld(t)
	sign := upTo(t, w, contract.Accepter, wire.TypeSign)
	a := w.parties[1]
	a.note2(a.send(contract.OwnFailure{Clock: a.clock(), Code: wire.RejectUnavailable}))
	if got := lastReject(t, a); got != wire.RejectUnavailable || a.mem.state.Phase != contract.Aborted {
		t.Fatalf("in %s after a failure, with %s", a.mem.state.Phase, got)
	}
	a.receive(sign)
	if got := lastReject(t, a); got != wire.RejectExpired {
		t.Errorf("sign after Aborted: %s", got)
	}
	seen := len(a.seen)
	a.receive(w.offer)
	if e := a.seen[len(a.seen)-1]; len(a.seen) != seen+1 || e.String() != "Send reject sign unavailable" {
		t.Errorf("offer again: %s", e)
	}
	a.note2(a.send(contract.PeerResume{Clock: a.clock(), Peer: a.peer().node}))
	if got := lastReject(t, a); got != wire.RejectExpired {
		t.Errorf("resume: %s", got)
	}
	if err := a.send(contract.OwnFailure{Clock: a.clock()}); err != nil || len(a.seen) != seen+2 {
		t.Errorf("a second failure does something: %v", err)
	}
}

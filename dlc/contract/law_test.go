package contract_test

import (
	"bytes"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/wire"
)

// finish plays the rest of a contract's life with time, blocks and oracles
// until both parties are done.
func (w *world) finish(outcome uint64) {
	for _, p := range w.parties {
		p.online, p.plan = true, nil
	}
	w.settle()
	w.mine(2)
	w.tick(700)
	w.mine(7)
	w.mineAt(maturity + 10)
	w.attest(outcome, 0, 1)
	w.tick(200)
	w.mine(8)
	w.mineAt(refundAt + 1)
	w.mine(8)
}

// checkWealth fails if poorer finds fault.
func (w *world) checkWealth(t tester, long int64) {
	t.Helper()
	if fault := w.poorer(long); fault != "" {
		t.Fatalf("%s", fault)
	}
}

// poorer says which honest party ends below its worst legal outcome, or not at
// all: its coins back less the fee of a cancel, or the attested payout, less
// the fees of the funding; a close costs the surplus of its own fee besides.
func (w *world) poorer(long int64) string {
	money := w.wealth()
	for role, p := range w.parties {
		phase := p.mem.state.Phase
		if phase == contract.New && p.mem.state.OfferHash == [32]byte{} {
			phase = contract.Aborted
		}
		due := int64(start)
		switch phase { //nolint:exhaustive // the life must end in one of these
		case contract.Aborted:
			due -= 6000 // the cancel transaction, which outbids the funding
		case contract.Closed:
			if role == 0 {
				due += long - 200_000
			} else {
				due += 200_000 - long
			}
			due -= 3000
		default:
			return fmt.Sprintf("%s ends in %s", p.name, phase)
		}
		if money[role] < due {
			return fmt.Sprintf("%s ends in %s with %d, at least %d is due", p.name, phase, money[role], due)
		}
		if len(p.disk.outbox) != 0 {
			return p.name + " leaves effects undone"
		}
	}
	return ""
}

// Messages may arrive in any order, twice, late or never; nobody loses money.
func TestAnyOrderOfMessagesIsSafe(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := newWorld(r)
		w.begin()
		for range rapid.IntRange(0, 6).Draw(r, "length") {
			for _, p := range w.parties {
				p.drain()
				p.look()
				p.drain()
			}
			role := rapid.IntRange(0, 1).Draw(r, "to")
			switch rapid.IntRange(0, 6).Draw(r, "what") {
			case 0, 1, 2: // the next message, or one further behind
				if n := len(w.wires[role]); n > 0 {
					at := rapid.IntRange(0, n-1).Draw(r, "at")
					raw := w.wires[role][at]
					w.wires[role] = append(append([][]byte{}, w.wires[role][:at]...), w.wires[role][at+1:]...)
					w.parties[role].receive(raw)
				}
			case 3: // one that was sent before
				if n := len(w.past[role]); n > 0 {
					w.parties[role].receive(w.past[role][rapid.IntRange(0, n-1).Draw(r, "at")])
				}
			case 4: // one that the party sent itself
				if n := len(w.past[1-role]); n > 0 {
					w.parties[role].receive(w.past[1-role][rapid.IntRange(0, n-1).Draw(r, "at")])
				}
			case 5: // a cut
				w.offline()
				w.reconnect()
			case 6: // a reject of anything
				m := wire.Reject{
					ID:      w.parties[0].mem.state.TempID,
					Refused: rapid.SampledFrom([]wire.Type{wire.TypeOffer, wire.TypeAccept, wire.TypeSign, wire.TypeFunded}).Draw(r, "type"),
					Code:    wire.RejectCode(rapid.Uint16Range(1, 30).Draw(r, "code")),
				}
				w.parties[role].receive(m.Encode())
			}
		}
		w.finish(9)
		w.checkWealth(r, 300_000)
	})
}

// Every effect may be done twice: the two worlds stay the same to the byte.
func TestEffectsAreIdempotent(t *testing.T) {
	run := func(twice bool) [2][]byte {
		w := newWorld(t)
		for _, p := range w.parties {
			p.twice = twice
		}
		w.open()
		w.offline()
		w.mine(3)
		w.mineAt(maturity + 10)
		w.attest(9, 0, 1)
		w.tick(121)
		w.mine(6)
		w.want(contract.Closed)
		var out [2][]byte
		for i, p := range w.parties {
			s := p.mem.state
			s.Seq = 0 // repeated messages are answered again
			raw, err := s.Encode()
			out[i] = must(t, raw, err)
		}
		return out
	}
	if once, twice := run(false), run(true); !bytes.Equal(once[0], twice[0]) || !bytes.Equal(once[1], twice[1]) {
		t.Fatal("doing effects twice ends in another state")
	}
}

// The same event on the same state gives the same state and effects.
func TestStepIsDeterministic(t *testing.T) {
	w := active(t)
	w.mineAt(maturity + 10)
	p := w.parties[0]
	for _, e := range []contract.Event{
		contract.AttestationReceived{Clock: p.clock(), Message: attestation(1, 4)},
		contract.BlockDisconnected{Clock: contract.Clock{Height: 1001}},
		contract.Restarted{Clock: p.clock()},
		contract.UserClose{Clock: p.clock(), VO: 1, VA: 499_999, FeeRate: 3},
	} {
		s1, e1, err1 := contract.Step(p.mem.state, e)
		s2, e2, err2 := contract.Step(p.mem.state, e)
		r1, _ := s1.Encode()
		r2, _ := s2.Encode()
		if !bytes.Equal(r1, r2) || len(e1) != len(e2) || (err1 == nil) != (err2 == nil) {
			t.Fatalf("%s is not deterministic", contract.KindOf(e))
		}
		for i := range e1 {
			if e1[i].ID() != e2[i].ID() || e1[i].String() != e2[i].String() {
				t.Fatalf("effect %d differs", i)
			}
		}
	}
}

// Every transaction in the chain pays out what it takes in, less its fee: the
// simulated chain refuses others, so the sum over all coins tells.
func TestSumOfOutputsAndFeesIsThatOfTheInputs(t *testing.T) {
	w := attested(t, 9)
	w.offline()
	w.attest(9, 1)
	w.tick(121)
	w.mine(6)
	w.want(contract.Closed)
	w.expect(300_000, 200_000)
	money, f := w.wealth(), w.fees()
	if money[0]+money[1]+f[0]+f[1] != 2*start {
		t.Fatalf("%d and %d, with fees %d and %d", money[0], money[1], f[0], f[1])
	}
}

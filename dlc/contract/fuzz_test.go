package contract_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"sync"
	"testing"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/internal/testkit"
)

// lived returns the states and events of both roles over several lives, which
// are played once.
func lived(t tester) ([]contract.State, []contract.Event) {
	t.Helper()
	play.Do(func() { livedStates, livedEvents = live(t) })
	return livedStates, livedEvents
}

var (
	play        sync.Once
	livedStates []contract.State
	livedEvents []contract.Event
)

func live(t tester) (states []contract.State, events []contract.Event) {
	t.Helper()
	collect := func(w *world) {
		for _, p := range w.parties {
			states, events = append(states, p.states...), append(events, p.events...)
			states = append(states, p.mem.state)
		}
	}
	w := attested(t, 9)
	w.attest(9, 1)
	w.mine(6)
	collect(w)
	w = active(t)
	w.parties[1].note2(w.parties[1].send(contract.UserClose{Clock: w.parties[1].clock(), VO: 1000, VA: 499_000, FeeRate: 3}))
	w.settle()
	w.reorg(1, false)
	w.mine(1)
	collect(w)
	w = attested(t, 9)
	w.offline()
	w.attest(9, 2)
	w.tick(130)
	w.mine(1)
	collect(w)
	w = newWorld(t)
	w.open()
	o := w.parties[0]
	o.note2(o.send(contract.UserWithdraw{Clock: o.clock()}))
	w.settle()
	w.mine(7)
	collect(w)
	w = active(t)
	w.mineAt(refundAt + 1)
	w.mine(6)
	collect(w)
	return states, events
}

// check applies an event and fails on anything that must never happen.
func check(t tester, s contract.State, e contract.Event) contract.State {
	t.Helper()
	old, err := s.Encode()
	must(t, old, err)
	next, effects, err := contract.Step(s, e)
	again, encodeErr := s.Encode()
	if !bytes.Equal(must(t, again, encodeErr), old) {
		t.Fatalf("%s changed its input", contract.KindOf(e))
	}
	if errors.Is(err, contract.ErrTable) {
		t.Fatalf("%s in %s: %v", contract.KindOf(e), s.Phase, err)
	}
	record, encodeErr := next.Encode()
	must(t, record, encodeErr)
	if err != nil {
		if len(effects) != 0 || !bytes.Equal(record, old) {
			t.Fatalf("%s failed and did something", contract.KindOf(e))
		}
		return s
	}
	decoded, decodeErr := contract.DecodeState(record)
	again, encodeErr = must(t, decoded, decodeErr).Encode()
	if !bytes.Equal(must(t, again, encodeErr), record) {
		t.Fatalf("the state after %s does not round-trip", contract.KindOf(e))
	}
	checkEffects(t, s, next, effects)
	return next
}

// checkEffects checks what is true of the effects of every step.
func checkEffects(t tester, old, next contract.State, effects []contract.Effect) {
	t.Helper()
	for i, e := range effects {
		if e.ID() != old.Seq+uint64(i) || next.Seq != old.Seq+uint64(len(effects)) {
			t.Fatalf("effect %d has id %d after %d", i, e.ID(), old.Seq)
		}
		raw, err := contract.EncodeEffect(e)
		if e.Class() == contract.Volatile {
			if !errors.Is(err, contract.ErrRecord) {
				t.Fatalf("%s has a record", e)
			}
			continue
		}
		decoded, decodeErr := contract.DecodeEffect(must(t, raw, err))
		again, err := contract.EncodeEffect(must(t, decoded, decodeErr))
		if !bytes.Equal(must(t, again, err), raw) || decoded.String() != e.String() || decoded.ID() != e.ID() {
			t.Fatalf("%s does not round-trip", e)
		}
		b, ok := e.(contract.BroadcastTx)
		if !ok || len(next.Offer) == 0 {
			continue
		}
		tx := parse(t, b.Tx)
		funding := dealOf(t, next).Contract.Funding.OutPoint()
		if tx.TxIn[0].PreviousOutPoint == funding && next.FundingDepth() == 0 {
			t.Fatalf("a spend of an unconfirmed funding output is broadcast in %s", next.Phase)
		}
		if tx.LockTime != 0 && next.Clock.MTP <= int64(tx.LockTime) && next.Spend.Kind == contract.NotSpent {
			t.Fatalf("a transaction is broadcast before its locktime in %s", next.Phase)
		}
	}
}

// Any event that ever was may come in any state that ever was.
func TestAnyEventInAnyState(t *testing.T) {
	states, events := lived(t)
	seen := map[[3]uint64]bool{}
	variants := 5
	if raced {
		variants = 1
	}
	for i, s := range states {
		for j, e := range events {
			key := [3]uint64{uint64(s.Phase)<<8 | uint64(s.Role), uint64(contract.KindOf(e)), uint64((i*7 + j) % variants)}
			if !seen[key] {
				seen[key] = true
				check(t, s, e)
			}
		}
	}
}

func FuzzStep(f *testing.F) {
	states, events := lived(f)
	for i := range 24 {
		f.Add(uint16(i*13), uint16(i*29), uint32(i), byte(i), int64(i*600))
	}
	f.Fuzz(func(t *testing.T, state, event uint16, at uint32, flip byte, later int64) {
		s := states[int(state)%len(states)]
		e := mutate(events[int(event)%len(events)], at, flip, later)
		next := check(t, s, e)
		check(t, next, events[int(event^state)%len(events)])
	})
}

// mutate flips a byte of an event's message and moves its clock.
func mutate(e contract.Event, at uint32, flip byte, later int64) contract.Event {
	twist := func(raw []byte) []byte {
		out := bytes.Clone(raw)
		if len(out) > 0 {
			out[int(at)%len(out)] ^= flip
		}
		return out
	}
	shift := func(c contract.Clock) contract.Clock {
		later %= 1 << 30
		return contract.Clock{Now: c.Now + later, MTP: c.MTP + later, Height: c.Height + at%8}
	}
	switch e := e.(type) { //nolint:gochecksumtype // the others are not changed
	case contract.PeerOffer:
		e.Message, e.Clock = twist(e.Message), shift(e.Clock)
		return e
	case contract.PeerAccept:
		e.Message, e.Clock = twist(e.Message), shift(e.Clock)
		return e
	case contract.PeerSign:
		e.Message, e.Clock = twist(e.Message), shift(e.Clock)
		return e
	case contract.PeerFunded:
		e.Message, e.Clock = twist(e.Message), shift(e.Clock)
		return e
	case contract.PeerCloseOffer:
		e.Message, e.Clock = twist(e.Message), shift(e.Clock)
		return e
	case contract.PeerCloseAccept:
		e.Message, e.Clock = twist(e.Message), shift(e.Clock)
		return e
	case contract.PeerCloseComplete:
		e.Message, e.Clock = twist(e.Message), shift(e.Clock)
		return e
	case contract.AttestationReceived:
		e.Message, e.Clock = twist(e.Message), shift(e.Clock)
		return e
	case contract.FundingSpent:
		e.Tx, e.Clock, e.Height = twist(e.Tx), shift(e.Clock), at%2000
		return e
	case contract.FundingSeen:
		e.Clock, e.Height = shift(e.Clock), at%2000
		return e
	case contract.CETReady:
		e.Tx, e.Clock = twist(e.Tx), shift(e.Clock)
		return e
	case contract.CloseSigned:
		e.Tx, e.Clock = twist(e.Tx), shift(e.Clock)
		return e
	case contract.OwnSignaturesReady:
		e.Message, e.Clock = twist(e.Message), shift(e.Clock)
		return e
	case contract.BlockConnected:
		e.Clock = shift(e.Clock)
		return e
	case contract.BlockDisconnected:
		e.Clock = shift(e.Clock)
		e.Height = at % 2000
		return e
	case contract.Tick:
		e.Clock = shift(e.Clock)
		return e
	default:
		return e
	}
}

func FuzzDecodeState(f *testing.F) {
	states, _ := lived(f)
	for i := 0; i < len(states); i += 9 {
		raw, err := states[i].Encode()
		f.Add(must(f, raw, err))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := contract.DecodeState(raw)
		if err != nil {
			if !errors.Is(err, contract.ErrRecord) && !errors.Is(err, contract.ErrNewer) {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		again, err := s.Encode()
		if !bytes.Equal(must(t, again, err), raw) {
			t.Fatal("decode and encode are not the identity")
		}
		for _, e := range []contract.Event{contract.Restarted{}, contract.Tick{}, contract.BlockDisconnected{}, contract.Disconnected{}} {
			// A record of our own store is trusted, but not to crash us.
			_, _, err := contract.Step(s, e)
			_ = err
		}
	})
}

func FuzzDecodeEffect(f *testing.F) {
	w := attested(f, 9)
	for i, e := range w.parties[1].seen {
		if raw, err := contract.EncodeEffect(e); err == nil && i%2 == 0 {
			f.Add(raw)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := contract.DecodeEffect(raw)
		if err != nil {
			if !errors.Is(err, contract.ErrRecord) {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		again, err := contract.EncodeEffect(e)
		if !bytes.Equal(must(t, again, err), raw) || e.String() == "" {
			t.Fatal("decode and encode are not the identity")
		}
	})
}

func FuzzDecodeRecovery(f *testing.F) {
	f.Add(recovery(f).bytes(f))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := contract.DecodeRecovery(raw)
		if err != nil {
			if !errors.Is(err, contract.ErrRecord) && !errors.Is(err, contract.ErrNewer) {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		again, err := r.Encode()
		if !bytes.Equal(must(t, again, err), raw) {
			t.Fatal("decode and encode are not the identity")
		}
		_, _, err = contract.Restore(r)
		_ = err
	})
}

type record contract.Recovery

func (r record) bytes(t tester) []byte {
	t.Helper()
	raw, err := contract.Recovery(r).Encode()
	return must(t, raw, err)
}

func recovery(t tester) record {
	t.Helper()
	w := attested(t, 9)
	p := w.parties[0]
	s := p.mem.state
	r, err := contract.RecoveryOf(s, p.disk.messages[s.AcceptHash], p.disk.messages[s.SignHash], [][]byte{p.disk.messages[s.Attestations[0].Ref]})
	return record(must(t, r, err))
}

func TestRecordsAreStrict(t *testing.T) {
	w := active(t)
	raw, err := w.parties[0].mem.state.Encode()
	must(t, raw, err)
	for name, bad := range map[string][]byte{
		"empty": nil, "short": raw[:len(raw)-1], "trailing": append(bytes.Clone(raw), 0), "version 0": append([]byte{0}, raw[1:]...),
		"role": append([]byte{1, 2}, raw[2:]...), "phase": append([]byte{1, 0, 99}, raw[3:]...),
	} {
		if _, err := contract.DecodeState(bad); !errors.Is(err, contract.ErrRecord) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := contract.DecodeState(append([]byte{2}, raw[1:]...)); !errors.Is(err, contract.ErrNewer) {
		t.Errorf("newer: %v", err)
	}
	if _, err := contract.DecodeEffect(binary.BigEndian.AppendUint64([]byte{99}, 1)); !errors.Is(err, contract.ErrRecord) {
		t.Errorf("effect: %v", err)
	}
	if _, err := contract.DecodeRecovery([]byte{2}); !errors.Is(err, contract.ErrNewer) {
		t.Errorf("recovery: %v", err)
	}
	if _, err := contract.DecodeRecovery([]byte{0}); !errors.Is(err, contract.ErrRecord) {
		t.Errorf("recovery: %v", err)
	}
}

func TestRestoredContractSettlesWithoutKeys(t *testing.T) {
	r := recovery(t)
	decoded, err := contract.DecodeRecovery(r.bytes(t))
	s, effects, restoreErr := contract.Restore(must(t, decoded, err))
	must(t, s, restoreErr)
	w := attested(t, 9)
	p := w.parties[0]
	if s.Phase != contract.Broadcast || s.NextAttempt != 1000 || s.Key() != p.mem.state.Key() || s.ContractID != p.mem.state.ContractID {
		t.Fatalf("restored %s, attempt %d", s.Phase, s.NextAttempt)
	}
	p.disk.messages = map[[32]byte][]byte{}
	p.boot(contract.State{})
	raw, err := s.Encode()
	p.commit(s, must(t, raw, err), effects)
	p.crash()
	w.settle()
	w.want(contract.Active)
	w.offline()
	w.attest(9, 1)
	w.tick(121)
	w.mine(6)
	w.want(contract.Closed)
	w.expect(300_000, 200_000)
}

func TestRestoreRefusesWhatDoesNotFit(t *testing.T) {
	r := contract.Recovery(recovery(t))
	tower, err := wire.DecodeTowerPackage(r.Tower)
	m := as[*wire.Sign](t, must(t, tower, err).Sign)
	m.Refund[40] ^= 1
	broken := *tower
	broken.Sign = m.Encode()
	r.Tower = broken.Encode()
	if _, _, err := contract.Restore(r); contract.CodeOf(err) != wire.RejectBadRefundSig {
		t.Errorf("refund signature: %v", err)
	}
	m.ContractID[0] ^= 1
	broken.Sign = m.Encode()
	r.Tower = broken.Encode()
	if _, _, err := contract.Restore(r); !errors.Is(err, contract.ErrForeign) {
		t.Errorf("contract id: %v", err)
	}
	r.Tower = nil
	if _, _, err := contract.Restore(r); err == nil {
		t.Error("an empty package is restored")
	}
	if _, err := contract.RecoveryOf(contract.State{}, nil, nil, nil); !errors.Is(err, contract.ErrIllegal) {
		t.Errorf("nothing to recover: %v", err)
	}
}

// TestRecoveryRecordIsStable pins the bytes of a record that backups hold; the
// store's tests read the file.
func TestRecoveryRecordIsStable(t *testing.T) {
	testkit.Golden(t, "recovery.bin", recovery(t).bytes(t))
}

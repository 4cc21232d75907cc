package contract_test

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/order"
)

// A process may die before or after any commit and any effect, and again while
// it recovers. The laws below play one life without a crash and the same life
// with a crash at every point of it, and compare where they end.

// life is a way in which a contract goes.
type life struct {
	name string
	play func(w *world)
	want contract.Phase
	// talks: the life depends on secret nonces in memory, which a crash wipes, so
	// that a CET may take the place of the close.
	talks bool
}

var allLives = []life{
	{"settled by CET", func(w *world) {
		w.opened()
		w.mine(3)
		w.cut()
		w.mineAt(maturity + 10)
		w.attested(9)
		w.tick(121)
		w.heal()
		w.mine(6)
	}, contract.Closed, false},
	{"settled by close", func(w *world) {
		w.opened()
		w.mine(3)
		w.mineAt(maturity + 10)
		w.attested(9)
		w.tick(121)
		w.heal()
		w.mine(6)
	}, contract.Closed, true},
	{"refunded", func(w *world) {
		w.opened()
		w.mine(3)
		w.cut()
		w.mineAt(refundAt + 1)
		w.heal()
		w.mine(6)
	}, contract.Refunded, false},
	{"refunded for want of a CET", func(w *world) {
		w.opened()
		w.mine(3)
		w.cut()
		for _, p := range w.parties {
			p.failCET = 1 << 30
		}
		w.mineAt(maturity + 10)
		w.attested(9)
		w.tick(121)
		w.mineAt(refundAt + 1)
		w.heal()
		w.mine(6)
	}, contract.Refunded, false},
	{"cancelled", func(w *world) {
		w.opened()
		o := w.parties[0]
		w.insist(func() bool { return o.mem.state.Phase == contract.Cancelling }, func() {
			o.note2(o.send(contract.UserWithdraw{Clock: o.clock()}))
		})
		w.mine(6)
	}, contract.Aborted, false},
	{"dropped", func(w *world) {
		answerOrder(w.t, w, func(*order.Quote) {})
		a := w.parties[1]
		w.parties[0].mute = true // its sign never comes
		w.opened()
		w.insist(func() bool { return a.mem.state.Phase == contract.Accepted }, func() {})
		w.tick(301)
		w.tick(601)
		w.mine(6)
	}, contract.Aborted, false},
	{"taken back by a reorg and settled", func(w *world) {
		w.opened()
		w.mine(3)
		w.cut()
		w.mineAt(maturity + 10)
		w.attested(9)
		w.tick(121)
		w.heal()
		w.mine(2)
		w.reorg(7, true)
		w.heal()
		w.mine(8)
	}, contract.Closed, false},
}

// opened makes the user of the offerer propose until the offer is on disk, and
// that of the accepter approve whenever it is asked.
func (w *world) opened() {
	w.insist(func() bool { return w.parties[0].mem.state.OfferHash != [32]byte{} }, w.begin)
}

// insist does what a user or an oracle does until it has worked: a crash may
// take any event with it.
func (w *world) insist(done func() bool, act func()) {
	w.t.Helper()
	for range 6 {
		w.heal()
		if done() {
			return
		}
		act()
		w.settle()
	}
	w.heal()
	if !done() {
		w.t.Fatalf("it does not work: phases %v", w.phases())
	}
}

// attested lets two oracles attest until both parties know.
func (w *world) attested(outcome uint64) {
	w.t.Helper()
	w.insist(func() bool {
		return len(w.parties[0].mem.state.Attestations) == 2 && len(w.parties[1].mem.state.Attestations) == 2
	}, func() { w.attest(outcome, 0, 1) })
}

// cut ends the connection for good.
func (w *world) cut() {
	w.heal()
	w.offline()
	w.apart = true
	w.settle()
}

// heal reconnects the parties after a crash and asks the accepter's user again.
func (w *world) heal() {
	for range 4 {
		w.settle()
		broken := false
		for _, p := range w.parties {
			broken = broken || p.crashes != p.healed
			p.healed = p.crashes
		}
		if broken && !w.apart {
			w.offline()
			w.reconnect()
		}
		a := w.parties[1]
		if s := a.mem.state; s.Phase == contract.New && s.OfferHash != [32]byte{} {
			a.note2(a.send(contract.UserApprove{Clock: a.clock(), Party: a.own, Facts: a.facts}))
		}
		w.settle()
	}
}

// ending is what a life is compared by.
type ending struct {
	states   [2][]byte
	reserved [2]int
	orders   [2]int
	archived [2]bool
	money    [2]int64
	messages [2][]string
}

// end plays a life in which the parties die by plan, and returns its ending and
// how many points each party passed.
func end(t tester, l life, plans [2][]int) (ending, [2]int, *world) {
	t.Helper()
	w := newWorld(t)
	for role, p := range w.parties {
		p.steady, p.plan = true, plans[role]
	}
	l.play(w)
	w.heal()
	var e ending
	var points [2]int
	for i, p := range w.parties {
		points[i] = p.points
		s := p.mem.state
		// Repeats are numbered on, and the attempts of a close are used up.
		s.Seq, s.NextAttempt, s.PeerAttempt, s.Session, s.LastClose, s.CloseTimes = 0, 0, 0, contract.Session{}, [32]byte{}, nil
		// A restart may tell of the same fact at another time.
		s.Deadline, s.ProposeAt, s.CETAsked = 0, 0, false
		// An oracle's word that a crash took is fetched again, after the others.
		s.Attestations = slices.SortedFunc(slices.Values(s.Attestations), func(a, b contract.Attestation) int { return int(a.Oracle) - int(b.Oracle) })
		raw, err := s.Encode()
		e.states[i] = must(t, raw, err)
		e.reserved[i], e.orders[i], e.archived[i] = len(p.disk.reserved), p.disk.orders, p.disk.archived
		for ref := range p.disk.messages {
			e.messages[i] = append(e.messages[i], fmt.Sprintf("%x", ref[:6]))
		}
		slices.Sort(e.messages[i])
		if len(p.disk.outbox) != 0 {
			t.Fatalf("%s: %s leaves effects undone", l.name, p.name)
		}
		stored, err := contract.DecodeState(p.disk.state)
		if must(t, stored, err).Phase != s.Phase {
			t.Fatalf("%s: %s has %s on disk and %s in memory", l.name, p.name, stored.Phase, s.Phase)
		}
	}
	e.money = w.wealth()
	return e, points, w
}

// same fails unless the life with crashes ended as the one without.
func same(t tester, l life, what string, got, want ending, w *world) {
	t.Helper()
	for i, p := range w.parties {
		if p.mem.state.Phase != l.want {
			t.Fatalf("%s, %s: %s ends in %s, want %s", l.name, what, p.name, p.mem.state.Phase, l.want)
		}
		if got.reserved[i] != want.reserved[i] || got.orders[i] != want.orders[i] || got.archived[i] != want.archived[i] {
			t.Fatalf("%s, %s: %s ends with %d inputs set aside, %d taken, archived %t; want %d, %d, %t", l.name, what, p.name,
				got.reserved[i], got.orders[i], got.archived[i], want.reserved[i], want.orders[i], want.archived[i])
		}
		if l.talks {
			continue
		}
		if !bytes.Equal(got.states[i], want.states[i]) {
			t.Fatalf("%s, %s: %s ends in another state:%s", l.name, what, p.name, difference(t, got.states[i], want.states[i]))
		}
		if !slices.Equal(got.messages[i], want.messages[i]) {
			t.Fatalf("%s, %s: %s ends with messages %v, want %v", l.name, what, p.name, got.messages[i], want.messages[i])
		}
	}
	for i := range want.money {
		// A CET in the place of a close pays another fee.
		if d := got.money[i] - want.money[i]; d != 0 && (!l.talks || d > 2000 || d < -2000) {
			t.Fatalf("%s, %s: ends with %v, want %v", l.name, what, got.money, want.money)
		}
	}
}

// TestCrashAtEveryPointChangesNothing kills each party once at every point of
// every life, or, without -lives, at every ninth, another ninth in each life.
func TestCrashAtEveryPointChangesNothing(t *testing.T) {
	step := stride(9)
	for i, l := range allLives {
		if raced && !*lives && i%2 == 1 {
			continue // the law below draws from all of them
		}
		want, points, w := end(t, l, [2][]int{})
		same(t, l, "without a crash", want, want, w)
		played := 0
		for role, n := range points {
			for at := 1 + i%step; at <= n; at += step {
				var plans [2][]int
				plans[role] = []int{at}
				got, _, w := end(t, l, plans)
				same(t, l, fmt.Sprintf("%s dies at %d of %d", contract.Role(role), at, n), got, want, w)
				if w.parties[role].crashes != 1 {
					t.Fatalf("%s: %s died %d times", l.name, contract.Role(role), w.parties[role].crashes)
				}
				played++
			}
		}
		t.Logf("%s: %d lives with a crash, points %v", l.name, played, points)
	}
}

// TestRepeatedCrashesChangeNothing kills both parties again and again, while
// they recover too.
func TestRepeatedCrashesChangeNothing(t *testing.T) {
	wants := map[string]ending{}
	rapid.Check(t, func(r *rapid.T) {
		l := rapid.SampledFrom(allLives).Draw(r, "life")
		want, known := wants[l.name]
		if !known {
			want, _, _ = end(r, l, [2][]int{})
			wants[l.name] = want
		}
		var plans [2][]int
		for role := range plans {
			plans[role] = rapid.SliceOfN(rapid.IntRange(1, 60), 0, 5).Draw(r, contract.Role(role).String())
		}
		got, _, w := end(r, l, plans)
		same(r, l, fmt.Sprint("crashes ", plans), got, want, w)
	})
}

// difference names the fields in which two states differ.
func difference(t tester, got, want []byte) string {
	t.Helper()
	g, err := contract.DecodeState(got)
	must(t, g, err)
	w, err := contract.DecodeState(want)
	must(t, w, err)
	var out string
	for i, a, b := 0, reflect.ValueOf(g), reflect.ValueOf(w); i < a.NumField(); i++ {
		if x, y := a.Field(i).Interface(), b.Field(i).Interface(); !reflect.DeepEqual(x, y) {
			out += fmt.Sprintf("\n%s: %.200v instead of %.200v", a.Type().Field(i).Name, fmt.Sprint(x), fmt.Sprint(y))
		}
	}
	return out
}

package contract_test

import (
	"testing"

	"github.com/alkimiya/alkimiya/dlc/contract"
)

// TestDeadlinesOfPeersRunByRealTime: on a private chain the node's clock leaps
// with the blocks; what the peers owe each other runs by the time that passes.
func TestDeadlinesOfPeersRunByRealTime(t *testing.T) {
	w := attested(t, 9)
	w.offline()
	lone := w.parties[contract.Offerer]
	real := lone.clock().Now
	at := func(leap, passed int64) contract.Clock {
		c := lone.clock()
		c.Now, c.Peer = c.Now+leap, real+passed
		return c
	}
	must(t, 0, lone.send(contract.AttestationReceived{Clock: at(0, 0), Message: attestation(2, 9)}))
	lone.drain()
	var timers []contract.StartTimer
	for _, e := range lone.seen {
		if timer, ok := e.(contract.StartTimer); ok {
			timers = append(timers, timer)
		}
	}
	settle := int64(lone.params.TSettle)
	if last := timers[len(timers)-1]; !last.Peer || last.At != real+settle {
		t.Fatalf("timer of the settlement %+v, want one of the peers at %d", last, real+settle)
	}
	must(t, 0, lone.send(contract.Tick{Clock: at(86_400, settle-1)}))
	lone.drain()
	if got := lone.mem.state.Phase; got != contract.Attested {
		t.Fatalf("a leap of the node's clock led to %s", got)
	}
	must(t, 0, lone.send(contract.Tick{Clock: at(0, settle)}))
	lone.drain()
	if got := lone.mem.state.Phase; got != contract.Settling {
		t.Fatalf("T_SETTLE led to %s", got)
	}
}

// TestOffersExpireByTheNodesClock: an expiry is a date, not a wait.
func TestOffersExpireByTheNodesClock(t *testing.T) {
	w := newWorld(t)
	w.parties[contract.Accepter].auto = false
	w.begin()
	offerer := w.parties[contract.Offerer]
	c := offerer.clock()
	c.Peer, c.Now = c.Now, c.Now+500
	must(t, 0, offerer.send(contract.Tick{Clock: c}))
	if got := offerer.mem.state.Phase; got != contract.Aborted {
		t.Fatalf("after the expiry the offer is %s", got)
	}
}

package engine_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/node/engine"
)

// passages counts, over a life without crashes, how often each node comes by
// each place of a crash.
type passages struct {
	mu    sync.Mutex
	count [2]map[string]int
}

func (p *passages) note(role int, name string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.count[role] == nil {
		p.count[role] = make(map[string]int)
	}
	p.count[role][name]++
	return p.count[role][name]
}

// live plays a whole life: open, confirm, attest, settle. Nodes may die and rise
// again meanwhile.
func (w *world) live() (v viewOf) {
	w.t.Helper()
	w.eventually("an opened contract", func() bool {
		v = viewOf{w, w.offerOrFind()}
		w.phaseOf(w.nodes[0], v.View, contract.Broadcast, contract.Aborted)
		return v.phaseOf(w.nodes[0]) == contract.Broadcast
	})
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
	w.free()
	for i, n := range w.nodes {
		view := v.of(n)
		want := *view.OwnPayout - view.OwnLock - view.Fees.Own()
		if got := n.gain(); got != want {
			w.t.Errorf("%s has won %d, want %d", n.name, got, want)
		}
		if long := []int{300_000, 200_000}[i]; *view.OwnPayout > 0 && int(*view.OwnPayout) < long-1000 {
			w.t.Errorf("%s is paid %d, want about %d", n.name, *view.OwnPayout, long)
		}
		if len(view.Alarms) > 0 {
			w.t.Errorf("%s has the alarms %v", n.name, view.Alarms)
		}
	}
	return v
}

func (v viewOf) phaseOf(n *node) contract.Phase {
	phase, err := n.phase(v.w.keyOf(n, v.View))
	if err != nil {
		return contract.New
	}
	return phase
}

// offerOrFind offers, or finds the offer that a crash kept us from hearing of.
func (w *world) offerOrFind() engine.View {
	w.t.Helper()
	var v engine.View
	w.eventually("an offer", func() bool {
		n := w.nodes[0].engine()
		w.nodes[0].use.RLock()
		all, err := n.Contracts(w.t.Context(), engine.Filter{})
		w.nodes[0].use.RUnlock()
		if err != nil {
			return false
		}
		for _, known := range all {
			if known.Phase != contract.Aborted {
				v = known
				return true
			}
		}
		bucket := uint8(1)
		// In a goroutine of its own, since it may die with the node.
		answer := make(chan engine.View, 1)
		go func() {
			defer close(answer)
			offered, err := n.Offer(w.t.Context(), engine.OfferRequest{
				Peer: w.nodes[1].key, Terms: testTerms(0), Bucket: &bucket, FundFeeRate: 3, CETFeeRate: 2,
			})
			if err == nil {
				answer <- offered
			}
		}()
		offered, ok := <-answer
		v = offered
		return ok
	})
	return v
}

// TestACrashAnywhereLosesNothing kills each node at each place that it comes by
// in a life, the first time, and then in the middle of the times. In -short and
// without ALK_CRASHES=all it takes every ninth.
func TestACrashAnywhereLosesNothing(t *testing.T) {
	t.Parallel()
	seen := &passages{}
	w := newWorld(t)
	for i, n := range w.nodes {
		n.watch = func(_ *node, name string) { seen.note(i, name) }
	}
	w.start()
	w.live()
	w.end()
	step := 9
	if os.Getenv("ALK_CRASHES") == "all" {
		step = 1
	}
	places, run := 0, 0
	for role := range w.nodes {
		for _, name := range slices.Sorted(maps.Keys(seen.count[role])) {
			for _, nth := range slices.Compact([]int{1, (seen.count[role][name] + 1) / 2}) {
				places++
				if places%step != 0 {
					continue
				}
				run++
				t.Run(fmt.Sprintf("%s/%s/%d", w.nodes[role].name, name, nth), func(t *testing.T) {
					t.Parallel()
					dieAt(t, role, name, nth)
				})
			}
		}
	}
	t.Logf("%d of %d crashes were played", run, places)
	if places < 60 {
		t.Errorf("a life has %d places to crash at, want 60", places)
	}
}

// dieAt plays a life in which a node dies when it comes by a place for the n-th
// time.
func dieAt(t *testing.T, role int, name string, nth int) {
	w := newWorld(t)
	var came, died atomic.Int32
	w.nodes[role].watch = func(n *node, at string) {
		// The second time, right after the first, finds what the start mends.
		if at == name && (came.Add(1) == int32(nth) || came.Load() == int32(nth)+1) { //nolint:gosec // small
			n.die()
		}
	}
	w.raise(&died)
	w.start()
	v := w.live()
	if came.Load() >= int32(nth) { //nolint:gosec // small
		w.eventually("the node to be raised", func() bool { return died.Load() > 0 })
		w.phase(v.View, contract.Closed)
	}
}

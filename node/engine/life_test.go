package engine_test

import (
	"testing"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/node/engine"
)

// open brings a contract to Active.
func (w *world) open() (v viewOf) {
	w.t.Helper()
	offered := w.offer()
	w.phase(offered, contract.Broadcast)
	w.eventually("the funding transaction", func() bool { return len(w.chain.Mempool()) == 1 })
	w.chain.mine(3)
	w.phase(offered, contract.Active)
	return viewOf{w, offered}
}

func TestAContractIsOpenedAndSettledByAgreement(t *testing.T) {
	w := newWorld(t)
	w.start()
	v := w.open()
	w.chain.until(maturity)
	w.oracles.attest(9, 0, 2)
	w.phase(v.View, contract.Closing)
	w.chain.mine(6)
	w.phase(v.View, contract.Closed)
	for _, n := range w.nodes {
		view := v.of(n)
		if view.Spend == nil || view.Spend.Kind != contract.SpentBySettle || view.Outcome == nil || *view.Outcome != 9 {
			t.Errorf("%s: spend %+v, outcome %v", n.name, view.Spend, view.Outcome)
		}
		if *view.OwnPayout+*view.PeerPayout < 499_000 {
			t.Errorf("%s gets %d, the peer %d", n.name, *view.OwnPayout, *view.PeerPayout)
		}
		w.eventually("released coins", func() bool { leases, _ := n.purse.Leases(t.Context()); return len(leases) == 0 })
	}
}

// viewOf is a contract of a world.
type viewOf struct {
	w *world
	engine.View
}

// of returns the contract as a node sees it.
func (v viewOf) of(n *node) engine.View {
	v.w.t.Helper()
	view, err := n.engine.Contract(v.w.t.Context(), v.w.keyOf(n, v.View))
	must(v.w.t, err)
	return view
}

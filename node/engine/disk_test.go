package engine_test

import (
	"testing"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/node/engine"
)

// known waits until all contracts of a node know the chain. If the last block came
// before all watches had told of those below, that shows with the next one.
func (w *world) known(n *node) {
	w.t.Helper()
	polls := 0
	w.eventually("the chain to be known", func() bool {
		if n.engine().Known() == w.chain.height() {
			return true
		}
		if polls++; polls%500 == 0 {
			w.chain.mineEmpty(1)
		}
		return false
	})
}

// TestAFullDiskStopsSigningAndLosesNothing fills the miner's disk (SECURITY.md
// P3): no contract is begun, those that are go on being watched, what is complete
// is put on the network again, and when there is room everything that happened
// meanwhile takes its course.
func TestAFullDiskStopsSigningAndLosesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.start()
	v := w.open()
	miner := w.nodes[0]
	w.net.cut()
	w.chain.until(maturity)
	w.known(miner)

	miner.full.Store(true)
	w.oracles.attest(9, 0, 2)
	w.chain.mine(2)
	w.eventually("the disk to be found full", miner.engine().ReadOnly)
	w.net.connect()
	bucket := uint8(1)
	_, err := miner.engine().Offer(t.Context(), engine.OfferRequest{Peer: w.nodes[1].key, Terms: testTerms(0), Bucket: &bucket})
	want(t, err, engine.ErrReadOnly)
	w.net.cut()
	if got := v.of(miner).Phase; got != contract.Active {
		t.Fatalf("the contract is %s although nothing could be written", got)
	}
	w.chain.mine(2)
	if known := miner.engine().Known(); known >= w.chain.height() {
		t.Errorf("a restart would begin at height %d, which no contract has on disk", known)
	}

	miner.full.Store(false)
	w.phaseOf(miner, v.View, contract.Settling)
	w.known(miner)
	w.eventually("the CET", func() bool { return len(w.chain.Mempool()) > 0 })

	// Full again, and the network has forgotten the CET.
	miner.full.Store(true)
	cet := w.chain.Mempool()[0]
	w.chain.Forget()
	w.oracles.attest(9, 1)
	w.eventually("the disk to be found full", miner.engine().ReadOnly)
	w.nodes[1].halt()
	w.chain.mineEmpty(1)
	w.eventually("the CET to be sent again", func() bool {
		pool := w.chain.Mempool()
		return len(pool) == 1 && pool[0].TxHash() == cet.TxHash()
	})
	miner.full.Store(false)
	w.chain.mine(6)
	w.phaseOf(miner, v.View, contract.Closed)
}

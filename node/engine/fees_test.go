package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/lightningnetwork/lnd/lnwallet/chainfee"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node/engine"
	"github.com/alkimiya/alkimiya/wallet"
)

// bumps are the fees that a node had raised.
func (n *node) bumps() []wallet.BumpRequest {
	n.purse.mu.Lock()
	defer n.purse.mu.Unlock()
	return slices.Clone(n.purse.bumped)
}

// estimate sets a node's fee estimate, sat/vB.
func (n *node) estimate(rate chainfee.SatPerVByte) {
	n.set(func(p *purse) { p.rate = rate })
	n.engine().ForgetRates()
}

// set changes a node's purse.
func (n *node) set(change func(*purse)) {
	n.purse.mu.Lock()
	defer n.purse.mu.Unlock()
	change(n.purse)
}

// slowly mines empty blocks and lets the node follow each.
func (w *world) slowly(n *node, blocks int) {
	for range blocks {
		w.chain.mineEmpty(1)
		w.eventually("the block", func() bool { return n.engine().Known() == w.chain.height() })
	}
}

// TestASlowTransactionIsPaidFor lets blocks pass that the funding and the CET do
// not get into: their fees are raised by children when the estimate has risen.
func TestASlowTransactionIsPaidFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.start()
	v := viewOf{w, w.offer()}
	w.phase(v.View, contract.Broadcast)
	w.eventually("the funding transaction", func() bool { return len(w.chain.Mempool()) == 1 })
	miner, funding := w.nodes[0], w.chain.Mempool()[0].TxHash()
	w.slowly(miner, 8)
	if got := miner.bumps(); len(got) != 0 {
		t.Errorf("fee raised although the estimate is not above it: %v", got)
	}
	miner.estimate(9)
	w.slowly(miner, 6)
	w.eventually("the fee to be raised", func() bool { return len(miner.bumps()) == 1 })
	if got := miner.bumps()[0]; got.TxID != funding || got.Method != wallet.BumpCPFP {
		t.Errorf("raised the fee of %+v", got)
	}
	w.chain.mine(3)
	w.phase(v.View, contract.Active)
	w.net.cut()
	w.chain.until(maturity)
	w.oracles.attest(9, 0, 2)
	w.phaseOf(miner, v.View, contract.Settling)
	w.slowly(miner, 8)
	w.eventually("the CET's fee to be raised", func() bool { return len(miner.bumps()) == 2 })
}

// TestACancelThatIsSlowIsPaidFor withdraws from a contract whose funding does not
// confirm in a rising fee market: without a fee that rises with it, the peer would
// hold an option on the contract for nothing.
func TestACancelThatIsSlowIsPaidFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.start()
	v := viewOf{w, w.offer()}
	w.phase(v.View, contract.Broadcast)
	w.eventually("the funding transaction", func() bool { return len(w.chain.Mempool()) == 1 })
	miner := w.nodes[0]
	w.net.cut()
	_, err := miner.engine().Withdraw(t.Context(), v.Key)
	must(t, err)
	w.phaseOf(miner, v.View, contract.Cancelling)
	miner.estimate(40)
	w.slowly(miner, 8)
	w.eventually("the cancellation's fee to be raised", func() bool { return len(miner.bumps()) == 1 })
	if got := miner.bumps()[0]; got.Fee.Rate != 40 || got.Fee.AllowHigh || got.Method != wallet.BumpCPFP {
		t.Errorf("raised by %+v", got)
	}
}

// TestAnOfferBelowHalfOfOurEstimateIsRefused lets a peer offer at rates that would
// leave the funding transaction in the mempool for as long as the peer likes.
func TestAnOfferBelowHalfOfOurEstimateIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.start()
	w.nodes[1].estimate(9)
	codes := make(chan wire.RejectCode, 4)
	w.net.mu.Lock()
	w.net.drop = func(from *node, message []byte) bool {
		if reject, err := wire.Decode(message); err == nil && from == w.nodes[1] {
			if reject, ok := reject.(*wire.Reject); ok {
				codes <- reject.Code
			}
		}
		return false
	}
	w.net.mu.Unlock()
	bucket := uint8(1)
	offer := func(fund, cet uint32) error {
		view, err := w.nodes[0].engine().Offer(t.Context(), engine.OfferRequest{
			Peer: w.nodes[1].key, Terms: testTerms(payout.Long), Bucket: &bucket, FundFeeRate: fund, CETFeeRate: cet,
		})
		must(t, err)
		w.phaseOf(w.nodes[0], view, contract.Aborted, contract.Broadcast)
		if view, err = w.nodes[0].contract(view.Key); err != nil || view.Phase == contract.Broadcast {
			return err
		}
		return fmt.Errorf("refused: %s", <-codes)
	}
	for _, rates := range [][2]uint32{{3, 9}, {9, 3}} {
		if err := offer(rates[0], rates[1]); err == nil || !strings.Contains(err.Error(), wire.RejectBadFee.String()) {
			t.Errorf("%d and %d sat/vB although 9 are estimated: %v", rates[0], rates[1], err)
		}
	}
	if err := offer(4, 4); err != nil {
		t.Errorf("half of the estimate is refused: %v", err)
	}
}

// settledPoor is a contract whose CET, and nothing else, mempools refuse.
func settledPoor(t *testing.T, none bool) (*world, viewOf, *node) {
	t.Helper()
	w := newWorld(t)
	w.start()
	v := w.open()
	w.net.cut()
	miner := w.nodes[0]
	w.nodes[1].halt()
	miner.set(func(p *purse) { p.poor, p.none = true, none })
	w.chain.until(maturity)
	w.oracles.attest(9, 0, 2)
	w.phaseOf(miner, v.View, contract.Settling)
	return w, v, miner
}

func TestACETThatMempoolsRefuseGoesWithAChild(t *testing.T) {
	t.Parallel()
	w, v, miner := settledPoor(t, false)
	w.eventually("the package", func() bool { return len(w.chain.Mempool()) == 1 })
	if alarms := v.of(miner).Alarms; len(alarms) != 0 {
		t.Errorf("alarms %v", alarms)
	}
	w.chain.mine(6)
	w.phaseOf(miner, v.View, contract.Closed)
}

func TestThatACETCannotBePaidForIsAnAlarm(t *testing.T) {
	t.Parallel()
	w, v, miner := settledPoor(t, true)
	w.eventually("the alarm", func() bool { return len(v.of(miner).Alarms) > 0 })
	w.slowly(miner, 3)
	if alarms := v.of(miner).Alarms; len(alarms) != 1 || !strings.Contains(alarms[0], "less than mempools take") {
		t.Errorf("alarms %v", alarms)
	}
	miner.set(func(p *purse) { p.poor = false })
	w.chain.mineEmpty(1)
	w.eventually("the CET", func() bool { return len(w.chain.Mempool()) == 1 })
	w.chain.mine(6)
	w.phaseOf(miner, v.View, contract.Closed)
}

// TestACETThatCannotBeMadeIsTriedAgain spoils what a CET is made of.
func TestACETThatCannotBeMadeIsTriedAgain(t *testing.T) {
	t.Parallel()
	for _, mended := range []bool{true, false} {
		w := newWorld(t)
		w.start()
		v := w.open()
		w.net.cut()
		miner := w.nodes[0]
		w.nodes[1].halt()
		miner.damaged.Store(true)
		w.chain.until(maturity)
		w.oracles.attest(9, 0, 2)
		w.eventually("the alarm", func() bool { return slices.Contains(v.of(miner).Alarms, contract.NoCET.String()) })
		w.phaseOf(miner, v.View, contract.Attested)
		last, won := contract.Closed, btcutil.Amount(300_000)
		if mended {
			miner.damaged.Store(false)
			w.chain.mineEmpty(1)
			w.phaseOf(miner, v.View, contract.Settling)
		} else {
			last, won = contract.Refunded, 200_000
			w.chain.until(maturity + refundIn)
			w.phaseOf(miner, v.View, contract.Refunding)
		}
		w.eventually("the end of it", func() bool { return len(w.chain.Mempool()) == 1 })
		w.chain.mine(6)
		w.phaseOf(miner, v.View, last)
		view := v.of(miner)
		if got := miner.gain(); got != won-view.OwnLock-view.Fees.Own() {
			t.Errorf("the miner has won %d in %s", got, view.Phase)
		}
	}
}

// TestNoOfferIsTakenBeforeOwnFiles: a peer could name the id of a contract that is only
// in a file yet.
func TestNoOfferIsTakenBeforeOwnFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.start()
	w.nodes[1].unread.Store(true)
	refused := w.offer()
	w.phaseOf(w.nodes[0], refused, contract.Aborted)
	if _, err := w.nodes[1].contract(w.keyOf(w.nodes[1], refused)); err == nil {
		t.Error("the buyer keeps it")
	}
	w.nodes[1].unread.Store(false)
	w.open()
}

// TestARefundThatMempoolsRefuseDoesNotHurry: what it costs is bounded as at any time.
func TestARefundThatMempoolsRefuseDoesNotHurry(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.start()
	v := w.open()
	miner := w.nodes[0]
	w.nodes[1].halt()
	miner.set(func(p *purse) { p.poor = true })
	w.chain.until(maturity + refundIn)
	w.phaseOf(miner, v.View, contract.Refunding)
	w.eventually("the package", func() bool { return len(w.chain.Mempool()) == 1 })
	miner.set(func(p *purse) {
		if len(p.packages) == 0 || p.packages[0].AllowHigh {
			t.Errorf("packages %+v", p.packages)
		}
	})
}

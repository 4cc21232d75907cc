package contract_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/wire"
)

// hostile is a world in which one party keeps to the protocol and the other
// does what it likes with its keys, its messages and, up to a point, with the
// chain.
type hostile struct {
	*world
	honest, villain *party
	log             []string
}

// act does one thing of the villain, the network or the miners.
func (h *hostile) act(r *rapid.T) {
	w, x := h.world, h.villain
	what := rapid.SampledFrom([]string{
		"go on", "go on", "go on", "lose", "repeat", "withdraw", "double spend", "evict", "mine", "mine", "censor", "reorg", "forget",
		"wait", "wait long", "crash", "cut", "reject", "exit", "settle", "refund", "attest", "mature",
	}).Draw(r, "what")
	switch what {
	case "go on":
		w.settle()
	case "lose":
		w.wires = [2][][]byte{}
	case "repeat":
		if all := w.past[h.honest.role]; len(all) > 0 {
			h.honest.receive(all[rapid.IntRange(0, len(all)-1).Draw(r, "message")])
		}
	case "withdraw":
		x.note2(x.send(contract.UserWithdraw{Clock: x.clock()}))
	case "double spend":
		if raw := x.mem.state.Cancel; len(raw) > 0 {
			w.chain.submit(parse(r, raw))
		}
	case "evict":
		w.chain.mempool = nil
		h.honest.look()
	case "mine":
		w.mine(rapid.IntRange(1, 7).Draw(r, "blocks"))
	case "censor":
		w.emptyBlock()
	case "reorg", "forget":
		depth := rapid.IntRange(1, 5).Draw(r, "depth")
		w.reorg(min(depth, len(w.chain.blocks)-3), what == "forget")
	case "wait":
		w.tick(int64(rapid.IntRange(1, 130).Draw(r, "seconds")))
	case "wait long":
		w.tick(int64(rapid.IntRange(200, 700).Draw(r, "seconds")))
	case "crash":
		h.honest.crash()
	case "cut":
		w.offline()
		w.reconnect()
	case "reject":
		m := wire.Reject{ID: x.mem.state.TempID, Refused: wire.TypeSign, Code: wire.RejectInternal}
		h.honest.receive(m.Encode())
	case "exit":
		share := uint64(rapid.IntRange(0, 500_000).Draw(r, "share")) //nolint:gosec // positive
		x.note2(x.send(contract.UserClose{Clock: x.clock(), VO: share, VA: 500_000 - share, FeeRate: 3}))
	case "settle":
		h.publishClaims()
	case "refund":
		h.publishRefund(r)
	case "attest":
		w.attest(9, rapid.IntRange(0, 2).Draw(r, "oracle"))
	case "mature":
		w.mineAt(maturity + 10)
	}
	h.log = append(h.log, fmt.Sprintf("%s (%s)", what, h.honest.mem.state.Phase))
}

// publishClaims broadcasts every close that the villain has completed.
func (h *hostile) publishClaims() {
	for _, c := range h.villain.mem.state.Claims {
		if c.Signed {
			h.chain.submit(parse(h.t, c.Tx))
		}
	}
}

func (h *hostile) publishRefund(r *rapid.T) {
	s := h.villain.mem.state
	if s.SignRefund == [64]byte{} {
		return
	}
	deal := dealOf(r, s)
	if refund, err := deal.Contract.Settlement.CompleteRefund(s.SignRefund, deal.Accept.Refund); err == nil {
		h.chain.submit(refund)
	}
}

// end leaves the honest party alone with the chain and the oracles.
func (h *hostile) end() {
	w := h.world
	w.offline()
	w.wires = [2][][]byte{}
	h.villain.gone = true
	w.settle()
	w.mine(2)
	w.tick(700)
	w.mine(7)
	w.mineAt(maturity + 10)
	w.attest(9, 0, 1, 2)
	w.tick(200)
	w.mine(8)
	w.mineAt(refundAt + 1)
	w.mine(8)
}

// TestHonestPartyIsPaidWhateverThePeerDoes: it ends with its coins, less the fee
// of a cancel, or with the attested payout, or, if the villain dragged the
// contract past the refund's time, with its collateral, less fees.
func TestHonestPartyIsPaidWhateverThePeerDoes(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := newWorld(r)
		role := contract.Role(rapid.Uint8Range(0, 1).Draw(r, "honest"))
		h := &hostile{world: w, honest: w.parties[role], villain: w.parties[role.Other()]}
		h.honest.stubborn = true
		w.begin()
		for range rapid.IntRange(0, 30).Draw(r, "moves") {
			h.act(r)
		}
		h.end()
		s := h.honest.mem.state
		due := int64(start)
		gain := [2]int64{100_000, -100_000}[role]
		switch {
		case s.Phase == contract.Aborted || s.OfferHash == [32]byte{}:
			due -= 6000
		case s.Phase == contract.Closed:
			due += gain - 3000
		case s.Phase == contract.Refunded && w.late():
			due -= 3000
		default:
			r.Fatalf("the honest %s ends in %s after %v", role, s.Phase, h.log)
		}
		if got := w.wealth()[role]; got < due {
			r.Fatalf("the honest %s ends in %s with %d, at least %d is due, after %v", role, s.Phase, got, due, h.log)
		}
	})
}

// late reports whether a refund was possible before the end.
func (w *world) late() bool {
	for _, b := range w.chain.blocks[:len(w.chain.blocks)-9] {
		if b.time > refundAt {
			return true
		}
	}
	return false
}

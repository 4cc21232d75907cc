package engine_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/node/engine"
	"github.com/alkimiya/alkimiya/node/policy"
	"github.com/alkimiya/alkimiya/wallet"
)

// exhaust leases all coins of a node, so that none could take an exit back.
func (n *node) exhaust() {
	t := n.w.t
	t.Helper()
	coins, err := n.purse.Coins(t.Context(), 1)
	must(t, err)
	for _, c := range coins {
		if c.Lease == nil {
			_, err := n.purse.Lease(t.Context(), "somebody", []btcwire.OutPoint{c.OutPoint}, time.Hour)
			must(t, err)
		}
	}
}

// leases are the leases of a node now.
func (n *node) leases() int {
	n.w.t.Helper()
	all, err := n.purse.Leases(n.w.t.Context())
	must(n.w.t, err)
	return len(all)
}

// exit has the miner propose half of the collateral, and returns what the buyer is
// asked.
func (w *world) exit(v viewOf) engine.ApproveCloseRequest {
	w.t.Helper()
	miner, buyer := w.nodes[0], w.nodes[1]
	_, err := miner.engine().Close(w.t.Context(), v.Key, engine.CloseRequest{OwnValue: 250_000, FeeRate: 2})
	must(w.t, err)
	w.eventually("the proposal", func() bool { return v.of(buyer).Decision != nil })
	return engine.ApproveCloseRequest{Attempt: v.of(buyer).Decision.Attempt}
}

// TestAnExitThatCannotBeTakenBackNeedsTheUsersWord: no coin of the buyer is free.
func TestAnExitThatCannotBeTakenBackNeedsTheUsersWord(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.params.TClose = 60
	w.start()
	v := w.open()
	buyer := w.nodes[1]
	buyer.exhaust()
	held := buyer.leases()
	r := w.exit(v)
	_, err := buyer.engine().ApproveClose(t.Context(), w.keyOf(buyer, v.View), r)
	if !errors.Is(err, engine.ErrIrrevocable) {
		t.Fatalf("approved without a cancel input: %v", err)
	}
	if d := v.of(buyer).Decision; d == nil || len(v.of(buyer).Closes) != 0 || buyer.leases() != held {
		t.Fatalf("decision %+v, closes %+v, %d leases of %d", d, v.of(buyer).Closes, buyer.leases(), held)
	}
	r.Irrevocable = true
	_, err = buyer.engine().ApproveClose(t.Context(), w.keyOf(buyer, v.View), r)
	must(t, err)
	w.phase(v.View, contract.Closing)
	if tx := w.chain.Mempool()[0]; len(tx.TxIn) != 1 {
		t.Errorf("the close has %d inputs", len(tx.TxIn))
	}
	w.chain.mine(6)
	w.phase(v.View, contract.CoopClosed)
}

// TestThePolicyAgreesToNoExitThatCannotBeTakenBack: the user is asked instead. The
// policy agrees to the next proposal, when a coin is free.
func TestThePolicyAgreesToNoExitThatCannotBeTakenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.params.TClose = 60
	buyer := w.nodes[1]
	buyer.rules.Close = policy.Close{Exits: policy.AcceptExits, MinPermille: 100}
	w.start()
	v := w.open()
	buyer.exhaust()
	w.exit(v)
	var asked []engine.Event
	w.eventually("the user to be told", func() bool {
		asked = asked[:0]
		err := buyer.engine().Follow(t.Context(), engine.EventFilter{StoredOnly: true}, func(e engine.Event) error {
			if e.Kind == engine.EventClose {
				asked = append(asked, e)
			}
			return nil
		})
		return err == nil && len(asked) == 1
	})
	if len(v.of(buyer).Closes) != 0 {
		t.Fatalf("the policy agreed: %+v", v.of(buyer).Closes)
	}
	must(t, buyer.purse.endLeases(t.Context(), "somebody"))
	// It takes the place of the first.
	_, err := w.nodes[0].engine().Close(t.Context(), v.Key, engine.CloseRequest{OwnValue: 250_000, FeeRate: 2})
	must(t, err)
	w.phase(v.View, contract.Closing)
	if tx := w.chain.Mempool()[0]; len(tx.TxIn) != 2 {
		t.Errorf("the close has %d inputs, want the funding output and the buyer's cancel input", len(tx.TxIn))
	}
}

// endLeases frees what an owner has leased.
func (p *purse) endLeases(ctx context.Context, owner string) error {
	all, err := p.Leases(ctx)
	for _, lease := range all {
		if lease.Owner == owner {
			err = errors.Join(err, p.Release(ctx, lease.ID))
		}
	}
	return err
}

// TestAnApprovalThatComesToNothingHoldsNoCoin: the wallet fails, and then the
// proposal is gone before the contract hears of the approval.
func TestAnApprovalThatComesToNothingHoldsNoCoin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.params.TClose = 60
	w.start()
	v := w.open()
	buyer := w.nodes[1]
	key := w.keyOf(buyer, v.View)
	before, err := buyer.purse.Leases(t.Context())
	must(t, err)
	same := func() bool {
		now, err := buyer.purse.Leases(t.Context())
		must(t, err)
		return slices.EqualFunc(before, now, func(x, y wallet.Lease) bool { return x.ID == y.ID })
	}
	set := func(f func() error) {
		buyer.purse.mu.Lock()
		defer buyer.purse.mu.Unlock()
		buyer.purse.signing = f
	}
	locked := errors.New("wallet is locked")
	r := w.exit(v)
	set(func() error { return locked })
	if _, err := buyer.engine().ApproveClose(t.Context(), key, r); !errors.Is(err, locked) || !same() {
		t.Fatalf("approved: %v; same leases: %v", err, same())
	}
	set(func() error {
		_, err := buyer.engine().DeclineClose(t.Context(), key, r.Attempt)
		return err
	})
	if _, err := buyer.engine().ApproveClose(t.Context(), key, r); !errors.Is(err, contract.ErrIllegal) || !same() {
		t.Fatalf("approved what was declined: %v; same leases: %v", err, same())
	}
}

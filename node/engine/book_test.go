package engine_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"sync"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/node/engine"
)

func xOf(key *btcec.PrivateKey) [32]byte { return [32]byte(key.PubKey().SerializeCompressed()[1:]) }

// publish puts a standing order of the second node into its store: it sells at
// most 50,000,000 TH/s of the contract of PROTOCOL.md 17.
func (w *world) publish(most uint32) *order.Order {
	w.t.Helper()
	maker := w.nodes[1]
	o, err := order.Order{Quote: order.Quote{
		MakerPK: xOf(maker.signer), Side: order.Sell, Product: payout.SwapM, Index: "hp1/tot", StartDay: 20600, Days: 1,
		HMin: 10_000_000, HMax: most, K: 6, Floor: 2, Cap: 12, QuantJ: 1, Oracles: w.oracles.Allowed(), Threshold: 2,
		Expiry: maturity - 100, Nonce: 1,
	}}.Sign(maker.signer, [32]byte{1})
	must(w.t, err)
	must(w.t, maker.store.PutOrder(o.ID(), o.Encode(), o.Nonce, o.HMax))
	return o
}

// take has the first node take some of an order.
func (w *world) take(o *order.Order, size uint32, nonce uint64) (engine.View, error) {
	taker := w.nodes[0]
	t, err := order.Take{OrderID: o.ID(), TakerPK: xOf(taker.signer), H: size, Nonce: nonce, Expiry: maturity - 200}.Sign(taker.signer, [32]byte{2})
	must(w.t, err)
	return taker.engine().Offer(w.t.Context(), engine.OfferRequest{
		Peer: w.nodes[1].key, Order: o.Encode(), Take: t.Encode(), FundFeeRate: 3, CETFeeRate: 2,
	})
}

func TestAnOrderIsTakenWithoutAsking(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.nodes[1].rules.Accept.Offers = false
	w.start()
	o := w.publish(50_000_000)
	taken, err := w.take(o, 30_000_000, 1)
	must(t, err)
	w.phase(taken, contract.Broadcast)
	for _, n := range w.nodes {
		v := viewOf{w, taken}.of(n)
		if v.Terms.Notional != 30_000_000 || v.Terms.Offerer != payout.Long {
			t.Errorf("%s: terms %+v", n.name, v.Terms)
		}
	}
	if v := (viewOf{w, taken}).of(w.nodes[1]); v.OrderID != o.ID() || v.TakeID == [32]byte{} {
		t.Errorf("the maker's contract answers %x", v.OrderID)
	}
	left, err := w.nodes[1].store.Order(o.ID())
	must(t, err)
	if left.Remaining != 20_000_000 {
		t.Errorf("%d TH/s are left", left.Remaining)
	}
	if _, err := w.take(o, 30_000_000, 2); err != nil {
		t.Fatal(err) // the taker cannot know; the maker refuses
	}
	w.eventually("the refusal", func() bool {
		all, err := w.nodes[0].engine().Contracts(t.Context(), engine.Filter{Phases: []contract.Phase{contract.Aborted}})
		return err == nil && len(all) == 1
	})
}

// TestConcurrentTakesNeverOverfillAnOrder takes one order many times at once, each
// time with more than its share (SECURITY.md W14).
func TestConcurrentTakesNeverOverfillAnOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, n := range w.nodes {
		for i := range 12 {
			n.coin(700_000 + int64(i))
		}
		n.rules.Limits.OpenOffersPerPeer = 100
	}
	w.chain.mine(1)
	w.start()
	o := w.publish(50_000_000)
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			if _, err := w.take(o, 15_000_000, uint64(i)+1); err != nil { //nolint:gosec // small
				t.Error(err)
			}
		})
	}
	wg.Wait()
	count := func(n *node, phases ...contract.Phase) int {
		all, err := n.engine().Contracts(t.Context(), engine.Filter{Phases: phases})
		must(t, err)
		return len(all)
	}
	w.eventually("all takes to be decided", func() bool {
		return count(w.nodes[0], contract.Broadcast)+count(w.nodes[0], contract.Aborted) == 10
	})
	left, err := w.nodes[1].store.Order(o.ID())
	must(t, err)
	if made := count(w.nodes[1], contract.Broadcast); made != 3 || left.Remaining != 5_000_000 {
		t.Errorf("%d contracts were made and %d TH/s are left, want 3 and 5,000,000", made, left.Remaining)
	}
	w.chain.mine(3)
	w.eventually("free coins", func() bool {
		leases, err := w.nodes[1].purse.Leases(t.Context())
		return err == nil && len(leases) == 3
	})
}

func TestLimitsOfThePolicyHoldBothWays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.nodes[1].rules.Accept.Offers = false
	w.nodes[1].rules.Limits.LockPerPeer = 500_000
	w.start()
	first := w.offer()
	w.phaseOf(w.nodes[1], first, contract.New)
	_, err := w.nodes[1].engine().Approve(t.Context(), w.keyOf(w.nodes[1], first), engine.ApproveRequest{})
	must(t, err)
	w.phase(first, contract.Broadcast)
	second := w.offer() // another 300,000 are too many
	w.phaseOf(w.nodes[0], second, contract.Aborted)

	rules := w.nodes[0].rules
	rules.Limits.Lock = 100_000
	must(t, w.nodes[0].engine().ReloadPolicy(rules))
	bucket := uint8(1)
	_, err = w.nodes[0].engine().Offer(t.Context(), engine.OfferRequest{Peer: w.nodes[1].key, Terms: testTerms(0), Bucket: &bucket})
	want(t, err, engine.ErrPolicy)
	rules.Fees.MinRate = 0
	if err := w.nodes[0].engine().ReloadPolicy(rules); err == nil {
		t.Error("a policy with a value out of range was put in force")
	}
}

func TestRequestsThatCannotBeAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.start()
	e := w.nodes[0].engine()
	far := testTerms(0)
	far.StartDay, far.EndDay = 30_000, 30_001
	index := testTerms(0)
	index.Index = "hp2/tot"
	for name, c := range map[string]struct {
		r    engine.OfferRequest
		want error
	}{
		"nothing":        {engine.OfferRequest{Peer: w.nodes[1].key}, engine.ErrRequest},
		"stranger":       {engine.OfferRequest{Peer: [33]byte{2}, Terms: testTerms(0)}, engine.ErrNotConnected},
		"other index":    {engine.OfferRequest{Peer: w.nodes[1].key, Terms: index}, engine.ErrOracle},
		"too far":        {engine.OfferRequest{Peer: w.nodes[1].key, Terms: far}, payout.ErrTerms},
		"long expiry":    {engine.OfferRequest{Peer: w.nodes[1].key, Terms: testTerms(0), ExpiresIn: 601}, engine.ErrRequest},
		"order, no take": {engine.OfferRequest{Peer: w.nodes[1].key, Order: []byte("{}")}, order.ErrMalformed},
	} {
		if _, err := e.Offer(t.Context(), c.r); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	_, err := e.Contract(t.Context(), engine.Key{1})
	want(t, err, engine.ErrUnknown)
	_, err = e.Approve(t.Context(), engine.Key{1}, engine.ApproveRequest{})
	want(t, err, engine.ErrUnknown)
	leases, err := w.nodes[0].purse.Leases(t.Context())
	must(t, err)
	if len(leases) != 0 {
		t.Errorf("coins stay reserved: %v", leases)
	}
}

func TestContractsAreFoundAndFollowed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.start()
	v := w.open()
	e := w.nodes[0].engine()
	id := v.of(w.nodes[0]).ContractID
	for _, text := range []string{v.Key.String()[:12], engine.Key(id).String()[:9], engine.Key(v.TempID).String()} {
		key, err := e.Resolve(t.Context(), text)
		must(t, err)
		if key != v.Key {
			t.Errorf("%q names %s", text, key)
		}
	}
	_, err := e.Resolve(t.Context(), "abc")
	want(t, err, engine.ErrRequest)
	_, err = e.Resolve(t.Context(), "zzzz")
	want(t, err, engine.ErrRequest)
	unknown := sha256.Sum256(id[:])
	_, err = e.Resolve(t.Context(), engine.Key(unknown).String())
	want(t, err, engine.ErrUnknown)

	history, err := e.History(t.Context(), v.Key, 0, 100)
	must(t, err)
	if len(history) < 5 || history[0].Event != "UserOffer" || history[len(history)-1].To != "Active" {
		t.Errorf("history %+v", history)
	}
	var phases []string
	stop := errors.New("enough")
	err = e.Follow(t.Context(), engine.EventFilter{Key: v.Key}, func(event engine.Event) error {
		if event.Kind == engine.EventPhase {
			phases = append(phases, event.Phase)
		}
		if event.Phase == contract.Active.String() {
			return stop
		}
		return nil
	})
	want(t, err, stop)
	if phases[0] != "Offered" || len(phases) < 5 {
		t.Errorf("phases told: %v", phases)
	}
	totals, err := e.Totals(t.Context())
	must(t, err)
	if totals.Locked != 200_000 || totals.ByPhase[contract.Active] != 1 {
		t.Errorf("totals %+v", totals)
	}
	raw, err := e.Export(t.Context(), v.Key)
	must(t, err)
	recovery, err := contract.DecodeRecovery(raw)
	must(t, err)
	if recovery.Role != contract.Offerer || bytes.Contains(raw, seedOf("miner")) {
		t.Error("what was exported is not the recovery of the contract")
	}
	if tx, ok := v.of(w.nodes[0]).Transaction(v.of(w.nodes[0]).Funding.Txid); !ok || !tx.Complete || tx.Depth != 3 {
		t.Errorf("funding %+v", tx)
	}
}

func TestASimulationMakesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.start()
	bucket := uint8(1)
	sim, err := w.nodes[0].engine().Simulate(t.Context(), engine.OfferRequest{Terms: testTerms(0), Bucket: &bucket, FundFeeRate: 3, CETFeeRate: 2})
	must(t, err)
	if sim.Collateral != 500_000 || sim.OwnLock != 200_000 || sim.PeerLock != 300_000 || sim.Slots != 18 || sim.Runs != 6 {
		t.Errorf("simulated %+v", sim)
	}
	if sim.CETLocktime != maturity || sim.RefundLocktime != maturity+refundIn || len(sim.Table) < 2 || sim.MaxProfit <= 0 || sim.MaxLoss != 200_000 {
		t.Errorf("simulated %+v", sim)
	}
	all, err := w.nodes[0].engine().Contracts(t.Context(), engine.Filter{})
	must(t, err)
	if len(all) != 0 {
		t.Errorf("it made %d contracts", len(all))
	}
}

// TestAContractComesBackFromItsRecoveryRecord: a new store, the same seed.
func TestAContractComesBackFromItsRecoveryRecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.start()
	v := w.open()
	record, err := w.nodes[0].engine().Export(t.Context(), v.Key)
	must(t, err)
	w.net.cut()
	w.nodes[0].halt()
	w.nodes[0].dir = t.TempDir()
	w.nodes[0].start()
	w.chain.mine(2)
	_, err = w.nodes[0].engine().Import(t.Context(), record)
	must(t, err)
	w.phaseOf(w.nodes[0], v.View, contract.Active)
	w.chain.until(maturity)
	w.oracles.attest(9, 0, 2)
	w.phaseOf(w.nodes[0], v.View, contract.Settling)
	w.eventually("the CET", func() bool { return len(w.chain.Mempool()) == 1 })
	w.chain.mine(6)
	w.phase(v.View, contract.Closed)
	w.paid(v, 300_000)
}

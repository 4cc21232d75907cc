package contract_test

import (
	"testing"

	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/contract"
)

// broadcasts returns the transactions that the party broadcast since its
// effect number from.
func (p *party) broadcasts(from int) []*btcwire.MsgTx {
	var all []*btcwire.MsgTx
	for _, e := range p.seen[from:] {
		if b, ok := e.(contract.BroadcastTx); ok {
			all = append(all, parse(p.w.t, b.Tx))
		}
	}
	return all
}

// has reports whether one of the transactions has the id of tx.
func has(all []*btcwire.MsgTx, tx *btcwire.MsgTx) bool {
	for _, other := range all {
		if other.TxHash() == tx.TxHash() {
			return true
		}
	}
	return false
}

// cetOf completes the CET of an outcome that two oracles attested to somebody.
func (p *party) cetOf(outcome uint64, oracles ...uint8) *btcwire.MsgTx {
	p.w.t.Helper()
	s := p.mem.state
	var words [][]byte
	for _, o := range oracles {
		words = append(words, attestation(int(o), outcome))
	}
	raw, err := contract.MakeCET(s, outcome, oracles, p.disk.messages[s.AcceptHash], p.disk.messages[s.SignHash], words)
	return parse(p.w.t, must(p.w.t, raw, err))
}

// block tells the party of one more block in which nothing of its contract is.
func (w *world) emptyBlock() {
	w.now += 600
	w.chain.blocks = append(w.chain.blocks, block{time: w.now})
	w.each(func(p *party) contract.Event { return contract.BlockConnected{Clock: p.clock()} })
	for _, p := range w.parties {
		p.drain()
	}
}

// A CET of another payout than the attested one, which t colluding or
// equivocating oracles make possible, must not take the place of ours: we go
// on with what we know to be true.
func TestForeignCETDoesNotReplaceOurs(t *testing.T) {
	for _, early := range []bool{false, true} {
		w := attested(t, 9)
		w.offline()
		w.attest(9, 1)
		o := w.parties[0]
		if !early {
			w.tick(121)
			w.want(contract.Settling)
		}
		ours, theirs := o.cetOf(9, 0, 1), o.cetOf(4, 0, 2)
		w.chain.mempool = nil
		from := len(o.seen)
		if err := o.send(contract.FundingSpent{Clock: o.clock(), Tx: serialize(t, theirs, false)}); err != nil {
			t.Fatal(err)
		}
		o.drain()
		w.emptyBlock()
		if all := o.broadcasts(from); has(all, theirs) || !has(all, ours) {
			t.Errorf("early %t: their CET broadcast %t, ours %t", early, has(all, theirs), has(all, ours))
		}
		if err := o.send(contract.Unconfirmed{Clock: o.clock(), Txid: theirs.TxHash()}); err != nil {
			t.Fatal(err)
		}
		from = len(o.seen)
		w.emptyBlock()
		if all := o.broadcasts(from); has(all, theirs) || !has(all, ours) {
			t.Errorf("early %t: after its eviction their CET is broadcast %t, ours %t", early, has(all, theirs), has(all, ours))
		}
	}
}

// What the back end shows without its witness is no CET that could be
// broadcast again.
func TestSeenCETWithoutWitnessIsNotKept(t *testing.T) {
	w := attested(t, 9)
	w.offline()
	w.attest(9, 1)
	o := w.parties[0]
	bare := o.cetOf(9, 0, 1)
	bare.TxIn[0].Witness = nil
	from := len(o.seen)
	if err := o.send(contract.FundingSpent{Clock: o.clock(), Tx: serialize(t, bare, false)}); err != nil {
		t.Fatal(err)
	}
	o.drain()
	w.emptyBlock()
	for _, tx := range o.broadcasts(from) {
		if len(tx.TxIn[0].Witness) == 0 {
			t.Fatal("a transaction without witness is broadcast")
		}
	}
	if all := o.broadcasts(from); !has(all, bare) {
		t.Error("our own CET is not broadcast")
	}
}

// A CET that comes back from the worker while a close is in the mempool is kept
// for the case that the close vanishes.
func TestCETMadeDuringACloseIsKept(t *testing.T) {
	w := attested(t, 9)
	w.parties[0].noCET, w.parties[1].noCET = true, true
	w.attest(9, 1)
	w.want(contract.Closing)
	o := w.parties[0]
	ours := o.cetOf(9, 0, 1)
	from := len(o.seen)
	if err := o.send(contract.CETReady{Clock: o.clock(), Tx: serialize(t, ours, false)}); err != nil {
		t.Fatal(err)
	}
	if has(o.broadcasts(from), ours) {
		t.Error("the CET fights with the close")
	}
	closing := w.chain.mempool[0]
	w.chain.mempool = nil
	if err := o.send(contract.Unconfirmed{Clock: o.clock(), Txid: closing.TxHash()}); err != nil {
		t.Fatal(err)
	}
	if !has(o.broadcasts(from), ours) || o.mem.state.Phase != contract.Settling {
		t.Errorf("in %s, the CET is not used after the close is gone", o.mem.state.Phase)
	}
}

// Who holds the attestations never helps a refund along: it would lose the race
// of refund and CET in its own mempool.
func TestAttestedPartyDoesNotBroadcastTheRefund(t *testing.T) {
	w := attested(t, 9)
	w.offline()
	w.attest(9, 1)
	w.tick(121)
	w.want(contract.Settling)
	o := w.parties[0]
	deal := dealOf(t, o.mem.state)
	refund, err := deal.Contract.Settlement.CompleteRefund(o.mem.state.SignRefund, deal.Accept.Refund)
	must(t, refund, err)
	ours := o.cetOf(9, 0, 1)
	w.chain.mempool = nil // fees are high: the CET is evicted
	w.now = refundAt + 1
	w.emptyBlock()
	from := len(o.seen)
	if err := o.send(contract.FundingSpent{Clock: o.clock(), Tx: serialize(t, refund, false)}); err != nil {
		t.Fatal(err)
	}
	if p := o.mem.state.Phase; p != contract.Refunding {
		t.Fatalf("in %s", p)
	}
	o.drain()
	w.emptyBlock()
	if all := o.broadcasts(from); has(all, refund) || !has(all, ours) {
		t.Errorf("refund broadcast %t, CET %t", has(all, refund), has(all, ours))
	}
	if err := o.send(contract.Unconfirmed{Clock: o.clock(), Txid: refund.TxHash()}); err != nil {
		t.Fatal(err)
	}
	if p := o.mem.state.Phase; p != contract.Settling {
		t.Errorf("in %s after the refund was evicted", p)
	}
}

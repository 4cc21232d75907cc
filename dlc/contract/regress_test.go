package contract_test

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/btcsuite/btcd/btcutil"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
)

// Real bugs of comparable systems (SECURITY.md 5), each as what must not happen
// here. internal/testkit holds the list.

// Attestations that come twice, or too few, gave a wrong secret or a panic.
func TestRegressDdk185(t *testing.T) {
	w := attested(t, 9)
	w.offline()
	o := w.parties[0]
	for range 3 { // the same oracle again and again is one oracle
		o.note2(o.send(contract.AttestationReceived{Clock: o.clock(), Message: attestation(0, 9)}))
	}
	if s := o.mem.state; s.Phase != contract.Active || len(s.Attestations) != 1 {
		t.Fatalf("in %s with %d attestations", s.Phase, len(s.Attestations))
	}
	s := o.mem.state
	accept, sign := o.disk.messages[s.AcceptHash], o.disk.messages[s.SignHash]
	for name, words := range map[string][][]byte{
		"one": {attestation(0, 9)}, "none": nil, "one twice": {attestation(0, 9), attestation(0, 9)}, "another oracle's": {attestation(0, 9), attestation(2, 9)},
	} {
		if _, err := contract.MakeCET(s, 9, []uint8{0, 1}, accept, sign, words); err == nil {
			t.Errorf("%s: a CET was made", name)
		}
	}
	raw, err := contract.MakeCET(s, 9, []uint8{0, 1}, accept, sign, [][]byte{attestation(1, 9), attestation(0, 9), attestation(1, 9)})
	if must(t, raw, err); len(raw) == 0 {
		t.Error("repeated attestations spoil a CET")
	}
}

// A close gave its fee to one side, was broadcast unasked, had no fixed
// locktime, and its payouts could underflow.
func TestRegressDdk186(t *testing.T) {
	w := active(t)
	o, a := w.parties[0], w.parties[1]
	a.auto = false
	o.note2(o.send(contract.UserClose{Clock: o.clock(), VO: 0, VA: 500_000, FeeRate: 3}))
	w.settle()
	if len(w.chain.mempool) != 0 || len(a.mem.state.Claims) != 0 {
		t.Fatal("closed without the user")
	}
	built, err := contract.CloseOf(a.mem.state, a.mem.state.Session, nil)
	tx := must(t, built, err).Tx()
	if tx.LockTime != 0 || tx.Version != 2 {
		t.Errorf("locktime %d, version %d", tx.LockTime, tx.Version)
	}
	fee := int64(dealOf(t, a.mem.state).Contract.Funding.Value())
	for _, out := range tx.TxOut {
		fee -= out.Value
	}
	if fee < 3*100 || fee > 3*200 {
		t.Errorf("the close pays %d sat", fee)
	}
	for _, v := range [][2]uint64{{500_001, 0}, {math.MaxUint64, 500_001}, {1 << 63, 1 << 63}, {0, 0}} {
		if err := o.send(contract.UserClose{Clock: o.clock(), VO: v[0], VA: v[1], FeeRate: 3}); err == nil {
			t.Errorf("%v is a close", v)
		}
	}
}

// An offer on an event that was attested was accepted.
func TestRegressDdk193(t *testing.T) {
	w := newWorld(t)
	facts := w.parties[1].facts
	facts.Attested = true
	if _, err := contract.CheckOffer(w.offer, w.parties[1].clock(), testParams(), facts); contract.CodeOf(err) != wire.RejectEventPast {
		t.Errorf("offer: %v", err)
	}
	w.parties[1].auto = false
	w.open()
	a := w.parties[1]
	a.note2(a.send(contract.UserApprove{Clock: a.clock(), Party: a.own, Facts: facts}))
	if a.mem.state.Phase != contract.Aborted {
		t.Errorf("approved in %s", a.mem.state.Phase)
	}
}

// A list with too few signatures stopped the listener for all peers.
func TestRegressDdk194(t *testing.T) {
	w := newWorld(t)
	raw := upTo(t, w, contract.Accepter, wire.TypeSign)
	m := as[*wire.Sign](t, raw)
	s := w.parties[1].mem.state
	for n := range 18 {
		short := *m
		short.List = append([]byte{0, 0, 0, byte(n)}, m.List[4:4+64*n]...)
		short.List = append(short.List, make([]byte, (n+7)/8)...)
		code, err := contract.Verify(s, short.Encode(), newDice("x"))
		if code != wire.RejectBadCETSig || err == nil {
			t.Errorf("%d signatures: %s, %v", n, code, err)
		}
	}
}

// A P2SH script made the node panic.
func TestRegressDdk195(t *testing.T) {
	w := newWorld(t)
	o := offerOf(t, w)
	o.Party.Payout = append(append([]byte{0xa9, 0x14}, make([]byte, 20)...), 0x87)
	o.Party.Change = o.Party.Payout
	if _, err := contract.CheckOffer(o.Encode(), w.parties[1].clock(), testParams(), w.parties[1].facts); err != nil {
		t.Errorf("payout to P2SH: %v", err)
	}
	raw, _, _ := prevTx(t, "p2sh", w.parties[0].wallet, 1_000_000)
	o.Party.Inputs[0].PrevTx = bytes.Replace(raw, append([]byte{34}, taproot(w.parties[0].wallet)...), append([]byte{23}, o.Party.Payout...), 1)
	if _, err := contract.CheckOffer(o.Encode(), w.parties[1].clock(), testParams(), w.parties[1].facts); !errors.Is(err, txs.ErrInput) {
		t.Errorf("input of P2SH: %v", err)
	}
}

// Announcements were signed under another tagged hash.
func TestRegressDdk111(t *testing.T) {
	oracle := attesttest.Contract()[0]
	oracle.Dialect = attest.D1
	a := oracle.Announce(attesttest.ContractEvent, attesttest.ContractUnit, attesttest.ContractDigits, maturity)
	w := newWorld(t)
	o := offerOf(t, w)
	o.Announcements[0] = a.Encode()
	if _, err := contract.CheckOffer(o.Encode(), w.parties[1].clock(), testParams(), w.parties[1].facts); contract.CodeOf(err) != wire.RejectBadOracle {
		t.Errorf("a D1 announcement: %v", err)
	}
}

// A block that a reorg took away, or a transaction that was evicted, came back
// to life in the books.
func TestRegressDdkStorageAudit(t *testing.T) {
	TestOtherBlocksDoNotConfirmWhatAReorgTook(t)
	TestWhatAMempoolHeldIsForgottenAtStart(t)
}

// Reorgs were ignored.
func TestRegressRustDlc64(t *testing.T) {
	w := active(t)
	w.reorg(3, true)
	w.want(contract.Broadcast)
	w.mine(3)
	w.want(contract.Active)
}

// A message for a contract of another peer was taken.
func TestRegressRustDlc51(t *testing.T) {
	w := newWorld(t)
	accept := upTo(t, w, contract.Offerer, wire.TypeAccept)
	o := w.parties[0]
	next, effects, err := contract.Step(o.mem.state, contract.PeerAccept{Clock: o.clock(), Peer: [33]byte{2, 9}, Facts: o.facts, Message: accept})
	if err != nil || next.Pending != [32]byte{} || len(effects) != 1 {
		t.Errorf("%v, %v", effects, err)
	}
}

// Collaterals did not add up to the payouts.
func TestRegressRustDlc78(t *testing.T) {
	w := active(t)
	deal := dealOf(t, w.parties[0].mem.state)
	runs, err := deal.Terms.Runs()
	for _, run := range must(t, runs, err) {
		o, a, err := deal.Contract.Settlement.Payouts(amount(run.Y))
		if err != nil || o+a != deal.Contract.Settlement.Collateral() {
			t.Errorf("%d and %d, %v", o, a, err)
		}
	}
	offer := offerOf(t, newWorld(t))
	for _, change := range []int64{-1, 1, 100_000} {
		bad := *offer
		bad.Party.Collateral += btcutil.Amount(change)
		if _, err := contract.CheckOffer(bad.Encode(), w.parties[1].clock(), testParams(), w.parties[1].facts); err == nil {
			t.Errorf("collateral %+d is taken", change)
		}
	}
}

// Offers were hardly checked.
func TestRegressRustDlc50(t *testing.T) { TestOffersAreRefusedWithTheirCode(t) }

// The same, for numbers that overflow.
func TestRegressRustDlc89(t *testing.T) {
	w := newWorld(t)
	for _, f := range fields() {
		v := uint64(math.MaxUint64) >> (64 - f.bits)
		o := offerOf(t, w)
		f.set(o, v)
		if _, err := contract.CheckOffer(o.Encode(), w.parties[1].clock(), testParams(), w.parties[1].facts); (err == nil) != f.legal(v) {
			t.Errorf("%s = %d: %v", f.name, v, err)
		}
	}
}

// Attestations were not checked.
func TestRegressRustDlc242(t *testing.T) {
	w := active(t)
	o := w.parties[0]
	forged := bytes.Clone(attestation(0, 9))
	forged[len(forged)-40] ^= 1
	for name, raw := range map[string][]byte{"forged": forged, "of another event": attestationOf(20601), "with a digit changed": twisted(attestation(0, 9))} {
		if err := o.send(contract.AttestationReceived{Clock: o.clock(), Message: raw}); !errors.Is(err, contract.ErrAttestation) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(o.mem.state.Attestations) != 0 {
		t.Error("it is kept")
	}
}

// A contract stayed in Offered, and its coins with it, for ever.
func TestRegressRustDlc120(t *testing.T) { TestExpiryAndTimersReleaseTheInputs(t) }

// A restart in the middle of the protocol broke the contract.
func TestRegressTenTenOne1784(t *testing.T) { crashWhile(t, contract.KindPeerAccept) }

// A restart while signatures were made broke it.
func TestRegressTenTenOne1817(t *testing.T) { crashWhile(t, contract.KindOwnSignaturesReady) }

// A restart after funding broke it.
func TestRegressTenTenOne521(t *testing.T) { crashWhile(t, contract.KindFundingSeen) }

// crashWhile kills both parties just after their first event of a kind; the
// contract is opened all the same.
func crashWhile(t *testing.T, kind contract.Kind) {
	t.Helper()
	reference := newWorld(t)
	reference.open()
	for role, p := range reference.parties {
		at := slices.IndexFunc(p.events, func(e contract.Event) bool { return contract.KindOf(e) == kind })
		if at < 0 {
			continue
		}
		w := newWorld(t)
		w.opened()
		victim := w.parties[role]
		victim.crash()
		w.heal()
		w.want(contract.Broadcast)
		fresh := newWorld(t)
		fresh.parties[role].plan = []int{3*at + 2}
		fresh.opened()
		fresh.heal()
		fresh.want(contract.Broadcast)
	}
}

// Rounding paid out more than was locked.
func TestRegressTenTenOne2131(t *testing.T) {
	terms := testTerms(payout.Long)
	for x := range uint64(16) {
		if y := terms.Settled(x); y > terms.M() {
			t.Errorf("outcome %d pays %d of %d", x, y, terms.M())
		}
	}
	odd := terms
	odd.Notional = 33_333_333
	for x := range uint64(16) {
		if y := odd.Settled(x); y > odd.M() || odd.LongLock()+odd.ShortLock() != odd.M() {
			t.Errorf("outcome %d pays %d of %d", x, y, odd.M())
		}
	}
}

// The same for the sum of both sides.
func TestRegressTenTenOne289(t *testing.T) { TestSumOfOutputsAndFeesIsThatOfTheInputs(t) }

// A reject left a contract that was neither there nor gone.
func TestRegressTenTenOne2346(t *testing.T) {
	w := newWorld(t)
	w.parties[1].auto = false
	w.open()
	a := w.parties[1]
	a.note2(a.send(contract.UserWithdraw{Clock: a.clock()}))
	w.settle()
	w.want(contract.Aborted)
	for _, p := range w.parties {
		if len(p.disk.reserved) != 0 || len(p.disk.outbox) != 0 || !p.disk.archived {
			t.Errorf("%s keeps something", p.name)
		}
	}
}

// A state from the disk made the program crash at every start.
func TestRegressTenTenOne1338(t *testing.T) {
	states, _ := lived(t)
	seen := map[[3]contract.Phase]bool{}
	for _, s := range states {
		kind := [3]contract.Phase{s.Phase, s.Base, contract.Phase(s.Role)}
		if raced && seen[kind] {
			continue
		}
		seen[kind] = true
		clock := s.Clock
		for range 3 {
			next, _, err := contract.Step(s, contract.Restarted{Clock: clock})
			if err != nil {
				t.Fatalf("restart in %s: %v", s.Phase, err)
			}
			s = next
			clock.Now, clock.Height = clock.Now+86_400, clock.Height+10
		}
	}
}

// A contract counted as open before its funding was confirmed.
func TestRegressTenTenOne461(t *testing.T) {
	w := newWorld(t)
	w.open()
	for _, p := range w.parties {
		if p.mem.state.Phase.Funded() || p.mem.state.Phase.Unspent() {
			t.Errorf("%s in %s", p.name, p.mem.state.Phase)
		}
	}
	o := w.parties[0]
	if err := o.send(contract.UserClose{Clock: o.clock(), VO: 200_000, VA: 300_000, FeeRate: 3}); !errors.Is(err, contract.ErrIllegal) {
		t.Errorf("closed unconfirmed: %v", err)
	}
}

// Both sides computed other fees.
func TestRegressTenTenOne555(t *testing.T) {
	w := active(t)
	o, a := w.parties[0].mem.state, w.parties[1].mem.state
	left, right := dealOf(t, o).Contract, dealOf(t, a).Contract
	if left.Funding.Fee() != right.Funding.Fee() || left.Funding.Tx().TxHash() != right.Funding.Tx().TxHash() || left.Funding.Value() != right.Funding.Value() {
		t.Error("funding differs")
	}
	if o.ContractID != a.ContractID {
		t.Error("contract ids differ")
	}
}

// One side thought the contract closed, the other did not.
func TestRegressTenTenOne310(t *testing.T) {
	w := attested(t, 9)
	w.offline()
	o := w.parties[0]
	o.note2(o.send(contract.AttestationReceived{Clock: o.clock(), Message: attestation(1, 9)}))
	w.settle()
	w.tick(121)
	w.mine(6) // the accepter never hears of the second attestation, but sees the CET
	w.want(contract.Closed)
}

// The last message was lost, and a state from before it was acted on.
func TestRegressItchysats1799(t *testing.T) { TestMessagesLostBeforeAReconnectAreSentAgain(t) }

// The same, with a crash.
func TestRegressItchysats1617(t *testing.T) {
	w := newWorld(t)
	w.parties[1].plan = []int{40}
	w.opened()
	w.heal()
	w.want(contract.Broadcast)
}

// An adaptor signature that does not verify was stored.
func TestRegressItchysats2280(t *testing.T) {
	w := newWorld(t)
	m := as[*wire.Accept](t, upTo(t, w, contract.Offerer, wire.TypeAccept))
	m.List = bytes.Clone(m.List)
	m.List[4+64*9+33] ^= 1
	o := w.parties[0]
	o.receive(m.Encode())
	o.drain()
	if s := o.mem.state; s.Phase != contract.Aborted || s.AcceptHash != [32]byte{} {
		t.Errorf("in %s", s.Phase)
	}
}

// The CET was not broadcast again after the first attempt.
func TestRegressItchysats1171(t *testing.T) {
	w := attested(t, 9)
	w.offline()
	w.attest(9, 1)
	w.tick(121)
	w.want(contract.Settling)
	o := w.parties[0]
	for range 3 {
		w.chain.mempool = nil
		from := len(o.seen)
		w.emptyBlock()
		if len(o.broadcasts(from)) == 0 {
			t.Fatal("not sent again")
		}
	}
	w.mine(6)
	w.want(contract.Closed)
}

// The CET was not tracked.
func TestRegressItchysats1758(t *testing.T) { TestRegressTenTenOne310(t) }

// A failure to broadcast stayed pending for ever: here every block tries again.
func TestRegressItchysats780(t *testing.T) {
	w := newWorld(t)
	w.open()
	for range 3 {
		w.chain.mempool = nil // refused
		w.emptyBlock()
	}
	w.mine(1)
	w.want(contract.Confirmed)
}

// Coins stayed locked after a contract had failed.
func TestRegressItchysats1135(t *testing.T) {
	for _, l := range allLives {
		if l.want != contract.Aborted {
			continue
		}
		e, _, _ := end(t, l, [2][]int{})
		if e.reserved != [2]int{} {
			t.Errorf("%s: %v inputs stay set aside", l.name, e.reserved)
		}
	}
}

// A contract that was closed by agreement was "force-closed" too.
func TestRegressItchysats1359(t *testing.T) {
	w := active(t)
	o := w.parties[0]
	o.note2(o.send(contract.UserClose{Clock: o.clock(), VO: 250_000, VA: 250_000, FeeRate: 3}))
	w.settle()
	w.mine(6)
	w.want(contract.CoopClosed)
	w.mineAt(maturity + 10)
	w.attest(9, 0, 1)
	w.tick(200)
	w.mineAt(refundAt + 1)
	w.want(contract.CoopClosed)
	for _, p := range w.parties {
		for _, tx := range p.broadcasts(0) {
			if tx.LockTime != 0 {
				t.Errorf("%s broadcasts a transaction of locktime %d", p.name, tx.LockTime)
			}
		}
	}
}

// A contract was settled before its funding was confirmed.
func TestRegressItchysats2387(t *testing.T) {
	w := newWorld(t)
	w.open()
	w.chain.mempool = nil
	w.now = maturity + 10
	w.chain.blocks = append(w.chain.blocks, block{time: w.now})
	w.attest(9, 0, 1)
	w.tick(121)
	funding := dealOf(t, w.parties[0].mem.state).Contract.Funding.OutPoint()
	for _, p := range w.parties {
		for _, tx := range p.broadcasts(0) {
			if tx.TxIn[0].PreviousOutPoint == funding {
				t.Errorf("%s spends an unconfirmed funding output", p.name)
			}
		}
	}
}

// The signatures of accept were not verified.
func TestRegressBitcoinS1970(t *testing.T) {
	for name, change := range map[string]func(*wire.Accept){
		"refund": func(m *wire.Accept) { m.Refund = [64]byte{1} },
		"list":   func(m *wire.Accept) { m.List = append([]byte{0, 0, 0, 18}, make([]byte, 18*64+3)...) },
	} {
		w := newWorld(t)
		m := as[*wire.Accept](t, upTo(t, w, contract.Offerer, wire.TypeAccept))
		change(m)
		o := w.parties[0]
		o.receive(m.Encode())
		o.drain()
		if o.mem.state.Phase != contract.Aborted || o.mem.state.OwnWitness != nil {
			t.Errorf("%s: in %s", name, o.mem.state.Phase)
		}
	}
}

// Inputs that are not segwit make the txid malleable.
func TestRegressBitcoinS2682(t *testing.T) {
	w := newWorld(t)
	raw, _, _ := prevTx(t, "p2pkh", w.parties[0].wallet, 1_000_000)
	p2pkh := append(append([]byte{0x76, 0xa9, 0x14}, make([]byte, 20)...), 0x88, 0xac)
	o := offerOf(t, w)
	o.Party.Inputs[0].PrevTx = bytes.Replace(raw, append([]byte{34}, taproot(w.parties[0].wallet)...), append([]byte{25}, p2pkh...), 1)
	if _, err := contract.CheckOffer(o.Encode(), w.parties[1].clock(), testParams(), w.parties[1].facts); contract.CodeOf(err) != wire.RejectBadInput {
		t.Errorf("a P2PKH input: %v", err)
	}
}

// A CET that was not final yet moved the state.
func TestRegressBitcoinS4041(t *testing.T) { TestCETWaitsForTheMedianTime(t) }

// A contract was executed that was never funded.
func TestRegressBitcoinS4184(t *testing.T) { TestRegressItchysats2387(t) }

// Many small inputs blew up an offer.
func TestRegressBitcoinS3865(t *testing.T) {
	w := newWorld(t)
	o := offerOf(t, w)
	for i := range 40 {
		raw, _, _ := prevTx(t, string(rune('a'+i)), w.parties[0].wallet, 331)
		o.Party.Inputs = append(o.Party.Inputs, wire.Input{Serial: uint64(1000 + i), PrevTx: raw})
	}
	if _, err := contract.CheckOffer(o.Encode(), w.parties[1].clock(), testParams(), w.parties[1].facts); contract.CodeOf(err) != wire.RejectLimit {
		t.Errorf("41 inputs: %v", err)
	}
}

// A list of ways to lose money: each is a guard here, and its test.
func TestRegressDlcspecs132(t *testing.T) {
	TestOffererTakesTheFreeOptionAwayByCancelling(t)
	TestUnconfirmedFundingIsCancelledLeadBeforeMaturity(t)
}

// Proof of an oracle's fraud is kept.
func TestRegressDlcspecs152(t *testing.T) { TestEquivocationIsEvidenceAndTheFirstStands(t) }

// What was spent while the node was down is seen at its start.
func TestRegressCoreLightning9073(t *testing.T) {
	w := attested(t, 9)
	w.offline()
	w.attest(9, 1)
	a := w.parties[1]
	a.mem.watch, a.mem.told = map[string]bool{}, map[string]uint32{} // down: it sees nothing
	o := w.parties[0]
	w.now += 121
	o.note2(o.send(contract.Tick{Clock: o.clock()}))
	o.drain()
	w.chain.mine(w.now)
	if len(w.chain.blocks[len(w.chain.blocks)-1].txs) != 1 {
		t.Fatal("the CET is not mined")
	}
	a.crash()
	a.look()
	if s := a.mem.state; s.Phase != contract.Settling || s.Spend.Height == 0 {
		t.Errorf("in %s", s.Phase)
	}
}

// Fees that a peer proposes are bounded by policy and by protocol.
func TestRegressMorehouseFees(t *testing.T) {
	w := newWorld(t)
	for _, rate := range []uint32{0, 101, 1001, math.MaxUint32} {
		o := offerOf(t, w)
		o.FundFeeRate = rate
		if _, err := contract.CheckOffer(o.Encode(), w.parties[1].clock(), testParams(), w.parties[1].facts); contract.CodeOf(err) != wire.RejectBadFee {
			t.Errorf("%d sat/vB: %v", rate, err)
		}
	}
}

// A process that dies while a contract is over has its watches renewed when a deep
// reorg takes the end back.
func TestARestartAfterTheEndDoesNotEndTheWatching(t *testing.T) {
	w := newWorld(t)
	w.begin()
	w.settle()
	w.want(contract.Broadcast)
	o, villain := w.parties[0], w.parties[1]
	w.offline()
	doubleSpend := func() {
		t.Helper()
		w.chain.mempool = nil
		o.look()
		w.chain.submit(parse(t, villain.mem.state.Cancel))
		w.settle()
		w.mine(6)
		if got := o.mem.state.Phase; got != contract.Aborted {
			t.Fatalf("the honest offerer is in %s", got)
		}
	}
	doubleSpend()
	o.crash()
	w.settle()
	w.reorg(6, true)
	if got := o.mem.state.Phase; got != contract.Broadcast {
		t.Fatalf("after the reorg the honest offerer is in %s", got)
	}
	doubleSpend()
}

package contract_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/internal/testkit"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
)

// offerOf decodes the world's offer for a change.
func offerOf(t tester, w *world) *wire.Offer {
	t.Helper()
	return as[*wire.Offer](t, w.offer)
}

func TestOffersAreRefusedWithTheirCode(t *testing.T) {
	w := newWorld(t)
	retermed := func(change func(*payout.Terms)) func(*wire.Offer, *contract.Facts, *contract.Clock) {
		return func(o *wire.Offer, _ *contract.Facts, _ *contract.Clock) {
			terms := testTerms(payout.Long)
			change(&terms)
			o.Terms = terms.Encode()
		}
	}
	offer := func(change func(*wire.Offer)) func(*wire.Offer, *contract.Facts, *contract.Clock) {
		return func(o *wire.Offer, _ *contract.Facts, _ *contract.Clock) { change(o) }
	}
	facts := func(change func(*contract.Facts)) func(*wire.Offer, *contract.Facts, *contract.Clock) {
		return func(_ *wire.Offer, f *contract.Facts, _ *contract.Clock) { change(f) }
	}
	clock := func(now int64) func(*wire.Offer, *contract.Facts, *contract.Clock) {
		return func(_ *wire.Offer, _ *contract.Facts, c *contract.Clock) { c.Now = now }
	}
	for _, c := range []struct {
		name   string
		code   wire.RejectCode
		change func(*wire.Offer, *contract.Facts, *contract.Clock)
	}{
		{"expired", wire.RejectExpired, clock(opening + 500)},
		{"expires too late", wire.RejectExpired, clock(opening - 101)},
		{"no expiry", wire.RejectExpired, offer(func(o *wire.Offer) { o.Expiry = 0 })},
		{"last expiry", wire.RejectExpired, offer(func(o *wire.Offer) { o.Expiry = math.MaxUint32 })},
		{"cet locktime a height", wire.RejectBadLocktime, offer(func(o *wire.Offer) { o.CETLocktime = 499_999_999 })},
		{"cet locktime not the maturity", wire.RejectBadLocktime, offer(func(o *wire.Offer) { o.CETLocktime--; o.RefundLocktime-- })},
		{"refund before cet", wire.RejectBadLocktime, offer(func(o *wire.Offer) { o.RefundLocktime = o.CETLocktime })},
		{"refund a second early", wire.RejectBadLocktime, offer(func(o *wire.Offer) { o.RefundLocktime = o.CETLocktime + 1_209_599 })},
		{"refund a second late", wire.RejectBadLocktime, offer(func(o *wire.Offer) { o.RefundLocktime = o.CETLocktime + 31_536_001 })},
		{"refund beyond our policy", wire.RejectBadLocktime, facts(func(f *contract.Facts) { f.MaxRefund = 2_000_000 })},
		{"no fee", wire.RejectBadFee, offer(func(o *wire.Offer) { o.FundFeeRate = 0 })},
		{"huge fee", wire.RejectBadFee, offer(func(o *wire.Offer) { o.CETFeeRate = math.MaxUint32 })},
		{"fee beyond our policy", wire.RejectBadFee, facts(func(f *contract.Facts) { f.MaxFeeRate = 4 })},
		{"fee below our policy", wire.RejectBadFee, facts(func(f *contract.Facts) { f.MinFeeRate = 4 })},
		{"terms no stream", wire.RejectBadTerms, offer(func(o *wire.Offer) { o.Terms = []byte{1} })},
		{"no terms", wire.RejectBadTerms, offer(func(o *wire.Offer) { o.Terms = nil })},
		{"c0 not the index's", wire.RejectBadTerms, retermed(func(p *payout.Terms) { p.Base = 0 })},
		{"digits not the index's", wire.RejectBadTerms, retermed(func(p *payout.Terms) { p.Digits = 5 })},
		{"more slots than the list may have", wire.RejectLimit, facts(func(f *contract.Facts) { f.MaxList = 17 })},
		{"order without quote id", wire.RejectQuoteMismatch, offer(func(o *wire.Offer) { o.Take = &wire.Take{} })},
		{"collateral one less", wire.RejectBadCollateral, offer(func(o *wire.Offer) { o.Party.Collateral-- })},
		{"no collateral", wire.RejectBadCollateral, offer(func(o *wire.Offer) { o.Party.Collateral = 0 })},
		{"all collateral", wire.RejectBadCollateral, offer(func(o *wire.Offer) { o.Party.Collateral = 21e14 })},
		{"payout script", wire.RejectBadScript, offer(func(o *wire.Offer) { o.Party.Payout = []byte{0x51} })},
		{"change script", wire.RejectBadScript, offer(func(o *wire.Offer) { o.Party.Change = nil })},
		{"serials", wire.RejectBadSerial, offer(func(o *wire.Offer) { o.FundSerial = o.Party.ChangeSerial })},
		{"key no point", wire.RejectBadKeys, offer(func(o *wire.Offer) { o.Party.Internal[0] = 5 })},
		{"key id", wire.RejectBadKeys, offer(func(o *wire.Offer) { o.Party.KeyID[0] = 0x80 })},
		{"equal keys", wire.RejectBadKeys, offer(func(o *wire.Offer) { o.Party.Contract = o.Party.Internal })},
		{"an oracle's key", wire.RejectBadKeys, offer(func(o *wire.Offer) {
			key := attesttest.Contract()[1].Key()
			o.Party.Contract = [33]byte(append([]byte{2}, key[:]...))
		})},
		{"announcement missing", wire.RejectBadOracle, offer(func(o *wire.Offer) { o.Announcements = o.Announcements[1:] })},
		{"announcements swapped", wire.RejectBadOracle, offer(func(o *wire.Offer) { slices.Reverse(o.Announcements) })},
		{"announcement signature", wire.RejectBadOracle, offer(func(o *wire.Offer) { o.Announcements[0][20] ^= 1 })},
		{"announcement no event", wire.RejectBadOracle, offer(func(o *wire.Offer) { o.Announcements[1] = []byte{0xfd, 0xd8, 0x24, 1, 0} })},
		{"another unit", wire.RejectBadOracle, facts(func(f *contract.Facts) { f.Unit = "sat" })},
		{"oracle not allowed", wire.RejectOracleDeclined, facts(func(f *contract.Facts) { f.Oracles = f.Oracles[:2] })},
		{"attested", wire.RejectEventPast, facts(func(f *contract.Facts) { f.Attested = true })},
		{"within LEAD", wire.RejectEventPast, func(o *wire.Offer, _ *contract.Facts, c *contract.Clock) {
			c.Now = maturity - 3599
			o.Expiry = maturity - 3500
		}},
		{"no inputs", wire.RejectBadInput, offer(func(o *wire.Offer) { o.Party.Inputs = nil })},
		{"input twice", wire.RejectBadInput, offer(func(o *wire.Offer) {
			in := o.Party.Inputs[0]
			in.Serial++
			o.Party.Inputs = append(o.Party.Inputs, in)
		})},
		{"input output", wire.RejectBadInput, offer(func(o *wire.Offer) { o.Party.Inputs[0].Vout = 1 })},
		{"input of ours", wire.RejectBadInput, facts(func(f *contract.Facts) { f.Own = []btcwire.OutPoint{w.parties[0].coin} })},
		{"input spent", wire.RejectBadInput, facts(func(f *contract.Facts) { f.Unavailable = []btcwire.OutPoint{w.parties[0].coin} })},
		{"info hash", wire.RejectInfoMismatch, offer(func(o *wire.Offer) { o.InfoHash[31] ^= 1 })},
		{"our policy", wire.RejectRateLimited, facts(func(f *contract.Facts) { f.Policy = wire.RejectRateLimited })},
	} {
		o, f := offerOf(t, w), w.parties[1].facts
		f.Oracles = slices.Clone(f.Oracles)
		clock := w.parties[1].clock()
		c.change(o, &f, &clock)
		raw := o.Encode()
		_, err := contract.CheckOffer(raw, clock, testParams(), f)
		if contract.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", c.name, err, c.code)
		}
		next, effects, err := contract.Step(contract.State{}, contract.PeerOffer{Clock: clock, Peer: w.parties[0].node, Params: testParams(), Facts: f, Message: raw})
		if err != nil || next.Phase != contract.New || next.OfferHash != [32]byte{} || len(effects) != 1 {
			t.Errorf("%s left a trace: %s, %v, %v", c.name, next.Phase, effects, err)
		} else if want := fmt.Sprintf("Send reject offer %s", c.code); effects[0].String() != want {
			t.Errorf("%s: %s, want %s", c.name, effects[0], want)
		}
	}
	if _, err := contract.CheckOffer((&wire.Ping{}).Encode(), w.parties[1].clock(), testParams(), w.parties[1].facts); contract.CodeOf(err) != wire.RejectMalformed {
		t.Errorf("a ping: %v", err)
	}
}

// answerOrder makes the world's offer answer an order of the accepter, which
// change may alter before it is signed.
func answerOrder(t tester, w *world, change func(*order.Quote)) (*order.Order, *order.Take) {
	t.Helper()
	maker, taker := testkit.Key("accepter-node"), testkit.Key("offerer-node")
	terms := testTerms(payout.Long)
	quote := order.Quote{
		Side: order.Sell, Product: payout.SwapM, Index: "hp1/tot", StartDay: 20600, Days: 1, HMin: 50_000_000, HMax: 100_000_000,
		K: 6, Floor: 2, Cap: 12, QuantJ: 1, Oracles: terms.Oracles, Threshold: 2, Expiry: opening + 5000, Nonce: 1,
	}
	change(&quote)
	signed, err := order.Order{Quote: quote}.Sign(maker, [32]byte{1})
	o := must(t, signed, err)
	taken, err := order.Take{OrderID: o.ID(), H: 50_000_000, Nonce: 1, Expiry: opening + 400}.Sign(taker, [32]byte{2})
	take := must(t, taken, err)
	m := offerOf(t, w)
	m.QuoteID, m.Take = o.ID(), &wire.Take{Order: o.Encode(), Take: take.Encode()}
	terms, err = order.TermsFrom(o, take, w.parties[1].facts.Index)
	m.Terms = must(t, terms, err).Encode()
	m.InfoHash, m.Party.Collateral = infoHash(t, terms), amount(terms.LongLock())
	w.offer = m.Encode()
	for _, p := range w.parties {
		p.facts.NodeKey, p.facts.PeerKey, p.facts.Remaining = o.MakerPK, take.TakerPK, 100_000_000
	}
	return o, take
}

// An order may not outlive the maturity of its start day: after that its base
// is history, and whoever takes it knows more than who made it.
func TestOrderThatOutlivesItsStartDayIsRefused(t *testing.T) {
	const day = 86_400
	for name, c := range map[string]struct {
		days   uint32
		expiry uint64
		code   wire.RejectCode
	}{
		"one day, at maturity":          {1, maturity, 0},
		"one day, a second later":       {1, maturity + 1, wire.RejectMalformed},
		"two days, at the first's":      {2, maturity - day, 0},
		"two days, a second after that": {2, maturity - day + 1, wire.RejectMalformed},
		"two days, at the last's":       {2, maturity, wire.RejectMalformed},
	} {
		w := newWorld(t)
		answerOrder(t, w, func(q *order.Quote) {
			q.Expiry, q.Days, q.StartDay = c.expiry, c.days, 20600+1-c.days
			if c.days == 2 {
				q.K, q.Floor, q.Cap = 3, 1, 7
			}
		})
		now := w.parties[1].clock()
		now.Now -= 50 // the first of two days matures at opening
		_, err := contract.CheckOffer(w.offer, now, testParams(), w.parties[1].facts)
		if err == nil && c.code != 0 || err != nil && contract.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

func TestOfferThatAnswersAnOrderUsesItsTake(t *testing.T) {
	w := newWorld(t)
	o, take := answerOrder(t, w, func(*order.Quote) {})
	for name, c := range map[string]struct {
		code   wire.RejectCode
		change func(f *contract.Facts)
	}{
		"not enough left":  {wire.RejectUnavailable, func(f *contract.Facts) { f.Remaining = 40_000_000 }},
		"used or unknown":  {wire.RejectUnavailable, func(f *contract.Facts) { f.Remaining = 0 }},
		"of another maker": {wire.RejectMalformed, func(f *contract.Facts) { f.NodeKey[0] ^= 1 }},
		"of another taker": {wire.RejectMalformed, func(f *contract.Facts) { f.PeerKey[0] ^= 1 }},
	} {
		f := w.parties[1].facts
		c.change(&f)
		if _, err := contract.CheckOffer(w.offer, w.parties[1].clock(), testParams(), f); contract.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	late := w.parties[1].clock()
	late.Now = opening + 400
	if _, err := contract.CheckOffer(w.offer, late, testParams(), w.parties[1].facts); contract.CodeOf(err) != wire.RejectExpired {
		t.Errorf("take expired: %v", err)
	}
	w.open()
	w.want(contract.Broadcast)
	a := w.parties[1]
	if s := a.mem.state; !s.Taken || s.TakeSize != 50_000_000 || s.OrderID != o.ID() || s.TakeID != take.ID() || a.disk.orders != 1 {
		t.Fatalf("the take is not used: %+v", s.TakeSize)
	}
	a.note2(a.send(contract.UserWithdraw{Clock: a.clock()}))
	w.settle()
	w.mine(6)
	if a.mem.state.Phase != contract.Aborted || a.disk.orders != 0 || a.mem.state.Taken {
		t.Fatalf("in %s with %d taken", a.mem.state.Phase, a.disk.orders)
	}
}

// upTo runs until the party is about to receive a message of the type, and
// returns it.
func upTo(t tester, w *world, role contract.Role, kind wire.Type) []byte {
	t.Helper()
	w.begin()
	for range 20 {
		for r, p := range w.parties {
			p.drain()
			if len(w.wires[r]) == 0 {
				continue
			}
			raw := w.wires[r][0]
			head, err := wire.HeadOf(raw)
			if must(t, head, err).Type == kind && contract.Role(r) == role {
				return raw
			}
			w.wires[r] = w.wires[r][1:]
			p.receive(raw)
		}
	}
	t.Fatalf("no %s", kind)
	return nil
}

func lastReject(t tester, p *party) wire.RejectCode {
	t.Helper()
	for i := len(p.seen) - 1; i >= 0; i-- {
		if e, ok := p.seen[i].(contract.Send); ok && len(e.Data) > 0 {
			m, err := wire.Decode(e.Data)
			if reject, ok := must(t, m, err).(*wire.Reject); ok {
				return reject.Code
			}
		}
	}
	return 0
}

func TestBadAcceptDropsTheContract(t *testing.T) {
	for name, c := range map[string]struct {
		code   wire.RejectCode
		change func(*world, *wire.Accept)
	}{
		"offer hash":       {wire.RejectConflict, func(_ *world, m *wire.Accept) { m.OfferHash[0] ^= 1 }},
		"temp id":          {wire.RejectUnknownContract, func(_ *world, m *wire.Accept) { m.TempID[0] ^= 1 }},
		"collateral":       {wire.RejectBadCollateral, func(_ *world, m *wire.Accept) { m.Party.Collateral++ }},
		"keys":             {wire.RejectBadKeys, func(w *world, m *wire.Accept) { m.Party.Internal = w.parties[0].own.Contract }},
		"script":           {wire.RejectBadScript, func(w *world, m *wire.Accept) { m.Party.Payout = w.parties[0].own.Payout }},
		"serial":           {wire.RejectBadSerial, func(w *world, m *wire.Accept) { m.Party.PayoutSerial = w.parties[0].own.PayoutSerial }},
		"input":            {wire.RejectBadInput, func(w *world, m *wire.Accept) { m.Party.Inputs[0].PrevTx = w.parties[0].own.Inputs[0].PrevTx }},
		"input spent":      {wire.RejectBadInput, func(w *world, _ *wire.Accept) { w.parties[0].facts.Unavailable = []btcwire.OutPoint{w.parties[1].coin} }},
		"refund signature": {wire.RejectBadRefundSig, func(_ *world, m *wire.Accept) { m.Refund[9] ^= 1 }},
		"list short":       {wire.RejectBadCETSig, func(_ *world, m *wire.Accept) { m.List = make([]byte, 4) }},
		"one signature":    {wire.RejectBadCETSig, func(_ *world, m *wire.Accept) { m.List = bytes.Clone(m.List); m.List[4+64*7+40] ^= 1 }},
		"late":             {wire.RejectExpired, func(w *world, _ *wire.Accept) { w.now = opening + 500 }},
		"event past": {wire.RejectEventPast, func(w *world, _ *wire.Accept) {
			o := w.parties[0]
			o.note2(o.send(contract.AttestationReceived{Clock: o.clock(), Message: attestation(2, 1)}))
		}},
	} {
		w := newWorld(t)
		raw := upTo(t, w, contract.Offerer, wire.TypeAccept)
		m := as[*wire.Accept](t, raw)
		c.change(w, m)
		o := w.parties[0]
		o.receive(m.Encode())
		o.drain()
		if got := lastReject(t, o); o.mem.state.Phase != contract.Aborted || got != c.code {
			t.Errorf("%s: %s with %s, want %s", name, o.mem.state.Phase, got, c.code)
		}
		if len(o.disk.reserved) != 0 {
			t.Errorf("%s: inputs stay reserved", name)
		}
	}
}

func TestBadSignDropsTheContract(t *testing.T) {
	for name, c := range map[string]struct {
		code   wire.RejectCode
		change func(*world, *wire.Sign)
	}{
		"accept hash":      {wire.RejectConflict, func(_ *world, m *wire.Sign) { m.AcceptHash[0] ^= 1 }},
		"contract id":      {wire.RejectUnknownContract, func(_ *world, m *wire.Sign) { m.ContractID[0] ^= 1 }},
		"refund signature": {wire.RejectBadRefundSig, func(_ *world, m *wire.Sign) { m.Refund[40] ^= 1 }},
		"no witness":       {wire.RejectBadWitness, func(_ *world, m *wire.Sign) { m.Witnesses = nil }},
		"witness":          {wire.RejectBadWitness, func(_ *world, m *wire.Sign) { m.Witnesses[0][0][3] ^= 1 }},
		"long signature":   {wire.RejectBadWitness, func(_ *world, m *wire.Sign) { m.Witnesses[0][0] = append(m.Witnesses[0][0], 1) }},
		"one signature":    {wire.RejectBadCETSig, func(_ *world, m *wire.Sign) { m.List = bytes.Clone(m.List); m.List[4+64*17] ^= 1 }},
		"late":             {wire.RejectExpired, func(w *world, _ *wire.Sign) { w.now += 300 }},
		"event past": {wire.RejectEventPast, func(w *world, _ *wire.Sign) {
			a := w.parties[1]
			a.note2(a.send(contract.AttestationReceived{Clock: a.clock(), Message: attestation(2, 1)}))
		}},
	} {
		w := newWorld(t)
		raw := upTo(t, w, contract.Accepter, wire.TypeSign)
		m := as[*wire.Sign](t, raw)
		c.change(w, m)
		a := w.parties[1]
		a.receive(m.Encode())
		a.drain()
		if got := lastReject(t, a); a.mem.state.Phase != contract.Aborted || got != c.code {
			t.Errorf("%s: %s with %s, want %s", name, a.mem.state.Phase, got, c.code)
		}
		if len(w.chain.mempool) != 0 || len(a.disk.reserved) != 0 {
			t.Errorf("%s: something of ours is out", name)
		}
	}
}

func TestDuplicatesConflictsAndWrongStates(t *testing.T) {
	w := newWorld(t)
	upTo(t, w, contract.Accepter, wire.TypeSign)
	o, a := w.parties[0], w.parties[1]
	offer, accept, sign := w.past[1][0], w.past[0][0], w.past[1][1]
	// The same bytes again.
	count := func(role contract.Role) int { return len(w.past[role]) }
	before := count(0)
	a.receive(offer)
	a.drain()
	if count(0) != before+1 || !bytes.Equal(w.past[0][before], accept) {
		t.Error("offer again: accept is not sent again")
	}
	before = count(1)
	o.receive(accept)
	o.drain()
	if count(1) != before+1 || !bytes.Equal(w.past[1][before], sign) {
		t.Error("accept again: sign is not sent again")
	}
	// Other bytes of the same identity.
	other := func(raw []byte) []byte {
		m, err := wire.Decode(raw)
		switch m := must(t, m, err).(type) { //nolint:gochecksumtype // only these are sent here
		case *wire.Offer:
			m.FundFeeRate++
			return m.Encode()
		case *wire.Accept:
			m.Refund[0] ^= 1
			return m.Encode()
		case *wire.Sign:
			m.Refund[0] ^= 1
			return m.Encode()
		case *wire.Funded:
			m.Witnesses[0][0][0] ^= 1
			return m.Encode()
		}
		return nil
	}
	for _, c := range []struct {
		to  *party
		raw []byte
	}{{a, offer}, {o, accept}} {
		c.to.receive(other(c.raw))
		if got := lastReject(t, c.to); got != wire.RejectConflict {
			t.Errorf("other bytes: %s", got)
		}
	}
	w.settle()
	w.want(contract.Broadcast)
	funded := w.past[0][len(w.past[0])-1]
	before = count(0)
	a.receive(sign)
	a.drain()
	if count(0) != before+1 || !bytes.Equal(w.past[0][before], funded) {
		t.Error("sign again: funded is not sent again")
	}
	a.receive(other(sign))
	if got := lastReject(t, a); got != wire.RejectConflict {
		t.Errorf("other sign: %s", got)
	}
	seen := len(o.seen)
	o.receive(other(funded))
	o.receive(funded)
	if len(o.seen) != seen {
		t.Error("funded again does something")
	}
	// Messages of the other role, and for a contract that does not exist.
	for _, e := range []contract.Event{
		contract.PeerAccept{Clock: a.clock(), Peer: o.node, Message: accept[:len(accept)-1]},
		contract.PeerSign{Clock: a.clock(), Peer: a.node, Message: sign},
	} {
		_, effects, err := contract.Step(contract.State{}, e)
		if err != nil || len(effects) != 1 || effects[0].String() != fmt.Sprintf("Send reject %s unknown_contract", map[contract.Kind]string{
			contract.KindPeerAccept: "accept", contract.KindPeerSign: "sign",
		}[contract.KindOf(e)]) {
			t.Errorf("%s: %v, %v", contract.KindOf(e), effects, err)
		}
	}
	// A foreign peer's message never touches the contract.
	next, effects, err := contract.Step(o.mem.state, contract.PeerFunded{Clock: o.clock(), Peer: [33]byte{9}, Message: funded})
	if err != nil || len(effects) != 1 || next.Phase != o.mem.state.Phase || fmt.Sprint(effects[0]) != "Send reject funded unknown_contract" {
		t.Errorf("foreign peer: %v, %v", effects, err)
	}
}

func TestAbortedContractAnswersExpired(t *testing.T) {
	w := newWorld(t)
	sign := upTo(t, w, contract.Accepter, wire.TypeSign)
	a := w.parties[1]
	a.note2(a.send(contract.OwnFailure{Clock: a.clock(), Code: wire.RejectUnavailable}))
	if got := lastReject(t, a); got != wire.RejectUnavailable || a.mem.state.Phase != contract.Aborted {
		t.Fatalf("in %s after a failure, with %s", a.mem.state.Phase, got)
	}
	a.receive(sign)
	if got := lastReject(t, a); got != wire.RejectExpired {
		t.Errorf("sign after Aborted: %s", got)
	}
	seen := len(a.seen)
	a.receive(w.offer)
	if e := a.seen[len(a.seen)-1]; len(a.seen) != seen+1 || e.String() != "Send reject sign unavailable" {
		t.Errorf("offer again: %s", e)
	}
	a.note2(a.send(contract.PeerResume{Clock: a.clock(), Peer: a.peer().node}))
	if got := lastReject(t, a); got != wire.RejectExpired {
		t.Errorf("resume: %s", got)
	}
	if err := a.send(contract.OwnFailure{Clock: a.clock()}); err != nil || len(a.seen) != seen+2 {
		t.Errorf("a second failure does something: %v", err)
	}
}

func TestOwnContributionsAreChecked(t *testing.T) {
	w := newWorld(t)
	o := w.parties[0]
	bad := offerOf(t, w)
	bad.InfoHash[0] ^= 1
	e := contract.UserOffer{Clock: o.clock(), Peer: w.parties[1].node, Params: o.params, Facts: o.facts, Message: bad.Encode()}
	if err := o.send(e); !errors.Is(err, contract.ErrOwn) {
		t.Errorf("own bad offer: %v", err)
	}
	w.open()
	e.Message = w.offer
	if err := o.send(e); !errors.Is(err, contract.ErrIllegal) {
		t.Errorf("a second offer: %v", err)
	}
	// Find the state and event of the accepter's own signatures.
	a := w.parties[1]
	i := slices.IndexFunc(a.events, func(e contract.Event) bool { return contract.KindOf(e) == contract.KindOwnSignaturesReady })
	state, ready := a.states[i], readyOf(t, a.events[i])
	j := slices.IndexFunc(o.events, func(e contract.Event) bool { return contract.KindOf(e) == contract.KindOwnSignaturesReady })
	offererState, offererReady := o.states[j], readyOf(t, o.events[j])
	for name, change := range map[string]func(*contract.OwnSignaturesReady){
		"message":    func(e *contract.OwnSignaturesReady) { e.Message = nil },
		"other":      func(e *contract.OwnSignaturesReady) { e.Message = w.offer },
		"witness":    func(e *contract.OwnSignaturesReady) { e.Witness = nil },
		"no cancel":  func(e *contract.OwnSignaturesReady) { e.Cancel = nil },
		"cancel":     func(e *contract.OwnSignaturesReady) { e.Cancel = append(bytes.Clone(e.Cancel), 0) },
		"not ours":   func(e *contract.OwnSignaturesReady) { e.Cancel = o.mem.state.Funding },
		"role mixed": func(e *contract.OwnSignaturesReady) { e.Cancel = a.mem.state.Funding },
		"refund": func(e *contract.OwnSignaturesReady) {
			decoded, err := wire.Decode(e.Message)
			switch m := must(t, decoded, err).(type) { //nolint:gochecksumtype // only these are made here
			case *wire.Accept:
				m.Refund[3] ^= 1
				e.Message = m.Encode()
			case *wire.Sign:
				m.Refund[3] ^= 1
				e.Message = m.Encode()
			}
		},
	} {
		for _, c := range []struct {
			s contract.State
			e contract.OwnSignaturesReady
		}{{state, ready}, {offererState, offererReady}} {
			change(&c.e)
			if _, _, err := contract.Step(c.s, c.e); !errors.Is(err, contract.ErrOwn) {
				t.Errorf("%s of the %s: %v", name, c.s.Role, err)
			}
		}
	}
	late := offererReady
	late.Now += 300
	next, _, err := contract.Step(offererState, late)
	if err != nil || next.Phase != contract.Aborted {
		t.Errorf("signed after T_SIGN: %s, %v", next.Phase, err)
	}
	fresh := newWorld(t)
	fresh.parties[1].auto = false
	fresh.open()
	b := fresh.parties[1]
	party := b.own
	party.Collateral++
	if err := b.send(contract.UserApprove{Clock: b.clock(), Party: party, Facts: b.facts}); !errors.Is(err, contract.ErrOwn) {
		t.Errorf("own party: %v", err)
	}
	fresh.now = opening + 499
	facts := b.facts
	facts.Attested = true
	if err := b.send(contract.UserApprove{Clock: b.clock(), Party: b.own, Facts: facts}); err != nil || b.mem.state.Phase != contract.Aborted {
		t.Errorf("approved when attested: %s, %v", b.mem.state.Phase, err)
	}
}

func TestClosesAreJudged(t *testing.T) {
	base := wire.CloseOffer{Attempt: 1, OffererValue: 200_000, AccepterValue: 300_000, FeeRate: 3, PubNonce: [66]byte{2}}
	w := active(t)
	o := w.parties[0]
	base.ContractID = o.mem.state.ContractID
	judge := func(s contract.State, change func(*wire.CloseOffer)) wire.RejectCode {
		m := base
		change(&m)
		_, effects, err := contract.Step(s, contract.PeerCloseOffer{Clock: o.clock(), Peer: o.peer().node, Estimate: 4, Message: m.Encode()})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range effects {
			if send, ok := e.(contract.Send); ok {
				return as[*wire.Reject](t, send.Data).Code
			}
		}
		return 0
	}
	same := func(*wire.CloseOffer) {}
	s := o.mem.state
	if code := judge(s, same); code != 0 {
		t.Fatalf("a good close: %s", code)
	}
	for name, c := range map[string]struct {
		code   wire.RejectCode
		change func(*wire.CloseOffer)
	}{
		"contract":     {wire.RejectUnknownContract, func(m *wire.CloseOffer) { m.ContractID[0] ^= 1 }},
		"sum":          {wire.RejectBadClose, func(m *wire.CloseOffer) { m.OffererValue++ }},
		"overflow":     {wire.RejectBadClose, func(m *wire.CloseOffer) { m.OffererValue = 21e14 }},
		"parity":       {wire.RejectBadClose, func(m *wire.CloseOffer) { m.Attempt = 2 }},
		"last attempt": {wire.RejectBadClose, func(m *wire.CloseOffer) { m.Attempt = math.MaxUint32 }},
		"low fee":      {wire.RejectBadFee, func(m *wire.CloseOffer) { m.FeeRate = 1 }},
		"high fee":     {wire.RejectBadFee, func(m *wire.CloseOffer) { m.FeeRate = 9 }},
		"settle early": {wire.RejectOutOfOrder, func(m *wire.CloseOffer) { m.Kind = wire.CloseSettle }},
	} {
		if code := judge(s, c.change); code != c.code {
			t.Errorf("%s: %s, want %s", name, code, c.code)
		}
	}
	bridged := s
	bridged.Bridged = true
	if code := judge(bridged, same); code != wire.RejectBadClose {
		t.Errorf("bridged: %s", code)
	}
	used := s
	used.PeerAttempt = 3
	if code := judge(used, same); code != wire.RejectConflict {
		t.Errorf("attempt used: %s", code)
	}
	busy := s
	busy.CloseTimes = []int64{w.now, w.now, w.now, w.now, w.now - 59}
	if code := judge(busy, same); code != wire.RejectRateLimited {
		t.Errorf("rate: %s", code)
	}
	full := s
	full.Claims = make([]contract.Claim, 16)
	if code := judge(full, same); code != wire.RejectLimit {
		t.Errorf("claims: %s", code)
	}
	attested := s
	attested.Attestations = []contract.Attestation{{Outcome: 9}}
	if code := judge(attested, same); code != wire.RejectBadClose {
		t.Errorf("exit after an attestation: %s", code)
	}
	attested.Phase = contract.Attested
	attested.Attestations = append(attested.Attestations, contract.Attestation{Oracle: 1, Outcome: 9})
	if code := judge(attested, func(m *wire.CloseOffer) { m.Kind = wire.CloseSettle }); code != wire.RejectBadClose {
		t.Errorf("settle at another payout: %s", code)
	}
	if code := judge(newWorld(t).parties[0].mem.state, same); code != wire.RejectUnknownContract {
		t.Errorf("no contract: %s", code)
	}
}

// A user who has thought better of a price, or whose proposal was lost, proposes
// again; one whom the peer asks answers first; and what was agreed and is not
// completed does not stand in the way of another price.
func TestProposalsReplaceEachOther(t *testing.T) {
	w := active(t)
	o, a := w.parties[0], w.parties[1]
	a.auto = false
	propose := func(p *party, vo uint64) error {
		return p.send(contract.UserClose{Clock: p.clock(), VO: vo, VA: 500_000 - vo, FeeRate: 3})
	}
	o.note2(propose(o, 200_000))
	w.settle()
	first := a.mem.state.Session
	o.note2(propose(o, 210_000))
	w.settle()
	second := a.mem.state.Session
	if second.Attempt <= first.Attempt || second.VO != 210_000 || o.mem.state.Session.Attempt != second.Attempt {
		t.Errorf("the second proposal is %+v after %+v", second, first)
	}
	if err := propose(a, 1_000); !errors.Is(err, contract.ErrIllegal) {
		t.Errorf("proposed while the peer waits for an answer: %v", err)
	}
	if err := a.send(contract.UserApproveClose{Clock: a.clock(), Attempt: first.Attempt}); !errors.Is(err, contract.ErrIllegal) {
		t.Errorf("approved what was replaced: %v", err)
	}
	o.online = false
	if err := a.send(contract.UserApproveClose{Clock: a.clock(), Attempt: second.Attempt}); err != nil {
		t.Fatal(err)
	}
	if err := propose(a, 1_000); err != nil {
		t.Errorf("what the peer does not complete stands in the way: %v", err)
	}
	if len(a.mem.state.Claims) != 1 || !a.mem.state.Session.Own {
		t.Errorf("claims %v, session %+v", a.mem.state.Claims, a.mem.state.Session)
	}
}

func TestCloseSessionsEnd(t *testing.T) {
	w := active(t)
	o, a := w.parties[0], w.parties[1]
	a.auto = false
	propose := func() {
		if err := o.send(contract.UserClose{Clock: o.clock(), VO: 200_000, VA: 300_000, FeeRate: 3}); err != nil {
			t.Fatal(err)
		}
		w.settle()
	}
	propose()
	attempt := a.mem.state.Session.Attempt
	for _, err := range []error{
		a.send(contract.UserDeclineClose{Clock: a.clock(), Attempt: attempt + 2}),
		a.send(contract.UserApproveClose{Clock: a.clock(), Attempt: attempt + 2}),
		o.send(contract.UserClose{Clock: o.clock(), VO: 1, VA: 2, FeeRate: 3}),
		a.send(contract.UserApproveClose{Clock: a.clock(), Attempt: attempt, Cancel: &wire.CancelInput{}}),
	} {
		if !errors.Is(err, contract.ErrIllegal) && !errors.Is(err, contract.ErrOwn) {
			t.Errorf("got %v", err)
		}
	}
	if err := a.send(contract.UserDeclineClose{Clock: a.clock(), Attempt: attempt}); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if a.mem.state.Session.Open() || lastReject(t, a) != wire.RejectDeclined {
		t.Error("declined close stays open")
	}
	if o.mem.state.Session.Open() {
		t.Error("declined close stays open for who proposed it")
	}
	// A late answer is out of order.
	late := wire.CloseAccept{ContractID: o.mem.state.ContractID, Attempt: 98}
	late.PubNonce = [66]byte(append(append([]byte{}, o.own.Internal[:]...), o.own.Contract[:]...))
	o.receive(late.Encode())
	if got := lastReject(t, o); got != wire.RejectOutOfOrder {
		t.Errorf("late close_accept: %s", got)
	}
	complete := wire.CloseComplete{ContractID: o.mem.state.ContractID, Attempt: 98}
	o.receive(complete.Encode())
	if got := lastReject(t, o); got != wire.RejectOutOfOrder {
		t.Errorf("unknown close_complete: %s", got)
	}
	// A partial signature that is wrong ends the attempt.
	propose()
	session := a.mem.state.Session
	bad := late
	bad.Attempt = session.Attempt
	o.receive(bad.Encode())
	if got := lastReject(t, o); got != wire.RejectBadPartial || o.mem.state.Session.Open() {
		t.Errorf("bad partial: %s", got)
	}
	// Of two answers to one attempt neither is used.
	s := o.mem.state
	s.Session = contract.Session{Attempt: session.Attempt, Own: true, Answered: true, FeeRate: 3, Message: late.Encode()}
	next, effects, err := contract.Step(s, contract.PeerCloseAccept{Clock: o.clock(), Peer: a.node, Message: bad.Encode()})
	if err != nil || next.Session.Open() || len(effects) != 2 {
		t.Errorf("second answer: %v, %v", effects, err)
	}
	// An attestation ends an exit.
	w.tick(61)
	propose()
	w.attest(9, 0)
	if o.mem.state.Session.Open() || a.mem.state.Session.Open() {
		t.Error("an exit outlives an attestation")
	}
	if err := o.send(contract.UserClose{Clock: o.clock(), VO: 200_000, VA: 300_000, FeeRate: 3}); !errors.Is(err, contract.ErrIllegal) {
		t.Errorf("an exit after an attestation: %v", err)
	}
}

func TestForeignFactsAreRefused(t *testing.T) {
	w := active(t)
	o := w.parties[0]
	other := serialize(t, btcwire.NewMsgTx(2), false)
	for _, e := range []contract.Event{
		contract.FundingSeen{Clock: o.clock(), Tx: other},
		contract.FundingSpent{Clock: o.clock(), Tx: other},
		contract.FundingSpent{Clock: o.clock(), Tx: nil},
		contract.InputSpent{Clock: o.clock()},
	} {
		if err := o.send(e); !errors.Is(err, contract.ErrForeign) {
			t.Errorf("%s: %v", contract.KindOf(e), err)
		}
	}
	for name, raw := range map[string][]byte{"nothing": nil, "of another event": attestationOf(9999), "twisted": twisted(attestation(0, 9))} {
		if err := o.send(contract.AttestationReceived{Clock: o.clock(), Message: raw}); !errors.Is(err, contract.ErrAttestation) {
			t.Errorf("attestation %s: %v", name, err)
		}
	}
	unknown := attesttest.Oracle{Name: "nobody"}
	event := unknown.Event(attesttest.ContractEvent, attesttest.ContractUnit, 4, maturity)
	if err := o.send(contract.AttestationReceived{Clock: o.clock(), Message: unknown.Attest(event, 9).Encode()}); !errors.Is(err, contract.ErrAttestation) {
		t.Errorf("foreign oracle: %v", err)
	}
	illegal := []contract.Event{
		contract.UserWithdraw{Clock: o.clock()}, contract.UserApprove{Clock: o.clock()}, contract.UserApproveClose{Clock: o.clock()},
		contract.UserDeclineClose{Clock: o.clock()}, contract.BlockConnected{}, nil,
	}
	for _, e := range illegal {
		if _, _, err := contract.Step(o.mem.state, e); !errors.Is(err, contract.ErrIllegal) {
			t.Errorf("%v: %v", e, err)
		}
	}
	if _, _, err := contract.Step(contract.State{}, contract.FundingSpent{}); !errors.Is(err, contract.ErrIllegal) {
		t.Errorf("spent before it exists: %v", err)
	}
	late := attested(t, 9)
	late.offline()
	late.attest(9, 1)
	p := late.parties[0]
	if err := p.send(contract.CETReady{Clock: p.clock(), Tx: other}); !errors.Is(err, contract.ErrOwn) {
		t.Errorf("a CET of another contract: %v", err)
	}
}

func attestationOf(day int) []byte {
	o := attesttest.Contract()[0]
	return o.Attest(o.Event(fmt.Sprintf("hp1/cum/%d/tot", day), attesttest.ContractUnit, 4, maturity), 9).Encode()
}

func twisted(raw []byte) []byte {
	raw = bytes.Clone(raw)
	raw[len(raw)-1] = '2'
	return raw
}

func TestWorkersRefuseWhatTheyCannotDo(t *testing.T) {
	w := active(t)
	o, a := w.parties[0], w.parties[1]
	aux := contract.Aux{Random: newDice("x")}
	if _, err := contract.MakeAccept(o.mem.state, o.key, aux); !errors.Is(err, contract.ErrIllegal) {
		t.Errorf("offerer accepts: %v", err)
	}
	if _, err := contract.MakeSign(a.mem.state, a.key, nil, aux); !errors.Is(err, contract.ErrIllegal) {
		t.Errorf("accepter signs: %v", err)
	}
	if _, err := contract.MakeSign(o.mem.state, a.key, nil, aux); !errors.Is(err, txs.ErrSecretKey) {
		t.Errorf("another key: %v", err)
	}
	s := o.mem.state
	if code, err := contract.Verify(s, w.offer, aux.Random); code != wire.RejectMalformed || err == nil {
		t.Errorf("a list in an offer: %s, %v", code, err)
	}
	if code, err := contract.Verify(contract.State{}, w.offer, aux.Random); code != wire.RejectInternal || err == nil {
		t.Errorf("no contract: %s, %v", code, err)
	}
	if code, _ := contract.Verify(s, o.disk.messages[s.AcceptHash], bytes.NewReader(nil)); code != wire.RejectInternal {
		t.Errorf("no randomness: %s", code)
	}
	if code, _ := contract.Verify(s, nil, aux.Random); code != wire.RejectMalformed {
		t.Errorf("no message: %s", code)
	}
	accept, sign := o.disk.messages[s.AcceptHash], o.disk.messages[s.SignHash]
	for name, bad := range map[string]func() ([]byte, error){
		"oracles":     func() ([]byte, error) { return contract.MakeCET(s, 9, []uint8{0}, accept, sign, nil) },
		"outcome":     func() ([]byte, error) { return contract.MakeCET(s, 99, []uint8{0, 1}, accept, sign, nil) },
		"no word":     func() ([]byte, error) { return contract.MakeCET(s, 9, []uint8{0, 1}, accept, sign, nil) },
		"no contract": func() ([]byte, error) { return contract.MakeCET(contract.State{}, 9, nil, accept, sign, nil) },
		"noise":       func() ([]byte, error) { return contract.MakeCET(s, 9, []uint8{0, 1}, accept, sign, [][]byte{{1}}) },
		"lists absent": func() ([]byte, error) {
			return contract.MakeCET(s, 9, []uint8{0, 1}, nil, nil, [][]byte{attestation(0, 9), attestation(1, 9)})
		},
	} {
		if _, err := bad(); err == nil {
			t.Errorf("%s: a CET was made", name)
		}
	}
	if _, err := contract.CloseOf(contract.State{}, contract.Session{}, nil); !errors.Is(err, contract.ErrIllegal) {
		t.Errorf("close of nothing: %v", err)
	}
	if _, err := contract.CloseOf(s, contract.Session{VO: math.MaxUint64}, nil); !errors.Is(err, txs.ErrClose) {
		t.Errorf("close beyond M: %v", err)
	}
}

func TestEveryEffectRoundTrips(t *testing.T) {
	id := [32]byte{1, 2}
	for _, e := range []contract.Effect{
		contract.StoreMessage{Ref: id, Data: []byte{1}}, contract.RecordNonces{Announcements: [][]byte{{1}, {2, 3}}},
		contract.TakeOrder{OrderID: id, TakeID: id, Size: 7}, contract.GiveBack{OrderID: id, TakeID: id},
		contract.StoreEvidence{Oracle: 2, First: id}, contract.Archive{Until: 9}, contract.ReserveInputs{Inputs: make([]btcwire.OutPoint, 2)},
		contract.ReleaseInputs{}, contract.Send{To: [33]byte{2}, Ref: id}, contract.SignContract{}, contract.VerifyPeer{Ref: id},
		contract.BroadcastTx{Tx: []byte{1}}, contract.WatchTx{}, contract.WatchSpends{}, contract.StartTimer{At: -5},
		contract.CompleteCET{Outcome: 9, Oracles: []uint8{0, 2}}, contract.RaiseFee{Vout: 1, Urgent: true},
		contract.Notify{Notice: contract.NoticeClose}, contract.Alarm{Reason: contract.BadTransaction},
	} {
		raw, err := contract.EncodeEffect(e)
		decoded, decodeErr := contract.DecodeEffect(must(t, raw, err))
		if got := fmt.Sprintf("%#v", must(t, decoded, decodeErr)); got != fmt.Sprintf("%#v", e) || e.String() == "" {
			t.Errorf("%#v became %s", e, got)
		}
		for n := range raw {
			if _, err := contract.DecodeEffect(raw[:n]); !errors.Is(err, contract.ErrRecord) {
				t.Errorf("%s cut to %d bytes: %v", e, n, err)
			}
		}
	}
	names := map[string]bool{}
	for r := contract.UnknownSpend; r <= contract.BadTransaction; r++ {
		names[r.String()] = true
	}
	for n := contract.NoticeOffer; n <= contract.NoticePhase; n++ {
		names[n.String()] = true
	}
	if len(names) != 8 || contract.Reason(99).String() != "reason(99)" || contract.Notice(99).String() != "notice(99)" {
		t.Errorf("names %v", names)
	}
	for _, e := range []contract.Effect{contract.ProposeClose{}, contract.AnswerClose{}, contract.AggregateClose{}, contract.DropClose{}} {
		if _, err := contract.EncodeEffect(e); !errors.Is(err, contract.ErrRecord) || e.Class() != contract.Volatile || e.String() == "" {
			t.Errorf("%s: %v", e, err)
		}
	}
}

func readyOf(t tester, e contract.Event) contract.OwnSignaturesReady {
	t.Helper()
	ready, ok := e.(contract.OwnSignaturesReady)
	if !ok {
		t.Fatalf("%s", contract.KindOf(e))
	}
	return ready
}

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
		contract.Notify{Notice: contract.NoticeClose}, contract.Alarm{Reason: contract.NoCET},
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
	for r := contract.UnknownSpend; r <= contract.NoCET; r++ {
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

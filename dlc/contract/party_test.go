package contract_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/internal/testkit"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
)

// The contract of PROTOCOL.md 17.
const (
	maturity = attesttest.ContractMaturity
	refundAt = 1782388800
	opening  = maturity - 86400
)

// disk is what a party has committed: all that survives a crash.
type disk struct {
	state    []byte
	outbox   []contract.Effect
	messages map[[32]byte][]byte
	reserved map[btcwire.OutPoint]bool
	archived bool
	orders   int
}

// memory is what a crash wipes.
type memory struct {
	state  contract.State
	nonces map[uint32]*txs.SecretNonce
	watch  map[string]bool
	told   map[string]uint32
}

// party is one honest node: its keys, its disk and its memory.
type party struct {
	w        *world
	role     contract.Role
	name     string
	node     [33]byte
	internal *btcec.PrivateKey
	key      *btcec.PrivateKey
	wallet   *btcec.PrivateKey
	coin     btcwire.OutPoint
	coinOut  *btcwire.TxOut
	own      wire.Party
	params   contract.Params
	facts    contract.Facts
	random   *dice
	online   bool
	auto     bool // approves offers
	noCET    bool
	failCET  int  // how many times it fails to make the CET
	mute     bool // its sign gets lost
	gone     bool // does nothing any more
	stubborn bool // approves no exit
	vault    []byte
	cancelIn *wire.CancelInput
	void     []byte

	disk disk
	mem  memory
	// plan is when the process dies: after so many points, and so many after
	// that; twice makes every effect run twice.
	plan    []int
	twice   bool
	crashes int
	// points counts those passed; healed is how many crashes the connection has
	// got over; steady signs anew with the same randomness, so that lives with
	// and without crashes can be compared.
	points, healed int
	steady         bool
	seen           []contract.Effect
	// states and events are every one that was, for tests that mix them.
	states []contract.State
	events []contract.Event
}

// world is two parties, a chain and three oracles.
type world struct {
	t       tester
	chain   *chain
	now     int64
	parties [2]*party
	// wires are the messages in flight to each party; past is every message
	// ever sent to it.
	wires [2][][]byte
	past  [2][][]byte
	log   strings.Builder
	trace bool
	offer []byte
	// apart: the parties do not reconnect.
	apart bool
	// ledger holds every nonce that a party of this world ever used.
	ledger *testkit.NonceLedger
}

func testParams() contract.Params {
	p := contract.DefaultParams()
	p.Lead = 3600
	return p
}

func testTerms(side payout.Side) payout.Terms {
	var oracles [][32]byte
	for _, o := range attesttest.Contract() {
		oracles = append(oracles, o.Key())
	}
	return payout.Terms{
		Instrument: payout.SwapM, Index: "hp1/tot", Event: attesttest.ContractEvent, StartDay: 20600, EndDay: 20600,
		Base: 1, Digits: 4, Bucket: 1, Notional: 50_000_000, K: 6, F: 2, C: 12, Offerer: side, Threshold: 2, Oracles: oracles,
	}
}

func announcements() [][]byte {
	all := recall(func() [][]byte {
		var all [][]byte
		for _, a := range attesttest.Announcements(attesttest.Contract(), attesttest.ContractEvent, attesttest.ContractUnit, attesttest.ContractDigits, maturity) {
			all = append(all, a.Encode())
		}
		return all
	}, "announcements")
	var own [][]byte
	for _, a := range all {
		own = append(own, bytes.Clone(a)) // tests write to theirs
	}
	return own
}

func infoHash(t tester, terms payout.Terms) [32]byte {
	t.Helper()
	return recall(func() [32]byte {
		set := attesttest.Set(attesttest.Contract(), 2, attesttest.ContractEvent, attesttest.ContractUnit, attesttest.ContractDigits, maturity)
		info, err := contract.InfoHash(terms, set)
		return must(t, info, err)
	}, "info", terms.Encode())
}

func testFacts(terms payout.Terms) contract.Facts {
	return contract.Facts{
		MaxList: 20_000, MinFeeRate: 1, MaxFeeRate: 100, MinRefund: 1_209_600, MaxRefund: 31_536_000,
		Index: order.Event{Base: 1, Digits: 4}, Unit: attesttest.ContractUnit, Oracles: terms.Oracles,
	}
}

// newWorld makes two parties with a coin each and the offer of the first.
func newWorld(t tester) *world {
	t.Helper()
	return newBridgedWorld(t, [2][]byte{})
}

// newBridgedWorld is newWorld with the records of the vaults that the two
// payouts belong to, nil for none.
func newBridgedWorld(t tester, vaults [2][]byte) *world {
	t.Helper()
	w := &world{t: t, now: opening, ledger: testkit.NewNonceLedger(t)}
	w.chain = &chain{t: t, coins: map[btcwire.OutPoint]*btcwire.TxOut{}}
	for range 3 {
		w.chain.blocks = append(w.chain.blocks, block{time: opening - 600})
	}
	terms := testTerms(payout.Long)
	for role, collateral := range []uint64{terms.LongLock(), terms.ShortLock()} {
		w.parties[role] = w.newParty(contract.Role(role), btcutil.Amount(collateral), terms) //nolint:gosec // small
		w.parties[role].vault = vaults[role]
	}
	message := wire.Offer{
		TempID: sha256.Sum256([]byte("temp")), Terms: terms.Encode(), Announcements: announcements(),
		InfoHash: infoHash(t, terms), Party: w.parties[0].own, FundSerial: 20, FundFeeRate: 5, CETFeeRate: 3,
		CETLocktime: maturity, RefundLocktime: refundAt, Expiry: opening + 500, Vault: vaults[0],
	}
	w.offer = message.Encode()
	return w
}

func (w *world) newParty(role contract.Role, collateral btcutil.Amount, terms payout.Terms) *party {
	name := role.String()
	p := &party{
		w: w, role: role, name: name, node: point(testkit.Key(name + "-node")), params: testParams(), facts: testFacts(terms),
		internal: testkit.Key(name + "-I"), key: testkit.Key(name + "-C"), wallet: testkit.Key(name + "-wallet"),
		random: newDice(name), online: true, auto: true,
	}
	raw, coin, out := prevTx(w.t, name+"-coin", p.wallet, 1_000_000)
	p.coin, p.coinOut = coin, out
	w.chain.coins[coin] = out
	serial := uint64(role) + 1
	p.own = wire.Party{
		KeyID: [16]byte{byte(role)}, Internal: point(p.internal), Contract: point(p.key), Collateral: collateral,
		Payout: taproot(testkit.Key(name + "-payout")), PayoutSerial: serial, Change: taproot(p.wallet), ChangeSerial: 100 * serial,
		Inputs: []wire.Input{{Serial: serial, PrevTx: raw, Vout: 0}},
	}
	p.disk = disk{messages: map[[32]byte][]byte{}, reserved: map[btcwire.OutPoint]bool{}}
	p.boot(contract.State{})
	return p
}

// scripts are those whose outputs are the party's.
func (p *party) scripts() [][]byte {
	return [][]byte{p.own.Payout, p.own.Change}
}

func (p *party) boot(s contract.State) {
	p.mem = memory{state: s, nonces: map[uint32]*txs.SecretNonce{}, watch: map[string]bool{}, told: map[string]uint32{}}
}

func (p *party) peer() *party { return p.w.parties[p.role.Other()] }

func (p *party) clock() contract.Clock {
	return contract.Clock{Now: p.w.now, MTP: p.w.chain.mtp(), Height: p.w.chain.height()}
}

// crash loses the memory and starts again from the disk.
func (p *party) crash() {
	p.crashes++
	var s contract.State
	if p.disk.state != nil {
		decoded, err := contract.DecodeState(p.disk.state)
		s = must(p.w.t, decoded, err)
	}
	p.boot(s)
	p.note2(p.send(contract.Restarted{Clock: p.clock()}))
	p.drain()
}

// point is passed before and after everything that a crash can separate. It
// reports whether the process died there.
func (p *party) point() bool {
	p.points++
	if len(p.plan) == 0 {
		return false
	}
	p.plan = slices.Clone(p.plan)
	p.plan[0]--
	if p.plan[0] > 0 {
		return false
	}
	p.plan = p.plan[1:]
	p.crash()
	return true
}

// send applies an event: step, commit, then the effects.
func (p *party) send(e contract.Event) error {
	if p.gone {
		return nil
	}
	old := p.mem.state
	record, err := old.Encode()
	must(p.w.t, record, err)
	p.states, p.events = append(p.states, old), append(p.events, e)
	next, effects, err := p.step(old, record, e)
	p.note(e, old, next, effects, err)
	if err != nil {
		if errors.Is(err, contract.ErrTable) {
			p.w.t.Fatalf("%s: %v", p.name, err)
		}
		return err
	}
	if p.point() {
		return nil
	}
	encoded, err := next.Encode()
	p.commit(next, must(p.w.t, encoded, err), effects)
	if p.point() {
		return nil
	}
	for _, effect := range effects {
		if effect.Class() == contract.Volatile {
			p.run(effect)
			if p.point() {
				return nil // what was not done is lost
			}
		}
	}
	return nil
}

// step applies an event; the same event on the same state is worked out once
// for all lives.
func (p *party) step(old contract.State, record []byte, e contract.Event) (contract.State, []contract.Effect, error) {
	type outcome struct {
		next    contract.State
		effects []contract.Effect
		err     error
	}
	apply := func() outcome {
		next, effects, err := contract.Step(old, e)
		after, encodeErr := old.Encode()
		if string(must(p.w.t, after, encodeErr)) != string(record) {
			p.w.t.Fatalf("Step changed the state it was given by %s", contract.KindOf(e))
		}
		return outcome{next, effects, err}
	}
	var o outcome
	if _, pointer := e.(contract.UserApproveClose); pointer {
		o = apply() // its text would not tell what the pointer points to
	} else {
		o = recall(apply, "step", record, fmt.Appendf(nil, "%T %x", e, e))
	}
	if *lives { // the two are one unless Step depends on something else
		again := apply()
		a, err := again.next.Encode()
		b, otherErr := o.next.Encode()
		if !bytes.Equal(must(p.w.t, a, err), must(p.w.t, b, otherErr)) || fmt.Sprintf("%x", again.effects) != fmt.Sprintf("%x", o.effects) {
			p.w.t.Fatalf("%s in %s is not deterministic", contract.KindOf(e), old.Phase)
		}
	}
	return o.next, slices.Clone(o.effects), o.err
}

// commit writes state and effects at once.
func (p *party) commit(next contract.State, record []byte, effects []contract.Effect) {
	p.mem.state = next
	p.seen = append(p.seen, effects...)
	if next.OfferHash == [32]byte{} {
		for _, e := range effects {
			p.run(e)
		}
		return
	}
	p.disk.state = record
	for _, e := range effects {
		switch e := e.(type) { //nolint:gochecksumtype // the others go by their class
		case contract.StoreMessage:
			p.disk.messages[e.Ref] = e.Data
		case contract.Archive:
			p.disk.archived = e.Until != 0
		case contract.TakeOrder:
			p.disk.orders++
		case contract.GiveBack:
			p.disk.orders--
		default:
			if e.Class() == contract.Durable {
				raw, err := contract.EncodeEffect(e)
				decoded, decodeErr := contract.DecodeEffect(must(p.w.t, raw, err))
				p.disk.outbox = append(p.disk.outbox, must(p.w.t, decoded, decodeErr))
			}
		}
	}
}

// drain runs the outbox until it is empty.
func (p *party) drain() {
	if p.gone {
		p.disk.outbox = nil
	}
	for len(p.disk.outbox) > 0 {
		e := p.disk.outbox[0]
		if p.point() {
			return
		}
		p.run(e)
		if len(p.disk.outbox) == 0 || p.disk.outbox[0].ID() != e.ID() {
			return // a crash inside has run it
		}
		if p.point() {
			return
		}
		if p.twice {
			p.run(e)
		}
		p.disk.outbox = slices.Clone(p.disk.outbox[1:])
	}
}

// run does one effect.
func (p *party) run(effect contract.Effect) {
	t := p.w.t
	switch e := effect.(type) {
	case contract.ReserveInputs:
		for _, in := range e.Inputs {
			p.disk.reserved[in] = true
		}
	case contract.ReleaseInputs:
		for _, in := range e.Inputs {
			delete(p.disk.reserved, in)
		}
	case contract.Send:
		p.transmit(e)
	case contract.SignContract:
		p.signContract()
	case contract.VerifyPeer:
		s, message := p.mem.state, p.disk.messages[e.Ref]
		code := recall(func() wire.RejectCode {
			code, err := contract.Verify(s, message, newDice("verify"))
			if (code == 0) != (err == nil) {
				t.Fatalf("code %s with error %v", code, err)
			}
			return code
		}, "verify", s.Offer, s.Accept, message)
		p.note2(p.send(contract.PeerVerified{Clock: p.clock(), Ref: e.Ref, Code: code}))
	case contract.BroadcastTx:
		p.w.chain.submit(parse(t, e.Tx))
	case contract.WatchTx:
		p.mem.watch[e.Txid.String()] = true
	case contract.WatchSpends:
		for _, at := range e.OutPoints {
			p.mem.watch[at.String()] = true
		}
	case contract.CompleteCET:
		p.completeCET(e)
	case contract.ProposeClose, contract.AnswerClose, contract.AggregateClose, contract.DropClose:
		p.closeWork(e)
	case contract.StartTimer, contract.RaiseFee, contract.Notify, contract.Alarm:
	case contract.StoreMessage, contract.RecordNonces, contract.TakeOrder, contract.GiveBack, contract.StoreEvidence, contract.Archive:
		t.Fatalf("%s is part of the commit", e)
	}
}

func (p *party) note2(err error) {
	if err != nil && p.w.trace {
		fmt.Fprintf(&p.w.log, "  error: %v\n", err)
	}
}

func (p *party) transmit(e contract.Send) {
	raw := e.Data
	if len(raw) == 0 {
		raw = p.disk.messages[e.Ref]
	}
	if len(raw) == 0 {
		p.w.t.Fatalf("%s sends a message that is not stored", p.name)
	}
	to := p.role.Other()
	p.w.past[to] = append(p.w.past[to], raw)
	head, err := wire.HeadOf(raw)
	if must(p.w.t, head, err).Type == wire.TypeSign && p.mute {
		return
	}
	if p.online && p.peer().online {
		p.w.wires[to] = append(p.w.wires[to], raw)
	}
}

// receive turns a message into its event.
func (p *party) receive(raw []byte) {
	decoded, err := wire.Decode(raw)
	if err != nil {
		return // closes the connection
	}
	c, from := p.clock(), p.peer().node
	switch decoded.(type) { //nolint:gochecksumtype // no others are sent
	case *wire.Offer:
		fresh := p.mem.state.OfferHash == [32]byte{}
		p.note2(p.send(contract.PeerOffer{Clock: c, Peer: from, Params: p.params, Facts: p.facts, Message: raw}))
		if fresh && p.auto && p.mem.state.OfferHash != [32]byte{} {
			p.note2(p.send(contract.UserApprove{Clock: c, Party: p.own, Facts: p.facts, Vault: p.vault}))
		}
	case *wire.Accept:
		p.note2(p.send(contract.PeerAccept{Clock: c, Peer: from, Facts: p.facts, Message: raw}))
	case *wire.Sign:
		p.note2(p.send(contract.PeerSign{Clock: c, Peer: from, Message: raw}))
	case *wire.Funded:
		p.note2(p.send(contract.PeerFunded{Clock: c, Peer: from, Message: raw}))
	case *wire.Reject:
		p.note2(p.send(contract.PeerReject{Clock: c, Peer: from, Message: raw}))
	case *wire.CloseOffer:
		p.note2(p.send(contract.PeerCloseOffer{Clock: c, Peer: from, Estimate: 3, Message: raw}))
		if session := p.mem.state.Session; p.auto && !p.stubborn && session.Open() && !session.Own && !session.Answered {
			p.note2(p.send(contract.UserApproveClose{Clock: c, Attempt: session.Attempt, Cancel: p.cancelIn, Void: p.void}))
		}
	case *wire.CloseAccept:
		p.note2(p.send(contract.PeerCloseAccept{Clock: c, Peer: from, Message: raw}))
	case *wire.CloseComplete:
		p.note2(p.send(contract.PeerCloseComplete{Clock: c, Peer: from, Message: raw}))
	}
}

// look tells the party what changed in the chain about what it watches.
func (p *party) look() {
	s := p.mem.state
	if s.SignHash == [32]byte{} {
		return
	}
	funding := dealOf(p.w.t, s).Contract.Funding.OutPoint()
	current := map[string]uint32{}
	var events []contract.Event
	p.w.chain.each(func(tx *btcwire.MsgTx, height uint32) {
		id := tx.TxHash()
		event := p.event(tx, id, height, funding)
		if event == nil {
			return
		}
		current[id.String()] = height
		if at, ok := p.mem.told[id.String()]; !ok || at != height {
			events = append(events, event)
		}
	})
	for id := range p.mem.told {
		if _, ok := current[id]; !ok {
			hash, err := chainhash.NewHashFromStr(id)
			p.note2(p.send(contract.Unconfirmed{Clock: p.clock(), Txid: *must(p.w.t, hash, err)}))
		}
	}
	p.mem.told = current
	for _, e := range events {
		p.note2(p.send(e))
	}
}

func (p *party) event(tx *btcwire.MsgTx, id chainhash.Hash, height uint32, funding btcwire.OutPoint) contract.Event {
	raw := serialize(p.w.t, tx, false)
	if id == funding.Hash && p.mem.watch[id.String()] {
		return contract.FundingSeen{Clock: p.clock(), Tx: raw, Height: height}
	}
	for _, in := range tx.TxIn {
		switch {
		case !p.mem.watch[in.PreviousOutPoint.String()]:
		case in.PreviousOutPoint == funding:
			return contract.FundingSpent{Clock: p.clock(), Tx: raw, Height: height}
		default:
			return contract.InputSpent{Clock: p.clock(), Input: in.PreviousOutPoint, Txid: id, Height: height}
		}
	}
	return nil
}

// note writes a line of the trace for an event that did something.
func (p *party) note(e contract.Event, old, next contract.State, effects []contract.Effect, err error) {
	if !p.w.trace {
		return
	}
	if err != nil {
		fmt.Fprintf(&p.w.log, "%s: %s in %s: %v\n", p.name, contract.KindOf(e), old.Phase, err)
		return
	}
	if old.Phase == next.Phase && len(effects) == 0 {
		return
	}
	fmt.Fprintf(&p.w.log, "%s: %s -> %s by %s\n", p.name, old.Phase, next.Phase, contract.KindOf(e))
	for _, effect := range effects {
		fmt.Fprintf(&p.w.log, "  %s\n", effect)
	}
}

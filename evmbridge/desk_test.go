package evmbridge_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math/big"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/evmbridge/calls"
	"github.com/alkimiya/alkimiya/evmbridge/ledger"
	"github.com/alkimiya/alkimiya/evmbridge/relayer"
	"github.com/alkimiya/alkimiya/evmbridge/simchain"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// office is a relayer in the tests' world: carol's account, with everything real but
// the Bitcoin node, the oracles and the operators.
type office struct {
	*world
	dir    string
	watch  bool
	relays bool
	outbox *relayer.Outbox
	ledger *ledger.Ledger
	desk   *relayer.Desk
	sender *relayer.Sender
	clock  time.Time

	series []*series
	sets   map[[32]byte]*lot
	owners map[[32]byte]actor
	// value is what the oracles attest, 0 before they do; dead operators do not answer.
	value uint64
	dead  int
	// signed is what an operator beside the relayer remembers.
	signed relayer.Signed
}

func newOffice(t *testing.T, fork simchain.Fork, watch bool) *office {
	t.Helper()
	o := &office{
		world: newWorld(t, fork), dir: t.TempDir(), watch: watch, relays: true, sets: map[[32]byte]*lot{},
		owners: map[[32]byte]actor{}, clock: time.Unix(start, 0),
	}
	o.send(o.carol, o.asset.at, o.asset.pack(t, "approve", o.at.Bond, new(big.Int)))
	o.chain.Finalize()
	o.open()
	t.Cleanup(o.close)
	return o
}

func (o *office) open() {
	o.t.Helper()
	var err error
	if o.outbox, err = relayer.Open(filepath.Join(o.dir, "outbox"), [32]byte{1}); err != nil {
		o.t.Fatal(err)
	}
	o.ledger, err = ledger.Open(ledger.Config{
		Chain: o.chain.Client(), At: o.at, From: 1, Span: 7, Dir: filepath.Join(o.dir, "ledger"), Key: [32]byte{1},
	})
	if err != nil {
		o.t.Fatal(err)
	}
	headers := &relayer.Headers{
		Relay: o.at.Relay, Bitcoin: o, Caller: o.chain.Client(), Outbox: o.outbox, Cadence: relayer.Cadence{Every: 144, Most: 36},
	}
	o.desk = relayer.NewDesk(relayer.DeskConfig{
		At: o.at, Asset: o.asset.at, Domain: o.domain(), Account: o.carol.at, Threshold: 2, Ledger: o.ledger, Chain: o.chain.Client(),
		History: o.chain.Client(), Scanner: relayer.NewScanner(o, firstHeight), Outbox: o.outbox, Oracles: o, Sets: o, Attestors: o,
		Signed: o.signed,
		Prover: &relayer.Prover{Blocks: o, Headers: headers, Spv: o.at.Spv, Bridge: o.at.Bridge},
		Relay:  o.relays, Watch: o.watch, Log: slog.New(slog.DiscardHandler),
	})
	o.sender = relayer.NewSender(relayer.SenderConfig{
		Key: o.carol.key, Account: o.chain.Client(), Market: o.chain.Client(), Outbox: o.outbox, Log: slog.New(slog.DiscardHandler),
		Budget: new(big.Int).Lsh(big.NewInt(1), 80), Patience: time.Minute, Now: func() time.Time { return o.clock },
	})
}

func (o *office) close() {
	if err := errors.Join(o.outbox.Close(), o.ledger.Close()); err != nil {
		o.t.Error(err)
	}
}

// restart ends the relayer and starts it from what is on disk.
func (o *office) restart() {
	o.t.Helper()
	o.close()
	o.open()
}

// turn lets the relayer look and send once; a block follows. Blocks are finalized one
// turn later.
func (o *office) turn() {
	o.t.Helper()
	if err := o.desk.Step(o.t.Context()); err != nil {
		o.t.Fatalf("desk: %v", err)
	}
	if err := o.sender.Step(o.t.Context()); err != nil {
		o.t.Logf("sender: %v", err)
	}
	o.chain.Finalize()
	if err := o.commit(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
}

// until takes turns until something is so.
func (o *office) until(what string, done func(*ledger.View) bool) {
	o.t.Helper()
	for range 60 {
		o.turn()
		if done(o.desk.View()) {
			return
		}
	}
	waiting, err := o.outbox.Calls("", false)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, c := range waiting {
		o.t.Logf("%s is %v: %s", c.ID, c.State, o.sender.Problem(c.ID))
	}
	for id := range o.sets {
		o.t.Logf("lot %x: %s", id[:4], o.desk.Problem(id))
	}
	o.t.Fatalf("%s does not happen; alerts %v", what, o.desk.Alerts())
}

// blocks mines Bitcoin blocks, the first with transactions, and lets the EVM's time follow.
func (o *office) blocks(n int, txs ...*wire.MsgTx) {
	o.t.Helper()
	o.btc.mine(txs...)
	for range n - 1 {
		o.btc.mine()
	}
	o.waitUntil(uint64(o.btc.time(o.btc.height())))
}

// Tip, Header and Block are relayer.Blocks.
func (o *office) Tip(context.Context) (uint32, error) { return o.btc.height(), nil }

func (o *office) Header(_ context.Context, height uint32) ([]byte, error) {
	return o.btc.header(height), nil
}

func (o *office) Block(_ context.Context, height uint32) (*wire.MsgBlock, error) {
	block := &wire.MsgBlock{Transactions: o.btc.blocks[height].Transactions}
	return block, block.Header.Deserialize(bytes.NewReader(o.btc.header(height)))
}

// Announcements and Attestation are relayer.Oracles.
func (o *office) Announcements(_ context.Context, key spv.SeriesKey) ([]attest.Announcement, error) {
	for _, s := range o.series {
		if s.key.ID() == key.ID() {
			return s.anns, nil
		}
	}
	return nil, nil
}

func (o *office) Attestation(_ context.Context, a attest.Announcement) (attest.Attestation, bool, error) {
	if o.value == 0 {
		return attest.Attestation{}, false, nil
	}
	for _, oracle := range o.oracles {
		if oracle.Key() == a.Key {
			return oracle.Attest(a.Event, o.value), true, nil
		}
	}
	return attest.Attestation{}, false, errors.New("no such oracle")
}

// Leaf is relayer.Sets.
func (o *office) Leaf(id [32]byte, txid chainhash.Hash) (calls.Leaf, relayer.Membership, error) {
	l := o.sets[id]
	if l == nil {
		return calls.Leaf{}, relayer.NoSet, nil
	}
	place := slices.IndexFunc(l.runs, func(c spv.CET) bool { return c.Txid == txid })
	if place < 0 {
		return calls.Leaf{}, relayer.NotInSet, nil
	}
	branch, err := l.set.Branch(place)
	return calls.Leaf{CET: l.runs[place], Index: uint64(place), Branch: branch}, relayer.InSet, err
}

// Attest is relayer.Attestors: the package is the lot's id here.
func (o *office) Attest(_ context.Context, pkg []byte, expiry uint64) ([]relayer.Attestation, error) {
	l := o.sets[[32]byte(pkg)]
	var out []relayer.Attestation
	for _, operator := range o.operators[o.dead:] {
		digest := o.domain().AttestDigest(l.id, o.owners[l.id].at, expiry)
		out = append(out, relayer.Attestation{Signer: operator.at, Signature: [65]byte(signDigest(o.t, operator, digest))})
	}
	return out, nil
}

// job asks the relayer to mint a lot to somebody.
func (o *office) job(l *lot, to actor, wrap bool) {
	o.t.Helper()
	o.sets[l.id], o.owners[l.id] = l, to
	if !slices.Contains(o.series, l.series) {
		o.series = append(o.series, l.series)
	}
	if err := o.outbox.PutJob(relayer.Job{
		Package: l.id[:], Key: l.key, Terms: l.terms, FundingScript: l.script, To: to.at, Wrap: wrap, Payer: o.carol.at, From: firstHeight,
	}); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) lotIs(l *lot, want ledger.LotState) func(*ledger.View) bool {
	return func(v *ledger.View) bool { got := v.LotOf(l.id); return got != nil && got.State == want }
}

func (o *office) redemptionIs(r spv.Redemption, want ledger.RedemptionState) func(*ledger.View) bool {
	return func(v *ledger.View) bool { got := v.RedemptionOf(r.RID()); return got != nil && got.State == want }
}

// brought brings a lot of bob's to the end of its contract. The relayer's account is
// carol's, so bob wraps it himself.
func (o *office) brought(s *series, wrap bool) *lot {
	o.t.Helper()
	l := o.lotOf(s)
	o.job(l, o.bob, wrap)
	o.blocks(6, l.funding)
	o.until("mint", o.lotIs(l, ledger.LotLive))
	if got := o.lotState(l).Wrapped; got != 0 {
		o.t.Errorf("%d units of another's lot are wrapped", got)
	}
	if wrap {
		o.send(o.bob, o.at.Bridge, bridgeC.PackWrap(l.id, l.units()))
	}
	o.waitUntil(uint64(s.events[0].Maturity))
	o.value = usual
	o.until("price", func(v *ledger.View) bool { return v.SeriesOf(s.id).PricedAt != 0 })
	return l
}

// A lot goes from its funding to its last payment by what the relayer does alone, with
// restarts on the way.
func TestTheRelayerBringsALotHome(t *testing.T) {
	forks(t, func(t *testing.T, fork simchain.Fork) {
		o := newOffice(t, fork, false)
		s := o.seriesOf(payout.SwapM, true)
		l := o.brought(s, true)
		o.restart()
		cet, _ := l.cet(usual)
		o.blocks(6, cet)
		o.until("proof of the spend", o.lotIs(l, ledger.LotFinal))
		if got := o.desk.View().LotOf(l.id); got.Kind != ledger.KindCET || got.Sats != uint64(s.owed(usual)) { //nolint:gosec // G115: positive
			t.Errorf("the lot ended as %v with %d", got.Kind, got.Sats)
		}
		o.wait(day + 1)
		o.until("opening", func(v *ledger.View) bool { return v.SeriesOf(s.id).Open })
		first, second := o.redeem(o.bob, s.id, false, 2_000_000, p2tr(77)), o.redeem(o.bob, s.id, false, units-2_000_000, p2tr(77))
		from, _ := l.vaultOf(cet)
		o.restart()
		o.blocks(6, o.batch(from, nil, second, first)) // two of one script, in an order that only the commitment tells
		o.until("proof of the payments", o.redemptionIs(first, ledger.Paid))
		if !o.redemptionIs(second, ledger.Paid)(o.desk.View()) {
			t.Error("one of two payments is not proven")
		}
		if totals := o.totals(); totals.Vault != 0 || totals.Live != 0 || o.seriesSupply(s) != 0 {
			t.Errorf("left: vault %d, live %d, supply %d", totals.Vault, totals.Live, o.seriesSupply(s))
		}
		jobs, err := o.outbox.Jobs()
		if err != nil || len(jobs) != 0 {
			t.Errorf("jobs %v, %v", jobs, err)
		}
		o.wait(day)
		o.until("the bond's return", func(*ledger.View) bool {
			return ask(o.evm, o.at.Bond, bondC.PackLotBonds(l.id), bondC.UnpackLotBonds).Amount == 0
		})
		for range 3 {
			o.turn()
		}
		if waiting, err := o.outbox.Calls("", false); err != nil || len(waiting) != 0 {
			t.Errorf("calls %v wait, %v", waiting, err)
		}
	})
}

// Both chains take back what happened, the pool forgets, and the relayer starts anew: it
// is done again.
func TestReorganisationsAreWorkedThrough(t *testing.T) {
	o := newOffice(t, simchain.Osaka, true)
	s := o.seriesOf(payout.Call, true)
	l := o.lotOf(s)
	o.job(l, o.bob, false)
	o.blocks(6, l.funding)
	o.turn()
	o.turn()
	stable := o.chain.Head().Number.Uint64()
	for range 3 { // not finalized
		if err := errors.Join(o.desk.Step(t.Context()), o.sender.Step(t.Context()), o.commit(t.Context())); err != nil {
			t.Logf("turn: %v", err)
		}
	}
	if err := o.chain.Reorg(stable); err != nil {
		t.Fatal(err)
	}
	o.chain.Drop()
	o.restart()
	o.until("mint after the EVM's reorganisation", o.lotIs(l, ledger.LotLive))

	// Bitcoin takes the funding back: the watcher has the lot frozen, and once the funding
	// is in a block again, the relayer proves it anew.
	height := o.btc.height()
	o.rewind(height - 6)
	o.blocks(8)
	o.until("contest", o.lotIs(l, ledger.LotFrozen))
	o.blocks(6, l.funding)
	o.until("new proof of the funding", o.lotIs(l, ledger.LotLive))

	o.waitUntil(uint64(s.events[0].Maturity))
	o.value = usual
	o.until("price", func(v *ledger.View) bool { return v.SeriesOf(s.id).PricedAt != 0 })
	cet, _ := l.cet(usual)
	o.blocks(6, cet)
	o.until("proof of the spend", o.lotIs(l, ledger.LotFinal))
	o.rewind(o.btc.height() - 6)
	o.blocks(8)
	o.until("contest of the spend", o.lotIs(l, ledger.LotFrozen))
	o.blocks(6, cet)
	o.until("new proof of the spend", o.lotIs(l, ledger.LotFinal))
	o.wait(day + 1)
	r := o.redeem(o.bob, l.id, true, units, p2tr(1))
	from, _ := l.vaultOf(cet)
	batch := o.batch(from, nil, r)
	o.blocks(6, batch)
	o.until("proof of the payment", o.redemptionIs(r, ledger.Paid))
	o.rewind(o.btc.height() - 6)
	o.blocks(8)
	o.until("contest of the payment", o.redemptionIs(r, ledger.Requested))
	o.blocks(6, batch)
	o.until("new proof of the payment", o.redemptionIs(r, ledger.Paid))
}

// The oracles stay silent: the refund is proven, the series opens by it.
func TestTheRelayerFollowsARefund(t *testing.T) {
	o := newOffice(t, simchain.Osaka, false)
	s := o.seriesOf(payout.Put, false)
	l := o.lotOf(s)
	o.job(l, o.carol, true)
	o.blocks(6, l.funding)
	o.until("mint", o.lotIs(l, ledger.LotLive))
	if got := o.seriesBalance(s, o.carol); got != units {
		t.Errorf("the relayer's own lot is minted as %d units of the series", got)
	}
	o.waitUntil(uint64(s.key.RefundLocktime))
	o.blocks(6, l.refund)
	o.until("proof of the refund", o.lotIs(l, ledger.LotFinal))
	o.wait(day + 1)
	o.until("opening", func(v *ledger.View) bool { return v.SeriesOf(s.id).Open })
	if got := o.desk.View().LotOf(l.id); got.Kind != ledger.KindRefund || got.Sats != l.terms.RefundSats {
		t.Errorf("the lot ended as %v with %d", got.Kind, got.Sats)
	}
}

// A spend outside the set is a violation: once its time for contests is over, the bond pays.
func TestAViolationIsSettledOutOfTheBond(t *testing.T) {
	o := newOffice(t, simchain.Osaka, false)
	s := o.seriesOf(payout.SwapP, true)
	l := o.brought(s, false)
	theft := pay(wire.OutPoint{Hash: l.funding.TxHash(), Index: 1}, wire.NewTxOut(units, p2tr(66)))
	o.blocks(6, theft)
	o.until("proof of the theft", o.lotIs(l, ledger.LotSpent))
	o.wait(day + 1)
	o.until("settlement", o.lotIs(l, ledger.LotFinal))
	got := o.desk.View().LotOf(l.id)
	if want := uint64(s.owed(usual)) * 11 / 10; got.Kind != ledger.KindViolated || got.Pot != want { //nolint:gosec // G115: positive
		t.Errorf("the lot ended as %v with %d of bond, want %d", got.Kind, got.Pot, want)
	}
	if !slices.ContainsFunc(o.desk.Alerts(), func(a relayer.Alert) bool { return a.Name == "lot_violated" }) {
		t.Errorf("alerts %v", o.desk.Alerts())
	}
}

// The watcher has a redemption compensated that nobody paid, and accuses whoever spends
// the vault otherwise; nobody answers, so the operators are convicted.
func TestTheWatcherSlashesAndAccuses(t *testing.T) {
	o := newOffice(t, simchain.Osaka, true)
	s := o.seriesOf(payout.SwapM, true)
	l := o.brought(s, true)
	cet, _ := l.cet(usual)
	o.blocks(6, cet)
	o.until("proof of the spend", o.lotIs(l, ledger.LotFinal))
	o.wait(day + 1)
	o.until("opening", func(v *ledger.View) bool { return v.SeriesOf(s.id).Open })
	r := o.redeem(o.bob, s.id, false, units, p2tr(77))
	o.wait(49 * 3600)
	o.turn()
	if !slices.ContainsFunc(o.desk.Alerts(), func(a relayer.Alert) bool { return a.Name == "deadline_near" }) {
		t.Errorf("a day before the deadline there are only the alerts %v", o.desk.Alerts())
	}
	before := o.assetOf(o.bob.at)
	o.wait(day)
	o.until("slash", o.redemptionIs(r, ledger.Slashed))
	if got := o.assetOf(o.bob.at) - before; got != r.Sats*11/10 {
		t.Errorf("bob is compensated with %d, want %d", got, r.Sats*11/10)
	}
	from, value := l.vaultOf(cet)
	o.blocks(6, pay(from, wire.NewTxOut(value-1000, p2tr(66))))
	o.until("accusation", func(v *ledger.View) bool { return len(v.Accusations) == 1 })
	o.wait(day + 1)
	o.until("conviction", func(*ledger.View) bool {
		return ask(o.evm, o.at.Committee, committeeC.PackHalted(), committeeC.UnpackHalted)
	})
}

// An honest batch that was accused is answered for.
func TestTheRelayerAnswersAccusations(t *testing.T) {
	o := newOffice(t, simchain.Osaka, false)
	s := o.seriesOf(payout.SwapM, true)
	l := o.brought(s, true)
	cet, _ := l.cet(usual)
	o.blocks(6, cet)
	o.until("proof of the spend", o.lotIs(l, ledger.LotFinal))
	o.wait(day + 1)
	o.until("opening", func(v *ledger.View) bool { return v.SeriesOf(s.id).Open })
	r := o.redeem(o.bob, s.id, false, units, p2tr(77))
	from, _ := l.vaultOf(cet)
	batch := o.batch(from, nil, r)
	o.blocks(6, batch)
	o.until("proof of the payment", o.redemptionIs(r, ledger.Paid))
	o.accuse(l, cet)
	o.until("answer", func(v *ledger.View) bool { return len(v.Accusations) == 1 && v.Accusations[0].Answered })
}

// A lot whose bond or attestations are missing waits and says so.
func TestAMintSaysWhatItWaitsFor(t *testing.T) {
	o := newOffice(t, simchain.Osaka, false)
	l := o.lotOf(o.seriesOf(payout.SwapM, true))
	o.dead = 2
	o.job(l, o.bob, true)
	says := func(want string) {
		t.Helper()
		for range 6 {
			o.turn()
		}
		if got := o.desk.Problem(l.id); !strings.Contains(got, want) {
			t.Errorf("problem %q, want %q", got, want)
		}
	}
	says("the funding transaction is in no block")
	o.blocks(3, l.funding)
	says("1 of 2 operators attested")
	o.dead = 1
	says("3 of 6 confirmations")
	o.blocks(3)
	o.until("mint", o.lotIs(l, ledger.LotLive))
}

// An owner who wants his units wrapped gets them so, though a stranger sends his mint first.
func TestAMintThatAStrangerSendsIsWrappedAllTheSame(t *testing.T) {
	o := newOffice(t, simchain.Osaka, false)
	s := o.seriesOf(payout.SwapM, true)
	l := o.lotOf(s)
	o.job(l, o.carol, true)
	o.blocks(3, l.funding)
	o.until("series", func(v *ledger.View) bool { return v.SeriesOf(s.id) != nil })
	o.bury(3)
	o.send(o.eve, o.at.Bond, bondC.PackPostLot(l.id, 4_950_000))
	o.send(o.eve, o.at.Bridge, o.mintCallOf(l, o.carol.at, false, o.eve))
	o.until("wrapping", func(v *ledger.View) bool { lot := v.LotOf(l.id); return lot != nil && lot.Wrapped == lot.Units })
	for range 6 {
		o.turn()
	}
	if jobs, err := o.outbox.Jobs(); err != nil || len(jobs) != 0 || o.seriesBalance(s, o.carol) != units {
		t.Errorf("%d jobs, %d units, %v", len(jobs), o.seriesBalance(s, o.carol), err)
	}
}

// A relay that posted for a lot which was then minted with another one's bond takes its own back.
func TestTheRelayerTakesItsSpareBondBack(t *testing.T) {
	o := newOffice(t, simchain.Osaka, false)
	l := o.lotOf(o.seriesOf(payout.SwapM, true))
	o.job(l, o.bob, false)
	before := o.assetOf(o.carol.at)
	posted := func() uint64 { return ask(o.evm, o.at.Bond, bondC.PackPosted(l.id, o.carol.at), bondC.UnpackPosted) }
	o.blocks(3, l.funding)
	o.until("bond", func(*ledger.View) bool { return posted() == 4_950_000 })
	o.bury(3)
	o.send(o.eve, o.at.Bond, bondC.PackPostLot(l.id, 4_950_000))
	o.send(o.eve, o.at.Bridge, o.mintCallOf(l, o.bob.at, false, o.eve))
	o.until("the bond's return", func(*ledger.View) bool { return posted() == 0 })
	for range 4 {
		o.turn()
	}
	jobs, err := o.outbox.Jobs()
	if got := o.assetOf(o.carol.at); err != nil || len(jobs) != 0 || got != before {
		t.Errorf("carol has %d of %d; jobs %v, %v", got, before, jobs, err)
	}
}

// A chain that reverts a finalized block is noticed, and nothing is done on it.
func TestARevertedFinalizedBlockIsNoticed(t *testing.T) {
	o := newOffice(t, simchain.Osaka, false)
	for range 3 {
		o.turn()
	}
	o.chain.Finalize()
	if err := o.desk.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := o.chain.Reorg(o.chain.Head().Number.Uint64() - 2); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		o.wait(100)
	}
	o.chain.Finalize()
	if err := o.desk.Step(t.Context()); !errors.Is(err, ledger.ErrReverted) {
		t.Errorf("a reverted block: %v", err)
	}
	if !slices.ContainsFunc(o.desk.Alerts(), func(a relayer.Alert) bool { return a.Name == "ledger_unreadable" }) {
		t.Errorf("alerts %v", o.desk.Alerts())
	}
}

package evmbridge_test

import (
	"bytes"
	"context"
	"math/big"
	"slices"
	"testing"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/evmbridge/bindings"
	"github.com/alkimiya/alkimiya/evmbridge/deploy"
	"github.com/alkimiya/alkimiya/evmbridge/simchain"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
)

const (
	day = 86_400
	// The usual contract: 30 days, a band of 40,000 to 70,000.
	counter = 21_834_567
	lowSum  = 1_200_000
	highSum = 2_100_000
	usual   = 23_376_409
	// H of 5,000 makes 4,500,000 units.
	notional = 5_000
	units    = 4_500_000
	quant    = 16
)

var (
	relayC     = bindings.NewCheckpointRelay()
	spvC       = bindings.NewSpv()
	oracleC    = bindings.NewOracleVerifier()
	committeeC = bindings.NewCommittee()
	bondC      = bindings.NewBond()
	bridgeC    = bindings.NewBridge()
	fraudC     = bindings.NewFraud()
	lotC       = bindings.NewLotToken()
	bookC      = bindings.NewSeriesBook()
	seriesC    = bindings.NewSeriesToken()
)

// world is a bridge between two chains, with its oracles and operators.
type world struct {
	*evm
	btc       *bitcoin
	at        deploy.Addresses
	config    deploy.Config
	asset     helper
	operators []actor
	guardians [3]actor
	oracles   []attesttest.Oracle
	// checkpoints are the heights of the relay's checkpoints on our best chain.
	checkpoints []uint32
	serial      uint32
}

// minFee is what a redemption must allow for fees at least, leastClaim what it must claim.
const (
	minFee     = 6000
	leastClaim = 2 * minFee
)

// newWorld deploys a bridge: 2 of 3 operators, 110 % of 1 BTC as their bond.
func newWorld(t testing.TB, fork simchain.Fork) *world {
	t.Helper()
	w := &world{evm: newEVM(t, fork), btc: newBitcoin(t)}
	for _, name := range []string{"red", "green", "blue"} {
		w.oracles = append(w.oracles, attesttest.Oracle{Name: name, Dialect: attest.D2})
	}
	w.operators = sorted("operator 1", "operator 2", "operator 3")
	w.guardians = [3]actor(sorted("guardian 1", "guardian 2", "guardian 3"))
	w.asset = w.deployHelper("Asset", uint8(8))
	w.config = deploy.Config{
		Anchor: w.btc.header(firstHeight), Height: firstHeight, EpochStart: w.btc.time(firstHeight),
		PowLimit: w.btc.rules.PowLimit, NoRetarget: true, Genesis: [32]byte{1}, HalvingInterval: interval,
		Threshold: 2, Asset: w.asset.at, SeriesCap: 50_0000_0000, TotalCap: 150_0000_0000, MinFee: minFee,
	}
	for _, o := range w.operators {
		w.config.Operators = append(w.config.Operators, o.at)
	}
	for i, g := range w.guardians {
		w.config.Guardians[i] = g.at
	}
	opts := w.opts(w.alice)
	if fork == simchain.Amsterdam {
		opts.GasLimit = simchain.GasLimit // code costs state gas, which the client's estimate leaves out
	}
	at, err := deploy.Run(context.Background(), w.chain.Client(), opts, w.config, w.commit)
	if err != nil {
		t.Fatal(err)
	}
	w.at = at
	w.checkpoints = []uint32{firstHeight}
	for _, who := range []actor{w.alice, w.bob, w.carol, w.eve} {
		w.send(w.alice, w.asset.at, w.asset.pack(t, "mint", who.at, big.NewInt(1e12)))
		w.send(who, w.asset.at, w.asset.pack(t, "approve", w.at.Bond, big.NewInt(1e15)))
	}
	w.send(w.alice, w.at.Bond, bondC.PackPostOperator(1_1000_0000))
	return w
}

func sorted(names ...string) []actor {
	var actors []actor
	for _, name := range names {
		actors = append(actors, newActor(name))
	}
	slices.SortFunc(actors, func(a, b actor) int { return a.at.Cmp(b.at) })
	return actors
}

// relay posts all headers that the relay lacks, as one batch.
func (w *world) relay() *types.Receipt {
	w.t.Helper()
	tip := w.btc.height()
	last := w.checkpoints[len(w.checkpoints)-1]
	w.waitUntil(uint64(w.btc.time(tip)))
	receipt := w.send(w.alice, w.at.Relay, relayC.PackAddHeaders(w.btc.section(last-10, last), w.btc.section(last+1, tip)))
	w.checkpoints = append(w.checkpoints, tip)
	return receipt
}

// rewind forgets the Bitcoin blocks above a height, and what the relay has of them.
func (w *world) rewind(height uint32) {
	w.btc.rewind(height)
	for w.checkpoints[len(w.checkpoints)-1] > height {
		w.checkpoints = w.checkpoints[:len(w.checkpoints)-1]
	}
}

// bury mines blocks on top of the tip and relays them.
func (w *world) bury(n int) {
	w.t.Helper()
	for range n {
		w.btc.mine()
	}
	w.relay()
}

// proof returns the proof of a transaction that is in a relayed block.
func (w *world) proof(tx *wire.MsgTx) spv.Proof {
	w.t.Helper()
	txid := tx.TxHash()
	height, found := w.btc.where[txid]
	if !found {
		w.t.Fatalf("transaction %v is in no block", txid)
	}
	block := w.btc.blocks[height]
	at := slices.IndexFunc(block.Transactions, func(other *wire.MsgTx) bool { return other.TxHash() == txid })
	p, err := spv.Prove(block, at)
	if err != nil {
		w.t.Fatal(err)
	}
	p.Chain, p.Hops = w.chainFrom(height)
	return p
}

// chainFrom returns the headers from a height to the next checkpoint, and how many
// checkpoints behind the tip that is.
func (w *world) chainFrom(height uint32) ([]byte, uint64) {
	w.t.Helper()
	for i, c := range w.checkpoints {
		if c >= height {
			return w.btc.section(height, c), uint64(len(w.checkpoints) - 1 - i) //nolint:gosec // G115: a short list
		}
	}
	w.t.Fatalf("height %d is not relayed", height)
	return nil, 0
}

// series is a series with the events and the contract terms behind it.
type series struct {
	key    spv.SeriesKey
	id     [32]byte
	token  common.Address
	terms  payout.Terms
	events []attest.Event
	anns   []attest.Announcement
}

// seriesOf returns a series of one side of an instrument, created on the chain. Its
// window ends about 30 days after now.
func (w *world) seriesOf(instrument payout.Instrument, long bool) *series {
	w.t.Helper()
	last := uint32(w.now/day) + 30 //nolint:gosec // G115: a day
	s := &series{terms: payout.Terms{
		Instrument: instrument, Index: "hp1/tot", StartDay: last - 29, EndDay: last, Base: counter, Digits: 30,
		Bucket: quant, Notional: notional, Threshold: 2,
	}}
	switch instrument {
	case payout.SwapM:
		s.terms.K, s.terms.F, s.terms.C = 55_000, 40_000, 70_000
	case payout.SwapP:
		s.terms.K, s.terms.C = 55_000, 70_000
	case payout.Call:
		s.terms.K, s.terms.C, s.terms.Premium = 40_000, 70_000, 150_000
	case payout.Put:
		s.terms.F, s.terms.K, s.terms.Premium = 40_000, 70_000, 150_000
	case payout.Collar, payout.Conv:
		w.t.Fatalf("%v is not bridged", instrument)
	}
	s.terms.Event, _ = payout.EventID(s.terms.Index, last)
	maturity := (last+1)*day + day/2
	s.key = spv.SeriesKey{
		IndexParams: [32]byte{0xbf}, FirstDay: last - 29, LastDay: last, Threshold: 2, Long: long, Base: counter,
		QuantBits: quant, RefundLocktime: maturity + 28*day, MinRefundPpm: 100_000,
	}
	low, high := s.terms.Strikes()
	s.key.Lo, s.key.Hi = low*30, high*30
	if instrument == payout.Put {
		s.key.Shape = spv.PutLike
	}
	for _, o := range w.oracles {
		s.terms.Oracles = append(s.terms.Oracles, o.Key())
		s.anns = append(s.anns, o.Announce(s.terms.Event, "sat/PH", 30, maturity))
		s.events = append(s.events, s.anns[len(s.anns)-1].Event)
		s.key.Events = append(s.key.Events, spv.EventKey(o.Key(), s.events[len(s.events)-1].Encode()))
	}
	slices.SortFunc(s.terms.Oracles, func(a, b [32]byte) int { return bytes.Compare(a[:], b[:]) })
	slices.SortFunc(s.key.Events, func(a, b [32]byte) int { return bytes.Compare(a[:], b[:]) })
	if err := s.terms.Validate(); err != nil {
		w.t.Fatal(err)
	}
	return w.create(s)
}

// create makes a series on the chain.
func (w *world) create(s *series) *series {
	w.t.Helper()
	s.id = s.key.ID()
	w.send(w.alice, w.at.Book, bookC.PackCreateSeries(key(s.key)))
	s.token = ask(w.evm, w.at.Book, bookC.PackGet(s.id), bookC.UnpackGet).Token
	return s
}

// register registers the series' events on the chain.
func (w *world) register(s *series) {
	w.t.Helper()
	for _, a := range s.anns {
		w.send(w.bob, w.at.Oracle, registration(w.t, a))
	}
}

func registration(t testing.TB, a attest.Announcement) []byte {
	t.Helper()
	r, err := spv.Register(a)
	if err != nil {
		t.Fatal(err)
	}
	return packRegistration(r)
}

func packRegistration(r spv.Registration) []byte {
	return oracleC.PackRegisterEvent(number(r.Px), r.TLV, numbers(r.Ry), [3]*big.Int(numbers(r.Sig[:])))
}

// attestation returns the call that shows what an oracle attests.
func (w *world) attestation(s *series, oracle int, value uint64) []byte {
	w.t.Helper()
	shown, err := spv.Show(w.oracles[oracle].Attest(s.events[oracle], value))
	if err != nil {
		w.t.Fatal(err)
	}
	return oracleC.PackAttest(w.eventKey(s, oracle), shown.Value, number(shown.Sum), numbers(shown.Nonces))
}

func (w *world) eventKey(s *series, oracle int) [32]byte {
	return spv.EventKey(w.oracles[oracle].Key(), s.events[oracle].Encode())
}

// price lets two oracles attest a value and prices the series.
func (w *world) price(s *series, value uint64) {
	w.t.Helper()
	w.waitUntil(uint64(s.events[0].Maturity))
	w.register(s)
	for _, o := range []int{0, 2} {
		// Two series of one window have one event.
		if ask(w.evm, w.at.Oracle, oracleC.PackGet(w.eventKey(s, o)), oracleC.UnpackGet).State == 1 {
			w.send(w.bob, w.at.Oracle, w.attestation(s, o, value))
		}
	}
	w.send(w.bob, w.at.Book, bookC.PackPrice(key(s.key)))
}

// lot is one side of one contract, with its transactions.
type lot struct {
	*series
	terms   spv.Terms
	id      [32]byte
	script  []byte // of the funding output
	vault   []byte
	funding *wire.MsgTx
	refund  *wire.MsgTx
	cets    []*wire.MsgTx
	runs    []spv.CET
	set     spv.CETSet
}

// lotOf makes a contract whose side pays a vault. Nothing of it is on a chain yet.
func (w *world) lotOf(s *series) *lot {
	w.t.Helper()
	w.serial++
	l := &lot{series: s, script: p2tr(byte(w.serial)), vault: p2tr(byte(w.serial))} //nolint:gosec // G115: chance, or small by construction
	l.script[2], l.vault[2], l.vault[3] = 0xf0, 0xaa, byte(w.serial>>8)             //nolint:gosec // G115: chance, or small by construction
	total := int64(s.units())                                                       //nolint:gosec // G115: chance, or small by construction
	l.funding = pay(outpoint(w.serial, 1), wire.NewTxOut(50_000, p2tr(3)), wire.NewTxOut(total+552, l.script))
	from := wire.OutPoint{Hash: l.funding.TxHash(), Index: 1}
	l.refund = pay(from, wire.NewTxOut(total/3, l.vault), wire.NewTxOut(total-total/3, p2tr(4)))
	l.refund.LockTime = s.key.RefundLocktime
	runs, err := s.series().Runs()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, run := range runs {
		cet := s.settlement(from, l.vault, run.First)
		l.cets = append(l.cets, cet)
		l.runs = append(l.runs, spv.CET{First: run.First, Last: run.Last, Txid: cet.TxHash()})
	}
	if l.set, err = spv.NewCETSet(l.runs); err != nil {
		w.t.Fatal(err)
	}
	l.terms = spv.Terms{
		SeriesID: s.id, FundingTxid: l.funding.TxHash(), FundingVout: 1, Collateral: s.units(), Notional: notional,
		RefundSats: uint64(total / 3), RefundTxid: l.refund.TxHash(), CETRoot: l.set.Root(), VaultScript: l.vault,
		VaultSalt: [32]byte{byte(w.serial)}, //nolint:gosec // G115: chance, or small by construction
	}
	l.id = l.terms.ID()
	return l
}

func (s *series) series() payout.Terms { return s.terms }

func (s *series) units() uint64 { return s.terms.M() }

// owed is what the vault is paid at an outcome, by the contract's own arithmetic.
func (s *series) owed(outcome uint64) int64 {
	paid := s.terms.Settled(outcome)
	if !s.key.Long {
		paid = s.terms.M() - paid
	}
	return int64(paid) //nolint:gosec // G115: at most the money there is
}

// settlement returns the CET of an outcome.
func (s *series) settlement(from wire.OutPoint, vault []byte, outcome uint64) *wire.MsgTx {
	paid := s.owed(outcome)
	tx := pay(from)
	for _, out := range []*wire.TxOut{wire.NewTxOut(paid, vault), wire.NewTxOut(int64(s.units())-paid, p2tr(5))} { //nolint:gosec // G115: at most the money there is
		if out.Value >= spv.VaultDust {
			tx.AddTxOut(out)
		}
	}
	tx.LockTime = s.events[0].Maturity
	return tx
}

// cet returns the lot's CET of an outcome and its place in the set.
func (l *lot) cet(outcome uint64) (*wire.MsgTx, int) {
	i := slices.IndexFunc(l.runs, func(r spv.CET) bool { return r.First <= outcome && outcome <= r.Last })
	return l.cets[i], i
}

// sign returns the signatures of operators over an attestation.
func (w *world) sign(l *lot, to common.Address, expiry uint64, signers ...actor) []byte {
	w.t.Helper()
	digest := w.domain().AttestDigest(l.id, to, expiry)
	var sigs []byte
	for _, o := range signers {
		sigs = append(sigs, signDigest(w.t, o, digest)...)
	}
	return sigs
}

func signDigest(t testing.TB, who actor, digest [32]byte) []byte {
	t.Helper()
	sig, err := crypto.Sign(digest[:], who.key)
	if err != nil {
		t.Fatal(err)
	}
	sig[64] += 27
	return sig
}

func (w *world) domain() spv.Domain {
	return spv.Domain{ChainID: w.id, Bridge: w.at.Bridge, Anchor: spv.DoubleSHA256(w.config.Anchor)}
}

// fund puts the funding in a block, six deep, and posts the bond.
func (w *world) fund(l *lot) {
	w.t.Helper()
	w.btc.mine(l.funding)
	w.bury(5)
	w.send(w.carol, w.at.Bond, bondC.PackPostLot(l.id, (l.units()*11+9)/10))
}

// mintCall returns the call that mints a funded lot to an address, with carol's bond.
func (w *world) mintCall(l *lot, to common.Address, wrap bool) []byte {
	w.t.Helper()
	return w.mintCallOf(l, to, wrap, w.carol)
}

// mintCallOf is mintCall with somebody's bond.
func (w *world) mintCallOf(l *lot, to common.Address, wrap bool, payer actor) []byte {
	w.t.Helper()
	expiry := w.now + day
	sigs := w.sign(l, to, expiry, w.operators[0], w.operators[2])
	return bridgeC.PackMint(terms(l.terms), bound(w.proof(l.funding)), l.script, to, wrap, payer.at, expiry, sigs)
}

// minted funds and mints a lot; whoever may have it wrapped does.
func (w *world) minted(s *series, to actor, wrap bool) *lot {
	w.t.Helper()
	l := w.lotOf(s)
	w.fund(l)
	who := w.alice
	if wrap {
		who = to
	}
	w.send(who, w.at.Bridge, w.mintCall(l, to.at, wrap))
	return l
}

// spendCall returns the call that proves a spend of a lot's funding output; place
// is the CET's in the set, or -1.
func (w *world) spendCall(l *lot, tx *wire.MsgTx, place int) []byte {
	w.t.Helper()
	var leaf spv.CET
	var branch [][32]byte
	if place >= 0 {
		leaf = l.runs[place]
		var err error
		if branch, err = l.set.Branch(place); err != nil {
			w.t.Fatal(err)
		}
	}
	return bridgeC.PackProveSpend(
		terms(l.terms), bound(w.proof(tx)), leaf.First, leaf.Last, big.NewInt(int64(max(place, 0))), branch)
}

// settled mines the CET of an outcome and proves it.
func (w *world) settled(l *lot, outcome uint64) {
	w.t.Helper()
	cet, place := l.cet(outcome)
	w.btc.mine(cet)
	w.bury(5)
	w.send(w.bob, w.at.Bridge, w.spendCall(l, cet, place))
}

// opened waits for the time for contests and opens a series.
func (w *world) opened(s *series) {
	w.t.Helper()
	w.wait(day + 1)
	w.send(w.eve, w.at.Bridge, bridgeC.PackOpen(s.id))
}

// redeem burns units and returns the redemption.
func (w *world) redeem(who actor, id [32]byte, isLot bool, amount uint64, script []byte) spv.Redemption {
	w.t.Helper()
	receipt := w.send(who, w.at.Bridge, bridgeC.PackRedeem(id, isLot, amount, script, minFee))
	return w.requested(receipt)
}

// requested returns the redemption in a receipt.
func (w *world) requested(receipt *types.Receipt) spv.Redemption {
	w.t.Helper()
	for _, log := range receipt.Logs {
		event, err := bridgeC.UnpackRedemptionRequestedEvent(log)
		if err != nil {
			continue
		}
		r, err := spv.DecodeRedemption(event.Redemption)
		if err != nil {
			w.t.Fatal(err)
		}
		if r.RID() != event.Rid {
			w.t.Fatalf("rid %x of the event is not %x", event.Rid, r.RID())
		}
		return r
	}
	w.t.Fatal("no redemption was requested")
	return spv.Redemption{}
}

// batch pays redemptions out of the vault output of a transaction.
func (w *world) batch(from wire.OutPoint, change *wire.TxOut, redemptions ...spv.Redemption) *wire.MsgTx {
	tx := pay(from)
	var rids [][32]byte
	for _, r := range redemptions {
		rids = append(rids, r.RID())
		tx.AddTxOut(wire.NewTxOut(int64(r.Sats-r.MaxFee), r.Script)) //nolint:gosec // G115: at most the money there is
	}
	tx.AddTxOut(wire.NewTxOut(0, spv.CommitmentScript(w.domain().BatchCommitment(rids))))
	if change != nil {
		tx.AddTxOut(change)
	}
	return tx
}

// paid puts a batch in a block and proves it.
func (w *world) paid(tx *wire.MsgTx, redemptions ...spv.Redemption) *types.Receipt {
	w.t.Helper()
	w.btc.mine(tx)
	w.bury(5)
	return w.send(w.alice, w.at.Bridge, w.paidCall(tx, redemptions...))
}

func (w *world) paidCall(tx *wire.MsgTx, redemptions ...spv.Redemption) []byte {
	w.t.Helper()
	var list []bindings.Redemption
	for _, r := range redemptions {
		list = append(list, redemption(r))
	}
	return bridgeC.PackProveRedemptions(bound(w.proof(tx)), list)
}

// Asked of the chain.

func (w *world) lotState(l *lot) bindings.LotsOutput {
	w.t.Helper()
	return ask(w.evm, w.at.Bridge, bridgeC.PackLots(l.id), bridgeC.UnpackLots)
}

func (w *world) redemptionState(r spv.Redemption) uint64 {
	w.t.Helper()
	packed := ask(w.evm, w.at.Bridge, bridgeC.PackRedemptions(r.RID()), bridgeC.UnpackRedemptions)
	return new(big.Int).And(packed, big.NewInt(0xff)).Uint64()
}

func (w *world) totals() bindings.TotalsOutput {
	w.t.Helper()
	return ask(w.evm, w.at.Bridge, bridgeC.PackTotals(), bridgeC.UnpackTotals)
}

func (w *world) seriesBalance(s *series, who actor) uint64 {
	w.t.Helper()
	return ask(w.evm, s.token, seriesC.PackBalanceOf(who.at), seriesC.UnpackBalanceOf).Uint64()
}

func (w *world) seriesSupply(s *series) uint64 {
	w.t.Helper()
	return ask(w.evm, s.token, seriesC.PackTotalSupply(), seriesC.UnpackTotalSupply).Uint64()
}

func (w *world) lotBalance(l *lot, who actor) uint64 {
	w.t.Helper()
	return ask(w.evm, w.at.LotToken, lotC.PackBalanceOf(who.at, number(l.id)), lotC.UnpackBalanceOf).Uint64()
}

func (w *world) assetOf(who common.Address) uint64 {
	w.t.Helper()
	out, err := w.get(w.asset, "balanceOf", who)
	if err != nil {
		w.t.Fatal(err)
	}
	return number64(w.t, out[0])
}

// number64 is a number of up to 64 bits that a call returned.
func number64(t testing.TB, returned any) uint64 {
	t.Helper()
	n, ok := returned.(*big.Int)
	if !ok || !n.IsUint64() {
		t.Fatalf("%v (%T) is no number of 64 bits", returned, returned)
	}
	return n.Uint64()
}

// The bindings' forms.

// vaultOf returns the output of a transaction that pays a lot's vault.
func (l *lot) vaultOf(tx *wire.MsgTx) (wire.OutPoint, int64) {
	for i, out := range tx.TxOut {
		if bytes.Equal(out.PkScript, l.vault) {
			return wire.OutPoint{Hash: tx.TxHash(), Index: uint32(i)}, out.Value
		}
	}
	return wire.OutPoint{Hash: chainhash.Hash{}}, 0
}

func numberOf(n uint64) *big.Int { return new(big.Int).SetUint64(n) }

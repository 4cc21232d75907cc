package evmbridge_test

import (
	"flag"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/btcsuite/btcd/wire"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/evmbridge/bindings"
	"github.com/alkimiya/alkimiya/evmbridge/simchain"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

// How long the walk of TestInvariants is: `make invariants` asks for more.
var (
	steps    = flag.Int("steps", 300, "steps of a random walk over the bridge")
	walkSeed = flag.Uint64("walk-seed", 1, "seed of the first random walk")
	walkers  = flag.Int("walkers", 1, "random walks at the same time")
	asked    = flag.Int64("walk-calls", 0, "let random walks follow each other until so many calls were made")
)

// walker does whatever anybody may do with a bridge, in any order, and remembers what
// must be true.
type walker struct {
	*world
	seed    uint64
	r       *rand.Rand
	series  []*walked
	waiting []spv.Redemption
	done    []spv.Redemption
	rids    map[[32]byte]bool
	states  map[[32]byte]uint64
	// paid and lost are satoshi proven paid, and compensated.
	paid, lost uint64
	// poor says that a slash found too little, so that the bonds' rule is off.
	poor  bool
	calls int
	// accepted are proofs and claims that the bridge took: it must not take one twice.
	accepted []made
	// posted are the lots for which somebody posted bond, minted or not.
	posted [][32]byte
	// outcomes are what became of all calls, in order.
	outcomes []bool
}

type made struct {
	who  actor
	to   [20]byte
	data []byte
}

type walked struct {
	*series
	lots   []*walkedLot
	priced bool
	open   bool
	value  uint64
}

type walkedLot struct {
	*lot
	spend  *wire.MsgTx
	burned uint64
	payer  actor
	last   bindings.LotsOutput
}

func (w *walker) pick(n int) int { return w.r.IntN(n) }

// tried makes a call that may well be refused, and returns nothing then.
func (w *walker) tried(who actor, to [20]byte, data []byte) *types.Receipt {
	w.calls++
	receipt, err := w.attempt(who, to, data)
	w.outcomes = append(w.outcomes, err == nil)
	return receipt
}

// do makes a call that may well be refused, and says whether it was not.
func (w *walker) do(who actor, to [20]byte, data []byte) bool {
	return w.tried(who, to, data) != nil
}

// once makes a call that must not succeed again, whoever makes it, if it succeeds.
func (w *walker) once(who actor, to [20]byte, data []byte) bool {
	ok := w.do(who, to, data)
	if ok {
		w.accepted = append(w.accepted, made{who, to, data})
	}
	return ok
}

// again makes a call that the bridge took before.
func (w *walker) again() {
	if len(w.accepted) == 0 {
		return
	}
	old := w.accepted[w.pick(len(w.accepted))]
	who := old.who
	if w.pick(2) == 0 {
		who = w.carol
	}
	w.want(!w.do(who, old.to, old.data), "29: a call is taken twice: %x", old.data[:4])
}

func (w *walker) anyLot() (*walked, *walkedLot) {
	s := w.series[w.pick(len(w.series))]
	if len(s.lots) == 0 {
		return s, nil
	}
	return s, s.lots[w.pick(len(s.lots))]
}

func (w *walker) mint() {
	s := w.series[w.pick(len(w.series))]
	l := w.lotOf(s.series)
	w.btc.mine(l.funding)
	w.bury(5)
	payer := w.carol
	switch w.pick(4) {
	case 0: // somebody was there first, with too little
		w.send(w.eve, w.at.Bond, bondC.PackPostLot(l.id, 1+w.r.Uint64N(4_949_999)))
		w.want(!w.do(w.eve, w.at.Bridge, w.mintCallOf(l, w.bob.at, false, w.eve)), "31: a lot is minted with too small a bond")
	case 1: // or with enough, and stands for it
		w.send(w.eve, w.at.Bond, bondC.PackPostLot(l.id, 4_950_000+w.r.Uint64N(3)))
		payer = w.eve
	}
	w.send(w.carol, w.at.Bond, bondC.PackPostLot(l.id, 4_950_000+w.r.Uint64N(3)))
	w.posted = append(w.posted, l.id)
	who, wrap := w.eve, w.pick(2) == 0
	call := w.mintCallOf(l, w.bob.at, wrap, payer)
	if wrap {
		w.want(!w.do(w.eve, w.at.Bridge, call), "30: somebody else has a lot wrapped")
		who = w.bob
	}
	if w.once(who, w.at.Bridge, call) {
		s.lots = append(s.lots, &walkedLot{lot: l, payer: payer, last: w.lotState(l)})
	}
}

func (w *walker) wrap() {
	if _, l := w.anyLot(); l != nil {
		w.do(w.bob, w.at.Bridge, bridgeC.PackWrap(l.id, 1+w.r.Uint64N(units)))
	}
}

func (w *walker) priceOne() {
	s := w.series[w.pick(len(w.series))]
	if s.priced || w.pick(3) > 0 {
		return
	}
	s.value = w.series[0].value + w.series[1].value // one event settles both
	if s.value == 0 {
		s.value = counter + lowSum - 100_000 + w.r.Uint64N(1_100_000)
	}
	w.price(s.series, s.value)
	s.priced = true
}

func (w *walker) spendOne() {
	s, l := w.anyLot()
	if l == nil || l.spend != nil || (!s.priced && w.pick(3) > 0) {
		return
	}
	place := -1
	switch w.pick(5) {
	case 0:
		l.spend = pay(l.from(), wire.NewTxOut(w.r.Int64N(2*units), l.vault))
	case 1:
		l.spend = l.refund
	default:
		value := s.value
		if !s.priced || w.pick(5) == 0 {
			value = counter + lowSum + w.r.Uint64N(900_000)
		}
		l.spend, place = l.cet(value)
	}
	w.btc.mine(l.spend)
	w.bury(5)
	w.once(w.eve, w.at.Bridge, w.spendCall(l.lot, l.spend, place))
}

func (w *walker) settleOne() {
	if _, l := w.anyLot(); l != nil {
		w.do(w.eve, w.at.Bridge, bridgeC.PackSettle(terms(l.terms)))
	}
}

func (w *walker) openOne() {
	s := w.series[w.pick(len(w.series))]
	if w.once(w.eve, w.at.Bridge, bridgeC.PackOpen(s.id)) {
		s.open = true
	}
}

func (w *walker) redeemOne() {
	s, l := w.anyLot()
	id, isLot, most := s.id, false, w.seriesBalance(s.series, w.bob)
	if l != nil && w.pick(2) == 0 {
		id, isLot, most = l.id, true, w.lotBalance(l.lot, w.bob)
	}
	if most == 0 {
		return
	}
	amount := most
	if w.pick(2) == 0 {
		amount = 1 + w.r.Uint64N(most)
	}
	script, fee := p2tr(byte(w.pick(200))), uint64(minFee) //nolint:gosec // G115: small
	if w.pick(8) == 0 {
		script, fee = nil, 0 // leaves the bitcoin
	}
	before := w.totals()
	receipt := w.tried(w.bob, w.at.Bridge, bridgeC.PackRedeem(id, isLot, amount, script, fee))
	if receipt == nil {
		return
	}
	if isLot {
		l.burned += amount
	}
	after := w.totals()
	w.want(len(script) == 0 || after.Vault == before.Vault, "34: what is asked for stays in the vault until it is paid")
	w.lost += before.Vault - after.Vault
	for _, log := range receipt.Logs {
		event, err := bridgeC.UnpackRedemptionRequestedEvent(log)
		if err != nil {
			continue
		}
		r, err := spv.DecodeRedemption(event.Redemption)
		if err != nil {
			w.t.Fatal(err)
		}
		if w.rids[r.RID()] {
			w.t.Errorf("rid %x twice", r.RID())
		}
		w.rids[r.RID()] = true
		turn := max(before.Queue, w.now)
		w.want(r.Deadline == turn+72*3600 && after.Queue == turn+40, "35: redemption %d is due 72 hours after its turn", r.Nonce)
		w.waiting = append(w.waiting, r)
	}
}

func (w *walker) payOne() {
	if len(w.waiting) == 0 {
		return
	}
	n := 1 + w.pick(len(w.waiting))
	some := w.waiting[:n]
	w.serial++
	tx := w.batch(outpoint(w.serial, 88), nil, some...)
	w.btc.mine(tx)
	w.bury(5)
	if w.once(w.alice, w.at.Bridge, w.paidCall(tx, some...)) {
		for _, r := range some {
			w.paid += r.Sats
		}
		w.done = append(w.done, some...)
		w.waiting = append([]spv.Redemption{}, w.waiting[n:]...)
	}
}

func (w *walker) slashOne() {
	if len(w.waiting) == 0 {
		return
	}
	r := w.waiting[0]
	if !w.do(w.eve, w.at.Bridge, bridgeC.PackSlash(redemption(r))) {
		return
	}
	if w.redemptionState(r) == 4 {
		w.lost += r.Sats
		w.done = append(w.done, r)
		w.waiting = w.waiting[1:]
	} else {
		w.poor = true
	}
}

func (w *walker) bonds() {
	switch w.pick(4) {
	case 0:
		w.do(w.alice, w.at.Bond, bondC.PackPostOperator(1+w.r.Uint64N(5_000_000)))
	case 1:
		w.do(w.alice, w.at.Bond, bondC.PackGiveNotice(numberOf(1+w.r.Uint64N(5_0000_0000))))
	case 2:
		w.do(w.alice, w.at.Bond, bondC.PackWithdraw())
	case 3:
		if n := len(w.posted); n > 0 {
			w.do([]actor{w.carol, w.eve}[w.pick(2)], w.at.Bond, bondC.PackWithdrawLot(w.posted[w.pick(n)]))
		}
	}
}

func (w *walker) time() {
	w.wait([]uint64{3600, day, day + 1, 3*day + 1, 15 * day}[w.pick(5)])
}

// Things that are true after every step, whatever was done.
func TestInvariants(t *testing.T) {
	var seed atomic.Uint64
	var calls atomic.Int64
	seed.Store(*walkSeed)
	began := time.Now()
	t.Run("walks", func(t *testing.T) {
		for i := range *walkers {
			t.Run(strconv.Itoa(i), func(t *testing.T) {
				t.Parallel()
				from := newField(t)
				from.strip()
				for {
					n := newWalker(from.copyOf(), seed.Add(1)-1).walk(*steps)
					if calls.Add(int64(n)) >= *asked {
						return
					}
				}
			})
		}
	})
	t.Logf("%d calls in walks of the seeds %d to %d, %.0f calls/s",
		calls.Load(), *walkSeed, seed.Load()-1, float64(calls.Load())/time.Since(began).Seconds())
}

// What a walk meets on the bare machine is what it meets on a chain.
func TestBareIsTheChain(t *testing.T) {
	on := newField(t)
	off := newField(t)
	off.strip()
	one, two := newWalker(on, 7), newWalker(off.copyOf(), 7)
	one.walk(60)
	two.walk(60)
	if !slices.Equal(one.outcomes, two.outcomes) || one.totals() != two.totals() || one.paid != two.paid {
		t.Errorf("on the chain %v, %+v; on the machine %v, %+v", one.outcomes, one.totals(), two.outcomes, two.totals())
	}
}

// field is where walks begin: a bridge with a bond and some series.
type field struct {
	*world
	of [][2]*series
}

func newField(t *testing.T) *field {
	f := &field{world: newWorld(t, simchain.Osaka)}
	f.send(f.alice, f.at.Bond, bondC.PackPostOperator(3_0000_0000))
	f.of = [][2]*series{
		{f.seriesOf(payout.SwapM, true), f.seriesOf(payout.Put, false)},
		{f.seriesOf(payout.Call, true), f.seriesOf(payout.SwapM, false)},
		{f.seriesOf(payout.SwapP, true), f.seriesOf(payout.Call, false)},
		{f.seriesOf(payout.SwapP, false), f.seriesOf(payout.Put, true)},
	}
	return f
}

func (f *field) copyOf() *field { return &field{world: f.world.copyOf(), of: f.of} }

func newWalker(f *field, seed uint64) *walker {
	w := &walker{
		world: f.world, seed: seed, r: rand.New(rand.NewPCG(seed, 12)), //nolint:gosec // G404: a walk that can be gone again
		rids: map[[32]byte]bool{}, states: map[[32]byte]uint64{},
	}
	for _, s := range f.of[w.pick(len(f.of))] {
		w.series = append(w.series, &walked{series: s})
	}
	return w
}

// walk takes steps and returns how many calls they made.
func (w *walker) walk(steps int) int {
	w.t.Helper()
	actions := []func(){
		w.mint, w.mint, w.wrap, w.priceOne, w.spendOne, w.spendOne, w.settleOne, w.openOne, w.openOne, w.redeemOne,
		w.redeemOne, w.payOne, w.slashOne, w.bonds, w.time, w.again,
	}
	for step := range steps {
		actions[w.pick(len(actions))]()
		w.check()
		if w.t.Failed() {
			w.t.Fatalf("seed %d, step %d", w.seed, step)
		}
	}
	return w.calls
}

func (w *walker) want(ok bool, law string, args ...any) {
	w.t.Helper()
	if !ok {
		w.t.Errorf("violated: "+law, args...)
	}
}

func (w *walker) check() {
	w.t.Helper()
	totals := w.totals()
	var live, proven, pots, bondSum uint64
	for _, s := range w.series {
		l, p, c, b := w.checkSeries(s)
		live, proven, pots, bondSum = live+l, proven+p, pots+c, bondSum+b
	}
	w.want(totals.Live == live, "1: live units are those of lots that are not final: %d, %d", totals.Live, live)
	w.want(totals.Vault+w.paid+w.lost == proven || w.poor,
		"2: what is proven is in the vault, paid or compensated: %d + %d + %d, %d", totals.Vault, w.paid, w.lost, proven)
	w.want(totals.Live+totals.Vault <= w.config.TotalCap, "3: the total cap holds")
	var promised uint64
	for _, r := range w.waiting {
		promised += r.Sats
	}
	w.want(promised <= totals.Vault || w.poor, "4: promised %d, the vault has %d", promised, totals.Vault)
	w.checkBonds(totals, pots, bondSum)
	for _, r := range append(append([]spv.Redemption{}, w.waiting...), w.done...) {
		state := w.redemptionState(r)
		w.want(state >= w.states[r.RID()], "5: redemption %d goes back from %d to %d", r.Nonce, w.states[r.RID()], state)
		w.want(state != 0, "6: redemption %d is known", r.Nonce)
		w.want(r.Sats >= leastClaim && r.MaxFee >= minFee && r.MaxFee <= r.Sats/2, "7: redemption %d can be paid", r.Nonce)
		w.states[r.RID()] = state
	}
	w.want(uint64(len(w.rids)) == totals.Nonce, "8: every request has a number of its own: %d, %d", len(w.rids), totals.Nonce)
}

// checkSeries returns the live units, proven satoshi, what the pots owe, and bonds of
// a series' lots.
func (w *walker) checkSeries(s *walked) (live, proven, pots, bondSum uint64) {
	w.t.Helper()
	var wrapped, share, potShare uint64
	notFinal := 0
	for _, l := range s.lots {
		got := w.lotState(l.lot)
		w.want(got.Sats <= got.Units && got.Units == units, "9: a lot has more satoshi than units")
		w.want(got.Wrapped <= got.Units, "10: more is wrapped than there is")
		w.want(got.Wrapped >= l.last.Wrapped, "11: units were unwrapped")
		w.want(got.State >= l.last.State, "12: a lot goes back from %d to %d", l.last.State, got.State)
		// What is proven late of a missing lot is its bond's payer's, and no holder's.
		missing := got.State == lotFinal && got.Kind == kindMissing
		w.want(l.last.State != lotFinal || got.Pot == l.last.Pot && (got.Sats == l.last.Sats || missing && l.last.Sats == 0),
			"13: a final lot changes: %+v, %+v", l.last, got)
		record := ask(w.evm, w.at.Bridge, bridgeC.PackRecords(l.terms.OutpointSide(s.key.Long)), bridgeC.UnpackRecords)
		w.want(record != [32]byte{}, "14: a minted outpoint is remembered")
		balance := w.lotBalance(l.lot, w.bob)
		w.want(balance+got.Wrapped+l.burned == got.Units, "15: units of a lot: %d + %d + %d", balance, got.Wrapped, l.burned)
		forHolders := got.Sats
		if missing {
			forHolders = 0
		}
		w.checkClaims(l.id, got.Units-got.Wrapped, forHolders, got.Pot)
		bond := ask(w.evm, w.at.Bond, bondC.PackLotBonds(l.id), bondC.UnpackLotBonds)
		w.want(bond.Payer == l.payer.at, "32: a lot's bond is of whom its mint named: %v", bond.Payer)
		bondSum += bond.Amount
		l.last = got
		wrapped += got.Wrapped
		proven += got.Sats
		switch got.State {
		case lotFinal:
			share += forHolders * got.Wrapped / got.Units
			potShare += got.Pot * got.Wrapped / got.Units
			claimed := ask(w.evm, w.at.Bridge, bridgeC.PackClaims(l.id), bridgeC.UnpackClaims)
			pots += got.Pot - got.Pot*got.Wrapped/got.Units - claimed.Pot
		case lotSpent:
			notFinal++
			live += got.Units - got.Sats
		default:
			notFinal++
			live += got.Units
		}
	}
	series := ask(w.evm, w.at.Bridge, bridgeC.PackSeriesTotals(s.id), bridgeC.UnpackSeriesTotals)
	claimed := ask(w.evm, w.at.Bridge, bridgeC.PackClaims(s.id), bridgeC.UnpackClaims)
	w.want(series.Supply == wrapped, "16: the series' units are the wrapped ones: %d, %d", series.Supply, wrapped)
	w.want(w.seriesSupply(s.series)+claimed.Burned == wrapped, "17: tokens of the series: %d burned", claimed.Burned)
	w.want(series.Sats == share, "18: the series' satoshi are its lots' shares: %d, %d", series.Sats, share)
	w.want(!series.Opened || notFinal == 0, "19: a series is open although a lot is not final")
	w.want(series.Opened == s.open, "20: a series opens once, by open: %v, %v", series.Opened, s.open)
	w.want(claimed.Sats <= series.Sats && claimed.Pot <= potShare, "21: more is claimed than there is")
	pots += potShare - claimed.Pot
	facts := ask(w.evm, w.at.Book, bookC.PackGet(s.id), bookC.UnpackGet)
	w.want((facts.PricedAt.Sign() != 0) == s.priced, "22: a series is priced by price alone")
	w.want(facts.Distance.Cmp(facts.Range) <= 0, "23: a price is within the bounds")
	return live, proven, pots, bondSum
}

func (w *walker) checkClaims(id [32]byte, supply, sats, pot uint64) {
	w.t.Helper()
	c := ask(w.evm, w.at.Bridge, bridgeC.PackClaims(id), bridgeC.UnpackClaims)
	w.want(c.Burned <= supply && c.Sats <= sats && c.Pot <= pot, "24: claims of a lot exceed it: %+v", c)
}

func (w *walker) checkBonds(totals bindings.TotalsOutput, pots, bondSum uint64) {
	w.t.Helper()
	get := func(call []byte, unpack func([]byte) (uint64, error)) uint64 {
		return ask(w.evm, w.at.Bond, call, unpack)
	}
	operators := get(bondC.PackOperatorBond(), bondC.UnpackOperatorBond)
	pledged := get(bondC.PackPledged(), bondC.UnpackPledged)
	unpledged := get(bondC.PackUnpledged(), bondC.UnpackUnpledged)
	owed := get(bondC.PackPots(), bondC.UnpackPots)
	w.want(w.assetOf(w.at.Bond) == operators+pledged+unpledged+owed, "25: the bond's books are its balance")
	var waiting uint64
	for _, id := range w.posted {
		for _, who := range []actor{w.carol, w.eve} {
			waiting += get(bondC.PackPosted(id, who.at), bondC.UnpackPosted)
		}
	}
	w.want(pledged == bondSum && unpledged == waiting,
		"33: pledged are the bonds of lots, unpledged what else is posted: %d, %d; %d, %d", pledged, bondSum, unpledged, waiting)
	need := new(big.Int).SetUint64((totals.Live+totals.Vault)*11 + 9)
	need.Div(need, big.NewInt(10))
	w.want(w.poor || operators+pledged >= need.Uint64(), "26: bonds of %d for %v", operators+pledged, need)
	w.want(owed == pots, "27: the pots owe what holders have not claimed: %d, %d", owed, pots)
	shares := ask(w.evm, w.at.Bond, bondC.PackTotalShares(), bondC.UnpackTotalShares)
	w.want((operators == 0) == (shares.Sign() == 0), "28: a bond without shares, or shares without a bond")
}

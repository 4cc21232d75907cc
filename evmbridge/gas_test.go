package evmbridge_test

import (
	"encoding/binary"
	"fmt"
	"math/big"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/types"

	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/evmbridge/simchain"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/internal/testkit"
)

const gasFile = "testdata/gas.txt"

// budget is what an operation may cost by design, on Osaka and on the fork after it,
// and what is allowed on top for what the design's measurements lacked. 0 means that
// the first measurement is the budget.
type budget struct {
	osaka, amsterdam, allowance uint64
	why                         string
}

var budgets = map[string]budget{
	"BIP340, y by modexp":                   {31_714, 31_714, 0, ""},
	"BIP340, hinted y":                      {28_107, 28_107, 0, ""},
	"registerEvent, 10 digits":              {119_512, 383_372, 10_000, "TLV parsing"},
	"registerEvent, 20 digits":              {138_555, 402_415, 10_000, "TLV parsing"},
	"registerEvent, 32 digits":              {161_550, 425_410, 10_000, "TLV parsing"},
	"attest, 10 digits":                     {48_903, 56_103, 2_000, "the next fork's floor price of calldata"},
	"attest, 20 digits":                     {60_028, 67_228, 2_000, "the next fork's floor price of calldata"},
	"attest, 30 digits":                     {71_000, 78_000, 2_000, "the next fork's floor price of calldata"},
	"attest, 32 digits":                     {73_482, 80_682, 2_000, "the next fork's floor price of calldata"},
	"addHeaders, 1 header":                  {77_813, 260_953, 20800, "context for the median time; roots that are not zero, at the floor price of calldata"},
	"addHeaders, 6 headers":                 {88_490, 271_630, 24800, "context for the median time; roots that are not zero, at the floor price of calldata"},
	"addHeaders, 36 headers":                {152_744, 335_884, 48800, "context for the median time; roots that are not zero, at the floor price of calldata"},
	"addHeaders, 144 headers":               {384_212, 567_352, 135200, "context for the median time; roots that are not zero, at the floor price of calldata"},
	"addHeaders, reorg of 200 headers":      {506_420, 689_560, 180_000, "context for the median time; roots that are not zero, at the floor price of calldata"},
	"addHeaders, 79 of mainnet's, retarget": {276_017, 0, 20_000, "context for the median time"},
	"link of 6 headers":                     {35_012, 35_012, 6_000, "roots that are not zero, at the floor price of calldata"},
	"link of 36 headers":                    {94_360, 94_360, 36_000, "roots that are not zero, at the floor price of calldata"},
	"proof in a block of 4,096":             {68_375, 68_775, 6_000, "the next fork's floor price of calldata"},
	"mint, units of a lot":                  {215_880, 656_780, 80_000, "bond, fortnights, bucket, book, committee, terms in the event"},
	"price, 2 of 3":                         {40_362, 47_962, 20_000, "three oracles instead of one value"},
	"transfer of series units":              {53_571, 149_191, 0, ""},
	"transfer of lot units":                 {51_882, 147_102, 0, ""},
	"redeem series units":                   {163_101, 618_301, 0, ""},
	"redeem lot units":                      {136_921, 503_701, 0, ""},
	"proveRedemptions, 10 in one":           {488_388, 1_421_668, 0, ""},
}

// meter collects what operations cost, in the order in which they are first met.
type meter struct {
	order []string
	cost  map[string]map[simchain.Fork]uint64
}

func (m *meter) note(fork simchain.Fork, name string, receipt *types.Receipt) {
	if m.cost[name] == nil {
		m.cost[name] = map[simchain.Fork]uint64{}
		m.order = append(m.order, name)
	}
	m.cost[name][fork] = receipt.GasUsed
}

// Every operation on the rules of both forks, compared with what it cost before: two
// in a hundred more is a failure. `make gas` writes the file anew.
func TestGasDoesNotGrow(t *testing.T) {
	m := &meter{cost: map[string]map[simchain.Fork]uint64{}}
	forks(t, func(t *testing.T, fork simchain.Fork) {
		m.relay(t, fork)
		m.oracles(t, fork)
		m.bridge(t, fork)
	})
	if t.Failed() {
		return
	}
	if os.Getenv("ALK_GAS") != "" {
		if err := os.WriteFile(gasFile, []byte(m.text()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before := readGas(t)
	for _, name := range m.order {
		was, ok := before[name]
		if !ok {
			t.Errorf("%s is not in %s: run make gas", name, gasFile)
			continue
		}
		for fork, gas := range m.cost[name] {
			if gas*100 > was[fork]*102 {
				t.Errorf("%s on %v: %d gas, it was %d", name, fork, gas, was[fork])
			}
		}
	}
}

// The design's budgets: within a tenth, with the allowances that are named.
func TestGasIsWithinTheBudgets(t *testing.T) {
	measured := readGas(t)
	for name, b := range budgets {
		got, ok := measured[name]
		if !ok {
			t.Errorf("%s was not measured", name)
			continue
		}
		for fork, most := range map[simchain.Fork]uint64{simchain.Osaka: b.osaka, simchain.Amsterdam: b.amsterdam} {
			allowed := most + b.allowance
			if fork == simchain.Amsterdam {
				allowed = most + 5*b.allowance // what the allowances are for is mostly state
			}
			if most != 0 && got[fork]*10 > allowed*11 {
				t.Errorf("%s on %v: %d gas, the budget is %d and %d for %q", name, fork, got[fork], most, allowed-most, b.why)
			}
		}
	}
}

func (m *meter) text() string {
	var s strings.Builder
	s.WriteString("# Gas of whole transactions; written by `make gas`, compared by every test run.\n")
	fmt.Fprintf(&s, "%-42s %12s %12s\n", "# operation", "osaka", "amsterdam")
	for _, name := range m.order {
		fmt.Fprintf(&s, "%-42s %12d %12d\n", name, m.cost[name][simchain.Osaka], m.cost[name][simchain.Amsterdam])
	}
	return s.String()
}

func readGas(t *testing.T) map[string]map[simchain.Fork]uint64 {
	t.Helper()
	raw, err := os.ReadFile(gasFile)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]map[simchain.Fork]uint64{}
	for line := range strings.Lines(string(raw)) {
		fields := strings.Fields(line)
		if strings.HasPrefix(line, "#") || len(fields) < 3 {
			continue
		}
		n := len(fields)
		osaka, err := strconv.ParseUint(fields[n-2], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		amsterdam, err := strconv.ParseUint(fields[n-1], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSpace(line[:42])
		out[name] = map[simchain.Fork]uint64{simchain.Osaka: osaka, simchain.Amsterdam: amsterdam}
	}
	return out
}

// relay measures with calldata as random as mainnet's: hashes have few zero bytes, at
// any difficulty but mainnet's own.
func (m *meter) relay(t *testing.T, fork simchain.Fork) {
	w := newWorld(t, fork)
	for _, n := range []int{1, 6, 36, 144} {
		for range n {
			w.btc.mine()
		}
		name := fmt.Sprintf("addHeaders, %d headers", n)
		if n == 1 {
			name = "addHeaders, 1 header"
		}
		m.note(fork, name, w.relay())
		if n == 36 {
			for _, links := range []uint32{6, 36} {
				chain, hops := w.chainFrom(w.btc.height() - links + 1)
				m.note(fork, fmt.Sprintf("link of %d headers", links),
					w.send(w.eve, w.at.Relay, relayC.PackConfirmations(chain, numberOf(hops))))
			}
		}
	}
	w.rewind(firstHeight)
	for range 200 {
		w.btc.mine()
	}
	m.note(fork, "addHeaders, reorg of 200 headers", w.relay())
	if fork == simchain.Osaka {
		m.mainnet(t, fork)
	}
	h := w.deployHelper("Harness")
	k := testkit.Key("gas")
	hash := [32]byte(chainhash.HashB([]byte("gas")))
	sig, err := schnorr.Sign(k, hash[:])
	if err != nil {
		t.Fatal(err)
	}
	raw := sig.Serialize()
	px, rx, s := new(big.Int).SetBytes(schnorr.SerializePubKey(k.PubKey())), new(big.Int).SetBytes(raw[:32]), new(big.Int).SetBytes(raw[32:])
	r, err := schnorr.ParsePubKey(raw[:32])
	if err != nil {
		t.Fatal(err)
	}
	m.note(fork, "BIP340, y by modexp", w.send(w.eve, h.at, h.pack(t, "verify", px, rx, s, hash)))
	m.note(fork, "BIP340, hinted y", w.send(w.eve, h.at, h.pack(t, "verifyHinted", px, rx, r.Y(), s, hash)))
}

func (m *meter) mainnet(t *testing.T, fork simchain.Fork) {
	headers := testkit.Data(t, "headers-822528-830592.bin")
	anchor := 2016 - 40
	section := func(from, to int) []byte { return headers[from*spv.HeaderLen : to*spv.HeaderLen] }
	epoch := binary.LittleEndian.Uint32(headers[68:])
	r := newRelay(t, spv.Rules{PowLimit: mainnetLimit()}, section(anchor, anchor+1), uint32(822_528+anchor), epoch, mainnet)
	r.waitUntil(uint64(binary.LittleEndian.Uint32(lastOf(headers)[68:])))
	m.note(fork, "addHeaders, 79 of mainnet's, retarget",
		r.send(r.eve, r.at, relayC.PackAddHeaders(section(anchor-10, anchor+1), section(anchor+1, anchor+80))))
}

func (m *meter) oracles(t *testing.T, fork simchain.Fork) {
	w := newWorld(t, fork)
	for _, digits := range []int{10, 20, 30, 32} {
		a := w.oracles[0].Announce("hp1/cum/20600/tot", "sat/PH", digits, start)
		m.note(fork, fmt.Sprintf("registerEvent, %d digits", digits), w.send(w.eve, w.at.Oracle, registration(t, a)))
		shown, err := spv.Show(w.oracles[0].Attest(a.Event, 0x155))
		if err != nil {
			t.Fatal(err)
		}
		k := spv.EventKey(a.Key, a.Event.Encode())
		m.note(fork, fmt.Sprintf("attest, %d digits", digits),
			w.send(w.eve, w.at.Oracle, oracleC.PackAttest(k, shown.Value, number(shown.Sum), numbers(shown.Nonces))))
	}
}

// mineLarge puts transactions in a block of 4,096, which becomes a checkpoint itself.
func (w *world) mineLarge(txs ...*wire.MsgTx) {
	w.t.Helper()
	for i := len(txs) + 2; i < 4096; i++ {
		txs = append(txs, pay(outpoint(uint32(i), 40), wire.NewTxOut(1, p2tr(1))))
	}
	w.btc.mine(txs...)
	w.relay()
	w.bury(6)
}

func (m *meter) bridge(t *testing.T, fork simchain.Fork) {
	w := newWorld(t, fork)
	s := w.seriesOf(payout.SwapM, true)
	l, wrapped := w.lotOf(s), w.lotOf(s)
	w.mineLarge(l.funding, wrapped.funding)
	m.note(fork, "proof in a block of 4,096", w.send(w.eve, w.at.Spv, spvC.PackProve(bound(w.proof(l.funding)))))
	m.note(fork, "postLot", w.send(w.carol, w.at.Bond, bondC.PackPostLot(wrapped.id, 4_950_000)))
	w.send(w.carol, w.at.Bond, bondC.PackPostLot(l.id, 4_950_000))
	m.note(fork, "mint, first of a series, wrapped", w.send(w.bob, w.at.Bridge, w.mintCall(wrapped, w.bob.at, true)))
	m.note(fork, "mint, units of a lot", w.send(w.eve, w.at.Bridge, w.mintCall(l, w.bob.at, false)))
	m.note(fork, "wrap", w.send(w.bob, w.at.Bridge, bridgeC.PackWrap(l.id, 1000)))
	holder := common.HexToAddress("0xaa")
	m.note(fork, "transfer of series units", w.send(w.bob, s.token, seriesC.PackTransfer(holder, big.NewInt(10))))
	m.note(fork, "transfer of lot units", w.send(w.bob, w.at.LotToken, lotC.PackTransfer(holder, number(l.id), big.NewInt(10))))
	w.waitUntil(uint64(s.events[0].Maturity))
	w.register(s)
	for _, o := range []int{0, 1} {
		w.send(w.bob, w.at.Oracle, w.attestation(s, o, usual))
	}
	m.note(fork, "price, 2 of 3", w.send(w.bob, w.at.Book, bookC.PackPrice(key(s.key))))
	cet, place := l.cet(usual)
	theft := pay(wrapped.from(), wire.NewTxOut(1, p2tr(1)))
	w.mineLarge(cet, theft)
	m.note(fork, "proveSpend, CET", w.send(w.eve, w.at.Bridge, w.spendCall(l, cet, place)))
	m.note(fork, "proveSpend, violation", w.send(w.eve, w.at.Bridge, w.spendCall(wrapped, theft, -1)))
	w.wait(day)
	m.note(fork, "settle, bond forfeited", w.send(w.eve, w.at.Bridge, bridgeC.PackSettle(terms(wrapped.terms))))
	m.note(fork, "open", w.send(w.eve, w.at.Bridge, bridgeC.PackOpen(s.id)))
	m.redemptions(w, fork, l)
}

func (m *meter) redemptions(w *world, fork simchain.Fork, l *lot) {
	// A series whose lots are all paid, so that redemptions of units touch no bond.
	s := w.seriesOf(payout.SwapM, true)
	clean := w.minted(s, w.bob, true)
	w.price(s, usual)
	w.settled(clean, usual)
	w.opened(s)
	w.redeem(w.bob, s.id, false, 100_000, p2tr(2)) // the first one pays for the slot of all
	w.redeem(w.bob, l.id, true, 100_000, p2tr(2))
	var all []spv.Redemption
	for i := range 5 {
		receipt := w.send(w.bob, w.at.Bridge, bridgeC.PackRedeem(s.id, false, 100_000, p2tr(byte(i)), minFee))
		if all = append(all, w.requested(receipt)); i == 0 {
			m.note(fork, "redeem series units", receipt)
		}
		receipt = w.send(w.bob, w.at.Bridge, bridgeC.PackRedeem(l.id, true, 100_000, p2tr(byte(i)), minFee))
		if all = append(all, w.requested(receipt)); i == 0 {
			m.note(fork, "redeem lot units", receipt)
		}
	}
	late := w.redeem(w.bob, s.id, false, 100_000, p2tr(9))
	batch := w.batch(clean.vaultAt(usual), wire.NewTxOut(900, clean.vault), all...)
	w.mineLarge(batch)
	m.note(fork, "proveRedemptions, 10 in one", w.send(w.alice, w.at.Bridge, w.paidCall(batch, all...)))
	w.waitUntil(late.Deadline + 2)
	m.note(fork, "slash", w.send(w.eve, w.at.Bridge, bridgeC.PackSlash(redemption(late))))
}

// Each contract fits into what a contract may be (EIP-170).
func TestContractsFit(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	for name, at := range map[string]common.Address{
		"relay": w.at.Relay, "spv": w.at.Spv, "oracle": w.at.Oracle, "committee": w.at.Committee, "bond": w.at.Bond,
		"bridge": w.at.Bridge, "fraud": w.at.Fraud, "lot token": w.at.LotToken, "book": w.at.Book,
		"series token": w.seriesOf(payout.SwapM, true).token,
	} {
		code, err := w.chain.Client().CodeAt(t.Context(), at, nil)
		if err != nil || len(code) == 0 || len(code) > 24_576 {
			t.Errorf("%s: %d bytes (%v)", name, len(code), err)
		}
	}
}

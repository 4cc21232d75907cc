package payout_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/big"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/dlc/digits"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/internal/testkit"
)

func oracles(names ...string) [][32]byte {
	var out [][32]byte
	for _, name := range names {
		out = append(out, [32]byte(schnorr.SerializePubKey(testkit.Key(name).PubKey())))
	}
	return out
}

// terms returns the terms of the usual 30-day margin swap, changed by change.
func terms(change func(*payout.Terms)) payout.Terms {
	t := payout.Terms{
		Instrument: payout.SwapM, Index: "hp1/tot", StartDay: 20460, EndDay: 20489, Base: 21_834_567,
		Digits: 30, Notional: 5000, K: 55_000, F: 40_000, C: 70_000,
		Threshold: 2, Oracles: oracles("red", "green", "blue"),
	}
	if change != nil {
		change(&t)
	}
	if event, err := payout.EventID(t.Index, t.EndDay); err == nil {
		t.Event = event
	}
	return t
}

// example is the contract of PROTOCOL.md section 17.
func example() payout.Terms {
	return terms(func(t *payout.Terms) {
		t.StartDay, t.EndDay, t.Base, t.Digits, t.Bucket = 20600, 20600, 1, 4, 1
		t.Notional, t.K, t.F, t.C = 50_000_000, 6, 2, 12
	})
}

const exampleHex = "02010104076870312f746f7406116870312f63756d2f32303630302f746f740804000050780a04000050780c0800000000000000010e0104100101120402faf08014080000000000000006160800000000000000021808000000000000000c20010022020002246061ef48f9cf22103cbb253cb15b62acfa256cad6d79a90671e89db354f808767e831e6182e1e1f26e79e32ccfb2922f2f0cec75ecb4c8ea2ba37896218f5a561f8dc966357490fb14f6fe2f17aaae63911fccfdef3f784756248a4ffd846093b4"

func TestExampleContractOfTheProtocol(t *testing.T) {
	require.Equal(t, exampleHex, hex.EncodeToString(example().Encode()))
	got, err := payout.DecodeTerms(example().Encode())
	require.NoError(t, err)
	require.Equal(t, example(), got)
	require.Equal(t, uint64(500_000), got.M())
	require.Equal(t, uint64(200_000), got.LongLock())
	require.Equal(t, uint64(300_000), got.ShortLock())

	runs, err := got.Runs()
	require.NoError(t, err)
	require.Equal(t, []payout.Run{
		{First: 0, Last: 3, Y: 0}, {First: 4, Last: 5, Y: 100_000}, {First: 6, Last: 7, Y: 200_000},
		{First: 8, Last: 9, Y: 300_000}, {First: 10, Last: 11, Y: 400_000}, {First: 12, Last: 15, Y: 500_000},
	}, runs)
	slots, err := got.Slots(payout.MaxSlots)
	require.NoError(t, err)
	require.Len(t, slots, 18)
	require.Equal(t, digits.Slot{Comb: 1, Prefix: digits.Prefix{Value: 4, Len: 3}, Y: 300_000}, slots[10])

	oracleSet, err := hex.DecodeString("4b47235aea529f84d5c4e102caeedbdd818e11bfffd496ccf02b0480095cc6a9")
	require.NoError(t, err)
	info, err := got.InfoHash([32]byte(oracleSet))
	require.NoError(t, err)
	require.Equal(t, "32d6ea5da01a7917edc68298a5a4222537b1bfaba3f5cbdc3b34f7ca1e8dcac7", hex.EncodeToString(info[:]))
}

func TestUsualContractOfTheProtocol(t *testing.T) {
	c := terms(func(t *payout.Terms) { t.Bucket, t.Threshold, t.Oracles = 10, 1, oracles("red") })
	require.Equal(t, uint64(4_500_000), c.M())
	require.Equal(t, uint64(1_709_085), c.Settled(23_376_409))
	runs, err := c.Runs()
	require.NoError(t, err)
	require.Len(t, runs, 881)
	bound, err := c.SlotBound()
	require.NoError(t, err)
	require.Equal(t, uint64(920), bound)
	b := binary.BigEndian.AppendUint32(nil, uint32(len(runs))) //nolint:gosec // G115: 881
	for _, r := range runs {
		for _, n := range []uint64{r.First, r.Last, r.Y} {
			b = binary.BigEndian.AppendUint64(b, n)
		}
	}
	digest := sha256.Sum256(b)
	require.Equal(t, "0e71e153faea679a2e7a9db05a735770f2dc5636f9bd5579a4295930cc510d92", hex.EncodeToString(digest[:]))
}

// The counts of PRODUCT.md sections 3.2, 3.5 and 3.6.
func TestPrefixCountsOfTheProduct(t *testing.T) {
	regtest := func(t *payout.Terms) {
		t.Index, t.StartDay, t.EndDay, t.Base = "hp1-regtest/tot", 20459, 20465, 408_467
		t.Notional, t.F, t.C, t.K = 10_000, 60_000, 100_000, 81_000
	}
	w30 := func(t *payout.Terms) { t.Base, t.F, t.C, t.K = 10_000_000, 27_000, 58_000, 42_350 }
	for _, c := range []struct {
		change         func(*payout.Terms)
		bucket         uint8
		prefixes, runs int
	}{
		{nil, 8, 3540, 3517}, {nil, 10, 902, 881}, {nil, 12, 238, 221},
		{regtest, 8, 1115, 0}, {w30, 10, 930, 0},
	} {
		contract := terms(func(t *payout.Terms) {
			if c.change != nil {
				c.change(t)
			}
			t.Bucket, t.Threshold, t.Oracles = c.bucket, 1, oracles("red")
		})
		runs, err := contract.Runs()
		require.NoError(t, err)
		if c.runs != 0 {
			require.Len(t, runs, c.runs)
		}
		slots, err := contract.Slots(payout.MaxSlots)
		require.NoError(t, err)
		require.Len(t, slots, c.prefixes)
	}
}

// big arithmetic, straight from the table of PRODUCT.md section 3.3.
func slowVal(h uint32, v *big.Int) *big.Int {
	p := new(big.Int).Mul(big.NewInt(int64(h)), v)
	return p.Quo(p, big.NewInt(1000))
}

func slowClamp(x, low, high *big.Int) *big.Int {
	switch {
	case x.Cmp(low) < 0:
		return low
	case x.Cmp(high) > 0:
		return high
	default:
		return x
	}
}

// slowLong is the second implementation: v(S) with S signed.
func slowLong(t payout.Terms, outcome uint64) *big.Int {
	n := new(big.Int).SetUint64(uint64(t.EndDay - t.StartDay + 1))
	strike := func(k uint64) *big.Int { return new(big.Int).Mul(new(big.Int).SetUint64(k), n) }
	s := new(big.Int).Sub(new(big.Int).SetUint64(outcome), new(big.Int).SetUint64(t.Base))
	up := func(low, high uint64) *big.Int {
		d := slowClamp(s, strike(low), strike(high))
		return slowVal(t.Notional, d.Sub(new(big.Int).Set(d), strike(low)))
	}
	down := func(low, high uint64) *big.Int {
		return slowVal(t.Notional, new(big.Int).Sub(strike(high), slowClamp(s, strike(low), strike(high))))
	}
	switch t.Instrument {
	case payout.SwapM:
		return up(t.F, t.C)
	case payout.SwapP:
		return up(0, t.C)
	case payout.Call:
		return up(t.K, t.C)
	case payout.Put:
		return down(t.F, t.K)
	case payout.Collar:
		b := slowVal(t.Notional, new(big.Int).Sub(strike(t.C), strike(t.K2)))
		b.Add(b, down(t.F, t.K))
		return b.Sub(b, up(t.K2, t.C))
	case payout.Conv:
		v := slowVal(t.Notional, new(big.Int).SetUint64(t.FaceValue))
		return v.Add(v, up(t.K, t.C))
	default:
		panic("unknown instrument")
	}
}

// slowRuns settles every single outcome.
func slowRuns(t payout.Terms) []payout.Run {
	var runs []payout.Run
	for x := range uint64(1) << t.Digits {
		settled := x
		if t.Bucket > 0 {
			settled = x>>t.Bucket<<t.Bucket + 1<<(t.Bucket-1)
		}
		runs = append(runs, payout.Run{First: x, Last: x, Y: slowLong(t, settled).Uint64()})
	}
	return digits.Merge(runs)
}

// drawTerms draws valid terms with few digits.
func drawTerms(t *rapid.T, maxDigits int) payout.Terms {
	c := terms(func(c *payout.Terms) {
		c.Instrument = rapid.SampledFrom(payout.Instruments()).Draw(t, "instrument")
		c.Index = rapid.SampledFrom([]string{"hp1/tot", "hp1/sub", "hp1/fee", "hp1-regtest/tot", "stake-1/yield"}).Draw(t, "index")
		c.EndDay = c.StartDay + rapid.Uint32Range(0, 5).Draw(t, "days")
		c.Digits = rapid.Uint8Range(3, uint8(maxDigits)).Draw(t, "digits") //nolint:gosec // G115: small
		c.Bucket = rapid.Uint8Range(0, min(c.Digits-1, 4)).Draw(t, "bucket")
		largest, n := uint64(1)<<c.Digits-1, uint64(c.EndDay-c.StartDay+1)
		c.Base = rapid.Uint64Range(0, largest).Draw(t, "base")
		top := (largest - c.Base) / n
		k := make([]uint64, 4)
		for i := range k {
			k[i] = rapid.Uint64Range(0, top).Draw(t, "strike")
		}
		for i := range k { // ascending
			for j := i + 1; j < len(k); j++ {
				if k[j] < k[i] {
					k[i], k[j] = k[j], k[i]
				}
			}
		}
		c.F, c.K, c.K2, c.C = k[0], k[1], k[2], k[3]
		c.Notional = rapid.Uint32Range(1_000_000, 2_000_000_000).Draw(t, "notional")
		c.Offerer = payout.Side(rapid.Uint8Range(0, 1).Draw(t, "offerer"))
		if _, noFloor := map[payout.Instrument]bool{payout.SwapP: true, payout.Call: true, payout.Conv: true}[c.Instrument]; noFloor {
			c.F = 0
		}
		if c.Instrument == payout.Put {
			c.C = 0
		}
		if c.Instrument != payout.Collar {
			c.K2 = 0
		}
		if c.Instrument == payout.Conv {
			c.FaceValue = rapid.Uint64Range(0, 1000).Draw(t, "fv")
		}
		if c.Instrument.HasPremium() {
			most := int64(2 * top) //nolint:gosec // G115: small
			least := int64(0)
			if c.Instrument == payout.Collar {
				least = -most
			}
			c.Premium = rapid.Int64Range(least, most).Draw(t, "premium")
		}
	})
	if c.Validate() != nil {
		t.Skip("terms that nobody may sign")
	}
	return c
}

func TestBothSidesAlwaysGetTheCollateral(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawTerms(t, 32)
		outcome := rapid.OneOf(rapid.Uint64Range(0, uint64(1)<<c.Digits-1), rapid.Just(uint64(0)), rapid.Just(uint64(1)<<c.Digits-1), rapid.Just(c.Base)).Draw(t, "outcome")
		for _, y := range []uint64{c.Payout(outcome), c.Settled(outcome)} {
			require.LessOrEqual(t, y, c.M())
		}
		require.Equal(t, slowLong(c, outcome).String(), fmt.Sprint(c.Payout(outcome)))
		require.Equal(t, c.M(), c.Lock(payout.Long)+c.Lock(payout.Short))
		require.Zero(t, c.ProfitAndLoss(payout.Long, outcome)+c.ProfitAndLoss(payout.Short, outcome))
		for _, side := range []payout.Side{payout.Long, payout.Short} {
			profit, loss := c.Extremes(side)
			require.LessOrEqual(t, c.ProfitAndLoss(side, outcome), profit)
			require.GreaterOrEqual(t, c.ProfitAndLoss(side, outcome), -loss)
			require.LessOrEqual(t, loss, int64(c.Lock(side))) //nolint:gosec // G115: at most 21e14
		}
	})
}

func TestPayoffsAreMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawTerms(t, 32)
		a := rapid.Uint64Range(0, uint64(1)<<c.Digits-1).Draw(t, "a")
		b := rapid.Uint64Range(a, uint64(1)<<c.Digits-1).Draw(t, "b")
		if !c.Instrument.Rises() {
			a, b = b, a
		}
		require.LessOrEqual(t, c.Payout(a), c.Payout(b))
		require.LessOrEqual(t, c.Settled(a), c.Settled(b))
	})
}

func TestRunsSettleEveryOutcome(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawTerms(t, 10)
		want := slowRuns(c)
		got, err := c.Runs()
		require.NoError(t, err)
		require.Equal(t, want, got)
		combos, err := digits.Binomial(len(c.Oracles), int(c.Threshold))
		require.NoError(t, err)
		count, err := digits.SlotCount(got, int(c.Digits), combos, payout.MaxSlots)
		require.NoError(t, err)
		bound, err := c.SlotBound()
		require.NoError(t, err)
		require.LessOrEqual(t, uint64(count), bound) //nolint:gosec // G115: not negative
		for _, r := range got {
			require.Equal(t, r.Y, c.Settled(r.First))
			require.Equal(t, r.Y, c.Settled(r.Last))
		}
	})
}

func TestTermsDecodeAsEncoded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawTerms(t, 32)
		got, err := payout.DecodeTerms(c.Encode())
		require.NoError(t, err)
		require.Equal(t, c, got)
		back, err := c.Describe().Terms()
		require.NoError(t, err)
		require.Equal(t, c, back)
	})
}

// FuzzDecodeTerms: what is accepted is written back bit for bit, and pays.
func FuzzDecodeTerms(f *testing.F) {
	seed, err := hex.DecodeString(exampleHex)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	for _, c := range products() {
		f.Add(c.terms.Encode())
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, in []byte) {
		c, err := payout.DecodeTerms(in)
		if err != nil {
			return
		}
		if !bytes.Equal(c.Encode(), in) {
			t.Fatalf("%x is read as what is written %x", in, c.Encode())
		}
		if c.Settled(0) > c.M() || c.Settled(1<<32) > c.M() || c.LongLock() > c.M() {
			t.Fatal("more than the collateral is paid or locked")
		}
		if c.CheckBound(2000) == nil {
			if _, err := c.Slots(2000); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// FuzzPayout: terms from anywhere are refused or pay within the collateral, as
// the slow implementation does.
func FuzzPayout(f *testing.F) {
	f.Add(uint8(1), uint32(29), uint64(21_834_567), uint32(5000), uint64(55_000), uint64(40_000), uint64(70_000), uint64(0), uint64(0), int64(0), uint64(23_376_409))
	f.Add(uint8(5), uint32(0), uint64(0), uint32(1234), uint64(50_000), uint64(30_000), uint64(75_000), uint64(56_000), uint64(0), int64(-5), uint64(1))
	f.Fuzz(func(t *testing.T, instrument uint8, days uint32, base uint64, h uint32, k, floor, limit, k2, fv uint64, premium int64, outcome uint64) {
		c := terms(func(c *payout.Terms) {
			c.Instrument, c.Base, c.Notional = payout.Instrument(instrument), base, h
			c.EndDay = c.StartDay + days%4000
			c.K, c.F, c.C, c.K2, c.FaceValue, c.Premium, c.Digits = k, floor, limit, k2, fv, premium, 32
		})
		if c.Validate() != nil {
			return
		}
		outcome %= 1 << 32
		y := c.Payout(outcome)
		if y > c.M() || slowLong(c, outcome).Uint64() != y {
			t.Fatalf("pays %d of %d, want %s", y, c.M(), slowLong(c, outcome))
		}
	})
}

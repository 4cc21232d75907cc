package payout_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/dlc/payout"
)

type pays struct {
	sum  uint64
	long uint64
}

type product struct {
	name       string
	terms      payout.Terms
	m, longPut uint64 // collateral and what the long locks
	payouts    []pays
}

// products are the vectors of PRODUCT.md sections 3.5 and 3.6.
func products() []product {
	with := func(i payout.Instrument, h uint32, floor, k, k2, limit uint64, premium int64) payout.Terms {
		return terms(func(t *payout.Terms) {
			t.Instrument, t.Notional, t.F, t.K, t.K2, t.C, t.Premium = i, h, floor, k, k2, limit, premium
		})
	}
	// w30 is the same on another base.
	w30 := func(i payout.Instrument, floor, k, k2, limit uint64, premium int64) payout.Terms {
		t := with(i, 5000, floor, k, k2, limit, premium)
		t.Base = 10_000_000
		return t
	}
	on := func(leg string, t payout.Terms) payout.Terms {
		t.Index = "hp1/" + leg
		t.Event = "hp1/cum/20489/" + leg
		return t
	}
	face := func(fv uint64, t payout.Terms) payout.Terms {
		t.FaceValue = fv
		return t
	}
	sized := func(h uint32, t payout.Terms) payout.Terms {
		t.Notional = h
		return t
	}
	regtest := terms(func(t *payout.Terms) {
		t.Index, t.StartDay, t.EndDay, t.Base = "hp1-regtest/tot", 20459, 20465, 408_467
		t.Notional, t.F, t.C, t.K = 10_000, 60_000, 100_000, 81_000
	})
	const v8, w = 1_541_842, 1_276_671
	return []product{
		{"SWAP-M", with(payout.SwapM, 5000, 40_000, 55_000, 0, 70_000, 0), 4_500_000, 2_250_000, []pays{{v8, 1_709_210}}},
		{"SWAP-M 1234", with(payout.SwapM, 1234, 40_000, 55_000, 0, 70_000, 0), 1_110_600, 555_300, []pays{
			{v8, 421_833}, {1_200_000, 0}, {0, 0}, {2_100_000, 1_110_600}, {9_999_999, 1_110_600},
		}},
		{"CALL", with(payout.Call, 1234, 0, 52_000, 0, 75_000, 50_000), 851_460, 61_700, []pays{
			{v8, 0}, {1_650_001, 111_061}, {1_700_000, 172_760}, {1_900_000, 419_560}, {2_600_000, 851_460},
		}},
		{"PUT", with(payout.Put, 1234, 30_000, 52_000, 0, 0, 10_000), 814_440, 12_340, []pays{
			{v8, 22_406}, {1_400_000, 197_440}, {1_560_000, 0}, {800_000, 814_440},
		}},
		{"COLLAR", with(payout.Collar, 1234, 30_000, 50_000, 56_000, 75_000, 0), 1_443_780, 703_380, []pays{
			{1_200_000, 1_073_580}, {v8, 703_380}, {1_700_000, 678_700}, {2_000_000, 308_500}, {2_300_000, 0},
		}},
		{"FEE leg", on("fee", with(payout.SwapM, 50_000, 0, 1000, 0, 2000, 0)), 3_000_000, 1_500_000, []pays{{13_144, 657_200}}},
		{"SUB leg", on("sub", with(payout.SwapM, 5000, 40_000, 50_000, 0, 60_000, 0)), 3_000_000, 1_500_000, []pays{{1_528_698, 1_643_490}}},
		{"CONV", face(25_000_000, with(payout.Conv, 2000, 0, 55_000, 0, 80_000, 25_000_000)), 51_500_000, 50_000_000, []pays{
			{v8, 50_000_000}, {1_800_000, 50_300_000}, {3_000_000, 51_500_000},
		}},
		{"regtest", regtest, 2_800_000, 1_470_000, []pays{{571_398, 1_513_980}}},

		{"W30 SWAP-M", w30(payout.SwapM, 27_000, 42_350, 0, 58_000, 0), 4_650_000, 2_302_500, []pays{{w, 2_333_355}}},
		{"W30 SWAP-P", w30(payout.SwapP, 0, 42_350, 0, 58_000, 0), 8_700_000, 6_352_500, []pays{{w, 6_383_355}}},
		{"W30 CALL", w30(payout.Call, 0, 42_000, 0, 58_000, 25_000), 2_400_000, 125_000, []pays{{w, 83_355}}},
		{"W30 call spread", w30(payout.Call, 0, 42_000, 0, 44_000, 22_000), 300_000, 110_000, []pays{{w, 83_355}}},
		{"W30 PUT", w30(payout.Put, 27_000, 43_000, 0, 0, 24_000), 2_400_000, 120_000, []pays{{w, 66_645}}},
		{"W30 put spread", w30(payout.Put, 41_000, 43_000, 0, 0, 22_000), 300_000, 110_000, []pays{{w, 66_645}}},
		{"W30 COLLAR", w30(payout.Collar, 27_000, 42_600, 43_500, 58_000, 0), 4_515_000, 2_175_000, []pays{{w, 2_181_645}}},
		{"W30 SUB leg", on("sub", w30(payout.SwapM, 27_000, 42_300, 0, 58_000, 0)), 4_650_000, 2_295_000, []pays{{1_268_994, 2_294_970}}},
		{"W30 FEE leg", on("fee", sized(50_000, w30(payout.SwapM, 0, 245, 0, 490, 0))), 735_000, 367_500, []pays{{7_677, 383_850}}},
		{"W30 CONV", face(2_500_000, sized(20_000, w30(payout.Conv, 0, 42_000, 0, 58_000, 2_490_000))), 59_600_000, 49_800_000, []pays{{w, 50_333_420}}},
	}
}

func TestProductsPayAsPrinted(t *testing.T) {
	for _, p := range products() {
		t.Run(p.name, func(t *testing.T) {
			require.NoError(t, p.terms.Validate())
			require.Equal(t, p.m, p.terms.M())
			require.Equal(t, p.longPut, p.terms.LongLock())
			require.Equal(t, p.m-p.longPut, p.terms.ShortLock())
			for _, at := range p.payouts {
				require.Equal(t, at.long, p.terms.Payout(p.terms.Base+at.sum), "sum %d", at.sum)
				require.Equal(t, at.long, slowLong(p.terms, p.terms.Base+at.sum).Uint64(), "sum %d", at.sum)
			}
		})
	}
}

func TestOutcomesSettleInBuckets(t *testing.T) {
	regtest := products()[8].terms
	w30 := products()[9].terms
	for _, c := range []struct {
		terms               payout.Terms
		bucket              uint8
		outcome, xq, payout uint64
	}{
		{terms(nil), 0, 23_376_409, 23_376_409, 1_709_210},
		{terms(nil), 8, 23_376_409, 23_376_512, 1_709_725},
		{terms(nil), 10, 23_376_409, 23_376_384, 1_709_085},
		{terms(nil), 12, 23_376_409, 23_377_920, 1_716_765},
		{regtest, 8, 979_865, 979_840, 1_513_730},
		{w30, 10, 11_276_671, 11_276_800, 2_334_000},
	} {
		c.terms.Bucket = c.bucket
		require.Equal(t, c.xq, c.terms.Quantised(c.outcome))
		require.Equal(t, c.payout, c.terms.Settled(c.outcome))
	}
}

// The miner's mined revenue and the short leg add up to the rate he sold at.
func TestHedgedRevenueIsTheRateSold(t *testing.T) {
	for _, c := range []struct {
		terms       payout.Terms
		sum, hedged uint64
		short       int64
	}{
		{terms(nil), 1_541_842, 8_250_000, 540_790},
		{products()[9].terms, 1_276_671, 6_352_500, -30_855},
	} {
		outcome := c.terms.Base + c.sum
		mined := int64(uint64(c.terms.Notional) * c.sum / 1000) //nolint:gosec // G115: small
		gain := c.terms.ProfitAndLoss(payout.Short, outcome)
		require.Equal(t, c.short, gain)
		require.Equal(t, int64(c.hedged), mined+gain) //nolint:gosec // G115: small
	}
}

func TestLongProfitsOfTheProduct(t *testing.T) {
	want := map[string]int64{
		"W30 SWAP-M": 30_855, "W30 SWAP-P": 30_855, "W30 CALL": -41_645, "W30 call spread": -26_645, "W30 PUT": -53_355,
		"W30 put spread": -43_355, "W30 COLLAR": 6_645, "W30 SUB leg": -30, "W30 FEE leg": 16_350, "W30 CONV": 533_420,
	}
	n := 0
	for _, p := range products() {
		if gain, ok := want[p.name]; ok {
			n++
			require.Equal(t, gain, p.terms.ProfitAndLoss(payout.Long, p.terms.Base+p.payouts[0].sum), p.name)
		}
	}
	require.Len(t, want, n)
}

func TestDefaultBucketsOfTheProduct(t *testing.T) {
	one := func(t payout.Terms) payout.Terms {
		t.Threshold, t.Oracles = 1, oracles("red")
		return t
	}
	for _, p := range products() {
		want, ok := map[string]uint8{"SWAP-M": 10, "W30 SWAP-M": 10, "W30 SWAP-P": 11, "W30 FEE leg": 4}[p.name]
		if !ok {
			continue
		}
		got, err := one(p.terms).DefaultBucket(payout.MaxSlots)
		require.NoError(t, err)
		require.Equal(t, want, got, p.name)
	}
	// Many combinations, or a low limit, raise the exponent.
	tight := terms(nil)
	got, err := tight.DefaultBucket(1000)
	require.NoError(t, err)
	require.Equal(t, uint8(12), got)
	tight.Bucket = got
	require.NoError(t, tight.CheckBound(1000))
	tight.Bucket--
	require.ErrorIs(t, tight.CheckBound(1000), payout.ErrTooMany)
	_, err = tight.DefaultBucket(10)
	require.ErrorIs(t, err, payout.ErrTooMany)
	tight.Notional = 0
	_, err = tight.DefaultBucket(1000)
	require.ErrorIs(t, err, payout.ErrTerms)
}

func TestStandardBands(t *testing.T) {
	for _, c := range []struct {
		x       uint64
		days    uint32
		halving bool
		want    payout.Band
	}{
		{42_448, 30, false, payout.Band{Floor: 27_000, Cap: 58_000}},
		{42_448, 60, false, payout.Band{Floor: 23_000, Cap: 62_000}},
		{42_448, 90, false, payout.Band{Floor: 21_000, Cap: 64_000}},
		{42_448, 91, false, payout.Band{Floor: 16_000, Cap: 68_000}},
		{42_448, 30, true, payout.Band{Floor: 13_000, Cap: 58_000}},
		{100_000, 7, false, payout.Band{Floor: 65_000, Cap: 135_000}},
		{0, 7, false, payout.Band{}},
	} {
		got, err := payout.DefaultBand(c.x, c.days, c.halving)
		require.NoError(t, err)
		require.Equal(t, c.want, got)
	}
	fees, err := payout.FeeBands(242)
	require.NoError(t, err)
	require.Equal(t, [3]payout.Band{{Floor: 0, Cap: 500}, {Floor: 500, Cap: 1000}, {Floor: 1000, Cap: 1500}}, fees)
	_, err = payout.DefaultBand(1<<41, 30, false)
	require.ErrorIs(t, err, payout.ErrOverflow)
	_, err = payout.FeeBands(1 << 41)
	require.ErrorIs(t, err, payout.ErrOverflow)
}

func TestMeansAndHalvingsForBands(t *testing.T) {
	require.Equal(t, uint32(30), payout.MeanDays(400))
	require.Equal(t, uint32(5), payout.MeanDays(5))
	x, err := payout.Mean(10_000_000, 11_276_671, 30)
	require.NoError(t, err)
	require.Equal(t, uint64(42_555), x)
	_, err = payout.Mean(1, 2, 0)
	require.ErrorIs(t, err, payout.ErrWindow)
	_, err = payout.Mean(2, 1, 1)
	require.ErrorIs(t, err, payout.ErrOverflow)

	for _, c := range []struct {
		tip, days, interval uint32
		want                bool
	}{
		{839_999, 0, 210_000, false}, {839_999, 1, 210_000, true}, {840_000, 30, 210_000, false},
		{835_200, 30, 210_000, true}, {835_199, 30, 210_000, false}, {0, 1, 150, true}, {5, 1, 0, false},
		{4_294_967_295, 4_294_967_295, 210_000, true},
	} {
		require.Equal(t, c.want, payout.HalvingAhead(c.tip, c.days, c.interval), "%+v", c)
	}
}

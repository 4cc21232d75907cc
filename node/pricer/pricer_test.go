package pricer_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/node/pricer"
)

const firstDay = 20_422

// example is the market of PRODUCT.md 8's vector.
func example() pricer.Market {
	return pricer.Market{
		Now: firstDay * 86_400, Work: pricer.WorkOf(149_301_206_437_463), Unit: 86.4e18,
		Height: 925_000, Subsidy: 5_000_000_000, Halving: 210_000, ToRetarget: 1_582, Spacing: 600,
		Growth: []float64{-0.005, 0.005}, MeanFee: 1_814_402, Vol: pricer.DefaultVol, FeeVol: pricer.DefaultFeeVol,
	}
}

func terms(i payout.Instrument, k, f, c uint64) payout.Terms {
	return payout.Terms{
		Instrument: i, Index: "hp1/tot", StartDay: firstDay, EndDay: firstDay + 29, Base: 10_000_000,
		Digits: 30, Bucket: 10, Notional: 5_000, K: k, F: f, C: c, Threshold: 1, Oracles: [][32]byte{{1}},
	}
}

func price(t require.TestingT, m pricer.Market, x payout.Terms) (pricer.Valuation, pricer.Priced) {
	p, err := pricer.FromTerms(x, 0, 0)
	require.NoError(t, err)
	v, err := m.Price(p)
	require.NoError(t, err)
	return v, p
}

func digits(decimals int, v float64) string { return fmt.Sprintf("%.*f", decimals, v) }

func TestForecastOfTheSpecification(t *testing.T) {
	f, err := example().Forecast(pricer.Window{Start: firstDay, End: firstDay + 29})
	require.NoError(t, err)
	require.Equal(t, "42105.028", digits(3, f.Sub[0]))
	require.Equal(t, "244.465", digits(3, f.Fee[0]))
	require.Equal(t, "1273469.468", digits(3, f.Mean))
	require.Len(t, f.Shares, 2)
	require.Equal(t, "0.6346546", digits(7, f.Shares[0]))
	require.Equal(t, "0.1667421", digits(7, f.Shares[1]))
	require.Equal(t, "0.0230320", digits(7, f.LogSD))
	// 949,200 s of 30 days come before the retarget, all but the fees for sure.
	require.InDelta(t, 42_105.028*949_200/86_400/1_273_469.468, f.Certain, 1e-6)
}

func TestPricesOfTheSpecification(t *testing.T) {
	for _, c := range []struct {
		x    payout.Terms
		fair string
	}{
		{terms(payout.SwapM, 42_350, 27_000, 58_000), "42448.98"},
		{terms(payout.Call, 42_000, 0, 58_000), "19592.53"},
		{terms(payout.Put, 43_000, 27_000, 0), "21841.64"},
		{terms(payout.Call, 42_000, 0, 44_000), "18827.04"},
		{terms(payout.Put, 43_000, 41_000, 0), "21012.08"},
	} {
		v, _ := price(t, example(), c.x)
		require.Equal(t, c.fair, digits(2, v.Fair), c.x.Instrument)
	}
}

func TestGreeksOfTheSpecification(t *testing.T) {
	for _, c := range []struct {
		x                       payout.Terms
		growth, fee, vol, delta string
	}{
		{terms(payout.SwapM, 42_350, 27_000, 58_000), "-10113.1", "4051.6", "0.0", "30.00"},
		{terms(payout.Call, 42_000, 0, 58_000), "-6302.7", "2898.7", "3045.2", "20.46"},
		{terms(payout.Put, 43_000, 27_000, 0), "7682.6", "-2729.2", "2963.4", "-21.24"},
	} {
		v, _ := price(t, example(), c.x)
		require.Equal(t, c.growth, digits(1, v.Greeks.Growth))
		require.Equal(t, c.fee, digits(1, v.Greeks.Fee))
		require.Equal(t, c.vol, digits(1, math.Abs(v.Greeks.Vol)))
		require.Equal(t, c.delta, digits(2, v.Greeks.Delta))
	}
}

func TestFairPricesAreFairAndImpliedGrowthFindsTheGrowth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := example()
		g := rapid.Float64Range(-0.2, 0.2).Draw(t, "g")
		m.Growth = []float64{g}
		m.ToRetarget = float64(rapid.IntRange(1, 2_016).Draw(t, "r"))
		x := rapid.SampledFrom([]payout.Terms{
			terms(payout.SwapM, 42_350, 10_000, 90_000), terms(payout.SwapP, 42_350, 0, 90_000),
			terms(payout.Call, 42_000, 0, 90_000), terms(payout.Put, 43_000, 10_000, 0),
		}).Draw(t, "terms")
		v, p := price(t, m, x)
		require.False(t, math.IsNaN(v.Value+v.Fair+v.Greeks.Growth+v.Greeks.Fee+v.Greeks.Vol+v.Greeks.Delta+v.Greeks.Theta))
		if x.Instrument == payout.SwapM || x.Instrument == payout.SwapP {
			require.InDelta(t, v.Value, (v.Fair-float64(x.F))*30, 1e-3)
		}
		if math.Abs(v.Greeks.Growth) < 100 {
			return // so far from the strikes that growth hardly matters
		}
		again, err := m.ImpliedGrowth(p, v.Fair)
		require.NoError(t, err)
		require.InDelta(t, g, again, 1e-4)
	})
}

func TestPartsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := example()
		m.ToRetarget, m.Spacing = float64(rapid.IntRange(0, 2_016).Draw(t, "r")), rapid.Float64Range(300, 1_200).Draw(t, "tau")
		m.Growth = rapid.SliceOfN(rapid.Float64Range(-0.3, 0.3), 0, 4).Draw(t, "growth")
		m.Height = rapid.Uint32Range(1_040_000, 1_052_000).Draw(t, "height") // halving at 1,050,000
		start := firstDay + rapid.Uint32Range(0, 40).Draw(t, "ahead")
		w := pricer.Window{Start: start, End: start + rapid.Uint32Range(0, 89).Draw(t, "days")}
		parts := map[pricer.Leg]pricer.Forecast{}
		for _, leg := range []pricer.Leg{pricer.Tot, pricer.Sub, pricer.Fee} {
			w.Leg = leg
			f, err := m.Forecast(w)
			require.NoError(t, err)
			parts[leg] = f
			last := 1.0
			for _, share := range f.Shares {
				require.True(t, share > 0 && share <= last+1e-12, "%v", f.Shares)
				last = share
			}
			// Parity, and calls between intrinsic value and forward.
			k := rapid.Float64Range(0, 2*f.Mean).Draw(t, "k")
			require.InDelta(t, f.Mean-k, f.Call(k)-f.Put(k), 1e-6*f.Mean)
			require.GreaterOrEqual(t, f.Call(k), max(0, f.Mean-k)-1e-6*f.Mean)
			require.LessOrEqual(t, f.Call(k), f.Mean*(1+1e-12))
		}
		require.InDelta(t, parts[pricer.Tot].Mean, parts[pricer.Sub].Mean+parts[pricer.Fee].Mean, 1e-6*parts[pricer.Tot].Mean)
	})
}

func TestACollarAndANoteArePricedByTheirParts(t *testing.T) {
	put, _ := price(t, example(), terms(payout.Put, 42_600, 27_000, 0))
	call, _ := price(t, example(), terms(payout.Call, 43_500, 0, 58_000))
	collar := terms(payout.Collar, 42_600, 27_000, 58_000)
	collar.K2 = 43_500
	v, _ := price(t, example(), collar)
	require.InDelta(t, put.Fair-call.Fair, v.Fair, 1e-6)
	note := terms(payout.Conv, 43_500, 0, 58_000)
	note.FaceValue = 2_500_000
	v, _ = price(t, example(), note)
	require.InDelta(t, 2_500_000+call.Fair, v.Fair, 1e-6)
}

func TestAttestedDaysAreExact(t *testing.T) {
	m := example()
	m.Now += 29 * 86_400
	x := terms(payout.SwapM, 42_350, 27_000, 58_000)
	p, err := pricer.FromTerms(x, 29, 29*42_500)
	require.NoError(t, err)
	v, err := m.Price(p)
	require.NoError(t, err)
	require.Equal(t, 1, v.Forecast.Days)
	require.InDelta(t, (29*42_500+v.Forecast.Mean)/30, v.Fair, 1e-6)
	require.InDelta(t, 1, v.Greeks.Delta, 1e-9)
	require.InDelta(t, 0, v.Greeks.Theta, 1e-6, "tomorrow is as forecast")
	require.Equal(t, 1.0, max(v.Forecast.Certain, 1-v.Forecast.FeeShare)+v.Forecast.FeeShare, "no retarget before the end")
	_, err = pricer.FromTerms(x, 29, 0)
	require.NoError(t, err)
	p, err = pricer.FromTerms(x, 30, 1)
	require.NoError(t, err)
	_, err = m.Price(p)
	require.ErrorIs(t, err, pricer.ErrWindow, "nothing is left to be priced")
}

func TestOptionsLoseTimeValueAndSwapsDoNot(t *testing.T) {
	m := example()
	v, _ := price(t, m, terms(payout.SwapM, 42_350, 1_000, 90_000))
	require.InDelta(t, 0, v.Greeks.Theta, 1e-3)
	m.Now += 11 * 86_400 // the retarget passes during the first day
	m.ToRetarget = 10
	x := terms(payout.Call, 42_350, 0, 90_000)
	x.StartDay, x.EndDay = firstDay+11, firstDay+40
	v, _ = price(t, m, x)
	require.Less(t, v.Greeks.Theta, -100.0)
}

func TestRegtestHasNoRetargetsButHalvings(t *testing.T) {
	m := pricer.Market{
		Now: firstDay * 86_400, Work: 2, Unit: 1.0 / 31_250, Height: 432, Subsidy: 5_000_000_000, Halving: 150,
		Spacing: 28_800, Fixed: true, MeanFee: 100_000_000, FeeVol: 0.3,
	}
	f, err := m.Forecast(pricer.Window{Start: firstDay, End: firstDay + 6})
	require.NoError(t, err)
	require.InDelta(t, 20_000, f.Sub[0], 1e-6)
	require.InDelta(t, 20_000, f.Sub[5], 1e-6, "450 is reached after 6 days of 3 blocks")
	require.InDelta(t, 10_000, f.Sub[6], 1e-6)
	require.InDelta(t, 1_600, f.Fee[0], 1e-6)
	require.Empty(t, f.Shares)
	require.InDelta(t, f.FeeShare*0.3, f.LogSD, 1e-12)
	require.InDelta(t, 1, f.Certain+f.FeeShare, 1e-12)
}

func TestWhatNextRetargetBrings(t *testing.T) {
	require.InDelta(t, 600, pricer.Spacing(50_000, 143), 0)
	require.InDelta(t, 580, pricer.Spacing(580*144, 144), 1e-9)
	require.InDelta(t, 0, pricer.NextGrowth(604_800, 1_008, 600), 1e-12)
	require.InDelta(t, 3, pricer.NextGrowth(0, 1, 1), 0)
	require.InDelta(t, -0.75, pricer.NextGrowth(1e9, 2_016, 600), 0)
}

func TestInputsThatAreNoMarketAreRefused(t *testing.T) {
	w := pricer.Window{Start: firstDay, End: firstDay}
	for name, change := range map[string]func(*pricer.Market){
		"work": func(m *pricer.Market) { m.Work = 0 }, "nan": func(m *pricer.Market) { m.MeanFee = math.NaN() },
		"unit": func(m *pricer.Market) { m.Unit = math.Inf(1) }, "spacing": func(m *pricer.Market) { m.Spacing = 0 },
		"blocks to the retarget": func(m *pricer.Market) { m.ToRetarget = 2_017 },
		"growth 2":               func(m *pricer.Market) { m.Growth = []float64{0, -1} }, "vol": func(m *pricer.Market) { m.Vol = -1 },
	} {
		m := example()
		change(&m)
		_, err := m.Forecast(w)
		require.ErrorIs(t, err, pricer.ErrMarket, name)
		require.Error(t, err)
		_, err = m.Price(pricer.Priced{Window: w})
		require.ErrorIs(t, err, pricer.ErrMarket, name)
	}
	for _, bad := range []pricer.Window{{Start: 2, End: 1}, {Start: 1, End: 3_661}, {Start: 1, End: 2, KnownDays: 2}, {Start: 1 << 31, End: 1 << 31}} {
		_, err := example().Forecast(bad)
		require.ErrorIs(t, err, pricer.ErrWindow)
	}
	_, err := pricer.FromTerms(payout.Terms{Index: "hp1/wind", StartDay: 1, EndDay: 1}, 0, 0)
	require.ErrorIs(t, err, pricer.ErrTerms)
	_, p := price(t, example(), terms(payout.SwapM, 42_350, 27_000, 58_000))
	for _, quote := range []float64{26_999, 58_001, math.NaN()} {
		_, err := example().ImpliedGrowth(p, quote)
		require.Error(t, err, quote)
	}
}

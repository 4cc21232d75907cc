package payout_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/dlc/payout"
)

func TestBreakevensOfTheProducts(t *testing.T) {
	byName := map[string]payout.Terms{}
	for _, p := range products() {
		byName[p.name] = p.terms
	}
	for _, c := range []struct {
		name        string
		first, last uint64 // sums
		exact       bool
	}{
		// A swap breaks even at its rate, an option at strike and premium.
		{"W30 SWAP-M", 1_270_500, 1_270_500, true},
		{"W30 SWAP-P", 1_270_500, 1_270_500, true},
		{"W30 CALL", 1_285_000, 1_285_000, true},
		{"W30 PUT", 1_266_000, 1_266_000, true},
		{"W30 COLLAR", 1_278_000, 1_305_000, true},
		{"W30 CONV", 1_740_000, 1_740_000, true},
		{"SWAP-M 1234", 1_650_000, 1_650_000, true},
	} {
		if c.name == "W30 CONV" {
			continue // pays more than its price whatever happens
		}
		terms := byName[c.name]
		got := terms.Breakevens()
		require.Len(t, got, 1, c.name)
		require.Equal(t, payout.Breakeven{
			Interval: payout.Interval{First: terms.Base + c.first, Last: terms.Base + c.last}, Exact: c.exact,
		}, got[0], c.name)
	}
	require.Empty(t, byName["W30 CONV"].Breakevens())
	profit, loss := byName["W30 CONV"].Extremes(payout.Long)
	require.Equal(t, []int64{9_800_000, -200_000}, []int64{profit, loss})
	profit, loss = byName["W30 CALL"].Extremes(payout.Short)
	require.Equal(t, []int64{125_000, 2_275_000}, []int64{profit, loss})
}

func TestBreakevensAreWhereTheProfitChanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawTerms(t, 7)
		sign := func(x uint64) int {
			switch y := c.Payout(x); {
			case y > c.LongLock():
				return 1
			case y < c.LongLock():
				return -1
			default:
				return 0
			}
		}
		got := c.Breakevens()
		require.LessOrEqual(t, len(got), 1)
		changes := 0
		for x := range uint64(1) << c.Digits {
			level := len(got) == 1 && got[0].Exact && got[0].First <= x && x <= got[0].Last
			if level != (sign(x) == 0) {
				t.Fatalf("outcome %d: profit of sign %d, breakevens %v", x, sign(x), got)
			}
			if x > 0 && sign(x) != sign(x-1) {
				changes++
			}
		}
		switch {
		case len(got) == 0:
			require.Zero(t, changes)
		case !got[0].Exact:
			require.Equal(t, 1, changes)
			require.Equal(t, got[0].First+1, got[0].Last)
			require.NotEqual(t, sign(got[0].First), sign(got[0].Last))
		}
	})
}

func TestSamplesTraceThePayoff(t *testing.T) {
	for _, p := range products() {
		lo, hi := p.terms.Strikes()
		samples, err := p.terms.Samples(50)
		require.NoError(t, err)
		require.GreaterOrEqual(t, len(samples), 50)
		seen := map[uint64]bool{}
		for i, s := range samples {
			require.Equal(t, p.terms.Payout(s.Outcome), s.Payout)
			require.Equal(t, p.terms.Settled(s.Outcome), s.Settled)
			require.Equal(t, p.terms.Sum(s.Outcome), s.Sum)
			if i > 0 {
				require.Less(t, samples[i-1].Outcome, s.Outcome)
			}
			seen[s.Sum] = true
		}
		require.True(t, seen[lo*p.terms.Days()] && seen[hi*p.terms.Days()], p.name)
		require.Equal(t, p.terms.Payout(0), samples[0].Payout)
		require.Equal(t, p.terms.Payout(1<<32), samples[len(samples)-1].Payout)
	}
	for _, n := range []int{-1, 0, 1, 100_001} {
		_, err := terms(nil).Samples(n)
		require.ErrorIs(t, err, payout.ErrOutcome)
	}
}

func TestDescriptionsLeadBackToTheirTerms(t *testing.T) {
	for _, p := range products() {
		d := p.terms.Describe()
		back, err := d.Terms()
		require.NoError(t, err, p.name)
		require.Equal(t, p.terms, back, p.name)
		require.Equal(t, p.terms.Position().Legs(), d.Legs)
	}
}

func TestDescriptionsThatNoTermsHaveAreRefused(t *testing.T) {
	call := func(d *payout.Description) {
		d.Legs, d.Price = []payout.Leg{{Kind: payout.LegCall, Strike: 55_000 * 30, Bound: 70_000 * 30}}, 0
		d.Premium, d.Collateral, d.LongLock = 1000, 2_250_000, 5_000
	}
	for name, c := range map[string]struct {
		change func(*payout.Description)
		err    error
	}{
		"no legs":       {func(d *payout.Description) { d.Legs = nil }, payout.ErrInstrument},
		"two forwards":  {func(d *payout.Description) { d.Legs = append(d.Legs, d.Legs...) }, payout.ErrInstrument},
		"days reversed": {func(d *payout.Description) { d.EndDay = d.StartDay - 1 }, payout.ErrWindow},
		"odd strike":    {func(d *payout.Description) { d.Legs[0].Bound++ }, payout.ErrStrikes},
		"sold":          {func(d *payout.Description) { d.Legs[0].Sold = true }, payout.ErrStrikes},
		"collateral":    {func(d *payout.Description) { d.Collateral++ }, payout.ErrCollateral},
		"lock":          {func(d *payout.Description) { d.LongLock++ }, payout.ErrCollateral},
		"event":         {func(d *payout.Description) { d.Event = "hp1/cum/1/tot" }, payout.ErrIndex},
		"priced call":   {func(d *payout.Description) { call(d); d.Price = 1 }, payout.ErrInstrument},
		"prepaid call":  {func(d *payout.Description) { call(d); d.Prepaid = true }, payout.ErrInstrument},
		"swap with fee": {func(d *payout.Description) { d.Premium = 1 }, payout.ErrPremium},
	} {
		d := terms(nil).Describe()
		c.change(&d)
		_, err := d.Terms()
		require.ErrorIs(t, err, c.err, name)
		require.ErrorIs(t, err, payout.ErrTerms, name)
	}
	d := terms(nil).Describe()
	call(&d)
	got, err := d.Terms()
	require.NoError(t, err)
	require.Equal(t, payout.Call, got.Instrument)
}

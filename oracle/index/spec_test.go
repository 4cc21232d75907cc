package index_test

import (
	"bytes"
	"encoding/csv"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/internal/testkit"
	"github.com/alkimiya/alkimiya/oracle/index"
)

// The numbers of docs/product.md 2 that no other test has.

func TestEightBlocksOfRegtest(t *testing.T) { // V9
	p := index.HP1Regtest()
	var blocks []index.Block
	for h := uint32(150 - 4 - 12); h < 150+4+12; h++ {
		blocks = append(blocks, block(1, h, 1_767_225_600+h*60, 0x207fffff, p.Subsidy(h)+100_000_000))
	}
	rows, err := index.Series(p, blocks)
	require.NoError(t, err)
	d := index.DayOf(p, rows[12:20])
	require.Equal(t, index.Values{Sub: 60_000, Fee: 1_600}, d.Value)
	require.Equal(t, uint64(61_600), d.Value.Tot())
	require.False(t, rows[15].Provisional)
}

// TestTheSubsidyOfEveryEra adds up all satoshi that there will ever be.
func TestTheSubsidyOfEveryEra(t *testing.T) {
	for _, p := range []index.Params{index.HP1(), index.HP1Regtest()} {
		total, want := new(big.Int), new(big.Int)
		left := big.NewInt(50 * 100_000_000)
		for era := range uint32(70) {
			first := era * p.HalvingInterval
			require.Equal(t, left.Uint64(), p.Subsidy(first), "%s era %d", p.ID, era)
			require.Equal(t, left.Uint64(), p.Subsidy(first+p.HalvingInterval-1), "%s era %d", p.ID, era)
			of := new(big.Int).SetUint64(p.Subsidy(first))
			total.Add(total, of.Mul(of, big.NewInt(int64(p.HalvingInterval))))
			want.Add(want, new(big.Int).Mul(left, big.NewInt(int64(p.HalvingInterval))))
			left = new(big.Int).Rsh(left, 1)
		}
		require.Equal(t, want.String(), total.String())
		if p.ID == "hp1" {
			require.Equal(t, "2099999997690000", total.String())
		}
		require.Zero(t, p.Subsidy(1<<32-1))
	}
}

// TestALastEraWithoutSubsidyHasFeesOnly is about blocks after 64 halvings.
func TestALastEraWithoutSubsidyHasFeesOnly(t *testing.T) {
	p := index.HP1Regtest()
	var blocks []index.Block
	for h := 64 * p.HalvingInterval; h < 64*p.HalvingInterval+60; h++ {
		blocks = append(blocks, block(1, h, 1_767_225_600+h*60, 0x207fffff, 100_000_000))
	}
	rows, err := index.Series(p, blocks)
	require.NoError(t, err)
	require.Equal(t, index.Values{Fee: 1_600}, index.DayOf(p, rows[20:40]).Value)
}

// TestDifficultyTimes2To32IsNotWork is the example of 2.2.
func TestDifficultyTimes2To32IsNotWork(t *testing.T) {
	const difficulty, subsidy = 21_448_277_761_059, 625_000_000
	unit := new(big.Int).Mul(index.HP1().UnitNum, big.NewInt(subsidy))
	trap := new(big.Int).Lsh(big.NewInt(difficulty), 32)
	require.Equal(t, "586194", new(big.Int).Div(unit, trap).String())
	// The work of a block of that difficulty: D*2^48/65535.
	work := new(big.Int).Lsh(big.NewInt(difficulty), 48)
	work.Div(work, big.NewInt(65_535))
	require.Equal(t, "586185", new(big.Int).Div(unit, work).String())
}

// TestTheIndexIsNoSumOfRewardsOverASumOfWork has the three ways to be wrong by a
// little that 2.3 names.
func TestTheIndexIsNoSumOfRewardsOverASumOfWork(t *testing.T) {
	p := index.HP1()
	// V3: 100 blocks of A and 44 of B.
	work := new(big.Int)
	for i := range 144 {
		bits := uint32(bitsA)
		if i >= 100 {
			bits = bitsB
		}
		w, err := index.Work(bits)
		require.NoError(t, err)
		work.Add(work, w)
	}
	reward := new(big.Int).Mul(p.UnitNum, big.NewInt(144*312_500_000))
	require.Equal(t, "53462", reward.Div(reward, work).String())

	// Block 831328: the floor of the sum is one more than the sum of the floors.
	w, err := index.Work(0x170371b1)
	require.NoError(t, err)
	whole := new(big.Int).Mul(p.UnitNum, big.NewInt(641_343_420))
	require.Equal(t, "157863", whole.Div(whole, w).String())
}

// TestTheDailyTable recomputes the figures that 2.8 takes from a table of daily
// sums: they are no index values, but follow from the same unit.
func TestTheDailyTable(t *testing.T) {
	rows, err := csv.NewReader(bytes.NewReader(testkit.Data(t, "btc-daily.csv"))).ReadAll()
	require.NoError(t, err)
	sub, fee := map[uint32]uint64{}, map[uint32]uint64{}
	for _, r := range rows[1:] {
		at, err := time.Parse(time.DateOnly, r[0])
		require.NoError(t, err)
		day := uint32(at.Unix() / index.DaySeconds) //nolint:gosec // G115: small numbers
		hashes, ok := new(big.Rat).SetString(r[4])
		require.True(t, ok)
		hashes.Mul(hashes, big.NewRat(65_536*1_000_000_000_000, 65_535))
		sub[day], fee[day] = perPetahash(t, r[3], hashes), perPetahash(t, r[2], hashes)
	}
	day := func(date string) uint32 {
		at, err := time.Parse(time.DateOnly, date)
		require.NoError(t, err)
		return uint32(at.Unix() / index.DaySeconds) //nolint:gosec // G115: small numbers
	}
	for _, w := range []struct {
		date     string
		sub, fee uint64
	}{
		{"2025-11-27", 42_105, 253}, {"2025-12-01", 42_105, 407}, {"2025-12-11", 42_385, 222}, {"2025-12-29", 42_401, 247},
	} {
		require.Equal(t, []uint64{w.sub, w.fee}, []uint64{sub[day(w.date)], fee[day(w.date)]}, w.date)
	}
	var subs, fees uint64
	lowest, highest := uint64(1<<63), uint64(0)
	for d := uint32(20_422); d <= 20_451; d++ {
		subs, fees = subs+sub[d], fees+fee[d]
		lowest, highest = min(lowest, sub[d]+fee[d]), max(highest, sub[d]+fee[d])
	}
	require.Equal(t, []uint64{1_268_994, 7_677, 42_265, 42_727}, []uint64{subs, fees, lowest, highest})
}

// perPetahash returns floor(10^15*satoshi/hashes) for an amount in bitcoin.
func perPetahash(t *testing.T, bitcoin string, hashes *big.Rat) uint64 {
	amount, ok := new(big.Rat).SetString(bitcoin)
	require.True(t, ok)
	amount.Mul(amount, big.NewRat(100_000_000, 1))
	amount.Mul(amount, big.NewRat(1_000_000_000_000_000, 1)).Quo(amount, hashes)
	return new(big.Int).Div(amount.Num(), amount.Denom()).Uint64()
}

// TestPossibleMagnitudes holds the largest numbers that consensus allows against the
// bounds of records: 21e14 satoshi in a block of the lowest work.
func TestPossibleMagnitudes(t *testing.T) {
	p := index.HP1()
	var blocks []index.Block
	for h := uint32(0); h < 300; h++ {
		blocks = append(blocks, block(1, h, 1_767_225_600+h*60, 0x207fffff, 21_000_000*100_000_000))
	}
	rows, err := index.Series(p, blocks)
	require.NoError(t, err)
	d := index.DayOf(p, rows[100:200])
	require.Equal(t, index.Values{Sub: 1<<40 - 1, Fee: 1<<40 - 1}, d.Value, "capped")
	require.Greater(t, rows[150].QR.BitLen(), 128)
	d.Index, d.Counter = p.ID, index.Values{Sub: 1 << 56, Fee: 1 << 56}
	parsed, err := index.ParseDay(d.JSON())
	require.NoError(t, err)
	require.Equal(t, string(d.JSON()), string(parsed.JSON()))
}

package index_test

import (
	"errors"
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/oracle/index"
)

// slowDays is a second implementation, written from the text of the specification
// with rationals and no window kept: every closed day of a whole chain.
func slowDays(p index.Params, blocks []index.Block) []index.Day {
	subsidy := func(i int) uint64 {
		halvings := new(big.Int).Exp(big.NewInt(2), big.NewInt(int64(blocks[i].Height/p.HalvingInterval)), nil)
		return new(big.Int).Div(new(big.Int).SetUint64(p.InitialSubsidy), halvings).Uint64()
	}
	raw := func(i int) uint64 {
		if s := subsidy(i); blocks[i].Coinbase > s {
			return blocks[i].Coinbase - s
		}
		return 0
	}
	mtp := func(i int) uint32 {
		var times []uint32
		for j := max(0, i-10); j <= i; j++ {
			times = append(times, blocks[j].Time)
		}
		slices.Sort(times)
		return times[len(times)/2]
	}
	fee := func(i int) uint64 {
		var fees []uint64
		for j := i - int(p.ClipHalf); j <= i+int(p.ClipHalf); j++ {
			if j >= 0 && j < len(blocks) {
				fees = append(fees, raw(j))
			}
		}
		slices.Sort(fees)
		return min(raw(i), p.ClipMult*fees[len(fees)/2])
	}
	ratio := func(i int, amount uint64) *big.Int {
		// Three bytes of digits and an exponent: 256^(size-3)*word.
		power := new(big.Int).Exp(big.NewInt(256), big.NewInt(int64(blocks[i].Bits>>24)-3), nil)
		target := power.Mul(power, big.NewInt(int64(blocks[i].Bits&0xffffff)))
		work := new(big.Int).Div(new(big.Int).Lsh(big.NewInt(1), 256), new(big.Int).Add(target, big.NewInt(1)))
		r := new(big.Rat).SetFrac(p.UnitNum, new(big.Int).Mul(p.UnitDen, work))
		r.Mul(r, new(big.Rat).SetInt(new(big.Int).SetUint64(amount))).Mul(r, new(big.Rat).SetInt64(int64(p.InnerScale))) //nolint:gosec // G115: small numbers
		return new(big.Int).Div(r.Num(), r.Denom())
	}
	mean := func(sum *big.Int, n int) uint64 {
		q := new(big.Int).Div(sum, new(big.Int).Mul(big.NewInt(int64(n)), big.NewInt(int64(p.InnerScale)))) //nolint:gosec // G115: small numbers
		if q.BitLen() > 40 {
			return 1<<40 - 1
		}
		return q.Uint64()
	}
	byDay := map[uint32][]int{}
	for i := range blocks {
		byDay[mtp(i)/index.DaySeconds] = append(byDay[mtp(i)/index.DaySeconds], i)
	}
	tipDay := mtp(len(blocks)-1) / index.DaySeconds
	var out []index.Day
	var value, counter index.Values
	for day := mtp(0) / index.DaySeconds; day < tipDay; day++ {
		closing := -1
		for i := range blocks {
			if mtp(i)/index.DaySeconds > day {
				closing = i
				break
			}
		}
		if len(blocks)-closing < int(p.Confirmations) {
			break
		}
		if in := byDay[day]; len(in) > 0 {
			sub, fees := new(big.Int), new(big.Int)
			for _, i := range in {
				sub.Add(sub, ratio(i, subsidy(i)))
				fees.Add(fees, ratio(i, fee(i)))
			}
			value = index.Values{Sub: mean(sub, len(in)), Fee: mean(fees, len(in))}
		}
		if day >= p.FirstDay {
			counter = index.Values{Sub: counter.Sub + value.Sub, Fee: counter.Fee + value.Fee}
			out = append(out, index.Day{Day: day, Blocks: uint32(len(byDay[day])), CloseHeight: uint32(closing), Value: value, Counter: counter}) //nolint:gosec // G115: small numbers
		}
	}
	return out
}

func connect(t require.TestingT, e *index.Engine, blocks []index.Block) []index.Day {
	var out []index.Day
	for _, b := range blocks {
		days, err := e.Connect(b)
		require.NoError(t, err)
		out = append(out, days...)
	}
	return out
}

func requireSameDays(t require.TestingT, want, got []index.Day) {
	require.Equal(t, len(want), len(got))
	for i := range want {
		require.Equal(t, want[i].Day, got[i].Day)
		require.Equal(t, want[i].Blocks, got[i].Blocks, "day %d", want[i].Day)
		require.Equal(t, want[i].CloseHeight, got[i].CloseHeight, "day %d", want[i].Day)
		require.Equal(t, want[i].Value, got[i].Value, "day %d", want[i].Day)
		require.Equal(t, want[i].Counter, got[i].Counter, "day %d", want[i].Day)
	}
}

// testChain draws a chain with empty days, fee spikes, halvings, retargets and
// coinbases below the subsidy.
func testChain(t *rapid.T, p index.Params, n int) []index.Block {
	steps := rapid.SliceOfN(rapid.OneOf(
		rapid.Uint32Range(1, 3600), rapid.Uint32Range(3600, 40_000), rapid.Uint32Range(80_000, 300_000)), n, n).Draw(t, "steps")
	fees := rapid.SliceOfN(rapid.OneOf(
		rapid.Uint64Range(0, 1000), rapid.Uint64Range(1e6, 3e8), rapid.Uint64Range(1e9, 1e10)), n, n).Draw(t, "fees")
	under := rapid.SliceOfN(rapid.IntRange(0, 9), n, n).Draw(t, "under")
	targets := []uint32{0x207fffff, 0x1d00ffff, bitsA, bitsB}
	time := p.FirstDay*index.DaySeconds - rapid.Uint32Range(1, 5*index.DaySeconds).Draw(t, "start")
	blocks := make([]index.Block, n)
	bits := targets[0]
	for i := range blocks {
		time += steps[i]
		if i%97 == 0 {
			bits = rapid.SampledFrom(targets).Draw(t, "bits")
		}
		coinbase := p.Subsidy(uint32(i)) + fees[i]
		if under[i] == 0 {
			coinbase = p.Subsidy(uint32(i)) / 2
		}
		blocks[i] = block(0, uint32(i), time, bits, coinbase)
	}
	blocks[0].Hash = p.Genesis
	if n > 1 {
		blocks[1].Prev = p.Genesis
	}
	return blocks
}

func TestTheEngineAgreesWithASlowOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := index.HP1Regtest()
		p.HalvingInterval = rapid.Uint32Range(20, 200).Draw(t, "halving")
		blocks := testChain(t, p, rapid.IntRange(1, 260).Draw(t, "n"))
		e := index.NewEngine(p, 0, nil)
		got := connect(t, e, blocks)
		requireSameDays(t, slowDays(p, blocks), got)
		for _, d := range got {
			parsed, err := index.ParseDay(d.JSON())
			require.NoError(t, err)
			require.Equal(t, string(d.JSON()), string(parsed.JSON()))
		}
	})
}

func TestAnEngineGoesOnFromAnyClosedDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := index.HP1Regtest()
		blocks := testChain(t, p, 260)
		want := connect(t, index.NewEngine(p, 0, nil), blocks)
		if len(want) < 2 {
			return
		}
		k := rapid.IntRange(0, len(want)-2).Draw(t, "base")
		// The base's own source is connected again, and so compared.
		first, _ := want[k].Source()
		from := p.Need(first)
		again := index.NewEngine(p, from, &want[k])
		got := connect(t, again, blocks[from:])
		requireSameDays(t, want[k+1:], got)

		wrong := want[k]
		wrong.SumSub = new(big.Int).Add(wrong.SumSub, big.NewInt(1))
		if wrong.Blocks > 0 {
			_, err := tryConnect(index.NewEngine(p, from, &wrong), blocks[from:])
			require.ErrorIs(t, err, index.ErrReplay)
		}
	})
}

func tryConnect(e *index.Engine, blocks []index.Block) ([]index.Day, error) {
	var out []index.Day
	for _, b := range blocks {
		days, err := e.Connect(b)
		if err != nil {
			return out, err
		}
		out = append(out, days...)
	}
	return out, nil
}

func TestAnotherBranchGivesAnotherDayUntilItIsFinal(t *testing.T) {
	p := index.HP1Regtest()
	build := func(branch byte, from int, n int, fee uint64, base []index.Block) []index.Block {
		blocks := slices.Clone(base[:from])
		for h := from; h < n; h++ {
			b := block(branch, uint32(h), p.FirstDay*index.DaySeconds+uint32(h)*7200, 0x207fffff, p.Subsidy(uint32(h))+fee) //nolint:gosec // G115: small numbers
			if h == 0 {
				b.Hash = p.Genesis
			} else {
				b.Prev = blocks[h-1].Hash
			}
			blocks = append(blocks, b)
		}
		return blocks
	}
	main := build(0, 0, 100, 1e8, nil)
	for depth := 1; depth <= int(p.Confirmations)+6; depth++ {
		// Day FirstDay closes with block 18 (median times lag by five blocks).
		e := index.NewEngine(p, 0, nil)
		days := connect(t, e, main[:100])
		closing := int(days[0].CloseHeight)
		tip := closing + int(p.Confirmations) - 1
		upTo := connect(t, index.NewEngine(p, 0, nil), main[:tip])
		require.Empty(t, upTo, "one block short of final")
		fork := tip - depth
		other := build(9, fork, 100, 5e8, main)
		got := connect(t, index.NewEngine(p, 0, nil), other)
		requireSameDays(t, slowDays(p, other), got)
		if fork < closing {
			require.NotEqual(t, days[0].Value, got[0].Value, "depth %d reaches the day's own blocks", depth)
		}
	}
}

func TestBadChainsAreRefused(t *testing.T) {
	p := index.HP1Regtest()
	good := block(0, 0, 1296688602, 0x207fffff, 5_000_000_000)
	good.Hash = p.Genesis
	next := block(0, 1, 1296688603, 0x207fffff, 5_000_000_000)
	next.Prev = p.Genesis
	start := func() *index.Engine {
		e := index.NewEngine(p, 0, nil)
		_, err := e.Connect(good)
		require.NoError(t, err)
		return e
	}
	for name, c := range map[string]struct {
		change func(b *index.Block)
		want   error
	}{
		"height":  {func(b *index.Block) { b.Height = 2 }, index.ErrLink},
		"link":    {func(b *index.Block) { b.Prev[0] ^= 1 }, index.ErrLink},
		"target":  {func(b *index.Block) { b.Bits = 0 }, index.ErrBits},
		"nothing": {func(*index.Block) {}, nil},
	} {
		bad := next
		c.change(&bad)
		_, err := start().Connect(bad)
		require.True(t, errors.Is(err, c.want), "%s: %v", name, err)
	}
	e := start()
	bad := next
	bad.Time = 1
	_, err := e.Connect(bad)
	require.NoError(t, err)
	bad.Height, bad.Prev, bad.Hash = 2, bad.Hash, hashOf(0, 2)
	_, err = e.Connect(bad)
	require.ErrorIs(t, err, index.ErrTime, "the median of three times went back")

	other := good
	other.Hash[0] ^= 1
	_, err = index.NewEngine(p, 0, nil).Connect(other)
	require.ErrorIs(t, err, index.ErrLink)
}

func TestADayWithoutItsContextIsRefused(t *testing.T) {
	p := index.HP1Regtest()
	var blocks []index.Block
	for h := uint32(500); h < 700; h++ {
		blocks = append(blocks, block(1, h, p.FirstDay*index.DaySeconds+(h-500)*7200, 0x207fffff, p.Subsidy(h)))
	}
	_, err := tryConnect(index.NewEngine(p, 500, nil), blocks)
	require.ErrorIs(t, err, index.ErrContext)
}

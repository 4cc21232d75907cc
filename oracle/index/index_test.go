package index_test

import (
	"encoding/binary"
	"encoding/hex"
	"math/big"
	"testing"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/oracle/index"
)

// Compact targets of PRODUCT.md 2.7.
const (
	bitsA = 0x17028c61
	bitsB = 0x17021a91
	bitsE = 0x1701d936
	bitsH = 0x17034219
)

// block returns the block of a height on a chain whose hashes are made of branch
// and height.
func block(branch byte, height, time, bits uint32, coinbase uint64) index.Block {
	return index.Block{
		Height: height, Hash: hashOf(branch, height), Prev: hashOf(branch, height-1),
		Time: time, Bits: bits, Coinbase: coinbase, Txid: hashOf(0xcb, height),
	}
}

func hashOf(branch byte, height uint32) (h chainhash.Hash) {
	binary.LittleEndian.PutUint32(h[:], height)
	h[31] = branch
	return h
}

// padded returns n blocks of a day with so many fillers before and behind, all of
// the given subsidy, and the day itself.
func padded(p index.Params, n int, bits func(i int) uint32, fee func(i int) uint64, height uint32) []index.Row {
	half := int(p.ClipHalf)
	blocks := make([]index.Block, 0, n+2*half)
	for i := -half; i < n+half; i++ {
		at := min(max(i, 0), n-1)
		h := height + uint32(i+half) //nolint:gosec // G115: small numbers
		value := fee(at)
		if i < 0 || i >= n {
			value = fee(at)
		}
		blocks = append(blocks, block(1, h, uint32(20_000*index.DaySeconds+i*600), bits(at), p.Subsidy(h)+value)) //nolint:gosec // G115: small numbers
	}
	rows, err := index.Series(p, blocks)
	if err != nil {
		panic(err)
	}
	return rows[half : half+n]
}

func always[T any](v T) func(int) T { return func(int) T { return v } }

func TestParameterHashesAreThoseOfTheSpecification(t *testing.T) {
	for _, c := range []struct {
		p    index.Params
		want string
	}{
		{index.HP1(), "bffedf3bbde2b68f55ebded78728dd3a46a9be649745a671ca13ab277c90d8e5"},
		{index.HP1Regtest(), "772a68ed6ec14f9b6cf37fe4858988651f22a4c4e8fa24a75d82ccdb62dae184"},
	} {
		require.NoError(t, c.p.Check())
		hash := c.p.Hash()
		require.Equal(t, c.want, hex.EncodeToString(hash[:]), c.p.ID)
	}
}

func TestWorkIsExact(t *testing.T) {
	for _, c := range []struct {
		bits             uint32
		difficulty, work string
	}{
		{bitsA, "110451907374649", "474394568641596186993179"},
		{bitsB, "133793147307542", "574645960516303682327532"},
		{bitsE, "152271405447597", "654010685924488101513463"},
		{bitsH, "86388558925171", "371041696979166003650763"},
		{0x170371b1, "81725299822043", "351012846022445927321616"},
		{0x207fffff, "0", "2"},
	} {
		work, err := index.Work(c.bits)
		require.NoError(t, err)
		require.Equal(t, c.work, work.String(), "%08x", c.bits)
		difficulty, err := index.Difficulty(c.bits)
		require.NoError(t, err)
		require.Equal(t, c.difficulty, difficulty.String(), "%08x", c.bits)
	}
}

func TestBadTargetsAreRefused(t *testing.T) {
	for _, bits := range []uint32{0, 0x00800000, 0x01800001, 0x04923456, 0x03000000, 0xff123456, 0x21010000, 0x23000001, 0x01000001} {
		_, err := index.Target(bits)
		require.ErrorIs(t, err, index.ErrBits, "%08x", bits)
		_, err = index.Work(bits)
		require.ErrorIs(t, err, index.ErrBits, "%08x", bits)
	}
}

func TestCompactIsTheInverseOfTarget(t *testing.T) {
	for _, bits := range []uint32{bitsA, bitsB, bitsE, bitsH, 0x1d00ffff, 0x207fffff, 0x03123456, 0x02123400, 0x01120000} {
		target, err := index.Target(bits)
		require.NoError(t, err)
		require.Equal(t, bits, index.Compact(target), "%08x", bits)
	}
	require.Equal(t, uint32(0x04008000), index.Compact(big.NewInt(0x800000)))
}

func TestDaysOfTheSpecification(t *testing.T) {
	p := index.HP1()
	const low = 1_000_000 // subsidy 312,500,000
	spike := func(n int) func(int) uint64 {
		return func(i int) uint64 {
			if i%n == 0 {
				return 10_000_000_000
			}
			return 2_500_000
		}
	}
	for _, c := range []struct {
		name          string
		n             int
		bits          func(int) uint32
		fee           func(int) uint64
		sub, fees, in uint64
		raw           uint64
		clipped       uint32
	}{
		{"V1", 144, always[uint32](bitsA), always[uint64](2_500_000), 56_914, 455, 57_369, 455, 0},
		{"V2", 144, always[uint32](bitsA), always[uint64](5_000_000), 56_914, 910, 57_824, 910, 0},
		{"V3", 144, func(i int) uint32 {
			if i < 100 {
				return bitsA
			}
			return bitsB
		}, always[uint64](2_500_000), 53_880, 431, 54_311, 431, 0},
		{"V4", 150, always[uint32](bitsE), always[uint64](1_000_000), 41_283, 132, 41_415, 132, 0},
		{"V4 without fees", 150, always[uint32](bitsE), always[uint64](0), 41_283, 0, 41_283, 0, 0},
		{"V7", 144, always[uint32](bitsA), func(i int) uint64 {
			if i == 70 {
				return 8_375_000_000
			}
			return 2_500_000
		}, 56_914, 461, 57_375, 11_044, 1},
	} {
		d := index.DayOf(p, padded(p, c.n, c.bits, c.fee, low))
		require.Equal(t, index.Values{Sub: c.sub, Fee: c.fees}, d.Value, c.name)
		require.Equal(t, c.in, d.Value.Tot(), c.name)
		require.Equal(t, c.raw, d.Raw, c.name)
		require.Equal(t, c.clipped, d.Clipped, c.name)
	}
	// V6: fees of 100 BTC in every third block, neighbours 2,500,000.
	fee := func(i int) uint64 { return spike(3)(i) }
	blocks := make([]index.Block, 0, 288)
	for i := -72; i < 216; i++ {
		value := uint64(2_500_000)
		if i >= 0 && i < 144 {
			value = fee(i)
		}
		h := uint32(low + 72 + i)
		blocks = append(blocks, block(1, h, uint32(20_000*index.DaySeconds+i*600), bitsA, p.Subsidy(h)+value))
	}
	rows, err := index.Series(p, blocks)
	require.NoError(t, err)
	d := index.DayOf(p, rows[72:216])
	require.Equal(t, index.Values{Sub: 56_914, Fee: 758}, d.Value)
	require.Equal(t, uint64(607_393), d.Raw)
	require.Equal(t, uint32(48), d.Clipped)
}

func TestAHalvingInsideADay(t *testing.T) { // V5
	p := index.HP1()
	first := uint32(840_000 - 80)
	blocks := make([]index.Block, 0, 284)
	for i := -72; i < 212; i++ {
		h := uint32(int(first) + i)
		fee := uint64(30_000_000)
		if i >= 80 {
			fee = 900_000_000
		}
		blocks = append(blocks, block(1, h, uint32(20_000*index.DaySeconds+i*600), bitsH, p.Subsidy(h)+fee))
	}
	rows, err := index.Series(p, blocks)
	require.NoError(t, err)
	d := index.DayOf(p, rows[72:212])
	require.Zero(t, d.Clipped)
	require.Equal(t, index.Values{Sub: 114_349, Fee: 93_808}, d.Value)
}

func TestValuesSaturate(t *testing.T) {
	require.Equal(t, uint64(1_048_575), index.Saturate(1<<40, 20))
	require.Equal(t, uint64(1_073_741_823), index.Saturate(1<<30, 30))
	require.Equal(t, uint64(7), index.Saturate(7, 20))
	require.Equal(t, uint64(1<<32-1), index.Saturate(1<<63, 32))
}

func TestEventIDsAreReadAsWritten(t *testing.T) {
	for _, s := range []string{"hp1/cum/20600/tot", "hp1-regtest/day/0/sub", "stake/cum/49710/fee"} {
		e, err := index.ParseEventID(s)
		require.NoError(t, err)
		require.Equal(t, s, e.String())
	}
	for _, s := range []string{
		"", "hp1/cum/20600", "hp1/cum/020600/tot", "hp1/cum/-1/tot", "hp1/cum/4294967296/tot", "HP1/cum/1/tot",
		"hp1/win/1/tot", "hp1/cum/1/tot/x", "hp1/cum/1/", "/cum/1/tot", "hp1/cum/49711/tot",
	} {
		_, err := index.ParseEventID(s)
		require.ErrorIs(t, err, index.ErrEventID, s)
	}
}

func TestARegistryBindsAnIDToItsParameters(t *testing.T) {
	stake := index.Reported{
		ID: "stake", Legs: []string{"tot"}, DayUnit: "gwei/ETH/day", CumUnit: "gwei/ETH",
		DayDigits: 20, CumDigits: 30, FirstDay: 20_454,
	}
	entry, err := stake.Entry()
	require.NoError(t, err)
	r, err := index.NewRegistry(append(index.ForGenesis(index.HP1Regtest().Genesis), entry, entry)...)
	require.NoError(t, err)
	require.Len(t, r.Entries(), 2)
	got, err := r.Lookup("stake")
	require.NoError(t, err)
	require.Equal(t, entry.Hash(), got.Hash())
	_, err = r.Lookup("hp1")
	require.ErrorIs(t, err, index.ErrUnknownIndex)

	stake.DayDigits = 21
	other, err := stake.Entry()
	require.NoError(t, err)
	_, err = index.NewRegistry(entry, other)
	require.ErrorIs(t, err, index.ErrMutable)
	stake.Legs = []string{"a,b"}
	_, err = stake.Entry()
	require.ErrorIs(t, err, index.ErrParams)
}

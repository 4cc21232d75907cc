package index_test

import (
	"bytes"
	"encoding/json"
	"strconv"
	"testing"

	"github.com/btcsuite/btcd/wire"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/internal/testkit"
	"github.com/alkimiya/alkimiya/oracle/index"
)

type number string

func (n number) u64(t testing.TB) uint64 {
	v, err := strconv.ParseUint(string(n), 10, 64)
	require.NoError(t, err)
	return v
}

type legs struct{ Sub, Fee, Tot number }

type hp1Case struct {
	Name        string               `json:"name"`
	StartHeight uint32               `json:"start_height"`
	Blocks      [][3]json.RawMessage `json:"blocks"`
	Before      *struct {
		Day uint32 `json:"day"`
		legs
	} `json:"counters_before"`
	Days []struct {
		Day         uint32  `json:"day"`
		Blocks      uint32  `json:"blocks"`
		FirstHeight *uint32 `json:"first_height"`
		LastHeight  *uint32 `json:"last_height"`
		Clipped     uint32  `json:"clipped_blocks"`
		Closing     *uint32 `json:"closing_height"`
		Sub         number  `json:"sub"`
		Fee         number  `json:"fee"`
		Tot         number  `json:"tot"`
		RawFee      number  `json:"raw_fee"`
		CumSub      number  `json:"cum_sub"`
		CumFee      number  `json:"cum_fee"`
		CumTot      number  `json:"cum_tot"`
		AttestedDay legs    `json:"attested_day_20_digits"`
		AttestedCum legs    `json:"attested_cum_30_digits"`
	} `json:"days"`
	PerBlock struct {
		Day    []uint32 `json:"day"`
		RawFee []number `json:"raw_fee"`
		Fee    []number `json:"fee"`
	} `json:"per_block"`
}

func (c hp1Case) chain(t testing.TB) []index.Block {
	blocks := make([]index.Block, len(c.Blocks))
	for i, raw := range c.Blocks {
		var time uint32
		var bits, coinbase string
		require.NoError(t, json.Unmarshal(raw[0], &time))
		require.NoError(t, json.Unmarshal(raw[1], &bits))
		require.NoError(t, json.Unmarshal(raw[2], &coinbase))
		target, err := strconv.ParseUint(bits, 16, 32)
		require.NoError(t, err)
		blocks[i] = block(1, c.StartHeight+uint32(i), time, uint32(target), number(coinbase).u64(t))
	}
	return blocks
}

// TestVectorsHP1 computes every day of the vectors from the rows that Series gives
// for the whole chain; where a chain has context on both sides the engine must
// give the same.
func TestVectorsHP1(t *testing.T) {
	testkit.Vectors(t, "index-hp1.json", func(raw []byte) int {
		cases := testkit.Cases[hp1Case](t, raw)
		for _, c := range cases {
			t.Run(c.Name, func(t *testing.T) { runHP1(t, c) })
		}
		return len(cases)
	})
}

func runHP1(t *testing.T, c hp1Case) {
	p := index.HP1()
	blocks := c.chain(t)
	rows, err := index.Series(p, blocks)
	require.NoError(t, err)
	for i, r := range rows {
		require.Equal(t, c.PerBlock.Day[i], r.Day(), "block %d", r.Height)
		require.Equal(t, c.PerBlock.RawFee[i].u64(t), r.RawFee, "block %d", r.Height)
		require.Equal(t, c.PerBlock.Fee[i].u64(t), r.Fee, "block %d", r.Height)
	}
	byDay := map[uint32][]index.Row{}
	for _, r := range rows {
		byDay[r.Day()] = append(byDay[r.Day()], r)
	}
	var counter, value index.Values
	if c.Before != nil {
		counter = index.Values{Sub: c.Before.Sub.u64(t), Fee: c.Before.Fee.u64(t)}
	}
	for _, want := range c.Days {
		var d index.Day
		if in := byDay[want.Day]; len(in) > 0 {
			d = index.DayOf(p, in)
			value = d.Value
			require.Equal(t, want.RawFee.u64(t), d.Raw, "day %d", want.Day)
			require.Equal(t, *want.FirstHeight, d.FirstHeight)
			require.Equal(t, *want.LastHeight, d.LastHeight)
		}
		require.Equal(t, want.Blocks, d.Blocks, "day %d", want.Day)
		require.Equal(t, want.Clipped, d.Clipped, "day %d", want.Day)
		require.Equal(t, index.Values{Sub: want.Sub.u64(t), Fee: want.Fee.u64(t)}, value, "day %d", want.Day)
		require.Equal(t, want.Tot.u64(t), value.Tot())
		if want.Day >= p.FirstDay {
			counter = index.Values{Sub: counter.Sub + value.Sub, Fee: counter.Fee + value.Fee}
		}
		require.Equal(t, want.CumSub.u64(t), counter.Sub, "day %d", want.Day)
		require.Equal(t, want.CumFee.u64(t), counter.Fee, "day %d", want.Day)
		require.Equal(t, want.CumTot.u64(t), counter.Tot(), "day %d", want.Day)
		requireLegs(t, want.AttestedDay, value, p.DayDigits)
		requireLegs(t, want.AttestedCum, counter, p.CumDigits)
	}
	requireEngineAgrees(t, p, c, blocks)
}

func requireLegs(t *testing.T, want legs, v index.Values, digits uint8) {
	require.Equal(t, want.Sub.u64(t), index.Saturate(v.Sub, digits))
	require.Equal(t, want.Fee.u64(t), index.Saturate(v.Fee, digits))
	require.Equal(t, want.Tot.u64(t), index.Saturate(v.Tot(), digits))
}

func requireEngineAgrees(t *testing.T, p index.Params, c hp1Case, blocks []index.Block) {
	if c.Before == nil {
		return
	}
	before := index.Day{
		Index: p.ID, Day: c.Before.Day,
		Counter: index.Values{Sub: c.Before.Sub.u64(t), Fee: c.Before.Fee.u64(t)},
	}
	if before.Day+1 < p.FirstDay {
		return
	}
	got, err := tryConnect(index.NewEngine(p, c.StartHeight, &before), blocks)
	if err != nil {
		require.ErrorIs(t, err, index.ErrContext)
		return
	}
	last := c.Days[len(c.Days)-1]
	if tip := blocks[len(blocks)-1].Height; last.Closing != nil && tip >= *last.Closing+p.Confirmations {
		require.GreaterOrEqual(t, len(got), len(c.Days))
	}
	for i, d := range got {
		if i >= len(c.Days) {
			break
		}
		require.Equal(t, c.Days[i].Day, d.Day)
		require.Equal(t, c.Days[i].CumSub.u64(t), d.Counter.Sub, "day %d", d.Day)
		require.Equal(t, c.Days[i].CumFee.u64(t), d.Counter.Fee, "day %d", d.Day)
		require.Equal(t, *c.Days[i].Closing, d.CloseHeight)
	}
}

// TestVectorsAWholeRegtestChain is V10 of the specification.
func TestVectorsAWholeRegtestChain(t *testing.T) {
	p := index.HP1Regtest()
	var blocks []index.Block
	for h := uint32(0); h <= 180; h++ {
		b := block(1, h, 1296688602, 0x207fffff, p.Subsidy(0))
		if h == 0 {
			b.Hash = p.Genesis
		} else {
			b.Time = 1767225600 + (h-1)*7200
			if h > 40 {
				b.Time += 200_000
			}
			b.Coinbase = p.Subsidy(h) + 100_000_000 + 1_000_000*uint64(h%7)
			if h == 1 {
				b.Prev = p.Genesis
			}
		}
		switch h {
		case 20:
			b.Coinbase = p.Subsidy(h) + 5_000_000_000
		case 60:
			b.Coinbase = p.Subsidy(h) - 1
		}
		blocks = append(blocks, b)
	}
	type want struct {
		n        uint32
		sub, fee uint64
		tot      uint64
	}
	days := connect(t, index.NewEngine(p, 0, nil), blocks)
	table := []want{
		{17, 80000, 1645, 81645}, {12, 80000, 1920, 163565}, {12, 80000, 1654, 245219}, {4, 80000, 1624, 326843},
		{0, 80000, 1624, 408467}, {5, 80000, 1651, 490118}, {12, 80000, 1516, 571634}, {12, 80000, 1641, 653275},
		{12, 80000, 1646, 734921}, {12, 80000, 1652, 816573}, {12, 80000, 1648, 898221}, {12, 80000, 1644, 979865},
		{12, 80000, 1649, 1061514}, {12, 80000, 1654, 1143168}, {12, 50000, 1641, 1194809},
	}
	require.Len(t, days, len(table), "day 20469 is open")
	for i, w := range table {
		d := days[i]
		require.Equal(t, uint32(20454+i), d.Day)
		require.Equal(t, w.n, d.Blocks, "day %d", d.Day)
		require.Equal(t, index.Values{Sub: w.sub, Fee: w.fee}, d.Value, "day %d", d.Day)
		require.Equal(t, w.tot, d.Counter.Tot(), "day %d", d.Day)
	}
	require.Equal(t, uint64(8174), days[1].Raw)
	rows, err := index.Series(p, blocks)
	require.NoError(t, err)
	require.Equal(t, uint64(309_000_000), rows[20].Fee)
	testkit.NoteVectors("V10", strconv.Itoa(len(table))+" days")
}

// TestVectorsThirtyDays is V8 of the specification, where clipping does not apply.
func TestVectorsThirtyDays(t *testing.T) {
	p := index.HP1()
	p.ClipMult = 1000
	counter := index.Values{Sub: 21_834_567}
	for d := range uint32(30) {
		bits := uint32(bitsA)
		if d >= 12 {
			bits = bitsB
		}
		rows := padded(p, 144, always(bits), always(2_000_000+50_000*uint64(d)), 1_000_000)
		v := index.DayOf(p, rows).Value
		counter = index.Values{Sub: counter.Sub + v.Sub, Fee: counter.Fee + v.Fee}
		switch d {
		case 0:
			require.Equal(t, uint64(57_278), v.Tot())
		case 11:
			require.Equal(t, uint64(57_378), v.Tot())
		case 12:
			require.Equal(t, uint64(47_375), v.Tot())
		case 29:
			require.Equal(t, uint64(47_503), v.Tot())
		}
	}
	require.Equal(t, uint64(23_376_409), counter.Tot())
	require.Equal(t, uint64(13_144), counter.Fee)
	require.Equal(t, uint64(1_528_698), counter.Sub-21_834_567)
}

func realBlocks(t testing.TB) []index.Block {
	var blocks []index.Block
	for _, h := range []uint32{831_328, 831_329, 831_330} {
		var b wire.MsgBlock
		raw := testkit.Data(t, "blocks/mainnet-"+strconv.Itoa(int(h))+".bin")
		require.NoError(t, b.Deserialize(bytes.NewReader(raw)))
		got, proof, err := index.FromBlock(&b, h)
		require.NoError(t, err)
		require.NotEmpty(t, proof.Branch)
		blocks = append(blocks, got)
	}
	return blocks
}

func TestRealBlocksGiveTheFiguresOfTheSpecification(t *testing.T) {
	p := index.HP1()
	blocks := realBlocks(t)
	var whole []index.Row
	for i, w := range []struct {
		time            uint32
		cbout, raw      uint64
		qr              string
		isub, fee, itot uint64
	}{
		{1708475256, 641_343_420, 16_343_420, "4022848462", 153_840, 4_022, 157_862},
		{1708476268, 648_143_585, 23_143_585, "5696673972", 153_840, 5_696, 159_536},
		{1708477824, 653_455_136, 28_455_136, "7004084831", 153_840, 7_004, 160_844},
	} {
		rows, err := index.Series(p, blocks[i:i+1])
		require.NoError(t, err)
		whole = append(whole, rows...)
		require.Equal(t, w.time, rows[0].Time)
		require.Equal(t, w.cbout, rows[0].Coinbase)
		require.Equal(t, w.raw, rows[0].RawFee)
		require.Equal(t, "153840523536", rows[0].QS.String())
		require.Equal(t, w.qr, rows[0].QR.String())
		d := index.DayOf(p, rows)
		require.Equal(t, index.Values{Sub: w.isub, Fee: w.fee}, d.Value)
		require.Equal(t, w.itot, d.Value.Sub+d.Raw)
	}
	d := index.DayOf(p, whole)
	require.Equal(t, uint64(153_840), d.Value.Sub)
	require.Equal(t, uint64(5_574), d.Raw)
}

package index_test

import (
	"crypto/sha256"
	"encoding/binary"
	"math/big"
	"testing"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/oracle/index"
	"github.com/alkimiya/alkimiya/oracle/index/indextest"
)

func TestParametersOutOfRangeAreRefused(t *testing.T) {
	for name, change := range map[string]func(p *index.Params){
		"id":               func(p *index.Params) { p.ID = "HP1" },
		"no unit":          func(p *index.Params) { p.UnitNum = nil },
		"unit of nothing":  func(p *index.Params) { p.UnitNum = new(big.Int) },
		"large unit":       func(p *index.Params) { p.UnitNum = new(big.Int).Lsh(big.NewInt(1), 128) },
		"no divisor":       func(p *index.Params) { p.UnitDen = nil },
		"negative divisor": func(p *index.Params) { p.UnitDen = big.NewInt(-1) },
		"large divisor":    func(p *index.Params) { p.UnitDen = new(big.Int).Lsh(big.NewInt(1), 64) },
		"unit name":        func(p *index.Params) { p.UnitName = `PH"` },
		"subsidy":          func(p *index.Params) { p.InitialSubsidy = 21_000_000*100_000_000 + 1 },
		"halving":          func(p *index.Params) { p.HalvingInterval = 0 },
		"no scale":         func(p *index.Params) { p.InnerScale = 0 },
		"scale":            func(p *index.Params) { p.InnerScale = 1<<32 + 1 },
		"no window":        func(p *index.Params) { p.ClipHalf = 0 },
		"window":           func(p *index.Params) { p.ClipHalf, p.Confirmations = 1009, 1009 },
		"clip":             func(p *index.Params) { p.ClipMult = 0 },
		"clip too high":    func(p *index.Params) { p.ClipMult = 1001 },
		"confirmations":    func(p *index.Params) { p.Confirmations = p.ClipHalf - 1 },
		"many":             func(p *index.Params) { p.Confirmations = 2017 },
		"day digits":       func(p *index.Params) { p.DayDigits = 0 },
		"cum digits":       func(p *index.Params) { p.CumDigits = 33 },
		"maturity":         func(p *index.Params) { p.MaturityDelay = 30*index.DaySeconds + 1 },
		"first day":        func(p *index.Params) { p.FirstDay = index.MaxDay + 1 },
	} {
		p := index.HP1()
		require.NoError(t, p.Check())
		change(&p)
		require.ErrorIs(t, p.Check(), index.ErrParams, name)
		require.ErrorIs(t, p.Entry().Check(), index.ErrParams, name)
	}
}

func TestEntriesOutOfRangeAreRefused(t *testing.T) {
	for name, change := range map[string]func(r *index.Reported){
		"id":         func(r *index.Reported) { r.ID = "" },
		"no legs":    func(r *index.Reported) { r.Legs = nil },
		"same legs":  func(r *index.Reported) { r.Legs = []string{"tot", "tot"} },
		"leg":        func(r *index.Reported) { r.Legs = []string{"Tot"} },
		"many legs":  func(r *index.Reported) { r.Legs = make([]string, 17) },
		"no unit":    func(r *index.Reported) { r.DayUnit = "" },
		"unit":       func(r *index.Reported) { r.CumUnit = "gwei\n" },
		"day digits": func(r *index.Reported) { r.DayDigits = 33 },
		"cum digits": func(r *index.Reported) { r.CumDigits = 0 },
		"first day":  func(r *index.Reported) { r.FirstDay = index.MaxDay + 1 },
	} {
		r := index.Reported{
			ID: "stake", Legs: []string{"tot", "tip"}, DayUnit: "gwei/ETH/day", CumUnit: "gwei/ETH", DayDigits: 20, CumDigits: 30, FirstDay: 20_454,
		}
		_, err := r.Entry()
		require.NoError(t, err)
		change(&r)
		_, err = r.Entry()
		require.ErrorIs(t, err, index.ErrParams, name)
	}
}

func TestCoinbasesAreHeldToAllSatoshiThereAre(t *testing.T) {
	build := func(values ...int64) []byte {
		tx := wire.NewMsgTx(2)
		tx.AddTxIn(wire.NewTxIn(wire.NewOutPoint(&chainhash.Hash{}, wire.MaxPrevOutIndex), make([]byte, 8), nil))
		for _, v := range values {
			tx.AddTxOut(wire.NewTxOut(v, []byte{0x51}))
		}
		return serialise(t, tx)
	}
	const all = 21_000_000 * 100_000_000
	got, err := index.ParseCoinbase(build(all-1, 1))
	require.NoError(t, err)
	require.Equal(t, uint64(all), got.Out)
	for _, values := range [][]int64{{}, {all + 1}, {all, 1}, {all - 1, 2}, {-1}, {all, all, all}} {
		_, err := index.ParseCoinbase(build(values...))
		require.ErrorIs(t, err, index.ErrCoinbase, values)
	}
	_, err = index.ParseCoinbase(make([]byte, index.MaxCoinbase+1))
	require.ErrorIs(t, err, index.ErrCoinbase)
}

func serialise(t *testing.T, tx *wire.MsgTx) []byte {
	t.Helper()
	raw := &sliceWriter{}
	require.NoError(t, tx.SerializeNoWitness(raw))
	return raw.b
}

type sliceWriter struct{ b []byte }

func (w *sliceWriter) Write(p []byte) (int, error) { w.b = append(w.b, p...); return len(p), nil }

// TestEvidenceOfANarrowWindowReachesElevenBlocksBack: where the fee window is shorter
// than the median time, the latter decides where the headers begin.
func TestEvidenceOfANarrowWindowReachesElevenBlocksBack(t *testing.T) {
	c := chainWithAnEmptyDay(120)
	c.Params.ClipHalf, c.Params.Confirmations = 2, 2
	for _, d := range daysOf(t, c)[2:] {
		e, err := c.Evidence(d)
		require.NoError(t, err)
		first, _ := d.Source()
		require.Equal(t, first-11, e.First)
		require.Equal(t, first-2, e.ProofsFrom)
		again, _, err := e.Verify(c.Params, c)
		require.NoError(t, err, "day %d", d.Day)
		require.Equal(t, d.Value, again.Value)
		shorter := e
		shorter.First, shorter.Headers = e.First+1, e.Headers[1:]
		_, _, err = shorter.Verify(c.Params, c)
		require.ErrorIs(t, err, index.ErrEvidence, "day %d", d.Day)
	}
}

func TestEvidenceOfAnotherGenesisIsRefused(t *testing.T) {
	c := indextest.New()
	genesis := *c.Blocks[0]
	genesis.Header.Version = 2
	mine(t, &genesis.Header)
	c.Blocks[0] = &genesis
	for h := uint32(1); h < 60; h++ {
		c.Mine(c.Params.FirstDay*index.DaySeconds+h*7200, 1e8, 1, h)
	}
	p := c.Params
	p.Genesis = genesis.BlockHash()
	blocks, _, err := c.Facts()
	require.NoError(t, err)
	days := connect(t, index.NewEngine(p, 0, nil), blocks)
	e, err := c.Evidence(days[0])
	require.NoError(t, err)
	require.Zero(t, e.First)
	_, _, err = e.Verify(c.Params, nil)
	require.ErrorIs(t, err, index.ErrEvidence)
	_, err = p.HeaderRules()
	require.ErrorIs(t, err, index.ErrParams, "a chain that nobody knows the rules of")
}

// TestEvidenceIsReadToItsEnd and no further, checksum or not.
func TestEvidenceIsReadToItsEnd(t *testing.T) {
	c := chainWithAnEmptyDay(60)
	e, err := c.Evidence(daysOf(t, c)[1])
	require.NoError(t, err)
	raw, err := e.Encode()
	require.NoError(t, err)
	body := raw[: len(raw)-sha256.Size : len(raw)-sha256.Size]
	sealed := func(b []byte) []byte {
		sum := sha256.Sum256(b)
		return append(b[:len(b):len(b)], sum[:]...)
	}
	_, err = index.DecodeEvidence(sealed(body))
	require.NoError(t, err)
	_, err = index.DecodeEvidence(sealed(append(body, 0)))
	require.ErrorIs(t, err, index.ErrEvidence)
	for n := range body {
		_, err := index.DecodeEvidence(sealed(body[:n]))
		require.ErrorIs(t, err, index.ErrEvidence, "%d bytes", n)
	}
	// Counts that promise more than there is are refused before anything is made.
	at := 4 + 1 + 32 + 12
	many := append(append([]byte{}, body[:at]...), 0xfe, 0, 0, 0x4e, 0x20)
	_, err = index.DecodeEvidence(sealed(many))
	require.ErrorIs(t, err, index.ErrEvidence)
	binary.BigEndian.PutUint32(many[at+1:], 0xffffffff)
	_, err = index.DecodeEvidence(sealed(many))
	require.ErrorIs(t, err, index.ErrEvidence)
	require.Less(t, testing.AllocsPerRun(10, func() { _, _ = index.DecodeEvidence(sealed(many)) }), 30.0)
}

// TestABranchIsNoDeeperThanABlock gives a block a root that only a branch of 25 leads
// to.
func TestABranchIsNoDeeperThanABlock(t *testing.T) {
	for depth, ok := range map[int]bool{24: true, 25: false} {
		c := chainWithAnEmptyDay(20)
		b := c.Mine(c.Params.FirstDay*index.DaySeconds+20*7200, 1e8, 0, 1)
		at := b.Transactions[0].TxHash()
		branch := make([]chainhash.Hash, depth)
		for i := range branch {
			branch[i] = hashOf(1, uint32(i))
			at = chainhash.DoubleHashH(append(append([]byte{}, at[:]...), branch[i][:]...))
		}
		b.Header.MerkleRoot = at
		mine(t, &b.Header)
		for h := uint32(21); h < 60; h++ {
			c.Mine(c.Params.FirstDay*index.DaySeconds+h*7200, 1e8, 0, h)
		}
		e := index.Evidence{Parameters: c.Params.Hash(), Day: c.Params.FirstDay + 1}
		var blocks []index.Block
		for h, b := range c.Blocks {
			raw := serialise(t, b.Transactions[0])
			coinbase, err := index.ParseCoinbase(raw)
			require.NoError(t, err)
			blocks = append(blocks, index.Block{
				Height: uint32(h), Hash: b.BlockHash(), Prev: b.Header.PrevBlock, Time: uint32(b.Header.Timestamp.Unix()), //nolint:gosec // G115: small numbers
				Bits: b.Header.Bits, Coinbase: coinbase.Out, Txid: coinbase.Txid,
			})
		}
		days := connect(t, index.NewEngine(c.Params, 0, nil), blocks)
		d := days[1]
		require.LessOrEqual(t, d.FirstHeight, uint32(20))
		require.GreaterOrEqual(t, d.LastHeight, uint32(20))
		var last uint32
		e.First, e.ProofsFrom, last = d.Range(c.Params)
		for h := e.First; h <= last; h++ {
			e.Headers = append(e.Headers, c.Blocks[h].Header)
		}
		for h := e.ProofsFrom; h <= last; h++ {
			proof := index.Proof{Coinbase: serialise(t, c.Blocks[h].Transactions[0]), Branch: branch}
			if h != 20 {
				_, p, err := index.FromBlock(c.Blocks[h], h)
				require.NoError(t, err)
				proof = p
			}
			e.Proofs = append(e.Proofs, proof)
		}
		_, _, err := e.Verify(c.Params, c)
		require.Equal(t, ok, err == nil, "depth %d: %v", depth, err)
	}
}

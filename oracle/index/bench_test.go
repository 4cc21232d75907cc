package index_test

import (
	"testing"

	"github.com/alkimiya/alkimiya/oracle/index"
	"github.com/alkimiya/alkimiya/oracle/index/indextest"
)

// BenchmarkDay reads a day of 144 whole blocks of 2,000 transactions into the
// index; the blocks are decoded already.
func BenchmarkDay(b *testing.B) {
	c := indextest.New()
	for h := uint32(1); h <= 144; h++ {
		c.Mine(c.Params.FirstDay*index.DaySeconds+h*600, 1e8, 2_000, h)
	}
	b.ResetTimer()
	for b.Loop() {
		e := index.NewEngine(c.Params, 0, nil)
		for h, block := range c.Blocks {
			facts, _, err := index.FromBlock(block, uint32(h))
			if err != nil {
				b.Fatal(err)
			}
			if _, err := e.Connect(facts); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/144, "us/block")
}

// BenchmarkEngine indexes 100,000 synthetic blocks on mainnet's parameters.
func BenchmarkEngine(b *testing.B) {
	p := index.HP1()
	blocks := make([]index.Block, 100_000)
	for i := range blocks {
		h := uint32(i)
		blocks[i] = block(0, h, p.FirstDay*index.DaySeconds+h*600, bitsA, p.Subsidy(h)+1e6+uint64(i%977)*1e4)
	}
	blocks[0].Hash = p.Genesis
	blocks[1].Prev = p.Genesis
	b.ResetTimer()
	for b.Loop() {
		e := index.NewEngine(p, 0, nil)
		for i := range blocks {
			if _, err := e.Connect(blocks[i]); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(blocks)), "ns/block")
}

// BenchmarkVerifyEvidence verifies the evidence of one day of 144 blocks.
func BenchmarkVerifyEvidence(b *testing.B) {
	c := indextest.New()
	for h := uint32(1); h <= 180; h++ {
		c.Mine(c.Params.FirstDay*index.DaySeconds+h*600, 1e8, 30, h)
	}
	days := daysOf(b, c)
	e, err := c.Evidence(days[0])
	if err != nil {
		b.Fatal(err)
	}
	raw, err := e.Encode()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(len(raw)), "bytes")
	for b.Loop() {
		decoded, err := index.DecodeEvidence(raw)
		if err != nil {
			b.Fatal(err)
		}
		if _, _, err := decoded.Verify(c.Params, nil); err != nil {
			b.Fatal(err)
		}
	}
}

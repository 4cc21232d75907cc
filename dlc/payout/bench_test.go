package payout_test

import (
	"fmt"
	"testing"

	"github.com/alkimiya/alkimiya/dlc/payout"
)

// BenchmarkPayout settles one outcome.
func BenchmarkPayout(b *testing.B) {
	for _, p := range products() {
		if p.name != "SWAP-M" && p.name != "COLLAR" {
			continue
		}
		b.Run(fmt.Sprintf("impl=own/product=%s", p.terms.Instrument), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.terms.Settled(p.terms.Base + 1_541_842)
			}
		})
	}
}

// BenchmarkRuns evaluates the curve of the usual contract, with n buckets.
func BenchmarkRuns(b *testing.B) {
	for _, bucket := range []uint8{13, 10, 7} {
		c := terms(func(t *payout.Terms) { t.Bucket, t.Threshold, t.Oracles = bucket, 1, oracles("red") })
		runs, err := c.Runs()
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("impl=own/n=%d/digits=%d", len(runs), c.Digits), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Runs(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkFunctionRuns evaluates dlcspecs curves over 30 digits.
func BenchmarkFunctionRuns(b *testing.B) {
	const last = 1<<30 - 1
	for name, shape := range map[string]payout.Shape{
		"line":  payout.Polynomial{},
		"cubic": payout.Polynomial{Inner: []payout.Point{{Outcome: last / 3, Payout: 900_000}, {Outcome: last / 2, Payout: 100_000}}},
		"hyperbola": payout.Hyperbola{
			Positive: true, A: payout.Number{Value: 1}, B: payout.Number{Negative: true, Value: 1 << 40}, D: payout.Number{Value: 1 << 40},
		},
	} {
		f, err := payout.Compile(payout.Descriptor{
			Base: 2, Digits: 30, Total: 1_000_000, Pieces: []payout.Piece{{Shape: shape}},
			Last: payout.Point{Outcome: last, Payout: 1_000_000}, Rounding: []payout.Rounding{{Mod: 1000}},
		})
		if err != nil {
			b.Fatal(err)
		}
		runs, err := f.Runs(1 << 20)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("impl=own/curve=%s/n=%d", name, len(runs)), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := f.Runs(1 << 20); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkInfoHash digests a contract of n runs.
func BenchmarkInfoHash(b *testing.B) {
	runs := make([]payout.Run, 10_000)
	b.Run("impl=own/n=10000", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			payout.InfoHash(1, 30, 2, 3, [32]byte{}, runs)
		}
	})
}

package digits_test

import (
	"fmt"
	"testing"

	"github.com/alkimiya/alkimiya/dlc/digits"
)

// BenchmarkCover covers the widest range of a domain, which needs most prefixes.
func BenchmarkCover(b *testing.B) {
	for _, c := range []struct{ base, width int }{{2, 20}, {2, 30}, {10, 9}} {
		last, err := digits.Domain(c.base, c.width)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("impl=own/base=%d/digits=%d", c.base, c.width), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := digits.Cover(1, last-1, c.base, c.width); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSlots makes the slots of a linear payout of n buckets.
func BenchmarkSlots(b *testing.B) {
	for _, n := range []uint64{100, 1000, 10000} {
		for _, oracles := range []struct {
			name   string
			combos int
		}{{"1of1", 1}, {"2of3", 3}} {
			const width, bucket = 30, 1 << 10
			runs := make([]digits.Run, n)
			for i := range n {
				runs[i] = digits.Run{First: 22_000_000/bucket*bucket + i*bucket, Y: i}
				runs[i].Last = runs[i].First + bucket - 1
			}
			runs[0].First, runs[n-1].Last = 0, 1<<width-1
			b.Run(fmt.Sprintf("impl=own/n=%d/digits=%d/oracles=%s", n, width, oracles.name), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := digits.Slots(runs, width, oracles.combos, 1<<20); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

package txs_test

import (
	"runtime"
	"testing"

	"github.com/btcsuite/btcd/btcutil"

	"github.com/alkimiya/alkimiya/dlc/txs"
)

// cets is the number of CETs that one operation of BenchmarkCETs builds.
const cets = 10_000

// perCET reports a benchmark's time on the processor for each CET.
func perCET(b *testing.B, body func()) {
	b.Helper()
	b.ReportAllocs()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	start := threadTime(b)
	for b.Loop() {
		body()
	}
	b.ReportMetric(float64(threadTime(b)-start)/float64(b.N)/cets, "cpu-ns/cet")
}

func payouts(s *txs.Settlement) []btcutil.Amount {
	list := make([]btcutil.Amount, cets)
	for i := range list {
		list[i] = s.Collateral() * btcutil.Amount(i) / cets
	}
	return list
}

// BenchmarkCETs builds 10,000 CETs of a contract and their signature hashes.
func BenchmarkCETs(b *testing.B) {
	s := specDeal(b).build(b).Settlement
	list := payouts(s)
	b.Run("impl=own/n=10000", func(b *testing.B) {
		perCET(b, func() {
			for _, y := range list {
				if _, err := s.CET(y); err != nil {
					b.Fatal(err)
				}
			}
			if _, err := s.CETSighashes(list); err != nil {
				b.Fatal(err)
			}
		})
	})
}

// BenchmarkCETSighashes computes the hashes alone, which is all that signing and
// verifying a list of adaptor signatures needs.
func BenchmarkCETSighashes(b *testing.B) {
	s := specDeal(b).build(b).Settlement
	list := payouts(s)
	b.Run("impl=own/n=10000", func(b *testing.B) {
		perCET(b, func() {
			if _, err := s.CETSighashes(list); err != nil {
				b.Fatal(err)
			}
		})
	})
}

// BenchmarkBuild builds a whole contract from its agreement.
func BenchmarkBuild(b *testing.B) {
	d := specDeal(b)
	b.Run("impl=own", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := txs.Build(d.Agreement); err != nil {
				b.Fatal(err)
			}
		}
	})
}

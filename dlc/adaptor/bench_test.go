package adaptor_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"

	"github.com/alkimiya/alkimiya/dlc/adaptor"
	"github.com/alkimiya/alkimiya/dlc/digits"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
)

// A benchCase is one line of PERFORMANCE.md 7.
type benchCase struct {
	n, digits, oracles, threshold, workers int
}

func (c benchCase) String() string {
	return fmt.Sprintf("n=%d/digits=%d/oracles=%dof%d/workers=%d", c.n, c.digits, c.threshold, c.oracles, c.workers)
}

// benchCases varies one quantity at a time around the design point.
func benchCases() []benchCase {
	return []benchCase{
		{100, 20, 1, 1, 1}, {1000, 20, 1, 1, 1}, {10000, 20, 1, 1, 1},
		{1000, 30, 1, 1, 1}, {1000, 20, 3, 2, 1}, {1000, 30, 3, 2, 1},
		{1000, 20, 1, 1, 2}, {10000, 20, 1, 1, 2}, {10000, 30, 3, 2, 2},
	}
}

// A benchDeal is what a case works on.
type benchDeal struct {
	set      *attest.Set
	slots    []digits.Slot
	messages [][32]byte
	key      *btcec.PrivateKey
	points   []adaptor.Point
	list     adaptor.List
	plain    *schnorr.Signature
}

var benchDeals sync.Map

func benchDealOf(b *testing.B, c benchCase) *benchDeal {
	b.Helper()
	c.workers = 1
	if known, ok := benchDeals.Load(c); ok {
		return known.(*benchDeal) //nolint:errcheck // the map holds nothing else
	}
	combos, err := digits.Binomial(c.oracles, c.threshold)
	if err != nil {
		b.Fatal(err)
	}
	d := &benchDeal{
		set:      attesttest.Set(attesttest.Contract()[:c.oracles], c.threshold, "bench", "u", c.digits, 1),
		slots:    ascending(c.n, combos, c.digits),
		messages: make([][32]byte, c.n),
		key:      private(b, secretO),
	}
	m := message(0)
	for i := range d.messages {
		d.messages[i] = m
		d.messages[i][0], d.messages[i][1] = byte(i>>8), byte(i)
	}
	if d.points, err = adaptor.Points(d.set, d.slots); err != nil {
		b.Fatal(err)
	}
	if d.list, err = adaptor.SignList(d.key, d.points, d.messages, aux(1)); err != nil {
		b.Fatal(err)
	}
	if d.plain, err = schnorr.Sign(d.key, m[:]); err != nil {
		b.Fatal(err)
	}
	benchDeals.Store(c, d)
	return d
}

// benchmark runs every case by our own code, impl=own or, built with the tag of that
// name, impl=purego, and by its anchor, one BIP340 verification of btcec for each CET,
// on one worker.
func benchmark(b *testing.B, own func(b *testing.B, d *benchDeal, workers adaptor.Option)) {
	b.Helper()
	for _, c := range benchCases() {
		b.Run("impl="+implementation+"/"+c.String(), func(b *testing.B) {
			d := benchDealOf(b, c)
			perCET(b, c.n, func() { own(b, d, adaptor.Workers(c.workers)) })
		})
		if c.workers != 1 {
			continue
		}
		b.Run("impl=btcec/"+c.String(), func(b *testing.B) {
			d := benchDealOf(b, c)
			m := message(0)
			perCET(b, c.n, func() {
				for range c.n {
					if !d.plain.Verify(m[:], d.key.PubKey()) {
						b.Fatal("the anchor does not verify")
					}
				}
			})
		})
	}
}

// perCET measures work, which handles n CETs, in processor time for each.
func perCET(b *testing.B, n int, work func()) {
	b.Helper()
	b.ReportAllocs()
	b.ResetTimer()
	before := cpuTime(b)
	for b.Loop() {
		work()
	}
	b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N)/float64(n), "cpu-ns/cet")
}

func BenchmarkPoints(b *testing.B) { benchmark(b, benchPoints) }

func BenchmarkSign(b *testing.B) { benchmark(b, benchSign) }

func BenchmarkVerify(b *testing.B) { benchmark(b, benchVerify) }

// BenchmarkOpen is one side's whole work on a list: points, signing, verifying.
func BenchmarkOpen(b *testing.B) {
	benchmark(b, func(b *testing.B, d *benchDeal, workers adaptor.Option) {
		b.Helper()
		benchPoints(b, d, workers)
		benchSign(b, d, workers)
		benchVerify(b, d, workers)
	})
}

func benchPoints(b *testing.B, d *benchDeal, workers adaptor.Option) {
	b.Helper()
	if _, err := adaptor.Points(d.set, d.slots, workers); err != nil {
		b.Fatal(err)
	}
}

func benchSign(b *testing.B, d *benchDeal, workers adaptor.Option) {
	b.Helper()
	if _, err := adaptor.SignList(d.key, d.points, d.messages, aux(2), workers); err != nil {
		b.Fatal(err)
	}
}

func benchVerify(b *testing.B, d *benchDeal, workers adaptor.Option) {
	b.Helper()
	if err := adaptor.VerifyList(xonly(d.key), d.set, d.slots, d.messages, d.list, random(1), workers); err != nil {
		b.Fatal(err)
	}
}

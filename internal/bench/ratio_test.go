// Package bench measures what docs/performance.md promises: TestRatios, which is run
// by make ratios, or in full with ALK_BENCH=1. It holds only tests, and may import
// whatever it measures.
//
// Its invariant: every figure is a ratio of processor times of one thread, taken side
// by side in one process, and none is printed unless the gates of the same run, on
// the same data, are open.
package bench_test

import (
	"os"
	"runtime"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2/schnorr"

	"github.com/alkimiya/alkimiya/dlc/adaptor"
)

// A scale is how large a run is.
type scale struct {
	name   string
	n      int     // signatures of the contract
	keep   float64 // share of the must column that is demanded
	rounds int
	field  int // cases of the gate of arithmetic
	timing int // samples of the t-test; 0 leaves it out
}

// scaleOf says what ALK_BENCH asks for: 1 is the whole, ci the part that continuous
// integration has time for.
func scaleOf(t *testing.T) scale {
	t.Helper()
	switch mode := os.Getenv("ALK_BENCH"); mode {
	case "1":
		return scale{name: "full", n: 10_000, keep: 1, rounds: 7, field: 1_000_000, timing: 1_000_000}
	case "ci":
		return scale{name: "ci", n: 1_000, keep: 0.7, rounds: 5, field: 20_000}
	default:
		t.Skip("ALK_BENCH is not set: make ratios runs a short form, ALK_BENCH=1 the whole")
		return scale{}
	}
}

// TestRatios prints how our work on a contract compares with btcec's verification of
// one BIP340 signature for each CET, and fails below the must column.
func TestRatios(t *testing.T) {
	s := scaleOf(t)
	design := newDeal(t, size{s.n, 20, 1, 1})
	small := newDeal(t, size{100, 20, 1, 1})
	long := newDeal(t, size{s.n, 30, 1, 1})
	several := newDeal(t, size{s.n, 20, 3, 2})
	for _, d := range []*deal{design, small, long, several} {
		gateOpens(t, d)
		gateFlips(t, d)
	}
	gateAgreement(t, design)
	gateArithmetic(t, s.field)
	// Apart, since a machine without the vectors skips it, aloud.
	t.Run("public vectors", gateVectors)
	if s.timing > 0 {
		gateTiming(t, s.timing)
	}

	r := newReport(t, s)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	measureSteps(t, r, design, small)
	r.add(measureWhole(t, r, "30 digits: points + sign + verify", long))
	r.add(measureWhole(t, r, "2-of-3: points + sign + verify", several))
	r.add(measureWorkers(t, r, design))
	measureField(t, r)
	measureBytes(r, design)
	measureStore(t, r)
	measureOperations(t, r)
	r.print(t)
}

// anchor verifies BIP340 signatures by btcec, and returns the time for one.
func (r *report) anchor(t *testing.T) float64 {
	t.Helper()
	const n = 100
	if r.plain == nil {
		r.anchorKey = secret(t)
		r.anchorMessages = make([][32]byte, n)
		for i := range r.anchorMessages {
			r.anchorMessages[i] = random32(t)
			sig, err := schnorr.Sign(r.anchorKey, r.anchorMessages[i][:])
			if err != nil {
				t.Fatal(err)
			}
			r.plain = append(r.plain, sig)
		}
	}
	pub := r.anchorKey.PubKey()
	began := threadTime(t)
	for i, sig := range r.plain {
		if !sig.Verify(r.anchorMessages[i][:], pub) {
			t.Fatal("btcec refuses its own signature")
		}
	}
	return (threadTime(t) - began) / n
}

// timed returns the time that work takes, for each of n.
func timed(t *testing.T, n int, work func()) float64 {
	t.Helper()
	began := threadTime(t)
	work()
	return (threadTime(t) - began) / float64(n)
}

// measureSteps fills the rows G1 to G4 and G6.
func measureSteps(t *testing.T, r *report, d, small *deal) {
	t.Helper()
	const repeat = 10 // lists of 100
	verify := row{ID: "G1", Step: "batch verify", Must: 24, Ambitious: 53}
	sign := row{ID: "G2", Step: "points + constant-time-style sign", Must: 12, Ambitious: 33}
	binding := row{ID: "G3", Step: "points + sign + verify, against the binding", Must: 8.2, Ambitious: 22}
	kernels := row{ID: "G4", Step: "points + sign + verify, against the sum of C kernels", Must: 8.2, Ambitious: 18}
	hundred := row{ID: "G6", Step: "batch verify of 100", Must: 10.5, Ambitious: 20}
	for range r.scale.rounds {
		one := r.anchor(t)
		n := len(d.slots)
		points := timed(t, n, func() { d.makePoints(t) })
		signing := timed(t, n, func() { d.sign(t) })
		verifying := timed(t, n, func() { d.verifyOwn(t) })
		verify.compare(one, verifying)
		sign.compare(one, points+signing)
		binding.compare(one, points+signing+verifying)
		kernels.compare(one, points+signing+verifying)
		hundred.compare(one, timed(t, repeat*len(small.slots), func() {
			for range repeat {
				small.verifyOwn(t)
			}
		}))
	}
	for _, at := range []row{verify, sign, binding, kernels, hundred} {
		r.add(at)
	}
}

// measureWhole fills a row that is only reported.
func measureWhole(t *testing.T, r *report, step string, d *deal) row {
	t.Helper()
	at := row{ID: "-", Step: step}
	for range r.scale.rounds {
		one := r.anchor(t)
		at.compare(one, timed(t, len(d.slots), func() {
			d.makePoints(t)
			d.sign(t)
			d.verifyOwn(t)
		}))
	}
	return at
}

// measureWorkers fills row G5: the time of one worker over the critical path of two,
// which is what the calling thread does plus, for each part of the work, what the
// slower worker takes. So others on the machine do not count.
func measureWorkers(t *testing.T, r *report, d *deal) row {
	t.Helper()
	at := row{ID: "G5", Step: "two workers against one, points + sign + verify", Must: 1.8, Ambitious: 1.9}
	whole := func(opts ...adaptor.Option) {
		d.makePoints(t, opts...)
		d.sign(t, opts...)
		d.verifyOwn(t, opts...)
	}
	for range r.scale.rounds {
		one := timed(t, len(d.slots), func() { whole() })
		var w workers
		two := timed(t, len(d.slots), func() { whole(adaptor.Workers(2), adaptor.Through(w.through(t))) })
		if threadID() == 0 {
			continue
		}
		at.compare(one, two+w.critical(t)/float64(len(d.slots)))
	}
	return at
}

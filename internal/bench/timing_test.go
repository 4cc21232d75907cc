package bench_test

import (
	"math"
	mathrand "math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/alkimiya/alkimiya/internal/secp"
)

// gateTiming: multiplication of G by a secret takes no time that tells the secret.
// Half of the samples, in random order, are of one scalar, the others of random ones;
// Welch's t of the two must stay below 4.5. Samples above a quantile are left out, as
// they are interruptions.
func gateTiming(t *testing.T, samples int) {
	t.Helper()
	single := func(k []secp.Scalar) { secp.BaseMult(&k[0]) }
	out := make([]secp.Point, 64)
	batch := func(k []secp.Scalar) { secp.BaseMultBatch(out, k) }
	fixed := secp.Scalar{1}
	for _, c := range []struct {
		name    string
		run     func(k []secp.Scalar)
		scalars int
		samples int
	}{{"one", single, 1, samples}, {"64 in lock step", batch, len(out), samples / 50}} {
		score := tTest(t, c.samples, c.scalars, fixed, c.run)
		t.Logf("timing of %s: |t| = %.2f over %d samples", c.name, math.Abs(score), c.samples)
		if math.Abs(score) >= 4.5 {
			t.Errorf("timing of %s: |t| = %.2f, must be below 4.5", c.name, math.Abs(score))
		}
	}
}

func tTest(t *testing.T, samples, scalars int, fixed secp.Scalar, run func(k []secp.Scalar)) float64 {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	r := mathrand.New(mathrand.NewChaCha8(random32(t))) //nolint:gosec // G404: inputs of a measurement
	var times [2][]float64
	k := make([]secp.Scalar, scalars)
	for range samples {
		class := r.IntN(2)
		for i := range k {
			random := secp.Scalar{r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64() >> 1}
			k[i] = random
			if class == 0 {
				k[i] = fixed
			}
		}
		began := threadTime(t)
		run(k)
		times[class] = append(times[class], threadTime(t)-began)
	}
	all := append(slices.Clone(times[0]), times[1]...)
	slices.Sort(all)
	limit := all[len(all)*9/10]
	mean, variance, n := [2]float64{}, [2]float64{}, [2]float64{}
	for class, list := range times {
		for _, x := range list {
			if x > limit {
				continue
			}
			n[class]++
			delta := x - mean[class]
			mean[class] += delta / n[class]
			variance[class] += delta * (x - mean[class])
		}
		variance[class] /= n[class] - 1
	}
	return (mean[0] - mean[1]) / math.Sqrt(variance[0]/n[0]+variance[1]/n[1])
}

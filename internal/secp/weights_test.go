package secp_test

import (
	"math/big"
	"slices"
	"testing"

	"github.com/alkimiya/alkimiya/internal/secp"
)

// What docs/decisions/0030-weights.md argues from.
func TestShapesHaveEnoughCoefficientsAndTheyDiffer(t *testing.T) {
	least := new(big.Int).Lsh(big.NewInt(1), 127)
	for n := 1; n < 200_000; n += 1 + n/7 {
		windows, buckets, shift, row := secp.Shape(n)
		choices := new(big.Int).Exp(big.NewInt(int64(6*buckets)), big.NewInt(int64(windows)), nil)
		if choices.Cmp(least) < 0 {
			t.Errorf("%d points: %d windows of %d buckets: %d bits of choice", n, windows, buckets, choices.BitLen()-1)
		}
		if 6*buckets > 1<<16 {
			t.Errorf("%d points: %d buckets do not fit a draw", n, buckets)
		}
		if 1<<shift <= 2*buckets {
			t.Errorf("%d points: windows of %d buckets overlap at a shift of %d", n, buckets, shift)
		}
		// A coordinate of a coefficient is below buckets*2^(shift*(windows-1)+1), and
		// must be below 2^125 for the difference of two to stay clear of the lattice.
		highest := shift*(windows-1) + 1 + big.NewInt(int64(buckets)).BitLen()
		if highest > 125 || highest > secp.SumBits {
			t.Errorf("%d points: coefficients of %d bits", n, highest)
		}
		if row > buckets || row != buckets && row&(row-1) != 0 {
			t.Errorf("%d points: %d buckets in rows of %d", n, buckets, row)
		}
	}
}

// Every choice of a small shape gives another coefficient, and none is zero.
func TestCoefficientsOfDifferentDrawsDiffer(t *testing.T) {
	const windows, buckets = 3, 4
	const each = 6 * buckets
	draws := make([][]uint16, 0, each*each*each)
	for a := range uint16(each) {
		for b := range uint16(each) {
			for c := range uint16(each) {
				draws = append(draws, []uint16{a, b, c})
			}
		}
	}
	w := secp.WeightsOf(windows, buckets, draws)
	seen := make(map[secp.Scalar]int, len(draws))
	for i := range draws {
		a := w.Scalar(i)
		if a.IsZero() {
			t.Fatalf("draws %v give zero", draws[i])
		}
		if other, met := seen[a]; met {
			t.Fatalf("draws %v and %v give one coefficient", draws[i], draws[other])
		}
		seen[a] = i
	}
}

// A coefficient is the sum of its parts, computed by big integers.
func TestCoefficientsAreTheSumsOfTheirParts(t *testing.T) {
	r := source(t)
	lambda := number(secp.Lambda())
	for range 500 {
		windows, buckets, shift, _ := secp.Shape(1 + r.IntN(20_000))
		draws := make([]uint16, windows)
		want := new(big.Int)
		for w := windows - 1; w >= 0; w-- {
			draws[w] = uint16(r.IntN(6 * buckets)) //nolint:gosec // G115: at most 6*8192
			part := new(big.Int).Exp(lambda, big.NewInt(int64(draws[w]%3)), secp.Order())
			part.Mul(part, big.NewInt(int64(draws[w]/6)+1))
			if draws[w]%6 >= 3 {
				part.Neg(part)
			}
			want.Lsh(want, uint(shift)).Add(want, part)
		}
		got := secp.WeightsOf(windows, buckets, [][]uint16{draws}).Scalar(0)
		if number(got).Cmp(want.Mod(want, secp.Order())) != 0 {
			t.Fatalf("draws %v give %x", draws, got)
		}
	}
}

func TestCoefficientsFollowFromTheKeyAlone(t *testing.T) {
	a, err := secp.DrawWeights(&[32]byte{1}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	again, err := secp.DrawWeights(&[32]byte{1}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	other, err := secp.DrawWeights(&[32]byte{2}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	_, da := a.Draws()
	_, dAgain := again.Draws()
	_, dOther := other.Draws()
	if !slices.Equal(da, dAgain) || slices.Equal(da, dOther) || a.Len() != 1000 {
		t.Error("coefficients do not follow from the key alone")
	}
	seen := make(map[secp.Scalar]bool)
	for i := range a.Len() {
		x, y := a.Scalar(i), other.Scalar(i)
		if x.IsZero() || seen[x] || seen[y] {
			t.Fatal("a coefficient is zero or repeated")
		}
		seen[x], seen[y] = true, true
	}
}

// Draws are even: the statistic of chi-squared with as many degrees of freedom as
// there are draws stays within seven standard deviations.
func TestDrawsAreEven(t *testing.T) {
	for _, n := range []int{100, 10_000} {
		w, err := secp.DrawWeights(&[32]byte{9}, 10*n)
		if err != nil {
			t.Fatal(err)
		}
		different, draws := w.Draws()
		counts := make([]float64, different)
		for _, d := range draws {
			counts[d]++
		}
		expected := float64(len(draws)) / float64(different)
		statistic := 0.0
		for _, c := range counts {
			statistic += (c - expected) * (c - expected) / expected
		}
		// The variance of the statistic is twice its mean.
		if d := statistic - float64(different); d*d > 49*2*float64(different) {
			t.Errorf("%d draws of %d: chi-squared is %.0f", len(draws), different, statistic)
		}
	}
}

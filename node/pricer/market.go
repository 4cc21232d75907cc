// Package pricer says what a contract is worth: a reference for people, from
// what is known of the chain and what the user believes of difficulty and fees.
// It implements PRODUCT.md section 8.
//
// It settles nothing and is never compared with a peer's: it computes in
// floating point. It knows neither quotes nor contracts, only payoffs and
// windows of days, has no clock and asks nobody.
//
// Its invariant: inputs that are no numbers, or not of this world, are refused,
// and what it returns is finite.
//
// All types are plain data; functions are safe for concurrent use.
package pricer

import (
	"errors"
	"fmt"
	"math"
)

// Errors of this package, wrapped with the field and its value.
var (
	// ErrMarket: an input about the chain or the beliefs is out of range.
	ErrMarket = errors.New("market input out of range")
	// ErrWindow: the days are out of order, too many, or all attested.
	ErrWindow = errors.New("window of days out of range")
	// ErrTerms: the terms cannot be priced.
	ErrTerms = errors.New("terms cannot be priced")
	// ErrNoGrowth: no growth of difficulty between the limits of a retarget
	// makes the quote fair.
	ErrNoGrowth = errors.New("no difficulty growth gives this price")
)

// What the protocol of Bitcoin fixes.
const (
	// EpochBlocks is the number of blocks between two retargets.
	EpochBlocks = 2_016
	// TargetSpacing is what a retarget makes of the time between blocks, seconds.
	TargetSpacing = 600
	// EpochSeconds is how long an epoch lasts then.
	EpochSeconds = EpochBlocks * TargetSpacing

	secondsPerDay = 86_400
	// maxHalvings leave nothing of any subsidy.
	maxHalvings = 64
)

// Default beliefs.
const (
	// DefaultVol is the standard deviation of the logarithm of a retarget.
	DefaultVol = 0.035
	// DefaultFeeVol is that of the mean fee of a window.
	DefaultFeeVol = 0.30
)

// The limits of one retarget.
const (
	minGrowth = 1.0/4 - 1
	maxGrowth = 4.0 - 1
)

// Leg is a part of the index.
type Leg uint8

// The legs of the index.
const (
	// Tot is subsidy and fees.
	Tot Leg = iota
	// Sub is the subsidy alone.
	Sub
	// Fee is the fees alone.
	Fee
)

// ParseLeg reads "tot", "sub" or "fee". It fails with ErrTerms.
func ParseLeg(s string) (Leg, error) {
	switch s {
	case "tot":
		return Tot, nil
	case "sub":
		return Sub, nil
	case "fee":
		return Fee, nil
	}
	return 0, fmt.Errorf("%w: leg %q", ErrTerms, s)
}

// Market is what a price depends on beside the contract.
type Market struct {
	// Now is the time for which it is true, Unix seconds.
	Now int64
	// Work is the expected number of hashes for a block now (the W of
	// PRODUCT.md 2.2; WorkOf makes it of a difficulty).
	Work float64
	// Unit is the number of hashes that the index pays for: unit_num/unit_den.
	Unit float64
	// Height is that of the tip.
	Height uint32
	// Subsidy is what height 0 paid, satoshi, halved every Halving blocks; 0
	// means that it is never halved.
	Subsidy float64
	Halving uint32
	// ToRetarget is r, the number of blocks until the next retarget.
	ToRetarget float64
	// Spacing is tau, the seconds between blocks until then.
	Spacing float64
	// Fixed says that the chain never retargets, as on regtest: then Spacing
	// goes on for ever.
	Fixed bool
	// Growth is g_1, g_2, ...: how much difficulty grows at each retarget, as a
	// part of 1. The last one repeats; none means 0.
	Growth []float64
	// MeanFee is phi, the mean of the clipped fees of a block, satoshi.
	MeanFee float64
	// Vol and FeeVol are s_D and s_F.
	Vol, FeeVol float64
}

// WorkOf returns the expected hashes per block at a difficulty.
func WorkOf(difficulty float64) float64 { return difficulty * (1 << 48) / 65535 }

// Spacing returns tau: the target, or the mean of the epoch as soon as it has
// 144 blocks, elapsed being the seconds since its first one.
func Spacing(elapsed float64, mined int) float64 {
	const enough = 144
	if mined < enough || elapsed <= 0 {
		return TargetSpacing
	}
	return elapsed / float64(mined)
}

// NextGrowth returns g_1: what the next retarget does if r more blocks come
// spacing seconds apart.
func NextGrowth(elapsed, r, spacing float64) float64 {
	return max(1.0/4, min(4, EpochSeconds/(elapsed+r*spacing))) - 1
}

func (m Market) check() error {
	for _, f := range []struct {
		name             string
		value, low, high float64
	}{
		{"work", m.Work, 1, 1e40}, {"unit", m.Unit, 1e-9, 1e30}, {"subsidy", m.Subsidy, 0, 21e14},
		{"mean fee", m.MeanFee, 0, 21e14}, {"spacing", m.Spacing, 1e-3, 1e9},
		{"blocks to the retarget", m.ToRetarget, 0, EpochBlocks}, {"vol", m.Vol, 0, 10}, {"fee vol", m.FeeVol, 0, 10},
		{"time", float64(m.Now), 0, 1e11},
	} {
		if !(f.value >= f.low && f.value <= f.high) { // so written that NaN fails, too
			return fmt.Errorf("%w: %s %g", ErrMarket, f.name, f.value)
		}
	}
	for i, g := range m.Growth {
		if !(g >= minGrowth && g <= maxGrowth) {
			return fmt.Errorf("%w: growth %d is %g", ErrMarket, i+1, g)
		}
	}
	return nil
}

// growth returns g_e, e from 1.
func (m Market) growth(e int) float64 {
	switch {
	case len(m.Growth) == 0:
		return 0
	case e > len(m.Growth):
		return m.Growth[len(m.Growth)-1]
	}
	return m.Growth[e-1]
}

// retarget returns the time of retarget e, e from 1, in seconds from Now.
func (m Market) retarget(e int) float64 {
	if m.Fixed {
		return math.Inf(1)
	}
	return m.ToRetarget*m.Spacing + float64(e-1)*EpochSeconds
}

// height returns the height expected at a time, in seconds from Now.
func (m Market) height(t float64) float64 {
	first := m.retarget(1)
	if t <= first {
		return float64(m.Height) + t/m.Spacing
	}
	return float64(m.Height) + m.ToRetarget + (t-first)/TargetSpacing
}

// reached returns the time at which a height is expected.
func (m Market) reached(height float64) float64 {
	left := height - float64(m.Height)
	if m.Fixed || left <= m.ToRetarget {
		return left * m.Spacing
	}
	return m.retarget(1) + (left-m.ToRetarget)*TargetSpacing
}

// halvings returns how often the subsidy has been halved at an expected height.
func (m Market) halvings(height float64) int {
	if m.Halving == 0 || height < 0 {
		return 0
	}
	return int(min(height/float64(m.Halving), maxHalvings))
}

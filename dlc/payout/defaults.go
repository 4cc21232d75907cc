package payout

import "fmt"

// bucketGoal is how many buckets the default exponent leaves between the
// strikes, at most.
const bucketGoal = 1_400

// DefaultBucket returns the default bucket exponent j for the terms, whatever
// their own: the smallest that leaves at most 1,400 buckets between the lowest
// and the highest strike and keeps the slot bound within limit. It fails with
// ErrTooMany if no exponent does, or as Validate does for terms that no exponent
// makes valid.
func (t Terms) DefaultBucket(limit int) (uint8, error) {
	t.Bucket = 0
	if err := t.Validate(); err != nil {
		return 0, err
	}
	lo, hi := t.Strikes()
	width := (hi - lo) * t.Days()
	for j := uint8(0); j <= MaxBucket && j < t.Digits; j++ {
		t.Bucket = j
		if width>>j <= bucketGoal && t.CheckBound(limit) == nil {
			return j, nil
		}
	}
	return 0, fmt.Errorf("no bucket exponent keeps %d outcomes within %d slots: %w", width, limit, ErrTooMany)
}

// Band is a floor and a cap, satoshi per PH/s and day.
type Band struct{ Floor, Cap uint64 }

const (
	// bandGrid is what floors and caps of standard series are multiples of.
	bandGrid = 1_000
	// feeGrid is what the mean of the fee leg is rounded up to.
	feeGrid = 10
	// meanLimit bounds the mean that bands are made of: a day's index is below it.
	meanLimit = 1 << 41
	// meanDays is how many days the mean is taken over.
	meanDays = 30
	// blocksPerDay is how many blocks a day may bring, for halvings ahead.
	blocksPerDay = 160
)

// MeanDays returns over how many days the mean for bands is taken if the counter
// has counted age days: 30, or fewer if it is younger.
func MeanDays(age uint32) uint32 { return min(age, meanDays) }

// Mean returns X, the mean of a leg over the last days: the growth of its
// counter from before to now, floored. It fails with ErrWindow if there are no
// days, and with ErrOverflow if the counter fell.
func Mean(before, now uint64, days uint32) (uint64, error) {
	if days == 0 {
		return 0, fmt.Errorf("mean of no days: %w", ErrWindow)
	}
	if now < before {
		return 0, fmt.Errorf("counter from %d to %d: %w", before, now, ErrOverflow)
	}
	return (now - before) / uint64(days), nil
}

// HalvingAhead says whether a halving height lies in (tip, tip + 160*days]:
// whether subsidies may halve before the window ends. interval is the chain's
// number of blocks between halvings; 0 means none.
func HalvingAhead(tip, days, interval uint32) bool {
	if interval == 0 {
		return false
	}
	i := uint64(interval)
	next := (uint64(tip)/i + 1) * i
	return next <= uint64(tip)+blocksPerDay*uint64(days)
}

// width returns how far bands reach from the mean, in per cent.
func width(days uint32) uint64 {
	switch {
	case days <= 30:
		return 35
	case days <= 60:
		return 45
	case days <= 90:
		return 50
	default:
		return 60
	}
}

// DefaultBand returns floor and cap of the standard series for a window of days,
// with mean x of the last days and halving as HalvingAhead says. They are advice:
// terms may have any. It fails with ErrOverflow if x is 2^41 or more.
func DefaultBand(x uint64, days uint32, halving bool) (Band, error) {
	if x >= meanLimit {
		return Band{}, fmt.Errorf("mean %d: %w", x, ErrOverflow)
	}
	w, low := width(days), x
	if halving {
		low /= 2
	}
	const unit = 100 * bandGrid
	return Band{
		Floor: bandGrid * (low * (100 - w) / unit),
		Cap:   bandGrid * ((x*(100+w) + unit - 1) / unit),
	}, nil
}

// FeeBands returns the three standard bands of the fee leg with mean x: 0 to 2X,
// 2X to 4X and 4X to 6X, X being x rounded up to a multiple of 10. It fails with
// ErrOverflow if x is 2^41 or more.
func FeeBands(x uint64) ([3]Band, error) {
	if x >= meanLimit {
		return [3]Band{}, fmt.Errorf("mean %d: %w", x, ErrOverflow)
	}
	step := 2 * ((x + feeGrid - 1) / feeGrid * feeGrid)
	return [3]Band{{0, step}, {step, 2 * step}, {2 * step, 3 * step}}, nil
}

// Package digits turns numeric outcomes into digits, and ranges of outcomes into
// the prefixes that cover them, so that one adaptor signature serves every
// outcome of a range: CET compression.
//
// It knows numbers, and neither what they pay nor who attests them: package
// payout says where a run of equal payouts begins and ends, package adaptor what
// is signed for a slot. Its invariant: the prefixes of a cover partition its
// range, and no fewer prefixes would. It implements "prefix cover" and "slots" of
// PROTOCOL.md section 5, and the grouping of dlcspecs NumericOutcomeCompression
// for bases 2 to 16.
package digits

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
)

// Limits of what the package covers.
const (
	// MinBase and MaxBase bound the base of digits.
	MinBase = 2
	MaxBase = 16
	// MaxDigits is the most digits an outcome below 2^64 can have, in base 2.
	MaxDigits = 64
)

// Errors of this package, wrapped with the offending numbers.
var (
	// ErrBase: the base is not within 2 to 16.
	ErrBase = errors.New("base outside 2 to 16")
	// ErrDigits: there are no digits, or so many that outcomes exceed 64 bits.
	ErrDigits = errors.New("number of digits out of range")
	// ErrRange: a range ends before it starts, or lies outside the domain.
	ErrRange = errors.New("range outside the domain")
	// ErrDigit: a digit is not below the base.
	ErrDigit = errors.New("digit not below the base")
	// ErrRuns: runs do not follow on each other from 0 to the largest outcome.
	ErrRuns = errors.New("runs do not partition the domain")
	// ErrEmptyPrefix: one range covers the whole domain. Its only prefix is
	// empty; no attestation completes it, so no contract can use it.
	ErrEmptyPrefix = errors.New("prefix without digits")
	// ErrTooMany: there are more slots than the limit.
	ErrTooMany = errors.New("more slots than the limit")
	// ErrOracles: the threshold or number of oracles is out of range.
	ErrOracles = errors.New("oracles or threshold out of range")
	// ErrOutcomes: an enumeration is empty, or names an outcome twice.
	ErrOutcomes = errors.New("bad enumeration of outcomes")
)

// Domain returns the largest outcome that digits digits of the base can write,
// base^digits - 1. It fails with ErrBase, or with ErrDigits if there are none or
// the largest outcome does not fit 64 bits.
func Domain(base, digits int) (uint64, error) {
	if base < MinBase || base > MaxBase {
		return 0, fmt.Errorf("base %d: %w", base, ErrBase)
	}
	if digits < 1 || digits > MaxDigits {
		return 0, fmt.Errorf("%d digits: %w", digits, ErrDigits)
	}
	b, last := uint64(base), uint64(0)
	for range digits {
		high, low := bits.Mul64(last, b)
		sum, carry := bits.Add64(low, b-1, 0)
		if high != 0 || carry != 0 {
			return 0, fmt.Errorf("%d digits of base %d: %w", digits, base, ErrDigits)
		}
		last = sum
	}
	return last, nil
}

// Decompose returns the digits of an outcome, most significant first, with
// leading zeros. It fails as Domain does, or with ErrRange if the outcome has
// more digits.
func Decompose(outcome uint64, base, digits int) ([]uint8, error) {
	last, err := Domain(base, digits)
	if err != nil {
		return nil, err
	}
	if outcome > last {
		return nil, fmt.Errorf("outcome %d above %d: %w", outcome, last, ErrRange)
	}
	return expand(outcome, uint64(base), digits), nil //nolint:gosec // G115: Domain bounds the base
}

func expand(value, base uint64, n int) []uint8 {
	out := make([]uint8, n)
	for i := n - 1; i >= 0; i-- {
		out[i] = uint8(value % base) //nolint:gosec // G115: below the base, at most 16
		value /= base
	}
	return out
}

// Compose returns the outcome that digits write, most significant first. It
// fails as Domain does, or with ErrDigit.
func Compose(digits []uint8, base int) (uint64, error) {
	if _, err := Domain(base, len(digits)); err != nil {
		return 0, err
	}
	outcome, b := uint64(0), uint64(base) //nolint:gosec // G115: Domain bounds the base
	for i, d := range digits {
		if int(d) >= base {
			return 0, fmt.Errorf("digit %d is %d: %w", i, d, ErrDigit)
		}
		outcome = outcome*b + uint64(d)
	}
	return outcome, nil
}

// Prefix stands for all outcomes whose first Len digits, most significant
// first, write the number Value. Base and number of digits of the whole outcome
// are not part of it.
type Prefix struct {
	Value uint64
	Len   uint8
}

// Digits returns the prefix's digits, most significant first.
func (p Prefix) Digits(base int) []uint8 {
	return expand(p.Value, uint64(max(base, MinBase)), int(p.Len))
}

// Bit returns digit i of a prefix in base 2, 0 being the most significant; i is
// below Len.
func (p Prefix) Bit(i int) uint8 {
	return uint8(p.Value >> (int(p.Len) - 1 - i) & 1)
}

// Text returns the digits as the characters 0 to 9 and a to f.
func (p Prefix) Text(base int) string {
	const figures = "0123456789abcdef"
	text := p.Digits(base)
	for i, d := range text {
		text[i] = figures[d]
	}
	return string(text)
}

// Range returns the first and last outcome, of digits digits, that the prefix
// stands for. It fails as Domain does, with ErrDigits if the prefix is longer
// than the outcome, and with ErrRange if Value has more than Len digits.
func (p Prefix) Range(base, digits int) (first, last uint64, err error) {
	if _, err := Domain(base, digits); err != nil {
		return 0, 0, err
	}
	if int(p.Len) > digits {
		return 0, 0, fmt.Errorf("prefix of %d digits, outcome of %d: %w", p.Len, digits, ErrDigits)
	}
	limit := uint64(0)
	if p.Len > 0 {
		if limit, err = Domain(base, int(p.Len)); err != nil {
			return 0, 0, err
		}
	}
	if p.Value > limit {
		return 0, 0, fmt.Errorf("value %d in %d digits: %w", p.Value, p.Len, ErrRange)
	}
	b := uint64(base) //nolint:gosec // G115: Domain bounds the base
	first, last = p.Value, p.Value
	for range digits - int(p.Len) {
		first, last = first*b, last*b+b-1
	}
	return first, last, nil
}

// Matches says whether an outcome with these digits, most significant first,
// begins with the prefix.
func (p Prefix) Matches(digits []uint8, base int) bool {
	if len(digits) < int(p.Len) {
		return false
	}
	value := uint64(0)
	for _, d := range digits[:p.Len] {
		value = value*uint64(max(base, MinBase)) + uint64(d)
	}
	return value == p.Value
}

// Cover returns the fewest prefixes that together stand for exactly the outcomes
// start to end, both included, in ascending order. The whole domain is the one
// empty prefix. It fails as Domain does, or with ErrRange.
func Cover(start, end uint64, base, digits int) ([]Prefix, error) {
	if err := checkRange(start, end, base, digits); err != nil {
		return nil, err
	}
	out := make([]Prefix, 0, walk(start, end, base, digits, func(Prefix) {}))
	walk(start, end, base, digits, func(p Prefix) { out = append(out, p) })
	return out, nil
}

// CoverLen returns how many prefixes Cover returns, without allocating them. It
// fails as Cover does.
func CoverLen(start, end uint64, base, digits int) (int, error) {
	if err := checkRange(start, end, base, digits); err != nil {
		return 0, err
	}
	return walk(start, end, base, digits, func(Prefix) {}), nil
}

func checkRange(start, end uint64, base, digits int) error {
	last, err := Domain(base, digits)
	if err != nil {
		return err
	}
	if start > end || end > last {
		return fmt.Errorf("%d to %d within 0 to %d: %w", start, end, last, ErrRange)
	}
	return nil
}

// walk visits the prefixes of a checked range and returns their number.
func walk(start, end uint64, base, digits int, visit func(Prefix)) int {
	if base == 2 {
		return walkBits(start, end, digits, visit)
	}
	return walkDigits(start, end, uint64(base), digits, visit) //nolint:gosec // G115: Domain bounds the base
}

// walkBits takes from the front the largest aligned block of 2^k outcomes that
// ends within the range, again and again.
func walkBits(start, end uint64, digits int, visit func(Prefix)) int {
	for n := 1; ; n++ {
		k := min(bits.TrailingZeros64(start), digits)
		if left := end - start; left != math.MaxUint64 {
			k = min(k, bits.Len64(left+1)-1)
		}
		visit(Prefix{Value: start >> k, Len: uint8(digits - k)}) //nolint:gosec // G115: at most 64
		last := start + (uint64(1)<<k - 1)
		if last == end {
			return n
		}
		start = last + 1
	}
}

// walkDigits is walkBits in another base. span is the size of a block less one,
// for a block may hold 2^64 outcomes.
func walkDigits(start, end, base uint64, digits int, visit func(Prefix)) int {
	for n := 1; ; n++ {
		k, span, value := 0, uint64(0), start
		for k < digits && value%base == 0 {
			wider := span*base + base - 1
			if end-start < wider {
				break
			}
			k, span, value = k+1, wider, value/base
		}
		visit(Prefix{Value: value, Len: uint8(digits - k)}) //nolint:gosec // G115: at most 64
		last := start + span
		if last == end {
			return n
		}
		start = last + 1
	}
}

package digits

import (
	"fmt"
	"sort"
)

// MaxOracles is the most oracles a contract may name.
const MaxOracles = 7

// Run is a closed interval of outcomes, First to Last, that pay the same: Y
// satoshi to the long side.
type Run struct {
	First, Last uint64
	Y           uint64
}

// Merge joins neighbouring runs of equal payout, so that the runs become
// maximal. Neighbours are adjacent in the slice, in ascending order. The slice
// given is not changed.
func Merge(runs []Run) []Run {
	out := make([]Run, 0, len(runs))
	for _, r := range runs {
		if n := len(out); n > 0 && out[n-1].Y == r.Y && out[n-1].Last+1 == r.First {
			out[n-1].Last = r.Last
			continue
		}
		out = append(out, r)
	}
	return out
}

// Find returns the run that holds the outcome, and false if none does. The runs
// are in ascending order.
func Find(runs []Run, outcome uint64) (Run, bool) {
	i := sort.Search(len(runs), func(i int) bool { return runs[i].Last >= outcome })
	if i == len(runs) || runs[i].First > outcome {
		return Run{}, false
	}
	return runs[i], true
}

// Slot is one adaptor signature of a contract: combination Comb of oracles
// (an index into Combinations) attests an outcome that begins with Prefix, which
// has at least one digit, and the long side gets Y satoshi.
type Slot struct {
	Comb   int
	Prefix Prefix
	Y      uint64
}

// Slots returns the slots of a contract in base 2, in the order in which their
// signatures are listed: runs ascending, prefixes ascending, combinations
// ascending. runs must be maximal and partition 0 to 2^digits - 1; combos is the
// number of combinations, at least 1; there may be at most limit slots, which is
// checked before they are allocated. It fails with ErrRuns, ErrEmptyPrefix,
// ErrTooMany, ErrOracles or ErrDigits.
func Slots(runs []Run, digits, combos, limit int) ([]Slot, error) {
	n, err := SlotCount(runs, digits, combos, limit)
	if err != nil {
		return nil, err
	}
	out := make([]Slot, 0, n)
	for _, r := range runs {
		walkBits(r.First, r.Last, digits, func(p Prefix) {
			for c := range combos {
				out = append(out, Slot{Comb: c, Prefix: p, Y: r.Y})
			}
		})
	}
	return out, nil
}

// SlotCount returns how many slots Slots returns, without allocating them. It
// fails as Slots does.
func SlotCount(runs []Run, digits, combos, limit int) (int, error) {
	if err := checkRuns(runs, digits); err != nil {
		return 0, err
	}
	if combos < 1 {
		return 0, fmt.Errorf("%d combinations: %w", combos, ErrOracles)
	}
	n := 0
	for _, r := range runs {
		n += walkBits(r.First, r.Last, digits, func(Prefix) {})
		if n > limit/combos {
			return 0, fmt.Errorf("over %d prefixes of %d slots, limit %d: %w", n-1, combos, limit, ErrTooMany)
		}
	}
	return n * combos, nil
}

func checkRuns(runs []Run, digits int) error {
	last, err := Domain(2, digits)
	if err != nil {
		return err
	}
	if len(runs) == 0 || runs[0].First != 0 || runs[len(runs)-1].Last != last {
		return fmt.Errorf("%d runs over 0 to %d: %w", len(runs), last, ErrRuns)
	}
	for i, r := range runs {
		if r.First > r.Last || (i > 0 && (runs[i-1].Last == last || runs[i-1].Last+1 != r.First || runs[i-1].Y == r.Y)) {
			return fmt.Errorf("run %d, %d to %d: %w", i, r.First, r.Last, ErrRuns)
		}
	}
	if len(runs) == 1 {
		return fmt.Errorf("every outcome pays %d: %w", runs[0].Y, ErrEmptyPrefix)
	}
	return nil
}

// SlotOf returns the number of the slot that serves an outcome of digits digits
// when combination comb attests it, and false if there is none. The slots are
// those of Slots, in its order.
func SlotOf(slots []Slot, outcome uint64, digits, comb int) (int, bool) {
	last := func(i int) uint64 {
		free := digits - int(slots[i].Prefix.Len)
		return slots[i].Prefix.Value<<free + (uint64(1)<<free - 1)
	}
	i := sort.Search(len(slots), func(i int) bool { return last(i) >= outcome })
	for ; i < len(slots) && slots[i].Prefix.Value == outcome>>(digits-int(slots[i].Prefix.Len)); i++ {
		if slots[i].Comb == comb {
			return i, true
		}
	}
	return 0, false
}

// Binomial returns the number of combinations of t oracles out of n. It fails
// with ErrOracles unless 1 <= t <= n <= MaxOracles.
func Binomial(n, t int) (int, error) {
	if t < 1 || t > n || n > MaxOracles {
		return 0, fmt.Errorf("%d of %d: %w", t, n, ErrOracles)
	}
	c := 1
	for i := range t {
		c = c * (n - i) / (i + 1)
	}
	return c, nil
}

// Combinations returns all ways to choose t of the oracles 0 to n - 1, each
// ascending, in lexicographic order. It fails as Binomial does.
func Combinations(n, t int) ([][]int, error) {
	count, err := Binomial(n, t)
	if err != nil {
		return nil, err
	}
	out := make([][]int, 0, count)
	chosen := make([]int, t)
	for i := range chosen {
		chosen[i] = i
	}
	for {
		out = append(out, append([]int(nil), chosen...))
		i := t - 1
		for i >= 0 && chosen[i] == n-t+i {
			i--
		}
		if i < 0 {
			return out, nil
		}
		chosen[i]++
		for j := i + 1; j < t; j++ {
			chosen[j] = chosen[j-1] + 1
		}
	}
}

// Enumerated is one outcome of an event that has names instead of numbers, and
// what it pays: Y satoshi to the long side.
type Enumerated struct {
	Outcome string
	Y       uint64
}

// EnumSlot is a Slot of an enumerated event: Outcome is the index of the outcome
// whose name the oracles sign, in one signature each.
type EnumSlot struct {
	Comb    int
	Outcome int
	Y       uint64
}

// EnumSlots returns the slots of an enumerated event: outcomes in the order
// given, then combinations ascending. Names are unique; equal payouts are not
// joined, since each name has a signature of its own. It fails with
// ErrOutcomes, ErrOracles or ErrTooMany. taproot-v1 does not use it; dlcspecs'
// contracts do.
func EnumSlots(outcomes []Enumerated, combos, limit int) ([]EnumSlot, error) {
	if combos < 1 {
		return nil, fmt.Errorf("%d combinations: %w", combos, ErrOracles)
	}
	if len(outcomes) == 0 {
		return nil, fmt.Errorf("no outcome: %w", ErrOutcomes)
	}
	if len(outcomes) > limit/combos {
		return nil, fmt.Errorf("%d outcomes of %d slots, limit %d: %w", len(outcomes), combos, limit, ErrTooMany)
	}
	named := make(map[string]bool, len(outcomes))
	out := make([]EnumSlot, 0, len(outcomes)*combos)
	for i, o := range outcomes {
		if named[o.Outcome] {
			return nil, fmt.Errorf("outcome %q twice: %w", o.Outcome, ErrOutcomes)
		}
		named[o.Outcome] = true
		for c := range combos {
			out = append(out, EnumSlot{Comb: c, Outcome: i, Y: o.Y})
		}
	}
	return out, nil
}

package digits_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/dlc/digits"
)

// The contract of PROTOCOL.md section 17.
var exampleRuns = []digits.Run{
	{First: 0, Last: 3, Y: 0}, {First: 4, Last: 5, Y: 100_000}, {First: 6, Last: 7, Y: 200_000},
	{First: 8, Last: 9, Y: 300_000}, {First: 10, Last: 11, Y: 400_000}, {First: 12, Last: 15, Y: 500_000},
}

func TestSlotsAreOrderedByPrefixThenCombination(t *testing.T) {
	slots, err := digits.Slots(exampleRuns, 4, 3, 18)
	require.NoError(t, err)
	require.Len(t, slots, 18)
	var order []string
	for i, s := range slots {
		require.Equal(t, i%3, s.Comb)
		require.Equal(t, exampleRuns[i/3].Y, s.Y)
		if s.Comb == 0 {
			order = append(order, s.Prefix.Text(2))
		}
	}
	require.Equal(t, "00 010 011 100 101 11", strings.Join(order, " "))
	// Slot 10 is combination {0, 2}, prefix 100.
	require.Equal(t, digits.Slot{Comb: 1, Prefix: digits.Prefix{Value: 4, Len: 3}, Y: 300_000}, slots[10])
	i, ok := digits.SlotOf(slots, 9, 4, 1)
	require.True(t, ok)
	require.Equal(t, 10, i)

	_, err = digits.Slots(exampleRuns, 4, 3, 17)
	require.ErrorIs(t, err, digits.ErrTooMany)
	_, err = digits.Slots(exampleRuns, 4, 0, 100)
	require.ErrorIs(t, err, digits.ErrOracles)
}

func TestEveryOutcomeHasASlotForEachCombination(t *testing.T) {
	slots, err := digits.Slots(exampleRuns, 4, 3, 100)
	require.NoError(t, err)
	for x := range uint64(16) {
		run, ok := digits.Find(exampleRuns, x)
		require.True(t, ok)
		for comb := range 3 {
			i, ok := digits.SlotOf(slots, x, 4, comb)
			require.True(t, ok)
			first, last, err := slots[i].Prefix.Range(2, 4)
			require.NoError(t, err)
			require.True(t, first <= x && x <= last && slots[i].Comb == comb && slots[i].Y == run.Y)
		}
		_, ok = digits.SlotOf(slots, x, 4, 3)
		require.False(t, ok)
	}
	_, ok := digits.SlotOf(slots, 16, 4, 0)
	require.False(t, ok)
	_, ok = digits.Find(exampleRuns, 16)
	require.False(t, ok)
}

func TestRunsMustPartitionTheDomain(t *testing.T) {
	for name, c := range map[string]struct {
		runs   []digits.Run
		digits int
		err    error
	}{
		"none":       {nil, 2, digits.ErrRuns},
		"late start": {[]digits.Run{{First: 1, Last: 3}}, 2, digits.ErrRuns},
		"early end":  {[]digits.Run{{First: 0, Last: 2}}, 2, digits.ErrRuns},
		"gap":        {[]digits.Run{{First: 0, Last: 1}, {First: 3, Last: 3, Y: 1}}, 2, digits.ErrRuns},
		"overlap":    {[]digits.Run{{First: 0, Last: 1}, {First: 1, Last: 3, Y: 1}}, 2, digits.ErrRuns},
		"backwards":  {[]digits.Run{{First: 0, Last: 3}, {First: 4, Last: 3, Y: 1}}, 2, digits.ErrRuns},
		"not merged": {[]digits.Run{{First: 0, Last: 1}, {First: 2, Last: 3}}, 2, digits.ErrRuns},
		"one":        {[]digits.Run{{First: 0, Last: 3}}, 2, digits.ErrEmptyPrefix},
		"no digits":  {[]digits.Run{{First: 0, Last: 3}}, 0, digits.ErrDigits},
		"wraps":      {[]digits.Run{{First: 0, Last: math.MaxUint64}, {First: 0, Last: math.MaxUint64, Y: 1}}, 64, digits.ErrRuns},
	} {
		_, err := digits.Slots(c.runs, c.digits, 1, 100)
		require.ErrorIs(t, err, c.err, name)
	}
}

func TestMergeJoinsEqualNeighbours(t *testing.T) {
	in := []digits.Run{{First: 0, Last: 1, Y: 5}, {First: 2, Last: 2, Y: 5}, {First: 3, Last: 9, Y: 6}, {First: 10, Last: 10, Y: 5}}
	require.Equal(t, []digits.Run{{First: 0, Last: 2, Y: 5}, {First: 3, Last: 9, Y: 6}, {First: 10, Last: 10, Y: 5}}, digits.Merge(in))
	require.Equal(t, uint64(1), in[0].Last)
	apart := []digits.Run{{First: 0, Last: 1, Y: 5}, {First: 3, Last: 4, Y: 5}}
	require.Equal(t, apart, digits.Merge(apart))
}

func TestSlotsCoverTheDomainOncePerCombination(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 9).Draw(t, "digits")
		last := uint64(1)<<width - 1
		var runs []digits.Run
		for first, y := uint64(0), uint64(0); first <= last; y++ {
			end := rapid.Uint64Range(first, last).Draw(t, "end")
			runs = append(runs, digits.Run{First: first, Last: end, Y: y % 3})
			first = end + 1
		}
		runs = digits.Merge(runs)
		combos := rapid.IntRange(1, 4).Draw(t, "combinations")
		slots, err := digits.Slots(runs, width, combos, math.MaxInt)
		if len(runs) == 1 {
			require.ErrorIs(t, err, digits.ErrEmptyPrefix)
			return
		}
		require.NoError(t, err)
		n, err := digits.SlotCount(runs, width, combos, math.MaxInt)
		require.NoError(t, err)
		require.Len(t, slots, n)
		covered := make(map[string]int)
		for _, s := range slots {
			first, end, err := s.Prefix.Range(2, width)
			require.NoError(t, err)
			for x := first; x <= end; x++ {
				covered[fmt.Sprint(s.Comb, x)]++
				run, _ := digits.Find(runs, x)
				require.Equal(t, run.Y, s.Y)
			}
		}
		require.Len(t, covered, combos<<width)
	})
}

// allSubsets is the second implementation: it filters all bit masks.
func allSubsets(n, t int) map[string]bool {
	out := make(map[string]bool)
	for mask := range 1 << n {
		var in []int
		for i := range n {
			if mask>>i&1 == 1 {
				in = append(in, i)
			}
		}
		if len(in) == t {
			out[fmt.Sprint(in)] = true
		}
	}
	return out
}

func TestCombinationsAreAllAndInOrder(t *testing.T) {
	for n := 1; n <= digits.MaxOracles; n++ {
		for k := 1; k <= n; k++ {
			want := allSubsets(n, k)
			got, err := digits.Combinations(n, k)
			require.NoError(t, err)
			count, err := digits.Binomial(n, k)
			require.NoError(t, err)
			require.Len(t, got, len(want))
			require.Equal(t, len(want), count)
			before := ""
			for _, c := range got {
				text := fmt.Sprint(c)
				require.True(t, want[text])
				require.Less(t, before, text)
				before = text
			}
		}
	}
	for _, bad := range [][2]int{{3, 0}, {3, 4}, {8, 2}, {0, 0}, {math.MaxInt, 1}, {2, -1}} {
		_, err := digits.Combinations(bad[0], bad[1])
		require.ErrorIs(t, err, digits.ErrOracles)
	}
}

func TestEnumeratedOutcomesHaveSlotsOfTheirOwn(t *testing.T) {
	outcomes := []digits.Enumerated{{Outcome: "a", Y: 5}, {Outcome: "b", Y: 5}, {Outcome: "c", Y: 7}}
	slots, err := digits.EnumSlots(outcomes, 2, 6)
	require.NoError(t, err)
	require.Equal(t, []digits.EnumSlot{{0, 0, 5}, {1, 0, 5}, {0, 1, 5}, {1, 1, 5}, {0, 2, 7}, {1, 2, 7}}, slots)
	_, err = digits.EnumSlots(outcomes, 2, 5)
	require.ErrorIs(t, err, digits.ErrTooMany)
	_, err = digits.EnumSlots(outcomes, 0, 5)
	require.ErrorIs(t, err, digits.ErrOracles)
	_, err = digits.EnumSlots(nil, 1, 5)
	require.ErrorIs(t, err, digits.ErrOutcomes)
	_, err = digits.EnumSlots(append(outcomes, digits.Enumerated{Outcome: "a"}), 1, 5)
	require.ErrorIs(t, err, digits.ErrOutcomes)
}

// FuzzSlots: runs from anywhere are refused or partition the domain.
func FuzzSlots(f *testing.F) {
	f.Add(uint64(3), uint64(7), uint64(15), 4, 3)
	f.Add(uint64(0), uint64(0), uint64(math.MaxUint64), 64, 1)
	f.Fuzz(func(t *testing.T, a, b, c uint64, width, combos int) {
		runs := []digits.Run{{First: 0, Last: a, Y: 1}, {First: a + 1, Last: b, Y: 2}, {First: b + 1, Last: c, Y: 1}}
		slots, err := digits.Slots(runs, width, combos, 2000)
		if err != nil {
			return
		}
		next := uint64(0)
		for i, s := range slots {
			if s.Prefix.Len == 0 || s.Comb != i%combos {
				t.Fatalf("slot %d is %v", i, s)
			}
			if s.Comb > 0 {
				continue
			}
			first, last, err := s.Prefix.Range(2, width)
			if err != nil || first != next {
				t.Fatalf("slot %d begins at %d, not %d (%v)", i, first, next, err)
			}
			next = last + 1
		}
	})
}

package digits_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/dlc/digits"
	"github.com/alkimiya/alkimiya/internal/testkit"
)

// slowCover is the second implementation: it halves (or divides by the base) the
// whole domain until every part lies inside or outside the range.
func slowCover(start, end uint64, base, width int) []digits.Prefix {
	var out []digits.Prefix
	var visit func(p digits.Prefix)
	visit = func(p digits.Prefix) {
		first, last, err := p.Range(base, width)
		if err != nil {
			panic(err)
		}
		switch {
		case last < start || first > end:
		case first >= start && last <= end:
			out = append(out, p)
		default:
			for d := range base {
				visit(digits.Prefix{Value: p.Value*uint64(base) + uint64(d), Len: p.Len + 1})
			}
		}
	}
	visit(digits.Prefix{})
	return out
}

type coverCase struct {
	Base     int
	Digits   int
	Start    testkit.Decimal
	End      testkit.Decimal
	Prefixes []string
}

func TestCoversAreThoseOfTheVectors(t *testing.T) {
	for _, file := range []string{"prefix-covers-base2.json", "prefix-covers-base10.json"} {
		testkit.Vectors(t, file, func(raw []byte) int {
			cases := testkit.Cases[coverCase](t, raw)
			for _, c := range cases {
				got, err := digits.Cover(uint64(c.Start), uint64(c.End), c.Base, c.Digits)
				require.NoError(t, err)
				n, err := digits.CoverLen(uint64(c.Start), uint64(c.End), c.Base, c.Digits)
				require.NoError(t, err)
				require.Equal(t, len(got), n)
				require.Equal(t, c.Prefixes, texts(got, c.Base), "%d to %d of %d digits", c.Start, c.End, c.Digits)
			}
			return len(cases)
		})
	}
}

func texts(prefixes []digits.Prefix, base int) []string {
	out := make([]string, len(prefixes))
	for i, p := range prefixes {
		out[i] = p.Text(base)
	}
	return out
}

// PROTOCOL.md section 17.
func TestCoversOfFourDigits(t *testing.T) {
	for _, c := range []struct {
		start, end uint64
		want       []string
	}{
		{3, 13, []string{"0011", "01", "10", "110"}},
		{1, 14, []string{"0001", "001", "01", "10", "110", "1110"}},
		{0, 3, []string{"00"}},
		{12, 15, []string{"11"}},
		{0, 15, []string{""}},
		{7, 7, []string{"0111"}},
	} {
		got, err := digits.Cover(c.start, c.end, 2, 4)
		require.NoError(t, err)
		require.Equal(t, c.want, texts(got, 2))
	}
}

func drawRange(t *rapid.T, maxDigits func(base int) int) (base, width int, start, end uint64) {
	base = rapid.IntRange(2, 16).Draw(t, "base")
	width = rapid.IntRange(1, maxDigits(base)).Draw(t, "digits")
	last, err := digits.Domain(base, width)
	require.NoError(t, err)
	start = rapid.Uint64Range(0, last).Draw(t, "start")
	end = rapid.Uint64Range(start, last).Draw(t, "end")
	return base, width, start, end
}

func widest(base int) int {
	n := 1
	for {
		if _, err := digits.Domain(base, n+1); err != nil {
			return n
		}
		n++
	}
}

func TestCoverPartitionsItsRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, width, start, end := drawRange(t, widest)
		cover, err := digits.Cover(start, end, base, width)
		require.NoError(t, err)
		next := start
		for i, p := range cover {
			first, last, err := p.Range(base, width)
			require.NoError(t, err)
			require.Equal(t, next, first)
			require.LessOrEqual(t, last, end)
			if i == len(cover)-1 {
				require.Equal(t, end, last)
			}
			next = last + 1
		}
	})
}

func TestCoverHasTheFewestPrefixes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, width, start, end := drawRange(t, widest)
		cover, err := digits.Cover(start, end, base, width)
		require.NoError(t, err)
		require.Equal(t, slowCover(start, end, base, width), cover)
	})
}

func TestEveryOutcomeMatchesExactlyOnePrefix(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, width, start, end := drawRange(t, func(base int) int {
			if base == 2 {
				return 8
			}
			return 2
		})
		cover, err := digits.Cover(start, end, base, width)
		require.NoError(t, err)
		last, _ := digits.Domain(base, width)
		for x := range last + 1 {
			written, err := digits.Decompose(x, base, width)
			require.NoError(t, err)
			n := 0
			for _, p := range cover {
				if p.Matches(written, base) {
					n++
				}
			}
			want := 0
			if x >= start && x <= end {
				want = 1
			}
			require.Equal(t, want, n, "outcome %d", x)
		}
	})
}

func TestDigitsComposeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, width, x, _ := drawRange(t, widest)
		written, err := digits.Decompose(x, base, width)
		require.NoError(t, err)
		require.Len(t, written, width)
		back, err := digits.Compose(written, base)
		require.NoError(t, err)
		require.Equal(t, x, back)
		whole := digits.Prefix{Value: x, Len: uint8(width)} //nolint:gosec // G115: at most 64
		require.Equal(t, written, whole.Digits(base))
		require.True(t, whole.Matches(written, base))
		if base == 2 {
			for i, d := range written {
				require.Equal(t, d, whole.Bit(i))
			}
		}
	})
}

func TestDomainsEndAt64Bits(t *testing.T) {
	for _, c := range []struct {
		base, digits int
		want         uint64
		err          error
	}{
		{2, 64, math.MaxUint64, nil},
		{2, 65, 0, digits.ErrDigits},
		{16, 16, math.MaxUint64, nil},
		{16, 17, 0, digits.ErrDigits},
		{10, 19, 9999999999999999999, nil},
		{10, 20, 0, digits.ErrDigits},
		{3, 40, 12157665459056928800, nil},
		{3, 41, 0, digits.ErrDigits},
		{2, 0, 0, digits.ErrDigits},
		{2, -1, 0, digits.ErrDigits},
		{2, math.MaxInt, 0, digits.ErrDigits},
		{1, 4, 0, digits.ErrBase},
		{17, 4, 0, digits.ErrBase},
		{-2, 4, 0, digits.ErrBase},
	} {
		got, err := digits.Domain(c.base, c.digits)
		require.ErrorIs(t, err, c.err)
		require.Equal(t, c.want, got)
	}
}

func TestNumbersOutsideTheDomainAreRefused(t *testing.T) {
	refused := func(want error, got error) {
		t.Helper()
		require.ErrorIs(t, got, want)
	}
	_, err := digits.Cover(5, 4, 2, 4)
	refused(digits.ErrRange, err)
	_, err = digits.Cover(0, 16, 2, 4)
	refused(digits.ErrRange, err)
	_, err = digits.CoverLen(0, 16, 2, 4)
	refused(digits.ErrRange, err)
	_, err = digits.Cover(0, 1, 1, 4)
	refused(digits.ErrBase, err)
	_, err = digits.Decompose(16, 2, 4)
	refused(digits.ErrRange, err)
	_, err = digits.Decompose(0, 2, 65)
	refused(digits.ErrDigits, err)
	_, err = digits.Compose([]uint8{0, 2}, 2)
	refused(digits.ErrDigit, err)
	_, err = digits.Compose(nil, 2)
	refused(digits.ErrDigits, err)
	_, _, err = digits.Prefix{Value: 2, Len: 1}.Range(2, 4)
	refused(digits.ErrRange, err)
	_, _, err = digits.Prefix{Value: 1}.Range(2, 4)
	refused(digits.ErrRange, err)
	_, _, err = digits.Prefix{Len: 5}.Range(2, 4)
	refused(digits.ErrDigits, err)
	_, _, err = digits.Prefix{Len: 1}.Range(0, 4)
	refused(digits.ErrBase, err)
	require.False(t, digits.Prefix{Len: 3}.Matches([]uint8{0, 0}, 2))
}

func TestWholeDomainOf64DigitsIsOnePrefix(t *testing.T) {
	for _, c := range []struct{ base, width int }{{2, 64}, {4, 32}, {16, 16}} {
		cover, err := digits.Cover(0, math.MaxUint64, c.base, c.width)
		require.NoError(t, err)
		require.Equal(t, []digits.Prefix{{}}, cover)
		cover, err = digits.Cover(1, math.MaxUint64, c.base, c.width)
		require.NoError(t, err)
		require.Len(t, cover, c.width*(c.base-1))
	}
}

// FuzzCover: whatever the range, the cover equals the slow one or is refused.
func FuzzCover(f *testing.F) {
	f.Add(uint64(3), uint64(13), 2, 4)
	f.Add(uint64(0), uint64(math.MaxUint64), 2, 64)
	f.Add(uint64(1), uint64(9999999999999999998), 10, 19)
	f.Fuzz(func(t *testing.T, start, end uint64, base, width int) {
		got, err := digits.Cover(start, end, base, width)
		if err != nil {
			return
		}
		want := slowCover(start, end, base, width)
		if len(got) != len(want) {
			t.Fatalf("%d prefixes, want %d", len(got), len(want))
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("prefix %d is %v, want %v", i, got[i], want[i])
			}
		}
	})
}

// FuzzCompose: digits that are accepted are those of the outcome.
func FuzzCompose(f *testing.F) {
	f.Add([]byte{1, 0, 0, 1}, 2)
	f.Add([]byte{15, 15}, 16)
	f.Fuzz(func(t *testing.T, in []byte, base int) {
		x, err := digits.Compose(in, base)
		if err != nil {
			return
		}
		back, err := digits.Decompose(x, base, len(in))
		if err != nil || string(back) != string(in) {
			t.Fatalf("%v writes %d, which is %v (%v)", in, x, back, err)
		}
	})
}

package digits_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/dlc/digits"
)

// A digit too few halved the outcome that was paid (bitcoin-s 4032): digits of an
// outcome are exactly as many as the oracle signs, the most significant first, and
// no prefix of another length names it.
func TestRegressBitcoinS4032(t *testing.T) {
	for _, x := range []uint64{0, 1, 9, 4711, 1 << 19, 1<<20 - 1} {
		d, err := digits.Decompose(x, 2, 20)
		require.NoError(t, err)
		require.Len(t, d, 20)
		back, err := digits.Compose(d, 2)
		require.NoError(t, err)
		require.Equal(t, x, back)
		shifted, err := digits.Compose(d[:19], 2)
		require.NoError(t, err)
		cover, err := digits.Cover(x, x, 2, 20)
		require.NoError(t, err)
		require.Equal(t, []digits.Prefix{{Value: x, Len: 20}}, cover, "not %d", shifted)
	}
}

// Two implementations disagreed by one at the end of a range (bitcoin-s 3252).
func TestRegressBitcoinS3252(t *testing.T) {
	for first := range uint64(64) {
		for last := first; last < 64; last++ {
			cover, err := digits.Cover(first, last, 2, 6)
			require.NoError(t, err)
			next := first
			for _, p := range cover {
				from, to, err := p.Range(2, 6)
				require.NoError(t, err)
				require.Equal(t, next, from)
				next = to + 1
			}
			require.Equal(t, last+1, next)
		}
	}
}

package payout_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/dlc/payout"
)

// Rounding intervals paid more than there was in total (dlcspecs 207).
func TestRegressDlcspecs207(t *testing.T) {
	for _, mod := range []uint64{1, 7, 300, 999, 1000, 1999, 1 << 40} {
		f, err := payout.Compile(payout.Descriptor{
			Base: 2, Digits: 8, Total: 1000,
			Pieces:   []payout.Piece{{Start: payout.Point{}, Shape: payout.Polynomial{}}},
			Last:     payout.Point{Outcome: 255, Payout: 1000},
			Rounding: []payout.Rounding{{Begin: 0, Mod: mod}},
		})
		require.NoError(t, err)
		for x := range uint64(256) {
			y, err := f.Payout(x)
			require.NoError(t, err)
			require.LessOrEqual(t, y, uint64(1000), "outcome %d rounded to %d", x, mod)
		}
	}
}

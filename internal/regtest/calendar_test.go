package regtest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/internal/regtest"
)

func TestACalendarPassesDaysInSecondsAndSurvivesAReorganisation(t *testing.T) {
	t.Parallel()
	first := time.Now().Add(-20 * 24 * time.Hour).Truncate(time.Second)
	calendar, err := regtest.NewCalendar(first, 4)
	require.NoError(t, err)
	n, err := regtest.Start(t.Context(), regtest.Options{Now: calendar.Now})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, n.Stop()) })
	require.NoError(t, calendar.Begin(n))
	last := func() time.Time {
		hash, err := n.RPC().GetBestBlockHash()
		require.NoError(t, err)
		header, err := n.RPC().GetBlockHeader(hash)
		require.NoError(t, err)
		return header.Timestamp
	}
	require.True(t, last().Equal(calendar.Now()))
	require.NoError(t, calendar.Until(first.Add(7*24*time.Hour)))
	require.True(t, last().Equal(calendar.Now()))
	height, err := n.RPC().GetBlockCount()
	require.NoError(t, err)
	require.EqualValues(t, regtest.ActivationHeight+28, height)

	_, _, err = n.Reorg(3)
	require.NoError(t, err)
	require.True(t, last().Equal(calendar.Now()), "a reorganisation does not jump to the wall clock")
	require.NoError(t, calendar.Blocks(2))
	require.True(t, last().Equal(first.Add(7*24*time.Hour+12*time.Hour)))

	require.NoError(t, calendar.EndDay(12))
	ended := calendar.Now().UTC().Truncate(24 * time.Hour)
	require.Less(t, calendar.Now().Sub(ended), 20*time.Minute)
	info, err := n.RPC().GetBlockChainInfo()
	require.NoError(t, err)
	require.Greater(t, info.MedianTime, ended.Unix())
	hash, err := n.RPC().GetBlockHash(int64(info.Blocks) - 11)
	require.NoError(t, err)
	closing, err := n.RPC().GetBlockVerbose(hash)
	require.NoError(t, err)
	require.LessOrEqual(t, ended.Unix(), closing.Time)

	require.ErrorIs(t, calendar.Until(time.Now().Add(48*time.Hour)), regtest.ErrFuture)
	_, err = regtest.NewCalendar(first, 0)
	require.Error(t, err)
}

package itest_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/itest/harness"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
)

// TestASwapOnARegisteredIndexSettles trades a margin swap on an index that nobody
// computes from a chain: operators and traders register it by the same file, and the
// oracles attest what is reported (docs/product.md, R27).
func TestASwapOnARegisteredIndexSettles(t *testing.T) {
	harness.Long(t)
	m := &market{t: t}
	var s *stake
	m.begin(120, func() {
		s = newStakeFrom(t, m.today()-1)
		m.index = []string{"--index-file=" + s.definition}
		s.add(1)
	})
	s.add(1) // of the day that the market's begin has ended
	miner, buyer := m.traders()
	floor, top, j := uint64(40), uint64(160), uint32(0)
	terms := &alkv1.TermsDraft{
		Product: "SWAP_M", Index: "stake-regtest/tot", StartDay: m.today(), Days: 1, NotionalThs: 10_000_000,
		K: 100, Floor: &floor, Cap: &top, Bucket: &j,
	}
	d := m.open(miner, buyer, terms)
	m.endDay()
	const value = 110 // between floor and cap
	s.values = append(s.values, value)
	s.publish()
	c, _ := d.both("Closing", "Settling", "CoopClosed", "Closed")
	require.EqualValues(t, value, c.GetOutcome()-c.GetTerms().GetBase())
	harness.Eventually(t, "the settlement", func(context.Context) error {
		if got := miner.contract(d.name); got.GetSpend() == nil {
			return fmt.Errorf("it is %s", got.GetPhase())
		}
		return nil
	})
	m.node.MustSee(miner.spend(d.name))
	m.minutes(6)
	short, long := d.both("Closed")
	require.Equal(t, short.GetSpend().GetTxid(), long.GetSpend().GetTxid())
	require.InDelta(t, (value-floor)*10_000, long.GetOwnPayoutSat(), 200, "a close by agreement shares what the CET would cost")
	require.InDelta(t, (top-value)*10_000, short.GetOwnPayoutSat(), 200)
	require.Empty(t, append(short.GetAlarms(), long.GetAlarms()...))
}

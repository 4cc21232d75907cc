package itest_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/itest/harness"
	"github.com/alkimiya/alkimiya/oracle"
	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/index"
)

// caughtUp waits until an oracle has seen the node's tip.
func (c *calendar) caughtUp(o *harness.Oracle) {
	c.t.Helper()
	tip := c.tip().String()
	harness.Eventually(c.t, "the oracle to see the tip", func(ctx context.Context) error {
		info, err := api.Probe(ctx, http.DefaultTransport, o.URL())
		if err == nil && info.Chain.Hash != tip {
			err = errNotYet
		}
		return err
	})
}

// attestation is the TLV that an oracle serves now, nil if there is none.
func attestation(t *testing.T, o *harness.Oracle, id string) []byte {
	t.Helper()
	c, err := api.NewClient(api.ClientConfig{Members: []api.Member{{Key: o.Key, URL: o.URL()}}})
	require.NoError(t, err)
	page, err := c.Events(t.Context(), o.Key, api.EventsQuery{Prefix: id, Full: true})
	require.NoError(t, err)
	require.Len(t, page.Events, 1, id)
	return page.Events[0].Attestation
}

// A reorganisation of 1 to 6 blocks before a day is final changes its value, one
// afterwards does not.
func TestReorganisationsChangeWhatIsNotAttestedYet(t *testing.T) {
	harness.Long(t)
	c := newCalendar(t)
	oracles := newCouncil(t, c.node, 1, fmt.Sprintf("--start=hp1-regtest=%d", c.first), "--horizon=5")
	o := oracles.oracles[0]
	depths := []int{1, 2, 3, 4, 5, 6}
	if testing.Short() {
		depths = []int{3}
	}
	day := c.first
	for _, depth := range depths {
		day++
		c.mineTo(day)
		for range 8 {
			c.mine(bitcoin / 5)
		}
		c.caughtUp(o)
		old := c.value(c.tip(), day)
		c.node.MustReorg(depth)
		require.NotEqual(t, old, c.value(c.tip(), day), "blocks without fees instead")
		c.mineTo(day + 1)
		c.settle()
		got := oracles.agreed(event(index.DayValue, day, "tot"))
		require.Equal(t, c.value(c.tip(), day).Tot(), got, "a reorganisation of %d blocks", depth)

		before := attestation(t, o, event(index.Cum, day, "tot"))
		c.node.MustReorg(depth)
		c.caughtUp(o)
		require.Equal(t, before, attestation(t, o, event(index.Cum, day, "tot")))
	}
	if testing.Short() {
		return
	}
	// A reorganisation that reaches into an attested day.
	counter := oracles.agreed(event(index.Cum, day, "tot"))
	c.mineTo(day + 1)
	c.node.MustReorg(blocksADay + 12)
	c.caughtUp(o)
	require.NotEqual(t, oracles.agreed(event(index.DayValue, day, "tot")), c.value(c.tip(), day).Tot())
	for c.day() <= day+1 {
		c.mine(bitcoin / 10)
	}
	c.settle()
	next := c.value(c.tip(), day+1).Tot()
	require.Equal(t, counter+next, oracles.agreed(event(index.Cum, day+1, "tot")), "counters continue from what was attested")
	require.NotContains(t, fmt.Sprint(alarms(t, o)), oracle.AlarmUnconfirmed)
}

// A node on a branch of its own does not make its oracle attest.
func TestAnOracleOnAnotherBranchThanTheOthersWaits(t *testing.T) {
	harness.Long(t)
	c := newCalendar(t)
	alone, err := regtestFollower(t, c.node)
	require.NoError(t, err)
	oracles := newCouncil(t, c.node, 2, fmt.Sprintf("--start=hp1-regtest=%d", c.first), "--horizon=5")
	o := harness.NewOracle(t, harness.WithNode(alone, ""), harness.WithArgs(fmt.Sprintf("--start=hp1-regtest=%d", c.first), "--horizon=5"))
	for _, other := range oracles.oracles {
		o.AddArgs(fmt.Sprintf("--member=%x@%s", other.Key, other.URL()))
	}
	o.Start()
	c.mineTo(c.first + 1)
	c.settle()
	oracles.agreed(event(index.DayValue, c.first, "tot"))
	// The other node mines its own blocks on the common beginning.
	for c.now.Load()%index.DaySeconds != 0 {
		c.now.Add(600)
	}
	for range blocksADay * 2 {
		_, err := alone.MineEmpty(1)
		require.NoError(t, err)
		c.now.Add(3600)
	}
	harness.Eventually(t, "the alarm", func(context.Context) error {
		if !strings.Contains(fmt.Sprint(alarms(t, o)), oracle.AlarmMinority) {
			return errNotYet
		}
		return nil
	})
	require.Empty(t, attestation(t, o, event(index.DayValue, c.first, "tot")))
}

// regtestFollower is a second node with the same chain, cut off from the first.
func regtestFollower(t *testing.T, from *harness.Node) (*harness.Node, error) {
	t.Helper()
	n := harness.StartBtcdAt(t, from.Now)
	return n, n.Copy(from.Node)
}

package itest_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/itest/harness"
	"github.com/alkimiya/alkimiya/node/engine"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
)

// allCrashes is the environment variable that has every crash point tried, "all";
// without it there is a sample.
const allCrashes = "ALK_CRASHES"

// life is a way of a contract from offer to end. It returns the phases in which
// it may end: a crash may keep a close from coming about, and then the CET pays.
type life struct {
	name string
	live func(m *market, miner, buyer *trader) (*deal, []string)
}

// lives reach as many crash points as can be reached on time.
func lives() []life {
	return []life{
		{"settled by agreement", func(m *market, miner, buyer *trader) (*deal, []string) {
			d := m.open(miner, buyer, m.swap(1))
			d.mature()
			d.both("Closing", "Settling", "CoopClosed", "Closed")
			return d, []string{"CoopClosed", "Closed"}
		}},
		{"settled alone", func(m *market, miner, buyer *trader) (*deal, []string) {
			d := m.open(miner, buyer, m.swap(1))
			buyer.down()
			d.mature()
			miner.phase(d.name, "Settling", "Closed")
			m.blocks(1)
			buyer.up()
			return d, []string{"Closed", "CoopClosed"}
		}},
		{"ended early", func(m *market, miner, buyer *trader) (*deal, []string) {
			d := m.open(miner, buyer, m.swap(3))
			d.exit()
			return d, []string{"CoopClosed"}
		}},
		{"withdrawn", func(m *market, miner, buyer *trader) (*deal, []string) {
			d := m.sign(miner, buyer, m.swap(1))
			if miner.withdraw(d.name); d.cancelled() {
				return d, []string{"Aborted"}
			}
			d.mature() // the funding was in a block before what takes it back
			d.both("Closing", "Settling", "CoopClosed", "Closed")
			return d, []string{"CoopClosed", "Closed"}
		}},
		{"declined", func(m *market, miner, buyer *trader) (*deal, []string) {
			d := &deal{m: m, name: miner.offer(buyer, "short", m.swap(1)).GetTempId(), miner: miner, buyer: buyer}
			buyer.withdraw(d.name)
			return d, []string{"Aborted"}
		}},
		{"reorganised", func(m *market, miner, buyer *trader) (*deal, []string) {
			d := m.open(miner, buyer, m.swap(1))
			m.node.MustReorg(1)
			m.node.MustSee(txid(m.t, miner.contract(d.name).GetFunding().GetTxid()))
			d.both("Active", "Confirmed", "Broadcast")
			m.minutes(2)
			d.both("Active")
			d.mature()
			d.both("Closing", "Settling", "CoopClosed", "Closed")
			return d, []string{"CoopClosed", "Closed"}
		}},
	}
}

// exit has the buyer propose half of the collateral until both close.
func (d *deal) exit() {
	d.m.t.Helper()
	half := d.miner.contract(d.name).GetCollateralSat() / 2
	harness.Eventually(d.m.t, "the early end", func(ctx context.Context) error {
		d.m.revive()
		c, err := d.miner.Contracts.GetContract(ctx, &alkv1.GetContractRequest{Contract: d.name})
		if err != nil {
			return err
		}
		switch decision := c.GetContract().GetDecision(); {
		case c.GetContract().GetPhase() != "Active":
			return nil
		case decision.GetKind() == "close":
			_, err = d.miner.Contracts.ApproveClose(ctx, &alkv1.ApproveCloseRequest{Contract: d.name, Attempt: decision.GetAttempt()})
		default:
			_, err = d.buyer.Contracts.CloseContract(ctx, &alkv1.CloseContractRequest{Contract: d.name, OwnSat: half, SatPerVbyte: 2})
		}
		if err != nil {
			return err
		}
		return fmt.Errorf("the miner has it as %s", c.GetContract().GetPhase())
	})
	d.both("Closing", "CoopClosed")
}

// cancelled mines until both have given the contract up, or have it nevertheless.
func (d *deal) cancelled() bool {
	d.m.t.Helper()
	var phase string
	d.mining("the withdrawal or the contract", func() error {
		phase = d.miner.contract(d.name).GetPhase()
		if other := d.buyer.contract(d.name).GetPhase(); phase != other || phase != "Aborted" && phase != "Active" {
			return fmt.Errorf("miner %s, buyer %s", phase, other)
		}
		return nil
	})
	return phase == "Aborted"
}

// withdraw gives a contract up, as often as it takes.
func (tr *trader) withdraw(name string) {
	tr.t.Helper()
	harness.Eventually(tr.t, "the contract to be withdrawn", func(ctx context.Context) error {
		tr.m.revive()
		answer, err := tr.Contracts.GetContract(ctx, &alkv1.GetContractRequest{Contract: name})
		if err != nil {
			return err
		}
		if phase := answer.GetContract().GetPhase(); phase == "Cancelling" || phase == "Aborted" {
			return nil
		}
		_, err = tr.Contracts.WithdrawContract(ctx, &alkv1.WithdrawContractRequest{Contract: name})
		if err == nil {
			return fmt.Errorf("it is %s", answer.GetContract().GetPhase())
		}
		return err
	})
}

// arm restarts the trader's daemon, to be killed at a point; the daemon may fall
// at once. With "" it is not to be killed, and lists where it comes by.
func (tr *trader) arm(point, list string) {
	tr.t.Helper()
	tr.revive()
	tr.daemon.Stop()
	tr.daemon.Crash(point)
	tr.daemon.ListCrashPoints(list)
	if err := tr.daemon.TryStart(); err != nil {
		require.ErrorContains(tr.t, err, "killed")
		tr.fallen++
		tr.disarm()
		tr.daemon.Start()
	}
	tr.back()
}

// disarm lets the next start live.
func (tr *trader) disarm() {
	tr.daemon.Crash("")
	tr.daemon.ListCrashPoints("")
}

// reached lists the crash points that a program with a list came by.
func reached(t testing.TB, list string) []string {
	t.Helper()
	text, err := os.ReadFile(list) //nolint:gosec // G304: the test's own file
	require.NoError(t, err)
	known := engine.CrashPoints()
	var names []string
	for _, name := range strings.Fields(string(text)) {
		if slices.Contains(known, name) {
			names = append(names, name)
		}
	}
	return names
}

// ordeal is a series of contracts of which each is struck by crashes.
type ordeal struct {
	t            testing.TB
	m            *market
	miner, buyer *trader
	struck       map[string]bool // role and point
}

// live leads a contract from offer to end, with both daemons armed or listing.
func (o *ordeal) live(l life, minerPoint, buyerPoint, minerList, buyerList string) {
	o.t.Helper()
	o.t.Logf("crashes at %q and %q", minerPoint, buyerPoint)
	o.miner.arm(minerPoint, minerList)
	o.buyer.arm(buyerPoint, buyerList)
	o.miner.connected(o.buyer)
	fallen := [2]int{o.miner.fallen, o.buyer.fallen}
	d, ends := l.live(o.m, o.miner, o.buyer)
	d.end(ends)
	if o.miner.fallen > fallen[0] {
		o.struck["miner "+minerPoint] = true
	}
	if o.buyer.fallen > fallen[1] {
		o.struck["buyer "+buyerPoint] = true
	}
	o.t.Logf("it is %s", o.miner.contract(d.name).GetPhase())
}

// end mines until both have an end, and checks what both were paid.
func (d *deal) end(ends []string) {
	d.m.t.Helper()
	over := func(tr *trader) bool { return slices.Contains(ends, tr.contract(d.name).GetPhase()) }
	d.mining("the end", func() error {
		if !over(d.miner) || !over(d.buyer) {
			return fmt.Errorf("miner %s, buyer %s", d.miner.contract(d.name).GetPhase(), d.buyer.contract(d.name).GetPhase())
		}
		return nil
	})
	miner, buyer := d.both(ends...)
	require.Equal(d.m.t, miner.GetPhase(), buyer.GetPhase())
	require.Equal(d.m.t, miner.GetSpend().GetTxid(), buyer.GetSpend().GetTxid())
	require.Equal(d.m.t, miner.GetOwnPayoutSat(), buyer.GetPeerPayoutSat())
	require.Equal(d.m.t, miner.GetPeerPayoutSat(), buyer.GetOwnPayoutSat())
	if miner.GetPhase() != "Aborted" {
		d.paysCollateral(miner)
	}
	require.Empty(d.m.t, miner.GetAlarms())
	require.Empty(d.m.t, buyer.GetAlarms())
	d.miner.nothingLeased()
	d.buyer.nothingLeased()
}

// mining mines until something is so.
func (d *deal) mining(what string, condition func() error) {
	d.m.t.Helper()
	const polls = 10
	polled := 0
	harness.Eventually(d.m.t, what, func(context.Context) error {
		// Whenever the last transaction comes; but not so fast that a daemon which looks
		// for what it missed has new blocks to read all the time.
		if polled++; polled%polls == 1 {
			d.m.minutes(1)
		}
		return condition()
	})
}

// TestContractsSurviveCrashes kills daemons with kill -9 at named places, each at a
// place of its own while a contract lives, and every contract ends as it must. A
// sample of places is tried, or with ALK_CRASHES=all each that a life comes by.
func TestContractsSurviveCrashes(t *testing.T) {
	all := os.Getenv(allCrashes) == "all"
	if !all {
		harness.Long(t)
	}
	struck, ran := make(map[string]bool), 0
	for i, l := range lives() {
		t.Run(l.name, func(t *testing.T) {
			m := newMarketOf(t, 1_000)
			coins := 2
			if all { // one of them loses every time, and there may be sixty
				coins = 40
			}
			miner, buyer := m.tradersWith(coins, harness.WithCrashPoints(), harness.WithArgs("--t-sign=300", "--t-fund=300", "--t-close=10"))
			o := &ordeal{t: t, m: m, miner: miner, buyer: buyer, struck: struck}
			o.crashes(l, i, all)
			ran++
		})
	}
	t.Logf("%d crashes", len(struck))
	if all && ran == len(lives()) {
		require.Greater(t, len(struck), leastCrashes)
	}
}

// leastCrashes is how many there must be when every place is tried.
const leastCrashes = 120

// crashes tries the places of one life that did not strike in another one.
func (o *ordeal) crashes(l life, from int, all bool) {
	o.t.Helper()
	lists := [2]string{filepath.Join(o.t.TempDir(), "miner"), filepath.Join(o.t.TempDir(), "buyer")}
	o.live(l, "", "", lists[0], lists[1])
	points := [2][]string{o.left("miner", reached(o.t, lists[0])), o.left("buyer", reached(o.t, lists[1]))}
	o.t.Logf("%d places of the miner and %d of the buyer are new", len(points[0]), len(points[1]))
	if !all {
		points[0], points[1] = sample(points[0], from), sample(points[1], from+1)
	}
	for n := range max(len(points[0]), len(points[1])) {
		o.live(l, at(points[0], n), at(points[1], n), "", "")
	}
	if !all {
		return
	}
	// Where the crash of one kept the other from coming by his place.
	for _, point := range o.left("miner", points[0]) {
		o.live(l, point, "", "", "")
	}
	for _, point := range o.left("buyer", points[1]) {
		o.live(l, "", point, "", "")
	}
}

// left are the points that have not struck a role yet.
func (o *ordeal) left(role string, points []string) []string {
	var left []string
	for _, point := range points {
		if !o.struck[role+" "+point] {
			left = append(left, point)
		}
	}
	return left
}

// at is the n-th point, "" beyond the last.
func at(points []string, n int) string {
	if n < len(points) {
		return points[n]
	}
	return ""
}

// sample takes a few of the points, others each time.
func sample(points []string, from int) []string {
	const stride = 16
	var some []string
	for i := from; i < len(points); i += stride {
		some = append(some, points[i])
	}
	return some
}

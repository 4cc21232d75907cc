package itest_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/itest/harness"
)

// maker is the policy of a market maker: prices on both sides, two per cent around
// his own reference.
const maker = `
[[quotes.rules]]
side = "both"
spread_permille = 20
seconds = 600
`

// alk is the command line of a trader.
func (tr *trader) alk() *cli { return &cli{t: tr.t, daemon: tr.daemon, dir: tr.t.TempDir()} }

// quoted is what alk prints of an answer to a request.
type quoted struct {
	Quotes []struct {
		Failure string `json:"failure"`
		Orders  []struct {
			ID   string `json:"id"`
			Side string `json:"side"`
			K    string `json:"k"`
		} `json:"orders"`
	} `json:"quotes"`
}

// aContract is what alk prints of a contract.
type aContract struct {
	Key          string `json:"key"`
	Phase        string `json:"phase"`
	Side         string `json:"side"`
	OwnLockSat   string `json:"own_lock_sat"`
	OwnPayoutSat string `json:"own_payout_sat"`
}

// TestAMinerHedgesByTheCommandLine asks a market maker for a price, takes it, looks
// at what he has, and accounts for it when it has settled: all by alk, between two
// real daemons.
func TestAMinerHedgesByTheCommandLine(t *testing.T) {
	harness.Long(t)
	m := newMarket(t)
	miner, buyer := m.traders(withPolicy(t, maker))
	miner.readyToTrade()
	buyer.readyToTrade()
	mine, theirs := miner.alk(), buyer.alk()
	terms := []string{"--size", "10RU", "--days", "2", "--floor", "1000", "--cap", "40000", "--bucket", "8"}

	// The forward curve: an order of the maker, and the reference.
	theirs.must(nil, append([]string{"order", "publish", "--side", "buy", "--rate", "5000"}, terms...)...)
	var list struct {
		Orders []struct {
			ID string `json:"id"`
			K  string `json:"k"`
		} `json:"orders"`
	}
	mine.must(&list, "order", "list", "--refresh", "--side", "buy")
	require.Len(t, list.Orders, 1)
	require.Equal(t, "5000", list.Orders[0].K)
	curve := mine.run("curve", "--refresh")
	require.Zero(t, curve.ExitCode, curve.Stderr)
	require.Contains(t, curve.Stdout, "REFERENCE")
	require.NotContains(t, curve.Stdout, "no reference")

	// A request for a quote, answered by rule, and taken.
	var answer quoted
	mine.must(&answer, append([]string{"order", "rfq", "ask", "--side", "sell"}, terms...)...)
	require.Len(t, answer.Quotes, 1)
	require.Empty(t, answer.Quotes[0].Failure)
	require.Len(t, answer.Quotes[0].Orders, 1)
	require.Equal(t, "buy", answer.Quotes[0].Orders[0].Side)
	id := answer.Quotes[0].Orders[0].ID
	dry := mine.run("order", "take", id[:12], "--dry-run")
	require.Zero(t, dry.ExitCode, dry.Stderr)
	require.Contains(t, dry.Stdout, "reference price")
	var made aContract
	mine.must(&made, "order", "take", id, "--yes", "--fund-rate", "5", "--cet-rate", "3", "--refund-after", "336h")
	require.Equal(t, "short", made.Side)
	require.Equal(t, "Broadcast", made.Phase, "alk waits until both have signed")
	again := mine.run("order", "take", id, "--yes")
	require.NotZero(t, again.ExitCode, "the quote is used up")
	m.minutes(1)
	mine.must(&made, "contract", "wait", made.Key[:12], "--phase", "Active", "--timeout", "2m")
	require.Equal(t, "Active", made.Phase)

	miner.looksAtIt(mine, made.Key)
	d := &deal{m: m, name: miner.contract(made.Key).GetTempId(), miner: miner, buyer: buyer}
	buyer.phase(d.name, "Active")
	d.mature()
	d.both("Closing")
	m.minutes(6)
	d.both("Closed")
	mine.must(&made, "contract", "show", made.Key)
	require.NotEmpty(t, made.OwnPayoutSat)
	accounts(t, mine, made.Key)
	accounts(t, theirs, "")
	history := mine.run("contract", "history", made.Key)
	require.Contains(t, history.Stdout, "Active -> ")
	events := mine.run("events", "--json")
	require.Zero(t, events.ExitCode, events.Stderr)
	require.Contains(t, events.Stdout, `"phase":"Closed"`)
}

// looksAtIt reads everything about an open contract.
func (tr *trader) looksAtIt(c *cli, key string) {
	tr.t.Helper()
	var portfolio struct {
		Positions []struct {
			HedgeThs float64 `json:"hedge_ths"`
			MarkSat  string  `json:"mark_sat"`
		} `json:"positions"`
		HedgeRatio float64 `json:"hedge_ratio"`
	}
	c.must(&portfolio, "portfolio", "--hashrate", "20RU", "--horizon", "2")
	require.Len(tr.t, portfolio.Positions, 1)
	require.NotEmpty(tr.t, portfolio.Positions[0].MarkSat)
	require.InDelta(tr.t, 10_000, portfolio.Positions[0].HedgeThs, 200)
	require.InDelta(tr.t, 0.5, portfolio.HedgeRatio, 0.02)
	file := filepath.Join(c.dir, "payoff.svg")
	plot := c.run("contract", "plot", key[:12], "--out", file)
	require.Zero(tr.t, plot.ExitCode, plot.Stderr)
	raw, err := os.ReadFile(file) //nolint:gosec // a file of this test
	require.NoError(tr.t, err)
	require.Contains(tr.t, string(raw), "fair value")
	require.Contains(tr.t, string(raw), "index now")
	terminal := c.run("contract", "plot", key[:12])
	require.Contains(tr.t, terminal.Stdout, "break-even")
	require.NotZero(tr.t, c.run("contract", "close", key[:12], "--approve").ExitCode)
	export := c.run("contract", "export", key[:12], "--out", filepath.Join(c.dir, "contract.alkr"))
	require.Zero(tr.t, export.ExitCode, export.Stderr)
}

// accounts checks that the report adds up, and that it names the contract's result.
func accounts(t *testing.T, c *cli, key string) {
	t.Helper()
	var report struct {
		NetSat       string `json:"net_sat"`
		WalletNetSat string `json:"wallet_net_sat"`
		BalanceSat   string `json:"balance_sat"`
		LockedSat    string `json:"locked_sat"`
		Contracts    []struct {
			Key         string `json:"key"`
			LockSat     string `json:"lock_sat"`
			ReturnedSat string `json:"returned_sat"`
		} `json:"contracts"`
	}
	harness.Eventually(t, "the wallet to know the settlement", func(context.Context) error {
		c.must(&report, "report")
		// The take that came to nothing has no transaction.
		if len(report.Contracts) != 1 || report.Contracts[0].ReturnedSat == "0" {
			return fmt.Errorf("%s\n%s", c.run("report").Stdout, c.run("wallet", "txs").Stdout)
		}
		return nil
	})
	require.Equal(t, report.WalletNetSat, report.NetSat)
	require.Equal(t, report.BalanceSat, report.NetSat, "from the beginning, what came is what is there")
	require.Equal(t, "0", report.LockedSat)
	require.True(t, strings.HasPrefix(report.Contracts[0].LockSat, "-"))
	if key != "" {
		require.Equal(t, key, report.Contracts[0].Key)
	}
}

// TestTheUserAnswersARequest: without a rule the maker's user is asked, and answers
// with a price of his own.
func TestTheUserAnswersARequest(t *testing.T) {
	harness.Long(t)
	m := newMarket(t)
	miner, buyer := m.traders()
	miner.readyToTrade()
	buyer.readyToTrade()
	mine, theirs := miner.alk(), buyer.alk()
	done := make(chan harness.Result, 1)
	go func() {
		done <- mine.run("order", "rfq", "ask", "--side", "sell", "--size", "50RU", "--days", "1", "--floor", "1000", "--cap", "12000",
			"--wait", "2m", "--json")
	}()
	var requests struct {
		Requests []struct {
			ID string `json:"id"`
		} `json:"requests"`
	}
	harness.Eventually(t, "the request", func(context.Context) error {
		theirs.must(&requests, "order", "rfq", "list")
		if len(requests.Requests) != 1 {
			return errNotYet
		}
		return nil
	})
	theirs.must(nil, "order", "rfq", "answer", requests.Requests[0].ID[:8], "--bid", "4321", "--for", "5m")
	answer := <-done
	require.Zero(t, answer.ExitCode, answer.Stderr)
	require.Contains(t, answer.Stdout, `"k": "4321"`)
}

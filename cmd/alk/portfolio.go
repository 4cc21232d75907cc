package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/client"
)

func (a *app) portfolioCommand() *cobra.Command {
	var hashrate string
	req := &alkv1.GetPortfolioRequest{}
	cmd := a.command("portfolio", "Show open positions, what they are worth, and how much hashrate they hedge", cobra.NoArgs,
		func(ctx context.Context, c *client.Client, _ []string) error {
			if hashrate != "" {
				ths, err := parseHashrate(hashrate)
				if err != nil {
					return err
				}
				req.HashrateThs = ths
			}
			resp, err := c.Portfolio.GetPortfolio(ctx, req)
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) { portfolioTable(w, resp) })
		})
	cmd.Long = "Show open positions. A mark is what the node's own pricer makes of a position: an opinion, and never\n" +
		"a price at which anyone must trade. The hedge is the hashrate whose income a position makes up for."
	cmd.Example = "  alk portfolio --hashrate 20PH"
	cmd.Flags().StringVar(&hashrate, "hashrate", "", "your hashrate, to be told what part of it is hedged")
	cmd.Flags().Uint32Var(&req.HorizonDays, "horizon", 0, "over how many days from today the hedge is measured (default 30)")
	return cmd
}

func portfolioTable(w io.Writer, p *alkv1.GetPortfolioResponse) {
	if len(p.GetPositions()) == 0 {
		row(w, "no open positions")
		return
	}
	row(w, "CONTRACT", "PHASE", "SIDE", "PRODUCT", "SIZE", "PRICE", "UNTIL", "LOCKED", "MARK", "PROFIT", "HEDGES")
	for _, o := range p.GetPositions() {
		mark, profit, hedge := "-", "-", "-"
		if o.MarkSat != nil {
			mark, profit = sat(o.GetMarkSat()), signed(o.GetProfitSat())
			if o.GetAttested() {
				mark += " (attested)"
			}
		}
		if o.HedgeThs != nil {
			hedge = hedgeText(o.GetHedgeThs(), o.GetIndex())
		}
		row(w, abbreviate(o.GetKey()), o.GetPhase(), o.GetSide(), o.GetProduct(), sizeText(uint64(o.GetNotionalThs()), o.GetIndex()),
			sat(o.GetPrice()), dateOf(o.GetEndDay()), sat(o.GetOwnLockSat()), mark, profit, hedge)
	}
	row(w)
	row(w, "EXPIRES", "POSITIONS", "LOCKED", "MARK")
	for _, e := range p.GetExpiries() {
		row(w, dateOf(e.GetDay()), e.GetPositions(), sat(e.GetOwnLockSat()), sat(e.GetMarkSat()))
	}
	row(w)
	row(w, "locked", sat(p.GetLockedSat())+" sat")
	if p.GetReservedSat() > 0 {
		row(w, "set aside", sat(p.GetReservedSat())+" sat for contracts not funded yet")
	}
	row(w, "mark", fmt.Sprintf("%s sat, profit %s sat before miner fees", sat(p.GetMarkSat()), signed(p.GetProfitSat())))
	if p.GetUnpriced() > 0 {
		row(w, "without mark", p.GetUnpriced())
	}
	hedge := fmt.Sprintf("%s over the next %d days", hedgeText(p.GetHedgedThs(), p.GetPositions()[0].GetIndex()), p.GetHorizonDays())
	if p.HedgeRatio != nil {
		hedge += ", " + percent(p.GetHedgeRatio()) + " of what you stated"
	}
	row(w, "hedged", hedge)
}

// hedgeText shows hashrate that may be negative.
func hedgeText(ths float64, index string) string {
	size := sizeText(uint64(max(ths, -ths)+0.5), index)
	if ths < 0 {
		return "-" + size
	}
	return size
}

// sources in the words of a report.
var sources = map[string]string{
	"mining": "mining receipts", "received": "other payments received", "sent": "payments sent", "own_lock": "own locks, put in and returned",
	"peer_lock": "won from peers' locks", "fee_payment": "miner fees of payments", "fee_funding": "miner fees of funding contracts",
	"fee_settlement": "miner fees of closing contracts",
}

func (a *app) reportCommand() *cobra.Command {
	var from, until string
	cmd := a.command("report", "Account for every satoshi of the wallet by its source", cobra.NoArgs,
		func(ctx context.Context, c *client.Client, _ []string) error {
			req := &alkv1.GetReportRequest{}
			var err error
			if req.FromUnix, err = parseMoment(from); err != nil {
				return err
			}
			if req.UntilUnix, err = parseMoment(until); err != nil {
				return err
			}
			resp, err := c.Portfolio.GetReport(ctx, req)
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) { reportTable(w, resp) })
		})
	cmd.Long = "Account for every satoshi that entered or left the wallet: from mining, from payments, from own\n" +
		"locks, from peers' locks, to miners. Label a pool's payout `mining ...` to have it counted as such\n" +
		"(`alk wallet coins label`)."
	cmd.Flags().StringVar(&from, "from", "", "from when on: a date, RFC 3339 or Unix seconds (default: the beginning)")
	cmd.Flags().StringVar(&until, "until", "", "until when, not included (default: now)")
	return cmd
}

func reportTable(w io.Writer, r *alkv1.GetReportResponse) {
	row(w, "SOURCE", "SAT", "TRANSACTIONS")
	for _, l := range r.GetLines() {
		if l.GetTransactions() > 0 {
			name, ok := sources[l.GetSource()]
			if !ok {
				name = l.GetSource()
			}
			row(w, name, signed(l.GetAmountSat()), l.GetTransactions())
		}
	}
	row(w, "sum", signed(r.GetNetSat()), "")
	if r.GetNetSat() != r.GetWalletNetSat() {
		row(w, "FAULT: the wallet's history says", signed(r.GetWalletNetSat()), "please report this")
	}
	if len(r.GetContracts()) > 0 {
		row(w)
		row(w, "CONTRACT", "PHASE", "PRODUCT", "LOCKED", "RETURNED", "WON", "LOST", "MINER FEES", "NET")
		for _, c := range r.GetContracts() {
			row(w, abbreviate(c.GetKey()), c.GetPhase(), c.GetProduct(), signed(c.GetLockSat()), signed(c.GetReturnedSat()),
				signed(c.GetGainedSat()), signed(c.GetLostSat()), signed(c.GetFeesSat()), signed(c.GetNetSat()))
		}
	}
	row(w)
	row(w, "wallet now", sat(r.GetBalanceSat())+" sat")
	row(w, "locked in contracts now", sat(r.GetLockedSat())+" sat")
}

package main

import (
	"context"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/client"
)

// quoteWait is how long peers are waited for unless told otherwise: as long as
// programs take.
const quoteWait = 10 * time.Second

func (a *app) rfqCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "rfq", Short: "Ask peers for a quote, and answer those who ask", Args: cobra.NoArgs, RunE: help}
	list := a.command("list", "List the requests of peers that wait for you", cobra.NoArgs,
		func(ctx context.Context, c *client.Client, _ []string) error {
			resp, err := c.Orders.ListQuoteRequests(ctx, &alkv1.ListQuoteRequestsRequest{})
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) { requestTable(w, resp.GetRequests()) })
		})
	decline := a.command("decline REQUEST", "Decline a request", cobra.ExactArgs(1),
		func(ctx context.Context, c *client.Client, args []string) error {
			resp, err := c.Orders.DeclineQuoteRequest(ctx, &alkv1.DeclineQuoteRequestRequest{Id: args[0]})
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) { row(w, "declined", args[0]) })
		})
	cmd.AddCommand(a.rfqAskCommand(), list, a.rfqAnswerCommand(), decline)
	return cmd
}

func (a *app) rfqAskCommand() *cobra.Command {
	var terms termsFlags
	var side string
	var peers []string
	var wait time.Duration
	cmd := &cobra.Command{
		Use: "ask", Short: "Ask peers for a price; answers can be taken with `alk order take`", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			draft, err := terms.draft(true)
			if err != nil {
				return err
			}
			req := &alkv1.RequestQuotesRequest{Side: side, Terms: draft}
			if req.WaitSeconds, err = wholeSeconds(wait); err != nil {
				return err
			}
			for _, p := range peers {
				req.Peers = append(req.Peers, keyOf(p))
			}
			c, err := a.dial()
			if err != nil {
				return err
			}
			defer c.Close()
			// The answer may take as long as the peers may.
			ctx, cancel := context.WithTimeout(cmd.Context(), wait+a.timeout)
			defer cancel()
			resp, err := c.Orders.RequestQuotes(ctx, req)
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) { quoteTable(w, resp.GetQuotes()) })
		},
	}
	cmd.Example = "  alk order rfq ask --side sell --size 5PH --days 30\n  alk order rfq ask --side both --product put --strike 43000 --size 1PH"
	terms.add(cmd)
	f := cmd.Flags()
	f.StringVar(&side, "side", "both", "buy, sell, or both for two prices")
	f.StringSliceVar(&peers, "peer", nil, "node keys of the peers to ask (default: all that are connected)")
	f.DurationVar(&wait, "wait", quoteWait, "how long each may take; a person needs minutes")
	must(cmd.RegisterFlagCompletionFunc("side", cobra.FixedCompletions([]string{"buy", "sell", "both"}, cobra.ShellCompDirectiveNoFileComp)))
	return cmd
}

func quoteTable(w io.Writer, quotes []*alkv1.PeerQuote) {
	row(w, "PEER", "ORDER", "IT", "PRICE", "REFERENCE", "HOLDS UNTIL (UTC)")
	for _, q := range quotes {
		if q.GetFailure() != "" {
			row(w, abbreviate(q.GetPeer()), "-", "-", q.GetFailure())
			continue
		}
		for _, o := range q.GetOrders() {
			reference := "-"
			if o.FairPrice != nil {
				reference = rounded(o.GetFairPrice())
			}
			row(w, abbreviate(q.GetPeer()), abbreviate(o.GetId()), o.GetSide()+"s",
				priceText(o.GetProduct(), o.GetK(), o.GetKc(), o.GetPremium()), reference,
				time.Unix(int64(min(o.GetExpiryUnix(), 1<<40)), 0).UTC().Format(time.DateTime))
		}
	}
}

func requestTable(w io.Writer, requests []*alkv1.QuoteRequest) {
	if len(requests) == 0 {
		row(w, "no requests")
		return
	}
	row(w, "REQUEST", "PEER", "WANTS TO", "PRODUCT", "INDEX", "FROM", "DAYS", "SIZE", "STRIKE", "BAND", "UNTIL (UTC)")
	for _, r := range requests {
		o := r.GetOrder()
		wants := o.GetSide()
		if wants == "both" {
			wants = "see both prices"
		}
		strike := "-"
		if o.GetK() > 0 {
			strike = sat(o.GetK())
		}
		row(w, abbreviate(r.GetId()), abbreviate(r.GetPeer()), wants, o.GetProduct(), o.GetIndex(), dateOf(o.GetStartDay()), o.GetDays(),
			sizeText(uint64(o.GetMaxThs()), o.GetIndex()), strike, bandText(o.GetFloor(), o.GetCap()),
			moment(int64(min(r.GetUntilUnix(), 1<<40))))
	}
}

func (a *app) rfqAnswerCommand() *cobra.Command {
	var bid, ask string
	var holds time.Duration
	cmd := a.command("answer REQUEST", "Answer a request with signed orders for the asker alone", cobra.ExactArgs(1),
		func(ctx context.Context, c *client.Client, args []string) error {
			req := &alkv1.AnswerQuoteRequestRequest{Id: args[0]}
			if bid == "" && ask == "" {
				return errUsage("--bid is what you buy at, --ask what you sell at", "a price is needed")
			}
			for _, p := range []struct {
				text string
				to   **int64
			}{{bid, &req.Bid}, {ask, &req.Ask}} {
				if p.text == "" {
					continue
				}
				price, err := parseSignedSats(p.text)
				if err != nil {
					return err
				}
				*p.to = &price
			}
			var err error
			if req.Seconds, err = wholeSeconds(holds); err != nil {
				return err
			}
			resp, err := c.Orders.AnswerQuoteRequest(ctx, req)
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) { row(w, "answered", args[0]) })
		})
	f := cmd.Flags()
	f.StringVar(&bid, "bid", "", "price at which you buy: the rate of a swap, else the premium")
	f.StringVar(&ask, "ask", "", "price at which you sell")
	f.DurationVar(&holds, "for", time.Minute, "how long it holds, 5s to 10m")
	return cmd
}

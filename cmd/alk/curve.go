package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/client"
)

func (a *app) curveCommand() *cobra.Command {
	req := &alkv1.GetCurveRequest{}
	cmd := a.command("curve", "Show the forward curve: best bid, best ask and reference of each tenor", cobra.NoArgs,
		func(ctx context.Context, c *client.Client, _ []string) error {
			resp, err := c.Orders.GetCurve(ctx, req)
			if err != nil {
				return err
			}
			a.notAsked(resp.GetFailed())
			return a.show(resp, func(w io.Writer) { curveTable(w, resp) })
		})
	cmd.Long = "Show the forward curve from own orders and those of connected peers: for each tenor the best\n" +
		"bid and ask of swaps that begin within three days, and what the node's own pricer expects.\n" +
		"The growth is that of difficulty at each retarget at which the price would be fair."
	cmd.Flags().StringVar(&req.Index, "index", "", "index and leg (default: that of the network)")
	cmd.Flags().BoolVar(&req.Refresh, "refresh", false, "ask the connected peers anew")
	return cmd
}

func curveTable(w io.Writer, c *alkv1.GetCurveResponse) {
	row(w, c.GetIndex(), "from "+dateOf(c.GetStartDay()), "sat per "+unitName(c.GetIndex())+" and day")
	row(w)
	row(w, "DAYS", "BID", "SIZE", "GROWTH", "ASK", "SIZE", "GROWTH", "REFERENCE", "CERTAIN")
	for _, p := range c.GetPoints() {
		cells := []any{p.GetDays()}
		for _, level := range []*alkv1.CurveLevel{p.GetBid(), p.GetAsk()} {
			if level == nil {
				cells = append(cells, "-", "-", "-")
				continue
			}
			growth := "-"
			if level.ImpliedGrowth != nil {
				growth = percent(level.GetImpliedGrowth())
			}
			cells = append(cells, sat(level.GetPrice()), sizeText(level.GetSizeThs(), c.GetIndex()), growth)
		}
		if p.Reference == nil {
			cells = append(cells, "-", "-")
		} else {
			cells = append(cells, rounded(p.GetReference()), fmt.Sprintf("%.0f %%", 100*p.GetCertain()))
		}
		row(w, cells...)
	}
	if c.GetUnpriced() != "" {
		row(w, "no reference: "+c.GetUnpriced())
	}
}

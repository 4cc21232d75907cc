package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/internal/chart"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/client"
)

// plotted is what a payoff diagram shows.
type plotted struct {
	terms      *alkv1.Terms
	side       string
	table      []*alkv1.PayoffPoint
	breakevens []*alkv1.PayoffPoint
	valuation  *alkv1.Valuation
	collateral uint64
	lock       uint64
	// spot is where the index stands, per unit and day; 0 if unknown.
	spot float64
}

func (a *app) plotCommand() *cobra.Command {
	var terms termsFlags
	var off offlineFlags
	var side, out, spot string
	var options chart.TextOptions
	size := chart.DefaultSize
	cmd := &cobra.Command{
		Use: "plot [CONTRACT]", Short: "Draw the payoff of a contract, or of terms: in the terminal, or as SVG or PNG", Args: cobra.MaximumNArgs(1),
		Long: "Draw what you gain or lose over the mean of the index, with break-even, the index as it stands and\n" +
			"the fair value. Without a contract it draws the terms of the flags, offline unless --live is given.",
		Example: "  alk contract plot 3f2a --out payoff.svg\n" +
			"  alk contract plot --side short --size 5PH --rate 42350 --floor 27000 --cap 58000 --spot 42400",
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := a.plotted(cmd.Context(), args, &terms, off, side)
			if err != nil {
				return err
			}
			if spot != "" {
				v, err := parseSats(spot)
				if err != nil {
					return err
				}
				p.spot = float64(v)
			}
			return a.draw(p.chart(), out, size, options)
		},
	}
	terms.add(cmd)
	off.add(cmd)
	addDrawFlags(cmd, &out, &size, &options)
	cmd.Flags().StringVar(&side, "side", "short", "long or short")
	cmd.Flags().StringVar(&spot, "spot", "", "where the index stands, satoshi per unit and day")
	return cmd
}

func addDrawFlags(cmd *cobra.Command, out *string, size *chart.Size, options *chart.TextOptions) {
	f := cmd.Flags()
	f.StringVar(out, "out", "", "file to write, .svg or .png (default: draw in the terminal)")
	f.IntVar(&size.Width, "width", size.Width, "width of the file in pixels")
	f.IntVar(&size.Height, "height", size.Height, "height of the file in pixels")
	f.IntVar(&options.Columns, "columns", 0, "width in the terminal (default 80)")
	f.IntVar(&options.Rows, "rows", 0, "height in the terminal (default 24)")
	f.BoolVar(&options.ASCII, "ascii", false, "draw in the terminal with ASCII characters")
}

// plotted gets what is drawn from a contract or from flags.
func (a *app) plotted(ctx context.Context, args []string, terms *termsFlags, off offlineFlags, side string) (plotted, error) {
	if len(args) == 0 {
		s, err := a.simulation(ctx, terms, off, side)
		if err != nil {
			return plotted{}, err
		}
		return plotted{
			terms: s.GetTerms(), side: s.GetSide(), table: s.GetTable(), breakevens: s.GetBreakevens(), valuation: s.GetValuation(),
			collateral: s.GetCollateralSat(), lock: s.GetOwnLockSat(),
		}, nil
	}
	var p plotted
	err := a.with(ctx, a.dial, func(ctx context.Context, c *client.Client) error {
		payoff, err := c.Contracts.GetPayoff(ctx, &alkv1.GetPayoffRequest{Contract: args[0]})
		if err != nil {
			return err
		}
		contract, err := c.Contracts.GetContract(ctx, &alkv1.GetContractRequest{Contract: args[0]})
		if err != nil {
			return err
		}
		p = plotted{
			terms: payoff.GetTerms(), side: payoff.GetSide(), table: payoff.GetTable(), breakevens: payoff.GetBreakevens(),
			valuation: payoff.GetValuation(), collateral: contract.GetContract().GetCollateralSat(),
			lock: contract.GetContract().GetOwnLockSat(), spot: payoff.GetAttestedPerDay(),
		}
		if p.spot > 0 {
			return nil
		}
		// Before the first day of the window the last closed day stands for it. A
		// plot without it is a plot all the same.
		id, _, _ := strings.Cut(p.terms.GetIndex(), "/")
		if day, err := c.Index.GetIndexDay(ctx, &alkv1.GetIndexDayRequest{Index: id}); err == nil {
			p.spot = float64(legOf(day.GetDay(), p.terms.GetIndex()))
		}
		return nil
	})
	return p, err
}

// legOf picks the leg that an index such as hp1/sub names.
func legOf(d *alkv1.IndexDay, index string) uint64 {
	switch {
	case strings.HasSuffix(index, "/sub"):
		return d.GetSub()
	case strings.HasSuffix(index, "/fee"):
		return d.GetFee()
	}
	return d.GetTot()
}

// own is our part when the long side gets so much.
func (p plotted) own(long float64) float64 {
	if p.side == "short" {
		return float64(p.collateral) - long
	}
	return long
}

// chart turns it into a diagram.
func (p plotted) chart() chart.Chart {
	t := p.terms
	c := chart.Chart{
		Title: fmt.Sprintf("%s %s, %s, %d days: profit of the %s", t.GetProduct(), priceText(t.GetProduct(), t.GetK(), t.GetKc(), t.GetPremium()),
			sizeText(uint64(t.GetNotionalThs()), t.GetIndex()), t.GetEndDay()-t.GetStartDay()+1, p.side),
		X:     chart.Axis{Label: fmt.Sprintf("mean of %s, sat per %s and day", t.GetIndex(), unitName(t.GetIndex()))},
		Y:     chart.Axis{Label: "profit, sat"},
		Rules: []chart.Rule{{At: 0}},
	}
	s := chart.Series{Style: chart.Area}
	for _, at := range p.table {
		// The exact payout: the steps of the settled one look like a mistake.
		s.Points = append(s.Points, chart.Point{X: at.GetPerDay(), Y: p.own(float64(at.GetLongSat())) - float64(p.lock)})
	}
	c.Series = []chart.Series{s}
	for i, b := range p.breakevens {
		if i == 0 || math.Abs(b.GetPerDay()-p.breakevens[i-1].GetPerDay()) > 1 {
			c.Rules = append(c.Rules, chart.Rule{At: b.GetPerDay(), Vertical: true, Label: "break-even"})
		}
	}
	if p.spot > 0 {
		c.Rules = append(c.Rules, chart.Rule{At: p.spot, Vertical: true, Label: "index now"})
	}
	if v := p.valuation; v != nil {
		c.Marks = append(c.Marks, chart.Mark{
			Point: chart.Point{X: v.GetForecastPerDay(), Y: p.own(v.GetLongValueSat()) - float64(p.lock)}, Label: "fair value",
		})
	}
	return c
}

// draw writes a chart to a file by its ending, or to the terminal.
func (a *app) draw(c chart.Chart, out string, size chart.Size, options chart.TextOptions) error {
	if out == "" {
		return drawn(c.Text(a.out, options))
	}
	var write func(io.Writer, chart.Size) error
	switch strings.ToLower(filepath.Ext(out)) {
	case ".svg":
		write = c.SVG
	case ".png":
		write = c.PNG
	default:
		return errUsage("end the name with .svg or .png", "what kind of file is %q?", out)
	}
	f, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644) //nolint:gosec // the user's own choice of file
	if err != nil {
		return err
	}
	if err := firstError(drawn(write(f, size)), f.Close()); err != nil {
		return err
	}
	a.tell("written to %s\n", out)
	return nil
}

// drawn explains a size that cannot be drawn.
func drawn(err error) error {
	if err == nil {
		return nil
	}
	return &problem{err: err, exit: exitFailed, reason: "chart", hint: "choose another size"}
}

package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/internal/chart"
	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/index"
)

// maxHistory bounds the days of one history or chart.
const maxHistory = 20_000

// parseDay reads a Unix day or a date.
func parseDay(text string) (uint32, error) {
	if n, err := strconv.ParseUint(text, 10, 32); err == nil {
		return uint32(n), nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Unix() < 0 {
		return 0, errUsage("write a Unix day such as 20454, or a date such as 2026-01-01", "%q is no day", text)
	}
	return uint32(t.Unix() / index.DaySeconds), nil //nolint:gosec // G115: dates have four digits of year
}

// dayText is a day as people read it, with its number.
func dayText(day uint32) string {
	return fmt.Sprintf("%s (%d)", time.Unix(int64(day)*index.DaySeconds, 0).UTC().Format(time.DateOnly), day)
}

// dayRows prints the record of a day.
func dayRows(w io.Writer, d index.Day) {
	row(w, "index", d.Index)
	row(w, "day", dayText(d.Day))
	if d.Blocks == 0 {
		row(w, "blocks", "none: the values of the last day that had any")
	} else {
		row(w, "blocks", fmt.Sprintf("%d, heights %d to %d", d.Blocks, d.FirstHeight, d.LastHeight))
		row(w, "fees clipped in", fmt.Sprintf("%d blocks", d.Clipped))
	}
	row(w, "closed by", fmt.Sprintf("block %d, %s", d.CloseHeight, d.CloseHash))
	row(w, "subsidy leg", sat(d.Value.Sub))
	row(w, "fee leg", sat(d.Value.Fee))
	row(w, "fee leg unclipped", sat(d.Raw))
	row(w, "index of the day", sat(d.Value.Tot()))
	row(w, "counter", sat(d.Counter.Tot()))
}

// indexFlags choose where the index is read.
type indexFlags struct{ oracles []string }

func (f *indexFlags) add(cmd *cobra.Command) { addOracleFlag(cmd, &f.oracles) }

func (a *app) indexDayCommand() *cobra.Command {
	var f indexFlags
	cmd := &cobra.Command{
		Use: "day DAY", Short: "Show the index of a closed day, by the record that an oracle publishes", Args: cobra.ExactArgs(1),
		Long: "Show the index of a closed day, by the record that an oracle publishes. DAY is a Unix day or\n" +
			"a date. `alk oracle verify` recomputes it.",
		RunE: func(cmd *cobra.Command, args []string) error {
			day, err := parseDay(args[0])
			if err != nil {
				return err
			}
			p, err := a.indexParams()
			if err != nil {
				return err
			}
			list, c, err := a.reader(f.oracles)
			if err != nil {
				return err
			}
			ctx, cancel := a.limit(cmd.Context())
			defer cancel()
			raw, err := c.Day(ctx, [32]byte(list[0].Key), p.ID, day)
			if err != nil {
				return err
			}
			d, err := index.ParseDay(raw)
			if err != nil {
				return err
			}
			return a.print(json.RawMessage(raw), func(w io.Writer) { dayRows(w, d) })
		},
	}
	f.add(cmd)
	return cmd
}

// history reads the published days from first to last.
func (a *app) history(ctx context.Context, oracles []string, first, last uint32) ([]index.Day, error) {
	p, err := a.indexParams()
	if err != nil {
		return nil, err
	}
	list, c, err := a.reader(oracles)
	if err != nil {
		return nil, err
	}
	var days []index.Day
	for from := first; from <= last && len(days) < maxHistory; {
		page, err := c.Days(ctx, [32]byte(list[0].Key), p.ID, from, api.MaxLimit)
		if err != nil {
			return nil, err
		}
		for _, x := range page.Days {
			d, err := index.ParseDay(x.Record)
			if err != nil {
				return nil, err
			}
			if d.Day > last {
				return days, nil
			}
			days = append(days, d)
		}
		if page.Next <= from {
			break
		}
		from = page.Next
	}
	return days, nil
}

// span reads the flags from and to; with neither it is the last 90 days.
func span(from, to string) (first, last uint32, err error) {
	last = uint32(time.Now().Unix() / index.DaySeconds) //nolint:gosec // G115: of this century
	first = last - 90
	if to != "" {
		if last, err = parseDay(to); err != nil {
			return 0, 0, err
		}
		first = last - min(last, 90)
	}
	if from != "" {
		if first, err = parseDay(from); err != nil {
			return 0, 0, err
		}
	}
	if first > last {
		return 0, 0, errUsage("--from is not after --to", "no days from %d to %d", first, last)
	}
	return first, last, nil
}

func (a *app) indexHistoryCommand() *cobra.Command {
	var f indexFlags
	var from, to string
	var asCSV bool
	cmd := &cobra.Command{
		Use: "history", Short: "Show the index of many days, by the records that an oracle publishes", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			first, last, err := span(from, to)
			if err != nil {
				return err
			}
			ctx, cancel := a.limit(cmd.Context())
			defer cancel()
			days, err := a.history(ctx, f.oracles, first, last)
			if err != nil {
				return err
			}
			if asCSV {
				return a.historyCSV(days)
			}
			records := make([]json.RawMessage, len(days))
			for i, d := range days {
				records[i] = d.JSON()
			}
			return a.print(records, func(w io.Writer) {
				row(w, "DAY", "BLOCKS", "SUBSIDY", "FEES", "INDEX", "COUNTER")
				for _, d := range days {
					row(w, dayText(d.Day), d.Blocks, d.Value.Sub, d.Value.Fee, d.Value.Tot(), d.Counter.Tot())
				}
			})
		},
	}
	f.add(cmd)
	addSpanFlags(cmd, &from, &to)
	cmd.Flags().BoolVar(&asCSV, "csv", false, "print CSV")
	return cmd
}

func addSpanFlags(cmd *cobra.Command, from, to *string) {
	cmd.Flags().StringVar(from, "from", "", "first day (default 90 days before the last)")
	cmd.Flags().StringVar(to, "to", "", "last day (default today)")
}

func (a *app) historyCSV(days []index.Day) error {
	w := csv.NewWriter(a.out)
	rows := [][]string{{"day", "date", "blocks", "i_sub", "i_fee", "i_tot", "i_raw", "clipped", "c_sub", "c_fee", "c_tot", "close_height", "close_hash"}}
	n := func(v uint64) string { return strconv.FormatUint(v, 10) }
	for _, d := range days {
		rows = append(rows, []string{
			n(uint64(d.Day)), time.Unix(int64(d.Day)*index.DaySeconds, 0).UTC().Format(time.DateOnly), n(uint64(d.Blocks)),
			n(d.Value.Sub), n(d.Value.Fee), n(d.Value.Tot()), n(d.Raw), n(uint64(d.Clipped)),
			n(d.Counter.Sub), n(d.Counter.Fee), n(d.Counter.Tot()), n(uint64(d.CloseHeight)), d.CloseHash.String(),
		})
	}
	return w.WriteAll(rows)
}

func (a *app) indexChartCommand() *cobra.Command {
	var f indexFlags
	var from, to, file string
	var legs []string
	size := chart.DefaultSize
	cmd := &cobra.Command{
		Use: "chart", Short: "Draw the index of many days: in the terminal, or as SVG or PNG", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			first, last, err := span(from, to)
			if err != nil {
				return err
			}
			ctx, cancel := a.limit(cmd.Context())
			defer cancel()
			days, err := a.history(ctx, f.oracles, first, last)
			if err != nil {
				return err
			}
			c, err := indexChart(days, legs)
			if err != nil {
				return err
			}
			return a.draw(c, file, size, chart.TextOptions{Columns: 100, Rows: 24})
		},
	}
	f.add(cmd)
	addSpanFlags(cmd, &from, &to)
	cmd.Flags().StringVar(&file, "out", "", "write the chart to this file, .svg or .png (default: text)")
	cmd.Flags().StringSliceVar(&legs, "leg", []string{index.LegTot}, "leg to draw: tot, sub or fee (repeat)")
	cmd.Flags().IntVar(&size.Width, "width", size.Width, "width of a picture in pixels")
	cmd.Flags().IntVar(&size.Height, "height", size.Height, "height of a picture in pixels")
	return cmd
}

// indexChart is the chart of the legs of some days.
func indexChart(days []index.Day, legs []string) (chart.Chart, error) {
	c := chart.Chart{
		Title: "Index of mining rewards", Y: chart.Axis{Label: "sat per unit and day", Whole: true},
		X: chart.Axis{Label: "day", Whole: true, Format: func(v float64) string {
			return time.Unix(int64(v)*index.DaySeconds, 0).UTC().Format(time.DateOnly)
		}},
	}
	for _, leg := range legs {
		s := chart.Series{Name: leg, Style: chart.Step}
		for _, d := range days {
			v, ok := d.Value.Leg(leg)
			if !ok {
				return c, errUsage("--leg=tot, sub or fee", "the index has no leg %q", leg)
			}
			s.Points = append(s.Points, chart.Point{X: float64(d.Day), Y: float64(v)})
			c.Title = "Index " + d.Index
		}
		c.Series = append(c.Series, s)
	}
	return c, nil
}

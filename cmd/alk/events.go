package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
)

func (a *app) eventsCommand() *cobra.Command {
	var follow bool
	req := &alkv1.WatchEventsRequest{}
	cmd := &cobra.Command{
		Use: "events", Short: "Show what has happened to contracts, and follow it", Args: cobra.NoArgs,
		Long: "Show what has happened to contracts. Each event has a cursor; a program that was away goes on after\n" +
			"the last one it saw with --after. With --json each event is one line.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.dial()
			if err != nil {
				return err
			}
			defer c.Close()
			req.StoredOnly = !follow
			stream, err := c.Events.WatchEvents(cmd.Context(), req)
			if err != nil {
				return err
			}
			for stream.Receive() {
				if err := a.showLine(stream.Msg(), eventLine(stream.Msg())); err != nil {
					return err
				}
			}
			if err := stream.Err(); err != nil {
				return err
			}
			return stream.Close()
		},
	}
	f := cmd.Flags()
	f.BoolVarP(&follow, "follow", "f", false, "go on with new ones as they happen")
	f.Uint64Var(&req.After, "after", 0, "cursor of the last event already seen")
	f.StringVar(&req.Contract, "contract", "", "only those of one contract")
	f.BoolVar(&req.Progress, "progress", false, "progress of signing and verifying, too")
	return cmd
}

// eventLine is an event for a person.
func eventLine(e *alkv1.WatchEventsResponse) string {
	about := abbreviate(e.GetContract())
	if about == "" {
		about = "-"
	}
	var what string
	switch e.GetKind() {
	case "phase":
		what = fmt.Sprintf("%s -> %s", e.GetFrom(), e.GetPhase())
	case "offer":
		what = fmt.Sprintf("an offer waits for you: `alk contract accept %s`", about)
	case "close":
		what = fmt.Sprintf("an exit waits for you: `alk contract show %s`", about)
	case "progress":
		what = fmt.Sprintf("%s %d/%d", e.GetTask(), e.GetDone(), e.GetTotal())
	default:
		what = strings.ToUpper(e.GetKind())
	}
	if e.GetReason() != "" {
		what += ": " + e.GetReason()
	}
	return printable(fmt.Sprintf("%-6d %s  %-12s  %s", e.GetCursor(), time.Unix(e.GetTimeUnix(), 0).UTC().Format(time.DateTime), about, what))
}

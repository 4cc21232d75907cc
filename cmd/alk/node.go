package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/alkimiya/alkimiya/internal/version"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/client"
)

func (a *app) infoCommand() *cobra.Command {
	return a.command("info", "Describe the daemon and its chain backend", cobra.NoArgs,
		func(ctx context.Context, c *client.Client, _ []string) error {
			i, err := c.Node.GetInfo(ctx, &alkv1.GetInfoRequest{})
			if err != nil {
				return err
			}
			return a.show(i, func(w io.Writer) {
				row(w, "version", build(i.GetVersion(), i.GetCommit()))
				row(w, "network", i.GetNetwork())
				row(w, "backend", i.GetBackend())
				row(w, "chain", fmt.Sprintf("height %s, %s UTC", sat(int64(i.GetChainHeight())), moment(i.GetChainTimeUnix())))
				row(w, "block", i.GetChainHash())
				if i.GetSync() != nil {
					row(w, "wallet", syncText(i.GetSync()))
				}
				row(w, "uptime", (time.Duration(i.GetUptimeSeconds()) * time.Second).String()) //nolint:gosec // years at most
				logTable(w, i.GetLogLevels())
			})
		})
}

func build(version, commit string) string {
	if commit == "" {
		return version
	}
	return version + " (commit " + commit + ")"
}

func logTable(w io.Writer, levels map[string]string) {
	for _, subsystem := range slices.Sorted(maps.Keys(levels)) {
		row(w, "log "+subsystem, levels[subsystem])
	}
}

func (a *app) stateCommand() *cobra.Command {
	return &cobra.Command{
		Use: "state", Short: "Show whether the wallet is open; needs no macaroon", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd.Context(), a.dialPublic, func(ctx context.Context, c *client.Client) error {
				s, err := c.State.GetState(ctx, &alkv1.GetStateRequest{})
				if err != nil {
					return err
				}
				return a.show(s, func(w io.Writer) {
					row(w, "version", build(s.GetVersion(), s.GetCommit()))
					row(w, "network", s.GetNetwork())
					row(w, "backend", s.GetBackend())
					row(w, "wallet", walletStateText(s.GetWalletState()))
					if s.GetSync() != nil {
						row(w, "sync", syncText(s.GetSync()))
					}
				})
			})
		},
	}
}

func (a *app) stopCommand() *cobra.Command {
	return a.command("stop", "Shut the daemon down", cobra.NoArgs,
		func(ctx context.Context, c *client.Client, _ []string) error {
			resp, err := c.Node.Stop(ctx, &alkv1.StopRequest{})
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) { row(w, "alkd is shutting down") })
		})
}

func (a *app) logCommand() *cobra.Command {
	return a.command("log LEVEL [SUBSYSTEM]", "Change how much the daemon logs, until it stops", cobra.RangeArgs(1, 2),
		func(ctx context.Context, c *client.Client, args []string) error {
			req := &alkv1.SetLogLevelRequest{Level: args[0]}
			if len(args) > 1 {
				req.Subsystem = args[1]
			}
			resp, err := c.Node.SetLogLevel(ctx, req)
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) { logTable(w, resp.GetLogLevels()) })
		})
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Show the version of alk", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			// The version alone: the daemon's is in `alk state`.
			return a.showVersion(version.String())
		},
	}
}

// manCommand writes the manual pages, for packagers.
func manCommand() *cobra.Command {
	return &cobra.Command{
		Use: "man DIR", Short: "Write the manual pages into a folder", Args: cobra.ExactArgs(1), Hidden: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			// A fixed date: two builds make the same pages.
			date := time.Unix(0, 0).UTC()
			return doc.GenManTree(cmd.Root(), &doc.GenManHeader{Title: "ALK", Section: "1", Date: &date, Source: "alkimiya"}, args[0])
		},
	}
}

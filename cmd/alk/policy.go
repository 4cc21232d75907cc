package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/client"
)

func (a *app) policyCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "policy", Short: "What the node agrees to without asking, and whom it trusts", Args: cobra.NoArgs, RunE: help}
	show := a.command("show", "Show the policy in force, as a file would hold it", cobra.NoArgs,
		func(ctx context.Context, c *client.Client, _ []string) error {
			resp, err := c.Policy.GetPolicy(ctx, &alkv1.GetPolicyRequest{})
			if err != nil {
				return err
			}
			return a.showText(resp, resp.GetToml())
		})
	reload := a.command("reload", "Read the policy file again; what is wrong with it changes nothing", cobra.NoArgs,
		func(ctx context.Context, c *client.Client, _ []string) error {
			resp, err := c.Policy.ReloadPolicy(ctx, &alkv1.ReloadPolicyRequest{})
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) { row(w, "reloaded") })
		})
	cmd.AddCommand(show, reload, a.trustCommand(), a.distrustCommand(), a.trustedCommand(), a.importCommand(), a.alarmsCommand())
	return cmd
}

// showText prints an answer as JSON, or a text of several lines.
func (a *app) showText(m *alkv1.GetPolicyResponse, text string) error {
	if a.json {
		return a.show(m, nil)
	}
	var b strings.Builder
	if m.GetPath() != "" {
		fmt.Fprintf(&b, "# %s\n", printable(m.GetPath()))
	}
	for line := range strings.Lines(text) {
		b.WriteString(printable(strings.TrimSuffix(line, "\n")) + "\n")
	}
	_, err := io.WriteString(a.out, b.String())
	return err
}

func (a *app) trustCommand() *cobra.Command {
	var name string
	cmd := a.command("trust KEY@URL|URL|KEY", "Put an oracle on the daemon's allow-list", cobra.ExactArgs(1),
		func(ctx context.Context, c *client.Client, args []string) error {
			req := &alkv1.AddOracleRequest{Name: name}
			switch key, url, both := strings.Cut(args[0], "@"); {
			case both:
				req.Key, req.Url = key, url
			case strings.Contains(args[0], "://"):
				req.Url = args[0]
			default:
				req.Key = args[0]
			}
			resp, err := c.Oracles.AddOracle(ctx, req)
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) {
				row(w, "trusted", resp.GetOracle().GetKey())
				if req.Key == "" {
					row(w, "note", "the key was asked for at "+req.Url+": compare it with what the operator publishes")
				}
			})
		})
	cmd.Flags().StringVar(&name, "name", "", "a name for it")
	return cmd
}

func (a *app) distrustCommand() *cobra.Command {
	return a.command("distrust KEY", "Take an oracle off the daemon's allow-list; contracts that need it go on", cobra.ExactArgs(1),
		func(ctx context.Context, c *client.Client, args []string) error {
			resp, err := c.Oracles.RemoveOracle(ctx, &alkv1.RemoveOracleRequest{Key: args[0]})
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) { row(w, "distrusted", args[0]) })
		})
}

func (a *app) trustedCommand() *cobra.Command {
	return a.command("oracles", "List the daemon's allow-list of oracles, and the indices it trades", cobra.NoArgs,
		func(ctx context.Context, c *client.Client, _ []string) error {
			oracles, err := c.Oracles.ListOracles(ctx, &alkv1.ListOraclesRequest{})
			if err != nil {
				return err
			}
			if a.json {
				return a.show(oracles, nil)
			}
			indices, err := c.Index.ListIndices(ctx, &alkv1.ListIndicesRequest{})
			if err != nil {
				return err
			}
			return a.show(oracles, func(w io.Writer) {
				row(w, "ORACLE", "NAME", "URL", "")
				for _, o := range oracles.GetOracles() {
					note := ""
					if o.GetDropped() {
						note = "dropped; contracts still wait for it"
					}
					row(w, o.GetKey(), o.GetName(), o.GetUrl(), note)
				}
				row(w)
				row(w, "INDEX", "UNIT", "LAST CLOSED DAY", "COMPUTED HERE", "")
				for _, i := range indices.GetIndices() {
					row(w, i.GetId(), i.GetUnit(), dateOf(i.GetLastDay()), i.GetComputed(), i.GetFailure())
				}
			})
		})
}

func (a *app) importCommand() *cobra.Command {
	return a.command("import FILE", "Give the daemon an announcement or attestation that it cannot fetch", cobra.ExactArgs(1),
		func(ctx context.Context, c *client.Client, args []string) error {
			raw, err := os.ReadFile(filepath.Clean(args[0]))
			if err != nil {
				return err
			}
			resp, err := c.Oracles.ImportRecord(ctx, &alkv1.ImportRecordRequest{Record: raw})
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) { row(w, "taken", args[0]) })
		})
}

func (a *app) alarmsCommand() *cobra.Command {
	return a.command("alarms", "Show evidence against oracles, and where they contradict the own index", cobra.NoArgs,
		func(ctx context.Context, c *client.Client, _ []string) error {
			resp, err := c.Oracles.ListEvidence(ctx, &alkv1.ListEvidenceRequest{})
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) {
				if len(resp.GetEvidence())+len(resp.GetAlarms()) == 0 {
					row(w, "no alarms")
				}
				for _, e := range resp.GetEvidence() {
					row(w, e.GetKind(), "oracle "+e.GetOracle())
				}
				for _, al := range resp.GetAlarms() {
					row(w, "contradiction", fmt.Sprintf("%s on %s: %s", al.GetIndex(), dateOf(al.GetDay()), al.GetText()))
				}
			})
		})
}

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/client"
)

// maxRecovery bounds a recovery file, bytes.
const maxRecovery = 16 << 20

func (a *app) backupCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "backup", Short: "Recovery files of contracts, and contracts back from files and peers", Args: cobra.NoArgs, RunE: help}
	show := a.command("show", "Show where recovery files are, and whether they can be read and written", cobra.NoArgs,
		func(ctx context.Context, c *client.Client, _ []string) error {
			resp, err := c.Backup.GetBackup(ctx, &alkv1.GetBackupRequest{})
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) {
				row(w, "folder", resp.GetDir())
				if resp.GetFailure() != "" {
					row(w, "CANNOT BE WRITTEN", resp.GetFailure())
				}
				if resp.GetUnread() != "" {
					row(w, "NOT TAKEN OVER", resp.GetUnread())
				}
				for _, name := range resp.GetKept() {
					row(w, "PUT ASIDE", name)
				}
			})
		})
	restore := a.command("restore", "Take contracts over from the recovery folder that the store does not hold", cobra.NoArgs,
		func(ctx context.Context, c *client.Client, _ []string) error {
			resp, err := c.Backup.RestoreContracts(ctx, &alkv1.RestoreContractsRequest{})
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) {
				if len(resp.GetRestored()) == 0 {
					row(w, "nothing was missing")
				}
				for _, r := range resp.GetRestored() {
					if r.GetFailure() != "" {
						row(w, "of no use", r.GetPath(), r.GetFailure())
						continue
					}
					row(w, "restored", r.GetPath())
				}
			})
		})
	cmd.AddCommand(show, restore, a.importBackupCommand(), a.recoverCommand())
	return cmd
}

func (a *app) importBackupCommand() *cobra.Command {
	return a.command("import FILE...", "Take contracts over from recovery files", cobra.MinimumNArgs(1),
		func(ctx context.Context, c *client.Client, args []string) error {
			for _, path := range args {
				info, err := os.Stat(path)
				if err != nil {
					return err
				}
				if info.Size() > maxRecovery {
					return fmt.Errorf("%s has %d bytes, which no recovery file has", path, info.Size())
				}
				raw, err := os.ReadFile(filepath.Clean(path))
				if err != nil {
					return err
				}
				resp, err := c.Backup.ImportContract(ctx, &alkv1.ImportContractRequest{File: raw})
				if err != nil {
					p := explain(err)
					p.err = fmt.Errorf("%s: %w", path, p.err)
					return p
				}
				if err := a.show(resp, func(w io.Writer) { row(w, "restored", path) }); err != nil {
					return err
				}
			}
			return nil
		})
}

func (a *app) recoverCommand() *cobra.Command {
	return a.command("recover [PEER]...", "Ask connected peers for lost contracts with this node", cobra.ArbitraryArgs,
		func(ctx context.Context, c *client.Client, args []string) error {
			req := &alkv1.RecoverContractsRequest{}
			for _, p := range args {
				req.Peers = append(req.Peers, keyOf(p))
			}
			resp, err := c.Backup.RecoverContracts(ctx, req)
			if err != nil {
				return err
			}
			a.notAsked(resp.GetFailed())
			return a.show(resp, func(w io.Writer) {
				row(w, fmt.Sprintf("%d peers asked; what they have appears in `alk contract list`", len(resp.GetAsked())))
			})
		})
}

// Command alkdemo shows the whole thing on this machine: it starts a real btcd
// on the regression test network and daemons as separate processes, and walks
// through what users do with them. It needs nothing installed but Go.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/internal/version"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command().ExecuteContext(ctx); err != nil {
		fmt.Fprintf(os.Stderr, "alkdemo: %v\n", err)
		os.Exit(1)
	}
}

func command() *cobra.Command {
	var asJSON bool
	var keep string
	cmd := &cobra.Command{
		Use:   "alkdemo",
		Short: "Show Alkimiya on a private Bitcoin network",
		Long: `alkdemo starts btcd on the regression test network and two daemons, a miner's
and a buyer's, each with its own Taproot wallet. The miner's wallet is funded
with mining rewards, pays the buyer, raises the fee of a payment that is stuck,
and both watch the chain confirm it. Every step prints what it did.

Nothing leaves this machine; the data is deleted at the end unless --keep names
a folder for it.`,
		Args: cobra.NoArgs, SilenceUsage: true, SilenceErrors: true, Version: version.String(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return demo(cmd.Context(), asJSON, keep)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "end with one JSON object on standard output; steps go to standard error")
	cmd.Flags().StringVar(&keep, "keep", "", "keep data and logs in this folder")
	cmd.AddCommand(daemonCommand())
	return cmd
}

// demo runs the story in a folder of its own.
func demo(ctx context.Context, asJSON bool, keep string) (err error) {
	dir := keep
	if dir == "" {
		if dir, err = os.MkdirTemp("", "alkdemo-"); err != nil {
			return err
		}
		defer func() {
			if removeErr := os.RemoveAll(dir); err == nil {
				err = removeErr
			}
		}()
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	steps := os.Stdout
	if asJSON {
		steps = os.Stderr
	}
	s := &story{out: steps, dir: dir}
	result, err := s.run(ctx)
	if err != nil {
		return err
	}
	if !asJSON {
		return nil
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	return encoder.Encode(result)
}

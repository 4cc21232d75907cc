// Command alkd is the daemon: a Taproot wallet on a Bitcoin node, and the node
// that trades hashrate contracts. It reads its configuration, wires the parts
// and runs until it is told to stop; alk talks to it.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/internal/settings"
	"github.com/alkimiya/alkimiya/internal/version"
	"github.com/alkimiya/alkimiya/node"
)

// forcedAfter is how long an orderly shutdown may take; a library may wait a
// minute for a node that is away. A second signal ends the process at once.
const forcedAfter = 90 * time.Second

func main() {
	if err := command().Execute(); err != nil {
		fmt.Fprintf(os.Stderr, "alkd: %v\n", err)
		if hint := hintFor(err); hint != "" {
			fmt.Fprintf(os.Stderr, "hint: %s\n", hint)
		}
		os.Exit(1)
	}
}

func command() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "alkd",
		Short: "Alkimiya daemon: wallet and contract node on Bitcoin",
		Long: `alkd holds a Taproot wallet, follows the chain through btcd, bitcoind or an
embedded light client, and serves an RPC on which alk works.

It starts locked. Make a wallet with "alk wallet create", open it with
"alk wallet unlock", or name a file with --wallet-passphrase-file.

Every flag may also be set in the configuration file (alkd.toml in the data
directory, or --config) and by an environment variable: --rpc-listen is
ALKD_RPC_LISTEN. A flag beats the environment, that beats the file, and that
beats the default. --dumpconfig prints what is in force, as such a file.`,
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		Version:       version.String(),
	}
	cmd.SetVersionTemplate("alkd {{.Version}}\n")
	addFlags(cmd.Flags())
	addTradingFlags(cmd.Flags())
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		v, err := settings.Load(cmd.Flags(), names)
		if err != nil {
			return err
		}
		if v.GetBool("dumpconfig") {
			return settings.Dump(cmd.OutOrStdout(), v, names)
		}
		cfg, err := nodeConfig(v, os.Stderr)
		if err != nil {
			return err
		}
		if cfg.Trading, err = tradingConfig(v); err != nil {
			return err
		}
		reload, silence := hangups()
		defer silence()
		cfg.Reload = reload
		ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		context.AfterFunc(ctx, func() {
			stop() // a second signal ends the process at once
			time.AfterFunc(forcedAfter, func() {
				fmt.Fprintln(os.Stderr, "alkd: shutdown took too long, ending")
				os.Exit(3)
			})
		})
		boundGarbage()
		return node.Run(ctx, cfg, nil)
	}
	return cmd
}

// boundGarbage has the garbage collector run when there is half as much garbage as
// there is memory in use, not as much: what strangers may have us hold (docs/protocol.md
// 9) would count twice. GOGC in the environment says otherwise.
func boundGarbage() {
	const percent = 50
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}

// hintFor says what a person does about an error at start.
func hintFor(err error) string {
	for _, h := range []struct {
		err  error
		hint string
	}{
		{node.ErrInUse, "stop the other alkd, or give this one another --datadir"},
		{node.ErrMainnet, "try --network=regtest or signet first"},
		{syscall.EADDRINUSE, "choose another --rpc-listen or --metrics-listen"},
		{syscall.ENOSPC, "make room on the disk and start again; nothing was lost"},
	} {
		if errors.Is(err, h.err) {
			return h.hint
		}
	}
	return chainHint(err)
}

// Command alkdemo shows the whole thing on this machine: it starts a real btcd
// on the regression test network, three oracles and two nodes as processes of
// their own, and lets a miner and a buyer trade hashrate until every contract is
// settled. It needs nothing installed but Go.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
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

// settings are the flags.
type settings struct {
	json, keep, evm bool
	dir, uniswap    string
}

func command() *cobra.Command {
	var set settings
	cmd := &cobra.Command{
		Use:   "alkdemo",
		Short: "Show hashrate contracts on a private Bitcoin network",
		Long: `alkdemo starts btcd on the regression test network, three oracles of which two
must agree, and two nodes: a miner's and a buyer's. It mines days in seconds, and
the two trade:

  a swap by which the miner fixes a month's revenue, taken from his order;
  a call that pays and one that does not, a revenue floor, a collar;
  a swap that both leave early, at a price;
  and one whose oracles fall silent, so that both get their money back.

With --evm both sides of a swap and a call become tokens on an EVM chain in this
process: three operators run alkbridge, holders split and trade the tokens, on
Uniswap v2 and v3 if their npm packages are there, the oracles price them, and
every token that can be burned is paid in bitcoin.

It prints what each side locked, earned and paid, and shows that what the miner
mined and what his swap paid add up to the price he had fixed.

Nothing leaves this machine. With --keep everything goes on running at the end
until Ctrl-C, to look around. To do all of it by hand see docs/tutorial.md and
"alkdemo chain".`,
		Args: cobra.NoArgs, SilenceUsage: true, SilenceErrors: true, Version: version.String(),
		RunE: func(cmd *cobra.Command, _ []string) error { return demo(cmd.Context(), set) },
	}
	cmd.Flags().BoolVar(&set.json, "json", false, "end with one JSON object on standard output; steps go to standard error")
	cmd.Flags().BoolVar(&set.keep, "keep", false, "leave everything running at the end, until Ctrl-C")
	cmd.Flags().BoolVar(&set.evm, "evm", false, "show the bridge to an EVM chain instead")
	cmd.Flags().StringVar(&set.uniswap, "uniswap", "", "folder of the npm packages @uniswap (default: where `make contracts` puts them in the module)")
	cmd.Flags().StringVar(&set.dir, "dir", "", "keep data and logs in this folder; by default they are deleted at the end")
	cmd.AddCommand(chainCommand())
	cmd.AddCommand(askCommands()...)
	return cmd
}

// demo runs the story in a folder of its own.
func demo(ctx context.Context, set settings) (err error) {
	dir := set.dir
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
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	steps := os.Stdout
	if set.json {
		steps = os.Stderr
	}
	s := &story{out: steps, dir: dir, programs: names}
	defer func() { err = errors.Join(err, s.stop()) }()
	var result any
	if set.evm {
		s.programs = slices.Concat(names, bridgeNames)
		result, err = s.runBridge(ctx, set.uniswap)
	} else {
		result, err = s.run(ctx)
	}
	if err != nil {
		return fmt.Errorf("%w\nlogs are in %s (--dir keeps them)", err, dir)
	}
	if set.json {
		encoder := json.NewEncoder(os.Stdout)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(result); err != nil {
			return err
		}
	}
	if set.keep {
		return s.wait(ctx)
	}
	return nil
}

// Command alkoracle is the oracle: it follows a Bitcoin node, computes the mining
// reward index, announces and attests it, and serves everything with its evidence.
// The commands beside run make, restore and look after it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/viper"

	"github.com/alkimiya/alkimiya/internal/daemon"
	"github.com/alkimiya/alkimiya/internal/records"
	"github.com/alkimiya/alkimiya/internal/settings"
	"github.com/alkimiya/alkimiya/internal/terminal"
	"github.com/alkimiya/alkimiya/internal/version"
	"github.com/alkimiya/alkimiya/oracle"
	"github.com/alkimiya/alkimiya/oracle/admin"
	"github.com/alkimiya/alkimiya/oracle/index"
	"github.com/alkimiya/alkimiya/oracle/store"
	"github.com/alkimiya/alkimiya/wallet/chain"
	"github.com/alkimiya/alkimiya/wallet/keys"
)

// forcedAfter is how long an orderly shutdown may take. A second signal ends the
// process at once.
const forcedAfter = 90 * time.Second

func main() {
	a := &app{in: os.Stdin, out: os.Stdout, err: os.Stderr, console: terminal.Console{}}
	os.Exit(a.main(os.Args[1:]))
}

// console is the person at the terminal.
type console interface {
	// Interactive reports whether there is one.
	Interactive() bool
	// Secret asks without echo, Line with.
	Secret(ctx context.Context, prompt string) ([]byte, error)
	Line(ctx context.Context, prompt string) (string, error)
}

// app is one run of the program.
type app struct {
	in       io.Reader
	out, err io.Writer
	console  console
	json     bool
}

func (a *app) main(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, func() {
		stop() // a second signal ends the process at once
		time.AfterFunc(forcedAfter, func() {
			fmt.Fprintln(os.Stderr, "alkoracle: shutdown took too long, ending")
			os.Exit(3)
		})
	})
	root := a.root()
	root.SetArgs(args)
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	if err := root.ExecuteContext(ctx); err != nil {
		a.tell("alkoracle: %v\n", err)
		if hint := hintFor(err); hint != "" {
			a.tell("hint: %s\n", hint)
		}
		return 1
	}
	return 0
}

// tell writes to standard error. If that fails nobody can be told.
func (a *app) tell(format string, args ...any) { _, _ = fmt.Fprintf(a.err, format, args...) }

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "alkoracle",
		Short: "Alkimiya oracle: announces and attests the mining-reward index",
		Long: `alkoracle computes the index of mining rewards from the blocks of its own
Bitcoin node, announces the events of the coming days, attests each day when it
is closed and mature, and serves announcements, attestations and the evidence to
recompute them over HTTP.

Make its key with "alkoracle init", start it with "alkoracle run".

Every setting may be a flag, a variable of the environment (--listen is
ALKORACLE_LISTEN) or a line of alkoracle.toml in the data directory (or of the
file that --config names). A flag beats the environment, that beats the file, and
that beats the default. --dumpconfig prints what is in force, as such a file.`,
		Args:              cobra.NoArgs,
		SilenceUsage:      true,
		SilenceErrors:     true,
		DisableAutoGenTag: true,
		Version:           version.String(),
	}
	root.SetVersionTemplate("alkoracle {{.Version}}\n")
	addFlags(root.PersistentFlags())
	root.PersistentFlags().BoolVar(&a.json, "json", false, "print JSON")
	root.RunE = func(cmd *cobra.Command, _ []string) error {
		v, err := settings.Load(root.PersistentFlags(), names)
		if err != nil || !v.GetBool("dumpconfig") {
			return errors.Join(err, cmd.Help())
		}
		return settings.Dump(a.out, v, names)
	}
	root.AddCommand(
		a.initCommand(), a.runCommand(), a.statusCommand(), a.confirmCommand(), a.backupCommand(),
		a.restoreCommand(), a.rotateCommand(), a.passphraseCommand(), a.logCommand(),
	)
	return root
}

// command builds a command whose settings are read before it runs; with --dumpconfig
// it prints them instead.
func (a *app) command(use, short string, args cobra.PositionalArgs, run func(ctx context.Context, cfg config, args []string) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: args,
		RunE: func(cmd *cobra.Command, args []string) error {
			v, err := settings.Load(cmd.Root().PersistentFlags(), names)
			if err != nil {
				return err
			}
			if v.GetBool("dumpconfig") {
				return settings.Dump(a.out, v, names)
			}
			cfg, err := a.config(v)
			if err != nil {
				return err
			}
			return run(cmd.Context(), cfg, args)
		},
	}
}

func (a *app) config(v *viper.Viper) (config, error) {
	cfg := readConfig(v)
	if err := cfg.check(); err != nil {
		return cfg, err
	}
	return cfg, daemon.Harden()
}

// hintFor says what a person does about an error.
func hintFor(err error) string {
	for _, h := range []struct {
		err  error
		hint string
	}{
		{daemon.ErrInUse, "stop the other alkoracle, or give this one another --datadir"},
		{records.ErrInUse, "stop the other alkoracle, or give this one another --datadir"},
		{errMainnet, "try --network=regtest first"},
		{syscall.EADDRINUSE, "choose another --listen or --metrics-listen"},
		{syscall.ENOSPC, "make room on the disk and start again; nothing was lost"},
		{keys.ErrNotFound, "make a key with `alkoracle init`, or take one back with `alkoracle restore`"},
		{keys.ErrExists, "there is an oracle in this data directory already; give another --datadir"},
		{store.ErrExists, "there is an oracle in this data directory already; give another --datadir"},
		{keys.ErrWrongPassphrase, "check --passphrase-file"},
		{oracle.ErrNobodyToAsk, "name who may have kept this oracle's log with --from, or give up what may have been attested with --fence"},
		{store.ErrUnconfirmed, "docs/oracle.md, section \"An old backup\""},
		{index.ErrMutable, "an index never changes: give the new definition another id"},
		{admin.ErrSocket, "choose a shorter --datadir"},
		{admin.ErrNotRunning, "start it with `alkoracle run`, or check --datadir and --network"},
		{chain.ErrAuth, "check the user and the password file of the Bitcoin node"},
		{chain.ErrWrongNetwork, "the Bitcoin node runs another network than --network"},
		{errConfig, "alkoracle --help lists the settings, alkoracle --dumpconfig shows those in force"},
		{settings.ErrFile, "alkoracle --help lists the settings, alkoracle --dumpconfig shows those in force"},
	} {
		if errors.Is(err, h.err) {
			return h.hint
		}
	}
	return ""
}

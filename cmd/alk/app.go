package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	bridgerpc "github.com/alkimiya/alkimiya/evmbridge/rpc"
	"github.com/alkimiya/alkimiya/node/rpc"
	"github.com/alkimiya/alkimiya/node/rpc/client"
)

const (
	envPrefix      = "ALK_"
	defaultTimeout = time.Minute
	adminMacaroon  = "admin.macaroon"
)

var networks = []string{"mainnet", "testnet3", "testnet4", "signet", "regtest", "simnet"}

// app is one run of the program.
type app struct {
	in       io.Reader
	out, err io.Writer
	console  console

	server, datadir, network, tlsCert, macaroon string

	bridge bridgeFlags

	json    bool
	timeout time.Duration
	// clock is time.Now but in tests; nothing that two nodes agree on comes from it.
	clock func() time.Time
	// begun is set once the arguments were found good: errors before that are
	// of usage.
	begun bool
}

// run executes one command line and returns the exit code.
func (a *app) run(ctx context.Context, args []string) int {
	root := a.root()
	root.SetArgs(args)
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitOK
	}
	if !a.begun {
		err = &problem{err: err, exit: exitUsage, hint: fmt.Sprintf("`%s --help` shows the usage", cmd.CommandPath())}
	}
	return a.report(err)
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "alk",
		Short: "Talk to the alkimiya daemon",
		Long: "alk talks to the alkimiya daemon, alkd.\n\n" +
			"Every global flag can also be given in the environment: --rpc-server as ALK_RPC_SERVER.\n" +
			"Exit codes: 1 failed, 2 wrong usage, 3 daemon not reached, 4 not allowed, 5 wallet closed.",
		Args:              cobra.NoArgs,
		RunE:              help,
		SilenceUsage:      true,
		SilenceErrors:     true,
		DisableAutoGenTag: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return a.begin(cmd.Root().PersistentFlags()) },
	}
	f := root.PersistentFlags()
	f.StringVar(&a.server, "rpc-server", net.JoinHostPort("127.0.0.1", strconv.Itoa(rpc.DefaultPort)), "address of alkd, host:port")
	f.StringVar(&a.datadir, "datadir", "", `data directory of alkd (default "~/.alkimiya")`)
	f.StringVar(&a.network, "network", "mainnet", "network of alkd: "+strings.Join(networks, ", "))
	f.StringVar(&a.tlsCert, "tls-cert", "", `certificate of alkd (default "<datadir>/<network>/tls.cert")`)
	f.StringVar(&a.macaroon, "macaroon", "", `macaroon file (default "<datadir>/<network>/admin.macaroon")`)
	f.StringVar(&a.bridge.server, "bridge-server", net.JoinHostPort("127.0.0.1", strconv.Itoa(bridgerpc.DefaultPort)), "address of alkbridge, host:port")
	f.StringVar(&a.bridge.tlsCert, "bridge-tls-cert", "", `certificate of alkbridge (default "<datadir>/bridge/<network>/tls.cert")`)
	f.StringVar(&a.bridge.macaroon, "bridge-macaroon", "", `macaroon file of alkbridge (default "<datadir>/bridge/<network>/admin.macaroon")`)
	f.BoolVar(&a.json, "json", false, "print JSON")
	f.DurationVar(&a.timeout, "timeout", defaultTimeout, "how long to wait for an answer; 0 waits for ever")
	root.AddCommand(
		a.walletCommand(), a.peerCommand(), a.orderCommand(), a.curveCommand(), a.contractCommand(), a.bridgeCommand(), a.portfolioCommand(), a.reportCommand(),
		a.eventsCommand(), a.policyCommand(), a.backupCommand(), a.oracleCommand(), a.indexCommand(), a.infoCommand(), a.stateCommand(), a.stopCommand(), a.logCommand(),
		a.macaroonCommand(), a.versionCommand(), manCommand(),
	)
	return root
}

// help is what a command does that only groups others.
func help(cmd *cobra.Command, _ []string) error { return cmd.Help() }

// begin completes the global flags from the environment and the defaults.
func (a *app) begin(flags *pflag.FlagSet) error {
	var errs []error
	flags.VisitAll(func(f *pflag.Flag) {
		name := envPrefix + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value, ok := os.LookupEnv(name)
		if f.Changed || !ok || value == "" {
			return
		}
		if err := flags.Set(f.Name, value); err != nil {
			errs = append(errs, fmt.Errorf("environment %s: %w", name, err))
		}
	})
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if !slices.Contains(networks, a.network) {
		return fmt.Errorf("unknown network %q: use one of %s", a.network, strings.Join(networks, ", "))
	}
	if a.datadir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return fmt.Errorf("no home directory; use --datadir: %w", err)
		}
		a.datadir = filepath.Join(home, ".alkimiya")
	}
	if _, _, err := net.SplitHostPort(a.server); err != nil {
		a.server = net.JoinHostPort(strings.Trim(a.server, "[]"), strconv.Itoa(rpc.DefaultPort))
	}
	a.begun = true
	return nil
}

func (a *app) now() time.Time {
	if a.clock != nil {
		return a.clock()
	}
	return time.Now()
}

func (a *app) dir() string { return filepath.Join(a.datadir, a.network) }

func (a *app) certPath() string {
	if a.tlsCert != "" {
		return a.tlsCert
	}
	return filepath.Join(a.dir(), rpc.TLSCertFile)
}

func (a *app) macaroonPath() string {
	if a.macaroon != "" {
		return a.macaroon
	}
	return filepath.Join(a.dir(), adminMacaroon)
}

// dialPublic returns a client for the methods that need no macaroon.
func (a *app) dialPublic() (*client.Client, error) {
	return client.Dial(client.Options{Addr: a.server, TLSCertPath: a.certPath()})
}

// dial returns a client with the macaroon. If the ready-made one is not there
// yet, the daemon is asked without: its answer says what is missing.
func (a *app) dial() (*client.Client, error) {
	if a.macaroon == "" {
		if _, err := os.Stat(a.macaroonPath()); errors.Is(err, os.ErrNotExist) {
			return a.dialPublic()
		}
	}
	return client.Dial(client.Options{Addr: a.server, TLSCertPath: a.certPath(), MacaroonPath: a.macaroonPath()})
}

// limit bounds one request by --timeout.
func (a *app) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	if a.timeout <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, a.timeout)
}

// with calls f with a client and a bounded context.
func (a *app) with(ctx context.Context, dial func() (*client.Client, error), f func(context.Context, *client.Client) error) error {
	c, err := dial()
	if err != nil {
		return err
	}
	defer c.Close()
	ctx, cancel := a.limit(ctx)
	defer cancel()
	return f(ctx, c)
}

// command builds a leaf whose work is one call with the macaroon.
func (a *app) command(use, short string, args cobra.PositionalArgs, f func(ctx context.Context, c *client.Client, args []string) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: args,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(cmd.Context(), a.dial, func(ctx context.Context, c *client.Client) error { return f(ctx, c, args) })
		},
	}
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/evmbridge/rpc"
	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1"
	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1/bridgev1connect"
	"github.com/alkimiya/alkimiya/node/rpc/client"
)

// bridgeFlags say where alkbridge is.
type bridgeFlags struct {
	server, tlsCert, macaroon string
}

// bridgeClient is a connection to alkbridge.
type bridgeClient struct {
	bridgev1connect.BridgeServiceClient
	line *client.Line
}

func (c *bridgeClient) Close() { c.line.Close() }

func (a *app) bridgeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "bridge", Short: "Turn a side of a contract into tokens on an EVM chain, and tokens into bitcoin", Args: cobra.NoArgs, RunE: help,
		Long: "These commands speak to alkbridge, which holds the EVM account and runs the bridge; mint and release\n" +
			"speak to alkd as well. `alk bridge status` says whom a holder of tokens trusts.",
	}
	cmd.AddCommand(
		a.bridgeStatusCommand(), a.verifyDeploymentCommand(), a.seriesCommand(), a.lotsCommand(), a.redemptionsCommand(), a.callsCommand(),
		a.mintCommand(), a.wrapCommand(), a.priceCommand(), a.bridgeReleaseCommand(), a.redeemCommand(), a.slashCommand(),
	)
	return cmd
}

// bridgeDir is where alkbridge keeps what its callers need.
func (a *app) bridgeDir() string { return filepath.Join(a.datadir, "bridge", a.network) }

func (a *app) dialBridge() (*bridgeClient, error) {
	o := client.Options{Addr: a.bridge.server, TLSCertPath: a.bridge.tlsCert, MacaroonPath: a.bridge.macaroon}
	if _, _, err := net.SplitHostPort(o.Addr); err != nil {
		o.Addr = net.JoinHostPort(strings.Trim(o.Addr, "[]"), strconv.Itoa(rpc.DefaultPort))
	}
	if o.TLSCertPath == "" {
		o.TLSCertPath = filepath.Join(a.bridgeDir(), "tls.cert")
	}
	if o.MacaroonPath == "" {
		o.MacaroonPath = filepath.Join(a.bridgeDir(), adminMacaroon)
	}
	line, err := client.NewLine(o)
	if err != nil {
		return nil, bridgeProblem(err)
	}
	return &bridgeClient{bridgev1connect.NewBridgeServiceClient(line.HTTP, line.URL, line.Options...), line}, nil
}

// bridgeProblem explains what went wrong with alkbridge, where alkd's explanation
// would mislead.
func bridgeProblem(err error) error {
	var known *problem
	code := connect.CodeOf(err)
	switch {
	case err == nil, errors.As(err, &known):
		return err
	case errors.Is(err, client.ErrCertificate):
		return &problem{err: err, exit: exitUnreachable, reason: "no_certificate",
			hint: "start alkbridge first, or check --datadir, --network and --bridge-tls-cert"}
	case errors.Is(err, client.ErrMacaroon):
		return &problem{err: err, exit: exitAuth, reason: "no_macaroon", hint: "check --bridge-macaroon, --datadir and --network"}
	case errors.Is(err, client.ErrAddress):
		return &problem{err: err, exit: exitUsage, hint: "use --bridge-server host:port"}
	case client.Unreachable(err):
		return &problem{err: fmt.Errorf("cannot reach alkbridge: %s", message(err)), exit: exitUnreachable, reason: "unreachable",
			hint: "start alkbridge, or check --bridge-server and --bridge-tls-cert"}
	case code == connect.CodeUnauthenticated, code == connect.CodePermissionDenied:
		return &problem{err: errors.New("alkbridge: " + message(err)), exit: exitAuth, reason: "macaroon",
			hint: "check that --bridge-macaroon belongs to this alkbridge and allows it"}
	case code == connect.CodeNotFound:
		return &problem{err: errors.New("alkbridge: " + message(err)), exit: exitFailed, reason: "not_found",
			hint: "`alk bridge series`, `alk bridge lots` and `alk bridge redemptions` list what there is"}
	case code == connect.CodeUnknown, code == connect.CodeDeadlineExceeded, code == connect.CodeCanceled:
		return err // not of alkbridge alone
	}
	return &problem{err: errors.New("alkbridge: " + message(err)), exit: exitFailed, reason: code.String()}
}

// withBridge calls f with a client of alkbridge and a bounded context.
func (a *app) withBridge(ctx context.Context, f func(context.Context, *bridgeClient) error) error {
	c, err := a.dialBridge()
	if err != nil {
		return err
	}
	defer c.Close()
	ctx, cancel := a.limit(ctx)
	defer cancel()
	return bridgeProblem(f(ctx, c))
}

// bridgeLeaf builds a command whose work is done with alkbridge alone.
func (a *app) bridgeLeaf(
	use, short string, args cobra.PositionalArgs, f func(ctx context.Context, c *bridgeClient, args []string) error,
) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: args,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withBridge(cmd.Context(), func(ctx context.Context, c *bridgeClient) error { return f(ctx, c, args) })
		},
	}
}

func (a *app) bridgeStatusCommand() *cobra.Command {
	return a.bridgeLeaf("status", "Show whom holders trust, how far both chains are, and what needs somebody", cobra.NoArgs,
		func(ctx context.Context, c *bridgeClient, _ []string) error {
			resp, err := c.GetStatus(ctx, &bridgev1.GetStatusRequest{})
			if err != nil {
				return err
			}
			if !a.json { // the JSON has it in a field
				if _, err := fmt.Fprintln(a.out, strings.TrimSpace(resp.GetTrust())+"\n"); err != nil {
					return err
				}
			}
			return a.show(resp, func(w io.Writer) { bridgeRows(w, resp) })
		})
}

func bridgeRows(w io.Writer, s *bridgev1.GetStatusResponse) {
	row(w, "bridge", fmt.Sprintf("%s on EVM chain %d, Bitcoin %s", s.GetDeployment().GetBridge(), s.GetChainId(), s.GetNetwork()))
	row(w, "operators", fmt.Sprintf("%d of %d sign", s.GetThreshold(), s.GetOperators()))
	row(w, "roles", strings.Join(s.GetRoles(), ", "))
	row(w, "account", fmt.Sprintf("%s, %s wei, %s sat of the bonds' asset", s.GetAccount(), s.GetAccountWei(), sat(s.GetAccountAsset())))
	relay := fmt.Sprintf("height %s of %s", sat(uint64(s.GetRelayHeight())), sat(uint64(s.GetBitcoinHeight())))
	if s.GetRelayOnOtherBranch() {
		relay += ", on another branch than our node"
	}
	row(w, "relay", relay)
	row(w, "EVM", fmt.Sprintf("block %s, finalized %s", sat(s.GetEvmHead()), sat(s.GetEvmFinalized())))
	row(w, "tokens", fmt.Sprintf("%s units not final, %s sat in the vault", sat(s.GetLiveUnits()), sat(s.GetVaultSats())))
	row(w, "bonds", fmt.Sprintf("%s sat, of the operators %s; they must cover 110 %% of %s", sat(s.GetTotalBond()), sat(s.GetOperatorBond()), sat(s.GetExposure())))
	row(w, "caps", fmt.Sprintf("%s sat a series, %s in all", sat(s.GetSeriesCap()), sat(s.GetTotalCap())))
	row(w, "redemptions", fmt.Sprintf("allow a fee of at least %s sat", sat(s.GetMinFee())))
	switch {
	case s.GetHalted():
		row(w, "minting", "over for good: fraud was proven")
	case s.GetPausedUntil() > 0:
		row(w, "minting", "paused until "+instant(s.GetPausedUntil()))
	}
	if n := s.GetWaitingCalls(); n > 0 {
		row(w, "calls", fmt.Sprintf("%d wait (`alk bridge calls`)", n))
	}
	for _, alert := range s.GetAlerts() {
		row(w, "ALERT", strings.TrimSpace(fmt.Sprintf("%s %s: %s, since %s", alert.GetName(), alert.GetSubject(), alert.GetText(), instant(alert.GetSince()))))
	}
}

// instant shows a time of the EVM chain.
func instant(unix uint64) string {
	return time.Unix(int64(min(unix, 1<<40)), 0).UTC().Format("2006-01-02 15:04") + " UTC"
}

func (a *app) verifyDeploymentCommand() *cobra.Command {
	cmd := a.bridgeLeaf("verify-deployment", "Compare the contracts with the artifacts, the configuration and the own Bitcoin node", cobra.NoArgs,
		func(ctx context.Context, c *bridgeClient, _ []string) error {
			resp, err := c.VerifyDeployment(ctx, &bridgev1.VerifyDeploymentRequest{})
			if err != nil {
				return err
			}
			err = a.show(resp, func(w io.Writer) {
				for _, line := range resp.GetChecked() {
					row(w, "checked", line)
				}
				if resp.GetOk() {
					row(w, "verdict", "the deployment is what it should be")
				}
			})
			if err == nil && !resp.GetOk() {
				err = &problem{err: errors.New("the deployment differs: " + resp.GetProblem()), exit: exitFailed, reason: "deployment",
					hint: "do not mint or hold tokens of this bridge"}
			}
			return err
		})
	cmd.Long = "Compare the contracts with the artifacts, the configuration and the own Bitcoin node: code, what is fixed\n" +
		"in it, how the contracts refer to each other, and whether the relay's anchor is in the best chain. Fails if\n" +
		"anything differs."
	return cmd
}

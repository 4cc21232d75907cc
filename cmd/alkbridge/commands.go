package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1"
	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1/bridgev1connect"
	"github.com/alkimiya/alkimiya/node/rpc"
	"github.com/alkimiya/alkimiya/node/rpc/client"
)

// question is what a command asks of a running alkbridge: its answer, and how that is
// printed for people.
type question func(ctx context.Context, c bridgev1connect.BridgeServiceClient, args []string) (proto.Message, func(io.Writer) error, error)

// asking makes a command that asks the running alkbridge of this data directory.
func asking(use, short string, args cobra.PositionalArgs, ask question) *cobra.Command {
	return talking(use, short, "readonly.macaroon", args, ask)
}

// calling makes a command that has the running alkbridge of this data directory call a
// contract, and waits until that is final.
func calling(use, short, long string, args cobra.PositionalArgs,
	call func(ctx context.Context, c bridgev1connect.BridgeServiceClient, args []string) (*bridgev1.CallResponse, error),
) *cobra.Command {
	cmd := talking(use, short, "admin.macaroon", args,
		func(ctx context.Context, c bridgev1connect.BridgeServiceClient, args []string) (proto.Message, func(io.Writer) error, error) {
			asked, err := call(ctx, c, args)
			if err != nil {
				return nil, nil, err
			}
			done, err := finished(ctx, c, asked.GetCallId())
			if err != nil {
				return nil, nil, err
			}
			return done, func(out io.Writer) error {
				p := &printer{out: out}
				p.line("%s  %s in %s", done.GetId(), done.GetState(), done.GetTxid())
				return p.err
			}, nil
		})
	cmd.Long = short + ". " + long + "\n\nThe command waits until the call is in a final block; it may be interrupted, since the daemon carries on."
	return cmd
}

// errRefused means that a contract refused a call.
var errRefused = errors.New("the contract refused")

// finished waits until a call is final.
func finished(ctx context.Context, c bridgev1connect.BridgeServiceClient, id string) (*bridgev1.Call, error) {
	ticker := time.NewTicker(callPoll)
	defer ticker.Stop()
	for {
		list, err := c.ListCalls(ctx, &bridgev1.ListCallsRequest{Id: id})
		if err != nil {
			return nil, err
		}
		for _, call := range list.GetCalls() {
			switch call.GetState() {
			case "accepted":
				return call, nil
			case "refused", "withdrawn":
				return nil, fmt.Errorf("%w: call %s is %s", errRefused, id, call.GetState())
			}
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("call %s goes on without this command: %w", id, ctx.Err())
		case <-ticker.C:
		}
	}
}

// callPoll is how often a command that waits asks.
const callPoll = 300 * time.Millisecond

func talking(use, short, macaroon string, args cobra.PositionalArgs, ask question) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{Use: use, Short: short, Args: args}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.RunE = with(func(ctx context.Context, cmd *cobra.Command, cfg *config, args []string) error {
		line, err := client.NewLine(client.Options{
			Addr: cfg.RPCListen[0], TLSCertPath: cfg.path(rpc.TLSCertFile), MacaroonPath: cfg.path(macaroon),
		})
		if err != nil {
			return err
		}
		defer line.Close()
		answer, print, err := ask(ctx, bridgev1connect.NewBridgeServiceClient(line.HTTP, line.URL, line.Options...), args)
		if err != nil {
			return err
		}
		if !asJSON {
			return print(cmd.OutOrStdout())
		}
		raw, err := protojson.MarshalOptions{UseProtoNames: true, EmitUnpopulated: true}.Marshal(answer)
		if err != nil {
			return fmt.Errorf("encode answer: %w", err)
		}
		_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s\n", raw)
		return err
	})
	return cmd
}

// printer writes lines until the first error.
type printer struct {
	out io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.out, format+"\n", args...)
	}
}

func statusCommand() *cobra.Command {
	return asking("status", "Show how far both chains are, the bonds, and what somebody should look at", cobra.NoArgs,
		func(ctx context.Context, c bridgev1connect.BridgeServiceClient, _ []string) (proto.Message, func(io.Writer) error, error) {
			s, err := c.GetStatus(ctx, &bridgev1.GetStatusRequest{})
			if err != nil {
				return nil, nil, err
			}
			return s, func(out io.Writer) error {
				p := &printer{out: out}
				p.line("%s", s.GetTrust())
				p.line("bridge     %s on chain %d, %s", s.GetDeployment().GetBridge(), s.GetChainId(), s.GetNetwork())
				p.line("roles      %v, account %s with %s wei and %d of the bonds' asset", s.GetRoles(), s.GetAccount(), s.GetAccountWei(), s.GetAccountAsset())
				p.line("bitcoin    our node %d, the relay %d", s.GetBitcoinHeight(), s.GetRelayHeight())
				p.line("evm        head %d, finalized %d", s.GetEvmHead(), s.GetEvmFinalized())
				p.line("operators  %d of %d", s.GetThreshold(), s.GetOperators())
				p.line("bonds      operators %d, all %d, for %d in the vault and %d live", s.GetOperatorBond(), s.GetTotalBond(), s.GetVaultSats(), s.GetLiveUnits())
				p.line("calls      %d wait", s.GetWaitingCalls())
				if s.GetHalted() {
					p.line("MINTING IS HALTED: fraud was proven")
				}
				for _, a := range s.GetAlerts() {
					p.line("ALERT      %s %s: %s", a.GetName(), a.GetSubject(), a.GetText())
				}
				return p.err
			}, nil
		})
}

func vaultCommand() *cobra.Command {
	return asking("vault", "Show the lots and what their vaults hold", cobra.NoArgs,
		func(ctx context.Context, c bridgev1connect.BridgeServiceClient, _ []string) (proto.Message, func(io.Writer) error, error) {
			l, err := c.ListLots(ctx, &bridgev1.ListLotsRequest{})
			if err != nil {
				return nil, nil, err
			}
			return l, func(out io.Writer) error {
				p := &printer{out: out}
				for _, lot := range l.GetLots() {
					p.line("%s  %-9s %-11s units %d, in the vault %d, bond %d; awaits %s of %s", lot.GetId(), lot.GetState(), lot.GetKind(),
						lot.GetUnits(), lot.GetSats(), lot.GetBond(), lot.GetAwaited().GetWhat(), lot.GetAwaited().GetWhom())
				}
				if len(l.GetLots()) == 0 {
					p.line("no lots")
				}
				return p.err
			}, nil
		})
}

func redemptionsCommand() *cobra.Command {
	return asking("redemptions", "Show the claims to bitcoin", cobra.NoArgs,
		func(ctx context.Context, c bridgev1connect.BridgeServiceClient, _ []string) (proto.Message, func(io.Writer) error, error) {
			l, err := c.ListRedemptions(ctx, &bridgev1.ListRedemptionsRequest{})
			if err != nil {
				return nil, nil, err
			}
			return l, func(out io.Writer) error {
				p := &printer{out: out}
				for _, r := range l.GetRedemptions() {
					p.line("%s  %-9s %d sat to %s, deadline %d %s", r.GetRid(), r.GetState(), r.GetSats(), r.GetAddress(), r.GetDeadline(), r.GetTxid())
				}
				if len(l.GetRedemptions()) == 0 {
					p.line("no redemptions")
				}
				return p.err
			}, nil
		})
}

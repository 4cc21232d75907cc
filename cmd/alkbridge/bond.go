package main

import (
	"context"
	"fmt"
	"io"
	"math/big"
	"strconv"
	"time"

	"connectrpc.com/connect"
	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"

	"github.com/alkimiya/alkimiya/evmbridge/ledger"
	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1"
	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1/bridgev1connect"
)

// What the bond's contract says of notices, in seconds: how long after one its shares may be
// withdrawn, and for how long.
const (
	notice      = 14 * 24 * 3600
	noticeLasts = 14 * 24 * 3600
)

// part is an account's part of the operators' bond.
type part struct {
	shares, notice, total *big.Int
	noticeAt, bond        uint64
}

// worth is what so many shares are of the asset now.
func (p part) worth(shares *big.Int) uint64 {
	if p.total.Sign() == 0 {
		return 0
	}
	w := new(big.Int).Mul(shares, new(big.Int).SetUint64(p.bond))
	return w.Div(w, p.total).Uint64() // at most the bond
}

// sharesOf are the fewest shares that are worth an amount.
func (p part) sharesOf(amount uint64) *big.Int {
	n := new(big.Int).Mul(new(big.Int).SetUint64(amount), p.total)
	bond := new(big.Int).SetUint64(p.bond)
	n.Add(n, bond).Sub(n, big.NewInt(1))
	return n.Div(n, bond)
}

// part reads the account's part of the operators' bond.
func (s service) part(ctx context.Context) (p part, err error) {
	at := s.b.at.Contracts.Bond
	generation, err := ledger.Ask(ctx, s.b.evm, at, nil, bondC.PackGeneration(), bondC.UnpackGeneration)
	if err != nil {
		return part{}, err
	}
	own, err := ledger.Ask(ctx, s.b.evm, at, nil, bondC.PackParts(generation, s.account()), bondC.UnpackParts)
	if err != nil {
		return part{}, err
	}
	p = part{shares: own.Shares, notice: own.Notice, noticeAt: own.NoticeAt.Uint64()}
	if p.total, err = ledger.Ask(ctx, s.b.evm, at, nil, bondC.PackTotalShares(), bondC.UnpackTotalShares); err != nil {
		return part{}, err
	}
	p.bond, err = ledger.Ask(ctx, s.b.evm, at, nil, bondC.PackOperatorBond(), bondC.UnpackOperatorBond)
	return p, err
}

// ownBond fills in the account's part of the operators' bond.
func (s service) ownBond(ctx context.Context, out *bridgev1.GetStatusResponse) error {
	p, err := s.part(ctx)
	if err != nil {
		return err
	}
	out.OwnBond, out.OwnNotice = p.worth(p.shares), p.worth(p.notice)
	if p.notice.Sign() > 0 {
		out.NoticeFrom, out.NoticeUntil = p.noticeAt+notice, p.noticeAt+notice+noticeLasts
	}
	return nil
}

// bondCall has the bond's contract called, if it would accept that.
func (s service) bondCall(ctx context.Context, kind string, data []byte) (*bridgev1.CallResponse, error) {
	if err := s.try(ctx, s.b.at.Contracts.Bond, data); err != nil {
		return nil, err
	}
	return s.bondLater(kind, data)
}

func (s service) bondLater(kind string, data []byte) (*bridgev1.CallResponse, error) {
	name, err := once(kind)
	if err != nil {
		return nil, err
	}
	return s.enqueue(name, s.b.at.Contracts.Bond, data)
}

// PostBond implements BridgeService.
func (s service) PostBond(ctx context.Context, r *bridgev1.PostBondRequest) (*bridgev1.CallResponse, error) {
	if r.GetAmount() == 0 {
		return nil, refuse(connect.CodeInvalidArgument, "amount is 0")
	}
	if _, err := s.view(); err != nil {
		return nil, err
	}
	held, err := ledger.Ask(ctx, s.b.evm, s.b.at.Asset, nil, erc20C.PackBalanceOf(s.account()), erc20C.UnpackBalanceOf)
	if err != nil {
		return nil, refuse(connect.CodeUnavailable, "%w", err)
	}
	if held.Cmp(new(big.Int).SetUint64(r.GetAmount())) < 0 {
		return nil, refuse(connect.CodeFailedPrecondition, "the account holds %v of the bonds' asset, not %d", held, r.GetAmount())
	}
	allowed, err := s.b.desk.Allow(ctx, r.GetAmount())
	if err != nil {
		return nil, refuse(connect.CodeUnavailable, "%w", err)
	}
	data := bondC.PackPostOperator(r.GetAmount())
	if !allowed { // it waits in the outbox until the allowance, enqueued before it, is in a block
		return s.bondLater("post-bond", data)
	}
	return s.bondCall(ctx, "post-bond", data)
}

// GiveNotice implements BridgeService.
func (s service) GiveNotice(ctx context.Context, r *bridgev1.GiveNoticeRequest) (*bridgev1.CallResponse, error) {
	p, err := s.part(ctx)
	if err != nil {
		return nil, refuse(connect.CodeUnavailable, "%w", err)
	}
	if own := p.worth(p.shares); own == 0 || r.GetAmount() > own {
		return nil, refuse(connect.CodeFailedPrecondition, "the account's part of the operators' bond is %d, not %d", own, r.GetAmount())
	}
	shares := p.shares
	if r.GetAmount() > 0 {
		shares = p.sharesOf(r.GetAmount())
	}
	return s.bondCall(ctx, "notice", bondC.PackGiveNotice(shares))
}

// WithdrawBond implements BridgeService.
func (s service) WithdrawBond(ctx context.Context, _ *bridgev1.WithdrawBondRequest) (*bridgev1.CallResponse, error) {
	return s.bondCall(ctx, "withdraw-bond", bondC.PackWithdraw())
}

// bondCommand makes the commands of an operator's part of the bond.
func bondCommand() *cobra.Command {
	type service = bridgev1connect.BridgeServiceClient
	cmd := asking("bond", "Show this account's part of the operators' bond", cobra.NoArgs,
		func(ctx context.Context, c service, _ []string) (proto.Message, func(io.Writer) error, error) {
			s, err := c.GetStatus(ctx, &bridgev1.GetStatusRequest{})
			if err != nil {
				return nil, nil, err
			}
			return s, func(out io.Writer) error { return showBond(out, s) }, nil
		})
	cmd.AddCommand(
		calling("post AMOUNT", "Add to the operators' bond", `AMOUNT is in the smallest units of the bonds' asset, of which 100,000,000 are one. The bond's contract is allowed to take the asset first, if it is not yet; the account pays the gas.`,
			cobra.ExactArgs(1), func(ctx context.Context, c service, args []string) (*bridgev1.CallResponse, error) {
				amount, err := strconv.ParseUint(args[0], 10, 64)
				if err != nil {
					return nil, fmt.Errorf("%w: amount %q is no whole number", errConfig, args[0])
				}
				return c.PostBond(ctx, &bridgev1.PostBondRequest{Amount: amount})
			}),
		calling("notice AMOUNT|all", "Announce that a part is to be withdrawn, in place of an earlier notice",
			`AMOUNT is in the smallest units of the bonds' asset. It may be withdrawn from 14 to 28 days later, as far as the other bonds then cover what the bridge owes.`,
			cobra.ExactArgs(1), func(ctx context.Context, c service, args []string) (*bridgev1.CallResponse, error) {
				request := &bridgev1.GiveNoticeRequest{}
				if args[0] != "all" {
					var err error
					if request.Amount, err = strconv.ParseUint(args[0], 10, 64); err != nil || request.GetAmount() == 0 {
						return nil, fmt.Errorf("%w: amount %q is neither a whole number above 0 nor \"all\"", errConfig, args[0])
					}
				}
				return c.GiveNotice(ctx, request)
			}),
		calling("withdraw", "Take back what notice was given of", `It goes to the account.`,
			cobra.NoArgs, func(ctx context.Context, c service, _ []string) (*bridgev1.CallResponse, error) {
				return c.WithdrawBond(ctx, &bridgev1.WithdrawBondRequest{})
			}),
	)
	return cmd
}

func showBond(out io.Writer, s *bridgev1.GetStatusResponse) error {
	p := &printer{out: out}
	p.line("account    %s with %d of the bonds' asset", s.GetAccount(), s.GetAccountAsset())
	p.line("bond       %d of the operators' %d", s.GetOwnBond(), s.GetOperatorBond())
	if s.GetOwnNotice() > 0 {
		from, until := time.Unix(int64(s.GetNoticeFrom()), 0), time.Unix(int64(s.GetNoticeUntil()), 0) //nolint:gosec // G115: times
		p.line("notice     %d, to be withdrawn from %s to %s", s.GetOwnNotice(), from.UTC().Format(time.DateTime), until.UTC().Format(time.DateTime))
	}
	return p.err
}

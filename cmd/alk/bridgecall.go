package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/client"
)

// callLeaf builds a command that has alkbridge's account make a call on the EVM
// chain, and waits for it unless told not to.
func (a *app) callLeaf(
	use, short string, args cobra.PositionalArgs, f func(ctx context.Context, c *bridgeClient, args []string) (*bridgev1.CallResponse, error),
) *cobra.Command {
	var noWait bool
	cmd := &cobra.Command{
		Use: use, Short: short, Args: args,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.dialBridge()
			if err != nil {
				return err
			}
			defer c.Close()
			var resp *bridgev1.CallResponse
			err = a.bounded(cmd.Context(), func(ctx context.Context) (err error) { resp, err = f(ctx, c, args); return err })
			if err != nil {
				return bridgeProblem(err)
			}
			call, err := a.awaitCall(cmd.Context(), c, resp.GetCallId(), noWait)
			if err != nil {
				return bridgeProblem(err)
			}
			return a.showCall(call)
		},
	}
	cmd.Flags().BoolVar(&noWait, "no-wait", false, "return when alkbridge has put it on disk")
	return cmd
}

// awaitCall waits, as long as --timeout says, until a call is over: in a final block,
// refused or withdrawn. One that is not so far yet is no failure.
func (a *app) awaitCall(ctx context.Context, c *bridgeClient, id string, noWait bool) (*bridgev1.Call, error) {
	call := &bridgev1.Call{Id: id, State: "waiting"}
	if id == "" {
		call.State = "nothing to do"
	}
	if id == "" || noWait {
		return call, nil
	}
	ctx, cancel := a.limit(ctx)
	defer cancel()
	bar := &workBar{a: a}
	defer bar.clear()
	ticker := time.NewTicker(pollBridge)
	defer ticker.Stop()
	for {
		resp, err := c.ListCalls(ctx, &bridgev1.ListCallsRequest{Id: id, All: true})
		switch {
		case err != nil && timedOut(ctx, err):
			a.tell("alk: not done yet; `alk bridge calls %s` shows how far it is\n", id)
			return call, nil
		case err != nil:
			return nil, err
		case len(resp.GetCalls()) == 1:
			call = resp.GetCalls()[0]
		}
		if call.GetState() != "waiting" && call.GetState() != "sent" {
			return call, nil
		}
		what := "waiting for a final block"
		if call.GetState() == "waiting" {
			what = "waiting to be sent"
		}
		bar.show(what, 0, 0)
		select {
		case <-ticker.C:
		case <-ctx.Done():
		}
	}
}

// showCall shows a call; one that the chain refused is a failure.
func (a *app) showCall(call *bridgev1.Call) error {
	err := a.show(call, func(w io.Writer) {
		if call.GetId() != "" {
			row(w, "call", call.GetId())
		}
		row(w, "state", call.GetState())
		if call.GetTxid() != "" {
			row(w, "transaction", call.GetTxid())
		}
		if call.GetProblem() != "" {
			row(w, "problem", call.GetProblem())
		}
	})
	if state := call.GetState(); err == nil && (state == "refused" || state == "withdrawn") {
		err = &problem{err: fmt.Errorf("the call was %s: %s", state, call.GetProblem()), exit: exitFailed, reason: "call_" + state}
	}
	return err
}

func (a *app) wrapCommand() *cobra.Command {
	var amount uint64
	cmd := a.callLeaf("wrap LOT", "Turn units of a lot into tokens of its series; there is no way back", cobra.ExactArgs(1),
		func(ctx context.Context, c *bridgeClient, args []string) (*bridgev1.CallResponse, error) {
			return c.Wrap(ctx, &bridgev1.WrapRequest{LotId: args[0], Amount: amount})
		})
	cmd.Flags().Uint64Var(&amount, "amount", 0, "how many units (default: all that the account holds)")
	return cmd
}

func (a *app) priceCommand() *cobra.Command {
	return a.callLeaf("price SERIES", "Show the EVM chain what the oracles attested, and price a series", cobra.ExactArgs(1),
		func(ctx context.Context, c *bridgeClient, args []string) (*bridgev1.CallResponse, error) {
			return c.Price(ctx, &bridgev1.PriceRequest{SeriesId: args[0]})
		})
}

func (a *app) redeemCommand() *cobra.Command {
	req := &bridgev1.RedeemRequest{}
	cmd := a.callLeaf("redeem SERIES|LOT", "Burn tokens for bitcoin", cobra.ExactArgs(1),
		func(ctx context.Context, c *bridgeClient, args []string) (*bridgev1.CallResponse, error) {
			req.Id = args[0]
			if req.Address == "" && !req.Leave {
				err := a.with(ctx, a.dial, func(ctx context.Context, c *client.Client) error {
					resp, err := c.Wallet.NewAddress(ctx, &alkv1.NewAddressRequest{})
					req.Address = resp.GetAddress()
					return err
				})
				if err != nil {
					return nil, err
				}
				a.tell("alk: pays to %s, a new address of the wallet\n", req.GetAddress())
			}
			return c.Redeem(ctx, req)
		})
	cmd.Long = "Burn tokens that alkbridge's account holds, once the series is open or the lot is final, for bitcoin that\n" +
		"the operators pay within 72 hours after what was asked before. `alk bridge redemptions` shows how far that is."
	f := cmd.Flags()
	f.Uint64Var(&req.Amount, "amount", 0, "how many units (default: all that the account holds)")
	f.StringVar(&req.Address, "address", "", "Bitcoin address that is paid (default: a new one of alkd's wallet)")
	f.Uint64Var(&req.MaxFee, "max-fee", 0, "what the payment may fall short by, in satoshi (default: twice the least of `alk bridge status`, or the least)")
	f.BoolVar(&req.Leave, "leave", false, "leave the bitcoin to the other holders, if it is too little to be paid, and take only what forfeited bonds give")
	return cmd
}

func (a *app) slashCommand() *cobra.Command {
	req := &bridgev1.SlashRequest{}
	cmd := a.callLeaf("slash REDEMPTION", "Have a redemption that was not paid in time compensated from the bonds", cobra.ExactArgs(1),
		func(ctx context.Context, c *bridgeClient, args []string) (*bridgev1.CallResponse, error) {
			req.Rid = args[0]
			return c.Slash(ctx, req)
		})
	cmd.Flags().StringVar(&req.LotId, "lot", "", "lot whose bond stands in for the operators', if theirs is short")
	return cmd
}

func (a *app) bridgeReleaseCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "release CONTRACT|LOT", Short: "Burn a whole lot, so that its contract may be closed before maturity", Args: cobra.ExactArgs(1),
		Long: "Burn all units of a lot, which alkbridge's account must hold, wrapped ones excepted: those never come\n" +
			"back. For a contract its own lot is burned, and alkd allows closes once that is final. For a lot, which\n" +
			"begins with 0x, `alk contract release` does the latter.",
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := a.dialBridge()
			if err != nil {
				return err
			}
			defer b.Close()
			if strings.HasPrefix(args[0], "0x") {
				call, err := a.burn(cmd.Context(), b, args[0])
				if err != nil {
					return bridgeProblem(err)
				}
				return a.showCall(call)
			}
			return a.releaseContract(cmd.Context(), b, args[0])
		},
	}
	return cmd
}

// burn releases a lot and waits for it.
func (a *app) burn(ctx context.Context, b *bridgeClient, lotID string) (*bridgev1.Call, error) {
	var resp *bridgev1.CallResponse
	err := a.bounded(ctx, func(ctx context.Context) (err error) {
		resp, err = b.Release(ctx, &bridgev1.ReleaseRequest{LotId: lotID})
		return err
	})
	if err != nil {
		return nil, err
	}
	return a.awaitCall(ctx, b, resp.GetCallId(), false)
}

// releaseContract burns the own lot of a contract and lets alkd close it.
func (a *app) releaseContract(ctx context.Context, b *bridgeClient, name string) error {
	c, err := a.dial()
	if err != nil {
		return err
	}
	defer c.Close()
	contract, own, err := a.ownLot(ctx, c, b, name)
	if err != nil {
		return bridgeProblem(err)
	}
	if own != nil && own.GetState() != "released" {
		call, err := a.burn(ctx, b, own.GetId())
		if err != nil {
			return bridgeProblem(err)
		}
		if call.GetState() != "accepted" {
			return a.showCall(call)
		}
	}
	return a.bounded(ctx, func(ctx context.Context) error {
		lots, err := lotsOf(ctx, b, contract)
		if err == nil {
			err = standing(lots)
		}
		if err != nil {
			return bridgeProblem(err)
		}
		return a.release(ctx, c, contract.GetKey())
	})
}

// ownLot returns a contract with the lot of its own side, nil if it has none.
func (a *app) ownLot(ctx context.Context, c *client.Client, b *bridgeClient, name string) (contract *alkv1.Contract, own *bridgev1.Lot, err error) {
	err = a.bounded(ctx, func(ctx context.Context) error {
		resp, err := c.Contracts.GetContract(ctx, &alkv1.GetContractRequest{Contract: name})
		if err != nil {
			return err
		}
		contract = resp.GetContract()
		lots, err := lotsOf(ctx, b, contract)
		for _, l := range lots {
			if script := contract.GetOwnVault().GetPkScript(); len(script) > 0 && string(script) == string(l.GetVaultScript()) {
				own = l
			}
		}
		return err
	})
	return contract, own, err
}

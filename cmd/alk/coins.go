package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/client"
)

func (a *app) balanceCommand() *cobra.Command {
	return a.command("balance", "Show what the wallet holds", cobra.NoArgs,
		func(ctx context.Context, c *client.Client, _ []string) error {
			b, err := c.Wallet.GetBalance(ctx, &alkv1.GetBalanceRequest{})
			if err != nil {
				return err
			}
			return a.show(b, func(w io.Writer) {
				for _, line := range []struct {
					name   string
					amount int64
				}{
					{"confirmed", b.GetConfirmedSat()}, {"unconfirmed", b.GetUnconfirmedSat()},
					{"leased", b.GetLeasedSat()}, {"total", b.GetTotalSat()},
				} {
					row(w, line.name, sat(line.amount)+" sat", btc(line.amount)+" BTC")
				}
				if b.GetImmatureSat() != 0 {
					row(w, "immature", sat(b.GetImmatureSat())+" sat", btc(b.GetImmatureSat())+" BTC")
				}
			})
		})
}

func (a *app) addressCommand() *cobra.Command {
	var kind string
	cmd := a.command("address", "Give a new receiving address", cobra.NoArgs,
		func(ctx context.Context, c *client.Client, _ []string) error {
			req := &alkv1.NewAddressRequest{}
			switch kind {
			case "p2tr":
				req.Type = alkv1.AddressType_ADDRESS_TYPE_P2TR
			case "p2wpkh":
				req.Type = alkv1.AddressType_ADDRESS_TYPE_P2WPKH
			default:
				return errUsage("use p2tr or p2wpkh", "unknown address type %q", kind)
			}
			resp, err := c.Wallet.NewAddress(ctx, req)
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) { row(w, resp.GetAddress()) })
		})
	cmd.Flags().StringVar(&kind, "type", "p2tr", "p2tr (Taproot) or p2wpkh")
	return cmd
}

func (a *app) coinsCommand() *cobra.Command {
	list := a.coinsListCommand("coins", "List coins; label and lease them")
	list.AddCommand(
		a.coinsListCommand("list", "List coins"), a.labelCommand(), a.leaseCommand(), a.releaseCommand(), a.leasesCommand(),
	)
	return list
}

func (a *app) coinsListCommand(use, short string) *cobra.Command {
	req := &alkv1.ListCoinsRequest{}
	cmd := a.command(use, short, cobra.NoArgs, func(ctx context.Context, c *client.Client, _ []string) error {
		resp, err := c.Wallet.ListCoins(ctx, req)
		if err != nil {
			return err
		}
		return a.show(resp, func(w io.Writer) {
			row(w, "COIN", "SAT", "CONFIRMATIONS", "ADDRESS", "LABEL", "LEASED BY")
			for _, coin := range resp.GetCoins() {
				row(w, outpoint(coin.GetOutpoint()), sat(coin.GetValueSat()), coin.GetConfirmations(),
					coin.GetAddress(), coin.GetLabel(), coin.GetLease().GetOwner())
			}
		})
	})
	cmd.Flags().Uint32Var(&req.MinConfs, "min-confs", 0, "least number of confirmations")
	cmd.Flags().BoolVar(&req.FreeOnly, "free", false, "leave out leased coins")
	return cmd
}

func (a *app) labelCommand() *cobra.Command {
	return a.command("label COIN LABEL", `Label a coin (txid:index); "" clears the label`, cobra.ExactArgs(2),
		func(ctx context.Context, c *client.Client, args []string) error {
			op, err := parseOutPoint(args[0])
			if err != nil {
				return err
			}
			resp, err := c.Wallet.LabelCoin(ctx, &alkv1.LabelCoinRequest{Outpoint: op, Label: args[1]})
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) { row(w, "labelled", outpoint(op)) })
		})
}

func (a *app) leaseCommand() *cobra.Command {
	var owner string
	var d time.Duration
	cmd := a.command("lease COIN...", "Set coins aside", cobra.MinimumNArgs(1),
		func(ctx context.Context, c *client.Client, args []string) error {
			coins, err := parseOutPoints(args)
			if err != nil {
				return err
			}
			seconds, err := wholeSeconds(d)
			if err != nil {
				return err
			}
			resp, err := c.Wallet.LeaseCoins(ctx, &alkv1.LeaseCoinsRequest{Coins: coins, Owner: owner, DurationSeconds: seconds})
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) { leaseTable(w, []*alkv1.Lease{resp.GetLease()}) })
		})
	cmd.Flags().StringVar(&owner, "owner", "alk", "name of the owner")
	cmd.Flags().DurationVar(&d, "for", time.Hour, "how long")
	return cmd
}

func (a *app) releaseCommand() *cobra.Command {
	return a.command("release LEASE", "End a lease", cobra.ExactArgs(1),
		func(ctx context.Context, c *client.Client, args []string) error {
			resp, err := c.Wallet.ReleaseLease(ctx, &alkv1.ReleaseLeaseRequest{Id: args[0]})
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) { row(w, "released", args[0]) })
		})
}

func (a *app) leasesCommand() *cobra.Command {
	return a.command("leases", "List the leases in force", cobra.NoArgs,
		func(ctx context.Context, c *client.Client, _ []string) error {
			resp, err := c.Wallet.ListLeases(ctx, &alkv1.ListLeasesRequest{})
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) { leaseTable(w, resp.GetLeases()) })
		})
}

func leaseTable(w io.Writer, leases []*alkv1.Lease) {
	row(w, "LEASE", "OWNER", "UNTIL (UTC)", "COINS")
	for _, l := range leases {
		coins := make([]string, len(l.GetCoins()))
		for i, op := range l.GetCoins() {
			coins[i] = outpoint(op)
		}
		row(w, l.GetId(), l.GetOwner(), moment(l.GetExpiryUnix()), strings.Join(coins, " "))
	}
}

// parseOutPoint reads txid:index.
func parseOutPoint(s string) (*alkv1.OutPoint, error) {
	txid, index, ok := strings.Cut(s, ":")
	n, err := strconv.ParseUint(index, 10, 32)
	if !ok || err != nil || len(txid) != 64 {
		return nil, errUsage("write it as txid:index; `alk wallet coins` lists them", "%q is not a coin", s)
	}
	return &alkv1.OutPoint{Txid: txid, Index: uint32(n)}, nil
}

func parseOutPoints(args []string) ([]*alkv1.OutPoint, error) {
	ops := make([]*alkv1.OutPoint, len(args))
	for i, s := range args {
		var err error
		if ops[i], err = parseOutPoint(s); err != nil {
			return nil, err
		}
	}
	return ops, nil
}

// wholeSeconds converts a duration of at least a second, rounding down.
func wholeSeconds(d time.Duration) (uint32, error) {
	if d < time.Second || d > time.Duration(1<<32-1)*time.Second {
		return 0, errUsage("write it as 90s, 30m or 24h", "duration %s is out of range", fmt.Sprint(d))
	}
	return uint32(d / time.Second), nil
}

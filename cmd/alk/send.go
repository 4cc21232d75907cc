package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/client"
)

// feeFlags are shared by the commands that pay a fee.
type feeFlags struct {
	rate      uint64
	target    uint32
	allowHigh bool
}

func (f *feeFlags) add(cmd *cobra.Command) {
	cmd.Flags().Uint64Var(&f.rate, "sat-per-vbyte", 0, "fee rate; 0 leaves it to the estimate")
	cmd.Flags().Uint32Var(&f.target, "target", 0, "blocks in which to confirm; 0 is alkd's default")
	cmd.Flags().BoolVar(&f.allowHigh, "allow-high-fee", false, "allow an absurdly high fee")
}

func (f *feeFlags) spec() (*alkv1.FeeSpec, error) {
	if f.rate != 0 && f.target != 0 {
		return nil, errUsage("give --sat-per-vbyte or --target", "a fee rate and a target exclude each other")
	}
	return &alkv1.FeeSpec{SatPerVbyte: f.rate, TargetBlocks: f.target, AllowHigh: f.allowHigh}, nil
}

func (a *app) sendCommand() *cobra.Command {
	var fee feeFlags
	var coins []string
	var label string
	var minConfs uint32
	var yes bool
	cmd := &cobra.Command{
		Use: "send ADDRESS AMOUNT|all", Short: "Pay to an address", Args: cobra.ExactArgs(2),
		Long: "Pay to an address. AMOUNT is in satoshis, or in bitcoins with the suffix btc\n" +
			"(0.001btc); all sends everything that is free, less the fee.",
		RunE: func(cmd *cobra.Command, args []string) error {
			spec, err := fee.spec()
			if err != nil {
				return err
			}
			req := &alkv1.SendRequest{Outputs: []*alkv1.Payment{{Address: args[0]}}, Fee: spec, Label: label}
			if req.All = args[1] == "all"; !req.All {
				amount, err := parseAmount(args[1])
				if err != nil {
					return err
				}
				req.Outputs[0].AmountSat = amount
			}
			if req.Coins, err = parseOutPoints(coins); err != nil {
				return err
			}
			if cmd.Flags().Changed("min-confs") {
				req.MinConfs = &minConfs
			}
			if !yes && !a.json && a.console.Interactive() {
				if err := a.confirmSend(cmd.Context(), req); err != nil {
					return err
				}
			}
			return a.with(cmd.Context(), a.dial, func(ctx context.Context, c *client.Client) error {
				resp, err := c.Wallet.Send(ctx, req)
				if err != nil {
					return err
				}
				return a.show(resp, func(w io.Writer) { sentTable(w, resp.GetTransaction()) })
			})
		},
	}
	fee.add(cmd)
	cmd.Flags().StringVar(&label, "label", "", "label of the transaction")
	cmd.Flags().Uint32Var(&minConfs, "min-confs", 1, "least confirmations of the coins spent; 0 allows unconfirmed ones")
	cmd.Flags().StringArrayVar(&coins, "coin", nil, "spend exactly these coins (txid:index, repeat)")
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return cmd
}

// confirmSend shows what a payment costs and asks. It settles rate and coins
// in the request, so that what is sent is what was shown.
func (a *app) confirmSend(ctx context.Context, req *alkv1.SendRequest) error {
	var plan *alkv1.SentTransaction
	err := a.with(ctx, a.dial, func(ctx context.Context, c *client.Client) error {
		if req.GetFee().GetSatPerVbyte() == 0 {
			estimate, err := c.Wallet.EstimateFee(ctx, &alkv1.EstimateFeeRequest{TargetBlocks: req.GetFee().GetTargetBlocks()})
			if err != nil {
				return err
			}
			req.Fee.SatPerVbyte, req.Fee.TargetBlocks = estimate.GetSatPerVbyte(), 0
		}
		req.DryRun = true
		resp, err := c.Wallet.Send(ctx, req)
		plan = resp.GetTransaction()
		return err
	})
	if err != nil {
		return err
	}
	req.DryRun = false
	req.Coins = nil
	var inputs uint64
	for _, s := range plan.GetSpends() {
		req.Coins = append(req.Coins, s.GetOutpoint())
		inputs += s.GetValueSat()
	}
	amount := req.GetOutputs()[0].GetAmountSat()
	if req.GetAll() {
		amount = inputs - min(inputs, plan.GetFeeSat())
	}
	a.tell("send  %s sat to %s\nfee   %s sat (%d sat/vB, %d vB)\ncoins %d\n",
		sat(amount), printable(req.GetOutputs()[0].GetAddress()), sat(plan.GetFeeSat()), req.GetFee().GetSatPerVbyte(),
		plan.GetVsize(), len(plan.GetSpends()))
	yes, err := a.confirm(ctx, "Send?")
	if err != nil {
		return err
	}
	if !yes {
		return &problem{err: errNotSent, exit: exitFailed, reason: "declined"}
	}
	return nil
}

func sentTable(w io.Writer, tx *alkv1.SentTransaction) {
	row(w, "txid", tx.GetTxid())
	row(w, "fee", fmt.Sprintf("%s sat (%d vB)", sat(tx.GetFeeSat()), tx.GetVsize()))
	if tx.GetReplaces() != "" {
		row(w, "replaces", tx.GetReplaces())
	}
	if tx.GetQueued() {
		row(w, "note", "the network could not be reached; alkd will publish it as soon as it can")
	}
}

func (a *app) bumpCommand() *cobra.Command {
	var fee feeFlags
	var method string
	cmd := a.command("bump TXID", "Raise the fee of an unconfirmed transaction", cobra.ExactArgs(1),
		func(ctx context.Context, c *client.Client, args []string) error {
			spec, err := fee.spec()
			if err != nil {
				return err
			}
			req := &alkv1.BumpRequest{Txid: args[0], Fee: spec}
			switch method {
			case "auto":
			case "rbf":
				req.Method = alkv1.BumpMethod_BUMP_METHOD_RBF
			case "cpfp":
				req.Method = alkv1.BumpMethod_BUMP_METHOD_CPFP
			default:
				return errUsage("use auto, rbf or cpfp", "unknown method %q", method)
			}
			resp, err := c.Wallet.Bump(ctx, req)
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) { sentTable(w, resp.GetTransaction()) })
		})
	fee.add(cmd)
	cmd.Flags().StringVar(&method, "method", "auto", "rbf replaces the transaction, cpfp spends its output, auto chooses")
	return cmd
}

func (a *app) feeCommand() *cobra.Command {
	var target uint32
	cmd := a.command("fee", "Estimate the fee rate", cobra.NoArgs,
		func(ctx context.Context, c *client.Client, _ []string) error {
			resp, err := c.Wallet.EstimateFee(ctx, &alkv1.EstimateFeeRequest{TargetBlocks: target})
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) { row(w, fmt.Sprintf("%d sat/vB", resp.GetSatPerVbyte())) })
		})
	cmd.Flags().Uint32Var(&target, "target", 0, "blocks in which to confirm; 0 is alkd's default")
	return cmd
}

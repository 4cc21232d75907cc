package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/client"
)

// maxInput is above the largest message that alkd accepts.
const maxInput = 8 << 20

// psbtMagic begins a PSBT in binary (BIP174).
var psbtMagic = []byte("psbt\xff")

func (a *app) psbtCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "psbt", Short: "Fund, sign, finalize and publish PSBTs", Args: cobra.NoArgs, RunE: help,
		Long: "Fund, sign, finalize and publish PSBTs (BIP174). FILE holds one in base64 or binary,\n" +
			"- is standard input. PSBTs are printed in base64, transactions in hexadecimal.",
	}
	cmd.AddCommand(a.psbtFundCommand(), a.psbtSignCommand(), a.psbtFinalizeCommand(), a.psbtPublishCommand())
	return cmd
}

func (a *app) psbtFundCommand() *cobra.Command {
	var fee feeFlags
	var template, owner string
	var coins []string
	var minConfs uint32
	var lease time.Duration
	cmd := &cobra.Command{
		Use: "fund [ADDRESS AMOUNT]...", Short: "Add coins and change, and lease the coins",
		RunE: func(cmd *cobra.Command, args []string) error {
			spec, err := fee.spec()
			if err != nil {
				return err
			}
			req := &alkv1.FundPsbtRequest{Fee: spec, Owner: owner}
			if req.Outputs, err = parsePayments(args); err != nil {
				return err
			}
			if template != "" {
				if req.Template, err = a.readPsbt(template); err != nil {
					return err
				}
			}
			if req.Coins, err = parseOutPoints(coins); err != nil {
				return err
			}
			if req.LeaseSeconds, err = wholeSeconds(lease); err != nil {
				return err
			}
			if cmd.Flags().Changed("min-confs") {
				req.MinConfs = &minConfs
			}
			return a.with(cmd.Context(), a.dial, func(ctx context.Context, c *client.Client) error {
				resp, err := c.Wallet.FundPsbt(ctx, req)
				if err != nil {
					return err
				}
				return a.show(resp, func(w io.Writer) { row(w, base64.StdEncoding.EncodeToString(resp.GetPsbt())) })
			})
		},
	}
	fee.add(cmd)
	cmd.Flags().StringVar(&template, "template", "", "PSBT whose outputs are paid, instead of addresses")
	cmd.Flags().StringArrayVar(&coins, "coin", nil, "add exactly these coins (txid:index, repeat)")
	cmd.Flags().Uint32Var(&minConfs, "min-confs", 1, "least confirmations of the coins added")
	cmd.Flags().StringVar(&owner, "owner", "alk", "owner of the lease")
	cmd.Flags().DurationVar(&lease, "lease", 10*time.Minute, "how long the coins are leased")
	return cmd
}

func parsePayments(args []string) ([]*alkv1.Payment, error) {
	if len(args)%2 != 0 {
		return nil, errUsage("give pairs of ADDRESS AMOUNT", "an address without an amount")
	}
	var out []*alkv1.Payment
	for i := 0; i < len(args); i += 2 {
		amount, err := parseAmount(args[i+1])
		if err != nil {
			return nil, err
		}
		out = append(out, &alkv1.Payment{Address: args[i], AmountSat: amount})
	}
	return out, nil
}

func (a *app) psbtSignCommand() *cobra.Command {
	return a.command("sign FILE", "Sign the inputs that are ours", cobra.ExactArgs(1),
		func(ctx context.Context, c *client.Client, args []string) error {
			raw, err := a.readPsbt(args[0])
			if err != nil {
				return err
			}
			resp, err := c.Wallet.SignPsbt(ctx, &alkv1.SignPsbtRequest{Psbt: raw})
			if err != nil {
				return err
			}
			a.tell("inputs signed: %d\n", len(resp.GetSignedInputs()))
			return a.show(resp, func(w io.Writer) { row(w, base64.StdEncoding.EncodeToString(resp.GetPsbt())) })
		})
}

func (a *app) psbtFinalizeCommand() *cobra.Command {
	return a.command("finalize FILE", "Turn a signed PSBT into a transaction", cobra.ExactArgs(1),
		func(ctx context.Context, c *client.Client, args []string) error {
			raw, err := a.readPsbt(args[0])
			if err != nil {
				return err
			}
			resp, err := c.Wallet.FinalizePsbt(ctx, &alkv1.FinalizePsbtRequest{Psbt: raw})
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) { row(w, hex.EncodeToString(resp.GetRawTx())) })
		})
}

func (a *app) psbtPublishCommand() *cobra.Command {
	var label string
	cmd := a.command("publish FILE", "Publish a transaction given in hexadecimal", cobra.ExactArgs(1),
		func(ctx context.Context, c *client.Client, args []string) error {
			text, err := a.readInput(args[0])
			if err != nil {
				return err
			}
			raw, err := hex.DecodeString(string(bytes.TrimSpace(text)))
			if err != nil {
				return errUsage("`alk wallet psbt finalize` prints one", "%s holds no transaction in hexadecimal", args[0])
			}
			resp, err := c.Wallet.PublishTransaction(ctx, &alkv1.PublishTransactionRequest{RawTx: raw, Label: label})
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) {
				row(w, resp.GetTxid())
				if resp.GetQueued() {
					row(w, "the network could not be reached; alkd will publish it as soon as it can")
				}
			})
		})
	cmd.Flags().StringVar(&label, "label", "", "label of the transaction")
	return cmd
}

// readPsbt reads a PSBT in binary or base64.
func (a *app) readPsbt(path string) ([]byte, error) {
	raw, err := a.readInput(path)
	if err != nil || bytes.HasPrefix(raw, psbtMagic) {
		return raw, err
	}
	decoded, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(raw)))
	if err != nil || !bytes.HasPrefix(decoded, psbtMagic) {
		return nil, errUsage("a PSBT is binary or base64 and begins with cHNidP8", "%s holds no PSBT", path)
	}
	return decoded, nil
}

func (a *app) readInput(path string) ([]byte, error) {
	in := a.in
	if path != "-" {
		f, err := os.Open(path) //nolint:gosec // the user's own choice of file
		if err != nil {
			return nil, err
		}
		defer f.Close() //nolint:errcheck // read only
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, maxInput+1))
	if err == nil && len(raw) > maxInput {
		err = fmt.Errorf("%s is larger than %d bytes", path, maxInput)
	}
	return raw, err
}

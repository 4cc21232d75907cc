package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/client"
)

// errNotSent: the user answered no.
var errNotSent = errors.New("not sent")

func (a *app) txsCommand() *cobra.Command {
	req := &alkv1.ListTransactionsRequest{}
	cmd := a.command("txs", "List the transactions of the wallet, newest first", cobra.NoArgs,
		func(ctx context.Context, c *client.Client, _ []string) error {
			resp, err := c.Wallet.ListTransactions(ctx, req)
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) {
				row(w, "TIME (UTC)", "SAT", "FEE", "CONFIRMATIONS", "TXID", "LABEL")
				for _, t := range resp.GetTransactions() {
					row(w, moment(t.GetTimeUnix()), sat(t.GetNetSat()), sat(t.GetFeeSat()), t.GetConfirmations(), t.GetTxid(), t.GetLabel())
				}
			})
		})
	cmd.Flags().Uint32Var(&req.Limit, "limit", 100, "how many, at most 1000")
	cmd.Flags().Uint32Var(&req.Offset, "offset", 0, "how many of the newest to leave out")
	return cmd
}

func (a *app) watchCommand() *cobra.Command {
	var depth uint32
	var once bool
	cmd := &cobra.Command{
		Use: "watch TXID", Short: "Report confirmations of a transaction and their loss by reorganisation", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.dial()
			if err != nil {
				return err
			}
			defer c.Close()
			stream, err := c.Wallet.WatchTransaction(cmd.Context(), &alkv1.WatchTransactionRequest{Txid: args[0], Depth: depth})
			if err != nil {
				return err
			}
			for stream.Receive() {
				e := stream.Msg()
				if err := a.showLine(e, eventText(e)); err != nil {
					return err
				}
				if once && e.GetEvent() == alkv1.TxEvent_TX_EVENT_CONFIRMED {
					return stream.Close()
				}
			}
			return stream.Err()
		},
	}
	cmd.Flags().Uint32Var(&depth, "depth", 1, "confirmations to wait for, 1 to 144")
	cmd.Flags().BoolVar(&once, "once", false, "end at the first confirmation")
	return cmd
}

func eventText(e *alkv1.WatchTransactionResponse) string {
	if e.GetEvent() == alkv1.TxEvent_TX_EVENT_CONFIRMED {
		return fmt.Sprintf("confirmed, depth %d, height %d, block %s", e.GetDepth(), e.GetHeight(), e.GetBlockHash())
	}
	return fmt.Sprintf("unconfirmed by a reorganisation, was at height %d, block %s", e.GetHeight(), e.GetBlockHash())
}

func (a *app) syncCommand() *cobra.Command {
	var wait bool
	cmd := &cobra.Command{
		Use: "sync", Short: "Show how far the wallet has followed the chain", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.dial()
			if err != nil {
				return err
			}
			defer c.Close()
			status, err := a.syncStatus(cmd.Context(), c, wait)
			if err != nil {
				return err
			}
			return a.show(&alkv1.GetSyncResponse{Sync: status}, func(w io.Writer) { row(w, syncText(status)) })
		},
	}
	cmd.Flags().BoolVar(&wait, "wait", false, "wait until the wallet is synced")
	return cmd
}

func (a *app) syncStatus(ctx context.Context, c *client.Client, wait bool) (*alkv1.SyncStatus, error) {
	if wait {
		return a.waitSynced(ctx, c)
	}
	ctx, cancel := a.limit(ctx)
	defer cancel()
	resp, err := c.Wallet.GetSync(ctx, &alkv1.GetSyncRequest{})
	return resp.GetSync(), err
}

package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/client"
)

func (a *app) peerCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "peer", Short: "The nodes that this node talks to", Args: cobra.NoArgs, RunE: help}
	add := a.command("add KEY@HOST:PORT", "Stay connected with a node, now and after every start", cobra.ExactArgs(1),
		func(ctx context.Context, c *client.Client, args []string) error {
			resp, err := c.Peers.AddPeer(ctx, &alkv1.AddPeerRequest{Address: args[0]})
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) { row(w, "added", resp.GetAddress()) })
		})
	connect := a.command("connect KEY@HOST:PORT", "Connect to a node once", cobra.ExactArgs(1),
		func(ctx context.Context, c *client.Client, args []string) error {
			resp, err := c.Peers.ConnectPeer(ctx, &alkv1.ConnectPeerRequest{Address: args[0]})
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) { row(w, "connected", resp.GetKey()) })
		})
	disconnect := a.command("disconnect KEY", "End the session with a node; a persistent one is called again", cobra.ExactArgs(1),
		func(ctx context.Context, c *client.Client, args []string) error {
			resp, err := c.Peers.DisconnectPeer(ctx, &alkv1.DisconnectPeerRequest{Key: keyOf(args[0])})
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) { row(w, "disconnected", keyOf(args[0])) })
		})
	remove := a.command("remove KEY", "Stay connected with a node no more", cobra.ExactArgs(1),
		func(ctx context.Context, c *client.Client, args []string) error {
			resp, err := c.Peers.RemovePeer(ctx, &alkv1.RemovePeerRequest{Key: keyOf(args[0])})
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) {
				if resp.GetRemoved() {
					row(w, "removed", keyOf(args[0]))
					return
				}
				row(w, "not persistent", keyOf(args[0]))
			})
		})
	cmd.AddCommand(add, a.peerListCommand(), connect, disconnect, remove)
	return cmd
}

// keyOf cuts a node key out of an address.
func keyOf(s string) string {
	key, _, _ := strings.Cut(s, "@")
	return strings.ToLower(key)
}

func (a *app) peerListCommand() *cobra.Command {
	return a.command("list", "Show this node's key and its peers", cobra.NoArgs,
		func(ctx context.Context, c *client.Client, _ []string) error {
			resp, err := c.Peers.ListPeers(ctx, &alkv1.ListPeersRequest{})
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) {
				row(w, "this node", resp.GetNodeKey())
				if len(resp.GetListening()) == 0 {
					row(w, "listening", "no (start alkd with --listen)")
				}
				for _, address := range resp.GetListening() {
					row(w, "listening", resp.GetNodeKey()+"@"+address)
				}
				if len(resp.GetPeers()) == 0 {
					row(w, "peers", "none")
					return
				}
				row(w)
				row(w, "PEER", "STATE", "ADDRESS", "SINCE (UTC)", "LATENCY", "INDICES", "")
				for _, p := range resp.GetPeers() {
					peerRow(w, p)
				}
			})
		})
}

func peerRow(w io.Writer, p *alkv1.Peer) {
	if !p.GetConnected() {
		row(w, p.GetKey(), "away", strings.TrimPrefix(p.GetAddress(), p.GetKey()+"@"), "next call "+moment(p.GetNextCallUnix()), "-", "-", p.GetFailure())
		return
	}
	state := "connected"
	if p.GetInbound() {
		state = "connected (called us)"
	}
	note := ""
	if p.GetPersistent() {
		note = "persistent"
	}
	latency := (time.Duration(min(p.GetLatencyMicroseconds(), 1<<40)) * time.Microsecond).Round(100 * time.Microsecond)
	row(w, p.GetKey(), state, p.GetRemote(), moment(p.GetSinceUnix()), fmt.Sprint(latency), strings.Join(p.GetIndices(), " "), note)
}

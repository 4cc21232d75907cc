package main

import (
	"context"

	"github.com/schollz/progressbar/v3"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/client"
)

// waitSynced follows the wallet until it has caught up with the chain, with a
// bar on the terminal, and returns the last status. It may take hours, so
// --timeout does not bound it.
func (a *app) waitSynced(ctx context.Context, c *client.Client) (*alkv1.SyncStatus, error) {
	stream, err := c.Wallet.WatchSync(ctx, &alkv1.WatchSyncRequest{})
	if err != nil {
		return nil, err
	}
	var last *alkv1.SyncStatus
	var bar *progressbar.ProgressBar
	for stream.Receive() {
		last = stream.Msg().GetSync()
		if a.json || !a.console.Draws() {
			continue
		}
		if bar == nil {
			bar = progressbar.NewOptions(1,
				progressbar.OptionSetWriter(a.err), progressbar.OptionSetWidth(40), progressbar.OptionShowCount(),
				progressbar.OptionSetItsString("blocks"), progressbar.OptionShowIts(), progressbar.OptionClearOnFinish())
		}
		draw(bar, last)
	}
	if bar != nil {
		if err := bar.Finish(); err != nil {
			return nil, err
		}
	}
	if err := stream.Err(); err != nil {
		return nil, err
	}
	return last, stream.Close()
}

// draw shows a status. A bar that cannot be drawn is no reason to stop.
func draw(bar *progressbar.ProgressBar, s *alkv1.SyncStatus) {
	what := "syncing"
	switch {
	case s.GetBackendError() != "":
		what = "chain backend away"
	case s.GetRecovering():
		what = "recovering"
	}
	bar.Describe(what)
	total := max(1, int(s.GetChainHeight()-s.GetStartHeight()))
	done := max(0, int(s.GetWalletHeight()-s.GetStartHeight()))
	if total != bar.GetMax() {
		bar.ChangeMax(total)
	}
	// At the maximum the bar would call itself finished; the stream decides.
	_ = bar.Set(min(done, total-1))
}

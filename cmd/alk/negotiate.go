package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"connectrpc.com/connect"
	"github.com/schollz/progressbar/v3"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/client"
)

// negotiating are the phases in which two nodes still talk.
var negotiating = map[string]bool{"Offered": true, "Accepted": true, "Signed": true}

// negotiate follows a contract until both have signed or one has given up, and
// shows it. The time is bounded by --timeout; a peer who asks a person may take
// longer, which is no failure.
func (a *app) negotiate(ctx context.Context, c *client.Client, start *alkv1.Contract, noWait bool) error {
	contract := start
	if !noWait {
		ctx, cancel := a.limit(ctx)
		defer cancel()
		last, err := a.follow(ctx, c, start.GetKey(), func(v *alkv1.Contract) bool { return !negotiating[v.GetPhase()] })
		if err != nil && !timedOut(ctx, err) {
			return err
		}
		if last != nil {
			contract = last
		}
	}
	if err := a.show(contract, func(w io.Writer) { a.contractRows(w, contract) }); err != nil {
		return err
	}
	switch {
	case contract.GetPhase() == "Aborted":
		return &problem{err: errors.New("the contract came to nothing"), exit: exitFailed, reason: "aborted",
			hint: "`alk contract history " + abbreviate(contract.GetKey()) + "` says why"}
	case !noWait && negotiating[contract.GetPhase()]:
		a.tell("alk: not done yet; `alk contract show %s` shows how far it is\n", abbreviate(contract.GetKey()))
	}
	return nil
}

// timedOut reports whether a call ended because --timeout did. The daemon is told of it,
// too, and may notice first.
func timedOut(ctx context.Context, err error) bool {
	return errors.Is(ctx.Err(), context.DeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) ||
		connect.CodeOf(err) == connect.CodeDeadlineExceeded
}

// follow calls done with a contract now and after each change, until it returns
// true, and returns the last one. A bar shows signing and verifying.
func (a *app) follow(ctx context.Context, c *client.Client, key string, done func(*alkv1.Contract) bool) (*alkv1.Contract, error) {
	// Events first, so that no change is missed between the two.
	stream, err := c.Events.WatchEvents(ctx, &alkv1.WatchEventsRequest{Contract: key, Progress: true, NewOnly: true})
	if err != nil {
		return nil, err
	}
	defer stream.Close() //nolint:errcheck // the answer is had
	live := make(chan *alkv1.WatchEventsResponse)
	ended := make(chan error, 1)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		for stream.Receive() {
			select {
			case live <- stream.Msg():
			case <-ctx.Done():
				return
			}
		}
		ended <- stream.Err()
	}()
	bar := &workBar{a: a}
	defer bar.clear()
	poll := time.NewTicker(time.Second)
	defer poll.Stop()
	var last *alkv1.Contract
	for {
		resp, err := c.Contracts.GetContract(ctx, &alkv1.GetContractRequest{Contract: key})
		if err != nil {
			return last, err
		}
		last = resp.GetContract()
		if done(last) {
			return last, nil
		}
		bar.phase(last)
		select {
		case e := <-live:
			bar.event(e)
		case <-poll.C: // events tell sooner; this is for those that were lost
		case err := <-ended:
			if err == nil || connect.CodeOf(err) == connect.CodeCanceled {
				err = context.Cause(ctx)
			}
			return last, err
		case <-ctx.Done():
			return last, ctx.Err()
		}
	}
}

// workBar shows what is being waited for.
type workBar struct {
	a   *app
	bar *progressbar.ProgressBar
}

func (b *workBar) draws() bool { return !b.a.json && b.a.console.Draws() }

func (b *workBar) show(what string, done, total int) {
	if !b.draws() {
		return
	}
	if b.bar == nil {
		b.bar = progressbar.NewOptions(1, progressbar.OptionSetWriter(b.a.err), progressbar.OptionSetWidth(30),
			progressbar.OptionShowCount(), progressbar.OptionClearOnFinish())
	}
	b.bar.Describe(what)
	if total < 1 {
		done, total = 0, 1
	}
	if total != b.bar.GetMax() {
		b.bar.ChangeMax(total)
	}
	// At the maximum the bar would call itself finished; a bar that cannot be drawn
	// is no reason to stop.
	_ = b.bar.Set(min(done, total-1))
}

func (b *workBar) phase(c *alkv1.Contract) {
	w := c.GetWork()
	if w == nil {
		b.show(waitText(c), 0, 0)
		return
	}
	b.show(workText(w.GetTask()), int(w.GetDone()), int(w.GetTotal()))
}

func (b *workBar) event(e *alkv1.WatchEventsResponse) {
	if e.GetKind() == "progress" && e.GetTask() != "" {
		b.show(workText(e.GetTask()), int(e.GetDone()), int(e.GetTotal()))
	}
}

func (b *workBar) clear() {
	if b.bar != nil {
		_ = b.bar.Finish() // see show
	}
}

func workText(task string) string {
	switch task {
	case "sign":
		return "signing every outcome"
	case "verify":
		return "verifying the peer's signatures"
	}
	return task
}

// waitText says what a contract waits for.
func waitText(c *alkv1.Contract) string {
	switch c.GetPhase() {
	case "Offered":
		if c.GetDecision() != nil {
			return "waiting for you"
		}
		return "waiting for the peer's answer"
	case "Accepted":
		return "waiting for the peer's signatures"
	case "Signed":
		return "waiting for the funding transaction"
	case "Broadcast":
		return "waiting for a block"
	}
	return strings.ToLower(fmt.Sprintf("in phase %s", c.GetPhase()))
}

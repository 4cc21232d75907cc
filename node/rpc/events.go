package rpc

import (
	"context"
	"encoding/hex"
	"errors"

	"connectrpc.com/connect"

	"github.com/alkimiya/alkimiya/node/engine"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1/alkv1connect"
)

type eventService struct{ s *Server }

var _ alkv1connect.EventServiceHandler = eventService{}

func (h eventService) WatchEvents(ctx context.Context, req *alkv1.WatchEventsRequest, out *connect.ServerStream[alkv1.WatchEventsResponse]) error {
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return err
	}
	defer done()
	f := engine.EventFilter{After: req.GetAfter(), Progress: req.GetProgress(), StoredOnly: req.GetStoredOnly(), New: req.GetNewOnly()}
	if req.GetContract() != "" {
		if f.Key, err = t.Contracts.Resolve(ctx, req.GetContract()); err != nil {
			return err
		}
	}
	// Headers once nothing more can be missed, so that the client knows that it listens.
	f.Ready = func() error { return out.Send(nil) }
	err = t.Views.Follow(ctx, f, func(e engine.Event) error { return out.Send(encodeEvent(e)) })
	if errors.Is(err, context.Canceled) {
		return context.Cause(ctx) // which may be that the wallet closes
	}
	return err
}

func encodeEvent(e engine.Event) *alkv1.WatchEventsResponse {
	out := &alkv1.WatchEventsResponse{
		Cursor: e.Cursor, TimeUnix: e.Time.Unix(), Kind: string(e.Kind), From: e.From, Phase: e.Phase, Reason: e.Reason,
		Task: e.Task, Done: uint32(e.Done), Total: uint32(e.Total), //nolint:gosec // at most 40,000
	}
	if e.Key != ([32]byte{}) {
		out.Contract, out.Peer = keyText(e.Key), hex.EncodeToString(e.Peer[:])
	}
	return out
}

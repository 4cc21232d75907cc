package node

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node/book"
	"github.com/alkimiya/alkimiya/node/engine"
	"github.com/alkimiya/alkimiya/node/peer"
)

// router gives each message of a peer to the part of the node that it concerns.
// It implements peer.Handler. Its fields are set before the host runs.
type router struct {
	ctx    context.Context // that of the session; handlers are given none
	engine *engine.Engine
	book   *book.Book
	log    *slog.Logger

	recovery *recovery
	peers    hostPeers
}

// Connected implements peer.Handler.
func (r *router) Connected(k peer.Key, local, remote *wire.Hello) {
	r.engine.Connected(k, local, remote)
	r.book.Connected(k)
	r.met(k)
}

// Disconnected implements peer.Handler.
func (r *router) Disconnected(k peer.Key) {
	r.book.Disconnected(k)
	r.engine.Disconnected(k)
}

// Message implements peer.Handler.
func (r *router) Message(k peer.Key, raw []byte) {
	head, err := wire.HeadOf(raw)
	if err != nil {
		r.log.Debug("message without a head", "peer", k.String(), "err", err)
		return
	}
	about := head.Type
	if about == wire.TypeReject {
		// A reject belongs to whoever sent what it refuses.
		if message, err := wire.Decode(raw); err == nil {
			if reject, ok := message.(*wire.Reject); ok {
				about = reject.Refused
			}
		}
	}
	switch about { //nolint:exhaustive // what is not of these is nobody's
	case wire.TypeOrdersRequest, wire.TypeOrders, wire.TypeOrderCancel, wire.TypeRFQ:
		r.book.Message(r.ctx, k, raw)
	case wire.TypeOffer, wire.TypeAccept, wire.TypeSign, wire.TypeFunded, wire.TypeReject,
		wire.TypeCloseOffer, wire.TypeCloseAccept, wire.TypeCloseComplete, wire.TypeResume, wire.TypeEvidence:
		r.engine.Message(r.ctx, k, raw)
	case wire.TypeRecover, wire.TypeRecord:
		r.recovered(k, head.Type, raw)
	default:
		r.log.Debug("message is for nobody", "peer", k.String(), "type", about.String())
	}
}

// Expect implements peer.Handler.
func (r *router) Expect(k peer.Key, head wire.Head, total uint32) error {
	if head.Type == wire.TypeRecord {
		return r.recovery.records.Expect(k)
	}
	if err := r.engine.Expect(k, head, total); err != nil {
		return fmt.Errorf("%d bytes: %w", total, err)
	}
	return nil
}

// hostPeers is the host as the parts of the node see it, some of which are made
// before it.
type hostPeers struct{ t *trading }

// Send implements engine.Peers and book.Peers.
func (p hostPeers) Send(ctx context.Context, k [33]byte, message []byte) error {
	return p.t.host.Send(ctx, k, message)
}

// Disconnect implements engine.Peers.
func (p hostPeers) Disconnect(k [33]byte) error { return p.t.host.Disconnect(k) }

package rpc

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/alkimiya/alkimiya/node/peer"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1/alkv1connect"
)

type peerService struct{ s *Server }

var _ alkv1connect.PeerServiceHandler = peerService{}

func (h peerService) AddPeer(ctx context.Context, req *alkv1.AddPeerRequest) (*alkv1.AddPeerResponse, error) {
	address, err := peer.ParseAddress(req.GetAddress())
	if err != nil {
		return nil, err
	}
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if err := t.Peers.Add(ctx, address); err != nil {
		return nil, err
	}
	return &alkv1.AddPeerResponse{Address: address.String()}, nil
}

func (h peerService) ListPeers(ctx context.Context, _ *alkv1.ListPeersRequest) (*alkv1.ListPeersResponse, error) {
	_, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	list := t.Peers.Peers()
	out := &alkv1.ListPeersResponse{NodeKey: list.Self.String(), Listening: list.Listening}
	for _, p := range list.Peers {
		out.Peers = append(out.Peers, encodePeer(p))
	}
	return out, nil
}

func encodePeer(p peer.Info) *alkv1.Peer {
	out := &alkv1.Peer{
		Key: p.Key.String(), Connected: p.Connected, Remote: p.Remote, Inbound: p.Inbound,
		SinceUnix: unixOf(p.Since), HeardUnix: unixOf(p.Heard), BytesRead: p.BytesRead, BytesWritten: p.BytesWritten,
		LatencyMicroseconds: uint64(max(0, p.Latency.Microseconds())), Persistent: p.Persistent, NextCallUnix: unixOf(p.NextCall),
	}
	if p.Hello != nil {
		for _, i := range p.Hello.Indexes {
			out.Indices = append(out.Indices, i.ID)
		}
	}
	if p.Persistent {
		out.Address = p.Address.String()
	}
	if p.Failure != nil {
		out.Failure = p.Failure.Error()
	}
	return out
}

// unixOf is 0 for the zero time.
func unixOf(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func (h peerService) ConnectPeer(ctx context.Context, req *alkv1.ConnectPeerRequest) (*alkv1.ConnectPeerResponse, error) {
	address, err := peer.ParseAddress(req.GetAddress())
	if err != nil {
		return nil, err
	}
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if err := t.Peers.Connect(ctx, address); err != nil {
		return nil, err
	}
	return &alkv1.ConnectPeerResponse{Key: address.Key.String()}, nil
}

func (h peerService) DisconnectPeer(ctx context.Context, req *alkv1.DisconnectPeerRequest) (*alkv1.DisconnectPeerResponse, error) {
	key, err := decodeNodeKey(req.GetKey())
	if err != nil {
		return nil, err
	}
	_, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if err := t.Peers.Disconnect(key); err != nil {
		return nil, err
	}
	return &alkv1.DisconnectPeerResponse{}, nil
}

func (h peerService) RemovePeer(ctx context.Context, req *alkv1.RemovePeerRequest) (*alkv1.RemovePeerResponse, error) {
	key, err := decodeNodeKey(req.GetKey())
	if err != nil {
		return nil, err
	}
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	removed, err := t.Peers.Remove(ctx, key)
	if err != nil {
		return nil, err
	}
	return &alkv1.RemovePeerResponse{Removed: removed}, nil
}

// decodeNodeKey reads 33 bytes in hexadecimal.
func decodeNodeKey(s string) (key peer.Key, err error) {
	raw, err := hex.DecodeString(s)
	if err != nil || len(raw) != len(key) {
		return key, invalid("node key %.80q is not %d hexadecimal digits", s, 2*len(key))
	}
	return peer.Key(raw), nil
}

func decodeNodeKeys(texts []string) ([][33]byte, error) {
	if len(texts) > maxItems {
		return nil, invalid("%d node keys, %d are possible", len(texts), maxItems)
	}
	var out [][33]byte
	for _, text := range texts {
		key, err := decodeNodeKey(text)
		if err != nil {
			return nil, err
		}
		out = append(out, key)
	}
	return out, nil
}

// decodeHash reads 32 bytes in hexadecimal, such as an id or an x-only key.
func decodeHash(what, s string) (out [32]byte, err error) {
	raw, err := hex.DecodeString(s)
	if err != nil || len(raw) != len(out) {
		return out, invalid("%s %.80q is not %d hexadecimal digits", what, s, 2*len(out))
	}
	return [32]byte(raw), nil
}

// hexOrEmpty is empty for zeros.
func hexOrEmpty(b [32]byte) string {
	if b == ([32]byte{}) {
		return ""
	}
	return hex.EncodeToString(b[:])
}

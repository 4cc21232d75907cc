package rpc

import (
	"context"
	"time"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1/alkv1connect"
)

type nodeService struct{ s *Server }

var _ alkv1connect.NodeServiceHandler = nodeService{}

func (h nodeService) GetInfo(ctx context.Context, _ *alkv1.GetInfoRequest) (*alkv1.GetInfoResponse, error) {
	info, err := h.s.cfg.Node.Info(ctx)
	if err != nil {
		return nil, err
	}
	out := &alkv1.GetInfoResponse{
		Version: info.Version, Commit: info.Commit, Network: info.Network, Backend: info.Backend,
		ChainHeight: info.ChainHeight, ChainHash: info.ChainHash.String(), ChainTimeUnix: info.ChainTime.Unix(),
		UptimeSeconds: uint64(max(0, info.Uptime) / time.Second), LogLevels: info.LogLevels,
	}
	if info.Sync != nil {
		out.Sync = encodeSync(*info.Sync)
	}
	return out, nil
}

func (h nodeService) Stop(context.Context, *alkv1.StopRequest) (*alkv1.StopResponse, error) {
	h.s.cfg.Node.Stop()
	return &alkv1.StopResponse{}, nil
}

func (h nodeService) SetLogLevel(_ context.Context, req *alkv1.SetLogLevelRequest) (*alkv1.SetLogLevelResponse, error) {
	switch req.GetLevel() {
	case "trace", "debug", "info", "warn", "error":
	default:
		return nil, invalid("log level %q; trace, debug, info, warn and error are possible", req.GetLevel())
	}
	levels, err := h.s.cfg.Node.SetLogLevel(req.GetSubsystem(), req.GetLevel())
	if err != nil {
		return nil, err
	}
	return &alkv1.SetLogLevelResponse{LogLevels: levels}, nil
}

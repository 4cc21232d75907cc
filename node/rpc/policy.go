package rpc

import (
	"context"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1/alkv1connect"
)

type policyService struct{ s *Server }

var _ alkv1connect.PolicyServiceHandler = policyService{}

func (h policyService) GetPolicy(ctx context.Context, _ *alkv1.GetPolicyRequest) (*alkv1.GetPolicyResponse, error) {
	_, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	raw, err := t.Policy.Policy().Encode()
	if err != nil {
		return nil, err
	}
	return &alkv1.GetPolicyResponse{Toml: string(raw), Path: t.Policy.Path()}, nil
}

func (h policyService) ReloadPolicy(ctx context.Context, _ *alkv1.ReloadPolicyRequest) (*alkv1.ReloadPolicyResponse, error) {
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if err := t.Policy.Reload(ctx); err != nil {
		return nil, err
	}
	raw, err := t.Policy.Policy().Encode()
	if err != nil {
		return nil, err
	}
	return &alkv1.ReloadPolicyResponse{Toml: string(raw)}, nil
}

package rpc

import (
	"context"
	"slices"
	"strings"

	"gopkg.in/macaroon-bakery.v2/bakery"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1/alkv1connect"
)

type macaroonService struct{ s *Server }

var _ alkv1connect.MacaroonServiceHandler = macaroonService{}

func (h macaroonService) Bake(ctx context.Context, req *alkv1.BakeRequest) (*alkv1.BakeResponse, error) {
	g := Grant{Timeout: req.TimeoutSeconds, IP: req.GetIpAddress(), RootKeyID: req.GetRootKeyId()}
	for _, p := range req.GetPermissions() {
		g.Ops = append(g.Ops, bakery.Op{Entity: p.GetEntity(), Action: p.GetAction()})
	}
	raw, err := h.s.cfg.Authority.Bake(ctx, g)
	if err != nil {
		return nil, err
	}
	return &alkv1.BakeResponse{Macaroon: raw}, nil
}

func (h macaroonService) ListRootKeys(ctx context.Context, _ *alkv1.ListRootKeysRequest) (*alkv1.ListRootKeysResponse, error) {
	ids, err := h.s.cfg.Authority.RootKeys(ctx)
	if err != nil {
		return nil, err
	}
	return &alkv1.ListRootKeysResponse{RootKeyIds: ids}, nil
}

func (h macaroonService) RevokeRootKey(ctx context.Context, req *alkv1.RevokeRootKeyRequest) (*alkv1.RevokeRootKeyResponse, error) {
	if err := h.s.cfg.Authority.Revoke(ctx, req.GetRootKeyId()); err != nil {
		return nil, err
	}
	return &alkv1.RevokeRootKeyResponse{}, nil
}

func (h macaroonService) ListPermissions(context.Context, *alkv1.ListPermissionsRequest) (*alkv1.ListPermissionsResponse, error) {
	out := &alkv1.ListPermissionsResponse{}
	for method, ops := range permissions {
		m := &alkv1.MethodPermissions{Method: method}
		for _, op := range ops {
			m.Permissions = append(m.Permissions, &alkv1.Permission{Entity: op.Entity, Action: op.Action})
		}
		out.Methods = append(out.Methods, m)
	}
	slices.SortFunc(out.Methods, func(a, b *alkv1.MethodPermissions) int {
		return strings.Compare(a.GetMethod(), b.GetMethod())
	})
	return out, nil
}

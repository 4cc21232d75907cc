package rpc

import (
	"context"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1/alkv1connect"
)

type stateService struct{ s *Server }

var _ alkv1connect.StateServiceHandler = stateService{}

func (h stateService) GetState(ctx context.Context, _ *alkv1.GetStateRequest) (*alkv1.GetStateResponse, error) {
	st := h.s.cfg.Node.State(ctx)
	out := &alkv1.GetStateResponse{
		Version: st.Version, Commit: st.Commit, Network: st.Network, Backend: st.Backend,
		WalletState: encodeWalletState(st.Wallet),
	}
	if st.Sync != nil {
		out.Sync = encodeSync(*st.Sync)
	}
	return out, nil
}

func encodeWalletState(st WalletState) alkv1.WalletState {
	switch st {
	case WalletNone:
		return alkv1.WalletState_WALLET_STATE_NONE
	case WalletLocked:
		return alkv1.WalletState_WALLET_STATE_LOCKED
	case WalletOpening:
		return alkv1.WalletState_WALLET_STATE_OPENING
	case WalletOpened:
		return alkv1.WalletState_WALLET_STATE_OPEN
	}
	return alkv1.WalletState_WALLET_STATE_UNSPECIFIED
}

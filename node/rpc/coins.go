package rpc

import (
	"context"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/wallet"
)

func (h walletService) GetBalance(ctx context.Context, _ *alkv1.GetBalanceRequest) (*alkv1.GetBalanceResponse, error) {
	w, err := h.s.cfg.Wallet()
	if err != nil {
		return nil, err
	}
	b, err := w.Balance(ctx)
	if err != nil {
		return nil, err
	}
	return &alkv1.GetBalanceResponse{
		ConfirmedSat: int64(b.Confirmed), UnconfirmedSat: int64(b.Unconfirmed), LeasedSat: int64(b.Leased),
		ImmatureSat: int64(b.Immature), TotalSat: int64(b.Total()),
	}, nil
}

func (h walletService) NewAddress(ctx context.Context, req *alkv1.NewAddressRequest) (*alkv1.NewAddressResponse, error) {
	kind := wallet.P2TR
	switch req.GetType() {
	case alkv1.AddressType_ADDRESS_TYPE_UNSPECIFIED, alkv1.AddressType_ADDRESS_TYPE_P2TR:
	case alkv1.AddressType_ADDRESS_TYPE_P2WPKH:
		kind = wallet.P2WPKH
	default:
		return nil, invalid("address type %d", req.GetType())
	}
	w, err := h.s.cfg.Wallet()
	if err != nil {
		return nil, err
	}
	address, err := w.NewAddress(ctx, kind, false)
	if err != nil {
		return nil, err
	}
	return &alkv1.NewAddressResponse{Address: address.EncodeAddress()}, nil
}

func (h walletService) ListCoins(ctx context.Context, req *alkv1.ListCoinsRequest) (*alkv1.ListCoinsResponse, error) {
	minConfs, err := decodeMinConfs(&req.MinConfs)
	if err != nil {
		return nil, err
	}
	w, err := h.s.cfg.Wallet()
	if err != nil {
		return nil, err
	}
	coins, err := w.Coins(ctx, minConfs)
	if err != nil {
		return nil, err
	}
	out := &alkv1.ListCoinsResponse{}
	for _, c := range coins {
		if req.GetFreeOnly() && c.Lease != nil {
			continue
		}
		coin := &alkv1.Coin{
			Outpoint: encodeOutPoint(c.OutPoint), ValueSat: unsigned(c.Value), PkScript: c.PkScript,
			Address: c.Address, Confirmations: c.Confirmations, Label: c.Label,
		}
		if c.Lease != nil {
			coin.Lease = encodeLease(*c.Lease)
		}
		out.Coins = append(out.Coins, coin)
	}
	return out, nil
}

func (h walletService) LabelCoin(ctx context.Context, req *alkv1.LabelCoinRequest) (*alkv1.LabelCoinResponse, error) {
	op, err := decodeOutPoint(req.GetOutpoint())
	if err != nil {
		return nil, err
	}
	if err := checkLabel(req.GetLabel()); err != nil {
		return nil, err
	}
	w, err := h.s.cfg.Wallet()
	if err != nil {
		return nil, err
	}
	if err := w.LabelCoin(ctx, op, req.GetLabel()); err != nil {
		return nil, err
	}
	return &alkv1.LabelCoinResponse{}, nil
}

func (h walletService) LeaseCoins(ctx context.Context, req *alkv1.LeaseCoinsRequest) (*alkv1.LeaseCoinsResponse, error) {
	coins, err := decodeOutPoints(req.GetCoins())
	if err != nil {
		return nil, err
	}
	if len(coins) == 0 {
		return nil, invalid("no coins")
	}
	d, err := decodeLeaseTerms(req.GetOwner(), req.GetDurationSeconds())
	if err != nil {
		return nil, err
	}
	w, err := h.s.cfg.Wallet()
	if err != nil {
		return nil, err
	}
	lease, err := w.Lease(ctx, req.GetOwner(), coins, d)
	if err != nil {
		return nil, err
	}
	return &alkv1.LeaseCoinsResponse{Lease: encodeLease(lease)}, nil
}

func (h walletService) ReleaseLease(ctx context.Context, req *alkv1.ReleaseLeaseRequest) (*alkv1.ReleaseLeaseResponse, error) {
	id, err := decodeLeaseID(req.GetId())
	if err != nil {
		return nil, err
	}
	w, err := h.s.cfg.Wallet()
	if err != nil {
		return nil, err
	}
	if err := w.Release(ctx, id); err != nil {
		return nil, err
	}
	return &alkv1.ReleaseLeaseResponse{}, nil
}

func (h walletService) ListLeases(ctx context.Context, _ *alkv1.ListLeasesRequest) (*alkv1.ListLeasesResponse, error) {
	w, err := h.s.cfg.Wallet()
	if err != nil {
		return nil, err
	}
	leases, err := w.Leases(ctx)
	if err != nil {
		return nil, err
	}
	out := &alkv1.ListLeasesResponse{}
	for _, l := range leases {
		out.Leases = append(out.Leases, encodeLease(l))
	}
	return out, nil
}

package rpc

import (
	"context"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
)

const (
	defaultOwner     = "psbt"
	defaultLeaseSecs = 600
)

func (h walletService) FundPsbt(ctx context.Context, req *alkv1.FundPsbtRequest) (*alkv1.FundPsbtResponse, error) {
	r, err := decodeFund(req)
	if err != nil {
		return nil, err
	}
	w, err := h.s.cfg.Wallet()
	if err != nil {
		return nil, err
	}
	funded, err := w.FundPsbt(ctx, r)
	if err != nil {
		return nil, err
	}
	raw, err := encodePsbt(funded.Packet)
	if err != nil {
		return nil, err
	}
	return &alkv1.FundPsbtResponse{
		Psbt: raw, ChangeIndex: funded.ChangeIndex, Lease: encodeLease(funded.Lease), FeeSat: unsigned(funded.Fee),
	}, nil
}

func decodeFund(req *alkv1.FundPsbtRequest) (r FundRequest, err error) {
	if (len(req.GetOutputs()) > 0) == (len(req.GetTemplate()) > 0) {
		return r, invalid("either outputs or a template is needed")
	}
	if len(req.GetTemplate()) > 0 && len(req.GetCoins()) > 0 {
		return r, invalid("a template names its coins as inputs")
	}
	if len(req.GetTemplate()) > 0 {
		if r.Template, err = decodePsbt(req.GetTemplate()); err != nil {
			return r, err
		}
	}
	if r.Outputs, err = decodePayments(req.GetOutputs(), false); err != nil {
		return r, err
	}
	if r.Coins, err = decodeOutPoints(req.GetCoins()); err != nil {
		return r, err
	}
	if r.Fee, err = decodeFee(req.GetFee()); err != nil {
		return r, err
	}
	if r.MinConfs, err = decodeMinConfs(req.MinConfs); err != nil {
		return r, err
	}
	r.Owner = req.GetOwner()
	if r.Owner == "" {
		r.Owner = defaultOwner
	}
	seconds := req.GetLeaseSeconds()
	if seconds == 0 {
		seconds = defaultLeaseSecs
	}
	r.Duration, err = decodeLeaseTerms(r.Owner, seconds)
	return r, err
}

func (h walletService) SignPsbt(ctx context.Context, req *alkv1.SignPsbtRequest) (*alkv1.SignPsbtResponse, error) {
	p, err := decodePsbt(req.GetPsbt())
	if err != nil {
		return nil, err
	}
	w, err := h.s.cfg.Wallet()
	if err != nil {
		return nil, err
	}
	signed, err := w.SignPsbt(ctx, p)
	if err != nil {
		return nil, err
	}
	raw, err := encodePsbt(p)
	if err != nil {
		return nil, err
	}
	return &alkv1.SignPsbtResponse{Psbt: raw, SignedInputs: signed}, nil
}

func (h walletService) FinalizePsbt(ctx context.Context, req *alkv1.FinalizePsbtRequest) (*alkv1.FinalizePsbtResponse, error) {
	p, err := decodePsbt(req.GetPsbt())
	if err != nil {
		return nil, err
	}
	w, err := h.s.cfg.Wallet()
	if err != nil {
		return nil, err
	}
	tx, err := w.FinalizePsbt(ctx, p)
	if err != nil {
		return nil, err
	}
	rawPsbt, err := encodePsbt(p)
	if err != nil {
		return nil, err
	}
	rawTx, err := encodeTx(tx)
	if err != nil {
		return nil, err
	}
	return &alkv1.FinalizePsbtResponse{Psbt: rawPsbt, RawTx: rawTx, Txid: tx.TxHash().String()}, nil
}

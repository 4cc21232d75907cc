package rpc

import (
	"context"
	"errors"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/wallet"
)

const defaultPage = 100

func (h walletService) Send(ctx context.Context, req *alkv1.SendRequest) (*alkv1.SendResponse, error) {
	r, err := decodeSend(req)
	if err != nil {
		return nil, err
	}
	w, err := h.s.cfg.Wallet()
	if err != nil {
		return nil, err
	}
	act := w.Send
	if req.GetDryRun() {
		act = w.Plan
	}
	sent, err := act(ctx, r)
	tx, err := encodeSent(sent, err)
	if err != nil {
		return nil, err
	}
	return &alkv1.SendResponse{Transaction: tx, Published: !req.GetDryRun()}, nil
}

func decodeSend(req *alkv1.SendRequest) (r wallet.SendRequest, err error) {
	if r.Outputs, err = decodePayments(req.GetOutputs(), req.GetAll()); err != nil {
		return r, err
	}
	if len(r.Outputs) == 0 || (req.GetAll() && len(r.Outputs) != 1) {
		return r, invalid("%d outputs", len(r.Outputs))
	}
	if r.Fee, err = decodeFee(req.GetFee()); err != nil {
		return r, err
	}
	if r.MinConfs, err = decodeMinConfs(req.MinConfs); err != nil {
		return r, err
	}
	if r.Coins, err = decodeOutPoints(req.GetCoins()); err != nil {
		return r, err
	}
	r.All, r.Label = req.GetAll(), req.GetLabel()
	return r, checkLabel(r.Label)
}

func (h walletService) Bump(ctx context.Context, req *alkv1.BumpRequest) (*alkv1.BumpResponse, error) {
	var r wallet.BumpRequest
	switch req.GetMethod() {
	case alkv1.BumpMethod_BUMP_METHOD_UNSPECIFIED:
		r.Method = wallet.BumpAuto
	case alkv1.BumpMethod_BUMP_METHOD_RBF:
		r.Method = wallet.BumpRBF
	case alkv1.BumpMethod_BUMP_METHOD_CPFP:
		r.Method = wallet.BumpCPFP
	default:
		return nil, invalid("bump method %d", req.GetMethod())
	}
	var err error
	if r.TxID, err = decodeTxID(req.GetTxid()); err != nil {
		return nil, err
	}
	if r.Fee, err = decodeFee(req.GetFee()); err != nil {
		return nil, err
	}
	w, err := h.s.cfg.Wallet()
	if err != nil {
		return nil, err
	}
	sent, err := w.Bump(ctx, r)
	tx, err := encodeSent(sent, err)
	if err != nil {
		return nil, err
	}
	return &alkv1.BumpResponse{Transaction: tx}, nil
}

func (h walletService) EstimateFee(ctx context.Context, req *alkv1.EstimateFeeRequest) (*alkv1.EstimateFeeResponse, error) {
	if req.GetTargetBlocks() > maxTarget {
		return nil, invalid("target of %d blocks, %d is possible", req.GetTargetBlocks(), maxTarget)
	}
	w, err := h.s.cfg.Wallet()
	if err != nil {
		return nil, err
	}
	rate, err := w.EstimateFee(ctx, req.GetTargetBlocks())
	if err != nil {
		return nil, err
	}
	// 1000 vB are 4000 weight units (BIP141).
	perVByte := (uint64(max(0, rate))*4 + 999) / 1000
	return &alkv1.EstimateFeeResponse{SatPerVbyte: perVByte}, nil
}

func (h walletService) ListTransactions(ctx context.Context, req *alkv1.ListTransactionsRequest) (*alkv1.ListTransactionsResponse, error) {
	limit := req.GetLimit()
	if limit == 0 {
		limit = defaultPage
	}
	if limit > maxItems {
		return nil, invalid("page of %d transactions, %d are possible", limit, maxItems)
	}
	w, err := h.s.cfg.Wallet()
	if err != nil {
		return nil, err
	}
	txs, err := w.Transactions(ctx)
	if err != nil {
		return nil, err
	}
	out := &alkv1.ListTransactionsResponse{Total: uint32(len(txs))} //nolint:gosec // far fewer than 2^32
	first := min(int(req.GetOffset()), len(txs))
	last := min(first+int(limit), len(txs))
	for _, t := range txs[first:last] {
		out.Transactions = append(out.Transactions, &alkv1.TransactionSummary{
			Txid: t.TxID.String(), NetSat: int64(t.Net), FeeSat: unsigned(t.Fee), Confirmations: t.Confirmations,
			Height: t.Height, TimeUnix: t.Time.Unix(), Label: t.Label,
		})
	}
	return out, nil
}

func (h walletService) PublishTransaction(ctx context.Context, req *alkv1.PublishTransactionRequest) (*alkv1.PublishTransactionResponse, error) {
	tx, err := decodeTx(req.GetRawTx())
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
	err = w.Publish(ctx, tx, req.GetLabel())
	queued := errors.Is(err, wallet.ErrQueued)
	if err != nil && !queued {
		return nil, err
	}
	return &alkv1.PublishTransactionResponse{Txid: tx.TxHash().String(), Queued: queued}, nil
}

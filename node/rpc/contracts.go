package rpc

import (
	"context"
	"encoding/hex"

	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/node/backup"
	"github.com/alkimiya/alkimiya/node/engine"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1/alkv1connect"
)

type contractService struct{ s *Server }

var _ alkv1connect.ContractServiceHandler = contractService{}

func (h contractService) OfferContract(ctx context.Context, req *alkv1.OfferContractRequest) (*alkv1.OfferContractResponse, error) {
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	offer, err := decodeOffer(ctx, t, req, true)
	if err != nil {
		return nil, err
	}
	view, err := t.Contracts.Offer(ctx, offer)
	if err != nil {
		return nil, err
	}
	return &alkv1.OfferContractResponse{Contract: encodeContract(view, true)}, nil
}

func (h contractService) SimulateContract(ctx context.Context, req *alkv1.SimulateContractRequest) (*alkv1.SimulateContractResponse, error) {
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	offer, err := decodeOffer(ctx, t, req.GetOffer(), false)
	if err != nil {
		return nil, err
	}
	simulation, err := t.Contracts.Simulate(ctx, offer)
	if err != nil {
		return nil, err
	}
	return &alkv1.SimulateContractResponse{Simulation: encodePriced(ctx, t, simulation)}, nil
}

// decodeOffer reads and completes an offer.
func decodeOffer(ctx context.Context, t *Trading, req *alkv1.OfferContractRequest, needsPeer bool) (engine.OfferRequest, error) {
	out := engine.OfferRequest{
		FundFeeRate: req.GetFundSatPerVbyte(), CETFeeRate: req.GetCetSatPerVbyte(),
		RefundDelay: req.GetRefundDelaySeconds(), ExpiresIn: req.GetExpiresInSeconds(),
	}
	d, err := decodeDraft(req.GetTerms())
	if err != nil {
		return out, err
	}
	switch req.GetSide() {
	case "long":
		d.Side = order.Buy
	case "short":
		d.Side = order.Sell
	default:
		return out, invalid("side %.40q; long and short are possible", req.GetSide())
	}
	if needsPeer || req.GetPeer() != "" {
		key, err := decodeNodeKey(req.GetPeer())
		if err != nil {
			return out, err
		}
		out.Peer = key
	}
	if out.Coins, err = decodeOutPoints(req.GetCoins()); err != nil {
		return out, err
	}
	if out.Bridge, err = decodeBridge(req.GetBridge()); err != nil {
		return out, err
	}
	terms, err := t.Taker.Terms(ctx, d)
	if err != nil {
		return out, err
	}
	out.Terms, out.Bucket = &terms, &terms.Bucket
	return out, nil
}

func (h contractService) ListContracts(ctx context.Context, req *alkv1.ListContractsRequest) (*alkv1.ListContractsResponse, error) {
	f, err := decodeContractFilter(req)
	if err != nil {
		return nil, err
	}
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	views, err := t.Views.Contracts(ctx, f)
	if err != nil {
		return nil, err
	}
	out := &alkv1.ListContractsResponse{}
	for _, v := range views {
		out.Contracts = append(out.Contracts, encodeContract(v, false))
	}
	if len(views) == f.Limit {
		out.Next = keyText(views[len(views)-1].Key)
	}
	return out, nil
}

func decodeContractFilter(req *alkv1.ListContractsRequest) (f engine.Filter, err error) {
	f.Undecided = req.GetUndecided()
	for _, name := range req.GetPhases() {
		phase, ok := contract.ParsePhase(name)
		if !ok {
			return f, invalid("phase %.40q", name)
		}
		f.Phases = append(f.Phases, phase)
	}
	if len(f.Phases) == 0 && !req.GetAll() {
		for _, p := range contract.Phases() {
			if !p.Final() {
				f.Phases = append(f.Phases, p)
			}
		}
	}
	if req.GetPeer() != "" {
		key, err := decodeNodeKey(req.GetPeer())
		if err != nil {
			return f, err
		}
		f.Peer = key
	}
	if req.GetAfter() != "" {
		if f.After, err = engine.ParseKey(req.GetAfter()); err != nil {
			return f, err
		}
	}
	f.Limit, err = decodeLimit("contracts", req.GetLimit(), defaultPage)
	return f, err
}

// named resolves the name of a contract and calls f with it.
func (h contractService) named(ctx context.Context, name string, f func(*Trading, engine.Key) (engine.View, error)) (*alkv1.Contract, error) {
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	key, err := t.Contracts.Resolve(ctx, name)
	if err != nil {
		return nil, err
	}
	view, err := f(t, key)
	if err != nil {
		return nil, err
	}
	return encodeContract(view, true), nil
}

func (h contractService) GetContract(ctx context.Context, req *alkv1.GetContractRequest) (*alkv1.GetContractResponse, error) {
	c, err := h.named(ctx, req.GetContract(), func(t *Trading, k engine.Key) (engine.View, error) { return t.Views.Contract(ctx, k) })
	if err != nil {
		return nil, err
	}
	return &alkv1.GetContractResponse{Contract: c}, nil
}

func (h contractService) AcceptContract(ctx context.Context, req *alkv1.AcceptContractRequest) (*alkv1.AcceptContractResponse, error) {
	coins, err := decodeOutPoints(req.GetCoins())
	if err != nil {
		return nil, err
	}
	bridge, err := decodeBridge(req.GetBridge())
	if err != nil {
		return nil, err
	}
	c, err := h.named(ctx, req.GetContract(), func(t *Trading, k engine.Key) (engine.View, error) {
		return t.Contracts.Approve(ctx, k, engine.ApproveRequest{Coins: coins, Bridge: bridge})
	})
	if err != nil {
		return nil, err
	}
	return &alkv1.AcceptContractResponse{Contract: c}, nil
}

func (h contractService) WithdrawContract(ctx context.Context, req *alkv1.WithdrawContractRequest) (*alkv1.WithdrawContractResponse, error) {
	c, err := h.named(ctx, req.GetContract(), func(t *Trading, k engine.Key) (engine.View, error) { return t.Contracts.Withdraw(ctx, k) })
	if err != nil {
		return nil, err
	}
	return &alkv1.WithdrawContractResponse{Contract: c}, nil
}

func (h contractService) CloseContract(ctx context.Context, req *alkv1.CloseContractRequest) (*alkv1.CloseContractResponse, error) {
	own, err := decodeAmount("own value", req.GetOwnSat())
	if err != nil {
		return nil, err
	}
	c, err := h.named(ctx, req.GetContract(), func(t *Trading, k engine.Key) (engine.View, error) {
		return t.Closes.Close(ctx, k, engine.CloseRequest{OwnValue: own, FeeRate: req.GetSatPerVbyte()})
	})
	if err != nil {
		return nil, err
	}
	return &alkv1.CloseContractResponse{Contract: c}, nil
}

func (h contractService) ApproveClose(ctx context.Context, req *alkv1.ApproveCloseRequest) (*alkv1.ApproveCloseResponse, error) {
	c, err := h.named(ctx, req.GetContract(), func(t *Trading, k engine.Key) (engine.View, error) {
		return t.Closes.ApproveClose(ctx, k, engine.ApproveCloseRequest{Attempt: req.GetAttempt(), Irrevocable: req.GetIrrevocable()})
	})
	if err != nil {
		return nil, err
	}
	return &alkv1.ApproveCloseResponse{Contract: c}, nil
}

func (h contractService) DeclineClose(ctx context.Context, req *alkv1.DeclineCloseRequest) (*alkv1.DeclineCloseResponse, error) {
	c, err := h.named(ctx, req.GetContract(), func(t *Trading, k engine.Key) (engine.View, error) {
		return t.Closes.DeclineClose(ctx, k, req.GetAttempt())
	})
	if err != nil {
		return nil, err
	}
	return &alkv1.DeclineCloseResponse{Contract: c}, nil
}

func (h contractService) GetHistory(ctx context.Context, req *alkv1.GetHistoryRequest) (*alkv1.GetHistoryResponse, error) {
	limit, err := decodeLimit("entries", req.GetLimit(), defaultPage)
	if err != nil {
		return nil, err
	}
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	key, err := t.Contracts.Resolve(ctx, req.GetContract())
	if err != nil {
		return nil, err
	}
	entries, err := t.Views.History(ctx, key, req.GetFirst(), limit)
	if err != nil {
		return nil, err
	}
	out := &alkv1.GetHistoryResponse{}
	for _, e := range entries {
		out.Entries = append(out.Entries, &alkv1.HistoryEntry{
			Number: e.Number, TimeUnix: e.Time, Height: e.Height, Event: e.Event, From: e.From, To: e.To, Effects: e.Effects,
		})
	}
	return out, nil
}

func (h contractService) ExportContract(ctx context.Context, req *alkv1.ExportContractRequest) (*alkv1.ExportContractResponse, error) {
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	key, err := t.Contracts.Resolve(ctx, req.GetContract())
	if err != nil {
		return nil, err
	}
	file, err := t.Backup.Export(ctx, key)
	if err != nil {
		return nil, err
	}
	return &alkv1.ExportContractResponse{File: file, Name: backup.FileName(key)}, nil
}

// pointsOfPayoff is how many points a payoff has unless asked for otherwise.
const pointsOfPayoff = 64

func (h contractService) GetPayoff(ctx context.Context, req *alkv1.GetPayoffRequest) (*alkv1.GetPayoffResponse, error) {
	points := int(req.GetPoints())
	if points == 0 {
		points = pointsOfPayoff
	}
	if points < 2 || points > maxItems {
		return nil, invalid("%d points, 2 to %d are possible", points, maxItems)
	}
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	key, err := t.Contracts.Resolve(ctx, req.GetContract())
	if err != nil {
		return nil, err
	}
	v, err := t.Views.Contract(ctx, key)
	if err != nil {
		return nil, err
	}
	samples, err := v.Terms.Samples(points)
	if err != nil {
		return nil, err
	}
	out := &alkv1.GetPayoffResponse{
		Terms: encodeTerms(v.Terms), Side: v.Side.String(), Breakevens: encodeBreakevens(v.Terms, v.Side, v.Terms.Breakevens()),
	}
	for _, p := range samples {
		out.Table = append(out.Table, encodePoint(v.Terms, v.Side, p))
	}
	// Without a price it is a plot all the same.
	if worth, err := t.Taker.Worth(ctx, v.Terms); err == nil {
		out.Valuation = encodeWorth(v.Terms, worth)
		if days := out.GetValuation().GetAttestedDays(); days > 0 {
			out.AttestedPerDay = worth.Forecast.Known / float64(days)
		}
	}
	return out, nil
}

// encodeContract leaves the bytes of transactions out unless raw is set.
func encodeContract(v engine.View, raw bool) *alkv1.Contract {
	out := &alkv1.Contract{
		Key: keyText(v.Key), ContractId: hexOrEmpty(v.ContractID), TempId: hexOrEmpty(v.TempID), Peer: hex.EncodeToString(v.Peer[:]),
		Role: v.Role.String(), Side: v.Side.String(), Phase: v.Phase.String(), Terms: encodeTerms(v.Terms), Unit: v.Unit,
		CollateralSat: unsigned(v.Collateral), OwnLockSat: unsigned(v.OwnLock), PeerLockSat: unsigned(v.PeerLock),
		FundSatPerVbyte: v.FundFeeRate, CetSatPerVbyte: v.CETFeeRate, Fees: encodeFees(v.Fees),
		CetLocktime: v.CETLocktime, RefundLocktime: v.RefundLocktime, OfferExpiry: v.Expiry,
		OrderId: hexOrEmpty(v.OrderID), TakeId: hexOrEmpty(v.TakeID),
		Funding: encodeContractTx(v.Funding, raw), Cancel: encodeContractTx(v.Cancel, raw),
		Cet: encodeContractTx(v.CET, raw), Refund: encodeContractTx(v.Refund, raw),
		Outcome: v.Outcome, DeadlineUnix: v.Deadline, Alarms: v.Alarms, Warnings: v.Warnings,
		OwnVault: encodeVault(v.OwnVault), PeerVault: encodeVault(v.PeerVault), Bridged: v.Bridged,
	}
	if v.FundingOutput != (wire.OutPoint{}) {
		out.FundingOutput = v.FundingOutput.String()
	}
	for _, c := range v.Closes {
		out.Closes = append(out.Closes, &alkv1.ContractClose{
			Attempt: c.Attempt, Exit: c.Exit, OwnSat: unsigned(c.OwnValue), PeerSat: unsigned(c.PeerValue), SatPerVbyte: c.FeeRate,
			Transaction: encodeContractTx(&c.Tx, raw),
		})
	}
	if s := v.Spend; s != nil {
		out.Spend = &alkv1.ContractSpend{Kind: spendKind(s.Kind), Txid: s.Txid.String(), Height: s.Height, Depth: s.Depth}
	}
	for _, a := range v.Attestations {
		out.Attestations = append(out.Attestations, &alkv1.ContractAttestation{Oracle: hex.EncodeToString(a.Oracle[:]), Outcome: a.Outcome})
	}
	if v.OwnPayout != nil {
		own := unsigned(*v.OwnPayout)
		out.OwnPayoutSat = &own
	}
	if v.PeerPayout != nil {
		peer := unsigned(*v.PeerPayout)
		out.PeerPayoutSat = &peer
	}
	if d := v.Decision; d != nil {
		out.Decision = &alkv1.ContractDecision{
			Kind: string(d.Kind), Attempt: d.Attempt, OwnSat: unsigned(d.OwnValue), PeerSat: unsigned(d.PeerValue),
			SatPerVbyte: d.FeeRate, UntilUnix: d.Until,
		}
	}
	if w := v.Work; w != nil {
		out.Work = &alkv1.ContractWork{Task: w.Task, Done: uint32(w.Done), Total: uint32(w.Total)} //nolint:gosec // at most 40,000
	}
	return out
}

func encodeContractTx(t *engine.TxView, raw bool) *alkv1.ContractTx {
	if t == nil {
		return nil
	}
	out := &alkv1.ContractTx{Txid: t.Txid.String(), Complete: t.Complete, Height: t.Height, Depth: t.Depth}
	if !raw {
		return out
	}
	out.RawTx = t.Raw
	for _, p := range t.Prevouts {
		prevout := &alkv1.ContractPrevout{}
		if p != nil {
			prevout.ValueSat, prevout.PkScript = uint64(max(0, p.Value)), p.PkScript
		}
		out.Prevouts = append(out.Prevouts, prevout)
	}
	return out
}

// spendKind is a word for a person.
func spendKind(k contract.SpendKind) string {
	switch k {
	case contract.SpentByCET:
		return "cet"
	case contract.SpentBySettle:
		return "settlement"
	case contract.SpentByExit:
		return "exit"
	case contract.SpentByRefund:
		return "refund"
	case contract.SpentByUnknown, contract.NotSpent:
	}
	return "unknown"
}

func keyText(k [32]byte) string { return hex.EncodeToString(k[:]) }

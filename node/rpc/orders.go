package rpc

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/node/book"
	"github.com/alkimiya/alkimiya/node/engine"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1/alkv1connect"
)

type orderService struct{ s *Server }

var _ alkv1connect.OrderServiceHandler = orderService{}

func (h orderService) PublishOrder(ctx context.Context, req *alkv1.PublishOrderRequest) (*alkv1.PublishOrderResponse, error) {
	d, err := decodeDraft(req.GetTerms())
	if err != nil {
		return nil, err
	}
	if d.Side, err = decodeOrderSide(req.GetSide(), false); err != nil {
		return nil, err
	}
	d.HMin, d.Expiry = req.GetMinThs(), req.GetExpiryUnix()
	d.Holds = time.Duration(req.GetExpiresInSeconds()) * time.Second
	if req.GetTaker() != "" {
		taker, err := decodeNodeKey(req.GetTaker())
		if err != nil {
			return nil, err
		}
		d.Taker = [32]byte(taker[1:])
	}
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	if req.GetReplaces() != "" {
		old, err := t.Taker.Find(req.GetReplaces())
		if err != nil {
			return nil, err
		}
		d.Replaces = old.ID
	}
	e, err := t.Orders.Publish(ctx, d)
	if err != nil {
		return nil, err
	}
	return &alkv1.PublishOrderResponse{Order: encodeOrder(ctx, t, e)}, nil
}

// encodeOrder adds the reference price where there is one.
func encodeOrder(ctx context.Context, t *Trading, e book.Entry) *alkv1.Order {
	out := encodeQuote(&e.Order.Quote)
	out.Id, out.Maker, out.Own = hex.EncodeToString(e.ID[:]), hex.EncodeToString(e.Maker[:]), e.Own
	out.RemainingThs, out.Private, out.Record = e.Remaining, e.Private(), e.Record
	if fair, err := t.Taker.Fair(ctx, e); err == nil {
		out.FairPrice = &fair
	}
	return out
}

func encodeQuote(q *order.Quote) *alkv1.Order {
	return &alkv1.Order{
		Side: q.Side.String(), Product: q.Product.String(), Index: q.Index, StartDay: q.StartDay, Days: q.Days,
		MinThs: q.HMin, MaxThs: q.HMax, K: q.K, Kc: q.KC, Floor: q.Floor, Cap: q.Cap, FaceValue: q.FV, Premium: q.Premium,
		Bucket: uint32(q.QuantJ), Threshold: uint32(q.Threshold), Oracles: encodeKeys(q.Oracles), ExpiryUnix: q.Expiry, Nonce: q.Nonce,
	}
}

func (h orderService) ListOrders(ctx context.Context, req *alkv1.ListOrdersRequest) (*alkv1.ListOrdersResponse, error) {
	f, err := decodeOrderFilter(req)
	if err != nil {
		return nil, err
	}
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	out := &alkv1.ListOrdersResponse{}
	if req.GetRefresh() {
		out.Failed = encodeFailures(t.Orders.RefreshAll(ctx))
	}
	page, total, err := t.Orders.List(f)
	if err != nil {
		return nil, err
	}
	out.Total = uint32(total) //nolint:gosec // far fewer than 2^32
	for _, e := range page {
		out.Orders = append(out.Orders, encodeOrder(ctx, t, e))
	}
	return out, ctx.Err()
}

func decodeOrderFilter(req *alkv1.ListOrdersRequest) (f book.Filter, err error) {
	f = book.Filter{
		Own: req.GetOwn(), Others: req.GetOthers(), Index: req.GetIndex(), MinDays: req.GetMinDays(), MaxDays: req.GetMaxDays(),
		Size: req.GetSizeThs(), Offset: int(req.GetOffset()),
	}
	if req.GetPeer() != "" {
		key, err := decodeNodeKey(req.GetPeer())
		if err != nil {
			return f, err
		}
		f.Peer = key
	}
	if req.GetProduct() != "" {
		if f.Product, err = decodeProduct(req.GetProduct()); err != nil {
			return f, err
		}
	}
	if req.GetSide() != "" {
		if f.Side, err = decodeOrderSide(req.GetSide(), false); err != nil {
			return f, err
		}
	}
	f.Limit, err = decodeLimit("orders", req.GetLimit(), defaultPage)
	return f, err
}

// decodeLimit reads the size of a page.
func decodeLimit(what string, limit uint32, usual int) (int, error) {
	switch {
	case limit == 0:
		return usual, nil
	case limit > maxItems:
		return 0, invalid("page of %d %s, %d are possible", limit, what, maxItems)
	}
	return int(limit), nil
}

func encodeFailures(failed map[[33]byte]error) map[string]string {
	out := make(map[string]string, len(failed))
	for key, err := range failed {
		out[hex.EncodeToString(key[:])] = err.Error()
	}
	return out
}

func (h orderService) CancelOrders(ctx context.Context, req *alkv1.CancelOrdersRequest) (*alkv1.CancelOrdersResponse, error) {
	if (len(req.GetIds()) == 0) != req.GetAll() {
		return nil, invalid("name orders, or all")
	}
	if len(req.GetIds()) > maxItems {
		return nil, invalid("%d orders, %d are possible", len(req.GetIds()), maxItems)
	}
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	var n int
	if req.GetAll() {
		n, err = t.Orders.CancelAll(ctx)
	} else {
		n, err = cancelNamed(ctx, t, req.GetIds())
	}
	if err != nil {
		return nil, err
	}
	return &alkv1.CancelOrdersResponse{Cancelled: uint32(n)}, nil //nolint:gosec // a count
}

func cancelNamed(ctx context.Context, t *Trading, names []string) (int, error) {
	var ids [][32]byte
	for _, name := range names {
		e, err := t.Taker.Find(name)
		if err != nil {
			return 0, err
		}
		if !e.Own {
			return 0, invalid("order %s is not our own", name)
		}
		ids = append(ids, e.ID)
	}
	return t.Orders.Cancel(ctx, ids, 0)
}

func (h orderService) TakeOrder(ctx context.Context, req *alkv1.TakeOrderRequest) (*alkv1.TakeOrderResponse, error) {
	coins, err := decodeOutPoints(req.GetCoins())
	if err != nil {
		return nil, err
	}
	bridge, err := decodeBridge(req.GetBridge())
	if err != nil {
		return nil, err
	}
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	e, err := t.Taker.Find(req.GetId())
	if err != nil {
		return nil, err
	}
	taken, err := t.Taker.Take(ctx, book.TakeRequest{Order: e.ID, H: req.GetNotionalThs()})
	if err != nil {
		return nil, err
	}
	offer := engine.OfferRequest{
		Peer: taken.Maker, Order: taken.Order, Take: taken.Take, FundFeeRate: req.GetFundSatPerVbyte(), CETFeeRate: req.GetCetSatPerVbyte(),
		RefundDelay: req.GetRefundDelaySeconds(), ExpiresIn: req.GetExpiresInSeconds(), Coins: coins, Bridge: bridge,
	}
	if req.GetDryRun() {
		simulation, err := t.Contracts.Simulate(ctx, offer)
		if err != nil {
			return nil, err
		}
		return &alkv1.TakeOrderResponse{Simulation: encodePriced(ctx, t, simulation)}, nil
	}
	view, err := t.Contracts.Offer(ctx, offer)
	if err != nil {
		return nil, err
	}
	return &alkv1.TakeOrderResponse{Contract: encodeContract(view, true)}, nil
}

// encodePriced adds the valuation where there is one.
func encodePriced(ctx context.Context, t *Trading, s engine.Simulation) *alkv1.Simulation {
	worth, err := t.Taker.Worth(ctx, s.Terms)
	if err != nil {
		out := EncodeSimulation(s, nil)
		out.Warnings = append(out.Warnings, "no reference price: "+err.Error())
		return out
	}
	return EncodeSimulation(s, &worth)
}

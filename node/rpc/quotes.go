package rpc

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/alkimiya/alkimiya/node/book"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
)

// maxQuoteWait is how long a person may be waited for.
const maxQuoteWait = 600

func (h orderService) RequestQuotes(ctx context.Context, req *alkv1.RequestQuotesRequest) (*alkv1.RequestQuotesResponse, error) {
	d, err := decodeDraft(req.GetTerms())
	if err != nil {
		return nil, err
	}
	if d.Side, err = decodeOrderSide(req.GetSide(), true); err != nil {
		return nil, err
	}
	peers, err := decodeNodeKeys(req.GetPeers())
	if err != nil {
		return nil, err
	}
	if req.GetWaitSeconds() > maxQuoteWait {
		return nil, invalid("waiting for %d s, %d are possible", req.GetWaitSeconds(), maxQuoteWait)
	}
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	wait := time.Duration(req.GetWaitSeconds()) * time.Second
	quotes, err := t.Quotes.AskQuotes(ctx, book.Question{Draft: d, Peers: peers, Wait: wait})
	if err != nil {
		return nil, err
	}
	out := &alkv1.RequestQuotesResponse{}
	for _, q := range quotes {
		answer := &alkv1.PeerQuote{Peer: hex.EncodeToString(q.Peer[:])}
		for _, e := range q.Entries {
			answer.Orders = append(answer.Orders, encodeOrder(ctx, t, e))
		}
		if q.Err != nil {
			answer.Failure = q.Err.Error()
		}
		out.Quotes = append(out.Quotes, answer)
	}
	return out, nil
}

func (h orderService) ListQuoteRequests(ctx context.Context, _ *alkv1.ListQuoteRequestsRequest) (*alkv1.ListQuoteRequestsResponse, error) {
	_, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	out := &alkv1.ListQuoteRequestsResponse{}
	for _, w := range t.Quotes.Requests() {
		out.Requests = append(out.Requests, &alkv1.QuoteRequest{
			Id: hex.EncodeToString(w.ID[:]), Peer: hex.EncodeToString(w.Peer[:]), Order: encodeQuote(&w.RFQ.Quote), UntilUnix: w.Until,
		})
	}
	return out, nil
}

// waiting finds the request whose id begins like this.
func waiting(t *Trading, text string) ([32]byte, error) {
	const least = 4
	if len(text) < least {
		return [32]byte{}, invalid("request id of %d digits, at least %d are needed", len(text), least)
	}
	var found [][32]byte
	for _, w := range t.Quotes.Requests() {
		if strings.HasPrefix(hex.EncodeToString(w.ID[:]), text) {
			found = append(found, w.ID)
		}
	}
	switch len(found) {
	case 0:
		return [32]byte{}, fmt.Errorf("%w: no request begins with %.64q", book.ErrUnknown, text)
	case 1:
		return found[0], nil
	}
	return [32]byte{}, invalid("%d requests begin with %.64q", len(found), text)
}

func (h orderService) AnswerQuoteRequest(ctx context.Context, req *alkv1.AnswerQuoteRequestRequest) (*alkv1.AnswerQuoteRequestResponse, error) {
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	id, err := waiting(t, req.GetId())
	if err != nil {
		return nil, err
	}
	answer := book.Answer{Bid: req.Bid, Ask: req.Ask, Seconds: req.GetSeconds()}
	if err := t.Quotes.AnswerRequest(ctx, id, answer); err != nil {
		return nil, err
	}
	return &alkv1.AnswerQuoteRequestResponse{}, nil
}

func (h orderService) DeclineQuoteRequest(ctx context.Context, req *alkv1.DeclineQuoteRequestRequest) (*alkv1.DeclineQuoteRequestResponse, error) {
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	id, err := waiting(t, req.GetId())
	if err != nil {
		return nil, err
	}
	if err := t.Quotes.DeclineRequest(ctx, id); err != nil {
		return nil, err
	}
	return &alkv1.DeclineQuoteRequestResponse{}, nil
}

func (h orderService) GetCurve(ctx context.Context, req *alkv1.GetCurveRequest) (*alkv1.GetCurveResponse, error) {
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	var failed map[string]string
	if req.GetRefresh() {
		failed = encodeFailures(t.Orders.RefreshAll(ctx))
	}
	c, err := t.Quotes.Curve(ctx, req.GetIndex())
	if err != nil {
		return nil, err
	}
	out := &alkv1.GetCurveResponse{Index: c.Index, StartDay: c.StartDay, Failed: failed}
	if c.Unpriced != nil {
		out.Unpriced = c.Unpriced.Error()
	}
	for _, p := range c.Points {
		out.Points = append(out.Points, &alkv1.CurvePoint{
			Days: p.Days, Bid: encodeLevel(p.Bid), Ask: encodeLevel(p.Ask), Reference: p.Reference, Certain: p.Certain,
		})
	}
	return out, nil
}

func encodeLevel(l *book.Level) *alkv1.CurveLevel {
	if l == nil {
		return nil
	}
	return &alkv1.CurveLevel{
		Price: l.Price, SizeThs: l.Size, Orders: uint32(l.Orders), OrderId: hex.EncodeToString(l.Entry.ID[:]), //nolint:gosec // a count
		ImpliedGrowth: l.Growth,
	}
}

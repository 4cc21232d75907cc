package rpc

import (
	"context"
	"encoding/hex"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1/alkv1connect"
	"github.com/alkimiya/alkimiya/oracle/index"
)

type indexService struct{ s *Server }

var _ alkv1connect.IndexServiceHandler = indexService{}

func (h indexService) ListIndices(ctx context.Context, _ *alkv1.ListIndicesRequest) (*alkv1.ListIndicesResponse, error) {
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	out := &alkv1.ListIndicesResponse{}
	for _, e := range t.Indices.Entries() {
		hash := e.Hash()
		i := &alkv1.Index{
			Id: e.ID, Unit: e.CumUnit, FirstDay: e.FirstDay, ParameterHash: hex.EncodeToString(hash[:]), Digits: uint32(e.CumDigits),
		}
		_, last, err := t.Indices.Closed(ctx, e.ID)
		i.LastDay = last
		if err == nil {
			_, i.Computed, err = t.Indices.Days(ctx, e.ID, last, last)
		}
		if err != nil {
			i.Failure = err.Error()
		}
		out.Indices = append(out.Indices, i)
	}
	return out, nil
}

// defaultDays is how many days are listed unless asked for otherwise.
const defaultDays = 30

func (h indexService) GetIndexDay(ctx context.Context, req *alkv1.GetIndexDayRequest) (*alkv1.GetIndexDayResponse, error) {
	list := &alkv1.ListIndexDaysRequest{Index: req.GetIndex(), First: req.GetDay(), Limit: 1}
	got, err := h.ListIndexDays(ctx, list)
	if err != nil {
		return nil, err
	}
	if len(got.GetDays()) == 0 {
		return nil, invalid("day %d of %s is not closed", req.GetDay(), got.GetIndex())
	}
	return &alkv1.GetIndexDayResponse{Index: got.GetIndex(), Day: got.GetDays()[0]}, nil
}

func (h indexService) ListIndexDays(ctx context.Context, req *alkv1.ListIndexDaysRequest) (*alkv1.ListIndexDaysResponse, error) {
	limit, err := decodeLimit("days", req.GetLimit(), defaultDays)
	if err != nil {
		return nil, err
	}
	ctx, t, done, err := h.s.hold(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	id := req.GetIndex()
	if entries := t.Indices.Entries(); id == "" && len(entries) > 0 {
		id = entries[0].ID
	}
	start, last, err := t.Indices.Closed(ctx, id)
	if err != nil {
		return nil, err
	}
	out := &alkv1.ListIndexDaysResponse{Index: id}
	first := req.GetFirst()
	if first == 0 {
		first = last + 1 - min(uint32(limit), last+1-start) //nolint:gosec // at most 1,000
	}
	if first < start || first > last {
		return out, nil
	}
	until := min(last, first+uint32(limit)-1) //nolint:gosec // at most 1,000
	days, computed, err := t.Indices.Days(ctx, id, first, until)
	if err != nil {
		return nil, err
	}
	if !computed {
		out.Days, err = attestedDays(ctx, t, id, first, until)
		return out, err
	}
	for _, d := range days {
		out.Days = append(out.Days, encodeDay(d))
	}
	return out, nil
}

func encodeDay(d index.Day) *alkv1.IndexDay {
	return &alkv1.IndexDay{
		Day: d.Day, Tot: d.Value.Tot(), Sub: d.Value.Sub, Fee: d.Value.Fee, CounterTot: d.Counter.Tot(), CounterSub: d.Counter.Sub,
		CounterFee: d.Counter.Fee, Blocks: d.Blocks, Clipped: d.Clipped, RawFee: d.Raw,
	}
}

// attestedDays are differences of counters, where the own node computes none.
func attestedDays(ctx context.Context, t *Trading, id string, first, last uint32) ([]*alkv1.IndexDay, error) {
	var legs []string
	for _, e := range t.Indices.Entries() {
		if e.ID == id {
			legs = e.Legs
		}
	}
	before := make(map[string]uint64)
	for _, leg := range legs {
		c, err := t.Indices.Counter(ctx, id, leg, first-1)
		if err != nil {
			return nil, err
		}
		before[leg] = c
	}
	var out []*alkv1.IndexDay
	for day := first; day <= last; day++ {
		d := &alkv1.IndexDay{Day: day}
		for _, leg := range legs {
			c, err := t.Indices.Counter(ctx, id, leg, day)
			if err != nil {
				return nil, err
			}
			setLeg(d, leg, c-min(c, before[leg]), c)
			before[leg] = c
		}
		out = append(out, d)
	}
	return out, nil
}

func setLeg(d *alkv1.IndexDay, leg string, value, counter uint64) {
	switch leg {
	case "sub":
		d.Sub, d.CounterSub = value, counter
	case "fee":
		d.Fee, d.CounterFee = value, counter
	default:
		d.Tot, d.CounterTot = value, counter
	}
}

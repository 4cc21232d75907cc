package oracle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/index"
	"github.com/alkimiya/alkimiya/oracle/series"
)

// Series is what is kept of a chain-derived index (oracle/series).
type Series interface {
	// Last returns the last closed day, false before the first.
	Last() (index.Day, bool, error)
	// Day returns a closed day.
	Day(day uint32) (index.Day, error)
	// Evidence returns what a closed day follows from.
	Evidence(day uint32) (index.Evidence, error)
	// Rows returns the blocks first to last, both included.
	Rows(first, last uint32) ([]index.Row, error)
}

// A ChainSource is an index computed from the chain. Every day it gives away has been
// computed a second time, from its evidence alone, and lies on the node's chain.
type ChainSource struct {
	params index.Params
	series Series
	node   Node
}

// NewChainSource returns the source of the index that p fixes.
func NewChainSource(p index.Params, series Series, node Node) *ChainSource {
	return &ChainSource{params: p, series: series, node: node}
}

// Entry implements Source.
func (c *ChainSource) Entry() index.Entry { return c.params.Entry() }

// Closed implements Source.
func (c *ChainSource) Closed(context.Context) (uint32, error) {
	last, ok, err := c.series.Last()
	if err != nil || !ok {
		return c.params.FirstDay - 1, err
	}
	return max(last.Day, c.params.FirstDay-1), nil
}

// Read implements Source.
func (c *ChainSource) Read(ctx context.Context, day uint32) (Reading, error) {
	d, err := c.series.Day(day)
	if err != nil {
		return Reading{}, err
	}
	proof, err := c.verify(ctx, d)
	if err != nil {
		return Reading{}, err
	}
	r := Reading{Day: day, Proof: proof, CloseHeight: int32(min(d.CloseHeight, math.MaxInt32)), CloseHash: d.CloseHash.String()}
	for _, leg := range index.Legs() {
		v, _ := d.Value.Leg(leg)
		counter, _ := d.Counter.Leg(leg)
		r.Values, r.Counters = append(r.Values, v), append(r.Counters, counter)
	}
	r.Record = func(counters []uint64) ([]byte, error) {
		if len(counters) != len(index.Legs()) {
			return nil, fmt.Errorf("%w: %d counters", ErrMismatch, len(counters))
		}
		return d.WithCounter(index.Values{Sub: counters[1], Fee: counters[2]}), nil
	}
	return r, nil
}

// verify computes a day again from its evidence, and returns that in binary form.
func (c *ChainSource) verify(ctx context.Context, d index.Day) ([]byte, error) {
	evidence, err := c.series.Evidence(d.Day)
	if err != nil {
		return nil, err
	}
	again, _, err := evidence.Verify(c.params, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMismatch, err)
	}
	if string(again.WithCounter(d.Counter)) != string(d.JSON()) {
		return nil, fmt.Errorf("%w: evidence gives %s, kept is %s", ErrMismatch, again.WithCounter(d.Counter), d.JSON())
	}
	// The headers link to each other, so the last one stands for all.
	hash, err := c.node.HashAt(ctx, int32(min(d.CloseHeight, math.MaxInt32)))
	if err != nil {
		return nil, err
	}
	if hash != d.CloseHash.String() {
		return nil, fmt.Errorf("%w: the node has another block at height %d", ErrMismatch, d.CloseHeight)
	}
	return evidence.Encode()
}

// Blocks implements Source.
func (c *ChainSource) Blocks(_ context.Context, first, last int32) ([]json.RawMessage, error) {
	rows, err := c.series.Rows(uint32(max(first, 0)), uint32(max(last, 0)))
	if errors.Is(err, series.ErrUnknown) {
		return nil, fmt.Errorf("%w: %w", api.ErrNotFound, err)
	}
	if err != nil {
		return nil, err
	}
	blocks := make([]json.RawMessage, len(rows))
	for i, r := range rows {
		blocks[i] = r.JSON()
	}
	return blocks, nil
}

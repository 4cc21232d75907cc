package book

import (
	"context"
	"errors"

	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/node/pricer"
)

// Tenors returns the windows of the forward curve, in days.
func Tenors() []uint32 { return []uint32{1, 7, 14, 30, 60, 90} }

// startSlack is how many days after the next one an order may begin and still
// count for the curve.
const startSlack = 2

// Level is the best price of one side of a tenor.
type Level struct {
	Entry Entry
	// Price is the swap rate, satoshi per unit of hashrate and day.
	Price uint64
	// Size is what is left at this price, TH/s, and Orders in how many orders.
	Size   uint64
	Orders int
	// Growth is what growth of difficulty at each retarget it implies, nil if
	// none does.
	Growth *float64
}

// Point is one tenor of the forward curve.
type Point struct {
	Days, StartDay uint32
	// Bid and Ask are nil if nobody quotes.
	Bid, Ask *Level
	// Reference is what the node's own pricer expects, per day; nil if it cannot
	// say. Certain is the part of it that no retarget can change any more.
	Reference *float64
	Certain   float64
}

// Curve is the forward curve of one index and leg: for each tenor the best bid,
// the best ask and the reference.
type Curve struct {
	Index string
	// StartDay is the day after the last closed one.
	StartDay uint32
	Points   []Point
	// Unpriced says why there is no reference, nil if there is.
	Unpriced error
}

// Curve returns the forward curve of an index and leg (empty: the node's
// default) from own orders and those of connected peers. It fails as the index
// does.
func (b *Book) Curve(ctx context.Context, index string) (Curve, error) {
	if index == "" {
		index = b.cfg.DefaultIndex
	}
	id, leg, err := splitIndex(index)
	if err != nil {
		return Curve{}, err
	}
	_, last, err := b.cfg.Index.Closed(ctx, id)
	if err != nil {
		return Curve{}, err
	}
	all, err := b.entries(Filter{Index: index})
	if err != nil {
		return Curve{}, err
	}
	c := Curve{Index: index, StartDay: last + 1}
	market, err := b.Market(ctx, id)
	if err != nil {
		c.Unpriced = err
	}
	part, err := pricer.ParseLeg(leg)
	if err != nil {
		c.Unpriced = errors.Join(ErrNoReference, err)
	}
	for _, days := range Tenors() {
		p := Point{Days: days, StartDay: c.StartDay}
		p.Bid, p.Ask = best(all, c.StartDay, days, order.Buy), best(all, c.StartDay, days, order.Sell)
		if c.Unpriced == nil {
			forecast, err := market.Forecast(pricer.Window{Leg: part, Start: c.StartDay, End: c.StartDay + days - 1})
			if err != nil {
				c.Unpriced = errors.Join(ErrNoReference, err)
			} else {
				mean := forecast.PerDay(uint64(days))
				p.Reference, p.Certain = &mean, forecast.Certain
			}
		}
		for _, level := range []*Level{p.Bid, p.Ask} {
			if level != nil {
				level.Growth = b.growth(ctx, level.Entry)
			}
		}
		c.Points = append(c.Points, p)
	}
	return c, nil
}

// best returns the best price of a side among the swaps of a tenor.
func best(all []Entry, start, days uint32, side order.Side) *Level {
	var level *Level
	for _, e := range all {
		q := &e.Order.Quote
		if q.Side != side || q.Days != days || q.StartDay < start || q.StartDay > start+startSlack ||
			(q.Product != payout.SwapM && q.Product != payout.SwapP) || (e.Private() && e.Own) {
			continue
		}
		switch {
		case level == nil || (side == order.Buy && q.K > level.Price) || (side == order.Sell && q.K < level.Price):
			level = &Level{Entry: e, Price: q.K, Size: uint64(e.Remaining), Orders: 1}
		case q.K == level.Price:
			level.Size += uint64(e.Remaining)
			level.Orders++
		}
	}
	return level
}

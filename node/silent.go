package node

import (
	"context"
	"fmt"

	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node/feed"
	"github.com/alkimiya/alkimiya/node/pricer"
	"github.com/alkimiya/alkimiya/oracle/index"
	"github.com/alkimiya/alkimiya/oracle/series"
)

// ErrNoIndex means that the daemon has no index to trade.
var ErrNoIndex = fmt.Errorf("%w: none is followed", feed.ErrIndex)

// noFeed is the feed of a node without index and oracles: contracts that exist
// are watched and refunded, and none is made.
type noFeed struct{}

var _ Feed = noFeed{}

// Announcements implements engine.Oracles.
func (noFeed) Announcements(context.Context, string, [][32]byte) ([][]byte, error) {
	return nil, ErrNoIndex
}

// Event implements engine.Oracles.
func (noFeed) Event(context.Context, string, string, uint32, uint32, [][32]byte, int) (order.Event, string, bool, error) {
	return order.Event{}, "", false, ErrNoIndex
}

// Subscribe implements engine.Oracles.
func (noFeed) Subscribe(string, [][32]byte, func([]byte)) (cancel func()) { return func() {} }

// Maturity implements engine.Oracles and book.Index.
func (noFeed) Maturity(string, uint32) (uint32, error) { return 0, ErrNoIndex }

// Allowed implements engine.Oracles.
func (noFeed) Allowed() [][32]byte { return nil }

// Closed implements book.Index.
func (noFeed) Closed(context.Context, string) (first, last uint32, err error) {
	return 0, 0, ErrNoIndex
}

// Counter implements book.Index.
func (noFeed) Counter(context.Context, string, string, uint32) (uint64, error) { return 0, ErrNoIndex }

// Market implements book.Index.
func (noFeed) Market(context.Context, string) (pricer.Market, error) {
	return pricer.Market{}, ErrNoIndex
}

// Digits implements book.Index.
func (noFeed) Digits(string) (uint8, error) { return 0, ErrNoIndex }

// Parameters implements Feed.
func (noFeed) Parameters() []wire.IndexParameters { return nil }

// Run implements Feed.
func (noFeed) Run(ctx context.Context) error {
	<-ctx.Done()
	return nil
}

// Oracles implements rpc.Oracles.
func (noFeed) Oracles() []feed.Oracle { return nil }

// AddOracle implements rpc.Oracles.
func (noFeed) AddOracle(context.Context, feed.Oracle) (feed.Oracle, error) {
	return feed.Oracle{}, ErrNoIndex
}

// RemoveOracle implements rpc.Oracles.
func (noFeed) RemoveOracle([32]byte) error { return ErrNoIndex }

// Feed implements rpc.Oracles.
func (noFeed) Feed(context.Context, []byte) error { return ErrNoIndex }

// Alarms implements rpc.Oracles.
func (noFeed) Alarms() []feed.Alarm { return nil }

// Entries implements Feed.
func (noFeed) Entries() []index.Entry { return nil }

// Series implements Feed.
func (noFeed) Series(string) *series.Series { return nil }

// Close implements Feed.
func (noFeed) Close() error { return nil }

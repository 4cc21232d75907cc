package book

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/btcsuite/btcd/btcec/v2"

	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/node/policy"
	"github.com/alkimiya/alkimiya/node/pricer"
)

// Orders keeps own orders; *store.Store of dlc/store implements it.
type Orders interface {
	PutOrder(id [32]byte, record []byte, nonce uint64, size uint32) error
	Order(id [32]byte) (store.Order, error)
	Orders(f func(store.Order) error) error
	CancelOrders(ids [][32]byte, belowNonce uint64) (int, error)
	DropOrder(id [32]byte) error
}

// Peers sends messages. Safe for concurrent use.
type Peers interface {
	// Send queues a whole message to a connected peer.
	Send(ctx context.Context, peer [33]byte, message []byte) error
}

// Index is what the node's own index says; index is an id such as hp1, leg one
// of tot, sub, fee. node/feed implements it. Safe for concurrent use.
type Index interface {
	// Closed returns the first day that the index counts and the last one that
	// is closed, which is first - 1 before any is.
	Closed(ctx context.Context, index string) (first, last uint32, err error)
	// Counter returns the counter of a leg at the end of a closed day; 0 for the
	// day before the first.
	Counter(ctx context.Context, index, leg string, day uint32) (uint64, error)
	// Maturity returns the Unix second at which the end of a day is attested.
	Maturity(index string, day uint32) (uint32, error)
	// Market returns what the pricer needs to know of the chain, with g_1 as the
	// only growth.
	Market(ctx context.Context, index string) (pricer.Market, error)
	// Digits returns how many digits the counter events of the index have.
	Digits(index string) (uint8, error)
}

// Oracles knows whom this node trusts. Safe for concurrent use.
type Oracles interface {
	// Allowed are the oracles' keys on the allow-list, ascending.
	Allowed() [][32]byte
}

// Clock is the time by which orders are judged. Safe for concurrent use.
type Clock interface {
	Now() time.Time
}

// Config is what a Book works with. All but the last group is required.
type Config struct {
	Orders Orders
	// NodeKey signs orders, takes, cancels and requests.
	NodeKey *btcec.PrivateKey
	Peers   Peers
	Index   Index
	Oracles Oracles
	Clock   Clock
	Policy  policy.Policy
	// Random is a CSPRNG.
	Random io.Reader
	Log    *slog.Logger

	// DefaultIndex is index and leg of orders that name none, as "hp1/tot".
	DefaultIndex string
	Timing       Timing
}

// Timing are the times of a Book, of the machine's clock; 0 takes the default.
type Timing struct {
	// Answer is how long a peer may take to answer, T_QUOTE: 10 s.
	Answer time.Duration
	// Refresh is how often the orders of a connected peer are asked for, 1 min.
	Refresh time.Duration
	// Sweep is how often what has expired is dropped, 1 min.
	Sweep time.Duration
	// AskUser is how long a request waits for the user, 5 min.
	AskUser time.Duration
}

var errConfig = errors.New("order book configuration is incomplete")

func (c *Config) check() error {
	if c.Orders == nil || c.NodeKey == nil || c.Peers == nil || c.Index == nil || c.Oracles == nil ||
		c.Clock == nil || c.Random == nil || c.Log == nil {
		return errConfig
	}
	for _, t := range []struct {
		value *time.Duration
		usual time.Duration
	}{
		{&c.Timing.Answer, 10 * time.Second}, {&c.Timing.Refresh, time.Minute},
		{&c.Timing.Sweep, time.Minute}, {&c.Timing.AskUser, 5 * time.Minute},
	} {
		if *t.value == 0 {
			*t.value = t.usual
		}
	}
	return nil
}

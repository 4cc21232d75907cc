package draft

import (
	"context"
	"time"

	btcwire "github.com/btcsuite/btcd/wire"
	"github.com/lightningnetwork/lnd/lnwallet/chainfee"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node/policy"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/wallet"
)

// Oracles is what oracles and the own index say before a contract begins. Safe
// for concurrent use.
type Oracles interface {
	// Announcements returns the announcements of an event by the given oracles,
	// whole TLVs in key order, verified; or an error naming the oracle that has
	// none.
	Announcements(ctx context.Context, eventID string, keys [][32]byte) ([][]byte, error)
	// Event says what the own index, and t equal attestations, know of the
	// window from startDay to endDay of index/leg: the counter before it and the
	// digits of its event, the index's unit, and whether the event is attested.
	Event(ctx context.Context, index, leg string, startDay, endDay uint32, keys [][32]byte, t int) (order.Event, string, bool, error)
	// Maturity returns the Unix second at which the oracles attest the end of a
	// day of an index.
	Maturity(index string, day uint32) (uint32, error)
	// Allowed are the oracles' keys on the allow-list, ascending.
	Allowed() [][32]byte
}

// Wallet knows fees and the own coins. *wallet.Wallet implements it. Safe for
// concurrent use.
type Wallet interface {
	EstimateFee(ctx context.Context, target uint32) (chainfee.SatPerVByte, error)
	Coins(ctx context.Context, minConfs int32) ([]wallet.Coin, error)
}

// Node looks coins up. Safe for concurrent use.
type Node interface {
	// Coin returns the confirmations of an unspent output, 0 in the mempool;
	// false if there is none.
	Coin(ctx context.Context, op btcwire.OutPoint) (confirmations uint32, unspent bool, err error)
}

// Records is what the contract store knows beside contracts. Safe for concurrent
// use.
type Records interface {
	attest.History
	Evidence() ([]attest.Evidence, error)
	Remaining(orderID, takeID [32]byte) (uint32, error)
}

// Clock is the time by which contracts are judged.
type Clock interface{ Now() time.Time }

// Config is what a Drafter works with.
type Config struct {
	// NodeKey is our own node key, compressed.
	NodeKey [33]byte
	Params  contract.Params
	Oracles Oracles
	// Passing are errors of Oracles that pass by themselves: a peer is told to try
	// again and not that his oracles are bad.
	Passing []error
	Wallet  Wallet
	// Node is nil on a light client: then coins of peers are not looked up.
	Node    Node
	Records Records
	Clock   Clock
	// Policy returns the one in force.
	Policy func() policy.Policy
	// Hellos returns what we and a peer said at the beginning of the connection;
	// nil for one that is not connected.
	Hellos func(peer [33]byte) (local, remote *wire.Hello)
}

// Drafter makes drafts and gathers facts. It is safe for concurrent use.
type Drafter struct {
	cfg   Config
	rates rates
}

// New returns a Drafter.
func New(cfg Config) *Drafter {
	return &Drafter{cfg: cfg, rates: rates{known: make(map[uint32]rate)}}
}

// MaxList is how many signatures a list from a peer may hold.
func (d *Drafter) MaxList(peer [33]byte) uint32 {
	most := d.cfg.Policy().Limits.MaxList
	if local, remote := d.cfg.Hellos(peer); local != nil && remote != nil {
		most = min(most, remote.ListLimit(), local.ListLimit())
	}
	return most
}

// xOf is the x coordinate of a node key.
func xOf(key [33]byte) [32]byte { return [32]byte(key[1:]) }

package rpc

import (
	"context"
	"time"

	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/node/backup"
	"github.com/alkimiya/alkimiya/node/book"
	"github.com/alkimiya/alkimiya/node/engine"
	"github.com/alkimiya/alkimiya/node/feed"
	"github.com/alkimiya/alkimiya/node/peer"
	"github.com/alkimiya/alkimiya/node/policy"
	"github.com/alkimiya/alkimiya/node/portfolio"
	"github.com/alkimiya/alkimiya/node/pricer"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/index"
)

// Trading is everything beside the wallet that is open while the wallet is. All
// of it is required and safe for concurrent use; after the wallet was closed its
// methods return errors.
type Trading struct {
	Peers     Peers
	Orders    Orders
	Taker     Taker
	Quotes    Quotes
	Contracts Contracts
	Closes    Closes
	Bridge    Bridge
	Views     Views
	Portfolio Portfolio
	Oracles   Oracles
	Indices   Indices
	Policy    Policies
	Backup    Backups
}

// hold is Config.Trading.
func (s *Server) hold(ctx context.Context) (context.Context, *Trading, func(), error) {
	return s.cfg.Trading(ctx)
}

// PeerList is what there is to know of peers.
type PeerList struct {
	Self peer.Key
	// Listening are addresses host:port.
	Listening []string
	// Peers are connected or persistent, by key.
	Peers []peer.Info
}

// Peers manages the nodes that this node talks to.
type Peers interface {
	// Add makes a peer persistent, through restarts.
	Add(ctx context.Context, a peer.Address) error
	// Remove undoes Add; false if the peer was not persistent.
	Remove(ctx context.Context, k peer.Key) (bool, error)
	// Connect calls a peer once.
	Connect(ctx context.Context, a peer.Address) error
	// Disconnect ends a session; peer.ErrNotConnected.
	Disconnect(k peer.Key) error
	Peers() PeerList
}

// Orders publishes and lists orders; *book.Book does.
type Orders interface {
	Publish(ctx context.Context, d book.Draft) (book.Entry, error)
	Cancel(ctx context.Context, ids [][32]byte, belowNonce uint64) (int, error)
	CancelAll(ctx context.Context) (int, error)
	List(f book.Filter) (page []book.Entry, total int, err error)
	RefreshAll(ctx context.Context) map[[33]byte]error
}

// Taker finds, takes and prices orders and terms; *book.Book does.
type Taker interface {
	Find(text string) (book.Entry, error)
	Take(ctx context.Context, r book.TakeRequest) (book.Taken, error)
	Terms(ctx context.Context, d book.Draft) (payout.Terms, error)
	Fair(ctx context.Context, e book.Entry) (float64, error)
	Worth(ctx context.Context, t payout.Terms) (book.Worth, error)
}

// Quotes asks for and answers quotes, and draws the curve; *book.Book does.
type Quotes interface {
	AskQuotes(ctx context.Context, q book.Question) ([]book.Quoted, error)
	Requests() []book.Waiting
	AnswerRequest(ctx context.Context, id [32]byte, a book.Answer) error
	DeclineRequest(ctx context.Context, id [32]byte) error
	Curve(ctx context.Context, index string) (book.Curve, error)
}

// Contracts opens contracts; *engine.Engine does.
type Contracts interface {
	Offer(ctx context.Context, r engine.OfferRequest) (engine.View, error)
	Simulate(ctx context.Context, r engine.OfferRequest) (engine.Simulation, error)
	Approve(ctx context.Context, k engine.Key, r engine.ApproveRequest) (engine.View, error)
	Withdraw(ctx context.Context, k engine.Key) (engine.View, error)
	// Resolve finds a contract by its name or the beginning of one.
	Resolve(ctx context.Context, text string) (engine.Key, error)
}

// Closes ends contracts early; *engine.Engine does.
type Closes interface {
	Close(ctx context.Context, k engine.Key, r engine.CloseRequest) (engine.View, error)
	ApproveClose(ctx context.Context, k engine.Key, r engine.ApproveCloseRequest) (engine.View, error)
	DeclineClose(ctx context.Context, k engine.Key, attempt uint32) (engine.View, error)
}

// Views shows contracts; *engine.Engine does.
type Views interface {
	Contract(ctx context.Context, k engine.Key) (engine.View, error)
	Contracts(ctx context.Context, f engine.Filter) ([]engine.View, error)
	History(ctx context.Context, k engine.Key, first uint64, limit int) ([]store.Entry, error)
	// Follow calls emit for stored events, then for new ones, until ctx ends or
	// emit fails.
	Follow(ctx context.Context, f engine.EventFilter, emit func(engine.Event) error) error
	Evidence(ctx context.Context) ([]attest.Evidence, error)
}

// Portfolio adds up; *portfolio.Book does.
type Portfolio interface {
	Portfolio(ctx context.Context, r portfolio.Request) (portfolio.Portfolio, error)
	// Report accounts from a time on and before another; zero times are no bound.
	Report(ctx context.Context, from, until time.Time) (portfolio.Report, error)
}

// Oracles manages the allow-list; *feed.Feed does.
type Oracles interface {
	Oracles() []feed.Oracle
	AddOracle(ctx context.Context, o feed.Oracle) (feed.Oracle, error)
	RemoveOracle(key [32]byte) error
	// Feed takes an announcement or attestation from a person.
	Feed(ctx context.Context, raw []byte) error
	Alarms() []feed.Alarm
}

// Indices shows what contracts settle on; *feed.Feed does.
type Indices interface {
	// Entries are the indices traded, the default first.
	Entries() []index.Entry
	Closed(ctx context.Context, index string) (first, last uint32, err error)
	Counter(ctx context.Context, index, leg string, day uint32) (uint64, error)
	// Days returns closed days as this node computed them, ascending, or false
	// if it does not compute the index.
	Days(ctx context.Context, index string, first, last uint32) (days []index.Day, computed bool, err error)
	// Market is what the reference pricer knows.
	Market(ctx context.Context, index string) (pricer.Market, error)
}

// Policies shows and reloads the policy.
type Policies interface {
	Policy() policy.Policy
	// Path is that of the file; empty if there is none.
	Path() string
	// Reload reads the file again; on an error nothing has changed.
	Reload(ctx context.Context) error
}

// BackupState says where recovery files are.
type BackupState struct {
	Dir string
	// Failing is why they cannot be written at present, Unread why those there were not
	// taken over yet; nil if they can, or were.
	Failing, Unread error
	// Kept are the names of those that were put aside.
	Kept []string
}

// Backups gets contracts through the loss of a disk.
type Backups interface {
	State() (BackupState, error)
	// Export returns the sealed recovery file of a contract.
	Export(ctx context.Context, k engine.Key) ([]byte, error)
	// Restore takes over what the folder holds and the store does not.
	Restore(ctx context.Context) ([]backup.Restored, error)
	// Import takes a contract over from the bytes of a recovery file.
	Import(ctx context.Context, file []byte) error
	// Recover asks a connected peer for the contracts with it.
	Recover(ctx context.Context, k peer.Key) error
}

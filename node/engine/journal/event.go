package journal

import "time"

// Kind says what an Event tells.
type Kind string

// The kinds of events.
const (
	// Offer: a peer's offer waits for the user.
	Offer Kind = "offer"
	// Close: a peer's exit waits for the user.
	Close Kind = "close"
	// Phase: a contract changed its phase.
	Phase Kind = "phase"
	// Release: a contract of which a side pays the vault of a bridge may be closed
	// from now on.
	Release Kind = "release"
	// Alarm: something needs a human.
	Alarm Kind = "alarm"
	// Warning: something was decided that a human may want to know.
	Warning Kind = "warning"
	// Progress: signing or verifying has come further. It is told to who listens
	// and not kept.
	Progress Kind = "progress"
)

// Event is one line of the user's log.
type Event struct {
	// Cursor rises with each event that is kept, from 1; it is 0 for progress.
	Cursor uint64
	// Time is the node's clock at the event, to the second.
	Time time.Time
	Kind Kind
	// Key is that of the contract, zero if the event concerns none.
	Key [32]byte
	// Peer is the contract's peer.
	Peer [33]byte
	// From and Phase are the names of the contract's phase before and after a
	// change of phase; Phase is the present one for other kinds.
	From, Phase string
	// Reason is why there is an alarm or a warning.
	Reason string
	// Task, Done and Total say how far work has come, for progress.
	Task        string
	Done, Total int
}

// Filter selects events; the zero value selects those kept, from the first on.
type Filter struct {
	// After is the cursor of the last event already known.
	After uint64
	// Key, if not zero, is the only contract wanted.
	Key [32]byte
	// Progress wants events of progress, too.
	Progress bool
	// StoredOnly ends after those kept; New leaves those out that are kept
	// already.
	StoredOnly, New bool
	// Ready, unless nil, is called once every event from then on will be told, and before the
	// first is. If it fails, so does Follow.
	Ready func() error
}

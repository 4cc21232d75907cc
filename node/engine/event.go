package engine

import (
	"time"
)

// EventKind says what an Event tells.
type EventKind string

// The kinds of events.
const (
	// EventOffer: a peer's offer waits for the user.
	EventOffer EventKind = "offer"
	// EventClose: a peer's exit waits for the user.
	EventClose EventKind = "close"
	// EventPhase: a contract changed its phase.
	EventPhase EventKind = "phase"
	// EventAlarm: something needs a human.
	EventAlarm EventKind = "alarm"
	// EventWarning: something was decided that a human may want to know.
	EventWarning EventKind = "warning"
	// EventProgress: signing or verifying has come further. It is told to who
	// listens and not kept.
	EventProgress EventKind = "progress"
)

// Event is one line of the user's log.
type Event struct {
	// Cursor rises by one with each event that is kept, from 1; it is 0 for
	// progress.
	Cursor uint64 `json:"cursor"`
	// Time is the node's clock at the event.
	Time time.Time `json:"time"`
	Kind EventKind `json:"kind"`
	// Key is zero if the event concerns no contract.
	Key Key `json:"key"`
	// Peer is the contract's peer.
	Peer [33]byte `json:"peer"`
	// From and Phase are the names of the contract's phase before and after a
	// change of phase; Phase is the present one for other kinds.
	From  string `json:"from,omitempty"`
	Phase string `json:"phase,omitempty"`
	// Reason is why there is an alarm or a warning.
	Reason string `json:"reason,omitempty"`
	// Task, Done and Total are those of Work, for progress.
	Task  string `json:"task,omitempty"`
	Done  int    `json:"done,omitempty"`
	Total int    `json:"total,omitempty"`
}

// EventFilter selects events; the zero value selects those kept, from the
// first on.
type EventFilter struct {
	// After is the cursor of the last event already known.
	After uint64
	// Key, if not zero, is the only contract wanted.
	Key Key
	// Progress wants events of progress, too.
	Progress bool
}

package engine

import (
	"context"

	"github.com/alkimiya/alkimiya/node/engine/journal"
)

type (
	// Event is a line of the user's log.
	Event = journal.Event
	// EventKind says what an Event tells.
	EventKind = journal.Kind
	// EventFilter selects events.
	EventFilter = journal.Filter
)

// The kinds of events.
const (
	EventOffer    = journal.Offer
	EventClose    = journal.Close
	EventPhase    = journal.Phase
	EventRelease  = journal.Release
	EventAlarm    = journal.Alarm
	EventWarning  = journal.Warning
	EventProgress = journal.Progress
)

// Alarm writes an alarm in the user's log that a part of the node raises about a
// contract, or with a zero key about none. It is on disk when Alarm returns nil.
func (e *Engine) Alarm(ctx context.Context, key Key, reason string) error {
	if err := e.await(ctx); err != nil {
		return err
	}
	return e.journal.Write(Event{Kind: EventAlarm, Key: key, Reason: reason}, nil)
}

// Follow calls emit for the events of the user's log; see journal.Follow.
func (e *Engine) Follow(ctx context.Context, f EventFilter, emit func(Event) error) error {
	if err := e.await(ctx); err != nil {
		return err
	}
	return e.journal.Follow(ctx, f, emit)
}

package engine

import (
	"context"

	"github.com/alkimiya/alkimiya/node/engine/journal"
)

// Event and its like are the user's log, described in package journal.
type (
	Event       = journal.Event
	EventKind   = journal.Kind
	EventFilter = journal.Filter
)

// The kinds of events.
const (
	EventOffer    = journal.Offer
	EventClose    = journal.Close
	EventPhase    = journal.Phase
	EventAlarm    = journal.Alarm
	EventWarning  = journal.Warning
	EventProgress = journal.Progress
)

// Follow calls emit for the events of the user's log; see journal.Follow.
func (e *Engine) Follow(ctx context.Context, f EventFilter, emit func(Event) error) error {
	if err := e.await(ctx); err != nil {
		return err
	}
	return e.journal.Follow(ctx, f, emit)
}

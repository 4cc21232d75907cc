// Package journal keeps the user's log of a node on disk: what happened to
// contracts, what waits for a decision, what needs a human.
//
// It decides nothing. Invariant: a line that comes from an effect is written
// once, in the transaction that marks the effect done; a reader who goes on after
// the last cursor he saw misses nothing.
package journal

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/alkimiya/alkimiya/dlc/store"
)

// ErrStopped means that the journal is closed.
var ErrStopped = errors.New("journal is closed")

const (
	// maxLines is how many lines are kept.
	maxLines = 500_000
	// trimEvery is after how many lines the log is shortened.
	trimEvery = 10_000
	// readLines is how many are read at once.
	readLines = 256
	// liveEvents is how many events of progress wait for one listener; more are
	// dropped.
	liveEvents = 64
)

// line is an Event as it is kept.
type line struct {
	Time   int64  `json:"time"`
	Kind   Kind   `json:"kind"`
	Peer   string `json:"peer,omitempty"`
	From   string `json:"from,omitempty"`
	Phase  string `json:"phase,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// Lines keeps lines on disk; *store.Store of dlc/store implements it.
type Lines interface {
	Tell(key [32]byte, effect *uint64, line []byte) (uint64, error)
	Lines(after uint64, limit int, f func(cursor uint64, key [32]byte, line []byte) error) error
	TrimLog(cursor uint64, limit int) (int, error)
}

// Journal is an open log. It is safe for concurrent use; make it with Open.
type Journal struct {
	lines   Lines
	now     func() time.Time
	log     *slog.Logger
	stopped <-chan struct{}

	mu     sync.Mutex
	told   chan struct{} // closed and made anew with each line
	last   uint64        // the cursor of the newest line
	live   map[chan Event]struct{}
	alarms map[[32]byte][]string
}

// Open returns a journal over what is kept; now is the node's clock. Who follows
// it is let go when stopped is closed.
func Open(lines Lines, now func() time.Time, stopped <-chan struct{}, log *slog.Logger) (*Journal, error) {
	j := &Journal{
		lines: lines, now: now, log: log, stopped: stopped,
		told: make(chan struct{}), live: make(map[chan Event]struct{}), alarms: make(map[[32]byte][]string),
	}
	var after uint64
	for {
		count := 0
		err := lines.Lines(after, readLines, func(cursor uint64, key [32]byte, raw []byte) error {
			after = cursor
			count++
			event, err := decode(cursor, key, raw)
			if err == nil && event.Kind == Alarm {
				j.alarms[key] = append(j.alarms[key], event.Reason)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		if count == 0 {
			j.last = after
			return j, nil
		}
	}
}

func decode(cursor uint64, key [32]byte, raw []byte) (Event, error) {
	var l line
	if err := json.Unmarshal(raw, &l); err != nil {
		return Event{}, fmt.Errorf("%w: log: %w", store.ErrCorrupt, err)
	}
	event := Event{
		Cursor: cursor, Key: key, Time: time.Unix(l.Time, 0).UTC(), Kind: l.Kind, From: l.From, Phase: l.Phase, Reason: l.Reason,
	}
	if peer, err := hex.DecodeString(l.Peer); err == nil && len(peer) == len(event.Peer) {
		event.Peer = [33]byte(peer)
	}
	return event, nil
}

// Write keeps an event, whose cursor and time it sets. If it comes from an effect
// of its contract the effect's id is given; store.ErrNotFound means that it was
// told before.
func (j *Journal) Write(event Event, effect *uint64) error {
	l := line{Time: j.now().Unix(), Kind: event.Kind, From: event.From, Phase: event.Phase, Reason: event.Reason}
	if event.Peer != [33]byte{} {
		l.Peer = hex.EncodeToString(event.Peer[:])
	}
	raw, err := json.Marshal(l)
	if err != nil {
		return err
	}
	cursor, err := j.lines.Tell(event.Key, effect, raw)
	if err != nil {
		return err
	}
	j.mu.Lock()
	if event.Kind == Alarm {
		j.alarms[event.Key] = append(j.alarms[event.Key], event.Reason)
	}
	j.last = max(j.last, cursor)
	close(j.told)
	j.told = make(chan struct{})
	j.mu.Unlock()
	if cursor%trimEvery == 0 && cursor > maxLines {
		if _, err := j.lines.TrimLog(cursor-maxLines, 2*trimEvery); err != nil {
			j.log.Warn("log not shortened", "err", err)
		}
	}
	return nil
}

// Alarms returns the reasons of the alarms about a contract, oldest first.
func (j *Journal) Alarms(key [32]byte) []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.alarms[key])
}

// Show tells an event that is not kept to who follows the log now.
func (j *Journal) Show(event Event) {
	event.Time = j.now().UTC()
	j.mu.Lock()
	defer j.mu.Unlock()
	for listener := range j.live {
		select {
		case listener <- event:
		default:
		}
	}
}

// Follow calls emit for the events after f.After, those kept first and then each
// as it comes, until ctx ends or emit fails; it returns emit's error, ctx's or
// ErrStopped, or nil after those kept if that is all that is wanted. Events of
// progress are dropped for who does not keep up.
func (j *Journal) Follow(ctx context.Context, f Filter, emit func(Event) error) error {
	live := make(chan Event, liveEvents)
	if f.Progress {
		j.mu.Lock()
		j.live[live] = struct{}{}
		j.mu.Unlock()
		defer func() {
			j.mu.Lock()
			delete(j.live, live)
			j.mu.Unlock()
		}()
	}
	after := f.After
	if f.New {
		j.mu.Lock()
		after = max(after, j.last)
		j.mu.Unlock()
	}
	if f.Ready != nil {
		if err := f.Ready(); err != nil {
			return err
		}
	}
	for {
		j.mu.Lock()
		told := j.told
		j.mu.Unlock()
		read, err := j.replay(&after, f, emit)
		if err != nil {
			return err
		}
		if read == readLines {
			continue
		}
		if f.StoredOnly {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-j.stopped:
			return ErrStopped
		case <-told:
		case event := <-live:
			if f.Key == [32]byte{} || f.Key == event.Key {
				if err := emit(event); err != nil {
					return err
				}
			}
		}
	}
}

// replay emits kept events and returns how many it read.
func (j *Journal) replay(after *uint64, f Filter, emit func(Event) error) (int, error) {
	var events []Event
	read := 0
	err := j.lines.Lines(*after, readLines, func(cursor uint64, key [32]byte, raw []byte) error {
		*after = cursor
		read++
		if f.Key != [32]byte{} && f.Key != key {
			return nil
		}
		event, err := decode(cursor, key, raw)
		events = append(events, event)
		return err
	})
	if err != nil {
		return read, err
	}
	for _, event := range events {
		if err := emit(event); err != nil {
			return read, err
		}
	}
	return read, nil
}

package engine

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/node/policy"
)

const (
	// maxLines is how many lines the user's log keeps.
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
	Time   int64     `json:"time"`
	Kind   EventKind `json:"kind"`
	Peer   string    `json:"peer,omitempty"`
	From   string    `json:"from,omitempty"`
	Phase  string    `json:"phase,omitempty"`
	Reason string    `json:"reason,omitempty"`
}

// tales is what listeners of the user's log share.
type tales struct {
	mu     sync.Mutex
	told   chan struct{} // closed and made anew with each line
	live   map[chan Event]struct{}
	alarms map[Key][]string
}

// loadTales reads the alarms that were ever given.
func (e *Engine) loadTales() error {
	e.tales.told, e.tales.live, e.tales.alarms = make(chan struct{}), make(map[chan Event]struct{}), make(map[Key][]string)
	var after uint64
	for {
		count := 0
		err := e.store.Lines(after, readLines, func(cursor uint64, key [32]byte, raw []byte) error {
			after = cursor
			count++
			event, err := decodeLine(cursor, key, raw)
			if err == nil && event.Kind == EventAlarm {
				e.tales.alarms[key] = append(e.tales.alarms[key], event.Reason)
			}
			return err
		})
		if err != nil || count == 0 {
			return err
		}
	}
}

func decodeLine(cursor uint64, key [32]byte, raw []byte) (Event, error) {
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

// notify tells the user what he is to know or to decide, after the rules of the
// policy have had their say.
func (a *actor) notify(ctx context.Context, t todo, e contract.Notify) bool {
	switch e.Notice {
	case contract.NoticeOffer:
		a.judgeOffer(ctx)
		if state := a.snapshot(); state.Phase != contract.New {
			return true // nobody is to decide any more; the phase is told
		}
		return a.tell(t, Event{Kind: EventOffer})
	case contract.NoticeClose:
		state := a.snapshot()
		a.judgeExit(ctx, state)
		if now := a.snapshot(); now.Session.Attempt != state.Session.Attempt || now.Session.Answered || !now.Session.Open() {
			return true
		}
		return a.tell(t, Event{Kind: EventClose})
	case contract.NoticePhase:
		return a.tell(t, Event{Kind: EventPhase, From: t.from.String(), Phase: t.to.String()})
	}
	return true
}

// tell writes a line of the user's log about a contract and marks the effect it
// comes from as done, both at once.
func (a *actor) tell(t todo, event Event) bool {
	state := a.snapshot()
	event.Key, event.Peer = a.key, state.Peer
	if event.Phase == "" {
		event.Phase = state.Phase.String()
	}
	id := t.effect.ID()
	err := a.e.write(event, &id)
	a.e.at(crashTold)
	if errors.Is(err, store.ErrNotFound) {
		return true // told before
	}
	if err != nil {
		a.log.Error("user not told", "kind", string(event.Kind), "reason", event.Reason, "err", err)
		return false
	}
	if event.Kind == EventAlarm {
		a.log.Error("alarm", "reason", event.Reason, "phase", event.Phase)
	} else if event.Kind == EventPhase && event.From != event.Phase {
		a.log.Info("phase", "from", event.From, "to", event.Phase)
	}
	return true
}

// warn writes a line of the user's log that comes from no effect.
func (a *actor) warn(reason string) {
	state := a.snapshot()
	event := Event{Kind: EventWarning, Key: a.key, Peer: state.Peer, Phase: state.Phase.String(), Reason: reason}
	if err := a.e.write(event, nil); err != nil {
		a.log.Error("user not warned", "reason", reason, "err", err)
	}
}

// write appends a line to the log.
func (e *Engine) write(event Event, effect *uint64) error {
	l := line{
		Time: e.cfg.Clock.Now().Unix(), Kind: event.Kind, From: event.From, Phase: event.Phase, Reason: event.Reason,
	}
	if event.Peer != [33]byte{} {
		l.Peer = hex.EncodeToString(event.Peer[:])
	}
	raw, err := json.Marshal(l)
	if err != nil {
		return err
	}
	cursor, err := e.store.Tell(event.Key, effect, raw)
	if err != nil {
		return err
	}
	e.tales.mu.Lock()
	if event.Kind == EventAlarm {
		e.tales.alarms[event.Key] = append(e.tales.alarms[event.Key], event.Reason)
	}
	close(e.tales.told)
	e.tales.told = make(chan struct{})
	e.tales.mu.Unlock()
	if cursor%trimEvery == 0 && cursor > maxLines {
		if _, err := e.store.TrimLog(cursor-maxLines, 2*trimEvery); err != nil {
			e.log.Warn("log not shortened", "err", err)
		}
	}
	return nil
}

// alarmsOf returns the alarms about a contract.
func (e *Engine) alarmsOf(key Key) []string {
	e.tales.mu.Lock()
	defer e.tales.mu.Unlock()
	return append([]string(nil), e.tales.alarms[key]...)
}

// live tells an event that is not kept to who listens now.
func (e *Engine) live(event Event) {
	e.tales.mu.Lock()
	defer e.tales.mu.Unlock()
	for listener := range e.tales.live {
		select {
		case listener <- event:
		default:
		}
	}
}

// Follow calls emit for the events after f.After, those kept first and then each
// as it comes, until ctx ends or emit fails; it returns emit's error, ctx's or
// ErrStopped. Events of progress are dropped for who does not keep up.
func (e *Engine) Follow(ctx context.Context, f EventFilter, emit func(Event) error) error {
	if err := e.await(ctx); err != nil {
		return err
	}
	live := make(chan Event, liveEvents)
	if f.Progress {
		e.tales.mu.Lock()
		e.tales.live[live] = struct{}{}
		e.tales.mu.Unlock()
		defer func() {
			e.tales.mu.Lock()
			delete(e.tales.live, live)
			e.tales.mu.Unlock()
		}()
	}
	after := f.After
	for {
		e.tales.mu.Lock()
		told := e.tales.told
		e.tales.mu.Unlock()
		read, err := e.replay(&after, f, emit)
		if err != nil {
			return err
		}
		if read == readLines {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-e.stopped:
			return ErrStopped
		case <-told:
		case event := <-live:
			if f.Key == (Key{}) || f.Key == event.Key {
				if err := emit(event); err != nil {
					return err
				}
			}
		}
	}
}

// replay emits kept events and returns how many it read.
func (e *Engine) replay(after *uint64, f EventFilter, emit func(Event) error) (int, error) {
	var events []Event
	read := 0
	err := e.store.Lines(*after, readLines, func(cursor uint64, key [32]byte, raw []byte) error {
		*after = cursor
		read++
		if f.Key != (Key{}) && f.Key != Key(key) {
			return nil
		}
		event, err := decodeLine(cursor, key, raw)
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

// judgeOffer answers a peer's offer by the policy, if it has a rule.
func (a *actor) judgeOffer(ctx context.Context) {
	state := a.snapshot()
	if state.Phase != contract.New || state.Role != contract.Accepter {
		return
	}
	deal, err := contract.DealOf(state)
	if err != nil {
		return
	}
	verdict, _ := a.e.policy().Judge(a.e.judged(state.Peer, a.key, deal, state.Role))
	if verdict != policy.Agree {
		return // refusals were made before the contract began
	}
	if err := a.approve(ctx, ApproveRequest{}); err != nil {
		a.log.Warn("offer not accepted", "err", err)
		a.fail(ctx, codeOfOwn(err))
	}
}

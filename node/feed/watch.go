package feed

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/index"
)

// watches are the events that somebody waits for. Many contracts share an event,
// so it is asked for once.
type watches struct {
	mu     sync.Mutex
	events map[string]*watched
	wake   chan struct{}
	next   uint64
}

// watched is one event: who waits, and what each oracle has attested.
type watched struct {
	subs map[uint64]*subscription
	have map[[32]byte][]byte
}

type subscription struct {
	keys    [][32]byte
	deliver func([]byte)
	// mu makes sure that nothing is delivered after cancel has returned.
	mu   sync.Mutex
	gone bool
}

func newWatches() *watches {
	return &watches{events: map[string]*watched{}, wake: make(chan struct{}, 1)}
}

func (s *subscription) give(raw []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.gone {
		s.deliver(raw)
	}
}

// Subscribe delivers the attestations of an event by the given oracles: those known
// at once, others as they appear, each perhaps more than once. deliver must not
// block, nor call back into the feed; it is not called after cancel has returned.
func (f *Feed) Subscribe(eventID string, keys [][32]byte, deliver func(attestation []byte)) (cancel func()) {
	w := f.watches
	sub := &subscription{keys: slices.Clone(keys), deliver: deliver}
	w.mu.Lock()
	w.next++
	number := w.next
	event := w.events[eventID]
	if event == nil {
		event = &watched{subs: map[uint64]*subscription{}, have: map[[32]byte][]byte{}}
		w.events[eventID] = event
	}
	event.subs[number] = sub
	known := make([][]byte, 0, len(keys))
	for _, key := range keys {
		if raw := event.have[key]; raw != nil {
			known = append(known, raw)
		}
	}
	w.mu.Unlock()
	for _, raw := range known {
		sub.give(raw)
	}
	if id, err := index.ParseEventID(eventID); err == nil && f.cfg.Light {
		if err := f.proofs.keep(id.Index, id.Day); err != nil {
			f.log.Error("days of a contract are not noted over a restart", "event", eventID, "err", err)
		}
		wake(f.check)
	}
	wake(w.wake)
	return func() {
		sub.mu.Lock()
		sub.gone = true
		sub.mu.Unlock()
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(event.subs, number)
		if len(event.subs) == 0 && w.events[eventID] == event {
			delete(w.events, eventID)
		}
	}
}

// want is an attestation that is waited for.
type want struct {
	event string
	key   [32]byte
}

// wanted returns what is waited for and mature at now, Unix seconds.
func (f *Feed) wanted(now int64) []want {
	f.watches.mu.Lock()
	defer f.watches.mu.Unlock()
	var out []want
	for id, event := range f.watches.events {
		if !f.mature(id, now) {
			continue
		}
		for _, sub := range event.subs {
			for _, key := range sub.keys {
				w := want{id, key}
				if event.have[key] == nil && !slices.Contains(out, w) {
					out = append(out, w)
				}
			}
		}
	}
	return out
}

// mature says whether an event can be attested already; an id that is none of an
// index that we know can always be.
func (f *Feed) mature(eventID string, now int64) bool {
	id, err := index.ParseEventID(eventID)
	if err != nil {
		return true
	}
	e, err := f.registry.Lookup(id.Index)
	return err != nil || now >= int64(e.Maturity(id.Day))
}

// atOnce is how many questions to oracles run side by side.
const atOnce = 8

// followOracles asks for the attestations that are waited for.
func (f *Feed) followOracles(ctx context.Context) error {
	for {
		f.ask(ctx)
		f.compare(ctx)
		if !pause(ctx, f.cfg.Poll, f.watches.wake) {
			return nil
		}
	}
}

// ask fetches what is waited for and delivers it.
func (f *Feed) ask(ctx context.Context) {
	var group errgroup.Group
	group.SetLimit(atOnce)
	for _, w := range f.wanted(f.cfg.Clock.Now().Unix()) {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error {
			f.askOne(ctx, w)
			return nil
		})
	}
	_ = group.Wait() // its functions return nil
}

func (f *Feed) askOne(ctx context.Context, w want) {
	a, err := f.api().Attestation(ctx, w.key, w.event)
	var equivocation *api.EquivocationError
	switch {
	case err == nil:
		f.deliver(w, a)
	case errors.As(err, &equivocation):
		f.keepEvidence([]attest.Evidence{equivocation.Evidence})
	case errors.Is(err, api.ErrNotFound) || ctx.Err() != nil:
	case errors.Is(err, api.ErrUnreachable):
		f.log.Debug("oracle does not answer", "event", w.event, "err", err)
	default:
		f.log.Warn("oracle's attestation is not taken", "event", w.event, "err", err)
	}
}

func (f *Feed) deliver(w want, a attest.Attestation) {
	raw := a.Encode()
	f.watches.mu.Lock()
	event := f.watches.events[w.event]
	var subs []*subscription
	if event != nil {
		event.have[w.key] = raw
		for _, sub := range event.subs {
			if slices.Contains(sub.keys, w.key) {
				subs = append(subs, sub)
			}
		}
	}
	f.watches.mu.Unlock()
	f.log.Info("attested", "event", w.event, "oracle_key", hex.EncodeToString(w.key[:4]))
	for _, sub := range subs {
		sub.give(raw)
	}
}

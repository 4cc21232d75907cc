package feed

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/index"
)

// Alarm is a contradiction between the own index and the oracles.
type Alarm struct {
	Index string
	Day   uint32
	Text  string
}

// alarms are the contradictions found since the start, one for each index. While
// there is one, no contract gets a base from that index; contracts that exist
// settle on the attestation.
type alarms struct {
	mu  sync.Mutex
	log *slog.Logger
	by  map[string]Alarm
}

func newAlarms(log *slog.Logger) *alarms { return &alarms{log: log, by: map[string]Alarm{}} }

func (a *alarms) raise(id string, day uint32, text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, known := a.by[id]; known {
		return
	}
	a.by[id] = Alarm{Index: id, Day: day, Text: text}
	a.log.Error("the own index contradicts the oracles: no new contracts on it", "index", id, "day", day, "what", text)
}

// clear takes an alarm back when a later comparison agrees: after a reorganisation
// the own index may have come to the oracles' chain.
func (a *alarms) clear(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, known := a.by[id]; known {
		delete(a.by, id)
		a.log.Info("the own index agrees with the oracles again", "index", id)
	}
}

func (a *alarms) check(id string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if alarm, known := a.by[id]; known {
		return fmt.Errorf("%w: %s", ErrDiffers, alarm.Text)
	}
	return nil
}

// Alarms returns the contradictions in force.
func (f *Feed) Alarms() []Alarm {
	f.alarms.mu.Lock()
	defer f.alarms.mu.Unlock()
	out := make([]Alarm, 0, len(f.alarms.by))
	for _, a := range f.alarms.by {
		out = append(out, a)
	}
	return out
}

// compare holds the own index against what a majority of the allow-list attested of
// its last closed day.
func (f *Feed) compare(ctx context.Context) {
	keys := f.Allowed()
	if len(keys) == 0 {
		return
	}
	if len(keys) > attest.MaxOracles {
		keys = keys[:attest.MaxOracles]
	}
	for id, s := range f.own {
		e, err := f.registry.Lookup(id)
		if err != nil {
			continue
		}
		day, ok, err := s.Last()
		if err != nil || !ok || f.cfg.Clock.Now().Unix() < int64(e.Maturity(day.Day)) {
			continue
		}
		agrees := true
		for _, leg := range e.Legs {
			_, err := f.base(ctx, e, leg, day.Day, keys, len(keys)/2+1)
			if errors.Is(err, ErrDiffers) || err != nil {
				agrees = false
			}
		}
		if agrees {
			f.alarms.clear(id)
		}
	}
}

// counterOf returns the counter of the day before a day that was agreed on.
func (f *Feed) counterOf(ctx context.Context, e index.Entry, leg string, day uint32) (uint64, error) {
	if day < e.FirstDay {
		return 0, nil
	}
	keys := f.Allowed()
	if len(keys) > attest.MaxOracles {
		keys = keys[:attest.MaxOracles]
	}
	return f.agreed(ctx, e, leg, day, keys, len(keys)/2+1)
}

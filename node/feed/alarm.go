package feed

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"

	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/index"
)

// Alarm is a contradiction between the own index and the oracles.
type Alarm struct {
	Index string `json:"index"`
	Day   uint32 `json:"day"`
	Text  string `json:"text"`
}

// alarms are the contradictions in force, one for each index, and the file that
// holds them over a restart. While there is one, no contract gets a base from that
// index; contracts that exist settle on the attestation.
type alarms struct {
	path string
	log  *slog.Logger
	mu   sync.Mutex
	by   map[string]Alarm
}

func openAlarms(path string, log *slog.Logger) (*alarms, error) {
	a := &alarms{path: path, log: log, by: map[string]Alarm{}}
	raw, err := os.ReadFile(path) //nolint:gosec // G304: a file of the data directory
	if errors.Is(err, os.ErrNotExist) {
		return a, nil
	}
	var list []Alarm
	if err == nil {
		err = json.Unmarshal(raw, &list)
	}
	if err != nil {
		return nil, fmt.Errorf("read alarms %s (it may be deleted if the contradiction is understood): %w", path, err)
	}
	for _, alarm := range list {
		a.by[alarm.Index] = alarm
	}
	return a, nil
}

// list returns the alarms in the order of their indices; mu is held.
func (a *alarms) list() []Alarm {
	out := make([]Alarm, 0, len(a.by))
	for _, alarm := range a.by {
		out = append(out, alarm)
	}
	slices.SortFunc(out, func(x, y Alarm) int { return cmp.Compare(x.Index, y.Index) })
	return out
}

// save writes the file; an alarm that is not on disk is in force all the same.
func (a *alarms) save() {
	raw, err := json.Marshal(a.list())
	if err == nil {
		err = writeFile(a.path, raw)
	}
	if err != nil {
		a.log.Error("alarms are not kept over a restart", "err", err)
	}
}

func (a *alarms) raise(id string, day uint32, text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, known := a.by[id]; known {
		return
	}
	a.by[id] = Alarm{Index: id, Day: day, Text: text}
	a.log.Error("the own index contradicts the oracles: no new contracts on it", "index", id, "day", day, "what", text)
	a.save()
}

// clear takes an alarm back when a later comparison agrees: after a reorganisation
// the own index may have come to the oracles' chain.
func (a *alarms) clear(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, known := a.by[id]; known {
		delete(a.by, id)
		a.log.Info("the own index agrees with the oracles again", "index", id)
		a.save()
	}
}

// clearDay takes an alarm back that is about a day.
func (a *alarms) clearDay(id string, day uint32) {
	a.mu.Lock()
	alarm, known := a.by[id]
	a.mu.Unlock()
	if known && alarm.Day == day {
		a.clear(id)
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
	return f.alarms.list()
}

// compare holds the own index against what a majority of the allow-list attested of
// its last closed day.
func (f *Feed) compare(ctx context.Context) {
	keys, majority := f.electorate()
	if len(keys) == 0 {
		return
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
			if _, err := f.base(ctx, e, leg, day.Day, keys, majority); err != nil {
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
	keys, majority := f.electorate()
	return f.agreed(ctx, e, leg, day, keys, majority)
}

// electorate returns the oracles of the allow-list, as many as can be counted
// together, and how many of them are a majority.
func (f *Feed) electorate() (keys [][32]byte, majority int) {
	keys = f.Allowed()
	keys = keys[:min(len(keys), attest.MaxOracles)]
	return keys, len(keys)/2 + 1
}

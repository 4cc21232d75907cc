package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
)

const (
	unit     = "RU"
	digits   = 30
	maturity = 1_779_969_600
)

func eventID(day int) string { return fmt.Sprintf("hp1-regtest/cum/%d/tot", day) }

// records is an oracle of a test, held in memory.
type records struct {
	attesttest.Oracle

	mu     sync.Mutex
	events map[string]api.Event
	log    []api.LogEntry
	head   [32]byte
	asked  int
}

func newRecords(name string) *records {
	return &records{Oracle: attesttest.Oracle{Name: name}, events: map[string]api.Event{}}
}

func (r *records) announce(day int) attest.Announcement {
	a := r.Announce(eventID(day), unit, digits, maturity)
	r.mu.Lock()
	defer r.mu.Unlock()
	key := r.Key()
	r.events[a.Event.ID] = api.Event{ID: a.Event.ID, Key: key[:], Maturity: maturity, Unit: unit, Digits: digits, Announcement: a.Encode()}
	return a
}

func (r *records) attest(day int, value uint64) attest.Attestation {
	a := r.announce(day)
	b := r.Attest(a.Event, value)
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.events[a.Event.ID]
	e.Value, e.Attestation = fmt.Sprint(value), b.Encode()
	r.events[a.Event.ID] = e
	r.log = append(r.log, api.LogEntry{Announcement: e.Announcement, Attestation: e.Attestation})
	r.head = attest.NextHead(r.head, e.Attestation)
	return b
}

func (r *records) mark() attest.Mark {
	secret := attesttest.Secret(r.Name)
	s, err := attest.NewSigner(secret.Bytes(), [32]byte{1})
	if err != nil {
		panic(err)
	}
	return s.Mark(uint64(len(r.log)), r.head)
}

func (r *records) Info(context.Context) (api.Info, error) {
	key := r.Key()
	return api.Info{Version: "test", Network: "regtest", Key: key[:], Keys: []api.KeyInfo{{Key: key[:], Announces: true}}, Reasons: []string{}, Alarms: []api.Alarm{}}, nil
}

func (r *records) Event(key *[32]byte, id string) (api.Event, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked++
	e, ok := r.events[id]
	if !ok || key != nil && *key != r.Key() {
		return e, fmt.Errorf("%w: %q", api.ErrNotFound, id)
	}
	return e, nil
}

func (r *records) Events(q api.EventsQuery) (api.Events, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var page api.Events
	ids := make([]string, 0, len(r.events))
	for id := range r.events {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	for _, id := range ids {
		e := r.events[id]
		if id <= q.After || !strings.HasPrefix(id, q.Prefix) || q.Attested != nil && *q.Attested != (e.Value != "") {
			continue
		}
		if len(page.Events) == q.Limit {
			page.Next = page.Events[q.Limit-1].ID
			break
		}
		if !q.Full {
			e.Announcement, e.Attestation = nil, nil
		}
		page.Events = append(page.Events, e)
	}
	return page, nil
}

func (r *records) Log(key [32]byte, from uint64, limit int) (api.Log, error) {
	if key != r.Key() {
		return api.Log{}, fmt.Errorf("%w: %x", api.ErrNotFound, key)
	}
	l := api.Log{Key: key[:], From: from, Entries: []api.LogEntry{}}
	for i, e := range r.log {
		if uint64(i) >= from && len(l.Entries) < limit {
			l.Entries = append(l.Entries, e)
		}
	}
	if len(r.log) > 0 {
		l.Mark = r.mark().Encode()
	}
	return l, nil
}

func (r *records) BlockAt(_ context.Context, height int32) (api.BlockAt, error) {
	return api.BlockAt{Height: height, Hash: fmt.Sprintf("%064x", height)}, nil
}

// indices is an index of a test: each day's record is its number.
type indices struct{}

func (indices) Day(_ context.Context, index string, day uint32) ([]byte, error) {
	if index != "hp1-regtest" || day == math.MaxUint32 {
		return nil, fmt.Errorf("%w: day %d of %q", api.ErrNotFound, day, index)
	}
	return fmt.Appendf(nil, `{"day":"%d"}`, day), nil
}

func (i indices) Proof(ctx context.Context, index string, day uint32) ([]byte, error) {
	return i.Day(ctx, index, day)
}

func (i indices) Days(ctx context.Context, index string, from uint32, limit int) (api.Days, error) {
	days := api.Days{Index: index, Next: from + uint32(limit)} //nolint:gosec // G115: of a test
	for day := from; day < days.Next; day++ {
		record, err := i.Day(ctx, index, day)
		if err != nil {
			return days, err
		}
		days.Days = append(days.Days, api.Day{Day: day, Record: record})
	}
	return days, nil
}

func (indices) Blocks(_ context.Context, index string, first, last int32) (api.Blocks, error) {
	b := api.Blocks{Index: index}
	for h := first; h <= last; h++ {
		b.Blocks = append(b.Blocks, json.RawMessage(fmt.Sprintf(`{"height":"%d"}`, h)))
	}
	return b, nil
}

func serve(t testing.TB, r api.Records, limits api.Limits) *httptest.Server {
	t.Helper()
	if limits.Rate == 0 {
		limits.Rate = -1
	}
	s := httptest.NewServer(api.NewServer(api.ServerConfig{Records: r, Indices: indices{}, Limits: limits}).Handler())
	t.Cleanup(s.Close)
	return s
}

func clientOf(t testing.TB, dir string, members ...api.Member) *api.Client {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	c, err := api.NewClient(api.ClientConfig{Members: members, CacheDir: dir, Transport: transport})
	require.NoError(t, err)
	return c
}

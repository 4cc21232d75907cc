package journal_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/node/engine/journal"
)

// errEnough ends a reader.
var errEnough = errors.New("enough")

// rig is a journal over a store on disk, and what it takes to open it again.
type rig struct {
	t       *testing.T
	dir     string
	store   *store.Store
	stopped chan struct{}
	now     time.Time
	journal *journal.Journal
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir(), now: time.Unix(1_700_000_000, 0).UTC()}
	r.open()
	t.Cleanup(func() { require.NoError(t, r.store.Close()) })
	return r
}

func (r *rig) open() {
	r.t.Helper()
	var err error
	r.store, err = store.Open(r.dir, [32]byte{3})
	require.NoError(r.t, err)
	r.stopped = make(chan struct{})
	r.journal, err = journal.Open(r.store, func() time.Time { return r.now }, r.stopped, slog.New(slog.NewTextHandler(r.t.Output(), nil)))
	require.NoError(r.t, err)
}

// again opens it as after a restart.
func (r *rig) again() {
	r.t.Helper()
	require.NoError(r.t, r.store.Close())
	r.open()
}

func (r *rig) write(kind journal.Kind, key byte, reason string) {
	r.t.Helper()
	require.NoError(r.t, r.journal.Write(journal.Event{Kind: kind, Key: [32]byte{key}, Peer: [33]byte{2, key}, Reason: reason}, nil))
}

// kept reads what is kept.
func (r *rig) kept(f journal.Filter) []journal.Event {
	r.t.Helper()
	var events []journal.Event
	f.StoredOnly = true
	require.NoError(r.t, r.journal.Follow(r.t.Context(), f, func(e journal.Event) error {
		events = append(events, e)
		return nil
	}))
	return events
}

func TestLinesAreReadAsTheyWereWritten(t *testing.T) {
	r := newRig(t)
	want := journal.Event{
		Kind: journal.Phase, Key: [32]byte{1}, Peer: [33]byte{2, 9}, From: "Signed", Phase: "Broadcast", Reason: "",
	}
	require.NoError(t, r.journal.Write(want, nil))
	want.Cursor, want.Time = 1, r.now
	require.Equal(t, []journal.Event{want}, r.kept(journal.Filter{}))
	r.again()
	require.Equal(t, []journal.Event{want}, r.kept(journal.Filter{}))
}

// TestAReaderGoesOnWhereHeWas over more lines than are read at once, and a restart.
func TestAReaderGoesOnWhereHeWas(t *testing.T) {
	r := newRig(t)
	for i := range 600 {
		r.write(journal.Warning, byte(i%3), fmt.Sprint(i))
	}
	r.again()
	all := r.kept(journal.Filter{})
	require.Len(t, all, 600)
	for i, e := range all {
		require.Equal(t, fmt.Sprint(i), e.Reason)
	}
	rest := r.kept(journal.Filter{After: all[299].Cursor})
	require.Equal(t, all[300:], rest)
	for _, e := range r.kept(journal.Filter{Key: [32]byte{2}}) {
		require.Equal(t, [32]byte{2}, e.Key)
	}
	require.Len(t, r.kept(journal.Filter{Key: [32]byte{2}}), 200)
	require.Empty(t, r.kept(journal.Filter{After: all[599].Cursor}))
}

func TestAlarmsOutliveARestart(t *testing.T) {
	r := newRig(t)
	r.write(journal.Alarm, 1, "first")
	r.write(journal.Warning, 1, "no alarm")
	r.write(journal.Alarm, 2, "of another")
	r.write(journal.Alarm, 1, "second")
	r.again()
	require.Equal(t, []string{"first", "second"}, r.journal.Alarms([32]byte{1}))
	require.Empty(t, r.journal.Alarms([32]byte{9}))
}

// follower reads in a goroutine of its own.
type follower struct {
	events chan journal.Event
	ended  chan error
}

func (r *rig) follow(ctx context.Context, f journal.Filter) follower {
	got := follower{events: make(chan journal.Event, 100), ended: make(chan error, 1)}
	go func() {
		got.ended <- r.journal.Follow(ctx, f, func(e journal.Event) error { got.events <- e; return nil })
	}()
	return got
}

func (f follower) next(t *testing.T) journal.Event {
	t.Helper()
	select {
	case e := <-f.events:
		return e
	case <-time.After(20 * time.Second):
		t.Fatal("no event came")
		return journal.Event{}
	}
}

func TestAFollowerHearsWhatComes(t *testing.T) {
	r := newRig(t)
	r.write(journal.Offer, 1, "old")
	ctx, cancel := context.WithCancel(t.Context())
	f := r.follow(ctx, journal.Filter{})
	require.Equal(t, "old", f.next(t).Reason)
	r.write(journal.Offer, 1, "new")
	require.Equal(t, "new", f.next(t).Reason)
	cancel()
	require.ErrorIs(t, <-f.ended, context.Canceled)

	f = r.follow(t.Context(), journal.Filter{})
	require.Equal(t, "old", f.next(t).Reason)
	close(r.stopped)
	require.ErrorIs(t, <-f.ended, journal.ErrStopped)
	r.stopped = make(chan struct{})
}

func TestAFollowersErrorEndsIt(t *testing.T) {
	r := newRig(t)
	r.write(journal.Offer, 1, "")
	require.ErrorIs(t, r.journal.Follow(t.Context(), journal.Filter{}, func(journal.Event) error { return errEnough }), errEnough)
}

// TestNothingIsMissedOnceAFollowerIsReady: what comes after Ready was called is told, kept or not.
func TestNothingIsMissedOnceAFollowerIsReady(t *testing.T) {
	r := newRig(t)
	r.write(journal.Offer, 1, "before")
	var told []journal.Kind
	ready := func() error {
		r.journal.Show(journal.Event{Kind: journal.Progress, Task: "sign"})
		r.write(journal.Phase, 1, "")
		return nil
	}
	err := r.journal.Follow(t.Context(), journal.Filter{New: true, Progress: true, Ready: ready}, func(e journal.Event) error {
		if told = append(told, e.Kind); len(told) == 2 {
			return errEnough
		}
		return nil
	})
	require.ErrorIs(t, err, errEnough)
	require.ElementsMatch(t, []journal.Kind{journal.Progress, journal.Phase}, told)
	failing := func() error { return errEnough }
	require.ErrorIs(t, r.journal.Follow(t.Context(), journal.Filter{Ready: failing}, func(journal.Event) error { return nil }), errEnough)
}

// TestProgressIsToldToWhoListensAndNotKept, and holds nobody up who does not.
func TestProgressIsToldToWhoListensAndNotKept(t *testing.T) {
	r := newRig(t)
	r.write(journal.Offer, 1, "kept")
	stuck, listening := make(chan struct{}), make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		seen := false
		ended <- r.journal.Follow(t.Context(), journal.Filter{Progress: true, New: true}, func(e journal.Event) error {
			if !seen {
				seen = true
				close(listening)
				<-stuck
			}
			if e.Kind == journal.Phase {
				return errEnough
			}
			return nil
		})
	}()
	show := func() { r.journal.Show(journal.Event{Kind: journal.Progress, Key: [32]byte{1}, Task: "sign"}) }
	for waiting := true; waiting; {
		show()
		select {
		case <-listening:
			waiting = false
		case <-time.After(time.Millisecond):
		}
	}
	for range 10_000 {
		show() // the listener does not read: all of these must return
	}
	close(stuck)
	r.write(journal.Phase, 1, "")
	require.ErrorIs(t, <-ended, errEnough)
	require.Len(t, r.kept(journal.Filter{}), 2)
}

// TestALineOfAnEffectIsToldOnce: the effect is marked done with it.
func TestALineOfAnEffectIsToldOnce(t *testing.T) {
	r := newRig(t)
	unknown := uint64(5)
	err := r.journal.Write(journal.Event{Kind: journal.Phase, Key: [32]byte{1}}, &unknown)
	require.ErrorIs(t, err, store.ErrNotFound)
	require.Empty(t, r.kept(journal.Filter{}))
}

func TestADamagedLineIsAnError(t *testing.T) {
	r := newRig(t)
	_, err := r.store.Tell([32]byte{1}, nil, []byte("{"))
	require.NoError(t, err)
	err = r.journal.Follow(t.Context(), journal.Filter{StoredOnly: true}, func(journal.Event) error { return nil })
	require.ErrorIs(t, err, store.ErrCorrupt)
	_, err = journal.Open(r.store, time.Now, nil, slog.New(slog.DiscardHandler))
	require.ErrorIs(t, err, store.ErrCorrupt)
}

package feed

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/federation"
	"github.com/alkimiya/alkimiya/oracle/index"
	"github.com/alkimiya/alkimiya/oracle/series"
)

// Announcements returns the announcements of an event by the given oracles, whole
// TLVs in the order of keys. All are verified, and their nonces are in the ledger,
// when it returns. The error names each oracle that has none.
func (f *Feed) Announcements(ctx context.Context, eventID string, keys [][32]byte) ([][]byte, error) {
	list, err := f.api().Announcements(ctx, eventID, keys)
	if err != nil {
		return nil, fmt.Errorf("announcements of %s: %w", eventID, err)
	}
	out := make([][]byte, 0, len(list))
	for _, a := range list {
		raw := a.Encode()
		if err := f.cfg.Ledger.RecordAnnouncement(raw); err != nil {
			return nil, fmt.Errorf("announcement of %s by %x: %w", eventID, a.Key, err)
		}
		out = append(out, raw)
	}
	return out, nil
}

// Event returns what a contract on index/leg over the days from startDay to endDay
// needs to know: the counter before it, the digits of its event, the index's unit,
// and whether the event is attested. The counter is what t of the oracles attested,
// and on a full node also what the own index says; it is 0 before the first day. It
// fails with ErrIndex, ErrNotClosed, ErrDiffers, ErrBehind, or with the client's
// errors.
func (f *Feed) Event(
	ctx context.Context, id, leg string, startDay, endDay uint32, keys [][32]byte, t int,
) (order.Event, string, bool, error) {
	e, err := f.entry(id, leg)
	if err != nil {
		return order.Event{}, "", false, err
	}
	if startDay < e.FirstDay || endDay < startDay || endDay > index.MaxDay {
		return order.Event{}, "", false, fmt.Errorf("%w: %s counts no days from %d to %d", ErrIndex, id, startDay, endDay)
	}
	out := order.Event{Digits: e.CumDigits}
	end := index.EventID{Index: id, Kind: index.Cum, Day: endDay, Leg: leg}.String()
	voices, errs := f.api().Gather(ctx, end, keys)
	f.keepContradictions(errs)
	attested := slices.ContainsFunc(voices, func(v federation.Voice) bool { return len(v.Attestations) > 0 })
	if err := f.alarms.check(id); err != nil {
		return out, e.CumUnit, attested, err
	}
	if startDay > e.FirstDay {
		if out.Base, err = f.base(ctx, e, leg, startDay-1, keys, t); err != nil {
			return out, e.CumUnit, attested, err
		}
	}
	f.proofs.want(id, startDay, endDay)
	return out, e.CumUnit, attested, nil
}

// base returns the counter of a leg after a day that has ended.
func (f *Feed) base(ctx context.Context, e index.Entry, leg string, day uint32, keys [][32]byte, t int) (uint64, error) {
	value, err := f.agreed(ctx, e, leg, day, keys, t)
	if err != nil {
		return 0, err
	}
	own, known, err := f.ownCounter(e.ID, leg, day)
	switch {
	case err != nil:
		return 0, err
	case !known:
		return value, nil
	case index.Saturate(own, e.CumDigits) != value:
		f.alarms.raise(e.ID, day, fmt.Sprintf("counter %s/%s after day %d: oracles %d, own index %d", e.ID, leg, day, value, own))
		return 0, fmt.Errorf("%w: %s/%s after day %d: %d attested, %d computed", ErrDiffers, e.ID, leg, day, value, own)
	}
	return value, nil
}

// agreed returns what t of the oracles attested of the counter after a day. What was
// agreed on stands, so that its signatures are verified once.
func (f *Feed) agreed(ctx context.Context, e index.Entry, leg string, day uint32, keys [][32]byte, t int) (uint64, error) {
	set, err := federation.New(keys, t)
	if err != nil {
		return 0, err
	}
	id := index.EventID{Index: e.ID, Kind: index.Cum, Day: day, Leg: leg}.String()
	name := agreementOf(id, keys, t)
	if value, known := f.agreements.get(name); known {
		return value, nil
	}
	voices, errs := f.api().Gather(ctx, id, keys)
	report := set.Tally(id, voices)
	f.keepEvidence(report.Evidence)
	f.keepContradictions(errs)
	if !report.Agreed {
		return 0, fmt.Errorf("%w: %s: %s: %w", ErrNotClosed, id, report, errors.Join(errs...))
	}
	f.agreements.put(name, report.Value)
	return report.Value, nil
}

// maxAgreements bounds the values that are remembered.
const maxAgreements = 4096

// agreements are the values that were agreed on, by agreementOf.
type agreements struct {
	mu sync.Mutex
	by map[[32]byte]uint64
}

// agreementOf names what t of the oracles say of an event.
func agreementOf(eventID string, keys [][32]byte, t int) [32]byte {
	return sha256.Sum256(fmt.Appendf(nil, "%d of %x: %s", t, keys, eventID))
}

func (a *agreements) get(name [32]byte) (value uint64, known bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	value, known = a.by[name]
	return value, known
}

func (a *agreements) put(name [32]byte, value uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.by == nil || len(a.by) >= maxAgreements {
		a.by = make(map[[32]byte]uint64)
	}
	a.by[name] = value
}

// ownCounter returns the counter that the own index has; known is false where it
// is not computed. ErrBehind: it is computed, and has not got there.
func (f *Feed) ownCounter(id, leg string, day uint32) (value uint64, known bool, err error) {
	s := f.own[id]
	if s == nil {
		return 0, false, nil
	}
	counter, err := s.Counter(day)
	if errors.Is(err, series.ErrUnknown) {
		return 0, false, fmt.Errorf("%w: %s day %d", ErrBehind, id, day)
	}
	if err != nil {
		return 0, false, fmt.Errorf("own index %s: %w", id, err)
	}
	value, ok := counter.Leg(leg)
	if !ok {
		return 0, false, fmt.Errorf("%w: %s/%s", ErrIndex, id, leg)
	}
	return value, true, nil
}

// keepEvidence stores proofs against oracles; what cannot be stored is found again.
func (f *Feed) keepEvidence(list []attest.Evidence) {
	for _, e := range list {
		proof, err := e.Verify()
		if err != nil {
			f.log.Warn("what claims to be evidence proves nothing", "err", err)
			continue
		}
		if err := f.cfg.Ledger.PutEvidence(e); err != nil {
			f.log.Error("evidence against an oracle is not kept", "err", err)
			continue
		}
		f.log.Error("an oracle is faulty; its key must not be used any more",
			"oracle", fmt.Sprintf("%x", proof.Key), "evidence", e.Kind.String())
	}
}

// keepContradictions stores the proofs that the client found when it fetched.
func (f *Feed) keepContradictions(errs []error) {
	for _, err := range errs {
		var equivocation *api.EquivocationError
		if errors.As(err, &equivocation) {
			f.keepEvidence([]attest.Evidence{equivocation.Evidence})
		}
	}
}

// Closed returns the first day that an index counts and the last one that is closed,
// which is the day before the first until any is. On a light node, and for a
// reported index, it is the last day that a majority of the allow-list say they have
// attested, of those that answer if they are fewer, and never one that is not mature.
func (f *Feed) Closed(ctx context.Context, id string) (first, last uint32, err error) {
	e, err := f.entry(id, "")
	if err != nil {
		return 0, 0, err
	}
	if s := f.own[id]; s != nil {
		day, ok, err := s.Last()
		if err != nil || !ok {
			return e.FirstDay, e.FirstDay - 1, err
		}
		return e.FirstDay, day.Day, nil
	}
	keys, majority := f.electorate()
	said, errs := f.attestedThrough(ctx, id, keys)
	if len(said) == 0 {
		return e.FirstDay, e.FirstDay - 1, fmt.Errorf("%w: no oracle tells its last day: %w", ErrNotClosed, errors.Join(errs...))
	}
	slices.Sort(said)
	last = said[max(0, len(said)-majority)]
	ended := f.cfg.Clock.Now().Unix() - int64(e.MaturityDelay)
	if today := ended / index.DaySeconds; ended < 0 || int64(last) >= today {
		last = uint32(max(today, 1) - 1) //nolint:gosec // G115: below last, or 0
	}
	return e.FirstDay, max(last, e.FirstDay-1), nil
}

// attestedThrough asks oracles at once for the last day that they have attested.
func (f *Feed) attestedThrough(ctx context.Context, id string, keys [][32]byte) (days []uint32, errs []error) {
	var mu sync.Mutex
	var group sync.WaitGroup
	for _, key := range keys {
		group.Go(func() {
			info, err := f.api().Info(ctx, key)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				errs = append(errs, err)
				return
			}
			for _, i := range info.Indices {
				if i.ID == id {
					days = append(days, i.Attested)
				}
			}
		})
	}
	group.Wait()
	return days, errs
}

// Counter returns the counter of a leg at the end of a closed day; 0 for a day
// before the first. Without an own index it is what a majority of the allow-list
// attested. It fails as Event does.
func (f *Feed) Counter(ctx context.Context, id, leg string, day uint32) (uint64, error) {
	e, err := f.entry(id, leg)
	if err != nil || day < e.FirstDay {
		return 0, err
	}
	if value, known, err := f.ownCounter(id, leg, day); known || err != nil {
		return value, err
	}
	return f.counterOf(ctx, e, leg, day)
}

// Feed takes an announcement or an attestation from a person or a file; it is
// verified and kept like one that was fetched. It fails as api.Client.Feed does.
func (f *Feed) Feed(ctx context.Context, raw []byte) error {
	err := f.api().Feed(ctx, raw)
	f.keepContradictions([]error{err})
	wake(f.watches.wake)
	return err
}

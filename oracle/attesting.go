package oracle

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/alkimiya/alkimiya/internal/crashpoint"
	"github.com/alkimiya/alkimiya/internal/records"
	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/index"
	"github.com/alkimiya/alkimiya/oracle/store"
)

// A job is one attestation to be made.
type job struct {
	key          *signingKey
	announcement attest.Announcement
	value        uint64
}

// A batch is what is attested in one go: whole days, in their order.
type batch struct {
	jobs []job
	days []store.Day
	// last is the last day, counters those after it.
	last     uint32
	counters []uint64
	fees     []uint64
	// The block that closed the last day, "" for none.
	closeHeight int32
	closeHash   string
}

// attestUpTo attests the days that are closed and mature, in their order, and
// returns what hinders it.
func (s *Service) attestUpTo(ctx context.Context, t *track, closed uint32, found status) (reasons []string) {
	if s.cfg.Federation != nil {
		t.counters = nil // the others may have attested something else meanwhile
	}
	for t.next <= closed && ctx.Err() == nil {
		b, err := s.prepare(ctx, t, closed, found.now)
		code := alarmOf(err)
		for _, c := range []string{AlarmMismatch, AlarmBase, AlarmStore} {
			said := ""
			if c == code {
				said = text(err)
			}
			s.alarms.set(found.now, c, t.def.ID+" attestations", said)
		}
		if err != nil {
			return append(reasons, err.Error())
		}
		if b.last < t.next {
			break // the next day is not mature
		}
		if reason := s.minority(ctx, b); reason != "" {
			s.alarms.raise(found.now, AlarmMinority, t.def.ID, reason)
			return append(reasons, reason)
		}
		s.alarms.clear(AlarmMinority, t.def.ID)
		if err := s.commit(ctx, t, b); err != nil {
			t.counters = nil
			s.alarms.raise(found.now, AlarmStore, t.def.ID+" attestations", text(err))
			return append(reasons, err.Error())
		}
	}
	return reasons
}

func alarmOf(err error) string {
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return ""
	case errors.Is(err, ErrMismatch):
		return AlarmMismatch
	case errors.Is(err, errNoBase):
		return AlarmBase
	}
	return AlarmStore
}

// prepare reads days from t.next on until the batch is full. If not even the first is
// mature, the batch's last day is the one before it.
func (s *Service) prepare(ctx context.Context, t *track, closed uint32, now int64) (*batch, error) {
	b := &batch{last: t.next - 1, counters: t.counters, fees: t.fees}
	for day := t.next; day <= closed && len(b.jobs) < s.cfg.Batch && len(b.days) < s.cfg.Batch; day++ {
		if t.def.MaturityDelay > 0 && now < int64(t.def.Maturity(day)) {
			break
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := s.prepareDay(ctx, t, b, day); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// prepareDay adds a day to the batch.
func (s *Service) prepareDay(ctx context.Context, t *track, b *batch, day uint32) error {
	done, err := s.done(t, day)
	if err != nil {
		return err
	}
	if done {
		// Nothing is left to do; what was attested is looked up when it is needed.
		b.last, b.counters = day, nil
		return nil
	}
	if b.counters == nil {
		if b.counters, err = s.base(ctx, t, day); err != nil {
			return err
		}
	}
	values, counters, err := s.standing(t, b, day)
	if err != nil {
		return err
	}
	if values == nil {
		if values, counters, err = s.compute(ctx, t, b, day); err != nil {
			return err
		}
	}
	if err := s.addJobs(t, b, day, values, counters); err != nil {
		return err
	}
	b.last, b.counters = day, counters
	if i := legOf(t.def, index.LegFee); i >= 0 {
		b.fees = append(b.fees[max(0, len(b.fees)-feeDays):len(b.fees):len(b.fees)], values[i])
	}
	return nil
}

// standing returns the values and counters of a day whose record is kept: they stand,
// whatever the chain says now, and another key of the oracle attests the same.
func (s *Service) standing(t *track, b *batch, day uint32) (values, counters []uint64, err error) {
	d, err := s.store.Day(t.def.ID, day)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	for _, leg := range t.def.Legs {
		v, ok := recordNumber(d.Record, "i_"+leg)
		c, okC := recordNumber(d.Record, "c_"+leg)
		if !ok || !okC {
			return nil, nil, fmt.Errorf("day %d of %s: %w: its record has no leg %s", day, t.def.ID, records.ErrCorrupt, leg)
		}
		values, counters = append(values, v), append(counters, c)
	}
	b.days = append(b.days, store.Day{Index: t.def.ID, Day: day, Record: d.Record, Proof: d.Proof})
	b.closeHash = ""
	return values, counters, nil
}

// compute reads a day from its source and makes its record.
func (s *Service) compute(ctx context.Context, t *track, b *batch, day uint32) (values, counters []uint64, err error) {
	reading, err := t.source.Read(ctx, day)
	if err != nil {
		return nil, nil, fmt.Errorf("day %d of %s: %w", day, t.def.ID, err)
	}
	values, counters = slices.Clone(reading.Values), make([]uint64, len(t.def.Legs))
	for i, v := range values {
		counters[i] = b.counters[i] + v
		if counters[i] < v {
			return nil, nil, fmt.Errorf("day %d of %s: %w: counter beyond 2^64", day, t.def.ID, ErrMismatch)
		}
	}
	if err := s.keepAttested(t, day, counters); err != nil {
		return nil, nil, err
	}
	record, err := reading.Record(counters)
	if err != nil {
		return nil, nil, fmt.Errorf("day %d of %s: record: %w", day, t.def.ID, err)
	}
	b.days = append(b.days, store.Day{Index: t.def.ID, Day: day, Record: record, Proof: reading.Proof})
	b.closeHeight, b.closeHash = reading.CloseHeight, reading.CloseHash
	return values, counters, nil
}

// keepAttested puts the counters that were attested without a record being kept, by a
// state of the oracle that was lost, in the place of those that were computed.
func (s *Service) keepAttested(t *track, day uint32, counters []uint64) error {
	for i, leg := range t.def.Legs {
		own, known, err := s.ownValue(eventID(t.def, index.Cum, day, leg))
		if err != nil {
			return err
		}
		if known && own != index.Saturate(counters[i], t.def.CumDigits) {
			counters[i] = own
		}
	}
	return nil
}

// done says that a day's record is kept and every event of it that may be attested is.
func (s *Service) done(t *track, day uint32) (bool, error) {
	if _, err := s.store.Day(t.def.ID, day); errors.Is(err, store.ErrNotFound) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	jobs, err := s.pending(t, day)
	return len(jobs) == 0, err
}

// pending are the events of a day that a key has announced and neither attested nor
// fenced off, as jobs without a value.
func (s *Service) pending(t *track, day uint32) (map[string][]job, error) {
	jobs := map[string][]job{}
	for _, k := range s.keys {
		fence, err := s.store.Fenced(k.Key())
		if err != nil {
			return nil, err
		}
		for _, o := range occasions(t.def, day) {
			e, err := s.store.Event(k.Key(), o.id)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			if e.Attestation != nil {
				continue
			}
			a, err := attest.DecodeAnnouncement(e.Announcement)
			if err != nil {
				return nil, fmt.Errorf("stored announcement of %q: %w", o.id, err)
			}
			if fence == 0 || a.Event.Maturity > fence {
				jobs[o.id] = append(jobs[o.id], job{key: k, announcement: a})
			}
		}
	}
	return jobs, nil
}

func (s *Service) addJobs(t *track, b *batch, day uint32, values, counters []uint64) error {
	jobs, err := s.pending(t, day)
	if err != nil {
		return err
	}
	for _, o := range occasions(t.def, day) {
		for _, j := range jobs[o.id] {
			j.value = values[o.leg]
			if o.cum {
				j.value = counters[o.leg]
			}
			b.jobs = append(b.jobs, j)
		}
	}
	return nil
}

// commit signs a batch, stores it and shows it to the world, in this order.
func (s *Service) commit(ctx context.Context, t *track, b *batch) error {
	signed := make([]attest.Attestation, len(b.jobs))
	err := parallel(ctx, len(b.jobs), func(i int) (err error) {
		j := b.jobs[i]
		signed[i], err = j.key.Attest(j.announcement, attest.Digits(j.value, len(j.announcement.Event.Nonces)))
		return err
	})
	if err != nil {
		return err
	}
	crashpoint.Here(pointAttestSigned)
	// The days go with the first key: from then on their values stand for all keys.
	for _, k := range s.keys {
		var own []attest.Attestation
		for i, j := range b.jobs {
			if j.key == k {
				own = append(own, signed[i])
			}
		}
		if len(own) == 0 && !k.announces {
			continue
		}
		if _, err := s.store.Attest(k.Key(), own, b.days, k.Mark); err != nil {
			return err
		}
	}
	crashpoint.Here(pointAttestStored)
	t.next, t.counters, t.fees = b.last+1, b.counters, b.fees
	if len(b.jobs) > 0 {
		s.log.Info("attested", "index", t.def.ID, "events", len(b.jobs), "through_day", b.last)
	}
	return s.publish()
}

// minority says why the day must not be attested: more of the other oracles have
// another block where ours closes it than have the same.
func (s *Service) minority(ctx context.Context, b *batch) string {
	if b.closeHash == "" || len(b.jobs) == 0 || s.cfg.Federation == nil {
		return ""
	}
	same, other := 1, 0
	for _, hash := range s.hashesAt(ctx, b.closeHeight) {
		switch hash {
		case "":
		case b.closeHash:
			same++
		default:
			other++
		}
	}
	if other < same {
		return ""
	}
	return fmt.Sprintf("%d of %d oracles have another block at height %d than this one", other, same+other, b.closeHeight)
}

// hashesAt asks the other oracles for their block at a height; "" of those that do
// not answer or have none.
func (s *Service) hashesAt(ctx context.Context, height int32) []string {
	hashes := make([]string, len(s.peers))
	// An oracle that does not answer has no say: it is no error.
	_ = parallel(ctx, len(s.peers), func(i int) error {
		answer, err := s.cfg.Federation.Client.BlockAt(ctx, s.peers[i].member.Key, height)
		if err == nil && answer.Height == height {
			hashes[i] = answer.Hash
		}
		return nil
	})
	return hashes
}

// describe is what Info says of an index.
func (s *Service) describe(t *track, closed uint32) api.IndexInfo {
	hash := t.def.Hash()
	return api.IndexInfo{
		ID: t.def.ID, Kind: kindOf(t.def), ParameterHash: hash[:], Parameters: t.def.Parameters, Unit: t.def.CumUnit,
		Legs: t.def.Legs, FirstDay: t.def.FirstDay, DayDigits: int(t.def.DayDigits), CumDigits: int(t.def.CumDigits),
		Horizon: s.cfg.Horizon, Closed: closed, Announced: t.announced, Attested: t.next - 1,
	}
}

package oracle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/federation"
	"github.com/alkimiya/alkimiya/oracle/index"
	"github.com/alkimiya/alkimiya/oracle/store"
)

// errNoBase: it is not known what was attested of the day before.
var errNoBase = errors.New("not enough oracles have attested the day before")

// base returns the counters of the day before day, from which day's continue: those
// that were attested. What this oracle attested counts, unless t oracles of its
// federation agree on something else, which contracts then settle on; what it missed it
// takes from t oracles that agree. Where no t oracles can have attested the day, since
// the federation began later or there is none, it goes on from what the source counts.
func (s *Service) base(ctx context.Context, t *track, day uint32) ([]uint64, error) {
	counters := make([]uint64, len(t.def.Legs))
	if day <= t.def.FirstDay {
		return counters, nil
	}
	for i := range counters {
		v, known, err := s.attestedCounter(t, day-1, i)
		if err != nil {
			return nil, err
		}
		if !known && s.mayAgree(eventID(t.def, index.Cum, day-1, t.def.Legs[i])) {
			return nil, fmt.Errorf("counter of %q: %w", eventID(t.def, index.Cum, day-1, t.def.Legs[i]), errNoBase)
		}
		if !known {
			reading, err := t.source.Read(ctx, day-1)
			if err != nil {
				return nil, fmt.Errorf("day %d of %s: %w", day-1, t.def.ID, err)
			}
			return reading.Counters, nil
		}
		counters[i] = v
	}
	return counters, nil
}

// attestedCounter is what was attested of a leg's counter after a day.
func (s *Service) attestedCounter(t *track, day uint32, leg int) (v uint64, known bool, err error) {
	id := eventID(t.def, index.Cum, day, t.def.Legs[leg])
	own, ownKnown, err := s.ownValue(id)
	if err != nil {
		return 0, false, err
	}
	if ownKnown {
		if exact, ok := s.recorded(t, day, leg); ok && index.Saturate(exact, t.def.CumDigits) == own {
			own = exact // the record is not saturated
		}
	}
	if s.cfg.Federation == nil || ownKnown && !s.contradicted(id, own) {
		return own, ownKnown, nil
	}
	report, err := s.tally(id)
	if err != nil {
		return 0, false, err
	}
	if report.Agreed && (!ownKnown || report.Value != index.Saturate(own, t.def.CumDigits)) {
		s.log.Warn("counter taken from the federation", "event_id", id, "value", report.Value, "own", own, "own_known", ownKnown)
		return report.Value, true, nil
	}
	return own, ownKnown, nil
}

// ownValue is what the oracle's newest key that attested an event said.
func (s *Service) ownValue(id string) (v uint64, known bool, err error) {
	for i := len(s.keys) - 1; i >= 0; i-- {
		e, err := s.store.Event(s.keys[i].Key(), id)
		if errors.Is(err, store.ErrNotFound) || err == nil && e.Attestation == nil {
			continue
		}
		if err != nil {
			return 0, false, err
		}
		v, err := valueOf(e.Attestation)
		return v, err == nil, err
	}
	return 0, false, nil
}

func valueOf(attestation []byte) (uint64, error) {
	b, err := attest.DecodeAttestation(attestation)
	if err != nil {
		return 0, err
	}
	return b.Number()
}

// recorded reads a counter from the published record of a day.
func (s *Service) recorded(t *track, day uint32, leg int) (uint64, bool) {
	d, err := s.store.Day(t.def.ID, day)
	if err != nil {
		return 0, false
	}
	return recordNumber(d.Record, "c_"+t.def.Legs[leg])
}

// recordNumber reads a number from a record.
func recordNumber(record []byte, field string) (uint64, bool) {
	var fields map[string]any
	if err := json.Unmarshal(record, &fields); err != nil {
		return 0, false
	}
	said, ok := fields[field].(string)
	if !ok {
		return 0, false
	}
	v, err := strconv.ParseUint(said, 10, 64)
	return v, err == nil
}

// contradicted says whether another oracle has attested another value of an event,
// by what its log says.
func (s *Service) contradicted(id string, own uint64) bool {
	for _, p := range s.peers {
		e, err := s.store.PeerEvent(p.member.Key, id)
		if err != nil {
			continue
		}
		if v, err := valueOf(e.Attestation); err != nil || v != own {
			return true
		}
	}
	return false
}

// tally verifies and counts what all oracles of the federation have said of an event.
func (s *Service) tally(id string) (federation.Report, error) {
	var voices []federation.Voice
	e, err := s.store.Event(s.announcer().Key(), id)
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return federation.Report{}, err
	default:
		voices = append(voices, voiceOf(store.Entry{Announcement: e.Announcement, Attestation: e.Attestation}))
	}
	for _, p := range s.peers {
		e, err := s.store.PeerEvent(p.member.Key, id)
		switch {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return federation.Report{}, err
		default:
			voices = append(voices, voiceOf(e))
		}
	}
	return s.cfg.Federation.Set.Tally(id, voices), nil
}

// voiceOf decodes what one oracle said; what does not decode was not said.
func voiceOf(e store.Entry) (v federation.Voice) {
	if a, err := attest.DecodeAnnouncement(e.Announcement); err == nil {
		v.Announcement = &a
	}
	if b, err := attest.DecodeAttestation(e.Attestation); err == nil {
		v.Attestations = []attest.Attestation{b}
	}
	return v
}

// mayAgree says whether t oracles of the federation can have attested an event that
// this one has not: as far as they do not answer, anybody may.
func (s *Service) mayAgree(id string) bool {
	if s.cfg.Federation == nil {
		return false
	}
	n := 0
	for _, p := range s.peers {
		_, err := s.store.PeerEvent(p.member.Key, id)
		seen, trouble := p.state()
		if err == nil || seen == 0 || trouble != "" {
			n++
		}
	}
	return n >= s.cfg.Federation.Set.Threshold()
}

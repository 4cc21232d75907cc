package oracle

import (
	"context"
	"fmt"
	"slices"

	"github.com/alkimiya/alkimiya/oracle/index"
)

const (
	// feeDays is over how many days the median of the fee leg is taken.
	feeDays = 30
	// feeDaysLeast is how many must be known for an alarm.
	feeDaysLeast = 7
	// lateAfter is how long after its maturity a day is late, in seconds.
	lateAfter = 3600
)

// watch raises the alarms about an index that hinder nothing.
func (s *Service) watch(ctx context.Context, t *track, closed uint32, found status) {
	late := ""
	if t.next <= closed && t.def.MaturityDelay > 0 && found.now > int64(t.def.Maturity(t.next))+lateAfter {
		late = fmt.Sprintf("day %d of %s is mature and not attested", t.next, t.def.ID)
	}
	s.alarms.set(found.now, AlarmLate, t.def.ID, late)
	if t.next == t.start {
		return
	}
	day := t.next - 1
	s.alarms.set(found.now, AlarmFees, t.def.ID, s.feeSpike(t, day))
	s.compare(t, day, found.now)
	if found.node.Hash != "" && found.node.Hash != t.checked && day <= closed && found.node.Behind == "" {
		s.compareWithChain(ctx, t, day, found)
	}
}

// feeSpike says that the fee leg of a day is more than three times its 30-day median:
// miners may have paid themselves.
func (s *Service) feeSpike(t *track, day uint32) string {
	leg := legOf(t.def, index.LegFee)
	if leg < 0 {
		return ""
	}
	if t.fees == nil {
		t.fees = s.recordedFees(t, day)
	}
	if len(t.fees) <= feeDaysLeast {
		return ""
	}
	last := t.fees[len(t.fees)-1]
	before := slices.Clone(t.fees[max(0, len(t.fees)-1-feeDays) : len(t.fees)-1])
	slices.Sort(before)
	median := before[len(before)/2]
	if last <= 3*median || median == 0 && last == 0 {
		return ""
	}
	return fmt.Sprintf("fee leg of day %d of %s is %d, its median of %d days is %d", day, t.def.ID, last, len(before), median)
}

// recordedFees reads the fee leg of the days up to day from the published records.
func (s *Service) recordedFees(t *track, day uint32) []uint64 {
	first := max(t.start, day-min(day, feeDays))
	days, err := s.store.Days(t.def.ID, first, int(day-first)+1)
	if err != nil {
		return nil
	}
	fees := []uint64{}
	for _, d := range days {
		if v, ok := recordNumber(d.Record, "i_"+index.LegFee); ok {
			fees = append(fees, v)
		}
	}
	return fees
}

// compare looks whether the oracles agree on a day.
func (s *Service) compare(t *track, day uint32, now int64) {
	if s.cfg.Federation == nil {
		return
	}
	said := ""
	for _, o := range occasions(t.def, day) {
		own, known, err := s.ownValue(o.id)
		if err == nil && known && s.contradicted(o.id, own) {
			said = s.dissent(o.id)
			break
		}
	}
	s.alarms.set(now, AlarmDissent, t.def.ID, said)
}

// dissent describes a disagreement, after verifying what everybody said.
func (s *Service) dissent(id string) string {
	report, err := s.tally(id)
	if err != nil {
		return err.Error()
	}
	if !report.Dissent() && len(report.Faults) == 0 {
		return ""
	}
	return report.String()
}

// compareWithChain reads a day that was attested again and compares it with the
// record: a reorganisation may have replaced it. The attestation stands.
func (s *Service) compareWithChain(ctx context.Context, t *track, day uint32, found status) {
	reading, err := t.source.Read(ctx, day)
	if err != nil {
		return // that the source fails is an alarm of its own
	}
	t.checked = found.node.Hash
	said := ""
	d, err := s.store.Day(t.def.ID, day)
	if err != nil {
		return
	}
	for i, leg := range t.def.Legs {
		if v, ok := recordNumber(d.Record, "i_"+leg); ok && v != reading.Values[i] {
			said = fmt.Sprintf("day %d of %s was attested with %s %d, its source now says %d; the attestation stands", day, t.def.ID, leg, v, reading.Values[i])
		}
	}
	s.alarms.set(found.now, AlarmReorg, t.def.ID, said)
}

package federation

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/alkimiya/alkimiya/oracle/attest"
)

// Reasons why what an oracle said is not counted; others are those of
// oracle/attest.
var (
	// ErrNoAnnouncement: an attestation came without the announcement it belongs
	// to.
	ErrNoAnnouncement = errors.New("attestation without its announcement")
	// ErrUnlike: the oracle announced the event otherwise than the others: another
	// maturity or descriptor.
	ErrUnlike = errors.New("event announced otherwise than by the others")
	// ErrForeign: a message of a key that is not in the set.
	ErrForeign = errors.New("oracle is not in the set")
	// ErrEquivocation: the oracle attested two values of one event.
	ErrEquivocation = errors.New("oracle attested two values")
)

// A Voice is what is known of one oracle about one event.
type Voice struct {
	// Announcement is the oracle's, nil if none is known.
	Announcement *attest.Announcement
	// Attestations are all that were found, from all places; usually none or one.
	Attestations []attest.Attestation
}

// A Statement is one oracle's value of an event.
type Statement struct {
	// Oracle is the oracle's place in the set.
	Oracle int
	// Value is what it attested.
	Value uint64
	// Attestation is the message.
	Attestation attest.Attestation
}

// A Fault is an oracle's message that was not counted, and why.
type Fault struct {
	// Oracle is the oracle's place in the set, -1 for a stranger.
	Oracle int
	// Err is the reason.
	Err error
}

// A Report is what a set of oracles has said of one event.
type Report struct {
	// EventID names the event.
	EventID string
	// Agreed says that at least t oracles attested Value, and no t others another
	// value.
	Agreed bool
	// Value is what they attested; 0 unless Agreed.
	Value uint64
	// Use is the combination to settle with: the t agreeing oracles of lowest
	// places, ascending. It is nil unless Agreed.
	Use []int
	// Statements are all valid attestations, ascending by oracle, those of
	// oracles that attested two values left out.
	Statements []Statement
	// Silent are the oracles of which no valid attestation is known, ascending.
	Silent []int
	// Faults are the messages that were not counted.
	Faults []Fault
	// Evidence proves the equivocations among the faults.
	Evidence []attest.Evidence
}

// Dissent says that two oracles of the set attested different values.
func (r Report) Dissent() bool {
	return slices.ContainsFunc(r.Statements, func(s Statement) bool { return s.Value != r.Statements[0].Value })
}

// Dissenting returns the oracles whose value is not the agreed one, ascending; all
// that attested if none is agreed and they differ.
func (r Report) Dissenting() []int {
	var out []int
	for _, s := range r.Statements {
		if r.Agreed && s.Value != r.Value || !r.Agreed && r.Dissent() {
			out = append(out, s.Oracle)
		}
	}
	return out
}

// String describes the report in one line, for a log or an alarm.
func (r Report) String() string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "event %q: ", r.EventID)
	if r.Agreed {
		fmt.Fprintf(&b, "agreed on %d", r.Value)
	} else {
		b.WriteString("not agreed")
	}
	for _, s := range r.Statements {
		if !r.Agreed || s.Value != r.Value {
			fmt.Fprintf(&b, ", oracle %d says %d", s.Oracle, s.Value)
		}
	}
	if len(r.Silent) > 0 {
		fmt.Fprintf(&b, ", silent %v", r.Silent)
	}
	for _, f := range r.Faults {
		fmt.Fprintf(&b, ", oracle %d: %v", f.Oracle, f.Err)
	}
	return b.String()
}

// Tally verifies what is known of one event and says what the set has said. voices
// are matched to oracles by the keys in the messages, in any order; what does not
// verify under D2, is of another event, base or key, or unlike the others'
// announcement, is a Fault and counts for nothing. The first valid announcement in
// key order, or the one more oracles share, is what the others are compared with.
func (s Set) Tally(eventID string, voices []Voice) Report {
	r := Report{EventID: eventID}
	byOracle := make([]Voice, s.Len())
	for _, v := range voices {
		s.sort(&r, byOracle, v)
	}
	s.checkAnnouncements(&r, byOracle)
	for o, v := range byOracle {
		s.hear(&r, o, v)
	}
	s.conclude(&r)
	return r
}

// sort adds a voice to that of its oracle.
func (s Set) sort(r *Report, byOracle []Voice, v Voice) {
	if a := v.Announcement; a != nil {
		o, ok := s.Index(a.Key)
		if !ok {
			r.Faults = append(r.Faults, Fault{-1, fmt.Errorf("%w: announcement of %x", ErrForeign, a.Key[:4])})
			return
		}
		byOracle[o].Announcement = a
	}
	for _, b := range v.Attestations {
		o, ok := s.Index(b.Key)
		if !ok {
			r.Faults = append(r.Faults, Fault{-1, fmt.Errorf("%w: attestation of %x", ErrForeign, b.Key[:4])})
			continue
		}
		byOracle[o].Attestations = append(byOracle[o].Attestations, b)
	}
}

// checkAnnouncements drops announcements that do not verify or that most others
// contradict.
func (s Set) checkAnnouncements(r *Report, byOracle []Voice) {
	counts := map[frame]int{}
	for o := range byOracle {
		a := byOracle[o].Announcement
		if a == nil {
			continue
		}
		if err := checkAnnouncement(r.EventID, *a); err != nil {
			r.Faults = append(r.Faults, Fault{o, err})
			byOracle[o].Announcement = nil
			continue
		}
		counts[frameOf(*a)]++
	}
	var usual frame
	for _, v := range byOracle {
		if v.Announcement == nil {
			continue
		}
		if f := frameOf(*v.Announcement); counts[f] > counts[usual] {
			usual = f
		}
	}
	for o, v := range byOracle {
		if v.Announcement != nil && frameOf(*v.Announcement) != usual {
			r.Faults = append(r.Faults, Fault{o, ErrUnlike})
			byOracle[o].Announcement = nil
		}
	}
}

// A frame is what all oracles must announce alike.
type frame struct {
	maturity uint32
	digits   attest.DigitEvent
}

func frameOf(a attest.Announcement) frame {
	d, _ := a.Event.Descriptor.(attest.DigitEvent)
	return frame{maturity: a.Event.Maturity, digits: d}
}

func checkAnnouncement(eventID string, a attest.Announcement) error {
	if a.Event.ID != eventID {
		return fmt.Errorf("announcement: %w differs", attest.ErrEventID)
	}
	d, ok := a.Event.Descriptor.(attest.DigitEvent)
	if !ok || d.Base != 2 || d.Signed {
		return fmt.Errorf("announcement: %w: not an unsigned number of base 2", attest.ErrDescriptor)
	}
	dialect, err := a.Verify()
	if err != nil {
		return fmt.Errorf("announcement: %w", err)
	}
	if dialect != attest.D2 {
		return fmt.Errorf("announcement: %w: %v", attest.ErrDialect, dialect)
	}
	return nil
}

// hear verifies what oracle o attested.
func (s Set) hear(r *Report, o int, v Voice) {
	var first *attest.Attestation
	var value uint64
	for i := range v.Attestations {
		b := &v.Attestations[i]
		x, err := accept(v.Announcement, *b)
		switch {
		case err != nil:
			r.Faults = append(r.Faults, Fault{o, err})
		case first == nil:
			first, value = b, x
		case x != value:
			r.Faults = append(r.Faults, Fault{o, ErrEquivocation})
			r.Silent = append(r.Silent, o)
			if e, err := attest.Equivocation(*v.Announcement, *first, *b); err == nil {
				r.Evidence = append(r.Evidence, e)
			}
			return
		}
	}
	if first == nil {
		r.Silent = append(r.Silent, o)
		return
	}
	r.Statements = append(r.Statements, Statement{Oracle: o, Value: value, Attestation: *first})
}

func accept(a *attest.Announcement, b attest.Attestation) (uint64, error) {
	if a == nil {
		return 0, ErrNoAnnouncement
	}
	if err := a.Accept(attest.D2, b); err != nil {
		return 0, err
	}
	return b.Number()
}

// conclude counts equal values.
func (s Set) conclude(r *Report) {
	groups := map[uint64][]int{}
	for _, st := range r.Statements {
		groups[st.Value] = append(groups[st.Value], st.Oracle)
	}
	enough := 0
	for value, oracles := range groups {
		if len(oracles) >= s.threshold {
			enough++
			r.Value, r.Use = value, oracles[:s.threshold]
		}
	}
	r.Agreed = enough == 1
	if !r.Agreed {
		r.Value, r.Use = 0, nil
	}
}

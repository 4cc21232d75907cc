package contract

import (
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/alkimiya/alkimiya/oracle/attest"
)

// Attested returns the outcome that t oracles attested, the first that they
// agreed on, and those oracles in ascending order; nil and false if there is
// none yet.
func (s State) Attested() (oracles []uint8, ok bool) {
	threshold := int(s.Threshold)
	for i := range s.Attestations {
		oracles = oracles[:0]
		for _, a := range s.Attestations[:i+1] {
			if a.Outcome == s.Attestations[i].Outcome {
				oracles = append(oracles, a.Oracle)
			}
		}
		if threshold > 0 && len(oracles) == threshold {
			slices.Sort(oracles)
			return oracles, true
		}
	}
	return nil, false
}

// Outcome returns the outcome that t oracles attested.
func (s State) Outcome() (outcome uint64, ok bool) {
	oracles, ok := s.Attested()
	if !ok {
		return 0, false
	}
	for _, a := range s.Attestations {
		if a.Oracle == oracles[0] {
			outcome = a.Outcome
		}
	}
	return outcome, true
}

// supports reports whether the attested outcome pays long to the long side.
func (s State) supports(deal *Deal, long uint64) bool {
	outcome, ok := s.Outcome()
	return ok && deal.Terms.Settled(outcome) == long
}

// attestation takes what one oracle attested. The first that is valid counts;
// another one of the same oracle is evidence against it.
func (d *step) attestation(e AttestationReceived) error {
	if d.s.OfferHash == [32]byte{} || d.s.Phase.Final() {
		return fmt.Errorf("%w: attestation in %s", ErrIllegal, d.s.Phase)
	}
	deal, err := d.agreed()
	if err != nil {
		return err
	}
	attestation, err := attest.DecodeAttestation(e.Message)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrAttestation, err)
	}
	o := slices.Index(deal.Terms.Oracles, attestation.Key)
	if o < 0 {
		return fmt.Errorf("%w: of another oracle", ErrAttestation)
	}
	announcement, err := attest.DecodeAnnouncement(deal.Offer.Announcements[o])
	if err != nil {
		return err
	}
	if err := announcement.Accept(attest.D2, attestation); err != nil {
		return fmt.Errorf("%w: %w", ErrAttestation, err)
	}
	digits := make([]uint8, 0, len(attestation.Outcomes))
	for _, digit := range attestation.Outcomes {
		digits = append(digits, digit[0]-'0')
	}
	known := Attestation{Oracle: uint8(o), Outcome: attest.Outcome(digits), Ref: sha256.Sum256(e.Message)} //nolint:gosec // o < 7
	for _, a := range d.s.Attestations {
		if a.Oracle == known.Oracle {
			return d.equivocation(a, known, e.Message)
		}
	}
	d.emit(StoreMessage{Ref: known.Ref, Data: e.Message})
	d.s.Attestations = appended(d.s.Attestations, known)
	d.dropExit()
	if d.s.Phase == Refunding {
		return d.askCET()
	}
	return d.resolve(deal)
}

// equivocation keeps the proof that an oracle signed two outcomes. The
// attestation stored first goes on counting.
func (d *step) equivocation(first, second Attestation, raw []byte) error {
	if first.Outcome == second.Outcome {
		return nil
	}
	d.emit(StoreMessage{Ref: second.Ref, Data: raw})
	d.emit(StoreEvidence{Oracle: first.Oracle, First: first.Ref, Second: second.Ref})
	d.emit(Alarm{Reason: Equivocation})
	return nil
}

// beginSettlement starts the timers of a settlement by agreement: the offerer
// proposes at once, the accepter after a silence, and after T_SETTLE the CET
// is used.
func (d *step) beginSettlement() error {
	now := d.s.Clock.Peer
	d.s.CETAsked = false
	d.s.ProposeAt = now
	if d.s.Role == Accepter {
		d.s.ProposeAt = now + int64(d.s.Params.TAnswer)
		d.emit(StartTimer{At: d.s.ProposeAt, Peer: true})
	}
	d.arm(d.s.Params.TSettle)
	return d.settle()
}

// settle proposes the close at the attested payout, and asks for the CET once
// that has had its time.
func (d *step) settle() error {
	d.voidClaims()
	now := d.s.Clock.Peer
	if d.s.ProposeAt != 0 && now >= d.s.ProposeAt {
		d.s.ProposeAt = 0
		if err := d.proposeSettlement(); err != nil {
			return err
		}
	}
	if now < d.s.Deadline {
		return nil
	}
	return d.askCET()
}

// askCET asks for the CET of the attested outcome once, and once more after a
// restart or a failure.
func (d *step) askCET() error {
	if d.s.CETAsked && d.kind != KindRestarted || len(d.s.CET) > 0 || !d.s.settleable() || d.s.CloseDepth() > 0 {
		return nil
	}
	outcome, ok := d.s.Outcome()
	if !ok {
		return nil
	}
	oracles, _ := d.s.Attested()
	d.s.CETAsked = true
	d.emit(CompleteCET{Outcome: outcome, Oracles: oracles})
	return nil
}

// cetReady takes the complete CET. It is checked against the attested payout
// and by the script interpreter before it leaves.
func (d *step) cetReady(e CETReady) error {
	if d.s.Phase.Final() || len(d.s.CET) > 0 {
		return nil // settled in another way meanwhile
	}
	outcome, ok := d.s.Outcome()
	if !ok {
		return fmt.Errorf("%w: CET without attestations", ErrOwn)
	}
	deal, err := d.agreed()
	if err != nil {
		return err
	}
	tx, err := parseTx(e.Tx)
	if err != nil {
		return fmt.Errorf("%w: CET: %w", ErrOwn, err)
	}
	if err := deal.checkCET(tx, deal.Terms.Settled(outcome)); err != nil {
		return fmt.Errorf("%w: CET: %w", ErrOwn, err)
	}
	d.s.CET = e.Tx
	// A close that is seen goes first; the CET is there if it vanishes.
	d.broadcastIf(d.s.FundingDepth() > 0 && d.s.settleable() && d.s.Phase != Closing, d.s.CET)
	return nil
}

// cetFailed raises the alarm and asks again with the next block. Once a block
// may hold the refund, that is better than nothing.
func (d *step) cetFailed() error {
	if !d.s.CETAsked || len(d.s.CET) > 0 || d.s.CloseDepth() > 0 || d.s.Phase.Final() {
		return nil // settled in another way meanwhile
	}
	d.s.CETAsked = false
	d.emit(Alarm{Reason: NoCET})
	if d.s.Phase != Attested {
		return nil
	}
	if err := d.refund(); err != nil {
		return err
	}
	return d.rebroadcast()
}

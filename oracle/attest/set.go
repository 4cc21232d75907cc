package attest

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/btcsuite/btcd/btcec/v2"
)

const (
	// MaxOracles is the greatest number of oracles of a contract.
	MaxOracles = 7
	// MaxDigits is the greatest number of binary digits of an outcome.
	MaxDigits = 32
)

// Want is what the terms of a contract demand of its announcements.
type Want struct {
	// Keys are the oracles' x-only keys, strictly ascending.
	Keys [][32]byte
	// Threshold is t, how many oracles must agree.
	Threshold int
	// EventID is the id of the event.
	EventID string
	// Unit is that of the index.
	Unit string
	// Digits is how many binary digits the outcome has.
	Digits int
}

// History is what a node has seen of the oracles on its allow-list. It is fed
// with validly signed announcements only.
type History interface {
	// EventHash returns the EventHash of the event that key announced under id,
	// and whether one is known.
	EventHash(key [32]byte, id string) ([32]byte, bool, error)
	// NonceHash returns the EventHash of the event in which key announced nonce,
	// and whether one is known.
	NonceHash(key, nonce [32]byte) ([32]byte, bool, error)
}

// A Set is the announcements of one event by the oracles of a contract, all
// checked, with what a contract derives from them. Oracles count from 0 in
// ascending order of their keys, digits from 0 with the most significant first. A
// Set is immutable and safe for concurrent use.
type Set struct {
	announcements []Announcement
	threshold     int
	hash          [32]byte
	weights       []btcec.ModNScalar
	keys          []btcec.JacobianPoint
	nonces        [][]btcec.JacobianPoint
	challenges    [][][2]btcec.ModNScalar
}

// CheckSet checks announcements, in key order, against what the terms want and
// what the node has seen (nil: nothing), by the list of PROTOCOL.md 6. Every
// error but one of history is an ErrBadOracle and names the oracle's index; the
// reason is ErrThreshold, ErrKey, ErrEventID, ErrDescriptor, ErrNonceCount,
// ErrMaturity, ErrNonceRepeated, ErrPoint, ErrSignature, ErrAmbiguous, ErrDialect,
// ErrTwoEvents or ErrWeight. Signatures are verified after all that is cheap.
func CheckSet(announcements []Announcement, want Want, history History) (*Set, error) {
	if err := checkShape(announcements, want); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBadOracle, err)
	}
	s := &Set{announcements: slices.Clone(announcements), threshold: want.Threshold}
	for o := range s.announcements {
		if err := s.derive(o); err != nil {
			return nil, fmt.Errorf("%w: oracle %d: %w", ErrBadOracle, o, err)
		}
	}
	if err := s.weigh(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBadOracle, err)
	}
	for o, a := range s.announcements {
		if err := checkHistory(a, history); err != nil {
			return nil, fmt.Errorf("oracle %d: %w", o, err)
		}
	}
	return s, nil
}

// checkShape makes the checks that cost no curve arithmetic.
func checkShape(announcements []Announcement, want Want) error {
	n := len(want.Keys)
	if n < 1 || n > MaxOracles || want.Threshold < 1 || want.Threshold > n || len(announcements) != n {
		return fmt.Errorf("%w: %d announcements, %d keys, threshold %d", ErrThreshold, len(announcements), n, want.Threshold)
	}
	if want.Digits < 1 || want.Digits > MaxDigits {
		return fmt.Errorf("%w: %d digits", ErrDescriptor, want.Digits)
	}
	descriptor := DigitEvent{Base: 2, Unit: want.Unit, Digits: uint16(want.Digits)}
	seen := make(map[[32]byte]bool, n*want.Digits)
	for o, a := range announcements {
		switch {
		case a.Key != want.Keys[o]:
			return fmt.Errorf("oracle %d: %w differs from the terms", o, ErrKey)
		case o > 0 && slices.Compare(want.Keys[o-1][:], a.Key[:]) >= 0:
			return fmt.Errorf("oracle %d: %w not in ascending order", o, ErrKey)
		case a.Event.ID != want.EventID || len(a.Event.ID) > MaxString:
			return fmt.Errorf("oracle %d: %w differs from the terms", o, ErrEventID)
		case len(want.Unit) > MaxString || !isDigits(a.Event.Descriptor, descriptor):
			return fmt.Errorf("oracle %d: %w differs from the terms", o, ErrDescriptor)
		case len(a.Event.Nonces) != want.Digits:
			return fmt.Errorf("oracle %d: %w", o, ErrNonceCount)
		case a.Event.Maturity != announcements[0].Event.Maturity:
			return fmt.Errorf("oracle %d: %w", o, ErrMaturity)
		}
		for i, r := range a.Event.Nonces {
			if seen[r] {
				return fmt.Errorf("oracle %d: nonce %d: %w", o, i, ErrNonceRepeated)
			}
			seen[r] = true
		}
	}
	return nil
}

// isDigits says whether d is the digit event want.
func isDigits(d Descriptor, want DigitEvent) bool {
	digits, ok := d.(DigitEvent)
	return ok && digits == want
}

// checkHistory looks for what the oracle announced before: a nonce of this event
// in another one, or another event under this id.
func checkHistory(a Announcement, history History) error {
	if history == nil {
		return nil
	}
	hash := a.EventHash()
	other, known, err := history.EventHash(a.Key, a.Event.ID)
	if err != nil {
		return fmt.Errorf("look up event: %w", err)
	}
	if known && other != hash {
		return fmt.Errorf("%w: %w", ErrBadOracle, ErrTwoEvents)
	}
	for i, r := range a.Event.Nonces {
		other, known, err := history.NonceHash(a.Key, r)
		if err != nil {
			return fmt.Errorf("look up nonce: %w", err)
		}
		if known && other != hash {
			return fmt.Errorf("%w: nonce %d: %w", ErrBadOracle, i, ErrNonceRepeated)
		}
	}
	return nil
}

// derive verifies the announcement of oracle o and computes its points and
// challenges.
func (s *Set) derive(o int) error {
	a := &s.announcements[o]
	d, err := a.Verify()
	if err != nil {
		return err
	}
	if d != D2 {
		return fmt.Errorf("%w: %v, must be %v", ErrDialect, d, D2)
	}
	key, _ := LiftX(&a.Key)
	s.keys = append(s.keys, key)
	m := [2][32]byte{D2.OutcomeHash("0"), D2.OutcomeHash("1")}
	nonces := make([]btcec.JacobianPoint, len(a.Event.Nonces))
	challenges := make([][2]btcec.ModNScalar, len(a.Event.Nonces))
	for i := range a.Event.Nonces {
		r := &a.Event.Nonces[i]
		nonces[i], _ = LiftX(r)
		for v := range m {
			challenges[i][v] = Challenge(r, &a.Key, &m[v])
		}
	}
	s.nonces = append(s.nonces, nonces)
	s.challenges = append(s.challenges, challenges)
	return nil
}

// weigh computes the set's hash L and the oracles' weights.
func (s *Set) weigh() error {
	parts := make([][]byte, len(s.announcements))
	for o, a := range s.announcements {
		parts[o] = a.Encode()
	}
	s.hash = tagSet.sum(parts...)
	s.weights = make([]btcec.ModNScalar, len(s.announcements))
	for o := range s.weights {
		if s.threshold == 1 || len(s.announcements) == 1 {
			s.weights[o].SetInt(1)
			continue
		}
		h := tagWeight.sum(s.hash[:], binary.BigEndian.AppendUint16(nil, uint16(o)))
		s.weights[o].SetBytes(&h)
		if s.weights[o].IsZero() {
			return fmt.Errorf("oracle %d: %w", o, ErrWeight)
		}
	}
	return nil
}

// CheckAllowed fails with ErrOracleDeclined unless allowed says yes to every key.
func (s *Set) CheckAllowed(allowed func(key [32]byte) bool) error {
	for o, a := range s.announcements {
		if !allowed(a.Key) {
			return fmt.Errorf("oracle %d: %w", o, ErrOracleDeclined)
		}
	}
	return nil
}

// CheckOpen fails with ErrEventPast if an attestation of the event is known, or
// if at now (Unix seconds) it is less than lead seconds from maturity. It is to be
// called again at accept and at sign.
func (s *Set) CheckOpen(now, lead uint64, attested bool) error {
	if attested {
		return fmt.Errorf("%w: attested", ErrEventPast)
	}
	maturity := uint64(s.Maturity())
	if now > maturity || maturity-now < lead {
		return fmt.Errorf("%w: maturity %d, now %d", ErrEventPast, maturity, now)
	}
	return nil
}

// Len returns n_o, the number of oracles.
func (s *Set) Len() int { return len(s.announcements) }

// Threshold returns t, the number of oracles that must agree.
func (s *Set) Threshold() int { return s.threshold }

// Digits returns D, the number of binary digits of an outcome.
func (s *Set) Digits() int { return len(s.nonces[0]) }

// EventID returns the id of the event.
func (s *Set) EventID() string { return s.announcements[0].Event.ID }

// Maturity returns the event's maturity in Unix seconds.
func (s *Set) Maturity() uint32 { return s.announcements[0].Event.Maturity }

// Announcement returns that of oracle o. Its slices must not be written to.
func (s *Set) Announcement(o int) Announcement { return s.announcements[o] }

// Hash returns L, which commits to every byte of the announcements.
func (s *Set) Hash() [32]byte { return s.hash }

// Weight returns the weight of oracle o, never 0.
func (s *Set) Weight(o int) btcec.ModNScalar { return s.weights[o] }

// Weights returns the weights of all oracles.
func (s *Set) Weights() []btcec.ModNScalar { return slices.Clone(s.weights) }

// KeyPoint returns lift_x(V) of oracle o, affine.
func (s *Set) KeyPoint(o int) btcec.JacobianPoint { return s.keys[o] }

// NoncePoint returns lift_x(R) of oracle o at digit i, affine.
func (s *Set) NoncePoint(o, i int) btcec.JacobianPoint { return s.nonces[o][i] }

// Challenge returns the challenge of oracle o for the value v (0 or 1) of digit i.
func (s *Set) Challenge(o, i, v int) btcec.ModNScalar { return s.challenges[o][i][v] }

// DigitPoint returns the attestation point S of oracle o for the value v (0 or 1)
// of digit i, without weight, affine or infinity.
func (s *Set) DigitPoint(o, i, v int) btcec.JacobianPoint {
	return digitPoint(&s.nonces[o][i], &s.challenges[o][i][v], &s.keys[o])
}

// Accept checks an attestation of oracle o (Announcement.Accept) and returns the
// outcome's digits, most significant first, each 0 or 1.
func (s *Set) Accept(o int, b Attestation) ([]uint8, error) {
	if err := s.announcements[o].Accept(D2, b); err != nil {
		return nil, fmt.Errorf("oracle %d: %w", o, err)
	}
	digits := make([]uint8, len(b.Outcomes))
	for i, v := range b.Outcomes {
		digits[i] = v[0] - '0'
	}
	return digits, nil
}

// Agree returns the t oracles of lowest indices whose accepted outcomes are
// equal, and false if there are no such t. outcomes has one entry for each oracle,
// as Accept returned it, nil if there is none.
func (s *Set) Agree(outcomes [][]uint8) (oracles []int, ok bool) {
	for first, digits := range outcomes {
		if digits == nil {
			continue
		}
		oracles = oracles[:0]
		for o := first; o < len(outcomes); o++ {
			if outcomes[o] != nil && slices.Equal(outcomes[o], digits) {
				oracles = append(oracles, o)
			}
			if len(oracles) == s.threshold {
				return oracles, true
			}
		}
	}
	return nil, false
}

// Outcome returns the number that digits, most significant first, stand for.
func Outcome(digits []uint8) uint64 {
	var x uint64
	for _, d := range digits {
		x = x<<1 | uint64(d)
	}
	return x
}

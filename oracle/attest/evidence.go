package attest

import (
	"fmt"

	"github.com/btcsuite/btcd/btcec/v2"

	"github.com/alkimiya/alkimiya/internal/tlv"
)

// An EvidenceKind is a way in which an oracle can be shown to be faulty.
type EvidenceKind uint8

const (
	// KindEquivocation is two outcomes of one event attested. It gives away the
	// oracle's secret key.
	KindEquivocation EvidenceKind = 1
	// KindNonceReuse is two events announced with a common nonce.
	KindNonceReuse EvidenceKind = 2
)

// String returns what the kind is evidence of.
func (k EvidenceKind) String() string {
	switch k {
	case KindEquivocation:
		return "equivocation"
	case KindNonceReuse:
		return "nonce reuse"
	default:
		return fmt.Sprintf("evidence kind %d", uint8(k))
	}
}

const (
	evidenceMagic   = "ALKE"
	evidenceVersion = 1
	// MaxEvidence is the greatest length of evidence in bytes.
	MaxEvidence = 6 + 4*3 + 2*MaxAnnouncement + 2*MaxAttestation
)

// Evidence shows to anyone, offline, that an oracle is faulty. It carries
// messages as the oracle published them; Verify says whether they prove anything.
type Evidence struct {
	// Kind says what is claimed.
	Kind EvidenceKind
	// Announcements are the TLV bytes of the announcements; the second is empty
	// for KindEquivocation.
	Announcements [2][]byte
	// Attestations are the TLV bytes of the attestations; both are empty for
	// KindNonceReuse.
	Attestations [2][]byte
}

// A Proof is what valid evidence proves.
type Proof struct {
	// Kind is that of the evidence.
	Kind EvidenceKind
	// Key is the faulty oracle's x-only key.
	Key [32]byte
	// Secret is the oracle's secret key d, with d*G = lift_x(Key), for
	// KindEquivocation; nil for KindNonceReuse. By then it is public.
	Secret *btcec.ModNScalar
}

// Equivocation returns evidence that the oracle of a attested two outcomes of
// one event. It fails as Evidence.Verify does.
func Equivocation(a Announcement, first, second Attestation) (Evidence, error) {
	e := Evidence{
		Kind:          KindEquivocation,
		Announcements: [2][]byte{a.Encode(), nil},
		Attestations:  [2][]byte{first.Encode(), second.Encode()},
	}
	_, err := e.Verify()
	return e, err
}

// NonceReuse returns evidence that an oracle announced two events with a common
// nonce. It fails as Evidence.Verify does.
func NonceReuse(first, second Announcement) (Evidence, error) {
	e := Evidence{Kind: KindNonceReuse, Announcements: [2][]byte{first.Encode(), second.Encode()}}
	_, err := e.Verify()
	return e, err
}

// Encode returns the evidence in the form of PROTOCOL.md 15.
func (e Evidence) Encode() []byte {
	w := tlv.NewWriter(6 + 4*3 + len(e.Announcements[0]) + len(e.Announcements[1]) + len(e.Attestations[0]) + len(e.Attestations[1]))
	w.Raw([]byte(evidenceMagic))
	w.U8(evidenceVersion)
	w.U8(uint8(e.Kind))
	w.VarBytes(e.Announcements[0])
	w.VarBytes(e.Announcements[1])
	w.VarBytes(e.Attestations[0])
	w.VarBytes(e.Attestations[1])
	return w.Bytes()
}

// DecodeEvidence reads evidence of at most MaxEvidence bytes and nothing after
// it. It checks the form alone: Verify does the rest. It fails with ErrEvidence on
// another magic number, version or kind, else with the errors of internal/tlv.
func DecodeEvidence(b []byte) (e Evidence, err error) {
	if len(b) > MaxEvidence {
		return e, tlv.Field("evidence", tlv.ErrTooLong)
	}
	r := tlv.NewReader(b)
	var head [6]byte
	if err := r.Fill(head[:]); err != nil {
		return e, tlv.Field("evidence", err)
	}
	e.Kind = EvidenceKind(head[5])
	known := e.Kind == KindEquivocation || e.Kind == KindNonceReuse
	if string(head[:4]) != evidenceMagic || head[4] != evidenceVersion || !known {
		return e, fmt.Errorf("%w: unknown form", ErrEvidence)
	}
	for i := range e.Announcements {
		if e.Announcements[i], err = r.VarBytes(MaxAnnouncement); err != nil {
			return e, tlv.Field("announcement", err)
		}
	}
	for i := range e.Attestations {
		if e.Attestations[i], err = r.VarBytes(MaxAttestation); err != nil {
			return e, tlv.Field("attestation", err)
		}
	}
	return e, tlv.Field("evidence", r.Done())
}

// Verify checks the messages and that they prove what Kind claims. It fails with
// ErrEvidence if they do not, or with what is wrong with a message.
func (e Evidence) Verify() (Proof, error) {
	switch e.Kind {
	case KindEquivocation:
		return e.verifyEquivocation()
	case KindNonceReuse:
		return e.verifyNonceReuse()
	default:
		return Proof{}, fmt.Errorf("%w: unknown kind", ErrEvidence)
	}
}

// verifiedAnnouncement decodes and verifies announcement i.
func (e Evidence) verifiedAnnouncement(i int) (Announcement, Dialect, error) {
	a, err := DecodeAnnouncement(e.Announcements[i])
	if err != nil {
		return a, 0, fmt.Errorf("announcement %d: %w", i+1, err)
	}
	d, err := a.Verify()
	if err != nil {
		return a, 0, fmt.Errorf("announcement %d: %w", i+1, err)
	}
	return a, d, nil
}

func (e Evidence) verifyEquivocation() (Proof, error) {
	if len(e.Announcements[1]) != 0 {
		return Proof{}, fmt.Errorf("%w: second announcement not empty", ErrEvidence)
	}
	a, d, err := e.verifiedAnnouncement(0)
	if err != nil {
		return Proof{}, err
	}
	var b [2]Attestation
	for i := range b {
		if b[i], err = DecodeAttestation(e.Attestations[i]); err != nil {
			return Proof{}, fmt.Errorf("attestation %d: %w", i+1, err)
		}
		if err = a.Accept(d, b[i]); err != nil {
			return Proof{}, fmt.Errorf("attestation %d: %w", i+1, err)
		}
	}
	for i := range b[0].Outcomes {
		if b[0].Outcomes[i] == b[1].Outcomes[i] {
			continue
		}
		secret, err := extractKey(a, d, b, i)
		if err != nil {
			return Proof{}, err
		}
		return Proof{Kind: e.Kind, Key: a.Key, Secret: secret}, nil
	}
	return Proof{}, fmt.Errorf("%w: the attestations do not differ", ErrEvidence)
}

// extractKey returns d = (s_1 - s_2)/(e_1 - e_2) mod n at position i, checked
// against the oracle's key.
func extractKey(a Announcement, dialect Dialect, b [2]Attestation, i int) (*btcec.ModNScalar, error) {
	var s, e [2]btcec.ModNScalar
	for j := range b {
		s[j] = b[j].Secret(i)
		m := dialect.OutcomeHash(b[j].Outcomes[i])
		e[j] = Challenge(&a.Event.Nonces[i], &a.Key, &m)
	}
	s[0].Add(s[1].Negate())
	e[0].Add(e[1].Negate())
	secret := s[0].Mul(e[0].InverseNonConst())
	var p btcec.JacobianPoint
	btcec.ScalarBaseMultNonConst(secret, &p)
	p.ToAffine()
	if *p.X.Bytes() != a.Key {
		return nil, fmt.Errorf("%w: extracted secret does not fit the key", ErrEvidence)
	}
	return secret, nil
}

func (e Evidence) verifyNonceReuse() (Proof, error) {
	if len(e.Attestations[0]) != 0 || len(e.Attestations[1]) != 0 {
		return Proof{}, fmt.Errorf("%w: attestations not empty", ErrEvidence)
	}
	a, _, err := e.verifiedAnnouncement(0)
	if err != nil {
		return Proof{}, err
	}
	b, _, err := e.verifiedAnnouncement(1)
	if err != nil {
		return Proof{}, err
	}
	if a.Key != b.Key {
		return Proof{}, fmt.Errorf("%w: announcements of two keys", ErrEvidence)
	}
	if a.EventHash() == b.EventHash() {
		return Proof{}, fmt.Errorf("%w: the events are the same", ErrEvidence)
	}
	used := make(map[[32]byte]bool, len(a.Event.Nonces))
	for _, r := range a.Event.Nonces {
		used[r] = true
	}
	for _, r := range b.Event.Nonces {
		if used[r] {
			return Proof{Kind: e.Kind, Key: a.Key}, nil
		}
	}
	return Proof{}, fmt.Errorf("%w: no common nonce", ErrEvidence)
}

package attest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/alkimiya/alkimiya/internal/secp"
	"github.com/alkimiya/alkimiya/internal/tlv"
)

// ErrSecret says that an oracle's secret is zero or not below the group order, its seed is
// zero, or a derived nonce is zero, which happens to nobody.
var ErrSecret = errors.New("oracle secret out of range")

// redacted is what a Signer prints as.
const redacted = "[secret]"

var (
	tagDerived = newTag("alkimiya/oracle-nonce")
	tagFrame   = newTag("alkimiya/oracle-event")
)

// A Signer speaks as one oracle key. All it returns is a function of its secrets
// and the arguments: the same event gives the same announcement, the same event
// and outcome the same attestation, on every machine and after every restore.
//
// It keeps no record of what it signed. Two outcomes of one event give the key
// away, so only oracle/store, which writes down what was signed before anybody
// sees it, may decide that Attest is called.
//
// Secrets steer no branch and no index. A Signer is immutable and safe for
// concurrent use until Wipe; it prints as "[secret]".
type Signer struct {
	secret *signerSecret
	key    [32]byte
}

type signerSecret struct {
	key  [32]byte
	d    secp.Scalar // of the public key with even y
	seed [32]byte
}

// NewSigner returns the signer of a secret key and of the seed that its nonces are
// derived from. It fails with ErrSecret.
func NewSigner(secret, seed [32]byte) (*Signer, error) {
	s := &Signer{secret: &signerSecret{key: secret, seed: seed}}
	d := &s.secret.d
	if !d.SetBytes(&secret) || d.IsZero() || seed == [32]byte{} {
		return nil, ErrSecret
	}
	p := secp.BaseMult(d)
	s.key = p.XOnly()
	negateIf(d, p.IsOdd())
	return s, nil
}

// Key returns the oracle's x-only public key V.
func (s *Signer) Key() [32]byte { return s.key }

// Wipe overwrites the secrets. Nothing may be signed afterwards.
func (s *Signer) Wipe() { *s.secret = signerSecret{} }

// Format implements fmt.Formatter and prints "[secret]" for every verb. A State
// that cannot be written to has nowhere to leak to.
func (s *Signer) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// negateIf negates d if odd.
func negateIf(d *secp.Scalar, odd bool) {
	if odd { // the parity of a public point
		d.Negate(d)
	}
}

// Event returns the event of an id with its nonces, one for each value that the
// descriptor demands. Nonces are derived from seed, key, id, maturity and
// descriptor together, so that events which differ in any of them share none. It
// fails with ErrDescriptor, or with the errors of DecodeEvent if no message can
// carry the event.
func (s *Signer) Event(id string, d Descriptor, maturity uint32) (Event, error) {
	e := Event{Maturity: maturity, Descriptor: d, ID: id}
	if d == nil {
		return e, fmt.Errorf("event %q: %w: none", id, ErrDescriptor)
	}
	if err := d.check(); err != nil {
		return e, fmt.Errorf("event %q: %w", id, err)
	}
	// Before any nonce is made; 32 bytes for each are still to come.
	if frame := e.Encode(); len(frame)+32*d.nonces() > MaxAnnouncement-128 {
		return e, fmt.Errorf("event %q: %w", id, tlv.Field("announcement", tlv.ErrTooLong))
	}
	k, err := s.nonces(e, d.nonces())
	if err != nil {
		return e, err
	}
	defer clear(k)
	points := make([]secp.Point, len(k))
	secp.BaseMultBatch(points, k)
	e.Nonces = make([][32]byte, len(k))
	for i := range points {
		e.Nonces[i] = points[i].XOnly()
	}
	_, err = DecodeEvent(e.Encode())
	return e, err
}

// nonces derives the n nonce secrets of an event, nonce i as
// int(H_{alkimiya/oracle-nonce}(seed || V || H_{alkimiya/oracle-event}(event without nonces) || u16 i)) mod n.
func (s *Signer) nonces(e Event, n int) ([]secp.Scalar, error) {
	e.Nonces = nil
	frame := tagFrame.sum(e.Encode())
	list := make([]secp.Scalar, n)
	for i := range list {
		h := tagDerived.sum(s.secret.seed[:], s.key[:], frame[:], binary.BigEndian.AppendUint16(nil, uint16(i)))
		list[i].SetBytes(&h)
		clear(h[:])
		if list[i].IsZero() {
			clear(list)
			return nil, fmt.Errorf("event %q: nonce %d: %w", e.ID, i, ErrSecret)
		}
	}
	return list, nil
}

// Announce returns the announcement, in dialect D2, of the event that Event makes.
// Its own signature has been verified. It fails as Event does.
func (s *Signer) Announce(id string, d Descriptor, maturity uint32) (Announcement, error) {
	e, err := s.Event(id, d, maturity)
	if err != nil {
		return Announcement{}, err
	}
	a := Announcement{Key: s.key, Event: e}
	if a.Signature, err = s.sign(D2.AnnouncementHash(e), [32]byte{}); err != nil {
		return a, err
	}
	got, err := a.Verify()
	if err == nil && got != D2 {
		err = ErrDialect
	}
	if err != nil {
		return Announcement{}, fmt.Errorf("verify own announcement of %q: %w", id, err)
	}
	return a, nil
}

// Attest returns the attestation of an outcome, one value for each nonce, of an
// event that this signer announced; its signatures have been verified. It fails
// with ErrKey, with ErrNonce if the nonces are not those it derives, or as Accept
// does.
//
// The caller has made sure that no other outcome of the event was or will be
// attested: see Signer.
func (s *Signer) Attest(a Announcement, outcomes []string) (Attestation, error) {
	if a.Key != s.key {
		return Attestation{}, fmt.Errorf("attest %q: %w is another oracle's", a.Event.ID, ErrKey)
	}
	if err := a.Event.check(); err != nil {
		return Attestation{}, fmt.Errorf("attest %q: %w", a.Event.ID, err)
	}
	if len(outcomes) != len(a.Event.Nonces) {
		return Attestation{}, fmt.Errorf("attest %q: %w: %d values", a.Event.ID, ErrOutcomes, len(outcomes))
	}
	b := Attestation{EventID: a.Event.ID, Key: s.key, Outcomes: outcomes, Signatures: make([][64]byte, len(outcomes))}
	k, err := s.nonces(a.Event, len(outcomes))
	if err != nil {
		return Attestation{}, err
	}
	defer clear(k)
	points := make([]secp.Point, len(k))
	secp.BaseMultBatch(points, k)
	for i, v := range outcomes {
		if !a.Event.Descriptor.has(i, v) {
			return Attestation{}, fmt.Errorf("attest %q: %w: outcome %d", a.Event.ID, ErrOutcomes, i)
		}
		if points[i].XOnly() != a.Event.Nonces[i] {
			return Attestation{}, fmt.Errorf("attest %q: nonce %d: %w", a.Event.ID, i, ErrNonce)
		}
		b.Signatures[i] = s.signWith(&k[i], &points[i], D2.OutcomeHash(v))
	}
	if err := a.Accept(D2, b); err != nil {
		return Attestation{}, fmt.Errorf("verify own attestation of %q: %w", a.Event.ID, err)
	}
	return b, nil
}

// sign returns the BIP340 signature of m, whose nonce is a function of the key, m
// and aux. Announcements and marks take 32 zero bytes, so that they come out the
// same again. It fails with ErrSecret after Wipe.
func (s *Signer) sign(m, aux [32]byte) ([64]byte, error) {
	sig, err := secp.Sign(&s.secret.key, &m, &aux)
	if err != nil {
		return sig, fmt.Errorf("%w: %w", ErrSecret, err)
	}
	return sig, nil
}

// signWith returns the BIP340 signature of m with nonce k or -k, whichever has a
// point of even y, given r = k*G, and wipes k.
func (s *Signer) signWith(k *secp.Scalar, r *secp.Point, m [32]byte) (sig [64]byte) {
	rx := r.XOnly()
	negateIf(k, r.IsOdd())
	h := secp.NewHasher()
	e := h.Challenge(&rx, &s.key, &m)
	e.Mul(&e, &s.secret.d)
	k.Add(k, &e)
	sum := k.Bytes()
	copy(sig[:], rx[:])
	copy(sig[32:], sum[:])
	clear(k[:])
	clear(e[:])
	return sig
}

// Digits returns the n binary digits of x, most significant first, as an oracle
// signs them; an x above 2^n - 1 gives those of 2^n - 1. n is at most MaxDigits.
func Digits(x uint64, n int) []string {
	x = min(x, 1<<n-1)
	digits := make([]string, n)
	for i := range digits {
		digits[i] = strconv.FormatUint(x>>(n-1-i)&1, 10)
	}
	return digits
}

// Number returns the number that the outcomes stand for, of an accepted
// attestation of an unsigned event of base 2. It fails with ErrOutcomes on any
// other.
func (a Attestation) Number() (x uint64, err error) {
	if len(a.Outcomes) > 63 {
		return 0, fmt.Errorf("number of %q: %w: %d digits", a.EventID, ErrOutcomes, len(a.Outcomes))
	}
	for _, o := range a.Outcomes {
		if o != "0" && o != "1" {
			return 0, fmt.Errorf("number of %q: %w: not binary", a.EventID, ErrOutcomes)
		}
		x = x<<1 | uint64(o[0]-'0')
	}
	return x, nil
}

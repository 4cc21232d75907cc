package attest

import (
	"crypto/sha256"
	"fmt"

	"github.com/alkimiya/alkimiya/internal/secp"
	"github.com/alkimiya/alkimiya/internal/tlv"
)

// An Announcement is an event signed by an oracle before its outcome is known.
type Announcement struct {
	// Signature is BIP340 by Key over the event, hashed as the dialect says.
	Signature [64]byte
	// Key is the oracle's x-only public key V.
	Key [32]byte
	// Event is what is announced.
	Event Event
}

// Encode returns the announcement as TLV.
func (a Announcement) Encode() []byte {
	event := a.Event.Encode()
	v := tlv.NewWriter(64 + 32 + len(event))
	v.Raw(a.Signature[:])
	v.Raw(a.Key[:])
	v.Raw(event)
	w := tlv.NewWriter(v.Len() + 8)
	w.Record(typeAnnouncement, v.Bytes())
	return w.Bytes()
}

// DecodeAnnouncement reads an announcement TLV of at most MaxAnnouncement bytes
// and nothing after it. It fails with the errors of internal/tlv, naming the
// field, and checks no signature: Verify does. What it accepts, Encode writes
// back bit for bit.
func DecodeAnnouncement(b []byte) (a Announcement, err error) {
	if len(b) > MaxAnnouncement {
		return a, tlv.Field("announcement", tlv.ErrTooLong)
	}
	outer := tlv.NewReader(b)
	r, err := outer.Record(typeAnnouncement, MaxAnnouncement)
	if err != nil {
		return a, tlv.Field("announcement", err)
	}
	if err := outer.Done(); err != nil {
		return a, tlv.Field("announcement", err)
	}
	if err := r.Fill(a.Signature[:]); err != nil {
		return a, tlv.Field("signature", err)
	}
	if err := r.Fill(a.Key[:]); err != nil {
		return a, tlv.Field("oracle key", err)
	}
	if a.Event, err = readEvent(r); err != nil {
		return a, err
	}
	return a, tlv.Field("announcement", r.Done())
}

// EventHash returns the SHA256 of the event's TLV bytes. Two announcements of one
// key with equal hashes announce the same event.
func (a Announcement) EventHash() [32]byte { return sha256.Sum256(a.Event.Encode()) }

// Verify checks that the event is consistent, that its key and nonces are points,
// no nonce occurs twice, and the signature verifies under one dialect, which it
// returns. It fails with ErrDescriptor, ErrNonceCount, ErrNonceRepeated, ErrPoint,
// ErrSignature or ErrAmbiguous.
func (a Announcement) Verify() (Dialect, error) {
	if err := a.Event.check(); err != nil {
		return 0, err
	}
	seen := make(map[[32]byte]bool, len(a.Event.Nonces))
	for i, r := range a.Event.Nonces {
		if seen[r] {
			return 0, fmt.Errorf("nonce %d: %w", i, ErrNonceRepeated)
		}
		seen[r] = true
	}
	if _, ok := LiftX(&a.Key); !ok {
		return 0, fmt.Errorf("oracle key: %w", ErrPoint)
	}
	d, err := dialectOf(
		verifyBIP340(a.Signature, a.Key, D1.AnnouncementHash(a.Event)),
		verifyBIP340(a.Signature, a.Key, D2.AnnouncementHash(a.Event)),
	)
	if err != nil {
		return 0, fmt.Errorf("announcement: %w", err)
	}
	if i := secp.LiftAll(make([]secp.Point, len(a.Event.Nonces)), a.Event.Nonces); i < len(a.Event.Nonces) {
		return 0, fmt.Errorf("nonce %d: %w", i, ErrPoint)
	}
	return d, nil
}

// dialectOf names the dialect of a signature that verifies under D1 and D2 as
// given.
func dialectOf(d1, d2 bool) (Dialect, error) {
	switch {
	case d1 && d2:
		return 0, ErrAmbiguous
	case d1:
		return D1, nil
	case d2:
		return D2, nil
	default:
		return 0, ErrSignature
	}
}

// verifyBIP340 says whether sig is a signature of hash by the x-only key.
func verifyBIP340(sig [64]byte, key, hash [32]byte) bool { return secp.Verify(&key, &hash, &sig) }

package attest

import (
	"fmt"

	"github.com/btcsuite/btcd/btcec/v2"

	"github.com/alkimiya/alkimiya/internal/secp"
	"github.com/alkimiya/alkimiya/internal/tlv"
)

// An Attestation is an oracle's signature on the outcome of an event: one BIP340
// signature for each value, made with the announced nonces. Its s values are the
// secrets that settle contracts.
type Attestation struct {
	// EventID names the event, in form NFC.
	EventID string
	// Key is the oracle's x-only public key V.
	Key [32]byte
	// Signatures are R || s, one for each outcome.
	Signatures [][64]byte
	// Outcomes are the signed strings, in form NFC.
	Outcomes []string
	// Uncounted says that the outcomes were read, and are written, without their
	// u16 count. Some oracles publish that form; we only relay it.
	Uncounted bool
}

// Encode returns the attestation as TLV.
func (a Attestation) Encode() []byte {
	v := tlv.NewWriter(320 + 66*len(a.Signatures))
	v.String(a.EventID)
	v.Raw(a.Key[:])
	v.U16(uint16(len(a.Signatures))) //nolint:gosec // G115: MaxAttestation bytes hold fewer than 2^16 signatures
	for i := range a.Signatures {
		v.Raw(a.Signatures[i][:])
	}
	if !a.Uncounted {
		v.U16(uint16(len(a.Outcomes))) //nolint:gosec // G115: as above
	}
	for _, o := range a.Outcomes {
		v.String(o)
	}
	w := tlv.NewWriter(v.Len() + 8)
	w.Record(typeAttestation, v.Bytes())
	return w.Bytes()
}

// DecodeAttestation reads an attestation TLV of at most MaxAttestation bytes and
// nothing after it, with or without the count of outcomes. It fails with the
// errors of internal/tlv, naming the field, and with ErrOutcomes if there is not
// one outcome for each signature. It checks no signature: Announcement.Accept
// does. What it accepts, Encode writes back bit for bit.
func DecodeAttestation(b []byte) (a Attestation, err error) {
	if len(b) > MaxAttestation {
		return a, tlv.Field("attestation", tlv.ErrTooLong)
	}
	outer := tlv.NewReader(b)
	r, err := outer.Record(typeAttestation, MaxAttestation)
	if err != nil {
		return a, tlv.Field("attestation", err)
	}
	if err := outer.Done(); err != nil {
		return a, tlv.Field("attestation", err)
	}
	if a.EventID, err = r.String(MaxAnnouncement); err != nil {
		return a, tlv.Field("event id", err)
	}
	if err := r.Fill(a.Key[:]); err != nil {
		return a, tlv.Field("oracle key", err)
	}
	n, err := r.U16()
	if err != nil {
		return a, tlv.Field("signatures", err)
	}
	if int(n)*64 > r.Len() {
		return a, tlv.Field("signatures", tlv.ErrTruncated)
	}
	a.Signatures = make([][64]byte, n)
	for i := range a.Signatures {
		if err := r.Fill(a.Signatures[i][:]); err != nil {
			return a, tlv.Field("signatures", err)
		}
	}
	a.Outcomes, a.Uncounted, err = readOutcomes(r.Rest(), int(n))
	return a, tlv.Field("outcomes", err)
}

// readOutcomes reads n outcomes that fill b, with their count if it can be read
// so.
func readOutcomes(b []byte, n int) (outcomes []string, uncounted bool, err error) {
	r := tlv.NewReader(b)
	count, err := r.U16()
	if err == nil && int(count) != n {
		err = fmt.Errorf("%w: %d for %d signatures", ErrOutcomes, count, n)
	}
	if err == nil {
		outcomes, err = readStrings(r, n)
	}
	if err == nil {
		err = r.Done()
	}
	if err == nil {
		return outcomes, false, nil
	}
	r = tlv.NewReader(b)
	if outcomes, other := readStrings(r, n); other == nil && r.Done() == nil {
		return outcomes, true, nil
	}
	return nil, false, err
}

// Secret returns s of the i-th signature, which is below the group order if the
// attestation was accepted.
func (a Attestation) Secret(i int) (s btcec.ModNScalar) {
	s.SetByteSlice(a.Signatures[i][32:])
	return s
}

// Accept checks that b attests the event that a announces, in dialect d (that of
// a, from Verify): it Fits, and each signature verifies. It fails with ErrDialect,
// ErrKey, ErrEventID, ErrOutcomes, ErrNonce or ErrSignature.
func (a Announcement) Accept(d Dialect, b Attestation) error {
	if d != D1 && d != D2 {
		return fmt.Errorf("attestation: %w", ErrDialect)
	}
	if err := a.Fits(b); err != nil {
		return err
	}
	claims := make([]secp.Claim, len(b.Signatures))
	for i, outcome := range b.Outcomes {
		claims[i] = secp.Claim{Pub: b.Key, Message: d.OutcomeHash(outcome), Signature: b.Signatures[i]}
	}
	if secp.VerifyAll(claims) {
		return nil
	}
	for i := range claims {
		if !secp.Verify(&claims[i].Pub, &claims[i].Message, &claims[i].Signature) {
			return fmt.Errorf("attestation: signature %d: %w", i, ErrSignature)
		}
	}
	return fmt.Errorf("attestation: %w", ErrSignature)
}

// Fits is the part of Accept that costs no curve arithmetic: key and event id are
// equal, there is one outcome of the event for each nonce, and each signature
// begins with its nonce. It fails with ErrKey, ErrEventID, ErrOutcomes or ErrNonce.
func (a Announcement) Fits(b Attestation) error {
	if err := a.Event.check(); err != nil {
		return err
	}
	if b.Key != a.Key {
		return fmt.Errorf("attestation: %w differs", ErrKey)
	}
	if b.EventID != a.Event.ID {
		return fmt.Errorf("attestation: %w differs", ErrEventID)
	}
	if len(b.Signatures) != len(a.Event.Nonces) || len(b.Outcomes) != len(a.Event.Nonces) {
		return fmt.Errorf("attestation: %w: %d signatures, %d outcomes", ErrOutcomes, len(b.Signatures), len(b.Outcomes))
	}
	for i, outcome := range b.Outcomes {
		if !a.Event.Descriptor.has(i, outcome) {
			return fmt.Errorf("attestation: %w: outcome %d", ErrOutcomes, i)
		}
		if [32]byte(b.Signatures[i][:32]) != a.Event.Nonces[i] {
			return fmt.Errorf("attestation: signature %d: %w", i, ErrNonce)
		}
	}
	return nil
}

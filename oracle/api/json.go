package api

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/alkimiya/alkimiya/oracle/attest"
)

// ErrJSON says that a JSON document is not the message it should be.
var ErrJSON = errors.New("not the JSON form of an oracle message")

// Bytes is a byte string that JSON documents hold in lower-case hexadecimal.
type Bytes []byte

// MarshalText implements encoding.TextMarshaler.
func (b Bytes) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, b), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (b *Bytes) UnmarshalText(text []byte) error {
	raw, err := hex.DecodeString(string(text))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrJSON, err)
	}
	*b = raw
	return nil
}

// array takes exactly len(dst) bytes.
func (b Bytes) array(field string, dst []byte) error {
	if len(b) != len(dst) {
		return fmt.Errorf("%w: %s of %d bytes", ErrJSON, field, len(b))
	}
	copy(dst, b)
	return nil
}

// The JSON forms of dlcdevkit (camelCase), in its order of fields.
type (
	announcementJSON struct {
		Signature Bytes     `json:"announcementSignature"`
		Key       Bytes     `json:"oraclePublicKey"`
		Event     eventJSON `json:"oracleEvent"`
	}
	eventJSON struct {
		Nonces     []Bytes        `json:"oracleNonces"`
		Maturity   uint32         `json:"eventMaturityEpoch"`
		Descriptor descriptorJSON `json:"eventDescriptor"`
		ID         string         `json:"eventId"`
	}
	descriptorJSON struct {
		Enum   *enumJSON   `json:"enumEvent,omitempty"`
		Digits *digitsJSON `json:"digitDecompositionEvent,omitempty"`
	}
	enumJSON struct {
		Outcomes []string `json:"outcomes"`
	}
	digitsJSON struct {
		Base      uint16 `json:"base"`
		Signed    bool   `json:"isSigned"`
		Unit      string `json:"unit"`
		Precision int32  `json:"precision"`
		Digits    uint16 `json:"nbDigits"`
	}
	attestationJSON struct {
		ID         string   `json:"eventId"`
		Key        Bytes    `json:"oraclePublicKey"`
		Signatures []Bytes  `json:"signatures"`
		Outcomes   []string `json:"outcomes"`
	}
)

func toAnnouncementJSON(a attest.Announcement) announcementJSON {
	j := announcementJSON{
		Signature: a.Signature[:], Key: a.Key[:],
		Event: eventJSON{Nonces: make([]Bytes, len(a.Event.Nonces)), Maturity: a.Event.Maturity, ID: a.Event.ID},
	}
	for i := range a.Event.Nonces {
		j.Event.Nonces[i] = a.Event.Nonces[i][:]
	}
	switch d := a.Event.Descriptor.(type) {
	case attest.DigitEvent:
		v := digitsJSON(d)
		j.Event.Descriptor.Digits = &v
	case attest.EnumEvent:
		j.Event.Descriptor.Enum = &enumJSON{Outcomes: d.Outcomes}
	}
	return j
}

func toAttestationJSON(b attest.Attestation) attestationJSON {
	j := attestationJSON{ID: b.EventID, Key: b.Key[:], Signatures: make([]Bytes, len(b.Signatures)), Outcomes: b.Outcomes}
	for i := range b.Signatures {
		j.Signatures[i] = b.Signatures[i][:]
	}
	return j
}

// MarshalAnnouncement returns the announcement in the JSON form of dlcdevkit.
func MarshalAnnouncement(a attest.Announcement) ([]byte, error) {
	return json.Marshal(toAnnouncementJSON(a))
}

// MarshalAttestation returns the attestation in the JSON form of dlcdevkit.
func MarshalAttestation(b attest.Attestation) ([]byte, error) {
	return json.Marshal(toAttestationJSON(b))
}

// UnmarshalAnnouncement reads the JSON form of dlcdevkit; unknown fields are
// ignored. What it returns is one that attest.DecodeAnnouncement could have
// returned; no signature is checked. It fails with ErrJSON.
func UnmarshalAnnouncement(raw []byte) (attest.Announcement, error) {
	var j announcementJSON
	if err := json.Unmarshal(raw, &j); err != nil {
		return attest.Announcement{}, fmt.Errorf("%w: %w", ErrJSON, err)
	}
	a, err := j.announcement()
	if err != nil {
		return attest.Announcement{}, err
	}
	// Whatever cannot be written as TLV is no announcement.
	if a, err = attest.DecodeAnnouncement(a.Encode()); err != nil {
		return attest.Announcement{}, fmt.Errorf("%w: %w", ErrJSON, err)
	}
	return a, nil
}

func (j announcementJSON) announcement() (a attest.Announcement, err error) {
	if len(j.Event.Nonces) > attest.MaxAnnouncement/32 {
		return a, fmt.Errorf("%w: %d nonces", ErrJSON, len(j.Event.Nonces))
	}
	a.Event = attest.Event{Maturity: j.Event.Maturity, ID: j.Event.ID, Nonces: make([][32]byte, len(j.Event.Nonces))}
	err = errors.Join(j.Signature.array("signature", a.Signature[:]), j.Key.array("key", a.Key[:]))
	for i, n := range j.Event.Nonces {
		err = errors.Join(err, n.array("nonce", a.Event.Nonces[i][:]))
	}
	switch d := j.Event.Descriptor; {
	case d.Digits != nil && d.Enum == nil:
		a.Event.Descriptor = attest.DigitEvent(*d.Digits)
	case d.Enum != nil && d.Digits == nil:
		if len(d.Enum.Outcomes) > attest.MaxAnnouncement {
			return a, fmt.Errorf("%w: %d outcomes", ErrJSON, len(d.Enum.Outcomes))
		}
		a.Event.Descriptor = attest.EnumEvent{Outcomes: d.Enum.Outcomes}
	default:
		err = errors.Join(err, fmt.Errorf("%w: no descriptor, or two", ErrJSON))
	}
	return a, err
}

// UnmarshalAttestation reads the JSON form of dlcdevkit; unknown fields are ignored.
// No signature is checked. It fails with ErrJSON.
func UnmarshalAttestation(raw []byte) (b attest.Attestation, err error) {
	var j attestationJSON
	if err := json.Unmarshal(raw, &j); err != nil {
		return b, fmt.Errorf("%w: %w", ErrJSON, err)
	}
	if len(j.Signatures) > attest.MaxAttestation/64 || len(j.Outcomes) != len(j.Signatures) {
		return b, fmt.Errorf("%w: %d signatures, %d outcomes", ErrJSON, len(j.Signatures), len(j.Outcomes))
	}
	b = attest.Attestation{EventID: j.ID, Signatures: make([][64]byte, len(j.Signatures)), Outcomes: j.Outcomes}
	err = j.Key.array("key", b.Key[:])
	for i, s := range j.Signatures {
		err = errors.Join(err, s.array("signature", b.Signatures[i][:]))
	}
	if err != nil {
		return b, err
	}
	if b, err = attest.DecodeAttestation(b.Encode()); err != nil {
		return b, fmt.Errorf("%w: %w", ErrJSON, err)
	}
	return b, nil
}

package attest_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/alkimiya/alkimiya/internal/tlv"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
)

// R7 and W9: what comes instead of the attestation of an event.
func TestAttestationsAreRefused(t *testing.T) {
	oracle := attesttest.Contract()[0]
	announcement := oracle.Announce("e", "u", 4, 1)
	other := oracle.Event("f", "u", 4, 1)
	n := [32]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
		0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41}
	cases := []struct {
		name   string
		change func(*attest.Attestation)
		err    error
	}{
		{"another key", func(b *attest.Attestation) { b.Key[0] ^= 1 }, attest.ErrKey},
		{"another event", func(b *attest.Attestation) { b.EventID = "f" }, attest.ErrEventID},
		{"another event's signatures", func(b *attest.Attestation) { b.Signatures = oracle.Attest(other, 9).Signatures }, attest.ErrNonce},
		{"partial", func(b *attest.Attestation) { b.Signatures, b.Outcomes = b.Signatures[:3], b.Outcomes[:3] }, attest.ErrOutcomes},
		{"a signature missing", func(b *attest.Attestation) { b.Signatures = b.Signatures[:3] }, attest.ErrOutcomes},
		{"an extra digit", func(b *attest.Attestation) {
			b.Signatures, b.Outcomes = append(b.Signatures, b.Signatures[3]), append(b.Outcomes, "1")
		}, attest.ErrOutcomes},
		{"digit 2", func(b *attest.Attestation) { b.Outcomes[0] = "2" }, attest.ErrOutcomes},
		{"an empty digit", func(b *attest.Attestation) { b.Outcomes[0] = "" }, attest.ErrOutcomes},
		{"digit 01", func(b *attest.Attestation) { b.Outcomes[0] = "01" }, attest.ErrOutcomes},
		{"digits reordered", func(b *attest.Attestation) {
			b.Signatures[0], b.Signatures[1] = b.Signatures[1], b.Signatures[0]
			b.Outcomes[0], b.Outcomes[1] = b.Outcomes[1], b.Outcomes[0]
		}, attest.ErrNonce},
		{"a digit flipped", func(b *attest.Attestation) { b.Outcomes[0] = "0" }, attest.ErrSignature},
		{"s changed", func(b *attest.Attestation) { b.Signatures[2][63] ^= 1 }, attest.ErrSignature},
		{"s = 0", func(b *attest.Attestation) { clear(b.Signatures[2][32:]) }, attest.ErrSignature},
		{"s = n", func(b *attest.Attestation) { copy(b.Signatures[2][32:], n[:]) }, attest.ErrSignature},
		{"outcomes of the other dialect", func(b *attest.Attestation) {
			*b = attesttest.Oracle{Name: "red", Dialect: attest.D1}.Attest(announcement.Event, 9)
		}, attest.ErrSignature},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b := oracle.Attest(announcement.Event, 9)
			if err := announcement.Accept(attest.D2, b); err != nil {
				t.Fatal(err)
			}
			c.change(&b)
			if err := announcement.Accept(attest.D2, b); !errors.Is(err, c.err) {
				t.Errorf("error %v, want %v", err, c.err)
			}
		})
	}
	b := oracle.Attest(announcement.Event, 9)
	if err := announcement.Accept(0, b); !errors.Is(err, attest.ErrDialect) {
		t.Errorf("without a dialect: %v", err)
	}
	announcement.Event.Descriptor = nil
	if err := announcement.Accept(attest.D2, b); !errors.Is(err, attest.ErrDescriptor) {
		t.Errorf("without a descriptor: %v", err)
	}
}

// Events of other shapes than a contract uses are read and judged too.
func TestOtherEventsAreJudgedByTheirDescriptor(t *testing.T) {
	oracle := attesttest.Oracle{Name: "red", Dialect: attest.D1}
	nonces := func(n int) (list [][32]byte) {
		for i := range n {
			list = append(list, attesttest.XOnly(oracle.Nonce("e", i)))
		}
		return list
	}
	cases := []struct {
		name       string
		descriptor attest.Descriptor
		nonces     int
		good, bad  []string
	}{
		{"words", attest.EnumEvent{Outcomes: []string{"yes", "no"}}, 1, []string{"no"}, []string{"maybe"}},
		{"decimal", attest.DigitEvent{Base: 10, Digits: 2}, 2, []string{"9", "0"}, []string{"10", "0"}},
		{"base 12", attest.DigitEvent{Base: 12, Digits: 1}, 1, []string{"11"}, []string{"12"}},
		{"signed", attest.DigitEvent{Base: 2, Signed: true, Digits: 1}, 2, []string{"-", "1"}, []string{"1", "-"}},
		{"not a number", attest.DigitEvent{Base: 65535, Digits: 1}, 1, []string{"65534"}, []string{"1a"}},
		{"too long", attest.DigitEvent{Base: 65535, Digits: 1}, 1, []string{"0"}, []string{"000000"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := oracle.Sign(attest.Event{ID: "e", Descriptor: c.descriptor, Nonces: nonces(c.nonces)})
			raw := a.Encode()
			decoded, err := attest.DecodeAnnouncement(raw)
			if err != nil || !bytes.Equal(decoded.Encode(), raw) {
				t.Fatalf("decoded %+v: %v", decoded, err)
			}
			d, err := decoded.Verify()
			if err != nil || d != attest.D1 {
				t.Fatalf("verified as %v: %v", d, err)
			}
			if err := decoded.Accept(d, oracle.AttestValues(a.Event, c.good)); err != nil {
				t.Errorf("%q: %v", c.good, err)
			}
			if err := decoded.Accept(d, oracle.AttestValues(a.Event, c.bad)); !errors.Is(err, attest.ErrOutcomes) {
				t.Errorf("%q: %v", c.bad, err)
			}
		})
	}
}

func TestEventsThatContradictThemselvesAreRefused(t *testing.T) {
	oracle := attesttest.Contract()[0]
	one := [][32]byte{attesttest.XOnly(oracle.Nonce("e", 0))}
	for _, c := range []struct {
		name  string
		event attest.Event
		err   error
	}{
		{"base 1", attest.Event{Nonces: one, Descriptor: attest.DigitEvent{Base: 1, Digits: 1}}, attest.ErrDescriptor},
		{"no digits", attest.Event{Descriptor: attest.DigitEvent{Base: 2}}, attest.ErrDescriptor},
		{"no words", attest.Event{Nonces: one, Descriptor: attest.EnumEvent{}}, attest.ErrDescriptor},
		{"a word twice", attest.Event{Nonces: one, Descriptor: attest.EnumEvent{Outcomes: []string{"a", "a"}}}, attest.ErrDescriptor},
		{"two nonces for a word", attest.Event{Nonces: slices.Concat(one, one), Descriptor: attest.EnumEvent{Outcomes: []string{"a"}}}, attest.ErrNonceCount},
		{"no sign's nonce", attest.Event{Nonces: one, Descriptor: attest.DigitEvent{Base: 2, Digits: 1, Signed: true}}, attest.ErrNonceCount},
	} {
		if _, err := oracle.Sign(c.event).Verify(); !errors.Is(err, c.err) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestOutcomesWithoutCountAreReadAndKept(t *testing.T) {
	oracle := attesttest.Contract()[0]
	event := oracle.Event("e", "u", 4, 1)
	b := oracle.Attest(event, 6)
	b.Uncounted = true
	raw := b.Encode()
	got, err := attest.DecodeAttestation(raw)
	if err != nil || !got.Uncounted || !slices.Equal(got.Outcomes, b.Outcomes) || !bytes.Equal(got.Encode(), raw) {
		t.Errorf("decoded %q, uncounted %v: %v", got.Outcomes, got.Uncounted, err)
	}
	if err := oracle.Sign(event).Accept(attest.D2, got); err != nil {
		t.Error(err)
	}
}

func TestBadEncodingsAreRefused(t *testing.T) {
	announcement := unhex(t, announcement0)
	attestation := unhex(t, attestation0)
	patch := func(b []byte, at int, with ...byte) []byte {
		b = bytes.Clone(b)
		copy(b[at:], with)
		return b
	}
	decodeA := func(b []byte) error { _, err := attest.DecodeAnnouncement(b); return err }
	decodeB := func(b []byte) error { _, err := attest.DecodeAttestation(b); return err }
	decodeE := func(b []byte) error { _, err := attest.DecodeEvent(b); return err }
	const event = 3 + 3 + 96 // where the event begins
	cases := []struct {
		name   string
		decode func([]byte) error
		bytes  []byte
		err    error
	}{
		{"announcement: empty", decodeA, nil, tlv.ErrTruncated},
		{"announcement: too long", decodeA, make([]byte, attest.MaxAnnouncement+1), tlv.ErrTooLong},
		{"announcement: of an attestation", decodeA, attestation, tlv.ErrType},
		{"announcement: byte after it", decodeA, append(bytes.Clone(announcement), 0), tlv.ErrTrailing},
		{"announcement: cut", decodeA, announcement[:len(announcement)-1], tlv.ErrTruncated},
		{"announcement: 65,535 nonces", decodeA, patch(announcement, event+4, 0xff, 0xff), tlv.ErrTruncated},
		{"announcement: sign flag 2", decodeA, patch(announcement, len(announcement)-32, 2), tlv.ErrBool},
		{"announcement: unknown descriptor", decodeA, patch(announcement, len(announcement)-38, 0xfd, 0xd8, 0x08), tlv.ErrType},
		{"announcement: bad text", decodeA, patch(announcement, len(announcement)-1, 0xff), tlv.ErrText},
		{"event: too long", decodeE, make([]byte, attest.MaxAnnouncement+1), tlv.ErrTooLong},
		{"event: byte after it", decodeE, append(bytes.Clone(announcement[event:]), 0), tlv.ErrTrailing},
		{"attestation: empty", decodeB, nil, tlv.ErrTruncated},
		{"attestation: too long", decodeB, make([]byte, attest.MaxAttestation+1), tlv.ErrTooLong},
		{"attestation: of an announcement", decodeB, announcement, tlv.ErrType},
		{"attestation: byte after it", decodeB, append(bytes.Clone(attestation), 0), tlv.ErrTrailing},
		{"attestation: 65,535 signatures", decodeB, patch(attestation, 6+18+32, 0xff, 0xff), tlv.ErrTruncated},
		{"attestation: 3 outcomes", decodeB, patch(attestation, len(attestation)-9, 3), attest.ErrOutcomes},
	}
	for _, c := range cases {
		if err := c.decode(c.bytes); !errors.Is(err, c.err) {
			t.Errorf("%s: %v, want %v", c.name, err, c.err)
		}
	}
	for i := range announcement {
		if decodeA(announcement[:i]) == nil {
			t.Errorf("announcement of %d bytes decodes", i)
		}
	}
	for i := range attestation {
		if decodeB(attestation[:i]) == nil {
			t.Errorf("attestation of %d bytes decodes", i)
		}
	}
	if got, err := attest.DecodeEvent(announcement[event:]); err != nil || !bytes.Equal(got.Encode(), announcement[event:]) {
		t.Errorf("event: %v", err)
	}
}

package attest_test

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
)

func seeds(f *testing.F, list ...[]byte) {
	f.Helper()
	for _, b := range list {
		f.Add(b)
		f.Add(b[:len(b)-1])
		f.Add(append(bytes.Clone(b), 0))
	}
	f.Add([]byte{})
}

func FuzzDecodeAnnouncement(f *testing.F) {
	enum := attesttest.Oracle{Name: "red"}.Sign(attest.Event{
		ID: "e", Nonces: make([][32]byte, 1), Descriptor: attest.EnumEvent{Outcomes: []string{"a", "b"}},
	})
	seeds(f, unhex(f, announcement0), enum.Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := attest.DecodeAnnouncement(b)
		if err != nil {
			return
		}
		if !bytes.Equal(a.Encode(), b) {
			t.Errorf("%x decodes and encodes to %x", b, a.Encode())
		}
		if d, err := a.Verify(); err == nil && d != attest.D1 && d != attest.D2 {
			t.Errorf("verified as %v", d)
		}
	})
}

func FuzzDecodeEvent(f *testing.F) {
	a, err := attest.DecodeAnnouncement(unhex(f, announcement0))
	if err != nil {
		f.Fatal(err)
	}
	seeds(f, a.Event.Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		if e, err := attest.DecodeEvent(b); err == nil && !bytes.Equal(e.Encode(), b) {
			t.Errorf("%x decodes and encodes to %x", b, e.Encode())
		}
	})
}

func FuzzDecodeAttestation(f *testing.F) {
	a, err := attest.DecodeAnnouncement(unhex(f, announcement0))
	if err != nil {
		f.Fatal(err)
	}
	b, err := attest.DecodeAttestation(unhex(f, attestation0))
	if err != nil {
		f.Fatal(err)
	}
	b.Uncounted = true
	seeds(f, unhex(f, attestation0), b.Encode())
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, err := attest.DecodeAttestation(raw)
		if err != nil {
			return
		}
		if !bytes.Equal(b.Encode(), raw) {
			t.Errorf("%x decodes and encodes to %x", raw, b.Encode())
		}
		if a.Accept(attest.D2, b) == nil && b.Outcomes[0] != "1" {
			t.Errorf("forged %x", raw)
		}
	})
}

func FuzzDecodeEvidence(f *testing.F) {
	red := attesttest.Oracle{Name: "red"}
	a := red.Announce("e", "u", 2, 1)
	one, err := attest.Equivocation(a, red.Attest(a.Event, 1), red.Attest(a.Event, 2))
	if err != nil {
		f.Fatal(err)
	}
	two, err := attest.NonceReuse(a, red.Announce("e", "u", 2, 2))
	if err != nil {
		f.Fatal(err)
	}
	seeds(f, one.Encode(), two.Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := attest.DecodeEvidence(b)
		if err != nil {
			return
		}
		if !bytes.Equal(e.Encode(), b) {
			t.Errorf("%x decodes and encodes to %x", b, e.Encode())
		}
		if proof, err := e.Verify(); err == nil && (proof.Secret == nil) != (proof.Kind == attest.KindNonceReuse) {
			t.Errorf("proof %+v", proof)
		}
	})
}

// Whatever is within the limits is read back as it was written.
func TestEncodingsAreReadBack(t *testing.T) {
	key := rapid.SliceOfN(rapid.Byte(), 32, 32)
	text := rapid.StringMatching(`[a-z0-9/éあ]{0,20}`)
	rapid.Check(t, func(t *rapid.T) {
		event := attest.Event{Maturity: rapid.Uint32().Draw(t, "maturity"), ID: text.Draw(t, "id")}
		if rapid.Bool().Draw(t, "numeric") {
			event.Descriptor = attest.DigitEvent{
				Base: rapid.Uint16().Draw(t, "base"), Signed: rapid.Bool().Draw(t, "signed"), Unit: text.Draw(t, "unit"),
				Precision: rapid.Int32().Draw(t, "precision"), Digits: rapid.Uint16().Draw(t, "digits"),
			}
		} else {
			event.Descriptor = attest.EnumEvent{Outcomes: rapid.SliceOfN(text, 0, 5).Draw(t, "words")}
		}
		a := attest.Announcement{Key: [32]byte(key.Draw(t, "key"))}
		b := attest.Attestation{Key: a.Key, EventID: event.ID}
		for range rapid.IntRange(0, 40).Draw(t, "nonces") {
			nonce := [32]byte(key.Draw(t, "nonce"))
			event.Nonces = append(event.Nonces, nonce)
			b.Signatures = append(b.Signatures, [64]byte(append(nonce[:], a.Key[:]...)))
			b.Outcomes = append(b.Outcomes, text.Draw(t, "outcome"))
		}
		a.Event = event
		raw := a.Encode()
		got, err := attest.DecodeAnnouncement(raw)
		if err != nil || !bytes.Equal(got.Encode(), raw) || got.Event.ID != event.ID || got.EventHash() != a.EventHash() {
			t.Fatalf("announcement %x: %v", raw, err)
		}
		raw = b.Encode()
		back, err := attest.DecodeAttestation(raw)
		if err != nil || back.Uncounted || !bytes.Equal(back.Encode(), raw) {
			t.Fatalf("attestation %x: %v", raw, err)
		}
	})
}

func FuzzDecodeMark(f *testing.F) {
	seeds(f, signer(f, "red").Mark(2, [32]byte{3}).Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := attest.DecodeMark(b)
		if err != nil {
			return
		}
		if !bytes.Equal(m.Encode(), b) {
			t.Errorf("%x decodes and encodes to %x", b, m.Encode())
		}
		if m.Verify() == nil && m.Key != signer(t, "red").Key() {
			t.Errorf("a mark of %x verifies", m.Key)
		}
	})
}

package attest_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"

	"github.com/alkimiya/alkimiya/internal/tlv"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
)

// R1: at every digit, two attestations give the key away, to anyone who holds the
// bytes alone.
func TestEquivocationYieldsTheKeyAtEveryDigit(t *testing.T) {
	for _, oracle := range []attesttest.Oracle{{Name: "red"}, {Name: "blue", Dialect: attest.D1}} {
		a := oracle.Announce("e", "u", 8, 1)
		first := oracle.Attest(a.Event, 0b10110100)
		for i := range 8 {
			e, err := attest.Equivocation(a, first, oracle.Attest(a.Event, 0b10110100^1<<i))
			if err != nil {
				t.Fatal(err)
			}
			raw := e.Encode()
			decoded, err := attest.DecodeEvidence(raw)
			if err != nil || !bytes.Equal(decoded.Encode(), raw) {
				t.Fatalf("decode: %v", err)
			}
			proof, err := decoded.Verify()
			if err != nil || proof.Key != oracle.Key() || proof.Kind != attest.KindEquivocation {
				t.Fatalf("digit %d: %v", i, err)
			}
			var p btcec.JacobianPoint
			btcec.ScalarBaseMultNonConst(proof.Secret, &p)
			p.ToAffine()
			if *p.X.Bytes() != oracle.Key() || p.Y.IsOdd() {
				t.Errorf("digit %d: d*G is not lift_x(V)", i)
			}
		}
	}
}

func TestNonceReuseIsProved(t *testing.T) {
	oracle := attesttest.Contract()[0]
	a := oracle.Announce("e", "u", 4, 1)
	event := oracle.Event("f", "u", 4, 1)
	event.Nonces[3] = a.Event.Nonces[1]
	e, err := attest.NonceReuse(a, oracle.Sign(event))
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := attest.DecodeEvidence(e.Encode())
	if err != nil {
		t.Fatal(err)
	}
	proof, err := decoded.Verify()
	if err != nil || proof.Kind != attest.KindNonceReuse || proof.Key != oracle.Key() || proof.Secret != nil {
		t.Errorf("proof %+v: %v", proof, err)
	}
}

func TestEvidenceThatProvesNothingIsRefused(t *testing.T) {
	red, blue := attesttest.Oracle{Name: "red"}, attesttest.Oracle{Name: "blue"}
	a, other := red.Announce("e", "u", 4, 1), red.Announce("f", "u", 4, 1)
	same := red.Event("e", "u", 4, 2)
	good, err := attest.Equivocation(a, red.Attest(a.Event, 1), red.Attest(a.Event, 2))
	if err != nil {
		t.Fatal(err)
	}
	reuse, err := attest.NonceReuse(a, red.Sign(same))
	if err != nil {
		t.Fatal(err)
	}
	stolen := blue.Event("e", "u", 4, 1)
	stolen.Nonces = a.Event.Nonces
	cases := []struct {
		name   string
		from   attest.Evidence
		change func(*attest.Evidence)
		err    error
	}{
		{"equal attestations", good, func(e *attest.Evidence) { e.Attestations[1] = e.Attestations[0] }, attest.ErrEvidence},
		{"a second announcement", good, func(e *attest.Evidence) { e.Announcements[1] = e.Announcements[0] }, attest.ErrEvidence},
		{"attestation of another event", good, func(e *attest.Evidence) { e.Attestations[1] = red.Attest(other.Event, 2).Encode() }, attest.ErrEventID},
		{"attestation of another oracle", good, func(e *attest.Evidence) { e.Attestations[1] = blue.Attest(a.Event, 2).Encode() }, attest.ErrKey},
		{"attestation changed", good, func(e *attest.Evidence) {
			b := red.Attest(a.Event, 2)
			b.Outcomes[3] = "1"
			e.Attestations[1] = b.Encode()
		}, attest.ErrSignature},
		{"no announcement", good, func(e *attest.Evidence) { e.Announcements[0] = nil }, tlv.ErrTruncated},
		{"no attestation", good, func(e *attest.Evidence) { e.Attestations[0] = nil }, tlv.ErrTruncated},
		{"announcement not signed", good, func(e *attest.Evidence) {
			b := a
			b.Signature[40] ^= 1
			e.Announcements[0] = b.Encode()
		}, attest.ErrSignature},
		{"unknown kind", good, func(e *attest.Evidence) { e.Kind = 3 }, attest.ErrEvidence},
		{"the same event", reuse, func(e *attest.Evidence) { e.Announcements[1] = e.Announcements[0] }, attest.ErrEvidence},
		{"no common nonce", reuse, func(e *attest.Evidence) { e.Announcements[1] = other.Encode() }, attest.ErrEvidence},
		{"two keys", reuse, func(e *attest.Evidence) { e.Announcements[1] = blue.Sign(stolen).Encode() }, attest.ErrEvidence},
		{"attestations", reuse, func(e *attest.Evidence) { e.Attestations = good.Attestations }, attest.ErrEvidence},
		{"no first announcement", reuse, func(e *attest.Evidence) { e.Announcements[0] = nil }, tlv.ErrTruncated},
		{"no second announcement", reuse, func(e *attest.Evidence) { e.Announcements[1] = nil }, tlv.ErrTruncated},
	}
	for _, c := range cases {
		e := c.from
		c.change(&e)
		if proof, err := e.Verify(); !errors.Is(err, c.err) || proof != (attest.Proof{}) {
			t.Errorf("%s: %+v, %v, want %v", c.name, proof, err, c.err)
		}
	}
}

func TestEvidenceOfAnotherFormIsRefused(t *testing.T) {
	red := attesttest.Oracle{Name: "red"}
	a := red.Announce("e", "u", 4, 1)
	e, err := attest.Equivocation(a, red.Attest(a.Event, 1), red.Attest(a.Event, 2))
	if err != nil {
		t.Fatal(err)
	}
	raw := e.Encode()
	for i, with := range map[int]byte{0: 'a', 3: 'F', 4: 2, 5: 0} {
		b := bytes.Clone(raw)
		b[i] = with
		if _, err := attest.DecodeEvidence(b); !errors.Is(err, attest.ErrEvidence) {
			t.Errorf("byte %d is %d: %v", i, with, err)
		}
	}
	for i := range raw {
		if _, err := attest.DecodeEvidence(raw[:i]); !errors.Is(err, tlv.ErrTruncated) {
			t.Errorf("%d bytes: %v", i, err)
		}
	}
	if _, err := attest.DecodeEvidence(append(raw, 0)); !errors.Is(err, tlv.ErrTrailing) {
		t.Errorf("a byte more: %v", err)
	}
	if _, err := attest.DecodeEvidence(make([]byte, attest.MaxEvidence+1)); !errors.Is(err, tlv.ErrTooLong) {
		t.Errorf("too long: %v", err)
	}
}

func TestKindsHaveNames(t *testing.T) {
	for kind, want := range map[attest.EvidenceKind]string{
		attest.KindEquivocation: "equivocation", attest.KindNonceReuse: "nonce reuse", 9: "evidence kind 9",
	} {
		if kind.String() != want {
			t.Errorf("kind %d is called %q", kind, kind)
		}
	}
}

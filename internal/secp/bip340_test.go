package secp_test

import (
	"bytes"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/internal/secp"
	"github.com/alkimiya/alkimiya/internal/testkit"
)

func TestVectorsBIP340(t *testing.T) {
	testkit.Vectors(t, "bips/bip340-test-vectors.csv", func(raw []byte) int {
		rows, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, row := range rows[1:] {
			secret, pub, aux, m, sig := unhex(t, row[1]), unhex(t, row[2]), unhex(t, row[3]), unhex(t, row[4]), unhex(t, row[5])
			if len(m) != 32 {
				continue // this package signs hashes
			}
			n++
			want := row[6] == "TRUE"
			if got := secp.Verify((*[32]byte)(pub), (*[32]byte)(m), (*[64]byte)(sig)); got != want {
				t.Errorf("vector %s (%s): verification says %v", row[0], row[7], got)
			}
			claim := secp.Claim{Pub: [32]byte(pub), Message: [32]byte(m), Signature: [64]byte(sig)}
			if got := secp.VerifyAll([]secp.Claim{claim, claim}); got != want {
				t.Errorf("vector %s (%s): verification of two says %v", row[0], row[7], got)
			}
			if len(secret) == 0 {
				continue
			}
			if key, err := secp.PublicKey((*[32]byte)(secret)); err != nil || !bytes.Equal(key[:], pub) {
				t.Errorf("vector %s: public key %x (%v)", row[0], key, err)
			}
			got, err := secp.Sign((*[32]byte)(secret), (*[32]byte)(m), (*[32]byte)(aux))
			if err != nil || !bytes.Equal(got[:], sig) {
				t.Errorf("vector %s: signature %x (%v)", row[0], got, err)
			}
		}
		return n
	})
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var thirtyTwo = rapid.Map(rapid.SliceOfN(rapid.Byte(), 32, 32), func(b []byte) [32]byte { return [32]byte(b) })

// What we sign is what btcec signs with the same randomness, and both accept it,
// and both refuse it with any bit changed.
func TestSignaturesAgreeWithBtcec(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		secret, m, aux := thirtyTwo.Draw(rt, "secret"), thirtyTwo.Draw(rt, "message"), thirtyTwo.Draw(rt, "aux")
		key, pub := btcec.PrivKeyFromBytes(secret[:])
		sig, err := secp.Sign(&secret, &m, &aux)
		if err != nil {
			if k := scalarOf([4]uint64{}); !k.SetBytes(&secret) || k.IsZero() {
				return
			}
			rt.Fatal(err)
		}
		want, err := schnorr.Sign(key, m[:], schnorr.CustomNonce(aux))
		if err != nil || !bytes.Equal(want.Serialize(), sig[:]) {
			rt.Fatalf("signature %x (%v)", sig, err)
		}
		x := [32]byte(schnorr.SerializePubKey(pub))
		if own, err := secp.PublicKey(&secret); err != nil || own != x {
			rt.Fatalf("public key %x (%v)", own, err)
		}
		if !secp.Verify(&x, &m, &sig) {
			rt.Fatal("refused")
		}
		all := [][]byte{sig[:], m[:], x[:]}
		part := all[rapid.IntRange(0, 2).Draw(rt, "part")]
		part[rapid.IntRange(0, len(part)-1).Draw(rt, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(rt, "bit")
		if got := secp.Verify(&x, &m, &sig); got || got != byBtcec(x, m, sig) {
			rt.Fatal("accepted with another bit")
		}
	})
}

func byBtcec(x, m [32]byte, sig [64]byte) bool {
	pub, err := schnorr.ParsePubKey(x[:])
	if err != nil {
		return false
	}
	s, err := schnorr.ParseSignature(sig[:])
	return err == nil && s.Verify(m[:], pub)
}

func TestUnusableSecretsAreRefused(t *testing.T) {
	var zero, order, above [32]byte
	secp.Order().FillBytes(order[:])
	for i := range above {
		above[i] = 0xff
	}
	for _, secret := range [][32]byte{zero, order, above} {
		if _, err := secp.Sign(&secret, &zero, &zero); !errors.Is(err, secp.ErrSecret) {
			t.Errorf("%x signs: %v", secret, err)
		}
		if _, err := secp.PublicKey(&secret); !errors.Is(err, secp.ErrSecret) {
			t.Errorf("%x has a public key: %v", secret, err)
		}
	}
}

// claims returns n true claims by few keys, of few messages, so that some are equal.
func claims(t testing.TB, n int) []secp.Claim {
	t.Helper()
	list := make([]secp.Claim, n)
	for i := range list {
		secret := [32]byte{31: byte(1 + i%3)}
		c := &list[i]
		c.Message = [32]byte{byte(i % 5)}
		var err error
		if c.Signature, err = secp.Sign(&secret, &c.Message, &[32]byte{}); err != nil {
			t.Fatal(err)
		}
		if c.Pub, err = secp.PublicKey(&secret); err != nil {
			t.Fatal(err)
		}
	}
	return list
}

func TestManyClaimsAreTrueIfEachIs(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 32, 255, 256, 257} {
		if !secp.VerifyAll(claims(t, n)) {
			t.Errorf("%d true claims are refused", n)
		}
	}
	true20 := claims(t, 20)
	rapid.Check(t, func(rt *rapid.T) {
		list := append([]secp.Claim(nil), true20[:rapid.IntRange(1, 20).Draw(rt, "n")]...)
		for range rapid.IntRange(0, 2).Draw(rt, "faults") {
			c := &list[rapid.IntRange(0, len(list)-1).Draw(rt, "claim")]
			switch rapid.IntRange(0, 3).Draw(rt, "kind") {
			case 0:
				c.Pub[rapid.IntRange(0, 31).Draw(rt, "byte")] ^= 1
			case 1:
				c.Message[rapid.IntRange(0, 31).Draw(rt, "byte")] ^= 1
			case 2:
				c.Signature[rapid.IntRange(0, 63).Draw(rt, "byte")] ^= 1
			default:
				*c = true20[rapid.IntRange(0, 19).Draw(rt, "other")]
			}
		}
		want := true
		for i := range list {
			want = want && byBtcec(list[i].Pub, list[i].Message, list[i].Signature)
		}
		if got := secp.VerifyAll(list); got != want {
			rt.Errorf("%d claims: %v, each by btcec: %v", len(list), got, want)
		}
	})
}

// Errors that cancel in a plain sum do not cancel in a weighted one.
func TestFalseClaimsDoNotCancel(t *testing.T) {
	list := claims(t, 2)
	plus, minus := secp.Scalar{1}, secp.Scalar{1}
	minus.Negate(&minus)
	for i, add := range []secp.Scalar{plus, minus} {
		var s secp.Scalar
		s.SetBytes((*[32]byte)(list[i].Signature[32:]))
		s.Add(&s, &add)
		b := s.Bytes()
		copy(list[i].Signature[32:], b[:])
	}
	if secp.VerifyAll(list) {
		t.Error("two false claims are accepted")
	}
}

func FuzzVerifyAgreesWithBtcec(f *testing.F) {
	c := claims(f, 1)[0]
	f.Add(c.Pub[:], c.Message[:], c.Signature[:])
	f.Add(make([]byte, 32), make([]byte, 32), make([]byte, 64))
	f.Fuzz(func(t *testing.T, pub, m, sig []byte) {
		if len(pub) != 32 || len(m) != 32 || len(sig) != 64 {
			return
		}
		got := secp.Verify((*[32]byte)(pub), (*[32]byte)(m), (*[64]byte)(sig))
		if want := byBtcec([32]byte(pub), [32]byte(m), [64]byte(sig)); got != want {
			t.Errorf("%x: %v, btcec says %v", sig, got, want)
		}
	})
}

func FuzzParseCompressedAgreesWithBtcec(f *testing.F) {
	g := point(1)
	f.Add(compressed(g))
	f.Add(make([]byte, 33))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) != 33 {
			return
		}
		p, ok := secp.ParseCompressed((*[33]byte)(b))
		_, err := btcec.ParsePubKey(b)
		if ok != (err == nil) || ok && !bytes.Equal(compressed(p), b) {
			t.Errorf("%x: %v, btcec says %v", b, ok, err)
		}
	})
}

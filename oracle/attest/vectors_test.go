package attest_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/chaincfg/chainhash"

	"github.com/alkimiya/alkimiya/internal/testkit"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
)

func dialect(t *testing.T, name string) attest.Dialect {
	t.Helper()
	for _, d := range []attest.Dialect{attest.D1, attest.D2} {
		if d.String() == name {
			return d
		}
	}
	t.Fatalf("dialect %q", name)
	return 0
}

type eventCase struct {
	Index            int            `json:"index"`
	Dialect          string         `json:"dialect"`
	Secret           testkit.Hex    `json:"oracle_secret"`
	NonceSecrets     []testkit.Hex  `json:"nonce_secrets"`
	Aux              testkit.Hex    `json:"announcement_aux"`
	AnnouncementHash testkit.Hex    `json:"announcement_hash"`
	Announcement     testkit.Hex    `json:"announcement"`
	Attestation      testkit.Hex    `json:"attestation"`
	JSON             announcedEvent `json:"announcement_json"`
	Points           []struct {
		Outcomes []string    `json:"outcomes"`
		Point    testkit.Hex `json:"adaptor_point"`
		Secret   testkit.Hex `json:"adaptor_secret"`
	} `json:"points"`
}

type announcedEvent struct {
	Event struct {
		Maturity   uint32 `json:"eventMaturityEpoch"`
		ID         string `json:"eventId"`
		Descriptor struct {
			Digits struct {
				Base      uint16 `json:"base"`
				Signed    bool   `json:"isSigned"`
				Unit      string `json:"unit"`
				Precision int32  `json:"precision"`
				Digits    uint16 `json:"nbDigits"`
			} `json:"digitDecompositionEvent"`
		} `json:"eventDescriptor"`
	} `json:"oracleEvent"`
}

func TestVectorsOracleEvents(t *testing.T) {
	testkit.Vectors(t, "oracle-events.json", func(raw []byte) int {
		cases := testkit.Cases[eventCase](t, raw)
		for _, c := range cases {
			a, err := attest.DecodeAnnouncement(c.Announcement)
			if err != nil {
				t.Errorf("case %d: %v", c.Index, err)
				continue
			}
			b, err := attest.DecodeAttestation(c.Attestation)
			if err != nil {
				t.Errorf("case %d: %v", c.Index, err)
				continue
			}
			checkEvent(t, c, a, b)
			checkEventSigning(t, c, a, b)
			checkEventPoints(t, c, a, b)
		}
		return len(cases)
	})
}

func checkEvent(t *testing.T, c eventCase, a attest.Announcement, b attest.Attestation) {
	t.Helper()
	if !bytes.Equal(a.Encode(), c.Announcement) || !bytes.Equal(b.Encode(), c.Attestation) {
		t.Errorf("case %d: encoding differs", c.Index)
	}
	want, event := c.JSON.Event, a.Event
	digits, _ := event.Descriptor.(attest.DigitEvent)
	if digits != attest.DigitEvent(want.Descriptor.Digits) || event.ID != want.ID || event.Maturity != want.Maturity {
		t.Errorf("case %d: decoded %+v, want %+v", c.Index, event, want)
	}
	d, err := a.Verify()
	if err != nil || d.String() != c.Dialect {
		t.Errorf("case %d: verified as %v: %v", c.Index, d, err)
	}
	if h := d.AnnouncementHash(event); !bytes.Equal(h[:], c.AnnouncementHash) {
		t.Errorf("case %d: announcement hash %x", c.Index, h)
	}
	if err := a.Accept(d, b); err != nil {
		t.Errorf("case %d: %v", c.Index, err)
	}
}

// checkEventSigning remakes both signatures from the secrets of the case.
func checkEventSigning(t *testing.T, c eventCase, a attest.Announcement, b attest.Attestation) {
	t.Helper()
	s, err := attest.NewSigner([32]byte(c.Secret), [32]byte{1})
	if err != nil || s.Key() != a.Key {
		t.Fatalf("case %d: signer of another key: %v", c.Index, err)
	}
	if s.Sign([32]byte(c.AnnouncementHash), [32]byte(c.Aux)) != a.Signature {
		t.Errorf("case %d: announcement signature differs", c.Index)
	}
	priv, _ := btcec.PrivKeyFromBytes(c.Secret)
	for i, v := range b.Outcomes {
		var k btcec.ModNScalar
		k.SetByteSlice(c.NonceSecrets[i])
		m := dialect(t, c.Dialect).OutcomeHash(v)
		if s.SignWith(k, m) != b.Signatures[i] || attesttest.SignWith(priv.Key, k, m) != b.Signatures[i] {
			t.Errorf("case %d: signature %d differs", c.Index, i)
		}
	}
}

func checkEventPoints(t *testing.T, c eventCase, a attest.Announcement, b attest.Attestation) {
	t.Helper()
	for n, p := range c.Points {
		var sum btcec.JacobianPoint
		var secret btcec.ModNScalar
		for i, v := range p.Outcomes {
			s, err := dialect(t, c.Dialect).Point(a.Event.Nonces[i], a.Key, v)
			if err != nil {
				t.Fatalf("case %d: %v", c.Index, err)
			}
			btcec.AddNonConst(&sum, &s, &sum)
			secret.Add(ptr(b.Secret(i)))
		}
		sum.ToAffine()
		got := btcec.NewPublicKey(&sum.X, &sum.Y).SerializeCompressed()
		if !bytes.Equal(got, p.Point) || scalarHex(secret) != hex.EncodeToString(p.Secret) {
			t.Errorf("case %d: point %d is %x with secret %s", c.Index, n, got, scalarHex(secret))
		}
	}
}

func TestVectorsOracleTampered(t *testing.T) {
	type tampered struct {
		Index        int         `json:"index"`
		Target       string      `json:"target"`
		Why          string      `json:"why"`
		Announcement testkit.Hex `json:"announcement"`
		Attestation  testkit.Hex `json:"attestation"`
	}
	testkit.Vectors(t, "oracle-tampered.json", func(raw []byte) int {
		cases := testkit.Cases[tampered](t, raw)
		for _, c := range cases {
			a, announced := attest.DecodeAnnouncement(c.Announcement)
			d, verified := a.Verify()
			b, attested := attest.DecodeAttestation(c.Attestation)
			switch c.Target {
			case "announcement":
				if announced == nil && verified == nil {
					t.Errorf("case %d: announcement accepted: %s", c.Index, c.Why)
				}
			case "attestation":
				if announced != nil || verified != nil {
					t.Errorf("case %d: valid announcement refused: %v, %v", c.Index, announced, verified)
				}
				if attested == nil && a.Accept(d, b) == nil {
					t.Errorf("case %d: attestation accepted: %s", c.Index, c.Why)
				}
			default:
				t.Errorf("case %d: target %q", c.Index, c.Target)
			}
		}
		return len(cases)
	})
}

func TestVectorsOracleMessages(t *testing.T) {
	type message struct {
		Name         string      `json:"name"`
		Dialect      string      `json:"dialect"`
		EventID      string      `json:"event_id"`
		Announcement testkit.Hex `json:"announcement"`
		Valid        bool        `json:"announcement_valid"`
		Attestation  testkit.Hex `json:"attestation"`
		Form         string      `json:"attestation_form"`
		Outcomes     []string    `json:"attestation_outcomes"`
		Signatures   bool        `json:"attestation_signatures_valid"`
		Belongs      bool        `json:"attestation_belongs_to_announcement"`
	}
	testkit.Vectors(t, "oracle-messages.json", func(raw []byte) int {
		var cases []message
		if err := json.Unmarshal(raw, &cases); err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			a, err := attest.DecodeAnnouncement(c.Announcement)
			if err != nil || !bytes.Equal(a.Encode(), c.Announcement) || a.Event.ID != c.EventID {
				t.Errorf("%s: announcement decoded as %q: %v", c.Name, a.Event.ID, err)
			}
			d, err := a.Verify()
			if (err == nil) != c.Valid || err == nil && d.String() != c.Dialect {
				t.Errorf("%s: verified as %v: %v", c.Name, d, err)
			}
			if c.Attestation == nil {
				continue
			}
			b, err := attest.DecodeAttestation(c.Attestation)
			if err != nil || !bytes.Equal(b.Encode(), c.Attestation) || strings.Join(b.Outcomes, ",") != strings.Join(c.Outcomes, ",") {
				t.Errorf("%s: attestation decoded as %q: %v", c.Name, b.Outcomes, err)
			}
			if b.Uncounted != (c.Form == "no outcome count") {
				t.Errorf("%s: read as uncounted: %v", c.Name, b.Uncounted)
			}
			if err := a.Accept(d, b); (err == nil) != (c.Signatures && c.Belongs) {
				t.Errorf("%s: attestation: %v", c.Name, err)
			}
		}
		return len(cases)
	})
}

func TestVectorsOutcomeHash(t *testing.T) {
	type text struct {
		Variants []string
		Expected testkit.Hex
		SHA256   testkit.Hex
	}
	testkit.Vectors(t, "outcome-hash.json", func(raw []byte) int {
		var cases []text
		if err := json.Unmarshal(raw, &cases); err != nil {
			t.Fatal(err)
		}
		for i, c := range cases {
			for _, v := range c.Variants {
				if h := attest.D1.OutcomeHash(v); !bytes.Equal(h[:], c.SHA256) {
					t.Errorf("case %d: %q hashes to %x", i, v, h)
				}
				tagged := chainhash.TaggedHash([]byte("DLC/oracle/attestation/v0"), c.Expected)
				if h := attest.D2.OutcomeHash(v); h != *tagged {
					t.Errorf("case %d: %q hashes to %x in D2", i, v, h)
				}
			}
		}
		return len(cases)
	})
}

func TestVectorsOracleSigPoint(t *testing.T) {
	type point struct {
		Inputs struct {
			Key   testkit.Hex `json:"privKey"`
			Nonce testkit.Hex `json:"privNonce"`
			Hash  testkit.Hex `json:"msgHash"`
		} `json:"inputs"`
		Key       testkit.Hex `json:"pubKey"`
		Nonce     testkit.Hex `json:"pubNonce"`
		Signature testkit.Hex `json:"signature"`
		Point     testkit.Hex `json:"sigPoint"`
	}
	testkit.Vectors(t, "oracle-sigpoint.json", func(raw []byte) int {
		var cases []point
		if err := json.Unmarshal(raw, &cases); err != nil {
			t.Fatal(err)
		}
		for i, c := range cases {
			var d, k btcec.ModNScalar
			d.SetByteSlice(c.Inputs.Key)
			k.SetByteSlice(c.Inputs.Nonce)
			m := [32]byte(c.Inputs.Hash)
			if sig := attesttest.SignWith(d, k, m); !bytes.Equal(sig[:], c.Signature) {
				t.Errorf("case %d: signature %x", i, sig)
			}
			r, v := [32]byte(c.Nonce), [32]byte(c.Key)
			s := point256(t, r, attest.Challenge(&r, &v, &m), v)
			if !bytes.Equal(s, c.Point) {
				t.Errorf("case %d: point %x", i, s)
			}
		}
		return len(cases)
	})
}

// point256 returns lift_x(r) + e*lift_x(v), compressed.
func point256(t *testing.T, r [32]byte, e btcec.ModNScalar, v [32]byte) []byte {
	t.Helper()
	nonce, ok1 := attest.LiftX(&r)
	key, ok2 := attest.LiftX(&v)
	if !ok1 || !ok2 {
		t.Fatal("not a point")
	}
	btcec.ScalarMultNonConst(&e, &key, &key)
	btcec.AddNonConst(&nonce, &key, &key)
	key.ToAffine()
	return btcec.NewPublicKey(&key.X, &key.Y).SerializeCompressed()
}

// Messages of other lengths than 32 bytes, which no oracle signs, are judged by
// the equation written out.
func TestVectorsBIP340(t *testing.T) {
	testkit.Vectors(t, "bips/bip340-test-vectors.csv", func(raw []byte) int {
		rows, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
		if err != nil || len(rows) < 2 {
			t.Fatalf("%d rows: %v", len(rows), err)
		}
		for _, row := range rows[1:] {
			key, message, signature := unhex(t, row[2]), unhex(t, row[4]), unhex(t, row[5])
			want := row[6] == "TRUE"
			if got := slowBIP340(key, message, signature); got != want {
				t.Errorf("case %s: by the equation %v, want %v", row[0], got, want)
			}
			if len(message) != 32 {
				continue
			}
			if got := attest.VerifyBIP340([64]byte(signature), [32]byte(key), [32]byte(message)); got != want {
				t.Errorf("case %s: verified %v, want %v (%s)", row[0], got, want, row[7])
			}
			if row[1] != "" {
				s, err := attest.NewSigner([32]byte(unhex(t, row[1])), [32]byte{1})
				if err != nil || s.Sign([32]byte(message), [32]byte(unhex(t, row[3]))) != [64]byte(signature) {
					t.Errorf("case %s: signed otherwise (%v)", row[0], err)
				}
			}
		}
		return len(rows) - 1
	})
}

func slowBIP340(key, message, signature []byte) bool {
	x := [32]byte(key)
	p, ok := attest.LiftX(&x)
	var s, e btcec.ModNScalar
	var r btcec.FieldVal
	if !ok || s.SetByteSlice(signature[32:]) || r.SetByteSlice(signature[:32]) {
		return false
	}
	tag := sha256.Sum256([]byte("BIP0340/challenge"))
	h := sha256.Sum256(bytes.Join([][]byte{tag[:], tag[:], signature[:32], key, message}, nil))
	e.SetBytes(&h)
	var sum, ep btcec.JacobianPoint
	btcec.ScalarBaseMultNonConst(&s, &sum)
	btcec.ScalarMultNonConst(e.Negate(), &p, &ep)
	btcec.AddNonConst(&sum, &ep, &sum)
	if sum.Z.IsZero() {
		return false
	}
	sum.ToAffine()
	return !sum.Y.IsOdd() && sum.X.Equals(&r)
}

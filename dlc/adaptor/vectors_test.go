package adaptor_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"

	"github.com/alkimiya/alkimiya/dlc/adaptor"
	"github.com/alkimiya/alkimiya/internal/testkit"
)

// validBIP340 is btcec's opinion of a signature.
func validBIP340(pub, m, sig []byte) bool {
	key, err := schnorr.ParsePubKey(pub)
	if err != nil {
		return false
	}
	s, err := schnorr.ParseSignature(sig)
	return err == nil && s.Verify(m, key)
}

func scalar(b []byte) *btcec.ModNScalar {
	var k btcec.ModNScalar
	k.SetByteSlice(b)
	return &k
}

// verifies says whether pre is an adaptor signature, from bytes alone.
func verifies(pub, point, m, pre []byte) bool {
	sig, err := adaptor.ParseSig65(pre)
	if err != nil {
		return false
	}
	t, err := adaptor.ParsePoint(point)
	return err == nil && adaptor.Verify([32]byte(pub), t, [32]byte(m), sig) == nil
}

type adaptorCase struct {
	Index     int         `json:"index"`
	Operation string      `json:"operation"`
	Secret    testkit.Hex `json:"secret_key"`
	Public    testkit.Hex `json:"public_key"`
	Aux       testkit.Hex `json:"aux_rand"`
	Message   testkit.Hex `json:"message"`
	Tau       testkit.Hex `json:"adaptor_secret"`
	Point     testkit.Hex `json:"adaptor"`
	Pre       testkit.Hex `json:"presignature"`
	Signature testkit.Hex `json:"signature"`
	Result    bool        `json:"result"`
	Comment   string      `json:"comment"`
}

func TestVectorsSchnorrAdaptor(t *testing.T) {
	testkit.Vectors(t, "schnorr-adaptor.json", func(raw []byte) int {
		cases := testkit.Cases[adaptorCase](t, raw)
		for _, c := range cases {
			if problem := judge(c); problem != "" {
				t.Errorf("case %d (%s): %s", c.Index, c.Comment, problem)
			}
		}
		return len(cases)
	})
}

// judge runs the operation of a case and returns what is wrong.
func judge(c adaptorCase) string {
	if verified := verifies(c.Public, c.Point, c.Message, c.Pre); verified == (c.Operation == "verify") {
		return "verification differs"
	}
	if c.Operation == "verify" {
		return ""
	}
	sig := adaptor.Sig65(c.Pre)
	point, err := adaptor.ParsePoint(c.Point)
	if err != nil {
		return err.Error()
	}
	pub, m := [32]byte(c.Public), [32]byte(c.Message)
	if c.Operation != "extract" {
		full, err := adaptor.Adapt(sig, scalar(c.Tau))
		if err != nil || !bytes.Equal(full[:], c.Signature) {
			return "adapted otherwise"
		}
		if _, err := adaptor.Complete(pub, m, sig, scalar(c.Tau)); (err == nil) != c.Result {
			return "completion differs"
		}
	}
	if validBIP340(c.Public, c.Message, c.Signature) == (c.Operation == "adapt") {
		return "validity of the signature differs"
	}
	if c.Operation != "adapt" {
		tau, err := adaptor.Extract(sig, [64]byte(c.Signature), point)
		if (err == nil) != c.Result || err == nil && !tau.Equals(scalar(c.Tau)) {
			return "extraction differs"
		}
	}
	if c.Operation == "all" {
		priv, _ := btcec.PrivKeyFromBytes(c.Secret)
		again, err := adaptor.Sign(priv, point, m, [32]byte(c.Aux))
		if err != nil || again != sig {
			return "signed otherwise"
		}
		if p, err := adaptor.PointOfSecret(scalar(c.Tau)); err != nil || !p.Equal(point) {
			return "the secret is not that of the point"
		}
	}
	return ""
}

// field returns a value of the public sets, whose names have spaces.
func field(t *testing.T, c map[string]any, name string) []byte {
	t.Helper()
	text, _ := c[name].(string)
	b, err := hex.DecodeString(strings.ToLower(text))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return b
}

// public runs a public set, given as a list of objects.
func public(t *testing.T, file string, run func(c map[string]any, want bool) bool) {
	t.Helper()
	testkit.Vectors(t, file, func(raw []byte) int {
		var cases []map[string]any
		if err := json.Unmarshal(raw, &cases); err != nil {
			t.Fatal(err)
		}
		for _, c := range cases {
			if !run(c, c["result"] == "TRUE") {
				t.Errorf("case %v: %v", c["index"], c["comment"])
			}
		}
		return len(cases)
	})
}

func TestVectorsSchnorrAdaptorPresig(t *testing.T) {
	public(t, "schnorr-adaptor-presig.json", func(c map[string]any, want bool) bool {
		pub, point, m, pre := field(t, c, "public key"), field(t, c, "adaptor"), field(t, c, "message"), field(t, c, "pre-signature")
		if secret := field(t, c, "secret key"); len(secret) == 32 {
			priv, _ := btcec.PrivKeyFromBytes(secret)
			p, err := adaptor.ParsePoint(point)
			if err != nil {
				return false
			}
			sig, err := adaptor.Sign(priv, p, [32]byte(m), [32]byte(field(t, c, "aux_rand")))
			if err != nil || !bytes.Equal(sig[:], pre) {
				return false
			}
		}
		return verifies(pub, point, m, pre) == want
	})
}

func TestVectorsSchnorrAdaptorAdapt(t *testing.T) {
	public(t, "schnorr-adaptor-adapt.json", func(c map[string]any, want bool) bool {
		pub, m, full := field(t, c, "pubkey"), field(t, c, "message"), field(t, c, "BIP340 signature")
		sig := adaptor.Sig65(field(t, c, "pre-signature"))
		tau := scalar(field(t, c, "secadaptor"))
		adapted, err := adaptor.Adapt(sig, tau)
		if err != nil || !bytes.Equal(adapted[:], full) {
			return false
		}
		completed, err := adaptor.Complete([32]byte(pub), [32]byte(m), sig, tau)
		if err == nil && !bytes.Equal(completed[:], full) {
			return false
		}
		return (err == nil) == want
	})
}

func TestVectorsSchnorrAdaptorExtract(t *testing.T) {
	public(t, "schnorr-adaptor-extract.json", func(c map[string]any, want bool) bool {
		tau := scalar(field(t, c, "secadaptor"))
		point, err := adaptor.PointOfSecret(tau)
		if err != nil {
			return false
		}
		got, err := adaptor.Extract(adaptor.Sig65(field(t, c, "pre-signature")), [64]byte(field(t, c, "BIP340 signature")), point)
		if err == nil && !got.Equals(tau) {
			return false
		}
		return (err == nil) == want
	})
}

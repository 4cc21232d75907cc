package attest_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"

	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
)

// What PROTOCOL.md 17 prints about its three oracles.
const (
	announcement0 = "fdd824fd011051906de0e961cd5b192b295a4f3f9ec9e6112bffb96f037b9277cb4609a713e1f846a71581cc547b6ffc2ed087453f2ef56f63ebf2c5fc322ec6c2b2d06dd2ee61ef48f9cf22103cbb253cb15b62acfa256cad6d79a90671e89db354f808767efdd822ac000446ea2baa96035bcf7a4a47e9ce0b22d06ad6a6b1d7e8bde67b969a4024645c3b41100ba13696980b31846b74d51d8f3ca6640f6e0ffcc6b471e1f2acc27ca6371dae2970777131ff8d9255ab7f22190ec13e861d06680ff006158e518c4c71a99bf137c63b37910c9dd4116ac779fc845f53684f25207bcafa794e6b28fde1206a182e40fdd80a10000200067361742f5048000000000004116870312f63756d2f32303630302f746f74"
	attestation0  = "fdd868fd013e116870312f63756d2f32303630302f746f7461ef48f9cf22103cbb253cb15b62acfa256cad6d79a90671e89db354f808767e000446ea2baa96035bcf7a4a47e9ce0b22d06ad6a6b1d7e8bde67b969a4024645c3bb789dec0e6067b9f5c0d0ecab25f6b0891d66fb5fe156a60a002dc464b582cd941100ba13696980b31846b74d51d8f3ca6640f6e0ffcc6b471e1f2acc27ca63779905d6d5db4559ebaa44873aedb4b0dcaeed3ea763ac7ab17cb124882913f171dae2970777131ff8d9255ab7f22190ec13e861d06680ff006158e518c4c71a9eef34b60882faac45c86491f07bea9f319364fa5f39ce728031888b58ff3a5db9bf137c63b37910c9dd4116ac779fc845f53684f25207bcafa794e6b28fde1209eed87afad4709d65830bd5637d2b0f67510821c870bad56d9b373d139506a8a00040131013001300131"
	sha1          = "231177f825074842d9954af5b7037f0581f1ab90d1e379617b0d0702850051b0"
	sha2          = "e1ebeb2138833170cd0fa085ac61273758a078646eb61c50fc8a47811bb7dfc8"
)

var contractKeys = []string{
	"61ef48f9cf22103cbb253cb15b62acfa256cad6d79a90671e89db354f808767e",
	"831e6182e1e1f26e79e32ccfb2922f2f0cec75ecb4c8ea2ba37896218f5a561f",
	"8dc966357490fb14f6fe2f17aaae63911fccfdef3f784756248a4ffd846093b4",
}

// contract returns the announcements of PROTOCOL.md 17 and what its terms want.
func contract(threshold, n int) ([]attest.Announcement, attest.Want) {
	oracles := attesttest.Contract()[:n]
	want := attest.Want{
		Threshold: threshold, EventID: attesttest.ContractEvent,
		Unit: attesttest.ContractUnit, Digits: attesttest.ContractDigits,
	}
	for _, o := range oracles {
		want.Keys = append(want.Keys, o.Key())
	}
	return attesttest.Announcements(oracles, want.EventID, want.Unit, want.Digits, attesttest.ContractMaturity), want
}

func checked(t *testing.T, threshold, n int) *attest.Set {
	t.Helper()
	announcements, want := contract(threshold, n)
	set, err := attest.CheckSet(announcements, want, nil)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func scalarHex(k btcec.ModNScalar) string {
	b := k.Bytes()
	return hex.EncodeToString(b[:])
}

func TestAnnouncementsOfTheSpecification(t *testing.T) {
	announcements, want := contract(2, 3)
	for o, key := range want.Keys {
		if hex.EncodeToString(key[:]) != contractKeys[o] {
			t.Errorf("V_%d is %x, want %s", o, key, contractKeys[o])
		}
	}
	if got := hex.EncodeToString(announcements[0].Encode()); got != announcement0 {
		t.Errorf("announcement_0 is %s", got)
	}
	for o, want := range []string{1: sha1, 2: sha2} {
		if got := sha256.Sum256(announcements[o].Encode()); o > 0 && hex.EncodeToString(got[:]) != want {
			t.Errorf("SHA256 of announcement_%d is %x", o, got)
		}
	}
}

func TestAttestationOfTheSpecification(t *testing.T) {
	set := checked(t, 2, 3)
	a := attesttest.Contract()[0].Attest(set.Announcement(0).Event, 9)
	if got := hex.EncodeToString(a.Encode()); got != attestation0 {
		t.Errorf("attestation_0 is %s", got)
	}
	digits, err := set.Accept(0, a)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(digits, []byte{1, 0, 0, 1}) || attest.Outcome(digits) != 9 {
		t.Errorf("digits %v, outcome %d", digits, attest.Outcome(digits))
	}
}

func TestWeightsOfTheSpecification(t *testing.T) {
	cases := []struct {
		n       int
		hash    string
		weights []string
	}{
		{3, "4b47235aea529f84d5c4e102caeedbdd818e11bfffd496ccf02b0480095cc6a9", []string{
			"8892d76d12cb207fcbcfeef70e22a4cbfdafdd140d3ad4dcbebc267e88f980fe",
			"9b7e66ef4e9474739736f0715369382493cbd92c8c2c9f1c5169be67fe1dbc8d",
			"db663286387cbc61477e44098730f6a0873676a9073b6ce264f5a3c0daaefdf9",
		}},
		{2, "4208c77cabce4207fbb22b46e5c406760a2fd54dae571ef6d29980b44187ff13", []string{
			"4b1dacde367291f2a25bae67bb79a1bf65d37751d3b37f2c40147afce59f472f",
			"0f12267029b91ce7c2aac27a80b517a777b2becbf1eb3c491ad098ebd8346d8b",
		}},
	}
	for _, c := range cases {
		set := checked(t, 2, c.n)
		if hash := set.Hash(); hex.EncodeToString(hash[:]) != c.hash {
			t.Errorf("2 of %d: L is %x", c.n, hash)
		}
		for o, weight := range set.Weights() {
			if scalarHex(weight) != c.weights[o] || !weight.Equals(ptr(set.Weight(o))) {
				t.Errorf("2 of %d: weight %d is %s", c.n, o, scalarHex(weight))
			}
		}
	}
}

func ptr[T any](v T) *T { return &v }

func TestWeightsAreOneWhereOneOracleDecides(t *testing.T) {
	for _, c := range [][2]int{{1, 1}, {1, 3}} {
		for o, weight := range checked(t, c[0], c[1]).Weights() {
			if scalarHex(weight) != "0000000000000000000000000000000000000000000000000000000000000001" {
				t.Errorf("%d of %d: weight %d is %s", c[0], c[1], o, scalarHex(weight))
			}
		}
	}
}

func TestSetTellsWhatItHolds(t *testing.T) {
	set := checked(t, 2, 3)
	if set.Len() != 3 || set.Threshold() != 2 || set.Digits() != 4 ||
		set.EventID() != attesttest.ContractEvent || set.Maturity() != attesttest.ContractMaturity {
		t.Errorf("set of %d, threshold %d, digits %d, %q at %d", set.Len(), set.Threshold(), set.Digits(), set.EventID(), set.Maturity())
	}
	key := set.KeyPoint(1)
	if hex.EncodeToString(key.X.Bytes()[:]) != contractKeys[1] || key.Y.IsOdd() {
		t.Error("key point is not lift_x(V)")
	}
}

// The s of every digit that an oracle can attest opens that digit's point, and
// not the other one.
func TestAttestedSecretsOpenDigitPoints(t *testing.T) {
	set := checked(t, 2, 3)
	for o, oracle := range attesttest.Contract() {
		for _, outcome := range []uint64{0, 5, 15} {
			a := oracle.Attest(set.Announcement(o).Event, outcome)
			for i := range set.Digits() {
				s := a.Secret(i)
				var p btcec.JacobianPoint
				btcec.ScalarBaseMultNonConst(&s, &p)
				p.ToAffine()
				v := int(a.Outcomes[i][0] - '0')
				if right := set.DigitPoint(o, i, v); p != right {
					t.Errorf("oracle %d digit %d: s does not open the point of %d", o, i, v)
				}
				if wrong := set.DigitPoint(o, i, 1-v); p == wrong {
					t.Errorf("oracle %d digit %d: s opens the point of %d too", o, i, 1-v)
				}
				direct, err := attest.D2.Point(set.Announcement(o).Event.Nonces[i], set.Announcement(o).Key, a.Outcomes[i])
				if err != nil || direct != p {
					t.Errorf("oracle %d digit %d: Point differs from DigitPoint (%v)", o, i, err)
				}
			}
		}
	}
}

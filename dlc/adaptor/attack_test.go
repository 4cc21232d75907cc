package adaptor_test

import (
	"errors"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"

	"github.com/alkimiya/alkimiya/dlc/adaptor"
	"github.com/alkimiya/alkimiya/dlc/digits"
	"github.com/alkimiya/alkimiya/internal/testkit"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
)

// rogue is the second of two oracles, who announces after the first and chooses
// its nonces so that the first one's points for an outcome cancel.
type rogue struct {
	set    *attest.Set
	slot   digits.Slot
	secret btcec.ModNScalar // the secret of the sum of digit points, known to it alone
	own    btcec.ModNScalar // what it can make of its own part
}

const (
	rogueOutcome = 0b1001
	rogueDigits  = 4
)

// newRogue lets green announce after red. For each digit it takes R' = r*G - S,
// where S is red's point, with the r that gives R' an even y.
func newRogue(t *testing.T) rogue {
	t.Helper()
	honest := attesttest.Oracle{Name: "red"}.Announce("e", "u", rogueDigits, 1)
	event := honest.Event
	event.Nonces = nil
	green := attesttest.Oracle{Name: "green"}
	key := green.Key()
	secret := attesttest.Secret("green")
	if green.Key() != attesttest.XOnly(secret) || !evenKey(&secret) {
		secret.Negate()
	}
	var g rogue
	for i := range rogueDigits {
		v := string('0' + rune(rogueOutcome>>(rogueDigits-1-i)&1))
		s, err := attest.D2.Point(honest.Event.Nonces[i], honest.Key, v)
		if err != nil {
			t.Fatal(err)
		}
		s.Y.Negate(1).Normalize()
		r := attesttest.Secret("rogue " + v + string('0'+rune(i)))
		var nonce btcec.JacobianPoint
		for {
			btcec.ScalarBaseMultNonConst(&r, &nonce)
			btcec.AddNonConst(&nonce, &s, &nonce)
			nonce.ToAffine()
			if !nonce.Y.IsOdd() {
				break
			}
			r.Add(new(btcec.ModNScalar).SetInt(1))
		}
		x := *nonce.X.Bytes()
		event.Nonces = append(event.Nonces, x)
		m := attest.D2.OutcomeHash(v)
		e := attest.Challenge(&x, &key, &m)
		g.own.Add(e.Mul(&secret)).Add(&r)
	}
	g.secret = g.own
	want := attest.Want{Keys: [][32]byte{honest.Key, key}, Threshold: 2, EventID: "e", Unit: "u", Digits: rogueDigits}
	set, err := attest.CheckSet([]attest.Announcement{honest, green.Sign(event)}, want, nil)
	if err != nil {
		t.Fatal(err)
	}
	g.set = set
	g.slot = digits.Slot{Prefix: digits.Prefix{Value: rogueOutcome, Len: rogueDigits}}
	return g
}

func evenKey(d *btcec.ModNScalar) bool {
	var p btcec.JacobianPoint
	btcec.ScalarBaseMultNonConst(d, &p)
	p.ToAffine()
	return !p.Y.IsOdd()
}

// plainSum is the adaptor point that taproot-v1 does not use: without weights.
func (g rogue) plainSum(t *testing.T) adaptor.Point {
	t.Helper()
	var sum btcec.JacobianPoint
	for o := range g.set.Len() {
		for i := range rogueDigits {
			s := g.set.DigitPoint(o, i, int(g.slot.Prefix.Bit(i)))
			btcec.AddNonConst(&sum, &s, &sum)
		}
	}
	sum.ToAffine()
	return adaptor.PointOf(btcec.NewPublicKey(&sum.X, &sum.Y))
}

// SECURITY.md 2.2: an oracle that speaks last completes a plain 2-of-2 alone,
// before anything is attested.
func TestRogueNonceOpensPlainSums(t *testing.T) {
	g := newRogue(t)
	key, m := private(t, secretO), message(0)
	point := g.plainSum(t)
	sig, err := adaptor.Sign(key, point, m, aux(1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := adaptor.Complete(xonly(key), m, sig, &g.secret); err != nil {
		t.Errorf("the attack that weights are for does not work: %v", err)
	}
}

func TestRogueNonceDoesNotOpenWeightedSums(t *testing.T) {
	g := newRogue(t)
	key, m := private(t, secretO), message(0)
	points, err := adaptor.Points(g.set, []digits.Slot{g.slot})
	if err != nil {
		t.Fatal(err)
	}
	sig, err := adaptor.Sign(key, points[0], m, aux(1))
	if err != nil {
		t.Fatal(err)
	}
	weights := g.set.Weights()
	sum := weights[0]
	sum.Add(&weights[1])
	for name, weight := range map[string]btcec.ModNScalar{
		"plain": *new(btcec.ModNScalar).SetInt(1), "first weight": weights[0], "own weight": weights[1], "both": sum,
	} {
		guess := g.secret
		guess.Mul(&weight)
		if _, err := adaptor.Complete(xonly(key), m, sig, &guess); !errors.Is(err, adaptor.ErrBadSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// N1: over combinations, payouts, retries with another aux and other keys, no nonce
// meets two challenges.
func TestNoncesAreNeverRepeated(t *testing.T) {
	ledger := testkit.NewNonceLedger(t)
	set, slots := contractSet(), contractSlots(t)
	messages := contractMessages(t, slots)
	points, err := adaptor.Points(set, slots)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{secretO, secretA} {
		for retry := range byte(3) {
			key := private(t, secret)
			list, err := adaptor.SignList(key, points, messages, aux(retry))
			if err != nil {
				t.Fatal(err)
			}
			for i := range list.Len() {
				record(t, ledger, xonly(key), points[i], messages[i], list.At(i))
			}
		}
	}
	if ledger.Len() != 2*3*18 {
		t.Errorf("%d nonces for %d signatures", ledger.Len(), 2*3*18)
	}
}

// record enters what a signature shows: the nonce is R - T.
func record(t *testing.T, ledger *testkit.NonceLedger, pub [32]byte, point adaptor.Point, m [32]byte, sig adaptor.Sig65) {
	t.Helper()
	r, err := btcec.ParsePubKey(sig[:33])
	if err != nil {
		t.Fatal(err)
	}
	tb := point.Bytes()
	tb[0] ^= 1
	minus, err := btcec.ParsePubKey(tb[:])
	if err != nil {
		t.Fatal(err)
	}
	var sum, other btcec.JacobianPoint
	r.AsJacobian(&sum)
	minus.AsJacobian(&other)
	btcec.AddNonConst(&sum, &other, &sum)
	sum.ToAffine()
	x := [32]byte(sig[1:33])
	e := attest.Challenge(&x, &pub, &m)
	ledger.Record(pub, *sum.X.Bytes(), e.Bytes())
}

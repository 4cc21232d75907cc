// Package attesttest plays an oracle in tests: it announces and attests with
// keys and nonces that everybody knows, those of PROTOCOL.md section 17.
//
// It is not an oracle: it keeps no record of what it signed, derives nonces from
// public names and computes in variable time. Only tests may import it. Its
// invariant: equal names give equal bytes, those of the printed vectors.
package attesttest

import (
	"crypto/sha256"
	"fmt"
	"strconv"
	"sync"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"

	"github.com/alkimiya/alkimiya/oracle/attest"
)

// An Oracle is a test oracle of a name, such as "red". Dialect is D2 if zero.
type Oracle struct {
	Name    string
	Dialect attest.Dialect
}

// Secret returns the test secret int(H_{alkimiya/test-key}(name)) mod n.
func Secret(name string) (d btcec.ModNScalar) {
	tag := sha256.Sum256([]byte("alkimiya/test-key"))
	h := sha256.Sum256(append(append(tag[:], tag[:]...), name...))
	d.SetBytes(&h)
	return d
}

// XOnly returns the x coordinate of d*G.
func XOnly(d btcec.ModNScalar) [32]byte {
	_, x := even(d)
	return x
}

// point is what even returns.
type point struct {
	secret btcec.ModNScalar
	x      [32]byte
}

// points are those of the secrets that were asked for, by secret: tests ask for the same
// few again and again.
var points sync.Map

// even returns d or -d, whichever has an even y, and x(d*G).
func even(d btcec.ModNScalar) (btcec.ModNScalar, [32]byte) {
	known, _ := points.Load(d)
	if p, ok := known.(point); ok {
		return p.secret, p.x
	}
	var p btcec.JacobianPoint
	btcec.ScalarBaseMultNonConst(&d, &p)
	p.ToAffine()
	asked := d
	if p.Y.IsOdd() {
		d.Negate()
	}
	points.Store(asked, point{d, *p.X.Bytes()})
	return d, *p.X.Bytes()
}

// Key returns the oracle's x-only key.
func (o Oracle) Key() [32]byte { return XOnly(Secret(o.Name)) }

func (o Oracle) dialect() attest.Dialect {
	if o.Dialect == 0 {
		return attest.D2
	}
	return o.Dialect
}

// Nonce returns the secret of nonce i of an event: Secret("<name>/<id>/<i>").
func (o Oracle) Nonce(id string, i int) btcec.ModNScalar {
	return Secret(o.Name + "/" + id + "/" + strconv.Itoa(i))
}

// Event returns the event of binary digits that the oracle announces, with its
// nonces.
func (o Oracle) Event(id, unit string, digits int, maturity uint32) attest.Event {
	e := attest.Event{
		Maturity:   maturity,
		Descriptor: attest.DigitEvent{Base: 2, Unit: unit, Digits: uint16(digits)}, //nolint:gosec // G115: of a test's choice
		ID:         id,
	}
	for i := range digits {
		e.Nonces = append(e.Nonces, XOnly(o.Nonce(id, i)))
	}
	return e
}

// Sign signs an event as it is, with aux of 32 zero bytes. It panics if it
// cannot, which no event brings about.
func (o Oracle) Sign(e attest.Event) attest.Announcement {
	secret := Secret(o.Name)
	hash := o.dialect().AnnouncementHash(e)
	sig, err := schnorr.Sign(btcec.PrivKeyFromScalar(&secret), hash[:], schnorr.CustomNonce([32]byte{}))
	if err != nil {
		panic(fmt.Sprintf("attesttest: sign announcement: %v", err))
	}
	return attest.Announcement{Signature: [64]byte(sig.Serialize()), Key: o.Key(), Event: e}
}

// Announce signs the oracle's Event.
func (o Oracle) Announce(id, unit string, digits int, maturity uint32) attest.Announcement {
	return o.Sign(o.Event(id, unit, digits, maturity))
}

// Attest signs an outcome of an event that Event made, leading zeros included.
func (o Oracle) Attest(e attest.Event, outcome uint64) attest.Attestation {
	digits := make([]string, len(e.Nonces))
	for i := range digits {
		digits[i] = strconv.FormatUint(outcome>>(len(digits)-1-i)&1, 10)
	}
	return o.AttestValues(e, digits)
}

// AttestValues signs any outcomes with the nonces of the event's id.
func (o Oracle) AttestValues(e attest.Event, outcomes []string) attest.Attestation {
	a := attest.Attestation{EventID: e.ID, Key: o.Key(), Outcomes: outcomes}
	for i, v := range outcomes {
		a.Signatures = append(a.Signatures, SignWith(Secret(o.Name), o.Nonce(e.ID, i), o.dialect().OutcomeHash(v)))
	}
	return a
}

// SignWith returns the BIP340 signature of m by d with nonce k, as oracles sign.
func SignWith(d, k btcec.ModNScalar, m [32]byte) (sig [64]byte) {
	d, v := even(d)
	k, r := even(k)
	e := attest.Challenge(&r, &v, &m)
	s := k.Add(e.Mul(&d)).Bytes()
	copy(sig[:], r[:])
	copy(sig[32:], s[:])
	return sig
}

// Contract is the event of PROTOCOL.md 17: its id, unit, digits and maturity.
const (
	ContractEvent    = "hp1/cum/20600/tot"
	ContractUnit     = "sat/PH"
	ContractDigits   = 4
	ContractMaturity = 1779969600
)

// Contract returns the oracles of PROTOCOL.md 17 in key order: red, green, blue.
func Contract() []Oracle {
	return []Oracle{{Name: "red"}, {Name: "green"}, {Name: "blue"}}
}

// Announcements returns what oracles announce of one event, in their order.
func Announcements(oracles []Oracle, id, unit string, digits int, maturity uint32) []attest.Announcement {
	list := make([]attest.Announcement, len(oracles))
	for i, o := range oracles {
		list[i] = o.Announce(id, unit, digits, maturity)
	}
	return list
}

// Set returns the checked set of what oracles, in key order, announce. It panics
// if the set is refused.
func Set(oracles []Oracle, threshold int, id, unit string, digits int, maturity uint32) *attest.Set {
	want := attest.Want{Threshold: threshold, EventID: id, Unit: unit, Digits: digits}
	for _, o := range oracles {
		want.Keys = append(want.Keys, o.Key())
	}
	set, err := attest.CheckSet(Announcements(oracles, id, unit, digits, maturity), want, nil)
	if err != nil {
		panic(fmt.Sprintf("attesttest: %v", err))
	}
	return set
}

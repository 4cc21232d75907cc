package evmbridge_test

import (
	"bytes"
	"crypto/sha256"
	"math/big"
	"slices"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"

	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/evmbridge/simchain"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
)

func TestEventsAreRegisteredWithTheirAnnouncementOnly(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	s := w.seriesOf(payout.SwapM, true)
	good, err := spv.Register(s.anns[0])
	if err != nil {
		t.Fatal(err)
	}
	w.accepted(w.eve, w.at.Oracle, packRegistration(good))
	bend := func(change func(r *spv.Registration)) []byte {
		r := good
		r.TLV, r.Ry = bytes.Clone(r.TLV), slices.Clone(r.Ry)
		change(&r)
		return packRegistration(r)
	}
	for i := range good.TLV {
		if i%7 != 0 && i > 40 {
			continue
		}
		w.refused(spv.ErrBadAnnouncement, w.eve, w.at.Oracle, bend(func(r *spv.Registration) { r.TLV[i] ^= 1 }))
	}
	p := btcec.S256().P
	for name, c := range map[string]struct {
		change func(r *spv.Registration)
		want   error
	}{
		"another oracle's key":  {func(r *spv.Registration) { r.Px = w.oracles[1].Key() }, spv.ErrBadAnnouncement},
		"another signature":     {func(r *spv.Registration) { r.Sig[2][31] ^= 1 }, spv.ErrBadAnnouncement},
		"an odd nonce in it":    {func(r *spv.Registration) { r.Sig[1] = [32]byte(negated(p, r.Sig[1])) }, spv.ErrBadAnnouncement},
		"a y that is off curve": {func(r *spv.Registration) { r.Ry[3][31] ^= 2 }, spv.ErrBadNonceList},
		"an odd y":              {func(r *spv.Registration) { r.Ry[3] = [32]byte(negated(p, r.Ry[3])) }, spv.ErrBadNonceList},
		"a y too few":           {func(r *spv.Registration) { r.Ry = r.Ry[1:] }, spv.ErrBadNonceList},
		"a y too many":          {func(r *spv.Registration) { r.Ry = append(r.Ry, r.Ry[0]) }, spv.ErrBadNonceList},
	} {
		w.refused(c.want, w.eve, w.at.Oracle, bend(c.change))
		if t.Failed() {
			t.Fatal(name)
		}
	}
	w.send(w.eve, w.at.Oracle, packRegistration(good))
	w.send(w.eve, w.at.Oracle, packRegistration(good))
	facts := ask(w.evm, w.at.Oracle, oracleC.PackGet(w.eventKey(s, 0)), oracleC.UnpackGet)
	if facts.State != 1 || facts.Digits != 30 || facts.Maturity != s.events[0].Maturity {
		t.Errorf("registered as %+v", facts)
	}
}

func negated(p *big.Int, y [32]byte) []byte {
	return new(big.Int).Sub(p, new(big.Int).SetBytes(y[:])).FillBytes(make([]byte, 32))
}

// Events that an oracle signs but that are not settled here.
func TestEventsOfAnotherFormAreRefused(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	oracle := w.oracles[0]
	form := attest.DigitEvent{Base: 2, Unit: "sat/PH", Digits: 4}
	event := oracle.Event("e", "sat/PH", 4, 7)
	for name, change := range map[string]func(e *attest.Event, d *attest.DigitEvent){
		"base 3":         func(_ *attest.Event, d *attest.DigitEvent) { d.Base = 3 },
		"signed":         func(_ *attest.Event, d *attest.DigitEvent) { d.Signed = true },
		"precision":      func(_ *attest.Event, d *attest.DigitEvent) { d.Precision = 1 },
		"digits":         func(_ *attest.Event, d *attest.DigitEvent) { d.Digits = 3 },
		"33 digits":      func(e *attest.Event, d *attest.DigitEvent) { *e = oracle.Event("e", "sat/PH", 33, 7); d.Digits = 33 },
		"an enumeration": nil,
	} {
		e, d := event, form
		e.Nonces = slices.Clone(e.Nonces)
		if change != nil {
			change(&e, &d)
			e.Descriptor = d
		} else {
			e.Descriptor = attest.EnumEvent{Outcomes: []string{"a", "b", "c", "d"}}
		}
		tlv := e.Encode()
		if _, err := spv.SliceEvent(tlv); !is(err, spv.ErrBadNonceList) {
			t.Errorf("%s: Go says %v", name, err)
		}
		w.refused(spv.ErrBadNonceList, w.eve, w.at.Oracle, w.signedEvent(oracle, tlv, len(e.Nonces)))
	}
	// Bytes that the oracle signed, with an end that no event has.
	tlv := event.Encode()
	for _, bad := range [][]byte{append(bytes.Clone(tlv), 0), tlv[:len(tlv)-1], {}, {0xfd}, tlv[:3], tlv[:40]} {
		if _, err := spv.SliceEvent(bad); !is(err, spv.ErrBadNonceList) {
			t.Errorf("%d bytes: Go says %v", len(bad), err)
		}
		w.refused(spv.ErrBadNonceList, w.eve, w.at.Oracle, w.signedEvent(oracle, bad, 4))
	}
	got, err := spv.SliceEvent(tlv)
	if err != nil || !slices.Equal(got.Nonces, event.Nonces) || got.Maturity != 7 {
		t.Errorf("the event is read as %+v, %v", got, err)
	}
}

// signedEvent returns the registration of bytes that the oracle signed as an event.
func (w *world) signedEvent(o attesttest.Oracle, tlv []byte, n int) []byte {
	tag := sha256.Sum256([]byte("DLC/oracle/announcement/v0"))
	sig := attesttest.SignWith(attesttest.Secret(o.Name), attesttest.Secret("nonce of "+string(tlv[:min(len(tlv), 9)])),
		sha256.Sum256(slices.Concat(tag[:], tag[:], tlv)))
	r := spv.Registration{Px: o.Key(), TLV: tlv, Ry: make([][32]byte, n)}
	r.Sig[0], r.Sig[2] = [32]byte(sig[:32]), [32]byte(sig[32:])
	lifted, _ := attest.LiftX(&r.Sig[0])
	lifted.ToAffine()
	r.Sig[1] = *lifted.Y.Bytes()
	for i := range r.Ry {
		nonce := o.Nonce("e", i)
		x := attesttest.XOnly(nonce)
		point, _ := attest.LiftX(&x)
		point.ToAffine()
		r.Ry[i] = *point.Y.Bytes()
	}
	return packRegistration(r)
}

func TestOnlyTheAttestedValueIsShown(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	s := w.seriesOf(payout.SwapM, true)
	w.refused(spv.ErrUnknownEvent, w.eve, w.at.Oracle, w.attestation(s, 0, usual))
	w.register(s)
	shown, err := spv.Show(w.oracles[0].Attest(s.events[0], usual))
	if err != nil || shown.Value != usual {
		t.Fatalf("%d: %v", shown.Value, err)
	}
	other, err := spv.Show(w.oracles[1].Attest(s.events[1], usual))
	if err != nil {
		t.Fatal(err)
	}
	call := func(value uint64, sum *big.Int, nonces [][32]byte) []byte {
		return oracleC.PackAttest(w.eventKey(s, 0), value, sum, numbers(nonces))
	}
	sum := number(shown.Sum)
	for i := range 30 {
		w.refused(spv.ErrBadAttestation, w.eve, w.at.Oracle, call(usual^1<<i, sum, shown.Nonces))
	}
	over := new(big.Int).Add(sum, order())
	w.refused(spv.ErrBadAttestation, w.eve, w.at.Oracle, call(1<<30, sum, shown.Nonces))
	w.refused(spv.ErrBadAttestation, w.eve, w.at.Oracle, call(usual|1<<30, sum, shown.Nonces))
	w.refused(spv.ErrBadAttestation, w.eve, w.at.Oracle, call(usual, over, shown.Nonces))
	w.refused(spv.ErrBadAttestation, w.eve, w.at.Oracle, call(usual, new(big.Int), shown.Nonces))
	w.refused(spv.ErrBadAttestation, w.eve, w.at.Oracle, call(usual, number(other.Sum), shown.Nonces))
	w.refused(spv.ErrBadNonceList, w.eve, w.at.Oracle, call(usual, number(other.Sum), other.Nonces))
	w.refused(spv.ErrBadNonceList, w.eve, w.at.Oracle, call(usual, sum, shown.Nonces[1:]))
	swapped := slices.Clone(shown.Nonces)
	swapped[0], swapped[1] = swapped[1], swapped[0]
	w.refused(spv.ErrBadNonceList, w.eve, w.at.Oracle, call(usual, sum, swapped))
	w.send(w.eve, w.at.Oracle, call(usual, sum, shown.Nonces))
	w.refused(spv.ErrAlreadyAttested, w.eve, w.at.Oracle, call(usual, sum, shown.Nonces))
}

// A second value of an oracle takes its event out of every price.
func TestEquivocationTakesAnEventOut(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	s := w.seriesOf(payout.SwapM, true)
	w.register(s)
	second, err := spv.Show(w.oracles[0].Attest(s.events[0], usual+1))
	if err != nil {
		t.Fatal(err)
	}
	proof := oracleC.PackProveEquivocation(w.eventKey(s, 0), second.Value, number(second.Sum), numbers(second.Nonces))
	w.refused(spv.ErrUnknownEvent, w.eve, w.at.Oracle, proof)
	w.send(w.eve, w.at.Oracle, w.attestation(s, 0, usual))
	same, err := spv.Show(w.oracles[0].Attest(s.events[0], usual))
	if err != nil {
		t.Fatal(err)
	}
	w.refused(spv.ErrAlreadyAttested, w.eve, w.at.Oracle,
		oracleC.PackProveEquivocation(w.eventKey(s, 0), same.Value, number(same.Sum), numbers(same.Nonces)))
	w.send(w.eve, w.at.Oracle, w.attestation(s, 1, usual))
	price := bookC.PackPrice(key(s.key))
	w.accepted(w.eve, w.at.Book, price)
	w.send(w.eve, w.at.Oracle, proof)
	w.refused(spv.ErrValuesDiffer, w.eve, w.at.Book, price)
	w.send(w.eve, w.at.Oracle, w.attestation(s, 2, usual))
	w.send(w.eve, w.at.Book, price)
	w.refused(spv.ErrNotOpen, w.eve, w.at.Book, price)
}

func TestPriceWantsEnoughEqualValues(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	s := w.seriesOf(payout.SwapM, true)
	w.register(s)
	price := bookC.PackPrice(key(s.key))
	w.refused(spv.ErrValuesDiffer, w.eve, w.at.Book, price)
	w.send(w.eve, w.at.Oracle, w.attestation(s, 0, usual))
	w.refused(spv.ErrValuesDiffer, w.eve, w.at.Book, price)
	w.send(w.eve, w.at.Oracle, w.attestation(s, 1, usual+1))
	w.refused(spv.ErrValuesDiffer, w.eve, w.at.Book, price)
	w.send(w.eve, w.at.Oracle, w.attestation(s, 2, usual))
	unknown := s.key
	unknown.MinRefundPpm++
	w.refused(spv.ErrBadSeries, w.eve, w.at.Book, bookC.PackPrice(key(unknown)))
	w.send(w.eve, w.at.Book, price)
}

// Two events of one oracle are one vote.
func TestOneOracleHasOneVote(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	s := w.seriesOf(payout.SwapM, true)
	twin := w.oracles[0].Announce(s.terms.Event+"-again", "sat/PH", 30, s.events[0].Maturity)
	s.anns = []attest.Announcement{s.anns[0], twin}
	s.events[1] = twin.Event
	s.key.Events = [][32]byte{
		spv.EventKey(w.oracles[0].Key(), s.events[0].Encode()), spv.EventKey(w.oracles[0].Key(), twin.Event.Encode()),
	}
	slices.SortFunc(s.key.Events, func(a, b [32]byte) int { return bytes.Compare(a[:], b[:]) })
	w.create(s)
	w.register(s)
	w.send(w.eve, w.at.Oracle, w.attestation(s, 0, usual))
	shown, err := spv.Show(w.oracles[0].Attest(twin.Event, usual))
	if err != nil {
		t.Fatal(err)
	}
	k := spv.EventKey(w.oracles[0].Key(), twin.Event.Encode())
	w.send(w.eve, w.at.Oracle, oracleC.PackAttest(k, usual, number(shown.Sum), numbers(shown.Nonces)))
	w.refused(spv.ErrValuesDiffer, w.eve, w.at.Book, bookC.PackPrice(key(s.key)))
}

// A registrant who picks the nonces himself could search for a set whose sum he can
// answer for (a k-sum). He needs the oracle's signature over them, and has none.
func TestNoncesThatTheOracleDidNotAnnounceAreRefused(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	s := w.seriesOf(payout.SwapM, true)
	picked := attesttest.Oracle{Name: "somebody else", Dialect: attest.D2}
	event := s.events[0]
	event.Nonces = slices.Clone(event.Nonces)
	for i := range event.Nonces {
		event.Nonces[i] = attesttest.XOnly(picked.Nonce("picked", i))
	}
	forged := attest.Announcement{Signature: s.anns[0].Signature, Key: w.oracles[0].Key(), Event: event}
	w.refused(spv.ErrBadAnnouncement, w.eve, w.at.Oracle, registration(t, forged))
	own := picked.Sign(event)
	own.Key = w.oracles[0].Key()
	w.refused(spv.ErrBadAnnouncement, w.eve, w.at.Oracle, registration(t, own))
}

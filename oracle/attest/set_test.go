package attest_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
)

// resign returns what oracle o announces after its event was changed.
func resign(list []attest.Announcement, o int, change func(*attest.Event)) {
	event := list[o].Event
	event.Nonces = slices.Clone(event.Nonces)
	change(&event)
	list[o] = attesttest.Contract()[o].Sign(event)
}

// digits returns the descriptor of the contract's events after a change.
func digits(change func(*attest.DigitEvent)) func(*attest.Event) {
	return func(e *attest.Event) {
		d := attest.DigitEvent{Base: 2, Unit: attesttest.ContractUnit, Digits: attesttest.ContractDigits}
		change(&d)
		e.Descriptor = d
	}
}

// noPoint is 32 bytes that are below the field size and no x coordinate.
var noPoint = [32]byte{31: 5}

func TestAnnouncementSetsAreRefused(t *testing.T) {
	type list = []attest.Announcement
	cases := []struct {
		name   string
		change func(list, *attest.Want) list
		reason error
	}{
		{"an oracle missing", func(l list, _ *attest.Want) list { return l[:2] }, attest.ErrThreshold},
		{"none at all", func(list, *attest.Want) list { return nil }, attest.ErrThreshold},
		{"no keys", func(_ list, w *attest.Want) list { w.Keys = nil; return nil }, attest.ErrThreshold},
		{"threshold 0", func(l list, w *attest.Want) list { w.Threshold = 0; return l }, attest.ErrThreshold},
		{"threshold above n", func(l list, w *attest.Want) list { w.Threshold = 4; return l }, attest.ErrThreshold},
		{"eight oracles", func(l list, w *attest.Want) list {
			w.Keys = append(w.Keys, make([][32]byte, 5)...)
			return append(l, make(list, 5)...)
		}, attest.ErrThreshold},
		{"no digits", func(l list, w *attest.Want) list { w.Digits = 0; return l }, attest.ErrDescriptor},
		{"33 digits", func(l list, w *attest.Want) list { w.Digits = 33; return l }, attest.ErrDescriptor},
		{"another key", func(l list, w *attest.Want) list { w.Keys[1][31] ^= 1; return l }, attest.ErrKey},
		{"another order", func(l list, _ *attest.Want) list { return list{l[1], l[0], l[2]} }, attest.ErrKey},
		{"keys that descend", func(l list, w *attest.Want) list {
			slices.Reverse(w.Keys)
			slices.Reverse(l)
			return l
		}, attest.ErrKey},
		{"one oracle twice", func(l list, w *attest.Want) list {
			w.Keys[1] = w.Keys[0]
			return list{l[0], l[0], l[2]}
		}, attest.ErrKey},
		{"another event", func(l list, w *attest.Want) list { w.EventID += "x"; return l }, attest.ErrEventID},
		{"one of another event", func(l list, _ *attest.Want) list {
			resign(l, 1, func(e *attest.Event) { e.ID += "x" })
			return l
		}, attest.ErrEventID},
		{"an event id too long", func(l list, w *attest.Want) list {
			w.EventID = strings.Repeat("x", attest.MaxString+1)
			for o := range l {
				resign(l, o, func(e *attest.Event) { e.ID = w.EventID })
			}
			return l
		}, attest.ErrEventID},
		{"base 10", change(digits(func(d *attest.DigitEvent) { d.Base = 10 })), attest.ErrDescriptor},
		{"signed", change(digits(func(d *attest.DigitEvent) { d.Signed = true })), attest.ErrDescriptor},
		{"precision", change(digits(func(d *attest.DigitEvent) { d.Precision = 1 })), attest.ErrDescriptor},
		{"unit", change(digits(func(d *attest.DigitEvent) { d.Unit = "sat/TH" })), attest.ErrDescriptor},
		{"digits", change(digits(func(d *attest.DigitEvent) { d.Digits = 5 })), attest.ErrDescriptor},
		{"enumeration", change(func(e *attest.Event) { e.Descriptor = attest.EnumEvent{Outcomes: []string{"0", "1"}} }), attest.ErrDescriptor},
		{"a nonce missing", change(func(e *attest.Event) { e.Nonces = e.Nonces[:3] }), attest.ErrNonceCount},
		{"a nonce too many", change(func(e *attest.Event) { e.Nonces = append(e.Nonces, attesttest.XOnly(attesttest.Secret("x"))) }), attest.ErrNonceCount},
		{"maturity", change(func(e *attest.Event) { e.Maturity++ }), attest.ErrMaturity},
		{"a nonce twice in an event", change(func(e *attest.Event) { e.Nonces[3] = e.Nonces[0] }), attest.ErrNonceRepeated},
		{"a nonce of another oracle", func(l list, _ *attest.Want) list {
			resign(l, 1, func(e *attest.Event) { e.Nonces[2] = l[0].Event.Nonces[3] })
			return l
		}, attest.ErrNonceRepeated},
		{"a nonce off the curve", change(func(e *attest.Event) { e.Nonces[1] = noPoint }), attest.ErrPoint},
		{"a key off the curve", func(l list, w *attest.Want) list {
			w.Keys[0], l[0].Key = noPoint, noPoint
			return l
		}, attest.ErrPoint},
		{"a signature changed", func(l list, _ *attest.Want) list { l[2].Signature[63] ^= 1; return l }, attest.ErrSignature},
		{"an event changed after signing", func(l list, _ *attest.Want) list {
			l[2].Event.Nonces = slices.Clone(l[2].Event.Nonces)
			l[2].Event.Nonces[0] = attesttest.XOnly(attesttest.Secret("x"))
			return l
		}, attest.ErrSignature},
		{"dialect D1", func(l list, _ *attest.Want) list {
			l[1] = attesttest.Oracle{Name: "green", Dialect: attest.D1}.Sign(l[1].Event)
			return l
		}, attest.ErrDialect},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			announcements, want := contract(2, 3)
			set, err := attest.CheckSet(c.change(announcements, &want), want, nil)
			if set != nil || !errors.Is(err, attest.ErrBadOracle) || !errors.Is(err, c.reason) {
				t.Errorf("error %v, want %v of class %v", err, c.reason, attest.ErrBadOracle)
			}
		})
	}
}

// change returns the change of the second oracle's event.
func change(event func(*attest.Event)) func([]attest.Announcement, *attest.Want) []attest.Announcement {
	return func(l []attest.Announcement, _ *attest.Want) []attest.Announcement {
		resign(l, 1, event)
		return l
	}
}

// W10: every field of an announcement is under its signature, or is refused.
func TestEveryChangedByteOfAnAnnouncementIsRefused(t *testing.T) {
	announcements, want := contract(2, 2)
	raw := announcements[0].Encode()
	for i := range raw {
		for _, flip := range []byte{0x01, 0x80} {
			changed := bytes.Clone(raw)
			changed[i] ^= flip
			a, err := attest.DecodeAnnouncement(changed)
			if err != nil {
				continue
			}
			if !bytes.Equal(a.Encode(), changed) {
				t.Errorf("byte %d: another encoding accepted", i)
			}
			if _, err := a.Verify(); err == nil {
				t.Errorf("byte %d: announcement verifies", i)
			}
			if _, err := attest.CheckSet([]attest.Announcement{a, announcements[1]}, want, nil); !errors.Is(err, attest.ErrBadOracle) {
				t.Errorf("byte %d: set: %v", i, err)
			}
		}
	}
}

func TestDialectMustBeOneOfTwo(t *testing.T) {
	for _, c := range []struct {
		d1, d2 bool
		want   attest.Dialect
		err    error
	}{
		{false, false, 0, attest.ErrSignature},
		{true, false, attest.D1, nil},
		{false, true, attest.D2, nil},
		{true, true, 0, attest.ErrAmbiguous},
	} {
		d, err := attest.DialectOf(c.d1, c.d2)
		if d != c.want || !errors.Is(err, c.err) {
			t.Errorf("D1 %v, D2 %v: %v, %v", c.d1, c.d2, d, err)
		}
	}
	if got := attest.Dialect(7).String(); got != "dialect 7" {
		t.Errorf("an unknown dialect is called %q", got)
	}
}

// history is what a node has seen, as its store would answer.
type history struct {
	events map[string][32]byte
	nonces map[[64]byte][32]byte
	fail   error
}

func (h history) EventHash(key [32]byte, id string) ([32]byte, bool, error) {
	hash, known := h.events[string(key[:])+id]
	return hash, known, h.fail
}

func (h history) NonceHash(key, nonce [32]byte) ([32]byte, bool, error) {
	hash, known := h.nonces[[64]byte(slices.Concat(key[:], nonce[:]))]
	return hash, known, h.fail
}

func (h history) add(a attest.Announcement) {
	h.events[string(a.Key[:])+a.Event.ID] = a.EventHash()
	for _, r := range a.Event.Nonces {
		h.nonces[[64]byte(slices.Concat(a.Key[:], r[:]))] = a.EventHash()
	}
}

func newHistory() history {
	return history{events: make(map[string][32]byte), nonces: make(map[[64]byte][32]byte)}
}

func TestNoncesSeenBeforeAreRefused(t *testing.T) {
	announcements, want := contract(2, 3)
	green := attesttest.Contract()[1]
	other := green.Event("hp1/cum/20601/tot", want.Unit, want.Digits, attesttest.ContractMaturity)

	seen := newHistory()
	for _, a := range announcements {
		seen.add(a)
	}
	seen.add(green.Sign(other))
	if _, err := attest.CheckSet(announcements, want, seen); err != nil {
		t.Errorf("the same events again, and others: %v", err)
	}

	reuse := newHistory()
	other.Nonces[2] = announcements[1].Event.Nonces[0]
	reuse.add(green.Sign(other))
	if _, err := attest.CheckSet(announcements, want, reuse); !errors.Is(err, attest.ErrBadOracle) || !errors.Is(err, attest.ErrNonceRepeated) {
		t.Errorf("nonce of another event: %v", err)
	}

	twice := newHistory()
	second := announcements[2].Event
	second.Maturity++
	twice.add(attesttest.Contract()[2].Sign(second))
	if _, err := attest.CheckSet(announcements, want, twice); !errors.Is(err, attest.ErrBadOracle) || !errors.Is(err, attest.ErrTwoEvents) {
		t.Errorf("two events under one id: %v", err)
	}
}

func TestBrokenHistoryIsNotTheOraclesFault(t *testing.T) {
	announcements, want := contract(2, 3)
	broken := newHistory()
	broken.fail = errors.New("disk gone")
	if _, err := attest.CheckSet(announcements, want, broken); !errors.Is(err, broken.fail) || errors.Is(err, attest.ErrBadOracle) {
		t.Errorf("error %v, want %v alone", err, broken.fail)
	}
	if _, err := attest.CheckSet(announcements, want, brokenNonces{broken}); !errors.Is(err, broken.fail) || errors.Is(err, attest.ErrBadOracle) {
		t.Errorf("error %v, want %v alone", err, broken.fail)
	}
}

type brokenNonces struct{ history }

func (brokenNonces) EventHash([32]byte, string) ([32]byte, bool, error) {
	return [32]byte{}, false, nil
}

func TestOraclesOffTheListAreDeclined(t *testing.T) {
	set := checked(t, 2, 3)
	if err := set.CheckAllowed(func([32]byte) bool { return true }); err != nil {
		t.Error(err)
	}
	blue := attesttest.Contract()[2].Key()
	if err := set.CheckAllowed(func(key [32]byte) bool { return key != blue }); !errors.Is(err, attest.ErrOracleDeclined) {
		t.Errorf("error %v", err)
	}
}

// W9: the boundary, to the second.
func TestEventsPastOrNearAreRefused(t *testing.T) {
	set := checked(t, 2, 3)
	const maturity, lead = attesttest.ContractMaturity, 3600
	for _, c := range []struct {
		now      uint64
		attested bool
		ok       bool
	}{
		{maturity - lead - 1, false, true},
		{maturity - lead, false, true},
		{maturity - lead + 1, false, false},
		{maturity, false, false},
		{maturity + 1, false, false},
		{1 << 63, false, false},
		{0, false, true},
		{0, true, false},
	} {
		err := set.CheckOpen(c.now, lead, c.attested)
		if (err == nil) != c.ok || err != nil && !errors.Is(err, attest.ErrEventPast) {
			t.Errorf("now %d, attested %v: %v", c.now, c.attested, err)
		}
	}
	if err := set.CheckOpen(maturity, 0, false); err != nil {
		t.Errorf("no lead, at maturity: %v", err)
	}
}

func TestOnlyEqualOutcomesOfEnoughOraclesAgree(t *testing.T) {
	nine, eight := []uint8{1, 0, 0, 1}, []uint8{1, 0, 0, 0}
	cases := []struct {
		outcomes [][]uint8
		want     []int
	}{
		{[][]uint8{nine, nine, nine}, []int{0, 1}},
		{[][]uint8{nine, nil, nine}, []int{0, 2}},
		{[][]uint8{eight, nine, nine}, []int{1, 2}},
		{[][]uint8{nine, eight, nil}, nil},
		{[][]uint8{nine, nil, nil}, nil},
		{[][]uint8{nil, nil, nil}, nil},
		{nil, nil},
	}
	set := checked(t, 2, 3)
	for i, c := range cases {
		if got, ok := set.Agree(c.outcomes); ok != (c.want != nil) || !slices.Equal(got, c.want) {
			t.Errorf("case %d: %v, %v", i, got, ok)
		}
	}
}

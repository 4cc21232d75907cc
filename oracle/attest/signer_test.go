package attest_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/internal/testkit"
	"github.com/alkimiya/alkimiya/internal/tlv"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
)

func signer(t testing.TB, name string) *attest.Signer {
	t.Helper()
	secret := attesttest.Secret(name)
	s, err := attest.NewSigner(secret.Bytes(), [32]byte{7})
	require.NoError(t, err)
	return s
}

func cum(day uint32) (string, attest.DigitEvent, uint32) {
	return fmt.Sprintf("hp1/cum/%d/tot", day), attest.DigitEvent{Base: 2, Unit: "sat/PH", Digits: 30}, (day+1)*86400 + 43200
}

func TestWhatASignerSaysVerifiesUnderD2(t *testing.T) {
	s := signer(t, "red")
	require.Equal(t, attesttest.Oracle{Name: "red"}.Key(), s.Key())
	a, err := s.Announce(cum(20600))
	require.NoError(t, err)
	d, err := a.Verify()
	require.NoError(t, err)
	require.Equal(t, attest.D2, d)
	for _, x := range []uint64{0, 1, 23_376_409, 1<<30 - 1, 1 << 30, 1<<64 - 1} {
		b, err := s.Attest(a, attest.Digits(x, 30))
		require.NoError(t, err)
		require.NoError(t, a.Accept(attest.D2, b))
		got, err := b.Number()
		require.NoError(t, err)
		require.Equal(t, min(x, 1<<30-1), got)
	}
}

func TestASignerSaysTheSameAgain(t *testing.T) {
	first, second := signer(t, "red"), signer(t, "red")
	a, err := first.Announce(cum(20600))
	require.NoError(t, err)
	again, err := second.Announce(cum(20600))
	require.NoError(t, err)
	require.Equal(t, a.Encode(), again.Encode())
	b, err := first.Attest(a, attest.Digits(5, 30))
	require.NoError(t, err)
	twice, err := second.Attest(again, attest.Digits(5, 30))
	require.NoError(t, err)
	require.Equal(t, b.Encode(), twice.Encode())
}

// Nonces of events that differ in anything, of other keys and of other seeds
// have nothing in common.
func TestNoTwoEventsShareANonce(t *testing.T) {
	id, d, maturity := cum(20600)
	other := d
	other.Unit = "sat/PH/day"
	secret := attesttest.Secret("red")
	seeded, err := attest.NewSigner(secret.Bytes(), [32]byte{8})
	require.NoError(t, err)
	seen := map[[32]byte]int{}
	for i, event := range []func() (attest.Event, error){
		func() (attest.Event, error) { return signer(t, "red").Event(id, d, maturity) },
		func() (attest.Event, error) { return signer(t, "red").Event(id, d, maturity+1) },
		func() (attest.Event, error) { return signer(t, "red").Event(id+"x", d, maturity) },
		func() (attest.Event, error) { return signer(t, "red").Event(id, other, maturity) },
		func() (attest.Event, error) { return signer(t, "green").Event(id, d, maturity) },
		func() (attest.Event, error) { return seeded.Event(id, d, maturity) },
	} {
		e, err := event()
		require.NoError(t, err)
		for _, r := range e.Nonces {
			if before, met := seen[r]; met {
				t.Fatalf("event %d repeats a nonce of event %d", i, before)
			}
			seen[r] = i
		}
	}
	require.Len(t, seen, 6*30)
}

// Two outcomes of one event give the key away: the reason why a store decides
// what may be attested.
func TestRegressDdk192TwoOutcomesGiveTheKeyAway(t *testing.T) {
	s := signer(t, "red")
	a, err := s.Announce(cum(20600))
	require.NoError(t, err)
	b, err := s.Attest(a, attest.Digits(5, 30))
	require.NoError(t, err)
	c, err := s.Attest(a, attest.Digits(6, 30))
	require.NoError(t, err)
	e, err := attest.Equivocation(a, b, c)
	require.NoError(t, err)
	proof, err := e.Verify()
	require.NoError(t, err)
	require.Equal(t, attesttest.XOnly(attesttest.Secret("red")), attesttest.XOnly(*proof.Secret))
}

func TestSignerRefuses(t *testing.T) {
	s := signer(t, "red")
	id, d, maturity := cum(20600)
	a, err := s.Announce(id, d, maturity)
	require.NoError(t, err)
	foreign, err := signer(t, "green").Announce(id, d, maturity)
	require.NoError(t, err)
	changed := a
	changed.Event.Maturity++
	for name, c := range map[string]struct {
		want error
		got  func() error
	}{
		"no secret": {attest.ErrSecret, func() error { _, err := attest.NewSigner([32]byte{}, [32]byte{1}); return err }},
		"no seed":   {attest.ErrSecret, func() error { _, err := attest.NewSigner([32]byte{1}, [32]byte{}); return err }},
		"secret too large": {attest.ErrSecret, func() error {
			_, err := attest.NewSigner([32]byte([]byte(strings.Repeat("\xff", 32))), [32]byte{1})
			return err
		}},
		"no descriptor":     {attest.ErrDescriptor, func() error { _, err := s.Announce(id, nil, maturity); return err }},
		"no digits":         {attest.ErrDescriptor, func() error { _, err := s.Announce(id, attest.DigitEvent{Base: 2}, maturity); return err }},
		"id is no text":     {tlv.ErrText, func() error { _, err := s.Announce("\xff", d, maturity); return err }},
		"event too long":    {tlv.ErrTooLong, func() error { _, err := s.Announce(id, attest.DigitEvent{Base: 2, Digits: 200}, maturity); return err }},
		"id too long":       {tlv.ErrTooLong, func() error { _, err := s.Announce(strings.Repeat("x", 5000), d, maturity); return err }},
		"another oracle's":  {attest.ErrKey, func() error { _, err := s.Attest(foreign, attest.Digits(1, 30)); return err }},
		"too few values":    {attest.ErrOutcomes, func() error { _, err := s.Attest(a, attest.Digits(1, 29)); return err }},
		"no such value":     {attest.ErrOutcomes, func() error { _, err := s.Attest(a, append(attest.Digits(1, 29), "2")); return err }},
		"not as announced":  {attest.ErrNonce, func() error { _, err := s.Attest(changed, attest.Digits(1, 30)); return err }},
		"number not binary": {attest.ErrOutcomes, func() error { _, err := attest.Attestation{Outcomes: []string{"2"}}.Number(); return err }},
		"number too long":   {attest.ErrOutcomes, func() error { _, err := attest.Attestation{Outcomes: make([]string, 64)}.Number(); return err }},
	} {
		if err := c.got(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestASignerPrintsNoSecret(t *testing.T) {
	s := signer(t, "red")
	secret := attesttest.Secret("red")
	text := fmt.Sprintf("%v %+v %#v %s %x %v", s, s, s, s, s, struct{ s *attest.Signer }{s})
	require.NotContains(t, text, fmt.Sprintf("%x", secret.Bytes())[:16])
	require.NotContains(t, text, "7 0 0 0")
	require.Contains(t, text, "[secret]")
	s.Wipe()
	_, err := s.Attest(attest.Announcement{}, nil)
	require.Error(t, err)
}

func TestSignersNeverMeetTwoChallengesWithOneNonce(t *testing.T) {
	ledger := testkit.NewNonceLedger(t)
	for _, name := range []string{"red", "green"} {
		s := signer(t, name)
		for day := uint32(20600); day < 20610; day++ {
			a, err := s.Announce(cum(day))
			require.NoError(t, err)
			hash := attest.D2.AnnouncementHash(a.Event)
			record(ledger, s.Key(), a.Signature, hash)
			b, err := s.Attest(a, attest.Digits(uint64(day), 30))
			require.NoError(t, err)
			for i, sig := range b.Signatures {
				record(ledger, s.Key(), sig, attest.D2.OutcomeHash(b.Outcomes[i]))
			}
		}
	}
	require.Equal(t, 2*10*31, ledger.Len())
}

func record(l *testkit.NonceLedger, key [32]byte, sig [64]byte, m [32]byte) {
	r := [32]byte(sig[:32])
	e := attest.Challenge(&r, &key, &m)
	l.Record(key, r, e.Bytes())
}

func TestMarksCommitToEveryAttestationInOrder(t *testing.T) {
	s := signer(t, "red")
	empty := s.Mark(0, [32]byte{})
	require.NoError(t, empty.Verify())
	one := attest.NextHead(empty.Head, []byte("a"))
	two := attest.NextHead(one, []byte("b"))
	swapped := attest.NextHead(attest.NextHead(empty.Head, []byte("b")), []byte("a"))
	require.NotEqual(t, two, swapped)

	m := s.Mark(2, two)
	require.NoError(t, m.Verify())
	back, err := attest.DecodeMark(m.Encode())
	require.NoError(t, err)
	require.Equal(t, m, back)
	require.Len(t, m.Encode(), attest.MarkSize)

	for name, change := range map[string]func(*attest.Mark){
		"count":     func(m *attest.Mark) { m.Count++ },
		"head":      func(m *attest.Mark) { m.Head[0]++ },
		"key":       func(m *attest.Mark) { m.Key = signer(t, "green").Key() },
		"signature": func(m *attest.Mark) { m.Signature[63] ^= 1 },
	} {
		forged := m
		change(&forged)
		require.ErrorIs(t, forged.Verify(), attest.ErrSignature, name)
	}
	require.ErrorIs(t, s.Mark(0, two).Verify(), attest.ErrMark)
	require.ErrorIs(t, s.Mark(1, [32]byte{}).Verify(), attest.ErrMark)
	for _, b := range [][]byte{nil, m.Encode()[:50], m.Encode()[:135], append(m.Encode(), 0)} {
		_, err := attest.DecodeMark(b)
		require.Error(t, err)
	}
}

func TestAKeyEndorsesItsSuccessor(t *testing.T) {
	old, next := signer(t, "red"), signer(t, "green")
	sig := old.Endorse(next.Key())
	require.NoError(t, attest.VerifyEndorsement(old.Key(), next.Key(), sig))
	require.ErrorIs(t, attest.VerifyEndorsement(next.Key(), old.Key(), sig), attest.ErrSignature)
	require.ErrorIs(t, attest.VerifyEndorsement(old.Key(), old.Key(), sig), attest.ErrSignature)
}

package adaptor_test

import (
	"bytes"
	"errors"
	"runtime"
	"slices"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"

	"github.com/alkimiya/alkimiya/dlc/adaptor"
	"github.com/alkimiya/alkimiya/dlc/digits"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
)

// N6: without randomness nothing passes.
func TestVerificationFailsClosedWithoutRandomness(t *testing.T) {
	d := newDeal(t, 3)
	gone := errors.New("no entropy")
	for name, r := range map[string]*bytes.Reader{"none": bytes.NewReader(nil), "short": bytes.NewReader(make([]byte, 31))} {
		if err := adaptor.VerifyList(xonly(d.key), d.set, d.slots, d.messages, d.list(t), r); !errors.Is(err, adaptor.ErrRandom) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := adaptor.VerifyList(xonly(d.key), d.set, d.slots, d.messages, d.list(t), failing{gone}); !errors.Is(err, adaptor.ErrRandom) || !errors.Is(err, gone) {
		t.Errorf("failing: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestSecretsAreWiped(t *testing.T) {
	if left, err := adaptor.SignerLeft(private(t, secretO), aux(1)); left || err != nil {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestWorkersDoNotChangeTheResult(t *testing.T) {
	d := newDeal(t, 67)
	points, err := adaptor.Points(d.set, d.slots)
	if err != nil {
		t.Fatal(err)
	}
	for _, workers := range []int{-1, 2, 3, 1000} {
		again, err := adaptor.Points(d.set, d.slots, adaptor.Workers(workers))
		if err != nil || !slices.EqualFunc(again, points, adaptor.Point.Equal) {
			t.Errorf("%d workers: other points (%v)", workers, err)
		}
		list, err := adaptor.SignList(d.key, points, d.messages, aux(1), adaptor.Workers(workers))
		if err != nil || !bytes.Equal(list.Encode(), d.list(t).Encode()) {
			t.Errorf("%d workers: another list (%v)", workers, err)
		}
		bad := newDeal(t, 67)
		if err := bad.verifyBatch(t, workers); err != nil {
			t.Errorf("%d workers: %v", workers, err)
		}
		bad.sigs[50][64] ^= 1
		bad.sigs[51] = adaptor.Sig65{0: 2, 32: 5}
		bad.sigs[30][64] ^= 1
		if err := bad.verifyBatch(t, workers); slotOf(err) != 51 || !errors.Is(err, adaptor.ErrEncoding) {
			t.Errorf("%d workers: %v", workers, err)
		}
	}
}

// A slow obvious second implementation: every digit's point, weighted and added.
func TestPointsEqualTheSumWrittenOut(t *testing.T) {
	set, slots := contractSet(), contractSlots(t)
	shuffled := slices.Clone(slots)
	slices.Reverse(shuffled)
	for _, list := range [][]digits.Slot{slots, shuffled} {
		points, err := adaptor.Points(set, list)
		if err != nil {
			t.Fatal(err)
		}
		for n, slot := range list {
			var sum btcec.JacobianPoint
			for _, o := range [][]int{{0, 1}, {0, 2}, {1, 2}}[slot.Comb] {
				var part btcec.JacobianPoint
				for i, v := range slot.Prefix.Text(2) {
					s := set.DigitPoint(o, i, int(v-'0'))
					btcec.AddNonConst(&part, &s, &part)
				}
				weight := set.Weight(o)
				btcec.ScalarMultNonConst(&weight, &part, &part)
				btcec.AddNonConst(&sum, &part, &sum)
			}
			sum.ToAffine()
			if !points[n].Equal(adaptor.PointOf(btcec.NewPublicKey(&sum.X, &sum.Y))) {
				t.Errorf("slot %d: another point", n)
			}
		}
	}
}

func TestUnusablePointsAreRefused(t *testing.T) {
	set, slots := contractSet(), contractSlots(t)
	twice := append(slices.Clone(slots), slots[4])
	if _, err := adaptor.Points(set, twice); !errors.Is(err, adaptor.ErrPointRepeated) || slotOf(err) != 18 {
		t.Errorf("a slot twice: %v", err)
	}
	opposite := []digits.Slot{slots[3], {Prefix: digits.Prefix{Value: 3, Len: 2}}}
	if _, err := adaptor.PointsOfOpposites(set, opposite); !errors.Is(err, adaptor.ErrPointInfinity) || slotOf(err) != 1 {
		t.Errorf("points that cancel: %v", err)
	}
}

func TestSlotsThatDoNotFitAreRefused(t *testing.T) {
	set := contractSet()
	good := digits.Slot{Prefix: digits.Prefix{Value: 1, Len: 2}}
	for name, bad := range map[string]digits.Slot{
		"combination 3":     {Comb: 3, Prefix: good.Prefix},
		"combination -1":    {Comb: -1, Prefix: good.Prefix},
		"no digits":         {},
		"5 digits of 4":     {Prefix: digits.Prefix{Value: 1, Len: 5}},
		"255 digits":        {Prefix: digits.Prefix{Value: 1, Len: 255}},
		"value of 3 digits": {Prefix: digits.Prefix{Value: 4, Len: 2}},
	} {
		list := []digits.Slot{good, bad}
		sigs, err := adaptor.NewList([]adaptor.Sig65{{2}, {2}})
		if err != nil {
			t.Fatal(err)
		}
		_, points := adaptor.Points(set, list)
		_, secret := adaptor.Secret(set, bad, nil)
		errs := []error{
			points, secret,
			adaptor.VerifyList(xonly(private(t, secretO)), set, list, make([][32]byte, 2), sigs, random(1)),
			adaptor.VerifyEach(xonly(private(t, secretO)), set, list, make([][32]byte, 2), sigs),
		}
		for i, err := range errs {
			if want := 1; !errors.Is(err, adaptor.ErrSlot) || i != 1 && slotOf(err) != want {
				t.Errorf("%s: function %d: %v", name, i, err)
			}
		}
	}
}

func TestSecretsNeedTheRightAttestations(t *testing.T) {
	set, slots := contractSet(), contractSlots(t)
	oracles := attesttest.Contract()
	attestOf := func(o int, outcome uint64) attest.Attestation {
		return oracles[o].Attest(set.Announcement(o).Event, outcome)
	}
	cut := attestOf(2, 9)
	cut.Outcomes = cut.Outcomes[:3]
	for name, list := range map[string][]attest.Attestation{
		"none":            nil,
		"one":             {attestOf(0, 9)},
		"another outcome": {0: attestOf(0, 9), 2: attestOf(2, 10)},
		"partial":         {0: attestOf(0, 9), 2: cut},
	} {
		if tau, err := adaptor.Secret(set, slots[10], list); !errors.Is(err, adaptor.ErrAttestation) || !tau.IsZero() {
			t.Errorf("%s: %v", name, err)
		}
	}
	// 8 begins with the same prefix, 100, but its last digit is not used.
	tau, err := adaptor.Secret(set, slots[10], []attest.Attestation{0: attestOf(0, 8), 2: attestOf(2, 9)})
	if err != nil || !tau.Equals(scalar(unhex(t, tauHex))) {
		t.Errorf("outcomes that share the prefix: %v", err)
	}
}

func TestBadArgumentsAreRefused(t *testing.T) {
	d := newDeal(t, 3)
	point, m, key := d.point(t, 0), d.messages[0], d.key
	sig, list := d.sigs[0], d.list(t)
	tau := *d.tau(t, 0)
	offCurve := [32]byte{31: 5}
	var full [64]byte
	copy(full[:], sig[1:33])
	tooLarge := full
	copy(tooLarge[32:], bytes.Repeat([]byte{0xff}, 32))
	badSig := sig
	badSig[0] = 4
	var err error
	check := func(name string, got, want error) {
		t.Helper()
		if !errors.Is(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	_, err = adaptor.Sign(&btcec.PrivateKey{}, point, m, aux(1))
	check("sign: zero key", err, adaptor.ErrSecret)
	_, err = adaptor.Sign(key, adaptor.Point{}, m, aux(1))
	check("sign: no point", err, adaptor.ErrPoint)
	_, err = adaptor.SignList(key, []adaptor.Point{point}, d.messages, aux(1))
	check("sign list: counts", err, adaptor.ErrCount)
	check("verify: key", adaptor.Verify(offCurve, point, m, sig), adaptor.ErrKey)
	check("verify: no point", adaptor.Verify(xonly(key), adaptor.Point{}, m, sig), adaptor.ErrPoint)
	check("verify: first byte", adaptor.Verify(xonly(key), point, m, badSig), adaptor.ErrEncoding)
	_, err = adaptor.Complete(xonly(key), m, badSig, &tau)
	check("complete: first byte", err, adaptor.ErrEncoding)
	_, err = adaptor.Complete(offCurve, m, sig, &tau)
	check("complete: key", err, adaptor.ErrKey)
	_, err = adaptor.Complete(xonly(key), d.messages[1], sig, &tau)
	check("complete: message", err, adaptor.ErrBadSignature)
	_, err = adaptor.Extract(sig, full, adaptor.Point{})
	check("extract: no point", err, adaptor.ErrPoint)
	_, err = adaptor.Extract(sig, [64]byte{}, point)
	check("extract: nonce", err, adaptor.ErrOtherNonce)
	_, err = adaptor.Extract(badSig, full, point)
	check("extract: first byte", err, adaptor.ErrEncoding)
	_, err = adaptor.Extract(sig, tooLarge, point)
	check("extract: s", err, adaptor.ErrEncoding)
	_, err = adaptor.Extract(sig, full, point)
	check("extract: secret", err, adaptor.ErrWrongSecret)
	copy(full[32:], sig[33:])
	_, err = adaptor.Extract(sig, full, point)
	check("extract: secret 0", err, adaptor.ErrWrongSecret)
	check("list: key", adaptor.VerifyList(offCurve, d.set, d.slots, d.messages, list, random(1)), adaptor.ErrKey)
	check("list: messages", adaptor.VerifyList(xonly(key), d.set, d.slots, d.messages[:2], list, random(1)), adaptor.ErrCount)
	check("list: slots", adaptor.VerifyEach(xonly(key), d.set, d.slots[:2], d.messages, list), adaptor.ErrCount)
	check("each: key", adaptor.VerifyEach(offCurve, d.set, d.slots, d.messages, list), adaptor.ErrKey)
	_, err = adaptor.NewList([]adaptor.Sig65{sig, badSig})
	check("new list", err, adaptor.ErrEncoding)
	_, err = adaptor.ParseSig65(sig[:64])
	check("64 bytes", err, adaptor.ErrEncoding)
	_, err = adaptor.ParsePoint(sig[:32])
	check("point of 32 bytes", err, adaptor.ErrPoint)
	_, err = adaptor.ParsePoint(append([]byte{4}, sig[1:33]...))
	check("point in another form", err, adaptor.ErrPoint)
	_, err = adaptor.PointOfSecret(new(btcec.ModNScalar))
	check("point of 0", err, adaptor.ErrPoint)
}

func TestErrorsNameTheSlot(t *testing.T) {
	err := &adaptor.SlotError{Slot: 7, Err: adaptor.ErrBadAdaptorSig}
	if err.Error() != "slot 7: adaptor signature does not verify" {
		t.Errorf("it reads %q", err)
	}
}

func TestListsOfAnotherLengthAreRefused(t *testing.T) {
	raw := newDeal(t, 3).list(t).Encode()
	if len(raw) != adaptor.ListSize(3) || len(raw) != 4+3*64+1 {
		t.Fatalf("3 signatures take %d bytes", len(raw))
	}
	spare := bytes.Clone(raw)
	spare[len(spare)-1] |= 8
	for _, c := range []struct {
		name string
		raw  []byte
		want int
		err  error
	}{
		{"empty", nil, 0, adaptor.ErrLength},
		{"count 4", raw, 4, adaptor.ErrCount},
		{"count 2", raw, 2, adaptor.ErrCount},
		{"count -1", []byte{0xff, 0xff, 0xff, 0xff}, -1, adaptor.ErrCount},
		{"a byte short", raw[:len(raw)-1], 3, adaptor.ErrLength},
		{"a byte more", append(bytes.Clone(raw), 0), 3, adaptor.ErrLength},
		{"count alone", raw[:4], 3, adaptor.ErrLength},
		{"4,294,967,295 claimed", []byte{0xff, 0xff, 0xff, 0xff}, 1<<32 - 1, adaptor.ErrLength},
		{"spare bit", spare, 3, adaptor.ErrSpareBits},
	} {
		if _, err := adaptor.DecodeList(c.raw, c.want); !errors.Is(err, c.err) {
			t.Errorf("%s: %v, want %v", c.name, err, c.err)
		}
	}
}

func TestListsAreReadBack(t *testing.T) {
	for _, n := range []int{0, 1, 7, 8, 9, 257} {
		d := &deal{sigs: make([]adaptor.Sig65, n)}
		for i := range d.sigs {
			d.sigs[i] = adaptor.Sig65{byte(2 + i*i%3%2), byte(i)}
		}
		raw := d.list(t).Encode()
		list, err := adaptor.DecodeList(raw, n)
		if err != nil || list.Len() != n || len(raw) != adaptor.ListSize(n) || !bytes.Equal(list.Encode(), raw) {
			t.Fatalf("%d signatures: %v", n, err)
		}
		for i := range n {
			if list.At(i) != d.sigs[i] {
				t.Errorf("%d signatures: number %d differs", n, i)
			}
		}
	}
}

// W2 and W8: what a list claims costs nothing.
func TestClaimsOfAListAreCheckedBeforeAllocation(t *testing.T) {
	claim := []byte{0x00, 0x00, 0x4e, 0x20, 1, 2, 3}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := adaptor.DecodeList(claim, 20_000)
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; !errors.Is(err, adaptor.ErrLength) || grown > 1<<16 {
		t.Errorf("%v after %d bytes", err, grown)
	}
}

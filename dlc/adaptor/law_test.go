package adaptor_test

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/dlc/adaptor"
	"github.com/alkimiya/alkimiya/dlc/digits"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
)

// random returns a stream that a test can repeat.
func random(seed byte) io.Reader { return rand.NewChaCha8([32]byte{seed}) }

// A deal is a list with all that it is judged by, and the oracles' secrets.
type deal struct {
	oracles  []attesttest.Oracle
	set      *attest.Set
	slots    []digits.Slot
	messages [][32]byte
	key      *btcec.PrivateKey
	sigs     []adaptor.Sig65
}

// message returns the i-th of any number of distinct hashes.
func message(i int) [32]byte { return attesttest.XOnly(attesttest.Secret(fmt.Sprint("message ", i))) }

// ascending returns n slots of combos combinations, of prefixes with length digits
// in ascending order.
func ascending(n, combos, length int) []digits.Slot {
	slots := make([]digits.Slot, n)
	for i := range slots {
		slots[i] = digits.Slot{Comb: i % combos, Prefix: digits.Prefix{Value: uint64(i/combos) + 3, Len: uint8(length)}} //nolint:gosec // G115: few digits
	}
	return slots
}

// largest is the deal that newDeal copies from.
var largest struct {
	once sync.Once
	deal *deal
}

// newDeal returns a deal of n slots, at most 257, of two of three oracles with 7
// digits. It is the caller's to change.
func newDeal(t testing.TB, n int) *deal {
	t.Helper()
	largest.once.Do(func() { largest.deal = makeDeal(t, 257, 3, 2, 7) })
	d := *largest.deal
	d.slots, d.messages, d.sigs = slices.Clone(d.slots[:n]), slices.Clone(d.messages[:n]), slices.Clone(d.sigs[:n])
	return &d
}

func makeDeal(t testing.TB, n, oracles, threshold, length int) *deal {
	t.Helper()
	combos, err := digits.Binomial(oracles, threshold)
	if err != nil {
		t.Fatal(err)
	}
	d := &deal{
		oracles: attesttest.Contract()[:oracles],
		set:     attesttest.Set(attesttest.Contract()[:oracles], threshold, "e", "u", length, 1),
		slots:   ascending(n, combos, length),
		key:     private(t, secretO),
	}
	for i := range n {
		d.messages = append(d.messages, message(i))
	}
	points, err := adaptor.Points(d.set, d.slots)
	if err != nil {
		t.Fatal(err)
	}
	list, err := adaptor.SignList(d.key, points, d.messages, aux(1))
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		d.sigs = append(d.sigs, list.At(i))
	}
	return d
}

// point returns that of slot i.
func (d *deal) point(t testing.TB, i int) adaptor.Point {
	t.Helper()
	points, err := adaptor.Points(d.set, d.slots[i:i+1])
	if err != nil {
		t.Fatal(err)
	}
	return points[0]
}

// tau returns the secret of slot i, which all oracles together know.
func (d *deal) tau(t testing.TB, i int) *btcec.ModNScalar {
	t.Helper()
	combs, err := digits.Combinations(d.set.Len(), d.set.Threshold())
	if err != nil {
		t.Fatal(err)
	}
	var tau btcec.ModNScalar
	for _, o := range combs[d.slots[i].Comb] {
		event := d.set.Announcement(o).Event
		known, ok := secrets.Load(event.Nonces[0])
		if !ok {
			known, _ = secrets.LoadOrStore(event.Nonces[0], [2]attest.Attestation{d.oracles[o].Attest(event, 0), d.oracles[o].Attest(event, 1<<d.set.Digits()-1)})
		}
		var sum btcec.ModNScalar
		for j := range int(d.slots[i].Prefix.Len) {
			s := known.([2]attest.Attestation)[d.slots[i].Prefix.Bit(j)].Secret(j) //nolint:errcheck // the map holds nothing else
			sum.Add(&s)
		}
		weight := d.set.Weight(o)
		tau.Add(sum.Mul(&weight))
	}
	return &tau
}

// secrets holds both outcomes of every digit of an oracle, by its first nonce.
var secrets sync.Map

// craft returns the adaptor signature of slot i whose R is r*G: with the oracles'
// secret a signer can choose R as he likes.
func (d *deal) craft(t testing.TB, i int, r btcec.ModNScalar) adaptor.Sig65 {
	t.Helper()
	var p btcec.JacobianPoint
	btcec.ScalarBaseMultNonConst(&r, &p)
	p.ToAffine()
	rb := btcec.NewPublicKey(&p.X, &p.Y).SerializeCompressed()
	k := *d.tau(t, i)
	k.Negate().Add(&r)
	if p.Y.IsOdd() {
		k.Negate()
	}
	secret := d.key.Key
	if d.key.PubKey().SerializeCompressed()[0] == 3 {
		secret.Negate()
	}
	x, pub := [32]byte(rb[1:]), xonly(d.key)
	e := attest.Challenge(&x, &pub, &d.messages[i])
	s := k.Add(e.Mul(&secret)).Bytes()
	return adaptor.Sig65(append(rb, s[:]...))
}

// verify returns what the batch and the one-by-one verifier say.
func (d *deal) verify(t testing.TB, workers int) (batch, each error) {
	t.Helper()
	batch = d.verifyBatch(t, workers)
	return batch, adaptor.VerifyEach(xonly(d.key), d.set, d.slots, d.messages, d.list(t))
}

func (d *deal) verifyBatch(t testing.TB, workers int) error {
	t.Helper()
	return adaptor.VerifyList(xonly(d.key), d.set, d.slots, d.messages, d.list(t), random(2), adaptor.Workers(workers))
}

func (d *deal) list(t testing.TB) adaptor.List {
	t.Helper()
	list, err := adaptor.NewList(d.sigs)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// slotOf returns the slot that an error names, or -1.
func slotOf(err error) int {
	var at *adaptor.SlotError
	if errors.As(err, &at) {
		return at.Slot
	}
	return -1
}

// wantBad fails unless both verifiers name slot.
func wantBad(t testing.TB, what string, slot int, batch, each error) {
	t.Helper()
	if slotOf(batch) != slot || slotOf(each) != slot {
		t.Errorf("%s: batch %v, one by one %v, want slot %d", what, batch, each, slot)
	}
}

var sizes = []int{0, 1, 2, 3, 255, 256, 257}

func TestBatchAgreesWithOneByOne(t *testing.T) {
	for _, n := range sizes {
		if batch, each := newDeal(t, n).verify(t, 1); batch != nil || each != nil {
			t.Errorf("%d signatures: batch %v, one by one %v", n, batch, each)
		}
	}
}

// Every kind of fault, at the first, the last and a middle slot.
func TestFaultsAreNamedByBothVerifiers(t *testing.T) {
	faults := map[string]func(d *deal, i int){
		"parity bit":    func(d *deal, i int) { d.sigs[i][0] ^= 1 },
		"s'":            func(d *deal, i int) { d.sigs[i][64] ^= 1 },
		"x(R)":          func(d *deal, i int) { copy(d.sigs[i][1:33], d.sigs[(i+1)%len(d.sigs)][1:33]) },
		"digit path":    func(d *deal, i int) { d.slots[i].Prefix.Value ^= 1 },
		"prefix":        func(d *deal, i int) { d.slots[i].Prefix.Value >>= 1; d.slots[i].Prefix.Len-- },
		"combination":   func(d *deal, i int) { d.slots[i].Comb = (d.slots[i].Comb + 1) % 3 },
		"message":       func(d *deal, i int) { d.messages[i][0] ^= 1 },
		"off the curve": func(d *deal, i int) { d.sigs[i] = adaptor.Sig65{0: 2, 32: 5, 64: 1} },
		"s' above n": func(d *deal, i int) {
			for j := 33; j < 65; j++ {
				d.sigs[i][j] = 0xff
			}
		},
	}
	for name, fault := range faults {
		for _, n := range []int{2, 7} {
			for _, i := range []int{0, n - 1} {
				d := newDeal(t, n)
				fault(d, i)
				batch, each := d.verify(t, 2)
				wantBad(t, fmt.Sprintf("%s of %d in %d", name, i, n), i, batch, each)
			}
		}
	}
}

func TestEveryIndexIsCaught(t *testing.T) {
	const n = 7
	for i := range n {
		d := newDeal(t, n)
		d.sigs[i][i%2*40] ^= 1
		batch, each := d.verify(t, 1)
		wantBad(t, "parity bit or s'", i, batch, each)
	}
	d := newDeal(t, n)
	if batch, each := d.verify(t, 1); batch != nil || each != nil {
		t.Errorf("all put back: batch %v, one by one %v", batch, each)
	}
}

// Lists in which points R are equal or opposite make the buckets of the batch
// verifier meet the exceptional cases of point addition.
func TestEqualAndOppositePointsAreSummedExactly(t *testing.T) {
	for _, n := range []int{2, 3, 257} {
		d := newDeal(t, n)
		r := attesttest.Secret("r")
		for i := range n {
			if i == n/2 && n > 3 {
				break
			}
			if i%2 == 1 {
				r.Negate()
			}
			d.sigs[i] = d.craft(t, i, r)
		}
		if batch := d.verifyBatch(t, 1); batch != nil {
			t.Fatalf("%d signatures: %v", n, batch)
		}
		for i := range min(n, 8) {
			if err := adaptor.Verify(xonly(d.key), d.point(t, i), d.messages[i], d.sigs[i]); err != nil {
				t.Errorf("%d signatures: number %d: %v", n, i, err)
			}
		}
		d.sigs[1][0] ^= 1
		if batch := d.verifyBatch(t, 2); slotOf(batch) != 1 {
			t.Errorf("%d signatures, one of an opposite: %v", n, batch)
		}
	}
}

func TestRepeatedSlotsAreSummedExactly(t *testing.T) {
	for _, n := range []int{2, 3, 257} {
		d := newDeal(t, n)
		for i := range n {
			d.slots[i], d.messages[i], d.sigs[i] = d.slots[0], d.messages[0], d.sigs[0]
		}
		if batch := d.verifyBatch(t, 2); batch != nil {
			t.Errorf("%d equal signatures: %v", n, batch)
		}
		d.sigs[n-1][64] ^= 1
		if batch := d.verifyBatch(t, 1); slotOf(batch) != n-1 {
			t.Errorf("%d signatures, one unlike its equals: %v", n, batch)
		}
	}
}

// N9: two errors that cancel in a plain sum do not cancel in a weighted one.
func TestErrorsDoNotCancel(t *testing.T) {
	d := newDeal(t, 3)
	for i, add := range []int{0: 1, 2: -1} {
		if add == 0 {
			continue
		}
		var one btcec.ModNScalar
		one.SetInt(1)
		if (add < 0) != (d.sigs[i][0] == 3) {
			one.Negate()
		}
		s := scalar(d.sigs[i][33:]).Add(&one).Bytes()
		copy(d.sigs[i][33:], s[:])
	}
	batch, each := d.verify(t, 1)
	wantBad(t, "cancelling", 0, batch, each)
}

// The one difference between the verifiers: R = T reveals nothing but its
// signer's key.
func TestNonceZeroIsSeenOneByOneOnly(t *testing.T) {
	d := newDeal(t, 3)
	d.sigs[1] = d.craft(t, 1, *d.tau(t, 1))
	batch, each := d.verify(t, 1)
	if batch != nil || slotOf(each) != 1 {
		t.Errorf("batch %v, one by one %v", batch, each)
	}
}

// Any mixture of faults gives one answer, and the batch never depends on its
// coefficients.
func TestBatchAgreesOnRandomLists(t *testing.T) {
	good := makeDeal(t, 5, 1, 1, 3)
	rapid.Check(t, func(rt *rapid.T) {
		d := *good
		d.sigs = append([]adaptor.Sig65(nil), good.sigs...)
		d.slots = append([]digits.Slot(nil), good.slots...)
		n := rapid.IntRange(0, len(d.sigs)).Draw(rt, "n")
		for range rapid.IntRange(0, 3).Draw(rt, "faults") {
			i, j := rapid.IntRange(0, 4).Draw(rt, "i"), rapid.IntRange(0, 4).Draw(rt, "j")
			switch rapid.IntRange(0, 3).Draw(rt, "kind") {
			case 0:
				d.sigs[i] = d.sigs[j]
			case 1:
				d.slots[i] = d.slots[j]
			case 2:
				d.sigs[i][0] ^= 1
			default:
				d.sigs[i][33+rapid.IntRange(0, 31).Draw(rt, "byte")] ^= 1
			}
		}
		list, err := adaptor.NewList(d.sigs[:n])
		if err != nil {
			rt.Fatal(err)
		}
		seed := rapid.Byte().Draw(rt, "seed")
		batch := adaptor.VerifyList(xonly(d.key), d.set, d.slots[:n], d.messages[:n], list, random(seed))
		each := adaptor.VerifyEach(xonly(d.key), d.set, d.slots[:n], d.messages[:n], list)
		if slotOf(batch) != slotOf(each) {
			rt.Errorf("batch %v, one by one %v", batch, each)
		}
	})
}

// Adapting and extracting are inverse, for every parity of P, T and R.
func TestExtractionUndoesAdapting(t *testing.T) {
	secret := rapid.SliceOfN(rapid.Byte(), 32, 32)
	rapid.Check(t, func(rt *rapid.T) {
		priv, _ := btcec.PrivKeyFromBytes(secret.Draw(rt, "key"))
		tau := scalar(secret.Draw(rt, "tau"))
		if priv.Key.IsZero() || tau.IsZero() {
			return
		}
		m, fresh := [32]byte(secret.Draw(rt, "message")), [32]byte(secret.Draw(rt, "aux"))
		point, err := adaptor.PointOfSecret(tau)
		if err != nil {
			rt.Fatal(err)
		}
		sig, err := adaptor.Sign(priv, point, m, fresh)
		if err != nil {
			rt.Fatal(err)
		}
		if err := adaptor.Verify(xonly(priv), point, m, sig); err != nil {
			rt.Fatal(err)
		}
		full, err := adaptor.Complete(xonly(priv), m, sig, tau)
		if err != nil {
			rt.Fatal(err)
		}
		if got, err := adaptor.Extract(sig, full, point); err != nil || !got.Equals(tau) {
			rt.Fatalf("extracted %v: %v", got, err)
		}
	})
}

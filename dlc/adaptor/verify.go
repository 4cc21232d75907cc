package adaptor

import (
	"errors"
	"fmt"
	"io"

	"github.com/btcsuite/btcd/btcec/v2"

	"github.com/alkimiya/alkimiya/dlc/digits"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// VerifyList checks that list holds, for every slot, an adaptor signature on its
// message by the x-only key pub for the slot's point, by one multi-scalar
// multiplication with random coefficients (PROTOCOL.md 7). It builds no adaptor
// points. random is read once, after all else is known, and must be a CSPRNG that
// the signer cannot predict.
//
// It fails with ErrKey, ErrCount, ErrRandom, or a SlotError of ErrSlot, ErrEncoding
// or ErrBadAdaptorSig, which names a bad slot; then nothing of the list may be
// used. An invalid list passes with a probability below 2^-120. The only valid
// list that VerifyEach refuses is one with R = T in a slot, which harms its signer
// alone.
func VerifyList(pub [32]byte, set *attest.Set, slots []digits.Slot, messages [][32]byte, list List, random io.Reader, opts ...Option) error {
	b, err := newBatch(pub, set, slots, messages, list, optionsOf(opts))
	if err != nil {
		return err
	}
	if err := b.draw(random); err != nil {
		return err
	}
	if b.holds(0, len(slots)) {
		return nil
	}
	return &SlotError{Slot: b.bisect(0, len(slots)), Err: ErrBadAdaptorSig}
}

// VerifyEach checks what VerifyList checks, one signature after the other and
// without randomness: slow, and obvious. It fails as VerifyList does, and with
// ErrPointInfinity in a SlotError.
func VerifyEach(pub [32]byte, set *attest.Set, slots []digits.Slot, messages [][32]byte, list List) error {
	if err := checkCounts(slots, messages, list); err != nil {
		return err
	}
	points, err := pointsOf(set, slots, optionsOf(nil))
	if err != nil {
		return err
	}
	for i := range points {
		if err := Verify(pub, points[i], messages[i], list.At(i)); err != nil {
			if errors.Is(err, ErrKey) {
				return err
			}
			return &SlotError{Slot: i, Err: err}
		}
	}
	return nil
}

func checkCounts(slots []digits.Slot, messages [][32]byte, list List) error {
	if len(slots) != len(messages) || len(slots) != list.Len() {
		return fmt.Errorf("%w: %d slots, %d messages, %d signatures", ErrCount, len(slots), len(messages), list.Len())
	}
	return nil
}

// A batch is a list under verification. With Q_i = lift_x(x(R_i)) and random a_i
// (PROTOCOL.md's a_i times epsilon_i, which is as random), the list is valid if
//
//	(sum a_i*s'_i)*G - (sum a_i*e_i)*P + sum a_i*epsilon_i*T_i - sum a_i*Q_i = infinity
//
// where the third sum is regrouped by nonces and keys of the oracles.
type batch struct {
	set    *attest.Set
	combs  [][]int
	slots  []digits.Slot
	list   List
	p      btcec.JacobianPoint
	q      []btcec.JacobianPoint
	s, e   []btcec.ModNScalar
	coefs  []coefficient
	option options
}

// newBatch checks all encodings and computes the challenges.
func newBatch(pub [32]byte, set *attest.Set, slots []digits.Slot, messages [][32]byte, list List, o options) (*batch, error) {
	if err := checkCounts(slots, messages, list); err != nil {
		return nil, err
	}
	p, ok := attest.LiftX(&pub)
	if !ok {
		return nil, ErrKey
	}
	combs, err := combinations(set, slots)
	if err != nil {
		return nil, err
	}
	b := &batch{
		set: set, combs: combs, slots: slots, list: list, p: p, option: o,
		q: make([]btcec.JacobianPoint, len(slots)),
		s: make([]btcec.ModNScalar, len(slots)),
		e: make([]btcec.ModNScalar, len(slots)),
	}
	err = o.split(len(slots), func(_, lo, hi int) error {
		for i := lo; i < hi; i++ {
			body := &list.bodies[i]
			q, s, err := splitBody(body)
			if err != nil {
				return &SlotError{Slot: i, Err: err}
			}
			b.q[i], b.s[i] = q, s
			b.e[i] = attest.Challenge((*[32]byte)(body[:32]), &pub, &messages[i])
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return b, nil
}

// draw reads the random coefficients.
func (b *batch) draw(random io.Reader) (err error) {
	b.coefs, err = drawCoefficients(random, len(b.slots))
	return err
}

// bisect returns the lowest slot from lo to hi whose signature is bad, given that
// the sum over them does not vanish. Half-sums reuse the coefficients, which stay
// unknown to the signer.
func (b *batch) bisect(lo, hi int) int {
	for hi-lo > 1 {
		middle := (lo + hi) / 2
		if b.holds(lo, middle) {
			lo = middle
		} else {
			hi = middle
		}
	}
	return lo
}

// holds says whether the equation holds for the slots from lo to hi.
func (b *batch) holds(lo, hi int) bool {
	if lo == hi {
		return true
	}
	parts := make([]partial, b.option.shares(hi-lo))
	// The work never fails.
	_ = b.option.split(hi-lo, func(share, from, to int) error {
		parts[share] = b.partial(lo+from, lo+to)
		return nil
	})
	total := parts[0]
	for i := range parts[1:] {
		total.merge(&parts[1+i])
	}
	sum := b.fixed(&total)
	negate(&total.q)
	btcec.AddNonConst(&sum, &total.q, &sum)
	return isInfinity(&sum)
}

// A partial is the sums over a share of the slots.
type partial struct {
	as, ae btcec.ModNScalar        // sum a_i*s'_i, sum a_i*e_i
	q      btcec.JacobianPoint     // sum a_i*Q_i
	values [][][2]btcec.ModNScalar // sum a_i*epsilon_i by oracle, digit and value
}

func (p *partial) merge(other *partial) {
	p.as.Add(&other.as)
	p.ae.Add(&other.ae)
	btcec.AddNonConst(&p.q, &other.q, &p.q)
	for o := range p.values {
		for i := range p.values[o] {
			for v := range 2 {
				p.values[o][i][v].Add(&other.values[o][i][v])
			}
		}
	}
}

func (b *batch) partial(lo, hi int) (p partial) {
	tree := newPathWeights(b.set)
	for i := lo; i < hi; i++ {
		a := b.coefs[i].scalar()
		var product btcec.ModNScalar
		p.as.Add(product.Mul2(&a, &b.s[i]))
		p.ae.Add(product.Mul2(&a, &b.e[i]))
		if b.list.odd(i) {
			a.Negate()
		}
		tree.moveTo(b.slots[i].Prefix)
		tree.add(b.combs[b.slots[i].Comb], &a)
	}
	p.values = tree.values()
	p.q = multiply(b.q[lo:hi], b.coefs[lo:hi])
	return p
}

// fixed returns the terms of G, P, and the oracles' nonces and keys.
func (b *batch) fixed(p *partial) (sum btcec.JacobianPoint) {
	btcec.ScalarBaseMultNonConst(&p.as, &sum)
	addTerm := func(k *btcec.ModNScalar, point *btcec.JacobianPoint) {
		if k.IsZero() {
			return
		}
		var term btcec.JacobianPoint
		btcec.ScalarMultNonConst(k, point, &term)
		btcec.AddNonConst(&sum, &term, &sum)
	}
	addTerm(new(btcec.ModNScalar).NegateVal(&p.ae), &b.p)
	for o := range p.values {
		weight := b.set.Weight(o)
		var forKey btcec.ModNScalar
		for i := range p.values[o] {
			var forNonce btcec.ModNScalar
			for v := range 2 {
				a := p.values[o][i][v]
				forNonce.Add(&a)
				e := b.set.Challenge(o, i, v)
				forKey.Add(e.Mul(&a))
			}
			nonce := b.set.NoncePoint(o, i)
			addTerm(forNonce.Mul(&weight), &nonce)
		}
		key := b.set.KeyPoint(o)
		addTerm(forKey.Mul(&weight), &key)
	}
	return sum
}

// pathWeights sums coefficients over the trie of prefixes, so that a slot costs
// what its prefix does not share with the one before.
type pathWeights struct {
	open [][]btcec.ModNScalar    // by oracle and length: what is below, not yet in sums
	sums [][][2]btcec.ModNScalar // by oracle, digit and value
	at   digits.Prefix
}

func newPathWeights(set *attest.Set) *pathWeights {
	w := &pathWeights{open: make([][]btcec.ModNScalar, set.Len()), sums: make([][][2]btcec.ModNScalar, set.Len())}
	for o := range w.open {
		w.open[o] = make([]btcec.ModNScalar, set.Digits()+1)
		w.sums[o] = make([][2]btcec.ModNScalar, set.Digits())
	}
	return w
}

// moveTo makes prefix the current one.
func (w *pathWeights) moveTo(prefix digits.Prefix) {
	w.close(common(w.at, prefix))
	w.at = prefix
}

// close moves what is open below length up to it.
func (w *pathWeights) close(length int) {
	for i := int(w.at.Len) - 1; i >= length; i-- {
		v := w.at.Bit(i)
		for o := range w.open {
			below := &w.open[o][i+1]
			w.sums[o][i][v].Add(below)
			w.open[o][i].Add(below)
			below.Zero()
		}
	}
}

// add enters a coefficient for the oracles of a combination at the current prefix.
func (w *pathWeights) add(comb []int, a *btcec.ModNScalar) {
	for _, o := range comb {
		w.open[o][w.at.Len].Add(a)
	}
}

// values returns the sums of all that was added.
func (w *pathWeights) values() [][][2]btcec.ModNScalar {
	w.close(0)
	return w.sums
}

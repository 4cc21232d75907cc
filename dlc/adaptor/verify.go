package adaptor

import (
	"errors"
	"fmt"
	"io"

	"github.com/alkimiya/alkimiya/dlc/digits"
	"github.com/alkimiya/alkimiya/internal/secp"
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
	set     *attest.Set
	combs   [][]int
	layout  layout
	slots   []digits.Slot
	list    List
	p       secp.Point
	q       []secp.Point
	s, e    []secp.Scalar
	weights *secp.Weights
	option  options
}

// newBatch checks all encodings and computes the challenges.
func newBatch(pub [32]byte, set *attest.Set, slots []digits.Slot, messages [][32]byte, list List, o options) (*batch, error) {
	if err := checkCounts(slots, messages, list); err != nil {
		return nil, err
	}
	p, ok := secp.LiftX(&pub)
	if !ok {
		return nil, ErrKey
	}
	combs, err := combinations(set, slots)
	if err != nil {
		return nil, err
	}
	b := &batch{
		set: set, combs: combs, slots: slots, list: list, p: p, option: o,
		layout: layoutFor(set.Digits(), len(slots)),
		q:      make([]secp.Point, len(slots)),
		s:      make([]secp.Scalar, len(slots)),
		e:      make([]secp.Scalar, len(slots)),
	}
	err = o.split(len(slots), func(_, lo, hi int) error {
		hasher := secp.NewHasher()
		for i := lo; i < hi; i++ {
			body := &list.bodies[i]
			b.e[i] = hasher.Challenge((*[32]byte)(body[:32]), &pub, &messages[i])
		}
		return b.lift(lo, hi)
	})
	if err != nil {
		return nil, err
	}
	return b, nil
}

// lift checks the encodings from lo to hi.
func (b *batch) lift(lo, hi int) error {
	var x [liftSize][32]byte
	for ; lo < hi; lo += liftSize {
		n := min(liftSize, hi-lo)
		for i := range n {
			copy(x[i][:], b.list.bodies[lo+i][:32])
		}
		off := secp.LiftAll(b.q[lo:lo+n], x[:n])
		for i := range n {
			if !b.s[lo+i].SetBytes((*[32]byte)(b.list.bodies[lo+i][32:])) {
				return &SlotError{Slot: lo + i, Err: errLargeS}
			}
			if i == off {
				return &SlotError{Slot: lo + i, Err: errOffCurve}
			}
		}
	}
	return nil
}

// liftSize is how many points are lifted together.
const liftSize = 64

// draw reads the key of the random coefficients, and draws them.
func (b *batch) draw(random io.Reader) error {
	if len(b.slots) == 0 {
		return nil
	}
	var key [32]byte
	if _, err := io.ReadFull(random, key[:]); err != nil {
		return fmt.Errorf("%w: %w", ErrRandom, err)
	}
	var err error
	if b.weights, err = secp.DrawWeights(&key, len(b.slots)); err != nil {
		return fmt.Errorf("%w: %w", ErrRandom, err)
	}
	return nil
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
	parts := make([]*partial, b.option.shares(hi-lo))
	// The work never fails.
	_ = b.option.split(hi-lo, func(share, from, to int) error {
		parts[share] = b.partial(lo+from, lo+to)
		return nil
	})
	total := parts[0]
	for _, p := range parts[1:] {
		total.merge(p)
	}
	sum := b.fixed(total)
	sum.Subtract(&total.q)
	return sum.IsInfinity()
}

// A partial is the sums over a share of the slots.
type partial struct {
	as, ae  secp.Dot      // sum a_i*s'_i, sum a_i*e_i
	weights *weightTables // of a_i*epsilon_i
	q       secp.Sum      // sum a_i*Q_i
}

func (p *partial) merge(other *partial) {
	p.as.Merge(&other.as)
	p.ae.Merge(&other.ae)
	p.weights.merge(other.weights)
	p.q.Add(&other.q)
}

func (b *batch) partial(lo, hi int) *partial {
	p := &partial{weights: newWeightTables(b.layout, b.set.Len())}
	for i := lo; i < hi; i++ {
		a := b.weights.Scalar(i)
		p.as.Add(&a, &b.s[i])
		p.ae.Add(&a, &b.e[i])
		if b.list.odd(i) {
			a.Negate(&a)
		}
		p.weights.add(b.combs[b.slots[i].Comb], b.slots[i].Prefix, &a)
	}
	p.q.AddWeighted(b.weights, lo, b.q[lo:hi])
	return p
}

// fixed returns the terms of G, P, and the oracles' nonces and keys.
func (b *batch) fixed(p *partial) *secp.Sum {
	n := 2 + b.set.Len()*(b.set.Digits()+1)
	points, factors := make([]secp.Point, 0, n), make([]secp.Scalar, 0, n)
	addTerm := func(point secp.Point, k secp.Scalar) {
		points, factors = append(points, point), append(factors, k)
	}
	ae := p.ae.Scalar()
	ae.Negate(&ae)
	addTerm(secp.Generator(), p.as.Scalar())
	addTerm(b.p, ae)
	for o, digits := range p.weights.values() {
		mu, key := b.set.Weight(o), b.set.KeyPoint(o)
		weight := toScalar(&mu)
		var forKey secp.Dot
		for i := range digits {
			var forNonce secp.Scalar
			for v := range 2 {
				challenge := b.set.Challenge(o, i, v)
				e := toScalar(&challenge)
				forNonce.Add(&forNonce, &digits[i][v])
				forKey.Add(&e, &digits[i][v])
			}
			nonce := b.set.NoncePoint(o, i)
			forNonce.Mul(&forNonce, &weight)
			addTerm(toPoint(&nonce), forNonce)
		}
		k := forKey.Scalar()
		k.Mul(&k, &weight)
		addTerm(toPoint(&key), k)
	}
	sum := new(secp.Sum)
	sum.AddMultiplesVar(points, factors)
	return sum
}

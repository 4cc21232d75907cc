package adaptor

import (
	"fmt"
	"math/bits"

	"github.com/btcsuite/btcd/btcec/v2"

	"github.com/alkimiya/alkimiya/dlc/digits"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// Points returns the adaptor point of every slot, in the order of slots:
//
//	T = sum over o in comb of mu_o * sum over i of S_(o, i, digit i)
//
// Prefixes in ascending order share the sums of what they have in common; other
// orders give the same points, more slowly. It fails with a SlotError of ErrSlot,
// ErrPointInfinity or ErrPointRepeated, without which nobody may sign.
func Points(set *attest.Set, slots []digits.Slot, opts ...Option) ([]Point, error) {
	points, err := pointsOf(set, slots, optionsOf(opts))
	if err != nil {
		return nil, err
	}
	seen := make(map[[32]byte]int, len(points))
	for i := range points {
		x := points[i].XOnly()
		if other, met := seen[x]; met {
			return nil, &SlotError{Slot: i, Err: fmt.Errorf("%w with slot %d", ErrPointRepeated, other)}
		}
		seen[x] = i
	}
	return points, nil
}

// pointsOf is Points without the search for repetitions.
func pointsOf(set *attest.Set, slots []digits.Slot, o options) ([]Point, error) {
	combs, err := combinations(set, slots)
	if err != nil {
		return nil, err
	}
	return sumPoints(set, weightedPoints(set, o), combs, slots, o)
}

// sumPoints adds up the weighted points of every slot.
func sumPoints(set *attest.Set, weighted [][][2]btcec.JacobianPoint, combs [][]int, slots []digits.Slot, o options) ([]Point, error) {
	points := make([]Point, len(slots))
	err := o.split(len(slots), func(_, lo, hi int) error {
		tree := newPathSums(set, weighted)
		sums := make([]btcec.JacobianPoint, 0, min(batchSize, hi-lo))
		for ; lo < hi; lo += batchSize {
			end := min(lo+batchSize, hi)
			sums = sums[:end-lo]
			for i := lo; i < end; i++ {
				tree.moveTo(slots[i].Prefix)
				sums[i-lo] = tree.sum(combs[slots[i].Comb])
				if isInfinity(&sums[i-lo]) {
					return &SlotError{Slot: i, Err: ErrPointInfinity}
				}
			}
			normalise(points[lo:end], sums)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return points, nil
}

// combinations returns those of the set, and fails with ErrSlot if a slot does
// not fit the set.
func combinations(set *attest.Set, slots []digits.Slot) ([][]int, error) {
	combs, err := digits.Combinations(set.Len(), set.Threshold())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSlot, err)
	}
	for i, s := range slots {
		length := int(s.Prefix.Len)
		if s.Comb < 0 || s.Comb >= len(combs) || length < 1 || length > set.Digits() || bits.Len64(s.Prefix.Value) > length {
			return nil, &SlotError{Slot: i, Err: ErrSlot}
		}
	}
	return combs, nil
}

// weightedPoints returns mu_o * S_(o, i, v), affine, by oracle, digit and value.
func weightedPoints(set *attest.Set, o options) [][][2]btcec.JacobianPoint {
	n := set.Digits()
	list := make([][][2]btcec.JacobianPoint, set.Len())
	for oracle := range list {
		list[oracle] = make([][2]btcec.JacobianPoint, n)
	}
	compute := func(_, lo, hi int) error {
		for j := lo; j < hi; j++ {
			oracle, i := j/n, j%n
			weight, key, nonce := set.Weight(oracle), set.KeyPoint(oracle), set.NoncePoint(oracle, i)
			btcec.ScalarMultNonConst(&weight, &nonce, &nonce)
			for v := range 2 {
				e := set.Challenge(oracle, i, v)
				s := &list[oracle][i][v]
				btcec.ScalarMultNonConst(e.Mul(&weight), &key, s)
				btcec.AddNonConst(s, &nonce, s)
				if !isInfinity(s) {
					s.ToAffine()
				}
			}
		}
		return nil
	}
	// compute never fails.
	_ = o.split(n*set.Len(), compute)
	return list
}

// pathSums holds, for each oracle, the sums of its weighted points along the path
// from the root of the trie of prefixes to the current one.
type pathSums struct {
	weighted [][][2]btcec.JacobianPoint
	sums     [][]btcec.JacobianPoint // by oracle, then length of the prefix
	at       digits.Prefix
}

func newPathSums(set *attest.Set, weighted [][][2]btcec.JacobianPoint) *pathSums {
	p := &pathSums{weighted: weighted, sums: make([][]btcec.JacobianPoint, set.Len())}
	for o := range p.sums {
		p.sums[o] = make([]btcec.JacobianPoint, set.Digits()+1)
	}
	return p
}

// moveTo makes prefix the current one. What it shares with the one before is not
// computed again.
func (p *pathSums) moveTo(prefix digits.Prefix) {
	for i := common(p.at, prefix); i < int(prefix.Len); i++ {
		v := prefix.Bit(i)
		for o := range p.sums {
			btcec.AddNonConst(&p.sums[o][i], &p.weighted[o][i][v], &p.sums[o][i+1])
		}
	}
	p.at = prefix
}

// sum returns the sum over the oracles of a combination at the current prefix.
func (p *pathSums) sum(comb []int) (t btcec.JacobianPoint) {
	for _, o := range comb {
		btcec.AddNonConst(&t, &p.sums[o][p.at.Len], &t)
	}
	return t
}

// common returns how many leading digits a and b share.
func common(a, b digits.Prefix) int {
	n := min(a.Len, b.Len)
	differ := a.Value>>(a.Len-n) ^ b.Value>>(b.Len-n)
	return int(n) - bits.Len64(differ)
}

// Secret returns the secret tau of a slot's point, with tau*G = T, from the
// oracles' attestations, one entry for each oracle of the set; those outside the
// slot's combination may be zero. The attestations must have been accepted
// (attest.Set.Accept). It fails with ErrSlot, and with ErrAttestation if one is
// missing or does not begin with the slot's prefix.
func Secret(set *attest.Set, slot digits.Slot, attestations []attest.Attestation) (tau btcec.ModNScalar, err error) {
	combs, err := combinations(set, []digits.Slot{slot})
	if err != nil {
		return tau, err
	}
	for _, o := range combs[slot.Comb] {
		if o >= len(attestations) || len(attestations[o].Signatures) != set.Digits() || len(attestations[o].Outcomes) != set.Digits() {
			return btcec.ModNScalar{}, fmt.Errorf("%w: oracle %d missing", ErrAttestation, o)
		}
		var sum btcec.ModNScalar
		for i := range int(slot.Prefix.Len) {
			if attestations[o].Outcomes[i] != string('0'+rune(slot.Prefix.Bit(i))) {
				return btcec.ModNScalar{}, fmt.Errorf("%w: oracle %d digit %d", ErrAttestation, o, i)
			}
			s := attestations[o].Secret(i)
			sum.Add(&s)
		}
		weight := set.Weight(o)
		tau.Add(sum.Mul(&weight))
	}
	return tau, nil
}

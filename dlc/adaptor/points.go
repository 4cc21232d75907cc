package adaptor

import (
	"encoding/binary"
	"fmt"
	"math/bits"

	"github.com/btcsuite/btcd/btcec/v2"

	"github.com/alkimiya/alkimiya/dlc/digits"
	"github.com/alkimiya/alkimiya/internal/secp"
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
	if err := checkRepeated(points); err != nil {
		return nil, err
	}
	return points, nil
}

// checkRepeated fails if two points have one x coordinate.
func checkRepeated(points []Point) error {
	// Eight bytes of x tell points apart, unless an oracle takes great pains; then
	// all of x decides.
	short := make(map[uint64]struct{}, len(points))
	x := make([][32]byte, len(points))
	for i := range points {
		x[i] = points[i].XOnly()
		short[binary.BigEndian.Uint64(x[i][24:])] = struct{}{}
	}
	if len(short) == len(points) {
		return nil
	}
	seen := make(map[[32]byte]int, len(points))
	for i := range x {
		if other, met := seen[x[i]]; met {
			return &SlotError{Slot: i, Err: fmt.Errorf("%w with slot %d", ErrPointRepeated, other)}
		}
		seen[x[i]] = i
	}
	return nil
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
func sumPoints(set *attest.Set, weighted [][][2]secp.Point, combs [][]int, slots []digits.Slot, o options) ([]Point, error) {
	points := make([]Point, len(slots))
	if len(slots) == 0 {
		return points, nil
	}
	l := layoutFor(set.Digits(), len(slots)/len(combs)+1)
	tables := pointTablesOf(l, weighted, o)
	err := o.split(len(slots), func(_, lo, hi int) error {
		return sumShare(l, tables, combs, slots, points, lo, hi)
	})
	if err != nil {
		return nil, err
	}
	return points, nil
}

// sumShare is sumPoints for the slots from lo to hi.
func sumShare(l layout, tables []pointTables, combs [][]int, slots []digits.Slot, points []Point, lo, hi int) error {
	prefixes := make([]digits.Prefix, 0, hi-lo)
	number := make([]int, hi-lo) // of the slot's prefix
	for i := lo; i < hi; i++ {
		if n := len(prefixes); n == 0 || prefixes[n-1] != slots[i].Prefix {
			prefixes = append(prefixes, slots[i].Prefix)
		}
		number[i-lo] = len(prefixes) - 1
	}
	var a secp.Adder
	at := make([][]*secp.Point, len(tables))
	for o := range tables {
		at[o] = make([]*secp.Point, len(prefixes))
		tables[o].sums(&a, l, prefixes, at[o])
	}
	for i := lo; i < hi; i++ {
		points[i].p = *at[combs[slots[i].Comb][0]][number[i-lo]]
	}
	for k := 1; k < len(combs[0]); k++ {
		for i := lo; i < hi; i++ {
			t := &points[i].p
			a.Add(t, t, at[combs[slots[i].Comb][k]][number[i-lo]])
		}
		a.Flush()
	}
	for i := lo; i < hi; i++ {
		if points[i].p.IsInfinity() {
			return &SlotError{Slot: i, Err: ErrPointInfinity}
		}
	}
	return nil
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

package evmbridge_test

import (
	"encoding/binary"
	"math/big"
	"slices"
	"testing"

	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

// grown is a checkpoint that both have, with the headers that end with it.
type grown struct {
	at     spv.Checkpoint
	before []byte
}

// Runs of headers on top of any of the newest checkpoints, right and wrong in a random
// way, across the retargets of a network with work, are judged by the contract and by
// package spv alike.
func TestHeadersAreReadAlike(t *testing.T) {
	r, before := newHardRelay(t)
	r.strip()
	dice := seeded(t)
	known := []grown{{r.tip, window(before)}}
	accepted, headers, retargets := 0, 0, 0
	for i := range *cases {
		from := known[dice.IntN(len(known))]
		r.waitUntil(uint64(from.at.Time))
		before := slices.Clone(from.before)
		run := chainOf(r.rules, lastOf(before), from.at, 1+dice.IntN(6), func(_ int, h []byte) {
			copy(h[36:68], randomBytes(dice, 32))
			if dice.IntN(24) == 0 { // from below the median to beyond what is allowed
				time := binary.LittleEndian.Uint32(h[68:]) + dice.Uint32N(14*spacing) - 7*spacing
				binary.LittleEndian.PutUint32(h[68:], time)
			}
		})
		headers += len(run) / spv.HeaderLen
		switch dice.IntN(9) {
		case 0:
			run[dice.IntN(len(run))] ^= 1 << dice.IntN(8)
		case 1:
			before[dice.IntN(len(before))] ^= 1 << dice.IntN(8)
		case 2:
			run = run[:dice.IntN(len(run)+1)]
		case 3:
			before = before[:dice.IntN(len(before)+1)]
		case 4: // without one of them
			if at := spv.HeaderLen * dice.IntN(len(run)/spv.HeaderLen); len(run) > spv.HeaderLen {
				run = slices.Delete(run, at, at+spv.HeaderLen)
			}
		}
		call := relayC.PackAddHeaders(before, run)
		_, err := r.call(r.eve, r.at, call)
		got, want := r.rules.Extend(from.at, before, run, r.now)
		if (err == nil) != (want == nil) {
			t.Fatalf("case %d: the contract says %v, Go %v", i, err, want)
		}
		if err != nil {
			continue
		}
		accepted++
		r.send(r.eve, r.at, call)
		if packed := ask(r.evm, r.at, relayC.PackCheckpoint(got.Hash), relayC.UnpackCheckpoint); packed.Cmp(packedCheckpoint(got)) != 0 {
			t.Fatalf("case %d: checkpoint of height %d is %x, in Go %x", i, got.Height, packed, packedCheckpoint(got))
		}
		if got.Bits != from.at.Bits {
			retargets++
		}
		known = append(known, grown{got, window(slices.Concat(from.before, run))})
		known = known[max(0, len(known)-8):]
	}
	t.Logf("%d runs, %d headers; %d runs accepted, %d across a retarget", *cases, headers, accepted, retargets)
	if accepted < *cases/3 || retargets == 0 { // the first is twenty blocks away
		t.Errorf("only %d of %d runs were accepted, %d across a retarget", accepted, *cases, retargets)
	}
}

func TestTargetsAreReadAlike(t *testing.T) {
	r, _ := newHardRelay(t)
	r.strip()
	dice := seeded(t)
	for i := range *cases {
		bits := dice.Uint32()
		if i%2 == 0 { // an exponent that has a target
			bits = bits&0xffffff | dice.Uint32N(36)<<24
		}
		answer, err := r.call(r.eve, r.at, relayC.PackToTarget(number32(bits)))
		target, want := spv.Target(bits)
		if !is(err, want) && !is(want, err) {
			t.Fatalf("bits %08x: the contract says %v, Go %v", bits, err, want)
		}
		if want == nil && new(big.Int).SetBytes(answer).Cmp(target) != 0 {
			t.Fatalf("bits %08x are %x, in Go %x", bits, answer, target)
		}
		wide := new(big.Int).Rsh(new(big.Int).SetBytes(randomBytes(dice, 32)), uint(dice.IntN(256)))
		compact := ask(r.evm, r.at, relayC.PackToBits(wide), relayC.UnpackToBits)
		if compact.Cmp(number32(spv.Bits(wide))) != 0 {
			t.Fatalf("target %x has bits %x, in Go %08x", wide, compact, spv.Bits(wide))
		}
		span := dice.Uint32() >> dice.IntN(32)
		answer, err = r.call(r.eve, r.at, relayC.PackRetarget(number32(bits), number32(span)))
		next, want := r.rules.Retarget(bits, span)
		if !is(err, want) && !is(want, err) {
			t.Fatalf("retarget of %08x after %d s: the contract says %v, Go %v", bits, span, err, want)
		}
		if want == nil && new(big.Int).SetBytes(answer).Cmp(number32(next)) != 0 {
			t.Fatalf("%08x after %d s becomes %x, in Go %08x", bits, span, answer, next)
		}
	}
}

func number32(n uint32) *big.Int { return new(big.Int).SetUint64(uint64(n)) }

package adaptor

import (
	"encoding/binary"
	"fmt"
)

// A List is the adaptor signatures of a contract, one for each slot, in packed
// form: 64.125 bytes each. Lists are read-only once made and then safe for
// concurrent use. The zero value is the empty list.
type List struct {
	bodies [][64]byte // x(R) || s'
	parity []byte     // bit i mod 8 of byte i/8 is set if R_i has odd y
}

// ListSize returns the length in bytes of the encoding of a list of n signatures.
func ListSize(n int) int { return 4 + 64*n + parityLen(n) }

func parityLen(n int) int { return (n + 7) / 8 }

func newList(n int) List {
	return List{bodies: make([][64]byte, n), parity: make([]byte, parityLen(n))}
}

// NewList returns the list of sigs. It fails with ErrEncoding if one begins with
// neither 02 nor 03.
func NewList(sigs []Sig65) (List, error) {
	l := newList(len(sigs))
	for i := range sigs {
		if sigs[i][0] != 2 && sigs[i][0] != 3 {
			return List{}, &SlotError{Slot: i, Err: fmt.Errorf("%w: first byte", ErrEncoding)}
		}
		l.set(i, &sigs[i])
	}
	return l, nil
}

// set writes signature i; the parity bit must still be clear. Concurrent calls
// must not share a byte of parity.
func (l *List) set(i int, sig *Sig65) {
	copy(l.bodies[i][:], sig[1:])
	l.parity[i/8] |= (sig[0] & 1) << (i % 8)
}

// Len returns the number of signatures.
func (l List) Len() int { return len(l.bodies) }

// odd says whether R_i has odd y.
func (l *List) odd(i int) bool { return l.parity[i/8]>>(i%8)&1 == 1 }

// At returns signature i, from 0, in its single form.
func (l List) At(i int) (sig Sig65) {
	sig[0] = 2 + l.parity[i/8]>>(i%8)&1
	copy(sig[1:], l.bodies[i][:])
	return sig
}

// Encode returns the list as u32 count, bodies and parity bits.
func (l List) Encode() []byte {
	b := make([]byte, 0, ListSize(l.Len()))
	b = binary.BigEndian.AppendUint32(b, uint32(l.Len())) //nolint:gosec // G115: a list has one entry a slot, at most 20,000
	for i := range l.bodies {
		b = append(b, l.bodies[i][:]...)
	}
	return append(b, l.parity...)
}

// DecodeList reads a list of exactly want signatures and nothing after it. Count
// and length are checked before anything is allocated; signatures are not: Verify
// and VerifyList do. It fails with ErrCount, ErrLength or ErrSpareBits. What it
// accepts, Encode writes back bit for bit.
func DecodeList(b []byte, want int) (List, error) {
	if len(b) < 4 {
		return List{}, fmt.Errorf("%w: %d bytes", ErrLength, len(b))
	}
	if n := binary.BigEndian.Uint32(b); want < 0 || uint64(n) != uint64(want) {
		return List{}, fmt.Errorf("%w: %d instead of %d", ErrCount, n, want)
	}
	if uint64(len(b)) != 4+64*uint64(want)+(uint64(want)+7)/8 {
		return List{}, fmt.Errorf("%w: %d bytes for %d signatures", ErrLength, len(b), want)
	}
	parity := b[4+64*want:]
	if want%8 != 0 && parity[want/8]>>(want%8) != 0 {
		return List{}, ErrSpareBits
	}
	l := newList(want)
	for i := range l.bodies {
		copy(l.bodies[i][:], b[4+64*i:])
	}
	copy(l.parity, parity)
	return l, nil
}

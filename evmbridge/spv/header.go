package spv

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/big"
	"slices"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
)

const (
	// HeaderLen is the length of a block header in bytes.
	HeaderLen = 80
	// MedianWindow is how many headers the median of times is taken of.
	MedianWindow = 11
	// EpochLen is how many blocks have the same difficulty.
	EpochLen = 2016

	epochSpan  = 14 * 24 * 60 * 60
	maxAhead   = 2 * 60 * 60
	workBits   = 128
	targetBits = 256
)

// Rules are a network's rules about difficulty.
type Rules struct {
	// PowLimit is the largest target allowed.
	PowLimit *big.Int
	// NoRetarget says that the difficulty never changes (regtest).
	NoRetarget bool
}

// Checkpoint is what the relay stores of a header.
type Checkpoint struct {
	Hash chainhash.Hash
	// Work is the chainwork since, and with 1 for, the relay's anchor; below 2^128.
	Work *big.Int
	// EpochStart is the time of the first block of the header's difficulty epoch.
	EpochStart uint32
	// Bits, Time and Height are the header's.
	Bits, Time, Height uint32
}

// header is the fields of 80 bytes that the rules speak of.
type header struct {
	hash, previous chainhash.Hash
	time, bits     uint32
}

func parseHeader(b []byte) header {
	return header{
		hash:     DoubleSHA256(b),
		previous: chainhash.Hash(b[4:36]),
		time:     binary.LittleEndian.Uint32(b[68:]),
		bits:     binary.LittleEndian.Uint32(b[72:]),
	}
}

// DoubleSHA256 returns SHA256(SHA256(b)): the hash of a header, and the txid of a
// transaction without witness.
func DoubleSHA256(b []byte) chainhash.Hash {
	first := sha256.Sum256(b)
	return sha256.Sum256(first[:])
}

// splitHeaders cuts a run of headers, of which there must be at least one.
func splitHeaders(b []byte) ([]header, error) {
	if len(b) == 0 || len(b)%HeaderLen != 0 {
		return nil, fmt.Errorf("headers of %d bytes: %w", len(b), ErrBadLength)
	}
	headers := make([]header, 0, len(b)/HeaderLen)
	for one := range slices.Chunk(b, HeaderLen) {
		headers = append(headers, parseHeader(one))
	}
	return headers, nil
}

// Target expands the compact form of a target. It fails with ErrBadBits if the
// target is negative, zero, or has more than 256 bits.
func Target(bits uint32) (*big.Int, error) {
	size, mantissa := uint(bits>>24), int64(bits&0x7fffff)
	if bits&0x800000 != 0 || size > 32 {
		return nil, fmt.Errorf("bits %08x: %w", bits, ErrBadBits)
	}
	target := big.NewInt(mantissa)
	if size <= 3 {
		target.Rsh(target, 8*(3-size))
	} else {
		target.Lsh(target, 8*(size-3))
	}
	if target.Sign() == 0 || target.BitLen() > targetBits {
		return nil, fmt.Errorf("bits %08x: %w", bits, ErrBadBits)
	}
	return target, nil
}

// Bits returns the compact form of a target of at most 256 bits, cut to 23 bits
// as consensus does.
func Bits(target *big.Int) uint32 {
	size := uint((target.BitLen() + 7) / 8)
	mantissa := new(big.Int)
	if size <= 3 {
		mantissa.Lsh(target, 8*(3-size))
	} else {
		mantissa.Rsh(target, 8*(size-3))
	}
	m := uint32(mantissa.Uint64()) //nolint:gosec // G115: at most three bytes are left
	if m&0x800000 != 0 {
		m >>= 8
		size++
	}
	return uint32(size)<<24 | m //nolint:gosec // G115: size is at most 33
}

// Work returns the expected number of hashes that a block with this target takes:
// 2^256 / (target + 1), rounded down.
func Work(target *big.Int) *big.Int {
	one := big.NewInt(1)
	space := new(big.Int).Lsh(one, targetBits)
	return space.Div(space, new(big.Int).Add(target, one))
}

// Retarget returns the bits of an epoch from those of the epoch before and the
// seconds from its first block to its last one: 2015 intervals, as consensus
// has it.
func (r Rules) Retarget(bits, span uint32) (uint32, error) {
	target, err := Target(bits)
	if err != nil {
		return 0, err
	}
	span = min(max(span, epochSpan/4), epochSpan*4)
	target.Mul(target, big.NewInt(int64(span)))
	target.Div(target, big.NewInt(epochSpan))
	if target.Cmp(r.PowLimit) > 0 {
		target = r.PowLimit
	}
	return Bits(target), nil
}

// ContextLen returns how many headers, the parent included, addHeaders wants to
// see before a batch on a parent of this height.
func ContextLen(height uint32) int { return int(min(height, MedianWindow-1)) + 1 }

// Extend does what the relay's addHeaders does: it verifies a run of headers on
// top of a checkpoint and returns the checkpoint of the last one. context holds
// the ContextLen headers that end with the parent, now is the EVM's time in
// seconds. A run whose last header is a checkpoint already is the relay's affair.
// It fails with the relay's errors.
func (r Rules) Extend(parent Checkpoint, context, headers []byte, now uint64) (Checkpoint, error) {
	run, err := splitHeaders(headers)
	if err != nil {
		return Checkpoint{}, err
	}
	if run[0].previous != parent.Hash {
		return Checkpoint{}, fmt.Errorf("parent %v: %w", run[0].previous, ErrUnknownParent)
	}
	times, err := contextTimes(parent, context)
	if err != nil {
		return Checkpoint{}, err
	}
	at := parent
	for i, h := range run {
		if at, err = r.next(at, h, times, now); err != nil {
			return Checkpoint{}, fmt.Errorf("header %d of %d: %w", i, len(run), err)
		}
		times = append(times, h.time)
	}
	return at, nil
}

// next verifies one header on top of another.
func (r Rules) next(at Checkpoint, h header, times []uint32, now uint64) (Checkpoint, error) {
	if h.previous != at.Hash {
		return at, ErrBadLink
	}
	if at.Height == ^uint32(0) {
		return at, ErrBadWork
	}
	want, epoch := at.Bits, at.EpochStart
	if (at.Height+1)%EpochLen == 0 {
		if !r.NoRetarget {
			span := at.Time - at.EpochStart
			if at.Time < at.EpochStart {
				span = 0
			}
			var err error
			if want, err = r.Retarget(want, span); err != nil {
				return at, err
			}
		}
		epoch = h.time
	}
	if h.bits != want {
		return at, fmt.Errorf("bits %08x, not %08x: %w", h.bits, want, ErrBadBits)
	}
	target, err := Target(h.bits)
	if err != nil {
		return at, err
	}
	if target.Cmp(r.PowLimit) > 0 {
		return at, fmt.Errorf("bits %08x above the limit: %w", h.bits, ErrBadBits)
	}
	if uint64(h.time) > now+maxAhead || !afterMedian(times, h.time) {
		return at, fmt.Errorf("time %d: %w", h.time, ErrBadTime)
	}
	if number(h.hash).Cmp(target) > 0 {
		return at, fmt.Errorf("hash %v: %w", h.hash, ErrBadWork)
	}
	work := new(big.Int).Add(at.Work, Work(target))
	if work.BitLen() > workBits {
		return at, fmt.Errorf("chainwork: %w", ErrBadWork)
	}
	return Checkpoint{
		Hash: h.hash, Work: work, EpochStart: epoch, Bits: h.bits, Time: h.time, Height: at.Height + 1,
	}, nil
}

// contextTimes checks that context ends with the parent, and returns its times.
func contextTimes(parent Checkpoint, context []byte) ([]uint32, error) {
	if len(context) != ContextLen(parent.Height)*HeaderLen {
		return nil, fmt.Errorf("context of %d bytes: %w", len(context), ErrBadLength)
	}
	before, err := splitHeaders(context)
	if err != nil {
		return nil, err
	}
	var times []uint32
	for i, h := range before {
		if i > 0 && h.previous != before[i-1].hash {
			return nil, fmt.Errorf("context header %d: %w", i, ErrBadLink)
		}
		times = append(times, h.time)
	}
	if before[len(before)-1].hash != parent.Hash {
		return nil, fmt.Errorf("context ends with %v: %w", before[len(before)-1].hash, ErrBadLink)
	}
	return times, nil
}

// afterMedian says whether time is later than the median of the last (at most
// eleven) times: the element count/2 of the sorted ones.
func afterMedian(times []uint32, time uint32) bool {
	window := slices.Clone(times[max(0, len(times)-MedianWindow):])
	slices.Sort(window)
	return time > window[len(window)/2]
}

// number returns a hash as the number that proof of work compares.
func number(hash chainhash.Hash) *big.Int {
	slices.Reverse(hash[:])
	return new(big.Int).SetBytes(hash[:])
}

// Anchor returns the checkpoint that a relay starts from. It fails with
// ErrBadLength, ErrBadBits or ErrBadWork as the relay's deployment does.
func (r Rules) Anchor(raw []byte, height, epochStart uint32) (Checkpoint, error) {
	if len(raw) != HeaderLen {
		return Checkpoint{}, fmt.Errorf("anchor of %d bytes: %w", len(raw), ErrBadLength)
	}
	h := parseHeader(raw)
	target, err := Target(h.bits)
	if err != nil {
		return Checkpoint{}, err
	}
	if target.Cmp(r.PowLimit) > 0 {
		return Checkpoint{}, fmt.Errorf("bits %08x above the limit: %w", h.bits, ErrBadBits)
	}
	if number(h.hash).Cmp(target) > 0 {
		return Checkpoint{}, fmt.Errorf("anchor %v: %w", h.hash, ErrBadWork)
	}
	return Checkpoint{
		Hash: h.hash, Work: big.NewInt(1), EpochStart: epochStart, Bits: h.bits, Time: h.time, Height: height,
	}, nil
}

// Link is what the relay's confirmations does with a chain before it looks at its
// checkpoints: it checks that the headers follow each other, and returns the hash
// and the Merkle root of the first and the hash of the last.
func Link(chain []byte) (first, root, last chainhash.Hash, err error) {
	run, err := splitHeaders(chain)
	if err != nil {
		return first, root, last, err
	}
	for i := 1; i < len(run); i++ {
		if run[i].previous != run[i-1].hash {
			return first, root, last, fmt.Errorf("header %d of %d: %w", i, len(run), ErrBadLink)
		}
	}
	return run[0].hash, chainhash.Hash(chain[36:68]), run[len(run)-1].hash, nil
}

package index

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
)

// ErrHeader says that a header does not follow the one before it, lacks work, or has
// a time or target that the rules of its network forbid.
var ErrHeader = errors.New("block header")

// HeaderSize is the length of a serialised header in bytes.
const HeaderSize = 80

// The difficulty rules of Bitcoin.
const (
	epochBlocks   = 2016
	epochSeconds  = 14 * DaySeconds
	maxAdjustment = 4
)

// Rules are what a network demands of headers.
type Rules struct {
	// LimitBits is the highest target, compact.
	LimitBits uint32
	// Fixed says that the target never changes (regression-test chains).
	Fixed bool
}

// HeaderRules returns the rules of the chain that an index is of; ErrParams for a
// chain it does not know.
func (p Params) HeaderRules() (Rules, error) {
	switch p.Genesis {
	case HP1().Genesis:
		return Rules{LimitBits: 0x1d00ffff}, nil
	case HP1Regtest().Genesis:
		return Rules{LimitBits: 0x207fffff, Fixed: true}, nil
	}
	return Rules{}, fmt.Errorf("%w: header rules of genesis %s", ErrParams, p.Genesis)
}

// Verifier checks the headers of a chain one after another: links, proof of work,
// the retarget rule, and times above the median of the eleven before. What lies
// before its first header it does not judge: until it has seen the first block
// of an epoch, a new target is only held to the factor of four. A copy is
// independent of the original.
type Verifier struct {
	rules Rules
	// next is the height of the next header.
	next       uint32
	begun      bool
	prev       chainhash.Hash
	bits       uint32
	time       uint32
	epochStart uint32
	epochKnown bool
	times      [11]uint32
	known      int
}

// NewVerifier returns a verifier whose first header is at height.
func NewVerifier(rules Rules, height uint32) *Verifier { return &Verifier{rules: rules, next: height} }

// Height returns the height of the next header.
func (v *Verifier) Height() uint32 { return v.next }

// Add checks the next header and returns its hash. It fails with ErrHeader, and the
// verifier then stays as it was.
func (v *Verifier) Add(h *wire.BlockHeader) (chainhash.Hash, error) {
	bad := func(format string, args ...any) (chainhash.Hash, error) {
		return chainhash.Hash{}, fmt.Errorf("%w %d: %s", ErrHeader, v.next, fmt.Sprintf(format, args...))
	}
	at := uint32(h.Timestamp.Unix()) //nolint:gosec // G115: a header's time has 32 bits
	if v.begun && h.PrevBlock != v.prev {
		return bad("it does not link to %s", v.prev)
	}
	target, err := Target(h.Bits)
	if err != nil {
		return bad("%v", err)
	}
	limit, err := Target(v.rules.LimitBits)
	if err != nil {
		return bad("limit: %v", err)
	}
	if target.Cmp(limit) > 0 {
		return bad("target %08x is above the limit", h.Bits)
	}
	hash := h.BlockHash()
	if hashNumber(hash).Cmp(target) > 0 {
		return bad("hash %s lacks work", hash)
	}
	if v.known > 0 && v.known == len(v.times) && at <= medianTime(v.times[:]) {
		return bad("its time is not above the median of the eleven before")
	}
	if v.begun {
		if err := v.checkBits(h.Bits, limit); err != nil {
			return bad("%v", err)
		}
	}
	v.advance(h, hash, at)
	return hash, nil
}

func (v *Verifier) advance(h *wire.BlockHeader, hash chainhash.Hash, at uint32) {
	if v.next%epochBlocks == 0 {
		v.epochStart, v.epochKnown = at, true
	}
	if v.known < len(v.times) {
		v.times[v.known] = at
		v.known++
	} else {
		copy(v.times[:], v.times[1:])
		v.times[len(v.times)-1] = at
	}
	v.begun, v.prev, v.bits, v.time = true, hash, h.Bits, at
	v.next++
}

var errBitsRule = errors.New("target is not the one that the rules give")

// checkBits judges the target of the next header, that of block 0 apart.
func (v *Verifier) checkBits(bits uint32, limit *big.Int) error {
	if v.rules.Fixed || v.next%epochBlocks != 0 {
		if bits != v.bits {
			return fmt.Errorf("%w: %08x, not %08x", errBitsRule, bits, v.bits)
		}
		return nil
	}
	if v.epochKnown {
		want, err := Retarget(v.bits, v.epochStart, v.time, limit)
		if err != nil {
			return err
		}
		if bits != want {
			return fmt.Errorf("%w: %08x, not %08x", errBitsRule, bits, want)
		}
		return nil
	}
	lowest, err := Retarget(v.bits, 0, 0, limit)
	if err != nil {
		return err
	}
	highest, err := Retarget(v.bits, 0, 1<<31, limit)
	if err != nil {
		return err
	}
	least, most := mustTarget(lowest), mustTarget(highest)
	if got := mustTarget(bits); got.Cmp(least) < 0 || got.Cmp(most) > 0 {
		return fmt.Errorf("%w: %08x is more than a factor of four from %08x", errBitsRule, bits, v.bits)
	}
	return nil
}

// mustTarget is Target for a value that was read before.
func mustTarget(bits uint32) *big.Int {
	t, err := Target(bits)
	if err != nil {
		panic("index: a target that was checked is out of range: " + err.Error())
	}
	return t
}

// Retarget returns the compact target of the next epoch, from the present one and
// the times of the first and last of its blocks. It fails with ErrBits.
func Retarget(bits, first, last uint32, limit *big.Int) (uint32, error) {
	target, err := Target(bits)
	if err != nil {
		return 0, err
	}
	span := int64(last) - int64(first)
	span = max(epochSeconds/maxAdjustment, min(span, epochSeconds*maxAdjustment))
	target.Mul(target, big.NewInt(span)).Div(target, big.NewInt(epochSeconds))
	if target.Cmp(limit) > 0 {
		target = limit
	}
	return Compact(target), nil
}

// VerifyEpochs checks headers at the boundaries of epochs: block 0, then the last
// and the first block of each following epoch. Every first block must link to the
// last one before it and have the target that follows from the epoch's times. It
// fails with ErrHeader naming the height.
func VerifyEpochs(rules Rules, headers []wire.BlockHeader) error {
	if len(headers) == 0 || len(headers)%2 == 0 {
		return fmt.Errorf("%w: %d headers are not block 0 and pairs", ErrHeader, len(headers))
	}
	limit, err := Target(rules.LimitBits)
	if err != nil {
		return fmt.Errorf("%w: limit: %w", ErrHeader, err)
	}
	for i := range headers {
		height := uint32((i+1)/2)*epochBlocks - uint32(i%2)
		if err := checkAlone(&headers[i], limit); err != nil {
			return fmt.Errorf("%w %d: %w", ErrHeader, height, err)
		}
		if i%2 == 1 && headers[i].Bits != headers[i-1].Bits {
			return fmt.Errorf("%w %d: %w within an epoch", ErrHeader, height, errBitsRule)
		}
		if i == 0 || i%2 == 1 {
			continue
		}
		start, last := &headers[i-2], &headers[i-1]
		if headers[i].PrevBlock != last.BlockHash() {
			return fmt.Errorf("%w %d: it does not link to the one before", ErrHeader, height)
		}
		want, err := Retarget(last.Bits, headerTime(start), headerTime(last), limit)
		if err != nil {
			return fmt.Errorf("%w %d: %w", ErrHeader, height, err)
		}
		if headers[i].Bits != want {
			return fmt.Errorf("%w %d: %w", ErrHeader, height, errBitsRule)
		}
	}
	return nil
}

func headerTime(h *wire.BlockHeader) uint32 {
	return uint32(h.Timestamp.Unix()) //nolint:gosec // G115: a header's time has 32 bits
}

var errWork = errors.New("hash lacks work")

func checkAlone(h *wire.BlockHeader, limit *big.Int) error {
	target, err := Target(h.Bits)
	if err != nil {
		return err
	}
	if target.Cmp(limit) > 0 || hashNumber(h.BlockHash()).Cmp(target) > 0 {
		return errWork
	}
	return nil
}

// ParseHeaders reads consecutive serialised headers; ErrHeader if the length is no
// multiple of 80.
func ParseHeaders(raw []byte) ([]wire.BlockHeader, error) {
	if len(raw)%HeaderSize != 0 {
		return nil, fmt.Errorf("%w: %d bytes are no multiple of %d", ErrHeader, len(raw), HeaderSize)
	}
	headers := make([]wire.BlockHeader, 0, len(raw)/HeaderSize)
	for chunk := range slices.Chunk(raw, HeaderSize) {
		var h wire.BlockHeader
		if err := h.Deserialize(bytes.NewReader(chunk)); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrHeader, err)
		}
		headers = append(headers, h)
	}
	return headers, nil
}

package payout

import (
	"encoding/binary"
	"fmt"

	"github.com/btcsuite/btcd/chaincfg/chainhash"

	"github.com/alkimiya/alkimiya/dlc/digits"
)

// infoTag is the tag under which parties compare what they derived from terms.
const infoTag = "alkimiya/contract-info"

// Sum returns S, what the window's days add up to if the counter is attested at
// outcome: max(0, outcome - c0), in satoshi per PH/s.
func (t Terms) Sum(outcome uint64) uint64 {
	if outcome <= t.Base {
		return 0
	}
	return outcome - t.Base
}

// Payout returns what the long side would get at exactly this outcome, in
// satoshi, were outcomes not settled in buckets. An outcome above 2^D - 1
// pays as that does.
func (t Terms) Payout(outcome uint64) uint64 {
	return t.Position().Value(t.Sum(min(outcome, t.largest())))
}

// Quantised returns the outcome that stands for the bucket of this one: its
// middle, on the grid that starts at 0.
func (t Terms) Quantised(outcome uint64) uint64 {
	return t.middle(min(outcome, t.largest()) >> t.Bucket)
}

func (t Terms) middle(bucket uint64) uint64 {
	return bucket<<t.Bucket + uint64(1)<<t.Bucket/2
}

// Settled returns what the long side gets when the outcome is attested, in
// satoshi: the payout at the middle of the outcome's bucket. The short side gets
// M less that.
func (t Terms) Settled(outcome uint64) uint64 { return t.Payout(t.Quantised(outcome)) }

// buckets returns the first and last bucket whose payout can differ from that of
// its outer neighbour.
func (t Terms) buckets() (first, last uint64) {
	lo, hi := t.Strikes()
	return (t.Base + lo*t.Days()) >> t.Bucket, (t.Base + hi*t.Days()) >> t.Bucket
}

// SlotBound returns an upper bound of the number of slots, which costs nothing
// to compute: (b - a + 1 + 2(D - j)) * binomial(n, t).
func (t Terms) SlotBound() (uint64, error) {
	combos, err := digits.Binomial(len(t.Oracles), int(t.Threshold))
	if err != nil {
		return 0, fmt.Errorf("slots: %w", err)
	}
	first, last := t.buckets()
	return (last - first + 1 + 2*uint64(t.Digits-t.Bucket)) * uint64(combos), nil //nolint:gosec // G115: at most 35
}

// CheckBound fails with ErrTooMany if the contract may need more than limit
// slots. It is called, with the lesser of both parties' limits and at most
// MaxSlots, before anything is allocated for the terms.
func (t Terms) CheckBound(limit int) error {
	bound, err := t.SlotBound()
	if err != nil {
		return err
	}
	if limit < 0 || bound > uint64(limit) {
		return fmt.Errorf("up to %d slots, limit %d: %w", bound, limit, ErrTooMany)
	}
	return nil
}

// Runs returns the payouts of all outcomes, 0 to 2^D - 1, as maximal runs in
// ascending order. It fails as Validate does, and with ErrTooMany if the slot
// bound exceeds MaxSlots, before it allocates.
func (t Terms) Runs() ([]Run, error) {
	if err := t.Validate(); err != nil {
		return nil, err
	}
	if err := t.CheckBound(MaxSlots); err != nil {
		return nil, err
	}
	first, last := t.buckets()
	if first > 0 {
		first--
	}
	last = min(last+1, t.largest()>>t.Bucket)
	position := t.Position()
	runs := make([]Run, 0, last-first+1)
	for q := first; q <= last; q++ {
		y, end := position.Value(t.Sum(t.middle(q))), (q+1)<<t.Bucket-1
		if n := len(runs); n > 0 && runs[n-1].Y == y {
			runs[n-1].Last = end
			continue
		}
		runs = append(runs, Run{First: q << t.Bucket, Last: end, Y: y})
	}
	// The outermost buckets stand for all beyond them.
	runs[0].First, runs[len(runs)-1].Last = 0, t.largest()
	return runs, nil
}

// Slots returns the contract's slots in the order in which their signatures are
// listed. limit is as in CheckBound. It fails as Runs and CheckBound do.
func (t Terms) Slots(limit int) ([]digits.Slot, error) {
	if err := t.CheckBound(limit); err != nil {
		return nil, err
	}
	runs, err := t.Runs()
	if err != nil {
		return nil, err
	}
	combos, err := digits.Binomial(len(t.Oracles), int(t.Threshold))
	if err != nil {
		return nil, fmt.Errorf("slots: %w", err)
	}
	return digits.Slots(runs, int(t.Digits), combos, limit)
}

// InfoHash is the digest of everything that CETs and adaptor points follow from:
// collateral m in satoshi, the number d of digits, threshold t of n oracles, the
// hash of the oracle set, and the runs. Two parties with equal digests build equal
// contracts.
func InfoHash(m uint64, d uint8, t, n uint16, oracleSet [32]byte, runs []Run) [32]byte {
	const head, perRun = 8 + 1 + 2 + 2 + 32 + 4, 24
	b := make([]byte, 0, head+perRun*len(runs))
	b = binary.BigEndian.AppendUint64(b, m)
	b = append(b, d)
	b = binary.BigEndian.AppendUint16(b, t)
	b = binary.BigEndian.AppendUint16(b, n)
	b = append(b, oracleSet[:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(runs))) //nolint:gosec // G115: runs are bounded by MaxSlots
	for _, r := range runs {
		b = binary.BigEndian.AppendUint64(b, r.First)
		b = binary.BigEndian.AppendUint64(b, r.Last)
		b = binary.BigEndian.AppendUint64(b, r.Y)
	}
	return *chainhash.TaggedHash([]byte(infoTag), b)
}

// InfoHash returns the digest of the contract with these terms and this oracle
// set. It fails as Runs does.
func (t Terms) InfoHash(oracleSet [32]byte) ([32]byte, error) {
	runs, err := t.Runs()
	if err != nil {
		return [32]byte{}, err
	}
	n := uint16(len(t.Oracles)) //nolint:gosec // G115: at most 7
	return InfoHash(t.M(), t.Digits, t.Threshold, n, oracleSet, runs), nil
}

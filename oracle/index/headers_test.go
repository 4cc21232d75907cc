package index_test

import (
	"testing"
	"time"

	"github.com/btcsuite/btcd/wire"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/oracle/index"
	"github.com/alkimiya/alkimiya/oracle/index/indextest"
)

// verifyAll feeds headers to a new verifier and returns the first error.
func verifyAll(t *testing.T, c *indextest.Chain) error {
	rules, err := c.Params.HeaderRules()
	require.NoError(t, err)
	v := index.NewVerifier(rules, 0)
	for _, b := range c.Blocks {
		if _, err := v.Add(&b.Header); err != nil {
			return err
		}
	}
	return nil
}

func TestAHeaderMustBeLaterThanTheMedianBeforeIt(t *testing.T) {
	start := index.HP1Regtest().FirstDay * index.DaySeconds
	build := func(at uint32) *indextest.Chain {
		c := indextest.New()
		for h := uint32(1); h <= 20; h++ {
			c.Mine(start+h*600, 0, 0, h)
		}
		c.Mine(at, 0, 0, 1)
		return c
	}
	median := start + 15*600 // of blocks 10 to 20
	require.NoError(t, verifyAll(t, build(median+1)))
	require.ErrorIs(t, verifyAll(t, build(median)), index.ErrHeader)
	require.ErrorIs(t, verifyAll(t, build(median-1)), index.ErrHeader)
}

func TestATargetAboveTheLimitIsRefused(t *testing.T) {
	rules := index.Rules{LimitBits: 0x1f00ffff}
	h := wire.BlockHeader{Version: 1, Bits: 0x207fffff, Timestamp: time.Unix(1, 0)}
	for hash := h.BlockHash(); hash[31] > 0x7e; hash = h.BlockHash() {
		h.Nonce++
	}
	_, err := index.NewVerifier(rules, 0).Add(&h)
	require.ErrorIs(t, err, index.ErrHeader)
	rules.LimitBits = 0x207fffff
	v := index.NewVerifier(rules, 0)
	_, err = v.Add(&h)
	require.NoError(t, err)
	require.Equal(t, uint32(1), v.Height())
}

// TestATargetMovesAtMostByAFactorOfFour: of an epoch whose first block was not seen no
// more is known.
func TestATargetMovesAtMostByAFactorOfFour(t *testing.T) {
	rules := index.Rules{LimitBits: 0x207fffff}
	for bits, ok := range map[uint32]bool{
		0x20010000: true, 0x20004000: true, 0x20003fff: false, 0x20040000: true, 0x20040001: false, 0x20020000: true,
	} {
		v := index.NewVerifier(rules, 2015)
		before := wire.BlockHeader{Version: 1, Bits: 0x20010000, Timestamp: time.Unix(1_000_000, 0)}
		mine(t, &before)
		hash, err := v.Add(&before)
		require.NoError(t, err)
		next := wire.BlockHeader{Version: 1, PrevBlock: hash, Bits: bits, Timestamp: time.Unix(1_000_600, 0)}
		mine(t, &next)
		_, err = v.Add(&next)
		require.Equal(t, ok, err == nil, "%08x: %v", bits, err)
	}
}

// easyEpoch returns a verifier that has seen a whole epoch of easy blocks, a second
// apart but the last, and what the next header must link to.
func easyEpoch(t *testing.T, bits, span uint32) (*index.Verifier, wire.BlockHeader) {
	v := index.NewVerifier(index.Rules{LimitBits: 0x207fffff}, 0)
	h := wire.BlockHeader{Version: 1, Bits: bits}
	for i := range uint32(2016) {
		at := 1_000_000 + i
		if i == 2015 {
			at = 1_000_000 + span
		}
		h.Timestamp = time.Unix(int64(at), 0)
		mine(t, &h)
		hash, err := v.Add(&h)
		require.NoError(t, err)
		h = wire.BlockHeader{Version: 1, Bits: bits, PrevBlock: hash}
	}
	h.Timestamp = time.Unix(1_000_000+int64(span)+1, 0)
	return v, h
}

func TestTheTargetIsTheOneThatTheEpochGives(t *testing.T) {
	v, next := easyEpoch(t, 0x20100000, 7*index.DaySeconds)
	for bits, ok := range map[uint32]bool{0x20080000: true, 0x20080001: false, 0x2007ffff: false, 0x20100000: false} {
		copied, h := *v, next
		h.Bits = bits
		mine(t, &h)
		hash, err := copied.Add(&h)
		require.Equal(t, ok, err == nil, "%08x: %v", bits, err)
		if !ok {
			require.ErrorIs(t, err, index.ErrHeader)
			require.Equal(t, uint32(2016), copied.Height(), "it stays as it was")
			continue
		}
		// Within the epoch the target stays.
		for bits, ok := range map[uint32]bool{0x20080000: true, 0x20100000: false, 0x20040000: false} {
			inside, h := copied, wire.BlockHeader{Version: 1, PrevBlock: hash, Bits: bits, Timestamp: h.Timestamp.Add(time.Minute)}
			mine(t, &h)
			_, err := inside.Add(&h)
			require.Equal(t, ok, err == nil, "%08x: %v", bits, err)
		}
	}
}

// TestEpochsAreHeldToTheirTargets has headers with work for targets that the rules do
// not give.
func TestEpochsAreHeldToTheirTargets(t *testing.T) {
	rules := index.Rules{LimitBits: 0x207fffff}
	build := func(lastBits, nextBits uint32) []wire.BlockHeader {
		first := wire.BlockHeader{Version: 1, Bits: 0x20100000, Timestamp: time.Unix(1_000_000, 0)}
		mine(t, &first)
		last := wire.BlockHeader{Version: 1, Bits: lastBits, Timestamp: time.Unix(1_000_000+7*index.DaySeconds, 0)}
		mine(t, &last)
		next := wire.BlockHeader{Version: 1, Bits: nextBits, PrevBlock: last.BlockHash(), Timestamp: last.Timestamp.Add(time.Second)}
		mine(t, &next)
		return []wire.BlockHeader{first, last, next}
	}
	require.NoError(t, index.VerifyEpochs(rules, build(0x20100000, 0x20080000)))
	require.ErrorIs(t, index.VerifyEpochs(rules, build(0x20100000, 0x20080001)), index.ErrHeader)
	require.ErrorIs(t, index.VerifyEpochs(rules, build(0x20080000, 0x20040000)), index.ErrHeader, "another target within an epoch")
	require.ErrorIs(t, index.VerifyEpochs(rules, build(0x20100000, 0x20080000)[:2]), index.ErrHeader)
	require.ErrorIs(t, index.VerifyEpochs(rules, nil), index.ErrHeader)
	unlinked := build(0x20100000, 0x20080000)
	unlinked[2].PrevBlock[0] ^= 1
	mine(t, &unlinked[2])
	require.ErrorIs(t, index.VerifyEpochs(rules, unlinked), index.ErrHeader)
	require.ErrorIs(t, index.VerifyEpochs(index.Rules{LimitBits: 0x20080000}, build(0x20100000, 0x20080000)), index.ErrHeader, "above the limit")
}

func mine(t *testing.T, h *wire.BlockHeader) {
	target, err := index.Target(h.Bits)
	require.NoError(t, err)
	var limit [32]byte
	target.FillBytes(limit[:])
	for {
		hash := h.BlockHash()
		for i := range limit {
			if b := hash[31-i]; b != limit[i] {
				if b < limit[i] {
					return
				}
				break
			}
		}
		h.Nonce++
	}
}

func TestRetargetsAreHeldBetweenAQuarterAndFourTimes(t *testing.T) {
	limit, err := index.Target(0x1d00ffff)
	require.NoError(t, err)
	const fortnight = 14 * index.DaySeconds
	for _, c := range []struct {
		bits, span, want uint32
	}{
		{0x1b0404cb, fortnight, 0x1b0404cb},
		{0x1b0404cb, fortnight / 4, 0x1b010132},
		{0x1b0404cb, fortnight / 8, 0x1b010132},
		{0x1b0404cb, 4 * fortnight, 0x1b10132c},
		{0x1b0404cb, 9 * fortnight, 0x1b10132c},
		{0x1d00ffff, 2 * fortnight, 0x1d00ffff},
	} {
		got, err := index.Retarget(c.bits, 1_000_000, 1_000_000+c.span, limit)
		require.NoError(t, err)
		require.Equal(t, c.want, got, "%08x over %d s: %08x", c.bits, c.span, got)
	}
	_, err = index.Retarget(0, 0, fortnight, limit)
	require.ErrorIs(t, err, index.ErrBits)
}

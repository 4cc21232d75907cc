package index_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"testing"

	"github.com/btcsuite/btcd/wire"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/oracle/index"
	"github.com/alkimiya/alkimiya/oracle/index/indextest"
)

// chainWithAnEmptyDay has blocks every two hours from first_day on, fee spikes, a
// halving at 150, and a gap of two days before block 60.
func chainWithAnEmptyDay(n uint32) *indextest.Chain {
	c := indextest.New()
	for h := uint32(1); h < n; h++ {
		at := c.Params.FirstDay*index.DaySeconds + h*7200
		if h >= 60 {
			at += 2 * index.DaySeconds
		}
		fee := uint64(1e8) + uint64(h%7)*1e6
		if h%25 == 0 {
			fee = 5e9
		}
		c.Mine(at, fee, int(h%5), h)
	}
	return c
}

func daysOf(t testing.TB, c *indextest.Chain) []index.Day {
	blocks, _, err := c.Facts()
	require.NoError(t, err)
	return connect(t, index.NewEngine(c.Params, 0, nil), blocks)
}

func TestEvidenceGivesEveryDayAgain(t *testing.T) {
	c := chainWithAnEmptyDay(180)
	days := daysOf(t, c)
	empty := 0
	for _, d := range days {
		e, err := c.Evidence(d)
		require.NoError(t, err)
		raw, err := e.Encode()
		require.NoError(t, err)
		decoded, err := index.DecodeEvidence(raw)
		require.NoError(t, err)
		again, err := decoded.Encode()
		require.NoError(t, err)
		require.Equal(t, raw, again)
		text, err := json.Marshal(decoded)
		require.NoError(t, err)
		var fromText index.Evidence
		require.NoError(t, json.Unmarshal(text, &fromText))
		for _, chain := range []index.Chain{nil, c} {
			got, rows, err := fromText.Verify(c.Params, chain)
			require.NoError(t, err, "day %d", d.Day)
			want := d
			want.Counter = index.Values{}
			require.Equal(t, string(want.JSON()), string(got.JSON()))
			if d.Blocks == 0 {
				empty++
				continue
			}
			require.Len(t, rows, int(d.Blocks))
		}
	}
	require.Positive(t, empty, "the chain has an empty day")
}

// TestNoByteOfEvidenceCanBeChanged changes every byte once; where that is not enough
// for the checksum, it makes the checksum anew, as a forger would.
func TestNoByteOfEvidenceCanBeChanged(t *testing.T) {
	c := chainWithAnEmptyDay(60)
	e, err := c.Evidence(daysOf(t, c)[1])
	require.NoError(t, err)
	raw, err := e.Encode()
	require.NoError(t, err)
	body, decoded := len(raw)-sha256.Size, 0
	for at := range raw {
		changed := bytes.Clone(raw)
		changed[at] ^= 1 << (at % 8)
		_, err := index.DecodeEvidence(changed)
		require.ErrorIs(t, err, index.ErrEvidence, "byte %d: the checksum covers all", at)
		if at >= body || at > 300 && at%5 != 0 {
			continue
		}
		sum := sha256.Sum256(changed[:body])
		got, err := index.DecodeEvidence(append(changed[:body:body], sum[:]...))
		if err == nil {
			decoded++
			_, _, err = got.Verify(c.Params, c)
		}
		require.Error(t, err, "byte %d", at)
	}
	require.Positive(t, decoded)
}

// TestNoByteOfEvidenceAsJSONCanBeChanged has no checksum to rely on: what still reads
// must fail to verify.
func TestNoByteOfEvidenceAsJSONCanBeChanged(t *testing.T) {
	c := chainWithAnEmptyDay(60)
	e, err := c.Evidence(daysOf(t, c)[1])
	require.NoError(t, err)
	text, err := json.Marshal(e)
	require.NoError(t, err)
	var indented bytes.Buffer
	require.NoError(t, json.Indent(&indented, text, "", "  "))
	require.NoError(t, json.Unmarshal(indented.Bytes(), &index.Evidence{}), "space is no change")
	read := 0
	for at := 0; at < len(text); at++ {
		if at > 400 && at < len(text)-400 {
			at += 60 // hex of headers and coinbases, each like the one before
		}
		for _, flip := range []byte{1, 0x20} {
			changed := bytes.Clone(text)
			changed[at] ^= flip
			var got index.Evidence
			if json.Unmarshal(changed, &got) != nil {
				continue
			}
			read++
			_, _, err := got.Verify(c.Params, c)
			require.Error(t, err, "byte %d xor %02x: %q", at, flip, changed[max(0, at-20):min(len(changed), at+20)])
		}
	}
	require.Positive(t, read, "changed digits read as other numbers")
}

// TestForgedEvidenceIsRefused changes fields as somebody would who makes the
// checksum anew.
func TestForgedEvidenceIsRefused(t *testing.T) {
	c := chainWithAnEmptyDay(120)
	days := daysOf(t, c)
	d := days[1]
	other := chainWithAnEmptyDay(60)
	for h := uint32(60); h < 120; h++ {
		other.Mine(uint32(c.Blocks[h].Header.Timestamp.Unix()), 1, 0, 7) //nolint:gosec // G115: small numbers
	}
	for name, c2 := range map[string]struct {
		change func(e *index.Evidence)
		want   error
	}{
		"parameters":       {func(e *index.Evidence) { e.Parameters[0] ^= 1 }, index.ErrEvidence},
		"another day":      {func(e *index.Evidence) { e.Day++ }, index.ErrEvidence},
		"an earlier day":   {func(e *index.Evidence) { e.Day-- }, index.ErrEvidence},
		"height":           {func(e *index.Evidence) { e.First++ }, index.ErrEvidence},
		"proof height":     {func(e *index.Evidence) { e.ProofsFrom++ }, index.ErrEvidence},
		"no headers":       {func(e *index.Evidence) { e.Headers = nil }, index.ErrEvidence},
		"last header gone": {func(e *index.Evidence) { e.Headers = e.Headers[:len(e.Headers)-1] }, index.ErrEvidence},
		"last coinbase":    {func(e *index.Evidence) { e.Proofs = e.Proofs[:len(e.Proofs)-1] }, index.ErrEvidence},
		"header":           {func(e *index.Evidence) { e.Headers[3].Version++ }, index.ErrHeader},
		"time":             {func(e *index.Evidence) { e.Headers[3].Timestamp = e.Headers[4].Timestamp }, index.ErrHeader},
		"target":           {func(e *index.Evidence) { e.Headers[3].Bits = 0x207ffffe }, index.ErrHeader},
		"coinbase":         {func(e *index.Evidence) { e.Proofs[3].Coinbase[50] ^= 1 }, nil},
		"coinbases of two": {func(e *index.Evidence) { e.Proofs[3], e.Proofs[4] = e.Proofs[4], e.Proofs[3] }, index.ErrEvidence},
		"branch":           {func(e *index.Evidence) { e.Proofs[3].Branch[0][0] ^= 1 }, index.ErrEvidence},
		"longer branch":    {func(e *index.Evidence) { e.Proofs[3].Branch = append(e.Proofs[3].Branch, hashOf(1, 1)) }, index.ErrEvidence},
	} {
		e, err := c.Evidence(d)
		require.NoError(t, err)
		e.Headers = append([]wire.BlockHeader(nil), e.Headers...)
		for i, p := range e.Proofs {
			e.Proofs[i] = index.Proof{Coinbase: bytes.Clone(p.Coinbase), Branch: append(p.Branch[:0:0], p.Branch...)}
		}
		c2.change(&e)
		_, _, err = e.Verify(c.Params, nil)
		require.Error(t, err, name)
		if c2.want != nil {
			require.ErrorIs(t, err, c2.want, name)
		}
	}
	e, err := c.Evidence(days[3])
	require.NoError(t, err)
	_, _, err = e.Verify(c.Params, other)
	require.ErrorIs(t, err, index.ErrEvidence, "another chain's headers")
}

func TestCoinbasesAreReadStrictly(t *testing.T) {
	c := indextest.New()
	c.Mine(c.Params.FirstDay*index.DaySeconds, 7, 0, 1)
	_, proofs, err := c.Facts()
	require.NoError(t, err)
	good := proofs[1].Coinbase
	parsed, err := index.ParseCoinbase(good)
	require.NoError(t, err)
	require.Equal(t, c.Params.Subsidy(1)+7, parsed.Out)
	for n := range good {
		_, err := index.ParseCoinbase(good[:n])
		require.ErrorIs(t, err, index.ErrCoinbase, "%d bytes", n)
	}
	bad := map[string][]byte{
		"a byte more":       append(bytes.Clone(good), 0),
		"an inner node":     bytes.Repeat([]byte{0xab}, 64),
		"two inputs":        replaceAt(good, 4, 2),
		"no inputs":         replaceAt(good, 4, 0),
		"spends an output":  replaceAt(good, 5, 1),
		"spends output 0":   replaceAt(good, 37, 0),
		"value above all":   replaceAt(good, 66, 0xff),
		"size not shortest": append(append(bytes.Clone(good[:4]), 0xfd, 1, 0), good[5:]...),
	}
	for name, raw := range bad {
		_, err := index.ParseCoinbase(raw)
		require.ErrorIs(t, err, index.ErrCoinbase, name)
	}
}

// TestACoinbaseOf64BytesStopsNothing uses the one length that an inner node of a
// Merkle tree has: consensus allows it, so a miner may make such a block.
func TestACoinbaseOf64BytesStopsNothing(t *testing.T) {
	c := indextest.New()
	for h := uint32(1); h < 60; h++ {
		c.Mine(c.Params.FirstDay*index.DaySeconds+h*7200, 1e8, 3, h)
		if h == 5 {
			c.Shorten()
			require.Equal(t, 64, c.Blocks[h].Transactions[0].SerializeSizeStripped())
		}
	}
	days := daysOf(t, c)
	require.NotEmpty(t, days)
	e, err := c.Evidence(days[0])
	require.NoError(t, err)
	again, _, err := e.Verify(c.Params, c)
	require.NoError(t, err)
	require.Equal(t, days[0].Value, again.Value)

	// The same bytes with an output that claims more give another root.
	e.Proofs[5].Coinbase = replaceAt(e.Proofs[5].Coinbase, 51, 0xff)
	_, _, err = e.Verify(c.Params, c)
	require.ErrorIs(t, err, index.ErrEvidence)
	// The inner node above the coinbase, shown as the coinbase of a shorter branch.
	inner := append(bytes.Clone(days[0].FirstHash[:]), days[0].LastHash[:]...)
	e.Proofs[5] = index.Proof{Coinbase: inner, Branch: e.Proofs[5].Branch[1:]}
	_, _, err = e.Verify(c.Params, c)
	require.ErrorIs(t, err, index.ErrCoinbase)
}

func replaceAt(raw []byte, at int, b byte) []byte {
	out := bytes.Clone(raw)
	out[at] = b
	return out
}

func TestBlocksThatDoNotHoldTogetherAreRefused(t *testing.T) {
	c := indextest.New()
	b := c.Mine(c.Params.FirstDay*index.DaySeconds, 7, 3, 1)
	_, _, err := index.FromBlock(b, 1)
	require.NoError(t, err)
	wrong := *b
	wrong.Header.MerkleRoot[0] ^= 1
	_, _, err = index.FromBlock(&wrong, 1)
	require.ErrorIs(t, err, index.ErrBlock)
	none := *b
	none.Transactions = nil
	_, _, err = index.FromBlock(&none, 1)
	require.ErrorIs(t, err, index.ErrBlock)
	swapped := *b
	swapped.Transactions = b.Transactions[1:]
	_, _, err = index.FromBlock(&swapped, 1)
	require.ErrorIs(t, err, index.ErrCoinbase)
}

package index_test

import (
	"bytes"
	"testing"

	"github.com/btcsuite/btcd/wire"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/internal/testkit"
	"github.com/alkimiya/alkimiya/oracle/index"
)

const (
	realHeaders      = "headers-822528-830592.bin"
	realHeadersFirst = 822_528
	realBoundaries   = "headers-retarget-boundaries.bin"
)

// TestRealHeadersVerifyAndNoByteCanBeChanged feeds 8,065 mainnet headers to a
// Verifier, and at each of them every byte changed once: the changed header itself
// or the one behind it must be refused.
func TestRealHeadersVerifyAndNoByteCanBeChanged(t *testing.T) {
	raw := testkit.Data(t, realHeaders)
	rules, err := index.HP1().HeaderRules()
	require.NoError(t, err)
	headers, err := index.ParseHeaders(raw)
	require.NoError(t, err)
	v := index.NewVerifier(rules, realHeadersFirst)
	positions := 0
	for i := range headers {
		before := *v
		_, err := v.Add(&headers[i])
		require.NoError(t, err, "height %d", realHeadersFirst+i)
		chunk := bytes.Clone(raw[i*index.HeaderSize : (i+1)*index.HeaderSize])
		for at := range chunk {
			positions++
			chunk[at] ^= 1 << (positions % 8)
			if survives(t, before, chunk, headers[i:]) {
				t.Fatalf("height %d: byte %d changed and nobody noticed", realHeadersFirst+i, at)
			}
			chunk[at] ^= 1 << (positions % 8)
		}
	}
	require.Equal(t, len(raw), positions)
	require.Equal(t, uint32(830_593), v.Height())
}

// survives says whether a changed header and the true one behind it are accepted.
func survives(t *testing.T, v index.Verifier, changed []byte, following []wire.BlockHeader) bool {
	mutant, err := index.ParseHeaders(changed)
	require.NoError(t, err)
	if _, err := v.Add(&mutant[0]); err != nil {
		return false
	}
	if len(following) == 1 {
		return true
	}
	_, err = v.Add(&following[1])
	return err == nil
}

func TestRealRetargetsVerifyAndNoByteCanBeChanged(t *testing.T) {
	raw := testkit.Data(t, realBoundaries)
	rules, err := index.HP1().HeaderRules()
	require.NoError(t, err)
	headers, err := index.ParseHeaders(raw)
	require.NoError(t, err)
	require.NoError(t, index.VerifyEpochs(rules, headers))
	for at := range raw {
		i := at / index.HeaderSize
		// Only the header's own epoch and its neighbours can notice.
		from := max(0, i-2) / 2 * 2
		to := min(len(headers), from+7)
		part := append([]wire.BlockHeader(nil), headers[from:to]...)
		chunk := bytes.Clone(raw[i*index.HeaderSize : (i+1)*index.HeaderSize])
		chunk[at%index.HeaderSize] ^= 1 << (at % 8)
		mutant, err := index.ParseHeaders(chunk)
		require.NoError(t, err)
		part[i-from] = mutant[0]
		if len(part)%2 == 0 {
			part = part[:len(part)-1]
		}
		require.ErrorIs(t, index.VerifyEpochs(rules, part), index.ErrHeader, "byte %d of header %d", at%index.HeaderSize, i)
	}
}

func TestEpochDifficultiesOfTheSpecification(t *testing.T) {
	headers, err := index.ParseHeaders(testkit.Data(t, realBoundaries))
	require.NoError(t, err)
	for epoch, want := range map[int]string{
		1: "0", 100: "0", 200: "165", 300: "12973", 400: "54150", 408: "72006", 409: "73197", 410: "70343",
		411: "75502", 412: "81725", 413: "79351",
	} {
		got, err := index.EpochDifficulty(headers[2*epoch].Bits)
		require.NoError(t, err)
		require.Equal(t, want, got.String(), "epoch %d", epoch)
	}
}

func TestRealHeadersGiveTheSubsidyLeg(t *testing.T) {
	headers, err := index.ParseHeaders(testkit.Data(t, realHeaders))
	require.NoError(t, err)
	p := index.HP1()
	p.FirstDay = 19_715
	before := index.Day{Index: p.ID, Day: 19_714}
	e := index.NewEngine(p, realHeadersFirst, &before)
	days := map[uint32]index.Day{}
	byTime := 0
	for i := range headers {
		h := uint32(realHeadersFirst + i)
		got, err := e.Connect(index.Block{
			Height: h, Hash: headers[i].BlockHash(), Prev: headers[i].PrevBlock,
			Time: uint32(headers[i].Timestamp.Unix()), Bits: headers[i].Bits, Coinbase: p.Subsidy(h), //nolint:gosec // G115: small numbers
		})
		require.NoError(t, err)
		for _, d := range got {
			days[d.Day] = d
		}
	}
	for _, w := range []struct{ day, first, last, n, sub uint32 }{
		{19715, 822640, 822810, 171, 174605}, {19727, 824405, 824542, 138, 174605}, {19728, 824543, 824682, 140, 171783},
		{19729, 824683, 824800, 118, 171763}, {19742, 826471, 826613, 143, 174394}, {19755, 828466, 828653, 188, 173665},
		{19756, 828654, 828804, 151, 166520}, {19767, 830353, 830491, 139, 166520},
	} {
		d := days[w.day]
		require.Equal(t, []uint32{w.first, w.last, w.n}, []uint32{d.FirstHeight, d.LastHeight, d.Blocks}, "day %d", w.day)
		require.Equal(t, uint64(w.sub), d.Value.Sub, "day %d", w.day)
	}
	require.Equal(t, uint64(3_987_515), days[19_737].Counter.Sub)
	require.Equal(t, uint64(9_165_650), days[19_767].Counter.Sub)
	for day := uint32(19_715); day <= 19_767; day++ {
		first := headers[days[day].FirstHeight-realHeadersFirst]
		last := headers[days[day].LastHeight-realHeadersFirst]
		if first.Timestamp.Unix()/index.DaySeconds == int64(day) && last.Timestamp.Unix()/index.DaySeconds == int64(day) {
			byTime++
		}
	}
	require.Less(t, byTime, 53, "days by header time differ")
}

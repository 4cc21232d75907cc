package wire_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/internal/tlv"
)

var segmented = []wire.Type{wire.TypeOffer, wire.TypeAccept, wire.TypeSign, wire.TypeRecord}

func anything(wire.Head, uint32) error { return nil }

// long returns an offer-like message of n bytes: only the head is read.
func long(t wire.Type, n int) []byte {
	b := bytes.Repeat([]byte{0xa5}, n)
	binary.BigEndian.PutUint16(b, uint16(t))
	return b
}

func frames(t testing.TB, message []byte) [][]byte {
	t.Helper()
	f, err := wire.Segment(message)
	require.NoError(t, err)
	return f
}

func TestReassemblyAfterSegmentationIsTheIdentity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.OneOf(
			rapid.IntRange(34, wire.MaxFrame+10), rapid.IntRange(34, 400_000),
			rapid.SampledFrom([]int{wire.MaxFrame, wire.MaxFrame + 1, 65_529 + 65_533, 65_529 + 65_533 + 1, wire.MaxMessage - 1, wire.MaxMessage}),
		).Draw(t, "length")
		kind := rapid.SampledFrom(segmented).Draw(t, "type")
		message := long(kind, n)
		parts, err := wire.Segment(message)
		require.NoError(t, err)

		budget := wire.NewByteBudget(wire.ReassemblyLimit)
		var asked []wire.Head
		r := wire.NewReassembler(budget, func(head wire.Head, total uint32) error {
			asked = append(asked, head)
			require.Equal(t, n, int(total))
			return nil
		})
		ping := (&wire.Ping{Data: [8]byte{1}}).Encode()
		for i, part := range parts {
			if i < len(parts)-1 {
				require.Len(t, part, wire.MaxFrame, "every frame but the last is full")
			}
			got, err := r.Frame(part)
			require.NoError(t, err)
			if i == len(parts)-1 {
				require.True(t, bytes.Equal(message, got))
				break
			}
			require.Nil(t, got)
			require.True(t, r.InProgress())
			require.LessOrEqual(t, wire.ReassemblyLimit-budget.Free(), int64(2*(i+1)*wire.MaxFrame), "memory follows what has come")
			got, err = r.Frame(ping)
			require.NoError(t, err)
			require.Equal(t, ping, got)
		}
		require.False(t, r.InProgress())
		require.Equal(t, int64(wire.ReassemblyLimit), budget.Free())
		if len(parts) == 1 {
			require.Empty(t, asked)
			return
		}
		require.Len(t, asked, 1)
		require.Equal(t, kind, asked[0].Type)
		require.Equal(t, kind == wire.TypeRecord, asked[0].ID == [32]byte{})
	})
}

func TestOnlyFourTypesAreSegmented(t *testing.T) {
	for n := range 1 << 16 {
		kind := wire.Type(n)
		if !kind.Known() {
			continue
		}
		_, err := wire.Segment(long(kind, wire.MaxFrame+1))
		if slices.Contains(segmented, kind) {
			require.NoError(t, err, kind)
		} else {
			require.ErrorIs(t, err, wire.ErrSegment, kind)
		}
	}
	_, err := wire.Segment(long(wire.TypeOffer, wire.MaxMessage+1))
	require.ErrorIs(t, err, wire.ErrSegment)
}

func TestBreachesOfSegmentationEndTheConnection(t *testing.T) {
	declined := errors.New("not expected now")
	full := frames(t, long(wire.TypeOffer, 200_000)) // 65,529 + 65,533 + 65,533 + 3,405
	start := func(total uint32, data []byte) []byte {
		return (&wire.SegmentStart{Total: total, Data: data}).Encode()
	}
	data := long(wire.TypeOffer, wire.MaxFrame-6)
	for name, c := range map[string]struct {
		frames [][]byte
		want   error
	}{
		"total of one frame":            {[][]byte{start(wire.MaxFrame, data)}, wire.ErrSegment},
		"total of 0":                    {[][]byte{start(0, data)}, wire.ErrSegment},
		"total above the limit":         {[][]byte{start(wire.MaxMessage+1, data)}, wire.ErrSegment},
		"total of 2^32-1":               {[][]byte{start(1<<32-1, data)}, wire.ErrSegment},
		"first frame not full":          {[][]byte{start(200_000, data[1:])}, wire.ErrSegment},
		"first frame without total":     {[][]byte{{0xb8, 0x03, 0, 0}}, tlv.ErrTruncated},
		"first frame without data":      {[][]byte{start(200_000, nil)}, wire.ErrSegment},
		"type that is never cut":        {[][]byte{start(200_000, long(wire.TypeHello, wire.MaxFrame-6))}, wire.ErrSegment},
		"segment in a segment":          {[][]byte{start(200_000, long(wire.TypeSegmentStart, wire.MaxFrame-6))}, wire.ErrSegment},
		"chunk without a start":         {[][]byte{full[1]}, wire.ErrSegment},
		"start within a message":        {[][]byte{full[0], full[0]}, wire.ErrSegment},
		"other message between":         {[][]byte{full[0], (&wire.Recover{}).Encode()}, wire.ErrSegment},
		"unknown message between":       {[][]byte{full[0], {0xff, 0xff}}, wire.ErrSegment},
		"chunk not full":                {[][]byte{full[0], full[1][:wire.MaxFrame-1]}, wire.ErrSegment},
		"empty chunk":                   {[][]byte{full[0], full[1][:2]}, wire.ErrSegment},
		"last chunk too short":          {[][]byte{full[0], full[1], full[2], full[3][:len(full[3])-1]}, wire.ErrSegment},
		"last chunk too long":           {[][]byte{full[0], full[1], full[2], append(bytes.Clone(full[3]), 0)}, wire.ErrSegment},
		"frame above the transport":     {[][]byte{make([]byte, wire.MaxFrame+1)}, wire.ErrSegment},
		"frame without a type":          {[][]byte{{1}}, tlv.ErrTruncated},
		"empty frame":                   {[][]byte{{}}, tlv.ErrTruncated},
		"message the state has no need": {frames(t, long(wire.TypeSign, 200_000)), declined},
	} {
		budget := wire.NewByteBudget(wire.ReassemblyLimit)
		r := wire.NewReassembler(budget, func(head wire.Head, _ uint32) error {
			if head.Type == wire.TypeSign {
				return declined
			}
			return nil
		})
		var err error
		for _, frame := range c.frames {
			var got []byte
			if got, err = r.Frame(frame); err != nil {
				require.Nil(t, got)
				break
			}
		}
		require.ErrorIs(t, err, c.want, name)
		require.False(t, r.InProgress(), name)
		require.Equal(t, int64(wire.ReassemblyLimit), budget.Free(), "%s: memory is given back", name)
	}
}

func TestHalfMessagesStayWithinTheBudgetOfAllPeers(t *testing.T) {
	parts := frames(t, long(wire.TypeOffer, 400_000))
	const limit = 1 << 20
	budget := wire.NewByteBudget(limit)
	var open []*wire.Reassembler
	refused := 0
	for range 100 {
		r := wire.NewReassembler(budget, anything)
		for _, part := range parts[:3] {
			if _, err := r.Frame(part); err != nil {
				require.ErrorIs(t, err, wire.ErrBudget)
				require.Equal(t, wire.RejectLimit, wire.CodeOf(err))
				refused++
				break
			}
		}
		if r.InProgress() {
			open = append(open, r)
		}
		require.GreaterOrEqual(t, budget.Free(), int64(0))
	}
	require.NotEmpty(t, open)
	require.Positive(t, refused)
	for _, r := range open {
		r.Abort()
		r.Abort()
	}
	require.Equal(t, int64(limit), budget.Free())

	r := wire.NewReassembler(budget, anything)
	for i, part := range parts {
		message, err := r.Frame(part)
		require.NoError(t, err)
		require.Equal(t, i == len(parts)-1, message != nil)
	}
}

func TestReassembledMessagesDoNotAliasTheFrames(t *testing.T) {
	message := long(wire.TypeOffer, 70_000)
	parts := frames(t, message)
	r := wire.NewReassembler(wire.NewByteBudget(wire.ReassemblyLimit), anything)
	_, err := r.Frame(parts[0])
	require.NoError(t, err)
	clear(parts[0])
	got, err := r.Frame(parts[1])
	require.NoError(t, err)
	require.True(t, bytes.Equal(message, got))
}

package wire_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"testing"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/internal/tlv"
)

// absurd are the numbers of SECURITY.md W1, and their neighbours.
var absurd = []uint64{
	0, 1, 2, 3, 4, 6, 7, 8, 15, 16, 17, 30, 31, 32, 33, 127, 128, 252, 253, 254, 255, 256, 293, 294, 545, 546, 999, 1_000, 1_001, 20_000, 20_001,
	32_767, 32_768, 65_535, 65_536, 99_999, 100_000, 4_194_304, 4_194_305, 499_999_999, 500_000_000, 1_209_599, 31_536_001, 1<<31 - 1, 1 << 31, 1<<32 - 1, 1 << 32,
	21e14 - 1, 21e14, 21e14 + 1, 1 << 53, 1<<62 - 1, 1 << 62, 1<<63 - 1, 1 << 63, 1<<63 + 1, math.MaxUint64 - 1, math.MaxUint64,
}

// number is a field of fixed size. set must give encodings that differ in that
// field only; legal says which values the sample may have there.
type number[M wire.Message] struct {
	name  string
	bits  int
	set   func(M, uint64)
	legal func(uint64) bool
	code  wire.RejectCode
}

func within(low, high uint64) func(uint64) bool {
	return func(v uint64) bool { return v >= low && v <= high }
}

func any64(uint64) bool { return true }

// checkNumbers writes every absurd value into every field of the encoded sample.
func checkNumbers[M wire.Message](t *testing.T, numbers []number[M]) {
	t.Helper()
	good := sample[M]().Encode()
	for _, n := range numbers {
		low, high := sample[M](), sample[M]()
		n.set(low, 1)
		n.set(high, 2)
		a, b := low.Encode(), high.Encode()
		require.Len(t, b, len(a), n.name)
		last := -1
		for i := range a {
			if a[i] != b[i] {
				require.Equal(t, -1, last, "%s is one field", n.name)
				last = i
			}
		}
		first := last + 1 - n.bits/8
		var refused [][]byte
		for _, v := range absurd {
			if v>>(n.bits-1)>>1 != 0 {
				continue
			}
			what := fmt.Sprintf("%s.%s = %d", low.Type(), n.name, v)
			encoded := bytes.Clone(good)
			var whole [8]byte
			binary.BigEndian.PutUint64(whole[:], v)
			copy(encoded[first:last+1], whole[8-n.bits/8:])
			m, err := judge(encoded)
			if n.legal(v) {
				require.NoError(t, err, what)
				require.Equal(t, encoded, m.Encode(), what)
				continue
			}
			require.Error(t, err, what)
			require.True(t, typed(err), "%s: %v", what, err)
			require.Equal(t, n.code, wire.CodeOf(err), what)
			refused = append(refused, encoded)
		}
		refusedCheaply(t, n.name, refused...)
	}
}

func partyNumbers[M wire.Message](of func(M) *wire.Party, changeSerial func(uint64) bool) []number[M] {
	return []number[M]{
		{"collateral", 64, func(m M, v uint64) { of(m).Collateral = btcutil.Amount(v) }, within(1_000, 21e14), wire.RejectBadCollateral}, //nolint:gosec // G115: 1 or 2
		{"payout_serial", 64, func(m M, v uint64) { of(m).PayoutSerial = v }, any64, 0},
		{"change_serial", 64, func(m M, v uint64) { of(m).ChangeSerial = v }, changeSerial, wire.RejectBadSerial},
		{"input serial", 64, func(m M, v uint64) { of(m).Inputs[0].Serial = v }, func(v uint64) bool { return v != 9 }, wire.RejectBadSerial},
		{"vout", 32, func(m M, v uint64) { of(m).Inputs[0].Vout = uint32(v) }, any64, 0},                              //nolint:gosec // G115: 1 or 2
		{"key_id word", 32, func(m M, v uint64) { of(m).KeyID[7] = byte(v) }, within(0, 1<<31-1), wire.RejectBadKeys}, //nolint:gosec // G115: 1 or 2
	}
}

//nolint:gosec // G115: the setters are called with 1 and 2
func TestAbsurdNumbersInEveryFieldAreRefusedCheaply(t *testing.T) {
	require.GreaterOrEqual(t, len(absurd), 40)
	checkNumbers(t, append(partyNumbers(func(m *wire.Offer) *wire.Party { return &m.Party }, any64), []number[*wire.Offer]{
		{"fund_serial", 64, func(m *wire.Offer, v uint64) { m.FundSerial = v }, func(v uint64) bool { return v != 30 }, wire.RejectBadSerial},
		{"fund_feerate", 32, func(m *wire.Offer, v uint64) { m.FundFeeRate = uint32(v) }, within(1, 1000), wire.RejectBadFee},
		{"cet_feerate", 32, func(m *wire.Offer, v uint64) { m.CETFeeRate = uint32(v) }, within(1, 1000), wire.RejectBadFee},
		{"cet_locktime", 32, func(m *wire.Offer, v uint64) { m.CETLocktime = uint32(v) }, within(1782388800-31_536_000, 1782388800-1_209_600), wire.RejectBadLocktime},
		{"refund_locktime", 32, func(m *wire.Offer, v uint64) { m.RefundLocktime = uint32(v) }, within(1779969600+1_209_600, 1779969600+31_536_000), wire.RejectBadLocktime},
		{"expiry", 32, func(m *wire.Offer, v uint64) { m.Expiry = uint32(v) }, any64, 0},
	}...))
	checkNumbers(t, partyNumbers(func(m *wire.Accept) *wire.Party { return &m.Party }, any64))
	checkNumbers(t, []number[*wire.CloseOffer]{
		{"attempt", 32, func(m *wire.CloseOffer, v uint64) { m.Attempt = uint32(v) }, any64, 0},
		{"v_o", 64, func(m *wire.CloseOffer, v uint64) { m.OffererValue = btcutil.Amount(v) }, within(0, 21e14-200_000), wire.RejectBadClose},
		{"v_a", 64, func(m *wire.CloseOffer, v uint64) { m.AccepterValue = btcutil.Amount(v) }, within(0, 21e14-300_000), wire.RejectBadClose},
		{"feerate", 32, func(m *wire.CloseOffer, v uint64) { m.FeeRate = uint32(v) }, within(1, 1000), wire.RejectBadClose},
		{"kind", 8, func(m *wire.CloseOffer, v uint64) { m.Kind = wire.CloseKind(v) }, within(0, 1), wire.RejectUnsupported},
	})
	checkNumbers(t, []number[*wire.CloseAccept]{
		{"attempt", 32, func(m *wire.CloseAccept, v uint64) { m.Attempt = uint32(v) }, any64, 0},
		{"vout", 32, func(m *wire.CloseAccept, v uint64) { m.Cancel.Vout = uint32(v) }, any64, 0},
	})
	checkNumbers(t, []number[*wire.CloseComplete]{
		{"attempt", 32, func(m *wire.CloseComplete, v uint64) { m.Attempt = uint32(v) }, any64, 0},
	})
	checkNumbers(t, []number[*wire.Hello]{
		{"max_list", 32, func(m *wire.Hello, v uint64) { m.MaxList = uint32(v) }, any64, 0},
		{"scheme", 8, func(m *wire.Hello, v uint64) { m.Schemes[1] = uint8(v) }, any64, 0},
	})
	checkNumbers(t, []number[*wire.OrdersRequest]{
		{"product", 8, func(m *wire.OrdersRequest, v uint64) { m.Product = payout.Instrument(v) }, within(0, 6), wire.RejectUnsupported},
		{"side", 8, func(m *wire.OrdersRequest, v uint64) { m.Side = order.Side(v) }, within(0, 2), wire.RejectMalformed},
		{"limit", 16, func(m *wire.OrdersRequest, v uint64) { m.Limit = uint16(v) }, any64, 0},
	})
	checkNumbers(t, []number[*wire.Orders]{
		{"remaining", 32, func(m *wire.Orders, v uint64) { m.Remaining[0] = uint32(v) }, any64, 0},
	})
	checkNumbers(t, []number[*wire.Reject]{
		{"type", 16, func(m *wire.Reject, v uint64) { m.Refused = wire.Type(v) }, any64, 0},
		{"code", 16, func(m *wire.Reject, v uint64) { m.Code = wire.RejectCode(v) }, within(1, 30), wire.RejectMalformed},
	})
	checkNumbers(t, []number[*wire.Resume]{
		{"have", 8, func(m *wire.Resume, v uint64) { m.Contracts[0].Have = wire.Have(v) }, within(0, 15), wire.RejectMalformed},
	})
	checkNumbers(t, []number[*wire.SegmentStart]{
		{"total", 32, func(m *wire.SegmentStart, v uint64) { m.Total = uint32(v) }, any64, 0},
	})
}

func TestVersionSchemeAndFlagsHaveOneValue(t *testing.T) {
	hello, offer := sample[*wire.Hello]().Encode(), sample[*wire.Offer]().Encode()
	for v := range 256 {
		for name, c := range map[string]struct {
			message []byte
			at, ok  int
		}{
			"version low": {hello, 3, 1}, "version high": {hello, 2, 0}, "scheme": {offer, 34, 1}, "flags": {offer, 35, 0},
		} {
			encoded := bytes.Clone(c.message)
			encoded[c.at] = byte(v)
			_, err := judge(encoded)
			if v == c.ok {
				require.NoError(t, err, name)
				continue
			}
			require.Equal(t, wire.RejectUnsupported, wire.CodeOf(err), "%s %d", name, v)
			require.False(t, wire.Closes(err))
		}
	}
}

// Patterns that are written over every byte of every message: numbers of all
// widths, BigSizes that claim too much or are too long, and noise.
func patterns() [][]byte {
	out := [][]byte{
		{0xfd, 0x00, 0x01}, {0xfd, 0x00, 0xfc}, {0xfd, 0xff, 0xff}, {0xfe, 0, 0, 0, 1}, {0xfe, 0, 0, 0xff, 0xff}, {0xfe, 0x7f, 0xff, 0xff, 0xff},
		{0xfe, 0xff, 0xff, 0xff, 0xff}, {0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}, {0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
		{0xff, 0x80, 0, 0, 0, 0, 0, 0, 0}, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, {}, {0xc3, 0x28}, {0x65, 0xcc, 0x81},
	}
	for _, v := range absurd {
		switch {
		case v < 1<<8:
			out = append(out, []byte{byte(v)})
		case v < 1<<16:
			out = append(out, binary.BigEndian.AppendUint16(nil, uint16(v)))
		case v < 1<<32:
			out = append(out, binary.BigEndian.AppendUint32(nil, uint32(v)))
		default:
			out = append(out, binary.BigEndian.AppendUint64(nil, v))
		}
	}
	return out
}

func TestNoBytesAnywherePanicOrReadAsSomethingElse(t *testing.T) {
	all := patterns()
	require.GreaterOrEqual(t, len(all), 40)
	for _, m := range samples() {
		good := m.Encode()
		for at := range good {
			for _, p := range all {
				over := bytes.Clone(good)
				copy(over[at:], p)
				instead := append(append(bytes.Clone(good[:at]), p...), good[at+1:]...)
				for _, b := range [][]byte{over, instead} {
					got, err := wire.Decode(b)
					if err != nil {
						require.True(t, typed(err), "%s at %d: %v", m.Type(), at, err)
						continue
					}
					if !bytes.Equal(b, got.Encode()) {
						t.Fatalf("%s: %x read as what is written %x", m.Type(), b, got.Encode())
					}
				}
			}
		}
		for cut := range good {
			got, err := wire.Decode(good[:cut])
			if err == nil {
				require.Equal(t, good[:cut], got.Encode(), "%s cut at %d", m.Type(), cut)
			}
		}
	}
}

func TestBombsAreRefusedBeforeTheyAreAllocated(t *testing.T) {
	raw := func(t wire.Type, build func(*tlv.Writer)) []byte {
		w := tlv.NewWriter(wire.MaxMessage)
		w.U16(uint16(t))
		build(w)
		return w.Bytes()
	}
	ids := make([]byte, 64)
	huge := make([]byte, wire.MaxMessage-10_000)
	withParty := func(w *tlv.Writer, inputs func(*tlv.Writer)) {
		w.Raw(ids)
		w.Raw(make([]byte, 16+33+33+8+2+8+2+8))
		inputs(w)
	}
	for name, c := range map[string]struct {
		message []byte
		code    wire.RejectCode
	}{
		"message of 4 MiB and a byte": {append(raw(wire.TypeOffer, func(w *tlv.Writer) { w.Raw(huge) }), make([]byte, 10_000)...), wire.RejectLimit},
		"hello above a frame":         {raw(wire.TypeHello, func(w *tlv.Writer) { w.Raw(make([]byte, wire.MaxFrame)) }), wire.RejectLimit},
		"unknown type above a frame":  {raw(50_001, func(w *tlv.Writer) { w.Raw(make([]byte, wire.MaxFrame)) }), wire.RejectLimit},
		"empty stacks": {raw(wire.TypeSign, func(w *tlv.Writer) {
			w.Raw(make([]byte, 128))
			w.Raw(list(0))
			w.BigSize(4_000_000)
			w.Raw(huge)
		}), wire.RejectLimit},
		"empty witness items": {raw(wire.TypeSign, func(w *tlv.Writer) {
			w.Raw(make([]byte, 128))
			w.Raw(list(0))
			w.BigSize(1)
			w.BigSize(4_000_000)
			w.Raw(huge)
		}), wire.RejectLimit},
		"20,001 signatures": {(&wire.Sign{List: list(20_001)}).Encode(), wire.RejectLimit},
		"2^32-1 signatures": {raw(wire.TypeSign, func(w *tlv.Writer) { w.Raw(make([]byte, 128)); w.U32(math.MaxUint32); w.Raw(huge) }), wire.RejectLimit},
		"list cut":          {raw(wire.TypeSign, func(w *tlv.Writer) { w.Raw(make([]byte, 128)); w.U32(20_000); w.Raw(make([]byte, 1_282_499)) }), wire.RejectMalformed},
		"33 inputs":         {raw(wire.TypeAccept, func(w *tlv.Writer) { withParty(w, func(w *tlv.Writer) { w.BigSize(33); w.Raw(huge) }) }), wire.RejectLimit},
		"prevtx of 100,001": {raw(wire.TypeAccept, func(w *tlv.Writer) {
			withParty(w, func(w *tlv.Writer) { w.BigSize(1); w.U64(1); w.BigSize(100_001); w.Raw(huge) })
		}), wire.RejectLimit},
		"prevtxs of 600,000": {raw(wire.TypeAccept, func(w *tlv.Writer) {
			withParty(w, func(w *tlv.Writer) {
				w.BigSize(6)
				for range 6 {
					w.U64(1)
					w.VarBytes(make([]byte, 100_000))
					w.U32(0)
				}
			})
		}), wire.RejectLimit},
		"8 announcements": {raw(wire.TypeOffer, func(w *tlv.Writer) {
			w.Raw(ids[:32])
			w.U8(1)
			w.U8(0)
			w.BigSize(0)
			w.BigSize(8)
			w.Raw(huge)
		}), wire.RejectLimit},
		"announcement of 4,097": {raw(wire.TypeOffer, func(w *tlv.Writer) {
			w.Raw(ids[:32])
			w.U8(1)
			w.U8(0)
			w.BigSize(0)
			w.BigSize(1)
			w.Raw(announcement(4_091))
			w.Raw(huge)
		}), wire.RejectLimit},
		"terms of 4,097":     {raw(wire.TypeOffer, func(w *tlv.Writer) { w.Raw(ids[:32]); w.U8(1); w.U8(0); w.BigSize(4_097); w.Raw(huge) }), wire.RejectLimit},
		"129 orders":         {raw(wire.TypeOrders, func(w *tlv.Writer) { w.Raw(ids[:32]); w.BigSize(129); w.Raw(huge[:60_000]) }), wire.RejectLimit},
		"order of 4,097":     {raw(wire.TypeOrders, func(w *tlv.Writer) { w.Raw(ids[:32]); w.BigSize(1); w.BigSize(4_097); w.Raw(huge[:60_000]) }), wire.RejectLimit},
		"1,986 contracts":    {raw(wire.TypeResume, func(w *tlv.Writer) { w.BigSize(1_986); w.Raw(huge[:65_000]) }), wire.RejectLimit},
		"evidence of 49,153": {raw(wire.TypeEvidence, func(w *tlv.Writer) { w.BigSize(49_153); w.Raw(huge[:49_153]) }), wire.RejectLimit},
		"cancel of 4,097":    {raw(wire.TypeOrderCancel, func(w *tlv.Writer) { w.BigSize(4_097); w.Raw(huge[:4_097]) }), wire.RejectLimit},
		"rfq of 4,097":       {raw(wire.TypeRFQ, func(w *tlv.Writer) { w.BigSize(4_097); w.Raw(huge[:4_097]) }), wire.RejectLimit},
		"detail of 256":      {raw(wire.TypeReject, func(w *tlv.Writer) { w.Raw(ids[:36]); w.BigSize(256) }), wire.RejectMalformed},
		"65 records": {raw(wire.TypeRecover, func(w *tlv.Writer) {
			for i := range uint64(65) {
				w.Record(2*i+1, nil)
			}
		}), wire.RejectLimit},
		"huge record, then a bad one": {raw(wire.TypeSign, func(w *tlv.Writer) {
			w.Raw(make([]byte, 128))
			w.Raw(list(0))
			w.BigSize(0)
			w.Record(1, huge)
			w.Record(1, nil)
		}), wire.RejectMalformed},
		"huge messages, then a bad record": {raw(wire.TypeRecord, func(w *tlv.Writer) {
			offer := append((&wire.Offer{}).Encode(), huge[:4_000_000]...)
			w.VarBytes(offer)
			w.VarBytes(nil)
			w.VarBytes(nil)
			w.Record(2, nil)
		}), wire.RejectUnsupported},
	} {
		_, err := judge(c.message)
		require.Error(t, err, name)
		require.True(t, typed(err), "%s: %v", name, err)
		require.Equal(t, c.code, wire.CodeOf(err), "%s: %v", name, err)
		refusedCheaply(t, name, c.message)
	}
}

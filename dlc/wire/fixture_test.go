package wire_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcec/v2"

	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/internal/testkit"
	"github.com/alkimiya/alkimiya/internal/tlv"
)

func point(name string) [33]byte {
	return [33]byte(testkit.Key(name).PubKey().SerializeCompressed())
}

// The points of the samples.
var (
	pointI, pointC, pointN = point("I"), point("C"), point("nonce")
	pubNonce               = [66]byte(append(pointN[:], pointC[:]...))
)

// list returns a packed list of n signatures, of bytes that mean nothing.
func list(n int) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(n)) //nolint:gosec // G115: a length of the test's own
	b = append(b, bytes.Repeat([]byte{0x5a}, 64*n)...)
	parity := bytes.Repeat([]byte{0xff}, (n+7)/8)
	if spare := n % 8; spare != 0 {
		parity[len(parity)-1] >>= 8 - spare
	}
	return append(b, parity...)
}

func announcement(n int) []byte {
	w := tlv.NewWriter(n)
	w.Record(55332, bytes.Repeat([]byte{7}, n))
	return w.Bytes()
}

func party() wire.Party {
	return wire.Party{
		KeyID: [16]byte{0: 0x12, 4: 0x34, 8: 0x56, 12: 0x78}, Internal: pointI, Contract: pointC,
		Collateral: 250_000, Payout: bytes.Repeat([]byte{0x51}, 34), PayoutSerial: 7,
		Change: bytes.Repeat([]byte{0x52}, 22), ChangeSerial: 30,
		Inputs: []wire.Input{{Serial: 2, PrevTx: bytes.Repeat([]byte{1}, 9), Vout: 0}, {Serial: 9, PrevTx: []byte{1, 2, 3}, Vout: 4}},
	}
}

func extra() []tlv.Record { return []tlv.Record{{Type: 1001, Value: []byte("later")}} }

// samples holds a good message of each type, with an unknown odd record where
// there can be one.
func samples() []wire.Message {
	id, hash := [32]byte{0: 1, 31: 2}, [32]byte{0: 3, 31: 4}
	var sig [64]byte
	copy(sig[:], bytes.Repeat([]byte{6}, 64))
	witness := [][][]byte{{bytes.Repeat([]byte{8}, 71), bytes.Repeat([]byte{2}, 33)}, {bytes.Repeat([]byte{8}, 64)}}
	return []wire.Message{
		&wire.Hello{Chain: hash, Schemes: []uint8{1, 9}, MaxList: 20_000, Indexes: []wire.IndexParameters{{ID: "hp1", Parameters: id}, {ID: "x", Parameters: hash}}, Extra: extra()},
		&wire.Ping{Data: [8]byte{1, 2, 3, 4, 5, 6, 7, 8}, Extra: extra()},
		&wire.Pong{Data: [8]byte{8, 7, 6, 5, 4, 3, 2, 1}, Extra: extra()},
		&wire.SegmentStart{Total: 70_000, Data: []byte{0xb8, 0x0b, 1}},
		&wire.SegmentChunk{Data: []byte{1, 2, 3}},
		&wire.OrdersRequest{RequestID: id, Product: payout.Call, Index: "hp1/tot", Side: order.Sell, Limit: 50, After: hash, Extra: extra()},
		&wire.Orders{RequestID: id, Orders: [][]byte{[]byte(`{"a":"b"}`), []byte(`{}`)}, Remaining: []uint32{100, 200}, Extra: extra()},
		&wire.Offer{
			TempID: id, Terms: bytes.Repeat([]byte{3}, 20), Announcements: [][]byte{announcement(30), announcement(3)}, InfoHash: hash, Party: party(),
			FundSerial: 20, FundFeeRate: 5, CETFeeRate: 3, CETLocktime: 1779969600, RefundLocktime: 1782388800, Expiry: 1779000000,
			QuoteID: hash, Take: &wire.Take{Order: []byte(`{"order":""}`), Take: []byte(`{"take":""}`)}, Extra: extra(),
		},
		&wire.Accept{TempID: id, OfferHash: hash, Party: party(), Refund: sig, List: list(3), Extra: extra()},
		&wire.Sign{ContractID: id, AcceptHash: hash, Refund: sig, List: list(1), Witnesses: witness, Extra: extra()},
		&wire.Funded{ContractID: id, SignHash: hash, Witnesses: witness, Extra: extra()},
		&wire.Reject{ID: id, Refused: wire.TypeOffer, Code: wire.RejectRateLimited, Detail: []byte("slow down"), Extra: extra()},
		&wire.CloseOffer{ContractID: id, Attempt: 2, Kind: wire.CloseSettle, OffererValue: 300_000, AccepterValue: 200_000, FeeRate: 4, PubNonce: pubNonce, Extra: extra()},
		&wire.CloseAccept{
			ContractID: id, Attempt: 2, PubNonce: pubNonce, Partial: [32]byte{5},
			Cancel: &wire.CancelInput{PrevTx: []byte{1, 2, 3}, Vout: 1, Change: bytes.Repeat([]byte{0x51}, 34), Witness: witness[0]}, Extra: extra(),
		},
		&wire.CloseComplete{ContractID: id, Attempt: 2, Signature: sig, Extra: extra()},
		&wire.Resume{Contracts: []wire.ResumeEntry{{TempID: id, Have: wire.HaveOffer | wire.HaveAccept}, {TempID: hash, Have: 15}}, Extra: extra()},
		&wire.Recover{Extra: extra()},
		&wire.Record{Offer: (&wire.Offer{}).Encode(), Accept: (&wire.Accept{List: list(0)}).Encode(), Sign: []byte{}, Extra: extra()},
		&wire.Evidence{Proof: []byte("ALKE\x01\x01"), Extra: extra()},
		&wire.OrderCancel{Cancel: []byte(`{}`), Extra: extra()},
		&wire.RFQ{Request: []byte(`{}`), Extra: extra()},
	}
}

func sample[M wire.Message]() M {
	for _, m := range samples() {
		if found, ok := m.(M); ok {
			return found
		}
	}
	panic("no sample of this type")
}

// typed says whether an error is one that callers can tell apart.
func typed(err error) bool {
	if _, ok := errors.AsType[*wire.RejectError](err); ok {
		return true
	}
	for _, known := range []error{
		tlv.ErrTruncated, tlv.ErrTrailing, tlv.ErrNotMinimal, tlv.ErrTooLong, tlv.ErrText, tlv.ErrOrder, tlv.ErrDuplicate, tlv.ErrUnsupported,
		tlv.ErrType, wire.ErrNotCanonical, wire.ErrOutOfRange, wire.ErrRepeated, wire.ErrUnknownEven, wire.ErrSegment, wire.ErrBudget,
	} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

// judge decodes and checks, as a node does before it looks at any state.
func judge(b []byte) (wire.Message, error) {
	m, err := wire.Decode(b)
	if err != nil {
		return nil, err
	}
	return m, wire.Check(m)
}

// refusedCheaply holds refusals against SECURITY.md: under 1 ms each, and under
// 1 MiB all together. Other processes disturb the clock, so the best of some
// attempts counts.
func refusedCheaply(t *testing.T, what string, messages ...[]byte) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, b := range messages {
		_, _ = judge(b)
	}
	runtime.ReadMemStats(&after)
	if spent := after.TotalAlloc - before.TotalAlloc; spent >= 1<<20 {
		t.Errorf("%s: %d refusals took %d bytes", what, len(messages), spent)
	}
	for i, b := range messages {
		least := time.Hour
		for attempt := 0; attempt < 100 && least >= time.Millisecond; attempt++ {
			start := time.Now()
			_, _ = judge(b)
			least = min(least, time.Since(start))
		}
		if least >= time.Millisecond {
			t.Errorf("%s: refusal %d took %s", what, i, least)
		}
	}
}

var groupOrder = btcec.S256().N

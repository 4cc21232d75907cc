package wire_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/alkimiya/alkimiya/dlc/wire"
)

// fuzzMessage feeds what follows the type of one message. What is accepted is
// written back bit for bit; what is refused is refused with a typed error.
func fuzzMessage(f *testing.F, t wire.Type) {
	f.Helper()
	f.Add([]byte{})
	for _, m := range samples() {
		body := m.Encode()[2:]
		f.Add(body)
		if m.Type() == t {
			f.Add(body[:len(body)/2])
			f.Add(append(bytes.Clone(body), 0xfd, 0x03, 0xed, 0x01, 0x00))
		}
	}
	f.Fuzz(func(tt *testing.T, body []byte) {
		decodeAndCompare(tt, append(binary.BigEndian.AppendUint16(nil, uint16(t)), body...))
	})
}

func decodeAndCompare(t *testing.T, in []byte) {
	t.Helper()
	m, err := wire.Decode(in)
	if err != nil {
		if !typed(err) || !wire.CodeOf(err).Valid() {
			t.Fatalf("untyped error %v", err)
		}
		return
	}
	if !bytes.Equal(m.Encode(), in) {
		t.Fatalf("%x read as what is written %x", in, m.Encode())
	}
	if err := wire.Check(m); err != nil && !typed(err) {
		t.Fatalf("untyped error %v", err)
	}
}

func FuzzDecodeHello(f *testing.F)         { fuzzMessage(f, wire.TypeHello) }
func FuzzDecodePing(f *testing.F)          { fuzzMessage(f, wire.TypePing) }
func FuzzDecodePong(f *testing.F)          { fuzzMessage(f, wire.TypePong) }
func FuzzDecodeSegmentStart(f *testing.F)  { fuzzMessage(f, wire.TypeSegmentStart) }
func FuzzDecodeSegmentChunk(f *testing.F)  { fuzzMessage(f, wire.TypeSegmentChunk) }
func FuzzDecodeOrdersRequest(f *testing.F) { fuzzMessage(f, wire.TypeOrdersRequest) }
func FuzzDecodeOrders(f *testing.F)        { fuzzMessage(f, wire.TypeOrders) }
func FuzzDecodeOffer(f *testing.F)         { fuzzMessage(f, wire.TypeOffer) }
func FuzzDecodeAccept(f *testing.F)        { fuzzMessage(f, wire.TypeAccept) }
func FuzzDecodeSign(f *testing.F)          { fuzzMessage(f, wire.TypeSign) }
func FuzzDecodeFunded(f *testing.F)        { fuzzMessage(f, wire.TypeFunded) }
func FuzzDecodeReject(f *testing.F)        { fuzzMessage(f, wire.TypeReject) }
func FuzzDecodeCloseOffer(f *testing.F)    { fuzzMessage(f, wire.TypeCloseOffer) }
func FuzzDecodeCloseAccept(f *testing.F)   { fuzzMessage(f, wire.TypeCloseAccept) }
func FuzzDecodeCloseComplete(f *testing.F) { fuzzMessage(f, wire.TypeCloseComplete) }
func FuzzDecodeResume(f *testing.F)        { fuzzMessage(f, wire.TypeResume) }
func FuzzDecodeRecover(f *testing.F)       { fuzzMessage(f, wire.TypeRecover) }
func FuzzDecodeRecord(f *testing.F)        { fuzzMessage(f, wire.TypeRecord) }
func FuzzDecodeEvidence(f *testing.F)      { fuzzMessage(f, wire.TypeEvidence) }
func FuzzDecodeOrderCancel(f *testing.F)   { fuzzMessage(f, wire.TypeOrderCancel) }
func FuzzDecodeRFQ(f *testing.F)           { fuzzMessage(f, wire.TypeRFQ) }

// FuzzDecode feeds whole messages of any type.
func FuzzDecode(f *testing.F) {
	for _, m := range samples() {
		f.Add(m.Encode())
	}
	f.Add([]byte{0xb8, 0x00})
	f.Fuzz(decodeAndCompare)
}

func FuzzDecodeTowerPackage(f *testing.F) {
	p, err := wire.NewTowerPackage(sample[*wire.Offer]().Encode(), sample[*wire.Accept]().Encode(), sample[*wire.Sign]().Encode())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(p.Encode())
	f.Add([]byte{1, 0, 0, 0})
	f.Fuzz(func(t *testing.T, in []byte) {
		p, err := wire.DecodeTowerPackage(in)
		if err != nil {
			if !typed(err) {
				t.Fatalf("untyped error %v", err)
			}
			return
		}
		if !bytes.Equal(p.Encode(), in) {
			t.Fatalf("another encoding of the same package was accepted")
		}
	})
}

// FuzzReassembler: the input is a program that says which frames come, and how
// they are damaged. Memory stays within the budget and comes back.
func FuzzReassembler(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3}, uint16(0), byte(0))
	f.Add([]byte{0, 9, 1, 8, 2}, uint16(70), byte(255))
	f.Add([]byte{1, 0, 0}, uint16(5), byte(1))
	message := long(wire.TypeOffer, 200_000)
	parts, err := wire.Segment(message)
	if err != nil {
		f.Fatal(err)
	}
	others := [][]byte{(&wire.Ping{}).Encode(), (&wire.Pong{}).Encode(), (&wire.Recover{}).Encode(), {}, {0xb8}}
	f.Fuzz(func(t *testing.T, program []byte, at uint16, flip byte) {
		const limit = 150_000
		budget := wire.NewByteBudget(limit)
		r := wire.NewReassembler(budget, anything)
		all := append(append([][]byte{}, parts...), others...)
		damaged := bytes.Clone(parts[0])
		damaged[int(at)%len(damaged)] ^= flip
		all = append(all, damaged, damaged[:int(at)%len(damaged)])
		for _, op := range program {
			got, err := r.Frame(all[int(op)%len(all)])
			if err != nil && (!typed(err) || r.InProgress()) {
				t.Fatalf("%v, in progress %v", err, r.InProgress())
			}
			if len(got) > wire.MaxFrame {
				t.Fatalf("a message of %d bytes within a budget of %d", len(got), limit)
			}
			if budget.Free() < 0 {
				t.Fatal("above the budget")
			}
		}
		r.Abort()
		if budget.Free() != limit {
			t.Fatal("memory is missing")
		}
	})
}

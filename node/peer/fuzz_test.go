package peer_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node/peer"
)

// FuzzFrames gives a peer's inbox frame after frame. Nothing panics, memory
// comes back, and what is delivered is a well-formed message of a kind that
// handlers get.
func FuzzFrames(f *testing.F) {
	f.Add(join(offer(1), (&wire.Ping{}).Encode(), hello().Encode()))
	f.Add(join(segments(longMessage(140_000))...))
	f.Add(join(segments(longMessage(140_000))[:2]...))
	f.Add(join([]byte{0xc0, 0x01}, []byte{0xc0, 0x00}, nil))
	f.Fuzz(func(t *testing.T, script []byte) {
		budget := wire.NewByteBudget(1 << 20)
		refusing := errors.New("not expected")
		inbox := peer.NewInbox(budget, func(head wire.Head, _ uint32) error {
			if head.ID[0]%4 == 3 {
				return refusing
			}
			return nil
		})
		for frame := range split(script) {
			delivered, answered, err := inbox.Take(frame)
			if err != nil {
				break
			}
			if delivered != nil {
				m, err := wire.Decode(delivered)
				if err != nil || !m.Type().Known() || m.Type() == wire.TypeHello || m.Type() == wire.TypePing || m.Type() == wire.TypeSegmentStart {
					t.Fatalf("delivered %v: %v", m, err)
				}
			}
			if answered != nil {
				if head, err := wire.HeadOf(frame); err == nil && head.Type == wire.TypeReject {
					t.Fatal("a reject was answered")
				}
				if _, err := wire.Decode(answered); err != nil {
					t.Fatalf("answered nonsense: %v", err)
				}
			}
		}
		if held := 1<<20 - budget.Free(); held < 0 || held > 1<<20 {
			t.Fatalf("%d bytes held", held)
		}
	})
}

// join writes frames one after the other, each after its length.
func join(frames ...[]byte) []byte {
	var b bytes.Buffer
	for _, frame := range frames {
		b.Write(binary.BigEndian.AppendUint16(nil, uint16(len(frame)))) //nolint:gosec // G115: frames are short
		b.Write(frame)
	}
	return b.Bytes()
}

// split undoes join for any bytes.
func split(b []byte) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		for len(b) >= 2 {
			n := min(int(b[0])<<8|int(b[1]), len(b)-2)
			if !yield(bytes.Clone(b[2 : 2+n])) {
				return
			}
			b = b[2+n:]
		}
	}
}

func longMessage(n int) []byte {
	m := wire.Record{Offer: append([]byte{byte(wire.TypeOffer >> 8), byte(wire.TypeOffer & 0xff)}, make([]byte, n)...)}
	return m.Encode()
}

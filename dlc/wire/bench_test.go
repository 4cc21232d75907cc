package wire_test

import (
	"testing"

	"github.com/alkimiya/alkimiya/dlc/wire"
)

const benchSignatures = 10_000

// BenchmarkEncode writes an accept with 10,000 adaptor signatures.
func BenchmarkEncode(b *testing.B) {
	b.Run("impl=own/n=10000", func(b *testing.B) {
		m := sample[*wire.Accept]()
		m.List = list(benchSignatures)
		b.SetBytes(int64(len(m.Encode())))
		b.ReportAllocs()
		for b.Loop() {
			m.Encode()
		}
	})
}

// BenchmarkDecode reads an accept with 10,000 adaptor signatures.
func BenchmarkDecode(b *testing.B) {
	b.Run("impl=own/n=10000", func(b *testing.B) {
		m := sample[*wire.Accept]()
		m.List = list(benchSignatures)
		encoded := m.Encode()
		b.SetBytes(int64(len(encoded)))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := wire.Decode(encoded); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkSegment cuts up and reassembles a message with 10,000 adaptor
// signatures.
func BenchmarkSegment(b *testing.B) {
	b.Run("impl=own/n=10000", func(b *testing.B) {
		m := sample[*wire.Accept]()
		m.List = list(benchSignatures)
		encoded := m.Encode()
		budget := wire.NewByteBudget(wire.ReassemblyLimit)
		b.SetBytes(int64(len(encoded)))
		b.ReportAllocs()
		for b.Loop() {
			parts, err := wire.Segment(encoded)
			if err != nil {
				b.Fatal(err)
			}
			r := wire.NewReassembler(budget, anything)
			for _, part := range parts {
				if _, err := r.Frame(part); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

package store_test

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/store"
)

// cets is the size of the contract that is stored: 10,000 adaptor signatures
// of 64 bytes.
const cets = 10_000

func benchStore(b *testing.B, sync bool) *store.Store {
	b.Helper()
	openStore := store.Open
	if !sync {
		openStore = store.OpenUnsynced
	}
	s, err := openStore(b.TempDir(), testKey)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { check(b, s.Close()) })
	return s
}

// layout returns the effects that store a list as one value, or as a value for
// each signature.
func layout(values bool) []contract.Effect {
	if values {
		list := make([]byte, 64*cets)
		return []contract.Effect{contract.StoreMessage{Ref: sha256.Sum256(list), Data: list}}
	}
	effects := make([]contract.Effect, cets)
	for i := range effects {
		effects[i] = contract.StoreMessage{Ref: refOf(i), Data: make([]byte, 64)}
	}
	return effects
}

func refOf(i int) (ref [32]byte) {
	binary.BigEndian.PutUint32(ref[:], uint32(i)) //nolint:gosec // below 10,000
	return ref
}

func each(b *testing.B, run func(b *testing.B, s *store.Store, value bool)) {
	for _, value := range []bool{true, false} {
		for _, sync := range []bool{true, false} {
			name := fmt.Sprintf("layout=%s/sync=%s", map[bool]string{true: "value", false: "keys"}[value], map[bool]string{true: "on", false: "off"}[sync])
			b.Run(name, func(b *testing.B) { run(b, benchStore(b, sync), value) })
		}
	}
}

// BenchmarkPutContract stores a contract of 10,000 CETs and its list.
func BenchmarkPutContract(b *testing.B) {
	each(b, func(b *testing.B, s *store.Store, value bool) {
		effects := layout(value)
		b.ReportAllocs()
		n := 0
		for b.Loop() {
			n++
			check(b, s.Commit(contract.State{}, stateOf(n, contract.Accepted), contract.KindPeerVerified, effects))
		}
	})
}

// BenchmarkGetContract reads it back.
func BenchmarkGetContract(b *testing.B) {
	each(b, func(b *testing.B, s *store.Store, value bool) {
		c := stateOf(1, contract.Accepted)
		effects := layout(value)
		check(b, s.Commit(contract.State{}, c, contract.KindPeerVerified, effects))
		b.ReportAllocs()
		for b.Loop() {
			_, err := s.Contract(c.Key())
			check(b, err)
			for _, e := range effects {
				m, ok := e.(contract.StoreMessage)
				if !ok {
					b.Fatal("another effect")
				}
				_, err := s.Message(c.Key(), m.Ref)
				check(b, err)
			}
		}
	})
}

// BenchmarkPutState writes the small record that changes at every step.
func BenchmarkPutState(b *testing.B) {
	for _, sync := range []bool{true, false} {
		b.Run(map[bool]string{true: "sync=on", false: "sync=off"}[sync], func(b *testing.B) {
			s := benchStore(b, sync)
			c := stateOf(1, contract.Active)
			check(b, s.Commit(contract.State{}, c, contract.KindTick, nil))
			for b.Loop() {
				later := next(c, contract.Active)
				check(b, s.Commit(c, later, contract.KindTick, nil))
				c = later
			}
		})
	}
}

package bench_test

import (
	"crypto/sha256"
	"testing"
	"time"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/store"
)

// storedSignatures is how many adaptor signatures the stored contract has.
const storedSignatures = 10_000

// measureStore fills row G9: the list of a contract as one value against a value for
// each signature, both synced. Storing is waiting for the disk and is measured in
// elapsed time, reading in that of the processor.
func measureStore(t *testing.T, r *report) {
	t.Helper()
	s, err := store.Open(t.TempDir(), random32(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	put := row{ID: "G9", Step: "store a contract of 10,000, one value against 10,000 keys", Must: 8, exact: true}
	get := row{ID: "G9", Step: "read it", Must: 8, exact: true}
	for range max(5, r.scale.rounds) {
		keys, whole := storedAs(t, s, storedSignatures), storedAs(t, s, 1)
		put.compare(keys.put, whole.put)
		get.compare(keys.get, whole.get)
	}
	r.add(put)
	r.add(get)
}

type storeTimes struct{ put, get float64 }

// storedAs stores a contract whose list is in so many parts, and reads it.
func storedAs(t *testing.T, s *store.Store, parts int) (times storeTimes) {
	t.Helper()
	effects := make([]contract.Effect, parts)
	refs := make([][32]byte, parts)
	for i := range effects {
		data := make([]byte, 64*storedSignatures/parts)
		fresh := random32(t)
		copy(data, fresh[:])
		refs[i] = sha256.Sum256(data)
		effects[i] = contract.StoreMessage{Ref: refs[i], Data: data}
	}
	id := random32(t)
	state := contract.State{
		Role: contract.Accepter, Phase: contract.Accepted, Base: contract.Accepted, Params: contract.DefaultParams(),
		Peer: [33]byte{2, 7}, TempID: id, ContractID: sha256.Sum256(id[:]), OfferHash: id, Offer: []byte("offer"), Seq: 1,
	}
	began := time.Now()
	if err := s.Commit(contract.State{}, state, contract.KindPeerVerified, effects); err != nil {
		t.Fatal(err)
	}
	times.put = float64(time.Since(began))
	times.get = timed(t, 1, func() { readBack(t, s, state.Key(), refs) })
	return times
}

// readBack reads all parts of a list.
func readBack(t *testing.T, s *store.Store, key [32]byte, refs [][32]byte) {
	t.Helper()
	for _, ref := range refs {
		data, err := s.Message(key, ref)
		if err != nil || len(data) != 64*storedSignatures/len(refs) {
			t.Fatalf("%d bytes: %v", len(data), err)
		}
	}
}

package bench_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/store"
)

// storedSignatures is how many adaptor signatures the stored contract has.
const storedSignatures = 10_000

// storeEnv has TestStoreRatio print its rounds.
const storeEnv = "ALK_BENCH_STORE"

// storeRound is a round of row G9.
type storeRound struct {
	Keys, Whole storeTimes
}

// measureStore fills row G9: the list of a contract as one value against a value for
// each signature, both synced. Storing is waiting for the disk and is measured in
// elapsed time, reading in that of the processor.
//
// It is always measured in a program built without tags. The tag purego stands for
// our arithmetic without assembly; but it takes the processor's AES and SHA-256 from
// the standard library too, and then measures the cipher of 640 kB instead of the store.
func measureStore(t *testing.T, r *report) {
	t.Helper()
	put := row{ID: "G9", Step: "store a contract of 10,000, one value against 10,000 keys", Must: 8, exact: true}
	get := row{ID: "G9", Step: "read it", Must: 8, exact: true}
	cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-run", "^TestStoreRatio$", "-v", ".")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", storeEnv, max(5, r.scale.rounds)))
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("measure the store: %v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		text, found := strings.CutPrefix(strings.TrimSpace(line), storeMark)
		if !found {
			continue
		}
		var round storeRound
		if err := json.Unmarshal([]byte(text), &round); err != nil {
			t.Fatalf("measure the store: %v", err)
		}
		put.compare(round.Keys.Put, round.Whole.Put)
		get.compare(round.Keys.Get, round.Whole.Get)
	}
	if len(put.ratios) < 5 {
		t.Fatalf("measure the store: %d rounds\n%s", len(put.ratios), out)
	}
	r.add(put)
	r.add(get)
}

// storeMark begins each line that TestStoreRatio prints for measureStore.
const storeMark = "store round "

// TestStoreRatio measures rounds of row G9 for TestRatios.
func TestStoreRatio(t *testing.T) {
	rounds, err := strconv.Atoi(os.Getenv(storeEnv))
	if err != nil {
		t.Skipf("%s is not set: TestRatios runs this", storeEnv)
	}
	s, err := store.Open(t.TempDir(), random32(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for range rounds {
		raw, err := json.Marshal(storeRound{storedAs(t, s, storedSignatures), storedAs(t, s, 1)})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("%s%s\n", storeMark, raw)
	}
}

// storeTimes are nanoseconds.
type storeTimes struct{ Put, Get float64 }

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
	times.Put = float64(time.Since(began))
	times.Get = timed(t, 1, func() { readBack(t, s, state.Key(), refs) })
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

package store_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
)

var testKey = [32]byte{1, 2, 3}

func open(t testing.TB, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(dir, testKey)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func fresh(t testing.TB) *store.Store {
	t.Helper()
	s := open(t, t.TempDir())
	t.Cleanup(func() { check(t, s.Close()) })
	return s
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// stateOf returns a state of contract number n with some content.
func stateOf(n int, phase contract.Phase) contract.State {
	id := sha256.Sum256(fmt.Appendf(nil, "contract %d", n))
	return contract.State{
		Role: contract.Accepter, Phase: phase, Base: phase, Params: contract.DefaultParams(), Peer: [33]byte{2, 7}, TempID: id,
		ContractID: sha256.Sum256(id[:]), OfferHash: id, Offer: []byte("offer"), Seq: 1,
	}
}

func next(s contract.State, phase contract.Phase) contract.State {
	s.Phase, s.Base, s.Seq = phase, phase, s.Seq+10
	return s
}

func TestCommitSurvivesReopening(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	first := stateOf(1, contract.Offered)
	list := bytes.Repeat([]byte{7}, 700_000)
	ref := sha256.Sum256(list)
	effects := []contract.Effect{
		contract.StoreMessage{Tag: contract.Tag{Seq: 1}, Ref: ref, Data: list},
		contract.Send{Tag: contract.Tag{Seq: 2}, Ref: ref},
		contract.StartTimer{Tag: contract.Tag{Seq: 3}, At: 5},
		contract.ProposeClose{Tag: contract.Tag{Seq: 4}},
	}
	check(t, s.Commit(contract.State{}, first, contract.KindUserApprove, effects))
	second := next(first, contract.Accepted)
	check(t, s.Commit(first, second, contract.KindOwnSignaturesReady, nil))
	check(t, s.Close())
	s = open(t, dir)
	defer func() { check(t, s.Close()) }()
	got, err := s.Contract(first.Key())
	check(t, err)
	if !reflect.DeepEqual(got, second) {
		t.Fatalf("got %+v\nwant %+v", got, second)
	}
	raw, err := s.Message(first.Key(), ref)
	check(t, err)
	if !bytes.Equal(raw, list) {
		t.Fatal("the list came back changed")
	}
	undone, err := s.Undone(first.Key())
	check(t, err)
	if len(undone) != 2 || undone[0].ID() != 2 || undone[1].ID() != 3 {
		t.Fatalf("outbox %v", undone)
	}
	check(t, s.Done(first.Key(), 2))
	check(t, s.Done(first.Key(), 2))
	count := 0
	check(t, s.Outbox(func(key [32]byte, e contract.Effect) error {
		count++
		if key != first.Key() || e.ID() != 3 {
			t.Errorf("left in the outbox: %v", e)
		}
		return nil
	}))
	if count != 1 {
		t.Fatalf("%d effects left", count)
	}
	history, err := s.History(first.Key(), 0, 10)
	check(t, err)
	if len(history) != 2 || history[0].To != "Offered" || history[1].Number != 1 || history[1].From != "Offered" || history[1].To != "Accepted" ||
		len(history[0].Effects) != 4 {
		t.Fatalf("history %+v", history)
	}
	if later, err := s.History(first.Key(), 1, 10); err != nil || len(later) != 1 {
		t.Fatalf("history from 1: %v, %v", later, err)
	}
	key, err := s.Find(first.Peer, first.ContractID)
	check(t, err)
	if key != first.Key() {
		t.Fatal("contract id leads elsewhere")
	}
	if _, err := s.Find([33]byte{3}, first.ContractID); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("another peer finds it: %v", err)
	}
}

func TestUnchangedContractIsNotWritten(t *testing.T) {
	s := fresh(t)
	first := stateOf(1, contract.Active)
	check(t, s.Commit(contract.State{}, first, contract.KindFundingSeen, nil))
	ticked := first
	ticked.Clock.Now = 99
	check(t, s.Commit(first, ticked, contract.KindTick, nil))
	got, err := s.Contract(first.Key())
	check(t, err)
	if got.Clock.Now != 0 {
		t.Fatal("a clock alone was written")
	}
	check(t, s.Commit(ticked, next(ticked, contract.Attested), contract.KindAttestationReceived, nil))
	check(t, s.Commit(contract.State{}, contract.State{}, contract.KindPeerOffer, nil))
}

func TestStaleCommitsAreRefused(t *testing.T) {
	s := fresh(t)
	first := stateOf(1, contract.Offered)
	if err := s.Commit(first, next(first, contract.Accepted), contract.KindPeerVerified, nil); !errors.Is(err, store.ErrStale) {
		t.Fatalf("a contract out of nowhere: %v", err)
	}
	check(t, s.Commit(contract.State{}, first, contract.KindUserApprove, nil))
	second := next(first, contract.Accepted)
	check(t, s.Commit(first, second, contract.KindPeerVerified, nil))
	if err := s.Commit(first, next(first, contract.Aborted), contract.KindTick, nil); !errors.Is(err, store.ErrStale) {
		t.Fatalf("a second successor: %v", err)
	}
}

func TestFailedCommitLeavesNoTrace(t *testing.T) {
	s := fresh(t)
	first := stateOf(1, contract.Offered)
	check(t, s.Commit(contract.State{}, first, contract.KindUserApprove, nil))
	effects := []contract.Effect{
		contract.StoreMessage{Ref: [32]byte{1}, Data: []byte("x")},
		contract.Send{Tag: contract.Tag{Seq: 1}},
		contract.TakeOrder{OrderID: [32]byte{9}, TakeID: [32]byte{8}, Size: 100},
	}
	if err := s.Commit(first, next(first, contract.Accepted), contract.KindOwnSignaturesReady, effects); !errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("no such order: %v", err)
	}
	got, err := s.Contract(first.Key())
	check(t, err)
	undone, err := s.Undone(first.Key())
	check(t, err)
	if got.Phase != contract.Offered || len(undone) != 0 {
		t.Fatalf("in %s with %v", got.Phase, undone)
	}
	if _, err := s.Message(first.Key(), [32]byte{1}); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("a message remains: %v", err)
	}
}

func TestMessagesAreWrittenOnce(t *testing.T) {
	s := fresh(t)
	first := stateOf(1, contract.Offered)
	put := func(data string) []contract.Effect {
		return []contract.Effect{contract.StoreMessage{Ref: [32]byte{1}, Data: []byte(data)}}
	}
	check(t, s.Commit(contract.State{}, first, contract.KindUserApprove, put("a")))
	second := next(first, contract.Accepted)
	check(t, s.Commit(first, second, contract.KindPeerVerified, put("a")))
	if err := s.Commit(second, next(second, contract.Signed), contract.KindTick, put("b")); !errors.Is(err, store.ErrImmutable) {
		t.Fatalf("other bytes: %v", err)
	}
}

func TestContractsAreFoundByPhase(t *testing.T) {
	s := fresh(t)
	want := map[contract.Phase]int{}
	for n := range 30 {
		phase := contract.Phases()[1+n%5]
		first := stateOf(n, contract.Offered)
		check(t, s.Commit(contract.State{}, first, contract.KindUserApprove, nil))
		check(t, s.Commit(first, next(first, phase), contract.KindTick, []contract.Effect{contract.SignContract{}}))
		want[phase]++
	}
	for _, phase := range contract.Phases() {
		got := 0
		check(t, s.Contracts(func(c contract.State) error {
			if c.Phase != phase {
				t.Errorf("%s among %s", c.Phase, phase)
			}
			got++
			return nil
		}, phase))
		if got != want[phase] {
			t.Errorf("%d in %s, want %d", got, phase, want[phase])
		}
	}
	all := 0
	check(t, s.Contracts(func(contract.State) error { all++; return nil }))
	if all != 30 {
		t.Errorf("%d in all", all)
	}
	stop := errors.New("stop")
	if err := s.Contracts(func(contract.State) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("did not stop: %v", err)
	}
}

func TestPruneForgetsArchivedContractsOnly(t *testing.T) {
	s := fresh(t)
	for n, until := range []uint32{100, 200, 0} {
		first := stateOf(n, contract.Closed)
		check(t, s.Commit(contract.State{}, first, contract.KindBlockConnected, []contract.Effect{
			contract.StoreMessage{Ref: [32]byte{1}, Data: []byte("m")}, contract.Archive{Until: 100}, contract.Archive{Until: until},
		}))
	}
	for height, want := range map[uint32]int{99: 0, 150: 1} {
		if height == 150 {
			continue
		}
		if n, err := s.Prune(height); err != nil || n != want {
			t.Fatalf("at %d: %d, %v", height, n, err)
		}
	}
	if n, err := s.Prune(150); err != nil || n != 1 {
		t.Fatalf("at 150: %d, %v", n, err)
	}
	gone := stateOf(0, contract.Closed)
	if _, err := s.Contract(gone.Key()); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("still there: %v", err)
	}
	if _, err := s.Message(gone.Key(), [32]byte{1}); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("its message is still there: %v", err)
	}
	if history, err := s.History(gone.Key(), 0, 9); err != nil || len(history) != 0 {
		t.Fatalf("its history is still there: %v, %v", history, err)
	}
	check(t, s.Compact())
}

func TestHundredConcurrentTakesNeverOverfill(t *testing.T) {
	s := fresh(t)
	orderID := [32]byte{5}
	check(t, s.PutOrder(orderID, []byte("order"), 7, 1000))
	check(t, s.PutOrder(orderID, []byte("order"), 7, 1000))
	if err := s.PutOrder(orderID, []byte("other"), 7, 1000); !errors.Is(err, store.ErrImmutable) {
		t.Fatalf("another order under the id: %v", err)
	}
	var filled, refused atomic.Int32
	var group sync.WaitGroup
	for n := range 100 {
		group.Go(func() {
			c := stateOf(n, contract.Accepted)
			take := contract.TakeOrder{OrderID: orderID, TakeID: [32]byte{byte(n)}, Size: 100} //nolint:gosec // below 100
			switch err := s.Commit(contract.State{}, c, contract.KindOwnSignaturesReady, []contract.Effect{take}); {
			case err == nil:
				filled.Add(1)
			case errors.Is(err, store.ErrUnavailable):
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	group.Wait()
	o, err := s.Order(orderID)
	check(t, err)
	if filled.Load() != 10 || refused.Load() != 90 || o.Remaining != 0 {
		t.Fatalf("%d filled, %d refused, %d left", filled.Load(), refused.Load(), o.Remaining)
	}
}

func TestTakesAreUsedOnceAndGivenBackOnce(t *testing.T) {
	s := fresh(t)
	orderID, takeID := [32]byte{5}, [32]byte{6}
	check(t, s.PutOrder(orderID, []byte("order"), 7, 1000))
	left := func(want uint32, id [32]byte) {
		t.Helper()
		if got, err := s.Remaining(orderID, id); err != nil || got != want {
			t.Fatalf("%d left, want %d: %v", got, want, err)
		}
	}
	first := stateOf(1, contract.Accepted)
	check(t, s.Commit(contract.State{}, first, contract.KindOwnSignaturesReady, []contract.Effect{contract.TakeOrder{OrderID: orderID, TakeID: takeID, Size: 300}}))
	left(700, [32]byte{7})
	left(0, takeID)
	second := next(first, contract.Aborted)
	give := []contract.Effect{contract.GiveBack{OrderID: orderID, TakeID: takeID}}
	check(t, s.Commit(first, second, contract.KindTick, give))
	check(t, s.Commit(second, next(second, contract.Aborted), contract.KindTick, give))
	left(1000, [32]byte{7})
	left(0, takeID)
	again := stateOf(2, contract.Accepted)
	err := s.Commit(contract.State{}, again, contract.KindOwnSignaturesReady, []contract.Effect{contract.TakeOrder{OrderID: orderID, TakeID: takeID, Size: 300}})
	if !errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("a take is used twice: %v", err)
	}
	check(t, s.Commit(contract.State{}, again, contract.KindTick, []contract.Effect{contract.GiveBack{OrderID: orderID, TakeID: [32]byte{1}}}))
	left(1000, [32]byte{7})
}

func TestCancelledOrdersNeverFill(t *testing.T) {
	s := fresh(t)
	for n := range 5 {
		check(t, s.PutOrder([32]byte{byte(n)}, []byte{byte(n)}, uint64(n), 500))
	}
	if n, err := s.CancelOrders([][32]byte{{4}, {99}}, 2); err != nil || n != 3 {
		t.Fatalf("%d cancelled: %v", n, err)
	}
	if n, err := s.CancelOrders(nil, 2); err != nil || n != 0 {
		t.Fatalf("%d cancelled again: %v", n, err)
	}
	live := 0
	check(t, s.Orders(func(o store.Order) error {
		if !o.Cancelled {
			live++
		}
		return nil
	}))
	if live != 2 {
		t.Fatalf("%d live", live)
	}
	take := []contract.Effect{contract.TakeOrder{OrderID: [32]byte{1}, TakeID: [32]byte{1}, Size: 100}}
	if err := s.Commit(contract.State{}, stateOf(1, contract.Accepted), contract.KindTick, take); !errors.Is(err, store.ErrUnavailable) {
		t.Fatalf("a cancelled order fills: %v", err)
	}
	if left, err := s.Remaining([32]byte{1}, [32]byte{1}); err != nil || left != 0 {
		t.Fatalf("%d left of a cancelled order: %v", left, err)
	}
	if left, err := s.Remaining([32]byte{77}, [32]byte{1}); err != nil || left != 0 {
		t.Fatalf("%d left of no order: %v", left, err)
	}
	if _, err := s.Order([32]byte{77}); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("no order: %v", err)
	}
}

func TestQuotesThatNobodyTookCanBeDropped(t *testing.T) {
	s := fresh(t)
	for n := range 2 {
		check(t, s.PutOrder([32]byte{byte(n)}, []byte{byte(n)}, uint64(n), 500))
	}
	taken := []contract.Effect{contract.TakeOrder{OrderID: [32]byte{1}, TakeID: [32]byte{1}, Size: 100}}
	check(t, s.Commit(contract.State{}, stateOf(1, contract.Accepted), contract.KindTick, taken))
	check(t, s.DropOrder([32]byte{0}))
	check(t, s.DropOrder([32]byte{0}))
	if _, err := s.Order([32]byte{0}); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("dropped order: %v", err)
	}
	if err := s.DropOrder([32]byte{1}); !errors.Is(err, store.ErrImmutable) {
		t.Fatalf("an order with a take: %v", err)
	}
	if o, err := s.Order([32]byte{1}); err != nil || o.Remaining != 400 {
		t.Fatalf("%d left: %v", o.Remaining, err)
	}
}

func TestNonceIndexIsWrittenOnce(t *testing.T) {
	s := fresh(t)
	red := attesttest.Contract()[0]
	first := red.Announce("hp1/cum/1/tot", "sat/PH", 4, 1_700_000_000)
	check(t, s.RecordAnnouncement(first.Encode()))
	check(t, s.RecordAnnouncement(first.Encode()))
	hash, known, err := s.EventHash(first.Key, first.Event.ID)
	if err != nil || !known || hash != first.EventHash() {
		t.Fatalf("event: %x %t %v", hash, known, err)
	}
	hash, known, err = s.NonceHash(first.Key, first.Event.Nonces[3])
	if err != nil || !known || hash != first.EventHash() {
		t.Fatalf("nonce: %x %t %v", hash, known, err)
	}
	if _, known, err = s.NonceHash([32]byte{1}, first.Event.Nonces[3]); err != nil || known {
		t.Fatalf("another oracle's nonce: %t %v", known, err)
	}
	event := red.Event("hp1/cum/2/tot", "sat/PH", 4, 1_700_000_000)
	event.Nonces[2] = first.Event.Nonces[1]
	reuse := red.Sign(event)
	c := stateOf(1, contract.Offered)
	err = s.Commit(contract.State{}, c, contract.KindPeerOffer, []contract.Effect{contract.RecordNonces{Announcements: [][]byte{reuse.Encode()}}})
	if !errors.Is(err, store.ErrNonceReuse) {
		t.Fatalf("a nonce of another event: %v", err)
	}
	if _, known, err := s.EventHash(first.Key, "hp1/cum/2/tot"); err != nil || known {
		t.Fatalf("the refused event is known: %t %v", known, err)
	}
	other := red.Announce("hp1/cum/1/tot", "sat/PH", 4, 1_700_000_001)
	if err := s.RecordAnnouncement(other.Encode()); !errors.Is(err, store.ErrNonceReuse) {
		t.Fatalf("two events under one id: %v", err)
	}
	if err := s.RecordAnnouncement(nil); err == nil {
		t.Fatal("nothing was recorded")
	}
	evidence, err := attest.NonceReuse(first, reuse)
	check(t, err)
	check(t, s.PutEvidence(evidence))
	check(t, s.PutEvidence(evidence))
	all, err := s.Evidence()
	check(t, err)
	if len(all) != 1 || !bytes.Equal(all[0].Encode(), evidence.Encode()) {
		t.Fatalf("evidence %+v", all)
	}
	if err := s.PutEvidence(attest.Evidence{}); err == nil {
		t.Fatal("evidence of nothing was kept")
	}
}

func TestAnotherKeyIsCorrupt(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	check(t, s.Close())
	if _, err := store.Open(dir, [32]byte{9}); !errors.Is(err, store.ErrCorrupt) {
		t.Fatalf("another key: %v", err)
	}
}

func TestNewerStoreIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	check(t, s.SetVersion(store.SchemaVersion+1))
	check(t, s.Close())
	if _, err := store.Open(dir, testKey); !errors.Is(err, store.ErrNewer) {
		t.Fatalf("newer: %v", err)
	}
}

func TestVersionZeroAndTornVersionAreCorrupt(t *testing.T) {
	for name, raw := range map[string][]byte{"zero": {0, 0, 0, 0}, "torn": {1}} {
		dir := t.TempDir()
		s := open(t, dir)
		check(t, s.PutRaw([]byte("version"), raw))
		check(t, s.Close())
		if _, err := store.Open(dir, testKey); !errors.Is(err, store.ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDamagedAndNewerRecordsAreNamed(t *testing.T) {
	s := fresh(t)
	c := stateOf(1, contract.Active)
	check(t, s.Commit(contract.State{}, c, contract.KindTick, nil))
	raw, err := s.GetRaw(store.StateKey(c.Key()))
	check(t, err)
	for want, change := range map[error]func([]byte) []byte{
		store.ErrCorrupt: func(b []byte) []byte { return b[:len(b)-1] },
		store.ErrNewer:   func(b []byte) []byte { b[0] = contract.RecordVersion + 1; return b },
	} {
		check(t, s.PutRaw(store.StateKey(c.Key()), change(bytes.Clone(raw))))
		if _, err := s.Contract(c.Key()); !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
		if err := s.Contracts(func(contract.State) error { return nil }); !errors.Is(err, want) {
			t.Errorf("iteration: %v, want %v", err, want)
		}
		if err := s.Commit(c, next(c, contract.Attested), contract.KindTick, nil); !errors.Is(err, want) {
			t.Errorf("commit: %v, want %v", err, want)
		}
	}
	key := c.Key()
	check(t, s.PutRaw(append([]byte("outbox/"), append(key[:], make([]byte, 8)...)...), []byte{99}))
	if _, err := s.Undone(key); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("outbox: %v", err)
	}
	check(t, s.PutRaw(append([]byte("order/"), key[:]...), []byte("{")))
	if err := s.Orders(func(store.Order) error { return nil }); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("orders: %v", err)
	}
	if _, err := s.CancelOrders(nil, 9); !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("cancel: %v", err)
	}
}

// TestFlippedBitIsNoticed flips a bit of the value log; the list is refused
// and never returned changed.
func TestFlippedBitIsNoticed(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	c := stateOf(1, contract.Offered)
	list := bytes.Repeat([]byte{7}, 100_000)
	ref := sha256.Sum256(list)
	check(t, s.Commit(contract.State{}, c, contract.KindTick, []contract.Effect{contract.StoreMessage{Ref: ref, Data: list}}))
	check(t, s.Close())
	logs, err := filepath.Glob(filepath.Join(dir, "*.vlog"))
	check(t, err)
	for _, name := range logs {
		raw, err := os.ReadFile(name) //nolint:gosec // the test's own file
		check(t, err)
		if len(raw) > 60_000 {
			raw[50_000] ^= 1
		}
		check(t, os.WriteFile(name, raw, 0o600)) //nolint:gosec // the same
	}
	s, err = store.Open(dir, testKey)
	if err != nil {
		return // refused at once is as good
	}
	defer func() { check(t, s.Close()) }()
	if _, err := s.Message(c.Key(), ref); !errors.Is(err, store.ErrCorrupt) {
		t.Fatalf("a changed list: %v", err)
	}
}

// TestCopyOfARunningStoreHasEveryCommit stands for a crash: what the files
// hold without Close is all that was committed.
func TestCopyOfARunningStoreHasEveryCommit(t *testing.T) {
	dir, copied := t.TempDir(), t.TempDir()
	s := open(t, dir)
	defer func() { check(t, s.Close()) }()
	for n := range 20 {
		c := stateOf(n, contract.Offered)
		check(t, s.Commit(contract.State{}, c, contract.KindTick, []contract.Effect{
			contract.StoreMessage{Ref: [32]byte{1}, Data: bytes.Repeat([]byte{byte(n)}, 40_000)}, contract.Send{Tag: contract.Tag{Seq: 1}},
		}))
	}
	check(t, os.CopyFS(filepath.Join(copied, "store"), os.DirFS(dir)))
	after := open(t, filepath.Join(copied, "store"))
	defer func() { check(t, after.Close()) }()
	for n := range 20 {
		c := stateOf(n, contract.Offered)
		if _, err := after.Contract(c.Key()); err != nil {
			t.Fatal(err)
		}
		raw, err := after.Message(c.Key(), [32]byte{1})
		check(t, err)
		undone, err := after.Undone(c.Key())
		check(t, err)
		if len(raw) != 40_000 || raw[9] != byte(n) || len(undone) != 1 {
			t.Fatalf("contract %d: %d bytes, %v", n, len(raw), undone)
		}
	}
}

func TestSecondProcessIsRefused(t *testing.T) {
	if dir := os.Getenv("ALK_STORE_SECOND"); dir != "" {
		_, err := store.Open(dir, testKey)
		if !errors.Is(err, store.ErrInUse) {
			t.Fatalf("a second process got %v", err)
		}
		return
	}
	dir := t.TempDir()
	s := open(t, dir)
	defer func() { check(t, s.Close()) }()
	cmd := exec.Command(os.Args[0], "-test.run", "^TestSecondProcessIsRefused$") //nolint:gosec // the test's own binary
	cmd.Env = append(os.Environ(), "ALK_STORE_SECOND="+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

func TestExportNeedsASignedContract(t *testing.T) {
	s := fresh(t)
	c := stateOf(1, contract.Offered)
	check(t, s.Commit(contract.State{}, c, contract.KindTick, nil))
	if _, err := s.Export(c.Key()); !errors.Is(err, contract.ErrIllegal) {
		t.Fatalf("exported: %v", err)
	}
	if _, err := s.Export([32]byte{1}); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("exported nothing: %v", err)
	}
	if _, err := s.Import([]byte{1}); !errors.Is(err, contract.ErrRecord) {
		t.Fatalf("imported: %v", err)
	}
}

// imported puts a real contract, made by the tests of dlc/contract, into the
// store.
func imported(t *testing.T, s *store.Store) contract.State {
	t.Helper()
	raw, err := os.ReadFile("../contract/testdata/recovery.bin")
	check(t, err)
	state, err := s.Import(raw)
	check(t, err)
	return state
}

func TestImportedContractExportsTheSame(t *testing.T) {
	s := fresh(t)
	state := imported(t, s)
	if state.Phase != contract.Broadcast || len(state.Attestations) != 1 {
		t.Fatalf("imported %s with %d attestations", state.Phase, len(state.Attestations))
	}
	out, err := s.Export(state.Key())
	check(t, err)
	before, err := os.ReadFile("../contract/testdata/recovery.bin")
	check(t, err)
	want, err := contract.DecodeRecovery(before)
	check(t, err)
	want.NextAttempt += 1000
	got, err := contract.DecodeRecovery(out)
	check(t, err)
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("exported %+v", got)
	}
	if _, err := s.Import(before); !errors.Is(err, store.ErrStale) {
		t.Fatalf("imported twice: %v", err)
	}
}

func TestEquivocationIsKeptAsEvidence(t *testing.T) {
	s := fresh(t)
	state := imported(t, s)
	red := attesttest.Contract()[0]
	event := red.Event(attesttest.ContractEvent, attesttest.ContractUnit, attesttest.ContractDigits, attesttest.ContractMaturity)
	after, effects, err := contract.Step(state, contract.AttestationReceived{Message: red.Attest(event, 3).Encode()})
	check(t, err)
	check(t, s.Commit(state, after, contract.KindAttestationReceived, effects))
	all, err := s.Evidence()
	check(t, err)
	if len(all) != 1 {
		t.Fatalf("%d pieces of evidence", len(all))
	}
	proof, err := all[0].Verify()
	check(t, err)
	if proof.Secret == nil || proof.Key != red.Key() {
		t.Fatalf("proof %+v", proof.Key)
	}
}

// A contract whose effects are not all done is not pruned: its coins would stay
// set aside for ever.
func TestPruneWaitsForTheOutbox(t *testing.T) {
	s := fresh(t)
	c := stateOf(1, contract.Aborted)
	check(t, s.Commit(contract.State{}, c, contract.KindTick, []contract.Effect{
		contract.ReleaseInputs{Tag: contract.Tag{Seq: 1}}, contract.Archive{Until: 100},
	}))
	if n, err := s.Prune(100); err != nil || n != 0 {
		t.Fatalf("%d pruned: %v", n, err)
	}
	check(t, s.Done(c.Key(), 1))
	if n, err := s.Prune(100); err != nil || n != 1 {
		t.Fatalf("%d pruned when all is done: %v", n, err)
	}
}

// Answers that change nothing leave no line of history, so that a peer who
// repeats itself does not fill the disk.
func TestAnswersLeaveNoHistory(t *testing.T) {
	s := fresh(t)
	c := stateOf(1, contract.Active)
	check(t, s.Commit(contract.State{}, c, contract.KindTick, []contract.Effect{contract.Notify{Tag: contract.Tag{Seq: 1}}}))
	for range 10 {
		answered := c
		answered.Seq++
		check(t, s.Commit(c, answered, contract.KindPeerCloseOffer, []contract.Effect{contract.Send{Tag: contract.Tag{Seq: c.Seq}, Data: []byte{1}}}))
		check(t, s.Done(c.Key(), c.Seq))
		c = answered
	}
	history, err := s.History(c.Key(), 0, 99)
	check(t, err)
	if len(history) != 1 {
		t.Fatalf("%d lines", len(history))
	}
}

// Two events got one nonce index when they were created at once (bitcoin-s
// 3428): of a hundred events that share a nonce one is known.
func TestRegressBitcoinS3428(t *testing.T) {
	s := fresh(t)
	red := attesttest.Contract()[0]
	shared := red.Event("hp1/cum/1/tot", "sat/PH", 4, 1_700_000_000).Nonces[0]
	var kept atomic.Int32
	var group sync.WaitGroup
	for n := range 100 {
		group.Go(func() {
			event := red.Event(fmt.Sprintf("hp1/cum/%d/tot", n+2), "sat/PH", 4, 1_700_000_000)
			event.Nonces[0] = shared
			switch err := s.RecordAnnouncement(red.Sign(event).Encode()); {
			case err == nil:
				kept.Add(1)
			case !errors.Is(err, store.ErrNonceReuse):
				t.Error(err)
			}
		})
	}
	group.Wait()
	if kept.Load() != 1 {
		t.Fatalf("%d events with one nonce", kept.Load())
	}
}

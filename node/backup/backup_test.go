package backup_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/internal/testkit"
	"github.com/alkimiya/alkimiya/node/backup"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
	"github.com/alkimiya/alkimiya/wallet/keys"
)

// sample is a contract that the tests of dlc/contract made: the offerer's
// record of one that was attested once.
func sample(t testing.TB) contract.Recovery {
	t.Helper()
	raw, err := os.ReadFile("../../dlc/contract/testdata/recovery.bin")
	require.NoError(t, err)
	r, err := contract.DecodeRecovery(raw)
	require.NoError(t, err)
	return r
}

func encoded(t testing.TB, r contract.Recovery) []byte {
	t.Helper()
	raw, err := r.Encode()
	require.NoError(t, err)
	return raw
}

func openStore(t testing.TB) *store.Store {
	t.Helper()
	s, err := store.Open(filepath.Join(t.TempDir(), "contracts"), [32]byte{1})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func importer(s *store.Store) backup.Importer {
	return func(_ context.Context, record []byte) error {
		_, err := s.Import(record)
		return err
	}
}

func newSeal(t testing.TB, network string, secret byte) *backup.Seal {
	t.Helper()
	s, err := backup.NewSeal(network, [32]byte{secret})
	require.NoError(t, err)
	return s
}

func TestSealedRecordsComeBackUnderTheirSeedAlone(t *testing.T) {
	seal := newSeal(t, "regtest", 1)
	record := encoded(t, sample(t))
	file, err := seal.Close(record)
	require.NoError(t, err)
	back, err := seal.Open(file)
	require.NoError(t, err)
	require.Equal(t, record, back)
	require.NotContains(t, string(file), string(record[100:132]))

	again, err := seal.Close(record)
	require.NoError(t, err)
	require.NotEqual(t, file, again, "a nonce is used once")

	for name, other := range map[string]*backup.Seal{"seed": newSeal(t, "regtest", 2), "network": newSeal(t, "mainnet", 1)} {
		_, err := other.Open(file)
		require.ErrorIs(t, err, backup.ErrForeign, name)
	}
	for at := range file[:400] {
		bad := bytes.Clone(file)
		bad[at] ^= 0x40
		_, err := seal.Open(bad)
		require.Error(t, err, "byte %d", at)
	}
	for _, n := range []int{0, 4, 60, len(file) - 1} {
		_, err := seal.Open(file[:n])
		require.Error(t, err)
	}
	newer := bytes.Clone(file)
	newer[4]++
	_, err = seal.Open(newer)
	require.ErrorIs(t, err, backup.ErrNewer)
	_, err = seal.Open([]byte("something else entirely, and long enough to be a header of a file of this kind"))
	require.ErrorIs(t, err, backup.ErrFormat)
	_, err = backup.NewSeal("", [32]byte{})
	require.ErrorIs(t, err, backup.ErrFormat)
	_, err = seal.Close(make([]byte, 17<<20))
	require.ErrorIs(t, err, backup.ErrFormat)
}

func FuzzOpen(f *testing.F) {
	seal := newSeal(f, "regtest", 1)
	file, err := seal.Close([]byte("record"))
	require.NoError(f, err)
	f.Add(file)
	f.Add([]byte("ALKB\x01"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		record, err := seal.Open(raw)
		if err == nil && string(record) != "record" { // a file of this or another run
			t.Fatalf("opened a forged file: %q", record)
		}
		if err != nil && !errors.Is(err, backup.ErrFormat) && !errors.Is(err, backup.ErrNewer) && !errors.Is(err, backup.ErrForeign) {
			t.Fatalf("untyped error %v", err)
		}
	})
}

// lines counts what is logged, by level.
type lines struct {
	slog.Handler
	mu     sync.Mutex
	counts map[slog.Level]int
}

func (l *lines) Enabled(context.Context, slog.Level) bool { return true }

func (l *lines) Handle(_ context.Context, r slog.Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts[r.Level]++
	return nil
}

func (l *lines) at(level slog.Level) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.counts[level]
}

// run starts a Folder in dir over a store, which raises no alarm.
func run(t testing.TB, dir string, s *store.Store) (*backup.Folder, *lines, func()) {
	t.Helper()
	return runWith(t, dir, s, func(_ [32]byte, reason string) error {
		t.Errorf("alarm: %s", reason)
		return nil
	})
}

func runWith(t testing.TB, dir string, s *store.Store, alarm backup.Alarm) (*backup.Folder, *lines, func()) {
	t.Helper()
	log := &lines{Handler: slog.DiscardHandler, counts: map[slog.Level]int{}}
	f, err := backup.NewFolder(dir, newSeal(t, "regtest", 1), s, slog.New(log), alarm)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- f.Run(ctx) }()
	stop := sync.OnceFunc(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	t.Cleanup(stop)
	return f, log, stop
}

func files(t testing.TB, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	return found
}

// TestAContractComesBackOnAnotherMachine follows a contract from its first file
// to its last, and restores it from each.
func TestAContractComesBackOnAnotherMachine(t *testing.T) {
	s, dir := openStore(t), filepath.Join(t.TempDir(), "copies")
	state, err := s.Import(encoded(t, sample(t)))
	require.NoError(t, err)
	f, _, stop := run(t, dir, s)
	require.NoError(t, f.Secured(t.Context(), state.Key()))
	require.Equal(t, []string{filepath.Join(dir, backup.FileName(state.Key()))}, files(t, dir))
	info, err := os.Stat(files(t, dir)[0])
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())

	restored := func() contract.State {
		fresh := openStore(t)
		results, err := backup.Restore(t.Context(), dir, newSeal(t, "regtest", 1), importer(fresh))
		require.NoError(t, err)
		require.Len(t, results, 1)
		require.NoError(t, results[0].Err)
		require.False(t, results[0].Known)
		got, err := fresh.Contract(state.Key())
		require.NoError(t, err)
		return got
	}
	first := restored()
	require.Equal(t, state.ContractID, first.ContractID)
	require.Equal(t, contract.Broadcast, first.Phase)
	require.Equal(t, state.NextAttempt+1000, first.NextAttempt, "no number is used twice")
	require.Len(t, first.Attestations, 1)

	// A second attestation arrives.
	oracle := attesttest.Contract()[1]
	event := oracle.Event(attesttest.ContractEvent, attesttest.ContractUnit, attesttest.ContractDigits, attesttest.ContractMaturity)
	after, effects, err := contract.Step(state, contract.AttestationReceived{Message: oracle.Attest(event, 9).Encode()})
	require.NoError(t, err)
	require.NoError(t, s.Commit(state, after, contract.KindAttestationReceived, effects))
	f.Changed(state.Key())
	require.NoError(t, f.Secured(t.Context(), state.Key()))
	require.Len(t, restored().Attestations, 2)

	// A change that the file does not hold writes nothing.
	before, err := os.Stat(files(t, dir)[0])
	require.NoError(t, err)
	active := after
	active.Phase = contract.Active
	require.NoError(t, s.Commit(after, active, contract.KindTick, nil))
	require.NoError(t, f.Secured(t.Context(), state.Key()))
	unchanged, err := os.Stat(files(t, dir)[0])
	require.NoError(t, err)
	require.True(t, os.SameFile(before, unchanged))

	// The same files in the store that wrote them are known.
	results, err := backup.Restore(t.Context(), files(t, dir)[0], newSeal(t, "regtest", 1), importer(s))
	require.NoError(t, err)
	require.True(t, results[0].Known)
	require.NoError(t, results[0].Err)

	closed := active
	closed.Phase = contract.Closed
	require.NoError(t, s.Commit(active, closed, contract.KindTick, nil))
	require.NoError(t, f.Secured(t.Context(), state.Key()))
	require.Empty(t, files(t, dir), "a final contract needs no file")
	stop()
	require.ErrorIs(t, f.Secured(t.Context(), state.Key()), backup.ErrStopped)
	f.Changed(state.Key())
}

// TestFilesOfAStoreThatIsGoneAreKept is a folder with files and a new, empty
// store: nothing is deleted, and the contracts come back.
func TestFilesOfAStoreThatIsGoneAreKept(t *testing.T) {
	lost, dir := openStore(t), t.TempDir()
	state, err := lost.Import(encoded(t, sample(t)))
	require.NoError(t, err)
	f, _, stop := run(t, dir, lost)
	require.NoError(t, f.Secured(t.Context(), state.Key()))
	stop()
	// What a crash may leave, and what others put there.
	interrupted := filepath.Join(dir, strings.Repeat("ab", 32)+".alkb.tmp")
	foreign := filepath.Join(dir, strings.Repeat("cd", 32)+".alkb")
	for _, path := range []string{interrupted, foreign, filepath.Join(dir, "notes.txt")} {
		require.NoError(t, os.WriteFile(path, []byte("half"), 0o600))
	}
	s := openStore(t)
	f, _, _ = run(t, dir, s)
	require.NoError(t, f.Secured(t.Context(), state.Key()))
	require.NoFileExists(t, interrupted)
	require.Len(t, files(t, dir), 3)

	results, err := f.Restore(t.Context(), importer(s))
	require.NoError(t, err)
	require.Len(t, results, 2)
	for _, r := range results {
		if r.Path == foreign {
			require.ErrorIs(t, r.Err, backup.ErrFormat)
			continue
		}
		require.NoError(t, r.Err)
	}
	_, err = s.Contract(state.Key())
	require.NoError(t, err)
	results, err = f.Restore(t.Context(), importer(s))
	require.NoError(t, err)
	require.Len(t, results, 1, "what is in the store is not read again")
	_, err = backup.Restore(t.Context(), filepath.Join(dir, "missing"), newSeal(t, "regtest", 1), importer(s))
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// TestAMediumThatIsAwayIsWaitedFor takes the folder away and brings it back.
func TestAMediumThatIsAwayIsWaitedFor(t *testing.T) {
	s, parent := openStore(t), t.TempDir()
	dir := filepath.Join(parent, "medium", "copies")
	f, log, _ := run(t, dir, s)
	require.NoError(t, f.Failing(), "there is nothing to write")
	state, err := s.Import(encoded(t, sample(t)))
	require.NoError(t, err)
	require.ErrorIs(t, f.Secured(t.Context(), state.Key()), fs.ErrNotExist)
	eventually(t, func() bool { return f.Failing() != nil })
	require.NoDirExists(t, filepath.Dir(dir), "the place of a medium is not filled")
	require.NoError(t, os.Mkdir(filepath.Dir(dir), 0o700))
	eventually(t, func() bool { return f.Failing() == nil && len(files(t, dir)) == 1 })
	require.NoError(t, f.Secured(t.Context(), state.Key()))
	require.Equal(t, 1, log.at(slog.LevelError), "one line, however often it is tried")
	require.Equal(t, 1, log.at(slog.LevelInfo))
}

func eventually(t testing.TB, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it did not happen")
		}
	}
}

// TestContractsThatCannotBeFundedHaveNoFile offers one.
func TestContractsThatCannotBeFundedHaveNoFile(t *testing.T) {
	s, dir := openStore(t), t.TempDir()
	offered := contract.State{Role: contract.Offerer, Phase: contract.Offered, TempID: [32]byte{5}, OfferHash: [32]byte{6}, Offer: []byte{1}}
	require.NoError(t, s.Commit(contract.State{}, offered, contract.KindTick, nil))
	f, _, _ := run(t, dir, s)
	require.NoError(t, f.Secured(t.Context(), offered.Key()))
	require.NoError(t, f.Secured(t.Context(), [32]byte{9}))
	require.Empty(t, files(t, dir))
}

// ring has the keys of a party of the sample, by the name that the tests of
// dlc/contract give it.
type ring string

func (r ring) ContractKeys(keys.KeyID) (internal, own *btcec.PrivateKey, err error) {
	return testkit.Key(string(r) + "-I"), testkit.Key(string(r) + "-C"), nil
}

// party is a node of a test of recovery from peers.
type party struct {
	key     [33]byte
	store   *store.Store
	records *backup.Records
	now     time.Time
	sent    [][]byte
	// unread is why its own files were not taken over yet.
	unread func() error
}

// Send takes a message for the peer.
func (p *party) Send(_ context.Context, _ [33]byte, message []byte) error {
	p.sent = append(p.sent, message)
	return nil
}

func newParty(t *testing.T, n byte, name string) *party {
	t.Helper()
	k, _ := btcec.PrivKeyFromBytes(bytes.Repeat([]byte{n}, 32))
	p := &party{key: [33]byte(k.PubKey().SerializeCompressed()), store: openStore(t), now: time.Unix(1_800_000_000, 0), unread: func() error { return nil }}
	p.records = backup.NewRecords(backup.RecordsConfig{
		Contracts: p.store, Keys: ring(name), Peers: p, Import: importer(p.store), Params: contract.DefaultParams(), Unread: func() error { return p.unread() },
		Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return p.now },
	})
	return p
}

// hold gives a party the sample in a role, with a peer.
func (p *party) hold(t *testing.T, role contract.Role, peer [33]byte) contract.State {
	t.Helper()
	r := sample(t)
	r.Role, r.Peer = role, peer
	state, err := p.store.Import(encoded(t, r))
	require.NoError(t, err)
	return state
}

// take returns what a party has sent since the last call.
func (p *party) take() [][]byte {
	sent := p.sent
	p.sent = nil
	return sent
}

// TestALostStoreComesBackFromThePeer lets each role lose its store.
func TestALostStoreComesBackFromThePeer(t *testing.T) {
	for lost, kept := range map[contract.Role]contract.Role{contract.Offerer: contract.Accepter, contract.Accepter: contract.Offerer} {
		t.Run(lost.String(), func(t *testing.T) {
			a, b := newParty(t, 1, lost.String()), newParty(t, 2, kept.String())
			held := b.hold(t, kept, a.key)
			require.NoError(t, a.records.AskIfEmpty(t.Context(), b.key))
			asked := a.take()
			require.Equal(t, [][]byte{(&wire.Recover{}).Encode()}, asked)
			require.NoError(t, b.records.Answer(t.Context(), a.key))
			answers := b.take()
			require.Len(t, answers, 1)
			require.NoError(t, a.records.Expect(b.key))
			require.NoError(t, a.records.Record(t.Context(), b.key, answers[0]))
			state, err := a.store.Contract(contract.Key(lost, b.key, held.TempID))
			require.NoError(t, err)
			require.Equal(t, contract.Broadcast, state.Phase)
			require.Equal(t, held.ContractID, state.ContractID)
			require.EqualValues(t, map[contract.Role]uint32{contract.Offerer: 1000, contract.Accepter: 1001}[lost], state.NextAttempt, "a number of our own role")
			require.NoError(t, a.records.Record(t.Context(), b.key, answers[0]), "once more changes nothing")
			require.NoError(t, a.records.AskIfEmpty(t.Context(), b.key))
			require.Empty(t, a.take(), "a store with contracts asks by itself no more")
		})
	}
}

func TestPeersAreToldOfTheirContractsAloneAndNotTooOften(t *testing.T) {
	a, b, stranger := newParty(t, 1, "offerer"), newParty(t, 2, "accepter"), newParty(t, 3, "stranger")
	held := b.hold(t, contract.Accepter, a.key)
	offered := contract.State{
		Role: contract.Accepter, Phase: contract.Offered, Peer: a.key, TempID: [32]byte{5}, OfferHash: [32]byte{6}, Offer: held.Offer,
	}
	require.NoError(t, b.store.Commit(contract.State{}, offered, contract.KindTick, nil))
	require.NoError(t, b.records.Answer(t.Context(), stranger.key))
	require.Empty(t, b.take())

	require.NoError(t, b.records.Answer(t.Context(), a.key))
	answers := b.take()
	require.Len(t, answers, 2)
	require.ErrorIs(t, b.records.Answer(t.Context(), a.key), backup.ErrTooSoon)
	b.now = b.now.Add(time.Minute)
	require.NoError(t, b.records.Answer(t.Context(), a.key))
	require.Len(t, b.take(), 2)

	require.NoError(t, a.records.Ask(t.Context(), b.key))
	unsigned := 0
	for _, answer := range answers {
		if errors.Is(a.records.Record(t.Context(), b.key, answer), backup.ErrUnsigned) {
			unsigned++
		}
	}
	require.Equal(t, 1, unsigned)

	final := held
	final.Phase = contract.Refunded
	require.NoError(t, b.store.Commit(held, final, contract.KindTick, nil))
	b.now = b.now.Add(time.Minute)
	require.NoError(t, b.records.Answer(t.Context(), a.key))
	require.Len(t, b.take(), 1)
}

// TestRecordsThatAreNotOursAreNotKept sends what a hostile peer might.
func TestRecordsThatAreNotOursAreNotKept(t *testing.T) {
	a, b, stranger := newParty(t, 1, "offerer"), newParty(t, 2, "accepter"), newParty(t, 3, "stranger")
	b.hold(t, contract.Accepter, a.key)
	require.NoError(t, b.records.Answer(t.Context(), a.key))
	good := b.take()[0]

	require.ErrorIs(t, a.records.Record(t.Context(), b.key, good), backup.ErrUnasked)
	require.ErrorIs(t, a.records.Expect(b.key), backup.ErrUnasked)
	require.NoError(t, a.records.Ask(t.Context(), b.key))
	require.ErrorIs(t, a.records.Record(t.Context(), stranger.key, good), backup.ErrUnasked)

	require.NoError(t, stranger.records.Ask(t.Context(), b.key))
	require.ErrorIs(t, stranger.records.Record(t.Context(), b.key, good), backup.ErrNotOurs)

	m, err := wire.Decode(good)
	require.NoError(t, err)
	record, ok := m.(*wire.Record)
	require.True(t, ok)
	// Our refund signature, and the peer's, each with one bit changed.
	for _, part := range []*[]byte{&record.Sign, &record.Accept} {
		whole := *part
		inner, err := wire.Decode(whole)
		require.NoError(t, err)
		switch inner := inner.(type) { //nolint:gochecksumtype // a record holds these
		case *wire.Sign:
			inner.Refund[40] ^= 1
			*part = inner.Encode()
		case *wire.Accept:
			inner.Refund[40] ^= 1
			*part = inner.Encode()
		}
		require.ErrorIs(t, a.records.Record(t.Context(), b.key, record.Encode()), backup.ErrNotOurs)
		*part = whole
	}
	// Other terms that leave the funding and the refund as they are.
	require.ErrorIs(t, a.records.Record(t.Context(), b.key, forged(t, record)), backup.ErrNotOurs)
	require.Error(t, a.records.Record(t.Context(), b.key, good[:len(good)-1]))
	require.ErrorIs(t, a.records.Record(t.Context(), b.key, (&wire.Recover{}).Encode()), backup.ErrNotOurs)
	require.NoError(t, a.store.Contracts(func(contract.State) error { return errors.New("kept") }))

	for range 15 {
		require.ErrorIs(t, a.records.Record(t.Context(), b.key, forged(t, record)), backup.ErrNotOurs)
	}
	require.ErrorIs(t, a.records.Record(t.Context(), b.key, good), backup.ErrUnasked, "too many were forged")
	require.NoError(t, a.records.Ask(t.Context(), b.key))
	a.now = a.now.Add(11 * time.Minute)
	require.ErrorIs(t, a.records.Record(t.Context(), b.key, good), backup.ErrUnasked, "the question is forgotten")
	require.NoError(t, a.records.Ask(t.Context(), b.key))
	require.NoError(t, a.records.Record(t.Context(), b.key, good))
}

// forged is a record in which the peer changed the base of the index in the terms, and
// all hashes to match: keys, funding and both refund signatures still hold.
func forged(t *testing.T, record *wire.Record) []byte {
	t.Helper()
	decoded := func(raw []byte) wire.Message {
		m, err := wire.Decode(raw)
		require.NoError(t, err)
		return m
	}
	offer, ok := decoded(record.Offer).(*wire.Offer)
	require.True(t, ok)
	accept, ok := decoded(record.Accept).(*wire.Accept)
	require.True(t, ok)
	sign, ok := decoded(record.Sign).(*wire.Sign)
	require.True(t, ok)
	terms, err := payout.DecodeTerms(offer.Terms)
	require.NoError(t, err)
	terms.Base++
	offer.Terms = terms.Encode()
	bad := &wire.Record{Offer: offer.Encode()}
	accept.OfferHash = wire.MessageHash(bad.Offer)
	bad.Accept = accept.Encode()
	sign.AcceptHash = wire.MessageHash(bad.Accept)
	bad.Sign = sign.Encode()
	return bad.Encode()
}

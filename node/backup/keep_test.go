package backup_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/node/backup"
)

// alarms are those that a Folder raised, by contract.
type alarms struct {
	mu     sync.Mutex
	raised map[[32]byte]int
	// fails, if not nil, is why none can be.
	fails error
}

func (a *alarms) raise(key [32]byte, _ string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.fails != nil {
		return a.fails
	}
	if a.raised == nil {
		a.raised = make(map[[32]byte]int)
	}
	a.raised[key]++
	return nil
}

func (a *alarms) fail(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.fails = err
}

func (a *alarms) of(key [32]byte) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.raised[key]
}

// sealed writes the recovery file of a record in dir and returns its bytes.
func sealed(t testing.TB, dir string, key [32]byte, r contract.Recovery) []byte {
	t.Helper()
	file, err := newSeal(t, "regtest", 1).Close(encoded(t, r))
	require.NoError(t, err)
	put(t, dir, key, file)
	return file
}

func put(t testing.TB, dir string, key [32]byte, file []byte) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(dir, backup.FileName(key)), file, 0o600))
}

func contents(t testing.TB, path string) []byte {
	t.Helper()
	raw, err := os.ReadFile(path) //nolint:gosec // a file of this test
	require.NoError(t, err)
	return raw
}

// TestOwnFilesComeBeforePeers: the peer is there at once, and its record lacks what the
// file has, which cannot be read at first.
func TestOwnFilesComeBeforePeers(t *testing.T) {
	dir, told := t.TempDir(), &alarms{}
	a, b := newParty(t, 1, "offerer"), newParty(t, 2, "accepter")
	held := b.hold(t, contract.Accepter, a.key)
	require.NoError(t, b.records.Answer(t.Context(), a.key))
	record := b.take()[0]
	key := contract.Key(contract.Offerer, b.key, held.TempID)
	f, err := backup.NewFolder(dir, newSeal(t, "regtest", 1), a.store, slog.New(slog.DiscardHandler), told.raise)
	require.NoError(t, err)
	a.unread = f.Unread
	early := func() {
		t.Helper()
		require.ErrorIs(t, a.records.AskIfEmpty(t.Context(), b.key), backup.ErrUnread)
		require.ErrorIs(t, a.records.Ask(t.Context(), b.key), backup.ErrUnread)
		require.Empty(t, a.take())
		require.ErrorIs(t, a.records.Record(t.Context(), b.key, record), backup.ErrUnasked)
		empty, err := backup.Empty(a.store)
		require.NoError(t, err)
		require.True(t, empty)
	}
	early()
	// A medium that cannot read the file: a folder cannot be read as one.
	path := filepath.Join(dir, backup.FileName(key))
	require.NoError(t, os.Mkdir(path, 0o700))
	require.ErrorIs(t, f.TakeOver(t.Context(), importer(a.store)), backup.ErrUnread)
	early()
	require.ErrorIs(t, f.TakeOver(t.Context(), importer(a.store)), backup.ErrUnread)
	require.Equal(t, 1, told.of([32]byte{}), "one alarm, however often it is tried")

	require.NoError(t, os.Remove(path))
	own := sample(t)
	own.Peer = b.key
	require.Len(t, own.Attestations, 1, "the peer's record holds none")
	sealed(t, dir, key, own)
	full := errors.New("no space left on device")
	taken := 0
	require.NoError(t, f.Recover(t.Context(), func(ctx context.Context, record []byte) error {
		if taken++; taken == 1 {
			return full // the store fails once
		}
		return importer(a.store)(ctx, record)
	}))
	require.NoError(t, f.Unread())
	state, err := a.store.Contract(key)
	require.NoError(t, err)
	require.Len(t, state.Attestations, 1)
	require.NoError(t, a.records.AskIfEmpty(t.Context(), b.key))
	require.Empty(t, a.take(), "nothing is missing")
	require.NoError(t, a.records.Ask(t.Context(), b.key))
	require.NoError(t, a.records.Record(t.Context(), b.key, record))
	after, err := a.store.Contract(key)
	require.NoError(t, err)
	require.Equal(t, state, after, "the peer's record changes nothing")
	require.Equal(t, 1, told.of([32]byte{}))
}

// TestPeersAreAskedForWhatFilesDoNotGive: a file that no program can use is told and
// stays, and a medium that is away is waited for.
func TestPeersAreAskedForWhatFilesDoNotGive(t *testing.T) {
	parent, told, s := t.TempDir(), &alarms{}, openStore(t)
	dir := filepath.Join(parent, "medium", "copies")
	f, err := backup.NewFolder(dir, newSeal(t, "regtest", 1), s, slog.New(slog.DiscardHandler), told.raise)
	require.NoError(t, err)
	told.fail(errors.New("the store is closed"))
	require.ErrorIs(t, f.TakeOver(t.Context(), importer(s)), backup.ErrAway)
	told.fail(nil)
	require.ErrorIs(t, f.TakeOver(t.Context(), importer(s)), backup.ErrUnread)
	require.Equal(t, 1, told.of([32]byte{}), "told as soon as it can be")
	require.NoError(t, os.MkdirAll(dir, 0o700))
	junk := filepath.Join(dir, strings.Repeat("cd", 32)+".alkb")
	require.NoError(t, os.WriteFile(junk, []byte("half"), 0o600))
	foreign := sample(t)
	foreign.Tower = foreign.Tower[:100]
	sealed(t, dir, [32]byte{1}, foreign)
	require.NoError(t, f.TakeOver(t.Context(), importer(s)))
	require.NoError(t, f.Unread())
	require.Equal(t, 2, told.of([32]byte{}))
	require.Len(t, files(t, dir), 2)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, f.Recover(ended, importer(s)), context.Canceled)
}

// TestAFileIsNotReplacedByLess lets the store hold the contract before the file comes,
// as from the peer, or as the peer's new offer with the same id.
func TestAFileIsNotReplacedByLess(t *testing.T) {
	claim := contract.Claim{Attempt: 4, Txid: chainhash.Hash{4}, Tx: []byte{1}, Void: []byte{2}, Until: 9}
	fromPeer := func(t *testing.T, s *store.Store) contract.State {
		r := sample(t)
		r.Attestations, r.Claims, r.NextAttempt, r.PeerAttempt = nil, nil, 0, 0
		state, err := s.Import(encoded(t, r))
		require.NoError(t, err)
		return state
	}
	offered := func(t *testing.T, s *store.Store, phase contract.Phase) contract.State {
		elsewhere := fromPeer(t, openStore(t))
		state := contract.State{Role: elsewhere.Role, Peer: elsewhere.Peer, TempID: elsewhere.TempID, Phase: phase, OfferHash: [32]byte{6}, Offer: []byte{1}}
		require.NoError(t, s.Commit(contract.State{}, state, contract.KindTick, nil))
		return state
	}
	bare := func(t *testing.T) contract.Recovery {
		r := sample(t)
		r.Attestations, r.Claims, r.NextAttempt, r.PeerAttempt = nil, nil, 2, 0
		return r
	}
	for name, c := range map[string]struct {
		file  func(t *testing.T, r *contract.Recovery)
		store func(t *testing.T, s *store.Store) contract.State
		// after is how many files a contract has in the end.
		after int
	}{
		"other signatures": {func(_ *testing.T, r *contract.Recovery) { r.Tower[len(r.Tower)-1] ^= 1 }, fromPeer, 1},
		"a close":          {func(_ *testing.T, r *contract.Recovery) { r.Claims = []contract.Claim{claim} }, fromPeer, 1},
		"an attestation":   {func(t *testing.T, r *contract.Recovery) { r.Attestations = sample(t).Attestations }, fromPeer, 1},
		"own attempts":     {func(_ *testing.T, r *contract.Recovery) { r.NextAttempt = 5_000 }, fromPeer, 1},
		"attempts":         {func(_ *testing.T, r *contract.Recovery) { r.PeerAttempt = 3 }, fromPeer, 1},
		"all, by an offer": {func(*testing.T, *contract.Recovery) {}, func(t *testing.T, s *store.Store) contract.State { return offered(t, s, contract.Offered) }, 0},
		"all, by an offer that came to nothing": {
			func(*testing.T, *contract.Recovery) {}, func(t *testing.T, s *store.Store) contract.State { return offered(t, s, contract.Aborted) }, 0,
		},
		"a close, at the end": {
			func(_ *testing.T, r *contract.Recovery) { r.Claims = []contract.Claim{claim} },
			func(t *testing.T, s *store.Store) contract.State {
				state := fromPeer(t, s)
				final := state
				final.Phase = contract.Closed
				require.NoError(t, s.Commit(state, final, contract.KindTick, nil))
				return final
			}, 0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // each waits for a second try
			s, dir, told := openStore(t), t.TempDir(), &alarms{}
			state := c.store(t, s)
			key := state.Key()
			r := bare(t)
			c.file(t, &r)
			file := sealed(t, dir, key, r)
			told.fail(errors.New("the store cannot write"))
			f, _, _ := runWith(t, dir, s, told.raise)
			require.Error(t, f.Secured(t.Context(), key))
			require.Equal(t, file, contents(t, filepath.Join(dir, backup.FileName(key))), "nothing is done in silence")
			told.fail(nil)
			require.NoError(t, f.Secured(t.Context(), key))
			kept, err := f.Kept()
			require.NoError(t, err)
			require.Len(t, kept, 1)
			require.Equal(t, file, contents(t, filepath.Join(dir, kept[0])))
			require.Equal(t, 1, told.of(key))
			require.Len(t, files(t, dir), 1+c.after)

			f.Changed(key)
			require.NoError(t, f.Secured(t.Context(), key))
			require.Equal(t, 1, told.of(key), "told once")
			// What was put aside gives the contract back elsewhere.
			if name != "other signatures" {
				results, err := backup.Restore(t.Context(), filepath.Join(dir, kept[0]), newSeal(t, "regtest", 1), importer(openStore(t)))
				require.NoError(t, err)
				require.NoError(t, results[0].Err)
			}
		})
	}
}

// TestAFileThatCannotBeReadIsNotReplaced: one is damaged, and one is on a medium that
// fails.
func TestAFileThatCannotBeReadIsNotReplaced(t *testing.T) {
	s, dir, told := openStore(t), t.TempDir(), &alarms{}
	state, err := s.Import(encoded(t, sample(t)))
	require.NoError(t, err)
	key := state.Key()
	path := filepath.Join(dir, backup.FileName(key))
	require.NoError(t, os.Mkdir(path, 0o700))
	f, _, _ := runWith(t, dir, s, told.raise)
	require.Error(t, f.Secured(t.Context(), key))
	eventually(t, func() bool { return f.Failing() != nil })
	require.DirExists(t, path)
	require.Zero(t, told.of(key))
	require.NoError(t, os.Remove(path))

	put(t, dir, key, []byte("half a file"))
	require.NoError(t, f.Secured(t.Context(), key))
	kept, err := f.Kept()
	require.NoError(t, err)
	require.Len(t, kept, 1)
	require.Equal(t, "half a file", string(contents(t, filepath.Join(dir, kept[0]))))
	require.Equal(t, 1, told.of(key))
	results, err := backup.Restore(t.Context(), path, newSeal(t, "regtest", 1), importer(openStore(t)))
	require.NoError(t, err)
	require.NoError(t, results[0].Err, "the store's own file is there")
}

// TestAFileFollowsWhatWentOn: a close that became complete is more, not less.
func TestAFileFollowsWhatWentOn(t *testing.T) {
	s, dir := openStore(t), t.TempDir()
	r := sample(t)
	r.Claims = []contract.Claim{{Attempt: 4, Txid: chainhash.Hash{4}, Tx: []byte{1}, Void: []byte{2}, Until: 9}}
	late := r
	late.Claims = []contract.Claim{{Attempt: 4, Txid: chainhash.Hash{4}, Tx: []byte{3}, Void: []byte{2}, Signed: true}}
	late.NextAttempt += 4
	state, err := s.Import(encoded(t, late))
	require.NoError(t, err)
	before := sealed(t, dir, state.Key(), r)
	f, _, _ := run(t, dir, s)
	require.NoError(t, f.Secured(t.Context(), state.Key()))
	require.Len(t, files(t, dir), 1)
	require.NotEqual(t, before, contents(t, files(t, dir)[0]))
}

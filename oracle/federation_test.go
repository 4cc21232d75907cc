package oracle_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/oracle"
	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/store"
)

const (
	testPatience = 20 * time.Second
	testInterval = 5 * time.Millisecond
)

// newGroup is a federation of as many oracles as worlds, all started.
func newGroup(t *testing.T, threshold int, worlds ...*world) *group {
	t.Helper()
	g := &group{threshold: threshold}
	for i, w := range worlds {
		m := newMember(t, w, fmt.Sprint("member ", i))
		m.group = g
		g.members = append(g.members, m)
	}
	for _, m := range g.members {
		m.start()
	}
	return g
}

// rounds lets everybody work, and then look at each other.
func (g *group) rounds(t *testing.T) {
	t.Helper()
	for _, m := range g.members {
		m.round()
	}
	for _, m := range g.members {
		require.NoError(t, m.FollowPeers(t.Context()))
	}
	for _, m := range g.members {
		m.round()
	}
}

func TestOraclesOfOneChainAttestTheSame(t *testing.T) {
	w := newWorld()
	g := newGroup(t, 2, w, w, w)
	day := w.close(100, 10)
	w.close(200, 20)
	g.rounds(t)
	for _, m := range g.members {
		require.Equal(t, "330", m.value("cum", day+1, "tot"))
		require.Empty(t, m.info().Alarms)
		require.Len(t, m.info().Federation.Members, 2)
		require.NotEmpty(t, m.info().Federation.Members[0].Mark)
	}
	// Metrics of a member that follows others.
	registry := prometheus.NewPedanticRegistry()
	require.NoError(t, registry.Register(oracle.NewCollector(g.members[0].Service)))
	families, err := registry.Gather()
	require.NoError(t, err)
	names := map[string]float64{}
	for _, f := range families {
		names[f.GetName()] = f.GetMetric()[0].GetGauge().GetValue()
	}
	require.EqualValues(t, 1, names["alkoracle_signing"])
	require.EqualValues(t, 12, names["alkoracle_attestations"])
	require.EqualValues(t, 1, names["alkoracle_peer_up"])
}

func TestAnOracleOnAMinorityBranchAttestsNothing(t *testing.T) {
	w := newWorld()
	alone := w.fork()
	alone.branch = "other"
	g := newGroup(t, 2, w, w, alone)
	w.close(100, 10)
	day := alone.close(100, 99)
	g.rounds(t)
	require.Equal(t, "110", g.members[0].value("cum", day, "tot"))
	require.Equal(t, "announced", g.members[2].value("cum", day, "tot"))
	require.Contains(t, g.members[2].alarm(oracle.AlarmMinority), "2 of 3 oracles have another block")
	require.False(t, g.members[2].info().Signing)
	alone.branch = "main"
	alone.reorg(day, 100, 10)
	g.members[2].round()
	require.Equal(t, "110", g.members[2].value("cum", day, "tot"))
}

// An oracle that attested before a deep reorganisation what the others did not tells
// of it, and goes on from what t oracles attested.
func TestAnOracleThatDissentsGoesOnFromTheOthers(t *testing.T) {
	w := newWorld()
	alone := w.fork()
	g := newGroup(t, 2, w, w, alone)
	w.close(100, 10)
	day := alone.close(100, 50)
	g.rounds(t)
	require.Equal(t, "150", g.members[2].value("cum", day, "tot"))
	for _, m := range g.members {
		require.Contains(t, m.alarm(oracle.AlarmDissent), "agreed on 110", "%v", m.info().Alarms)
	}
	w.close(1, 1)
	alone.close(1, 1)
	g.rounds(t)
	require.Equal(t, "150", g.members[2].value("cum", day, "tot"), "the value stands")
	for _, m := range g.members {
		require.Equal(t, "112", m.value("cum", day+1, "tot"))
		require.Empty(t, m.alarm(oracle.AlarmDissent))
	}
}

func TestAMissedDayIsTakenFromTheFederation(t *testing.T) {
	w := newWorld()
	late := w.fork()
	g := &group{threshold: 2}
	for i, world := range []*world{w, w, late} {
		m := newMember(t, world, fmt.Sprint("member ", i))
		m.group = g
		g.members = append(g.members, m)
	}
	g.members[2].starts = map[string]uint32{"hp1-regtest": firstDay + 1}
	for _, m := range g.members {
		m.start()
	}
	w.close(100, 10)
	late.close(7, 7)
	w.close(1, 1)
	day := late.close(1, 1)
	g.members[2].round()
	require.Equal(t, "announced", g.members[2].value("cum", day, "tot"), "it waits for the others")
	require.NotEmpty(t, g.members[2].alarm(oracle.AlarmBase))
	g.rounds(t)
	require.Equal(t, "112", g.members[2].value("cum", day, "tot"))
	require.Equal(t, "none", g.members[2].value("cum", day-1, "tot"))
	require.Empty(t, g.members[2].alarm(oracle.AlarmBase))
}

// A federation that begins late has nobody to take the day before from.
func TestAFederationMayBeginLate(t *testing.T) {
	w := newWorld()
	for range 4 {
		w.close(100, 10)
	}
	g := &group{threshold: 2}
	for i := range 3 {
		m := newMember(t, w, fmt.Sprint("member ", i))
		m.group, m.starts = g, map[string]uint32{"hp1-regtest": firstDay + 3}
		g.members = append(g.members, m)
	}
	for _, m := range g.members {
		m.start()
	}
	g.members[0].round()
	require.Equal(t, "announced", g.members[0].value("cum", firstDay+3, "tot"), "the others may know more")
	g.rounds(t)
	for _, m := range g.members {
		require.Equal(t, "440", m.value("cum", firstDay+3, "tot"))
	}
}

// copyTree copies a folder as a backup of files would.
func copyTree(t *testing.T, from, to string) {
	t.Helper()
	require.NoError(t, os.CopyFS(to, os.DirFS(from)))
}

// replace puts the saved data of a member in the place of its own.
func (m *member) replace(saved string) {
	m.t.Helper()
	m.stop()
	require.NoError(m.t, os.RemoveAll(m.dir))
	copyTree(m.t, saved, m.dir)
	m.start()
}

func TestACopyOfTheDataDirectoryDoesNotSign(t *testing.T) {
	w := newWorld()
	g := newGroup(t, 2, w, w, w)
	day := w.close(100, 10)
	g.rounds(t)
	m := g.members[0]
	saved := t.TempDir() + "/saved"
	m.stop()
	copyTree(t, m.dir, saved)
	m.start()
	day2 := w.close(200, 20)
	g.rounds(t)
	require.Equal(t, "330", m.value("cum", day2, "tot"))
	before, err := m.Event(nil, fmt.Sprintf("hp1-regtest/cum/%d/tot", day2))
	require.NoError(t, err)

	m.replace(saved)
	w.reorg(day2, 200, 25)
	m.round()
	require.Equal(t, "announced", m.value("cum", day2, "tot"), "it may have attested this day")
	require.Contains(t, m.alarm(oracle.AlarmUnconfirmed), "copied or restored")
	require.False(t, m.info().Signing)

	day3 := w.close(1, 1)
	m.round()
	require.Equal(t, "none", m.value("cum", day3+3, "tot"), "it does not even announce")
	done, err := m.ConfirmNow(t.Context(), oracle.Confirmation{})
	require.NoError(t, err)
	require.Equal(t, 6, done.Imported)
	require.Len(t, done.Found, 2)
	require.NotZero(t, done.FencedThrough)
	m.round()
	again, err := m.Event(nil, fmt.Sprintf("hp1-regtest/cum/%d/tot", day2))
	require.NoError(t, err)
	require.Equal(t, before.Attestation, again.Attestation, "bit for bit what the federation had kept")
	require.Equal(t, "announced", m.value("cum", day3, "tot"), "fenced off: the lost state may have attested it")
	require.Equal(t, "110", m.value("cum", day, "tot"))
	g.rounds(t)
	day4 := w.close(1, 1)
	for range 2 {
		w.close(1, 1)
	}
	g.rounds(t)
	require.Equal(t, "announced", m.value("cum", day4, "tot"))
	require.Equal(t, g.members[1].value("cum", day4+2, "tot"), m.value("cum", day4+2, "tot"))
	require.Empty(t, m.alarm(oracle.AlarmUnconfirmed))
	m.restart()
	require.Empty(t, m.alarm(oracle.AlarmUnconfirmed))
}

// Only the store was put back: the mark file beside it knows more.
func TestAnOldStoreDoesNotSign(t *testing.T) {
	w := newWorld()
	m := newMember(t, w, "red").start()
	w.close(100, 10)
	m.round()
	saved := t.TempDir() + "/saved"
	m.stop()
	copyTree(t, filepath.Join(m.dir, "store"), saved)
	m.start()
	day := w.close(200, 20)
	m.round()
	kept, err := m.Log(m.key(), 0, 1000)
	require.NoError(t, err)
	m.stop()
	require.NoError(t, os.RemoveAll(filepath.Join(m.dir, "store")))
	copyTree(t, saved, filepath.Join(m.dir, "store"))
	m.start()
	m.round()
	require.Contains(t, m.alarm(oracle.AlarmUnconfirmed), "mark file")
	require.Equal(t, "announced", m.value("cum", day, "tot"))

	_, err = m.ConfirmNow(t.Context(), oracle.Confirmation{})
	require.ErrorIs(t, err, oracle.ErrNobodyToAsk)
	_, err = m.ConfirmNow(t.Context(), oracle.Confirmation{From: []string{filepath.Join(m.dir, "mark")}})
	require.ErrorIs(t, err, store.ErrUnconfirmed, "a mark alone brings nothing back")
	file := filepath.Join(t.TempDir(), "log.json")
	raw, err := json.Marshal(kept)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, raw, 0o600))
	done, err := m.ConfirmNow(t.Context(), oracle.Confirmation{From: []string{file}, Vouch: true})
	require.NoError(t, err)
	require.Equal(t, 6, done.Imported)
	require.Zero(t, done.FencedThrough, "the operator vouches")
	m.round()
	require.Equal(t, "330", m.value("cum", day, "tot"))
	day = w.close(1, 1)
	m.round()
	require.Equal(t, "332", m.value("cum", day, "tot"))
	m.restart()
	m.round()
	require.True(t, m.info().Signing)
}

// Somebody else uses the key: what a member has kept is not what is here.
func TestACloneIsNoticed(t *testing.T) {
	w := newWorld()
	g := newGroup(t, 2, w, w, w)
	w.close(100, 10)
	g.rounds(t)
	m := g.members[0]
	clone := newMember(t, w, m.names...)
	clone.group = &group{threshold: 2, members: []*member{clone, g.members[1], g.members[2]}}
	m.stop()
	require.NoError(t, os.RemoveAll(clone.dir))
	copyTree(t, m.dir, clone.dir)
	m.start()
	day := w.close(200, 20)
	g.rounds(t)

	clone.start()
	require.NoError(t, os.RemoveAll(filepath.Join(clone.dir, "anchor")))
	clone.round()
	require.False(t, clone.info().Signing)
	_, err := clone.ConfirmNow(t.Context(), oracle.Confirmation{Fence: true, From: []string{"http://127.0.0.1:1"}})
	require.NoError(t, err)
	clone.round()
	require.Equal(t, "330", clone.value("cum", day, "tot"), "taken back from the others")

	// The clone goes another way than the original, in another order of days.
	other := w.fork()
	clone.stop()
	clone.world = other
	clone.start()
	for range 5 {
		other.close(7, 7)
	}
	other.now += 86400 * 10
	clone.round()
	for range 5 {
		w.close(1, 1)
	}
	g.rounds(t)
	require.NoError(t, clone.FollowPeers(t.Context()))
	clone.round()
	require.False(t, clone.info().Signing)
	require.NotEmpty(t, clone.alarm(oracle.AlarmUnconfirmed))
	_, err = clone.ConfirmNow(t.Context(), oracle.Confirmation{})
	require.ErrorIs(t, err, store.ErrAttested, "two logs of one key are never one again")
}

func TestAPeerThatContradictsItselfIsNotFollowed(t *testing.T) {
	w := newWorld()
	g := newGroup(t, 2, w, w)
	w.close(100, 10)
	g.rounds(t)
	// The second member loses everything and begins anew on another chain.
	other := newWorld()
	g.members[1].stop()
	require.NoError(t, os.RemoveAll(g.members[1].dir))
	require.NoError(t, os.MkdirAll(g.members[1].dir, 0o700))
	g.members[1].world = other
	g.members[1].start()
	other.close(5, 5)
	other.close(5, 5)
	g.members[1].round()
	require.ErrorContains(t, g.members[0].FollowPeers(t.Context()), attest.ErrMark.Error())
	require.NotEmpty(t, g.members[0].alarm(oracle.AlarmPeer))
}

func TestFilesThatConfirmNothing(t *testing.T) {
	w := newWorld()
	m := newMember(t, w, "red").start()
	w.close(100, 10)
	m.round()
	require.NoError(t, m.store.Doubt("test"))
	dir := t.TempDir()
	file := func(name string, raw []byte) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, raw, 0o600))
		return path
	}
	log, err := m.Log(m.key(), 0, 100)
	require.NoError(t, err)
	forged := log
	forged.Mark = append(api.Bytes(nil), log.Mark...)
	forged.Mark[attest.MarkSize-1] ^= 1
	rawForged, err := json.Marshal(forged)
	require.NoError(t, err)
	beyond, err := json.Marshal(api.Log{Key: log.Key, Mark: signer(t, "red").Mark(99, [32]byte{9}).Encode()})
	require.NoError(t, err)
	for name, c := range map[string]struct {
		from string
		want error
	}{
		"no file":     {filepath.Join(dir, "none"), oracle.ErrNobodyToAsk},
		"not a file":  {"ftp://x", os.ErrNotExist},
		"no mark":     {file("a", []byte("x")), attest.ErrMark},
		"forged mark": {file("b", rawForged), attest.ErrSignature},
		"beyond":      {file("c", beyond), store.ErrUnconfirmed},
		"foreign":     {file("d", signer(t, "green").Mark(1, [32]byte{1}).Encode()), oracle.ErrNobodyToAsk},
	} {
		_, err := m.ConfirmNow(t.Context(), oracle.Confirmation{From: []string{c.from}})
		if name == "no file" {
			require.ErrorIs(t, err, os.ErrNotExist)
			continue
		}
		require.ErrorIs(t, err, c.want, name)
	}
	_, err = m.ConfirmNow(t.Context(), oracle.Confirmation{Fence: true})
	require.NoError(t, err)
}

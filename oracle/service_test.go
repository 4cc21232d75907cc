package oracle_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/oracle"
	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
	"github.com/alkimiya/alkimiya/oracle/federation"
	"github.com/alkimiya/alkimiya/oracle/index"
	"github.com/alkimiya/alkimiya/oracle/store"
)

const firstDay = 100

// world is the chain of a test: what index, node and clock say.
type world struct {
	mu     sync.Mutex
	delay  uint32
	values map[uint32][2]uint64 // day -> sub, fee
	closed uint32
	now    int64
	status oracle.NodeStatus
	branch string
	err    error
	// digits are those of the day and cum events: few, to be quick.
	digits [2]uint8
}

func newWorld() *world {
	return &world{values: map[uint32][2]uint64{}, closed: firstDay - 1, now: firstDay * 86400, status: oracle.NodeStatus{Height: 1000, Hash: "aa"}, branch: "main", digits: [2]uint8{8, 10}}
}

// close closes the next day with the given legs.
func (w *world) close(sub, fee uint64) uint32 {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed++
	w.values[w.closed] = [2]uint64{sub, fee}
	w.now = int64(w.closed+2) * 86400
	w.status.Height += 144
	w.status.Hash = fmt.Sprint(w.status.Height)
	return w.closed
}

// fork is another world with the same past.
func (w *world) fork() *world {
	w.mu.Lock()
	defer w.mu.Unlock()
	f := &world{delay: w.delay, values: maps.Clone(w.values), closed: w.closed, now: w.now, status: w.status, branch: w.branch, digits: w.digits}
	return f
}

func (w *world) reorg(day uint32, sub, fee uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.values[day] = [2]uint64{sub, fee}
	w.status.Hash += "x"
}

func (w *world) Entry() index.Entry {
	e, err := index.Reported{
		ID: "hp1-regtest", Legs: index.Legs(), DayUnit: "sat/RU/day", CumUnit: "sat/RU", FirstDay: firstDay,
		DayDigits: w.digits[0], CumDigits: w.digits[1], MaturityDelay: w.delay,
	}.Entry()
	if err != nil {
		return index.Entry{} // which is refused
	}
	return e
}

func (w *world) Closed(context.Context) (uint32, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.closed, w.err
}

func (w *world) Read(_ context.Context, day uint32) (oracle.Reading, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	v, ok := w.values[day]
	if !ok || w.err != nil {
		return oracle.Reading{}, errors.Join(w.err, fmt.Errorf("day %d: %w", day, oracle.ErrMismatch))
	}
	r := oracle.Reading{Day: day, Values: []uint64{v[0] + v[1], v[0], v[1]}, Counters: make([]uint64, 3), Proof: []byte("proof"), CloseHeight: int32(day) * 144, //nolint:gosec // G115: days of a test
		CloseHash: fmt.Sprint(w.branch, day)}
	for d := uint32(firstDay); d <= day; d++ {
		r.Counters[0] += w.values[d][0] + w.values[d][1]
		r.Counters[1] += w.values[d][0]
		r.Counters[2] += w.values[d][1]
	}
	r.Record = func(c []uint64) ([]byte, error) {
		return json.Marshal(map[string]string{
			"day": fmt.Sprint(day), "i_tot": fmt.Sprint(r.Values[0]), "i_sub": fmt.Sprint(v[0]), "i_fee": fmt.Sprint(v[1]),
			"c_tot": fmt.Sprint(c[0]), "c_sub": fmt.Sprint(c[1]), "c_fee": fmt.Sprint(c[2]),
		})
	}
	return r, nil
}

func (w *world) Blocks(_ context.Context, first, last int32) ([]json.RawMessage, error) {
	return []json.RawMessage{[]byte(fmt.Sprintf(`{"first":"%d","last":"%d"}`, first, last))}, nil
}

func (w *world) Status(context.Context) (oracle.NodeStatus, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.status, w.err
}

func (w *world) HashAt(_ context.Context, height int32) (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return fmt.Sprint(w.branch, height/144), w.err
}

func (w *world) Now(context.Context) (int64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now, nil
}

// member is one oracle of a test, with its API.
type member struct {
	t       *testing.T
	dir     string
	world   *world
	names   []string
	starts  map[string]uint32
	horizon uint32
	group   *group
	// more are sources beside the world.
	more []oracle.Source

	store *store.Store
	*oracle.Service
	server *httptest.Server
	// handler is what the server answers with; swapped when the member restarts.
	mu      sync.Mutex
	handler http.Handler
}

// group is a federation.
type group struct {
	threshold int
	members   []*member
}

func newMember(t *testing.T, w *world, names ...string) *member {
	t.Helper()
	m := &member{t: t, dir: t.TempDir(), world: w, names: names, horizon: 3}
	m.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		m.mu.Lock()
		h := m.handler
		m.mu.Unlock()
		if h == nil {
			rw.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		h.ServeHTTP(rw, r)
	}))
	t.Cleanup(func() {
		m.server.Close()
		m.stop()
	})
	return m
}

func signer(t *testing.T, name string) *attest.Signer {
	t.Helper()
	secret := attesttest.Secret(name)
	s, err := attest.NewSigner(secret.Bytes(), [32]byte{1})
	require.NoError(t, err)
	return s
}

func (m *member) key() [32]byte { return signer(m.t, m.names[len(m.names)-1]).Key() }

func (m *member) config() oracle.Config {
	var err error
	m.store, err = store.Open(filepath.Join(m.dir, "store"), [32]byte{9})
	require.NoError(m.t, err)
	cfg := oracle.Config{
		Network: "regtest", Store: m.store, Sources: append([]oracle.Source{m.world}, m.more...), Horizon: m.horizon, Starts: m.starts,
		Node: m.world, Clock: m.world, MarkFiles: []string{filepath.Join(m.dir, "mark"), filepath.Join(m.dir, "mark2")},
		Anchor: filepath.Join(m.dir, "anchor"), Batch: 8, MaxSkew: 600,
	}
	for _, name := range m.names {
		cfg.Signers = append(cfg.Signers, signer(m.t, name))
	}
	if m.group == nil {
		return cfg
	}
	keys := [][32]byte{m.key()}
	f := &oracle.Federation{}
	for _, other := range m.group.members {
		if other != m {
			keys = append(keys, other.key())
			f.Members = append(f.Members, api.Member{Key: other.key(), URL: other.server.URL})
		}
	}
	f.Set, err = federation.New(keys, m.group.threshold)
	require.NoError(m.t, err)
	f.Client, err = api.NewClient(api.ClientConfig{Members: f.Members})
	require.NoError(m.t, err)
	cfg.Federation = f
	return cfg
}

func (m *member) start() *member {
	m.t.Helper()
	var err error
	m.Service, err = oracle.New(m.config())
	require.NoError(m.t, err)
	h := api.NewServer(api.ServerConfig{Records: m.Service, Indices: m.Service, Limits: api.Limits{Rate: -1}}).Handler()
	m.mu.Lock()
	m.handler = h
	m.mu.Unlock()
	return m
}

func (m *member) stop() {
	m.mu.Lock()
	m.handler = nil
	m.mu.Unlock()
	if m.store != nil {
		require.NoError(m.t, m.store.Close())
		m.store = nil
	}
}

func (m *member) restart() {
	m.t.Helper()
	m.stop()
	m.start()
}

func (m *member) round() { m.Round(m.t.Context()) }

// value is what the member shows of an event: "none", "announced", or the value.
func (m *member) value(kind string, day uint32, leg string) string {
	m.t.Helper()
	e, err := m.Event(nil, fmt.Sprintf("hp1-regtest/%s/%d/%s", kind, day, leg))
	if errors.Is(err, api.ErrNotFound) {
		return "none"
	}
	require.NoError(m.t, err)
	if e.Value == "" {
		return "announced"
	}
	a, err := attest.DecodeAnnouncement(e.Announcement)
	require.NoError(m.t, err)
	b, err := attest.DecodeAttestation(e.Attestation)
	require.NoError(m.t, err)
	require.NoError(m.t, a.Accept(attest.D2, b))
	return e.Value
}

func (m *member) info() api.Info {
	m.t.Helper()
	info, err := m.Info(m.t.Context())
	require.NoError(m.t, err)
	return info
}

func (m *member) alarm(code string) string {
	m.t.Helper()
	var found []string
	for _, a := range m.info().Alarms {
		if a.Code == code {
			found = append(found, a.Text)
		}
	}
	return strings.Join(found, "; ")
}

func TestClosedDaysAreAttestedAndTheHorizonAnnounced(t *testing.T) {
	w := newWorld()
	w.digits = [2]uint8{20, 30}
	m := newMember(t, w, "red").start()
	m.round()
	require.Equal(t, "announced", m.value("cum", firstDay+2, "tot"))
	require.Equal(t, "none", m.value("cum", firstDay+3, "tot"), "L counts as the day before the first")
	require.Equal(t, "none", m.value("cum", firstDay-1, "tot"))
	w.close(80_000, 1_645)
	w.close(80_000, 1_920)
	m.round()
	for leg, want := range map[string][2]string{"tot": {"163565", "81920"}, "sub": {"160000", "80000"}, "fee": {"3565", "1920"}} {
		require.Equal(t, want, [2]string{m.value("cum", firstDay+1, leg), m.value("day", firstDay+1, leg)}, leg)
	}
	require.Equal(t, "announced", m.value("day", firstDay+4, "fee"))
	require.Equal(t, "none", m.value("day", firstDay+5, "fee"))
	info := m.info()
	require.True(t, info.Signing, "%v", info.Reasons)
	require.Empty(t, info.Alarms)
	require.EqualValues(t, firstDay+1, info.Indices[0].Attested)
	require.EqualValues(t, firstDay+4, info.Indices[0].Announced)

	record, err := m.Day(t.Context(), "hp1-regtest", firstDay+1)
	require.NoError(t, err)
	require.Contains(t, string(record), `"c_tot":"163565"`)
	proof, err := m.Proof(t.Context(), "hp1-regtest", firstDay+1)
	require.NoError(t, err)
	require.Equal(t, "proof", string(proof))
	days, err := m.Days(t.Context(), "hp1-regtest", 0, 1)
	require.NoError(t, err)
	require.Len(t, days.Days, 1)
	require.EqualValues(t, firstDay+1, days.Next)
	blocks, err := m.Blocks(t.Context(), "hp1-regtest", 1, 2)
	require.NoError(t, err)
	require.Len(t, blocks.Blocks, 1)
	for _, err := range []error{
		func() error { _, err := m.Day(t.Context(), "hp2", firstDay); return err }(),
		func() error { _, err := m.Day(t.Context(), "hp1-regtest", firstDay+2); return err }(),
		func() error { _, err := m.Blocks(t.Context(), "hp2", 1, 2); return err }(),
		func() error { _, err := m.Log([32]byte{1}, 0, 1); return err }(),
		func() error { _, err := m.Events(api.EventsQuery{Key: &[32]byte{1}, Limit: 1}); return err }(),
	} {
		require.ErrorIs(t, err, api.ErrNotFound)
	}
	yes := true
	page, err := m.Events(api.EventsQuery{Prefix: "hp1-regtest/day/", Attested: &yes, Limit: 4})
	require.NoError(t, err)
	require.Len(t, page.Events, 4)
	require.NotEmpty(t, page.Next)
	m.restart()
	m.round()
	require.EqualValues(t, firstDay+1, m.info().Indices[0].Attested)
	require.Equal(t, "163565", m.value("cum", firstDay+1, "tot"))
}

func TestNothingIsAttestedBeforeItsTime(t *testing.T) {
	w := newWorld()
	w.delay = 43_200
	m := newMember(t, w, "red").start()
	day := w.close(1, 2)
	w.now = int64(day+1)*86400 + 43_199
	m.round()
	require.Equal(t, "announced", m.value("cum", day, "tot"))
	w.now++
	m.round()
	require.Equal(t, "3", m.value("cum", day, "tot"))
	day = w.close(1, 2)
	w.mu.Lock()
	w.now, w.err = int64(day+1)*86400+43_200+3_601, errors.New("no blocks")
	w.mu.Unlock()
	m.round()
	require.Equal(t, "announced", m.value("cum", day, "tot"))
	require.False(t, m.info().Signing)
	require.Contains(t, m.alarm(oracle.AlarmSource), "no blocks")
}

func TestAValueStandsOnceItIsAttested(t *testing.T) {
	w := newWorld()
	m := newMember(t, w, "red").start()
	day := w.close(100, 10)
	w.reorg(day, 100, 20)
	m.round()
	require.Equal(t, "120", m.value("cum", day, "tot"), "a reorganisation before the attestation")
	w.reorg(day, 100, 30)
	m.round()
	require.Equal(t, "120", m.value("cum", day, "tot"))
	require.Contains(t, m.alarm(oracle.AlarmReorg), "attestation stands")
	m.restart()
	next := w.close(100, 1)
	m.round()
	require.Equal(t, "221", m.value("cum", next, "tot"), "counters continue from what was attested")
	require.Equal(t, "101", m.value("day", next, "tot"))
	require.Empty(t, m.alarm(oracle.AlarmReorg))
}

func TestValuesSaturateAndCountersDoNot(t *testing.T) {
	w := newWorld()
	w.digits = [2]uint8{20, 30}
	m := newMember(t, w, "red").start()
	day := w.close(1<<30, 1)
	m.round()
	require.Equal(t, "1048575", m.value("day", day, "tot"))
	require.Equal(t, "1073741823", m.value("cum", day, "tot"))
	m.restart()
	day = w.close(1<<30, 1)
	m.round()
	record, err := m.Day(t.Context(), "hp1-regtest", day)
	require.NoError(t, err)
	require.Contains(t, string(record), fmt.Sprintf(`"c_tot":"%d"`, 2<<30+2))
}

func TestAnOracleDoesNotAttestFromANodeItCannotRelyOn(t *testing.T) {
	for code, spoil := range map[string]func(w *world){
		oracle.AlarmBehind:   func(w *world) { w.status.Behind = "100 blocks behind its peers" },
		oracle.AlarmMinority: func(w *world) { w.status.Minority = "a longer branch that it holds invalid" },
		oracle.AlarmClock:    func(w *world) { w.status.Time = w.now + 10_000 },
		oracle.AlarmNode:     func(w *world) { w.err = errors.New("connection refused") },
		oracle.AlarmMismatch: func(w *world) { w.values[w.closed+1] = w.values[w.closed]; delete(w.values, w.closed) },
	} {
		w := newWorld()
		m := newMember(t, w, "red").start()
		good := w.fork()
		day := w.close(100, 10)
		spoil(w)
		m.round()
		require.NotEmpty(t, m.alarm(code), code)
		require.False(t, m.info().Signing, code)
		require.NotContains(t, []string{"110"}, m.value("cum", day, "tot"), code)
		good.close(100, 10)
		w.status, w.err, w.values = good.status, nil, good.values
		m.round()
		require.Empty(t, m.alarm(code), code)
		require.True(t, m.info().Signing, "%s: %v", code, m.info().Reasons)
		require.Equal(t, "110", m.value("cum", day, "tot"), code)
	}
}

// A source that fails, or is not ready, does not hinder another one.
func TestOneIndexDoesNotHinderAnother(t *testing.T) {
	w := newWorld()
	m := newMember(t, w, "red")
	broken := &brokenSource{world: newWorld()}
	m.more = []oracle.Source{broken}
	m.start()
	day := w.close(100, 10)
	for _, err := range []error{errors.New("disk on fire"), oracle.ErrNotReady} {
		broken.err = err
		m.round()
		require.Equal(t, "110", m.value("cum", day, "tot"))
		require.False(t, m.info().Signing, "not everything is attested")
		require.Equal(t, errors.Is(err, oracle.ErrNotReady), m.alarm(oracle.AlarmSource) == "", err)
	}
}

// brokenSource is another index, which fails.
type brokenSource struct {
	*world
	err error
}

func (b *brokenSource) Entry() index.Entry {
	e, err := index.Reported{ID: "other", Legs: []string{"tot"}, DayUnit: "x", CumUnit: "x", FirstDay: firstDay, DayDigits: 4, CumDigits: 4}.Entry()
	if err != nil {
		return index.Entry{}
	}
	return e
}

func (b *brokenSource) Closed(context.Context) (uint32, error) { return 0, b.err }

func TestASpikeOfFeesRaisesAnAlarm(t *testing.T) {
	w := newWorld()
	m := newMember(t, w, "red").start()
	for range 10 {
		w.close(100, 10)
	}
	m.round()
	require.Empty(t, m.alarm(oracle.AlarmFees))
	w.close(100, 31)
	m.round()
	require.Contains(t, m.alarm(oracle.AlarmFees), "is 31, its median of 10 days is 10")
	m.restart()
	m.round()
	require.NotEmpty(t, m.alarm(oracle.AlarmFees), "after a restart as well")
	w.close(100, 30)
	m.round()
	require.Empty(t, m.alarm(oracle.AlarmFees))
}

func TestAnIndexIsBoundToItsParametersForEver(t *testing.T) {
	w := newWorld()
	m := newMember(t, w, "red").start()
	m.stop()
	w.delay = 43_200
	_, err := oracle.New(m.config())
	require.ErrorIs(t, err, index.ErrMutable)
}

func TestConfigurationsThatContradictThemselvesAreRefused(t *testing.T) {
	m := newMember(t, newWorld(), "red")
	good := m.config()
	for name, spoil := range map[string]func(c *oracle.Config){
		"no key":       func(c *oracle.Config) { c.Signers = nil },
		"no index":     func(c *oracle.Config) { c.Sources = nil },
		"index twice":  func(c *oracle.Config) { c.Sources = append(c.Sources, c.Sources[0]) },
		"no mark file": func(c *oracle.Config) { c.MarkFiles = nil },
		"no clock":     func(c *oracle.Config) { c.Clock = nil },
		"a start":      func(c *oracle.Config) { c.Starts = map[string]uint32{"hp2": 7} },
		"federation":   func(c *oracle.Config) { c.Federation = &oracle.Federation{} },
	} {
		c := good
		spoil(&c)
		_, err := oracle.New(c)
		require.ErrorIs(t, err, oracle.ErrConfig, name)
	}
	bad := newWorld()
	bad.digits[0] = 33
	good.Sources = []oracle.Source{bad}
	_, err := oracle.New(good)
	require.ErrorIs(t, err, index.ErrParams)
}

// A new key announces everything, attests what the old one has attested with the same
// values, and the old key attests what it had announced.
func TestANewKeyTakesOver(t *testing.T) {
	w := newWorld()
	m := newMember(t, w, "red").start()
	first := w.close(100, 10)
	m.round()
	w.reorg(first, 100, 20)
	m.names = append(m.names, "green")
	m.restart()
	second := w.close(100, 1)
	for range 4 {
		w.close(1, 1)
	}
	m.round()
	old, next := signer(t, "red").Key(), signer(t, "green").Key()
	get := func(key [32]byte, day uint32) string {
		e, err := m.Event(&key, fmt.Sprintf("hp1-regtest/cum/%d/tot", day))
		if err != nil {
			return "none"
		}
		return e.Value
	}
	require.Equal(t, "110", get(old, first))
	require.Equal(t, "110", get(next, first), "what stands is attested by both")
	require.Equal(t, "211", get(old, second))
	require.Equal(t, "211", get(next, second))
	require.Equal(t, "none", get(old, second+4), "the old key announces nothing new")
	require.Equal(t, "219", get(next, second+4))
	info := m.info()
	require.EqualValues(t, next[:], info.Key)
	require.False(t, info.Keys[0].Announces)
	require.NoError(t, attest.VerifyEndorsement(old, next, [64]byte(info.Keys[0].Endorsement)))
	require.Equal(t, []string{fmt.Sprintf("%x", old), fmt.Sprintf("%x", next)}, m.Keys())
}

func TestALaterStartGoesOnFromTheChain(t *testing.T) {
	w := newWorld()
	for range 5 {
		w.close(100, 10)
	}
	m := newMember(t, w, "red")
	m.starts = map[string]uint32{"hp1-regtest": firstDay + 3}
	m.start()
	m.round()
	require.Equal(t, "none", m.value("cum", firstDay+2, "tot"))
	require.Equal(t, "440", m.value("cum", firstDay+3, "tot"))
}

func TestRunWorksUntilItsEnd(t *testing.T) {
	w := newWorld()
	day := w.close(100, 10)
	m := newMember(t, w, "red").start()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- m.Run(ctx) }()
	require.Eventually(t, func() bool { return m.value("cum", day, "tot") == "110" }, testPatience, testInterval)
	_, err := m.Confirm(t.Context(), oracle.Confirmation{})
	require.NoError(t, err, "there is nothing to confirm")
	cancel()
	require.NoError(t, <-done)
	_, err = m.Confirm(ctx, oracle.Confirmation{})
	require.ErrorIs(t, err, context.Canceled)
	require.Len(t, slices.Compact(slices.Sorted(slices.Values(oracle.CrashPoints()))), len(oracle.CrashPoints()))
}

package feed_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/btcsuite/btcd/chaincfg"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/node/feed"
	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
	"github.com/alkimiya/alkimiya/oracle/index"
	"github.com/alkimiya/alkimiya/oracle/index/indextest"
	"github.com/alkimiya/alkimiya/wallet/chain"
	"github.com/alkimiya/alkimiya/wallet/chain/fake"
)

var quiet = slog.New(slog.DiscardHandler)

// minedChain is a backend whose blocks have work, which those of fake lack.
type minedChain struct {
	*fake.Backend
	mu    sync.Mutex
	chain *indextest.Chain
}

func (m *minedChain) Tip(context.Context) (chain.Tip, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.chain.Tip()
	b := m.chain.Blocks[n]
	return chain.Tip{Hash: b.BlockHash(), Height: int32(n), Time: b.Header.Timestamp}, nil //nolint:gosec // G115: small numbers
}

func (m *minedChain) HashAt(_ context.Context, height int32) (chainhash.Hash, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if int(height) >= len(m.chain.Blocks) {
		return chainhash.Hash{}, chain.ErrUnavailable
	}
	return m.chain.Blocks[height].BlockHash(), nil
}

func (m *minedChain) Header(ctx context.Context, hash chainhash.Hash) (*wire.BlockHeader, error) {
	b, err := m.Block(ctx, hash)
	if err != nil {
		return nil, err
	}
	return &b.Header, nil
}

func (m *minedChain) Block(_ context.Context, hash chainhash.Hash) (*wire.MsgBlock, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, b := range m.chain.Blocks {
		if b.BlockHash() == hash {
			return b, nil
		}
	}
	return nil, chain.ErrUnavailable
}

// voice is an oracle that a test makes say what it likes, over the real API.
type voice struct {
	attesttest.Oracle
	entry  index.Entry
	chain  *indextest.Chain
	days   map[uint32]index.Day
	mu     sync.Mutex
	values map[string]uint64 // event id -> attested value
	boast  uint32            // last day that it says it has attested, if not 0
	asked  map[string]int    // event id -> how often it was asked for
	shift  uint32            // how many days off its proofs are
	said   map[string][]byte // what it has signed
}

func newVoice(name string, c *indextest.Chain, days []index.Day) *voice {
	v := &voice{Oracle: attesttest.Oracle{Name: name}, entry: c.Params.Entry(), chain: c, days: map[uint32]index.Day{}, values: map[string]uint64{}, asked: map[string]int{}, said: map[string][]byte{}}
	for _, d := range days {
		v.days[d.Day] = d
	}
	return v
}

func (v *voice) say(day uint32, leg string, value uint64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.values[cum(day, leg)] = value
}

// sayAll attests every closed day up to last as it is.
func (v *voice) sayAll(last uint32) {
	for day, d := range v.days {
		for _, leg := range index.Legs() {
			if value, _ := d.Counter.Leg(leg); day <= last {
				v.say(day, leg, value)
			}
		}
	}
}

func cum(day uint32, leg string) string {
	return index.EventID{Index: "hp1-regtest", Kind: index.Cum, Day: day, Leg: leg}.String()
}

func (v *voice) Info(context.Context) (api.Info, error) {
	key := v.Key()
	last := v.entry.FirstDay - 1
	v.mu.Lock()
	defer v.mu.Unlock()
	for day := range v.days {
		if _, ok := v.values[cum(day, index.LegTot)]; ok {
			last = max(last, day)
		}
	}
	if v.boast != 0 {
		last = v.boast
	}
	return api.Info{
		Version: "test", Network: "regtest", Key: key[:], Reasons: []string{}, Alarms: []api.Alarm{},
		Keys:    []api.KeyInfo{{Key: key[:], Announces: true}},
		Indices: []api.IndexInfo{{ID: v.entry.ID, Kind: "hp1", Parameters: v.entry.Parameters, Attested: last}},
	}, nil
}

func (v *voice) Event(_ *[32]byte, id string) (api.Event, error) {
	parsed, err := index.ParseEventID(id)
	if err != nil {
		return api.Event{}, fmt.Errorf("%w: %w", api.ErrNotFound, err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.asked[id]++
	announced := v.once(id, func() []byte {
		return v.Announce(id, v.entry.CumUnit, int(v.entry.CumDigits), v.entry.Maturity(parsed.Day)).Encode()
	})
	a, err := attest.DecodeAnnouncement(announced)
	if err != nil {
		return api.Event{}, err
	}
	key := v.Key()
	e := api.Event{ID: id, Key: key[:], Maturity: a.Event.Maturity, Unit: v.entry.CumUnit, Digits: 30, Announcement: announced}
	if value, ok := v.values[id]; ok {
		e.Value = strconv.FormatUint(value, 10)
		e.Attestation = v.once(id+"="+e.Value, func() []byte { return v.Attest(a.Event, value).Encode() })
	}
	return e, nil
}

// once signs a thing the first time that it is asked for; mu is held.
func (v *voice) once(name string, sign func() []byte) []byte {
	if v.said[name] == nil {
		v.said[name] = sign()
	}
	return v.said[name]
}

func (v *voice) Events(api.EventsQuery) (api.Events, error) { return api.Events{}, nil }
func (v *voice) Log([32]byte, uint64, int) (api.Log, error) { return api.Log{}, api.ErrNotFound }
func (v *voice) BlockAt(context.Context, int32) (api.BlockAt, error) {
	return api.BlockAt{}, api.ErrNotFound
}

func (v *voice) Day(_ context.Context, _ string, day uint32) ([]byte, error) {
	d, ok := v.days[day]
	if !ok {
		return nil, api.ErrNotFound
	}
	return d.JSON(), nil
}

func (v *voice) Proof(_ context.Context, _ string, day uint32) ([]byte, error) {
	d, ok := v.days[day+v.shift]
	if !ok {
		return nil, api.ErrNotFound
	}
	e, err := v.chain.Evidence(d)
	if err != nil {
		return nil, err
	}
	return e.Encode()
}

func (v *voice) Days(context.Context, string, uint32, int) (api.Days, error) {
	return api.Days{}, api.ErrNotFound
}

func (v *voice) Blocks(context.Context, string, int32, int32) (api.Blocks, error) {
	return api.Blocks{}, api.ErrNotFound
}

// ledger remembers what was recorded.
type ledger struct {
	mu            sync.Mutex
	announcements int
	evidence      []attest.Evidence
	refuse        error
}

func (l *ledger) RecordAnnouncement([]byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.announcements++
	return l.refuse
}

func (l *ledger) PutEvidence(e attest.Evidence) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.evidence = append(l.evidence, e)
	return nil
}

type clock struct{ at time.Time }

func (c clock) Now() time.Time { return c.at }

// scene is a chain of some weeks, three oracles and a feed.
type scene struct {
	t      *testing.T
	chain  *minedChain
	days   []index.Day
	voices []*voice
	keys   [][32]byte
	ledger *ledger
	feed   *feed.Feed
	cfg    feed.Config
}

func newScene(t *testing.T, light bool) *scene {
	c := indextest.New()
	for h := uint32(1); h <= 160; h++ {
		c.Mine(c.Params.FirstDay*index.DaySeconds+h*7200, 1e8, 1, h)
	}
	blocks, _, err := c.Facts()
	require.NoError(t, err)
	e := index.NewEngine(c.Params, 0, nil)
	var days []index.Day
	for _, b := range blocks {
		closed, err := e.Connect(b)
		require.NoError(t, err)
		days = append(days, closed...)
	}
	s := &scene{
		t: t, days: days, ledger: &ledger{},
		chain: &minedChain{Backend: fake.New(&chaincfg.RegressionNetParams), chain: c},
	}
	s.cfg = feed.Config{
		Dir: t.TempDir(), Key: [32]byte{2}, Entries: index.ForGenesis(c.Params.Genesis), Backend: s.chain, Light: light,
		Ledger: s.ledger, Clock: clock{c.Blocks[160].Header.Timestamp}, Poll: 20 * time.Millisecond, Log: quiet,
	}
	for _, name := range []string{"red", "green", "blue"} {
		v := newVoice(name, c, days)
		server := httptest.NewServer(api.NewServer(api.ServerConfig{Records: v, Indices: v, Logger: quiet, Limits: api.Limits{Rate: 1e6, Burst: 1 << 20}}).Handler())
		t.Cleanup(server.Close)
		s.voices, s.keys = append(s.voices, v), append(s.keys, v.Key())
		s.cfg.Oracles = append(s.cfg.Oracles, feed.Oracle{Key: v.Key(), Name: name, URL: server.URL})
	}
	return s
}

func (s *scene) start() {
	var err error
	s.feed, err = feed.New(s.cfg)
	require.NoError(s.t, err)
	s.keys = s.feed.Allowed()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.feed.Run(ctx) }()
	s.t.Cleanup(func() {
		cancel()
		require.NoError(s.t, <-done)
		require.NoError(s.t, s.feed.Close())
	})
}

func (s *scene) last() uint32 { return s.days[len(s.days)-1].Day }

func (s *scene) eventually(what string, ok func() bool) {
	s.t.Helper()
	require.Eventually(s.t, ok, time.Minute, 10*time.Millisecond, what)
}

func TestABaseIsWhatOracleAndOwnIndexSay(t *testing.T) {
	s := newScene(t, false)
	for _, v := range s.voices[:2] { // the third is silent
		v.sayAll(s.last())
	}
	s.start()
	s.eventually("own index", func() bool {
		_, last, err := s.feed.Closed(context.Background(), "hp1-regtest")
		return err == nil && last == s.last()
	})
	start := s.last() + 1
	event, unit, attested, err := s.feed.Event(context.Background(), "hp1-regtest", "tot", start, start+6, s.keys, 2)
	require.NoError(t, err)
	require.Equal(t, s.days[len(s.days)-1].Counter.Tot(), event.Base)
	require.Equal(t, uint8(30), event.Digits)
	require.Equal(t, "sat/RU", unit)
	require.False(t, attested)

	_, _, attested, err = s.feed.Event(context.Background(), "hp1-regtest", "sub", start-3, start-1, s.keys, 2)
	require.NoError(t, err)
	require.True(t, attested)

	event, _, _, err = s.feed.Event(context.Background(), "hp1-regtest", "fee", s.days[0].Day, start+1, s.keys, 2)
	require.NoError(t, err)
	require.Zero(t, event.Base, "before the first day")

	_, _, _, err = s.feed.Event(context.Background(), "hp1-regtest", "tot", start+1, start+6, s.keys, 2)
	require.ErrorIs(t, err, feed.ErrNotClosed)
	_, _, _, err = s.feed.Event(context.Background(), "hp1-regtest", "tot", start, start+6, s.keys, 3)
	require.ErrorIs(t, err, feed.ErrNotClosed, "three are needed and two speak")
	_, _, _, err = s.feed.Event(context.Background(), "hp1-regtest", "win", start, start+6, s.keys, 2)
	require.ErrorIs(t, err, feed.ErrIndex)
	_, _, _, err = s.feed.Event(context.Background(), "hp1", "tot", start, start+6, s.keys, 2)
	require.ErrorIs(t, err, feed.ErrIndex)

	m, err := s.feed.Market(context.Background(), "hp1-regtest")
	require.NoError(t, err)
	require.True(t, m.Fixed)
	require.InDelta(t, 2, m.Work, 0)
	require.InDelta(t, 1e8, m.MeanFee, 1)
	require.InDelta(t, 7200, m.Spacing, 100)
}

func TestAContradictionStopsNewContracts(t *testing.T) {
	s := newScene(t, false)
	for _, v := range s.voices {
		v.sayAll(s.last())
		v.say(s.last(), "tot", s.days[len(s.days)-1].Counter.Tot()+1)
	}
	s.start()
	s.eventually("alarm", func() bool { return len(s.feed.Alarms()) == 1 })
	_, _, _, err := s.feed.Event(context.Background(), "hp1-regtest", "sub", s.last()+1, s.last()+2, s.keys, 2)
	require.ErrorIs(t, err, feed.ErrDiffers, "of any leg")
	var got [][]byte
	var mu sync.Mutex
	cancel := s.feed.Subscribe(cum(s.last(), "tot"), s.keys, func(raw []byte) { mu.Lock(); got = append(got, raw); mu.Unlock() })
	defer cancel()
	s.eventually("what exists settles", func() bool { mu.Lock(); defer mu.Unlock(); return len(got) >= 3 })
}

func TestAttestationsAreDeliveredWhenTheyAppear(t *testing.T) {
	s := newScene(t, false)
	s.start()
	day := s.last()
	var mu sync.Mutex
	seen := map[[32]byte]uint64{}
	cancel := s.feed.Subscribe(cum(day, "tot"), s.keys, func(raw []byte) {
		a, err := attest.DecodeAttestation(raw)
		if err != nil {
			return
		}
		n, err := a.Number()
		if err != nil {
			return
		}
		mu.Lock()
		seen[a.Key] = n
		mu.Unlock()
	})
	count := func() int { mu.Lock(); defer mu.Unlock(); return len(seen) }
	s.voices[0].say(day, "tot", 7)
	s.eventually("the first", func() bool { return count() == 1 })
	s.voices[1].say(day, "tot", 7)
	s.eventually("the second", func() bool { return count() == 2 })

	late := make(chan struct{}, 8)
	stop := s.feed.Subscribe(cum(day, "tot"), s.keys, func([]byte) { late <- struct{}{} })
	require.Len(t, late, 2, "what is known comes at once")
	stop()
	cancel()
	s.voices[2].say(day, "tot", 7)
	other := make(chan struct{}, 8)
	defer s.feed.Subscribe(cum(day, "tot"), s.keys[:], func([]byte) { other <- struct{}{} })()
	s.eventually("all three to another", func() bool { return len(other) >= 3 })
	require.Equal(t, 2, count(), "nothing after cancel")
}

func TestAnnouncementsAreRecordedBeforeTheyAreReliedOn(t *testing.T) {
	s := newScene(t, false)
	s.start()
	id := cum(s.last()+5, "tot")
	list, err := s.feed.Announcements(context.Background(), id, s.keys)
	require.NoError(t, err)
	require.Len(t, list, 3)
	require.Equal(t, 3, s.ledger.announcements)
	for i, raw := range list {
		a, err := attest.DecodeAnnouncement(raw)
		require.NoError(t, err)
		require.Equal(t, s.keys[i], a.Key)
	}
	s.ledger.refuse = errors.New("nonce used twice")
	_, err = s.feed.Announcements(context.Background(), id, s.keys)
	require.ErrorIs(t, err, s.ledger.refuse)
}

func TestALightNodeRecomputesTheDaysOfItsContracts(t *testing.T) {
	s := newScene(t, true)
	for _, v := range s.voices {
		v.sayAll(s.last())
	}
	s.start()
	first, last := s.days[3].Day, s.days[5].Day
	_, _, _, err := s.feed.Event(context.Background(), "hp1-regtest", "tot", first, last, s.keys, 2)
	require.NoError(t, err)
	require.Empty(t, s.feed.Checked("hp1-regtest"), "an offer is no contract")
	defer s.feed.Subscribe(cum(last, "tot"), s.keys, func([]byte) {})()
	s.eventually("days of the contract", func() bool { return len(s.feed.Checked("hp1-regtest")) == int(last-first+1) })
	require.Empty(t, s.feed.Alarms())
	value, err := s.feed.Counter(context.Background(), "hp1-regtest", "sub", last)
	require.NoError(t, err)
	require.Equal(t, s.days[5].Counter.Sub, value)
}

func TestALightNodeNoticesACommonLie(t *testing.T) {
	s := newScene(t, true)
	lie := s.days[2]
	for _, v := range s.voices {
		v.sayAll(s.last())
		v.say(lie.Day, "fee", lie.Counter.Fee+100)
	}
	s.cfg.CheckAll = true
	s.start()
	require.ErrorIs(t, s.feed.CheckDay(context.Background(), "hp1-regtest", lie.Day), feed.ErrDiffers)
	require.NoError(t, s.feed.CheckDay(context.Background(), "hp1-regtest", lie.Day-1))
	s.eventually("alarm, without any contract", func() bool { return len(s.feed.Alarms()) == 1 })
	s.eventually("it is on disk", func() bool {
		raw, err := os.ReadFile(filepath.Join(s.cfg.Dir, "alarms.json"))
		return err == nil && strings.Contains(string(raw), jsonNumber(lie.Day))
	})
}

func TestTheListOfOraclesSurvivesARestart(t *testing.T) {
	s := newScene(t, false)
	extra := s.cfg.Oracles[2]
	s.cfg.Oracles = s.cfg.Oracles[:2]
	f, err := feed.New(s.cfg)
	require.NoError(t, err)
	asked := extra
	asked.Key = [32]byte{}
	added, err := f.AddOracle(context.Background(), asked)
	require.NoError(t, err)
	require.Equal(t, extra.Key, added.Key, "the oracle tells its key")
	require.Len(t, f.Allowed(), 3)
	require.ErrorIs(t, f.RemoveOracle(s.cfg.Oracles[0].Key), feed.ErrOracle, "it is in the configuration")
	require.NoError(t, f.Close())

	f, err = feed.New(s.cfg)
	require.NoError(t, err)
	require.Len(t, f.Allowed(), 3)
	require.NoError(t, f.RemoveOracle(extra.Key))
	require.ErrorIs(t, f.RemoveOracle(extra.Key), feed.ErrOracle)
	require.Len(t, f.Allowed(), 2)
	require.NoError(t, f.Close())
	f, err = feed.New(s.cfg)
	require.NoError(t, err)
	require.Len(t, f.Allowed(), 2)
	_, err = f.AddOracle(context.Background(), feed.Oracle{Name: "x\n", Key: extra.Key})
	require.ErrorIs(t, err, feed.ErrOracle)
	require.NoError(t, f.Close())
	for _, text := range []string{"", "zz", "00@http://x", "name=" + json.Number("1").String()} {
		_, err := feed.ParseOracle(text)
		require.ErrorIs(t, err, feed.ErrOracle, text)
	}
}

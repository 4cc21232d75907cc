package feed_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/node/feed"
	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/index"
)

// open makes a feed without following anything.
func (s *scene) open() *feed.Feed {
	f, err := feed.New(s.cfg)
	require.NoError(s.t, err)
	s.keys = f.Allowed()
	return f
}

func TestALightNodeBelievesNoSingleOracleWhichDayIsTheLast(t *testing.T) {
	for name, boasts := range map[string][3]uint32{ // 0 is the truth, 1 is silence
		"all are honest":                  {0, 0, 0},
		"one is far ahead":                {1 << 31, 0, 0},
		"one is behind":                   {20_456, 0, 0},
		"one is far ahead and one behind": {1 << 31, 20_456, 0},
		"one is silent":                   {1, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t, true)
			for i, v := range s.voices {
				v.sayAll(s.last())
				v.boast = boasts[i]
				if boasts[i] == 1 {
					s.cfg.Oracles[i].URL = "http://127.0.0.1:1"
				}
			}
			f := s.open()
			defer func() { require.NoError(t, f.Close()) }()
			first, last, err := f.Closed(t.Context(), "hp1-regtest")
			require.NoError(t, err)
			require.Equal(t, s.days[0].Day, first)
			require.Equal(t, s.last(), last)
		})
	}
}

func TestNoDayIsClosedThatHasNotEnded(t *testing.T) {
	s := newScene(t, true)
	for _, v := range s.voices {
		v.sayAll(s.last())
		v.boast = index.MaxDay
	}
	s.start()
	_, last, err := s.feed.Closed(t.Context(), "hp1-regtest")
	require.NoError(t, err)
	today := uint32(s.cfg.Clock.Now().Unix() / index.DaySeconds) //nolint:gosec // G115: small numbers
	require.Equal(t, today-1, last)
	// A window that ends far in the future is recomputed as far as days have ended.
	_, _, _, err = s.feed.Event(t.Context(), "hp1-regtest", "tot", s.last(), index.MaxDay, s.keys, 2)
	require.NoError(t, err)
	s.feed.Subscribe(cum(index.MaxDay, "tot"), s.keys, func([]byte) {})()
	s.eventually("the day that has ended", func() bool { return len(s.feed.Checked("hp1-regtest")) == 1 })
	require.Empty(t, s.feed.Alarms())
}

func TestDaysOfAContractAreRecomputedAfterARestart(t *testing.T) {
	s := newScene(t, true)
	for _, v := range s.voices {
		v.sayAll(s.last())
	}
	first, last := s.days[2].Day, s.days[3].Day
	f := s.open()
	_, _, _, err := f.Event(t.Context(), "hp1-regtest", "tot", first, last, s.keys, 2)
	require.NoError(t, err)
	f.Subscribe(cum(last, "tot"), s.keys, func([]byte) {})()
	require.NoError(t, f.Close())

	s.start()
	s.eventually("days of the contract", func() bool { return len(s.feed.Checked("hp1-regtest")) == int(last-first+1) })
	// A contract from a recovery file: only its event is known.
	s.feed.Subscribe(cum(last+2, "tot"), s.keys, func([]byte) {})()
	s.eventually("its last day", func() bool { return len(s.feed.Checked("hp1-regtest")) == int(last-first+2) })
}

func TestAnAlarmOutlivesARestartAndEndsWhenAllAgree(t *testing.T) {
	s := newScene(t, true)
	lie := s.days[5]
	for _, v := range s.voices {
		v.sayAll(s.last())
	}
	dir := s.cfg.Dir
	require.NoError(t, os.WriteFile(filepath.Join(dir, "alarms.json"),
		[]byte(`[{"index":"hp1-regtest","day":`+jsonNumber(lie.Day)+`,"text":"x"}]`), 0o600))
	f := s.open()
	require.Len(t, f.Alarms(), 1)
	_, _, _, err := f.Event(t.Context(), "hp1-regtest", "tot", lie.Day, s.last()+5, s.keys, 2)
	require.ErrorIs(t, err, feed.ErrDiffers)
	require.NoError(t, f.Close())

	s.start()
	s.feed.Subscribe(cum(lie.Day, "tot"), s.keys, func([]byte) {})()
	s.eventually("the day is right after all", func() bool { return len(s.feed.Alarms()) == 0 })
	raw, err := os.ReadFile(filepath.Join(dir, "alarms.json")) //nolint:gosec // G304: a file of the test
	require.NoError(t, err)
	require.Equal(t, "[]", string(raw))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "alarms.json"), []byte("{"), 0o600))
	_, err = feed.New(s.cfg)
	require.ErrorContains(t, err, "alarms.json")
}

func jsonNumber(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

func TestWindowsThatNoIndexCountsAreRefused(t *testing.T) {
	s := newScene(t, false)
	f := s.open()
	defer func() { require.NoError(t, f.Close()) }()
	first := s.days[0].Day
	for _, w := range [][2]uint32{{first - 1, first + 5}, {first + 5, first + 4}, {first, index.MaxDay + 1}} {
		_, _, _, err := f.Event(t.Context(), "hp1-regtest", "tot", w[0], w[1], s.keys, 2)
		require.ErrorIs(t, err, feed.ErrIndex, w)
	}
}

// TestTwoValuesOfOneEventAreKeptAsEvidence hands the feed a second attestation of an
// event that it has one of.
func TestTwoValuesOfOneEventAreKeptAsEvidence(t *testing.T) {
	s := newScene(t, false)
	v, day := s.voices[0], s.last()
	v.say(day, "tot", 7)
	f := s.open()
	defer func() { require.NoError(t, f.Close()) }()
	announced, err := f.Announcements(t.Context(), cum(day, "tot"), [][32]byte{v.Key()})
	require.NoError(t, err)
	a, err := attest.DecodeAnnouncement(announced[0])
	require.NoError(t, err)
	require.NoError(t, f.Feed(context.Background(), v.Attest(a.Event, 7).Encode()))
	require.ErrorIs(t, f.Feed(context.Background(), v.Attest(a.Event, 8).Encode()), api.ErrEquivocation)
	require.Len(t, s.ledger.evidence, 1)
	proof, err := s.ledger.evidence[0].Verify()
	require.NoError(t, err)
	require.Equal(t, v.Key(), proof.Key)
	require.NotNil(t, proof.Secret)
}

// TestABaseWaitsForTheOwnIndex: while the own index has not got to a day, no contract
// begins there, whatever the oracles say.
func TestABaseWaitsForTheOwnIndex(t *testing.T) {
	s := newScene(t, false)
	for _, v := range s.voices {
		v.sayAll(s.last())
	}
	f := s.open()
	defer func() { require.NoError(t, f.Close()) }()
	_, _, _, err := f.Event(t.Context(), "hp1-regtest", "tot", s.last()+1, s.last()+5, s.keys, 2)
	require.ErrorIs(t, err, feed.ErrBehind)
}

func TestNobodyIsAskedForWhatCannotBeAttestedYet(t *testing.T) {
	s := newScene(t, false)
	s.start()
	day := s.last()
	early, ready := cum(day+20, "tot"), cum(day, "tot")
	defer s.feed.Subscribe(early, s.keys, func([]byte) {})()
	defer s.feed.Subscribe(ready, s.keys, func([]byte) {})()
	asked := func(id string) int {
		s.voices[0].mu.Lock()
		defer s.voices[0].mu.Unlock()
		return s.voices[0].asked[id]
	}
	s.eventually("the mature one is asked for, again and again", func() bool { return asked(ready) > 3 })
	require.Zero(t, asked(early))
}

// TestEvidenceMustBeOfTheDayAndOfTheOwnChain: it verifies in itself either way.
func TestEvidenceMustBeOfTheDayAndOfTheOwnChain(t *testing.T) {
	s := newScene(t, true)
	for _, v := range s.voices {
		v.sayAll(s.last())
		v.shift = 1
	}
	f := s.open()
	defer func() { require.NoError(t, f.Close()) }()
	day := s.days[4].Day
	require.ErrorIs(t, f.CheckDay(t.Context(), "hp1-regtest", day), index.ErrEvidence)
	for _, v := range s.voices {
		v.shift = 0
	}
	require.NoError(t, f.CheckDay(t.Context(), "hp1-regtest", day))

	other := s.chain.chain.Clone(20)
	for h := uint32(20); h <= 160; h++ {
		other.Mine(other.Params.FirstDay*index.DaySeconds+h*7200, 1e8, 1, h+1000)
	}
	s.chain.mu.Lock()
	s.chain.chain = other
	s.chain.mu.Unlock()
	require.ErrorIs(t, f.CheckDay(t.Context(), "hp1-regtest", day), index.ErrEvidence)
}

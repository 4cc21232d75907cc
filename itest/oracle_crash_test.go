package itest_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/internal/testkit"
	"github.com/alkimiya/alkimiya/itest/harness"
	"github.com/alkimiya/alkimiya/oracle"
	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/index"
)

const stakeFirst = 20_454

// stake is an index of another chain's staking yield, as an operator registers it.
type stake struct {
	t          *testing.T
	definition string
	report     string
	values     []uint64
}

func newStake(t *testing.T) *stake {
	t.Helper()
	dir := t.TempDir()
	s := &stake{t: t, definition: filepath.Join(dir, "stake.toml"), report: filepath.Join(dir, "report.jsonl")}
	s.write(s.definition, fmt.Sprintf(`id = "stake-regtest"
day-unit = "gwei/ETH/day"
cum-unit = "gwei/ETH"
day-digits = 8
cum-digits = 24
first-day = %d
file = "report.jsonl"
`, stakeFirst))
	s.write(s.report, "")
	return s
}

func (s *stake) write(path, text string) {
	s.t.Helper()
	// As a program of an operator should: whole or not at all.
	require.NoError(s.t, os.WriteFile(path+".new", []byte(text), 0o600)) //nolint:gosec // G703: of the test
	require.NoError(s.t, os.Rename(path+".new", path))
}

// add reports n more days.
func (s *stake) add(n int) {
	for range n {
		s.values = append(s.values, rand.Uint64N(200)) //nolint:gosec // G404: values of a test
	}
	s.publish()
}

// revise changes everything that was reported from a day on, as a source that was
// wrong does.
func (s *stake) revise(from int) {
	for i := from; i < len(s.values); i++ {
		s.values[i] = (s.values[i] + 1 + rand.Uint64N(50)) % 200 //nolint:gosec // G404: values of a test
	}
	s.publish()
}

func (s *stake) publish() {
	var b strings.Builder
	for i, v := range s.values {
		fmt.Fprintf(&b, `{"day":"%d","values":{"tot":"%d"}}`+"\n", stakeFirst+i, v)
	}
	s.write(s.report, b.String())
}

// witness remembers everything that an oracle has ever shown.
type witness struct {
	t      *testing.T
	o      *harness.Oracle
	client *api.Client
	ledger *testkit.NonceLedger
	seen   map[string][]byte
	head   [32]byte
	count  uint64
}

func newWitness(t *testing.T, o *harness.Oracle) *witness {
	t.Helper()
	c, err := api.NewClient(api.ClientConfig{Members: []api.Member{{Key: o.Key, URL: o.URL()}}})
	require.NoError(t, err)
	return &witness{t: t, o: o, client: c, ledger: testkit.NewNonceLedger(t), seen: map[string][]byte{}}
}

// look reads what is new in the log, and fails the test if something that was shown
// has become something else.
func (w *witness) look() {
	w.t.Helper()
	for {
		l, err := w.client.Log(w.t.Context(), w.o.Key, w.o.Key, w.count, api.MaxLog)
		if err != nil && w.count == 0 {
			require.ErrorIs(w.t, err, api.ErrNotFound)
			return
		}
		require.NoError(w.t, err)
		for _, e := range l.Entries {
			a, err := attest.DecodeAnnouncement(e.Announcement)
			require.NoError(w.t, err)
			b, err := attest.DecodeAttestation(e.Attestation)
			require.NoError(w.t, err)
			require.NoError(w.t, a.Fits(b))
			require.NotContains(w.t, w.seen, b.EventID, "attested twice")
			w.seen[b.EventID] = e.Attestation
			record(w.ledger, b)
			w.head = attest.NextHead(w.head, e.Attestation)
			w.count++
		}
		mark, err := attest.DecodeMark(l.Mark)
		require.NoError(w.t, err)
		require.NoError(w.t, mark.Verify())
		require.Equal(w.t, w.count, mark.Count)
		require.Equal(w.t, w.head, mark.Head, "the log is the one that was seen before, and more")
		if len(l.Entries) == 0 {
			return
		}
	}
}

// still checks that some of what was seen is served unchanged.
func (w *witness) still(n int) {
	w.t.Helper()
	for id, raw := range w.seen {
		if n--; n < 0 {
			return
		}
		require.True(w.t, bytes.Equal(raw, attestation(w.t, w.o, id)), id)
	}
}

// through waits until the oracle has attested the stake index through a day.
func through(t *testing.T, o *harness.Oracle, day uint32) {
	t.Helper()
	harness.Eventually(t, fmt.Sprintf("day %d of the stake index", day), func(ctx context.Context) error {
		info, err := api.Probe(ctx, http.DefaultTransport, o.URL())
		if err != nil {
			return err
		}
		for _, i := range info.Indices {
			if i.ID == "stake-regtest" && i.Attested >= day {
				return nil
			}
		}
		return fmt.Errorf("%w: %v", errNotYet, info.Reasons)
	})
}

// An oracle is killed at every crash point, and at other times; its source changes its
// mind meanwhile. What it has once shown stays, and no nonce meets two challenges.
func TestNoNonceIsUsedTwiceWhereverAnOracleIsKilled(t *testing.T) {
	harness.Long(t)
	days, times, kills := 6, []int{1}, 1
	if !testing.Short() {
		days, times, kills = 300, []int{1, 2}, 4
	}
	c := newCalendar(t)
	s := newStake(t)
	oracles := newCouncil(t, c.node, 2, fmt.Sprintf("--start=hp1-regtest=%d", c.first), "--horizon=2", "--batch=8")
	o := oracles.oracles[0]
	c.mineTo(c.first + 1) // so that the other oracle has a log to be followed
	c.settle()
	oracles.agreed(event(index.Cum, c.first, "tot"))
	o.AddArgs("--index-file=" + s.definition)
	o.Stop()
	w := newWitness(t, o)
	last := func() uint32 { return stakeFirst + uint32(len(s.values)) - 1 } //nolint:gosec // G115: days of a test
	next := func() {
		o.Start()
		through(t, o, last())
		w.look()
		w.still(5)
	}
	for _, point := range append(oracle.CrashPoints(), "series/before-commit", "series/after-commit") {
		for _, n := range times {
			t.Logf("to be killed when it comes by %s, the time %d", point, n)
			s.add(days)
			c.mine(bitcoin / 10)
			o.Crash(fmt.Sprintf("%s:%d", point, n))
			o.StartUntilCrashBy(func() { c.mine(0) })
			s.revise(len(s.values) - days)
			o.Crash("")
			next()
			o.Kill()
		}
	}
	for range kills {
		s.add(days)
		o.Start()
		timer := time.NewTimer(time.Duration(rand.IntN(1500)) * time.Millisecond) //nolint:gosec // G404: of a test
		select {
		case <-timer.C:
		case <-t.Context().Done():
		}
		o.Kill()
		s.revise(len(s.values) - days)
		next()
		o.Stop()
	}
	o.Start()
	w.look()
	staked := 0
	for id := range w.seen {
		if strings.HasPrefix(id, "stake-regtest/") {
			staked++
		}
	}
	require.Equal(t, 2*len(s.values), staked, "every day that was reported is attested once")
	if !testing.Short() {
		require.GreaterOrEqual(t, len(w.seen), 10_000)
	}
	require.GreaterOrEqual(t, w.ledger.Len(), 8*len(w.seen))
	t.Logf("%d events, %d nonces, %d crash points", len(w.seen), w.ledger.Len(), len(oracle.CrashPoints()))
	for _, a := range alarms(t, oracles.oracles[1]) {
		require.NotEqual(t, oracle.AlarmPeer, a.Code, a.Text)
	}
}

// An index that an operator registers by configuration is announced and attested as
// any other.
func TestARegisteredIndexIsAttestedUnchanged(t *testing.T) {
	harness.Long(t)
	c := newCalendar(t)
	s := newStake(t)
	s.add(3)
	oracles := newCouncil(t, c.node, 3, fmt.Sprintf("--start=hp1-regtest=%d", c.first), "--horizon=3", "--index-file="+s.definition)
	day, sum := uint32(stakeFirst), uint64(0)
	for _, v := range s.values {
		sum += v
		require.Equal(t, v, oracles.agreed(fmt.Sprintf("stake-regtest/day/%d/tot", day)))
		require.Equal(t, sum, oracles.agreed(fmt.Sprintf("stake-regtest/cum/%d/tot", day)))
		day++
	}
	a, err := oracles.client.Announcement(t.Context(), oracles.oracles[0].Key, fmt.Sprintf("stake-regtest/cum/%d/tot", day+1))
	require.NoError(t, err)
	require.Equal(t, attest.DigitEvent{Base: 2, Unit: "gwei/ETH", Digits: 24}, a.Event.Descriptor)
	require.EqualValues(t, (day+2)*86400, a.Event.Maturity)
	s.add(1)
	require.Equal(t, sum+s.values[3], oracles.agreed(fmt.Sprintf("stake-regtest/cum/%d/tot", day)))

	// The definition is bound to its id for ever.
	raw, err := os.ReadFile(s.definition)
	require.NoError(t, err)
	s.write(s.definition, strings.Replace(string(raw), "day-digits = 8", "day-digits = 9", 1))
	o := oracles.oracles[0]
	o.Stop()
	require.ErrorIs(t, o.TryStart(), harness.ErrExited)
	require.Contains(t, o.LogTail(), "bound to other parameters")
	require.Contains(t, o.LogTail(), "hint:")
	s.write(s.definition, string(raw))
	o.Start()
}

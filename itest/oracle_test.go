package itest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/internal/regtest"
	"github.com/alkimiya/alkimiya/internal/testkit"
	"github.com/alkimiya/alkimiya/itest/harness"
	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/federation"
	"github.com/alkimiya/alkimiya/oracle/index"
)

// bitcoin is one bitcoin in satoshi.
const bitcoin = btcutil.SatoshiPerBitcoin

// blocksADay is how many blocks a whole day of these tests has.
const blocksADay = 24

// calendar is a regtest chain that begins in the past: its first day is in the summer
// before now, and time goes on with the blocks.
type calendar struct {
	t     *testing.T
	node  *harness.Node
	first uint32 // the day of the first block
	now   atomic.Int64
	known map[chainhash.Hash]index.Block
}

func newCalendar(t *testing.T) *calendar {
	t.Helper()
	c := &calendar{t: t, first: uint32(time.Now().Unix()/index.DaySeconds) - 120, known: map[chainhash.Hash]index.Block{}} //nolint:gosec // G115: days of this century
	c.now.Store(int64(c.first)*index.DaySeconds + 600)
	c.node = harness.StartAt(t, func() time.Time { return time.Unix(c.now.Load(), 0) })
	// Whole minutes up to a quarter past seven: the first day goes on after it.
	end := c.now.Load() + regtest.ActivationHeight*60
	c.node.MustActivate(time.Unix(end, 0))
	c.now.Store(end)
	return c
}

// mine mines a block that collects a fee, an hour after the one before.
func (c *calendar) mine(fee btcutil.Amount) chainhash.Hash {
	c.t.Helper()
	if fee > 0 {
		_, err := c.node.PayFee(fee)
		require.NoError(c.t, err)
	}
	hashes, err := c.node.MineAt(time.Unix(c.now.Add(3600), 0))
	require.NoError(c.t, err)
	return hashes[0]
}

// mineTo mines hourly blocks with fees until the median time is in a day.
func (c *calendar) mineTo(day uint32) {
	c.t.Helper()
	for i := 0; c.day() < day; i++ {
		c.mine(bitcoin/10 + btcutil.Amount(i%7)*bitcoin/100)
	}
}

// settle mines what makes all days final that are over.
func (c *calendar) settle() {
	c.t.Helper()
	for range index.HP1Regtest().Confirmations {
		c.mine(bitcoin / 10)
	}
}

// day is that of the tip's median time.
func (c *calendar) day() uint32 {
	c.t.Helper()
	hash, err := c.node.RPC().GetBestBlockHash()
	require.NoError(c.t, err)
	rows := c.rows(*hash, 11)
	return rows[len(rows)-1].Day()
}

// rows computes the index of the blocks of the branch that ends with a block, the last
// n of them or all: in this process, from what the node says.
func (c *calendar) rows(tip chainhash.Hash, n int) []index.Row {
	c.t.Helper()
	var blocks []index.Block
	for walk := tip; n == 0 || len(blocks) < n; {
		b := c.block(walk)
		blocks = append(blocks, b)
		if b.Height == 0 {
			break
		}
		walk = b.Prev
	}
	slices.Reverse(blocks)
	rows, err := index.Series(index.HP1Regtest(), blocks)
	require.NoError(c.t, err)
	return rows
}

// block is what the index needs of a block of any branch.
func (c *calendar) block(hash chainhash.Hash) index.Block {
	c.t.Helper()
	if b, ok := c.known[hash]; ok {
		return b
	}
	header, err := c.node.RPC().GetBlockHeaderVerbose(&hash)
	require.NoError(c.t, err)
	raw, err := c.node.RPC().GetBlock(&hash)
	require.NoError(c.t, err)
	b, _, err := index.FromBlock(raw, uint32(header.Height)) //nolint:gosec // G115: a height
	require.NoError(c.t, err)
	c.known[hash] = b
	return b
}

// value is what the index of a day is on the branch that ends with a block.
func (c *calendar) value(tip chainhash.Hash, day uint32) index.Values {
	c.t.Helper()
	var rows []index.Row
	for _, r := range c.rows(tip, 0) {
		if r.Day() == day {
			rows = append(rows, r)
		}
	}
	require.NotEmpty(c.t, rows, "day %d has blocks", day)
	return index.DayOf(index.HP1Regtest(), rows).Value
}

func (c *calendar) tip() chainhash.Hash {
	c.t.Helper()
	hash, err := c.node.RPC().GetBestBlockHash()
	require.NoError(c.t, err)
	return *hash
}

// council is a federation of real oracles on one node.
type council struct {
	t       *testing.T
	oracles []*harness.Oracle
	client  *api.Client
	set     federation.Set
	ledger  *testkit.NonceLedger
}

// newCouncil makes n oracles of which more than half must agree, and starts them.
func newCouncil(t *testing.T, node *harness.Node, n int, args ...string) *council {
	t.Helper()
	c := &council{t: t, ledger: testkit.NewNonceLedger(t)}
	var members []api.Member
	var keys [][32]byte
	for range n {
		o := harness.NewOracle(t, harness.WithNode(node, ""), harness.WithArgs(args...))
		c.oracles = append(c.oracles, o)
		members = append(members, api.Member{Key: o.Key, URL: o.URL()})
		keys = append(keys, o.Key)
	}
	for i, o := range c.oracles {
		for j, m := range members {
			if i != j {
				o.AddArgs(fmt.Sprintf("--member=%x@%s", m.Key, m.URL))
			}
		}
	}
	var err error
	c.client, err = api.NewClient(api.ClientConfig{Members: members})
	require.NoError(t, err)
	c.set, err = federation.New(keys, n/2+1)
	require.NoError(t, err)
	for _, o := range c.oracles {
		o.Start()
	}
	return c
}

// agreed waits until all oracles have attested an event, and returns the value on
// which they agree, after verifying everything.
func (c *council) agreed(id string) uint64 {
	c.t.Helper()
	var report federation.Report
	harness.Eventually(c.t, "attestations of "+id, func(ctx context.Context) error {
		voices, errs := c.client.Gather(ctx, id, c.set.Keys())
		if err := errors.Join(errs...); err != nil {
			return err
		}
		report = c.set.Tally(id, voices)
		return nil
	})
	require.True(c.t, report.Agreed, "%v", report)
	require.Empty(c.t, report.Dissenting(), "%v", report)
	for _, s := range report.Statements {
		record(c.ledger, s.Attestation)
	}
	return report.Value
}

// record enters the nonces of an attestation.
func record(l *testkit.NonceLedger, b attest.Attestation) {
	for i, sig := range b.Signatures {
		r := [32]byte(sig[:32])
		m := attest.D2.OutcomeHash(b.Outcomes[i])
		e := attest.Challenge(&r, &b.Key, &m)
		l.Record(b.Key, r, e.Bytes())
	}
}

func event(kind index.EventKind, day uint32, leg string) string {
	return index.EventID{Index: "hp1-regtest", Kind: kind, Day: day, Leg: leg}.String()
}

// alarms are those that an oracle raises now.
func alarms(t *testing.T, o *harness.Oracle) []api.Alarm {
	t.Helper()
	info, err := api.Probe(t.Context(), http.DefaultTransport, o.URL())
	require.NoError(t, err)
	return info.Alarms
}

func TestOraclesAgreeAcrossHalvingAndFees(t *testing.T) {
	c := newCalendar(t)
	oracles := newCouncil(t, c.node, 3, fmt.Sprintf("--start=hp1-regtest=%d", c.first), "--horizon=10")
	halving := c.first // block 450 is on the first day
	c.mineTo(c.first + 1)
	spike := c.mine(20 * bitcoin)
	c.mineTo(c.first + 2)
	c.settle()

	for day := c.first; day <= c.first+1; day++ {
		want := c.value(c.tip(), day)
		for _, leg := range index.Legs() {
			v, _ := want.Leg(leg)
			require.Equal(t, v, oracles.agreed(event(index.DayValue, day, leg)), "%s of day %d", leg, day)
		}
	}
	for _, r := range c.rows(c.tip(), 0) {
		if r.Hash == spike {
			require.Less(t, r.Fee, r.RawFee, "the spike is clipped")
		}
	}
	first, second := c.value(c.tip(), halving), c.value(c.tip(), halving+1)
	require.Greater(t, first.Sub, second.Sub, "the subsidy halves on the first day")
	require.NotZero(t, second.Fee)

	// Counters are sums, and begin with what the chain counted before.
	before := oracles.agreed(event(index.Cum, c.first, "tot"))
	after := oracles.agreed(event(index.Cum, c.first+1, "tot"))
	require.Equal(t, second.Tot(), after-before)
	require.Equal(t, before, uint64(c.first-index.HP1Regtest().FirstDay)*80_000+first.Tot())
	for _, o := range oracles.oracles {
		require.Empty(t, alarms(t, o))
		evidence(t, oracles.client, o.Key, c.first+1)
	}
	kormir(t, oracles.oracles[0], event(index.Cum, c.first+1, "tot"), after)
}

// evidence recomputes a day from what an oracle publishes, without a node.
func evidence(t *testing.T, client *api.Client, key [32]byte, day uint32) {
	t.Helper()
	raw, err := client.Day(t.Context(), key, "hp1-regtest", day)
	require.NoError(t, err)
	record, err := index.ParseDay(raw)
	require.NoError(t, err)
	proof, err := client.Proof(t.Context(), key, "hp1-regtest", day)
	require.NoError(t, err)
	e, err := index.DecodeEvidence(proof)
	require.NoError(t, err)
	verified, rows, err := e.Verify(index.HP1Regtest(), nil)
	require.NoError(t, err)
	require.Equal(t, string(raw), string(verified.WithCounter(record.Counter)))
	blocks, err := client.Days(t.Context(), key, "hp1-regtest", day, 1)
	require.NoError(t, err)
	require.JSONEq(t, string(raw), string(blocks.Days[0].Record))
	require.Len(t, rows, int(record.Blocks))
}

// kormir reads an event by the routes of kormir and verifies it under D2.
func kormir(t *testing.T, o *harness.Oracle, id string, value uint64) {
	t.Helper()
	get := func(path string) []byte {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, o.URL()+path, nil)
		require.NoError(t, err)
		return fetch(t, req)
	}
	require.Equal(t, "null", string(get("/health-check")))
	require.Equal(t, fmt.Sprintf(`"%x"`, o.Key), string(get("/pubkey")))
	a, err := api.UnmarshalAnnouncement(get("/announcement/" + id))
	require.NoError(t, err)
	d, err := a.Verify()
	require.NoError(t, err)
	require.Equal(t, attest.D2, d)
	b, err := api.UnmarshalAttestation(get("/attestation/" + id))
	require.NoError(t, err)
	require.NoError(t, a.Accept(attest.D2, b))
	got, err := b.Number()
	require.NoError(t, err)
	require.Equal(t, value, got)
	require.Contains(t, string(get("/list-events?prefix=hp1-regtest/cum/")), id)
}

package node_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/internal/regtest"
	"github.com/alkimiya/alkimiya/node/peer"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
)

// The goals of TestScale, on 2 cores.
const (
	contractsGoal = 10_000
	restartGoal   = 30 * time.Second
	residentGoal  = int64(4 << 30)
	settleGoal    = 60 * time.Second
	peersGoal     = 10_000
	stallingGoal  = 1_000
	handshakeGoal = time.Second
	idlePeerGoal  = int64(128 << 10)
	rejectGoal    = time.Millisecond
	rejectMemory  = float64(1 << 20)
)

// TestScale measures a daemon in a process of its own, on a real btcd: how fast it
// starts with many contracts, how fast a tenth of them settle together, what a bad
// offer and an idle peer cost, and whether peers that stall hinder honest ones.
//
// ALK_BENCH=1 runs it at the size of the goals; ALK_SCALE sets another number of
// contracts and peers, of which the goals hold as well.
func TestScale(t *testing.T) {
	if os.Getenv("ALK_BENCH") != "1" || testing.Short() {
		t.Skipf("SKIP-LONG: %s: takes many minutes; ALK_BENCH=1 runs it", t.Name())
	}
	contracts, peers, stalling := contractsGoal, peersGoal, stallingGoal
	if text := os.Getenv("ALK_SCALE"); text != "" {
		n, err := strconv.Atoi(text)
		require.NoError(t, err)
		contracts, peers, stalling = max(n, 10), max(n, 10), max(n/10, 10)
	}
	t.Run("contracts", func(t *testing.T) { scaleContracts(t, contracts) })
	t.Run("peers", func(t *testing.T) { scalePeers(t, peers, stalling) })
}

// ground is a chain with times of its own, and a daemon on it.
type ground struct {
	t      *testing.T
	node   *regtest.Node
	cal    *regtest.Calendar
	daemon *scaled
}

// newGround starts a chain whose time is a few hours behind: a node that takes its
// chain for an old one keeps in its mempool what was mined.
func newGround(t *testing.T, inbound int) *ground {
	t.Helper()
	g := &ground{t: t}
	var err error
	g.cal, err = regtest.NewCalendar(time.Now().Add(-10*time.Hour), 24*60)
	require.NoError(t, err)
	g.node, err = regtest.Start(t.Context(), regtest.Options{Now: g.cal.Now})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, g.node.Stop()) })
	require.NoError(t, g.cal.Begin(g.node))
	g.daemon = newScaled(t, g.node, inbound)
	g.daemon.start()
	g.daemon.createWallet()
	return g
}

// params are those of the chain.
func (g *ground) params() *chaincfg.Params { return regtest.Params() }

// mine mines the mempool.
func (g *ground) mine() {
	g.t.Helper()
	for {
		pool, err := g.node.RPC().GetRawMempool()
		require.NoError(g.t, err)
		if len(pool) == 0 {
			return
		}
		require.NoError(g.t, g.cal.Blocks(1))
	}
}

// scaleContracts loads a daemon with contracts, starts it again, sends it bad
// offers, and lets a tenth of the contracts settle.
func scaleContracts(t *testing.T, count int) {
	settling := count / 10
	g := newGround(t, 0)
	w := newWorkshop(g)
	g.daemon.stop()
	began := time.Now()
	w.make(count, settling)
	t.Logf("%d contracts of %d signatures made and funded in %v", count, w.slots, time.Since(began).Round(time.Second))

	began = time.Now()
	g.daemon.start()
	g.daemon.phase("Active", count)
	t.Logf("found in the chain, after a rescan for all of them, in %v", time.Since(began).Round(time.Millisecond))
	g.daemon.stop()

	began = time.Now()
	g.daemon.start()
	g.daemon.phase("Active", count)
	_, err := g.daemon.client().Contracts.GetContract(t.Context(), &alkv1.GetContractRequest{Contract: hex.EncodeToString(w.last[:])})
	require.NoError(t, err)
	v, err := visit(g.daemon.address(), randomKey(), loopback(1))
	require.NoError(t, err)
	v.close()
	restart, resident := time.Since(began), g.daemon.resident()
	t.Logf("RESTART: %d contracts, ready after %v, %d MiB resident", count, restart.Round(time.Millisecond), resident>>20)
	assert.Less(t, restart, restartGoal)

	rejectOffers(t, g, w)
	settle(t, g, w, settling)
	resident = max(resident, g.daemon.peak())
	t.Logf("RESIDENT: %d MiB at most", resident>>20)
	assert.Less(t, resident, residentGoal)
}

// settle attests the event of a tenth of the contracts, and measures until the CETs
// of all of them are in the mempool; the peers are away, so that nothing is
// settled by agreement.
func settle(t *testing.T, g *ground, w *workshop, settling int) {
	client := g.daemon.client()
	g.daemon.eventually("the daemon to know the day", func(ctx context.Context) error {
		_, err := client.Oracles.ImportRecord(ctx, &alkv1.ImportRecordRequest{Record: w.ripe.Encode()})
		return err
	})
	attested := scaleOracle.Attest(w.ripe.Event, w.counter)
	began := time.Now()
	_, err := client.Oracles.ImportRecord(t.Context(), &alkv1.ImportRecordRequest{Record: attested.Encode()})
	require.NoError(t, err)
	g.daemon.eventually("all CETs to be broadcast", func(context.Context) error {
		pool, err := g.node.RPC().GetRawMempool()
		if err == nil && len(pool) < settling {
			err = fmt.Errorf("%d of %d", len(pool), settling)
		}
		return err
	})
	took := time.Since(began)
	began = time.Now()
	g.mine()
	require.NoError(t, g.cal.Blocks(6))
	g.daemon.phase("Closed", settling)
	t.Logf("SETTLE: %d CETs broadcast %v after the attestation; final %v after their block", settling,
		took.Round(time.Millisecond), time.Since(began).Round(time.Millisecond))
	assert.Less(t, took, settleGoal)
}

// rejectOffers measures what bad offers cost the daemon, each kind at its own price.
func rejectOffers(t *testing.T, g *ground, w *workshop) {
	const each = 50 // below what a peer may send in a minute
	g.daemon.atRest()
	for _, bad := range []struct {
		name string
		code wire.RejectCode
		make func(o *wire.Offer)
	}{
		{"refund too early", wire.RejectBadLocktime, func(o *wire.Offer) { o.RefundLocktime = o.CETLocktime }},
		{"lists beyond the limit", wire.RejectLimit, func(o *wire.Offer) {
			terms := w.open
			terms.Bucket = 0
			o.Terms = terms.Encode()
		}},
		{"a forged announcement", wire.RejectBadOracle, func(o *wire.Offer) {
			forged := slices.Clone(o.Announcements[0])
			forged[8] ^= 1 // in the signature
			o.Announcements = [][]byte{forged}
		}},
	} {
		v, err := visit(g.daemon.address(), randomKey(), loopback(1))
		require.NoError(t, err)
		offers := make([][]byte, 0, each)
		for range each {
			offer := *w.sample
			for i := range offer.TempID {
				offer.TempID[i] = byte(rand.Uint32()) //nolint:gosec // only to be another one
			}
			bad.make(&offer)
			offers = append(offers, offer.Encode())
		}
		before := g.daemon.allocated()
		took := make([]time.Duration, 0, each)
		for _, raw := range offers {
			began := time.Now()
			require.NoError(t, v.send(raw))
			reject, err := v.reject()
			require.NoError(t, err)
			took = append(took, time.Since(began))
			require.Equal(t, bad.code, reject.Code, "%s: %s %s", bad.name, reject.Code, reject.Detail)
		}
		memory := (g.daemon.allocated() - before) / each
		v.close()
		slices.Sort(took)
		t.Logf("BAD OFFER: %s: refused after %v (median of %d, there and back), %.0f KiB allocated each",
			bad.name, took[each/2].Round(time.Microsecond), each, memory/1024)
		assert.Less(t, took[each/2], rejectGoal, bad.name)
		assert.Less(t, memory, rejectMemory, bad.name)
	}
}

// scalePeers connects idle peers and stalling ones, and measures what they cost and
// how long an honest handshake takes meanwhile.
func scalePeers(t *testing.T, peers, stalling int) {
	g := newGround(t, peers+100)
	before := g.daemon.resident()
	began := time.Now()
	idle := startCrowd(t, "idle", peers, g.daemon.address())
	g.daemon.eventually("the peers to be connected", func(ctx context.Context) error {
		if idle.ended() {
			return errors.New("the crowd has ended")
		}
		if n := g.daemon.metric(ctx, `alkd_peer_sessions{direction="in"}`); int(n) < peers {
			return fmt.Errorf("%v of %d", n, peers)
		}
		return nil
	})
	each := (g.daemon.resident() - before) / int64(peers)
	t.Logf("PEERS: %d connected in %v, %d KiB resident each", peers, time.Since(began).Round(time.Millisecond), each>>10)
	assert.Less(t, each, idlePeerGoal)

	startCrowd(t, "stall", stalling, g.daemon.address())
	g.daemon.eventually("the stalling peers", func(ctx context.Context) error {
		if n := g.daemon.metric(ctx, "alkd_peer_handshakes"); int(n) < stalling*3/4 {
			return fmt.Errorf("%v of %d", n, stalling)
		}
		return nil
	})
	const honest = 300
	took := make([]time.Duration, 0, honest)
	for i := range honest {
		began := time.Now()
		v, err := visit(g.daemon.address(), randomKey(), loopback(byte(i)))
		require.NoError(t, err)
		require.NoError(t, v.ping())
		took = append(took, time.Since(began))
		v.close()
	}
	slices.Sort(took)
	p99 := took[honest*99/100]
	t.Logf("HANDSHAKE: beside %d idle and %d stalling peers: median %v, p99 %v, longest %v", peers, stalling,
		took[honest/2].Round(time.Microsecond), p99.Round(time.Microsecond), took[honest-1].Round(time.Microsecond))
	assert.Less(t, p99, handshakeGoal)
}

// scaleOracle is the oracle of these contracts.
var scaleOracle = attesttest.Oracle{Name: "scale"}

// scaleTerms are those of the usual contract, at a tenth of its size: a margin swap
// over 30 days of about 900 signatures, whose last counter will be the given one if
// nothing changes.
func scaleTerms(event string, end uint32, digits uint8, counter uint64) payout.Terms {
	return payout.Terms{
		Instrument: payout.SwapM, Index: "hp1-regtest/tot", Event: event, StartDay: end - 29, EndDay: end, Base: counter - 30*55_000,
		Digits: digits, Bucket: 10, Notional: 500, K: 55_000, F: 40_000, C: 70_000, Offerer: payout.Long,
		Threshold: 1, Oracles: [][32]byte{scaleOracle.Key()},
	}
}

func randomKey() *btcec.PrivateKey {
	key, err := btcec.NewPrivateKey()
	if err != nil {
		panic(err)
	}
	return key
}

// nodeKeyOf is the key under which a peer is known.
func nodeKeyOf(key *btcec.PrivateKey) peer.Key { return peer.Key(key.PubKey().SerializeCompressed()) }

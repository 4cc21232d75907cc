package itest_test

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
)

const (
	// openCETs is how many CETs, and signatures in each list, the contracts of
	// BenchmarkOpenContract have, and openList the bytes of a list on the wire.
	openCETs = 10_000
	openList = 641_254
)

// BenchmarkOpenContract is the whole path of a contract of 10,000 CETs: from the
// user's wish to offer it to the moment when the accepter's daemon has verified the
// sign and may broadcast the funding. Two daemons, on loopback, each with a synced
// store; the accepter's policy accepts.
func BenchmarkOpenContract(b *testing.B) {
	m := newMarket(b)
	policy := withPolicy(b, strings.Replace(generous, "[limits]", "[limits]\nmax_list = 20000", 1))
	miner, buyer := m.trader(1, policy), m.trader(1, policy)
	miner.meet(buyer)
	terms := m.wide(miner)
	buyer.readyToTrade()
	for _, o := range m.oracles[1:] {
		o.Stop() // the processors are for the two daemons
	}
	news, err := buyer.Events.WatchEvents(b.Context(), &alkv1.WatchEventsRequest{NewOnly: true})
	require.NoError(b, err)
	var longest time.Duration
	first := true
	for b.Loop() {
		began := time.Now()
		answer, err := miner.Contracts.OfferContract(b.Context(), &alkv1.OfferContractRequest{
			Peer: buyer.key, Side: "short", Terms: terms, FundSatPerVbyte: 5, CetSatPerVbyte: 3, RefundDelaySeconds: refundDelay,
		})
		require.NoError(b, err)
		for news.Receive() {
			if e := news.Msg(); e.GetKind() == "phase" && e.GetPhase() == "Broadcast" {
				break
			}
			require.NotEqual(b, "Aborted", news.Msg().GetPhase())
		}
		require.NoError(b, news.Err())
		longest = max(longest, time.Since(began))
		b.StopTimer()
		if first {
			requireLists(b, buyer, answer.GetContract().GetTempId())
			first = false
		}
		m.refill(miner, buyer, answer.GetContract().GetTempId())
		b.StartTimer()
	}
	b.ReportMetric(longest.Seconds(), "longest-s")
	b.ReportMetric(openCETs, "cets")
}

// refill gives each trader one more coin, and takes a contract's funding into the
// chain.
func (m *market) refill(miner, buyer *trader, name string) {
	m.t.Helper()
	miner.phase(name, "Broadcast")
	for _, tr := range []*trader{miner, buyer} {
		m.node.MustPay(scriptOf(m.t, tr.address()), marketCoin)
	}
	m.minutes(1)
	for _, tr := range []*trader{miner, buyer} {
		tr.phase(name, "Active")
		tr.syncedTo(m.node)
	}
}

// wide are terms with openCETs signatures: from some floor on a satoshi of the index
// is a CET, and the cap is where they are as many as wanted.
func (m *market) wide(tr *trader) *alkv1.TermsDraft {
	m.t.Helper()
	draft := m.swap(1)
	j := uint32(0)
	draft.Bucket, draft.Oracles, draft.Threshold = &j, []string{hex.EncodeToString(m.oracles[0].Key[:])}, 1
	tr.readyToTrade()
	answer, err := tr.Contracts.SimulateContract(m.t.Context(), &alkv1.SimulateContractRequest{
		Offer: &alkv1.OfferContractRequest{Side: "short", Terms: draft},
	})
	require.NoError(m.t, err)
	s := answer.GetSimulation().GetTerms()
	terms := payout.Terms{
		Instrument: payout.SwapM, Index: s.GetIndex(), Event: s.GetEvent(), StartDay: s.GetStartDay(), EndDay: s.GetEndDay(),
		Base: s.GetBase(), Digits: uint8(s.GetDigits()), Notional: s.GetNotionalThs(), K: s.GetK(), F: s.GetFloor(), //nolint:gosec // G115: at most 32
		Threshold: 1, Oracles: [][32]byte{m.oracles[0].Key},
	}
	for top := draft.GetFloor() + openCETs - 100; top < draft.GetFloor()+openCETs+100; top++ {
		terms.C = top
		slots, err := terms.Slots(payout.MaxSlots)
		require.NoError(m.t, err)
		if len(slots) == openCETs {
			draft.Cap = &top
			return draft
		}
	}
	m.t.Fatalf("no cap gives %d CETs above %d", openCETs, terms.Base)
	return nil
}

// requireLists checks the length of both lists in a trader's recovery file.
func requireLists(t testing.TB, tr *trader, name string) {
	t.Helper()
	tr.phase(name, "Broadcast")
	seed, err := mnemonicSeed(tr.mnemonic)
	require.NoError(t, err)
	file, err := os.ReadFile(filepath.Join(tr.copied(1), fileOf(t, tr)))
	require.NoError(t, err)
	tower, err := wire.DecodeTowerPackage(unsealed(t, seed, file).Tower)
	require.NoError(t, err)
	for _, raw := range [][]byte{tower.Accept, tower.Sign} {
		message, err := wire.Decode(raw)
		require.NoError(t, err)
		switch m := message.(type) {
		case *wire.Accept:
			require.Len(t, m.List, openList)
		case *wire.Sign:
			require.Len(t, m.List, openList)
		default:
			t.Fatalf("a %s in a tower package", m.Type())
		}
	}
}

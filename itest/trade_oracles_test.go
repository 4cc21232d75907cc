package itest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/itest/harness"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/index"
)

// liar is an oracle that announces the events of the index as others do and
// attests what an honest one says and something more. It speaks as kormir does.
type liar struct {
	t      *testing.T
	signer *attest.Signer
	honest *api.Client
	source [32]byte
	server *httptest.Server
}

// lie is by how much the liar's outcomes are wrong.
const lie = 1_234

func newLiar(t *testing.T, honest *harness.Oracle) *liar {
	t.Helper()
	signer, err := attest.NewSigner([32]byte{31: 99}, [32]byte{1: 77})
	require.NoError(t, err)
	client, err := api.NewClient(api.ClientConfig{
		Members: []api.Member{{Key: honest.Key, URL: honest.URL()}}, CacheDir: t.TempDir(), Timeout: harness.Patience,
	})
	require.NoError(t, err)
	l := &liar{t: t, signer: signer, honest: client, source: honest.Key}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /announcement/{id...}", l.announcement)
	mux.HandleFunc("GET /attestation/{id...}", l.attestation)
	l.server = httptest.NewServer(mux)
	t.Cleanup(l.server.Close)
	return l
}

func (l *liar) key() [32]byte { return l.signer.Key() }

// announce makes the liar's announcement of an event of the index.
func (l *liar) announce(id string) (attest.Announcement, error) {
	parts := strings.Split(id, "/") // hp1-regtest/cum/<day>/<leg>
	if len(parts) != 4 {
		return attest.Announcement{}, fmt.Errorf("event %q", id)
	}
	day, err := strconv.ParseUint(parts[2], 10, 32)
	if err != nil {
		return attest.Announcement{}, err
	}
	params := index.HP1Regtest()
	entry := params.Entry()
	return l.signer.Announce(id, attest.DigitEvent{Base: 2, Unit: entry.CumUnit, Digits: uint16(params.CumDigits)}, params.Maturity(uint32(day)))
}

func (l *liar) announcement(w http.ResponseWriter, r *http.Request) {
	a, err := l.announce(r.PathValue("id"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	l.write(w, func() ([]byte, error) { return api.MarshalAnnouncement(a) })
}

func (l *liar) attestation(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	a, err := l.announce(id)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	said, err := l.honest.Attestation(r.Context(), l.source, id)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	outcome, err := said.Number()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	l.write(w, func() ([]byte, error) {
		signed, err := l.signer.Attest(a, attest.Digits(outcome+lie, int(index.HP1Regtest().CumDigits)))
		if err != nil {
			return nil, err
		}
		return api.MarshalAttestation(signed)
	})
}

func (l *liar) write(w http.ResponseWriter, body func() ([]byte, error)) {
	raw, err := body()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(raw)
}

// TestOneOracleDeadOrLyingChangesNothing: of three oracles one lies, and contracts
// settle at what the two others say; then one of the honest ones dies too, nobody
// has a second voice, and both get their locks back.
func TestOneOracleDeadOrLyingChangesNothing(t *testing.T) {
	harness.Long(t)
	m := newMarket(t)
	l := newLiar(t, m.oracles[0])
	miner, buyer := m.traders(harness.WithArgs(fmt.Sprintf("--oracle=liar=%x@%s", l.key(), l.server.URL)))
	three := func(terms *alkv1.TermsDraft) *alkv1.TermsDraft {
		terms.Threshold = 2
		terms.Oracles = []string{fmt.Sprintf("%x", m.oracles[0].Key), fmt.Sprintf("%x", m.oracles[1].Key), fmt.Sprintf("%x", l.key())}
		return terms
	}
	lied := m.open(miner, buyer, three(m.swap(1)))
	lied.mature()
	lied.both("Closing")
	sold, _ := lied.final("Closed")
	outcomes := map[uint64]int{}
	for _, a := range sold.GetAttestations() {
		outcomes[a.GetOutcome()]++
	}
	require.Equal(t, 2, outcomes[sold.GetOutcome()], "settled by the two that agree")

	// With a dead one beside the liar there are no two equal voices.
	alone := m.open(miner, buyer, three(m.swap(1)))
	m.oracles[1].Stop()
	alone.mature()
	m.minutes(3)
	sold, _ = alone.both("Active")
	require.Nil(t, sold.Outcome)
	refund := time.Unix(int64(sold.GetRefundLocktime()), 0)
	require.NoError(t, m.cal.Until(refund))
	m.minutes(7)
	alone.both("Refunding")
	sold, bought := alone.final("Refunded")
	require.Equal(t, sold.GetOwnLockSat(), sold.GetOwnPayoutSat())
	require.Equal(t, bought.GetOwnLockSat(), bought.GetOwnPayoutSat())
}

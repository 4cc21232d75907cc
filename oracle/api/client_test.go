package api_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
	"github.com/alkimiya/alkimiya/oracle/federation"
)

func TestTheClientReadsWhatTheOracleSays(t *testing.T) {
	r := newRecords("red")
	want := r.attest(20600, 23_376_409)
	r.announce(20601)
	c := clientOf(t, "", api.Member{Key: r.Key(), URL: serve(t, r, api.Limits{}).URL + "/"})
	got, err := c.Attestation(t.Context(), r.Key(), eventID(20600))
	require.NoError(t, err)
	require.Equal(t, want.Encode(), got.Encode())
	_, err = c.Announcement(t.Context(), r.Key(), eventID(20601))
	require.NoError(t, err)
	_, err = c.Attestation(t.Context(), r.Key(), eventID(20601))
	require.ErrorIs(t, err, api.ErrNotFound)
	_, err = c.Announcement(t.Context(), r.Key(), eventID(20602))
	require.ErrorIs(t, err, api.ErrNotFound)
	_, err = c.Announcement(t.Context(), [32]byte{1}, eventID(20600))
	require.ErrorIs(t, err, api.ErrUnknownOracle)

	info, err := c.Info(t.Context(), r.Key())
	require.NoError(t, err)
	require.Equal(t, "regtest", info.Network)
	yes := true
	page, err := c.Events(t.Context(), r.Key(), api.EventsQuery{Prefix: "hp1", Attested: &yes, Full: true})
	require.NoError(t, err)
	require.Len(t, page.Events, 1)
	require.Equal(t, "23376409", page.Events[0].Value)
	page, err = c.Events(t.Context(), r.Key(), api.EventsQuery{Limit: 1})
	require.NoError(t, err)
	require.Equal(t, eventID(20600), page.Next)
	l, err := c.Log(t.Context(), r.Key(), r.Key(), 0, 10)
	require.NoError(t, err)
	require.Len(t, l.Entries, 1)
	m, err := c.Mark(t.Context(), r.Key(), r.Key())
	require.NoError(t, err)
	require.Equal(t, r.mark(), m)
	_, err = c.Mark(t.Context(), r.Key(), [32]byte{2})
	require.ErrorIs(t, err, api.ErrNotFound)
	b, err := c.BlockAt(t.Context(), r.Key(), 7)
	require.NoError(t, err)
	require.EqualValues(t, 7, b.Height)
	days, err := c.Days(t.Context(), r.Key(), "hp1-regtest", 5, 3)
	require.NoError(t, err)
	require.Len(t, days.Days, 3)
	day, err := c.Day(t.Context(), r.Key(), "hp1-regtest", 5)
	require.NoError(t, err)
	require.JSONEq(t, `{"day":"5"}`, string(day))
	_, err = c.Proof(t.Context(), r.Key(), "hp2", 5)
	require.ErrorIs(t, err, api.ErrNotFound)
}

func TestSeveralOraclesAreReadAtOnce(t *testing.T) {
	var members []api.Member
	var keys [][32]byte
	for i, name := range []string{"red", "green", "blue"} {
		r := newRecords(name)
		r.announce(20600)
		if i < 2 {
			r.attest(20600, 7)
		}
		members = append(members, api.Member{Key: r.Key(), URL: serve(t, r, api.Limits{}).URL})
		keys = append(keys, r.Key())
	}
	c := clientOf(t, t.TempDir(), members...)
	set, err := federation.New(keys, 2)
	require.NoError(t, err)
	list, err := c.Announcements(t.Context(), eventID(20600), keys)
	require.NoError(t, err)
	require.Len(t, list, 3)
	voices, errs := c.Gather(t.Context(), eventID(20600), keys)
	require.NoError(t, errors.Join(errs[:2]...))
	require.ErrorIs(t, errs[2], api.ErrNotFound)
	report := set.Tally(eventID(20600), voices)
	require.True(t, report.Agreed)
	require.EqualValues(t, 7, report.Value)

	silent := attesttest.Oracle{Name: "silent"}.Key()
	c = clientOf(t, "", append(members, api.Member{Key: silent})...)
	_, err = c.Announcements(t.Context(), eventID(20600), append(keys, silent))
	require.ErrorIs(t, err, api.ErrUnreachable)
	require.ErrorContains(t, err, "fed by hand")
}

// lying answers every request with the same bytes.
func lying(t *testing.T, status int, body []byte) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Alkimiya-Oracle", "1")
		w.WriteHeader(status)
		_, _ = w.Write(body)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestWhatIsNotTheOraclesIsRefused(t *testing.T) {
	red, green := newRecords("red"), newRecords("green")
	good := red.announce(20600).Encode()
	forged := append([]byte(nil), good...)
	forged[len(forged)-1] ^= 1
	d1 := attesttest.Oracle{Name: "red", Dialect: attest.D1}.Announce(eventID(20600), unit, digits, maturity).Encode()
	for name, body := range map[string][]byte{
		"another key":      green.announce(20600).Encode(),
		"another event":    red.announce(20601).Encode(),
		"forged":           forged,
		"the old dialect":  d1,
		"an attestation":   red.attest(20600, 1).Encode(),
		"nothing":          nil,
		"not a message":    []byte("<html>"),
		"too much":         make([]byte, 1<<20),
		"a cut off answer": good[:len(good)-1],
	} {
		c := clientOf(t, "", api.Member{Key: red.Key(), URL: lying(t, 200, body)})
		_, err := c.Announcement(t.Context(), red.Key(), eventID(20600))
		require.ErrorIs(t, err, api.ErrInvalid, name)
	}

	a := red.announce(20600)
	other := red.Attest(red.Oracle.Event(eventID(20601), unit, digits, maturity), 5)
	wrong := red.Attest(a.Event, 5)
	wrong.Outcomes[3] = "1"
	for name, body := range map[string][]byte{
		"another event's": other.Encode(), "another value": wrong.Encode(), "an announcement": a.Encode(), "nothing": nil,
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Alkimiya-Oracle", "1")
			if strings.Contains(r.URL.Path, "/announcement/") {
				_, _ = w.Write(a.Encode())
				return
			}
			_, _ = w.Write(body)
		}))
		c := clientOf(t, "", api.Member{Key: red.Key(), URL: s.URL})
		_, err := c.Attestation(t.Context(), red.Key(), eventID(20600))
		require.ErrorIs(t, err, api.ErrInvalid, name)
		s.Close()
	}
	for name, body := range map[string]string{"mark": "", "wrong json": "[", "another log": `{"key":"00"}`} {
		c := clientOf(t, "", api.Member{Key: red.Key(), URL: lying(t, 200, []byte(body))})
		_, err := c.Log(t.Context(), red.Key(), red.Key(), 0, 5)
		require.ErrorIs(t, err, api.ErrInvalid, name)
	}
	forgedMark := red.mark()
	forgedMark.Count++
	for _, body := range [][]byte{forgedMark.Encode(), []byte("short"), green.mark().Encode()} {
		c := clientOf(t, "", api.Member{Key: red.Key(), URL: lying(t, 200, body)})
		_, err := c.Mark(t.Context(), red.Key(), red.Key())
		require.ErrorIs(t, err, api.ErrInvalid)
	}
}

func TestAFailingOracleIsAskedAgain(t *testing.T) {
	r := newRecords("red")
	r.announce(20600)
	good := serve(t, r, api.Limits{})
	var calls atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if calls.Add(1) < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		http.Redirect(w, req, good.URL+req.URL.RequestURI(), http.StatusTemporaryRedirect) //nolint:gosec // G710: from one server of the test to the other
	}))
	defer s.Close()
	c := clientOf(t, "", api.Member{Key: r.Key(), URL: s.URL})
	_, err := c.Announcement(t.Context(), r.Key(), eventID(20600))
	require.NoError(t, err)
	require.EqualValues(t, 3, calls.Load())

	c = clientOf(t, "", api.Member{Key: r.Key(), URL: lying(t, http.StatusBadGateway, nil)})
	_, err = c.Announcement(t.Context(), r.Key(), eventID(20600))
	require.ErrorIs(t, err, api.ErrUnreachable)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = c.Announcement(ctx, r.Key(), eventID(20600))
	require.ErrorIs(t, err, api.ErrUnreachable)
}

func TestTheCacheIsReadWithSuspicion(t *testing.T) {
	r := newRecords("red")
	r.attest(20600, 7)
	s := serve(t, r, api.Limits{})
	dir := t.TempDir()
	c := clientOf(t, dir, api.Member{Key: r.Key(), URL: s.URL})
	_, err := c.Attestation(t.Context(), r.Key(), eventID(20600))
	require.NoError(t, err)
	asked := r.asked
	_, err = c.Attestation(t.Context(), r.Key(), eventID(20600))
	require.NoError(t, err)
	require.Equal(t, asked, r.asked, "the second answer comes from the disk")

	files, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	require.NoError(t, err)
	require.Len(t, files, 2)
	for _, f := range files {
		raw, err := os.ReadFile(f) //nolint:gosec // G304: the test's own folder
		require.NoError(t, err)
		raw[100] ^= 1
		require.NoError(t, os.WriteFile(f, raw, 0o600)) //nolint:gosec // G703: the test's own folder
	}
	again := clientOf(t, dir, api.Member{Key: r.Key(), URL: s.URL})
	_, err = again.Attestation(t.Context(), r.Key(), eventID(20600))
	require.NoError(t, err)
	require.Equal(t, asked+2, r.asked, "what does not verify is fetched again")
	s.Close()
	_, err = clientOf(t, dir, api.Member{Key: r.Key(), URL: s.URL}).Attestation(t.Context(), r.Key(), eventID(20600))
	require.NoError(t, err, "the oracle is away")
}

func TestMessagesAreFedByHand(t *testing.T) {
	r := attesttest.Oracle{Name: "red"}
	a := r.Announce(eventID(20600), unit, digits, maturity)
	b := r.Attest(a.Event, 7)
	c := clientOf(t, t.TempDir(), api.Member{Key: r.Key()})
	require.ErrorIs(t, c.Feed(t.Context(), b.Encode()), api.ErrUnreachable, "its announcement is not known")
	require.NoError(t, c.Feed(t.Context(), a.Encode()))
	require.NoError(t, c.Feed(t.Context(), b.Encode()))
	require.NoError(t, c.Feed(t.Context(), b.Encode()))
	got, err := c.Attestation(t.Context(), r.Key(), eventID(20600))
	require.NoError(t, err)
	require.Equal(t, b, got)
	uncounted := b
	uncounted.Uncounted = true
	require.NoError(t, c.Feed(t.Context(), uncounted.Encode()), "the same outcome in another encoding")

	forged := b
	forged.Signatures = append([][64]byte(nil), b.Signatures...)
	forged.Signatures[0][40] ^= 1
	for _, bad := range [][]byte{nil, []byte("x"), forged.Encode(), append(a.Encode(), 0)} {
		require.ErrorIs(t, c.Feed(t.Context(), bad), api.ErrInvalid)
	}
	err = c.Feed(t.Context(), r.Attest(a.Event, 8).Encode())
	require.ErrorIs(t, err, api.ErrEquivocation)
	var proof *api.EquivocationError
	require.ErrorAs(t, err, &proof)
	found, err := proof.Evidence.Verify()
	require.NoError(t, err)
	require.Equal(t, r.Key(), found.Key)
	got, err = c.Attestation(t.Context(), r.Key(), eventID(20600))
	require.NoError(t, err)
	require.Equal(t, b, got, "what was first stays")
}

// Another program that speaks only kormir's routes is read by those.
func TestKormirIsReadByItsOwnRoutes(t *testing.T) {
	r := newRecords("red")
	want := r.attest(20600, 7)
	announcement, err := api.MarshalAnnouncement(r.announce(20600))
	require.NoError(t, err)
	attestation, err := api.MarshalAttestation(want)
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.HandleFunc("/announcement/", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(announcement) })
	mux.HandleFunc("/attestation/"+eventID(20600), func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(attestation) })
	s := httptest.NewServer(mux)
	defer s.Close()
	c := clientOf(t, "", api.Member{Key: r.Key(), URL: s.URL})
	got, err := c.Attestation(t.Context(), r.Key(), eventID(20600))
	require.NoError(t, err)
	require.Equal(t, want.Encode(), got.Encode())
	_, err = c.Announcement(t.Context(), r.Key(), eventID(20601))
	require.ErrorIs(t, err, api.ErrInvalid, "it answers with another event")
	_, err = clientOf(t, "", api.Member{Key: r.Key(), URL: s.URL + "/elsewhere"}).Announcement(t.Context(), r.Key(), eventID(1))
	require.ErrorIs(t, err, api.ErrNotFound)
}

func TestMembersAndAddressesAreChecked(t *testing.T) {
	key := newRecords("red").Key()
	for _, members := range [][]api.Member{
		{{Key: [32]byte{31: 5}}}, {{Key: key}, {Key: key}},
	} {
		_, err := api.NewClient(api.ClientConfig{Members: members})
		require.ErrorIs(t, err, api.ErrUnknownOracle)
	}
	for _, bad := range []string{"", "oracle.example", "ftp://x", "http://", "https://a/?q=1", "https://u:p@a", "https://a#b", "http://a b"} {
		_, err := api.ParseAddress(bad)
		require.ErrorIs(t, err, api.ErrAddress, bad)
		_, err = api.Probe(t.Context(), nil, bad)
		require.ErrorIs(t, err, api.ErrAddress, bad)
	}
	got, err := api.ParseAddress("https://oracle.example:8432/x/")
	require.NoError(t, err)
	require.Equal(t, "https://oracle.example:8432/x", got)
	r := newRecords("red")
	info, err := api.Probe(t.Context(), nil, serve(t, r, api.Limits{}).URL)
	require.NoError(t, err)
	require.EqualValues(t, key[:], info.Key)
}

package api_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

type reply struct {
	status int
	header http.Header
	body   []byte
}

func ask(t *testing.T, method, address string, header map[string]string) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	require.NoError(t, err)
	for k, v := range header {
		req.Header.Set(k, v)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return reply{resp.StatusCode, resp.Header, body}
}

func get(t *testing.T, address string) reply { t.Helper(); return ask(t, http.MethodGet, address, nil) }

func TestSignedMessagesAreServedByBothKindsOfRoutes(t *testing.T) {
	r := newRecords("red")
	b := r.attest(20600, 7)
	a := r.announce(20600)
	s := serve(t, r, api.Limits{})
	r.attest(20600, 7)
	key := fmt.Sprintf("?key=%x", r.Key())
	for _, prefix := range []string{"", "/v1"} {
		for what, raw := range map[string][]byte{"announcement": a.Encode(), "attestation": b.Encode()} {
			address := s.URL + prefix + "/" + what + "/" + eventID(20600)
			got := ask(t, http.MethodGet, address+key, map[string]string{"Accept": "application/octet-stream"})
			require.Equal(t, raw, got.body)
			require.Contains(t, got.header.Get("Cache-Control"), "immutable")
			require.Equal(t, raw, get(t, address+"?format=tlv").body)
			require.NotContains(t, get(t, address).header.Get("Cache-Control"), "immutable", "another key may announce it one day")
			again := ask(t, http.MethodGet, address+key, map[string]string{"Accept": "application/octet-stream", "If-None-Match": got.header.Get("ETag")})
			require.Equal(t, http.StatusNotModified, again.status)
			require.Empty(t, again.body)
			require.Equal(t, http.StatusOK, ask(t, http.MethodHead, address, nil).status)
		}
		ja := get(t, s.URL+prefix+"/announcement/"+eventID(20600))
		require.Equal(t, "application/json", ja.header.Get("Content-Type"))
		decoded, err := api.UnmarshalAnnouncement(ja.body)
		require.NoError(t, err)
		d, err := decoded.Verify()
		require.NoError(t, err)
		require.Equal(t, attest.D2, d)
		attestation, err := api.UnmarshalAttestation(get(t, s.URL+prefix+"/attestation/"+eventID(20600)).body)
		require.NoError(t, err)
		require.NoError(t, decoded.Accept(d, attestation))
	}
	require.Equal(t, http.StatusNotFound, get(t, s.URL+"/attestation/"+eventID(20601)).status)
	r.announce(20601)
	missing := get(t, s.URL+"/v1/attestation/"+eventID(20601))
	require.Equal(t, http.StatusNotFound, missing.status)
	require.Equal(t, "no-store", missing.header.Get("Cache-Control"), "it may be there in a minute")
}

func TestKormirsListsAndStatus(t *testing.T) {
	r := newRecords("red")
	b := r.attest(20600, 7)
	a := r.announce(20601)
	s := serve(t, r, api.Limits{})
	require.Equal(t, "null", string(get(t, s.URL+"/health-check").body))
	require.Equal(t, fmt.Sprintf(`"%x"`, r.Key()), string(get(t, s.URL+"/pubkey").body))

	var list []struct {
		ID           string          `json:"event_id"`
		Announcement json.RawMessage `json:"announcement"`
		Signatures   [][2]string     `json:"signatures"`
	}
	require.NoError(t, json.Unmarshal(get(t, s.URL+"/list-events").body, &list))
	require.Len(t, list, 2)
	require.Len(t, list[0].Signatures, digits)
	require.Equal(t, [2]string{"1", hex.EncodeToString(b.Signatures[digits-1][:])}, list[0].Signatures[digits-1])
	require.Empty(t, list[1].Signatures)
	got, err := api.UnmarshalAnnouncement(list[1].Announcement)
	require.NoError(t, err)
	require.Equal(t, a, got)

	var raw []struct {
		Announcement string  `json:"announcement"`
		Attestation  *string `json:"attestation"`
	}
	require.NoError(t, json.Unmarshal(get(t, s.URL+"/list-events?format=tlv").body, &raw))
	require.Equal(t, hex.EncodeToString(a.Encode()), raw[1].Announcement)
	require.Equal(t, hex.EncodeToString(b.Encode()), *raw[0].Attestation)
	require.Nil(t, raw[1].Attestation)
	require.NoError(t, json.Unmarshal(get(t, s.URL+"/list-events?format=hex&limit=1").body, &raw))
	require.Len(t, raw, 1)
	require.True(t, strings.HasSuffix(hex.EncodeToString(b.Encode()), *raw[0].Attestation))
	next := get(t, s.URL+"/list-events?limit=1").header.Get("Link")
	require.Contains(t, next, "after=hp1-regtest%2Fcum%2F20600%2Ftot")
	require.Equal(t, http.StatusBadRequest, get(t, s.URL+"/list-events?format=xml").status)
}

func TestEveryRouteIsDescribedAndAnswers(t *testing.T) {
	r := newRecords("red")
	r.attest(20600, 7)
	s := serve(t, r, api.Limits{})
	var doc struct {
		Paths map[string]map[string]struct {
			ID string `json:"operationId"`
		} `json:"paths"`
	}
	require.NoError(t, json.Unmarshal(get(t, s.URL+"/v1/openapi.json").body, &doc))
	fill := strings.NewReplacer("{id}", eventID(20600), "{index}", "hp1-regtest", "{day}", "20600")
	seen := map[string]bool{}
	for path, methods := range doc.Paths {
		address := s.URL + fill.Replace(path)
		if path == "/v1/log" || path == "/v1/mark" {
			require.Equal(t, http.StatusBadRequest, get(t, address).status, "no key")
			address += fmt.Sprintf("?key=%x", r.Key())
		}
		got := get(t, address)
		require.Equal(t, http.StatusOK, got.status, "%s: %s", path, got.body)
		require.NotEmpty(t, got.header.Get("ETag"), path)
		require.False(t, seen[methods["get"].ID], "operation id of %s", path)
		seen[methods["get"].ID] = true
	}
	require.Len(t, doc.Paths, api.RouteCount(), "openapi.json and the table of routes")
}

func TestHostileRequestsGetShortAnswers(t *testing.T) {
	r := newRecords("red")
	r.announce(20600)
	s := serve(t, r, api.Limits{})
	long := strings.Repeat("x", 300)
	for path, status := range map[string]int{
		"/":                                        404,
		"/v1/":                                     404,
		"/v1/announcement/":                        400,
		"/v1/announcement/" + long:                 400,
		"/v1/announcement/%00%ff":                  404,
		"/v1/announcement/..%2f..%2fetc":           404,
		"/v1/event/hp1/none":                       404,
		"/v1/event/" + eventID(1) + "?key=zz":      400,
		"/v1/event/" + eventID(1) + "?key=00":      400,
		"/v1/events?limit=0":                       400,
		"/v1/events?limit=1001":                    400,
		"/v1/events?limit=-1":                      400,
		"/v1/events?limit=99999999999999999999999": 400,
		"/v1/events?attested=maybe":                400,
		"/v1/events?after=" + long:                 400,
		"/v1/log?from=-1":                          400,
		"/v1/mark?key=" + strings.Repeat("00", 32): 404,
		"/v1/chain?height=4294967296":              400,
		"/v1/index/hp9/day/1":                      404,
		"/v1/index/hp1-regtest/day/x":              400,
		"/v1/index/hp1-regtest/day/-1":             400,
		"/v1/index/hp1-regtest/day/4294967296":     400,
		"/v1/index/hp1-regtest/blocks?from=5&to=4": 400,
		"/v1/index/hp1-regtest/blocks?to=5000":     400,
		"/list-events?limit=2000":                  400,
	} {
		got := get(t, s.URL+path)
		require.Equal(t, status, got.status, "%s: %s", path, got.body)
		var p api.Problem
		require.NoError(t, json.Unmarshal(got.body, &p), path)
		require.NotEmpty(t, p.Reason)
		require.Less(t, len(got.body), 1000)
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch, "BREW"} {
		require.Equal(t, http.StatusMethodNotAllowed, ask(t, method, s.URL+"/v1/info", nil).status, method)
	}
	body, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/create-enum", bytes.NewReader(make([]byte, 1<<20)))
	require.NoError(t, err)
	resp, err := http.DefaultTransport.RoundTrip(body)
	if err == nil {
		require.Equal(t, http.StatusRequestEntityTooLarge, resp.StatusCode)
		require.NoError(t, resp.Body.Close())
	}
	huge := ask(t, http.MethodGet, s.URL+"/v1/info", map[string]string{"If-None-Match": strings.Repeat("a", 900<<10)})
	require.Equal(t, http.StatusOK, huge.status, "the test server has the standard bound on headers")
}

func TestOneAddressCannotTakeAll(t *testing.T) {
	r := newRecords("red")
	s := serve(t, r, api.Limits{Rate: 0.5, Burst: 3, Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	from := func(chain string) int {
		return ask(t, http.MethodGet, s.URL+"/health-check", map[string]string{"X-Forwarded-For": chain}).status
	}
	for range 3 {
		require.Equal(t, http.StatusOK, from("203.0.113.1"))
	}
	require.Equal(t, http.StatusTooManyRequests, from("203.0.113.1"))
	require.Equal(t, http.StatusTooManyRequests, from("198.51.100.9, 203.0.113.1"), "what a stranger claims before the proxy counts for nothing")
	require.Equal(t, http.StatusOK, from("203.0.113.2"))
	for range 3 {
		require.Equal(t, http.StatusOK, from("2001:db8::1"))
	}
	require.Equal(t, http.StatusTooManyRequests, from("2001:db8::2"), "one network of IPv6 is one address")
	limited := ask(t, http.MethodGet, s.URL+"/health-check", map[string]string{"X-Forwarded-For": "203.0.113.1"})
	require.Equal(t, "3", limited.header.Get("Retry-After"))
}

func TestConnectionsAreLimitedAndStopIsClean(t *testing.T) {
	observed := make(chan string, 100)
	s := api.NewServer(api.ServerConfig{
		Listen: []string{"127.0.0.1:0"}, Records: newRecords("red"), Indices: indices{}, Limits: api.Limits{PerAddress: 2},
		Observe: func(route string, status int, _ time.Duration) { observed <- fmt.Sprint(route, status) },
	})
	require.NoError(t, s.Listen(t.Context()))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	dial := func() net.Conn {
		c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.Addrs()[0].String())
		require.NoError(t, err)
		return c
	}
	talk := func(c net.Conn) error {
		if _, err := fmt.Fprintf(c, "GET /health-check HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			return err
		}
		require.NoError(t, c.SetReadDeadline(time.Now().Add(20*time.Second)))
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err == nil {
			err = resp.Body.Close()
		}
		return err
	}
	first, second := dial(), dial()
	require.NoError(t, talk(first))
	require.NoError(t, talk(second))
	third := dial()
	require.Error(t, talk(third), "a third connection of one address")
	require.NoError(t, third.Close())
	require.NoError(t, first.Close())
	require.Eventually(t, func() bool {
		c := dial()
		defer c.Close() //nolint:errcheck // only read
		return talk(c) == nil
	}, 10*time.Second, 10*time.Millisecond, "one that closes makes room")
	require.Equal(t, "kormir_health200", <-observed)
	cancel()
	require.NoError(t, <-done)
	require.NoError(t, second.Close())

	busy := api.NewServer(api.ServerConfig{Listen: []string{"127.0.0.1:0", "256.0.0.1:1"}, Records: newRecords("red"), Indices: indices{}})
	require.Error(t, busy.Listen(t.Context()))
	require.Empty(t, busy.Addrs())
}

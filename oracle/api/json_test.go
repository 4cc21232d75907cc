package api_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/internal/testkit"
	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
)

// The JSON form is the one of the generated announcements of others.
func TestVectorsOracleEventsInJSON(t *testing.T) {
	type vector struct {
		Announcement testkit.Hex     `json:"announcement"`
		JSON         json.RawMessage `json:"announcement_json"`
	}
	testkit.Vectors(t, "oracle-events.json", func(raw []byte) int {
		cases := testkit.Cases[vector](t, raw)
		for i, c := range cases {
			a, err := attest.DecodeAnnouncement(c.Announcement)
			require.NoError(t, err, i)
			got, err := api.UnmarshalAnnouncement(c.JSON)
			require.NoError(t, err, i)
			require.Equal(t, a, got, i)
			back, err := api.MarshalAnnouncement(a)
			require.NoError(t, err, i)
			require.JSONEq(t, string(c.JSON), string(back), i)
		}
		return len(cases)
	})
}

func TestJSONThatIsNoMessageIsRefused(t *testing.T) {
	r := attesttest.Oracle{Name: "red"}
	a := r.Announce("e", unit, 2, maturity)
	good, err := api.MarshalAnnouncement(a)
	require.NoError(t, err)
	swap := func(old, new string) string { return strings.Replace(string(good), old, new, 1) }
	for name, text := range map[string]string{
		"not JSON":        "{",
		"empty":           "{}",
		"short key":       swap(`"oraclePublicKey":"`, `"oraclePublicKey":"00`),
		"no hex":          swap(`"oraclePublicKey":"`, `"oraclePublicKey":"zz`),
		"short nonce":     swap(`"oracleNonces":["`, `"oracleNonces":["00","`),
		"two descriptors": swap(`{"digitDecomp`, `{"enumEvent":{"outcomes":["a"]},"digitDecomp`),
		"huge base":       swap(`"base":2`, `"base":65536`),
		"bad text":        swap(`"eventId":"e"`, `"eventId":"e\u0301"`),
		"many nonces":     `{"oracleEvent":{"oracleNonces":[` + strings.Repeat(`"",`, 500) + `""]}}`,
	} {
		_, err := api.UnmarshalAnnouncement([]byte(text))
		require.ErrorIs(t, err, api.ErrJSON, name)
	}
	enum := r.Sign(attest.Event{ID: "w", Nonces: make([][32]byte, 1), Descriptor: attest.EnumEvent{Outcomes: []string{"a", "b"}}})
	raw, err := api.MarshalAnnouncement(enum)
	require.NoError(t, err)
	back, err := api.UnmarshalAnnouncement(raw)
	require.NoError(t, err)
	require.Equal(t, enum, back)

	b, err := api.MarshalAttestation(r.Attest(a.Event, 1))
	require.NoError(t, err)
	for name, text := range map[string]string{
		"not JSON": "[", "short signature": strings.Replace(string(b), `"signatures":["`, `"signatures":["00`, 1),
		"outcomes": strings.Replace(string(b), `"outcomes":["0",`, `"outcomes":[`, 1),
		"key":      strings.Replace(string(b), `"oraclePublicKey":"`, `"oraclePublicKey":"0`, 1),
		"id":       strings.Replace(string(b), `"eventId":"e"`, `"eventId":"e\u0301"`, 1),
	} {
		_, err := api.UnmarshalAttestation([]byte(text))
		require.ErrorIs(t, err, api.ErrJSON, name)
	}
}

func FuzzUnmarshal(f *testing.F) {
	r := attesttest.Oracle{Name: "red"}
	a := r.Announce("e", unit, 2, maturity)
	for _, seed := range []func() ([]byte, error){
		func() ([]byte, error) { return api.MarshalAnnouncement(a) },
		func() ([]byte, error) { return api.MarshalAttestation(r.Attest(a.Event, 1)) },
	} {
		raw, err := seed()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if a, err := api.UnmarshalAnnouncement(raw); err == nil {
			again, err := attest.DecodeAnnouncement(a.Encode())
			require.NoError(t, err)
			require.Equal(t, a, again)
		}
		if b, err := api.UnmarshalAttestation(raw); err == nil {
			_, err := attest.DecodeAttestation(b.Encode())
			require.NoError(t, err)
		}
	})
}

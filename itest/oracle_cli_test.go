package itest_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/itest/harness"
	"github.com/alkimiya/alkimiya/oracle/index"
)

// reader runs alk as somebody who reads oracles and has no daemon.
type reader struct {
	t   *testing.T
	dir string
}

func (r *reader) run(args ...string) harness.Result {
	r.t.Helper()
	return harness.Run(r.t, "alk", "", append([]string{"--datadir", r.dir, "--network", "regtest"}, args...)...)
}

func (r *reader) must(into any, args ...string) string {
	r.t.Helper()
	result := r.run(args...)
	require.Zero(r.t, result.ExitCode, "alk %v: %s", args, result.Stderr)
	if into != nil {
		require.NoError(r.t, json.Unmarshal([]byte(result.Stdout), into), result.Stdout)
	}
	return result.Stdout
}

func TestAPersonReadsOracles(t *testing.T) {
	c := newCalendar(t)
	oracles := newCouncil(t, c.node, 3, fmt.Sprintf("--start=hp1-regtest=%d", c.first), "--horizon=3")
	c.mineTo(c.first + 1)
	c.settle()
	value := oracles.agreed(event(index.DayValue, c.first, "tot"))
	id := event(index.DayValue, c.first, "tot")
	r := &reader{t: t, dir: t.TempDir()}

	empty := r.run("oracle", "attestation", id)
	require.Equal(t, 2, empty.ExitCode)
	require.Contains(t, empty.Stderr, "alk oracle add")
	refused := r.run("oracle", "add", oracles.oracles[0].URL())
	require.Contains(t, refused.Stderr, "nobody is there to confirm")
	for i, o := range oracles.oracles {
		if i == 0 {
			r.must(nil, "oracle", "add", o.URL(), "--yes", "--name", "first")
			continue
		}
		r.must(nil, "oracle", "add", fmt.Sprintf("%x@%s", o.Key, o.URL()))
	}
	require.Contains(t, r.must(nil, "oracle", "list"), "attested hp1-regtest through")
	require.Contains(t, r.must(nil, "oracle", "events", "--oracle", "first", "--attested", "--prefix", "hp1-regtest/day/"), id)
	require.Contains(t, r.must(nil, "oracle", "announcement", id), "verified")
	var got struct {
		Agreed bool   `json:"agreed"`
		Value  uint64 `json:"value"`
	}
	r.must(&got, "oracle", "attestation", id, "--json")
	require.True(t, got.Agreed)
	require.Equal(t, value, got.Value)
	require.Contains(t, r.must(nil, "oracle", "attestation", id), "2 of 3 agree")
	pending := r.run("oracle", "attestation", event(index.Cum, c.first+2, "tot"))
	require.Zero(t, pending.ExitCode)
	require.Contains(t, pending.Stdout, "not attested yet")

	day := fmt.Sprint(c.first)
	pass := filepath.Join(r.dir, "pass")
	require.NoError(t, os.WriteFile(pass, []byte(c.node.RPCPass()), 0o600))
	file := filepath.Join(r.dir, "evidence")
	out := r.must(nil, "oracle", "verify", day, "--save-evidence", file, "--node", "btcd", "--node-host", c.node.RPCHost(),
		"--node-user", c.node.RPCUser(), "--node-pass-file", pass, "--node-cert", c.node.CertFile())
	require.Contains(t, out, "verified against the chain of btcd")
	require.Contains(t, out, "agrees")
	require.NotContains(t, out, "DIFFERS")
	require.Contains(t, r.must(nil, "oracle", "verify", day, "--evidence", file), "the evidence's own headers")
	raw, err := os.ReadFile(file) //nolint:gosec // G304: of the test
	require.NoError(t, err)
	raw[len(raw)/2] ^= 1
	require.NoError(t, os.WriteFile(file, raw, 0o600)) //nolint:gosec // G703: of the test
	forged := r.run("oracle", "verify", day, "--evidence", file)
	require.NotZero(t, forged.ExitCode)

	require.Contains(t, r.must(nil, "index", "day", day), "fee leg unclipped")
	var records []json.RawMessage
	r.must(&records, "index", "history", "--from", day, "--to", day, "--json")
	require.Len(t, records, 1)
	require.Contains(t, r.must(nil, "index", "history", "--from", day, "--csv"), "i_tot")
	require.NotEmpty(t, r.must(nil, "index", "chart", "--from", day, "--leg", "tot,fee"))
	svg := filepath.Join(r.dir, "chart.svg")
	r.must(nil, "index", "chart", "--from", day, "--out", svg)
	picture, err := os.ReadFile(svg) //nolint:gosec // G304: of the test
	require.NoError(t, err)
	require.Contains(t, string(picture), "<svg")
	require.Contains(t, r.run("index", "day", "yesterday").Stderr, "is no day")
	r.must(nil, "oracle", "remove", "first")
	oracles.oracles[1].Stop()
	gone := r.run("oracle", "announcement", event(index.Cum, c.first+1, "sub"))
	require.Equal(t, 3, gone.ExitCode, gone.Stderr)
}

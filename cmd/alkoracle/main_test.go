package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/internal/settings"
	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// person is the console of a test: nobody is there, or somebody types what is given.
type person struct{ answers []string }

func (p *person) Interactive() bool { return p.answers != nil }

func (p *person) Secret(context.Context, string) ([]byte, error) {
	if len(p.answers) == 0 {
		return nil, errors.New("nobody answers")
	}
	answer := p.answers[0]
	p.answers = p.answers[1:]
	return []byte(answer), nil
}

func (p *person) Line(ctx context.Context, prompt string) (string, error) {
	b, err := p.Secret(ctx, prompt)
	return string(b), err
}

// program runs alkoracle in this process.
type program struct {
	t    *testing.T
	dir  string
	pass string
}

func newProgram(t *testing.T) *program {
	t.Helper()
	p := &program{t: t, dir: filepath.Join(t.TempDir(), "data")}
	p.pass = p.file("pass", "passphrase of a test")
	return p
}

func (p *program) file(name, text string) string {
	p.t.Helper()
	path := filepath.Join(p.t.TempDir(), name)
	require.NoError(p.t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func (p *program) run(console *person, args ...string) (code int, out, errs string) {
	p.t.Helper()
	var stdout, stderr bytes.Buffer
	a := &app{in: strings.NewReader(""), out: &stdout, err: &stderr, console: console}
	code = a.main(append([]string{"--network=regtest", "--datadir=" + p.dir}, args...))
	return code, stdout.String(), stderr.String()
}

func (p *program) must(into any, args ...string) string {
	p.t.Helper()
	code, out, errs := p.run(&person{}, append(args, "--passphrase-file="+p.pass)...)
	require.Zero(p.t, code, "%v: %s", args, errs)
	if into != nil {
		require.NoError(p.t, json.Unmarshal([]byte(out), into), out)
	}
	return out
}

type keyAnswer struct {
	Key         string    `json:"key"`
	Replaces    string    `json:"replaces"`
	Mnemonic    []string  `json:"mnemonic"`
	Endorsement api.Bytes `json:"endorsement"`
	Generation  int       `json:"generation"`
}

func TestAKeyIsMadeRotatedBackedUpAndRestored(t *testing.T) {
	p := newProgram(t)
	var made, rotated keyAnswer
	p.must(&made, "init", "--json")
	require.Len(t, made.Mnemonic, 24)
	code, _, errs := p.run(&person{}, "init", "--passphrase-file="+p.pass)
	require.NotZero(t, code)
	require.Contains(t, errs, "exists already")
	require.Contains(t, errs, "hint:")
	p.must(&rotated, "rotate", "--json")
	require.Equal(t, made.Key, rotated.Replaces)
	require.Equal(t, 1, rotated.Generation)
	var old, next api.Bytes
	require.NoError(t, old.UnmarshalText([]byte(rotated.Replaces)))
	require.NoError(t, next.UnmarshalText([]byte(rotated.Key)))
	require.NoError(t, attest.VerifyEndorsement([32]byte(old), [32]byte(next), [64]byte(rotated.Endorsement)))

	backup := filepath.Join(t.TempDir(), "backup")
	p.must(nil, "backup", backup)
	raw, err := os.ReadFile(backup) //nolint:gosec // G304: of the test
	require.NoError(t, err)
	require.NotContains(t, string(raw), made.Mnemonic[0]+" "+made.Mnemonic[1])
	code, _, errs = p.run(&person{}, "restore", backup, "--passphrase-file="+p.pass)
	require.NotZero(t, code)
	require.Contains(t, errs, "exists already")

	other := newProgram(t)
	code, _, errs = other.run(&person{answers: []string{"wrong passphrase"}}, "restore", backup)
	require.NotZero(t, code)
	require.Contains(t, errs, "wrong passphrase")
	other.must(nil, "restore", backup)
	var again keyAnswer
	other.must(&again, "rotate", "--json")
	require.Equal(t, rotated.Key, again.Replaces, "the restored oracle has the same keys")

	words := newProgram(t)
	mnemonic := words.file("words", strings.Join(made.Mnemonic, " "))
	words.must(&again, "init", "--json", "--mnemonic-file="+mnemonic, "--generation=1")
	require.Equal(t, rotated.Key, again.Key, "the words make the same keys")
	require.Empty(t, again.Mnemonic)
}

func TestPassphrasesAreAskedForAndChanged(t *testing.T) {
	p := newProgram(t)
	code, _, errs := p.run(&person{}, "init")
	require.NotZero(t, code)
	require.Contains(t, errs, "no terminal")
	code, _, errs = p.run(&person{answers: []string{"one passphrase", "another"}}, "init")
	require.NotZero(t, code)
	require.Contains(t, errs, "not the same")
	code, out, errs := p.run(&person{answers: []string{"passphrase of a test", "passphrase of a test"}}, "init")
	require.Zero(t, code, errs)
	require.Contains(t, out, "Write these words down")
	require.Contains(t, out, "oracle key")
	next := p.file("next", "another passphrase")
	p.must(nil, "passphrase", "--new-passphrase-file="+next)
	code, _, errs = p.run(&person{}, "rotate", "--passphrase-file="+p.pass)
	require.NotZero(t, code)
	require.Contains(t, errs, "wrong passphrase")
	p.pass = next
	require.Contains(t, p.must(nil, "rotate"), "endorsement")
}

func TestCommandsForARunningOracleSayThatNoneRuns(t *testing.T) {
	p := newProgram(t)
	for _, args := range [][]string{{"status"}, {"confirm"}, {"log", "debug"}} {
		code, _, errs := p.run(&person{}, args...)
		require.NotZero(t, code)
		require.Contains(t, errs, "no alkoracle runs")
		require.Contains(t, errs, "hint:")
	}
}

func TestSettingsHaveOnePrecedence(t *testing.T) {
	p := newProgram(t)
	require.NoError(t, os.MkdirAll(p.dir, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(p.dir, "alkoracle.toml"), []byte("horizon = 7\nlisten = ['127.0.0.1:1', '[::1]:1']\nbatch = 5\n"), 0o600))
	t.Setenv("ALKORACLE_BATCH", "6")
	code, out, errs := p.run(&person{}, "run", "--dumpconfig", "--metrics-listen=")
	require.Zero(t, code, errs)
	require.Contains(t, out, "horizon = 7")
	require.Regexp(t, `batch = .?6`, out)
	require.Contains(t, out, "127.0.0.1:1")
	require.NotContains(t, out, "json")
	file := p.file("dumped.toml", out)
	code, again, errs := p.run(&person{}, "--dumpconfig", "--config="+file)
	require.Zero(t, code, errs)
	require.Equal(t, out, again)

	require.NoError(t, os.WriteFile(file, []byte("horizn = 7\n"), 0o600))
	code, _, errs = p.run(&person{}, "status", "--config="+file)
	require.NotZero(t, code)
	require.Contains(t, errs, "horizn")
	require.Contains(t, errs, settings.ErrFile.Error())
}

func TestBadSettingsAreRefusedByName(t *testing.T) {
	p := newProgram(t)
	p.must(nil, "init")
	loose := p.file("loose", "x")
	require.NoError(t, os.Chmod(loose, 0o644)) //nolint:gosec // the looseness is what is tested
	good := []string{"--backend=btcd", "--btcd-pass-file=" + p.pass, "--passphrase-file=" + p.pass}
	for want, args := range map[string][]string{
		"network":            {"--network=nonet"},
		"mainnet needs":      {"--network=mainnet"},
		"clock":              {"--clock=sundial"},
		"horizon":            {"--horizon=10001"},
		"listen is empty":    {"--listen="},
		"tls-cert":           {"--tls-cert=x"},
		"readable by other":  {"--passphrase-file=" + loose},
		"loopback":           {"--metrics-listen=0.0.0.0:1"},
		"trusted-proxy":      {"--trusted-proxy=x"},
		"backend":            {"--backend=neutrino"},
		"btcd-host":          {"--btcd-host=x"},
		"not this machine":   {"--btcd-host=192.0.2.1:1"},
		"btcd-pass-file":     {"--btcd-pass-file="},
		"bitcoind-pass-file": {"--backend=bitcoind"},
		"block-dir":          {"--backend=files"},
		"log-level":          {"--log-level=loud"},
		"log-format":         {"--log-format=xml"},
		"member":             {"--btcd-user=u", "--member=x"},
		"start":              {"--btcd-user=u", "--start=hp1"},
		"index-file":         {"--btcd-user=u", "--index-file=/nonexistent"},
		"no user is set":     {"--btcd-user="},
	} {
		code, _, errs := p.run(&person{}, append(append([]string{"run"}, good...), args...)...)
		require.NotZero(t, code, want)
		require.Contains(t, errs, want)
	}
	definition := p.file("index.toml", "id = 'x'\ncolour = 'red'\n")
	code, _, errs := p.run(&person{}, append(append([]string{"run", "--btcd-user=u"}, good...), "--index-file="+definition)...)
	require.NotZero(t, code)
	require.Contains(t, errs, "index-file")
}

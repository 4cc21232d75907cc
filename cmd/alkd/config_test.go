package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/internal/settings"
	"github.com/alkimiya/alkimiya/node"
)

func load(t *testing.T, args ...string) (node.Config, error) {
	t.Helper()
	cmd := command()
	require.NoError(t, cmd.ParseFlags(args))
	v, err := settings.Load(cmd.Flags(), names)
	if err != nil {
		return node.Config{}, err
	}
	return nodeConfig(v, &bytes.Buffer{})
}

func TestAFlagBeatsTheEnvironmentBeatsTheFileBeatsTheDefault(t *testing.T) {
	dir := t.TempDir()
	cfg, err := load(t, "--datadir", dir)
	require.NoError(t, err)
	require.Equal(t, "mainnet", cfg.Network)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "alkd.toml"),
		[]byte("network = 'signet'\nrpc-listen = ['127.0.0.1:1', '[::1]:1']\nfee-fallback = 7\n"), 0o600))
	cfg, err = load(t, "--datadir", dir)
	require.NoError(t, err)
	require.Equal(t, "signet", cfg.Network)
	require.Equal(t, []string{"127.0.0.1:1", "[::1]:1"}, cfg.RPCListen)
	require.EqualValues(t, 7, cfg.FeeFallback)
	t.Setenv("ALKD_NETWORK", "simnet")
	cfg, err = load(t, "--datadir", dir)
	require.NoError(t, err)
	require.Equal(t, "simnet", cfg.Network)
	cfg, err = load(t, "--datadir", dir, "--network=regtest")
	require.NoError(t, err)
	require.Equal(t, "regtest", cfg.Network)
}

func TestDumpedConfigurationLoadsToTheSame(t *testing.T) {
	dir := t.TempDir()
	args := []string{"--datadir", dir, "--network=regtest", "--backend=btcd", "--neutrino-add=a:1,b:2", "--fee-fallback=3", "--tls-extra-ip=10.0.0.1"}
	cmd := command()
	var out bytes.Buffer
	cmd.SetOut(&out)
	cmd.SetArgs(append(args, "--dumpconfig"))
	require.NoError(t, cmd.Execute())
	file := filepath.Join(dir, "dumped.toml")
	require.NoError(t, os.WriteFile(file, out.Bytes(), 0o600))
	want, err := load(t, args...)
	require.NoError(t, err)
	got, err := load(t, "--config", file)
	require.NoError(t, err)
	want.Logs, got.Logs = nil, nil
	require.Equal(t, want, got)
}

func TestAMisspeltKeyIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.toml")
	require.NoError(t, os.WriteFile(file, []byte("net-work = 'regtest'\n"), 0o600))
	_, err := load(t, "--config", file)
	require.ErrorIs(t, err, settings.ErrFile)
	require.ErrorContains(t, err, "net-work")
	_, err = load(t, "--config", file+".missing")
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestMainnetMustBeAskedFor(t *testing.T) {
	cfg, err := load(t, "--datadir", t.TempDir(), "--fee-fallback=5")
	require.NoError(t, err)
	require.ErrorIs(t, cfg.Check(), node.ErrMainnet)
	cfg, err = load(t, "--datadir", t.TempDir(), "--fee-fallback=5", "--mainnet-i-understand")
	require.NoError(t, err)
	require.NoError(t, cfg.Check())
}

func TestMetricsStayOnLoopbackAndSecretsPrivate(t *testing.T) {
	cfg, err := load(t, "--datadir", t.TempDir(), "--network=regtest", "--metrics-listen=0.0.0.0:1")
	require.NoError(t, err)
	require.ErrorIs(t, cfg.Check(), node.ErrConfig)
	file := filepath.Join(t.TempDir(), "pass")
	require.NoError(t, os.WriteFile(file, []byte("x"), 0o600))
	require.NoError(t, os.Chmod(file, 0o640)) //nolint:gosec // the looseness is what is tested
	cfg, err = load(t, "--datadir", t.TempDir(), "--network=regtest", "--wallet-passphrase-file", file)
	require.NoError(t, err)
	require.ErrorIs(t, cfg.Check(), node.ErrPermissions)
}

package settings_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/internal/settings"
)

var names = settings.Names{Env: "ALKTEST", File: "test.toml", NotInFile: []string{"once"}}

func load(t *testing.T, args ...string) (*viper.Viper, error) {
	t.Helper()
	f := pflag.NewFlagSet("test", pflag.ContinueOnError)
	f.String("datadir", settings.DefaultDir(), "")
	f.String("config", "", "")
	f.String("net-work", "mainnet", "")
	f.StringSlice("peer", nil, "")
	f.Bool("once", false, "")
	require.NoError(t, f.Parse(args))
	return settings.Load(f, names)
}

func TestAFlagBeatsTheEnvironmentBeatsTheFileBeatsTheDefault(t *testing.T) {
	dir := t.TempDir()
	get := func(args ...string) string {
		v, err := load(t, append(args, "--datadir", dir)...)
		require.NoError(t, err)
		return v.GetString("net-work")
	}
	require.Equal(t, "mainnet", get())
	require.NoError(t, os.WriteFile(filepath.Join(dir, "test.toml"), []byte("net-work = 'signet'\npeer = ['a', 'b']\n"), 0o600))
	require.Equal(t, "signet", get())
	t.Setenv("ALKTEST_NET_WORK", "simnet")
	require.Equal(t, "simnet", get())
	require.Equal(t, "regtest", get("--net-work=regtest"))
	v, err := load(t, "--datadir", dir)
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, settings.List(v, "peer"))
	var out bytes.Buffer
	require.NoError(t, settings.Dump(&out, v, names))
	file := filepath.Join(dir, "dumped.toml")
	require.NoError(t, os.WriteFile(file, out.Bytes(), 0o600))
	again, err := load(t, "--config", file)
	require.NoError(t, err)
	require.Equal(t, v.GetStringSlice("peer"), again.GetStringSlice("peer"))
	require.NotContains(t, out.String(), "once")
	require.Nil(t, settings.List(viper.New(), "peer"))
}

func TestAFileThatCannotBeUsedIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.toml")
	for name, text := range map[string]string{"misspelt": "network = 'regtest'\n", "not for a file": "once = true\n", "no TOML": "=\n"} {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		_, err := load(t, "--config", file)
		require.ErrorIs(t, err, settings.ErrFile, name)
	}
	_, err := load(t, "--config", file+".missing")
	require.ErrorIs(t, err, os.ErrNotExist)
}

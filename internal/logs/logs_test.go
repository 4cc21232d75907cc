package logs_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/internal/logs"
)

func TestEachSubsystemHasItsOwnLevel(t *testing.T) {
	var out bytes.Buffer
	l, err := logs.New(&out, logs.JSON, "wallet", "rpc")
	require.NoError(t, err)
	require.NoError(t, l.Apply("wallet=debug,warn"))
	require.Equal(t, map[string]string{"wallet": "debug", "rpc": "warn"}, l.Levels())
	l.Logger("wallet").Debug("one", "height", 5)
	l.Logger("rpc").Info("two")
	l.Logger("rpc").With("peer", "x").Warn("three")
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 2)
	require.Contains(t, lines[0], `"level":"debug","msg":"one","subsystem":"wallet","height":5`)
	require.Contains(t, lines[1], `"msg":"three","subsystem":"rpc","peer":"x"`)
	require.ErrorIs(t, l.Apply("loud"), logs.ErrUnknown)
	require.ErrorIs(t, l.Apply("nobody=info"), logs.ErrUnknown)
}

func TestLibrariesWriteThroughTheSubsystemsLevel(t *testing.T) {
	var out bytes.Buffer
	l, err := logs.New(&out, logs.Text, "btcwallet")
	require.NoError(t, err)
	lib := l.Library("btcwallet")
	lib.Debugf("hidden %d", 1)
	lib.Infof("shown %d", 2)
	require.NoError(t, l.Set("btcwallet", "trace"))
	lib.Tracef("deep")
	require.NotContains(t, out.String(), "hidden")
	require.Contains(t, out.String(), `level=info msg="shown 2" subsystem=btcwallet`)
	require.Contains(t, out.String(), "level=trace msg=deep")
}

func TestUnknownFormatIsRefused(t *testing.T) {
	_, err := logs.New(&bytes.Buffer{}, "xml", "a")
	require.Error(t, err)
}

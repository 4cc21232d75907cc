package harness_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/itest/harness"
)

func TestDaemonIsKilledRestartedAndStopped(t *testing.T) {
	t.Parallel()
	node := harness.StartBtcd(t)
	node.MustActivate(time.Time{})
	proxy := harness.StartProxy(t, node.RPCHost())
	d := harness.StartAlkd(t, harness.WithNode(node, proxy.Addr()))
	require.NoError(t, dial(d.RPCAddr()))

	d.Kill()
	require.Error(t, dial(d.RPCAddr()))
	d.Start()
	require.NoError(t, dial(d.RPCAddr()))

	proxy.MustCut()
	d.Restart()
	require.NoError(t, dial(d.RPCAddr()), "a daemon starts without its node")
	proxy.MustRestore()

	// A second one on the same folder ends by itself, and says why.
	second := harness.NewAlkd(t, harness.WithNode(node, ""), harness.WithDataDir(d.DataDir()))
	require.ErrorIs(t, second.TryStart(), harness.ErrExited)
	require.NotEmpty(t, second.LogTail())
	d.Stop()
}

func dial(addr string) error {
	conn, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		return err
	}
	return conn.Close()
}

func TestRunGivesInputAndReturnsStatus(t *testing.T) {
	t.Parallel()
	result := harness.Run(t, "alkd", "", "--no-such-flag")
	require.NotZero(t, result.ExitCode)
	require.Contains(t, result.Stderr, "no-such-flag")
}

func TestEventuallyRepeatsUntilTheConditionHolds(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "flag")
	calls := 0
	harness.Eventually(t, "the file", func(context.Context) error {
		calls++
		if calls == 3 {
			return errors.Join(os.WriteFile(path, nil, 0o600), errors.New("only now"))
		}
		_, err := os.Stat(path)
		return err
	})
	require.Equal(t, 4, calls)
}

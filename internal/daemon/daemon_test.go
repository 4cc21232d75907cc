package daemon_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/internal/daemon"
)

func TestADataDirectoryHasOneHolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	lock, err := daemon.Lock(dir, "x.lock")
	require.NoError(t, err)
	_, err = daemon.Lock(dir, "x.lock")
	require.ErrorIs(t, err, daemon.ErrInUse)
	require.NoError(t, lock.Unlock())
	lock, err = daemon.Lock(dir, "x.lock")
	require.NoError(t, err)
	require.NoError(t, lock.Unlock())
	require.NoError(t, os.Chmod(dir, 0o750)) //nolint:gosec // the looseness is what is tested
	_, err = daemon.Lock(dir, "x.lock")
	require.ErrorIs(t, err, daemon.ErrPermissions)
}

func TestSecretsComeFromPrivateFiles(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "pass")
	require.NoError(t, os.WriteFile(file, []byte("secret words\r\n"), 0o600))
	got, err := daemon.ReadSecret(file)
	require.NoError(t, err)
	require.Equal(t, "secret words", string(got))
	require.NoError(t, os.Chmod(file, 0o640)) //nolint:gosec // the looseness is what is tested
	_, err = daemon.ReadSecret(file)
	require.ErrorIs(t, err, daemon.ErrPermissions)
	_, err = daemon.ReadSecret(dir)
	require.ErrorIs(t, err, daemon.ErrSecretFile)
	_, err = daemon.ReadSecret(file + "none")
	require.ErrorIs(t, err, os.ErrNotExist)
	long := filepath.Join(dir, "long")
	require.NoError(t, os.WriteFile(long, []byte(strings.Repeat("x", 5000)), 0o600))
	_, err = daemon.ReadSecret(long)
	require.ErrorIs(t, err, daemon.ErrSecretFile)
}

func TestLoopbackAddresses(t *testing.T) {
	for _, good := range []string{"127.0.0.1:1", "[::1]:1", "localhost:1", "127.1.2.3:9"} {
		require.NoError(t, daemon.CheckLoopback(good))
	}
	for _, bad := range []string{"0.0.0.0:1", "example.org:1", ":1", "[::]:1"} {
		require.ErrorIs(t, daemon.CheckLoopback(bad), daemon.ErrNotLoopback)
	}
	require.Error(t, daemon.CheckLoopback("127.0.0.1"))
}

func TestServeEndsWithItsContext(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	mux := http.NewServeMux()
	daemon.MetricsHandler(mux)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- daemon.Serve(ctx, l, mux) }()
	resp, err := http.Get("http://" + l.Addr().String() + "/metrics") //nolint:noctx // the server ends with the test
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Contains(t, string(body), "go_goroutines")
	cancel()
	require.NoError(t, <-done)
	require.Error(t, daemon.Serve(t.Context(), l, mux), "a closed listener")
}

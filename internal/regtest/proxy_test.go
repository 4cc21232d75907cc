package regtest_test

import (
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/internal/regtest"
)

// echo serves on a port of its own until the test ends.
func echo(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, listener.Close()) })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(conn, conn) // ends with the connection
				_ = conn.Close()
			}()
		}
	}()
	return listener.Addr().String()
}

// answers reports whether an echo comes back through addr within a moment.
func answers(addr string) bool {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(300 * time.Millisecond)); err != nil {
		return false
	}
	if _, err := conn.Write([]byte("x")); err != nil {
		return false
	}
	_, err = io.ReadFull(conn, make([]byte, 1))
	return err == nil
}

func TestProxyCutsStallsAndRestores(t *testing.T) {
	t.Parallel()
	proxy, err := regtest.NewProxy(echo(t))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, proxy.Close()) })
	require.False(t, answers(proxy.Addr()), "a new proxy is cut")
	require.NoError(t, proxy.Restore())
	require.True(t, answers(proxy.Addr()))

	conn, err := net.Dial("tcp", proxy.Addr())
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	proxy.Stall()
	require.False(t, answers(proxy.Addr()))
	require.NoError(t, proxy.Restore())
	require.True(t, answers(proxy.Addr()))
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(10*time.Second)))
	_, err = conn.Read(make([]byte, 1))
	require.ErrorIs(t, err, io.EOF, "connections do not survive")

	require.NoError(t, proxy.Cut())
	require.False(t, answers(proxy.Addr()))
	require.NoError(t, proxy.Restore())
	require.True(t, answers(proxy.Addr()))
}

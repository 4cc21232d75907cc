package peer_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/node/peer"
)

// onlyLong keeps a test for when there is time: ALK_BENCH=1 runs it.
func onlyLong(t *testing.T) {
	t.Helper()
	if testing.Short() || os.Getenv("ALK_BENCH") == "" {
		t.Skipf("SKIP-LONG: %s", t.Name())
	}
}

// TestStallingPeersDoNotShutTheListener lets many connections stall, each in
// one of the acts and again when it is hung up on, some from the address of the
// honest peers, while honest peers come and go.
func TestStallingPeersDoNotShutTheListener(t *testing.T) {
	crowd(t, 100, 40, nil)
}

// TestAThousandStallingPeers is the same at the size of SECURITY.md W5.
func TestAThousandStallingPeers(t *testing.T) {
	onlyLong(t)
	crowd(t, 1000, 300, nil)
}

// TestStallingPeersBeyondTheLimitDisplaceEachOther has more of them than there
// are places, and they come back at once; who comes from another address than
// they do is not concerned.
func TestStallingPeersBeyondTheLimitDisplaceEachOther(t *testing.T) {
	onlyLong(t)
	crowd(t, 1000, 100, func(cfg *peer.Config) { cfg.Limits.Handshakes, cfg.Limits.HandshakesPerAddress = 512, 128 })
}

func crowd(t *testing.T, stalling, honest int, change func(*peer.Config)) {
	t.Helper()
	a := start(t, 1, change)
	ctx, cancel := context.WithCancel(t.Context())
	var tasks sync.WaitGroup
	defer tasks.Wait()
	defer cancel()
	for i := range stalling {
		tasks.Go(func() { stall(ctx, t, a, i) })
	}
	eventually(t, func() (int, bool) { n := a.Stats().Handshakes; return n, n >= min(stalling*3/4, 512) })
	var took []time.Duration
	for i := range honest {
		b := start(t, byte(2+i%200), func(cfg *peer.Config) {
			cfg.Listen = nil
			if change != nil {
				cfg.Dial = func(ctx context.Context, address string) (net.Conn, error) {
					d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 9, 9)}}
					return d.DialContext(ctx, "tcp", address)
				}
			}
		})
		began := time.Now()
		require.NoError(t, b.Connect(t.Context(), a.address(t)))
		a.handler.until(t, "the honest peer", func() bool { return a.handler.online[b.Self()] })
		took = append(took, time.Since(began))
		b.stop()
		a.handler.until(t, "its end", func() bool { return !a.handler.online[b.Self()] })
	}
	slices.Sort(took)
	p99 := took[len(took)*99/100]
	t.Logf("%d stalling peers, %d honest handshakes: median %v, p99 %v, longest %v; %d connections accepted, %d displaced",
		stalling, honest, took[len(took)/2], p99, took[len(took)-1], a.Stats().Accepted, a.Stats().Displaced)
	require.Less(t, p99, time.Second)
}

// stall connects again and again and goes no further than to a step of the
// handshake.
func stall(ctx context.Context, t *testing.T, a *node, i int) {
	// Every fourth comes from the honest peers' address.
	from := net.IPv4(127, 0, byte(i%4), byte(1+i/4%200)) //nolint:gosec // G115: small
	if i%4 == 0 {
		from = net.IPv4(127, 0, 0, 1)
	}
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: from}}
	for ctx.Err() == nil {
		conn, err := dialer.DialContext(ctx, "tcp", a.Listening()[0].String())
		if err != nil {
			return
		}
		stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
		switch i % 3 {
		case 1:
			_, _ = conn.Write(make([]byte, 20))
		case 2:
			r := &raw{t: t, conn: conn, machine: initiator(t, key(250), a.Self())}
			if one, err := r.machine.GenActOne(); err == nil {
				_, _ = conn.Write(one[:])
			}
		}
		b := make([]byte, 64)
		for err == nil {
			_, err = conn.Read(b)
		}
		stop()
		_ = conn.Close()
		select {
		case <-time.After(200 * time.Millisecond): // the way there and back
		case <-ctx.Done():
		}
	}
}

// TestNewcomersTakeThePlaceOfTheOldest fills a small lobby.
func TestNewcomersTakeThePlaceOfTheOldest(t *testing.T) {
	a := start(t, 1, func(cfg *peer.Config) { cfg.Limits.Handshakes, cfg.Limits.HandshakesPerAddress = 8, 3 })
	from := func(host byte) net.Conn {
		dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, host)}}
		conn, err := dialer.Dial("tcp", a.Listening()[0].String())
		require.NoError(t, err)
		t.Cleanup(func() { _ = conn.Close() })
		require.NoError(t, conn.SetDeadline(time.Now().Add(patience)))
		return conn
	}
	arrived := uint64(0)
	enter := func(host byte) net.Conn {
		conn := from(host)
		arrived++
		eventually(t, func() (any, bool) { return nil, a.Stats().Accepted == arrived })
		return conn
	}
	gone := func(conn net.Conn) {
		_, err := conn.Read(make([]byte, 1))
		requireGone(t, err)
	}
	first := []net.Conn{enter(1), enter(1), enter(1)}
	enter(1) // the fourth of the address
	gone(first[0])
	for host := byte(2); host < 7; host++ {
		enter(host)
	}
	require.Equal(t, 8, eventually(t, func() (int, bool) { n := a.Stats().Handshakes; return n, n == 8 }))
	enter(7) // the ninth of all: the largest address gives
	gone(first[1])
	require.EqualValues(t, 2, eventually(t, func() (uint64, bool) { n := a.Stats().Displaced; return n, n == 2 }))
}

// bystandersEnv tells the test program to be the other end of idle sessions.
const bystandersEnv = "ALK_TEST_BYSTANDERS"

// TestIdlePeersAreCheap measures what an idle session takes of memory.
func TestIdlePeersAreCheap(t *testing.T) { idle(t, 300) }

// TestTenThousandIdlePeers is the same at the size of SECURITY.md G6.
func TestTenThousandIdlePeers(t *testing.T) {
	onlyLong(t)
	idle(t, 10_000)
}

// idle lets another process open sessions, and looks at the resident memory.
func idle(t *testing.T, sessions int) {
	t.Helper()
	if os.Getenv(bystandersEnv) != "" {
		return
	}
	limit := int64(128 << 10)
	if racing {
		limit *= 10
	}
	a := start(t, 1, func(cfg *peer.Config) {
		cfg.Limits.Inbound = sessions
		cfg.Timing = peer.Timing{Ping: 10 * time.Minute, Silence: 20 * time.Minute}
	})
	before := resident(t)
	child := exec.Command(os.Args[0], "-test.run=^TestBystanders$") //nolint:gosec // G204: the test runs itself
	child.Env = append(os.Environ(), fmt.Sprintf("%s=%d,%s", bystandersEnv, sessions, a.address(t)))
	stdin, err := child.StdinPipe()
	require.NoError(t, err)
	child.Stderr = os.Stderr
	require.NoError(t, child.Start())
	defer func() {
		require.NoError(t, stdin.Close()) // which ends it
		require.NoError(t, child.Wait())
	}()
	for n, last := 0, -1; n != sessions; {
		require.Greater(t, n, last, "no more sessions come")
		last = n
		n = eventually(t, func() (int, bool) { n := a.Stats().Inbound; return n, n == sessions })
	}
	each := (resident(t) - before) / int64(sessions)
	t.Logf("%d idle sessions: %d bytes resident each", sessions, each)
	require.Less(t, each, limit)
}

// TestBystanders is the other process of idle.
func TestBystanders(t *testing.T) {
	count, target, found := strings.Cut(os.Getenv(bystandersEnv), ",")
	if !found {
		return
	}
	sessions, err := strconv.Atoi(count)
	require.NoError(t, err)
	address, err := peer.ParseAddress(target)
	require.NoError(t, err)
	kept := make([]*raw, 0, sessions) // what is collected is closed
	for i := range sessions {
		dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(i%250))}}
		conn, err := dialer.Dial("tcp", address.HostPort())
		require.NoError(t, err)
		k := key(byte(i))
		k.Key.SetInt(uint32(i + 1000))
		r := &raw{t: t, conn: conn, machine: initiator(t, k, address.Key)}
		require.NoError(t, r.handshake())
		r.send(hello().Encode())
		r.receive()
		kept = append(kept, r)
	}
	defer func() {
		for _, r := range kept {
			_ = r.conn.Close()
		}
	}()
	_, _ = bufio.NewReader(os.Stdin).ReadByte()
}

// resident returns this process's resident memory in bytes.
func resident(t *testing.T) int64 {
	t.Helper()
	raw, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skipf("resident memory is not known here: %v", err)
	}
	pages, err := strconv.ParseInt(strings.Fields(string(raw))[1], 10, 64)
	require.NoError(t, err)
	return pages * int64(os.Getpagesize())
}

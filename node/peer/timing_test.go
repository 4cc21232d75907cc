package peer_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node/peer"
)

// memory is a network of pipes, whose deadlines follow a bubble's clock.
type memory struct {
	mu        sync.Mutex
	listeners map[string]*pipes
	dials     []time.Time
	down      bool
}

func newMemory() *memory { return &memory{listeners: map[string]*pipes{}} }

// pipes is one listener of a memory.
type pipes struct {
	calls  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.calls:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "memory", Net: "memory"} }

func (m *memory) listen(_ context.Context, address string) (net.Listener, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := &pipes{calls: make(chan net.Conn), closed: make(chan struct{})}
	m.listeners[address] = p
	return p, nil
}

func (m *memory) dial(ctx context.Context, address string) (net.Conn, error) {
	m.mu.Lock()
	m.dials = append(m.dials, time.Now())
	p, down := m.listeners[address], m.down
	m.mu.Unlock()
	if p == nil || down {
		return nil, errors.New("connection refused")
	}
	near, far := net.Pipe()
	select {
	case p.calls <- far:
		return near, nil
	case <-p.closed:
		return nil, errors.New("connection refused")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// host runs a Host in the bubble; the returned function stops it.
func (m *memory) host(t *testing.T, n byte, listen string, change func(*peer.Config)) (*peer.Host, *handler, func()) {
	t.Helper()
	h := newHandler()
	cfg := peer.Config{
		NodeKey: key(n), Hello: hello(), Handler: h, Logger: slog.New(slog.DiscardHandler),
		Dial: m.dial, Listener: m.listen,
	}
	if listen != "" {
		cfg.Listen = []string{listen}
	}
	if change != nil {
		change(&cfg)
	}
	host, err := peer.New(cfg)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- host.Run(ctx) }()
	<-host.Ready()
	stop := sync.OnceFunc(func() {
		cancel()
		require.NoError(t, <-ended)
		require.Empty(t, h.breaches)
	})
	t.Cleanup(stop)
	return host, h, stop
}

// call connects as a peer without rules.
func (m *memory) call(t *testing.T, n byte, host *peer.Host, address string) *raw {
	t.Helper()
	conn, err := m.dial(t.Context(), address)
	require.NoError(t, err)
	r := &raw{t: t, conn: conn, machine: initiator(t, key(n), host.Self())}
	require.NoError(t, r.handshake())
	go func() { _ = r.trySend(hello().Encode()) }()
	require.IsType(t, &wire.Hello{}, r.receive())
	synctest.Wait()
	return r
}

func serverAt(h *peer.Host) peer.Address { return peer.Address{Key: h.Self(), Host: "a", Port: 1} }

func TestIdlePeersPingEachOtherAndStay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		a, ah, stopA := m.host(t, 1, "a:1", nil)
		b, _, stopB := m.host(t, 2, "", nil)
		require.NoError(t, b.Connect(t.Context(), serverAt(a)))
		before := a.Stats().FramesRead
		time.Sleep(24 * time.Hour)
		require.True(t, ah.has(b.Self()))
		require.Equal(t, 1, ah.met())
		// A ping or a pong at least every 30 s, and not many more.
		frames := a.Stats().FramesRead - before
		require.InDelta(t, 24*3600/30, float64(frames), 24*3600/30*1.1)
		require.Less(t, time.Since(a.Peers()[0].Heard), 31*time.Second)
		stopB()
		stopA()
	})
}

func TestSilentPeersArePingedAndDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		a, ah, stop := m.host(t, 1, "a:1", nil)
		r := m.call(t, 2, a, "a:1")
		began := time.Now()
		for i := range 2 {
			require.IsType(t, &wire.Ping{}, r.receive())
			require.Equal(t, time.Duration(i+1)*30*time.Second, time.Since(began))
		}
		r.closed()
		require.Equal(t, 90*time.Second, time.Since(began))
		synctest.Wait()
		require.Empty(t, ah.all())
		require.EqualValues(t, 1, a.Stats().EndedBySilence)
		stop()
	})
}

// TestAByteNowAndThenIsSilence trickles a frame's body.
func TestAByteNowAndThenIsSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		a, _, stop := m.host(t, 1, "a:1", nil)
		r := m.call(t, 2, a, "a:1")
		go func() {
			for {
				if _, err := r.machine.ReadMessage(r.conn); err != nil {
					return
				}
			}
		}()
		began := time.Now()
		require.NoError(t, r.machine.WriteMessage(make([]byte, 50_000)))
		_, err := r.machine.Flush(&trickle{Conn: r.conn})
		require.Error(t, err)
		require.InDelta(t, 30, time.Since(began).Seconds(), 2)
		synctest.Wait()
		require.EqualValues(t, 1, a.Stats().EndedBySilence)
		stop()
	})
}

// trickle writes a header at once and then a byte a second.
type trickle struct{ net.Conn }

func (c *trickle) Write(b []byte) (int, error) {
	if len(b) < 20 {
		return c.Conn.Write(b)
	}
	for i := range b {
		if _, err := c.Conn.Write(b[i : i+1]); err != nil {
			return i, err
		}
		time.Sleep(time.Second)
	}
	return len(b), nil
}

// TestASegmentedMessageHasItsTime keeps up a session with pings, and an
// unfinished message with nothing.
func TestASegmentedMessageHasItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		a, _, stop := m.host(t, 1, "a:1", nil)
		r := m.call(t, 2, a, "a:1")
		go func() {
			for {
				if _, err := r.machine.ReadMessage(r.conn); err != nil {
					return
				}
			}
		}()
		frames := segments(long(t, 200_000))
		r.send(frames[0])
		synctest.Wait()
		began := time.Now()
		require.Positive(t, a.Stats().Reassembly)
		for i := byte(0); ; i++ {
			ping := wire.Ping{Data: [8]byte{i}}
			if r.trySend(ping.Encode()) != nil {
				break
			}
			time.Sleep(time.Second)
		}
		require.InDelta(t, 60, time.Since(began).Seconds(), 1.5)
		synctest.Wait()
		require.Zero(t, a.Stats().Reassembly)
		require.EqualValues(t, 1, a.Stats().EndedBySilence)
		stop()
	})
}

// TestAPeerThatDoesNotReadIsDropped fills the queue of a peer with a closed
// window: senders wait, and are told when the write deadline has passed.
func TestAPeerThatDoesNotReadIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		a, ah, stop := m.host(t, 1, "a:1", func(cfg *peer.Config) { cfg.Limits.Queue = 1000 })
		m.call(t, 2, a, "a:1")
		k := keyOf(key(2))
		for range 1000 / len(offer(1)) {
			require.NoError(t, a.Send(t.Context(), k, offer(1)))
		}
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, a.Send(ctx, k, offer(1)), context.DeadlineExceeded, "the queue is full")
		require.Equal(t, time.Second, time.Since(began))
		require.ErrorIs(t, a.Send(t.Context(), k, offer(1)), peer.ErrNotConnected)
		require.Equal(t, 30*time.Second, time.Since(began))
		synctest.Wait()
		require.Empty(t, ah.all())
		stop()
	})
}

// TestAnUnreadPingFloodIsNotAnswered sends pings and reads nothing: the node
// stops reading, and drops the peer.
func TestAnUnreadPingFloodIsNotAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		a, _, stop := m.host(t, 1, "a:1", nil)
		r := m.call(t, 2, a, "a:1")
		sent := 0
		for ; r.trySend((&wire.Ping{}).Encode()) == nil; sent++ {
		}
		require.Less(t, sent, 10)
		synctest.Wait()
		require.EqualValues(t, 1, a.Stats().EndedBySilence)
		stop()
	})
}

// TestPersistentPeersAreCalledWithGrowingPauses counts the calls of a day to a
// peer that is away, and the time until it is found when it is back.
func TestPersistentPeersAreCalledWithGrowingPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		b, bh, stopB := m.host(t, 2, "", nil)
		address := peer.Address{Key: keyOf(key(1)), Host: "a", Port: 1}
		require.NoError(t, b.Add(address))
		require.NoError(t, b.Add(address))
		require.ErrorIs(t, b.Add(peer.Address{Key: b.Self()}), peer.ErrSelf)
		time.Sleep(24 * time.Hour)
		m.mu.Lock()
		dials := m.dials
		m.mu.Unlock()
		want := time.Second
		for i := 1; i < 12; i++ {
			pause := dials[i].Sub(dials[i-1])
			require.LessOrEqual(t, pause, want)
			require.GreaterOrEqual(t, pause, max(time.Second, want*3/4))
			want = min(2*want, 5*time.Minute)
		}
		require.Greater(t, len(dials), 24*12)
		require.Less(t, len(dials), 24*16+20)
		info := b.Peers()[0]
		require.True(t, info.Persistent && !info.Connected)
		require.ErrorContains(t, info.Failure, "refused")
		require.LessOrEqual(t, time.Until(info.NextCall), 5*time.Minute)

		a, _, stopA := m.host(t, 1, "a:1", nil)
		time.Sleep(5*time.Minute + time.Second)
		require.True(t, bh.has(a.Self()))
		// When the connection is lost the next call comes soon.
		require.NoError(t, a.Disconnect(b.Self()))
		time.Sleep(2 * time.Second)
		require.True(t, bh.has(a.Self()))
		require.Equal(t, 2, bh.met())
		// Another address, where it is not, is tried after the next loss.
		moved := address
		moved.Port = 2
		require.NoError(t, b.Add(moved))
		require.NoError(t, a.Disconnect(b.Self()))
		time.Sleep(10 * time.Second)
		require.Empty(t, bh.all())
		require.Equal(t, moved, b.Peers()[0].Address)
		require.True(t, b.Remove(moved.Key))
		require.Empty(t, b.Peers())
		stopA()
		stopB()
	})
}

// TestRefusedPeersAreNotCalledInALoop is a persistent peer whose places are
// taken: the session seems to begin and ends at once.
func TestRefusedPeersAreNotCalledInALoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		a, _, stopA := m.host(t, 1, "a:1", func(cfg *peer.Config) { cfg.Limits.Inbound = 1 })
		taker := m.call(t, 9, a, "a:1")
		go func() {
			for {
				if _, err := taker.machine.ReadMessage(taker.conn); err != nil {
					return
				}
			}
		}()
		go func() {
			for taker.trySend((&wire.Ping{}).Encode()) == nil {
				time.Sleep(20 * time.Second)
			}
		}()
		b, _, stopB := m.host(t, 2, "", nil)
		m.mu.Lock()
		m.dials = nil
		m.mu.Unlock()
		require.NoError(t, b.Add(serverAt(a)))
		time.Sleep(time.Hour)
		m.mu.Lock()
		calls := len(m.dials)
		m.mu.Unlock()
		require.Less(t, calls, 30)
		require.Greater(t, calls, 10)
		// The refusal and the end of the connection come together: either may be seen.
		if failure := b.Peers()[0].Failure; !errors.Is(failure, peer.ErrRefused) {
			require.ErrorIs(t, failure, peer.ErrUnreached)
		}
		stopB()
		stopA()
		time.Sleep(time.Minute) // the taker notices
	})
}

func TestBackoffStaysInItsBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _, stop := newMemory().host(t, 1, "", nil)
		for failures := range 100 {
			pause := h.Backoff(failures)
			require.GreaterOrEqual(t, pause, time.Second)
			require.LessOrEqual(t, pause, 5*time.Minute)
		}
		stop()
	})
}

func TestConnectWaitsForNobodyForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		b, _, stop := m.host(t, 2, "", nil)
		_, err := m.listen(t.Context(), "a:1") // accepts nothing
		require.NoError(t, err)
		began := time.Now()
		done := make(chan error, 3)
		for range cap(done) { // those who wait for the first one's call as well
			go func() { done <- b.Connect(t.Context(), peer.Address{Key: keyOf(key(1)), Host: "a", Port: 1}) }()
		}
		for range cap(done) {
			require.Error(t, <-done)
		}
		require.LessOrEqual(t, time.Since(began), 3*time.Minute)
		stop()
		require.ErrorIs(t, b.Connect(t.Context(), peer.Address{Key: keyOf(key(1)), Host: "a", Port: 1}), peer.ErrStopped)
	})
}

func TestRateRefillsEvenly(t *testing.T) {
	rate := peer.NewRate(30, time.Minute)
	now := time.Unix(1_700_000_000, 0)
	k, other := keyOf(key(1)), keyOf(key(2))
	for range 30 {
		require.True(t, rate.Allow(k, now))
	}
	require.False(t, rate.Allow(k, now))
	require.True(t, rate.Allow(other, now))
	require.False(t, rate.Allow(k, now.Add(1999*time.Millisecond)))
	require.True(t, rate.Allow(k, now.Add(2*time.Second)))
	require.False(t, rate.Allow(k, now.Add(2*time.Second)))
	allowed := 0
	for second := range 3600 { // asked every second for an hour
		if rate.Allow(k, now.Add(time.Duration(3+second)*time.Second)) {
			allowed++
		}
	}
	require.InDelta(t, 1800, allowed, 1)
	for range 30 {
		require.True(t, rate.Allow(other, now.Add(2*time.Hour)))
	}
}

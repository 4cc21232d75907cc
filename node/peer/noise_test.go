package peer_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"testing"
	"time"

	"github.com/lightningnetwork/lnd/brontide"
	"github.com/lightningnetwork/lnd/keychain"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node/peer"
)

// quick are times that let a test see what happens after them.
func quick(cfg *peer.Config) {
	cfg.Timing = peer.Timing{Dial: 2 * time.Second, Act: 300 * time.Millisecond, Hello: 300 * time.Millisecond}
}

func TestCallerIsKnownByItsKey(t *testing.T) {
	a := start(t, 1, nil)
	for n := byte(10); n < 20; n++ {
		meet(t, a, key(n)) // waits for a session with exactly this key
	}
	require.Len(t, a.Peers(), 10)
}

func TestWrongStaticKeyEndsTheHandshake(t *testing.T) {
	a := start(t, 1, nil)
	b := start(t, 2, nil)
	wrong := a.address(t)
	wrong.Key = keyOf(key(77))
	require.ErrorIs(t, b.Connect(t.Context(), wrong), peer.ErrHandshake)
	require.Empty(t, a.Peers())
	require.Empty(t, b.Peers())
}

// TestEveryFlippedByteEndsTheHandshake changes each byte of what a caller sends
// in acts one and three; the node must hang up, and nobody becomes its peer.
func TestEveryFlippedByteEndsTheHandshake(t *testing.T) {
	a := start(t, 1, nil)
	for at := range brontide.ActOneSize {
		conn := plain(t, a)
		one, err := initiator(t, key(2), a.Self()).GenActOne()
		require.NoError(t, err)
		one[at] ^= 1
		_, err = conn.Write(one[:])
		require.NoError(t, err)
		_, err = conn.Read(make([]byte, 1))
		requireGone(t, err)
	}
	for at := range brontide.ActThreeSize {
		conn := plain(t, a)
		m := initiator(t, key(2), a.Self())
		three := upToActThree(t, conn, m)
		three[at] ^= 1
		_, err := conn.Write(three)
		require.NoError(t, err)
		_, err = conn.Read(make([]byte, 1))
		requireGone(t, err)
	}
	require.Empty(t, a.Peers())
	require.EqualValues(t, brontide.ActOneSize+brontide.ActThreeSize, eventually(t, func() (uint64, bool) {
		n := a.Stats().Failed
		return n, n == brontide.ActOneSize+brontide.ActThreeSize
	}))
}

// upToActThree does the first two acts and returns the third.
func upToActThree(t *testing.T, conn net.Conn, m *brontide.Machine) []byte {
	t.Helper()
	one, err := m.GenActOne()
	require.NoError(t, err)
	_, err = conn.Write(one[:])
	require.NoError(t, err)
	var two [brontide.ActTwoSize]byte
	_, err = io.ReadFull(conn, two[:])
	require.NoError(t, err)
	require.NoError(t, m.RecvActTwo(two))
	three, err := m.GenActThree()
	require.NoError(t, err)
	return three[:]
}

// TestEveryFlippedByteOfActTwoEndsTheCall changes what an answering node sends.
func TestEveryFlippedByteOfActTwoEndsTheCall(t *testing.T) {
	a := start(t, 1, nil)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close() //nolint:errcheck // the end of the test
	flip := make(chan int, 1)
	go func() {
		for at := range flip {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			m := brontide.NewBrontideMachine(false, &keychain.PrivKeyECDH{PrivKey: key(2)}, nil)
			var one [brontide.ActOneSize]byte
			if _, err := io.ReadFull(conn, one[:]); err == nil && m.RecvActOne(one) == nil {
				two, _ := m.GenActTwo()
				two[at] ^= 1
				_, _ = conn.Write(two[:])
				_, _ = io.Copy(io.Discard, conn)
			}
			_ = conn.Close()
		}
	}()
	address, err := peer.ParseAddress(keyOf(key(2)).String() + "@" + l.Addr().String())
	require.NoError(t, err)
	for at := range brontide.ActTwoSize {
		flip <- at
		require.ErrorIs(t, a.Connect(t.Context(), address), peer.ErrHandshake, "byte %d", at)
	}
	close(flip)
	require.Empty(t, a.Peers())
}

// TestReplayedActsEndTheHandshake sends again what an honest caller sent.
func TestReplayedActsEndTheHandshake(t *testing.T) {
	a := start(t, 1, nil)
	conn := plain(t, a)
	m := initiator(t, key(2), a.Self())
	one, err := m.GenActOne()
	require.NoError(t, err)
	_, err = conn.Write(one[:])
	require.NoError(t, err)
	var two [brontide.ActTwoSize]byte
	_, err = io.ReadFull(conn, two[:])
	require.NoError(t, err)
	require.NoError(t, m.RecvActTwo(two))
	three, err := m.GenActThree()
	require.NoError(t, err)

	again := plain(t, a)
	_, err = again.Write(one[:])
	require.NoError(t, err)
	_, err = io.ReadFull(again, two[:])
	require.NoError(t, err, "act one alone proves nothing and may be answered")
	_, err = again.Write(three[:])
	require.NoError(t, err)
	_, err = again.Read(make([]byte, 1))
	requireGone(t, err)
	require.Empty(t, a.Peers())
}

// TestEveryFlippedByteOfAFrameEndsTheSession changes each byte of an encrypted
// message; nothing of it is delivered.
func TestEveryFlippedByteOfAFrameEndsTheSession(t *testing.T) {
	a := start(t, 1, nil)
	message := offer(1)
	for at := range 2 + 16 + len(message) + 16 {
		r := meet(t, a, key(2))
		sealed := &flipping{Conn: r.conn, at: at}
		require.NoError(t, r.machine.WriteMessage(message))
		_, err := r.machine.Flush(sealed)
		require.NoError(t, err)
		if at < 2+16 {
			// A header that does not verify is not waited for.
			require.True(t, sealed.flipped)
		}
		r.closed()
		a.handler.until(t, "the end of the session", func() bool { return !a.handler.online[keyOf(key(2))] })
	}
	require.Empty(t, a.handler.from(keyOf(key(2))))
}

// flipping changes one bit of what is written through it.
type flipping struct {
	net.Conn
	at, n   int
	flipped bool
}

func (f *flipping) Write(b []byte) (int, error) {
	b = bytes.Clone(b)
	if i := f.at - f.n; i >= 0 && i < len(b) {
		b[i] ^= 0x10
		f.flipped = true
	}
	f.n += len(b)
	return f.Conn.Write(b)
}

// TestSlowPeersLoseTheirConnection stalls, or sends a byte now and then, in
// each step up to the hello.
func TestSlowPeersLoseTheirConnection(t *testing.T) {
	a := start(t, 1, quick)
	steps := map[string]func(net.Conn) error{
		"nothing at all": func(net.Conn) error { return nil },
		"half of act one": func(conn net.Conn) error {
			one, err := initiator(t, key(2), a.Self()).GenActOne()
			require.NoError(t, err)
			_, err = conn.Write(one[:25])
			return err
		},
		"act one byte by byte": func(conn net.Conn) error {
			one, err := initiator(t, key(2), a.Self()).GenActOne()
			require.NoError(t, err)
			for _, b := range one {
				if _, err := conn.Write([]byte{b}); err != nil {
					return nil //nolint:nilerr // hung up on, as it should be
				}
				time.Sleep(20 * time.Millisecond)
			}
			return nil
		},
		"half of act three": func(conn net.Conn) error {
			three := upToActThree(t, conn, initiator(t, key(2), a.Self()))
			_, err := conn.Write(three[:33])
			return err
		},
		"no hello": func(conn net.Conn) error {
			_, err := conn.Write(upToActThree(t, conn, initiator(t, key(2), a.Self())))
			return err
		},
		"half a hello": func(conn net.Conn) error {
			r := &raw{t: t, conn: conn, machine: initiator(t, key(2), a.Self())}
			require.NoError(t, r.handshake())
			require.NoError(t, r.machine.WriteMessage(hello().Encode()))
			_, err := r.machine.Flush(&cut{Conn: conn, left: 40})
			return err
		},
	}
	for name, step := range steps {
		t.Run(name, func(t *testing.T) {
			conn := plain(t, a)
			began := time.Now()
			require.NoError(t, step(conn))
			_, err := io.Copy(io.Discard, conn)
			if err != nil {
				requireGone(t, err)
			}
			require.Less(t, time.Since(began), 10*time.Second)
		})
	}
	require.Empty(t, a.Peers())
}

// cut swallows what is written beyond a number of bytes.
type cut struct {
	net.Conn
	left int
}

func (c *cut) Write(b []byte) (int, error) {
	part := b[:min(len(b), c.left)]
	c.left -= len(part)
	if _, err := c.Conn.Write(part); err != nil {
		return 0, err
	}
	return len(b), nil
}

// TestACallEndsWithItsContext stalls the answering side.
func TestACallEndsWithItsContext(t *testing.T) {
	a := start(t, 1, nil)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close() //nolint:errcheck // the end of the test
	address, err := peer.ParseAddress(keyOf(key(2)).String() + "@" + l.Addr().String())
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	require.Error(t, a.Connect(ctx, address))
	require.ErrorIs(t, a.Connect(t.Context(), peer.Address{Key: a.Self(), Host: "127.0.0.1", Port: 1}), peer.ErrSelf)
}

// eventually polls a value that no event tells of.
func eventually[T any](t testing.TB, f func() (T, bool)) T {
	t.Helper()
	end := time.Now().Add(patience)
	for {
		v, ok := f()
		if ok || time.Now().After(end) {
			return v
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// TestManyMessagesGoThroughKeyRotation sends more than twice as many messages
// as Noise uses a key for, both ways.
func TestManyMessagesGoThroughKeyRotation(t *testing.T) {
	a, b := start(t, 1, nil), start(t, 2, nil)
	require.NoError(t, b.Connect(t.Context(), a.address(t)))
	const n = 2500
	for i := range n {
		m := wire.Reject{ID: [32]byte{byte(i), byte(i >> 8)}, Refused: wire.TypeOffer, Code: wire.RejectDeclined}
		require.NoError(t, b.Send(t.Context(), a.Self(), m.Encode()))
	}
	a.handler.until(t, "all messages", func() bool { return len(a.handler.messages[b.Self()]) == n })
	for i, message := range a.handler.from(b.Self()) {
		head, err := wire.HeadOf(message)
		require.NoError(t, err)
		require.Equal(t, [32]byte{byte(i), byte(i >> 8)}, head.ID, "order")
	}
}

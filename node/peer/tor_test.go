package peer_test

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/node/peer"
)

// socks is a SOCKS5 proxy (RFC 1928, 1929) that knows where names are, as Tor
// does, and records what it was asked.
type socks struct {
	listener net.Listener
	where    map[string]string
	asked    chan string
	users    chan string
}

func startSocks(t *testing.T, where map[string]string) *socks {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	s := &socks{listener: l, where: where, asked: make(chan string, 10), users: make(chan string, 10)}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close() //nolint:errcheck // the end of the connection
				if target, err := s.negotiate(conn); err == nil {
					go func() {
						_, _ = io.Copy(target, conn)
						_ = target.Close()
					}()
					_, _ = io.Copy(conn, target)
				}
			}()
		}
	}()
	return s
}

func (s *socks) negotiate(conn net.Conn) (net.Conn, error) {
	b := make([]byte, 512)
	if _, err := io.ReadFull(conn, b[:2]); err != nil {
		return nil, err
	}
	methods := b[2 : 2+b[1]]
	if _, err := io.ReadFull(conn, methods); err != nil {
		return nil, err
	}
	method := byte(0)
	for _, m := range methods {
		method = max(method, m)
	}
	if _, err := conn.Write([]byte{5, method}); err != nil {
		return nil, err
	}
	user := ""
	if method == 2 {
		var parts [2]string
		if _, err := io.ReadFull(conn, b[:1]); err != nil {
			return nil, err
		}
		for i := range parts {
			if _, err := io.ReadFull(conn, b[:1]); err != nil {
				return nil, err
			}
			text := make([]byte, b[0])
			if _, err := io.ReadFull(conn, text); err != nil {
				return nil, err
			}
			parts[i] = string(text)
		}
		user = parts[0] + ":" + parts[1]
		if _, err := conn.Write([]byte{1, 0}); err != nil {
			return nil, err
		}
	}
	if _, err := io.ReadFull(conn, b[:5]); err != nil {
		return nil, err
	}
	if b[3] != 3 {
		return nil, errors.New("not a name: it was resolved before")
	}
	rest := make([]byte, int(b[4])+2)
	if _, err := io.ReadFull(conn, rest); err != nil {
		return nil, err
	}
	name := string(rest[:b[4]])
	s.asked <- net.JoinHostPort(name, strconv.Itoa(int(binary.BigEndian.Uint16(rest[b[4]:]))))
	s.users <- user
	target, err := net.Dial("tcp", s.where[name])
	if err != nil {
		_, _ = conn.Write([]byte{5, 4, 0, 1, 0, 0, 0, 0, 0, 0})
		return nil, err
	}
	_, err = conn.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	return target, err
}

func TestPeersAreReachedThroughTor(t *testing.T) {
	a := start(t, 1, nil)
	listening := a.Listening()[0].String()
	s := startSocks(t, map[string]string{onion: listening, "peer.example": listening})
	dial, err := peer.NewDialer(peer.DialerConfig{Socks: s.listener.Addr().String(), Isolate: true})
	require.NoError(t, err)
	b := start(t, 2, func(cfg *peer.Config) { cfg.Dial = dial; cfg.Listen = nil })
	var users []string
	for _, host := range []string{onion, "peer.example"} {
		require.NoError(t, b.Connect(t.Context(), peer.Address{Key: a.Self(), Host: host, Port: 8430}))
		require.Equal(t, host+":8430", <-s.asked, "names are for Tor to resolve")
		users = append(users, <-s.users)
		require.NoError(t, b.Disconnect(a.Self()))
		b.handler.until(t, "the end", func() bool { return len(b.handler.online) == 0 })
		a.handler.until(t, "the end", func() bool { return len(a.handler.online) == 0 })
	}
	require.NotEmpty(t, users[0])
	require.NotEqual(t, users[0], users[1], "each connection has a circuit of its own")
	require.Error(t, b.Connect(t.Context(), peer.Address{Key: a.Self(), Host: "gone.example", Port: 1}))
}

func TestTorIsForOnionsAloneIfToldSo(t *testing.T) {
	a := start(t, 1, nil)
	s := startSocks(t, nil)
	dial, err := peer.NewDialer(peer.DialerConfig{Socks: s.listener.Addr().String(), Direct: true})
	require.NoError(t, err)
	b := start(t, 2, func(cfg *peer.Config) { cfg.Dial = dial })
	require.NoError(t, b.Connect(t.Context(), a.address(t)))
	require.Error(t, b.Connect(t.Context(), peer.Address{Key: keyOf(key(9)), Host: onion, Port: 1}))
	require.Equal(t, onion+":1", <-s.asked)

	none, err := peer.NewDialer(peer.DialerConfig{})
	require.NoError(t, err)
	_, err = none(t.Context(), onion+":1")
	require.ErrorIs(t, err, peer.ErrNeedsTor)
	_, err = peer.NewDialer(peer.DialerConfig{Socks: "9050"})
	require.ErrorIs(t, err, peer.ErrConfig)
}

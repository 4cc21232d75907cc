package peer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/lightningnetwork/lnd/brontide"
	"github.com/lightningnetwork/lnd/keychain"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node/peer"
)

// patience bounds every wait of a test.
const patience = 20 * time.Second

// key returns a node key for a number.
func key(n byte) *btcec.PrivateKey {
	k, _ := btcec.PrivKeyFromBytes(bytes.Repeat([]byte{n + 1}, 32))
	return k
}

func keyOf(k *btcec.PrivateKey) peer.Key { return peer.Key(k.PubKey().SerializeCompressed()) }

func hello() *wire.Hello {
	return &wire.Hello{
		Chain: [32]byte{1, 2, 3}, Schemes: []uint8{wire.SchemeTaprootV1}, MaxList: wire.MaxList,
		Indexes: []wire.IndexParameters{{ID: "hp1", Parameters: [32]byte{7}}},
	}
}

// handler records what a Host tells it.
type handler struct {
	mu       sync.Mutex
	online   map[peer.Key]bool
	sessions int
	messages map[peer.Key][][]byte
	breaches []string
	expect   func(wire.Head, uint32) error
	react    func(k peer.Key, raw []byte)
	changed  chan struct{}
}

func newHandler() *handler {
	return &handler{
		online: map[peer.Key]bool{}, messages: map[peer.Key][][]byte{}, changed: make(chan struct{}),
		expect: func(wire.Head, uint32) error { return nil },
	}
}

// change alters the record under the lock and wakes who waits for it.
func (h *handler) change(f func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f()
	close(h.changed)
	h.changed = make(chan struct{})
}

func (h *handler) Connected(k peer.Key, local, remote *wire.Hello) {
	h.change(func() {
		if h.online[k] || local == nil || remote == nil {
			h.breaches = append(h.breaches, fmt.Sprintf("connected twice, or without hellos: %s", k))
		}
		h.online[k] = true
		h.sessions++
	})
}

func (h *handler) Disconnected(k peer.Key) {
	h.change(func() {
		if !h.online[k] {
			h.breaches = append(h.breaches, fmt.Sprintf("disconnected while not connected: %s", k))
		}
		delete(h.online, k)
	})
}

func (h *handler) Message(k peer.Key, raw []byte) {
	h.change(func() {
		if !h.online[k] {
			h.breaches = append(h.breaches, fmt.Sprintf("message while not connected: %s", k))
		}
		h.messages[k] = append(h.messages[k], raw)
	})
	if h.react != nil {
		h.react(k, raw)
	}
}

func (h *handler) Expect(_ peer.Key, head wire.Head, total uint32) error {
	return h.expect(head, total)
}

// from returns the messages of a peer, has says whether it is connected, all who
// is, met how many sessions there were, total how many messages.
func (h *handler) from(k peer.Key) [][]byte {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.messages[k]
}

func (h *handler) has(k peer.Key) bool { return h.all()[k] }

func (h *handler) all() map[peer.Key]bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.online)
}

func (h *handler) met() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.sessions
}

func (h *handler) total() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, messages := range h.messages {
		n += len(messages)
	}
	return n
}

// until waits for a condition on the record.
func (h *handler) until(t testing.TB, what string, condition func() bool) {
	t.Helper()
	timeout := time.After(patience)
	for {
		h.mu.Lock()
		met, changed := condition(), h.changed
		h.mu.Unlock()
		if met {
			return
		}
		select {
		case <-changed:
		case <-timeout:
			t.Fatalf("waited %v for %s", patience, what)
		}
	}
}

// node is a Host that runs until the test ends.
type node struct {
	*peer.Host
	handler *handler
	stop    func()
}

// start runs a Host with key n on a port of loopback.
func start(t testing.TB, n byte, change func(*peer.Config)) *node {
	t.Helper()
	h := newHandler()
	cfg := peer.Config{
		NodeKey: key(n), Hello: hello(), Handler: h, Logger: slog.New(slog.DiscardHandler), Listen: []string{"127.0.0.1:0"},
	}
	if change != nil {
		change(&cfg)
	}
	host, err := peer.New(cfg)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- host.Run(ctx) }()
	stop := sync.OnceFunc(func() {
		cancel()
		require.NoError(t, <-ended)
		h.mu.Lock()
		defer h.mu.Unlock()
		require.Empty(t, h.breaches)
		require.Empty(t, h.online, "sessions outlive Run")
		require.Zero(t, host.Stats().Reassembly, "memory of segments is not given back")
	})
	t.Cleanup(stop)
	select {
	case <-host.Ready():
	case err := <-ended:
		t.Fatalf("host: %v", err)
	}
	return &node{Host: host, handler: h, stop: stop}
}

// address is where the node listens.
func (n *node) address(t testing.TB) peer.Address {
	t.Helper()
	a, err := peer.ParseAddress(n.Self().String() + "@" + n.Listening()[0].String())
	require.NoError(t, err)
	return a
}

// raw is a peer without rules: what it sends is up to the test.
type raw struct {
	t       testing.TB
	conn    net.Conn
	machine *brontide.Machine
}

// plain connects without a handshake.
func plain(t testing.TB, n *node) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", n.Listening()[0].String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(patience)))
	return conn
}

// shake connects as key k and does the handshake.
func shake(t testing.TB, n *node, k *btcec.PrivateKey) *raw {
	t.Helper()
	conn := plain(t, n)
	r := &raw{t: t, conn: conn, machine: initiator(t, k, n.Self())}
	require.NoError(t, r.handshake())
	return r
}

func initiator(t testing.TB, k *btcec.PrivateKey, remote peer.Key) *brontide.Machine {
	t.Helper()
	point, err := btcec.ParsePubKey(remote[:])
	require.NoError(t, err)
	return brontide.NewBrontideMachine(true, &keychain.PrivKeyECDH{PrivKey: k}, point)
}

// handshake does all three acts of the caller.
func (r *raw) handshake() error {
	one, err := r.machine.GenActOne()
	if err != nil {
		return err
	}
	if _, err := r.conn.Write(one[:]); err != nil {
		return err
	}
	var two [brontide.ActTwoSize]byte
	if _, err := io.ReadFull(r.conn, two[:]); err != nil {
		return err
	}
	if err := r.machine.RecvActTwo(two); err != nil {
		return err
	}
	three, err := r.machine.GenActThree()
	if err != nil {
		return err
	}
	_, err = r.conn.Write(three[:])
	return err
}

// meet connects and exchanges hellos.
func meet(t testing.TB, n *node, k *btcec.PrivateKey) *raw {
	t.Helper()
	r := shake(t, n, k)
	r.send(hello().Encode())
	require.IsType(t, &wire.Hello{}, r.receive())
	n.handler.until(t, "the session", func() bool { return n.handler.online[keyOf(k)] })
	return r
}

func (r *raw) send(frame []byte) {
	r.t.Helper()
	require.NoError(r.t, r.trySend(frame))
}

func (r *raw) trySend(frame []byte) error {
	if err := r.machine.WriteMessage(frame); err != nil {
		return err
	}
	_, err := r.machine.Flush(r.conn)
	return err
}

// receive returns the next message.
func (r *raw) receive() wire.Message {
	r.t.Helper()
	frame, err := r.machine.ReadMessage(r.conn)
	require.NoError(r.t, err)
	m, err := wire.Decode(frame)
	require.NoError(r.t, err)
	return m
}

// closed checks that the other end closes the connection and says nothing more
// before, but for hello and pings.
func (r *raw) closed() {
	r.t.Helper()
	for {
		frame, err := r.machine.ReadMessage(r.conn)
		if err != nil {
			requireGone(r.t, err)
			return
		}
		m, err := wire.Decode(frame)
		require.NoError(r.t, err)
		if k := m.Type(); k != wire.TypeHello && k != wire.TypePing && k != wire.TypePong {
			r.t.Fatalf("%s instead of the end of the connection", k)
		}
	}
}

// requireGone checks that an error means that the other end hung up.
func requireGone(t testing.TB, err error) {
	t.Helper()
	require.Error(t, err)
	var timeout net.Error
	require.False(t, errors.As(err, &timeout) && timeout.Timeout(), "the connection is still open")
}

func offer(id byte) []byte {
	m := wire.Reject{ID: [32]byte{id}, Refused: wire.TypeOffer, Code: wire.RejectDeclined}
	return m.Encode()
}

// long returns a well-formed message of about n bytes, longer than a frame.
func long(t testing.TB, n int) []byte {
	t.Helper()
	inner := append([]byte{byte(wire.TypeOffer >> 8), byte(wire.TypeOffer & 0xff)}, bytes.Repeat([]byte{0xab}, n)...)
	m := wire.Record{Offer: inner}
	encoded := m.Encode()
	_, err := wire.Decode(encoded)
	require.NoError(t, err)
	return encoded
}

package peer

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/alkimiya/alkimiya/dlc/wire"
)

// Errors of a Host's methods; they come wrapped with the peer concerned.
var (
	// ErrNotConnected: there is no session with the peer, or it has ended.
	ErrNotConnected = errors.New("peer is not connected")
	// ErrSelf: the address is this node's own.
	ErrSelf = errors.New("address of this node itself")
	// ErrStopped: the Host does not run.
	ErrStopped = errors.New("peer host does not run")
	// ErrFull: all places of strangers are taken.
	ErrFull = errors.New("too many inbound peers")
	// ErrDuplicate: another connection with the peer was kept.
	ErrDuplicate = errors.New("connected already")
)

// Host holds the sessions of a node. Its methods are safe for concurrent use;
// make it with New.
type Host struct {
	cfg    Config
	self   Key
	budget *wire.ByteBudget
	// strangersBudget is the part of it that strangers may take.
	strangersBudget part
	lobby           *lobby
	stats           counters
	// ready is closed when all listeners are open.
	ready chan struct{}

	mu        sync.Mutex
	running   bool
	stopped   bool
	listening []net.Addr
	sessions  map[Key]*session
	strangers map[string]int
	inbound   int
	wanted    map[Key]*wanted
	dialing   map[Key]chan struct{}
	// tasks are the goroutines that Run waits for; it grows only while running.
	tasks sync.WaitGroup
}

// New checks the configuration and makes a Host, which does nothing until Run.
// Errors are ErrConfig.
func New(cfg Config) (*Host, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	budget := wire.NewByteBudget(cfg.Limits.Reassembly)
	return &Host{
		cfg: cfg, self: Key(cfg.NodeKey.PubKey().SerializeCompressed()),
		budget: budget, strangersBudget: part{of: budget, own: wire.NewByteBudget(cfg.Limits.Reassembly / 4 * 3)},
		lobby: newLobby(cfg.Limits.Handshakes, cfg.Limits.HandshakesPerAddress),
		ready: make(chan struct{}), sessions: make(map[Key]*session), strangers: make(map[string]int),
		wanted: make(map[Key]*wanted), dialing: make(map[Key]chan struct{}),
	}, nil
}

// part is a budget within another one.
type part struct{ own, of *wire.ByteBudget }

// Acquire implements wire.Budget.
func (p part) Acquire(n int) bool {
	if !p.own.Acquire(n) {
		return false
	}
	if !p.of.Acquire(n) {
		p.own.Release(n)
		return false
	}
	return true
}

// Release implements wire.Budget.
func (p part) Release(n int) {
	p.of.Release(n)
	p.own.Release(n)
}

// Self returns this node's key.
func (h *Host) Self() Key { return h.self }

// Run listens, and keeps persistent peers connected, until ctx ends; then it
// closes all sessions and returns nil when every goroutine of the Host has
// ended. It returns an error if it cannot listen. It may be called once.
func (h *Host) Run(ctx context.Context) error {
	listeners, err := h.open(ctx)
	if err != nil {
		return err
	}
	h.mu.Lock()
	if h.running || h.stopped {
		h.mu.Unlock()
		return errors.Join(ErrStopped, closeAll(listeners))
	}
	h.running = true
	for _, l := range listeners {
		h.listening = append(h.listening, l.Addr())
		h.tasks.Go(func() { h.accept(ctx, l) })
	}
	for _, w := range h.wanted {
		h.pursue(w)
	}
	h.mu.Unlock()
	close(h.ready)
	<-ctx.Done()

	err = closeAll(listeners)
	h.mu.Lock()
	h.running, h.stopped = false, true
	for _, w := range h.wanted {
		w.cancel()
	}
	for _, s := range h.sessions {
		s.close(ErrStopped)
	}
	h.mu.Unlock()
	h.lobby.closeAll()
	h.tasks.Wait()
	return err
}

// open opens all listeners or none.
func (h *Host) open(ctx context.Context) ([]net.Listener, error) {
	var listeners []net.Listener
	for _, address := range h.cfg.Listen {
		l, err := h.cfg.Listener(ctx, address)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("listen for peers on %s: %w", address, err), closeAll(listeners))
		}
		listeners = append(listeners, l)
	}
	return listeners, nil
}

func closeAll(listeners []net.Listener) error {
	var errs []error
	for _, l := range listeners {
		if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Ready is closed when the Host listens.
func (h *Host) Ready() <-chan struct{} { return h.ready }

// Listening returns the addresses that the Host listens on, none before Ready.
func (h *Host) Listening() []net.Addr {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.listening)
}

// Send queues a whole message to a connected peer, cut into segments if it is
// longer than a frame, and waits while the peer's queue is full. It returns nil
// when the message is queued, which does not mean that it arrives. It fails
// with ErrNotConnected, with wire.ErrSegment for a message that may not be as
// long as it is, and when ctx ends; then nothing was queued. The message must
// not be changed afterwards.
func (h *Host) Send(ctx context.Context, k Key, message []byte) error {
	h.mu.Lock()
	s := h.sessions[k]
	h.mu.Unlock()
	if s == nil {
		return fmt.Errorf("send to %s: %w", k, ErrNotConnected)
	}
	if err := s.send(ctx, message); err != nil {
		return fmt.Errorf("send to %s: %w", k, err)
	}
	return nil
}

// Disconnect ends the session with a peer; ErrNotConnected if there is none. A
// persistent peer is called again.
func (h *Host) Disconnect(k Key) error {
	h.mu.Lock()
	s := h.sessions[k]
	h.mu.Unlock()
	if s == nil {
		return fmt.Errorf("disconnect %s: %w", k, ErrNotConnected)
	}
	s.close(errDisconnected)
	return nil
}

// errDisconnected: this node ended the session.
var errDisconnected = errors.New("disconnected by this node")

// connected returns the session with a peer, or nil.
func (h *Host) connected(k Key) *session {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.sessions[k]
}

// join gives a session its place as the one with its peer, and starts it. If
// there is one already, one of the two ends. It waits until an older session
// has ended in full, so that the Handler hears of one at a time.
func (h *Host) join(ctx context.Context, s *session) error {
	for {
		old, err := h.enter(s)
		if old == nil {
			return err
		}
		old.close(ErrReplaced)
		select {
		case <-old.done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// enter tries to give the session its place; it returns the session that has to
// end before, if there is one.
func (h *Host) enter(s *session) (*session, error) {
	key := s.link.remote
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.running {
		return nil, ErrStopped
	}
	if old := h.sessions[key]; old != nil {
		if h.keeps(old, s) {
			return nil, ErrDuplicate
		}
		return old, nil
	}
	if err := h.place(s); err != nil {
		return nil, err
	}
	h.sessions[key] = s
	h.tasks.Go(func() { h.run(s) })
	return nil, nil
}

// keeps says whether of two connections with a peer the older one stays. Both
// ends must come to the same answer: if both called at the same time, the call
// of the smaller key counts; else the newer connection does, for the peer would
// not have made it if it still had the older one.
func (h *Host) keeps(old, s *session) bool {
	if old.inbound == s.inbound || time.Since(old.began) > h.cfg.Timing.Hello {
		return false
	}
	ours := h.self.Compare(s.link.remote) < 0
	return ours != old.inbound
}

// place counts a stranger in, or refuses him. Called with the lock held.
func (h *Host) place(s *session) error {
	key := s.link.remote
	if !s.inbound || h.wanted[key] != nil || h.cfg.Known(key) {
		return nil
	}
	if h.inbound >= h.cfg.Limits.Inbound {
		return ErrFull
	}
	if !isLoopback(s.link.conn.RemoteAddr()) && h.strangers[s.group] >= h.cfg.Limits.InboundPerAddress {
		return fmt.Errorf("%w from %s", ErrFull, s.group)
	}
	s.stranger = true
	h.inbound++
	h.strangers[s.group]++
	return nil
}

// leave takes an ended session's place away.
func (h *Host) leave(s *session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.sessions, s.link.remote)
	if !s.stranger {
		return
	}
	h.inbound--
	if h.strangers[s.group]--; h.strangers[s.group] == 0 {
		delete(h.strangers, s.group)
	}
}

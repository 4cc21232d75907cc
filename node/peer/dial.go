package peer

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"time"
)

// wanted is a persistent peer.
type wanted struct {
	address Address
	// cancel ends its goroutine.
	cancel context.CancelFunc

	// next is when it will be called again, failure why the last call failed or
	// the last session ended; both under the Host's lock.
	next    time.Time
	failure error
}

// Connect calls a peer once, and returns nil when there is a session with it,
// also if there was one before. ctx bounds the waiting; without a deadline
// Timing does.
func (h *Host) Connect(ctx context.Context, a Address) error {
	if a.Key == h.self {
		return fmt.Errorf("connect to %s: %w", a, ErrSelf)
	}
	for {
		turn, other, err := h.beginDial(a.Key)
		if err != nil {
			return fmt.Errorf("connect to %s: %w", a, err)
		}
		if turn == nil && other == nil {
			return nil
		}
		if other == nil {
			err := h.call(ctx, a)
			h.endDial(a.Key, turn)
			if err != nil {
				return fmt.Errorf("connect to %s: %w", a, err)
			}
			return nil
		}
		select {
		case <-other:
		case <-ctx.Done():
			return fmt.Errorf("connect to %s: %w", a, ctx.Err())
		}
	}
}

// beginDial takes the turn to call a peer; other is what to wait for if someone
// has it or a session is about to end, and both are nil if the peer is
// connected.
func (h *Host) beginDial(k Key) (turn, other chan struct{}, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.running {
		return nil, nil, ErrStopped
	}
	if s := h.sessions[k]; s != nil {
		select {
		case <-s.closing:
			return nil, s.done, nil
		default:
			return nil, nil, nil
		}
	}
	if other := h.dialing[k]; other != nil {
		return nil, other, nil
	}
	turn = make(chan struct{})
	h.dialing[k] = turn
	return turn, nil, nil
}

func (h *Host) endDial(k Key, turn chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.dialing, k)
	close(turn)
}

// call dials, shakes hands, says hello and starts the session.
func (h *Host) call(ctx context.Context, a Address) error {
	t := h.cfg.Timing
	dialCtx, cancel := context.WithTimeout(ctx, t.Dial)
	defer cancel()
	conn, err := h.cfg.Dial(dialCtx, a.HostPort())
	if err != nil {
		return err
	}
	s, err := h.introduce(ctx, conn, a.Key)
	if err == nil {
		err = h.join(ctx, s)
	}
	if err != nil {
		_ = conn.Close()
	}
	if errors.Is(err, ErrDuplicate) {
		return nil
	}
	return err
}

func (h *Host) introduce(ctx context.Context, conn net.Conn, k Key) (*session, error) {
	l, err := initiate(ctx, conn, h.cfg.NodeKey, k, h.cfg.Timing.Act)
	if err != nil {
		return nil, err
	}
	defer interruptible(ctx, conn)()
	remote, err := h.greet(l)
	if err != nil {
		return nil, err
	}
	return h.newSession(l, remote, false), nil
}

// Add makes a peer persistent: from now on it is called whenever it is not
// connected. Another address of a persistent peer replaces the one before.
// It is ErrSelf for this node's own key.
func (h *Host) Add(a Address) error {
	if a.Key == h.self {
		return fmt.Errorf("add peer %s: %w", a, ErrSelf)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if old := h.wanted[a.Key]; old != nil {
		if old.address == a {
			return nil
		}
		old.cancel()
	}
	w := &wanted{address: a, cancel: func() {}}
	h.wanted[a.Key] = w
	if h.running {
		h.pursue(w)
	}
	return nil
}

// Remove makes a peer persistent no more, and reports whether it was. A session
// with it goes on.
func (h *Host) Remove(k Key) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	w := h.wanted[k]
	if w == nil {
		return false
	}
	w.cancel()
	delete(h.wanted, k)
	return true
}

// pursue starts the goroutine of a persistent peer. Called with the lock held.
func (h *Host) pursue(w *wanted) {
	ctx, cancel := context.WithCancel(context.Background())
	w.cancel = cancel
	h.tasks.Go(func() {
		defer cancel()
		h.keepConnected(ctx, w)
	})
}

// keepConnected calls a peer whenever it is not connected, with growing pauses
// as long as no session comes of it.
func (h *Host) keepConnected(ctx context.Context, w *wanted) {
	failures := 0
	for ctx.Err() == nil {
		cause := h.attend(ctx, w.address)
		if ctx.Err() != nil {
			return
		}
		if errors.Is(cause, errUnreached) || errors.Is(cause, ErrRefused) {
			failures++
		} else {
			failures = 0
		}
		wait := h.backoff(failures)
		h.mu.Lock()
		w.failure, w.next = cause, time.Now().Add(wait)
		h.mu.Unlock()
		if !pause(ctx, wait) {
			return
		}
	}
}

// errUnreached: no session came of a call.
var errUnreached = errors.New("not reached")

// attend waits for the end of the session with a peer, which it calls if there
// is none, and returns why it ended or did not come about.
func (h *Host) attend(ctx context.Context, a Address) error {
	s := h.connected(a.Key)
	if s == nil {
		if err := h.Connect(ctx, a); err != nil {
			h.cfg.Logger.Debug("persistent peer was not reached", "peer", a.Key, "address", a.HostPort(), "err", err)
			return fmt.Errorf("%w: %w", errUnreached, err)
		}
		if s = h.connected(a.Key); s == nil {
			return fmt.Errorf("%w: the session ended at once", errUnreached)
		}
	}
	select {
	case <-s.done:
		return s.cause
	case <-ctx.Done():
		return ctx.Err()
	}
}

// backoff is how long to wait after so many failures in a row: twice as long
// from the second on, less up to a quarter by chance, so that two peers that
// lost each other do not call at the same moment again and again.
func (h *Host) backoff(failures int) time.Duration {
	t := h.cfg.Timing
	wait := t.BackoffMin
	for ; failures > 1 && wait < t.BackoffMax; failures-- {
		wait *= 2
	}
	wait = min(wait, t.BackoffMax)
	return max(t.BackoffMin, wait-time.Duration(rand.Int64N(int64(wait/4)+1))) //nolint:gosec // G404: only spreads calls in time
}

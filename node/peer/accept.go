package peer

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/alkimiya/alkimiya/dlc/wire"
)

// How long the accept loop rests after an error, such as too many open files.
const (
	restFirst   = 5 * time.Millisecond
	restLongest = time.Second
)

// accept takes connections until the listener is closed. It never waits for a
// peer.
func (h *Host) accept(ctx context.Context, l net.Listener) {
	rest := restFirst
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) || ctx.Err() != nil {
			if err == nil {
				_ = conn.Close()
			}
			return
		}
		if err != nil {
			h.cfg.Logger.Warn("accepting peers is interrupted", "address", l.Addr(), "err", err)
			if !pause(ctx, rest) {
				return
			}
			rest = min(2*rest, restLongest)
			continue
		}
		rest = restFirst
		h.stats.accepted.Add(1)
		// The context ends with the listener's or when another takes the place.
		guestCtx, cancel := context.WithCancel(ctx)
		guest := h.lobby.enter(conn, cancel)
		h.tasks.Go(func() { h.receive(guestCtx, guest) })
	}
}

// pause waits for d and reports whether ctx has not ended meanwhile.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// receive brings an inbound connection through handshake and hello to its
// session, or closes it. Strangers who fail are not worth a line above debug.
func (h *Host) receive(ctx context.Context, g *guest) {
	defer g.cancel()
	s, err := h.welcome(ctx, g.conn)
	if err == nil {
		err = h.admit(ctx, s)
	}
	placed := h.lobby.leave(g)
	if err == nil {
		return
	}
	_ = g.conn.Close()
	if !placed {
		h.stats.displaced.Add(1)
	}
	h.stats.failed.Add(1)
	h.cfg.Logger.Debug("inbound connection ended before its session", "address", g.conn.RemoteAddr(), "displaced", !placed, "err", err)
}

func (h *Host) welcome(ctx context.Context, conn net.Conn) (*session, error) {
	l, err := respond(ctx, conn, h.cfg.NodeKey, h.cfg.Timing.Act)
	if err != nil {
		return nil, err
	}
	if l.remote == h.self {
		return nil, ErrSelf
	}
	defer interruptible(ctx, conn)()
	remote, err := h.greet(l)
	if err != nil {
		return nil, err
	}
	return h.newSession(l, remote, true), nil
}

// admit joins an inbound session, and tells the peer if there is no place.
func (h *Host) admit(ctx context.Context, s *session) error {
	err := h.join(ctx, s)
	if errors.Is(err, ErrFull) {
		reject := wire.Reject{Refused: wire.TypeHello, Code: wire.RejectLimit}
		return errors.Join(err, s.link.writeFrame(reject.Encode(), h.cfg.Timing.Act))
	}
	return err
}

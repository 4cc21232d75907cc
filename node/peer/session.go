package peer

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alkimiya/alkimiya/dlc/wire"
)

// Reasons for which a session ends, beside errors of the connection and of
// dlc/wire.
var (
	// ErrSilent: the peer gave no sign of life, or took too long over a
	// message.
	ErrSilent = errors.New("peer was silent for too long")
	// ErrReplaced: the peer connected anew.
	ErrReplaced = errors.New("replaced by a newer connection")
	// ErrBreach: the peer broke the protocol, or sent what nobody expects.
	ErrBreach = errors.New("breach of the protocol")
	// ErrHello: the peer did not begin with a hello that can be used.
	ErrHello = errors.New("no usable hello")
	// ErrWrongChain: the peer is on another chain.
	ErrWrongChain = errors.New("peer is on another chain")
	// ErrRefused: the peer refused our hello.
	ErrRefused = errors.New("refused by the peer")
	// ErrPanic: handling a message failed by a bug of ours.
	ErrPanic = errors.New("panic while handling a message")
)

// echoQueue is how many answers to pings wait at most; a peer that does not
// take them is not read from.
const echoQueue = 4

// session is a connection with one peer after the hellos.
type session struct {
	link    *link
	remote  *wire.Hello
	inbound bool
	// stranger says that it has one of the places of strangers; group is its
	// address among them.
	stranger bool
	group    string
	began    time.Time

	// budget is where its memory for incoming messages comes from.
	budget wire.Budget

	in    inbox
	out   *outbox
	echos chan [8]byte

	// heard is when the last frame came, pingSent when the ping that has no
	// answer was sent, in nanoseconds since began; latency in nanoseconds.
	heard, pingSent, latency atomic.Int64
	read, written            atomic.Uint64

	end   sync.Once
	cause error
	// closing is closed when the session is to end, done when it has.
	closing, done chan struct{}
}

func (h *Host) newSession(l *link, remote *wire.Hello, inbound bool) *session {
	return &session{
		link: l, remote: remote, inbound: inbound, group: addressGroup(l.conn.RemoteAddr()), began: time.Now(),
		out: newOutbox(h.cfg.Limits.Queue), echos: make(chan [8]byte, echoQueue),
		closing: make(chan struct{}), done: make(chan struct{}),
	}
}

// close ends the session for the given reason; the first one counts.
func (s *session) close(cause error) {
	s.end.Do(func() {
		s.cause = cause
		s.out.close()
		close(s.closing)
		_ = s.link.conn.Close()
	})
}

// greet exchanges the hellos, both at once.
func (h *Host) greet(l *link) (*wire.Hello, error) {
	local, limit := h.cfg.Hello, h.cfg.Timing.Hello
	sent := make(chan error, 1)
	go func() { sent <- l.writeFrame(local.Encode(), limit) }()
	remote, refusal, err := h.readHello(l)
	if sendErr := <-sent; err == nil && sendErr != nil {
		err = fmt.Errorf("%w: send: %w", ErrHello, sendErr)
	}
	if err != nil && refusal != 0 {
		reject := wire.Reject{Refused: wire.TypeHello, Code: refusal}
		err = errors.Join(err, l.writeFrame(reject.Encode(), limit))
	}
	return remote, err
}

// readHello reads and judges the peer's hello. The code, if not 0, is what the
// peer is told before the connection ends.
func (h *Host) readHello(l *link) (*wire.Hello, wire.RejectCode, error) {
	limit := h.cfg.Timing.Hello
	frame, err := l.readFrame(time.Now().Add(limit), limit, h.strangersBudget)
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %w", ErrHello, err)
	}
	first := bytes.Clone(frame.data)
	frame.done()
	m, err := wire.Decode(first)
	if err != nil {
		if head, headErr := wire.HeadOf(first); headErr == nil && head.Type == wire.TypeHello && !wire.Closes(err) {
			return nil, wire.CodeOf(err), fmt.Errorf("%w: %w", ErrHello, err)
		}
		return nil, 0, fmt.Errorf("%w: %w", ErrHello, err)
	}
	if reject, ok := m.(*wire.Reject); ok {
		return nil, 0, fmt.Errorf("%w: %w: %s", ErrHello, ErrRefused, reject.Code)
	}
	hello, ok := m.(*wire.Hello)
	if !ok {
		return nil, 0, fmt.Errorf("%w: %s came first", ErrHello, m.Type())
	}
	if hello.Chain != h.cfg.Hello.Chain {
		return nil, wire.RejectWrongChain, fmt.Errorf("%w: genesis %x", ErrWrongChain, hello.Chain)
	}
	return hello, 0, nil
}

// run serves a session until it ends: it reads, and a second goroutine writes.
func (h *Host) run(s *session) {
	key := s.link.remote
	s.budget = h.budget
	if s.stranger {
		s.budget = h.strangersBudget
	}
	s.in = inbox{maxList: h.cfg.Hello.ListLimit()}
	s.in.segments = wire.NewReassembler(s.budget, func(head wire.Head, total uint32) error {
		return h.cfg.Handler.Expect(key, head, total)
	})
	var writer sync.WaitGroup
	writer.Go(func() { s.close(h.writeTo(s)) })
	h.cfg.Logger.Info("peer connected", "peer", key, "address", s.link.conn.RemoteAddr(), "inbound", s.inbound)
	s.close(h.guard(key, func() error {
		h.cfg.Handler.Connected(key, h.cfg.Hello, s.remote)
		return h.readFrom(s)
	}))
	writer.Wait()
	s.in.segments.Abort()
	_ = h.guard(key, func() error {
		h.cfg.Handler.Disconnected(key)
		return nil
	})
	h.stats.count(s.cause)
	h.cfg.Logger.Info("peer disconnected", "peer", key, "err", s.cause, "lasted", time.Since(s.began).Round(time.Millisecond))
	h.leave(s)
	close(s.done)
}

// guard keeps a bug that one peer's message finds from stopping the others.
func (h *Host) guard(k Key, f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			h.stats.panics.Add(1)
			h.cfg.Logger.Error("panic while handling a message", "peer", k, "panic", p, "stack", string(debug.Stack()))
			err = ErrPanic
		}
	}()
	return f()
}

// readFrom takes frames until the session ends, and says why.
func (h *Host) readFrom(s *session) error {
	t := h.cfg.Timing
	for {
		idle := time.Now().Add(t.Silence)
		frame, err := s.link.readFrame(s.in.deadline(idle, t.Segment), t.Frame, s.budget)
		if err != nil {
			return timedOut(err)
		}
		now := time.Now()
		s.heard.Store(int64(now.Sub(s.began)))
		s.read.Add(uint64(len(frame.data)))
		h.stats.framesRead.Add(1)
		h.stats.bytesRead.Add(uint64(len(frame.data)))
		what, data, err := s.in.take(frame.data, now)
		if what == deliver && frame.lent != nil && len(data) <= wire.MaxFrame {
			data = bytes.Clone(data) // it is the frame itself
		}
		frame.done()
		if err != nil {
			return fmt.Errorf("%w: %w", ErrBreach, err)
		}
		if err := h.react(s, what, data); err != nil {
			return err
		}
	}
}

// react does what the inbox said.
func (h *Host) react(s *session, what verdict, data []byte) error {
	key := s.link.remote
	switch what {
	case drop:
		return nil
	case echo:
		select {
		case s.echos <- [8]byte(data):
			return nil
		case <-s.closing:
			return ErrNotConnected
		}
	case echoed:
		if sent := s.pingSent.Swap(0); sent != 0 {
			s.latency.Store(int64(time.Since(s.began)) - sent)
		}
		return nil
	case refuse:
		h.stats.refused.Add(1)
		return s.send(context.Background(), data)
	case deliver:
		head, err := wire.HeadOf(data)
		if err != nil {
			return err
		}
		if !h.cfg.Admit(key, head.Type) {
			h.stats.refused.Add(1)
			reject := wire.Reject{ID: head.ID, Refused: head.Type, Code: wire.RejectRateLimited}
			return s.send(context.Background(), reject.Encode())
		}
		h.stats.messages.Add(1)
		h.cfg.Handler.Message(key, data)
		return nil
	}
	return fmt.Errorf("verdict %d: %w", what, ErrPanic)
}

// timedOut gives a deadline that passed its name.
func timedOut(err error) error {
	if timeout, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err); ok && timeout.Timeout() {
		return fmt.Errorf("%w: %w", ErrSilent, err)
	}
	return err
}

// send queues a whole message, cut into segments if it is long.
func (s *session) send(ctx context.Context, message []byte) error {
	frames, err := wire.Segment(message)
	if err != nil {
		return err
	}
	return s.out.push(ctx, frames, len(message))
}

// writeTo sends what is queued, answers to pings between the frames, and pings
// in silence, until the session ends.
func (h *Host) writeTo(s *session) error {
	t := h.cfg.Timing
	timer := time.NewTimer(t.Ping)
	defer timer.Stop()
	for {
		select {
		case <-s.closing:
			return ErrNotConnected
		case data := <-s.echos:
			pong := wire.Pong{Data: data}
			if err := h.write(s, pong.Encode()); err != nil {
				return err
			}
		case <-timer.C:
			quiet := time.Since(s.began) - time.Duration(s.heard.Load())
			if quiet >= t.Ping {
				if err := h.ping(s); err != nil {
					return err
				}
				quiet = 0
			}
			timer.Reset(t.Ping - quiet)
		case <-s.out.ready:
			frame := s.out.next()
			if frame == nil {
				continue
			}
			if err := h.write(s, frame); err != nil {
				return err
			}
			s.out.sent()
		}
	}
}

func (h *Host) write(s *session, frame []byte) error {
	if err := s.link.writeFrame(frame, h.cfg.Timing.Frame); err != nil {
		return timedOut(err)
	}
	s.written.Add(uint64(len(frame)))
	h.stats.framesWritten.Add(1)
	h.stats.bytesWritten.Add(uint64(len(frame)))
	return nil
}

// ping asks for a sign of life. The data only tells pings apart.
func (h *Host) ping(s *session) error {
	s.pingSent.CompareAndSwap(0, int64(time.Since(s.began)))
	ping := wire.Ping{}
	binary.BigEndian.PutUint64(ping.Data[:], uint64(time.Since(s.began))) //nolint:gosec // G115: never negative
	return h.write(s, ping.Encode())
}

package peer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/btcsuite/btcd/btcec/v2"

	"github.com/alkimiya/alkimiya/dlc/wire"
)

// ErrConfig means that a Host cannot be made of a configuration.
var ErrConfig = errors.New("peer configuration")

// Handler is told what peers say. Its methods are called by many goroutines,
// for one peer by one at a time: Connected, then messages, then Disconnected.
// Time spent in them delays that peer alone, which feels it as back-pressure.
type Handler interface {
	// Connected begins a session. The hellos are those exchanged, and are not
	// changed by anyone.
	Connected(k Key, local, remote *wire.Hello)
	// Disconnected ends it; Send to the peer fails already.
	Disconnected(k Key)
	// Message brings one whole, well-formed message of a known type, type
	// included, other than hello, ping, pong and segments. It may be kept and
	// must not be changed.
	Message(k Key, raw []byte)
	// Expect says whether a segmented message of total bytes, whose beginning
	// is head, may be read: nil, or the reason for which the connection ends.
	Expect(k Key, head wire.Head, total uint32) error
}

// Dial connects to host:port; it ends when ctx does.
type Dial func(ctx context.Context, address string) (net.Conn, error)

// Listen opens a listener on host:port.
type Listen func(ctx context.Context, address string) (net.Listener, error)

// Config is what a Host is made of.
type Config struct {
	// NodeKey is the node's identity.
	NodeKey *btcec.PrivateKey
	// Hello is what this node says of itself; it is not changed afterwards.
	Hello *wire.Hello
	// Listen are addresses host:port to listen on; there may be none.
	Listen []string
	// Handler gets the messages.
	Handler Handler
	// Logger is where sessions are reported.
	Logger *slog.Logger

	// Dial connects; nil means plain TCP (see NewDialer for Tor).
	Dial Dial
	// Listener listens; nil means plain TCP.
	Listener Listen
	// Admit, if not nil, is asked before a message is given to the Handler; if
	// it says no, the peer is told `rate_limited` and the message is dropped.
	// It must not block. See Rate.
	Admit func(k Key, t wire.Type) bool
	// Known, if not nil, tells peers that this node has dealings with, for whom
	// there is a place even when strangers fill all others. It must neither
	// block nor call the Host.
	Known func(k Key) bool

	Limits Limits
	Timing Timing
}

// Limits bound what peers may cost. A zero field means the default.
type Limits struct {
	// Inbound is how many strangers may be connected at a time, 1,000.
	// Persistent and known peers do not count.
	Inbound int
	// InboundPerAddress is how many of them from one address (of IPv6: one
	// /64), 64. Loopback, where Tor's connections come from, is free.
	InboundPerAddress int
	// Handshakes is how many connections may be in their handshake at a time,
	// 1,024, and HandshakesPerAddress from one address, 256. A newcomer takes
	// the place of the one that has been there longest.
	Handshakes, HandshakesPerAddress int
	// Queue is how many bytes wait to be sent to one peer, 8 MiB; a message
	// longer than that waits until it is alone.
	Queue int
	// Reassembly is how many bytes all peers together may have in unfinished
	// messages, wire.ReassemblyLimit. Strangers may take three quarters of it.
	Reassembly int64
}

// Timing holds the time limits. A zero field means the default.
type Timing struct {
	// Dial is how long a connection may take to be made, 60 s (through Tor it
	// takes tens).
	Dial time.Duration
	// Act is how long each act of the handshake may take, 5 s.
	Act time.Duration
	// Hello is how long the hellos may take, T_HELLO, 10 s.
	Hello time.Duration
	// Segment is how long a segmented message may take to arrive, T_SEGMENT,
	// 60 s.
	Segment time.Duration
	// Frame is how long one frame may take to be read or written once it has
	// begun, 30 s.
	Frame time.Duration
	// Ping is after how much silence a peer is asked for a sign of life, 30 s;
	// Silence is after how much its session ends, 90 s.
	Ping, Silence time.Duration
	// BackoffMin and BackoffMax bound the time between two attempts to reach a
	// persistent peer, 1 s and 5 min.
	BackoffMin, BackoffMax time.Duration
}

// DefaultLimits are the limits that a zero Limits means.
func DefaultLimits() Limits {
	return Limits{
		Inbound: 1000, InboundPerAddress: 64, Handshakes: 1024, HandshakesPerAddress: 256,
		Queue: 8 << 20, Reassembly: wire.ReassemblyLimit,
	}
}

// DefaultTiming are the times that a zero Timing means.
func DefaultTiming() Timing {
	return Timing{
		Dial: 60 * time.Second, Act: 5 * time.Second, Hello: 10 * time.Second, Segment: 60 * time.Second,
		Frame: 30 * time.Second, Ping: 30 * time.Second, Silence: 90 * time.Second,
		BackoffMin: time.Second, BackoffMax: 5 * time.Minute,
	}
}

// orDefault replaces a zero value.
func orDefault[T int | int64 | time.Duration](value *T, fallback T) {
	if *value == 0 {
		*value = fallback
	}
}

// complete fills in the defaults and checks the rest.
func (c *Config) complete() error {
	switch {
	case c.NodeKey == nil:
		return fmt.Errorf("%w: no node key", ErrConfig)
	case c.Hello == nil:
		return fmt.Errorf("%w: no hello", ErrConfig)
	case c.Handler == nil:
		return fmt.Errorf("%w: no handler", ErrConfig)
	case c.Logger == nil:
		return fmt.Errorf("%w: no logger", ErrConfig)
	}
	if n := len(c.Hello.Encode()); n > wire.MaxFrame {
		return fmt.Errorf("%w: hello of %d bytes", ErrConfig, n)
	}
	if err := c.Limits.complete(); err != nil {
		return err
	}
	if err := c.Timing.complete(); err != nil {
		return err
	}
	for _, address := range c.Listen {
		if _, _, err := net.SplitHostPort(address); err != nil {
			return fmt.Errorf("%w: listen %q: %w", ErrConfig, address, err)
		}
	}
	if c.Dial == nil {
		c.Dial = func(ctx context.Context, address string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "tcp", address)
		}
	}
	if c.Listener == nil {
		c.Listener = func(ctx context.Context, address string) (net.Listener, error) {
			var l net.ListenConfig
			return l.Listen(ctx, "tcp", address)
		}
	}
	if c.Admit == nil {
		c.Admit = func(Key, wire.Type) bool { return true }
	}
	if c.Known == nil {
		c.Known = func(Key) bool { return false }
	}
	return nil
}

func (l *Limits) complete() error {
	d := DefaultLimits()
	for _, f := range []struct {
		name     string
		value    *int
		fallback int
	}{
		{"inbound", &l.Inbound, d.Inbound},
		{"inbound per address", &l.InboundPerAddress, d.InboundPerAddress},
		{"handshakes", &l.Handshakes, d.Handshakes},
		{"handshakes per address", &l.HandshakesPerAddress, d.HandshakesPerAddress},
		{"queue", &l.Queue, d.Queue},
	} {
		orDefault(f.value, f.fallback)
		if *f.value < 0 {
			return fmt.Errorf("%w: limit %s of %d", ErrConfig, f.name, *f.value)
		}
	}
	orDefault(&l.Reassembly, d.Reassembly)
	if l.Reassembly < 0 {
		return fmt.Errorf("%w: limit reassembly of %d", ErrConfig, l.Reassembly)
	}
	return nil
}

func (t *Timing) complete() error {
	d := DefaultTiming()
	for _, f := range []struct {
		name     string
		value    *time.Duration
		fallback time.Duration
	}{
		{"dial", &t.Dial, d.Dial}, {"act", &t.Act, d.Act}, {"hello", &t.Hello, d.Hello},
		{"segment", &t.Segment, d.Segment}, {"frame", &t.Frame, d.Frame},
		{"ping", &t.Ping, d.Ping}, {"silence", &t.Silence, d.Silence},
		{"backoff minimum", &t.BackoffMin, d.BackoffMin}, {"backoff maximum", &t.BackoffMax, d.BackoffMax},
	} {
		orDefault(f.value, f.fallback)
		if *f.value < 0 {
			return fmt.Errorf("%w: time %s of %v", ErrConfig, f.name, *f.value)
		}
	}
	if t.BackoffMax < t.BackoffMin || t.Silence <= t.Ping {
		return fmt.Errorf("%w: times out of order", ErrConfig)
	}
	return nil
}

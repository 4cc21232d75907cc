package peer

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"reflect"
	"sync"
	"time"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/lightningnetwork/lnd/brontide"
	"github.com/lightningnetwork/lnd/keychain"

	"github.com/alkimiya/alkimiya/dlc/wire"
)

// ErrHandshake means that the other end of a connection is not the node that was called,
// does not speak Noise as we do, or took too long.
var ErrHandshake = errors.New("noise handshake")

const (
	// readBuffer is what one connection reads ahead.
	readBuffer = 4 << 10
	// smallFrame is how long a frame may be, with its MAC, to be allocated before
	// it has come.
	smallFrame = 4 << 10
	// macSize is what Noise adds to a frame.
	macSize = 16
)

// link is an encrypted connection after its handshake. One goroutine may read
// while another writes.
type link struct {
	conn    net.Conn
	in      *bufio.Reader
	machine *brontide.Machine
	remote  Key
}

// newLink starts the Noise machine; remote is nil for the answering side.
func newLink(conn net.Conn, own *btcec.PrivateKey, remote *btcec.PublicKey) *link {
	return &link{
		conn: conn, in: bufio.NewReaderSize(conn, readBuffer),
		machine: brontide.NewBrontideMachine(remote != nil, &keychain.PrivKeyECDH{PrivKey: own}, remote),
	}
}

// initiate is the calling side's handshake; each act has its own deadline. It
// closes nothing.
func initiate(ctx context.Context, conn net.Conn, own *btcec.PrivateKey, remote Key, act time.Duration) (*link, error) {
	point, err := remote.point()
	if err != nil {
		return nil, err
	}
	defer interruptible(ctx, conn)()
	l := newLink(conn, own, point)
	l.remote = remote
	one, err := l.machine.GenActOne()
	if err != nil {
		return nil, fmt.Errorf("%w: make act one: %w", ErrHandshake, err)
	}
	if err := l.act(act, func() error { return l.write(one[:]) }); err != nil {
		return nil, fmt.Errorf("%w: send act one: %w", ErrHandshake, err)
	}
	var two [brontide.ActTwoSize]byte
	if err := l.act(act, func() error { return l.read(two[:]) }); err != nil {
		return nil, fmt.Errorf("%w: receive act two: %w", ErrHandshake, err)
	}
	if err := l.machine.RecvActTwo(two); err != nil {
		return nil, fmt.Errorf("%w: act two: %w", ErrHandshake, err)
	}
	three, err := l.machine.GenActThree()
	if err != nil {
		return nil, fmt.Errorf("%w: make act three: %w", ErrHandshake, err)
	}
	if err := l.act(act, func() error { return l.write(three[:]) }); err != nil {
		return nil, fmt.Errorf("%w: send act three: %w", ErrHandshake, err)
	}
	return l, nil
}

// respond is the answering side's handshake.
func respond(ctx context.Context, conn net.Conn, own *btcec.PrivateKey, act time.Duration) (*link, error) {
	defer interruptible(ctx, conn)()
	l := newLink(conn, own, nil)
	var one [brontide.ActOneSize]byte
	if err := l.act(act, func() error { return l.read(one[:]) }); err != nil {
		return nil, fmt.Errorf("%w: receive act one: %w", ErrHandshake, err)
	}
	if err := l.machine.RecvActOne(one); err != nil {
		return nil, fmt.Errorf("%w: act one: %w", ErrHandshake, err)
	}
	two, err := l.machine.GenActTwo()
	if err != nil {
		return nil, fmt.Errorf("%w: make act two: %w", ErrHandshake, err)
	}
	if err := l.act(act, func() error { return l.write(two[:]) }); err != nil {
		return nil, fmt.Errorf("%w: send act two: %w", ErrHandshake, err)
	}
	var three [brontide.ActThreeSize]byte
	if err := l.act(act, func() error { return l.read(three[:]) }); err != nil {
		return nil, fmt.Errorf("%w: receive act three: %w", ErrHandshake, err)
	}
	if err := l.machine.RecvActThree(three); err != nil {
		return nil, fmt.Errorf("%w: act three: %w", ErrHandshake, err)
	}
	l.remote, err = remoteStatic(l.machine)
	return l, err
}

// remoteStatic returns the caller's key, which the machine has authenticated in
// act three and keeps to itself: only brontide's own listener, which a few
// stalling peers can shut, hands it out (docs/decisions/0040-noise.md).
func remoteStatic(m *brontide.Machine) (Key, error) {
	field := reflect.ValueOf(m).Elem().FieldByName("remoteStatic")
	if !field.IsValid() || field.Type() != reflect.TypeFor[*btcec.PublicKey]() || field.IsNil() {
		return Key{}, fmt.Errorf("%w: this version of brontide does not tell who called", ErrHandshake)
	}
	return Key((*btcec.PublicKey)(field.UnsafePointer()).SerializeCompressed()), nil
}

// interruptible makes the end of ctx end what waits on conn; the function it
// returns undoes that.
func interruptible(ctx context.Context, conn net.Conn) func() {
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	return func() { stop() }
}

// act gives one step of the handshake its deadline.
func (l *link) act(limit time.Duration, step func() error) error {
	if err := l.conn.SetDeadline(time.Now().Add(limit)); err != nil {
		return err
	}
	return step()
}

func (l *link) write(b []byte) error {
	_, err := l.conn.Write(b)
	return err
}

func (l *link) read(b []byte) error {
	_, err := io.ReadFull(l.in, b)
	return err
}

// writeFrame encrypts and sends one frame, which must be gone after limit.
func (l *link) writeFrame(frame []byte, limit time.Duration) error {
	if err := l.conn.SetWriteDeadline(time.Now().Add(limit)); err != nil {
		return err
	}
	if err := l.machine.WriteMessage(frame); err != nil {
		return err
	}
	_, err := l.machine.Flush(l.conn)
	return err
}

// frame is one frame that came. Its memory may be lent: whoever keeps data beyond
// done keeps a copy.
type frame struct {
	data   []byte
	lent   *largeFrame
	budget wire.Budget
}

// done gives lent memory back.
func (f *frame) done() {
	if f.lent != nil {
		f.budget.Release(len(f.lent))
		largeFrames.Put(f.lent)
		f.lent, f.data = nil, nil
	}
}

// largeFrame has room for every frame, and largeFrames lends them, so that long
// messages leave no garbage.
type largeFrame [wire.MaxFrame + macSize]byte

var largeFrames = sync.Pool{New: func() any { return new(largeFrame) }}

// readFrame returns the next frame: its header must come before until, and its
// body within limit after that and before until. What is longer than a small
// frame is read into memory of the budget (wire.ErrBudget).
func (l *link) readFrame(until time.Time, limit time.Duration, budget wire.Budget) (frame, error) {
	if err := l.conn.SetReadDeadline(until); err != nil {
		return frame{}, err
	}
	length, err := l.machine.ReadHeader(l.in)
	if err != nil {
		return frame{}, err
	}
	if end := time.Now().Add(limit); end.Before(until) {
		if err := l.conn.SetReadDeadline(end); err != nil {
			return frame{}, err
		}
	}
	if length <= smallFrame {
		data, err := l.machine.ReadBody(l.in, make([]byte, length))
		return frame{data: data}, err
	}
	if !budget.Acquire(len(largeFrame{})) {
		return frame{}, wire.ErrBudget
	}
	lent, ok := largeFrames.Get().(*largeFrame)
	if !ok {
		lent = new(largeFrame)
	}
	f := frame{lent: lent, budget: budget}
	if f.data, err = l.machine.ReadBody(l.in, lent[:length]); err != nil {
		f.done()
	}
	return f, err
}

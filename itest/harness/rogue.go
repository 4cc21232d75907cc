package harness

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/lightningnetwork/lnd/brontide"
	"github.com/lightningnetwork/lnd/keychain"

	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/internal/regtest"
	"github.com/alkimiya/alkimiya/node/peer"
)

// rogueKeeps is how many of the messages that a rogue was told it keeps.
const rogueKeeps = 64

// ReservePort reserves a port for the length of a test.
func ReservePort(t testing.TB) *regtest.Port {
	t.Helper()
	port, err := regtest.ReservePort()
	if err != nil {
		t.Fatalf("port: %v", err)
	}
	t.Cleanup(func() {
		if err := port.Release(); err != nil {
			t.Errorf("release port: %v", err)
		}
	})
	return port
}

// Rogue is a peer without rules: it shakes hands as everybody does and then
// sends what it is told. Send is for one goroutine.
type Rogue struct {
	conn    net.Conn
	machine *brontide.Machine
	done    chan struct{}

	// Rejects counts those it was sent, Heard all messages.
	Rejects, Heard atomic.Int64

	mu   sync.Mutex
	told [][]byte
	// pongs tells of each pong; pings counts the pings of Sync.
	pongs chan [8]byte
	pings uint64
}

// DialRogue connects a rogue, as the owner of key, from a local IP address (of
// 127.0.0.0/8), and reads whatever it is sent until the connection ends.
func DialRogue(address peer.Address, key *btcec.PrivateKey, from net.IP) (*Rogue, error) {
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: from}, Timeout: Patience}
	conn, err := dialer.Dial("tcp", address.HostPort())
	if err != nil {
		return nil, err
	}
	point, err := btcec.ParsePubKey(address.Key[:])
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	r := &Rogue{
		conn: conn, done: make(chan struct{}), pongs: make(chan [8]byte, 1),
		machine: brontide.NewBrontideMachine(true, &keychain.PrivKeyECDH{PrivKey: key}, point),
	}
	if err := r.shake(); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	go r.listen()
	return r, nil
}

func (r *Rogue) shake() error {
	if err := r.conn.SetDeadline(time.Now().Add(Patience)); err != nil {
		return err
	}
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

// listen reads until the connection ends.
func (r *Rogue) listen() {
	defer close(r.done)
	for {
		if err := r.conn.SetReadDeadline(time.Now().Add(Patience)); err != nil {
			return
		}
		frame, err := r.machine.ReadMessage(r.conn)
		if err != nil {
			_ = r.conn.Close()
			return
		}
		r.Heard.Add(1)
		switch m, err := wire.Decode(frame); {
		case err != nil:
		case m.Type() == wire.TypeReject:
			r.Rejects.Add(1)
		case m.Type() == wire.TypePong:
			// The last one is what Sync waits for.
			select {
			case <-r.pongs:
			default:
			}
			r.pongs <- [8]byte(frame[2:])
			continue
		}
		r.mu.Lock()
		if r.told = append(r.told, frame); len(r.told) > rogueKeeps {
			r.told = r.told[1:]
		}
		r.mu.Unlock()
	}
}

// Told returns the last messages that it was sent, as frames.
func (r *Rogue) Told() [][]byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([][]byte(nil), r.told...)
}

// Send sends one frame of any bytes; an error means that the other end has hung
// up.
func (r *Rogue) Send(frame []byte) error {
	if err := r.conn.SetWriteDeadline(time.Now().Add(Patience)); err != nil {
		return err
	}
	if err := r.machine.WriteMessage(frame); err != nil {
		return err
	}
	_, err := r.machine.Flush(r.conn)
	return err
}

// Sync waits until the other end has read everything that was sent, and reports
// whether it has not hung up.
func (r *Rogue) Sync() bool {
	r.pings++
	ping := wire.Ping{}
	binary.BigEndian.PutUint64(ping.Data[:], r.pings|1<<63)
	if r.Send(ping.Encode()) != nil {
		return false
	}
	for {
		select {
		case data := <-r.pongs:
			if data == ping.Data {
				return true
			}
		case <-r.done:
			return false
		}
	}
}

// SendPart sends only the first n encrypted bytes of a frame.
func (r *Rogue) SendPart(frame []byte, n int) error {
	if err := r.machine.WriteMessage(frame); err != nil {
		return err
	}
	var sealed writer
	if _, err := r.machine.Flush(&sealed); err != nil {
		return err
	}
	_, err := r.conn.Write(sealed[:min(n, len(sealed))])
	return err
}

// writer keeps what is written to it.
type writer []byte

// Write implements io.Writer.
func (w *writer) Write(b []byte) (int, error) {
	*w = append(*w, b...)
	return len(b), nil
}

// Done is closed when the connection has ended.
func (r *Rogue) Done() <-chan struct{} { return r.done }

// Close hangs up and waits for the reader to end.
func (r *Rogue) Close() {
	_ = r.conn.Close()
	<-r.done
}

package node_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/lightningnetwork/lnd/brontide"
	"github.com/lightningnetwork/lnd/keychain"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/internal/regtest"
	"github.com/alkimiya/alkimiya/node/peer"
	"github.com/alkimiya/alkimiya/oracle/index"
)

// visitor is a peer with the least that a peer needs, so that thousands fit in one
// process. It is for one goroutine.
type visitor struct {
	conn    net.Conn
	machine *brontide.Machine
	pings   uint64
}

// loopback is an address of this machine; many are needed, each for a few visitors.
func loopback(i byte) net.IP { return net.IPv4(127, 0, 2, 1+i%250) }

// visit meets a node: handshake and hellos.
func visit(address peer.Address, key *btcec.PrivateKey, from net.IP) (*visitor, error) {
	v, err := approach(address, key, from)
	if err != nil {
		return nil, err
	}
	if err := v.meet(); err != nil {
		return nil, errors.Join(err, v.conn.Close())
	}
	return v, nil
}

// approach connects, and says nothing yet.
func approach(address peer.Address, key *btcec.PrivateKey, from net.IP) (*visitor, error) {
	point, err := btcec.ParsePubKey(address.Key[:])
	if err != nil {
		return nil, err
	}
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: from}, Timeout: time.Minute}
	conn, err := dialer.Dial("tcp", address.HostPort())
	if err != nil {
		return nil, err
	}
	return &visitor{conn: conn, machine: brontide.NewBrontideMachine(true, &keychain.PrivKeyECDH{PrivKey: key}, point)}, nil
}

// greet sends the first act of the handshake.
func (v *visitor) greet() error {
	one, err := v.machine.GenActOne()
	if err != nil {
		return err
	}
	_, err = v.conn.Write(one[:])
	return err
}

func (v *visitor) meet() error {
	if err := v.conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return err
	}
	if err := v.greet(); err != nil {
		return err
	}
	var two [brontide.ActTwoSize]byte
	if _, err := io.ReadFull(v.conn, two[:]); err != nil {
		return err
	}
	if err := v.machine.RecvActTwo(two); err != nil {
		return err
	}
	three, err := v.machine.GenActThree()
	if err != nil {
		return err
	}
	if _, err := v.conn.Write(three[:]); err != nil {
		return err
	}
	entry := index.ForGenesis(*chaincfg.RegressionNetParams.GenesisHash)[0]
	hello := wire.Hello{
		Chain: *chaincfg.RegressionNetParams.GenesisHash, Schemes: []uint8{wire.SchemeTaprootV1}, MaxList: wire.MaxList,
		Indexes: []wire.IndexParameters{{ID: entry.ID, Parameters: entry.Hash()}},
	}
	if err := v.send(hello.Encode()); err != nil {
		return err
	}
	if _, err := v.machine.ReadMessage(v.conn); err != nil {
		return err
	}
	return v.conn.SetDeadline(time.Time{})
}

func (v *visitor) send(frame []byte) error {
	if err := v.machine.WriteMessage(frame); err != nil {
		return err
	}
	_, err := v.machine.Flush(v.conn)
	return err
}

// receive returns the next message that is no ping; pings are answered.
func (v *visitor) receive() (wire.Message, error) {
	for {
		frame, err := v.machine.ReadMessage(v.conn)
		if err != nil {
			return nil, err
		}
		message, err := wire.Decode(frame)
		if err != nil {
			return nil, err
		}
		ping, ok := message.(*wire.Ping)
		if !ok {
			return message, nil
		}
		pong := wire.Pong{Data: ping.Data}
		if err := v.send(pong.Encode()); err != nil {
			return nil, err
		}
	}
}

// reject waits for the next reject.
func (v *visitor) reject() (*wire.Reject, error) {
	if err := v.conn.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		return nil, err
	}
	for {
		message, err := v.receive()
		if err != nil {
			return nil, err
		}
		if reject, ok := message.(*wire.Reject); ok && reject.Refused == wire.TypeOffer {
			return reject, nil
		}
	}
}

// ping waits until the node has answered.
func (v *visitor) ping() error {
	v.pings++
	var data [8]byte
	binary.BigEndian.PutUint64(data[:], v.pings)
	ping := wire.Ping{Data: data}
	if err := v.send(ping.Encode()); err != nil {
		return err
	}
	for {
		message, err := v.receive()
		if err != nil {
			return err
		}
		if pong, ok := message.(*wire.Pong); ok && bytes.Equal(pong.Data[:], data[:]) {
			return nil
		}
	}
}

func (v *visitor) close() { _ = v.conn.Close() }

// crowdEnv tells the test program to be many peers: how, how many, of whom.
const crowdEnv = "ALK_TEST_SCALED_CROWD"

// crowd is a process of many peers.
type crowd struct{ proc *regtest.Process }

// startCrowd starts so many peers; the end of the test ends them.
func startCrowd(t *testing.T, kind string, count int, address peer.Address) crowd {
	t.Helper()
	s := &scaled{t: t}
	c := crowd{s.child("^TestScaledCrowd$", fmt.Sprintf("%s=%s,%d,%s", crowdEnv, kind, count, address))}
	t.Cleanup(func() { require.NoError(t, c.proc.Stop(time.Minute)) })
	return c
}

func (c crowd) ended() bool {
	select {
	case <-c.proc.Done():
		return true
	default:
		return false
	}
}

// TestScaledCrowd is the process of a crowd.
func TestScaledCrowd(t *testing.T) {
	raw, found := os.LookupEnv(crowdEnv)
	if !found {
		t.Skip("not a test: the other process of TestScale")
	}
	words := strings.SplitN(raw, ",", 3)
	require.Len(t, words, 3)
	count, err := strconv.Atoi(words[1])
	require.NoError(t, err)
	address, err := peer.ParseAddress(words[2])
	require.NoError(t, err)
	ctx, stop := signal.NotifyContext(t.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if words[0] == "idle" {
		idle(ctx, t, count, address)
		return
	}
	var all sync.WaitGroup
	for i := range count {
		all.Go(func() { stall(ctx, address, i) })
	}
	all.Wait()
}

// idle opens sessions and answers pings until ctx ends.
func idle(ctx context.Context, t *testing.T, count int, address peer.Address) {
	t.Helper()
	var sessions sync.WaitGroup
	defer sessions.Wait()
	places := make(chan struct{}, 16)
	for i := range count {
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
			return
		}
		sessions.Go(func() {
			v, err := visit(address, randomKey(), net.IPv4(127, 0, 1, byte(1+i%250))) //nolint:gosec // small
			<-places
			if err != nil {
				if ctx.Err() == nil {
					t.Errorf("peer %d: %v", i, err)
				}
				return
			}
			stop := context.AfterFunc(ctx, v.close)
			defer stop()
			for err == nil {
				_, err = v.receive()
			}
			if ctx.Err() == nil {
				t.Errorf("session %d ended: %v", i, err)
			}
		})
	}
}

// stall connects again and again and goes no further than to a step of the
// handshake; every fourth time from the address of honest peers.
func stall(ctx context.Context, address peer.Address, i int) {
	from := net.IPv4(127, 0, byte(3+i%4), byte(1+i/4%200)) //nolint:gosec // small
	if i%4 == 0 {
		from = loopback(byte(i / 4)) //nolint:gosec // wraps around
	}
	for ctx.Err() == nil {
		v, err := approach(address, randomKey(), from)
		if err != nil {
			return
		}
		stop := context.AfterFunc(ctx, v.close)
		switch i % 3 {
		case 1:
			_, err = v.conn.Write(make([]byte, 20))
		case 2:
			err = v.greet()
		}
		b := make([]byte, 64)
		for err == nil {
			_, err = v.conn.Read(b)
		}
		stop()
		v.close()
		select {
		case <-time.After(200 * time.Millisecond): // the way there and back
		case <-ctx.Done():
		}
	}
}

package itest_test

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/itest/harness"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
)

// fuse is a way to a node that breaks, once, after a number of bytes, and is whole
// again for connections that come later.
type fuse struct {
	t      *testing.T
	listen net.Listener
	target string

	mu    sync.Mutex
	left  int // bytes until it breaks; negative: it does not
	blown int
	conns []net.Conn
	all   sync.WaitGroup
}

func newFuse(t *testing.T, target string) *fuse {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	f := &fuse{t: t, listen: l, target: target, left: -1}
	f.all.Go(f.accept)
	t.Cleanup(func() {
		_ = l.Close()
		f.cut()
		f.all.Wait()
	})
	return f
}

func (f *fuse) accept() {
	for {
		client, err := f.listen.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", f.target)
		if err != nil {
			_ = client.Close()
			continue
		}
		f.mu.Lock()
		f.conns = append(f.conns, client, server)
		f.mu.Unlock()
		f.all.Go(func() { f.pump(client, server) })
		f.all.Go(func() { f.pump(server, client) })
	}
}

// pump passes bytes on, as many as may pass.
func (f *fuse) pump(from, to net.Conn) {
	buf := make([]byte, 4<<10)
	for {
		n, err := from.Read(buf)
		pass, blow := f.may(n)
		if _, writeErr := to.Write(buf[:pass]); writeErr != nil || err != nil || blow {
			break
		}
	}
	_ = from.Close()
	_ = to.Close()
	if f.isBlown() {
		f.cut()
	}
}

// may says how many of n bytes may pass, and whether the fuse blows with them.
func (f *fuse) may(n int) (pass int, blow bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.left < 0 || n == 0 {
		return n, false
	}
	if n < f.left {
		f.left -= n
		return n, false
	}
	pass, f.left = f.left, -1
	f.blown++
	return pass, true
}

func (f *fuse) isBlown() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.blown > 0
}

// cut ends all connections.
func (f *fuse) cut() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.conns {
		_ = c.Close()
	}
	f.conns = nil
}

// set lets the fuse blow after so many more bytes.
func (f *fuse) set(bytes int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left, f.blown = bytes, 0
}

// TestContractsSurviveCutConnections cuts the connection of two nodes once in each
// negotiation, at places from the first bytes to beyond the last message: within
// messages, between segments, before and after each message. Both nodes end with the
// same contract, or with none and all coins free.
func TestContractsSurviveCutConnections(t *testing.T) {
	places := []int{1, 700, 2_500, 5_000, 20_000, 60_000, 70_000, 90_000, 120_000, 150_000, 180_000, 210_000, 300_000}
	if testing.Short() {
		places = []int{2_500, 90_000}
	}
	m := newMarket(t)
	miner, buyer := m.trader(3, withPolicy(t, generous)), m.trader(3, withPolicy(t, generous))
	f := newFuse(t, buyer.port.Addr())
	_, err := miner.Peers.AddPeer(t.Context(), &alkv1.AddPeerRequest{Address: buyer.key + "@" + f.listen.Addr().String()})
	require.NoError(t, err)
	miner.connected(buyer)
	miner.readyToTrade()
	buyer.readyToTrade()
	active := 0
	for _, place := range places {
		terms := m.swap(1)
		j := uint32(4) // lists of some 100 kB, in segments
		terms.Bucket = &j
		f.set(place)
		var name string
		harness.Eventually(t, "the offer", func(ctx context.Context) error {
			answer, err := miner.Contracts.OfferContract(ctx, &alkv1.OfferContractRequest{
				Peer: buyer.key, Side: "short", Terms: terms, FundSatPerVbyte: 5, CetSatPerVbyte: 3, RefundDelaySeconds: refundDelay,
			})
			name = answer.GetContract().GetTempId()
			return err
		})
		over := miner.phase(name, "Broadcast", "Aborted")
		if over.GetPhase() == "Broadcast" {
			c := buyer.phase(name, "Broadcast")
			m.node.MustSee(txid(t, c.GetFunding().GetTxid()))
			m.minutes(1)
			miner.phase(name, "Active")
			buyer.phase(name, "Active")
			active++
			continue
		}
		harness.Eventually(t, "the buyer to have none", func(ctx context.Context) error {
			list, err := buyer.Contracts.ListContracts(ctx, &alkv1.ListContractsRequest{})
			if err == nil && slices.ContainsFunc(list.GetContracts(), func(c *alkv1.Contract) bool { return c.GetTempId() == name }) {
				err = errors.New("it is not over there")
			}
			return err
		})
	}
	t.Logf("%d of %d contracts were made although the connection was cut", active, len(places))
	require.Positive(t, active)
	miner.nothingReserved()
	buyer.nothingReserved()
}

// nothingReserved waits until coins are set aside for funded contracts alone, which
// have spent them.
func (tr *trader) nothingReserved() {
	tr.t.Helper()
	harness.Eventually(tr.t, "coins of contracts that are not", func(ctx context.Context) error {
		coins, err := tr.Wallet.ListCoins(ctx, &alkv1.ListCoinsRequest{})
		if err != nil {
			return err
		}
		for _, c := range coins.GetCoins() {
			if c.GetLease() != nil {
				return errors.New("a coin is set aside")
			}
		}
		return nil
	})
}

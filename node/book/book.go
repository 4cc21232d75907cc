package book

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/store"
	nodepeer "github.com/alkimiya/alkimiya/node/peer"
	"github.com/alkimiya/alkimiya/node/policy"
)

// Limits of a book.
const (
	// MaxOwn is how many live orders of its own a node may have, those that
	// answer requests included; MaxPrivate how many of them for one peer.
	MaxOwn     = 10_000
	MaxPrivate = 32
	// MaxPerPeer is how many orders of one peer are kept, MaxKept of all.
	MaxPerPeer = 500
	MaxKept    = 20_000
	// MaxWaiting is how many requests of one peer wait for the user.
	MaxWaiting = 8
	// RatePerMinute is how many orders_request and rfq a peer may send.
	RatePerMinute = 30

	// keepExpired is how long an own order that nobody took stays on disk after
	// its expiry: a take may be under way.
	keepExpired = 24 * time.Hour
	// sendLimit bounds the waiting for a peer's queue.
	sendLimit = 10 * time.Second
	// askers is how many peers are asked for their orders at a time.
	askers = 8
)

// Book is the order book of a node. Make it with New.
type Book struct {
	cfg    Config
	pubkey [32]byte
	self   [33]byte
	rate   *nodepeer.Rate
	// fresh holds peers to be asked for their orders.
	fresh chan [33]byte

	mu     sync.Mutex
	policy policy.Policy
	nonce  uint64
	// own are the live own orders; ids are their ids, ascending, made anew after
	// own has changed.
	own map[[32]byte]*ownOrder
	ids [][32]byte
	// peers are those connected.
	peers   map[[33]byte]*peerOrders
	kept    int
	pending map[[32]byte]*pending
	waiting map[[32]byte]*Waiting
	served  map[[32]byte]servedRFQ
}

// ownOrder is an own order that may be taken.
type ownOrder struct {
	order  *order.Order
	record []byte
}

// New makes a Book of the own orders on disk. It does nothing by itself until
// Run.
func New(cfg Config) (*Book, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	b := &Book{
		cfg: cfg, policy: cfg.Policy, rate: nodepeer.NewRate(RatePerMinute, time.Minute), fresh: make(chan [33]byte, 64),
		own: make(map[[32]byte]*ownOrder), peers: make(map[[33]byte]*peerOrders),
		pending: make(map[[32]byte]*pending), waiting: make(map[[32]byte]*Waiting), served: make(map[[32]byte]servedRFQ),
	}
	b.self = [33]byte(cfg.NodeKey.PubKey().SerializeCompressed())
	b.pubkey = xOf(b.self)
	err := cfg.Orders.Orders(func(o store.Order) error {
		b.nonce = max(b.nonce, o.Nonce)
		if o.Cancelled {
			return nil
		}
		decoded, err := order.DecodeOrder(o.Record)
		if err != nil {
			return fmt.Errorf("own order %x: %w", o.ID[:4], err)
		}
		b.own[o.ID] = &ownOrder{order: decoded, record: o.Record}
		return nil
	})
	return b, err
}

// xOf is the x coordinate of a node key.
func xOf(key [33]byte) [32]byte { return [32]byte(key[1:]) }

// Run keeps the orders of the connected peers fresh and drops what has expired,
// until ctx ends.
func (b *Book) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	for range askers {
		group.Go(func() error { return b.keepFresh(ctx) })
	}
	group.Go(func() error { return b.keepClean(ctx) })
	return group.Wait()
}

// keepFresh asks the peers that are due.
func (b *Book) keepFresh(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case peer := <-b.fresh:
			if n, err := b.Refresh(ctx, peer); err != nil && ctx.Err() == nil {
				b.cfg.Log.DebugContext(ctx, "orders of peer not refreshed", "peer", fmt.Sprintf("%x", peer), "err", err)
			} else {
				b.cfg.Log.DebugContext(ctx, "orders of peer refreshed", "peer", fmt.Sprintf("%x", peer), "count", n)
			}
		}
	}
}

// keepClean drops what has expired and tells keepFresh who is due.
func (b *Book) keepClean(ctx context.Context) error {
	sweep, refresh := time.NewTicker(b.cfg.Timing.Sweep), time.NewTicker(b.cfg.Timing.Refresh)
	defer sweep.Stop()
	defer refresh.Stop()
	for rounds := 0; ; {
		select {
		case <-ctx.Done():
			return nil
		case <-sweep.C:
			b.sweep()
			if rounds++; rounds%roundsPerDrop != 1 {
				continue
			}
			if err := b.drop(b.now()); err != nil {
				b.cfg.Log.WarnContext(ctx, "expired orders stay on disk", "err", err)
			}
		case <-refresh.C:
			for _, peer := range b.Connections() {
				select {
				case b.fresh <- peer:
				case <-ctx.Done():
					return nil
				}
			}
		}
	}
}

// roundsPerDrop is how many sweeps of the memory there are for one of the disk.
const roundsPerDrop = 60

// sweep drops what has expired from memory.
func (b *Book) sweep() {
	now := b.now()
	b.mu.Lock()
	for id, o := range b.own {
		if o.order.Live(now) != nil {
			delete(b.own, id)
			b.ids = nil
		}
	}
	for _, p := range b.peers {
		b.kept -= p.expire(now)
	}
	for id, w := range b.waiting {
		if now >= w.Until {
			delete(b.waiting, id)
		}
	}
	for id, s := range b.served {
		if now >= s.until {
			delete(b.served, id)
		}
	}
	b.mu.Unlock()
}

// drop deletes own orders from the disk that expired a day ago, if nobody took
// anything of them.
func (b *Book) drop(now uint64) error {
	var old [][32]byte
	err := b.cfg.Orders.Orders(func(o store.Order) error {
		if o.Remaining != o.Size {
			return nil
		}
		decoded, err := order.DecodeOrder(o.Record)
		if err != nil {
			return fmt.Errorf("own order %x: %w", o.ID[:4], err)
		}
		if decoded.Expiry+uint64(keepExpired/time.Second) <= now {
			old = append(old, o.ID)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range old {
		// One that was taken and given back must stay.
		if err := b.cfg.Orders.DropOrder(id); err != nil && !isTaken(err) {
			return err
		}
	}
	return nil
}

// Connected begins to keep a peer's orders; node (root) calls it for each
// session.
func (b *Book) Connected(peer [33]byte) {
	b.mu.Lock()
	if b.peers[peer] == nil {
		b.peers[peer] = newPeerOrders()
	}
	b.mu.Unlock()
	select {
	case b.fresh <- peer:
	default: // its turn comes with the next round
	}
}

// Disconnected forgets what the peer offered and asked: nothing of it can be
// taken or answered now.
func (b *Book) Disconnected(peer [33]byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p := b.peers[peer]; p != nil {
		b.kept -= len(p.orders)
		delete(b.peers, peer)
	}
	for id, w := range b.waiting {
		if w.Peer == peer {
			delete(b.waiting, id)
		}
	}
	for id, p := range b.pending {
		if p.peer == peer {
			p.answer(answer{err: ErrNotConnected})
			delete(b.pending, id)
		}
	}
}

// Connections returns the connected peers, ascending.
func (b *Book) Connections() [][33]byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([][33]byte, 0, len(b.peers))
	for peer := range b.peers {
		out = append(out, peer)
	}
	slices.SortFunc(out, func(a, b [33]byte) int { return bytes.Compare(a[:], b[:]) })
	return out
}

// ReloadPolicy replaces the rules by which requests are answered and the
// pricer's beliefs.
func (b *Book) ReloadPolicy(p policy.Policy) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.policy = p
}

func (b *Book) rules() policy.Policy {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.policy
}

// now is the Unix second by which orders are judged.
func (b *Book) now() uint64 {
	return uint64(max(0, b.cfg.Clock.Now().Unix()))
}

// nextNonce returns one above all earlier ones, also those of a store that was
// lost, unless the clock ran back.
func (b *Book) nextNonce() uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.nonce = max(b.nonce+1, uint64(max(0, b.cfg.Clock.Now().UnixMilli())))
	return b.nonce
}

// random draws 32 bytes.
func (b *Book) random() (out [32]byte, err error) {
	if _, err = io.ReadFull(b.cfg.Random, out[:]); err != nil {
		err = fmt.Errorf("random bytes: %w", err)
	}
	return out, err
}

// send queues a message, and does not wait for ever.
func (b *Book) send(ctx context.Context, peer [33]byte, message []byte) error {
	ctx, cancel := context.WithTimeout(ctx, sendLimit)
	defer cancel()
	return b.cfg.Peers.Send(ctx, peer, message)
}

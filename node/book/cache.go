package book

import (
	"bytes"
	"slices"

	"github.com/alkimiya/alkimiya/dlc/order"
)

// Entry is an order as the book shows it.
type Entry struct {
	ID [32]byte
	// Maker is the node key of its author; Own says that it is ours.
	Maker [33]byte
	Own   bool
	// Order is decoded and its signature verified; Record its bytes. Both are
	// shared and must not be changed.
	Order  *order.Order
	Record []byte
	// Remaining is what was left of it when that was last known, TH/s.
	Remaining uint32
}

// Price is the rate of a swap, else the premium.
func (e Entry) Price() int64 { return priceOf(&e.Order.Quote) }

// Private says that only one node may take it.
func (e Entry) Private() bool { return e.Order.TakerPK != [32]byte{} }

// peerOrders are the verified orders of a connected peer.
type peerOrders struct {
	orders map[[32]byte]Entry
}

func newPeerOrders() *peerOrders { return &peerOrders{orders: make(map[[32]byte]Entry)} }

// expire drops what has expired and returns how many that were.
func (p *peerOrders) expire(now uint64) int {
	before := len(p.orders)
	for id, e := range p.orders {
		if e.Order.Live(now) != nil {
			delete(p.orders, id)
		}
	}
	return before - len(p.orders)
}

// keep puts an order of a peer into the cache, within the limits. Where all are
// full the peer with the most orders loses one, unless that is this peer.
// b.mu is held.
func (b *Book) keep(e Entry) bool {
	p := b.peers[e.Maker]
	if p == nil {
		return false // disconnected meanwhile
	}
	if _, known := p.orders[e.ID]; !known {
		if len(p.orders) >= MaxPerPeer {
			return false
		}
		if b.kept >= MaxKept && !b.evict(p) {
			return false
		}
		b.kept++
	}
	p.orders[e.ID] = e
	return true
}

func (b *Book) evict(newcomer *peerOrders) bool {
	fattest := newcomer
	for _, p := range b.peers {
		if len(p.orders) > len(fattest.orders) {
			fattest = p
		}
	}
	if fattest == newcomer {
		return false
	}
	var last [32]byte
	for id := range fattest.orders {
		if bytes.Compare(id[:], last[:]) >= 0 {
			last = id
		}
	}
	delete(fattest.orders, last)
	b.kept--
	return true
}

// forget drops orders of a peer for which gone is true.
func (b *Book) forget(peer [33]byte, gone func(Entry) bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.peers[peer]
	if p == nil {
		return
	}
	for id, e := range p.orders {
		if gone(e) {
			delete(p.orders, id)
			b.kept--
		}
	}
}

// sortedIDs returns the ids of own live orders, ascending. b.mu is held.
func (b *Book) sortedIDs() [][32]byte {
	if b.ids == nil {
		b.ids = make([][32]byte, 0, len(b.own))
		for id := range b.own {
			b.ids = append(b.ids, id)
		}
		slices.SortFunc(b.ids, compareIDs)
	}
	return b.ids
}

func compareIDs(a, b [32]byte) int { return bytes.Compare(a[:], b[:]) }

package peer

import (
	"container/list"
	"context"
	"net"
	"net/netip"
	"sync"
)

// lobby holds the connections that are in their handshake. It is bounded and
// never full: a newcomer takes the place of the one that has been there
// longest, of the same address if that has too many, so that those who stall
// lose their place and those who hurry keep theirs. Safe for concurrent use.
type lobby struct {
	limit, perGroup int

	mu     sync.Mutex
	all    *list.List
	groups map[string]*list.List
	// arrived counts those who ever came.
	arrived uint64
}

// guest is a connection in the lobby.
type guest struct {
	conn   net.Conn
	group  string
	number uint64
	// cancel ends what goes on for it.
	cancel          context.CancelFunc
	inAll, inGroup  *list.Element
	gone, displaced bool
}

func newLobby(limit, perGroup int) *lobby {
	return &lobby{limit: limit, perGroup: perGroup, all: list.New(), groups: make(map[string]*list.List)}
}

// enter adds a connection, and closes and cancels the one whose place it takes,
// if any.
func (l *lobby) enter(conn net.Conn, cancel context.CancelFunc) *guest {
	g := &guest{conn: conn, group: addressGroup(conn.RemoteAddr()), cancel: cancel}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.arrived++
	g.number = l.arrived
	group := l.groups[g.group]
	switch {
	case group != nil && group.Len() >= l.perGroup:
		l.displace(group.Front())
	case l.all.Len() >= l.limit:
		l.displace(l.largest().Front())
	}
	if group = l.groups[g.group]; group == nil {
		group = list.New()
		l.groups[g.group] = group
	}
	g.inAll, g.inGroup = l.all.PushBack(g), group.PushBack(g)
	return g
}

// largest returns the group with the most guests, of several the one whose first
// has waited longest. There is one.
func (l *lobby) largest() *list.List {
	var most *list.List
	for _, group := range l.groups {
		if most == nil || group.Len() > most.Len() || group.Len() == most.Len() && arrival(group) < arrival(most) {
			most = group
		}
	}
	return most
}

// arrival is the number of a group's first guest.
func arrival(group *list.List) uint64 {
	g, ok := group.Front().Value.(*guest)
	if !ok {
		return 0
	}
	return g.number
}

// displace closes a guest's connection; its goroutine sees that and leaves.
func (l *lobby) displace(e *list.Element) {
	g, ok := e.Value.(*guest)
	if !ok {
		return
	}
	g.displaced = true
	l.remove(g)
	g.cancel()
	_ = g.conn.Close()
}

// leave takes a guest out, and reports whether it had still its place.
func (l *lobby) leave(g *guest) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !g.gone {
		l.remove(g)
	}
	return !g.displaced
}

func (l *lobby) remove(g *guest) {
	g.gone = true
	l.all.Remove(g.inAll)
	group := l.groups[g.group]
	group.Remove(g.inGroup)
	if group.Len() == 0 {
		delete(l.groups, g.group)
	}
}

// count returns how many are in the lobby.
func (l *lobby) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Len()
}

// closeAll closes every connection in the lobby.
func (l *lobby) closeAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for e := l.all.Front(); e != nil; e = e.Next() {
		if g, ok := e.Value.(*guest); ok {
			_ = g.conn.Close()
		}
	}
}

// v6Group is how many bits of an IPv6 address one owner has to himself.
const v6Group = 64

// addressGroup names whom an address belongs to: an IPv4 address itself, the
// /64 of an IPv6 address, or whatever else the network calls it.
func addressGroup(addr net.Addr) string {
	ip, ok := addressIP(addr)
	if !ok {
		return addr.String()
	}
	if ip.Is6() {
		if p, err := ip.Prefix(v6Group); err == nil {
			return p.String()
		}
	}
	return ip.String()
}

func addressIP(addr net.Addr) (netip.Addr, bool) {
	port, err := netip.ParseAddrPort(addr.String())
	if err != nil {
		return netip.Addr{}, false
	}
	return port.Addr().Unmap().WithZone(""), true
}

// isLoopback says whether a connection came from this machine.
func isLoopback(addr net.Addr) bool {
	ip, ok := addressIP(addr)
	return ok && ip.IsLoopback()
}

package api

import (
	"container/list"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/time/rate"
)

// maxAddresses bounds how many addresses are remembered; the one that asked longest
// ago is forgotten.
const maxAddresses = 10_000

func (l Limits) complete() Limits {
	if l.Rate == 0 {
		l.Rate = 20
	}
	if l.Burst == 0 {
		l.Burst = 100
	}
	if l.Connections == 0 {
		l.Connections = 1024
	}
	if l.PerAddress == 0 {
		l.PerAddress = 64
	}
	return l
}

// A limiter counts requests and connections by address.
type limiter struct {
	limits Limits

	mu      sync.Mutex
	buckets map[netip.Prefix]*list.Element // of *bucket
	recent  *list.List                     // the newest in front
	open    map[netip.Prefix]int
	total   int
}

type bucket struct {
	address netip.Prefix
	tokens  *rate.Limiter
}

func newLimiter(l Limits) *limiter {
	return &limiter{limits: l, buckets: map[netip.Prefix]*list.Element{}, recent: list.New(), open: map[netip.Prefix]int{}}
}

// origin is the network that is counted as one: an IPv4 address, or an IPv6 /64.
func origin(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	bits := a.BitLen()
	if a.Is6() {
		bits = 64
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{} // all that cannot be told apart
	}
	return p
}

// asker is whom a request comes from: the peer, or whom a trusted proxy names.
func (l *limiter) asker(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	addr := peer.Addr().Unmap()
	hops := strings.Split(r.Header.Get("X-Forwarded-For"), ",")
	for i := len(hops) - 1; i >= 0 && l.trusts(addr); i-- {
		named, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = named.Unmap()
	}
	return addr
}

func (l *limiter) trusts(a netip.Addr) bool {
	for _, p := range l.limits.Trusted {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// admit takes one request off its address's allowance, or says after how many
// seconds to try again.
func (l *limiter) admit(r *http.Request) (retryAfter string, ok bool) {
	if l.limits.Rate < 0 {
		return "", true
	}
	from := origin(l.asker(r))
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.buckets[from]
	if e == nil {
		if l.recent.Len() >= maxAddresses {
			oldest := l.recent.Back()
			if b, ok := l.recent.Remove(oldest).(*bucket); ok {
				delete(l.buckets, b.address)
			}
		}
		e = l.recent.PushFront(&bucket{from, rate.NewLimiter(rate.Limit(l.limits.Rate), l.limits.Burst)})
		l.buckets[from] = e
	}
	l.recent.MoveToFront(e)
	b, ok := e.Value.(*bucket)
	if !ok || !b.tokens.Allow() {
		return strconv.Itoa(1 + int(1/l.limits.Rate)), false
	}
	return "", true
}

// listen wraps a listener so that connections over the limits are closed at once.
func (l *limiter) listen(inner net.Listener) net.Listener {
	return &limitedListener{Listener: inner, limiter: l}
}

type limitedListener struct {
	net.Listener
	limiter *limiter
}

// Accept implements net.Listener.
func (l *limitedListener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := netip.Prefix{}
		if peer, err := netip.ParseAddrPort(conn.RemoteAddr().String()); err == nil {
			from = origin(peer.Addr())
		}
		if l.limiter.enter(from) {
			return &limitedConn{Conn: conn, leave: sync.OnceFunc(func() { l.limiter.leave(from) })}, nil
		}
		// Nothing is known of this connection that an error could be about.
		_ = conn.Close()
	}
}

func (l *limiter) enter(from netip.Prefix) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	perAddress := l.limits.PerAddress
	if l.trusts(from.Addr()) {
		perAddress = l.limits.Connections
	}
	if l.total >= l.limits.Connections || l.open[from] >= perAddress {
		return false
	}
	l.total++
	l.open[from]++
	return true
}

func (l *limiter) leave(from netip.Prefix) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total--
	if l.open[from]--; l.open[from] == 0 {
		delete(l.open, from)
	}
}

type limitedConn struct {
	net.Conn
	leave func()
}

// Close implements net.Conn.
func (c *limitedConn) Close() error {
	defer c.leave()
	return c.Conn.Close()
}

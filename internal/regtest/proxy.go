package regtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
)

// Proxy passes TCP connections from a port of 127.0.0.1 on to a target, until
// it is told to behave like a broken network. Its methods are safe for
// concurrent use.
type Proxy struct {
	port   *Port
	target string

	mu       sync.Mutex
	listener net.Listener          // nil while cut
	conns    map[net.Conn]struct{} // both ends of every connection
	gate     chan struct{}         // closed while data may flow
	quit     context.CancelFunc    // of the present listener's connections
	wg       sync.WaitGroup
}

// NewProxy makes a proxy to target (host and port) on a reserved port. It is
// cut until Restore.
func NewProxy(target string) (*Proxy, error) {
	port, err := ReservePort()
	if err != nil {
		return nil, err
	}
	return &Proxy{port: port, target: target, conns: make(map[net.Conn]struct{})}, nil
}

// Addr is where the proxy listens, host and port; it never changes.
func (p *Proxy) Addr() string { return p.port.Addr() }

// Restore listens for connections and lets data flow. Connections that were
// stalled are closed.
func (p *Proxy) Restore() error {
	if err := p.Cut(); err != nil {
		return err
	}
	var cfg net.ListenConfig
	ctx, cancel := context.WithCancel(context.Background())
	listener, err := cfg.Listen(ctx, "tcp", p.Addr())
	if err != nil {
		cancel()
		return fmt.Errorf("proxy to %s: %w", p.target, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	gate := make(chan struct{})
	close(gate)
	p.listener, p.quit, p.gate = listener, cancel, gate
	p.wg.Add(1)
	go p.accept(ctx, listener)
	return nil
}

// Stall keeps all connections open, and accepts new ones, but passes no more
// data: a peer that hangs.
func (p *Proxy) Stall() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gate = make(chan struct{})
}

// Cut closes all connections and the port: new ones are refused. It returns
// when nothing flows any more.
func (p *Proxy) Cut() error {
	p.mu.Lock()
	var err error
	if p.listener != nil {
		err = p.listener.Close()
		p.quit()
		p.listener = nil
	}
	for conn := range p.conns {
		err = errors.Join(err, ignoreClosed(conn.Close()))
	}
	p.mu.Unlock()
	p.wg.Wait()
	return err
}

// Close cuts and gives the port back.
func (p *Proxy) Close() error { return errors.Join(p.Cut(), p.port.Release()) }

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

func (p *Proxy) accept(ctx context.Context, listener net.Listener) {
	defer p.wg.Done()
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		if !p.keep(ctx, client) {
			return
		}
		p.wg.Add(1)
		go p.serve(ctx, client)
	}
}

// keep registers a connection for Cut, or closes it if Cut has come before.
func (p *Proxy) keep(ctx context.Context, conn net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if ctx.Err() != nil {
		_ = conn.Close()
		return false
	}
	p.conns[conn] = struct{}{}
	return true
}

// drop closes connections; their peers see that, which is all there is to say.
func (p *Proxy) drop(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conn := range conns {
		_ = conn.Close()
		delete(p.conns, conn)
	}
}

func (p *Proxy) serve(ctx context.Context, client net.Conn) {
	defer p.wg.Done()
	var dialer net.Dialer
	server, err := dialer.DialContext(ctx, "tcp", p.target)
	if err != nil || !p.keep(ctx, server) {
		p.drop(client)
		return
	}
	p.wg.Add(1)
	go func() {
		defer p.wg.Done()
		p.pump(ctx, server, client)
	}()
	p.pump(ctx, client, server)
}

// pump copies until either end closes, waiting at the gate, then closes both.
func (p *Proxy) pump(ctx context.Context, from, to net.Conn) {
	defer p.drop(from, to)
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			p.mu.Lock()
			gate := p.gate
			p.mu.Unlock()
			select {
			case <-gate:
			case <-ctx.Done():
				return
			}
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

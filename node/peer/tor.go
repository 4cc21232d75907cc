package peer

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"

	"github.com/lightningnetwork/lnd/tor"
	"golang.org/x/net/proxy"
)

// ErrNeedsTor means that an onion name cannot be reached without a Tor proxy.
var ErrNeedsTor = errors.New("onion address, and no Tor proxy is configured")

// DialerConfig says how peers are reached.
type DialerConfig struct {
	// Socks is host:port of Tor's SOCKS proxy, or empty for none.
	Socks string
	// Direct reaches peers that are not onion services without the proxy, which
	// shows them this node's address.
	Direct bool
	// Isolate asks for a circuit of its own for each connection.
	Isolate bool
}

// NewDialer returns a Dial for Config. With a proxy host names are resolved by
// Tor and never by this machine. It is ErrConfig if Socks is no host:port.
func NewDialer(cfg DialerConfig) (Dial, error) {
	if cfg.Socks != "" {
		if _, _, err := net.SplitHostPort(cfg.Socks); err != nil {
			return nil, fmt.Errorf("%w: tor proxy %q: %w", ErrConfig, cfg.Socks, err)
		}
	}
	return func(ctx context.Context, address string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrAddress, err)
		}
		onion := tor.IsOnionHost(host)
		switch {
		case cfg.Socks == "" && onion:
			return nil, fmt.Errorf("%s: %w", host, ErrNeedsTor)
		case cfg.Socks == "", cfg.Direct && !onion:
			var d net.Dialer
			return d.DialContext(ctx, "tcp", address)
		}
		return dialTor(ctx, cfg, address)
	}, nil
}

// dialTor connects through the proxy. lnd's own function has no deadline for
// the proxy's answer, which Tor gives when the circuit stands.
func dialTor(ctx context.Context, cfg DialerConfig, address string) (net.Conn, error) {
	var auth *proxy.Auth
	if cfg.Isolate {
		var b [16]byte
		if _, err := rand.Read(b[:]); err != nil {
			return nil, err
		}
		auth = &proxy.Auth{User: hex.EncodeToString(b[:8]), Password: hex.EncodeToString(b[8:])}
	}
	dialer, err := proxy.SOCKS5("tcp", cfg.Socks, auth, &net.Dialer{})
	if err != nil {
		return nil, fmt.Errorf("tor proxy %s: %w", cfg.Socks, err)
	}
	dialing, ok := dialer.(proxy.ContextDialer)
	if !ok {
		return nil, fmt.Errorf("%w: tor proxy cannot be interrupted", ErrConfig)
	}
	conn, err := dialing.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("through tor: %w", err)
	}
	return conn, nil
}

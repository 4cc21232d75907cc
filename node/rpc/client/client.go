// Package client is the Go client of the daemon's interface: typed access to
// the services of package alkv1 over TLS, with a macaroon.
//
// It is not a cache and does not retry: a call is one request. Its invariant:
// the macaroon is sent only to a server that proved the pinned certificate,
// never through a proxy and never along a redirect.
package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"connectrpc.com/connect"
	"gopkg.in/macaroon.v2"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1/alkv1connect"
)

// Errors of Dial; test with errors.Is. For errors of calls see Reason and
// Unreachable.
var (
	// ErrCertificate: the certificate file is missing or holds no certificate.
	ErrCertificate = errors.New("tls certificate of the daemon not usable")
	// ErrMacaroon: the macaroon file is missing or holds no macaroon.
	ErrMacaroon = errors.New("macaroon not usable")
	// ErrAddress: the address is not host:port.
	ErrAddress = errors.New("bad daemon address")
)

const (
	dialTimeout = 10 * time.Second
	// maxAnswer is generous: a history page or a list of coins.
	maxAnswer = 64 << 20
)

// Options say where the daemon is and who calls.
type Options struct {
	// Addr is host:port. The host must be a name in the certificate.
	Addr string
	// TLSCertPath is the daemon's tls.cert, in PEM.
	TLSCertPath string
	// MacaroonPath is a file with a macaroon in binary; empty: call without.
	MacaroonPath string
	// Macaroon in binary, instead of MacaroonPath.
	Macaroon []byte
	// ClientOptions of connect, such as connect.WithGRPC().
	ClientOptions []connect.ClientOption
}

// Client calls the services. Safe for concurrent use.
type Client struct {
	State     alkv1connect.StateServiceClient
	Wallet    alkv1connect.WalletServiceClient
	Node      alkv1connect.NodeServiceClient
	Macaroons alkv1connect.MacaroonServiceClient
	Peers     alkv1connect.PeerServiceClient
	Orders    alkv1connect.OrderServiceClient
	Contracts alkv1connect.ContractServiceClient
	Portfolio alkv1connect.PortfolioServiceClient
	Events    alkv1connect.EventServiceClient
	Oracles   alkv1connect.OracleServiceClient
	Index     alkv1connect.IndexServiceClient
	Policy    alkv1connect.PolicyServiceClient
	Backup    alkv1connect.BackupServiceClient

	line *Line
}

// Line is an authenticated connection to a daemon, for the constructors of connect's
// clients. Safe for concurrent use.
type Line struct {
	// HTTP trusts the daemon's certificate and no other.
	HTTP *http.Client
	// URL is the daemon's.
	URL string
	// Options carry the macaroon.
	Options []connect.ClientOption

	transport *http.Transport
}

// Close drops idle connections. Calls under way are not ended.
func (l *Line) Close() { l.transport.CloseIdleConnections() }

// NewLine reads the files and returns a Line; it connects at the first call. It
// returns ErrAddress, ErrCertificate or ErrMacaroon, wrapped. Other daemons of this
// module that serve like this one are reached by it, too.
func NewLine(o Options) (*Line, error) {
	if _, _, err := net.SplitHostPort(o.Addr); err != nil {
		return nil, fmt.Errorf("%w: %q: %w", ErrAddress, o.Addr, err)
	}
	tlsConfig, err := pin(o.TLSCertPath)
	if err != nil {
		return nil, err
	}
	raw := o.Macaroon
	if o.MacaroonPath != "" {
		if raw, err = ReadMacaroon(o.MacaroonPath); err != nil {
			return nil, err
		}
	}
	transport := &http.Transport{
		Proxy:               nil, // on purpose: see the package comment
		DialContext:         (&net.Dialer{Timeout: dialTimeout}).DialContext,
		TLSClientConfig:     tlsConfig,
		TLSHandshakeTimeout: dialTimeout,
		ForceAttemptHTTP2:   true,
		IdleConnTimeout:     time.Minute,
	}
	httpClient := &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	options := append([]connect.ClientOption{
		connect.WithInterceptors(credential(hex.EncodeToString(raw))),
		connect.WithReadMaxBytes(maxAnswer),
	}, o.ClientOptions...)
	return &Line{HTTP: httpClient, URL: "https://" + o.Addr, Options: options, transport: transport}, nil
}

// Dial reads the files and returns a Client; it connects at the first call. It
// returns ErrAddress, ErrCertificate or ErrMacaroon, wrapped.
func Dial(o Options) (*Client, error) {
	line, err := NewLine(o)
	if err != nil {
		return nil, err
	}
	httpClient, url, options := line.HTTP, line.URL, line.Options
	return &Client{
		State:     alkv1connect.NewStateServiceClient(httpClient, url, options...),
		Wallet:    alkv1connect.NewWalletServiceClient(httpClient, url, options...),
		Node:      alkv1connect.NewNodeServiceClient(httpClient, url, options...),
		Macaroons: alkv1connect.NewMacaroonServiceClient(httpClient, url, options...),
		Peers:     alkv1connect.NewPeerServiceClient(httpClient, url, options...),
		Orders:    alkv1connect.NewOrderServiceClient(httpClient, url, options...),
		Contracts: alkv1connect.NewContractServiceClient(httpClient, url, options...),
		Portfolio: alkv1connect.NewPortfolioServiceClient(httpClient, url, options...),
		Events:    alkv1connect.NewEventServiceClient(httpClient, url, options...),
		Oracles:   alkv1connect.NewOracleServiceClient(httpClient, url, options...),
		Index:     alkv1connect.NewIndexServiceClient(httpClient, url, options...),
		Policy:    alkv1connect.NewPolicyServiceClient(httpClient, url, options...),
		Backup:    alkv1connect.NewBackupServiceClient(httpClient, url, options...),
		line:      line,
	}, nil
}

// Close drops idle connections. Calls under way are not ended.
func (c *Client) Close() { c.line.Close() }

// pin trusts the certificates in the file and no others.
func pin(path string) (*tls.Config, error) {
	pem, err := os.ReadFile(path) //nolint:gosec // the caller's own choice of file
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCertificate, err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%w: %s: no certificate in PEM", ErrCertificate, path)
	}
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS13}, nil
}

// ReadMacaroon reads a macaroon in binary from a file and checks its form. It
// returns ErrMacaroon, wrapped with the cause.
func ReadMacaroon(path string) ([]byte, error) {
	raw, err := os.ReadFile(path) //nolint:gosec // the caller's own choice of file
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMacaroon, err)
	}
	var m macaroon.Macaroon
	if err := m.UnmarshalBinary(raw); err != nil {
		return nil, fmt.Errorf("%w: %s: not a macaroon in binary", ErrMacaroon, path)
	}
	return raw, nil
}

// Reason returns the reason that the daemon attached to an error, or nil.
func Reason(err error) *alkv1.ErrorReason {
	var e *connect.Error
	if !errors.As(err, &e) {
		return nil
	}
	for _, d := range e.Details() {
		value, err := d.Value()
		if err != nil {
			continue // a detail of a newer daemon
		}
		if r, ok := value.(*alkv1.ErrorReason); ok {
			return r
		}
	}
	return nil
}

// Unreachable reports whether a call failed before the daemon could answer: it
// is not running, not at this address, or has another certificate.
func Unreachable(err error) bool {
	return connect.CodeOf(err) == connect.CodeUnavailable && !connect.IsWireError(err)
}

// credential adds a macaroon in hexadecimal to every request; empty adds none.
type credential string

func (c credential) set(h http.Header) {
	if c != "" {
		h.Set("Macaroon", string(c))
	}
}

// WrapUnary implements connect.Interceptor.
func (c credential) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, req connect.AnyRequest) (connect.AnyResponse, error) {
		c.set(req.Header())
		return next(ctx, req)
	}
}

// WrapStreamingClient implements connect.Interceptor.
func (c credential) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return func(ctx context.Context, spec connect.Spec) connect.StreamingClientConn {
		conn := next(ctx, spec)
		c.set(conn.RequestHeader())
		return conn
	}
}

// WrapStreamingHandler implements connect.Interceptor.
func (c credential) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return next
}

// Package noderpc asks a full node questions by JSON-RPC over HTTP POST, for
// the backends that have such a node (btcd, bitcoind).
//
// It is not for notifications, and it does not wait for a node that is away:
// every call is its own request, ends with its context or after a few seconds,
// and finds the node again as soon as it is back. Its invariant: an error of
// the network is chain.ErrUnavailable, a refused password is chain.ErrAuth,
// and what the node itself answers with is a *btcjson.RPCError.
package noderpc

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/btcsuite/btcd/btcjson"

	"github.com/alkimiya/alkimiya/wallet/chain"
)

const (
	// CallTimeout bounds every call, from its turn to its answer.
	CallTimeout = 5 * time.Second
	// maxCalls is how many calls are under way at once; the others wait their
	// turn. Nodes refuse more than a few (btcd: 10).
	maxCalls = 4
	// maxAnswer bounds an answer: a block of 4 MB in hex, with room.
	maxAnswer = 32 << 20
	// quoted is how much of an answer that is not JSON an error quotes.
	quoted = 120
	// codeWarmup is bitcoind's while it starts.
	codeWarmup btcjson.RPCErrorCode = -28
)

// Config says where the node is.
type Config struct {
	// Host is host and port.
	Host string
	// User and Pass are for HTTP basic authentication.
	User, Pass string
	// Cert is the node's certificate in PEM; if empty, the system's roots
	// decide.
	Cert []byte
	// DisableTLS sends everything, the password too, in the clear.
	DisableTLS bool
}

// Client makes calls. It is safe for concurrent use.
type Client struct {
	cfg   Config
	url   string
	http  *http.Client
	turns chan struct{}
}

// New returns a client; it does not connect.
func New(cfg Config) *Client {
	// btcd hangs up after each answer. Resumed sessions spare both ends a signature
	// by its large key with every call, which took longer than most answers.
	tlsConfig := &tls.Config{MinVersion: tls.VersionTLS12, ClientSessionCache: tls.NewLRUClientSessionCache(0)}
	scheme := "http://"
	if !cfg.DisableTLS {
		scheme = "https://"
		if len(cfg.Cert) > 0 {
			tlsConfig.RootCAs = x509.NewCertPool()
			tlsConfig.RootCAs.AppendCertsFromPEM(cfg.Cert)
		}
	}
	return &Client{
		cfg: cfg,
		url: scheme + cfg.Host + "/",
		http: &http.Client{
			Transport: &http.Transport{TLSClientConfig: tlsConfig, MaxIdleConnsPerHost: maxCalls, IdleConnTimeout: time.Minute},
			CheckRedirect: func(*http.Request, []*http.Request) error {
				return errors.New("nodes do not redirect")
			},
		},
		turns: make(chan struct{}, maxCalls),
	}
}

// Close drops idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

type request struct {
	JSONRPC string `json:"jsonrpc"`
	ID      int    `json:"id"`
	Method  string `json:"method"`
	Params  []any  `json:"params"`
}

type answer struct {
	Result json.RawMessage   `json:"result"`
	Error  *btcjson.RPCError `json:"error"`
}

// Call makes one call and decodes its result. It returns chain.ErrUnavailable,
// chain.ErrAuth, a *btcjson.RPCError or the caller's own context.Canceled, all
// wrapped.
func (c *Client) Call(ctx context.Context, result any, method string, params ...any) error {
	bounded, cancel := context.WithTimeout(ctx, CallTimeout)
	defer cancel()
	if err := c.call(bounded, result, method, params); err != nil {
		if errors.Is(ctx.Err(), context.Canceled) {
			return fmt.Errorf("%s of %s: %w", method, c.cfg.Host, ctx.Err())
		}
		return fmt.Errorf("%s of %s: %w", method, c.cfg.Host, err)
	}
	return nil
}

func (c *Client) call(ctx context.Context, result any, method string, params []any) error {
	select {
	case c.turns <- struct{}{}:
		defer func() { <-c.turns }()
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", chain.ErrUnavailable, ctx.Err())
	}
	if params == nil {
		params = []any{}
	}
	body, err := json.Marshal(request{JSONRPC: "1.0", ID: 1, Method: method, Params: params})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.SetBasicAuth(c.cfg.User, c.cfg.Pass)
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("%w: %w", chain.ErrUnavailable, err)
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return fmt.Errorf("%w: %w", chain.ErrUnavailable, err)
	}
	return decode(resp.StatusCode, text, result)
}

func decode(status int, text []byte, result any) error {
	if status == http.StatusUnauthorized || status == http.StatusForbidden {
		return fmt.Errorf("%w: %s", chain.ErrAuth, http.StatusText(status))
	}
	var a answer
	if err := json.Unmarshal(text, &a); err != nil {
		// Not a JSON-RPC server, or one that is too busy to be one.
		start := strings.TrimSpace(string(text[:min(len(text), quoted)]))
		return fmt.Errorf("%w: HTTP status %d: %q", chain.ErrUnavailable, status, start)
	}
	if a.Error != nil {
		if a.Error.Code == codeWarmup {
			return fmt.Errorf("%w: %w", chain.ErrUnavailable, a.Error)
		}
		return a.Error
	}
	if err := json.Unmarshal(a.Result, result); err != nil {
		return fmt.Errorf("decode the answer: %w", err)
	}
	return nil
}

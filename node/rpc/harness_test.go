package rpc_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/types/known/emptypb"
	"gopkg.in/macaroon-bakery.v2/bakery"

	"github.com/alkimiya/alkimiya/node/rpc"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1/alkv1connect"
	"github.com/alkimiya/alkimiya/node/rpc/client"
	"github.com/alkimiya/alkimiya/node/rpc/fake"
)

// phrase opens the wallets of these tests; the canaries look for it.
const phrase = "canary passphrase"

// syncBuffer is a log that goroutines may write to.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// env is a server on a real TLS port with a fake daemon behind it.
type env struct {
	t         *testing.T
	dir, addr string
	node      *fake.Node
	authority *rpc.Authority
	log       *syncBuffer
	stop      context.CancelFunc
	done      chan error
}

func start(t *testing.T) *env {
	t.Helper()
	return startWith(t, nil)
}

func startWith(t *testing.T, change func(*rpc.Config)) *env {
	t.Helper()
	e := &env{t: t, dir: t.TempDir(), log: &syncBuffer{}, done: make(chan error, 1)}
	var err error
	e.authority, err = fake.NewAuthority(e.dir)
	require.NoError(t, err)
	e.node = fake.New(e.authority)
	cfg := rpc.Config{
		Listen: []string{"127.0.0.1:0"}, Dir: e.dir, ExtraDomains: []string{"Alkd.Example"},
		Node: e.node, Wallets: e.node, Wallet: e.node.Wallet, Trading: e.node.Trading, Authority: e.authority,
		Logger:       slog.New(slog.NewJSONHandler(e.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		SyncInterval: time.Millisecond,
	}
	if change != nil {
		change(&cfg)
	}
	s, err := rpc.NewServer(cfg)
	require.NoError(t, err)
	require.NoError(t, s.Listen())
	e.addr = s.Addrs()[0].String()
	ctx, cancel := context.WithCancel(context.Background())
	e.stop = cancel
	go func() { e.done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if e.done != nil {
			require.NoError(t, <-e.done)
		}
		require.NoError(t, e.authority.Close())
	})
	return e
}

// startOpen is start with an open wallet.
func startOpen(t *testing.T) *env {
	t.Helper()
	e := start(t)
	_, err := e.node.Create(t.Context(), []byte(phrase), nil)
	require.NoError(t, err)
	return e
}

func (e *env) path(file string) string { return filepath.Join(e.dir, file) }

// dial returns a client with a macaroon in binary; nil for none.
func (e *env) dial(mac []byte, options ...connect.ClientOption) *client.Client {
	e.t.Helper()
	c, err := client.Dial(client.Options{
		Addr: e.addr, TLSCertPath: e.path(rpc.TLSCertFile), Macaroon: mac, ClientOptions: options,
	})
	require.NoError(e.t, err)
	e.t.Cleanup(c.Close)
	return c
}

func (e *env) admin(options ...connect.ClientOption) *client.Client {
	e.t.Helper()
	return e.dial(e.role("admin.macaroon"), options...)
}

func (e *env) role(file string) []byte {
	e.t.Helper()
	raw, err := client.ReadMacaroon(e.path(file))
	require.NoError(e.t, err)
	return raw
}

func (e *env) bake(ops ...bakery.Op) []byte {
	e.t.Helper()
	raw, err := e.authority.Bake(e.t.Context(), rpc.Grant{Ops: ops})
	require.NoError(e.t, err)
	return raw
}

// http returns a plain client that trusts the server.
func (e *env) http() *http.Client {
	e.t.Helper()
	pem, err := os.ReadFile(e.path(rpc.TLSCertFile))
	require.NoError(e.t, err)
	pool := x509.NewCertPool()
	require.True(e.t, pool.AppendCertsFromPEM(pem))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS13}, ForceAttemptHTTP2: true}
	e.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// streaming are the methods that answer with a stream.
var streaming = map[string]bool{
	alkv1connect.WalletServiceWatchSyncProcedure:        true,
	alkv1connect.WalletServiceWatchTransactionProcedure: true,
	alkv1connect.EventServiceWatchEventsProcedure:       true,
}

// call sends an empty request to any method, and returns the error.
func (e *env) call(h *http.Client, procedure string, mac []byte) error {
	ctx, cancel := context.WithTimeout(e.t.Context(), time.Minute)
	defer cancel()
	c := connect.NewClient[emptypb.Empty, emptypb.Empty](h, "https://"+e.addr+procedure)
	req := connect.NewRequest(&emptypb.Empty{})
	if procedure == alkv1connect.EventServiceWatchEventsProcedure {
		// stored_only, so that the stream ends.
		req.Msg.ProtoReflect().SetUnknown(protowire.AppendVarint(protowire.AppendTag(nil, 4, protowire.VarintType), 1))
	}
	if mac != nil {
		req.Header().Set("Macaroon", hex.EncodeToString(mac))
	}
	if !streaming[procedure] {
		_, err := c.CallUnary(ctx, req)
		return err
	}
	stream, err := c.CallServerStream(ctx, req)
	if err != nil {
		return err
	}
	for stream.Receive() {
	}
	if err := stream.Err(); err != nil {
		return err
	}
	return stream.Close()
}

// requireReason checks code and reason of an error.
func requireReason(t *testing.T, err error, code connect.Code, reason string) *alkv1.ErrorReason {
	t.Helper()
	require.Error(t, err)
	r := client.Reason(err)
	require.NotNil(t, r, "no reason in %v", err)
	require.Equal(t, reason, r.GetCode(), "%v", err)
	require.Equal(t, code.String(), connect.CodeOf(err).String(), "%v", err)
	return r
}

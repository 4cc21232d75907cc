package rpc_test

import (
	"bytes"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/lightningnetwork/lnd/cert"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/node/rpc"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1/alkv1connect"
	"github.com/alkimiya/alkimiya/node/rpc/client"
	"github.com/alkimiya/alkimiya/node/rpc/fake"
)

func TestOnePortServesConnectGRPCAndGRPCWeb(t *testing.T) {
	e := startOpen(t)
	for name, options := range map[string][]connect.ClientOption{
		"connect":  nil,
		"json":     {connect.WithProtoJSON()},
		"grpc":     {connect.WithGRPC()},
		"grpc-web": {connect.WithGRPCWeb()},
	} {
		t.Run(name, func(t *testing.T) {
			c := e.admin(options...)
			b, err := c.Wallet.GetBalance(t.Context(), &alkv1.GetBalanceRequest{})
			require.NoError(t, err)
			require.Equal(t, int64(1_251_042), b.GetTotalSat())

			stream, err := c.Wallet.WatchSync(t.Context(), &alkv1.WatchSyncRequest{})
			require.NoError(t, err)
			require.True(t, stream.Receive(), "%v", stream.Err())
			require.True(t, stream.Msg().GetSync().GetSynced())
			require.False(t, stream.Receive())
			require.NoError(t, stream.Err())
			require.NoError(t, stream.Close())

			_, err = e.dial(nil, options...).Wallet.GetBalance(t.Context(), &alkv1.GetBalanceRequest{})
			requireReason(t, err, connect.CodeUnauthenticated, "macaroon_missing")
		})
	}
}

// answer is what matters of an HTTP response.
type answer struct {
	status, major int
	header        http.Header
}

// post sends JSON as curl would, over HTTP/1.1.
func (e *env) post(procedure, body string, change func(*http.Request)) (answer, map[string]any) {
	e.t.Helper()
	h := e.http()
	h.Transport.(*http.Transport).ForceAttemptHTTP2 = false //nolint:errcheck,forcetypeassert // made by e.http
	h.Transport.(*http.Transport).TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	req, err := http.NewRequestWithContext(e.t.Context(), http.MethodPost, "https://"+e.addr+procedure, strings.NewReader(body))
	require.NoError(e.t, err)
	req.Header.Set("Content-Type", "application/json")
	if change != nil {
		change(req)
	}
	resp, err := h.Do(req)
	require.NoError(e.t, err)
	raw, err := io.ReadAll(resp.Body)
	require.NoError(e.t, err)
	require.NoError(e.t, resp.Body.Close())
	out := make(map[string]any)
	if json.Valid(raw) {
		require.NoError(e.t, json.Unmarshal(raw, &out))
	}
	return answer{status: resp.StatusCode, major: resp.ProtoMajor, header: resp.Header}, out
}

func TestPlainJSONRequestAsByCurl(t *testing.T) {
	e := startOpen(t)
	mac := hex.EncodeToString(e.role("admin.macaroon"))
	for _, header := range []string{"macaroon", "Grpc-Metadata-Macaroon"} {
		resp, body := e.post(alkv1connect.WalletServiceGetBalanceProcedure, `{}`, func(r *http.Request) {
			r.Header.Set(header, mac)
		})
		require.Equal(t, http.StatusOK, resp.status)
		require.Equal(t, 1, resp.major)
		require.Equal(t, "1250000", body["confirmedSat"])
		require.Empty(t, resp.header.Get("Access-Control-Allow-Origin"))
	}
	resp, body := e.post(alkv1connect.WalletServiceGetBalanceProcedure, `{}`, func(r *http.Request) {
		r.Header.Set("macaroon", mac)
		r.Header.Set("Grpc-Metadata-Macaroon", mac)
	})
	require.Equal(t, http.StatusUnauthorized, resp.status)
	require.Equal(t, "unauthenticated", body["code"])
	resp, _ = e.post("/alk.v1.WalletService/Nothing", `{}`, nil)
	require.Equal(t, http.StatusNotFound, resp.status)
}

func TestForeignHostsAndOriginsAreRefused(t *testing.T) {
	e := start(t)
	state := alkv1connect.StateServiceGetStateProcedure
	for host, status := range map[string]int{
		e.addr:               http.StatusOK,
		"localhost":          http.StatusOK,
		"LOCALHOST.:8430":    http.StatusOK,
		"[::1]:8430":         http.StatusOK,
		"127.9.9.9":          http.StatusOK,
		"alkd.example:443":   http.StatusOK,
		"evil.example":       http.StatusForbidden,
		"localhost.evil.com": http.StatusForbidden,
		"192.0.2.1:8430":     http.StatusForbidden,
		"0.0.0.0:8430":       http.StatusForbidden,
	} {
		resp, body := e.post(state, `{}`, func(r *http.Request) { r.Host = host })
		require.Equal(t, status, resp.status, host)
		if status == http.StatusForbidden {
			require.Equal(t, "permission_denied", body["code"], host)
		}
	}
	for _, header := range [][2]string{{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "cross-site"}} {
		resp, _ := e.post(state, `{}`, func(r *http.Request) { r.Header.Set(header[0], header[1]) })
		require.Equal(t, http.StatusForbidden, resp.status, header[0])
	}
	// What a page may send without asking first is not a content type of ours.
	resp, _ := e.post(state, `{}`, func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") })
	require.Equal(t, http.StatusUnsupportedMediaType, resp.status)
}

func TestHugeBodiesAreRefusedAndTheUnauthenticatedOnesNotRead(t *testing.T) {
	e := startOpen(t)
	huge := &alkv1.LabelCoinRequest{Label: strings.Repeat("x", 5<<20)}
	for _, option := range []connect.ClientOption{connect.WithClientOptions(), connect.WithSendGzip(), connect.WithGRPC()} {
		_, err := e.admin(option).Wallet.LabelCoin(t.Context(), huge)
		require.Equal(t, connect.CodeResourceExhausted, connect.CodeOf(err), "%v", err)
	}
	require.Zero(t, e.node.Count("LabelCoin"))
	_, err := e.dial(nil).Wallet.LabelCoin(t.Context(), huge)
	requireReason(t, err, connect.CodeUnauthenticated, "macaroon_missing")
	_, err = e.admin().Wallet.LabelCoin(t.Context(), &alkv1.LabelCoinRequest{
		Outpoint: &alkv1.OutPoint{Txid: strings.Repeat("ab", 32)}, Label: "fits",
	})
	require.NoError(t, err)
}

func TestARequestThatNeverArrivesIsGivenUp(t *testing.T) {
	e := startWith(t, func(c *rpc.Config) { c.BodyTimeout = 20 * time.Millisecond })
	body, stalled := io.Pipe()
	defer stalled.Close() //nolint:errcheck // it cannot fail
	h := e.http()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		"https://"+e.addr+alkv1connect.WalletServiceUnlockProcedure, body)
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	resp, err := h.Do(req)
	if err == nil {
		require.NotEqual(t, http.StatusOK, resp.StatusCode)
		require.NoError(t, resp.Body.Close())
	}
	require.Zero(t, e.node.Calls())
	_, err = e.dial(nil).State.GetState(t.Context(), &alkv1.GetStateRequest{})
	require.NoError(t, err)
}

func newServer(t *testing.T, dir string, change func(*rpc.Config)) error {
	t.Helper()
	authority, err := fake.NewAuthority(dir)
	require.NoError(t, err)
	node := fake.New(authority)
	cfg := rpc.Config{
		Listen: []string{"127.0.0.1:0"}, Dir: dir, Node: node, Wallets: node, Wallet: node.Wallet, Trading: node.Trading,
		Authority: authority, Logger: slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&cfg)
	}
	_, err = rpc.NewServer(cfg)
	return err
}

func TestCertificateIsPrivateKeptAndRenewed(t *testing.T) {
	dir := t.TempDir()
	certPath, keyPath := filepath.Join(dir, rpc.TLSCertFile), filepath.Join(dir, rpc.TLSKeyFile)
	read := func() []byte {
		raw, err := os.ReadFile(filepath.Clean(certPath))
		require.NoError(t, err)
		return raw
	}
	require.NoError(t, newServer(t, dir, nil))
	first := read()
	for _, path := range []string{certPath, keyPath} {
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode(), path)
	}
	_, x, err := cert.LoadCert(certPath, keyPath)
	require.NoError(t, err)
	host, err := os.Hostname()
	require.NoError(t, err)
	require.NotContains(t, x.DNSNames, host)
	for _, ip := range x.IPAddresses {
		require.True(t, ip.IsLoopback())
	}

	require.NoError(t, newServer(t, dir, nil))
	require.Equal(t, first, read(), "a good certificate is kept")
	require.NoError(t, newServer(t, dir, func(c *rpc.Config) { c.ExtraIPs = []string{"192.0.2.7"} }))
	named := read()
	require.NotEqual(t, first, named, "a new name makes a new certificate")

	write := func(org string, d time.Duration) {
		c, k, err := cert.GenCertPair(org, nil, nil, true, d)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(certPath, c, 0o600))
		require.NoError(t, os.WriteFile(keyPath, k, 0o600))
	}
	write("alkimiya autogenerated", -time.Hour)
	expired := read()
	require.NoError(t, newServer(t, dir, nil))
	require.NotEqual(t, expired, read(), "our own expired certificate is replaced")

	write("somebody else", -time.Hour)
	foreign := read()
	require.ErrorIs(t, newServer(t, dir, nil), rpc.ErrTLSExpired)
	require.Equal(t, foreign, read(), "a foreign one never is")

	require.NoError(t, os.WriteFile(keyPath, []byte("no key"), 0o600))
	require.ErrorIs(t, newServer(t, dir, nil), rpc.ErrTLS)
	require.NoError(t, os.Remove(certPath))
	require.NoError(t, newServer(t, dir, nil), "a crash while making them leaves no certificate")
}

func TestConfigurationIsChecked(t *testing.T) {
	for name, change := range map[string]func(*rpc.Config){
		"no address":  func(c *rpc.Config) { c.Listen = nil },
		"bad address": func(c *rpc.Config) { c.Listen = []string{"localhost"} },
		"bad ip":      func(c *rpc.Config) { c.ExtraIPs = []string{"localhost"} },
		"no wallets":  func(c *rpc.Config) { c.Wallets = nil },
	} {
		require.ErrorIs(t, newServer(t, t.TempDir(), change), rpc.ErrConfig, name)
	}
}

func TestClientTrustsOnlyThePinnedCertificate(t *testing.T) {
	e, other := start(t), start(t)
	c, err := client.Dial(client.Options{Addr: e.addr, TLSCertPath: other.path(rpc.TLSCertFile)})
	require.NoError(t, err)
	defer c.Close()
	_, err = c.State.GetState(t.Context(), &alkv1.GetStateRequest{})
	require.Error(t, err)
	require.True(t, client.Unreachable(err), "%v", err)
	require.ErrorContains(t, err, "certificate")

	_, err = client.Dial(client.Options{Addr: "localhost", TLSCertPath: e.path(rpc.TLSCertFile)})
	require.ErrorIs(t, err, client.ErrAddress)
	_, err = client.Dial(client.Options{Addr: e.addr, TLSCertPath: e.path("none")})
	require.ErrorIs(t, err, client.ErrCertificate)
	_, err = client.Dial(client.Options{Addr: e.addr, TLSCertPath: e.path(rpc.TLSKeyFile)})
	require.ErrorIs(t, err, client.ErrCertificate)
	_, err = client.Dial(client.Options{
		Addr: e.addr, TLSCertPath: e.path(rpc.TLSCertFile), MacaroonPath: e.path(rpc.TLSKeyFile),
	})
	require.ErrorIs(t, err, client.ErrMacaroon)

	e.stop()
	require.NoError(t, <-e.done)
	e.done = nil
	_, err = e.dial(nil).State.GetState(t.Context(), &alkv1.GetStateRequest{})
	require.True(t, client.Unreachable(err), "%v", err)
}

func TestNoSecretReachesTheLog(t *testing.T) {
	e := start(t)
	bip39 := []byte("canary of bip39")
	c := e.dial(nil)
	_, err := c.Wallet.Create(t.Context(), &alkv1.CreateRequest{Passphrase: []byte(phrase), Bip39Passphrase: bip39})
	require.NoError(t, err)
	admin := e.admin()
	_, err = admin.Wallet.ChangePassphrase(t.Context(), &alkv1.ChangePassphraseRequest{
		OldPassphrase: []byte("canary that is wrong"), NewPassphrase: []byte("canary next"),
	})
	requireReason(t, err, connect.CodePermissionDenied, "wrong_passphrase")
	require.NotContains(t, err.Error(), "canary")
	baked, err := admin.Macaroons.Bake(t.Context(), &alkv1.BakeRequest{
		Permissions: []*alkv1.Permission{{Entity: "wallet", Action: "read"}},
	})
	require.NoError(t, err)
	log := []byte(e.log.String())
	require.Contains(t, string(log), "request served")
	for _, secret := range [][]byte{
		[]byte("canary"), []byte("abandon"), []byte(hex.EncodeToString(e.role("admin.macaroon"))),
		[]byte(hex.EncodeToString(baked.GetMacaroon())), []byte(fake.Password),
	} {
		require.False(t, bytes.Contains(log, secret), "%s is in the log", secret)
	}
}

package itest_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/emptypb"
	"gopkg.in/macaroon-bakery.v2/bakery"

	"github.com/alkimiya/alkimiya/itest/harness"
	"github.com/alkimiya/alkimiya/node/rpc"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/client"
)

func startNode(t *testing.T) *harness.Node {
	t.Helper()
	node := harness.StartBtcd(t)
	node.MustActivate(time.Time{})
	return node
}

func TestASecondDaemonOnTheSameDataIsRefused(t *testing.T) {
	node := startNode(t)
	u := newUser(t, harness.WithNode(node, ""))
	second := harness.NewAlkd(t, harness.WithNode(node, ""), harness.WithDataDir(u.daemon.DataDir()))
	require.ErrorIs(t, second.TryStart(), harness.ErrExited)
	require.Contains(t, second.LogTail(), "in use by another alkd")
	require.Contains(t, second.LogTail(), "hint:")
	u.balance()
}

func TestADaemonOnTheWrongNetworkOrPasswordEndsWithAClearLine(t *testing.T) {
	node := startNode(t)
	wrong := harness.NewAlkd(t, harness.WithNode(node, ""), harness.WithArgs("--network=simnet"))
	require.NoError(t, orExit(wrong), "ends")
	require.Contains(t, wrong.LogTail(), "another network")
	bad := harness.NewAlkd(t, harness.WithNode(node, ""), harness.WithArgs("--btcd-user=nobody"))
	require.NoError(t, orExit(bad), "ends")
	require.Contains(t, bad.LogTail(), "refused the credentials")
}

// orExit starts a daemon that must end by itself, before it is ready or after.
func orExit(d *harness.Daemon) error {
	if err := d.TryStart(); err != nil {
		return nil //nolint:nilerr // it ended while starting, as it should
	}
	if err := d.AwaitExit(); err == nil {
		return os.ErrInvalid
	}
	return nil
}

// TestEveryMethodWithEveryPermission asks a real daemon for every method with a
// macaroon of every single permission, and with none.
func TestEveryMethodWithEveryPermission(t *testing.T) {
	u := newUser(t, harness.WithNode(startNode(t), ""))
	macaroons := map[bakery.Op][]byte{}
	for _, op := range rpc.Operations() {
		answer, err := u.Macaroons.Bake(t.Context(), &alkv1.BakeRequest{
			Permissions: []*alkv1.Permission{{Entity: op.Entity, Action: op.Action}},
		})
		require.NoError(t, err)
		macaroons[op] = answer.GetMacaroon()
	}
	allowed := 0
	for procedure, needed := range rpc.Permissions() {
		if len(needed) == 0 {
			continue // free while the wallet is closed: see the wallet's life cycle
		}
		require.Equal(t, "macaroon_missing", u.call(procedure, nil), procedure)
		for op, mac := range macaroons {
			grants := len(needed) == 1 && needed[0] == op
			if grants && strings.HasSuffix(procedure, "/Stop") || grants && strings.HasSuffix(procedure, "/Lock") {
				continue // they would end the test; what they need is refused below
			}
			reason := u.call(procedure, mac)
			if grants {
				allowed++
				require.NotContains(t, []string{"permission_denied", "macaroon_invalid", "macaroon_missing"}, reason, "%s with %v", procedure, op)
			} else {
				require.Equal(t, "permission_denied", reason, "%s with %v", procedure, op)
			}
		}
	}
	require.GreaterOrEqual(t, allowed, 20)
	_, err := u.Node.Stop(t.Context(), &alkv1.StopRequest{})
	require.NoError(t, err)
	require.NoError(t, u.daemon.AwaitExit(), "stop by RPC is an orderly end")
}

// call makes a request with an empty message and returns the reason of the
// refusal, "" if there was none.
func (u *user) call(procedure string, mac []byte) string {
	u.t.Helper()
	err := u.callEmpty(procedure, mac)
	if err == nil {
		return ""
	}
	if reason := client.Reason(err); reason != nil {
		return reason.GetCode()
	}
	return connect.CodeOf(err).String()
}

func (u *user) callEmpty(procedure string, mac []byte) error {
	c := connect.NewClient[emptypb.Empty, emptypb.Empty](u.https(), "https://"+u.daemon.RPCAddr()+procedure)
	request := connect.NewRequest(&emptypb.Empty{})
	if mac != nil {
		request.Header().Set("Macaroon", hex.EncodeToString(mac))
	}
	if !strings.Contains(procedure, "/Watch") {
		_, err := c.CallUnary(u.t.Context(), request)
		return err
	}
	// A stream of events has no end: that it goes on says that it was granted.
	ctx, cancel := context.WithTimeout(u.t.Context(), 3*time.Second)
	defer cancel()
	stream, err := c.CallServerStream(ctx, request)
	if err != nil {
		return err
	}
	for stream.Receive() {
		continue // what it says does not matter
	}
	return errors.Join(stream.Err(), stream.Close())
}

// https is a plain client that trusts the daemon's certificate.
func (u *user) https() *http.Client {
	pem, err := os.ReadFile(u.file("tls.cert"))
	require.NoError(u.t, err)
	pool := x509.NewCertPool()
	require.True(u.t, pool.AppendCertsFromPEM(pem))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS13}, ForceAttemptHTTP2: true}
	u.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func TestUnattendedStartHealthAndPrivateFiles(t *testing.T) {
	node := startNode(t)
	u := newUser(t, harness.WithNode(node, ""), harness.WithPassphrase(passphrase))
	u.fund(node, 1, 200_000)
	u.daemon.Restart()
	harness.Eventually(t, "the daemon to be ready by itself", u.ready)
	require.EqualValues(t, 200_000, u.balance().GetConfirmedSat())

	require.NoError(t, filepath.WalkDir(u.daemon.DataDir(), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		require.NoError(t, err)
		require.Zero(t, info.Mode().Perm()&0o077, "%s has mode %v", path, info.Mode())
		return nil
	}))
	raw, err := os.ReadFile(u.daemon.LogPath())
	require.NoError(t, err)
	require.NotContains(t, string(raw), passphrase)
	require.NotContains(t, string(raw), strings.Join(u.mnemonic[:3], " "))
}

func (u *user) ready(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+u.daemon.MetricsAddr()+"/readyz", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	var body struct {
		Wallet string `json:"wallet"`
		Synced bool   `json:"synced"`
	}
	decodeErr := json.NewDecoder(response.Body).Decode(&body)
	if err := response.Body.Close(); err != nil {
		return err
	}
	if decodeErr != nil {
		return decodeErr
	}
	if response.StatusCode != http.StatusOK || body.Wallet != "open" || !body.Synced {
		return errNotYet
	}
	return nil
}

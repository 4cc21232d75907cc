package node_test

import (
	"bufio"
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/internal/logs"
	"github.com/alkimiya/alkimiya/internal/regtest"
	"github.com/alkimiya/alkimiya/node"
	"github.com/alkimiya/alkimiya/node/peer"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/client"
	"github.com/alkimiya/alkimiya/wallet/keys"
)

// scaledEnv holds the configuration of the daemon that the test program is to be.
const scaledEnv = "ALK_TEST_SCALED"

// patience bounds every wait of TestScale, goals apart.
const scalePatience = 15 * time.Minute

const scalePassphrase = "passphrase of a test"

// scaled is a daemon in a process of its own, running or not.
type scaled struct {
	t       *testing.T
	cfg     node.Config
	peers   *regtest.Port
	rpc     *regtest.Port
	metrics *regtest.Port
	key     peer.Key
	proc    *regtest.Process
	// starts counts the profiles that ALK_SCALE_PROFILE has them write.
	starts int
	// most is the highest residency of the processes before this one.
	most int64
}

// newScaled prepares a daemon on a node.
func newScaled(t *testing.T, n *regtest.Node, inbound int) *scaled {
	t.Helper()
	dir := t.TempDir()
	s := &scaled{t: t}
	for _, port := range []**regtest.Port{&s.peers, &s.rpc, &s.metrics} {
		reserved, err := regtest.ReservePort()
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, reserved.Release()) })
		*port = reserved
	}
	secret := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	s.cfg = node.Config{
		DataDir: filepath.Join(dir, "data"), Network: "regtest", Backend: node.BackendBtcd,
		Btcd:      node.FullNode{Host: n.RPCHost(), User: n.RPCUser(), PassFile: secret("rpc", n.RPCPass()), CertFile: n.CertFile()},
		RPCListen: []string{s.rpc.Addr()}, MetricsListen: s.metrics.Addr(), PassphraseFile: secret("passphrase", scalePassphrase),
		Trading: node.Trading{
			Listen: []string{s.peers.Addr()}, ChainClock: true, Inbound: inbound, Oracles: []string{"scale=" + hex.EncodeToString(keyOfScale())},
			PoolPoll: time.Second, OraclePoll: time.Second, Params: contract.Params{TSettle: 1, TAnswer: 1, TClose: 1},
		},
	}
	t.Cleanup(func() {
		if s.proc != nil {
			s.stop()
		}
	})
	return s
}

func keyOfScale() []byte { key := scaleOracle.Key(); return key[:] }

// TestScaledDaemon is the process of a scaled daemon.
func TestScaledDaemon(t *testing.T) {
	raw, found := os.LookupEnv(scaledEnv)
	if !found {
		t.Skip("not a test: the other process of TestScale")
	}
	var cfg node.Config
	require.NoError(t, json.Unmarshal([]byte(raw), &cfg))
	var err error
	cfg.Logs, err = logs.New(os.Stderr, logs.Text, node.Subsystems...)
	require.NoError(t, err)
	require.NoError(t, cfg.Logs.Apply(cmp.Or(os.Getenv("ALK_SCALE_LOG"), "warn")))
	ctx, stop := signal.NotifyContext(t.Context(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	require.NoError(t, node.Run(ctx, cfg, nil))
}

// start runs the daemon; it does not wait until it is ready.
func (s *scaled) start() {
	s.t.Helper()
	cfg, err := json.Marshal(s.cfg)
	require.NoError(s.t, err)
	s.proc = s.child("^TestScaledDaemon$", scaledEnv+"="+string(cfg))
}

// child runs the test program as another process, which ends with the test.
func (s *scaled) child(run string, env ...string) *regtest.Process {
	s.t.Helper()
	args := []string{"-test.run=" + run, "-test.timeout=0"}
	if folder := os.Getenv("ALK_SCALE_PROFILE"); folder != "" {
		s.starts++
		args = append(args, fmt.Sprintf("-test.cpuprofile=%s/%s.%d", folder, strings.Trim(run, "^$"), s.starts))
	}
	cmd := exec.CommandContext(context.Background(), os.Args[0], args...) //nolint:gosec // the test runs itself
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
	proc, err := regtest.StartProcess(cmd)
	require.NoError(s.t, err)
	return proc
}

// stop ends the daemon in order.
func (s *scaled) stop() {
	s.t.Helper()
	s.most = s.peak()
	proc := s.proc
	s.proc = nil
	require.NoError(s.t, proc.Stop(2*time.Minute))
}

func (s *scaled) file(name string) string { return filepath.Join(s.cfg.NetworkDir(), name) }

// createWallet makes the daemon's wallet and learns its node key.
func (s *scaled) createWallet() {
	s.t.Helper()
	s.eventually("the wallet", func(ctx context.Context) error {
		c, err := client.Dial(client.Options{Addr: s.rpc.Addr(), TLSCertPath: s.file("tls.cert")})
		if err != nil {
			return err
		}
		defer c.Close()
		_, err = c.Wallet.Create(ctx, &alkv1.CreateRequest{Passphrase: []byte(scalePassphrase)})
		return err
	})
	ring := s.ring()
	defer ring.Close()
	key, err := ring.NodeKey()
	require.NoError(s.t, err)
	s.key = nodeKeyOf(key)
	s.eventually("the wallet to follow the chain", func(ctx context.Context) error {
		if s.metric(ctx, "alkd_wallet_synced") != 1 {
			return fmt.Errorf("at height %v", s.metric(ctx, "alkd_wallet_height"))
		}
		return nil
	})
}

// ring opens the daemon's keys.
func (s *scaled) ring() *keys.Ring {
	s.t.Helper()
	params, err := s.cfg.Params()
	require.NoError(s.t, err)
	ring, err := keys.Open(s.file(keys.FileName), params.Name, []byte(scalePassphrase))
	require.NoError(s.t, err)
	return ring
}

// client speaks to the running daemon.
func (s *scaled) client() *client.Client {
	s.t.Helper()
	c, err := client.Dial(client.Options{Addr: s.rpc.Addr(), TLSCertPath: s.file("tls.cert"), MacaroonPath: s.file("admin.macaroon")})
	require.NoError(s.t, err)
	s.t.Cleanup(c.Close)
	return c
}

// address is where peers find the daemon.
func (s *scaled) address() peer.Address {
	s.t.Helper()
	address, err := peer.ParseAddress(s.key.String() + "@" + s.peers.Addr())
	require.NoError(s.t, err)
	return address
}

// eventually waits until check returns nil; the daemon must run meanwhile.
func (s *scaled) eventually(what string, check func(ctx context.Context) error) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), scalePatience)
	defer cancel()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		err := check(ctx)
		if err == nil {
			return
		}
		select {
		case <-ticker.C:
		case <-s.proc.Done():
			s.t.Fatalf("the daemon has ended while %s was awaited: %v", what, s.proc.Wait())
		case <-ctx.Done():
			s.t.Fatalf("waited in vain for %s: %v", what, err)
		}
	}
}

// phase waits until so many contracts, and no more, are in a phase.
func (s *scaled) phase(phase string, count int) {
	s.t.Helper()
	s.eventually(fmt.Sprintf("%d contracts to be %s", count, phase), func(ctx context.Context) error {
		if n := s.metric(ctx, `alkd_contracts{phase="`+phase+`"}`); int(n) != count {
			return fmt.Errorf("%v are", n)
		}
		return nil
	})
}

// metric reads one line of the daemon's metrics; 0 while there is none.
func (s *scaled) metric(ctx context.Context, name string) float64 {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.metrics.Addr()+"/metrics", nil)
	require.NoError(s.t, err)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0 // it has not started yet
	}
	defer resp.Body.Close() //nolint:errcheck // only read
	lines := bufio.NewScanner(io.LimitReader(resp.Body, 4<<20))
	for lines.Scan() {
		if rest, found := strings.CutPrefix(lines.Text(), name+" "); found {
			value, err := strconv.ParseFloat(rest, 64)
			require.NoError(s.t, err)
			return value
		}
	}
	return 0
}

// allocated is how many bytes the daemon has allocated since it started.
func (s *scaled) allocated() float64 { return s.metric(s.t.Context(), "go_memstats_alloc_bytes_total") }

// atRest waits until the daemon does no more than to look at chain and peers.
func (s *scaled) atRest() {
	s.t.Helper()
	before := s.allocated()
	s.eventually("the daemon to be at rest", func(context.Context) error {
		time.Sleep(time.Second) // what is measured is what it allocates meanwhile
		now := s.allocated()
		grown := now - before
		before = now
		if grown > 4<<20 {
			return fmt.Errorf("%.0f bytes allocated in a second", grown)
		}
		return nil
	})
}

// resident is the resident memory of the daemon in bytes; peak is the highest that
// it was, in earlier processes too.
func (s *scaled) resident() int64 { return s.status("VmRSS:") }

func (s *scaled) peak() int64 { return max(s.most, s.status("VmHWM:")) }

func (s *scaled) status(field string) int64 {
	s.t.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.proc.PID()))
	if err != nil {
		s.t.Skipf("SKIPPED: resident memory is not known here: %v", err)
	}
	for line := range strings.Lines(string(raw)) {
		if rest, found := strings.CutPrefix(line, field); found {
			kib, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			require.NoError(s.t, err)
			return kib << 10
		}
	}
	s.t.Skipf("SKIPPED: %s is not known here", field)
	return 0
}

package harness

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alkimiya/alkimiya/internal/regtest"
)

// The flags of alkd, all in one place.
const (
	flagDataDir         = "--datadir="
	flagNetwork         = "--network="
	flagBackend         = "--backend="
	flagBtcdHost        = "--btcd-host="
	flagBtcdUser        = "--btcd-user="
	flagBtcdPassFile    = "--btcd-pass-file=" //nolint:gosec // a flag, not a password
	flagBtcdCert        = "--btcd-cert="
	flagBitcoindHost    = "--bitcoind-host="
	flagBitcoindUser    = "--bitcoind-user="
	flagBitcoindPass    = "--bitcoind-pass-file=" //nolint:gosec // a flag, not a password
	flagNeutrinoConnect = "--neutrino-connect="
	flagRPCListen       = "--rpc-listen="
	flagMetricsListen   = "--metrics-listen="
	flagPassphraseFile  = "--wallet-passphrase-file=" //nolint:gosec // a flag, not a password
	flagLogLevel        = "--log-level="
)

// healthPath is where alkd tells on its metrics address that it runs.
const healthPath = "/healthz"

// ErrExited means that a daemon ended by itself; the text holds the end of its log.
var ErrExited = errors.New("daemon exited")

// Option changes how a Daemon is started.
type Option func(*Daemon)

// WithNode puts the daemon on a node, by RPC. via, if not empty, is the address
// of a proxy in front of the node's RPC server.
func WithNode(n *Node, via string) Option {
	return func(d *Daemon) {
		host := n.RPCHost()
		if via != "" {
			host = via
		}
		pass := secretFile(d.t, "rpc-pass", n.RPCPass())
		if n.Kind == Bitcoind {
			d.args = append(d.args, flagBackend+string(Bitcoind), flagBitcoindHost+host,
				flagBitcoindUser+n.RPCUser(), flagBitcoindPass+pass)
			return
		}
		d.args = append(d.args, flagBackend+string(Btcd), flagBtcdHost+host,
			flagBtcdUser+n.RPCUser(), flagBtcdPassFile+pass, flagBtcdCert+n.CertFile())
	}
}

// WithNeutrino lets the daemon be a light client of the given peers alone.
func WithNeutrino(peers ...string) Option {
	return func(d *Daemon) {
		d.args = append(d.args, flagBackend+"neutrino", flagNeutrinoConnect+strings.Join(peers, ","))
	}
}

// WithPassphrase lets the daemon open its wallet by itself when it starts.
func WithPassphrase(passphrase string) Option {
	return func(d *Daemon) {
		d.args = append(d.args, flagPassphraseFile+secretFile(d.t, "passphrase", passphrase))
	}
}

// WithDataDir uses a folder that exists already, instead of one of the test.
func WithDataDir(dir string) Option { return func(d *Daemon) { d.dataDir = dir } }

// WithArgs adds flags as they are.
func WithArgs(args ...string) Option { return func(d *Daemon) { d.args = append(d.args, args...) } }

// WithReady replaces the check that the daemon serves, for example by a call of
// the RPC client. It is repeated until it returns nil.
func WithReady(ready func(ctx context.Context, d *Daemon) error) Option {
	return func(d *Daemon) { d.ready = ready }
}

// Daemon is an alkd or alkoracle of a test, running or not. Its methods are for one
// goroutine, except those that return addresses and paths.
type Daemon struct {
	t testing.TB
	// program is its name, lead what its command line begins with, listen the flag of
	// its main address, env what its environment has besides ours.
	program string
	lead    []string
	listen  string
	env     []string
	dataDir string
	args    []string
	ready   func(ctx context.Context, d *Daemon) error
	rpc     *regtest.Port
	metrics *regtest.Port
	logPath string

	mu   sync.Mutex
	proc *regtest.Process // nil while it is meant not to run
}

// NewAlkd prepares a daemon on regtest with a data directory and ports of its
// own. The end of the test stops it, and fails if it had ended by itself.
func NewAlkd(t testing.TB, opts ...Option) *Daemon {
	t.Helper()
	return newDaemon(t, &Daemon{program: "alkd", listen: flagRPCListen}, opts)
}

func newDaemon(t testing.TB, d *Daemon, opts []Option) *Daemon {
	t.Helper()
	dir := t.TempDir()
	d.t, d.dataDir, d.logPath, d.ready = t, filepath.Join(dir, "data"), filepath.Join(dir, d.program+".log"), healthy
	d.args = []string{flagNetwork + "regtest", flagLogLevel + "debug"}
	for _, port := range []**regtest.Port{&d.rpc, &d.metrics} {
		reserved, err := regtest.ReservePort()
		if err != nil {
			t.Fatalf("port of %s: %v", d.program, err)
		}
		t.Cleanup(func() {
			if err := reserved.Release(); err != nil {
				t.Errorf("release port: %v", err)
			}
		})
		*port = reserved
	}
	for _, opt := range opts {
		opt(d)
	}
	t.Cleanup(d.cleanup)
	return d
}

// StartAlkd is NewAlkd and Start.
func StartAlkd(t testing.TB, opts ...Option) *Daemon {
	t.Helper()
	d := NewAlkd(t, opts...)
	d.Start()
	return d
}

func (d *Daemon) cleanup() {
	proc := d.take()
	if proc != nil {
		select {
		case <-proc.Done():
			d.t.Errorf("%v by itself: %v", ErrExited, proc.Wait())
		default:
			if err := proc.Stop(stopGrace); err != nil {
				d.t.Errorf("stop %s: %v", d.program, err)
			}
		}
	}
	if d.t.Failed() {
		d.t.Logf("end of the log of %s in %s:\n%s", d.program, d.dataDir, d.LogTail())
		if err := keepLog(d.logPath); err != nil {
			d.t.Error(err)
		}
	}
}

// logsDir is the environment variable that names a folder for the whole logs of
// the daemons of failed tests.
const logsDir = "ALK_ITEST_LOGS"

// keepLog copies a log to where they are kept, if that was asked for.
func keepLog(path string) error {
	dir := os.Getenv(logsDir)
	if dir == "" {
		return nil
	}
	raw, err := os.ReadFile(path) //nolint:gosec // G304: a log of ours
	if err != nil {
		return fmt.Errorf("keep log: %w", err)
	}
	name := strings.ReplaceAll(strings.TrimPrefix(path, os.TempDir()+"/"), "/", "_")
	if err := os.WriteFile(filepath.Join(dir, name), raw, 0o600); err != nil {
		return fmt.Errorf("keep log: %w", err)
	}
	return nil
}

// RPCAddr is the address of the RPC server, host and port.
func (d *Daemon) RPCAddr() string { return d.rpc.Addr() }

// MetricsAddr is the address of the metrics server, host and port.
func (d *Daemon) MetricsAddr() string { return d.metrics.Addr() }

// DataDir is the daemon's data directory.
func (d *Daemon) DataDir() string { return d.dataDir }

// LogPath is the file that holds all it has printed, over restarts.
func (d *Daemon) LogPath() string { return d.logPath }

// Args is the command line, without the program.
func (d *Daemon) Args() []string {
	args := append([]string(nil), d.lead...)
	args = append(args, flagDataDir+d.dataDir, d.listen+d.rpc.Addr(), flagMetricsListen+d.metrics.Addr())
	return append(args, d.args...)
}

// LogTail is the end of its log.
func (d *Daemon) LogTail() string {
	f, err := os.Open(d.logPath)
	if err != nil {
		return err.Error()
	}
	defer f.Close() //nolint:errcheck // only read
	if info, err := f.Stat(); err == nil && info.Size() > logTail {
		if _, err := f.Seek(-logTail, io.SeekEnd); err != nil {
			return err.Error()
		}
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// Start runs the daemon and returns when it is ready; else the test ends.
func (d *Daemon) Start() {
	d.t.Helper()
	if err := d.TryStart(); err != nil {
		d.t.Fatalf("start %s: %v", d.program, err)
	}
}

// TryStart is Start for a daemon that may refuse: it returns ErrExited with the
// end of the log if the daemon ends before it is ready.
func (d *Daemon) TryStart() error {
	out, err := os.OpenFile(d.logPath, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(context.Background(), Binary(d.t, d.program), d.Args()...) //nolint:gosec // our own program
	cmd.Stdout, cmd.Stderr = out, out
	cmd.Env = append(os.Environ(), d.env...)
	proc, err := regtest.StartProcess(cmd)
	// The child has its own descriptor.
	if err = errors.Join(err, out.Close()); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(d.t.Context(), Patience)
	defer cancel()
	alive, ended := context.WithCancelCause(ctx)
	defer ended(nil)
	go func() {
		select {
		case <-proc.Done():
			ended(ErrExited)
		case <-alive.Done():
		}
	}()
	err = wait(alive, func(ctx context.Context) error { return d.ready(ctx, d) })
	switch {
	case errors.Is(context.Cause(alive), ErrExited):
		return fmt.Errorf("%w: %w\n%s", ErrExited, proc.Wait(), d.LogTail())
	case err != nil:
		return errors.Join(fmt.Errorf("not ready after %v: %w", Patience, err), proc.Kill())
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.proc = proc
	return nil
}

// healthy is the check of a daemon that was given none.
func healthy(ctx context.Context, d *Daemon) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+d.MetricsAddr()+healthPath, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	if err := resp.Body.Close(); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", healthPath, resp.Status)
	}
	return nil
}

// take gives the process away; the daemon is not meant to run any more.
func (d *Daemon) take() *regtest.Process {
	d.mu.Lock()
	defer d.mu.Unlock()
	proc := d.proc
	d.proc = nil
	return proc
}

// mustRun is take for a daemon that has to run.
func (d *Daemon) mustRun() *regtest.Process {
	d.t.Helper()
	proc := d.take()
	if proc == nil {
		d.t.Fatalf("%s does not run", d.program)
	}
	select {
	case <-proc.Done():
		d.t.Fatalf("%v by itself: %v", ErrExited, proc.Wait())
	default:
	}
	return proc
}

// Kill ends the daemon at once (kill -9).
func (d *Daemon) Kill() {
	d.t.Helper()
	if err := d.mustRun().Kill(); err != nil {
		d.t.Fatalf("kill %s: %v", d.program, err)
	}
}

// Stop ends the daemon in order (interrupt); the exit status must be 0.
func (d *Daemon) Stop() {
	d.t.Helper()
	if err := d.mustRun().Stop(stopGrace); err != nil {
		d.t.Fatalf("stop %s: %v", d.program, err)
	}
}

// Restart is Stop and Start, on the same data directory and addresses.
func (d *Daemon) Restart() {
	d.t.Helper()
	d.Stop()
	d.Start()
}

// AwaitExit waits for a daemon that was told to end by other means, and returns
// how it ended: nil for exit status 0.
func (d *Daemon) AwaitExit() error {
	d.t.Helper()
	proc := d.take()
	if proc == nil {
		d.t.Fatalf("%s does not run", d.program)
	}
	timer := time.NewTimer(Patience)
	defer timer.Stop()
	select {
	case <-proc.Done():
		return proc.Wait()
	case <-timer.C:
	}
	return errors.Join(fmt.Errorf("%s did not end within %v", d.program, Patience), proc.Kill())
}

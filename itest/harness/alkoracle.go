package harness

import (
	"encoding/hex"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"github.com/alkimiya/alkimiya/internal/regtest"
)

// oraclePassphrase protects the keys of the oracles of tests.
const oraclePassphrase = "passphrase of a test"

// Oracle is an alkoracle of a test, with a key of its own. RPCAddr is the address of
// its public API.
type Oracle struct {
	*Daemon
	// Key is its x-only key.
	Key [32]byte
	// Passphrase is a file with the passphrase of its key.
	Passphrase string
}

// NewOracle makes an oracle on regtest that takes its time from the chain; Start runs
// it. It is killed at crash points if Crash says so.
func NewOracle(t testing.TB, opts ...Option) *Oracle {
	t.Helper()
	o := newOracle(t, secretFile(t, "passphrase", oraclePassphrase), opts)
	var made struct {
		Key string `json:"key"`
	}
	o.Must(&made, "init")
	raw, err := hex.DecodeString(made.Key)
	if err != nil || len(raw) != len(o.Key) {
		t.Fatalf("alkoracle init gives key %q", made.Key)
	}
	copy(o.Key[:], raw)
	return o
}

// RestoreOracle makes an oracle from a backup of another one.
func RestoreOracle(t testing.TB, backup string, of *Oracle, opts ...Option) *Oracle {
	t.Helper()
	o := newOracle(t, of.Passphrase, opts)
	o.Key = of.Key
	o.Must(nil, "restore", backup)
	return o
}

func newOracle(t testing.TB, passphrase string, opts []Option) *Oracle {
	t.Helper()
	o := &Oracle{Passphrase: passphrase}
	o.Daemon = newDaemon(t, &Daemon{program: "alkoracle" + crash, lead: []string{"run"}, listen: "--listen="}, opts)
	o.args = append(o.args, "--clock=chain", "--poll=200ms", "--rate-limit=-1", "--passphrase-file="+passphrase)
	return o
}

// URL is the address of its public API.
func (o *Oracle) URL() string { return "http://" + o.RPCAddr() }

// AddArgs adds flags for the next start.
func (o *Oracle) AddArgs(args ...string) { o.args = append(o.args, args...) }

// Command runs another command of the program on the oracle's data.
func (o *Oracle) Command(args ...string) Result {
	o.t.Helper()
	return Run(o.t, o.program, "", append(args, flagDataDir+o.dataDir, flagNetwork+"regtest", "--passphrase-file="+o.Passphrase)...)
}

// Must runs a command, which has to succeed, and decodes what it prints as JSON.
func (o *Oracle) Must(into any, args ...string) {
	o.t.Helper()
	r := o.Command(append(args, "--json")...)
	if r.ExitCode != 0 {
		o.t.Fatalf("alkoracle %v: %s", args, r.Stderr)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal([]byte(r.Stdout), into); err != nil {
		o.t.Fatalf("alkoracle %v: %v: %s", args, err, r.Stdout)
	}
}

// NetworkDir is where its data of regtest lies.
func (o *Oracle) NetworkDir() string { return filepath.Join(o.dataDir, "regtest") }

// StartBtcdAt is StartBtcd for a chain with times of its own: now is the time of the
// blocks for which none is chosen.
func StartBtcdAt(t testing.TB, now func() time.Time) *Node {
	t.Helper()
	n, err := regtest.Start(t.Context(), regtest.Options{Now: now})
	if err != nil {
		t.Fatalf("start btcd: %v", err)
	}
	return adopt(t, n, Btcd)
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"connectrpc.com/connect"

	"github.com/alkimiya/alkimiya/internal/regtest"
	"github.com/alkimiya/alkimiya/node/portfolio"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/client"
)

const (
	stopGrace  = 30 * time.Second
	passphrase = "a passphrase for a demonstration"
	// patience bounds every wait, pollEvery is how often is looked.
	patience  = 5 * time.Minute
	pollEvery = 150 * time.Millisecond
)

// program is a process of the demonstration.
type program struct {
	name    string
	dir     string
	process *regtest.Process
}

// start runs a program with its output in a log beside its data.
func (p *program) start(exe string, args ...string) error {
	log, err := os.OpenFile(p.log(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	cmd := exec.Command(exe, args...) //nolint:gosec // G204: our own programs
	cmd.Stdout, cmd.Stderr = log, log
	p.process, err = regtest.StartProcess(cmd)
	return errors.Join(err, log.Close())
}

func (p *program) log() string { return filepath.Join(p.dir, p.name+".log") }

func (p *program) stop() error {
	if p.process == nil {
		return nil
	}
	process := p.process
	p.process = nil
	if err := process.Stop(stopGrace); err != nil {
		return fmt.Errorf("stop %s: %w", p.name, err)
	}
	return nil
}

// ended tells that a program that should run does not.
func (p *program) ended() error {
	if p.process == nil {
		return nil
	}
	select {
	case <-p.process.Done():
		return fmt.Errorf("%s ended by itself, see %s: %w", p.name, p.log(), p.process.Wait())
	default:
		return nil
	}
}

// network is what every program needs to know to be on the chain.
type network struct {
	programs string
	passFile string
	backend  []string
}

// newNetwork writes the secrets that programs read from files.
func newNetwork(programs, dir string, btc *regtest.Node) (*network, error) {
	n := &network{programs: programs, passFile: filepath.Join(dir, "passphrase")}
	rpcPass := filepath.Join(dir, "btcd.pass")
	for path, secret := range map[string]string{n.passFile: passphrase, rpcPass: btc.RPCPass()} {
		if err := os.WriteFile(path, []byte(secret), 0o600); err != nil {
			return nil, err
		}
	}
	n.backend = []string{
		"--network=regtest", "--backend=btcd", "--btcd-host=" + btc.RPCHost(), "--btcd-user=" + btc.RPCUser(),
		"--btcd-pass-file=" + rpcPass, "--btcd-cert=" + btc.CertFile(), "--clock=chain", "--metrics-listen=",
	}
	return n, nil
}

func (n *network) exe(name string) string { return filepath.Join(n.programs, name) }

// oracle is one of the three.
type oracle struct {
	program
	key  string
	port *regtest.Port
}

// startOracle makes an oracle's key and runs it.
func startOracle(ctx context.Context, n *network, dir, name string, firstDay uint32) (_ *oracle, err error) {
	o := &oracle{program: program{name: name, dir: filepath.Join(dir, name)}}
	if err := os.MkdirAll(o.dir, 0o700); err != nil {
		return nil, err
	}
	common := append([]string{"--datadir=" + o.dir, "--passphrase-file=" + n.passFile}, n.backend...)
	out, err := exec.CommandContext(ctx, n.exe("alkoracle"), append([]string{"init", "--json"}, common...)...).Output() //nolint:gosec // G204: our own program
	if err != nil {
		return nil, fmt.Errorf("make the key of oracle %s: %w", name, explain(err))
	}
	var made struct {
		Key string `json:"key"`
	}
	if err := json.Unmarshal(out, &made); err != nil {
		return nil, fmt.Errorf("key of oracle %s: %w", name, err)
	}
	o.key = made.Key
	if o.port, err = regtest.ReservePort(); err != nil {
		return nil, err
	}
	args := append([]string{
		"run", "--listen=" + o.port.Addr(), "--poll=500ms", "--rate-limit=-1", "--horizon=50", fmt.Sprintf("--start=%s=%d", indexID, firstDay),
	}, common...)
	return o, o.start(n.exe("alkoracle"), args...)
}

// explain adds what a failed command wrote.
func explain(err error) error {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return fmt.Errorf("%w: %s", err, exit.Stderr)
	}
	return err
}

func (o *oracle) url() string { return "http://" + o.port.Addr() }

// flag is how a node is told to trust the oracle.
func (o *oracle) flag() string { return fmt.Sprintf("--oracle=%s=%s@%s", o.name, o.key, o.url()) }

// party is one of the two traders: a node with an open wallet.
type party struct {
	program
	rpc, peers *regtest.Port
	client     *client.Client
	key        string
	// funded is what its wallet began with, satoshi.
	funded int64
}

// startParty runs a node and makes its wallet.
func startParty(ctx context.Context, n *network, dir, name string, oracles []*oracle) (_ *party, err error) {
	p := &party{program: program{name: name, dir: filepath.Join(dir, name)}}
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		return nil, err
	}
	for _, port := range []**regtest.Port{&p.rpc, &p.peers} {
		if *port, err = regtest.ReservePort(); err != nil {
			return nil, err
		}
	}
	args := append([]string{
		"--datadir=" + p.dir, "--rpc-listen=" + p.rpc.Addr(), "--listen=" + p.peers.Addr(), "--backup=" + filepath.Join(p.dir, "recovery"),
		"--oracle-poll=1s", "--mempool-poll=500ms", "--t-answer=5", "--wallet-passphrase-file=" + n.passFile, "--fee-fallback=2",
	}, n.backend...)
	for _, o := range oracles {
		args = append(args, o.flag())
	}
	if err := p.start(n.exe("alkd"), args...); err != nil {
		return nil, err
	}
	if err := p.makeWallet(ctx); err != nil {
		return p, fmt.Errorf("%s's wallet: %w", name, err)
	}
	return p, nil
}

func (p *party) file(name string) string { return filepath.Join(p.dir, "regtest", name) }

// makeWallet creates the wallet as soon as the node has reached the chain.
func (p *party) makeWallet(ctx context.Context) error {
	options := client.Options{Addr: p.rpc.Addr(), TLSCertPath: p.file("tls.cert")}
	err := p.until(ctx, "the node to start", func() (bool, error) {
		_, err := os.Stat(options.TLSCertPath)
		return err == nil, nil
	})
	if err != nil {
		return err
	}
	c, err := client.Dial(options)
	if err != nil {
		return err
	}
	err = p.until(ctx, "the wallet to be made", func() (bool, error) {
		_, err := c.Wallet.Create(ctx, &alkv1.CreateRequest{Passphrase: []byte(passphrase)})
		if connect.CodeOf(err) == connect.CodeUnavailable {
			return false, nil // it has not reached btcd yet
		}
		return err == nil, err
	})
	c.Close()
	if err != nil {
		return err
	}
	options.MacaroonPath = p.file("admin.macaroon")
	if p.client, err = client.Dial(options); err != nil {
		return err
	}
	if err := p.synced(ctx); err != nil {
		return err
	}
	peers, err := p.client.Peers.ListPeers(ctx, &alkv1.ListPeersRequest{})
	p.key = peers.GetNodeKey()
	return err
}

// address is what others call it by.
func (p *party) address() string { return p.key + "@" + p.peers.Addr() }

// synced waits until the wallet has followed the chain.
func (p *party) synced(ctx context.Context) error {
	return p.until(ctx, "the wallet to follow the chain", func() (bool, error) {
		answer, err := p.client.Wallet.GetSync(ctx, &alkv1.GetSyncRequest{})
		return answer.GetSync().GetSynced(), err
	})
}

func (p *party) balance(ctx context.Context) (balance, error) {
	answer, err := p.client.Wallet.GetBalance(ctx, &alkv1.GetBalanceRequest{})
	if err != nil {
		return balance{}, fmt.Errorf("%s's balance: %w", p.name, err)
	}
	b := balance{ConfirmedSat: answer.GetConfirmedSat(), UnconfirmedSat: answer.GetUnconfirmedSat()}
	report, err := p.client.Portfolio.GetReport(ctx, &alkv1.GetReportRequest{})
	if err != nil {
		return balance{}, fmt.Errorf("%s's report: %w", p.name, err)
	}
	for _, line := range report.GetLines() {
		if line.GetSource() == string(portfolio.FeePayment) { // the demonstration pays for nothing else
			b.RaisedSat -= line.GetAmountSat()
		}
	}
	return b, nil
}

// stop ends the node and gives its ports back.
func (p *party) stop() error {
	if p.client != nil {
		p.client.Close()
	}
	return errors.Join(p.program.stop(), release(p.rpc, p.peers))
}

func (o *oracle) stop() error { return errors.Join(o.program.stop(), release(o.port)) }

func release(ports ...*regtest.Port) error {
	var errs []error
	for _, port := range ports {
		if port != nil {
			errs = append(errs, port.Release())
		}
	}
	return errors.Join(errs...)
}

// until asks again and again, as long as the node runs.
func (p *party) until(ctx context.Context, what string, done func() (bool, error)) error {
	err := waitFor(ctx, what, func() (bool, error) {
		ok, err := done()
		return ok, errors.Join(err, p.ended())
	})
	if err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	return nil
}

// waitFor asks again and again until something is so, with patience.
func waitFor(ctx context.Context, what string, done func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		ok, err := done()
		if err != nil {
			return fmt.Errorf("wait for %s: %w", what, err)
		}
		if ok {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w", what, ctx.Err())
		case <-tick.C:
		}
	}
}

// balance is what a wallet holds.
type balance struct {
	ConfirmedSat   int64 `json:"confirmed_sat"`
	UnconfirmedSat int64 `json:"unconfirmed_sat"`
	// RaisedSat is what it cost to raise fees of what was late in a block, which a node
	// does by itself near a lock time.
	RaisedSat int64 `json:"fees_raised_sat"`
}

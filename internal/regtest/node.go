package regtest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/rpcclient"
	"github.com/btcsuite/btcd/txscript"
)

const (
	// readyTimeout is how long btcd may take to answer its first call.
	readyTimeout = 60 * time.Second
	// stopGrace is how long btcd may take to end by itself.
	stopGrace = 20 * time.Second
	// pollInterval is how often a condition outside this process is checked.
	pollInterval = 20 * time.Millisecond
	// startTries is how often Start tries other ports.
	startTries = 3
	configFile = "node.conf"
	outputFile = "node.out"
	// logTail is how much of the node's output an error quotes, in bytes.
	logTail = 2000
	rpcUser = "regtest"
)

// program is what differs between the node programs that this package runs.
type program interface {
	name() string
	// config is the file of settings, with what must not be on the command
	// line.
	config(pass string) string
	// prepare writes what else the program reads from the node's folder.
	prepare(n *Node) error
	args(n *Node) []string
	// dial opens a client for the running node and makes a first call.
	dial(n *Node) (*rpcclient.Client, error)
	// forgets says that the program starts with an empty chain every time.
	forgets() bool
}

// Options of a node; the zero value is a node of its own in a temporary folder.
type Options struct {
	// Exe is the btcd executable; if empty, FindBtcd's.
	Exe string
	// Dir holds the node's files, which Stop leaves there (btcd itself
	// forgets a regtest chain between runs). If empty, it is a temporary
	// folder, which Stop removes.
	Dir string
	// Connect are the peer addresses of other nodes to connect to.
	Connect []string
	// NoTLS makes btcd's RPC server speak in the clear, as Core's does.
	NoTLS bool
	// ExtraArgs are more arguments for btcd.
	ExtraArgs []string
	// Now gives the time for blocks of Mine; if nil, time.Now.
	Now func() time.Time
}

// Node is a running btcd, or Bitcoin Core. Its methods are safe for concurrent use, except that
// Stop, Kill and Restart must not overlap.
type Node struct {
	prog    program
	opts    Options
	ownDir  bool
	stopped bool
	pass    string
	cert    []byte
	// btcd listens on inner ports, others reach it through the proxies: they
	// open only when the chain is back after a restart.
	innerP2P, innerRPC *Port
	p2p, rpcProxy      *Proxy

	mu   sync.Mutex // of all below
	proc *Process
	rpc  *rpcclient.Client
	mine miner
	// journal is what Restart repeats.
	journal []step
}

// Start runs btcd on regtest with the transaction and filter indexes and
// returns when it answers. The chain is empty; see Activate. Whoever starts a
// node stops it.
func Start(ctx context.Context, opts Options) (*Node, error) {
	if opts.Exe == "" {
		exe, err := FindBtcd(ctx)
		if err != nil {
			return nil, err
		}
		opts.Exe = exe
	}
	return start(ctx, btcdProgram{}, opts)
}

func start(ctx context.Context, prog program, opts Options) (*Node, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	n := &Node{prog: prog, opts: opts}
	if err := n.prepare(); err != nil {
		return nil, errors.Join(err, n.release())
	}
	var err error
	for range startTries {
		if err = n.takePorts(); err != nil {
			break
		}
		// Another program may take a port between our look and btcd's; then
		// btcd exits, and other ports are tried.
		if err = n.launch(ctx); !errors.Is(err, ErrExited) {
			break
		}
	}
	if err != nil {
		return nil, errors.Join(err, n.release())
	}
	return n, nil
}

// prepare makes the folder, the password and the key that coinbases pay.
func (n *Node) prepare() error {
	if n.opts.Dir == "" {
		dir, err := os.MkdirTemp("", "alkimiya-"+n.prog.name()+"-")
		if err != nil {
			return fmt.Errorf("folder of the node: %w", err)
		}
		n.opts.Dir, n.ownDir = dir, true
	} else if err := os.MkdirAll(n.opts.Dir, 0o700); err != nil {
		return fmt.Errorf("folder of the node: %w", err)
	}
	secret := make([]byte, 24)
	if _, err := rand.Read(secret); err != nil {
		return fmt.Errorf("random password: %w", err)
	}
	n.pass = hex.EncodeToString(secret)
	key, err := btcec.NewPrivateKey()
	if err != nil {
		return fmt.Errorf("key of the coinbases: %w", err)
	}
	script, err := txscript.PayToTaprootScript(txscript.ComputeTaprootKeyNoScript(key.PubKey()))
	if err != nil {
		return fmt.Errorf("script of the coinbases: %w", err)
	}
	n.mine = newMiner(key, script)
	// The configuration file keeps the password off the command line.
	if err := os.WriteFile(n.path(configFile), []byte(n.prog.config(n.pass)), 0o600); err != nil {
		return fmt.Errorf("configuration of the node: %w", err)
	}
	return n.prog.prepare(n)
}

func (n *Node) takePorts() error {
	if err := n.releasePorts(); err != nil {
		return err
	}
	var err error
	if n.innerP2P, err = ReservePort(); err != nil {
		return err
	}
	if n.innerRPC, err = ReservePort(); err != nil {
		return err
	}
	if n.p2p, err = NewProxy(n.innerP2P.Addr()); err != nil {
		return err
	}
	n.rpcProxy, err = NewProxy(n.innerRPC.Addr())
	return err
}

// releasePorts may be called again; addresses stay readable.
func (n *Node) releasePorts() error {
	var errs []error
	for _, proxy := range []*Proxy{n.p2p, n.rpcProxy} {
		if proxy != nil {
			errs = append(errs, proxy.Close())
		}
	}
	for _, port := range []*Port{n.innerP2P, n.innerRPC} {
		if port != nil {
			errs = append(errs, port.Release())
		}
	}
	return errors.Join(errs...)
}

func (n *Node) release() error {
	err := n.releasePorts()
	if n.ownDir {
		err = errors.Join(err, os.RemoveAll(n.opts.Dir))
	}
	return err
}

func (n *Node) path(name string) string { return filepath.Join(n.opts.Dir, name) }

// launch starts the process on the reserved ports and waits until it answers.
func (n *Node) launch(ctx context.Context) error {
	out, err := os.OpenFile(n.path(outputFile), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("output of the node: %w", err)
	}
	cmd := exec.Command(n.opts.Exe, n.prog.args(n)...) //nolint:gosec,noctx // runs what the caller named; Stop ends it
	cmd.Stdout, cmd.Stderr = out, out
	proc, err := StartProcess(cmd)
	// The child has its own descriptor.
	if err = errors.Join(err, out.Close()); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	client, err := n.waitReady(ctx, proc)
	if err != nil {
		return errors.Join(err, proc.Kill())
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.prog.forgets() {
		if err := n.replay(client); err != nil {
			client.Shutdown()
			return errors.Join(err, proc.Kill())
		}
	}
	n.proc, n.rpc = proc, client
	n.mine.forgetTip()
	return errors.Join(n.rpcProxy.Restore(), n.p2p.Restore())
}

// waitReady dials until btcd answers, the process ends, or ctx does.
func (n *Node) waitReady(ctx context.Context, proc *Process) (*rpcclient.Client, error) {
	ticker := time.NewTicker(pollInterval)
	defer ticker.Stop()
	var last error
	for {
		client, err := n.prog.dial(n)
		if err == nil {
			return client, nil
		}
		last = err
		select {
		case <-ticker.C:
		case <-proc.Done():
			return nil, fmt.Errorf("%w: %w: %s", ErrExited, proc.Wait(), n.LogTail())
		case <-ctx.Done():
			return nil, fmt.Errorf("%s did not answer: %w (last: %w): %s", n.prog.name(), ctx.Err(), last, n.LogTail())
		}
	}
}

// RPC is a client of the running node, replaced by Restart. It returns nil if
// the node does not run.
func (n *Node) RPC() *rpcclient.Client {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.rpc
}

// RPCHost is the address of the RPC server, host and port.
func (n *Node) RPCHost() string { return n.rpcProxy.Addr() }

// RPCUser is the user name for the RPC server.
func (n *Node) RPCUser() string { return rpcUser }

// RPCPass is the password for the RPC server.
func (n *Node) RPCPass() string { return n.pass }

// CertPEM is the certificate of the RPC server; empty for Bitcoin Core, which
// has none.
func (n *Node) CertPEM() []byte { return append([]byte(nil), n.cert...) }

// CertFile is the path of the certificate of the RPC server.
func (n *Node) CertFile() string { return n.path(rpcCert) }

// P2PAddr is the address for peers, host and port.
func (n *Node) P2PAddr() string { return n.p2p.Addr() }

// Dir is the folder of the node.
func (n *Node) Dir() string { return n.opts.Dir }

// LogTail is the end of what the node printed, for messages to people.
func (n *Node) LogTail() string {
	f, err := os.Open(n.path(outputFile))
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
	return strings.TrimSpace(string(text))
}

// end takes the process and its client away from the node and ends them.
func (n *Node) end(how func(*Process) error) error {
	n.mu.Lock()
	proc, client := n.proc, n.rpc
	n.proc, n.rpc = nil, nil
	n.mu.Unlock()
	if proc == nil {
		return nil
	}
	err := how(proc)
	client.Shutdown()
	client.WaitForShutdown()
	return errors.Join(err, n.rpcProxy.Cut(), n.p2p.Cut())
}

// Stop ends the node in order, gives its ports back and removes a temporary
// folder. It may be called again; the node cannot be used any more.
func (n *Node) Stop() error {
	err := n.Shutdown()
	n.stopped = true
	return errors.Join(err, n.release())
}

// Kill ends the node at once, as a crash would. Ports and data stay for Restart.
func (n *Node) Kill() error { return n.end((*Process).Kill) }

// Shutdown ends the node in order. Ports and data stay for Restart.
func (n *Node) Shutdown() error {
	return n.end(func(p *Process) error { return p.Stop(stopGrace) })
}

// Restart starts the node again on its ports, after ending it in order if it runs.
// btcd empties its database whenever it starts on regtest, so the blocks mined
// here are handed to it again before anybody else can connect; the mempool is
// lost, as in every btcd that restarts.
func (n *Node) Restart(ctx context.Context) error {
	if n.stopped {
		return fmt.Errorf("restart: %w for good", ErrNotRunning)
	}
	if err := n.Shutdown(); err != nil {
		return err
	}
	return n.launch(ctx)
}

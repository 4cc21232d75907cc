package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/internal/logs"
	"github.com/alkimiya/alkimiya/internal/regtest"
	"github.com/alkimiya/alkimiya/node"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/client"

	"connectrpc.com/connect"
)

const (
	readyPrefix = "ready "
	stopGrace   = 20 * time.Second
	passphrase  = "a passphrase for a demonstration"
)

// daemonCommand is how alkdemo runs a daemon: as itself, in another process,
// with its configuration on standard input.
func daemonCommand() *cobra.Command {
	return &cobra.Command{
		Use: "daemon", Hidden: true, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var cfg node.Config
			if err := json.NewDecoder(cmd.InOrStdin()).Decode(&cfg); err != nil {
				return fmt.Errorf("configuration on standard input: %w", err)
			}
			var err error
			if cfg.Logs, err = logs.New(os.Stderr, logs.Text, node.Subsystems...); err != nil {
				return err
			}
			return node.Run(cmd.Context(), cfg, func(address string) { fmt.Println(readyPrefix + address) })
		},
	}
}

// party is one of the two users: a daemon with an open wallet.
type party struct {
	name    string
	process *regtest.Process
	client  *client.Client
}

// startParty runs a daemon on the node and makes its wallet.
func startParty(ctx context.Context, name, dir string, btc *regtest.Node) (_ *party, err error) {
	dataDir := filepath.Join(dir, name)
	if err := os.MkdirAll(dataDir, 0o700); err != nil {
		return nil, err
	}
	passFile := filepath.Join(dataDir, "btcd.pass")
	if err := os.WriteFile(passFile, []byte(btc.RPCPass()), 0o600); err != nil {
		return nil, err
	}
	cfg := node.Config{
		DataDir: dataDir, Network: "regtest", Backend: node.BackendBtcd,
		Btcd:      node.FullNode{Host: btc.RPCHost(), User: btc.RPCUser(), PassFile: passFile, CertFile: btc.CertFile()},
		RPCListen: []string{"127.0.0.1:0"},
	}
	p := &party{name: name}
	address, err := p.launch(ctx, cfg, filepath.Join(dataDir, "alkd.log"))
	if err != nil {
		return nil, fmt.Errorf("start %s's daemon: %w", name, err)
	}
	options := client.Options{Addr: address, TLSCertPath: filepath.Join(cfg.NetworkDir(), "tls.cert")}
	if err := p.makeWallet(ctx, options, filepath.Join(cfg.NetworkDir(), "admin.macaroon")); err != nil {
		return nil, errors.Join(fmt.Errorf("%s's wallet: %w", name, err), p.stop())
	}
	return p, nil
}

// launch starts the process and waits until it says where it listens.
func (p *party) launch(ctx context.Context, cfg node.Config, logFile string) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	raw, err := json.Marshal(cfg)
	if err != nil {
		return "", err
	}
	logs, err := os.OpenFile(filepath.Clean(logFile), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return "", err
	}
	cmd := exec.Command(self, "daemon") //nolint:gosec // ourselves
	cmd.Stdin = strings.NewReader(string(raw))
	cmd.Stderr = logs
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", errors.Join(err, logs.Close())
	}
	if p.process, err = regtest.StartProcess(cmd); err != nil {
		return "", errors.Join(err, logs.Close())
	}
	if err := logs.Close(); err != nil {
		return "", err
	}
	line := make(chan string, 1)
	go func() {
		text, readErr := bufio.NewReader(out).ReadString('\n')
		if readErr != nil {
			text = ""
		}
		line <- strings.TrimSpace(text)
	}()
	select {
	case <-ctx.Done():
		return "", errors.Join(ctx.Err(), p.stop())
	case text := <-line:
		address, ok := strings.CutPrefix(text, readyPrefix)
		if !ok {
			return "", errors.Join(fmt.Errorf("daemon ended early; see %s", logFile), p.stop())
		}
		return address, nil
	}
}

// makeWallet creates the wallet as soon as the daemon has reached the chain.
func (p *party) makeWallet(ctx context.Context, o client.Options, macaroonFile string) error {
	c, err := client.Dial(o)
	if err != nil {
		return err
	}
	err = until(ctx, "the wallet to be made", func() (bool, error) {
		_, err := c.Wallet.Create(ctx, &alkv1.CreateRequest{Passphrase: []byte(passphrase)})
		if connect.CodeOf(err) == connect.CodeUnavailable {
			return false, nil // the daemon has not reached btcd yet
		}
		return err == nil, err
	})
	c.Close()
	if err != nil {
		return err
	}
	o.MacaroonPath = macaroonFile
	if p.client, err = client.Dial(o); err != nil {
		return err
	}
	return p.waitSynced(ctx)
}

func (p *party) waitSynced(ctx context.Context) error {
	return until(ctx, p.name+"'s wallet to follow the chain", func() (bool, error) {
		answer, err := p.client.Wallet.GetSync(ctx, &alkv1.GetSyncRequest{})
		if err != nil {
			return false, err
		}
		return answer.GetSync().GetSynced(), nil
	})
}

func (p *party) stop() error {
	if p.client != nil {
		p.client.Close()
	}
	if p.process == nil {
		return nil
	}
	return p.process.Stop(stopGrace)
}

// until asks again and again, for a minute at most.
func until(ctx context.Context, what string, done func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
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

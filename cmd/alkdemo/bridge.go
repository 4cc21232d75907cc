package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/ethereum/go-ethereum/common"

	"github.com/alkimiya/alkimiya/evmbridge"
	"github.com/alkimiya/alkimiya/evmbridge/bindings"
	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1/bridgev1connect"
	"github.com/alkimiya/alkimiya/internal/regtest"
	"github.com/alkimiya/alkimiya/node/rpc/client"
)

// operatorCount is how many operators there are, operatorsSign how many must sign.
const (
	operatorCount = 3
	operatorsSign = 2
)

// What is on the EVM chain of the demonstration, in satoshi.
const (
	seriesCap, totalCap = 100_000_000, 200_000_000
	// minFee is small, as fees on regtest are.
	minFee        = 500
	operatorsBond = 100_000_000
	assetOfEach   = 10_000_000_000
)

// operator is a process of alkbridge.
type operator struct {
	program
	rpc, peers *regtest.Port
	// entry is what a deployment file says of it.
	entry map[string]string
	line  *client.Line
	bridgev1connect.BridgeServiceClient
}

// bridge is the EVM chain with everything on it.
type bridge struct {
	evm       *evmChain
	operators []*operator
	// bank minted the asset of the bonds and posted the operators' bond.
	bank      account
	asset     deployed
	contracts map[string]common.Address
	// holders are who has tokens, by name.
	holders map[string]account
}

// startBridge starts the chain and the operators and deploys the contracts.
func (s *story) startBridge(ctx context.Context) error {
	b := &bridge{holders: map[string]account{}}
	s.bridge = b
	var rich, own []account
	for i := range operatorCount {
		who, err := newAccount(fmt.Sprintf("operator%d", i+1))
		if err != nil {
			return err
		}
		own, rich = append(own, who), append(rich, who)
	}
	for _, name := range []string{"bank", "miner", "buyer", "ann", "bob"} {
		who, err := newAccount(name)
		if err != nil {
			return err
		}
		b.holders[name], rich = who, append(rich, who)
	}
	b.bank = b.holders["bank"]
	delete(b.holders, "bank")
	var err error
	if b.evm, err = startEVM(s.calendar.Now(), rich...); err != nil {
		return err
	}
	s.calendar.Each = func() error { b.evm.follow(s.calendar.Now()); return nil }
	for _, who := range own {
		o, err := s.newOperator(ctx, who)
		if o != nil {
			b.operators = append(b.operators, o)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", who.name, err)
		}
	}
	if err := s.deploy(ctx, own[0]); err != nil {
		return err
	}
	for i, o := range b.operators {
		if err := s.runOperator(ctx, o, i == 0); err != nil {
			return fmt.Errorf("%s: %w", o.name, err)
		}
	}
	return s.say("%d operators run alkbridge on an EVM chain, %d of whom sign; the bridge is %s. Whom a holder of tokens trusts: alk bridge status",
		operatorCount, operatorsSign, b.contracts["bridge"])
}

// bridgeArgs are the settings of an operator's alkbridge.
func (s *story) bridgeArgs(o *operator) []string {
	args := []string{
		"--datadir=" + o.dir, "--passphrase-file=" + s.network.passFile, "--rpc-listen=" + o.rpc.Addr(), "--operator-listen=" + o.peers.Addr(),
		"--evm-rpc=" + s.bridge.evm.Endpoint(), "--fee-fallback=2", "--headers-every=24", "--gas-budget=2000000000000000000",
	}
	for _, arg := range s.network.backend {
		if !strings.HasPrefix(arg, "--clock=") { // alkbridge's time is that of its chains
			args = append(args, arg)
		}
	}
	for _, oracle := range s.oracles {
		args = append(args, oracle.flag())
	}
	return args
}

// newOperator makes an operator's keys.
func (s *story) newOperator(ctx context.Context, who account) (_ *operator, err error) {
	o := &operator{program: program{name: who.name, dir: filepath.Join(s.dir, who.name)}}
	if err := os.MkdirAll(o.dir, 0o700); err != nil {
		return nil, err
	}
	for _, port := range []**regtest.Port{&o.rpc, &o.peers} {
		if *port, err = regtest.ReservePort(); err != nil {
			return o, err
		}
	}
	file := filepath.Join(o.dir, "account")
	if err := os.WriteFile(file, []byte(who.hex()), 0o600); err != nil {
		return o, err
	}
	out, err := s.alkbridge(ctx, o, "init", "--lightkdf", "--account-file="+file)
	if err != nil {
		return o, err
	}
	if err := json.Unmarshal(out, &o.entry); err != nil {
		return o, fmt.Errorf("keys: %w", err)
	}
	delete(o.entry, "account")
	return o, nil
}

// alkbridge runs a command of alkbridge and returns what it prints.
func (s *story) alkbridge(ctx context.Context, o *operator, command string, args ...string) ([]byte, error) {
	all := append(append([]string{command}, args...), s.bridgeArgs(o)...)
	out, err := exec.CommandContext(ctx, s.network.exe("alkbridge"), all...).Output() //nolint:gosec // G204: our own program
	if err != nil {
		return nil, fmt.Errorf("alkbridge %s: %w", command, explain(err))
	}
	return out, nil
}

func (o *operator) file(name string) string { return filepath.Join(o.dir, "bridge", "regtest", name) }

// deploy puts the asset of the bonds and the contracts on the chain, gives everybody
// the deployment file, and posts the operators' bond.
func (s *story) deploy(ctx context.Context, first account) error {
	b := s.bridge
	abiJSON, code, err := evmbridge.PlayAsset()
	if err != nil {
		return err
	}
	const decimals = 8
	if b.asset, err = b.evm.deploy(ctx, b.bank, abiJSON, code, uint8(decimals)); err != nil {
		return fmt.Errorf("asset of the bonds: %w", err)
	}
	for _, who := range []account{b.bank, first, b.holders["miner"], b.holders["buyer"], b.holders["ann"], b.holders["bob"]} {
		if err := b.evm.call(ctx, b.bank, b.asset, "mint", who.at, big.NewInt(assetOfEach)); err != nil {
			return err
		}
	}
	draft := map[string]any{
		"chain_id": evmChainID, "threshold": operatorsSign, "asset": b.asset.at, "series_cap": seriesCap, "total_cap": totalCap, "min_fee": minFee,
		"guardians": []common.Address{{19: 1}, {19: 2}, {19: 3}},
	}
	var entries []map[string]string
	for _, o := range b.operators {
		entries = append(entries, o.entry)
	}
	draft["operators"] = entries
	raw, err := json.Marshal(draft)
	if err != nil {
		return err
	}
	path := filepath.Join(s.dir, "draft.json")
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		return err
	}
	if _, err := s.alkbridge(ctx, b.operators[0], "deploy", path, "--anchor-depth=24"); err != nil {
		return err
	}
	if err := b.spread(); err != nil {
		return err
	}
	bond := b.contracts["bond"]
	if err := b.evm.call(ctx, b.bank, b.asset, "approve", bond, big.NewInt(assetOfEach)); err != nil {
		return err
	}
	if _, err := b.evm.transact(ctx, b.bank, &bond, bindings.NewBond().PackPostOperator(operatorsBond)); err != nil {
		return fmt.Errorf("bond of the operators: %w", err)
	}
	return nil
}

// spread gives the deployment file of the first operator to the others.
func (b *bridge) spread() error {
	raw, err := os.ReadFile(b.operators[0].file("deployment.json"))
	if err != nil {
		return err
	}
	var made struct {
		Contracts map[string]common.Address `json:"contracts"`
	}
	if err := json.Unmarshal(raw, &made); err != nil {
		return fmt.Errorf("deployment file: %w", err)
	}
	b.contracts = made.Contracts
	for _, o := range b.operators[1:] {
		if err := os.WriteFile(filepath.Clean(o.file("deployment.json")), raw, 0o600); err != nil { //nolint:gosec // G703: a folder of the demonstration
			return err
		}
	}
	return nil
}

// runOperator starts an operator, who relays and watches too if he is the first.
func (s *story) runOperator(ctx context.Context, o *operator, first bool) error {
	roles := "operator"
	if first {
		roles = "operator,relay,watch"
	}
	if err := o.start(s.network.exe("alkbridge"), append([]string{"run", "--role=" + roles}, s.bridgeArgs(o)...)...); err != nil {
		return err
	}
	err := s.until(ctx, "alkbridge to start", func() (bool, error) {
		_, errCert := os.Stat(o.file("tls.cert"))
		_, errMacaroon := os.Stat(o.file("admin.macaroon"))
		return errCert == nil && errMacaroon == nil, o.ended()
	})
	if err != nil {
		return err
	}
	o.line, err = client.NewLine(client.Options{Addr: o.rpc.Addr(), TLSCertPath: o.file("tls.cert"), MacaroonPath: o.file("admin.macaroon")})
	if err != nil {
		return err
	}
	o.BridgeServiceClient = bridgev1connect.NewBridgeServiceClient(o.line.HTTP, o.line.URL, o.line.Options...)
	return nil
}

// until asks again and again, as long as all operators run.
func (s *story) until(ctx context.Context, what string, done func() (bool, error)) error {
	return waitFor(ctx, what, func() (bool, error) {
		ok, err := done()
		for _, o := range s.bridge.operators {
			err = errors.Join(err, o.ended())
		}
		return ok, err
	})
}

// stop ends the operators and the chain.
func (b *bridge) stop() error {
	var errs []error
	for _, o := range b.operators {
		if o.line != nil {
			o.line.Close()
		}
		errs = append(errs, o.stop(), release(o.rpc, o.peers))
	}
	if b.evm != nil {
		errs = append(errs, b.evm.stop())
	}
	return errors.Join(errs...)
}

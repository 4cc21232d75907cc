package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"sync/atomic"
	"time"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/wire"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	"google.golang.org/protobuf/proto"

	"github.com/alkimiya/alkimiya/evmbridge/ledger"
	"github.com/alkimiya/alkimiya/evmbridge/operator"
	"github.com/alkimiya/alkimiya/evmbridge/relayer"
	"github.com/alkimiya/alkimiya/evmbridge/rpc/bridgev1"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/evmbridge/vault"
	"github.com/alkimiya/alkimiya/internal/logs"
	"github.com/alkimiya/alkimiya/node/feed"
	"github.com/alkimiya/alkimiya/oracle/api"
	"github.com/alkimiya/alkimiya/oracle/definition"
	"github.com/alkimiya/alkimiya/oracle/index"
	"github.com/alkimiya/alkimiya/wallet/chain"
)

var (
	// errChainID: the EVM node is on another chain than the deployment.
	errChainID = errors.New("the EVM node is on another chain")
	// errDisagree: two EVM nodes have different finalized blocks. Nothing is done until
	// they agree.
	errDisagree = errors.New("the two EVM nodes disagree on a finalized block")
	// errNotOperator: the keys are not those of an operator of the deployment.
	errNotOperator = errors.New("the keys are not those of an operator of the deployment")
)

// bridge is the running program.
type bridge struct {
	cfg     *config
	log     *slog.Logger
	at      *deployment
	ring    *ring
	domain  spv.Domain
	bitcoin *bitcoin
	evm     *ethclient.Client
	second  *ethclient.Client // nil if there is none
	vaults  *operator.Vaults
	store   *operator.Store
	anchors *vault.Store
	outbox  *relayer.Outbox
	ledger  *ledger.Ledger
	held    *held
	peers   []*operator.Peer
	self    *vault.Operator // nil if the program is no operator
	server  *operator.Server

	scanner    *relayer.Scanner
	desk       *relayer.Desk
	sender     *relayer.Sender
	payments   *operator.Payments
	completion *operator.Completion

	height atomic.Uint32
	now    atomic.Uint64
	ready  atomic.Bool
	failed atomic.Pointer[string]
}

// open connects to both nodes and opens the stores. What was opened must be closed.
func (b *bridge) open(ctx context.Context, loggers *logs.Logs) error {
	var err error
	if b.at, err = readDeployment(b.cfg.Deployment, b.cfg.Params); err != nil {
		return err
	}
	if b.bitcoin, err = newBitcoin(b.cfg, b.cfg.Params, loggers.Logger("chain")); err != nil {
		return err
	}
	for err = b.bitcoin.node.Start(ctx); errors.Is(err, chain.ErrUnavailable); err = b.bitcoin.node.Start(ctx) {
		b.log.WarnContext(ctx, "bitcoin node is away", "error", err)
		if err := pause(ctx, b.cfg.Poll); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	if err := b.dial(ctx); err != nil {
		return err
	}
	key := b.ring.derive("records")
	for _, open := range []func() error{
		func() (err error) { b.store, err = operator.Open(b.cfg.path("operator"), key); return err },
		func() (err error) { b.anchors, err = vault.Open(b.cfg.path("anchors"), key); return err },
		func() (err error) { b.outbox, err = relayer.Open(b.cfg.path("outbox"), key); return err },
		func() (err error) {
			b.ledger, err = ledger.Open(ledger.Config{
				Chain: b.evm, At: b.at.addresses(), From: b.at.FromBlock, Span: b.cfg.Span, Dir: b.cfg.path("ledger"), Key: key,
			})
			return err
		},
	} {
		if err := open(); err != nil {
			return err
		}
	}
	if err := b.openOracles(); err != nil {
		return err
	}
	return b.assemble(loggers)
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// dial connects to the EVM nodes and checks that they are on the deployment's chain.
func (b *bridge) dial(ctx context.Context) (err error) {
	if b.evm, err = ethclient.DialContext(ctx, b.cfg.EVM); err != nil {
		return fmt.Errorf("%w: evm-rpc: %w", errConfig, err)
	}
	if b.cfg.EVMSecond != "" {
		if b.second, err = ethclient.DialContext(ctx, b.cfg.EVMSecond); err != nil {
			return fmt.Errorf("%w: evm-rpc-second: %w", errConfig, err)
		}
	}
	id, err := b.evm.ChainID(ctx)
	for ; err != nil; id, err = b.evm.ChainID(ctx) {
		b.log.WarnContext(ctx, "evm node is away", "error", err)
		if err := pause(ctx, b.cfg.Poll); err != nil {
			return err
		}
	}
	if !id.IsUint64() || id.Uint64() != b.at.ChainID {
		return fmt.Errorf("%w: %v, not %d", errChainID, id, b.at.ChainID)
	}
	b.domain = spv.Domain{ChainID: id, Bridge: b.at.Contracts.Bridge, Anchor: spv.DoubleSHA256(b.at.anchor())}
	return nil
}

func (b *bridge) openOracles() error {
	entries := index.ForGenesis(*b.cfg.Params.GenesisHash)
	for _, path := range b.cfg.IndexFiles {
		defined, err := definition.Read(path)
		if err != nil {
			return fmt.Errorf("%w: index-file: %w", errConfig, err)
		}
		entries = append(entries, defined.Entry)
	}
	b.held = &held{store: b.store, entries: entries, lots: map[[32]byte]*lot{}}
	var members []api.Member
	for _, text := range b.cfg.Oracles {
		o, err := feed.ParseOracle(text)
		if err != nil {
			return fmt.Errorf("%w: oracle: %w", errConfig, err)
		}
		members = append(members, api.Member{Key: o.Key, URL: o.URL})
		b.held.keys = append(b.held.keys, o.Key)
	}
	if len(members) == 0 {
		return nil
	}
	client, err := api.NewClient(api.ClientConfig{Members: members, CacheDir: b.cfg.path("oracles")})
	if err != nil {
		return fmt.Errorf("%w: oracle: %w", errConfig, err)
	}
	b.held.oracles = client
	return nil
}

// assemble makes the parts from what was opened.
func (b *bridge) assemble(loggers *logs.Logs) error {
	b.vaults = operator.NewVaults(vault.Deployment{
		Genesis: *b.cfg.Params.GenesisHash, ChainID: b.at.ChainID, Bridge: b.at.Contracts.Bridge,
	}, b.at.committee())
	identity, err := b.ring.identity()
	if err != nil {
		return err
	}
	own := [32]byte{}
	if b.cfg.has(roleOperator) {
		if err := b.becomeOperator(loggers.Logger("operator")); err != nil {
			return err
		}
		own = b.self.Key()
	}
	for _, p := range b.at.peers {
		if p.Key != own {
			b.peers = append(b.peers, operator.NewPeer(identity, p, b.vaults))
		}
	}
	b.scanner = relayer.NewScanner(b.bitcoin, b.at.Height)
	headers := &relayer.Headers{
		Relay: b.at.Contracts.Relay, Bitcoin: b.bitcoin, Caller: b.evm, Outbox: b.outbox, Cadence: b.cfg.Cadence,
	}
	b.desk = relayer.NewDesk(relayer.DeskConfig{
		At: b.at.addresses(), Asset: b.at.Asset, Domain: b.domain, Account: crypto.PubkeyToAddress(b.ring.account.PublicKey),
		Threshold: int(b.at.Threshold), Ledger: b.ledger, Chain: b.evm, History: b.evm, Scanner: b.scanner, Outbox: b.outbox,
		Oracles: b.held, Sets: b.held, Attestors: b, Signed: b.store,
		Prover: &relayer.Prover{Blocks: b.bitcoin, Headers: headers, Spv: b.at.Contracts.Spv, Bridge: b.at.Contracts.Bridge},
		Relay:  b.cfg.has(roleRelay), Watch: b.cfg.has(roleWatch), Log: loggers.Logger("relayer"),
	})
	b.sender = relayer.NewSender(relayer.SenderConfig{
		Key: b.ring.account, Account: b.evm, Market: b.evm, Outbox: b.outbox, Log: loggers.Logger("relayer"),
		Budget: b.cfg.GasBudget, Patience: b.cfg.GasPatience, Now: time.Now,
	})
	if b.self == nil {
		return nil
	}
	b.payments = operator.NewPayments(operator.PaymentsConfig{
		Self: b.self, Committee: b.at.committee(), Domain: b.domain, Limits: b.cfg.Limits, Vaults: b.vaults, Store: b.store,
		Anchors: b.anchors, Burns: b, Network: b.bitcoin, Batches: b.desk, Cosigners: b.cosigners(),
		Every: uint64(b.cfg.BatchEvery.Seconds()), Log: loggers.Logger("operator"),
	})
	b.completion = &operator.Completion{
		Store: b.store, Completer: b.held, Network: b.bitcoin, Scanner: b.scanner, Log: loggers.Logger("operator"),
	}
	return nil
}

// cosigners are the other operators, in the order of the deployment.
func (b *bridge) cosigners() (out []operator.Cosigner) {
	for _, p := range b.peers {
		out = append(out, p)
	}
	return out
}

// alerts are what a person should look at now.
func (b *bridge) alerts() []relayer.Alert {
	all := b.desk.Alerts()
	if b.payments != nil {
		all = append(all, b.payments.Alerts()...)
	}
	return all
}

// becomeOperator makes the signing parts, if the keys are those of an operator.
func (b *bridge) becomeOperator(log *slog.Logger) error {
	address := attestationAddress(b.ring.attestation)
	judge := lotJudge{domain: b.domain, bitcoin: b.bitcoin, held: b.held}
	self, err := vault.NewOperator(vault.OperatorConfig{
		Key: b.ring.vault, Attestation: b.ring.attestation, Domain: b.domain, Limits: b.cfg.Limits, Burns: b, Coins: b.bitcoin,
		Anchors: b.anchors, Lots: judge, VaultOf: b.vaults.Of, NewVault: b.vaults.New,
	})
	if err != nil {
		return err
	}
	known := false
	var fingerprints []operator.Fingerprint
	for i, p := range b.at.peers {
		if p.Key == self.Key() && b.at.Operators[i].Attestation == address {
			known = true
			continue
		}
		fingerprints = append(fingerprints, p.Fingerprint)
	}
	if !known {
		return errNotOperator
	}
	b.self = self
	b.server = operator.NewServer(operator.ServerConfig{
		Self: self, Address: spv.Address(address), Domain: b.domain, Vaults: b.vaults, Store: b.store, Anchors: b.anchors,
		Contracts: judge, Burns: b, Network: b.bitcoin, Spendable: func(o wire.OutPoint) bool { return b.payments.Spendable(o, b.height.Load()) },
		Binds: func(r spv.Redemption, o wire.OutPoint) bool { return b.payments.Binds(r, o) }, Peers: fingerprints, Others: b.cosigners, Height: b.height.Load, Now: b.now.Load, Log: log,
	})
	return nil
}

func attestationAddress(key *btcec.PrivateKey) common.Address {
	return crypto.PubkeyToAddress(key.ToECDSA().PublicKey)
}

// close closes what was opened.
func (b *bridge) close() error {
	for _, p := range b.peers {
		p.Close()
	}
	for _, client := range []*ethclient.Client{b.evm, b.second} {
		if client != nil {
			client.Close()
		}
	}
	var errs []error
	if b.ledger != nil {
		errs = append(errs, b.ledger.Close())
	}
	if b.outbox != nil {
		errs = append(errs, b.outbox.Close())
	}
	if b.anchors != nil {
		errs = append(errs, b.anchors.Close())
	}
	if b.store != nil {
		errs = append(errs, b.store.Close())
	}
	if b.bitcoin != nil {
		errs = append(errs, b.bitcoin.node.Stop())
	}
	return errors.Join(errs...)
}

// run looks at both chains until ctx ends. A step that fails is taken again, and logged
// unless it failed for the same reason before.
func (b *bridge) run(ctx context.Context) error {
	last := ""
	for {
		text := ""
		if err := b.step(ctx); err != nil && ctx.Err() == nil {
			if text = err.Error(); text != last {
				b.log.WarnContext(ctx, "step did not succeed", "error", err)
			}
		}
		last = text
		b.failed.Store(&text)
		b.ready.Store(b.desk.View() != nil)
		if pause(ctx, b.cfg.Poll) != nil {
			return nil //nolint:nilerr // the end was asked for
		}
	}
}

// step takes all parts one step on, in one goroutine: what the sender notes as done was
// seen by no earlier look of the desk.
func (b *bridge) step(ctx context.Context) error {
	if err := b.agree(ctx); err != nil {
		return err
	}
	problems := []error{b.desk.Step(ctx)}
	view := b.desk.View()
	height, err := b.bitcoin.Tip(ctx)
	if view == nil || err != nil {
		return errors.Join(append(problems, err)...)
	}
	b.height.Store(height)
	b.now.Store(view.Now())
	problems = append(problems, b.vaults.Follow(view, func(lot [32]byte) (bool, error) { return b.minted(ctx, lot) }))
	if b.self != nil {
		problems = append(problems, b.operate(ctx, view, height))
	}
	return errors.Join(append(problems, b.sender.Step(ctx))...)
}

// operate does an operator's work.
func (b *bridge) operate(ctx context.Context, view *ledger.View, height uint32) error {
	median, err := b.bitcoin.medianTime(ctx)
	if err != nil {
		return err
	}
	completed := b.completion.Step(ctx, view, median)
	if !b.scanner.Done() {
		return completed // a coin that looks unspent may be spent in a block that was not read yet
	}
	var coins []relayer.Output
	for _, script := range b.vaults.Scripts() {
		coins = append(coins, b.scanner.Outputs(script)...)
	}
	return errors.Join(completed, b.payments.Step(ctx, view, coins, height))
}

// agree compares the two EVM nodes, if there are two: the lower of their finalized blocks
// must be the same on both.
func (b *bridge) agree(ctx context.Context) error {
	if b.second == nil {
		return nil
	}
	first, err := ledger.Finalized(ctx, b.evm)
	if err != nil {
		return err
	}
	other, err := ledger.Finalized(ctx, b.second)
	if err != nil {
		return fmt.Errorf("second evm node: %w", err)
	}
	number := first.Number
	if other.Number.Cmp(number) < 0 {
		number = other.Number
	}
	var hashes [2]common.Hash
	for i, client := range []*ethclient.Client{b.evm, b.second} {
		header, err := client.HeaderByNumber(ctx, number)
		if err != nil {
			return fmt.Errorf("block %v of evm node %d: %w", number, i, err)
		}
		hashes[i] = header.Hash()
	}
	if hashes[0] != hashes[1] {
		return fmt.Errorf("block %v is %v and %v: %w", number, hashes[0], hashes[1], errDisagree)
	}
	return nil
}

// Finalized implements vault.Burns: in the finalized block of every own node.
func (b *bridge) Finalized(ctx context.Context, rid [32]byte) (bool, error) {
	return b.everywhere(ctx, func(client *ethclient.Client, final *big.Int) (bool, error) {
		return ledger.Waits(ctx, client, b.at.addresses(), rid, final)
	})
}

// minted says whether a lot was minted, by the finalized block of every own node.
func (b *bridge) minted(ctx context.Context, lot [32]byte) (bool, error) {
	return b.everywhere(ctx, func(client *ethclient.Client, final *big.Int) (bool, error) {
		return ledger.Minted(ctx, client, b.at.addresses(), lot, final)
	})
}

// everywhere says whether something is so in the finalized block of every own node.
func (b *bridge) everywhere(ctx context.Context, so func(client *ethclient.Client, final *big.Int) (bool, error)) (bool, error) {
	for _, client := range []*ethclient.Client{b.evm, b.second} {
		if client == nil {
			continue
		}
		final, err := ledger.Finalized(ctx, client)
		if err != nil {
			return false, err
		}
		if is, err := so(client, final.Number); err != nil || !is {
			return false, err
		}
	}
	return true, nil
}

// Attest implements relayer.Attestors: this program's own attestation if it is an
// operator, and those of the others, asked at the same time.
func (b *bridge) Attest(ctx context.Context, raw []byte, expiry uint64) ([]relayer.Attestation, error) {
	pkg := &bridgev1.LotPackage{}
	if err := proto.Unmarshal(raw, pkg); err != nil {
		return nil, fmt.Errorf("%w: %w", errPackage, err)
	}
	type answer struct {
		sig  [65]byte
		from spv.Address
		err  error
	}
	answers := make(chan answer, len(b.peers)+1)
	asked := len(b.peers)
	for _, p := range b.peers {
		go func() {
			sig, err := p.Attest(ctx, pkg, expiry)
			answers <- answer{sig: sig, from: b.addressOf(p.Key()), err: err}
		}()
	}
	if b.server != nil {
		asked++
		_, sig, err := b.server.Attest(ctx, pkg, expiry)
		answers <- answer{sig: sig, from: spv.Address(attestationAddress(b.ring.attestation)), err: err}
	}
	var got []relayer.Attestation
	var refused []error
	for range asked {
		a := <-answers
		if a.err != nil {
			refused = append(refused, fmt.Errorf("operator %x: %w", a.from, a.err))
			continue
		}
		got = append(got, relayer.Attestation{Signer: a.from, Signature: a.sig})
	}
	return got, errors.Join(refused...)
}

func (b *bridge) addressOf(key [32]byte) spv.Address {
	for i, p := range b.at.peers {
		if p.Key == key {
			return spv.Address(b.at.Operators[i].Attestation)
		}
	}
	return spv.Address{}
}

// anchorOnOurs says whether the deployment's anchor is in the own node's best chain.
func (b *bridge) anchorOnOurs(ctx context.Context) (bool, error) {
	raw, err := b.bitcoin.Header(ctx, b.at.Height)
	if err != nil {
		return false, err
	}
	return spv.DoubleSHA256(raw) == b.domain.Anchor, nil
}

func wei(ctx context.Context, client *ethclient.Client, account common.Address) (*big.Int, error) {
	return client.BalanceAt(ctx, account, nil)
}

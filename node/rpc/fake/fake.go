// Package fake implements the interfaces of package rpc in memory, for tests of
// the server, of its client and of the command line.
//
// It keeps no coins and knows no chain: it answers with what its fields say. It
// is never linked into a daemon. Its invariant: a call that reached it is
// counted, so that tests can tell that a refused request did not.
package fake

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/btcutil/psbt"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
	"github.com/lightningnetwork/lnd/lnwallet/chainfee"

	"github.com/alkimiya/alkimiya/node/rpc"
	"github.com/alkimiya/alkimiya/wallet"
	"github.com/alkimiya/alkimiya/wallet/keys"
)

// Password is what the fake gives to the Authority.
const Password = "authority of the fake"

// Mnemonic is the one that Create returns: a public test vector of BIP39.
const Mnemonic = "abandon abandon abandon abandon abandon abandon abandon abandon " +
	"abandon abandon abandon abandon abandon abandon abandon abandon " +
	"abandon abandon abandon abandon abandon abandon abandon art"

// Address is what NewAddress returns: the first of BIP86's test vectors, in
// the form of regtest.
const Address = "bcrt1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqvg32hk"

// Node is a daemon with a wallet. Make it with New. Safe for concurrent use.
type Node struct {
	Authority *rpc.Authority

	mu         sync.Mutex
	state      rpc.WalletState
	passphrase []byte
	calls      map[string]int
	// Answers of the wallet.
	balance   wallet.Balance
	coins     []wallet.Coin
	leases    []wallet.Lease
	txs       []wallet.TxSummary
	sync      wallet.SyncStatus
	err       error
	stopped   chan struct{}
	stopOnce  sync.Once
	events    chan rpc.TxEvent
	watchEnds chan error
	opening   func()

	deskOnce sync.Once
	desk     *Desk
	deskErr  error
}

var (
	_ rpc.NodeControl = (*Node)(nil)
	_ rpc.Wallets     = (*Node)(nil)
	_ rpc.Wallet      = (*Node)(nil)
)

// New returns a fake without a wallet that opens and closes authority.
func New(authority *rpc.Authority) *Node {
	tx := chainhash.Hash{1}
	coin := wallet.Coin{
		OutPoint: wire.OutPoint{Hash: tx, Index: 1}, Value: 1_250_000, PkScript: []byte{0x51},
		Address: Address, Confirmations: 7, Label: "rent",
	}
	return &Node{
		Authority: authority,
		state:     rpc.WalletNone,
		calls:     make(map[string]int),
		balance:   wallet.Balance{Confirmed: 1_250_000, Unconfirmed: 42, Leased: 1000},
		coins:     []wallet.Coin{coin},
		txs: []wallet.TxSummary{{
			TxID: tx, Net: -5000, Fee: 141, Confirmations: 7, Height: 432, Time: time.Unix(1_700_000_000, 0), Label: "rent",
		}},
		sync:      wallet.SyncStatus{Synced: true, WalletHeight: 438, ChainHeight: 438, WalletHash: chainhash.Hash{2}},
		stopped:   make(chan struct{}),
		events:    make(chan rpc.TxEvent, 16),
		watchEnds: make(chan error, 16),
	}
}

// called counts a call and returns the error that all wallet calls shall return.
func (n *Node) called(name string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.calls[name]++
	return n.err
}

// Calls returns how many calls of all kinds have arrived.
func (n *Node) Calls() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	sum := 0
	for _, c := range n.calls {
		sum += c
	}
	return sum
}

// Count returns how many calls of one method have arrived, by its Go name.
func (n *Node) Count(method string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.calls[method]
}

// Fail makes every wallet call return err from now on; nil ends that.
func (n *Node) Fail(err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.err = err
}

// SetSync sets what Sync answers.
func (n *Node) SetSync(s wallet.SyncStatus) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.sync = s
}

// WhileOpening has f called by Create, Restore and Unlock in mid-work.
func (n *Node) WhileOpening(f func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.opening = f
}

// Emit hands an event to one WatchTransaction.
func (n *Node) Emit(e rpc.TxEvent) { n.events <- e }

// WatchEnded yields why each WatchTransaction ended.
func (n *Node) WatchEnded() <-chan error { return n.watchEnds }

// Stopped is closed by the first Stop.
func (n *Node) Stopped() <-chan struct{} { return n.stopped }

// Wallet is Config.Wallet of the server.
func (n *Node) Wallet() (rpc.Wallet, error) {
	if n.WalletState() != rpc.WalletOpened {
		return nil, rpc.ErrWalletClosed
	}
	return n, nil
}

// WalletState implements rpc.NodeControl.
func (n *Node) WalletState() rpc.WalletState {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.state
}

// State implements rpc.NodeControl.
func (n *Node) State(context.Context) rpc.State {
	n.mu.Lock()
	defer n.mu.Unlock()
	st := rpc.State{Version: "0.0.0-fake", Commit: "c0ffee", Network: "regtest", Backend: "fake", Wallet: n.state}
	if n.state == rpc.WalletOpened {
		s := n.sync
		st.Sync = &s
	}
	return st
}

// Info implements rpc.NodeControl.
func (n *Node) Info(ctx context.Context) (rpc.Info, error) {
	if err := n.called("Info"); err != nil {
		return rpc.Info{}, err
	}
	return rpc.Info{
		State: n.State(ctx), ChainHeight: 438, ChainHash: chainhash.Hash{2}, ChainTime: time.Unix(1_700_000_000, 0),
		Uptime: 90 * time.Second, LogLevels: map[string]string{"wallet": "info"},
	}, nil
}

// Stop implements rpc.NodeControl.
func (n *Node) Stop() {
	_ = n.called("Stop") // cannot fail
	n.stopOnce.Do(func() { close(n.stopped) })
}

// SetLogLevel implements rpc.NodeControl.
func (n *Node) SetLogLevel(subsystem, level string) (map[string]string, error) {
	if subsystem == "" {
		subsystem = "wallet"
	}
	return map[string]string{subsystem: level}, n.called("SetLogLevel")
}

// Create implements rpc.Wallets.
func (n *Node) Create(_ context.Context, passphrase, _ []byte) (keys.Mnemonic, error) {
	if err := n.called("Create"); err != nil {
		return keys.Mnemonic{}, err
	}
	m, err := keys.ParseMnemonic(Mnemonic)
	if err != nil {
		return keys.Mnemonic{}, err
	}
	return m, n.open(passphrase, rpc.WalletNone, keys.ErrExists)
}

// Restore implements rpc.Wallets.
func (n *Node) Restore(_ context.Context, r rpc.RestoreRequest) error {
	if err := n.called("Restore"); err != nil {
		return err
	}
	return n.open(r.Passphrase, rpc.WalletNone, keys.ErrExists)
}

// Unlock implements rpc.Wallets.
func (n *Node) Unlock(_ context.Context, passphrase []byte) error {
	if err := n.called("Unlock"); err != nil {
		return err
	}
	n.mu.Lock()
	wrong := n.state == rpc.WalletLocked && !bytes.Equal(passphrase, n.passphrase)
	n.mu.Unlock()
	if wrong {
		return keys.ErrWrongPassphrase
	}
	return n.open(passphrase, rpc.WalletLocked, keys.ErrNotFound)
}

func (n *Node) open(passphrase []byte, from rpc.WalletState, otherwise error) error {
	if len(passphrase) < keys.MinPassphrase {
		return keys.ErrWeakPassphrase
	}
	n.mu.Lock()
	if n.state != from {
		n.mu.Unlock()
		return otherwise
	}
	n.state = rpc.WalletOpening
	n.passphrase = bytes.Clone(passphrase)
	during := n.opening
	n.mu.Unlock()
	if during != nil {
		during()
	}
	if err := n.Authority.Open([]byte(Password)); err != nil {
		return err
	}
	n.mu.Lock()
	n.state = rpc.WalletOpened
	n.mu.Unlock()
	return nil
}

// Lock implements rpc.Wallets.
func (n *Node) Lock(context.Context) error {
	if err := n.called("Lock"); err != nil {
		return err
	}
	n.mu.Lock()
	n.state = rpc.WalletLocked
	n.mu.Unlock()
	return n.Authority.Close()
}

// Discard implements rpc.Wallets.
func (n *Node) Discard(ctx context.Context) error { return n.Lock(ctx) }

// ChangePassphrase implements rpc.Wallets.
func (n *Node) ChangePassphrase(_ context.Context, old, new []byte) error {
	if err := n.called("ChangePassphrase"); err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if !bytes.Equal(old, n.passphrase) {
		return keys.ErrWrongPassphrase
	}
	n.passphrase = bytes.Clone(new)
	return nil
}

// Balance implements rpc.Coins.
func (n *Node) Balance(context.Context) (wallet.Balance, error) {
	return n.balance, n.called("Balance")
}

// NewAddress implements rpc.Coins.
func (n *Node) NewAddress(context.Context, wallet.AddressType, bool) (btcutil.Address, error) {
	if err := n.called("NewAddress"); err != nil {
		return nil, err
	}
	return btcutil.DecodeAddress(Address, &chaincfg.RegressionNetParams)
}

// Coins implements rpc.Coins.
func (n *Node) Coins(context.Context, int32) ([]wallet.Coin, error) {
	return n.coins, n.called("Coins")
}

// LabelCoin implements rpc.Coins.
func (n *Node) LabelCoin(context.Context, wire.OutPoint, string) error { return n.called("LabelCoin") }

// Transactions implements rpc.Coins.
func (n *Node) Transactions(context.Context) ([]wallet.TxSummary, error) {
	return n.txs, n.called("Transactions")
}

// Lease implements rpc.Leases.
func (n *Node) Lease(_ context.Context, owner string, coins []wire.OutPoint, d time.Duration) (wallet.Lease, error) {
	start := time.Unix(1_700_000_000, 0)
	l := wallet.Lease{ID: wallet.LeaseID{7}, Owner: owner, OutPoints: coins, Created: start, Expiry: start.Add(d)}
	if err := n.called("Lease"); err != nil {
		return wallet.Lease{}, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.leases = append(n.leases, l)
	return l, nil
}

// Release implements rpc.Leases.
func (n *Node) Release(_ context.Context, id wallet.LeaseID) error {
	if err := n.called("Release"); err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for i, l := range n.leases {
		if l.ID == id {
			n.leases = append(n.leases[:i:i], n.leases[i+1:]...)
			return nil
		}
	}
	return fmt.Errorf("%w: %x", wallet.ErrLeaseNotFound, id)
}

// Leases implements rpc.Leases.
func (n *Node) Leases(context.Context) ([]wallet.Lease, error) {
	err := n.called("Leases")
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]wallet.Lease(nil), n.leases...), err
}

// Plan implements rpc.Sender.
func (n *Node) Plan(_ context.Context, r wallet.SendRequest) (*wallet.Sent, error) {
	sent, err := n.spend("Plan", r)
	if err != nil {
		return nil, err
	}
	sent.TxID = chainhash.Hash{}
	return sent, nil
}

// Send implements rpc.Sender.
func (n *Node) Send(_ context.Context, r wallet.SendRequest) (*wallet.Sent, error) {
	return n.spend("Send", r)
}

// spend pays from the first coin at 141 vB.
func (n *Node) spend(name string, r wallet.SendRequest) (*wallet.Sent, error) {
	if err := n.called(name); err != nil {
		return nil, err
	}
	if !strings.HasPrefix(r.Outputs[0].Address, "bcrt1") {
		return nil, fmt.Errorf("%w: %s", wallet.ErrWrongNetworkAddress, r.Outputs[0].Address)
	}
	const vsize = 141
	rate := max(1, r.Fee.Rate)
	fee := btcutil.Amount(rate) * vsize
	if free := n.coins[0].Value; !r.All && r.Outputs[0].Amount+fee > free {
		return nil, &wallet.InsufficientFundsError{
			Need: r.Outputs[0].Amount + fee, Available: free, Leased: map[string]btcutil.Amount{"alice": 1000},
		}
	}
	tx := wire.NewMsgTx(wire.TxVersion)
	tx.AddTxIn(wire.NewTxIn(&n.coins[0].OutPoint, nil, nil))
	tx.AddTxOut(wire.NewTxOut(int64(r.Outputs[0].Amount), []byte{0x51}))
	return &wallet.Sent{
		TxID: tx.TxHash(), Tx: tx, Prevouts: []*wire.TxOut{{Value: int64(n.coins[0].Value), PkScript: n.coins[0].PkScript}},
		Fee: fee, VSize: vsize,
	}, nil
}

// Bump implements rpc.Sender.
func (n *Node) Bump(_ context.Context, r wallet.BumpRequest) (*wallet.Sent, error) {
	sent, err := n.spend("Bump", wallet.SendRequest{
		Outputs: []wallet.Payment{{Address: Address, Amount: 5000}}, Fee: r.Fee,
	})
	if err != nil {
		return nil, err
	}
	sent.Replaces = &r.TxID
	return sent, nil
}

// Publish implements rpc.Sender.
func (n *Node) Publish(context.Context, *wire.MsgTx, string) error { return n.called("Publish") }

// EstimateFee implements rpc.Sender: 2.004 sat/vB.
func (n *Node) EstimateFee(context.Context, uint32) (chainfee.SatPerKWeight, error) {
	return 501, n.called("EstimateFee")
}

// FundPsbt implements rpc.Psbts.
func (n *Node) FundPsbt(ctx context.Context, r rpc.FundRequest) (rpc.Funded, error) {
	if err := n.called("FundPsbt"); err != nil {
		return rpc.Funded{}, err
	}
	p := r.Template
	if p == nil {
		var err error
		tx := wire.NewMsgTx(wire.TxVersion)
		tx.AddTxIn(wire.NewTxIn(&n.coins[0].OutPoint, nil, nil))
		tx.AddTxOut(wire.NewTxOut(int64(r.Outputs[0].Amount), []byte{0x51}))
		if p, err = psbt.NewFromUnsignedTx(tx); err != nil {
			return rpc.Funded{}, err
		}
	}
	lease, err := n.Lease(ctx, r.Owner, []wire.OutPoint{n.coins[0].OutPoint}, r.Duration)
	return rpc.Funded{Packet: p, ChangeIndex: -1, Lease: lease, Fee: 141}, err
}

// SignPsbt implements rpc.Psbts.
func (n *Node) SignPsbt(context.Context, *psbt.Packet) ([]uint32, error) {
	return []uint32{0}, n.called("SignPsbt")
}

// FinalizePsbt implements rpc.Psbts.
func (n *Node) FinalizePsbt(_ context.Context, p *psbt.Packet) (*wire.MsgTx, error) {
	return p.UnsignedTx, n.called("FinalizePsbt")
}

// Sync implements rpc.Syncer.
func (n *Node) Sync(context.Context) wallet.SyncStatus {
	_ = n.called("Sync") // Sync cannot fail
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.sync
}

// WatchTransaction implements rpc.Syncer.
func (n *Node) WatchTransaction(ctx context.Context, _ chainhash.Hash, _ uint32, emit func(rpc.TxEvent) error) (err error) {
	if err := n.called("WatchTransaction"); err != nil {
		return err
	}
	defer func() { n.watchEnds <- err }()
	for {
		select {
		case e := <-n.events:
			if err := emit(e); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

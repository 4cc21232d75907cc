// Package rpc serves the daemon's interface: the protobuf services of package
// alkv1, by connectrpc, as gRPC, gRPC-Web and JSON over HTTP on one TLS port.
//
// It is not the daemon and holds no state of its own but the macaroons: it
// decodes a request, checks it, makes one call on an interface declared here,
// and encodes the answer. node implements the interfaces; rpc/client is the
// other end.
//
// Its invariant: a request reaches an implementation only if its method is in
// the table of Permissions, and either needs no macaroon or brought a valid
// one that allows every operation listed there (SECURITY.md P9). Passphrases,
// mnemonics and macaroons are in no log line and no error (SECURITY.md N8).
package rpc

//go:generate sh gen.sh

import (
	"context"
	"errors"
	"time"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/btcutil/psbt"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
	"github.com/lightningnetwork/lnd/lnwallet/chainfee"

	"github.com/alkimiya/alkimiya/wallet"
	"github.com/alkimiya/alkimiya/wallet/keys"
)

// DefaultPort is the TCP port the daemon listens on unless told otherwise.
const DefaultPort = 8430

// Errors of the server itself. Clients see them as the reason of the same
// name; test with errors.Is.
var (
	// ErrWalletClosed: the method needs an open wallet, and it is locked, absent
	// or still being opened. Config.Wallet returns it, too.
	ErrWalletClosed = errors.New("wallet is closed")
	// ErrWalletOpen: Create, Restore or Unlock while the wallet is open or
	// being opened.
	ErrWalletOpen = errors.New("wallet is open")
	// ErrInvalidRequest: a field of the request is out of range.
	ErrInvalidRequest = errors.New("invalid request")
	// ErrNoTrading: there is no index to trade on this network. Config.Trading
	// returns it.
	ErrNoTrading = errors.New("no index to trade on this network")
	// ErrBusy: another request of the kind that runs alone is still running,
	// or too many streams are open.
	ErrBusy = errors.New("busy")
)

// WalletState is where the wallet stands between absent and open.
type WalletState uint8

// The states of a wallet.
const (
	// WalletNone: there is none; create or restore one.
	WalletNone WalletState = iota + 1
	// WalletLocked: there is one, and it is locked.
	WalletLocked
	// WalletOpening: it is being created, restored or unlocked.
	WalletOpening
	// WalletOpened: it is open, though perhaps not synced.
	WalletOpened
)

// State is what the daemon tells anyone.
type State struct {
	// Version, and the Commit it was built from (may be empty).
	Version, Commit string
	// Network and Backend by name: "regtest", "btcd".
	Network, Backend string
	Wallet           WalletState
	// Sync is nil unless the wallet is open.
	Sync *wallet.SyncStatus
}

// Info is what the daemon tells the owner of a macaroon.
type Info struct {
	State
	// ChainHeight, ChainHash and ChainTime are of the backend's best block.
	ChainHeight int32
	ChainHash   chainhash.Hash
	ChainTime   time.Time
	Uptime      time.Duration
	// LogLevels by subsystem.
	LogLevels map[string]string
}

// NodeControl shows and controls the daemon. Safe for concurrent use.
type NodeControl interface {
	// WalletState answers at once, without asking anything but memory.
	WalletState() WalletState
	// State is State.Wallet and the rest.
	State(ctx context.Context) State
	// Info also asks the chain backend.
	Info(ctx context.Context) (Info, error)
	// Stop begins an orderly shutdown and returns before it ends.
	Stop()
	// SetLogLevel sets the level of a subsystem, or of all if it is empty, and
	// returns all levels.
	SetLogLevel(subsystem, level string) (map[string]string, error)
}

// RestoreRequest rebuilds a wallet.
type RestoreRequest struct {
	Mnemonic keys.Mnemonic
	// BIP39Passphrase is part of the seed, Passphrase seals it on disk. Both are
	// wiped after the call.
	BIP39Passphrase, Passphrase []byte
	// Birthday is zero if unknown: scan from the start.
	Birthday time.Time
	// RecoveryWindow is zero for the default.
	RecoveryWindow uint32
}

// Wallets opens and closes the wallet. The server calls one method at a time;
// passphrases are wiped after the call and must be copied if they are kept.
type Wallets interface {
	// Create makes a wallet and opens it, Authority included.
	Create(ctx context.Context, passphrase, bip39Passphrase []byte) (keys.Mnemonic, error)
	// Discard deletes the wallet just created, whose words nobody has received.
	Discard(ctx context.Context) error
	// Restore makes a wallet from its mnemonic and opens it.
	Restore(ctx context.Context, r RestoreRequest) error
	// Unlock opens the wallet; it does not wait until it is synced.
	Unlock(ctx context.Context, passphrase []byte) error
	// Lock closes the wallet and the Authority.
	Lock(ctx context.Context) error
	// ChangePassphrase needs the old one even though the wallet is open.
	ChangePassphrase(ctx context.Context, old, new []byte) error
}

// Wallet is an open wallet. Safe for concurrent use; after it was closed its
// methods return an error that wraps ErrWalletClosed.
type Wallet interface {
	Coins
	Leases
	Sender
	Psbts
	Syncer
}

// Coins shows what the wallet holds and receives.
type Coins interface {
	Balance(ctx context.Context) (wallet.Balance, error)
	// NewAddress gives a receiving address, or one for change.
	NewAddress(ctx context.Context, t wallet.AddressType, change bool) (btcutil.Address, error)
	// Coins lists unspent outputs with at least minConfs confirmations, leased
	// ones too.
	Coins(ctx context.Context, minConfs int32) ([]wallet.Coin, error)
	LabelCoin(ctx context.Context, op wire.OutPoint, label string) error
	// Transactions is the whole history, newest first.
	Transactions(ctx context.Context) ([]wallet.TxSummary, error)
}

// Leases sets coins aside.
type Leases interface {
	Lease(ctx context.Context, owner string, coins []wire.OutPoint, d time.Duration) (wallet.Lease, error)
	Release(ctx context.Context, id wallet.LeaseID) error
	Leases(ctx context.Context) ([]wallet.Lease, error)
}

// Sender spends coins.
type Sender interface {
	// Plan chooses coins and fee as Send would, but signs and publishes nothing.
	// With the coins and the rate of a plan Send does the same.
	Plan(ctx context.Context, r wallet.SendRequest) (*wallet.Sent, error)
	// Send, Bump and Publish may return wallet.ErrQueued: then the transaction
	// is stored, the result is valid and the publication follows.
	Send(ctx context.Context, r wallet.SendRequest) (*wallet.Sent, error)
	Bump(ctx context.Context, r wallet.BumpRequest) (*wallet.Sent, error)
	Publish(ctx context.Context, tx *wire.MsgTx, label string) error
	// EstimateFee is for target blocks; 0 is the default target.
	EstimateFee(ctx context.Context, target uint32) (chainfee.SatPerKWeight, error)
}

// FundRequest adds coins and change to a PSBT.
type FundRequest struct {
	// Outputs, or else Template, say what is paid.
	Outputs  []wallet.Payment
	Template *psbt.Packet
	Fee      wallet.FeeSpec
	// MinConfs of the coins added.
	MinConfs int32
	// Coins, if not empty, are the only ones added, all of them; a Template
	// names its coins as inputs instead.
	Coins []wire.OutPoint
	// Owner and Duration of the lease on the coins added.
	Owner    string
	Duration time.Duration
}

// Funded is a PSBT with its coins.
type Funded struct {
	Packet *psbt.Packet
	// ChangeIndex is -1 if there is no change.
	ChangeIndex int32
	Lease       wallet.Lease
	Fee         btcutil.Amount
}

// Psbts funds and signs PSBTs. A method may change the packet it is given.
type Psbts interface {
	FundPsbt(ctx context.Context, r FundRequest) (Funded, error)
	// SignPsbt adds signatures to the packet and returns the inputs it signed.
	SignPsbt(ctx context.Context, p *psbt.Packet) (signed []uint32, err error)
	// FinalizePsbt finalizes the packet and extracts the transaction.
	FinalizePsbt(ctx context.Context, p *psbt.Packet) (*wire.MsgTx, error)
}

// TxEvent is what happened to a watched transaction.
type TxEvent struct {
	// Confirmed at the depth asked for; false: a reorganisation took that away.
	Confirmed bool
	// Depth is the number of confirmations, 0 if not Confirmed.
	Depth uint32
	// Height and Block are of the block that holds, or held, the transaction.
	Height int32
	Block  chainhash.Hash
}

// Syncer follows the chain.
type Syncer interface {
	// Sync is called about twice a second by every WatchSync stream.
	Sync(ctx context.Context) wallet.SyncStatus
	// WatchTransaction calls emit for every event until ctx ends, the wallet is
	// closed or emit fails, and returns the reason.
	WatchTransaction(ctx context.Context, txid chainhash.Hash, depth uint32, emit func(TxEvent) error) error
}

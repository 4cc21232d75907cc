// Package chain says what a Bitcoin chain backend must offer to the wallet and
// the node. The backends are chain/btcd, chain/bitcoind and chain/neutrino;
// chain/fake answers from memory in unit tests.
//
// It is not a chain index: whoever needs history asks the backend for blocks.
// Its invariant: a Backend that has started follows exactly one network, the
// one whose genesis block it was configured with.
package chain

import (
	"context"
	"errors"
	"time"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
	walletchain "github.com/btcsuite/btcwallet/chain"
	"github.com/lightningnetwork/lnd/chainntnfs"
	"github.com/lightningnetwork/lnd/lnwallet/chainfee"
)

// Errors of every backend. They are wrapped with the address and the cause;
// test with errors.Is.
var (
	// ErrUnavailable: the backend cannot be reached now; trying again may help.
	ErrUnavailable = errors.New("chain backend unavailable")
	// ErrWrongNetwork: the backend follows another chain than configured.
	ErrWrongNetwork = errors.New("chain backend is on another network")
	// ErrAuth: the backend refused our credentials.
	ErrAuth = errors.New("chain backend refused the credentials")
	// ErrUnsupported: this backend cannot do what was asked, ever.
	ErrUnsupported = errors.New("not supported by this chain backend")
	// ErrFeeUnknown: the backend has no fee estimate, and no fallback is set.
	ErrFeeUnknown = errors.New("no fee estimate")
)

// Tip is the block at the end of the best chain.
type Tip struct {
	Hash   chainhash.Hash
	Height int32
	// Time is the time in the block's header, not its arrival.
	Time time.Time
}

// Backend is a connection to the Bitcoin network. All methods are safe for
// concurrent use after Start has returned nil.
type Backend interface {
	// Name is "btcd", "bitcoind" or "neutrino".
	Name() string
	// Start connects and checks that the backend is on the configured
	// network. It returns ErrUnavailable, ErrAuth or ErrWrongNetwork, wrapped;
	// after an error Start may be called again.
	Start(ctx context.Context) error
	// Stop releases everything. Sources handed out must be stopped before.
	Stop() error
	// Source returns a new, unstarted source of wallet notifications. btcwallet
	// starts and stops it, so each opening of a wallet takes a new one.
	Source() (walletchain.Interface, error)
	// Notifier is the backend's notifier of blocks, confirmations and spends,
	// running between Start and Stop.
	Notifier() chainntnfs.ChainNotifier
	// Tip asks for the best block, now.
	Tip(ctx context.Context) (Tip, error)
	// Header returns the header of a block of any branch the backend knows.
	Header(ctx context.Context, hash chainhash.Hash) (*wire.BlockHeader, error)
	// HashAt returns the hash of the best chain's block at height.
	HashAt(ctx context.Context, height int32) (chainhash.Hash, error)
	// Block returns a whole block.
	Block(ctx context.Context, hash chainhash.Hash) (*wire.MsgBlock, error)
	// MayContain reports whether a block may hold an output paying to, or a
	// spend of an output with, one of scripts. True may be wrong, false never
	// is; a backend without filters answers true.
	MayContain(ctx context.Context, hash chainhash.Hash, scripts [][]byte) (bool, error)
	// EstimateFee returns the fee rate at which a transaction should confirm
	// within target blocks (1 to 1008), never below the relay floor.
	EstimateFee(ctx context.Context, target uint32) (chainfee.SatPerKWeight, error)
}

// FullNode is what a backend over a full node offers besides: what only a
// mempool and a set of unspent outputs can tell. A light client has neither.
// Safe for concurrent use after Start.
type FullNode interface {
	// Coin returns the confirmations of an unspent output, 0 if its transaction
	// is in the mempool, and false if the output is spent in the chain or does
	// not exist. A spend that is only in the mempool may or may not count.
	Coin(ctx context.Context, op wire.OutPoint) (confirmations uint32, unspent bool, err error)
	// Mined is Coin for the chain alone: what is only in the mempool, output or
	// spend, does not count.
	Mined(ctx context.Context, op wire.OutPoint) (confirmations uint32, unspent bool, err error)
	// Pooled returns a transaction that is in the mempool, and false if it is
	// not there, also if it is in the chain.
	Pooled(ctx context.Context, txid chainhash.Hash) (*wire.MsgTx, bool, error)
	// Pool returns the ids of all transactions in the mempool.
	Pool(ctx context.Context) ([]chainhash.Hash, error)
	// Submit offers a complete transaction to the network; it is kept nowhere
	// else. A transaction that is known already is no error.
	Submit(ctx context.Context, tx *wire.MsgTx) error
}

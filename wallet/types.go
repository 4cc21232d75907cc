package wallet

import (
	"time"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
	"github.com/lightningnetwork/lnd/lnwallet/chainfee"
)

// AddressType selects the script of a new address.
type AddressType uint8

const (
	// P2TR is a BIP86 Taproot key-path address, the default.
	P2TR AddressType = iota
	// P2WPKH is a BIP84 version 0 address.
	P2WPKH
)

// String returns "p2tr" or "p2wpkh".
func (t AddressType) String() string {
	if t == P2WPKH {
		return "p2wpkh"
	}
	return "p2tr"
}

// Balance is what the wallet holds. The three amounts are disjoint; their sum
// is Total.
type Balance struct {
	// Confirmed is unleased, with at least one confirmation (mature, if mined).
	Confirmed btcutil.Amount
	// Unconfirmed is unleased, in no block yet.
	Unconfirmed btcutil.Amount
	// Leased is set aside for an owner, confirmed or not.
	Leased btcutil.Amount
	// Immature is of coinbases that cannot be spent yet; it is in no other sum.
	Immature btcutil.Amount
}

// Total is all that can be spent now or when leases end.
func (b Balance) Total() btcutil.Amount { return b.Confirmed + b.Unconfirmed + b.Leased }

// Coin is an unspent output of the wallet.
type Coin struct {
	OutPoint      wire.OutPoint
	Value         btcutil.Amount
	PkScript      []byte
	Address       string
	Confirmations int64
	// Immature is set for a mining reward that may not be spent yet.
	Immature bool
	// Label is the user's, possibly empty.
	Label string
	// Lease is nil for a free coin.
	Lease *Lease
}

// LeaseID names a lease; it is random and never used twice.
type LeaseID [32]byte

// Lease sets coins aside for one owner, exclusively, until Expiry or release.
type Lease struct {
	ID        LeaseID
	Owner     string
	OutPoints []wire.OutPoint
	Created   time.Time
	Expiry    time.Time
}

// FeeSpec chooses a fee: a rate if Rate is not zero, else the estimate for
// Target blocks, else for DefaultConfTarget.
type FeeSpec struct {
	Rate   chainfee.SatPerVByte
	Target uint32
	// AllowHigh permits rates above MaxFeeRate and fees above a quarter of
	// what is sent.
	AllowHigh bool
	// limit, if not 0, is the most that is paid.
	limit btcutil.Amount
}

// SendRequest pays outputs from the wallet's free coins.
type SendRequest struct {
	// Outputs are addresses of the wallet's network with amounts above dust.
	Outputs []Payment
	// All pays everything that is free, less the fee, to the only output,
	// whose Amount is then ignored.
	All bool
	Fee FeeSpec
	// MinConfs of the coins spent; 0 allows unconfirmed ones. Negative: 1.
	MinConfs int32
	// Label of the transaction, at most 500 bytes.
	Label string
	// Coins, if not empty, are the only ones spent, all of them.
	Coins []wire.OutPoint
}

// Payment is one output of a SendRequest.
type Payment struct {
	Address string
	Amount  btcutil.Amount
}

// Sent describes a transaction that was published.
type Sent struct {
	TxID chainhash.Hash
	Tx   *wire.MsgTx
	// Prevouts are the outputs spent, in the order of the inputs.
	Prevouts []*wire.TxOut
	Fee      btcutil.Amount
	// VSize is the virtual size in vB (BIP141).
	VSize int64
	// Replaces is the transaction that a replacement by fee conflicts with.
	Replaces *chainhash.Hash
}

// BumpMethod says how a fee is raised.
type BumpMethod uint8

const (
	// BumpAuto replaces if possible, else spends an own output.
	BumpAuto BumpMethod = iota
	// BumpRBF replaces the transaction (BIP125); it must be our own.
	BumpRBF
	// BumpCPFP spends an unconfirmed output of ours with a high fee.
	BumpCPFP
)

// BumpRequest raises the fee of an unconfirmed transaction.
type BumpRequest struct {
	TxID   chainhash.Hash
	Method BumpMethod
	Fee    FeeSpec
}

// SyncStatus tells how far the wallet has followed the chain.
type SyncStatus struct {
	// Synced: wallet and backend stand on the same block.
	Synced bool
	// Recovering: a restored wallet is looking for its coins.
	Recovering bool
	// WalletHeight and ChainHeight are the wallet's and the backend's tips;
	// StartHeight is where the present scan began.
	WalletHeight, ChainHeight, StartHeight int32
	// WalletHash is the block the wallet stands on.
	WalletHash chainhash.Hash
	// BackendError is why the backend cannot be asked, or nil.
	BackendError error
}

// TxSummary is a transaction in the wallet's history.
type TxSummary struct {
	TxID          chainhash.Hash
	Net           btcutil.Amount // received minus spent, fee included
	Fee           btcutil.Amount // zero if not all inputs are ours
	Confirmations int32
	Height        int32 // -1 while unconfirmed
	Time          time.Time
	Label         string
	Coinbase      bool // pays the subsidy and fees of a block
}

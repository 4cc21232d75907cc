// Package view shows contracts to people and programs: what is in a contract's
// state and in the two messages it grew from, put in the terms of the one who
// looks.
//
// It decides nothing and asks nobody. Invariant: a view is a snapshot that shares
// no memory with the state it was made of, and amounts of both sides always add
// up to those of the contract.
package view

import (
	"encoding/hex"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/payout"
)

// Key identifies a contract in this node, as contract.Key does: by role, peer
// and temp_id, from its first message to its last. The contract id of the
// protocol exists only once both parties are known.
type Key [32]byte

// String returns the key in hexadecimal.
func (k Key) String() string { return hex.EncodeToString(k[:]) }

// View is a contract as its user sees it. It is a snapshot; nothing in it is
// shared with the engine.
type View struct {
	Key Key
	// TempID is the offerer's name for it; ContractID that of both, zero before
	// the accepter's side is known.
	TempID, ContractID [32]byte
	// Peer is the peer's node key.
	Peer [33]byte
	// Role is ours; Side the side of the contract that is ours.
	Role  contract.Role
	Side  payout.Side
	Phase contract.Phase
	Terms payout.Terms
	// Unit is that of the index, as the oracles announce it.
	Unit string
	// Collateral is M; OwnLock and PeerLock are what each side locks of it.
	Collateral, OwnLock, PeerLock btcutil.Amount
	// FundFeeRate and CETFeeRate are in sat/vB.
	FundFeeRate, CETFeeRate uint32
	// Fees are known once both parties are; before, only our own as offerer.
	Fees Fees
	// CETLocktime is the maturity; Expiry that of the offer. Unix seconds.
	CETLocktime, RefundLocktime, Expiry uint32
	// OrderID and TakeID are zero unless it answers an order.
	OrderID, TakeID [32]byte
	// Funding, Cancel, CET and Refund are the contract's transactions as far as
	// we hold or saw them, else nil; Closes those that both signed.
	Funding, Cancel, CET, Refund *TxView
	Closes                       []CloseView
	// FundingOutput is zero before the accepter's side is known.
	FundingOutput wire.OutPoint
	// Spend is the transaction that spends the funding output, nil if none
	// does. It is one of those above, unless Phase is Alarmed.
	Spend *SpendView
	// Attestations are those received, in the order of arrival.
	Attestations []AttestationView
	// Outcome is what t oracles attested, nil before.
	Outcome *uint64
	// OwnPayout and PeerPayout are what the spend of the funding output pays,
	// or, before there is one, what the attested outcome will; nil before both.
	// Miner fees of a CET are paid at funding; a close shares its own.
	OwnPayout, PeerPayout *btcutil.Amount
	// OwnVault and PeerVault are the vaults of a bridge that the sides' payouts go
	// to, nil for a payout that goes to the side itself or is not known yet.
	OwnVault, PeerVault *VaultView
	// Bridged says that a side pays a vault and was not released: the contract is
	// not closed before its CET.
	Bridged bool
	// Decision is what waits for the user, nil if nothing does.
	Decision *Decision
	// Work is the signing or verifying under way, nil if none is.
	Work *Work
	// Deadline is when the present phase ends by itself, Unix seconds, 0 if it
	// does not.
	Deadline int64
	// Alarms are the reasons for a human to look at the contract.
	Alarms []string
	// Warnings are for people, such as miner fees above 1 % of M.
	Warnings []string
}

// Fees are the miner fees of a contract, in satoshi. Those of CET and refund
// are paid at funding.
type Fees struct {
	OwnFunding, OwnCET   btcutil.Amount
	PeerFunding, PeerCET btcutil.Amount
}

// Own is what we pay in all.
func (f Fees) Own() btcutil.Amount { return f.OwnFunding + f.OwnCET }

// Total is what both pay.
func (f Fees) Total() btcutil.Amount { return f.Own() + f.PeerFunding + f.PeerCET }

// TxView is one transaction of a contract.
type TxView struct {
	Txid chainhash.Hash
	// Complete says that Raw has all its witnesses.
	Complete bool
	// Raw is the serialised transaction.
	Raw []byte
	// Height is that of its block, Depth the confirmations; both 0 outside the
	// chain.
	Height, Depth uint32
	// Prevouts are what it spends, in the order of its inputs, as far as they
	// are known.
	Prevouts []*wire.TxOut
}

// CloseView is a close that both parties agreed to.
type CloseView struct {
	Attempt uint32
	// Exit says that it is one at a negotiated price, else at the attested
	// payout.
	Exit                bool
	OwnValue, PeerValue btcutil.Amount
	FeeRate             uint32
	Tx                  TxView
}

// SpendView is what happened to the funding output.
type SpendView struct {
	Kind   contract.SpendKind
	Txid   chainhash.Hash
	Height uint32
	Depth  uint32
}

// AttestationView is what one oracle attested.
type AttestationView struct {
	// Index is the oracle's place in ascending key order.
	Index   int
	Oracle  [32]byte
	Outcome uint64
}

// VaultView is the vault of a bridge that a payout goes to.
type VaultView struct {
	// ChainID is the EVM chain's, Bridge the bridge's address there.
	ChainID uint64
	Bridge  [20]byte
	// Salt is the vault's own; Operators are the x-only keys of which Threshold
	// spend it.
	Salt      [32]byte
	Operators [][32]byte
	Threshold int
	// Script is the payout script, P2TR.
	Script []byte
}

// DecisionKind says what the user is asked.
type DecisionKind string

// The decisions.
const (
	// DecideOffer: a peer's offer is checked and waits: Approve or Withdraw.
	DecideOffer DecisionKind = "offer"
	// DecideClose: a peer's exit waits: ApproveClose or DeclineClose.
	DecideClose DecisionKind = "close"
)

// Decision is what waits for the user.
type Decision struct {
	Kind DecisionKind
	// Attempt names a close.
	Attempt uint32
	// OwnValue and PeerValue are what a close gives, of M.
	OwnValue, PeerValue btcutil.Amount
	FeeRate             uint32
	// Until is when it lapses, Unix seconds, 0 if it does not.
	Until int64
}

// Work is how far signing or verifying has come.
type Work struct {
	// Task is "sign", "verify" or "settle".
	Task string
	// Done of Total signatures; Total is 0 while the task waits for a worker.
	Done, Total int
}

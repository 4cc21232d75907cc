package contract

import (
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/wire"
)

// Event is what happened: something the user, the peer, a worker, the clock or
// the chain did. Every event carries the Clock at which it happened.
//
//sumtype:decl
type Event interface {
	// clock returns the time of the event.
	clock() Clock
	// kind names its type.
	kind() Kind
}

// peerEvent is a message of the peer that follows its offer.
//
//sumtype:decl
type peerEvent interface {
	Event
	// from returns who sent the message, and the message; nil for a resume.
	from() (peer [33]byte, message []byte)
}

func (c Clock) clock() Clock { return c }

// The user's events.
type (
	// UserOffer begins a contract as offerer. Message is the complete offer;
	// Facts are those the own offer is checked against before it leaves.
	UserOffer struct {
		Clock
		Peer    [33]byte
		Params  Params
		Facts   Facts
		Message []byte
	}
	// UserApprove accepts a checked offer: Party is our own side of it, with
	// inputs the wallet has chosen; Facts are those of now. Vault is the record
	// of the vault that our payout goes to, nil if it goes to us.
	UserApprove struct {
		Clock
		Party wire.Party
		Facts Facts
		Vault []byte
	}
	// UserWithdraw declines an offer, drops a contract that is not funded, or
	// cancels one whose funding is not confirmed.
	UserWithdraw struct{ Clock }
	// UserClose proposes an exit (kind 0) at the payouts VO and VA, in sat,
	// offerer and accepter; FeeRate is in sat/vB.
	UserClose struct {
		Clock
		VO, VA  uint64
		FeeRate uint32
	}
	// UserApproveClose answers the exit that the peer proposes under Attempt.
	// Cancel is our cancel input, signed over the whole close (CloseOf), or
	// nil; Void then spends that coin elsewhere and is complete.
	UserApproveClose struct {
		Clock
		Attempt uint32
		Cancel  *wire.CancelInput
		Void    []byte
	}
	// UserRelease says that no token stands on the contract any more, or ever
	// did: closes are allowed from now on.
	UserRelease struct{ Clock }
	// UserDeclineClose refuses it.
	UserDeclineClose struct {
		Clock
		Attempt uint32
	}
)

// The peer's events. Message is the whole message with its type; Peer is the
// node key of the connection it came over.
type (
	// PeerOffer begins a contract as accepter.
	PeerOffer struct {
		Clock
		Peer    [33]byte
		Params  Params
		Facts   Facts
		Message []byte
	}
	// PeerAccept answers our offer.
	PeerAccept struct {
		Clock
		Peer    [33]byte
		Facts   Facts
		Message []byte
	}
	// PeerSign brings the offerer's signatures.
	PeerSign struct {
		Clock
		Peer    [33]byte
		Message []byte
	}
	// PeerFunded brings the accepter's funding witnesses.
	PeerFunded struct {
		Clock
		Peer    [33]byte
		Message []byte
	}
	// PeerReject refuses a message of ours.
	PeerReject struct {
		Clock
		Peer    [33]byte
		Message []byte
	}
	// PeerResume says after a reconnect which messages the peer has.
	PeerResume struct {
		Clock
		Peer [33]byte
		Have wire.Have
	}
	// PeerCloseOffer proposes a close. Estimate is our own fee estimate,
	// sat/vB.
	PeerCloseOffer struct {
		Clock
		Peer     [33]byte
		Estimate uint32
		Message  []byte
	}
	// PeerCloseAccept answers our close_offer.
	PeerCloseAccept struct {
		Clock
		Peer    [33]byte
		Message []byte
	}
	// PeerCloseComplete brings the signature of a close that we answered.
	PeerCloseComplete struct {
		Clock
		Peer    [33]byte
		Message []byte
	}
)

// The workers' and the shell's own events.
type (
	// OwnSignaturesReady answers SignContract: Message is our accept or sign,
	// Witness the witnesses of our funding inputs in its order, Cancel the
	// complete transaction that spends one of them elsewhere.
	OwnSignaturesReady struct {
		Clock
		Message []byte
		Witness [][][]byte
		Cancel  []byte
	}
	// OwnFailure says that a commit or an effect before our first signature
	// left cannot be done: inputs gone, order filled, signing refused.
	OwnFailure struct {
		Clock
		Code wire.RejectCode
	}
	// PeerVerified answers VerifyPeer for the message with the given SHA256;
	// Code is 0 if all of it is valid.
	PeerVerified struct {
		Clock
		Ref  [32]byte
		Code wire.RejectCode
	}
	// CETReady answers CompleteCET with the complete CET.
	CETReady struct {
		Clock
		Tx []byte
	}
	// CETFailed answers CompleteCET if the CET cannot be made, or is not the
	// one that was attested.
	CETFailed struct{ Clock }
	// CloseSigned answers AggregateClose with the complete close transaction.
	CloseSigned struct {
		Clock
		Attempt uint32
		Tx      []byte
	}
	// CloseFailed ends an attempt: a partial signature was wrong, or its nonce
	// is gone.
	CloseFailed struct {
		Clock
		Attempt uint32
		Code    wire.RejectCode
	}
	// AttestationReceived brings an oracle's attestation, from wherever.
	AttestationReceived struct {
		Clock
		Message []byte
	}
	// Tick says that time has passed; StartTimer asks for it.
	Tick struct{ Clock }
	// Disconnected says that the peer's connection is gone.
	Disconnected struct{ Clock }
	// Restarted is the first event after the store was opened.
	Restarted struct{ Clock }
)

// The chain's events. Heights are those of the block that holds the
// transaction; 0 is the mempool.
type (
	// BlockConnected says that the tip is now at the clock's height.
	BlockConnected struct{ Clock }
	// BlockDisconnected says that the tip fell to the clock's height: facts
	// above it are gone.
	BlockDisconnected struct{ Clock }
	// FundingSeen says where the funding transaction is; Tx is complete.
	FundingSeen struct {
		Clock
		Tx     []byte
		Height uint32
	}
	// InputSpent says that a funding input is spent by another transaction
	// than the funding transaction.
	InputSpent struct {
		Clock
		Input  btcwire.OutPoint
		Txid   chainhash.Hash
		Height uint32
	}
	// FundingSpent says that the funding output is spent by Tx.
	FundingSpent struct {
		Clock
		Tx     []byte
		Height uint32
	}
	// Unconfirmed says that a transaction left the mempool without a block.
	Unconfirmed struct {
		Clock
		Txid chainhash.Hash
	}
)

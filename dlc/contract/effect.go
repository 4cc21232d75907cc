package contract

import (
	"fmt"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/wire"
)

// Class says when an effect is done.
type Class uint8

// The classes of effects.
const (
	// InCommit effects are part of the transaction that stores the state;
	// there is nothing to do afterwards.
	InCommit Class = iota
	// Durable effects go to the outbox with the state and are done until they
	// are marked done, again after a restart.
	Durable
	// Volatile effects belong to a secret nonce in memory: they are done once
	// after the commit and never replayed.
	Volatile
)

// Effect is something to be done, never how. Effects of one step are done in
// their order. Doing one twice is the same as doing it once.
//
//sumtype:decl
type Effect interface {
	// ID is unique and stable within a contract: the same step on the same
	// state gives the same ids.
	ID() uint64
	// Class says when the effect is done.
	Class() Class
	// String names the effect with its main argument, without any secret.
	String() string

	withID(uint64) Effect
	kind() effectKind
	code(*coder) Effect
}

// Tag is an effect's id.
type Tag struct{ Seq uint64 }

// ID returns the effect's id.
func (t Tag) ID() uint64 { return t.Seq }

type inCommit struct{}

// Class returns InCommit.
func (inCommit) Class() Class { return InCommit }

type durable struct{}

// Class returns Durable.
func (durable) Class() Class { return Durable }

type volatile struct{}

// Class returns Volatile.
func (volatile) Class() Class { return Volatile }

// Effects that the commit itself performs.
type (
	// StoreMessage keeps a whole message, written once under its SHA256.
	StoreMessage struct {
		Tag
		inCommit
		Ref  [32]byte
		Data []byte
	}
	// RecordNonces enters the nonces of the contract's announcements in the
	// nonce index, or fails the commit if one belongs to another event.
	RecordNonces struct {
		Tag
		inCommit
		Announcements [][]byte
	}
	// TakeOrder lowers the remaining size of an order and uses up the take, or
	// fails the commit.
	TakeOrder struct {
		Tag
		inCommit
		OrderID, TakeID [32]byte
		Size            uint32
	}
	// GiveBack undoes TakeOrder's size, once.
	GiveBack struct {
		Tag
		inCommit
		OrderID, TakeID [32]byte
	}
	// StoreEvidence keeps the proof that the contract's oracle of that index
	// signed two outcomes: the stored attestations First and Second.
	StoreEvidence struct {
		Tag
		inCommit
		Oracle        uint8
		First, Second [32]byte
	}
	// Archive lets the records be pruned from height Until on; 0 takes it back.
	Archive struct {
		Tag
		inCommit
		Until uint32
	}
)

// Effects for the wallet, the chain, the peer and the workers.
type (
	// ReserveInputs sets our funding coins aside.
	ReserveInputs struct {
		Tag
		durable
		Inputs []btcwire.OutPoint
	}
	// ReleaseInputs frees them.
	ReleaseInputs struct {
		Tag
		durable
		Inputs []btcwire.OutPoint
	}
	// Send sends a message to the peer: Data, or the stored message Ref.
	Send struct {
		Tag
		durable
		To   [33]byte
		Ref  [32]byte
		Data []byte
	}
	// SignContract asks for our list, refund signature, funding witnesses and
	// cancel transaction: MakeAccept or MakeSign, answered by
	// OwnSignaturesReady or OwnFailure.
	SignContract struct {
		Tag
		durable
	}
	// VerifyPeer asks to verify the list in the stored message Ref: Verify,
	// answered by PeerVerified.
	VerifyPeer struct {
		Tag
		durable
		Ref [32]byte
	}
	// BroadcastTx puts a complete transaction on the network.
	BroadcastTx struct {
		Tag
		durable
		Tx []byte
	}
	// WatchTx asks where a transaction is, until the contract is archived.
	WatchTx struct {
		Tag
		durable
		Txid chainhash.Hash
	}
	// WatchSpends asks what spends the outpoints.
	WatchSpends struct {
		Tag
		durable
		OutPoints []btcwire.OutPoint
	}
	// StartTimer asks for a Tick at Unix second At, by Clock.Peer if Peer is set
	// and by Clock.Now otherwise.
	StartTimer struct {
		Tag
		durable
		At   int64
		Peer bool
	}
	// CompleteCET asks for the complete CET of Outcome, from the stored lists
	// and the attestations of Oracles: MakeCET, answered by CETReady.
	CompleteCET struct {
		Tag
		durable
		Outcome uint64
		Oracles []uint8
	}
	// RaiseFee asks the wallet to raise the fee of a transaction by a child of
	// our output Vout; Urgent within 72 h of the refund.
	RaiseFee struct {
		Tag
		durable
		Txid   chainhash.Hash
		Vout   uint32
		Urgent bool
	}
	// Notify tells the user.
	Notify struct {
		Tag
		durable
		Notice Notice
	}
	// Alarm tells the user that something needs a human.
	Alarm struct {
		Tag
		durable
		Reason Reason
	}
)

// Effects that live and die with a secret nonce in memory.
type (
	// ProposeClose draws a nonce and sends close_offer.
	ProposeClose struct {
		Tag
		volatile
		Session Session
	}
	// AnswerClose draws a nonce, signs the key path of Tx, which besides the
	// funding output spends Cancel if there is one, and sends close_accept.
	AnswerClose struct {
		Tag
		volatile
		Session Session
		Tx      []byte
		Cancel  *wire.CancelInput
	}
	// AggregateClose adds our partial signature to the peer's close_accept,
	// answered by CloseSigned or CloseFailed.
	AggregateClose struct {
		Tag
		volatile
		Session Session
	}
	// DropClose wipes the nonce of an attempt.
	DropClose struct {
		Tag
		volatile
		Attempt uint32
	}
)

// Notice is what the user is told; each has a name.
type Notice uint8

// The notices.
const (
	// NoticeOffer: an offer is checked and waits for the user.
	NoticeOffer Notice = iota
	// NoticeClose: the peer proposes an exit and waits for the user.
	NoticeClose
	// NoticePhase: the phase changed.
	NoticePhase
	// NoticeRelease: a contract of which a side pays a vault may be closed from
	// now on.
	NoticeRelease
	noticeCount
)

// String names the notice.
func (n Notice) String() string {
	switch n {
	case NoticeOffer:
		return "offer"
	case NoticeClose:
		return "close"
	case NoticePhase:
		return "phase"
	case NoticeRelease:
		return "release"
	case noticeCount:
	}
	return fmt.Sprintf("notice(%d)", uint8(n))
}

// Reason is why there is an alarm.
type Reason uint8

// The reasons.
const (
	// UnknownSpend: the funding output was spent by a transaction that is none
	// of the contract's.
	UnknownSpend Reason = iota
	// UnattestedCET: a CET that no t attestations support was seen.
	UnattestedCET
	// Equivocation: an oracle attested two outcomes.
	Equivocation
	// DeepReorg: the chain took back a transaction that was final.
	DeepReorg
	// NoCET: the CET of the attested outcome could not be made.
	NoCET
	reasonCount
)

// String names the reason.
func (r Reason) String() string {
	switch r {
	case UnknownSpend:
		return "unknown spend"
	case UnattestedCET:
		return "unattested CET"
	case Equivocation:
		return "equivocation"
	case DeepReorg:
		return "deep reorg"
	case NoCET:
		return "CET not made"
	case reasonCount:
	}
	return fmt.Sprintf("reason(%d)", uint8(r))
}

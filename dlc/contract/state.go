package contract

import (
	"crypto/sha256"
	"slices"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
)

// Params are the local times and depths of PROTOCOL.md 1, fixed for a contract
// when it begins; the peer's may differ. Times are seconds.
type Params struct {
	// Lead is how long before maturity the funding must be confirmed.
	Lead uint32
	// TSign, TFund, TClose and TSettle are the timers of the same names.
	TSign, TFund, TClose, TSettle uint32
	// TAnswer is the silence after which the accepter proposes the settlement
	// itself.
	TAnswer uint32
	// FundConf is the depth from which a contract is Active.
	FundConf uint32
	// FinalConf is the depth from which a transaction counts as final.
	FinalConf uint32
}

// DefaultParams returns the defaults of PROTOCOL.md 1.
func DefaultParams() Params {
	return Params{
		Lead: 3600, TSign: 300, TFund: 600, TClose: 60, TSettle: 120, TAnswer: 20,
		FundConf: 3, FinalConf: 6,
	}
}

// Clock is the time at which an event happened, as the shell knows it.
type Clock struct {
	// Now is the node's own clock, by which offers, leads and locktimes are
	// judged, Unix seconds. On a private chain it may be that of the chain.
	Now int64
	// Peer is the time by which deadlines between the peers run, Unix seconds:
	// it passes as real time does, whatever the node's clock is set to. 0 means
	// Now.
	Peer int64
	// MTP is the median time past of the tip, Unix seconds.
	MTP int64
	// Height is the tip's height.
	Height uint32
}

// latest is the later of both times: the median time past lags behind, so a
// clock that it has overtaken is wrong.
func (c Clock) latest() int64 { return max(c.Now, c.MTP) }

// Attestation is what one oracle attested.
type Attestation struct {
	// Oracle is the oracle's index in ascending key order.
	Oracle uint8
	// Outcome is the number its digits spell.
	Outcome uint64
	// Ref is the SHA256 of the stored attestation.
	Ref [32]byte
}

// SpendKind says what a spend of the funding output is to the contract.
type SpendKind uint8

// The kinds of spend.
const (
	// NotSpent: no spend is known.
	NotSpent SpendKind = iota
	// SpentByCET: a CET of one of the contract's payouts.
	SpentByCET
	// SpentBySettle: a claimed close of kind 1.
	SpentBySettle
	// SpentByExit: a claimed close of kind 0.
	SpentByExit
	// SpentByRefund: the refund.
	SpentByRefund
	// SpentByUnknown: anything else.
	SpentByUnknown
)

// Fact is where the chain holds a transaction: Height 0 is the mempool.
type Fact struct {
	// Seen is false for a transaction that neither chain nor mempool shows.
	Seen bool
	// Height is that of the block, or 0.
	Height uint32
}

// Conflict is a spend of a funding input by another transaction than the
// funding transaction.
type Conflict struct {
	Input  wire.OutPoint
	Txid   chainhash.Hash
	Height uint32
}

// Spend is the spend of the funding output.
type Spend struct {
	Kind   SpendKind
	Txid   chainhash.Hash
	Height uint32
	// Long is the long side's payout if Kind is SpentByCET.
	Long uint64
}

// Claim is a close for which a signature of ours may be with the peer: it can
// reach the chain until the funding output is spent for good.
type Claim struct {
	Attempt uint32
	Kind    uint8
	VO, VA  uint64
	FeeRate uint32
	Txid    chainhash.Hash
	// Tx is the close transaction; complete if Signed.
	Tx     []byte
	Signed bool
	// CoinValue and CoinScript are the output that our cancel input spends,
	// zero without one.
	CoinValue  uint64
	CoinScript []byte
	// Until is when an unseen close is voided by Clock.Peer, 0 if it cannot be or
	// was.
	Until int64
	// Void is the transaction that spends the cancel input elsewhere, or
	// empty.
	Void []byte
}

// voided reports whether we have spent our cancel input of the close elsewhere.
func (c Claim) voided() bool { return len(c.Void) > 0 && c.Until == 0 }

// Session is the one close attempt in progress. It dies with a restart or a
// disconnect, like the secret nonce it belongs to.
type Session struct {
	Attempt uint32
	Kind    uint8
	VO, VA  uint64
	FeeRate uint32
	// Own says that we propose.
	Own bool
	// Answered says that close_accept was made or received.
	Answered bool
	// Message is the peer's message of the attempt: its close_offer, or the
	// close_accept that answers ours.
	Message []byte
}

// Open reports whether there is an attempt in progress.
func (s Session) Open() bool { return s.Attempt != 0 || s.FeeRate != 0 }

// State is everything the machine knows of one contract. It is a value: Step
// takes one and returns another, and never writes through a slice of the old
// one. Long lists of signatures are not in it; they are stored messages that
// the state names by their hash. The zero State is a contract that does not
// exist yet.
type State struct {
	Role   Role
	Phase  Phase
	Params Params
	// Peer is the peer's node key, 33 bytes compressed.
	Peer       [33]byte
	TempID     [32]byte
	ContractID [32]byte
	// Base is the phase reached with the peer, the chain apart: New, Offered,
	// Accepted, Signed, Broadcast, Cancelling or Aborted.
	Base Phase
	// Bridged says that a side pays a vault and was not released: no close.
	Bridged bool

	// Threshold is how many oracles must agree; the locktimes are those of the
	// offer, Unix seconds.
	Threshold                   uint8
	CETLocktime, RefundLocktime uint32

	// Offer is the whole offer message.
	Offer []byte
	// Accept is the accept message with an empty list; its refund signature is
	// zero until it is signed.
	Accept []byte
	// SignRefund is the offerer's refund signature, from sign.
	SignRefund [64]byte
	// OfferHash, AcceptHash, SignHash and FundedHash name the messages as
	// first sent; zero while there is none.
	OfferHash, AcceptHash, SignHash, FundedHash [32]byte
	// Pending is the peer's message whose list a worker is verifying.
	Pending [32]byte
	// OwnWitness holds the witnesses of our funding inputs, in the order of
	// our message.
	OwnWitness [][][]byte
	// Funding is the complete funding transaction, or empty.
	Funding []byte
	// FundingComplete says that Funding may be broadcast: all of the peer's
	// signatures are verified.
	FundingComplete bool
	// Cancel spends one of our funding inputs elsewhere.
	Cancel []byte
	// CET is the complete CET that we broadcast or saw.
	CET []byte
	// CETAsked says that CompleteCET was emitted.
	CETAsked bool
	// Refund is the complete refund that we broadcast or saw.
	Refund []byte

	// OrderID and TakeID are set if the offer answered one of our orders.
	OrderID, TakeID [32]byte
	// TakeSize is the size taken, TH/s.
	TakeSize uint32
	// Taken says that the store counted the take and has not given it back.
	Taken bool

	// Deadline is the running timer of the phase, 0 if none: the offer's expiry
	// by Clock.Now up to Offered, a deadline by Clock.Peer after it.
	Deadline int64
	// ProposeAt is when we propose the settlement by Clock.Peer, 0 if we need
	// not.
	ProposeAt int64

	Attestations []Attestation
	// NextAttempt is the lowest attempt number we may use.
	NextAttempt uint32
	// PeerAttempt is the lowest attempt number the peer may use.
	PeerAttempt uint32
	Session     Session
	Claims      []Claim
	// CloseTimes are when the peer's last attempts came by Clock.Peer, at most
	// five.
	CloseTimes []int64
	// LastClose is the SHA256 of the last close_offer of the peer.
	LastClose [32]byte

	Clock     Clock
	FundingAt Fact
	// WasConfirmed: the funding was in the chain once. A reorg that takes it
	// out does not make us cancel a contract that may be decided.
	WasConfirmed bool
	Conflicts    []Conflict
	Spend        Spend
	// Bumped is the height at which RaiseFee was last emitted.
	Bumped uint32
	// Reject is the reject message that we sent, or empty.
	Reject []byte
	// Seq is the id of the next effect.
	Seq uint64
}

// Key identifies the contract in this node: its role, peer and temp_id. Ids
// are looked up under the peer's key only, so two peers may use one temp_id,
// and an own offer reflected is another contract.
func (s State) Key() [32]byte { return Key(s.Role, s.Peer, s.TempID) }

// Key returns the key of the contract of a role with a peer under a temp_id.
func Key(role Role, peer [33]byte, tempID [32]byte) [32]byte {
	b := append([]byte("alkimiya/contract-key"), byte(role))
	b = append(b, peer[:]...)
	return sha256.Sum256(append(b, tempID[:]...))
}

// depth returns how deep a transaction in the block at height is, 1 for the
// tip; 0 if it is in no block.
func (s State) depth(height uint32) uint32 {
	if height == 0 || height > s.Clock.Height {
		return 0
	}
	return s.Clock.Height - height + 1
}

// FundingDepth returns the depth of the funding transaction, 0 if it is not in
// the chain.
func (s State) FundingDepth() uint32 { return s.depth(s.FundingAt.Height) }

// CloseDepth returns the depth of the transaction that spends the funding
// output, 0 if none does.
func (s State) CloseDepth() uint32 { return s.depth(s.Spend.Height) }

// conflictDepth returns the depth of the deepest spend of a funding input by
// another transaction.
func (s State) conflictDepth() uint32 {
	var deepest uint32
	for _, c := range s.Conflicts {
		deepest = max(deepest, s.depth(c.Height))
	}
	return deepest
}

// appended returns old with v at its end, in memory of its own.
func appended[T any](old []T, v ...T) []T { return append(slices.Clip(slices.Clone(old)), v...) }

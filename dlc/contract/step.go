package contract

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/alkimiya/alkimiya/dlc/wire"
)

// Errors of Step. The caller still holds the state it passed in.
var (
	// ErrIllegal: the event has no place in the contract's phase. Late answers
	// of workers and repeated facts are no error; a user's wish is.
	ErrIllegal = errors.New("event does not fit the phase")
	// ErrForeign: the event speaks of another peer, contract or transaction.
	ErrForeign = errors.New("event belongs to another contract")
	// ErrOwn: what our own wallet, worker or user handed in is not valid.
	ErrOwn = errors.New("own contribution is not valid")
	// ErrAttestation: an attestation is not valid for the contract.
	ErrAttestation = errors.New("attestation is not valid")
	// ErrTable: the machine took a transition that the table does not have,
	// which is a bug of ours.
	ErrTable = errors.New("transition is not in the table")
)

// Step applies one event to a contract. It returns the new state and what has
// to be done, in order; state and effects are to be committed together, and a
// state equal to the old one need not be. On error the old state stands and
// there is nothing to do. Step is deterministic, does not write to anything
// reachable from its arguments, and is safe for concurrent use.
//
// If the new state is New and has no Offer, the event left no trace: its
// effects, a reject at most, are to be done without a commit.
func Step(s State, e Event) (State, []Effect, error) {
	kind := KindOf(e)
	if kind == kindCount {
		return s, nil, fmt.Errorf("%w: %T", ErrIllegal, e)
	}
	d := &step{s: s, kind: kind}
	if err := d.observe(e.clock()); err != nil {
		return s, nil, err
	}
	if err := d.handle(e); err != nil {
		return s, nil, err
	}
	if err := d.conclude(); err != nil {
		return s, nil, err
	}
	if !allows(s.Phase, d.s.Role, kind, d.s.Phase) {
		return s, nil, fmt.Errorf("%w: %s to %s by %s as %s", ErrTable, s.Phase, d.s.Phase, kind, d.s.Role)
	}
	return d.s, d.out, nil
}

// step is one call of Step: the new state as far as it is known, and the
// effects so far. Slices of the state are replaced, never written to.
type step struct {
	s    State
	kind Kind
	out  []Effect
	deal *Deal
}

// emit adds an effect with the contract's next id.
func (d *step) emit(e Effect) {
	d.out = append(d.out, e.withID(d.s.Seq))
	d.s.Seq++
}

// observe takes over the clock. Height and median time follow only events
// about blocks, so that a depth never changes unnoticed; along a chain both
// only rise.
func (d *step) observe(c Clock) error {
	old := d.s.Clock
	if c.Peer == 0 {
		c.Peer = c.Now
	}
	d.s.Clock.Now, d.s.Clock.Peer = c.Now, c.Peer
	switch {
	case d.kind == KindBlockConnected && (c.Height < old.Height || c.MTP < old.MTP),
		d.kind == KindBlockDisconnected && c.Height > old.Height:
		return fmt.Errorf("%w: from height %d to %d by %s", ErrIllegal, old.Height, c.Height, d.kind)
	case d.kind == KindBlockConnected, d.kind == KindBlockDisconnected, d.kind == KindRestarted, old.Height == 0:
		d.s.Clock = c
	}
	return nil
}

// agreed returns what the two messages say, read once per step.
func (d *step) agreed() (*Deal, error) {
	if d.deal == nil {
		deal, err := DealOf(d.s)
		if err != nil {
			return nil, err
		}
		d.deal = deal
	}
	return d.deal, nil
}

// changed forgets what was read, after a message was added.
func (d *step) changed() { d.deal = nil }

func (d *step) handle(e Event) error {
	switch e := e.(type) {
	case UserOffer:
		return d.userOffer(e)
	case UserApprove:
		return d.userApprove(e)
	case UserWithdraw:
		return d.userWithdraw()
	case UserClose:
		return d.userClose(e)
	case UserApproveClose:
		return d.userApproveClose(e)
	case UserDeclineClose:
		return d.userDeclineClose(e)
	case UserRelease:
		return d.userRelease()
	case OwnSignaturesReady:
		return d.ownSignatures(e)
	case OwnFailure:
		return d.ownFailure(e)
	case PeerVerified:
		return d.peerVerified(e)
	case CETReady:
		return d.cetReady(e)
	case CETFailed:
		return d.cetFailed()
	case CloseSigned:
		return d.closeSigned(e)
	case CloseFailed:
		return d.closeFailed(e)
	case AttestationReceived:
		return d.attestation(e)
	case Tick:
		return d.due()
	case Disconnected:
		d.endSession()
		return nil
	case Restarted:
		return d.restarted()
	case BlockConnected:
		return d.blockConnected()
	case BlockDisconnected:
		return d.blockDisconnected()
	case FundingSeen:
		return d.fundingSeen(e)
	case InputSpent:
		return d.inputSpent(e)
	case FundingSpent:
		return d.fundingSpent(e)
	case Unconfirmed:
		return d.unconfirmed(e)
	case PeerOffer:
		return d.peerOffer(e)
	case PeerAccept, PeerSign, PeerFunded, PeerReject, PeerResume, PeerCloseOffer, PeerCloseAccept, PeerCloseComplete:
		if m, ok := e.(peerEvent); ok {
			return d.fromPeer(m)
		}
	}
	return fmt.Errorf("%w: %T", ErrIllegal, e)
}

// fromPeer handles the messages of a peer after its offer; they belong to the
// contract of that peer or to none.
func (d *step) fromPeer(e peerEvent) error {
	peer, message := e.from()
	if peer != d.s.Peer || d.s.Phase == New && d.s.OfferHash == [32]byte{} {
		d.refuseTo(peer, message, wire.RejectUnknownContract)
		return nil
	}
	switch e := e.(type) {
	case PeerAccept:
		return d.peerAccept(e)
	case PeerSign:
		return d.peerSign(e)
	case PeerFunded:
		return d.peerFunded(e)
	case PeerReject:
		return d.peerReject(e)
	case PeerResume:
		return d.peerResume(e)
	case PeerCloseOffer:
		return d.peerCloseOffer(e)
	case PeerCloseAccept:
		return d.peerCloseAccept(e)
	case PeerCloseComplete:
		return d.peerCloseComplete(e)
	}
	return fmt.Errorf("%w: %T", ErrIllegal, e)
}

// refuseTo answers a message of a peer with a reject that changes nothing. A
// reject, and bytes without a type, are never answered.
func (d *step) refuseTo(peer [33]byte, message []byte, code wire.RejectCode) {
	reject, ok := wire.Refusal(message, &wire.RejectError{Code: code, Field: "message", Err: ErrIllegal})
	if ok {
		d.emit(Send{To: peer, Data: reject.Encode()})
	}
}

// refuse answers a message of the contract's peer.
func (d *step) refuse(message []byte, code wire.RejectCode) { d.refuseTo(d.s.Peer, message, code) }

// abort drops the contract before any funding witness of ours has left. If a
// code is given the peer is told that its next message, of type refused, comes
// in vain; the reject is kept for whoever asks again.
func (d *step) abort(refused wire.Type, code wire.RejectCode) {
	if code != 0 {
		id := d.s.TempID
		if refused == wire.TypeSign || refused == wire.TypeFunded {
			id = d.s.ContractID
		}
		d.s.Reject = (&wire.Reject{ID: id, Refused: refused, Code: code}).Encode()
		d.emit(Send{To: d.s.Peer, Data: d.s.Reject})
	}
	d.s.Base = Aborted
	d.s.Deadline = 0
	d.s.Pending = [32]byte{}
}

// awaited is the type of the message that the peer has to send next, or last
// sent, before the contract is funded: what a reject refuses.
func (d *step) awaited() wire.Type {
	switch {
	case d.s.Role == Offerer:
		return wire.TypeAccept
	case d.s.Phase == Accepted, d.s.Phase == Aborted && d.s.AcceptHash != [32]byte{}:
		return wire.TypeSign
	default:
		return wire.TypeOffer
	}
}

// store keeps a message with the state and returns its hash.
func (d *step) store(message []byte) [32]byte {
	ref := sha256.Sum256(message)
	d.emit(StoreMessage{Ref: ref, Data: message})
	return ref
}

// expire starts the timer of an offer.
func (d *step) expire(at int64) {
	d.s.Deadline = at
	d.emit(StartTimer{At: at})
}

// arm starts the phase's timer towards the peer, seconds from now.
func (d *step) arm(wait uint32) {
	d.s.Deadline = d.s.Clock.Peer + int64(wait)
	d.emit(StartTimer{At: d.s.Deadline, Peer: true})
}

// byPeer reports whether the running deadline is one towards the peer.
func (s State) byPeer() bool { return s.Base != New && s.Base != Offered }

// overdue reports whether the running deadline has passed.
func (s State) overdue() bool {
	now := s.Clock.Now
	if s.byPeer() {
		now = s.Clock.Peer
	}
	return s.Deadline != 0 && now >= s.Deadline
}

// conclude moves to the phase that messages and chain support.
func (d *step) conclude() error {
	for range phaseCount {
		next := d.s.support()
		if next == d.s.Phase {
			return nil
		}
		if err := d.enter(next); err != nil {
			return err
		}
	}
	return fmt.Errorf("%w: no stable phase after %s", ErrTable, d.s.Phase)
}

package contract

import (
	"crypto/sha256"
	"fmt"
	"math"
	"slices"

	"github.com/btcsuite/btcd/btcutil"
	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/dlc/wire"
)

// attemptWindow is how long a peer's attempt counts against its rate, seconds;
// at most maxCloseTimes of them are answered in it.
const attemptWindow = 60

// closable reports whether closes are talked about at all: the funding output
// is in the chain and nothing spends it.
func (d *step) closable() bool {
	p := d.s.Phase
	return (p == Confirmed || p == Active || p == Attested || p == Settling || p == Refunding) &&
		d.s.Spend.Kind == NotSpent && !d.s.Bridged
}

// userClose proposes an exit. It takes the place of a proposal of ours that was
// not answered, and of one of the peer's that he does not complete: that one stays
// a claim.
func (d *step) userClose(e UserClose) error {
	session := d.s.Session
	switch {
	case !d.closable():
		return fmt.Errorf("%w: close in %s", ErrIllegal, d.s.Phase)
	case len(d.s.Attestations) > 0:
		return fmt.Errorf("%w: close when the outcome is attested", ErrIllegal)
	case session.Open() && !session.Own && !session.Answered:
		return fmt.Errorf("%w: close while the peer's attempt %d waits for an answer", ErrIllegal, session.Attempt)
	case session.Open() && session.Own && session.Answered:
		return fmt.Errorf("%w: close while attempt %d is completed", ErrIllegal, session.Attempt)
	}
	d.endSession()
	return d.propose(Session{Kind: uint8(wire.CloseExit), VO: e.VO, VA: e.VA, FeeRate: e.FeeRate, Own: true})
}

// userRelease allows closes of a contract of which a side pays a vault. Nothing
// but this event does: neither a message of the peer nor a restart.
func (d *step) userRelease() error {
	if !d.s.Bridged || d.s.Phase.Final() {
		return fmt.Errorf("%w: nothing to release in %s", ErrIllegal, d.s.Phase)
	}
	d.s.Bridged = false
	d.emit(Notify{Notice: NoticeRelease})
	return nil
}

// proposeSettlement proposes the close at the attested payout, at the fee rate
// that was agreed for CETs.
func (d *step) proposeSettlement() error {
	outcome, ok := d.s.Outcome()
	if !ok || !d.closable() || d.s.Session.Open() || len(d.s.Claims) >= maxClaims {
		return nil
	}
	deal, err := d.agreed()
	if err != nil {
		return err
	}
	vo, va, err := deal.values(outcome)
	if err != nil {
		return err
	}
	err = d.propose(Session{Kind: uint8(wire.CloseSettle), VO: vo, VA: va, FeeRate: deal.Offer.CETFeeRate, Own: true})
	if err != nil {
		return nil //nolint:nilerr // without a close the CET settles
	}
	return nil
}

// values returns v_o and v_a for an attested outcome.
func (d *Deal) values(outcome uint64) (vo, va uint64, err error) {
	o, a, err := d.Contract.Settlement.Payouts(btcutil.Amount(d.Terms.Settled(outcome))) //nolint:gosec // <= M
	return uint64(o), uint64(a), err                                                     //nolint:gosec // not negative
}

// propose opens an attempt of ours. Its number is on disk before the worker
// draws a nonce.
func (d *step) propose(session Session) error {
	if len(d.s.Claims) >= maxClaims || d.s.NextAttempt > math.MaxUint32-2 {
		return fmt.Errorf("%w: too many closes", ErrIllegal)
	}
	deal, err := d.agreed()
	if err != nil {
		return err
	}
	if _, err := deal.closeOf(session, nil); err != nil {
		return fmt.Errorf("%w: close: %w", ErrOwn, err)
	}
	session.Attempt = d.s.NextAttempt
	d.s.NextAttempt += 2
	d.s.Session = session
	d.emit(ProposeClose{Session: session})
	return nil
}

// endSession wipes the nonce of the attempt in progress.
func (d *step) endSession() {
	if d.s.Session.Open() {
		d.emit(DropClose{Attempt: d.s.Session.Attempt})
		d.s.Session = Session{}
	}
}

// dropExit ends an exit in progress: once an attestation is known the price is
// no matter of agreement.
func (d *step) dropExit() {
	if d.s.Session.Open() && wire.CloseKind(d.s.Session.Kind) == wire.CloseExit {
		d.endSession()
	}
}

// peerCloseOffer judges a proposal of the peer.
func (d *step) peerCloseOffer(e PeerCloseOffer) error {
	hash := sha256.Sum256(e.Message)
	if hash == d.s.LastClose {
		return nil
	}
	message, err := decode[*wire.CloseOffer](e.Message)
	if err != nil {
		d.refuse(e.Message, CodeOf(err))
		return nil
	}
	if code := d.judgeClose(message, e.Estimate); code != 0 {
		if code == wire.RejectConflict && d.s.Session.Open() && !d.s.Session.Own && message.Attempt == d.s.Session.Attempt {
			d.endSession()
		}
		d.refuse(e.Message, code)
		return nil
	}
	if d.s.Session.Open() && d.s.Session.Own && d.s.Role == Offerer {
		return nil // both proposed at once: the offerer's proposal stands
	}
	d.endSession()
	d.s.LastClose = hash
	d.s.PeerAttempt = message.Attempt + 2
	recent := slices.DeleteFunc(slices.Clone(d.s.CloseTimes), func(at int64) bool { return at <= d.s.Clock.Peer-attemptWindow })
	d.s.CloseTimes = append(recent, d.s.Clock.Peer)
	d.s.Session = Session{
		Attempt: message.Attempt, Kind: uint8(message.Kind), FeeRate: message.FeeRate, Message: e.Message,
		VO: uint64(message.OffererValue), VA: uint64(message.AccepterValue), //nolint:gosec // decoded as unsigned
	}
	if message.Kind == wire.CloseSettle {
		d.s.ProposeAt = 0
		return d.answer(nil, nil)
	}
	d.emit(Notify{Notice: NoticeClose})
	return nil
}

// judgeClose returns why a proposal is refused, 0 if it is not.
func (d *step) judgeClose(m *wire.CloseOffer, estimate uint32) wire.RejectCode {
	deal, err := d.agreed()
	if err != nil {
		return wire.RejectInternal
	}
	recent := 0
	for _, at := range d.s.CloseTimes {
		if at > d.s.Clock.Peer-attemptWindow {
			recent++
		}
	}
	settle := m.Kind == wire.CloseSettle
	outcome, attested := d.s.Outcome()
	switch {
	case m.ContractID != d.s.ContractID:
		return wire.RejectUnknownContract
	case d.s.Bridged && d.s.Phase.Unspent():
		return wire.RejectBadClose
	case !d.closable() || settle && !attested:
		return wire.RejectOutOfOrder
	case m.Attempt%2 != uint32(d.s.Role.Other()) || m.Attempt > math.MaxUint32-2:
		return wire.RejectBadClose
	case m.Attempt < d.s.PeerAttempt:
		return wire.RejectConflict
	case recent >= maxCloseTimes:
		return wire.RejectRateLimited
	case len(d.s.Claims) >= maxClaims:
		return wire.RejectLimit
	case !settle && len(d.s.Attestations) > 0:
		return wire.RejectBadClose
	case uint64(m.FeeRate)*2 < uint64(estimate) || uint64(m.FeeRate) > uint64(estimate)*2:
		return wire.RejectBadFee
	}
	session := Session{VO: uint64(m.OffererValue), VA: uint64(m.AccepterValue), FeeRate: m.FeeRate} //nolint:gosec // decoded as unsigned
	if settle {
		vo, va, err := deal.values(outcome)
		if err != nil || vo != session.VO || va != session.VA {
			return wire.RejectBadClose
		}
	}
	if _, err := deal.closeOf(session, nil); err != nil {
		return wire.RejectBadClose
	}
	return 0
}

// userApproveClose agrees to the exit that the peer proposed.
func (d *step) userApproveClose(e UserApproveClose) error {
	open := d.s.Session.Open() && !d.s.Session.Own && !d.s.Session.Answered && d.s.Session.Attempt == e.Attempt
	if !open || !d.closable() {
		return fmt.Errorf("%w: no such close to approve", ErrIllegal)
	}
	return d.answer(e.Cancel, e.Void)
}

// answer makes the close a claim and then lets the worker sign it.
func (d *step) answer(cancel *wire.CancelInput, void []byte) error {
	deal, err := d.agreed()
	if err != nil {
		return err
	}
	session := d.s.Session
	tx, err := deal.closeOf(session, cancel)
	if err != nil {
		return fmt.Errorf("%w: close: %w", ErrOwn, err)
	}
	claim := Claim{
		Attempt: session.Attempt, Kind: session.Kind, VO: session.VO, VA: session.VA, FeeRate: session.FeeRate,
	}
	unsigned := tx.Tx()
	if cancel != nil {
		if err := tx.VerifyCancelWitness(cancel.Witness); err != nil {
			return fmt.Errorf("%w: cancel input: %w", ErrOwn, err)
		}
		unsigned.TxIn[1].Witness = cancel.Witness
		coin := tx.PrevOutputs()[1]
		claim.CoinValue, claim.CoinScript = uint64(coin.Value), coin.PkScript //nolint:gosec // an amount
		spend, err := parseTx(void)
		if err != nil || !spends(spend, unsigned.TxIn[1].PreviousOutPoint) ||
			txs.VerifyTx(spend, []*btcwire.TxOut{coin}) != nil {
			return fmt.Errorf("%w: void does not spend the cancel input", ErrOwn)
		}
		claim.Void, claim.Until = void, d.s.Clock.Peer+int64(d.s.Params.TClose)
		d.emit(StartTimer{At: claim.Until, Peer: true})
	}
	claim.Txid, claim.Tx = unsigned.TxHash(), txBytes(unsigned)
	d.s.Claims = appended(d.s.Claims, claim)
	session.Answered = true
	d.s.Session = session
	d.emit(WatchTx{Txid: claim.Txid})
	d.emit(AnswerClose{Session: session, Tx: claim.Tx, Cancel: cancel})
	return nil
}

// userDeclineClose refuses it.
func (d *step) userDeclineClose(e UserDeclineClose) error {
	if !d.s.Session.Open() || d.s.Session.Own || d.s.Session.Answered || d.s.Session.Attempt != e.Attempt {
		return fmt.Errorf("%w: no such close to decline", ErrIllegal)
	}
	d.refuse(d.s.Session.Message, wire.RejectDeclined)
	d.endSession()
	return nil
}

// closeRefused ends our attempt, which the peer does not want.
func (d *step) closeRefused() {
	if d.s.Session.Open() && d.s.Session.Own && !d.s.Session.Answered {
		d.endSession()
	}
}

// peerCloseAccept lets the worker finish our attempt.
func (d *step) peerCloseAccept(e PeerCloseAccept) error {
	message, err := decode[*wire.CloseAccept](e.Message)
	switch {
	case err != nil:
		d.refuse(e.Message, CodeOf(err))
	case !d.s.Session.Open() || !d.s.Session.Own || d.s.Session.Attempt != message.Attempt || message.ContractID != d.s.ContractID:
		if !d.claimed(message.Attempt) {
			d.refuse(e.Message, wire.RejectOutOfOrder)
		}
	case d.s.Session.Answered && string(d.s.Session.Message) != string(e.Message):
		d.refuse(e.Message, wire.RejectConflict)
		d.endSession()
	case d.s.Session.Answered:
	case !d.closable():
		d.endSession()
	default:
		d.s.Session.Answered, d.s.Session.Message = true, e.Message
		d.emit(AggregateClose{Session: d.s.Session})
	}
	return nil
}

func (d *step) claimed(attempt uint32) bool {
	return slices.ContainsFunc(d.s.Claims, func(c Claim) bool { return c.Attempt == attempt })
}

// closeSigned takes the complete close of our attempt, checks it, keeps it as
// a claim and broadcasts it.
func (d *step) closeSigned(e CloseSigned) error {
	session := d.s.Session
	if !session.Open() || !session.Own || !session.Answered || session.Attempt != e.Attempt {
		return nil // the attempt ended meanwhile
	}
	message, err := decode[*wire.CloseAccept](session.Message)
	if err != nil {
		return err
	}
	deal, err := d.agreed()
	if err != nil {
		return err
	}
	built, err := deal.closeOf(session, message.Cancel)
	if err != nil {
		d.refuse(session.Message, CodeOf(err))
		d.endSession()
		return nil
	}
	tx, err := parseTx(e.Tx)
	if err != nil || tx.TxHash() != built.Tx().TxHash() {
		return fmt.Errorf("%w: not the close of attempt %d", ErrOwn, e.Attempt)
	}
	if err := txs.VerifyTx(tx, built.PrevOutputs()); err != nil {
		return fmt.Errorf("%w: close: %w", ErrOwn, err)
	}
	d.s.Session = Session{}
	d.s.Claims = appended(d.s.Claims, Claim{
		Attempt: session.Attempt, Kind: session.Kind, VO: session.VO, VA: session.VA, FeeRate: session.FeeRate,
		Txid: tx.TxHash(), Tx: e.Tx, Signed: true,
	})
	d.emit(WatchTx{Txid: tx.TxHash()})
	d.broadcastIf(d.closable(), e.Tx)
	complete := wire.CloseComplete{ContractID: d.s.ContractID, Attempt: e.Attempt, Signature: [64]byte(tx.TxIn[0].Witness[0])}
	d.emit(Send{To: d.s.Peer, Data: complete.Encode()})
	return nil
}

// closeFailed ends an attempt that came to nothing.
func (d *step) closeFailed(e CloseFailed) error {
	if !d.s.Session.Open() || d.s.Session.Attempt != e.Attempt {
		return nil
	}
	if e.Code.Valid() && len(d.s.Session.Message) > 0 {
		d.refuse(d.s.Session.Message, e.Code)
	}
	d.endSession()
	return nil
}

// peerCloseComplete completes a close that we answered.
func (d *step) peerCloseComplete(e PeerCloseComplete) error {
	message, err := decode[*wire.CloseComplete](e.Message)
	if err != nil {
		d.refuse(e.Message, CodeOf(err))
		return nil
	}
	i := slices.IndexFunc(d.s.Claims, func(c Claim) bool { return c.Attempt == message.Attempt })
	if i < 0 || message.ContractID != d.s.ContractID {
		if !d.s.Phase.Final() {
			d.refuse(e.Message, wire.RejectOutOfOrder)
		}
		return nil
	}
	claim := d.s.Claims[i]
	if claim.Signed {
		return nil
	}
	deal, err := d.agreed()
	if err != nil {
		return err
	}
	tx, err := parseTx(claim.Tx)
	if err != nil {
		return err
	}
	tx.TxIn[0].Witness = txs.KeyPathWitness(message.Signature)
	prevouts := []*btcwire.TxOut{deal.Contract.Settlement.PrevOutput()}
	if len(tx.TxIn) > 1 {
		prevouts = append(prevouts, btcwire.NewTxOut(int64(claim.CoinValue), claim.CoinScript)) //nolint:gosec // an amount
	}
	if err := txs.VerifyTx(tx, prevouts); err != nil {
		d.refuse(e.Message, wire.RejectBadPartial)
		return nil //nolint:nilerr // the peer was told; nothing changes here
	}
	claim.Tx, claim.Signed = txBytes(tx), true
	d.s.Claims = slices.Clone(d.s.Claims)
	d.s.Claims[i] = claim
	if d.s.Session.Attempt == claim.Attempt {
		d.s.Session = Session{}
	}
	d.broadcastIf(d.closable() && !claim.voided(), claim.Tx)
	return nil
}

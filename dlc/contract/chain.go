package contract

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/dlc/wire"
)

// Waits of PROTOCOL.md 12 and 14.
const (
	// keepBlocks is how long records of a final contract are kept.
	keepBlocks = 144
	// urgentBefore is how long before the refund a CET becomes urgent, s.
	urgentBefore = 72 * 3600
	// bumpBlocks is how often its fee is raised then.
	bumpBlocks = 6
)

// support returns the phase that the messages exchanged and the facts of the
// chain support, whatever the phase was. It is the whole answer to a reorg.
func (s State) support() Phase {
	if s.FundingDepth() == 0 {
		if s.Params.FinalConf > 0 && s.conflictDepth() >= s.Params.FinalConf {
			return Aborted
		}
		return s.Base
	}
	final := s.CloseDepth() > 0 && s.CloseDepth() >= s.Params.FinalConf
	switch s.Spend.Kind {
	case SpentByCET:
		return pick(final && !s.doubted(), Closed, Settling)
	case SpentBySettle:
		return pick(final, Closed, Closing)
	case SpentByExit:
		return pick(final, CoopClosed, Closing)
	case SpentByRefund:
		return pick(final, Refunded, Refunding)
	case SpentByUnknown:
		return Alarmed
	case NotSpent:
	}
	_, attested := s.Attested()
	switch {
	case len(s.Refund) > 0 && s.refundable():
		return Refunding
	case len(s.CET) > 0 && s.settleable():
		return Settling
	case attested:
		return Attested
	case s.FundingDepth() >= s.Params.FundConf:
		return Active
	}
	return Confirmed
}

func pick(condition bool, yes, no Phase) Phase {
	if condition {
		return yes
	}
	return no
}

// refundable reports whether a block may hold the refund now.
func (s State) refundable() bool { return s.Clock.MTP > int64(s.RefundLocktime) }

// wantsRefund reports whether a refund is what we may help along: once we have
// the CET of an attested payout both would fight for one place in our own
// mempool.
func (s State) wantsRefund() bool {
	_, attested := s.Attested()
	return !attested || len(s.CET) == 0
}

// settleable reports whether a block may hold a CET now.
func (s State) settleable() bool { return s.Clock.MTP > int64(s.CETLocktime) }

// enter does what belongs to a change of phase and makes it.
func (d *step) enter(next Phase) error {
	from := d.s.Phase
	d.s.Phase = next
	if from == Settling {
		d.s.Deadline = 0
	}
	d.emit(Notify{Notice: NoticePhase})
	if next.Funded() && !from.Funded() {
		deal, err := d.agreed()
		if err != nil {
			return err
		}
		if d.s.WasConfirmed = true; !d.s.doubted() {
			d.s.Deadline = 0
		}
		d.emit(WatchSpends{OutPoints: []btcwire.OutPoint{deal.Contract.Funding.OutPoint()}})
	}
	if from.Final() {
		d.emit(Archive{Until: 0})
		d.emit(Alarm{Reason: DeepReorg})
		// A restart in a final phase has not renewed them.
		if err := d.watchAgain(); err != nil {
			return err
		}
	}
	if from == Aborted && !next.Funded() {
		inputs, err := d.ownInputs()
		if err != nil {
			return err
		}
		d.emit(ReserveInputs{Inputs: inputs})
	}
	switch next {
	case Attested:
		return d.beginSettlement()
	case Closed, CoopClosed, Refunded:
		d.s.Deadline, d.s.ProposeAt, d.s.Session = 0, 0, Session{}
		d.emit(Archive{Until: d.s.Clock.Height + keepBlocks})
	case Aborted:
		return d.enterAborted(from)
	case Alarmed:
		d.emit(Alarm{Reason: UnknownSpend})
	case Settling, Closing, Refunding:
		d.s.ProposeAt = 0
		if !d.s.doubted() {
			d.s.Deadline = 0
		}
		if _, attested := d.s.Attested(); !from.Funded() && d.s.Spend.Kind == SpentByCET && !attested {
			d.arm(d.s.Params.TSettle) // doubted anew, after a reorg that took the funding out
		}
		if !from.Funded() {
			return d.rebroadcast() // back from a reorg that took the funding out
		}
	case New, Offered, Accepted, Signed, Cancelling, Broadcast, Confirmed, Active:
	}
	return nil
}

// enterAborted gives back what was set aside.
func (d *step) enterAborted(from Phase) error {
	d.s.Deadline = 0
	inputs, err := d.ownInputs()
	if err != nil {
		return err
	}
	if from != New && len(inputs) > 0 {
		d.emit(ReleaseInputs{Inputs: inputs})
	}
	if d.s.Taken {
		d.s.Taken = false
		d.emit(GiveBack{OrderID: d.s.OrderID, TakeID: d.s.TakeID})
	}
	if d.s.Role == Accepter && len(d.s.Accept) == 0 {
		d.emit(Archive{Until: d.s.Clock.Height + 1}) // nobody approved it: nothing of ours is out
		return nil
	}
	d.emit(Archive{Until: d.s.Clock.Height + keepBlocks})
	return nil
}

// due does what time makes necessary.
func (d *step) due() error {
	expired := d.s.overdue()
	switch d.s.support() {
	case New, Offered, Accepted:
		if expired && d.s.OfferHash != [32]byte{} {
			d.abort(d.awaited(), wire.RejectExpired)
		}
	case Signed, Broadcast:
		if len(d.s.Cancel) > 0 && (expired && d.s.Base == Signed || !d.s.opens() && !d.s.WasConfirmed) {
			d.cancel()
		}
	case Confirmed, Active:
		return d.refund()
	case Attested:
		if d.s.Phase == Attested { // else its timers start when it is entered
			return d.settle()
		}
	case Refunding, Settling:
		d.voidClaims()
		if d.s.Phase == Settling && d.s.doubted() && d.s.overdue() {
			d.s.Deadline = 0
			d.emit(Alarm{Reason: UnattestedCET})
		}
		return d.askCET()
	case Cancelling, Closing, Closed, CoopClosed, Refunded, Aborted, Alarmed:
	}
	d.voidClaims()
	return nil
}

// refund completes and broadcasts the refund once a block may hold it.
func (d *step) refund() error {
	d.voidClaims()
	if !d.s.refundable() || len(d.s.Refund) > 0 {
		return nil
	}
	deal, err := d.agreed()
	if err != nil {
		return err
	}
	tx, err := deal.Contract.Settlement.CompleteRefund(d.s.SignRefund, deal.Accept.Refund)
	if err != nil {
		return err
	}
	d.s.Refund = txBytes(tx)
	d.emit(BroadcastTx{Tx: d.s.Refund})
	return nil
}

// voidClaims spends our cancel input of a close elsewhere if the peer has not
// published it in time.
func (d *step) voidClaims() {
	for i, c := range d.s.Claims {
		if c.Until == 0 || d.s.Clock.Peer < c.Until || d.s.Spend.Kind != NotSpent {
			continue
		}
		d.s.Claims = slices.Clone(d.s.Claims)
		d.s.Claims[i].Until = 0
		d.emit(BroadcastTx{Tx: c.Void})
	}
}

func (d *step) blockConnected() error {
	if err := d.due(); err != nil {
		return err
	}
	return d.rebroadcast()
}

// blockDisconnected forgets what the chain no longer holds. What was in a
// block is taken to be in the mempool until the chain says otherwise.
func (d *step) blockDisconnected() error {
	d.rollBack()
	if err := d.due(); err != nil {
		return err
	}
	return d.rebroadcast()
}

// rollBack takes facts above the tip back to the mempool.
func (d *step) rollBack() {
	tip := d.s.Clock.Height
	if d.s.FundingAt.Height > tip {
		d.s.FundingAt.Height = 0
	}
	if d.s.Spend.Height > tip {
		d.s.Spend.Height = 0
	}
	d.s.Conflicts = slices.Clone(d.s.Conflicts)
	for i := range d.s.Conflicts {
		if d.s.Conflicts[i].Height > tip {
			d.s.Conflicts[i].Height = 0
		}
	}
	if len(d.s.Conflicts) == 0 {
		d.s.Conflicts = nil
	}
}

// forgetMempool drops every fact that no block holds: what has left the mempool
// meanwhile nobody will report, what is still there the watches report again.
func (d *step) forgetMempool() {
	if d.s.FundingAt.Height == 0 {
		d.s.FundingAt = Fact{}
	}
	if d.s.Spend.Height == 0 {
		d.s.Spend = Spend{}
	}
	d.s.Conflicts = slices.DeleteFunc(slices.Clone(d.s.Conflicts), func(c Conflict) bool { return c.Height == 0 })
	if len(d.s.Conflicts) == 0 {
		d.s.Conflicts = nil
	}
}

// restarted renews what does not outlive a process: watches, timers and the
// nonces of a close in progress.
func (d *step) restarted() error {
	d.s.Session = Session{}
	d.rollBack()
	d.forgetMempool()
	if d.s.OfferHash == [32]byte{} {
		return nil
	}
	if !d.s.Phase.Final() {
		if err := d.watchAgain(); err != nil {
			return err
		}
	}
	d.restartTimers()
	if err := d.due(); err != nil {
		return err
	}
	return d.rebroadcast()
}

// watchAgain renews the watches of a contract whose funding may be in the chain.
func (d *step) watchAgain() error {
	if d.s.SignHash == [32]byte{} {
		return nil
	}
	deal, err := d.agreed()
	if err != nil {
		return err
	}
	d.watchFunding(deal)
	d.emit(WatchSpends{OutPoints: []btcwire.OutPoint{deal.Contract.Funding.OutPoint()}})
	return nil
}

// restartTimers asks for everything that time will bring.
func (d *step) restartTimers() {
	timers := []StartTimer{{At: d.s.Deadline, Peer: d.s.byPeer()}, {At: d.s.ProposeAt, Peer: true}}
	for _, c := range d.s.Claims {
		timers = append(timers, StartTimer{At: c.Until, Peer: true})
	}
	for _, timer := range timers {
		if timer.At != 0 {
			d.emit(timer)
		}
	}
}

// rebroadcast sends again the own transactions that should be in the chain and
// are not, and raises the fee of one that becomes urgent.
func (d *step) rebroadcast() error {
	switch d.s.support() {
	case Broadcast:
		d.broadcastIf(d.s.FundingComplete, d.s.Funding)
	case Cancelling:
		d.broadcastIf(d.s.conflictDepth() == 0, d.s.Cancel)
	case Confirmed, Active, Attested, Settling, Closing, Refunding:
		if d.s.CloseDepth() > 0 {
			return nil
		}
		d.broadcastIf(d.s.refundable() && d.s.wantsRefund(), d.s.Refund)
		d.broadcastIf(d.s.settleable(), d.s.CET)
		for _, c := range d.s.Claims {
			d.broadcastIf(c.voided(), c.Void)
			d.broadcastIf(c.Signed && !c.voided(), c.Tx)
		}
		return d.raiseFee()
	case New, Offered, Accepted, Signed, Closed, CoopClosed, Refunded, Aborted, Alarmed:
	}
	return nil
}

// broadcastIf broadcasts a transaction that we hold, once a step.
func (d *step) broadcastIf(condition bool, tx []byte) {
	if !condition || len(tx) == 0 {
		return
	}
	for _, e := range d.out {
		if sent, ok := e.(BroadcastTx); ok && bytes.Equal(sent.Tx, tx) {
			return
		}
	}
	d.emit(BroadcastTx{Tx: tx})
}

// settling returns the transaction that ought to end the contract before its
// refund: a close that is seen, else our CET; nil if there is none.
func (s State) settling() []byte {
	for _, c := range s.Claims {
		if s.Spend.Kind != NotSpent && c.Txid == s.Spend.Txid {
			return c.Tx
		}
	}
	return s.CET
}

// Hurries reports whether what ends the contract ought to confirm soon: its refund
// is less than 72 h away.
func (s State) Hurries() bool { return s.Clock.MTP >= int64(s.RefundLocktime)-urgentBefore }

// raiseFee asks for a child that pays for the transaction that ought to end the
// contract, from 72 h before the refund every six blocks. A refund itself hurries
// before nothing.
func (d *step) raiseFee() error {
	raw := d.s.settling()
	if len(raw) == 0 || d.s.Clock.Height < d.s.Bumped+bumpBlocks {
		return nil
	}
	deal, err := d.agreed()
	if err != nil {
		return err
	}
	if !d.s.Hurries() {
		return nil
	}
	tx, err := parseTx(raw)
	if err != nil {
		return err
	}
	script := deal.party(d.s.Role).PayoutScript
	for i, out := range tx.TxOut {
		if string(out.PkScript) == string(script) {
			d.s.Bumped = d.s.Clock.Height
			d.emit(RaiseFee{Txid: tx.TxHash(), Vout: uint32(i), Urgent: true})
		}
	}
	return nil
}

// fundingSeen takes the place of the funding transaction.
func (d *step) fundingSeen(e FundingSeen) error {
	if !expects(d.s.Phase, d.s.Role, d.kind) {
		return fmt.Errorf("%w: funding seen in %s", ErrIllegal, d.s.Phase)
	}
	deal, err := d.agreed()
	if err != nil {
		return err
	}
	tx, err := parseTx(e.Tx)
	if err != nil || deal.Accept == nil || tx.TxHash() != deal.Contract.Funding.OutPoint().Hash {
		return fmt.Errorf("%w: not the funding transaction", errors.Join(ErrForeign, err))
	}
	if !d.s.FundingComplete && tx.HasWitness() {
		d.s.Funding, d.s.FundingComplete = e.Tx, true
	}
	d.s.FundingAt = Fact{Seen: true, Height: e.Height}
	if d.s.Base == Signed {
		d.s.Base = Broadcast
		d.s.Deadline = 0
		d.broadcastIf(e.Height == 0, d.s.Funding)
	}
	return nil
}

// inputSpent takes a spend of a funding input by another transaction.
func (d *step) inputSpent(e InputSpent) error {
	if d.s.SignHash == [32]byte{} {
		return fmt.Errorf("%w: funding input spent in %s", ErrIllegal, d.s.Phase)
	}
	deal, err := d.agreed()
	if err != nil {
		return err
	}
	funding := deal.Contract.Funding.Tx()
	ours := slices.ContainsFunc(funding.TxIn, func(in *btcwire.TxIn) bool { return in.PreviousOutPoint == e.Input })
	if !ours || e.Txid == funding.TxHash() {
		return fmt.Errorf("%w: %s is no conflict", ErrForeign, e.Input)
	}
	conflicts := slices.DeleteFunc(slices.Clone(d.s.Conflicts), func(c Conflict) bool { return c.Input == e.Input })
	d.s.Conflicts = append(conflicts, Conflict{Input: e.Input, Txid: e.Txid, Height: e.Height})
	return nil
}

// fundingSpent takes the spend of the funding output.
func (d *step) fundingSpent(e FundingSpent) error {
	// After a reorg one block may take in funding and spend, and either may be
	// told first: only depths decide what they mean.
	if d.s.SignHash == [32]byte{} {
		return fmt.Errorf("%w: funding output spent in %s", ErrIllegal, d.s.Phase)
	}
	deal, err := d.agreed()
	if err != nil {
		return err
	}
	tx, err := parseTx(e.Tx)
	if err != nil || !spends(tx, deal.Contract.Funding.OutPoint()) {
		return fmt.Errorf("%w: not a spend of the funding output", errors.Join(ErrForeign, err))
	}
	fresh := d.s.Spend.Txid != tx.TxHash() || d.s.Spend.Kind == NotSpent
	d.s.Spend = d.s.classify(deal, tx)
	d.s.Spend.Height = e.Height
	if !fresh {
		return nil
	}
	switch d.s.Spend.Kind {
	case SpentByCET:
		return d.cetSeen(deal, tx, e)
	case SpentByRefund:
		_, attested := d.s.Attested()
		if !attested && txs.VerifyTx(tx, []*btcwire.TxOut{deal.Contract.Settlement.PrevOutput()}) == nil {
			d.s.Refund = e.Tx
			d.broadcastIf(e.Height == 0 && d.s.FundingDepth() > 0, e.Tx)
		}
	case SpentBySettle, SpentByExit, SpentByUnknown, NotSpent:
	}
	return nil
}

// cetSeen keeps a CET that the attestations we hold support, as good as our
// own. Any other is neither kept nor helped along, and does not keep us from the
// CET of the attested payout. It alarms, at once if other attestations are known,
// and else if none have come within T_SETTLE: who was away when a contract was
// settled sees the CET before he has asked the oracles.
func (d *step) cetSeen(deal *Deal, tx *btcwire.MsgTx, e FundingSpent) error {
	if _, attested := d.s.Attested(); !attested {
		d.arm(d.s.Params.TSettle)
		return nil
	}
	d.s.Deadline = 0
	if !d.s.supports(deal, d.s.Spend.Long) {
		d.emit(Alarm{Reason: UnattestedCET})
		return d.askCET()
	}
	if deal.checkCET(tx, d.s.Spend.Long) != nil {
		return d.askCET()
	}
	if len(d.s.CET) == 0 {
		d.s.CET = e.Tx
	}
	d.broadcastIf(e.Height == 0 && d.s.FundingDepth() > 0, d.s.CET)
	return nil
}

// doubted reports whether the funding output is spent by a CET of which is not known
// yet whether it was attested; it is while a deadline runs.
func (s State) doubted() bool { return s.Spend.Kind == SpentByCET && s.Deadline != 0 }

// resolve ends a doubt once there are enough attestations.
func (d *step) resolve(deal *Deal) error {
	if _, attested := d.s.Attested(); !attested || d.s.Phase != Settling || !d.s.doubted() {
		return nil
	}
	d.s.Deadline = 0
	if !d.s.supports(deal, d.s.Spend.Long) {
		d.emit(Alarm{Reason: UnattestedCET})
	}
	return d.askCET()
}

// classify says what a spend of the funding output is.
func (s State) classify(deal *Deal, tx *btcwire.MsgTx) Spend {
	spend := Spend{Kind: SpentByUnknown, Txid: tx.TxHash()}
	for _, c := range s.Claims {
		if c.Txid == spend.Txid {
			spend.Kind = SpentByExit
			if wire.CloseKind(c.Kind) == wire.CloseSettle {
				spend.Kind = SpentBySettle
			}
			return spend
		}
	}
	if refund := deal.Contract.Settlement.Refund(); refund.TxHash() == spend.Txid {
		spend.Kind = SpentByRefund
		return spend
	}
	if long, ok := deal.longOf(tx); ok {
		spend.Kind, spend.Long = SpentByCET, long
	}
	return spend
}

// unconfirmed forgets a transaction that is neither in the chain nor in the
// mempool any more.
func (d *step) unconfirmed(e Unconfirmed) error {
	if !expects(d.s.Phase, d.s.Role, d.kind) || d.s.OfferHash == [32]byte{} {
		return fmt.Errorf("%w: transaction gone in %s", ErrIllegal, d.s.Phase)
	}
	deal, err := d.agreed()
	if err != nil {
		return err
	}
	if deal.Contract != nil && deal.Contract.Funding.OutPoint().Hash == e.Txid {
		d.s.FundingAt = Fact{}
	}
	if d.s.Spend.Kind != NotSpent && d.s.Spend.Txid == e.Txid {
		d.s.Spend = Spend{}
	}
	d.s.Conflicts = slices.DeleteFunc(slices.Clone(d.s.Conflicts), func(c Conflict) bool { return c.Txid == e.Txid })
	if len(d.s.Conflicts) == 0 {
		d.s.Conflicts = nil
	}
	return d.rebroadcast()
}

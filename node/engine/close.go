package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/alkimiya/alkimiya/node/engine/view"

	"github.com/btcsuite/btcd/btcutil"
	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node/engine/fund"
	"github.com/alkimiya/alkimiya/node/engine/nonces"
	"github.com/alkimiya/alkimiya/node/policy"
)

// closing runs the effects that live and die with a secret nonce.
func (a *actor) closing(ctx context.Context, effect contract.Effect) {
	state := a.snapshot()
	switch e := effect.(type) { //nolint:gochecksumtype // the volatile ones
	case contract.ProposeClose:
		message, err := a.e.nonces.Propose(state, e.Session)
		if err != nil {
			a.closeFailed(ctx, e.Session.Attempt, err)
			return
		}
		a.e.send(ctx, state.Peer, message)
	case contract.AnswerClose:
		if a.e.readOnly.Load() {
			a.closeFailed(ctx, e.Session.Attempt, ErrReadOnly)
			return
		}
		message, err := a.e.nonces.Answer(state, e.Session, e.Cancel)
		if err != nil {
			a.closeFailed(ctx, e.Session.Attempt, err)
			return
		}
		a.e.send(ctx, state.Peer, message)
	case contract.AggregateClose:
		tx, err := a.e.nonces.Aggregate(state, e.Session)
		if err != nil {
			a.closeFailed(ctx, e.Session.Attempt, err)
			return
		}
		raw, err := view.Serialise(tx)
		if err != nil {
			a.closeFailed(ctx, e.Session.Attempt, err)
			return
		}
		a.postLetter(ctx, func(c contract.Clock) contract.Event {
			return contract.CloseSigned{Clock: c, Attempt: e.Session.Attempt, Tx: raw}
		})
	case contract.DropClose:
		a.e.nonces.Drop(a.key, e.Attempt)
	}
}

// closeFailed ends an attempt. The peer is told only what is its fault.
func (a *actor) closeFailed(ctx context.Context, attempt uint32, err error) {
	a.log.Warn("close came to nothing", "attempt", attempt, "err", err)
	a.e.nonces.Drop(a.key, attempt)
	var code wire.RejectCode
	for _, theirs := range []error{txs.ErrPartial, txs.ErrClose, txs.ErrWitness, txs.ErrInput} {
		if errors.Is(err, theirs) {
			code = contract.CodeOf(err)
		}
	}
	if errors.Is(err, nonces.ErrGone) {
		code = 0
	}
	a.postLetter(ctx, func(c contract.Clock) contract.Event {
		return contract.CloseFailed{Clock: c, Attempt: attempt, Code: code}
	})
}

// postLetter sends the contract an event of its own.
func (a *actor) postLetter(ctx context.Context, event func(contract.Clock) contract.Event) {
	if err := a.send(ctx, letter{make: event}); err != nil && ctx.Err() == nil {
		a.log.Error("own event lost", "err", err)
	}
}

// Close proposes an exit of a contract at a price.
func (e *Engine) Close(ctx context.Context, key Key, r CloseRequest) (View, error) {
	a, err := e.actor(ctx, key)
	if err != nil {
		return View{}, err
	}
	state := a.snapshot()
	if err := e.needs(state.Peer); err != nil {
		return View{}, err
	}
	deal, err := contract.DealOf(state)
	if err != nil {
		return View{}, err
	}
	m := btcutil.Amount(deal.Terms.M()) //nolint:gosec // terms hold it to 21e14
	if r.OwnValue < 0 || r.OwnValue > m {
		return View{}, fmt.Errorf("%w: own value of %d sat, the collateral is %d", ErrRequest, int64(r.OwnValue), int64(m))
	}
	rate := r.FeeRate
	if rate == 0 {
		if rate, err = e.drafts.Rate(ctx, e.policy().Fees.CETTarget); err != nil {
			return View{}, err
		}
	}
	vo, va := uint64(r.OwnValue), uint64(m-r.OwnValue) //nolint:gosec // not negative
	if state.Role == contract.Accepter {
		vo, va = va, vo
	}
	_, err = a.ask(ctx, func(c contract.Clock) contract.Event {
		return contract.UserClose{Clock: c, VO: vo, VA: va, FeeRate: rate}
	})
	if err != nil {
		return View{}, err
	}
	return e.view(a), nil
}

// ApproveCloseRequest agrees to an exit.
type ApproveCloseRequest struct {
	// Attempt is the peer's proposal.
	Attempt uint32
	// Irrevocable agrees even if no coin is free by which the exit could be taken
	// back: then the peer may publish it whenever the price suits him.
	Irrevocable bool
}

// ApproveClose agrees to the exit that the peer proposes under an attempt. It fails
// with ErrIrrevocable if the exit could not be taken back and that was not accepted.
func (e *Engine) ApproveClose(ctx context.Context, key Key, r ApproveCloseRequest) (View, error) {
	a, err := e.actor(ctx, key)
	if err != nil {
		return View{}, err
	}
	if err := a.approveClose(ctx, r); err != nil {
		return View{}, err
	}
	return e.view(a), nil
}

func (a *actor) approveClose(ctx context.Context, r ApproveCloseRequest) error {
	if err := a.e.writable(); err != nil {
		return err
	}
	// Two at once would share a coin, and the one that fails would free it.
	if !a.approving.CompareAndSwap(false, true) {
		return fmt.Errorf("%w: an approval is under way", ErrBusy)
	}
	defer a.approving.Store(false)
	state := a.snapshot()
	session := state.Session
	if !session.Open() || session.Own || session.Answered || session.Attempt != r.Attempt {
		return fmt.Errorf("%w: no exit is proposed under attempt %d", contract.ErrIllegal, r.Attempt)
	}
	if err := a.e.needs(state.Peer); err != nil {
		return err
	}
	busy, err := usedCoins(state)
	if err != nil {
		return err
	}
	cancel, err := a.e.cfg.Fund.CancelInput(ctx, fund.CancelRequest{
		Key: a.key, Rate: session.FeeRate, Busy: busy,
		Build: func(input *wire.CancelInput) (*txs.Close, error) { return contract.CloseOf(state, session, input) },
	})
	switch {
	case errors.Is(err, ErrIrrevocable) && r.Irrevocable:
		return a.agreeToClose(ctx, contract.UserApproveClose{Attempt: r.Attempt})
	case err != nil:
		return fmt.Errorf("coin to void the exit with: %w", err)
	}
	event := contract.UserApproveClose{Attempt: r.Attempt, Cancel: cancel.Input}
	if event.Void, err = view.Serialise(cancel.Void); err == nil {
		err = a.agreeToClose(ctx, event)
	}
	if err != nil {
		return errors.Join(err, a.e.cfg.Fund.Free(ctx, cancel))
	}
	return nil
}

// agreeToClose does not end with ctx: whether the event was taken must be known, for
// the coin in it is free if not.
func (a *actor) agreeToClose(ctx context.Context, event contract.UserApproveClose) error {
	_, err := a.ask(context.WithoutCancel(ctx), func(c contract.Clock) contract.Event { event.Clock = c; return event })
	return err
}

// usedCoins are the coins that fund the contract, and those by which earlier exits
// can be voided, or were.
func usedCoins(state contract.State) ([]btcwire.OutPoint, error) {
	deal, err := contract.DealOf(state)
	if err != nil {
		return nil, err
	}
	var coins []btcwire.OutPoint
	for _, in := range deal.Contract.Funding.Tx().TxIn {
		coins = append(coins, in.PreviousOutPoint)
	}
	for _, c := range state.Claims {
		if len(c.Void) == 0 {
			continue
		}
		void, err := view.Parse(c.Void)
		if err != nil {
			return nil, err
		}
		coins = append(coins, void.TxIn[0].PreviousOutPoint)
	}
	return coins, nil
}

// DeclineClose refuses it.
func (e *Engine) DeclineClose(ctx context.Context, key Key, attempt uint32) (View, error) {
	a, err := e.actor(ctx, key)
	if err != nil {
		return View{}, err
	}
	_, err = a.ask(ctx, func(c contract.Clock) contract.Event { return contract.UserDeclineClose{Clock: c, Attempt: attempt} })
	if err != nil {
		return View{}, err
	}
	return e.view(a), nil
}

// judgeExit answers an exit by the policy, if it has a rule.
func (a *actor) judgeExit(ctx context.Context, state contract.State) {
	session := state.Session
	deal, err := contract.DealOf(state)
	if err != nil || !session.Open() || session.Own || session.Answered {
		return
	}
	own, lock := session.VO, deal.Offer.Party.Collateral
	if state.Role == contract.Accepter {
		own, lock = session.VA, deal.Accept.Party.Collateral
	}
	switch a.e.policy().JudgeExit(btcutil.Amount(own), lock) { //nolint:gosec // at most M
	case policy.Agree:
		if err := a.approveClose(ctx, ApproveCloseRequest{Attempt: session.Attempt}); err != nil {
			a.log.Warn("exit not approved by the policy, the user is asked", "attempt", session.Attempt, "err", err)
		}
	case policy.Refuse:
		a.postLetter(ctx, func(c contract.Clock) contract.Event {
			return contract.UserDeclineClose{Clock: c, Attempt: session.Attempt}
		})
	case policy.Ask:
	}
}

package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/alkimiya/alkimiya/node/engine/view"

	"github.com/btcsuite/btcd/btcutil"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/dlc/wire"
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

// ApproveClose agrees to the exit that the peer proposes under an attempt.
func (e *Engine) ApproveClose(ctx context.Context, key Key, attempt uint32) (View, error) {
	a, err := e.actor(ctx, key)
	if err != nil {
		return View{}, err
	}
	if err := a.approveClose(ctx, attempt); err != nil {
		return View{}, err
	}
	return e.view(a), nil
}

func (a *actor) approveClose(ctx context.Context, attempt uint32) error {
	if err := a.e.writable(); err != nil {
		return err
	}
	state := a.snapshot()
	session := state.Session
	if !session.Open() || session.Own || session.Answered || session.Attempt != attempt {
		return fmt.Errorf("%w: no exit is proposed under attempt %d", contract.ErrIllegal, attempt)
	}
	if err := a.e.needs(state.Peer); err != nil {
		return err
	}
	cancel, err := a.e.cfg.Fund.CancelInput(ctx, a.key, session.FeeRate, func(input *wire.CancelInput) (*txs.Close, error) {
		return contract.CloseOf(state, session, input)
	})
	if err != nil {
		return fmt.Errorf("coin to void the exit with: %w", err)
	}
	event := contract.UserApproveClose{Attempt: attempt}
	if cancel != nil {
		if event.Void, err = view.Serialise(cancel.Void); err != nil {
			return err
		}
		event.Cancel = cancel.Input
	}
	_, err = a.ask(ctx, func(c contract.Clock) contract.Event { event.Clock = c; return event })
	return err
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
		if err := a.approveClose(ctx, session.Attempt); err != nil {
			a.log.Warn("exit not approved", "attempt", session.Attempt, "err", err)
		}
	case policy.Refuse:
		a.postLetter(ctx, func(c contract.Clock) contract.Event {
			return contract.UserDeclineClose{Clock: c, Attempt: session.Attempt}
		})
	case policy.Ask:
	}
}

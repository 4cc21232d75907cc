package engine

import (
	"context"
	"errors"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/node/policy"
)

// notify tells the user what he is to know or to decide, after the rules of the
// policy have had their say.
func (a *actor) notify(ctx context.Context, t todo, e contract.Notify) bool {
	switch e.Notice {
	case contract.NoticeOffer:
		a.judgeOffer(ctx)
		if ctx.Err() != nil {
			return false // judged again after the restart
		}
		if state := a.snapshot(); state.Phase != contract.New {
			return true // nobody is to decide any more; the phase is told
		}
		return a.tell(t, Event{Kind: EventOffer})
	case contract.NoticeClose:
		state := a.snapshot()
		a.judgeExit(ctx, state)
		if ctx.Err() != nil {
			return false
		}
		if now := a.snapshot(); now.Session.Attempt != state.Session.Attempt || now.Session.Answered || !now.Session.Open() {
			return true
		}
		return a.tell(t, Event{Kind: EventClose})
	case contract.NoticeRelease:
		return a.tell(t, Event{Kind: EventRelease})
	case contract.NoticePhase:
		return a.tell(t, Event{Kind: EventPhase, From: t.from.String(), Phase: t.to.String()})
	}
	return true
}

// tell writes a line of the user's log about a contract and marks the effect it
// comes from as done, both at once.
func (a *actor) tell(t todo, event Event) bool {
	state := a.snapshot()
	event.Key, event.Peer = a.key, state.Peer
	if event.Phase == "" {
		event.Phase = state.Phase.String()
	}
	id := t.effect.ID()
	err := a.e.journal.Write(event, &id)
	a.e.at(crashTold)
	if errors.Is(err, store.ErrNotFound) {
		return true // told before
	}
	if err != nil {
		a.log.Error("user not told", "kind", string(event.Kind), "reason", event.Reason, "err", err)
		return false
	}
	if event.Kind == EventAlarm {
		a.log.Error("alarm", "reason", event.Reason, "phase", event.Phase)
	} else if event.Kind == EventPhase && event.From != event.Phase {
		a.log.Info("phase", "from", event.From, "to", event.Phase)
	}
	return true
}

// judgeOffer answers a peer's offer by the policy, if it has a rule.
func (a *actor) judgeOffer(ctx context.Context) {
	state := a.snapshot()
	if state.Phase != contract.New || state.Role != contract.Accepter {
		return
	}
	deal, err := contract.DealOf(state)
	if err != nil {
		return
	}
	verdict, _ := a.e.policy().Judge(a.e.judged(state.Peer, a.key, deal, state.Role))
	if verdict != policy.Agree {
		return // refusals were made before the contract began
	}
	if err := a.approve(ctx, ApproveRequest{}); err != nil {
		a.log.Warn("offer not accepted", "err", err)
		a.fail(ctx, codeOfOwn(err))
	}
}

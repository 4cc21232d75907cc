package engine

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/btcsuite/btcd/btcutil"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node/engine/draft"
	"github.com/alkimiya/alkimiya/node/engine/fund"
	"github.com/alkimiya/alkimiya/node/policy"
)

// Offer offers a contract to a peer. It returns when the offer is on disk and on
// its way. Errors: ErrRequest, ErrNotConnected, ErrUnsupported, ErrOracle,
// ErrPolicy, ErrLimit, ErrReadOnly, wallet.ErrInsufficientFunds, and those of
// dlc/payout and dlc/order about terms; then nothing stays reserved.
func (e *Engine) Offer(ctx context.Context, r OfferRequest) (View, error) {
	if err := errors.Join(e.awaitTip(ctx), e.writable()); err != nil {
		return View{}, err
	}
	if err := e.needs(r.Peer); err != nil {
		return View{}, err
	}
	d, err := e.drafts.Draft(ctx, r)
	if err != nil {
		return View{}, err
	}
	var temp [32]byte
	if _, err := io.ReadFull(e.cfg.Random, temp[:]); err != nil {
		return View{}, fmt.Errorf("temporary id: %w", err)
	}
	key := Key(contract.Key(contract.Offerer, r.Peer, temp))
	deal := &contract.Deal{Terms: d.Terms, Offer: &wire.Offer{Take: d.Take}}
	if refusal := e.policy().Limit(e.ownOffer(r.Peer, key, deal)); refusal != nil {
		return View{}, fmt.Errorf("%w: %w", ErrPolicy, refusal)
	}
	payout, record, err := e.drawVault(r.Bridge)
	if err != nil {
		return View{}, err
	}
	d.Vault = record
	party, err := e.cfg.Fund.Party(ctx, fund.PartyRequest{
		Key: key, Peer: r.Peer, Collateral: d.Lock(), FundRate: d.FundRate, CETRate: d.CETRate, Coins: r.Coins, Payout: payout,
	})
	if err != nil {
		return View{}, err
	}
	e.at(crashReserved)
	a, err := e.launch(ctx, r.Peer, key, d, temp, party)
	if err != nil {
		if freed := e.cfg.Fund.Release(context.WithoutCancel(ctx), key); freed != nil {
			err = errors.Join(err, freed)
		}
		return View{}, err
	}
	return e.view(a), nil
}

// ownOffer describes an own offer for the policy's limits: how many offers the
// peer has open is no matter of ours.
func (e *Engine) ownOffer(peer [33]byte, key Key, deal *contract.Deal) policy.Offer {
	o := e.judged(peer, key, deal, contract.Offerer)
	o.Exposure.OpenWithPeer = 0
	return o
}

// launch writes the offer and begins the contract.
func (e *Engine) launch(ctx context.Context, peer [33]byte, key Key, d *draft.Draft, temp [32]byte, party wire.Party) (*actor, error) {
	serial, err := e.cfg.Fund.Serial()
	if err != nil {
		return nil, err
	}
	raw, err := d.Message(temp, party, serial)
	if err != nil {
		return nil, err
	}
	a := e.admit(newActor(e, key, peer, contract.State{}))
	_, err = a.ask(ctx, func(c contract.Clock) contract.Event {
		return contract.UserOffer{Clock: c, Peer: peer, Params: e.cfg.Params, Facts: d.Facts, Message: raw}
	})
	return a, err
}

// peerOffer judges a peer's offer, cheapest first, and begins a contract if it
// passes.
func (e *Engine) peerOffer(ctx context.Context, peer [33]byte, raw []byte, m *wire.Offer) {
	key := Key(contract.Key(contract.Accepter, peer, m.TempID))
	event := contract.PeerOffer{Peer: peer, Params: e.cfg.Params, Message: raw}
	offered := func(c contract.Clock) contract.Event { event.Clock = c; return event }
	if _, err := e.store.Contract(key); err == nil {
		e.toKey(ctx, peer, raw, key, offered) // the same again, or a conflict
		return
	}
	if e.readOnly.Load() {
		e.refuse(ctx, peer, raw, &wire.RejectError{Code: wire.RejectUnavailable, Field: "store", Err: ErrReadOnly})
		return
	}
	if e.cfg.Unready != nil {
		if err := e.cfg.Unready(); err != nil {
			e.refuse(ctx, peer, raw, &wire.RejectError{Code: wire.RejectUnavailable, Field: "store", Err: err})
			return
		}
	}
	if open := e.openWith(peer, key); open >= e.policy().Limits.OpenOffersPerPeer {
		e.refuse(ctx, peer, raw, &wire.RejectError{Code: wire.RejectLimit, Field: "offers", Err: fmt.Errorf("%w: %d are open", ErrLimit, open)})
		return
	}
	if e.awaitTip(ctx) != nil {
		return
	}
	facts, err := e.offerFacts(ctx, peer, key, raw, m)
	if err != nil {
		e.refuse(ctx, peer, raw, err)
		return
	}
	event.Facts = facts
	a := e.admit(newActor(e, key, peer, contract.State{}))
	switch _, err := a.ask(ctx, offered); {
	case err == nil, ctx.Err() != nil, errors.Is(err, ErrStopped):
	case errors.Is(err, ErrReadOnly):
		e.refuse(ctx, peer, raw, &wire.RejectError{Code: wire.RejectUnavailable, Field: "store", Err: err})
	case errors.Is(err, store.ErrNonceReuse):
		e.refuse(ctx, peer, raw, &wire.RejectError{Code: wire.RejectBadOracle, Field: "announcements", Err: err})
	default:
		e.log.Error("offer not taken", "err", err)
		e.refuse(ctx, peer, raw, &wire.RejectError{Code: wire.RejectInternal, Field: "offer", Err: err})
	}
}

// Approve accepts a peer's offer that waits. Errors are as those of Offer.
func (e *Engine) Approve(ctx context.Context, key Key, r ApproveRequest) (View, error) {
	a, err := e.actor(ctx, key)
	if err != nil {
		return View{}, err
	}
	if err := a.approve(ctx, r); err != nil {
		return View{}, err
	}
	return e.view(a), nil
}

// approve draws our side of the contract and accepts. The peer may be gone: it
// gets our accept when it is back, if that is in time.
func (a *actor) approve(ctx context.Context, r ApproveRequest) error {
	e, state := a.e, a.snapshot()
	if err := errors.Join(e.awaitTip(ctx), e.writable()); err != nil {
		return err
	}
	if state.Role != contract.Accepter || state.Phase != contract.New || state.OfferHash == [32]byte{} {
		return fmt.Errorf("%w: no offer waits, the contract is %s", contract.ErrIllegal, state.Phase)
	}
	if !a.approving.CompareAndSwap(false, true) {
		return fmt.Errorf("%w: an approval is under way", ErrBusy)
	}
	defer a.approving.Store(false)
	// What an approval that came to nothing has left.
	if err := e.cfg.Fund.Release(ctx, a.key); err != nil {
		return err
	}
	deal, err := contract.DealOf(state)
	if err != nil {
		return err
	}
	facts, err := e.offerFacts(ctx, state.Peer, a.key, state.Offer, deal.Offer)
	if err != nil {
		return draft.Own(err)
	}
	payout, record, err := e.drawVault(r.Bridge)
	if err != nil {
		return err
	}
	lock := deal.Terms.Lock(deal.Terms.Offerer.Other())
	party, err := e.cfg.Fund.Party(ctx, fund.PartyRequest{
		Key: a.key, Peer: state.Peer, Collateral: btcutil.Amount(lock), //nolint:gosec // at most 21e14
		FundRate: deal.Offer.FundFeeRate, CETRate: deal.Offer.CETFeeRate, Coins: r.Coins, Payout: payout,
	})
	if err != nil {
		return err
	}
	e.at(crashReserved)
	after, err := a.ask(ctx, func(c contract.Clock) contract.Event {
		return contract.UserApprove{Clock: c, Party: party, Facts: facts, Vault: record}
	})
	if err != nil || after.Phase != contract.Offered {
		// Too late, or no longer acceptable: the machine never saw the coins.
		if freed := e.cfg.Fund.Release(context.WithoutCancel(ctx), a.key); freed != nil {
			err = errors.Join(err, freed)
		}
		if err == nil {
			err = fmt.Errorf("%w: the offer is not acceptable any more", contract.ErrIllegal)
		}
	}
	return err
}

// Withdraw declines an offer, drops a contract that is not funded, or cancels
// one whose funding is not confirmed.
func (e *Engine) Withdraw(ctx context.Context, key Key) (View, error) {
	a, err := e.actor(ctx, key)
	if err != nil {
		return View{}, err
	}
	if _, err := a.ask(ctx, func(c contract.Clock) contract.Event { return contract.UserWithdraw{Clock: c} }); err != nil {
		return View{}, err
	}
	return e.view(a), nil
}

package engine

import (
	"context"
	"errors"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node/policy"
)

// secondsPerDay converts seconds to Unix days.
const secondsPerDay = 86_400

// brief is what is summed up over contracts.
type brief struct {
	role  contract.Role
	phase contract.Phase
	// lock is what we lock in it.
	lock int64
	// undecided says that it waits for the user, pooled that it waits for a
	// transaction in the mempool.
	undecided, pooled bool
}

// mend keeps an actor's brief in step with its state.
func (a *actor) mend(old, next contract.State) {
	if next.Phase.Final() && !old.Phase.Final() && old.OfferHash != [32]byte{} {
		a.finalAt = next.Clock.Height
	}
	if next.OfferHash == [32]byte{} {
		a.brief.Store(&brief{})
		return
	}
	b := &brief{role: next.Role, phase: next.Phase}
	if before := a.brief.Load(); before != nil && old.OfferHash == next.OfferHash {
		b.lock = before.lock
	} else if offer, err := wire.Decode(next.Offer); err == nil {
		b.lock = ownLock(offer, next.Role)
	}
	s := next.Session
	b.pooled = awaitsPool(next)
	b.undecided = next.Phase == contract.New || s.Open() && !s.Own && !s.Answered
	a.brief.Store(b)
}

// ownLock returns what a role locks by an offer.
func ownLock(message wire.Message, role contract.Role) int64 {
	offer, ok := message.(*wire.Offer)
	if !ok {
		return 0
	}
	terms, err := payout.DecodeTerms(offer.Terms)
	if err != nil {
		return 0
	}
	side := terms.Offerer
	if role == contract.Accepter {
		side = side.Other()
	}
	return int64(terms.Lock(side)) //nolint:gosec // terms hold it to 21e14
}

// exposure sums up what is at stake, with a peer and in all, without one
// contract.
func (e *Engine) exposure(peer [33]byte, without Key) policy.Exposure {
	var x policy.Exposure
	for _, a := range e.all() {
		b := a.brief.Load()
		if a.key == without || b == nil || b.phase.Final() || b.phase == contract.New && b.role == contract.Offerer {
			continue
		}
		lock := amountOf(b.lock)
		if b.phase == contract.New {
			lock = 0 // nothing is set aside for what is not decided
		}
		x.Contracts++
		x.Locked += lock
		if a.peer != peer {
			continue
		}
		x.ContractsWithPeer++
		x.LockedWithPeer += lock
		if !b.phase.Funded() {
			x.ReservedWithPeer += lock
		}
		if b.phase <= contract.Accepted && b.role == contract.Accepter {
			x.OpenWithPeer++
		}
	}
	return x
}

// openWith counts the offers of a peer that are not funded yet, without one.
func (e *Engine) openWith(peer [33]byte, without Key) int {
	open := 0
	for _, a := range e.with(peer) {
		b := a.brief.Load()
		if a.key != without && b != nil && b.role == contract.Accepter && b.phase <= contract.Accepted {
			open++
		}
	}
	return open
}

// judged describes an offer for the policy.
func (e *Engine) judged(peer [33]byte, key Key, deal *contract.Deal, role contract.Role) policy.Offer {
	side := deal.Terms.Offerer
	if role == contract.Accepter {
		side = side.Other()
	}
	return policy.Offer{
		Peer: peer, Terms: deal.Terms, OwnLock: amountOf(int64(deal.Terms.Lock(side))), //nolint:gosec // at most 21e14
		Order:    deal.Offer.Take != nil,
		Bridged:  deal.Vault(role.Other()) != nil,
		Today:    uint32(max(0, e.cfg.Clock.Now().Unix()) / secondsPerDay), //nolint:gosec // bounded for 10^7 years
		Exposure: e.exposure(peer, key),
	}
}

// offerFacts gathers what a peer's offer is judged by, by the policy too.
func (e *Engine) offerFacts(ctx context.Context, peer [33]byte, key Key, raw []byte, m *wire.Offer) (contract.Facts, error) {
	return e.drafts.OfferFacts(ctx, peer, raw, m, e.clock(), func(deal *contract.Deal) *wire.RejectError {
		if _, r := e.policy().Judge(e.judged(peer, key, deal, contract.Accepter)); r != nil {
			return &wire.RejectError{Code: r.Code, Field: r.Key, Err: errors.New(r.Reason)}
		}
		return e.checkVault(m.Vault, m.Party.Payout)
	})
}

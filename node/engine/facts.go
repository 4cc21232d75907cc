package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node/policy"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

const (
	// lookTime bounds the questions about one message's coins.
	lookTime = 8 * time.Second
	// rateTime is how long a fee estimate is used.
	rateTime = 30 * time.Second
	// secondsPerDay converts seconds to Unix days.
	secondsPerDay = 86_400
)

// rates are fee estimates that are new enough.
type rates struct {
	mu    sync.Mutex
	known map[uint32]rate
}

type rate struct {
	perVB uint32
	until time.Time
}

// estimate returns the fee rate for a target, sat/vB, within the protocol's
// limits.
func (e *Engine) estimate(ctx context.Context, target uint32) (uint32, error) {
	e.rates.mu.Lock()
	known, ok := e.rates.known[target]
	e.rates.mu.Unlock()
	if ok && time.Now().Before(known.until) {
		return known.perVB, nil
	}
	perVB, err := e.cfg.Wallet.EstimateFee(ctx, target)
	if err != nil {
		return 0, err
	}
	fresh := rate{perVB: uint32(min(max(perVB, wire.MinFeeRate), wire.MaxFeeRate)), until: time.Now().Add(rateTime)}
	e.rates.mu.Lock()
	defer e.rates.mu.Unlock()
	if e.rates.known == nil {
		e.rates.known = make(map[uint32]rate)
	}
	e.rates.known[target] = fresh
	return fresh.perVB, nil
}

// indexFacts gathers what is known about the event that terms name. A peer that
// does not trade the index by the same parameters is refused.
func (e *Engine) indexFacts(ctx context.Context, peer [33]byte, terms payout.Terms) (contract.Facts, error) {
	id, leg, ok := strings.Cut(terms.Index, "/")
	if !ok {
		return contract.Facts{}, &wire.RejectError{Code: wire.RejectBadTerms, Field: "index", Err: fmt.Errorf("%w: %q", ErrRequest, terms.Index)}
	}
	if err := e.trades(peer, id); err != nil {
		return contract.Facts{}, err
	}
	event, unit, attested, err := e.cfg.Oracles.Event(ctx, id, leg, terms.StartDay, terms.EndDay, terms.Oracles, int(terms.Threshold))
	if err != nil {
		return contract.Facts{}, &wire.RejectError{Code: wire.RejectBadOracle, Field: "event", Err: fmt.Errorf("%w: %w", ErrOracle, err)}
	}
	rules := e.policy()
	least, most, _ := rules.RefundBounds()
	oracles, err := e.allowedOracles()
	if err != nil {
		return contract.Facts{}, err
	}
	return contract.Facts{
		MaxList: e.maxList(peer), MinFeeRate: rules.Fees.MinRate, MaxFeeRate: rules.Fees.MaxRate, MinRefund: least, MaxRefund: most,
		Index: event, Unit: unit, Oracles: oracles, Attested: attested, NodeKey: xOf(e.cfg.NodeKey), PeerKey: xOf(peer),
	}, nil
}

// trades returns a RejectError unless both hellos name the index with equal
// parameters. Of a peer that is gone since its offer came it was true then.
func (e *Engine) trades(peer [33]byte, id string) error {
	l := e.linkOf(peer)
	if l == nil {
		return nil
	}
	ours, here := l.local.Parameters(id)
	theirs, there := l.remote.Parameters(id)
	if !here || !there || ours != theirs {
		return &wire.RejectError{Code: wire.RejectUnsupported, Field: "index", Err: fmt.Errorf("%w: index %q", ErrUnsupported, id)}
	}
	return nil
}

// allowedOracles are those that configuration and policy allow and that nobody
// has proved to be faulty.
func (e *Engine) allowedOracles() ([][32]byte, error) {
	rules := e.policy()
	faulty, err := e.faultyOracles()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(e.cfg.Oracles.Allowed()), func(key [32]byte) bool {
		return !rules.AllowsOracle(key) || slices.Contains(faulty, key)
	}), nil
}

// faultyOracles are those against which there is evidence.
func (e *Engine) faultyOracles() ([][32]byte, error) {
	all, err := e.store.Evidence()
	if err != nil {
		return nil, err
	}
	var faulty [][32]byte
	for _, proof := range all {
		// It was verified when it was stored; what is in it names the key.
		a, err := attest.DecodeAnnouncement(proof.Announcements[0])
		if err != nil {
			return nil, err
		}
		faulty = append(faulty, a.Key)
	}
	return faulty, nil
}

// xOf is the x coordinate of a node key.
func xOf(key [33]byte) [32]byte { return [32]byte(key[1:]) }

// coinFacts looks up a peer's coins: those that are ours, and those that are
// spent or unconfirmed, as far as the backend can tell.
func (e *Engine) coinFacts(ctx context.Context, party wire.Party) (contract.Facts, error) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	var facts contract.Facts
	own, err := e.cfg.Wallet.Coins(ctx, 0)
	if err != nil {
		return facts, err
	}
	for _, coin := range own {
		facts.Own = append(facts.Own, coin.OutPoint)
	}
	if e.cfg.Mempool == nil {
		return facts, nil
	}
	for _, point := range outPointsOf(party) {
		depth, unspent, err := e.cfg.Mempool.Coin(ctx, point)
		if err != nil {
			return facts, fmt.Errorf("coin %s: %w", point, err)
		}
		if !unspent || depth == 0 {
			facts.Unavailable = append(facts.Unavailable, point)
		}
	}
	return facts, nil
}

// outPointsOf reads the outpoints of a party's inputs, as far as they can be
// read.
func outPointsOf(party wire.Party) []btcwire.OutPoint {
	var points []btcwire.OutPoint
	for _, in := range party.Inputs {
		coin, err := txs.ParseInput(txs.Input{Serial: in.Serial, PrevTx: in.PrevTx, Vout: in.Vout})
		if err == nil {
			points = append(points, coin.OutPoint)
		}
	}
	return points
}

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
		Today:    uint32(max(0, e.cfg.Clock.Now().Unix()) / secondsPerDay), //nolint:gosec // bounded for 10^7 years
		Exposure: e.exposure(peer, key),
	}
}

// errorCode wraps a refusal of the policy for the peer.
func errorCode(r *policy.RefusalError) error {
	return &wire.RejectError{Code: r.Code, Field: r.Key, Err: errors.New(r.Reason)}
}

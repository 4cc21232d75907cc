package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/btcsuite/btcd/btcutil"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/order"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node/engine/fund"
	"github.com/alkimiya/alkimiya/node/policy"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// maxExpiry is how far ahead an offer may expire, seconds, and usualExpiry how
// far ours do: the peer's clock may be behind.
const (
	maxExpiry   = 600
	usualExpiry = 480
)

// draft is an offer before coins and keys are in it.
type draft struct {
	peer          [33]byte
	terms         payout.Terms
	announcements [][]byte
	set           *attest.Set
	facts         contract.Facts
	take          *wire.Take
	order         [32]byte
	most          uint32 // what the order has at most
	fund, cet     uint32
	maturity      uint32
	refund        uint32
	expiry        uint32
}

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
	d, err := e.draft(ctx, r)
	if err != nil {
		return View{}, err
	}
	var temp [32]byte
	if _, err := io.ReadFull(e.cfg.Random, temp[:]); err != nil {
		return View{}, fmt.Errorf("temporary id: %w", err)
	}
	key := Key(contract.Key(contract.Offerer, r.Peer, temp))
	deal := &contract.Deal{Terms: d.terms, Offer: &wire.Offer{Take: d.take}}
	if refusal := e.policy().Limit(e.ownOffer(r.Peer, key, deal)); refusal != nil {
		return View{}, fmt.Errorf("%w: %w", ErrPolicy, refusal)
	}
	party, err := e.cfg.Fund.Party(ctx, fund.PartyRequest{
		Key: key, Peer: r.Peer, Collateral: amountOf(int64(d.terms.Lock(d.terms.Offerer))), //nolint:gosec // at most 21e14
		FundRate: d.fund, CETRate: d.cet, Coins: r.Coins,
	})
	if err != nil {
		return View{}, err
	}
	e.at(crashReserved)
	a, err := e.launch(ctx, key, d, temp, party)
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
func (e *Engine) launch(ctx context.Context, key Key, d *draft, temp [32]byte, party wire.Party) (*actor, error) {
	serial, err := e.cfg.Fund.Serial()
	if err != nil {
		return nil, err
	}
	info, err := contract.InfoHash(d.terms, d.set)
	if err != nil {
		return nil, err
	}
	message := wire.Offer{
		TempID: temp, Terms: d.terms.Encode(), Announcements: d.announcements, InfoHash: info, Party: party, FundSerial: serial,
		FundFeeRate: d.fund, CETFeeRate: d.cet, CETLocktime: d.maturity, RefundLocktime: d.refund, Expiry: d.expiry,
		QuoteID: d.order, Take: d.take,
	}
	raw := message.Encode()
	a := e.admit(newActor(e, key, d.peer, contract.State{}))
	_, err = a.ask(ctx, func(c contract.Clock) contract.Event {
		return contract.UserOffer{Clock: c, Peer: d.peer, Params: e.cfg.Params, Facts: d.facts, Message: raw}
	})
	return a, err
}

// draft completes a request: terms, event, announcements, rates and times.
func (e *Engine) draft(ctx context.Context, r OfferRequest) (*draft, error) {
	d := &draft{peer: r.Peer}
	if err := e.draftTerms(ctx, r, d); err != nil {
		return nil, err
	}
	var err error
	if d.facts, err = e.indexFacts(ctx, r.Peer, d.terms); err != nil {
		return nil, own(err)
	}
	if err := e.announced(ctx, d); err != nil {
		return nil, err
	}
	if d.fund, d.cet, err = e.feeRates(ctx, r); err != nil {
		return nil, err
	}
	_, _, usual := e.policy().RefundBounds()
	if r.RefundDelay != 0 {
		usual = r.RefundDelay
	}
	if r.ExpiresIn > maxExpiry {
		return nil, fmt.Errorf("%w: expires in %d s, at most %d", ErrRequest, r.ExpiresIn, maxExpiry)
	}
	expiry := int64(usualExpiry)
	if r.ExpiresIn != 0 {
		expiry = int64(r.ExpiresIn)
	}
	d.refund = d.maturity + usual
	d.expiry = uint32(e.cfg.Clock.Now().Unix() + expiry) //nolint:gosec // until 2106
	// The own offer is checked as the peer will check it: there he is the node
	// and we are the peer, and of his order enough is left.
	d.facts.NodeKey, d.facts.PeerKey, d.facts.Remaining = xOf(r.Peer), xOf(e.cfg.NodeKey), d.most
	return d, nil
}

// own takes the reject code off an error that is not for a peer.
func own(err error) error {
	if rejected, ok := errors.AsType[*wire.RejectError](err); ok {
		return rejected.Err
	}
	return err
}

// announced fetches the announcements of the event and checks them.
func (e *Engine) announced(ctx context.Context, d *draft) error {
	var err error
	if d.announcements, err = e.cfg.Oracles.Announcements(ctx, d.terms.Event, d.terms.Oracles); err != nil {
		return fmt.Errorf("%w: %w", ErrOracle, err)
	}
	var all []attest.Announcement
	for _, raw := range d.announcements {
		a, err := attest.DecodeAnnouncement(raw)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrOracle, err)
		}
		all = append(all, a)
	}
	d.set, err = attest.CheckSet(all, attest.Want{
		Keys: d.terms.Oracles, Threshold: int(d.terms.Threshold), EventID: d.terms.Event,
		Unit: d.facts.Unit, Digits: int(d.terms.Digits),
	}, e.store)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrOracle, err)
	}
	d.maturity = all[0].Event.Maturity
	return nil
}

// feeRates returns those of a request, or estimates within the policy.
func (e *Engine) feeRates(ctx context.Context, r OfferRequest) (fundRate, cetRate uint32, err error) {
	rules := e.policy()
	fundRate, cetRate = r.FundFeeRate, r.CETFeeRate
	for _, want := range []struct {
		rate   *uint32
		target uint32
	}{{&fundRate, rules.Fees.FundTarget}, {&cetRate, rules.Fees.CETTarget}} {
		if *want.rate != 0 {
			continue
		}
		estimate, err := e.estimate(ctx, want.target)
		if err != nil {
			return 0, 0, err
		}
		*want.rate = rules.Rate(estimate)
	}
	return fundRate, cetRate, nil
}

// draftTerms fills in the terms of a request or those of its order and take.
func (e *Engine) draftTerms(ctx context.Context, r OfferRequest, d *draft) error {
	switch {
	case (r.Terms == nil) == (len(r.Order) == 0):
		return fmt.Errorf("%w: an offer has terms, or an order and a take", ErrRequest)
	case r.Terms != nil:
		terms, err := e.complete(ctx, r.Peer, *r.Terms, r.Bucket)
		d.terms = terms
		return err
	}
	o, err := order.DecodeOrder(r.Order)
	if err != nil {
		return err
	}
	d.order, d.most = o.ID(), o.HMax
	_, t, err := order.OpenTake(r.Order, r.Take, xOf(r.Peer), xOf(e.cfg.NodeKey), d.order)
	if err != nil {
		return err
	}
	index, leg, _ := strings.Cut(o.Index, "/")
	event, _, _, err := e.cfg.Oracles.Event(ctx, index, leg, o.StartDay, o.EndDay(), o.Oracles, int(o.Threshold))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrOracle, err)
	}
	d.take = &wire.Take{Order: r.Order, Take: r.Take}
	d.terms, err = order.TermsFrom(o, t, event)
	return err
}

// complete fills in what follows from the index, and chooses what is left open.
func (e *Engine) complete(ctx context.Context, peer [33]byte, terms payout.Terms, bucket *uint8) (payout.Terms, error) {
	index, leg, ok := strings.Cut(terms.Index, "/")
	if !ok {
		return terms, fmt.Errorf("%w: index %q, want <id>/<leg>", ErrRequest, terms.Index)
	}
	if len(terms.Oracles) == 0 {
		allowed, err := e.allowedOracles()
		if err != nil {
			return terms, err
		}
		if len(allowed) == 0 {
			return terms, fmt.Errorf("%w: none is configured and allowed", ErrOracle)
		}
		terms.Oracles = allowed[:min(len(allowed), attest.MaxOracles)]
	}
	slices.SortFunc(terms.Oracles, func(a, b [32]byte) int { return slices.Compare(a[:], b[:]) })
	if terms.Threshold == 0 {
		terms.Threshold = e.policy().Oracles.Threshold
	}
	if terms.Threshold == 0 {
		terms.Threshold = uint16(len(terms.Oracles)/2 + 1) //nolint:gosec // at most 7
	}
	event, _, _, err := e.cfg.Oracles.Event(ctx, index, leg, terms.StartDay, terms.EndDay, terms.Oracles, int(terms.Threshold))
	if err != nil {
		return terms, fmt.Errorf("%w: %w", ErrOracle, err)
	}
	terms.Event = fmt.Sprintf("%s/cum/%d/%s", index, terms.EndDay, leg)
	terms.Base, terms.Digits = event.Base, event.Digits
	if bucket != nil {
		terms.Bucket = *bucket
	} else if terms.Bucket, err = terms.DefaultBucket(int(e.maxList(peer))); err != nil {
		return terms, err
	}
	return terms, terms.Validate()
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

// offerFacts gathers what an offer is judged by. It asks the backend about coins
// only after everything that costs less has passed.
func (e *Engine) offerFacts(ctx context.Context, peer [33]byte, key Key, raw []byte, m *wire.Offer) (contract.Facts, error) {
	terms, err := payout.DecodeTerms(m.Terms)
	if err != nil {
		return contract.Facts{}, &wire.RejectError{Code: wire.RejectBadTerms, Field: "terms", Err: err}
	}
	facts, err := e.indexFacts(ctx, peer, terms)
	if err != nil {
		return contract.Facts{}, err
	}
	if err := e.orderFacts(m, &facts); err != nil {
		return contract.Facts{}, err
	}
	deal, err := contract.CheckOffer(raw, e.clock(), e.cfg.Params, facts)
	if err != nil {
		return contract.Facts{}, &wire.RejectError{Code: contract.CodeOf(err), Field: "offer", Err: err}
	}
	if _, refusal := e.policy().Judge(e.judged(peer, key, deal, contract.Accepter)); refusal != nil {
		return contract.Facts{}, errorCode(refusal)
	}
	coins, err := e.coinFacts(ctx, m.Party)
	if err != nil {
		return contract.Facts{}, &wire.RejectError{Code: wire.RejectInternal, Field: "inputs", Err: err}
	}
	facts.Own, facts.Unavailable = coins.Own, coins.Unavailable
	return facts, nil
}

// orderFacts looks up what is left of the own order that an offer answers.
func (e *Engine) orderFacts(m *wire.Offer, facts *contract.Facts) error {
	if m.Take == nil {
		return nil
	}
	t, err := order.DecodeTake(m.Take.Take)
	if err != nil {
		return err
	}
	facts.Remaining, err = e.store.Remaining(t.OrderID, t.ID())
	if err != nil {
		return &wire.RejectError{Code: wire.RejectInternal, Field: "order", Err: err}
	}
	return nil
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
		return own(err)
	}
	lock := deal.Terms.Lock(deal.Terms.Offerer.Other())
	party, err := e.cfg.Fund.Party(ctx, fund.PartyRequest{
		Key: a.key, Peer: state.Peer, Collateral: btcutil.Amount(lock), //nolint:gosec // at most 21e14
		FundRate: deal.Offer.FundFeeRate, CETRate: deal.Offer.CETFeeRate, Coins: r.Coins,
	})
	if err != nil {
		return err
	}
	e.at(crashReserved)
	after, err := a.ask(ctx, func(c contract.Clock) contract.Event {
		return contract.UserApprove{Clock: c, Party: party, Facts: facts}
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

package engine

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/alkimiya/alkimiya/node/engine/view"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/node/engine/track"
)

// delivery is one News on its way to all contracts.
type delivery struct {
	news track.News
	// left is how many contracts have not taken it yet.
	left atomic.Int64
}

// deliver hands news of the chain to every contract. Where the chain stands is on
// disk before any contract hears of it: what a contract knows lies never above
// that place, so that a restart can tell what still holds.
func (e *Engine) deliver(ctx context.Context, n track.News) error {
	if err := e.advance(ctx, n.Tip); err != nil && ctx.Err() == nil {
		e.log.Warn("place in the chain not kept", "err", err)
	}
	e.cfg.Clock.Tip(time.Unix(n.Tip.Time, 0))
	tip := n.Tip
	e.tip.Store(&tip)
	e.reached.Do(func() { close(e.current) })
	e.timers.Poke()
	actors := e.all()
	d := &delivery{news: n}
	d.left.Store(int64(len(actors)) + 1)
	e.mu.Lock()
	e.waiting = append(e.waiting, d)
	e.mu.Unlock()
	for _, a := range actors {
		a.post(func(m *mail) { m.news = append(m.news, d) })
		select {
		case <-a.done:
			e.abandon(a) // it ended before it could see this
		default:
		}
	}
	e.taken(d)
	if e.readOnly.Load() {
		e.holdOut(actors)
	}
	return nil
}

// taken counts a contract that has taken a delivery.
func (e *Engine) taken(d *delivery) {
	if d.left.Add(-1) > 0 {
		return
	}
	select {
	case e.acked <- struct{}{}:
	default:
	}
}

// abandon takes the news out of the mail of an actor that has ended.
func (e *Engine) abandon(a *actor) {
	a.mu.Lock()
	left := a.mail.news
	a.mail.news = nil
	a.mu.Unlock()
	for _, d := range left {
		e.taken(d)
	}
}

// advance writes down that the chain reaches up to a block.
func (e *Engine) advance(ctx context.Context, tip track.Block) error {
	if e.readOnly.Load() {
		return nil
	}
	e.mu.Lock()
	old := e.place
	e.mu.Unlock()
	next, err := e.cfg.Track.Advance(ctx, old.chain, tip)
	if err != nil {
		return err
	}
	e.mu.Lock()
	e.place.chain = next
	place := e.place
	e.mu.Unlock()
	return e.store.SetPlace(place.encode())
}

// countTaken raises the height up to which all contracts know the chain, and
// writes it down when the engine stops.
func (e *Engine) countTaken(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			e.mu.Lock()
			place := e.place.encode()
			e.mu.Unlock()
			if e.readOnly.Load() {
				return nil
			}
			return e.store.SetPlace(place)
		case <-e.acked:
		}
		e.mu.Lock()
		for len(e.waiting) > 0 && e.waiting[0].left.Load() <= 0 {
			if first := e.waiting[0].news; e.heard(first) {
				e.place.known = first.Tip.Height
			}
			e.waiting = e.waiting[1:]
		}
		e.mu.Unlock()
	}
}

// heard reports whether contracts that have taken a News know the chain up to its
// tip. A watch that came after it, or is still to come, or has blocks of the past to
// see, may yet tell of lower blocks, and a restart must look at them again.
func (e *Engine) heard(n track.News) bool {
	return n.Whole && e.unwatched.Load() == 0 && n.Watches == e.cfg.Track.Watches()
}

// place is how far the contracts have come with the chain.
type place struct {
	// chain is the end of the chain as it was last seen.
	chain track.Place
	// known is the height up to which every contract has heard of it.
	known uint32
}

func (p place) encode() []byte {
	return append(binary.BigEndian.AppendUint32(nil, p.known), p.chain.Encode()...)
}

// decodePlace reads what encode wrote; nothing is the zero place.
func decodePlace(raw []byte) (place, error) {
	if len(raw) == 0 {
		return place{}, nil
	}
	if len(raw) < 4 {
		return place{}, fmt.Errorf("%w: place of %d bytes", store.ErrCorrupt, len(raw))
	}
	chain, err := track.DecodePlace(raw[4:])
	if err != nil {
		return place{}, fmt.Errorf("%w: %w", store.ErrCorrupt, err)
	}
	return place{chain: chain, known: binary.BigEndian.Uint32(raw)}, nil
}

// news applies what the chain says, in the order that needs no second thoughts:
// what is gone, what is there, and then the new tip.
func (a *actor) news(d *delivery) {
	switch {
	case a.state.OfferHash == [32]byte{}:
		a.e.taken(d)
		return
	case len(a.retry) > 0:
		a.held = append(a.held, d)
		return
	}
	n := d.news
	if n.Reorg {
		a.chain(contract.BlockDisconnected{Clock: a.at(n.Fell, min(n.Fell.Height, a.state.Clock.Height))})
	}
	for _, fact := range n.Facts[a.key] {
		a.fact(fact)
	}
	if n.Tip.Height >= a.state.Clock.Height {
		a.chain(contract.BlockConnected{Clock: a.at(n.Tip, n.Tip.Height)})
	}
	a.hasten(n.Tip.Height)
	early := a.refused
	a.refused = nil
	for _, event := range early {
		a.fresher(event)
	}
	if len(a.retry) == 0 {
		a.e.taken(d)
		return
	}
	// The disk did not take it: it is not known until it has.
	a.acks = append(a.acks, d)
}

// at is the clock of an event about a block.
func (a *actor) at(b track.Block, height uint32) contract.Clock {
	c := a.e.clock()
	c.MTP, c.Height = b.MTP, height
	return c
}

// chain applies an event of the chain. If it comes too early it is tried again
// after the next tip; if the disk refuses it, when the disk writes again.
func (a *actor) chain(event contract.Event) {
	if len(a.retry) > 0 {
		a.retry = append(a.retry, func(contract.Clock) contract.Event { return event })
		return
	}
	switch err := a.apply(event); {
	case err == nil:
	case errors.Is(err, ErrReadOnly):
		a.retry = append(a.retry, func(contract.Clock) contract.Event { return event })
	case errors.Is(err, contract.ErrIllegal), errors.Is(err, contract.ErrForeign):
		a.log.Debug("fact of the chain does not fit", "event", contract.KindOf(event).String(), "err", err)
		if len(a.refused) < maxRefused && errors.Is(err, contract.ErrIllegal) {
			a.refused = append(a.refused, event)
		}
	default:
		a.log.Error("fact of the chain refused", "event", contract.KindOf(event).String(), "err", err)
	}
}

// fresher tries a fact again that came too early once; a second time it is
// dropped.
func (a *actor) fresher(event contract.Event) {
	switch contract.KindOf(event) { //nolint:exhaustive // blocks are not tried again
	case contract.KindFundingSeen, contract.KindInputSpent, contract.KindFundingSpent:
		waiting := a.refused
		a.chain(event)
		a.refused = waiting
	}
}

// fact turns what the chain says about something watched into an event.
func (a *actor) fact(f track.Fact) {
	raw, err := view.Serialise(f.Tx)
	if err != nil {
		a.log.Error("fact of the chain refused", "err", err)
		return
	}
	points := a.points()
	clock := a.e.clock()
	switch {
	case f.Txid == points.funding.Hash:
		a.chain(contract.FundingSeen{Clock: clock, Tx: raw, Height: f.Height})
	case f.OutPoint == points.funding, f.OutPoint == (btcwire.OutPoint{}):
		a.chain(contract.FundingSpent{Clock: clock, Tx: raw, Height: f.Height})
	default:
		a.chain(contract.InputSpent{Clock: clock, Input: f.OutPoint, Txid: f.Txid, Height: f.Height})
	}
}

// points are what of a contract is looked for in chain and mempool.
type points struct {
	// funding is the funding output.
	funding btcwire.OutPoint
	script  []byte
	inputs  []btcwire.OutPoint
	coins   []*btcwire.TxOut
	refund  chainhash.Hash
}

// points derives them once both parties are known; zero before.
func (a *actor) points() points {
	a.mu.Lock()
	known := a.watched
	a.mu.Unlock()
	if known != nil {
		return *known
	}
	deal, err := contract.DealOf(a.snapshot())
	if err != nil || deal.Contract == nil {
		return points{}
	}
	tx := deal.Contract.Funding.Tx()
	output := deal.Contract.Funding.Output()
	p := points{
		funding: deal.Contract.Funding.OutPoint(), script: output.Script[:],
		coins: deal.Contract.Funding.PrevOutputs(), refund: deal.Contract.Settlement.Refund().TxHash(),
	}
	for _, in := range tx.TxIn {
		p.inputs = append(p.inputs, in.PreviousOutPoint)
	}
	a.mu.Lock()
	a.watched = &p
	a.mu.Unlock()
	return p
}

// watchAll watches everything that the contract has in the chain, each thing
// once however often it is asked.
func (a *actor) watchAll(ctx context.Context) bool {
	state, p := a.snapshot(), a.points()
	if p.funding == (btcwire.OutPoint{}) {
		return true
	}
	err := a.e.cfg.Track.WatchTx(ctx, a.key, track.TxWatch{Txid: p.funding.Hash, Script: p.script, Hint: a.hint})
	for i, in := range p.inputs {
		if err == nil {
			err = a.e.cfg.Track.WatchOut(ctx, a.key, track.OutWatch{OutPoint: in, Script: p.coins[i].PkScript, Hint: a.hint})
		}
	}
	if err == nil && state.Phase.Funded() {
		err = a.e.cfg.Track.WatchOut(ctx, a.key, track.OutWatch{
			OutPoint: p.funding, Script: p.script, Hint: max(a.hint, state.FundingAt.Height),
		})
	}
	if err != nil {
		if ctx.Err() == nil {
			a.log.Error("chain not watched", "err", err)
		}
		return false
	}
	return true
}

// follow keeps what a contract listens to in step with its phase.
func (a *actor) follow(ctx context.Context) {
	final := a.state.Phase.Final()
	switch {
	case a.attested == nil && !final && a.state.OfferHash != [32]byte{}:
		terms, err := termsOf(a.state)
		if err != nil {
			a.log.Error("attestations not awaited", "err", err)
			return
		}
		a.attested = a.e.cfg.Oracles.Subscribe(terms.Event, terms.Oracles, func(raw []byte) {
			a.post(func(m *mail) {
				if len(m.attested) < maxAttested {
					m.attested = append(m.attested, raw)
				}
			})
		})
	case a.attested != nil && final:
		a.attested()
		a.attested = nil
	}
	if final && a.spent(a.e.Tip().Height) && ctx.Err() == nil {
		if err := a.e.cfg.Track.Drop(ctx, a.key); err != nil && ctx.Err() == nil {
			a.log.Debug("watches not dropped", "err", err)
		}
	}
}

// termsOf reads the terms of a contract, and nothing of what follows from them.
func termsOf(s contract.State) (payout.Terms, error) {
	s.Accept = nil
	deal, err := contract.DealOf(s)
	if err != nil {
		return payout.Terms{}, err
	}
	return deal.Terms, nil
}

// maxAttested bounds the attestations in a contract's mail: more than seven
// oracles with two each mean that somebody repeats himself.
const maxAttested = 32

// holdOut puts on the network what is complete and on disk, while nothing new
// can be written.
func (e *Engine) holdOut(actors []*actor) {
	for _, a := range actors {
		for _, raw := range heldBy(a.snapshot(), e.Tip().MTP) {
			e.spawn(func(ctx context.Context) { e.publish(ctx, a.log, a.key, raw, false) })
		}
	}
}

// heldBy returns the transactions of a contract that should be in the chain and
// may be by a median time.
func heldBy(s contract.State, mtp int64) [][]byte {
	var all [][]byte
	switch {
	case s.Phase == contract.Broadcast && s.FundingComplete && s.FundingAt.Height == 0:
		all = append(all, s.Funding)
	case s.Phase == contract.Cancelling && s.FundingAt.Height == 0:
		all = append(all, s.Cancel)
	case s.Phase.Unspent() && s.Spend.Height == 0:
		for _, c := range s.Claims {
			if c.Signed {
				all = append(all, c.Tx)
			}
		}
		if len(s.CET) > 0 && mtp > int64(s.CETLocktime) {
			all = append(all, s.CET)
		}
		if len(s.Refund) > 0 && mtp > int64(s.RefundLocktime) {
			all = append(all, s.Refund)
		}
	}
	return all
}

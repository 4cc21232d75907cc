package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/alkimiya/alkimiya/node/engine/view"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/wallet"
)

// sendTime is how long a message may wait for its place in the queue of its
// connection.
const sendTime = 10 * time.Second

// runQueue starts the one goroutine that runs a contract's effects, in order,
// unless it runs or there is nothing to do.
func (a *actor) runQueue() {
	a.mu.Lock()
	start := !a.running && len(a.queue) > 0
	if start {
		a.running = true
	}
	a.mu.Unlock()
	if start && !a.e.spawn(a.drain) {
		a.mu.Lock()
		a.running = false // the engine stops; the outbox keeps what is left
		a.mu.Unlock()
	}
}

// drain runs effects until there are none, and marks them done together.
func (a *actor) drain(ctx context.Context) {
	for {
		a.mu.Lock()
		batch := a.queue
		a.queue = nil
		if len(batch) == 0 {
			a.running = false
			a.mu.Unlock()
			a.post(func(*mail) {}) // the owner may have waited to retire
			return
		}
		a.mu.Unlock()
		var ids []uint64
		for _, t := range batch {
			if ctx.Err() != nil {
				return
			}
			elsewhere := runsElsewhere(t.effect)
			if !elsewhere {
				a.e.beforeEffect(t.effect)
			}
			done := a.perform(ctx, t) && ctx.Err() == nil // else it may be half done
			if done && isWatch(t.effect) {
				a.e.unwatched.Add(-1)
			}
			if !elsewhere {
				a.e.afterEffect(t.effect)
			}
			if done && !t.noTrace && t.effect.Class() == contract.Durable {
				ids = append(ids, t.effect.ID())
			}
		}
		a.e.at(crashDone)
		a.e.markDone(a.key, ids...)
	}
}

// isWatch reports whether an effect asks for watches. One that could not be had
// stays counted: then no restart relies on what the contracts have heard.
func isWatch(e contract.Effect) bool {
	switch e.(type) { //nolint:gochecksumtype // all others do not
	case contract.WatchTx, contract.WatchSpends:
		return true
	}
	return false
}

// runsElsewhere reports whether an effect is only begun by the queue.
func runsElsewhere(e contract.Effect) bool {
	switch e.(type) { //nolint:gochecksumtype // all others are run by the queue
	case contract.SignContract, contract.VerifyPeer, contract.CompleteCET, contract.BroadcastTx, contract.RaiseFee:
		return true
	}
	return false
}

// perform runs one effect and reports whether it is done; if not, it is marked
// done elsewhere, or done again later.
func (a *actor) perform(ctx context.Context, t todo) bool {
	switch e := t.effect.(type) {
	case contract.StoreMessage, contract.RecordNonces, contract.TakeOrder, contract.GiveBack, contract.StoreEvidence, contract.Archive:
		return true // the commit did it
	case contract.ReserveInputs:
		return a.reserve(ctx, e)
	case contract.ReleaseInputs:
		return a.release(ctx)
	case contract.Send:
		a.transmit(ctx, e)
		return true
	case contract.SignContract, contract.VerifyPeer, contract.CompleteCET:
		return a.labour(e)
	case contract.BroadcastTx, contract.RaiseFee:
		return a.outward(e)
	case contract.WatchTx, contract.WatchSpends:
		return a.watchAll(ctx)
	case contract.StartTimer:
		a.e.timers.Set(a.key, e)
		return true
	case contract.Notify:
		return a.notify(ctx, t, e)
	case contract.Alarm:
		return a.tell(t, Event{Kind: EventAlarm, Reason: e.Reason.String()})
	case contract.ProposeClose, contract.AnswerClose, contract.AggregateClose, contract.DropClose:
		a.closing(ctx, e)
		return true
	}
	panic("engine: unknown effect " + effectName(t.effect))
}

// reserve sets our coins aside. Coins that are gone end the contract.
func (a *actor) reserve(ctx context.Context, e contract.ReserveInputs) bool {
	err := a.e.cfg.Fund.Reserve(ctx, a.key, e.Inputs)
	switch {
	case err == nil:
		return true
	case errors.Is(err, wallet.ErrUnknownCoin), errors.Is(err, wallet.ErrCoinLeased), errors.Is(err, wallet.ErrBadRequest):
		a.log.Warn("coins cannot be reserved", "err", err)
		a.fail(ctx, wire.RejectUnavailable)
		return true
	default:
		a.log.Error("coins not reserved", "err", err)
		a.fail(ctx, wire.RejectInternal)
		return true
	}
}

// fail gives the contract up, if that is still possible.
func (a *actor) fail(ctx context.Context, code wire.RejectCode) {
	err := a.send(ctx, letter{make: func(c contract.Clock) contract.Event { return contract.OwnFailure{Clock: c, Code: code} }})
	if err != nil && ctx.Err() == nil {
		a.log.Error("contract not given up", "err", err)
	}
}

func (a *actor) release(ctx context.Context) bool {
	a.recycle()
	if err := a.forget(); err != nil {
		a.log.Error("void funding not forgotten", "err", err)
		return false
	}
	if err := a.e.cfg.Fund.Release(ctx, a.key); err != nil {
		a.log.Error("coins not released", "err", err)
		return false
	}
	return true
}

// forget has the wallet drop the funding transaction of a contract that came to
// nothing although both had signed: the chain holds another spend of an input.
func (a *actor) forget() error {
	state := a.snapshot()
	if state.Phase != contract.Aborted || state.SignHash == [32]byte{} {
		return nil
	}
	deal, err := contract.DealOf(state)
	if err != nil {
		return err
	}
	return a.e.cfg.Fund.Forget(deal.Contract.Funding.Tx())
}

// recycle keeps our scripts if the contract came to nothing before a witness of
// ours left.
func (a *actor) recycle() {
	state := a.snapshot()
	if state.Phase != contract.Aborted || state.SignHash != [32]byte{} || a.recycled {
		return
	}
	deal, err := contract.DealOf(state)
	if err != nil || state.Role == contract.Accepter && deal.Accept == nil {
		return
	}
	a.recycled = true
	if deal.Vault(state.Role) != nil {
		return // the payout script is none of the wallet's
	}
	if state.Role == contract.Offerer {
		a.e.cfg.Fund.Recycle(state.Peer, deal.Offer.Party)
		return
	}
	a.e.cfg.Fund.Recycle(state.Peer, deal.Accept.Party)
}

// transmit sends a message. One that cannot be sent is sent again after the
// next reconnection, which is brought about if need be.
func (a *actor) transmit(ctx context.Context, e contract.Send) {
	message := e.Data
	if len(message) == 0 {
		var err error
		if message, err = a.e.store.Message(a.key, e.Ref); err != nil {
			a.log.Error("message not sent", "err", err)
			return
		}
	}
	a.e.send(ctx, e.To, message)
}

// send sends a message to a peer, if it is connected. A connection that does
// not take it is ended, so that resume repairs what was lost.
func (e *Engine) send(ctx context.Context, peer [33]byte, message []byte) {
	if !e.connected(peer) {
		return
	}
	bounded, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	err := e.cfg.Peers.Send(bounded, peer, message)
	if err == nil || ctx.Err() != nil || !e.connected(peer) {
		return
	}
	e.log.Warn("message not sent, ending the connection", "peer", fmt.Sprintf("%x", peer[:8]), "err", err)
	if err := e.cfg.Peers.Disconnect(peer); err != nil {
		e.log.Debug("connection is gone", "err", err)
	}
}

// outward publishes a transaction or raises a fee, away from the queue: a
// backend that is away must not hold back messages.
func (a *actor) outward(e contract.Effect) bool {
	a.mu.Lock()
	a.jobs++
	a.mu.Unlock()
	if !a.e.spawn(func(ctx context.Context) { a.goOut(ctx, e) }) {
		a.mu.Lock()
		a.jobs--
		a.mu.Unlock()
	}
	return false
}

func (a *actor) goOut(ctx context.Context, effect contract.Effect) {
	defer func() {
		a.mu.Lock()
		a.jobs--
		a.mu.Unlock()
		a.post(func(*mail) {})
	}()
	select {
	case a.e.publishing <- struct{}{}:
		defer func() { <-a.e.publishing }()
	case <-ctx.Done():
		return
	}
	a.e.beforeEffect(effect)
	if e, ok := effect.(contract.BroadcastTx); ok {
		state := a.snapshot()
		// A refund hurries before nothing.
		a.e.publish(ctx, a.log, a.key, e.Tx, state.Hurries() && !bytes.Equal(e.Tx, state.Refund))
	}
	if e, ok := effect.(contract.RaiseFee); ok {
		a.raiseFee(ctx, e)
	}
	if ctx.Err() != nil {
		return // after a restart it is done again
	}
	a.e.afterEffect(effect)
	a.e.markDone(a.key, effect.ID())
}

// labelOf is the label of a contract's transactions in the wallet.
func labelOf(key Key) string { return "contract " + key.String()[:16] }

// publish puts a transaction on the network. What keeps it is the wallet; while
// the disk cannot write it is handed to the backend directly. Whatever comes of
// it, the contract asks again with the next block.
func (e *Engine) publish(ctx context.Context, log *slog.Logger, key Key, raw []byte, urgent bool) {
	tx, err := view.Parse(raw)
	if err != nil {
		log.Error("transaction not published", "err", err)
		return
	}
	txid := tx.TxHash().String()
	err = e.cfg.Wallet.Publish(ctx, tx, labelOf(key))
	switch {
	case err == nil:
		log.Info("transaction published", "txid", txid)
		e.unpaid.Delete(tx.TxHash())
		return
	case errors.Is(err, wallet.ErrBelowMempool):
		e.rescue(ctx, log, key, tx, urgent)
		return
	case errors.Is(err, wallet.ErrQueued):
		log.Info("transaction waits to be published", "txid", txid, "err", err)
		return
	case errors.Is(err, wallet.ErrRejected), errors.Is(err, wallet.ErrFeeTooLow):
		log.Info("transaction refused by the network", "txid", txid, "err", err)
		return
	case ctx.Err() != nil:
		return
	}
	log.Warn("wallet did not publish a transaction", "txid", txid, "err", err)
	if e.cfg.Mempool == nil {
		return
	}
	if err := e.cfg.Mempool.Submit(ctx, tx); err != nil {
		log.Warn("transaction refused by the backend", "txid", txid, "err", err)
	}
}

// markDone takes effects out of the outbox. That it fails is harmless: they are
// done once more after a restart.
func (e *Engine) markDone(key Key, ids ...uint64) {
	if len(ids) == 0 {
		return
	}
	if err := e.store.Done(key, ids...); err != nil && !errors.Is(err, store.ErrNotFound) {
		e.suspend(err)
	}
}

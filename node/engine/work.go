package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/alkimiya/alkimiya/node/engine/view"

	"github.com/btcsuite/btcd/btcec/v2"

	"github.com/alkimiya/alkimiya/dlc/adaptor"
	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/wallet"
	"github.com/alkimiya/alkimiya/wallet/chain"
	"github.com/alkimiya/alkimiya/wallet/keys"
)

// The tasks of Work.
const (
	taskSign   = "sign"
	taskVerify = "verify"
	taskSettle = "settle"
)

// retryWallet is the pause before the wallet is asked again while its backend is
// away.
const retryWallet = time.Second

// labour hands heavy work to the pool. The effect is marked done with the event
// that answers it.
func (a *actor) labour(effect contract.Effect) bool {
	state := a.snapshot()
	a.mu.Lock()
	if a.e.readOnly.Load() && effectName(effect) == effectName(contract.SignContract{}) {
		a.parked = append(a.parked, effect)
		a.mu.Unlock()
		return false
	}
	a.jobs++
	a.mu.Unlock()
	total := 0
	if deal, err := contract.DealOf(state); err == nil {
		if bound, err := deal.Terms.SlotBound(); err == nil {
			total = int(min(bound, wire.MaxList))
		}
	}
	if !a.e.spawn(func(ctx context.Context) { a.toil(ctx, state, effect, total) }) {
		a.mu.Lock()
		a.jobs--
		a.mu.Unlock()
	}
	return false
}

// toil waits for a worker's place, works, and answers.
func (a *actor) toil(ctx context.Context, state contract.State, effect contract.Effect, total int) {
	task := taskOf(effect)
	a.progress(&Work{Task: task})
	defer a.progress(nil)
	workers, release, ok := a.e.acquire(ctx)
	if !ok {
		a.drop()
		return
	}
	a.progress(&Work{Task: task, Total: total})
	a.e.beforeEffect(effect)
	event := a.result(ctx, state, effect, adaptor.Workers(workers))
	a.e.afterEffect(effect)
	release()
	if event == nil || ctx.Err() != nil {
		a.drop()
		return
	}
	a.progress(&Work{Task: task, Done: total, Total: total})
	if err := a.send(ctx, letter{make: event, answers: effect}); err != nil {
		a.drop()
	}
}

// drop ends a job that has no answer; the effect stays in the outbox.
func (a *actor) drop() {
	a.mu.Lock()
	a.jobs--
	a.mu.Unlock()
	a.post(func(*mail) {})
}

// progress shows how far a job has come.
func (a *actor) progress(w *Work) {
	a.work.Store(w)
	if w != nil {
		state := a.snapshot()
		a.e.journal.Show(Event{
			Kind: EventProgress, Key: a.key, Peer: state.Peer, Phase: state.Phase.String(),
			Task: w.Task, Done: w.Done, Total: w.Total,
		})
	}
}

func taskOf(e contract.Effect) string {
	switch e.(type) { //nolint:gochecksumtype // the three kinds of heavy work
	case contract.SignContract:
		return taskSign
	case contract.VerifyPeer:
		return taskVerify
	}
	return taskSettle
}

// result does heavy work and returns the event that answers it, or nil if there
// is nothing to answer.
func (a *actor) result(ctx context.Context, state contract.State, effect contract.Effect, opt adaptor.Option) func(contract.Clock) contract.Event {
	switch e := effect.(type) { //nolint:gochecksumtype // the three kinds of heavy work
	case contract.SignContract:
		ready, err := a.signContract(ctx, state, opt)
		if err != nil {
			if ctx.Err() == nil {
				a.log.Error("contract not signed", "err", err)
			}
			return func(c contract.Clock) contract.Event {
				return contract.OwnFailure{Clock: c, Code: codeOfOwn(err)}
			}
		}
		a.e.at(crashSigned)
		return func(c contract.Clock) contract.Event { ready.Clock = c; return ready }
	case contract.VerifyPeer:
		code := a.verify(state, e.Ref, opt)
		a.e.at(crashVerified)
		return func(c contract.Clock) contract.Event { return contract.PeerVerified{Clock: c, Ref: e.Ref, Code: code} }
	case contract.CompleteCET:
		tx, err := a.completeCET(state, e)
		if err != nil {
			a.log.Error("CET not made", "outcome", e.Outcome, "err", err)
			return func(c contract.Clock) contract.Event { return contract.CETFailed{Clock: c} }
		}
		a.e.at(crashSettled)
		return func(c contract.Clock) contract.Event { return contract.CETReady{Clock: c, Tx: tx} }
	}
	return nil
}

// codeOfOwn is what the peer is told when we cannot go on.
func codeOfOwn(err error) wire.RejectCode {
	if errors.Is(err, wallet.ErrUnknownCoin) || errors.Is(err, wallet.ErrInsufficientFunds) || errors.Is(err, txs.ErrUneconomic) {
		return wire.RejectUnavailable
	}
	return wire.RejectInternal
}

// signContract makes everything that our next message and our way back need:
// witnesses, cancel transaction, refund signature and list.
func (a *actor) signContract(ctx context.Context, state contract.State, opt adaptor.Option) (contract.OwnSignaturesReady, error) {
	var ready contract.OwnSignaturesReady
	deal, err := contract.DealOf(state)
	if err != nil {
		return ready, err
	}
	party := deal.Offer.Party
	if state.Role == contract.Accepter {
		party = deal.Accept.Party
	}
	err = a.withWallet(ctx, state, func() error {
		if ready.Witness, err = a.e.cfg.Fund.Witnesses(ctx, deal.Contract.Funding, state.Role); err != nil {
			return err
		}
		cancel, err := a.e.cfg.Fund.Cancel(ctx, deal.Contract.Funding, state.Role, party.Change, deal.Offer.FundFeeRate)
		if err != nil {
			return err
		}
		ready.Cancel, err = view.Serialise(cancel)
		return err
	})
	if err != nil {
		return ready, err
	}
	internal, key, err := a.e.cfg.Keys.ContractKeys(keys.KeyID(party.KeyID))
	if err != nil {
		return ready, err
	}
	internal.Zero()
	defer key.Zero()
	ready.Message, err = a.message(state, key, ready.Witness, opt)
	return ready, err
}

// message makes accept or sign.
func (a *actor) message(state contract.State, key *btcec.PrivateKey, witness [][][]byte, opt adaptor.Option) ([]byte, error) {
	aux := contract.Aux{Random: a.e.cfg.Random}
	for _, part := range [][]byte{aux.Refund[:], aux.List[:]} {
		if _, err := io.ReadFull(a.e.cfg.Random, part); err != nil {
			return nil, fmt.Errorf("randomness of a signature: %w", err)
		}
	}
	if state.Role == contract.Accepter {
		return contract.MakeAccept(state, key, aux, opt)
	}
	return contract.MakeSign(state, key, witness, aux, opt)
}

// withWallet repeats what needs the wallet while its backend is away and the
// contract still waits for it.
func (a *actor) withWallet(ctx context.Context, state contract.State, f func() error) error {
	for {
		err := f()
		if !errors.Is(err, chain.ErrUnavailable) && !errors.Is(err, wallet.ErrNotSynced) || ctx.Err() != nil {
			return err
		}
		if now := a.snapshot(); now.Phase != state.Phase {
			return err
		}
		timer := time.NewTimer(retryWallet)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}

// verify returns the verdict on the list in a stored message of the peer.
func (a *actor) verify(state contract.State, ref [32]byte, opt adaptor.Option) wire.RejectCode {
	message, err := a.e.store.Message(a.key, ref)
	if err != nil {
		a.log.Error("list not verified", "err", err)
		return wire.RejectInternal
	}
	code, err := contract.Verify(state, message, a.e.cfg.Random, opt)
	if err != nil {
		a.log.Warn("list of the peer refused", "code", code.String(), "err", err)
		if code == 0 {
			return wire.RejectInternal
		}
	}
	return code
}

// completeCET makes the complete CET from what is stored.
func (a *actor) completeCET(state contract.State, e contract.CompleteCET) ([]byte, error) {
	if a.e.damage != nil {
		if err := a.e.damage(); err != nil {
			return nil, err
		}
	}
	accept, err := a.e.store.Message(a.key, state.AcceptHash)
	if err != nil {
		return nil, err
	}
	sign, err := a.e.store.Message(a.key, state.SignHash)
	if err != nil {
		return nil, err
	}
	var attestations [][]byte
	for _, known := range state.Attestations {
		raw, err := a.e.store.Message(a.key, known.Ref)
		if err != nil {
			return nil, err
		}
		attestations = append(attestations, raw)
	}
	return contract.MakeCET(state, e.Outcome, e.Oracles, accept, sign, attestations)
}

// acquire takes a worker's place, and those that nobody else wants at the
// moment, and returns how many; release gives them back.
func (e *Engine) acquire(ctx context.Context) (workers int, release func(), ok bool) {
	select {
	case e.places <- struct{}{}:
	case <-ctx.Done():
		return 0, nil, false
	}
	workers = 1
	for workers < e.cfg.Workers {
		select {
		case e.places <- struct{}{}:
			workers++
			continue
		default:
		}
		break
	}
	return workers, func() {
		for range workers {
			<-e.places
		}
	}, true
}

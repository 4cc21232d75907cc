package engine

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/btcsuite/btcd/chaincfg/chainhash"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/dlc/wire"
)

const (
	// inboxSize is how many events of users, peers and workers wait for one
	// contract; who sends more waits.
	inboxSize = 16
	// maxRefused bounds the facts of the chain that wait for the next block
	// because they came too early.
	maxRefused = 64
)

// letter is an event on its way to a contract. make is called by the goroutine
// that owns it, so that the event carries the time of its handling.
type letter struct {
	make func(contract.Clock) contract.Event
	// answers is the effect that the event answers, or nil: it is marked done
	// once the event is on disk or without consequence.
	answers contract.Effect
	// reply, of capacity 1, gets what came of it; it may be nil.
	reply chan<- outcome
}

// outcome is what came of an event.
type outcome struct {
	state contract.State
	err   error
}

// actor owns one contract. One goroutine runs it; the fields above the line are
// its alone.
type actor struct {
	// Set before its goroutine begins, and never changed.
	e    *Engine
	key  Key
	peer [33]byte
	log  *slog.Logger
	hint uint32 // the lowest height that watches look at

	// The goroutine's alone.
	state contract.State
	// refused are facts that the contract was not ready for.
	refused []contract.Event
	// retry are events that the disk refused, and what came after them: it must
	// not overtake. acks are the news that are known once these are in, held
	// the news that were not looked at meanwhile.
	retry      []func(contract.Clock) contract.Event
	acks, held []*delivery
	// restart is set until the first event of a contract from the store is in.
	restart  *contract.Clock
	attested func() // ends the subscription to attestations
	finalAt  uint32 // the height at which it became final
	slow     slow

	// awaited is set until the first letter has come: before, it is not idle.
	awaited atomic.Bool
	// approving is set while an approval is under way.
	approving atomic.Bool

	inbox chan letter
	wake  chan struct{} // of capacity 1
	done  chan struct{} // closed when it owns the contract no more

	shown atomic.Pointer[contract.State]
	brief atomic.Pointer[brief]
	work  atomic.Pointer[Work]

	mu      sync.Mutex // of all below
	mail    mail
	queue   []todo
	running bool
	// parked are effects that wait for a disk that can write.
	parked []contract.Effect
	// jobs counts what works for the contract elsewhere.
	jobs int
	// recycled is the queue's alone: our scripts were given back.
	recycled bool
	watched  *points        // derived once
	cet      chainhash.Hash // that of the attested outcome, derived once
}

// mail is what comes unasked and is merged while it waits.
type mail struct {
	news     []*delivery
	attested [][]byte
	pool     []poolFact
	due      bool
	gone     bool // the peer's connection
	retry    bool // the disk may write again
}

func (m *mail) empty() bool {
	return len(m.news) == 0 && len(m.attested) == 0 && len(m.pool) == 0 && !m.due && !m.gone && !m.retry
}

// todo is an effect to be run, with the step it came from.
type todo struct {
	effect   contract.Effect
	from, to contract.Phase
	// noTrace: the contract is not on disk, so there is nothing to mark done.
	noTrace bool
}

// newActor makes the goroutine of a contract that lies in the store, or with a
// zero state of a new one with a peer.
func newActor(e *Engine, key Key, peer [33]byte, state contract.State) *actor {
	a := &actor{
		e: e, key: key, peer: peer, state: state, log: e.log.With("contract", key.String()[:16]), hint: e.Tip().Height,
		inbox: make(chan letter, inboxSize), wake: make(chan struct{}, 1), done: make(chan struct{}), finalAt: state.Clock.Height,
	}
	a.awaited.Store(true)
	a.show()
	a.mend(contract.State{}, state)
	return a
}

// show publishes the state for readers.
func (a *actor) show() {
	state := a.state
	a.shown.Store(&state)
}

// snapshot returns the last state that is on disk. Its slices are shared and
// must not be written to.
func (a *actor) snapshot() contract.State { return *a.shown.Load() }

// post changes the mail and wakes the owner.
func (a *actor) post(change func(*mail)) {
	a.mu.Lock()
	change(&a.mail)
	a.mu.Unlock()
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// send hands a letter over; it waits while the inbox is full.
func (a *actor) send(ctx context.Context, l letter) error {
	select {
	case <-a.done:
		return ErrStopped
	default:
	}
	select {
	case a.inbox <- l:
		return nil
	case <-a.done:
		return ErrStopped
	case <-ctx.Done():
		a.awaited.Store(false)
		a.post(func(*mail) {})
		return fmt.Errorf("%w: %w", ErrBusy, ctx.Err())
	}
}

// ask hands an event over and waits for what comes of it.
func (a *actor) ask(ctx context.Context, event func(contract.Clock) contract.Event) (contract.State, error) {
	reply := make(chan outcome, 1)
	if err := a.send(ctx, letter{make: event, reply: reply}); err != nil {
		return contract.State{}, err
	}
	select {
	case out := <-reply:
		return out.state, out.err
	case <-a.done:
		select {
		case out := <-reply:
			return out.state, out.err
		default:
			return contract.State{}, ErrStopped
		}
	case <-ctx.Done():
		return contract.State{}, ctx.Err()
	}
}

// run owns the contract until ctx ends or nobody needs it any more.
func (a *actor) run(ctx context.Context) {
	defer func() {
		if a.attested != nil {
			a.attested()
		}
		close(a.done)
		a.e.abandon(a)
	}()
	if a.restart != nil {
		a.begin(ctx)
	}
	for !a.e.retire(a) {
		select {
		case <-ctx.Done():
			return
		case l := <-a.inbox:
			a.take(ctx, l)
		case <-a.wake:
			a.read(ctx)
		}
	}
}

// begin brings a contract of the store back to life.
func (a *actor) begin(ctx context.Context) {
	clock := *a.restart
	a.restart = nil
	a.awaited.Store(false)
	undone, err := a.e.store.Undone(a.key)
	if err != nil {
		a.log.Error("outbox not read", "err", err)
	}
	if err = a.resume(contract.Restarted{Clock: clock}); err != nil {
		a.log.Error("contract not restarted", "err", err)
		a.retry = append(a.retry, func(contract.Clock) contract.Event { return contract.Restarted{Clock: clock} })
	}
	a.mu.Lock()
	// What a crash left comes before what the restart asks for.
	old := make([]todo, 0, len(undone)+len(a.queue))
	for _, e := range undone {
		old = append(old, todo{effect: e, from: a.state.Phase, to: a.state.Phase})
		a.counted(e)
	}
	a.queue = append(old, a.queue...)
	// A final contract asks for no watches, and yet a reorganisation may undo it. It
	// was counted when the contract was adopted.
	a.queue = append(a.queue, todo{effect: contract.WatchTx{}, noTrace: true})
	a.mu.Unlock()
	a.follow(ctx)
	a.runQueue()
}

// resume is apply for the first event after a start. A contract of which it only
// asks what it asks at every start is not written: ten thousand synced writes
// would take minutes.
func (a *actor) resume(event contract.Restarted) error {
	old := a.state
	next, effects, err := contract.Step(old, event)
	if err != nil {
		return err
	}
	if !onlyListens(old, next, effects) {
		return a.apply(event)
	}
	a.state.Clock = next.Clock
	a.show()
	a.enqueue(effects, old.Phase, old.Phase, true)
	return nil
}

// onlyListens reports whether a step moved nothing but the clock, and asked for
// nothing but to hear of the chain and the time.
func onlyListens(old, next contract.State, effects []contract.Effect) bool {
	for _, e := range effects {
		switch e.(type) { //nolint:gochecksumtype // all others do something
		case contract.WatchTx, contract.WatchSpends, contract.StartTimer:
		default:
			return false
		}
	}
	next.Clock, next.Seq = old.Clock, old.Seq
	before, err := old.Encode()
	after, failed := next.Encode()
	return err == nil && failed == nil && bytes.Equal(before, after)
}

// take handles a letter.
func (a *actor) take(ctx context.Context, l letter) {
	defer a.follow(ctx)
	defer a.awaited.Store(false)
	event := l.make(a.e.clock())
	err := a.apply(event)
	if errors.Is(err, contract.ErrOwn) && contract.KindOf(event) == contract.KindCETReady {
		a.log.Error("CET refused", "err", err)
		err = a.apply(contract.CETFailed{Clock: a.e.clock()})
	}
	if l.answers != nil {
		a.answered(l.answers, err)
	}
	if l.reply != nil {
		l.reply <- outcome{state: a.state, err: err}
	} else if err != nil && !errors.Is(err, ErrReadOnly) {
		a.log.Warn("event refused", "err", err)
	}
}

// answered ends an effect that a worker did, or keeps it for when the disk
// writes again.
func (a *actor) answered(e contract.Effect, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.jobs--
	if errors.Is(err, ErrReadOnly) {
		a.parked = append(a.parked, e)
		return
	}
	if e.Class() == contract.Durable {
		a.e.markDone(a.key, e.ID())
	}
}

// read handles the mail.
func (a *actor) read(ctx context.Context) {
	a.mu.Lock()
	m := a.mail
	a.mail = mail{}
	a.mu.Unlock()
	if m.retry {
		a.again()
	}
	for _, d := range m.news {
		a.news(d)
	}
	for _, raw := range m.attested {
		if a.stored(raw) {
			continue // told again, as every start and every poll may
		}
		a.insist(func(c contract.Clock) contract.Event { return contract.AttestationReceived{Clock: c, Message: raw} })
	}
	for _, fact := range m.pool {
		a.pooled(fact)
	}
	if m.gone {
		a.insist(func(c contract.Clock) contract.Event { return contract.Disconnected{Clock: c} })
	}
	if m.due {
		a.insist(func(c contract.Clock) contract.Event { return contract.Tick{Clock: c} })
	}
	a.follow(ctx)
}

// stored reports whether a message is on disk already. What came of an attestation
// that is, its alarm too, came of it when it was stored.
func (a *actor) stored(raw []byte) bool {
	_, err := a.e.store.Message(a.key, sha256.Sum256(raw))
	return err == nil
}

// insist applies an event that must not be lost: one that the disk refuses is
// kept, one that the contract refuses is not.
func (a *actor) insist(event func(contract.Clock) contract.Event) {
	if len(a.retry) > 0 {
		a.retry = append(a.retry, event)
		return
	}
	switch err := a.apply(event(a.e.clock())); {
	case err == nil, errors.Is(err, contract.ErrIllegal):
	case errors.Is(err, ErrReadOnly):
		a.retry = append(a.retry, event)
	default:
		a.log.Warn("event refused", "err", err)
	}
}

// again tries what the disk refused.
func (a *actor) again() {
	events := a.retry
	a.retry = nil
	for _, event := range events {
		a.insist(event)
	}
	a.mu.Lock()
	for _, e := range a.parked {
		a.queue = append(a.queue, todo{effect: e, from: a.state.Phase, to: a.state.Phase})
	}
	a.parked = nil
	a.mu.Unlock()
	a.runQueue()
	if len(a.retry) > 0 {
		return
	}
	for _, d := range a.acks {
		a.e.taken(d)
	}
	held := a.held
	a.acks, a.held = nil, nil
	for _, d := range held {
		a.news(d)
	}
}

// apply is the heart: one step, one commit, and then its effects are queued.
func (a *actor) apply(event contract.Event) error {
	old, kind := a.state, contract.KindOf(event)
	next, effects, err := contract.Step(old, event)
	if err != nil {
		return err
	}
	trace := next.Phase != contract.New || next.OfferHash != [32]byte{}
	a.e.at(commitPoints[kind].before)
	if err := a.e.commit(old, next, kind, effects); err != nil {
		return a.refusedCommit(kind, err)
	}
	a.e.at(commitPoints[kind].after)
	changed := len(effects) > 0 || old.Phase != next.Phase
	a.state = next
	if trace {
		a.show()
		a.e.noticeChange(a, old, next)
	}
	a.enqueue(effects, old.Phase, next.Phase, !trace)
	a.accuse(effects)
	if changed && trace && a.e.cfg.Changed != nil {
		a.e.cfg.Changed(a.key)
	}
	return nil
}

// refusedCommit handles a commit that failed: what an order or an oracle makes
// impossible ends the contract, what the disk makes impossible stops all
// signing, and everything else is a fault of ours.
func (a *actor) refusedCommit(kind contract.Kind, err error) error {
	var code wire.RejectCode
	switch {
	case errors.Is(err, store.ErrUnavailable):
		code = wire.RejectUnavailable
	case errors.Is(err, store.ErrNonceReuse):
		code = wire.RejectBadOracle
	case errors.Is(err, store.ErrStale), errors.Is(err, store.ErrImmutable), errors.Is(err, contract.ErrRecord):
		a.log.Error("commit refused", "event", kind.String(), "err", err)
		return err
	default:
		a.e.suspend(err)
		return fmt.Errorf("%w: %w", ErrReadOnly, err)
	}
	if kind == contract.KindOwnFailure || a.state.OfferHash == [32]byte{} {
		return err
	}
	if failed := a.apply(contract.OwnFailure{Clock: a.e.clock(), Code: code}); failed != nil {
		return errors.Join(err, failed)
	}
	return err
}

// counted counts an effect that asks for watches until it is done.
func (a *actor) counted(e contract.Effect) {
	if isWatch(e) {
		a.e.unwatched.Add(1)
	}
}

// enqueue queues the effects of a step that are to be run.
func (a *actor) enqueue(effects []contract.Effect, from, to contract.Phase, noTrace bool) {
	a.mu.Lock()
	for _, e := range effects {
		if e.Class() != contract.InCommit {
			a.queue = append(a.queue, todo{effect: e, from: from, to: to, noTrace: noTrace})
			a.counted(e)
		}
	}
	if to.Final() && !from.Final() && to != contract.Aborted {
		// Our coins are spent for good; their leases are of no use any more.
		a.queue = append(a.queue, todo{effect: contract.ReleaseInputs{}, from: from, to: to, noTrace: true})
	}
	a.mu.Unlock()
	a.runQueue()
}

// idle reports whether nothing waits for the contract and nothing works for it.
// It wants the lock held.
func (a *actor) idle() bool {
	return a.mail.empty() && len(a.queue) == 0 && !a.running && len(a.parked) == 0 && a.jobs == 0 && len(a.inbox) == 0
}

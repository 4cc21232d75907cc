package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node/engine/draft"
	"github.com/alkimiya/alkimiya/node/engine/journal"
	"github.com/alkimiya/alkimiya/node/engine/nonces"
	"github.com/alkimiya/alkimiya/node/engine/pool"
	"github.com/alkimiya/alkimiya/node/engine/timers"
	"github.com/alkimiya/alkimiya/node/engine/track"
	"github.com/alkimiya/alkimiya/node/policy"
)

const (
	// maxPublishing is how many transactions are handed to the wallet at once.
	maxPublishing = 8
	// probeDisk is how often a disk that could not write is tried again.
	probeDisk = 3 * time.Second
	// keepFinal is how many blocks a final contract is still watched.
	keepFinal = 144
)

// Engine carries events to contracts and effects to the world. Make it with New
// and call Run once; all other methods are safe for concurrent use, wait until
// Run has begun, and return ErrStopped after it.
type Engine struct {
	cfg     Config
	log     *slog.Logger
	store   *store.Store
	drafts  *draft.Drafter
	nonces  *nonces.Sessions
	timers  *timers.Timers
	journal *journal.Journal // set when ready is closed

	passing  passing
	rules    atomic.Pointer[policy.Policy]
	tip      atomic.Pointer[track.Block]
	readOnly atomic.Bool
	// unwatched counts effects that ask for watches and are not done.
	unwatched atomic.Int64

	// places are those of the workers, publishing of transactions on their way
	// to the wallet.
	places, publishing chan struct{}

	// watch, if not nil, is told of every place of a crash; only tests set it.
	watch func(name string)
	// unpaid are the transactions that mempools refuse for their fee, of which the
	// user has been told.
	unpaid sync.Map // by chainhash.Hash
	// fault, if not nil, may refuse a write as a full disk does; only tests set it.
	fault func() error
	// damage, if not nil, may spoil what a CET is made of; only tests set it.
	damage  func() error
	spawns  chan func(context.Context)
	ready   chan struct{} // closed when the contracts are loaded
	current chan struct{} // closed when the tip is known
	reached sync.Once     // closes current
	stopped chan struct{} // closed when nothing is begun any more

	mu      sync.Mutex // of all below
	actors  map[Key]*actor
	byPeer  map[[33]byte]map[Key]*actor
	ids     map[peerID]Key
	links   map[[33]byte]*link
	waiting []*delivery // news that not every contract has taken
	place   place
	acked   chan struct{} // of capacity 1
}

// peerID is a contract id under a peer's key: ids of different peers are not
// mixed up.
type peerID struct {
	peer [33]byte
	id   [32]byte
}

// New returns an engine. It fails with ErrRequest for a configuration that
// misses something, or as policy.Check does.
func New(cfg Config) (*Engine, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	e := &Engine{
		cfg: cfg, log: cfg.Log, store: cfg.Store, nonces: nonces.New(cfg.Keys, cfg.Random), timers: timers.New(), passing: passing{time.Now()},
		places: make(chan struct{}, cfg.Workers), publishing: make(chan struct{}, maxPublishing),
		spawns: make(chan func(context.Context)), ready: make(chan struct{}), current: make(chan struct{}), stopped: make(chan struct{}),
		actors: make(map[Key]*actor), byPeer: make(map[[33]byte]map[Key]*actor), ids: make(map[peerID]Key),
		links: make(map[[33]byte]*link), acked: make(chan struct{}, 1),
	}
	rules := cfg.Policy
	e.rules.Store(&rules)
	e.drafts = draft.New(draft.Config{
		NodeKey: cfg.NodeKey, Params: cfg.Params, Oracles: cfg.Oracles, Passing: cfg.Passing, Wallet: cfg.Wallet, Node: cfg.Mempool,
		Records: cfg.Store, Clock: cfg.Clock, Policy: e.policy, Hellos: e.hellos,
	})
	return e, nil
}

// Run loads the contracts, finishes what a crash left, and works until ctx ends
// or something breaks that cannot be worked around. It returns when nothing of
// it runs any more; secret nonces are gone then.
func (e *Engine) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	var begun sync.WaitGroup
	defer func() {
		begun.Wait()
		e.nonces.Close()
	}()
	group.Go(func() error {
		defer close(e.stopped)
		for {
			select {
			case f := <-e.spawns:
				begun.Go(func() { f(ctx) })
			case <-ctx.Done():
				return nil
			}
		}
	})
	if err := e.load(ctx); err != nil {
		if ctx.Err() == nil {
			group.Go(func() error { return err })
		}
		return group.Wait()
	}
	close(e.ready)
	group.Go(func() error {
		return e.cfg.Track.Run(ctx, func(n track.News) error { return e.deliver(ctx, n) })
	})
	group.Go(func() error { return e.countTaken(ctx) })
	group.Go(func() error { e.timers.Run(ctx, e.clock, e.fire); return nil })
	group.Go(func() error { return e.probe(ctx) })
	if e.cfg.Mempool != nil {
		poller := pool.New(e.cfg.Mempool, e.wanted, e.log)
		group.Go(func() error { poller.Run(ctx, e.cfg.PoolPoll); return nil })
	}
	return group.Wait()
}

// spawn runs f in a goroutine that Run waits for; false once the engine stops.
func (e *Engine) spawn(f func(context.Context)) bool {
	select {
	case e.spawns <- f:
		return true
	case <-e.stopped:
		return false
	}
}

// await waits until the contracts are loaded.
func (e *Engine) await(ctx context.Context) error {
	select {
	case <-e.ready:
	case <-e.stopped:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-e.stopped:
		return ErrStopped
	default:
		return nil
	}
}

// awaitTip waits until the tip is known, by which new contracts are judged.
func (e *Engine) awaitTip(ctx context.Context) error {
	select {
	case <-e.current:
		return nil
	case <-e.stopped:
		return ErrStopped
	case <-ctx.Done():
		return ctx.Err()
	}
}

// policy returns the rules in force.
func (e *Engine) policy() policy.Policy { return *e.rules.Load() }

// ReloadPolicy puts new rules in force, for what comes from now on. It fails as
// policy.Check does and then changes nothing.
func (e *Engine) ReloadPolicy(p policy.Policy) error {
	if err := p.Check(); err != nil {
		return err
	}
	e.rules.Store(&p)
	e.log.Info("policy in force")
	return nil
}

// Tip returns the block by which contracts are judged.
func (e *Engine) Tip() track.Block {
	if tip := e.tip.Load(); tip != nil {
		return *tip
	}
	return track.Block{}
}

// load brings the contracts of the store to life.
func (e *Engine) load(ctx context.Context) error {
	fork, known, err := e.resumePoint(ctx)
	if err != nil {
		return err
	}
	e.tip.Store(&fork)
	e.cfg.Clock.Tip(time.Unix(fork.Time, 0))
	if e.journal, err = journal.Open(e.store, e.cfg.Clock.Now, e.stopped, e.log); err != nil {
		return err
	}
	undone := make(map[Key]bool)
	err = e.store.Outbox(func(key [32]byte, _ contract.Effect) error { undone[key] = true; return nil })
	if err != nil {
		return fmt.Errorf("load contracts: %w", err)
	}
	reserved := make(map[[32]byte]bool)
	var states []contract.State
	err = e.store.Contracts(func(s contract.State) error {
		key := s.Key()
		if !s.Phase.Final() && s.Phase != contract.New {
			reserved[key] = true
		}
		if !s.Phase.Final() || undone[key] || s.SignHash != [32]byte{} && s.Clock.Height+keepFinal > fork.Height {
			states = append(states, s)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("load contracts: %w", err)
	}
	freed, err := e.cfg.Fund.Reconcile(ctx, func(key [32]byte) bool { return reserved[key] })
	if err != nil {
		return fmt.Errorf("free coins of contracts that are gone: %w", err)
	}
	searched := make(heights)
	for _, s := range states {
		hint, err := e.hintOf(ctx, s, fork, known, searched)
		if err != nil {
			return err
		}
		clock := e.clock()
		if !known {
			clock.Height = max(1, hint) - 1 // what is above may be of another chain
		}
		e.adopt(s, hint, clock)
	}
	e.log.Info("contracts loaded", "contracts", len(states), "height", fork.Height, "coins_freed", freed)
	return nil
}

// resumePoint returns the block up to which the contracts know the chain and
// that is still in it; if there is none, the tip and false. It waits for the
// backend.
func (e *Engine) resumePoint(ctx context.Context) (track.Block, bool, error) {
	raw, err := e.store.Place()
	if err != nil {
		return track.Block{}, false, err
	}
	if e.place, err = decodePlace(raw); err != nil {
		return track.Block{}, false, err
	}
	for {
		fork, known, err := e.cfg.Track.Fork(ctx, e.place.chain)
		if err == nil && !known {
			fork, err = e.cfg.Track.Tip(ctx)
		}
		if err == nil {
			return fork, known, nil
		}
		e.log.Warn("contracts wait for the chain backend", "err", err)
		timer := time.NewTimer(time.Second)
		select {
		case <-ctx.Done():
			timer.Stop()
			return track.Block{}, false, ctx.Err()
		case <-timer.C:
		}
	}
}

// hintOf returns the lowest height at which something new about a stored
// contract can be. What lies up to the fork is in its state, unless the chain
// was never followed for it: then the search begins a day before its offer.
func (e *Engine) hintOf(ctx context.Context, s contract.State, fork track.Block, known bool, searched heights) (uint32, error) {
	if known && (s.FundingAt.Seen || s.SignHash == [32]byte{}) {
		return min(fork.Height, e.place.known) + 1, nil
	}
	return e.search(ctx, s, searched)
}

// heights are those of the chain by Unix day, so that contracts of one day are
// looked up once.
type heights map[int64]uint32

// search returns the height at which the search for a contract begins whose
// place in the chain is not known: that of a day that began before its offer.
func (e *Engine) search(ctx context.Context, s contract.State, searched heights) (uint32, error) {
	const tries = 5
	message, err := wire.Decode(s.Offer)
	if err != nil {
		return 0, fmt.Errorf("contract %x: %w", s.TempID[:4], err)
	}
	offer, ok := message.(*wire.Offer)
	if !ok {
		return 0, fmt.Errorf("%w: contract %x has no offer", contract.ErrRecord, s.TempID[:4])
	}
	day := int64(offer.Expiry)/secondsPerDay - 1
	if height, known := searched[day]; known {
		return height, nil
	}
	for range tries {
		var height uint32
		if height, err = e.cfg.Track.HeightAt(ctx, day*secondsPerDay); err == nil {
			searched[day] = height
			return height, nil
		}
		timer := time.NewTimer(time.Second)
		select {
		case <-ctx.Done():
			timer.Stop()
			return 0, ctx.Err()
		case <-timer.C:
		}
	}
	return 0, fmt.Errorf("begin of the search for contract %x: %w", s.TempID[:4], err)
}

// adopt begins a goroutine for a contract of the store.
func (e *Engine) adopt(s contract.State, hint uint32, clock contract.Clock) *actor {
	a := newActor(e, s.Key(), s.Peer, s)
	a.hint, a.restart = hint, &clock
	a.counted(contract.WatchTx{}) // until its first watches are there
	e.mu.Lock()
	e.enrol(a)
	e.mu.Unlock()
	e.begin(a)
	return a
}

// begin starts an actor's goroutine; one that cannot start is gone.
func (e *Engine) begin(a *actor) {
	if !e.spawn(a.run) {
		close(a.done)
	}
}

// enrol puts an actor where it can be found. It wants the lock held.
func (e *Engine) enrol(a *actor) {
	e.actors[a.key] = a
	if e.byPeer[a.peer] == nil {
		e.byPeer[a.peer] = make(map[Key]*actor)
	}
	e.byPeer[a.peer][a.key] = a
	if id := a.snapshot().ContractID; id != [32]byte{} {
		e.ids[peerID{a.peer, id}] = a.key
	}
}

// retire takes an actor out if nothing needs it any more: a contract that left
// no trace, or that is final and out of the chain's reach. It reports whether
// the actor's goroutine must end.
func (e *Engine) retire(a *actor) bool {
	if !a.spent(e.Tip().Height) {
		return false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	a.mu.Lock()
	idle := a.idle()
	a.mu.Unlock()
	if !idle {
		return false
	}
	delete(e.actors, a.key)
	delete(e.byPeer[a.peer], a.key)
	if len(e.byPeer[a.peer]) == 0 {
		delete(e.byPeer, a.peer)
	}
	delete(e.ids, peerID{a.peer, a.state.ContractID})
	e.nonces.Forget(a.key)
	return true
}

// spent reports whether the contract needs no goroutine at a height.
func (a *actor) spent(height uint32) bool {
	switch {
	case len(a.retry) > 0 || a.awaited.Load():
		return false
	case a.state.OfferHash == [32]byte{}:
		return true
	case !a.state.Phase.Final():
		return false
	}
	return a.state.SignHash == [32]byte{} || a.finalAt+keepFinal <= height
}

// actor returns the goroutine of a contract, which is begun if the contract lies
// in the store only. It fails with ErrUnknown.
func (e *Engine) actor(ctx context.Context, key Key) (*actor, error) {
	if err := e.await(ctx); err != nil {
		return nil, err
	}
	e.mu.Lock()
	a, ok := e.actors[key]
	e.mu.Unlock()
	if ok {
		return a, nil
	}
	state, err := e.store.Contract(key)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("%w: %s", ErrUnknown, key)
	}
	if err != nil {
		return nil, err
	}
	return e.admit(newActor(e, key, state.Peer, state)), nil
}

// admit begins a new actor, or returns the one that was faster.
func (e *Engine) admit(a *actor) *actor {
	e.mu.Lock()
	if other, ok := e.actors[a.key]; ok {
		e.mu.Unlock()
		return other
	}
	e.enrol(a)
	e.mu.Unlock()
	e.begin(a)
	return a
}

// all returns the contracts with a goroutine.
func (e *Engine) all() []*actor {
	e.mu.Lock()
	defer e.mu.Unlock()
	actors := make([]*actor, 0, len(e.actors))
	for _, a := range e.actors {
		actors = append(actors, a)
	}
	return actors
}

// noticeChange keeps the indices in step with a contract.
func (e *Engine) noticeChange(a *actor, old, next contract.State) {
	a.mend(old, next)
	if old.ContractID == next.ContractID && old.OfferHash == next.OfferHash {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.actors[a.key] == a && next.ContractID != [32]byte{} {
		e.ids[peerID{next.Peer, next.ContractID}] = a.key
	}
}

// suspend stops all signing: the disk does not write. Chain and transactions
// are looked after as before.
func (e *Engine) suspend(err error) {
	if e.readOnly.CompareAndSwap(false, true) {
		e.log.Error("contract store cannot write: nothing is signed and no contract taken until it can", "err", err)
	}
}

// writable returns ErrReadOnly while the disk does not write.
func (e *Engine) writable() error {
	if e.readOnly.Load() {
		return ErrReadOnly
	}
	return nil
}

// ReadOnly reports whether the disk does not write.
func (e *Engine) ReadOnly() bool { return e.readOnly.Load() }

// broken returns the error of a disk that tests have broken.
func (e *Engine) broken() error {
	if e.fault == nil {
		return nil
	}
	return e.fault()
}

// commit writes a step down.
func (e *Engine) commit(old, next contract.State, kind contract.Kind, effects []contract.Effect) error {
	if err := e.broken(); err != nil {
		return err
	}
	return e.store.Commit(old, next, kind, effects)
}

// probe tries a disk that could not write until it can.
func (e *Engine) probe(ctx context.Context) error {
	ticker := time.NewTicker(probeDisk)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if !e.readOnly.Load() {
			continue
		}
		e.mu.Lock()
		place := e.place.encode()
		e.mu.Unlock()
		if err := errors.Join(e.broken(), e.store.SetPlace(place)); err != nil {
			continue
		}
		e.readOnly.Store(false)
		e.log.Info("contract store writes again")
		for _, a := range e.all() {
			a.post(func(m *mail) { m.retry = true })
		}
	}
}

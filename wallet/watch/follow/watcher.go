package follow

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alkimiya/alkimiya/wallet/chain"
	"github.com/alkimiya/alkimiya/wallet/watch"
)

// Errors of a Watcher.
var (
	// ErrStopped means that Run has returned.
	ErrStopped = errors.New("watcher has stopped")
	// ErrRunning means that Run was called before.
	ErrRunning = errors.New("watcher was started before")
	// ErrBehind means that the backend's tip is below all blocks remembered. It
	// is taken for a backend that catches up, not for a reorganisation; logged
	// and asked again.
	ErrBehind = errors.New("chain backend is far behind")
	// ErrBadBlock means that the backend answered with another block or header
	// than it was asked for.
	ErrBadBlock = errors.New("chain backend sent another block than asked for")
)

// Options of a Watcher; the zero value is a good choice.
type Options struct {
	// Window is the number of recent blocks remembered and the greatest target
	// depth; watch.Window if 0. A deeper reorganisation is followed by a rescan
	// of all watches.
	Window int
	// Poll is how often the tip is asked for although no new block was
	// notified; 30 s if 0.
	Poll time.Duration
	// RetryMin and RetryMax bound the growing pause after a backend's error;
	// 250 ms and 30 s if 0.
	RetryMin, RetryMax time.Duration
}

func (o Options) withDefaults() Options {
	if o.Window <= 0 {
		o.Window = watch.Window
	}
	if o.Poll <= 0 {
		o.Poll = 30 * time.Second
	}
	if o.RetryMin <= 0 {
		o.RetryMin = 250 * time.Millisecond
	}
	if o.RetryMax < o.RetryMin {
		o.RetryMax = max(o.RetryMin, 30*time.Second)
	}
	return o
}

// Watcher follows the best chain for any number of watches. Make it with New
// and call Run once; all other methods are safe for concurrent use.
type Watcher struct {
	backend chain.Backend
	log     *slog.Logger
	opts    Options

	commands chan func(*owner)
	done     chan struct{}
	started  atomic.Bool
	tip      atomic.Pointer[watch.Point]
}

// New returns a Watcher of a backend that is started before Run is called and
// stopped after Run has returned.
func New(backend chain.Backend, log *slog.Logger, opts Options) *Watcher {
	return &Watcher{
		backend: backend, log: log, opts: opts.withDefaults(),
		commands: make(chan func(*owner)), done: make(chan struct{}),
	}
}

// Subscription is a registered watch.
type Subscription struct {
	// Events delivers what happened since the value before, in order. It never
	// holds more than watch.MaxQueued events: for a reader who lags, outdated
	// ones are dropped as by watch.Coalesce, so that the last view is always
	// right and the watcher never waits. It is closed by Cancel, or when Run
	// returns.
	Events <-chan []watch.Event
	cancel func()
}

// Cancel ends the watch and closes Events. It may be called more than once.
func (s *Subscription) Cancel() { s.cancel() }

// WatchTx watches for the confirmation of a transaction. It waits until Run has
// begun, but not for the backend. It returns watch.ErrBadWatch, ErrStopped or
// ctx's error; ctx has no say after it has returned.
func (w *Watcher) WatchTx(ctx context.Context, req watch.TxWatch) (*Subscription, error) {
	if err := req.Check(w.opts.Window); err != nil {
		return nil, err
	}
	return w.subscribe(ctx, func(c *watch.Core) (watch.ID, error) { return c.WatchTx(req) })
}

// WatchOutPoint watches for the spending of an output. See WatchTx.
func (w *Watcher) WatchOutPoint(ctx context.Context, req watch.SpendWatch) (*Subscription, error) {
	if err := req.Check(w.opts.Window); err != nil {
		return nil, err
	}
	return w.subscribe(ctx, func(c *watch.Core) (watch.ID, error) { return c.WatchSpend(req) })
}

// Tip returns the block up to which events were delivered, false before the
// backend has answered for the first time.
func (w *Watcher) Tip() (watch.Point, bool) {
	p := w.tip.Load()
	if p == nil {
		return watch.Point{}, false
	}
	return *p, true
}

func (w *Watcher) subscribe(ctx context.Context, add func(*watch.Core) (watch.ID, error)) (*Subscription, error) {
	s := &subscriber{events: make(chan []watch.Event, 1), add: add}
	if err := w.do(ctx, func(o *owner) error { return o.admit(s) }); err != nil {
		return nil, err
	}
	var once sync.Once
	cancel := func() {
		once.Do(func() {
			select {
			case w.commands <- func(o *owner) { o.dismiss(s) }:
			case <-w.done: // Run has closed the channel
			}
		})
	}
	return &Subscription{Events: s.events, cancel: cancel}, nil
}

// do has the owner run f and returns f's error.
func (w *Watcher) do(ctx context.Context, f func(*owner) error) error {
	answer := make(chan error, 1)
	select {
	case w.commands <- func(o *owner) { answer <- f(o) }:
		return <-answer
	case <-w.done:
		return ErrStopped
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Run follows the chain until ctx ends, and then returns nil. It returns
// ErrRunning when called a second time, and no other error: what goes wrong
// with the backend is logged and tried again.
func (w *Watcher) Run(ctx context.Context) error {
	if !w.started.CompareAndSwap(false, true) {
		return ErrRunning
	}
	ctx, stop := context.WithCancel(ctx)
	o := newOwner(w)
	worker := make(chan struct{})
	go func() {
		defer close(worker)
		work(ctx, o.jobs, o.results)
	}()
	o.loop(ctx)
	stop()
	<-worker
	o.close()
	close(w.done)
	return nil
}

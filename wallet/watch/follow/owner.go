package follow

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/lightningnetwork/lnd/chainntnfs"

	"github.com/alkimiya/alkimiya/wallet/watch"
)

// A job asks the backend something, away from the owner, and returns what the
// owner is to do with the answer.
type job struct {
	of  *task
	ask func(context.Context) (apply func(*owner) error, err error)
}

type result struct {
	of    *task
	apply func(*owner) error
	err   error
}

// work runs one job after the other.
func work(ctx context.Context, jobs <-chan job, results chan<- result) {
	for {
		select {
		case <-ctx.Done():
			return
		case j := <-jobs:
			r := result{of: j.of}
			r.apply, r.err = j.ask(ctx)
			select {
			case results <- r:
			case <-ctx.Done():
				// A registration nobody will hear of is undone.
				if r.err == nil && j.of.undo != nil {
					j.of.undo()
				}
				return
			}
		}
	}
}

// task is one kind of work with its own pauses after errors.
type task struct {
	name  string
	timer *time.Timer
	// delay is the last pause, 0 if the last attempt succeeded.
	delay   time.Duration
	waiting bool
	undo    func()
}

func newTask(name string) *task {
	t := &task{name: name, timer: time.NewTimer(time.Hour)}
	t.timer.Stop()
	return t
}

// wake ends a pause.
func (t *task) wake() {
	t.timer.Stop()
	t.waiting = false
}

func (t *task) pause(least, most time.Duration) {
	t.delay = min(max(2*t.delay, least), most)
	t.waiting = true
	t.timer.Reset(t.delay)
}

// subscriber is a watch as the owner sees it.
type subscriber struct {
	events chan []watch.Event // of capacity 1; nil for a watch of feed
	feed   *Feed
	label  Label
	add    func(*watch.Core) (watch.ID, error)
	id     watch.ID // 0 until the core has it
}

// owner is the state of a running Watcher. One goroutine uses it.
type owner struct {
	w       *Watcher
	jobs    chan job
	results chan result
	busy    bool

	core *watch.Core // nil until the backend has answered
	subs map[watch.ID]*subscriber
	// early are the subscribers the core does not have yet, in order.
	early []*subscriber
	feeds []*Feed

	listen, sync, backfill *task

	epochs <-chan *chainntnfs.BlockEpoch
	// unlisten ends the epochs.
	unlisten func()
	// news counts what may have moved the tip; seen is its value when the tip
	// was last found to be ours.
	news, seen uint64
	restart    bool
	// next is the block to connect next, nil while it is not known.
	next *watch.Point
}

func newOwner(w *Watcher) *owner {
	return &owner{
		w: w, jobs: make(chan job), results: make(chan result),
		subs:   make(map[watch.ID]*subscriber),
		listen: newTask("listen"), sync: newTask("sync"), backfill: newTask("backfill"),
		news: 1,
	}
}

func (o *owner) loop(ctx context.Context) {
	poll := time.NewTicker(o.w.opts.Poll)
	defer poll.Stop()
	for {
		if next, ready := o.nextJob(); ready {
			select {
			case o.jobs <- next: // at once: the worker is idle
				o.busy = true
				continue
			case <-ctx.Done():
				return
			}
		}
		select {
		case <-ctx.Done():
			return
		case f := <-o.w.commands:
			f(o)
		case r := <-o.results:
			o.busy = false
			o.take(ctx, r)
		case _, ok := <-o.epochs:
			o.heard(ok)
		case <-poll.C:
			o.news++
		case <-o.listen.timer.C:
			o.listen.waiting = false
		case <-o.sync.timer.C:
			o.sync.waiting = false
		case <-o.backfill.timer.C:
			o.backfill.waiting = false
		}
	}
}

// nextJob returns what to ask next, and false while nothing is to be asked.
func (o *owner) nextJob() (job, bool) {
	switch {
	case o.busy:
	case o.epochs == nil && !o.listen.waiting:
		return o.listenJob(), true
	case o.core == nil || o.restart:
		if !o.sync.waiting {
			return o.startJob(), true
		}
	case o.next != nil && !o.sync.waiting:
		return o.nextBlockJob(), true
	case o.news != o.seen && !o.sync.waiting:
		return o.syncJob(), true
	case !o.backfill.waiting:
		if h, ok := o.core.BackfillHeight(); ok {
			return o.backfillJob(h), true
		}
	}
	return job{}, false
}

// heard handles a notified block, or the end of notifications.
func (o *owner) heard(ok bool) {
	if !ok {
		o.epochs, o.unlisten = nil, nil
		o.listen.pause(o.w.opts.RetryMin, o.w.opts.RetryMax)
		return
	}
	o.news++
	o.sync.wake()
	o.backfill.wake()
}

// take handles the answer to a job.
func (o *owner) take(ctx context.Context, r result) {
	err := r.err
	if err == nil {
		err = r.apply(o)
	}
	switch {
	case err == nil:
		if r.of.delay > 0 {
			o.w.log.Info("chain backend answers again", slog.String("task", r.of.name))
		}
		r.of.delay = 0
	case ctx.Err() != nil:
	default:
		level := slog.LevelDebug
		if r.of.delay == 0 {
			level = slog.LevelWarn
		}
		r.of.pause(o.w.opts.RetryMin, o.w.opts.RetryMax)
		o.w.log.Log(ctx, level, "following the chain is delayed, trying again",
			slog.String("task", r.of.name), slog.Duration("delay", r.of.delay), slog.Any("err", err))
	}
}

// admit takes a new subscriber.
func (o *owner) admit(s *subscriber) error {
	if o.core == nil {
		o.early = append(o.early, s)
		return nil
	}
	id, err := s.add(o.core)
	if err != nil {
		return err
	}
	s.id, o.subs[id] = id, s
	return nil
}

// dismiss ends a subscription.
func (o *owner) dismiss(s *subscriber) {
	o.forget(s)
	close(s.events)
}

// forget ends a watch.
func (o *owner) forget(s *subscriber) {
	if i := slices.Index(o.early, s); i >= 0 {
		o.early = slices.Delete(o.early, i, i+1)
		return
	}
	o.core.Remove(s.id)
	delete(o.subs, s.id)
}

// deliver hands events to their readers without waiting for them.
func (o *owner) deliver(events []watch.Event) {
	fed := make(map[*Feed][]Labelled, len(o.feeds))
	for _, e := range events {
		s := o.subs[e.Of()]
		if s == nil {
			continue // cancelled
		}
		if s.feed != nil {
			fed[s.feed] = append(fed[s.feed], Labelled{Label: s.label, Event: e})
			continue
		}
		var queue []watch.Event
		select {
		case queue = <-s.events:
		default:
		}
		// The channel is empty and nobody else sends.
		s.events <- watch.Coalesce(queue, e)
	}
	tip := o.core.Tip()
	o.w.tip.Store(&tip)
	for _, f := range o.feeds {
		f.tell(o.core, fed[f])
	}
}

// close ends all subscriptions and the notifications.
func (o *owner) close() {
	if o.unlisten != nil {
		o.unlisten()
	}
	for _, s := range slices.Concat(slices.Collect(maps.Values(o.subs)), o.early) {
		if s.feed == nil {
			close(s.events)
		}
	}
	for _, f := range o.feeds {
		close(f.news)
	}
}

// begin gives the core its first points, or new ones.
func (o *owner) begin(points []watch.Point) error {
	if o.core != nil {
		events, err := o.core.Restart(points)
		if err != nil {
			return err
		}
		o.restart = false
		for _, f := range o.feeds {
			f.lost = true
		}
		o.deliver(events)
		return nil
	}
	core, err := watch.New(o.w.opts.Window, points)
	if err != nil {
		return err
	}
	o.core = core
	for _, s := range o.early {
		if err := o.admit(s); err != nil {
			panic("follow: a watch that was checked is refused: " + err.Error())
		}
	}
	o.early = nil
	o.deliver(nil)
	return nil
}

func (o *owner) connect(b watch.Block) error {
	events, err := o.core.Connect(b)
	if err != nil {
		return err
	}
	o.w.log.Debug("block connected", slog.Int("height", int(b.Height)), slog.String("hash", b.Hash.String()))
	o.deliver(events)
	return nil
}

func (o *owner) disconnect(p watch.Point) error {
	events, err := o.core.Disconnect(p.Hash)
	if errors.Is(err, watch.ErrTooDeep) {
		o.w.log.Error("reorganisation is deeper than the blocks remembered, looking at all again",
			slog.Int("height", int(p.Height)), slog.String("hash", p.Hash.String()))
		o.restart = true
		return nil
	}
	if err != nil {
		return err
	}
	o.w.log.Info("block disconnected", slog.Int("height", int(p.Height)), slog.String("hash", p.Hash.String()))
	o.deliver(events)
	return nil
}

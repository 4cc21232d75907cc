package follow

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/alkimiya/alkimiya/wallet/watch"
)

// Label is the reader's own name for a watch of a Feed.
type Label uint64

// Labelled is an event with the label of its watch.
type Labelled struct {
	Label Label
	Event watch.Event
}

// News is what happened since the News before.
type News struct {
	// Tip is the block that all events are seen from.
	Tip watch.Point
	// Fell is the lowest height that the tip had meanwhile, at most that of the
	// Tip before: blocks above it were disconnected if Reorg is set. After a
	// reorganisation deeper than the blocks remembered it is the lower of both
	// tips, and Events tell what else has changed.
	Fell  watch.Height
	Reorg bool
	// Events are in order for each watch; outdated ones are dropped as by
	// watch.Coalesce.
	Events []Labelled
	// Watches counts those that the feed had been given until then; Behind says that
	// some watch had not seen all blocks up to Tip yet.
	Watches uint64
	Behind  bool
}

// Feed is one reader of the tip and of any number of watches, for who has too
// many for a Subscription each. News is ready when the tip has moved or an
// event has come, never holds more than one value, and what comes meanwhile is
// merged into it, so that the watcher never waits. It is closed by Cancel, or
// when Run returns.
type Feed struct {
	News <-chan News

	w      *Watcher
	news   chan News
	added  atomic.Uint64
	ids    map[Label]*subscriber // the owner's
	told   watch.Point           // the owner's: the tip of the last News
	heard  bool                  // the owner's: told is set
	lost   bool                  // the owner's: the core has started anew
	cancel sync.Once
}

// Feed begins a feed. It waits until Run has begun, but not for the backend,
// and returns ErrStopped or ctx's error.
func (w *Watcher) Feed(ctx context.Context) (*Feed, error) {
	news := make(chan News, 1)
	f := &Feed{News: news, news: news, w: w, ids: make(map[Label]*subscriber)}
	err := w.do(ctx, func(o *owner) error {
		o.feeds = append(o.feeds, f)
		if o.core != nil {
			f.tell(o.core, nil)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// WatchTx watches for the confirmation of a transaction under a label that the
// feed does not use yet; a label in use stays what it is. See Watcher.WatchTx.
func (f *Feed) WatchTx(ctx context.Context, label Label, req watch.TxWatch) error {
	if err := req.Check(f.w.opts.Window); err != nil {
		return err
	}
	return f.add(ctx, label, func(c *watch.Core) (watch.ID, error) { return c.WatchTx(req) })
}

// WatchOutPoint watches for the spending of an output. See WatchTx.
func (f *Feed) WatchOutPoint(ctx context.Context, label Label, req watch.SpendWatch) error {
	if err := req.Check(f.w.opts.Window); err != nil {
		return err
	}
	return f.add(ctx, label, func(c *watch.Core) (watch.ID, error) { return c.WatchSpend(req) })
}

func (f *Feed) add(ctx context.Context, label Label, add func(*watch.Core) (watch.ID, error)) error {
	return f.w.do(ctx, func(o *owner) error {
		if _, used := f.ids[label]; used {
			return nil
		}
		s := &subscriber{feed: f, label: label, add: add}
		if err := o.admit(s); err != nil {
			return err
		}
		f.ids[label] = s
		f.added.Add(1)
		return nil
	})
}

// Watches counts the watches that the feed was ever given: see News.
func (f *Feed) Watches() uint64 { return f.added.Load() }

// Drop ends watches; unknown labels are ignored. Events of theirs that are on
// their way may still come.
func (f *Feed) Drop(ctx context.Context, labels ...Label) error {
	return f.w.do(ctx, func(o *owner) error {
		for _, label := range labels {
			if s, ok := f.ids[label]; ok {
				delete(f.ids, label)
				o.forget(s)
			}
		}
		return nil
	})
}

// Cancel ends the feed with all its watches. It may be called more than once.
func (f *Feed) Cancel() {
	f.cancel.Do(func() {
		select {
		case f.w.commands <- func(o *owner) { o.endFeed(f) }:
		case <-f.w.done: // Run has closed the channel
		}
	})
}

// endFeed forgets a feed and its watches.
func (o *owner) endFeed(f *Feed) {
	at := slices.Index(o.feeds, f)
	if at < 0 {
		return
	}
	o.feeds = slices.Delete(o.feeds, at, at+1)
	for _, s := range f.ids {
		o.forget(s)
	}
	close(f.news)
}

// tell merges what is new into what the reader has not taken yet.
func (f *Feed) tell(core *watch.Core, events []Labelled) {
	tip := core.Tip()
	if f.heard && tip == f.told && len(events) == 0 {
		return
	}
	news := News{Tip: tip, Fell: tip.Height, Events: events, Watches: f.added.Load()}
	_, news.Behind = core.BackfillHeight()
	if f.heard {
		news.Fell = min(tip.Height, f.told.Height)
		news.Reorg = tip != f.told && tip.Height <= f.told.Height
	}
	news.Reorg = news.Reorg || f.lost
	f.told, f.heard, f.lost = tip, true, false
	select {
	case before := <-f.news:
		news = merge(before, news)
	default:
	}
	// The channel is empty and nobody else sends.
	f.news <- news
}

// merge joins two News that follow each other.
func merge(a, b News) News {
	queues := make(map[Label][]watch.Event)
	var order []Label
	for _, e := range slices.Concat(a.Events, b.Events) {
		if _, seen := queues[e.Label]; !seen {
			order = append(order, e.Label)
		}
		queues[e.Label] = watch.Coalesce(queues[e.Label], e.Event)
	}
	news := News{Tip: b.Tip, Fell: min(a.Fell, b.Fell), Reorg: a.Reorg || b.Reorg, Watches: b.Watches, Behind: b.Behind}
	for _, label := range order {
		for _, e := range queues[label] {
			news.Events = append(news.Events, Labelled{Label: label, Event: e})
		}
	}
	return news
}

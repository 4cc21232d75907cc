package oracle

import (
	"context"
	"fmt"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/alkimiya/alkimiya/internal/crashpoint"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// announceUpTo announces the events of all days from the track's start to the horizon
// beyond the last closed day, as far as they are not announced.
func (s *Service) announceUpTo(ctx context.Context, t *track, closed uint32) error {
	last := closed + s.cfg.Horizon
	for t.announced < last && ctx.Err() == nil {
		var batch []occasion
		day := t.announced
		for day < last && len(batch) < s.cfg.Batch {
			day++
			missing, err := s.unannounced(t, day)
			if err != nil {
				return err
			}
			batch = append(batch, missing...)
		}
		if err := s.announce(ctx, batch); err != nil {
			return fmt.Errorf("announce days %d to %d of %s: %w", t.announced+1, day, t.def.ID, err)
		}
		t.announced = day
		if len(batch) > 0 {
			s.log.Info("announced", "index", t.def.ID, "events", len(batch), "through_day", day)
		}
	}
	return nil
}

// unannounced are the events of a day that the announcing key has not announced.
func (s *Service) unannounced(t *track, day uint32) ([]occasion, error) {
	list := occasions(t.def, day)
	ids := make([]string, len(list))
	for i, o := range list {
		ids[i] = o.id
	}
	missing, err := s.store.Missing(s.announcer().Key(), ids)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(o occasion) bool { return !slices.Contains(missing, o.id) }), nil
}

// announce signs and stores announcements, all in one synced write.
func (s *Service) announce(ctx context.Context, batch []occasion) error {
	if len(batch) == 0 {
		return nil
	}
	list := make([]attest.Announcement, len(batch))
	err := parallel(ctx, len(batch), func(i int) (err error) {
		o := batch[i]
		list[i], err = s.announcer().Announce(o.id, o.descriptor, o.maturity)
		return err
	})
	if err != nil {
		return err
	}
	crashpoint.Here(pointAnnounceSigned)
	if err := s.store.Announce(list); err != nil {
		return err
	}
	crashpoint.Here(pointAnnounceStored)
	return nil
}

// parallel runs f for 0 to n-1 on all processors and returns the first error.
func parallel(ctx context.Context, n int, f func(i int) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range n {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return f(i)
		})
	}
	return group.Wait()
}

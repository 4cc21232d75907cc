package follow_test

import (
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/wallet/watch"
	"github.com/alkimiya/alkimiya/wallet/watch/follow"
)

// news returns what a feed has to tell now.
func news(t *testing.T, f *follow.Feed) follow.News {
	t.Helper()
	synctest.Wait()
	select {
	case n, open := <-f.News:
		require.True(t, open)
		return n
	default:
		t.Fatal("no news")
		return follow.News{}
	}
}

// labelled names events with their labels.
func labelled(n follow.News) []string {
	var names []string
	for _, e := range n.Events {
		for _, kind := range kinds([]watch.Event{e.Event}) {
			names = append(names, fmt.Sprintf("%d %s", e.Label, kind))
		}
	}
	return names
}

func TestFeedTellsTheTipAndItsWatches(t *testing.T) {
	inBubble(t, 10, follow.Options{}, nil, func(t *testing.T, r *rig) {
		f, err := r.w.Feed(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, 9, news(t, f).Tip.Height)
		tx := spend(1)
		require.NoError(t, f.WatchTx(t.Context(), 7, watch.TxWatch{TxID: tx.TxHash(), Script: script, Hint: 10, Depth: 1}))
		require.NoError(t, f.WatchOutPoint(t.Context(), 8, watch.SpendWatch{OutPoint: outPoint(1), Script: script, Hint: 10, Depth: 1}))
		// A label in use stays what it is.
		require.NoError(t, f.WatchOutPoint(t.Context(), 8, watch.SpendWatch{OutPoint: outPoint(2), Hint: 10, Depth: 1}))

		r.b.mine(tx)
		n := news(t, f)
		require.EqualValues(t, 10, n.Tip.Height)
		require.False(t, n.Reorg)
		require.Equal(t, []string{"7 confirmed at 10", "7 reached 1", "8 spent at 10", "8 reached 1"}, labelled(n))

		require.NoError(t, f.Drop(t.Context(), 7, 99))
		r.b.reorg(2)
		n = news(t, f)
		require.True(t, n.Reorg)
		require.EqualValues(t, 8, n.Fell)
		require.EqualValues(t, 11, n.Tip.Height)
		require.Equal(t, []string{"8 unspent at 10"}, labelled(n))

		f.Cancel()
		f.Cancel()
		synctest.Wait()
		_, open := <-f.News
		require.False(t, open)
	})
}

// TestFeedOfALaggingReader shows that what was not read is merged, and that the
// sum is that of reading at once.
func TestFeedOfALaggingReader(t *testing.T) {
	inBubble(t, 10, follow.Options{}, nil, func(t *testing.T, r *rig) {
		f, err := r.w.Feed(t.Context())
		require.NoError(t, err)
		one, two := spend(1), spend(2)
		for i, tx := range []watch.TxWatch{{TxID: one.TxHash()}, {TxID: two.TxHash()}} {
			tx.Hint, tx.Depth = 5, 1
			require.NoError(t, f.WatchTx(t.Context(), follow.Label(i), tx))
		}
		news(t, f)
		r.b.mine(one)
		synctest.Wait()
		r.b.reorg(1, two)
		synctest.Wait()
		n := news(t, f)
		require.True(t, n.Reorg)
		require.EqualValues(t, 9, n.Fell)
		require.Equal(t, []string{"1 confirmed at 10", "1 reached 1"}, labelled(n))
	})
}

// TestFeedSaysWhetherAllWasTold gives a feed a watch that has the past to see.
func TestFeedSaysWhetherAllWasTold(t *testing.T) {
	inBubble(t, 10, follow.Options{}, nil, func(t *testing.T, r *rig) {
		f, err := r.w.Feed(t.Context())
		require.NoError(t, err)
		first := news(t, f)
		require.False(t, first.Behind)
		require.Zero(t, first.Watches)
		tx := spend(1)
		r.b.mine(tx)
		require.EqualValues(t, 10, news(t, f).Tip.Height)
		hold, held := make(chan struct{}), make(chan struct{}, 20)
		r.b.set(func() { r.b.gate = func() { held <- struct{}{}; <-hold } })
		require.NoError(t, f.WatchTx(t.Context(), 7, watch.TxWatch{TxID: tx.TxHash(), Script: script, Hint: 3, Depth: 1}))
		require.EqualValues(t, 1, f.Watches())
		<-held // it is shown its first block
		r.b.mine()
		close(hold)
		synctest.Wait()
		n := news(t, f)
		require.False(t, n.Behind, "all was told in this News or before")
		require.EqualValues(t, 1, n.Watches)
		require.Equal(t, []string{"7 confirmed at 10", "7 reached 1"}, labelled(n))
	})
}

func TestFeedEndsWithTheWatcher(t *testing.T) {
	inBubble(t, 3, follow.Options{}, nil, func(t *testing.T, r *rig) {
		f, err := r.w.Feed(t.Context())
		require.NoError(t, err)
		news(t, f)
		r.end()
		_, open := <-f.News
		require.False(t, open)
		require.ErrorIs(t, f.WatchTx(t.Context(), 1, watch.TxWatch{Script: script, Depth: 1}), follow.ErrStopped)
		f.Cancel()
	})
}

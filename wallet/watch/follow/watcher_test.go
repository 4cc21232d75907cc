package follow_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand"
	"testing"
	"testing/synctest"
	"time"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/wallet/chain"
	"github.com/alkimiya/alkimiya/wallet/watch"
	"github.com/alkimiya/alkimiya/wallet/watch/follow"
)

var script = []byte("script of ours")

func outPoint(n byte) wire.OutPoint { return wire.OutPoint{Hash: chainhash.Hash{n}, Index: 1} }

// spend spends an output and pays to script.
func spend(n byte) *wire.MsgTx {
	tx := wire.NewMsgTx(2)
	op := outPoint(n)
	tx.AddTxIn(wire.NewTxIn(&op, nil, nil))
	tx.AddTxOut(wire.NewTxOut(1000, script))
	return tx
}

// rig is a running Watcher in a synctest bubble.
type rig struct {
	t *testing.T
	b *backend
	w *follow.Watcher
	// end stops Run and waits for it.
	end func()
}

// inBubble runs f with a Watcher; in there, time passes only when all wait.
func inBubble(t *testing.T, length int, opts follow.Options, prepare func(*backend), f func(*testing.T, *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := newBackend(length)
		if prepare != nil {
			prepare(b)
		}
		r := &rig{t: t, b: b, w: follow.New(b, slog.New(slog.DiscardHandler), opts)}
		ctx, cancel := context.WithCancel(t.Context())
		errs := make(chan error, 1)
		go func() { errs <- r.w.Run(ctx) }()
		ended := false
		r.end = func() {
			if !ended {
				ended = true
				cancel()
				require.NoError(t, <-errs)
			}
		}
		defer r.end()
		synctest.Wait()
		f(t, r)
	})
}

func (r *rig) watchTx(tx *wire.MsgTx, hint watch.Height, depth uint32) *follow.Subscription {
	r.t.Helper()
	s, err := r.w.WatchTx(r.t.Context(), watch.TxWatch{TxID: tx.TxHash(), Script: script, Hint: hint, Depth: depth})
	require.NoError(r.t, err)
	synctest.Wait()
	return s
}

// read returns what is there now.
func read(s *follow.Subscription) []watch.Event {
	synctest.Wait()
	select {
	case events := <-s.Events:
		return events
	default:
		return nil
	}
}

// kinds names events for comparison.
func kinds(events []watch.Event) []string {
	var names []string
	for _, e := range events {
		switch e := e.(type) {
		case watch.Confirmed:
			names = append(names, fmt.Sprintf("confirmed at %d", e.Site.Block.Height))
		case watch.Unconfirmed:
			names = append(names, fmt.Sprintf("unconfirmed at %d", e.Site.Block.Height))
		case watch.Spent:
			names = append(names, fmt.Sprintf("spent at %d", e.Site.Block.Height))
		case watch.SpendReorged:
			names = append(names, fmt.Sprintf("unspent at %d", e.Site.Block.Height))
		case watch.Progress:
			names = append(names, fmt.Sprintf("depth %d", e.Depth))
		case watch.DepthReached:
			names = append(names, fmt.Sprintf("reached %d", e.Target))
		}
	}
	return names
}

func TestNewBlocksAreFollowed(t *testing.T) {
	inBubble(t, 10, follow.Options{}, nil, func(t *testing.T, r *rig) {
		tx := spend(1)
		s := r.watchTx(tx, 10, 3)
		out, err := r.w.WatchOutPoint(t.Context(), watch.SpendWatch{OutPoint: outPoint(1), Script: script, Hint: 10, Depth: 1})
		require.NoError(t, err)
		require.Empty(t, read(s))
		r.b.mine(tx)
		require.Equal(t, []string{"confirmed at 10"}, kinds(read(s)))
		require.Equal(t, []string{"spent at 10", "reached 1"}, kinds(read(out)))
		r.b.mine()
		require.Equal(t, []string{"depth 2"}, kinds(read(s)))
		r.b.mine()
		require.Equal(t, []string{"reached 3"}, kinds(read(s)))
		r.b.mine()
		require.Empty(t, read(s))
		tip, ok := r.w.Tip()
		require.True(t, ok)
		require.Equal(t, watch.Height(13), tip.Height)
	})
}

func TestReorgsOfEveryDepth(t *testing.T) {
	for _, depth := range []int{1, 2, 3, 6} {
		t.Run(fmt.Sprint(depth), func(t *testing.T) {
			inBubble(t, 10, follow.Options{}, nil, func(t *testing.T, r *rig) {
				tx := spend(1)
				s := r.watchTx(tx, 10, 6)
				r.b.mine(tx)
				for range depth - 1 {
					r.b.mine()
				}
				require.NotEmpty(t, read(s))
				r.b.reorg(depth)
				require.Equal(t, []string{"unconfirmed at 10"}, kinds(read(s)))
				r.b.mine(tx)
				require.Equal(t, []string{fmt.Sprintf("confirmed at %d", 11+depth)}, kinds(read(s)))
				for range 5 {
					r.b.mine()
				}
				require.Equal(t, []string{"reached 6"}, kinds(read(s)))
				// Back again, and mined in another block at once.
				r.b.reorg(6, tx)
				require.Equal(t, []string{
					fmt.Sprintf("unconfirmed at %d", 11+depth), fmt.Sprintf("confirmed at %d", 11+depth), "reached 6",
				}, kinds(read(s)))
			})
		})
	}
}

func TestBlocksTakenAwayWithoutReplacement(t *testing.T) {
	inBubble(t, 10, follow.Options{}, nil, func(t *testing.T, r *rig) {
		tx := spend(1)
		s := r.watchTx(tx, 10, 1)
		r.b.mine(tx)
		r.b.mine()
		require.Len(t, read(s), 2)
		r.b.shrink(2)
		require.Equal(t, []string{"unconfirmed at 10"}, kinds(read(s)))
	})
}

func TestReorgBelowTheWindowIsRescanned(t *testing.T) {
	inBubble(t, 40, follow.Options{Window: 4}, nil, func(t *testing.T, r *rig) {
		stays, moves := spend(1), spend(2)
		a, b := r.watchTx(stays, 40, 4), r.watchTx(moves, 40, 4)
		r.b.mine(stays)
		r.b.mine(moves)
		for range 8 {
			r.b.mine()
		}
		require.Equal(t, []string{"confirmed at 40", "reached 4"}, kinds(read(a)))
		require.Equal(t, []string{"confirmed at 41", "reached 4"}, kinds(read(b)))
		r.b.reorg(9, nil...)
		r.b.mine(moves)
		// The reorganisation is told as far as it is certain: nothing is said of
		// a, which stands where it stood.
		require.Equal(t, []string{"unconfirmed at 41", "confirmed at 51"}, kinds(read(b)))
		require.Equal(t, []string(nil), moved(kinds(read(a))))
	})
}

// moved drops depths.
func moved(names []string) []string {
	var rest []string
	for _, n := range names {
		var d int
		if _, err := fmt.Sscanf(n, "depth %d", &d); err == nil {
			continue
		}
		if _, err := fmt.Sscanf(n, "reached %d", &d); err == nil {
			continue
		}
		rest = append(rest, n)
	}
	return rest
}

func TestBackendFarBehindIsWaitedFor(t *testing.T) {
	inBubble(t, 60, follow.Options{}, nil, func(t *testing.T, r *rig) {
		tx := spend(1)
		s := r.watchTx(tx, 60, 1)
		r.b.mine(tx)
		require.Len(t, read(s), 2)
		var best []chainhash.Hash
		r.b.set(func() { best = r.b.best; r.b.best = best[:3] }) // a node that reads its blocks anew
		r.b.ntfn.tell()
		time.Sleep(time.Hour)
		require.Empty(t, read(s))
		r.b.set(func() { r.b.best = best })
		time.Sleep(time.Minute)
		require.Empty(t, read(s))
		r.b.mine()
		synctest.Wait()
		tip, _ := r.w.Tip()
		require.Equal(t, watch.Height(61), tip.Height)
	})
}

func TestOutageDelaysEventsAndLosesNone(t *testing.T) {
	inBubble(t, 10, follow.Options{}, nil, func(t *testing.T, r *rig) {
		tx := spend(1)
		s := r.watchTx(tx, 10, 3)
		r.b.set(func() { r.b.down = chain.ErrUnavailable })
		r.b.mine(tx)
		r.b.mine()
		r.b.reorg(1)
		time.Sleep(time.Hour)
		require.Empty(t, read(s))
		asked := r.b.called("Tip")
		time.Sleep(time.Hour)
		require.Less(t, r.b.called("Tip")-asked, 200, "pauses grow")
		r.b.set(func() { r.b.down = nil })
		time.Sleep(time.Minute)
		require.Equal(t, []string{"confirmed at 10", "reached 3"}, kinds(read(s)))
	})
}

func TestBackendDownAtStart(t *testing.T) {
	down := func(b *backend) { b.down, b.ntfn.refuse = chain.ErrUnavailable, chain.ErrUnavailable }
	inBubble(t, 10, follow.Options{}, down, func(t *testing.T, r *rig) {
		tx := spend(1)
		s, gone := r.watchTx(tx, 5, 1), r.watchTx(tx, 5, 1)
		gone.Cancel()
		_, ok := r.w.Tip()
		require.False(t, ok)
		r.b.mineQuietly(tx)
		time.Sleep(time.Hour)
		require.Empty(t, read(s))
		r.b.set(func() { r.b.down = nil })
		time.Sleep(time.Minute) // still no notifications: polled
		require.Equal(t, []string{"confirmed at 10", "reached 1"}, kinds(read(s)))
		r.b.ntfn.mu.Lock()
		r.b.ntfn.refuse = nil
		r.b.ntfn.mu.Unlock()
		time.Sleep(time.Minute)
		require.Equal(t, 1, r.b.ntfn.listeners())
	})
}

func TestLostNotificationIsMadeUpByPolling(t *testing.T) {
	inBubble(t, 10, follow.Options{}, nil, func(t *testing.T, r *rig) {
		tx := spend(1)
		s := r.watchTx(tx, 10, 1)
		r.b.mineQuietly(tx)
		require.Empty(t, read(s))
		time.Sleep(31 * time.Second)
		require.Len(t, read(s), 2)
	})
}

func TestNotifierThatHangsUpIsRegisteredWithAgain(t *testing.T) {
	inBubble(t, 10, follow.Options{Poll: time.Hour}, nil, func(t *testing.T, r *rig) {
		tx := spend(1)
		s := r.watchTx(tx, 10, 1)
		r.b.ntfn.hangUp()
		time.Sleep(time.Second)
		require.Equal(t, 1, r.b.ntfn.listeners())
		r.b.mine(tx)
		require.Len(t, read(s), 2)
		r.end()
		require.Zero(t, r.b.ntfn.listeners())
	})
}

func TestPastIsShownFromTheHint(t *testing.T) {
	inBubble(t, 10, follow.Options{}, nil, func(t *testing.T, r *rig) {
		tx := spend(1)
		r.b.mine(tx)
		for range 100 {
			r.b.mine()
		}
		require.Zero(t, r.b.called("Block"), "nothing is watched")
		s := r.watchTx(tx, 5, 6)
		require.Equal(t, []string{"confirmed at 10", "reached 6"}, kinds(read(s)))
		late := r.watchTx(tx, 11, 6)
		require.Empty(t, read(late), "the hint says not below 11")
	})
}

func TestFilteredBlocksAreNotFetched(t *testing.T) {
	inBubble(t, 10, follow.Options{}, func(b *backend) { b.filter = true }, func(t *testing.T, r *rig) {
		tx := spend(1)
		for range 20 {
			r.b.mine()
		}
		r.b.mine(tx)
		for range 20 {
			r.b.mine()
		}
		s := r.watchTx(tx, 1, 6)
		require.Equal(t, []string{"confirmed at 30", "reached 6"}, kinds(read(s)))
		require.Equal(t, 1, r.b.called("Block"))
		r.b.mine()
		r.b.mine(spend(2))
		require.Empty(t, read(s))
		require.Equal(t, 2, r.b.called("Block"), "one that may match")

		// A watch without a script makes every block necessary.
		_, err := r.w.WatchOutPoint(t.Context(), watch.SpendWatch{OutPoint: outPoint(3), Hint: 1000, Depth: 1})
		require.NoError(t, err)
		r.b.mine()
		synctest.Wait()
		require.Equal(t, 3, r.b.called("Block"))
	})
}

func TestWatchAddedWhileABlockIsSkippedSeesIt(t *testing.T) {
	inBubble(t, 10, follow.Options{}, func(b *backend) { b.filter = true }, func(t *testing.T, r *rig) {
		other, err := r.w.WatchTx(t.Context(), watch.TxWatch{Script: []byte("other"), Hint: 10, Depth: 1})
		require.NoError(t, err)
		synctest.Wait()
		enter, leave := make(chan struct{}), make(chan struct{})
		r.b.set(func() { r.b.gate = func() { enter <- struct{}{}; <-leave } })
		tx := spend(1)
		r.b.mine(tx)
		<-enter // being filtered for "other" alone
		s := r.watchTx(tx, 10, 1)
		r.b.set(func() { r.b.gate = nil })
		leave <- struct{}{}
		require.Equal(t, []string{"confirmed at 10", "reached 1"}, kinds(read(s)))
		require.Empty(t, read(other))
	})
}

func TestReaderWhoLagsStopsNobodyAndEndsRight(t *testing.T) {
	inBubble(t, 10, follow.Options{}, nil, func(t *testing.T, r *rig) {
		tx := spend(1)
		lags, reads := r.watchTx(tx, 10, 3), r.watchTx(tx, 10, 3)
		for range 30 {
			r.b.mine(tx)
			height := r.b.height()
			require.Equal(t, []string{fmt.Sprintf("confirmed at %d", height)}, kinds(read(reads)))
			r.b.reorg(1)
			require.Equal(t, []string{fmt.Sprintf("unconfirmed at %d", height)}, kinds(read(reads)))
		}
		r.b.mine(tx)
		height := r.b.height()
		for range 5 {
			r.b.mine()
			synctest.Wait()
		}
		require.Equal(t, []string{fmt.Sprintf("confirmed at %d", height), "reached 3"}, kinds(read(lags)))
		require.Equal(t, []string{fmt.Sprintf("confirmed at %d", height), "reached 3"}, kinds(read(reads)))
	})
}

func TestForgedBlockIsNotConnected(t *testing.T) {
	inBubble(t, 10, follow.Options{}, nil, func(t *testing.T, r *rig) {
		tx := spend(1)
		s := r.watchTx(tx, 10, 1)
		r.b.set(func() {
			r.b.forged = &wire.MsgBlock{Header: wire.BlockHeader{PrevBlock: r.b.best[9]}, Transactions: []*wire.MsgTx{tx}}
		})
		r.b.mine()
		time.Sleep(time.Hour)
		require.Empty(t, read(s))
		r.b.set(func() { r.b.forged = nil })
		time.Sleep(time.Minute)
		require.Empty(t, read(s))
		tip, _ := r.w.Tip()
		require.Equal(t, watch.Height(10), tip.Height)
	})
}

func TestCancelClosesTheEvents(t *testing.T) {
	inBubble(t, 10, follow.Options{}, nil, func(t *testing.T, r *rig) {
		tx := spend(1)
		s, other := r.watchTx(tx, 10, 1), r.watchTx(tx, 10, 1)
		s.Cancel()
		s.Cancel()
		_, open := <-s.Events
		require.False(t, open)
		r.b.mine(tx)
		require.Len(t, read(other), 2)
		r.end()
		_, open = <-other.Events
		require.False(t, open)
		other.Cancel()
		_, err := r.w.WatchTx(t.Context(), watch.TxWatch{TxID: tx.TxHash(), Depth: 1})
		require.ErrorIs(t, err, follow.ErrStopped)
		require.ErrorIs(t, r.w.Run(t.Context()), follow.ErrRunning)
	})
}

func TestBadRequestsAreRefused(t *testing.T) {
	w := follow.New(newBackend(1), slog.New(slog.DiscardHandler), follow.Options{Window: 10})
	_, err := w.WatchTx(t.Context(), watch.TxWatch{Depth: 1})
	require.ErrorIs(t, err, watch.ErrBadWatch)
	_, err = w.WatchOutPoint(t.Context(), watch.SpendWatch{Depth: 11})
	require.ErrorIs(t, err, watch.ErrBadWatch)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = w.WatchOutPoint(ctx, watch.SpendWatch{Depth: 1})
	require.ErrorIs(t, err, context.Canceled, "Run has not begun")
}

// TestRandomHistoriesEndInTheTruth reorganises, mines and breaks the backend at
// random and compares what a reader of all events knows with the chain.
func TestRandomHistoriesEndInTheTruth(t *testing.T) {
	for seed := range int64(40) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			rng := rand.New(rand.NewSource(seed)) //nolint:gosec // a test's history, to be repeated
			inBubble(t, 20, follow.Options{Window: 8}, func(b *backend) { b.filter = seed%2 == 0 }, func(t *testing.T, r *rig) {
				var subs []*follow.Subscription
				var txs []*wire.MsgTx
				at := map[int]watch.Height{}
				for i := range 6 {
					txs = append(txs, spend(byte(i)))
				}
				for range 80 {
					r.disturb(rng, txs)
					if len(subs) < len(txs) && rng.Intn(8) == 0 {
						subs = append(subs, r.watchTx(txs[len(subs)], watch.Height(rng.Int31n(20)), 3))
					}
					for i, s := range subs {
						if rng.Intn(3) == 0 {
							followAll(t, at, i, read(s))
						}
					}
				}
				r.b.set(func() { r.b.down = nil })
				r.b.mine()
				time.Sleep(2 * time.Minute)
				for i, s := range subs {
					followAll(t, at, i, read(s))
					want, ok := r.b.find(txs[i])
					got, told := at[i]
					require.Equal(t, ok, told, "transaction %d", i)
					require.Equal(t, want, got)
				}
			})
		})
	}
}

func (r *rig) disturb(rng *rand.Rand, txs []*wire.MsgTx) {
	var free []*wire.MsgTx
	for _, tx := range txs {
		if _, ok := r.b.find(tx); !ok && rng.Intn(4) == 0 {
			free = append(free, tx)
		}
	}
	switch rng.Intn(8) {
	case 0:
		r.b.reorg(1 + rng.Intn(3))
	case 1:
		r.b.reorg(1 + rng.Intn(12)) // beyond the window at times
	case 2:
		r.b.set(func() { r.b.down = errors.New("gone") })
	case 3:
		r.b.set(func() { r.b.down = nil })
	case 4:
		r.b.mineQuietly(free...)
	case 5:
		time.Sleep(time.Duration(rng.Intn(60)) * time.Second)
	default:
		r.b.mine(free...)
	}
	if rng.Intn(2) == 0 {
		synctest.Wait()
	}
}

// find looks for a transaction in the best chain.
func (b *backend) find(tx *wire.MsgTx) (watch.Height, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for h, hash := range b.best {
		for _, x := range b.blocks[hash].Transactions {
			if x == tx {
				return watch.Height(h), true
			}
		}
	}
	return 0, false
}

func followAll(t *testing.T, at map[int]watch.Height, i int, events []watch.Event) {
	t.Helper()
	for _, e := range events {
		switch e := e.(type) {
		case watch.Confirmed:
			_, there := at[i]
			require.False(t, there, "confirmed twice")
			at[i] = e.Site.Block.Height
		case watch.Unconfirmed:
			require.Equal(t, at[i], e.Site.Block.Height)
			delete(at, i)
		case watch.Progress, watch.DepthReached, watch.Spent, watch.SpendReorged:
		}
	}
}

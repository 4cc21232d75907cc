package track_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/btcsuite/btcd/chaincfg"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	btcwire "github.com/btcsuite/btcd/wire"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/node/engine/track"
	"github.com/alkimiya/alkimiya/wallet/chain/fake"
	"github.com/alkimiya/alkimiya/wallet/watch/follow"
)

// rig is a fake chain that a tracker follows.
type rig struct {
	t     *testing.T
	chain *fake.Backend
	track *track.Tracker
	news  chan track.News
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t, chain: fake.New(&chaincfg.RegressionNetParams), news: make(chan track.News)}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	watcher := follow.New(r.chain, log, follow.Options{Poll: 10 * time.Millisecond})
	r.track = track.New(r.chain, watcher, log)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 2)
	go func() { ended <- watcher.Run(ctx) }()
	go func() {
		ended <- r.track.Run(ctx, func(n track.News) error {
			select {
			case r.news <- n:
			case <-ctx.Done():
			}
			return nil
		})
	}()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, errors.Join(<-ended, <-ended))
	})
	return r
}

// until reads news until the tip is at a height, and returns them merged.
func (r *rig) until(height uint32) (tip track.Block, facts []track.Fact, reorg bool) {
	r.t.Helper()
	timeout := time.After(20 * time.Second)
	for {
		select {
		case n := <-r.news:
			reorg = reorg || n.Reorg
			for _, f := range n.Facts {
				facts = append(facts, f...)
			}
			if n.Tip.Height == height {
				return n.Tip, facts, reorg
			}
		case <-timeout:
			r.t.Fatalf("no news of height %d", height)
		}
	}
}

func spend(n byte) *btcwire.MsgTx {
	tx := btcwire.NewMsgTx(2)
	tx.AddTxIn(btcwire.NewTxIn(&btcwire.OutPoint{Hash: chainhash.Hash{n}}, nil, nil))
	tx.AddTxOut(btcwire.NewTxOut(1000, []byte{0x51, n}))
	return tx
}

func TestNewsTellFactsHeightsAndMedianTimes(t *testing.T) {
	r := newRig(t)
	start, _, _ := r.until(0)
	require.Equal(t, chaincfg.RegressionNetParams.GenesisBlock.Header.Timestamp.Unix(), start.MTP)
	key, tx := [32]byte{7}, spend(1)
	for range 2 { // twice is once
		require.NoError(t, r.track.WatchTx(t.Context(), key, track.TxWatch{Txid: tx.TxHash(), Hint: 1}))
		require.NoError(t, r.track.WatchOut(t.Context(), key, track.OutWatch{OutPoint: tx.TxIn[0].PreviousOutPoint, Hint: 1}))
	}
	var times []int64
	for i := range 12 {
		block := r.chain.MineAt(start2020().Add(time.Duration(i*i) * time.Minute))
		times = append(times, block.Header.Timestamp.Unix())
	}
	tip, facts, _ := r.until(12)
	require.Empty(t, facts)
	require.Equal(t, times[11], tip.Time)
	last := slices.Sorted(slices.Values(times[1:]))
	require.Equal(t, last[5], tip.MTP)

	r.chain.Mine(tx)
	_, facts, _ = r.until(13)
	require.Len(t, facts, 2)
	for _, f := range facts {
		require.Equal(t, tx.TxHash(), f.Txid)
		require.EqualValues(t, 13, f.Height)
	}
	require.Zero(t, facts[0].OutPoint)
	require.Equal(t, tx.TxIn[0].PreviousOutPoint, facts[1].OutPoint)

	r.chain.Reorg(1, nil, nil)
	_, facts, reorg := r.until(14)
	require.True(t, reorg)
	require.Len(t, facts, 2)
	for _, f := range facts {
		require.Zero(t, f.Height, "the block is gone")
		require.Equal(t, tx.TxHash(), f.Tx.TxHash())
	}

	require.NoError(t, r.track.Drop(t.Context(), key))
	r.chain.Mine(tx)
	_, facts, _ = r.until(15)
	require.Empty(t, facts)
}

func start2020() time.Time { return time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC) }

func TestAPlaceFindsWhereTheChainsPart(t *testing.T) {
	r := newRig(t)
	r.until(0)
	for range 20 {
		r.chain.Mine()
	}
	tip, _, _ := r.until(20)
	place, err := r.track.Advance(t.Context(), track.Place{}, tip)
	require.NoError(t, err)
	height, ok := place.Height()
	require.True(t, ok)
	require.EqualValues(t, 20, height)
	require.EqualValues(t, 0, place.First)
	again, err := track.DecodePlace(place.Encode())
	require.NoError(t, err)
	require.Equal(t, place, again)

	r.chain.Reorg(3, nil, nil, nil, nil, nil)
	tip, _, _ = r.until(22)
	fork, ok, err := r.track.Fork(t.Context(), place)
	require.NoError(t, err)
	require.True(t, ok)
	require.EqualValues(t, 17, fork.Height)
	next, err := r.track.Advance(t.Context(), place, tip)
	require.NoError(t, err)
	require.Equal(t, place.Hashes[:18], next.Hashes[:18])
	require.Len(t, next.Hashes, 23)
	fresh, err := r.track.Advance(t.Context(), track.Place{}, tip)
	require.NoError(t, err)
	require.Equal(t, fresh, next)

	_, ok, err = r.track.Fork(t.Context(), track.Place{First: 5, Hashes: []chainhash.Hash{{1}, {2}}})
	require.NoError(t, err)
	require.False(t, ok)
	for _, bad := range [][]byte{{1}, make([]byte, 35), make([]byte, 4+32*289)} {
		_, err := track.DecodePlace(bad)
		require.ErrorIs(t, err, track.ErrPlace)
	}
}

func TestHeightsAreFoundByTime(t *testing.T) {
	r := newRig(t)
	r.until(0)
	for i := range 30 {
		r.chain.MineAt(start2020().Add(time.Duration(i) * time.Hour))
	}
	r.until(30)
	for second, want := range map[int64]uint32{
		0: 0, start2020().Unix(): 1, start2020().Add(5*time.Hour + 1).Unix(): 6, start2020().Add(1000 * time.Hour).Unix(): 30,
	} {
		got, err := r.track.HeightAt(t.Context(), second)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func TestNewsWaitForTheBackend(t *testing.T) {
	r := newRig(t)
	r.until(0)
	r.chain.SetDown(true)
	r.chain.Mine()
	r.chain.Mine()
	select {
	case n := <-r.news:
		t.Fatalf("news while the backend is away: %+v", n)
	case <-time.After(100 * time.Millisecond):
	}
	r.chain.SetDown(false)
	tip, _, _ := r.until(2)
	require.NotZero(t, tip.MTP)
}

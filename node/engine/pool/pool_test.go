package pool_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/node/engine/pool"
)

// errNode is that of a node that is away.
var errNode = errors.New("node is away")

// node has a mempool.
type node struct {
	txs           map[chainhash.Hash]*wire.MsgTx
	looks, listed int
	away          bool
}

func (n *node) Pooled(_ context.Context, txid chainhash.Hash) (*wire.MsgTx, bool, error) {
	n.looks++
	if n.away {
		return nil, false, errNode
	}
	tx, ok := n.txs[txid]
	return tx, ok, nil
}

func (n *node) Pool(context.Context) ([]chainhash.Hash, error) {
	n.listed++
	if n.away {
		return nil, errNode
	}
	ids := make([]chainhash.Hash, 0, len(n.txs))
	for id := range n.txs {
		ids = append(ids, id)
	}
	return ids, nil
}

// rig is a poller with somebody who waits.
type rig struct {
	node   *node
	poller *pool.Poller
	wanted []pool.Wanted
	told   []string
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{node: &node{txs: make(map[chainhash.Hash]*wire.MsgTx)}}
	r.poller = pool.New(r.node, func() []pool.Wanted { return r.wanted }, slog.New(slog.NewTextHandler(t.Output(), nil)))
	return r
}

// tx makes a transaction with a lock time as its name.
func tx(n uint32) *wire.MsgTx {
	made := wire.NewMsgTx(2)
	made.AddTxIn(&wire.TxIn{})
	made.AddTxOut(wire.NewTxOut(1, []byte{0x51}))
	made.LockTime = n
	return made
}

// want has a transaction waited for, once.
func (r *rig) want(made *wire.MsgTx, seen bool) {
	at := len(r.wanted)
	r.wanted = append(r.wanted, pool.Wanted{Txid: made.TxHash(), Seen: seen, Tell: func(raw []byte) {
		r.wanted[at].Seen = raw != nil
		if raw == nil {
			r.told = append(r.told, "gone")
			return
		}
		r.told = append(r.told, "come")
	}})
}

func (r *rig) put(made *wire.MsgTx) { r.node.txs[made.TxHash()] = made }

func TestATransactionIsToldOnceWhenItComes(t *testing.T) {
	r := newRig(t)
	r.want(tx(1), false)
	require.NoError(t, r.poller.Look(t.Context()))
	require.Empty(t, r.told)
	r.put(tx(1))
	for range 3 {
		require.NoError(t, r.poller.Look(t.Context()))
	}
	require.Equal(t, []string{"come"}, r.told)
}

// TestATransactionIsGoneOnlyWhenItWasMissingTwice: between the two it may have
// been mined.
func TestATransactionIsGoneOnlyWhenItWasMissingTwice(t *testing.T) {
	r := newRig(t)
	r.want(tx(1), true)
	require.NoError(t, r.poller.Look(t.Context()))
	require.Empty(t, r.told)
	r.put(tx(1)) // it was only replaced by itself
	require.NoError(t, r.poller.Look(t.Context()))
	clear(r.node.txs)
	require.NoError(t, r.poller.Look(t.Context()))
	require.Empty(t, r.told, "the first time counts anew")
	require.NoError(t, r.poller.Look(t.Context()))
	require.Equal(t, []string{"gone"}, r.told)
}

func TestAnAbsentNodeTellsNothing(t *testing.T) {
	r := newRig(t)
	r.want(tx(1), true)
	r.node.away = true
	for range 3 {
		require.ErrorIs(t, r.poller.Look(t.Context()), errNode)
	}
	require.Empty(t, r.told)
}

// TestManyAreLookedUpByTheList: one question instead of thousands.
func TestManyAreLookedUpByTheList(t *testing.T) {
	r := newRig(t)
	for n := range uint32(1000) {
		r.want(tx(n), false)
	}
	r.put(tx(7))
	require.NoError(t, r.poller.Look(t.Context()))
	require.Equal(t, []string{"come"}, r.told)
	require.Equal(t, 1, r.node.listed)
	require.Equal(t, 1, r.node.looks)
	r.node.away = true
	require.ErrorIs(t, r.poller.Look(t.Context()), errNode)
}

func TestNothingWantedAsksNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		r.poller.Run(ctx, time.Second)
		require.Zero(t, r.node.looks+r.node.listed)
	})
}

func TestItLooksAtEachInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.want(tx(1), false)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second+time.Millisecond)
		defer cancel()
		r.poller.Run(ctx, time.Second)
		require.Equal(t, 10, r.node.looks)
	})
}

package watch_test

import (
	"bytes"
	"testing"

	"github.com/btcsuite/btcd/wire"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/wallet/watch"
)

// decoded reads a block with the given witness from bytes, as a back end hands it
// over, and connects it.
func decoded(t *testing.T, witness wire.TxWitness) {
	t.Helper()
	spend := tx(7, []wire.OutPoint{out(1)}, "to")
	spend.TxIn[0].Witness = witness
	var raw bytes.Buffer
	require.NoError(t, spend.Serialize(&raw))
	var back wire.MsgTx
	require.NoError(t, back.Deserialize(&raw), "the library stops at a transaction that consensus allows")
	c, err := watch.New(watch.Window, []watch.Point{{Height: 100, Hash: hashOf(0)}})
	require.NoError(t, err)
	_, err = c.WatchSpend(watch.SpendWatch{OutPoint: out(1), Hint: 101, Depth: 6})
	require.NoError(t, err)
	block := watch.Block{Point: watch.Point{Height: 101, Hash: hashOf(1)}, Prev: hashOf(0), Txs: []*wire.MsgTx{&back}}
	events, err := c.Connect(block)
	require.NoError(t, err)
	require.Len(t, events, 1, "the spend is seen")
}

// One transaction with a long witness item stopped lnd and btcd (lnd 7002).
func TestRegressLnd7002(t *testing.T) { decoded(t, wire.TxWitness{make([]byte, 3_900_000)}) }

// One with half a million witness items did so again (lnd 7096).
func TestRegressLnd7096(t *testing.T) { decoded(t, make(wire.TxWitness, 500_003)) }

package btcd_test

import (
	"testing"
	"time"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
	"github.com/stretchr/testify/require"
)

func TestMempoolAndCoinsAreSeen(t *testing.T) {
	t.Parallel()
	n := startNode(t)
	require.NoError(t, n.Activate(time.Time{}))
	b := startBackend(t, config(t, n))

	tx, err := n.Pay(taproot(1), btcutil.SatoshiPerBitcoin)
	require.NoError(t, err)
	txid := tx.TxHash()
	out := wire.OutPoint{Hash: txid}
	for i, o := range tx.TxOut {
		if string(o.PkScript) == string(taproot(1)) {
			out.Index = uint32(i)
		}
	}
	ids, err := b.Pool(t.Context())
	require.NoError(t, err)
	require.Equal(t, []chainhash.Hash{txid}, ids)
	pooled, ok, err := b.Pooled(t.Context(), txid)
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, tx.WitnessHash(), pooled.WitnessHash())
	require.NoError(t, b.Submit(t.Context(), tx), "what is known is no error")
	depth, unspent, err := b.Coin(t.Context(), out)
	require.NoError(t, err)
	require.True(t, unspent)
	require.Zero(t, depth)

	_, err = n.Mine(2)
	require.NoError(t, err)
	_, ok, err = b.Pooled(t.Context(), txid)
	require.NoError(t, err)
	require.False(t, ok, "it is in the chain")
	depth, unspent, err = b.Coin(t.Context(), out)
	require.NoError(t, err)
	require.True(t, unspent)
	require.EqualValues(t, 2, depth)
	_, unspent, err = b.Coin(t.Context(), tx.TxIn[0].PreviousOutPoint)
	require.NoError(t, err)
	require.False(t, unspent, "spent")
	_, ok, err = b.Pooled(t.Context(), chainhash.Hash{1})
	require.NoError(t, err)
	require.False(t, ok, "unknown")

	worthless := tx.Copy()
	worthless.TxOut[0].Value--
	require.Error(t, b.Submit(t.Context(), worthless), "a bad signature is told")
}

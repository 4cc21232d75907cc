package watch_test

import (
	"fmt"
	"testing"

	"github.com/btcsuite/btcd/wire"
	"github.com/stretchr/testify/require"

	"github.com/alkimiya/alkimiya/wallet/watch"
)

// benchBlock has 4,000 transactions of three inputs and two outputs; hits of
// them spend a watched outpoint.
func benchBlock(prev watch.Point, hits int) watch.Block {
	const txs = 4000
	b := watch.Block{Point: watch.Point{Height: prev.Height + 1, Hash: hashOf(1 << 50)}, Prev: prev.Hash}
	for i := range txs {
		ins := []wire.OutPoint{out(uint64(1<<30 + 3*i)), out(uint64(1<<30 + 3*i + 1)), out(uint64(1<<30 + 3*i + 2))}
		if i < hits {
			ins[1] = out(uint64(i))
		}
		b.Txs = append(b.Txs, tx(uint32(i), ins, fmt.Sprintf("script %034d", i), fmt.Sprintf("change %034d", i)))
	}
	return b
}

func benchCore(b *testing.B, outpoints int, txid bool) *watch.Core {
	b.Helper()
	c, err := watch.New(watch.Window, []watch.Point{{Height: 800_000, Hash: hashOf(0)}})
	require.NoError(b, err)
	for i := range outpoints {
		_, err := c.WatchSpend(watch.SpendWatch{OutPoint: out(uint64(i)), Hint: 800_001, Depth: 6})
		require.NoError(b, err)
	}
	if txid {
		_, err := c.WatchTx(watch.TxWatch{TxID: hashOf(5), Hint: 800_001, Depth: 6})
		require.NoError(b, err)
	}
	return c
}

// BenchmarkConnect connects a block of 4,000 transactions, 20 of which concern
// us, against watched outpoints, without and with a watch that makes it hash
// every transaction.
func BenchmarkConnect(b *testing.B) {
	for _, n := range []int{0, 100, 10_000, 100_000} {
		for _, txid := range []bool{false, true} {
			b.Run(fmt.Sprintf("outpoints=%d/txid=%t", n, txid), func(b *testing.B) {
				c := benchCore(b, n, txid)
				block := benchBlock(c.Tip(), 20)
				b.ReportAllocs()
				for b.Loop() {
					events, err := c.Connect(block)
					if err != nil || len(events) != min(n, 20) {
						b.Fatal(len(events), err)
					}
					b.StopTimer()
					if _, err := c.Disconnect(block.Hash); err != nil {
						b.Fatal(err)
					}
					b.StartTimer()
				}
			})
		}
	}
}

// BenchmarkDisconnect takes the same block back.
func BenchmarkDisconnect(b *testing.B) {
	c := benchCore(b, 10_000, false)
	block := benchBlock(c.Tip(), 20)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		if _, err := c.Connect(block); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if _, err := c.Disconnect(block.Hash); err != nil {
			b.Fatal(err)
		}
	}
}

package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/wallet"
	"github.com/alkimiya/alkimiya/wallet/chain/fake"
)

// chain is a fake chain that refuses what cannot be mined.
type chain struct {
	*fake.Backend
	mu sync.Mutex
	at time.Time
	// held back: what is submitted is refused by the network.
	held bool
}

func newChain() *chain {
	return &chain{Backend: fake.New(&chaincfg.RegressionNetParams), at: time.Unix(opening-12*600, 0)}
}

// blocks returns the best chain, lowest first.
func (c *chain) blocks() []*btcwire.MsgBlock {
	tip, err := c.Tip(context.Background())
	if err != nil {
		panic(err)
	}
	var all []*btcwire.MsgBlock
	for hash := tip.Hash; ; {
		block, err := c.Block(context.Background(), hash)
		if err != nil {
			panic(err)
		}
		all = append(all, block)
		if block.Header.PrevBlock == (chainhash.Hash{}) {
			break
		}
		hash = block.Header.PrevBlock
	}
	slices.Reverse(all)
	return all
}

// find returns a transaction of the chain or the mempool.
func (c *chain) find(txid chainhash.Hash) (*btcwire.MsgTx, bool) {
	for _, tx := range c.Mempool() {
		if tx.TxHash() == txid {
			return tx, true
		}
	}
	for _, block := range c.blocks() {
		for _, tx := range block.Transactions {
			if tx.TxHash() == txid {
				return tx, true
			}
		}
	}
	return nil, false
}

// unspent lists the coins of an owner by falling value, without those that the
// mempool spends.
func (c *chain) unspent(owns func([]byte) bool) []wallet.Coin {
	blocks, pool := c.blocks(), c.Mempool()
	spent := make(map[btcwire.OutPoint]bool)
	all := make(map[btcwire.OutPoint]wallet.Coin)
	look := func(tx *btcwire.MsgTx, confirmations int) {
		for _, in := range tx.TxIn {
			spent[in.PreviousOutPoint] = true
		}
		for i, out := range tx.TxOut {
			if owns(out.PkScript) {
				point := btcwire.OutPoint{Hash: tx.TxHash(), Index: uint32(i)}
				all[point] = wallet.Coin{
					OutPoint: point, Value: btcutil.Amount(out.Value), PkScript: out.PkScript, Confirmations: int64(confirmations),
				}
			}
		}
	}
	for i, block := range blocks {
		for _, tx := range block.Transactions {
			look(tx, len(blocks)-i)
		}
	}
	for _, tx := range pool {
		look(tx, 0)
	}
	var coins []wallet.Coin
	for point, coin := range all {
		if !spent[point] {
			coins = append(coins, coin)
		}
	}
	slices.SortFunc(coins, func(a, b wallet.Coin) int {
		if a.Value != b.Value {
			return int(b.Value - a.Value)
		}
		return slices.Compare(a.OutPoint.Hash[:], b.OutPoint.Hash[:])
	})
	return coins
}

// submit takes a transaction into the mempool, as a node would: it must be
// final, spend coins that are there and not spent, and pass the interpreter.
func (c *chain) submit(tx *btcwire.MsgTx) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	txid := tx.TxHash()
	if c.held {
		return errors.New("held back")
	}
	if _, ok := c.find(txid); ok {
		return nil
	}
	if int64(tx.LockTime) > 500_000_000 && int64(tx.LockTime) >= c.mtp() {
		return fmt.Errorf("%s is not final", txid)
	}
	for _, other := range c.Mempool() {
		for _, in := range other.TxIn {
			if slices.ContainsFunc(tx.TxIn, func(x *btcwire.TxIn) bool { return x.PreviousOutPoint == in.PreviousOutPoint }) {
				return fmt.Errorf("%s conflicts with %s", txid, other.TxHash())
			}
		}
	}
	for _, in := range tx.TxIn {
		_, unspent, err := c.Coin(context.Background(), in.PreviousOutPoint)
		if err != nil || !unspent {
			return fmt.Errorf("input %s is spent or unknown: %w", in.PreviousOutPoint, err)
		}
	}
	if err := c.verify(tx); err != nil {
		return err
	}
	return c.Send(tx)
}

// Submit implements chain.FullNode by the same rules.
func (c *chain) Submit(_ context.Context, tx *btcwire.MsgTx) error { return c.submit(tx) }

func (c *chain) mtp() int64 {
	blocks := c.blocks()
	var times []int64
	for _, b := range blocks[max(0, len(blocks)-11):] {
		times = append(times, b.Header.Timestamp.Unix())
	}
	slices.Sort(times)
	return times[len(times)/2]
}

// mine mines blocks ten minutes apart, the first with the mempool.
func (c *chain) mine(n int) {
	for range n {
		c.mu.Lock()
		c.at = c.at.Add(10 * time.Minute)
		c.MineAt(c.at, c.Mempool()...)
		c.mu.Unlock()
	}
}

// mineEmpty mines blocks that leave the mempool alone.
func (c *chain) mineEmpty(n int) {
	for range n {
		c.mu.Lock()
		c.at = c.at.Add(10 * time.Minute)
		c.MineAt(c.at)
		c.mu.Unlock()
	}
}

// until mines until the median time is past a Unix second: one leap, then
// eleven blocks.
func (c *chain) until(second int64) {
	c.mu.Lock()
	if leap := time.Unix(second+1, 0); leap.After(c.at) {
		c.at = leap
	}
	c.mu.Unlock()
	for c.mtp() <= second {
		c.mine(1)
	}
}

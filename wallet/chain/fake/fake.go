// Package fake is a chain backend in memory, for unit tests: a chain that the
// test extends and reorganises at will, and a source on which btcwallet runs.
//
// It checks nothing: no proof of work, no signatures, no double spends. What it
// tells of blocks is true of its chain at that moment; its source tells a
// wallet of connected and disconnected blocks in order. That is its invariant:
// every listener hears the same steps, from one tip to the next.
package fake

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/btcsuite/btcd/blockchain"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
	walletchain "github.com/btcsuite/btcwallet/chain"
	"github.com/lightningnetwork/lnd/chainntnfs"
	"github.com/lightningnetwork/lnd/lnwallet/chainfee"

	"github.com/alkimiya/alkimiya/wallet/chain"
)

// Spacing is the time from one block to the next, unless MineAt says else.
const Spacing = 10 * time.Minute

// DefaultFee is the fee estimate of a new backend: 2 sat/vB.
const DefaultFee = chainfee.SatPerKWeight(500)

// block is a block with its height.
type block struct {
	*wire.MsgBlock
	height int32
}

// listener hears of every step of the chain. It is called with the backend's
// lock held, so it must neither block nor call back.
type listener interface {
	connected(b block)
	disconnected(b block)
	accepted(tx *wire.MsgTx)
}

// Backend implements chain.Backend in memory. Its methods are safe for
// concurrent use.
type Backend struct {
	params   *chaincfg.Params
	notifier *notifier

	mu        sync.Mutex // of all below
	known     map[chainhash.Hash]block
	best      []block // by height
	mempool   []*wire.MsgTx
	nonce     uint64
	down      bool
	fee       chainfee.SatPerKWeight
	listeners map[listener]struct{}
}

var (
	_ chain.Backend  = (*Backend)(nil)
	_ chain.FullNode = (*Backend)(nil)
)

// New returns a backend whose chain is the genesis block of params.
func New(params *chaincfg.Params) *Backend {
	genesis := block{MsgBlock: params.GenesisBlock}
	b := &Backend{
		params:    params,
		known:     map[chainhash.Hash]block{genesis.BlockHash(): genesis},
		best:      []block{genesis},
		fee:       DefaultFee,
		listeners: make(map[listener]struct{}),
	}
	b.notifier = &notifier{backend: b}
	return b
}

// SetDown makes every query fail with chain.ErrUnavailable, or work again. The
// chain can be extended all the same; listeners hear of it.
func (b *Backend) SetDown(down bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.down = down
}

// SetFee sets the estimate for every target; 0 makes it chain.ErrFeeUnknown.
func (b *Backend) SetFee(rate chainfee.SatPerKWeight) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fee = rate
}

// Mine extends the chain by one block with a coinbase and txs, in this order,
// and takes them out of the mempool. It returns the block.
func (b *Backend) Mine(txs ...*wire.MsgTx) *wire.MsgBlock {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.connect(b.tip().Header.Timestamp.Add(Spacing), txs)
}

// MineAt is Mine with the time of the block's header, in whole seconds.
func (b *Backend) MineAt(at time.Time, txs ...*wire.MsgTx) *wire.MsgBlock {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.connect(at, txs)
}

// MineMempool mines one block with all of the mempool.
func (b *Backend) MineMempool() *wire.MsgBlock {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.connect(b.tip().Header.Timestamp.Add(Spacing), slices.Clone(b.mempool))
}

// Reorg disconnects the last depth blocks, whose transactions return to the
// mempool, and connects one block for each of blocks. It panics if depth would
// disconnect the genesis block.
func (b *Backend) Reorg(depth int, blocks ...[]*wire.MsgTx) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if depth < 0 || depth >= len(b.best) {
		panic(fmt.Sprintf("fake chain: reorg of %d blocks at height %d", depth, b.tip().height))
	}
	for range depth {
		old := b.tip()
		b.best = b.best[:len(b.best)-1]
		b.mempool = append(b.mempool, old.Transactions[1:]...)
		for l := range b.listeners {
			l.disconnected(old)
		}
	}
	for _, txs := range blocks {
		b.connect(b.tip().Header.Timestamp.Add(Spacing), txs)
	}
}

// Mempool returns the transactions that were sent and are in no block.
func (b *Backend) Mempool() []*wire.MsgTx {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.mempool)
}

func (b *Backend) tip() block { return b.best[len(b.best)-1] }

// connect builds a block on the tip and tells everybody.
func (b *Backend) connect(at time.Time, txs []*wire.MsgTx) *wire.MsgBlock {
	tip := b.tip()
	b.nonce++
	coinbase := wire.NewMsgTx(1)
	coinbase.AddTxIn(&wire.TxIn{
		PreviousOutPoint: wire.OutPoint{Index: wire.MaxPrevOutIndex},
		// Different in every block, also of branches.
		SignatureScript: binary.BigEndian.AppendUint64([]byte{8}, b.nonce),
	})
	subsidy := blockchain.CalcBlockSubsidy(tip.height+1, b.params)
	coinbase.AddTxOut(wire.NewTxOut(subsidy, []byte{0x51}))
	all := append([]*wire.MsgTx{coinbase}, txs...)
	utxs := make([]*btcutil.Tx, len(all))
	for i, tx := range all {
		utxs[i] = btcutil.NewTx(tx)
	}
	next := block{
		MsgBlock: &wire.MsgBlock{
			Header: wire.BlockHeader{
				Version: 0x20000000, PrevBlock: tip.BlockHash(), MerkleRoot: blockchain.CalcMerkleRoot(utxs, false),
				Timestamp: at.Truncate(time.Second), Bits: b.params.PowLimitBits,
			},
			Transactions: all,
		},
		height: tip.height + 1,
	}
	b.known[next.BlockHash()] = next
	b.best = append(b.best, next)
	b.mempool = slices.DeleteFunc(b.mempool, func(tx *wire.MsgTx) bool {
		return slices.ContainsFunc(txs, func(mined *wire.MsgTx) bool { return mined.TxHash() == tx.TxHash() })
	})
	for l := range b.listeners {
		l.connected(next)
	}
	return next.MsgBlock
}

// Send puts a transaction into the mempool; one that is there is no error.
func (b *Backend) Send(tx *wire.MsgTx) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.available(); err != nil {
		return err
	}
	hash := tx.TxHash()
	if slices.ContainsFunc(b.mempool, func(other *wire.MsgTx) bool { return other.TxHash() == hash }) {
		return nil
	}
	b.mempool = append(b.mempool, tx.Copy())
	for l := range b.listeners {
		l.accepted(tx)
	}
	return nil
}

func (b *Backend) available() error {
	if b.down {
		return fmt.Errorf("%w: fake chain is down", chain.ErrUnavailable)
	}
	return nil
}

func (b *Backend) listen(l listener) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.listeners[l] = struct{}{}
}

func (b *Backend) unlisten(l listener) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.listeners, l)
}

// Name implements chain.Backend.
func (b *Backend) Name() string { return "fake" }

// Start implements chain.Backend; it fails while the backend is down.
func (b *Backend) Start(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	return b.available()
}

// Stop implements chain.Backend; there is nothing to stop.
func (b *Backend) Stop() error { return nil }

// Source implements chain.Backend.
func (b *Backend) Source() (walletchain.Interface, error) { return newSource(b), nil }

// Notifier implements chain.Backend; it knows block epochs only.
func (b *Backend) Notifier() chainntnfs.ChainNotifier { return b.notifier }

// Tip implements chain.Backend.
func (b *Backend) Tip(context.Context) (chain.Tip, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.available(); err != nil {
		return chain.Tip{}, err
	}
	tip := b.tip()
	return chain.Tip{Hash: tip.BlockHash(), Height: tip.height, Time: tip.Header.Timestamp}, nil
}

// Header implements chain.Backend.
func (b *Backend) Header(ctx context.Context, hash chainhash.Hash) (*wire.BlockHeader, error) {
	found, err := b.Block(ctx, hash)
	if err != nil {
		return nil, err
	}
	header := found.Header
	return &header, nil
}

// HashAt implements chain.Backend.
func (b *Backend) HashAt(_ context.Context, height int32) (chainhash.Hash, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.available(); err != nil {
		return chainhash.Hash{}, err
	}
	if height < 0 || int(height) >= len(b.best) {
		return chainhash.Hash{}, fmt.Errorf("fake chain has no block at height %d", height)
	}
	return b.best[height].BlockHash(), nil
}

// Block implements chain.Backend. The block is shared: it must not be changed.
func (b *Backend) Block(_ context.Context, hash chainhash.Hash) (*wire.MsgBlock, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.available(); err != nil {
		return nil, err
	}
	found, ok := b.known[hash]
	if !ok {
		return nil, fmt.Errorf("fake chain has no block %v", hash)
	}
	return found.MsgBlock, nil
}

// MayContain implements chain.Backend; it is exact as far as the chain knows
// the outputs that are spent.
func (b *Backend) MayContain(ctx context.Context, hash chainhash.Hash, scripts [][]byte) (bool, error) {
	found, err := b.Block(ctx, hash)
	if err != nil {
		return false, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, tx := range found.Transactions {
		for _, out := range tx.TxOut {
			if contains(scripts, out.PkScript) {
				return true, nil
			}
		}
		if i == 0 {
			continue
		}
		for _, in := range tx.TxIn {
			if script, ok := b.scriptOf(in.PreviousOutPoint); !ok || contains(scripts, script) {
				return true, nil // true also where nobody knows
			}
		}
	}
	return false, nil
}

// scriptOf looks an output up in every block ever connected.
func (b *Backend) scriptOf(op wire.OutPoint) ([]byte, bool) {
	for _, candidate := range b.known {
		for _, tx := range candidate.Transactions {
			if tx.TxHash() == op.Hash && int(op.Index) < len(tx.TxOut) {
				return tx.TxOut[op.Index].PkScript, true
			}
		}
	}
	return nil, false
}

func contains(scripts [][]byte, script []byte) bool {
	return slices.ContainsFunc(scripts, func(s []byte) bool { return string(s) == string(script) })
}

// EstimateFee implements chain.Backend.
func (b *Backend) EstimateFee(_ context.Context, target uint32) (chainfee.SatPerKWeight, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.available(); err != nil {
		return 0, err
	}
	if b.fee == 0 || target < 1 || target > 1008 {
		return 0, fmt.Errorf("%w: fake chain, target %d", chain.ErrFeeUnknown, target)
	}
	return max(b.fee, chainfee.FeePerKwFloor), nil
}

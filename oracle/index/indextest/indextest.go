// Package indextest makes regression-test chains with valid proof of work for
// tests of the index: whole blocks with chosen times and fees, in memory.
//
// It is for tests only and judges nothing. Its invariant: every block links, has
// work for its target, and commits to its transactions.
package indextest

import (
	"encoding/binary"
	"fmt"
	"time"

	"github.com/btcsuite/btcd/chaincfg"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/oracle/index"
)

// Chain is a regtest chain; Blocks[0] is the genesis block.
type Chain struct {
	Params index.Params
	Blocks []*wire.MsgBlock
}

// New returns a chain of the genesis block alone.
func New() *Chain {
	return &Chain{Params: index.HP1Regtest(), Blocks: []*wire.MsgBlock{chaincfg.RegressionNetParams.GenesisBlock}}
}

// Clone returns a chain that shares the first n blocks.
func (c *Chain) Clone(n int) *Chain {
	return &Chain{Params: c.Params, Blocks: append([]*wire.MsgBlock(nil), c.Blocks[:n]...)}
}

// Tip returns the height of the last block.
func (c *Chain) Tip() uint32 { return uint32(len(c.Blocks) - 1) } //nolint:gosec // G115: short chains

// Mine adds a block at a Unix time whose coinbase claims the subsidy and a fee, with
// so many further transactions. salt makes blocks differ.
func (c *Chain) Mine(at uint32, fee uint64, further int, salt uint32) *wire.MsgBlock {
	height := c.Tip() + 1
	block := wire.NewMsgBlock(&wire.BlockHeader{
		Version: 0x20000000, PrevBlock: c.Blocks[height-1].BlockHash(),
		Timestamp: time.Unix(int64(at), 0), Bits: 0x207fffff,
	})
	var script [12]byte
	binary.LittleEndian.PutUint32(script[:], height)
	binary.LittleEndian.PutUint32(script[4:], salt)
	coinbase := wire.NewMsgTx(2)
	coinbase.AddTxIn(wire.NewTxIn(wire.NewOutPoint(&chainhash.Hash{}, wire.MaxPrevOutIndex), script[:], [][]byte{make([]byte, 32)}))
	coinbase.AddTxOut(wire.NewTxOut(int64(c.Params.Subsidy(height)+fee), []byte{0x51})) //nolint:gosec // G115: small amounts
	coinbase.AddTxOut(wire.NewTxOut(0, []byte{0x6a}))
	block.Transactions = append(block.Transactions, coinbase)
	for i := range further {
		tx := wire.NewMsgTx(2)
		tx.AddTxIn(wire.NewTxIn(wire.NewOutPoint(&chainhash.Hash{1}, uint32(i)), nil, nil))
		tx.AddTxOut(wire.NewTxOut(int64(salt), []byte{0x51}))
		block.Transactions = append(block.Transactions, tx)
	}
	c.Blocks = append(c.Blocks, block)
	work(block)
	return block
}

// Shorten gives the last block a coinbase of 64 bytes without witness: one output of
// the subsidy that anyone can spend, and a script of the height alone.
func (c *Chain) Shorten() {
	height := c.Tip()
	coinbase := wire.NewMsgTx(2)
	script := []byte{3, byte(height), byte(height >> 8), byte(height >> 16)} //nolint:gosec // G115: small numbers
	coinbase.AddTxIn(wire.NewTxIn(wire.NewOutPoint(&chainhash.Hash{}, wire.MaxPrevOutIndex), script, nil))
	coinbase.AddTxOut(wire.NewTxOut(int64(c.Params.Subsidy(height)), nil)) //nolint:gosec // G115: small amounts
	block := c.Blocks[height]
	block.Transactions[0] = coinbase
	work(block)
}

// work commits a block to its transactions and finds a nonce.
func work(block *wire.MsgBlock) {
	block.Header.MerkleRoot = root(block)
	target, err := index.Target(block.Header.Bits)
	if err != nil {
		panic(err)
	}
	limit := target.Bytes()
	for !hasWork(block.Header.BlockHash(), limit) {
		block.Header.Nonce++
	}
}

func hasWork(hash chainhash.Hash, limit []byte) bool {
	for i, b := range limit {
		if h := hash[len(hash)-1-i]; h != b {
			return h < b
		}
	}
	return true
}

func root(b *wire.MsgBlock) chainhash.Hash {
	level := make([]chainhash.Hash, 0, len(b.Transactions)+1)
	for _, tx := range b.Transactions {
		level = append(level, tx.TxHash())
	}
	for len(level) > 1 {
		if len(level)%2 == 1 {
			level = append(level, level[len(level)-1])
		}
		next := make([]chainhash.Hash, 0, len(level)/2+1)
		for i := 0; i < len(level); i += 2 {
			next = append(next, chainhash.DoubleHashH(append(append([]byte(nil), level[i][:]...), level[i+1][:]...)))
		}
		level = next
	}
	return level[0]
}

// Facts returns what the index keeps of all blocks, and their coinbase proofs.
func (c *Chain) Facts() ([]index.Block, []index.Proof, error) {
	blocks := make([]index.Block, len(c.Blocks))
	proofs := make([]index.Proof, len(c.Blocks))
	for i, b := range c.Blocks {
		var err error
		if blocks[i], proofs[i], err = index.FromBlock(b, uint32(i)); err != nil {
			return nil, nil, err
		}
	}
	return blocks, proofs, nil
}

// Evidence returns the evidence of a day that an engine returned.
func (c *Chain) Evidence(d index.Day) (index.Evidence, error) {
	_, proofs, err := c.Facts()
	if err != nil {
		return index.Evidence{}, err
	}
	from, proofsFrom, last := d.Range(c.Params)
	e := index.Evidence{
		Parameters: c.Params.Hash(), Day: d.Day, First: from, ProofsFrom: proofsFrom, Proofs: proofs[proofsFrom : last+1],
	}
	for _, b := range c.Blocks[from : last+1] {
		e.Headers = append(e.Headers, b.Header)
	}
	return e, nil
}

// HashAt implements index.Chain.
func (c *Chain) HashAt(height uint32) (chainhash.Hash, error) {
	if height > c.Tip() {
		return chainhash.Hash{}, fmt.Errorf("no block %d, the tip is %d", height, c.Tip())
	}
	return c.Blocks[height].BlockHash(), nil
}

package evmbridge_test

import (
	"encoding/binary"
	"maps"
	"math/big"
	"testing"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/evmbridge/bindings"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

const (
	spacing     = 600
	easyBits    = 0x207fffff
	interval    = 210_000
	firstHeight = 840_000
)

// bitcoin is a chain of blocks that the tests mine themselves, with real proof of
// work at an easy target.
type bitcoin struct {
	t     testing.TB
	rules spv.Rules
	// headers are all 80-byte headers from base on; blocks those with contents.
	base    uint32
	headers []byte
	blocks  map[uint32]*wire.MsgBlock
	// where tells the block of a transaction.
	where map[chainhash.Hash]uint32
	bits  uint32
	salt  uint32
}

func newBitcoin(t testing.TB) *bitcoin {
	limit := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(1))
	b := &bitcoin{
		t: t, rules: spv.Rules{PowLimit: limit, NoRetarget: true}, base: firstHeight - 10,
		blocks: map[uint32]*wire.MsgBlock{}, where: map[chainhash.Hash]uint32{}, bits: easyBits,
	}
	for range 11 {
		b.mine()
	}
	return b
}

// height returns the tip's height.
func (b *bitcoin) height() uint32 {
	return b.base + uint32(len(b.headers)/spv.HeaderLen) - 1 //nolint:gosec // G115: a short chain
}

func (b *bitcoin) header(height uint32) []byte { return b.section(height, height) }

// section returns the headers of a range of heights, both included.
func (b *bitcoin) section(from, to uint32) []byte {
	return b.headers[int(from-b.base)*spv.HeaderLen : int(to-b.base+1)*spv.HeaderLen]
}

func (b *bitcoin) time(height uint32) uint32 {
	return binary.LittleEndian.Uint32(b.header(height)[68:])
}

// mine makes a block of the transactions, after a coinbase and another one.
func (b *bitcoin) mine(txs ...*wire.MsgTx) uint32 {
	b.t.Helper()
	b.salt++
	coinbase := wire.NewMsgTx(2)
	coinbase.AddTxIn(wire.NewTxIn(&wire.OutPoint{Index: 0xffffffff}, binary.LittleEndian.AppendUint32([]byte{8}, b.salt), nil))
	coinbase.AddTxOut(wire.NewTxOut(3_1250_0000, p2tr(byte(b.salt)))) //nolint:gosec // G115: chance, or small by construction
	filler := pay(outpoint(b.salt, 7), wire.NewTxOut(1, p2tr(9)))
	block := wire.NewMsgBlock(&wire.BlockHeader{})
	block.Transactions = append([]*wire.MsgTx{coinbase, filler}, txs...)
	return b.add(block)
}

// add gives a block its header, with proof of work.
func (b *bitcoin) add(block *wire.MsgBlock) uint32 {
	b.t.Helper()
	var txids []chainhash.Hash
	for _, tx := range block.Transactions {
		txids = append(txids, tx.TxHash())
	}
	branch, err := spv.Branch(txids, 0)
	if err != nil {
		b.t.Fatal(err)
	}
	root, err := spv.MerkleRoot(txids[0], branch, 0)
	if err != nil {
		b.t.Fatal(err)
	}
	var previous chainhash.Hash
	time := uint32(start - 12*spacing)
	if len(b.headers) > 0 {
		previous = spv.DoubleSHA256(b.header(b.height()))
		time = b.time(b.height()) + spacing
	}
	b.headers = append(b.headers, work(makeHeader(previous, root, time, b.bits))...)
	b.blocks[b.height()] = block
	for _, txid := range txids {
		b.where[txid] = b.height()
	}
	return b.height()
}

// rewind forgets the blocks above a height; the next ones differ.
func (b *bitcoin) rewind(height uint32) {
	for h := height + 1; h <= b.height(); h++ {
		delete(b.blocks, h)
	}
	maps.DeleteFunc(b.where, func(_ chainhash.Hash, at uint32) bool { return at > height })
	b.headers = b.headers[:int(height-b.base+1)*spv.HeaderLen]
	b.salt += 1000
}

func makeHeader(previous, root chainhash.Hash, time, bits uint32) []byte {
	h := make([]byte, spv.HeaderLen)
	binary.LittleEndian.PutUint32(h, 0x20000000)
	copy(h[4:], previous[:])
	copy(h[36:], root[:])
	binary.LittleEndian.PutUint32(h[68:], time)
	binary.LittleEndian.PutUint32(h[72:], bits)
	return h
}

// work finds a nonce for a header.
func work(h []byte) []byte {
	target, err := spv.Target(binary.LittleEndian.Uint32(h[72:]))
	if err != nil {
		return h // bits that no nonce satisfies; the test is about them
	}
	for nonce := uint32(0); ; nonce++ {
		binary.LittleEndian.PutUint32(h[76:], nonce)
		hash := spv.DoubleSHA256(h)
		if hashNumber(hash).Cmp(target) <= 0 {
			return h
		}
	}
}

func hashNumber(hash chainhash.Hash) *big.Int {
	for i := range len(hash) / 2 {
		hash[i], hash[len(hash)-1-i] = hash[len(hash)-1-i], hash[i]
	}
	return new(big.Int).SetBytes(hash[:])
}

// p2tr returns a script that pays to a key made of one byte.
func p2tr(key byte) []byte {
	script := make([]byte, 34)
	script[0], script[1], script[33] = 0x51, 0x20, key
	return script
}

// outpoint returns an outpoint of nobody's.
func outpoint(salt, kind uint32) wire.OutPoint {
	var txid chainhash.Hash
	binary.LittleEndian.PutUint32(txid[:], salt)
	binary.LittleEndian.PutUint32(txid[8:], kind)
	return wire.OutPoint{Hash: txid, Index: kind}
}

// pay returns a transaction that spends an outpoint; its signature is nobody's
// affair here.
func pay(from wire.OutPoint, outs ...*wire.TxOut) *wire.MsgTx {
	tx := wire.NewMsgTx(2)
	tx.AddTxIn(wire.NewTxIn(&from, nil, nil))
	for _, out := range outs {
		tx.AddTxOut(out)
	}
	return tx
}

// bound turns a proof into the bindings' form.
func bound(p spv.Proof) bindings.Proof {
	return bindings.Proof{
		Chain: p.Chain, Hops: new(big.Int).SetUint64(p.Hops), RawTx: p.RawTx,
		Siblings: words(p.Siblings), Index: new(big.Int).SetUint64(p.Index),
		CoinbaseMid: p.CoinbaseMid, CoinbaseSiblings: words(p.CoinbaseSiblings),
	}
}

func words[H ~[32]byte](hashes []H) [][32]byte {
	out := make([][32]byte, 0, len(hashes))
	for _, h := range hashes {
		out = append(out, h)
	}
	return out
}

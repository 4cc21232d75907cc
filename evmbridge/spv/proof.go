package spv

import (
	"bytes"
	"crypto/sha256"
	"fmt"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
)

// MinConf is how many confirmations a proof of anything needs.
const MinConf = 6

// Proof is a transaction and how it is in the chain: the contracts' struct of the
// same name.
type Proof struct {
	// Chain is headers from the transaction's block up to a checkpoint of the
	// relay, both included.
	Chain []byte
	// Hops is how many checkpoints behind the tip that checkpoint may be.
	Hops uint64
	// RawTx is the transaction without witness.
	RawTx []byte
	// Siblings is its Merkle branch, Index its place in the block.
	Siblings []chainhash.Hash
	Index    uint64
	// CoinbaseMid is the inner SHA256 of the coinbase without witness.
	CoinbaseMid [32]byte
	// CoinbaseSiblings is the coinbase's Merkle branch.
	CoinbaseSiblings []chainhash.Hash
}

// Prove returns the proof of a block's transaction, without its chain. It fails
// with ErrBadMerkle if the block has no such transaction, or it is the coinbase.
func Prove(block *wire.MsgBlock, index int) (Proof, error) {
	if index < 1 || index >= len(block.Transactions) {
		return Proof{}, fmt.Errorf("transaction %d of %d: %w", index, len(block.Transactions), ErrBadMerkle)
	}
	txids := make([]chainhash.Hash, 0, len(block.Transactions))
	for _, tx := range block.Transactions {
		txids = append(txids, tx.TxHash())
	}
	var p Proof
	var err error
	if p.RawTx, err = Stripped(block.Transactions[index]); err != nil {
		return Proof{}, err
	}
	coinbase, err := Stripped(block.Transactions[0])
	if err != nil {
		return Proof{}, err
	}
	p.CoinbaseMid = sha256.Sum256(coinbase)
	p.Index = uint64(index)
	if p.Siblings, err = Branch(txids, index); err != nil {
		return Proof{}, err
	}
	p.CoinbaseSiblings, err = Branch(txids, 0)
	return p, err
}

// Stripped returns a transaction in the serialisation without witness, whose
// double SHA256 is its txid.
func Stripped(tx *wire.MsgTx) ([]byte, error) {
	var b bytes.Buffer
	if err := tx.SerializeNoWitness(&b); err != nil {
		return nil, fmt.Errorf("serialise transaction: %w", err)
	}
	return b.Bytes(), nil
}

// Verify does what the contracts do with a proof, apart from finding its block on
// the best chain: it returns the transaction's txid if it and the coinbase are,
// at one depth, in the tree of the chain's first header. It fails with the
// contracts' errors.
func (p Proof) Verify() (chainhash.Hash, error) {
	const forbidden = 64
	var txid chainhash.Hash
	if len(p.RawTx) == forbidden {
		return txid, ErrSize64
	}
	if p.Index == 0 {
		return txid, fmt.Errorf("place of the coinbase: %w", ErrBadMerkle)
	}
	if len(p.Siblings) != len(p.CoinbaseSiblings) {
		return txid, fmt.Errorf("depths %d and %d: %w", len(p.Siblings), len(p.CoinbaseSiblings), ErrDepthMismatch)
	}
	_, root, _, err := Link(p.Chain)
	if err != nil {
		return txid, err
	}
	txid = DoubleSHA256(p.RawTx)
	for _, leaf := range []struct {
		hash     chainhash.Hash
		siblings []chainhash.Hash
		index    uint64
	}{{txid, p.Siblings, p.Index}, {sha256.Sum256(p.CoinbaseMid[:]), p.CoinbaseSiblings, 0}} {
		got, err := MerkleRoot(leaf.hash, leaf.siblings, leaf.index)
		if err != nil {
			return txid, err
		}
		if got != root {
			return txid, fmt.Errorf("root %v, not %v: %w", got, root, ErrBadMerkle)
		}
	}
	return txid, nil
}

// Subsidy returns the subsidy of a block at a height, in satoshi.
func Subsidy(height, halvingInterval uint32) uint64 {
	const initial = 50_0000_0000
	return uint64(initial) >> min(height/halvingInterval, 63)
}

// Required returns how many confirmations proofs need that are worth a value
// together, in a block of a height: at least MinConf, and as many as make a
// fork that fakes them cost twice the value in subsidies. ok is false if there is
// no such number because the subsidy has ended.
func Required(value uint64, height, halvingInterval uint32) (conf uint64, ok bool) {
	reward := Subsidy(height, halvingInterval)
	if reward == 0 {
		return 0, false
	}
	whole, rest := value/reward, value%reward
	conf = 2 * whole
	if rest > 0 {
		conf++
	}
	if 2*rest > reward {
		conf++
	}
	return max(conf, MinConf), true
}

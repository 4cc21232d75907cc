package index

import (
	"github.com/btcsuite/btcd/chaincfg/chainhash"
)

// maxBranch bounds a Merkle branch: no block has 2^24 transactions.
const maxBranch = 24

// Proof shows the coinbase of a block to whoever has its header: the transaction
// in its form without witness, and the Merkle branch of position 0, lowest first.
type Proof struct {
	Coinbase []byte
	Branch   []chainhash.Hash
}

// root returns the Merkle root that follows from the coinbase's id.
func (p Proof) root(txid chainhash.Hash) chainhash.Hash {
	var pair [64]byte
	at := txid
	for _, sibling := range p.Branch {
		copy(pair[:32], at[:])
		copy(pair[32:], sibling[:])
		at = chainhash.DoubleHashH(pair[:])
	}
	return at
}

// firstBranch returns the branch of position 0 in the Merkle tree of ids, of which
// there is at least one. It uses ids as scratch space.
func firstBranch(ids []chainhash.Hash) []chainhash.Hash {
	var branch []chainhash.Hash
	var pair [64]byte
	for len(ids) > 1 {
		branch = append(branch, ids[1])
		n := 0
		for i := 0; i < len(ids); i += 2 {
			right := min(i+1, len(ids)-1)
			copy(pair[:32], ids[i][:])
			copy(pair[32:], ids[right][:])
			ids[n] = chainhash.DoubleHashH(pair[:])
			n++
		}
		ids = ids[:n]
	}
	return branch
}

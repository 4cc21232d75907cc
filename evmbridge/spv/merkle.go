package spv

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
)

// maxDepth bounds a Merkle branch: no block has 2^32 transactions.
const maxDepth = 32

// ErrMerkleBlock means that bytes are not a well-formed BIP37 merkle block.
var ErrMerkleBlock = errors.New("not a well-formed merkle block")

func node(left, right chainhash.Hash) chainhash.Hash {
	return DoubleSHA256(append(left[:], right[:]...))
}

// MerkleRoot returns the root of the tree in which leaf has the branch siblings,
// from its own level upwards, at place index. It fails with ErrBadMerkle if the
// index does not fit.
func MerkleRoot(leaf chainhash.Hash, siblings []chainhash.Hash, index uint64) (chainhash.Hash, error) {
	if len(siblings) > maxDepth || index>>len(siblings) != 0 {
		return leaf, fmt.Errorf("index %d at depth %d: %w", index, len(siblings), ErrBadMerkle)
	}
	for i, sibling := range siblings {
		if index>>i&1 == 0 {
			leaf = node(leaf, sibling)
		} else {
			leaf = node(sibling, leaf)
		}
	}
	return leaf, nil
}

// Branch returns the Merkle branch of one of a block's txids, from its own level
// upwards. A level of odd length pairs its last node with itself. It fails with
// ErrBadMerkle if there is no such txid.
func Branch(txids []chainhash.Hash, index int) ([]chainhash.Hash, error) {
	if index < 0 || index >= len(txids) {
		return nil, fmt.Errorf("transaction %d of %d: %w", index, len(txids), ErrBadMerkle)
	}
	var siblings []chainhash.Hash
	for level := txids; len(level) > 1; index /= 2 {
		siblings = append(siblings, level[min(index^1, len(level)-1)])
		above := make([]chainhash.Hash, 0, (len(level)+1)/2)
		for i := 0; i < len(level); i += 2 {
			above = append(above, node(level[i], level[min(i+1, len(level)-1)]))
		}
		level = above
	}
	return siblings, nil
}

// MerkleBlock is a header with branches of some of its block's transactions, as
// gettxoutproof gives it (BIP37).
type MerkleBlock struct {
	// Header is the header's 80 bytes.
	Header [HeaderLen]byte
	// Transactions is how many transactions the block has.
	Transactions uint32
	// Matches are the transactions that are proven, by ascending place.
	Matches []Match
}

// Match is a transaction in a merkle block.
type Match struct {
	Txid     chainhash.Hash
	Index    uint32
	Siblings []chainhash.Hash
}

// DecodeMerkleBlock reads a merkle block and checks that it is complete, has
// nothing to spare, and hashes to the root in its own header, whose work it does
// not judge. It fails with ErrMerkleBlock, ErrBadMerkle if the root differs, or
// as the strict CompactSize does.
func DecodeMerkleBlock(b []byte) (MerkleBlock, error) {
	var block MerkleBlock
	const least = HeaderLen + 4
	if len(b) < least {
		return block, fmt.Errorf("merkle block of %d bytes: %w", len(b), ErrMerkleBlock)
	}
	copy(block.Header[:], b)
	block.Transactions = binary.LittleEndian.Uint32(b[HeaderLen:])
	// The smallest transaction has 60 bytes, the largest block 4,000,000.
	const maxTransactions = 4_000_000 / 60
	if block.Transactions == 0 || block.Transactions > maxTransactions {
		return block, fmt.Errorf("merkle block of %d transactions: %w", block.Transactions, ErrMerkleBlock)
	}
	r := txReader{b: b, at: least}
	count, err := r.count(chainhash.HashSize)
	if err != nil {
		return block, fmt.Errorf("hashes of a merkle block: %w", err)
	}
	tree := partialTree{leaves: block.Transactions}
	for range count {
		hash, err := r.bytes(chainhash.HashSize)
		if err != nil {
			return block, err
		}
		tree.hashes = append(tree.hashes, chainhash.Hash(hash))
	}
	flags, err := r.count(1)
	if err != nil {
		return block, fmt.Errorf("flags of a merkle block: %w", err)
	}
	if tree.flags, err = r.bytes(flags); err != nil {
		return block, err
	}
	if r.at != len(b) {
		return block, fmt.Errorf("%d bytes after a merkle block: %w", len(b)-r.at, ErrMerkleBlock)
	}
	root, matches, err := tree.walk()
	if err != nil {
		return block, err
	}
	if root != chainhash.Hash(block.Header[36:68]) {
		return block, fmt.Errorf("root %v is not the header's: %w", root, ErrBadMerkle)
	}
	block.Matches = matches
	return block, nil
}

// partialTree is a partial Merkle tree while it is read, depth first.
type partialTree struct {
	leaves uint32
	hashes []chainhash.Hash
	flags  []byte
	hash   int
	flag   int
}

func (t *partialTree) walk() (chainhash.Hash, []Match, error) {
	height := 0
	for width := t.leaves; width > 1; width = (width + 1) / 2 {
		height++
	}
	root, matches, err := t.subtree(height, 0)
	if err != nil {
		return root, nil, err
	}
	spare := 0
	for at := t.flag; at < len(t.flags)*8; at++ {
		spare |= int(t.flags[at/8]>>(at%8)) & 1
	}
	if t.hash != len(t.hashes) || (t.flag+7)/8 != len(t.flags) || spare != 0 {
		return root, nil, fmt.Errorf("hashes or flags to spare: %w", ErrMerkleBlock)
	}
	return root, matches, nil
}

// subtree reads the node of a height at a place; it recurses at most 17 deep.
func (t *partialTree) subtree(height int, place uint32) (chainhash.Hash, []Match, error) {
	if t.flag >= len(t.flags)*8 {
		return chainhash.Hash{}, nil, fmt.Errorf("flags end early: %w", ErrMerkleBlock)
	}
	wanted := t.flags[t.flag/8]>>(t.flag%8)&1 == 1
	t.flag++
	if height == 0 || !wanted {
		if t.hash >= len(t.hashes) {
			return chainhash.Hash{}, nil, fmt.Errorf("hashes end early: %w", ErrMerkleBlock)
		}
		hash := t.hashes[t.hash]
		t.hash++
		if height == 0 && wanted {
			return hash, []Match{{Txid: hash, Index: place}}, nil
		}
		return hash, nil, nil
	}
	left, matches, err := t.subtree(height-1, 2*place)
	if err != nil {
		return left, nil, err
	}
	right, rights := left, []Match(nil)
	if 2*place+1 < t.width(height-1) {
		if right, rights, err = t.subtree(height-1, 2*place+1); err != nil {
			return right, nil, err
		}
		// Equal children would let one tree stand for two lists of transactions.
		if right == left {
			return right, nil, fmt.Errorf("equal children: %w", ErrMerkleBlock)
		}
	}
	for i := range matches {
		matches[i].Siblings = append(matches[i].Siblings, right)
	}
	for i := range rights {
		rights[i].Siblings = append(rights[i].Siblings, left)
	}
	return node(left, right), append(matches, rights...), nil
}

func (t *partialTree) width(height int) uint32 {
	return uint32((uint64(t.leaves) + 1<<height - 1) >> height) //nolint:gosec // G115: not more than leaves
}

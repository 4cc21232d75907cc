package spv

import (
	"fmt"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
)

// CET is a leaf of the tree of attested CETs: a run of outcomes and the
// transaction that settles it.
type CET struct {
	First, Last uint64
	Txid        chainhash.Hash
}

// CETSet is the tree of attested CETs. It pads the leaves with zeros to a power of
// two; a node is the keccak256 of its children. NewCETSet makes one.
type CETSet struct {
	levels [][][32]byte
}

// NewCETSet returns the tree of the CETs, in their order. It fails with
// ErrBadLength if there are none, or more than 2^20.
func NewCETSet(cets []CET) (CETSet, error) {
	const most = 1 << 20
	if len(cets) == 0 || len(cets) > most {
		return CETSet{}, fmt.Errorf("%d CETs: %w", len(cets), ErrBadLength)
	}
	width := 1
	for width < len(cets) {
		width *= 2
	}
	level := make([][32]byte, width)
	for i, cet := range cets {
		level[i] = cet.leaf()
	}
	s := CETSet{levels: [][][32]byte{level}}
	for len(level) > 1 {
		above := make([][32]byte, len(level)/2)
		for i := range above {
			above[i] = keccak(level[2*i][:], level[2*i+1][:])
		}
		s.levels = append(s.levels, above)
		level = above
	}
	return s, nil
}

func (c CET) leaf() [32]byte {
	var e tuple
	e.number(c.First)
	e.number(c.Last)
	e.bytes32(c.Txid)
	return keccak(e.static())
}

// Root returns the tree's root: the CETRoot of a lot's terms.
func (s CETSet) Root() [32]byte { return s.levels[len(s.levels)-1][0] }

// Branch returns the branch of the leaf at a place. It fails with ErrBadMerkle if
// there is no such leaf.
func (s CETSet) Branch(index int) ([][32]byte, error) {
	if index < 0 || index >= len(s.levels[0]) {
		return nil, fmt.Errorf("leaf %d of %d: %w", index, len(s.levels[0]), ErrBadMerkle)
	}
	var branch [][32]byte
	for _, level := range s.levels[:len(s.levels)-1] {
		branch = append(branch, level[index^1])
		index /= 2
	}
	return branch, nil
}

// Contains does what the contracts do with a branch: it says whether it leads from
// a CET at a place to the root.
func (c CET) Contains(root [32]byte, index uint64, branch [][32]byte) bool {
	if len(branch) > maxDepth || index>>len(branch) != 0 {
		return false
	}
	at := c.leaf()
	for i := range branch {
		if index>>i&1 == 0 {
			at = keccak(at[:], branch[i][:])
		} else {
			at = keccak(branch[i][:], at[:])
		}
	}
	return at == root
}

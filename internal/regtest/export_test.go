package regtest

import (
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
)

// Spent has the miner know an outpoint as spent by a transaction of a block.
func (n *Node) Spent(op wire.OutPoint, by, block chainhash.Hash) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.mine.mined[by], n.mine.spent[op] = block, by
}

package harness

import (
	"testing"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/internal/testkit"
)

// judge has every transaction of a node's chain and mempool checked by the script
// interpreter of Bitcoin Core, if CORE_SCRIPTVERIFY names one. A node that does not
// run any more has nothing to show.
func judge(t testing.TB, n *Node) {
	t.Helper()
	if n.RPC() == nil {
		return
	}
	program, err := testkit.StartJudge()
	if err != nil {
		t.Errorf("judge: %v", err)
		return
	}
	if program == nil {
		return
	}
	all, err := n.transactions()
	if err != nil {
		t.Errorf("judge: %s: %v", n.Kind, err)
	}
	outputs := make(map[wire.OutPoint]*wire.TxOut)
	for _, tx := range all {
		for i, out := range tx.TxOut {
			outputs[wire.OutPoint{Hash: tx.TxHash(), Index: uint32(i)}] = out
		}
	}
	for _, tx := range all {
		var spent []*wire.TxOut
		for _, in := range tx.TxIn {
			if out, ok := outputs[in.PreviousOutPoint]; ok {
				spent = append(spent, out)
			}
		}
		if len(spent) == len(tx.TxIn) { // coinbases spend nothing
			program.Check(t, tx, spent)
		}
	}
	t.Logf("%s: %d transactions judged by %s", n.Kind, program.Count(), testkit.JudgeEnv)
	if err := program.Stop(); err != nil {
		t.Error(err)
	}
}

// transactions are those of the best chain, and then those of the mempool.
func (n *Node) transactions() ([]*wire.MsgTx, error) {
	var all []*wire.MsgTx
	known := make(map[chainhash.Hash]bool)
	tip, err := n.RPC().GetBlockCount()
	if err != nil {
		return nil, err
	}
	for height := int64(1); height <= tip; height++ {
		hash, err := n.RPC().GetBlockHash(height)
		if err != nil {
			return nil, err
		}
		block, err := n.RPC().GetBlock(hash)
		if err != nil {
			return nil, err
		}
		for _, tx := range block.Transactions {
			all, known[tx.TxHash()] = append(all, tx), true
		}
	}
	pool, err := n.RPC().GetRawMempool()
	if err != nil {
		return nil, err
	}
	for _, txid := range pool {
		if known[*txid] {
			continue // a node whose chain is old keeps what was mined
		}
		tx, err := n.RPC().GetRawTransaction(txid)
		if err != nil {
			return nil, err
		}
		all = append(all, tx.MsgTx())
	}
	return all, nil
}

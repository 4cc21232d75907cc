package relayer_test

import (
	"math/big"
	"testing"

	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/evmbridge/ledger"
	"github.com/alkimiya/alkimiya/evmbridge/relayer"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

// Nine of twelve redemptions of one claim to one script have more orders than could be
// tried; operators pay in the order of the numbers.
func TestABatchOfEqualRedemptionsIsFound(t *testing.T) {
	domain := spv.Domain{ChainID: big.NewInt(1)}
	script := append([]byte{0x51, 0x20}, make([]byte, 32)...)
	var all []*ledger.Redemption
	for i := range uint64(12) {
		r := spv.Redemption{Script: script, Sats: 1_0000_0000, MaxFee: 5000 + i, Nonce: i + 1}
		all = append(all, &ledger.Redemption{Redemption: r, RID: r.RID()})
	}
	tx := wire.NewMsgTx(2)
	var rids [][32]byte
	for _, r := range all[3:] {
		rids = append(rids, r.RID)
		tx.AddTxOut(wire.NewTxOut(1_0000_0000-1000, script))
	}
	tx.AddTxOut(wire.NewTxOut(0, spv.CommitmentScript(domain.BatchCommitment(rids))))
	found := relayer.MatchBatch(domain, tx, all)
	if len(found) != len(rids) {
		t.Fatalf("%d redemptions were found, %d are paid", len(found), len(rids))
	}
	for i, r := range found {
		if r.RID != rids[i] {
			t.Errorf("output %d pays %d, not %d", i, all[3+i].Nonce, r.Nonce)
		}
	}
}

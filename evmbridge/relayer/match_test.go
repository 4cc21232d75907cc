package relayer_test

import (
	"errors"
	"math/big"
	"slices"
	"testing"

	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/evmbridge/ledger"
	"github.com/alkimiya/alkimiya/evmbridge/relayer"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

var batches = spv.Domain{ChainID: big.NewInt(1)}

// equal returns redemptions of one claim to one script.
func equal(n int) (all []*ledger.Redemption) {
	script := append([]byte{0x51, 0x20}, make([]byte, 32)...)
	for i := range uint64(n) { //nolint:gosec // G115: few
		r := spv.Redemption{Script: script, Sats: 1_0000_0000, MaxFee: 5000 + i, Nonce: i + 1}
		all = append(all, &ledger.Redemption{Redemption: r, RID: r.RID()})
	}
	return all
}

// batchOf pays redemptions in their order.
func batchOf(paid []*ledger.Redemption) *wire.MsgTx {
	tx := wire.NewMsgTx(2)
	var rids [][32]byte
	for _, r := range paid {
		rids = append(rids, r.RID)
		tx.AddTxOut(wire.NewTxOut(int64(r.Sats-1000), r.Script)) //nolint:gosec // G115: one coin
	}
	tx.AddTxOut(wire.NewTxOut(0, spv.CommitmentScript(batches.BatchCommitment(rids))))
	return tx
}

// Redemptions of one claim to one script have more orders than could be tried; operators
// pay those that wait in the order of the numbers.
func TestABatchOfEqualRedemptionsIsFound(t *testing.T) {
	flood := equal(500)
	gaps := slices.Concat(flood[:3], flood[4:9], flood[10:14])
	backwards := slices.Clone(flood[:4])
	slices.Reverse(backwards)
	for name, c := range map[string]struct{ paid, among []*ledger.Redemption }{
		"nine of twelve":          {equal(12)[3:], equal(12)},
		"in the midst of a flood": {flood[300:400], flood},
		"all but the stingy":      {gaps, flood[:14]},
		"backwards":               {backwards, flood[:6]},
	} {
		found, err := relayer.MatchBatch(batches, batchOf(c.paid), c.among)
		if err != nil || len(found) != len(c.paid) {
			t.Errorf("%s: %d redemptions were found, %d are paid: %v", name, len(found), len(c.paid), err)
			continue
		}
		for i, r := range found {
			if r.RID != c.paid[i].RID {
				t.Errorf("%s: output %d pays %d, not %d", name, i, c.paid[i].Nonce, r.Nonce)
			}
		}
	}
}

// To give up is not to find that a transaction is no batch. The search ends, also if
// nearly all of it are beginnings that come to nothing.
func TestGivingUpIsToldFromNoBatch(t *testing.T) {
	flood := equal(200)
	shuffled := slices.Clone(flood[50:80])
	slices.Reverse(shuffled)
	low := &ledger.Redemption{Redemption: spv.Redemption{Script: []byte{1}, Sats: 50_000, MaxFee: 5000}}
	low.RID = low.Redemption.RID()
	none := batchOf(flood[:3])
	none.TxOut[3].PkScript = spv.CommitmentScript([32]byte{1})
	hidden := batchOf(flood[:50])
	hidden.TxOut[50].PkScript = spv.CommitmentScript([32]byte{1})
	big := flood[199]
	big.Sats *= 2
	twice := batchOf(slices.Concat(flood[:20], []*ledger.Redemption{big, big}))
	for name, c := range map[string]struct {
		tx    *wire.MsgTx
		among []*ledger.Redemption
		want  error
	}{
		"a batch in another order":      {batchOf(shuffled), flood, relayer.ErrUnclear},
		"the last output's is lowest":   {batchOf(append(slices.Clone(shuffled), low)), append(slices.Clone(flood), low), relayer.ErrUnclear},
		"a wrong commitment in a flood": {hidden, flood, relayer.ErrUnclear},
		"a wrong commitment":            {none, flood[:20], nil},
		"a script of nobody":            {batchOf([]*ledger.Redemption{low}), flood, nil},
		"more payments than claims":     {batchOf(flood[:3]), flood[:2], nil},
		"more than a flood claims":      {batchOf(flood[:40]), flood[20:59], nil},
		"one claim of a flood twice":    {twice, flood, nil},
		"no commitment":                 {wire.NewMsgTx(2), flood, nil},
	} {
		if found, err := relayer.MatchBatch(batches, c.tx, c.among); found != nil || !errors.Is(err, c.want) || (c.want == nil && err != nil) {
			t.Errorf("%s: %d redemptions, %v; want %v", name, len(found), err, c.want)
		}
	}
}

package relayer_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/evmbridge/relayer"
)

// blocks is a chain of blocks with transactions of interest alone.
type blocks []*wire.MsgBlock

func (b blocks) Tip(context.Context) (uint32, error) { return uint32(len(b) - 1), nil } //nolint:gosec // G115: short

func (b blocks) Block(_ context.Context, height uint32) (*wire.MsgBlock, error) {
	return b[height], nil
}

func (b blocks) Header(_ context.Context, height uint32) ([]byte, error) {
	var raw bytes.Buffer
	err := b[height].Header.Serialize(&raw)
	return raw.Bytes(), err
}

func spending(o wire.OutPoint, scripts ...[]byte) *wire.MsgTx {
	tx := wire.NewMsgTx(2)
	tx.AddTxIn(wire.NewTxIn(&o, nil, nil))
	for _, script := range scripts {
		tx.AddTxOut(wire.NewTxOut(1000, script))
	}
	return tx
}

// What was paid to a script before it is looked for is passed over, though it was found for
// something else: its spend was not looked for, and the chain is not read from there again.
func TestAWatchedScriptReadsNotTheWholeChainAgain(t *testing.T) {
	script := append([]byte{0x51, 0x20}, make([]byte, 32)...)
	early := spending(wire.OutPoint{Hash: chainhash.Hash{1}}, script)
	later := spending(wire.OutPoint{Hash: chainhash.Hash{2}}, script)
	spend := spending(wire.OutPoint{Hash: later.TxHash()}, []byte{0x51})
	var chain blocks
	for i, txs := range [][]*wire.MsgTx{nil, {early}, nil, {later}, {spend}, nil} {
		chain = append(chain, &wire.MsgBlock{Header: wire.BlockHeader{Nonce: uint32(i)}, Transactions: txs})
	}
	s := relayer.NewScanner(chain, 0)
	step := func(most uint32, want bool) {
		t.Helper()
		done, err := s.Step(t.Context(), most)
		if err != nil || done != want || s.Done() != want {
			t.Fatalf("done %v, %v, %v; want %v", done, s.Done(), err, want)
		}
	}
	s.WatchTx(early.TxHash(), 0)
	step(100, true)
	if got := s.Outputs(script); len(got) != 0 {
		t.Errorf("%d outputs of a script that is not watched: their spends were not looked for", len(got))
	}
	s.WatchScript(script, 3)
	if s.Done() {
		t.Error("what is watched newly counts as looked for")
	}
	step(2, false) // of the three blocks from there on
	step(1, true)
	got := s.Outputs(script)
	if len(got) != 1 || got[0].Outpoint.Hash != later.TxHash() || got[0].Spent == nil || got[0].Spent.Txid != spend.TxHash() {
		t.Errorf("outputs %+v", got)
	}
}

package spv_test

import (
	"bytes"
	"testing"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
)

// What is accepted is what btcd writes back, byte for byte.
func FuzzParseTx(f *testing.F) {
	tx := wire.NewMsgTx(2)
	tx.AddTxIn(wire.NewTxIn(&wire.OutPoint{Index: 1}, []byte{1}, nil))
	tx.AddTxOut(wire.NewTxOut(5, []byte{0x51}))
	raw, err := spv.Stripped(tx)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := spv.ParseTx(raw)
		if err != nil {
			return
		}
		var back wire.MsgTx
		if err := back.DeserializeNoWitness(bytes.NewReader(raw)); err != nil {
			return // btcd bounds scripts; the contracts need not
		}
		again, err := spv.Stripped(&back)
		if err != nil || !bytes.Equal(again, raw) || len(got.Inputs) != len(back.TxIn) || len(got.Outputs) != len(back.TxOut) {
			t.Fatalf("%x is read as %+v", raw, got)
		}
	})
}

func FuzzDecodeMerkleBlock(f *testing.F) {
	f.Add(make([]byte, 120))
	f.Fuzz(func(t *testing.T, raw []byte) {
		block, err := spv.DecodeMerkleBlock(raw)
		if err != nil {
			return
		}
		for _, m := range block.Matches {
			root, err := spv.MerkleRoot(m.Txid, m.Siblings, uint64(m.Index))
			if err != nil || root != chainhash.Hash(block.Header[36:68]) {
				t.Fatalf("%x proves what is not there", raw)
			}
		}
	})
}

// What is accepted is an event, and registers as what it is.
func FuzzSliceEvent(f *testing.F) {
	o := attesttest.Oracle{Name: "red", Dialect: attest.D2}
	e := o.Event("hp1/cum/20600/tot", "sat/PH", 4, 7)
	f.Add(e.Encode())
	f.Fuzz(func(t *testing.T, raw []byte) {
		event, err := spv.SliceEvent(raw)
		if err != nil {
			return
		}
		if len(event.Nonces) == 0 || len(event.Nonces) > 32 {
			t.Fatalf("%d nonces", len(event.Nonces))
		}
	})
}

func FuzzDecodeABI(f *testing.F) {
	f.Add(spv.Terms{VaultScript: []byte{1, 2, 3}}.Encode())
	f.Add(spv.SeriesKey{Events: [][32]byte{{1}, {2}}}.Encode())
	f.Add(spv.Redemption{Script: []byte{9}}.Encode())
	f.Add(bytes.Repeat([]byte{0xff}, 400))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if v, err := spv.DecodeTerms(raw); err == nil && !bytes.Equal(v.Encode(), raw) {
			t.Fatal("terms")
		}
		if v, err := spv.DecodeSeriesKey(raw); err == nil && !bytes.Equal(v.Encode(), raw) {
			t.Fatal("series key")
		}
		if v, err := spv.DecodeRedemption(raw); err == nil && !bytes.Equal(v.Encode(), raw) {
			t.Fatal("redemption")
		}
	})
}

// Headers never panic, and what is accepted links to its parent.
func FuzzExtend(f *testing.F) {
	rules := mainnet()
	f.Add(make([]byte, 80), make([]byte, 80))
	f.Fuzz(func(t *testing.T, before, headers []byte) {
		parent := spv.Checkpoint{Work: rules.PowLimit, Bits: 0x1d00ffff, Hash: spv.DoubleSHA256(before)}
		if at, err := rules.Extend(parent, before, headers, 0); err == nil && at.Height != uint32(len(headers)/80) { //nolint:gosec // G115: short
			t.Fatalf("height %d of %d bytes", at.Height, len(headers))
		}
	})
}

func FuzzReadBatch(f *testing.F) {
	f.Add(make([]byte, 90), []byte{1})
	f.Fuzz(func(t *testing.T, raw, script []byte) {
		if b, err := spv.ReadBatch(raw, [][]byte{script}); err == nil && len(b.Values) != 1 {
			t.Fatal("payments")
		}
	})
}

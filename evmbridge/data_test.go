package evmbridge_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"testing"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"
	"github.com/ethereum/go-ethereum/accounts/abi/bind/v2"
	"github.com/ethereum/go-ethereum/common"

	"github.com/alkimiya/alkimiya/evmbridge/bindings"
	"github.com/alkimiya/alkimiya/evmbridge/simchain"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/internal/testkit"
)

// Merkle blocks of height 830,000, as full nodes give them.
func TestRealMerkleBranchesVerify(t *testing.T) {
	headers := testkit.Data(t, "headers-822528-830592.bin")
	files, err := filepath.Glob(filepath.Join(testkit.DataPath(t, "txoutproofs"), "*.bin"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no merkle blocks: %v", err)
	}
	d := newDifferential(t)
	for _, file := range files {
		raw, err := os.ReadFile(file) //nolint:gosec // G304: the folder of recorded data
		if err != nil {
			t.Fatal(err)
		}
		block, err := spv.DecodeMerkleBlock(raw)
		if err != nil {
			t.Fatalf("%s: %v", filepath.Base(file), err)
		}
		if want := headers[(830_000-822_528)*spv.HeaderLen:][:spv.HeaderLen]; !bytes.Equal(block.Header[:], want) {
			t.Errorf("%s: not the header of height 830,000", filepath.Base(file))
		}
		if len(block.Matches) != 1 {
			t.Fatalf("%s: %d transactions", filepath.Base(file), len(block.Matches))
		}
		m := block.Matches[0]
		root := [32]byte(block.Header[36:68])
		prove := func(siblings []chainhash.Hash, index int64) bool {
			got, err := d.try("merkleRoot", [32]byte(m.Txid), words(siblings), big.NewInt(index))
			return err == nil && got[0] == root
		}
		// The last of an odd number is its own sibling, so both places are its own.
		own := m.Siblings[0] == m.Txid
		if !prove(m.Siblings, int64(m.Index)) || prove(m.Siblings, int64(m.Index)^1) != own {
			t.Errorf("%s: the contract takes the branch for something else", filepath.Base(file))
		}
		for i := range m.Siblings {
			m.Siblings[i][d.r.IntN(32)] ^= 1
			if prove(m.Siblings, int64(m.Index)) {
				t.Errorf("%s: accepted with sibling %d changed", filepath.Base(file), i)
			}
			m.Siblings[i] = chainhash.Hash{}
			block, _ = spv.DecodeMerkleBlock(raw)
			m = block.Matches[0]
		}
		// The number of transactions and the flags are not under the root; what a
		// changed one still proves must be true.
		noticed := 0
		for i := range raw {
			raw[i] ^= 0x10
			changed, err := spv.DecodeMerkleBlock(raw)
			if err != nil {
				noticed++
			}
			for _, m := range changed.Matches {
				got, err := spv.MerkleRoot(m.Txid, m.Siblings, uint64(m.Index))
				if err != nil || got != chainhash.Hash(root) {
					t.Errorf("%s: accepted with byte %d changed", filepath.Base(file), i)
				}
			}
			raw[i] ^= 0x10
		}
		if noticed < len(raw)-spv.HeaderLen-2 {
			t.Errorf("%s: only %d of %d changes were noticed", filepath.Base(file), noticed, len(raw))
		}
	}
}

// Whole mainnet blocks: transactions of theirs are proven to the contracts.
func TestRealBlocksVerify(t *testing.T) {
	const first = 831_328
	var blocks []*wire.MsgBlock
	var headers []byte
	for i := range 3 {
		raw := testkit.Data(t, fmt.Sprintf("blocks/mainnet-%d.bin", first+i))
		block := new(wire.MsgBlock)
		if err := block.Deserialize(bytes.NewReader(raw)); err != nil {
			t.Fatal(err)
		}
		blocks = append(blocks, block)
		headers = append(headers, raw[:spv.HeaderLen]...)
	}
	e := newEVM(t, simchain.Osaka)
	e.waitUntil(uint64(binary.LittleEndian.Uint32(lastOf(headers)[68:])))
	deployed := func(meta *bind.MetaData, args []byte) common.Address {
		at, _, err := bind.DeployContract(e.opts(e.alice), common.FromHex(meta.Bin), e.chain.Client(), args)
		if err != nil {
			t.Fatal(refusal(err))
		}
		e.wait(1)
		return at
	}
	// The anchor is the first block. Its context of eleven headers is not known, so
	// the chains end there and with it.
	for i, block := range blocks {
		header := headers[i*spv.HeaderLen:][:spv.HeaderLen]
		relay := deployed(&bindings.CheckpointRelayMetaData,
			relayC.PackConstructor(header, uint32(first+i), 1_708_000_000, mainnetLimit(), false, mainnet))
		proofs := deployed(&bindings.SpvMetaData, spvC.PackConstructor(relay, big.NewInt(interval)))
		for _, index := range []int{1, 2, len(block.Transactions) / 2, len(block.Transactions) - 1} {
			p, err := spv.Prove(block, index)
			if err != nil {
				t.Fatal(err)
			}
			p.Chain = header
			txid, err := p.Verify()
			if err != nil || txid != block.Transactions[index].TxHash() {
				t.Fatalf("transaction %d: %v", index, err)
			}
			got := ask(e, proofs, spvC.PackProve(bound(p)), spvC.UnpackProve)
			if got.Txid != [32]byte(txid) || got.Height != uint32(first+i) || got.Conf != 1 {
				t.Errorf("transaction %d: the contract says %+v", index, got)
			}
			if _, err := spv.ParseTx(p.RawTx); err != nil {
				t.Errorf("transaction %d: %v", index, err)
			}
			for at := range 12 {
				bad := p
				bad.RawTx = bytes.Clone(p.RawTx)
				bad.RawTx[at*(len(p.RawTx)-1)/11] ^= 1
				e.refused(spv.ErrBadMerkle, e.eve, proofs, spvC.PackProve(bound(bad)))
				if _, err := bad.Verify(); !is(err, spv.ErrBadMerkle) {
					t.Errorf("transaction %d with a byte changed: %v", index, err)
				}
			}
		}
	}
}

// Every transaction of a real block is read in the same way.
func TestRealTransactionsAreRead(t *testing.T) {
	block := new(wire.MsgBlock)
	if err := block.Deserialize(bytes.NewReader(testkit.Data(t, "blocks/mainnet-831329.bin"))); err != nil {
		t.Fatal(err)
	}
	for i, tx := range block.Transactions {
		raw, err := spv.Stripped(tx)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := spv.ParseTx(raw)
		if err != nil || len(parsed.Inputs) != len(tx.TxIn) || len(parsed.Outputs) != len(tx.TxOut) {
			t.Fatalf("transaction %d: %v", i, err)
		}
		for k, out := range tx.TxOut {
			if parsed.Outputs[k].Value != uint64(out.Value) || !bytes.Equal(parsed.Outputs[k].Script, out.PkScript) { //nolint:gosec // G115: positive
				t.Errorf("transaction %d: output %d differs", i, k)
			}
		}
		var full bytes.Buffer
		if err := tx.Serialize(&full); err != nil {
			t.Fatal(err)
		}
		if tx.HasWitness() {
			if _, err := spv.ParseTx(full.Bytes()); !is(err, spv.ErrWitnessForm) {
				t.Errorf("transaction %d with witness: %v", i, err)
			}
		}
	}
}

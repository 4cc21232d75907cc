package evmbridge_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"testing"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/evmbridge/simchain"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

// proven gives a proof to the contract and to the model and demands one verdict.
func (w *world) proven(p spv.Proof, want error) {
	w.t.Helper()
	_, err := p.Verify()
	if !is(err, want) {
		w.t.Errorf("the model says %v, want %v", err, want)
	}
	if want == nil {
		w.accepted(w.eve, w.at.Spv, spvC.PackProve(bound(p)))
		return
	}
	w.refused(want, w.eve, w.at.Spv, spvC.PackProve(bound(p)))
}

func TestProofsThatLieAreRefused(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	var txs []*wire.MsgTx
	for i := range 9 {
		txs = append(txs, pay(outpoint(uint32(i), 5), wire.NewTxOut(1000, p2tr(1))))
	}
	w.btc.mine(txs...)
	w.bury(3)
	good := w.proof(txs[4])
	w.proven(good, nil)
	changed := func(change func(p *spv.Proof)) spv.Proof {
		p := good
		p.Siblings, p.CoinbaseSiblings = slices.Clone(p.Siblings), slices.Clone(p.CoinbaseSiblings)
		p.RawTx, p.Chain = bytes.Clone(p.RawTx), bytes.Clone(p.Chain)
		change(&p)
		return p
	}
	for i := range good.Siblings {
		w.proven(changed(func(p *spv.Proof) { p.Siblings[i][9] ^= 1 }), spv.ErrBadMerkle)
		w.proven(changed(func(p *spv.Proof) { p.CoinbaseSiblings[i][9] ^= 1 }), spv.ErrBadMerkle)
	}
	for name, c := range map[string]struct {
		change func(p *spv.Proof)
		want   error
	}{
		"the next place":           {func(p *spv.Proof) { p.Index++ }, spv.ErrBadMerkle},
		"the place before":         {func(p *spv.Proof) { p.Index-- }, spv.ErrBadMerkle},
		"a place beyond the depth": {func(p *spv.Proof) { p.Index += 1 << len(p.Siblings) }, spv.ErrBadMerkle},
		"the coinbase's place":     {func(p *spv.Proof) { p.Index = 0 }, spv.ErrBadMerkle},
		"a deeper coinbase":        {func(p *spv.Proof) { p.CoinbaseSiblings = append(p.CoinbaseSiblings, chainhash.Hash{}) }, spv.ErrDepthMismatch},
		"a shallower coinbase":     {func(p *spv.Proof) { p.CoinbaseSiblings = p.CoinbaseSiblings[1:] }, spv.ErrDepthMismatch},
		"another coinbase":         {func(p *spv.Proof) { p.CoinbaseMid[0]++ }, spv.ErrBadMerkle},
		"another transaction":      {func(p *spv.Proof) { p.RawTx[20]++ }, spv.ErrBadMerkle},
		"half a header":            {func(p *spv.Proof) { p.Chain = p.Chain[:40] }, spv.ErrBadLength},
		"headers that do not link": {func(p *spv.Proof) { p.Chain[80+5]++ }, spv.ErrBadLink},
		"no headers":               {func(p *spv.Proof) { p.Chain = nil }, spv.ErrBadLength},
	} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			w.proven(changed(c.change), c.want)
		})
	}
	w.t = t
	w.refused(spv.ErrNotBestChain, w.eve, w.at.Spv, spvC.PackProve(bound(changed(func(p *spv.Proof) { p.Chain = p.Chain[:160] }))))
}

// An inner node of the tree poses as a transaction (CVE-2017-12842): it has 64 bytes.
// And a transaction of 64 bytes poses as an inner node, above a leaf that is none: the
// coinbase is not as deep.
func TestLeavesAndNodesDoNotPoseAsEachOther(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	var txs []*wire.MsgTx
	for i := range 6 {
		txs = append(txs, pay(outpoint(uint32(i), 5), wire.NewTxOut(1000, p2tr(1))))
	}
	// A transaction of 64 bytes whose second half is the txid of one that is not in the block.
	forged := pay(outpoint(1, 66), wire.NewTxOut(21e14, p2tr(66)))
	fake := forged.TxHash()
	small := wire.NewMsgTx(2)
	in := wire.NewTxIn(&wire.OutPoint{}, nil, nil)
	small.AddTxIn(in)
	small.AddTxOut(wire.NewTxOut(0, make([]byte, 4)))
	raw, err := spv.Stripped(small)
	if err != nil || len(raw) != 64 {
		t.Fatalf("%d bytes: %v", len(raw), err)
	}
	copy(raw[32:], fake[:])
	// What such a transaction says is settled by the txid in it; it need not be
	// one that a node accepts to be a leaf.
	block := wire.NewMsgBlock(&wire.BlockHeader{})
	height := w.btc.mine(txs...)
	honest := w.btc.blocks[height]
	w.btc.rewind(height - 1)
	block.Transactions = honest.Transactions
	var txids []chainhash.Hash
	for _, tx := range block.Transactions {
		txids = append(txids, tx.TxHash())
	}
	txids[2] = spv.DoubleSHA256(raw)
	w.mineTree(txids)
	w.bury(6)
	chain, hops := w.chainFrom(height)
	coinbase, err := spv.Stripped(block.Transactions[0])
	if err != nil {
		t.Fatal(err)
	}
	branch := func(i int) []chainhash.Hash {
		b, err := spv.Branch(txids, i)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	rawForged, err := spv.Stripped(forged)
	if err != nil {
		t.Fatal(err)
	}
	p := spv.Proof{
		Chain: chain, Hops: hops, RawTx: rawForged, Siblings: append([]chainhash.Hash{chainhash.Hash(raw[:32])}, branch(2)...),
		Index: 2<<1 + 1, CoinbaseMid: sha256.Sum256(coinbase), CoinbaseSiblings: branch(0),
	}
	root, err := spv.MerkleRoot(fake, p.Siblings, p.Index)
	if err != nil || root != chainhash.Hash(chain[36:68]) {
		t.Fatalf("the forgery is not even a branch: %v", err)
	}
	w.proven(p, spv.ErrDepthMismatch)
	p.CoinbaseSiblings = append([]chainhash.Hash{{}}, branch(0)...)
	w.proven(p, spv.ErrBadMerkle)
	p.RawTx, p.Siblings, p.Index, p.CoinbaseSiblings = raw, branch(2), 2, branch(0)
	w.proven(p, spv.ErrSize64)
	inner := append(txids[4][:], txids[5][:]...)
	p.RawTx, p.Siblings, p.Index, p.CoinbaseSiblings = inner, branch(4)[1:], 2, branch(0)[1:]
	w.proven(p, spv.ErrSize64)
}

// mineTree makes a block whose transactions are known by their txids only.
func (w *world) mineTree(txids []chainhash.Hash) {
	w.t.Helper()
	branch, err := spv.Branch(txids, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	root, err := spv.MerkleRoot(txids[0], branch, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	tip := w.btc.header(w.btc.height())
	time := binary.LittleEndian.Uint32(tip[68:]) + spacing
	w.btc.headers = append(w.btc.headers, work(makeHeader(spv.DoubleSHA256(tip), root, time, easyBits))...)
	w.btc.blocks[w.btc.height()] = wire.NewMsgBlock(&wire.BlockHeader{})
}

// Depth grows with the value, and with the sum of the values in a bucket: a private
// fork of six blocks cannot prove any number of small things.
func TestDepthGrowsWithTheValueProvenInABucket(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	// The subsidy at height 840,000 is 3.125 BTC; 30 BTC at 6 confirmations is too
	// much, and so are the later ones of many lots that are little each.
	for value, want := range map[uint64]uint64{0: 6, 1: 6, 9_3750_0000: 6, 9_3750_0001: 7, 150_0000_0000: 96} {
		got := ask(w.evm, w.at.Spv, spvC.PackRequired(numberOf(value), numberOf(firstHeight)), spvC.UnpackRequired)
		mine, ok := spv.Required(value, firstHeight, interval)
		if got.Uint64() != want || mine != want || !ok {
			t.Errorf("%d sat need %v confirmations, in Go %d; want %d", value, got, mine, want)
		}
	}
	if _, ok := spv.Required(1, 64*interval, interval); ok {
		t.Error("a block without subsidy proves something")
	}
	s := w.seriesOf(payout.SwapM, true)
	var lots []*lot
	for range 4 {
		l := w.lotOf(s)
		l.terms.Notional, l.terms.Collateral = 3_000_000, 27_0000_0000 // 27 BTC; 17.28 confirmations
		l.funding.TxOut[1].Value = 27_0000_0000
		l.terms.FundingTxid = l.funding.TxHash()
		l.terms.RefundSats = 27_0000_0000 / 3
		l.id = l.terms.ID()
		lots = append(lots, l)
	}
	w.send(w.alice, w.asset.at, w.asset.pack(t, "mint", w.alice.at, numberOf(1e12)))
	w.send(w.alice, w.at.Bond, bondC.PackPostOperator(200_0000_0000))
	var funding []*wire.MsgTx
	for _, l := range lots {
		funding = append(funding, l.funding)
		w.send(w.carol, w.at.Bond, bondC.PackPostLot(l.id, 30_0000_0000))
	}
	w.btc.mine(funding...)
	w.bury(16) // 17 confirmations
	w.refused(spv.ErrTooShallow, w.eve, w.at.Bridge, w.mintCall(lots[0], w.bob.at, false))
	w.bury(1)
	w.send(w.eve, w.at.Bridge, w.mintCall(lots[0], w.bob.at, false))
	w.refused(spv.ErrTooShallow, w.eve, w.at.Bridge, w.mintCall(lots[1], w.bob.at, false))
	w.bury(16) // 34
	w.refused(spv.ErrTooShallow, w.eve, w.at.Bridge, w.mintCall(lots[1], w.bob.at, false))
	w.bury(1)
	w.refused(spv.ErrCapExceeded, w.eve, w.at.Bridge, w.mintCall(lots[1], w.bob.at, false))
	got := ask(w.evm, w.at.Spv, spvC.PackProven(w.at.Bridge, numberOf(uint64(w.btc.height()))), spvC.UnpackProven)
	if got.Arg0 != 0 && got.Arg1 != 0 {
		t.Errorf("proven %+v", got)
	}
}

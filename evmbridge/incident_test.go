package evmbridge_test

import (
	"testing"

	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/evmbridge/bindings"
	"github.com/alkimiya/alkimiya/evmbridge/simchain"
	"github.com/alkimiya/alkimiya/evmbridge/spv"
)

func bondBin() string { return bindings.BondMetaData.Bin }

// What happened to other bridges, each as a test by the name of its report. Some are
// cases of tests elsewhere, which these call.

// tBTC v2, pull requests 958 and 959: headers of minimum difficulty, in the relay
// and in proofs. A proof's headers must end at a checkpoint whose bits were judged.
func TestRegressTbtcV2x958(t *testing.T) {
	r, before := newHardRelay(t)
	easy := chainOf(r.rules, lastOf(before), r.tip, 3, func(_ int, h []byte) { copy(h[72:], []byte{0xff, 0xff, 0x7f, 0x20}) })
	r.agree(r.tip, window(before), easy, spv.ErrBadBits)
	r.refused(spv.ErrNotBestChain, r.eve, r.at, relayC.PackConfirmations(easy, numberOf(5)))
	good := chainOf(r.rules, lastOf(before), r.tip, 3, nil)
	r.agree(r.tip, window(before), good, nil)
	r.refused(spv.ErrNotBestChain, r.eve, r.at, relayC.PackConfirmations(append(good[:80:80], easy[:80]...)[80:], numberOf(5)))
}

// tBTC v2, pull request 373: a private fork that proves much with little work.
func TestRegressTbtcV2x373(t *testing.T) { TestDepthGrowsWithTheValueProvenInABucket(t) }

// tBTC v2, pull request 959: the same in proofs.
func TestRegressTbtcV2x959(t *testing.T) { TestRegressTbtcV2x958(t) }

// tBTC v2, issue 874: a proof across a retarget that could not be given. Ours are
// chains of links; a retarget in them is nothing special.
func TestRegressTbtcV2x874(t *testing.T) {
	r, before := newHardRelay(t)
	chain := chainOf(r.rules, lastOf(before), r.tip, 25, nil)
	r.agree(r.tip, window(before), chain, nil)
	got := ask(r.evm, r.at, relayC.PackConfirmations(chain[10*80:], numberOf(0)), relayC.UnpackConfirmations)
	if got.Conf != 15 {
		t.Errorf("%d confirmations", got.Conf)
	}
}

// tBTC v2, issue 1010: a deposit without a vault was stuck for good. Here it is not
// minted.
func TestRegressTbtcV2x1010(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	l := w.lotOf(w.seriesOf(payout.SwapM, true))
	w.fund(l)
	m := w.resigned(w.minting(l, w.bob), l, func(t *spv.Terms) { t.VaultScript = nil })
	w.refused(spv.ErrBadScript, w.bob, w.at.Bridge, m.call())
}

// tBTC v2, pull request 1035: minting without a cap.
func TestRegressTbtcV2x1035(t *testing.T) { TestSeriesCapHolds(t) }

// tBTC v2, issue 1084: units were burned and nobody could see what became of them.
// The state of every redemption is on the chain, from the event with all its fields.
func TestRegressTbtcV2x1084(t *testing.T) {
	w, s, _ := openWorld(t)
	r := w.redeem(w.bob, s.id, false, units, p2tr(3))
	if w.redemptionState(r) != 1 || r.Deadline != w.now+3*day || r.Owner != w.bob.at {
		t.Errorf("state %d, %+v", w.redemptionState(r), r)
	}
}

// keep-core, pull request 4244: one redemption to a P2TR script stalled a batch.
func TestRegressKeepCore4244(t *testing.T) {
	w, s, l := openWorld(t)
	var all []spv.Redemption
	for _, script := range scriptForms() {
		all = append(all, w.redeem(w.bob, s.id, false, units/5, script))
	}
	w.paid(w.batch(l.vaultAt(usual), wire.NewTxOut(600, l.vault), all...), all...)
	if got := w.totals().Vault; got > 1 {
		t.Errorf("the vault owes %d", got)
	}
}

// tBTC v1, May 2020: redemptions to P2SH could not be proven.
func TestRegressTbtcP2SH(t *testing.T) {
	w, s, l := openWorld(t)
	r := w.redeem(w.bob, s.id, false, units, scriptForms()["P2SH"])
	w.paid(w.batch(l.vaultAt(usual), nil, r), r)
}

// tBTC v1, issue 658: a malformed script, and the redemption could not be completed.
func TestRegressTbtc658(t *testing.T) {
	w, s, _ := openWorld(t)
	for _, script := range [][]byte{{0x6a}, append(p2tr(1), 0), {0x76, 0xa9, 0x14}, make([]byte, 25)} {
		w.refused(spv.ErrBadScript, w.bob, w.at.Bridge, bridgeC.PackRedeem(s.id, false, units, script, minFee))
	}
}

// tBTC v1, issue 671: dust that could not be paid took the bond.
func TestRegressTbtc671(t *testing.T) {
	w, s, _ := openWorld(t)
	w.refused(spv.ErrBelowMinimum, w.bob, w.at.Bridge, bridgeC.PackRedeem(s.id, false, 1000, p2tr(1), minFee))
}

// tBTC v1, issue 652: a payment whose fee was raised was no longer the one asked for.
// Anything from the claim less the greatest fee up is.
func TestRegressTbtc652(t *testing.T) {
	w, s, l := openWorld(t)
	r := w.redeem(w.bob, s.id, false, units, p2tr(3))
	for _, less := range []uint64{1, 500, 1000} {
		tx := w.batch(l.vaultAt(usual), nil, r)
		tx.TxOut[0].Value = int64(r.Sats - less) //nolint:gosec // G115: at most the money there is
		w.btc.mine(tx)
		w.bury(5)
		w.accepted(w.alice, w.at.Bridge, w.paidCall(tx, r))
	}
}

// bitcoin-spv, issue 192: a leaf that is a node, a node that is a leaf.
func TestRegressBitcoinSpv192(t *testing.T) { TestLeavesAndNodesDoNotPoseAsEachOther(t) }

// interbtc, issue 1073: the same.
func TestRegressInterbtc1073(t *testing.T) { TestProofsThatLieAreRefused(t) }

// BitVM, issue 285: the same.
func TestRegressBitVM285(t *testing.T) { TestLeavesAndNodesDoNotPoseAsEachOther(t) }

// bob, pull request 553: the depth of a branch was not checked.
func TestRegressBob553(t *testing.T) { TestLeavesAndNodesDoNotPoseAsEachOther(t) }

// bob, issue 285: a relay that knows only the epochs' difficulties lets anybody make a
// cheap chain inside one. Ours has every header.
func TestRegressBob285(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	l := w.lotOf(w.seriesOf(payout.SwapM, true))
	fork := w.btc.height()
	w.btc.mine(l.funding)
	for range 7 {
		w.btc.mine()
	}
	private := w.btc.section(fork+1, w.btc.height())
	block := w.btc.blocks[fork+1]
	w.btc.rewind(fork)
	w.bury(9)
	p, err := spv.Prove(block, 2)
	if err != nil {
		t.Fatal(err)
	}
	p.Chain, p.Hops = private, 100
	w.refused(spv.ErrNotBestChain, w.eve, w.at.Spv, spvC.PackProve(bound(p)))
}

// btcrelay, issue 50: nobody was paid for headers, so there were none. A prover brings
// his own.
func TestRegressBtcrelay50(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	l := w.lotOf(w.seriesOf(payout.SwapM, true))
	w.btc.mine(l.funding)
	for range 300 { // two days without a relayer
		w.btc.mine()
	}
	w.relay()
	w.send(w.carol, w.at.Bond, bondC.PackPostLot(l.id, 4_950_000))
	w.send(w.bob, w.at.Bridge, w.mintCall(l, w.bob.at, true))
}

// SilicaPools, March 2025: shares narrowed to 128 bits while the token minted 256, and
// an index whose decimals could change.
func TestRegressSilicaPools(t *testing.T) {
	TestNarrowingNeverCuts(t)
	TestPayoffsAreThoseOfTheContracts(t)
}

// Ribbon and Aevo, December 2025: a changed oracle drained old vaults. A series names its
// oracle events by their hashes, and nothing of it can be changed.
func TestRegressRibbonAevo(t *testing.T) {
	w := newWorld(t, simchain.Osaka)
	s := w.seriesOf(payout.SwapM, true)
	w.minted(s, w.bob, true)
	other := *s
	other.key.Events = [][32]byte{{1}, {2}, {3}}
	if other.key.ID() == s.id {
		t.Error("other oracles make the same series")
	}
	w.refused(spv.ErrBadSeries, w.eve, w.at.Book, bookC.PackPrice(key(other.key)))
}

// dlcBTC: a blacklist and an upgrade key. There is no function that could be either:
// every function of every contract is known here.
func TestRegressDlcBTC(t *testing.T) {
	for name, meta := range map[string]string{
		"Bridge": bindings.BridgeMetaData.ABI, "SeriesToken": bindings.SeriesTokenMetaData.ABI,
		"LotToken": bindings.LotTokenMetaData.ABI, "Bond": bindings.BondMetaData.ABI, "Committee": bindings.CommitteeMetaData.ABI,
		"SeriesBook": bindings.SeriesBookMetaData.ABI, "Fraud": bindings.FraudMetaData.ABI,
	} {
		for _, method := range changing(t, meta) {
			if !permitted[method] {
				t.Errorf("%s has a function %q that nobody reviewed here", name, method)
			}
		}
	}
}

// permitted are all functions that change something. None gives anybody power over
// another's units, bonds or bitcoin.
var permitted = map[string]bool{
	"mint": true, "burn": true, "transfer": true, "transferFrom": true, "approve": true, "permit": true, "setOperator": true,
	"proveFunding": true, "wrap": true, "release": true, "proveSpend": true, "settle": true, "open": true, "contest": true,
	"redeem": true, "reclaim": true, "proveRedemptions": true, "slash": true, "slashLot": true,
	"postOperator": true, "giveNotice": true, "withdraw": true, "postLot": true, "withdrawLot": true,
	"pledge": true, "forfeit": true, "draw": true, "payPot": true, // the bridge only
	"pauseMint": true, "halt": true, "createSeries": true, "price": true,
	"proveBadLeaf": true, "accuse": true, "answer": true, "convict": true,
}

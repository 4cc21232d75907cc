package engine_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"slices"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/chaincfg"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/payout"
	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/evmbridge/vault"
	"github.com/alkimiya/alkimiya/internal/testkit"
	"github.com/alkimiya/alkimiya/node/engine"
	"github.com/alkimiya/alkimiya/node/policy"
)

// testBridge is a bridge with three operators, of whom two sign.
func testBridge() *vault.Record {
	r := &vault.Record{ChainID: 1337, Bridge: [20]byte{0xb0}, Committee: vault.Committee{Threshold: 2}}
	for _, name := range []string{"operator 0", "operator 1", "operator 2"} {
		r.Committee.Operators = append(r.Committee.Operators, [32]byte(schnorr.SerializePubKey(testkit.Key(name).PubKey())))
	}
	slices.SortFunc(r.Committee.Operators, func(a, b [32]byte) int { return bytes.Compare(a[:], b[:]) })
	return r
}

// tokenise has the first node offer a contract, and the second accept it, with the
// payouts of the sides going to vaults of bridges, and brings it to Active.
func (w *world) tokenise(offerer, accepter *vault.Record) viewOf {
	w.t.Helper()
	bucket := uint8(1)
	offered, err := w.nodes[0].engine().Offer(w.t.Context(), engine.OfferRequest{
		Peer: w.nodes[1].key, Terms: testTerms(payout.Long), Bucket: &bucket, FundFeeRate: 3, CETFeeRate: 2, Bridge: offerer,
	})
	must(w.t, err)
	key := w.keyOf(w.nodes[1], offered)
	w.eventually("the offer", func() bool {
		v, err := w.nodes[1].contract(key)
		return err == nil && v.Decision != nil
	})
	_, err = w.nodes[1].engine().Approve(w.t.Context(), key, engine.ApproveRequest{Bridge: accepter})
	must(w.t, err)
	w.phase(offered, contract.Broadcast)
	w.eventually("the funding transaction", func() bool { return len(w.chain.Mempool()) == 1 })
	w.chain.mine(3)
	w.phase(offered, contract.Active)
	return viewOf{w, offered}
}

// askingWorld is a world whose second node approves nothing by itself.
func askingWorld(t *testing.T) *world {
	w := newWorld(t)
	w.nodes[1].rules.Accept.Offers = false
	return w
}

// Both payouts go to vaults of their own, both nodes show them, and what settles is
// the CET, also after a restart; the vaults get what the outcome gives.
func TestATokenisedContractPaysItsVaultsByTheCET(t *testing.T) {
	t.Parallel()
	w := askingWorld(t)
	w.start()
	v := w.tokenise(testBridge(), testBridge())
	for i, n := range w.nodes {
		view := v.of(n)
		own, peer := view.OwnVault, view.PeerVault
		if own == nil || peer == nil || !view.Bridged || own.ChainID != 1337 || own.Threshold != 2 || len(own.Operators) != 3 || own.Salt == peer.Salt {
			t.Fatalf("%s: own %+v, peer %+v", n.name, own, peer)
		}
		if other := v.of(w.nodes[1-i]); !bytes.Equal(other.PeerVault.Script, own.Script) {
			t.Errorf("%s: the peer sees another vault", n.name)
		}
		record := testBridge()
		record.Salt = own.Salt
		derived, err := record.Vault(*chaincfg.RegressionNetParams.GenesisHash)
		must(t, err)
		if !bytes.Equal(derived.Script(), own.Script) {
			t.Errorf("%s: script %x, derived %x", n.name, own.Script, derived.Script())
		}
	}
	w.net.cut()
	for _, n := range w.nodes {
		n.halt()
		n.start()
	}
	w.net.connect()
	w.chain.until(maturity)
	w.oracles.attest(9, 0, 2)
	w.phase(v.View, contract.Settling)
	w.eventually("the CET", func() bool { return len(w.chain.Mempool()) == 1 })
	w.chain.mine(6)
	w.phase(v.View, contract.Closed)
	for _, n := range w.nodes {
		view := v.of(n)
		if view.Spend.Kind != contract.SpentByCET || len(view.Closes) != 0 {
			t.Errorf("%s: spent by %v with %d closes", n.name, view.Spend.Kind, len(view.Closes))
		}
		cet := mustParse(t, view.CET.Raw)
		var paid int64
		for _, out := range cet.TxOut {
			if bytes.Equal(out.PkScript, view.OwnVault.Script) {
				paid += out.Value
			}
		}
		if *view.OwnPayout == 0 || paid != int64(*view.OwnPayout) {
			t.Errorf("%s: the vault got %d of %d", n.name, paid, *view.OwnPayout)
		}
		if got := n.gain(); got != -view.OwnLock-view.Fees.Own() {
			t.Errorf("%s: the wallet has won %d", n.name, got)
		}
	}
}

// No exit is proposed and none is answered before the release; after it both are.
func TestATokenisedContractIsClosedOnlyAfterItsRelease(t *testing.T) {
	t.Parallel()
	w := askingWorld(t)
	w.start()
	v := w.tokenise(testBridge(), nil)
	exit := engine.CloseRequest{OwnValue: 200_000, FeeRate: 2}
	release := func(n *node) error {
		_, err := n.engine().Release(t.Context(), w.keyOf(n, v.View))
		return err
	}
	for _, n := range w.nodes {
		if _, err := n.engine().Close(t.Context(), w.keyOf(n, v.View), exit); !errors.Is(err, contract.ErrIllegal) {
			t.Errorf("%s proposes an exit: %v", n.name, err)
		}
	}
	// The peer says that it is released; we do not.
	must(t, release(w.nodes[1]))
	_, err := w.nodes[1].engine().Close(t.Context(), w.keyOf(w.nodes[1], v.View), exit)
	must(t, err)
	w.eventually("the refusal", func() bool {
		history, err := w.nodes[1].engine().History(t.Context(), w.keyOf(w.nodes[1], v.View), 0, 1000)
		return err == nil && slices.ContainsFunc(history, func(e store.Entry) bool { return e.Event == "PeerReject" })
	})
	if view := v.of(w.nodes[0]); view.Decision != nil || len(view.Closes) != 0 || !view.Bridged {
		t.Errorf("the owner is asked: %+v", view.Decision)
	}
	must(t, release(w.nodes[0]))
	if err := release(w.nodes[0]); !errors.Is(err, contract.ErrIllegal) {
		t.Errorf("released twice: %v", err)
	}
	// The reconnection ends the attempt that was refused.
	w.net.cut()
	w.net.connect()
	w.eventually("an exit to be proposed", func() bool {
		_, err := w.nodes[1].engine().Close(t.Context(), w.keyOf(w.nodes[1], v.View), exit)
		return err == nil
	})
	w.eventually("the proposal", func() bool { return v.of(w.nodes[0]).Decision != nil })
	decision := v.of(w.nodes[0]).Decision
	_, err = w.nodes[0].engine().ApproveClose(t.Context(), v.Key, engine.ApproveCloseRequest{Attempt: decision.Attempt})
	must(t, err)
	w.phase(v.View, contract.Closing)
	w.chain.mine(6)
	w.phase(v.View, contract.CoopClosed)
}

// The owner of a tokenised side hands out the pre-signed set, which settles the
// contract without him, and asks for tokens by his contract key; nobody else does.
func TestTheOwnerExportsThePresignedSetAndAsksForTokens(t *testing.T) {
	t.Parallel()
	w := askingWorld(t)
	w.start()
	v := w.tokenise(nil, testBridge())
	owner, other := w.nodes[1], w.nodes[0]
	key := w.keyOf(owner, v.View)
	set, err := owner.engine().Presigned(t.Context(), key)
	must(t, err)
	tower, err := wire.DecodeTowerPackage(set.Package)
	must(t, err)
	restored, _, err := contract.Restore(contract.Recovery{Role: contract.Accepter, Peer: other.key, Params: w.params, Tower: set.Package})
	must(t, err)
	for _, message := range [][]byte{tower.Accept, tower.Sign} {
		if code, err := contract.Verify(restored, message, rand.Reader); code != 0 || err != nil {
			t.Errorf("a list of the set does not hold: %v, %v", code, err)
		}
	}
	if set.Side != payout.Short || set.Funding.Hash != v.of(owner).Funding.Txid || len(set.FundingScript) != 34 {
		t.Errorf("set %+v", set)
	}
	request := engine.MintRequest{Separator: [32]byte{1}, LotID: [32]byte{2}, To: [20]byte{3}}
	sig, err := owner.engine().SignMint(t.Context(), key, request)
	must(t, err)
	deal, err := contract.DealOf(restored)
	must(t, err)
	must(t, vault.VerifyRequest(deal.Accept.Party.Contract, request.Separator, request.LotID, request.To, sig))
	if _, err := other.engine().Presigned(t.Context(), v.Key); !errors.Is(err, engine.ErrRequest) {
		t.Errorf("the other side exports: %v", err)
	}
	if _, err := other.engine().SignMint(t.Context(), v.Key, request); !errors.Is(err, engine.ErrRequest) {
		t.Errorf("the other side asks: %v", err)
	}
	_, err = owner.engine().Release(t.Context(), key)
	must(t, err)
	if _, err := owner.engine().SignMint(t.Context(), key, request); !errors.Is(err, contract.ErrIllegal) {
		t.Errorf("asks after the release: %v", err)
	}
}

// A request for a vault that no committee owns costs nothing, and a peer whose
// payout is not that of its record is refused.
func TestVaultsThatAreNoneAreRefused(t *testing.T) {
	t.Parallel()
	w := askingWorld(t)
	w.start()
	bucket := uint8(1)
	for name, change := range map[string]func(*vault.Record){
		"chain":     func(r *vault.Record) { r.ChainID = 0 },
		"bridge":    func(r *vault.Record) { r.Bridge = [20]byte{} },
		"threshold": func(r *vault.Record) { r.Committee.Threshold = 4 },
		"operators": func(r *vault.Record) { r.Committee.Operators = nil },
	} {
		bridge := testBridge()
		change(bridge)
		_, err := w.nodes[0].engine().Offer(t.Context(), engine.OfferRequest{
			Peer: w.nodes[1].key, Terms: testTerms(payout.Long), Bucket: &bucket, FundFeeRate: 3, CETFeeRate: 2, Bridge: bridge,
		})
		if !errors.Is(err, engine.ErrRequest) {
			t.Errorf("no %s: %v", name, err)
		}
	}
	w.free()
	record, err := testBridge().Encode()
	must(t, err)
	offered := w.offer()
	state, err := w.nodes[0].store.Contract(offered.Key)
	must(t, err)
	answers := make(chan *wire.Reject, 4)
	w.net.mu.Lock()
	w.net.drop = func(from *node, message []byte) bool {
		if decoded, err := wire.Decode(message); err == nil && from == w.nodes[1] {
			if reject, ok := decoded.(*wire.Reject); ok {
				answers <- reject
			}
		}
		return false
	}
	w.net.mu.Unlock()
	for i, vault := range [][]byte{record, record[:70], {1}} {
		message, err := wire.Decode(state.Offer)
		must(t, err)
		offer, ok := message.(*wire.Offer)
		if !ok {
			t.Fatal("the stored offer is none")
		}
		offer.TempID[0], offer.Vault = byte(i), vault
		w.nodes[1].engine().Message(t.Context(), w.nodes[0].key, offer.Encode())
		if reject := <-answers; reject.ID != offer.TempID || reject.Code != wire.RejectBadScript {
			t.Errorf("vault %x: %s of %x", vault, reject.Code, reject.ID[:4])
		}
	}
}

// The policy decides about peers that tokenise: it asks unless told otherwise.
func TestThePolicyDecidesAboutTokenisingPeers(t *testing.T) {
	t.Parallel()
	for tokens, want := range map[policy.Tokens]contract.Phase{
		policy.AskTokens: contract.Offered, policy.AcceptTokens: contract.Broadcast, policy.DeclineTokens: contract.Aborted,
	} {
		w := newWorld(t)
		w.nodes[1].rules.Bridge.Peers = tokens
		w.start()
		bucket := uint8(1)
		offered, err := w.nodes[0].engine().Offer(t.Context(), engine.OfferRequest{
			Peer: w.nodes[1].key, Terms: testTerms(payout.Long), Bucket: &bucket, FundFeeRate: 3, CETFeeRate: 2, Bridge: testBridge(),
		})
		must(t, err)
		if tokens == policy.AskTokens {
			w.eventually("the question", func() bool {
				v, err := w.nodes[1].contract(w.keyOf(w.nodes[1], offered))
				return err == nil && v.Decision != nil && v.Phase == contract.New
			})
		}
		w.phaseOf(w.nodes[0], offered, want)
	}
	// Who answers us with a vault although we decline is refused, too.
	w := askingWorld(t)
	w.nodes[0].rules.Bridge.Peers = policy.DeclineTokens
	w.start()
	offered := w.offer()
	key := w.keyOf(w.nodes[1], offered)
	w.eventually("the offer", func() bool { v, err := w.nodes[1].contract(key); return err == nil && v.Decision != nil })
	_, err := w.nodes[1].engine().Approve(t.Context(), key, engine.ApproveRequest{Bridge: testBridge()})
	must(t, err)
	w.phase(offered, contract.Aborted)
	w.free()
}

package engine_test

import (
	"crypto/rand"
	"errors"
	"testing"

	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/store"
	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/node/engine/nonces"
)

// states returns the states of a contract that is Active, by node.
func states(t *testing.T) [2]contract.State {
	t.Helper()
	w := newWorld(t)
	w.start()
	v := w.open()
	w.end()
	var both [2]contract.State
	for i, n := range w.nodes {
		s, err := store.Open(n.dir, [32]byte{7})
		must(t, err)
		both[i], err = s.Contract(w.keyOf(n, v.View))
		must(t, errors.Join(err, s.Close()))
	}
	return both
}

// TestSecretNoncesSignOnce: a nonce is drawn once for an attempt, signs once, and
// is gone after its use, a drop, a failure or the end (SECURITY.md N2).
func TestSecretNoncesSignOnce(t *testing.T) {
	t.Parallel()
	both := states(t)
	miner, buyer := nonces.New(ring{seedOf("miner")}, rand.Reader), nonces.New(ring{seedOf("buyer")}, rand.Reader)
	exit := func(attempt uint32) (own, peer contract.Session) {
		own = contract.Session{Attempt: attempt, VO: 250_000, VA: 250_000, FeeRate: 2, Own: true}
		peer = own
		peer.Own = false
		return own, peer
	}
	// answered proposes and answers an attempt.
	answered := func(attempt uint32) contract.Session {
		own, peer := exit(attempt)
		offer, err := miner.Propose(both[0], own)
		must(t, err)
		peer.Message = offer
		accept, err := buyer.Answer(both[1], peer, nil)
		must(t, err)
		own.Message, own.Answered = accept, true
		return own
	}

	session := answered(0)
	_, err := miner.Propose(both[0], session)
	want(t, err, nonces.ErrAgain)
	tx, err := miner.Aggregate(both[0], session)
	must(t, err)
	if len(tx.TxIn[0].Witness) != 1 || len(tx.TxIn[0].Witness[0]) != 64 {
		t.Errorf("the close is signed by %x", tx.TxIn[0].Witness)
	}
	_, err = miner.Aggregate(both[0], session)
	want(t, err, nonces.ErrGone)
	peer := session
	peer.Own = false
	_, err = buyer.Answer(both[1], peer, nil)
	if err == nil {
		t.Error("an accept was taken for an offer")
	}

	session = answered(2)
	miner.Drop(both[0].Key(), 2)
	_, err = miner.Aggregate(both[0], session)
	want(t, err, nonces.ErrGone)
	_, err = miner.Propose(both[0], contract.Session{Attempt: 0, VO: 250_000, VA: 250_000, FeeRate: 2})
	want(t, err, nonces.ErrAgain)

	session = answered(4)
	message, err := wire.Decode(session.Message)
	must(t, err)
	accept, ok := message.(*wire.CloseAccept)
	if !ok {
		t.Fatalf("%T", message)
	}
	accept.Partial[31] ^= 1
	bad := session
	bad.Message = accept.Encode()
	_, err = miner.Aggregate(both[0], bad)
	want(t, err, txs.ErrPartial)
	_, err = miner.Aggregate(both[0], session)
	want(t, err, nonces.ErrGone)

	session = answered(6)
	miner.Close()
	_, err = miner.Aggregate(both[0], session)
	want(t, err, nonces.ErrGone)
	own, _ := exit(8)
	_, err = miner.Propose(both[0], own)
	want(t, err, nonces.ErrAgain)

	_, err = nonces.New(ring{seedOf("miner")}, short{}).Propose(both[0], own)
	want(t, err, nonces.ErrRandom)
	_, err = nonces.New(ring{seedOf("somebody")}, rand.Reader).Propose(both[0], own)
	want(t, err, txs.ErrSecretKey)
}

// short is a source of randomness that runs dry.
type short struct{}

func (short) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	return 1, errors.New("dry")
}

func want(t tester, err, expected error) {
	t.Helper()
	if !errors.Is(err, expected) {
		t.Fatalf("got %v, want %v", err, expected)
	}
}

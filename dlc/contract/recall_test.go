package contract_test

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	btcwire "github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/adaptor"
	"github.com/alkimiya/alkimiya/dlc/contract"
	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/dlc/wire"
	"github.com/alkimiya/alkimiya/internal/testkit"
	"github.com/alkimiya/alkimiya/oracle/attest"
)

// recalled holds what the heavy functions returned that the simulator calls. They
// are pure, Step among them, and most lives begin alike, so each distinct step,
// signature, list and script is worked out once for all lives.
var recalled sync.Map

// recall returns what f gives for arguments with these bytes. An f that fails
// its test is not remembered.
func recall[T any](f func() T, name string, parts ...[]byte) T {
	h := sha256.New()
	for _, p := range append([][]byte{[]byte(name)}, parts...) {
		_, _ = h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(p)))) // a hash takes everything
		_, _ = h.Write(p)
	}
	key := [32]byte(h.Sum(nil))
	if v, ok := recalled.Load(key); ok {
		if known, ok := v.(T); ok {
			return known
		}
	}
	v := f()
	recalled.Store(key, v)
	return v
}

// dealOf reads a state's messages.
func dealOf(t tester, s contract.State) *contract.Deal {
	t.Helper()
	return recall(func() *contract.Deal {
		deal, err := contract.DealOf(s)
		return must(t, deal, err)
	}, "deal", s.Offer, s.Accept)
}

// valid runs the script interpreter over a transaction, and Bitcoin Core's if
// there is one.
func valid(t tester, tx *btcwire.MsgTx, prevouts []*btcwire.TxOut) bool {
	t.Helper()
	return recall(func() bool {
		if txs.VerifyTx(tx, prevouts) != nil {
			return false
		}
		core.Check(t, tx, prevouts)
		return true
	}, "script", serialize(t, tx, false), outputBytes(prevouts))
}

func outputBytes(outs []*btcwire.TxOut) []byte {
	var b []byte
	for _, out := range outs {
		b = fmt.Appendf(b, " %d:%x", out.Value, out.PkScript)
	}
	return b
}

// judged is how transactions that never reach the simulated chain are judged.
func judged(t tester, raw []byte, prevouts []*btcwire.TxOut) {
	t.Helper()
	if !valid(t, parse(t, raw), prevouts) {
		t.Errorf("a transaction of ours is not valid")
	}
}

// signature is one use of a nonce, as the ledger wants it.
type signature struct{ key, nonce, challenge [32]byte }

// enter writes what a party signed into the world's ledger.
func (w *world) enter(uses ...signature) {
	for _, u := range uses {
		w.ledger.Record(u.key, u.nonce, u.challenge)
	}
}

// schnorrUse is the nonce of a BIP340 signature that its signer made alone.
func schnorrUse(key [32]byte, message [32]byte, sig []byte) signature {
	x := [32]byte(sig[:32])
	e := attest.Challenge(&x, &key, &message)
	return signature{key: key, nonce: x, challenge: e.Bytes()}
}

// inputUse is that of the signature on input i of a transaction.
func inputUse(t tester, tx *btcwire.MsgTx, prevouts []*btcwire.TxOut, i int, key *btcec.PrivateKey, witness btcwire.TxWitness) signature {
	t.Helper()
	x := [32]byte(schnorr.SerializePubKey(key.PubKey()))
	// A wallet's key is its output key here.
	return schnorrUse(x, inputHash(t, tx, prevouts, i), witness[0])
}

// messageUses is every nonce in an accept or sign: that of the refund
// signature, and k of each R = k*G + T.
func messageUses(t tester, s contract.State, message []byte) []signature {
	t.Helper()
	return recall(func() []signature {
		deal := dealOf(t, s)
		decoded, err := wire.Decode(message)
		role, list, refund := contract.Accepter, []byte(nil), [64]byte{}
		switch m := must(t, decoded, err).(type) { //nolint:gochecksumtype // the two that carry a list
		case *wire.Accept:
			list, refund = m.List, m.Refund
		case *wire.Sign:
			role, list, refund = contract.Offerer, m.List, m.Refund
		}
		settlement := deal.Contract.Settlement
		c := settlement.Output().Contract[role]
		key := [32]byte(c[1:])
		uses := []signature{schnorrUse(key, settlement.RefundSighash(), refund[:])}
		set, err := deal.Set()
		must(t, set, err)
		slots, err := deal.Terms.Slots(wire.MaxList)
		must(t, slots, err)
		points, err := adaptor.Points(set, slots)
		must(t, points, err)
		signed, err := adaptor.DecodeList(list, len(slots))
		must(t, signed, err)
		for i, slot := range slots {
			hash, err := settlement.CETSighash(amount(slot.Y))
			uses = append(uses, adaptorUse(t, key, points[i], must(t, hash, err), signed.At(i)))
		}
		return uses
	}, "uses", s.Offer, s.Accept, message)
}

// adaptorUse is the nonce of an adaptor signature: R - T.
func adaptorUse(t tester, key [32]byte, point adaptor.Point, message [32]byte, sig adaptor.Sig65) signature {
	t.Helper()
	r, err := btcec.ParsePubKey(sig[:33])
	must(t, r, err)
	negative := point.Bytes()
	negative[0] ^= 1
	minus, err := btcec.ParsePubKey(negative[:])
	must(t, minus, err)
	var sum, other btcec.JacobianPoint
	r.AsJacobian(&sum)
	minus.AsJacobian(&other)
	btcec.AddNonConst(&sum, &other, &sum)
	sum.ToAffine()
	x := [32]byte(sig[1:33])
	e := attest.Challenge(&x, &key, &message)
	return signature{key: key, nonce: *sum.X.Bytes(), challenge: e.Bytes()}
}

// partialUse is the pair of nonces of a MuSig2 session, whose challenges follow
// from both parties' public nonces and the message.
func partialUse(internal, message [32]byte, own, peer [66]byte) signature {
	return signature{
		key: internal, nonce: sha256.Sum256(own[:]), challenge: sha256.Sum256(append(append(message[:], own[:]...), peer[:]...)),
	}
}

var _ testkit.Reporter = tester(nil)

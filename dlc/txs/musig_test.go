package txs_test

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/chaincfg/chainhash"

	"github.com/alkimiya/alkimiya/dlc/txs"
	"github.com/alkimiya/alkimiya/internal/testkit"
)

// session is a key path session in the middle: nonces are made and exchanged.
func session(t tester, d *deal, dice *dice, message [32]byte) (*txs.KeyPath, txs.Output, [2]*txs.SecretNonce) {
	t.Helper()
	out, err := txs.FundingOutput(d.Parties[0].Internal, d.Parties[1].Internal, d.Parties[0].Contract, d.Parties[1].Contract)
	if err != nil {
		t.Fatal(err)
	}
	nonces := d.closeNonces(t, dice, out, &message)
	k, err := txs.NewKeyPath(out, message, nonces[0].Public(), nonces[1].Public())
	if err != nil {
		t.Fatal(err)
	}
	return k, out, nonces
}

func TestBothPartiesSignTheKeyPath(t *testing.T) {
	ledger := testkit.NewNonceLedger(t)
	for seed := range uint64(8) {
		d := newDice(2000 + seed)
		deal := newDeal(t, d)
		message := d.bytes()
		k, out, nonces := session(t, deal, d, message)
		var partials [2][32]byte
		for role, p := range deal.players {
			var err error
			if partials[role], err = k.Sign(txs.Role(role), p.internal, nonces[role]); err != nil {
				t.Fatal(err)
			}
			if err := k.Verify(txs.Role(role), partials[role]); err != nil {
				t.Error(err)
			}
			if err := k.Verify(txs.Role(role).Other(), partials[role]); !errors.Is(err, txs.ErrPartial) {
				t.Errorf("as the other's: %v", err)
			}
		}
		signature, err := k.Aggregate(partials[0], partials[1])
		if err != nil {
			t.Fatal(err)
		}
		if !txs.VerifyKeyPath(out, message, signature) {
			t.Error("not valid under the output key")
		}
		challenge := chainhash.TaggedHash(chainhash.TagBIP0340Challenge, signature[:32], out.OutputKey[:], message[:])
		ledger.Record(out.OutputKey, [32]byte(signature[:32]), *challenge)
		if _, err := k.Aggregate(partials[1], partials[1]); !errors.Is(err, txs.ErrPartial) {
			t.Errorf("one party's partial twice: %v", err)
		}
		message[0] ^= 1
		if txs.VerifyKeyPath(out, message, signature) {
			t.Error("valid for another message")
		}
	}
}

func TestSecretNonceSignsOnce(t *testing.T) {
	d, dice := specDeal(t), newDice(21)
	k, _, nonces := session(t, d, dice, dice.bytes())
	if _, err := k.Sign(txs.Offerer, d.players[0].internal, nonces[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Sign(txs.Offerer, d.players[0].internal, nonces[0]); !errors.Is(err, txs.ErrNonceUsed) {
		t.Errorf("a second time: %v", err)
	}
	nonces[1].Wipe()
	nonces[1].Wipe()
	if _, err := k.Sign(txs.Accepter, d.players[1].internal, nonces[1]); !errors.Is(err, txs.ErrNonceUsed) {
		t.Errorf("after it was wiped: %v", err)
	}
}

func TestRefusedUseConsumesTheNonceToo(t *testing.T) {
	d, dice := specDeal(t), newDice(22)
	k, _, nonces := session(t, d, dice, dice.bytes())
	_, _, others := session(t, d, dice, dice.bytes())
	if _, err := k.Sign(txs.Offerer, d.players[1].internal, nonces[0]); !errors.Is(err, txs.ErrSecretKey) {
		t.Errorf("the other's key: %v", err)
	}
	if _, err := k.Sign(txs.Offerer, d.players[0].internal, nonces[0]); !errors.Is(err, txs.ErrNonceUsed) {
		t.Errorf("after that: %v", err)
	}
	if _, err := k.Sign(txs.Offerer, d.players[0].internal, others[0]); !errors.Is(err, txs.ErrNonceForeign) {
		t.Errorf("a nonce of another session: %v", err)
	}
	if _, err := k.Sign(txs.Role(2), d.players[1].internal, nonces[1]); !errors.Is(err, txs.ErrSecretKey) {
		t.Errorf("no such role: %v", err)
	}
}

// Of many signers with one nonce, exactly one gets to use it.
func TestConcurrentSignersShareNoNonce(t *testing.T) {
	d, dice := specDeal(t), newDice(23)
	k, _, nonces := session(t, d, dice, dice.bytes())
	var signed sync.Map
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			partial, err := k.Sign(txs.Offerer, d.players[0].internal, nonces[0])
			if err == nil {
				signed.Store(i, partial)
			} else if !errors.Is(err, txs.ErrNonceUsed) {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	count := 0
	signed.Range(func(any, any) bool { count++; return true })
	if count != 1 {
		t.Errorf("%d signers used the nonce", count)
	}
}

func TestNonceIsNotPrinted(t *testing.T) {
	d, dice := specDeal(t), newDice(24)
	_, _, nonces := session(t, d, dice, dice.bytes())
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d", "%q"} {
		if got := fmt.Sprintf(verb, nonces[0]); got != "SecretNonce(hidden)" {
			t.Errorf("%s prints %s", verb, got)
		}
	}
}

func TestRandomnessIsUsedOnceAndNeeded(t *testing.T) {
	d := specDeal(t)
	out := d.build(t).Settlement.Output()
	terms := txs.NonceTerms{Output: out}
	random := newDice(25).bytes()
	if _, err := txs.NewNonce(d.players[0].internal, &random, terms); err != nil {
		t.Fatal(err)
	}
	if random != [32]byte{} {
		t.Error("the randomness was not wiped")
	}
	if _, err := txs.NewNonce(d.players[0].internal, &random, terms); !errors.Is(err, txs.ErrRandomness) {
		t.Errorf("randomness that was used: %v", err)
	}
	random = newDice(26).bytes()
	if _, err := txs.NewNonce(d.players[1].internal, &random, terms); !errors.Is(err, txs.ErrSecretKey) {
		t.Errorf("the other's key: %v", err)
	}
	if random != [32]byte{} {
		t.Error("the randomness of a refused nonce was not wiped")
	}
}

// Everything that a nonce is bound to changes it, even if the randomness repeats.
func TestNonceDependsOnAllItsTerms(t *testing.T) {
	d := specDeal(t)
	other := newDeal(t, newDice(27))
	out, foreign := d.build(t).Settlement.Output(), other.build(t).Settlement.Output()
	// The same party in an output with another contract key.
	mixed, err := txs.FundingOutput(out.Keys[0], out.Keys[1], out.Contract[0], foreign.Contract[1])
	if err != nil {
		t.Fatal(err)
	}
	message := [32]byte{1}
	seen := map[[66]byte]string{}
	for name, terms := range map[string]txs.NonceTerms{
		"plain":    {Output: out},
		"message":  {Output: out, Message: &message},
		"zeros":    {Output: out, Message: &[32]byte{}},
		"contract": {Output: out, ContractID: [32]byte{1}},
		"attempt":  {Output: out, Attempt: 2},
		"output":   {Output: mixed},
	} {
		random := [32]byte{7}
		nonce, err := txs.NewNonce(d.players[0].internal, &random, terms)
		if err != nil {
			t.Fatal(err)
		}
		if before, met := seen[nonce.Public()]; met {
			t.Errorf("%s has the nonce of %s", name, before)
		}
		seen[nonce.Public()] = name
	}
}

// nonceOf computes NonceGen of BIP327 once more, from its text.
func nonceOf(key *btcec.PrivateKey, random [32]byte, q [32]byte, message, extra []byte) (public []byte) {
	secret := key.Serialize()
	mask := chainhash.TaggedHash([]byte("MuSig/aux"), random[:])
	for i := range secret {
		secret[i] ^= mask[i]
	}
	for i := range byte(2) {
		preimage := concat(secret, []byte{33}, key.PubKey().SerializeCompressed(), []byte{32}, q[:],
			[]byte{1}, binary.BigEndian.AppendUint64(nil, uint64(len(message))), message,
			[]byte{0, 0, 0, 36}, extra, []byte{i})
		k, _ := btcec.PrivKeyFromBytes(chainhash.TaggedHash([]byte("MuSig/nonce"), preimage)[:])
		public = append(public, k.PubKey().SerializeCompressed()...)
	}
	return public
}

func TestNonceIsThatOfTheSpecification(t *testing.T) {
	d := specDeal(t)
	out := d.build(t).Settlement.Output()
	message, id := [32]byte(unhex(t, specClHash)), [32]byte(unhex(t, specID))
	random := newDice(28).bytes()
	expected := nonceOf(d.players[0].internal, random, out.OutputKey, message[:], concat(id[:], []byte{0, 0, 0, 6}))
	nonce, err := txs.NewNonce(d.players[0].internal, &random, txs.NonceTerms{
		Output: out, Message: &message, ContractID: id, Attempt: 6,
	})
	if err != nil {
		t.Fatal(err)
	}
	public := nonce.Public()
	want(t, "public nonce", hex.EncodeToString(public[:]), hex.EncodeToString(expected))
}

// A peer may answer with the opposite of our nonce, so that the sum is infinity.
// BIP327 signs with G in its place; the result reveals nothing and is valid.
func TestOppositeNoncesSumToInfinityAndStillSign(t *testing.T) {
	d, dice := specDeal(t), newDice(29)
	message := dice.bytes()
	_, out, nonces := session(t, d, dice, message)
	mine := nonces[0].Public()
	opposite := mine
	opposite[0] ^= 1
	opposite[33] ^= 1
	k, err := txs.NewKeyPath(out, message, mine, opposite)
	if err != nil {
		t.Fatal(err)
	}
	partial, err := k.Sign(txs.Offerer, d.players[0].internal, nonces[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Verify(txs.Offerer, partial); err != nil {
		t.Error(err)
	}
	if _, err := k.Aggregate(partial, [32]byte{}); !errors.Is(err, txs.ErrPartial) {
		t.Errorf("half a signature: %v", err)
	}
}

func TestBadNoncesAndPartialsAreRefused(t *testing.T) {
	d, dice := specDeal(t), newDice(30)
	message := dice.bytes()
	k, out, nonces := session(t, d, dice, message)
	good := nonces[0].Public()
	for name, spoil := range map[string]func(n *[66]byte){
		"infinity":         func(n *[66]byte) { clear(n[:33]) },
		"infinity, second": func(n *[66]byte) { clear(n[33:]) },
		"uncompressed":     func(n *[66]byte) { n[0] = 4 },
		"beyond the field": func(n *[66]byte) { copy(n[34:], unhex(t, strings.Repeat("ff", 32))) },
		"not on the curve": func(n *[66]byte) { copy(n[1:33], unhex(t, strings.Repeat("00", 31)+"05")) },
		"all zeros":        func(n *[66]byte) { clear(n[:]) },
	} {
		bad := good
		spoil(&bad)
		if _, err := txs.NewKeyPath(out, message, good, bad); !errors.Is(err, txs.ErrPartial) {
			t.Errorf("%s: %v", name, err)
		}
	}
	order := [32]byte(unhex(t, "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"))
	for name, partial := range map[string][32]byte{"n": order, "zero": {}, "random": dice.bytes()} {
		if err := k.Verify(txs.Accepter, partial); !errors.Is(err, txs.ErrPartial) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := k.Aggregate(partial, partial); !errors.Is(err, txs.ErrPartial) {
			t.Errorf("%s in the sum: %v", name, err)
		}
	}
}

// parities returns the first bytes of both internal keys and of the control block.
func parities(t tester, d *deal) [3]byte {
	t.Helper()
	out, err := txs.FundingOutput(d.Parties[0].Internal, d.Parties[1].Internal, d.Parties[0].Contract, d.Parties[1].Contract)
	if err != nil {
		t.Fatal(err)
	}
	return [3]byte{out.Keys[0][0], out.Keys[1][0], out.ControlBlock[0]}
}

// All parities of both internal keys, and of the output key, sign alike.
func TestKeyPathSignsForAllParities(t *testing.T) {
	seen := map[[3]byte]bool{}
	for seed := uint64(100); len(seen) < 8 && seed < 400; seed++ {
		dice := newDice(seed)
		d := &deal{}
		for role := range d.players {
			p := &player{internal: dice.key(), contract: dice.key()}
			p.party.Internal, p.party.Contract = point(p.internal), point(p.contract)
			d.players[role], d.Parties[role] = p, p.party
		}
		parity := parities(t, d)
		if seen[parity] {
			continue
		}
		seen[parity] = true
		k, _, nonces := session(t, d, dice, dice.bytes())
		var partials [2][32]byte
		for role, p := range d.players {
			var err error
			if partials[role], err = k.Sign(txs.Role(role), p.internal, nonces[role]); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := k.Aggregate(partials[0], partials[1]); err != nil {
			t.Errorf("%x: %v", parity, err)
		}
	}
	if len(seen) != 8 {
		t.Errorf("met %d of 8 parities", len(seen))
	}
}

func TestLeafSignaturesAreOfTheRightKey(t *testing.T) {
	d := specDeal(t)
	s := d.build(t).Settlement
	out := s.Output()
	if _, err := out.SignLeaf(txs.Offerer, d.players[1].contract, s.RefundSighash(), [32]byte{}); !errors.Is(err, txs.ErrSecretKey) {
		t.Errorf("the other's key: %v", err)
	}
	o, a := d.signLeaf(t, out, s.RefundSighash())
	if err := s.VerifyRefund(txs.Offerer, a); !errors.Is(err, txs.ErrRefundSig) {
		t.Errorf("the other's signature: %v", err)
	}
	spoilt := o
	spoilt[40] ^= 1
	for _, pair := range [][2][64]byte{{a, o}, {spoilt, a}, {o, {}}} {
		if _, err := s.CompleteRefund(pair[0], pair[1]); !errors.Is(err, txs.ErrRefundSig) {
			t.Errorf("refund: %v", err)
		}
		if _, err := s.CompleteCET(300_000, pair[0], pair[1]); !errors.Is(err, txs.ErrCETSig) {
			t.Errorf("cet with signatures of the refund: %v", err)
		}
	}
	var beyond [64]byte
	copy(beyond[:], unhex(t, strings.Repeat("ff", 64)))
	if out.VerifyLeaf(txs.Offerer, s.RefundSighash(), beyond) || txs.VerifyKeyPath(out, [32]byte{}, beyond) {
		t.Error("numbers beyond field and order are a signature")
	}
	if _, err := txs.FundingOutput(out.Keys[0], out.Keys[1], out.Contract[0], out.Contract[0]); !errors.Is(err, txs.ErrKeys) {
		t.Errorf("one contract key: %v", err)
	}
	for i := range 4 {
		points := [4][33]byte{out.Keys[0], out.Keys[1], out.Contract[0], out.Contract[1]}
		points[i][0] = 9
		if _, err := txs.FundingOutput(points[0], points[1], points[2], points[3]); !errors.Is(err, txs.ErrKeys) {
			t.Errorf("point %d is none: %v", i, err)
		}
	}
	if err := txs.VerifyTx(s.Refund(), nil); !errors.Is(err, txs.ErrWitness) {
		t.Errorf("no outputs to spend: %v", err)
	}
	// Which of the keys is C1 does not depend on the role.
	swapped, err := txs.FundingOutput(out.Keys[1], out.Keys[0], out.Contract[1], out.Contract[0])
	if err != nil || swapped.Script != out.Script || swapped.First == out.First {
		t.Errorf("exchanged roles: %x, %v", swapped.Script, err)
	}
	if _, err := schnorr.ParsePubKey(out.OutputKey[:]); err != nil {
		t.Error(err)
	}
}

package adaptor_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/adaptor"
	"github.com/alkimiya/alkimiya/dlc/digits"
	"github.com/alkimiya/alkimiya/oracle/attest"
	"github.com/alkimiya/alkimiya/oracle/attest/attesttest"
)

// What PROTOCOL.md 17 prints about keys, transactions and adaptor signatures.
const (
	secretO = "a33091a589d5a213054baec5e54c4bfea951050e1cb0f1cd7596a424d6fcd22a" //nolint:gosec // G101: a printed test vector
	secretA = "ed2a4f08f71b7b125e38f8963f1a9ffbf5146a0baf8b0a631c89201e5efff561" //nolint:gosec // G101: as above
	leaf    = "20aa1e8a9321f8f5304e881581656b398b066524bdd4f9538274804dafb2cd72f1ad20c529b6c47e202e1094f41d17f5ad4e2e6a2e7cbf02fa6c2484adb74ca312a1d4ac"
	spk     = "51209ca4c337ae53d9a39f5ca4e24dd14b161ed869a2c74de244b1e34bb44142c773"
	payoutO = "5120879d7ebd005d59b4350240ae4b3551d9e401afdadd53111e464560c03613a1ef"
	payoutA = "0014e6a1c8fa47b82ef3f6b289f4f02faf062830677d"
	funding = "05a0a62b5ef5a1411d9ed41fc9c2f88129f78736951f6cab7e6a8cb3e2dbbbf8"
	cet3    = "0200000001f8bbdbe2b38c6a7eab6c1f953687f72981f8c2c91fd49e1d41a1f55e2ba6a0050100000000feffffff02400d030000000000160014e6a1c8fa47b82ef3f6b289f4f02faf062830677de093040000000000225120879d7ebd005d59b4350240ae4b3551d9e401afdadd53111e464560c03613a1ef402e186a"
	hash3   = "85ff223b1d6f2d94d7681ff3df649a06a51dd2c02574885510fd8d61fd5ba347"
	value   = 500_552
	total   = 500_000

	pointHex  = "0372726ad85239f1658fa7c910144b079ad6564d79b03d5cf10a2b03407bb882aa"
	tauHex    = "1ee8b73eab100482f981c8bef4bc1aad2e2463aa87424d222ade3840edd4c377"
	adaptorO  = "02eff4976064bb8c7b6c85c358df6b7ac44186b806d103a9ae862579ca718235897a888f33a3050da35e72b12977ccd902ec2a5a48f1ae2d4ece58215b2f9cf856"
	adaptorA  = "0263145440e4f7689e338f8307536fdc1119a085496898eecbdb130276dd8fb848059511896821d87198134f9d468054406df7f1ce2c6e3e631a5efd00deb8e15b"
	completeO = "eff4976064bb8c7b6c85c358df6b7ac44186b806d103a9ae862579ca71823589997146724e15122657f479e86c88f3b01a4ebdf378f07a70f936599c1d71bbcd"
	completeA = "63145440e4f7689e338f8307536fdc1119a085496898eecbdb130276dd8fb848247dc8c81331dcf49195185c3b3c6eed9c1c5578b3b08b85453d3541cc8da4d2"
	listO     = "26796da70d8799455d58038f02e4787fb0065ffc4006338081aeedf8143eaa76"
	listA     = "d21ed97672daf7d1f4bdd7b706b6868e404bb5e1b2145e66bef6c7479692e094"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func private(t testing.TB, s string) *btcec.PrivateKey {
	t.Helper()
	key, _ := btcec.PrivKeyFromBytes(unhex(t, s))
	return key
}

func xonly(key *btcec.PrivateKey) [32]byte { return attesttest.XOnly(key.Key) }

// contractSet is the 2-of-3 of PROTOCOL.md 17.
func contractSet() *attest.Set {
	return attesttest.Set(attesttest.Contract(), 2, attesttest.ContractEvent, attesttest.ContractUnit,
		attesttest.ContractDigits, attesttest.ContractMaturity)
}

// contractSlots returns the 18 slots of its terms.
func contractSlots(t testing.TB) []digits.Slot {
	t.Helper()
	runs := []digits.Run{
		{First: 0, Last: 3, Y: 0},
		{First: 4, Last: 5, Y: 100_000},
		{First: 6, Last: 7, Y: 200_000},
		{First: 8, Last: 9, Y: 300_000},
		{First: 10, Last: 11, Y: 400_000},
		{First: 12, Last: 15, Y: 500_000},
	}
	slots, err := digits.Slots(runs, attesttest.ContractDigits, 3, 100)
	if err != nil || len(slots) != 18 {
		t.Fatalf("%d slots: %v", len(slots), err)
	}
	return slots
}

// cet builds the CET that pays y to the offerer, who is long.
func cet(t testing.TB, y int64) *wire.MsgTx {
	t.Helper()
	tx := wire.NewMsgTx(2)
	tx.LockTime = attesttest.ContractMaturity
	previous, err := wire.NewOutPointFromString(funding + ":1")
	if err != nil {
		t.Fatal(err)
	}
	in := wire.NewTxIn(previous, nil, nil)
	in.Sequence = 0xfffffffe
	tx.AddTxIn(in)
	if total-y >= 294 {
		tx.AddTxOut(wire.NewTxOut(total-y, unhex(t, payoutA)))
	}
	if y >= 330 {
		tx.AddTxOut(wire.NewTxOut(y, unhex(t, payoutO)))
	}
	return tx
}

// sighash returns what the leaf's signatures on a CET sign.
func sighash(t testing.TB, tx *wire.MsgTx) [32]byte {
	t.Helper()
	previous := txscript.NewCannedPrevOutputFetcher(unhex(t, spk), value)
	hash, err := txscript.CalcTapscriptSignaturehash(
		txscript.NewTxSigHashes(tx, previous), txscript.SigHashDefault, tx, 0, previous, txscript.NewBaseTapLeaf(unhex(t, leaf)))
	if err != nil {
		t.Fatal(err)
	}
	return [32]byte(hash)
}

// contractMessages returns the sighash of each slot's CET.
func contractMessages(t testing.TB, slots []digits.Slot) [][32]byte {
	t.Helper()
	messages := make([][32]byte, len(slots))
	for i, s := range slots {
		messages[i] = sighash(t, cet(t, int64(s.Y))) //nolint:gosec // G115: at most total
	}
	return messages
}

func aux(b byte) (a [32]byte) {
	copy(a[:], bytes.Repeat([]byte{b}, 32))
	return a
}

// contractAttestations returns what red and blue attest, 9; green is silent.
func contractAttestations(set *attest.Set) []attest.Attestation {
	oracles := attesttest.Contract()
	return []attest.Attestation{0: oracles[0].Attest(set.Announcement(0).Event, 9), 2: oracles[2].Attest(set.Announcement(2).Event, 9)}
}

func TestPointAndSecretOfTheSpecification(t *testing.T) {
	set, slots := contractSet(), contractSlots(t)
	points, err := adaptor.Points(set, slots)
	if err != nil {
		t.Fatal(err)
	}
	if got := points[10].Bytes(); hex.EncodeToString(got[:]) != pointHex {
		t.Errorf("T is %x", got)
	}
	tau, err := adaptor.Secret(set, slots[10], contractAttestations(set))
	if err != nil {
		t.Fatal(err)
	}
	if got := tau.Bytes(); hex.EncodeToString(got[:]) != tauHex {
		t.Errorf("tau is %x", got)
	}
	if p, err := adaptor.PointOfSecret(&tau); err != nil || !p.Equal(points[10]) {
		t.Errorf("tau does not open T (%v)", err)
	}
}

func TestAdaptorSignaturesOfTheSpecification(t *testing.T) {
	var raw bytes.Buffer
	if err := cet(t, 300_000).Serialize(&raw); err != nil || hex.EncodeToString(raw.Bytes()) != cet3 {
		t.Fatalf("the CET is %x (%v)", raw.Bytes(), err)
	}
	m := sighash(t, cet(t, 300_000))
	if hex.EncodeToString(m[:]) != hash3 {
		t.Fatalf("its hash is %x", m)
	}
	point, err := adaptor.ParsePoint(unhex(t, pointHex))
	if err != nil {
		t.Fatal(err)
	}
	tau := scalar(unhex(t, tauHex))
	for _, c := range []struct {
		secret, adaptor, complete string
		aux                       byte
	}{{secretO, adaptorO, completeO, 0x0a}, {secretA, adaptorA, completeA, 0x0b}} {
		key := private(t, c.secret)
		sig, err := adaptor.Sign(key, point, m, aux(c.aux))
		if err != nil || hex.EncodeToString(sig[:]) != c.adaptor {
			t.Errorf("adaptor signature %x (%v)", sig, err)
		}
		full, err := adaptor.Complete(xonly(key), m, sig, tau)
		if err != nil || hex.EncodeToString(full[:]) != c.complete {
			t.Errorf("completed %x (%v)", full, err)
		}
		if got, err := adaptor.Extract(sig, full, point); err != nil || !got.Equals(tau) {
			t.Errorf("extracted %v (%v)", got, err)
		}
	}
}

func TestListsOfTheSpecification(t *testing.T) {
	set, slots := contractSet(), contractSlots(t)
	messages := contractMessages(t, slots)
	points, err := adaptor.Points(set, slots)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		secret, sum, parity string
		aux                 byte
	}{{secretO, listO, "89cb00", 0x0a}, {secretA, listA, "", 0x0b}} {
		key := private(t, c.secret)
		list, err := adaptor.SignList(key, points, messages, aux(c.aux))
		if err != nil {
			t.Fatal(err)
		}
		raw := list.Encode()
		if sum := sha256.Sum256(raw); hex.EncodeToString(sum[:]) != c.sum {
			t.Errorf("SHA256 of the list is %x, want %s", sum, c.sum)
		}
		if parity := hex.EncodeToString(raw[len(raw)-3:]); c.parity != "" && parity != c.parity {
			t.Errorf("parity bytes %s", parity)
		}
		if err := adaptor.VerifyList(xonly(key), set, slots, messages, list, random(1)); err != nil {
			t.Error(err)
		}
		if err := adaptor.VerifyEach(xonly(key), set, slots, messages, list); err != nil {
			t.Error(err)
		}
	}
}

package txs_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/btcsuite/btcd/blockchain"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/wire"

	"github.com/alkimiya/alkimiya/dlc/txs"
)

// Real bugs of comparable systems (SECURITY.md 5); internal/testkit has the list.

// CETs of a contract that one party funded paid 13 % too little.
func TestRegressDdk196(t *testing.T) {
	for seed := range uint64(12) {
		d := newDice(9000 + seed)
		deal := newDeal(t, d)
		s := deal.build(t).Settlement
		m := s.Collateral()
		hash, err := s.CETSighash(m / 2)
		if err != nil {
			t.Fatal(err)
		}
		o, a := deal.signLeaf(t, s.Output(), hash)
		cet, err := s.CompleteCET(m/2, o, a)
		if err != nil {
			t.Fatal(err)
		}
		fee := btcutil.Amount(s.PrevOutput().Value) - sumOf(cet.TxOut)
		weight := btcutil.Amount(blockchain.GetTransactionWeight(btcutil.NewTx(cet)))
		if fee*4 < btcutil.Amount(deal.CETRate)*weight {
			t.Errorf("seed %d: %d sat for %d weight units at %d sat/vB", seed, fee, weight, deal.CETRate)
		}
	}
}

// Two signatures were made with one MuSig2 nonce.
func TestRegressNBitcoin1228(t *testing.T) { TestSecretNonceSignsOnce(t) }

// A nonce was used with the key of another signer.
func TestRegressSecp256k1Zkp215(t *testing.T) { TestRefusedUseConsumesTheNonceToo(t) }

// A transaction version with the highest bit set was read as negative: the txid
// is that of the bytes all the same.
func TestRegressBtcdSignedVersion(t *testing.T) {
	d := newDice(77)
	raw := d.prevTx(taproot(d.key()), 5000, 0)
	for _, version := range []uint32{0, 1, 3, 1 << 31, 1<<32 - 1} {
		twisted := bytes.Clone(raw)
		binary.LittleEndian.PutUint32(twisted, version)
		coin, err := txs.ParseInput(txs.Input{PrevTx: twisted})
		if err != nil {
			t.Fatal(err)
		}
		var tx wire.MsgTx
		if err := tx.DeserializeNoWitness(bytes.NewReader(twisted)); err != nil {
			t.Fatal(err)
		}
		if coin.OutPoint.Hash != chainhash.DoubleHashH(twisted) || coin.OutPoint.Hash != tx.TxHash() {
			t.Errorf("version %#x: %s and %s", version, coin.OutPoint.Hash, tx.TxHash())
		}
	}
	if tx := specDeal(t).build(t).Funding.Tx(); tx.Version != 2 {
		t.Errorf("version %d", tx.Version)
	}
}

// BIP340 verification took signatures that are not in range.
func TestRegressBtcd2018(t *testing.T) {
	deal := specDeal(t)
	s := deal.build(t).Settlement
	hash := s.RefundSighash()
	good, _ := deal.signLeaf(t, s.Output(), hash)
	if !s.Output().VerifyLeaf(txs.Offerer, hash, good) {
		t.Fatal("a good signature fails")
	}
	order := [32]byte{
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
		0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
	}
	for name, change := range map[string]func(*[64]byte){
		"s = n":           func(sig *[64]byte) { copy(sig[32:], order[:]) },
		"s = 2^256 - 1":   func(sig *[64]byte) { copy(sig[32:], bytes.Repeat([]byte{0xff}, 32)) },
		"s = 0":           func(sig *[64]byte) { clear(sig[32:]) },
		"R no coordinate": func(sig *[64]byte) { copy(sig[:], bytes.Repeat([]byte{0xff}, 32)) },
		"R = 0":           func(sig *[64]byte) { clear(sig[:32]) },
	} {
		bad := good
		change(&bad)
		if s.Output().VerifyLeaf(txs.Offerer, hash, bad) {
			t.Errorf("%s verifies", name)
		}
		if err := s.VerifyRefund(txs.Offerer, bad); !errors.Is(err, txs.ErrRefundSig) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

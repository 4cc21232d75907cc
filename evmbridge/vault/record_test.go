package vault_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/evmbridge/spv"
	"github.com/alkimiya/alkimiya/evmbridge/vault"
	"github.com/alkimiya/alkimiya/internal/testkit"
)

// A record reads back as written and gives the script of the vault it was made for.
func TestRecordsReadBackAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, vault.MaxOperators).Draw(t, "n")
		_, committee := keys(n, rapid.IntRange(n/2+1, n).Draw(t, "t"))
		r := vault.Record{ChainID: rapid.Uint64().Draw(t, "chain"), Committee: committee}
		copy(r.Bridge[:], rapid.SliceOfN(rapid.Byte(), 20, 20).Draw(t, "bridge"))
		copy(r.Salt[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "salt"))
		raw, err := r.Encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := vault.DecodeRecord(raw)
		if err != nil {
			t.Fatal(err)
		}
		again, err := back.Encode()
		if err != nil || !bytes.Equal(again, raw) {
			t.Fatalf("%x, then %x: %v", raw, again, err)
		}
		own, err := r.Vault(deployment.Genesis)
		if err != nil {
			t.Fatal(err)
		}
		same, err := vault.New(vault.Deployment{Genesis: deployment.Genesis, ChainID: r.ChainID, Bridge: r.Bridge}, committee, r.Salt)
		if err != nil || !bytes.Equal(own.Script(), same.Script()) {
			t.Fatalf("script %x, want %x: %v", own.Script(), same.Script(), err)
		}
		if _, err := vault.DecodeRecord(raw[:rapid.IntRange(0, len(raw)-1).Draw(t, "cut")]); !errors.Is(err, vault.ErrRecord) {
			t.Fatalf("cut: %v", err)
		}
		if _, err := vault.DecodeRecord(append(raw, 0)); !errors.Is(err, vault.ErrRecord) {
			t.Fatalf("too long: %v", err)
		}
	})
}

func TestRecordsOfNoCommitteeAreRefused(t *testing.T) {
	_, c := keys(3, 2)
	raw, err := vault.Record{Committee: c}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	const threshold, count, keysAt = 60, 61, 62
	for name, change := range map[string]func([]byte) []byte{
		"threshold 0":   func(b []byte) []byte { b[threshold] = 0; return b },
		"threshold 4":   func(b []byte) []byte { b[threshold] = 4; return b },
		"nobody":        func(b []byte) []byte { b[count] = 0; return b[:keysAt] },
		"sixteen":       func(b []byte) []byte { b[count] = 16; return append(b, make([]byte, 13*32)...) },
		"one twice":     func(b []byte) []byte { copy(b[keysAt+32:], b[keysAt:keysAt+32]); return b },
		"no key at all": func(b []byte) []byte { copy(b[keysAt+64:], bytes.Repeat([]byte{0xff}, 32)); return b },
	} {
		if _, err := vault.DecodeRecord(change(bytes.Clone(raw))); !errors.Is(err, vault.ErrRecord) || !errors.Is(err, vault.ErrOperators) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := (vault.Record{}).Encode(); !errors.Is(err, vault.ErrOperators) {
		t.Errorf("without a committee: %v", err)
	}
}

func FuzzRecord(f *testing.F) {
	_, c := keys(3, 2)
	raw, err := vault.Record{ChainID: 1, Committee: c}.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := vault.DecodeRecord(b)
		if err != nil {
			return
		}
		if again, err := r.Encode(); err != nil || !bytes.Equal(again, b) {
			t.Errorf("%x reads back as %x: %v", b, again, err)
		}
	})
}

// A request is the owner's for one deployment, lot and receiver alone.
func TestRequestsToMintHoldForOneLot(t *testing.T) {
	owner := testkit.Key("owner")
	key := [33]byte(owner.PubKey().SerializeCompressed())
	separator, lot, to := domain.Separator(), [32]byte{1}, spv.Address{2}
	hash := vault.RequestHash(separator, lot, to)
	signed, err := schnorr.Sign(owner, hash[:])
	if err != nil {
		t.Fatal(err)
	}
	sig := [64]byte(signed.Serialize())
	if err := vault.VerifyRequest(key, separator, lot, to, sig); err != nil {
		t.Fatal(err)
	}
	other := sig
	other[63] ^= 1
	for name, err := range map[string]error{
		"deployment": vault.VerifyRequest(key, [32]byte{9}, lot, to, sig),
		"lot":        vault.VerifyRequest(key, separator, [32]byte{9}, to, sig),
		"receiver":   vault.VerifyRequest(key, separator, lot, spv.Address{9}, sig),
		"owner":      vault.VerifyRequest([33]byte(testkit.Key("another").PubKey().SerializeCompressed()), separator, lot, to, sig),
		"no key":     vault.VerifyRequest([33]byte{2}, separator, lot, to, sig),
		"signature":  vault.VerifyRequest(key, separator, lot, to, other),
		"no sig":     vault.VerifyRequest(key, separator, lot, to, [64]byte(bytes.Repeat([]byte{0xff}, 64))),
	} {
		if !errors.Is(err, vault.ErrRequest) {
			t.Errorf("another %s: %v", name, err)
		}
	}
}

package secp_test

import (
	"bytes"
	"testing"

	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"pgregory.net/rapid"

	"github.com/alkimiya/alkimiya/internal/secp"
)

func TestTaggedHashesAreBIP340s(t *testing.T) {
	h := secp.NewHasher()
	rapid.Check(t, func(rt *rapid.T) {
		name := rapid.String().Draw(rt, "name")
		parts := rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 64), 0, 4).Draw(rt, "parts")
		tag := secp.NewTag(name)
		if got, want := h.Sum(&tag, parts...), chainhash.TaggedHash([]byte(name), parts...); got != *want {
			rt.Errorf("hash is %x, want %x", got, want)
		}
	})
}

func TestHashingDoesNotAllocate(t *testing.T) {
	h := secp.NewHasher()
	var a, b, c [32]byte
	if n := testing.AllocsPerRun(100, func() {
		e := h.Challenge(&a, &b, &c)
		a = e.Bytes()
	}); n != 0 {
		t.Errorf("%v allocations for a challenge", n)
	}
}

func TestLongInputsPanic(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("257 bytes were hashed")
		}
	}()
	tag := secp.NewTag("x")
	secp.NewHasher().Sum(&tag, make([]byte, 200), make([]byte, 57))
}

func TestHasherIsWiped(t *testing.T) {
	secret := bytes.Repeat([]byte{0xa5}, 150)
	h := secp.NewHasher()
	tag := secp.NewTag("x")
	sum := h.Sum(&tag, secret)
	before, err := h.Left()
	if err != nil {
		t.Fatal(err)
	}
	h.Wipe()
	after, err := h.Left()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(before, secret[:8]) || bytes.Contains(after, secret[:8]) || bytes.Contains(after, sum[:8]) {
		t.Error("something of what was hashed is left")
	}
}

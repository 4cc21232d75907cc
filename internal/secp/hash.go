package secp

import (
	"crypto/sha256"
	"encoding"
	"fmt"
	"hash"
)

// A Tag is the state of SHA-256 after whole blocks with which many inputs begin, as
// the block does that begins BIP340's tagged hash of some name. It must come from
// NewTag or NewPrefix and is safe for concurrent use.
type Tag struct{ state []byte }

// NewTag returns the tag of a name.
func NewTag(name string) Tag {
	sum := sha256.Sum256([]byte(name))
	return NewPrefix(append(sum[:], sum[:]...))
}

// NewPrefix returns the tag of inputs that begin with prefix, which must be a
// multiple of 64 bytes long.
func NewPrefix(prefix []byte) Tag {
	if len(prefix)%sha256.BlockSize != 0 {
		panic("secp: a prefix is not whole blocks")
	}
	h := sha256.New()
	h.Write(prefix)
	saver, ok := h.(encoding.BinaryMarshaler)
	if !ok {
		panic("secp: SHA-256 has no state to save")
	}
	state, err := saver.MarshalBinary()
	if err != nil {
		panic(fmt.Sprintf("secp: save the state of SHA-256: %v", err))
	}
	return Tag{state}
}

// A Hasher computes tagged hashes without allocating. It is for one goroutine.
type Hasher struct {
	digest hash.Hash
	resume encoding.BinaryUnmarshaler
	text   [hashRoom]byte
	out    [sha256.Size]byte
}

// hashRoom is the longest input that Hasher takes.
const hashRoom = 4 * sha256.BlockSize

// NewHasher returns a Hasher.
func NewHasher() *Hasher {
	h := &Hasher{digest: sha256.New()}
	var ok bool
	if h.resume, ok = h.digest.(encoding.BinaryUnmarshaler); !ok {
		panic("secp: SHA-256 has no state to restore")
	}
	return h
}

// Sum returns the tagged hash of the parts, joined; together they must have at most
// 256 bytes.
func (h *Hasher) Sum(tag *Tag, parts ...[]byte) [32]byte {
	n := 0
	for _, part := range parts {
		if copy(h.text[n:], part) < len(part) {
			panic("secp: more than Hasher takes")
		}
		n += len(part)
	}
	return h.sum(tag, n)
}

// sum returns the tagged hash of the first n bytes of text.
func (h *Hasher) sum(tag *Tag, n int) [32]byte {
	if err := h.resume.UnmarshalBinary(tag.state); err != nil {
		panic(fmt.Sprintf("secp: restore the state of SHA-256: %v", err))
	}
	h.digest.Write(h.text[:n])
	h.digest.Sum(h.out[:0])
	return h.out
}

// Wipe overwrites what was hashed.
func (h *Hasher) Wipe() {
	clear(h.text[:])
	clear(h.out[:])
	// The digest keeps the last bytes that did not fill a block.
	h.digest.Reset()
	h.digest.Write(h.text[:sha256.BlockSize-1])
	h.digest.Reset()
}

var tagChallenge = NewTag("BIP0340/challenge")

// Challenge returns BIP340's e = int(H(r || v || m)) mod n for the x coordinates r
// of a nonce and v of a key, and a 32-byte message.
func (h *Hasher) Challenge(r, v, m *[32]byte) (e Scalar) {
	copy(h.text[0:], r[:])
	copy(h.text[32:], v[:])
	copy(h.text[64:], m[:])
	sum := h.sum(&tagChallenge, 96)
	e.SetBytes(&sum)
	return e
}

package attest

import (
	"crypto/sha256"
	"fmt"

	"github.com/btcsuite/btcd/btcec/v2"
	"golang.org/x/text/unicode/norm"

	"github.com/alkimiya/alkimiya/internal/secp"
)

// A Dialect is one of the two ways in which oracles hash what they sign.
// Messages of different dialects never mix.
type Dialect uint8

const (
	// D1 is the dialect of rust-dlc: plain SHA256. It is read, and used by the
	// profile p2wsh/rust-dlc only.
	D1 Dialect = 1
	// D2 is the dialect in use, with tagged hashes. taproot-v1 requires it.
	D2 Dialect = 2
)

// String returns the dialect's name, "D1" or "D2".
func (d Dialect) String() string {
	switch d {
	case D1:
		return "D1"
	case D2:
		return "D2"
	default:
		return fmt.Sprintf("dialect %d", uint8(d))
	}
}

// A tag is the block that begins a tagged hash: SHA256(name) twice.
type tag [2 * sha256.Size]byte

func newTag(name string) (t tag) {
	h := sha256.Sum256([]byte(name))
	copy(t[:], h[:])
	copy(t[sha256.Size:], h[:])
	return t
}

// sum returns SHA256(tag || parts).
func (t *tag) sum(parts ...[]byte) (out [32]byte) {
	h := sha256.New()
	h.Write(t[:])
	for _, p := range parts {
		h.Write(p)
	}
	h.Sum(out[:0])
	return out
}

var (
	tagAnnouncement = newTag("DLC/oracle/announcement/v0")
	tagAttestation  = newTag("DLC/oracle/attestation/v0")
	tagChallenge    = newTag("BIP0340/challenge")
	tagSet          = newTag("alkimiya/oracle-set")
	tagWeight       = newTag("alkimiya/oracle-weight")
)

// AnnouncementHash returns what the announcement's signature signs, given the
// event. D1 hashes the event without its TLV header, D2 with it.
func (d Dialect) AnnouncementHash(e Event) [32]byte {
	if d == D1 {
		return sha256.Sum256(e.body())
	}
	return tagAnnouncement.sum(e.Encode())
}

// OutcomeHash returns what a signature on an outcome signs: for D2 the m_v of
// PROTOCOL.md 6. The outcome is brought to normalisation form C first.
func (d Dialect) OutcomeHash(outcome string) [32]byte {
	text := norm.NFC.Bytes([]byte(outcome))
	if d == D1 {
		return sha256.Sum256(text)
	}
	return tagAttestation.sum(text)
}

// Challenge returns the BIP340 challenge e = int(H(r || v || m)) mod n, of the x
// coordinates r of a nonce and v of a key and a 32-byte message. It is
// constant-time in m and allocates nothing.
func Challenge(r, v, m *[32]byte) (e btcec.ModNScalar) {
	var block [len(tag{}) + 3*32]byte
	copy(block[:], tagChallenge[:])
	copy(block[64:], r[:])
	copy(block[96:], v[:])
	copy(block[128:], m[:])
	h := sha256.Sum256(block[:])
	e.SetBytes(&h)
	return e
}

// LiftX returns the point with x coordinate x and even y, affine (Z = 1), and
// false if there is none: x is not below the field size or not on the curve.
func LiftX(x *[32]byte) (p btcec.JacobianPoint, ok bool) {
	lifted, ok := secp.LiftX(x)
	if !ok {
		return p, false
	}
	y := lifted.Y.Bytes()
	p.X.SetBytes(x)
	p.Y.SetBytes(&y)
	p.Z.SetInt(1)
	return p, true
}

// Point returns the attestation point S = lift_x(r) + e*lift_x(v) of an outcome,
// where e is the challenge of OutcomeHash: the attested s satisfies s*G = S. The
// point is affine (Z = 1), or infinity. It fails with ErrPoint.
func (d Dialect) Point(r, v [32]byte, outcome string) (btcec.JacobianPoint, error) {
	nonce, ok := LiftX(&r)
	if !ok {
		return nonce, fmt.Errorf("oracle nonce: %w", ErrPoint)
	}
	key, ok := LiftX(&v)
	if !ok {
		return key, fmt.Errorf("oracle key: %w", ErrPoint)
	}
	m := d.OutcomeHash(outcome)
	e := Challenge(&r, &v, &m)
	return digitPoint(&nonce, &e, &key), nil
}

// digitPoint returns nonce + e*key, affine.
func digitPoint(nonce *btcec.JacobianPoint, e *btcec.ModNScalar, key *btcec.JacobianPoint) (s btcec.JacobianPoint) {
	btcec.ScalarMultNonConst(e, key, &s)
	btcec.AddNonConst(&s, nonce, &s)
	s.ToAffine()
	return s
}

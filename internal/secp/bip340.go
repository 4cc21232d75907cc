package secp

import (
	"errors"
)

// ErrSecret says that a secret key is not from 1 to n-1, or its nonce is zero, which has a
// negligible probability.
var ErrSecret = errors.New("secret key is not usable")

var (
	tagAux   = NewTag("BIP0340/aux")
	tagNonce = NewTag("BIP0340/nonce")
)

// PublicKey returns the x-only public key of a secret one, 32 bytes big-endian. It
// takes constant time and fails with ErrSecret.
func PublicKey(secret *[32]byte) ([32]byte, error) {
	var d Scalar
	defer wipe(&d)
	if !d.SetBytes(secret) || d.IsZero() {
		return [32]byte{}, ErrSecret
	}
	p := BaseMult(&d)
	return p.XOnly(), nil
}

// Sign returns the BIP340 signature R || s on a 32-byte message by a secret key of
// 32 bytes, big-endian. aux is 32 fresh random bytes; with zeros the signature is a
// function of key and message alone. What it takes in is kept out of branches and
// indices, and overwritten afterwards. It fails with ErrSecret. It does not verify
// what it returns.
func Sign(secret, m, aux *[32]byte) (sig [64]byte, err error) {
	var d Scalar
	defer wipe(&d)
	if !d.SetBytes(secret) || d.IsZero() {
		return sig, ErrSecret
	}
	h := NewHasher()
	defer h.Wipe()
	p := BaseMult(&d)
	d.negateIf(p.Y.parity())
	px := p.XOnly()

	t := d.Bytes()
	defer wipe(&t)
	mask := h.Sum(&tagAux, aux[:])
	for i := range t {
		t[i] ^= mask[i]
	}
	wipe(&mask)
	rand := h.Sum(&tagNonce, t[:], px[:], m[:])
	defer wipe(&rand)
	var k Scalar
	defer wipe(&k)
	k.SetBytes(&rand)
	if k.IsZero() {
		return sig, ErrSecret
	}
	r := BaseMult(&k)
	k.negateIf(r.Y.parity())
	rx := r.XOnly()
	e := h.Challenge(&rx, &px, m)
	e.Mul(&e, &d)
	k.Add(&k, &e)
	wipe(&e)
	copy(sig[:], rx[:])
	k.put((*[32]byte)(sig[32:]))
	return sig, nil
}

// Verify says whether sig is a BIP340 signature on a 32-byte message by the x-only
// key pub. It takes variable time.
func Verify(pub, m *[32]byte, sig *[64]byte) bool {
	p, ok := LiftX(pub)
	return ok && NewHasher().VerifyPoint(pub, &p, m, sig)
}

// VerifyPoint is Verify for a key whose point p = LiftX(pub) is known.
func (h *Hasher) VerifyPoint(pub *[32]byte, p *Point, m *[32]byte, sig *[64]byte) bool {
	r, s, ok := parseSignature(sig)
	if !ok {
		return false
	}
	e := h.Challenge((*[32]byte)(sig[:32]), pub, m)
	e.Negate(&e)
	total := doubleMultVar(&s, &e, p)
	total.addAffine(&total, r.minus())
	return total.isInfinity()
}

// parseSignature returns lift_x of r and s of a signature, if they are canonical.
func parseSignature(sig *[64]byte) (r Point, s Scalar, ok bool) {
	if !s.SetBytes((*[32]byte)(sig[32:])) {
		return r, s, false
	}
	r, ok = LiftX((*[32]byte)(sig[:32]))
	return r, s, ok
}

// minus returns -p.
func (p *Point) minus() *Point {
	var q Point
	q.Negate(p)
	return &q
}
